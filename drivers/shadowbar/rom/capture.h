/* SPDX-License-Identifier: GPL-2.0-only */
/* capture: read one function's ROM and leave no trace. */
#ifndef SHADOWBAR_CAPTURE_H
#define SHADOWBAR_CAPTURE_H

#include <linux/jiffies.h>
#include <shadowbar/reason.h>

#include "settings.h"

struct pci_dev;
struct sb_decoders;
struct sb_first;

/* The longest that a capture takes which nobody has asked for, in jiffies */
#define SB_CAPTURE_PATIENCE	(10 * HZ)

/**
 * struct sb_rom - a ROM that was read
 * @data: its bytes, from kvmalloc(), or NULL
 * @size: how many
 * @room: how many there is room for
 * @bar_size: bytes that the ROM BAR decodes, 0 if they are not from there
 */
struct sb_rom {
	u8 *data;
	u32 size;
	u32 room;
	u32 bar_size;
};

/**
 * struct sb_wish - what is wanted of a capture
 * @bound: a driver is bound
 * @probing: a driver is about to be probed: now or never
 * @wanted: the ROM is to be read; false: only look at what is there
 * @waiting: how many tasks wait for it, changed by others
 * @patience: how long to read while none does, in jiffies
 */
struct sb_wish {
	bool bound;
	bool probing;
	bool wanted;
	const unsigned int *waiting;
	unsigned long patience;
};

int sb_rom_grow(struct sb_rom *rom, u32 have, u32 want);
void sb_rom_fit(struct sb_rom *rom);
void sb_capture_first(struct pci_dev *pdev, struct sb_first *first);
void sb_capture(struct pci_dev *pdev, const struct sb_settings *settings,
		const struct sb_wish *wish, struct sb_decoders *found,
		struct sb_first *first, struct sb_outcome *outcome,
		struct sb_rom *rom);
void sb_capture_wait_for_slot(struct pci_dev *pdev);
bool sb_capture_look_again(struct pci_dev *pdev, struct sb_first *first);

#endif /* SHADOWBAR_CAPTURE_H */
