// SPDX-License-Identifier: GPL-2.0-only
/*
 * Without memory: the n-th allocation fails, for every n until nothing does.
 *
 * KASAN and kmemleak look on. Config space is what it was, and a status says
 * what happened.
 */
#include <kunit/test.h>
#include <linux/pci.h>
#include <linux/sched.h>
#include <linux/umh.h>

#include "device.h"
#include "hook.h"
#include "rig.h"
#include "store.h"

/* More allocations than anything here makes. */
#define ENOUGH	200

#ifdef CONFIG_FAULT_INJECTION
static void fail_nth(unsigned int n)
{
	WRITE_ONCE(current->fail_nth, n);
}

/* Back to normal; true if an allocation has failed since fail_nth(). */
static bool has_failed(void)
{
	bool failed = !READ_ONCE(current->fail_nth);

	WRITE_ONCE(current->fail_nth, 0);
	return failed;
}
#else
static void fail_nth(unsigned int n)
{
}

static bool has_failed(void)
{
	return false;
}
#endif

/*
 * By default only allocations that cannot wait are made to fail. Files of
 * debugfs take bytes from user space only.
 */
static int nomem_test_init(struct kunit *test)
{
	static char command[] =
		"cd /sys/kernel/debug/failslab && echo N >ignore-gfp-wait && echo 0 >verbose";
	char *argv[4] = { "/bin/sh", "-c", command, NULL };
	char *envp[2] = { "PATH=/bin:/usr/bin", NULL };

	if (call_usermodehelper(argv[0], argv, envp, UMH_WAIT_PROC))
		kunit_skip(test, "cannot set up failslab in debugfs");
	return rig_init(test);
}

static void nomem_test_exit(struct kunit *test)
{
	fail_nth(0);
	rig_exit(test);
}

static struct ehost_fn *usual(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn;

	rig_host(test, EHOST_FIRMWARE, 1);
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	return fn;
}

static bool has_directory(struct ehost_fn *fn)
{
	struct kernfs_node *dir = sysfs_get_dirent(ehost_dev(fn)->dev.kobj.sd,
						   "shadowbar");

	sysfs_put(dir);
	return dir;
}

static void load_test(struct kunit *test)
{
	const struct sb_words words = {
		.capture = "auto",
		.borrow = "on",
		.pad = "on",
		.align = "on",
		.deny = "1234:5678",
	};
	unsigned int n, failures = 0;
	struct rig *rig = test->priv;
	struct ehost_fn *fn = usual(test);

	rig->before = ehost_save(rig->host);
	KUNIT_ASSERT_NOT_NULL(test, rig->before);
	ehost_reset_oracles(rig->host);
	for (n = 1; n < ENOUGH; n++) {
		bool failed;
		int ret;

		fail_nth(n);
		ret = sb_settings_parse(&rig->settings, &words);
		if (!ret) {
			ret = sb_hook_start(&rig->settings);
			failed = has_failed();
			if (ret)
				sb_settings_free(&rig->settings);
			rig->started = !ret;
		} else {
			failed = has_failed();
		}
		if (ret) {
			failures++;
			KUNIT_EXPECT_TRUE(test, failed);
			KUNIT_EXPECT_EQ_MSG(test, ret, -ENOMEM, "n %u", n);
			KUNIT_EXPECT_FALSE(test, has_directory(fn));
		}
		rig_stop(test);
		rig_expect_clean(test, "load");
		if (!failed)
			break;
	}
	KUNIT_EXPECT_GT(test, failures, 3);
	KUNIT_EXPECT_LT(test, n, ENOUGH);
}

/* As for a function that is plugged in. */
static void add_test(struct kunit *test)
{
	struct ehost_fn *fn = usual(test);
	unsigned int n, failures = 0;

	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	for (n = 1; n < ENOUGH; n++) {
		struct pci_dev *pdev = ehost_dev(fn);
		bool failed;
		int ret;

		pci_lock_rescan_remove();
		sb_device_remove(pdev);
		KUNIT_EXPECT_FALSE(test, has_directory(fn));
		fail_nth(n);
		ret = sb_device_add(pdev);
		failed = has_failed();
		pci_unlock_rescan_remove();

		if (!ret) {
			KUNIT_EXPECT_TRUE(test, has_directory(fn));
			rig_outcome(test, fn);
		} else {
			failures++;
			KUNIT_EXPECT_TRUE(test, failed);
			KUNIT_EXPECT_EQ_MSG(test, ret, -ENOMEM, "n %u", n);
			KUNIT_EXPECT_FALSE(test, has_directory(fn));
		}
		rig_expect_clean(test, "add");
		if (!failed)
			break;
	}
	KUNIT_EXPECT_GT(test, failures, 1);
	KUNIT_EXPECT_LT(test, n, ENOUGH);
}

/*
 * The capture that is done for a driver about to be probed is done by whoever
 * probes, which here is the test: the queued one waits for the device lock.
 */
static void capture_test(struct kunit *test)
{
	struct ehost_fn *fn = usual(test);
	struct device *dev = &ehost_dev(fn)->dev;
	unsigned int n, failures = 0;

	for (n = 1; n < ENOUGH; n++) {
		struct sb_outcome outcome;
		bool failed;

		device_lock(dev);
		rig_start(test);
		fail_nth(n);
		sb_device_about_to_bind(to_pci_dev(dev));
		failed = has_failed();
		device_unlock(dev);

		outcome = rig_outcome(test, fn);
		KUNIT_EXPECT_TRUE(test, outcome.restored);
		if (outcome.why != SB_WHY_CAPTURED) {
			failures++;
			KUNIT_EXPECT_TRUE(test, failed);
			KUNIT_EXPECT_EQ_MSG(test, outcome.why,
					    SB_WHY_NO_MEMORY, "n %u", n);
			KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome),
					SB_STATUS_FAILED);
			/* All of it, or nothing: never a part. */
			if (rig_shadow(test, fn))
				rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
			/* With memory again, it works. */
			KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
		}
		rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
		rig_expect_clean(test, "capture");
		rig_stop(test);
		if (!failed)
			break;
	}
	KUNIT_EXPECT_GT(test, failures, 5);
	KUNIT_EXPECT_LT(test, n, ENOUGH);
}

static void store_test(struct kunit *test)
{
	unsigned int n, failures = 0;

	for (n = 1; n < ENOUGH; n++) {
		struct sb_shadow *shadow;
		bool failed;
		u8 *data = kvmalloc(1024, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, data);
		memset(data, n, 1024);
		fail_nth(n);
		shadow = sb_store_add(data, 1024);
		failed = has_failed();
		if (IS_ERR(shadow)) {
			failures++;
			KUNIT_EXPECT_TRUE(test, failed);
			KUNIT_EXPECT_EQ(test, PTR_ERR(shadow), -ENOMEM);
		} else {
			sb_shadow_put(shadow);
		}
		if (!failed)
			break;
	}
	KUNIT_EXPECT_GE(test, failures, 1);
	KUNIT_EXPECT_LT(test, n, ENOUGH);
}

static struct kunit_case nomem_cases[] = {
	KUNIT_CASE(load_test),
	KUNIT_CASE(add_test),
	KUNIT_CASE(capture_test),
	KUNIT_CASE(store_test),
	{}
};

static struct kunit_suite nomem_suite = {
	.name = "shadowbar_nomem",
	.init = nomem_test_init,
	.exit = nomem_test_exit,
	.test_cases = nomem_cases,
};

kunit_test_suite(nomem_suite);
