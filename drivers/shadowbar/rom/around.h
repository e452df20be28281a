/* SPDX-License-Identifier: GPL-2.0-only */
/* around: what surrounds a function, and where its ROM would fit. */
#ifndef SHADOWBAR_AROUND_H
#define SHADOWBAR_AROUND_H

#include <linux/ioport.h>
#include <shadowbar/facts.h>

struct pci_dev;
struct sb_decoders;

/**
 * struct sb_hold - a place that is reserved in the resource tree
 * @res: the reservation, or NULL
 * @start: its first address. The core may detach it, and then change its own.
 * @size: bytes
 * @addr: its first bus address
 * @held: it was reserved, and not released since
 */
struct sb_hold {
	struct resource *res;
	resource_size_t start;
	resource_size_t size;
	u64 addr;
	bool held;
};

/**
 * struct sb_gathered - facts, and the data that they refer to
 * @facts: the facts; the lists in them point into the members below
 * @windows: windows of the function's bus
 * @decoders: what others on its bus and on those above it decode
 * @bridges: the bridges above it
 * @hold: reserves the address that the ROM is read at, so that nothing else
 *	  gets it meanwhile
 */
struct sb_gathered {
	struct sb_facts facts;
	struct sb_range *windows;
	struct sb_range *decoders;
	struct sb_bridge *bridges;
	struct sb_hold hold;
};

/**
 * typedef sb_place_t - find a place in a free part of a window
 * @context: data of the caller
 * @start: first bus address
 * @end: last bus address
 *
 * Return: the first address of the place, or U64_MAX if there is none.
 */
typedef u64 (*sb_place_t)(void *context, u64 start, u64 end);

int sb_around_look(struct pci_dev *pdev, struct sb_gathered *gathered,
		   struct sb_decoders *found);
int sb_around_place(struct pci_dev *pdev, struct sb_hold *hold, u64 size,
		    sb_place_t place, void *context);
void sb_hold_drop(struct sb_hold *hold);
int sb_around_hold(struct pci_dev *pdev, struct sb_gathered *gathered);
int sb_around_hole(struct pci_dev *pdev, struct sb_gathered *gathered,
		   u64 *addr);
bool sb_around_still_reaches(struct pci_dev *pdev,
			     const struct sb_gathered *gathered, u64 addr);
void sb_around_release(struct sb_gathered *gathered);

#endif /* SHADOWBAR_AROUND_H */
