// SPDX-License-Identifier: GPL-2.0-only
/*
 * serve: how to make the kernel return the shadow as the ROM.
 */
#include <kunit/test.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <shadowbar/plan.h>
#include <shadowbar/serve.h>

#include "cases.h"

/* A ROM on x86 that nothing can read */
#define LOST	.length = 512, .on = true, .memory = true, .from_bar = true
/* The same if memory cannot be mapped as a ROM */
#define ARM	.length = 512, .on = true, .from_bar = true

#define MEMORY(rom, resource)						\
	{ SB_SERVE_MEMORY, SB_SERVE_WHY_SERVED, rom, resource }
#define ADDRESS	{ SB_SERVE_ADDRESS, SB_SERVE_WHY_SERVED }
#define NO(why)	{ SB_SERVE_NO, SB_SERVE_WHY_##why }

struct serve_case {
	const char *name;
	struct sb_serve_facts facts;
	struct sb_serve_plan plan;
};

static const struct serve_case serve_cases[] = {
	{ "no shadow", { .on = true, .memory = true }, NO(NO_SHADOW) },
	{ "forgotten", { LOST }, MEMORY(true, true) },
	{ "no copy where one is said to be",
	  { LOST, .found = SB_SERVE_FOUND_NO_COPY }, MEMORY(true, true) },
	{ "a size and no address",
	  { LOST, .found = SB_SERVE_FOUND_SIZE }, MEMORY(true, false) },
	{ "a good address",
	  { LOST, .found = SB_SERVE_FOUND_ADDRESS }, NO(KERNEL) },
	{ "a copy of the BIOS",
	  { LOST, .found = SB_SERVE_FOUND_COPY }, NO(KERNEL) },
	{ "fixed", { LOST, .found = SB_SERVE_FOUND_FIXED }, NO(KERNEL) },
	{ "a bridge", { LOST, .bridge = true }, NO(NOBODY_ASKS) },
	{ "serve=off",
	  { .length = 512, .memory = true }, NO(OFF) },
	{ "the kernel finds it: that says more than serve=off",
	  { .length = 512, .found = SB_SERVE_FOUND_ADDRESS }, NO(KERNEL) },
	{ "denied", { LOST, .denied = true }, NO(DENIED) },
	{ "bound", { LOST, .bound = true }, NO(BOUND) },
	{ "firmware's copy stays",
	  { LOST, .given = true }, MEMORY(false, true) },
	{ "firmware's copy is all that is missing",
	  { LOST, .given = true, .found = SB_SERVE_FOUND_SIZE }, NO(KERNEL) },
	{ "not to pass for the boot display",
	  { LOST, .marks = true }, MEMORY(true, false) },
	{ "the boot display may pass for it",
	  { LOST, .marks = true, .found = SB_SERVE_FOUND_NO_COPY },
	  MEMORY(true, true) },
	{ "not to pass for it, and firmware's copy is there",
	  { LOST, .marks = true, .given = true }, NO(KERNEL) },
	{ "as large as memory gets",
	  { LOST, .length = SB_SERVE_MAX }, MEMORY(true, true) },
	{ "too large, and an address may do",
	  { LOST, .length = SB_SERVE_MAX + 512 }, ADDRESS },
	{ "too large, and no address",
	  { LOST, .length = SB_SERVE_MAX + 512, .no_room = true },
	  NO(TOO_LARGE) },
	{ "no memory, and an address may do",
	  { LOST, .no_memory = true }, ADDRESS },
	{ "no memory, no address",
	  { LOST, .no_memory = true, .no_room = true }, NO(NO_MEMORY) },
	{ "no memory as a ROM", { ARM }, ADDRESS },
	{ "a size, no memory as a ROM",
	  { ARM, .found = SB_SERVE_FOUND_SIZE }, NO(NO_ROOM) },
	{ "no memory as a ROM, no address",
	  { ARM, .no_room = true }, NO(NO_ROOM) },
	{ "no memory as a ROM, and the ROM BAR has another",
	  { .length = 512, .on = true }, NO(NO_ROOM) },
	{ "firmware's copy cannot be mapped there",
	  { ARM, .given = true, .no_room = true }, NO(NO_ROOM) },
};

static void serve_test(struct kunit *test)
{
	const struct serve_case *c = test->param_value;
	struct sb_serve_plan plan;

	sb_serve_plan_make(&c->facts, &plan);
	KUNIT_EXPECT_EQ(test, plan.way, c->plan.way);
	KUNIT_EXPECT_EQ(test, plan.why, c->plan.why);
	if (plan.way != SB_SERVE_MEMORY)
		return;
	KUNIT_EXPECT_EQ(test, plan.in_rom, c->plan.in_rom);
	KUNIT_EXPECT_EQ(test, plan.in_resource, c->plan.in_resource);
}

CASES(serve);

struct marks_case {
	const char *name;
	u32 class;
	u16 vendor;
	bool boot_known;
	bool marks;
};

static const struct marks_case marks_cases[] = {
	{ "a second display", 0x030000, 0x10de, true, false },
	{ "one of several", 0x030000, 0x10de, false, true },
	{ "another kind of display", 0x038000, 0x10de, false, true },
	{ "a network card", 0x020000, 0x10de, false, false },
	{ "SiS", 0x030000, 0x1039, true, true },
	{ "XGI", 0x030000, 0x18ca, true, true },
	{ "Savage", 0x030000, 0x5333, true, true },
	{ "a network card of SiS", 0x020000, 0x1039, true, false },
	{ "a bridge, whose class has a 3 in it", 0x060300, 0x1039, false, false },
};

static void marks_test(struct kunit *test)
{
	const struct marks_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, sb_serve_marks(c->class, c->vendor, c->boot_known),
			c->marks);
}

CASES(marks);

#define M(n)	(0x80000000ULL + (n) * SZ_1M)

/* Free parts of a window, ended by an empty one, and where 1 MiB goes */
struct room_case {
	const char *name;
	struct sb_range part[3];
	u64 addr;
};

static const struct room_case room_cases[] = {
	{ "nothing is free", {}, U64_MAX },
	{ "half of all", { { M(0), M(2) - 1 } }, M(0) },
	{ "more than half", { { M(0), M(2) - 2 } }, U64_MAX },
	{ "half, in parts", { { M(0), M(1) - 1 }, { M(5), M(6) - 1 } }, M(0) },
	{ "the smaller part", { { M(0), M(8) - 1 }, { M(9), M(10) - 1 } }, M(9) },
	{ "the smaller part is not aligned",
	  { { M(0), M(8) - 1 }, { M(9) + SZ_4K, M(10) + SZ_8K } }, M(0) },
	{ "two alike: the first", { { M(2), M(4) - 1 }, { M(6), M(8) - 1 } },
	  M(2) },
	{ "above 4 GiB", { { SZ_4G, SZ_4G + SZ_64M } }, U64_MAX },
	{ "what is above 4 GiB is not counted",
	  { { M(0), M(1) - 1 }, { SZ_4G, SZ_4G + SZ_64M } }, U64_MAX },
	{ "up to 4 GiB", { { SZ_4G - SZ_2M, SZ_4G - 1 } }, SZ_4G - SZ_2M },
	{ "up to 4 GiB and a byte: that one is no part of it",
	  { { SZ_4G - SZ_2M, SZ_4G } }, SZ_4G - SZ_2M },
	{ "one byte less than twice its size below 4 GiB, and one above",
	  { { SZ_4G - SZ_2M + 1, SZ_4G } }, U64_MAX },
	{ "a decoder that no resource speaks of",
	  { { M(16), M(18) - 1 }, { M(0), M(8) - 1 } }, M(17) },
	{ "nothing but that", { { M(16), M(17) - 1 }, { M(0), M(1) - 1 } },
	  M(0) },
};

/* A ROM that is smaller than a page takes a page, of half that is free. */
static void page_test(struct kunit *test)
{
	const struct sb_facts facts = {
		.rom_size = SZ_4K,
		.page_size = SZ_64K,
	};
	struct sb_serve_room room = { .facts = &facts, .part = U64_MAX };

	sb_serve_room_add(&room, M(0), M(0) + SZ_64K - 1);
	KUNIT_EXPECT_EQ(test, sb_serve_room_place(&room, M(0),
						  M(0) + SZ_64K - 1), U64_MAX);
	sb_serve_room_add(&room, M(1) + SZ_4K, M(1) + SZ_64K - 1);
	KUNIT_EXPECT_EQ(test, room.part, SZ_64K);
	sb_serve_room_add(&room, M(2), M(3) - 1);
	KUNIT_EXPECT_EQ(test, sb_serve_room_place(&room, M(0),
						  M(0) + SZ_64K - 1), M(0));
}

static void room_test(struct kunit *test)
{
	const struct room_case *c = test->param_value;
	struct sb_range stale = { M(16), M(17) - 1 };
	const struct sb_facts facts = {
		.rom_size = SZ_1M,
		.decoders = { &stale, 1 },
	};
	struct sb_serve_room room = { .facts = &facts, .part = U64_MAX };
	u64 addr = U64_MAX;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(c->part) && c->part[i].end; i++)
		sb_serve_room_add(&room, c->part[i].start, c->part[i].end);
	for (i = 0; i < ARRAY_SIZE(c->part) && c->part[i].end; i++)
		if (addr == U64_MAX)
			addr = sb_serve_room_place(&room, c->part[i].start,
						   c->part[i].end);
	KUNIT_EXPECT_EQ(test, addr, c->addr);
}

CASES(room);

/* Every reason has a text, which says what to do if anything can be done. */
static void text_test(struct kunit *test)
{
	enum sb_serve_why why;

	for (why = SB_SERVE_WHY_NO_SHADOW; why <= SB_SERVE_WHY_SERVED; why++) {
		const char *text = sb_serve_text(why);
		bool quiet = why == SB_SERVE_WHY_NO_SHADOW ||
			     why == SB_SERVE_WHY_NOBODY_ASKS ||
			     why == SB_SERVE_WHY_KERNEL ||
			     why == SB_SERVE_WHY_SERVED;

		KUNIT_ASSERT_NOT_NULL(test, text);
		KUNIT_EXPECT_EQ(test, !*text, quiet);
		KUNIT_EXPECT_EQ(test, !strstr(text, "romfile="), quiet);
	}
	KUNIT_EXPECT_STREQ(test, sb_serve_name(SB_SERVE_NO), "no");
	KUNIT_EXPECT_STREQ(test, sb_serve_name(SB_SERVE_MEMORY), "memory");
	KUNIT_EXPECT_STREQ(test, sb_serve_name(SB_SERVE_ADDRESS), "address");
}

static struct kunit_case serve_suite_cases[] = {
	KUNIT_CASE_PARAM(serve_test, serve_gen_params),
	KUNIT_CASE_PARAM(marks_test, marks_gen_params),
	KUNIT_CASE_PARAM(room_test, room_gen_params),
	KUNIT_CASE(page_test),
	KUNIT_CASE(text_test),
	{}
};

static struct kunit_suite serve_suite = {
	.name = "shadowbar_serve",
	.test_cases = serve_suite_cases,
};

kunit_test_suite(serve_suite);
