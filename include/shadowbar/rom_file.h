/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rom_file: where in a file a ROM is, and what else is in it.
 *
 * Logic, for the tool: what a ROM BAR decodes begins with an image, or is no
 * ROM. Files are dumps of a whole flash, ACPI tables, the firmware of a
 * mainboard, or none of these; a ROM in them may be cut off, may be one of
 * several, and may go on after the image that is marked as its last.
 */
#ifndef SHADOWBAR_ROM_FILE_H
#define SHADOWBAR_ROM_FILE_H

#include <shadowbar/rom_image.h>

/**
 * enum sb_content - what a file is, apart from the ROMs in it
 * @SB_CONTENT_ROM: it begins with a ROM
 * @SB_CONTENT_EMPTY: it has no bytes
 * @SB_CONTENT_NVIDIA: NVIDIA's flash, as GPU-Z and nvflash save it
 * @SB_CONTENT_VFCT: the ACPI table with AMD's ROMs
 * @SB_CONTENT_MAINBOARD: the firmware of a PC
 * @SB_CONTENT_PE: a program, such as an EFI driver that was taken out of a ROM
 * @SB_CONTENT_VBT: a Video BIOS Table of Intel's graphics
 * @SB_CONTENT_OPREGION: an OpRegion of Intel's graphics
 * @SB_CONTENT_GZIP: compressed by gzip
 * @SB_CONTENT_ARCHIVE: a zip, xz or 7z file
 * @SB_CONTENT_TEXT: text, such as a hex dump or the page of a web server
 * @SB_CONTENT_UNKNOWN: nothing of these
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
 * struct sb_rom_summary - a ROM in a file, in short
 * @header: bytes before its first image
 * @length: bytes of whole images
 * @images: how many these are
 * @after: bytes of images that follow the last one without a gap: no firmware
 *	   looks at these, the card itself loads them
 * @after_images: how many these are
 * @trailing: bytes after these
 * @trailing_data: bytes after these, without the padding at the end (a run of
 *		   FF or of 00)
 * @bad_sums: how many x86 images do not add up to zero
 * @verdict: the first thing that is wrong, or SB_IMAGE_OK
 * @fault: image that this is wrong with, counted from 1; 0 if none
 * @missing: with SB_IMAGE_LENGTH_BEYOND, how many bytes of @cut are missing
 * @cut: what could be understood of the image that is wrong
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
