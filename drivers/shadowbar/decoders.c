// SPDX-License-Identifier: GPL-2.0-only
/*
 * decoders: all that could answer near a function.
 *
 * The resource tree tells what the kernel has given away. The registers tell
 * what hardware answers to, and they have the last word: a BAR that the kernel
 * did not claim still decodes, and so does one that somebody has moved behind
 * the kernel's back. Nothing is written here.
 *
 * Section numbers are those of the PCI Local Bus Specification 3.0.
 */
#include <linux/overflow.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "decoders.h"
#include "gather.h"
#include "journal.h"

#define DECODERS_AT_ONCE	32

/* The least that a memory BAR and a ROM BAR can ask for (6.2.5.1, 6.2.5.2) */
#define SMALLEST_BAR		16
#define SMALLEST_ROM		SZ_2K

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
 * sb_owner_of() - name a register
 * @pdev: whose
 * @kind: what kind of register
 * @nr: its number
 *
 * Return: the name.
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

static bool decodes(struct pci_dev *pdev)
{
	return pdev->no_command_memory ||
	       sb_journal_peek(pdev, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY;
}

static void add_claim(struct sb_decoders *decoders, struct pci_dev *pdev,
		      struct resource *res, struct sb_owner owner, bool on)
{
	struct sb_decoder decoder = {
		.owner = owner,
		.claimed = true,
		.enabled = on,
	};
	struct pci_bus_region region;

	pcibios_resource_to_bus(pdev->bus, &region, res);
	decoder.range = (struct sb_range){ region.start, region.end };
	add(decoders, &decoder);
}

/*
 * How far a BAR reaches whose size the core has forgotten: no further than
 * its alignment allows. If it answers now that is what has to be feared; if
 * not, the little that is certain will do.
 */
static u64 guess_size(u64 addr, bool enabled, u64 smallest)
{
	return enabled ? addr & -addr : smallest;
}

static void add_register(struct sb_decoders *decoders, struct pci_dev *pdev,
			 struct resource *res, struct sb_decoder *decoder,
			 u64 addr, u64 size)
{
	struct pci_bus_region region;

	if (!addr)
		return;

	/* What it says is in the tree already, as a rule. */
	if (res && res->parent) {
		pcibios_resource_to_bus(pdev->bus, &region, res);
		if (region.start == addr)
			return;
	}

	decoder->range = (struct sb_range){ addr, addr + size - 1 };
	if (decoder->range.end < addr)
		decoder->range.end = U64_MAX;
	add(decoders, decoder);
}

/* Returns how many registers it fills. */
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

	low = sb_journal_peek(pdev, sb_bar_register(nr), 4);
	if ((low & PCI_BASE_ADDRESS_SPACE) == PCI_BASE_ADDRESS_SPACE_IO)
		return filled;

	addr = low & (u32)PCI_BASE_ADDRESS_MEM_MASK;
	if ((low & PCI_BASE_ADDRESS_MEM_TYPE_MASK) ==
	    PCI_BASE_ADDRESS_MEM_TYPE_64 && nr + 1 < sb_nr_bars(pdev)) {
		addr |= (u64)sb_journal_peek(pdev, sb_bar_register(nr + 1), 4)
			<< 32;
		filled = 2;
	}

	size = sb_resource_is_bar(pdev, nr) ? resource_size(res) :
	       guess_size(addr, decoder.enabled, SMALLEST_BAR);
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

	raw = sb_journal_peek(pdev, pdev->rom_base_reg, 4);
	decoder.enabled = raw & PCI_ROM_ADDRESS_ENABLE && on;
	addr = raw & (u32)PCI_ROM_ADDRESS_MASK;

	/* The copy at 0xC0000 is no decoder of the function's. */
	if (!sb_resource_is_bar(pdev, PCI_ROM_RESOURCE) ||
	    res->flags & IORESOURCE_ROM_SHADOW)
		res = NULL;

	size = res ? resource_size(res) :
	       guess_size(addr, decoder.enabled, SMALLEST_ROM);
	if (res && res->parent)
		add_claim(decoders, pdev, res, decoder.owner, on);
	add_register(decoders, pdev, res, &decoder, addr, size);
}

static bool window_is_claimed(struct pci_dev *bridge,
			      const struct sb_range *range)
{
	struct pci_bus_region region;
	struct resource *res;
	int i;

	if (!bridge->subordinate)
		return false;

	pci_bus_for_each_resource(bridge->subordinate, res, i) {
		if (!res || !res->parent || !(res->flags & IORESOURCE_MEM))
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

static bool is_above(struct pci_dev *bridge, struct pci_bus *bus)
{
	for (; bus->self; bus = bus->self->bus)
		if (bus->self == bridge)
			return true;

	return false;
}

/**
 * struct walk - a walk over one bus
 * @decoders: where its decoders go
 * @bus: the bus; what is below it is left out
 */
struct walk {
	struct sb_decoders *decoders;
	struct pci_bus *bus;
};

static int add_function(struct pci_dev *pdev, void *arg)
{
	struct walk *walk = arg;
	struct sb_decoders *decoders = walk->decoders;
	unsigned int i;
	bool on;

	/* With non-compliant BARs, what stands there is no address. */
	if (pdev->bus != walk->bus || pdev->non_compliant_bars)
		return 0;

	on = decodes(pdev);
	/* BARs, and with SR-IOV those of the virtual functions. */
	for (i = 0; i < PCI_BRIDGE_RESOURCES; i++)
		if (i != PCI_ROM_RESOURCE && sb_resource_is_bar(pdev, i) &&
		    pdev->resource[i].parent)
			add_claim(decoders, pdev, &pdev->resource[i],
				  sb_owner_of(pdev, SB_DECODER_BAR, i), on);

	/* Virtual functions have no registers for them (PCIe 6.0, 9.3.4.1). */
	if (pdev->is_virtfn)
		return 0;

	for (i = 0; i < sb_nr_bars(pdev); )
		i += add_bar(decoders, pdev, i, on);
	add_rom(decoders, pdev, on);

	/* A bridge above the bus forwards to it. */
	if (pdev->hdr_type == PCI_HEADER_TYPE_BRIDGE &&
	    !is_above(pdev, decoders->bus))
		add_windows(decoders, pdev);

	return 0;
}

/**
 * sb_decoders_find() - find all that could answer to an address on a bus
 * @decoders: filled; to be given to sb_decoders_free()
 * @bus: the bus
 *
 * That is what is on this bus, and on those above it up to the host bridge.
 * What is below another bridge answers if that bridge has a window there.
 *
 * Context: may sleep. Nothing is added, removed or moved meanwhile.
 */
void sb_decoders_find(struct sb_decoders *decoders, struct pci_bus *bus)
{
	struct walk walk = { .decoders = decoders, .bus = bus };

	*decoders = (struct sb_decoders){ .bus = bus };
	for (; walk.bus; walk.bus = walk.bus->parent)
		pci_walk_bus(walk.bus, add_function, &walk);
}

/**
 * sb_decoders_free() - free what sb_decoders_find() allocated
 * @decoders: the decoders
 */
void sb_decoders_free(struct sb_decoders *decoders)
{
	kfree(decoders->decoder);
	*decoders = (struct sb_decoders){};
}
