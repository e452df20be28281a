/* SPDX-License-Identifier: GPL-2.0-only */
/* align: have the core give each sub-page BAR a page of its own. */
#ifndef SHADOWBAR_ALIGN_H
#define SHADOWBAR_ALIGN_H

struct pci_dev;

void sb_align_add(struct pci_dev *pdev, bool enlarge);
void sb_align_bind(struct pci_dev *pdev);
void sb_align_remove(struct pci_dev *pdev);
void sb_align_settle(void);

#endif /* SHADOWBAR_ALIGN_H */
