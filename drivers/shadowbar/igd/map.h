/* SPDX-License-Identifier: GPL-2.0-only */
/* map: facts about memory ranges, and about the machine. */
#ifndef SHADOWBAR_IGD_MAP_H
#define SHADOWBAR_IGD_MAP_H

#include <linux/types.h>

bool sb_igd_is_addressable(u64 start, u64 size);
bool sb_igd_is_reported(u64 start, u64 size, u64 step);
bool sb_igd_is_in_ram(u64 start, u64 size);
bool sb_igd_in_guest(void);

#endif /* SHADOWBAR_IGD_MAP_H */
