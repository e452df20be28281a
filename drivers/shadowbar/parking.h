/* SPDX-License-Identifier: GPL-2.0-only */
/* parking: places for BARs that have to be out of the way. */
#ifndef SHADOWBAR_PARKING_H
#define SHADOWBAR_PARKING_H

#include <linux/ioport.h>
#include <shadowbar/plan.h>

/**
 * struct sb_parking - the places that one capture has
 * @low: for 32-bit BARs; held if it has a parent
 * @high: for 64-bit BARs; likewise
 */
struct sb_parking {
	struct resource low;
	struct resource high;
};

void sb_parking_take(struct sb_parking *parking, const struct sb_facts *facts,
		     struct sb_plan *plan);
void sb_parking_leave(struct sb_parking *parking);

#endif /* SHADOWBAR_PARKING_H */
