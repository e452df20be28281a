// SPDX-License-Identifier: GPL-2.0-only
/*
 * igd: Intel's integrated graphics, and what it needs beside its BARs.
 *
 * Everything is done once, when the function is first seen: later its driver
 * writes into the OpRegion, and may use the stolen memory.
 */
#include <linux/pci.h>
#include <linux/slab.h>

#include "bus/gather.h"
#include "igd/guard.h"
#include "igd/igd.h"
#include "igd/snapshot.h"

static bool is_igd(struct pci_dev *pdev)
{
	if (!sb_gather_is_integrated(pdev) ||
	    pdev->devfn != PCI_DEVFN(SB_IGD_SLOT, 0))
		return false;

	/* A guest may have a card there. */
	return sb_igd_generation(pdev->device) != SB_IGD_DISCRETE;
}

/**
 * sb_igd_attach() - look after Intel's graphics, if a function is that
 * @pdev: the function
 * @wish: what is wanted
 * @igd: set to what was found, to be given to sb_igd_retire() and
 *	 sb_igd_free(); not written to for any other function
 *
 * Only with igd_stolen=allocate anything is written to it.
 *
 * Context: may sleep; the function's mutex is held, the rescan lock may be.
 * Return: 0 or -ENOMEM.
 */
int sb_igd_attach(struct pci_dev *pdev, const struct sb_igd_wish *wish,
		  struct sb_igd **igd)
{
	struct sb_igd *new;

	if (!is_igd(pdev))
		return 0;

	new = kzalloc(sizeof(*new), GFP_KERNEL);
	if (!new)
		return -ENOMEM;

	new->report.gen = sb_igd_generation(pdev->device);
	new->report.bound = READ_ONCE(pdev->dev.driver);
	sb_igd_snapshot(pdev, new);
	sb_igd_guard(pdev, wish, new);
	*igd = new;
	return 0;
}

/**
 * sb_igd_retire() - a function goes, or the module
 * @igd: what was found of the function, or NULL
 *
 * Stolen memory that the module has allocated stays allocated: the device may
 * still write to it.
 *
 * Context: may sleep; the function's mutex is held.
 */
void sb_igd_retire(struct sb_igd *igd)
{
	/* A driver's own reservation inside it moves up to where it was. */
	if (igd && igd->guard.parent)
		remove_resource(&igd->guard);
}

/**
 * sb_igd_free() - free what sb_igd_attach() allocated
 * @igd: that, retired, its files gone; or NULL
 *
 * Context: may sleep.
 */
void sb_igd_free(struct sb_igd *igd)
{
	if (!igd)
		return;

	kfree(igd->snapshot);
	kfree(igd);
}
