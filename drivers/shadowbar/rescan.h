/* SPDX-License-Identifier: GPL-2.0-only */
/* rescan: one hold of the PCI rescan lock, shared by parallel captures. */
#ifndef SHADOWBAR_RESCAN_H
#define SHADOWBAR_RESCAN_H

#include <linux/jiffies.h>
#include <linux/types.h>

/* How long captures join the one that holds the rescan lock, in jiffies */
#define SB_RESCAN_HOLD	HZ

bool sb_rescan_enter(void);
unsigned int sb_rescan_hold(void);
void sb_rescan_leave(bool leads);

#endif /* SHADOWBAR_RESCAN_H */
