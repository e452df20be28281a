/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of KUnit that the suites of the logic need, for user space:
 * scripts/mutants builds hundreds of them. The verdict is up to the real KUnit.
 */
#ifndef SHADOWBAR_TESTING_KUNIT_TEST_H
#define SHADOWBAR_TESTING_KUNIT_TEST_H

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <shadowbar/compat.h>

typedef __s32 s32;
typedef u64 resource_size_t;

#define KUNIT_PARAM_DESC_SIZE	128
#define GFP_KERNEL		0

struct kunit {
	const void *param_value;
	void *priv;
	jmp_buf abort;
	int failed;
	int skipped;
};

struct kunit_case {
	void (*run)(struct kunit *test);
	const char *name;
	const void *(*next)(const void *before, char *text);
};

struct kunit_suite {
	const char *name;
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;
};

void kunit_register(const struct kunit_suite *suite);

#define KUNIT_CASE(function)	{ .run = (function), .name = #function }
#define KUNIT_CASE_PARAM(function, gen)					\
	{ .run = (function), .name = #function, .next = (gen) }

#define kunit_test_suite(suite)						\
	static void __attribute__((constructor)) register_suite(void)	\
	{								\
		kunit_register(&(suite));				\
	}

#define KUNIT_ARRAY_PARAM(name, array, describe)			\
	static const void *name##_gen_params(const void *before, char *text) \
	{								\
		typeof((array)[0]) *next = before ?			\
			(typeof((array)[0]) *)before + 1 : (array);	\
									\
		if (next - (array) >= (long)ARRAY_SIZE(array))		\
			return NULL;					\
		if (describe)						\
			((void (*)(typeof(next), char *))(describe))(next, text); \
		return next;						\
	}

#define kunit_skip(test, ...)						\
	do {								\
		(test)->skipped = 1;					\
		longjmp((test)->abort, 1);				\
	} while (0)
#define kunit_kzalloc(test, size, flags)	calloc(1, size)
#define kunit_kmalloc(test, size, flags)	malloc(size)
#define kunit_kcalloc(test, nr, size, flags)	calloc(nr, size)
#define kunit_info(test, ...)			do { } while (0)
#define kunit_kfree(test, p)			do { (void)(p); } while (0)

#define KUNIT_SAY(test, what)						\
	((test)->failed = 1,						\
	 fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, what))
#define KUNIT_EXPECT(test, holds, what)					\
	((holds) ? (void)0 : (void)KUNIT_SAY(test, what))
#define KUNIT_ASSERT(test, holds, what)					\
	do {								\
		if (!(holds)) {						\
			KUNIT_SAY(test, what);				\
			longjmp((test)->abort, 1);			\
		}							\
	} while (0)

#define KUNIT_FAIL(test, ...)			((void)KUNIT_SAY(test, "fails"))
#define KUNIT_EXPECT_EQ(test, a, b)		KUNIT_EXPECT(test, (a) == (b), #a)
#define KUNIT_EXPECT_NE(test, a, b)		KUNIT_EXPECT(test, (a) != (b), #a)
#define KUNIT_EXPECT_GT(test, a, b)		KUNIT_EXPECT(test, (a) > (b), #a)
#define KUNIT_EXPECT_GE(test, a, b)		KUNIT_EXPECT(test, (a) >= (b), #a)
#define KUNIT_EXPECT_LT(test, a, b)		KUNIT_EXPECT(test, (a) < (b), #a)
#define KUNIT_EXPECT_LE(test, a, b)		KUNIT_EXPECT(test, (a) <= (b), #a)
#define KUNIT_EXPECT_TRUE(test, a)		KUNIT_EXPECT(test, (a), #a)
#define KUNIT_EXPECT_FALSE(test, a)		KUNIT_EXPECT(test, !(a), #a)
#define KUNIT_EXPECT_NULL(test, a)		KUNIT_EXPECT(test, !(a), #a)
#define KUNIT_EXPECT_NOT_NULL(test, a)		KUNIT_EXPECT(test, (a), #a)
#define KUNIT_EXPECT_STREQ(test, a, b)		KUNIT_EXPECT(test, !strcmp(a, b), #a)
#define KUNIT_EXPECT_STRNEQ(test, a, b)		KUNIT_EXPECT(test, strcmp(a, b), #a)
#define KUNIT_EXPECT_EQ_MSG(test, a, b, ...)	KUNIT_EXPECT_EQ(test, a, b)
#define KUNIT_EXPECT_TRUE_MSG(test, a, ...)	KUNIT_EXPECT_TRUE(test, a)
#define KUNIT_EXPECT_FALSE_MSG(test, a, ...)	KUNIT_EXPECT_FALSE(test, a)
#define KUNIT_EXPECT_NOT_NULL_MSG(test, a, ...)	KUNIT_EXPECT_NOT_NULL(test, a)
#define KUNIT_EXPECT_NULL_MSG(test, a, ...)	KUNIT_EXPECT_NULL(test, a)
#define KUNIT_ASSERT_EQ(test, a, b)		KUNIT_ASSERT(test, (a) == (b), #a)
#define KUNIT_ASSERT_GT(test, a, b)		KUNIT_ASSERT(test, (a) > (b), #a)
#define KUNIT_ASSERT_LE(test, a, b)		KUNIT_ASSERT(test, (a) <= (b), #a)
#define KUNIT_ASSERT_TRUE(test, a)		KUNIT_ASSERT(test, (a), #a)
#define KUNIT_ASSERT_NOT_NULL(test, a)		KUNIT_ASSERT(test, (a), #a)

/* What the suites take from the kernel's headers */
#define SZ_1K		0x400
#define SZ_8K		0x2000
#define SZ_16K		0x4000
#define SZ_32K		0x8000
#define SZ_128K		0x20000
#define SZ_256K		0x40000
#define SZ_512K		0x80000
#define SZ_2M		0x200000
#define SZ_4M		0x400000
#define SZ_8M		0x800000
#define SZ_32M		0x2000000
#define SZ_64M		0x4000000
#define SZ_256M		0x10000000
#define SZ_512M		0x20000000
#define SZ_1G		0x40000000
#define SZ_2G		0x80000000
#define PAGE_SIZE	0x1000UL

#define ALIGN(x, a)		ALIGN_DOWN((x) + (a) - 1, a)
#define min(a, b)		((a) < (b) ? (a) : (b))
#define max(a, b)		((a) > (b) ? (a) : (b))
#define max_t(type, a, b)	max((type)(a), (type)(b))
#define clamp_t(type, a, b, c)	min_t(type, max_t(type, a, b), c)
#define min_t(type, a, b)	min((type)(a), (type)(b))

#define swap(a, b)							\
	do {								\
		typeof(a) was = (a);					\
									\
		(a) = (b);						\
		(b) = was;						\
	} while (0)

#define pr_err(...)			do { } while (0)
#define pr_info(...)			do { } while (0)
#define U8_MAX				0xff
#define U16_MAX				0xffff

static inline int match_string(const char * const *words, size_t nr, const char *word)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strcmp(words[i], word))
			return i;
	return -EINVAL;
}

/* There is no kernel configuration to ask. */
#define IS_ENABLED(option)		0
#define SB_HAS_IMA_CRITICAL		0

#define kmalloc(size, flags)		malloc(size)
#define kzalloc(size, flags)		calloc(1, size)
#define kcalloc(nr, size, flags)	calloc(nr, size)
#define kmemdup(from, size, flags)	memcpy(malloc(size), from, size)
#define kfree(p)			free(p)

/* igd.h has such members. */
struct bin_attribute {
	int unused;
};

struct resource {
	u64 start, end;
};

#define strscpy(to, from, size)	snprintf(to, size, "%s", from)

#endif /* SHADOWBAR_TESTING_KUNIT_TEST_H */
