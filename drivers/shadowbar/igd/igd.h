/* SPDX-License-Identifier: GPL-2.0-only */
/* igd: Intel integrated graphics, and what it needs besides its BARs. */
#ifndef SHADOWBAR_DRIVER_IGD_H
#define SHADOWBAR_DRIVER_IGD_H

#include "igd/state.h"

struct pci_dev;

int sb_igd_attach(struct pci_dev *pdev, const struct sb_igd_opts *opts,
		  struct sb_igd **igd);
void sb_igd_retire(struct sb_igd *igd);
void sb_igd_free(struct sb_igd *igd);

#endif /* SHADOWBAR_DRIVER_IGD_H */
