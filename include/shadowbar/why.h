/* SPDX-License-Identifier: GPL-2.0-only */
/* why: why a function has the status it has. */
#ifndef SHADOWBAR_WHY_H
#define SHADOWBAR_WHY_H

#define SB_REASON(id, ...)	SB_WHY_##id,
enum sb_why {
#include <shadowbar/why_table.h>
};

#endif /* SHADOWBAR_WHY_H */
