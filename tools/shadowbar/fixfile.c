// SPDX-License-Identifier: GPL-2.0-only
/*
 * fixfile: the command "fix"; fix.c does the work on the bytes.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fix.h"
#include "images.h"
#include "record.h"
#include "tool.h"

static bool parse_id(const char *text, u16 *id)
{
	unsigned long value;
	char *end;

	value = strtoul(text, &end, 16);
	if (!*text || *end || value > 0xffff || strpbrk(text, "+- ")) {
		warnx("%s: an id has up to four hexadecimal digits", text);
		return false;
	}
	*id = value;
	return true;
}

static void say_dropped(u32 before, size_t after)
{
	if (before)
		printf("; dropped %u bytes before the first image", before);
	if (after)
		printf("%s %zu bytes after the last",
		       before ? " and" : "; dropped", after);
}

static void say(const char *path, size_t size, const struct fix_done *done,
		const struct sb_bytes *fixed, const struct sb_card *card)
{
	printf("%s: %u image%s", path, done->images,
	       done->images == 1 ? "" : "s");
	if (done->after)
		printf(" and %u after the last one", done->after);
	say_dropped(done->offset, size - done->offset - done->size);
	if (done->ids)
		printf("; ids set in %u", done->ids);
	if (done->sums)
		printf("; checksums corrected in %u", done->sums);
	if (!done->ids && !done->sums)
		printf("; %schecksums were already correct",
		       card ? "ids and " : "");
	printf("\n");
	if (done->error)
		printf("%s: image %u %s\n", path, done->images + 1,
		       sb_image_error_text(done->error));
	sb_images_print_good(fixed, 0, card);
}

static void print_json(const char *path, const struct sb_bytes *fixed,
		       const struct sb_card *card)
{
	struct json_object *file = sb_record_file(path, fixed, NULL, NULL);
	struct json_object *json = sb_json_start("fix");

	json_object_object_add(file, "contents",
			       sb_images_json(fixed, 0, card));
	sb_json_append(json, "files", file);
	sb_json_print(json);
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat first, second;

	return !stat(a, &first) && !stat(b, &second) &&
	       S_ISREG(first.st_mode) && first.st_dev == second.st_dev &&
	       first.st_ino == second.st_ino;
}

static enum sb_exit write_fixed(const char *to, const struct sb_bytes *bytes,
				const struct fix_opts *opts,
				const struct fix_done *done)
{
	const struct sb_card card = {
		.vendor = opts->vendor,
		.device = opts->device,
	};
	const struct sb_card *for_card = opts->set_ids ? &card : NULL;
	const struct sb_bytes fixed = {
		.data = bytes->data + done->offset,
		.size = done->size,
	};
	int error = sb_file_write(to, fixed.data, fixed.size);

	if (error) {
		warnx("%s: %s", to, strerror(-error));
		return SB_EXIT_ERROR;
	}
	if (sb_options.json)
		print_json(to, &fixed, for_card);
	else if (strcmp(to, "-"))
		say(to, bytes->size, done, &fixed, for_card);
	return SB_EXIT_OK;
}

/* Do not drop other ROMs silently. */
static void say_others(const char *from, const struct sb_bytes *bytes,
		       const struct fix_done *done)
{
	unsigned int number;
	u32 at;

	for (number = 1; sb_images_find(bytes, number, &at); number++)
		if (at < done->offset || at >= done->offset + done->size)
			warnx("%s: there is another ROM in it, at %#x; --rom %u takes that one",
			      from, at, number);
}

static enum sb_exit fix(const char *from, const char *to, unsigned int number,
			struct fix_opts *opts)
{
	struct sb_rom_summary summary;
	enum sb_exit ret = SB_EXIT_NO_ROM;
	struct sb_bytes bytes;
	struct fix_done done;
	int error = sb_file_read(from, &bytes);
	char *words;

	if (error) {
		warnx("%s: %s", from, strerror(-error));
		return SB_EXIT_ERROR;
	}

	if (!sb_images_find(&bytes, number, &opts->at)) {
		warnx("%s: there is no ROM %u in it; shadowbar parse lists them",
		      from, number);
	} else if (fix_rom(bytes.data, bytes.size, opts, &done)) {
		say_others(from, &bytes, &done);
		ret = write_fixed(to, &bytes, opts, &done);
	} else {
		sb_rom_summarize_at(bytes.data, bytes.size, opts->at,
				    &summary);
		words = sb_images_words(&bytes, &summary);
		warnx("%s: there is no whole image: %s", from, words);
		free(words);
	}
	free(bytes.data);
	return ret;
}

/**
 * sb_fix() - the command "fix"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: the exit code.
 */
enum sb_exit sb_fix(int argc, char **argv)
{
	static const struct option options[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "in-place", no_argument, NULL, 'i' },
		{ "vendor", required_argument, NULL, 'V' },
		{ "device", required_argument, NULL, 'D' },
		{ "raw", no_argument, NULL, 'r' },
		{ "rom", required_argument, NULL, 'n' },
		SB_OPTIONS
	};
	bool vendor = false, device = false, in_place = false;
	struct fix_opts opts = { 0 };
	unsigned int number = 0;
	const char *output = NULL;
	int option;

	while ((option = sb_option(argc, argv, "o:iV:D:rn:" SB_LETTERS,
				   options)) != -1) {
		switch (option) {
		case 'o':
			output = optarg;
			break;
		case 'i':
			in_place = true;
			break;
		case 'V':
			vendor = true;
			if (!parse_id(optarg, &opts.vendor))
				return SB_EXIT_USAGE;
			break;
		case 'D':
			device = true;
			if (!parse_id(optarg, &opts.device))
				return SB_EXIT_USAGE;
			break;
		case 'r':
			opts.keep_trailing = true;
			break;
		case 'n':
			if (!sb_rom_number(optarg, &number))
				return SB_EXIT_USAGE;
			break;
		default:
			return sb_usage("fix", option);
		}
	}
	if (in_place && !output && optind == argc - 1)
		output = argv[optind];
	/* Without IDs, only sums are set; one ID alone is an error. */
	if (optind != argc - 1 || !output || vendor != device)
		return sb_usage("fix", '?');
	if (!sb_prints_bytes(output))
		return SB_EXIT_USAGE;
	if (!in_place && is_same_file(argv[optind], output)) {
		warnx("%s is the input; to replace it, use --in-place",
		      output);
		return SB_EXIT_USAGE;
	}
	opts.set_ids = vendor;
	return fix(argv[optind], output, number, &opts);
}
