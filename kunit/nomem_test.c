// SPDX-License-Identifier: GPL-2.0-only
/*
 * nomem: the n-th allocation fails, for every n until nothing fails.
 *
 * KASAN and kmemleak watch. Config space stays as it was, and a status reports
 * what happened.
 */
#include <kunit/test.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/pci.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "bus/kept.h"
#include "device.h"
#include "function.h"
#include "queue.h"
#include "rig.h"
#include "rom/capture.h"
#include "rom/sources.h"
#include "rom/shadows.h"
#include "rom/store.h"
#include "rom_build.h"
#include "small.h"

/* More allocations than anything here makes */
#define ENOUGH	200

#ifdef CONFIG_FAULT_INJECTION
static void fail_nth(unsigned int n)
{
	WRITE_ONCE(current->fail_nth, n);
}

/* Stop failing; true if an allocation has failed since fail_nth(). */
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

static int nomem_test_init(struct kunit *test)
{
	if (!rig_can_starve())
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
	const struct ehost_fn_desc desc = rig_desc(test);

	return rig_one(test, &desc);
}

static void load(struct kunit *test, struct ehost_fn *fn)
{
	const phys_addr_t left = ehost_dev(fn)->rom;
	unsigned int n, failures = 0;
	struct rig *rig = test->priv;

	ehost_state_free(rig->before);
	rig->before = ehost_save(rig->host);
	KUNIT_ASSERT_NOT_NULL(test, rig->before);
	ehost_reset_oracles(rig->host);
	for (n = 1; n < ENOUGH; n++) {
		bool failed;
		int ret;

		fail_nth(n);
		ret = rig_try(test, "auto", "on", "1234:5678");
		failed = has_failed();
		if (ret) {
			failures++;
			KUNIT_EXPECT_TRUE(test, failed);
			KUNIT_EXPECT_EQ_MSG(test, ret, -ENOMEM, "n %u", n);
			KUNIT_EXPECT_FALSE(test, rig_has_directory(fn));
		}
		rig_stop(test);
		KUNIT_EXPECT_EQ_MSG(test, ehost_dev(fn)->rom, left, "n %u", n);
		rig_expect_clean(test, "load");
		if (!failed)
			break;
	}
	KUNIT_EXPECT_GT(test, failures, 3);
	KUNIT_EXPECT_LT(test, n, ENOUGH);
}

static void load_test(struct kunit *test)
{
	load(test, usual(test));
}

/* If a load fails, a ROM that an earlier one has left is not lost. */
static void load_bound_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn;

	desc.device = RIG_DRIVEN;
	fn = rig_one(test, &desc);
	rig_unload_bound(test, fn);
	KUNIT_ASSERT_EQ(test, ehost_dev(fn)->rom != 0,
			sb_kept_can_be_mapped());
	load(test, fn);
}

/* The same for a function that is plugged in */
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
		KUNIT_EXPECT_FALSE(test, rig_has_directory(fn));
		fail_nth(n);
		ret = sb_device_add(pdev);
		failed = has_failed();
		pci_unlock_rescan_remove();

		if (!ret) {
			KUNIT_EXPECT_TRUE(test, rig_has_directory(fn));
			rig_outcome(test, fn);
		} else {
			failures++;
			KUNIT_EXPECT_TRUE(test, failed);
			KUNIT_EXPECT_EQ_MSG(test, ret, -ENOMEM, "n %u", n);
			KUNIT_EXPECT_FALSE(test, rig_has_directory(fn));
		}
		rig_expect_clean(test, "add");
		if (!failed)
			break;
	}
	KUNIT_EXPECT_GT(test, failures, 1);
	KUNIT_EXPECT_LT(test, n, ENOUGH);
}

/*
 * The task that probes a driver also does the capture before it, which here is
 * the test: the queued capture waits for the device lock.
 */
static void capture(struct kunit *test, bool whole)
{
	const u32 size = whole ? RIG_ROM_SIZE : RIG_IMAGES_SIZE;
	struct ehost_fn *fn = usual(test);
	struct device *dev = &ehost_dev(fn)->dev;
	unsigned int n, failures = 0;

	for (n = 1; n < ENOUGH; n++) {
		struct sb_function *function;
		struct sb_outcome outcome;
		bool failed;

		device_lock(dev);
		rig_start(test);
		function = rig_function(test, fn);
		WRITE_ONCE(function->request.whole, whole);
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
			/* All of it or nothing, never a part. */
			if (rig_shadow(test, fn))
				rig_expect_rom(test, fn, size);
			/* With memory again, it works. */
			KUNIT_EXPECT_EQ(test, sb_queue_capture(function, whole),
					0);
		}
		rig_expect_rom(test, fn, size);
		rig_expect_clean(test, "capture");
		rig_stop(test);
		if (!failed)
			break;
	}
	KUNIT_EXPECT_GT(test, failures, 5);
	KUNIT_EXPECT_LT(test, n, ENOUGH);
}

static void capture_test(struct kunit *test)
{
	capture(test, false);
}

static void whole_test(struct kunit *test)
{
	capture(test, true);
}

/* The same with a copy beside the ROM BAR: in the end there are both. */
static void sources_test(struct kunit *test)
{
	const struct rom_build image = { .units = 4, .last = true };
	u8 *copy = kunit_kzalloc(test, SZ_4K, GFP_KERNEL);
	struct ehost_fn *fn = usual(test);
	struct device *dev = &ehost_dev(fn)->dev;
	unsigned int n, failures = 0;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	rom_build(copy, SZ_4K, 0, &image);
	ehost_dev(fn)->rom = virt_to_phys(copy);
	ehost_dev(fn)->romlen = SZ_4K;
	for (n = 1; n < ENOUGH; n++) {
		struct sb_outcome outcome;
		struct sb_shadow *shadow;
		bool failed;

		device_lock(dev);
		rig_start(test);
		fail_nth(n);
		sb_device_about_to_bind(to_pci_dev(dev));
		failed = has_failed();
		device_unlock(dev);

		outcome = rig_outcome(test, fn);
		if (outcome.why != SB_WHY_CAPTURED) {
			failures++;
			KUNIT_EXPECT_TRUE(test, failed);
			KUNIT_EXPECT_EQ_MSG(test, outcome.why,
					    SB_WHY_NO_MEMORY, "n %u", n);
			KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
		}
		rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
		shadow = sb_function_shadow(rig_function(test, fn),
					    SB_SOURCE_PLATFORM);
		KUNIT_EXPECT_NOT_NULL_MSG(test, shadow, "n %u", n);
		if (shadow) {
			KUNIT_EXPECT_EQ(test, shadow->size, 4 * 512);
			KUNIT_EXPECT_EQ(test, memcmp(shadow->data, copy,
						     4 * 512), 0);
		}
		sb_shadow_put(shadow);
		rig_expect_clean(test, "sources");
		rig_stop(test);
		if (!failed)
			break;
	}
	KUNIT_EXPECT_GT(test, failures, 10);
	KUNIT_EXPECT_LT(test, n, ENOUGH);
}

/* A denied function is left alone, but not for lack of memory. */
static void denied_test(struct kunit *test)
{
	const struct rom_build image = { .units = 4, .last = true };
	u8 *copy = kunit_kzalloc(test, SZ_4K, GFP_KERNEL);
	struct ehost_fn *fn = usual(test);
	struct device *dev = &ehost_dev(fn)->dev;
	unsigned int n, failures = 0;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	rom_build(copy, SZ_4K, 0, &image);
	ehost_dev(fn)->rom = virt_to_phys(copy);
	ehost_dev(fn)->romlen = SZ_4K;
	for (n = 1; n < ENOUGH; n++) {
		struct sb_outcome outcome;
		bool failed;

		device_lock(dev);
		rig_start_with(test, "auto", "on", "5b5b:3001");
		fail_nth(n);
		sb_device_about_to_bind(to_pci_dev(dev));
		failed = has_failed();
		device_unlock(dev);

		outcome = rig_outcome(test, fn);
		KUNIT_EXPECT_EQ_MSG(test, outcome.why, SB_WHY_DENIED, "n %u",
				    n);
		failures += !rig_shadow(test, fn);
		/* The copy is examined again, with the same result. */
		KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EPERM);
		KUNIT_EXPECT_NOT_NULL(test, rig_shadow(test, fn));
		rig_expect_clean(test, "denied");
		rig_stop(test);
		if (!failed)
			break;
	}
	KUNIT_EXPECT_GT(test, failures, 0);
	KUNIT_EXPECT_LT(test, n, ENOUGH);
}

/*
 * There is a shadow, and a new ROM of another size is read, so its file is
 * created again. Without memory the old one and its file are still there.
 */
static void another_size_test(struct kunit *test)
{
	const struct rom_build alone = { .units = 4, .last = true };
	struct ehost_fn *fn = usual(test);
	struct device *dev = &ehost_dev(fn)->dev;
	u8 *other = kunit_kzalloc(test, RIG_ROM_SIZE, GFP_KERNEL);
	struct rig *rig = test->priv;
	unsigned int n, failures = 0;

	KUNIT_ASSERT_NOT_NULL(test, other);
	rom_build(other, RIG_ROM_SIZE, 0, &alone);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	for (n = 1; n < ENOUGH; n++) {
		struct sb_function *function = rig_function(test, fn);
		const struct bin_attribute *rom;
		struct rig_asker asker;
		bool failed;
		int ret;

		ehost_set_rom(fn, rig->rom, RIG_ROM_SIZE, 0);
		KUNIT_ASSERT_EQ(test, rig_capture(test, fn), 0);
		rig_expect_rom(test, fn, RIG_IMAGES_SIZE);

		ehost_set_rom(fn, other, RIG_ROM_SIZE, 0);
		device_lock(dev);
		rig_ask(test, fn, &asker);
		rig_wait_asked(test, &asker);
		fail_nth(n);
		sb_device_about_to_bind(to_pci_dev(dev));
		failed = has_failed();
		device_unlock(dev);
		ret = rig_answer(test, &asker);

		rom = function->shadows->shown[SB_SOURCE_NONE].file;
		KUNIT_ASSERT_NOT_NULL(test, rom);
		if (ret) {
			failures++;
			KUNIT_EXPECT_TRUE(test, failed);
			KUNIT_EXPECT_EQ_MSG(test, ret, -ENOMEM, "n %u", n);
			rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
			KUNIT_EXPECT_EQ(test, rom->size, RIG_IMAGES_SIZE);
		} else {
			KUNIT_EXPECT_EQ(test, rig_shadow(test, fn)->size,
					4 * 512);
			KUNIT_EXPECT_EQ(test, rom->size, 4 * 512);
		}
		rig_expect_clean(test, "another size");
		if (!failed)
			break;
	}
	KUNIT_EXPECT_GT(test, failures, 0);
	KUNIT_EXPECT_LT(test, n, ENOUGH);
}

/* Zeroes after one header: pieces for two images are requested. */
static int pull_zeroes(void *context, u32 offset, u8 *bytes, u32 size)
{
	const struct rom_build image = { .units = 24 };

	memset(bytes, 0, size);
	if (!offset)
		rom_build(bytes, size, 0, &image);
	return size;
}

static void pull_test(struct kunit *test)
{
	unsigned int n, failures = 0;

	for (n = 1; n < ENOUGH; n++) {
		struct sb_rom rom = {};
		bool failed;
		int ret;

		fail_nth(n);
		ret = sb_rom_pull(pull_zeroes, NULL, HZ, &rom);
		failed = has_failed();
		if (ret) {
			failures++;
			KUNIT_EXPECT_TRUE(test, failed);
			KUNIT_EXPECT_EQ(test, ret, -ENOMEM);
		} else {
			KUNIT_EXPECT_EQ(test, rom.size, SZ_16K);
		}
		kvfree(rom.data);
		if (!failed)
			break;
	}
	/* The first page; vmalloc() may provide more. */
	KUNIT_EXPECT_GE(test, failures, 1);
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
		shadow = sb_store_add(data, 1024, false);
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

/*
 * A look does what was written to "bar<N>_isolate". A worker does that, so the
 * test calls it directly. Without memory the BAR stays in place; with memory it
 * gets a page.
 */
static void isolate_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	unsigned int n, failures = 0;
	struct sb_function *function;
	bool failed = false;
	struct ehost_fn *fn;

	rig_host(test, EHOST_FIRMWARE, 1);
	small_add(test, 4, SMALL_AT);
	fn = rig_add(test, PCI_DEVFN(5, 0), &desc);
	rig_scan(test);
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_UNALIGNED);
	function = rig_function(test, fn);
	rig_outcome(test, fn);
	for (n = 1; n < ENOUGH; n++) {
		const u64 before = small_bar(fn)->start;

		spin_lock(&function->state_lock);
		function->pages->requests |= BIT(0);
		spin_unlock(&function->state_lock);
		fail_nth(n);
		sb_pages_look_now();
		failed = has_failed();
		if (sb_pages_moved(function->pages, 0) == SB_MOVE_DONE) {
			KUNIT_EXPECT_TRUE(test,
					  PAGE_ALIGNED(small_bar(fn)->start));
			break;
		}
		failures++;
		KUNIT_EXPECT_TRUE_MSG(test, failed, "n %u", n);
		KUNIT_EXPECT_EQ_MSG(test, sb_pages_moved(function->pages, 0),
				    SB_MOVE_NO_MEMORY, "n %u", n);
		KUNIT_EXPECT_EQ(test, small_bar(fn)->start, before);
		rig_expect_clean(test, "isolate");
	}
	/* On some kernels the move does not depend on the first allocation. */
	KUNIT_EXPECT_TRUE(test, failures || failed);
	KUNIT_EXPECT_LT(test, n, ENOUGH);
}

/*
 * A write is either done, or fails for lack of memory without changing
 * anything.
 */
static void write_once(struct kunit *test, const char *name, unsigned int n,
		       bool *failed, bool *refused)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *fn;
	struct file *file;
	char path[80];
	loff_t at = 0;
	ssize_t ret;
	bool done;

	desc.rom.size = RIG_ROM_SIZE;
	rig_host(test, EHOST_FIRMWARE, 1);
	small_add(test, 4, SMALL_AT);
	fn = rig_add(test, PCI_DEVFN(5, 0), &desc);
	rig_scan(test);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	small_expect_page(test, fn, SB_PAGE_UNALIGNED);

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/shadowbar/%s",
		 pci_name(ehost_dev(fn)), name);
	file = rig_open(path, O_WRONLY);
	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(file), "%s", path);
	fail_nth(n);
	ret = kernel_write(file, "1", 1, &at);
	*failed = has_failed();
	fput(file);

	*refused = ret != 1;
	if (*refused) {
		KUNIT_EXPECT_TRUE(test, *failed);
		KUNIT_EXPECT_EQ_MSG(test, ret, -ENOMEM, "%s: n %u", name, n);
		rig_expect_clean(test, name);
	}
	if (!strcmp(name, "capture"))
		done = rig_shadow(test, fn);
	else
		done = PAGE_ALIGNED(small_bar(fn)->start);
	KUNIT_EXPECT_EQ_MSG(test, done, !*refused, "%s: n %u", name, n);
	rig_stop(test);
	rig_drop_host(test);
}

static void write_test(struct kunit *test)
{
	static const char * const names[] = { "capture", "bar0_isolate" };
	bool failed, refused;
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		unsigned int failures = 0;

		for (n = 1; n < ENOUGH; n++) {
			write_once(test, names[i], n, &failed, &refused);
			failures += refused;
			if (!failed)
				break;
		}
		KUNIT_EXPECT_GT_MSG(test, failures, 0, "%s", names[i]);
		KUNIT_EXPECT_LT_MSG(test, n, ENOUGH, "%s", names[i]);
	}
}

static struct kunit_case nomem_cases[] = {
	KUNIT_CASE(load_test),
	KUNIT_CASE(load_bound_test),
	KUNIT_CASE(add_test),
	KUNIT_CASE(capture_test),
	KUNIT_CASE(whole_test),
	KUNIT_CASE(sources_test),
	KUNIT_CASE(denied_test),
	KUNIT_CASE(another_size_test),
	KUNIT_CASE(pull_test),
	KUNIT_CASE(store_test),
	KUNIT_CASE(isolate_test),
	KUNIT_CASE(write_test),
	{}
};

static struct kunit_suite nomem_suite = {
	.name = "shadowbar_nomem",
	.init = nomem_test_init,
	.exit = nomem_test_exit,
	.test_cases = nomem_cases,
};

kunit_test_suite(nomem_suite);
