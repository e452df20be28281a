/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one place that knows that kernels differ, and that the logic is also
 * built in user space. Everything here asks the headers, never a version
 * number, so that a distribution's backports are seen for what they are.
 */
#ifndef SHADOWBAR_COMPAT_H
#define SHADOWBAR_COMPAT_H

#ifdef __KERNEL__

#include <linux/align.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/types.h>

/* 6.12 moved asm/unaligned.h. */
#if __has_include(<linux/unaligned.h>)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

/*
 * 6.16 made the attribute that a binary file's read() is given a constant
 * one. Include linux/sysfs.h before this is used.
 */
#define sb_bin_attribute						\
	typeof(*__builtin_choose_expr(					\
		__builtin_types_compatible_p(				\
			typeof(((struct bin_attribute *)0)->read),	\
			ssize_t (*)(struct file *, struct kobject *,	\
				    const struct bin_attribute *,	\
				    char *, loff_t, size_t)),		\
		(const struct bin_attribute *)0,			\
		(struct bin_attribute *)0))

#else /* user space: the same names, from the C library */

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define U32_MAX			UINT32_MAX
#define U64_MAX			UINT64_MAX
#define SZ_512			0x200
#define SZ_1M			0x100000
#define SZ_2K			0x800
#define SZ_16M			0x1000000
#define SZ_4G			0x100000000ULL
#define BIT(n)			(1UL << (n))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define ALIGN(x, a)		(((x) + (a) - 1) & ~((a) - 1))
#define ALIGN_DOWN(x, a)	((x) & ~((a) - 1))
#define IS_ALIGNED(x, a)	(((x) & ((a) - 1)) == 0)

static inline __attribute__((format(printf, 3, 4)))
int scnprintf(char *buf, size_t size, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(buf, size, format, args);
	va_end(args);

	return (size_t)len < size ? len : (int)size - 1;
}

static inline u16 get_unaligned_le16(const void *p)
{
	const u8 *b = p;

	return b[0] | b[1] << 8;
}

static inline u32 get_unaligned_le32(const void *p)
{
	const u8 *b = p;

	return get_unaligned_le16(b) | (u32)get_unaligned_le16(b + 2) << 16;
}

#endif /* __KERNEL__ */
#endif /* SHADOWBAR_COMPAT_H */
