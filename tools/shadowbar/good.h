/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * good: what can use a file as the romfile of a virtual machine.
 *
 * Logic: bytes in, one verdict per user out. An intact ROM may be useless to
 * the guest's firmware, and one that lacks its last images may be all it needs.
 */
#ifndef SHADOWBAR_GOOD_H
#define SHADOWBAR_GOOD_H

#include <shadowbar/rom_file.h>

/**
 * enum sb_good_for - users of a file
 * @SB_FOR_SEABIOS: a guest's BIOS
 * @SB_FOR_OVMF: a guest's UEFI
 * @SB_FOR_DRIVER: the driver of the card in the guest
 * @SB_FORS: their number
 */
enum sb_good_for {
	SB_FOR_SEABIOS,
	SB_FOR_OVMF,
	SB_FOR_DRIVER,
	SB_FORS,
};

/**
 * enum sb_good - is it good for a user, and if not, why?
 * @SB_GOOD: it is
 * @SB_GOOD_NO_NEED: it does not matter: such drivers do not read the ROM
 * @SB_GOOD_READS_CARD: it does not matter: NVIDIA's drivers read the card's own
 *			ROM, and the private images that are missing, through
 *			BAR 0
 * @SB_BAD_NO_ROM: the file has no whole image
 * @SB_BAD_OFFSET: the file does not begin with the ROM
 * @SB_BAD_NO_IMAGE: there is no image of the right kind
 * @SB_BAD_UNSEEN: there is one, but only NPDE's chain leads to it
 * @SB_BAD_BROKEN: there is one, but it is truncated or damaged
 * @SB_BAD_HANGS: an image has length zero, on which the firmware hangs
 * @SB_BAD_IDS: its IDs differ from those of the card
 * @SB_BAD_SIZE: the size in byte 2 is 0 or larger than the image; for an EFI
 *		 image, the initialisation size is larger
 * @SB_BAD_SMALL: EDK II ignores a ROM BAR this small
 * @SB_BAD_SUM: the bytes that byte 2 counts do not add up to zero
 * @SB_BAD_PCIR: the offset of PCIR is not a multiple of 4, as required
 * @SB_BAD_EFI_HEADER: it has no EFI header
 * @SB_BAD_MACHINE: it is not for a PC's processor
 * @SB_BAD_SUBSYSTEM: it is not a driver
 * @SB_BAD_COMPRESSION: its compression is unknown
 * @SB_BAD_PE: there is no program where the EFI header says
 * @SB_BAD_ATOM: there is no ATOM table, which AMD's drivers require
 * @SB_BAD_ATOM: there is no ATOM table, which AMD's drivers look for
 *
 * Names are in sb_good_name().
 */
enum sb_good {
	SB_GOOD,
	SB_GOOD_NO_NEED,
	SB_GOOD_READS_CARD,
	SB_BAD_NO_ROM,
	SB_BAD_OFFSET,
	SB_BAD_NO_IMAGE,
	SB_BAD_UNSEEN,
	SB_BAD_BROKEN,
	SB_BAD_HANGS,
	SB_BAD_IDS,
	SB_BAD_SIZE,
	SB_BAD_SMALL,
	SB_BAD_SUM,
	SB_BAD_PCIR,
	SB_BAD_EFI_HEADER,
	SB_BAD_MACHINE,
	SB_BAD_SUBSYSTEM,
	SB_BAD_COMPRESSION,
	SB_BAD_PE,
	SB_BAD_ATOM,
};

/**
 * struct sb_card - the function that a file is for
 * @vendor: vendor ID
 * @device: device ID
 */
struct sb_card {
	u16 vendor;
	u16 device;
};

void sb_good_judge(const u8 *file, u32 size, const struct sb_card *card,
		   enum sb_good good[SB_FORS]);
void sb_good_judge_at(const u8 *file, u32 size, u32 at,
		      const struct sb_card *card, enum sb_good good[SB_FORS]);
bool sb_good_whole(const u8 *file, u32 size, u32 at);
bool sb_image_is_seen(const u8 *rom, u32 size, u32 offset);
bool sb_good_is(enum sb_good good);
const char *sb_good_name(enum sb_good good);
const char *sb_good_text(enum sb_good_for who, enum sb_good good);
const char *sb_good_for_name(enum sb_good_for who);
const char *sb_good_for_text(enum sb_good_for who);

#endif /* SHADOWBAR_GOOD_H */
