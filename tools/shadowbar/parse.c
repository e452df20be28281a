// SPDX-License-Identifier: GPL-2.0-only
/*
 * parse: what is in a ROM file, and whether it is intact.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "images.h"
#include "record.h"
#include "tool.h"

static enum sb_exit read_file(const char *path, struct sb_bytes *bytes)
{
	int error = sb_file_read(path, bytes);

	if (!error)
		return SB_EXIT_OK;
	warnx("%s: %s", path, strerror(-error));
	return SB_EXIT_ERROR;
}

static void print_json(const char *command, const char *path,
		       const struct sb_bytes *bytes)
{
	struct json_object *json = sb_json_start(command);

	sb_json_append(json, "files", sb_record_file(path, bytes, NULL, NULL));
	sb_json_print(json);
}

/**
 * sb_parse() - the command "parse"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: the exit code.
 */
enum sb_exit sb_parse(int argc, char **argv)
{
	struct sb_bytes bytes;
	enum sb_exit ret;
	int option;

	option = sb_no_option(argc, argv);
	if (option != -1 || optind != argc - 1)
		return sb_usage("parse", option);

	ret = read_file(argv[optind], &bytes);
	if (ret)
		return ret;
	if (sb_options.json)
		print_json("parse", argv[optind], &bytes);
	else
		sb_images_print(&bytes);
	free(bytes.data);
	return SB_EXIT_OK;
}

/**
 * sb_verify() - the command "verify"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: the exit code.
 */
enum sb_exit sb_verify(int argc, char **argv)
{
	struct sb_rom_summary summary;
	struct sb_bytes bytes;
	enum sb_exit ret;
	char *verdict;
	int option;

	option = sb_no_option(argc, argv);
	if (option != -1 || optind != argc - 1)
		return sb_usage("verify", option);

	ret = read_file(argv[optind], &bytes);
	if (ret)
		return ret;
	sb_rom_summarize(bytes.data, bytes.size, &summary);
	verdict = sb_images_verdict(&summary);
	if (sb_options.json)
		print_json("verify", argv[optind], &bytes);
	else
		printf("%s: %s\n", argv[optind], verdict);
	free(verdict);
	free(bytes.data);
	return summary.verdict == SB_IMAGE_OK ? SB_EXIT_OK : SB_EXIT_NO_ROM;
}
