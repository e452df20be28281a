/* SPDX-License-Identifier: GPL-2.0-only */
/* how: say how a copy of a ROM was made. */
#ifndef SHADOWBAR_HOW_H
#define SHADOWBAR_HOW_H

const char *sb_how(const char *name);

#endif /* SHADOWBAR_HOW_H */
