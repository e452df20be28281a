/* SPDX-License-Identifier: GPL-2.0-only */
/* wish: what is wanted of a capture. */
#ifndef SHADOWBAR_WISH_H
#define SHADOWBAR_WISH_H

#include <linux/jiffies.h>
#include <shadowbar/outcome.h>

struct pci_dev;

/* The longest that a capture takes which nobody has asked for, in jiffies */
#define SB_CAPTURE_PATIENCE	(10 * HZ)

/**
 * struct sb_watch - who is told of captures
 * @begin: a function is about to be read
 * @end: it was read, or could not be, with so many writes to its config space
 *	 and so many dwords read from its ROM, in so many nanoseconds
 */
struct sb_watch {
	void (*begin)(struct pci_dev *pdev);
	void (*end)(struct pci_dev *pdev, const struct sb_outcome *outcome,
		    unsigned int config_writes, unsigned int bus_reads,
		    u64 ns);
};

/**
 * struct sb_wish - what is wanted of a capture
 * @bound: a driver is bound
 * @probing: a driver is about to be probed: now or never
 * @borrow: the address of another BAR may be borrowed
 * @denied: the deny parameter names the function
 * @wanted: the ROM is to be read; false: only look at what is there
 * @whole: read on to the end of the ROM BAR: some cards keep images of their own
 *	   after the one that is marked as the last
 * @waiting: how many tasks wait for it, changed by others
 * @patience: how long to read while none does, in jiffies
 * @sibling_is_driven: may a driver be using the flash chip that the ROM is in? or
 *		       NULL
 * @watch: who is told, or NULL
 */
struct sb_wish {
	bool bound;
	bool probing;
	bool borrow;
	bool denied;
	bool wanted;
	bool whole;
	const unsigned int *waiting;
	unsigned long patience;
	bool (*sibling_is_driven)(struct pci_dev *pdev);
	const struct sb_watch *watch;
};

#endif /* SHADOWBAR_WISH_H */
