/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * choose: choose the best of a function's shadows.
 *
 * Logic: facts about each in, one of them out.
 */
#ifndef SHADOWBAR_CHOOSE_H
#define SHADOWBAR_CHOOSE_H

#include <shadowbar/plan.h>
#include <shadowbar/rom_image.h>

/**
 * struct sb_finding - what was found at a source
 * @length: bytes of complete images; 0 if there is no shadow from this source
 * @images: number of complete images
 * @intact: the last image is marked as such, and all x86 ones sum to zero
 */
struct sb_finding {
	u32 length;
	u32 images;
	bool intact;
};

/**
 * enum sb_changed - has the ROM changed since its shadow was read?
 * @SB_CHANGED_UNKNOWN: it has not been read again
 * @SB_CHANGED_NO: it was read again and is the same
 * @SB_CHANGED_YES: it was read again and is different or damaged
 * @SB_CHANGED_GONE: it was read again and nothing is there: it was erased, or
 *		     the function needs a reset
 *
 * Names are in sb_changed_name().
 */
enum sb_changed {
	SB_CHANGED_UNKNOWN,
	SB_CHANGED_NO,
	SB_CHANGED_YES,
	SB_CHANGED_GONE,
};

enum sb_changed sb_changed_by(enum sb_changed before, enum sb_why why,
			      enum sb_image_error error, bool same);
const char *sb_changed_name(enum sb_changed changed);

void sb_finding_judge(const u8 *bytes, u32 size, enum sb_source source,
		      struct sb_finding *finding);
enum sb_source sb_choose(const struct sb_finding findings[SB_SOURCES]);

#endif /* SHADOWBAR_CHOOSE_H */
