/* SPDX-License-Identifier: GPL-2.0-only */
/* device: what is done for a function at each event. */
#ifndef SHADOWBAR_DEVICE_H
#define SHADOWBAR_DEVICE_H

struct pci_dev;
struct sb_settings;

int sb_device_start(const struct sb_settings *settings);
void sb_device_settle(void);
void sb_device_retire_all(void);
void sb_device_stop(void);

int sb_device_add(struct pci_dev *pdev);
void sb_device_ignored(struct pci_dev *pdev, int error);
void sb_device_add_all(void);
void sb_device_remove(struct pci_dev *pdev);
void sb_device_about_to_bind(struct pci_dev *pdev);
void sb_device_bound(struct pci_dev *pdev);
void sb_device_unbound(struct pci_dev *pdev);

#endif /* SHADOWBAR_DEVICE_H */
