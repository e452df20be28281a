// SPDX-License-Identifier: GPL-2.0-only
/*
 * store: shadows, with identical contents stored once.
 *
 * A card with four ports has the same ROM four times, a rack of them a thousand
 * times. The hash decides what is identical.
 */
#include <linux/err.h>
#include <linux/hashtable.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "rom/store.h"

static DEFINE_HASHTABLE(store, 8);	/* by hash, under store_lock */
static DEFINE_MUTEX(store_lock);
static u64 store_bytes;			/* total of all shadows, under store_lock */

static void shadow_free(struct sb_shadow *shadow)
{
	kvfree(shadow->data);
	kfree(shadow);
}

/* Any part of the hash will do. */
static u32 key_of(const struct sb_shadow *shadow)
{
	u32 key;

	memcpy(&key, shadow->sha256, sizeof(key));
	return key;
}

/* Called under store_lock. */
static struct sb_shadow *find_same(const struct sb_shadow *shadow)
{
	struct sb_shadow *known;

	hash_for_each_possible(store, known, node, key_of(shadow))
		if (known->size == shadow->size &&
		    !memcmp(known->sha256, shadow->sha256, SHA256_DIGEST_SIZE))
			return known;

	return NULL;
}

/**
 * sb_store_limit() - how much memory ROMs may take
 *
 * Context: any.
 * Return: bytes.
 */
u64 sb_store_limit(void)
{
	return div_u64((u64)totalram_pages() << PAGE_SHIFT, SB_STORE_PART);
}

/* Called under store_lock. */
static bool is_full(u32 size)
{
	return store_bytes + size > sb_store_limit();
}

/**
 * sb_store_add() - store a ROM
 * @data: its bytes, from kvmalloc(); owned by the store from now on, even on
 *	  error
 * @size: number of bytes, at least one
 * @over: even if all shadows together then exceed the limit
 *
 * Context: may sleep.
 * Return: a shadow with a reference for the caller, perhaps shared with other
 * functions; or an ERR_PTR(): -ENOMEM, or -ENOSPC if all shadows together would
 * exceed the limit.
 */
struct sb_shadow *sb_store_add(u8 *data, u32 size, bool over)
{
	struct sb_shadow *shadow, *known;

	shadow = kzalloc(sizeof(*shadow), GFP_KERNEL);
	if (!shadow) {
		kvfree(data);
		return ERR_PTR(-ENOMEM);
	}
	refcount_set(&shadow->users, 1);
	shadow->size = size;
	shadow->data = data;
	sha256(data, size, shadow->sha256);

	mutex_lock(&store_lock);
	known = find_same(shadow);
	if (known) {
		refcount_inc(&known->users);
	} else if (!over && is_full(size)) {
		known = ERR_PTR(-ENOSPC);
	} else {
		hash_add(store, &shadow->node, key_of(shadow));
		store_bytes += size;
	}
	mutex_unlock(&store_lock);
	if (!known)
		return shadow;

	shadow_free(shadow);
	return known;
}

/**
 * sb_shadow_get() - take a reference
 * @shadow: a shadow to which the caller has a reference, or NULL
 *
 * Context: any.
 * Return: @shadow.
 */
struct sb_shadow *sb_shadow_get(struct sb_shadow *shadow)
{
	if (shadow)
		refcount_inc(&shadow->users);
	return shadow;
}

/**
 * sb_shadow_put() - drop a reference
 * @shadow: the shadow, or NULL; freed with its last reference
 *
 * Context: may sleep.
 */
void sb_shadow_put(struct sb_shadow *shadow)
{
	if (!shadow ||
	    !refcount_dec_and_mutex_lock(&shadow->users, &store_lock))
		return;

	hash_del(&shadow->node);
	store_bytes -= shadow->size;
	mutex_unlock(&store_lock);
	shadow_free(shadow);
}
