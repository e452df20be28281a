// SPDX-License-Identifier: GPL-2.0-only
/*
 * device: one object a function.
 *
 * Locks, in this order: the rescan lock, the device lock, the function's own
 * mutex, its state_lock. The PCI core calls in with the first two held, so
 * nothing that is called from there waits for either, and nothing waits for
 * them with the mutex held.
 *
 * Whoever removes files does it without the mutex: a reader or a writer of
 * one has to get through before its file can go.
 */
#define dev_fmt(fmt) "shadowbar: " fmt

#include <linux/device.h>
#include <linux/err.h>
#include <linux/freezer.h>
#include <linux/hashtable.h>
#include <linux/list.h>
#include <linux/pci.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <shadowbar/compat.h>

#include "bus/decoders.h"
#include "bus/gather.h"
#include "device.h"
#include "igd/igd.h"
#include "pages/pages.h"
#include "rom/capture.h"
#include "rom/serve.h"
#include "rom/sources.h"
#include "rom/store.h"
#include "sysfs.h"
#include "trace.h"

/* How long captures keep the rescan lock to themselves, in jiffies */
#define RESCAN_HOLD	HZ

/* When to try again what somebody else has locked, in jiffies */
#define LOCKED_RETRY	(HZ / 50 + 1)

static const struct sb_settings *settings;
static struct workqueue_struct *queue;

/* Woken when a capture ends, when a function goes, and with the last of all. */
static DECLARE_WAIT_QUEUE_HEAD(done);

/*
 * All functions, by pci_dev. A fixed table: a tree that is indexed by address
 * would cost a node for each bus with a single function on it.
 */
static DEFINE_HASHTABLE(functions, 8);
static DEFINE_SPINLOCK(functions_lock);

/* Objects that are not freed yet, in the table or not; under functions_lock. */
static unsigned int nr_objects;

static struct sb_function *to_function(struct kobject *kobj)
{
	return container_of(kobj, struct sb_function, kobj);
}

static void function_release(struct kobject *kobj)
{
	struct sb_function *function = to_function(kobj);
	unsigned int i;

	if (function->shadows)
		for (i = 0; i < SB_SOURCES; i++)
			sb_shadow_put(function->shadows->shown[i].shadow);
	pci_dev_put(function->pdev);
	kfree(function->first.header);
	kfree(function->shadows);
	kfree(function->pages);
	sb_igd_free(function->igd);
	kfree(function);

	spin_lock(&functions_lock);
	if (!--nr_objects)
		wake_up_all(&done);
	spin_unlock(&functions_lock);
}

static sb_kobj_type function_type = {
	.release = function_release,
	.sysfs_ops = &kobj_sysfs_ops,
	.default_groups = sb_sysfs_first_groups,
};

static void function_put(struct sb_function *function)
{
	kobject_put(&function->kobj);
}

/* Under functions_lock. */
static struct sb_function *function_lookup(struct pci_dev *pdev)
{
	struct sb_function *function;

	hash_for_each_possible(functions, function, node, (unsigned long)pdev)
		if (function->pdev == pdev)
			return function;

	return NULL;
}

static struct sb_function *function_find(struct pci_dev *pdev)
{
	struct sb_function *function;

	spin_lock(&functions_lock);
	function = function_lookup(pdev);
	if (function)
		kobject_get(&function->kobj);
	spin_unlock(&functions_lock);

	return function;
}

/* Takes a reference for the table; false if the function is there already. */
static bool function_insert(struct sb_function *function)
{
	bool is_new;

	spin_lock(&functions_lock);
	is_new = !function_lookup(function->pdev);
	if (is_new) {
		kobject_get(&function->kobj);
		hash_add(functions, &function->node,
			 (unsigned long)function->pdev);
	}
	spin_unlock(&functions_lock);

	return is_new;
}

/* Gives the caller the table's reference; NULL if somebody else has it. */
static struct sb_function *function_take(struct pci_dev *pdev)
{
	struct sb_function *function;

	spin_lock(&functions_lock);
	function = function_lookup(pdev);
	if (function)
		hash_del(&function->node);
	spin_unlock(&functions_lock);

	return function;
}

static struct sb_function *function_take_any(void)
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

/* Functions that wait for their capture, in order; under functions_lock */
static LIST_HEAD(queued);

static void capture_queued(struct work_struct *work);
static DECLARE_DELAYED_WORK(captures, capture_queued);

static void function_queue(struct sb_function *function)
{
	spin_lock(&functions_lock);
	if (list_empty(&function->queued)) {
		kobject_get(&function->kobj);
		list_add_tail(&function->queued, &queued);
	}
	spin_unlock(&functions_lock);

	mod_delayed_work(queue, &captures, 0);
}

/* Takes over the reference of one that has just left the queue. */
static void function_requeue(struct sb_function *function)
{
	bool known;

	spin_lock(&functions_lock);
	known = !list_empty(&function->queued);
	if (!known)
		list_add_tail(&function->queued, &queued);
	spin_unlock(&functions_lock);

	if (known)
		function_put(function);
}

/* Gives the caller the queue's reference; NULL if nobody waits. */
static struct sb_function *function_next(void)
{
	struct sb_function *function;

	spin_lock(&functions_lock);
	function = list_first_entry_or_null(&queued, struct sb_function,
					    queued);
	if (function)
		list_del_init(&function->queued);
	spin_unlock(&functions_lock);

	return function;
}

/* Ask for a capture. Returns a number to wait for. */
static unsigned int function_ask(struct sb_function *function)
{
	unsigned int number;

	spin_lock(&function->state_lock);
	number = ++function->asked;
	spin_unlock(&function->state_lock);

	function_queue(function);
	return number;
}

static bool function_is_asked(struct sb_function *function)
{
	bool asked;

	spin_lock(&function->state_lock);
	asked = function->asked != function->answered;
	spin_unlock(&function->state_lock);

	return asked;
}

/* Once the directory is there, all of its files have to be. */
static int add_files(struct sb_function *function)
{
	int ret;

	if (function->has_files || !function->kobj.state_in_sysfs)
		return 0;

	ret = sb_sysfs_add_files(function);
	function->has_files = !ret;
	return ret;
}

static void set_shadow(struct sb_function *function, struct sb_shown *shown,
		       struct sb_shadow *shadow)
{
	spin_lock(&function->state_lock);
	shown->shadow = shadow;
	spin_unlock(&function->state_lock);
}

/*
 * Replace a shadow by a newer one, whose reference is taken over. The file's
 * size is fixed when it is made: another size, another file.
 */
static int show_shadow(struct sb_function *function, enum sb_source source,
		       struct sb_shadow *shadow)
{
	struct sb_shown *shown = &function->shadows->shown[source];
	struct sb_shadow *before = shown->shadow;
	int ret = 0;

	if (before && before->size != shadow->size)
		sb_sysfs_remove_shadow(function, source);

	set_shadow(function, shown, shadow);
	if (!before || before->size != shadow->size)
		ret = sb_sysfs_add_shadow(function, source, shadow->size);
	if (!ret) {
		sb_shadow_put(before);
		return 0;
	}

	/* Back to the older one, if there is memory for its file at least. */
	if (before && sb_sysfs_add_shadow(function, source, before->size)) {
		sb_shadow_put(before);
		before = NULL;
	}
	set_shadow(function, shown, before);
	sb_shadow_put(shadow);
	return ret;
}

static void set_finding(struct sb_function *function, enum sb_source source,
			const struct sb_finding *finding)
{
	spin_lock(&function->state_lock);
	function->shadows->findings[source] = *finding;
	spin_unlock(&function->state_lock);
}

static void hide_shadow(struct sb_function *function, enum sb_source source)
{
	struct sb_shown *shown = &function->shadows->shown[source];
	struct sb_shadow *before = shown->shadow;

	sb_sysfs_remove_shadow(function, source);
	set_shadow(function, shown, NULL);
	set_finding(function, source, &(struct sb_finding){});
	sb_shadow_put(before);
}

static int need_shadows(struct sb_function *function)
{
	struct sb_shadows *shadows;

	if (function->shadows)
		return 0;

	shadows = kzalloc(sizeof(*shadows), GFP_KERNEL);
	if (!shadows)
		return -ENOMEM;
	spin_lock(&function->state_lock);
	function->shadows = shadows;
	spin_unlock(&function->state_lock);
	return 0;
}

/* Takes over the bytes. */
static int keep_rom(struct sb_function *function, enum sb_source source,
		    struct sb_rom *rom, const struct sb_finding *finding)
{
	struct sb_shadow *shadow = sb_store_add(rom->data, rom->size,
						READ_ONCE(function->waiting));
	enum sb_source other;
	int ret;

	if (IS_ERR(shadow))
		return PTR_ERR(shadow);
	ret = need_shadows(function);
	if (ret) {
		sb_shadow_put(shadow);
		return ret;
	}

	ret = show_shadow(function, source, shadow);
	if (!ret)
		set_finding(function, source, finding);
	else if (!function->shadows->shown[source].shadow)
		set_finding(function, source, &(struct sb_finding){});
	if (ret || !sb_source_is_bar(source))
		return ret;

	function->shadows->rom_size = rom->bar_size;
	/* The ROM BAR has one shadow, wherever it was read. */
	for (other = SB_SOURCE_NONE; other < SB_SOURCES; other++)
		if (other != source && sb_source_is_bar(other))
			hide_shadow(function, other);
	return 0;
}

/* There are shadows. */
static void set_changed(struct sb_function *function, enum sb_changed changed)
{
	spin_lock(&function->state_lock);
	function->shadows->changed = changed;
	spin_unlock(&function->state_lock);
}

/* Where the shadow of the ROM BAR was read. Under the mutex or state_lock. */
static enum sb_source bar_source(const struct sb_function *function)
{
	enum sb_source source;

	if (function->shadows)
		for (source = SB_SOURCE_NONE; source < SB_SOURCES; source++)
			if (sb_source_is_bar(source) &&
			    function->shadows->findings[source].length)
				return source;

	return SB_SOURCE_NONE;
}

static bool is_denied(struct pci_dev *pdev)
{
	const struct sb_identity identity = sb_gather_identity(pdev);

	return sb_deny_matches(settings->deny, settings->nr_deny, &identity);
}

/* Is what the kernel gives out a copy of a shadow that is here already? */
static bool is_served(const struct sb_function *function)
{
	return function->shadows &&
	       function->shadows->served.way == SB_SERVE_MEMORY;
}

/*
 * Firmware's own code in the method _ROM may touch the function: it is run
 * only where a capture is allowed, but for the driver.
 */
static bool may_look_at(struct sb_function *function, enum sb_source source,
			bool wanted)
{
	struct pci_dev *pdev = function->pdev;

	if (function->looked & BIT(source))
		return false;
	if (source == SB_SOURCE_PLATFORM)
		return !is_served(function);
	if (source != SB_SOURCE_ACPI_ROM)
		return true;

	return wanted && !sb_deny_builtin(pdev->vendor, pdev->device) &&
	       !is_denied(pdev);
}

/*
 * Copies of the ROM beside the ROM BAR: once each, before a driver can change
 * them. For want of memory again at the next capture.
 */
static int look_at_sources(struct sb_function *function, bool wanted)
{
	enum sb_source source;
	int ret = 0;

	for (source = SB_SOURCE_PLATFORM; source < SB_SOURCES; source++) {
		struct sb_finding finding;
		struct sb_rom rom;
		int error;

		if (!may_look_at(function, source, wanted))
			continue;
		error = sb_source_read(function->pdev, source, &rom, &finding);
		if (!error)
			error = keep_rom(function, source, &rom, &finding);
		if (!error || error == -ENOENT)
			function->looked |= BIT(source);
		else
			ret = error;
	}

	return ret;
}

static int keep_capture(struct sb_function *function, struct sb_rom *rom,
			const struct sb_outcome *outcome)
{
	const struct sb_finding finding = {
		.length = outcome->length,
		.images = outcome->images,
		.intact = outcome->image_error == SB_IMAGE_OK &&
			  !outcome->bad_sums,
	};

	int ret;

	if (!rom->data)
		return 0;

	ret = keep_rom(function, outcome->source, rom, &finding);
	if (!ret)
		set_changed(function, SB_CHANGED_UNKNOWN);
	return ret;
}

static void tell_changed(struct pci_dev *pdev, enum sb_changed changed)
{
	char word[sizeof("SHADOWBAR_ROM_CHANGED=unknown")];
	char *env[2] = { word };

	if (changed == SB_CHANGED_YES)
		pci_warn(pdev, "its ROM is not the one of the shadow any more: a guest or a tool has rewritten it\n");
	else if (changed == SB_CHANGED_GONE)
		pci_warn(pdev, "its ROM cannot be read any more: it was erased, or the function needs a reset\n");
	scnprintf(word, sizeof(word), "SHADOWBAR_ROM_CHANGED=%s",
		  sb_changed_name(changed));
	/* Without memory nobody hears of it, but the file says it still. */
	kobject_uevent_env(&pdev->dev.kobj, KOBJ_CHANGE, env);
}

/* The shadow stays what it is: what a guest has left is only looked at. */
static void compare_again(struct sb_function *function,
			  const struct sb_rom *rom,
			  const struct sb_outcome *outcome)
{
	struct sb_shadows *shadows = function->shadows;
	enum sb_changed before = shadows->changed, changed;
	const struct sb_shadow *shadow;

	shadow = shadows->shown[bar_source(function)].shadow;
	changed = sb_changed_by(before, outcome->why, outcome->image_error,
				rom->data && rom->size == shadow->size &&
				!memcmp(rom->data, shadow->data, rom->size));
	set_changed(function, changed);
	trace_shadowbar_reread(function->pdev, changed);
	if (changed != before)
		tell_changed(function->pdev, changed);
}

static int choose_best(struct sb_function *function,
		       const struct sb_outcome *outcome)
{
	struct sb_shadows *shadows = function->shadows;
	struct sb_shadow *best;
	enum sb_source source;
	int ret = 0;

	if (!shadows)
		return 0;

	source = sb_choose(shadows->findings);
	best = shadows->shown[source].shadow;
	if (best != shadows->shown[SB_SOURCE_NONE].shadow)
		ret = show_shadow(function, SB_SOURCE_NONE,
				  sb_shadow_get(best));
	if (!shadows->shown[SB_SOURCE_NONE].shadow)
		source = SB_SOURCE_NONE;
	else if (ret)
		source = shadows->best;

	if (source != shadows->best && !sb_source_is_bar(source) &&
	    outcome->why != SB_WHY_CAPTURED)
		pci_info(function->pdev, "ROM of %u bytes kept (%s)\n",
			 best->size, sb_source_name(source));
	spin_lock(&function->state_lock);
	shadows->best = source;
	spin_unlock(&function->state_lock);
	return ret;
}

/* Give the best shadow to whoever asks the kernel for the ROM. */
static void serve_best(struct sb_function *function, bool bound,
		       struct sb_decoders *found)
{
	struct sb_shadows *shadows = function->shadows;
	struct sb_serving serving = {
		.pdev = function->pdev,
		.on = settings->serve,
		.denied = is_denied(function->pdev),
		.bound = bound,
		.found = found,
	};
	struct sb_served served;

	if (!shadows)
		return;

	served = shadows->served;
	serving.rom_size = shadows->rom_size;
	serving.from_bar = sb_source_is_bar(shadows->best);
	serving.best = shadows->shown[SB_SOURCE_NONE].shadow;
	/* Nobody has looked yet: then it may be one. */
	serving.copy = !(function->looked & BIT(SB_SOURCE_VGA_SHADOW)) ||
		       shadows->findings[SB_SOURCE_VGA_SHADOW].length;
	sb_serve_look(&serving, &served);

	spin_lock(&function->state_lock);
	shadows->served = served;
	spin_unlock(&function->state_lock);
}

/* An older shadow is worth more than the news that it is not a good time. */
static bool keeps_outcome(const struct sb_function *function,
			  const struct sb_outcome *outcome)
{
	return (outcome->why == SB_WHY_DRIVER_BOUND ||
		outcome->why == SB_WHY_IN_USE ||
		outcome->why == SB_WHY_SIBLING) &&
	       bar_source(function) != SB_SOURCE_NONE;
}

static void look_is_due(struct sb_function *function, void *arg)
{
	mutex_lock(&function->lock);
	function->first.due = function->first.lent;
	mutex_unlock(&function->lock);
}

static void look_if_due(struct sb_function *function, void *arg)
{
	mutex_lock(&function->lock);
	if (function->first.due && !function->gone)
		sb_capture_look_again(function->pdev, &function->first);
	mutex_unlock(&function->lock);
}

/*
 * Who was in the middle of a read-modify-write of a ROM BAR during a capture
 * has not slept since. Once each task has, it is through with it.
 */
static void look_again(struct work_struct *work)
{
	sb_device_each(look_is_due, NULL);
	synchronize_rcu_tasks();
	sb_device_each(look_if_due, NULL);
}

static DECLARE_WORK(second_look, look_again);

/*
 * Is the ROM only to be compared? Who waits for a capture wants a new shadow.
 * Under the mutex and state_lock.
 */
static bool takes_reread(struct sb_function *function)
{
	struct sb_shadows *shadows = function->shadows;
	bool reread = shadows && shadows->reread && !function->waiting &&
		      bar_source(function) != SB_SOURCE_NONE;

	if (shadows)
		shadows->reread = false;
	return reread;
}

/* What a second reading came to matters only if it did harm, or undid it. */
static bool is_news(const struct sb_function *function, bool reread,
		    const struct sb_outcome *outcome)
{
	if (reread)
		return !outcome->restored || !function->outcome.restored;

	return !keeps_outcome(function, outcome);
}

/*
 * Do what was asked for, unless it was done in the meantime. The caller holds
 * the device lock.
 */
static void function_capture(struct sb_function *function, bool bound,
			     bool probing, struct sb_decoders *found)
{
	struct sb_wish wish = {
		.bound = bound,
		.probing = probing,
		.waiting = &function->waiting,
		.patience = SB_CAPTURE_PATIENCE,
	};
	struct sb_outcome outcome;
	int sources = 0, kept = 0, ret;
	struct sb_rom rom;
	unsigned int asked;
	bool reread;

	mutex_lock(&function->lock);
	if (function->gone)
		goto out;

	spin_lock(&function->state_lock);
	outcome = function->outcome;
	asked = function->asked;
	wish.wanted = function->by_hand || !settings->manual;
	reread = takes_reread(function);
	spin_unlock(&function->state_lock);
	if (asked == function->answered)
		goto out;

	if (!reread)
		sources = look_at_sources(function, wish.wanted);
	sb_capture(function->pdev, settings, &wish, found, &function->first,
		   &outcome, &rom);
	if (reread) {
		compare_again(function, &rom, &outcome);
		kvfree(rom.data);
	} else {
		kept = keep_capture(function, &rom, &outcome);
	}
	/* What an earlier load had read of it is no news. */
	if (!reread && !kept && !sources && outcome.why == SB_WHY_CAPTURED &&
	    sb_serve_owns_rom(function->pdev))
		hide_shadow(function, SB_SOURCE_PLATFORM);
	ret = choose_best(function, &outcome);
	serve_best(function, bound, found);
	ret = add_files(function) ?: ret;
	if (ret || (sources && sources != -ENOSPC) ||
	    (kept && kept != -ENOSPC))
		sb_outcome_starve(&outcome, SB_WHY_NO_MEMORY);
	else if (kept)
		sb_outcome_starve(&outcome, SB_WHY_FULL);
	/* Another capture has a look of its own, which waits for others. */
	function->first.due = false;
	if (function->first.lent)
		queue_work(system_long_wq, &second_look);

	spin_lock(&function->state_lock);
	function->answer = sb_outcome_error(&outcome);
	if (is_news(function, reread, &outcome))
		function->outcome = outcome;
	function->answered = asked;
	spin_unlock(&function->state_lock);
out:
	mutex_unlock(&function->lock);
	wake_up_all(&done);
}

/*
 * Returns whether it is done. A driver that probes may itself want the rescan
 * lock, so the device lock is not waited for with that one held.
 */
static bool capture_next(struct sb_function *function,
			 struct sb_decoders *found)
{
	struct device *dev = &function->pdev->dev;

	/* A driver that was bound in the meantime has seen to it. */
	if (!function_is_asked(function))
		return true;
	if (!device_trylock(dev))
		return false;

	function_capture(function, dev->driver, false, found);
	device_unlock(dev);
	return true;
}

/*
 * One after the other, with the rescan lock held for some of them at a time:
 * what else could answer on a bus is the same for all of them.
 */
static void capture_queued(struct work_struct *work)
{
	struct sb_function *function, *locked = NULL;
	struct sb_decoders found = {};
	unsigned long until, wait = 0;
	bool more;

	pci_lock_rescan_remove();
	until = jiffies + RESCAN_HOLD;
	while (time_before(jiffies, until) && (function = function_next())) {
		if (capture_next(function, &found)) {
			if (function == locked)
				locked = NULL;
			function_put(function);
			continue;
		}
		function_requeue(function);
		/* All that are left are locked by somebody. */
		if (function == locked) {
			wait = LOCKED_RETRY;
			break;
		}
		if (!locked)
			locked = function;
	}
	pci_unlock_rescan_remove();
	sb_decoders_free(&found);

	spin_lock(&functions_lock);
	more = !list_empty(&queued);
	spin_unlock(&functions_lock);
	if (more)
		queue_delayed_work(queue, &captures, wait);
}

/**
 * sb_device_each() - do something with each function, bus by bus
 * @call: what
 * @arg: for @call
 *
 * Context: may sleep; the rescan lock is held, or nothing happens to a function
 * that is missed.
 */
void sb_device_each(void (*call)(struct sb_function *function, void *arg),
		    void *arg)
{
	struct sb_function *function;
	struct pci_dev *pdev = NULL;

	for_each_pci_dev(pdev) {
		function = function_find(pdev);
		if (!function)
			continue;
		call(function, arg);
		function_put(function);
	}
}

static void queue_one(struct sb_function *function, void *arg)
{
	function_queue(function);
}

static void queue_all(struct work_struct *work)
{
	/* Files are made after a capture, and say what was found. */
	sb_pages_look_now();

	/* Bus by bus: much of what a capture needs is the same on one. */
	sb_device_each(queue_one, NULL);
}

static DECLARE_WORK(first_round, queue_all);

/* Is there anything to show? Most bridges have neither. */
static bool has_memory_or_rom(struct pci_dev *pdev, const struct sb_first *first)
{
	unsigned int i;

	if (first->rom_raw || !first->seen)
		return true;

	for (i = 0; i <= PCI_ROM_RESOURCE; i++)
		if (pdev->resource[i].flags & IORESOURCE_MEM)
			return true;

	return false;
}

static struct sb_function *function_create(struct pci_dev *pdev)
{
	struct sb_function *function;

	function = kzalloc(sizeof(*function), GFP_KERNEL);
	if (!function)
		return NULL;

	if (sb_has_pages(pdev)) {
		function->pages = kzalloc(sizeof(*function->pages), GFP_KERNEL);
		if (!function->pages) {
			kfree(function);
			return NULL;
		}
	}

	spin_lock(&functions_lock);
	nr_objects++;
	spin_unlock(&functions_lock);
	kobject_init(&function->kobj, &function_type);
	function->pdev = pci_dev_get(pdev);
	mutex_init(&function->lock);
	spin_lock_init(&function->state_lock);
	INIT_LIST_HEAD(&function->queued);
	sb_capture_first(pdev, &function->first);
	function->outcome.decode = function->first.decode;
	function->outcome.restored = true;
	function->asked = 1;

	return function;
}

static int function_show(struct sb_function *function)
{
	struct pci_dev *pdev = function->pdev;

	if (!has_memory_or_rom(pdev, &function->first))
		return 0;

	return kobject_add(&function->kobj, &pdev->dev.kobj, "shadowbar");
}

/* The caller has taken it out of the table and gives the table's reference. */
static void function_retire(struct sb_function *function)
{
	/* A capture that runs ends first, and no other begins. */
	mutex_lock(&function->lock);
	function->gone = true;
	if (function->pages)
		sb_pad_remove_all(function->pages);
	sb_igd_retire(function->igd);
	mutex_unlock(&function->lock);

	/* Writers of "capture" leave; their file can go only when they have. */
	wake_up_all(&done);
	sb_pages_gone();
	if (function->kobj.state_in_sysfs) {
		sb_sysfs_remove_shadows(function);
		kobject_del(&function->kobj);
	}
	function_put(function);
}

static void function_drop(struct pci_dev *pdev)
{
	struct sb_function *function = function_take(pdev);

	if (!function)
		return;

	function_retire(function);
}

/* Returns the object with a reference, NULL if it is known, or an error. */
static struct sb_function *function_register(struct pci_dev *pdev)
{
	struct sb_function *function = function_create(pdev);
	int ret;

	if (!function)
		return ERR_PTR(-ENOMEM);

	/* Found from here on, but not captured before it can be seen. */
	mutex_lock(&function->lock);
	if (!function_insert(function)) {
		mutex_unlock(&function->lock);
		function_put(function);
		return NULL;
	}
	sb_pages_attach(function);
	ret = sb_igd_attach(pdev, settings, &function->igd);
	if (!ret)
		ret = function_show(function);
	mutex_unlock(&function->lock);
	if (ret) {
		function_put(function);
		function_drop(pdev);
		return ERR_PTR(ret);
	}

	return function;
}

/**
 * sb_device_add() - look after a function that has just been added
 * @pdev: the function; may be known already
 *
 * All its files are there when this returns, and its capture is queued.
 *
 * Context: may sleep; the rescan lock may be held.
 * Return: 0 or a negative error.
 */
int sb_device_add(struct pci_dev *pdev)
{
	struct sb_function *function = function_register(pdev);
	int ret;

	if (IS_ERR_OR_NULL(function))
		return PTR_ERR_OR_ZERO(function);

	mutex_lock(&function->lock);
	ret = add_files(function);
	mutex_unlock(&function->lock);
	if (ret)
		function_drop(pdev);
	else
		function_queue(function);
	sb_pages_added(pdev);
	sb_pages_look();

	function_put(function);
	return ret;
}

static int is_device(struct device *dev, const void *data)
{
	return dev == data;
}

static bool is_on_bus(struct pci_dev *pdev)
{
	struct device *dev = bus_find_device(&pci_bus_type, NULL, &pdev->dev,
					     is_device);

	put_device(dev);
	return dev;
}

/**
 * sb_device_add_all() - look after the functions that are already there
 *
 * Loading the module waits for this, so no more is done than must be: each
 * has its directory and "rom_status" when this returns. The other files are
 * there before that says anything but "pending".
 *
 * Context: may sleep; the rescan lock is held.
 * Return: 0 or a negative error.
 */
int sb_device_add_all(void)
{
	struct sb_function *function;
	struct pci_dev *pdev = NULL;

	for_each_pci_dev(pdev) {
		function = function_register(pdev);
		if (IS_ERR(function)) {
			pci_dev_put(pdev);
			return PTR_ERR(function);
		}
		if (function)
			function_put(function);
		/* Those come and go without the rescan lock. */
		if (pdev->is_virtfn && !is_on_bus(pdev))
			function_drop(pdev);
	}

	queue_work(queue, &first_round);
	return 0;
}

/**
 * sb_device_remove() - a function goes
 * @pdev: the function
 *
 * Context: may sleep; the rescan lock may be held, and no driver is bound.
 */
void sb_device_remove(struct pci_dev *pdev)
{
	struct sb_served none = {};

	sb_decoders_removed(pdev);
	function_drop(pdev);
	/* An address goes with the function. */
	sb_serve_take_back(pdev, &none);
}

static bool is_skipped_for_sibling(struct sb_function *function)
{
	struct sb_outcome outcome;

	sb_device_outcome(function, &outcome);
	return outcome.why == SB_WHY_SIBLING;
}

/* Do something with each function of a slot but one. */
static void each_sibling(struct pci_dev *pdev,
			 void (*call)(struct sb_function *function))
{
	unsigned int nr, nrs = sb_gather_slot_size(pdev);

	for (nr = 0; nr < nrs; nr++) {
		struct pci_dev *other = sb_gather_sibling(pdev, nr);
		struct sb_function *function;

		function = other ? function_find(other) : NULL;
		if (function) {
			call(function);
			function_put(function);
		}
		pci_dev_put(other);
	}
}

/*
 * One that is locked may be about to be probed itself, and then sees to it; the
 * lock is not waited for with that of another function held.
 */
static void capture_beforehand(struct sb_function *function)
{
	struct device *dev = &function->pdev->dev;
	struct sb_decoders found = {};

	if (!device_trylock(dev))
		return;
	if (!dev->driver) {
		if (is_skipped_for_sibling(function))
			function_ask(function);
		function_capture(function, false, true, &found);
	}
	device_unlock(dev);
	sb_decoders_free(&found);
}

static void ask_if_skipped(struct sb_function *function)
{
	if (is_skipped_for_sibling(function))
		function_ask(function);
}

/**
 * sb_device_about_to_bind() - a driver is about to be probed
 * @pdev: the function
 *
 * The last moment before something changes it. If its capture has not run yet
 * it is done here: the queued one may wait for the rescan lock, which the
 * caller may hold. So is that of the others in its slot, whose ROMs may be in a
 * flash chip that is the driver's from now on.
 *
 * Context: may sleep; the device lock is held, the rescan lock may be.
 */
void sb_device_about_to_bind(struct pci_dev *pdev)
{
	struct sb_function *function = function_find(pdev);
	struct sb_decoders found = {};

	if (!function)
		return;

	function_capture(function, false, true, &found);
	sb_decoders_free(&found);
	if (sb_gather_has_rom(pdev)) {
		each_sibling(pdev, capture_beforehand);
		sb_capture_wait_for_slot(pdev);
	}
	sb_pages_bind(function);
	function_put(function);
	sb_pages_look();
}

static void note_held(struct sb_function *function)
{
	spin_lock(&function->state_lock);
	if (function->shadows)
		function->shadows->held = true;
	spin_unlock(&function->state_lock);
}

/*
 * A guest may have rewritten the ROM: is it to be read again? Not with
 * capture=manual, and not without a shadow to compare it with.
 */
static bool wants_reread(struct sb_function *function)
{
	struct sb_shadows *shadows;
	bool wants = false;

	spin_lock(&function->state_lock);
	shadows = function->shadows;
	if (shadows && shadows->held) {
		wants = !settings->manual &&
			bar_source(function) != SB_SOURCE_NONE;
		shadows->reread |= wants;
		shadows->held = false;
	}
	spin_unlock(&function->state_lock);

	return wants;
}

/**
 * sb_device_bound() - a driver has a function
 * @pdev: the function
 *
 * Context: may sleep; the device lock is held, the rescan lock may be.
 */
void sb_device_bound(struct pci_dev *pdev)
{
	struct sb_function *function = function_find(pdev);

	if (!function)
		return;

	sb_pages_bound(function, true);
	if (sb_pages_has_holder(pdev))
		note_held(function);
	function_put(function);
}

/**
 * sb_device_unbound() - a driver has let go of a function
 * @pdev: the function
 *
 * Queues the capture that was deferred while it was bound, or a look at what a
 * guest has made of the ROM.
 *
 * Context: may sleep; the device lock is held, the rescan lock may be.
 */
void sb_device_unbound(struct pci_dev *pdev)
{
	struct sb_function *function = function_find(pdev);
	struct sb_outcome outcome;
	bool reread;

	if (!function)
		return;

	sb_pages_bound(function, false);
	reread = wants_reread(function);
	sb_device_outcome(function, &outcome);
	if (reread || outcome.why == SB_WHY_DRIVER_BOUND ||
	    outcome.why == SB_WHY_IN_USE || !outcome.restored ||
	    sb_device_served(function).why == SB_SERVE_WHY_BOUND)
		function_ask(function);
	function_put(function);
	each_sibling(pdev, ask_if_skipped);
	sb_pages_look();
}

static bool is_answered(struct sb_function *function, unsigned int number)
{
	bool answered;

	spin_lock(&function->state_lock);
	answered = (int)(function->answered - number) >= 0;
	spin_unlock(&function->state_lock);

	return answered || READ_ONCE(function->gone);
}

/**
 * sb_device_capture() - capture now, and wait for it
 * @function: the function
 *
 * Context: process context, interruptible; no lock held.
 * Return: 0, -EBUSY while a driver is bound, -EPERM for a denied function,
 * -ENODEV for one without a ROM or that goes meanwhile, -ENOMEM without memory,
 * -ERESTARTSYS if interrupted, else -EIO.
 */
int sb_device_capture(struct sb_function *function)
{
	unsigned int number;
	int ret;

	spin_lock(&function->state_lock);
	function->by_hand = true;
	function->waiting++;
	spin_unlock(&function->state_lock);

	number = function_ask(function);
	ret = wait_event_freezable(done,
				   is_answered(function, number));
	spin_lock(&function->state_lock);
	function->waiting--;
	spin_unlock(&function->state_lock);
	if (ret)
		return ret;
	if (READ_ONCE(function->gone))
		return -ENODEV;

	spin_lock(&function->state_lock);
	ret = function->answer;
	spin_unlock(&function->state_lock);
	return ret;
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
 * sb_device_outcome() - what became of a function
 * @function: the function
 * @outcome: filled; pending as long as a capture is queued or runs
 *
 * Context: any that may take a spinlock; never waits for a capture.
 */
void sb_device_outcome(struct sb_function *function, struct sb_outcome *outcome)
{
	spin_lock(&function->state_lock);
	*outcome = function->outcome;
	if (function->asked != function->answered)
		outcome->why = SB_WHY_QUEUED;
	outcome->source = bar_source(function);
	if (function->shadows) {
		const struct sb_shadows *shadows = function->shadows;

		outcome->best = shadows->best;
		outcome->best_length = shadows->findings[shadows->best].length;
		outcome->best_images = shadows->findings[shadows->best].images;
	}
	outcome->place = place_of(function->pdev);
	spin_unlock(&function->state_lock);
}

/**
 * sb_device_shadow() - one of a function's shadows
 * @function: the function
 * @source: from where; SB_SOURCE_NONE for the best
 *
 * Context: any that may take a spinlock; never waits for a capture.
 * Return: the shadow, with a reference, or NULL.
 */
struct sb_shadow *sb_device_shadow(struct sb_function *function,
				   enum sb_source source)
{
	struct sb_shadow *shadow = NULL;

	spin_lock(&function->state_lock);
	if (function->shadows)
		shadow = sb_shadow_get(function->shadows->shown[source].shadow);
	spin_unlock(&function->state_lock);

	return shadow;
}

/**
 * sb_device_served() - how a function's shadow is given to others
 * @function: the function
 *
 * Context: any that may take a spinlock; never waits for a capture.
 * Return: that; as without a shadow where there is none.
 */
struct sb_served sb_device_served(struct sb_function *function)
{
	struct sb_served served = {};

	spin_lock(&function->state_lock);
	if (function->shadows)
		served = function->shadows->served;
	spin_unlock(&function->state_lock);

	return served;
}

/**
 * sb_device_changed() - whether a function still has the ROM of its shadow
 * @function: the function
 *
 * Context: any that may take a spinlock; never waits for a capture.
 * Return: that; unknown where there is no shadow.
 */
enum sb_changed sb_device_changed(struct sb_function *function)
{
	enum sb_changed changed = SB_CHANGED_UNKNOWN;

	spin_lock(&function->state_lock);
	if (function->shadows)
		changed = function->shadows->changed;
	spin_unlock(&function->state_lock);

	return changed;
}

/**
 * sb_device_start() - be ready for functions
 * @with: the settings, valid until sb_device_stop()
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int sb_device_start(const struct sb_settings *with)
{
	settings = with;
	if (sb_pages_start(with))
		return -ENOMEM;
	queue = alloc_workqueue("shadowbar", WQ_UNBOUND | WQ_FREEZABLE, 0);
	if (!queue)
		sb_pages_stop();

	return queue ? 0 : -ENOMEM;
}

/**
 * sb_device_finish() - wait for a capture that runs
 *
 * Context: may sleep; nothing may be reprogrammed any more, and no lock is
 * held.
 */
void sb_device_finish(void)
{
	flush_delayed_work(&captures);
}

/*
 * What came from the ROM BAR cannot be read again as long as the driver keeps
 * the function. All else is there for the next load to find, and so is what is
 * given out while the driver may look at it.
 */
static void leave_rom(struct sb_function *function)
{
	struct sb_served served = sb_device_served(function);
	struct sb_shadow *shadow;
	enum sb_source source;

	if (!READ_ONCE(function->pdev->dev.driver)) {
		sb_serve_take_back(function->pdev, &served);
		return;
	}

	spin_lock(&function->state_lock);
	source = bar_source(function);
	spin_unlock(&function->state_lock);
	if (source == SB_SOURCE_NONE)
		return;

	shadow = sb_device_shadow(function, source);
	if (shadow)
		sb_serve_leave(function->pdev, shadow);
	sb_shadow_put(shadow);
}

/**
 * sb_device_retire_all() - let go of all functions
 *
 * Context: may sleep; no more events come, and the rescan lock is held, so
 * that none is removed at the same time.
 */
void sb_device_retire_all(void)
{
	struct sb_function *function;

	while ((function = function_take_any())) {
		leave_rom(function);
		function_retire(function);
	}
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
 * sb_device_stop() - undo sb_device_start()
 *
 * The last reference to an object may be somebody else's, and what frees it is
 * code of the module.
 *
 * Context: may sleep, for what is still queued; the rescan lock is not held.
 */
void sb_device_stop(void)
{
	struct sb_function *function;

	cancel_work_sync(&first_round);
	cancel_delayed_work_sync(&captures);
	while ((function = function_next()))
		function_put(function);
	destroy_workqueue(queue);
	flush_work(&second_look);
	sb_pages_stop();
	wait_event(done, all_freed());
}
