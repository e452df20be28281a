/* SPDX-License-Identifier: GPL-2.0-only */
/* acpi: ROMs that firmware provides through ACPI. */
#ifndef SHADOWBAR_ACPI_H
#define SHADOWBAR_ACPI_H

#include <linux/errno.h>
#include <linux/kconfig.h>
#include <linux/stddef.h>

struct pci_dev;
struct sb_rom;

#if IS_ENABLED(CONFIG_ACPI)
int sb_acpi_vfct(struct pci_dev *pdev, struct sb_rom *rom);
void *sb_acpi_method(struct pci_dev *pdev);
int sb_acpi_rom(struct pci_dev *pdev, void *method, struct sb_rom *rom);
#else
static inline int sb_acpi_vfct(struct pci_dev *pdev, struct sb_rom *rom)
{
	return -ENOENT;
}

static inline void *sb_acpi_method(struct pci_dev *pdev)
{
	return NULL;
}

static inline int sb_acpi_rom(struct pci_dev *pdev, void *method,
			      struct sb_rom *rom)
{
	return -ENOENT;
}
#endif

#endif /* SHADOWBAR_ACPI_H */
