// SPDX-License-Identifier: GPL-2.0-only
/*
 * walk: run rom_image, rom_file and good on files, one line of JSON each.
 *
 * usage: walk FILE...
 *
 * Built with the sanitizers: the buffer has exactly the size of the file, so
 * that an access beyond it is detected.
 */
#include <stdio.h>
#include <stdlib.h>

#include <shadowbar/rom_file.h>

#include "file.h"
#include "good.h"

static const char *truth(bool value)
{
	return value ? "true" : "false";
}

static void print_image(const struct sb_image *image, const u8 *rom)
{
	u32 nr;

	printf("{\"offset\": %u, \"length\": %u, \"kind\": \"%s\", ",
	       image->offset, image->length, sb_image_kind_name(image->kind));
	printf("\"type\": %u, \"signature\": %u, \"pcir\": %u, ",
	       image->code_type, image->signature, image->pcir);
	printf("\"ids\": \"%04x:%04x\", \"class\": \"%06x\", \"revision\": %u, ",
	       image->vendor, image->device, image->class,
	       image->pcir_revision);
	printf("\"pcir_length\": %u, \"init_size\": %u, \"npde\": %s, ",
	       image->pcir_length, image->init_size, truth(image->npde));
	printf("\"npde_stale\": %s, \"odd_pcir\": %s, ",
	       truth(image->npde_stale), truth(image->odd_pcir));
	printf("\"last\": %s, \"pcir_last\": %s, ", truth(image->last),
	       truth(image->pcir_last));
	printf("\"sum_ok\": %s, \"init_sum_ok\": %s, ", truth(image->sum_ok),
	       truth(image->init_sum_ok));
	printf("\"atom\": %s, \"atom_string\": %s, ", truth(image->atom),
	       truth(image->atom_string));
	if (image->efi.valid)
		printf("\"machine\": \"%s\", \"subsystem\": \"%s\", \"compression\": %u, ",
		       sb_efi_machine_name(image->efi.machine),
		       sb_efi_subsystem_name(image->efi.subsystem),
		       image->efi.compression);
	printf("\"devices\": [");
	for (nr = 0; nr < image->devices; nr++)
		printf("%s\"%04x\"", nr ? ", " : "",
		       sb_image_device(image, rom, nr));
	printf("]}");
}

static void print_good(const u8 *file, u32 size)
{
	enum sb_good good[SB_FORS];
	int who;

	sb_good_judge(file, size, NULL, good);
	printf("\"good\": {");
	for (who = 0; who < SB_FORS; who++)
		printf("%s\"%s\": \"%s\"", who ? ", " : "",
		       sb_good_for_name(who), sb_good_name(good[who]));
	printf("}, ");
}

static void print_file(const u8 *file, u32 size)
{
	struct sb_rom_summary summary;
	struct sb_rom_walk walk;
	struct sb_image image;
	const char *comma = "";
	u32 rest;

	sb_rom_summarize(file, size, &summary);
	printf("{\"size\": %u, \"header\": %u, \"length\": %u, ", size,
	       summary.header, summary.length);
	printf("\"content\": \"%s\", \"after\": %u, \"missing\": %u, ",
	       sb_content_name(sb_content_of(file, size)), summary.after,
	       summary.missing);
	print_good(file, size);
	printf("\"trailing\": %u, \"trailing_data\": %u, \"bad_sums\": %u, ",
	       summary.trailing, summary.trailing_data, summary.bad_sums);
	printf("\"verdict\": \"%s\", \"fault\": %u, \"images\": [",
	       sb_image_error_name(summary.verdict), summary.fault);

	rest = size - summary.header;
	sb_rom_walk_start(&walk, rest);
	while (sb_rom_walk_step(&walk, file + summary.header, rest, &image) ==
	       SB_STEP_IMAGE) {
		fputs(comma, stdout);
		comma = ", ";
		print_image(&image, file + summary.header);
	}
	puts("]}");
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		u32 size;
		u8 *file = read_file(argv[i], &size);

		if (!file)
			return 1;
		print_file(file, size);
		free(file);
	}

	return 0;
}
