/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * serve: give the shadow to drivers and guests that ask the kernel for the ROM.
 */
#ifndef SHADOWBAR_DRIVER_SERVE_H
#define SHADOWBAR_DRIVER_SERVE_H

#include <linux/types.h>
#include <shadowbar/serve.h>

struct pci_dev;
struct sb_decoders;
struct sb_shadow;

/**
 * struct sb_served - how a function's shadow is served
 * @way: an enum sb_serve_way
 * @why: an enum sb_serve_why
 * @was: with SB_SERVE_ADDRESS, an enum sb_serve_found: the state of the ROM
 *	 resource before it was given an address
 * @flags: its flags then
 */
struct sb_served {
	u8 way;
	u8 why;
	u8 was;
	unsigned long flags;
};

/**
 * struct sb_serving - what the caller knows about a function
 * @pdev: the function
 * @best: its best shadow, or NULL
 * @found: see sb_around_look()
 * @rom_size: bytes that the ROM BAR decodes, 0 if that is not known
 * @from_bar: @best was read from the ROM BAR
 * @copy: there is a ROM where the kernel says that the BIOS copied it to
 * @on: serve=on
 * @denied: the deny parameter names it
 * @bound: a driver is bound
 */
struct sb_serving {
	struct pci_dev *pdev;
	const struct sb_shadow *best;
	struct sb_decoders *found;
	u32 rom_size;
	bool from_bar;
	bool copy;
	bool on;
	bool denied;
	bool bound;
};

void sb_serve_start(void);
void sb_serve_count(struct pci_dev *pdev);
void sb_serve_look(const struct sb_serving *serving, struct sb_served *served);
void sb_serve_leave(struct pci_dev *pdev, const struct sb_shadow *shadow);
void sb_serve_take_back(struct pci_dev *pdev, struct sb_served *served);
bool sb_serve_is_ours(struct pci_dev *pdev);
bool sb_serve_owns_rom(struct pci_dev *pdev);
bool sb_serve_owns_resource(struct pci_dev *pdev);

#endif /* SHADOWBAR_DRIVER_SERVE_H */
