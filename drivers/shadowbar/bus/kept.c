// SPDX-License-Identifier: GPL-2.0-only
/*
 * kept: memory that outlives the module.
 *
 * Either a device may write to it, or the next load of the module is to find
 * it. Nothing else tracks this memory: the pages themselves are marked, so that
 * the module recognises them when it is loaded again.
 */
#include <linux/delay.h>
#include <linux/log2.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/pfn.h>

#include <shadowbar/compat.h>

#include "bus/kept.h"

#ifdef CONFIG_X86
#include <asm/memtype.h>
#include <asm/set_memory.h>
#endif

/*
 * A value that nothing else stores in the private word of a reserved page; it
 * also has a bit for the first page, and a note.
 */
#define MARK		0x5b1d0000UL
#define NOTE_BITS	ilog2(SB_KEPT_NOTES)

static unsigned long mark_of(unsigned long first, unsigned int note)
{
	return MARK ^ (first << NOTE_BITS | note);
}

/* The mark of a page, 0 if it has none */
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
 * sb_kept_mark() - mark memory that stays when the module is unloaded
 * @page: its first page, from alloc_pages()
 * @size: bytes allocated
 * @note: a note for the next load, less than SB_KEPT_NOTES
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
 * sb_kept_size() - the size of marked memory
 * @start: its first byte; may be any address
 *
 * Context: any.
 * Return: bytes; 0 if no marked memory begins there.
 */
u64 sb_kept_size(u64 start)
{
	unsigned long first = PHYS_PFN(start), pfn = first;

	while (is_mark_of(mark_at(pfn), first))
		pfn++;

	return (u64)(pfn - first) << PAGE_SHIFT;
}

/**
 * sb_kept_note() - the note of marked memory
 * @start: its first byte
 *
 * Context: any.
 * Return: the note.
 */
unsigned int sb_kept_note(u64 start)
{
	return (mark_at(PHYS_PFN(start)) ^ MARK) & (SB_KEPT_NOTES - 1);
}

#ifdef CONFIG_X86

/* All tries together take about a second. */
#define LONGEST_WAIT_MS	512

/**
 * sb_kept_can_be_mapped() - can drivers map such memory like a ROM BAR?
 *
 * It must also be known when they do. Without PAT (nopat, or an old CPU), x86
 * does not track mappings, and the memory would be freed while it is mapped.
 *
 * Encrypted memory would be garbled. In a confidential guest (TDX, SEV), mapping
 * it would even make the host take the pages away.
 *
 * Context: any.
 * Return: true if so.
 */
bool sb_kept_can_be_mapped(void)
{
	return pat_enabled() && !sb_memory_is_encrypted();
}

static void set_reserved(unsigned long pfn, unsigned long nr, bool reserved)
{
	for (; nr; nr--, pfn++) {
		if (reserved)
			SetPageReserved(pfn_to_page(pfn));
		else
			ClearPageReserved(pfn_to_page(pfn));
	}
}

/*
 * Reserved pages can be mapped with ioremap(), one mapping at a time: x86
 * tracks how each page of RAM is mapped, and refuses a second mapping. So
 * marking them uncached fails while anybody has them mapped, and keeps
 * everybody else out once it succeeds.
 *
 * ioremap() also makes the kernel's own mapping of them uncached, and iounmap()
 * does not revert that, so do it here: nobody should get slow memory. That also
 * ends the tracking. A reader who has found the address before it was withdrawn
 * would then map memory that is about to be freed, so the pages are no longer
 * reserved by then: ioremap() refuses them.
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

	set_reserved(pfn, nr, false);
	if (!set_memory_wb(address, nr))
		return true;

	set_reserved(pfn, nr, true);
	return false;
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
 * sb_kept_free() - free marked memory
 * @start: its first byte; not published anywhere any more
 *
 * Waits about a second for those who have it mapped.
 *
 * Context: may sleep.
 * Return: false if it stays allocated, because it is still mapped.
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
