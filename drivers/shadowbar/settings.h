/* SPDX-License-Identifier: GPL-2.0-only */
/* settings: what the module parameters say. */
#ifndef SHADOWBAR_SETTINGS_H
#define SHADOWBAR_SETTINGS_H

#include <shadowbar/deny.h>

/**
 * struct sb_settings - the module parameters, parsed; constant while loaded
 * @manual: capture=manual: read a ROM only when asked to
 * @borrow: borrow=on: the address of another BAR may be borrowed
 * @deny: entries of the deny parameter
 * @nr_deny: how many
 */
struct sb_settings {
	bool manual;
	bool borrow;
	struct sb_deny *deny;
	unsigned int nr_deny;
};

int sb_settings_parse(struct sb_settings *settings, const char *capture,
		      const char *borrow, const char *deny);
void sb_settings_free(struct sb_settings *settings);

#endif /* SHADOWBAR_SETTINGS_H */
