// SPDX-License-Identifier: GPL-2.0-only
/* pages: the pages behind a function's BARs, and who is told of a change. */
#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/pci.h>

#include "decoders.h"
#include "device.h"
#include "gather.h"
#include "move.h"
#include "pages.h"
#include "trace.h"

/**
 * sb_has_pages() - does a function have memory BARs?
 * @pdev: the function
 *
 * Return: true if the core knows of one.
 */
bool sb_has_pages(struct pci_dev *pdev)
{
	unsigned int nr;

	for (nr = 0; nr < sb_nr_bars(pdev); nr++)
		if (sb_resource_is_bar(pdev, nr))
			return true;

	return false;
}

/* Reading all registers of a bus is only worth it where it can matter. */
static bool has_partial_page(struct pci_dev *pdev)
{
	struct sb_page_bar bar;
	unsigned int nr;

	for (nr = 0; nr < sb_nr_bars(pdev); nr++) {
		sb_page_bar_of(pdev, nr, &bar);
		if (sb_page_is_partial(&bar))
			return true;
	}

	return false;
}

static void tell(struct pci_dev *pdev, unsigned int nr, enum sb_page page)
{
	char bar[sizeof("SHADOWBAR_BAR=5")];
	char state[sizeof("SHADOWBAR_PAGE=unassigned")];
	char *env[3] = { bar, state };

	scnprintf(bar, sizeof(bar), "SHADOWBAR_BAR=%u", nr);
	scnprintf(state, sizeof(state), "SHADOWBAR_PAGE=%s",
		  sb_page_name(page));
	trace_shadowbar_page(pdev, nr, page);

	/* Without memory nobody hears of it, but the file says it still. */
	kobject_uevent_env(&pdev->dev.kobj, KOBJ_CHANGE, env);
}

static void look_at(struct sb_function *function, unsigned int nr,
		    const struct sb_decoders *decoders, bool pad)
{
	struct sb_pages *pages = function->pages;
	struct sb_page_verdict verdict;
	u8 before = pages->verdict[nr].page;
	bool lost = sb_pad_is_lost(function->pdev, nr, pages);

	sb_pad_check(function->pdev, nr, decoders, pad, pages, &verdict);

	spin_lock(&function->state_lock);
	pages->verdict[nr] = verdict;
	spin_unlock(&function->state_lock);

	/* While the pad was lost something may have been in the page. */
	if (pages->looked && (lost || before != verdict.page))
		tell(function->pdev, nr, verdict.page);
}

static bool is_wished(struct sb_function *function, unsigned int nr)
{
	bool wished;

	spin_lock(&function->state_lock);
	wished = function->pages->wishes & BIT(nr);
	spin_unlock(&function->state_lock);

	return wished;
}

static bool has_wishes(struct sb_function *function)
{
	bool wishes;

	spin_lock(&function->state_lock);
	wishes = function->pages->wishes;
	spin_unlock(&function->state_lock);

	return wishes;
}

static bool would_help(const struct sb_page_verdict *verdict)
{
	switch ((enum sb_page)verdict->page) {
	case SB_PAGE_SHARED:
	case SB_PAGE_UNALIGNED:
	case SB_PAGE_UNASSIGNED:
		return true;
	case SB_PAGE_WHOLE:
	case SB_PAGE_UNPADDED:
	case SB_PAGE_EXCLUSIVE:
		break;
	}

	return false;
}

/* Who holds the device lock now binds a driver, or is about to. */
static enum sb_move move(struct sb_function *function, unsigned int nr,
			 bool locked, const struct sb_settings *settings,
			 const struct sb_decoders *decoders)
{
	bool restored;

	if (!would_help(&function->pages->verdict[nr]))
		return SB_MOVE_DONE;
	if (!locked)
		return SB_MOVE_BOUND;

	spin_lock(&function->state_lock);
	restored = function->outcome.restored;
	spin_unlock(&function->state_lock);
	if (!restored)
		return SB_MOVE_NOT_RESTORED;

	return sb_move(function->pdev, nr, settings, decoders,
		       function->pages);
}

static void fulfil(struct sb_function *function, unsigned int nr, bool locked,
		   struct sb_decoders *decoders,
		   const struct sb_settings *settings)
{
	struct sb_pages *pages = function->pages;
	struct pci_dev *pdev = function->pdev;
	enum sb_move moved;

	moved = move(function, nr, locked, settings, decoders);

	/* It decodes elsewhere now. */
	sb_decoders_free(decoders);
	sb_decoders_find(decoders, pdev->bus);
	look_at(function, nr, decoders, settings->pad);

	spin_lock(&function->state_lock);
	if (moved == SB_MOVE_NOT_RESTORED)
		function->outcome.restored = false;
	pages->moved[nr] = moved;
	pages->wishes &= ~BIT(nr);
	spin_unlock(&function->state_lock);
}

/**
 * sb_pages_look() - look at the pages of a function, and do what is wished
 * @function: the function
 * @decoders: those of the bus of the last function; looked up anew if this one
 *	      is on another
 * @settings: the settings
 *
 * Tells user space of what has changed since the last look.
 *
 * Context: may sleep; the rescan lock is held.
 */
void sb_pages_look(struct sb_function *function, struct sb_decoders *decoders,
		   const struct sb_settings *settings)
{
	struct pci_dev *pdev = function->pdev;
	bool wished, locked;
	unsigned int nr;

	if (!function->pages)
		return;

	/*
	 * Nobody waits for it with the rescan lock held, and nobody takes it
	 * without need: to reset a function, vfio-pci only tries.
	 */
	wished = has_wishes(function);
	locked = wished && device_trylock(&pdev->dev);
	mutex_lock(&function->lock);
	if (function->gone)
		goto out;

	if (decoders->bus != pdev->bus && (wished || has_partial_page(pdev))) {
		sb_decoders_free(decoders);
		sb_decoders_find(decoders, pdev->bus);
	}

	for (nr = 0; nr < sb_nr_bars(pdev); nr++) {
		look_at(function, nr, decoders, settings->pad);
		if (wished && is_wished(function, nr))
			fulfil(function, nr, locked, decoders, settings);
	}
	function->pages->looked = true;
out:
	mutex_unlock(&function->lock);
	if (locked)
		device_unlock(&pdev->dev);
}
