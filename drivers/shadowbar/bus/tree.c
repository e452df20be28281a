// SPDX-License-Identifier: GPL-2.0-only
/*
 * tree: what the driver takes out of the tree of all addresses, while the core
 * may do the same.
 */
#include <linux/ioport.h>
#include <linux/slab.h>

#include "bus/tree.h"

/**
 * sb_resource_settle() - wait until the core has finished detaching a resource
 * @res: a resource of the driver without a parent, about to go
 *
 * To empty a window, the core takes the parent of each resource in it away, then
 * prints its name, and then writes its address, all under the tree's lock. This
 * takes that lock.
 *
 * Context: may sleep.
 */
void sb_resource_settle(struct resource *res)
{
	adjust_resource(res, res->start, resource_size(res));
}

/**
 * sb_resource_drop() - take a busy resource of the driver out of the tree, and free
 * it
 * @res: the resource, at the start of what kmalloc() returned
 * @start: its first address
 * @size: its size in bytes
 *
 * With only the device lock held, the core may detach it at the same time.
 * __release_region() looks it up, removes it under the tree's lock, and frees
 * it; if the core was faster, it logs a warning, and the memory is leaked.
 *
 * Context: may sleep.
 */
void sb_resource_drop(struct resource *res, resource_size_t start,
		      resource_size_t size)
{
	struct resource *window = READ_ONCE(res->parent);

	if (window) {
		__release_region(window, start, size);
	} else {
		sb_resource_settle(res);
		kfree(res);
	}
}
