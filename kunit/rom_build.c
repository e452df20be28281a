// SPDX-License-Identifier: GPL-2.0-only
/*
 * Made-up expansion ROMs
 */
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "rom_build.h"

/* Offsets of PCI Firmware Specification 3.3, 5.1. */
#define ROM_BUILD_PCIR		0x1c
#define ROM_BUILD_PCIR_SIZE	0x18

static void put_le16(u8 *to, u16 val)
{
	to[0] = val;
	to[1] = val >> 8;
}

/**
 * rom_build - put an image into a ROM
 * @rom: the ROM
 * @room: bytes in it; what does not fit is left out, the header must fit
 * @at: where the image begins
 * @image: what to put there
 *
 * The body is made of bytes that differ from place to place, so that a
 * comparison sees what was read from the wrong one.
 *
 * Return: where the next image begins, by the length that this one claims
 */
u32 rom_build(u8 *rom, u32 room, u32 at, const struct rom_build *image)
{
	u16 pcir = image->pcir ?: ROM_BUILD_PCIR;
	u32 len = image->units * SZ_512;
	u32 i, end = min(at + max_t(u32, len, SZ_512), room);
	u8 sum = 0;

	for (i = at; i < end; i++)
		rom[i] = (i * 7) ^ (i >> 8) ^ at >> 9;

	put_le16(rom + at, 0xaa55);
	rom[at + 2] = image->units;
	rom[at + 3] = 0xcb;
	put_le16(rom + at + 0x18, pcir);

	if (at + pcir + ROM_BUILD_PCIR_SIZE <= room) {
		u8 *p = rom + at + pcir;

		memset(p, 0, ROM_BUILD_PCIR_SIZE);
		memcpy(p, image->no_pcir ? "RICP" : "PCIR", 4);
		put_le16(p + 4, 0x5b5b);
		put_le16(p + 0xa, ROM_BUILD_PCIR_SIZE);
		put_le16(p + 0x10, image->units);
		p[0x14] = image->code;
		p[0x15] = image->last ? 0x80 : 0;
	}

	for (i = at; i < end; i++)
		sum += rom[i];
	if (end > at + 4)
		rom[end - 1] -= sum + (image->bad_sum ? 1 : 0);

	return at + len;
}
