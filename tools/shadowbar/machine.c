// SPDX-License-Identifier: GPL-2.0-only
/*
 * machine: the facts in a list of functions, and the contradictions in it.
 *
 * A list may have been typed, cut, or made up. Anything that the PCI core would
 * not accept is rejected: an address counts as the kernel's only if it is in a
 * window of the bus and does not overlap anything else.
 */
#include <linux/pci_regs.h>

#include "machine.h"

/* Gaps up to this size on a root bus count as part of a window. */
#define GAP_IN_WINDOW	SZ_16M

/**
 * sb_machine_has_size() - is this a memory BAR whose size is known?
 * @bar: the BAR
 *
 * Return: true if it is.
 */
bool sb_machine_has_size(const struct sb_machine_bar *bar)
{
	return bar->present && !bar->io && bar->size;
}

/**
 * sb_machine_range() - make a range from a start and a size
 * @start: first address
 * @size: bytes
 * @range: set to the range
 *
 * Return: false if there is no such range.
 */
bool sb_machine_range(u64 start, u64 size, struct sb_range *range)
{
	range->start = start;
	range->end = start + size - 1;

	return size && range->end >= start;
}

/**
 * sb_machine_nr_bars() - the number of BAR registers in a function's header
 * @fn: the function
 *
 * Return: 6, 2 for a bridge, 0 for anything else.
 */
unsigned int sb_machine_nr_bars(const struct sb_machine_fn *fn)
{
	if (fn->other_header)
		return 0;

	return fn->bridge ? 2 : SB_MACHINE_BARS;
}

/**
 * sb_machine_same_bus() - are two functions on one bus?
 * @a: one
 * @b: the other
 *
 * Return: true if so.
 */
bool sb_machine_same_bus(const struct sb_machine_fn *a,
			 const struct sb_machine_fn *b)
{
	return a->domain == b->domain && a->bus == b->bus;
}

static bool is_subtractive(const struct sb_machine_fn *fn)
{
	return fn->bridge && (fn->class & 0xff) == 1;
}

/**
 * sb_machine_windows() - the memory windows of the bus that a function is on
 * @machine: the machine
 * @fn: the function
 * @window: filled
 * @pref: which of them are prefetchable
 *
 * The order is the one in which the PCI core tries them. Below a bridge that
 * forwards what nothing else claims, the windows of the bus above come last.
 *
 * Return: number of windows.
 */
unsigned int sb_machine_windows(const struct sb_machine *machine,
				const struct sb_machine_fn *fn,
				struct sb_range window[SB_MACHINE_WINDOWS],
				bool pref[SB_MACHINE_WINDOWS])
{
	const struct sb_machine_fn *bridge;
	const struct sb_machine_root *root;
	unsigned int nr = 0, i;

	while (fn->parent != SB_MACHINE_NO_PARENT) {
		bridge = &machine->fn[fn->parent];
		for (i = 0; i < 2; i++) {
			if (!bridge->window_claimed[i] ||
			    nr == SB_MACHINE_WINDOWS)
				continue;
			pref[nr] = i;
			window[nr++] = bridge->window[i];
		}
		if (!is_subtractive(bridge))
			return nr;
		fn = bridge;
	}

	root = &machine->root[fn->root];
	for (i = 0; i < root->nr_windows && nr < SB_MACHINE_WINDOWS; i++) {
		pref[nr] = false;
		window[nr++] = root->window[i];
	}

	return nr;
}

/**
 * sb_machine_window_of() - the window in which the PCI core would claim a range
 * @machine: the machine
 * @fn: the function
 * @range: the range
 * @pref: it is prefetchable
 *
 * Return: its number in sb_machine_windows(), or -1. The core claims nothing
 * in a prefetchable window that is not prefetchable itself.
 */
int sb_machine_window_of(const struct sb_machine *machine,
			 const struct sb_machine_fn *fn,
			 const struct sb_range *range, bool pref)
{
	struct sb_range window[SB_MACHINE_WINDOWS];
	bool prefetchable[SB_MACHINE_WINDOWS];
	unsigned int i, nr;

	nr = sb_machine_windows(machine, fn, window, prefetchable);
	for (i = 0; i < nr; i++)
		if (window[i].start <= range->start &&
		    range->end <= window[i].end)
			return prefetchable[i] && !pref ? -1 : (int)i;

	return -1;
}

/* Does anything on the bus overlap this range? */
static bool is_taken(const struct sb_machine *machine,
		     const struct sb_machine_fn *fn,
		     const struct sb_range *range)
{
	const struct sb_machine_fn *other;
	struct sb_range taken;
	unsigned int i, nr;

	for (i = 0; i < machine->nr; i++) {
		other = &machine->fn[i];
		if (!sb_machine_same_bus(fn, other))
			continue;
		for (nr = 0; nr < 2; nr++)
			if (other->window_claimed[nr] &&
			    sb_range_overlaps(&other->window[nr], range))
				return true;
		for (nr = 0; nr < SB_MACHINE_DECODERS; nr++)
			if (other->bar[nr].claimed &&
			    sb_machine_range(other->bar[nr].claim,
					     other->bar[nr].size, &taken) &&
			    sb_range_overlaps(&taken, range))
				return true;
	}

	return false;
}

static void claim_windows(struct sb_machine *machine, struct sb_machine_fn *fn,
			  sb_doubt_t doubt, void *context)
{
	unsigned int nr;

	for (nr = 0; nr < 2; nr++) {
		const struct sb_range *window = &fn->window[nr];

		if (!fn->bridge || !fn->open[nr])
			continue;
		if (sb_machine_window_of(machine, fn, window, nr) < 0)
			doubt(context, SB_DOUBT_OUTSIDE, fn, -1);
		else if (is_taken(machine, fn, window))
			doubt(context, SB_DOUBT_OVERLAP, fn, -1);
		else
			fn->window_claimed[nr] = true;
	}
}

/* Treat a BAR with inconsistent values as missing. */
static bool check_bar(const struct sb_machine_fn *fn, unsigned int nr,
		      sb_doubt_t doubt, void *context)
{
	const struct sb_machine_bar *bar = &fn->bar[nr];
	struct sb_range range;

	if (!bar->size)
		return false;
	if (bar->size & (bar->size - 1))
		doubt(context, SB_DOUBT_SIZE, fn, nr);
	else if (bar->is_64 && nr + 1 >= sb_machine_nr_bars(fn))
		doubt(context, SB_DOUBT_HALF, fn, nr);
	else if (bar->said && !IS_ALIGNED(bar->claim, bar->size))
		doubt(context, SB_DOUBT_UNALIGNED, fn, nr);
	else if (bar->said && !bar->is_64 &&
		 (!sb_machine_range(bar->claim, bar->size, &range) ||
		  range.end >= SZ_4G))
		doubt(context, SB_DOUBT_WIDE, fn, nr);
	else
		return true;

	return false;
}

static void claim_bars(struct sb_machine *machine, struct sb_machine_fn *fn,
		       sb_doubt_t doubt, void *context)
{
	struct sb_range range;
	unsigned int nr;

	for (nr = 0; nr < SB_MACHINE_DECODERS; nr++) {
		struct sb_machine_bar *bar = &fn->bar[nr];

		if (bar->io || !bar->present)
			continue;
		if (!check_bar(fn, nr, doubt, context)) {
			if (bar->size & (bar->size - 1))
				bar->size = 0;
			if (nr + 1 == SB_MACHINE_BARS)
				bar->is_64 = false;
			continue;
		}
		if (!bar->said || !sb_machine_range(bar->claim, bar->size, &range))
			continue;
		if (sb_machine_window_of(machine, fn, &range,
					 bar->pref || nr == SB_MACHINE_ROM) < 0)
			doubt(context, SB_DOUBT_OUTSIDE, fn, nr);
		else if (is_taken(machine, fn, &range))
			doubt(context, SB_DOUBT_OVERLAP, fn, nr);
		else
			bar->claimed = true;
	}
}

/* A bridge above has a lower bus number, so there are no cycles. */
static void find_parents(struct sb_machine *machine, sb_doubt_t doubt,
			 void *context)
{
	unsigned int i, j;

	for (i = 0; i < machine->nr; i++) {
		struct sb_machine_fn *fn = &machine->fn[i];

		if (fn->bridge && (fn->secondary <= fn->bus ||
				   fn->subordinate < fn->secondary) &&
		    (fn->secondary || fn->subordinate))
			doubt(context, SB_DOUBT_BUSES, fn, -1);

		fn->parent = SB_MACHINE_NO_PARENT;
		for (j = 0; j < machine->nr; j++) {
			const struct sb_machine_fn *bridge = &machine->fn[j];

			if (!bridge->bridge || bridge->domain != fn->domain ||
			    bridge->secondary != fn->bus ||
			    bridge->bus >= bridge->secondary)
				continue;
			if (fn->parent == SB_MACHINE_NO_PARENT)
				fn->parent = j;
			else if (!fn->devfn)
				doubt(context, SB_DOUBT_BUSES, bridge, -1);
		}
	}
}

static struct sb_machine_root *find_root(struct sb_machine *machine,
					 const struct sb_machine_fn *fn)
{
	struct sb_machine_root *root;
	unsigned int i;

	for (i = 0; i < machine->nr_roots; i++) {
		root = &machine->root[i];
		if (root->domain == fn->domain && root->bus == fn->bus)
			return root;
	}
	if (i == SB_MACHINE_ROOTS)
		return NULL;

	root = &machine->root[machine->nr_roots++];
	*root = (struct sb_machine_root){
		.domain = fn->domain,
		.bus = fn->bus,
		.guessed = true,
	};
	return root;
}

/* True for the lowest bus of a domain, and for a bus with a host bridge. */
static bool is_root_bus(const struct sb_machine *machine,
			const struct sb_machine_fn *fn)
{
	bool lowest = true, host = false;
	unsigned int i;

	for (i = 0; i < machine->nr; i++) {
		const struct sb_machine_fn *other = &machine->fn[i];

		if (other->domain == fn->domain && other->bus < fn->bus)
			lowest = false;
		if (sb_machine_same_bus(fn, other) &&
		    other->class >> 8 == 0x0600)
			host = true;
	}

	return lowest || host;
}

static void find_roots(struct sb_machine *machine, sb_doubt_t doubt,
		       void *context)
{
	unsigned int i;

	for (i = 0; i < machine->nr; i++) {
		struct sb_machine_fn *fn = &machine->fn[i];
		unsigned int before = machine->nr_roots;
		struct sb_machine_root *root;

		if (fn->parent != SB_MACHINE_NO_PARENT) {
			/* The list is sorted; bridges have lower numbers. */
			fn->root = machine->fn[fn->parent].root;
			continue;
		}
		root = find_root(machine, fn);
		if (!root) {
			doubt(context, SB_DOUBT_ORPHAN, fn, -1);
			root = machine->root;
		}
		fn->root = root - machine->root;
		if (machine->nr_roots == before || is_root_bus(machine, fn))
			continue;
		root->orphan = true;
		doubt(context, SB_DOUBT_ORPHAN, fn, -1);
	}
}

static void drop_window(struct sb_machine_root *root, unsigned int nr)
{
	for (root->nr_windows--; nr < root->nr_windows; nr++)
		root->window[nr] = root->window[nr + 1];
}

static u64 gap_between(const struct sb_range *a, const struct sb_range *b)
{
	if (sb_range_overlaps(a, b))
		return 0;
	return a->end < b->start ? b->start - a->end : a->start - b->end;
}

static void join(struct sb_range *into, const struct sb_range *range)
{
	if (range->start < into->start)
		into->start = range->start;
	if (range->end > into->end)
		into->end = range->end;
}

static bool is_low(const struct sb_range *range)
{
	return range->start < SZ_4G;
}

/* Windows extend from one range in use to the next, in whole MiB. */
static void grow_windows(struct sb_machine_root *root, struct sb_range range)
{
	unsigned int i, j;
	u64 best = U64_MAX;

	/* The kernel's own I/O ports and the legacy range look like memory. */
	if (range.end < SZ_1M || range.start == U64_MAX)
		return;
	range.start = ALIGN_DOWN(range.start, SZ_1M);
	range.end |= SZ_1M - 1;

	if (root->nr_windows < SB_MACHINE_WINDOWS) {
		root->window[root->nr_windows++] = range;
	} else {
		/* No room for another window: extend the nearest one. */
		for (i = j = 0; i < root->nr_windows; i++) {
			u64 gap = gap_between(&root->window[i], &range);

			if (gap < best) {
				best = gap;
				j = i;
			}
		}
		join(&root->window[j], &range);
	}

	for (i = 0; i < root->nr_windows; i++)
		for (j = i + 1; j < root->nr_windows; ) {
			struct sb_range *a = &root->window[i];
			struct sb_range *b = &root->window[j];

			/* No window crosses 4 GiB. */
			if (gap_between(a, b) > GAP_IN_WINDOW ||
			    is_low(a) != is_low(b)) {
				j++;
				continue;
			}
			join(a, b);
			drop_window(root, j);
			j = i + 1;
		}
}

static void sort_windows(struct sb_machine_root *root)
{
	unsigned int i, j;

	for (i = 0; i < root->nr_windows; i++)
		for (j = i + 1; j < root->nr_windows; j++) {
			struct sb_range range = root->window[i];

			if (root->window[j].start >= range.start)
				continue;
			root->window[i] = root->window[j];
			root->window[j] = range;
		}
}

/* If nothing is known about a host bridge, it forwards what is on its bus. */
static void guess_windows(struct sb_machine *machine)
{
	struct sb_range range;
	unsigned int i, nr;

	for (i = 0; i < machine->nr; i++) {
		struct sb_machine_fn *fn = &machine->fn[i];
		struct sb_machine_root *root = &machine->root[fn->root];

		if (fn->parent != SB_MACHINE_NO_PARENT || !root->guessed)
			continue;
		for (nr = 0; nr < 2; nr++)
			if (fn->bridge && fn->open[nr])
				grow_windows(root, fn->window[nr]);
		for (nr = 0; nr < SB_MACHINE_DECODERS; nr++) {
			const struct sb_machine_bar *bar = &fn->bar[nr];

			if (sb_machine_has_size(bar) && bar->said &&
			    sb_machine_range(bar->claim, bar->size, &range))
				grow_windows(root, range);
		}
	}
	for (i = 0; i < machine->nr_roots; i++)
		if (machine->root[i].guessed)
			sort_windows(&machine->root[i]);
}

/* Bridge registers have a granularity of 1 MiB (P2P 3.2.5.8). */
static void check_windows(struct sb_machine *machine, sb_doubt_t doubt,
			  void *context)
{
	unsigned int i, nr;

	for (i = 0; i < machine->nr; i++) {
		struct sb_machine_fn *fn = &machine->fn[i];

		for (nr = 0; nr < 2; nr++) {
			struct sb_range *window = &fn->window[nr];

			if (!fn->bridge)
				fn->open[nr] = false;
			if (!fn->open[nr])
				continue;
			if (window->start <= window->end &&
			    IS_ALIGNED(window->start, SZ_1M) &&
			    IS_ALIGNED(window->end + 1, SZ_1M) &&
			    (nr || window->end < SZ_4G))
				continue;
			doubt(context, SB_DOUBT_WINDOW, fn, -1);
			fn->open[nr] = false;
		}
	}
}

static void drop_twins(struct sb_machine *machine, sb_doubt_t doubt,
		       void *context)
{
	unsigned int i, nr = 0;

	for (i = 0; i < machine->nr; i++) {
		const struct sb_machine_fn *fn = &machine->fn[i];

		if (nr && sb_machine_same_bus(fn, &machine->fn[nr - 1]) &&
		    fn->devfn == machine->fn[nr - 1].devfn) {
			doubt(context, SB_DOUBT_TWICE, fn, -1);
			continue;
		}
		machine->fn[nr++] = *fn;
	}
	machine->nr = nr;
}

/* Do accesses to the legacy VGA range reach a function's bus? */
static bool vga_reaches(const struct sb_machine *machine,
			const struct sb_machine_fn *fn)
{
	while (fn->parent != SB_MACHINE_NO_PARENT) {
		fn = &machine->fn[fn->parent];
		if (!fn->vga_below)
			return false;
	}

	return true;
}

/* Find the device with a shadowed ROM, or else the one that is enabled. */
static void find_boot_vga(struct sb_machine *machine)
{
	const u16 on = PCI_COMMAND_IO | PCI_COMMAND_MEMORY;
	struct sb_machine_fn *found = NULL;
	unsigned int i;

	for (i = 0; i < machine->nr; i++) {
		struct sb_machine_fn *fn = &machine->fn[i];

		if (fn->boot_vga)
			return;
		if (fn->class >> 8 != 0x0300)
			continue;
		if (fn->bar[SB_MACHINE_ROM].shadowed) {
			fn->boot_vga = true;
			return;
		}
		if (!found && (fn->command & on) == on &&
		    vga_reaches(machine, fn))
			found = fn;
	}
	if (found)
		found->boot_vga = true;
}

/**
 * sb_machine_vga_conflict() - would a function decode the boot VGA device's
 *			       range?
 * @machine: the machine
 * @fn: the function, which does not decode memory now
 *
 * Return: true if it would once it decodes memory.
 */
bool sb_machine_vga_conflict(const struct sb_machine *machine,
			     const struct sb_machine_fn *fn)
{
	bool other = false;
	unsigned int i;

	for (i = 0; i < machine->nr; i++)
		other |= machine->fn[i].boot_vga && &machine->fn[i] != fn;

	return other && fn->class >> 8 == 0x0300 && vga_reaches(machine, fn);
}

/**
 * sb_machine_settle() - work out relations, and find contradictions
 * @machine: functions, sorted, and root buses with known windows.
 *	     @machine->root has room for SB_MACHINE_ROOTS
 * @doubt: called for each contradiction
 * @context: for @doubt
 *
 * Anything that contradicts something else counts as not claimed by the kernel.
 */
void sb_machine_settle(struct sb_machine *machine, sb_doubt_t doubt,
		       void *context)
{
	unsigned int i, nr;

	drop_twins(machine, doubt, context);
	find_parents(machine, doubt, context);
	find_roots(machine, doubt, context);
	check_windows(machine, doubt, context);
	guess_windows(machine);
	find_boot_vga(machine);

	/* As the core does: windows first, from the root bus down. */
	for (i = 0; i < machine->nr; i++) {
		machine->fn[i].window_claimed[0] = false;
		machine->fn[i].window_claimed[1] = false;
		for (nr = 0; nr < SB_MACHINE_DECODERS; nr++)
			machine->fn[i].bar[nr].claimed = false;
	}
	for (i = 0; i < machine->nr; i++)
		claim_windows(machine, &machine->fn[i], doubt, context);
	for (i = 0; i < machine->nr; i++)
		claim_bars(machine, &machine->fn[i], doubt, context);
}

/**
 * sb_doubt_text() - a description of a contradiction
 * @doubt: the contradiction
 *
 * Return: a constant string.
 */
const char *sb_doubt_text(enum sb_doubt doubt)
{
	static const char * const text[] = {
		[SB_DOUBT_TWICE] = "is listed twice; one entry is ignored",
		[SB_DOUBT_SIZE] = "has a size that is not a power of two",
		[SB_DOUBT_UNALIGNED] = "has an address that is not a multiple of its size",
		[SB_DOUBT_WIDE] = "is 32 bits wide but has an address above 4 GiB",
		[SB_DOUBT_HALF] = "is 64 bits wide but has no register for the upper half",
		[SB_DOUBT_WINDOW] = "has a window that no bridge register can hold",
		[SB_DOUBT_OUTSIDE] = "has an address outside every window of its bus",
		[SB_DOUBT_OVERLAP] = "has an address that another one on its bus has too",
		[SB_DOUBT_BUSES] = "has bus numbers that contradict others",
		[SB_DOUBT_ORPHAN] = "is on a bus that no listed bridge leads to",
	};

	return text[doubt];
}
