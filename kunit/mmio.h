/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the emulated PCI host sees MMIO
 *
 * Memory does not tell who reads it. The driver's files that read MMIO are
 * compiled for the suites with this header included first, so that each of
 * their reads goes through the host.
 */
#ifndef SHADOWBAR_KUNIT_MMIO_H
#define SHADOWBAR_KUNIT_MMIO_H

#include <linux/io.h>

u32 ehost_ioread32(const void __iomem *addr);
void __iomem *ehost_ioremap(phys_addr_t addr, size_t size);
void ehost_iounmap(void __iomem *addr);

#ifdef EHOST_SEES_MMIO
/* On powerpc io.h defines it, and the driver has its own. */
#undef dev_fmt
#undef ioread32
#define ioread32 ehost_ioread32
#undef ioremap
#define ioremap ehost_ioremap
#undef iounmap
#define iounmap ehost_iounmap
#endif

#endif /* SHADOWBAR_KUNIT_MMIO_H */
