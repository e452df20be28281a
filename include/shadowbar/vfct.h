/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vfct: the ACPI table in which firmware provides the ROMs of AMD graphics.
 *
 * Logic: bytes in, images out. A table contains an image for each function that
 * firmware has initialised; such a function may have no ROM BAR.
 */
#ifndef SHADOWBAR_VFCT_H
#define SHADOWBAR_VFCT_H

#include <shadowbar/compat.h>

/**
 * enum sb_vfct_error - what is wrong with a table, or with a search in it
 * @SB_VFCT_OK: nothing
 * @SB_VFCT_NO_TABLE: it is too short, or its signature is not "VFCT"
 * @SB_VFCT_CUT: the length in it is more than there is
 * @SB_VFCT_LIST_OUTSIDE: the list of images begins outside, or in the header
 * @SB_VFCT_HEADER_CUT: the table ends within the header of an image
 * @SB_VFCT_IMAGE_CUT: the table ends within an image
 * @SB_VFCT_NO_MATCH: no image is for the function
 *
 * Names are in sb_vfct_error_name().
 */
enum sb_vfct_error {
	SB_VFCT_OK,
	SB_VFCT_NO_TABLE,
	SB_VFCT_CUT,
	SB_VFCT_LIST_OUTSIDE,
	SB_VFCT_HEADER_CUT,
	SB_VFCT_IMAGE_CUT,
	SB_VFCT_NO_MATCH,
};

/**
 * struct sb_vfct_image - an image, and the function that it is for
 * @offset: where its bytes begin, from the start of the table
 * @length: number of bytes; 0 in an unused entry
 * @bus: bus number, as assigned by firmware
 * @device: device number
 * @function: function number
 * @revision: revision of the image
 * @vendor: vendor ID
 * @device_id: device ID
 * @subvendor: subsystem vendor ID
 * @subsystem: subsystem ID
 */
struct sb_vfct_image {
	u32 offset;
	u32 length;
	u32 bus;
	u32 device;
	u32 function;
	u32 revision;
	u16 vendor;
	u16 device_id;
	u16 subvendor;
	u16 subsystem;
};

/**
 * struct sb_vfct_key - the function whose image is wanted
 * @bus: bus number
 * @devfn: device and function number, as in struct pci_dev
 * @vendor: vendor ID
 * @device_id: device ID
 *
 * The table has no segments: only functions in segment 0 can be in it.
 */
struct sb_vfct_key {
	u8 bus;
	u8 devfn;
	u16 vendor;
	u16 device_id;
};

/**
 * struct sb_vfct_walk - a walk along the images
 * @size: bytes in the table
 * @next: offset of the next image's header
 * @error: why the walk ended, unless at the end of the table
 */
struct sb_vfct_walk {
	u32 size;
	u32 next;
	enum sb_vfct_error error;
};

void sb_vfct_start(struct sb_vfct_walk *walk, const u8 *table, u32 size);
bool sb_vfct_next(struct sb_vfct_walk *walk, const u8 *table,
		  struct sb_vfct_image *image);
enum sb_vfct_error sb_vfct_find(const u8 *table, u32 size,
				const struct sb_vfct_key *key,
				struct sb_vfct_image *image);

const char *sb_vfct_error_name(enum sb_vfct_error error);
const char *sb_vfct_error_text(enum sb_vfct_error error);

#endif /* SHADOWBAR_VFCT_H */
