// SPDX-License-Identifier: GPL-2.0-only
/*
 * pad: the resource tree around sub-page BARs, on the emulated host.
 */
#include <kunit/test.h>
#include <linux/ioport.h>
#include <linux/kthread.h>
#include <linux/pci.h>
#include <linux/sizes.h>

#include "device.h"
#include "function.h"
#include "pages/bind.h"
#include "pages/pages.h"
#include "small.h"

/* A request waits for a look, and for nothing else here. */
static void look(struct kunit *test, struct ehost_fn *fn)
{
	sb_pages_isolate(rig_function(test, fn)->pages, 1);
}

/* One function, @depth bridges down, alone in its page, without a driver */
static struct ehost_fn *one(struct kunit *test, unsigned int depth)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT);
	struct ehost_fn *fn;

	desc.device = RIG_HELD;
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

/* Two in one page, both claimed: VFIO notices by itself. */
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

	/* Alone after the other one is removed */
	ehost_unplug(other);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, fn);
}

/* A function removed through sysfs still decodes, until it is switched off. */
static void removed_test(struct kunit *test)
{
	struct sb_page_verdict verdict;
	struct ehost_fn *fn, *other;
	struct rig *rig = test->priv;
	u64 addr = 0;

	rig_host(test, EHOST_FIRMWARE, 1);
	fn = small_add(test, 4, SMALL_AT);
	other = small_add(test, 5, SMALL_AT + SMALL_SIZE);
	rig_scan(test);
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_SHARED);
	ehost_remove(other);
	look(test, fn);
	KUNIT_EXPECT_TRUE(test, ehost_decodes(other, 0, &addr));
	verdict = small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_EQ(test, verdict.with.devfn, PCI_DEVFN(5, 0));
	KUNIT_EXPECT_TRUE(test, verdict.hidden);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));

	/* It is found again, and is an ordinary neighbour. */
	ehost_rescan(rig->host);
	look(test, fn);
	KUNIT_ASSERT_NOT_NULL(test, ehost_dev(other));
	ehost_poke(other, PCI_COMMAND, 0);
	ehost_remove(other);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
}

/* Each BAR of such a function counts, not only its first. */
static void removed_second_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SZ_1M);
	struct sb_page_verdict verdict;
	struct ehost_fn *fn, *other;

	desc.bar[1] = (struct ehost_bar_desc){ SMALL_SIZE,
					       SMALL_AT + SMALL_SIZE };
	rig_host(test, EHOST_FIRMWARE, 1);
	fn = small_add(test, 4, SMALL_AT);
	other = rig_add(test, PCI_DEVFN(5, 0), &desc);
	rig_scan(test);
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_SHARED);
	ehost_remove(other);
	look(test, fn);
	verdict = small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_TRUE(test, verdict.hidden);
	KUNIT_EXPECT_EQ(test, verdict.with.nr, 1);
}

/* A neighbour that moved behind the kernel's back */
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
	sb_pages_look();
	verdict = small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_EQ(test, verdict.with.devfn, PCI_DEVFN(5, 0));
	KUNIT_EXPECT_TRUE(test, verdict.hidden);
	KUNIT_EXPECT_TRUE(test, verdict.enabled);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));

	ehost_poke(other, PCI_BASE_ADDRESS_0, before);
	sb_pages_look();
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, fn);
}

/*
 * The same between the probe of the function's first driver and the first look:
 * user space is told of a change since the probe.
 */
static void hidden_since_probe_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT);
	struct small_listener listener;
	struct ehost_fn *fn, *other;
	struct rig *rig = test->priv;
	u32 addr;

	desc.device = RIG_HELD;
	rig_host(test, EHOST_FIRMWARE, 1);
	other = small_add(test, 5, SMALL_AT + SZ_1M);
	rig_scan(test);
	rig_start(test);
	rig_holder(test, true);
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);

	pci_lock_rescan_remove();
	pci_rescan_bus(ehost_bus(rig->host));
	small_listen(test, &listener, fn);
	addr = pci_bus_address(ehost_dev(fn), 0);
	ehost_poke(other, PCI_BASE_ADDRESS_0, addr + SMALL_SIZE);
	pci_unlock_rescan_remove();

	/* Afterwards, a look that was queued has told what it found, too. */
	sb_pages_look_now();
	small_expect_page(test, fn, SB_PAGE_SHARED);
	small_stop_listening(&listener);
	KUNIT_EXPECT_EQ(test, listener.told, 1);
	KUNIT_EXPECT_EQ(test, listener.page, SB_PAGE_SHARED);
}

/* A disabled function is a risk, and is named. */
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

/* The core removes a pad from the tree when it resizes the window. */
static void lost_test(struct kunit *test)
{
	struct ehost_fn *fn = one(test, 1);
	struct sb_function *function = rig_function(test, fn);
	struct resource *pad;

	/* As release_child_resources() leaves it, with the BAR back */
	pad = small_bar(fn)->sibling;
	pci_lock_rescan_remove();
	KUNIT_EXPECT_EQ(test, release_resource(pad), 0);
	pci_unlock_rescan_remove();
	small_expect_bare(test, fn);

	/* A request waits for a look, which restores the pad. */
	KUNIT_EXPECT_EQ(test, sb_pages_isolate(function->pages, 0), 0);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, fn);
}

/*
 * For a function that is too large for the bridge's window, the core empties
 * the window, resizes it, and assigns everything again.
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
	resource_size_t before = small_bar(fn)->start;
	struct small_listener listener;
	struct pci_dev *bridge;

	small_listen(test, &listener, fn);
	bridge = ehost_dev(rig->above);
	window = &bridge->resource[PCI_BRIDGE_RESOURCES + 1];
	KUNIT_ASSERT_EQ(test, resource_size(window), RIG_FORWARD_SIZE);

	/* As hot-plug drivers do */
	added = rig_add(test, PCI_DEVFN(5, 0), &large);
	pci_lock_rescan_remove();
	pci_scan_slot(bridge->subordinate, PCI_DEVFN(5, 0));
	pci_assign_unassigned_bridge_resources(bridge);
	pci_bus_add_devices(bridge->subordinate);
	pci_unlock_rescan_remove();
	KUNIT_EXPECT_GT(test, resource_size(window), RIG_FORWARD_SIZE);
	KUNIT_EXPECT_NOT_NULL(test, small_bar(added)->parent);

	/* A request waits for a look, which reports that the BAR has moved. */
	KUNIT_EXPECT_NE(test, small_bar(fn)->start, before);
	KUNIT_EXPECT_EQ(test, sb_pages_isolate(rig_function(test, fn)->pages, 0), 0);
	KUNIT_EXPECT_EQ(test, listener.told, 1);
	KUNIT_EXPECT_EQ(test, listener.page, SB_PAGE_EXCLUSIVE);
	KUNIT_EXPECT_EQ(test, sb_pages_isolate(rig_function(test, fn)->pages, 0), 0);
	KUNIT_EXPECT_EQ(test, listener.told, 1);
	small_stop_listening(&listener);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, fn);
}

/* vfio-pci can claim it. */
static void expect_held(struct kunit *test, struct ehost_fn *fn)
{
	small_expect_bare(test, fn);
	KUNIT_EXPECT_TRUE(test, small_vfio_maps(fn));
}

/* The page contains a resource that is not a BAR. */
static void expect_stranger(struct kunit *test, struct ehost_fn *fn,
			    struct resource rest)
{
	struct sb_page_verdict verdict;
	struct resource *res = small_bar(fn);
	struct rig *rig = test->priv;

	rig_stop(test);
	KUNIT_ASSERT_EQ(test, request_resource(res->parent, &rest), 0);
	rig_start(test);
	verdict = small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_EQ(test, verdict.with.kind, SB_DECODER_OTHER);
	KUNIT_EXPECT_PTR_EQ(test, rest.parent, res->parent);
	small_expect_bare(test, fn);
	release_resource(&rest);
	sb_pages_look();
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	if (rig->holder)
		expect_held(test, fn);
	else
		small_expect_padded(test, fn);
}

static void stranger_test(struct kunit *test)
{
	struct ehost_fn *fn = one(test, 1);
	struct resource rest = rig_vfio_rest(small_bar(fn));

	/* No driver is bound. */
	expect_stranger(test, fn, rest);
	/* Only part of the page: the first, the last, or neither */
	rig_holder(test, true);
	rest.end -= 16;
	expect_stranger(test, fn, rest);
	rest.start += 16;
	expect_stranger(test, fn, rest);
	rest.end += 16;
	expect_stranger(test, fn, rest);
}

/* vfio-pci is open when the module is unloaded: its claim stays. */
static void in_use_test(struct kunit *test)
{
	struct ehost_fn *fn = one(test, 1);
	struct resource *res = small_bar(fn), rest = rig_vfio_rest(res);

	rig_holder(test, true);
	KUNIT_ASSERT_EQ(test, request_resource(res->parent, &rest), 0);
	rig_stop(test);
	KUNIT_EXPECT_PTR_EQ(test, rest.parent, res->parent);
	small_expect_bare(test, fn);

	/* When the module is loaded again, the claim is not a foreign one. */
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	KUNIT_EXPECT_PTR_EQ(test, rest.parent, res->parent);
	release_resource(&rest);
	expect_held(test, fn);
}

/* A neighbour is found while vfio-pci is open: it must not map it again. */
static void hidden_while_open_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT);
	struct ehost_fn *fn, *other;
	struct resource rest;
	u32 before;

	desc.device = RIG_HELD;
	rig_host(test, EHOST_FIRMWARE, 1);
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	other = small_add(test, 5, SMALL_AT + SZ_1M);
	rig_scan(test);
	rig_start(test);
	rig_holder(test, true);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);

	rest = rig_vfio_rest(small_bar(fn));
	KUNIT_ASSERT_EQ(test, request_resource(small_bar(fn)->parent, &rest),
			0);
	before = ehost_peek(other, PCI_BASE_ADDRESS_0);
	ehost_poke(other, PCI_BASE_ADDRESS_0, SMALL_AT + SMALL_SIZE);
	sb_pages_look();
	small_expect_page(test, fn, SB_PAGE_SHARED);
	release_resource(&rest);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));

	ehost_poke(other, PCI_BASE_ADDRESS_0, before);
	sb_pages_look();
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	expect_held(test, fn);
}

/*
 * A neighbour's BAR fills the rest of the page, and something hidden is there,
 * too. VFIO sees the neighbour, so the module puts nothing around it.
 */
static void hidden_behind_a_bar_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT);
	struct ehost_fn *fn, *beside, *other;
	struct sb_page_verdict verdict;

	desc.device = RIG_HELD;
	desc.bar[0].size = PAGE_SIZE / 2;
	rig_host(test, EHOST_FIRMWARE, 1);
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	desc.device = RIG_DEVICE;
	desc.bar[0].addr += PAGE_SIZE / 2;
	beside = rig_add(test, PCI_DEVFN(5, 0), &desc);
	other = small_add(test, 6, SMALL_AT + SZ_1M);
	rig_scan(test);
	ehost_poke(other, PCI_BASE_ADDRESS_0, SMALL_AT + PAGE_SIZE / 2);
	rig_holder(test, true);
	rig_start(test);
	verdict = small_expect_page(test, fn, SB_PAGE_SHARED);
	look(test, fn);
	KUNIT_EXPECT_TRUE(test, verdict.hidden);
	KUNIT_EXPECT_PTR_EQ(test, small_bar(beside)->parent,
			    small_bar(fn)->parent);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));
}

/*
 * When a BAR is resized, the core looks for room for the whole function without
 * telling anybody: no pad of any function may be in its way.
 */
static void resizable_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT);
	struct ehost_fn_desc held_desc = small_desc(test, SMALL_AT + SZ_128K);
	struct ehost_fn *fn, *other, *held;
	const struct resource *small, *next;

	desc.caps = EHOST_CAP_PCIE | EHOST_CAP_REBAR;
	desc.bar[0] = (struct ehost_bar_desc){ SZ_1M, SMALL_AT + SZ_1M };
	desc.bar[1] = (struct ehost_bar_desc){ SMALL_SIZE, SMALL_AT };
	held_desc.device = RIG_HELD;
	rig_host(test, EHOST_FIRMWARE, 0);
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	other = small_add(test, 5, SMALL_AT + SZ_64K);
	held = rig_add(test, PCI_DEVFN(6, 0), &held_desc);
	rig_scan(test);
	/* A capture would wait for the reset, and a look for the capture. */
	rig_start_with(test, "manual", "on", "");
	small_expect_page(test, fn, SB_PAGE_WHOLE);
	small_expect_page(test, other, SB_PAGE_UNPADDED);
	small_expect_bare(test, other);
	small = &ehost_dev(fn)->resource[1];
	KUNIT_ASSERT_NOT_NULL(test, small->parent);
	next = small->sibling;
	KUNIT_EXPECT_FALSE(test, next && next->start == small->end + 1);

	/* VFIO maps it, but that may change without any event. */
	rig_holder(test, true);
	KUNIT_EXPECT_TRUE(test, small_vfio_maps(held));
	small_expect_page(test, held, SB_PAGE_UNPADDED);
	sb_pages_look_now();
	small_expect_page(test, held, SB_PAGE_UNPADDED);
	/* Nor does a neighbour's reset change anything. */
	pci_cfg_access_lock(ehost_dev(other));
	sb_pages_look_now();
	KUNIT_EXPECT_TRUE(test, small_vfio_maps(held));
	small_expect_page(test, held, SB_PAGE_UNPADDED);
	pci_cfg_access_unlock(ehost_dev(other));
	rig_holder(test, false);
}

/* Without a small BAR, it finds no room that a pad could block. */
static void resizable_whole_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, 0);
	struct ehost_fn *other;

	desc.caps = EHOST_CAP_PCIE | EHOST_CAP_REBAR;
	desc.bar[0] = (struct ehost_bar_desc){ SZ_1M, SMALL_AT + SZ_1M };
	rig_host(test, EHOST_FIRMWARE, 0);
	rig_add(test, PCI_DEVFN(4, 0), &desc);
	other = small_add(test, 5, SMALL_AT);
	rig_scan(test);
	rig_start(test);
	small_expect_page(test, other, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, other);
}

/* A bridge is removed, and its window with it. */
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
	sb_pages_look();
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
	/* A ROM without an address that fits into a page keeps pads away. */
	desc.rom.size = max_t(u32, desc.rom.size, PAGE_SIZE);
	other = rig_add(test, PCI_DEVFN(5, 0), &desc);
	rig_scan(test);
	rig_start_with(test, "manual", "on", "");
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);

	ehost_poke(other, PCI_ROM_ADDRESS, SMALL_AT | PCI_ROM_ADDRESS_ENABLE);
	sb_pages_look();
	verdict = small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_EQ(test, verdict.with.kind, SB_DECODER_ROM);
	KUNIT_EXPECT_TRUE(test, verdict.hidden);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));
}

static void whole_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn;

	/* No BAR is smaller than a page, whatever the page size. */
	desc.bar[1].size = 0;
	rig_host(test, EHOST_FIRMWARE, 0);
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_WHOLE);
	small_expect_bare(test, fn);
}

#define MSIX	0x40

/* MSI-X vectors or pending bits in the page of a BAR are reported. */
static void msix_test(struct kunit *test)
{
	struct ehost_fn *fn[3];
	unsigned int i;

	rig_host(test, EHOST_FIRMWARE, 1);
	for (i = 0; i < ARRAY_SIZE(fn); i++) {
		fn[i] = small_add(test, 4 + i, SMALL_AT + i * SZ_64K);
		ehost_poke(fn[i], PCI_COMMAND, PCI_COMMAND_MEMORY |
			   PCI_STATUS_CAP_LIST << 16);
		ehost_poke(fn[i], PCI_CAPABILITY_LIST, MSIX);
		ehost_poke(fn[i], MSIX, PCI_CAP_ID_MSIX);
		ehost_poke(fn[i], MSIX + PCI_MSIX_TABLE, i == 0 ? 0 : 1);
		ehost_poke(fn[i], MSIX + PCI_MSIX_PBA, i == 1 ? 0 : 1);
	}
	rig_scan(test);
	rig_start(test);
	for (i = 0; i < ARRAY_SIZE(fn); i++) {
		struct sb_page_verdict verdict =
			small_expect_page(test, fn[i], SB_PAGE_EXCLUSIVE);

		KUNIT_EXPECT_EQ(test, (bool)verdict.msix, i < 2);
	}
}

/* A neighbour that cannot be read may still decode. */
static void unreadable_test(struct kunit *test)
{
	struct sb_page_verdict verdict;
	struct ehost_fn *fn, *other;

	rig_host(test, EHOST_FIRMWARE, 1);
	fn = small_add(test, 4, SMALL_AT);
	other = small_add(test, 5, SMALL_AT + SZ_1M);
	rig_scan(test);
	ehost_poke(other, PCI_BASE_ADDRESS_0, SMALL_AT + SMALL_SIZE);
	ehost_vanish_after(other, 0);
	rig_start(test);
	verdict = small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_EQ(test, verdict.with.kind, SB_DECODER_UNKNOWN);
	KUNIT_EXPECT_EQ(test, verdict.with.devfn, PCI_DEVFN(5, 0));
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));
	ehost_return(other);
}

/* A reset ends without an event. */
static void read_again_test(struct kunit *test)
{
	struct ehost_fn *fn, *other;

	rig_host(test, EHOST_FIRMWARE, 1);
	fn = small_add(test, 4, SMALL_AT);
	other = small_add(test, 5, SMALL_AT + SZ_1M);
	rig_scan(test);
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);

	ehost_vanish_after(other, 0);
	sb_pages_look_now();
	small_expect_page(test, fn, SB_PAGE_SHARED);
	ehost_return(other);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, fn);
}

/* VFIO resets functions when it opens and closes them. */
static void reset_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT);
	struct rig *rig = test->priv;
	struct ehost_fn *fn, *other;

	rig_host(test, EHOST_FIRMWARE, 1);
	desc.device = RIG_HELD;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	other = small_add(test, 5, SMALL_AT + SZ_1M);
	rig_scan(test);
	/* A capture would wait for the lock below, and everything for it. */
	rig_start_with(test, "manual", "on", "");
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);

	/* A neighbour: as it was, also for vfio-pci. */
	pci_cfg_access_lock(ehost_dev(other));
	sb_pages_look_now();
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, fn);
	rig_holder(test, true);
	KUNIT_EXPECT_TRUE(test, rig->maps_at_probe);
	sb_pages_look_now();
	KUNIT_EXPECT_TRUE(test, small_vfio_maps(fn));
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	pci_cfg_access_unlock(ehost_dev(other));

	/* The function itself */
	pci_cfg_access_lock(ehost_dev(fn));
	sb_pages_look_now();
	KUNIT_EXPECT_TRUE(test, small_vfio_maps(fn));
	pci_cfg_access_unlock(ehost_dev(fn));

	/* One that does not respond is not being reset. */
	pci_cfg_access_lock(ehost_dev(fn));
	ehost_vanish_after(other, 0);
	sb_pages_look_now();
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));
	ehost_return(other);
	pci_cfg_access_unlock(ehost_dev(fn));
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	rig_holder(test, false);
}

/*
 * The core switches decoding of a function with non-compliant BARs off, unless
 * a quirk says that it decodes elsewhere.
 */
static void non_compliant_test(struct kunit *test)
{
	struct sb_page_verdict verdict;
	struct ehost_fn *fn, *other;

	rig_host(test, EHOST_FIRMWARE, 1);
	fn = small_add(test, 4, SMALL_AT);
	other = small_add(test, 5, SMALL_AT + SZ_1M);
	rig_scan(test);
	ehost_dev(other)->non_compliant_bars = true;
	ehost_poke(other, PCI_BASE_ADDRESS_0, SMALL_AT + SMALL_SIZE);
	ehost_poke(other, PCI_COMMAND, 0);
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);

	ehost_poke(other, PCI_COMMAND, PCI_COMMAND_MEMORY);
	sb_pages_look_now();
	verdict = small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_EQ(test, verdict.with.kind, SB_DECODER_UNKNOWN);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));

	ehost_dev(other)->mmio_always_on = true;
	sb_pages_look_now();
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
}

/*
 * A driver enables a function. A BAR that the core had no room for then decodes
 * what firmware left in it.
 */
static void enabled_by_driver_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SZ_1M);
	struct ehost_fn *fn, *other;
	struct pci_dev *pdev;

	/* It has another BAR, too. */
	desc.bar[1] = (struct ehost_bar_desc){ SZ_4K, SMALL_AT + SZ_2M };
	rig_host(test, EHOST_FIRMWARE, 1);
	fn = small_add(test, 4, SMALL_AT + SZ_64K);
	other = rig_add(test, PCI_DEVFN(5, 0), &desc);
	rig_scan(test);
	pdev = ehost_dev(other);
	release_resource(&pdev->resource[0]);
	pdev->resource[0] = (struct resource){};
	ehost_poke(other, PCI_BASE_ADDRESS_0, SMALL_AT);
	ehost_poke(other, PCI_COMMAND, 0);
	rig_start(test);
	/* Nothing is reported when it is enabled, so beware of it before. */
	small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));

	device_lock(&pdev->dev);
	ehost_poke(other, PCI_COMMAND, PCI_COMMAND_MEMORY);
	sb_device_bound(pdev);
	device_unlock(&pdev->dev);
	small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));
}

/* Functions below a subtractive bridge decode outside its windows. */
static void subtractive_test(struct kunit *test)
{
	const struct ehost_fn_desc bridge = {
		.device = 0x2001,
		.class = 0x060401,
		.bridge = true,
		.command = PCI_COMMAND_MEMORY,
		.mem = { RIG_WINDOW + SZ_8M, SZ_1M },
	};
	struct rig *rig = test->priv;
	struct ehost_fn *fn, *below;

	rig_host(test, EHOST_FIRMWARE, 0);
	fn = small_add(test, 4, SMALL_AT);
	rig->above = rig_add(test, PCI_DEVFN(5, 0), &bridge);
	below = small_add(test, 6, RIG_WINDOW + SZ_8M);
	rig_scan(test);
	KUNIT_ASSERT_TRUE(test, ehost_dev(rig->above)->transparent);
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	ehost_poke(below, PCI_BASE_ADDRESS_0, SMALL_AT + SMALL_SIZE);
	sb_pages_look();
	small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));
}

/* Virtual functions decode what their parent's registers say. */
static void vf_register_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SZ_1M);
	struct ehost_fn *fn, *pf;
	int pos;

	if (!ehost_has_vfs())
		kunit_skip(test, "no VFs");
	rig_host(test, EHOST_FIRMWARE, 0);
	fn = small_add(test, 4, SMALL_AT);
	desc.caps = EHOST_CAP_PCIE | EHOST_CAP_SRIOV;
	desc.vfs = 3;
	desc.vf_bar[0] = (struct ehost_bar_desc){ PAGE_SIZE, SMALL_AT + SZ_2M };
	pf = rig_add(test, PCI_DEVFN(9, 0), &desc);
	rig_scan(test);
	pos = pci_find_ext_capability(ehost_dev(pf), PCI_EXT_CAP_ID_SRIOV);
	KUNIT_ASSERT_GT(test, pos, 0);
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	ehost_poke(pf, pos + PCI_SRIOV_NUM_VF, 3);
	ehost_poke(pf, pos + PCI_SRIOV_BAR, SMALL_AT);
	ehost_poke(pf, pos + PCI_SRIOV_CTRL,
		   PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE);
	sb_pages_look();
	small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));
	ehost_poke(pf, pos + PCI_SRIOV_CTRL, 0);
}

/* A host bridge whose register looks like a ROM BAR does not own the bus. */
static void host_bridge_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, 0);
	struct ehost_fn *fn, *bridge;

	rig_host(test, EHOST_FIRMWARE, 0);
	fn = small_add(test, 4, SMALL_AT);
	desc.class = PCI_CLASS_BRIDGE_HOST << 8;
	desc.bar[0].size = 0;
	bridge = rig_add(test, PCI_DEVFN(0, 0), &desc);
	rig_scan(test);
	ehost_poke(bridge, PCI_ROM_ADDRESS,
		   RIG_WINDOW | PCI_ROM_ADDRESS_ENABLE);
	ehost_poke(bridge, PCI_BASE_ADDRESS_2, RIG_WINDOW);
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, fn);

	/* The control: any other function with such registers is a risk. */
	rig_stop(test);
	ehost_dev(bridge)->class = EHOST_CLASS;
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_SHARED);
}

/* A CardBus bridge decodes its first BAR and forwards two windows. */
static void cardbus_test(struct kunit *test)
{
	struct ehost_fn *fn, *other;

	rig_host(test, EHOST_FIRMWARE, 0);
	fn = small_add(test, 4, SMALL_AT);
	other = small_add(test, 5, SMALL_AT + SZ_1M);
	rig_scan(test);
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	ehost_poke(other, PCI_CB_MEMORY_BASE_0, SMALL_AT);
	ehost_poke(other, PCI_CB_MEMORY_LIMIT_0, SMALL_AT);
	pci_lock_rescan_remove();
	ehost_dev(other)->hdr_type = PCI_HEADER_TYPE_CARDBUS;
	pci_unlock_rescan_remove();
	sb_pages_look();
	small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));
	/* In a normal header, these are BARs. */
	ehost_poke(other, PCI_CB_MEMORY_BASE_0, 0);
	ehost_poke(other, PCI_CB_MEMORY_LIMIT_0, 0);
	pci_lock_rescan_remove();
	ehost_dev(other)->hdr_type = PCI_HEADER_TYPE_NORMAL;
	pci_unlock_rescan_remove();
	sb_pages_look();
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
}

/* Enhanced Allocation: no register, and a resource that is not claimed */
static void enhanced_test(struct kunit *test)
{
	struct ehost_fn *fn, *other;
	struct resource *res;

	rig_host(test, EHOST_FIRMWARE, 0);
	fn = small_add(test, 4, SMALL_AT);
	other = small_add(test, 5, SMALL_AT + SZ_1M);
	rig_scan(test);
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	res = &ehost_dev(other)->resource[3];
	pci_lock_rescan_remove();
	res->start = small_bar(fn)->start + SMALL_SIZE;
	res->end = res->start + SMALL_SIZE - 1;
	res->flags = IORESOURCE_MEM | IORESOURCE_PCI_FIXED;
	pci_unlock_rescan_remove();
	sb_pages_look();
	small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));
	pci_lock_rescan_remove();
	*res = (struct resource){};
	pci_unlock_rescan_remove();
}

/* Only PCI functions can get into a padded page. */
static void late_stranger_test(struct kunit *test)
{
	struct ehost_fn *fn = one(test, 1);
	struct resource *res = small_bar(fn), *other;

	other = request_mem_region(res->end + 1, 16, "platform device");
	KUNIT_EXPECT_NULL(test, other);
	if (other)
		release_mem_region(res->end + 1, 16);
	look(test, fn);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, fn);

	/* The control */
	rig_stop(test);
	other = request_mem_region(res->end + 1, 16, "platform device");
	KUNIT_EXPECT_NOT_NULL(test, other);
	if (other)
		release_mem_region(res->end + 1, 16);
}

/* In the page of a function that vfio-pci holds, it is noticed. */
static void held_stranger_test(struct kunit *test)
{
	struct ehost_fn *fn = one(test, 1);
	struct resource *res = small_bar(fn), *other;

	rig_holder(test, true);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	expect_held(test, fn);
	other = request_mem_region(res->end + 1, 16, "platform device");
	KUNIT_ASSERT_NOT_NULL(test, other);
	sb_pages_look();
	small_expect_page(test, fn, SB_PAGE_SHARED);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));
	release_mem_region(res->end + 1, 16);
	sb_pages_look();
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	expect_held(test, fn);
}

/* vfio-pci is bound before the module is loaded, and unbound after it. */
static void load_while_held_test(struct kunit *test)
{
	struct ehost_fn *fn = one(test, 1);

	rig_stop(test);
	rig_holder(test, true);
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	expect_held(test, fn);
	rig_holder(test, false);
	look(test, fn);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, fn);
}

/*
 * The two steps of vfio_pci_probe_mmaps(): load the parent of the BAR, then
 * wait for the lock of the tree. The module is unloaded in between.
 */
static void unload_while_opening_test(struct kunit *test)
{
	struct ehost_fn *fn = one(test, 1);
	struct resource *parent, rest;

	rig_holder(test, true);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	rest = rig_vfio_rest(small_bar(fn));
	parent = READ_ONCE(small_bar(fn)->parent);
	rig_stop(test);
	KUNIT_ASSERT_EQ(test, request_resource(parent, &rest), 0);
	release_resource(&rest);
}

/**
 * struct opener - a hypervisor that opens and closes vfio-pci all the time
 * @res: the BAR
 * @opened: how often it could claim the rest of its page
 * @refused: how often not, although the page is its own all the time
 */
struct opener {
	struct resource *res;
	unsigned long opened;
	unsigned long refused;
};

static int open_and_close(void *arg)
{
	struct opener *opener = arg;

	while (!kthread_should_stop()) {
		if (rig_vfio_maps(opener->res))
			opener->opened++;
		else
			opener->refused++;
		cond_resched();
	}
	return 0;
}

#define LOADS	50

/* The same without a pause: vfio-pci opens while the module is reloaded. */
static void open_while_loaded_test(struct kunit *test)
{
	struct ehost_fn *fn = one(test, 1);
	struct opener opener = { .res = small_bar(fn) };
	struct task_struct *task;
	unsigned int i;

	rig_holder(test, true);
	task = kthread_run(open_and_close, &opener, "opener");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for (i = 0; i < LOADS; i++) {
		rig_stop(test);
		rig_start(test);
		look(test, fn);
	}
	kthread_stop(task);
	KUNIT_EXPECT_GT(test, opener.opened, 0);
	KUNIT_EXPECT_EQ(test, opener.refused, 0);
}

/* From 6.18 on, the core takes the parent of a BAR for a bridge's window. */
static void distribute_test(struct kunit *test)
{
	struct ehost_fn_desc bridge = {
		.device = 0x2001,
		.class = 0x060400,
		.bridge = true,
		.command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER,
		.mem = { RIG_FORWARD, RIG_FORWARD_SIZE },
	};
	struct rig *rig = test->priv;
	struct ehost_fn *fn, *added;
	struct pci_dev *pdev;
	long index;

	rig_host(test, EHOST_FIRMWARE, 0);
	rig->above = rig_add(test, PCI_DEVFN(1, 0), &bridge);
	bridge.mem.base = RIG_FORWARD + SZ_4M + SZ_2M;
	bridge.mem.size = SZ_1M;
	rig_add(test, PCI_DEVFN(1, 0), &bridge);
	fn = small_add(test, 4, SMALL_AT);
	rig_scan(test);
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, fn);

	/* As pbus_select_window() and pci_resource_num() of 7.2 do */
	pdev = ehost_dev(rig->above);
	index = small_bar(fn)->parent - &pdev->resource[PCI_BRIDGE_RESOURCES];
	KUNIT_EXPECT_GE(test, index, 0);
	KUNIT_EXPECT_LT(test, index, PCI_BRIDGE_RESOURCE_NUM);

	/* As check_hotplug_bridge() of acpiphp and a quirk do */
	pdev->is_hotplug_bridge = 1;
	added = small_add(test, 5, 0);
	pci_lock_rescan_remove();
	pci_scan_slot(pdev->subordinate, PCI_DEVFN(5, 0));
	pci_assign_unassigned_bridge_resources(pdev);
	pci_bus_add_devices(pdev->subordinate);
	pci_unlock_rescan_remove();
	KUNIT_EXPECT_NOT_NULL(test, small_bar(added)->parent);
	look(test, fn);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
}

/* A function that a new host adds during a walk, and the number of walks */
static struct {
	struct pci_dev *pdev;
	unsigned int walks;
} newcomer;

static void walk(void (*what)(struct sb_pages *pages, void *arg), void *arg)
{
	if (what != sb_bind_step_aside)
		return;
	/* Such a host does not hold the rescan lock. */
	if (!newcomer.walks++)
		sb_pages_added(newcomer.pdev, NULL);
}

/* A function that is added during a look is left to the next one, not lost. */
static void added_meanwhile_test(struct kunit *test)
{
	static const struct sb_pages_config config = { .each = walk };
	struct ehost_fn *fn;

	rig_host(test, EHOST_FIRMWARE, 0);
	fn = small_add(test, 4, SMALL_AT);
	rig_scan(test);
	newcomer.pdev = ehost_dev(fn);
	newcomer.walks = 0;

	KUNIT_ASSERT_EQ(test, sb_pages_start(&config), 0);
	sb_pages_added(newcomer.pdev, NULL);
	sb_pages_look_now();
	KUNIT_EXPECT_EQ(test, newcomer.walks, 1);
	sb_pages_look_now();
	KUNIT_EXPECT_EQ(test, newcomer.walks, 2);
	/* Nothing is new any more. */
	sb_pages_look_now();
	KUNIT_EXPECT_EQ(test, newcomer.walks, 2);
	sb_pages_stop();
}

static struct kunit_case pad_tests[] = {
	KUNIT_CASE(added_meanwhile_test),
	KUNIT_CASE(padded_test),
	KUNIT_CASE(off_test),
	KUNIT_CASE(shared_test),
	KUNIT_CASE(removed_test),
	KUNIT_CASE(removed_second_test),
	KUNIT_CASE(msix_test),
	KUNIT_CASE(unreadable_test),
	KUNIT_CASE(read_again_test),
	KUNIT_CASE(reset_test),
	KUNIT_CASE(non_compliant_test),
	KUNIT_CASE(enabled_by_driver_test),
	KUNIT_CASE(subtractive_test),
	KUNIT_CASE(vf_register_test),
	KUNIT_CASE(host_bridge_test),
	KUNIT_CASE(cardbus_test),
	KUNIT_CASE(enhanced_test),
	KUNIT_CASE(late_stranger_test),
	KUNIT_CASE(held_stranger_test),
	KUNIT_CASE(load_while_held_test),
	KUNIT_CASE(unload_while_opening_test),
	KUNIT_CASE(open_while_loaded_test),
	KUNIT_CASE(distribute_test),
	KUNIT_CASE(hidden_test),
	KUNIT_CASE(hidden_since_probe_test),
	KUNIT_CASE(stale_test),
	KUNIT_CASE(lost_test),
	KUNIT_CASE(resized_test),
	KUNIT_CASE(stranger_test),
	KUNIT_CASE(in_use_test),
	KUNIT_CASE(hidden_while_open_test),
	KUNIT_CASE(hidden_behind_a_bar_test),
	KUNIT_CASE(resizable_test),
	KUNIT_CASE(resizable_whole_test),
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
