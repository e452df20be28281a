/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * decoder: registers that make functions decode addresses.
 *
 * All addresses are bus addresses.
 */
#ifndef SHADOWBAR_DECODER_H
#define SHADOWBAR_DECODER_H

#include <shadowbar/bar.h>

/**
 * enum sb_decoder_kind - the kind of register that makes a function decode
 * @SB_DECODER_NONE: none
 * @SB_DECODER_BAR: a memory BAR
 * @SB_DECODER_ROM: the expansion ROM BAR
 * @SB_DECODER_WINDOW: a memory window of a bridge
 * @SB_DECODER_OTHER: not a known PCI function; it is in the resource tree
 * @SB_DECODER_UNKNOWN: a function whose registers cannot be read
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
 * struct sb_owner - identifies a register
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
 * struct sb_decoder - a range that a register makes a function decode
 * @range: the range
 * @owner: the register
 * @claimed: it is in the kernel's resource tree, where everybody can see it
 * @enabled: the function decodes it now; false: it would if it were enabled
 */
struct sb_decoder {
	struct sb_range range;
	struct sb_owner owner;
	bool claimed;
	bool enabled;
};

#endif /* SHADOWBAR_DECODER_H */
