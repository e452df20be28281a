/* SPDX-License-Identifier: GPL-2.0-only */
/* pad: keep the rest of the pages behind sub-page BARs free. */
#ifndef SHADOWBAR_PAD_H
#define SHADOWBAR_PAD_H

#include <linux/ioport.h>
#include <linux/pci.h>
#include <shadowbar/place.h>

struct sb_decoders;

/**
 * struct sb_pad - what is put into the resource tree beside one BAR
 * @res: the rest of its page; in the tree if it has a parent. The first member:
 *	 the kernel may free it, see sb_pad_drop()
 * @name: its name, for /proc/iomem
 *
 * Nearly every small BAR has one, so it fits in 96 bytes.
 */
struct sb_pad {
	struct resource res;
	char name[32];
};

/**
 * struct sb_pages - the pages behind the BARs of a function
 * @pad: by number of the BAR, NULL where there is none
 * @verdict: what was found, likewise
 * @moved: what became of wishes to move them, likewise; an enum sb_move
 * @wishes: bit n: somebody waits for BAR n to be moved; under the function's
 *	    state_lock
 * @msix: bit n: BAR n holds an MSI-X table or pending bits
 * @looked: somebody has looked, so that a change is one
 * @is_new: it was added, and nobody has looked since
 * @held: it has a driver that gives BARs to user space
 * @unsure: it has a driver, and nobody could look what kind that is
 */
struct sb_pages {
	struct sb_pad *pad[PCI_STD_NUM_BARS];
	struct sb_page_verdict verdict[PCI_STD_NUM_BARS];
	u8 moved[PCI_STD_NUM_BARS];
	u8 wishes;
	u8 msix;
	bool looked;
	bool is_new;
	bool held;
	bool unsure;
};

void sb_pad_gaps(struct resource *window, u64 start, u64 end, sb_gap_t gap,
		 void *context);
void sb_page_bar_of(struct pci_dev *pdev, unsigned int nr,
		    struct sb_page_bar *bar);
bool sb_pad_is_lost(struct pci_dev *pdev, unsigned int nr,
		    const struct sb_pages *pages);
bool sb_pad_put(struct pci_dev *pdev, unsigned int nr, struct sb_pages *pages,
		bool around);
void sb_pad_judge(struct pci_dev *pdev, unsigned int nr,
		  const struct sb_decoders *decoders,
		  const struct sb_pages *pages,
		  struct sb_page_verdict *verdict);
void sb_pad_check(struct pci_dev *pdev, unsigned int nr,
		  const struct sb_decoders *decoders, bool wanted,
		  struct sb_pages *pages, struct sb_page_verdict *verdict);
void sb_pad_drop(struct sb_pages *pages, unsigned int nr);
void sb_pad_take_out(struct sb_pages *pages);
void sb_pad_remove_all(struct sb_pages *pages);

#endif /* SHADOWBAR_PAD_H */
