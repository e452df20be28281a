// SPDX-License-Identifier: GPL-2.0-only
/*
 * use: whether a function is in use.
 */
#include <linux/pci.h>

#include "bus/gather.h"
#include "bus/mapped.h"
#include "bus/use.h"

/* Missing in the headers of some kernels */
#define CLASS_MEMORY_CXL	0x0502

static bool shut_down;

/**
 * sb_use_shut_down() - record that the machine is shutting down
 * @down: true if so; false: it is up
 *
 * Context: any.
 */
void sb_use_shut_down(bool down)
{
	WRITE_ONCE(shut_down, down);
}

/**
 * sb_use_is_shut_down() - is the machine shutting down?
 *
 * Context: any.
 * Return: true if so.
 */
bool sb_use_is_shut_down(void)
{
	return READ_ONCE(shut_down);
}

/**
 * sb_use_is_enabled() - has somebody enabled a function?
 * @pdev: the function
 *
 * The core enables a bridge for the devices below it, which does not count.
 *
 * Context: any.
 * Return: true if so.
 */
bool sb_use_is_enabled(struct pci_dev *pdev)
{
	return pdev->hdr_type != PCI_HEADER_TYPE_BRIDGE &&
	       pci_is_enabled(pdev);
}

/**
 * sb_use_of() - may a function be reprogrammed, and if not, why?
 * @pdev: the function
 * @bound: a driver is bound, as opposed to about to be probed
 *
 * Context: may sleep. Unless @bound, no driver binds meanwhile.
 * Return: SB_IDLE if it may.
 */
enum sb_busy sb_use_of(struct pci_dev *pdev, bool bound)
{
	const struct sb_use use = {
		.by[SB_BUSY_CXL] = pdev->class >> 8 == CLASS_MEMORY_CXL,
		.by[SB_BUSY_TSM] = sb_pci_has_tsm(pdev),
		.by[SB_BUSY_LIVE_UPDATE] = sb_pci_is_incoming(pdev),
		.by[SB_BUSY_DRIVER] = bound,
		.by[SB_BUSY_ENABLED] = !bound && sb_use_is_enabled(pdev),
		.by[SB_BUSY_VFS] = !bound && pci_num_vf(pdev),
		.by[SB_BUSY_SHUTDOWN] = sb_use_is_shut_down(),
		.by[SB_BUSY_MAPPED] = !bound && sb_mapped(pdev),
		.by[SB_BUSY_RESOURCE] = !bound && sb_gather_has_busy_bar(pdev),
	};

	return sb_is_busy(&use);
}

/**
 * sb_use_lets_firmware() - may firmware code that touches a function run?
 * @pdev: the function; it is not removed meanwhile
 *
 * A driver may bind right afterwards: nothing can wait for firmware.
 *
 * Context: may sleep.
 * Return: true if nothing uses the function.
 */
bool sb_use_lets_firmware(struct pci_dev *pdev)
{
	enum sb_busy busy = sb_use_of(pdev, READ_ONCE(pdev->dev.driver));

	/* A busy resource only pins BARs and decoding. */
	return busy == SB_IDLE || busy == SB_BUSY_RESOURCE;
}

/**
 * sb_use_let_decode() - keep decoding on if the function was enabled meanwhile
 * @pdev: the function, restored after a capture
 *
 * Code that enables a function without its device lock may have found decoding
 * switched on by the capture, and so written nothing. From here on, it finds
 * the restored value.
 *
 * Context: config space locked against user access.
 * Return: true if the function has been enabled.
 */
bool sb_use_let_decode(struct pci_dev *pdev)
{
	u16 command, wanted;
	unsigned int i;

	if (!sb_use_is_enabled(pdev) ||
	    pci_read_config_word(pdev, PCI_COMMAND, &command))
		return false;

	wanted = command;
	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		if (pdev->resource[i].flags & IORESOURCE_MEM &&
		    pdev->resource[i].parent)
			wanted |= PCI_COMMAND_MEMORY;
	if (pdev->is_busmaster)
		wanted |= PCI_COMMAND_MASTER;
	if (wanted != command)
		pci_write_config_word(pdev, PCI_COMMAND, wanted);

	return true;
}
