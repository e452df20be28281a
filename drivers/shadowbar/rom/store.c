// SPDX-License-Identifier: GPL-2.0-only
/*
 * store: shadows, each content kept once.
 *
 * A card with four ports has the same ROM four times, a rack of them a
 * thousand times. The hash decides what is the same.
 */
#include <linux/err.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "rom/store.h"

/* By the first bytes of the hash. Changed under store_lock. */
static DEFINE_XARRAY(store);
static DEFINE_MUTEX(store_lock);
static u64 store_bytes;			/* of all shadows, under store_lock */

static unsigned long store_index(const struct sb_shadow *shadow)
{
	unsigned long index;

	memcpy(&index, shadow->sha256, sizeof(index));
	return index;
}

static void shadow_free(struct sb_shadow *shadow)
{
	kvfree(shadow->data);
	kfree(shadow);
}

/* Under store_lock. */
static bool is_full(u32 size)
{
	u64 limit = (u64)totalram_pages() << PAGE_SHIFT;

	return store_bytes + size > div_u64(limit, SB_STORE_PART);
}

/**
 * sb_store_add() - keep a ROM
 * @data: its bytes, from kvmalloc(); the store's from now on, on every path
 * @size: how many, at least one
 * @over: also if all shadows together then take more memory than they should
 *
 * Context: may sleep.
 * Return: a shadow with a reference for the caller, which may be one that
 * other functions have too, or an ERR_PTR(): -ENOMEM, or -ENOSPC if all
 * shadows together would take too much.
 */
struct sb_shadow *sb_store_add(u8 *data, u32 size, bool over)
{
	struct sb_shadow *shadow, *known;
	int ret;

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
	known = xa_load(&store, store_index(shadow));
	if (known && known->size == size &&
	    !memcmp(known->sha256, shadow->sha256, SHA256_DIGEST_SIZE)) {
		refcount_inc(&known->users);
		mutex_unlock(&store_lock);
		shadow_free(shadow);
		return known;
	}

	/* Two hashes that start alike: the second is kept, and not shared. */
	if (!over && is_full(size))
		ret = -ENOSPC;
	else if (known)
		ret = 0;
	else
		ret = xa_err(xa_store(&store, store_index(shadow), shadow,
				      GFP_KERNEL));
	if (!ret)
		store_bytes += size;
	mutex_unlock(&store_lock);
	if (ret) {
		shadow_free(shadow);
		return ERR_PTR(ret);
	}

	return shadow;
}

/**
 * sb_shadow_get() - take a reference
 * @shadow: a shadow that the caller has a reference to, or NULL
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
 * sb_shadow_put() - give a reference back
 * @shadow: the shadow, or NULL; freed with its last reference
 *
 * Context: may sleep.
 */
void sb_shadow_put(struct sb_shadow *shadow)
{
	if (!shadow ||
	    !refcount_dec_and_mutex_lock(&shadow->users, &store_lock))
		return;

	if (xa_load(&store, store_index(shadow)) == shadow)
		xa_erase(&store, store_index(shadow));
	store_bytes -= shadow->size;
	mutex_unlock(&store_lock);
	shadow_free(shadow);
}
