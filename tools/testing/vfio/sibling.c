// SPDX-License-Identifier: GPL-2.0-only
/*
 * sibling: the wrong way to keep a page free, a negative control for tests.
 *
 * Reserves the rest of the page behind each sub-page memory BAR, next to the
 * BAR. vfio-pci then cannot reserve it, and does not map the BAR: a test that
 * does not notice this notices nothing.
 */
#include <linux/ioport.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

struct reserved {
	struct list_head entry;
	struct resource res;
};

static LIST_HEAD(all_reserved);

static int __init reserve_behind(struct resource *bar)
{
	struct reserved *reserved;

	if (!(bar->flags & IORESOURCE_MEM) || !bar->parent ||
	    resource_size(bar) >= PAGE_SIZE || bar->start & ~PAGE_MASK)
		return 0;

	reserved = kzalloc(sizeof(*reserved), GFP_KERNEL);
	if (!reserved)
		return -ENOMEM;

	reserved->res.name = "sibling";
	reserved->res.flags = IORESOURCE_MEM;
	reserved->res.start = bar->end + 1;
	reserved->res.end = bar->start + PAGE_SIZE - 1;
	if (request_resource(bar->parent, &reserved->res)) {
		/* It is taken already, which is just as good. */
		kfree(reserved);
		return 0;
	}
	list_add(&reserved->entry, &all_reserved);
	return 0;
}

static void release_all(void)
{
	struct reserved *reserved, *next;

	list_for_each_entry_safe(reserved, next, &all_reserved, entry) {
		release_resource(&reserved->res);
		kfree(reserved);
	}
}

static int __init sibling_init(void)
{
	struct pci_dev *pdev = NULL;
	int i, ret = 0;

	pci_lock_rescan_remove();
	for_each_pci_dev(pdev) {
		for (i = 0; i < PCI_STD_NUM_BARS && !ret; i++)
			ret = reserve_behind(&pdev->resource[i]);
	}
	pci_unlock_rescan_remove();

	if (ret)
		release_all();
	return ret;
}

static void __exit sibling_exit(void)
{
	release_all();
}

module_init(sibling_init);
module_exit(sibling_exit);

MODULE_DESCRIPTION("Reserves pages the wrong way, for tests");
MODULE_LICENSE("GPL");
