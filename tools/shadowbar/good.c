// SPDX-License-Identifier: GPL-2.0-only
/*
 * good: what can use a file as the romfile of a virtual machine.
 *
 * QEMU passes the file to the guest unchanged. The guest's firmware is modelled
 * on SeaBIOS 1.16 and edk2's PciBusDxe; the tests run both.
 */
#include <shadowbar/bytes.h>

#include "good.h"

#define VENDOR_AMD		0x1002
#define VENDOR_NVIDIA		0x10de
#define CLASS_DISPLAY		0x03

#define PCIR_ALIGNMENT		4
#define EDK2_IGNORES		SZ_2K	/* a ROM BAR of this size, or less */
#define SUBSYSTEM_BOOT		0x0b
#define SUBSYSTEM_RUNTIME	0x0c
#define MACHINE_X64		0x8664
#define MACHINE_EBC		0x0ebc
#define COMPRESSION_KNOWN	1
#define PE_SIGNATURE		0x5a4d	/* "MZ" */

static enum sb_good seabios_takes(const struct sb_image *image, const u8 *rom,
				  const struct sb_card *card)
{
	(void)rom;
	if (image->kind != SB_KIND_X86)
		return SB_BAD_NO_IMAGE;
	/* SeaBIOS ignores the list of further devices. */
	if (card && (image->vendor != card->vendor ||
		     image->device != card->device))
		return SB_BAD_IDS;
	if (!image->init_size || image->init_size > image->length)
		return SB_BAD_SIZE;
	return image->init_sum_ok ? SB_GOOD : SB_BAD_SUM;
}

static bool has_program(const struct sb_image *image, const u8 *rom)
{
	u32 at = image->efi.pe_offset;

	return at + 2 <= image->init_size &&
	       sb_le16(rom + image->offset + at) == PE_SIGNATURE;
}

static enum sb_good ovmf_takes(const struct sb_image *image, const u8 *rom,
			       const struct sb_card *card)
{
	(void)card;	/* OVMF ignores the IDs. */
	if (image->kind != SB_KIND_EFI)
		return SB_BAD_NO_IMAGE;
	if (!image->efi.valid)
		return SB_BAD_EFI_HEADER;
	if (image->efi.subsystem != SUBSYSTEM_BOOT &&
	    image->efi.subsystem != SUBSYSTEM_RUNTIME)
		return SB_BAD_SUBSYSTEM;
	if (image->efi.machine != MACHINE_X64 &&
	    image->efi.machine != MACHINE_EBC)
		return SB_BAD_MACHINE;
	if (image->init_size > image->length)
		return SB_BAD_SIZE;
	if (image->efi.pe_offset >= image->init_size)
		return SB_BAD_PE;
	if (!image->efi.compression)
		return has_program(image, rom) ? SB_GOOD : SB_BAD_PE;
	return image->efi.compression == COMPRESSION_KNOWN ?
	       SB_GOOD : SB_BAD_COMPRESSION;
}

typedef enum sb_good (*takes_t)(const struct sb_image *image, const u8 *rom,
				const struct sb_card *card);

static bool walk_has(const u8 *rom, u32 size, enum sb_image_kind kind)
{
	struct sb_rom_walk walk;
	struct sb_image image;

	sb_rom_walk_start(&walk, size);
	while (sb_rom_walk_step(&walk, rom, size, &image) == SB_STEP_IMAGE)
		if (image.kind == kind)
			return true;
	/* Even a truncated or damaged image may tell its kind. */
	return image.length && image.kind == kind;
}

/* If no image is accepted, report why the first of the right kind is not. */
static enum sb_good judge_firmware(const u8 *rom, u32 size, bool uefi,
				   const struct sb_card *card)
{
	enum sb_image_kind kind = uefi ? SB_KIND_EFI : SB_KIND_X86;
	takes_t takes = uefi ? ovmf_takes : seabios_takes;
	enum sb_good good = SB_BAD_NO_IMAGE;
	struct sb_rom_walk walk;
	struct sb_image image;

	/* QEMU rounds the file size up to a power of two for the ROM BAR. */
	if (uefi && size <= EDK2_IGNORES)
		return walk_has(rom, size, kind) ? SB_BAD_SMALL :
						   SB_BAD_NO_IMAGE;

	sb_rom_walk_start_chain(&walk, size, SB_CHAIN_FIRMWARE);
	while (good != SB_GOOD && sb_rom_walk_step(&walk, rom, size, &image) ==
				  SB_STEP_IMAGE) {
		enum sb_good this = takes(&image, rom, card);

		if (uefi && image.pcir % PCIR_ALIGNMENT) {
			if (good == SB_BAD_NO_IMAGE)
				good = SB_BAD_PCIR;
			break;
		}
		if (good == SB_BAD_NO_IMAGE || this == SB_GOOD)
			good = this;
	}

	/* OVMF parses all headers before it starts the first image. */
	if (uefi)
		sb_rom_walk_needs_more(&walk, rom, size);
	if (walk.error == SB_IMAGE_LENGTH_ZERO && (uefi || good != SB_GOOD))
		return SB_BAD_HANGS;
	if (good != SB_BAD_NO_IMAGE || !walk_has(rom, size, kind))
		return good;
	return walk.error == SB_IMAGE_LENGTH_BEYOND && image.kind == kind ?
	       SB_BAD_BROKEN : SB_BAD_UNSEEN;
}

static enum sb_good judge_amd(const u8 *rom, u32 size)
{
	struct sb_rom_walk walk;
	struct sb_image image;

	/* AMD's drivers look at the first image only. */
	sb_rom_walk_start(&walk, size);
	if (sb_rom_walk_step(&walk, rom, size, &image) != SB_STEP_IMAGE)
		return SB_BAD_BROKEN;
	return image.atom && image.atom_string ? SB_GOOD : SB_BAD_ATOM;
}

static enum sb_good judge_driver(const u8 *rom, u32 size,
				 const struct sb_card *card)
{
	struct sb_rom_walk walk;
	struct sb_image image;
	bool private = false;
	u16 vendor;

	sb_rom_walk_start(&walk, size);
	sb_rom_walk_step(&walk, rom, size, &image);
	vendor = card ? card->vendor : image.vendor;
	if (image.class >> 16 != CLASS_DISPLAY)
		return SB_GOOD_NO_NEED;
	if (vendor == VENDOR_AMD)
		return judge_amd(rom, size);
	if (vendor != VENDOR_NVIDIA)
		return SB_GOOD_NO_NEED;

	sb_rom_walk_start(&walk, size);
	while (sb_rom_walk_step(&walk, rom, size, &image) == SB_STEP_IMAGE)
		private |= image.kind == SB_KIND_NVIDIA;
	return private && walk.error == SB_IMAGE_OK ? SB_GOOD :
						      SB_GOOD_READS_CARD;
}

/**
 * sb_good_judge_at() - what can use a file as a romfile
 * @file: the file's bytes
 * @size: number of bytes
 * @at: where the ROM begins in it
 * @card: the function that it is for; NULL if not known, then its IDs are
 *	  assumed to match
 * @good: filled
 */
void sb_good_judge_at(const u8 *file, u32 size, u32 at,
		      const struct sb_card *card, enum sb_good good[SB_FORS])
{
	struct sb_rom_summary summary;
	enum sb_good none = SB_GOOD;
	int who;

	sb_rom_summarize_at(file, size, at, &summary);
	if (!summary.images)
		none = SB_BAD_NO_ROM;
	else if (at)
		none = SB_BAD_OFFSET;

	for (who = 0; who < SB_FORS; who++)
		good[who] = none;
	if (none != SB_GOOD)
		return;

	good[SB_FOR_SEABIOS] = judge_firmware(file, size, false, card);
	good[SB_FOR_OVMF] = judge_firmware(file, size, true, card);
	good[SB_FOR_DRIVER] = judge_driver(file, size, card);
}

/**
 * sb_good_judge() - what can use a file as a romfile
 * @file: the file's bytes
 * @size: number of bytes
 * @card: the function that it is for, or NULL
 * @good: filled
 */
void sb_good_judge(const u8 *file, u32 size, const struct sb_card *card,
		   enum sb_good good[SB_FORS])
{
	sb_good_judge_at(file, size, sb_rom_header(file, size), card, good);
}

/* A copy of an image that ran, and lost track of the next image. */
static bool is_run(const u8 *rom, u32 size)
{
	struct sb_rom_walk walk;
	struct sb_image image;

	sb_rom_walk_start(&walk, size);
	return sb_rom_walk_step(&walk, rom, size, &image) == SB_STEP_IMAGE &&
	       image.npde_stale && image.sum_ok && walk.length == size;
}

/**
 * sb_good_whole() - is a file a whole ROM, as far as a guest is concerned?
 * @file: the file's bytes
 * @size: number of bytes
 * @at: where the ROM begins in it
 *
 * An NVIDIA ROM may lack its private images, which firmware ignores.
 *
 * Return: true if it begins with the ROM and all that firmware sees is whole.
 */
bool sb_good_whole(const u8 *file, u32 size, u32 at)
{
	struct sb_rom_summary summary;

	sb_rom_summarize_at(file, size, at, &summary);
	return !at && (summary.verdict == SB_IMAGE_OK ||
		       summary.verdict == SB_IMAGE_NPDE_ONLY ||
		       (summary.images == 1 && !summary.trailing_data &&
			is_run(file, summary.length)));
}

/**
 * sb_image_is_seen() - do firmware and kernels see an image?
 * @rom: the ROM from its start
 * @size: bytes in it
 * @offset: where the image begins
 *
 * Return: true if PCIR's chain leads to it.
 */
bool sb_image_is_seen(const u8 *rom, u32 size, u32 offset)
{
	struct sb_rom_walk walk;
	struct sb_image image;

	sb_rom_walk_start_chain(&walk, size, SB_CHAIN_FIRMWARE);
	while (sb_rom_walk_step(&walk, rom, size, &image) == SB_STEP_IMAGE)
		if (image.offset >= offset)
			return image.offset == offset;

	return false;
}

static const struct {
	const char *name;
	const char *text;
} words[] = {
	[SB_GOOD] = { "good", "yes" },
	[SB_GOOD_NO_NEED] = {
		"no-need", "not needed: its driver does not read the ROM"
	},
	[SB_GOOD_READS_CARD] = {
		"reads-card",
		"not needed: NVIDIA's own images are missing, but its driver reads them from the card (do not flash this file)"
	},
	[SB_BAD_NO_ROM] = { "no-rom", "no: there is no whole image" },
	[SB_BAD_OFFSET] = {
		"offset",
		"no: the file does not begin with the ROM; shadowbar fix cuts it out"
	},
	[SB_BAD_NO_IMAGE] = { "no-image", "no: there is no x86 image" },
	[SB_BAD_UNSEEN] = {
		"unseen",
		"no: firmware does not find the x86 image, because PCIR's chain does not lead to it"
	},
	[SB_BAD_BROKEN] = { "broken", "no: the x86 image is not whole" },
	[SB_BAD_HANGS] = {
		"hangs",
		"no: an image says that its length is zero, and firmware hangs at it"
	},
	[SB_BAD_IDS] = {
		"ids",
		"no: the x86 image has the ids of another device; shadowbar fix sets them"
	},
	[SB_BAD_SIZE] = {
		"size",
		"no: the x86 image says in its third byte that it is empty or longer than it is"
	},
	[SB_BAD_SMALL] = {
		"small",
		"no: UEFI ignores a ROM of 2048 bytes or less; pad the file to 4 KiB"
	},
	[SB_BAD_SUM] = {
		"sum",
		"no: the x86 image does not add up to zero; shadowbar fix repairs that"
	},
	[SB_BAD_PCIR] = {
		"pcir", "no: PCIR is not at a multiple of 4"
	},
	[SB_BAD_EFI_HEADER] = {
		"efi-header", "no: the EFI image has no EFI header"
	},
	[SB_BAD_MACHINE] = {
		"machine",
		"no: the EFI image is for another processor than x86-64"
	},
	[SB_BAD_SUBSYSTEM] = {
		"subsystem", "no: the EFI image is not a driver"
	},
	[SB_BAD_COMPRESSION] = {
		"compression",
		"no: the EFI image is compressed in an unknown way"
	},
	[SB_BAD_PE] = {
		"pe", "no: the EFI image has no program (MZ) where it says"
	},
	[SB_BAD_ATOM] = {
		"atom",
		"no: the first image has no ATOM table, which AMD's driver looks for"
	},
};

/**
 * sb_good_is() - does a verdict mean good, or good enough?
 * @good: the verdict
 *
 * Return: true if so.
 */
bool sb_good_is(enum sb_good good)
{
	return good < SB_BAD_NO_ROM;
}

/**
 * sb_good_name() - the name of a verdict, for programs
 * @good: the verdict
 *
 * Return: a constant string; it does not change from release to release.
 */
const char *sb_good_name(enum sb_good good)
{
	return words[good].name;
}

/**
 * sb_good_text() - the text of a verdict, for people
 * @who: the user of the file
 * @good: the verdict
 *
 * Return: a constant string: "yes", or what begins with "no: " or "not needed: ".
 */
const char *sb_good_text(enum sb_good_for who, enum sb_good good)
{
	if (who != SB_FOR_OVMF)
		return words[good].text;

	switch (good) {
	case SB_BAD_NO_IMAGE:
		return "no: there is no EFI image";
	case SB_BAD_UNSEEN:
		return "no: firmware does not find the EFI image, "
		       "because PCIR's chain does not lead to it";
	case SB_BAD_BROKEN:
		return "no: the EFI image is not whole";
	case SB_BAD_SIZE:
		return "no: the EFI image says that it loads more than it has";
	default:
		return words[good].text;
	}
}

/**
 * sb_good_for_name() - the name of a user of a file, for programs
 * @who: the user
 *
 * Return: a constant string; it does not change from release to release.
 */
const char *sb_good_for_name(enum sb_good_for who)
{
	static const char * const name[] = {
		[SB_FOR_SEABIOS] = "seabios",
		[SB_FOR_OVMF] = "ovmf",
		[SB_FOR_DRIVER] = "driver",
	};

	return name[who];
}

/**
 * sb_good_for_text() - the text for a user of a file, for people
 * @who: the user
 *
 * Return: a constant string that goes after "good for ".
 */
const char *sb_good_for_text(enum sb_good_for who)
{
	static const char * const text[] = {
		[SB_FOR_SEABIOS] = "SeaBIOS",
		[SB_FOR_OVMF] = "OVMF (UEFI)",
		[SB_FOR_DRIVER] = "the card's driver",
	};

	return text[who];
}
