/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan: decide where a ROM can be read.
 *
 * Logic: facts about one function in, a plan out that says which registers get
 * which values. All addresses are bus addresses.
 */
#ifndef SHADOWBAR_PLAN_H
#define SHADOWBAR_PLAN_H

#include <shadowbar/facts.h>
#include <shadowbar/idle.h>
#include <shadowbar/source.h>
#include <shadowbar/why.h>

/**
 * struct sb_standing - what decides whether a function may be touched at all
 * @virtual_function: it is an SR-IOV virtual function
 * @no_register: its header has no ROM BAR, or none that can be used
 * @known_bad: the built-in deny list names it
 * @denied: the deny parameter names it
 * @not_restored: an earlier capture could not restore its registers
 * @fixed: its ROM is where Enhanced Allocation says
 * @untrusted: anybody may have plugged it in, and its ROM was not requested
 * @sibling: a driver may be using the chip that its ROM is in, and its ROM was
 *	     not requested
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
 * @addr: the address for the ROM BAR; for SB_SOURCE_HOLE, a hole has yet to be
 *	  found
 * @lender: the BAR whose address is borrowed, with SB_SOURCE_BORROWED
 * @parked: bit n: BAR n has to be moved out of the way, see sb_park_addr()
 */
struct sb_plan {
	enum sb_source source;
	enum sb_why why;
	u64 addr;
	unsigned int lender;
	unsigned long parked;
};

/* 32-bit BARs are parked above the MSI range at FEE00000h, if they fit */
#define SB_PARK_START	0xff000000ULL
#define SB_PARK_END	0xffffffffULL

bool sb_may_touch(const struct sb_standing *standing, enum sb_why *why);
enum sb_rom_bar sb_facts_rom_bar(const struct sb_facts *facts);
u64 sb_park_addr(const struct sb_bar *bar);
bool sb_path_forwards(const struct sb_facts *facts, u64 start, u64 size);
void sb_plan_make(const struct sb_facts *facts, struct sb_plan *plan);
u64 sb_place_size(const struct sb_facts *facts);
u64 sb_plan_hole(const struct sb_facts *facts, u64 start, u64 end);

#endif /* SHADOWBAR_PLAN_H */
