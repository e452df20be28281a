// SPDX-License-Identifier: GPL-2.0-only
/*
 * igd: Intel's integrated graphics, and what it needs beside its BARs.
 *
 * Everything is done once, when the function is first seen: later its driver
 * writes into the OpRegion, and may use the stolen memory.
 */
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/slab.h>
#ifdef CONFIG_X86
#include <asm/cpufeature.h>
#endif

#include "bus/gather.h"
#include "igd/igd.h"

static bool is_igd(struct pci_dev *pdev)
{
	if (!sb_gather_is_integrated(pdev) ||
	    pdev->devfn != PCI_DEVFN(SB_IGD_SLOT, 0))
		return false;

	/* A guest may have a card there. */
	return sb_igd_generation(pdev->device) != SB_IGD_DISCRETE;
}

/**
 * sb_igd_is_addressable() - whether memory can be there at all
 * @start: first byte of a range that does not wrap
 * @size: its size in bytes
 *
 * Return: true if all of it can be addressed.
 */
bool sb_igd_is_addressable(u64 start, u64 size)
{
	return start + size - 1 <= iomem_resource.end;
}

/**
 * sb_igd_is_in_ram() - whether the kernel uses a piece of memory
 * @start: its first byte, of a range that does not wrap
 * @size: its size in bytes
 *
 * Context: any.
 * Return: true if any of it is usable memory.
 */
bool sb_igd_is_in_ram(u64 start, u64 size)
{
	return region_intersects(start, size, IORESOURCE_SYSTEM_RAM,
				 IORES_DESC_NONE) != REGION_DISJOINT;
}

/**
 * sb_igd_is_reported() - whether firmware reports a piece of memory as its own
 * @start: its first byte, of a range that does not wrap
 * @size: its size in bytes
 * @step: how closely to look, a power of two: holes that are smaller are
 *	  overlooked
 *
 * Context: any.
 * Return: true if all of it is reserved, or in use by ACPI.
 */
bool sb_igd_is_reported(u64 start, u64 size, u64 step)
{
	static const int kinds[] = {
		IORES_DESC_RESERVED,
		IORES_DESC_ACPI_NV_STORAGE,
		IORES_DESC_ACPI_TABLES,
	};
	u64 at = ALIGN_DOWN(start, step), end = start + size;
	unsigned int i;

	for (; at < end; at += step) {
		for (i = 0; i < ARRAY_SIZE(kinds); i++)
			if (region_intersects(at, step, IORESOURCE_MEM,
					      kinds[i]) == REGION_INTERSECTS)
				break;
		if (i == ARRAY_SIZE(kinds))
			return false;
	}

	return true;
}

/**
 * sb_igd_in_guest() - whether this kernel runs in a virtual machine
 *
 * Context: any.
 * Return: true if the processor says that there is a hypervisor.
 */
bool sb_igd_in_guest(void)
{
#ifdef CONFIG_X86
	return boot_cpu_has(X86_FEATURE_HYPERVISOR);
#else
	/* There is no such device. */
	return false;
#endif
}

/**
 * sb_igd_attach() - look after Intel's graphics, if a function is that
 * @pdev: the function
 * @settings: the settings
 * @igd: set to what was found, to be given to sb_igd_retire() and
 *	 sb_igd_free(); not written to for any other function
 *
 * Only with igd_stolen=allocate anything is written to it.
 *
 * Context: may sleep; the function's mutex is held, the rescan lock may be.
 * Return: 0 or -ENOMEM.
 */
int sb_igd_attach(struct pci_dev *pdev, const struct sb_settings *settings,
		  struct sb_igd **igd)
{
	struct sb_igd *new;

	if (!is_igd(pdev))
		return 0;

	new = kzalloc(sizeof(*new), GFP_KERNEL);
	if (!new)
		return -ENOMEM;

	new->report.gen = sb_igd_generation(pdev->device);
	new->report.bound = READ_ONCE(pdev->dev.driver);
	sb_igd_snapshot(pdev, new);
	sb_igd_guard(pdev, settings, new);
	*igd = new;
	return 0;
}

/**
 * sb_igd_retire() - a function goes, or the module
 * @igd: what was found of the function, or NULL
 *
 * Stolen memory that the module has allocated stays allocated: the device may
 * still write to it.
 *
 * Context: may sleep; the function's mutex is held.
 */
void sb_igd_retire(struct sb_igd *igd)
{
	/* A driver's own reservation inside it moves up to where it was. */
	if (igd && igd->guard.parent)
		remove_resource(&igd->guard);
}

/**
 * sb_igd_free() - free what sb_igd_attach() allocated
 * @igd: that, retired, its files gone; or NULL
 *
 * Context: may sleep.
 */
void sb_igd_free(struct sb_igd *igd)
{
	if (!igd)
		return;

	kfree(igd->snapshot);
	kfree(igd);
}
