/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * page: does a BAR have its page to itself?
 *
 * Logic: one BAR and everything that could decode near it in, a verdict out.
 * Addresses are bus addresses unless they say "cpu"; ranges are inclusive.
 */
#ifndef SHADOWBAR_PAGE_H
#define SHADOWBAR_PAGE_H

#include <shadowbar/decoder.h>

/**
 * enum sb_page - what is known of the page behind a memory BAR
 * @SB_PAGE_UNASSIGNED: the BAR has no address
 * @SB_PAGE_WHOLE: the BAR is a page or more
 * @SB_PAGE_UNALIGNED: it is smaller and does not start its page
 * @SB_PAGE_SHARED: another decoder is in its page, or may be
 * @SB_PAGE_UNPADDED: it is alone in its page, but nothing keeps it so
 * @SB_PAGE_EXCLUSIVE: it is alone in its page, and padded
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
 * struct sb_page_bar - a BAR whose page is asked for
 * @owner: whose BAR
 * @start: its bus address as the resource tree has it
 * @cpu: the same as a CPU address; pages are cut in these
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
 * struct sb_page_verdict - what was found
 * @with: with SB_PAGE_SHARED whose decoder is in the page
 * @page: the state, an enum sb_page; SB_PAGE_UNPADDED if it is alone,
 *	  SB_PAGE_EXCLUSIVE is for whoever has padded it to say
 * @enabled: that decoder answers now
 * @hidden: the resource tree does not show it, so VFIO would map the page
 * @msix: the BAR holds an MSI-X table or pending bits
 */
struct sb_page_verdict {
	struct sb_owner with;
	u8 page;
	bool enabled;
	bool hidden;
	bool msix;
};

/**
 * struct sb_room - what is free in a window
 * @free: bytes of whole pages
 * @block: the largest block of what is free: a power of two, aligned to its size
 * @blocks: how many free parts have one as large
 */
struct sb_room {
	u64 free;
	u64 block;
	unsigned int blocks;
};

/**
 * enum sb_move - what became of a wish to give a BAR a page of its own
 * @SB_MOVE_NONE: nobody has wished for it
 * @SB_MOVE_DONE: it has one
 * @SB_MOVE_BOUND: a driver is bound
 * @SB_MOVE_IN_USE: it is in use without a driver, see enum sb_busy
 * @SB_MOVE_BUSY: somebody had the function locked for a moment
 * @SB_MOVE_DENIED: the deny parameter or the built-in list names the function
 * @SB_MOVE_PINNED: its decoding must stay as it is, the core was told not to
 *		    move it, or it is in use
 * @SB_MOVE_VIRTUAL: it is a virtual function; its BARs are its parent's
 * @SB_MOVE_ASLEEP: it is not in D0
 * @SB_MOVE_UNASSIGNED: the BAR has no address
 * @SB_MOVE_OTHERS: decoding is off, and another BAR holds an address that
 *		    cannot be believed
 * @SB_MOVE_MAPPED: a program has mapped its page or another BAR of the function, or
 *		    may have, which this kernel does not tell
 * @SB_MOVE_NO_ROOM: no window above it has a free page
 * @SB_MOVE_SCARCE: one has, but too few to take one without being asked, or only in
 *		    the largest free block
 * @SB_MOVE_STUCK: a register did not take what was written to it
 * @SB_MOVE_DIFFERS: the BAR reads differently at its new address
 * @SB_MOVE_VANISHED: it stopped answering
 * @SB_MOVE_NOT_RESTORED: its registers could not be restored
 * @SB_MOVE_NO_MEMORY: the kernel had no memory
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
