// SPDX-License-Identifier: GPL-2.0-only
/*
 * pad: keeps the rest of the page behind a sub-page BAR free.
 *
 * A pad is a busy resource beside the BAR, from its end to the end of the page,
 * in the same window. Nothing ever encloses a BAR: the core and vfio-pci take
 * the parent of a BAR for a bridge window, and look at it under no lock of
 * ours.
 *
 * vfio-pci maps a BAR that is smaller than a page if it can reserve that rest
 * of the page. So a function that is bound to it has no pads, unless something
 * else may decode in the page that the resource tree does not show.
 *
 * A pad can disappear at any time: when the core resizes a bridge window, it
 * detaches everything in it, without any event. It holds the rescan lock then.
 */
#include <linux/pci.h>
#include <linux/slab.h>
#include <shadowbar/compat.h>

#include "bus/decoders.h"
#include "bus/gather.h"
#include "bus/tree.h"
#include "pages/pad.h"

/**
 * struct gaps - a walk over the free parts of a window
 * @alignf: calls see_gap()
 * @gap: called for each
 * @context: for @gap
 */
struct gaps {
	struct sb_alignf alignf;
	sb_gap_t gap;
	void *context;
};

static resource_size_t see_gap(struct sb_alignf *alignf,
			       const struct resource *avail)
{
	struct gaps *gaps = container_of(alignf, struct gaps, alignf);

	if (avail->start <= avail->end)
		gaps->gap(gaps->context, avail->start, avail->end);

	/* Nothing fits at the end, so the next free part is shown. */
	return avail->end;
}

/**
 * sb_pad_gaps() - find the free parts of a range of a window
 * @window: the window
 * @start: first CPU address of the range
 * @end: its last
 * @usable: leave out what the core would not assign: on x86, what firmware has
 *	    reserved (E820)
 * @gap: called for each
 * @context: for @gap
 *
 * This takes the tree's lock once and reserves nothing, so it does not disturb
 * a concurrent open of vfio-pci.
 *
 * Context: may sleep; @window stays while this runs.
 */
void sb_pad_gaps(struct resource *window, u64 start, u64 end, bool usable,
		 sb_gap_t gap, void *context)
{
	struct gaps gaps = {
		.alignf.start = see_gap,
		.gap = gap,
		.context = context,
	};
	struct resource none = {
		.name = "shadowbar",
		/* Only memory has such reservations. */
		.flags = usable ? IORESOURCE_MEM : 0,
	};

	allocate_resource(window, &none, 2, start, end, 1, SB_ALIGNF,
			  &gaps.alignf);
}

/**
 * sb_has_small_bar() - has a function a memory BAR that is smaller than a page?
 * @pdev: the function
 *
 * Return: true if it has.
 */
bool sb_has_small_bar(struct pci_dev *pdev)
{
	unsigned int nr;

	for (nr = 0; nr < sb_nr_bars(pdev); nr++)
		if (sb_resource_is_bar(pdev, nr) &&
		    resource_size(&pdev->resource[nr]) < PAGE_SIZE)
			return true;

	return false;
}

/**
 * sb_page_bar_of() - describe a BAR for sb_page_judge()
 * @pdev: the function
 * @nr: the BAR
 * @bar: filled
 *
 * Context: any.
 */
void sb_page_bar_of(struct pci_dev *pdev, unsigned int nr,
		    struct sb_page_bar *bar)
{
	struct resource *res = &pdev->resource[nr];
	struct pci_bus_region region;

	*bar = (struct sb_page_bar){
		.owner = sb_owner_of(pdev, SB_DECODER_BAR, nr),
		.page_size = PAGE_SIZE,
		.assigned = sb_resource_is_bar(pdev, nr) &&
			    sb_resource_is_placed(res),
	};
	if (!bar->assigned)
		return;

	pcibios_resource_to_bus(pdev->bus, &region, res);
	bar->start = region.start;
	bar->cpu = res->start;
	bar->size = resource_size(res);
}

static bool is_in_place(const struct sb_pad *pad, const struct resource *res)
{
	return pad && pad->res.parent && pad->res.start == res->end + 1;
}

/**
 * sb_pad_drop() - remove a BAR's pad from the tree and forget it
 * @pages: the function's pages
 * @nr: the BAR
 *
 * All readers of the tree hold its lock, except that pci_claim_resource() and
 * pci_revert_fw_address() print the name of a conflict after they release it. They
 * run when firmware addresses are claimed: at boot, and for a new host bridge.
 *
 * Context: may sleep; the function's mutex is held. Its BARs are not in use.
 */
void sb_pad_drop(struct sb_pages *pages, unsigned int nr)
{
	struct sb_pad *pad = pages->pad[nr];

	if (!pad)
		return;

	WRITE_ONCE(pages->pad[nr], NULL);
	sb_resource_drop(&pad->res, pad->res.start, resource_size(&pad->res));
}

static void remove_pad(struct sb_pages *pages, unsigned int nr)
{
	struct sb_pad *pad = pages->pad[nr];

	if (!pad)
		return;

	/* What vfio-pci has reserved inside stays in the tree. */
	if (pad->res.parent)
		remove_resource(&pad->res);
	kfree(pad);
	WRITE_ONCE(pages->pad[nr], NULL);
}

static struct sb_pad *make_pad(struct pci_dev *pdev, unsigned int nr)
{
	struct resource *res = &pdev->resource[nr];
	struct sb_pad *pad = kzalloc(sizeof(*pad), GFP_KERNEL);

	if (!pad)
		return NULL;

	scnprintf(pad->name, sizeof(pad->name), "shadowbar %s BAR %u",
		  pci_name(pdev), nr);
	pad->res = (struct resource){
		.name = pad->name,
		.start = res->end + 1,
		.end = res->start + PAGE_SIZE - 1,
		.flags = IORESOURCE_MEM | IORESOURCE_BUSY,
	};
	return pad;
}

/*
 * Put a pad around the part of the page that an open vfio-pci has reserved.
 * That is the whole rest of the page, so the pad cannot be smaller.
 */
static int insert_around(struct resource *window, struct resource *pad)
{
	resource_size_t size = resource_size(pad);

	if (insert_resource(window, pad))
		return -EBUSY;
	if (adjust_resource(pad, pad->start + 1, size - 1) &&
	    adjust_resource(pad, pad->start, size - 1))
		return 0;

	remove_resource(pad);
	return -EBUSY;
}

/**
 * sb_pad_put() - put a pad beside a BAR
 * @pdev: the function
 * @nr: the BAR, smaller than a page and aligned to one
 * @pages: the function's pages
 * @around: also around what an open vfio-pci has reserved, so that it cannot
 *	    reserve that again
 *
 * Context: may sleep; the function's mutex is held, and the rescan lock unless
 * the BAR has no pad.
 * Return: true if there is a pad now; false if the page is not free, or out of
 * memory.
 */
bool sb_pad_put(struct pci_dev *pdev, unsigned int nr, struct sb_pages *pages,
		bool around)
{
	struct resource *res = &pdev->resource[nr], *window;
	struct sb_pad *pad;

	if (is_in_place(pages->pad[nr], res))
		return true;

	remove_pad(pages, nr);
	window = READ_ONCE(res->parent);
	pad = window ? make_pad(pdev, nr) : NULL;
	if (!pad)
		return false;

	if (request_resource(window, &pad->res) &&
	    (!around || insert_around(window, &pad->res))) {
		kfree(pad);
		return false;
	}
	WRITE_ONCE(pages->pad[nr], pad);
	return true;
}

static void count_gap(void *context, u64 start, u64 end)
{
	u64 *free = context;

	*free += end - start + 1;
}

static int is_there(struct resource *res, void *arg)
{
	return 1;
}

/*
 * Is there anything but a BAR in the rest of the page? The reservation of an
 * open vfio-pci is the whole rest, and not busy.
 */
static bool has_stranger(struct pci_dev *pdev, unsigned int nr,
			 const struct sb_pages *pages)
{
	struct resource *res = &pdev->resource[nr];
	u64 start = res->end + 1, end = res->start + PAGE_SIZE - 1;
	u64 size = end - res->end, free = 0;
	struct resource *window;

	if (is_in_place(pages->pad[nr], res))
		return false;

	/* Before a probe, the core may be emptying the window. */
	window = READ_ONCE(res->parent);
	if (!window)
		return true;
	sb_pad_gaps(window, start, end, false, count_gap, &free);
	if (free == size)
		return false;

	return free || !pages->held ||
	       walk_iomem_res_desc(IORES_DESC_NONE,
				   IORESOURCE_MEM | IORESOURCE_BUSY, start, end,
				   NULL, is_there) == 1;
}

/**
 * sb_pad_is_lost() - has the core moved a BAR away from its pad?
 * @pdev: the function
 * @nr: the BAR
 * @pages: the function's pages
 *
 * Context: may sleep; the rescan lock and the function's mutex are held.
 * Return: true if the BAR had a pad, and has moved since.
 */
bool sb_pad_is_lost(struct pci_dev *pdev, unsigned int nr,
		    const struct sb_pages *pages)
{
	const struct sb_pad *pad = pages->pad[nr];

	return pad && pad->res.start != pdev->resource[nr].end + 1;
}

/*
 * VFIO resets functions when it opens and closes them. A reset gives no function an
 * address, so the page is what it was before, unless the BAR has moved: that of a
 * bound function does not, and beside any other there is its pad.
 */
static bool was_proved(const struct sb_pages *pages, unsigned int nr)
{
	u8 page = pages->verdict[nr].page;

	if (pages->held)
		return page == SB_PAGE_EXCLUSIVE || page == SB_PAGE_UNPADDED;

	return page == SB_PAGE_EXCLUSIVE &&
	       is_in_place(pages->pad[nr], &pages->pdev->resource[nr]);
}

/**
 * sb_pad_judge() - determine the state of the page behind a BAR
 * @pdev: the function
 * @nr: the BAR
 * @decoders: everything that may decode on its bus
 * @pages: the function's pages
 * @verdict: filled; unpadded if nothing else is in the page
 *
 * Context: may sleep; the function's mutex is held.
 */
void sb_pad_judge(struct pci_dev *pdev, unsigned int nr,
		  const struct sb_decoders *decoders,
		  const struct sb_pages *pages, struct sb_page_verdict *verdict)
{
	struct sb_page_bar bar;

	sb_page_bar_of(pdev, nr, &bar);
	sb_page_judge(&bar, decoders->decoder, decoders->nr, verdict);
	if (verdict->page == SB_PAGE_SHARED && !decoders->doubt &&
	    verdict->with.kind == SB_DECODER_UNKNOWN &&
	    was_proved(pages, nr))
		*verdict = (struct sb_page_verdict){ .page = SB_PAGE_UNPADDED };

	/* Virtual functions have pages of their own (PCIe 6.0, 9.2.1.1.1). */
	if (verdict->page != SB_PAGE_UNPADDED || pdev->is_virtfn)
		return;

	/* If not all decoders are known, nothing is proved. */
	if (!decoders->failed && !has_stranger(pdev, nr, pages))
		return;
	verdict->page = SB_PAGE_SHARED;
	verdict->with.kind = SB_DECODER_OTHER;
	verdict->hidden = decoders->failed;
}

/**
 * sb_pad_check() - determine the state of a page, and add or remove its pad
 * @pdev: the function
 * @nr: the BAR
 * @decoders: everything that may decode on its bus
 * @wanted: pads are wanted
 * @pages: the function's pages
 * @verdict: filled with the resulting state
 *
 * Puts a pad beside the BAR, replaces it if it was lost, or removes it if it no
 * longer belongs there.
 *
 * Context: may sleep; the rescan lock and the function's mutex are held.
 */
void sb_pad_check(struct pci_dev *pdev, unsigned int nr,
		  const struct sb_decoders *decoders, bool wanted,
		  struct sb_pages *pages, struct sb_page_verdict *verdict)
{
	bool stays = false;

	sb_pad_judge(pdev, nr, decoders, pages, verdict);
	if (verdict->page == SB_PAGE_SHARED && verdict->hidden) {
		/* A neighbour's BAR may fill the rest of the page as well. */
		if (pages->held || !decoders->waiting)
			stays = sb_pad_put(pdev, nr, pages,
					   pages->held && !verdict->shown);
	} else if (verdict->page == SB_PAGE_UNPADDED && wanted &&
		   !pdev->is_virtfn) {
		/* Otherwise, something may land in the page without an event. */
		if (!pages->held && !decoders->waiting)
			stays = sb_pad_put(pdev, nr, pages, false);
		if (stays || (pages->held && !decoders->waiting))
			verdict->page = SB_PAGE_EXCLUSIVE;
	}
	if (!stays)
		remove_pad(pages, nr);
}

/**
 * sb_pad_take_out() - remove all pads of a function until the next look
 * @pages: its pages
 *
 * Context: may sleep. The rescan lock and the function's mutex are held.
 */
void sb_pad_take_out(struct sb_pages *pages)
{
	unsigned int nr;

	for (nr = 0; nr < PCI_STD_NUM_BARS; nr++)
		if (pages->pad[nr] && pages->pad[nr]->res.parent)
			remove_resource(&pages->pad[nr]->res);
}

/**
 * sb_pad_remove_all() - remove all pads of a function
 * @pages: its pages
 *
 * Context: may sleep. The rescan lock and the function's mutex are held.
 * Removing a bridge frees the window that a pad is in: call this before.
 */
void sb_pad_remove_all(struct sb_pages *pages)
{
	unsigned int nr;

	for (nr = 0; nr < PCI_STD_NUM_BARS; nr++)
		remove_pad(pages, nr);
}
