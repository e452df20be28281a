// SPDX-License-Identifier: GPL-2.0-only
/*
 * isolate: move BARs to pages of their own.
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "held.h"
#include "record.h"
#include "tool.h"

#define ALL_BARS	(-1)

static char *file_of(const struct sb_function *function, int number,
		     const char *what)
{
	char *dir = sb_format("%s/shadowbar", function->path);
	char *file = sb_format("bar%d_%s", number, what);
	char *text = sb_attr_read(dir, file);

	free(file);
	free(dir);
	return text;
}

/* Report its state now, not the one before. */
static void say(const struct sb_function *function, int number)
{
	char *reason = file_of(function, number, "reason");
	char *page = file_of(function, number, "page");

	if (!sb_options.json)
		printf("%s BAR %d: %s%s%s\n", function->address, number,
		       sb_or_dash(page), reason && *reason ? ": " : "",
		       reason ? reason : "");
	free(page);
	free(reason);
}

static enum sb_exit isolate(const struct sb_function *function, int number)
{
	char *dir = sb_format("%s/shadowbar", function->path);
	char *file = sb_format("bar%d_isolate", number);
	enum sb_exit ret = SB_EXIT_OK;
	char *reason;
	int error;

	error = sb_attr_write(dir, file, "1\n");
	free(file);
	free(dir);
	if (!error) {
		say(function, number);
	} else if (error == -ENOENT) {
		warnx("%s BAR %d: %s", function->address, number,
		      function->bar[number].page ?
		      "this module cannot move it" : "no such memory BAR");
		ret = function->bar[number].page ? SB_EXIT_ERROR :
						   SB_EXIT_UNKNOWN;
	} else {
		reason = file_of(function, number, "reason");
		warnx("%s BAR %d: not moved: %s", function->address, number,
		      strerror(-error));
		if (reason && *reason)
			warnx("%s BAR %d: %s", function->address, number,
			      reason);
		free(reason);
		ret = error == -EBUSY || error == -EAGAIN ? SB_EXIT_BUSY :
							    SB_EXIT_ERROR;
	}

	return ret;
}

static bool would_help(const struct sb_bar *bar)
{
	return bar->page && bar->isolate && (!strcmp(bar->page, "shared") ||
					     !strcmp(bar->page, "unaligned"));
}

static bool is_meant(const struct sb_function *function, int bar, int number)
{
	return bar == number ||
	       (bar == ALL_BARS && would_help(&function->bar[number]));
}

/* The first of those sharing a page may stay there, if the others move. */
static enum sb_exit isolate_bars(const struct sb_function *function,
				 const void *arg)
{
	enum sb_exit ret = SB_EXIT_OK, one;
	int bar = *(const int *)arg, number;

	for (number = SB_BARS - 1; number >= 0; number--) {
		if (!is_meant(function, bar, number))
			continue;
		one = isolate(function, number);
		if (!ret)
			ret = one;
	}

	return ret;
}

/* A line of /proc/iomem, "  80000000-8fffffff : PCI Bus 0000:00" */
struct line {
	int depth;
	unsigned long long start;
	unsigned long long end;
};

static bool parse_line(const char *text, struct line *line)
{
	line->depth = strspn(text, " ") / 2;
	return sscanf(text, " %llx-%llx :", &line->start, &line->end) == 2;
}

/**
 * has_free_page() - does a BAR's window have a free page?
 * @bar: the BAR
 *
 * Return: 1 if there is one, 0 if not, -1 if unknown.
 */
static int has_free_page(const struct sb_bar *bar)
{
	unsigned long long page = sysconf(_SC_PAGESIZE), next = 0;
	struct line line, window = { .depth = -1 };
	FILE *file = fopen("/proc/iomem", "r");
	char text[256];
	bool found = false, room = false, known = false;

	while (file && fgets(text, sizeof(text), file)) {
		if (!parse_line(text, &line))
			continue;
		known |= line.end;
		if (window.depth >= 0 && line.depth <= window.depth) {
			/* The window ends: was it the right one? */
			room |= next + page - 1 <= window.end;
			if (found)
				break;
			window.depth = -1;
			room = false;
		}
		if (line.start <= bar->start && bar->start <= line.end &&
		    line.end - line.start >= bar->size) {
			window = line;
			next = (line.start + page - 1) & -page;
			room = false;
			found = false;
		} else if (line.depth == window.depth + 1) {
			found |= line.start == bar->start;
			room |= next + page <= line.start;
			if (line.end + 1 > next)
				next = (line.end + page) & -page;
		}
	}
	if (file)
		fclose(file);
	if (!known || !found)
		return -1;
	return room || next + page - 1 <= window.end;
}

/* Leave functions alone that have another driver. */
static bool may_touch(const struct sb_function *function)
{
	return !function->driver || !strcmp(function->driver, "vfio-pci") ||
	       !strcmp(function->driver, "pci-stub");
}

static const char *forecast(const struct sb_function *function, int number)
{
	static const char * const words[] = {
		"would be moved, if there is room",
		"its window has no free page: would be moved only if another one has",
		"would be moved, there is a free page",
	};
	const struct sb_bar *bar = &function->bar[number];

	if (!would_help(bar))
		return "nothing would be done";
	if (!may_touch(function))
		return "would not be moved: its driver is bound";
	return words[has_free_page(bar) + 1];
}

/* Report what would be done, without doing it. */
static enum sb_exit foretell(const struct sb_function *function, int bar)
{
	bool any = false;
	int number;

	/* JSON shows the BARs unchanged. */
	if (sb_options.json)
		return SB_EXIT_OK;
	for (number = 0; number < SB_BARS; number++) {
		if (!is_meant(function, bar, number))
			continue;
		any = true;
		printf("%s BAR %d: %s: %s\n", function->address, number,
		       sb_or_dash(function->bar[number].page),
		       forecast(function, number));
	}
	if (!any && bar == ALL_BARS)
		printf("%s: nothing would be done\n", function->address);
	return SB_EXIT_OK;
}

static bool has_work(const struct sb_function *function)
{
	int number;

	for (number = 0; number < SB_BARS; number++)
		if (would_help(&function->bar[number]))
			return true;

	return false;
}

static enum sb_exit do_one(const struct sb_function *function, int bar, bool dry)
{
	if (dry)
		return foretell(function, bar);
	if (bar == ALL_BARS && !has_work(function)) {
		if (!sb_options.json)
			printf("%s: nothing to do\n", function->address);
		return SB_EXIT_OK;
	}
	/* Unbind only what is to be moved. */
	if (bar != ALL_BARS && !would_help(&function->bar[bar]))
		return isolate_bars(function, &bar);

	return sb_without_driver(function, "isolated", isolate_bars, &bar);
}

static enum sb_exit do_all(bool dry)
{
	struct json_object *json = sb_json_start("isolate");
	struct sb_functions functions;
	enum sb_exit ret, one;
	size_t i, nr;

	ret = sb_functions_load(NULL, &functions);
	if (!ret)
		ret = sb_module_needed();
	nr = ret ? 0 : functions.nr;
	/* One that is refused does not affect the others. */
	for (i = 0; i < nr; i++) {
		if (!has_work(&functions.list[i]))
			continue;
		if (!may_touch(&functions.list[i])) {
			if (!sb_options.json)
				printf("%s: left alone: the driver %s is bound\n",
				       functions.list[i].address,
				       functions.list[i].driver);
			continue;
		}
		one = do_one(&functions.list[i], ALL_BARS, dry);
		if (one)
			ret = one;
		sb_record_add(json, functions.list[i].address);
	}
	if (sb_options.json)
		sb_json_print(json);
	else
		json_object_put(json);
	sb_functions_free(&functions);
	return ret;
}

/**
 * sb_isolate() - the command "isolate"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: the exit code.
 */
enum sb_exit sb_isolate(int argc, char **argv)
{
	static const struct option options[] = {
		{ "all", no_argument, NULL, 'a' },
		{ "dry-run", no_argument, NULL, 'n' },
		SB_OPTIONS
	};
	bool all = false, dry = false;
	struct sb_functions one;
	int option, bar = ALL_BARS;
	enum sb_exit ret;

	while ((option = sb_option(argc, argv, "an" SB_LETTERS, options)) > 0) {
		if (option == 'a')
			all = true;
		else if (option == 'n')
			dry = true;
		else
			return sb_usage("isolate", option);
	}
	argc -= optind;
	argv += optind;
	if (all ? argc : argc != 1 && argc != 2)
		return sb_usage("isolate", '?');
	if (all)
		return do_all(dry);
	if (argc == 2) {
		if (strlen(argv[1]) != 1 || *argv[1] < '0' ||
		    *argv[1] >= '0' + SB_BARS) {
			warnx("%s: a BAR is a number from 0 to %d", argv[1],
			      SB_BARS - 1);
			return SB_EXIT_USAGE;
		}
		bar = *argv[1] - '0';
	}

	ret = sb_functions_load_one(argv[0], &one);
	if (!ret)
		ret = sb_function_known(&one.list[0]);
	if (!ret) {
		ret = do_one(&one.list[0], bar, dry);
		if (sb_options.json)
			sb_record_print("isolate", one.list[0].address);
	}
	sb_functions_free(&one);
	return ret;
}
