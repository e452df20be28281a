// SPDX-License-Identifier: GPL-2.0-only
/*
 * rom_image: the chain of images in a ROM.
 */
#include <kunit/test.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <shadowbar/rom_image.h>

#include "cases.h"
#include "rom_build.h"

#define MAX_IMAGES	4

struct chain_case {
	const char *name;
	u32 window;
	struct rom_build image[MAX_IMAGES];	/* ended by 0 units and no PCIR */
	unsigned int put;			/* how many images there are */
	u32 fill_from;				/* from here on: @fill */
	u8 fill;
	enum sb_image_error error;
	u32 images;
	u32 length;
	u32 bad_sums;
};

#define X86(n, ...)	{ .units = (n), ##__VA_ARGS__ }
#define EFI(n, ...)	{ .units = (n), .code = 3, ##__VA_ARGS__ }

static const struct chain_case chain_cases[] = {
	{ "one image", SZ_2K, { X86(1, .last = true) }, 1,
	  .images = 1, .length = 512 },
	{ "one image that fills the window", SZ_2K, { X86(4, .last = true) }, 1,
	  .images = 1, .length = SZ_2K },
	{ "two images", SZ_4K, { X86(2), EFI(3, .last = true) }, 2,
	  .images = 2, .length = 5 * 512 },
	{ "three images", SZ_8K,
	  { X86(1), EFI(3), { .units = 2, .code = 0x70, .last = true } }, 3,
	  .images = 3, .length = 6 * 512 },
	{ "what is after the last does not count", SZ_4K,
	  { X86(1, .last = true), X86(1) }, 2, .images = 1, .length = 512 },
	{ "PCIR not near the start", SZ_64K,
	  { X86(100, .pcir = 0x99dc, .last = true) }, 1,
	  .images = 1, .length = 100 * 512 },
	{ "PCIR at an odd place", SZ_2K, { X86(1, .pcir = 0x21, .last = true) },
	  1, .images = 1, .length = 512 },
	{ "PCIR ends with the image", SZ_2K,
	  { X86(1, .pcir = 512 - 0x18, .last = true) }, 1,
	  .images = 1, .length = 512, .bad_sums = 0 },
	{ "PCIR one byte beyond the image", SZ_2K,
	  { X86(1, .pcir = 512 - 0x17, .last = true) }, 1,
	  .error = SB_IMAGE_PCIR_OUTSIDE },
	{ "PCIR ends with the window", SZ_2K,
	  { X86(4, .pcir = SZ_2K - 0x18, .last = true) }, 1,
	  .images = 1, .length = SZ_2K },
	{ "PCIR one byte beyond the window", SZ_2K,
	  { X86(4, .pcir = SZ_2K - 0x17, .last = true) }, 1,
	  .error = SB_IMAGE_PCIR_OUTSIDE },
	{ "PCIR far beyond the window", SZ_2K,
	  { X86(4, .pcir = 0x8dcb, .last = true) }, 1,
	  .error = SB_IMAGE_PCIR_OUTSIDE },
	{ "PCIR pointer all ones", SZ_2K, { X86(4, .pcir = 0xffff) }, 1,
	  .error = SB_IMAGE_PCIR_OUTSIDE },
	{ "no PCIR", SZ_2K, { X86(1, .no_pcir = true, .last = true) }, 1,
	  .error = SB_IMAGE_NO_PCIR },
	{ "length zero", SZ_2K, { X86(0, .last = true) }, 1,
	  .error = SB_IMAGE_LENGTH_ZERO },
	{ "length beyond the window", SZ_2K, { X86(5, .last = true) }, 1,
	  .error = SB_IMAGE_LENGTH_BEYOND },
	{ "the largest length", SZ_2K, { X86(0xffff, .last = true) }, 1,
	  .error = SB_IMAGE_LENGTH_BEYOND },
	{ "all ones", SZ_2K, {}, 0, 0, 0xff, .error = SB_IMAGE_ALL_ONES },
	{ "all zeroes", SZ_2K, {}, 0, 0, 0, .error = SB_IMAGE_ALL_ZEROES },
	{ "something else", SZ_2K, {}, 0, 0, 0x55,
	  .error = SB_IMAGE_NO_SIGNATURE },
	{ "good, then all ones", SZ_4K, { X86(2) }, 1, 1024, 0xff,
	  .error = SB_IMAGE_ALL_ONES, .images = 1, .length = 1024 },
	{ "good, then zeroes", SZ_4K, { X86(2) }, 1, 1024, 0,
	  .error = SB_IMAGE_ALL_ZEROES, .images = 1, .length = 1024 },
	{ "good, then noise", SZ_4K, { X86(2) }, 1, 1024, 0x89,
	  .error = SB_IMAGE_NO_SIGNATURE, .images = 1, .length = 1024 },
	{ "good, then length zero", SZ_4K, { X86(2), EFI(0) }, 2,
	  .error = SB_IMAGE_LENGTH_ZERO, .images = 1, .length = 1024 },
	{ "good, then too long", SZ_4K, { X86(2), EFI(7, .last = true) }, 2,
	  .error = SB_IMAGE_LENGTH_BEYOND, .images = 1, .length = 1024 },
	{ "good, then just fits", SZ_4K, { X86(2), EFI(6, .last = true) }, 2,
	  .images = 2, .length = SZ_4K },
	{ "good, then no PCIR", SZ_4K,
	  { X86(2), EFI(1, .no_pcir = true) }, 2,
	  .error = SB_IMAGE_NO_PCIR, .images = 1, .length = 1024 },
	{ "the window ends before a last image", SZ_2K, { X86(2), EFI(2) }, 2,
	  .error = SB_IMAGE_NO_LAST, .images = 2, .length = SZ_2K },
	{ "a wrong sum is kept and counted", SZ_4K,
	  { X86(2, .bad_sum = true), X86(2, .last = true) }, 2,
	  .images = 2, .length = SZ_2K, .bad_sums = 1 },
	{ "two wrong sums", SZ_4K,
	  { X86(2, .bad_sum = true), X86(2, .bad_sum = true, .last = true) }, 2,
	  .images = 2, .length = SZ_2K, .bad_sums = 2 },
	{ "EFI images need no sum", SZ_4K,
	  { EFI(2, .bad_sum = true, .last = true) }, 1,
	  .images = 1, .length = 1024 },
	{ "no room for a header", 0x19, {}, 0, 0, 0x55,
	  .error = SB_IMAGE_NO_LAST },
	{ "room for a header only", 0x1a, {}, 0, 0, 0xff,
	  .error = SB_IMAGE_ALL_ONES },
	{ "no window", 0, {}, 0, 0, 0, .error = SB_IMAGE_NO_LAST },
};

/* Each ROM is in memory of exactly its size: KASAN sees one byte too many. */
static u8 *chain_rom(struct kunit *test, const struct chain_case *c)
{
	u8 *rom = kunit_kzalloc(test, max(c->window, 1u), GFP_KERNEL);
	u32 at = 0;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, rom);
	for (i = 0; i < c->put && at + 0x20 <= c->window; i++)
		at = rom_build(rom, c->window, at, &c->image[i]);
	if (c->fill || !c->put)
		memset(rom + c->fill_from, c->fill, c->window - c->fill_from);
	return rom;
}

static void expect_end(struct kunit *test, const struct chain_case *c,
		       const struct sb_rom_walk *walk)
{
	KUNIT_EXPECT_EQ(test, walk->error, c->error);
	KUNIT_EXPECT_EQ(test, walk->images, c->images);
	KUNIT_EXPECT_EQ(test, walk->length, c->length);
	KUNIT_EXPECT_EQ(test, walk->bad_sums, c->bad_sums);
}

/* All of it is there. */
static void chain_test(struct kunit *test)
{
	const struct chain_case *c = test->param_value;
	u8 *rom = chain_rom(test, c);
	struct sb_rom_walk walk;

	sb_rom_walk_start(&walk, c->window);
	KUNIT_EXPECT_FALSE(test, sb_rom_walk_needs_more(&walk, rom, c->window));
	expect_end(test, c, &walk);
}

CASES(chain);

/*
 * It comes in pieces, just as many bytes as were asked for. The copy has no
 * byte more, so that KASAN sees any look beyond; the walk asks for more each
 * time, never for more than the window, and ends as it does with all of it.
 */
static void chain_pieces_test(struct kunit *test)
{
	const struct chain_case *c = test->param_value;
	u8 *rom = chain_rom(test, c), *part = NULL;
	struct sb_rom_walk walk;
	u32 have = 0;

	sb_rom_walk_start(&walk, c->window);
	while (sb_rom_walk_needs_more(&walk, part, have)) {
		KUNIT_ASSERT_GT(test, walk.need, have);
		KUNIT_ASSERT_LE(test, walk.need, c->window);
		have = walk.need;
		kfree(part);
		part = kmemdup(rom, have, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, part);
	}
	kfree(part);
	expect_end(test, c, &walk);
	/* No look beyond the images where they are whole. */
	if (c->error == SB_IMAGE_OK)
		KUNIT_EXPECT_EQ(test, have, c->length);
}

/* Every window up to a page, over the same bytes: no look beyond any. */
static void windows_test(struct kunit *test)
{
	u8 *rom = kunit_kzalloc(test, SZ_4K, GFP_KERNEL);
	const struct rom_build first = X86(2), last = EFI(2, .last = true);
	struct sb_rom_walk walk;
	u32 window;

	KUNIT_ASSERT_NOT_NULL(test, rom);
	rom_build(rom, SZ_4K, rom_build(rom, SZ_4K, 0, &first), &last);
	for (window = 0; window <= SZ_4K; window++) {
		u8 *exact = kmemdup(rom, window, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, exact);
		sb_rom_walk_start(&walk, window);
		KUNIT_EXPECT_FALSE(test, sb_rom_walk_needs_more(&walk, exact,
								window));
		KUNIT_EXPECT_EQ(test, walk.images,
				(window >= 1024) + (window >= 2048));
		KUNIT_EXPECT_EQ(test, walk.length, walk.images * 1024);
		KUNIT_EXPECT_EQ(test, walk.error == SB_IMAGE_OK,
				window >= 2048);
		kfree(exact);
	}
}

/* Every byte of the header and of PCIR, with every value: it always ends. */
static void bytes_test(struct kunit *test)
{
	const struct rom_build image = X86(2, .last = true);
	u8 *rom = kunit_kzalloc(test, SZ_2K, GFP_KERNEL);
	struct sb_rom_walk walk;
	unsigned int at, val;

	KUNIT_ASSERT_NOT_NULL(test, rom);
	rom_build(rom, SZ_2K, 0, &image);
	for (at = 0; at < 0x1c + 0x18; at++) {
		u8 before = rom[at];

		for (val = 0; val < 0x100; val++) {
			rom[at] = val;
			sb_rom_walk_start(&walk, SZ_2K);
			sb_rom_walk_needs_more(&walk, rom, SZ_2K);
			KUNIT_EXPECT_LE(test, walk.length, SZ_2K);
			KUNIT_EXPECT_EQ(test, walk.length % 512, 0);
			KUNIT_EXPECT_EQ(test, !walk.length, !walk.images);
		}
		rom[at] = before;
	}
}

static void text_test(struct kunit *test)
{
	enum sb_image_error error;

	for (error = SB_IMAGE_OK; error <= SB_IMAGE_NO_LAST; error++)
		KUNIT_EXPECT_NOT_NULL(test, sb_image_error_text(error));
}

static struct kunit_case rom_image_cases[] = {
	KUNIT_CASE_PARAM(chain_test, chain_gen_params),
	KUNIT_CASE_PARAM(chain_pieces_test, chain_gen_params),
	KUNIT_CASE(windows_test),
	KUNIT_CASE(bytes_test),
	KUNIT_CASE(text_test),
	{}
};

static struct kunit_suite rom_image_suite = {
	.name = "shadowbar_rom_image",
	.test_cases = rom_image_cases,
};

kunit_test_suite(rom_image_suite);
