// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that has mapped a page through sysfs, as the kernel sees it: no test
 * has a process to map it.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pci.h>

#include "mapping.h"
#include "rig.h"

/**
 * mapping_init() - prepare a mapping, which is not there yet
 * @test: the test
 * @mapping: the mapping; one page
 * @fn: a function with a BAR 0
 * @at: the address that is mapped
 */
void mapping_init(struct kunit *test, struct mapping *mapping,
		  struct ehost_fn *fn, resource_size_t at)
{
	struct file *file;
	char path[64];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource0",
		 pci_name(ehost_dev(fn)));
	file = rig_open(path, O_RDWR);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	mapping->space = file->f_mapping;
	fput(file);
	/* Nothing else maps anything here. */
	KUNIT_ASSERT_FALSE(test, mapping_mapped(mapping->space));
	mapping->vma = kunit_kzalloc(test, sizeof(*mapping->vma), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, mapping->vma);
	mapping->vma->vm_end = PAGE_SIZE;
	mapping->vma->vm_pgoff = at >> PAGE_SHIFT;
	mapping->vma->shared.rb_subtree_last = at >> PAGE_SHIFT;
}

/**
 * mapping_add() - the program maps it
 * @arg: the mapping; nothing else is mapped
 */
void mapping_add(void *arg)
{
	struct mapping *mapping = arg;
	struct rb_node *node = &mapping->vma->shared.rb;

	i_mmap_lock_write(mapping->space);
	rb_link_node(node, NULL, &mapping->space->i_mmap.rb_root.rb_node);
	rb_insert_color_cached(node, &mapping->space->i_mmap, true);
	i_mmap_unlock_write(mapping->space);
}

/**
 * mapping_remove() - the program unmaps it
 * @mapping: the mapping
 */
void mapping_remove(struct mapping *mapping)
{
	i_mmap_lock_write(mapping->space);
	rb_erase_cached(&mapping->vma->shared.rb, &mapping->space->i_mmap);
	i_mmap_unlock_write(mapping->space);
}
