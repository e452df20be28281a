/* SPDX-License-Identifier: GPL-2.0-only */
/* pad: keeps the rest of the page behind a sub-page BAR free. */
#ifndef SHADOWBAR_PAD_H
#define SHADOWBAR_PAD_H

#include <linux/ioport.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/spinlock.h>
#include <shadowbar/place.h>

struct sb_decoders;
struct sb_pages;

/**
 * struct sb_pad - a resource beside one BAR
 * @res: the rest of the page; inserted if it has a parent. The first member:
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
 * struct sb_pages_config - settings and callbacks for all pages
 * @pad: pad=on: keep the rest of each page free
 * @isolate: isolate=vfio: BARs that are about to be given to user space get
 *	     pages of their own
 * @each: calls something for the pages of each function, bus by bus; the rescan
 *	  lock is held
 * @changed: called when the state of a page has changed
 */
struct sb_pages_config {
	bool pad;
	bool isolate;
	void (*each)(void (*call)(struct sb_pages *pages, void *arg),
		     void *arg);
	void (*changed)(struct pci_dev *pdev, unsigned int nr,
			enum sb_page page);
};

/**
 * struct sb_pages - the pages of a function's BARs
 * @pdev: the function
 * @config: the settings
 * @lock: the function's mutex
 * @state_lock: never held for long
 * @restored: its registers are as they should be; under @state_lock
 * @pad: by number of the BAR, NULL if it has none
 * @verdict: the state of the page, likewise
 * @moved: the result of the last request to move the BAR, likewise; an enum
 *	   sb_move
 * @requests: bit n: a task waits for BAR n to be moved; under @state_lock
 * @msix: bit n: BAR n holds an MSI-X table or pending bits
 * @looked: there has been a look, so that a difference is a change
 * @is_new: it was added after the last look
 * @held: its driver gives BARs to user space
 * @unsure: it has a driver whose kind is not known yet
 * @denied: the deny parameter names the function
 * @gone: the function was removed, or the module is being unloaded
 *
 * Under @lock, unless it says something else.
 */
struct sb_pages {
	struct pci_dev *pdev;
	const struct sb_pages_config *config;
	struct mutex *lock; /* of the function, see @lock there */
	spinlock_t *state_lock; /* of the function, see there */
	bool *restored;
	struct sb_pad *pad[PCI_STD_NUM_BARS];
	struct sb_page_verdict verdict[PCI_STD_NUM_BARS];
	u8 moved[PCI_STD_NUM_BARS];
	u8 requests;
	u8 msix;
	bool looked;
	bool is_new;
	bool held;
	bool unsure;
	bool denied;
	bool gone;
};

bool sb_has_small_bar(struct pci_dev *pdev);
void sb_pad_gaps(struct resource *window, u64 start, u64 end, bool usable,
		 sb_gap_t gap, void *context);
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
