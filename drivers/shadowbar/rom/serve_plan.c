// SPDX-License-Identifier: GPL-2.0-only
/*
 * serve_plan: decide how a shadow can be served to drivers and guests.
 *
 * There are two kinds of readers. Callers of pci_map_rom(), including vfio-pci
 * and the file "rom", use the ROM resource. GPU drivers also use pdev->rom, and
 * so does vfio-pci since 6.14 if the resource has no address.
 */
#include <shadowbar/plan.h>
#include <shadowbar/serve.h>

/*
 * The base class of displays, and the vendors of
 * drivers/video/fbdev/{sis,savage}
 */
#define DISPLAY		0x03
#define SIS		0x1039
#define XGI		0x18ca
#define S3		0x5333

/**
 * sb_serve_marks() - would a ROM resource in RAM make a function the boot
 * display?
 * @class: its class code, all 24 bits
 * @vendor: its vendor ID
 * @boot_known: the kernel knows the boot display
 *
 * The kernel uses that only if it knows no boot display. Two old drivers always
 * use it: sisfb then does not initialise such a card, and savagefb takes the
 * boot display's EDID for its monitor's.
 *
 * Return: true if it would.
 */
bool sb_serve_marks(u32 class, u16 vendor, bool boot_known)
{
	return class >> 16 == DISPLAY &&
	       (!boot_known || vendor == SIS || vendor == XGI || vendor == S3);
}

static bool kernel_finds_it(const struct sb_serve_facts *facts)
{
	switch (facts->found) {
	case SB_SERVE_FOUND_ADDRESS:
	case SB_SERVE_FOUND_FIXED:
	case SB_SERVE_FOUND_COPY:
		return true;
	case SB_SERVE_FOUND_SIZE:
	case SB_SERVE_FOUND_NOTHING:
	case SB_SERVE_FOUND_NO_COPY:
		break;
	}

	return false;
}

/* Cases that no attempt can change. */
static bool is_settled(const struct sb_serve_facts *facts,
		       enum sb_serve_why *why)
{
	if (!facts->length)
		*why = SB_SERVE_WHY_NO_SHADOW;
	else if (facts->bridge)
		*why = SB_SERVE_WHY_NOBODY_ASKS;
	else if (kernel_finds_it(facts))
		*why = SB_SERVE_WHY_KERNEL;
	else if (!facts->on)
		*why = SB_SERVE_WHY_OFF;
	else if (facts->denied)
		*why = SB_SERVE_WHY_DENIED;
	else if (facts->bound)
		*why = SB_SERVE_WHY_BOUND;
	else
		return false;

	return true;
}

/*
 * A resource with a size is left to the core, which may be assigning an address
 * right now: it tries that whenever the ROM is mapped.
 */
static bool plan_memory(const struct sb_serve_facts *facts,
			struct sb_serve_plan *plan)
{
	if (!facts->memory || facts->no_memory || facts->length > SB_SERVE_MAX)
		return false;

	plan->in_rom = !facts->given;
	plan->in_resource = facts->found == SB_SERVE_FOUND_NO_COPY ||
			    (facts->found == SB_SERVE_FOUND_NOTHING &&
			     !facts->marks);
	return plan->in_rom || plan->in_resource;
}

/*
 * An address leads to the ROM BAR's own ROM, so that has to be the best shadow.
 * A resource with a size is left to the core, as above.
 */
static bool plan_address(const struct sb_serve_facts *facts)
{
	return facts->from_bar && !facts->no_room &&
	       facts->found != SB_SERVE_FOUND_SIZE;
}

/**
 * sb_serve_plan_make() - decide how to serve a shadow
 * @facts: the function; the kernel's own way to its ROM as it is without the
 *	   module
 * @plan: the decision
 *
 * Memory comes first, because it takes no address away. If the attempt fails,
 * call this again with that in the facts.
 */
void sb_serve_plan_make(const struct sb_serve_facts *facts,
			struct sb_serve_plan *plan)
{
	*plan = (struct sb_serve_plan){ .way = SB_SERVE_NO };

	if (is_settled(facts, &plan->why))
		return;

	plan->why = SB_SERVE_WHY_SERVED;
	if (plan_memory(facts, plan)) {
		plan->way = SB_SERVE_MEMORY;
		return;
	}
	/* Firmware's own copy is enough for those who can use it. */
	if (facts->memory && facts->given && !facts->no_memory &&
	    facts->length <= SB_SERVE_MAX) {
		plan->why = SB_SERVE_WHY_KERNEL;
		return;
	}
	if (plan_address(facts)) {
		plan->way = SB_SERVE_ADDRESS;
		return;
	}

	if (!facts->memory)
		plan->why = SB_SERVE_WHY_NO_ROOM;
	else if (facts->length > SB_SERVE_MAX)
		plan->why = SB_SERVE_WHY_TOO_LARGE;
	else
		plan->why = SB_SERVE_WHY_NO_MEMORY;
}

/**
 * sb_serve_room_add() - count a free part of a window
 * @room: @facts set and @part U64_MAX, or the result of earlier calls
 * @start: first free address
 * @end: last free address
 */
void sb_serve_room_add(struct sb_serve_room *room, u64 start, u64 end)
{
	if (start >= SZ_4G)
		return;
	if (end >= SZ_4G)
		end = SZ_4G - 1;

	room->free += end - start + 1;
	if (end - start + 1 < room->part &&
	    sb_plan_hole(room->facts, start, end) != U64_MAX)
		room->part = end - start + 1;
}

/**
 * sb_serve_room_place() - where the ROM goes in a free part of a window
 * @room: all free parts
 * @start: first free address
 * @end: last free address
 *
 * Later devices also need room, and more urgently than a guest that can use a
 * file. So the ROM takes at most half of what is free, and from the smallest
 * part that has room.
 *
 * Return: the address, or U64_MAX if it does not go there.
 */
u64 sb_serve_room_place(const struct sb_serve_room *room, u64 start, u64 end)
{
	if (start >= SZ_4G || sb_place_size(room->facts) > room->free / 2)
		return U64_MAX;
	if (end >= SZ_4G)
		end = SZ_4G - 1;
	if (end - start + 1 != room->part)
		return U64_MAX;

	return sb_plan_hole(room->facts, start, end);
}

/**
 * sb_serve_name() - the word for a way of serving, as in sysfs
 * @way: the way
 *
 * Return: a constant string.
 */
const char *sb_serve_name(enum sb_serve_way way)
{
	static const char * const name[] = {
		[SB_SERVE_NO] = "no",
		[SB_SERVE_MEMORY] = "memory",
		[SB_SERVE_ADDRESS] = "address",
	};

	return name[way];
}

/**
 * sb_serve_text() - what the owner of a guest has to do, for "rom_reason"
 * @why: why the shadow is served or not
 *
 * Return: a constant string to append to the line; empty if there is nothing to
 * do.
 */
const char *sb_serve_text(enum sb_serve_why why)
{
	static const char * const text[] = {
		[SB_SERVE_WHY_NO_SHADOW] = "",
		[SB_SERVE_WHY_NOBODY_ASKS] = "",
		[SB_SERVE_WHY_KERNEL] = "",
		[SB_SERVE_WHY_SERVED] = "",
		[SB_SERVE_WHY_OFF] =
			"; a guest gets it only with romfile=, because the module was loaded with serve=off",
		[SB_SERVE_WHY_DENIED] =
			"; a guest gets it only with romfile=, because the deny parameter names the function",
		[SB_SERVE_WHY_BOUND] =
			"; a guest gets it only with romfile= until the driver is unbound once",
		[SB_SERVE_WHY_TOO_LARGE] =
			"; it is larger than 4 MiB, too large to be handed out from memory: give it to a guest with romfile=",
		[SB_SERVE_WHY_NO_MEMORY] =
			"; there was no memory in one piece to hand it out from: write 1 to capture, or give it to a guest with romfile=",
		[SB_SERVE_WHY_NO_ROOM] =
			"; drivers cannot map memory as a ROM here, and its ROM BAR has no address: give it to a guest with romfile=",
	};

	return text[why];
}
