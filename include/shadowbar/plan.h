/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan: where can this ROM be read?
 *
 * Logic: facts about one function in, a plan out that says which registers
 * get which values. All addresses are bus addresses.
 */
#ifndef SHADOWBAR_PLAN_H
#define SHADOWBAR_PLAN_H

#include <shadowbar/facts.h>
#include <shadowbar/idle.h>
#include <shadowbar/source.h>

/**
 * enum sb_why - why a function has the status it has
 * @SB_WHY_QUEUED: it waits for its turn
 * @SB_WHY_CAPTURED: the ROM was read
 * @SB_WHY_NO_ROM_BAR: it has no ROM BAR
 * @SB_WHY_VIRTUAL: it is a virtual function, which has no ROM of its own
 * @SB_WHY_MANUAL: capture=manual, and nobody has asked yet
 * @SB_WHY_DRIVER_BOUND: a driver is bound
 * @SB_WHY_IN_USE: it is in use without a driver, see enum sb_busy
 * @SB_WHY_DENIED: the deny parameter names it
 * @SB_WHY_KNOWN_BAD: the built-in deny list names it
 * @SB_WHY_NOT_RESTORED: an earlier capture could not restore its registers
 * @SB_WHY_UNTRUSTED: anybody may have plugged it in, and nobody has asked
 * @SB_WHY_SIBLING: the driver of another function of its slot may be using the
 *		    same flash chip, and nobody has asked
 * @SB_WHY_FIXED: its ROM has a fixed address and no BAR (Enhanced Allocation)
 * @SB_WHY_POWERED_DOWN: it is not in D0
 * @SB_WHY_STUCK: the ROM BAR does not take what is written to it
 * @SB_WHY_PINNED_OFF: its memory decoding is off and must not be switched
 * @SB_WHY_BRIDGE_CLOSED: a bridge above it does not forward memory at all
 * @SB_WHY_VGA: its decoding is off, and on it would answer to the legacy VGA
 *		range beside the boot VGA device
 * @SB_WHY_CANNOT_PARK: its decoding is off, and a BAR with an address that
 *			cannot be believed has nowhere to go while it is on
 * @SB_WHY_NO_ADDRESS: no BAR to borrow from and no hole that fits
 * @SB_WHY_VANISHED: it stopped answering
 * @SB_WHY_DISTURBED: somebody else wrote to its registers meanwhile
 * @SB_WHY_TOO_SLOW: reading it took too long for one that nobody waits for
 * @SB_WHY_FULL: with it all shadows together would take too much memory
 * @SB_WHY_CONFIG_ERROR: a config access failed
 * @SB_WHY_NO_MEMORY: the kernel had no memory
 * @SB_WHY_BROKEN: what was read is not a ROM
 */
enum sb_why {
	SB_WHY_QUEUED,
	SB_WHY_CAPTURED,
	SB_WHY_NO_ROM_BAR,
	SB_WHY_VIRTUAL,
	SB_WHY_MANUAL,
	SB_WHY_DRIVER_BOUND,
	SB_WHY_IN_USE,
	SB_WHY_DENIED,
	SB_WHY_KNOWN_BAD,
	SB_WHY_NOT_RESTORED,
	SB_WHY_UNTRUSTED,
	SB_WHY_SIBLING,
	SB_WHY_FIXED,
	SB_WHY_POWERED_DOWN,
	SB_WHY_STUCK,
	SB_WHY_PINNED_OFF,
	SB_WHY_BRIDGE_CLOSED,
	SB_WHY_VGA,
	SB_WHY_CANNOT_PARK,
	SB_WHY_NO_ADDRESS,
	SB_WHY_VANISHED,
	SB_WHY_DISTURBED,
	SB_WHY_TOO_SLOW,
	SB_WHY_FULL,
	SB_WHY_CONFIG_ERROR,
	SB_WHY_NO_MEMORY,
	SB_WHY_BROKEN,
};

/**
 * struct sb_standing - what decides whether a function may be touched at all
 * @virtual_function: it is an SR-IOV virtual function
 * @no_register: there is no ROM BAR in its header, or none that can be used
 * @known_bad: the built-in deny list names it
 * @denied: the deny parameter names it
 * @not_restored: an earlier capture could not restore its registers
 * @fixed: its ROM is where Enhanced Allocation says
 * @untrusted: anybody may have plugged it in, and nobody has asked for its ROM
 * @sibling: a driver may be using the chip that its ROM is in, and nobody has
 *	     asked for it
 * @busy: what uses it
 * @powered_down: it is not in D0
 */
struct sb_standing {
	bool virtual_function;
	bool no_register;
	bool known_bad;
	bool denied;
	bool not_restored;
	bool powered_down;
	bool fixed;
	bool untrusted;
	bool sibling;
	enum sb_busy busy;
};

/**
 * struct sb_plan - what to do with a function to read its ROM
 * @source: where to read, one that uses the ROM BAR; SB_SOURCE_NONE: leave it
 *	    alone
 * @why: if it is to be left alone, why
 * @addr: where the ROM BAR goes; for SB_SOURCE_HOLE a hole is to be found
 * @lender: the BAR whose address is borrowed, with SB_SOURCE_BORROWED
 * @parked: bit n: BAR n is to be moved out of the way, see sb_park_addr()
 */
struct sb_plan {
	enum sb_source source;
	enum sb_why why;
	u64 addr;
	unsigned int lender;
	unsigned long parked;
};

/* 32-bit BARs are parked above the MSI range at FEE00000h, if they fit. */
#define SB_PARK_START	0xff000000ULL
#define SB_PARK_END	0xffffffffULL

bool sb_may_touch(const struct sb_standing *standing, enum sb_why *why);
enum sb_rom_bar sb_facts_rom_bar(const struct sb_facts *facts);
u64 sb_park_addr(const struct sb_bar *bar);
bool sb_path_forwards(const struct sb_facts *facts, u64 start, u64 size);
void sb_plan_make(const struct sb_facts *facts, struct sb_plan *plan);
u64 sb_plan_hole(const struct sb_facts *facts, u64 start, u64 end);

#endif /* SHADOWBAR_PLAN_H */
