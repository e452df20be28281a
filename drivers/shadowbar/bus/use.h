/* SPDX-License-Identifier: GPL-2.0-only */
/* use: whether a function is in use. */
#ifndef SHADOWBAR_USE_H
#define SHADOWBAR_USE_H

#include <shadowbar/idle.h>

struct pci_dev;

void sb_use_shut_down(bool down);
bool sb_use_is_shut_down(void);
bool sb_use_is_enabled(struct pci_dev *pdev);
enum sb_busy sb_use_of(struct pci_dev *pdev, bool bound);
bool sb_use_lets_firmware(struct pci_dev *pdev);
bool sb_use_let_decode(struct pci_dev *pdev);

#endif /* SHADOWBAR_USE_H */
