/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * serve: decide how a shadow can be served to drivers and guests.
 *
 * Logic: facts in, one way and its reason out.
 */
#ifndef SHADOWBAR_SERVE_H
#define SHADOWBAR_SERVE_H

#include <shadowbar/compat.h>

struct sb_facts;

/**
 * enum sb_serve_way - how the kernel serves a shadow
 * @SB_SERVE_NO: not at all
 * @SB_SERVE_MEMORY: the kernel's ROM resource leads to a copy in memory
 * @SB_SERVE_ADDRESS: the ROM BAR was given an address, and is read there
 */
enum sb_serve_way {
	SB_SERVE_NO,
	SB_SERVE_MEMORY,
	SB_SERVE_ADDRESS,
};

/**
 * enum sb_serve_why - why that way
 * @SB_SERVE_WHY_NO_SHADOW: there is no shadow
 * @SB_SERVE_WHY_NOBODY_ASKS: nobody needs the ROM of a bridge
 * @SB_SERVE_WHY_KERNEL: the kernel finds the ROM by itself
 * @SB_SERVE_WHY_OFF: serve=off
 * @SB_SERVE_WHY_DENIED: the deny parameter names the function
 * @SB_SERVE_WHY_BOUND: a driver is bound, and may be reading
 * @SB_SERVE_WHY_TOO_LARGE: contiguous memory is never as large
 * @SB_SERVE_WHY_NO_MEMORY: there was no contiguous memory this time
 * @SB_SERVE_WHY_NO_ROOM: memory is no use here, and there is no address for the
 *			  ROM BAR
 * @SB_SERVE_WHY_SERVED: it is served
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
 * @SB_SERVE_FOUND_SIZE: it has a size and no address; the core tries to assign
 *			 one whenever the ROM is mapped
 * @SB_SERVE_FOUND_ADDRESS: an address that the core assigned
 * @SB_SERVE_FOUND_FIXED: something that must not be moved
 * @SB_SERVE_FOUND_COPY: the BIOS's copy of the boot display's ROM
 * @SB_SERVE_FOUND_NO_COPY: the address of that copy, but no ROM there: UEFI
 *			    makes none
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
 * struct sb_serve_facts - the input of a decision
 * @length: bytes in the best shadow, 0 without one
 * @found: what the ROM resource leads to without the module
 * @given: firmware has left a copy where drivers look for one (pdev->rom)
 * @bridge: the function is a bridge
 * @on: serve=on
 * @denied: the deny parameter names it
 * @bound: a driver is bound
 * @memory: drivers here can map memory as a ROM
 * @from_bar: the best shadow was read from the ROM BAR
 * @marks: changing its ROM resource would make it the boot display
 * @no_memory: there was no contiguous memory
 * @no_room: there is no address to spare, or the function is in use
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
 * @way: how to serve the shadow
 * @why: the reason
 * @in_rom: with memory: to readers of pdev->rom
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
 * @facts: the function and what surrounds it, including the size of the ROM
 * @free: bytes that are free below 4 GiB
 * @part: size of the smallest free part that the ROM fits into, U64_MAX if
 *	  there is none
 */
struct sb_serve_room {
	const struct sb_facts *facts;
	u64 free;
	u64 part;
};

/* The largest block of the page allocator on any kernel */
#define SB_SERVE_MAX	0x400000

bool sb_serve_marks(u32 class, u16 vendor, bool boot_known);
void sb_serve_plan_make(const struct sb_serve_facts *facts,
			struct sb_serve_plan *plan);
void sb_serve_room_add(struct sb_serve_room *room, u64 start, u64 end);
u64 sb_serve_room_place(const struct sb_serve_room *room, u64 start, u64 end);
const char *sb_serve_name(enum sb_serve_way way);
const char *sb_serve_text(enum sb_serve_why why);

#endif /* SHADOWBAR_SERVE_H */
