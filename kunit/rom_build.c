// SPDX-License-Identifier: GPL-2.0-only
/*
 * Made-up expansion ROMs
 */
#include <linux/align.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "rom_build.h"

/* Offsets from PCI Firmware Specification 3.3, 5.1 */
#define ROM_BUILD_PCIR_SIZE	0x18
#define ROM_BUILD_PCIR_SIZE_3	0x1c

static void put_le16(u8 *to, u16 val)
{
	to[0] = val;
	to[1] = val >> 8;
}

static void put_pcir(u8 *p, const struct rom_build *image)
{
	u16 list = image->list;

	if (!list && image->devices[0])
		list = ROM_BUILD_DEVICES;

	memset(p, 0, ROM_BUILD_PCIR_SIZE);
	memcpy(p, image->no_pcir ? "RICP" : image->pcir_signature ?: "PCIR", 4);
	put_le16(p + 4, image->vendor ?: ROM_BUILD_VENDOR);
	put_le16(p + 6, image->device);
	put_le16(p + 8, list);
	put_le16(p + 0xa, image->pcir_size ?: ROM_BUILD_PCIR_SIZE);
	p[0xc] = image->pcir_revision;
	p[0xd] = image->class;
	put_le16(p + 0xe, image->class >> 8);
	put_le16(p + 0x10, image->pcir_lies ?: image->units);
	put_le16(p + 0x12, 0x0102);
	p[0x14] = image->code;
	p[0x15] = image->last ? 0x80 : 0;
	put_le16(p + 0x16, image->runtime);
}

/* The data after PCIR, as far as it fits */
static void put_extensions(u8 *p, u32 room, u32 pcir,
			   const struct rom_build *image)
{
	u32 npde = ALIGN(pcir + (image->pcir_size ?: ROM_BUILD_PCIR_SIZE), 16);
	u32 list = pcir + ROM_BUILD_DEVICES;
	u32 atom = image->atom_at ?: ROM_BUILD_ATOM;
	unsigned int i;

	if (image->pcir_size >= ROM_BUILD_PCIR_SIZE_3 &&
	    pcir + ROM_BUILD_PCIR_SIZE_3 <= room) {
		put_le16(p + pcir + 0x18, image->utility);
		put_le16(p + pcir + 0x1a, image->clp);
	}

	if ((image->npde.units || image->npde.last) && npde + 0xb <= room) {
		memcpy(p + npde, "NPDE", 4);
		put_le16(p + npde + 8, image->npde.units);
		p[npde + 0xa] = image->npde.last ? 0x80 : 0;
	}

	for (i = 0; i < ARRAY_SIZE(image->devices) && image->devices[i]; i++)
		put_le16(p + list + 2 * i, image->devices[i]);
	if (i && !image->no_end)
		put_le16(p + list + 2 * i, 0);

	if (image->atom) {
		memcpy(p + 0x30, " 761295520", 10);
		put_le16(p + 0x48, atom);
		if (atom + 8 <= room)
			memcpy(p + atom + 4, "ATOM", 4);
	}
}

static void put_header(u8 *p, u16 pcir, const struct rom_build *image)
{
	const struct rom_build_efi *efi = &image->efi;

	put_le16(p, image->signature ?: 0xaa55);
	if (efi->machine) {
		put_le16(p + 2, efi->units);
		put_le16(p + 4, 0x0ef1);
		put_le16(p + 6, 0);
		put_le16(p + 8, efi->subsystem);
		put_le16(p + 0xa, efi->machine);
		put_le16(p + 0xc, efi->compression);
		put_le16(p + 0x16, efi->pe);
	} else {
		p[2] = image->init ?: image->units;
		p[3] = 0xcb;
	}
	put_le16(p + 0x18, pcir);
}

/* Set the last byte so that those from @from to @to add up to @want. */
static void fix_sum(u8 *from, u8 *to, u8 want)
{
	u8 sum = 0;
	u8 *p;

	for (p = from; p < to; p++)
		sum += *p;
	to[-1] += want - sum;
}

/**
 * rom_build - put an image into a ROM
 * @rom: the ROM
 * @room: bytes in it; what does not fit is left out, the header must fit
 * @at: offset of the image
 * @image: description of the image
 *
 * The bytes of the body differ from offset to offset, so that a comparison
 * detects a read from a wrong one.
 *
 * Return: offset of the next image, by the length that this one claims
 */
u32 rom_build(u8 *rom, u32 room, u32 at, const struct rom_build *image)
{
	bool npde = image->npde.units || image->npde.last;
	u32 len = (npde ? image->npde.units : image->units) * SZ_512;
	u32 end = min(at + max_t(u32, len, SZ_512), room);
	u32 init = at + image->init * SZ_512;
	u16 pcir = image->pcir ?: ROM_BUILD_PCIR;
	u32 i;

	for (i = at; i < end; i++)
		rom[i] = (i * 7) ^ (i >> 8) ^ at >> 9;

	if (image->no_end && at + pcir + ROM_BUILD_DEVICES < end)
		memset(rom + at + pcir + ROM_BUILD_DEVICES, 0x11,
		       end - (at + pcir + ROM_BUILD_DEVICES));

	if (at + pcir + ROM_BUILD_PCIR_SIZE <= room) {
		put_pcir(rom + at + pcir, image);
		put_extensions(rom + at, room - at, pcir, image);
	}
	put_header(rom + at, pcir, image);

	if ((image->code && !image->bad_sum) || end <= at + 4)
		return at + len;
	if (image->sum_units) {
		u8 *rest = rom + at + image->sum_units * SZ_512;

		if (image->zero_rest)
			memset(rest, 0, rom + end - rest);
		else
			fix_sum(rom + at, rom + end, 0x77);
		fix_sum(rom + at, rest, 0);
		if (!image->zero_rest && rest < rom + end)
			fix_sum(rest, rom + end, 0x77);
		return at + len;
	}
	if (image->init && init < end) {
		fix_sum(rom + at, rom + init, image->bad_init);
		fix_sum(rom + init, rom + end,
			(image->bad_sum ? 0xff : 0) - image->bad_init);
	} else {
		fix_sum(rom + at, rom + end, image->bad_sum ? 0xff : 0);
	}

	return at + len;
}
