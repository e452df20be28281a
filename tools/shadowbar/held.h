/* SPDX-License-Identifier: GPL-2.0-only */
/* held: work on a function with its driver unbound. */
#ifndef SHADOWBAR_HELD_H
#define SHADOWBAR_HELD_H

#include "tool.h"

/**
 * typedef sb_deed_t - work to do on a function
 * @function: the function
 * @arg: the caller's argument
 *
 * Return: the exit code.
 */
typedef enum sb_exit (*sb_deed_t)(const struct sb_function *function,
				  const void *arg);

enum sb_exit sb_without_driver(const struct sb_function *function,
			       const char *done, sb_deed_t call,
			       const void *arg);

#endif /* SHADOWBAR_HELD_H */
