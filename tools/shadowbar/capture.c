// SPDX-License-Identifier: GPL-2.0-only
/*
 * capture: read the ROM now.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "held.h"
#include "record.h"
#include "tool.h"

static enum sb_exit tell(const struct sb_function *function, int error)
{
	char *dir = sb_format("%s/shadowbar", function->path);
	char *reason = sb_attr_read(dir, "rom_reason");
	enum sb_exit ret = SB_EXIT_ERROR;

	if (!error) {
		ret = SB_EXIT_OK;
		if (!sb_options.json)
			printf("%s: %s\n", function->address,
			       sb_or_dash(reason));
	} else {
		warnx("%s: not captured: %s", function->address,
		      strerror(-error));
		if (reason && *reason)
			warnx("%s: %s", function->address, reason);
		if (error == -EBUSY)
			ret = SB_EXIT_BUSY;
		else if (error == -ENODEV)
			ret = SB_EXIT_NO_ROM;
	}
	free(reason);
	free(dir);
	return ret;
}

static enum sb_exit capture(const struct sb_function *function, const void *arg)
{
	char *dir = sb_format("%s/shadowbar", function->path);
	int ret = sb_attr_write(dir, "capture", arg);

	free(dir);
	return tell(function, ret);
}

/**
 * sb_capture() - the command "capture"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: the exit code.
 */
enum sb_exit sb_capture(int argc, char **argv)
{
	static const struct option options[] = {
		{ "whole", no_argument, NULL, 'w' },
		SB_OPTIONS
	};
	const char *what = "1\n";
	struct sb_functions one;
	enum sb_exit ret;
	int option;

	while ((option = sb_option(argc, argv, "w" SB_LETTERS, options)) !=
	       -1) {
		if (option != 'w')
			return sb_usage("capture", option);
		what = "whole\n";
	}
	if (optind != argc - 1)
		return sb_usage("capture", '?');

	ret = sb_functions_load_one(argv[optind], &one);
	if (!ret)
		ret = sb_function_known(&one.list[0]);
	if (!ret) {
		ret = sb_without_driver(&one.list[0], "captured", capture,
					what);
		if (sb_options.json)
			sb_record_print("capture", one.list[0].address);
	}
	sb_functions_free(&one);
	return ret;
}
