/* SPDX-License-Identifier: GPL-2.0-only */
/* move: moves a sub-page BAR to a page of its own. */
#ifndef SHADOWBAR_MOVE_H
#define SHADOWBAR_MOVE_H

#include <shadowbar/page.h>

struct pci_dev;
struct sb_decoders;

enum sb_move sb_move(struct pci_dev *pdev, unsigned int nr, bool denied,
		     const struct sb_decoders *decoders, u64 *taken);

#endif /* SHADOWBAR_MOVE_H */
