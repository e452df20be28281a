// SPDX-License-Identifier: GPL-2.0-only
/*
 * journal: config writes that are all undone.
 *
 * What was in a register is noted before it is written, and an error on the
 * way changes nothing about that: undoing walks back over whatever was done.
 */
#include <linux/errno.h>
#include <linux/pci.h>

#include "journal.h"

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

static int journal_write(struct sb_journal *journal, int reg, int width,
			 u32 value)
{
	u32 before;

	if (WARN_ON_ONCE(journal->nr == SB_JOURNAL_MAX))
		return -ENOSPC;

	/* What cannot be read cannot be put back. */
	if (config_read(journal->pdev, reg, width, &before))
		return -EIO;

	journal->entry[journal->nr].reg = reg;
	journal->entry[journal->nr].width = width;
	journal->entry[journal->nr].before = before;
	journal->nr++;
	journal->writes++;

	return config_write(journal->pdev, reg, width, value) ? -EIO : 0;
}

/**
 * sb_journal_write16() - write a word and remember what it was
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
 * sb_journal_write32() - write a dword and remember what it was
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

/**
 * sb_journal_undo() - put registers back, the last one written first
 * @journal: the journal
 * @mark: entries that stay; 0 undoes everything
 *
 * Goes on after an error: one register that refuses is no reason to leave the
 * others. Each is read again after it was written.
 *
 * Context: config space locked against user access.
 * Return: 0, or -EIO if a register does not read as it did before.
 */
int sb_journal_undo(struct sb_journal *journal, unsigned int mark)
{
	int ret = 0;

	while (journal->nr > mark) {
		u32 before, after;
		int reg, width;

		journal->nr--;
		reg = journal->entry[journal->nr].reg;
		width = journal->entry[journal->nr].width;
		before = journal->entry[journal->nr].before;

		journal->writes++;
		if (config_write(journal->pdev, reg, width, before) ||
		    config_read(journal->pdev, reg, width, &after) ||
		    after != before)
			ret = -EIO;
	}

	return ret;
}
