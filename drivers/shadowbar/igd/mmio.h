/* SPDX-License-Identifier: GPL-2.0-only */
/* mmio: the registers of stolen memory on Meteor Lake and later. */
#ifndef SHADOWBAR_IGD_MMIO_H
#define SHADOWBAR_IGD_MMIO_H

#include <shadowbar/igd.h>

struct pci_dev;

enum sb_igd_range sb_igd_read_mmio(struct pci_dev *pdev, u64 *bdsm, u32 *ggc);

#endif /* SHADOWBAR_IGD_MMIO_H */
