/* SPDX-License-Identifier: GPL-2.0-only */
/* What the driver takes out of the tree of all addresses */
#ifndef SHADOWBAR_BUS_TREE_H
#define SHADOWBAR_BUS_TREE_H

#include <linux/types.h>

struct resource;

void sb_resource_settle(struct resource *res);
void sb_resource_drop(struct resource *res, resource_size_t start,
		      resource_size_t size);

#endif /* SHADOWBAR_BUS_TREE_H */
