// SPDX-License-Identifier: GPL-2.0-only
/*
 * deny and settings: parse and format module parameters.
 */
#include <kunit/test.h>
#include <shadowbar/deny.h>

#include "cases.h"
#include "rom/measure.h"
#include "settings.h"

#define IDS(v, d)	{ .vendor = (v), .device = (d) }
#define AT(dom, b, d, f) {						\
	.by_address = true, .domain = (dom), .bus = (b),		\
	.devfn = (d) << 3 | (f)						\
}

struct parse_case {
	const char *name;
	const char *text;
	int want;
	struct sb_deny list[3];
	const char *bad;
};

static const struct parse_case parse_cases[] = {
	{ "empty", "", 0 },
	{ "a newline", "\n", 0 },
	{ "ids", "8086:10d3", 1, { IDS(0x8086, 0x10d3) } },
	{ "ids, upper case", "10DE:FFFF", 1, { IDS(0x10de, 0xffff) } },
	{ "zero ids", "0000:0000", 1, { IDS(0, 0) } },
	{ "ids and a newline", "8086:10d3\n", 1, { IDS(0x8086, 0x10d3) } },
	{ "an address", "0000:03:00.1", 1, { AT(0, 3, 0, 1) } },
	{ "the last address", "ffff:ff:1f.7", 1, { AT(0xffff, 0xff, 0x1f, 7) } },
	{ "a long domain", "10000:e0:06.0", 1, { AT(0x10000, 0xe0, 6, 0) } },
	{ "the longest domain", "ffffffff:00:00.0", 1,
	  { AT(0xffffffff, 0, 0, 0) } },
	{ "both kinds", "8086:10d3,0000:03:00.0,1af4:1000\n", 3,
	  { IDS(0x8086, 0x10d3), AT(0, 3, 0, 0), IDS(0x1af4, 0x1000) } },
	{ "a class", "class:02", 1,
	  { { .by_class = true, .class = 0x0200, .class_mask = 0xff00 } } },
	{ "a sub-class", "class:0104,8086:10d3", 2,
	  { { .by_class = true, .class = 0x0104, .class_mask = 0xffff },
	    IDS(0x8086, 0x10d3) } },
	{ "a class of one digit", "class:2", -EINVAL, {}, "class:2" },
	{ "a class of three digits", "class:020", -EINVAL, {}, "class:020" },
	{ "a class of five digits", "class:02001", -EINVAL, {},
	  "class:02001" },
	{ "no class", "class:", -EINVAL, {}, "class:" },
	{ "a word", "all", -EINVAL, {}, "all" },
	{ "the second is bad", "8086:10d3,10d3", -EINVAL, {}, "10d3" },
	{ "the first is bad", "x,8086:10d3", -EINVAL, {}, "x" },
	{ "an empty word in front", ",8086:10d3", -EINVAL, {}, "" },
	{ "an empty word behind", "8086:10d3,", -EINVAL, {}, "" },
	{ "an empty word between", "8086:10d3,,1af4:1000", -EINVAL, {}, "" },
	{ "a space", " 8086:10d3", -EINVAL, {}, " 8086:10d3" },
	{ "a space after the comma", "8086:10d3, 1af4:1000", -EINVAL, {},
	  " 1af4:1000" },
	{ "three digits", "8086:10d", -EINVAL, {}, "8086:10d" },
	{ "five digits", "8086:10d30", -EINVAL, {}, "8086:10d30" },
	{ "a vendor of five digits", "18086:10d3", -EINVAL, {}, "18086:10d3" },
	{ "vendor only", "8086:", -EINVAL, {}, "8086:" },
	{ "a prefix", "0x8086:10d3", -EINVAL, {}, "0x8086:10d3" },
	{ "a sign", "-086:10d3", -EINVAL, {}, "-086:10d3" },
	{ "not hexadecimal", "808g:10d3", -EINVAL, {}, "808g:10d3" },
	{ "no domain", "03:00.0", -EINVAL, {}, "03:00.0" },
	{ "no function", "0000:03:00", -EINVAL, {}, "0000:03:00" },
	{ "function 8", "0000:03:00.8", -EINVAL, {}, "0000:03:00.8" },
	{ "device 20", "0000:03:20.0", -EINVAL, {}, "0000:03:20.0" },
	{ "text after it", "0000:03:00.0x", -EINVAL, {}, "0000:03:00.0x" },
	{ "nine digits", "000000000:00:00.0", -EINVAL, {},
	  "000000000:00:00.0" },
	{ "text after a newline", "8086:10d3\n,x", -EINVAL, {}, ",x" },
	{ "a list after a newline", "8086:10d3\n1af4:1000\n", -EINVAL, {},
	  "1af4:1000" },
};

static void parse_test(struct kunit *test)
{
	const struct parse_case *c = test->param_value;
	struct sb_deny list[8];
	const char *bad = NULL;
	size_t length = 0;
	int i, got;

	memset(list, 0xa5, sizeof(list));
	got = sb_deny_parse(c->text, list, ARRAY_SIZE(list), &bad, &length);
	KUNIT_ASSERT_EQ(test, got, c->want);
	if (got >= 0)
		KUNIT_EXPECT_LE(test, got, sb_deny_count(c->text));
	for (i = 0; i < got; i++) {
		KUNIT_EXPECT_EQ(test, list[i].by_address,
				c->list[i].by_address);
		KUNIT_EXPECT_EQ(test, list[i].domain, c->list[i].domain);
		KUNIT_EXPECT_EQ(test, list[i].bus, c->list[i].bus);
		KUNIT_EXPECT_EQ(test, list[i].devfn, c->list[i].devfn);
		KUNIT_EXPECT_EQ(test, list[i].vendor, c->list[i].vendor);
		KUNIT_EXPECT_EQ(test, list[i].device, c->list[i].device);
		KUNIT_EXPECT_EQ(test, list[i].by_class, c->list[i].by_class);
		KUNIT_EXPECT_EQ(test, list[i].class, c->list[i].class);
		KUNIT_EXPECT_EQ(test, list[i].class_mask,
				c->list[i].class_mask);
	}
	if (got < 0) {
		KUNIT_ASSERT_NOT_NULL(test, bad);
		KUNIT_EXPECT_EQ(test, length, strlen(c->bad));
		KUNIT_EXPECT_EQ(test, strncmp(bad, c->bad, length), 0);
	}
}

CASES(parse);

/* The parser never writes past the end of a short list. */
static void parse_room_test(struct kunit *test)
{
	struct sb_deny list[2] = {};
	const char *bad;
	size_t length;

	KUNIT_EXPECT_EQ(test, sb_deny_count("8086:10d3,1af4:1000"), 2);
	KUNIT_EXPECT_EQ(test, sb_deny_count(""), 0);
	KUNIT_EXPECT_EQ(test, sb_deny_parse("8086:10d3,1af4:1000", list, 1,
					    &bad, &length), -EINVAL);
	KUNIT_EXPECT_EQ(test, strncmp(bad, "1af4:1000", length), 0);
	KUNIT_EXPECT_EQ(test, list[1].vendor, 0);
}

struct match_case {
	const char *name;
	struct sb_deny entry;
	struct sb_identity who;
	bool want;
};

static const struct match_case match_cases[] = {
	{ "ids", IDS(0x8086, 0x10d3), { 0, 3, 8, 0x8086, 0x10d3 }, true },
	{ "another device", IDS(0x8086, 0x10d3), { 0, 3, 8, 0x8086, 0x10d4 },
	  false },
	{ "another vendor", IDS(0x8086, 0x10d3), { 0, 3, 8, 0x8087, 0x10d3 },
	  false },
	{ "address", AT(1, 3, 2, 1), { 1, 3, 2 << 3 | 1, 1, 2 }, true },
	{ "another domain", AT(1, 3, 2, 1), { 0, 3, 2 << 3 | 1, 1, 2 }, false },
	{ "another bus", AT(1, 3, 2, 1), { 1, 4, 2 << 3 | 1, 1, 2 }, false },
	{ "another function", AT(1, 3, 2, 1), { 1, 3, 2 << 3, 1, 2 }, false },
	{ "class", { .by_class = true, .class = 0x0200, .class_mask = 0xff00 },
	  { 0, 3, 8, 1, 2, 0x0280 }, true },
	{ "another class", { .by_class = true, .class = 0x0200,
			     .class_mask = 0xff00 },
	  { 0, 3, 8, 1, 2, 0x0300 }, false },
	{ "sub-class", { .by_class = true, .class = 0x0104,
			 .class_mask = 0xffff },
	  { 0, 3, 8, 1, 2, 0x0104 }, true },
	{ "another sub-class", { .by_class = true, .class = 0x0104,
				 .class_mask = 0xffff },
	  { 0, 3, 8, 1, 2, 0x0106 }, false },
	{ "ids do not match an address of zeroes", IDS(0, 0),
	  { 0, 0, 0, 1, 1 }, false },
	{ "an address does not match ids of zero", AT(1, 1, 1, 1),
	  { 0, 0, 0, 0, 0 }, false },
};

/* Alone, first of two, last of two; and never with an empty list */
static void match_test(struct kunit *test)
{
	const struct match_case *c = test->param_value;
	struct sb_deny list[2] = { c->entry, IDS(0xdead, 0xbeef) };

	KUNIT_EXPECT_EQ(test, sb_deny_matches(list, 1, &c->who), c->want);
	KUNIT_EXPECT_EQ(test, sb_deny_matches(list, 2, &c->who), c->want);
	swap(list[0], list[1]);
	KUNIT_EXPECT_EQ(test, sb_deny_matches(list, 2, &c->who), c->want);
	KUNIT_EXPECT_FALSE(test, sb_deny_matches(list, 1, &c->who));
	KUNIT_EXPECT_FALSE(test, sb_deny_matches(list, 0, &c->who));
}

CASES(match);

static void builtin_test(struct kunit *test)
{
	KUNIT_EXPECT_NOT_NULL(test, sb_deny_builtin(0x14e4, 0x168e));
	KUNIT_EXPECT_NULL(test, sb_deny_builtin(0x14e4, 0x168f));
	KUNIT_EXPECT_NULL(test, sb_deny_builtin(0x14e5, 0x168e));
	KUNIT_EXPECT_NULL(test, sb_deny_builtin(0, 0));
}

struct settings_case {
	const char *name;
	struct sb_words words;
	int want;
	bool manual;
	bool borrow;
	bool pad;
	bool isolate;
	unsigned int nr_deny;
	bool igd_allocate;
	bool no_serve;
};

/*
 * Parameters in this order: capture, borrow, pad, isolate, deny. Unless set,
 * igd_stolen is "check", serve is "on" and measure is "off".
 */
static const struct settings_case settings_cases[] = {
	{ "defaults", { "auto", "on", "on", "vfio", "" },
	  0, false, true, true, true, 0 },
	{ "manual", { "manual", "on", "on", "vfio", "" },
	  0, true, true, true, true, 0 },
	{ "no borrowing", { "auto", "off", "on", "vfio", "" },
	  0, false, false, true, true, 0 },
	{ "no pads", { "auto", "on", "off", "vfio", "" },
	  0, false, true, false, true, 0 },
	{ "no isolating", { "auto", "on", "on", "off", "" },
	  0, false, true, true, false, 0 },
	{ "all of them",
	  { "manual", "off", "off", "off", "8086:10d3,0000:03:00.0" },
	  0, true, false, false, false, 2 },
	{ "capture: a wrong word", { "never", "on", "on", "vfio", "" }, -EINVAL },
	{ "capture: nothing", { "", "on", "on", "vfio", "" }, -EINVAL },
	{ "capture: a beginning", { "aut", "on", "on", "vfio", "" }, -EINVAL },
	{ "capture: more", { "automatic", "on", "on", "vfio", "" }, -EINVAL },
	{ "borrow: a wrong word", { "auto", "yes", "on", "vfio", "" }, -EINVAL },
	{ "borrow: a number", { "auto", "1", "on", "vfio", "" }, -EINVAL },
	{ "pad: a wrong word", { "auto", "on", "no", "vfio", "" }, -EINVAL },
	{ "isolate: a wrong word", { "auto", "on", "on", "on", "" }, -EINVAL },
	{ "deny: a wrong word", { "auto", "on", "on", "vfio", "8086" }, -EINVAL },
	{ "deny: the last is wrong",
	  { "auto", "on", "on", "vfio", "8086:10d3,x" }, -EINVAL },
	{ "igd_stolen: allocate",
	  { "auto", "on", "on", "vfio", "", .igd_stolen = "allocate" },
	  0, false, true, true, true, 0, true },
	{ "align: whatever it says",
	  { "auto", "on", "on", "vfio", "", .align = "4k" },
	  0, false, true, true, true, 0 },
	{ "no serving", { "auto", "on", "on", "vfio", "", .serve = "off" },
	  0, false, true, true, true, 0, .no_serve = true },
	{ "serve: a wrong word",
	  { "auto", "on", "on", "vfio", "", .serve = "vfio" }, -EINVAL },
	{ "measure: a wrong word",
	  { "auto", "on", "on", "vfio", "", .measure = "on" }, -EINVAL },
	{ "igd_stolen: a wrong word",
	  { "auto", "on", "on", "vfio", "", .igd_stolen = "on" }, -EINVAL },
};

static void settings_test(struct kunit *test)
{
	const struct settings_case *c = test->param_value;
	struct sb_words words = c->words;
	struct sb_settings settings;

	words.igd_stolen = words.igd_stolen ?: "check";
	words.serve = words.serve ?: "on";
	words.measure = words.measure ?: "off";
	KUNIT_ASSERT_EQ(test, sb_settings_parse(&settings, &words), c->want);
	if (!c->want) {
		KUNIT_EXPECT_EQ(test, settings.manual, c->manual);
		KUNIT_EXPECT_EQ(test, settings.borrow, c->borrow);
		KUNIT_EXPECT_EQ(test, settings.pad, c->pad);
		KUNIT_EXPECT_EQ(test, settings.isolate, c->isolate);
		KUNIT_EXPECT_EQ(test, settings.serve, !c->no_serve);
		KUNIT_EXPECT_FALSE(test, settings.measure);
		KUNIT_EXPECT_EQ(test, settings.nr_deny, c->nr_deny);
		KUNIT_EXPECT_EQ(test, settings.igd_allocate, c->igd_allocate);
	}
	sb_settings_free(&settings);
	/* A second call is harmless: an error path may have made the first. */
	sb_settings_free(&settings);
	KUNIT_EXPECT_EQ(test, settings.nr_deny, 0);
}

CASES(settings);

/* Refused if the kernel cannot measure, instead of being silently ignored */
static void measure_test(struct kunit *test)
{
	struct sb_words words = {
		"auto", "on", "on", "vfio", "", .igd_stolen = "check",
		.serve = "on", .measure = "ima",
	};
	struct sb_settings settings;

	KUNIT_ASSERT_EQ(test, sb_settings_parse(&settings, &words),
			sb_measure_can() ? 0 : -EINVAL);
	KUNIT_EXPECT_EQ(test, sb_measure_can(), IS_ENABLED(CONFIG_IMA) &&
			SB_HAS_IMA_CRITICAL);
	if (sb_measure_can())
		KUNIT_EXPECT_TRUE(test, settings.measure);
	sb_settings_free(&settings);
}

static struct kunit_case deny_cases[] = {
	KUNIT_CASE_PARAM(parse_test, parse_gen_params),
	KUNIT_CASE(parse_room_test),
	KUNIT_CASE_PARAM(match_test, match_gen_params),
	KUNIT_CASE(builtin_test),
	KUNIT_CASE_PARAM(settings_test, settings_gen_params),
	KUNIT_CASE(measure_test),
	{}
};

static struct kunit_suite deny_suite = {
	.name = "shadowbar_deny",
	.test_cases = deny_cases,
};

kunit_test_suite(deny_suite);
