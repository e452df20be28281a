/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * serve: may a shadow be given to whoever asks the kernel for the ROM, and how?
 *
 * Logic: facts in, one way and its reason out.
 */
#ifndef SHADOWBAR_SERVE_H
#define SHADOWBAR_SERVE_H

#include <shadowbar/compat.h>

struct sb_facts;

/**
 * enum sb_serve_way - how the kernel gives out a shadow
 * @SB_SERVE_NO: not at all
 * @SB_SERVE_MEMORY: the kernel points to a copy in memory
 * @SB_SERVE_ADDRESS: the ROM BAR was given an address, and is read there
 */
enum sb_serve_way {
	SB_SERVE_NO,
	SB_SERVE_MEMORY,
	SB_SERVE_ADDRESS,
};

/**
 * enum sb_serve_why - why that way
 * @SB_SERVE_WHY_NO_SHADOW: there is nothing to give
 * @SB_SERVE_WHY_NOBODY_ASKS: nobody asks for the ROM of a bridge
 * @SB_SERVE_WHY_KERNEL: the kernel finds the ROM by itself
 * @SB_SERVE_WHY_OFF: serve=off
 * @SB_SERVE_WHY_DENIED: the deny parameter names the function
 * @SB_SERVE_WHY_BOUND: a driver is bound, and may be looking
 * @SB_SERVE_WHY_TOO_LARGE: no memory in one piece is ever as large
 * @SB_SERVE_WHY_NO_MEMORY: there was none in one piece, this time
 * @SB_SERVE_WHY_NO_ROOM: memory does not do here, and the ROM BAR gets no
 *			  address
 * @SB_SERVE_WHY_SERVED: it is given out
 */
enum sb_serve_why {
	SB_SERVE_WHY_NO_SHADOW,
	SB_SERVE_WHY_NOBODY_ASKS,
	SB_SERVE_WHY_KERNEL,
	SB_SERVE_WHY_OFF,
	SB_SERVE_WHY_DENIED,
	SB_SERVE_WHY_BOUND,
	SB_SERVE_WHY_TOO_LARGE,
	SB_SERVE_WHY_NO_MEMORY,
	SB_SERVE_WHY_NO_ROOM,
	SB_SERVE_WHY_SERVED,
};

/**
 * enum sb_serve_found - what the kernel's ROM resource leads to
 * @SB_SERVE_FOUND_NOTHING: nothing; the core has forgotten the ROM BAR, or
 *			    never knew one
 * @SB_SERVE_FOUND_SIZE: it has a size and no address; the core looks for one
 *			 each time somebody maps the ROM
 * @SB_SERVE_FOUND_ADDRESS: an address that the core has given it
 * @SB_SERVE_FOUND_FIXED: something that must not be moved
 * @SB_SERVE_FOUND_COPY: the BIOS's copy of the boot display's ROM
 * @SB_SERVE_FOUND_NO_COPY: the place of that copy, and no ROM there: UEFI makes
 *			    none
 */
enum sb_serve_found {
	SB_SERVE_FOUND_NOTHING,
	SB_SERVE_FOUND_SIZE,
	SB_SERVE_FOUND_ADDRESS,
	SB_SERVE_FOUND_FIXED,
	SB_SERVE_FOUND_COPY,
	SB_SERVE_FOUND_NO_COPY,
};

/**
 * struct sb_serve_facts - what a decision is made from
 * @length: bytes in the best shadow, 0 without one
 * @found: what the ROM resource leads to without the module
 * @given: firmware has left a copy where drivers look for one (pdev->rom)
 * @bridge: the function is a bridge
 * @on: serve=on
 * @denied: the deny parameter names it
 * @bound: a driver is bound
 * @memory: drivers here can map memory as a ROM
 * @from_bar: the best shadow was read from the ROM BAR
 * @marks: to change its ROM resource would make it pass for the boot display
 * @no_memory: there was no memory in one piece
 * @no_room: an address was looked for, and there is none to spare; or the function
 *	     is in use
 */
struct sb_serve_facts {
	u32 length;
	enum sb_serve_found found;
	bool given;
	bool bridge;
	bool on;
	bool denied;
	bool bound;
	bool memory;
	bool from_bar;
	bool marks;
	bool no_memory;
	bool no_room;
};

/**
 * struct sb_serve_plan - what to do
 * @way: how to give the shadow out
 * @why: the reason
 * @in_rom: with memory: to those who read pdev->rom
 * @in_resource: with memory: to those who map the ROM resource
 */
struct sb_serve_plan {
	enum sb_serve_way way;
	enum sb_serve_why why;
	bool in_rom;
	bool in_resource;
};

/**
 * struct sb_serve_room - room for an address of the ROM BAR
 * @facts: the function, and what is around it; the size of the ROM included
 * @free: bytes that are free below 4 GiB
 * @part: size of the smallest free part that the ROM fits into, U64_MAX if there
 *	  is none
 */
struct sb_serve_room {
	const struct sb_facts *facts;
	u64 free;
	u64 part;
};

/* The most that the page allocator has in one piece on any kernel. */
#define SB_SERVE_MAX	0x400000

bool sb_serve_marks(u32 class, u16 vendor, bool boot_known);
void sb_serve_plan_make(const struct sb_serve_facts *facts,
			struct sb_serve_plan *plan);
void sb_serve_room_add(struct sb_serve_room *room, u64 start, u64 end);
u64 sb_serve_room_place(const struct sb_serve_room *room, u64 start, u64 end);
const char *sb_serve_name(enum sb_serve_way way);
const char *sb_serve_text(enum sb_serve_why why);

#endif /* SHADOWBAR_SERVE_H */
