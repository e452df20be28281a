// SPDX-License-Identifier: GPL-2.0-only
/* page: the logic, for any page size. */
#include <kunit/test.h>
#include <linux/sizes.h>
#include <shadowbar/page.h>
#include <shadowbar/place.h>

#include "cases.h"

#define AT	0x80000000ULL	/* bus address of the BAR */

/* The functions: the BAR is BAR 1 of 0000:03:02.0. */
#define SELF	{ 0, 3, 0x10, SB_DECODER_BAR, 1 }
#define OTHER	{ 0, 3, 0x18, SB_DECODER_BAR, 0 }

#define MAX_NEAR 3

struct page_case {
	const char *name;
	u64 size;
	u64 page_size;
	struct sb_decoder near[MAX_NEAR];
	enum sb_page want;
	struct sb_owner with;
	bool enabled;
	bool hidden;
	u64 cpu_offset;		/* of the BAR's address to the bus address */
	u64 bar_offset;		/* of the BAR in its page */
	bool unassigned;
	bool shown_too;		/* beside what is hidden */
};

#define NEAR(first, last, ...)	{ { AT + (first), AT + (last) }, __VA_ARGS__ }

static const struct page_case page_cases[] = {
	{ "unassigned", 256, SZ_4K, .unassigned = true,
	  .want = SB_PAGE_UNASSIGNED },
	{ "a page", SZ_4K, SZ_4K, .want = SB_PAGE_WHOLE },
	{ "more than a page", SZ_64K, SZ_4K, .want = SB_PAGE_WHOLE },
	{ "a small page in a large one", SZ_4K, SZ_16K,
	  .want = SB_PAGE_UNPADDED },
	{ "all of a large page", SZ_64K, SZ_64K, .want = SB_PAGE_WHOLE },
	{ "nearly all of a large page", SZ_32K, SZ_64K,
	  .want = SB_PAGE_UNPADDED },
	{ "alone", 256, SZ_4K, .want = SB_PAGE_UNPADDED },
	{ "only itself, claimed", 256, SZ_4K,
	  { NEAR(0, 0xff, SELF, true, true) }, SB_PAGE_UNPADDED },
	{ "only itself, in its register", 256, SZ_4K,
	  { NEAR(0, 0xff, SELF, false, true) }, SB_PAGE_UNPADDED },
	{ "not at the start of its page", 256, SZ_4K, .bar_offset = 256,
	  .want = SB_PAGE_UNALIGNED },
	{ "at the start of a small page only", 256, SZ_64K,
	  .bar_offset = SZ_4K, .want = SB_PAGE_UNALIGNED },
	{ "a page is cut in CPU addresses", 256, SZ_64K, .cpu_offset = SZ_4K,
	  .want = SB_PAGE_UNALIGNED },
	{ "bus and CPU addresses differ", 256, SZ_4K,
	  .cpu_offset = 0x200000000000, .want = SB_PAGE_UNPADDED },
	{ "a neighbour's BAR", 256, SZ_4K,
	  { NEAR(0x100, 0x1ff, OTHER, true, true) },
	  SB_PAGE_SHARED, OTHER, true, false },
	{ "in the last bytes of the page", 256, SZ_4K,
	  { NEAR(0xff0, 0xfff, OTHER, true, true) },
	  SB_PAGE_SHARED, OTHER, true, false },
	{ "right behind the page", 256, SZ_4K,
	  { NEAR(0x1000, 0x10ff, OTHER, true, true) }, SB_PAGE_UNPADDED },
	{ "right before the page", 256, SZ_4K,
	  { NEAR(-0x100, -1, OTHER, true, true) }, SB_PAGE_UNPADDED },
	{ "behind a 4K page, inside a 16K one", 256, SZ_16K,
	  { NEAR(0x1000, 0x10ff, OTHER, true, true) },
	  SB_PAGE_SHARED, OTHER, true, false },
	{ "behind a 16K page, inside a 64K one", 256, SZ_64K,
	  { NEAR(0x4000, 0x40ff, OTHER, true, true) },
	  SB_PAGE_SHARED, OTHER, true, false },
	{ "all around it", 256, SZ_4K,
	  { NEAR(-0x10000, 0xffff, OTHER, false, true) },
	  SB_PAGE_SHARED, OTHER, true, true },
	{ "reaches into the page from below", 256, SZ_4K,
	  { NEAR(-0x100, 0, OTHER, false, true) },
	  SB_PAGE_SHARED, OTHER, true, true },
	{ "not claimed, but it answers", 256, SZ_4K,
	  { NEAR(0x100, 0x1ff, OTHER, false, true) },
	  SB_PAGE_SHARED, OTHER, true, true },
	{ "not claimed, would answer", 256, SZ_4K,
	  { NEAR(0x100, 0x1ff, OTHER, false, false) },
	  SB_PAGE_SHARED, OTHER, false, true },
	{ "claimed and disabled", 256, SZ_4K,
	  { NEAR(0x100, 0x1ff, OTHER, true, false) },
	  SB_PAGE_SHARED, OTHER, false, false },
	{ "another BAR of the same function", 256, SZ_4K,
	  { NEAR(0x100, 0x1ff, { 0, 3, 0x10, SB_DECODER_BAR, 2 }, true, true) },
	  SB_PAGE_SHARED, { 0, 3, 0x10, SB_DECODER_BAR, 2 }, true, false },
	{ "the function's own ROM", 256, SZ_4K,
	  { NEAR(0x800, 0xfff, { 0, 3, 0x10, SB_DECODER_ROM, 0 }, false, true) },
	  SB_PAGE_SHARED, { 0, 3, 0x10, SB_DECODER_ROM, 0 }, true, true },
	{ "the same BAR, another function", 256, SZ_4K,
	  { NEAR(0x100, 0x1ff, { 0, 3, 0x11, SB_DECODER_BAR, 1 }, true, true) },
	  SB_PAGE_SHARED, { 0, 3, 0x11, SB_DECODER_BAR, 1 }, true, false },
	{ "the same function on another bus", 256, SZ_4K,
	  { NEAR(0x100, 0x1ff, { 0, 2, 0x10, SB_DECODER_BAR, 1 }, true, true) },
	  SB_PAGE_SHARED, { 0, 2, 0x10, SB_DECODER_BAR, 1 }, true, false },
	{ "the same function in another domain", 256, SZ_4K,
	  { NEAR(0x100, 0x1ff, { 1, 3, 0x10, SB_DECODER_BAR, 1 }, true, true) },
	  SB_PAGE_SHARED, { 1, 3, 0x10, SB_DECODER_BAR, 1 }, true, false },
	{ "a bridge's window", 256, SZ_4K,
	  { NEAR(0, SZ_1M - 1, { 0, 3, 0x20, SB_DECODER_WINDOW, 1 }, false,
		 true) },
	  SB_PAGE_SHARED, { 0, 3, 0x20, SB_DECODER_WINDOW, 1 }, true, true },
	{ "the one that answers unseen is named", 256, SZ_4K,
	  { NEAR(0x100, 0x1ff, { 0, 3, 0x28, SB_DECODER_BAR, 0 }, true, true),
	    NEAR(0x200, 0x2ff, { 0, 3, 0x30, SB_DECODER_BAR, 0 }, false, false),
	    NEAR(0x300, 0x3ff, OTHER, false, true) },
	  SB_PAGE_SHARED, OTHER, true, true, .shown_too = true },
	{ "one that is seen, not one that is disabled", 256, SZ_4K,
	  { NEAR(0x200, 0x2ff, { 0, 3, 0x30, SB_DECODER_BAR, 0 }, false, false),
	    NEAR(0x300, 0x3ff, OTHER, true, true) },
	  SB_PAGE_SHARED, OTHER, true, true, .shown_too = true },
};

static struct sb_page_bar bar_of(const struct page_case *c)
{
	return (struct sb_page_bar){
		.owner = SELF,
		.start = AT + c->bar_offset,
		.cpu = AT + c->bar_offset + c->cpu_offset,
		.size = c->size,
		.page_size = c->page_size,
		.assigned = !c->unassigned,
	};
}

static void page_test(struct kunit *test)
{
	const struct page_case *c = test->param_value;
	struct sb_page_bar bar = bar_of(c);
	struct sb_decoder near[MAX_NEAR];
	struct sb_page_verdict verdict;
	unsigned int nr, i;

	for (nr = 0; nr < MAX_NEAR && c->near[nr].range.end; nr++)
		near[nr] = c->near[nr];
	sb_page_judge(&bar, near, nr, &verdict);
	KUNIT_EXPECT_STREQ(test, sb_page_name(verdict.page),
			   sb_page_name(c->want));
	KUNIT_EXPECT_EQ(test, (bool)verdict.enabled, c->enabled);
	KUNIT_EXPECT_EQ(test, (bool)verdict.hidden, c->hidden);
	KUNIT_EXPECT_EQ(test, (bool)verdict.shown, c->shown_too ||
			(c->want == SB_PAGE_SHARED && !c->hidden));
	KUNIT_EXPECT_EQ(test, memcmp(&verdict.with, &c->with,
				     sizeof(c->with)), 0);

	/* The order does not matter. */
	for (i = 0; i < nr / 2; i++)
		swap(near[i], near[nr - 1 - i]);
	sb_page_judge(&bar, near, nr, &verdict);
	KUNIT_EXPECT_EQ(test, verdict.page, c->want);
	KUNIT_EXPECT_EQ(test, memcmp(&verdict.with, &c->with,
				     sizeof(c->with)), 0);
}

CASES(page);

static void range_test(struct kunit *test)
{
	const struct sb_page_bar bar = {
		.start = AT + SZ_4K,
		.cpu = 0x200000000000 + SZ_4K,
		.size = 256,
		.page_size = SZ_64K,
		.assigned = true,
	};
	struct sb_range range = sb_page_range(&bar);

	KUNIT_EXPECT_EQ(test, range.start, AT);
	KUNIT_EXPECT_EQ(test, range.end, AT + SZ_64K - 1);
	KUNIT_EXPECT_FALSE(test, sb_page_is_partial(&bar));
}

struct hole_case {
	const char *name;
	u64 page_size;
	u64 start;
	u64 end;
	struct sb_decoder near[MAX_NEAR];
	u64 want;
};

static const struct hole_case hole_cases[] = {
	{ "a free page", SZ_4K, AT, AT + SZ_1M - 1, .want = AT },
	{ "just the page", SZ_4K, AT, AT + SZ_4K - 1, .want = AT },
	{ "a byte less", SZ_4K, AT, AT + SZ_4K - 2, .want = U64_MAX },
	{ "the next page", SZ_4K, AT + 1, AT + SZ_1M - 1, .want = AT + SZ_4K },
	{ "the next large page", SZ_64K, AT + SZ_4K, AT + SZ_1M - 1,
	  .want = AT + SZ_64K },
	{ "not in the legacy range", SZ_4K, 0xa0000, 0xbffff,
	  .want = U64_MAX },
	{ "above the legacy range", SZ_4K, 0xa0000, SZ_2M - 1, .want = SZ_1M },
	{ "behind a decoder", SZ_4K, AT, AT + SZ_1M - 1,
	  { NEAR(0, 0xff, OTHER, false, true) }, AT + SZ_4K },
	{ "behind one that is disabled", SZ_4K, AT, AT + SZ_1M - 1,
	  { NEAR(0x800, 0x8ff, OTHER, false, false) }, AT + SZ_4K },
	{ "behind several, in no order", SZ_4K, AT, AT + SZ_1M - 1,
	  { NEAR(0x2000, 0x2fff, OTHER, true, true),
	    NEAR(0, 0xff, OTHER, false, true),
	    NEAR(0x1000, 0x10ff, OTHER, false, true) }, AT + 3 * SZ_4K },
	{ "all is decoded", SZ_4K, AT, AT + SZ_1M - 1,
	  { NEAR(-0x1000, SZ_1M, OTHER, false, true) }, U64_MAX },
	{ "all but less than a page", SZ_4K, AT, AT + SZ_8K - 1,
	  { NEAR(0, 0x1000, OTHER, false, true) }, U64_MAX },
	{ "at the end of all addresses", SZ_4K, U64_MAX - 0xffe, U64_MAX,
	  .want = U64_MAX },
};

static void hole_test(struct kunit *test)
{
	const struct hole_case *c = test->param_value;
	unsigned int nr = 0;

	while (nr < MAX_NEAR && c->near[nr].range.end)
		nr++;
	KUNIT_EXPECT_EQ(test, sb_page_hole(c->near, nr, c->page_size, c->start,
					   c->end), c->want);
}

CASES(hole);

/* Free space in a window: whole pages, and its largest block */
static void room_test(struct kunit *test)
{
	struct sb_room room = {};

	/* Backwards, or below 1 MiB */
	sb_room_add(&room, SZ_4K, AT + SZ_4K, AT);
	sb_room_add(&room, SZ_4K, 0xa0000, 0xbffff);
	KUNIT_EXPECT_EQ(test, room.free, 0);
	KUNIT_EXPECT_EQ(test, room.block, 0);
	KUNIT_EXPECT_EQ(test, room.blocks, 0);

	/* The rest of two pages, and two whole ones between, the last a pair */
	sb_room_add(&room, SZ_4K, AT + SZ_4K + 16, AT + 4 * SZ_4K + 15);
	KUNIT_EXPECT_EQ(test, room.free, 2 * SZ_4K);
	KUNIT_EXPECT_EQ(test, room.block, 2 * SZ_4K);
	KUNIT_EXPECT_EQ(test, room.blocks, 1);

	/* A smaller block is free space, but not a largest block. */
	sb_room_add(&room, SZ_4K, AT + SZ_1M, AT + SZ_1M + SZ_4K - 1);
	KUNIT_EXPECT_EQ(test, room.free, 3 * SZ_4K);
	KUNIT_EXPECT_EQ(test, room.block, 2 * SZ_4K);
	KUNIT_EXPECT_EQ(test, room.blocks, 1);

	/* An equal block is one more, a larger one is the only one. */
	sb_room_add(&room, SZ_4K, AT + SZ_2M, AT + SZ_2M + SZ_8K - 1);
	KUNIT_EXPECT_EQ(test, room.blocks, 2);
	sb_room_add(&room, SZ_4K, AT + SZ_4M, AT + SZ_4M + SZ_64K - 1);
	KUNIT_EXPECT_EQ(test, room.block, SZ_64K);
	KUNIT_EXPECT_EQ(test, room.blocks, 1);
	KUNIT_EXPECT_EQ(test, room.free, 5 * SZ_4K + SZ_64K);

	/* Less than a page is a block, but not a page. */
	room = (struct sb_room){};
	sb_room_add(&room, SZ_4K, AT + 16, AT + 31);
	KUNIT_EXPECT_EQ(test, room.free, 0);
	KUNIT_EXPECT_EQ(test, room.block, 16);
	sb_room_add(&room, SZ_4K, SZ_1M - SZ_4K, SZ_1M);
	KUNIT_EXPECT_EQ(test, room.block, 16);
	sb_room_add(&room, SZ_4K, AT, AT + SZ_4K - 2);
	KUNIT_EXPECT_EQ(test, room.free, 0);
	/* No page starts in the last bytes of the address space. */
	sb_room_add(&room, SZ_4K, U64_MAX - 15, U64_MAX - 1);
	KUNIT_EXPECT_EQ(test, room.free, 0);
}

/* At least half of the free space, including what was taken of it, is left. */
static void spares_test(struct kunit *test)
{
	const struct sb_room four = { .free = 4 * SZ_4K };
	const struct sb_room three = { .free = 3 * SZ_4K };
	const struct sb_room one = { .free = SZ_4K };

	KUNIT_EXPECT_TRUE(test, sb_room_spares(&four, SZ_4K, 0));
	KUNIT_EXPECT_TRUE(test, sb_room_spares(&three, SZ_4K, SZ_4K));
	KUNIT_EXPECT_FALSE(test, sb_room_spares(&three, SZ_4K, 2 * SZ_4K));
	KUNIT_EXPECT_TRUE(test, sb_room_spares(&three, SZ_4K, 0));
	KUNIT_EXPECT_FALSE(test, sb_room_spares(&one, SZ_4K, 0));
	KUNIT_EXPECT_TRUE(test, sb_room_spares(&one, SZ_4K / 2, 0));
}

struct part_case {
	const char *name;
	u64 start;
	u64 end;
	u64 block;		/* the window's largest */
	unsigned int blocks;
	bool may_split;
	struct sb_decoder near[MAX_NEAR];
	u64 want;
};

static const struct part_case part_cases[] = {
	{ "not the largest", AT + SZ_4K, AT + SZ_8K - 1, SZ_64K, 1,
	  .want = AT + SZ_4K },
	{ "one of two", AT, AT + SZ_64K - 1, SZ_64K, 2, .want = AT },
	{ "the only one", AT, AT + SZ_64K - 1, SZ_64K, 1, .want = U64_MAX },
	{ "before the only one", AT - SZ_4K, AT + SZ_64K - 1, SZ_64K, 1,
	  .want = AT - SZ_4K },
	{ "behind the only one", AT, AT + SZ_64K + SZ_4K - 1, SZ_64K, 1,
	  .want = AT + SZ_64K },
	{ "behind it, as before it is taken", AT - SZ_4K,
	  AT + SZ_64K + SZ_4K - 1, SZ_64K, 1, false,
	  { NEAR(-SZ_4K, -1, OTHER, false, true) }, AT + SZ_64K },
	{ "less than a page behind it", AT, AT + SZ_64K + 15, SZ_64K, 1,
	  .want = U64_MAX },
	{ "half of it stays whole", AT, AT + SZ_64K - 1, SZ_64K, 1, true,
	  .want = AT + SZ_32K },
	{ "unless that is taken", AT, AT + SZ_64K - 1, SZ_64K, 1, true,
	  { NEAR(SZ_32K, SZ_64K - 1, OTHER, false, true) }, AT },
	{ "not split while there is a page beside", AT - SZ_4K,
	  AT + SZ_64K - 1, SZ_64K, 1, true, .want = AT - SZ_4K },
	{ "backwards", AT + SZ_64K, AT, SZ_64K, 2, true, .want = U64_MAX },
	{ "what is below 1 MiB is no block", 0x80000, SZ_1M + SZ_4K - 1, SZ_4K,
	  1, .want = U64_MAX },
	{ "below 1 MiB", 0xa0000, 0xbffff, SZ_128K, 2, true,
	  .want = U64_MAX },
};

static void part_test(struct kunit *test)
{
	const struct part_case *c = test->param_value;
	const struct sb_room room = { .block = c->block, .blocks = c->blocks };
	unsigned int nr = 0;

	while (nr < MAX_NEAR && c->near[nr].range.end)
		nr++;
	KUNIT_EXPECT_EQ(test, sb_room_page(&room, c->near, nr, SZ_4K, c->start,
					   c->end, c->may_split), c->want);
}

CASES(part);

/* The same register at its new address, as far as that can be determined */
static void alike_test(struct kunit *test)
{
	static const u32 same[2] = { 5, 5 }, counts[2] = { 5, 6 };
	static const u32 ones[2] = { U32_MAX, U32_MAX };

	KUNIT_EXPECT_TRUE(test, sb_page_reads_alike(same, 5));
	KUNIT_EXPECT_FALSE(test, sb_page_reads_alike(same, 6));
	KUNIT_EXPECT_FALSE(test, sb_page_reads_alike(same, U32_MAX));
	KUNIT_EXPECT_TRUE(test, sb_page_reads_alike(ones, U32_MAX));
	KUNIT_EXPECT_TRUE(test, sb_page_reads_alike(counts, 7));
	KUNIT_EXPECT_FALSE(test, sb_page_reads_alike(counts, U32_MAX));
}

/* Return values of a write to "bar<N>_isolate" */
static void error_test(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sb_move_error(SB_MOVE_NONE), 0);
	KUNIT_EXPECT_EQ(test, sb_move_error(SB_MOVE_DONE), 0);
	KUNIT_EXPECT_EQ(test, sb_move_error(SB_MOVE_BUSY), -EAGAIN);
	KUNIT_EXPECT_EQ(test, sb_move_error(SB_MOVE_BOUND), -EBUSY);
	KUNIT_EXPECT_EQ(test, sb_move_error(SB_MOVE_ASLEEP), -EBUSY);
	KUNIT_EXPECT_EQ(test, sb_move_error(SB_MOVE_DENIED), -EPERM);
	KUNIT_EXPECT_EQ(test, sb_move_error(SB_MOVE_NO_ROOM), -ENOSPC);
	KUNIT_EXPECT_EQ(test, sb_move_error(SB_MOVE_SCARCE), -ENOSPC);
	KUNIT_EXPECT_EQ(test, sb_move_error(SB_MOVE_NO_MEMORY), -ENOMEM);
	KUNIT_EXPECT_EQ(test, sb_move_error(SB_MOVE_NOT_RESTORED), -EIO);
}

struct reason_case {
	const char *name;
	struct sb_page_verdict verdict;
	const char *want;
};

static const struct reason_case reason_cases[] = {
	{ "unassigned", { .page = SB_PAGE_UNASSIGNED }, "no address" },
	{ "whole", { .page = SB_PAGE_WHOLE }, "fills its pages" },
	{ "unaligned", { .page = SB_PAGE_UNALIGNED }, "does not start" },
	{ "unpadded", { .page = SB_PAGE_UNPADDED }, "nothing keeps it so" },
	{ "exclusive", { .page = SB_PAGE_EXCLUSIVE }, "kept free" },
	{ "a BAR", { OTHER, SB_PAGE_SHARED, true, false },
	  "BAR 0 of 0000:03:03.0 is in its page, so VFIO" },
	{ "a BAR nobody claimed", { OTHER, SB_PAGE_SHARED, true, true },
	  "BAR 0 of 0000:03:03.0 is in its page, unclaimed, so" },
	{ "a disabled one", { OTHER, SB_PAGE_SHARED, false, true },
	  "unclaimed, disabled for now, so" },
	{ "a ROM BAR", { { 0x10000, 0xff, 0xff, SB_DECODER_ROM, 0 },
			 SB_PAGE_SHARED, true, true },
	  "the ROM BAR of 10000:ff:1f.7 is" },
	{ "a window", { { 0, 1, 8, SB_DECODER_WINDOW, 1 },
			SB_PAGE_SHARED, true, true },
	  "window 1 of bridge 0000:01:01.0 is" },
	{ "no PCI function", { { .kind = SB_DECODER_OTHER }, SB_PAGE_SHARED },
	  "other than a PCI BAR" },
	{ "MSI-X", { .page = SB_PAGE_WHOLE, .msix = true },
	  "MSI-X" },
};

static void reason_test(struct kunit *test)
{
	const struct reason_case *c = test->param_value;
	char text[256], small[16];
	int length;

	length = sb_page_reason(&c->verdict, text, sizeof(text));
	KUNIT_EXPECT_EQ(test, length, strlen(text));
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, c->want), "%s", text);
	KUNIT_EXPECT_EQ(test, !!strstr(text, "MSI-X"), (bool)c->verdict.msix);

	length = sb_page_reason(&c->verdict, small, sizeof(small));
	KUNIT_EXPECT_EQ(test, length, sizeof(small) - 1);
	KUNIT_EXPECT_EQ(test, strncmp(text, small, length), 0);
}

CASES(reason);

#define MOST_GAPS	2
#define HIGH		0x100000000ULL

struct seek_case {
	const char *name;
	struct sb_range window;
	u64 offset;
	struct sb_range gap[MOST_GAPS];
	bool high;
	bool asked;
	unsigned int rivals;
	enum sb_move want;
	u64 page;
};

/**
 * struct seek_run - a case while it runs
 * @of: the case
 * @gone: its gaps that others have taken
 * @rivals: how many pages others will still take, just before the search does
 */
struct seek_run {
	const struct seek_case *of;
	bool gone[MOST_GAPS];
	unsigned int rivals;
};

#define ACROSS	{ HIGH - SZ_1M, HIGH + SZ_1M - 1 }
#define BELOW	{ HIGH - SZ_8K, HIGH - 1 }
#define ABOVE	{ HIGH, HIGH + SZ_512K - 1 }
#define PAGE_1	{ HIGH - SZ_64K, HIGH - SZ_64K + SZ_4K - 1 }
#define PAGE_2	{ HIGH - SZ_32K, HIGH - SZ_32K + SZ_4K - 1 }

static const struct seek_case seek_cases[] = {
	{ "below", ACROSS, 0, { BELOW, ABOVE }, .asked = true,
	  .want = SB_MOVE_DONE, .page = HIGH - SZ_8K + SZ_4K },
	{ "above", ACROSS, 0, { BELOW, ABOVE }, .high = true, .asked = true,
	  .want = SB_MOVE_DONE, .page = HIGH + SZ_256K },
	{ "what is above is no room below", ACROSS, 0,
	  { { HIGH - SZ_4K, HIGH - 1 }, ABOVE }, .want = SB_MOVE_SCARCE },
	{ "what is below is no room above", ACROSS, 0,
	  { { HIGH - SZ_1M, HIGH - 1 }, { HIGH, HIGH + SZ_4K - 1 } },
	  .high = true, .want = SB_MOVE_SCARCE },
	{ "a gap across", ACROSS, 0, { { HIGH - SZ_4K, HIGH + SZ_4K - 1 } },
	  .asked = true, .want = SB_MOVE_DONE, .page = HIGH - SZ_4K },
	{ "a gap across, from above", ACROSS, 0,
	  { { HIGH - SZ_4K, HIGH + SZ_4K - 1 } }, .high = true, .asked = true,
	  .want = SB_MOVE_DONE, .page = HIGH },
	{ "nothing is above", BELOW, 0, { BELOW }, .high = true, .asked = true,
	  .want = SB_MOVE_NO_ROOM },
	{ "nothing is below", ABOVE, 0, { ABOVE }, .asked = true,
	  .want = SB_MOVE_NO_ROOM },
	{ "the bus counts, not the CPU", { AT, AT + SZ_1M - 1 }, HIGH,
	  { { AT, AT + SZ_1M - 1 } }, .asked = true, .want = SB_MOVE_NO_ROOM },
	{ "for the CPU it is above", { AT + HIGH, AT + HIGH + SZ_1M - 1 }, -HIGH,
	  { { AT + HIGH, AT + HIGH + SZ_4K - 1 } }, .asked = true,
	  .want = SB_MOVE_DONE, .page = AT },
	{ "the first one is taken", ACROSS, 0, { PAGE_1, PAGE_2 },
	  .asked = true, .rivals = 1, .want = SB_MOVE_DONE,
	  .page = HIGH - SZ_32K },
	{ "both are taken", ACROSS, 0, { PAGE_1, PAGE_2 },
	  .asked = true, .rivals = 2, .want = SB_MOVE_NO_ROOM,
	  .page = HIGH - SZ_32K },
	{ "each one is taken", ACROSS, 0, { BELOW }, .asked = true,
	  .rivals = U32_MAX, .want = SB_MOVE_BUSY,
	  .page = HIGH - SZ_8K + SZ_4K },
};

static void seek_gaps(void *window, u64 start, u64 end, sb_gap_t gap,
		      void *context)
{
	const struct seek_run *run = window;
	const struct seek_case *c = run->of;
	unsigned int i;

	for (i = 0; i < MOST_GAPS && c->gap[i].end; i++)
		if (!run->gone[i] && c->gap[i].start <= end &&
		    start <= c->gap[i].end)
			gap(context, max(start, c->gap[i].start),
			    min(end, c->gap[i].end));
}

/* A gap that is larger than the page stays as it is. */
static bool seek_take(void *window, u64 page)
{
	struct seek_run *run = window;
	unsigned int i;

	if (!run->rivals)
		return true;

	run->rivals--;
	for (i = 0; i < MOST_GAPS; i++)
		run->gone[i] |= run->of->gap[i].start == page &&
				run->of->gap[i].end == page + SZ_4K - 1;
	return false;
}

static void seek_test(struct kunit *test)
{
	const struct seek_case *c = test->param_value;
	struct seek_run run = { .of = c, .rivals = c->rivals };
	const struct sb_seek seek = {
		.gaps = seek_gaps,
		.take = seek_take,
		.window = &run,
		.start = c->window.start,
		.end = c->window.end,
		.offset = c->offset,
		.page_size = SZ_4K,
		.high = c->high,
		.asked = c->asked,
	};
	u64 page = 0;

	KUNIT_EXPECT_EQ(test, sb_seek_page(&seek, &page), c->want);
	KUNIT_EXPECT_EQ(test, page, c->page);
}

CASES(seek);

static struct kunit_case page_tests[] = {
	KUNIT_CASE_PARAM(page_test, page_gen_params),
	KUNIT_CASE(range_test),
	KUNIT_CASE_PARAM(hole_test, hole_gen_params),
	KUNIT_CASE(room_test),
	KUNIT_CASE(spares_test),
	KUNIT_CASE_PARAM(part_test, part_gen_params),
	KUNIT_CASE_PARAM(seek_test, seek_gen_params),
	KUNIT_CASE(alike_test),
	KUNIT_CASE(error_test),
	KUNIT_CASE_PARAM(reason_test, reason_gen_params),
	{}
};

static struct kunit_suite page_suite = {
	.name = "shadowbar_page",
	.test_cases = page_tests,
};

kunit_test_suite(page_suite);
