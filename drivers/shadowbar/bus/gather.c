// SPDX-License-Identifier: GPL-2.0-only
/*
 * gather: the facts about one function that a plan is made from.
 *
 * Everything here reads. Nothing is written but entries of the kernel's
 * resource tree, which are given back.
 */
#include <linux/bitfield.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/vgaarb.h>

#include "bus/decoders.h"
#include "bus/gather.h"

/**
 * struct range_list - ranges that are being collected
 * @range: the ranges
 * @nr: how many
 * @failed: there was no memory for all of them
 */
struct range_list {
	struct sb_range *range;
	unsigned int nr;
	bool failed;
};

#define RANGES_AT_ONCE	16

static void range_list_add(struct range_list *list, u64 start, u64 end)
{
	struct sb_range *more;

	if (list->nr % RANGES_AT_ONCE == 0) {
		more = krealloc(list->range,
				array_size(list->nr + RANGES_AT_ONCE,
					   sizeof(*more)), GFP_KERNEL);
		if (!more) {
			list->failed = true;
			return;
		}
		list->range = more;
	}
	list->range[list->nr++] = (struct sb_range){ start, end };
}

static void range_list_add_resource(struct range_list *list,
				    struct pci_bus *bus, struct resource *res)
{
	struct pci_bus_region region;

	pcibios_resource_to_bus(bus, &region, res);
	range_list_add(list, region.start, region.end);
}

/**
 * sb_gather_bar() - what a BAR holds
 * @pdev: the function
 * @nr: which BAR
 * @is_64: it is 64 bits wide
 * @value: set to the register, both halves if it is 64 bits wide, with the
 *	   bits that say what kind of BAR it is
 *
 * Context: any in which config space may be read.
 * Return: 0, or -EIO if the access failed.
 */
int sb_gather_bar(struct pci_dev *pdev, unsigned int nr, bool is_64,
		  u64 *value)
{
	u32 low, high = 0;

	if (pci_read_config_dword(pdev, sb_bar_register(nr), &low) ||
	    (is_64 && pci_read_config_dword(pdev, sb_bar_register(nr + 1),
					    &high)))
		return -EIO;

	*value = (u64)high << 32 | low;
	return 0;
}

/**
 * sb_gather_identity() - who a function is, as deny lists name it
 * @pdev: the function
 *
 * Return: its address and its IDs.
 */
struct sb_identity sb_gather_identity(struct pci_dev *pdev)
{
	return (struct sb_identity){
		.domain = pci_domain_nr(pdev->bus),
		.bus = pdev->bus->number,
		.devfn = pdev->devfn,
		.vendor = pdev->vendor,
		.device = pdev->device,
		.class = pdev->class >> 8,
	};
}

/**
 * sb_nr_bars() - how many BAR registers a function's header has
 * @pdev: the function
 *
 * Return: 6, 2 for a bridge, 0 for anything else.
 */
unsigned int sb_nr_bars(struct pci_dev *pdev)
{
	switch (pdev->hdr_type) {
	case PCI_HEADER_TYPE_NORMAL:
		return PCI_STD_NUM_BARS;
	case PCI_HEADER_TYPE_BRIDGE:
		return 2;
	default:
		return 0;
	}
}

/**
 * sb_resource_is_bar() - does the core know of a memory BAR here?
 * @pdev: the function
 * @nr: number of the resource: a BAR, or PCI_ROM_RESOURCE
 *
 * Return: true if it does; the BAR may have no address.
 */
bool sb_resource_is_bar(struct pci_dev *pdev, unsigned int nr)
{
	struct resource *res = &pdev->resource[nr];

	return (res->flags & IORESOURCE_MEM) && resource_size(res);
}

static int gather_bars(struct pci_dev *pdev, struct sb_facts *facts)
{
	unsigned int i;

	for (i = 0; i < sb_nr_bars(pdev); i++) {
		struct resource *res = &pdev->resource[i];
		struct sb_bar *bar = &facts->bar[i];
		struct pci_bus_region region;

		if (!sb_resource_is_bar(pdev, i))
			continue;

		bar->size = resource_size(res);
		bar->is_64 = res->flags & IORESOURCE_MEM_64;
		if (sb_gather_bar(pdev, i, bar->is_64, &bar->addr))
			return -EIO;
		bar->addr &= ~SB_BAR_KIND;
		bar->claimed = res->parent;
		if (bar->claimed) {
			pcibios_resource_to_bus(pdev->bus, &region, res);
			bar->claim = region.start;
		}
		i += bar->is_64;
	}

	return 0;
}

/**
 * sb_gather_rom_bar() - the ROM BAR register
 * @pdev: the function
 * @raw: set to what it holds, 0 if its header has none
 *
 * Context: any in which config space may be read.
 * Return: 0, or -EIO if the access failed; then @raw is 0.
 */
int sb_gather_rom_bar(struct pci_dev *pdev, u32 *raw)
{
	*raw = 0;
	if (pdev->rom_base_reg &&
	    pci_read_config_dword(pdev, pdev->rom_base_reg, raw)) {
		*raw = 0;
		return -EIO;
	}

	return 0;
}

/**
 * sb_gather_decode() - does a function decode memory?
 * @pdev: the function
 * @decode: set to true if COMMAND says so, or if it has no say: the bit is
 *	    hard-wired to 0 in virtual functions (PCIe 6.0, 9.3.4.1.3)
 *
 * Context: any in which config space may be read.
 * Return: 0, or -EIO if the access failed or nobody answered; then @decode is
 * false.
 */
int sb_gather_decode(struct pci_dev *pdev, bool *decode)
{
	u16 command;

	*decode = false;
	/* All ones is no answer: some of the bits are always 0. */
	if (pci_read_config_word(pdev, PCI_COMMAND, &command) ||
	    command == U16_MAX)
		return -EIO;

	*decode = command & PCI_COMMAND_MEMORY || pdev->no_command_memory;
	return 0;
}

/**
 * sb_gather_is_asleep() - is a function out of D0?
 * @pdev: the function
 *
 * PCI Power Management 1.2, 3.2.4: then it decodes nothing.
 *
 * Context: any in which config space may be read.
 * Return: true if it is.
 */
bool sb_gather_is_asleep(struct pci_dev *pdev)
{
	u16 pmcsr = 0;

	if (pdev->pm_cap)
		pci_read_config_word(pdev, pdev->pm_cap + PCI_PM_CTRL, &pmcsr);

	return FIELD_GET(PCI_PM_CTRL_STATE_MASK, pmcsr);
}

/**
 * sb_gather_is_unreachable() - is something above a function asleep?
 * @pdev: the function, which does not answer
 *
 * Context: any in which config space may be read.
 * Return: true if so, or if its own power is off.
 */
bool sb_gather_is_unreachable(struct pci_dev *pdev)
{
	struct pci_bus *bus;

	if (pdev->current_state == PCI_D3cold)
		return true;
	for (bus = pdev->bus; bus->self; bus = bus->self->bus)
		if (sb_gather_is_asleep(bus->self))
			return true;

	return false;
}

/**
 * sb_gather_is_untrusted() - may anybody have plugged a function in?
 * @pdev: the function
 *
 * Context: any.
 * Return: true if firmware says so of it, or of a port above it.
 */
bool sb_gather_is_untrusted(struct pci_dev *pdev)
{
	struct pci_bus *bus;

	if (pdev->untrusted)
		return true;
	for (bus = pdev->bus; bus->self; bus = bus->self->bus)
		if (bus->self->external_facing)
			return true;

	return false;
}

/**
 * sb_gather_knows_no_rom() - has the core found that there is no ROM BAR?
 * @pdev: the function
 *
 * It makes its file "rom" exactly if it has found one, before anything is
 * assigned; in older kernels only if it could assign it.
 *
 * Context: may sleep.
 * Return: true if there certainly is none; nothing was read from the function.
 */
bool sb_gather_knows_no_rom(struct pci_dev *pdev)
{
	struct kernfs_node *dir = pdev->dev.kobj.sd, *file;

	if (!SB_HAS_STATIC_ROM_FILE || !dir)
		return false;

	file = sysfs_get_dirent(dir, "rom");
	sysfs_put(file);
	return !file;
}

/**
 * sb_gather_slot_size() - how many functions there may be in a slot
 * @pdev: one of them
 *
 * Return: how many numbers sb_gather_sibling() takes.
 */
unsigned int sb_gather_slot_size(struct pci_dev *pdev)
{
	return pci_ari_enabled(pdev->bus) ? 256 : 8;
}

/**
 * sb_gather_sibling() - another function of a slot
 * @pdev: one function
 * @nr: number of the other, less than sb_gather_slot_size()
 *
 * Context: may sleep.
 * Return: the function, with a reference; NULL if there is none with that
 * number, or if it is @pdev.
 */
struct pci_dev *sb_gather_sibling(struct pci_dev *pdev, unsigned int nr)
{
	unsigned int first = 0;

	if (!pci_ari_enabled(pdev->bus))
		first = PCI_DEVFN(PCI_SLOT(pdev->devfn), 0);

	return first + nr == pdev->devfn ? NULL :
					   pci_get_slot(pdev->bus, first + nr);
}

/**
 * sb_gather_has_rom() - may a function have a ROM?
 * @pdev: the function
 *
 * Kernels that say nothing of a ROM that they could not place have it be none.
 *
 * Context: may sleep; nothing is read from the function.
 * Return: true if it may; a bridge's is of no interest.
 */
bool sb_gather_has_rom(struct pci_dev *pdev)
{
	if (pdev->is_virtfn || pdev->hdr_type != PCI_HEADER_TYPE_NORMAL)
		return false;

	return SB_HAS_STATIC_ROM_FILE ? !sb_gather_knows_no_rom(pdev) :
					pci_resource_len(pdev, PCI_ROM_RESOURCE);
}

/**
 * sb_gather_has_driven_sibling() - may a driver be using a function's flash?
 * @pdev: the function
 *
 * The ports of a network card have one chip for the ROMs of all, and for what
 * their driver keeps there.
 *
 * Context: may sleep.
 * Return: true if a driver is bound to another function of the slot that has a
 * ROM.
 */
bool sb_gather_has_driven_sibling(struct pci_dev *pdev)
{
	unsigned int nr = sb_gather_slot_size(pdev);
	bool driven = false;

	while (nr-- && !driven) {
		struct pci_dev *other = sb_gather_sibling(pdev, nr);

		driven = other && READ_ONCE(other->dev.driver) &&
			 sb_gather_has_rom(other);
		pci_dev_put(other);
	}

	return driven;
}

/**
 * sb_gather_is_integrated() - whether a function is Intel graphics in a CPU
 * @pdev: the function
 *
 * Those have no ROM BAR, ever: their ROM is a part of the machine's firmware.
 *
 * Context: any.
 * Return: true if it is.
 */
bool sb_gather_is_integrated(struct pci_dev *pdev)
{
	return pdev->vendor == PCI_VENDOR_ID_INTEL &&
	       pdev->class >> 16 == PCI_BASE_CLASS_DISPLAY &&
	       pci_is_root_bus(pdev->bus);
}

static void gather_rom(struct pci_dev *pdev, struct sb_facts *facts)
{
	struct resource *res = &pdev->resource[PCI_ROM_RESOURCE];
	struct pci_bus_region region;

	/*
	 * For the boot VGA device the core puts the copy at 0xC0000 in place
	 * of the ROM: nothing in it is about the ROM BAR.
	 */
	if (!(res->flags & IORESOURCE_MEM) ||
	    (res->flags & IORESOURCE_ROM_SHADOW))
		return;

	facts->rom_size = resource_size(res);
	facts->rom_claimed = res->parent;
	if (facts->rom_claimed) {
		pcibios_resource_to_bus(pdev->bus, &region, res);
		facts->rom_claim = region.start;
	}
}

/**
 * sb_gather_registers() - what the function itself says
 * @pdev: the function
 * @facts: filled as far as its own registers and resources go
 *
 * @facts->rom_size is what the PCI core remembers of it, which may be nothing:
 * it forgets the size of a ROM that it could not assign.
 *
 * Context: any in which config space may be read.
 * Return: 0, or -EIO if an access failed.
 */
int sb_gather_registers(struct pci_dev *pdev, struct sb_facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	if (sb_gather_decode(pdev, &facts->decode) ||
	    sb_gather_rom_bar(pdev, &facts->rom_raw) ||
	    gather_bars(pdev, facts))
		return -EIO;

	gather_rom(pdev, facts);
	return 0;
}

/**
 * sb_gather_bridge() - what a bridge forwards
 * @pdev: the bridge
 * @bridge: set to what its registers say
 *
 * Context: any in which config space may be read.
 */
void sb_gather_bridge(struct pci_dev *pdev, struct sb_bridge *bridge)
{
	pci_read_config_word(pdev, PCI_COMMAND, &bridge->command);
	pci_read_config_dword(pdev, PCI_MEMORY_BASE, &bridge->memory);
	pci_read_config_dword(pdev, PCI_PREF_MEMORY_BASE, &bridge->prefetch);
	pci_read_config_dword(pdev, PCI_PREF_BASE_UPPER32,
			      &bridge->prefetch_base_high);
	pci_read_config_dword(pdev, PCI_PREF_LIMIT_UPPER32,
			      &bridge->prefetch_limit_high);
	bridge->subtractive = pdev->transparent;
}

static int gather_bridges(struct pci_dev *pdev, struct sb_gathered *gathered)
{
	struct sb_facts *facts = &gathered->facts;
	struct pci_bus *bus;
	unsigned int i = 0;

	for (bus = pdev->bus; bus->self; bus = bus->self->bus)
		facts->nr_bridges++;

	gathered->bridges = kcalloc(facts->nr_bridges,
				    sizeof(*gathered->bridges), GFP_KERNEL);
	if (!gathered->bridges)
		return -ENOMEM;

	for (bus = pdev->bus; bus->self; bus = bus->self->bus)
		sb_gather_bridge(bus->self, &gathered->bridges[i++]);
	facts->bridge = gathered->bridges;

	return 0;
}

static int gather_windows(struct pci_dev *pdev, struct sb_gathered *gathered)
{
	struct range_list list = {};
	struct resource *res;
	int i;

	pci_bus_for_each_resource(pdev->bus, res, i)
		if (res && (res->flags & IORESOURCE_MEM))
			range_list_add_resource(&list, pdev->bus, res);

	gathered->windows = list.range;
	gathered->facts.windows = (struct sb_ranges){ list.range, list.nr };
	return list.failed ? -ENOMEM : 0;
}

/* A bridge's own ROM must not be where it forwards either. */
static bool is_of(const struct sb_decoder *decoder, struct pci_dev *pdev)
{
	return decoder->owner.kind != SB_DECODER_WINDOW &&
	       decoder->owner.bus == pdev->bus->number &&
	       decoder->owner.devfn == pdev->devfn;
}

/* What is neither claimed nor enabled answers to nobody, and may be stale. */
static int gather_decoders(struct pci_dev *pdev, struct sb_gathered *gathered,
			   struct sb_decoders *found)
{
	struct range_list list = {};
	unsigned int i;

	if (found->bus != pdev->bus || found->failed) {
		sb_decoders_free(found);
		sb_decoders_find(found, pdev->bus);
	}
	for (i = 0; i < found->nr; i++) {
		const struct sb_decoder *decoder = &found->decoder[i];

		if ((decoder->claimed || decoder->enabled) &&
		    !is_of(decoder, pdev))
			range_list_add(&list, decoder->range.start,
				       decoder->range.end);
	}
	list.failed |= found->failed;

	gathered->decoders = list.range;
	gathered->facts.decoders = (struct sb_ranges){ list.range, list.nr };
	return list.failed ? -ENOMEM : 0;
}

static int is_busy(struct resource *res, void *arg)
{
	return 1;
}

/* Has somebody a busy resource inside a BAR: a boot console, a VFIO user? */
static bool bar_is_busy(struct pci_dev *pdev, unsigned int nr)
{
	struct resource *res = &pdev->resource[nr];

	return sb_resource_is_bar(pdev, nr) && res->parent &&
	       walk_iomem_res_desc(IORES_DESC_NONE,
				   IORESOURCE_MEM | IORESOURCE_BUSY,
				   res->start, res->end, NULL, is_busy) == 1;
}

/**
 * sb_gather_has_busy_bar() - does somebody use a BAR of a function?
 * @pdev: the function
 *
 * Context: may sleep.
 * Return: true if a busy resource lies in one.
 */
bool sb_gather_has_busy_bar(struct pci_dev *pdev)
{
	unsigned int i;

	for (i = 0; i < sb_nr_bars(pdev); i++)
		if (bar_is_busy(pdev, i))
			return true;

	return false;
}

/**
 * sb_gather_is_pinned() - must a function's decoding stay as it is?
 * @pdev: the function
 * @decode: it decodes memory now
 *
 * The text console of a BIOS host has no resource in a BAR of the boot VGA
 * device, but it is gone while that one decodes nothing.
 *
 * Context: may sleep.
 * Return: true if it must.
 */
bool sb_gather_is_pinned(struct pci_dev *pdev, bool decode)
{
	return pdev->hdr_type == PCI_HEADER_TYPE_BRIDGE ||
	       pdev->mmio_always_on ||
	       (decode && pdev == vga_default_device()) ||
	       sb_gather_has_busy_bar(pdev);
}

/**
 * sb_gather_vga_conflict() - would a function answer where the boot VGA device
 *			      does?
 * @pdev: the function, which does not decode memory now
 *
 * Decoding memory, a VGA device answers to the legacy range too, if the cycles
 * reach its bus.
 *
 * Context: any. Nothing is added or removed meanwhile.
 * Return: true if it would once it decodes.
 */
bool sb_gather_vga_conflict(struct pci_dev *pdev)
{
	struct pci_dev *boot_vga = vga_default_device();
	struct pci_bus *bus;

	if (pdev->class >> 8 != PCI_CLASS_DISPLAY_VGA || !boot_vga ||
	    boot_vga == pdev)
		return false;

	/* The VGA arbiter writes to the register, and to no variable. */
	for (bus = pdev->bus; bus->self; bus = bus->self->bus) {
		u16 control = 0;

		pci_read_config_word(bus->self, PCI_BRIDGE_CONTROL, &control);
		if (!(control & PCI_BRIDGE_CTL_VGA))
			return false;
	}

	return true;
}

/*
 * An IOMMU's driver hands out addresses for DMA from the end of the first
 * 4 GiB downwards. On a conventional bus a function sees what its neighbours
 * ask for, and would take it if its BAR were there.
 */
static bool parking_takes_dma(struct pci_dev *pdev)
{
	return device_iommu_mapped(&pdev->dev) && !pci_is_pcie(pdev);
}

/*
 * 32-bit BARs are parked where a BIOS has its flash: nothing that a function
 * decodes there is ever asked for, unless a window or memory is there.
 */
static bool parking_is_free(struct pci_dev *pdev)
{
	struct pci_bus *root = pdev->bus;
	struct pci_bus_region region = {
		.start = SB_PARK_START,
		.end = SB_PARK_END,
	};
	struct resource park = { .flags = IORESOURCE_MEM };
	struct resource *res;
	int i;

	while (root->parent)
		root = root->parent;

	pci_bus_for_each_resource(root, res, i) {
		struct pci_bus_region window;

		if (!res || !(res->flags & IORESOURCE_MEM))
			continue;
		pcibios_resource_to_bus(root, &window, res);
		if (window.start <= region.end && region.start <= window.end)
			return false;
	}

	/* A peer's DMA uses bus addresses, and these are not translated. */
	park.start = region.start;
	park.end = region.end;
	return region_intersects(park.start, resource_size(&park),
				 IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) ==
	       REGION_DISJOINT;
}

static struct resource *window_around(struct pci_dev *pdev,
				      const struct resource *res)
{
	struct resource *window;
	int i;

	pci_bus_for_each_resource(pdev->bus, window, i)
		if (window && (window->flags & IORESOURCE_MEM) &&
		    resource_contains(window, (struct resource *)res))
			return window;

	return NULL;
}

static void prepare_hold(struct resource *hold)
{
	*hold = (struct resource){
		.name = "shadowbar",
		.flags = IORESOURCE_MEM | IORESOURCE_PREFETCH,
	};
}

/**
 * sb_gather_around() - everything around a function that matters for its ROM
 * @pdev: the function
 * @gathered: its facts as sb_gather_registers() filled them; the rest is
 *	      filled here. To be given to sb_gather_release(), also after an
 *	      error.
 * @found: what was found on its bus under this hold of the rescan lock, or on
 *	   another one; replaced by what there is. To be given to
 *	   sb_decoders_free().
 *
 * Context: may sleep. Nothing is added, removed or moved meanwhile.
 * Return: 0 or -ENOMEM.
 */
int sb_gather_around(struct pci_dev *pdev, struct sb_gathered *gathered,
		     struct sb_decoders *found)
{
	struct sb_facts *facts = &gathered->facts;

	facts->pinned = sb_gather_is_pinned(pdev, facts->decode);
	facts->vga_conflict = sb_gather_vga_conflict(pdev);
	facts->can_park = !parking_takes_dma(pdev) && parking_is_free(pdev);

	if (gather_windows(pdev, gathered) ||
	    gather_bridges(pdev, gathered) ||
	    gather_decoders(pdev, gathered, found))
		return -ENOMEM;

	return 0;
}

/**
 * sb_gather_hold() - hold the address in the ROM BAR, or find it taken
 * @pdev: the function
 * @gathered: its facts, the size of the ROM included; the address is held
 *	      until they are released
 *
 * Firmware may have given the ROM an address that the core did not claim. It
 * is good if the resource tree has nothing else there.
 *
 * Context: may sleep. Nothing is added, removed or moved meanwhile.
 */
void sb_gather_hold(struct pci_dev *pdev, struct sb_gathered *gathered)
{
	struct sb_facts *facts = &gathered->facts;
	u64 addr = facts->rom_raw & (u32)PCI_ROM_ADDRESS_MASK;
	struct pci_bus_region region = {
		.start = addr,
		.end = addr + facts->rom_size - 1,
	};
	struct resource *window;

	if (facts->rom_claimed ||
	    !sb_ranges_contain(&facts->windows, addr, facts->rom_size))
		return;

	prepare_hold(&gathered->hold);
	pcibios_bus_to_resource(pdev->bus, &gathered->hold, &region);
	window = window_around(pdev, &gathered->hold);
	facts->rom_taken = !window || request_resource(window, &gathered->hold);
}

/**
 * struct placing - a search for a place in the windows above a function
 * @alignf: calls place_in()
 * @bus: the function's bus
 * @place: says where in a free part of a window
 * @context: for @place
 */
struct placing {
	struct sb_alignf alignf;
	struct pci_bus *bus;
	sb_place_t place;
	void *context;
};

static resource_size_t place_in(struct sb_alignf *alignf,
				const struct resource *avail)
{
	struct placing *placing = container_of(alignf, struct placing, alignf);
	struct resource free = *avail;
	struct pci_bus_region region;
	u64 addr;

	/* The core's own limit, which it drops for a window with a start. */
#ifdef PCIBIOS_MIN_MEM
	free.start = max_t(resource_size_t, free.start, PCIBIOS_MIN_MEM);
#endif
	if (free.start > free.end)
		return avail->end;

	pcibios_resource_to_bus(placing->bus, &region, &free);
	addr = placing->place(placing->context, region.start, region.end);
	/* There nothing of any size fits, and the core goes on. */
	if (addr == U64_MAX)
		return avail->end;

	return free.start + (addr - region.start);
}

/**
 * sb_gather_place() - take a free part of the windows above a function
 * @pdev: the function
 * @res: what to insert there, its flags set; its addresses are filled in
 * @size: bytes, a power of two; also the alignment
 * @place: is given the first and the last bus address of a part that is free
 *	   in the resource tree, and returns a place in it, or U64_MAX
 * @context: for @place
 *
 * Context: may sleep. Nothing is added, removed or moved meanwhile.
 * Return: 0, or -EBUSY if no window has room.
 */
int sb_gather_place(struct pci_dev *pdev, struct resource *res, u64 size,
		    sb_place_t place, void *context)
{
	struct placing placing = {
		.alignf.start = place_in,
		.bus = pdev->bus,
		.place = place,
		.context = context,
	};

	return pci_bus_alloc_resource(pdev->bus, res, size, size, 0, 0,
				      SB_ALIGNF, &placing.alignf);
}

static u64 place_rom(void *context, u64 start, u64 end)
{
	return sb_plan_hole(context, start, end);
}

/**
 * sb_gather_hole() - find and hold a hole in the windows above a function
 * @pdev: the function
 * @gathered: its facts; the hole is released with them
 * @addr: set to the bus address of the hole
 *
 * Context: may sleep. Nothing is added, removed or moved meanwhile.
 * Return: 0, or -EBUSY if no window has one.
 */
int sb_gather_hole(struct pci_dev *pdev, struct sb_gathered *gathered,
		   u64 *addr)
{
	struct pci_bus_region region;

	/* The address that was held is of no use if a hole is looked for. */
	if (gathered->hold.parent)
		release_resource(&gathered->hold);

	prepare_hold(&gathered->hold);
	if (sb_gather_place(pdev, &gathered->hold, gathered->facts.rom_size,
			    place_rom, &gathered->facts))
		return -EBUSY;

	pcibios_resource_to_bus(pdev->bus, &region, &gathered->hold);
	*addr = region.start;
	return 0;
}

/**
 * sb_gather_release() - give back what facts stand on
 * @gathered: the facts
 *
 * Context: may sleep.
 */
void sb_gather_release(struct sb_gathered *gathered)
{
	if (gathered->hold.parent)
		release_resource(&gathered->hold);
	kfree(gathered->windows);
	kfree(gathered->decoders);
	kfree(gathered->bridges);
}
