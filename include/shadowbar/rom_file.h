/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rom_file: find the ROM in a file, and identify other contents.
 *
 * Logic, for the tool. What a ROM BAR decodes begins with an image, or is not a
 * ROM. Files can be dumps of a whole flash, ACPI tables, the firmware of a
 * mainboard, or none of these; a ROM in them may be truncated, may be one of
 * several, and may continue after the image that is marked as the last.
 */
#ifndef SHADOWBAR_ROM_FILE_H
#define SHADOWBAR_ROM_FILE_H

#include <shadowbar/rom_image.h>

/**
 * enum sb_content - what a file is, apart from the ROMs in it
 * @SB_CONTENT_ROM: it begins with a ROM
 * @SB_CONTENT_EMPTY: it is empty
 * @SB_CONTENT_NVIDIA: NVIDIA's flash, as GPU-Z and nvflash save it
 * @SB_CONTENT_VFCT: the ACPI table with AMD's ROMs
 * @SB_CONTENT_MAINBOARD: the firmware of a PC
 * @SB_CONTENT_PE: a program, such as an EFI driver extracted from a ROM
 * @SB_CONTENT_VBT: a Video BIOS Table of Intel graphics
 * @SB_CONTENT_OPREGION: an OpRegion of Intel graphics
 * @SB_CONTENT_GZIP: compressed with gzip
 * @SB_CONTENT_ARCHIVE: a zip, xz or 7z file
 * @SB_CONTENT_TEXT: text, such as a hex dump or a web page
 * @SB_CONTENT_UNKNOWN: none of these
 *
 * Names are in sb_content_name().
 */
enum sb_content {
	SB_CONTENT_ROM,
	SB_CONTENT_EMPTY,
	SB_CONTENT_NVIDIA,
	SB_CONTENT_VFCT,
	SB_CONTENT_MAINBOARD,
	SB_CONTENT_PE,
	SB_CONTENT_VBT,
	SB_CONTENT_OPREGION,
	SB_CONTENT_GZIP,
	SB_CONTENT_ARCHIVE,
	SB_CONTENT_TEXT,
	SB_CONTENT_UNKNOWN,
};

/**
 * struct sb_rom_summary - summary of a ROM in a file
 * @header: bytes before its first image
 * @length: bytes of complete images
 * @images: number of complete images
 * @after: bytes of images that follow the last one without a gap: no firmware
 *	   reads them, the card itself loads them
 * @after_images: number of these images
 * @trailing: bytes after these
 * @trailing_data: the same without the padding at the end (a run of FF or of
 *		   00)
 * @bad_sums: number of x86 images that do not sum to zero
 * @verdict: the first problem, or SB_IMAGE_OK
 * @fault: the image with that problem, counted from 1; 0 if there is none
 * @missing: with SB_IMAGE_LENGTH_BEYOND, how many bytes of @cut are missing
 * @cut: what could be parsed of that image
 */
struct sb_rom_summary {
	u32 header;
	u32 length;
	u32 images;
	u32 after;
	u32 after_images;
	u32 trailing;
	u32 trailing_data;
	u32 bad_sums;
	enum sb_image_error verdict;
	u32 fault;
	u32 missing;
	struct sb_image cut;
};

u32 sb_rom_header(const u8 *file, u32 size);
bool sb_rom_next(const u8 *file, u32 size, u32 from, u32 *at);
void sb_rom_summarize(const u8 *file, u32 size, struct sb_rom_summary *summary);
void sb_rom_summarize_at(const u8 *file, u32 size, u32 at,
			 struct sb_rom_summary *summary);

enum sb_content sb_content_of(const u8 *file, u32 size);
const char *sb_content_name(enum sb_content content);
const char *sb_content_text(enum sb_content content);
const char *sb_content_advice(enum sb_content content);

#endif /* SHADOWBAR_ROM_FILE_H */
