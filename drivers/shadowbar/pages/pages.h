/* SPDX-License-Identifier: GPL-2.0-only */
/* pages: the pages behind a function's BARs, and who is told of a change. */
#ifndef SHADOWBAR_PAGES_H
#define SHADOWBAR_PAGES_H

#include "pages/pad.h"

struct sb_function;
struct sb_settings;

int sb_pages_start(const struct sb_settings *settings);
void sb_pages_stop(void);

bool sb_has_pages(struct pci_dev *pdev);
bool sb_pages_has_holder(struct pci_dev *pdev);
void sb_pages_attach(struct sb_function *function);
void sb_pages_added(struct sb_function *function);
void sb_pages_bind(struct sb_function *function);
void sb_pages_bound(struct sb_function *function, bool bound);
void sb_pages_look(void);
void sb_pages_look_now(void);
void sb_pages_gone(void);

void sb_pages_verdict(struct sb_function *function, unsigned int nr,
		      struct sb_page_verdict *verdict);
enum sb_move sb_pages_moved(struct sb_function *function, unsigned int nr);
int sb_pages_isolate(struct sb_function *function, unsigned int nr);

#endif /* SHADOWBAR_PAGES_H */
