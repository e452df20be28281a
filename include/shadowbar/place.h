/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * place: may a BAR be moved to a page of its own, and where to?
 *
 * Logic: what is known of a function and of its windows in, a decision out.
 * The module moves by it, and the tool foresees by it.
 */
#ifndef SHADOWBAR_PLACE_H
#define SHADOWBAR_PLACE_H

#include <shadowbar/facts.h>
#include <shadowbar/idle.h>
#include <shadowbar/page.h>

/**
 * struct sb_mover - what is known of a function one of whose BARs is to move
 * @busy: what keeps it from being reprogrammed
 * @virtual_function: it is a virtual function
 * @denied: the deny parameter or the built-in list names it
 * @asleep: it is not in D0
 * @pinned: its decoding has to stay as it is, see &struct sb_facts, or cannot be
 *	    told
 * @fixed: the core was told not to move the BAR
 * @vga_conflict: see &struct sb_facts; only asked for while its decoding is off
 * @assigned: the BAR has an address in the kernel's resource tree
 */
struct sb_mover {
	enum sb_busy busy;
	bool virtual_function;
	bool denied;
	bool asleep;
	bool pinned;
	bool fixed;
	bool vga_conflict;
	bool assigned;
};

/**
 * typedef sb_gap_t - is told what is free in a window
 * @context: the caller's
 * @start: the first free address
 * @end: the last one
 */
typedef void (*sb_gap_t)(void *context, u64 start, u64 end);

/**
 * struct sb_seek - a search for a page in one window
 * @gaps: tells @gap what is free in a part of @window, from its first address
 *	  to its last; it is asked several times
 * @window: for @gaps
 * @start: the first address of the window, as @gaps counts
 * @end: its last
 * @offset: what is added to these to get addresses on the bus
 * @decoder: all that could decode on the bus
 * @nr: how many these are
 * @page_size: bytes of a page, a power of two
 * @high: above 4 GiB, else below
 * @asked: a person has asked for it, who may take the last page
 * @taken: else, what was taken on the same occasion before, in bytes
 */
struct sb_seek {
	void (*gaps)(void *window, u64 start, u64 end, sb_gap_t gap,
		     void *context);
	void *window;
	u64 start;
	u64 end;
	u64 offset;
	const struct sb_decoder *decoder;
	unsigned int nr;
	u64 page_size;
	bool high;
	bool asked;
	u64 taken;
};

enum sb_move sb_may_move(const struct sb_mover *mover);
bool sb_others_are_assigned(const struct sb_facts *facts, unsigned int nr_bars,
			    unsigned long strays);
enum sb_move sb_seek_page(const struct sb_seek *seek, u64 *page);

#endif /* SHADOWBAR_PLACE_H */
