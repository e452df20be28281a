// SPDX-License-Identifier: GPL-2.0-only
/*
 * pages: looks after the pages of all functions' BARs.
 *
 * vfio-pci and similar drivers may be opened at any time once they are bound,
 * and then need the rest of each page to be free. So everything for such a
 * function is done before its driver is probed: each small BAR is judged, and
 * moved if necessary. After that, its pages are only looked at.
 *
 * While the core assigns addresses, all pads are removed, so that it assigns
 * the same ones as without the module. BARs that land in a page of another
 * function are moved afterwards.
 *
 * Looks have a workqueue of their own. They wait for no capture but one that a
 * driver's probe waits for, too: that one holds its function's mutex.
 */
#define dev_fmt(fmt) "shadowbar: " fmt

#include <linux/device.h>
#include <linux/freezer.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "bus/decoders.h"
#include "bus/gather.h"
#include "pages/bind.h"
#include "pages/pages.h"
#include "pages/verdict.h"

static const struct sb_pages_config *config;
static struct workqueue_struct *queue;

/* Woken when requests are done, and when a function is removed. */
static DECLARE_WAIT_QUEUE_HEAD(done);

/*
 * The core is about to assign addresses to new functions, so there are no pads
 * until the next look; under the rescan lock.
 */
static bool coming;

/*
 * A function could not be read during this look, and how often the delay until
 * the next one has been doubled since; under the rescan lock.
 */
static bool unread;
static int doublings;

static bool has_bars(struct pci_dev *pdev)
{
	unsigned int nr;

	for (nr = 0; nr < sb_nr_bars(pdev); nr++)
		if (sb_resource_is_bar(pdev, nr))
			return true;

	return false;
}

/**
 * sb_pages_create() - allocate the state of a function's pages
 * @pdev: the function
 * @lock: its mutex
 * @state_lock: its state_lock
 * @restored: its registers are as they should be; under @state_lock
 * @pages: set to the state, or to NULL for a function without memory BARs; to
 *	   be freed with kfree()
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int sb_pages_create(struct pci_dev *pdev, struct mutex *lock,
		    spinlock_t *state_lock, bool *restored,
		    struct sb_pages **pages)
{
	*pages = NULL;
	if (!has_bars(pdev))
		return 0;

	*pages = kzalloc(sizeof(**pages), GFP_KERNEL);
	if (!*pages)
		return -ENOMEM;

	(*pages)->pdev = pdev;
	(*pages)->config = config;
	(*pages)->lock = lock;
	(*pages)->state_lock = state_lock;
	(*pages)->restored = restored;
	return 0;
}

/**
 * sb_pages_retire() - a function is removed, or the module unloaded
 * @pages: the function's pages, or NULL
 *
 * Context: may sleep; the rescan lock and the function's mutex are held.
 */
void sb_pages_retire(struct sb_pages *pages)
{
	if (!pages)
		return;

	WRITE_ONCE(pages->gone, true);
	sb_pad_remove_all(pages);
}

/* Only read all registers of a bus if that can matter. */
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

static u8 requests_of(struct sb_pages *pages)
{
	u8 requests;

	spin_lock(pages->state_lock);
	requests = pages->requests;
	spin_unlock(pages->state_lock);

	return requests;
}

/*
 * If the device lock is held, its owner is binding a driver or resetting the
 * function, now or soon.
 */
static void carry_out(struct sb_pages *pages, unsigned int nr, bool locked,
		      struct sb_decoders *decoders)
{
	enum sb_move moved = SB_MOVE_DONE;

	if (sb_verdict_is_bad(&pages->verdict[nr])) {
		moved = locked ? sb_verdict_move(pages, nr, decoders, NULL) :
				 SB_MOVE_BUSY;
		if (moved == SB_MOVE_DONE)
			sb_verdict_look(pages, nr, decoders);
	}

	spin_lock(pages->state_lock);
	pages->moved[nr] = moved;
	pages->requests &= ~BIT(nr);
	spin_unlock(pages->state_lock);
}

static void look_at_function(struct sb_pages *pages, void *arg)
{
	struct pci_dev *pdev = pages->pdev;
	struct sb_decoders *decoders = arg;
	bool locked = false;
	unsigned int nr;
	u8 requests;

	/*
	 * Do not wait for the device lock while holding the rescan lock, and do
	 * not take it without need: to reset a function, vfio-pci only tries
	 * it.
	 */
	requests = requests_of(pages);
	if (requests)
		locked = device_trylock(&pdev->dev);
	mutex_lock(pages->lock);
	if (pages->gone)
		goto out;

	if (pages->unsure && !locked)
		sb_bind_see_holder(pages);
	if (requests || has_partial_page(pdev))
		sb_verdict_see_bus(decoders, pdev->bus);
	unread |= decoders->unread;

	for (nr = 0; nr < sb_nr_bars(pdev); nr++) {
		sb_verdict_look(pages, nr, decoders);
		if (requests & BIT(nr))
			carry_out(pages, nr, locked, decoders);
	}
	pages->looked = true;
out:
	mutex_unlock(pages->lock);
	if (locked)
		device_unlock(&pdev->dev);
}

static void look(struct work_struct *work);
static void look_again(struct work_struct *work);
static DECLARE_WORK(look_work, look);
static DECLARE_DELAYED_WORK(later_work, look_again);

/* Longer than it takes to power a slot off, or to reset a function */
#define LATER		(2 * HZ)
/* The longest delay is about half an hour. */
#define MOST_DOUBLINGS	10

static void look_at_all(bool again)
{
	struct sb_decoders decoders = {};

	/* Once this lock is available, whatever was added has its addresses. */
	pci_lock_rescan_remove();
	if (READ_ONCE(coming)) {
		/* Whatever a new host adds from here on is for the next look. */
		WRITE_ONCE(coming, false);
		config->each(sb_bind_step_aside, &decoders);
	}
	unread = false;
	config->each(look_at_function, &decoders);
	/*
	 * A reset ends without any event, and so does waking a function up.
	 * Until the next look, the pages around it are closed to VFIO.
	 */
	if (!unread) {
		doublings = 0;
	} else {
		doublings = min(doublings + again, MOST_DOUBLINGS);
		queue_delayed_work(queue, &later_work, LATER << doublings);
	}
	pci_unlock_rescan_remove();
	sb_decoders_free(&decoders);
	wake_up_all(&done);
}

/**
 * sb_pages_look_now() - look at the pages of all functions
 *
 * What is added, moved or enabled in one place may share a page with something
 * else. Carries out requests, and tells user space what has changed since the
 * last look.
 *
 * Context: may sleep; takes the rescan lock.
 */
void sb_pages_look_now(void)
{
	look_at_all(false);
}

static void look(struct work_struct *work)
{
	look_at_all(false);
}

static void look_again(struct work_struct *work)
{
	look_at_all(true);
}

/**
 * sb_pages_look() - queue a look at all pages
 *
 * Context: any in which work can be queued.
 */
void sb_pages_look(void)
{
	queue_work(queue, &look_work);
}

/*
 * Find the small BARs that contain the vectors. The bridge above must be awake.
 */
static void see_msix(struct sb_pages *pages)
{
	static const u8 offset[] = { PCI_MSIX_TABLE, PCI_MSIX_PBA };
	struct pci_dev *pdev = pages->pdev;
	unsigned int i, nr;
	u32 where;

	if (!pdev->msix_cap || !sb_has_small_bar(pdev))
		return;

	pm_runtime_get_sync(pdev->bus->bridge);
	for (i = 0; i < ARRAY_SIZE(offset); i++) {
		if (pci_read_config_dword(pdev, pdev->msix_cap + offset[i],
					  &where))
			continue;
		nr = where & PCI_MSIX_TABLE_BIR;
		if (nr < PCI_STD_NUM_BARS &&
		    resource_size(&pdev->resource[nr]) < PAGE_SIZE)
			pages->msix |= BIT(nr);
	}
	pm_runtime_put(pdev->bus->bridge);
}

/**
 * sb_pages_attach() - start looking after a function's pages
 * @pages: the function's pages, or NULL
 * @denied: the deny parameter names it
 *
 * Context: may sleep; the function's mutex is held, and it can be found, so
 * that binds are reported from here on.
 */
void sb_pages_attach(struct sb_pages *pages, bool denied)
{
	if (!pages)
		return;

	pages->denied = denied;
	see_msix(pages);
	sb_bind_see_holder(pages);
}

/* Does a BAR decode without an address in the kernel's resource tree? */
static bool has_no_address(const struct sb_owner *bar)
{
	unsigned int nr = bar->kind == SB_DECODER_ROM ? PCI_ROM_RESOURCE :
							bar->nr;
	struct pci_dev *pdev;
	bool found;

	if (bar->kind != SB_DECODER_BAR && bar->kind != SB_DECODER_ROM)
		return false;

	pdev = pci_get_domain_bus_and_slot(bar->domain, bar->bus, bar->devfn);
	found = pdev && sb_resource_is_bar(pdev, nr) &&
		!pdev->resource[nr].parent;
	pci_dev_put(pdev);
	return found;
}

/*
 * Is a page closed to VFIO because of something that may get its place in it
 * back now: the function that was added, or a BAR that the core has left
 * without an address, when it assigned all those in a window again?
 */
static bool is_closed_for(const struct sb_pages *pages,
			  const struct pci_dev *pdev)
{
	unsigned int nr;

	for (nr = 0; nr < PCI_STD_NUM_BARS; nr++) {
		const struct sb_owner *with = &pages->verdict[nr].with;

		if (pages->pad[nr] &&
		    ((with->domain == pci_domain_nr(pdev->bus) &&
		      with->bus == pdev->bus->number &&
		      with->devfn == pdev->devfn) || has_no_address(with)))
			return true;
	}

	return false;
}

static void make_way(struct sb_pages *pages, void *arg)
{
	/*
	 * A function that may be open must not get a page in which something
	 * else decodes. If the kernel finds that again, it has its place back:
	 * then the tree shows it.
	 */
	mutex_lock(pages->lock);
	if (!pages->held || is_closed_for(pages, arg))
		sb_pad_take_out(pages);
	mutex_unlock(pages->lock);
}

/**
 * sb_pages_added() - a function was added, and will get addresses
 * @pdev: the function
 * @pages: the function's pages, or NULL
 *
 * From here until the next look, the tree is as it would be without the module,
 * so the core assigns what it would assign then.
 *
 * Context: may sleep; the rescan lock is held, unless the host bridge is new.
 * No function's mutex is held.
 */
void sb_pages_added(struct pci_dev *pdev, struct sb_pages *pages)
{
	if (pdev->is_virtfn)
		return;

	if (pages)
		WRITE_ONCE(pages->is_new, true);
	if (!READ_ONCE(coming) || sb_decoders_returns(pdev)) {
		WRITE_ONCE(coming, true);
		config->each(make_way, pdev);
	}
}

/**
 * sb_pages_verdict() - get the state of the page behind a BAR
 * @pages: the function's pages
 * @nr: the BAR
 * @verdict: filled; unassigned until the first look
 *
 * Context: any that may take a spinlock; never waits for a look.
 */
void sb_pages_verdict(struct sb_pages *pages, unsigned int nr,
		      struct sb_page_verdict *verdict)
{
	spin_lock(pages->state_lock);
	*verdict = pages->verdict[nr];
	spin_unlock(pages->state_lock);
}

/**
 * sb_pages_moved() - get the result of the last request to move a BAR
 * @pages: the function's pages
 * @nr: the BAR
 *
 * Context: any that may take a spinlock; never waits for a move.
 * Return: the result.
 */
enum sb_move sb_pages_moved(struct sb_pages *pages, unsigned int nr)
{
	enum sb_move moved;

	spin_lock(pages->state_lock);
	moved = pages->moved[nr];
	spin_unlock(pages->state_lock);

	return moved;
}

static bool is_done(struct sb_pages *pages, unsigned int nr)
{
	return !(requests_of(pages) & BIT(nr)) || READ_ONCE(pages->gone);
}

/**
 * sb_pages_isolate() - move a BAR to a page of its own, and wait for it
 * @pages: the function's pages
 * @nr: the BAR
 *
 * Context: process context, interruptible; no lock held.
 * Return: 0, also if it has one already, -EBUSY while a driver is bound or if
 * it must not be touched now, -EAGAIN if the function was locked, -EPERM for a
 * denied function, -ENOSPC if no window has a free page, -ENODEV if the
 * function is removed meanwhile, -ERESTARTSYS if interrupted, else -EIO.
 */
int sb_pages_isolate(struct sb_pages *pages, unsigned int nr)
{
	int ret;

	spin_lock(pages->state_lock);
	pages->requests |= BIT(nr);
	spin_unlock(pages->state_lock);

	sb_pages_look();
	ret = wait_event_freezable(done, is_done(pages, nr));
	if (ret)
		return ret;
	if (READ_ONCE(pages->gone))
		return -ENODEV;

	/* BARs that shared the old page may now have it to themselves. */
	sb_pages_look();
	return sb_move_error(sb_pages_moved(pages, nr));
}

/**
 * sb_pages_gone() - a function was removed: wake up whoever waits for it
 *
 * An unplugged function still decodes until its slot is powered off, which is
 * not reported, so look once more after that.
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
 * sb_pages_start() - prepare for looks at pages
 * @with: settings and callbacks, valid until sb_pages_stop()
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int sb_pages_start(const struct sb_pages_config *with)
{
	config = with;
	coming = false;
	doublings = 0;
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
	/* A look may queue another one for later. */
	flush_work(&look_work);
	cancel_delayed_work_sync(&later_work);
	destroy_workqueue(queue);
	sb_decoders_forget();
}
