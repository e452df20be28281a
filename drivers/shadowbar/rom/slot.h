/* SPDX-License-Identifier: GPL-2.0-only */
/* slot: reads one ROM of a slot at a time. */
#ifndef SHADOWBAR_SLOT_H
#define SHADOWBAR_SLOT_H

#include <linux/list.h>

struct pci_bus;
struct pci_dev;

/**
 * struct sb_slot - a slot in which a ROM is being read
 * @node: in the list of all of them
 * @bus: the function's bus
 * @nr: the slot's number on the bus
 */
struct sb_slot {
	struct list_head node;
	struct pci_bus *bus;
	unsigned int nr;
};

void sb_slot_enter(struct sb_slot *slot, struct pci_dev *pdev);
void sb_slot_leave(struct sb_slot *slot);
void sb_slot_wait(struct pci_dev *pdev);

#endif /* SHADOWBAR_SLOT_H */
