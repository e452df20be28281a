// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_rom: rom_image on any bytes, whole, in pieces, and cut.
 */
#include <shadowbar/rom_image.h>

#include "fuzz.h"

static void check_image(const struct sb_image *image, const u8 *rom,
			u32 offset, u32 size)
{
	u32 end = image->npde ? image->npde + 0xb : image->pcir + 0x18;
	u32 nr;

	must(image->offset == offset);
	must(image->length >= 512 && image->length % 512 == 0);
	must(image->length <= size - offset);
	must(image->pcir >= 0x1a && end <= image->length);
	must(image->npde || image->length == image->pcir_length);
	must(image->npde || image->last == image->pcir_last);
	must(image->npde % 16 == 0);
	must(offset || image->signature == 0xaa55);
	must(image->kind == SB_KIND_X86 ||
	     (image->sum_ok && image->init_sum_ok && !image->atom &&
	      !image->atom_string));
	must(image->kind == SB_KIND_EFI || !image->efi.valid);
	must(image->device_list + 2 * image->devices <= image->length);
	for (nr = 0; nr < image->devices; nr++)
		must(sb_image_device(image, rom, nr));
	must(!sb_image_device(image, rom, image->devices));
	must(sb_image_is_for(image, rom, image->vendor, image->device));
	must(!sb_image_is_for(image, rom, image->vendor ^ 1, image->device));
	must(sb_image_kind_name(image->kind));
	must(sb_efi_machine_name(image->efi.machine));
	must(sb_efi_subsystem_name(image->efi.subsystem));
}

static void check_walk(const struct sb_rom_walk *walk)
{
	must(walk->over);
	must(walk->length <= walk->window && walk->length % 512 == 0);
	must(walk->images <= walk->length / 512);
	must(!walk->images == !walk->length);
	must(walk->bad_sums <= walk->images);
	must(walk->first_bad_sum <= walk->images);
	must(!walk->bad_sums == !walk->first_bad_sum);
	must(walk->error != SB_IMAGE_BAD_SUM);
	must(walk->images || walk->error != SB_IMAGE_OK);
	must(sb_image_error_name(walk->error));
	must(sb_image_error_text(walk->error));
}

/* All of it is there. */
static void walk_whole(const u8 *rom, u32 size, struct sb_rom_walk *walk)
{
	struct sb_image image;
	u32 offset = 0;

	sb_rom_walk_start(walk, size);
	while (sb_rom_walk_step(walk, rom, size, &image) == SB_STEP_IMAGE) {
		check_image(&image, rom, offset, size);
		if (!offset)
			must(sb_rom_is_for(rom, size, image.vendor,
					   image.device));
		offset += image.length;
		must(walk->length == offset);
	}
	check_walk(walk);
	must(sb_rom_walk_step(walk, rom, size, &image) == SB_STEP_END);
}

/* As a capture does it: no byte is there that was not asked for. */
static void walk_pieces(const u8 *rom, u32 size, struct sb_rom_walk *walk)
{
	u8 *part = exact_copy(rom, 0);
	u32 have = 0;

	sb_rom_walk_start(walk, size);
	while (sb_rom_walk_needs_more(walk, part, have)) {
		must(walk->need > have && walk->need <= size);
		have = walk->need;
		free(part);
		part = exact_copy(rom, have);
	}
	free(part);
	check_walk(walk);
	must(walk->error != SB_IMAGE_OK || have == walk->length);
}

static void must_be_same(const struct sb_rom_walk *a,
			 const struct sb_rom_walk *b)
{
	must(a->length == b->length && a->images == b->images);
	must(a->bad_sums == b->bad_sums);
	must(a->first_bad_sum == b->first_bad_sum);
	must(a->error == b->error);
}

/* What is cut off after an image takes nothing from those before it. */
static void walk_cut(const u8 *rom, const struct sb_rom_walk *whole)
{
	struct sb_rom_walk walk;
	u8 *part;

	part = exact_copy(rom, whole->length);
	walk_whole(part, whole->length, &walk);
	must(walk.length == whole->length && walk.images == whole->images);
	must(whole->error != SB_IMAGE_OK || walk.error == SB_IMAGE_OK);
	free(part);

	if (!whole->length)
		return;
	part = exact_copy(rom, whole->length - 1);
	walk_whole(part, whole->length - 1, &walk);
	must(walk.images == whole->images - 1);
	must(walk.error != SB_IMAGE_OK);
	free(part);
}

static void check_summary(const u8 *file, u32 size)
{
	struct sb_rom_summary summary;
	struct sb_rom_walk walk;

	sb_rom_summarize(file, size, &summary);
	must(summary.header == sb_rom_header(file, size));
	must(summary.header + summary.length + summary.trailing == size);
	must(summary.trailing_data <= summary.trailing);
	must(!summary.header || summary.images);
	must((summary.verdict == SB_IMAGE_OK) == !summary.fault);
	must(summary.fault <= summary.images + 1);

	walk_whole(file + summary.header, size - summary.header, &walk);
	must(walk.length == summary.length && walk.images == summary.images);
	if (summary.verdict == SB_IMAGE_BAD_SUM)
		must(walk.error == SB_IMAGE_OK && walk.bad_sums);
	else if (summary.verdict == SB_IMAGE_NO_SIGNATURE)
		must(walk.error != SB_IMAGE_OK);
	else
		must(summary.verdict == walk.error);
}

int fuzz_one(const uint8_t *data, size_t size)
{
	struct sb_rom_walk whole, pieces;

	walk_whole(data, size, &whole);
	walk_pieces(data, size, &pieces);
	must_be_same(&whole, &pieces);
	walk_cut(data, &whole);
	check_summary(data, size);
	return 0;
}
