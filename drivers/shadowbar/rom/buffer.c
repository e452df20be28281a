// SPDX-License-Identifier: GPL-2.0-only
/*
 * buffer: the bytes of a ROM that is being read.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <shadowbar/rom_image.h>

#include "bus/use.h"
#include "rom/buffer.h"

/* The size of a piece, for a ROM that comes in pieces */
#define PIECE_SIZE	SZ_4K

static int move_to(struct sb_rom *rom, u32 room)
{
	u8 *data = kvmalloc(room, GFP_KERNEL);

	if (!data)
		return -ENOMEM;

	if (rom->size)
		memcpy(data, rom->data, rom->size);
	kvfree(rom->data);
	rom->data = data;
	rom->room = room;
	return 0;
}

/**
 * sb_rom_grow() - make room for more of a ROM
 * @rom: the ROM; its bytes may move
 * @want: bytes to make room for, at least as many as there are
 *
 * The room at least doubles, up to the size of the largest ROM: a chain of
 * small images requests a few bytes at a time.
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM with nothing changed.
 */
int sb_rom_grow(struct sb_rom *rom, u32 want)
{
	u32 room = clamp_t(u32, 2 * rom->room, SZ_4K, SZ_16M);

	if (want <= rom->room)
		return 0;

	return move_to(rom, max(room, want));
}

/**
 * sb_rom_fit() - free the room that a ROM does not need
 * @rom: the ROM, complete; its bytes may move
 *
 * Context: may sleep. If out of memory, it keeps its room.
 */
void sb_rom_fit(struct sb_rom *rom)
{
	if (rom->room - rom->size >= SZ_4K)
		move_to(rom, rom->size);
}

/**
 * sb_rom_copy() - copy bytes that may go away
 * @bytes: the bytes
 * @size: number of bytes; anything beyond the size of the largest ROM is
 *	  ignored
 * @rom: filled; empty before
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int sb_rom_copy(const void *bytes, size_t size, struct sb_rom *rom)
{
	size = min_t(size_t, size, SB_ROM_MAX);
	rom->data = kvmalloc(size, GFP_KERNEL);
	if (!rom->data)
		return -ENOMEM;

	memcpy(rom->data, bytes, size);
	rom->size = size;
	rom->room = size;
	return 0;
}

/**
 * sb_rom_pull() - get a ROM that comes in pieces, as far as its headers say
 * @pull: gets a piece
 * @context: for @pull
 * @patience: request no piece later than this many jiffies from now
 * @rom: filled; @rom->data must be freed even after an error
 *
 * A piece that is shorter than requested is the last. Otherwise, a source that
 * returns single bytes would be called millions of times.
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, -ETIME if it took too long, or -ENOENT if the machine is
 * shutting down.
 */
int sb_rom_pull(sb_pull_t pull, void *context, unsigned long patience,
		struct sb_rom *rom)
{
	unsigned long until = jiffies + patience;
	struct sb_rom_walk walk;

	sb_rom_walk_start(&walk, SB_ROM_MAX);
	while (sb_rom_walk_needs_more(&walk, rom->data, rom->size)) {
		u32 want = ALIGN(walk.need, PIECE_SIZE);

		if (sb_rom_grow(rom, want))
			return -ENOMEM;
		while (rom->size < want) {
			int got;

			if (sb_use_is_shut_down())
				return -ENOENT;
			if (time_after(jiffies, until))
				return -ETIME;
			got = pull(context, rom->size, rom->data + rom->size,
				   PIECE_SIZE);
			if (got > 0)
				rom->size += got;
			if (got != PIECE_SIZE)
				return 0;
		}
	}

	return 0;
}

/**
 * sb_rom_free() - free the bytes of a ROM
 * @rom: the ROM; empty afterwards
 *
 * Context: may sleep.
 */
void sb_rom_free(struct sb_rom *rom)
{
	kvfree(rom->data);
	*rom = (struct sb_rom){};
}
