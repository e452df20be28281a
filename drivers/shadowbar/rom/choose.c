// SPDX-License-Identifier: GPL-2.0-only
/*
 * choose: choose the best of a function's shadows.
 *
 * Intact ROMs precede damaged ones: firmware rejects a ROM that is truncated or
 * has a wrong checksum. Among intact ones, those that fewer parties have
 * handled precede others, in the order of the table of sources.
 */
#include <shadowbar/choose.h>

#define BASE_CLASS_DISPLAY	0x03

/*
 * A BIOS copies one image to 0xC0000. The ROM of another function follows it;
 * without a display, that may even be the first there. The image may have
 * released memory and told only the BIOS, by its third byte. So if it does not
 * sum to zero over its whole length, the rest may belong to something else.
 */
static void judge_copy(const u8 *bytes, u32 size, struct sb_finding *finding)
{
	struct sb_rom_walk walk;
	struct sb_image image;

	sb_rom_walk_start_chain(&walk, size, SB_CHAIN_COPY);
	if (sb_rom_walk_step(&walk, bytes, size, &image) != SB_STEP_IMAGE ||
	    image.class >> 16 != BASE_CLASS_DISPLAY)
		return;

	finding->length = walk.length;
	finding->images = walk.images;
	finding->intact = walk.over && !walk.bad_sums;
	if (!image.sum_ok && image.init_size &&
	    image.init_size < image.length)
		finding->length = image.init_size;
}

/**
 * sb_finding_judge() - how much of what was found is a ROM
 * @bytes: what was found
 * @size: number of bytes
 * @source: where it was found
 * @finding: filled
 */
void sb_finding_judge(const u8 *bytes, u32 size, enum sb_source source,
		      struct sb_finding *finding)
{
	struct sb_rom_walk walk;

	*finding = (struct sb_finding){};
	if (source == SB_SOURCE_VGA_SHADOW) {
		judge_copy(bytes, size, finding);
		return;
	}

	sb_rom_walk_start(&walk, size);
	sb_rom_walk_needs_more(&walk, bytes, size);
	*finding = (struct sb_finding){
		.length = walk.length,
		.images = walk.images,
		.intact = walk.error == SB_IMAGE_OK && !walk.bad_sums,
	};
}

/**
 * sb_choose() - choose the best of a function's shadows
 * @findings: facts about each, by source
 *
 * Return: its source, SB_SOURCE_NONE if there is no shadow.
 */
enum sb_source sb_choose(const struct sb_finding findings[SB_SOURCES])
{
	enum sb_source source, damaged = SB_SOURCE_NONE;

	for (source = SB_SOURCE_NONE + 1; source < SB_SOURCES; source++) {
		if (findings[source].length && findings[source].intact)
			return source;
		if (findings[source].length && damaged == SB_SOURCE_NONE)
			damaged = source;
	}

	return damaged;
}

/**
 * sb_changed_by() - what a second read of a ROM reveals
 * @before: what was known before
 * @why: the result of the read
 * @error: with SB_WHY_BROKEN, what is wrong with the first image
 * @same: with SB_WHY_CAPTURED, the bytes are equal to the shadow
 *
 * Return: what is known now. A ROM that could not be read reveals nothing.
 */
enum sb_changed sb_changed_by(enum sb_changed before, enum sb_why why,
			      enum sb_image_error error, bool same)
{
	if (why == SB_WHY_CAPTURED)
		return same ? SB_CHANGED_NO : SB_CHANGED_YES;
	if (why != SB_WHY_BROKEN)
		return before;
	if (error == SB_IMAGE_ALL_ONES || error == SB_IMAGE_ALL_ZEROES)
		return SB_CHANGED_GONE;

	return SB_CHANGED_YES;
}

/**
 * sb_changed_name() - the word for whether a ROM has changed
 * @changed: whether it has
 *
 * Return: a constant string, as in sysfs.
 */
const char *sb_changed_name(enum sb_changed changed)
{
	static const char * const name[] = {
		[SB_CHANGED_UNKNOWN] = "unknown",
		[SB_CHANGED_NO] = "no",
		[SB_CHANGED_YES] = "yes",
		[SB_CHANGED_GONE] = "gone",
	};

	return name[changed];
}
