// SPDX-License-Identifier: GPL-2.0-only
/*
 * foresee: what the module would do with a machine.
 *
 * This stands in for the module's effects: gather.c, decoders.c, and the order
 * of writes in capture.c. The module's own code makes all decisions.
 */
#include <linux/pci_regs.h>
#include <shadowbar/deny.h>
#include <shadowbar/place.h>

#include "foresee.h"

/* Smallest sizes of a memory BAR and a ROM BAR; see decoders.c */
#define SMALLEST_BAR	16
#define SMALLEST_ROM	SZ_2K

#define COMMAND_MASTER	((u16)PCI_COMMAND_MASTER)
#define COMMAND_MEMORY	((u16)PCI_COMMAND_MEMORY)

/**
 * sb_foresight_room() - the number of elements that the arrays need
 * @machine: the machine
 *
 * Return: the number.
 */
unsigned int sb_foresight_room(const struct sb_machine *machine)
{
	/* Each BAR as claimed and as in its register, and bridge windows */
	return machine->nr * (2 * SB_MACHINE_DECODERS + 2) + 1;
}

static struct sb_owner owner_of(const struct sb_machine_fn *fn,
				enum sb_decoder_kind kind, unsigned int nr)
{
	return (struct sb_owner){
		.domain = fn->domain,
		.bus = fn->bus,
		.devfn = fn->devfn,
		.kind = kind,
		.nr = nr,
	};
}

static bool decodes(const struct sb_machine_fn *fn)
{
	return fn->command & PCI_COMMAND_MEMORY;
}

static void add(struct sb_foresight *foresight,
		const struct sb_decoder *decoder)
{
	if (foresight->nr < foresight->room)
		foresight->decoder[foresight->nr++] = *decoder;
}

static void add_decoder(struct sb_foresight *foresight,
			const struct sb_machine_fn *fn, unsigned int nr)
{
	struct sb_machine_bar now = fn->bar[nr], *bar = &now;
	bool is_rom = nr == SB_MACHINE_ROM;
	struct sb_decoder decoder = {
		.owner = owner_of(fn, is_rom ? SB_DECODER_ROM : SB_DECODER_BAR,
				  is_rom ? 0 : nr),
		.enabled = decodes(fn),
	};
	u64 size = bar->size;

	if (fn == foresight->mover && !is_rom && foresight->moved[nr]) {
		bar->claim = foresight->moved[nr];
		bar->reg = bar->claim;
	}
	if (!bar->present || bar->io)
		return;

	if (bar->claimed && sb_machine_range(bar->claim, size,
					     &decoder.range)) {
		decoder.claimed = true;
		add(foresight, &decoder);
	}

	/* The register, if it differs from the claim */
	decoder.claimed = false;
	decoder.enabled &= !is_rom || bar->enabled;
	if (!bar->known || !bar->reg ||
	    (bar->claimed && bar->reg == bar->claim))
		return;
	if (!size && decoder.enabled)
		size = bar->reg & -bar->reg;
	else if (!size)
		size = is_rom ? SMALLEST_ROM : SMALLEST_BAR;
	if (!sb_machine_range(bar->reg, size, &decoder.range))
		decoder.range.end = U64_MAX;
	add(foresight, &decoder);
}

static void add_windows(struct sb_foresight *foresight,
			const struct sb_machine_fn *fn)
{
	unsigned int nr;

	for (nr = 0; nr < 2; nr++) {
		const struct sb_decoder decoder = {
			.range = fn->window[nr],
			.owner = owner_of(fn, SB_DECODER_WINDOW, nr),
			.claimed = fn->window_claimed[nr],
			.enabled = decodes(fn),
		};

		if (fn->open[nr])
			add(foresight, &decoder);
	}
}

static bool is_above(const struct sb_machine *machine,
		     const struct sb_machine_fn *bridge,
		     const struct sb_machine_fn *fn)
{
	while (fn->parent != SB_MACHINE_NO_PARENT) {
		fn = &machine->fn[fn->parent];
		if (fn == bridge)
			return true;
	}

	return false;
}

/* Find what is on a function's bus and on those above. */
static void find_decoders(struct sb_foresight *foresight,
			  const struct sb_machine_fn *fn)
{
	const struct sb_machine *machine = foresight->machine;
	const struct sb_machine_fn *at = fn;
	unsigned int i, nr;

	if (foresight->bus == fn)
		return;
	foresight->bus = fn;
	foresight->nr = 0;
	for (;;) {
		for (i = 0; i < machine->nr; i++) {
			const struct sb_machine_fn *other = &machine->fn[i];

			if (!sb_machine_same_bus(at, other))
				continue;
			for (nr = 0; nr < sb_machine_nr_bars(other); nr++)
				add_decoder(foresight, other, nr);
			if (!other->other_header)
				add_decoder(foresight, other, SB_MACHINE_ROM);
			if (other->bridge && !is_above(machine, other, fn))
				add_windows(foresight, other);
		}
		if (at->parent == SB_MACHINE_NO_PARENT)
			break;
		at = &machine->fn[at->parent];
	}
}

static bool is_of(const struct sb_decoder *decoder,
		  const struct sb_machine_fn *fn)
{
	return decoder->owner.bus == fn->bus &&
	       decoder->owner.devfn == fn->devfn;
}

/* As gather_decoders(): what is neither claimed nor enabled may be stale. */
static void gather_decoders(struct sb_foresight *foresight,
			    const struct sb_machine_fn *fn,
			    struct sb_facts *facts)
{
	unsigned int i;

	find_decoders(foresight, fn);
	facts->decoders = (struct sb_ranges){ foresight->decoded, 0 };
	for (i = 0; i < foresight->nr; i++) {
		const struct sb_decoder *decoder = &foresight->decoder[i];

		if ((decoder->claimed || decoder->enabled) &&
		    !is_of(decoder, fn))
			foresight->decoded[facts->decoders.nr++] =
				decoder->range;
	}
}

static u32 low_window(const struct sb_range *window, bool open)
{
	if (!open)
		return 0xfff0;	/* the base above the limit */

	return ((window->start >> 16) & 0xfff0) | (window->end & 0xfff00000);
}

static void gather_bridges(struct sb_foresight *foresight,
			   const struct sb_machine_fn *fn,
			   struct sb_facts *facts)
{
	const struct sb_machine *machine = foresight->machine;
	const u32 type = PCI_PREF_RANGE_TYPE_64 | PCI_PREF_RANGE_TYPE_64 << 16;

	while (fn->parent != SB_MACHINE_NO_PARENT) {
		struct sb_bridge *bridge =
			&foresight->bridge[facts->nr_bridges];

		fn = &machine->fn[fn->parent];
		*bridge = (struct sb_bridge){
			.command = fn->command,
			.memory = low_window(&fn->window[0], fn->open[0]),
			.prefetch = low_window(&fn->window[1], fn->open[1]) |
				    type,
			.subtractive = (fn->class & 0xff) == 1,
		};
		if (fn->open[1]) {
			bridge->prefetch_base_high = fn->window[1].start >> 32;
			bridge->prefetch_limit_high = fn->window[1].end >> 32;
		}
		facts->nr_bridges++;
	}
	facts->bridge = foresight->bridge;
}

static bool is_pinned(const struct sb_machine_fn *fn)
{
	return fn->bridge || fn->in_use || (decodes(fn) && fn->boot_vga);
}

static void gather_bars(const struct sb_machine_fn *fn, struct sb_facts *facts)
{
	unsigned int nr;

	for (nr = 0; nr < sb_machine_nr_bars(fn); nr++) {
		const struct sb_machine_bar *bar = &fn->bar[nr];

		if (!sb_machine_has_size(bar))
			continue;
		facts->bar[nr] = (struct sb_bar){
			.addr = bar->known ? bar->reg : 0,
			.size = bar->size,
			.claim = bar->claimed ? bar->claim : 0,
			.is_64 = bar->is_64,
			.claimed = bar->claimed,
		};
	}
}

/* As sb_around_hold(): does the kernel have something else at the address? */
static bool rom_is_taken(struct sb_foresight *foresight,
			 const struct sb_machine_fn *fn,
			 const struct sb_facts *facts)
{
	struct sb_range rom;
	unsigned int i;

	if (facts->rom_claimed ||
	    !sb_machine_range(facts->rom_raw & (u32)PCI_ROM_ADDRESS_MASK,
			      facts->rom_size, &rom) ||
	    !sb_ranges_contain(&facts->windows, rom.start, facts->rom_size))
		return false;

	for (i = 0; i < foresight->nr; i++) {
		const struct sb_decoder *decoder = &foresight->decoder[i];

		if (decoder->claimed && decoder->owner.bus == fn->bus &&
		    sb_range_overlaps(&decoder->range, &rom))
			return true;
	}

	return false;
}

/* Find the first claim that starts at or after an address. */
static bool next_claim(const struct sb_foresight *foresight,
		       const struct sb_machine_fn *fn, u64 from,
		       const struct sb_range *window, struct sb_range *claim)
{
	bool found = false;
	unsigned int i;

	for (i = 0; i < foresight->nr; i++) {
		const struct sb_decoder *decoder = &foresight->decoder[i];

		if (!decoder->claimed || decoder->owner.bus != fn->bus ||
		    decoder->range.start < from ||
		    decoder->range.start < window->start ||
		    decoder->range.end > window->end ||
		    (found && decoder->range.start >= claim->start))
			continue;
		*claim = decoder->range;
		found = true;
	}

	return found;
}

/* Report the free ranges in a part of a window, gap by gap. */
static void show_gaps(const struct sb_foresight *foresight,
		      const struct sb_machine_fn *fn,
		      const struct sb_range *window, const struct sb_range *part,
		      sb_gap_t gap, void *context)
{
	u64 start = window->start, first, last;
	struct sb_range claim;
	bool more;

	do {
		more = next_claim(foresight, fn, start, window, &claim);
		first = start > part->start ? start : part->start;
		last = more ? claim.start - 1 : window->end;
		if (last > part->end)
			last = part->end;
		/* There is no gap if a claim starts right there. */
		if (first <= last && (!more || claim.start > start))
			gap(context, first, last);
		if (more && claim.end >= window->end)
			return;
		start = claim.end + 1;
	} while (more);
}

/**
 * struct hole - a search for a free range for a ROM
 * @facts: the facts about its function
 * @addr: the address, U64_MAX until one is found
 */
struct hole {
	const struct sb_facts *facts;
	u64 addr;
};

static void take_hole(void *context, u64 start, u64 end)
{
	struct hole *hole = context;
	u64 align = sb_place_size(hole->facts);

	if (hole->addr != U64_MAX)
		return;
	start = ALIGN_DOWN(start + align - 1, align);
	if (start <= end)
		hole->addr = sb_plan_hole(hole->facts, start, end);
}

/* As pci_bus_alloc_resource(): window by window, gap by gap. */
static u64 find_hole(struct sb_foresight *foresight,
		     const struct sb_machine_fn *fn,
		     const struct sb_facts *facts)
{
	struct hole hole = { .facts = facts, .addr = U64_MAX };
	struct sb_range window[SB_MACHINE_WINDOWS], part;
	bool pref[SB_MACHINE_WINDOWS];
	unsigned int nr, i;

	find_decoders(foresight, fn);
	nr = sb_machine_windows(foresight->machine, fn, window, pref);
	for (i = 0; i < nr; i++) {
		part = window[i];
		if (part.start > U32_MAX)
			continue;
		if (part.end > U32_MAX)
			part.end = U32_MAX;
		show_gaps(foresight, fn, &window[i], &part, take_hole, &hole);
	}

	return hole.addr;
}

static void add_write(struct sb_foreseen_rom *rom, unsigned int where,
		      unsigned int size, u32 value)
{
	if (rom->nr_writes == SB_FORESIGHT_WRITES)
		return;

	rom->write[rom->nr_writes++] = (struct sb_foreseen_write){
		.where = where,
		.size = size,
		.value = value,
	};
}

static void add_command(struct sb_foreseen_rom *rom, u16 *command, u16 value)
{
	if (*command != value)
		add_write(rom, PCI_COMMAND, 2, value);
	*command = value;
}

/* As program() in capture.c. */
static void foresee_writes(const struct sb_machine_fn *fn,
			   const struct sb_facts *facts,
			   struct sb_foreseen_rom *rom)
{
	const struct sb_plan *plan = &rom->plan;
	u16 command = fn->command, value;
	unsigned int nr;
	u64 addr;

	value = command;
	if (!facts->pinned)
		value &= ~COMMAND_MASTER;
	if (plan->parked)
		value &= ~COMMAND_MEMORY;
	add_command(rom, &command, value);

	for (nr = 0; nr < SB_MAX_BARS; nr++) {
		if (!(plan->parked & BIT(nr)))
			continue;
		addr = sb_park_addr(&facts->bar[nr]);
		add_write(rom, PCI_BASE_ADDRESS_0 + 4 * nr, 4, (u32)addr);
		if (facts->bar[nr].is_64)
			add_write(rom, PCI_BASE_ADDRESS_0 + 4 * nr + 4, 4,
				  addr >> 32);
	}
	add_write(rom, fn->bridge ? PCI_ROM_ADDRESS1 : PCI_ROM_ADDRESS, 4,
		  (u32)plan->addr | PCI_ROM_ADDRESS_ENABLE);
	add_command(rom, &command, command | COMMAND_MEMORY);
}

/* Does the list leave out a register or a size that matters? */
static bool is_unsure(const struct sb_machine_fn *fn)
{
	unsigned int nr;

	for (nr = 0; nr < SB_MACHINE_DECODERS; nr++) {
		const struct sb_machine_bar *bar = &fn->bar[nr];

		if (!bar->present || bar->io)
			continue;
		if (!bar->known || (nr != SB_MACHINE_ROM && !bar->size))
			return true;
	}

	return false;
}

/* As sb_use_of(). A user of one of its BARs only pins it, see is_pinned(). */
static enum sb_busy busy_of(const struct sb_machine_fn *fn, bool bound)
{
	const struct sb_use use = {
		.by[SB_BUSY_CXL] = fn->class >> 8 == 0x0502,
		.by[SB_BUSY_DRIVER] = bound,
		.by[SB_BUSY_ENABLED] = !bound && fn->enabled,
		.by[SB_BUSY_VFS] = !bound && fn->has_vfs,
	};

	return sb_is_busy(&use);
}

/**
 * sb_foresee_rom() - predict what would happen to a function's ROM
 * @foresight: the machine, and arrays
 * @fn: the function
 * @rom_size: bytes that its ROM BAR decodes; 0 if it has none
 * @bound: a driver is bound
 * @rom: filled
 */
void sb_foresee_rom(struct sb_foresight *foresight,
		    const struct sb_machine_fn *fn, u64 rom_size, bool bound,
		    struct sb_foreseen_rom *rom)
{
	const struct sb_machine_bar *bar = &fn->bar[SB_MACHINE_ROM];
	const struct sb_standing standing = {
		.virtual_function = fn->virtual_function,
		.no_register = fn->other_header || !rom_size,
		.known_bad = sb_deny_builtin(fn->vendor, fn->device),
		.busy = busy_of(fn, bound),
		.powered_down = fn->power,
	};
	struct sb_range window[SB_MACHINE_WINDOWS];
	bool pref[SB_MACHINE_WINDOWS];
	struct sb_facts facts = {
		.rom_raw = bar->reg | (bar->enabled ? PCI_ROM_ADDRESS_ENABLE :
						      0),
		.rom_size = rom_size,
		.page_size = foresight->machine->page_size,
		.rom_claim = bar->claimed ? bar->claim : 0,
		.rom_claimed = bar->claimed,
		.decode = decodes(fn),
		.decode_at_first = decodes(fn),
		.pinned = is_pinned(fn),
		.vga_conflict = sb_machine_vga_conflict(foresight->machine, fn),
		.borrow = foresight->borrow,
		.can_park = true,
	};
	const struct sb_range park = { SB_PARK_START, SB_PARK_END };
	unsigned int i;

	*rom = (struct sb_foreseen_rom){
		.unsure = is_unsure(fn),
		.busy = standing.busy,
	};
	gather_bars(fn, &facts);
	gather_decoders(foresight, fn, &facts);
	gather_bridges(foresight, fn, &facts);
	facts.windows.range = window;
	facts.windows.nr = sb_machine_windows(foresight->machine, fn, window,
					      pref);
	for (i = 0; i < foresight->machine->root[fn->root].nr_windows; i++)
		if (sb_range_overlaps(&park, &foresight->machine->root[fn->root]
					     .window[i]))
			facts.can_park = false;
	facts.rom_taken = rom_is_taken(foresight, fn, &facts);
	rom->rom_bar = rom_size ? sb_facts_rom_bar(&facts) : SB_ROM_BAR_ABSENT;

	if (!sb_may_touch(&standing, &rom->why))
		return;

	sb_plan_make(&facts, &rom->plan);
	rom->why = rom->plan.why;
	if (rom->plan.source == SB_SOURCE_HOLE) {
		rom->plan.addr = find_hole(foresight, fn, &facts);
		if (rom->plan.addr == U64_MAX) {
			rom->plan.source = SB_SOURCE_NONE;
			rom->why = SB_WHY_NO_ADDRESS;
		}
	}
	if (rom->why == SB_WHY_CAPTURED)
		foresee_writes(fn, &facts, rom);
}

/* Does vfio-pci find the rest of the page free in the kernel's resources? */
static bool vfio_maps(const struct sb_foresight *foresight,
		      const struct sb_machine_fn *fn,
		      const struct sb_page_bar *bar)
{
	struct sb_range page;
	unsigned int i;

	if (!bar->assigned)
		return false;
	if (bar->size >= bar->page_size)
		return true;
	if (!sb_page_is_partial(bar))
		return false;

	page = sb_page_range(bar);
	if (sb_machine_window_of(foresight->machine, fn, &page, true) < 0)
		return false;
	for (i = 0; i < foresight->nr; i++) {
		const struct sb_decoder *decoder = &foresight->decoder[i];

		if (!decoder->claimed || decoder->owner.bus != fn->bus ||
		    !sb_range_overlaps(&decoder->range, &page))
			continue;
		if (!is_of(decoder, fn) ||
		    decoder->owner.kind != SB_DECODER_BAR ||
		    decoder->owner.nr != bar->owner.nr)
			return false;
	}

	return true;
}

static enum sb_move may_move(const struct sb_foresight *foresight,
			     const struct sb_machine_fn *fn, unsigned int nr,
			     bool bound)
{
	const struct sb_mover mover = {
		.busy = busy_of(fn, bound),
		.virtual_function = fn->virtual_function,
		.denied = sb_deny_builtin(fn->vendor, fn->device),
		.asleep = fn->power,
		.pinned = is_pinned(fn),
		.vga_conflict = !decodes(fn) &&
				sb_machine_vga_conflict(foresight->machine, fn),
		.assigned = fn->bar[nr].claimed,
	};
	enum sb_move move = sb_may_move(&mover);
	struct sb_facts facts = {
		.rom_raw = fn->bar[SB_MACHINE_ROM].enabled,
		.decode = decodes(fn),
	};
	unsigned long strays = 0;
	unsigned int i;

	if (move != SB_MOVE_DONE)
		return move;

	gather_bars(fn, &facts);
	for (i = 0; i < sb_machine_nr_bars(fn); i++)
		if (fn->bar[i].present && !fn->bar[i].io &&
		    !facts.bar[i].size)
			strays |= BIT(i);
	/* If the register is not known, assume that it is correct. */
	if (!fn->bar[nr].known)
		facts.bar[nr].addr = facts.bar[nr].claim;
	return sb_may_decode(&facts, sb_machine_nr_bars(fn), strays, nr);
}

/**
 * struct place - where to look for a page
 * @foresight: the machine
 * @fn: the function
 * @window: the window
 */
struct place {
	const struct sb_foresight *foresight;
	const struct sb_machine_fn *fn;
	struct sb_range window;
};

static void gaps(void *window, u64 start, u64 end, sb_gap_t gap, void *context)
{
	const struct place *place = window;
	const struct sb_range part = { start, end };

	show_gaps(place->foresight, place->fn, &place->window, &part, gap,
		  context);
}

/* As find_page_at() in move.c. */
static enum sb_move find_page_at(struct sb_foresight *foresight,
				 const struct sb_machine_fn *fn,
				 const struct sb_machine_bar *bar, bool high,
				 const u64 *taken, u64 *page)
{
	struct sb_range window[SB_MACHINE_WINDOWS];
	bool pref[SB_MACHINE_WINDOWS];
	enum sb_move found, ret = SB_MOVE_NO_ROOM;
	unsigned int nr, i;

	nr = sb_machine_windows(foresight->machine, fn, window, pref);
	for (i = 0; i < nr; i++) {
		struct place place = { foresight, fn, window[i] };
		const struct sb_seek seek = {
			.gaps = gaps,
			.window = &place,
			.start = window[i].start,
			.end = window[i].end,
			.decoder = foresight->decoder,
			.nr = foresight->nr,
			.page_size = foresight->machine->page_size,
			.high = high,
			.asked = !taken,
			.taken = taken ? *taken : 0,
		};

		if (pref[i] && !bar->pref)
			continue;
		found = sb_seek_page(&seek, page);
		if (found == SB_MOVE_DONE)
			return found;
		if (found == SB_MOVE_SCARCE)
			ret = found;
	}

	return ret;
}

static enum sb_move find_page(struct sb_foresight *foresight,
			      const struct sb_machine_fn *fn,
			      const struct sb_machine_bar *bar,
			      const u64 *taken, u64 *page)
{
	enum sb_move high = SB_MOVE_NO_ROOM, low;

	if (bar->is_64)
		high = find_page_at(foresight, fn, bar, true, taken, page);
	if (high == SB_MOVE_DONE)
		return high;

	low = find_page_at(foresight, fn, bar, false, taken, page);
	return low == SB_MOVE_NO_ROOM ? high : low;
}

static bool would_help(enum sb_page page)
{
	return page == SB_PAGE_SHARED || page == SB_PAGE_UNALIGNED ||
	       page == SB_PAGE_UNASSIGNED;
}

static struct sb_page_bar page_bar(const struct sb_foresight *foresight,
				   const struct sb_machine_fn *fn,
				   unsigned int nr)
{
	const struct sb_machine *machine = foresight->machine;
	const struct sb_machine_bar *bar = &fn->bar[nr];

	return (struct sb_page_bar){
		.owner = owner_of(fn, SB_DECODER_BAR, nr),
		.start = bar->claim,
		.cpu = bar->claim + machine->root[fn->root].offset,
		.size = bar->size,
		.page_size = machine->page_size,
		.assigned = bar->claimed,
	};
}

/* As isolate() in pages.c: the first of those sharing a page may stay. */
static void foresee_move(struct sb_foresight *foresight,
			 const struct sb_machine_fn *fn, unsigned int nr,
			 bool bound, u64 *taken, struct sb_foreseen_page *page)
{
	const struct sb_page_bar of = page_bar(foresight, fn, nr);
	struct sb_page_verdict verdict;

	find_decoders(foresight, fn);
	sb_page_judge(&of, foresight->decoder, foresight->nr, &verdict);
	if (!would_help(verdict.page))
		return;

	page->move = may_move(foresight, fn, nr, bound);
	if (page->move == SB_MOVE_DONE)
		page->move = find_page(foresight, fn, &fn->bar[nr], taken,
				       &page->addr);
	if (page->move != SB_MOVE_DONE)
		return;
	if (taken)
		*taken += foresight->machine->page_size;
	foresight->moved[nr] = page->addr;
	foresight->bus = NULL;
}

/**
 * sb_foresee_pages() - predict the pages of a function's BARs
 * @foresight: the machine, and arrays
 * @fn: the function
 * @bound: a driver is bound
 * @asked: the user requests it; false: vfio-pci is about to be probed
 * @page: filled for each memory BAR whose size is known
 */
void sb_foresee_pages(struct sb_foresight *foresight,
		      const struct sb_machine_fn *fn, bool bound, bool asked,
		      struct sb_foreseen_page page[SB_MAX_BARS])
{
	unsigned int nr;
	u64 taken = 0;

	memset(foresight->moved, 0, sizeof(foresight->moved));
	foresight->mover = fn;
	foresight->bus = NULL;
	find_decoders(foresight, fn);
	for (nr = 0; nr < sb_machine_nr_bars(fn); nr++) {
		const struct sb_page_bar of = page_bar(foresight, fn, nr);

		page[nr] = (struct sb_foreseen_page){ .move = SB_MOVE_NONE };
		if (!sb_machine_has_size(&fn->bar[nr]))
			continue;
		sb_page_judge(&of, foresight->decoder, foresight->nr,
			      &page[nr].verdict);
		/* As see_msix(): only the vectors keep VFIO from mapping it */
		page[nr].verdict.msix = fn->msix & BIT(nr) &&
					of.size < of.page_size;
		page[nr].mapped = vfio_maps(foresight, fn, &of);
	}
	while (nr--)
		if (sb_machine_has_size(&fn->bar[nr]))
			foresee_move(foresight, fn, nr, bound,
				     asked ? NULL : &taken, &page[nr]);
	foresight->mover = NULL;
	foresight->bus = NULL;
}
