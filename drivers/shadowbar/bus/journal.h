/* SPDX-License-Identifier: GPL-2.0-only */
/* journal: config writes that are undone in reverse. */
#ifndef SHADOWBAR_JOURNAL_H
#define SHADOWBAR_JOURNAL_H

#include <linux/list.h>
#include <linux/types.h>

struct pci_dev;

/*
 * COMMAND twice, six BARs and the ROM BAR; all of these twice, for the sizing
 */
#define SB_JOURNAL_MAX	18

/**
 * struct sb_journal - config writes to one function, oldest first
 * @node: in the list of open journals
 * @pdev: the function
 * @nr: entries that are not undone yet
 * @writes: number of config writes so far, including the undo
 * @off: bits of COMMAND that the undo leaves clear
 * @rom_off: the ROM was not enabled at first. If it was later, a reader of the
 *	     kernel's file "rom" has enabled it, and may have left to the undo to
 *	     disable it
 * @theirs: bits of COMMAND that the VGA arbiter may have changed, and that the
 *	    last undo has left alone
 * @entry: each register written, with its value before and after
 */
struct sb_journal {
	struct list_head node;
	struct pci_dev *pdev;
	unsigned int nr;
	unsigned int writes;
	u16 off;
	u16 theirs;
	bool rom_off;
	struct {
		u8 reg;
		u8 width;
		u32 before;
		u32 after;
	} entry[SB_JOURNAL_MAX];
};

u32 sb_register_mask(struct pci_dev *pdev, int reg);
void sb_journal_open(struct sb_journal *journal, struct pci_dev *pdev);
void sb_journal_close(struct sb_journal *journal);
bool sb_journal_is_open(struct pci_dev *pdev);
u32 sb_journal_peek(struct pci_dev *pdev, int reg, int width);
int sb_journal_write16(struct sb_journal *journal, int reg, u16 value);
int sb_journal_write32(struct sb_journal *journal, int reg, u32 value);
int sb_journal_undo(struct sb_journal *journal);

#endif /* SHADOWBAR_JOURNAL_H */
