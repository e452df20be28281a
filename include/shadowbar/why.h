/* SPDX-License-Identifier: GPL-2.0-only */
/* why: the reasons for a function's status. */
#ifndef SHADOWBAR_WHY_H
#define SHADOWBAR_WHY_H

#define SB_REASON(id, ...)	SB_WHY_##id,
enum sb_why {
#include <shadowbar/why_table.h>
};

#endif /* SHADOWBAR_WHY_H */
