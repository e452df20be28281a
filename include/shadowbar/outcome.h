/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * outcome: the outcome of a capture.
 *
 * Logic: what was found and done in, a status out.
 */
#ifndef SHADOWBAR_OUTCOME_H
#define SHADOWBAR_OUTCOME_H

#include <shadowbar/plan.h>
#include <shadowbar/rom_image.h>

/**
 * enum sb_status - the result for a function's ROM
 * @SB_STATUS_PENDING: queued or being read
 * @SB_STATUS_NONE: it has no ROM
 * @SB_STATUS_CAPTURED: there is a shadow
 * @SB_STATUS_DEFERRED: a driver is bound
 * @SB_STATUS_SKIPPED: it was left alone
 * @SB_STATUS_FAILED: an attempt to read it failed
 */
enum sb_status {
	SB_STATUS_PENDING,
	SB_STATUS_NONE,
	SB_STATUS_CAPTURED,
	SB_STATUS_DEFERRED,
	SB_STATUS_SKIPPED,
	SB_STATUS_FAILED,
};

/**
 * enum sb_place - functions for which an explanation of where the ROM is helps
 * @SB_PLACE_USUAL: any other
 * @SB_PLACE_EMPTY_SHADOW: the boot VGA device, without a copy at the address
 *			   where the kernel says that there is one
 * @SB_PLACE_INTEL: Intel integrated graphics
 */
enum sb_place {
	SB_PLACE_USUAL,
	SB_PLACE_EMPTY_SHADOW,
	SB_PLACE_INTEL,
};

/**
 * struct sb_outcome - what was found and what was done
 * @addr: bus address where the ROM was read
 * @known_bad: with SB_WHY_KNOWN_BAD, what is known
 * @length: bytes of complete images
 * @images: number of complete images
 * @bad_sums: number of x86 images with a wrong checksum among them
 * @why: the reason, which determines the status; an enum sb_why
 * @rom_bar: what the ROM BAR held when the function was first seen; an enum
 *	     sb_rom_bar
 * @source: where the ROM was read, with SB_WHY_CAPTURED or SB_WHY_BROKEN; an
 *	    enum sb_source
 * @lender: the BAR whose address was borrowed
 * @image_error: what is wrong with the image after the complete ones; an enum
 *		 sb_image_error
 * @validation: the ROM BAR's validation status, 0 if there is none
 * @busy: with SB_WHY_IN_USE, why; an enum sb_busy
 * @decode: memory decoding was on when the function was first seen
 * @restored: config space is what it was; false: it could not be restored
 * @best: source of the best shadow, an enum sb_source
 * @best_length: bytes in that shadow
 * @best_images: images in that shadow
 * @place: the kind of function, an enum sb_place
 * @odd_pcir: the first image whose PCIR newer kernels reject, counted from 1; 0
 *	      if there is none
 *
 * @place and the members that begin with @best describe all sources, not one
 * capture: they are filled in when the outcome is read.
 *
 * Each function stores one, so enums are stored in bytes.
 */
struct sb_outcome {
	u64 addr;
	const char *known_bad;
	u32 length;
	u32 images;
	u32 bad_sums;
	u8 why;
	u8 rom_bar;
	u8 source;
	u8 lender;
	u8 image_error;
	u8 busy;
	u8 validation;
	bool decode;
	bool restored;
	u8 best;
	u8 place;
	u8 odd_pcir;
	u32 best_length;
	u32 best_images;
};

const char *sb_why_done(enum sb_why why);
const char *sb_why_next(enum sb_why why);
void sb_outcome_not_kept(struct sb_outcome *outcome, enum sb_why why);
bool sb_outcome_has_another(const struct sb_outcome *outcome);
enum sb_status sb_outcome_status(const struct sb_outcome *outcome);
int sb_outcome_error(const struct sb_outcome *outcome);

#endif /* SHADOWBAR_OUTCOME_H */
