/* SPDX-License-Identifier: GPL-2.0-only */
/* sysfs: the files of a function. */
#ifndef SHADOWBAR_SYSFS_H
#define SHADOWBAR_SYSFS_H

#include "rom/shadows.h"

struct sb_function;

int sb_sysfs_add_dir(struct sb_function *function);
int sb_sysfs_add_files(struct sb_function *function);
struct sb_keeper sb_sysfs_keeper(struct sb_function *function);
void sb_sysfs_remove_shadows(struct sb_function *function);

#endif /* SHADOWBAR_SYSFS_H */
