/* SPDX-License-Identifier: GPL-2.0-only */
/* The part that journal.c needs: a model of config space */
#include <linux/pci_regs.h>
#include <shadowbar/compat.h>

#define PCI_HEADER_TYPE_BRIDGE	1

#define PCI_CLASS_DISPLAY_VGA	0x0300
#define U16_MAX			0xffff

struct pci_dev {
	u32 class;
	u8 hdr_type;
	u8 rom_base_reg;
};

int pci_read_config_dword(struct pci_dev *pdev, int reg, u32 *value);
int pci_read_config_word(struct pci_dev *pdev, int reg, u16 *value);
int pci_write_config_dword(struct pci_dev *pdev, int reg, u32 value);
int pci_write_config_word(struct pci_dev *pdev, int reg, u16 value);

#define WARN_ON_ONCE(what)	(what)
