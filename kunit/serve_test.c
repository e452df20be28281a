// SPDX-License-Identifier: GPL-2.0-only
/*
 * serve: how a shadow may be given to whoever asks the kernel for the ROM.
 */
#include <kunit/test.h>
#include <linux/string.h>
#include <shadowbar/serve.h>

#include "cases.h"

/* A ROM on x86 that nobody gets to. */
#define LOST	.length = 512, .on = true, .memory = true
/* The same where memory cannot be mapped as a ROM. */
#define ARM	.length = 512, .on = true

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
	  { ARM, .found = SB_SERVE_FOUND_SIZE }, ADDRESS },
	{ "no memory as a ROM, no address",
	  { ARM, .no_room = true }, NO(NO_ROOM) },
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

/* Every reason has a text, and tells what to do wherever something can be. */
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
	KUNIT_CASE(text_test),
	{}
};

static struct kunit_suite serve_suite = {
	.name = "shadowbar_serve",
	.test_cases = serve_suite_cases,
};

kunit_test_suite(serve_suite);
