// SPDX-License-Identifier: GPL-2.0-only
/* Proofs about page.c */
#include "prove.h"
#include "bus/bar.c"
#include "pages/page.c"

#define DECODERS	2

static struct sb_decoder decoder[DECODERS];

static struct sb_owner any_owner(void)
{
	return (struct sb_owner){ nondet_u32(), nondet_u8(), nondet_u8(), nondet_u8(),
				  nondet_u8() };
}

static unsigned int any_decoders(void)
{
	unsigned int i, nr = nondet_u32();

	assume(nr <= DECODERS);
	for (i = 0; i < DECODERS; i++) {
		decoder[i].range.start = nondet_u64();
		decoder[i].range.end = nondet_u64();
		decoder[i].owner = any_owner();
		decoder[i].claimed = nondet_bool();
		decoder[i].enabled = nondet_bool();
		assume(decoder[i].range.start <= decoder[i].range.end);
	}
	return nr;
}

/* Pages of 4, 16 and 64 KiB */
static u64 any_page_size(void)
{
	return SZ_4K << 2 * (nondet_u8() % 3);
}

static _Bool is_in_page(const struct sb_decoder *other, u64 page, u64 page_size)
{
	return other->range.start <= page + (page_size - 1) && page <= other->range.end;
}

/*
 * proof: page_judge
 * A page counts as the BAR's own only if it contains no decoder but the BAR;
 * whether it is kept so is not decided here.
 * apart: yes
 * unwind: 3
 * broken: pages/page.c s/if (!worst)$/if (!worst || !worst->enabled)/
 */
void page_judge(void)
{
	unsigned int nr = any_decoders(), i = nondet_u32();
	struct sb_page_bar bar = {
		.owner = any_owner(),
		.start = nondet_u64(),
		.cpu = nondet_u64(),
		.size = nondet_u64(),
		.page_size = any_page_size(),
		.assigned = nondet_bool(),
	};
	struct sb_page_verdict verdict;
	_Bool another;

	assume(is_power_of_two(bar.size));
	/* An assigned BAR is where its whole page has addresses. */
	assume(bar.start <= U64_MAX - bar.page_size && bar.start >= bar.page_size);
	sb_page_judge(&bar, decoder, nr, &verdict);

	prove(verdict.page != SB_PAGE_EXCLUSIVE, "does not say who keeps it");
	another = bar.assigned && i < nr &&
		  is_in_page(&decoder[i], bar.start - (bar.cpu & (bar.page_size - 1)),
			     bar.page_size) &&
		  !(decoder[i].owner.kind == SB_DECODER_BAR &&
		    decoder[i].owner.nr == bar.owner.nr &&
		    decoder[i].owner.domain == bar.owner.domain &&
		    decoder[i].owner.bus == bar.owner.bus &&
		    decoder[i].owner.devfn == bar.owner.devfn);
	if (another) {
		prove(verdict.page != SB_PAGE_UNPADDED, "is not alone");
		if (verdict.page == SB_PAGE_SHARED && !decoder[i].claimed)
			prove(verdict.hidden, "and the tree does not show it");
	}
	if (verdict.page == SB_PAGE_UNPADDED) {
		prove(bar.assigned && bar.size < bar.page_size, "a small one");
		prove(!(bar.cpu & (bar.page_size - 1)), "that starts its page");
		reached("alone");
	}
	if (verdict.page == SB_PAGE_SHARED) {
		prove(nr, "with somebody");
		reached("shared");
	}
}

static void prove_free(u64 page, u64 page_size, unsigned int nr, u64 start, u64 end)
{
	unsigned int i = nondet_u32();

	prove(!(page & (page_size - 1)), "a page");
	prove(page >= start && page >= SZ_1M, "not before it");
	prove(page <= end && end - page >= page_size - 1, "not beyond it");
	if (i < nr)
		prove(!is_in_page(&decoder[i], page, page_size), "nobody is there");
}

/*
 * proof: page_hole
 * A page that is found is in the free range, and nothing decodes it. The search
 * ends.
 * apart: yes
 * unwind: 4
 * broken: pages/page.c s/page.end > end)/0)/
 */
void page_hole(void)
{
	u64 start = nondet_u64(), end = nondet_u64(), page_size = any_page_size(), page;
	unsigned int nr = any_decoders();

	page = sb_page_hole(decoder, nr, page_size, start, end);
	if (page == U64_MAX) {
		reached("none");
		return;
	}
	prove_free(page, page_size, nr, start, end);
	reached("one");
}

/* In place of sb_page_hole(), which has its own proof. */
static u64 hole_from, hole_to;

u64 any_hole(const struct sb_decoder *list, unsigned int nr, u64 page_size, u64 start,
	     u64 end)
{
	u64 page = nondet_u64();

	if (nondet_bool())
		return U64_MAX;
	assume(!(page & (page_size - 1)));
	assume(page >= start && page >= SZ_1M);
	assume(page <= end && end - page >= page_size - 1);
	hole_from = start;
	hole_to = end;
	return page;
}

/* In place of largest_block(), by its proof: same range, same result */
static u64 block_size, block_at;

u64 any_block(u64 start, u64 end, u64 *at)
{
	*at = block_at;
	return block_size;
}

/*
 * proof: room_page
 * A page is only looked for in free space. Without permission to split, the
 * largest free block of the window stays whole if this part has the only one.
 * apart: yes
 * instead: sb_page_hole any_hole
 * instead: largest_block any_block
 * broken: pages/page.c s/if (page == U64_MAX \&\& may_split)/if (page == U64_MAX)/
 */
void room_page(void)
{
	u64 start = nondet_u64(), end = nondet_u64(), page_size = any_page_size(), page;
	_Bool may_split = nondet_bool();
	struct sb_room room = { .blocks = 1 + nondet_bool() };

	block_at = nondet_u64();
	block_size = nondet_u64();
	assume(is_power_of_two(block_size) && !(block_at & (block_size - 1)));
	assume(block_at >= start && block_at >= SZ_1M && block_at <= end &&
	       end - block_at >= block_size - 1);
	room.block = nondet_u64();
	assume(room.block >= block_size);
	page = sb_room_page(&room, NULL, 0, page_size, start, end, may_split);
	if (page == U64_MAX) {
		reached("none");
		return;
	}
	prove(hole_from >= start && hole_to <= end, "looks nowhere else");
	prove(page >= start && page <= end && end - page >= page_size - 1, "in it");
	if (!may_split && room.blocks == 1 && block_size == room.block)
		prove(hole_to < block_at || hole_from > block_at + (block_size - 1),
		      "leaves the block whole");
	reached("one");
}

/*
 * proof: block
 * It is a power of two, aligned to its size, and within the free range.
 * apart: yes
 * loop: largest_block size *at
 * assigns: size, *at
 * invariant: (size & (size - 1)) == 0
 * decreases: size
 * broken: pages/page.c s/end - \*at >= size - 1/end - *at >= size \/ 2/
 */
void block(void)
{
	u64 start = nondet_u64(), end = nondet_u64(), at, size;

	assume(start <= end);
	size = largest_block(start, end, &at);
	if (!size) {
		reached("none");
		return;
	}
	prove(is_power_of_two(size), "a power of two");
	prove(!(at & (size - 1)), "aligned");
	prove(at >= start && at <= end && end - at >= size - 1, "within");
	reached("one");
}

/*
 * proof: room_add
 * Only existing room is counted, in whole pages, and only once.
 * apart: yes
 * instead: largest_block any_block
 * broken: pages/page.c s/ALIGN_DOWN(end + 1, /ALIGN_DOWN(end + page_size, /
 */
void room_add(void)
{
	u64 start = nondet_u64(), end = nondet_u64(), page_size = any_page_size();
	struct sb_room room = {};

	assume(start <= end);
	block_size = nondet_u64();
	sb_room_add(&room, page_size, start, end);
	prove(room.free % page_size == 0, "whole pages");
	prove(!room.free || room.free - 1 <= end - start, "no more than there is");
	prove(room.blocks <= 1, "counts once");
	reached("the end");
}
