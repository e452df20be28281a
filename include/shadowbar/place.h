/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * place: decides whether a BAR may move to a page of its own, and where to.
 *
 * Logic: facts about a function and its windows in, a decision out. The module
 * acts on it, and the tool predicts with it.
 */
#ifndef SHADOWBAR_PLACE_H
#define SHADOWBAR_PLACE_H

#include <shadowbar/facts.h>
#include <shadowbar/idle.h>
#include <shadowbar/page.h>

/**
 * struct sb_mover - facts about a function one of whose BARs is to be moved
 * @busy: why it must not be reprogrammed
 * @virtual_function: it is a virtual function
 * @denied: the deny parameter or the built-in list names it
 * @asleep: it is not in D0
 * @pinned: its decoding must stay as it is, see &struct sb_facts, or cannot be
 *	    read
 * @fixed: the core was told not to move the BAR; without a request, also if
 *	   firmware uses its address
 * @vga_conflict: see &struct sb_facts; only set while its decoding is off
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
 * typedef sb_gap_t - called for a free part of a window
 * @context: data of the caller
 * @start: first free address
 * @end: last free address
 */
typedef void (*sb_gap_t)(void *context, u64 start, u64 end);

/**
 * struct sb_seek - a search for a page in one window
 * @gaps: calls @gap for every free part of @window between two addresses;
 *	  called several times
 * @take: takes a page, if it is still free: something else may have taken it
 *	  since @gaps ended; NULL if it is only looked for
 * @window: for @gaps and @take
 * @start: the first address of the window, as used by @gaps
 * @end: its last
 * @offset: added to these to get bus addresses
 * @decoder: everything that may decode on the bus
 * @nr: number of entries in @decoder
 * @page_size: bytes of a page, a power of two
 * @high: above 4 GiB, else below
 * @asked: a person requested the move, and may take the last page
 * @taken: otherwise, bytes taken earlier on the same occasion
 */
struct sb_seek {
	void (*gaps)(void *window, u64 start, u64 end, sb_gap_t gap,
		     void *context);
	bool (*take)(void *window, u64 page);
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
enum sb_move sb_may_decode(const struct sb_facts *facts, unsigned int nr_bars,
			   unsigned long strays, unsigned int nr);
enum sb_move sb_seek_page(const struct sb_seek *seek, u64 *page);

#endif /* SHADOWBAR_PLACE_H */
