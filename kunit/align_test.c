// SPDX-License-Identifier: GPL-2.0-only
/* align: where the core puts the BARs of functions that are added. */
#include <kunit/test.h>
#include <linux/device.h>
#include <linux/iopoll.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/workqueue.h>

#include "align.h"
#include "device.h"
#include "small.h"

static u64 page_of(struct ehost_fn *fn)
{
	return small_bar(fn)->start & PAGE_MASK;
}

static void add_three(struct kunit *test, struct ehost_fn *fn[3])
{
	struct rig *rig = test->priv;
	unsigned int i;

	for (i = 0; i < 3; i++)
		fn[i] = small_add(test, 4 + i, 0);
	ehost_rescan(rig->host);
	for (i = 0; i < 3; i++)
		KUNIT_ASSERT_NOT_NULL(test, small_bar(fn[i])->parent);
}

/* Three that come in one scan get a page each, and without align one. */
static void packed_test(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct ehost_fn *fn[3];
	unsigned int i;
	u64 addr;

	rig_host(test, EHOST_FIRMWARE, 1);
	rig_scan(test);
	rig->align = "off";
	rig_start(test);
	add_three(test, fn);
	KUNIT_EXPECT_EQ(test, page_of(fn[0]), page_of(fn[1]));
	KUNIT_EXPECT_EQ(test, page_of(fn[0]), page_of(fn[2]));

	for (i = 0; i < 3; i++)
		ehost_unplug(fn[i]);
	rig_stop(test);
	rig->align = "on";
	rig_start(test);
	add_three(test, fn);
	KUNIT_EXPECT_NE(test, page_of(fn[0]), page_of(fn[1]));
	KUNIT_EXPECT_NE(test, page_of(fn[0]), page_of(fn[2]));
	KUNIT_EXPECT_NE(test, page_of(fn[1]), page_of(fn[2]));
	for (i = 0; i < 3; i++) {
		small_expect_page(test, fn[i], SB_PAGE_EXCLUSIVE);
		small_expect_padded(test, fn[i]);
		ehost_decodes(fn[i], 0, &addr);
		KUNIT_EXPECT_EQ(test, addr,
				pci_bus_address(ehost_dev(fn[i]), 0));
	}
}

/* A driver sees the true size, and so does everybody after an unload. */
static void driver_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, 0);
	struct rig *rig = test->priv;
	struct ehost_fn *fn;

	desc.device = RIG_DRIVEN;
	rig_host(test, EHOST_FIRMWARE, 1);
	rig_scan(test);
	rig_driver(test, true);
	rig_start(test);
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	ehost_rescan(rig->host);
	KUNIT_EXPECT_EQ(test, rig->probes, 1);
	KUNIT_EXPECT_EQ(test, rig->bar_at_probe, SMALL_SIZE);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, fn);
}

static void unload_test(struct kunit *test)
{
	struct ehost_fn *fn[3];
	unsigned int i;

	rig_host(test, EHOST_FIRMWARE, 1);
	rig_scan(test);
	rig_start(test);
	add_three(test, fn);
	rig_stop(test);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, resource_size(small_bar(fn[i])),
				SMALL_SIZE);
		small_expect_bare(test, fn[i]);
	}
}

/* All that a window of 1 MiB can hold, to the last byte. */
static void fill_window(struct kunit *test)
{
	struct ehost_fn_desc large = rig_desc(test), small = rig_desc(test);
	unsigned int i;

	large.rom.size = 0;
	small.rom.size = 0;
	for (i = 0; i < EHOST_NUM_BARS; i++) {
		large.bar[i] = (struct ehost_bar_desc){ SZ_512K >> i };
		small.bar[i] = (struct ehost_bar_desc){ SZ_8K >> i };
	}
	rig_add(test, PCI_DEVFN(4, 0), &large);
	rig_add(test, PCI_DEVFN(5, 0), &small);
	small_add(test, 6, 0);
}

static bool are_assigned(struct pci_bus *bus, u64 bytes)
{
	struct pci_dev *pdev;
	unsigned int i;
	u64 sum = 0;

	list_for_each_entry(pdev, &bus->devices, bus_list)
		for (i = 0; i < PCI_STD_NUM_BARS; i++)
			if (pdev->resource[i].parent)
				sum += resource_size(&pdev->resource[i]);

	return sum == bytes;
}

/* Nothing goes without an address for a page that nobody asked for. */
static void full_test(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct pci_bus *bus;
	bool assigned;

	small_bridge(test);
	rig_scan(test);
	rig_start(test);
	fill_window(test);
	ehost_rescan(rig->host);

	bus = ehost_dev(rig->above)->subordinate;
	KUNIT_ASSERT_NOT_NULL(test, bus);
	KUNIT_EXPECT_EQ(test, read_poll_timeout(are_assigned, assigned,
						assigned, USEC_PER_MSEC,
						SMALL_PATIENCE, false, bus,
						SZ_1M), 0);
	rig_stop(test);
	KUNIT_EXPECT_TRUE(test, are_assigned(bus, SZ_1M));
}

struct scan {
	struct work_struct work;
	struct pci_bus *bus;
};

static void scan_work(struct work_struct *work)
{
	struct scan *scan = container_of(work, struct scan, work);

	pci_rescan_bus(scan->bus);
}

/*
 * A scan by another task, and a driver that comes before it is over as far as
 * anybody knows: its caller still has the rescan lock.
 */
static void scan_and_bind(struct kunit *test, struct ehost_fn *fn)
{
	struct rig *rig = test->priv;
	struct scan scan = { .bus = ehost_bus(rig->host) };

	INIT_WORK_ONSTACK(&scan.work, scan_work);
	pci_lock_rescan_remove();
	schedule_work(&scan.work);
	flush_work(&scan.work);
	rig_driver(test, true);
	KUNIT_EXPECT_EQ(test, rig->probes, 1);
	KUNIT_EXPECT_EQ(test, rig->bar_at_probe, SMALL_SIZE);
	KUNIT_EXPECT_NOT_NULL(test, small_bar(fn)->parent);
	pci_unlock_rescan_remove();
	destroy_work_on_stack(&scan.work);
}

static void bound_early_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, 0);
	struct ehost_fn *fn;

	desc.device = RIG_DRIVEN;
	rig_host(test, EHOST_FIRMWARE, 1);
	rig_scan(test);
	rig_start(test);
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	scan_and_bind(test, fn);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, fn);
}

/*
 * Everything but the last 16 KiB of a window of 1 MiB, which slot 5 wants too,
 * but for what a function with a driver has.
 */
static struct ehost_fn *fill_window_but_one(struct kunit *test)
{
	struct ehost_fn_desc large = small_desc(test, 0);
	struct ehost_fn_desc small = small_desc(test, 0);
	struct ehost_fn_desc driven = small_desc(test, 0);
	unsigned int i;

	for (i = 0; i < EHOST_NUM_BARS; i++) {
		large.bar[i].size = SZ_512K >> i;
		small.bar[i].size = SZ_8K >> i;
	}
	driven.device = RIG_DRIVEN;
	rig_add(test, PCI_DEVFN(4, 0), &large);
	rig_add(test, PCI_DEVFN(5, 0), &small);
	return rig_add(test, PCI_DEVFN(6, 0), &driven);
}

/**
 * struct late - somebody who comes when a driver is about to be probed
 * @nb: called after the driver under test
 * @fn: at the bind of which function
 * @before: its BAR then
 * @after: its BAR when all that was added has been settled
 */
struct late {
	struct notifier_block nb;
	struct ehost_fn *fn;
	struct resource before;
	struct resource after;
};

static int settle_late(struct notifier_block *nb, unsigned long event,
		       void *arg)
{
	struct late *late = container_of(nb, struct late, nb);

	if (event == BUS_NOTIFY_BIND_DRIVER &&
	    to_pci_dev(arg) == ehost_dev(late->fn)) {
		late->before = *small_bar(late->fn);
		sb_align_settle();
		late->after = *small_bar(late->fn);
	}
	return NOTIFY_DONE;
}

/* From when a driver is about to be probed its function stays where it is. */
static void settled_late_test(struct kunit *test)
{
	struct late late = { .nb = { settle_late, .priority = -1 } };
	struct rig *rig = test->priv;
	struct pci_bus *bus;

	small_bridge(test);
	rig_scan(test);
	rig_start(test);
	late.fn = fill_window_but_one(test);
	KUNIT_ASSERT_EQ(test, bus_register_notifier(&pci_bus_type, &late.nb),
			0);
	scan_and_bind(test, late.fn);
	bus_unregister_notifier(&pci_bus_type, &late.nb);
	KUNIT_EXPECT_NOT_NULL(test, late.before.parent);
	KUNIT_EXPECT_EQ(test, late.before.start, late.after.start);
	KUNIT_EXPECT_EQ(test, resource_size(&late.before), SMALL_SIZE);

	/* The others got what they want around it. */
	bus = ehost_dev(rig->above)->subordinate;
	KUNIT_EXPECT_TRUE(test, are_assigned(bus, SZ_1M));
}

/*
 * The task that found the functions binds a driver after its scan. It may have
 * the rescan lock or not, so all others stay as they are.
 */
static void bound_after_test(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct ehost_fn *fn;
	struct pci_bus *bus;
	bool assigned;

	small_bridge(test);
	rig_scan(test);
	rig_start(test);
	fn = fill_window_but_one(test);
	pci_lock_rescan_remove();
	pci_rescan_bus(ehost_bus(rig->host));
	bus = ehost_dev(rig->above)->subordinate;
	rig_driver(test, true);
	KUNIT_EXPECT_EQ(test, rig->probes, 1);
	KUNIT_EXPECT_EQ(test, rig->bar_at_probe, SMALL_SIZE);
	KUNIT_EXPECT_NOT_NULL(test, small_bar(fn)->parent);
	KUNIT_EXPECT_FALSE(test, are_assigned(bus, SZ_1M));
	pci_unlock_rescan_remove();

	KUNIT_EXPECT_EQ(test, read_poll_timeout(are_assigned, assigned,
						assigned, USEC_PER_MSEC,
						SMALL_PATIENCE, false, bus,
						SZ_1M), 0);
}

/* One function has a driver, and its own pages are what is in its way. */
static void own_pages_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, 0);
	struct rig *rig = test->priv;
	struct pci_bus *bus;
	unsigned int i;

	/* Four pages are left. */
	small_bridge(test);
	for (i = 0; SZ_512K >> i >= 4 * PAGE_SIZE; i++)
		desc.bar[i].size = SZ_512K >> i;
	rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	rig_start(test);
	desc.device = RIG_DRIVEN;
	memset(desc.bar, 0, sizeof(desc.bar));
	for (i = 0; i < 4; i++)
		desc.bar[i].size = SMALL_SIZE;
	desc.bar[4].size = PAGE_SIZE;
	desc.bar[5].size = 2 * PAGE_SIZE;
	rig_add(test, PCI_DEVFN(5, 0), &desc);
	rig_driver(test, true);
	ehost_rescan(rig->host);
	bus = ehost_dev(rig->above)->subordinate;
	KUNIT_EXPECT_EQ(test, rig->probes, 1);
	KUNIT_EXPECT_TRUE(test, are_assigned(bus, SZ_1M - PAGE_SIZE +
					     4 * SMALL_SIZE));
}

/* All of the window of 1 MiB but @pages less the bytes of one small BAR */
static struct ehost_fn *fill_but(struct kunit *test, unsigned int pages)
{
	struct ehost_fn_desc desc = small_desc(test, 0);
	u64 left = SZ_1M;
	unsigned int slot, i;

	for (slot = 4; left > pages * PAGE_SIZE; slot++) {
		memset(desc.bar, 0, sizeof(desc.bar));
		for (i = 0; i < EHOST_NUM_BARS && left > pages * PAGE_SIZE;
		     i++) {
			desc.bar[i].addr = RIG_FORWARD + SZ_1M - left;
			desc.bar[i].size = left / 2;
			left /= 2;
		}
		rig_add(test, PCI_DEVFN(slot, 0), &desc);
	}
	return small_add(test, slot, RIG_FORWARD + SZ_1M - left);
}

/*
 * All that is left is the rest of a page that is padded: that pad makes way,
 * and none on another bus.
 */
static void bound_early_and_full_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, 0);
	struct ehost_fn *fn, *last, *other, *bridge;
	struct small_listener listener;
	struct rig *rig = test->priv;

	small_bridge(test);
	bridge = rig->above;
	last = fill_but(test, 1);
	rig->above = NULL;
	other = small_add(test, 2, SMALL_AT);
	rig->above = bridge;
	rig_scan(test);
	rig_start(test);
	small_expect_page(test, last, SB_PAGE_EXCLUSIVE);
	small_expect_page(test, other, SB_PAGE_EXCLUSIVE);

	small_listen(test, &listener, other);
	desc.device = RIG_DRIVEN;
	fn = rig_add(test, PCI_DEVFN(9, 0), &desc);
	scan_and_bind(test, fn);
	small_expect_page(test, fn, SB_PAGE_UNALIGNED);
	small_expect_page(test, last, SB_PAGE_SHARED);
	small_expect_bare(test, last);

	ehost_remove(fn);
	small_expect_page(test, last, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, last);
	small_stop_listening(&listener);
	KUNIT_EXPECT_EQ(test, listener.told, 0);
}

/*
 * What answers in the rest of a page, unclaimed, stays reserved: nothing is put
 * there for want of room.
 */
static void full_and_hidden_test(struct kunit *test)
{
	struct ehost_fn *fn, *last, *other, *bridge;
	struct rig *rig = test->priv;

	small_bridge(test);
	bridge = rig->above;
	last = fill_but(test, 1);
	rig->above = NULL;
	other = small_add(test, 2, SMALL_AT);
	rig->above = bridge;
	rig_scan(test);
	rig_start(test);
	small_expect_page(test, last, SB_PAGE_EXCLUSIVE);
	ehost_poke(other, PCI_BASE_ADDRESS_0,
		   pci_bus_address(ehost_dev(last), 0) + SMALL_SIZE);
	sb_device_look();
	small_expect_page(test, last, SB_PAGE_SHARED);

	fn = small_add(test, 9, 0);
	ehost_rescan(rig->host);
	KUNIT_EXPECT_NULL(test, small_bar(fn)->parent);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(last));
}

/*
 * There is a page when the functions are found, and none when those that are
 * larger have been assigned.
 */
static void full_in_the_end(struct kunit *test, char *align, u16 device)
{
	struct ehost_fn_desc desc = small_desc(test, 0);
	const struct ehost_fn_desc small = {
		.device = device,
		.bar = { { SMALL_SIZE } },
	};
	struct rig *rig = test->priv;
	struct ehost_fn *fn, *first;
	struct pci_bus *bus;
	unsigned int i;
	bool assigned;

	small_bridge(test);
	first = small_add(test, 4, RIG_FORWARD);
	rig_scan(test);
	rig->align = align;
	rig_start(test);
	small_expect_page(test, first, SB_PAGE_EXCLUSIVE);

	for (i = 0; i < EHOST_NUM_BARS; i++)
		desc.bar[i].size = SZ_512K >> i;
	rig_add(test, PCI_DEVFN(5, 0), &desc);
	for (i = 0; i < EHOST_NUM_BARS; i++)
		desc.bar[i].size = i < 2 ? SZ_8K >> i : 0;
	rig_add(test, PCI_DEVFN(6, 0), &desc);
	fn = rig_add(test, PCI_DEVFN(7, 0), &small);
	rig_driver(test, true);
	ehost_rescan(rig->host);
	if (device == RIG_DRIVEN)
		KUNIT_EXPECT_NOT_NULL(test, small_bar(fn)->parent);

	bus = ehost_dev(rig->above)->subordinate;
	KUNIT_EXPECT_EQ(test, read_poll_timeout(are_assigned, assigned,
						assigned, USEC_PER_MSEC,
						SMALL_PATIENCE, false, bus,
						SZ_1M - SZ_4K + 2 * SMALL_SIZE),
			0);
	small_expect_page(test, first, SB_PAGE_SHARED);
	small_expect_page(test, fn, SB_PAGE_UNALIGNED);
}

static void full_in_the_end_test(struct kunit *test)
{
	full_in_the_end(test, "on", RIG_DEVICE);
}

/* The last one to be shown: its driver comes when the scan may be over. */
static void driver_in_the_end_test(struct kunit *test)
{
	full_in_the_end(test, "on", RIG_DRIVEN);
}

static void full_without_align_test(struct kunit *test)
{
	full_in_the_end(test, "off", RIG_DEVICE);
}

/*
 * A BAR that finds no room looks as without the module when a driver comes, and
 * is not in its way.
 */
static void no_room_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, 0);
	struct rig *rig = test->priv;
	struct scan scan = {};
	struct ehost_fn *fn;
	unsigned int i;
	int ret;

	small_bridge(test);
	for (i = 0; i < EHOST_NUM_BARS; i++)
		desc.bar[i] = (struct ehost_bar_desc){
			SZ_512K >> i, RIG_FORWARD + SZ_1M - (SZ_1M >> i),
		};
	rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	rig_start(test);

	for (i = 0; i < EHOST_NUM_BARS; i++)
		desc.bar[i] = (struct ehost_bar_desc){ i < 2 ? SZ_8K : 0 };
	rig_add(test, PCI_DEVFN(5, 0), &desc);
	desc = small_desc(test, 0);
	desc.device = RIG_DRIVEN;
	fn = rig_add(test, PCI_DEVFN(6, 0), &desc);

	scan.bus = ehost_bus(rig->host);
	INIT_WORK_ONSTACK(&scan.work, scan_work);
	pci_lock_rescan_remove();
	schedule_work(&scan.work);
	flush_work(&scan.work);
	destroy_work_on_stack(&scan.work);
	rig_driver(test, true);
	KUNIT_EXPECT_EQ(test, rig->probes, 1);
	KUNIT_EXPECT_NULL(test, small_bar(fn)->parent);
	ret = pci_enable_device(ehost_dev(fn));
	KUNIT_EXPECT_EQ(test, ret, 0);
	if (!ret)
		pci_disable_device(ehost_dev(fn));
	pci_unlock_rescan_remove();
}

/* Where there is one more page, the pads stay. */
static void one_page_left_test(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct ehost_fn *fn, *last;

	small_bridge(test);
	last = fill_but(test, 2);
	rig_scan(test);
	rig_start(test);
	small_expect_page(test, last, SB_PAGE_EXCLUSIVE);

	fn = small_add(test, 9, 0);
	ehost_rescan(rig->host);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_page(test, last, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, last);
}

/*
 * The core lets go of the rescan lock before it assigns anything on a host that
 * is new, if it takes that at all: there it is left alone.
 */
static void new_host_test(struct kunit *test)
{
	struct ehost_fn *fn[3];
	unsigned int i;

	rig_host(test, EHOST_ASSIGN, 0);
	for (i = 0; i < 3; i++)
		fn[i] = small_add(test, 4 + i, 0);
	rig_start(test);
	rig_scan(test);
	KUNIT_ASSERT_NOT_NULL(test, small_bar(fn[0])->parent);
	KUNIT_EXPECT_EQ(test, page_of(fn[0]), page_of(fn[1]));
	KUNIT_EXPECT_EQ(test, page_of(fn[0]), page_of(fn[2]));
}

/**
 * struct marker - somebody who says more of a BAR before it is looked at
 * @nb: called before the driver under test
 * @flags: what to set
 * @start: where the BAR starts then
 */
struct marker {
	struct notifier_block nb;
	unsigned long flags;
	resource_size_t start;
};

static int mark_bar(struct notifier_block *nb, unsigned long event, void *arg)
{
	struct marker *marker = container_of(nb, struct marker, nb);
	struct pci_dev *pdev = to_pci_dev(arg);

	if (event == BUS_NOTIFY_ADD_DEVICE && pdev->vendor == EHOST_VENDOR &&
	    pdev->device == RIG_DRIVEN) {
		pdev->resource[0].start = marker->start;
		pdev->resource[0].end = marker->start + SMALL_SIZE - 1;
		pdev->resource[0].flags &= ~IORESOURCE_SIZEALIGN;
		pdev->resource[0].flags |= marker->flags;
	}
	return NOTIFY_DONE;
}

/* The BAR in question and one that is like any other are added. */
static struct ehost_fn *add_marked(struct kunit *test, unsigned long flags,
				   resource_size_t start)
{
	struct marker marker = {
		.nb = { mark_bar, .priority = 1 },
		.flags = flags,
		.start = start,
	};
	struct ehost_fn_desc desc = small_desc(test, 0);
	struct rig *rig = test->priv;
	struct ehost_fn *fn, *other;

	rig_host(test, EHOST_FIRMWARE, 1);
	rig_scan(test);
	rig_start(test);
	desc.device = RIG_DRIVEN;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	other = small_add(test, 5, 0);
	KUNIT_ASSERT_EQ(test, bus_register_notifier(&pci_bus_type, &marker.nb),
			0);
	ehost_rescan(rig->host);
	bus_unregister_notifier(&pci_bus_type, &marker.nb);
	small_expect_page(test, other, SB_PAGE_EXCLUSIVE);
	return fn;
}

/* As on PowerNV, where a BAR starts at its alignment until it is assigned. */
static void start_align_test(struct kunit *test)
{
	struct ehost_fn *fn = add_marked(test, IORESOURCE_STARTALIGN,
					 PAGE_SIZE);

	KUNIT_EXPECT_NOT_NULL(test, small_bar(fn)->parent);
	KUNIT_EXPECT_TRUE(test, PAGE_ALIGNED(small_bar(fn)->start));
	KUNIT_EXPECT_EQ(test, resource_size(small_bar(fn)), SMALL_SIZE);
}

/* One that cannot be moved, and that the core did not claim. */
static void fixed_test(struct kunit *test)
{
	struct ehost_fn *fn = add_marked(test, IORESOURCE_PCI_FIXED, SZ_4K);

	KUNIT_EXPECT_EQ(test, small_bar(fn)->start, SZ_4K);
	KUNIT_EXPECT_EQ(test, resource_size(small_bar(fn)), SMALL_SIZE);
}

/* The core does not touch a host bridge's BARs, so they are left as found. */
static void host_bridge_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT);
	struct rig *rig = test->priv;
	struct ehost_fn *fn, *other;

	rig_host(test, EHOST_FIRMWARE, 1);
	rig_scan(test);
	rig_start(test);
	desc.class = PCI_CLASS_BRIDGE_HOST << 8;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	other = small_add(test, 5, 0);
	ehost_rescan(rig->host);
	small_expect_page(test, other, SB_PAGE_EXCLUSIVE);
	KUNIT_EXPECT_NULL(test, small_bar(fn)->parent);
	KUNIT_EXPECT_NE(test, small_bar(fn)->start, 0);
	KUNIT_EXPECT_EQ(test, resource_size(small_bar(fn)), SMALL_SIZE);
}

/* Where the core assigns nothing by itself, nothing is to be taken from it. */
static void probe_only_test(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct ehost_fn *fn[3];
	unsigned int i;

	rig_host(test, EHOST_FIRMWARE, 1);
	rig_scan(test);
	rig_start(test);
	for (i = 0; i < 3; i++)
		fn[i] = small_add(test, 4 + i, 0);
	pci_add_flags(PCI_PROBE_ONLY);
	ehost_rescan(rig->host);
	pci_clear_flags(PCI_PROBE_ONLY);
	KUNIT_ASSERT_NOT_NULL(test, small_bar(fn[0])->parent);
	KUNIT_EXPECT_EQ(test, page_of(fn[0]), page_of(fn[1]));
	KUNIT_EXPECT_EQ(test, page_of(fn[0]), page_of(fn[2]));
}

static struct kunit_case align_tests[] = {
	KUNIT_CASE(packed_test),
	KUNIT_CASE(driver_test),
	KUNIT_CASE(unload_test),
	KUNIT_CASE(full_test),
	KUNIT_CASE(bound_early_test),
	KUNIT_CASE(settled_late_test),
	KUNIT_CASE(bound_after_test),
	KUNIT_CASE(own_pages_test),
	KUNIT_CASE(bound_early_and_full_test),
	KUNIT_CASE(full_and_hidden_test),
	KUNIT_CASE(full_in_the_end_test),
	KUNIT_CASE(driver_in_the_end_test),
	KUNIT_CASE(full_without_align_test),
	KUNIT_CASE(no_room_test),
	KUNIT_CASE(one_page_left_test),
	KUNIT_CASE(new_host_test),
	KUNIT_CASE(start_align_test),
	KUNIT_CASE(fixed_test),
	KUNIT_CASE(host_bridge_test),
	KUNIT_CASE(probe_only_test),
	{}
};

static struct kunit_suite align_suite = {
	.name = "shadowbar_align",
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = align_tests,
};

kunit_test_suite(align_suite);
