// SPDX-License-Identifier: GPL-2.0-only
/*
 * pad: keep the rest of the pages behind sub-page BARs free.
 *
 * A pad is a busy resource beside the BAR, from its end to the end of its page,
 * in the window that the BAR is in. Nothing is around a BAR, ever: the core and
 * vfio-pci take what a BAR is in for a bridge's window, and look at it under no
 * lock of ours.
 *
 * vfio-pci maps a BAR that is smaller than a page if it can reserve just that
 * rest of the page. So a function that it holds has no pads, but where something
 * else answers in the page, or may, and the resource tree does not show it.
 *
 * A pad can be gone at any time: when the core resizes a bridge window it
 * detaches all that is in it, without a word. It has the rescan lock then.
 */
#include <linux/pci.h>
#include <linux/slab.h>
#include <shadowbar/compat.h>

#include "bus/decoders.h"
#include "bus/gather.h"
#include "pages/pad.h"

/**
 * struct gaps - a look at what is free in a window
 * @alignf: calls see_gap()
 * @gap: who is told
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

	/* There nothing fits, and the next one is shown. */
	return avail->end;
}

/**
 * sb_pad_gaps() - what is free in a part of a window
 * @window: the window
 * @start: first CPU address of the part
 * @end: its last
 * @gap: is told
 * @context: for @gap
 *
 * Under one hold of the tree's lock, and without reserving anything: whoever
 * opens vfio-pci meanwhile does not notice.
 *
 * Context: may sleep; @window stays while this runs.
 */
void sb_pad_gaps(struct resource *window, u64 start, u64 end, sb_gap_t gap,
		 void *context)
{
	struct gaps gaps = {
		.alignf.start = see_gap,
		.gap = gap,
		.context = context,
	};
	struct resource none = { .name = "shadowbar", .flags = IORESOURCE_MEM };

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
 * sb_page_bar_of() - a BAR as the logic wants it
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
		.assigned = sb_resource_is_bar(pdev, nr) && res->parent,
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
 * sb_pad_drop() - take a BAR's pad out of the tree and forget it
 * @pages: the function's pads
 * @nr: the BAR
 *
 * Who only holds the device lock does not keep the core from detaching the pad at
 * this moment. __release_region() looks for it and takes it out under one hold of
 * the tree's lock, and frees it; if the core was faster it says so in the log, and
 * the 96 bytes are lost.
 *
 * Context: may sleep; the function's mutex is held. Its BARs are not in use.
 */
void sb_pad_drop(struct sb_pages *pages, unsigned int nr)
{
	struct sb_pad *pad = pages->pad[nr];
	struct resource *window;

	if (!pad)
		return;

	WRITE_ONCE(pages->pad[nr], NULL);
	window = READ_ONCE(pad->res.parent);
	if (window)
		__release_region(window, pad->res.start,
				 resource_size(&pad->res));
	else
		kfree(pad);
}

static void remove_pad(struct sb_pages *pages, unsigned int nr)
{
	struct sb_pad *pad = pages->pad[nr];

	if (!pad)
		return;

	/* What vfio-pci has reserved inside stays where it is. */
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
 * Put a pad around what whoever has vfio-pci open has reserved of the page. That
 * is all of it, so the pad cannot be made smaller.
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
 * @nr: the BAR, smaller than a page, that starts one
 * @pages: the function's pads
 * @around: also around what an open vfio-pci has reserved, which is not to have
 *	    it again
 *
 * Context: may sleep; the function's mutex is held, and the rescan lock unless
 * the BAR has no pad.
 * Return: true if there is one now, false if the page is not free or there is no
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
 * Is anything in the rest of the page that is no BAR? What an open vfio-pci has
 * reserved is all of it, and not busy.
 */
static bool has_stranger(struct pci_dev *pdev, unsigned int nr,
			 const struct sb_pages *pages)
{
	struct resource *res = &pdev->resource[nr];
	u64 start = res->end + 1, end = res->start + PAGE_SIZE - 1;
	u64 size = end - res->end, free = 0;

	if (is_in_place(pages->pad[nr], res))
		return false;

	sb_pad_gaps(res->parent, start, end, count_gap, &free);
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
 * @pages: the function's pads
 *
 * Context: may sleep; the rescan lock and the function's mutex are held.
 * Return: true if the BAR was padded, and has moved since.
 */
bool sb_pad_is_lost(struct pci_dev *pdev, unsigned int nr,
		    const struct sb_pages *pages)
{
	const struct sb_pad *pad = pages->pad[nr];

	return pad && pad->res.start != pdev->resource[nr].end + 1;
}

/**
 * sb_pad_judge() - what is known of the page behind a BAR
 * @pdev: the function
 * @nr: the BAR
 * @decoders: what could answer on its bus
 * @pages: the function's pads
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

	/* Virtual functions have pages of their own (PCIe 6.0, 9.2.1.1.1). */
	if (verdict->page != SB_PAGE_UNPADDED || pdev->is_virtfn)
		return;

	/* Where not all decoders are known nothing is proved. */
	if (!decoders->failed && !has_stranger(pdev, nr, pages))
		return;
	verdict->page = SB_PAGE_SHARED;
	verdict->with.kind = SB_DECODER_OTHER;
	verdict->hidden = decoders->failed;
}

/**
 * sb_pad_check() - see to the page behind a BAR
 * @pdev: the function
 * @nr: the BAR
 * @decoders: what could answer on its bus
 * @wanted: pads are wanted
 * @pages: the function's pads
 * @verdict: filled with what became of the page
 *
 * Puts a pad beside the BAR, or back if it was lost, or takes it out where it
 * has no place any more.
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
		if (pages->held || !decoders->waiting)
			stays = sb_pad_put(pdev, nr, pages, pages->held);
	} else if (verdict->page == SB_PAGE_UNPADDED && wanted &&
		   !pdev->is_virtfn) {
		if (!pages->held && !decoders->waiting)
			stays = sb_pad_put(pdev, nr, pages, false);
		if (pages->held || stays)
			verdict->page = SB_PAGE_EXCLUSIVE;
	}
	if (!stays)
		remove_pad(pages, nr);
}

/**
 * sb_pad_take_out() - take out all pads of a function, until somebody looks again
 * @pages: its pads
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
 * sb_pad_remove_all() - take out all pads of a function
 * @pages: its pads
 *
 * Context: may sleep. The rescan lock and the function's mutex are held. A
 * bridge that is removed frees the window that a pad is in: this is called before.
 */
void sb_pad_remove_all(struct sb_pages *pages)
{
	unsigned int nr;

	for (nr = 0; nr < PCI_STD_NUM_BARS; nr++)
		remove_pad(pages, nr);
}
