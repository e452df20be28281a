// SPDX-License-Identifier: GPL-2.0-only
/*
 * pages: the pages behind a function's BARs, and who is told of a change.
 *
 * A function that vfio-pci holds, or one of its kin, may be opened at any moment,
 * and then the rest of each page has to be free. So all that is done for such a
 * function is done before its driver is probed: each small BAR is judged, and
 * moved where it has to be. Later its pages are looked at, and no more.
 *
 * While the core gives away addresses all pads are out: it does as it would do
 * without the module. Who has come into the page of another is moved afterwards.
 *
 * Looks have a queue of their own: none waits for a ROM to be read.
 */
#define dev_fmt(fmt) "shadowbar: " fmt

#include <linux/device.h>
#include <linux/freezer.h>
#include <linux/kobject.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/string.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "bus/decoders.h"
#include "bus/gather.h"
#include "function.h"
#include "pages/move.h"
#include "pages/pages.h"
#include "settings.h"
#include "trace.h"

static const struct sb_settings *settings;
static struct workqueue_struct *queue;

/* Woken when wishes are fulfilled, and when a function goes. */
static DECLARE_WAIT_QUEUE_HEAD(done);

/*
 * The core is about to give addresses to what was added, and there are no pads
 * until a look; under the rescan lock.
 */
static bool coming;

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

static bool has_small_bar(struct pci_dev *pdev)
{
	unsigned int nr;

	for (nr = 0; nr < sb_nr_bars(pdev); nr++)
		if (sb_resource_is_bar(pdev, nr) &&
		    resource_size(&pdev->resource[nr]) < PAGE_SIZE)
			return true;

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

static void set_verdict(struct sb_function *function, unsigned int nr,
			struct sb_page_verdict *verdict, bool lost)
{
	struct sb_pages *pages = function->pages;
	u8 before = pages->verdict[nr].page;

	verdict->msix = pages->msix & BIT(nr);
	spin_lock(&function->state_lock);
	pages->verdict[nr] = *verdict;
	spin_unlock(&function->state_lock);

	/* While the pad was lost something may have been in the page. */
	if (pages->looked && (lost || before != verdict->page))
		tell(function->pdev, nr, verdict->page);
}

static void look_at(struct sb_function *function, unsigned int nr,
		    const struct sb_decoders *decoders)
{
	struct sb_page_verdict verdict;
	bool lost = sb_pad_is_lost(function->pdev, nr, function->pages);

	sb_pad_check(function->pdev, nr, decoders, settings->pad,
		     function->pages, &verdict);
	set_verdict(function, nr, &verdict, lost);
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

static void see_bus(struct sb_decoders *decoders, struct pci_bus *bus)
{
	if (decoders->bus == bus)
		return;

	sb_decoders_free(decoders);
	sb_decoders_find(decoders, bus);
}

/* Returns true if it has a page to itself now that it had not before. */
static bool move(struct sb_function *function, unsigned int nr,
		 struct sb_decoders *decoders, u64 *taken)
{
	struct sb_pages *pages = function->pages;
	struct pci_dev *pdev = function->pdev;
	enum sb_move moved;
	bool restored;

	spin_lock(&function->state_lock);
	restored = function->outcome.restored;
	spin_unlock(&function->state_lock);
	moved = restored ? sb_move(pdev, nr, settings, decoders, taken) :
			   SB_MOVE_NOT_RESTORED;

	spin_lock(&function->state_lock);
	if (moved == SB_MOVE_NOT_RESTORED)
		function->outcome.restored = false;
	pages->moved[nr] = moved;
	spin_unlock(&function->state_lock);
	if (moved != SB_MOVE_DONE)
		return false;

	/* It decodes elsewhere now. */
	sb_decoders_free(decoders);
	sb_decoders_find(decoders, pdev->bus);
	return true;
}

static u8 wishes_of(struct sb_function *function)
{
	u8 wishes;

	spin_lock(&function->state_lock);
	wishes = function->pages->wishes;
	spin_unlock(&function->state_lock);

	return wishes;
}

/* Who holds the device lock now binds a driver, resets the function, or is about to. */
static void fulfil(struct sb_function *function, unsigned int nr, bool locked,
		   struct sb_decoders *decoders)
{
	struct sb_pages *pages = function->pages;
	enum sb_move moved = SB_MOVE_DONE;

	if (would_help(&pages->verdict[nr]) && !locked)
		moved = SB_MOVE_BUSY;
	else if (!would_help(&pages->verdict[nr]) ||
		 move(function, nr, decoders, NULL))
		look_at(function, nr, decoders);
	else
		moved = pages->moved[nr];

	spin_lock(&function->state_lock);
	pages->moved[nr] = moved;
	pages->wishes &= ~BIT(nr);
	spin_unlock(&function->state_lock);
}

/**
 * sb_pages_has_holder() - does its driver give a function's BARs to user space?
 * @pdev: the function
 *
 * Such drivers leave DMA to it, too, and say so where the kernel asks them.
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
	/* All that there were before had such a name. */
	return strstr(driver->name, "vfio-pci") ||
	       strstr(driver->name, "vfio_pci");
#endif
}

/* Under the function's mutex. Whoever binds a driver tells what it is then. */
static void see_holder(struct sb_function *function)
{
	struct pci_dev *pdev = function->pdev;
	struct sb_pages *pages = function->pages;

	pages->unsure = false;
	pages->held = false;
	if (!READ_ONCE(pdev->dev.driver))
		return;

	if (device_trylock(&pdev->dev)) {
		pages->held = sb_pages_has_holder(pdev);
		device_unlock(&pdev->dev);
	} else {
		pages->held = true;
		pages->unsure = true;
	}
}

/**
 * struct neighbour - a page, and who is in it
 * @page: CPU address of the page
 * @held: only functions count whose driver gives the page to user space; else those
 *	  whose pad was taken out as well
 * @found: there is one that starts with the page
 */
struct neighbour {
	u64 page;
	bool held;
	bool found;
};

static void is_neighbour(struct sb_function *function, void *arg)
{
	struct sb_pages *pages = function->pages;
	struct neighbour *neighbour = arg;
	unsigned int nr;

	for (nr = 0; pages && nr < sb_nr_bars(function->pdev); nr++) {
		struct resource *res = &function->pdev->resource[nr];

		if (!READ_ONCE(pages->held) &&
		    (neighbour->held || !READ_ONCE(pages->pad[nr])))
			continue;
		neighbour->found |= sb_resource_is_bar(function->pdev, nr) &&
				    res->parent && res->start == neighbour->page;
	}
}

/*
 * What has come into a page that was another's goes to one of its own: that of a
 * function that user space has, and without a driver also one that was padded. The
 * device lock is held.
 */
static void step_aside(struct sb_function *function,
		       struct sb_decoders *decoders)
{
	struct pci_dev *pdev = function->pdev;
	unsigned int nr;
	u64 taken = 0;

	for (nr = 0; settings->isolate && nr < sb_nr_bars(pdev); nr++) {
		const struct resource *res = &pdev->resource[nr];
		struct neighbour neighbour = {
			.page = res->start & PAGE_MASK,
			.held = pdev->dev.driver,
		};

		if (!sb_resource_is_bar(pdev, nr) || !res->parent ||
		    res->start == neighbour.page)
			continue;
		sb_function_each(is_neighbour, &neighbour);
		if (!neighbour.found)
			continue;
		see_bus(decoders, pdev->bus);
		move(function, nr, decoders, &taken);
	}
}

/* One that was added, and that no driver has taken so far */
static void have_aside(struct sb_function *function, void *arg)
{
	struct pci_dev *pdev = function->pdev;

	if (!function->pages || !READ_ONCE(function->pages->is_new) ||
	    !device_trylock(&pdev->dev))
		return;

	mutex_lock(&function->lock);
	if (!function->gone && !pdev->dev.driver)
		step_aside(function, arg);
	function->pages->is_new = false;
	mutex_unlock(&function->lock);
	device_unlock(&pdev->dev);
}

static void look_at_function(struct sb_function *function, void *arg)
{
	struct sb_pages *pages = function->pages;
	struct pci_dev *pdev = function->pdev;
	struct sb_decoders *decoders = arg;
	bool locked = false;
	unsigned int nr;
	u8 wishes;

	if (!pages)
		return;

	/*
	 * Nobody waits for it with the rescan lock held, and nobody takes it
	 * without need: to reset a function, vfio-pci only tries.
	 */
	wishes = wishes_of(function);
	if (wishes)
		locked = device_trylock(&pdev->dev);
	mutex_lock(&function->lock);
	if (function->gone)
		goto out;

	if (pages->unsure && !locked)
		see_holder(function);
	if (wishes || has_partial_page(pdev))
		see_bus(decoders, pdev->bus);

	for (nr = 0; nr < sb_nr_bars(pdev); nr++) {
		look_at(function, nr, decoders);
		if (wishes & BIT(nr))
			fulfil(function, nr, locked, decoders);
	}
	pages->looked = true;
out:
	mutex_unlock(&function->lock);
	if (locked)
		device_unlock(&pdev->dev);
}

/**
 * sb_pages_look_now() - look at the pages of all functions
 *
 * What is added, moved or enabled in one place can change what is alone in another.
 * Does what is wished, and tells user space of what has changed since the last look.
 *
 * Context: may sleep; takes the rescan lock.
 */
void sb_pages_look_now(void)
{
	struct sb_decoders decoders = {};

	/* Whatever was added has its addresses when this lock is to be had. */
	pci_lock_rescan_remove();
	if (coming)
		sb_function_each(have_aside, &decoders);
	coming = false;
	sb_function_each(look_at_function, &decoders);
	pci_unlock_rescan_remove();
	sb_decoders_free(&decoders);
	wake_up_all(&done);
}

static void look(struct work_struct *work)
{
	sb_pages_look_now();
}

static DECLARE_WORK(look_work, look);
static DECLARE_DELAYED_WORK(later_work, look);

/* Longer than it takes to switch a slot off */
#define LATER	(2 * HZ)

/**
 * sb_pages_look() - look at all pages, soon
 *
 * Context: any in which work can be queued.
 */
void sb_pages_look(void)
{
	queue_work(queue, &look_work);
}

/* Which small BARs the vectors are in. What is above the function has to be awake. */
static void see_msix(struct sb_function *function)
{
	static const u8 offset[] = { PCI_MSIX_TABLE, PCI_MSIX_PBA };
	struct pci_dev *pdev = function->pdev;
	unsigned int i, nr;
	u32 where;

	if (!pdev->msix_cap || !has_small_bar(pdev))
		return;

	pm_runtime_get_sync(pdev->bus->bridge);
	for (i = 0; i < ARRAY_SIZE(offset); i++) {
		if (pci_read_config_dword(pdev, pdev->msix_cap + offset[i],
					  &where))
			continue;
		nr = where & PCI_MSIX_TABLE_BIR;
		if (nr < PCI_STD_NUM_BARS &&
		    resource_size(&pdev->resource[nr]) < PAGE_SIZE)
			function->pages->msix |= BIT(nr);
	}
	pm_runtime_put(pdev->bus->bridge);
}

/**
 * sb_pages_attach() - a function is known from now on
 * @function: the function
 *
 * Context: may sleep; the function's mutex is held, and it can be found: whoever
 * binds a driver from here on tells.
 */
void sb_pages_attach(struct sb_function *function)
{
	if (!function->pages)
		return;

	see_msix(function);
	see_holder(function);
}

static void make_way(struct sb_function *function, void *arg)
{
	struct sb_pages *pages = function->pages;

	if (!pages)
		return;

	/* Whoever may be open is not to get what something else answers in. */
	mutex_lock(&function->lock);
	if (!pages->held)
		sb_pad_take_out(pages);
	mutex_unlock(&function->lock);
}

/**
 * sb_pages_added() - a function was added, and will get addresses
 * @function: the function
 *
 * From here until the next look the tree is as it would be without the module, so
 * the core finds for it what it would find then.
 *
 * Context: may sleep; the rescan lock is held, unless the host is new. No
 * function's mutex is.
 */
void sb_pages_added(struct sb_function *function)
{
	if (function->pdev->is_virtfn)
		return;

	if (function->pages)
		WRITE_ONCE(function->pages->is_new, true);
	if (!READ_ONCE(coming)) {
		WRITE_ONCE(coming, true);
		sb_function_each(make_way, NULL);
	}
}

/* Before the probe of a driver that gives BARs to user space */
static void isolate(struct sb_function *function, struct sb_decoders *decoders)
{
	struct sb_pages *pages = function->pages;
	struct pci_dev *pdev = function->pdev;
	struct sb_page_verdict verdict;
	unsigned int nr;
	u64 taken = 0;

	/* The first of those that share a page may stay, if the others go. */
	see_bus(decoders, pdev->bus);
	for (nr = sb_nr_bars(pdev); nr--; ) {
		if (!sb_resource_is_bar(pdev, nr))
			continue;
		sb_pad_drop(pages, nr);
		sb_pad_judge(pdev, nr, decoders, pages, &verdict);
		if (settings->isolate && pdev->resource[nr].parent &&
		    would_help(&verdict) &&
		    move(function, nr, decoders, &taken))
			sb_pad_judge(pdev, nr, decoders, pages, &verdict);

		if (verdict.page == SB_PAGE_SHARED && verdict.hidden)
			sb_pad_put(pdev, nr, pages, false);
		else if (verdict.page == SB_PAGE_UNPADDED && settings->pad &&
			 !pdev->is_virtfn)
			verdict.page = SB_PAGE_EXCLUSIVE;
		set_verdict(function, nr, &verdict, false);
	}
}

/**
 * sb_pages_bind() - a driver is about to be probed
 * @function: the function
 *
 * Context: may sleep; the device lock is held, the rescan lock may be.
 */
void sb_pages_bind(struct sb_function *function)
{
	struct sb_pages *pages = function->pages;
	struct sb_decoders decoders = {};

	if (!pages)
		return;

	mutex_lock(&function->lock);
	if (function->gone) {
		/* Nothing is done for it any more. */
	} else if (sb_pages_has_holder(function->pdev)) {
		pages->held = false;
		if (has_small_bar(function->pdev))
			isolate(function, &decoders);
		pages->held = true;
		pages->unsure = false;
		pages->looked = true;
	} else if (pages->is_new) {
		step_aside(function, &decoders);
	}
	pages->is_new = false;
	mutex_unlock(&function->lock);
	sb_decoders_free(&decoders);
}

/**
 * sb_pages_bound() - a driver has a function, or has it no more
 * @function: the function
 * @bound: which
 *
 * Context: may sleep; the device lock is held, the rescan lock may be.
 */
void sb_pages_bound(struct sb_function *function, bool bound)
{
	struct sb_pages *pages = function->pages;

	if (!pages)
		return;

	mutex_lock(&function->lock);
	pages->held = bound && sb_pages_has_holder(function->pdev);
	pages->unsure = false;
	mutex_unlock(&function->lock);
}

/**
 * sb_pages_verdict() - what is known of the page behind a BAR
 * @function: the function, which has memory BARs
 * @nr: the BAR
 * @verdict: filled; unassigned as long as nobody has looked
 *
 * Context: any that may take a spinlock; never waits for a look.
 */
void sb_pages_verdict(struct sb_function *function, unsigned int nr,
		      struct sb_page_verdict *verdict)
{
	spin_lock(&function->state_lock);
	*verdict = function->pages->verdict[nr];
	spin_unlock(&function->state_lock);
}

/**
 * sb_pages_moved() - what became of the last wish to move a BAR
 * @function: the function, which has memory BARs
 * @nr: the BAR
 *
 * Context: any that may take a spinlock; never waits for a move.
 * Return: that.
 */
enum sb_move sb_pages_moved(struct sb_function *function, unsigned int nr)
{
	enum sb_move moved;

	spin_lock(&function->state_lock);
	moved = function->pages->moved[nr];
	spin_unlock(&function->state_lock);

	return moved;
}

static bool is_fulfilled(struct sb_function *function, unsigned int nr)
{
	return !(wishes_of(function) & BIT(nr)) || READ_ONCE(function->gone);
}

/**
 * sb_pages_isolate() - give a BAR a page of its own, and wait for it
 * @function: the function, which has memory BARs
 * @nr: the BAR
 *
 * Context: process context, interruptible; no lock held.
 * Return: 0, also if it has one, -EBUSY while a driver is bound or if it must
 * not be touched now, -EAGAIN if somebody was at the function, -EPERM for a
 * denied function, -ENOSPC if no window has a free page, -ENODEV if the function
 * goes meanwhile, -ERESTARTSYS if interrupted, else -EIO.
 */
int sb_pages_isolate(struct sb_function *function, unsigned int nr)
{
	int ret;

	spin_lock(&function->state_lock);
	function->pages->wishes |= BIT(nr);
	spin_unlock(&function->state_lock);

	sb_pages_look();
	ret = wait_event_freezable(done, is_fulfilled(function, nr));
	if (ret)
		return ret;
	if (READ_ONCE(function->gone))
		return -ENODEV;

	/* Those that it shared its page with may be alone now. */
	sb_pages_look();
	return sb_move_error(sb_pages_moved(function, nr));
}

/**
 * sb_pages_gone() - a function is gone: nobody waits for it any longer
 *
 * What was unplugged answers until its slot is switched off, which nobody tells:
 * there is one more look then.
 *
 * Context: any in which work can be queued.
 */
void sb_pages_gone(void)
{
	wake_up_all(&done);
	sb_pages_look();
	mod_delayed_work(queue, &later_work, LATER);
}

/**
 * sb_pages_start() - be ready to look at pages
 * @with: the settings, valid until sb_pages_stop()
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int sb_pages_start(const struct sb_settings *with)
{
	settings = with;
	coming = false;
	queue = alloc_ordered_workqueue("shadowbar-pages", WQ_FREEZABLE);

	return queue ? 0 : -ENOMEM;
}

/**
 * sb_pages_stop() - undo sb_pages_start()
 *
 * Context: may sleep, for what is still queued; the rescan lock is not held.
 */
void sb_pages_stop(void)
{
	cancel_delayed_work_sync(&later_work);
	destroy_workqueue(queue);
	sb_decoders_forget();
}
