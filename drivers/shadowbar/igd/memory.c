// SPDX-License-Identifier: GPL-2.0-only
/*
 * memory: stolen memory for a guest whose firmware has reserved none.
 *
 * Once the device has this memory, it keeps it until the machine is reset, even
 * if the module is unloaded: there is no way to know when it stops writing
 * there. So the pages are never freed after that.
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/pci.h>

#include "bus/kept.h"
#include "igd/memory.h"

/* More than the page allocator has as one block */
#define MOST	SZ_1G

static struct page *get_pages(u64 size, u64 *got)
{
	u64 bytes = sb_igd_stolen_to_allocate(size, MOST);
	struct page *page;

	for (; bytes >= SZ_1M; bytes /= 2) {
		page = alloc_pages(GFP_KERNEL | GFP_DMA32 | __GFP_ZERO |
				   __GFP_NOWARN | __GFP_RETRY_MAYFAIL,
				   get_order(bytes));
		if (!page)
			continue;
		*got = bytes;
		if (page_to_phys(page) + bytes <= SZ_4G)
			return page;
		/*
		 * There is no such zone. The device does not know about it yet.
		 */
		__free_pages(page, get_order(bytes));
		break;
	}

	return NULL;
}

/* Where BDSM has 64 bits, the upper half is zero and stays so. */
static bool write_bdsm(struct pci_dev *pdev, enum sb_igd_gen gen, u32 value)
{
	u8 where = sb_igd_bdsm_register(gen);
	u32 low;

	return !pci_write_config_dword(pdev, where, value) &&
	       !pci_read_config_dword(pdev, where, &low) &&
	       (low & (u32)SB_IGD_BDSM_MASK) == value;
}

/**
 * sb_igd_allocate() - allocate stolen memory, and write its address to the
 * device
 * @pdev: the function; its BDSM is zero and not locked
 * @report: its start and size are set to what was allocated
 *
 * The memory is below 4 GiB, zeroed, and aligned to its size.
 *
 * Context: may sleep; the device lock is held, and no driver is bound.
 * Return: SB_IGD_REFUSAL_NONE, SB_IGD_REFUSAL_NO_MEMORY or
 * SB_IGD_REFUSAL_STUCK; with the last one, BDSM is zero again and the memory
 * freed, if BDSM can be written.
 */
enum sb_igd_refusal sb_igd_allocate(struct pci_dev *pdev,
				    struct sb_igd_report *report)
{
	struct page *page;
	u64 start, size;

	page = get_pages(report->said, &size);
	if (!page)
		return SB_IGD_REFUSAL_NO_MEMORY;

	sb_kept_mark(page, size, 0);
	start = page_to_phys(page);
	if (!write_bdsm(pdev, report->gen, start)) {
		/* Zero again, so the device does not know about it any more. */
		if (write_bdsm(pdev, report->gen, 0))
			sb_kept_free(start);
		return SB_IGD_REFUSAL_STUCK;
	}

	report->start = start;
	report->size = size;
	return SB_IGD_REFUSAL_NONE;
}
