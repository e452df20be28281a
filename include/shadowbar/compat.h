/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only place that knows about differences between kernels, and that the
 * logic is also built in user space. Everything here probes headers, never a
 * version number, so backports by distributions are recognised.
 *
 * A probe is a macro SB_HAS_<what>, 1 or 0; scripts/probes shows the results
 * for each kernel.
 */
#ifndef SHADOWBAR_COMPAT_H
#define SHADOWBAR_COMPAT_H

#ifdef __KERNEL__

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h>	/* also for align.h, stdarg.h, not in 5.10 */
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/types.h>

struct resource;

/*
 * Since 6.16, the attribute that is passed to a binary file's read() is
 * constant. Include linux/sysfs.h before using this.
 */
#define SB_HAS_CONST_BIN_ATTRIBUTE					\
	__builtin_types_compatible_p(					\
		typeof(((struct bin_attribute *)0)->read),		\
		ssize_t (*)(struct file *, struct kobject *,		\
			    const struct bin_attribute *,		\
			    char *, loff_t, size_t))

#define sb_bin_attribute						\
	typeof(*__builtin_choose_expr(SB_HAS_CONST_BIN_ATTRIBUTE,	\
		(const struct bin_attribute *)0,			\
		(struct bin_attribute *)0))

/*
 * A kobject's type is constant, except in 5.10. Include linux/kobject.h before
 * using this.
 */
#define sb_kobj_type	typeof(*((struct kobject *)0)->ktype)

/**
 * struct sb_alignf - a callback for pci_bus_alloc_resource()
 * @start: says where in a free range the resource is to start
 *
 * The type of the callback changed in 7.2. Pass SB_ALIGNF, with a struct
 * sb_alignf as its data; include linux/pci.h before using it.
 */
struct sb_alignf {
	resource_size_t (*start)(struct sb_alignf *alignf,
				 const struct resource *avail);
};

static inline resource_size_t sb_alignf_before(void *data,
					       const struct resource *avail,
					       resource_size_t size,
					       resource_size_t align)
{
	struct sb_alignf *alignf = data;

	return alignf->start(alignf, avail);
}

static inline resource_size_t sb_alignf_now(void *data,
					    const struct resource *avail,
					    const struct resource *unaligned,
					    resource_size_t size,
					    resource_size_t align)
{
	struct sb_alignf *alignf = data;

	return alignf->start(alignf, avail);
}

#define SB_HAS_ALIGNF_UNALIGNED						\
	__builtin_types_compatible_p(typeof(pci_bus_alloc_resource),	\
		int (struct pci_bus *, struct resource *,		\
		     resource_size_t, resource_size_t,			\
		     resource_size_t, unsigned long,			\
		     typeof(sb_alignf_now) *, void *))

#define SB_ALIGNF							\
	__builtin_choose_expr(SB_HAS_ALIGNF_UNALIGNED,			\
			      sb_alignf_now, sb_alignf_before)

/*
 * Since 5.13, the core creates its file "rom" when a function is added. This
 * macro came with that.
 */
#ifdef BIN_ATTR_ADMIN_RW
#define SB_HAS_STATIC_ROM_FILE	1
#else
#define SB_HAS_STATIC_ROM_FILE	0
#endif

/* A function may belong to more than a driver. Include linux/pci.h before. */
#define SB_HAS_PCI_TSM	IS_ENABLED(CONFIG_PCI_TSM)

#ifdef CONFIG_PCI_TSM
#define sb_pci_has_tsm(pdev)	(!!(pdev)->tsm)
#else
#define sb_pci_has_tsm(pdev)	((void)(pdev), false)
#endif

#ifdef __has_include
#if __has_include("linux/pci_liveupdate.h")
#include "linux/pci_liveupdate.h"
#define SB_HAS_PCI_LIVEUPDATE	1
#define sb_pci_is_incoming(pdev)	pci_liveupdate_is_incoming(pdev)
#endif
#endif

#ifndef SB_HAS_PCI_LIVEUPDATE
#define SB_HAS_PCI_LIVEUPDATE	0
#define sb_pci_is_incoming(pdev)	((void)(pdev), false)
#endif

/*
 * Is the kernel's memory encrypted? Then mapping it like a device's shares it
 * with the host, or shows other bytes. Before 5.16, that header did not exist.
 */
#ifdef __has_include
#if __has_include("linux/cc_platform.h")
#include "linux/cc_platform.h"
#define SB_HAS_CC_PLATFORM	1
#define sb_memory_is_encrypted()	cc_platform_has(CC_ATTR_MEM_ENCRYPT)
#elif __has_include("linux/mem_encrypt.h")
#include "linux/mem_encrypt.h"
#define sb_memory_is_encrypted()	mem_encrypt_active()
#endif
#endif

#ifndef SB_HAS_CC_PLATFORM
#define SB_HAS_CC_PLATFORM	0
#endif
#ifndef sb_memory_is_encrypted
#define sb_memory_is_encrypted()	false
#endif

/*
 * Headers that were renamed; Intel's device IDs have been in three places. A
 * tool without __has_include (sparse) does without the IDs.
 */
#ifdef __has_include
#if __has_include("drm/intel/pciids.h")
#define SB_INTEL_IDS_HEADER	"drm/intel/pciids.h"
#elif __has_include("drm/intel/i915_pciids.h")
#define SB_INTEL_IDS_HEADER	"drm/intel/i915_pciids.h"
#elif __has_include("drm/i915_pciids.h")
#define SB_INTEL_IDS_HEADER	"drm/i915_pciids.h"
#endif
#if !__has_include("crypto/sha2.h")
#define SB_SHA256_HEADER	"crypto/sha.h"
#endif
#endif

#ifndef SB_SHA256_HEADER
#define SB_SHA256_HEADER	"crypto/sha2.h"
#endif

#else /* user space: the same names, from the C library */

#include <assert.h>
#include <errno.h>
#include <linux/types.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;

#define U32_MAX			UINT32_MAX
#define U64_MAX			UINT64_MAX
#define SZ_512			0x200
#define SZ_2K			0x800
#define SZ_4K			0x1000
#define SZ_64K			0x10000
#define SZ_1M			0x100000
#define SZ_16M			0x1000000
#define SZ_4G			0x100000000ULL
#define BIT(n)			(1UL << (n))
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof(*(array)))
#define BUILD_BUG_ON_ZERO(no)	((int)sizeof(struct { int:(-!!(no)); }))
#define ALIGN_DOWN(x, a)	((x) & ~((u64)(a) - 1))
#define IS_ALIGNED(x, a)	(((x) & ((u64)(a) - 1)) == 0)
#define __printf(...)		/* the kernel build checks formats */

static inline int vscnprintf(char *buf, size_t size, const char *format,
			     va_list args)
{
	int length = vsnprintf(buf, size, format, args);

	return (size_t)length < size ? length : (int)size - 1;
}

static inline int scnprintf(char *buf, size_t size, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vscnprintf(buf, size, format, args);
	va_end(args);

	return length;
}

#endif /* __KERNEL__ */
#endif /* SHADOWBAR_COMPAT_H */
