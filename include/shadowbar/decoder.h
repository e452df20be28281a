/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decoder: what makes a function answer to an address.
 *
 * All addresses are bus addresses.
 */
#ifndef SHADOWBAR_DECODER_H
#define SHADOWBAR_DECODER_H

#include <shadowbar/bar.h>

/**
 * enum sb_decoder_kind - what kind of register makes a function decode
 * @SB_DECODER_NONE: none does
 * @SB_DECODER_BAR: a memory BAR
 * @SB_DECODER_ROM: the expansion ROM BAR
 * @SB_DECODER_WINDOW: a memory window of a bridge
 * @SB_DECODER_OTHER: no PCI function that is known; the resource tree has it
 * @SB_DECODER_UNKNOWN: a function whose registers nobody can tell
 */
enum sb_decoder_kind {
	SB_DECODER_NONE,
	SB_DECODER_BAR,
	SB_DECODER_ROM,
	SB_DECODER_WINDOW,
	SB_DECODER_OTHER,
	SB_DECODER_UNKNOWN,
};

/**
 * struct sb_owner - whose register it is
 * @domain: PCI domain
 * @bus: bus number
 * @devfn: slot and function
 * @kind: kind of register, an enum sb_decoder_kind
 * @nr: number of the BAR or of the window
 */
struct sb_owner {
	u32 domain;
	u8 bus;
	u8 devfn;
	u8 kind;
	u8 nr;
};

/**
 * struct sb_decoder - a range that some register makes a function answer to
 * @range: the range
 * @owner: whose register
 * @claimed: the kernel's resource tree has it there, for everybody to see
 * @enabled: the function answers now; false: it would if it were enabled
 */
struct sb_decoder {
	struct sb_range range;
	struct sb_owner owner;
	bool claimed;
	bool enabled;
};

#endif /* SHADOWBAR_DECODER_H */
