// SPDX-License-Identifier: GPL-2.0-only
/*
 * function: one object for each function, and their table.
 *
 * Lock order: rescan lock, device lock, the function's mutex, its state_lock.
 * The PCI core calls in with the first two held, so nothing that it calls waits
 * for either, and nothing waits for them while holding the mutex.
 */
#include <linux/hashtable.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/wait.h>
#include <shadowbar/compat.h>

#include "bus/gather.h"
#include "function.h"
#include "igd/igd.h"
#include "pages/pages.h"
#include "rom/shadows.h"

/*
 * All functions, by slot. A fixed table: a tree that is indexed by address
 * would take a node for each bus with a single function on it.
 */
static DEFINE_HASHTABLE(functions, 10);
static DEFINE_SPINLOCK(functions_lock);

/* Objects that are not freed yet, in the table or not; under functions_lock. */
static unsigned int nr_objects;

/* Woken when the last of them is freed. */
static DECLARE_WAIT_QUEUE_HEAD(freed);

static struct sb_function *to_function(struct kobject *kobj)
{
	return container_of(kobj, struct sb_function, kobj);
}

static void function_release(struct kobject *kobj)
{
	struct sb_function *function = to_function(kobj);

	sb_shadows_free(function->shadows);
	pci_dev_put(function->pdev);
	kfree(function->owed.header);
	kfree(function->pages);
	sb_igd_free(function->igd);
	kfree(function);

	spin_lock(&functions_lock);
	if (!--nr_objects)
		wake_up_all(&freed);
	spin_unlock(&functions_lock);
}

static sb_kobj_type function_type = {
	.release = function_release,
	.sysfs_ops = &kobj_sysfs_ops,
};

/**
 * sb_function_create() - create an object
 * @pdev: the function; its state as firmware left it is recorded
 *
 * Context: may sleep.
 * Return: the object, with a reference and not in the table yet; NULL if out of
 * memory.
 */
struct sb_function *sb_function_create(struct pci_dev *pdev)
{
	struct sb_function *function;

	function = kzalloc(sizeof(*function), GFP_KERNEL);
	if (!function)
		return NULL;

	if (sb_pages_create(pdev, &function->lock, &function->state_lock,
			    &function->outcome.restored, &function->pages)) {
		kfree(function);
		return NULL;
	}

	spin_lock(&functions_lock);
	nr_objects++;
	spin_unlock(&functions_lock);
	kobject_init(&function->kobj, &function_type);
	function->pdev = pci_dev_get(pdev);
	mutex_init(&function->lock);
	spin_lock_init(&function->state_lock);
	INIT_LIST_HEAD(&function->queued);
	sb_first_see(pdev, &function->first);
	function->outcome.decode = function->first.decode;
	function->outcome.restored = true;
	function->request.requested = 1;

	return function;
}

/**
 * sb_function_put() - drop a reference
 * @function: the function
 *
 * Context: may sleep.
 */
void sb_function_put(struct sb_function *function)
{
	kobject_put(&function->kobj);
}

static bool all_freed(void)
{
	bool freed;

	spin_lock(&functions_lock);
	freed = !nr_objects;
	spin_unlock(&functions_lock);

	return freed;
}

/**
 * sb_function_wait_for_all() - wait until the last object is freed
 *
 * Others may hold the last reference to one, and the code that frees it is in
 * this module.
 *
 * Context: may sleep.
 */
void sb_function_wait_for_all(void)
{
	wait_event(freed, all_freed());
}

static unsigned long slot_of(struct pci_bus *bus, unsigned int devfn)
{
	return (unsigned long)bus + PCI_SLOT(devfn);
}

/* Called under functions_lock. */
static struct sb_function *function_lookup(struct pci_dev *pdev)
{
	struct sb_function *function;

	hash_for_each_possible(functions, function, node,
			       slot_of(pdev->bus, pdev->devfn))
		if (function->pdev == pdev)
			return function;

	return NULL;
}

/**
 * sb_function_find() - find the object of a function
 * @pdev: the function
 *
 * Context: any that may take a spinlock.
 * Return: the object, with a reference, or NULL.
 */
struct sb_function *sb_function_find(struct pci_dev *pdev)
{
	struct sb_function *function;

	spin_lock(&functions_lock);
	function = function_lookup(pdev);
	if (function)
		kobject_get(&function->kobj);
	spin_unlock(&functions_lock);

	return function;
}

/**
 * sb_function_insert() - add an object to the table
 * @function: the object; the table takes a reference
 *
 * Context: any that may take a spinlock.
 * Return: true; false if the function is already in the table.
 */
bool sb_function_insert(struct sb_function *function)
{
	bool is_new;

	spin_lock(&functions_lock);
	is_new = !function_lookup(function->pdev);
	if (is_new) {
		kobject_get(&function->kobj);
		hash_add(functions, &function->node,
			 slot_of(function->pdev->bus, function->pdev->devfn));
	}
	spin_unlock(&functions_lock);

	return is_new;
}

/**
 * sb_function_take() - remove an object from the table
 * @pdev: the function
 *
 * Context: any that may take a spinlock.
 * Return: the object, with the table's reference, or NULL if it is not in the
 * table.
 */
struct sb_function *sb_function_take(struct pci_dev *pdev)
{
	struct sb_function *function;

	spin_lock(&functions_lock);
	function = function_lookup(pdev);
	if (function)
		hash_del(&function->node);
	spin_unlock(&functions_lock);

	return function;
}

/**
 * sb_function_take_any() - remove any one object from the table
 *
 * Context: any that may take a spinlock.
 * Return: the object, with the table's reference, or NULL if the table is
 * empty.
 */
struct sb_function *sb_function_take_any(void)
{
	struct sb_function *function;
	int bucket;

	spin_lock(&functions_lock);
	hash_for_each(functions, bucket, function, node) {
		hash_del(&function->node);
		break;
	}
	spin_unlock(&functions_lock);

	return function;
}

/**
 * sb_function_each() - call something for each function, bus by bus
 * @call: the callback
 * @arg: for @call
 *
 * Context: may sleep; the rescan lock is held, or missing a function does no
 * harm.
 */
void sb_function_each(void (*call)(struct sb_function *function, void *arg),
		      void *arg)
{
	struct sb_function *function;
	struct pci_dev *pdev = NULL;

	for_each_pci_dev(pdev) {
		function = sb_function_find(pdev);
		if (!function)
			continue;
		call(function, arg);
		sb_function_put(function);
	}
}

/* Returns it with a reference. */
static struct sb_function *function_at(struct pci_bus *bus, unsigned int devfn)
{
	struct sb_function *function, *found = NULL;

	spin_lock(&functions_lock);
	hash_for_each_possible(functions, function, node, slot_of(bus, devfn))
		if (function->pdev->bus == bus && function->pdev->devfn == devfn)
			found = function;
	if (found)
		kobject_get(&found->kobj);
	spin_unlock(&functions_lock);

	return found;
}

/**
 * sb_function_each_sibling() - call something for the other functions of a slot
 * @pdev: one function
 * @call: the callback; returns true to stop
 *
 * This does not search the bus, which would take pci_bus_sem: error recovery
 * holds that while it waits for a device lock, and the caller may hold one.
 *
 * Context: may sleep.
 * Return: true if the callback stopped it.
 */
bool sb_function_each_sibling(struct pci_dev *pdev,
			      bool (*call)(struct sb_function *function))
{
	bool ari = pci_ari_enabled(pdev->bus), enough = false;
	unsigned int devfn = ari ? 0 : PCI_DEVFN(PCI_SLOT(pdev->devfn), 0);
	unsigned int end = devfn + (ari ? 256 : 8);

	for (; devfn < end && !enough; devfn++) {
		struct sb_function *function;

		if (devfn == pdev->devfn)
			continue;
		function = function_at(pdev->bus, devfn);
		if (!function)
			continue;
		enough = call(function);
		sb_function_put(function);
	}

	return enough;
}

static bool is_driven(struct sb_function *function)
{
	return READ_ONCE(function->pdev->dev.driver) &&
	       READ_ONCE(function->binding) != SB_BINDING_SOON &&
	       sb_gather_has_rom(function->pdev);
}

/**
 * sb_function_has_driven_sibling() - may a driver be using a function's flash?
 * @pdev: the function
 *
 * The ports of a network card share one chip for their ROMs, in which the
 * driver may store data.
 *
 * Context: may sleep.
 * Return: true if a driver is bound to another function of the slot that has a
 * ROM.
 */
bool sb_function_has_driven_sibling(struct pci_dev *pdev)
{
	return sb_function_each_sibling(pdev, is_driven);
}

static enum sb_place place_of(struct pci_dev *pdev)
{
	if (sb_gather_is_integrated(pdev))
		return SB_PLACE_INTEL;
	if (pdev->resource[PCI_ROM_RESOURCE].flags & IORESOURCE_ROM_SHADOW)
		return SB_PLACE_EMPTY_SHADOW;

	return SB_PLACE_USUAL;
}

/**
 * sb_function_outcome() - get the outcome of a function's last capture
 * @function: the function
 * @outcome: filled; pending while a capture is queued or runs
 *
 * Context: any that may take a spinlock; never waits for a capture.
 */
void sb_function_outcome(struct sb_function *function, struct sb_outcome *outcome)
{
	spin_lock(&function->state_lock);
	*outcome = function->outcome;
	if (function->request.requested != function->request.completed)
		outcome->why = SB_WHY_QUEUED;
	spin_unlock(&function->state_lock);

	sb_shadows_tell(READ_ONCE(function->shadows), outcome);
	outcome->place = place_of(function->pdev);
}

/**
 * sb_function_shadow() - get one of a function's shadows
 * @function: the function
 * @source: its source; SB_SOURCE_NONE for the best shadow
 *
 * Context: any that may take a spinlock; never waits for a capture.
 * Return: the shadow, with a reference, or NULL.
 */
struct sb_shadow *sb_function_shadow(struct sb_function *function,
				     enum sb_source source)
{
	return sb_shadows_get(READ_ONCE(function->shadows), source);
}

/**
 * sb_function_served() - how a function's shadow is served
 * @function: the function
 *
 * Context: any that may take a spinlock; never waits for a capture.
 * Return: that; zero-initialised if there is no shadow.
 */
struct sb_served sb_function_served(struct sb_function *function)
{
	return sb_shadows_served(READ_ONCE(function->shadows));
}

/**
 * sb_function_changed() - whether a function still has the ROM of its shadow
 * @function: the function
 *
 * Context: any that may take a spinlock; never waits for a capture.
 * Return: that; unknown if there is no shadow.
 */
enum sb_changed sb_function_changed(struct sb_function *function)
{
	return sb_shadows_changed(READ_ONCE(function->shadows));
}
