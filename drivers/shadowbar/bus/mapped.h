/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mapped: has a program mapped a function's BARs?
 */
#ifndef SHADOWBAR_MAPPED_H
#define SHADOWBAR_MAPPED_H

#include <linux/types.h>

struct pci_dev;

bool sb_mapped(struct pci_dev *pdev);

#endif /* SHADOWBAR_MAPPED_H */
