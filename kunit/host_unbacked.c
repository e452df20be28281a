// SPDX-License-Identifier: GPL-2.0-only
/*
 * Windows of the emulated PCI host with no memory behind them
 *
 * Real machines have windows of many GiB. The contents are computed when the
 * driver under test maps such a window, and then stay: anything that changes
 * what decodes must happen before.
 */
#include <linux/atomic.h>
#include <linux/io.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#include "host_priv.h"
#include "mmio.h"

/**
 * struct ehost_view - a mapping of the driver under test
 * @node: in the list of all mappings
 * @data: contents
 * @size: bytes
 */
struct ehost_view {
	struct list_head node;
	void *data;
	size_t size;
};

/* Since the last ehost_mapping_time() */
static atomic64_t mapping_ns = ATOMIC64_INIT(0);

static DEFINE_SPINLOCK(ehost_view_lock);
static LIST_HEAD(ehost_views);

/**
 * ehost_unbacked_window - find addresses for a window
 * @window: window to fill in
 * @desc: its description
 *
 * As with memory, bus and CPU addresses are equal in all bits that a BAR can
 * be aligned to.
 *
 * Return: 0 or a negative error
 */
int ehost_unbacked_window(struct ehost_window *window,
			  const struct ehost_window_desc *desc)
{
	u64 align = roundup_pow_of_two(desc->size);
	u64 skew = desc->bus & (align - 1);
	int ret;

	ret = allocate_resource(&iomem_resource, &window->res,
				skew + desc->size + PAGE_SIZE, SZ_4G,
				iomem_resource.end, align, NULL, NULL);
	if (ret)
		return ret;
	ret = adjust_resource(&window->res, window->res.start + skew,
			      desc->size);
	if (ret) {
		release_resource(&window->res);
		return ret;
	}
	window->bus = desc->bus;
	window->unbacked = true;
	return 0;
}

/**
 * ehost_mapping_time - how long the kernel's ioremap() has taken
 *
 * On x86, it walks the resource tree up to the address.
 *
 * Return: nanoseconds since the last call
 */
u64 ehost_mapping_time(void)
{
	return atomic64_xchg(&mapping_ns, 0);
}

/**
 * ehost_ioremap - replaces ioremap() in the driver under test
 * @addr: CPU address
 * @size: bytes
 *
 * Return: the mapping
 */
void __iomem *ehost_ioremap(phys_addr_t addr, size_t size)
{
	struct ehost_window *window;
	struct ehost_view *view;
	struct ehost *host;

	host = ehost_at(addr, &window);
	if (!host || !window->unbacked) {
		ktime_t start = ktime_get();
		void __iomem *mapped = ioremap(addr, size);

		atomic64_add(ktime_to_ns(ktime_sub(ktime_get(), start)),
			     &mapping_ns);
		return mapped;
	}

	view = kzalloc(sizeof(*view), GFP_KERNEL);
	if (!view)
		return NULL;
	view->size = size;
	view->data = vmalloc(size);
	if (!view->data) {
		kfree(view);
		return NULL;
	}
	ehost_look(host, window->bus + (addr - window->res.start), view->data,
		   size);
	spin_lock(&ehost_view_lock);
	list_add(&view->node, &ehost_views);
	spin_unlock(&ehost_view_lock);
	return (__force void __iomem *)view->data;
}

/**
 * ehost_iounmap - replaces iounmap() in the driver under test
 * @addr: the mapping
 */
void ehost_iounmap(void __iomem *addr)
{
	struct ehost_view *view, *found = NULL;

	spin_lock(&ehost_view_lock);
	list_for_each_entry(view, &ehost_views, node)
		if (view->data == (__force void *)addr)
			found = view;
	if (found)
		list_del(&found->node);
	spin_unlock(&ehost_view_lock);

	if (!found) {
		iounmap(addr);
		return;
	}
	vfree(found->data);
	kfree(found);
}

/**
 * ehost_fetch - read from a mapping of the driver under test
 * @addr: where
 *
 * Return: the dword there
 */
u32 ehost_fetch(const void __iomem *addr)
{
	const u8 *at = (__force const u8 *)addr;
	struct ehost_view *view;
	const __le32 *dword = NULL;

	spin_lock(&ehost_view_lock);
	list_for_each_entry(view, &ehost_views, node)
		if (at >= (u8 *)view->data && at < (u8 *)view->data + view->size)
			dword = (const __le32 *)at;
	spin_unlock(&ehost_view_lock);

	return dword ? le32_to_cpu(*dword) : ioread32(addr);
}
