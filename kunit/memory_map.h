/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a test says of memory, instead of the kernel's memory map
 *
 * The file of the driver that asks is compiled for the suites with this header
 * in front of it. About memory that a test has said nothing of, the kernel is
 * asked.
 */
#ifndef SHADOWBAR_KUNIT_MEMORY_MAP_H
#define SHADOWBAR_KUNIT_MEMORY_MAP_H

#include <linux/ioport.h>
#include <linux/mm.h>

int memory_map_intersects(resource_size_t start, size_t size,
			  unsigned long flags, unsigned long desc);

#ifdef MEMORY_MAP_IS_ASKED
#define region_intersects memory_map_intersects
#endif

#endif /* SHADOWBAR_KUNIT_MEMORY_MAP_H */
