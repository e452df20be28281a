/* SPDX-License-Identifier: GPL-2.0-only */
/* capture: read one function's ROM and leave no trace. */
#ifndef SHADOWBAR_CAPTURE_H
#define SHADOWBAR_CAPTURE_H

#include <shadowbar/reason.h>

#include "settings.h"

struct pci_dev;
struct sb_first;

/**
 * struct sb_rom - a ROM that was read
 * @data: its bytes, from kvmalloc(), or NULL
 * @size: how many
 */
struct sb_rom {
	u8 *data;
	u32 size;
};

int sb_rom_grow(struct sb_rom *rom, u32 have, u32 want);
void sb_capture_first(struct pci_dev *pdev, struct sb_first *first);
void sb_capture(struct pci_dev *pdev, const struct sb_settings *settings,
		bool bound, bool wanted, struct sb_first *first,
		struct sb_outcome *outcome, struct sb_rom *rom);

#endif /* SHADOWBAR_CAPTURE_H */
