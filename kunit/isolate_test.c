// SPDX-License-Identifier: GPL-2.0-only
/*
 * isolate: what happens before the probe of a driver that maps BARs to user
 * space, and that nothing else is worse off.
 */
#include <kunit/test.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/workqueue.h>

#include "cases.h"
#include "function.h"
#include "small.h"

/* When a request is done, so is the look. There is no BAR 5. */
static void look(struct kunit *test, struct ehost_fn *fn)
{
	sb_pages_isolate(rig_function(test, fn)->pages, 5);
}

/* vfio-pci will get the second one. */
static struct ehost_fn *two(struct kunit *test, struct ehost_fn **first)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);

	desc.device = RIG_HELD;
	return small_two(test, &desc, first);
}

/* It has a page to itself, at its true size, when the driver is probed. */
static void bound_test(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct ehost_fn *first, *fn = two(test, &first);
	u64 addr;

	rig_holder(test, true);
	KUNIT_EXPECT_TRUE(test, rig->maps_at_probe);
	KUNIT_EXPECT_EQ(test, resource_size(&rig->bar_at_probe), SMALL_SIZE);
	KUNIT_EXPECT_EQ(test, small_bar(fn)->start, rig->bar_at_probe.start);
	KUNIT_EXPECT_TRUE(test, PAGE_ALIGNED(small_bar(fn)->start));
	KUNIT_EXPECT_EQ(test, small_changed(test), 1);
	small_expect_no_harm(test);
	addr = pci_bus_address(ehost_dev(fn), 0);
	KUNIT_EXPECT_EQ(test, ehost_peek(fn, PCI_BASE_ADDRESS_0) &
			PCI_BASE_ADDRESS_MEM_MASK, lower_32_bits(addr));
	KUNIT_EXPECT_EQ(test, ehost_read_bus(rig->host, addr),
			ehost_bar_pattern(fn, 0));
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	look(test, fn);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	KUNIT_EXPECT_TRUE(test, small_vfio_maps(fn));
	small_expect_page(test, first, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, first);

	/* It stays there. */
	rig_holder(test, false);
	rig_stop(test);
	KUNIT_EXPECT_EQ(test, small_changed(test), 1);
}

/**
 * struct resetting - a reset that ends by itself
 * @end: at its end
 * @pdev: the function
 */
struct resetting {
	struct delayed_work end;
	struct pci_dev *pdev;
};

static void end_reset(struct work_struct *work)
{
	struct resetting *resetting = container_of(to_delayed_work(work),
						   struct resetting, end);

	pci_cfg_access_unlock(resetting->pdev);
}

/* A neighbour is being reset, for as long as a bus needs for that. */
static void reset_meanwhile_test(struct kunit *test)
{
	struct ehost_fn *first, *fn = two(test, &first);
	struct resetting resetting = { .pdev = ehost_dev(first) };
	struct rig *rig = test->priv;

	INIT_DELAYED_WORK_ONSTACK(&resetting.end, end_reset);
	pci_cfg_access_lock(resetting.pdev);
	schedule_delayed_work(&resetting.end, HZ * 3 / 4);
	rig_holder(test, true);
	flush_delayed_work(&resetting.end);
	destroy_delayed_work_on_stack(&resetting.end);
	KUNIT_EXPECT_TRUE(test, rig->maps_at_probe);
	KUNIT_EXPECT_TRUE(test, PAGE_ALIGNED(small_bar(fn)->start));
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_no_harm(test);
}

/* Somebody has its device lock for a moment: try again. */
static void busy_test(struct kunit *test)
{
	struct ehost_fn *first, *fn = two(test, &first);
	struct sb_pages *pages = rig_function(test, fn)->pages;

	device_lock(&ehost_dev(fn)->dev);
	KUNIT_EXPECT_EQ(test, sb_pages_isolate(pages, 0), -EAGAIN);
	device_unlock(&ehost_dev(fn)->dev);
	KUNIT_EXPECT_EQ(test, sb_pages_moved(pages, 0), SB_MOVE_BUSY);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	KUNIT_EXPECT_EQ(test, sb_pages_isolate(pages, 0), 0);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
}

/* The control: nothing is moved, and vfio-pci does not map it. */
static void off_test(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct ehost_fn *first, *fn;

	rig->isolate = "off";
	fn = two(test, &first);
	rig_holder(test, true);
	KUNIT_EXPECT_FALSE(test, rig->maps_at_probe);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	look(test, fn);
	small_expect_page(test, fn, SB_PAGE_UNALIGNED);
	rig_expect_clean(test, "isolate=off");
}

/* Where firmware has reserved a BAR's address, it is moved on request only. */
static void firmware_test(struct kunit *test)
{
	struct resource reserved = {
		.name = "Reserved",
		.flags = IORESOURCE_MEM,
	};
	struct ehost_fn *first, *fn = two(test, &first);
	struct sb_pages *pages = rig_function(test, fn)->pages;
	u64 start = small_bar(fn)->start;

	reserved.start = start & PAGE_MASK;
	reserved.end = reserved.start + PAGE_SIZE - 1;
	KUNIT_ASSERT_EQ(test, insert_resource(small_bar(fn)->parent, &reserved),
			0);

	rig_holder(test, true);
	KUNIT_EXPECT_EQ(test, small_bar(fn)->start, start);
	KUNIT_EXPECT_EQ(test, sb_pages_moved(pages, 0), SB_MOVE_PINNED);
	rig_expect_clean(test, "bound");
	rig_holder(test, false);
	KUNIT_EXPECT_EQ(test, sb_pages_isolate(pages, 0), 0);
	KUNIT_EXPECT_NE(test, small_bar(fn)->start, start);
	/* A look at all pages is under way, and looks at what a BAR is in. */
	pci_lock_rescan_remove();
	remove_resource(&reserved);
	pci_unlock_rescan_remove();
}

struct orphan_case {
	const char *name;
	bool moved;
};

static const struct orphan_case orphan_cases[] = {
	{ "without an address", false },
	{ "with another address", true },
};

/* The window of the bridge above keeps its children. */
static void orphan_test(struct kunit *test)
{
	const struct orphan_case *c = test->param_value;
	struct ehost_fn *first, *fn = two(test, &first);
	struct sb_pages *pages = rig_function(test, fn)->pages;
	struct resource *window = small_bar(fn)->parent;
	struct resource *above = window->parent;
	u64 start = small_bar(fn)->start, window_start = window->start;

	if (c->moved)
		window->start = window->end + 1 - PAGE_SIZE;
	else
		KUNIT_ASSERT_EQ(test, release_resource(window), 0);
	rig_holder(test, true);
	KUNIT_EXPECT_EQ(test, small_bar(fn)->start, start);
	KUNIT_EXPECT_EQ(test, sb_pages_moved(pages, 0), SB_MOVE_UNASSIGNED);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	look(test, fn);
	small_expect_page(test, fn, SB_PAGE_UNASSIGNED);
	rig_expect_clean(test, "in an orphan");
	rig_holder(test, false);
	pci_lock_rescan_remove();
	window->start = window_start;
	pci_unlock_rescan_remove();
	if (!c->moved)
		KUNIT_ASSERT_EQ(test, request_resource(above, window), 0);
}

CASES(orphan);

/* Other drivers find what firmware left. */
static void other_driver_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct rig *rig = test->priv;
	struct ehost_fn *fn;

	desc.device = RIG_DRIVEN;
	rig_host(test, EHOST_FIRMWARE, 1);
	small_add(test, 4, SMALL_AT);
	fn = rig_add(test, PCI_DEVFN(5, 0), &desc);
	rig_scan(test);
	rig_start(test);
	rig_outcome(test, fn);
	ehost_reset_oracles(rig->host);
	rig_driver(test, true);
	KUNIT_EXPECT_EQ(test, rig->probes, 1);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	rig_expect_clean(test, "another driver");
}

/* Three in one scan, with their driver already registered */
static void hot_add_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, 0);
	struct rig *rig = test->priv;
	struct ehost_fn *fn[3];
	unsigned int i;

	desc.device = RIG_HELD;
	rig_host(test, EHOST_FIRMWARE, 1);
	rig_scan(test);
	rig_start(test);
	rig_holder(test, true);
	for (i = 0; i < 3; i++)
		fn[i] = rig_add(test, PCI_DEVFN(4 + i, 0), &desc);
	ehost_rescan(rig->host);
	KUNIT_EXPECT_EQ(test, rig->probes, 3);
	KUNIT_EXPECT_TRUE(test, rig->maps_at_probe);
	look(test, fn[0]);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, resource_size(small_bar(fn[i])),
				SMALL_SIZE);
		KUNIT_EXPECT_TRUE(test, small_vfio_maps(fn[i]));
		small_expect_page(test, fn[i], SB_PAGE_EXCLUSIVE);
	}
}

/* All of small_bridge()'s window but the last 16 KiB */
static struct ehost_fn *fill_but_16k(struct kunit *test, u16 device)
{
	struct ehost_fn_desc desc = small_desc(test, 0);
	unsigned int i;

	small_bridge(test);
	desc.device = device;
	for (i = 0; i < EHOST_NUM_BARS; i++)
		desc.bar[i] = (struct ehost_bar_desc){
			SZ_512K >> i, RIG_FORWARD + SZ_1M - (SZ_1M >> i),
		};
	return rig_add(test, PCI_DEVFN(4, 0), &desc);
}

/* Use at most half of the free space, unless a user requests more. */
static void scarce_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, 0);
	unsigned int i, whole = 0, pages = SZ_16K / PAGE_SIZE;
	struct rig *rig = test->priv;
	struct ehost_fn *fn;
	int ret = 0;

	if (pages < 4)
		kunit_skip(test, "16 KiB are too few pages");
	fill_but_16k(test, RIG_DEVICE);
	rig_scan(test);
	rig_start(test);
	rig_holder(test, true);
	desc.device = RIG_HELD;
	for (i = 0; i < EHOST_NUM_BARS; i++)
		desc.bar[i].size = SMALL_SIZE;
	fn = rig_add(test, PCI_DEVFN(5, 0), &desc);
	ehost_rescan(rig->host);
	for (i = 0; i < EHOST_NUM_BARS; i++)
		whole += PAGE_ALIGNED(small_bar(fn)[i].start);
	/* The first is at the start of its page, the last was moved. */
	KUNIT_EXPECT_EQ(test, whole, 2);
	KUNIT_EXPECT_EQ(test, sb_pages_moved(rig_function(test, fn)->pages, 4),
			SB_MOVE_SCARCE);

	rig_holder(test, false);
	for (i = EHOST_NUM_BARS; i-- && !ret; )
		ret = sb_pages_isolate(rig_function(test, fn)->pages, i);
	KUNIT_EXPECT_EQ(test, ret, -ENOSPC);
	for (i = 0, whole = 0; i < EHOST_NUM_BARS; i++)
		whole += PAGE_ALIGNED(small_bar(fn)[i].start);
	KUNIT_EXPECT_EQ(test, whole, pages);
}

/*
 * Many small BARs are added, isolated or not; a larger BAR still fits. It takes
 * all the remaining space but a quarter, or half if the small ones get a page
 * each.
 */
static void spread(struct kunit *test, char *isolate, u16 device)
{
	bool held = device == RIG_HELD;
	struct ehost_fn_desc desc = small_desc(test, 0);
	struct rig *rig = test->priv;
	struct ehost_fn *fn;
	unsigned int i, slot;

	small_bridge(test);
	desc.bar[0] = (struct ehost_bar_desc){ SZ_512K, RIG_FORWARD + SZ_512K };
	desc.bar[1] = (struct ehost_bar_desc){
		held ? 0 : SZ_256K, RIG_FORWARD + SZ_256K,
	};
	rig_add(test, PCI_DEVFN(3, 0), &desc);
	rig_scan(test);
	rig->isolate = isolate;
	rig_start(test);
	rig_holder(test, true);
	for (slot = 4; slot < 10; slot++) {
		desc = small_desc(test, 0);
		desc.device = device;
		for (i = 0; i < (slot < 9 ? 6 : 2); i++)
			desc.bar[i] = (struct ehost_bar_desc){ SMALL_SIZE };
		rig_add(test, PCI_DEVFN(slot, 0), &desc);
	}
	ehost_rescan(rig->host);

	desc = small_desc(test, 0);
	desc.bar[0].size = held ? SZ_256K : SZ_128K;
	desc.bar[1].size = held ? 0 : SZ_64K;
	fn = rig_add(test, PCI_DEVFN(12, 0), &desc);
	ehost_rescan(rig->host);
	KUNIT_EXPECT_NOT_NULL(test, small_bar(fn)->parent);
	if (!held)
		KUNIT_EXPECT_NOT_NULL(test, small_bar(fn)[1].parent);
}

static void spread_off_test(struct kunit *test)
{
	spread(test, "off", RIG_DEVICE);
}

static void spread_on_test(struct kunit *test)
{
	spread(test, "vfio", RIG_DEVICE);
}

static void spread_held_control_test(struct kunit *test)
{
	spread(test, "off", RIG_HELD);
}

static void spread_held_test(struct kunit *test)
{
	spread(test, "vfio", RIG_HELD);
}

/* A reset restores the moved address, whenever the state was saved. */
static void restored_test(struct kunit *test)
{
	struct ehost_fn *first, *fn = two(test, &first);
	struct pci_dev *pdev = ehost_dev(fn);
	u32 addr;

	pci_save_state(pdev);
	pci_restore_state(pdev);
	rig_holder(test, true);
	addr = pci_bus_address(pdev, 0);
	KUNIT_EXPECT_TRUE(test, PAGE_ALIGNED(small_bar(fn)->start));
	/* As a driver's slot_reset() does */
	pci_restore_state(pdev);
	KUNIT_EXPECT_EQ(test, ehost_peek(fn, PCI_BASE_ADDRESS_0) &
			PCI_BASE_ADDRESS_MEM_MASK, addr);
}

/*
 * A function that vfio-pci holds is at the start of the window. The free space
 * is what the new function needs, with three spare pages or none.
 */
static struct ehost_fn *held_and_nearly_full(struct kunit *test, bool spare,
					     struct ehost_fn **added)
{
	struct ehost_fn_desc desc = small_desc(test, RIG_FORWARD);
	struct rig *rig = test->priv;
	struct ehost_fn *fn;
	unsigned int i;

	small_bridge(test);
	desc.device = RIG_HELD;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	desc = small_desc(test, 0);
	/* Everything from 64 KiB on is in use. */
	for (i = 0; i < 4; i++)
		desc.bar[i] = (struct ehost_bar_desc){
			SZ_512K >> i, RIG_FORWARD + (SZ_512K >> i),
		};
	rig_add(test, PCI_DEVFN(5, 0), &desc);
	memset(desc.bar, 0, sizeof(desc.bar));
	desc.bar[0] = (struct ehost_bar_desc){ SZ_16K, RIG_FORWARD + SZ_16K };
	if (!spare) {
		desc.bar[1] = (struct ehost_bar_desc){
			SZ_4K, RIG_FORWARD + SZ_4K,
		};
		desc.bar[2] = (struct ehost_bar_desc){
			SZ_8K, RIG_FORWARD + SZ_8K,
		};
	}
	rig_add(test, PCI_DEVFN(6, 0), &desc);
	rig_scan(test);
	rig_start(test);
	rig_holder(test, true);
	rig_driver(test, true);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	look(test, fn);

	desc = small_desc(test, 0);
	desc.device = RIG_DRIVEN;
	desc.bar[1].size = SZ_32K;
	*added = rig_add(test, PCI_DEVFN(7, 0), &desc);
	ehost_rescan(rig->host);
	return fn;
}

/* It is assigned to a page that user space has, and moved before its probe. */
static void step_aside_test(struct kunit *test)
{
	struct ehost_fn *fn, *added;

	if (PAGE_SIZE != SZ_4K)
		kunit_skip(test, "the window is made for pages of 4 KiB");
	fn = held_and_nearly_full(test, true, &added);
	KUNIT_EXPECT_NOT_NULL(test, small_bar(added)->parent);
	KUNIT_EXPECT_NOT_NULL(test, small_bar(added)[1].parent);
	KUNIT_EXPECT_NE(test, small_bar(added)->start & PAGE_MASK,
			small_bar(fn)->start);
	look(test, fn);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	KUNIT_EXPECT_TRUE(test, small_vfio_maps(fn));
}

/* There is no other room: it stays, and the page is reported as shared. */
static void make_way_test(struct kunit *test)
{
	struct small_listener listener;
	struct ehost_fn *fn, *added;

	if (PAGE_SIZE != SZ_4K)
		kunit_skip(test, "the window is made for pages of 4 KiB");
	fn = held_and_nearly_full(test, false, &added);
	KUNIT_EXPECT_NOT_NULL(test, small_bar(added)->parent);
	KUNIT_EXPECT_NOT_NULL(test, small_bar(added)[1].parent);
	KUNIT_EXPECT_EQ(test, small_bar(added)->start & PAGE_MASK,
			small_bar(fn)->start);
	small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));

	/* Its event comes after the change is visible. */
	look(test, fn);
	small_listen(test, &listener, fn);
	ehost_unplug(added);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	/* The event comes after the change is visible. */
	look(test, fn);
	KUNIT_EXPECT_EQ(test, listener.told, 1);
	small_stop_listening(&listener);
	KUNIT_EXPECT_TRUE(test, small_vfio_maps(fn));
}

/*
 * VFIO is kept from a page in which a function decodes that was removed or,
 * with @lost, has lost its address. When the core finds it and there is no other
 * room, it gets its old place.
 */
static void returns(struct kunit *test, bool lost)
{
	struct ehost_fn_desc desc = small_desc(test, RIG_FORWARD);
	struct ehost_fn *fn, *other, *last;
	struct rig *rig = test->priv;
	unsigned int i, slot;

	if (PAGE_SIZE != SZ_4K)
		kunit_skip(test, "the window is made for pages of 4 KiB");
	small_bridge(test);
	desc.device = RIG_HELD;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	desc = small_desc(test, 0);
	desc.bar[0] = (struct ehost_bar_desc){ SZ_2K, RIG_FORWARD + SZ_2K };
	other = rig_add(test, PCI_DEVFN(5, 0), &desc);
	/* All other pages are in use. */
	for (slot = 6; slot < 8; slot++) {
		for (i = 0; i < 4; i++) {
			u64 size = SZ_512K >> i >> (slot - 6) * 4;

			desc.bar[i] = (struct ehost_bar_desc){
				size, RIG_FORWARD + size,
			};
		}
		rig_add(test, PCI_DEVFN(slot, 0), &desc);
	}
	rig_scan(test);
	rig->isolate = "off";
	rig_start(test);
	rig_holder(test, true);
	small_expect_page(test, fn, SB_PAGE_SHARED);
	if (lost) {
		/* As the core does if it has no room when it assigns all again */
		pci_lock_rescan_remove();
		release_resource(small_bar(other));
		pci_unlock_rescan_remove();
	} else {
		ehost_remove(other);
	}
	look(test, fn);
	small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));

	/* If another function comes first, VFIO does not get the page. */
	desc = small_desc(test, 0);
	desc.bar[0].size = SZ_1M;
	last = rig_add(test, PCI_DEVFN(3, 0), &desc);
	ehost_rescan(rig->host);
	KUNIT_EXPECT_NULL(test, small_bar(last)->parent);
	KUNIT_ASSERT_NOT_NULL(test, ehost_dev(other));
	KUNIT_EXPECT_NOT_NULL(test, small_bar(other)->parent);
	look(test, fn);
	small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));
	small_expect_bare(test, fn);
}

static void returning_test(struct kunit *test)
{
	returns(test, false);
}

static void lost_test(struct kunit *test)
{
	returns(test, true);
}

/*
 * A BAR that the core assigns to the page, as it would without the module,
 * leaves again. @device selects who has the function with that page.
 */
static void page_is_left(struct kunit *test, u16 device)
{
	struct ehost_fn_desc desc = small_desc(test, RIG_FORWARD);
	struct rig *rig = test->priv;
	struct ehost_fn *fn, *added;

	small_bridge(test);
	desc.device = device;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	rig_start(test);
	rig_holder(test, true);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	look(test, fn);
	added = small_add(test, 5, 0);
	ehost_rescan(rig->host);
	look(test, fn);
	KUNIT_EXPECT_NE(test, small_bar(added)->start & PAGE_MASK,
			small_bar(fn)->start);
	small_expect_page(test, added, SB_PAGE_EXCLUSIVE);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	if (device == RIG_HELD)
		KUNIT_EXPECT_TRUE(test, small_vfio_maps(fn));
	else
		small_expect_padded(test, fn);

	/* The control: with isolate=off it stays and shares the page. */
	rig_stop(test);
	ehost_unplug(added);
	rig->isolate = "off";
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	look(test, fn);
	added = small_add(test, 5, 0);
	ehost_rescan(rig->host);
	look(test, fn);
	KUNIT_EXPECT_EQ(test, small_bar(added)->start & PAGE_MASK,
			small_bar(fn)->start);
	small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));
}

static void held_page_test(struct kunit *test)
{
	page_is_left(test, RIG_HELD);
}

static void padded_page_test(struct kunit *test)
{
	page_is_left(test, RIG_DEVICE);
}

/* A hypervisor that opens vfio-pci just after a function was added */
static struct {
	struct resource *res;
	unsigned int opened;
	unsigned int refused;
} opener;

static int open_when_added(struct notifier_block *nb, unsigned long action,
			   void *data)
{
	if (action == BUS_NOTIFY_ADD_DEVICE && rig_vfio_maps(opener.res))
		opener.opened++;
	else if (action == BUS_NOTIFY_ADD_DEVICE)
		opener.refused++;
	return NOTIFY_OK;
}

/* After the driver's own */
static struct notifier_block open_block = {
	.notifier_call = open_when_added,
	.priority = INT_MIN,
};

/*
 * While the core enumerates, the module reserves nothing in the page of such a
 * function: vfio-pci would not map the BAR until it is opened again.
 */
static void opened_when_added_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, RIG_FORWARD);
	struct rig *rig = test->priv;
	struct ehost_fn *fn;
	int ret;

	small_bridge(test);
	desc.device = RIG_HELD;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	rig_start(test);
	rig_holder(test, true);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	look(test, fn);

	opener.res = small_bar(fn);
	opener.opened = 0;
	opener.refused = 0;
	small_add(test, 5, 0);
	small_add(test, 6, 0);
	ret = bus_register_notifier(&pci_bus_type, &open_block);
	ehost_rescan(rig->host);
	if (!ret)
		bus_unregister_notifier(&pci_bus_type, &open_block);
	KUNIT_EXPECT_EQ(test, opener.opened, 2);
	KUNIT_EXPECT_EQ(test, opener.refused, 0);
}

/* Its own driver finds what firmware or the core has left. */
static void driven_stays_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, 0);
	struct rig *rig = test->priv;
	struct ehost_fn *fn, *added;

	small_bridge(test);
	fn = small_add(test, 4, RIG_FORWARD);
	rig_scan(test);
	rig_start(test);
	rig_driver(test, true);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	look(test, fn);
	desc.device = RIG_DRIVEN;
	added = rig_add(test, PCI_DEVFN(5, 0), &desc);
	ehost_rescan(rig->host);
	KUNIT_EXPECT_EQ(test, small_bar(added)->start & PAGE_MASK,
			small_bar(fn)->start);
	look(test, fn);
	small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_EQ(test, small_bar(added)->start, rig->bar_at_probe.start);
}

/* Virtual functions get the same addresses as without the module. */
static void iov(struct kunit *test, bool loaded)
{
	struct ehost_fn_desc desc = small_desc(test, 0);
	struct rig *rig = test->priv;
	struct ehost_fn *fn;
	unsigned int i;
	int ret;

	if (!ehost_has_vfs())
		kunit_skip(test, "no VFs");
	/* All of the root window but the last four pages */
	rig_host(test, EHOST_FIRMWARE, 0);
	for (i = 0; i < EHOST_NUM_BARS; i++)
		desc.bar[i] = (struct ehost_bar_desc){
			SZ_8M >> i, RIG_WINDOW + SZ_16M - (SZ_16M >> i),
		};
	rig_add(test, PCI_DEVFN(3, 0), &desc);
	for (i = 0; i < EHOST_NUM_BARS; i++)
		desc.bar[i] = (struct ehost_bar_desc){
			SZ_128K >> i < 4 * PAGE_SIZE ? 0 : SZ_128K >> i,
			RIG_WINDOW + SZ_16M - (SZ_256K >> i),
		};
	rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	if (loaded)
		rig_start(test);
	desc = small_desc(test, 0);
	desc.bar[1].size = SMALL_SIZE;
	desc.caps = EHOST_CAP_PCIE | EHOST_CAP_SRIOV;
	desc.vfs = 3;
	desc.vf_bar[0].size = PAGE_SIZE;
	fn = rig_add(test, PCI_DEVFN(9, 0), &desc);
	ehost_rescan(rig->host);
	if (loaded)
		look(test, fn);

	KUNIT_EXPECT_NOT_NULL(test, small_bar(fn)->parent);
	KUNIT_EXPECT_NOT_NULL(test,
			      ehost_dev(fn)->resource[PCI_IOV_RESOURCES].parent);
	ret = ehost_enable_vfs(fn, 3);
	KUNIT_EXPECT_EQ(test, ret, 0);
	if (!ret)
		ehost_disable_vfs(fn);
}

static void iov_control_test(struct kunit *test)
{
	iov(test, false);
}

static void iov_test(struct kunit *test)
{
	iov(test, true);
}

/* BARs of a bound function stay in place. */
static void bound_stays(struct kunit *test, bool loaded)
{
	struct ehost_fn_desc desc = small_desc(test, 0);
	struct rig *rig = test->priv;
	struct ehost_fn *bound, *added;
	resource_size_t before;
	struct pci_dev *bridge;

	bound = fill_but_16k(test, RIG_DRIVEN);
	rig_scan(test);
	rig_driver(test, true);
	if (loaded) {
		rig_start(test);
		look(test, bound);
	}
	before = small_bar(bound)->start;

	desc.bar[0].size = SZ_8K;
	desc.bar[1].size = SZ_4K;
	desc.bar[2].size = SMALL_SIZE;
	desc.bar[3].size = SMALL_SIZE;
	added = rig_add(test, PCI_DEVFN(5, 0), &desc);
	bridge = ehost_dev(rig->above);
	/* As shpchp and cpcihp do */
	pci_lock_rescan_remove();
	pci_scan_slot(bridge->subordinate, PCI_DEVFN(5, 0));
	pci_assign_unassigned_bridge_resources(bridge);
	pci_bus_add_devices(bridge->subordinate);
	pci_unlock_rescan_remove();
	if (loaded)
		look(test, bound);
	KUNIT_EXPECT_NOT_NULL(test, small_bar(added)->parent);
	KUNIT_EXPECT_EQ(test, small_bar(bound)->start, before);
}

static void bound_stays_control_test(struct kunit *test)
{
	bound_stays(test, false);
}

static void bound_stays_test(struct kunit *test)
{
	bound_stays(test, true);
}

/* Two new bridges: each gets the same window as without the module. */
static void two_bridges(struct kunit *test, bool loaded)
{
	const struct ehost_fn_desc bridge = {
		.device = 0x2001,
		.class = 0x060400,
		.bridge = true,
		.command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER,
	};
	struct ehost_fn_desc desc = small_desc(test, 0);
	struct rig *rig = test->priv;
	struct ehost_fn *a, *b, *in_b;
	struct pci_dev *pdev;
	unsigned int i;
	u64 sum = 0;

	rig_host(test, EHOST_FIRMWARE, 0);
	desc.bar[0] = (struct ehost_bar_desc){ SZ_8M, RIG_WINDOW };
	desc.bar[1] = (struct ehost_bar_desc){ SZ_4M, RIG_WINDOW + SZ_8M };
	desc.bar[2] = (struct ehost_bar_desc){ SZ_2M,
					       RIG_WINDOW + SZ_8M + SZ_4M };
	rig_add(test, PCI_DEVFN(3, 0), &desc);
	rig_scan(test);
	if (loaded)
		rig_start(test);

	a = rig_add(test, PCI_DEVFN(5, 0), &bridge);
	b = rig_add(test, PCI_DEVFN(6, 0), &bridge);
	rig->above = a;
	desc = small_desc(test, 0);
	for (i = 0; i < EHOST_NUM_BARS; i++)
		desc.bar[i] = (struct ehost_bar_desc){ SZ_512K >> i };
	rig_add(test, PCI_DEVFN(4, 0), &desc);
	for (i = 0; i < EHOST_NUM_BARS; i++)
		desc.bar[i] = (struct ehost_bar_desc){ SZ_8K >> i };
	rig_add(test, PCI_DEVFN(5, 0), &desc);
	small_add(test, 6, 0);
	rig->above = b;
	desc = small_desc(test, 0);
	desc.bar[0].size = SZ_512K;
	in_b = rig_add(test, PCI_DEVFN(4, 0), &desc);
	ehost_rescan(rig->host);
	if (loaded)
		look(test, in_b);

	KUNIT_ASSERT_NOT_NULL(test, ehost_dev(a)->subordinate);
	list_for_each_entry(pdev, &ehost_dev(a)->subordinate->devices, bus_list)
		for (i = 0; i < PCI_STD_NUM_BARS; i++)
			if (pdev->resource[i].parent)
				sum += resource_size(&pdev->resource[i]);
	KUNIT_EXPECT_EQ(test, sum, (u64)SZ_1M);
	KUNIT_EXPECT_NOT_NULL(test, small_bar(in_b)->parent);
}

static void two_bridges_control_test(struct kunit *test)
{
	two_bridges(test, false);
}

static void two_bridges_test(struct kunit *test)
{
	two_bridges(test, true);
}

/* A ROM that fits nowhere costs no function its page. */
static void rom_too_large_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, 0);
	struct rig *rig = test->priv;
	struct ehost_fn *fn[2];
	unsigned int i;

	small_bridge(test);
	small_add(test, 3, RIG_FORWARD + SZ_512K);
	rig_scan(test);
	rig_start(test);
	rig_holder(test, true);
	desc.device = RIG_HELD;
	for (i = 0; i < 2; i++)
		fn[i] = rig_add(test, PCI_DEVFN(4 + i, 0), &desc);
	desc = rig_desc(test);
	desc.bar[0] = (struct ehost_bar_desc){ SZ_64K };
	desc.bar[1].size = 0;
	desc.rom.size = SZ_1M;
	rig_add(test, PCI_DEVFN(6, 0), &desc);
	ehost_rescan(rig->host);
	look(test, fn[0]);
	for (i = 0; i < 2; i++) {
		small_expect_page(test, fn[i], SB_PAGE_EXCLUSIVE);
		KUNIT_EXPECT_TRUE(test, small_vfio_maps(fn[i]));
		/* What the core saved when it added them is still valid. */
		pci_restore_state(ehost_dev(fn[i]));
		KUNIT_EXPECT_EQ(test, ehost_peek(fn[i], PCI_BASE_ADDRESS_0) &
				PCI_BASE_ADDRESS_MEM_MASK,
				(u32)pci_bus_address(ehost_dev(fn[i]), 0));
	}
}

static struct kunit_case isolate_tests[] = {
	KUNIT_CASE(bound_test),
	KUNIT_CASE(reset_meanwhile_test),
	KUNIT_CASE(busy_test),
	KUNIT_CASE(off_test),
	KUNIT_CASE(firmware_test),
	KUNIT_CASE_PARAM(orphan_test, orphan_gen_params),
	KUNIT_CASE(other_driver_test),
	KUNIT_CASE(hot_add_test),
	KUNIT_CASE(scarce_test),
	KUNIT_CASE(spread_off_test),
	KUNIT_CASE(spread_on_test),
	KUNIT_CASE(spread_held_control_test),
	KUNIT_CASE(spread_held_test),
	KUNIT_CASE(restored_test),
	KUNIT_CASE(step_aside_test),
	KUNIT_CASE(make_way_test),
	KUNIT_CASE(returning_test),
	KUNIT_CASE(lost_test),
	KUNIT_CASE(held_page_test),
	KUNIT_CASE(padded_page_test),
	KUNIT_CASE(opened_when_added_test),
	KUNIT_CASE(driven_stays_test),
	KUNIT_CASE(iov_control_test),
	KUNIT_CASE(iov_test),
	KUNIT_CASE(bound_stays_control_test),
	KUNIT_CASE(bound_stays_test),
	KUNIT_CASE(two_bridges_control_test),
	KUNIT_CASE(two_bridges_test),
	KUNIT_CASE(rom_too_large_test),
	{}
};

static struct kunit_suite isolate_suite = {
	.name = "shadowbar_isolate",
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = isolate_tests,
};

kunit_test_suite(isolate_suite);
