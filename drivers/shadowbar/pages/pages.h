/* SPDX-License-Identifier: GPL-2.0-only */
/* pages: looks after the pages of all functions' BARs. */
#ifndef SHADOWBAR_PAGES_H
#define SHADOWBAR_PAGES_H

#include "pages/pad.h"

int sb_pages_start(const struct sb_pages_config *config);
void sb_pages_stop(void);

int sb_pages_create(struct pci_dev *pdev, struct mutex *lock,
		    spinlock_t *state_lock, bool *restored,
		    struct sb_pages **pages);
void sb_pages_attach(struct sb_pages *pages, bool denied);
void sb_pages_added(struct pci_dev *pdev, struct sb_pages *pages);
void sb_pages_retire(struct sb_pages *pages);
void sb_pages_look(void);
void sb_pages_look_now(void);
void sb_pages_gone(void);

void sb_pages_verdict(struct sb_pages *pages, unsigned int nr,
		      struct sb_page_verdict *verdict);
enum sb_move sb_pages_moved(struct sb_pages *pages, unsigned int nr);
int sb_pages_isolate(struct sb_pages *pages, unsigned int nr);

#endif /* SHADOWBAR_PAGES_H */
