// SPDX-License-Identifier: GPL-2.0-only
/*
 * first: a function as firmware left it.
 *
 * Neither what a capture changes temporarily nor what a driver did later may be
 * mistaken for that, so it is recorded once and judged once.
 */
#include <linux/pci.h>
#include <linux/sizes.h>
#include <shadowbar/plan.h>

#include "bus/gather.h"
#include "rom/around.h"
#include "rom/first.h"

/**
 * sb_first_see() - record the state of a function before anything changes it
 * @pdev: the function
 * @first: filled; empty before; not judged yet
 *
 * Loading the module waits for this for every function, so it only takes two
 * reads.
 *
 * Context: any in which config space may be read.
 */
void sb_first_see(struct pci_dev *pdev, struct sb_first *first)
{
	/* If it cannot be read, nothing may be trusted later. */
	first->seen = !sb_gather_decode(pdev, &first->decode);
	if (first->seen)
		sb_gather_rom_bar(pdev, &first->rom_raw);
}

/**
 * sb_first_judge() - judge the ROM BAR as it was first seen
 * @first: the function as first seen; @first->rom_bar is set
 * @facts: the function and what surrounds it
 */
void sb_first_judge(struct sb_first *first, const struct sb_facts *facts)
{
	struct sb_facts as_first = *facts;

	as_first.rom_raw = first->rom_raw;
	/*
	 * The size is not known: all that matters is whether there is an
	 * address.
	 */
	if (!as_first.rom_size && first->rom_raw)
		as_first.rom_size = SZ_2K;
	first->rom_bar = sb_facts_rom_bar(&as_first);
}

/**
 * sb_first_look() - record and judge a function, if that has not been done
 * @pdev: the function
 * @first: the function as first seen
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
	/* The surroundings only matter for an address. */
	if (first->rom_raw & (u32)PCI_ROM_ADDRESS_MASK)
		sb_around_look(pdev, &gathered, found);
	sb_first_judge(first, &gathered.facts);
	sb_around_release(&gathered);
}
