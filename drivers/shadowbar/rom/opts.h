/* SPDX-License-Identifier: GPL-2.0-only */
/* opts: the options of a capture. */
#ifndef SHADOWBAR_OPTS_H
#define SHADOWBAR_OPTS_H

#include <linux/jiffies.h>
#include <shadowbar/outcome.h>

struct pci_dev;

/* The maximum time of a capture that nobody waits for, in jiffies */
#define SB_CAPTURE_PATIENCE	(10 * HZ)

/**
 * struct sb_watch - callbacks of captures
 * @begin: a function is about to be read
 * @end: it was read, or could not be; with the number of config writes and of
 *	 dwords read from its ROM, and the time in nanoseconds
 */
struct sb_watch {
	void (*begin)(struct pci_dev *pdev);
	void (*end)(struct pci_dev *pdev, const struct sb_outcome *outcome,
		    unsigned int config_writes, unsigned int bus_reads,
		    u64 ns);
};

/**
 * struct sb_opts - the options of a capture
 * @bound: a driver is bound
 * @borrow: the address of another BAR may be borrowed
 * @denied: the deny parameter names the function
 * @wanted: read the ROM; false: only look at what is there
 * @whole: read up to the end of the ROM BAR: some cards have images of their
 *	   own after the one that is marked as the last
 * @waiting: number of tasks that wait for it, changed by others
 * @patience: how long to read while none waits, in jiffies
 * @sibling_is_driven: may a driver be using the flash chip that the ROM is in?
 *		       or NULL
 * @watch: the callbacks, or NULL
 */
struct sb_opts {
	bool bound;
	bool borrow;
	bool denied;
	bool wanted;
	bool whole;
	const unsigned int *waiting;
	unsigned long patience;
	bool (*sibling_is_driven)(struct pci_dev *pdev);
	const struct sb_watch *watch;
};

#endif /* SHADOWBAR_OPTS_H */
