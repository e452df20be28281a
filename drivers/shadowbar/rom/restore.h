/* SPDX-License-Identifier: GPL-2.0-only */
/* restore: is a function as it was before a capture? */
#ifndef SHADOWBAR_RESTORE_H
#define SHADOWBAR_RESTORE_H

#include <linux/pci_regs.h>
#include <linux/types.h>

struct pci_dev;

/* The type 0 and type 1 headers, in dwords */
#define SB_HEADER_DWORDS	(PCI_STD_HEADER_SIZEOF / 4)

/**
 * struct sb_owed - what captures of a function left to be done
 * @header: its header before a capture that could not restore it, or NULL
 * @lent: the ROM BAR's address during the last one, until it was checked that
 *	  the address is not there again; 0 if there is nothing to check
 * @rest: the ROM BAR's value before that
 */
struct sb_owed {
	u32 *header;
	u32 lent;
	u32 rest;
};

int sb_header_read(struct pci_dev *pdev, u32 *header);
unsigned long sb_header_difference(struct pci_dev *pdev, const u32 *before,
				   const u32 *now);
bool sb_header_is_restored(struct pci_dev *pdev, const u32 *header, u16 theirs);
void sb_restore_wait(struct pci_dev *pdev);
bool sb_restore_is_read(struct pci_dev *pdev, u32 rom, u32 first);
void sb_restore_note(struct pci_dev *pdev, u32 addr, u32 before,
		     struct sb_owed *owed);
bool sb_restore_look_again(struct pci_dev *pdev, struct sb_owed *owed);
bool sb_restore_check(struct pci_dev *pdev, struct sb_owed *owed);

#endif /* SHADOWBAR_RESTORE_H */
