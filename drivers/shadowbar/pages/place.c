// SPDX-License-Identifier: GPL-2.0-only
/*
 * place: decides whether a BAR may move to a page of its own, and where to.
 */
#include <linux/pci_regs.h>
#include <shadowbar/place.h>

/**
 * sb_may_move() - may a BAR be moved?
 * @mover: facts about its function
 *
 * Reasons that cannot change come first. sb_may_decode() has to agree, too.
 *
 * Return: SB_MOVE_DONE if it may, or why not.
 */
enum sb_move sb_may_move(const struct sb_mover *mover)
{
	if (mover->virtual_function)
		return SB_MOVE_VIRTUAL;
	if (mover->denied)
		return SB_MOVE_DENIED;

	switch (mover->busy) {
	case SB_IDLE:
		break;
	case SB_BUSY_DRIVER:
		return SB_MOVE_BOUND;
	case SB_BUSY_MAPPED:
		return SB_MOVE_MAPPED;
	case SB_BUSY_RESOURCE:
		return SB_MOVE_PINNED;
	default:
		return SB_MOVE_IN_USE;
	}

	if (mover->asleep)
		return SB_MOVE_ASLEEP;
	if (mover->fixed || mover->pinned || mover->vga_conflict)
		return SB_MOVE_PINNED;

	return mover->assigned ? SB_MOVE_DONE : SB_MOVE_UNASSIGNED;
}

/**
 * sb_may_decode() - may the function decode memory where its BARs are now?
 * @facts: the function: its BARs, its ROM BAR, @decode
 * @nr_bars: number of its BARs
 * @strays: bit n: the kernel knows of no BAR n, but the register is not zero
 * @nr: the BAR to be moved, which the kernel has given an address
 *
 * If its decoding is off, it has to be switched on for a moment, and then every
 * BAR decodes whatever address it holds. What the BAR reads is compared before
 * and after the move: before, it has to be where the kernel says.
 *
 * Return: SB_MOVE_DONE if it may, or why not.
 */
enum sb_move sb_may_decode(const struct sb_facts *facts, unsigned int nr_bars,
			   unsigned long strays, unsigned int nr)
{
	unsigned int i;

	if (facts->bar[nr].addr != facts->bar[nr].claim)
		return SB_MOVE_ELSEWHERE;
	if (facts->decode)
		return SB_MOVE_DONE;
	if (facts->rom_raw & PCI_ROM_ADDRESS_ENABLE || strays)
		return SB_MOVE_OTHERS;

	for (i = 0; i < nr_bars; i++) {
		const struct sb_bar *bar = &facts->bar[i];

		if (bar->size && (!bar->claimed || bar->addr != bar->claim))
			return SB_MOVE_OTHERS;
	}

	return SB_MOVE_DONE;
}

/**
 * struct found - the state of a search
 * @seek: the search
 * @room: what is free in the window
 * @may_split: see sb_room_page()
 * @page: bus address of the page, U64_MAX until one is found
 */
struct found {
	const struct sb_seek *seek;
	struct sb_room room;
	bool may_split;
	u64 page;
};

static void count_room(void *context, u64 start, u64 end)
{
	struct found *found = context;
	const struct sb_seek *seek = found->seek;

	sb_room_add(&found->room, seek->page_size, start + seek->offset,
		    end + seek->offset);
}

static void choose_page(void *context, u64 start, u64 end)
{
	struct found *found = context;
	const struct sb_seek *seek = found->seek;

	if (found->page == U64_MAX)
		found->page = sb_room_page(&found->room, seek->decoder,
					   seek->nr, seek->page_size,
					   start + seek->offset,
					   end + seek->offset,
					   found->may_split);
}

static enum sb_move find(const struct sb_seek *seek, u64 *page)
{
	struct found found = { .seek = seek, .page = U64_MAX };
	u64 start = seek->start + seek->offset, end = seek->end + seek->offset;

	if (seek->high ? end <= U32_MAX : start > U32_MAX)
		return SB_MOVE_NO_ROOM;
	if (seek->high && start <= U32_MAX)
		start = U32_MAX + 1ULL;
	if (!seek->high && end > U32_MAX)
		end = U32_MAX;
	start -= seek->offset;
	end -= seek->offset;

	seek->gaps(seek->window, start, end, count_room, &found);
	if (seek->asked ||
	    sb_room_spares(&found.room, seek->page_size, seek->taken))
		seek->gaps(seek->window, start, end, choose_page, &found);
	found.may_split = true;
	if (seek->asked)
		seek->gaps(seek->window, start, end, choose_page, &found);
	if (found.page == U64_MAX)
		return !seek->asked && found.room.free >= seek->page_size ?
		       SB_MOVE_SCARCE : SB_MOVE_NO_ROOM;

	*page = found.page;
	return SB_MOVE_DONE;
}

/* More than the functions whose drivers are being probed at the same moment */
#define TRIES	100

/**
 * sb_seek_page() - find a page in a window, and take it
 * @seek: the search
 * @page: set to its bus address
 *
 * What is below 4 GiB is counted by itself, in a window that goes beyond, too: it is
 * all that there is for BARs of 32 bits.
 *
 * Context: that of @seek->gaps and @seek->take.
 * Return: SB_MOVE_DONE; SB_MOVE_SCARCE if there is one, but too little would be
 * left for others; SB_MOVE_NO_ROOM; SB_MOVE_BUSY if others take every page.
 */
enum sb_move sb_seek_page(const struct sb_seek *seek, u64 *page)
{
	unsigned int tries = TRIES;
	enum sb_move move;

	while (tries--) {
		move = find(seek, page);
		if (move != SB_MOVE_DONE || !seek->take ||
		    seek->take(seek->window, *page))
			return move;
	}

	return SB_MOVE_BUSY;
}
