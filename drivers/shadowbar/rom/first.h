/* SPDX-License-Identifier: GPL-2.0-only */
/* first: a function as firmware left it. */
#ifndef SHADOWBAR_FIRST_H
#define SHADOWBAR_FIRST_H

#include <linux/types.h>

struct pci_dev;
struct sb_decoders;
struct sb_facts;

/**
 * struct sb_first - a function as it was first seen
 * @rom_raw: its ROM BAR
 * @rom_bar: the state of the ROM BAR, an enum sb_rom_bar
 * @decode: COMMAND had memory decoding on
 * @seen: it was recorded; false: it was asleep, or something above it was
 * @judged: @rom_bar is final: the size of the ROM was known
 */
struct sb_first {
	u32 rom_raw;
	u8 rom_bar;
	bool decode;
	bool seen:1;
	bool judged:1;
};

void sb_first_see(struct pci_dev *pdev, struct sb_first *first);
void sb_first_judge(struct sb_first *first, const struct sb_facts *facts);
void sb_first_look(struct pci_dev *pdev, struct sb_first *first,
		   struct sb_decoders *found);

#endif /* SHADOWBAR_FIRST_H */
