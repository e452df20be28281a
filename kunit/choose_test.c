// SPDX-License-Identifier: GPL-2.0-only
/*
 * choose: which shadow is the best, and how much of the data is a ROM.
 */
#include <kunit/test.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <shadowbar/choose.h>

#include "cases.h"
#include "rom_build.h"

#define INTACT		{ .length = 512, .images = 1, .intact = true }
#define DAMAGED		{ .length = 512, .images = 1 }

struct choose_case {
	const char *name;
	struct sb_finding findings[SB_SOURCES];
	enum sb_source best;
};

static const struct choose_case choose_cases[] = {
	{ "nothing", {}, SB_SOURCE_NONE },
	{ "intact, but nothing in it",
	  { [SB_SOURCE_VFCT] = { .intact = true } }, SB_SOURCE_NONE },
	{ "in place", { [SB_SOURCE_IN_PLACE] = INTACT }, SB_SOURCE_IN_PLACE },
	{ "borrowed", { [SB_SOURCE_BORROWED] = INTACT }, SB_SOURCE_BORROWED },
	{ "hole", { [SB_SOURCE_HOLE] = INTACT }, SB_SOURCE_HOLE },
	{ "damaged is better than none",
	  { [SB_SOURCE_VGA_SHADOW] = DAMAGED }, SB_SOURCE_VGA_SHADOW },
	{ "damaged, but the device's own",
	  { [SB_SOURCE_IN_PLACE] = DAMAGED, [SB_SOURCE_PLATFORM] = DAMAGED },
	  SB_SOURCE_IN_PLACE },
	{ "the BAR before all others",
	  { [SB_SOURCE_HOLE] = INTACT, [SB_SOURCE_PLATFORM] = INTACT,
	    [SB_SOURCE_VFCT] = INTACT, [SB_SOURCE_ACPI_ROM] = INTACT,
	    [SB_SOURCE_VGA_SHADOW] = INTACT },
	  SB_SOURCE_HOLE },
	{ "UEFI's copy before ACPI's",
	  { [SB_SOURCE_PLATFORM] = INTACT, [SB_SOURCE_VFCT] = INTACT,
	    [SB_SOURCE_ACPI_ROM] = INTACT, [SB_SOURCE_VGA_SHADOW] = INTACT },
	  SB_SOURCE_PLATFORM },
	{ "the table before the method",
	  { [SB_SOURCE_VFCT] = INTACT, [SB_SOURCE_ACPI_ROM] = INTACT,
	    [SB_SOURCE_VGA_SHADOW] = INTACT },
	  SB_SOURCE_VFCT },
	{ "what has run comes last",
	  { [SB_SOURCE_ACPI_ROM] = INTACT, [SB_SOURCE_VGA_SHADOW] = INTACT },
	  SB_SOURCE_ACPI_ROM },
	{ "intact before damaged",
	  { [SB_SOURCE_IN_PLACE] = DAMAGED, [SB_SOURCE_PLATFORM] = DAMAGED,
	    [SB_SOURCE_VGA_SHADOW] = INTACT },
	  SB_SOURCE_VGA_SHADOW },
	{ "all damaged: as if none were",
	  { [SB_SOURCE_BORROWED] = DAMAGED, [SB_SOURCE_PLATFORM] = DAMAGED,
	    [SB_SOURCE_VGA_SHADOW] = DAMAGED },
	  SB_SOURCE_BORROWED },
};

static void choose_test(struct kunit *test)
{
	const struct choose_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, sb_choose(c->findings), c->best);
}

CASES(choose);

#define DISPLAY		0x030000
#define NETWORK		0x020000

struct judge_case {
	const char *name;
	enum sb_source source;
	struct rom_build image[2];
	struct sb_finding finding;
};

static const struct judge_case judge_cases[] = {
	{ "one image", SB_SOURCE_VFCT, { { .units = 2, .last = true } },
	  { 1024, 1, true } },
	{ "two images", SB_SOURCE_PLATFORM,
	  { { .units = 2 }, { .units = 3, .code = 3, .last = true } },
	  { 5 * 512, 2, true } },
	{ "no last image", SB_SOURCE_VFCT, { { .units = 2 } },
	  { 1024, 1, false } },
	{ "a wrong sum", SB_SOURCE_ACPI_ROM,
	  { { .units = 2, .last = true, .bad_sum = true } },
	  { 1024, 1, false } },
	{ "nothing at all", SB_SOURCE_VFCT, {}, {} },
	{ "longer than what is there", SB_SOURCE_VFCT,
	  { { .units = 9, .last = true } }, {} },
	{ "at 0xC0000", SB_SOURCE_VGA_SHADOW,
	  { { .units = 2, .class = DISPLAY, .last = true } },
	  { 1024, 1, true } },
	{ "at 0xC0000, with another's behind it", SB_SOURCE_VGA_SHADOW,
	  { { .units = 2, .class = DISPLAY, .last = true },
	    { .units = 2, .class = NETWORK, .last = true } },
	  { 1024, 1, true } },
	/* Its EFI image was not copied; what follows is not part of it. */
	{ "at 0xC0000, not the last", SB_SOURCE_VGA_SHADOW,
	  { { .units = 2, .class = DISPLAY },
	    { .units = 2, .class = NETWORK, .last = true } },
	  { 1024, 1, false } },
	{ "at 0xC0000, changed", SB_SOURCE_VGA_SHADOW,
	  { { .units = 2, .class = DISPLAY, .last = true, .bad_sum = true } },
	  { 1024, 1, false } },
	/* It gave memory back, and what follows belongs to something else. */
	{ "at 0xC0000, shrunk in PCIR, not in NPDE", SB_SOURCE_VGA_SHADOW,
	  { { .units = 2, .sum_units = 2, .class = DISPLAY, .npde = { 3 } },
	    { .units = 2, .class = NETWORK, .last = true } },
	  { 1024, 1, false } },
	{ "at 0xC0000, shrunk, where zeroes follow", SB_SOURCE_VGA_SHADOW,
	  { { .units = 2, .sum_units = 2, .class = DISPLAY,
	      .npde = { 3 }, .zero_rest = true } },
	  { 1024, 1, false } },
	{ "at 0xC0000, shrunk and changed", SB_SOURCE_VGA_SHADOW,
	  { { .units = 2, .class = DISPLAY, .npde = { 3 }, .bad_sum = true } },
	  { 1024, 1, false } },
	{ "at 0xC0000, NPDE adds up", SB_SOURCE_VGA_SHADOW,
	  { { .units = 2, .class = DISPLAY, .npde = { 3, true } } },
	  { 1536, 1, true } },
	{ "at 0xC0000, shrunk in its third byte", SB_SOURCE_VGA_SHADOW,
	  { { .units = 4, .init = 2, .class = DISPLAY, .bad_sum = true } },
	  { 1024, 1, false } },
	{ "at 0xC0000, whole, and a smaller third byte", SB_SOURCE_VGA_SHADOW,
	  { { .units = 4, .init = 2, .class = DISPLAY, .last = true } },
	  { 2048, 1, true } },
	{ "at 0xC0000, another's", SB_SOURCE_VGA_SHADOW,
	  { { .units = 2, .class = NETWORK, .last = true } }, {} },
	{ "at 0xC0000, nothing", SB_SOURCE_VGA_SHADOW, {}, {} },
};

static void judge_test(struct kunit *test)
{
	const struct judge_case *c = test->param_value;
	const u32 size = 8 * 512;
	struct sb_finding finding;
	u32 at = 0;
	u8 *rom;

	rom = kunit_kmalloc(test, size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, rom);
	memset(rom, 0xff, size);
	if (c->image[0].units)
		at = rom_build(rom, size, at, &c->image[0]);
	if (c->image[1].units)
		rom_build(rom, size, at, &c->image[1]);

	sb_finding_judge(rom, size, c->source, &finding);
	KUNIT_EXPECT_EQ(test, finding.length, c->finding.length);
	KUNIT_EXPECT_EQ(test, finding.images, c->finding.images);
	KUNIT_EXPECT_EQ(test, finding.intact, c->finding.intact);
}

CASES(judge);

/* Every source has a name, and only three are the ROM BAR. */
static void names_test(struct kunit *test)
{
	enum sb_source source, other;

	for (source = SB_SOURCE_NONE; source < SB_SOURCES; source++) {
		KUNIT_EXPECT_EQ(test, sb_source_is_bar(source),
				source == SB_SOURCE_IN_PLACE ||
				source == SB_SOURCE_BORROWED ||
				source == SB_SOURCE_HOLE);
		for (other = SB_SOURCE_NONE; other < source; other++)
			KUNIT_EXPECT_STRNEQ(test, sb_source_name(source),
					    sb_source_name(other));
	}
	KUNIT_EXPECT_STREQ(test, sb_source_name(SB_SOURCE_PLATFORM),
			   "platform");
	KUNIT_EXPECT_STREQ(test, sb_source_name(SB_SOURCE_VFCT), "vfct");
	KUNIT_EXPECT_STREQ(test, sb_source_name(SB_SOURCE_ACPI_ROM),
			   "acpi-rom");
	KUNIT_EXPECT_STREQ(test, sb_source_name(SB_SOURCE_VGA_SHADOW),
			   "vga-shadow");
}

static struct kunit_case choose_suite_cases[] = {
	KUNIT_CASE_PARAM(choose_test, choose_gen_params),
	KUNIT_CASE_PARAM(judge_test, judge_gen_params),
	KUNIT_CASE(names_test),
	{}
};

static struct kunit_suite choose_suite = {
	.name = "shadowbar_choose",
	.test_cases = choose_suite_cases,
};

kunit_test_suite(choose_suite);
