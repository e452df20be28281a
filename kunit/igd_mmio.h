/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test replacements for Intel's graphics behind its BAR 0, and for the
 * processor
 *
 * The driver's files that access these are compiled for the suites with this
 * header included first.
 */
#ifndef SHADOWBAR_KUNIT_IGD_MMIO_H
#define SHADOWBAR_KUNIT_IGD_MMIO_H

#include <linux/io.h>

void __iomem *igd_test_map(phys_addr_t start, size_t size);
void igd_test_unmap(void __iomem *map);
u32 igd_test_read(const void __iomem *addr);
bool igd_test_in_guest(void);

#ifdef IGD_ASKS_TEST
/* On powerpc io.h defines it, and the driver has its own. */
#undef dev_fmt
#undef ioremap
#undef iounmap
#undef ioread32
#define ioremap igd_test_map
#define iounmap igd_test_unmap
#define ioread32 igd_test_read
#define sb_igd_in_guest igd_test_in_guest
#endif

#endif /* SHADOWBAR_KUNIT_IGD_MMIO_H */
