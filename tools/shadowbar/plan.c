// SPDX-License-Identifier: GPL-2.0-only
/*
 * plan: what the module would do with a machine, without touching it.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "outlook.h"
#include "report.h"
#include "tool.h"

#define LARGEST_FILE	(64 << 20)

static bool looks_like_json(const struct sb_bytes *bytes)
{
	size_t i;

	for (i = 0; i < bytes->size; i++)
		if (!strchr(" \t\r\n", bytes->data[i]))
			return bytes->data[i] == '{';

	return false;
}

static int import_json(struct sb_import *import, const struct sb_bytes *bytes)
{
	struct json_tokener *tokener = json_tokener_new_ex(16);
	struct json_object *json;
	int ret = -EINVAL;

	if (!tokener)
		return -ENOMEM;
	json = json_tokener_parse_ex(tokener, (const char *)bytes->data,
				     bytes->size);
	if (json)
		ret = sb_import_report(import, json);
	json_object_put(json);
	json_tokener_free(tokener);
	return ret;
}

static enum sb_exit import_file(struct sb_import *import, const char *path)
{
	struct sb_bytes bytes;
	int ret = sb_file_read(path, &bytes);

	if (ret) {
		warnx("%s: %s", path, strerror(-ret));
		return SB_EXIT_ERROR;
	}
	if (bytes.size > LARGEST_FILE)
		ret = -EFBIG;
	else if (looks_like_json(&bytes))
		ret = import_json(import, &bytes);
	else
		ret = sb_import_lspci(import, (const char *)bytes.data,
				      bytes.size);
	free(bytes.data);
	if (!ret)
		return SB_EXIT_OK;

	if (ret == -EINVAL)
		warnx("%s: neither a report of shadowbar nor the output of lspci -vvnn",
		      path);
	else
		warnx("%s: %s", path, strerror(-ret));
	return SB_EXIT_ERROR;
}

static enum sb_exit import_this(struct sb_import *import)
{
	struct json_object *report = sb_report_make();
	int ret = sb_import_report(import, report);

	json_object_put(report);
	if (!ret)
		return SB_EXIT_OK;
	warnx("no PCI function was found");
	return SB_EXIT_UNKNOWN;
}

static bool read_page_size(const char *text, u32 *size)
{
	char *end;
	unsigned long kib = strtoul(text, &end, 10);

	if (strcmp(end, "K") || kib < 4 || kib > 1024 || kib & (kib - 1))
		return false;
	*size = kib << 10;
	return true;
}

/**
 * sb_plan_command() - the command "plan"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: the exit code.
 */
enum sb_exit sb_plan_command(int argc, char **argv)
{
	static const struct option options[] = {
		{ "from", required_argument, NULL, 'f' },
		{ "page-size", required_argument, NULL, 'P' },
		SB_OPTIONS
	};
	const char *path = NULL, *words = NULL;
	struct sb_import import;
	enum sb_exit ret;
	u32 page_size = 0;
	int option;

	while ((option = sb_option(argc, argv, "f:P:" SB_LETTERS, options)) !=
	       -1) {
		if (option == 'f')
			path = optarg;
		else if (option != 'P')
			return sb_usage("plan", option);
		else if (!read_page_size(optarg, &page_size))
			return sb_usage("plan", '?');
	}
	if (optind < argc)
		words = argv[optind++];
	if (optind != argc)
		return sb_usage("plan", '?');

	ret = path ? import_file(&import, path) : import_this(&import);
	if (ret)
		return ret;
	if (page_size)
		import.machine.page_size = page_size;
	if (sb_outlook_has(&import, words)) {
		sb_outlook(&import, words, path, sb_options.json);
	} else {
		warnx("%s: there is no such function", words);
		ret = SB_EXIT_UNKNOWN;
	}
	sb_import_free(&import);
	return ret;
}
