/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rom_image: walk the chain of images in an expansion ROM.
 *
 * Logic: bytes in, a verdict out. The walk says how many bytes it needs, so
 * that a reader fetches what the headers speak of and not one dword more.
 */
#ifndef SHADOWBAR_ROM_IMAGE_H
#define SHADOWBAR_ROM_IMAGE_H

#include <shadowbar/compat.h>

/**
 * enum sb_image_error - why a walk ended before an image marked as the last
 * @SB_IMAGE_OK: it did not
 * @SB_IMAGE_ALL_ONES: all ones where a header should be: nothing answers there
 * @SB_IMAGE_ALL_ZEROES: zeroes where a header should be
 * @SB_IMAGE_NO_SIGNATURE: no 55 AA where a header should be
 * @SB_IMAGE_PCIR_OUTSIDE: the pointer to the PCI Data Structure leads out of
 *			   the ROM or out of its own image
 * @SB_IMAGE_NO_PCIR: no "PCIR" where the pointer leads
 * @SB_IMAGE_LENGTH_ZERO: the image says that it has no length
 * @SB_IMAGE_LENGTH_BEYOND: the image says that it is longer than the ROM BAR
 * @SB_IMAGE_NO_LAST: the ROM BAR ends before an image is marked as the last
 */
enum sb_image_error {
	SB_IMAGE_OK,
	SB_IMAGE_ALL_ONES,
	SB_IMAGE_ALL_ZEROES,
	SB_IMAGE_NO_SIGNATURE,
	SB_IMAGE_PCIR_OUTSIDE,
	SB_IMAGE_NO_PCIR,
	SB_IMAGE_LENGTH_ZERO,
	SB_IMAGE_LENGTH_BEYOND,
	SB_IMAGE_NO_LAST,
};

/**
 * struct sb_rom_walk - a walk along the chain of images
 * @window: bytes that the ROM BAR decodes; the walk never looks beyond
 * @need: bytes, from the start of the ROM, that must be there to go on
 * @length: bytes of the whole images found so far
 * @images: how many these are
 * @bad_sums: how many x86 images among them do not sum up to zero
 * @error: why the walk ended, if it did before a last image
 */
struct sb_rom_walk {
	u32 window;
	u32 need;
	u32 length;
	u32 images;
	u32 bad_sums;
	enum sb_image_error error;
};

void sb_rom_walk_start(struct sb_rom_walk *walk, u32 window);
bool sb_rom_walk_needs_more(struct sb_rom_walk *walk, const u8 *rom, u32 have);
const char *sb_image_error_text(enum sb_image_error error);

#endif /* SHADOWBAR_ROM_IMAGE_H */
