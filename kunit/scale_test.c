// SPDX-License-Identifier: GPL-2.0-only
/*
 * scale: the cost of a function on a host with thousands of them.
 *
 * Useless on a kernel with KASAN and lockdep, whose own costs are much larger,
 * so this is not one of the suites, but has its own build.
 */
#include <kunit/test.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "function.h"
#include "rig.h"
#include "rom/store.h"

#define MOST		8000

/*
 * Buses are as large on a large host as on a small one; there are more of them. A
 * part of the host is a bridge of the root bus with five bridges below it, and with
 * functions on all of their buses. The addresses of those beside the five bridges
 * follow what these forward.
 */
#define PART		1000
#define PARTS		(MOST / PART)
#define GROUP		200
#define GROUPS		(PART / GROUP)
#define GROUP_BESIDE	5
#define BELOW_SIZE	SZ_1M
#define BESIDE_SIZE	SZ_128K
#define PART_SIZE	((GROUPS + 1) * BELOW_SIZE)

/* Beside the five bridges, functions start from a new device on. */
#define BESIDE_DEVFN	8

/* One function in four has a ROM, at its own address if it has one. */
#define ROM_EVERY	4
#define ROM_SIZE	SZ_4K

/* After each group of BARs there is room for the address of a ROM. */
#define BARS		8
#define BARS_SIZE	((BARS + 1) * SZ_4K)

/* With 8,000 functions, each may cost a fifth more than with 1,000. */
#define GROWTH_PERCENT	120

/* The fastest round counts: other activity only slows the machine down. */
#define ROUNDS		3

static const unsigned int sizes[] = { 1000, 4000, MOST };

/**
 * struct costs - nanoseconds for each function
 * @enumerate: by the PCI core, on the emulated host
 * @load: until the driver has started
 * @capture: from then on, until the last one is captured, without @mapping
 * @mapping: part of the captures that is the kernel's: its ioremap() walks all
 *	     resources below the address
 * @unload: until the driver has stopped
 */
struct costs {
	u64 enumerate;
	u64 load;
	u64 capture;
	u64 mapping;
	u64 unload;
};

/* All ROMs differ, or the store would keep only one. */
static u8 **make_roms(struct kunit *test)
{
	const struct rig *rig = test->priv;
	u8 **roms;
	u32 i;

	roms = kunit_kcalloc(test, MOST / ROM_EVERY, sizeof(*roms), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, roms);
	for (i = 0; i < MOST / ROM_EVERY; i++) {
		roms[i] = kunit_kmalloc(test, RIG_IMAGES_SIZE, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, roms[i]);
		memcpy(roms[i], rig->rom, RIG_IMAGES_SIZE);
		memcpy(roms[i] + RIG_IMAGES_SIZE - sizeof(i), &i, sizeof(i));
	}
	return roms;
}

/* Each plan in turn: in place, borrowed twice, in a hole. */
static void describe_rom(struct ehost_fn_desc *desc, unsigned int nr,
			 u32 room, const u8 *image)
{
	desc->rom.size = ROM_SIZE;
	desc->rom.image = image;
	desc->rom.image_len = RIG_IMAGES_SIZE;
	switch (nr % 4) {
	case 0:
		desc->rom.bar = room;
		break;
	case 2:
		desc->rom.bar = 0xffffffff & ~(ROM_SIZE - 1);
		break;
	case 3:
		desc->bar[0].size = ROM_SIZE / 2;
		break;
	}
}

static struct ehost_fn *add_bridge(struct kunit *test, struct ehost_fn *above,
				   unsigned int devfn, u64 base, u64 size)
{
	const struct ehost_fn_desc bridge = {
		.device = 0x2001,
		.class = PCI_CLASS_BRIDGE_PCI_NORMAL,
		.bridge = true,
		.command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER,
		.mem = { .base = base, .size = size },
	};
	struct rig *rig = test->priv;
	struct ehost_fn *fn = ehost_add(rig->host, above, devfn, &bridge);

	KUNIT_ASSERT_NOT_NULL(test, fn);
	return fn;
}

static void add_functions(struct kunit *test, unsigned int nr, u8 **roms)
{
	struct ehost_fn *part = NULL, *group = NULL, *fn;
	struct rig *rig = test->priv;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		unsigned int member = i % GROUP, group_nr = i % PART / GROUP;
		u64 base = RIG_WINDOW + i / PART * PART_SIZE;
		u64 forwarded = base + group_nr * BELOW_SIZE, start;
		bool beside = member < GROUP_BESIDE;
		struct ehost_fn_desc desc = {
			.device = RIG_DEVICE,
			.bar[0].size = SZ_4K,
			.command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER,
		};
		unsigned int devfn;

		if (i % PART == 0)
			part = add_bridge(test, NULL, i / PART, base, PART_SIZE);
		if (!member)
			group = add_bridge(test, part, group_nr, forwarded,
					   BELOW_SIZE);
		if (beside) {
			devfn = BESIDE_DEVFN + group_nr * GROUP_BESIDE + member;
			start = base + GROUPS * BELOW_SIZE +
				group_nr * BESIDE_SIZE;
		} else {
			devfn = member - GROUP_BESIDE;
			start = forwarded;
		}
		start += member / BARS * BARS_SIZE;
		desc.bar[0].addr = start + member % BARS * SZ_4K;
		if (i % ROM_EVERY == 0)
			describe_rom(&desc, i / ROM_EVERY,
				     start + BARS * SZ_4K,
				     roms[i / ROM_EVERY]);
		fn = ehost_add(rig->host, beside ? part : group, devfn, &desc);
		KUNIT_ASSERT_NOT_NULL(test, fn);
	}
}

/* Was this added by add_functions(), and is it not a bridge? */
static bool is_counted(struct rig *rig, struct pci_dev *pdev)
{
	return pdev->bus->sysdata == ehost_bus(rig->host)->sysdata &&
	       pdev->hdr_type == PCI_HEADER_TYPE_NORMAL;
}

static void wait_for_all(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct pci_dev *pdev = NULL;

	for_each_pci_dev(pdev)
		if (is_counted(rig, pdev))
			rig_wait(test, rig_function_of(test, pdev));
}

static void expect_all(struct kunit *test, unsigned int nr)
{
	unsigned int found[SB_STATUS_FAILED + 1] = {}, whole = 0;
	struct rig *rig = test->priv;
	struct pci_dev *pdev = NULL;

	for_each_pci_dev(pdev) {
		struct sb_function *function;
		struct sb_outcome outcome;
		struct sb_shadow *shadow;

		if (!is_counted(rig, pdev))
			continue;
		function = rig_function_of(test, pdev);
		shadow = sb_function_shadow(function, SB_SOURCE_NONE);
		sb_function_outcome(function, &outcome);
		found[sb_outcome_status(&outcome)]++;
		whole += shadow && shadow->size == RIG_IMAGES_SIZE &&
			 !memcmp(shadow->data, rig->rom,
				 RIG_IMAGES_SIZE - sizeof(u32));
		sb_shadow_put(shadow);
	}
	KUNIT_EXPECT_EQ(test, found[SB_STATUS_CAPTURED], nr / ROM_EVERY);
	KUNIT_EXPECT_EQ(test, found[SB_STATUS_NONE], nr - nr / ROM_EVERY);
	KUNIT_EXPECT_EQ(test, whole, nr / ROM_EVERY);
}

static u64 each_since(ktime_t start, unsigned int nr)
{
	return div_u64(ktime_to_ns(ktime_sub(ktime_get(), start)), nr);
}

static void measure(struct kunit *test, unsigned int nr, u8 **roms,
		    struct costs *best)
{
	const struct ehost_desc host = {
		.windows = {
			{ .size = PARTS * PART_SIZE, .bus = RIG_WINDOW },
		},
		.mode = EHOST_FIRMWARE,
	};
	struct rig *rig = test->priv;
	ktime_t start;
	u64 mapping;

	rig->host = ehost_create(&host);
	KUNIT_ASSERT_NOT_NULL(test, rig->host);
	add_functions(test, nr, roms);
	start = ktime_get();
	rig_scan(test);
	best->enumerate = min(best->enumerate, each_since(start, nr));

	ehost_mapping_time();
	start = ktime_get();
	rig_start(test);
	best->load = min(best->load, each_since(start, nr));
	start = ktime_get();
	wait_for_all(test);
	mapping = div_u64(ehost_mapping_time(), nr);
	best->capture = min(best->capture, each_since(start, nr) - mapping);
	best->mapping = min(best->mapping, mapping);
	expect_all(test, nr);
	rig_expect_clean(test, "all captured");

	start = ktime_get();
	rig_stop(test);
	best->unload = min(best->unload, each_since(start, nr));
	rig_drop_host(test);
}

static void scale_costs(struct kunit *test)
{
	struct costs best[ARRAY_SIZE(sizes)];
	struct costs *first = &best[0], *last = &best[ARRAY_SIZE(sizes) - 1];
	u8 **roms = make_roms(test);
	unsigned int i, round;

	memset(best, 0xff, sizeof(best));
	for (round = 0; round < ROUNDS; round++)
		for (i = 0; i < ARRAY_SIZE(sizes); i++)
			measure(test, sizes[i], roms, &best[i]);

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		kunit_info(test, "shadowbar scale: %u functions, %u ROMs, ns for each function: enumerate %llu, load %llu, capture %llu, the kernel's mapping %llu, unload %llu\n",
			   sizes[i], sizes[i] / ROM_EVERY, best[i].enumerate,
			   best[i].load, best[i].capture, best[i].mapping,
			   best[i].unload);

	KUNIT_EXPECT_LE(test, (last->load + last->capture) * 100,
			(first->load + first->capture) * GROWTH_PERCENT);
	KUNIT_EXPECT_LE(test, last->unload * 100,
			first->unload * GROWTH_PERCENT);
}

static struct kunit_case scale_cases[] = {
	KUNIT_CASE(scale_costs),
	{}
};

static struct kunit_suite scale_suite = {
	.name = "shadowbar_scale",
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = scale_cases,
};

kunit_test_suite(scale_suite);
