/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * choose: which of a function's shadows is the best.
 *
 * Logic: what is known of each in, one of them out.
 */
#ifndef SHADOWBAR_CHOOSE_H
#define SHADOWBAR_CHOOSE_H

#include <shadowbar/plan.h>
#include <shadowbar/rom_image.h>

/**
 * struct sb_finding - what was found at a source
 * @length: bytes of whole images; 0 if there is no shadow from this source
 * @images: how many these are
 * @intact: the last of them is marked as such, and all x86 ones add up to zero
 */
struct sb_finding {
	u32 length;
	u32 images;
	bool intact;
};

void sb_finding_judge(const u8 *bytes, u32 size, enum sb_source source,
		      struct sb_finding *finding);
enum sb_source sb_choose(const struct sb_finding findings[SB_SOURCES]);
bool sb_source_is_bar(enum sb_source source);

#endif /* SHADOWBAR_CHOOSE_H */
