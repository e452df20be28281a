// SPDX-License-Identifier: GPL-2.0-only
/*
 * journal: config writes that are undone in reverse.
 *
 * The old value of a register is recorded before it is written, so an error at
 * any point does not matter: the undo goes back over whatever was done.
 */
#include <linux/errno.h>
#include <linux/pci.h>
#include <linux/spinlock.h>

#include "bus/journal.h"

/*
 * Captures of neighbours run in parallel, and each looks at what the others
 * decode. A value that a register holds only during a capture must not be taken
 * for what firmware left there, so the journals are consulted first.
 */
static LIST_HEAD(journals);
static DEFINE_SPINLOCK(journals_lock);

/* How often the undo writes a register before it gives up */
#define PUT_BACK_TRIES	2

static int config_read(struct pci_dev *pdev, int reg, int width, u32 *value)
{
	u16 word;
	int ret;

	if (width == 4)
		return pci_read_config_dword(pdev, reg, value);

	ret = pci_read_config_word(pdev, reg, &word);
	*value = word;
	return ret;
}

static int config_write(struct pci_dev *pdev, int reg, int width, u32 value)
{
	if (width == 4)
		return pci_write_config_dword(pdev, reg, value);
	return pci_write_config_word(pdev, reg, value);
}

/**
 * sb_register_mask() - the bits of a register that hardware does not change
 * @pdev: the function
 * @reg: register, as a dword or its lower half
 *
 * The upper half of COMMAND is STATUS, which hardware sets at any time; the
 * same is true for the upper half of IO_BASE in a bridge. The low bits of a ROM
 * BAR are the result of its validation (PCIe 5.0, 7.5.1.2.4), which may end at
 * any time.
 *
 * Return: the bits.
 */
u32 sb_register_mask(struct pci_dev *pdev, int reg)
{
	if (reg == PCI_COMMAND ||
	    (reg == PCI_IO_BASE && pdev->hdr_type == PCI_HEADER_TYPE_BRIDGE))
		return 0xffff;
	if (pdev->rom_base_reg && reg == pdev->rom_base_reg)
		return (u32)PCI_ROM_ADDRESS_MASK | PCI_ROM_ADDRESS_ENABLE;

	return U32_MAX;
}

/**
 * sb_journal_open() - start a journal
 * @journal: the journal
 * @pdev: the function
 *
 * Context: any; sb_journal_close() must follow.
 */
void sb_journal_open(struct sb_journal *journal, struct pci_dev *pdev)
{
	*journal = (struct sb_journal){ .pdev = pdev };

	spin_lock(&journals_lock);
	list_add(&journal->node, &journals);
	spin_unlock(&journals_lock);
}

/**
 * sb_journal_close() - end a journal
 * @journal: the journal, undone
 *
 * Context: any.
 */
void sb_journal_close(struct sb_journal *journal)
{
	spin_lock(&journals_lock);
	list_del(&journal->node);
	spin_unlock(&journals_lock);
}

/**
 * sb_journal_is_open() - are a function's registers being changed here?
 * @pdev: the function
 *
 * Context: any.
 * Return: true if there is a journal for it.
 */
bool sb_journal_is_open(struct pci_dev *pdev)
{
	struct sb_journal *journal;
	bool open = false;

	spin_lock(&journals_lock);
	list_for_each_entry(journal, &journals, node)
		open |= journal->pdev == pdev;
	spin_unlock(&journals_lock);

	return open;
}

/**
 * sb_journal_peek() - the value of a register, disregarding running captures
 * @pdev: the function, which another task may be capturing
 * @reg: register
 * @width: 2 or 4 bytes, the same in all accesses to @reg
 *
 * Context: any in which config space may be read.
 * Return: the value, or the one from before the capture began.
 */
u32 sb_journal_peek(struct pci_dev *pdev, int reg, int width)
{
	struct sb_journal *journal;
	u32 value = 0;
	unsigned int i;

	spin_lock(&journals_lock);
	config_read(pdev, reg, width, &value);
	list_for_each_entry(journal, &journals, node) {
		for (i = 0; journal->pdev == pdev && i < journal->nr; i++) {
			if (journal->entry[i].reg == reg) {
				value = journal->entry[i].before;
				goto out;
			}
		}
	}
out:
	spin_unlock(&journals_lock);
	return value;
}

static int journal_write(struct sb_journal *journal, int reg, int width,
			 u32 value)
{
	u32 before;

	if (WARN_ON_ONCE(journal->nr == SB_JOURNAL_MAX))
		return -ENOSPC;

	/* A register that cannot be read cannot be restored. */
	if (config_read(journal->pdev, reg, width, &before))
		return -EIO;

	spin_lock(&journals_lock);
	journal->entry[journal->nr].reg = reg;
	journal->entry[journal->nr].width = width;
	journal->entry[journal->nr].before = before;
	journal->entry[journal->nr].after = value;
	journal->nr++;
	spin_unlock(&journals_lock);
	journal->writes++;

	return config_write(journal->pdev, reg, width, value) ? -EIO : 0;
}

/**
 * sb_journal_write16() - write a word and record the old value
 * @journal: the journal
 * @reg: register
 * @value: new value
 *
 * Context: config space locked against user access.
 * Return: 0, or -EIO if the access failed.
 */
int sb_journal_write16(struct sb_journal *journal, int reg, u16 value)
{
	return journal_write(journal, reg, 2, value);
}

/**
 * sb_journal_write32() - write a dword and record the old value
 * @journal: the journal
 * @reg: register
 * @value: new value
 *
 * Context: config space locked against user access.
 * Return: 0, or -EIO if the access failed.
 */
int sb_journal_write32(struct sb_journal *journal, int reg, u32 value)
{
	return journal_write(journal, reg, 4, value);
}

/*
 * A write or its verification may fail and then work the next time, and the
 * writes that follow depend on this one: BARs must not move while the function
 * decodes.
 */
static int put_back(struct sb_journal *journal, int reg, int width, u32 before)
{
	unsigned int tries;
	u32 after;

	for (tries = 0; tries < PUT_BACK_TRIES; tries++) {
		journal->writes++;
		if (!config_write(journal->pdev, reg, width, before) &&
		    !config_read(journal->pdev, reg, width, &after) &&
		    !((after ^ before) & sb_register_mask(journal->pdev, reg)))
			return 0;
	}

	return -EIO;
}

/*
 * The VGA arbiter switches decoding of one card off while another one has the
 * legacy range. It looks at no lock that a capture can hold, so what it has
 * changed stays.
 */
static u16 arbitrated(const struct pci_dev *pdev)
{
	return pdev->class >> 8 == PCI_CLASS_DISPLAY_VGA ?
	       PCI_COMMAND_IO | PCI_COMMAND_MEMORY : 0;
}

static u32 leave_to_arbiter(struct sb_journal *journal, u32 before, u32 after)
{
	u16 bits = arbitrated(journal->pdev);
	u32 now;

	if (!bits || config_read(journal->pdev, PCI_COMMAND, 2, &now) ||
	    now == U16_MAX)
		return before;

	journal->theirs |= (now ^ after) & bits;
	return (before & ~(u32)journal->theirs) | (now & journal->theirs);
}

/**
 * sb_journal_undo() - restore registers, the last one written first
 * @journal: the journal
 *
 * Continues after an error, so that one register that cannot be restored does
 * not affect the others. Each is read back after the write, and written again
 * if it differs from the old value. What the VGA arbiter has changed in COMMAND
 * stays as it is now. The ROM is not enabled if it was not at first.
 *
 * Context: config space locked against user access.
 * Return: 0, or -EIO if a register does not have its old value.
 */
int sb_journal_undo(struct sb_journal *journal)
{
	bool command = false;
	int ret = 0;

	/* If COMMAND was not written, nothing of it has to be as before. */
	journal->theirs = arbitrated(journal->pdev);
	while (journal->nr) {
		u32 before, after;
		int reg, width;

		reg = journal->entry[journal->nr - 1].reg;
		width = journal->entry[journal->nr - 1].width;
		before = journal->entry[journal->nr - 1].before;
		after = journal->entry[journal->nr - 1].after;
		if (reg == PCI_COMMAND) {
			if (!command)
				journal->theirs = 0;
			command = true;
			before = leave_to_arbiter(journal, before, after) &
				 ~(u32)journal->off;
		}

		if (reg == journal->pdev->rom_base_reg && journal->rom_off)
			before &= ~(u32)PCI_ROM_ADDRESS_ENABLE;

		if (put_back(journal, reg, width, before))
			ret = -EIO;

		spin_lock(&journals_lock);
		journal->nr--;
		spin_unlock(&journals_lock);
	}

	return ret;
}
