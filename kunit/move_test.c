// SPDX-License-Identifier: GPL-2.0-only
/* move: BARs that share a page, and get one to themselves. */
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/vgaarb.h>

#include "function.h"
#include "mapping.h"
#include "small.h"

static int isolate(struct kunit *test, struct ehost_fn *fn)
{
	return sb_pages_isolate(rig_function(test, fn)->pages, 0);
}

static enum sb_move moved(struct kunit *test, struct ehost_fn *fn)
{
	return sb_pages_moved(rig_function(test, fn)->pages, 0);
}

static void expect_moved(struct kunit *test, struct ehost_fn *fn,
			 struct ehost_fn *first)
{
	struct rig *rig = test->priv;
	u64 addr;

	KUNIT_EXPECT_EQ(test, isolate(test, fn), 0);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_DONE);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, fn);
	KUNIT_EXPECT_NE(test, small_bar(fn)->start & PAGE_MASK,
			small_bar(first)->start & PAGE_MASK);

	/* Register and resource agree, and the device moves. */
	addr = pci_bus_address(ehost_dev(fn), 0);
	KUNIT_EXPECT_EQ(test, ehost_peek(fn, PCI_BASE_ADDRESS_0) &
			PCI_BASE_ADDRESS_MEM_MASK, lower_32_bits(addr));
	if (ehost_peek(fn, PCI_COMMAND) & PCI_COMMAND_MEMORY)
		KUNIT_EXPECT_EQ(test, ehost_read_bus(rig->host, addr),
				ehost_bar_pattern(fn, 0));
	small_expect_no_harm(test);
}

static void moved_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn = small_two(test, &desc, &first);

	expect_moved(test, fn, first);
	/* This register, and no other */
	KUNIT_EXPECT_EQ(test, small_changed(test), 1);
	small_expect_page(test, first, SB_PAGE_EXCLUSIVE);
	small_expect_padded(test, first);

	/* The second time there is nothing to do. */
	KUNIT_EXPECT_EQ(test, isolate(test, fn), 0);
	KUNIT_EXPECT_EQ(test, small_changed(test), 1);

	rig_stop(test);
	small_expect_bare(test, fn);
	KUNIT_EXPECT_EQ(test, small_changed(test), 1);
}

static void decode_off_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn;

	desc.command = 0;
	fn = small_two(test, &desc, &first);
	expect_moved(test, fn, first);
	KUNIT_EXPECT_EQ(test, small_changed(test), 1);
}

static void wide_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn;

	desc.bar[0].flags = EHOST_64;
	fn = small_two(test, &desc, &first);
	expect_moved(test, fn, first);
}

/* Another BAR would decode an address that nobody has checked. */
static void others_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn;

	desc.command = 0;
	desc.bar[1] = (struct ehost_bar_desc){ SZ_64K, SMALL_AT + SZ_1M };
	fn = small_two(test, &desc, &first);
	ehost_poke(fn, PCI_BASE_ADDRESS_1, SMALL_AT);
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EBUSY);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_OTHERS);
	KUNIT_EXPECT_EQ(test, small_changed(test), 1);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
}

/*
 * The same for a BAR that the core has forgotten, also when one config read
 * fails: the n-th, for every n, unless a look that was queued reads, too.
 */
static void stray_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn;
	struct resource *res;
	unsigned int n;

	desc.command = 0;
	desc.bar[2] = (struct ehost_bar_desc){ SZ_64K, SMALL_AT + SZ_1M };
	fn = small_two(test, &desc, &first);
	pci_lock_rescan_remove();
	res = &ehost_dev(fn)->resource[2];
	release_resource(res);
	res->flags = 0;
	res->start = 0;
	res->end = 0;
	pci_unlock_rescan_remove();
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EBUSY);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_OTHERS);

	for (n = 0; n < 60; n++) {
		ehost_fail_one_read(fn, n);
		KUNIT_EXPECT_LT_MSG(test, isolate(test, fn), 0, "read %u", n);
		ehost_return(fn);
	}
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_OTHERS);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	rig_expect_clean(test, "stray");
}

/* A reset after which nothing was restored, or [virtual] in lspci */
static void elsewhere_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn;

	fn = small_two(test, &desc, &first);
	ehost_poke(fn, PCI_BASE_ADDRESS_0, 0);
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EBUSY);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_ELSEWHERE);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
}

static void bound_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn;

	desc.device = RIG_DRIVEN;
	rig_driver(test, true);
	fn = small_two(test, &desc, &first);
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EBUSY);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_BOUND);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	rig_expect_clean(test, "bound");

	rig_driver(test, false);
	KUNIT_EXPECT_EQ(test, isolate(test, fn), 0);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
}

static void denied_test(struct kunit *test)
{
	struct ehost_fn *first, *fn;

	rig_host(test, EHOST_FIRMWARE, 1);
	first = small_add(test, 4, SMALL_AT);
	fn = small_add(test, 5, SMALL_AT + SMALL_SIZE);
	rig_scan(test);
	rig_start_with(test, "auto", "on", "5b5b:3001");
	small_expect_page(test, first, SB_PAGE_SHARED);
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EPERM);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_DENIED);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	rig_expect_clean(test, "denied");
}

static void busy_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn = small_two(test, &desc, &first);
	struct resource *console;

	console = request_mem_region(small_bar(fn)->start, 16, "console");
	KUNIT_ASSERT_NOT_NULL(test, console);
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EBUSY);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_PINNED);
	release_mem_region(small_bar(fn)->start, 16);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	rig_expect_clean(test, "busy");
}

/* A BAR that the core must not move */
static void fixed_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn = small_two(test, &desc, &first);

	small_bar(fn)->flags |= IORESOURCE_PCI_FIXED;
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EBUSY);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_PINNED);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	rig_expect_clean(test, "fixed");
}

/* Firmware, or the command line, wants all addresses to stay. */
static void preserved_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn = small_two(test, &desc, &first);
	struct rig *rig = test->priv;
	struct pci_host_bridge *bridge;

	bridge = pci_find_host_bridge(ehost_bus(rig->host));
	bridge->preserve_config = 1;
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EBUSY);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_PINNED);
	bridge->preserve_config = 0;

	pci_add_flags(PCI_PROBE_ONLY);
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EBUSY);
	pci_clear_flags(PCI_PROBE_ONLY);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_PINNED);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	rig_expect_clean(test, "preserved");

	expect_moved(test, fn, first);
}

/* Once its decoding is on, it would decode the boot VGA device's range. */
static void vga_test(struct kunit *test)
{
	struct ehost_fn_desc boot = small_desc(test, SMALL_AT + SZ_1M);
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct rig *rig = test->priv;
	struct ehost_fn *fn, *vga;

	if (vga_default_device())
		kunit_skip(test, "this machine has a boot VGA device");
	rig_host(test, EHOST_FIRMWARE, 0);
	boot.class = PCI_CLASS_DISPLAY_VGA << 8;
	boot.command = PCI_COMMAND_MEMORY | PCI_COMMAND_IO;
	vga = rig_add(test, PCI_DEVFN(3, 0), &boot);
	small_add(test, 4, SMALL_AT);
	desc.class = PCI_CLASS_DISPLAY_VGA << 8;
	desc.command = 0;
	fn = rig_add(test, PCI_DEVFN(5, 0), &desc);
	rig_scan(test);
	if (vga_default_device() != ehost_dev(vga))
		kunit_skip(test, "no VGA arbiter");
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_UNALIGNED);
	rig_outcome(test, fn);
	ehost_reset_oracles(rig->host);
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EBUSY);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_PINNED);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	rig_expect_clean(test, "VGA");
}

static void asleep_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn;
	struct pci_dev *pdev;

	desc.caps = EHOST_CAP_PM;
	fn = small_two(test, &desc, &first);
	pdev = ehost_dev(fn);
	pci_write_config_word(pdev, pdev->pm_cap + PCI_PM_CTRL,
			      (__force u16)PCI_D3hot);
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EBUSY);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_ASLEEP);
	pci_write_config_word(pdev, pdev->pm_cap + PCI_PM_CTRL,
			      (__force u16)PCI_D0);
	rig_expect_clean(test, "asleep");
	KUNIT_EXPECT_EQ(test, isolate(test, fn), 0);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
}

/* In use without a driver: sysfs "enable" */
static void enabled_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn = small_two(test, &desc, &first);
	struct pci_dev *pdev = ehost_dev(fn);
	u32 before = ehost_peek(fn, PCI_BASE_ADDRESS_0);

	KUNIT_ASSERT_EQ(test, pci_enable_device(pdev), 0);
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EBUSY);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_IN_USE);
	KUNIT_EXPECT_EQ(test, ehost_peek(fn, PCI_BASE_ADDRESS_0), before);
	pci_disable_device(pdev);
	KUNIT_EXPECT_EQ(test, isolate(test, fn), 0);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
}

/* The core's saved state must not restore the old address. */
static void saved_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn = small_two(test, &desc, &first);
	u32 before, after;

	before = ehost_peek(fn, PCI_BASE_ADDRESS_0);
	KUNIT_ASSERT_EQ(test, pci_save_state(ehost_dev(fn)), 0);
	expect_moved(test, fn, first);
	after = ehost_peek(fn, PCI_BASE_ADDRESS_0);
	KUNIT_EXPECT_NE(test, after, before);
	pci_restore_state(ehost_dev(fn));
	KUNIT_EXPECT_EQ(test, ehost_peek(fn, PCI_BASE_ADDRESS_0), after);
}

static void stuck_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn = small_two(test, &desc, &first);
	resource_size_t start = small_bar(fn)->start;

	ehost_set_bits(fn, PCI_BASE_ADDRESS_0, 0, 0);
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EIO);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_STUCK);
	KUNIT_EXPECT_EQ(test, small_bar(fn)->start, start);
	small_expect_bare(test, fn);
	rig_expect_clean(test, "stuck");
}

/* The register takes the address, but the device does not move. */
static void stays_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn;
	resource_size_t start;

	desc.quirks = EHOST_BAR_STAYS;
	fn = small_two(test, &desc, &first);
	start = small_bar(fn)->start;
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EIO);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_DIFFERS);
	KUNIT_EXPECT_EQ(test, small_bar(fn)->start, start);
	small_expect_bare(test, fn);
	rig_expect_clean(test, "stays");
}

static void vanished_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn = small_two(test, &desc, &first);

	ehost_vanish_after(fn, 12);
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EIO);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_VANISHED);
	ehost_return(fn);
}

static void unrestorable_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn;

	desc.quirks = EHOST_BAR_STAYS;
	fn = small_two(test, &desc, &first);
	ehost_refuse_restore(fn, PCI_BASE_ADDRESS_0);
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EIO);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_NOT_RESTORED);
	KUNIT_EXPECT_FALSE(test, rig_outcome(test, fn).restored);

	/* Left alone from now on */
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EIO);
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EIO);
}

/* A window without a free page */
static void full_test(struct kunit *test)
{
	struct ehost_fn_desc large = rig_desc(test);
	struct ehost_fn *fn;
	u64 addr = RIG_FORWARD + SZ_1M;
	unsigned int i, nr = 0;
	u64 size;

	small_bridge(test);
	large.rom.size = 0;
	for (size = SZ_512K; size >= PAGE_SIZE; size /= 2) {
		addr -= size;
		large.bar[nr % 6] = (struct ehost_bar_desc){ size, addr };
		if (++nr % 6 == 0 || size == PAGE_SIZE) {
			rig_add(test, PCI_DEVFN(8 + nr, 0), &large);
			for (i = 0; i < EHOST_NUM_BARS; i++)
				large.bar[i].size = 0;
		}
	}
	small_add(test, 4, RIG_FORWARD);
	fn = small_add(test, 5, RIG_FORWARD + SMALL_SIZE);
	rig_scan(test);
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_UNALIGNED);

	KUNIT_EXPECT_EQ(test, isolate(test, fn), -ENOSPC);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_NO_ROOM);
	rig_expect_clean(test, "full");
}

/* A page that is free only in the resource tree is skipped. */
static void hidden_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *other, *fn;

	/* No BAR is at the start of a page: nothing has been checked yet. */
	rig_host(test, EHOST_FIRMWARE, 1);
	fn = rig_add(test, PCI_DEVFN(5, 0), &desc);
	other = small_add(test, 6, SMALL_AT + SZ_1M + SMALL_SIZE);
	rig_scan(test);
	/* The first free page of the window */
	ehost_poke(other, PCI_BASE_ADDRESS_0, RIG_FORWARD);
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_UNALIGNED);
	KUNIT_EXPECT_EQ(test, isolate(test, fn), 0);
	small_expect_page(test, fn, SB_PAGE_EXCLUSIVE);
	KUNIT_EXPECT_NE(test, pci_bus_address(ehost_dev(fn), 0), RIG_FORWARD);
	small_expect_no_harm(test);
}

/* A BAR that can be above 4 GiB moves there, to leave room for others. */
static void high_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn;

	desc.bar[0].flags = EHOST_64 | EHOST_PREF;
	fn = small_two(test, &desc, &first);
	expect_moved(test, fn, first);
	KUNIT_EXPECT_GT(test, pci_bus_address(ehost_dev(fn), 0), U32_MAX);
}

/* A program has mapped the page, or another BAR of the function: no move. */
static void mapped_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn;
	struct mapping mapping;

	desc.bar[1] = (struct ehost_bar_desc){ SZ_64K, SMALL_AT + SZ_1M };
	fn = small_two(test, &desc, &first);
	mapping_init(test, &mapping, first, small_bar(first)->start);
	mapping_add(&mapping);
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EBUSY);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_MAPPED);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	mapping_remove(&mapping);

	/* The last page of another BAR */
	mapping.vma->vm_pgoff = small_bar(fn)[1].end >> PAGE_SHIFT;
	mapping_add(&mapping);
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EBUSY);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_MAPPED);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	mapping_remove(&mapping);
	rig_expect_clean(test, "mapped");

	/* The next page belongs to nothing. */
	mapping.vma->vm_pgoff++;
	mapping_add(&mapping);
	expect_moved(test, fn, first);
	mapping_remove(&mapping);
}

/* It is mapped during the move. */
static void mapped_meanwhile_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn = small_two(test, &desc, &first);
	resource_size_t start = small_bar(fn)->start;
	struct mapping mapping;

	mapping_init(test, &mapping, first, start);
	/* Two reads before the move, one after */
	ehost_hook_mmio(3, mapping_add, &mapping);
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EBUSY);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_MAPPED);
	mapping_remove(&mapping);
	KUNIT_EXPECT_EQ(test, small_bar(fn)->start, start);
	rig_expect_clean(test, "mapped meanwhile");
	expect_moved(test, fn, first);
}

/**
 * struct thief - takes the page that a BAR moves to
 * @window: the window that contains it
 * @detach: the core resizes the window, which removes its contents
 * @page: the range that the move has reserved
 * @res: the range to take, as long as a BAR
 * @go: there is something to take
 * @taken: how often it was free
 */
struct thief {
	struct resource *window;
	bool detach;
	struct resource *page;
	struct resource res;
	bool go;
	unsigned long taken;
};

static void see_page(void *arg)
{
	struct thief *thief = arg;
	struct resource *page = thief->window->child;

	while (page && strcmp(page->name, "shadowbar"))
		page = page->sibling;
	if (WARN_ON(!page))
		return;
	thief->page = page;
	thief->res = (struct resource){
		.name = "thief",
		.start = page->start,
		.end = page->start + SMALL_SIZE - 1,
		.flags = IORESOURCE_MEM,
	};
	if (thief->detach) {
		release_resource(page);
		thief->taken += !request_resource(thief->window, &thief->res);
	}
	/* Set @res first: steal() reads it. */
	smp_store_release(&thief->go, true);
}

static int steal(void *arg)
{
	struct thief *thief = arg;

	while (!kthread_should_stop()) {
		/* Pairs with see_page(). */
		if (smp_load_acquire(&thief->go) &&
		    !request_resource(thief->window, &thief->res)) {
			thief->taken++;
			release_resource(&thief->res);
		}
		cond_resched();
	}
	return 0;
}

/* The page is never free, from the search until the BAR is there. */
static void thief_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct task_struct *task;
	struct thief thief = {};
	struct ehost_fn *first, *fn;
	unsigned int i;

	for (i = 1; i < EHOST_NUM_BARS; i++)
		desc.bar[i] = (struct ehost_bar_desc){
			SMALL_SIZE, SMALL_AT + SMALL_SIZE * (i + 1),
		};
	fn = small_two(test, &desc, &first);
	thief.window = small_bar(fn)->parent;
	task = kthread_run(steal, &thief, "thief");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for (i = 0; i < EHOST_NUM_BARS; i++) {
		ehost_hook_mmio(3, see_page, &thief);
		KUNIT_EXPECT_EQ(test, sb_pages_isolate(rig_function(test, fn)->pages, i),
				0);
		KUNIT_EXPECT_PTR_EQ(test, small_bar(fn)[i].parent,
				    thief.window);
		KUNIT_EXPECT_NULL(test, small_bar(fn)[i].child);
		WRITE_ONCE(thief.go, false);
	}
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, thief.taken, 0);
}

/* The core empties the window, and gives the page to another function. */
static void detached_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn = small_two(test, &desc, &first);
	struct thief thief = {
		.window = small_bar(fn)->parent,
		.detach = true,
	};
	struct resource before = *small_bar(fn);

	ehost_hook_mmio(3, see_page, &thief);
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EAGAIN);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_BUSY);
	KUNIT_EXPECT_EQ(test, thief.taken, 1);
	KUNIT_EXPECT_EQ(test, small_bar(fn)->start, before.start);
	KUNIT_EXPECT_EQ(test, small_bar(fn)->end, before.end);
	KUNIT_EXPECT_PTR_EQ(test, small_bar(fn)->parent, thief.window);
	rig_expect_clean(test, "detached");
	release_resource(&thief.res);
	expect_moved(test, fn, first);
}

/* Also the BAR itself: the core decides on its new address. */
static void detached_bar(void *arg)
{
	release_resource(arg);
}

static void detached_bar_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn = small_two(test, &desc, &first);
	struct resource *window = small_bar(fn)->parent;
	struct resource before = *small_bar(fn);

	ehost_hook_mmio(3, detached_bar, small_bar(fn));
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EAGAIN);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_BUSY);
	KUNIT_EXPECT_EQ(test, small_bar(fn)->start, before.start);
	KUNIT_EXPECT_NULL(test, small_bar(fn)->parent);
	rig_expect_clean(test, "detached");
	KUNIT_EXPECT_EQ(test, request_resource(window, small_bar(fn)), 0);
	expect_moved(test, fn, first);
}

/**
 * struct core - moves a BAR meanwhile, as the core does when it has no room
 * @thief: takes the page that the BAR should move to
 * @fn: the function
 */
struct core {
	struct thief thief;
	struct ehost_fn *fn;
};

static void assign(void *arg)
{
	struct core *core = arg;
	struct pci_dev *pdev = ehost_dev(core->fn);
	struct resource *bar = small_bar(core->fn);
	u64 size = resource_size(bar);

	see_page(&core->thief);
	release_resource(bar);
	bar->start += SZ_2M;
	bar->end = bar->start + size - 1;
	WARN_ON(request_resource(core->thief.window, bar));
	pci_write_config_dword(pdev, PCI_BASE_ADDRESS_0,
			       lower_32_bits(pci_bus_address(pdev, 0)));
}

/* The BAR keeps the address that the core has assigned meanwhile. */
static void assigned_meanwhile_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *first, *fn = small_two(test, &desc, &first);
	struct core core = {
		.thief.window = small_bar(fn)->parent,
		.thief.detach = true,
		.fn = fn,
	};
	u64 start = small_bar(fn)->start;

	ehost_hook_mmio(3, assign, &core);
	KUNIT_EXPECT_EQ(test, isolate(test, fn), -EIO);
	KUNIT_EXPECT_EQ(test, moved(test, fn), SB_MOVE_DIFFERS);
	KUNIT_EXPECT_EQ(test, core.thief.taken, 1);
	release_resource(&core.thief.res);
	KUNIT_EXPECT_EQ(test, small_bar(fn)->start, start + SZ_2M);
	KUNIT_EXPECT_EQ(test, ehost_peek(fn, PCI_BASE_ADDRESS_0),
			lower_32_bits(pci_bus_address(ehost_dev(fn), 0)));
}

static struct kunit_case move_tests[] = {
	KUNIT_CASE(moved_test),
	KUNIT_CASE(decode_off_test),
	KUNIT_CASE(wide_test),
	KUNIT_CASE(others_test),
	KUNIT_CASE(stray_test),
	KUNIT_CASE(elsewhere_test),
	KUNIT_CASE(bound_test),
	KUNIT_CASE(denied_test),
	KUNIT_CASE(busy_test),
	KUNIT_CASE(fixed_test),
	KUNIT_CASE(preserved_test),
	KUNIT_CASE(vga_test),
	KUNIT_CASE(asleep_test),
	KUNIT_CASE(enabled_test),
	KUNIT_CASE(saved_test),
	KUNIT_CASE(stuck_test),
	KUNIT_CASE(stays_test),
	KUNIT_CASE(vanished_test),
	KUNIT_CASE(unrestorable_test),
	KUNIT_CASE(full_test),
	KUNIT_CASE(hidden_test),
	KUNIT_CASE(high_test),
	KUNIT_CASE(mapped_test),
	KUNIT_CASE(mapped_meanwhile_test),
	KUNIT_CASE(thief_test),
	KUNIT_CASE(detached_test),
	KUNIT_CASE(detached_bar_test),
	KUNIT_CASE(assigned_meanwhile_test),
	{}
};

static struct kunit_suite move_suite = {
	.name = "shadowbar_move",
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = move_tests,
};

kunit_test_suite(move_suite);
