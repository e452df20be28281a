/* SPDX-License-Identifier: GPL-2.0-only */
/* store: shadows, with identical contents stored once. */
#ifndef SHADOWBAR_STORE_H
#define SHADOWBAR_STORE_H

#include <linux/refcount.h>
#include <linux/types.h>
#include <shadowbar/compat.h>

#include SB_SHA256_HEADER

/**
 * struct sb_shadow - a copy of a ROM, shared by all functions that have it
 * @node: in the table of all shadows
 * @users: number of references
 * @size: number of bytes
 * @sha256: their hash
 * @data: the bytes, never changed
 */
struct sb_shadow {
	struct hlist_node node;
	refcount_t users;
	u32 size;
	u8 sha256[SHA256_DIGEST_SIZE];
	u8 *data;
};

/* All shadows together take at most this part of memory. */
#define SB_STORE_PART	32

u64 sb_store_limit(void);

struct sb_shadow *sb_store_add(u8 *data, u32 size, bool over);
struct sb_shadow *sb_shadow_get(struct sb_shadow *shadow);
void sb_shadow_put(struct sb_shadow *shadow);

#endif /* SHADOWBAR_STORE_H */
