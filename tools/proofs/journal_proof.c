// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proofs about journal.c, over a model of config space: each bit is either
 * written or not; hardware changes some of them at will; an access may fail.
 */
#include "prove.h"
#include "bus/journal.c"

/* Enough for a register that is written twice, with others in between */
#define WRITES	3
/* If each access may fail, more than one write is too much */
#define FEW_WRITES	1
#define DWORDS	3

static const u8 dword_reg[DWORDS] = { PCI_COMMAND, PCI_BASE_ADDRESS_0, PCI_ROM_ADDRESS };
static u32 value[DWORDS], writable[DWORDS];
static _Bool can_fail;
static struct pci_dev function;

static unsigned int index_of(int reg)
{
	unsigned int i;

	for (i = 0; i < DWORDS; i++)
		if (dword_reg[i] == reg)
			return i;
	prove(0, "a register that was asked for");
	return 0;
}

static _Bool fails(void)
{
	return can_fail && nondet_bool();
}

/* STATUS belongs to hardware, and so do the low bits of a ROM BAR. */
static u32 changes_by_itself(int reg)
{
	return ~sb_register_mask(&function, reg);
}

int pci_read_config_dword(struct pci_dev *pdev, int reg, u32 *to)
{
	unsigned int i = index_of(reg);

	value[i] ^= nondet_u32() & changes_by_itself(reg);
	*to = value[i];
	return fails() ? -EIO : 0;
}

int pci_read_config_word(struct pci_dev *pdev, int reg, u16 *to)
{
	u32 dword;
	int ret = pci_read_config_dword(pdev, reg, &dword);

	*to = dword;
	return ret;
}

static int write_bits(int reg, u32 bits, u32 now)
{
	unsigned int i = index_of(reg);

	if (fails())
		return -EIO;
	/* Or the write is lost without an error. */
	if (fails())
		return 0;
	bits &= writable[i];
	value[i] = (value[i] & ~bits) | (now & bits);
	return 0;
}

int pci_write_config_dword(struct pci_dev *pdev, int reg, u32 now)
{
	return write_bits(reg, U32_MAX, now);
}

int pci_write_config_word(struct pci_dev *pdev, int reg, u16 now)
{
	return write_bits(reg, 0xffff, now);
}

static void write_some(struct sb_journal *journal, unsigned int most)
{
	unsigned int i;

	for (i = 0; i < most; i++) {
		u8 which = nondet_u8();

		assume(which < DWORDS);
		if (nondet_bool())
			continue;
		if (!which)
			sb_journal_write16(journal, PCI_COMMAND, nondet_u16());
		else
			sb_journal_write32(journal, dword_reg[which], nondet_u32());
	}
}

static _Bool is_written(const struct sb_journal *journal, int reg)
{
	unsigned int i;

	for (i = 0; i < journal->nr; i++)
		if (journal->entry[i].reg == reg)
			return 1;
	return 0;
}

/* A VGA card's arbiter may switch its decoding between the last write and the undo. */
static u16 arbiter_switches(void)
{
	u16 switched = 0;

	if (nondet_bool()) {
		function.class = PCI_CLASS_DISPLAY_VGA << 8;
		switched = nondet_u16() & writable[0] &
			   (PCI_COMMAND_IO | PCI_COMMAND_MEMORY);
	}
	value[0] ^= switched;
	return switched;
}

static int undo(_Bool failures)
{
	struct sb_journal journal;
	u32 before[DWORDS], mask;
	unsigned int i;
	_Bool written;
	u16 switched;
	int ret;

	function.rom_base_reg = PCI_ROM_ADDRESS;
	function.class = 0;
	for (i = 0; i < DWORDS; i++) {
		value[i] = nondet_u32();
		writable[i] = nondet_u32();
		before[i] = value[i];
	}
	/* PCI 3.0, 6.2.2: reserved, so that all ones is no valid COMMAND */
	assume(!((value[0] | writable[0]) & 0xf800));
	can_fail = failures;
	sb_journal_open(&journal, &function);
	write_some(&journal, failures ? FEW_WRITES : WRITES);
	/* If the undo has to clear what cannot be written, it cannot succeed. */
	journal.off = nondet_u16() & writable[0];
	journal.rom_off = nondet_bool() && writable[2] & PCI_ROM_ADDRESS_ENABLE;
	/* If COMMAND cannot be read, the arbiter's change is undone as well. */
	switched = failures ? 0 : arbiter_switches();
	before[0] = (before[0] & ~(u32)switched) | (value[0] & switched);
	i = nondet_u32() % DWORDS;
	mask = sb_register_mask(&function, dword_reg[i]);
	written = is_written(&journal, dword_reg[i]);
	ret = sb_journal_undo(&journal);
	prove(!journal.nr, "all is undone");
	if (!failures)
		prove(!ret, "what can be undone is");
	if (ret)
		return ret;
	if (dword_reg[i] == PCI_COMMAND && written) {
		prove(!(value[i] & journal.off), "what must be off is");
		mask &= ~(u32)journal.off;
	}
	if (dword_reg[i] == PCI_ROM_ADDRESS && written && journal.rom_off) {
		prove(!(value[i] & PCI_ROM_ADDRESS_ENABLE), "the ROM is off");
		mask &= ~(u32)PCI_ROM_ADDRESS_ENABLE;
		reached("off");
	}
	prove(!((value[i] ^ before[i]) & mask),
	      "each register is what it was, or what the arbiter has made it");
	reached("undone");
	return ret;
}

/*
 * proof: journal_undo
 * Whatever was written to a function that responds, the undo reverts it.
 * apart: yes
 * unwind: 4
 * slow: yes
 * broken: bus/journal.c s/entry\[journal->nr - 1\].before/entry[0].before/
 */
void journal_undo(void)
{
	undo(0);
}

/*
 * proof: journal_undo_fails
 * If accesses fail at random, an undo that reports success has succeeded.
 * apart: yes
 * unwind: 4
 * slow: yes
 * broken: bus/journal.c s/!((after ^ before) \& sb_register_mask(journal->pdev, reg))/1/
 */
void journal_undo_fails(void)
{
	if (undo(1))
		reached("says so");
}

/*
 * proof: journal_full
 * A full journal takes no more entries, and nothing is written without an
 * entry.
 * broken: bus/journal.c s/journal->nr == SB_JOURNAL_MAX/journal->nr > SB_JOURNAL_MAX/
 * apart: yes
 * unwind: 4
 */
void journal_full(void)
{
	struct sb_journal journal;
	u32 before, now = nondet_u32();

	sb_journal_open(&journal, &function);
	journal.nr = nondet_u8();
	assume(journal.nr <= SB_JOURNAL_MAX);
	writable[1] = U32_MAX;
	before = nondet_u32();
	value[1] = before;
	if (sb_journal_write32(&journal, PCI_BASE_ADDRESS_0, now) == -ENOSPC) {
		prove(value[1] == before, "is not written");
		reached("full");
	} else {
		prove(value[1] == now, "is written");
		reached("not full");
	}
}
