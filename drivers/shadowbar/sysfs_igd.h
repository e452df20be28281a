/* SPDX-License-Identifier: GPL-2.0-only */
/* sysfs_igd: the files of Intel graphics. */
#ifndef SHADOWBAR_SYSFS_IGD_H
#define SHADOWBAR_SYSFS_IGD_H

#include "igd/state.h"

int sb_sysfs_igd_add(struct kobject *kobj, struct sb_igd *igd);

#endif /* SHADOWBAR_SYSFS_IGD_H */
