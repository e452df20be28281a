// SPDX-License-Identifier: GPL-2.0-only
/*
 * idle and use: a function without a driver may still be in use.
 */
#include <kunit/test.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <shadowbar/idle.h>

#include "bus/use.h"
#include "mapping.h"
#include "rig.h"

static void order_test(struct kunit *test)
{
	struct sb_use use = {};
	unsigned int busy;

	KUNIT_EXPECT_EQ(test, sb_is_busy(&use), SB_IDLE);
	/* Each reason alone, and then before all that come after it */
	for (busy = SB_BUSY_REASONS - 1; busy > SB_IDLE; busy--) {
		struct sb_use alone = {};

		alone.by[busy] = true;
		use.by[busy] = true;
		KUNIT_EXPECT_EQ(test, sb_is_busy(&alone), busy);
		KUNIT_EXPECT_EQ(test, sb_is_busy(&use), busy);
	}
}

/* Each has its own text, which says what to do. */
static void words_test(struct kunit *test)
{
	unsigned int a, b;

	for (a = SB_IDLE + 1; a < SB_BUSY_REASONS; a++) {
		KUNIT_ASSERT_NOT_NULL(test, sb_busy_what(a));
		KUNIT_ASSERT_NOT_NULL(test, sb_busy_next(a));
		KUNIT_EXPECT_GT(test, strlen(sb_busy_next(a)), 0);
		for (b = SB_IDLE; b < a; b++)
			KUNIT_EXPECT_STRNEQ(test, sb_busy_what(a),
					    sb_busy_what(b));
	}
}

/* Not a single write, not even on request */
static void expect_left_alone(struct kunit *test, struct ehost_fn *fn,
			      enum sb_busy busy)
{
	struct sb_outcome outcome = rig_outcome(test, fn);

	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_IN_USE);
	KUNIT_EXPECT_EQ(test, outcome.busy, busy);
	KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome), SB_STATUS_SKIPPED);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EBUSY);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	rig_expect_no_rom(test, fn);
}

/* As a write to sysfs "enable" does, or any kernel code */
static void enabled_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn = rig_one(test, &desc);

	KUNIT_ASSERT_EQ(test, pci_enable_device(ehost_dev(fn)), 0);
	rig_start(test);
	expect_left_alone(test, fn, SB_BUSY_ENABLED);
	rig_expect_clean(test, "enabled");
	/* The core then switches bus mastering off. */
	pci_disable_device(ehost_dev(fn));
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
}

/* A driver that is unbound may leave its virtual functions to guests. */
static void virtual_functions_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn;

	if (!ehost_has_vfs())
		kunit_skip(test, "no VFs");
	desc.caps = EHOST_CAP_PCIE | EHOST_CAP_SRIOV;
	desc.vfs = 3;
	desc.vf_bar[0].size = PAGE_SIZE;
	rig_host(test, EHOST_ASSIGN, 0);
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	KUNIT_ASSERT_EQ(test, ehost_enable_vfs(fn, 2), 0);
	rig_start(test);
	expect_left_alone(test, fn, SB_BUSY_VFS);
	ehost_disable_vfs(fn);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
}

static void cxl_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn;

	desc.class = 0x050210;
	fn = rig_one(test, &desc);
	rig_start(test);
	expect_left_alone(test, fn, SB_BUSY_CXL);
	rig_expect_clean(test, "CXL memory");
}

static void shutdown_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn = rig_one(test, &desc);

	sb_use_shut_down(true);
	rig_start(test);
	expect_left_alone(test, fn, SB_BUSY_SHUTDOWN);
	sb_use_shut_down(false);
	rig_expect_clean(test, "shutdown");
}

/* As a tool does that updates a card's flash: it needs no driver. */
static void mapped_by_program_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn = rig_one(test, &desc);
	struct pci_dev *pdev = ehost_dev(fn);
	struct mapping mapping;

	mapping_init(test, &mapping, fn, pci_resource_end(pdev, 0));
	mapping_add(&mapping);
	rig_start(test);
	expect_left_alone(test, fn, SB_BUSY_MAPPED);
	KUNIT_EXPECT_FALSE(test, sb_use_lets_firmware(pdev));
	rig_expect_clean(test, "mapped");
	mapping_remove(&mapping);

	KUNIT_EXPECT_TRUE(test, sb_use_lets_firmware(pdev));
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
}

/* Firmware code may touch a function, so it runs while nothing uses it. */
static void firmware_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct pci_dev *pdev;

	desc.device = RIG_DRIVEN;
	pdev = ehost_dev(rig_one(test, &desc));
	KUNIT_EXPECT_TRUE(test, sb_use_lets_firmware(pdev));
	rig_driver(test, true);
	KUNIT_EXPECT_FALSE(test, sb_use_lets_firmware(pdev));
	rig_driver(test, false);
	KUNIT_EXPECT_TRUE(test, sb_use_lets_firmware(pdev));
	KUNIT_ASSERT_EQ(test, pci_enable_device(pdev), 0);
	KUNIT_EXPECT_FALSE(test, sb_use_lets_firmware(pdev));
	pci_disable_device(pdev);
	sb_use_shut_down(true);
	KUNIT_EXPECT_FALSE(test, sb_use_lets_firmware(pdev));
	sb_use_shut_down(false);
}

/* A bridge is enabled for what is below it, and its BARs never move. */
static void bridge_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn;

	rig_host(test, EHOST_FIRMWARE, 0);
	memset(desc.bar, 0, sizeof(desc.bar));
	desc.bridge = true;
	desc.class = 0x060400;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	KUNIT_ASSERT_EQ(test, pci_enable_device(ehost_dev(fn)), 0);
	rig_start(test);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	rig_expect_clean(test, "bridge");
	pci_disable_device(ehost_dev(fn));
}

static void idle_exit(struct kunit *test)
{
	sb_use_shut_down(false);
	rig_exit(test);
}

static struct kunit_case idle_cases[] = {
	KUNIT_CASE(order_test),
	KUNIT_CASE(words_test),
	KUNIT_CASE(enabled_test),
	KUNIT_CASE(virtual_functions_test),
	KUNIT_CASE(cxl_test),
	KUNIT_CASE(shutdown_test),
	KUNIT_CASE(mapped_by_program_test),
	KUNIT_CASE(firmware_test),
	KUNIT_CASE(bridge_test),
	{}
};

static struct kunit_suite idle_suite = {
	.name = "shadowbar_idle",
	.init = rig_init,
	.exit = idle_exit,
	.test_cases = idle_cases,
};

kunit_test_suite(idle_suite);
