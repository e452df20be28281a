/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * OpRegions and VBTs, as firmware leaves them, or should not
 */
#ifndef SHADOWBAR_KUNIT_IGD_BUILD_H
#define SHADOWBAR_KUNIT_IGD_BUILD_H

#include <linux/types.h>

#define IGD_VBT_LENGTH	700

/**
 * struct igd_build - an OpRegion, and what is wrong with it
 * @version: 0 for 2.1
 * @kib: the size that it announces, 0 for 8
 * @mailboxes: the mailboxes that it announces
 * @rvda: the address that it gives for its VBT
 * @rvds: the size of that
 * @no_vbt: there is none in mailbox 4
 */
struct igd_build {
	u16 version;
	u32 kib;
	u32 mailboxes;
	u64 rvda;
	u32 rvds;
	bool no_vbt;
};

void igd_put(u8 *to, u64 value, unsigned int bytes);
u64 igd_get(const u8 *from, unsigned int bytes);
void igd_build_opregion(u8 *to, const struct igd_build *build);
void igd_build_vbt(u8 *to, u16 length);
void igd_mend_sum(u8 *vbt, u16 length);

#endif /* SHADOWBAR_KUNIT_IGD_BUILD_H */
