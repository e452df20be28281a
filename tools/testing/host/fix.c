// SPDX-License-Identifier: GPL-2.0-only
/*
 * fix: run fix_rom() on a file.
 *
 * usage: fix IN OUT IDS|- [keep]
 *
 * IDs are VENDOR:DEVICE; '-' keeps those of the file. 'keep' keeps everything
 * after the last image. Prints a summary as a line of JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fix.h>

#include "file.h"

int main(int argc, char **argv)
{
	struct fix_opts opts = {};
	struct fix_done done;
	FILE *out;
	bool ok;
	u32 size;
	u8 *file;

	if (argc < 4)
		return 2;
	opts.keep_trailing = argc > 4;
	opts.set_ids = sscanf(argv[3], "%hx:%hx", &opts.vendor,
			      &opts.device) == 2;

	file = read_file(argv[1], &size);
	if (!file)
		return 2;
	opts.at = sb_rom_header(file, size);
	ok = fix_rom(file, size, &opts, &done);
	printf("{\"offset\": %u, \"size\": %u, \"images\": %u, \"ids\": %u, ",
	       done.offset, done.size, done.images, done.ids);
	printf("\"sums\": %u, \"error\": \"%s\"}\n", done.sums,
	       sb_image_error_name(done.error));

	out = fopen(argv[2], "wb");
	if (!out || fwrite(file + done.offset, 1, done.size, out) != done.size ||
	    fclose(out))
		return 2;
	free(file);
	return ok ? 0 : 1;
}
