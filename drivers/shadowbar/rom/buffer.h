/* SPDX-License-Identifier: GPL-2.0-only */
/* buffer: the bytes of a ROM that is being read. */
#ifndef SHADOWBAR_BUFFER_H
#define SHADOWBAR_BUFFER_H

#include <linux/types.h>

/* The largest ROM BAR */
#define SB_ROM_MAX	SZ_16M

/**
 * struct sb_rom - a ROM that was read, or is being read
 * @data: its bytes, from kvmalloc(), or NULL
 * @size: number of bytes read
 * @room: number of bytes allocated
 * @bar_size: bytes that the ROM BAR decodes, 0 if the ROM is not from there
 */
struct sb_rom {
	u8 *data;
	u32 size;
	u32 room;
	u32 bar_size;
};

/**
 * typedef sb_pull_t - get a piece of a ROM
 * @context: data of the caller
 * @offset: where the piece begins
 * @bytes: filled
 * @size: number of bytes wanted, at most 4 KiB
 *
 * Return: number of bytes, at most @size, or a negative error.
 */
typedef int (*sb_pull_t)(void *context, u32 offset, u8 *bytes, u32 size);

int sb_rom_grow(struct sb_rom *rom, u32 want);
void sb_rom_fit(struct sb_rom *rom);
int sb_rom_copy(const void *bytes, size_t size, struct sb_rom *rom);
int sb_rom_pull(sb_pull_t pull, void *context, unsigned long patience,
		struct sb_rom *rom);
void sb_rom_free(struct sb_rom *rom);

#endif /* SHADOWBAR_BUFFER_H */
