// SPDX-License-Identifier: GPL-2.0-only
/*
 * decoders: everything that may decode addresses near a function.
 *
 * The resource tree shows what the kernel has assigned. The registers show what
 * hardware decodes, and they are authoritative: a BAR that the kernel did not
 * claim still decodes, as does one that was moved behind the kernel's back, or
 * one of a function that was removed through sysfs, which does not disable it.
 * Nothing is written here.
 *
 * Section numbers refer to the PCI Local Bus Specification 3.0.
 */
#include <linux/bits.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>

#include "bus/decoders.h"
#include "bus/gather.h"
#include "bus/journal.h"

#define DECODERS_AT_ONCE	32

/* How long to wait for all functions that are being reset */
#define RESET_PATIENCE		(HZ / 2)

/* The smallest and the largest ROM BAR (6.2.5.2) */
#define SMALLEST_ROM		SZ_2K
#define LARGEST_ROM		SZ_16M

/**
 * struct removed - a function that was removed but still decodes
 * @node: in the list of all of them
 * @owner: the function
 * @pass: the last sb_decoders_find() that looked at it
 * @nr: number of entries in @decoder
 * @decoder: the registers that make it decode
 */
struct removed {
	struct list_head node;
	struct sb_owner owner;
	unsigned long pass;
	unsigned int nr;
	struct sb_decoder decoder[];
};

static LIST_HEAD(all_removed);
static unsigned long passes;
static DEFINE_MUTEX(removed_lock);

static void add(struct sb_decoders *decoders, const struct sb_decoder *decoder)
{
	struct sb_decoder *more;

	if (decoders->nr % DECODERS_AT_ONCE == 0) {
		more = krealloc(decoders->decoder,
				array_size(decoders->nr + DECODERS_AT_ONCE,
					   sizeof(*more)), GFP_KERNEL);
		if (!more) {
			decoders->failed = true;
			return;
		}
		decoders->decoder = more;
	}
	decoders->decoder[decoders->nr++] = *decoder;
}

/**
 * sb_owner_of() - identify a register
 * @pdev: its function
 * @kind: the kind of register
 * @nr: its number
 *
 * Return: the identity.
 */
struct sb_owner sb_owner_of(struct pci_dev *pdev, enum sb_decoder_kind kind,
			    unsigned int nr)
{
	return (struct sb_owner){
		.domain = pci_domain_nr(pdev->bus),
		.bus = pdev->bus->number,
		.devfn = pdev->devfn,
		.kind = kind,
		.nr = nr,
	};
}

/*
 * The value of a register. A function without power has none: it will get back
 * what was saved of them.
 */
static u32 peek(struct pci_dev *pdev, int reg, int width)
{
	u32 saved;

	if (pdev->current_state != PCI_D3cold)
		return sb_journal_peek(pdev, reg, width);

	saved = pdev->saved_config_space[reg / 4] >> reg % 4 * 8;
	return width == 2 ? saved & U16_MAX : saved;
}

/*
 * What this function decodes is unknown. It is not taken to decode anything, so
 * that captures can go on.
 */
static void add_unknown(struct sb_decoders *decoders, struct pci_dev *pdev)
{
	const struct sb_decoder decoder = {
		.range = { 0, U64_MAX },
		.owner = sb_owner_of(pdev, SB_DECODER_UNKNOWN, 0),
	};

	decoders->doubt |= !sb_gather_is_off_limits(pdev);
	add(decoders, &decoder);
}

static void add_resource(struct sb_decoders *decoders, struct pci_dev *pdev,
			 struct resource *res, struct sb_owner owner, bool on)
{
	struct sb_decoder decoder = {
		.owner = owner,
		.claimed = sb_resource_is_placed(res),
		.enabled = on,
	};
	struct pci_bus_region region;

	pcibios_resource_to_bus(pdev->bus, &region, res);
	decoder.range = (struct sb_range){ region.start, region.end };
	add(decoders, &decoder);
}

/*
 * The core assigns nothing to host bridges, so it never forgets the size of
 * their BARs: a register without a size is not a BAR, whatever it holds.
 */
static bool is_no_bar(struct pci_dev *pdev, unsigned int nr)
{
	return pdev->class >> 8 == PCI_CLASS_BRIDGE_HOST &&
	       !sb_resource_is_bar(pdev, nr);
}

/*
 * The size of a BAR that the core has forgotten: at most what its alignment
 * allows. It may decode all that as soon as a driver enables the function.
 */
static u64 guess_size(u64 addr)
{
	return addr & -addr;
}

/* Nothing enables a ROM that the core does not know, so some size will do. */
static u64 guess_rom_size(u64 addr, bool enabled)
{
	return enabled ? min_t(u64, guess_size(addr), LARGEST_ROM) :
			 SMALLEST_ROM;
}

static void add_register(struct sb_decoders *decoders, struct pci_dev *pdev,
			 struct resource *res, struct sb_decoder *decoder,
			 u64 addr, u64 size)
{
	struct pci_bus_region region;

	if (!addr)
		return;

	/* Usually the tree has it already. */
	if (res && sb_resource_is_placed(res)) {
		pcibios_resource_to_bus(pdev->bus, &region, res);
		if (region.start == addr)
			return;
	}

	decoder->range = (struct sb_range){ addr, addr + size - 1 };
	if (decoder->range.end < addr)
		decoder->range.end = U64_MAX;
	add(decoders, decoder);
}

/* Returns the number of registers that the BAR takes. */
static unsigned int add_bar(struct sb_decoders *decoders, struct pci_dev *pdev,
			    unsigned int nr, bool on)
{
	struct resource *res = &pdev->resource[nr];
	struct sb_decoder decoder = {
		.owner = sb_owner_of(pdev, SB_DECODER_BAR, nr),
		.enabled = on,
	};
	unsigned int filled = 1;
	u64 addr, size;
	u32 low;

	low = peek(pdev, sb_bar_register(nr), 4);
	if ((low & PCI_BASE_ADDRESS_SPACE) == PCI_BASE_ADDRESS_SPACE_IO)
		return filled;

	addr = low & (u32)PCI_BASE_ADDRESS_MEM_MASK;
	if ((low & PCI_BASE_ADDRESS_MEM_TYPE_MASK) ==
	    PCI_BASE_ADDRESS_MEM_TYPE_64 && nr + 1 < sb_nr_bars(pdev)) {
		addr |= (u64)peek(pdev, sb_bar_register(nr + 1), 4) << 32;
		filled = 2;
	}
	if (is_no_bar(pdev, nr))
		return filled;

	size = sb_resource_is_bar(pdev, nr) ? resource_size(res) :
	       guess_size(addr);
	add_register(decoders, pdev, res, &decoder, addr, size);
	return filled;
}

static void add_rom(struct sb_decoders *decoders, struct pci_dev *pdev,
		    bool on)
{
	struct resource *res = &pdev->resource[PCI_ROM_RESOURCE];
	struct sb_decoder decoder = {
		.owner = sb_owner_of(pdev, SB_DECODER_ROM, 0),
	};
	u64 addr, size;
	u32 raw;

	if (!pdev->rom_base_reg)
		return;

	raw = peek(pdev, pdev->rom_base_reg, 4);
	decoder.enabled = raw & PCI_ROM_ADDRESS_ENABLE && on;
	addr = raw & (u32)PCI_ROM_ADDRESS_MASK;

	/* The function does not decode the copy at 0xC0000. */
	if (!sb_resource_is_bar(pdev, PCI_ROM_RESOURCE) ||
	    res->flags & IORESOURCE_ROM_SHADOW)
		res = NULL;
	if (is_no_bar(pdev, PCI_ROM_RESOURCE))
		return;

	size = res ? resource_size(res) :
	       guess_rom_size(addr, decoder.enabled);
	if (res && sb_resource_is_placed(res))
		add_resource(decoders, pdev, res, decoder.owner, on);
	add_register(decoders, pdev, res, &decoder, addr, size);
}

static bool window_is_claimed(struct pci_dev *bridge,
			      const struct sb_range *range)
{
	struct pci_bus_region region;
	unsigned int i;

	/* The bus behind it may be removed meanwhile, the bridge is not. */
	for (i = PCI_BRIDGE_RESOURCES; i <= PCI_BRIDGE_RESOURCE_END; i++) {
		struct resource *res = &bridge->resource[i];

		if (!res->parent || !(res->flags & IORESOURCE_MEM))
			continue;
		pcibios_resource_to_bus(bridge->bus, &region, res);
		if (region.start <= range->start && range->end <= region.end)
			return true;
	}

	return false;
}

static void add_windows(struct sb_decoders *decoders, struct pci_dev *bridge)
{
	struct sb_bridge registers;
	struct sb_range window[2];
	bool enabled;
	unsigned int nr;

	sb_gather_bridge(bridge, &registers);
	enabled = registers.command & PCI_COMMAND_MEMORY;
	registers.command |= PCI_COMMAND_MEMORY;

	for (nr = sb_bridge_windows(&registers, window); nr--; ) {
		const struct sb_decoder decoder = {
			.range = window[nr],
			.owner = sb_owner_of(bridge, SB_DECODER_WINDOW, nr),
			.claimed = window_is_claimed(bridge, &window[nr]),
			.enabled = enabled,
		};

		add(decoders, &decoder);
	}
}

/* PC Card Standard: two windows, and 4 KiB of registers at the first BAR */
static void add_cardbus(struct sb_decoders *decoders, struct pci_dev *pdev,
			bool on)
{
	struct sb_decoder decoder = {
		.owner = sb_owner_of(pdev, SB_DECODER_BAR, 0),
		.enabled = on,
	};
	u64 addr = peek(pdev, PCI_BASE_ADDRESS_0, 4) &
		   (u32)PCI_BASE_ADDRESS_MEM_MASK;
	unsigned int nr;

	add_register(decoders, pdev, &pdev->resource[0], &decoder, addr, SZ_4K);
	for (nr = 0; nr < 2; nr++) {
		u32 base = peek(pdev, PCI_CB_MEMORY_BASE_0 + 8 * nr, 4);
		u32 limit = peek(pdev, PCI_CB_MEMORY_LIMIT_0 + 8 * nr, 4);

		decoder.owner = sb_owner_of(pdev, SB_DECODER_WINDOW, nr);
		decoder.range.start = ALIGN_DOWN(base, SZ_4K);
		decoder.range.end = limit | (SZ_4K - 1);
		decoder.claimed = window_is_claimed(pdev, &decoder.range);
		if (decoder.range.start &&
		    decoder.range.start <= decoder.range.end)
			add(decoders, &decoder);
	}
}

/*
 * What virtual functions decode (PCIe 6.0, 9.3.3.14). No more of them can be
 * enabled than fit into the resource.
 */
static void add_vfs(struct sb_decoders *decoders, struct pci_dev *pdev)
{
#ifdef CONFIG_PCI_IOV
	int pos = pci_find_ext_capability(pdev, PCI_EXT_CAP_ID_SRIOV);
	const u16 on = PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE;
	unsigned int i;
	u16 control;

	if (!pos || pci_read_config_word(pdev, pos + PCI_SRIOV_CTRL, &control) ||
	    (control & on) != on)
		return;

	for (i = 0; i < PCI_SRIOV_NUM_BARS; i++) {
		unsigned int nr = PCI_IOV_RESOURCES + i;
		struct sb_decoder decoder = {
			.owner = sb_owner_of(pdev, SB_DECODER_BAR, nr),
			.enabled = true,
		};
		u32 low = 0, high = 0;
		u64 addr;

		pci_read_config_dword(pdev, pos + PCI_SRIOV_BAR + 4 * i, &low);
		addr = low & (u32)PCI_BASE_ADDRESS_MEM_MASK;
		if ((low & PCI_BASE_ADDRESS_MEM_TYPE_MASK) ==
		    PCI_BASE_ADDRESS_MEM_TYPE_64 &&
		    ++i < PCI_SRIOV_NUM_BARS)
			pci_read_config_dword(pdev, pos + PCI_SRIOV_BAR + 4 * i,
					      &high);
		addr |= (u64)high << 32;
		if (addr && !sb_resource_is_bar(pdev, nr))
			add_unknown(decoders, pdev);
		else if (addr)
			add_register(decoders, pdev, &pdev->resource[nr],
				     &decoder, addr,
				     resource_size(&pdev->resource[nr]));
	}
#endif
}

static bool is_above(struct pci_dev *bridge, struct pci_bus *bus)
{
	for (; bus; bus = bus->parent)
		if (bus->self == bridge)
			return true;

	return false;
}

/*
 * The core's resources of a function: its BARs, and with SR-IOV those of its
 * virtual functions. An entry of Enhanced Allocation has no register: it
 * decodes what the resource says, claimed or not.
 */
static void add_resources(struct sb_decoders *decoders, struct pci_dev *pdev,
			  bool on)
{
	unsigned int i;

	for (i = 0; i < PCI_BRIDGE_RESOURCES; i++) {
		struct resource *res = &pdev->resource[i];

		if (!sb_resource_is_bar(pdev, i) ||
		    res->flags & IORESOURCE_ROM_SHADOW)
			continue;
		if (sb_resource_is_placed(res) ? i != PCI_ROM_RESOURCE :
						 res->flags & IORESOURCE_PCI_FIXED)
			add_resource(decoders, pdev, res,
				     sb_owner_of(pdev, SB_DECODER_BAR, i), on);
	}
}

/*
 * May the core place something smaller than a page without a hot-add? When a
 * BAR is resized, it releases all resources of the function; not in a reset.
 */
static bool is_waiting(struct pci_dev *pdev)
{
	bool resizable = !sb_gather_is_off_limits(pdev) &&
			 pci_find_ext_capability(pdev, PCI_EXT_CAP_ID_REBAR);
	unsigned int i;

	for (i = 0; i <= PCI_ROM_RESOURCE; i++)
		if (sb_resource_is_bar(pdev, i) &&
		    (resizable || !pdev->resource[i].parent) &&
		    resource_size(&pdev->resource[i]) < PAGE_SIZE &&
		    !(pdev->resource[i].flags & IORESOURCE_PCI_FIXED))
			return true;

	return false;
}

/*
 * Everything that the function itself decodes; for a bridge, not what is below.
 */
static void add_own(struct sb_decoders *decoders, struct pci_dev *pdev)
{
	u16 command = sb_gather_is_off_limits(pdev) ?
		      U16_MAX : peek(pdev, PCI_COMMAND, 2);
	bool on = pdev->no_command_memory || command & PCI_COMMAND_MEMORY;
	unsigned int i;

	add_resources(decoders, pdev, on);
	/* Virtual functions have no such registers (PCIe 6.0, 9.3.4.1). */
	if (pdev->is_virtfn)
		return;

	/*
	 * Non-compliant BARs do not hold addresses. The core switches decoding
	 * off, except for system devices that decode outside of all windows.
	 */
	if (pdev->non_compliant_bars && (!on || pdev->mmio_always_on))
		return;

	/* All ones is not a valid COMMAND: some bits are always 0. */
	if (command == U16_MAX || pdev->non_compliant_bars) {
		decoders->unread |= command == U16_MAX;
		add_unknown(decoders, pdev);
		return;
	}

	for (i = 0; i < sb_nr_bars(pdev); )
		i += add_bar(decoders, pdev, i, on);
	add_rom(decoders, pdev, on);
	if (pdev->is_physfn)
		add_vfs(decoders, pdev);
	if (pdev->hdr_type == PCI_HEADER_TYPE_CARDBUS)
		add_cardbus(decoders, pdev, on);
}

/* Called under removed_lock. */
static void forget(struct removed *removed)
{
	list_del(&removed->node);
	kfree(removed);
}

static bool is_on(const struct removed *removed, struct pci_bus *bus)
{
	return removed->owner.domain == pci_domain_nr(bus) &&
	       removed->owner.bus == bus->number;
}

/*
 * Add those on a bus that still decode, once per pass, and forget the others.
 */
static void add_removed(struct sb_decoders *decoders, struct pci_bus *bus)
{
	struct removed *removed, *next;
	unsigned int i;

	mutex_lock(&removed_lock);
	list_for_each_entry_safe(removed, next, &all_removed, node) {
		unsigned int devfn = removed->owner.devfn;
		struct pci_dev *pdev;
		u16 command = 0;

		if (!is_on(removed, bus) || removed->pass == decoders->pass)
			continue;
		removed->pass = decoders->pass;
		pdev = pci_get_domain_bus_and_slot(removed->owner.domain,
						   bus->number, devfn);
		if (!pdev)
			pci_bus_read_config_word(bus, devfn, PCI_COMMAND,
						 &command);
		pci_dev_put(pdev);
		if (command == U16_MAX || !(command & PCI_COMMAND_MEMORY)) {
			forget(removed);
			continue;
		}
		for (i = 0; i < removed->nr; i++)
			add(decoders, &removed->decoder[i]);
	}
	mutex_unlock(&removed_lock);
}

static bool share_a_window(struct pci_bus *a, struct pci_bus *b)
{
	struct resource *of_a, *of_b;
	int i, j;

	pci_bus_for_each_resource(a, of_a, i)
		pci_bus_for_each_resource(b, of_b, j)
			if (of_a && of_b && of_a->flags & IORESOURCE_MEM &&
			    of_b->flags & IORESOURCE_MEM &&
			    resource_overlaps(of_a, of_b))
				return true;

	return false;
}

static struct pci_bus *root_of(struct pci_bus *bus)
{
	while (bus->parent)
		bus = bus->parent;

	return bus;
}

static bool is_same_or_above(struct pci_bus *above, struct pci_bus *bus)
{
	while (bus != above && bus->parent)
		bus = bus->parent;

	return bus == above;
}

/*
 * Can what is on @bus decode an address on this bus, or on one above it? A
 * transparent bridge forwards whatever nothing else claims, so what is below it
 * is as near as what is beside it. Below another host bridge, anything that
 * shares a window is near enough.
 */
static bool answers_to(const struct sb_decoders *decoders, struct pci_bus *bus,
		       bool *near)
{
	while (!is_same_or_above(bus, decoders->bus)) {
		if (!bus->parent)
			return share_a_window(root_of(decoders->bus), bus);
		/* The bus of virtual functions may have no bridge. */
		if (bus->self && !bus->self->transparent)
			return false;
		bus = bus->parent;
	}
	*near = bus == decoders->bus;
	return true;
}

static int add_if_near(struct device *dev, void *arg)
{
	struct pci_dev *pdev = to_pci_dev(dev);
	struct sb_decoders *decoders = arg;
	bool near = false;

	if (!answers_to(decoders, pdev->bus, &near))
		return 0;
	sb_gather_wait(pdev, decoders->until);
	decoders->waiting |= near && is_waiting(pdev);
	add_own(decoders, pdev);
	/* A bridge above the bus forwards to it. */
	if (pdev->hdr_type == PCI_HEADER_TYPE_BRIDGE &&
	    !is_above(pdev, decoders->bus) && !sb_gather_is_off_limits(pdev))
		add_windows(decoders, pdev);
	add_removed(decoders, pdev->bus);
	return 0;
}

/**
 * sb_decoders_find() - find everything that may decode an address on a bus
 * @decoders: zeroed, or freed, before; filled; to be freed with
 *	      sb_decoders_free()
 * @bus: the bus; the caller holds a reference to a function on it
 *
 * This includes this bus, and those above it up to the host bridge. What is
 * below another bridge counts if that bridge has a window there. Bridges above
 * are kept awake meanwhile.
 *
 * Functions are found through the list of all devices, which is walked under no
 * lock of the PCI core: error recovery holds pci_bus_sem while it waits for a
 * device lock, and the caller may hold one.
 *
 * Context: may sleep. Functions may be added and removed meanwhile.
 */
void sb_decoders_find(struct sb_decoders *decoders, struct pci_bus *bus)
{
	struct device *above;

	*decoders = (struct sb_decoders){
		.bus = bus,
		.until = decoders->until ?: jiffies + RESET_PATIENCE,
	};
	/* The bus of virtual functions may have no bridge of its own. */
	while (!bus->bridge)
		bus = bus->parent;
	above = bus->bridge;
	mutex_lock(&removed_lock);
	decoders->pass = ++passes;
	mutex_unlock(&removed_lock);

	pm_runtime_get_sync(above);
	/* Takes half the time of for_each_pci_dev() on a host with thousands. */
	bus_for_each_dev(&pci_bus_type, NULL, decoders, add_if_near);
	pm_runtime_put(above);
}

/**
 * sb_decoders_free() - free what sb_decoders_find() allocated
 * @decoders: the decoders
 */
void sb_decoders_free(struct sb_decoders *decoders)
{
	kfree(decoders->decoder);
	*decoders = (struct sb_decoders){ .until = decoders->until };
}

/**
 * sb_decoders_removed() - a function is removed, but may still decode
 * @pdev: the function
 *
 * If out of memory, it is forgotten.
 *
 * Context: may sleep.
 */
void sb_decoders_removed(struct pci_dev *pdev)
{
	struct sb_decoders own = { .bus = pdev->bus };
	struct removed *removed, *before, *next;
	unsigned int i;
	u16 command = 0;

	pci_read_config_word(pdev, PCI_COMMAND, &command);
	if (pdev->is_virtfn || command == U16_MAX ||
	    !(command & PCI_COMMAND_MEMORY))
		return;

	add_own(&own, pdev);
	if (pdev->hdr_type == PCI_HEADER_TYPE_BRIDGE)
		add_windows(&own, pdev);
	removed = kzalloc(struct_size(removed, decoder, own.nr), GFP_KERNEL);
	if (removed) {
		removed->owner = sb_owner_of(pdev, SB_DECODER_NONE, 0);
		for (i = 0; i < own.nr; i++) {
			removed->decoder[removed->nr] = own.decoder[i];
			removed->decoder[removed->nr].claimed = false;
			removed->nr += own.decoder[i].enabled;
		}
		mutex_lock(&removed_lock);
		list_for_each_entry_safe(before, next, &all_removed, node)
			if (is_on(before, pdev->bus) &&
			    before->owner.devfn == pdev->devfn)
				forget(before);
		list_add(&removed->node, &all_removed);
		mutex_unlock(&removed_lock);
	}
	sb_decoders_free(&own);
}

/**
 * sb_decoders_returns() - was a function removed before while it still decoded?
 * @pdev: the function, which has just been found
 *
 * Context: may sleep.
 * Return: true if so.
 */
bool sb_decoders_returns(struct pci_dev *pdev)
{
	struct removed *removed;
	bool found = false;

	mutex_lock(&removed_lock);
	list_for_each_entry(removed, &all_removed, node)
		found |= is_on(removed, pdev->bus) &&
			 removed->owner.devfn == pdev->devfn;
	mutex_unlock(&removed_lock);

	return found;
}

/**
 * sb_decoders_forget() - forget all functions that were removed
 *
 * Context: may sleep.
 */
void sb_decoders_forget(void)
{
	struct removed *removed, *next;

	mutex_lock(&removed_lock);
	list_for_each_entry_safe(removed, next, &all_removed, node)
		forget(removed);
	mutex_unlock(&removed_lock);
}
