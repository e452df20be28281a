// SPDX-License-Identifier: GPL-2.0-only
/*
 * baseline: run baseline_diff on two lists.
 *
 * usage: baseline FILE [norom]
 *        baseline cmdline TEXT
 *
 * Each line of FILE is "before" or "after" and then, separated by spaces and
 * with "-" for unknown values: path, device, class, status, bar, sha256,
 * "rom_changed", and the hashes of images, separated by commas. Prints a line
 * for each finding: path, kind, subject, changed images. The other form prints
 * 1 if a kernel's command line has pci=norom, else 0.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <baseline.h>

#define MOST	16

static char *word(char **line)
{
	char *text = strsep(line, "\n ");

	if (!text)
		exit(2);
	return strcmp(text, "-") ? text : NULL;
}

static void read_images(char *text, struct sb_kept *kept)
{
	kept->images = calloc(MOST, sizeof(*kept->images));
	while (text && kept->nr_images < MOST)
		kept->images[kept->nr_images++].sha256 = strsep(&text, ",");
}

static void read_line(char *line, struct sb_baseline *before,
		      struct sb_baseline *after)
{
	char *which = word(&line);
	struct sb_baseline *to = which && !strcmp(which, "before") ? before :
								     after;
	struct sb_kept *kept = &to->list[to->nr++];
	char *reread;

	if (to->nr > MOST)
		exit(2);
	kept->path = word(&line);
	kept->vendor = "8086";
	kept->device = word(&line);
	kept->class = word(&line);
	kept->status = word(&line);
	kept->bar = word(&line);
	kept->sha256 = word(&line);
	reread = word(&line);
	kept->reread = reread && !strcmp(reread, "yes");
	kept->erased = reread && !strcmp(reread, "gone");
	read_images(word(&line), kept);
}

static void print(const struct sb_finding *finding)
{
	const struct sb_kept *one = finding->after ? finding->after :
						     finding->before;

	printf("%s %s %s %zu\n", one->path,
	       sb_finding_kind_name(finding->kind),
	       sb_finding_what_name(finding->what),
	       finding->before && finding->after ?
	       sb_kept_images_differ(finding->before, finding->after) : 0);
}

int main(int argc, char **argv)
{
	static struct sb_kept lists[2][MOST + 1];
	static struct sb_finding found[2 * MOST * SB_FINDINGS_EACH];
	struct sb_baseline before = { .list = lists[0] };
	struct sb_baseline after = { .list = lists[1] };
	char *line = NULL;
	size_t size, nr, i;
	FILE *file;

	if (argc < 2)
		return 2;
	if (argc > 2 && !strcmp(argv[1], "cmdline")) {
		printf("%d\n", sb_cmdline_norom(argv[2]));
		return 0;
	}
	file = fopen(argv[1], "r");
	if (!file)
		return 2;
	while (getline(&line, &size, file) > 0) {
		read_line(line, &before, &after);
		line = NULL;
	}
	fclose(file);
	nr = sb_baseline_compare(&before, &after, argc > 2, found);
	for (i = 0; i < nr; i++)
		print(&found[i]);
	return 0;
}
