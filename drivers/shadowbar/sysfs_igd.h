/* SPDX-License-Identifier: GPL-2.0-only */
/* sysfs_igd: what a user sees of Intel's graphics. */
#ifndef SHADOWBAR_SYSFS_IGD_H
#define SHADOWBAR_SYSFS_IGD_H

#include "igd/state.h"

int sb_sysfs_igd_add(struct kobject *kobj, struct sb_igd *igd);

#endif /* SHADOWBAR_SYSFS_IGD_H */
