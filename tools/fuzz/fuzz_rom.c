// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_rom: rom_image and rom_file on any bytes, whole, in pieces, and cut.
 */
#include <shadowbar/rom_file.h>

#include "fuzz.h"

static void check_image(const struct sb_image *image, const u8 *rom,
			u32 offset, u32 size)
{
	bool npde = image->npde && !image->npde_stale;
	u32 end = npde ? image->npde + 0xb : image->pcir + 0x18;
	u32 nr;

	must(image->offset == offset);
	must(image->length >= 512 && image->length % 512 == 0);
	must(image->length <= size - offset);
	must(image->pcir >= 0x1a && end <= image->length);
	must(image->length ==
	     (npde ? image->npde_length : image->pcir_length));
	must(npde || image->last == image->pcir_last);
	must(image->npde || (!image->npde_length && !image->npde_stale));
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
	must(walk->odd_pcirs <= walk->images);
	must(walk->first_odd_pcir <= walk->images);
	must(!walk->odd_pcirs == !walk->first_odd_pcir);
	must(walk->error != SB_IMAGE_BAD_SUM);
	must(walk->images || walk->error != SB_IMAGE_OK);
	must(sb_image_error_name(walk->error));
	must(sb_image_error_text(walk->error));
}

/* With all bytes available. */
static void walk_whole(const u8 *rom, u32 size, enum sb_chain chain,
		       struct sb_rom_walk *walk)
{
	struct sb_image image;
	u32 offset = 0;

	sb_rom_walk_start_chain(walk, size, chain);
	while (sb_rom_walk_step(walk, rom, size, &image) == SB_STEP_IMAGE) {
		check_image(&image, rom, offset, size);
		must(chain != SB_CHAIN_FIRMWARE || !image.npde);
		if (!offset && chain == SB_CHAIN_VENDOR)
			must(sb_rom_is_for(rom, size, image.vendor,
					   image.device));
		offset += image.length;
		must(walk->length == offset);
	}
	check_walk(walk);
	must(sb_rom_walk_step(walk, rom, size, &image) == SB_STEP_END);
}

/* Like a capture: only bytes that were asked for are available. */
static void walk_pieces(const u8 *rom, u32 size, enum sb_chain chain,
			struct sb_rom_walk *walk)
{
	u8 *part = exact_copy(rom, 0);
	u32 have = 0;

	sb_rom_walk_start_chain(walk, size, chain);
	while (sb_rom_walk_needs_more(walk, part, have)) {
		must(walk->need > have && walk->need <= size);
		have = walk->need;
		free(part);
		part = exact_copy(rom, have);
	}
	free(part);
	check_walk(walk);
	/* It asks for more only to choose between lengths of an x86 image. */
	must(have >= walk->length);
}

static void must_be_same(const struct sb_rom_walk *a,
			 const struct sb_rom_walk *b)
{
	must(a->length == b->length && a->images == b->images);
	must(a->bad_sums == b->bad_sums);
	must(a->first_bad_sum == b->first_bad_sum);
	must(a->odd_pcirs == b->odd_pcirs);
	must(a->error == b->error);
}

/* Cutting off the rest after an image does not affect those before. */
static void walk_cut(const u8 *rom, const struct sb_rom_walk *whole)
{
	enum sb_chain chain = whole->chain;
	struct sb_rom_walk walk;
	u8 *part;

	part = exact_copy(rom, whole->length);
	walk_whole(part, whole->length, chain, &walk);
	if (chain == SB_CHAIN_FIRMWARE) {
		must(walk.length == whole->length);
		must(walk.images == whole->images);
		must(whole->error != SB_IMAGE_OK || walk.error == SB_IMAGE_OK);
	}
	free(part);

	if (!whole->length)
		return;
	part = exact_copy(rom, whole->length - 1);
	walk_whole(part, whole->length - 1, chain, &walk);
	if (chain == SB_CHAIN_FIRMWARE) {
		must(walk.images == whole->images - 1);
		must(walk.error != SB_IMAGE_OK);
	}
	free(part);
}

static void check_summary(const u8 *file, u32 size)
{
	struct sb_rom_summary summary;
	struct sb_rom_walk walk;
	u32 at, next;

	sb_rom_summarize(file, size, &summary);
	must(summary.header == sb_rom_header(file, size));
	must(summary.header + summary.length + summary.after +
	     summary.trailing == size);
	must(!summary.after == !summary.after_images);
	must(summary.after <= size && summary.after % 512 == 0);
	must(!summary.missing ||
	     summary.verdict == SB_IMAGE_LENGTH_BEYOND);
	must(summary.trailing_data <= summary.trailing);
	must(!summary.header || summary.images ||
	     summary.verdict == SB_IMAGE_LENGTH_BEYOND);
	must((summary.verdict == SB_IMAGE_OK) == !summary.fault);
	must(summary.fault <= summary.images + 1);

	must(sb_content_text(sb_content_of(file, size)));
	for (at = 0; sb_rom_next(file, size, at, &next); at = next + 512)
		must(next >= at && next < size);

	walk_whole(file + summary.header, size - summary.header,
		   SB_CHAIN_VENDOR, &walk);
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
	enum sb_chain chain;

	for (chain = SB_CHAIN_VENDOR; chain <= SB_CHAIN_COPY; chain++) {
		walk_whole(data, size, chain, &whole);
		walk_pieces(data, size, chain, &pieces);
		must_be_same(&whole, &pieces);
		walk_cut(data, &whole);
	}
	check_summary(data, size);
	return 0;
}
