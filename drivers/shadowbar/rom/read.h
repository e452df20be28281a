/* SPDX-License-Identifier: GPL-2.0-only */
/* read: read a ROM that decodes its address. */
#ifndef SHADOWBAR_READ_H
#define SHADOWBAR_READ_H

#include <shadowbar/plan.h>

struct sb_attempt;

enum sb_why sb_read_rom(struct sb_attempt *attempt);

#endif /* SHADOWBAR_READ_H */
