/* SPDX-License-Identifier: GPL-2.0-only */
/* guard: whether anything else can use the stolen memory. */
#ifndef SHADOWBAR_IGD_GUARD_H
#define SHADOWBAR_IGD_GUARD_H

#include "igd/state.h"

struct pci_dev;

void sb_igd_guard(struct pci_dev *pdev, const struct sb_igd_opts *opts,
		  struct sb_igd *igd);

#endif /* SHADOWBAR_IGD_GUARD_H */
