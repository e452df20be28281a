/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fix: make a ROM file acceptable to the firmware of a virtual machine.
 *
 * Logic: bytes in, bytes out, in place.
 */
#ifndef SHADOWBAR_FIX_H
#define SHADOWBAR_FIX_H

#include <shadowbar/rom_file.h>

/**
 * struct fix_opts - options besides correcting the checksums
 * @at: where in the file the ROM begins
 * @set_ids: set @vendor and @device in every image
 * @keep_trailing: keep everything after the last image, not only images
 * @vendor: vendor ID
 * @device: device ID
 */
struct fix_opts {
	u32 at;
	bool set_ids;
	bool keep_trailing;
	u16 vendor;
	u16 device;
};

/**
 * struct fix_done - a summary of the changes
 * @offset: where the fixed ROM begins in the file
 * @size: bytes in it
 * @images: number of its images
 * @after: number of unchanged images that follow these
 * @ids: number of images whose IDs were changed
 * @sums: number of x86 images that got a new checksum
 * @error: what is wrong after the last whole image, or SB_IMAGE_OK
 */
struct fix_done {
	u32 offset;
	u32 size;
	u32 images;
	u32 after;
	u32 ids;
	u32 sums;
	enum sb_image_error error;
};

bool fix_rom(u8 *file, u32 size, const struct fix_opts *opts,
	     struct fix_done *done);

#endif /* SHADOWBAR_FIX_H */
