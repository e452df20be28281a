// SPDX-License-Identifier: GPL-2.0-only
/*
 * plan: decide where a ROM can be read.
 *
 * Section numbers refer to the PCI Local Bus Specification 3.0.
 */
#include <linux/pci_regs.h>
#include <shadowbar/plan.h>

/**
 * sb_may_touch() - may a function be touched at all?
 * @standing: what is known without touching it
 * @why: set to the reason if it may not
 *
 * Reasons that cannot change come first, so that the one given is the one that
 * a person has to act on.
 *
 * Return: true if it may.
 */
bool sb_may_touch(const struct sb_standing *standing, enum sb_why *why)
{
	if (standing->virtual_function)
		*why = SB_WHY_VIRTUAL;
	else if (standing->no_register)
		*why = SB_WHY_NO_ROM_BAR;
	else if (standing->fixed)
		*why = SB_WHY_FIXED;
	else if (standing->known_bad)
		*why = SB_WHY_KNOWN_BAD;
	else if (standing->denied)
		*why = SB_WHY_DENIED;
	else if (standing->not_restored)
		*why = SB_WHY_NOT_RESTORED;
	else if (standing->busy == SB_BUSY_DRIVER)
		*why = SB_WHY_DRIVER_BOUND;
	/* A busy resource only pins BARs and decoding. */
	else if (standing->busy && standing->busy != SB_BUSY_RESOURCE)
		*why = SB_WHY_IN_USE;
	else if (standing->untrusted)
		*why = SB_WHY_UNTRUSTED;
	else if (standing->sibling)
		*why = SB_WHY_SIBLING;
	else if (standing->powered_down)
		*why = SB_WHY_POWERED_DOWN;
	else
		return true;

	return false;
}

/*
 * The address in the register is the one that the kernel assigned to the BAR.
 */
static bool bar_is_believable(const struct sb_bar *bar)
{
	return bar->size && bar->claimed && bar->addr == bar->claim;
}

/* What a BAR decodes; false if there is no BAR, or it has no address yet. */
static bool bar_range(const struct sb_bar *bar, struct sb_range *range)
{
	range->start = bar->addr;
	range->end = bar->addr + bar->size - 1;

	return bar->size && bar->addr;
}

/* Does a BAR of the same function, except @except, have this address? */
static bool own_bar_overlaps(const struct sb_facts *facts, u64 start, u64 size,
			     unsigned long except)
{
	struct sb_range range;
	const struct sb_ranges one = { .range = &range, .nr = 1 };
	unsigned int i;

	for (i = 0; i < SB_MAX_BARS; i++)
		if (!(except & BIT(i)) && bar_range(&facts->bar[i], &range) &&
		    sb_ranges_overlap(&one, start, size))
			return true;

	return false;
}

/**
 * sb_facts_rom_bar() - can the address in the ROM BAR be trusted?
 * @facts: the function
 *
 * This is about the register's value only: whether decoding was on is a
 * separate file in sysfs.
 *
 * Return: the state of the ROM BAR.
 */
enum sb_rom_bar sb_facts_rom_bar(const struct sb_facts *facts)
{
	u64 addr = facts->rom_raw & (u32)PCI_ROM_ADDRESS_MASK;
	enum sb_rom_bar state;

	state = sb_rom_bar_state(facts->rom_raw, facts->rom_size,
				 &facts->windows, &facts->decoders);
	if (state == SB_ROM_BAR_PROGRAMMED &&
	    (facts->rom_taken ||
	     own_bar_overlaps(facts, addr, facts->rom_size, 0)))
		return SB_ROM_BAR_OVERLAP;

	return state;
}

/**
 * sb_path_forwards() - do all bridges above a function forward these addresses?
 * @facts: the function
 * @start: first address
 * @size: bytes
 *
 * Return: true if they do; always true on the root bus.
 */
bool sb_path_forwards(const struct sb_facts *facts, u64 start, u64 size)
{
	unsigned int i;

	for (i = 0; i < facts->nr_bridges; i++)
		if (!sb_bridge_forwards(&facts->bridge[i], start, size))
			return false;

	return true;
}

/* A bridge that does not decode memory hides everything below it. */
static bool path_is_closed(const struct sb_facts *facts)
{
	unsigned int i;

	for (i = 0; i < facts->nr_bridges; i++)
		if (!(facts->bridge[i].command & PCI_COMMAND_MEMORY))
			return true;

	return false;
}

/*
 * Can the ROM decode this address, and nothing else? A ROM BAR is 32 bits wide
 * (section 6.2.5.2), and its address is naturally aligned.
 */
static bool rom_fits(const struct sb_facts *facts, u64 addr)
{
	u64 size = facts->rom_size;

	return addr && IS_ALIGNED(addr, size) && addr + size <= SZ_4G &&
	       !sb_ranges_overlap(&facts->decoders, addr, size) &&
	       sb_path_forwards(facts, addr, size);
}

static bool in_place(const struct sb_facts *facts, u64 *addr)
{
	/* The kernel's resource takes precedence over the register. */
	if (facts->rom_claimed) {
		*addr = facts->rom_claim;
		return sb_ranges_contain(&facts->windows, *addr,
					 facts->rom_size) &&
		       !own_bar_overlaps(facts, *addr, facts->rom_size, 0) &&
		       rom_fits(facts, *addr);
	}

	*addr = facts->rom_raw & (u32)PCI_ROM_ADDRESS_MASK;
	return facts->decode_at_first &&
	       sb_facts_rom_bar(facts) == SB_ROM_BAR_PROGRAMMED &&
	       rom_fits(facts, *addr);
}

/**
 * sb_park_addr() - the address to which a BAR is moved out of the way
 * @bar: the BAR
 *
 * A single BAR cannot be disabled, so it gets the value that every sizing write
 * leaves in it: all ones down to its size. No bridge forwards that address, and
 * hypervisors take this value, and no other, for an unmapped BAR.
 *
 * Return: the address.
 */
u64 sb_park_addr(const struct sb_bar *bar)
{
	u64 addr = ~(bar->size - 1);

	return bar->is_64 ? addr : (u32)addr;
}

/* A 32-bit BAR must not reach down to the MSI range. */
static bool can_park(const struct sb_facts *facts, const struct sb_bar *bar)
{
	return bar->is_64 ||
	       (facts->can_park && sb_park_addr(bar) >= SB_PARK_START);
}

/* Another, untrusted BAR may hold the same address. */
static bool can_lend(const struct sb_facts *facts, unsigned int nr,
		     unsigned long parked)
{
	const struct sb_bar *bar = &facts->bar[nr];

	return bar_is_believable(bar) && bar->size >= facts->rom_size &&
	       rom_fits(facts, bar->claim) && can_park(facts, bar) &&
	       !own_bar_overlaps(facts, bar->claim, facts->rom_size,
				 parked | BIT(nr));
}

/* The smallest BAR that fits, because less moves. */
static bool borrow(const struct sb_facts *facts, struct sb_plan *plan)
{
	const struct sb_bar *lender = NULL;
	unsigned int i;

	for (i = 0; i < SB_MAX_BARS; i++) {
		const struct sb_bar *bar = &facts->bar[i];

		if (can_lend(facts, i, plan->parked) &&
		    (!lender || bar->size < lender->size))
			lender = bar;
	}
	if (!lender)
		return false;

	plan->lender = lender - facts->bar;
	plan->addr = lender->claim;
	plan->parked |= BIT(plan->lender);
	return true;
}

/* With decoding on, would this BAR conflict with nothing else? */
static bool bar_may_decode(const struct sb_facts *facts, unsigned int nr)
{
	const struct sb_bar *bar = &facts->bar[nr];

	return bar_is_believable(bar) &&
	       !sb_ranges_overlap(&facts->decoders, bar->addr, bar->size);
}

/**
 * sb_plan_make() - decide where to read a ROM
 * @facts: the function, which may be touched and has a ROM BAR
 * @plan: the decision
 *
 * In place if the ROM has an address that can be trusted, else at the address
 * of another BAR of the function, else in a hole. Whether there is a hole turns
 * out later: see sb_plan_hole().
 *
 * If decoding is off, it must be on for the read, and then every BAR of the
 * function decodes whatever address it holds. So BARs that cannot be trusted
 * are parked first, and so are those that conflict with a neighbour.
 */
void sb_plan_make(const struct sb_facts *facts, struct sb_plan *plan)
{
	unsigned int i;

	*plan = (struct sb_plan){ .source = SB_SOURCE_NONE };

	if (!facts->decode && facts->pinned) {
		plan->why = SB_WHY_PINNED_OFF;
		return;
	}
	if (path_is_closed(facts)) {
		plan->why = SB_WHY_BRIDGE_CLOSED;
		return;
	}
	if (!facts->decode && facts->vga_conflict) {
		plan->why = SB_WHY_VGA;
		return;
	}

	for (i = 0; !facts->decode && i < SB_MAX_BARS; i++) {
		if (!facts->bar[i].size || bar_may_decode(facts, i))
			continue;
		if (!can_park(facts, &facts->bar[i])) {
			plan->why = SB_WHY_CANNOT_PARK;
			return;
		}
		plan->parked |= BIT(i);
	}

	plan->why = SB_WHY_CAPTURED;
	if (in_place(facts, &plan->addr))
		plan->source = SB_SOURCE_IN_PLACE;
	else if (facts->borrow && !facts->pinned && borrow(facts, plan))
		plan->source = SB_SOURCE_BORROWED;
	else
		plan->source = SB_SOURCE_HOLE;
}

static u64 align_up(u64 addr, u64 size)
{
	return ALIGN_DOWN(addr + size - 1, size);
}

/**
 * sb_place_size() - the size of a new place for a ROM
 * @facts: the function
 *
 * Whole pages: vfio-pci lets a guest map a BAR that is smaller than a page only
 * if nothing else in the resource tree is in that page.
 *
 * Return: bytes, a power of two.
 */
u64 sb_place_size(const struct sb_facts *facts)
{
	return facts->rom_size > facts->page_size ? facts->rom_size :
						    facts->page_size;
}

/* The end of the first decoder that is in the way; false if there is none. */
static bool hole_is_blocked(const struct sb_facts *facts, u64 addr, u64 *end)
{
	const struct sb_range rom = {
		.start = addr,
		.end = addr + sb_place_size(facts) - 1,
	};
	unsigned int i;

	for (i = 0; i < facts->decoders.nr; i++) {
		*end = facts->decoders.range[i].end;
		if (sb_range_overlaps(&facts->decoders.range[i], &rom))
			return true;
	}
	for (i = 0; i < SB_MAX_BARS; i++) {
		struct sb_range range;

		if (!bar_range(&facts->bar[i], &range))
			continue;
		*end = range.end;
		if (sb_range_overlaps(&range, &rom))
			return true;
	}

	return false;
}

/**
 * sb_plan_hole() - the first place for a ROM in a free part of a window
 * @facts: the function
 * @start: first free address
 * @end: last free address
 *
 * Free means free in the kernel's resource tree. Decoders that are not in the
 * tree are skipped, and so is everything below 1 MiB: the legacy VGA range is
 * offered first, and accesses to it do not reach the function.
 *
 * Return: the address, or U64_MAX if there is no place.
 */
u64 sb_plan_hole(const struct sb_facts *facts, u64 start, u64 end)
{
	u64 size = sb_place_size(facts);
	u64 addr, blocked_to;

	if (start < SZ_1M)
		start = SZ_1M;
	if (end >= SZ_4G)
		end = SZ_4G - 1;

	/* Each round skips at least one decoder, so this ends. */
	for (addr = align_up(start, size);
	     addr >= start && addr <= end && end - addr >= size - 1;
	     addr = align_up(blocked_to + 1, size)) {
		if (hole_is_blocked(facts, addr, &blocked_to)) {
			if (blocked_to >= end)
				break;
			continue;
		}
		return sb_path_forwards(facts, addr, size) ? addr : U64_MAX;
	}

	return U64_MAX;
}
