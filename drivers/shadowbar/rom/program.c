// SPDX-License-Identifier: GPL-2.0-only
/*
 * program: make a ROM decode the address in the plan.
 *
 * All writes go through the journal. Nothing is printed: with its decoding off,
 * the function may be the console.
 *
 * Section numbers refer to the PCI Local Bus Specification 3.0.
 */
#include <linux/pci.h>

#include "bus/gather.h"
#include "bus/use.h"
#include "rom/program.h"

/**
 * sb_program_size_rom() - find the size of the ROM BAR
 * @attempt: the capture; its facts get the size
 *
 * Section 6.2.5.2. The enable bit stays clear, so that the ROM decodes nothing
 * while its BAR holds all ones, whatever COMMAND says.
 *
 * Context: config space locked against user access.
 * Return: SB_WHY_CAPTURED, or why it cannot be captured.
 */
enum sb_why sb_program_size_rom(struct sb_attempt *attempt)
{
	struct pci_dev *pdev = attempt->pdev;
	struct sb_facts *facts = &attempt->gathered.facts;
	u32 readback;

	if (sb_journal_write32(&attempt->journal, pdev->rom_base_reg,
			       (u32)PCI_ROM_ADDRESS_MASK) ||
	    pci_read_config_dword(pdev, pdev->rom_base_reg, &readback) ||
	    sb_journal_undo(&attempt->journal))
		return SB_WHY_CONFIG_ERROR;

	switch (sb_rom_bar_size(facts->rom_raw, readback, &facts->rom_size)) {
	case SB_SIZING_ABSENT:
		return SB_WHY_NO_ROM_BAR;
	case SB_SIZING_STUCK:
		return SB_WHY_STUCK;
	case SB_SIZING_OK:
		break;
	}

	return SB_WHY_CAPTURED;
}

static int write_bar(struct sb_attempt *attempt, unsigned int nr, bool is_64,
		     u64 addr)
{
	int ret;

	ret = sb_journal_write32(&attempt->journal, sb_bar_register(nr),
				 lower_32_bits(addr));
	if (!ret && is_64)
		ret = sb_journal_write32(&attempt->journal,
					 sb_bar_register(nr + 1),
					 upper_32_bits(addr));
	return ret;
}

/**
 * sb_program_size_bars() - find the sizes of BARs that the core has forgotten
 * @attempt: the capture; its facts get the sizes
 *
 * Section 6.2.5.1. The core forgets a BAR that it could not assign, but the BAR
 * still decodes when decoding is on. Only done while it is off.
 *
 * Context: config space locked against user access.
 * Return: SB_WHY_CAPTURED, or why it cannot be captured.
 */
enum sb_why sb_program_size_bars(struct sb_attempt *attempt)
{
	struct sb_facts *facts = &attempt->gathered.facts;
	struct pci_dev *pdev = attempt->pdev;
	unsigned int i;

	for (i = 0; i < SB_MAX_BARS; i++) {
		struct sb_bar *bar = &facts->bar[i];
		u64 before, readback;

		if (bar->size) {
			i += bar->is_64;
			continue;
		}
		if (sb_gather_bar(pdev, i, false, &before))
			return SB_WHY_CONFIG_ERROR;
		if ((before & PCI_BASE_ADDRESS_SPACE) ==
		    PCI_BASE_ADDRESS_SPACE_IO)
			continue;

		bar->is_64 = (before & PCI_BASE_ADDRESS_MEM_TYPE_MASK) ==
			     PCI_BASE_ADDRESS_MEM_TYPE_64 &&
			     i + 1 < SB_MAX_BARS;
		if (sb_gather_bar(pdev, i, bar->is_64, &before) ||
		    write_bar(attempt, i, bar->is_64, U64_MAX) ||
		    sb_gather_bar(pdev, i, bar->is_64, &readback) ||
		    sb_journal_undo(&attempt->journal))
			return SB_WHY_CONFIG_ERROR;
		if (sb_mem_bar_size(before, readback, bar->is_64,
				    &bar->size) == SB_SIZING_STUCK)
			return SB_WHY_CANNOT_PARK;
		bar->addr = before & ~SB_BAR_KIND;
		i += bar->is_64;
	}

	return SB_WHY_CAPTURED;
}

/* A BAR that ignores the write would decode in addition to the ROM. */
static enum sb_why park_bars(struct sb_attempt *attempt)
{
	const struct sb_plan *plan = &attempt->plan;
	unsigned int i;

	for_each_set_bit(i, &plan->parked, SB_MAX_BARS) {
		const struct sb_bar *bar = &attempt->gathered.facts.bar[i];
		u64 addr;

		if (write_bar(attempt, i, bar->is_64, sb_park_addr(bar)) ||
		    sb_gather_bar(attempt->pdev, i, bar->is_64, &addr))
			return SB_WHY_CONFIG_ERROR;
		if ((addr & ~SB_BAR_KIND) != sb_park_addr(bar))
			return SB_WHY_STUCK;
	}

	return SB_WHY_CAPTURED;
}

static enum sb_why enable_rom(struct sb_attempt *attempt)
{
	struct pci_dev *pdev = attempt->pdev;
	u32 wanted = attempt->plan.addr | PCI_ROM_ADDRESS_ENABLE;
	u32 found;

	if (sb_journal_write32(&attempt->journal, pdev->rom_base_reg, wanted) ||
	    pci_read_config_dword(pdev, pdev->rom_base_reg, &found))
		return SB_WHY_CONFIG_ERROR;

	if ((found ^ wanted) & ((u32)PCI_ROM_ADDRESS_MASK |
				PCI_ROM_ADDRESS_ENABLE))
		return SB_WHY_STUCK;

	return SB_WHY_CAPTURED;
}

/* Read back before BARs move: the bits must have taken effect. */
static enum sb_why write_command(struct sb_attempt *attempt, u16 *command,
				 u16 value)
{
	u16 found;

	if (value == *command)
		return SB_WHY_CAPTURED;

	*command = value;
	if (sb_journal_write16(&attempt->journal, PCI_COMMAND, value) ||
	    pci_read_config_word(attempt->pdev, PCI_COMMAND, &found))
		return SB_WHY_CONFIG_ERROR;
	if ((found ^ value) & (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER))
		return SB_WHY_STUCK;

	return SB_WHY_CAPTURED;
}

/**
 * sb_program() - make the ROM decode its address
 * @attempt: the capture, with its plan
 *
 * The journal undoes everything in reverse: decoding off, ROM BAR, BARs, and
 * COMMAND as it was. So the ROM BAR and the BAR that it borrows from never hold
 * the same address, not even while decoding is off.
 *
 * Context: config space locked against user access.
 * Return: SB_WHY_CAPTURED, or why it cannot be captured.
 */
enum sb_why sb_program(struct sb_attempt *attempt)
{
	const struct sb_facts *facts = &attempt->gathered.facts;
	enum sb_why why;
	u16 command, value;

	if (pci_read_config_word(attempt->pdev, PCI_COMMAND, &command))
		return SB_WHY_CONFIG_ERROR;

	value = command;
	if (!facts->pinned)
		value &= ~PCI_COMMAND_MASTER;
	if (attempt->plan.parked)
		value &= ~PCI_COMMAND_MEMORY;
	why = write_command(attempt, &command, value);
	if (why != SB_WHY_CAPTURED)
		return why;

	why = park_bars(attempt);
	if (why != SB_WHY_CAPTURED)
		return why;

	why = enable_rom(attempt);
	if (why != SB_WHY_CAPTURED)
		return why;

	why = write_command(attempt, &command, command | PCI_COMMAND_MEMORY);
	attempt->command = command;
	return why;
}

/**
 * sb_is_programmed() - do the registers still hold what was programmed?
 * @attempt: the capture; the validation status in the ROM BAR is recorded
 *
 * Context: config space locked against user access.
 * Return: true if so; false if anything else has written to them, or has
 * enabled the function.
 */
bool sb_is_programmed(struct sb_attempt *attempt)
{
	u32 wanted = attempt->plan.addr | PCI_ROM_ADDRESS_ENABLE, rom;
	struct pci_dev *pdev = attempt->pdev;
	unsigned int i;
	u16 command;

	/* Whoever has enabled the function needs its BARs. */
	if (sb_use_is_enabled(pdev) ||
	    pci_read_config_word(pdev, PCI_COMMAND, &command) ||
	    command != attempt->command ||
	    pci_read_config_dword(pdev, pdev->rom_base_reg, &rom) ||
	    (rom ^ wanted) & sb_register_mask(pdev, pdev->rom_base_reg))
		return false;

	for_each_set_bit(i, &attempt->plan.parked, SB_MAX_BARS) {
		const struct sb_bar *bar = &attempt->gathered.facts.bar[i];
		u64 addr;

		if (sb_gather_bar(pdev, i, bar->is_64, &addr) ||
		    (addr & ~SB_BAR_KIND) != sb_park_addr(bar))
			return false;
	}

	attempt->validation = rom >> 1 & 7;
	return true;
}

/**
 * sb_program_say() - mark the ROM as enabled in the core's resource
 * @attempt: the capture, with its plan
 *
 * In place, a reader of the kernel's file "rom" who disables the ROM for a
 * moment leaves the register as it was programmed. With this flag, such a
 * reader does not disable it.
 *
 * Return: true if sb_program_unsay() has to undo it.
 */
bool sb_program_say(struct sb_attempt *attempt)
{
	struct resource *res = &attempt->pdev->resource[PCI_ROM_RESOURCE];

	if (attempt->plan.source != SB_SOURCE_IN_PLACE ||
	    !attempt->gathered.facts.rom_claimed ||
	    res->flags & IORESOURCE_ROM_ENABLE)
		return false;

	/*
	 * Such a reader looks at it without a lock. If it does not see this and
	 * disables the ROM, the capture notices and tries again.
	 */
	data_race(res->flags |= IORESOURCE_ROM_ENABLE);
	return true;
}

/**
 * sb_program_unsay() - undo sb_program_say()
 * @attempt: the capture
 */
void sb_program_unsay(struct sb_attempt *attempt)
{
	struct resource *res = &attempt->pdev->resource[PCI_ROM_RESOURCE];

	/* Whoever still sees it leaves the ROM to the undo, which comes next. */
	data_race(res->flags &= ~IORESOURCE_ROM_ENABLE);
}
