/* SPDX-License-Identifier: GPL-2.0-only */
/* gather: facts from a function's registers, and from the core. */
#ifndef SHADOWBAR_GATHER_H
#define SHADOWBAR_GATHER_H

#include <linux/pci_regs.h>
#include <shadowbar/deny.h>
#include <shadowbar/facts.h>

struct pci_dev;

/* The bits of a memory BAR that are not part of its address */
#define SB_BAR_KIND	0xfULL

static inline int sb_bar_register(unsigned int nr)
{
	return PCI_BASE_ADDRESS_0 + 4 * nr;
}

struct sb_identity sb_gather_identity(struct pci_dev *pdev);
unsigned int sb_nr_bars(struct pci_dev *pdev);
bool sb_resource_is_bar(struct pci_dev *pdev, unsigned int nr);
bool sb_resource_is_placed(const struct resource *res);
void sb_gather_bridge(struct pci_dev *pdev, struct sb_bridge *bridge);
int sb_gather_bar(struct pci_dev *pdev, unsigned int nr, bool is_64,
		  u64 *value);
int sb_gather_rom_bar(struct pci_dev *pdev, u32 *raw);
int sb_gather_decode(struct pci_dev *pdev, bool *decode);
bool sb_gather_is_asleep(struct pci_dev *pdev);
bool sb_gather_is_off_limits(struct pci_dev *pdev);
void sb_gather_wait(struct pci_dev *pdev, unsigned long until);
bool sb_gather_is_unreachable(struct pci_dev *pdev);
bool sb_gather_is_enumerated(const struct pci_dev *pdev);
bool sb_gather_is_untrusted(struct pci_dev *pdev);
bool sb_gather_knows_no_rom(struct pci_dev *pdev);
bool sb_gather_is_on_bus(struct pci_dev *pdev);
bool sb_gather_has_rom(struct pci_dev *pdev);
bool sb_gather_is_integrated(struct pci_dev *pdev);
bool sb_gather_has_busy_bar(struct pci_dev *pdev);
bool sb_gather_is_pinned(struct pci_dev *pdev, bool decode);
bool sb_gather_vga_conflict(struct pci_dev *pdev);
int sb_gather_registers(struct pci_dev *pdev, struct sb_facts *facts);

#endif /* SHADOWBAR_GATHER_H */
