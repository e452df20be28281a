// SPDX-License-Identifier: GPL-2.0-only
/*
 * verdict: the state of the page behind a BAR, and notification of changes.
 */
#include <linux/kobject.h>
#include <linux/pci.h>
#include <linux/string.h>

#include "bus/decoders.h"
#include "pages/move.h"
#include "pages/verdict.h"

static void tell(const struct sb_pages *pages, unsigned int nr,
		 enum sb_page page)
{
	char bar[sizeof("SHADOWBAR_BAR=5")];
	char state[sizeof("SHADOWBAR_PAGE=unassigned")];
	char *env[3] = { bar, state };

	scnprintf(bar, sizeof(bar), "SHADOWBAR_BAR=%u", nr);
	scnprintf(state, sizeof(state), "SHADOWBAR_PAGE=%s",
		  sb_page_name(page));

	pages->config->changed(pages->pdev, nr, page);
	/* Without memory there is no uevent, but the file still says it. */
	kobject_uevent_env(&pages->pdev->dev.kobj, KOBJ_CHANGE, env);
}

/**
 * sb_verdict_set() - record the state of a page, and tell user space of a
 * change
 * @pages: the function's pages
 * @nr: the BAR
 * @verdict: the state
 * @lost: its pad was not in place, so something may have been in the page
 *
 * Context: may sleep; the function's mutex is held.
 */
void sb_verdict_set(struct sb_pages *pages, unsigned int nr,
		    struct sb_page_verdict *verdict, bool lost)
{
	u8 before = pages->verdict[nr].page;

	verdict->msix = pages->msix & BIT(nr);
	spin_lock(pages->state_lock);
	pages->verdict[nr] = *verdict;
	spin_unlock(pages->state_lock);

	if (pages->looked && (lost || before != verdict->page))
		tell(pages, nr, verdict->page);
}

/**
 * sb_verdict_look() - look at the page behind a BAR
 * @pages: the function's pages
 * @nr: the BAR
 * @decoders: everything that may decode on its bus
 *
 * Context: may sleep; the rescan lock and the function's mutex are held.
 */
void sb_verdict_look(struct sb_pages *pages, unsigned int nr,
		     const struct sb_decoders *decoders)
{
	struct sb_page_verdict verdict;
	bool lost = sb_pad_is_lost(pages->pdev, nr, pages);

	sb_pad_check(pages->pdev, nr, decoders, pages->config->pad,
		     pages, &verdict);
	sb_verdict_set(pages, nr, &verdict, lost);
}

/**
 * sb_verdict_is_bad() - would a page of its own help a BAR?
 * @verdict: the state of its page
 *
 * Return: true if it would.
 */
bool sb_verdict_is_bad(const struct sb_page_verdict *verdict)
{
	switch ((enum sb_page)verdict->page) {
	case SB_PAGE_SHARED:
	case SB_PAGE_UNALIGNED:
	case SB_PAGE_UNASSIGNED:
		return true;
	case SB_PAGE_WHOLE:
	case SB_PAGE_UNPADDED:
	case SB_PAGE_EXCLUSIVE:
		break;
	}

	return false;
}

/**
 * sb_verdict_see_bus() - find everything that may decode on a bus, unless known
 * @decoders: what is known; replaced if that is another bus
 * @bus: the bus
 *
 * Context: may sleep. Nothing is added, removed or moved meanwhile.
 */
void sb_verdict_see_bus(struct sb_decoders *decoders, struct pci_bus *bus)
{
	if (decoders->bus == bus)
		return;

	sb_decoders_free(decoders);
	sb_decoders_find(decoders, bus);
}

/**
 * sb_verdict_move() - move a BAR to a page of its own
 * @pages: the function's pages
 * @nr: the BAR
 * @decoders: everything that may decode on its bus; updated if it was moved
 * @taken: see sb_move()
 *
 * Context: as for sb_move().
 * Return: the result.
 */
enum sb_move sb_verdict_move(struct sb_pages *pages, unsigned int nr,
			     struct sb_decoders *decoders, u64 *taken)
{
	struct pci_dev *pdev = pages->pdev;
	enum sb_move moved = SB_MOVE_NOT_RESTORED;
	bool restored;

	spin_lock(pages->state_lock);
	restored = *pages->restored;
	spin_unlock(pages->state_lock);
	if (restored)
		moved = sb_move(pdev, nr, pages->denied, decoders, taken);

	spin_lock(pages->state_lock);
	if (moved == SB_MOVE_NOT_RESTORED)
		*pages->restored = false;
	pages->moved[nr] = moved;
	spin_unlock(pages->state_lock);

	/* The BAR decodes another address now. */
	if (moved == SB_MOVE_DONE) {
		sb_decoders_free(decoders);
		sb_decoders_find(decoders, pdev->bus);
	}

	return moved;
}
