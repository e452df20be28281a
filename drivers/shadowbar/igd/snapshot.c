// SPDX-License-Identifier: GPL-2.0-only
/*
 * snapshot: a copy of the OpRegion, and of an external VBT.
 *
 * Registers and the OpRegion itself say where these are, and either may be
 * wrong. So only memory that firmware has reported as its own is mapped:
 * nothing that the kernel uses, and nothing that may belong to a device.
 */
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "igd/map.h"
#include "igd/snapshot.h"

static enum sb_igd_error copy(u8 *to, u64 start, u32 size)
{
	void *map;

	if (sb_igd_is_in_ram(start, size))
		return SB_IGD_IN_RAM;
	if (!sb_igd_is_reported(start, size, PAGE_SIZE))
		return SB_IGD_NOWHERE;

	map = memremap(start, size, MEMREMAP_WB);
	if (!map)
		return SB_IGD_NOT_MAPPED;
	memcpy(to, map, size);
	memunmap(map);
	return SB_IGD_OK;
}

static enum sb_igd_error copy_opregion(struct sb_igd *igd)
{
	struct sb_igd_report *report = &igd->report;
	enum sb_igd_error error;

	igd->snapshot = kmalloc(SB_IGD_OPREGION_SIZE, GFP_KERNEL);
	if (!igd->snapshot)
		return SB_IGD_NO_MEMORY;

	igd->size = SB_IGD_OPREGION_SIZE;
	error = copy(igd->snapshot, report->asls, igd->size);
	if (error != SB_IGD_OK)
		return error;

	/* Parse the copy: a driver may write to the original. */
	return sb_igd_opregion_read(igd->snapshot, igd->size, report->asls,
				    &report->opregion);
}

/* Append the VBT that the OpRegion says is elsewhere, if it is valid. */
static enum sb_igd_error append_vbt(struct sb_igd *igd)
{
	const struct sb_igd_opregion *opregion = &igd->report.opregion;
	enum sb_igd_error error;
	struct sb_igd_vbt vbt;
	u8 *both;

	if (!opregion->outside || opregion->error != SB_IGD_OK)
		return opregion->error;

	both = kmalloc(igd->size + opregion->rvds, GFP_KERNEL);
	if (!both)
		return SB_IGD_NO_MEMORY;

	error = copy(both + igd->size, opregion->rvda, opregion->rvds);
	if (error == SB_IGD_OK) {
		sb_igd_vbt_read(both + igd->size, opregion->rvds, &vbt);
		if (!vbt.length)
			error = vbt.error;
	}
	if (error != SB_IGD_OK) {
		kfree(both);
		return error;
	}

	memcpy(both, igd->snapshot, igd->size);
	kfree(igd->snapshot);
	igd->snapshot = both;
	igd->size += opregion->rvds;
	return SB_IGD_OK;
}

/**
 * sb_igd_snapshot() - copy the OpRegion and the VBT
 * @pdev: the function
 * @igd: filled; if there is no snapshot, its report says why
 *
 * Context: may sleep.
 */
void sb_igd_snapshot(struct pci_dev *pdev, struct sb_igd *igd)
{
	struct sb_igd_report *report = &igd->report;
	struct sb_igd_opregion relative;

	report->found = SB_IGD_ABSENT;
	if (pci_read_config_dword(pdev, SB_IGD_ASLS, &report->asls) ||
	    !report->asls || report->asls == U32_MAX)
		return;

	report->found = copy_opregion(igd);
	if (report->found != SB_IGD_OK) {
		kfree(igd->snapshot);
		igd->snapshot = NULL;
		igd->size = 0;
		return;
	}

	report->outside = append_vbt(igd);
	sb_igd_opregion_relocate(igd->snapshot,
				 igd->size - SB_IGD_OPREGION_SIZE);
	sb_igd_opregion_read(igd->snapshot, igd->size, 0, &relative);
	sb_igd_vbt_find(igd->snapshot, igd->size, &relative, &report->vbt);
}
