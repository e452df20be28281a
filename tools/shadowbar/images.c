// SPDX-License-Identifier: GPL-2.0-only
/*
 * images: the contents of a ROM, for people and for programs.
 *
 * Walks the images with the module's own code, compiled from the same file.
 */
#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include <shadowbar/vfct.h>

#include "images.h"

/**
 * sb_rom_number() - parse the number of a ROM in a file
 * @text: the argument of --rom
 * @number: set to it
 *
 * Return: false after a message if it is not a number, or 0.
 */
bool sb_rom_number(const char *text, unsigned int *number)
{
	unsigned long value;
	char *end;

	value = strtoul(text, &end, 10);
	if (!*text || *end || !value || value > INT_MAX) {
		warnx("%s: ROMs are counted from 1", text);
		return false;
	}
	*number = value;
	return true;
}

/**
 * sb_images_find() - find the start of a ROM in a file
 * @file: the file
 * @number: which ROM, counted from 1 in file order; 0 for the one to use
 * @at: set to where it begins; 0 if there is none
 *
 * Return: false if there are fewer.
 */
bool sb_images_find(const struct sb_bytes *file, unsigned int number, u32 *at)
{
	struct sb_rom_summary summary;
	u32 from = 0;

	*at = sb_rom_header(file->data, file->size);
	if (!number)
		return true;
	for (;;) {
		if (!sb_rom_next(file->data, file->size, from, at))
			return false;
		if (!--number)
			return true;
		sb_rom_summarize_at(file->data, file->size, *at, &summary);
		from = *at + summary.length + summary.after;
		/* One that is not whole in its own chain: skip its start. */
		if (!summary.length)
			from++;
	}
}

/**
 * sb_images_verdict() - say whether a ROM is intact
 * @summary: a summary of the ROM
 *
 * Return: a sentence without the full stop, to be freed.
 */
char *sb_images_verdict(const struct sb_rom_summary *summary)
{
	const struct sb_image *cut = &summary->cut;
	const char *plural = summary->images == 1 ? "" : "s";

	if (summary->verdict == SB_IMAGE_OK)
		return sb_format("intact: %u image%s", summary->images,
				 plural);
	if (summary->verdict == SB_IMAGE_LENGTH_BEYOND)
		return sb_format("cut off: image %u (%s, %04x:%04x) should have %u bytes, "
				 "the last %u are missing; %u whole image%s",
				 summary->fault, sb_image_kind_name(cut->kind),
				 cut->vendor, cut->device, cut->length,
				 summary->missing, summary->images, plural);
	if (!summary->images)
		return sb_format("not a ROM: it %s",
				 summary->verdict == SB_IMAGE_NO_LAST ?
				 "is too short" :
				 sb_image_error_text(summary->verdict));
	return sb_format("image %u %s; %u whole image%s", summary->fault,
			 sb_image_error_text(summary->verdict),
			 summary->images, plural);
}

/**
 * sb_images_words() - say whether a file is an intact ROM
 * @file: the file
 * @summary: a summary of the ROM in it
 *
 * Return: a sentence without the full stop, to be freed.
 */
char *sb_images_words(const struct sb_bytes *file,
		      const struct sb_rom_summary *summary)
{
	enum sb_content content = sb_content_of(file->data, file->size);
	char *verdict, *words;

	if (summary->images || content == SB_CONTENT_ROM)
		return sb_images_verdict(summary);
	if (content == SB_CONTENT_EMPTY)
		return sb_format("not a ROM: the file is empty; %s",
				 sb_content_advice(content));
	if (content != SB_CONTENT_UNKNOWN)
		return sb_format("not a ROM: it is %s; %s",
				 sb_content_text(content),
				 sb_content_advice(content));
	verdict = sb_images_verdict(summary);
	words = sb_format("%s; %s", verdict, sb_content_advice(content));
	free(verdict);
	return words;
}

/* Details that only some images have. */
static char *details(const struct sb_image *image, bool seen)
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
	all = sb_format("%s%s%s%s%s%s%s", efi,
			image->atom ? "ATOM, " : "",
			!image->npde ? "" : image->npde_stale ?
			"NPDE stale, " : "NPDE, ",
			image->odd_pcir ? "PCIR odd, " : "",
			image->kind != SB_KIND_X86 ? "" :
			image->sum_ok ? "sum good, " : "sum wrong, ",
			seen ? "" : "not seen by firmware, ",
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
		    const struct sb_image *image, bool seen)
{
	add_cell(table, sb_format("%u", nr));
	add_cell(table, sb_format("%#x", image->offset));
	add_cell(table, sb_format("%u", image->length));
	sb_table_add(table, sb_image_kind_name(image->kind));
	add_cell(table, sb_format("%04x:%04x", image->vendor, image->device));
	add_cell(table, sb_format("%06x", image->class));
	add_cell(table, details(image, seen));
}

static void print_table(const u8 *rom, u32 size,
			const struct sb_rom_summary *summary)
{
	static const char * const heading[] = {
		"IMAGE", "OFFSET", "BYTES", "TYPE", "IDS", "CLASS", "DETAILS",
	};
	u32 end = summary->length + summary->after;
	struct sb_rom_walk walk;
	struct sb_image image;
	struct sb_table *table;
	unsigned int nr = 0;
	u32 base = 0;
	size_t i;

	table = sb_table_new(sizeof(heading) / sizeof(*heading));
	for (i = 0; i < sizeof(heading) / sizeof(*heading); i++)
		sb_table_add(table, heading[i]);
	sb_rom_walk_start(&walk, size);
	while (sb_rom_walk_step(&walk, rom, size, &image) == SB_STEP_IMAGE)
		add_row(table, ++nr, &image,
			sb_image_is_seen(rom, size, image.offset));
	/* No chain leads to the images after the last one. */
	for (base = summary->length; base < end; base += image.length) {
		sb_rom_walk_start(&walk, size - base);
		sb_rom_walk_step(&walk, rom + base, size - base, &image);
		image.offset = base;
		add_row(table, ++nr, &image, false);
	}
	if (nr)
		sb_table_print(table);
	sb_table_free(table);
}

/* Print images that only PCIR's chain leads to, not NPDE's. */
static void print_firmware_only(const u8 *rom, u32 size)
{
	struct sb_rom_walk firmware, walk;
	struct sb_image seen, image;

	sb_rom_walk_start_chain(&firmware, size, SB_CHAIN_FIRMWARE);
	while (sb_rom_walk_step(&firmware, rom, size, &seen) ==
	       SB_STEP_IMAGE) {
		bool both = false;

		sb_rom_walk_start(&walk, size);
		while (!both && sb_rom_walk_step(&walk, rom, size, &image) ==
				SB_STEP_IMAGE)
			both = image.offset == seen.offset;
		if (!both)
			printf("firmware sees one more image, at %#x: %s %04x:%04x, %u bytes\n",
			       seen.offset, sb_image_kind_name(seen.kind),
			       seen.vendor, seen.device, seen.length);
	}
}

/* In a VFCT: the function that firmware put this ROM there for, or NULL. */
static char *vfct_function(const struct sb_bytes *file, u32 at)
{
	struct sb_vfct_walk walk;
	struct sb_vfct_image image;

	sb_vfct_start(&walk, file->data, file->size);
	while (sb_vfct_next(&walk, file->data, &image))
		if (at >= image.offset && at - image.offset < image.length)
			return sb_format("%02x:%02x.%x", image.bus,
					 image.device, image.function);

	return NULL;
}

static void print_function(const struct sb_bytes *file, u32 at)
{
	char *function = vfct_function(file, at);

	if (function)
		printf("VFCT has this ROM for the function at %s\n", function);
	free(function);
}

/* Do not drop other ROMs silently. */
static void print_others(const struct sb_bytes *file, u32 shown)
{
	struct sb_rom_summary summary;
	unsigned int number;
	char *function;
	u32 at;

	for (number = 1; sb_images_find(file, number, &at); number++) {
		if (at == shown)
			continue;
		function = vfct_function(file, at);
		sb_rom_summarize_at(file->data, file->size, at, &summary);
		printf("ROM %u at %#x: %u image%s, %u bytes%s%s (--rom %u)\n",
		       number, at, summary.images,
		       summary.images == 1 ? "" : "s", summary.length,
		       function ? ", for " : "", function ? function : "",
		       number);
		free(function);
	}
}

/**
 * sb_images_print_good() - say what can use a file as a romfile
 * @file: the bytes of a ROM or any other file
 * @at: where the ROM begins in it
 * @card: the function that it is for, or NULL
 */
void sb_images_print_good(const struct sb_bytes *file, u32 at,
			  const struct sb_card *card)
{
	enum sb_good good[SB_FORS];
	int who;

	sb_good_judge_at(file->data, file->size, at, card, good);
	for (who = 0; who < SB_FORS; who++)
		printf("good for %s: %s\n", sb_good_for_text(who),
		       sb_good_text(who, good[who]));
}

/**
 * sb_images_print() - print a table of the images and what surrounds them
 * @file: the bytes of a ROM or any other file
 * @at: where the ROM begins in it
 * @card: the function that it is for, or NULL
 */
void sb_images_print(const struct sb_bytes *file, u32 at,
		     const struct sb_card *card)
{
	enum sb_content content = sb_content_of(file->data, file->size);
	const u8 *rom = file->data + at;
	struct sb_rom_summary summary;
	u32 size = file->size - at;
	char *verdict;

	sb_rom_summarize_at(file->data, file->size, at, &summary);
	if (at && summary.images)
		printf("%u bytes before the ROM: %s\n", at,
		       content == SB_CONTENT_ROM ? "another ROM" :
		       sb_content_text(content));
	/* Archives store incompressible data, or its start, verbatim. */
	if (summary.images && (content == SB_CONTENT_GZIP ||
			       content == SB_CONTENT_ARCHIVE))
		printf("what follows may be a part of it: %s\n",
		       sb_content_advice(content));
	print_function(file, at);
	print_table(rom, size, &summary);
	print_firmware_only(rom, size);
	if (summary.after)
		printf("%u image%s of %u bytes after the last one, for the card itself\n",
		       summary.after_images,
		       summary.after_images == 1 ? "" : "s", summary.after);
	if (summary.images && summary.trailing_data)
		printf("%u bytes after that, %u of them not padding\n",
		       summary.trailing, summary.trailing_data);
	else if (summary.images && summary.trailing)
		printf("%u bytes of padding after that\n", summary.trailing);
	print_others(file, at);
	verdict = sb_images_words(file, &summary);
	printf("%s\n", verdict);
	free(verdict);
	if (summary.images)
		sb_images_print_good(file, at, card);
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
				      const u8 *rom, u32 size)
{
	struct json_object *json = json_object_new_object();
	struct json_object *devices = json_object_new_array();
	unsigned int i;

	add_number(json, "offset", image->offset);
	add_number(json, "length", image->length);
	add_number(json, "pcir_length", image->pcir_length);
	json_object_object_add(json, "npde_length", image->npde ?
			       json_object_new_int64(image->npde_length) :
			       NULL);
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
	add_bool(json, "npde_stale", image->npde_stale);
	add_bool(json, "odd_pcir", image->odd_pcir);
	add_bool(json, "init_sum_ok", image->init_sum_ok);
	add_bool(json, "seen_by_firmware",
		 sb_image_is_seen(rom, size, image->offset));
	add_bool(json, "atom", image->atom);
	json_object_object_add(json, "efi", efi_json(&image->efi));
	return json;
}

static struct json_object *good_json(const struct sb_bytes *file, u32 at,
				     const struct sb_card *card)
{
	struct json_object *json = json_object_new_object();
	enum sb_good good[SB_FORS];
	int who;

	sb_good_judge_at(file->data, file->size, at, card, good);
	for (who = 0; who < SB_FORS; who++) {
		struct json_object *one = json_object_new_object();

		add_bool(one, "good", sb_good_is(good[who]));
		json_object_object_add(one, "verdict",
				       sb_json_text(sb_good_name(good[who])));
		json_object_object_add(one, "words",
				       sb_json_text(sb_good_text(who,
								 good[who])));
		json_object_object_add(json, sb_good_for_name(who), one);
	}
	return json;
}

static struct json_object *cut_json(const struct sb_rom_summary *summary)
{
	const struct sb_image *cut = &summary->cut;
	struct json_object *json;

	if (summary->verdict != SB_IMAGE_LENGTH_BEYOND)
		return NULL;

	json = json_object_new_object();
	add_number(json, "image", summary->fault);
	json_object_object_add(json, "type",
			       sb_json_text(sb_image_kind_name(cut->kind)));
	add_hex(json, "vendor", 4, cut->vendor);
	add_hex(json, "device", 4, cut->device);
	add_number(json, "length", cut->length);
	add_number(json, "missing", summary->missing);
	return json;
}

static struct json_object *roms_json(const struct sb_bytes *file)
{
	struct json_object *array = json_object_new_array();
	struct sb_rom_summary summary;
	unsigned int number;
	u32 at;

	for (number = 1; sb_images_find(file, number, &at); number++) {
		struct json_object *json = json_object_new_object();
		char *function = vfct_function(file, at);

		sb_rom_summarize_at(file->data, file->size, at, &summary);
		add_number(json, "rom", number);
		add_number(json, "offset", at);
		add_number(json, "length", summary.length);
		add_number(json, "images", summary.images);
		json_object_object_add(json, "function",
				       sb_json_text(function));
		free(function);
		json_object_array_add(array, json);
	}
	return array;
}

/**
 * sb_images_json() - the images and what surrounds them, as JSON
 * @file: the bytes of a ROM or any other file
 * @at: where the ROM begins in it
 * @card: the function that it is for, or NULL
 *
 * Return: an object, to be released.
 */
struct json_object *sb_images_json(const struct sb_bytes *file, u32 at,
				   const struct sb_card *card)
{
	enum sb_content content = sb_content_of(file->data, file->size);
	struct json_object *json = json_object_new_object();
	struct json_object *array = json_object_new_array();
	struct sb_rom_summary summary;
	struct sb_rom_walk walk;
	struct sb_image image;
	u32 size = file->size - at;
	char *text;

	sb_rom_summarize_at(file->data, file->size, at, &summary);
	sb_rom_walk_start(&walk, size);
	while (sb_rom_walk_step(&walk, file->data + at, size, &image) ==
	       SB_STEP_IMAGE)
		json_object_array_add(array, image_json(&image,
							file->data + at,
							size));

	text = sb_images_words(file, &summary);
	add_bool(json, "intact", summary.verdict == SB_IMAGE_OK);
	json_object_object_add(json, "verdict",
			       sb_json_text(sb_image_error_name(summary.verdict)));
	json_object_object_add(json, "words", sb_json_text(text));
	json_object_object_add(json, "content",
			       sb_json_text(sb_content_name(content)));
	add_number(json, "header", summary.header);
	add_number(json, "length", summary.length);
	add_number(json, "after", summary.after);
	add_number(json, "trailing", summary.trailing);
	add_number(json, "trailing_data", summary.trailing_data);
	json_object_object_add(json, "images", array);
	json_object_object_add(json, "cut", cut_json(&summary));
	json_object_object_add(json, "roms", roms_json(file));
	json_object_object_add(json, "good", good_json(file, at, card));
	free(text);
	return json;
}
