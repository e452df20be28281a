/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bytes: numbers as firmware stores them, little-endian and unaligned; digits.
 */
#ifndef SHADOWBAR_BYTES_H
#define SHADOWBAR_BYTES_H

#include <shadowbar/compat.h>

static inline u16 sb_le16(const u8 *p)
{
	return p[0] | p[1] << 8;
}

static inline u32 sb_le32(const u8 *p)
{
	return sb_le16(p) | (u32)sb_le16(p + 2) << 16;
}

/* The value of a hexadecimal digit, -1 if it is not one */
static inline int sb_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

#endif /* SHADOWBAR_BYTES_H */
