/* SPDX-License-Identifier: GPL-2.0-only */
/* settings: what the module parameters say. */
#ifndef SHADOWBAR_SETTINGS_H
#define SHADOWBAR_SETTINGS_H

#include <shadowbar/deny.h>

/**
 * struct sb_words - the module parameters as they were given
 * @capture: "auto" or "manual"
 * @borrow: "on" or "off"
 * @pad: "on" or "off"
 * @isolate: "off" or "vfio"
 * @deny: see sb_deny_parse()
 * @igd_stolen: "check" or "allocate"
 * @align: anything; does nothing any more
 * @serve: "on" or "off"
 * @measure: "off" or "ima"
 */
struct sb_words {
	char *capture;
	char *borrow;
	char *pad;
	char *isolate;
	char *deny;
	char *igd_stolen;
	char *align;
	char *serve;
	char *measure;
};

/**
 * struct sb_settings - the module parameters, parsed; constant while loaded
 * @manual: capture=manual: read a ROM only when asked to
 * @borrow: borrow=on: the address of another BAR may be borrowed
 * @pad: pad=on: pages behind sub-page BARs are kept free
 * @isolate: isolate=vfio: BARs that are about to be given to user space get pages
 *	     of their own
 * @measure: measure=ima: IMA is told of each shadow
 * @serve: serve=on: whoever asks the kernel for a ROM gets the shadow
 * @igd_allocate: igd_stolen=allocate: Intel's graphics gets stolen memory where
 *		  firmware has given it none
 * @deny: entries of the deny parameter
 * @nr_deny: how many
 */
struct sb_settings {
	bool manual;
	bool borrow;
	bool pad;
	bool isolate;
	bool measure;
	bool serve;
	bool igd_allocate;
	struct sb_deny *deny;
	unsigned int nr_deny;
};

int sb_settings_parse(struct sb_settings *settings,
		      const struct sb_words *words);
void sb_settings_free(struct sb_settings *settings);

#endif /* SHADOWBAR_SETTINGS_H */
