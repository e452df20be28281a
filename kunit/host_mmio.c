// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory behind the windows of the emulated PCI host
 *
 * MMIO follows decoding: whenever config space changes, the ranges that now
 * decode are painted into the memory behind the windows, and those that no
 * longer decode are wiped to all ones, which is what a master abort reads.
 */
#include <linux/interval_tree_generic.h>
#include <linux/io.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "host_priv.h"
#include "mmio.h"

/* Where the driver under test parks BARs; see host.h */
#define EHOST_PARK_32		0xff000000ULL

#define EHOST_START(decoder)	((decoder)->start)
#define EHOST_LAST(decoder)	((decoder)->last)

INTERVAL_TREE_DEFINE(struct ehost_decoder, rb, u64, subtree_last,
		     EHOST_START, EHOST_LAST, static inline, ehost_tree)

/**
 * ehost_mem_window - find memory for a window
 * @host: host
 * @window: window to fill in
 * @desc: its description
 *
 * The core aligns resources by CPU address, so the CPU and bus addresses of a
 * window must be equal in the bits that a BAR can be aligned to.
 *
 * Return: 0 or a negative error
 */
int ehost_mem_window(struct ehost *host, struct ehost_window *window,
		     const struct ehost_window_desc *desc)
{
	struct resource *parent = ehost_mem_res();
	u64 align = roundup_pow_of_two(desc->size);
	int ret;

	window->res.name = host->name;
	window->res.flags = IORESOURCE_MEM;
	if (desc->flags & EHOST_UNBACKED)
		return ehost_unbacked_window(window, desc);
	if (desc->flags & EHOST_PREF)
		window->res.flags |= IORESOURCE_PREFETCH | IORESOURCE_MEM_64;
	/* One extra page, or the core merges two adjacent windows. */
	ret = allocate_resource(parent, &window->res, desc->size + PAGE_SIZE,
				parent->start, parent->end, align, NULL, NULL);
	if (ret)
		return ret;
	ret = adjust_resource(&window->res, window->res.start, desc->size);
	if (ret) {
		release_resource(&window->res);
		return ret;
	}
	window->bus = desc->identity ? window->res.start : desc->bus;
	return 0;
}

static u64 ehost_window_last(const struct ehost_window *window)
{
	return window->bus + resource_size(&window->res) - 1;
}

static struct ehost_window *ehost_find_window(struct ehost *host, u64 start,
					      u64 last)
{
	unsigned int i;

	for (i = 0; i < host->num_windows; i++) {
		struct ehost_window *window = &host->windows[i];

		if (resource_type(&window->res) == IORESOURCE_MEM &&
		    start >= window->bus && last <= ehost_window_last(window))
			return window;
	}
	return NULL;
}

static void __iomem *ehost_io(struct ehost *host, u64 start, u64 last)
{
	struct ehost_window *window = ehost_find_window(host, start, last);

	if (!window || window->unbacked)
		return NULL;
	return ehost_mem_at(window->res.start + (start - window->bus));
}

static u32 ehost_reg(const struct ehost_fn *fn, unsigned int where)
{
	return fn->reg[where / sizeof(u32)];
}

static void ehost_mem_forward(const struct ehost_fn *bridge, u64 *base,
			      u64 *last)
{
	u32 reg = ehost_reg(bridge, PCI_MEMORY_BASE);

	*base = (reg & 0xfff0) << 16;
	*last = reg | 0xfffff;
}

static void ehost_pref_forward(const struct ehost_fn *bridge, u64 *base,
			       u64 *last)
{
	u32 reg = ehost_reg(bridge, PCI_PREF_MEMORY_BASE);

	*base = (u64)ehost_reg(bridge, PCI_PREF_BASE_UPPER32) << 32 |
		(reg & 0xfff0) << 16;
	*last = (u64)ehost_reg(bridge, PCI_PREF_LIMIT_UPPER32) << 32 |
		(reg | 0xfffff);
}

/* Is the range in a window of the bridge, enabled or not? */
static bool ehost_in_forward(const struct ehost_fn *bridge, u64 start,
			     u64 last)
{
	u64 base, end;

	ehost_mem_forward(bridge, &base, &end);
	if (base <= start && last <= end)
		return true;
	ehost_pref_forward(bridge, &base, &end);
	return base <= start && last <= end;
}

static bool ehost_hits_forward(const struct ehost_fn *bridge, u64 start,
			       u64 last)
{
	u64 base, end;

	ehost_mem_forward(bridge, &base, &end);
	if (base <= end && base <= last && start <= end)
		return true;
	ehost_pref_forward(bridge, &base, &end);
	return base <= end && base <= last && start <= end;
}

/* Present and in D0? */
static bool ehost_awake(const struct ehost_fn *fn)
{
	return ehost_present(fn) &&
	       !(fn->desc.caps & EHOST_CAP_PM &&
		 ehost_reg(fn, EHOST_PM_POS + PCI_PM_CTRL) &
		 PCI_PM_CTRL_STATE_MASK);
}

/* COMMAND.MEM, or the equivalent for a virtual function */
static bool ehost_memory_on(const struct ehost_fn *fn)
{
	const struct ehost_fn *pf = fn->vf_of;

	if (!ehost_awake(fn))
		return false;
	if (pf)
		return ehost_awake(pf) && ehost_vf_enabled(fn) &&
		       ehost_reg(pf, EHOST_SRIOV_POS + PCI_SRIOV_CTRL) &
		       PCI_SRIOV_CTRL_MSE;
	return ehost_reg(fn, PCI_COMMAND) & PCI_COMMAND_MEMORY;
}

/* Does a CPU's read of this range reach this bus? */
static bool ehost_forwarded(struct ehost *host, const struct ehost_bus *bus,
			    u64 start, u64 last)
{
	for (; bus->bridge; bus = bus->bridge->on)
		if (!ehost_memory_on(bus->bridge) ||
		    !ehost_in_forward(bus->bridge, start, last))
			return false;
	return ehost_find_window(host, start, last);
}

/* The same, but even if the bridges are disabled */
static bool ehost_inside(struct ehost *host, const struct ehost_bus *bus,
			 u64 start, u64 last)
{
	for (; bus->bridge; bus = bus->bridge->on)
		if (!ehost_in_forward(bus->bridge, start, last))
			return false;
	return ehost_find_window(host, start, last);
}

static bool ehost_rom_enabled(const struct ehost_fn *fn)
{
	return fn->desc.rom.size &&
	       ehost_reg(fn, ehost_rom_reg(fn)) & PCI_ROM_ADDRESS_ENABLE;
}

static u64 ehost_address(const struct ehost_fn *fn, unsigned int where,
			 const struct ehost_bar_desc *bar)
{
	u64 addr = ehost_reg(fn, where) & (u32)PCI_BASE_ADDRESS_MEM_MASK;

	if (bar->flags & EHOST_64)
		addr |= (u64)ehost_reg(fn, where + 4) << 32;
	return addr;
}

/* The range of a decoder, enabled or not */
static bool ehost_range(const struct ehost_fn *fn, unsigned int index,
			u64 *start, u64 *last)
{
	const struct ehost_bar_desc *bar;

	if (index == EHOST_ROM) {
		if (!fn->desc.rom.size)
			return false;
		*start = ehost_reg(fn, ehost_rom_reg(fn)) &
			 PCI_ROM_ADDRESS_MASK;
		*last = *start + fn->desc.rom.size - 1;
		return true;
	}

	bar = &fn->desc.bar[index];
	if (index >= ehost_bars(fn) || !bar->size || bar->flags & EHOST_IO)
		return false;
	/* One register for all virtual functions, which follow one another. */
	if (fn->vf_of)
		*start = ehost_address(fn->vf_of, ehost_vf_bar_reg(index),
				       bar) + fn->vf_index * bar->size;
	else
		*start = ehost_address(fn, ehost_bar_reg(index), bar);
	if (fn->desc.quirks & EHOST_BAR_STAYS)
		*start = bar->addr;
	*last = *start + bar->size - 1;
	return true;
}

static bool ehost_switched_on(const struct ehost_fn *fn, unsigned int index)
{
	if (!ehost_memory_on(fn))
		return false;
	if (index == EHOST_ROM)
		return ehost_rom_enabled(fn);
	if (fn->desc.quirks & EHOST_ROM_SHARED && ehost_rom_enabled(fn))
		return index != fn->desc.shared_bar;
	return true;
}

/* Paint only the first page of a BAR: enough to see which one decodes. */
static u64 ehost_painted(const struct ehost_decoder *decoder)
{
	u64 len = decoder->last - decoder->start + 1;

	return decoder->index == EHOST_ROM ? len : min_t(u64, len,
							 EHOST_BAR_PAINT);
}

/* The contents of a decoder, from @at in its range on */
static void ehost_answer(const struct ehost_decoder *decoder, u64 at, u8 *to,
			 size_t size)
{
	const struct ehost_fn *fn = decoder->fn;
	const struct ehost_rom_desc *rom = &fn->desc.rom;
	u64 image = rom->image ? min(rom->image_len, rom->size) : 0;
	/* Change the last byte, so that the header stays valid. */
	u64 changes = (image ?: rom->size) - 1;

	if (fn->sick) {
		memset(to, 0xff, size);
	} else if (decoder->index != EHOST_ROM) {
		for (; size; size--, at++)
			*to++ = ehost_bar_pattern(decoder->fn, decoder->index) >>
				(8 * (at % 4));
	} else {
		size_t len = at < image ? min_t(u64, size, image - at) : 0;

		memcpy(to, rom->image + at, len);
		memset(to + len, rom->fill, size - len);
		if (fn->desc.quirks & EHOST_ROM_CHANGES && changes >= at &&
		    changes - at < size)
			to[changes - at] = fn->rom_enables;
	}
}

static void ehost_look_locked(struct ehost *host, u64 bus, u8 *to, size_t size)
{
	struct ehost_decoder *decoder;
	u64 end = bus + size - 1;

	memset(to, 0xff, size);
	for (decoder = ehost_tree_iter_first(&host->decoders, bus, end);
	     decoder; decoder = ehost_tree_iter_next(decoder, bus, end)) {
		u64 at = max(bus, decoder->start);
		u64 last = min(end, decoder->start + ehost_painted(decoder) - 1);

		if (decoder->routed && at <= last)
			ehost_answer(decoder, at - decoder->start,
				     to + (at - bus), last - at + 1);
	}
}

/**
 * ehost_look - read from the bus
 * @host: host
 * @bus: bus address
 * @to: filled
 * @size: bytes
 */
void ehost_look(struct ehost *host, u64 bus, u8 *to, size_t size)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&host->lock, flags);
	ehost_look_locked(host, bus, to, size);
	raw_spin_unlock_irqrestore(&host->lock, flags);
}

/* Update the memory in the range of a decoder to what the bus now reads. */
static void ehost_paint(const struct ehost_decoder *decoder)
{
	struct ehost *host = decoder->fn->host;
	void __iomem *to = ehost_io(host, decoder->start, decoder->last);
	u64 at, size, len = ehost_painted(decoder);

	if (!to || !decoder->routed)
		return;
	for (at = 0; at < len; at += size) {
		size = min_t(u64, len - at, sizeof(host->painted));
		ehost_look_locked(host, decoder->start + at, host->painted,
				  size);
		memcpy_toio(to + at, host->painted, size);
	}
}

static bool ehost_parked(const struct ehost_decoder *decoder)
{
	if (decoder->index == EHOST_ROM)
		return false;
	if (decoder->fn->desc.bar[decoder->index].flags & EHOST_64)
		return decoder->last == U64_MAX;
	return decoder->last == U32_MAX && decoder->start >= EHOST_PARK_32;
}

static bool ehost_as_usual(const struct ehost_decoder *decoder)
{
	return decoder->usual && decoder->usual_start == decoder->start;
}

static void ehost_count_overlap(struct ehost_decoder *decoder)
{
	struct ehost_counters *counters = &decoder->fn->host->counters;

	counters->overlaps++;
	counters->overlap_at = decoder->start;
}

/*
 * Two ranges on one bus always conflict. On different buses they conflict if
 * both are reachable: the bridges then disagree on which one is accessed.
 */
static void ehost_count_overlaps(struct ehost_decoder *decoder)
{
	struct ehost_fn *fn = decoder->fn;
	struct ehost *host = fn->host;
	struct ehost_decoder *other;
	const struct ehost_bus *bus;
	struct ehost_fn *bridge;

	for (other = ehost_tree_iter_first(&host->decoders, decoder->start,
					   decoder->last);
	     other; other = ehost_tree_iter_next(other, decoder->start,
						 decoder->last)) {
		if (other == decoder || ehost_parked(other) ||
		    (ehost_as_usual(decoder) && ehost_as_usual(other)))
			continue;
		if (other->fn->on == fn->on ||
		    (other->routed && decoder->routed))
			ehost_count_overlap(decoder);
	}

	if (ehost_as_usual(decoder) || ehost_parked(decoder))
		return;
	for (bus = fn->on; bus; bus = bus->bridge ? bus->bridge->on : NULL) {
		list_for_each_entry(bridge, &bus->bridges, sibling) {
			const struct ehost_bus *up = fn->on;

			/* Skip bridges above the function itself. */
			while (up && up != bridge->below)
				up = up->bridge ? up->bridge->on : NULL;
			if (up || bridge == fn || !ehost_memory_on(bridge))
				continue;
			if (ehost_hits_forward(bridge, decoder->start,
					       decoder->last))
				ehost_count_overlap(decoder);
		}
	}
}

static void ehost_count_outside(struct ehost_decoder *decoder)
{
	struct ehost_fn *fn = decoder->fn;

	if (ehost_as_usual(decoder) || ehost_parked(decoder) ||
	    ehost_inside(fn->host, fn->on, decoder->start, decoder->last))
		return;
	fn->host->counters.outside++;
	fn->host->counters.outside_at = decoder->start;
}

/*
 * Some functions break if their ROM BAR is on a BAR, enabled or not. If neither has
 * an address, somebody else has enabled the function: the driver under test reads no
 * ROM at 0.
 */
static void ehost_check_sick(struct ehost_fn *fn)
{
	u64 rom, rom_last, bar, bar_last;
	unsigned int i;

	if (!(fn->desc.quirks & EHOST_ROM_NO_OVERLAP) || fn->sick ||
	    !ehost_memory_on(fn) || !ehost_range(fn, EHOST_ROM, &rom, &rom_last))
		return;
	for (i = 0; i < EHOST_NUM_BARS; i++) {
		if (!ehost_range(fn, i, &bar, &bar_last) ||
		    rom_last < bar || bar_last < rom || (!rom && !bar))
			continue;
		fn->sick = true;
		fn->host->counters.sick++;
		return;
	}
}

static void ehost_update_one(struct ehost_fn *fn)
{
	struct ehost *host = fn->host;
	bool changed[EHOST_NUM_DECODERS] = {};
	bool repaint[EHOST_NUM_DECODERS] = {};
	bool was_sick = fn->shown_sick;
	unsigned int i;

	ehost_check_sick(fn);
	fn->shown_sick = fn->sick;

	/* First remove what no longer decodes, then add what is new. */
	for (i = 0; i < EHOST_NUM_DECODERS; i++) {
		struct ehost_decoder *decoder = &fn->decoders[i];
		u64 start, last;
		bool decodes, routed;

		if (!ehost_range(fn, i, &start, &last))
			continue;
		decodes = ehost_switched_on(fn, i);
		routed = decodes && ehost_forwarded(host, fn->on, start, last);
		if (decodes == decoder->decodes &&
		    (!decodes || (start == decoder->start &&
				  routed == decoder->routed)) &&
		    fn->sick == was_sick)
			continue;
		if (decoder->decodes) {
			ehost_tree_remove(decoder, &host->decoders);
			ehost_paint(decoder);
		}
		/* Check only new ones: a bridge may come and go. */
		changed[i] = decodes && (!decoder->decodes ||
					 decoder->start != start);
		decoder->decodes = decodes;
		decoder->routed = routed;
		decoder->start = start;
		decoder->last = last;
		repaint[i] = decodes;
		if (!decodes)
			continue;
		if (i == EHOST_ROM && changed[i])
			fn->rom_enables++;
		ehost_tree_insert(decoder, &host->decoders);
	}
	for (i = 0; i < EHOST_NUM_DECODERS; i++) {
		struct ehost_decoder *decoder = &fn->decoders[i];

		if (changed[i]) {
			ehost_count_outside(decoder);
			ehost_count_overlaps(decoder);
		}
		if (repaint[i])
			ehost_paint(decoder);
	}
}

static bool ehost_is_below(const struct ehost_fn *fn,
			   const struct ehost_fn *bridge)
{
	const struct ehost_bus *bus = fn->on;

	while (bus->bridge && bus->bridge != bridge)
		bus = bus->bridge->on;
	return bus->bridge;
}

/**
 * ehost_update - update what decodes after a register changed
 * @fn: function; with a bridge, everything below it is updated too, with a
 *	physical function its virtual ones
 *
 * Called with the host's lock held.
 */
void ehost_update(struct ehost_fn *fn)
{
	struct ehost_fn *other;

	ehost_update_one(fn);
	if (!ehost_is_bridge(fn) && !fn->desc.vfs)
		return;
	list_for_each_entry(other, &fn->host->fns, node)
		if (other->vf_of == fn || ehost_is_below(other, fn))
			ehost_update_one(other);
}

/**
 * ehost_accept_usual - accept what decodes now, as the usual state
 * @host: host; its lock is held
 */
void ehost_accept_usual(struct ehost *host)
{
	struct ehost_fn *fn;
	unsigned int i;

	list_for_each_entry(fn, &host->fns, node) {
		for (i = 0; i < EHOST_NUM_DECODERS; i++) {
			fn->decoders[i].usual = fn->decoders[i].decodes;
			fn->decoders[i].usual_start = fn->decoders[i].start;
		}
	}
}

/**
 * ehost_set_rom - change the contents of a ROM
 * @fn: function
 * @image: contents, which must outlive the function; NULL for @fill only
 * @len: bytes in @image
 * @fill: value of the remaining bytes
 */
void ehost_set_rom(struct ehost_fn *fn, const void *image, u32 len, u8 fill)
{
	struct ehost_decoder *rom = &fn->decoders[EHOST_ROM];
	unsigned long flags;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	fn->desc.rom.image = image;
	fn->desc.rom.image_len = len;
	fn->desc.rom.fill = fill;
	if (rom->decodes)
		ehost_paint(rom);
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
}

/**
 * ehost_bar_pattern - the contents of a BAR
 * @fn: function
 * @bar: BAR number
 *
 * Return: the dword that fills the first 4096 bytes of the BAR, different for
 * every BAR of a host
 */
u32 ehost_bar_pattern(struct ehost_fn *fn, unsigned int bar)
{
	return 0xba000000 | (fn->id + 1) << 4 | bar;
}

/**
 * ehost_decodes - does a BAR decode, with every bridge above forwarding it?
 * @fn: function
 * @decoder: BAR number, or EHOST_ROM
 * @addr: if not NULL, set to its bus address
 *
 * Return: true if a CPU's read there gets an answer
 */
bool ehost_decodes(struct ehost_fn *fn, unsigned int decoder, u64 *addr)
{
	unsigned long flags;
	bool ret;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	ret = fn->decoders[decoder].decodes && fn->decoders[decoder].routed;
	if (addr)
		*addr = fn->decoders[decoder].start;
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
	return ret;
}

/**
 * ehost_read_bus - read as a CPU would
 * @host: host
 * @addr: bus address
 *
 * Return: the dword there, all ones if nothing decodes it
 */
u32 ehost_read_bus(struct ehost *host, u64 addr)
{
	void __iomem *from = ehost_io(host, addr, addr + 3);

	return from ? readl(from) : ~0u;
}

/*
 * The function that the driver under test reads from. A mapped address does not
 * identify it, so only one can be watched at a time, while no other is being
 * captured.
 */
static struct ehost_fn *ehost_watched;

/**
 * ehost_vanish_after_mmio - let a function read all ones
 * @fn: function, the only one that the driver under test reads from until
 *	ehost_return()
 * @reads: reads of a dword of its memory that still work
 */
void ehost_vanish_after_mmio(struct ehost_fn *fn, unsigned int reads)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	fn->mmio_armed = true;
	fn->mmio_in = reads;
	fn->host->counters.mmio_reads = 0;
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
	WRITE_ONCE(ehost_watched, fn);
}

/**
 * ehost_change_after_mmio - let each dword change once it has been read
 * @fn: function, the only one that the driver under test reads from until
 *	ehost_return()
 */
void ehost_change_after_mmio(struct ehost_fn *fn)
{
	fn->mmio_changes = true;
	WRITE_ONCE(ehost_watched, fn);
}

/**
 * ehost_mmio_forget - undo ehost_..._after_mmio()
 * @fn: function
 */
void ehost_mmio_forget(struct ehost_fn *fn)
{
	fn->mmio_armed = false;
	fn->mmio_changes = false;
	if (READ_ONCE(ehost_watched) == fn)
		WRITE_ONCE(ehost_watched, NULL);
}

static void ehost_mmio_access(struct ehost_fn *fn)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	fn->host->counters.mmio_reads++;
	if (fn->mmio_armed && !fn->mmio_in--) {
		fn->mmio_armed = false;
		fn->vanished = true;
		ehost_update(fn);
	}
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
}

/* A test's callback at a read by the driver under test, of any function */
static DEFINE_RAW_SPINLOCK(ehost_mmio_lock);
static struct {
	ehost_mmio_hook_t hook;
	void *arg;
	unsigned int in;
} ehost_mmio;

/**
 * ehost_hook_mmio - call a function when the driver under test reads memory
 * @read: number of the read that it precedes, 1 for the next one
 * @hook: called once; NULL to cancel an earlier one
 * @arg: its argument
 */
void ehost_hook_mmio(unsigned int read, ehost_mmio_hook_t hook, void *arg)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&ehost_mmio_lock, flags);
	ehost_mmio.hook = hook;
	ehost_mmio.arg = arg;
	ehost_mmio.in = read;
	raw_spin_unlock_irqrestore(&ehost_mmio_lock, flags);
}

static void ehost_mmio_hooked(void)
{
	ehost_mmio_hook_t hook = NULL;
	unsigned long flags;
	void *arg = NULL;

	raw_spin_lock_irqsave(&ehost_mmio_lock, flags);
	if (ehost_mmio.hook && !--ehost_mmio.in) {
		hook = ehost_mmio.hook;
		arg = ehost_mmio.arg;
		ehost_mmio.hook = NULL;
	}
	raw_spin_unlock_irqrestore(&ehost_mmio_lock, flags);
	if (hook)
		hook(arg);
}

/**
 * ehost_ioread32 - replaces ioread32() in the driver under test
 * @addr: where to read
 *
 * Return: the dword there
 */
u32 ehost_ioread32(const void __iomem *addr)
{
	struct ehost_fn *fn = READ_ONCE(ehost_watched);
	u32 value;

	ehost_mmio_hooked();
	if (fn)
		ehost_mmio_access(fn);
	value = ehost_fetch(addr);
	if (fn && fn->mmio_changes)
		iowrite32(~value, (void __iomem *)addr);
	return value;
}
