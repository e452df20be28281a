// SPDX-License-Identifier: GPL-2.0-only
/*
 * rom_image: walk the chain of images in an expansion ROM.
 *
 * Section numbers are those of the PCI Firmware Specification 3.3, "PCI
 * Expansion ROMs"; the layout is the same since the PCI Local Bus
 * Specification 2.0.
 */
#include <shadowbar/rom_image.h>

/* Section 5.1.1: the header. Its last field is the pointer. */
#define IMAGE_SIGNATURE		0xaa55
#define IMAGE_PCIR_POINTER	0x18
#define IMAGE_HEADER_SIZE	0x1a

/* Section 5.1.2: the PCI Data Structure. */
#define PCIR_SIGNATURE		0x52494350	/* "PCIR" */
#define PCIR_IMAGE_LENGTH	0x10
#define PCIR_CODE_TYPE		0x14
#define PCIR_CODE_TYPE_X86	0x00
#define PCIR_INDICATOR		0x15
#define PCIR_INDICATOR_LAST	0x80
#define PCIR_SIZE		0x18

#define IMAGE_UNIT		SZ_512

/* All fields are little-endian, and none need be aligned. */
static u16 le16_at(const u8 *p)
{
	return p[0] | p[1] << 8;
}

static u32 le32_at(const u8 *p)
{
	return le16_at(p) | (u32)le16_at(p + 2) << 16;
}

/**
 * sb_rom_walk_start() - stand at the start of a ROM
 * @walk: the walk
 * @window: bytes that the ROM BAR decodes
 */
void sb_rom_walk_start(struct sb_rom_walk *walk, u32 window)
{
	*walk = (struct sb_rom_walk){ .window = window };
}

static bool end_of_walk(struct sb_rom_walk *walk, enum sb_image_error error)
{
	walk->error = error;
	return false;
}

static enum sb_image_error not_a_signature(u16 found)
{
	switch (found) {
	case 0xffff:
		return SB_IMAGE_ALL_ONES;
	case 0:
		return SB_IMAGE_ALL_ZEROES;
	default:
		return SB_IMAGE_NO_SIGNATURE;
	}
}

/* Section 5.1.1.1: an x86 image carries a checksum that makes its sum 0. */
static bool sums_to_zero(const u8 *image, u32 length)
{
	u8 sum = 0;

	while (length--)
		sum += *image++;

	return !sum;
}

/**
 * sb_rom_walk_needs_more() - go on along the chain as far as the bytes reach
 * @walk: the walk
 * @rom: the ROM from its start; may have moved since the last call
 * @have: how many bytes of it are there; not fewer than at the last call
 *
 * Each image is at least one unit of 512 bytes long, so the walk ends. An
 * image is counted when all of it is there; a broken one ends the walk and
 * leaves the whole ones before it in @walk->length.
 *
 * Return: true if @walk->need bytes are needed to go on, which is more than
 * @have and no more than the window; false if the walk is over.
 */
bool sb_rom_walk_needs_more(struct sb_rom_walk *walk, const u8 *rom, u32 have)
{
	for (;;) {
		const u8 *image = rom + walk->length;
		u32 left = walk->window - walk->length;
		u32 pcir, length;
		u16 signature;

		if (left < IMAGE_HEADER_SIZE)
			return end_of_walk(walk, SB_IMAGE_NO_LAST);

		walk->need = walk->length + IMAGE_HEADER_SIZE;
		if (walk->need > have)
			return true;

		signature = le16_at(image);
		if (signature != IMAGE_SIGNATURE)
			return end_of_walk(walk, not_a_signature(signature));

		pcir = le16_at(image + IMAGE_PCIR_POINTER);
		if (left < PCIR_SIZE || pcir > left - PCIR_SIZE)
			return end_of_walk(walk, SB_IMAGE_PCIR_OUTSIDE);

		walk->need = walk->length + pcir + PCIR_SIZE;
		if (walk->need > have)
			return true;

		if (le32_at(image + pcir) != PCIR_SIGNATURE)
			return end_of_walk(walk, SB_IMAGE_NO_PCIR);

		length = le16_at(image + pcir + PCIR_IMAGE_LENGTH) *
			 IMAGE_UNIT;
		if (!length)
			return end_of_walk(walk, SB_IMAGE_LENGTH_ZERO);
		if (length > left)
			return end_of_walk(walk, SB_IMAGE_LENGTH_BEYOND);
		if (pcir + PCIR_SIZE > length)
			return end_of_walk(walk, SB_IMAGE_PCIR_OUTSIDE);

		walk->need = walk->length + length;
		if (walk->need > have)
			return true;

		if (image[pcir + PCIR_CODE_TYPE] == PCIR_CODE_TYPE_X86 &&
		    !sums_to_zero(image, length))
			walk->bad_sums++;

		walk->images++;
		walk->length += length;
		if (image[pcir + PCIR_INDICATOR] & PCIR_INDICATOR_LAST)
			return end_of_walk(walk, SB_IMAGE_OK);
	}
}

/**
 * sb_image_error_text() - what is wrong with an image, in words
 * @error: why the walk ended
 *
 * Return: a constant string that goes after "image N ".
 */
const char *sb_image_error_text(enum sb_image_error error)
{
	static const char * const text[] = {
		[SB_IMAGE_OK] = "is whole",
		[SB_IMAGE_ALL_ONES] = "reads as all ones",
		[SB_IMAGE_ALL_ZEROES] = "reads as zeroes",
		[SB_IMAGE_NO_SIGNATURE] = "does not start with 55 AA",
		[SB_IMAGE_PCIR_OUTSIDE] = "has a PCIR pointer that leads out of it",
		[SB_IMAGE_NO_PCIR] = "has no PCIR where its pointer leads",
		[SB_IMAGE_LENGTH_ZERO] = "says that its length is zero",
		[SB_IMAGE_LENGTH_BEYOND] = "says that it is longer than the ROM BAR",
		[SB_IMAGE_NO_LAST] = "is missing: the ROM BAR ends before a last image",
	};

	return text[error];
}
