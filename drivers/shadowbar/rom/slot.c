// SPDX-License-Identifier: GPL-2.0-only
/*
 * slot: reads one ROM of a slot at a time.
 */
#include <linux/list.h>
#include <linux/pci.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "rom/slot.h"

/* Slots in which a ROM is being read */
static LIST_HEAD(slots);
static DEFINE_SPINLOCK(slots_lock);
static DECLARE_WAIT_QUEUE_HEAD(slot_left);

static bool take(struct sb_slot *slot)
{
	struct sb_slot *other;
	bool taken = true;

	spin_lock(&slots_lock);
	list_for_each_entry(other, &slots, node)
		if (other->bus == slot->bus && other->nr == slot->nr)
			taken = false;
	if (taken)
		list_add(&slot->node, &slots);
	spin_unlock(&slots_lock);

	return taken;
}

/**
 * sb_slot_enter() - wait until no other function of a slot is being read
 * @slot: filled, for sb_slot_leave()
 * @pdev: the function
 *
 * All functions of a card may share one flash chip, so they are read one after
 * another. A task that reads one never waits for another.
 *
 * Context: may sleep.
 */
void sb_slot_enter(struct sb_slot *slot, struct pci_dev *pdev)
{
	slot->bus = pdev->bus;
	slot->nr = pci_ari_enabled(pdev->bus) ? 0 : PCI_SLOT(pdev->devfn);
	wait_event(slot_left, take(slot));
}

/**
 * sb_slot_leave() - let others read
 * @slot: the slot that was entered
 *
 * Context: any.
 */
void sb_slot_leave(struct sb_slot *slot)
{
	spin_lock(&slots_lock);
	list_del(&slot->node);
	spin_unlock(&slots_lock);
	wake_up_all(&slot_left);
}

/**
 * sb_slot_wait() - wait until no ROM in a slot is being read
 * @pdev: a function in the slot
 *
 * Context: may sleep.
 */
void sb_slot_wait(struct pci_dev *pdev)
{
	struct sb_slot slot;

	sb_slot_enter(&slot, pdev);
	sb_slot_leave(&slot);
}
