/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff: where two shadows of a function differ.
 */
#ifndef SHADOWBAR_DIFF_H
#define SHADOWBAR_DIFF_H

#include "tool.h"

/**
 * struct sb_diff - where two shadows differ
 * @start: first byte of each range that differs
 * @end: last byte of each range
 * @nr: number of ranges
 * @bytes: bytes in all of them
 * @longer: bytes in one after the end of the other
 */
struct sb_diff {
	size_t *start;
	size_t *end;
	size_t nr;
	size_t bytes;
	size_t longer;
};

void sb_diff(const struct sb_bytes *a, const struct sb_bytes *b,
	     struct sb_diff *diff);
void sb_diff_free(struct sb_diff *diff);
char *sb_diff_words(const struct sb_diff *diff);
struct json_object *sb_diff_json(const struct sb_diff *diff);

#endif /* SHADOWBAR_DIFF_H */
