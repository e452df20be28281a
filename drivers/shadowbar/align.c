// SPDX-License-Identifier: GPL-2.0-only
/*
 * align: have the core give each sub-page BAR a page of its own.
 *
 * A function that is added has no addresses yet. A sub-page BAR is made to
 * look as large as a page until the core has assigned it, and is given back
 * its true size before anybody can use it: when a driver is about to be bound,
 * or by the work that is queued when a function is added.
 *
 * Nobody may be worse off for it. If a BAR, a ROM or anything else of the
 * functions that came together was left without an address, all that they were
 * given is taken back and the core assigns it again, with the true sizes. And
 * where a sub-page BAR finds no room but in the rest of a page that is padded,
 * the pads make way: an address is worth more than a page of its own.
 */
#define dev_fmt(fmt) "shadowbar: " fmt

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "align.h"
#include "device.h"
#include "gather.h"

/* BARs, and behind them the ROM */
#define NR_RESOURCES	(PCI_ROM_RESOURCE + 1)

/**
 * struct newcomer - a function that was added, until its BARs are settled or a
 *		     driver is about to be bound
 * @node: in the list of all of them
 * @pdev: the function, with a reference
 * @scanner: the task that found it, with a reference. It holds the rescan
 *	     lock, and binds the first drivers before it lets go of it.
 * @wanted: numbers of the resources that the core has to assign
 * @enlarged: numbers of those that were enlarged
 * @start: where they start, for the core to make of it what it will
 * @size: their true sizes
 * @flags: their flags, which the core clears if it cannot assign them
 */
struct newcomer {
	struct list_head node;
	struct pci_dev *pdev;
	struct task_struct *scanner;
	unsigned long wanted;
	unsigned long enlarged;
	resource_size_t start[NR_RESOURCES];
	resource_size_t size[NR_RESOURCES];
	unsigned long flags[NR_RESOURCES];
};

static LIST_HEAD(newcomers);
static DEFINE_MUTEX(newcomers_lock);

static void forget(struct newcomer *newcomer)
{
	list_del(&newcomer->node);
	put_task_struct(newcomer->scanner);
	pci_dev_put(newcomer->pdev);
	kfree(newcomer);
}

/*
 * Where a BAR starts may be its alignment (PowerNV has all of them aligned to a
 * page so), and then its size is not.
 */
static bool can_enlarge(struct pci_dev *pdev, unsigned int nr)
{
	struct resource *res = &pdev->resource[nr];

	return nr < sb_nr_bars(pdev) && resource_size(res) < PAGE_SIZE &&
	       pdev->hdr_type == PCI_HEADER_TYPE_NORMAL &&
	       !(res->flags & IORESOURCE_STARTALIGN);
}

/* How many pages have been asked for on this bus already? */
static unsigned int pages_wanted(struct pci_bus *bus)
{
	struct newcomer *newcomer;
	unsigned int nr = 0;

	list_for_each_entry(newcomer, &newcomers, node)
		if (newcomer->pdev->bus == bus)
			nr += hweight_long(newcomer->enlarged);

	return nr;
}

static bool has_windows(struct pci_bus *bus)
{
	struct resource *res;
	int i;

	pci_bus_for_each_resource(bus, res, i)
		if (res && (res->flags & IORESOURCE_MEM) &&
		    (res->parent || res == &iomem_resource))
			return true;

	return false;
}

/*
 * Is there room for one more page, and for @times as much as was asked for?
 * A bridge that is new itself gets windows that fit.
 */
static bool has_room(struct pci_dev *pdev, unsigned int nr, unsigned int times)
{
	unsigned int pages = pages_wanted(pdev->bus) + 1;
	u64 size = roundup_pow_of_two((u64)pages * times * PAGE_SIZE);
	struct resource trial = {
		.name = "shadowbar",
		.flags = pdev->resource[nr].flags &
			 (IORESOURCE_MEM | IORESOURCE_PREFETCH |
			  IORESOURCE_MEM_64),
	};

	if (!has_windows(pdev->bus))
		return true;

	if (pci_bus_alloc_resource(pdev->bus, &trial, size, PAGE_SIZE, 0, 0,
				   NULL, NULL))
		return false;

	release_resource(&trial);
	return true;
}

/* As if the core had not assigned it yet */
static void take_back(struct newcomer *newcomer, unsigned int nr)
{
	struct resource *res = &newcomer->pdev->resource[nr];

	if (res->child)
		return;
	if (res->parent)
		release_resource(res);
	res->start = newcomer->start[nr];
	res->end = res->start + newcomer->size[nr] - 1;
	res->flags = newcomer->flags[nr];
}

/* What the core does with what it cannot assign: drivers do without it. */
static void give_up(struct newcomer *newcomer, unsigned int nr)
{
	struct resource *res = &newcomer->pdev->resource[nr];

	res->start = 0;
	res->end = 0;
	res->flags = 0;
}

/*
 * Windows that are too small make the core release what is in them, the BARs
 * of bound functions included, to make them larger. That must not happen for
 * a page that nobody asked for: there has to be room for twice as many. Nor
 * for a pad: where there is not one page left, the rest of some other may do.
 */
static void prepare(struct newcomer *newcomer, unsigned int nr, bool enlarge)
{
	struct pci_dev *pdev = newcomer->pdev;

	if (!can_enlarge(pdev, nr))
		return;

	if (enlarge && has_room(pdev, nr, 2)) {
		__set_bit(nr, &newcomer->enlarged);
		pdev->resource[nr].end = pdev->resource[nr].start +
					 PAGE_SIZE - 1;
	} else if (!has_room(pdev, nr, 1)) {
		sb_device_unpad(pdev->bus);
	}
}

/* The core makes this before it looks for a driver, when all are assigned. */
static int is_shown(struct pci_dev *pdev, void *shown)
{
	*(bool *)shown = pdev->procent;
	return *(bool *)shown;
}

/*
 * Is this function's host new itself? Then the core, or the host's driver, lets
 * go of the rescan lock between finding functions and assigning them, or never
 * takes it. Else the lock tells that all that was found is assigned.
 */
static bool is_on_new_host(struct pci_dev *pdev)
{
	struct pci_bus *root = pdev->bus;
	bool shown = false;

	while (root->parent)
		root = root->parent;
	pci_walk_bus(root, is_shown, &shown);

	return !shown;
}

/* Those are not assigned by the core, or not all of them. */
static bool is_left_alone(struct pci_dev *pdev)
{
	switch (pdev->class >> 8) {
	case PCI_CLASS_NOT_DEFINED:
	case PCI_CLASS_BRIDGE_HOST:
	case PCI_CLASS_SYSTEM_PIC:
		return true;
	}

	return pdev->is_virtfn || pci_has_flag(PCI_PROBE_ONLY);
}

/**
 * sb_align_add() - a function was added
 * @pdev: the function
 * @enlarge: its sub-page BARs are to have pages of their own
 *
 * Without memory, and where its host is new, its BARs go where the core puts
 * them.
 *
 * Context: may sleep; the rescan lock is held, unless the host is new.
 */
void sb_align_add(struct pci_dev *pdev, bool enlarge)
{
	struct newcomer *newcomer;
	unsigned int nr;

	if (is_left_alone(pdev) || is_on_new_host(pdev))
		return;

	newcomer = kzalloc(sizeof(*newcomer), GFP_KERNEL);
	if (!newcomer)
		return;

	mutex_lock(&newcomers_lock);
	newcomer->pdev = pci_dev_get(pdev);
	newcomer->scanner = get_task_struct(current);
	list_add(&newcomer->node, &newcomers);

	for (nr = 0; nr < NR_RESOURCES; nr++) {
		struct resource *res = &pdev->resource[nr];

		if (!sb_resource_is_bar(pdev, nr) || res->parent ||
		    (res->flags & (IORESOURCE_ROM_SHADOW |
				   IORESOURCE_PCI_FIXED)))
			continue;
		__set_bit(nr, &newcomer->wanted);
		newcomer->start[nr] = res->start;
		newcomer->size[nr] = resource_size(res);
		newcomer->flags[nr] = res->flags;
		prepare(newcomer, nr, enlarge);
	}

	if (!newcomer->wanted)
		forget(newcomer);
	mutex_unlock(&newcomers_lock);
}

/* Is anything without an address that is smaller than @limit? */
static bool is_left_out(const struct newcomer *newcomer, u64 limit)
{
	unsigned long nr;

	for_each_set_bit(nr, &newcomer->wanted, NR_RESOURCES)
		if (!newcomer->pdev->resource[nr].parent &&
		    newcomer->size[nr] < limit)
			return true;

	return false;
}

/*
 * An assigned BAR is given its true size back; it stays where it is. One that
 * the core could not assign is left as the core left it: a driver can do
 * without.
 */
static void shrink(struct newcomer *newcomer)
{
	unsigned long nr;

	for_each_set_bit(nr, &newcomer->enlarged, NR_RESOURCES) {
		struct resource *res = &newcomer->pdev->resource[nr];

		if (res->flags)
			adjust_resource(res, res->start, newcomer->size[nr]);
	}
}

static unsigned long largest(const struct newcomer *newcomer,
			     unsigned long among)
{
	unsigned long nr, found = __ffs(among);

	for_each_set_bit(nr, &among, NR_RESOURCES)
		if (newcomer->size[nr] > newcomer->size[found])
			found = nr;

	return found;
}

/*
 * Assign what the core left out of one function, and in its favour anew what
 * was enlarged of it: the rest stays where it is, here and in all others.
 */
static void assign_alone(struct newcomer *newcomer)
{
	unsigned long nr, left = newcomer->enlarged;

	for_each_set_bit(nr, &newcomer->wanted, NR_RESOURCES)
		if (!newcomer->pdev->resource[nr].parent)
			__set_bit(nr, &left);
	for_each_set_bit(nr, &left, NR_RESOURCES)
		take_back(newcomer, nr);

	while (left) {
		nr = largest(newcomer, left);
		__clear_bit(nr, &left);
		if (!newcomer->pdev->resource[nr].parent &&
		    pci_assign_resource(newcomer->pdev, nr))
			give_up(newcomer, nr);
	}
}

/*
 * There is no knowing whether the caller has the rescan lock: none but this
 * function's BARs move. Others that were added make room in the pages they have,
 * and so do pads for the task that found it, which has the lock as a rule.
 */
static void settle_alone(struct newcomer *newcomer)
{
	struct newcomer *other;

	shrink(newcomer);
	if (!is_left_out(newcomer, U64_MAX))
		return;

	list_for_each_entry(other, &newcomers, node)
		shrink(other);
	assign_alone(newcomer);
	if (newcomer->scanner == current && is_left_out(newcomer, PAGE_SIZE) &&
	    sb_device_unpad(newcomer->pdev->bus))
		assign_alone(newcomer);
}

static bool came_with(const struct newcomer *newcomer,
		      const struct task_struct *scanner)
{
	return !scanner || newcomer->scanner == scanner;
}

/*
 * Take back what the newcomers were given, and have it assigned anew. None of
 * them has a driver: it would not be in the list.
 */
static void assign_again(const struct task_struct *scanner)
{
	struct newcomer *newcomer;
	struct pci_bus *bus = NULL;
	unsigned long nr;

	list_for_each_entry(newcomer, &newcomers, node) {
		if (!came_with(newcomer, scanner))
			continue;
		for_each_set_bit(nr, &newcomer->wanted, NR_RESOURCES)
			take_back(newcomer, nr);
		newcomer->enlarged = 0;
	}

	list_for_each_entry(newcomer, &newcomers, node) {
		if (!came_with(newcomer, scanner) ||
		    newcomer->pdev->bus == bus)
			continue;
		bus = newcomer->pdev->bus;
		pci_assign_unassigned_bus_resources(bus);
	}
}

/* Only what is smaller than a page can do with the rest of one. */
static bool make_room(const struct task_struct *scanner)
{
	struct newcomer *newcomer;
	bool more = false;

	list_for_each_entry(newcomer, &newcomers, node)
		if (came_with(newcomer, scanner) &&
		    is_left_out(newcomer, PAGE_SIZE))
			more |= sb_device_unpad(newcomer->pdev->bus);

	return more;
}

static void settle(const struct task_struct *scanner)
{
	struct newcomer *newcomer, *next;
	bool enlarged = false, left_out = false;

	list_for_each_entry(newcomer, &newcomers, node) {
		if (!came_with(newcomer, scanner))
			continue;
		enlarged |= newcomer->enlarged;
		left_out |= is_left_out(newcomer, U64_MAX);
	}
	if (enlarged && left_out)
		assign_again(scanner);
	if (make_room(scanner))
		assign_again(scanner);

	list_for_each_entry_safe(newcomer, next, &newcomers, node) {
		if (!came_with(newcomer, scanner))
			continue;
		shrink(newcomer);
		forget(newcomer);
	}
}

/*
 * Is this the middle of a scan? The core makes a file in /proc/bus/pci for each
 * function before it looks for a driver, and after all are assigned: a task that
 * has found one without has the rescan lock still.
 */
static bool is_scanning(void)
{
	struct newcomer *newcomer;

	list_for_each_entry(newcomer, &newcomers, node)
		if (newcomer->scanner == current && !newcomer->pdev->procent)
			return true;

	return false;
}

/**
 * sb_align_bind() - a driver is about to be probed
 * @pdev: the function
 *
 * It is the first to look at the BARs of a newcomer, so they have their true
 * sizes when this returns, and are not touched here any more.
 *
 * Context: may sleep; the device lock is held, the rescan lock may be.
 */
void sb_align_bind(struct pci_dev *pdev)
{
	struct newcomer *newcomer, *next;

	mutex_lock(&newcomers_lock);
	if (is_scanning())
		settle(current);
	list_for_each_entry_safe(newcomer, next, &newcomers, node) {
		if (newcomer->pdev == pdev) {
			settle_alone(newcomer);
			forget(newcomer);
		}
	}
	mutex_unlock(&newcomers_lock);
}

/**
 * sb_align_remove() - a function goes
 * @pdev: the function
 *
 * Context: may sleep.
 */
void sb_align_remove(struct pci_dev *pdev)
{
	struct newcomer *newcomer, *next;

	mutex_lock(&newcomers_lock);
	list_for_each_entry_safe(newcomer, next, &newcomers, node) {
		if (newcomer->pdev == pdev) {
			shrink(newcomer);
			forget(newcomer);
		}
	}
	mutex_unlock(&newcomers_lock);
}

/**
 * sb_align_settle() - all functions that were added have been assigned
 *
 * Context: may sleep; the rescan lock is held.
 */
void sb_align_settle(void)
{
	mutex_lock(&newcomers_lock);
	settle(NULL);
	mutex_unlock(&newcomers_lock);
}
