/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * foresee: what the module would do with a machine.
 *
 * Logic, on top of the module's own: takes from a list of facts what the module
 * gathers from hardware, and calls the same functions. The KUnit suites replay
 * machines and compare the results.
 */
#ifndef SHADOWBAR_FORESEE_H
#define SHADOWBAR_FORESEE_H

#include <shadowbar/page.h>
#include <shadowbar/plan.h>

#include "machine.h"

/* Sizing, two writes to park each BAR, the ROM BAR, COMMAND twice */
#define SB_FORESIGHT_WRITES	24

/**
 * struct sb_foreseen_write - a write to config space
 * @where: offset
 * @size: 2 or 4
 * @value: what is written
 */
struct sb_foreseen_write {
	u16 where;
	u8 size;
	u32 value;
};

/**
 * struct sb_foreseen_rom - what would happen to a ROM
 * @why: SB_WHY_CAPTURED if it would be read, else why not
 * @busy: with SB_WHY_IN_USE, the user
 * @rom_bar: the state of the ROM BAR
 * @plan: where it would be read
 * @nr_writes: number of @write
 * @write: what would be written to make the ROM readable, in this order; all of
 *	   it is undone afterwards. Writes that only size a BAR are left out
 * @unsure: the list of facts lacks a register that matters
 */
struct sb_foreseen_rom {
	enum sb_why why;
	enum sb_busy busy;
	enum sb_rom_bar rom_bar;
	struct sb_plan plan;
	unsigned int nr_writes;
	struct sb_foreseen_write write[SB_FORESIGHT_WRITES];
	bool unsure;
};

/**
 * struct sb_foreseen_page - what would happen to a BAR's page
 * @verdict: its current state
 * @mapped: VFIO could map it without the module
 * @move: with the module, the result of making it exclusive, on request or
 *	  before vfio-pci gets it; SB_MOVE_NONE if it need not move, also
 *	  because the BARs that share its page move
 * @addr: with SB_MOVE_DONE, its new address
 */
struct sb_foreseen_page {
	struct sb_page_verdict verdict;
	bool mapped;
	enum sb_move move;
	u64 addr;
};

/**
 * struct sb_foresight - working memory for predictions
 * @machine: the machine
 * @room: number of elements in each array, sb_foresight_room()
 * @decoder: all decoders that could respond on the bus
 * @decoded: the same, as ranges
 * @bridge: the bridges above
 * @nr: number of decoders
 * @bus: the function whose bus they are on
 * @mover: a function whose BARs are being moved, or NULL
 * @moved: their new addresses, 0 for those that have not moved
 * @borrow: the module's parameter
 */
struct sb_foresight {
	const struct sb_machine *machine;
	unsigned int room;
	struct sb_decoder *decoder;
	struct sb_range *decoded;
	struct sb_bridge *bridge;
	unsigned int nr;
	const struct sb_machine_fn *bus;
	const struct sb_machine_fn *mover;
	u64 moved[SB_MAX_BARS];
	bool borrow;
};

unsigned int sb_foresight_room(const struct sb_machine *machine);
void sb_foresee_rom(struct sb_foresight *foresight,
		    const struct sb_machine_fn *fn, u64 rom_size, bool bound,
		    struct sb_foreseen_rom *rom);
void sb_foresee_pages(struct sb_foresight *foresight,
		      const struct sb_machine_fn *fn, bool bound, bool asked,
		      struct sb_foreseen_page page[SB_MAX_BARS]);

#endif /* SHADOWBAR_FORESEE_H */
