// SPDX-License-Identifier: GPL-2.0-only
/*
 * OpRegions and VBTs, as firmware leaves them, or should not
 */
#include <linux/string.h>

#include "igd_build.h"

/* Numbers from the formats, not from the driver under test */
#define OPREGION	8192
#define VBT_BLOCKS_AT	48

/* Little-endian numbers, unaligned */
void igd_put(u8 *to, u64 value, unsigned int bytes)
{
	for (; bytes--; value >>= 8)
		*to++ = value;
}

u64 igd_get(const u8 *from, unsigned int bytes)
{
	u64 value = 0;

	while (bytes--)
		value = value << 8 | from[bytes];

	return value;
}

/* Set the checksum at 26, so that the bytes of a VBT sum to zero. */
void igd_mend_sum(u8 *vbt, u16 length)
{
	u8 sum = 0;
	u16 i;

	vbt[26] = 0;
	for (i = 0; i < length; i++)
		sum += vbt[i];
	vbt[26] = -sum;
}

void igd_build_vbt(u8 *to, u16 length)
{
	u16 i;

	for (i = 0; i < length; i++)
		to[i] = i * 7;
	memcpy(to, "$VBT SKYLAKE        ", 20);
	igd_put(to + 20, 100, 2);
	igd_put(to + 22, VBT_BLOCKS_AT, 2);
	igd_put(to + 24, length, 2);
	igd_put(to + 28, VBT_BLOCKS_AT, 4);
	memcpy(to + VBT_BLOCKS_AT, "BIOS_DATA_BLOCK ", 16);
	igd_put(to + VBT_BLOCKS_AT + 16, 228, 2);
	igd_put(to + VBT_BLOCKS_AT + 18, 22, 2);
	igd_put(to + VBT_BLOCKS_AT + 20, length - VBT_BLOCKS_AT, 2);
	igd_mend_sum(to, length);
}

void igd_build_opregion(u8 *to, const struct igd_build *build)
{
	u16 i;

	for (i = 0; i < OPREGION / 2; i++)
		igd_put(to + 2 * i, i, 2);
	memcpy(to, "IntelGraphicsMem", 16);
	igd_put(to + 16, build->kib ?: OPREGION / 1024, 4);
	igd_put(to + 22, build->version ?: 0x201, 2);
	igd_put(to + 88, build->mailboxes, 4);
	igd_put(to + 0x3ba, build->rvda, 8);
	igd_put(to + 0x3c2, build->rvds, 4);
	if (!build->no_vbt)
		igd_build_vbt(to + 1024, IGD_VBT_LENGTH);
}
