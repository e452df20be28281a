// SPDX-License-Identifier: GPL-2.0-only
/*
 * hook and device: functions and drivers come and go, also during a capture.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/iopoll.h>
#include <linux/kthread.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sizes.h>
#include <linux/workqueue.h>

#include "cases.h"
#include "bus/use.h"
#include "device.h"
#include "function.h"
#include "notifiers.h"
#include "queue.h"
#include "rig.h"
#include "rom/store.h"

#define WAIT		(20 * HZ)

/* Config writes of a capture that borrows a BAR, plus some margin */
#define STEPS		24

static struct ehost_fn *add_usual(struct kunit *test, unsigned int device)
{
	struct ehost_fn_desc desc = rig_desc(test);

	desc.device = device;
	return rig_add(test, PCI_DEVFN(4, 0), &desc);
}

static struct ehost_fn *one_usual(struct kunit *test, unsigned int device)
{
	struct ehost_fn_desc desc = rig_desc(test);

	desc.device = device;
	return rig_one(test, &desc);
}

/* Bound before the module is loaded: deferred, captured after unbind */
static void bound_before_test(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct sb_outcome outcome;
	struct ehost_fn *fn;

	rig_driver(test, true);
	fn = one_usual(test, RIG_DRIVEN);
	KUNIT_ASSERT_EQ(test, rig->probes, 1);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome), SB_STATUS_DEFERRED);
	KUNIT_EXPECT_EQ(test, outcome.rom_bar, SB_ROM_BAR_ZERO);
	rig_expect_no_rom(test, fn);
	/* Not on request either, and without a single write. */
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EBUSY);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);

	device_release_driver(&ehost_dev(fn)->dev);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);

	/* Bound again: the shadow stays, and the function is not touched. */
	KUNIT_EXPECT_GE(test, device_attach(&ehost_dev(fn)->dev), 0);
	KUNIT_EXPECT_EQ(test, rig->probes, 2);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EBUSY);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "bound before");
}

/* Bound when it is plugged in: the probe finds it captured and restored. */
static void bound_at_add_test(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct ehost_fn *fn;

	rig_driver(test, true);
	rig_host(test, EHOST_FIRMWARE, 1);
	rig_scan(test);
	rig_start(test);
	fn = add_usual(test, RIG_DRIVEN);
	ehost_rescan(rig->host);
	KUNIT_ASSERT_EQ(test, rig->probes, 1);
	KUNIT_EXPECT_EQ(test, rig->at_probe.why, SB_WHY_CAPTURED);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	KUNIT_EXPECT_NE(test, ehost_peek(fn, PCI_BASE_ADDRESS_0), 0);
}

/* Bound later: a driver that is loaded meanwhile waits for the capture. */
static void bound_after_test(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct ehost_fn *fn;

	fn = one_usual(test, RIG_DRIVEN);
	rig_start(test);
	rig_driver(test, true);
	KUNIT_ASSERT_EQ(test, rig->probes, 1);
	KUNIT_EXPECT_EQ(test, rig->at_probe.why, SB_WHY_CAPTURED);
	KUNIT_EXPECT_EQ(test, rig->changed_at_probe, 0);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "bound after");
}

/* Plugged in without a driver, pulled out, plugged in again */
static void plug_test(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct ehost_fn *fn;
	unsigned int i;

	rig_host(test, EHOST_FIRMWARE, 1);
	rig_scan(test);
	rig_start(test);
	for (i = 0; i < 3; i++) {
		fn = add_usual(test, RIG_DEVICE);
		ehost_rescan(rig->host);
		KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why,
				SB_WHY_CAPTURED);
		rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
		ehost_unplug(fn);
	}

	/* Removed and found again: another object, treated the same. */
	fn = add_usual(test, RIG_DEVICE);
	for (i = 0; i < 3; i++) {
		ehost_rescan(rig->host);
		KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why,
				SB_WHY_CAPTURED);
		rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
		ehost_remove(fn);
	}
}

static void manual_test(struct kunit *test)
{
	struct sb_outcome outcome;
	struct ehost_fn *fn;

	fn = one_usual(test, RIG_DEVICE);
	rig_start_with(test, "manual", "on", "");
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome), SB_STATUS_SKIPPED);
	KUNIT_EXPECT_EQ(test, outcome.rom_bar, SB_ROM_BAR_ZERO);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "manual");
}

struct deny_case {
	const char *name;
	char *deny;
	u16 vendor;
	u16 device;
	enum sb_why why;
};

static const struct deny_case deny_cases[] = {
	{ "by ids", "5b5b:3001", 0, 0, SB_WHY_DENIED },
	{ "by address", "10000:01:04.0", 0, 0, SB_WHY_DENIED },
	{ "the second entry", "dead:beef,5b5b:3001", 0, 0, SB_WHY_DENIED },
	{ "another device", "5b5b:3002", 0, 0, SB_WHY_CAPTURED },
	{ "another address", "10000:01:04.1", 0, 0, SB_WHY_CAPTURED },
	{ "built in", "", 0x14e4, 0x168e, SB_WHY_KNOWN_BAD },
};

static void deny_test(struct kunit *test)
{
	const struct deny_case *c = test->param_value;
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_outcome outcome;
	struct ehost_fn *fn;

	if (c->vendor) {
		desc.vendor = c->vendor;
		desc.device = c->device;
	}
	desc.command = PCI_COMMAND_MEMORY;
	fn = rig_one(test, &desc);
	rig_start_with(test, "auto", "on", c->deny);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, c->why);
	KUNIT_EXPECT_TRUE(test, outcome.decode);
	if (c->why == SB_WHY_CAPTURED)
		return;
	KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome), SB_STATUS_SKIPPED);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EPERM);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	rig_expect_no_rom(test, fn);
	rig_expect_clean(test, c->name);
}

CASES(deny);

/* A virtual function has no ROM, and is not written to. */
static void virtual_function_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct ehost_fn *fn, *vf;
	struct sb_outcome outcome;
	struct ehost_counters c;
	unsigned int writes;
	u64 addr;

	if (!ehost_has_vfs())
		kunit_skip(test, "the kernel has no use for virtual functions");
	desc.caps = EHOST_CAP_PCIE | EHOST_CAP_SRIOV;
	desc.vfs = 2;
	desc.vf_bar[0].size = SZ_64K;
	desc.vf_bar[0].addr = RIG_WINDOW + SZ_2M + SZ_1M;
	rig_host(test, EHOST_FIRMWARE, 0);
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	rig_start(test);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	rig_expect_clean(test, "physical function");

	KUNIT_ASSERT_EQ(test, ehost_enable_vfs(fn, 2), 0);
	vf = ehost_vf(fn, 1);
	KUNIT_ASSERT_NOT_NULL(test, ehost_dev(vf));
	outcome = rig_outcome(test, vf);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_VIRTUAL);
	KUNIT_EXPECT_EQ(test, outcome.rom_bar, SB_ROM_BAR_ABSENT);
	/* COMMAND of a virtual function does not show this. */
	KUNIT_EXPECT_TRUE(test, outcome.decode);
	/* The core has set it up; nothing else writes to it. */
	writes = rig_writes_to(test, vf);
	KUNIT_EXPECT_EQ(test, rig_capture(test, vf), -ENODEV);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, vf), writes);

	/* While they are enabled, the physical function is left alone, too. */
	KUNIT_ASSERT_TRUE(test, ehost_decodes(vf, 0, &addr));
	KUNIT_EXPECT_EQ(test, addr, RIG_WINDOW + SZ_2M + SZ_1M + SZ_64K);
	writes = rig_writes_to(test, fn);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EBUSY);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), writes);
	KUNIT_EXPECT_EQ(test, ehost_read_bus(rig->host, addr),
			ehost_bar_pattern(vf, 0));
	ehost_counters(rig->host, &c);
	KUNIT_EXPECT_EQ(test, c.overlaps, 0);
	KUNIT_EXPECT_EQ(test, c.outside, 0);
	KUNIT_EXPECT_EQ(test, c.bar_writes_live, 0);
	ehost_disable_vfs(fn);
}

/**
 * struct meanwhile - something that happens at one config write of a capture
 * @work: what to do
 * @fn: the function that is being captured
 * @reached: that write has happened
 */
struct meanwhile {
	struct work_struct work;
	struct ehost_fn *fn;
	struct completion reached;
};

static void meanwhile_hook(struct ehost_fn *fn, const struct ehost_write *w,
			   void *arg)
{
	struct meanwhile *meanwhile = arg;

	queue_work(system_unbound_wq, &meanwhile->work);
	complete(&meanwhile->reached);
}

static void unplug_work(struct work_struct *work)
{
	ehost_unplug(container_of(work, struct meanwhile, work)->fn);
}

/* Pulled out at each step of its capture */
static void unplug_at_every_step_test(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct ehost_counters c;
	struct meanwhile meanwhile;
	unsigned int step;

	INIT_WORK_ONSTACK(&meanwhile.work, unplug_work);
	init_completion(&meanwhile.reached);
	rig_host(test, EHOST_FIRMWARE, 1);
	rig_scan(test);
	rig_start_with(test, "manual", "on", "");
	for (step = 1; step < STEPS; step++) {
		struct sb_function *function;

		meanwhile.fn = add_usual(test, RIG_DEVICE);
		ehost_rescan(rig->host);
		rig_outcome(test, meanwhile.fn);
		function = rig_function(test, meanwhile.fn);
		kobject_get(&function->kobj);
		reinit_completion(&meanwhile.reached);
		ehost_hook(rig->host, step, meanwhile_hook, &meanwhile);
		sb_queue_capture(function, false);
		ehost_hook(rig->host, 0, NULL, NULL);
		kobject_put(&function->kobj);
		if (!completion_done(&meanwhile.reached)) {
			ehost_unplug(meanwhile.fn);
			break;
		}
		flush_work(&meanwhile.work);
		KUNIT_EXPECT_NULL(test, ehost_dev(meanwhile.fn));
	}
	destroy_work_on_stack(&meanwhile.work);
	/* It was pulled out in the middle, and each capture ends. */
	KUNIT_EXPECT_GT(test, step, 5);
	KUNIT_EXPECT_LT(test, step, STEPS);
	ehost_counters(rig->host, &c);
	KUNIT_EXPECT_EQ(test, c.overlaps, 0);
}

/* A writer of "capture" waits for a capture that will never begin. */
static void removed_while_asked_test(struct kunit *test)
{
	struct ehost_fn *fn = one_usual(test, RIG_DEVICE);
	struct sb_function *function;
	struct rig_asker asker;

	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	function = rig_function(test, fn);
	kobject_get(&function->kobj);
	pci_lock_rescan_remove();
	rig_ask(test, fn, &asker);
	rig_wait_asked(test, &asker);
	pci_stop_and_remove_bus_device(ehost_dev(fn));
	pci_unlock_rescan_remove();
	KUNIT_EXPECT_EQ(test, rig_answer(test, &asker), -ENODEV);
	kobject_put(&function->kobj);
}

static void reached_hook(struct ehost_fn *fn, const struct ehost_write *w,
			 void *arg)
{
	complete(arg);
}

/*
 * Stop the driver at the n-th write of a capture, for every n until there is no
 * such write.
 */
static void stop_at_every_step_test(struct kunit *test)
{
	DECLARE_COMPLETION_ONSTACK(reached);
	struct rig *rig = test->priv;
	struct ehost_fn *fn;
	unsigned int step, writes;

	fn = one_usual(test, RIG_DEVICE);
	rig_start(test);
	KUNIT_ASSERT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	writes = ehost_journal(rig->host, NULL, 0);
	rig_stop(test);
	KUNIT_ASSERT_GT(test, writes, 5);

	for (step = 1; step <= writes; step++) {
		reinit_completion(&reached);
		ehost_hook(rig->host, step, reached_hook, &reached);
		rig_start(test);
		KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&reached,
								  WAIT), 0);
		rig_stop(test);
		rig_expect_clean(test, "stopped in the middle");
	}
}

/*
 * To reset a function when it is opened, vfio-pci only tries its device lock. So
 * nothing takes that lock while vfio-pci is bound; somebody else has it here.
 */
static void bound_needs_no_lock_test(struct kunit *test)
{
	struct sb_function *function;
	struct ehost_fn *fn;
	unsigned int i;
	bool pending;

	fn = one_usual(test, RIG_HELD);
	rig_holder(test, true);
	rig_start(test);
	function = rig_function(test, fn);
	rig_wait(test, function);
	device_lock(&ehost_dev(fn)->dev);
	sb_queue_request(function);
	for (i = 0; i < 250 && sb_queue_is_pending(function); i++)
		msleep(20);
	pending = sb_queue_is_pending(function);
	device_unlock(&ehost_dev(fn)->dev);
	KUNIT_EXPECT_FALSE(test, pending);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_DRIVER_BOUND);

	/* Unbound, it is read. */
	rig_holder(test, false);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
}

/* Two at once on one function: both get an answer, config space survives. */
static void two_at_once_test(struct kunit *test)
{
	struct rig_asker askers[2];
	struct ehost_fn *fn;
	unsigned int round, i;

	fn = one_usual(test, RIG_DEVICE);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	for (round = 0; round < 10; round++) {
		for (i = 0; i < ARRAY_SIZE(askers); i++)
			rig_ask(test, fn, &askers[i]);
		for (i = 0; i < ARRAY_SIZE(askers); i++)
			KUNIT_EXPECT_EQ(test, rig_answer(test, &askers[i]), 0);
		rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
		rig_expect_clean(test, "two at once");
	}
}

/* A task is interrupted while it waits; the capture completes nevertheless. */
static void interrupted_test(struct kunit *test)
{
	struct rig_asker asker;
	struct ehost_fn *fn;

	fn = one_usual(test, RIG_DEVICE);
	rig_start_with(test, "manual", "on", "");
	KUNIT_ASSERT_EQ(test, rig_outcome(test, fn).why, SB_WHY_MANUAL);
	pci_lock_rescan_remove();
	rig_ask(test, fn, &asker);
	rig_wait_asked(test, &asker);
	send_sig(SIGINT, asker.task, 1);
	KUNIT_EXPECT_EQ(test, rig_answer(test, &asker), -ERESTARTSYS);
	pci_unlock_rescan_remove();
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "interrupted");
}

/* While one function is locked, the others do not wait for it. */
static void locked_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_outcome outcome;
	struct ehost_fn *fn[3];
	unsigned int i;

	rig_host(test, EHOST_FIRMWARE, 0);
	memset(desc.bar, 0, sizeof(desc.bar));
	for (i = 0; i < ARRAY_SIZE(fn); i++)
		fn[i] = rig_add(test, PCI_DEVFN(i + 1, 0), &desc);
	rig_scan(test);
	device_lock(&ehost_dev(fn[0])->dev);
	rig_start(test);
	for (i = 1; i < ARRAY_SIZE(fn); i++)
		KUNIT_EXPECT_EQ(test, rig_outcome(test, fn[i]).why,
				SB_WHY_CAPTURED);
	sb_function_outcome(rig_function(test, fn[0]), &outcome);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_QUEUED);
	device_unlock(&ehost_dev(fn[0])->dev);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn[0]).why, SB_WHY_CAPTURED);
	rig_expect_clean(test, "locked");
}

/*
 * The core scans a new host bridge under the rescan lock, but assigns addresses
 * without it. Until that is done, its functions are left alone.
 */
static void assigned_late_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct sb_outcome outcome;
	struct ehost_fn *known, *late;
	struct ehost *host;

	known = one_usual(test, RIG_DEVICE);
	rig_start(test);
	KUNIT_ASSERT_EQ(test, rig_outcome(test, known).why, SB_WHY_CAPTURED);
	host = rig->host;

	rig_host(test, EHOST_FIRMWARE, 0);
	late = rig_add(test, PCI_DEVFN(1, 0), &desc);
	KUNIT_ASSERT_EQ(test, ehost_scan_begin(rig->host), 0);
	/* Requested after the other one, but answered first. */
	KUNIT_EXPECT_EQ(test, rig_capture(test, known), 0);
	sb_function_outcome(rig_function(test, late), &outcome);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_QUEUED);
	ehost_scan_end(rig->host);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, late).why, SB_WHY_CAPTURED);
	rig_expect_rom(test, late, RIG_IMAGES_SIZE);

	rig->host = host;
	rig_expect_clean(test, "assigned late");
}

#if SB_HAS_MATCH_DRIVER
/* The core saves config space after the file in /proc exists. */
static void saved_late_test(struct kunit *test)
{
	struct ehost_fn *late = one_usual(test, RIG_DEVICE), *known;
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct sb_outcome outcome;
	struct ehost *host = rig->host;

	ehost_dev(late)->match_driver = false;
	rig_start(test);
	rig_host(test, EHOST_FIRMWARE, 0);
	known = rig_add(test, PCI_DEVFN(1, 0), &desc);
	KUNIT_ASSERT_EQ(test, ehost_scan(rig->host), 0);
	/* Queued after the other one, but answered first. */
	KUNIT_EXPECT_EQ(test, rig_capture(test, known), 0);
	sb_function_outcome(rig_function(test, late), &outcome);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_QUEUED);
	ehost_dev(late)->match_driver = true;
	KUNIT_EXPECT_EQ(test, rig_outcome(test, late).why, SB_WHY_CAPTURED);

	rig->host = host;
	rig_expect_clean(test, "saved late");
}
#endif

/*
 * The machine shuts down while a capture waits for a lock that it does not get.
 * Nothing waits for that capture.
 */
static void shut_down_test(struct kunit *test)
{
	struct rig_asker asker;
	struct ehost_fn *fn;

	fn = one_usual(test, RIG_DEVICE);
	rig_start_with(test, "manual", "on", "");
	KUNIT_ASSERT_EQ(test, rig_outcome(test, fn).why, SB_WHY_MANUAL);
	pci_lock_rescan_remove();
	rig_ask(test, fn, &asker);
	rig_wait_asked(test, &asker);
	sb_use_shut_down(true);
	sb_queue_finish();
	pci_unlock_rescan_remove();

	/* The queue still runs, in this test only, and touches nothing. */
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EBUSY);
	KUNIT_EXPECT_EQ(test, rig_answer(test, &asker), -EBUSY);
	sb_use_shut_down(false);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	rig_expect_clean(test, "shut down");
}

/* One after the other, in the order of their addresses */
static void in_order_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	const unsigned int max = 256;
	struct rig *rig = test->priv;
	struct ehost_write *w;
	struct ehost_fn *fn[4];
	unsigned int i, nr, at = 0;

	w = kunit_kcalloc(test, max, sizeof(*w), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, w);
	rig_host(test, EHOST_FIRMWARE, 0);
	memset(desc.bar, 0, sizeof(desc.bar));
	for (i = 0; i < ARRAY_SIZE(fn); i++)
		fn[i] = rig_add(test, PCI_DEVFN(i + 1, 0), &desc);
	rig_scan(test);
	rig_start(test);
	for (i = 0; i < ARRAY_SIZE(fn); i++)
		KUNIT_EXPECT_EQ(test, rig_outcome(test, fn[i]).why,
				SB_WHY_CAPTURED);
	nr = ehost_journal(rig->host, w, max);
	KUNIT_ASSERT_LE(test, nr, max);
	/* All writes to one, then all to the next. */
	for (i = 0; i < nr; i++) {
		if (w[i].fn != fn[at])
			at++;
		KUNIT_ASSERT_LT(test, at, ARRAY_SIZE(fn));
		KUNIT_ASSERT_PTR_EQ(test, w[i].fn, fn[at]);
	}
	KUNIT_EXPECT_EQ(test, at, ARRAY_SIZE(fn) - 1);
}

/* The bus reports a function that is known, and one that is not. */
static void known_and_unknown_test(struct kunit *test)
{
	struct sb_function *function;
	struct rig *rig = test->priv;
	struct ehost_fn *fn;

	fn = one_usual(test, RIG_DRIVEN);
	rig_start(test);
	KUNIT_ASSERT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	function = rig_function(test, fn);
	pci_lock_rescan_remove();
	KUNIT_EXPECT_EQ(test, sb_device_add(ehost_dev(fn)), 0);
	KUNIT_EXPECT_PTR_EQ(test, rig_function(test, fn), function);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);

	sb_device_remove(ehost_dev(fn));
	sb_device_remove(ehost_dev(fn));
	pci_unlock_rescan_remove();
	KUNIT_EXPECT_FALSE(test, rig_has_directory(fn));
	rig_driver(test, true);
	KUNIT_EXPECT_EQ(test, rig->probes, 1);
	rig_driver(test, false);
	KUNIT_EXPECT_FALSE(test, rig_has_directory(fn));
	rig_expect_clean(test, "not known");
}

#ifdef CONFIG_FAULT_INJECTION
/* Let the first allocation fail in the notifiers that are called after this. */
static int starve(struct notifier_block *nb, unsigned long event, void *arg)
{
	if (event == BUS_NOTIFY_ADD_DEVICE)
		WRITE_ONCE(current->fail_nth, 1);
	return NOTIFY_DONE;
}

static int feed(struct notifier_block *nb, unsigned long event, void *arg)
{
	if (event == BUS_NOTIFY_ADD_DEVICE)
		WRITE_ONCE(current->fail_nth, 0);
	return NOTIFY_DONE;
}
#endif

/* No memory when a function is plugged in: it works, but without a shadow. */
static void add_without_memory_test(struct kunit *test)
{
#ifdef CONFIG_FAULT_INJECTION
	static struct notifier_block before = { .notifier_call = starve };
	static struct notifier_block after = { .notifier_call = feed };
	struct rig *rig = test->priv;
	struct ehost_fn *fn;

	if (!rig_can_starve())
		kunit_skip(test, "cannot set up failslab in debugfs");
	rig_driver(test, true);
	rig_host(test, EHOST_FIRMWARE, 1);
	rig_scan(test);
	fn = add_usual(test, RIG_DRIVEN);
	/* Notifiers are called in the order of registration. */
	bus_register_notifier(&pci_bus_type, &before);
	rig_start(test);
	bus_register_notifier(&pci_bus_type, &after);
	ehost_rescan(rig->host);
	bus_unregister_notifier(&pci_bus_type, &after);
	bus_unregister_notifier(&pci_bus_type, &before);
	KUNIT_EXPECT_EQ(test, rig->probes, 1);
	KUNIT_EXPECT_FALSE(test, rig_has_directory(fn));

	/* With memory, it is found the next time. */
	ehost_remove(fn);
	ehost_rescan(rig->host);
	KUNIT_EXPECT_EQ(test, rig->probes, 2);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
#else
	kunit_skip(test, "no CONFIG_FAULT_INJECTION");
#endif
}

/**
 * struct walk - a task that walks a bus, holding the core's lock of all buses
 * @bus: the bus
 * @begun: it has taken the lock
 * @on: it may release the lock
 * @told: it was told so in time
 * @ended: it has released the lock
 */
struct walk {
	struct pci_bus *bus;
	bool told;
	struct completion begun;
	struct completion on;
	struct completion ended;
};

static int stand_still(struct pci_dev *pdev, void *arg)
{
	struct walk *walk = arg;

	complete(&walk->begun);
	walk->told = wait_for_completion_timeout(&walk->on, 2 * HZ);
	return 1;
}

static int walk_bus(void *arg)
{
	struct walk *walk = arg;

	pci_walk_bus(walk->bus, stand_still, walk);
	complete_all(&walk->ended);
	return 0;
}

/**
 * struct plugging - a task that looks for new functions
 * @host: below this host
 * @ended: it has finished
 */
struct plugging {
	struct ehost *host;
	struct completion ended;
};

static int plug(void *arg)
{
	struct plugging *plugging = arg;

	ehost_rescan(plugging->host);
	complete_all(&plugging->ended);
	return 0;
}

/*
 * Error recovery walks a bus and waits for a device lock that a probe holds. A
 * function that is being added waits for the walk, and readers wait behind it.
 * The probe continues all the same.
 */
static void walked_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct plugging plugging;
	struct rig *rig = test->priv;
	struct task_struct *task;
	struct walk walk;
	struct ehost_fn *fn;
	unsigned int waits;

	desc.device = RIG_DRIVEN;
	fn = rig_one(test, &desc);
	rig_start(test);
	rig_outcome(test, fn);
	desc.device = RIG_DEVICE;
	desc.bar[0].addr = RIG_FORWARD + SZ_4M;
	desc.bar[1].size = 0;
	rig_add(test, PCI_DEVFN(5, 0), &desc);

	walk.bus = ehost_dev(fn)->bus;
	init_completion(&walk.begun);
	init_completion(&walk.on);
	init_completion(&walk.ended);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(walk_bus, &walk, "walk")));
	wait_for_completion(&walk.begun);
	plugging.host = rig->host;
	init_completion(&plugging.ended);
	task = kthread_create(plug, &plugging, "plug");
	KUNIT_EXPECT_FALSE(test, IS_ERR(task));
	if (!IS_ERR(task)) {
		get_task_struct(task);
		wake_up_process(task);
		read_poll_timeout(READ_ONCE, waits,
				  waits == TASK_UNINTERRUPTIBLE, USEC_PER_MSEC,
				  USEC_PER_SEC, false, task->__state);
		put_task_struct(task);
	}

	rig_driver(test, true);
	KUNIT_EXPECT_EQ(test, rig->probes, 1);
	complete(&walk.on);
	wait_for_completion(&walk.ended);
	KUNIT_EXPECT_TRUE(test, walk.told);
	if (!IS_ERR(task))
		wait_for_completion(&plugging.ended);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
}

/* Half removed, its directory gone: only the others are known. */
static void on_its_way_out_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn, *gone;
	struct kernfs_node *dir;
	struct kobject *kobj;

	rig_host(test, EHOST_FIRMWARE, 1);
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	desc.bar[0].addr = RIG_FORWARD + SZ_4M;
	desc.bar[1].size = 0;
	gone = rig_add(test, PCI_DEVFN(3, 0), &desc);
	rig_scan(test);
	kobj = &ehost_dev(gone)->dev.kobj;
	dir = kobj->sd;
	kobj->sd = NULL;
	rig_start(test);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	kobj->sd = dir;
	KUNIT_EXPECT_FALSE(test, rig_has_directory(gone));
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, gone), 0);
	KUNIT_EXPECT_NULL(test, sb_function_find(ehost_dev(gone)));
	rig_expect_clean(test, "on its way out");
}

/*
 * A function with only a ROM, which the core could not assign and has
 * forgotten: there is nothing to show until the ROM is found after all.
 */
static void found_later_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test), large = desc;
	struct ehost_fn *fn, *fat;
	bool has;

	rig_host(test, EHOST_ASSIGN, 0);
	large.device = 0x3004;
	large.command = 0;
	large.bar[0].size = RIG_WINDOW_SIZE;
	large.bar[1].size = 0;
	large.rom.size = 0;
	fat = rig_add(test, PCI_DEVFN(3, 0), &large);
	memset(desc.bar, 0, sizeof(desc.bar));
	desc.command = 0;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	KUNIT_ASSERT_EQ(test, ehost_dev(fn)->resource[PCI_ROM_RESOURCE].flags &
			      IORESOURCE_MEM, 0);
	ehost_unplug(fat);
	rig_start(test);
	KUNIT_ASSERT_EQ(test, read_poll_timeout(rig_has_directory, has, has,
						USEC_PER_MSEC,
						20 * USEC_PER_SEC, false, fn),
			0);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).source, SB_SOURCE_HOLE);
	KUNIT_EXPECT_TRUE(test, rig_function(test, fn)->has_files);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "found later");
}

/* Several functions at once: captures may run in parallel without conflicts. */
static void many_functions_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct ehost_fn *fn[16];
	unsigned int i;

	rig_host(test, EHOST_FIRMWARE, 1);
	for (i = 0; i < ARRAY_SIZE(fn); i++) {
		/* Half of them have a BAR to borrow, the others need a hole. */
		desc.bar[0].addr = RIG_FORWARD + i * SZ_64K;
		desc.bar[0].size = i % 2 ? SZ_64K : SZ_4K;
		desc.bar[1].size = 0;
		fn[i] = rig_add(test, PCI_DEVFN(i, 0), &desc);
	}
	rig_scan(test);
	rig_start(test);
	for (i = 0; i < ARRAY_SIZE(fn); i++) {
		struct sb_outcome outcome = rig_outcome(test, fn[i]);

		KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_CAPTURED);
		KUNIT_EXPECT_EQ(test, outcome.source, i % 2 ?
				SB_SOURCE_BORROWED : SB_SOURCE_HOLE);
		rig_expect_rom(test, fn[i], RIG_IMAGES_SIZE);
		KUNIT_EXPECT_PTR_EQ(test, rig_shadow(test, fn[i]),
				    rig_shadow(test, fn[0]));
	}
	rig_expect_clean(test, "many functions");

	/* Remove some while the others stay. */
	for (i = 0; i < ARRAY_SIZE(fn); i += 2)
		ehost_remove(fn[i]);
	/* The remaining half each hold it by source, and as best. */
	KUNIT_EXPECT_EQ(test, refcount_read(&rig_shadow(test, fn[1])->users),
			ARRAY_SIZE(fn));
	rig_expect_rom(test, fn[1], RIG_IMAGES_SIZE);
	KUNIT_EXPECT_NE(test, ehost_claims(rig->host), 0);
}

/* Load and unload without waiting for anything. */
static void load_unload_test(struct kunit *test)
{
	struct ehost_fn *fn;
	unsigned int i;

	fn = one_usual(test, RIG_DEVICE);
	for (i = 0; i < 20; i++) {
		rig_start(test);
		rig_stop(test);
		rig_expect_clean(test, "load and unload");
	}
	rig_start(test);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
}

/**
 * struct unloading - a task that stops the driver
 * @test: test
 * @done: it has finished
 */
struct unloading {
	struct kunit *test;
	struct completion done;
};

static int unload(void *arg)
{
	struct unloading *unloading = arg;

	rig_stop(unloading->test);
	complete_all(&unloading->done);
	return 0;
}

/* The code that frees a function is the module's: unloading waits for it. */
static void last_reference_test(struct kunit *test)
{
	struct ehost_fn *fn = one_usual(test, RIG_DEVICE);
	struct unloading unloading = { .test = test };
	struct sb_function *function;
	struct task_struct *task;

	rig_start(test);
	rig_outcome(test, fn);
	function = rig_function(test, fn);
	kobject_get(&function->kobj);
	init_completion(&unloading.done);
	task = kthread_run(unload, &unloading, "unload");
	KUNIT_EXPECT_FALSE(test, IS_ERR(task));
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&unloading.done,
							  HZ / 5), 0);
	kobject_put(&function->kobj);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&unloading.done,
							  WAIT), 0);
}

/* Which of the next notifiers to refuse, from 1 on; 0 for none */
static unsigned int refused;

/**
 * notifier_is_refused - refuse the notifier that is about to be registered?
 *
 * Return: what a test wants
 */
bool notifier_is_refused(void)
{
	return refused && !--refused;
}

/* A failed load leaves nothing behind, and the next one works. */
static void refused_test(struct kunit *test)
{
	struct ehost_fn *fn = one_usual(test, RIG_DEVICE);
	unsigned int i;

	for (i = 1; i <= 2; i++) {
		refused = i;
		KUNIT_ASSERT_EQ(test, rig_try(test, "auto", "on", ""), -ENOMEM);
		KUNIT_EXPECT_EQ(test, refused, 0);
		KUNIT_EXPECT_FALSE(test, rig_has_directory(fn));

		rig_start(test);
		KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why,
				SB_WHY_CAPTURED);
		rig_stop(test);
	}
}

static struct kunit_case hook_cases[] = {
	KUNIT_CASE(refused_test),
	KUNIT_CASE(bound_before_test),
	KUNIT_CASE(bound_at_add_test),
	KUNIT_CASE(bound_after_test),
	KUNIT_CASE(plug_test),
	KUNIT_CASE(manual_test),
	KUNIT_CASE_PARAM(deny_test, deny_gen_params),
	KUNIT_CASE(virtual_function_test),
	KUNIT_CASE(unplug_at_every_step_test),
	KUNIT_CASE(removed_while_asked_test),
	KUNIT_CASE(stop_at_every_step_test),
	KUNIT_CASE(bound_needs_no_lock_test),
	KUNIT_CASE(two_at_once_test),
	KUNIT_CASE(interrupted_test),
	KUNIT_CASE(locked_test),
	KUNIT_CASE(assigned_late_test),
#if SB_HAS_MATCH_DRIVER
	KUNIT_CASE(saved_late_test),
#endif
	KUNIT_CASE(shut_down_test),
	KUNIT_CASE(in_order_test),
	KUNIT_CASE(known_and_unknown_test),
	KUNIT_CASE(add_without_memory_test),
	KUNIT_CASE(walked_test),
	KUNIT_CASE(on_its_way_out_test),
	KUNIT_CASE(found_later_test),
	KUNIT_CASE(many_functions_test),
	KUNIT_CASE(load_unload_test),
	KUNIT_CASE(last_reference_test),
	{}
};

static struct kunit_suite hook_suite = {
	.name = "shadowbar_hook",
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = hook_cases,
};

kunit_test_suite(hook_suite);
