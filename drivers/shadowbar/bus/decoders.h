/* SPDX-License-Identifier: GPL-2.0-only */
/* decoders: everything that may decode addresses near a function. */
#ifndef SHADOWBAR_DECODERS_H
#define SHADOWBAR_DECODERS_H

#include <shadowbar/decoder.h>

struct pci_bus;
struct pci_dev;

/**
 * struct sb_decoders - everything that may decode addresses on a bus
 * @bus: the bus
 * @decoder: all decoders on it and on the buses above it
 * @nr: number of entries in @decoder
 * @until: wait for functions in a reset until then, in jiffies; one time for all
 *	   buses that it is used for, so that many of them do not add up
 * @pass: the number of the look that filled it
 * @failed: out of memory, so some are missing
 * @unread: a function could not be read; it may be in the middle of a reset
 * @doubt: something is unknown, and not because of a reset
 * @waiting: something smaller than a page on the bus has no address or may lose
 *	     it, and could be placed in the rest of a page
 */
struct sb_decoders {
	struct pci_bus *bus;
	struct sb_decoder *decoder;
	unsigned int nr;
	unsigned long until;
	unsigned long pass;
	bool failed;
	bool unread;
	bool doubt;
	bool waiting;
};

struct sb_owner sb_owner_of(struct pci_dev *pdev, enum sb_decoder_kind kind,
			    unsigned int nr);
void sb_decoders_find(struct sb_decoders *decoders, struct pci_bus *bus);
void sb_decoders_free(struct sb_decoders *decoders);
void sb_decoders_removed(struct pci_dev *pdev);
bool sb_decoders_returns(struct pci_dev *pdev);
void sb_decoders_forget(void);

#endif /* SHADOWBAR_DECODERS_H */
