/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * good: who can use a file as the romfile of a virtual machine.
 *
 * Logic: bytes in, a verdict for each out. An intact ROM may be of no use to
 * the guest's firmware, and one that lacks its last images may be all that it
 * needs.
 */
#ifndef SHADOWBAR_GOOD_H
#define SHADOWBAR_GOOD_H

#include <shadowbar/rom_file.h>

/**
 * enum sb_good_for - who a file is to be good for
 * @SB_FOR_SEABIOS: a guest's BIOS
 * @SB_FOR_OVMF: a guest's UEFI
 * @SB_FOR_DRIVER: the driver of the card in the guest
 * @SB_FORS: how many there are
 */
enum sb_good_for {
	SB_FOR_SEABIOS,
	SB_FOR_OVMF,
	SB_FOR_DRIVER,
	SB_FORS,
};

/**
 * enum sb_good - whether it is, or why not
 * @SB_GOOD: it is
 * @SB_GOOD_NO_NEED: it does not matter: such drivers do not read the ROM
 * @SB_GOOD_READS_CARD: it does not matter: NVIDIA's drivers read the card's own
 *			ROM, and the private images that are missing, through
 *			BAR 0
 * @SB_BAD_NO_ROM: there is no whole image in the file
 * @SB_BAD_OFFSET: the file does not begin with the ROM
 * @SB_BAD_NO_IMAGE: there is no image of the right kind
 * @SB_BAD_UNSEEN: there is one, but only NPDE's chain leads to it
 * @SB_BAD_BROKEN: there is one, but it is cut off or damaged
 * @SB_BAD_HANGS: an image has no length, and the firmware waits for its end
 * @SB_BAD_IDS: it has other IDs than the card
 * @SB_BAD_SIZE: the size in byte 2 is 0 or more than the image; of an EFI image,
 *		 the initialisation size is more
 * @SB_BAD_SMALL: EDK II takes a ROM BAR that is so small for none
 * @SB_BAD_SUM: the bytes that byte 2 counts do not add up to zero
 * @SB_BAD_PCIR: PCIR is not at a multiple of 4, as it has to be
 * @SB_BAD_EFI_HEADER: it has no EFI header
 * @SB_BAD_MACHINE: it is for another processor than a PC's
 * @SB_BAD_SUBSYSTEM: it is no driver
 * @SB_BAD_COMPRESSION: it is compressed in a way that nobody knows
 * @SB_BAD_PE: there is no program where the EFI header says
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
