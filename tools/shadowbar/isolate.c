// SPDX-License-Identifier: GPL-2.0-only
/*
 * isolate: move a BAR to a page of its own.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "tool.h"

static enum sb_exit isolate(const struct sb_function *function, int number)
{
	char *dir = sb_format("%s/shadowbar", function->path);
	char *isolate = sb_format("bar%d_isolate", number);
	char *reason_file = sb_format("bar%d_reason", number);
	char *page_file = sb_format("bar%d_page", number);
	enum sb_exit ret = SB_EXIT_OK;
	char *reason, *page;
	int error;

	error = sb_attr_write(dir, isolate, "1\n");
	/* What is said of it now, not what was before. */
	reason = sb_attr_read(dir, reason_file);
	page = sb_attr_read(dir, page_file);
	if (!error && sb_options.json) {
		ret = sb_record_print("isolate", function->address);
	} else if (!error) {
		printf("%s BAR %d: %s%s%s\n", function->address, number,
		       sb_or_dash(page), reason && *reason ? ": " : "",
		       reason ? reason : "");
	} else if (error == -ENOENT) {
		warnx("%s BAR %d: %s", function->address, number, page ?
		      "this module cannot move it" : "no such memory BAR");
		ret = page ? SB_EXIT_ERROR : SB_EXIT_UNKNOWN;
	} else {
		warnx("%s BAR %d: not moved: %s", function->address, number,
		      strerror(-error));
		if (reason && *reason)
			warnx("%s BAR %d: %s", function->address, number,
			      reason);
		ret = error == -EBUSY ? SB_EXIT_BUSY : SB_EXIT_ERROR;
	}
	free(page);
	free(reason);
	free(page_file);
	free(reason_file);
	free(isolate);
	free(dir);
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
	struct sb_functions one;
	const char *bar;
	enum sb_exit ret;
	int option;

	option = sb_no_option(argc, argv);
	if (option != -1 || optind != argc - 2)
		return sb_usage("isolate", option);
	bar = argv[optind + 1];
	if (strlen(bar) != 1 || *bar < '0' || *bar >= '0' + SB_BARS) {
		warnx("%s: a BAR is a number from 0 to %d", bar, SB_BARS - 1);
		return SB_EXIT_USAGE;
	}

	ret = sb_functions_load_one(argv[optind], &one);
	if (!ret)
		ret = sb_function_known(&one.list[0]);
	if (!ret)
		ret = isolate(&one.list[0], *bar - '0');
	sb_functions_free(&one);
	return ret;
}
