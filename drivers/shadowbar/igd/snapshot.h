/* SPDX-License-Identifier: GPL-2.0-only */
/* snapshot: a copy of the OpRegion, and of an external VBT. */
#ifndef SHADOWBAR_IGD_SNAPSHOT_H
#define SHADOWBAR_IGD_SNAPSHOT_H

#include "igd/state.h"

struct pci_dev;

void sb_igd_snapshot(struct pci_dev *pdev, struct sb_igd *igd);

#endif /* SHADOWBAR_IGD_SNAPSHOT_H */
