// SPDX-License-Identifier: GPL-2.0-only
/*
 * pad: keep the pages behind sub-page BARs free.
 *
 * vfio-pci maps a BAR that is smaller than a page if it can reserve the rest
 * of the page beside it, in the resource that the BAR is in. So a pad goes
 * around the BAR and not beside it: the core places nothing else in the page,
 * and vfio-pci still finds the rest of it free, inside the pad.
 *
 * Where something else answers in the page and the resource tree does not
 * show it, the rest of the page is reserved beside the BAR, which is just
 * what keeps vfio-pci away.
 *
 * A pad can be gone at any time: when the core resizes a bridge window it
 * detaches all that is in it, without a word. To resize a BAR it does that
 * without the rescan lock, but to the BARs of one function only.
 */
#include <linux/pci.h>
#include <linux/slab.h>

#include "decoders.h"
#include "gather.h"
#include "pad.h"

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

/**
 * sb_pad_prepare() - make ready what is to go into the resource tree
 * @res: filled; not in the tree
 * @pad: the pad it belongs to
 * @start: its first CPU address
 * @end: its last
 */
void sb_pad_prepare(struct resource *res, const struct sb_pad *pad, u64 start,
		    u64 end)
{
	*res = (struct resource){
		.name = pad->name,
		.start = start,
		.end = end,
		.flags = IORESOURCE_MEM,
	};
}

/**
 * sb_pad_take_out() - take a BAR's pad out of the resource tree
 * @pad: the pad
 *
 * Context: may sleep; the function's mutex is held.
 */
void sb_pad_take_out(struct sb_pad *pad)
{
	/* What is inside moves up to where the pad was. */
	if (pad->res.parent)
		remove_resource(&pad->res);
}

/**
 * sb_pad_of() - the pad of a BAR
 * @pdev: the function
 * @nr: the BAR
 * @pages: the function's pads
 *
 * Context: may sleep; the function's mutex is held.
 * Return: the pad, a new one that is not in the tree if there was none, or
 * NULL if there is no memory.
 */
struct sb_pad *sb_pad_of(struct pci_dev *pdev, unsigned int nr,
			 struct sb_pages *pages)
{
	struct sb_pad *pad = pages->pad[nr];

	if (pad)
		return pad;

	pad = kzalloc(sizeof(*pad), GFP_KERNEL);
	if (pad)
		scnprintf(pad->name, sizeof(pad->name), "shadowbar %s BAR %u",
			  pci_name(pdev), nr);
	pages->pad[nr] = pad;
	return pad;
}

/*
 * To resize a BAR the core takes those of the function out of a window, which is
 * to be empty then. A pad would stay there.
 */
static bool is_resizable(struct pci_dev *pdev)
{
	return pci_find_ext_capability(pdev, PCI_EXT_CAP_ID_REBAR);
}

static bool is_around(const struct sb_pad *pad, const struct resource *res)
{
	return pad->res.parent && res->parent == &pad->res;
}

/*
 * Reserve the rest of a page, around what an open vfio-pci has reserved of it if
 * need be. That is all of it, so what is put around it cannot be made smaller.
 * It may go at any time, and is not looked at.
 */
static int reserve(struct pci_dev *pdev, struct resource *parent,
		   struct resource *rest)
{
	resource_size_t size = resource_size(rest);

	if (!request_resource(parent, rest))
		return 0;
	if (!READ_ONCE(pdev->dev.driver) || insert_resource(parent, rest))
		return -EBUSY;
	if (adjust_resource(rest, rest->start + 1, size - 1) &&
	    adjust_resource(rest, rest->start, size - 1))
		return 0;

	remove_resource(rest);
	return -EBUSY;
}

/*
 * Alone in its page, as far as decoders tell. The tree may know of more: it
 * is asked by reserving the rest of the page, which also keeps others out
 * until the pad is there.
 */
static int pad_around(struct pci_dev *pdev, unsigned int nr,
		      struct sb_pages *pages)
{
	struct resource *res = &pdev->resource[nr], *parent;
	struct sb_pad *pad = sb_pad_of(pdev, nr, pages);
	u64 end = res->start + PAGE_SIZE - 1;
	struct resource rest;
	int ret;

	if (!pad)
		return -ENOMEM;
	if (is_around(pad, res))
		return 0;

	sb_pad_take_out(pad);
	parent = READ_ONCE(res->parent);
	sb_pad_prepare(&rest, pad, res->end + 1, end);
	if (!parent || reserve(pdev, parent, &rest))
		return -EBUSY;

	sb_pad_prepare(&pad->res, pad, res->start, end);
	ret = insert_resource(parent, &pad->res);
	remove_resource(&rest);
	return ret;
}

/* Taken already is just as good: then vfio-pci does not get it either. */
static void block_beside(struct pci_dev *pdev, unsigned int nr,
			 struct sb_pages *pages)
{
	struct resource *res = &pdev->resource[nr], *parent;
	struct sb_pad *pad = sb_pad_of(pdev, nr, pages);

	if (!pad)
		return;

	if (pad->res.parent == res->parent && pad->res.start == res->end + 1)
		return;

	sb_pad_take_out(pad);
	parent = READ_ONCE(res->parent);
	sb_pad_prepare(&pad->res, pad, res->end + 1, res->start + PAGE_SIZE - 1);
	if (parent)
		reserve(pdev, parent, &pad->res);
}

static void remove_pad(struct sb_pages *pages, unsigned int nr)
{
	if (!pages->pad[nr])
		return;

	sb_pad_take_out(pages->pad[nr]);
	kfree(pages->pad[nr]);
	pages->pad[nr] = NULL;
}

/**
 * sb_pad_is_lost() - is a pad not where it was put?
 * @pdev: the function
 * @nr: the BAR
 * @pages: the function's pads
 *
 * Context: may sleep; the rescan lock and the function's mutex are held.
 * Return: true if the BAR was padded, and is not now.
 */
bool sb_pad_is_lost(struct pci_dev *pdev, unsigned int nr,
		    const struct sb_pages *pages)
{
	return pages->verdict[nr].page == SB_PAGE_EXCLUSIVE &&
	       !is_around(pages->pad[nr], &pdev->resource[nr]);
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
 * Puts a pad around the BAR, or back if it was lost, or takes it out where it
 * has no place any more.
 *
 * Context: may sleep; the rescan lock and the function's mutex are held.
 */
void sb_pad_check(struct pci_dev *pdev, unsigned int nr,
		  const struct sb_decoders *decoders, bool wanted,
		  struct sb_pages *pages, struct sb_page_verdict *verdict)
{
	struct sb_page_bar bar;

	sb_page_bar_of(pdev, nr, &bar);
	sb_page_judge(&bar, decoders->decoder, decoders->nr, verdict);

	/* Virtual functions have pages of their own (PCIe 6.0, 9.2.1.1.1). */
	if (!sb_page_is_partial(&bar) || pdev->is_virtfn) {
		remove_pad(pages, nr);
		return;
	}

	if (verdict->page == SB_PAGE_SHARED) {
		if (verdict->hidden)
			block_beside(pdev, nr, pages);
		else
			remove_pad(pages, nr);
		return;
	}

	/* Not all decoders are known: nothing is promised. */
	if (!wanted || decoders->failed || is_resizable(pdev)) {
		remove_pad(pages, nr);
		return;
	}

	switch (pad_around(pdev, nr, pages)) {
	case 0:
		verdict->page = SB_PAGE_EXCLUSIVE;
		break;
	case -ENOMEM:
		break;
	default:
		remove_pad(pages, nr);
		verdict->page = SB_PAGE_SHARED;
		verdict->with.kind = SB_DECODER_OTHER;
	}
}

static bool is_in(const struct resource *res, struct pci_bus *bus)
{
	struct resource *window;
	int i;

	if (res->parent)
		pci_bus_for_each_resource(bus, window, i)
			if (res->parent == window)
				return true;

	return false;
}

/**
 * sb_pad_leave() - take a function's pads out of the windows of a bus
 * @pages: its pads; they are kept, to be put back
 * @bus: the bus
 *
 * What is reserved beside a BAR stays: something answers there.
 *
 * Context: may sleep; the rescan lock and the function's mutex are held.
 * Return: true if there were any.
 */
bool sb_pad_leave(struct sb_pages *pages, struct pci_bus *bus)
{
	struct sb_pad *pad;
	bool found = false;
	unsigned int nr;

	for (nr = 0; nr < PCI_STD_NUM_BARS; nr++) {
		pad = pages->pad[nr];
		if (!pad || pages->verdict[nr].page != SB_PAGE_EXCLUSIVE ||
		    !is_in(&pad->res, bus))
			continue;
		sb_pad_take_out(pad);
		found = true;
	}

	return found;
}

/**
 * sb_pad_remove_all() - take out all pads of a function
 * @pages: its pads
 *
 * Context: may sleep. The function's mutex is held. A bridge that is removed
 * frees the window that a pad is in: this is called before.
 */
void sb_pad_remove_all(struct sb_pages *pages)
{
	unsigned int nr;

	for (nr = 0; nr < PCI_STD_NUM_BARS; nr++)
		remove_pad(pages, nr);
}
