// SPDX-License-Identifier: GPL-2.0-only
/*
 * pad: what is in the resource tree around sub-page BARs, on the emulated
 * host.
 */
#include <kunit/test.h>
#include <linux/ioport.h>
#include <linux/pci.h>
#include <linux/sizes.h>

#include "device.h"
#include "small.h"

/* One function, @depth bridges down, alone in its page, without a driver. */
static struct ehost_fn *one(struct kunit *test, unsigned int depth)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT);
	struct ehost_fn *fn;

	desc.device = RIG_DRIVEN;
	rig_host(test, EHOST_FIRMWARE, depth);
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	return fn;
}

static void padded_test(struct kunit *test)
{
	struct ehost_fn *fn = one(test, 1);

	small_expect_padded(test, fn);

	rig_stop(test);
	small_expect_bare(test, fn);
	rig_expect_clean(test, "unloaded");
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, fn);
	rig_expect_clean(test, "loaded again");
}

static void off_test(struct kunit *test)
{
	struct ehost_fn *fn = one(test, 0);
	struct rig *rig = test->priv;

	rig_stop(test);

	rig->pad = "off";
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_UNPADDED);
	small_expect_bare(test, fn);
}

/* Two in one page, both claimed: VFIO sees that by itself. */
static void shared_test(struct kunit *test)
{
	struct sb_page_verdict verdict;
	struct ehost_fn *fn, *other;

	rig_host(test, EHOST_FIRMWARE, 1);
	fn = small_add(test, 4, SMALL_AT);
	other = small_add(test, 5, SMALL_AT + SMALL_SIZE);
	rig_scan(test);
	rig_start(test);

	verdict = small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_EQ(test, verdict.with.devfn, PCI_DEVFN(5, 0));
	KUNIT_EXPECT_FALSE(test, verdict.hidden);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));
	small_expect_bare(test, fn);
	small_expect_page(test, other, SB_PAGE_UNALIGNED);

	/* Alone once the other one is gone. */
	ehost_remove(other);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, fn);
}

/* A neighbour that moved behind the kernel's back. */
static void hidden_test(struct kunit *test)
{
	struct sb_page_verdict verdict;
	struct ehost_fn *fn, *other;
	u32 before;

	rig_host(test, EHOST_FIRMWARE, 1);
	fn = small_add(test, 4, SMALL_AT);
	other = small_add(test, 5, SMALL_AT + SZ_1M);
	rig_scan(test);
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);

	before = ehost_peek(other, PCI_BASE_ADDRESS_0);
	ehost_poke(other, PCI_BASE_ADDRESS_0, SMALL_AT + SMALL_SIZE);
	sb_device_look();
	verdict = small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_EQ(test, verdict.with.devfn, PCI_DEVFN(5, 0));
	KUNIT_EXPECT_TRUE(test, verdict.hidden);
	KUNIT_EXPECT_TRUE(test, verdict.enabled);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));

	ehost_poke(other, PCI_BASE_ADDRESS_0, before);
	sb_device_look();
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, fn);
}

/* A disabled function is a risk, and named. */
static void stale_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SZ_1M);
	struct sb_page_verdict verdict;
	struct ehost_fn *fn, *other;

	rig_host(test, EHOST_FIRMWARE, 1);
	fn = small_add(test, 4, SMALL_AT);
	desc.command = 0;
	other = rig_add(test, PCI_DEVFN(5, 0), &desc);
	rig_scan(test);
	ehost_poke(other, PCI_BASE_ADDRESS_0, SMALL_AT + SZ_4K - SMALL_SIZE);
	rig_start(test);

	verdict = small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_TRUE(test, verdict.hidden);
	KUNIT_EXPECT_FALSE(test, verdict.enabled);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));

	rig_stop(test);
	small_expect_bare(test, fn);
	KUNIT_EXPECT_TRUE(test, small_vfio_maps(fn));
}

/* The core takes a pad out of the tree when it resizes the window. */
static void lost_test(struct kunit *test)
{
	struct resource *res, *pad, *window;
	struct ehost_fn *fn = one(test, 1);
	struct sb_function *function = rig_function(test, fn);
	resource_size_t pad_start;
	struct small_listener listener;

	/* As release_child_resources() leaves it, with the BAR put back. */
	res = small_bar(fn);
	pad = res->parent;
	window = pad->parent;
	pad_start = pad->start;
	pci_lock_rescan_remove();
	KUNIT_EXPECT_EQ(test, release_resource(res), 0);
	KUNIT_EXPECT_EQ(test, release_resource(pad), 0);
	KUNIT_EXPECT_EQ(test, request_resource(window, res), 0);
	pci_unlock_rescan_remove();
	small_expect_bare(test, fn);

	/* A wish waits for a look, and that puts the pad back, and says so. */
	small_listen(test, &listener, fn);
	KUNIT_EXPECT_EQ(test, sb_device_isolate(function, 0), 0);
	KUNIT_EXPECT_EQ(test, listener.told, 1);
	KUNIT_EXPECT_EQ(test, listener.page, SB_PAGE_EXCLUSIVE);
	KUNIT_EXPECT_EQ(test, sb_device_isolate(function, 0), 0);
	KUNIT_EXPECT_EQ(test, listener.told, 1);
	small_stop_listening(&listener);
	KUNIT_EXPECT_EQ(test, small_bar(fn)->start, pad_start);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, fn);
}

/*
 * A function that is too large for the bridge's window makes the core take out
 * all that is in it, resize it, and assign everything anew.
 */
static void resized_test(struct kunit *test)
{
	const struct ehost_fn_desc large = {
		.device = RIG_DEVICE,
		.bar = { { .size = SZ_8M } },
	};
	struct rig *rig = test->priv;
	struct resource *window;
	struct ehost_fn *fn = one(test, 1), *added;
	struct pci_dev *bridge;

	bridge = ehost_dev(rig->above);
	window = &bridge->resource[PCI_BRIDGE_RESOURCES + 1];
	KUNIT_ASSERT_EQ(test, resource_size(window), RIG_FORWARD_SIZE);

	/* As hot-plug drivers do it. */
	added = rig_add(test, PCI_DEVFN(5, 0), &large);
	pci_lock_rescan_remove();
	pci_scan_slot(bridge->subordinate, PCI_DEVFN(5, 0));
	pci_assign_unassigned_bridge_resources(bridge);
	pci_bus_add_devices(bridge->subordinate);
	pci_unlock_rescan_remove();
	KUNIT_EXPECT_GT(test, resource_size(window), RIG_FORWARD_SIZE);
	KUNIT_EXPECT_NOT_NULL(test, small_bar(added)->parent);

	/* A wish waits for a look. */
	KUNIT_EXPECT_EQ(test, sb_device_isolate(rig_function(test, fn), 0), 0);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, fn);
}

/* What an open vfio-pci has in the tree: the rest of the page */
static struct resource vfio_rest(struct ehost_fn *fn)
{
	struct resource *res = small_bar(fn);

	return (struct resource){
		.name = "vfio sub-page reserved",
		.start = res->end + 1,
		.end = res->start + PAGE_SIZE - 1,
		.flags = res->flags,
	};
}

/* The tree has something in the page that is no BAR. */
static void expect_stranger(struct kunit *test, struct ehost_fn *fn,
			    struct resource rest)
{
	struct sb_page_verdict verdict;
	struct resource *res = small_bar(fn);

	rig_stop(test);
	KUNIT_ASSERT_EQ(test, request_resource(res->parent, &rest), 0);
	rig_start(test);
	verdict = small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_EQ(test, verdict.with.kind, SB_DECODER_OTHER);
	KUNIT_EXPECT_PTR_EQ(test, rest.parent, res->parent);
	small_expect_bare(test, fn);
	release_resource(&rest);
	sb_device_look();
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, fn);
}

static void stranger_test(struct kunit *test)
{
	struct ehost_fn *fn = one(test, 1);
	struct resource rest = vfio_rest(fn);

	/* No driver is bound. */
	expect_stranger(test, fn, rest);
	/* A part of it only: the first or the last, or neither */
	rig_driver(test, true);
	rest.end -= 16;
	expect_stranger(test, fn, rest);
	rest.start += 16;
	expect_stranger(test, fn, rest);
	rest.end += 16;
	expect_stranger(test, fn, rest);
}

/* vfio-pci is open when the module goes: what it has stays. */
static void in_use_test(struct kunit *test)
{
	struct ehost_fn *fn = one(test, 1);
	struct resource *res = small_bar(fn), rest = vfio_rest(fn);

	rig_driver(test, true);
	KUNIT_ASSERT_EQ(test, request_resource(res->parent, &rest), 0);
	rig_stop(test);
	KUNIT_EXPECT_PTR_EQ(test, rest.parent, res->parent);
	small_expect_bare(test, fn);

	/* And when it comes: that is no stranger. */
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	KUNIT_EXPECT_PTR_EQ(test, rest.parent, res->parent);
	release_resource(&rest);
	small_expect_padded(test, fn);
}

/* A neighbour is found while vfio-pci is open: it is not to map it again. */
static void hidden_while_open_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT);
	struct ehost_fn *fn, *other;
	struct resource rest;
	u32 before;

	desc.device = RIG_DRIVEN;
	rig_host(test, EHOST_FIRMWARE, 1);
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	other = small_add(test, 5, SMALL_AT + SZ_1M);
	rig_scan(test);
	rig_start(test);
	rig_driver(test, true);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);

	rest = vfio_rest(fn);
	KUNIT_ASSERT_EQ(test, request_resource(small_bar(fn)->parent, &rest),
			0);
	before = ehost_peek(other, PCI_BASE_ADDRESS_0);
	ehost_poke(other, PCI_BASE_ADDRESS_0, SMALL_AT + SMALL_SIZE);
	sb_device_look();
	small_expect_page(test, fn, SB_PAGE_SHARED);
	release_resource(&rest);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));

	ehost_poke(other, PCI_BASE_ADDRESS_0, before);
	sb_device_look();
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, fn);
}

/* To resize a BAR the core wants to empty the window of what is its own. */
static void resizable_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT);
	struct ehost_fn *fn;

	desc.caps = EHOST_CAP_PCIE;
	rig_host(test, EHOST_FIRMWARE, 0);
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	ehost_poke(fn, PCI_CFG_SPACE_SIZE, PCI_EXT_CAP_ID_REBAR | 1 << 16);
	rig_scan(test);
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_UNPADDED);
	small_expect_bare(test, fn);
}

/* A bridge goes, and takes its window with it. */
static void bridge_gone_test(struct kunit *test)
{
	struct ehost_fn *fn = one(test, 2);
	struct rig *rig = test->priv;
	struct pci_dev *bridge;

	bridge = pci_dev_get(ehost_dev(rig->above));
	ehost_remove(rig->above);
	KUNIT_EXPECT_NULL(test, ehost_dev(fn));
	KUNIT_EXPECT_NULL(test, bridge->resource[PCI_BRIDGE_RESOURCES + 1].child);
	pci_dev_put(bridge);

	ehost_rescan(rig->host);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, fn);
}

/* Bridges' windows and ROM BARs are decoders too. */
static void window_test(struct kunit *test)
{
	const struct ehost_fn_desc bridge = {
		.device = 0x2001,
		.class = 0x060400,
		.bridge = true,
		.command = PCI_COMMAND_MEMORY,
		.mem = { RIG_WINDOW + SZ_8M, SZ_1M },
	};
	struct sb_page_verdict verdict;
	struct ehost_fn *fn, *other;

	rig_host(test, EHOST_FIRMWARE, 0);
	fn = small_add(test, 4, SMALL_AT);
	other = rig_add(test, PCI_DEVFN(5, 0), &bridge);
	rig_scan(test);
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);

	ehost_poke(other, PCI_MEMORY_BASE,
		   (SMALL_AT >> 16 & 0xfff0) | (SMALL_AT & 0xfff00000));
	sb_device_look();
	verdict = small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_EQ(test, verdict.with.kind, SB_DECODER_WINDOW);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));
}

static void rom_bar_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_page_verdict verdict;
	struct ehost_fn *fn, *other;

	rig_host(test, EHOST_FIRMWARE, 0);
	fn = small_add(test, 4, SMALL_AT);
	other = rig_add(test, PCI_DEVFN(5, 0), &desc);
	rig_scan(test);
	rig_start_with(test, "manual", "on", "");
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);

	ehost_poke(other, PCI_ROM_ADDRESS, SMALL_AT | PCI_ROM_ADDRESS_ENABLE);
	sb_device_look();
	verdict = small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_EQ(test, verdict.with.kind, SB_DECODER_ROM);
	KUNIT_EXPECT_TRUE(test, verdict.hidden);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));
}

static void whole_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn;

	/* Nothing of it is smaller than a page, whatever that is. */
	desc.bar[1].size = 0;
	rig_host(test, EHOST_FIRMWARE, 0);
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_WHOLE);
	small_expect_bare(test, fn);
}

static struct kunit_case pad_tests[] = {
	KUNIT_CASE(padded_test),
	KUNIT_CASE(off_test),
	KUNIT_CASE(shared_test),
	KUNIT_CASE(hidden_test),
	KUNIT_CASE(stale_test),
	KUNIT_CASE(lost_test),
	KUNIT_CASE(resized_test),
	KUNIT_CASE(stranger_test),
	KUNIT_CASE(in_use_test),
	KUNIT_CASE(hidden_while_open_test),
	KUNIT_CASE(resizable_test),
	KUNIT_CASE(bridge_gone_test),
	KUNIT_CASE(window_test),
	KUNIT_CASE(rom_bar_test),
	KUNIT_CASE(whole_test),
	{}
};

static struct kunit_suite pad_suite = {
	.name = "shadowbar_pad",
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = pad_tests,
};

kunit_test_suite(pad_suite);
