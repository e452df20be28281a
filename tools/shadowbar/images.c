// SPDX-License-Identifier: GPL-2.0-only
/*
 * images: what is in a ROM, for people and for programs.
 *
 * The walk along the images is the module's own: the same file is compiled.
 */
#include <stdio.h>
#include <stdlib.h>

#include "images.h"

/**
 * sb_images_verdict() - whether a ROM is intact, in words
 * @summary: the ROM in short
 *
 * Return: a sentence without its end, to be freed.
 */
char *sb_images_verdict(const struct sb_rom_summary *summary)
{
	const char *plural = summary->images == 1 ? "" : "s";

	if (summary->verdict == SB_IMAGE_OK)
		return sb_format("intact: %u image%s", summary->images,
				 plural);
	if (!summary->images)
		return sb_format("no ROM: it %s",
				 sb_image_error_text(summary->verdict));
	return sb_format("image %u %s; %u whole image%s", summary->fault,
			 sb_image_error_text(summary->verdict),
			 summary->images, plural);
}

/* What only some images have. */
static char *details(const struct sb_image *image)
{
	char *efi = sb_format("%s", "");
	char *all;

	if (image->efi.valid) {
		free(efi);
		efi = sb_format("%s, %s%s, ",
				sb_efi_machine_name(image->efi.machine),
				sb_efi_subsystem_name(image->efi.subsystem),
				image->efi.compression ? ", compressed" : "");
	}
	all = sb_format("%s%s%s%s%s", efi,
			image->atom ? "ATOM, " : "",
			image->npde ? "NPDE, " : "",
			image->kind != SB_KIND_X86 ? "" :
			image->sum_ok ? "sum good, " : "sum wrong, ",
			image->last ? "last" : "more follow");
	free(efi);
	return all;
}

static void add_cell(struct sb_table *table, char *text)
{
	sb_table_add(table, text);
	free(text);
}

static void add_row(struct sb_table *table, unsigned int nr,
		    const struct sb_image *image)
{
	add_cell(table, sb_format("%u", nr));
	add_cell(table, sb_format("%#x", image->offset));
	add_cell(table, sb_format("%u", image->length));
	sb_table_add(table, sb_image_kind_name(image->kind));
	add_cell(table, sb_format("%04x:%04x", image->vendor, image->device));
	add_cell(table, sb_format("%06x", image->class));
	add_cell(table, details(image));
}

/**
 * sb_images_print() - a table of the images, and what is around them
 * @rom: the bytes of a ROM, or of any file
 */
void sb_images_print(const struct sb_bytes *rom)
{
	static const char * const heading[] = {
		"IMAGE", "OFFSET", "BYTES", "TYPE", "IDS", "CLASS", "DETAILS",
	};
	struct sb_rom_summary summary;
	struct sb_rom_walk walk;
	struct sb_image image;
	struct sb_table *table;
	char *verdict;
	size_t i;

	sb_rom_summarize(rom->data, rom->size, &summary);
	if (summary.header)
		printf("%u bytes before the first image, as GPU-Z writes them\n",
		       summary.header);

	table = sb_table_new(sizeof(heading) / sizeof(*heading));
	for (i = 0; i < sizeof(heading) / sizeof(*heading); i++)
		sb_table_add(table, heading[i]);
	sb_rom_walk_start(&walk, rom->size - summary.header);
	while (sb_rom_walk_step(&walk, rom->data + summary.header,
				rom->size - summary.header, &image) ==
	       SB_STEP_IMAGE)
		add_row(table, walk.images, &image);
	if (walk.images)
		sb_table_print(table);
	sb_table_free(table);

	if (summary.images && summary.trailing)
		printf("%u bytes after the last image, %u of them not padding\n",
		       summary.trailing, summary.trailing_data);
	verdict = sb_images_verdict(&summary);
	printf("%s\n", verdict);
	free(verdict);
}

static void add_number(struct json_object *json, const char *key,
		       unsigned int value)
{
	json_object_object_add(json, key, json_object_new_int64(value));
}

static void add_bool(struct json_object *json, const char *key, bool value)
{
	json_object_object_add(json, key, json_object_new_boolean(value));
}

static void add_hex(struct json_object *json, const char *key, int digits,
		    unsigned int value)
{
	char *text = sb_format("%0*x", digits, value);

	json_object_object_add(json, key, json_object_new_string(text));
	free(text);
}

static struct json_object *efi_json(const struct sb_efi_header *efi)
{
	struct json_object *json;

	if (!efi->valid)
		return NULL;

	json = json_object_new_object();
	add_hex(json, "machine", 4, efi->machine);
	json_object_object_add(json, "machine_name",
			       sb_json_text(sb_efi_machine_name(efi->machine)));
	add_number(json, "subsystem", efi->subsystem);
	add_number(json, "compression", efi->compression);
	add_number(json, "pe_offset", efi->pe_offset);
	return json;
}

static struct json_object *image_json(const struct sb_image *image,
				      const unsigned char *rom)
{
	struct json_object *json = json_object_new_object();
	struct json_object *devices = json_object_new_array();
	unsigned int i;

	add_number(json, "offset", image->offset);
	add_number(json, "length", image->length);
	json_object_object_add(json, "type",
			       sb_json_text(sb_image_kind_name(image->kind)));
	add_hex(json, "code_type", 2, image->code_type);
	add_hex(json, "vendor", 4, image->vendor);
	add_hex(json, "device", 4, image->device);
	add_hex(json, "class", 6, image->class);
	for (i = 0; i < image->devices; i++) {
		char *id = sb_format("%04x", sb_image_device(image, rom, i));

		json_object_array_add(devices, json_object_new_string(id));
		free(id);
	}
	json_object_object_add(json, "device_list", devices);
	add_number(json, "pcir_revision", image->pcir_revision);
	add_number(json, "code_revision", image->code_revision);
	add_number(json, "init_size", image->init_size);
	add_bool(json, "sum_ok", image->sum_ok);
	add_bool(json, "last", image->last);
	add_bool(json, "npde", image->npde);
	add_bool(json, "atom", image->atom);
	json_object_object_add(json, "efi", efi_json(&image->efi));
	return json;
}

/**
 * sb_images_json() - the images, and what is around them
 * @rom: the bytes of a ROM, or of any file
 *
 * Return: an object, to be let go of.
 */
struct json_object *sb_images_json(const struct sb_bytes *rom)
{
	struct json_object *json = json_object_new_object();
	struct json_object *array = json_object_new_array();
	struct sb_rom_summary summary;
	const unsigned char *start;
	struct sb_rom_walk walk;
	struct sb_image image;
	char *text;

	sb_rom_summarize(rom->data, rom->size, &summary);
	start = rom->data + summary.header;
	sb_rom_walk_start(&walk, rom->size - summary.header);
	while (sb_rom_walk_step(&walk, start, rom->size - summary.header,
				&image) == SB_STEP_IMAGE)
		json_object_array_add(array, image_json(&image, start));

	text = sb_images_verdict(&summary);
	add_bool(json, "intact", summary.verdict == SB_IMAGE_OK);
	json_object_object_add(json, "verdict",
			       sb_json_text(sb_image_error_name(summary.verdict)));
	json_object_object_add(json, "words", sb_json_text(text));
	add_number(json, "header", summary.header);
	add_number(json, "length", summary.length);
	add_number(json, "trailing", summary.trailing);
	add_number(json, "trailing_data", summary.trailing_data);
	json_object_object_add(json, "images", array);
	free(text);
	return json;
}
