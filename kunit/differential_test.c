// SPDX-License-Identifier: GPL-2.0-only
/*
 * differential: nobody is worse off.
 *
 * From a seed a host is made up, and what happens to it: functions and bridges
 * come, go, are found again and enable virtual functions. It happens twice, once
 * without the driver and once with it. What gets an address, a window or virtual
 * functions without it has to get them with it, and BARs of a function that is
 * bound stay where they would have stayed.
 */
#include <kunit/test.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "pages/pages.h"
#include "small.h"

static unsigned int seeds = 500;
module_param(seeds, uint, 0444);
MODULE_PARM_DESC(seeds, "how many hosts are made up");

static unsigned int first_seed = 1;
module_param(first_seed, uint, 0444);
MODULE_PARM_DESC(first_seed, "the first of them; a failure names its own");

#define MOST_FUNCTIONS	24
#define STEPS		8
#define RESOURCES	(PCI_BRIDGE_RESOURCES + PCI_BRIDGE_RESOURCE_NUM)

/**
 * struct snapshot - what the core has given to a function
 * @has: bit n: resource n has an address
 * @vfs: its virtual functions could be enabled
 * @moved: a BAR has moved while a driver was bound
 */
struct snapshot {
	u32 has;
	bool vfs;
	bool moved;
};

/**
 * struct world - one way that it went
 * @random: what is thought of next
 * @fn: functions and bridges
 * @is_bridge: which they are
 * @nr: how many
 * @start: where the BARs were while a driver was bound
 * @bound: a driver was
 * @seen: what they had, step by step
 */
struct world {
	u32 random;
	struct ehost_fn *fn[MOST_FUNCTIONS];
	bool is_bridge[MOST_FUNCTIONS];
	unsigned int nr;
	resource_size_t start[MOST_FUNCTIONS][PCI_STD_NUM_BARS];
	bool bound[MOST_FUNCTIONS];
	struct snapshot seen[STEPS][MOST_FUNCTIONS];
};

/* Numerical Recipes: the same numbers each time, whatever kernel this is. */
static u32 any(struct world *world, u32 below)
{
	world->random = world->random * 1664525 + 1013904223;
	return (u64)world->random * below >> 32;
}

/* Small ones are what this is about. */
static u64 any_size(struct world *world)
{
	return any(world, 3) ? 16ULL << any(world, 9) : SZ_4K << any(world, 8);
}

static struct ehost_fn_desc any_function(struct kunit *test,
					 struct world *world)
{
	static const u16 device[] = { RIG_DEVICE, RIG_DRIVEN, RIG_HELD };
	struct ehost_fn_desc desc = rig_desc(test);
	unsigned int i, bars = 1 + any(world, 4);

	memset(desc.bar, 0, sizeof(desc.bar));
	desc.device = device[any(world, ARRAY_SIZE(device))];
	for (i = 0; i < bars; i++)
		desc.bar[i].size = any_size(world);
	if (any(world, 2))
		desc.rom.size = 0;
	else
		desc.rom.size = SZ_2K << any(world, 6);
	desc.rom.image = NULL;
	desc.rom.image_len = 0;
	if (ehost_has_vfs() && !any(world, 5)) {
		desc.caps = EHOST_CAP_PCIE | EHOST_CAP_SRIOV;
		desc.vfs = 2 + any(world, 3);
		desc.vf_bar[0].size = PAGE_SIZE << any(world, 2);
	}
	return desc;
}

static void add_any(struct kunit *test, struct world *world)
{
	struct ehost_fn_desc desc = {
		.device = 0x2001,
		.class = 0x060400,
		.bridge = true,
		.command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER,
	};
	bool bridge = !any(world, 5);
	struct rig *rig = test->priv;
	unsigned int i;

	if (world->nr == MOST_FUNCTIONS)
		return;
	/*
	 * Bridges are on the root bus: for those that come below others, the core
	 * of 6.12 has no bus numbers, and uses memory that it has freed.
	 */
	rig->above = NULL;
	for (i = 0; i < world->nr && !bridge && !rig->above; i++)
		if (world->is_bridge[i] && any(world, 2))
			rig->above = world->fn[i];
	if (!bridge)
		desc = any_function(test, world);
	world->is_bridge[world->nr] = bridge;
	/* No two have the same slot, so it is free on every bus. */
	world->fn[world->nr] = rig_add(test, PCI_DEVFN(1 + world->nr, 0),
				       &desc);
	world->nr++;
}

static void rescan(struct world *world, struct rig *rig)
{
	struct ehost_fn *fn = world->fn[any(world, world->nr)];
	struct pci_dev *bridge = ehost_dev(fn);

	/* As pciehp does it, or as a write to "rescan" */
	if (any(world, 2) && bridge && bridge->subordinate) {
		bridge->is_hotplug_bridge = any(world, 2);
		pci_lock_rescan_remove();
		pci_scan_child_bus(bridge->subordinate);
		pci_assign_unassigned_bridge_resources(bridge);
		pci_bus_add_devices(bridge->subordinate);
		pci_unlock_rescan_remove();
	} else {
		ehost_rescan(rig->host);
	}
}

static bool can_enable_vfs(struct pci_dev *pdev, struct ehost_fn *fn)
{
	if (!pdev->is_physfn || ehost_enable_vfs(fn, 2))
		return false;
	ehost_disable_vfs(fn);
	return true;
}

static void look_at(struct world *world, unsigned int step, unsigned int nr)
{
	struct snapshot *seen = &world->seen[step][nr];
	struct pci_dev *pdev = ehost_dev(world->fn[nr]);
	bool bound = pdev && pdev->dev.driver;
	unsigned int i;

	for (i = 0; pdev && i < RESOURCES; i++)
		if (pdev->resource[i].parent &&
		    pdev->resource[i].flags & IORESOURCE_MEM)
			seen->has |= BIT(i);
	for (i = 0; bound && i < PCI_STD_NUM_BARS; i++) {
		if (world->bound[nr] &&
		    world->start[nr][i] != pdev->resource[i].start)
			seen->moved = true;
		world->start[nr][i] = pdev->resource[i].start;
	}
	world->bound[nr] = bound;
	if (pdev && step == STEPS - 1)
		seen->vfs = can_enable_vfs(pdev, world->fn[nr]);
}

static void live(struct kunit *test, struct world *world, u32 seed, bool loaded)
{
	struct ehost_desc host = {
		.windows = { { .bus = RIG_WINDOW } },
		.mode = EHOST_ASSIGN,
	};
	struct rig *rig = test->priv;
	unsigned int step, nr, i;

	memset(world, 0, sizeof(*world));
	world->random = seed;
	host.windows[0].size = SZ_1M << any(world, 4);
	rig->host = ehost_create(&host);
	KUNIT_ASSERT_NOT_NULL(test, rig->host);
	for (i = 2 + any(world, 6); i--; )
		add_any(test, world);
	rig_scan(test);
	if (loaded)
		rig_start_with(test, any(world, 2) ? "auto" : "manual", "on",
			       "");
	else
		any(world, 2);

	for (step = 0; step < STEPS; step++) {
		switch (any(world, 5)) {
		case 0:
			nr = any(world, world->nr);
			if (!world->is_bridge[nr])
				ehost_remove(world->fn[nr]);
			/* It may have any place when it is found again. */
			world->bound[nr] = false;
			break;
		case 1:
			break;
		default:
			for (i = 1 + any(world, 3); i--; )
				add_any(test, world);
		}
		if (loaded && any(world, 2))
			sb_pages_look_now();
		else if (!loaded)
			any(world, 2);
		rescan(world, rig);
		for (i = 0; i < world->nr; i++)
			look_at(world, step, i);
	}
}

static void expect_no_pads(struct kunit *test, struct resource *res)
{
	for (; res; res = res->sibling) {
		KUNIT_EXPECT_NULL(test, strstr(res->name, "shadowbar"));
		expect_no_pads(test, res->child);
	}
}

static void die(struct kunit *test)
{
	struct rig *rig = test->priv;

	rig_stop(test);
	expect_no_pads(test, ehost_window(rig->host, 0)->child);
	rig_drop_host(test);
}

/* Returns true if somebody is worse off. */
static bool compare(struct kunit *test, u32 seed, const struct world *without,
		    const struct world *with)
{
	unsigned int step, nr;

	for (step = 0; step < STEPS; step++) {
		for (nr = 0; nr < without->nr; nr++) {
			const struct snapshot *a = &without->seen[step][nr];
			const struct snapshot *b = &with->seen[step][nr];

			if (!(a->has & ~b->has) && a->vfs <= b->vfs &&
			    a->moved >= b->moved)
				continue;
			KUNIT_FAIL(test,
				   "seed %u, step %u, function %u: without has %x vfs %d moved %d, with has %x vfs %d moved %d\n",
				   seed, step, nr, a->has, a->vfs, a->moved,
				   b->has, b->vfs, b->moved);
			return true;
		}
	}

	return false;
}

static void nobody_worse_off(struct kunit *test, char *isolate)
{
	unsigned int i, failures = 0;
	struct world *without, *with;
	struct rig *rig = test->priv;

	without = kunit_kzalloc(test, sizeof(*without), GFP_KERNEL);
	with = kunit_kzalloc(test, sizeof(*with), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, without);
	KUNIT_ASSERT_NOT_NULL(test, with);
	rig->isolate = isolate;
	rig_driver(test, true);
	rig_holder(test, true);
	for (i = 0; i < seeds && failures < 3; i++) {
		live(test, without, first_seed + i, false);
		die(test);
		live(test, with, first_seed + i, true);
		die(test);
		failures += compare(test, first_seed + i, without, with);
	}
	kunit_info(test, "%u hosts from seed %u on\n", i, first_seed);
}

static void pads_test(struct kunit *test)
{
	nobody_worse_off(test, "off");
}

static void isolated_test(struct kunit *test)
{
	nobody_worse_off(test, "vfio");
}

static struct kunit_case differential_tests[] = {
	KUNIT_CASE(pads_test),
	KUNIT_CASE(isolated_test),
	{}
};

static struct kunit_suite differential_suite = {
	.name = "shadowbar_differential",
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = differential_tests,
};

kunit_test_suite(differential_suite);
