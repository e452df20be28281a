// SPDX-License-Identifier: GPL-2.0-only
/*
 * restore: is a function as it was before a capture?
 *
 * The journal undoes what was written. But readers of the kernel's own file
 * "rom" write to the ROM BAR under no lock, so that is not enough.
 */
#define dev_fmt(fmt) "shadowbar: " fmt

#include <linux/delay.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>

#include "bus/gather.h"
#include "bus/journal.h"
#include "rom/restore.h"

/* How often the header is compared, and other writes are overwritten */
#define SETTLE_TRIES	3

/* How long a reader of the kernel's file "rom" may take, in milliseconds */
#define READER_PATIENCE	100

/**
 * sb_header_read() - read the header of a function
 * @pdev: the function
 * @header: filled, SB_HEADER_DWORDS of them
 *
 * Context: any in which config space may be read.
 * Return: 0, or -EIO if an access failed.
 */
int sb_header_read(struct pci_dev *pdev, u32 *header)
{
	unsigned int i;

	for (i = 0; i < SB_HEADER_DWORDS; i++)
		if (pci_read_config_dword(pdev, 4 * i, &header[i]))
			return -EIO;

	return 0;
}

/**
 * sb_header_difference() - the dwords in which two headers differ
 * @pdev: the function
 * @before: the header as it was
 * @now: the header as it is
 *
 * Return: a bit for each; bits that hardware changes by itself are ignored.
 */
unsigned long sb_header_difference(struct pci_dev *pdev, const u32 *before,
				   const u32 *now)
{
	unsigned long changes = 0;
	unsigned int i;

	for (i = 0; i < SB_HEADER_DWORDS; i++)
		if ((now[i] ^ before[i]) & sb_register_mask(pdev, 4 * i))
			changes |= BIT(i);

	return changes;
}

/* Returns the dwords that differ, or all of them if they cannot be read. */
static unsigned long header_changes(struct pci_dev *pdev, const u32 *before,
				    u32 *now)
{
	if (sb_header_read(pdev, now))
		return ~0UL;

	return sb_header_difference(pdev, before, now);
}

/* Does the ROM BAR hold what the core writes while the ROM is mapped? */
static bool is_from_core(struct pci_dev *pdev, u32 rom)
{
	struct resource *res = &pdev->resource[PCI_ROM_RESOURCE];
	struct pci_bus_region region;

	if (!res->parent || res->flags & IORESOURCE_ROM_SHADOW)
		return false;

	pcibios_resource_to_bus(pdev->bus, &region, res);
	return (rom & (u32)PCI_ROM_ADDRESS_MASK) == region.start;
}

/**
 * sb_header_is_restored() - is a function's header as it was?
 * @pdev: the function
 * @header: the header before the capture
 * @theirs: bits of COMMAND that may differ
 *
 * A reader of the kernel's file "rom" may write to the ROM BAR while the
 * journal is undone. A value from the core is as good as the one before, but a
 * value from a capture must not stay.
 *
 * Context: config space locked against user access.
 * Return: true if it is.
 */
bool sb_header_is_restored(struct pci_dev *pdev, const u32 *header, u16 theirs)
{
	unsigned int command = PCI_COMMAND / 4;
	unsigned int rom = pdev->rom_base_reg / 4, tries;
	u32 now[SB_HEADER_DWORDS];

	for (tries = 0; tries < SETTLE_TRIES; tries++) {
		unsigned long changes = header_changes(pdev, header, now);

		if (theirs && changes != ~0UL &&
		    !((header[command] ^ now[command]) & U16_MAX & ~theirs))
			changes &= ~BIT(command);
		if (!changes)
			return true;
		if (changes != BIT(rom))
			return false;
		if (is_from_core(pdev, now[rom]))
			return true;
		pci_write_config_dword(pdev, pdev->rom_base_reg, header[rom]);
	}

	return false;
}

/**
 * sb_restore_wait() - wait for readers of the kernel's file "rom"
 * @pdev: the function
 *
 * They enable the ROM for a moment, which is not the state to restore.
 *
 * Context: may sleep.
 */
void sb_restore_wait(struct pci_dev *pdev)
{
	const struct resource *res = &pdev->resource[PCI_ROM_RESOURCE];
	unsigned int i;
	u32 rom;

	if (!res->flags ||
	    res->flags & (IORESOURCE_ROM_ENABLE | IORESOURCE_ROM_SHADOW))
		return;

	for (i = 0; i < READER_PATIENCE; i++) {
		if (sb_gather_rom_bar(pdev, &rom) || rom == U32_MAX ||
		    !(rom & PCI_ROM_ADDRESS_ENABLE))
			return;
		usleep_range(1000, 2000);
	}
}

/**
 * sb_restore_is_read() - is somebody still reading the kernel's file "rom"?
 * @pdev: the function
 * @rom: its ROM BAR, after sb_restore_wait()
 * @first: its ROM BAR as first seen
 *
 * Whoever is disables the ROM when done, unless a capture is reading it in
 * place. Then the ROM would stay enabled for good.
 *
 * Return: true if somebody may be.
 */
bool sb_restore_is_read(struct pci_dev *pdev, u32 rom, u32 first)
{
	const struct resource *res = &pdev->resource[PCI_ROM_RESOURCE];

	return rom & ~first & PCI_ROM_ADDRESS_ENABLE && res->parent &&
	       !(res->flags & (IORESOURCE_ROM_ENABLE | IORESOURCE_ROM_SHADOW));
}

/**
 * sb_restore_note() - record what an interrupted reader may write to the ROM
 * BAR
 * @pdev: the function
 * @addr: the bus address at which its ROM was read
 * @before: the value of the ROM BAR before that, and again now
 * @owed: where it is recorded, see sb_restore_look_again()
 *
 * Call this once everything is undone: a reader that begins later does no harm.
 * Neither does any reader if the core has not assigned an address to the ROM; a
 * later value of the ROM BAR is then the core's.
 */
void sb_restore_note(struct pci_dev *pdev, u32 addr, u32 before,
		     struct sb_owed *owed)
{
	const struct resource *res = &pdev->resource[PCI_ROM_RESOURCE];

	if (addr == (before & (u32)PCI_ROM_ADDRESS_MASK) || !res->parent ||
	    res->flags & IORESOURCE_ROM_SHADOW)
		return;

	owed->lent = addr;
	owed->rest = before;
}

/**
 * sb_restore_look_again() - restore a ROM BAR that was set to a capture's
 * address
 * @pdev: the function
 * @owed: what was recorded; cleared afterwards
 *
 * A reader of the kernel's file "rom" clears the enable bit in the ROM BAR when
 * it is done: read, modify, write, under no lock. If it read during a capture
 * and writes afterwards, the ROM BAR holds the address of another BAR, which
 * the Intel I210 does not tolerate. Call this once all such readers are done.
 *
 * No matter what has the function now, nothing else can have chosen this
 * address.
 *
 * Context: may sleep; the function's mutex is held.
 * Return: true if the address was there and was replaced.
 */
bool sb_restore_look_again(struct pci_dev *pdev, struct sb_owed *owed)
{
	bool seen, found;
	u32 rom;

	if (!owed->lent)
		return false;

	/* An error means that runtime PM is not used. */
	pm_runtime_get_sync(&pdev->dev);
	pci_cfg_access_lock(pdev);
	seen = !sb_gather_rom_bar(pdev, &rom) && rom != U32_MAX;
	found = seen && (rom & (u32)PCI_ROM_ADDRESS_MASK) == owed->lent &&
		!is_from_core(pdev, rom);
	if (found)
		pci_write_config_dword(pdev, pdev->rom_base_reg, owed->rest);
	pci_cfg_access_unlock(pdev);
	pm_runtime_put(&pdev->dev);
	/* If it does not respond, nothing is known: try again next time. */
	if (seen)
		owed->lent = 0;

	if (found)
		pci_info(pdev, "ROM BAR restored after a concurrent access\n");
	return found;
}

/**
 * sb_restore_check() - has a header that was not restored become as it was?
 * @pdev: the function
 * @owed: has the header before the capture, cleared if it is so again
 *
 * Error recovery can do that, and so can a resume: both restore what the core
 * saved earlier.
 *
 * Context: any in which config space may be read.
 * Return: true if it is.
 */
bool sb_restore_check(struct pci_dev *pdev, struct sb_owed *owed)
{
	u32 now[SB_HEADER_DWORDS];

	if (!owed->header || header_changes(pdev, owed->header, now))
		return false;

	kfree(owed->header);
	owed->header = NULL;
	pci_info(pdev, "its registers read as before again\n");
	return true;
}
