/* SPDX-License-Identifier: GPL-2.0-only */
/* state: the state of Intel graphics. */
#ifndef SHADOWBAR_STATE_H
#define SHADOWBAR_STATE_H

#include <linux/ioport.h>
#include <linux/sysfs.h>
#include <shadowbar/igd.h>

/**
 * struct sb_igd - what was found when the function was first seen
 * @report: the findings; constant
 * @snapshot: the OpRegion, followed by the VBT if that was external, or NULL
 * @size: bytes in @snapshot
 * @guard: a reservation of stolen memory; inserted if it has a parent
 * @name: its name, for /proc/iomem
 * @opregion_file: the file "igd_opregion"; exists if @snapshot does
 * @vbt_file: the file "igd_vbt"; exists if the snapshot has a VBT
 */
struct sb_igd {
	struct sb_igd_report report;
	u8 *snapshot;
	size_t size;
	struct resource guard;
	char name[40];
	struct bin_attribute opregion_file;
	struct bin_attribute vbt_file;
};

/**
 * struct sb_igd_opts - options for a function
 * @allocate: igd_stolen=allocate: allocate stolen memory if firmware reserved
 *	      none
 * @denied: the deny parameter names the function
 */
struct sb_igd_opts {
	bool allocate;
	bool denied;
};

#endif /* SHADOWBAR_STATE_H */
