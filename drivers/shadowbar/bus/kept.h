/* SPDX-License-Identifier: GPL-2.0-only */
/* kept: memory that outlives the module. */
#ifndef SHADOWBAR_KEPT_H
#define SHADOWBAR_KEPT_H

#include <linux/types.h>

struct page;

/* A note is less than this; a power of two */
#define SB_KEPT_NOTES	4

void sb_kept_mark(struct page *page, u64 size, unsigned int note);
u64 sb_kept_size(u64 start);
unsigned int sb_kept_note(u64 start);
bool sb_kept_can_be_mapped(void);
bool sb_kept_free(u64 start);

#endif /* SHADOWBAR_KEPT_H */
