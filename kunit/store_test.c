// SPDX-License-Identifier: GPL-2.0-only
/*
 * store: each content is kept once, for as long as it is used.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#include "rom/store.h"

static u8 *bytes_of(struct kunit *test, u32 size, u8 first)
{
	u8 *data = kvmalloc(size, GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, data);
	for (i = 0; i < size; i++)
		data[i] = first + i;
	return data;
}

static struct sb_shadow *keep(struct kunit *test, u32 size, u8 first)
{
	struct sb_shadow *shadow = sb_store_add(bytes_of(test, size, first),
						size, false);

	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(shadow));
	return shadow;
}

/* FIPS 180-2, appendix B.1 */
static void hash_test(struct kunit *test)
{
	static const u8 abc[SHA256_DIGEST_SIZE] = {
		0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
		0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
		0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
		0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
	};
	struct sb_shadow *shadow = keep(test, 3, 'a');

	KUNIT_EXPECT_EQ(test, memcmp(shadow->sha256, abc, sizeof(abc)), 0);
	KUNIT_EXPECT_EQ(test, shadow->size, 3);
	KUNIT_EXPECT_EQ(test, memcmp(shadow->data, "abc", 3), 0);
	sb_shadow_put(shadow);
}

static void same_content_test(struct kunit *test)
{
	struct sb_shadow *a = keep(test, SZ_64K, 1);
	struct sb_shadow *b = keep(test, SZ_64K, 1);
	struct sb_shadow *other = keep(test, SZ_64K, 2);
	struct sb_shadow *shorter = keep(test, SZ_64K - 256, 1);

	KUNIT_EXPECT_PTR_EQ(test, a, b);
	KUNIT_EXPECT_EQ(test, refcount_read(&a->users), 2);
	KUNIT_EXPECT_PTR_NE(test, a, other);
	KUNIT_EXPECT_PTR_NE(test, a, shorter);
	KUNIT_EXPECT_EQ(test, refcount_read(&other->users), 1);
	KUNIT_EXPECT_EQ(test, refcount_read(&shorter->users), 1);

	sb_shadow_put(other);
	sb_shadow_put(shorter);
	sb_shadow_put(b);
	/* The last reference still holds the bytes. */
	KUNIT_EXPECT_EQ(test, refcount_read(&a->users), 1);
	KUNIT_EXPECT_EQ(test, a->data[255], 0);
	sb_shadow_put(a);
}

static void references_test(struct kunit *test)
{
	struct sb_shadow *shadow = keep(test, 512, 9);

	KUNIT_EXPECT_PTR_EQ(test, sb_shadow_get(shadow), shadow);
	KUNIT_EXPECT_EQ(test, refcount_read(&shadow->users), 2);
	sb_shadow_put(shadow);
	KUNIT_EXPECT_EQ(test, refcount_read(&shadow->users), 1);
	sb_shadow_put(shadow);

	/* NULL is a reference to nothing. */
	KUNIT_EXPECT_NULL(test, sb_shadow_get(NULL));
	sb_shadow_put(NULL);

	/* The last reference removes it from the store, or KASAN complains. */
	shadow = keep(test, 512, 9);
	KUNIT_EXPECT_EQ(test, refcount_read(&shadow->users), 1);
	sb_shadow_put(shadow);
}

/* A thousand functions, ten kinds of ROM */
static void many_test(struct kunit *test)
{
	const unsigned int nr = 1000;
	struct sb_shadow **shadows;
	unsigned int i;

	shadows = kunit_kcalloc(test, nr, sizeof(*shadows), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, shadows);
	for (i = 0; i < nr; i++)
		shadows[i] = keep(test, 1024, i % 10);
	for (i = 10; i < nr; i++)
		KUNIT_EXPECT_PTR_EQ(test, shadows[i], shadows[i % 10]);
	KUNIT_EXPECT_EQ(test, refcount_read(&shadows[3]->users), 100);
	for (i = 0; i < nr; i++)
		sb_shadow_put(shadows[i]);
}

static void smallest_test(struct kunit *test)
{
	struct sb_shadow *shadow = keep(test, 1, 0xff);

	KUNIT_EXPECT_EQ(test, shadow->size, 1);
	KUNIT_EXPECT_EQ(test, shadow->data[0], 0xff);
	sb_shadow_put(shadow);
}

/* The limit for all shadows together, except those requested by hand */
static void full_test(struct kunit *test)
{
	/* The machine has less than 32 GiB. */
	u64 limit = ((u64)totalram_pages() << PAGE_SHIFT) / SB_STORE_PART;
	const u32 size = SZ_64K, rest = limit - size;
	struct sb_shadow *most, *last, *shadow;

	most = keep(test, rest, 1);
	last = keep(test, size, 2);
	shadow = sb_store_add(bytes_of(test, size, 3), size, false);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(shadow), -ENOSPC);

	/* Contents that are already stored cost nothing. */
	shadow = keep(test, size, 2);
	KUNIT_EXPECT_PTR_EQ(test, shadow, last);
	sb_shadow_put(shadow);
	shadow = sb_store_add(bytes_of(test, size, 3), size, true);
	KUNIT_EXPECT_FALSE(test, IS_ERR(shadow));
	sb_shadow_put(shadow);

	/* Freed shadows make room again. */
	sb_shadow_put(last);
	shadow = keep(test, size, 3);
	sb_shadow_put(shadow);
	sb_shadow_put(most);
}

/* 256 functions, each with a ROM of 1/200 of what all may have together */
static void crowd_test(struct kunit *test)
{
	u64 limit = ((u64)totalram_pages() << PAGE_SHIFT) / SB_STORE_PART;
	static struct sb_shadow *kept[256];
	unsigned int nr = 0, refused = 0, i;
	u32 size = limit / 200;

	for (i = 0; i < ARRAY_SIZE(kept); i++) {
		u8 *data = kvzalloc(size, GFP_KERNEL);
		struct sb_shadow *shadow;

		KUNIT_ASSERT_NOT_NULL(test, data);
		data[0] = i;
		shadow = sb_store_add(data, size, false);
		if (IS_ERR(shadow)) {
			KUNIT_EXPECT_EQ(test, PTR_ERR(shadow), -ENOSPC);
			refused++;
		} else {
			kept[nr++] = shadow;
		}
	}
	KUNIT_EXPECT_EQ(test, nr, 200);
	KUNIT_EXPECT_EQ(test, refused, ARRAY_SIZE(kept) - 200);
	KUNIT_EXPECT_LE(test, (u64)nr * size, limit);

	/* As much as was given back can be had again, and no more. */
	sb_shadow_put(kept[--nr]);
	kept[nr++] = keep(test, size, 1);
	KUNIT_EXPECT_TRUE(test, IS_ERR(sb_store_add(bytes_of(test, size, 2),
						    size, false)));
	while (nr)
		sb_shadow_put(kept[--nr]);
}

static struct kunit_case store_cases[] = {
	KUNIT_CASE(hash_test),
	KUNIT_CASE(same_content_test),
	KUNIT_CASE(references_test),
	KUNIT_CASE(many_test),
	KUNIT_CASE(smallest_test),
	KUNIT_CASE(full_test),
	KUNIT_CASE(crowd_test),
	{}
};

static struct kunit_suite store_suite = {
	.name = "shadowbar_store",
	.test_cases = store_cases,
};

kunit_test_suite(store_suite);
