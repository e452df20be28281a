/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * page: decides whether a BAR has its page to itself.
 *
 * Logic: one BAR and everything that may decode near it in, a verdict out.
 * Addresses are bus addresses unless they say "cpu"; ranges are inclusive.
 */
#ifndef SHADOWBAR_PAGE_H
#define SHADOWBAR_PAGE_H

#include <shadowbar/decoder.h>

/**
 * enum sb_page - the state of the page behind a memory BAR
 * @SB_PAGE_UNASSIGNED: the BAR has no address
 * @SB_PAGE_WHOLE: the BAR is at least a page long
 * @SB_PAGE_UNALIGNED: it is smaller and does not start at a page boundary
 * @SB_PAGE_SHARED: another decoder is in its page, or may be
 * @SB_PAGE_UNPADDED: it has the page to itself, but nothing keeps it so
 * @SB_PAGE_EXCLUSIVE: it has the page to itself, and a pad
 */
enum sb_page {
	SB_PAGE_UNASSIGNED,
	SB_PAGE_WHOLE,
	SB_PAGE_UNALIGNED,
	SB_PAGE_SHARED,
	SB_PAGE_UNPADDED,
	SB_PAGE_EXCLUSIVE,
};

/**
 * struct sb_page_bar - a BAR to judge
 * @owner: identifies the BAR
 * @start: its bus address in the resource tree
 * @cpu: the same as a CPU address, which determines the page
 * @size: bytes, a power of two
 * @page_size: bytes of a page, a power of two
 * @assigned: it has an address
 */
struct sb_page_bar {
	struct sb_owner owner;
	u64 start;
	u64 cpu;
	u64 size;
	u64 page_size;
	bool assigned;
};

/**
 * struct sb_page_verdict - the result
 * @with: with SB_PAGE_SHARED, whose decoder is in the page
 * @page: the state, an enum sb_page; the caller turns SB_PAGE_UNPADDED into
 *	  SB_PAGE_EXCLUSIVE if there is a pad
 * @enabled: that decoder is active now
 * @hidden: a decoder in the page is not in the resource tree
 * @shown: a decoder in the page is in the tree, so VFIO does not map the page
 * @msix: the BAR holds an MSI-X table or pending bits
 */
struct sb_page_verdict {
	struct sb_owner with;
	u8 page;
	bool enabled:1;
	bool hidden:1;
	bool shown:1;
	bool msix:1;
};

/**
 * struct sb_room - free space in a window
 * @free: bytes of whole pages
 * @block: the largest free block: a power of two, aligned to its size
 * @blocks: number of free parts that have a block of this size
 */
struct sb_room {
	u64 free;
	u64 block;
	unsigned int blocks;
};

/**
 * enum sb_move - the result of a request to move a BAR to a page of its own
 * @SB_MOVE_NONE: there was no request
 * @SB_MOVE_DONE: it has one
 * @SB_MOVE_BOUND: a driver is bound
 * @SB_MOVE_IN_USE: it is in use without a driver, see enum sb_busy
 * @SB_MOVE_BUSY: the function was locked at that moment, or something else took
 *		  each page that was found
 * @SB_MOVE_DENIED: the deny parameter or the built-in list names the function
 * @SB_MOVE_PINNED: its decoding must stay as it is, the core was told not to
 *		    move it, firmware uses its address, or it is in use
 * @SB_MOVE_VIRTUAL: it is a virtual function, whose BARs belong to its parent
 * @SB_MOVE_ASLEEP: it is not in D0
 * @SB_MOVE_UNASSIGNED: the BAR has no address
 * @SB_MOVE_ELSEWHERE: the device holds another address than the kernel has for the
 *		       BAR
 * @SB_MOVE_OTHERS: decoding is off, and another BAR holds an address that
 *		    cannot be trusted
 * @SB_MOVE_MAPPED: a program has mapped its page or another BAR of the function,
 *		    or may have, because this kernel does not report mappings
 * @SB_MOVE_NO_ROOM: no window above it has a free page
 * @SB_MOVE_SCARCE: one has, but too few to take one without a request, or only
 *		    in the largest free block
 * @SB_MOVE_STUCK: a register ignored what was written to it
 * @SB_MOVE_DIFFERS: the BAR reads differently at its new address
 * @SB_MOVE_VANISHED: it stopped responding
 * @SB_MOVE_NOT_RESTORED: its registers could not be restored
 * @SB_MOVE_NO_MEMORY: out of memory
 */
enum sb_move {
	SB_MOVE_NONE,
	SB_MOVE_DONE,
	SB_MOVE_BOUND,
	SB_MOVE_IN_USE,
	SB_MOVE_BUSY,
	SB_MOVE_DENIED,
	SB_MOVE_PINNED,
	SB_MOVE_VIRTUAL,
	SB_MOVE_ASLEEP,
	SB_MOVE_UNASSIGNED,
	SB_MOVE_ELSEWHERE,
	SB_MOVE_OTHERS,
	SB_MOVE_MAPPED,
	SB_MOVE_NO_ROOM,
	SB_MOVE_SCARCE,
	SB_MOVE_STUCK,
	SB_MOVE_DIFFERS,
	SB_MOVE_VANISHED,
	SB_MOVE_NOT_RESTORED,
	SB_MOVE_NO_MEMORY,
};

struct sb_range sb_page_range(const struct sb_page_bar *bar);
bool sb_page_is_partial(const struct sb_page_bar *bar);
void sb_page_judge(const struct sb_page_bar *bar,
		   const struct sb_decoder *decoder, unsigned int nr,
		   struct sb_page_verdict *verdict);
u64 sb_page_hole(const struct sb_decoder *decoder, unsigned int nr,
		 u64 page_size, u64 start, u64 end);
void sb_room_add(struct sb_room *room, u64 page_size, u64 start, u64 end);
bool sb_room_spares(const struct sb_room *room, u64 page_size, u64 taken);
u64 sb_room_page(const struct sb_room *room, const struct sb_decoder *decoder,
		 unsigned int nr, u64 page_size, u64 start, u64 end,
		 bool may_split);
bool sb_page_reads_alike(const u32 before[2], u32 after);
int sb_move_error(enum sb_move move);
const char *sb_move_text(enum sb_move move);
const char *sb_page_name(enum sb_page page);
int sb_page_reason(const struct sb_page_verdict *verdict, char *buf,
		   size_t size);

#endif /* SHADOWBAR_PAGE_H */
