// SPDX-License-Identifier: GPL-2.0-only
/*
 * around: what surrounds a function, and where its ROM would fit.
 *
 * Nothing is written except entries in the kernel's resource tree, which are
 * removed again.
 */
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <shadowbar/plan.h>

#include "bus/decoders.h"
#include "bus/gather.h"
#include "bus/tree.h"
#include "rom/around.h"

/**
 * struct range_list - ranges that are being collected
 * @range: the ranges
 * @nr: number of entries in @range
 * @failed: out of memory, so some are missing
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
		if (res && (res->flags & IORESOURCE_MEM) &&
		    sb_resource_is_placed(res))
			range_list_add_resource(&list, pdev->bus, res);

	gathered->windows = list.range;
	gathered->facts.windows = (struct sb_ranges){ list.range, list.nr };
	return list.failed ? -ENOMEM : 0;
}

/* A bridge's own ROM must not be where the bridge forwards, either. */
static bool is_of(const struct sb_decoder *decoder, struct pci_dev *pdev)
{
	return decoder->owner.kind != SB_DECODER_WINDOW &&
	       decoder->owner.bus == pdev->bus->number &&
	       decoder->owner.devfn == pdev->devfn;
}

/*
 * A BAR that is neither claimed nor enabled does not decode, and may be stale.
 */
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

/*
 * The driver of an IOMMU hands out DMA addresses from the end of the first 4
 * GiB downwards. On a conventional bus, a function sees its neighbours'
 * requests, and would claim them if its BAR were there.
 */
static bool parking_takes_dma(struct pci_dev *pdev)
{
	return device_iommu_mapped(&pdev->dev) && !pci_is_pcie(pdev);
}

/*
 * 32-bit BARs are parked where a BIOS has its flash. Nothing accesses a
 * function at that address, unless a window or memory is there.
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

	/* Peer-to-peer DMA uses bus addresses, which are not translated. */
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

static int prepare_hold(struct sb_hold *hold, u64 size)
{
	*hold = (struct sb_hold){ .size = size };
	hold->res = kzalloc(sizeof(*hold->res), GFP_KERNEL);
	if (!hold->res)
		return -ENOMEM;

	hold->res->name = "shadowbar";
	/* Busy, so that __release_region() finds it. */
	hold->res->flags = IORESOURCE_MEM | IORESOURCE_PREFETCH |
			   IORESOURCE_BUSY;
	return 0;
}

/**
 * sb_hold_drop() - release a place
 * @hold: the place; its address remains valid
 *
 * Before a probe, only the device lock is held: the core, which resizes windows
 * under the rescan lock, may detach the reservation at the same time. See
 * sb_resource_drop().
 *
 * Context: may sleep.
 */
void sb_hold_drop(struct sb_hold *hold)
{
	if (!hold->res)
		return;

	sb_resource_drop(hold->res, hold->start, hold->size);
	hold->res = NULL;
	hold->held = false;
}

/**
 * sb_around_look() - gather everything around a function that matters for its
 * ROM
 * @pdev: the function
 * @gathered: its facts from sb_gather_registers(); the rest is filled here. To
 *	      be released with sb_around_release(), also after an error.
 * @found: decoders found under this hold of the rescan lock, perhaps on another
 *	   bus; replaced if so. To be freed with sb_decoders_free().
 *
 * Context: may sleep. Nothing is added, removed or moved meanwhile.
 * Return: 0 or -ENOMEM.
 */
int sb_around_look(struct pci_dev *pdev, struct sb_gathered *gathered,
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
 * sb_around_hold() - reserve the address in the ROM BAR, if it is free
 * @pdev: the function
 * @gathered: its facts, including the size of the ROM; the address is reserved
 *	      until they are released
 *
 * Firmware may have given the ROM an address that the core did not claim. It is
 * good if nothing else in the resource tree has it.
 *
 * Context: may sleep. Nothing is added, removed or moved meanwhile.
 * Return: 0 or -ENOMEM.
 */
int sb_around_hold(struct pci_dev *pdev, struct sb_gathered *gathered)
{
	struct sb_facts *facts = &gathered->facts;
	u64 addr = facts->rom_raw & (u32)PCI_ROM_ADDRESS_MASK;
	struct pci_bus_region region = {
		.start = addr,
		.end = addr + facts->rom_size - 1,
	};
	struct sb_hold *hold = &gathered->hold;
	struct resource *window;

	if (facts->rom_claimed ||
	    !sb_ranges_contain(&facts->windows, addr, facts->rom_size))
		return 0;

	if (prepare_hold(hold, facts->rom_size))
		return -ENOMEM;
	pcibios_bus_to_resource(pdev->bus, hold->res, &region);
	hold->start = hold->res->start;
	hold->addr = addr;
	window = window_around(pdev, hold->res);
	hold->held = window && !request_resource(window, hold->res);
	facts->rom_taken = !hold->held;
	return 0;
}

/**
 * struct search - a search for a place in the windows above a function
 * @alignf: calls try_part()
 * @bus: the function's bus
 * @place: finds a place in a free part of a window
 * @context: for @place
 * @hold: the last place that was found
 */
struct search {
	struct sb_alignf alignf;
	struct pci_bus *bus;
	sb_place_t place;
	void *context;
	struct sb_hold *hold;
};

/* The core calls this for each free part of a window. */
static resource_size_t try_part(struct sb_alignf *alignf,
				const struct resource *avail)
{
	struct search *search = container_of(alignf, struct search, alignf);
	struct resource free = *avail;
	struct pci_bus_region region;
	u64 addr = U64_MAX;

	/* The core's own limit, which it ignores for a window with a start. */
#ifdef PCIBIOS_MIN_MEM
	free.start = max_t(resource_size_t, free.start, PCIBIOS_MIN_MEM);
#endif
	if (free.start <= free.end) {
		pcibios_resource_to_bus(search->bus, &region, &free);
		addr = search->place(search->context, region.start, region.end);
	}

	/* Nothing of any size fits at the end, so the core goes on. */
	if (addr == U64_MAX)
		return avail->end;

	search->hold->addr = addr;
	search->hold->start = free.start + (addr - region.start);
	return search->hold->start;
}

/**
 * sb_around_place() - reserve a free part of the windows above a function
 * @pdev: the function
 * @hold: set to the place, to be released with sb_hold_drop()
 * @size: bytes, a power of two; also the alignment
 * @place: finds a place for it: called with the first and the last bus address
 *	   of a part that is free in the resource tree
 * @context: for @place
 *
 * Context: may sleep. Nothing is added, removed or moved meanwhile.
 * Return: 0, -ENOMEM, or -EBUSY if no window has room.
 */
int sb_around_place(struct pci_dev *pdev, struct sb_hold *hold, u64 size,
		    sb_place_t place, void *context)
{
	struct search search = {
		.alignf.start = try_part,
		.bus = pdev->bus,
		.place = place,
		.context = context,
		.hold = hold,
	};

	if (prepare_hold(hold, size))
		return -ENOMEM;
	if (!pci_bus_alloc_resource(pdev->bus, hold->res, size, size, 0, 0,
				    SB_ALIGNF, &search.alignf)) {
		hold->held = true;
		return 0;
	}

	sb_hold_drop(hold);
	return -EBUSY;
}

static u64 place_rom(void *facts, u64 start, u64 end)
{
	return sb_plan_hole(facts, start, end);
}

/**
 * sb_around_hole() - find and reserve a hole in the windows above a function
 * @pdev: the function
 * @gathered: its facts; the hole is released with them
 * @addr: set to the bus address of the hole
 *
 * Context: may sleep. Nothing is added, removed or moved meanwhile.
 * Return: 0, -ENOMEM, or -EBUSY if no window has one.
 */
int sb_around_hole(struct pci_dev *pdev, struct sb_gathered *gathered,
		   u64 *addr)
{
	int ret;

	/* A hole is needed, so the address that was reserved is of no use. */
	sb_hold_drop(&gathered->hold);
	ret = sb_around_place(pdev, &gathered->hold, gathered->facts.rom_size,
			      place_rom, &gathered->facts);
	if (!ret)
		*addr = gathered->hold.addr;
	return ret;
}

/**
 * sb_around_still_reaches() - does an address still belong to the function?
 * @pdev: the function
 * @gathered: its facts
 * @addr: the bus address of its ROM
 *
 * Before a probe, only the device lock is held: the core may move a window above
 * the function, and detach the reservation in it.
 *
 * Context: any in which config space may be read.
 * Return: true if the address is still reserved, and forwarded.
 */
bool sb_around_still_reaches(struct pci_dev *pdev,
			     const struct sb_gathered *gathered, u64 addr)
{
	const struct sb_hold *hold = &gathered->hold;
	struct sb_bridge now;
	struct pci_bus *bus;

	if (hold->held && !READ_ONCE(hold->res->parent))
		return false;

	for (bus = pdev->bus; bus->self; bus = bus->self->bus) {
		sb_gather_bridge(bus->self, &now);
		if (!(now.command & PCI_COMMAND_MEMORY) ||
		    !sb_bridge_forwards(&now, addr, gathered->facts.rom_size))
			return false;
	}

	return true;
}

/**
 * sb_around_release() - release what was gathered
 * @gathered: the facts
 *
 * Context: may sleep.
 */
void sb_around_release(struct sb_gathered *gathered)
{
	sb_hold_drop(&gathered->hold);
	kfree(gathered->windows);
	kfree(gathered->decoders);
	kfree(gathered->bridges);
}
