// SPDX-License-Identifier: GPL-2.0-only
/*
 * bar: the contents of BARs, and whether they can be trusted.
 *
 * Section numbers refer to the PCI Local Bus Specification 3.0, and to the
 * PCI-to-PCI Bridge Architecture Specification 1.2 ("P2P").
 */
#include <linux/pci_regs.h>
#include <shadowbar/bar.h>

/* Address bits 31:20 in a bridge's base and limit, as one dword. */
#define BRIDGE_BASE_BITS	0x0000fff0U
#define BRIDGE_LIMIT_BITS	0xfff00000U

/**
 * sb_range_overlaps() - do two ranges share an address?
 * @a: one range
 * @b: the other
 *
 * Return: true if at least one address is in both.
 */
bool sb_range_overlaps(const struct sb_range *a, const struct sb_range *b)
{
	return a->start <= b->end && b->start <= a->end;
}

/* The last address of @size bytes at @start; false if empty or overflowing. */
static bool sb_range_end(u64 start, u64 size, u64 *end)
{
	if (!size || size - 1 > U64_MAX - start)
		return false;

	*end = start + size - 1;
	return true;
}

/**
 * sb_ranges_overlap() - does a list have a range that overlaps this one?
 * @list: the list
 * @start: first address
 * @size: bytes
 *
 * Return: true if so. A range that overflows overlaps everything: it is never
 * safe to use.
 */
bool sb_ranges_overlap(const struct sb_ranges *list, u64 start, u64 size)
{
	struct sb_range r = { .start = start };
	unsigned int i;

	if (!sb_range_end(start, size, &r.end))
		return true;

	for (i = 0; i < list->nr; i++)
		if (sb_range_overlaps(&list->range[i], &r))
			return true;

	return false;
}

/**
 * sb_ranges_contain() - is this range entirely inside one range of a list?
 * @list: the list
 * @start: first address
 * @size: bytes
 *
 * Two adjacent windows do not form one: each is forwarded by its own registers,
 * and a BAR is in one of them (P2P 3.2.5).
 *
 * Return: true if one range contains all of it.
 */
bool sb_ranges_contain(const struct sb_ranges *list, u64 start, u64 size)
{
	unsigned int i;
	u64 end;

	if (!sb_range_end(start, size, &end))
		return false;

	for (i = 0; i < list->nr; i++)
		if (list->range[i].start <= start && end <= list->range[i].end)
			return true;

	return false;
}

/* The size that a mask of writable address bits means; 0 if it has gaps. */
static u64 sb_mask_size(u64 mask, u64 all)
{
	u64 size = mask & ~(mask - 1);

	return (mask | (size - 1)) == all ? size : 0;
}

/**
 * sb_rom_bar_size() - the size of a ROM BAR from a sizing write
 * @before: the register before
 * @readback: the register after PCI_ROM_ADDRESS_MASK was written to it
 * @size: set to the size in bytes, 2 KiB to 16 MiB, if there is one
 *
 * Section 6.2.5.2: the writable address bits give the size. A ROM may request
 * up to 16 MiB, and the register can express 2 KiB or more.
 *
 * Return: SB_SIZING_OK, SB_SIZING_ABSENT, or SB_SIZING_STUCK for a register
 * that keeps an address whatever is written, or whose mask has gaps.
 */
enum sb_sizing sb_rom_bar_size(u32 before, u32 readback, u64 *size)
{
	u32 mask = readback & (u32)PCI_ROM_ADDRESS_MASK;
	u64 bytes;

	*size = 0;
	if (!mask)
		return before & (u32)PCI_ROM_ADDRESS_MASK ? SB_SIZING_STUCK :
							    SB_SIZING_ABSENT;

	bytes = sb_mask_size(mask, U32_MAX);
	if (!bytes || bytes > SZ_16M)
		return SB_SIZING_STUCK;

	*size = bytes;
	return SB_SIZING_OK;
}

/**
 * sb_mem_bar_size() - the size of a memory BAR from a sizing write
 * @before: the register before, both halves if it is 64 bits wide
 * @readback: the register after all ones were written to it, likewise
 * @is_64: it is a 64-bit BAR
 * @size: set to the size in bytes if there is one
 *
 * Section 6.2.5.1. Bits 3:0 are the type of the BAR, not part of the address.
 *
 * Return: SB_SIZING_OK, SB_SIZING_ABSENT or SB_SIZING_STUCK, as above.
 */
enum sb_sizing sb_mem_bar_size(u64 before, u64 readback, bool is_64, u64 *size)
{
	u64 all = is_64 ? U64_MAX : U32_MAX;
	u64 mask = readback & all & ~0xfULL;

	*size = 0;
	if (!mask)
		return before & all & ~0xfULL ? SB_SIZING_STUCK :
						SB_SIZING_ABSENT;

	*size = sb_mask_size(mask, all);
	return *size ? SB_SIZING_OK : SB_SIZING_STUCK;
}

/**
 * sb_rom_bar_state() - can the address in a ROM BAR be trusted?
 * @raw: the register
 * @size: size of the ROM in bytes, 0 if the function has no ROM BAR
 * @windows: windows of the bus that the function is on
 * @decoders: what other BARs, of the function itself and of its neighbours,
 *	      decode
 *
 * All ones means the value that a sizing write leaves in a ROM BAR of this
 * size. OVMF leaves ROM BARs like that.
 *
 * Return: the first of absent, zero, all ones, outside and overlap that
 * applies, or SB_ROM_BAR_PROGRAMMED.
 */
enum sb_rom_bar sb_rom_bar_state(u32 raw, u64 size,
				 const struct sb_ranges *windows,
				 const struct sb_ranges *decoders)
{
	u64 addr = raw & (u32)PCI_ROM_ADDRESS_MASK;

	if (!size)
		return SB_ROM_BAR_ABSENT;
	if (!addr)
		return SB_ROM_BAR_ZERO;
	if (addr == ALIGN_DOWN((u64)U32_MAX, size))
		return SB_ROM_BAR_ALL_ONES;
	if (!sb_ranges_contain(windows, addr, size))
		return SB_ROM_BAR_OUTSIDE;
	if (sb_ranges_overlap(decoders, addr, size))
		return SB_ROM_BAR_OVERLAP;

	return SB_ROM_BAR_PROGRAMMED;
}

/**
 * sb_bridge_windows() - the open memory windows of a bridge
 * @bridge: its registers
 * @window: filled with up to two windows
 *
 * P2P 3.2.5.8 to 3.2.5.10: bits 15:4 of a base and a limit register are address
 * bits 31:20; a window is closed if its base is above its limit. The upper
 * halves count only if the low bits say that it is a 64-bit window.
 *
 * Return: the number of open windows; 0 while the bridge does not decode
 * memory.
 */
unsigned int sb_bridge_windows(const struct sb_bridge *bridge,
			       struct sb_range window[2])
{
	u64 base, limit;
	unsigned int nr = 0;

	if (!(bridge->command & PCI_COMMAND_MEMORY))
		return 0;

	base = (u64)(bridge->memory & BRIDGE_BASE_BITS) << 16;
	limit = bridge->memory & BRIDGE_LIMIT_BITS;
	if (base <= limit)
		window[nr++] = (struct sb_range){ base, limit + SZ_1M - 1 };

	base = (u64)(bridge->prefetch & BRIDGE_BASE_BITS) << 16;
	limit = bridge->prefetch & BRIDGE_LIMIT_BITS;
	if ((bridge->prefetch & PCI_PREF_RANGE_TYPE_MASK) ==
	    PCI_PREF_RANGE_TYPE_64) {
		base |= (u64)bridge->prefetch_base_high << 32;
		limit |= (u64)bridge->prefetch_limit_high << 32;
	}
	if (base <= limit)
		window[nr++] = (struct sb_range){ base, limit + SZ_1M - 1 };

	return nr;
}

/**
 * sb_bridge_forwards() - does a bridge forward these addresses downstream?
 * @bridge: its registers
 * @start: first address
 * @size: bytes
 *
 * Return: true if one of its open windows contains the whole range, or if it
 * decodes memory subtractively.
 */
bool sb_bridge_forwards(const struct sb_bridge *bridge, u64 start, u64 size)
{
	struct sb_range window[2];
	const struct sb_ranges windows = {
		.range = window,
		.nr = sb_bridge_windows(bridge, window),
	};

	if (sb_ranges_contain(&windows, start, size))
		return true;

	return bridge->subtractive && (bridge->command & PCI_COMMAND_MEMORY);
}

/**
 * sb_rom_bar_name() - the word for a state, as in sysfs
 * @state: the state
 *
 * Return: a constant string.
 */
const char *sb_rom_bar_name(enum sb_rom_bar state)
{
	static const char * const name[] = {
		[SB_ROM_BAR_ABSENT] = "absent",
		[SB_ROM_BAR_PROGRAMMED] = "programmed",
		[SB_ROM_BAR_ZERO] = "zero",
		[SB_ROM_BAR_ALL_ONES] = "all-ones",
		[SB_ROM_BAR_OUTSIDE] = "outside-window",
		[SB_ROM_BAR_OVERLAP] = "overlap",
	};

	return name[state];
}
