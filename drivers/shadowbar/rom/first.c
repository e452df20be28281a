// SPDX-License-Identifier: GPL-2.0-only
/*
 * first: a function as firmware left it.
 *
 * What a capture changes for a moment is not to be taken for that, nor what a
 * driver has done since: it is seen once, and judged once.
 */
#include <linux/pci.h>
#include <linux/sizes.h>
#include <shadowbar/plan.h>

#include "bus/gather.h"
#include "rom/around.h"
#include "rom/first.h"

/**
 * sb_first_see() - note how a function looks before anything is done to it
 * @pdev: the function
 * @first: filled, and empty before; not judged yet
 *
 * Loading the module waits for this, once a function: two reads, no more.
 *
 * Context: any in which config space may be read.
 */
void sb_first_see(struct pci_dev *pdev, struct sb_first *first)
{
	/* What cannot be read is nothing to be believed later. */
	first->seen = !sb_gather_decode(pdev, &first->decode);
	if (first->seen)
		sb_gather_rom_bar(pdev, &first->rom_raw);
}

/**
 * sb_first_judge() - judge the ROM BAR as it was first seen
 * @first: how the function was first seen; @first->rom_bar is set
 * @facts: what is around it
 */
void sb_first_judge(struct sb_first *first, const struct sb_facts *facts)
{
	struct sb_facts as_first = *facts;

	as_first.rom_raw = first->rom_raw;
	/* Nobody knows the size: what matters is whether there is an address. */
	if (!as_first.rom_size && first->rom_raw)
		as_first.rom_size = SZ_2K;
	first->rom_bar = sb_facts_rom_bar(&as_first);
}

/**
 * sb_first_look() - see a function and judge its ROM BAR, if that is still to do
 * @pdev: the function
 * @first: how it was first seen
 * @found: see sb_around_look()
 *
 * Nothing is written.
 *
 * Context: may sleep. Nothing is added, removed or moved meanwhile.
 */
void sb_first_look(struct pci_dev *pdev, struct sb_first *first,
		   struct sb_decoders *found)
{
	struct sb_gathered gathered = {};

	if (!first->seen)
		sb_first_see(pdev, first);
	if (!first->seen || first->judged)
		return;

	if (sb_gather_registers(pdev, &gathered.facts))
		return;
	/* Only an address is judged by what is around it. */
	if (first->rom_raw & (u32)PCI_ROM_ADDRESS_MASK)
		sb_around_look(pdev, &gathered, found);
	sb_first_judge(first, &gathered.facts);
	sb_around_release(&gathered);
}
