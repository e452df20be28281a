/* SPDX-License-Identifier: GPL-2.0-only */
/* sysfs: what a user sees of a function. */
#ifndef SHADOWBAR_SYSFS_H
#define SHADOWBAR_SYSFS_H

#include <linux/types.h>
#include <shadowbar/plan.h>

struct attribute_group;
struct sb_function;

extern const struct attribute_group *sb_sysfs_first_groups[];

int sb_sysfs_add_files(struct sb_function *function);
int sb_sysfs_add_shadow(struct sb_function *function, enum sb_source source,
			size_t size);
void sb_sysfs_remove_shadow(struct sb_function *function,
			    enum sb_source source);
void sb_sysfs_remove_shadows(struct sb_function *function);

#endif /* SHADOWBAR_SYSFS_H */
