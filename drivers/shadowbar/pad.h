/* SPDX-License-Identifier: GPL-2.0-only */
/* pad: keep the pages behind sub-page BARs free. */
#ifndef SHADOWBAR_PAD_H
#define SHADOWBAR_PAD_H

#include <linux/ioport.h>
#include <linux/pci.h>
#include <shadowbar/page.h>

struct sb_decoders;

/**
 * struct sb_pad - what is put into the resource tree for one BAR
 * @res: a page-sized container around the BAR, or a reservation of the rest of
 *	 the page beside it; in the tree if it has a parent
 * @name: its name, for /proc/iomem
 *
 * Every small BAR has one, so it fits in 96 bytes.
 */
struct sb_pad {
	struct resource res;
	char name[32];
};

/**
 * struct sb_pages - the pages behind the BARs of a function
 * @pad: by number of the BAR, NULL where nothing was ever needed
 * @verdict: what was found, likewise
 * @moved: what became of wishes to move them, likewise; an enum sb_move
 * @wishes: bit n: somebody waits for BAR n to be moved; under the function's
 *	    state_lock
 * @looked: somebody has looked, so that a change is one
 */
struct sb_pages {
	struct sb_pad *pad[PCI_STD_NUM_BARS];
	struct sb_page_verdict verdict[PCI_STD_NUM_BARS];
	u8 moved[PCI_STD_NUM_BARS];
	u8 wishes;
	bool looked;
};

void sb_page_bar_of(struct pci_dev *pdev, unsigned int nr,
		    struct sb_page_bar *bar);
void sb_pad_prepare(struct resource *res, const struct sb_pad *pad, u64 start,
		    u64 end);
struct sb_pad *sb_pad_of(struct pci_dev *pdev, unsigned int nr,
			 struct sb_pages *pages);
void sb_pad_take_out(struct sb_pad *pad);
bool sb_pad_is_lost(struct pci_dev *pdev, unsigned int nr,
		    const struct sb_pages *pages);
void sb_pad_check(struct pci_dev *pdev, unsigned int nr,
		  const struct sb_decoders *decoders, bool wanted,
		  struct sb_pages *pages, struct sb_page_verdict *verdict);
bool sb_pad_leave(struct sb_pages *pages, struct pci_bus *bus);
void sb_pad_remove_all(struct sb_pages *pages);

#endif /* SHADOWBAR_PAD_H */
