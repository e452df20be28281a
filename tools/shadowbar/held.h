/* SPDX-License-Identifier: GPL-2.0-only */
/* held: do something to a function without its driver. */
#ifndef SHADOWBAR_HELD_H
#define SHADOWBAR_HELD_H

#include "tool.h"

/**
 * typedef sb_deed_t - what is to be done
 * @function: to which function
 * @arg: its own
 *
 * Return: the exit code.
 */
typedef enum sb_exit (*sb_deed_t)(const struct sb_function *function,
				  const void *arg);

enum sb_exit sb_without_driver(const struct sb_function *function,
			       const char *done, sb_deed_t call,
			       const void *arg);

#endif /* SHADOWBAR_HELD_H */
