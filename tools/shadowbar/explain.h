/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * explain: why things are as they are, and what to do next.
 */
#ifndef SHADOWBAR_EXPLAIN_H
#define SHADOWBAR_EXPLAIN_H

#include <string.h>

#include "tool.h"

#define SB_VENDOR_AMD		0x1002
#define SB_VENDOR_INTEL		0x8086
#define SB_VENDOR_NVIDIA	0x10de
#define SB_CLASS_STORAGE	0x01
#define SB_CLASS_NETWORK	0x02
#define SB_CLASS_DISPLAY	0x03
#define SB_CLASS_NVME		0x0108
#define SB_CLASS_AUDIO		0x0403

static inline bool sb_is(const char *value, const char *word)
{
	return value && !strcmp(value, word);
}

static inline bool sb_is_display(const struct sb_function *function)
{
	return function->class >> 8 == SB_CLASS_DISPLAY;
}

/* explain_rom.c */
bool sb_is_served(const struct sb_function *function);
void sb_explain_served(const struct sb_function *function);
void sb_explain_rom(const struct sb_function *function,
		    const struct sb_functions *all);

/* explain_igd.c */
void sb_explain_no_igd_rom(const struct sb_function *function);
void sb_explain_igd(const struct sb_function *function);

/* advice.c: advice that more than one command gives */
void sb_advise_unbind(const struct sb_function *function, const char *before);
void sb_advise_bind_once(const struct sb_function *function);
void sb_advise_at_boot(void);
void sb_advise_rombar_off(const struct sb_function *function);
char *sb_slot(const struct sb_function *function);
bool sb_has_sibling(const struct sb_function *function,
		    const struct sb_functions *all);
const struct sb_function *sb_sibling(const struct sb_function *function,
				     const struct sb_functions *all,
				     unsigned int class);

#endif /* SHADOWBAR_EXPLAIN_H */
