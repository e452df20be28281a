/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * take: the bytes of a shadow, ready for a file.
 */
#ifndef SHADOWBAR_TAKE_H
#define SHADOWBAR_TAKE_H

#include "tool.h"

enum sb_exit sb_take(const struct sb_function *function, const char *name,
		     bool raw, const struct sb_source **source,
		     struct sb_bytes *bytes);

#endif /* SHADOWBAR_TAKE_H */
