// SPDX-License-Identifier: GPL-2.0-only
/*
 * bar: what a BAR contains, and whether it is plausible.
 */
#include <kunit/test.h>
#include <linux/pci_regs.h>
#include <shadowbar/bar.h>

#include "cases.h"

#define RANGES(...) {							\
	.range = (const struct sb_range []){ __VA_ARGS__ },		\
	.nr = sizeof((const struct sb_range []){ __VA_ARGS__ }) /	\
	      sizeof(struct sb_range),					\
}

struct overlap_case {
	const char *name;
	struct sb_range a;
	struct sb_range b;
	bool want;
};

static const struct overlap_case overlap_cases[] = {
	{ "apart", { 0, 9 }, { 20, 29 }, false },
	{ "beside each other", { 0, 9 }, { 10, 19 }, false },
	{ "one address", { 0, 10 }, { 10, 19 }, true },
	{ "the same", { 5, 9 }, { 5, 9 }, true },
	{ "inside", { 0, 99 }, { 5, 9 }, true },
	{ "a single address, the same", { 7, 7 }, { 7, 7 }, true },
	{ "a single address, the next", { 7, 7 }, { 8, 8 }, false },
	{ "at the top", { U64_MAX, U64_MAX }, { 0, U64_MAX }, true },
	{ "top and bottom", { U64_MAX, U64_MAX }, { 0, 0 }, false },
};

/* Try both orders: overlapping is symmetric. */
static void overlap_test(struct kunit *test)
{
	const struct overlap_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, sb_range_overlaps(&c->a, &c->b), c->want);
	KUNIT_EXPECT_EQ(test, sb_range_overlaps(&c->b, &c->a), c->want);
}

CASES(overlap);

struct list_case {
	const char *name;
	struct sb_ranges list;
	u64 start;
	u64 size;
	bool overlap;
	bool contain;
};

static const struct list_case list_cases[] = {
	{ "empty list", { NULL, 0 }, 0x1000, 0x1000, false, false },
	{ "no bytes overlap everything", RANGES({ 0x1000, 0x1fff }),
	  0x8000, 0, true, false },
	{ "a range that wraps overlaps everything", RANGES({ 0x1000, 0x1fff }),
	  U64_MAX, 2, true, false },
	{ "a range that wraps, empty list", { NULL, 0 }, U64_MAX, 2, true,
	  false },
	{ "the last address does not wrap", RANGES({ 0, U64_MAX }),
	  U64_MAX, 1, true, true },
	{ "exactly", RANGES({ 0x1000, 0x1fff }), 0x1000, 0x1000, true, true },
	{ "inside", RANGES({ 0x1000, 0x1fff }), 0x1800, 0x100, true, true },
	{ "one before", RANGES({ 0x1000, 0x1fff }), 0xfff, 0x100, true, false },
	{ "one after", RANGES({ 0x1000, 0x1fff }), 0x1f01, 0x100, true, false },
	{ "last bytes", RANGES({ 0x1000, 0x1fff }), 0x1f00, 0x100, true, true },
	{ "just before", RANGES({ 0x1000, 0x1fff }), 0xf00, 0x100, false,
	  false },
	{ "just after", RANGES({ 0x1000, 0x1fff }), 0x2000, 0x100, false,
	  false },
	{ "around", RANGES({ 0x1000, 0x1fff }), 0, 0x10000, true, false },
	{ "in the second", RANGES({ 0x1000, 0x1fff }, { 0x8000, 0x8fff }),
	  0x8000, 0x1000, true, true },
	{ "two that touch are not one",
	  RANGES({ 0x1000, 0x1fff }, { 0x2000, 0x2fff }),
	  0x1800, 0x1000, true, false },
	{ "between two", RANGES({ 0x1000, 0x1fff }, { 0x3000, 0x3fff }),
	  0x2000, 0x1000, false, false },
	{ "all of it", RANGES({ 0, U64_MAX }), 0, U64_MAX, true, true },
};

static void list_test(struct kunit *test)
{
	const struct list_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, sb_ranges_overlap(&c->list, c->start, c->size),
			c->overlap);
	KUNIT_EXPECT_EQ(test, sb_ranges_contain(&c->list, c->start, c->size),
			c->contain);
}

CASES(list);

struct rom_size_case {
	const char *name;
	u32 before;
	u32 readback;
	enum sb_sizing want;
	u64 size;
};

static const struct rom_size_case rom_size_cases[] = {
	{ "hard-wired to zero", 0, 0, SB_SIZING_ABSENT, 0 },
	{ "only reserved bits", 0, 0x7ff, SB_SIZING_ABSENT, 0 },
	{ "only the enable bit", 1, 1, SB_SIZING_ABSENT, 0 },
	{ "lost its address", 0xfe000000, 0, SB_SIZING_STUCK, 0 },
	{ "2 KiB", 0, 0xfffff800, SB_SIZING_OK, SZ_2K },
	{ "2 KiB, enable bit set", 0, 0xfffff801, SB_SIZING_OK, SZ_2K },
	{ "64 KiB", 0xfebf0000, 0xffff0000, SB_SIZING_OK, 0x10000 },
	{ "16 MiB", 0, 0xff000000, SB_SIZING_OK, SZ_16M },
	{ "32 MiB is more than allowed", 0, 0xfe000000, SB_SIZING_STUCK, 0 },
	{ "2 GiB is more than allowed", 0, 0x80000000, SB_SIZING_STUCK, 0 },
	{ "a mask with a gap", 0, 0xfff0f800, SB_SIZING_STUCK, 0 },
	{ "keeps an address", 0x81234000, 0x81234000, SB_SIZING_STUCK, 0 },
	{ "upper bits missing", 0, 0x00ff0000, SB_SIZING_STUCK, 0 },
};

static void rom_size_test(struct kunit *test)
{
	const struct rom_size_case *c = test->param_value;
	u64 size = 12345;

	KUNIT_EXPECT_EQ(test, sb_rom_bar_size(c->before, c->readback, &size),
			c->want);
	KUNIT_EXPECT_EQ(test, size, c->size);
}

CASES(rom_size);

struct mem_size_case {
	const char *name;
	u64 before;
	u64 readback;
	bool is_64;
	enum sb_sizing want;
	u64 size;
};

static const struct mem_size_case mem_size_cases[] = {
	{ "absent", 0, 0, false, SB_SIZING_ABSENT, 0 },
	{ "absent, type bits only", 4, 4, true, SB_SIZING_ABSENT, 0 },
	{ "lost its address", 0xfe000000, 0, false, SB_SIZING_STUCK, 0 },
	{ "16 bytes", 0, 0xfffffff0, false, SB_SIZING_OK, 16 },
	{ "4 KiB, prefetchable", 0, 0xfffff008, false, SB_SIZING_OK, 0x1000 },
	{ "2 GiB", 0, 0x80000000, false, SB_SIZING_OK, 0x80000000 },
	{ "a gap", 0, 0xff0ff000, false, SB_SIZING_STUCK, 0 },
	{ "keeps its address", 0xfe100000, 0xfe100000, false, SB_SIZING_STUCK,
	  0 },
	{ "a neighbour's bits are not its own", 0, 0xfffff000fffff000ULL,
	  false, SB_SIZING_OK, 0x1000 },
	{ "64-bit, 1 MiB", 0, 0xfffffffffff0000cULL, true, SB_SIZING_OK,
	  SZ_1M },
	{ "64-bit, 4 GiB", 0, 0xffffffff0000000cULL, true, SB_SIZING_OK,
	  SZ_4G },
	{ "64-bit, 8 EiB", 0, 0x800000000000000cULL, true, SB_SIZING_OK,
	  1ULL << 63 },
	{ "64-bit, upper half missing", 0, 0x00000000fff0000cULL, true,
	  SB_SIZING_STUCK, 0 },
};

static void mem_size_test(struct kunit *test)
{
	const struct mem_size_case *c = test->param_value;
	u64 size = 12345;

	KUNIT_EXPECT_EQ(test, sb_mem_bar_size(c->before, c->readback, c->is_64,
					      &size), c->want);
	KUNIT_EXPECT_EQ(test, size, c->size);
}

CASES(mem_size);

struct state_case {
	const char *name;
	u32 raw;
	u64 size;
	struct sb_ranges windows;
	struct sb_ranges decoders;
	enum sb_rom_bar want;
};

#define WINDOW	RANGES({ 0x80000000, 0x80ffffff })
#define NOTHING	{ NULL, 0 }

static const struct state_case state_cases[] = {
	{ "no ROM BAR", 0x80000000, 0, WINDOW, NOTHING, SB_ROM_BAR_ABSENT },
	{ "zero", 0, 0x10000, WINDOW, NOTHING, SB_ROM_BAR_ZERO },
	{ "zero, enabled", 1, 0x10000, WINDOW, NOTHING, SB_ROM_BAR_ZERO },
	{ "zero, inside a window that starts there", 0, 0x10000,
	  RANGES({ 0, 0xffffffff }), NOTHING, SB_ROM_BAR_ZERO },
	{ "all ones, 32 KiB", 0xffff8000, 0x8000, WINDOW, NOTHING,
	  SB_ROM_BAR_ALL_ONES },
	{ "all ones, 256 KiB, enabled", 0xfffc0001, 0x40000, WINDOW, NOTHING,
	  SB_ROM_BAR_ALL_ONES },
	{ "all ones, inside a window that ends there", 0xffff8000, 0x8000,
	  RANGES({ 0xff000000, 0xffffffff }), NOTHING, SB_ROM_BAR_ALL_ONES },
	{ "nearly all ones", 0xfff78000, 0x8000, WINDOW, NOTHING,
	  SB_ROM_BAR_OUTSIDE },
	{ "before the window", 0x7fff0000, 0x10000, WINDOW, NOTHING,
	  SB_ROM_BAR_OUTSIDE },
	{ "after the window", 0x81000000, 0x10000, WINDOW, NOTHING,
	  SB_ROM_BAR_OUTSIDE },
	{ "half outside", 0x80ff0000, 0x20000, WINDOW, NOTHING,
	  SB_ROM_BAR_OUTSIDE },
	{ "no window at all", 0x80000000, 0x10000, NOTHING, NOTHING,
	  SB_ROM_BAR_OUTSIDE },
	{ "first in the window", 0x80000000, 0x10000, WINDOW, NOTHING,
	  SB_ROM_BAR_PROGRAMMED },
	{ "last in the window", 0x80ff0000, 0x10000, WINDOW, NOTHING,
	  SB_ROM_BAR_PROGRAMMED },
	{ "enabled", 0x80ff0001, 0x10000, WINDOW, NOTHING,
	  SB_ROM_BAR_PROGRAMMED },
	{ "on another BAR", 0x80000000, 0x10000, WINDOW,
	  RANGES({ 0x8000ff00, 0x8000ffff }), SB_ROM_BAR_OVERLAP },
	{ "beside another BAR", 0x80000000, 0x10000, WINDOW,
	  RANGES({ 0x80010000, 0x8001ffff }), SB_ROM_BAR_PROGRAMMED },
	{ "outside comes before overlap", 0x70000000, 0x10000, WINDOW,
	  RANGES({ 0x70000000, 0x7fffffff }), SB_ROM_BAR_OUTSIDE },
};

static void state_test(struct kunit *test)
{
	const struct state_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, sb_rom_bar_state(c->raw, c->size, &c->windows,
					       &c->decoders), c->want);
}

CASES(state);

#define ON	PCI_COMMAND_MEMORY
#define CLOSED	0x00000010	/* base 1 MiB, limit 0 */

struct bridge_case {
	const char *name;
	struct sb_bridge bridge;
	unsigned int nr;
	struct sb_range window[2];
};

static const struct bridge_case bridge_cases[] = {
	{ "memory decoding off", { 0, 0x80f08000, CLOSED }, 0 },
	{ "other bits of COMMAND", { (u16)~ON, 0x80f08000, CLOSED }, 0 },
	{ "both closed", { ON, CLOSED, CLOSED }, 0 },
	{ "1 MiB", { ON, 0x80008000, CLOSED }, 1,
	  { { 0x80000000, 0x800fffff } } },
	{ "16 MiB", { ON, 0x80f08000, CLOSED }, 1,
	  { { 0x80000000, 0x80ffffff } } },
	{ "low bits do not count", { ON, 0x800f800f, CLOSED }, 1,
	  { { 0x80000000, 0x800fffff } } },
	{ "up to the end", { ON, 0xfff0fff0, CLOSED }, 1,
	  { { 0xfff00000, 0xffffffff } } },
	{ "from zero", { ON, 0x00000000, CLOSED }, 1,
	  { { 0x00000000, 0x000fffff } } },
	{ "limit just below base", { ON, 0x7ff08000, CLOSED }, 0 },
	{ "prefetchable, 32-bit", { ON, CLOSED, 0x90f09000, 7, 7 }, 1,
	  { { 0x90000000, 0x90ffffff } } },
	{ "prefetchable, 64-bit", { ON, CLOSED, 0x90f19001, 7, 7 }, 1,
	  { { 0x790000000, 0x790ffffff } } },
	{ "64-bit, base above limit", { ON, CLOSED, 0x90f19001, 8, 7 }, 0 },
	{ "64-bit, over 4 GiB", { ON, CLOSED, 0x0001fff1, 0, 1 }, 1,
	  { { 0xfff00000, 0x1000fffff } } },
	{ "both", { ON, 0x80008000, 0x90f19001, 0, 0 }, 2,
	  { { 0x80000000, 0x800fffff }, { 0x90000000, 0x90ffffff } } },
};

static void bridge_test(struct kunit *test)
{
	const struct bridge_case *c = test->param_value;
	struct sb_range window[2];
	unsigned int i;

	KUNIT_ASSERT_EQ(test, sb_bridge_windows(&c->bridge, window), c->nr);
	for (i = 0; i < c->nr; i++) {
		KUNIT_EXPECT_EQ(test, window[i].start, c->window[i].start);
		KUNIT_EXPECT_EQ(test, window[i].end, c->window[i].end);
	}
}

CASES(bridge);

struct forwards_case {
	const char *name;
	struct sb_bridge bridge;
	u64 start;
	u64 size;
	bool want;
};

static const struct forwards_case forwards_cases[] = {
	{ "inside", { ON, 0x80008000, CLOSED }, 0x80000000, SZ_1M, true },
	{ "one byte too many", { ON, 0x80008000, CLOSED }, 0x80000000,
	  SZ_1M + 1, false },
	{ "one before", { ON, 0x80008000, CLOSED }, 0x7fffffff, 16, false },
	{ "after", { ON, 0x80008000, CLOSED }, 0x80100000, 16, false },
	{ "switched off", { 0, 0x80008000, CLOSED }, 0x80000000, 16, false },
	{ "in the prefetchable one", { ON, CLOSED, 0x90009000 },
	  0x90000000, 16, true },
	{ "across both, which touch", { ON, 0x80008000, 0x80108010 },
	  0x800ff000, 0x2000, false },
	{ "subtractive", { ON, CLOSED, CLOSED, 0, 0, true },
	  0x12340000, 16, true },
	{ "subtractive, switched off", { 0, CLOSED, CLOSED, 0, 0, true },
	  0x12340000, 16, false },
};

static void forwards_test(struct kunit *test)
{
	const struct forwards_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, sb_bridge_forwards(&c->bridge, c->start,
						 c->size), c->want);
}

CASES(forwards);

/* The names are an interface: scripts compare them. */
static void names_test(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, sb_rom_bar_name(SB_ROM_BAR_ABSENT), "absent");
	KUNIT_EXPECT_STREQ(test, sb_rom_bar_name(SB_ROM_BAR_PROGRAMMED),
			   "programmed");
	KUNIT_EXPECT_STREQ(test, sb_rom_bar_name(SB_ROM_BAR_ZERO), "zero");
	KUNIT_EXPECT_STREQ(test, sb_rom_bar_name(SB_ROM_BAR_ALL_ONES),
			   "all-ones");
	KUNIT_EXPECT_STREQ(test, sb_rom_bar_name(SB_ROM_BAR_OUTSIDE),
			   "outside-window");
	KUNIT_EXPECT_STREQ(test, sb_rom_bar_name(SB_ROM_BAR_OVERLAP),
			   "overlap");
}

static struct kunit_case bar_cases[] = {
	KUNIT_CASE_PARAM(overlap_test, overlap_gen_params),
	KUNIT_CASE_PARAM(list_test, list_gen_params),
	KUNIT_CASE_PARAM(rom_size_test, rom_size_gen_params),
	KUNIT_CASE_PARAM(mem_size_test, mem_size_gen_params),
	KUNIT_CASE_PARAM(state_test, state_gen_params),
	KUNIT_CASE_PARAM(bridge_test, bridge_gen_params),
	KUNIT_CASE_PARAM(forwards_test, forwards_gen_params),
	KUNIT_CASE(names_test),
	{}
};

static struct kunit_suite bar_suite = {
	.name = "shadowbar_bar",
	.test_cases = bar_cases,
};

kunit_test_suite(bar_suite);
