// SPDX-License-Identifier: GPL-2.0-only
/* Proofs about plan.c */
#include "prove.h"
#include "bus/bar.c"
#include "rom/plan.c"

static const struct sb_ranges *decoders;

/*
 * In place of bar.c's functions for lists, whose proofs are in bar_proof.c: any
 * answer, but always the same one. A range that wraps around overlaps. A list
 * of one that plan.c makes from a BAR is checked for real.
 */
bool any_overlap(const struct sb_ranges *list, u64 start, u64 size)
{
	if (!size || size - 1 > U64_MAX - start)
		return true;
	if (list == decoders)
		return __CPROVER_uninterpreted_taken(start, size);
	return list->range->start <= start + (size - 1) && start <= list->range->end;
}

bool any_contain(const struct sb_ranges *list, u64 start, u64 size)
{
	return __CPROVER_uninterpreted_window(start, size);
}

bool any_path(const struct sb_facts *facts, u64 start, u64 size)
{
	return __CPROVER_uninterpreted_led_to(start, size);
}

/*
 * A function, as gather.c describes one: sizes are powers of two, and BARs are
 * where a BAR can be.
 */
static void any_facts(struct sb_facts *facts)
{
	static struct sb_bridge bridge;
	unsigned int i;

	bridge.command = nondet_u16();
	*facts = (struct sb_facts){
		.rom_raw = nondet_u32(),
		.rom_size = 1ULL << (11 + nondet_u8() % 14),
		.page_size = 1ULL << (12 + nondet_u8() % 5),
		.rom_claim = nondet_u64(),
		.rom_claimed = nondet_bool(),
		.rom_taken = nondet_bool(),
		.decode = nondet_bool(),
		.decode_at_first = nondet_bool(),
		.pinned = nondet_bool(),
		.vga_conflict = nondet_bool(),
		.borrow = nondet_bool(),
		.can_park = nondet_bool(),
		.bridge = &bridge,
		.nr_bridges = nondet_bool(),
	};
	decoders = &facts->decoders;
	for (i = 0; i < SB_MAX_BARS; i++) {
		struct sb_bar *bar = &facts->bar[i];

		bar->is_64 = nondet_bool();
		bar->claimed = nondet_bool();
		bar->size = nondet_bool() ? 1ULL << (4 + nondet_u8() % 44) : 0;
		bar->addr = nondet_u64() & ~(bar->size - 1);
		bar->claim = nondet_u64() & ~(bar->size - 1);
		assume(bar->is_64 || bar->size <= 1ULL << 31);
		assume(bar->is_64 || bar->addr <= U32_MAX);
	}
}

/* Does the ROM at @addr share an address with these @size bytes at @start? */
static _Bool meets(const struct sb_facts *facts, u64 addr, u64 start, u64 size)
{
	return addr <= start + (size - 1) && start <= addr + (facts->rom_size - 1);
}

static _Bool is_there(const struct sb_bar *bar)
{
	return bar->size && bar->addr;
}

/* In place of own_bar_overlaps(), as justified by its proof */
bool any_own(const struct sb_facts *facts, u64 start, u64 size, unsigned long except)
{
	return __CPROVER_uninterpreted_own(start, size, except);
}

/*
 * proof: own_bars
 * An address is free of the function's own BARs only if no BAR that counts
 * overlaps it.
 * apart: yes
 * unwind: 7
 * broken: rom/plan.c s/if (!(except \& BIT(i)) \&\&/if (i \&\& !(except \& BIT(i)) \&\&/
 */
void own_bars(void)
{
	unsigned int i = nondet_u32();
	u64 addr = nondet_u64(), except = nondet_u64();
	struct sb_facts facts;

	any_facts(&facts);
	assume(i < SB_MAX_BARS);
	assume(addr <= SZ_4G - facts.rom_size);
	if (own_bar_overlaps(&facts, addr, facts.rom_size, except)) {
		reached("taken");
		return;
	}
	if (is_there(&facts.bar[i]) && !(except & BIT(i)))
		prove(!meets(&facts, addr, facts.bar[i].addr, facts.bar[i].size),
		      "no BAR of its own is there");
	reached("free");
}

/*
 * proof: plan_make
 * Where a plan says to read, there is no other function's decoder, all bridges
 * forward, and a ROM BAR can hold the address. A pinned function is not
 * changed. BARs with implausible addresses are parked before decoding is
 * enabled.
 * apart: yes
 * instead: sb_ranges_overlap any_overlap
 * instead: sb_ranges_contain any_contain
 * instead: sb_path_forwards any_path
 * instead: own_bar_overlaps any_own
 * unwind: 7
 * slow: yes
 * broken: rom/plan.c s/!sb_ranges_overlap(&facts->decoders, addr, size) \&\&/1 \&\&/
 */
void plan_make(void)
{
	struct sb_facts facts;
	unsigned int i = nondet_u32();
	struct sb_plan plan;

	any_facts(&facts);
	assume(i < SB_MAX_BARS);
	sb_plan_make(&facts, &plan);

	prove(plan.source <= SB_SOURCE_HOLE, "one that reads the ROM BAR");
	prove(!(plan.parked >> SB_MAX_BARS), "parks BARs that there are");
	if (facts.pinned)
		prove(!plan.parked, "pinned stays");
	if (plan.parked & BIT(i))
		prove(facts.bar[i].size, "parks what is there");
	if (plan.source == SB_SOURCE_NONE) {
		prove(plan.why != SB_WHY_CAPTURED, "says why");
		reached("left alone");
		return;
	}
	if (facts.pinned)
		prove(facts.decode, "what is pinned off stays off");
	if (!facts.decode && facts.bar[i].size && !(plan.parked & BIT(i)))
		prove(facts.bar[i].claimed && facts.bar[i].addr == facts.bar[i].claim &&
		      !any_overlap(decoders, facts.bar[i].addr, facts.bar[i].size),
		      "what starts to decode may");
	if (plan.parked & BIT(i)) {
		prove(facts.bar[i].is_64 ||
		      (facts.can_park && sb_park_addr(&facts.bar[i]) >= SB_PARK_START),
		      "is parked above the MSI range");
		reached("parks");
	}
	if (plan.source == SB_SOURCE_HOLE) {
		reached("a hole");
		return;
	}

	prove(plan.addr && !(plan.addr & (facts.rom_size - 1)), "aligned");
	prove(plan.addr + facts.rom_size <= SZ_4G, "32 bits");
	prove(!any_overlap(decoders, plan.addr, facts.rom_size), "nobody else is there");
	prove(any_path(&facts, plan.addr, facts.rom_size), "every bridge leads there");
	if (plan.source == SB_SOURCE_BORROWED) {
		prove(facts.borrow && !facts.pinned, "may be borrowed");
		prove(plan.lender < SB_MAX_BARS, "from a BAR");
		prove(plan.parked & BIT(plan.lender), "which is out of the way");
		prove(facts.bar[plan.lender].size >= facts.rom_size, "and large enough");
		reached("borrowed");
	}
	prove(!any_own(&facts, plan.addr, facts.rom_size,
		       plan.source == SB_SOURCE_BORROWED ? plan.parked : 0),
	      "no BAR of its own is there, but for those that are parked");
	if (plan.source == SB_SOURCE_IN_PLACE)
		reached("in place");
}

/* In place of hole_is_blocked(), as justified by its proof */
bool any_blocked(const struct sb_facts *facts, u64 addr, u64 *end)
{
	*end = nondet_u64();
	assume(*end >= addr);
	return __CPROVER_uninterpreted_blocked(addr);
}

/*
 * proof: plan_hole
 * A hole is in free space, aligned, large enough for the ROM, reachable, and
 * nothing decodes it (hole_blocked). The search ends: each round starts further
 * on.
 * apart: yes
 * instead: hole_is_blocked any_blocked
 * instead: sb_path_forwards any_path
 * loop: sb_plan_hole addr blocked_to size
 * assigns: addr, blocked_to
 * invariant: (addr & (size - 1)) == 0
 * decreases: ~addr
 * broken: rom/plan.c s/end - addr >= size - 1;/1;/
 */
void plan_hole(void)
{
	struct sb_facts facts;
	u64 start = nondet_u64(), end = nondet_u64(), addr;

	assume(start <= end);
	facts.rom_size = 1ULL << (11 + nondet_u8() % 14);
	facts.page_size = 1ULL << (12 + nondet_u8() % 5);
	addr = sb_plan_hole(&facts, start, end);
	if (addr == U64_MAX) {
		reached("no hole");
		return;
	}
	prove(addr >= start && addr >= SZ_1M, "not before it");
	prove(addr <= end && end - addr >= facts.rom_size - 1, "not beyond it");
	prove(addr + facts.rom_size <= SZ_4G, "32 bits");
	prove(!(addr & (facts.rom_size - 1)), "aligned");
	prove(!(addr & (facts.page_size - 1)) &&
	      end - addr >= facts.page_size - 1, "whole pages");
	prove(!__CPROVER_uninterpreted_blocked(addr), "nobody is there");
	prove(any_path(&facts, addr, sb_place_size(&facts)), "every bridge leads there");
	reached("a hole");
}

/*
 * proof: hole_blocked
 * An address is blocked if a decoder of a neighbour or a BAR of the function
 * overlaps it, and the end that is returned is not before the address.
 * apart: yes
 * unwind: 7
 * broken: rom/plan.c s/if (sb_range_overlaps(&range, &rom))/if (0)/
 */
void hole_blocked(void)
{
	static struct sb_range decoder[2];
	struct sb_facts facts;
	u64 addr = nondet_u64(), end;
	unsigned int i = nondet_u32(), nr = nondet_u32();

	any_facts(&facts);
	for (i = 0; i < 2; i++) {
		decoder[i].start = nondet_u64();
		decoder[i].end = nondet_u64();
		assume(decoder[i].start <= decoder[i].end);
	}
	facts.decoders.range = decoder;
	facts.decoders.nr = nondet_u32();
	assume(facts.decoders.nr <= 2);
	assume(addr <= SZ_4G - facts.rom_size);
	i = nondet_u32();
	assume(i < SB_MAX_BARS);
	if (hole_is_blocked(&facts, addr, &end)) {
		prove(end >= addr, "goes on");
		reached("blocked");
		return;
	}
	if (nr < facts.decoders.nr)
		prove(decoder[nr].end < addr ||
		      decoder[nr].start > addr + (facts.rom_size - 1),
		      "nobody else is there");
	if (is_there(&facts.bar[i]))
		prove(!meets(&facts, addr, facts.bar[i].addr, facts.bar[i].size),
		      "no BAR of its own is there");
	reached("free");
}

/*
 * proof: may_touch
 * A function that is bound, used, denied, asleep or off limits is not touched,
 * and neither is one whose sibling may be using the same flash chip.
 * broken: rom/plan.c s/else if (standing->powered_down)/else if (0)/
 */
void may_touch(void)
{
	struct sb_standing standing = {
		.virtual_function = nondet_bool(),
		.no_register = nondet_bool(),
		.known_bad = nondet_bool(),
		.denied = nondet_bool(),
		.not_restored = nondet_bool(),
		.powered_down = nondet_bool(),
		.fixed = nondet_bool(),
		.untrusted = nondet_bool(),
		.sibling = nondet_bool(),
		.busy = nondet_u8(),
	};
	enum sb_why why = SB_WHY_QUEUED;

	if (!sb_may_touch(&standing, &why)) {
		prove(why != SB_WHY_QUEUED && why != SB_WHY_CAPTURED, "says why");
		reached("not touched");
		return;
	}
	prove(!standing.virtual_function && !standing.no_register &&
	      !standing.known_bad && !standing.denied && !standing.not_restored &&
	      !standing.powered_down && !standing.fixed && !standing.untrusted &&
	      !standing.sibling,
	      "nothing speaks against it");
	prove(!standing.busy || standing.busy == SB_BUSY_RESOURCE, "is idle");
	reached("touched");
}
