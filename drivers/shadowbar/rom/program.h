/* SPDX-License-Identifier: GPL-2.0-only */
/* program: make a ROM decode the address in the plan. */
#ifndef SHADOWBAR_PROGRAM_H
#define SHADOWBAR_PROGRAM_H

#include <shadowbar/plan.h>
#include <shadowbar/rom_image.h>

#include "bus/journal.h"
#include "rom/around.h"
#include "rom/buffer.h"
#include "rom/restore.h"
#include "rom/slot.h"

struct sb_opts;

/**
 * struct sb_attempt - a capture in progress
 * @slot: the function's slot
 * @pdev: the function
 * @opts: its options
 * @found: what may decode addresses on its bus
 * @asked: somebody waited for it when it began
 * @until: when to give up if nobody waits, in jiffies
 * @gathered: the facts
 * @plan: what to do
 * @journal: the writes
 * @walk: how far the images reach
 * @rom: what was read so far
 * @ones: number of consecutive all-ones dwords
 * @bus_reads: dwords read from the ROM
 * @command: COMMAND during the read
 * @validation: the ROM BAR's validation status during the read
 * @header: config header before anything was written; NULL once it belongs to
 *	    struct sb_owed, because it was not restored
 */
struct sb_attempt {
	struct sb_slot slot;
	struct pci_dev *pdev;
	const struct sb_opts *opts;
	struct sb_decoders *found;
	bool asked;
	unsigned long until;
	struct sb_gathered gathered;
	struct sb_plan plan;
	struct sb_journal journal;
	struct sb_rom_walk walk;
	struct sb_rom *rom;
	unsigned int ones;
	unsigned int bus_reads;
	u16 command;
	u8 validation;
	u32 *header;
};

enum sb_why sb_program_size_rom(struct sb_attempt *attempt);
enum sb_why sb_program_size_bars(struct sb_attempt *attempt);
enum sb_why sb_program(struct sb_attempt *attempt);
bool sb_is_programmed(struct sb_attempt *attempt);
bool sb_program_say(struct sb_attempt *attempt);
void sb_program_unsay(struct sb_attempt *attempt);

#endif /* SHADOWBAR_PROGRAM_H */
