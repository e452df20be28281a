// SPDX-License-Identifier: GPL-2.0-only
/*
 * fix: make a ROM file acceptable to the firmware of a virtual machine.
 *
 * SeaBIOS runs an x86 image only if its IDs are those of the function and if
 * its first bytes, as many as byte 2 says, add up to zero.
 */
#include "fix.h"

#define PCIR_VENDOR	0x04
#define PCIR_DEVICE	0x06
#define PCIR_SIZE	0x1c	/* of the longest form */

#define NPDE_IMAGE_LENGTH	0x08	/* in units of 512 bytes */
#define NPDE_INDICATOR		0x0a
#define NPDE_LAST		0x80
#define NPDE_SIZE		0x0b

/*
 * The code begins at byte 3 with a jump of two or three bytes. SeaBIOS' own
 * ROMs and iPXE keep their checksum in the next byte, and so does QEMU when it
 * changes the IDs of a ROM.
 */
#define CHECKSUM	6

static void set_le16(u8 *p, u16 value)
{
	p[0] = value & 0xff;
	p[1] = value >> 8;
}

/* NVIDIA's own images are for NVIDIA's driver; firmware ignores them. */
static bool set_ids(const struct sb_image *image, u8 *bytes,
		    const struct fix_opts *opts)
{
	u8 *pcir = bytes + image->pcir;

	if (!opts->set_ids || image->kind == SB_KIND_NVIDIA ||
	    image->signature != 0xaa55 ||
	    (image->vendor == opts->vendor && image->device == opts->device))
		return false;

	set_le16(pcir + PCIR_VENDOR, opts->vendor);
	set_le16(pcir + PCIR_DEVICE, opts->device);
	return true;
}

/*
 * A stale NPDE, left behind by a run of the image, is ignored only because of
 * the image's sum, which is about to change: make it agree with PCIR.
 */
static void set_npde(const struct sb_image *image, u8 *bytes)
{
	u8 *npde = bytes + image->npde;

	if (!image->npde_stale)
		return;
	set_le16(npde + NPDE_IMAGE_LENGTH, image->pcir_length / 512);
	npde[NPDE_INDICATOR] &= ~NPDE_LAST;
	if (image->last)
		npde[NPDE_INDICATOR] |= NPDE_LAST;
}

static u8 sum_of(const u8 *p, u32 length)
{
	u8 sum = 0;

	while (length--)
		sum += *p++;

	return sum;
}

/* Change the byte at @at so that bytes that add up to @sum add up to zero. */
static bool take_sum(u8 *bytes, u32 at, u8 sum)
{
	bytes[at] -= sum;
	return sum;
}

/*
 * Two sums must be zero: that of the initialisation size, and that of the
 * image. The last byte corrects the second one. It is padding in all images
 * that are larger than their initialisation size. If PCIR is at the end, the
 * byte before PCIR is used instead.
 */
static bool set_sum(const struct sb_image *image, u8 *bytes)
{
	u32 init = image->init_size;
	u32 at = image->length - 1;
	bool changed;

	if (init > image->length)
		init = image->length;
	if (at < image->pcir + PCIR_SIZE ||
	    (image->npde && at < image->npde + NPDE_SIZE))
		at = image->pcir - 1;

	changed = take_sum(bytes, CHECKSUM, sum_of(bytes, init));
	changed |= take_sum(bytes, at,
			    sum_of(bytes + init, image->length - init));
	return changed;
}

/**
 * fix_rom() - set IDs and checksums, and drop everything around the ROM
 * @file: the file's bytes; changed in place
 * @size: number of bytes
 * @opts: the options
 * @done: a summary; the result is @done->size bytes at @done->offset
 *
 * Images for the card itself that follow the last one are kept unchanged.
 * Images after a broken one are not found, and are dropped like anything else
 * after the last whole image, unless @opts says to keep it.
 *
 * Return: false if the file has no whole image; nothing is changed then.
 */
bool fix_rom(u8 *file, u32 size, const struct fix_opts *opts,
	     struct fix_done *done)
{
	u32 header = opts->at;
	struct sb_rom_summary summary;
	u8 *rom = file + header;
	struct sb_rom_walk walk;
	struct sb_image image;

	*done = (struct fix_done){ .offset = header };
	sb_rom_walk_start(&walk, size - header);
	while (sb_rom_walk_step(&walk, rom, size - header, &image) ==
	       SB_STEP_IMAGE) {
		u8 *bytes = rom + image.offset;

		done->images++;
		done->ids += set_ids(&image, bytes, opts);
		if (image.kind == SB_KIND_X86) {
			set_npde(&image, bytes);
			done->sums += set_sum(&image, bytes);
		}
	}

	sb_rom_summarize_at(file, size, header, &summary);
	done->after = summary.after_images;
	done->error = walk.error;
	done->size = opts->keep_trailing ? size - header :
					   walk.length + summary.after;
	return walk.images;
}
