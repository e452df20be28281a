/* SPDX-License-Identifier: GPL-2.0-only */
/* pages: the pages behind a function's BARs, and who is told of a change. */
#ifndef SHADOWBAR_PAGES_H
#define SHADOWBAR_PAGES_H

#include "pad.h"
#include "settings.h"

struct sb_decoders;
struct sb_function;

bool sb_has_pages(struct pci_dev *pdev);
void sb_pages_look(struct sb_function *function, struct sb_decoders *decoders,
		   const struct sb_settings *settings);

#endif /* SHADOWBAR_PAGES_H */
