// SPDX-License-Identifier: GPL-2.0-only
/*
 * rom_file: find the ROM in a file, and identify other contents.
 *
 * The ROM in an NVIDIA flash is found as the kernel's nova driver does
 * (Documentation/gpu/nova), except on Blackwell, where real files were the
 * reference.
 */
#include <shadowbar/bytes.h>
#include <shadowbar/rom_file.h>

#define IMAGE_SIGNATURE		0xaa55
#define IMAGE_HEADER_SIZE	0x1a

/* An NVIDIA flash begins with data for the card's own startup ("IFR"). */
#define NVGI_SIGNATURE		0x4947564e	/* "NVGI" */
#define NVGI_VERSION		5
#define NVGI_FIXED_SIZE		6
#define NVGI_FIXED_SIZE_MASK	0x7fff
#define NVGI_TOTAL_SIZE		8
#define NVGI_TOTAL_SIZE_MASK	0xfffff
#define NVGI_SIZE		12
#define IFR_ROM_OFFSET		4	/* after the fixed data */
#define FLASH_STATUS_SIZE	0x1000

/*
 * A Blackwell flash begins with another header, which does not describe the
 * rest.
 */
#define NVFW_SIGNATURE		0x5746564e	/* "NVFW" */

/* The ROM directory: all offsets are relative to NVGI or NVFW. */
#define RFRD_SIGNATURE		0x44524652	/* "RFRD" */
#define RFRD_ROM_OFFSET		8
#define RFRD_SIZE		12
#define FLASH_ALIGNMENT		4

/* At offset 0x28 of a UEFI firmware volume; at 0x10 of an Intel flash. */
#define VOLUME_SIGNATURE	0x4856465f	/* "_FVH" */
#define VOLUME_SIGNATURE_AT	0x28
#define DESCRIPTOR_SIGNATURE	0x0ff0a55a
#define DESCRIPTOR_SIGNATURE_AT	0x10

static bool has_u32(const u8 *file, u32 size, u32 at, u32 value)
{
	return size >= 4 && at <= size - 4 && sb_le32(file + at) == value;
}

static bool read_u32(const u8 *file, u32 size, u64 at, u32 *value)
{
	if (size < 4 || at > size - 4)
		return false;

	*value = sb_le32(file + at);
	return true;
}

/*
 * Can a ROM begin here? It cannot begin with one of NVIDIA's private images,
 * some of which precede the ROM in a flash. A truncated image may be all that
 * there is.
 */
static bool is_start(const u8 *file, u32 size, u32 at, bool whole)
{
	enum sb_image_error error;
	struct sb_image image;

	if (size - at < IMAGE_HEADER_SIZE ||
	    sb_le16(file + at) != IMAGE_SIGNATURE)
		return false;

	error = sb_image_begins(file + at, size - at, &image);
	if (error != SB_IMAGE_OK &&
	    (whole || error != SB_IMAGE_LENGTH_BEYOND))
		return false;
	return image.kind != SB_KIND_NVIDIA;
}

/* Use the directory of a flash that begins at @base, if it has one. */
static bool from_directory(const u8 *file, u32 size, u32 base, u64 directory,
			   u32 *at)
{
	u32 signature, offset;

	if (!read_u32(file, size, base + directory, &signature) ||
	    signature != RFRD_SIGNATURE ||
	    !read_u32(file, size, base + directory + RFRD_ROM_OFFSET,
		      &offset) ||
	    offset > size - base)
		return false;

	*at = base + offset;
	return is_start(file, size, *at, true);
}

static bool from_nvgi(const u8 *file, u32 size, u32 base, u32 *at)
{
	u32 fixed, total, offset;

	if (size - base < NVGI_SIZE)
		return false;

	fixed = sb_le16(file + base + NVGI_FIXED_SIZE) & NVGI_FIXED_SIZE_MASK;
	total = sb_le32(file + base + NVGI_TOTAL_SIZE) & NVGI_TOTAL_SIZE_MASK;
	switch (file[base + NVGI_VERSION]) {
	case 1:
	case 2:
		if (!read_u32(file, size, (u64)base + fixed + IFR_ROM_OFFSET,
			      &offset) || offset > size - base)
			return false;
		*at = base + offset;
		return is_start(file, size, *at, true);
	case 3:
		return read_u32(file, size, (u64)base + total, &offset) &&
		       from_directory(file, size, base,
				      (u64)offset + FLASH_STATUS_SIZE, at);
	default:
		return false;
	}
}

/* Blackwell's directory is in one of the images before the ROM. */
static bool from_nvfw(const u8 *file, u32 size, u32 base, u32 *at)
{
	u32 directory;

	for (directory = FLASH_ALIGNMENT; directory + RFRD_SIZE <= size - base;
	     directory += FLASH_ALIGNMENT)
		if (from_directory(file, size, base, directory, at))
			return true;

	return false;
}

/* The first NVIDIA header in the file, which may be preceded by padding. */
static bool find_flash(const u8 *file, u32 size, u32 *base, u32 *signature)
{
	u32 at;

	for (at = 0; size >= 4 && at <= size - 4; at += FLASH_ALIGNMENT) {
		*signature = sb_le32(file + at);
		*base = at;
		if (*signature == NVGI_SIGNATURE ||
		    *signature == NVFW_SIGNATURE)
			return true;
	}

	return false;
}

static bool search(const u8 *file, u32 size, u32 from, bool whole, u32 *at)
{
	for (*at = from; *at < size && size - *at >= IMAGE_HEADER_SIZE; ++*at)
		if (is_start(file, size, *at, whole))
			return true;

	return false;
}

/**
 * sb_rom_header() - find the ROM in a file
 * @file: the file's bytes
 * @size: number of bytes
 *
 * A file that begins with 55 AA begins with the ROM. In an NVIDIA flash, the
 * directory says where the ROM is. Otherwise it starts at the first complete
 * image that is not private to NVIDIA, or else at the first one that is
 * truncated.
 *
 * Return: number of bytes before the ROM; 0 also if there is none
 */
u32 sb_rom_header(const u8 *file, u32 size)
{
	u32 at, base, signature, pointed;

	if (size < IMAGE_HEADER_SIZE || sb_le16(file) == IMAGE_SIGNATURE)
		return 0;
	if (!search(file, size, 1, true, &at))
		return search(file, size, 1, false, &at) ? at : 0;

	/* A file that just contains these letters somewhere is not a flash. */
	if (find_flash(file, size, &base, &signature) && base < at &&
	    (signature == NVGI_SIGNATURE ?
	     from_nvgi(file, size, base, &pointed) :
	     from_nvfw(file, size, base, &pointed)))
		return pointed;
	return at;
}

/**
 * sb_rom_next() - find the next ROM in a file
 * @file: the file's bytes
 * @size: number of bytes
 * @from: where to begin: the end of the previous one
 * @at: set to where it begins
 *
 * Return: true if there is a complete one.
 */
bool sb_rom_next(const u8 *file, u32 size, u32 from, u32 *at)
{
	return search(file, size, from, true, at);
}

/* Unwritten flash reads as FF, and some tools pad with zeroes. */
static u32 without_padding(const u8 *bytes, u32 size)
{
	u8 pad;

	if (!size)
		return 0;

	pad = bytes[size - 1];
	if (pad != 0 && pad != 0xff)
		return size;
	while (size && bytes[size - 1] == pad)
		size--;

	return size;
}

/*
 * Images right after the last one that are not for firmware. An image for
 * firmware there begins another ROM.
 */
static void count_after(const u8 *bytes, u32 size,
			struct sb_rom_summary *summary)
{
	struct sb_image image;

	while (size - summary->after >= IMAGE_HEADER_SIZE) {
		struct sb_rom_walk walk;

		if (sb_image_begins(bytes + summary->after,
				    size - summary->after, &image) !=
		    SB_IMAGE_OK || (image.kind != SB_KIND_OPAQUE &&
				    image.kind != SB_KIND_NVIDIA))
			return;
		sb_rom_walk_start(&walk, size - summary->after);
		if (sb_rom_walk_step(&walk, bytes + summary->after,
				     size - summary->after, &image) !=
		    SB_STEP_IMAGE)
			return;
		summary->after += walk.length;
		summary->after_images++;
	}
}

static void walk_on(struct sb_rom_walk *walk, const u8 *rom, u32 size,
		    struct sb_image *image)
{
	sb_rom_walk_start(walk, size);
	while (sb_rom_walk_step(walk, rom, size, image) == SB_STEP_IMAGE)
		;
}

/**
 * sb_rom_summarize_at() - judge one ROM in a file
 * @file: the file's bytes
 * @size: number of bytes
 * @at: where the ROM begins
 * @summary: filled
 */
void sb_rom_summarize_at(const u8 *file, u32 size, u32 at,
			 struct sb_rom_summary *summary)
{
	struct sb_rom_walk walk;
	u32 end;

	*summary = (struct sb_rom_summary){ .header = at };
	walk_on(&walk, file + at, size - at, &summary->cut);
	summary->length = walk.length;
	summary->images = walk.images;
	summary->bad_sums = walk.bad_sums;
	summary->verdict = walk.error;
	end = at + walk.length;
	if (walk.error == SB_IMAGE_OK)
		count_after(file + end, size - end, summary);
	end += summary->after;
	summary->trailing = size - end;
	summary->trailing_data = without_padding(file + end, size - end);

	if (walk.error != SB_IMAGE_OK) {
		summary->fault = walk.images + 1;
		/*
		 * Two bytes of ones or zeroes do not mean that the whole file
		 * consists of them.
		 */
		if ((walk.error == SB_IMAGE_ALL_ONES ||
		     walk.error == SB_IMAGE_ALL_ZEROES) &&
		    summary->trailing_data)
			summary->verdict = SB_IMAGE_NO_SIGNATURE;
		if (walk.error == SB_IMAGE_LENGTH_BEYOND)
			summary->missing = summary->cut.length -
					   summary->trailing;
	} else if (walk.bad_sums) {
		summary->verdict = SB_IMAGE_BAD_SUM;
		summary->fault = walk.first_bad_sum;
	}
}

/**
 * sb_rom_summarize() - judge a ROM file
 * @file: the file's bytes
 * @size: number of bytes
 * @summary: filled
 */
void sb_rom_summarize(const u8 *file, u32 size, struct sb_rom_summary *summary)
{
	sb_rom_summarize_at(file, size, sb_rom_header(file, size), summary);
}

static bool is_text(const u8 *file, u32 size)
{
	u32 at;

	for (at = 0; at < size && at < SZ_512; at++)
		if (file[at] >= 0x7f || (file[at] < 0x20 && file[at] != '\n' &&
					 file[at] != '\r' && file[at] != '\t'))
			return false;

	return true;
}

static bool is_mainboard(const u8 *file, u32 size)
{
	u32 at;

	if (has_u32(file, size, DESCRIPTOR_SIGNATURE_AT, DESCRIPTOR_SIGNATURE))
		return true;
	for (at = VOLUME_SIGNATURE_AT; at < size; at += SZ_4K)
		if (has_u32(file, size, at, VOLUME_SIGNATURE))
			return true;
	/*
	 * The reset vector of a BIOS: a far jump to F000, 16 bytes before the
	 * end.
	 */
	return size >= SZ_64K && size % SZ_64K == 0 &&
	       file[size - 16] == 0xea && sb_le16(file + size - 13) == 0xf000;
}

/**
 * sb_content_of() - identify the content of a file
 * @file: the file's bytes
 * @size: number of bytes
 *
 * Return: the content, judged by its first bytes.
 */
enum sb_content sb_content_of(const u8 *file, u32 size)
{
	static const struct {
		const char *bytes;
		u32 size;
		enum sb_content content;
	} magic[] = {
		{ "\x55\xaa", 2, SB_CONTENT_ROM },
		{ "VFCT", 4, SB_CONTENT_VFCT },
		{ "MZ", 2, SB_CONTENT_PE },
		{ "$VBT", 4, SB_CONTENT_VBT },
		{ "IntelGraphicsMem", 16, SB_CONTENT_OPREGION },
		{ "\x1f\x8b", 2, SB_CONTENT_GZIP },
		{ "PK\x03\x04", 4, SB_CONTENT_ARCHIVE },
		{ "\xfd\x37zXZ", 5, SB_CONTENT_ARCHIVE },
		{ "7z\xbc\xaf", 4, SB_CONTENT_ARCHIVE },
	};
	u32 i, base, signature;

	if (!size)
		return SB_CONTENT_EMPTY;
	for (i = 0; i < sizeof(magic) / sizeof(*magic); i++)
		if (size >= magic[i].size &&
		    !memcmp(file, magic[i].bytes, magic[i].size))
			return magic[i].content;
	if (is_text(file, size))
		return SB_CONTENT_TEXT;
	if (is_mainboard(file, size))
		return SB_CONTENT_MAINBOARD;
	if (find_flash(file, size, &base, &signature) &&
	    base < sb_rom_header(file, size))
		return SB_CONTENT_NVIDIA;
	return SB_CONTENT_UNKNOWN;
}

static const struct {
	const char *name;
	const char *text;
	const char *advice;
} contents[] = {
	[SB_CONTENT_ROM] = { "rom", "a ROM", "dump it again" },
	[SB_CONTENT_EMPTY] = {
		"empty", "an empty file",
		"what was to write it failed: dump it again and look at the errors"
	},
	[SB_CONTENT_NVIDIA] = {
		"nvidia-flash", "NVIDIA's flash, as GPU-Z and nvflash save it",
		"save it again: the ROM in it is damaged"
	},
	[SB_CONTENT_VFCT] = {
		"vfct", "the ACPI table VFCT, with AMD's ROMs in it",
		"read the table again: the ROM in it is cut off"
	},
	[SB_CONTENT_MAINBOARD] = {
		"mainboard", "the firmware of a mainboard",
		"its modules are compressed: extract the video BIOS or the GOP driver with UEFITool first"
	},
	[SB_CONTENT_PE] = {
		"pe", "a program (MZ), as an EFI driver is without a ROM around it",
		"edk2's EfiRom makes a ROM of it, with the ids of the card"
	},
	[SB_CONTENT_VBT] = {
		"vbt", "a VBT, a table for the driver of Intel's graphics",
		"a VBT is no ROM; its page is Documentation/intel-graphics.md"
	},
	[SB_CONTENT_OPREGION] = {
		"opregion", "an OpRegion, a table for the driver of Intel's graphics",
		"an OpRegion is no ROM; its page is Documentation/intel-graphics.md"
	},
	[SB_CONTENT_GZIP] = {
		"gzip", "compressed by gzip", "unpack it with gunzip first"
	},
	[SB_CONTENT_ARCHIVE] = {
		"archive", "an archive (zip, xz or 7z)", "unpack it first"
	},
	[SB_CONTENT_TEXT] = {
		"text", "text",
		"a hex dump has to be made binary (xxd -r), a page of a web server downloaded again"
	},
	[SB_CONTENT_UNKNOWN] = {
		"unknown", "an unknown format", "take the ROM from another file"
	},
};

/**
 * sb_content_name() - the word for the content of a file, for programs
 * @content: the content
 *
 * Return: a constant string that does not change between releases.
 */
const char *sb_content_name(enum sb_content content)
{
	return contents[content].name;
}

/**
 * sb_content_text() - describe the content of a file
 * @content: the content
 *
 * Return: a constant string that goes after "it is ".
 */
const char *sb_content_text(enum sb_content content)
{
	return contents[content].text;
}

/**
 * sb_content_advice() - what to do with a file without a ROM
 * @content: the content
 *
 * Return: a constant string, a separate clause.
 */
const char *sb_content_advice(enum sb_content content)
{
	return contents[content].advice;
}
