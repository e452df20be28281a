// SPDX-License-Identifier: GPL-2.0-only
/*
 * cycles: repeat the same a thousand times, so that small leaks add up.
 *
 * kmemleak, KASAN and lockdep watch, and the last cycle must equal the first.
 */
#include <kunit/test.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>
#include <linux/sizes.h>

#include "rig.h"
#include "small.h"

#define FUNCTIONS	4
/* Parts of all cycles; KUnit ends a case after 300 s. */
#define PARTS		8

static unsigned int cycles = 1000;
module_param(cycles, uint, 0444);
MODULE_PARM_DESC(cycles, "how often");

/* A ROM, and small BARs that share a page */
static void populate(struct kunit *test, struct ehost_fn *fn[FUNCTIONS])
{
	struct ehost_fn_desc desc = rig_desc(test);
	unsigned int i;

	rig_host(test, EHOST_FIRMWARE, 1);
	for (i = 0; i < FUNCTIONS; i++) {
		desc.bar[0] = (struct ehost_bar_desc){
			SZ_64K, RIG_FORWARD + SZ_1M + i * SZ_64K,
		};
		desc.bar[1] = (struct ehost_bar_desc){
			SMALL_SIZE, SMALL_AT + i * SMALL_SIZE,
		};
		fn[i] = rig_add(test, PCI_DEVFN(4 + i, 0), &desc);
	}
	rig_scan(test);
}

static void load_test(struct kunit *test)
{
	struct ehost_fn *fn[FUNCTIONS];
	unsigned int i, nr;

	populate(test, fn);
	for (i = 0; i < cycles / PARTS && test->status == KUNIT_SUCCESS; i++) {
		rig_start(test);
		/* Every other time, remove it during the capture. */
		for (nr = 0; i % 2 && nr < FUNCTIONS; nr++) {
			rig_wait(test, rig_function(test, fn[nr]));
			rig_expect_rom(test, fn[nr], RIG_IMAGES_SIZE);
		}
		rig_stop(test);
		rig_expect_clean(test, "load");
	}
	KUNIT_EXPECT_EQ(test, i, cycles / PARTS);
}

static void plug_test(struct kunit *test)
{
	struct ehost_fn *fn[FUNCTIONS];
	struct rig *rig = test->priv;
	unsigned int i;

	populate(test, fn);
	rig_start(test);
	for (i = 0; i < cycles / PARTS && test->status == KUNIT_SUCCESS; i++) {
		struct ehost_fn *one = fn[i % FUNCTIONS];

		ehost_remove(one);
		ehost_rescan(rig->host);
		if (i % 2) {
			rig_wait(test, rig_function(test, one));
			rig_expect_rom(test, one, RIG_IMAGES_SIZE);
		}
	}
	KUNIT_EXPECT_EQ(test, i, cycles / PARTS);
	for (i = 0; i < FUNCTIONS; i++) {
		rig_wait(test, rig_function(test, fn[i]));
		rig_expect_rom(test, fn[i], RIG_IMAGES_SIZE);
	}
}

static const unsigned int parts[PARTS];

KUNIT_ARRAY_PARAM(part, parts, NULL);

static struct kunit_case cycles_tests[] = {
	KUNIT_CASE_PARAM(load_test, part_gen_params),
	KUNIT_CASE_PARAM(plug_test, part_gen_params),
	{}
};

static struct kunit_suite cycles_suite = {
	.name = "shadowbar_cycles",
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = cycles_tests,
};

kunit_test_suite(cycles_suite);
