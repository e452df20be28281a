/* SPDX-License-Identifier: GPL-2.0-only */
/* memory: stolen memory for a guest whose firmware has reserved none. */
#ifndef SHADOWBAR_IGD_MEMORY_H
#define SHADOWBAR_IGD_MEMORY_H

#include <shadowbar/igd.h>

struct pci_dev;

enum sb_igd_refusal sb_igd_allocate(struct pci_dev *pdev,
				    struct sb_igd_report *report);

#endif /* SHADOWBAR_IGD_MEMORY_H */
