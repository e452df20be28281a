/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bar: the contents of BARs, and whether they can be trusted.
 *
 * Logic: numbers in, a verdict out. All addresses are bus addresses, as in the
 * registers; all ranges are inclusive at both ends.
 */
#ifndef SHADOWBAR_BAR_H
#define SHADOWBAR_BAR_H

#include <shadowbar/compat.h>

/**
 * struct sb_range - an inclusive range of bus addresses
 * @start: first address
 * @end: last address, not below @start
 */
struct sb_range {
	u64 start;
	u64 end;
};

/**
 * struct sb_ranges - a list of ranges, in any order, overlaps allowed
 * @range: the ranges
 * @nr: number of entries in @range
 */
struct sb_ranges {
	const struct sb_range *range;
	unsigned int nr;
};

/**
 * enum sb_rom_bar - the contents of an expansion ROM BAR
 * @SB_ROM_BAR_ABSENT: the function has no ROM BAR
 * @SB_ROM_BAR_PROGRAMMED: an address inside a window that nothing else decodes
 * @SB_ROM_BAR_ZERO: no address
 * @SB_ROM_BAR_ALL_ONES: what a sizing write leaves behind
 * @SB_ROM_BAR_OUTSIDE: an address outside every window of the bus
 * @SB_ROM_BAR_OVERLAP: an address that another decoder has, too
 */
enum sb_rom_bar {
	SB_ROM_BAR_ABSENT,
	SB_ROM_BAR_PROGRAMMED,
	SB_ROM_BAR_ZERO,
	SB_ROM_BAR_ALL_ONES,
	SB_ROM_BAR_OUTSIDE,
	SB_ROM_BAR_OVERLAP,
};

/**
 * enum sb_sizing - the result of a sizing write
 * @SB_SIZING_OK: the BAR exists and has a size
 * @SB_SIZING_ABSENT: the register is hard-wired to zero, so there is no BAR
 * @SB_SIZING_STUCK: the register ignores what is written to it
 */
enum sb_sizing {
	SB_SIZING_OK,
	SB_SIZING_ABSENT,
	SB_SIZING_STUCK,
};

/**
 * struct sb_bridge - the registers of a bridge that say what it forwards
 * @command: COMMAND
 * @memory: dword at PCI_MEMORY_BASE, base in the low half, limit in the high
 * @prefetch: dword at PCI_PREF_MEMORY_BASE, likewise
 * @prefetch_base_high: PCI_PREF_BASE_UPPER32
 * @prefetch_limit_high: PCI_PREF_LIMIT_UPPER32
 * @subtractive: the bridge forwards what nothing else claims (programming
 *		 interface 01h)
 */
struct sb_bridge {
	u16 command;
	u32 memory;
	u32 prefetch;
	u32 prefetch_base_high;
	u32 prefetch_limit_high;
	bool subtractive;
};

bool sb_range_overlaps(const struct sb_range *a, const struct sb_range *b);
bool sb_ranges_overlap(const struct sb_ranges *list, u64 start, u64 size);
bool sb_ranges_contain(const struct sb_ranges *list, u64 start, u64 size);
enum sb_sizing sb_rom_bar_size(u32 before, u32 readback, u64 *size);
enum sb_sizing sb_mem_bar_size(u64 before, u64 readback, bool is_64, u64 *size);
enum sb_rom_bar sb_rom_bar_state(u32 raw, u64 size,
				 const struct sb_ranges *windows,
				 const struct sb_ranges *decoders);
unsigned int sb_bridge_windows(const struct sb_bridge *bridge,
			       struct sb_range window[2]);
bool sb_bridge_forwards(const struct sb_bridge *bridge, u64 start, u64 size);
const char *sb_rom_bar_name(enum sb_rom_bar state);

#endif /* SHADOWBAR_BAR_H */
