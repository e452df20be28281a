// SPDX-License-Identifier: GPL-2.0-only
/*
 * igd: Intel integrated graphics, and what it needs besides its BARs.
 *
 * Everything is done once, when the function is first seen: later, its driver
 * writes to the OpRegion, and may use the stolen memory.
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

	/* In a guest, this may be a discrete card. */
	return sb_igd_generation(pdev->device) != SB_IGD_DISCRETE;
}

/**
 * sb_igd_attach() - handle a function, if it is Intel graphics
 * @pdev: the function
 * @opts: its options
 * @igd: set to what was found, to be given to sb_igd_retire() and
 *	 sb_igd_free(); not changed for any other function
 *
 * Writes to the function only with igd_stolen=allocate.
 *
 * Context: may sleep; the function's mutex is held, the rescan lock may be.
 * Return: 0 or -ENOMEM.
 */
int sb_igd_attach(struct pci_dev *pdev, const struct sb_igd_opts *opts,
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
	sb_igd_guard(pdev, opts, new);
	*igd = new;
	return 0;
}

/**
 * sb_igd_retire() - a function is removed, or the module unloaded
 * @igd: from sb_igd_attach(), or NULL
 *
 * Stolen memory that the module allocated stays allocated: the device may still
 * write to it.
 *
 * Context: may sleep; the function's mutex is held.
 */
void sb_igd_retire(struct sb_igd *igd)
{
	/* A driver's own reservation inside it moves up to its place. */
	if (igd && igd->guard.parent)
		remove_resource(&igd->guard);
}

/**
 * sb_igd_free() - free what sb_igd_attach() allocated
 * @igd: from sb_igd_attach(), retired, its files removed; or NULL
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
