// SPDX-License-Identifier: GPL-2.0-only
/*
 * baseline: record the ROMs of this machine; check: report what has changed
 * since.
 */
#include <err.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "baseline.h"
#include "tool.h"

static char *ids(const struct sb_kept *kept)
{
	return sb_format("%s:%s%s%s", sb_or_dash(kept->vendor),
			 sb_or_dash(kept->device),
			 kept->subsystem ? ", subsystem " : "",
			 kept->subsystem ? kept->subsystem : "");
}

static char *words_new(const struct sb_finding *finding)
{
	const struct sb_kept *after = finding->after;

	if (finding->what == SB_ABOUT_FUNCTION && !after->sha256)
		return sb_format("This device is not in the baseline. The ROM is: %s.",
				 sb_or_dash(after->status));
	if (finding->what == SB_ABOUT_FUNCTION)
		return sb_format("This device is not in the baseline. Its ROM has %lld bytes.",
				 after->size);
	return sb_format("The device has a ROM of %lld bytes now. When the baseline was made there was none (ROM: %s).",
			 after->size, sb_or_dash(finding->before->status));
}

static char *words_gone(const struct sb_finding *finding)
{
	if (finding->what == SB_ABOUT_FUNCTION)
		return sb_format("This device is in the baseline and is not in the machine any more.");
	if (finding->what == SB_ABOUT_REREAD)
		return sb_format("The ROM reads as all ones or zeroes now: a guest or a tool has erased it, or the device needs a reset. The shadow still has it.");
	return sb_format("The device had a ROM of %lld bytes and has none now (ROM: %s).",
			 finding->before->size,
			 sb_or_dash(finding->after->status));
}

static char *words_rom(const struct sb_finding *finding)
{
	const struct sb_kept *before = finding->before, *after = finding->after;
	size_t differ = sb_kept_images_differ(before, after);
	char *images = differ ?
		sb_format(" %zu of %zu images differ%s.", differ,
			  after->nr_images, differ == 1 ? "s" : "") :
		sb_format("%s", "");
	char *where = strcmp(sb_or_dash(before->source),
			     sb_or_dash(after->source)) ?
		sb_format(" It was read from another source: %s then, %s now.",
			  sb_or_dash(before->source),
			  sb_or_dash(after->source)) :
		sb_format("%s", "");
	char *words = sb_format("The ROM is not the one in the baseline: %lld bytes then, %lld now.%s%s",
				before->size, after->size, images, where);

	free(where);
	free(images);
	return words;
}

static char *words_changed(const struct sb_finding *finding)
{
	const struct sb_kept *before = finding->before;
	char *then, *now, *words;

	switch (finding->what) {
	case SB_ABOUT_IDS:
		then = ids(before);
		now = ids(finding->after);
		words = sb_format("There is another device in this slot: %s (class %s) then, %s (class %s) now.",
				  then, sb_or_dash(before->class), now,
				  sb_or_dash(finding->after->class));
		free(now);
		free(then);
		return words;
	case SB_ABOUT_BAR:
		return sb_format("Firmware left the ROM BAR at all ones when the baseline was made; now it is zero. Somebody wrote to it before the kernel started, or the device was reset.");
	case SB_ABOUT_REREAD:
		return sb_format("The device has another ROM now than when it was first read: a guest or a tool has rewritten it. The shadow still has the first one.");
	default:
		return words_rom(finding);
	}
}

static char *words_hidden(const struct sb_finding *finding)
{
	if (finding->what == SB_ABOUT_NOROM)
		return sb_format("The device has a ROM of %lld bytes, but its ROM BAR has no address (%s) and the kernel was started with pci=norom: neither lspci nor the kernel shows it.",
				 finding->after->size, finding->after->bar);
	return sb_format("The device has a ROM of %lld bytes. Its ROM BAR was left %s when the baseline was made and is %s now: something wrote to it before the kernel started, or the device was reset.",
			 finding->after->size, finding->before->bar,
			 finding->after->bar);
}

static char *words_unread(const struct sb_finding *finding)
{
	return sb_format("The ROM could not be read this time (ROM: %s), so it cannot be compared.",
			 finding->after && finding->after->status ?
			 finding->after->status : "the module knows nothing of it");
}

static char *words(const struct sb_finding *finding)
{
	switch (finding->kind) {
	case SB_FINDING_NEW:
		return words_new(finding);
	case SB_FINDING_GONE:
		return words_gone(finding);
	case SB_FINDING_HIDDEN:
		return words_hidden(finding);
	case SB_FINDING_UNREAD:
		return words_unread(finding);
	default:
		return words_changed(finding);
	}
}

static const struct sb_kept *one_of(const struct sb_finding *finding)
{
	return finding->after ? finding->after : finding->before;
}

static struct json_object *finding_json(const struct sb_finding *finding)
{
	struct json_object *json = json_object_new_object();
	char *text = words(finding);

	json_object_object_add(json, "finding",
			       sb_json_text(sb_finding_kind_name(finding->kind)));
	json_object_object_add(json, "about",
			       sb_json_text(sb_finding_what_name(finding->what)));
	json_object_object_add(json, "address",
			       sb_json_text(one_of(finding)->address));
	json_object_object_add(json, "path",
			       sb_json_text(one_of(finding)->path));
	json_object_object_add(json, "words", sb_json_text(text));
	json_object_object_add(json, "before", sb_kept_json(finding->before));
	json_object_object_add(json, "after", sb_kept_json(finding->after));
	free(text);
	return json;
}

/* Say what to do about a finding, so that users need not look it up. */
static void advise(const struct sb_finding *finding)
{
	if (!finding->after)
		return;
	sb_command("shadowbar %s %s",
		   finding->kind == SB_FINDING_UNREAD ? "explain" : "show",
		   finding->after->address);
}

static void say_finding(const struct sb_finding *finding)
{
	char *text = words(finding);

	sb_topic("%s: %s", one_of(finding)->address,
		 sb_finding_kind_name(finding->kind));
	sb_paragraph("%s", text);
	advise(finding);
	free(text);
}

/**
 * struct result - the result of a comparison
 * @found: the findings
 * @nr: number of findings
 * @before: the baseline
 * @after: the machine
 */
struct result {
	struct sb_finding *found;
	size_t nr;
	struct sb_baseline before;
	struct sb_baseline after;
};

static char *summary(const struct result *result)
{
	const char *since = sb_or_dash(result->before.written);

	if (!result->nr)
		return sb_format("%zu functions are as in the baseline of %s",
				 result->after.nr, since);
	return sb_format("%zu finding%s, compared with the baseline of %s",
			 result->nr, result->nr == 1 ? "" : "s", since);
}

static void say(const struct result *result)
{
	char *text = summary(result);
	size_t i;

	for (i = 0; i < result->nr; i++)
		say_finding(&result->found[i]);
	sb_topic("%s", text);
	if (result->nr)
		sb_paragraph("If you changed hardware, updated firmware or flashed a card, and expected all of this, make a new baseline with shadowbar baseline.");
	free(text);
}

/* Send it to the system log, to be found later and from elsewhere. */
static void tell_log(const struct result *result)
{
	char *text = summary(result);
	size_t i;

	openlog("shadowbar", LOG_PID, LOG_DAEMON);
	for (i = 0; i < result->nr; i++) {
		const struct sb_finding *finding = &result->found[i];
		char *said = words(finding);

		syslog(LOG_WARNING, "%s: %s: %s", one_of(finding)->address,
		       sb_finding_kind_name(finding->kind), said);
		free(said);
	}
	syslog(result->nr ? LOG_WARNING : LOG_NOTICE, "%s", text);
	closelog();
	free(text);
}

static void print_json(const struct result *result)
{
	struct json_object *json, *findings = json_object_new_array();
	size_t i;

	say(result);
	json = sb_json_start("check");
	for (i = 0; i < result->nr; i++)
		json_object_array_add(findings,
				      finding_json(&result->found[i]));
	json_object_object_add(json, "findings", findings);
	json_object_object_add(json, "baseline",
			       sb_json_text(result->before.written));
	sb_json_print(json);
}

static void compare(struct result *result)
{
	result->found = calloc(result->before.nr + result->after.nr + 1,
			       SB_FINDINGS_EACH * sizeof(*result->found));
	if (!result->found)
		err(SB_EXIT_ERROR, NULL);
	result->nr = sb_baseline_compare(&result->before, &result->after,
					 sb_baseline_norom(), result->found);
}

static enum sb_exit check(const char *path)
{
	struct result result = { 0 };
	enum sb_exit ret;

	ret = sb_baseline_read(path, false, &result.before);
	if (!ret)
		ret = sb_baseline_look(&result.after, false);
	if (!ret) {
		compare(&result);
		if (sb_options.json)
			print_json(&result);
		else
			say(&result);
		tell_log(&result);
		ret = result.nr ? SB_EXIT_FOUND : SB_EXIT_OK;
	}
	free(result.found);
	sb_baseline_free(&result.before);
	sb_baseline_free(&result.after);
	return ret;
}

static enum sb_exit write_baseline(const char *path,
				   const struct sb_baseline *baseline)
{
	char *text = sb_baseline_text(baseline);
	char *copy = sb_format("%s", path);
	int error = 0;

	if (strcmp(path, "-"))
		error = sb_file_mkdir(dirname(copy));
	if (!error)
		error = sb_file_write(path, text, strlen(text));
	if (error)
		warnx("%s: %s", path, strerror(-error));
	free(copy);
	free(text);
	return error ? SB_EXIT_ERROR : SB_EXIT_OK;
}

/* Warn if the new baseline would silently accept what is already wrong. */
static size_t warn_of_hidden(const struct sb_baseline *baseline)
{
	struct result result = { .before = *baseline, .after = *baseline };
	size_t i, nr;

	compare(&result);
	for (i = 0; i < result.nr; i++)
		say_finding(&result.found[i]);
	nr = result.nr;
	free(result.found);
	return nr;
}

static size_t count_roms(const struct sb_baseline *baseline)
{
	size_t i, roms = 0;

	for (i = 0; i < baseline->nr; i++)
		roms += !!baseline->list[i].sha256;
	return roms;
}

static enum sb_exit make(const char *path)
{
	struct sb_baseline now;
	enum sb_exit ret;
	size_t found;

	ret = sb_baseline_look(&now, true);
	if (!ret)
		ret = write_baseline(path, &now);
	if (!ret && strcmp(path, "-")) {
		found = warn_of_hidden(&now);
		if (sb_options.json)
			sb_json_print(sb_json_start("baseline"));
		else
			printf("%s%zu ROMs of %zu functions in %s\n",
			       found ? "\n" : "", count_roms(&now), now.nr,
			       path);
	}
	sb_baseline_free(&now);
	return ret;
}

static int read_words(int argc, char **argv, const char **path)
{
	static const struct option options[] = {
		{ "file", required_argument, NULL, 'f' },
		SB_OPTIONS
	};
	int option;

	*path = SB_BASELINE_FILE;
	while ((option = sb_option(argc, argv, "f:" SB_LETTERS, options)) !=
	       -1) {
		if (option != 'f')
			return option;
		*path = optarg;
	}
	return optind == argc ? -1 : '?';
}

/**
 * sb_baseline_command() - the command "baseline"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: the exit code.
 */
enum sb_exit sb_baseline_command(int argc, char **argv)
{
	const char *path;
	int option = read_words(argc, argv, &path);

	if (option != -1)
		return sb_usage("baseline", option);
	if (sb_options.json && !strcmp(path, "-")) {
		warnx("a baseline and JSON cannot both go to standard output");
		return SB_EXIT_USAGE;
	}
	return make(path);
}

/**
 * sb_check() - the command "check"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: SB_EXIT_FOUND if something differs from the baseline.
 */
enum sb_exit sb_check(int argc, char **argv)
{
	const char *path;
	int option = read_words(argc, argv, &path);

	if (option != -1)
		return sb_usage("check", option);
	return check(path);
}
