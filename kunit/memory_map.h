/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test replacement for the kernel's memory map
 *
 * The driver's files that use the map, or map what is in it, are compiled for
 * the suites with this header included first. For memory that a test has not
 * described, they use the kernel's map.
 */
#ifndef SHADOWBAR_KUNIT_MEMORY_MAP_H
#define SHADOWBAR_KUNIT_MEMORY_MAP_H

#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mm.h>

int memory_map_intersects(resource_size_t start, size_t size,
			  unsigned long flags, unsigned long desc);
void *memory_map_remap(resource_size_t start, size_t size, unsigned long flags);

#ifdef MEMORY_MAP_IS_ASKED
#define region_intersects memory_map_intersects
#define memremap memory_map_remap
#endif

#endif /* SHADOWBAR_KUNIT_MEMORY_MAP_H */
