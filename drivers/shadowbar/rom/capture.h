/* SPDX-License-Identifier: GPL-2.0-only */
/* capture: read one function's ROM and leave no trace. */
#ifndef SHADOWBAR_CAPTURE_H
#define SHADOWBAR_CAPTURE_H

#include "rom/buffer.h"
#include "rom/first.h"
#include "rom/restore.h"
#include "rom/opts.h"

struct pci_dev;
struct sb_decoders;

void sb_capture(struct pci_dev *pdev, const struct sb_opts *opts,
		struct sb_decoders *found, struct sb_first *first,
		struct sb_owed *owed, struct sb_outcome *outcome,
		struct sb_rom *rom);

#endif /* SHADOWBAR_CAPTURE_H */
