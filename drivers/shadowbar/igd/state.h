/* SPDX-License-Identifier: GPL-2.0-only */
/* state: what is known of Intel's graphics. */
#ifndef SHADOWBAR_STATE_H
#define SHADOWBAR_STATE_H

#include <linux/ioport.h>
#include <linux/sysfs.h>
#include <shadowbar/igd.h>

/**
 * struct sb_igd - what was found when the function was first seen
 * @report: that; constant
 * @snapshot: the OpRegion, and after it the VBT if that was outside, or NULL
 * @size: bytes in it
 * @guard: a reservation of stolen memory; in the resource tree if it has a
 *	   parent
 * @name: of that, for /proc/iomem
 * @opregion_file: the file "igd_opregion"; there if @snapshot is
 * @vbt_file: the file "igd_vbt"; there if the snapshot has a VBT
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
 * struct sb_igd_wish - what is wanted of it
 * @allocate: igd_stolen=allocate: stolen memory where firmware has given it none
 * @denied: the deny parameter names it
 */
struct sb_igd_wish {
	bool allocate;
	bool denied;
};

#endif /* SHADOWBAR_STATE_H */
