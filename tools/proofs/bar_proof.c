// SPDX-License-Identifier: GPL-2.0-only
/* Proofs about bar.c */
#include "prove.h"
#include "bus/bar.c"

#define RANGES	2

static struct sb_range range[RANGES];

/* Up to RANGES ranges, anywhere */
static struct sb_ranges any_ranges(void)
{
	unsigned int i, nr = nondet_u32();

	assume(nr <= RANGES);
	for (i = 0; i < RANGES; i++) {
		range[i].start = nondet_u64();
		range[i].end = nondet_u64();
		assume(range[i].start <= range[i].end);
	}
	return (struct sb_ranges){ .range = range, .nr = nr };
}

static _Bool is_in(u64 addr, u64 start, u64 size)
{
	return addr >= start && addr - start < size;
}

/*
 * proof: rom_bar_size
 * A size is a power of two from 2 KiB to 16 MiB; otherwise there is no ROM BAR.
 * broken: bus/bar.c s/bytes > SZ_16M/bytes > SZ_16M * 2/
 */
void rom_bar_size(void)
{
	u32 before = nondet_u32(), readback = nondet_u32();
	enum sb_sizing sizing;
	u64 size;

	sizing = sb_rom_bar_size(before, readback, &size);
	if (sizing != SB_SIZING_OK) {
		prove(!size, "no size");
		reached("no size");
		return;
	}
	prove(is_power_of_two(size), "a power of two");
	prove(size >= SZ_2K && size <= SZ_16M, "as a ROM can have");
	prove(((readback & ~0x7ffu) & (size - 1)) == 0, "an address is aligned to it");
	reached("a size");
}

/*
 * proof: mem_bar_size
 * A size is a power of two of at least 16 bytes, and fits into the register.
 * broken: bus/bar.c s/== all ? size : 0/== all ? size : 24/
 */
void mem_bar_size(void)
{
	u64 before = nondet_u64(), readback = nondet_u64(), size;
	_Bool is_64 = nondet_bool();

	if (sb_mem_bar_size(before, readback, is_64, &size) != SB_SIZING_OK) {
		prove(!size, "no size");
		reached("no size");
		return;
	}
	prove(is_power_of_two(size) && size >= 16, "a power of two");
	prove(is_64 || size <= 1ULL << 31, "fits into the register");
	reached("a size");
}

/*
 * proof: ranges_overlap
 * Ranges overlap if they have an address in common or wrap around; nothing
 * overlaps an empty list.
 * apart: yes
 * unwind: 3
 * broken: bus/bar.c s/a->start <= b->end/a->start < b->end/
 */
void ranges_overlap(void)
{
	struct sb_ranges list = any_ranges();
	u64 start = nondet_u64(), size = nondet_u64(), addr = nondet_u64();
	unsigned int i = nondet_u32();
	_Bool overlaps = sb_ranges_overlap(&list, start, size);

	if (!size || size - 1 > U64_MAX - start) {
		prove(overlaps, "what wraps is never free");
		reached("wraps");
		return;
	}
	if (!overlaps && i < list.nr && is_in(addr, start, size)) {
		prove(addr < range[i].start || addr > range[i].end,
		      "has no address of any in it");
		reached("free");
	}
	if (overlaps) {
		prove(list.nr, "something overlaps");
		prove(list.nr > 1 ||
		      !(range[0].end < start || range[0].start > start + size - 1),
		      "it is the one that there is");
		reached("overlaps");
	}
}

/*
 * proof: ranges_contain
 * A range is contained if all its addresses are in one and the same window.
 * apart: yes
 * unwind: 3
 * broken: bus/bar.c s/end <= list->range\[i\].end/start <= list->range[i].end/
 */
void ranges_contain(void)
{
	struct sb_ranges list = any_ranges();
	u64 start = nondet_u64(), size = nondet_u64();
	unsigned int i, whole = 0;

	if (!sb_ranges_contain(&list, start, size))
		return;
	prove(size && size - 1 <= U64_MAX - start, "does not wrap");
	for (i = 0; i < RANGES; i++)
		if (i < list.nr && range[i].start <= start &&
		    range[i].end >= start + size - 1)
			whole++;
	prove(whole, "a window has all of it");
	reached("contained");
}

/*
 * proof: rom_bar_state
 * A valid address lies in a window, and no decoder is there.
 * apart: yes
 * unwind: 3
 * broken: bus/bar.c s/if (sb_ranges_overlap(decoders, addr, size))/if (0)/
 */
void rom_bar_state(void)
{
	struct sb_ranges windows = any_ranges();
	struct sb_range other = { nondet_u64(), nondet_u64() };
	struct sb_ranges decoders = { .range = &other, .nr = 1 };
	u32 raw = nondet_u32();
	u64 size = nondet_u64(), addr = raw & 0xfffff800;

	assume(other.start <= other.end);
	assume(windows.nr <= 1);
	assume(!size || (is_power_of_two(size) && size >= SZ_2K && size <= SZ_16M));
	if (sb_rom_bar_state(raw, size, &windows, &decoders) != SB_ROM_BAR_PROGRAMMED)
		return;
	prove(size && addr, "there is one");
	prove(sb_ranges_contain(&windows, addr, size), "in a window");
	prove(other.end < addr || other.start > addr + size - 1, "alone");
	reached("believed");
}

/*
 * proof: bridge_windows
 * The open windows of a bridge start and end on a MiB boundary, and there are
 * at most two; everything it forwards is in one of them, unless it is
 * subtractive.
 * apart: yes
 * unwind: 3
 * broken: bus/bar.c s/if (base <= limit)/if (base <= limit + SZ_1M)/
 */
void bridge_windows(void)
{
	struct sb_bridge bridge = {
		.command = nondet_u16(),
		.memory = nondet_u32(),
		.prefetch = nondet_u32(),
		.prefetch_base_high = nondet_u32(),
		.prefetch_limit_high = nondet_u32(),
		.subtractive = nondet_bool(),
	};
	u64 start = nondet_u64(), size = nondet_u64();
	unsigned int i = nondet_u32(), nr;
	struct sb_range window[2];

	nr = sb_bridge_windows(&bridge, window);
	prove(nr <= 2, "two");
	if (i < nr) {
		prove(window[i].start < window[i].end, "not the wrong way round");
		prove(window[i].start % SZ_1M == 0, "starts at a MiB");
		prove(window[i].end % SZ_1M == SZ_1M - 1, "ends at a MiB");
		reached("open");
	}
	if (!(bridge.command & 2))
		prove(!nr && !sb_bridge_forwards(&bridge, start, size), "decodes nothing");
	if (!bridge.subtractive && sb_bridge_forwards(&bridge, start, size)) {
		prove(nr && size, "an open one");
		prove((window[0].start <= start && start + size - 1 <= window[0].end) ||
		      (nr == 2 && window[1].start <= start &&
		       start + size - 1 <= window[1].end), "all of it");
		reached("forwards");
	}
}
