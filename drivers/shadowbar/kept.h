/* SPDX-License-Identifier: GPL-2.0-only */
/* kept: memory that outlives the module. */
#ifndef SHADOWBAR_KEPT_H
#define SHADOWBAR_KEPT_H

#include <linux/types.h>

struct page;

void sb_kept_mark(struct page *page, u64 size);
u64 sb_kept_size(u64 start);
void sb_kept_free(u64 start);

#endif /* SHADOWBAR_KEPT_H */
