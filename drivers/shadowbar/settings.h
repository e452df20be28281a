/* SPDX-License-Identifier: GPL-2.0-only */
/* settings: the parsed module parameters. */
#ifndef SHADOWBAR_SETTINGS_H
#define SHADOWBAR_SETTINGS_H

#include <shadowbar/deny.h>

/**
 * struct sb_words - the module parameters as given
 * @capture: "auto" or "manual"
 * @borrow: "on" or "off"
 * @pad: "on" or "off"
 * @isolate: "off" or "vfio"
 * @deny: see sb_deny_parse()
 * @igd_stolen: "check" or "allocate"
 * @align: anything; ignored
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
 * struct sb_settings - the parsed module parameters; constant while loaded
 * @manual: capture=manual: read ROMs on request only
 * @borrow: borrow=on: a capture may use the address of another BAR
 * @pad: pad=on: keep the rest of a page behind a sub-page BAR free
 * @isolate: isolate=vfio: BARs that are about to be given to user space get
 *	     pages of their own
 * @measure: measure=ima: have IMA record the hash of each shadow
 * @serve: serve=on: give the shadow to drivers and guests that ask the kernel
 *	   for the ROM
 * @igd_allocate: igd_stolen=allocate: allocate stolen memory for Intel graphics
 *		  if firmware reserved none
 * @deny: entries of the deny parameter
 * @nr_deny: number of entries in @deny
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
