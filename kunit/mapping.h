/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program that has mapped a page through sysfs, as the kernel sees it
 */
#ifndef SHADOWBAR_KUNIT_MAPPING_H
#define SHADOWBAR_KUNIT_MAPPING_H

#include <kunit/test.h>

struct ehost_fn;

/**
 * struct mapping - a program's mapping of one page
 * @space: everything that is mapped through sysfs and /dev/mem, by address
 * @vma: the mapping
 */
struct mapping {
	struct address_space *space;
	struct vm_area_struct *vma;
};

void mapping_init(struct kunit *test, struct mapping *mapping,
		  struct ehost_fn *fn, resource_size_t at);
void mapping_add(void *arg);
void mapping_remove(struct mapping *mapping);

#endif /* SHADOWBAR_KUNIT_MAPPING_H */
