// SPDX-License-Identifier: GPL-2.0-only
/*
 * rescan: one hold of the PCI rescan lock, shared by parallel captures.
 *
 * While a ROM is read nothing may be added, removed or moved by the PCI core,
 * and that is what pci_lock_rescan_remove() stands for. Captures of different
 * functions do not disturb each other, but each needs that same lock. So the
 * first one takes it for all: others join while it is held, and the first one
 * stays until the last of them has left, because the lock must be released by
 * the task that took it.
 *
 * With many captures queued there is always one that runs. So that others get
 * the lock as well, those that come late do not join, but wait until it has
 * been given back.
 *
 * Only captures that run are counted, never those that are queued: a freezer
 * that stops the queue does not leave the first one waiting.
 */
#include <linux/jiffies.h>
#include <linux/pci.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "rescan.h"

static DEFINE_SPINLOCK(lock);
static DECLARE_WAIT_QUEUE_HEAD(changed);
static unsigned int inside;	/* captures that run, under lock */
static bool is_open;		/* the rescan lock is held, under lock */
static bool is_opening;		/* somebody is about to take it, under lock */
static unsigned long opened;	/* when it was taken, in jiffies, under lock */
static unsigned int holds;	/* how often it was taken, under lock */

/* Under lock. */
static bool may_join(void)
{
	return is_open && time_before(jiffies, opened + SB_RESCAN_HOLD);
}

/**
 * sb_rescan_enter() - keep the PCI core from adding, removing and moving
 *
 * Context: process context, may sleep for as long as a hot-plug takes. The
 * caller must not hold a device lock or a function's mutex.
 * Return: true if the caller is the one that holds the rescan lock; to be
 * given to sb_rescan_leave().
 */
bool sb_rescan_enter(void)
{
	spin_lock_irq(&lock);
	wait_event_lock_irq(changed, may_join() || !(is_open || is_opening),
			    lock);
	if (is_open) {
		inside++;
		spin_unlock_irq(&lock);
		return false;
	}
	is_opening = true;
	spin_unlock_irq(&lock);

	pci_lock_rescan_remove();

	spin_lock_irq(&lock);
	is_opening = false;
	is_open = true;
	opened = jiffies;
	holds++;
	inside++;
	spin_unlock_irq(&lock);
	wake_up_all(&changed);
	return true;
}

/**
 * sb_rescan_hold() - tell one hold from the next
 *
 * What is learnt in one, of all that the PCI core adds, removes and moves, is
 * true until that ends.
 *
 * Context: process context.
 * Return: its number, 0 while there is none.
 */
unsigned int sb_rescan_hold(void)
{
	unsigned int hold;

	spin_lock_irq(&lock);
	hold = is_open ? holds : 0;
	spin_unlock_irq(&lock);

	return hold;
}

/**
 * sb_rescan_leave() - the caller no longer depends on it
 * @leads: what sb_rescan_enter() returned
 *
 * Context: the task that called sb_rescan_enter(). The one that leads waits
 * for all that have joined.
 */
void sb_rescan_leave(bool leads)
{
	spin_lock_irq(&lock);
	inside--;
	if (leads) {
		wait_event_lock_irq(changed, !inside, lock);
		is_open = false;
	}
	spin_unlock_irq(&lock);

	if (leads)
		pci_unlock_rescan_remove();
	wake_up_all(&changed);
}
