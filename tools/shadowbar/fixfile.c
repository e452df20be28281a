// SPDX-License-Identifier: GPL-2.0-only
/*
 * fixfile: the command "fix"; what is done to the bytes is in fix.c.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fix.h"
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

static void say(const char *file, size_t size, const struct fix_done *done)
{
	printf("%s: %u image%s, ids set in %u, checksums in %u", file,
	       done->images, done->images == 1 ? "" : "s", done->ids,
	       done->sums);
	if (done->offset)
		printf(", %u bytes before it dropped", done->offset);
	if (done->offset + done->size < size)
		printf(", %zu bytes after it dropped",
		       size - done->offset - done->size);
	printf("\n");
	if (done->error)
		printf("%s: image %u %s\n", file, done->images + 1,
		       sb_image_error_text(done->error));
}

static void print_json(const char *file, const struct sb_bytes *bytes,
		       const struct fix_done *done)
{
	const struct sb_bytes fixed = {
		.data = bytes->data + done->offset,
		.size = done->size,
	};
	struct json_object *json = sb_json_start("fix");

	sb_json_append(json, "files", sb_record_file(file, &fixed, NULL, NULL));
	sb_json_print(json);
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat first, second;

	return !stat(a, &first) && !stat(b, &second) &&
	       S_ISREG(first.st_mode) && first.st_dev == second.st_dev &&
	       first.st_ino == second.st_ino;
}

static enum sb_exit fix(const char *from, const char *to,
			const struct fix_wish *wish)
{
	enum sb_exit ret = SB_EXIT_OK;
	struct sb_bytes bytes;
	struct fix_done done;
	int error = sb_file_read(from, &bytes);

	if (error) {
		warnx("%s: %s", from, strerror(-error));
		return SB_EXIT_ERROR;
	}

	if (!fix_rom(bytes.data, bytes.size, wish, &done)) {
		warnx("%s: there is no whole image: it %s", from,
		      sb_image_error_text(done.error));
		ret = SB_EXIT_NO_ROM;
	} else {
		error = sb_file_write(to, bytes.data + done.offset, done.size);
		if (error) {
			warnx("%s: %s", to, strerror(-error));
			ret = SB_EXIT_ERROR;
		} else if (sb_options.json) {
			print_json(to, &bytes, &done);
		} else if (strcmp(to, "-")) {
			say(to, bytes.size, &done);
		}
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
		SB_OPTIONS
	};
	bool vendor = false, device = false, in_place = false;
	struct fix_wish wish = { 0 };
	const char *output = NULL;
	int option;

	while ((option = sb_option(argc, argv, "o:iV:D:r" SB_LETTERS,
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
			if (!parse_id(optarg, &wish.vendor))
				return SB_EXIT_USAGE;
			break;
		case 'D':
			device = true;
			if (!parse_id(optarg, &wish.device))
				return SB_EXIT_USAGE;
			break;
		case 'r':
			wish.keep_trailing = true;
			break;
		default:
			return sb_usage("fix", option);
		}
	}
	if (in_place && !output && optind == argc - 1)
		output = argv[optind];
	/* Without ids only the sums are set; one id alone makes no function. */
	if (optind != argc - 1 || !output || vendor != device)
		return sb_usage("fix", '?');
	if (!sb_prints_bytes(output))
		return SB_EXIT_USAGE;
	if (!in_place && is_same_file(argv[optind], output)) {
		warnx("%s is the input; to replace it, use --in-place",
		      output);
		return SB_EXIT_USAGE;
	}
	wish.set_ids = vendor;
	return fix(argv[optind], output, &wish);
}
