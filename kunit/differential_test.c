// SPDX-License-Identifier: GPL-2.0-only
/*
 * differential: the module makes no function worse off.
 *
 * A seed determines a host and what happens to it: functions and bridges are
 * added, removed, rescanned, resized and enable virtual functions. Everything
 * happens twice, once without the driver and once with it.
 *
 * As long as nothing is isolated, and no page is closed to VFIO, all addresses
 * equal those without the driver, at each step and after it is unloaded. After
 * that, they may differ; but what gets an address, a window or virtual functions
 * without the driver also gets them with it, and BARs of a bound function stay
 * in place. The only exceptions, which are counted: a resource may fail if a page
 * of the same window has been isolated or is closed, and isolated BARs move when
 * the core packs their window again.
 */
#include <kunit/test.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "function.h"
#include "pages/pages.h"
#include "small.h"

static unsigned int seeds = 10;
module_param(seeds, uint, 0444);
MODULE_PARM_DESC(seeds, "how many hosts are made up");

static unsigned int first_seed = 1;
module_param(first_seed, uint, 0444);
MODULE_PARM_DESC(first_seed, "the first of them; a failure names its own");

#define BRIDGE		0x2001
#define HOT_PLUG_BRIDGE	0x2002

#define MOST_FUNCTIONS	24
#define STEPS		8
/* And once more after the driver is unloaded */
#define LOOKS		(STEPS + 1)
#define RESOURCES	(PCI_BRIDGE_RESOURCES + PCI_BRIDGE_RESOURCE_NUM)
#define NOWHERE		U64_MAX

/**
 * struct snapshot - what the core has assigned to a function
 * @at: addresses of its resources in the windows of the host, or NOWHERE
 * @window: first address of the window that contains each
 * @size: sizes
 * @vfs: its virtual functions could be enabled
 * @moved: a BAR has moved while a driver was bound
 */
struct snapshot {
	u64 at[RESOURCES];
	u64 window[RESOURCES];
	u32 size[RESOURCES];
	bool vfs;
	bool moved;
};

/**
 * struct world - one run
 * @random: state of the random numbers
 * @fn: functions and bridges
 * @is_bridge: which of them are bridges
 * @above: the bridge above each, counted from 1; 0 on the root bus
 * @nr: how many
 * @bound: a driver was bound at the last look
 * @exact: number of steps before a page was closed to VFIO
 * @seen: what they had, step by step
 */
struct world {
	u32 random;
	struct ehost_fn *fn[MOST_FUNCTIONS];
	bool is_bridge[MOST_FUNCTIONS];
	unsigned int above[MOST_FUNCTIONS];
	unsigned int nr;
	bool bound[MOST_FUNCTIONS];
	unsigned int exact;
	struct snapshot seen[LOOKS][MOST_FUNCTIONS];
};

/* Numerical Recipes: the same numbers each time, on any kernel */
static u32 any(struct world *world, u32 below)
{
	world->random = world->random * 1664525 + 1013904223;
	return (u64)world->random * below >> 32;
}

/* Mostly small ones: this test is about them. */
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
	desc.rom.size = any(world, 2) ? 0 : SZ_2K << any(world, 6);
	desc.rom.image = NULL;
	desc.rom.image_len = 0;
	switch (any(world, 8)) {
	case 0:
		if (!ehost_has_vfs())
			break;
		desc.caps = EHOST_CAP_PCIE | EHOST_CAP_SRIOV;
		desc.vfs = 2 + any(world, 3);
		desc.vf_bar[0].size = PAGE_SIZE << any(world, 2);
		break;
	case 1:
		desc.caps = EHOST_CAP_PCIE | EHOST_CAP_REBAR;
		desc.bar[0].size = SZ_1M;
		break;
	case 2:
		/* Two slots, and a window of its own if there is one */
		desc.bar[4] = (struct ehost_bar_desc){
			any_size(world), 0, EHOST_64 | EHOST_PREF,
		};
	}
	return desc;
}

/* Hot-plug bridges reserve bus numbers and space for what is plugged in. */
static int mark_hot_plug(struct notifier_block *nb, unsigned long action,
			 void *data)
{
	struct pci_dev *pdev = to_pci_dev(data);

	if (action == BUS_NOTIFY_ADD_DEVICE && pdev->vendor == EHOST_VENDOR &&
	    pdev->device == HOT_PLUG_BRIDGE)
		pdev->is_hotplug_bridge = true;
	return NOTIFY_OK;
}

static struct notifier_block mark_block = { .notifier_call = mark_hot_plug };

/*
 * How many more bridges may be below this one? Where there is no bus number for
 * them, the core of 6.12 uses freed memory.
 */
static int spare_numbers(const struct world *world, struct ehost_fn *bridge)
{
	struct pci_bus *bus = ehost_dev(bridge)->subordinate, *below;
	int spare = bus->busn_res.end - bus->busn_res.start;
	unsigned int i;

	list_for_each_entry(below, &bus->children, node)
		spare = min_t(int, spare,
			      bus->busn_res.end - below->busn_res.end);
	/* Those that are not found yet may all be below it. */
	for (i = 0; i < world->nr; i++)
		spare -= world->is_bridge[i] && !ehost_dev(world->fn[i]);

	return spare;
}

/* The nearest bridge at or above this one that the core has found, or NULL */
static struct ehost_fn *found(const struct world *world, unsigned int nr)
{
	while (!ehost_dev(world->fn[nr])) {
		if (!world->above[nr])
			return NULL;
		nr = world->above[nr] - 1;
	}

	return world->fn[nr];
}

static void add_any(struct kunit *test, struct world *world)
{
	struct ehost_fn_desc desc = {
		.device = any(world, 2) ? BRIDGE : HOT_PLUG_BRIDGE,
		.class = 0x060400,
		.bridge = true,
		.command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER,
	};
	unsigned int *above = &world->above[world->nr];
	bool bridge = !any(world, 4);
	struct rig *rig = test->priv;
	struct ehost_fn *old;
	unsigned int i;

	if (world->nr == MOST_FUNCTIONS)
		return;

	rig->above = NULL;
	for (i = 0; i < world->nr && !rig->above; i++) {
		if (!world->is_bridge[i] || any(world, 2))
			continue;
		old = bridge ? found(world, i) : NULL;
		if (old && spare_numbers(world, old) < 1)
			continue;
		/* It would reserve all numbers that are left. */
		if (old)
			desc.device = BRIDGE;
		*above = i + 1;
		rig->above = world->fn[i];
	}
	if (!bridge)
		desc = any_function(test, world);
	world->is_bridge[world->nr] = bridge;
	/* All use different slots, so each is free on every bus. */
	world->fn[world->nr] = rig_add(test, PCI_DEVFN(1 + world->nr, 0),
				       &desc);
	world->nr++;
}

static void rescan(struct world *world, struct rig *rig)
{
	struct ehost_fn *fn = world->fn[any(world, world->nr)];
	unsigned int way = any(world, 2);
	struct pci_dev *bridge = ehost_dev(fn);

	/* As pciehp or a write to "rescan" does */
	if (way && bridge && bridge->subordinate) {
		pci_lock_rescan_remove();
		pci_scan_child_bus(bridge->subordinate);
		pci_assign_unassigned_bridge_resources(bridge);
		pci_bus_add_devices(bridge->subordinate);
		pci_unlock_rescan_remove();
	} else {
		ehost_rescan(rig->host);
	}
}

/*
 * As an administrator does. If there is no room, the core restores the BAR.
 *
 * The core takes no lock here that keeps out captures, which claim room for a
 * moment: hold the rescan lock to make each run the same. And if the old place
 * is taken when the BAR is restored, cores that create the files of BARs one by
 * one use freed memory.
 */
static void resize(struct kunit *test, struct world *world, unsigned int nr)
{
	struct pci_dev *pdev = ehost_dev(world->fn[nr]);
	char bit[] = { '0' + any(world, 4), '\n' };
	struct file *file;
	char path[64];
	loff_t pos = 0;

	if (!pdev || !pci_find_ext_capability(pdev, PCI_EXT_CAP_ID_REBAR))
		return;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource0_resize",
		 pci_name(pdev));
	file = rig_open(path, O_WRONLY);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	pci_lock_rescan_remove();
	kernel_write(file, bit, sizeof(bit), &pos);
	pci_unlock_rescan_remove();
	fput(file);
}

/*
 * Does something decode in a page of a function with the driver like vfio-pci
 * that the tree does not show? The rest of that page stays reserved.
 */
static bool has_closed_page(const struct world *world)
{
	struct resource *res;
	struct pci_dev *pdev;
	unsigned int nr, i;

	for (nr = 0; nr < world->nr; nr++) {
		pdev = ehost_dev(world->fn[nr]);
		if (!pdev || !pdev->dev.driver || pdev->device != RIG_HELD)
			continue;
		for (i = 0; i < PCI_STD_NUM_BARS; i++) {
			res = &pdev->resource[i];
			if (res->parent && res->sibling &&
			    strstr(res->sibling->name, "shadowbar"))
				return true;
		}
	}

	return false;
}

static bool can_enable_vfs(struct pci_dev *pdev, struct ehost_fn *fn)
{
	if (!pdev->is_physfn || ehost_enable_vfs(fn, 2))
		return false;
	ehost_disable_vfs(fn);
	return true;
}

static void look_at(struct ehost *host, struct world *world, unsigned int step,
		    unsigned int nr)
{
	struct snapshot *seen = &world->seen[step][nr];
	struct pci_dev *pdev = ehost_dev(world->fn[nr]);
	bool bound = pdev && pdev->dev.driver;
	struct pci_bus_region region;
	unsigned int i;

	for (i = 0; i < RESOURCES; i++) {
		struct resource *res = pdev ? &pdev->resource[i] : NULL;

		seen->at[i] = NOWHERE;
		if (!res || !res->parent || !(res->flags & IORESOURCE_MEM))
			continue;
		pcibios_resource_to_bus(ehost_bus(host), &region, res);
		seen->at[i] = region.start;
		pcibios_resource_to_bus(ehost_bus(host), &region, res->parent);
		seen->window[i] = region.start;
		seen->size[i] = resource_size(res);
		if (i < PCI_STD_NUM_BARS && step && bound && world->bound[nr])
			seen->moved |= seen[-MOST_FUNCTIONS].at[i] !=
				       seen->at[i];
	}
	world->bound[nr] = bound;
	if (pdev && step == STEPS - 1)
		seen->vfs = can_enable_vfs(pdev, world->fn[nr]);
}

static void expect_no_pads(struct kunit *test, struct resource *res)
{
	for (; res; res = res->sibling) {
		KUNIT_EXPECT_NULL(test, strstr(res->name, "shadowbar"));
		expect_no_pads(test, res->child);
	}
}

static void die(struct kunit *test, struct world *world)
{
	struct rig *rig = test->priv;
	unsigned int i;

	rig_stop(test);
	for (i = 0; i < world->nr; i++)
		look_at(rig->host, world, STEPS, i);
	expect_no_pads(test, ehost_window(rig->host, 0)->child);
	rig_drop_host(test);
}

/* @isolate is the module's parameter, NULL without the module. */
static void live(struct kunit *test, struct world *world, u32 seed,
		 char *isolate)
{
	struct ehost_desc host = {
		.windows = { { .bus = RIG_WINDOW, .flags = EHOST_UNBACKED } },
		.mode = EHOST_ASSIGN,
	};
	struct rig *rig = test->priv;
	unsigned int step, nr, i;

	memset(world, 0, sizeof(*world));
	world->exact = LOOKS;
	world->random = seed;
	host.windows[0].size = SZ_1M << any(world, 5);
	if (!any(world, 3))
		host.windows[1] = (struct ehost_window_desc){
			SZ_1M << any(world, 4), RIG_PREF,
			EHOST_PREF | EHOST_UNBACKED,
		};
	rig->host = ehost_create(&host);
	KUNIT_ASSERT_NOT_NULL(test, rig->host);
	for (i = 2 + any(world, 6); i--; )
		add_any(test, world);
	rig_scan(test);
	i = any(world, 2);
	rig->isolate = isolate;
	if (isolate)
		rig_start_with(test, i ? "auto" : "manual", "on", "");

	for (step = 0; step < STEPS; step++) {
		nr = any(world, world->nr);
		switch (any(world, 6)) {
		case 0:
			if (!world->is_bridge[nr])
				ehost_remove(world->fn[nr]);
			/* It may get any address when it is found again. */
			world->bound[nr] = false;
			break;
		case 1:
			for (i = 0; i < world->nr; i++)
				resize(test, world, i);
			break;
		case 2:
			break;
		default:
			for (i = 1 + any(world, 3); i--; )
				add_any(test, world);
		}
		/* This makes each run the same. */
		if (isolate)
			sb_pages_look_now();
		if (has_closed_page(world))
			world->exact = min(world->exact, step);
		rescan(world, rig);
		/* While a newcomer is moved, it has no address for a moment. */
		if (isolate)
			sb_pages_look_now();
		for (i = 0; i < world->nr; i++)
			look_at(rig->host, world, step, i);
	}
	die(test, world);
}

/* Returns true if a function is worse off or, with @exactly, differs. */
static bool differs(const struct snapshot *without, const struct snapshot *with,
		    bool exactly)
{
	unsigned int i;

	if (exactly)
		return memcmp(without, with, sizeof(*with));

	for (i = 0; i < RESOURCES; i++)
		if (without->at[i] != NOWHERE && with->at[i] == NOWHERE)
			return true;

	return without->vfs > with->vfs || without->moved < with->moved;
}

static void tell(struct kunit *test, const struct snapshot *without,
		 const struct snapshot *with)
{
	unsigned int i;

	for (i = 0; i < RESOURCES; i++)
		if (without->at[i] != with->at[i])
			kunit_err(test, "resource %u, %x: %llx, with %llx\n",
				  i, without->size[i], without->at[i],
				  with->at[i]);
}

/* Has a small BAR got a page to itself in this window? */
static bool has_taken(const struct world *without, const struct world *with,
		      unsigned int step, u64 window)
{
	unsigned int nr, i;

	for (nr = 0; nr < with->nr; nr++) {
		const struct snapshot *before = &without->seen[step][nr];
		const struct snapshot *seen = &with->seen[step][nr];

		for (i = 0; i < PCI_STD_NUM_BARS; i++)
			if (seen->at[i] != NOWHERE &&
			    seen->window[i] == window &&
			    seen->size[i] < PAGE_SIZE &&
			    PAGE_ALIGNED(seen->at[i]) &&
			    seen->at[i] != before->at[i])
				return true;
	}

	return false;
}

/*
 * The core may pack a window again, and release BARs of bound functions for that.
 * Those that it had packed before return to the same place. Did no others move
 * than those that were isolated?
 */
static bool only_isolated_moved(const struct snapshot *without,
				const struct snapshot *with)
{
	unsigned int i;

	for (i = 0; i < PCI_STD_NUM_BARS; i++) {
		u64 before = with[-MOST_FUNCTIONS].at[i];

		if (before != with->at[i] &&
		    before == without[-MOST_FUNCTIONS].at[i])
			return false;
	}

	return true;
}

/* The same, for windows of the bridges above: a bridge may have no room, either. */
static bool has_taken_above(const struct world *without,
			    const struct world *with, unsigned int step,
			    unsigned int nr)
{
	unsigned int i;

	while (without->above[nr]) {
		nr = without->above[nr] - 1;
		for (i = PCI_BRIDGE_RESOURCES; i < RESOURCES; i++) {
			const struct snapshot *seen = &without->seen[step][nr];

			if (seen->at[i] != NOWHERE &&
			    has_taken(without, with, step, seen->window[i]))
				return true;
		}
	}

	return false;
}

/* Is an isolated page the reason for what is missing, or has moved? */
static bool is_price(const struct world *without, const struct world *with,
		     unsigned int step, unsigned int nr)
{
	const struct snapshot *a = &without->seen[step][nr];
	const struct snapshot *b = &with->seen[step][nr];
	bool missed = false;
	unsigned int i;

	for (i = 0; i < RESOURCES; i++) {
		if (a->at[i] == NOWHERE || b->at[i] != NOWHERE)
			continue;
		missed = true;
		if (!has_taken(without, with, step, a->window[i]) &&
		    !has_taken_above(without, with, step, nr))
			return false;
	}

	if (a->moved >= b->moved)
		return missed;

	return only_isolated_moved(a, b) && (missed || a->vfs <= b->vfs);
}

/* Returns true if a function is worse off because a page was isolated. */
static bool compare(struct kunit *test, u32 seed, const char *how,
		    const struct world *without, const struct world *with,
		    bool exactly)
{
	unsigned int step, nr;

	for (step = 0; step < LOOKS; step++) {
		for (nr = 0; nr < without->nr; nr++) {
			const struct snapshot *a = &without->seen[step][nr];
			const struct snapshot *b = &with->seen[step][nr];

			if (!differs(a, b, exactly && step < with->exact))
				continue;
			if (!exactly && is_price(without, with, step, nr))
				return true;
			/* A closed page has its price as well. */
			if (exactly && step >= with->exact &&
			    a->moved >= b->moved && a->vfs <= b->vfs)
				return true;
			KUNIT_FAIL(test,
				   "seed %u, %s, step %u, function %u is worse off (moved %d, not %d; has VFs %d, not %d)\n",
				   seed, how, step, nr, b->moved, a->moved,
				   b->vfs, a->vfs);
			tell(test, a, b);
			return false;
		}
	}

	return false;
}

/* One in this many hosts may be worse off because a page was isolated. */
#define MAY_PAY	50

static unsigned int nr_hosts, nr_paid;

/* Each is a case, to stay below KUnit's timeout; only the number matters. */
static const unsigned int portions[250];

static void nobody_worse_off_test(struct kunit *test)
{
	const unsigned int *portion = test->param_value;
	unsigned int size = DIV_ROUND_UP(seeds, ARRAY_SIZE(portions));
	unsigned int seed = first_seed + (portion - portions) * size;
	unsigned int end = min(seed + size, first_seed + seeds);
	struct world *without, *padded, *isolated;
	bool paid;

	if (seed >= end)
		return;

	without = kunit_kzalloc(test, sizeof(*without), GFP_KERNEL);
	padded = kunit_kzalloc(test, sizeof(*padded), GFP_KERNEL);
	isolated = kunit_kzalloc(test, sizeof(*isolated), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, without);
	KUNIT_ASSERT_NOT_NULL(test, padded);
	KUNIT_ASSERT_NOT_NULL(test, isolated);
	rig_driver(test, true);
	rig_holder(test, true);
	for (; seed < end; seed++) {
		live(test, without, seed, NULL);
		live(test, padded, seed, "off");
		live(test, isolated, seed, "vfio");
		paid = compare(test, seed, "padded", without, padded, true);
		paid |= compare(test, seed, "isolated", without, isolated,
				false);
		nr_paid += paid;
		nr_hosts++;
	}
	if (end != first_seed + seeds)
		return;
	kunit_warn(test, "%u hosts, a page was paid for in %u\n",
		   nr_hosts, nr_paid);
	KUNIT_EXPECT_LE(test, nr_paid, nr_hosts / MAY_PAY + 1);
}

static void describe(const unsigned int *portion, char *text)
{
	snprintf(text, KUNIT_PARAM_DESC_SIZE, "portion %zu",
		 portion - portions);
}

KUNIT_ARRAY_PARAM(portion, portions, describe);

static struct kunit_case differential_tests[] = {
	KUNIT_CASE_PARAM(nobody_worse_off_test, portion_gen_params),
	{}
};

static int differential_init(struct kunit *test)
{
	int ret = bus_register_notifier(&pci_bus_type, &mark_block);

	return ret ?: rig_init(test);
}

static void differential_exit(struct kunit *test)
{
	rig_exit(test);
	bus_unregister_notifier(&pci_bus_type, &mark_block);
}

static struct kunit_suite differential_suite = {
	.name = "shadowbar_differential",
	.init = differential_init,
	.exit = differential_exit,
	.test_cases = differential_tests,
};

kunit_test_suite(differential_suite);
