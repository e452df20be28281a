// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions with a BAR that is smaller than a page
 */
#include <linux/ioport.h>
#include <linux/iopoll.h>
#include <linux/pci.h>
#include <linux/string.h>

#include "function.h"
#include "small.h"
#include "trace.h"

struct ehost_fn_desc small_desc(struct kunit *test, u64 addr)
{
	struct ehost_fn_desc desc = rig_desc(test);

	desc.rom.size = 0;
	desc.bar[0] = (struct ehost_bar_desc){ SMALL_SIZE, addr };
	desc.bar[1].size = 0;
	return desc;
}

/* A host with a bridge that forwards the least possible: 1 MiB */
void small_bridge(struct kunit *test)
{
	const struct ehost_fn_desc bridge = {
		.device = 0x2001,
		.class = 0x060400,
		.bridge = true,
		.command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER,
		.mem = { RIG_FORWARD, SZ_1M },
	};
	struct rig *rig = test->priv;

	rig_host(test, EHOST_FIRMWARE, 0);
	rig->above = rig_add(test, PCI_DEVFN(1, 0), &bridge);
}

struct ehost_fn *small_add(struct kunit *test, unsigned int slot,
			   u64 addr)
{
	struct ehost_fn_desc desc = small_desc(test, addr);

	return rig_add(test, PCI_DEVFN(slot, 0), &desc);
}

struct resource *small_bar(struct ehost_fn *fn)
{
	return &ehost_dev(fn)->resource[0];
}

static bool is_page(struct sb_function *function, enum sb_page page)
{
	struct sb_page_verdict verdict;

	sb_pages_verdict(function->pages, 0, &verdict);
	return verdict.page == page;
}

/* Wait for the expected verdict on BAR 0, and return it. */
struct sb_page_verdict small_expect_page(struct kunit *test,
					 struct ehost_fn *fn,
					 enum sb_page page)
{
	struct sb_function *function = rig_function(test, fn);
	struct sb_page_verdict verdict;
	bool as_expected;

	read_poll_timeout(is_page, as_expected, as_expected, USEC_PER_MSEC,
			  SMALL_PATIENCE, false, function, page);
	sb_pages_verdict(function->pages, 0, &verdict);
	KUNIT_EXPECT_STREQ(test, sb_page_name(verdict.page),
			   sb_page_name(page));
	return verdict;
}

/* Could vfio-pci map it now? */
bool small_vfio_maps(struct ehost_fn *fn)
{
	return rig_vfio_maps(small_bar(fn));
}

static bool is_pad(const struct resource *res)
{
	return res && strstr(res->name, "shadowbar");
}

/* The rest of the page is claimed, and nothing is around the BAR. */
void small_expect_padded(struct kunit *test, struct ehost_fn *fn)
{
	struct resource *res = small_bar(fn), *pad = res->sibling;
	char name[48];

	snprintf(name, sizeof(name), "shadowbar %s BAR 0",
		 pci_name(ehost_dev(fn)));
	KUNIT_ASSERT_NOT_NULL(test, res->parent);
	KUNIT_EXPECT_FALSE(test, is_pad(res->parent));
	KUNIT_ASSERT_NOT_NULL(test, pad);
	KUNIT_ASSERT_STREQ(test, pad->name, name);
	KUNIT_EXPECT_EQ(test, pad->start, res->start + SMALL_SIZE);
	KUNIT_EXPECT_EQ(test, pad->end, res->start + PAGE_SIZE - 1);
	KUNIT_EXPECT_EQ(test, resource_size(res), SMALL_SIZE);
	KUNIT_EXPECT_TRUE(test, pad->flags & IORESOURCE_BUSY);
	KUNIT_EXPECT_NULL(test, pad->child);
	KUNIT_EXPECT_FALSE(test, small_vfio_maps(fn));
}

/* Nothing of the module is around or beside it. */
void small_expect_bare(struct kunit *test, struct ehost_fn *fn)
{
	struct resource *res = small_bar(fn);

	KUNIT_ASSERT_NOT_NULL(test, res->parent);
	KUNIT_EXPECT_FALSE(test, is_pad(res->parent));
	KUNIT_EXPECT_FALSE(test, is_pad(res->sibling));
}

static void hear(void *data, struct pci_dev *pdev, unsigned int nr, u8 page)
{
	struct small_listener *listener = data;

	if (pdev != listener->pdev)
		return;
	listener->told++;
	listener->page = page;
}

void small_listen(struct kunit *test, struct small_listener *listener,
		  struct ehost_fn *fn)
{
	*listener = (struct small_listener){ .pdev = ehost_dev(fn) };
	/* The caller may hold the rescan lock. */
	KUNIT_EXPECT_EQ(test, register_trace_shadowbar_page(hear, listener), 0);
}

void small_stop_listening(struct small_listener *listener)
{
	unregister_trace_shadowbar_page(hear, listener);
	tracepoint_synchronize_unregister();
}

/* Number of registers that changed, in all functions */
unsigned int small_changed(struct kunit *test)
{
	struct rig *rig = test->priv;

	return ehost_changed(rig->before, NULL, NULL);
}

/* Nothing decoded or was written where it must not be. */
void small_expect_no_harm(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct ehost_counters c;

	ehost_counters(rig->host, &c);
	KUNIT_EXPECT_EQ(test, c.overlaps, 0);
	KUNIT_EXPECT_EQ(test, c.outside, 0);
	KUNIT_EXPECT_EQ(test, c.bar_writes_live, 0);
	KUNIT_EXPECT_EQ(test, c.master_moves, 0);
}

/* Two in one page; the tests are about the second one. */
struct ehost_fn *small_two(struct kunit *test,
			   const struct ehost_fn_desc *desc,
			   struct ehost_fn **first)
{
	struct rig *rig = test->priv;
	struct ehost_fn *fn;

	rig_host(test, EHOST_FIRMWARE, 1);
	*first = small_add(test, 4, SMALL_AT);
	fn = rig_add(test, PCI_DEVFN(5, 0), desc);
	rig_scan(test);
	rig_start(test);
	small_expect_page(test, fn, SB_PAGE_UNALIGNED);
	small_expect_page(test, *first, SB_PAGE_SHARED);
	/* The capture is over: all further writes belong to a move. */
	rig_outcome(test, fn);
	ehost_reset_oracles(rig->host);
	return fn;
}
