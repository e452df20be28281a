// SPDX-License-Identifier: GPL-2.0-only
/*
 * kept: memory that outlives the module.
 *
 * A device may write to it, or the next module is to find it. There is no list
 * of it anywhere: each page is marked, for the module to know it when it is
 * loaded again.
 */
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/pfn.h>

#include "kept.h"

#ifdef CONFIG_X86
#include <asm/set_memory.h>
#endif

/* Nobody else keeps this in a reserved page's private word. */
static unsigned long mark_of(unsigned long first)
{
	return 0x5b1dULL << 16 ^ first;
}

static bool is_marked(unsigned long pfn, unsigned long first)
{
	struct page *page = pfn_to_online_page(pfn);

	return page && PageReserved(page) &&
	       page_private(page) == mark_of(first);
}

/**
 * sb_kept_mark() - mark memory that stays when the module goes
 * @page: its first page, as alloc_pages() gave it
 * @size: bytes, as many as it gave
 *
 * Context: any.
 */
void sb_kept_mark(struct page *page, u64 size)
{
	unsigned long first = page_to_pfn(page), i;

	split_page(page, get_order(size));
	for (i = 0; i < size >> PAGE_SHIFT; i++) {
		SetPageReserved(page + i);
		set_page_private(page + i, mark_of(first));
	}
}

/**
 * sb_kept_size() - how much was marked
 * @start: first byte, of any memory or none
 *
 * Context: any.
 * Return: bytes from there; 0 if it does not begin there.
 */
u64 sb_kept_size(u64 start)
{
	unsigned long first = PHYS_PFN(start), pfn = first;

	while (is_marked(pfn, first))
		pfn++;

	return (u64)(pfn - first) << PAGE_SHIFT;
}

/*
 * Reserved pages can be mapped with ioremap(), which on x86 makes the kernel's
 * own mapping of them uncached, and iounmap() leaves it so.
 */
static int make_cached(unsigned long pfn, unsigned long nr)
{
#ifdef CONFIG_X86
	return set_memory_wb((unsigned long)page_address(pfn_to_page(pfn)), nr);
#else
	return 0;
#endif
}

/**
 * sb_kept_free() - give it back
 * @start: first byte of what was marked; nobody uses it any more
 *
 * Context: may sleep.
 */
void sb_kept_free(u64 start)
{
	unsigned long pfn = PHYS_PFN(start);
	unsigned long end = pfn + PHYS_PFN(sb_kept_size(start));

	/* Nobody else is to have slow memory: then it is lost. */
	if (make_cached(pfn, end - pfn))
		return;

	for (; pfn < end; pfn++) {
		struct page *page = pfn_to_page(pfn);

		set_page_private(page, 0);
		ClearPageReserved(page);
		__free_page(page);
	}
}
