/* SPDX-License-Identifier: GPL-2.0-only */
/* verdict: the state of the page behind a BAR, and notification of changes. */
#ifndef SHADOWBAR_VERDICT_H
#define SHADOWBAR_VERDICT_H

#include "pages/pad.h"

struct pci_bus;
struct sb_decoders;

void sb_verdict_set(struct sb_pages *pages, unsigned int nr,
		    struct sb_page_verdict *verdict, bool lost);
void sb_verdict_look(struct sb_pages *pages, unsigned int nr,
		     const struct sb_decoders *decoders);
bool sb_verdict_is_bad(const struct sb_page_verdict *verdict);
void sb_verdict_see_bus(struct sb_decoders *decoders, struct pci_bus *bus);
enum sb_move sb_verdict_move(struct sb_pages *pages, unsigned int nr,
			     struct sb_decoders *decoders, u64 *taken);

#endif /* SHADOWBAR_VERDICT_H */
