// SPDX-License-Identifier: GPL-2.0-only
/*
 * bind: what is done for pages before a driver is probed.
 *
 * vfio-pci and similar drivers may be opened at any time once they are bound,
 * and then need the rest of each page to be free. So everything for such a
 * function is done before its driver is probed: each small BAR is judged, and
 * moved if necessary.
 */
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <shadowbar/compat.h>

#include "bus/decoders.h"
#include "bus/gather.h"
#include "pages/bind.h"
#include "pages/verdict.h"

/*
 * How long a bind waits for functions that are being reset, as when another VM
 * starts or ends: without knowing what they decode, no page is free. A bus needs
 * a second. Others may wait for the locks that are held meanwhile.
 */
#define BIND_PATIENCE		(2 * HZ)

/**
 * sb_pages_has_holder() - does its driver give a function's BARs to user space?
 * @pdev: the function
 *
 * Such drivers also leave DMA to user space, and declare that if the kernel has
 * a flag for it.
 *
 * Context: the device lock is held.
 * Return: true if the driver that is bound, or about to be probed, does.
 */
bool sb_pages_has_holder(struct pci_dev *pdev)
{
	struct device_driver *driver = pdev->dev.driver;

	if (!driver || pdev->hdr_type != PCI_HEADER_TYPE_NORMAL)
		return false;
#if SB_HAS_MANAGED_DMA
	/* This one does nothing at all. */
	return to_pci_driver(driver)->driver_managed_dma &&
	       strcmp(driver->name, "pci-stub");
#else
	/* On older kernels, all such drivers have a name like this. */
	return strstr(driver->name, "vfio-pci") ||
	       strstr(driver->name, "vfio_pci");
#endif
}

/**
 * sb_bind_see_holder() - record whether a function's driver is such a driver
 * @pages: the function's pages
 *
 * Later binds are reported.
 *
 * Context: may sleep; the function's mutex is held.
 */
void sb_bind_see_holder(struct sb_pages *pages)
{
	struct pci_dev *pdev = pages->pdev;

	pages->unsure = false;
	WRITE_ONCE(pages->held, false);
	if (!READ_ONCE(pdev->dev.driver))
		return;

	if (device_trylock(&pdev->dev)) {
		WRITE_ONCE(pages->held, sb_pages_has_holder(pdev));
		device_unlock(&pdev->dev);
	} else {
		WRITE_ONCE(pages->held, true);
		pages->unsure = true;
	}
}

/**
 * struct neighbour - a page, and who is in it
 * @page: CPU address of the page
 * @held: only look for functions whose driver gives the page to user space;
 *	  else also for those whose pad was removed
 * @found: there is one that starts with the page
 */
struct neighbour {
	u64 page;
	bool held;
	bool found;
};

static void is_neighbour(struct sb_pages *pages, void *arg)
{
	struct neighbour *neighbour = arg;
	unsigned int nr;

	for (nr = 0; nr < sb_nr_bars(pages->pdev); nr++) {
		struct resource *res = &pages->pdev->resource[nr];

		if (!READ_ONCE(pages->held) &&
		    (neighbour->held || !READ_ONCE(pages->pad[nr])))
			continue;
		neighbour->found |= sb_resource_is_bar(pages->pdev, nr) &&
				    res->parent && res->start == neighbour->page;
	}
}

/*
 * If a BAR has landed in a page that belonged to another function, move it to a
 * page of its own. That other function has a driver that gives the page to user
 * space or, if this one has no driver, its BAR may also have been padded. The
 * device lock is held.
 */
static void step_aside(struct sb_pages *pages, struct sb_decoders *decoders)
{
	struct pci_dev *pdev = pages->pdev;
	unsigned int nr;
	u64 taken = 0;

	for (nr = 0; pages->config->isolate && nr < sb_nr_bars(pdev); nr++) {
		const struct resource *res = &pdev->resource[nr];
		struct neighbour neighbour = {
			.page = res->start & PAGE_MASK,
			.held = pdev->dev.driver,
		};

		if (!sb_resource_is_bar(pdev, nr) || !res->parent ||
		    res->start == neighbour.page)
			continue;
		pages->config->each(is_neighbour, &neighbour);
		if (!neighbour.found)
			continue;
		sb_verdict_see_bus(decoders, pdev->bus);
		sb_verdict_move(pages, nr, decoders, &taken);
	}
}

/**
 * sb_bind_step_aside() - move a new function out of the pages of others
 * @pages: the function's pages; nothing is done if it has a driver
 * @arg: the decoders found so far; replaced if the function is on another bus
 *
 * Context: may sleep; the rescan lock is held.
 */
void sb_bind_step_aside(struct sb_pages *pages, void *arg)
{
	struct pci_dev *pdev = pages->pdev;

	if (!READ_ONCE(pages->is_new) || !device_trylock(&pdev->dev))
		return;

	mutex_lock(pages->lock);
	if (!pages->gone && !pdev->dev.driver)
		step_aside(pages, arg);
	WRITE_ONCE(pages->is_new, false);
	mutex_unlock(pages->lock);
	device_unlock(&pdev->dev);
}

/* Before the probe of a driver that gives BARs to user space */
static void isolate(struct sb_pages *pages, struct sb_decoders *decoders)
{
	struct pci_dev *pdev = pages->pdev;
	struct sb_page_verdict verdict;
	unsigned int nr;
	u64 taken = 0;

	/*
	 * The first of those that share a page may stay, if the others are
	 * moved.
	 */
	sb_verdict_see_bus(decoders, pdev->bus);
	for (nr = sb_nr_bars(pdev); nr--; ) {
		if (!sb_resource_is_bar(pdev, nr))
			continue;
		sb_pad_judge(pdev, nr, decoders, pages, &verdict);
		sb_pad_drop(pages, nr);
		if (pages->config->isolate && pdev->resource[nr].parent &&
		    sb_verdict_is_bad(&verdict) &&
		    sb_verdict_move(pages, nr, decoders, &taken) ==
		    SB_MOVE_DONE)
			sb_pad_judge(pdev, nr, decoders, pages, &verdict);

		if (verdict.page == SB_PAGE_SHARED && verdict.hidden)
			sb_pad_put(pdev, nr, pages, false);
		else if (verdict.page == SB_PAGE_UNPADDED && pages->config->pad &&
			 !pdev->is_virtfn && !decoders->waiting)
			verdict.page = SB_PAGE_EXCLUSIVE;
		sb_verdict_set(pages, nr, &verdict, false);
	}
}

/**
 * sb_pages_bind() - a driver is about to be probed
 * @pages: the function's pages, or NULL
 *
 * Context: may sleep; the device lock is held, the rescan lock may be.
 */
void sb_pages_bind(struct sb_pages *pages)
{
	struct sb_decoders decoders = {};

	if (!pages)
		return;

	mutex_lock(pages->lock);
	if (pages->gone) {
		/* From here on, nothing may be done for it. */
	} else if (sb_pages_has_holder(pages->pdev)) {
		WRITE_ONCE(pages->held, false);
		decoders.until = jiffies + BIND_PATIENCE;
		if (sb_has_small_bar(pages->pdev))
			isolate(pages, &decoders);
		WRITE_ONCE(pages->held, true);
		pages->unsure = false;
		pages->looked = true;
	} else if (pages->is_new) {
		step_aside(pages, &decoders);
	}
	WRITE_ONCE(pages->is_new, false);
	mutex_unlock(pages->lock);
	sb_decoders_free(&decoders);
}

/**
 * sb_pages_bound() - a driver has been bound to a function, or unbound
 * @pages: the function's pages, or NULL
 * @bound: true if bound
 *
 * Context: may sleep; the device lock is held, the rescan lock may be.
 */
void sb_pages_bound(struct sb_pages *pages, bool bound)
{
	if (!pages)
		return;

	mutex_lock(pages->lock);
	WRITE_ONCE(pages->held, bound && sb_pages_has_holder(pages->pdev));
	pages->unsure = false;
	mutex_unlock(pages->lock);
}
