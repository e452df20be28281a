// SPDX-License-Identifier: GPL-2.0-only
/*
 * mapped: has a program mapped a function's BARs?
 *
 * Tools that update a device's flash do that, and so do drivers in programs. All
 * mappings that were made through sysfs, procfs or /dev/mem are in one address
 * space, by physical address, no matter through which file.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/rbtree.h>
#include <linux/sysfs.h>

#include "bus/gather.h"
#include "bus/mapped.h"

/*
 * All functions have the same mappings. So look at a function's file only until
 * one is found: while the core removes a function, it frees its files under no
 * lock that is held here.
 */
static struct address_space *mappings_of(struct pci_dev *pdev, unsigned int nr)
{
	static struct address_space *mappings;
#if SB_HAS_F_MAPPING
	char name[sizeof("resource5")];
	struct kernfs_node *node;
	struct bin_attribute *file;

	if (READ_ONCE(mappings))
		return mappings;

	scnprintf(name, sizeof(name), "resource%u", nr);
	node = sysfs_get_dirent(pdev->dev.kobj.sd, name);
	if (!node)
		return NULL;
	file = container_of((struct attribute *)node->priv,
			    struct bin_attribute, attr);
	if (file->f_mapping)
		WRITE_ONCE(mappings, file->f_mapping());
	sysfs_put(node);
#endif
	return READ_ONCE(mappings);
}

static bool is_mapped(struct address_space *mappings,
		      const struct resource *res)
{
	pgoff_t first = res->start >> PAGE_SHIFT, last = res->end >> PAGE_SHIFT;
	struct vm_area_struct *vma;
	struct rb_node *node;
	bool found = false;

	i_mmap_lock_read(mappings);
	for (node = rb_first_cached(&mappings->i_mmap); node && !found;
	     node = rb_next(node)) {
		vma = rb_entry(node, struct vm_area_struct, shared.rb);
		found = vma->vm_pgoff <= last &&
			first < vma->vm_pgoff + vma_pages(vma);
	}
	i_mmap_unlock_read(mappings);

	return found;
}

/**
 * sb_mapped() - has a program mapped a page with one of a function's BARs?
 * @pdev: the function
 *
 * Any BAR counts: while one moves, or while the ROM is read, none of them
 * decodes for a moment. The rest of its page counts, too: whether the program
 * uses the BAR or what else is there cannot be told apart.
 *
 * Context: may sleep.
 * Return: true if so; always false for kernels before 5.15, which do not tell,
 * see SB_HAS_F_MAPPING.
 */
bool sb_mapped(struct pci_dev *pdev)
{
	struct address_space *mappings;
	unsigned int nr;

	for (nr = 0; nr < sb_nr_bars(pdev); nr++) {
		const struct resource *res = &pdev->resource[nr];

		if (!sb_resource_is_bar(pdev, nr) || !sb_resource_is_placed(res))
			continue;
		mappings = mappings_of(pdev, nr);
		if (mappings && is_mapped(mappings, res))
			return true;
	}

	return false;
}
