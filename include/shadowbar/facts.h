/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * facts: a function and what surrounds it, as numbers.
 *
 * Decisions are based on these. All addresses are bus addresses.
 */
#ifndef SHADOWBAR_FACTS_H
#define SHADOWBAR_FACTS_H

#include <shadowbar/bar.h>

#define SB_MAX_BARS	6	/* type 0 header; type 1 has two of them */

/**
 * struct sb_bar - a memory BAR of a function
 * @addr: the address in the register, both halves of a 64-bit BAR
 * @size: bytes, a power of two; 0 if there is no memory BAR here
 * @claim: the address that the kernel's resource tree has for it
 * @is_64: it is a 64-bit BAR and takes the next register, too
 * @claimed: @claim is valid
 */
struct sb_bar {
	u64 addr;
	u64 size;
	u64 claim;
	bool is_64;
	bool claimed;
};

/**
 * struct sb_facts - the input of a plan
 * @bar: the memory BARs, by number of their register
 * @rom_raw: the ROM BAR register
 * @rom_size: bytes that it decodes, a power of two from 2 KiB to 16 MiB
 * @page_size: bytes in a page; 0 if that does not matter
 * @rom_claim: the address that the kernel's resource tree has for the ROM
 * @rom_claimed: @rom_claim is valid
 * @rom_taken: the resource tree has something else at the address in the ROM
 *	       BAR
 * @decode: COMMAND has memory decoding on
 * @decode_at_first: it had when the function was first seen
 * @pinned: memory decoding must stay as it is: the function is a bridge or the
 *	    boot VGA device, or one of its BARs is in use (such as by a boot
 *	    console), or switching is known to do harm
 * @vga_conflict: with decoding on, it would decode the legacy VGA range, as
 *		  another device does
 * @borrow: borrowing is allowed
 * @can_park: a 32-bit BAR can be parked at the end of the first 4 GiB
 * @windows: windows of the bus that the function is on
 * @decoders: what others on its bus and on those above it decode
 * @bridge: the bridges above it, in any order
 * @nr_bridges: number of entries in @bridge
 */
struct sb_facts {
	struct sb_bar bar[SB_MAX_BARS];
	u32 rom_raw;
	u64 rom_size;
	u64 page_size;
	u64 rom_claim;
	bool rom_claimed;
	bool rom_taken;
	bool decode;
	bool decode_at_first;
	bool pinned;
	bool vga_conflict;
	bool borrow;
	bool can_park;
	struct sb_ranges windows;
	struct sb_ranges decoders;
	const struct sb_bridge *bridge;
	unsigned int nr_bridges;
};

#endif /* SHADOWBAR_FACTS_H */
