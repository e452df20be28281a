// SPDX-License-Identifier: GPL-2.0-only
/*
 * kept: memory that outlives the module.
 *
 * A device may write to it, or the next module is to find it. There is no list
 * of it anywhere: each page is marked, for the module to know it when it is
 * loaded again.
 */
#include <linux/delay.h>
#include <linux/log2.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/pfn.h>

#include "bus/kept.h"

#ifdef CONFIG_X86
#include <asm/memtype.h>
#include <asm/set_memory.h>
#endif

/*
 * Nobody else keeps this in a reserved page's private word: which page is the
 * first, and a note.
 */
#define MARK		0x5b1d0000UL
#define NOTE_BITS	ilog2(SB_KEPT_NOTES)

static unsigned long mark_of(unsigned long first, unsigned int note)
{
	return MARK ^ (first << NOTE_BITS | note);
}

/* The mark of a page, 0 if it has none. */
static unsigned long mark_at(unsigned long pfn)
{
	struct page *page = pfn_to_online_page(pfn);

	return page && PageReserved(page) ? page_private(page) : 0;
}

static bool is_mark_of(unsigned long mark, unsigned long first)
{
	return mark && (mark ^ MARK) >> NOTE_BITS == first;
}

/**
 * sb_kept_mark() - mark memory that stays when the module goes
 * @page: its first page, as alloc_pages() gave it
 * @size: bytes, as many as it gave
 * @note: what is to be known of it later, less than SB_KEPT_NOTES
 *
 * Context: any.
 */
void sb_kept_mark(struct page *page, u64 size, unsigned int note)
{
	unsigned long first = page_to_pfn(page), i;

	split_page(page, get_order(size));
	for (i = 0; i < size >> PAGE_SHIFT; i++) {
		SetPageReserved(page + i);
		set_page_private(page + i, mark_of(first, note));
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

	while (is_mark_of(mark_at(pfn), first))
		pfn++;

	return (u64)(pfn - first) << PAGE_SHIFT;
}

/**
 * sb_kept_note() - the note that it was marked with
 * @start: first byte of what was marked
 *
 * Context: any.
 * Return: the note.
 */
unsigned int sb_kept_note(u64 start)
{
	return (mark_at(PHYS_PFN(start)) ^ MARK) & (SB_KEPT_NOTES - 1);
}

#ifdef CONFIG_X86

/* All tries together wait for about a second. */
#define LONGEST_WAIT_MS	512

/**
 * sb_kept_can_be_mapped() - can drivers map such memory as they map a ROM BAR?
 *
 * And is it known when they do? Without PAT (nopat, or a CPU of old) x86 keeps no
 * account of it, and it would be freed under whoever has it mapped.
 *
 * Context: any.
 * Return: true if so.
 */
bool sb_kept_can_be_mapped(void)
{
	return pat_enabled();
}

/*
 * Reserved pages can be mapped with ioremap(), one mapping at a time: x86 keeps
 * account of how each page of RAM is mapped, and refuses a second. So to mark
 * them as uncached fails while anybody has them mapped, and keeps everybody
 * else out once it does not.
 *
 * ioremap() made the kernel's own mapping of them uncached, and iounmap() leaves
 * it so: nobody else is to have slow memory.
 */
static bool reclaim(unsigned long pfn, unsigned long nr)
{
	unsigned long address = (unsigned long)page_address(pfn_to_page(pfn));
	unsigned int wait = 1;

	while (set_memory_uc(address, nr)) {
		if (wait > LONGEST_WAIT_MS)
			return false;
		msleep(wait);
		wait *= 2;
	}

	return !set_memory_wb(address, nr);
}

#else

bool sb_kept_can_be_mapped(void)
{
	return false;
}

static bool reclaim(unsigned long pfn, unsigned long nr)
{
	return true;
}

#endif

/**
 * sb_kept_free() - give it back
 * @start: first byte of what was marked; nobody is told of it any more
 *
 * Waits for whoever has it mapped, about a second.
 *
 * Context: may sleep.
 * Return: false if it stays allocated, because somebody still has it mapped.
 */
bool sb_kept_free(u64 start)
{
	unsigned long pfn = PHYS_PFN(start);
	unsigned long end = pfn + PHYS_PFN(sb_kept_size(start));

	if (!reclaim(pfn, end - pfn))
		return false;

	for (; pfn < end; pfn++) {
		struct page *page = pfn_to_page(pfn);

		set_page_private(page, 0);
		ClearPageReserved(page);
		__free_page(page);
	}

	return true;
}
