/* SPDX-License-Identifier: GPL-2.0-only */
/* bind: what is done for pages before a driver is probed. */
#ifndef SHADOWBAR_BIND_H
#define SHADOWBAR_BIND_H

#include "pages/pad.h"

bool sb_pages_has_holder(struct pci_dev *pdev);
void sb_bind_see_holder(struct sb_pages *pages);
void sb_bind_step_aside(struct sb_pages *pages, void *arg);
void sb_pages_bind(struct sb_pages *pages);
void sb_pages_bound(struct sb_pages *pages, bool bound);

#endif /* SHADOWBAR_BIND_H */
