// SPDX-License-Identifier: GPL-2.0-only
/*
 * device: what is done for a function at each event.
 *
 * Files are removed without holding the function's mutex: their readers and
 * writers may need it to finish.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/kobject.h>
#include <linux/pci.h>
#include <linux/rcupdate.h>
#include <shadowbar/deny.h>

#include "bus/decoders.h"
#include "bus/gather.h"
#include "bus/use.h"
#include "device.h"
#include "firmware.h"
#include "function.h"
#include "igd/igd.h"
#include "pages/bind.h"
#include "pages/pages.h"
#include "queue.h"
#include "rom/capture.h"
#include "rom/serve.h"
#include "rom/shadows.h"
#include "rom/slot.h"
#include "rom/store.h"
#include "settings.h"
#include "sysfs.h"
#include "trace.h"

static const struct sb_settings *settings;

static bool is_denied(struct pci_dev *pdev)
{
	const struct sb_identity identity = sb_gather_identity(pdev);

	return sb_deny_matches(settings->deny, settings->nr_deny, &identity);
}

static void look_is_due(struct sb_function *function, void *arg)
{
	mutex_lock(&function->lock);
	function->look_due = function->owed.lent;
	mutex_unlock(&function->lock);
}

static void look_if_due(struct sb_function *function, void *arg)
{
	mutex_lock(&function->lock);
	if (function->look_due && !function->gone && !sb_use_is_shut_down())
		sb_restore_look_again(function->pdev, &function->owed);
	mutex_unlock(&function->lock);
}

/*
 * A task that was preempted in a read-modify-write of the ROM BAR during a
 * capture has not slept since. Once every task has, it is done with that.
 */
static void look_again(struct work_struct *work)
{
	sb_function_each(look_is_due, NULL);
	synchronize_rcu_tasks();
	sb_function_each(look_if_due, NULL);
}

static DECLARE_WORK(second_look, look_again);

static void capture_begins(struct pci_dev *pdev)
{
	trace_shadowbar_capture_begin(pdev);
}

static void capture_ends(struct pci_dev *pdev, const struct sb_outcome *outcome,
			 unsigned int config_writes, unsigned int bus_reads,
			 u64 ns)
{
	trace_shadowbar_capture_end(pdev, outcome, config_writes, bus_reads, ns);
}

static const struct sb_watch watch = {
	.begin = capture_begins,
	.end = capture_ends,
};

/* An older shadow is more useful than "this is not a good time". */
static bool keeps_outcome(const struct sb_function *function,
			  const struct sb_outcome *outcome)
{
	return (outcome->why == SB_WHY_DRIVER_BOUND ||
		outcome->why == SB_WHY_IN_USE ||
		outcome->why == SB_WHY_SIBLING) &&
	       sb_shadows_bar(function->shadows) != SB_SOURCE_NONE;
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
	/* Without memory there is no uevent, but the file still says it. */
	kobject_uevent_env(&pdev->dev.kobj, KOBJ_CHANGE, env);
}

/* Read the ROM again, and only compare it. */
static void compare_locked(struct sb_function *function,
			   const struct sb_opts *opts,
			   struct sb_decoders *found,
			   struct sb_outcome *outcome)
{
	const struct sb_keeper keeper = sb_sysfs_keeper(function);
	enum sb_changed changed;
	bool is_news;
	struct sb_rom rom;

	sb_capture(function->pdev, opts, found, &function->first,
		   &function->owed, outcome, &rom);
	is_news = sb_shadows_compare(&keeper, &rom, outcome, &changed);
	sb_rom_free(&rom);
	trace_shadowbar_reread(function->pdev, changed);
	if (is_news)
		tell_changed(function->pdev, changed);
}

/* Serve the best shadow to drivers and guests. */
static void serve(struct sb_function *function, const struct sb_opts *opts,
		  struct sb_decoders *found)
{
	const struct sb_keeper keeper = sb_sysfs_keeper(function);
	struct sb_serving serving = {
		.on = settings->serve,
		.denied = opts->denied,
		.bound = opts->bound,
		.found = found,
	};

	sb_shadows_serve(&keeper, &serving);
}

/* Read all sources, keep the results, and show the best. */
static void capture_locked(struct sb_function *function,
			   const struct sb_opts *opts,
			   struct sb_decoders *found,
			   struct sb_outcome *outcome)
{
	struct sb_keeper keeper = sb_sysfs_keeper(function);
	struct pci_dev *pdev = function->pdev;
	int sources, kept, lacking;
	struct sb_rom rom;

	keeper.measure = settings->measure;
	sources = sb_shadows_look(&keeper, READ_ONCE(*opts->waiting));
	sb_capture(pdev, opts, found, &function->first, &function->owed,
		   outcome, &rom);
	kept = sb_shadows_keep(&keeper, &rom, outcome,
			       READ_ONCE(*opts->waiting));
	/* Hide an earlier load's copy: the ROM itself has been read. */
	if (!kept && !sources && outcome->why == SB_WHY_CAPTURED &&
	    sb_serve_owns_rom(pdev))
		sb_shadows_hide(&keeper, SB_SOURCE_PLATFORM);
	lacking = sb_shadows_choose(&keeper, outcome->why == SB_WHY_CAPTURED);
	lacking = sb_sysfs_add_files(function) ?: lacking;

	/* If only another source was too much, ignore that. */
	if (!lacking && sources != -ENOSPC)
		lacking = sources;
	if (!lacking)
		lacking = kept;
	if (lacking)
		sb_outcome_not_kept(outcome, lacking == -ENOSPC ?
				    SB_WHY_FULL : SB_WHY_NO_MEMORY);
}

/*
 * Do what was requested, unless it has been done in the meantime. The function's
 * mutex is held.
 */
static void carry_out(struct sb_function *function, bool bound,
		      struct sb_decoders *found)
{
	struct sb_opts opts = {
		.bound = bound,
		.borrow = settings->borrow,
		.denied = is_denied(function->pdev),
		.sibling_is_driven = sb_function_has_driven_sibling,
		.watch = &watch,
		.waiting = &function->request.waiting,
		.patience = SB_CAPTURE_PATIENCE,
	};
	struct sb_outcome outcome;
	bool by_hand, reread, restored;
	unsigned int number;

	if (function->gone ||
	    !sb_queue_begin(function, &number, &outcome, &by_hand))
		return;

	opts.wanted = by_hand || !settings->manual;
	reread = sb_shadows_take_reread(function->shadows,
					READ_ONCE(*opts.waiting));
	/* A request that failed has not changed the shadow. */
	opts.whole = reread ? sb_shadows_are_whole(function->shadows) :
			      READ_ONCE(function->request.whole);
	restored = outcome.restored;
	if (reread)
		compare_locked(function, &opts, found, &outcome);
	else
		capture_locked(function, &opts, found, &outcome);
	serve(function, &opts, found);
	/* It needs another look, after another grace period. */
	function->look_due = false;
	if (function->owed.lent)
		sb_queue_work(&second_look);
	/* Once restored, do not keep telling that it is not. */
	sb_queue_complete(function, number, &outcome, restored &&
			  (reread ? outcome.restored :
				    keeps_outcome(function, &outcome)));
}

/* Before a driver is bound; the device lock is held. */
static void capture(struct sb_function *function, struct sb_decoders *found)
{
	mutex_lock(&function->lock);
	carry_out(function, false, found);
	mutex_unlock(&function->lock);
}

static bool capture_at_leisure(struct sb_function *function, bool locked,
			       struct sb_decoders *found)
{
	struct device *dev = &function->pdev->dev;
	bool bound;

	mutex_lock(&function->lock);
	/* Whoever unbinds a driver waits for this, and looks at the outcome. */
	if (locked)
		WRITE_ONCE(function->binding, dev->driver ? SB_BINDING_DONE :
							    SB_BINDING_NONE);
	bound = READ_ONCE(function->binding) == SB_BINDING_DONE;
	if (locked || bound)
		carry_out(function, bound, found);
	mutex_unlock(&function->lock);

	return locked || bound;
}

/* Only if a capture is allowed: firmware code may touch the function. */
static void ask_firmware(struct sb_function *function)
{
	struct pci_dev *pdev = function->pdev;

	if ((READ_ONCE(function->request.by_hand) || !settings->manual) &&
	    (READ_ONCE(function->request.waiting) ||
	     !sb_gather_is_untrusted(pdev)) &&
	    !is_denied(pdev) && !sb_deny_builtin(pdev->vendor, pdev->device))
		sb_firmware_ask(function, settings->measure);
}

static void queue_one(struct sb_function *function, void *arg)
{
	sb_queue_add(function);
}

static void queue_all(struct work_struct *work)
{
	/* Files are created after a capture, and show what this finds. */
	sb_pages_look_now();

	/* Bus by bus: much of what a capture needs is the same on one. */
	sb_function_each(queue_one, NULL);
}

static DECLARE_WORK(first_round, queue_all);

/* Takes over the reference of the table, which it has left. */
static void function_retire(struct sb_function *function)
{
	/* Wait for a running capture, and keep others from starting. */
	mutex_lock(&function->lock);
	WRITE_ONCE(function->gone, true);
	sb_pages_retire(function->pages);
	sb_igd_retire(function->igd);
	mutex_unlock(&function->lock);

	/* Writers of "capture" return; only then can their file be removed. */
	sb_queue_gone(function);
	sb_pages_gone();
	if (function->kobj.state_in_sysfs) {
		sb_sysfs_remove_shadows(function);
		kobject_del(&function->kobj);
	}
	sb_function_put(function);
}

static void function_drop(struct pci_dev *pdev)
{
	struct sb_function *function = sb_function_take(pdev);

	if (!function)
		return;

	function_retire(function);
}

/* Returns the object with a reference, NULL if it is known, or an error. */
static struct sb_function *function_register(struct pci_dev *pdev)
{
	struct sb_function *function = sb_function_create(pdev);
	const struct sb_igd_opts opts = {
		.allocate = settings->igd_allocate,
		.denied = is_denied(pdev),
	};
	int ret;

	if (!function)
		return ERR_PTR(-ENOMEM);

	/* It can be found from here on, but not captured yet. */
	mutex_lock(&function->lock);
	if (!sb_function_insert(function)) {
		mutex_unlock(&function->lock);
		sb_function_put(function);
		return NULL;
	}
	/* If it is just being probed or reset, the queue finds out later. */
	if (READ_ONCE(pdev->dev.driver) && device_trylock(&pdev->dev)) {
		if (pdev->dev.driver)
			WRITE_ONCE(function->binding, SB_BINDING_DONE);
		device_unlock(&pdev->dev);
	}
	sb_pages_attach(function->pages, opts.denied);
	ret = sb_igd_attach(pdev, &opts, &function->igd);
	if (!ret)
		ret = sb_sysfs_add_dir(function);
	mutex_unlock(&function->lock);
	if (ret) {
		sb_function_put(function);
		function_drop(pdev);
		return ERR_PTR(ret);
	}

	return function;
}

/**
 * sb_device_ignored() - log that a function is not handled
 * @pdev: the function
 * @error: why
 *
 * Context: any.
 */
void sb_device_ignored(struct pci_dev *pdev, int error)
{
	pci_warn(pdev, "shadowbar: this function is ignored (error %d)\n",
		 error);
}

/**
 * sb_device_add() - start handling a function that has just been added
 * @pdev: the function; may be known already
 *
 * All its files exist when this returns, and its capture is queued.
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
	ret = sb_sysfs_add_files(function);
	mutex_unlock(&function->lock);
	if (ret)
		function_drop(pdev);
	else
		sb_queue_add(function);
	sb_pages_added(pdev, function->pages);
	sb_pages_look();

	sb_function_put(function);
	return ret;
}

/**
 * sb_device_add_all() - start handling all existing functions
 *
 * Loading the module waits for this, so it does only what is necessary: each
 * function has its directory and "rom_status" when this returns. The other
 * files exist before that says anything but "pending".
 *
 * A function that cannot be handled, because memory is short or it is about to
 * be removed, is skipped.
 *
 * Context: may sleep; the rescan lock is held.
 */
void sb_device_add_all(void)
{
	struct sb_function *function;
	struct pci_dev *pdev = NULL;

	for_each_pci_dev(pdev) {
		sb_serve_count(pdev);
		function = function_register(pdev);
		if (!IS_ERR_OR_NULL(function))
			sb_function_put(function);
		/* These are added and removed without the rescan lock. */
		if (pdev->is_virtfn && !sb_gather_is_on_bus(pdev))
			function_drop(pdev);
		else if (IS_ERR(function))
			sb_device_ignored(pdev, PTR_ERR(function));
	}

	sb_queue_work(&first_round);
}

/**
 * sb_device_remove() - a function is being removed
 * @pdev: the function
 *
 * Context: may sleep; the rescan lock may be held, and no driver is bound.
 */
void sb_device_remove(struct pci_dev *pdev)
{
	struct sb_served none = {};

	sb_decoders_removed(pdev);
	function_drop(pdev);
	/* Release the address, if the ROM BAR was given one. */
	sb_serve_take_back(pdev, &none);
}

static bool is_skipped_for_sibling(struct sb_function *function)
{
	struct sb_outcome outcome;

	sb_function_outcome(function, &outcome);
	return outcome.why == SB_WHY_SIBLING;
}

/*
 * If it is locked, it may be about to be probed itself, and is then captured
 * there. Do not wait for its lock while holding another function's.
 */
static bool capture_beforehand(struct sb_function *function)
{
	struct device *dev = &function->pdev->dev;
	struct sb_decoders found = {};

	if (!device_trylock(dev))
		return false;
	if (!dev->driver) {
		if (is_skipped_for_sibling(function))
			sb_queue_request(function);
		capture(function, &found);
	}
	device_unlock(dev);
	sb_decoders_free(&found);
	return false;
}

static bool ask_if_skipped(struct sb_function *function)
{
	if (is_skipped_for_sibling(function))
		sb_queue_request(function);
	return false;
}

/**
 * sb_device_about_to_bind() - a driver is about to be probed
 * @pdev: the function
 *
 * This is the last moment before something changes the function. If its capture
 * has not run yet, run it here: the queue may be waiting for the rescan lock,
 * which the caller may hold. Also capture the other functions in its slot,
 * whose ROMs may be in a flash chip that the driver will use.
 *
 * Context: may sleep; the device lock is held, the rescan lock may be.
 */
void sb_device_about_to_bind(struct pci_dev *pdev)
{
	struct sb_function *function = sb_function_find(pdev);
	struct sb_decoders found = {};

	if (!function)
		return;

	/* Until the probe, its driver does not use the flash chip. */
	WRITE_ONCE(function->binding, SB_BINDING_SOON);
	capture(function, &found);
	sb_decoders_free(&found);
	if (sb_gather_has_rom(pdev))
		sb_function_each_sibling(pdev, capture_beforehand);
	/* Whoever enters the slot after this wait sees that a driver is bound. */
	WRITE_ONCE(function->binding, SB_BINDING_NONE);
	if (sb_gather_has_rom(pdev))
		sb_slot_wait(pdev);
	sb_pages_bind(function->pages);
	sb_function_put(function);
	sb_pages_look();
}

/**
 * sb_device_bound() - a driver has been bound to a function
 * @pdev: the function
 *
 * Context: may sleep; the device lock is held, the rescan lock may be.
 */
void sb_device_bound(struct pci_dev *pdev)
{
	struct sb_function *function = sb_function_find(pdev);

	if (!function)
		return;

	WRITE_ONCE(function->binding, SB_BINDING_DONE);
	sb_pages_bound(function->pages, true);
	if (sb_pages_has_holder(pdev))
		sb_shadows_note_held(READ_ONCE(function->shadows));
	sb_function_put(function);
	/* What its driver has enabled may decode in a page of another function. */
	sb_pages_look();
}

/**
 * sb_device_unbound() - a driver has been unbound from a function
 * @pdev: the function
 *
 * Queues the capture that was deferred while it was bound, or a comparison if a
 * guest may have changed the ROM.
 *
 * Context: may sleep; the device lock is held, the rescan lock may be.
 */
void sb_device_unbound(struct pci_dev *pdev)
{
	struct sb_function *function = sb_function_find(pdev);
	struct sb_outcome outcome;
	bool reread;

	if (!function)
		return;

	/* A look at it that began while it was bound has ended then. */
	mutex_lock(&function->lock);
	WRITE_ONCE(function->binding, SB_BINDING_NONE);
	mutex_unlock(&function->lock);
	sb_pages_bound(function->pages, false);
	/* With capture=manual, ROMs are read on request only. */
	reread = sb_shadows_was_held(READ_ONCE(function->shadows),
				     !settings->manual);
	sb_function_outcome(function, &outcome);
	if (reread || outcome.why == SB_WHY_DRIVER_BOUND ||
	    outcome.why == SB_WHY_IN_USE || !outcome.restored ||
	    sb_function_served(function).why == SB_SERVE_WHY_BOUND)
		sb_queue_request(function);
	else
		sb_queue_add(function);	/* firmware was not asked meanwhile */
	sb_function_put(function);
	sb_function_each_sibling(pdev, ask_if_skipped);
	sb_pages_look();
}

/**
 * struct call - something to call for the pages of each function
 * @call: the callback
 * @arg: for @call
 */
struct call {
	void (*call)(struct sb_pages *pages, void *arg);
	void *arg;
};

static void call_pages(struct sb_function *function, void *arg)
{
	struct call *call = arg;

	if (function->pages)
		call->call(function->pages, call->arg);
}

static void each_pages(void (*call)(struct sb_pages *pages, void *arg),
		       void *arg)
{
	struct call what = { call, arg };

	sb_function_each(call_pages, &what);
}

static void page_changed(struct pci_dev *pdev, unsigned int nr,
			 enum sb_page page)
{
	trace_shadowbar_page(pdev, nr, page);
}

static struct sb_pages_config pages = {
	.each = each_pages,
	.changed = page_changed,
};

/**
 * sb_device_start() - prepare for functions
 * @with: the settings, valid until sb_device_stop()
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int sb_device_start(const struct sb_settings *with)
{
	settings = with;
	sb_serve_start();
	pages.pad = with->pad;
	pages.isolate = with->isolate;
	if (sb_pages_start(&pages))
		return -ENOMEM;
	if (sb_queue_start(ask_firmware, capture_at_leisure)) {
		sb_pages_stop();
		return -ENOMEM;
	}

	return 0;
}

/*
 * While a driver is bound, the ROM BAR cannot be read again, so leave its
 * shadow for the next load. The other sources can be copied again. What is
 * being served stays while the driver may use it.
 */
static void leave_rom(struct sb_function *function)
{
	struct sb_served served = sb_function_served(function);
	struct sb_shadow *shadow;
	enum sb_source source;

	if (!READ_ONCE(function->pdev->dev.driver)) {
		sb_serve_take_back(function->pdev, &served);
		return;
	}

	source = sb_shadows_bar(READ_ONCE(function->shadows));
	if (source == SB_SOURCE_NONE)
		return;

	shadow = sb_function_shadow(function, source);
	if (shadow)
		sb_serve_leave(function->pdev, shadow);
	sb_shadow_put(shadow);
}

/**
 * sb_device_settle() - finish what captures left to be done
 *
 * Context: may sleep, for seconds; no lock is held.
 */
void sb_device_settle(void)
{
	flush_work(&second_look);
}

/**
 * sb_device_retire_all() - release all functions
 *
 * Context: may sleep; no more events arrive, and the rescan lock is held, so
 * that no function is removed concurrently.
 */
void sb_device_retire_all(void)
{
	struct sb_function *function;

	while ((function = sb_function_take_any())) {
		leave_rom(function);
		function_retire(function);
	}
}

/**
 * sb_device_stop() - undo sb_device_start()
 *
 * Context: may sleep, for what is still queued; the rescan lock is not held.
 */
void sb_device_stop(void)
{
	cancel_work_sync(&first_round);
	sb_queue_stop();
	flush_work(&second_look);
	sb_pages_stop();
	sb_function_wait_for_all();
}
