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
	struct rom_build image[MAX_IMAGES];	/* ends with 0 units, no PCIR */
	unsigned int put;			/* how many images there are */
	u32 fill_from;				/* from here on: @fill */
	u8 fill;
	enum sb_image_error error;
	u32 images;
	u32 length;
	u32 bad_sums;
	u32 odd_pcirs;
	enum sb_chain chain;
};

#define X86(n, ...)	{ .units = (n), ##__VA_ARGS__ }
#define EFI(n, ...)	{ .units = (n), .code = 3, ##__VA_ARGS__ }
#define NVIDIA(n, ...)	{ .units = (n), .code = 0xe0, ##__VA_ARGS__ }

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
	  1, .images = 1, .length = 512, .odd_pcirs = 1 },
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
	/* PCIR and the header cannot overlap. */
	{ "PCIR in the header", SZ_2K, { X86(1, .pcir = 0x10, .last = true) },
	  1, .error = SB_IMAGE_NO_PCIR },
	{ "PCIR shares a byte with the header", SZ_2K,
	  { X86(1, .pcir = 0x19, .last = true) }, 1,
	  .error = SB_IMAGE_NO_PCIR },
	{ "PCIR right after the header", SZ_2K,
	  { X86(1, .pcir = 0x1a, .last = true) }, 1,
	  .images = 1, .length = 512, .odd_pcirs = 1 },
	/* NPDE overrides PCIR. */
	{ "NPDE has more length", SZ_8K,
	  { X86(2, .last = true, .npde = { 3 }), EFI(2, .last = true) }, 2,
	  .images = 2, .length = 5 * 512 },
	{ "NPDE has less length", SZ_8K,
	  { X86(4, .npde = { 1 }), EFI(2, .last = true) }, 2,
	  .images = 2, .length = 3 * 512 },
	{ "NPDE has less length than PCIR, which is beyond", SZ_2K,
	  { X86(5, .npde = { 4, true }) }, 1,
	  .images = 1, .length = SZ_2K },
	{ "NPDE would be beyond the window", SZ_2K,
	  { EFI(2), EFI(5, .pcir = 0x3e8, .npde = { 2, true }) }, 2,
	  .error = SB_IMAGE_LENGTH_BEYOND, .images = 1, .length = SZ_1K },
	{ "NPDE says last", SZ_8K,
	  { X86(2, .npde = { 2, true }), EFI(2, .last = true) }, 2,
	  .images = 1, .length = 1024 },
	{ "NPDE fills the window", SZ_2K,
	  { X86(1, .npde = { 4, true }) }, 1, .images = 1, .length = SZ_2K },
	/* Values that cannot be right are ignored. */
	{ "NPDE goes beyond the window", SZ_2K,
	  { X86(1, .npde = { 5, true }) }, 1,
	  .error = SB_IMAGE_NO_SIGNATURE, .images = 1, .length = 512,
	  .bad_sums = 1 },
	{ "NPDE and PCIR go beyond the window", SZ_2K,
	  { X86(6, .npde = { 5, true }) }, 1,
	  .error = SB_IMAGE_LENGTH_BEYOND },
	{ "NPDE with length zero", SZ_2K, { X86(1, .npde = { 0, true }) }, 1,
	  .error = SB_IMAGE_ALL_ZEROES, .images = 1, .length = 512 },
	{ "NPDE outside of what it leaves", SZ_2K,
	  { X86(4, .pcir = 0x300, .npde = { 1, true }) }, 1,
	  .error = SB_IMAGE_NO_LAST, .images = 1, .length = SZ_2K,
	  .bad_sums = 1 },
	{ "NPDE just outside of what it leaves", SZ_2K,
	  { X86(4, .pcir = 0x1e8, .npde = { 1, true }) }, 1,
	  .error = SB_IMAGE_NO_LAST, .images = 1, .length = SZ_2K,
	  .bad_sums = 1 },
	/* An image that has executed: PCIR is shrunk, NPDE is unchanged. */
	{ "run, and nothing after it", SZ_1K, { X86(2, .npde = { 3 }) }, 1,
	  .error = SB_IMAGE_NO_LAST, .images = 1, .length = SZ_1K },
	{ "run, and something else after it", SZ_2K,
	  { X86(2, .sum_units = 2, .npde = { 3 }) }, 1,
	  .error = SB_IMAGE_NO_SIGNATURE, .images = 1, .length = SZ_1K },
	{ "run, the last one", SZ_2K,
	  { X86(2, .sum_units = 2, .last = true, .npde = { 3 }) }, 1,
	  .images = 1, .length = SZ_1K },
	{ "run, and zeroes after it", SZ_2K,
	  { X86(2, .sum_units = 2, .zero_rest = true, .npde = { 3 }),
	    EFI(1, .last = true) }, 2, .images = 2, .length = SZ_2K },
	{ "run, and zeroes after it, a copy", SZ_2K,
	  { X86(2, .sum_units = 2, .zero_rest = true, .npde = { 3 }),
	    EFI(1, .last = true) }, 2, .error = SB_IMAGE_ALL_ZEROES,
	  .images = 1, .length = SZ_1K, .chain = SB_CHAIN_COPY },
	{ "run and changed, a copy", SZ_2K,
	  { X86(2, .bad_sum = true, .last = true, .npde = { 3 }) }, 1,
	  .images = 1, .length = SZ_1K, .bad_sums = 1,
	  .chain = SB_CHAIN_COPY },
	{ "not run, a copy", SZ_2K, { X86(2, .npde = { 3, true }) }, 1,
	  .images = 1, .length = 1536, .chain = SB_CHAIN_COPY },
	{ "only PCIR's length adds up, and is more", SZ_2K,
	  { X86(3, .sum_units = 3, .last = true, .npde = { 2 }) }, 1,
	  .images = 1, .length = 1536 },
	{ "no length adds up", SZ_2K,
	  { X86(3, .bad_sum = true, .npde = { 2, true }) }, 1,
	  .images = 1, .length = SZ_1K, .bad_sums = 1 },
	{ "an EFI image has no sum", SZ_2K, { EFI(2, .npde = { 3, true }) }, 1,
	  .images = 1, .length = 1536 },
	/* Firmware and kernels do not know NPDE. */
	{ "an image that only NPDE's chain reaches", SZ_4K,
	  { X86(6, .npde = { 2 }), EFI(4, .last = true) }, 2,
	  .images = 2, .length = 6 * 512 },
	{ "which firmware steps over", SZ_4K,
	  { X86(6, .npde = { 2 }), EFI(4, .last = true) }, 2,
	  .error = SB_IMAGE_ALL_ZEROES, .images = 1, .length = 6 * 512,
	  .bad_sums = 1, .chain = SB_CHAIN_FIRMWARE },
	{ "firmware stops where PCIR says so", SZ_4K,
	  { X86(2, .last = true, .npde = { 2 }), EFI(2, .last = true) }, 2,
	  .images = 1, .length = SZ_1K, .chain = SB_CHAIN_FIRMWARE },
	{ "firmware goes on where NPDE says last", SZ_4K,
	  { X86(2, .npde = { 2, true }), EFI(2, .last = true) }, 2,
	  .images = 2, .length = SZ_2K, .chain = SB_CHAIN_FIRMWARE },
	{ "firmware does not know NVIDIA's signature", SZ_4K,
	  { X86(2), NVIDIA(2, .signature = 0x4e56, .last = true) }, 2,
	  .error = SB_IMAGE_NO_SIGNATURE, .images = 1, .length = SZ_1K,
	  .chain = SB_CHAIN_FIRMWARE },
	{ "nor its PCIR", SZ_4K,
	  { X86(2), NVIDIA(2, .pcir_signature = "NPDS", .last = true) }, 2,
	  .error = SB_IMAGE_NO_PCIR, .images = 1, .length = SZ_1K,
	  .chain = SB_CHAIN_FIRMWARE },
	/* A PCIR that others reject is kept, and counted. */
	{ "a PCIR of no length", SZ_2K,
	  { X86(1), EFI(1, .pcir_size = 0xffff, .last = true) }, 2,
	  .images = 2, .length = SZ_1K, .odd_pcirs = 1 },
	{ "PCIRs at a multiple of 2", SZ_2K,
	  { X86(1, .pcir = 0x2a), EFI(1, .pcir = 0x22, .last = true) }, 2,
	  .images = 2, .length = SZ_1K, .odd_pcirs = 2 },
	{ "NPDE at the end of what it leaves", SZ_2K,
	  { X86(4, .pcir = 0x1d8, .npde = { 1, true }) }, 1,
	  .images = 1, .length = 512 },
	{ "NPDE outside of the image is none", SZ_2K,
	  { X86(1, .pcir = 0x1e8, .last = true, .npde = { 3 }) }, 1,
	  .images = 1, .length = 512, .bad_sums = 1 },
	{ "NPDE after a PCIR that is too short", SZ_2K,
	  { X86(1, .last = true, .pcir_size = 0x17, .npde = { 3 }) }, 1,
	  .images = 1, .length = 512, .bad_sums = 1, .odd_pcirs = 1 },
	{ "NPDE after a longer PCIR", SZ_8K,
	  { X86(2, .last = true, .pcir_size = 0x28, .npde = { 3 }),
	    EFI(2, .last = true) }, 2,
	  .images = 2, .length = 5 * 512 },
	{ "only NPDE speaks of more, the ROM ends", SZ_2K,
	  { X86(4, .last = true, .npde = { 4 }) }, 1,
	  .error = SB_IMAGE_NPDE_ONLY, .images = 1, .length = SZ_2K },
	{ "only NPDE speaks of more, all ones", SZ_4K,
	  { X86(2, .last = true, .npde = { 2 }) }, 1, 1024, 0xff,
	  .error = SB_IMAGE_NPDE_ONLY, .images = 1, .length = 1024 },
	{ "only NPDE speaks of more, zeroes", SZ_4K,
	  { X86(2, .last = true, .npde = { 2 }) }, 1, 1024, 0,
	  .error = SB_IMAGE_NPDE_ONLY, .images = 1, .length = 1024 },
	{ "only NPDE speaks of more, noise", SZ_4K,
	  { X86(2, .last = true, .npde = { 2 }) }, 1, 1024, 0x89,
	  .error = SB_IMAGE_NPDE_ONLY, .images = 1, .length = 1024 },
	{ "NPDE speaks of more, which is broken", SZ_4K,
	  { X86(2, .last = true, .npde = { 2 }), EFI(0) }, 2,
	  .error = SB_IMAGE_LENGTH_ZERO, .images = 1, .length = 1024 },
	{ "NPDE and PCIR speak of more", SZ_2K,
	  { X86(4, .npde = { 4 }) }, 1,
	  .error = SB_IMAGE_NO_LAST, .images = 1, .length = SZ_2K },
	/* Possible signatures of NVIDIA's later images */
	{ "56 4E and NPDS", SZ_4K,
	  { X86(2), NVIDIA(2, .signature = 0x4e56, .pcir_signature = "NPDS",
			   .last = true) }, 2,
	  .images = 2, .length = SZ_2K },
	{ "77 BB and RGIS", SZ_4K,
	  { X86(2), NVIDIA(2, .signature = 0xbb77, .pcir_signature = "RGIS",
			   .last = true) }, 2,
	  .images = 2, .length = SZ_2K },
	{ "BB 77 and PCIR", SZ_4K,
	  { X86(2), NVIDIA(2, .signature = 0x77bb, .last = true) }, 2,
	  .images = 2, .length = SZ_2K },
	{ "56 4E begins no ROM", SZ_4K,
	  { NVIDIA(2, .signature = 0x4e56, .last = true) }, 1,
	  .error = SB_IMAGE_NO_SIGNATURE },
	{ "77 BB begins no ROM", SZ_4K,
	  { NVIDIA(2, .signature = 0xbb77, .last = true) }, 1,
	  .error = SB_IMAGE_NO_SIGNATURE },
	{ "NPDS is for later images", SZ_4K,
	  { X86(2, .pcir_signature = "NPDS", .last = true) }, 1,
	  .error = SB_IMAGE_NO_PCIR },
	{ "no room for a header", 0x19, {}, 0, 0, 0x55,
	  .error = SB_IMAGE_NO_LAST },
	{ "room for a header only", 0x1a, {}, 0, 0, 0xff,
	  .error = SB_IMAGE_ALL_ONES },
	{ "no window", 0, {}, 0, 0, 0, .error = SB_IMAGE_NO_LAST },
};

/* Each ROM is in memory of exactly its size: KASAN catches an overrun. */
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
	KUNIT_EXPECT_EQ(test, walk->odd_pcirs, c->odd_pcirs);
	KUNIT_EXPECT_EQ(test, !walk->odd_pcirs, !walk->first_odd_pcir);
}

/* The whole ROM is there. */
static void chain_test(struct kunit *test)
{
	const struct chain_case *c = test->param_value;
	u8 *rom = chain_rom(test, c);
	struct sb_rom_walk walk;

	sb_rom_walk_start_chain(&walk, c->window, c->chain);
	KUNIT_EXPECT_FALSE(test, sb_rom_walk_needs_more(&walk, rom, c->window));
	expect_end(test, c, &walk);
}

CASES(chain);

/*
 * The ROM is read in pieces, of exactly the requested sizes. The copy has no
 * more bytes, so that KASAN catches any access beyond. The walk requests more
 * each time, but never more than the window, and ends as with the whole ROM.
 */
static void chain_pieces_test(struct kunit *test)
{
	const struct chain_case *c = test->param_value;
	u8 *rom = chain_rom(test, c), *part = NULL;
	struct sb_rom_walk walk;
	u32 have = 0;

	sb_rom_walk_start_chain(&walk, c->window, c->chain);
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
	/*
	 * Nothing is read beyond intact images, except to find out how long an
	 * image is.
	 */
	if (c->error == SB_IMAGE_OK && c->image[0].sum_units == 0 &&
	    !c->bad_sums)
		KUNIT_EXPECT_EQ(test, have, c->length);
	else
		KUNIT_EXPECT_GE(test, have, c->length);
}

/* Windows up to a page, over the same bytes: no access beyond any of them */
static void windows_test(struct kunit *test)
{
	u8 *rom = kunit_kzalloc(test, SZ_4K, GFP_KERNEL);
	const struct rom_build first = X86(2, .npde = { 2 });
	const struct rom_build last = EFI(2, .last = true);
	struct sb_rom_walk walk;
	u32 window;

	KUNIT_ASSERT_NOT_NULL(test, rom);
	rom_build(rom, SZ_4K, rom_build(rom, SZ_4K, 0, &first), &last);
	/* Every size near the headers, fewer in the middle */
	for (window = 0; window <= SZ_4K;
	     window += window % 512 < 0x60 || window % 512 >= 0x1e0 ? 1 : 32) {
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

/* Each byte of all headers, with values from 00 to FF: the walk always ends. */
static void bytes_test(struct kunit *test)
{
	const struct rom_build image = X86(2, .last = true, .npde = { 2 },
					   .devices = { 1, 2 }, .atom = true,
					   .pcir = 0x80, .pcir_revision = 3);
	u8 *rom = kunit_kzalloc(test, SZ_2K, GFP_KERNEL);
	struct sb_rom_walk walk;
	unsigned int at, val;

	KUNIT_ASSERT_NOT_NULL(test, rom);
	rom_build(rom, SZ_2K, 0, &image);
	for (at = 0; at < 0x80 + ROM_BUILD_DEVICES + 8; at++) {
		u8 before = rom[at];

		for (val = 0; val < 0x100; val += 5) {
			rom[at] = val;
			sb_rom_walk_start(&walk, SZ_2K);
			sb_rom_walk_needs_more(&walk, rom, SZ_2K);
			if (!walk.over || walk.length > SZ_2K ||
			    walk.length % 512 || !walk.length != !walk.images)
				KUNIT_FAIL(test, "byte %#x as %#x", at, val);
		}
		rom[at] = before;
	}
}

/* The properties of one image */
struct image_case {
	const char *name;
	struct rom_build build;
	struct sb_image image;
};

#define SUMS_OK		.sum_ok = true, .init_sum_ok = true
#define USUAL		.signature = 0xaa55, .pcir = ROM_BUILD_PCIR,	\
			.pcir_size = 0x18, .vendor = ROM_BUILD_VENDOR,	\
			.code_revision = 0x102

static const struct image_case image_cases[] = {
	{ "x86", X86(2, .last = true, .device = 0x1234, .class = 0x030000),
	  { USUAL, SUMS_OK, .kind = SB_KIND_X86, .length = 1024,
	    .pcir_length = 1024, .init_size = 1024, .device = 0x1234,
	    .class = 0x030000, .last = true, .pcir_last = true } },
	{ "class code", X86(1, .last = true, .class = 0x123456),
	  { USUAL, SUMS_OK, .kind = SB_KIND_X86, .length = 512,
	    .pcir_length = 512, .init_size = 512, .class = 0x123456,
	    .last = true, .pcir_last = true } },
	{ "x86 that initialises less", X86(3, .init = 2),
	  { USUAL, SUMS_OK, .kind = SB_KIND_X86, .length = 1536,
	    .pcir_length = 1536, .init_size = 1024 } },
	{ "x86 that initialises more", X86(1, .init = 2),
	  { USUAL, .sum_ok = true, .kind = SB_KIND_X86, .length = 512,
	    .pcir_length = 512, .init_size = 1024 } },
	{ "x86 with a wrong sum", X86(2, .bad_sum = true),
	  { USUAL, .kind = SB_KIND_X86, .length = 1024,
	    .pcir_length = 1024, .init_size = 1024 } },
	{ "x86 with a wrong sum after what it initialises",
	  X86(2, .init = 1, .bad_sum = true),
	  { USUAL, .init_sum_ok = true, .kind = SB_KIND_X86, .length = 1024,
	    .pcir_length = 1024, .init_size = 512 } },
	{ "x86 with a wrong sum of what it initialises",
	  X86(2, .init = 1, .bad_init = true),
	  { USUAL, .sum_ok = true, .kind = SB_KIND_X86, .length = 1024,
	    .pcir_length = 1024, .init_size = 512 } },
	{ "x86 of VPD", X86(1, .list = 0x44),
	  { USUAL, SUMS_OK, .kind = SB_KIND_X86, .length = 512,
	    .pcir_length = 512, .init_size = 512, .vpd = 0x44 } },
	{ "Open Firmware", { .units = 1, .code = 1, .last = true },
	  { USUAL, SUMS_OK, .kind = SB_KIND_OPEN_FIRMWARE, .length = 512,
	    .pcir_length = 512, .code_type = 1, .last = true,
	    .pcir_last = true } },
	{ "PA-RISC", { .units = 1, .code = 2, .bad_sum = true },
	  { USUAL, SUMS_OK, .kind = SB_KIND_PA_RISC, .length = 512,
	    .pcir_length = 512, .code_type = 2 } },
	{ "opaque", { .units = 1, .code = 4 },
	  { USUAL, SUMS_OK, .kind = SB_KIND_OPAQUE, .length = 512,
	    .pcir_length = 512, .code_type = 4 } },
	{ "the highest code type", { .units = 1, .code = 0xff },
	  { USUAL, SUMS_OK, .kind = SB_KIND_OPAQUE, .length = 512,
	    .pcir_length = 512, .code_type = 0xff } },
	{ "NVIDIA 70", { .units = 1, .code = 0x70 },
	  { USUAL, SUMS_OK, .kind = SB_KIND_NVIDIA, .length = 512,
	    .pcir_length = 512, .code_type = 0x70 } },
	{ "NVIDIA E0", { .units = 1, .code = 0xe0 },
	  { USUAL, SUMS_OK, .kind = SB_KIND_NVIDIA, .length = 512,
	    .pcir_length = 512, .code_type = 0xe0 } },
	{ "NVIDIA with NPDE", X86(1, .last = true, .npde = { 2 }),
	  { USUAL, .sum_ok = true, .kind = SB_KIND_X86, .length = 1024,
	    .pcir_length = 512, .init_size = 512, .pcir_last = true,
	    .npde = 0x40, .npde_length = 1024 } },
	{ "NVIDIA with an NPDE that cannot be right",
	  X86(1, .last = true, .npde = { 2 }, .sum_units = 1),
	  { USUAL, SUMS_OK, .kind = SB_KIND_X86, .length = 512,
	    .pcir_length = 512, .init_size = 512, .last = true,
	    .pcir_last = true, .npde = 0x40, .npde_length = 1024,
	    .npde_stale = true } },
	{ "PCIR at a multiple of 2", X86(1, .pcir = 0x1e),
	  { SUMS_OK, .signature = 0xaa55, .pcir = 0x1e, .pcir_size = 0x18,
	    .vendor = ROM_BUILD_VENDOR, .code_revision = 0x102,
	    .kind = SB_KIND_X86, .length = 512, .pcir_length = 512,
	    .init_size = 512, .odd_pcir = true } },
	{ "PCIR says FFFF of its length", EFI(1, .pcir_size = 0xffff),
	  { SUMS_OK, .signature = 0xaa55, .pcir = ROM_BUILD_PCIR,
	    .pcir_size = 0xffff, .vendor = ROM_BUILD_VENDOR,
	    .code_revision = 0x102, .kind = SB_KIND_EFI, .code_type = 3,
	    .length = 512, .pcir_length = 512, .odd_pcir = true } },
	{ "PCIR says 17h of its length", EFI(1, .pcir_size = 0x17),
	  { SUMS_OK, .signature = 0xaa55, .pcir = ROM_BUILD_PCIR,
	    .pcir_size = 0x17, .vendor = ROM_BUILD_VENDOR,
	    .code_revision = 0x102, .kind = SB_KIND_EFI, .code_type = 3,
	    .length = 512, .pcir_length = 512, .odd_pcir = true } },
	{ "EFI", EFI(3, .last = true,
		     .efi = { 3, 0xb, 0x8664, 0, 0x200 }),
	  { USUAL, SUMS_OK, .kind = SB_KIND_EFI, .length = 1536,
	    .pcir_length = 1536, .code_type = 3, .init_size = 1536,
	    .last = true, .pcir_last = true,
	    .efi = { .valid = true, .subsystem = 0xb, .machine = 0x8664, .pe_offset = 0x200 } } },
	{ "EFI, compressed, arm64, run-time, long",
	  EFI(1, .efi = { 0x101, 0xc, 0xaa64, 1, 0x40 }),
	  { USUAL, SUMS_OK, .kind = SB_KIND_EFI, .length = 512,
	    .pcir_length = 512, .code_type = 3, .init_size = 0x101 * 512,
	    .efi = { .valid = true, .subsystem = 0xc, .machine = 0xaa64,
		     .compression = 1, .pe_offset = 0x40 } } },
	{ "EFI without its signature", EFI(1),
	  { USUAL, SUMS_OK, .kind = SB_KIND_EFI, .length = 512,
	    .pcir_length = 512, .code_type = 3 } },
	{ "an EFI header does not make EFI",
	  { .units = 1, .code = 0x42, .efi = { 1, 0xb, 0x8664 } },
	  { USUAL, SUMS_OK, .kind = SB_KIND_OPAQUE, .length = 512,
	    .pcir_length = 512, .code_type = 0x42 } },
	{ "AMD", X86(1, .pcir = 0x80, .atom = true),
	  { SUMS_OK, .signature = 0xaa55, .pcir = 0x80, .pcir_size = 0x18,
	    .vendor = ROM_BUILD_VENDOR, .code_revision = 0x102,
	    .kind = SB_KIND_X86, .length = 512, .pcir_length = 512,
	    .init_size = 512, .atom = true, .atom_string = true } },
	{ "AMD, as far back as can be",
	  X86(1, .pcir = 0x80, .atom = true, .atom_at = 512 - 9),
	  { SUMS_OK, .signature = 0xaa55, .pcir = 0x80, .pcir_size = 0x18,
	    .vendor = ROM_BUILD_VENDOR, .code_revision = 0x102,
	    .kind = SB_KIND_X86, .length = 512, .pcir_length = 512,
	    .init_size = 512, .atom = true, .atom_string = true } },
	{ "AMD, one byte beyond",
	  X86(1, .pcir = 0x80, .atom = true, .atom_at = 512 - 7),
	  { SUMS_OK, .signature = 0xaa55, .pcir = 0x80, .pcir_size = 0x18,
	    .vendor = ROM_BUILD_VENDOR, .code_revision = 0x102,
	    .kind = SB_KIND_X86, .length = 512, .pcir_length = 512,
	    .init_size = 512, .atom_string = true } },
	{ "AMD's are x86", EFI(1, .pcir = 0x80, .atom = true),
	  { SUMS_OK, .signature = 0xaa55, .pcir = 0x80, .pcir_size = 0x18,
	    .vendor = ROM_BUILD_VENDOR, .code_revision = 0x102,
	    .kind = SB_KIND_EFI, .length = 512, .pcir_length = 512,
	    .code_type = 3 } },
	{ "revision 3",
	  X86(1, .pcir_revision = 3, .pcir_size = 0x1c, .runtime = 5,
	      .utility = 0x123, .clp = 0x456),
	  { SUMS_OK, .signature = 0xaa55, .pcir = ROM_BUILD_PCIR,
	    .pcir_size = 0x1c, .pcir_revision = 3,
	    .vendor = ROM_BUILD_VENDOR, .code_revision = 0x102,
	    .kind = SB_KIND_X86, .length = 512, .pcir_length = 512,
	    .init_size = 512, .max_runtime = 5 * 512,
	    .config_utility = 0x123, .clp_entry = 0x456 } },
	{ "revision 2 has none of that",
	  X86(1, .pcir_revision = 2, .pcir_size = 0x1c, .runtime = 5,
	      .utility = 0x123, .clp = 0x456, .list = 0x40),
	  { SUMS_OK, .signature = 0xaa55, .pcir = ROM_BUILD_PCIR,
	    .pcir_size = 0x1c, .pcir_revision = 2,
	    .vendor = ROM_BUILD_VENDOR, .code_revision = 0x102,
	    .kind = SB_KIND_X86, .length = 512, .pcir_length = 512,
	    .init_size = 512, .vpd = 0x40 } },
	{ "revision 3 in a PCIR that is too short",
	  X86(1, .pcir_revision = 3, .pcir_size = 0x1b, .utility = 0x123),
	  { SUMS_OK, .signature = 0xaa55, .pcir = ROM_BUILD_PCIR,
	    .pcir_size = 0x1b, .pcir_revision = 3,
	    .vendor = ROM_BUILD_VENDOR, .code_revision = 0x102,
	    .kind = SB_KIND_X86, .length = 512, .pcir_length = 512,
	    .init_size = 512 } },
	{ "revision 3, cut by the end of the image",
	  { .units = 1, .code = 4, .pcir = 512 - 0x18, .pcir_revision = 3,
	    .pcir_size = 0x1c },
	  { SUMS_OK, .signature = 0xaa55, .pcir = 512 - 0x18,
	    .pcir_size = 0x1c, .pcir_revision = 3,
	    .vendor = ROM_BUILD_VENDOR, .code_revision = 0x102,
	    .kind = SB_KIND_OPAQUE, .code_type = 4, .length = 512,
	    .pcir_length = 512 } },
	{ "a list of devices",
	  EFI(1, .pcir_revision = 3, .pcir_size = 0x1c,
	      .devices = { 0x10, 0x11, 0x12 }),
	  { SUMS_OK, .signature = 0xaa55, .pcir = ROM_BUILD_PCIR,
	    .pcir_size = 0x1c, .pcir_revision = 3,
	    .vendor = ROM_BUILD_VENDOR, .code_revision = 0x102,
	    .kind = SB_KIND_EFI, .code_type = 3, .length = 512,
	    .pcir_length = 512, .devices = 3,
	    .device_list = ROM_BUILD_PCIR + ROM_BUILD_DEVICES } },
	{ "a list of devices without an end",
	  EFI(1, .pcir_revision = 3, .pcir_size = 0x1c, .devices = { 0x10 },
	      .no_end = true),
	  { SUMS_OK, .signature = 0xaa55, .pcir = ROM_BUILD_PCIR,
	    .pcir_size = 0x1c, .pcir_revision = 3,
	    .vendor = ROM_BUILD_VENDOR, .code_revision = 0x102,
	    .kind = SB_KIND_EFI, .code_type = 3, .length = 512,
	    .pcir_length = 512, .devices = 0xd2,
	    .device_list = ROM_BUILD_PCIR + ROM_BUILD_DEVICES } },
	{ "a list of devices without an end, at an odd place",
	  EFI(1, .pcir = 0x1d, .pcir_revision = 3, .pcir_size = 0x1c,
	      .devices = { 0x10 }, .no_end = true),
	  { SUMS_OK, .odd_pcir = true, .signature = 0xaa55, .pcir = 0x1d,
	    .pcir_size = 0x1c, .pcir_revision = 3,
	    .vendor = ROM_BUILD_VENDOR, .code_revision = 0x102,
	    .kind = SB_KIND_EFI, .code_type = 3, .length = 512,
	    .pcir_length = 512, .devices = 0xd1,
	    .device_list = 0x1d + ROM_BUILD_DEVICES } },
	{ "a list of devices in the last two bytes",
	  EFI(1, .pcir_revision = 3, .pcir_size = 0x1c,
	      .list = 512 - 2 - ROM_BUILD_PCIR),
	  { SUMS_OK, .signature = 0xaa55, .pcir = ROM_BUILD_PCIR,
	    .pcir_size = 0x1c, .pcir_revision = 3,
	    .vendor = ROM_BUILD_VENDOR, .code_revision = 0x102,
	    .kind = SB_KIND_EFI, .code_type = 3, .length = 512,
	    .pcir_length = 512, .devices = 1, .device_list = 510 } },
	{ "a list of devices outside",
	  EFI(1, .pcir_revision = 3, .pcir_size = 0x1c,
	      .list = 512 - 1 - ROM_BUILD_PCIR),
	  { SUMS_OK, .signature = 0xaa55, .pcir = ROM_BUILD_PCIR,
	    .pcir_size = 0x1c, .pcir_revision = 3,
	    .vendor = ROM_BUILD_VENDOR, .code_revision = 0x102,
	    .kind = SB_KIND_EFI, .code_type = 3, .length = 512,
	    .pcir_length = 512 } },
};

static void expect_image(struct kunit *test, const struct sb_image *found,
			 const struct sb_image *want)
{
	KUNIT_EXPECT_EQ(test, found->offset, want->offset);
	KUNIT_EXPECT_EQ(test, found->length, want->length);
	KUNIT_EXPECT_EQ(test, found->pcir_length, want->pcir_length);
	KUNIT_EXPECT_EQ(test, found->npde_length, want->npde_length);
	KUNIT_EXPECT_EQ(test, found->init_size, want->init_size);
	KUNIT_EXPECT_EQ(test, found->max_runtime, want->max_runtime);
	KUNIT_EXPECT_EQ(test, found->class, want->class);
	KUNIT_EXPECT_EQ(test, found->pcir, want->pcir);
	KUNIT_EXPECT_EQ(test, found->npde, want->npde);
	KUNIT_EXPECT_EQ(test, found->device_list, want->device_list);
	KUNIT_EXPECT_EQ(test, found->devices, want->devices);
	KUNIT_EXPECT_EQ(test, found->kind, want->kind);
	KUNIT_EXPECT_EQ(test, found->signature, want->signature);
	KUNIT_EXPECT_EQ(test, found->pcir_size, want->pcir_size);
	KUNIT_EXPECT_EQ(test, found->vendor, want->vendor);
	KUNIT_EXPECT_EQ(test, found->device, want->device);
	KUNIT_EXPECT_EQ(test, found->vpd, want->vpd);
	KUNIT_EXPECT_EQ(test, found->code_revision, want->code_revision);
	KUNIT_EXPECT_EQ(test, found->config_utility, want->config_utility);
	KUNIT_EXPECT_EQ(test, found->clp_entry, want->clp_entry);
	KUNIT_EXPECT_EQ(test, found->pcir_revision, want->pcir_revision);
	KUNIT_EXPECT_EQ(test, found->code_type, want->code_type);
	KUNIT_EXPECT_EQ(test, found->npde_stale, want->npde_stale);
	KUNIT_EXPECT_EQ(test, found->odd_pcir, want->odd_pcir);
	KUNIT_EXPECT_EQ(test, found->last, want->last);
	KUNIT_EXPECT_EQ(test, found->pcir_last, want->pcir_last);
	KUNIT_EXPECT_EQ(test, found->sum_ok, want->sum_ok);
	KUNIT_EXPECT_EQ(test, found->init_sum_ok, want->init_sum_ok);
	KUNIT_EXPECT_EQ(test, found->atom, want->atom);
	KUNIT_EXPECT_EQ(test, found->atom_string, want->atom_string);
	KUNIT_EXPECT_EQ(test, found->efi.valid, want->efi.valid);
	KUNIT_EXPECT_EQ(test, found->efi.subsystem, want->efi.subsystem);
	KUNIT_EXPECT_EQ(test, found->efi.machine, want->efi.machine);
	KUNIT_EXPECT_EQ(test, found->efi.compression, want->efi.compression);
	KUNIT_EXPECT_EQ(test, found->efi.pe_offset, want->efi.pe_offset);
}

/* As the only image of a ROM that is just as long */
static void image_test(struct kunit *test)
{
	const struct image_case *c = test->param_value;
	u8 *rom = kunit_kzalloc(test, c->image.length, GFP_KERNEL);
	struct sb_rom_walk walk;
	struct sb_image image;

	KUNIT_ASSERT_NOT_NULL(test, rom);
	rom_build(rom, c->image.length, 0, &c->build);
	sb_rom_walk_start(&walk, c->image.length);
	KUNIT_ASSERT_EQ(test, sb_rom_walk_step(&walk, rom, c->image.length,
					       &image), SB_STEP_IMAGE);
	expect_image(test, &image, &c->image);
	KUNIT_EXPECT_EQ(test, sb_rom_walk_step(&walk, rom, c->image.length,
					       &image), SB_STEP_END);
	KUNIT_EXPECT_EQ(test, walk.error, c->image.last ? SB_IMAGE_OK :
			c->image.pcir_last ? SB_IMAGE_NPDE_ONLY :
			SB_IMAGE_NO_LAST);
}

CASES(image);

/* Step by step, offsets are those in the ROM; the end stays the end. */
static void steps_test(struct kunit *test)
{
	const struct rom_build first = X86(2, .device = 1, .npde = { 2 });
	const struct rom_build last = EFI(3, .device = 2, .last = true);
	/* The header, PCIR, NPDE, and all of it. */
	static const u32 needs[] = { 0x1a, 0x1c + 0x18, 0x40 + 0xb, 1024 };
	u8 *rom = kunit_kzalloc(test, SZ_4K, GFP_KERNEL);
	struct sb_rom_walk walk;
	struct sb_image image;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, rom);
	rom_build(rom, SZ_4K, rom_build(rom, SZ_4K, 0, &first), &last);
	sb_rom_walk_start(&walk, SZ_4K);
	for (i = 0; i < ARRAY_SIZE(needs); i++) {
		KUNIT_EXPECT_EQ(test, sb_rom_walk_step(&walk, rom,
						       needs[i] - 1, &image),
				SB_STEP_MORE);
		KUNIT_EXPECT_EQ(test, walk.need, needs[i]);
	}
	KUNIT_ASSERT_EQ(test, sb_rom_walk_step(&walk, rom, SZ_4K, &image),
			SB_STEP_IMAGE);
	KUNIT_EXPECT_EQ(test, image.offset, 0);
	KUNIT_EXPECT_EQ(test, image.device, 1);
	KUNIT_ASSERT_EQ(test, sb_rom_walk_step(&walk, rom, SZ_4K, &image),
			SB_STEP_IMAGE);
	KUNIT_EXPECT_EQ(test, image.offset, 1024);
	KUNIT_EXPECT_EQ(test, image.device, 2);
	KUNIT_EXPECT_EQ(test, sb_rom_walk_step(&walk, rom, SZ_4K, &image),
			SB_STEP_END);
	KUNIT_EXPECT_EQ(test, sb_rom_walk_step(&walk, rom, SZ_4K, &image),
			SB_STEP_END);
	KUNIT_EXPECT_EQ(test, walk.error, SB_IMAGE_OK);
	KUNIT_EXPECT_EQ(test, walk.images, 2);
	KUNIT_EXPECT_EQ(test, walk.length, 5 * 512);
}

/*
 * A long chain of images, each with an NPDE that reaches to the end: not every
 * one gets a sum over all that follows.
 */
static void stale_chain_test(struct kunit *test)
{
	struct rom_build stale = X86(1, .sum_units = 1);
	u8 *rom = kunit_kzalloc(test, SZ_4K, GFP_KERNEL);
	struct sb_rom_walk walk;
	struct sb_image image;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, rom);
	for (i = 0; i < 8; i++) {
		stale.npde.units = 8 - i;
		stale.npde.last = true;
		rom_build(rom, SZ_4K, i * SZ_512, &stale);
	}
	/* It is in all of NPDE's sums, and in none of PCIR's that count. */
	rom[SZ_4K - 1]++;
	sb_rom_walk_start(&walk, SZ_4K);
	for (i = 0; i < 4; i++) {
		KUNIT_ASSERT_EQ(test, sb_rom_walk_step(&walk, rom, SZ_4K,
						       &image), SB_STEP_IMAGE);
		KUNIT_EXPECT_TRUE(test, image.npde_stale);
	}
	KUNIT_ASSERT_EQ(test, sb_rom_walk_step(&walk, rom, SZ_4K, &image),
			SB_STEP_IMAGE);
	KUNIT_EXPECT_FALSE(test, image.npde_stale);
	KUNIT_EXPECT_EQ(test, image.length, 4 * SZ_512);
	KUNIT_EXPECT_TRUE(test, walk.over);
}

/* What was understood of a broken image is available for messages. */
static void broken_test(struct kunit *test)
{
	const struct rom_build build = X86(9, .device = 0x77, .last = true);
	u8 *rom = kunit_kzalloc(test, SZ_2K, GFP_KERNEL);
	struct sb_rom_walk walk;
	struct sb_image image;

	KUNIT_ASSERT_NOT_NULL(test, rom);
	rom_build(rom, SZ_2K, 0, &build);
	sb_rom_walk_start(&walk, SZ_2K);
	KUNIT_EXPECT_EQ(test, sb_rom_walk_step(&walk, rom, SZ_2K, &image),
			SB_STEP_END);
	KUNIT_EXPECT_EQ(test, walk.error, SB_IMAGE_LENGTH_BEYOND);
	KUNIT_EXPECT_EQ(test, image.length, 9 * 512);
	KUNIT_EXPECT_EQ(test, image.device, 0x77);
	KUNIT_EXPECT_EQ(test, image.pcir, ROM_BUILD_PCIR);
}

/* IDs: the vendor must be the same, the device may be in the list. */
static void ids_test(struct kunit *test)
{
	const struct rom_build first = X86(1, .vendor = 0x10de, .device = 1);
	const struct rom_build last = EFI(1, .vendor = 0x1002, .device = 2,
					  .pcir_revision = 3, .last = true,
					  .devices = { 3, 0x104, 5 });
	u8 *rom = kunit_kzalloc(test, SZ_1K, GFP_KERNEL);
	struct sb_rom_walk walk;
	struct sb_image image;

	KUNIT_ASSERT_NOT_NULL(test, rom);
	rom_build(rom, SZ_1K, rom_build(rom, SZ_1K, 0, &first), &last);
	sb_rom_walk_start(&walk, SZ_1K);
	sb_rom_walk_step(&walk, rom, SZ_1K, &image);
	KUNIT_EXPECT_TRUE(test, sb_image_is_for(&image, rom, 0x10de, 1));
	KUNIT_EXPECT_FALSE(test, sb_image_is_for(&image, rom, 0x1002, 1));
	KUNIT_EXPECT_FALSE(test, sb_image_is_for(&image, rom, 0x10de, 2));
	KUNIT_EXPECT_FALSE(test, sb_image_is_for(&image, rom, 0x10de, 0));

	sb_rom_walk_step(&walk, rom, SZ_1K, &image);
	KUNIT_ASSERT_EQ(test, image.devices, 3);
	KUNIT_EXPECT_EQ(test, sb_image_device(&image, rom, 0), 3);
	KUNIT_EXPECT_EQ(test, sb_image_device(&image, rom, 1), 0x104);
	KUNIT_EXPECT_EQ(test, sb_image_device(&image, rom, 2), 5);
	KUNIT_EXPECT_EQ(test, sb_image_device(&image, rom, 3), 0);
	KUNIT_EXPECT_EQ(test, sb_image_device(&image, rom, U32_MAX), 0);
	KUNIT_EXPECT_TRUE(test, sb_image_is_for(&image, rom, 0x1002, 2));
	KUNIT_EXPECT_TRUE(test, sb_image_is_for(&image, rom, 0x1002, 3));
	KUNIT_EXPECT_TRUE(test, sb_image_is_for(&image, rom, 0x1002, 5));
	KUNIT_EXPECT_FALSE(test, sb_image_is_for(&image, rom, 0x1002, 4));
	KUNIT_EXPECT_FALSE(test, sb_image_is_for(&image, rom, 0x10de, 5));

	KUNIT_EXPECT_TRUE(test, sb_rom_is_for(rom, SZ_1K, 0x10de, 1));
	KUNIT_EXPECT_TRUE(test, sb_rom_is_for(rom, SZ_1K, 0x1002, 0x104));
	KUNIT_EXPECT_FALSE(test, sb_rom_is_for(rom, SZ_1K, 0x1002, 1));
	KUNIT_EXPECT_FALSE(test, sb_rom_is_for(rom, 512, 0x1002, 2));
	KUNIT_EXPECT_FALSE(test, sb_rom_is_for(rom, 0, 0x10de, 1));
}

/* AMD's table may be the last thing in an image, and end with it. */
static void atom_test(struct kunit *test)
{
	const struct rom_build desc = X86(1, .pcir = 0x80, .last = true);
	u8 *rom = kunit_kzalloc(test, 512, GFP_KERNEL);
	struct sb_rom_walk walk;
	struct sb_image image;

	KUNIT_ASSERT_NOT_NULL(test, rom);
	rom_build(rom, 512, 0, &desc);
	memcpy(rom + 508, "ATOM", 4);
	rom[0x48] = 504 & 0xff;
	rom[0x49] = 504 >> 8;
	sb_rom_walk_start(&walk, 512);
	sb_rom_walk_step(&walk, rom, 512, &image);
	KUNIT_EXPECT_TRUE(test, image.atom);
	rom[0x48]++;
	sb_rom_walk_start(&walk, 512);
	sb_rom_walk_step(&walk, rom, 512, &image);
	KUNIT_EXPECT_FALSE(test, image.atom);
}

/* Names are for programs: they differ, and never change. */
static void names_test(struct kunit *test)
{
	static const char * const error_names[] = {
		"ok", "all-ones", "all-zeroes", "no-signature", "pcir-outside",
		"no-pcir", "length-zero", "length-beyond", "no-last",
		"npde-only", "bad-sum",
	};
	static const char * const kind_names[] = {
		"x86", "open-firmware", "pa-risc", "efi", "nvidia", "opaque",
	};
	static const struct {
		u16 machine;
		const char *name;
	} machines[] = {
		{ 0x014c, "ia32" }, { 0x0200, "ia64" }, { 0x0ebc, "ebc" },
		{ 0x01c2, "arm" }, { 0x5064, "riscv64" },
		{ 0x6264, "loongarch64" }, { 0x8664, "x64" },
		{ 0xaa64, "aa64" }, { 0x1234, "unknown" },
	};
	unsigned int i;

	KUNIT_ASSERT_EQ(test, ARRAY_SIZE(error_names), SB_IMAGE_BAD_SUM + 1);
	for (i = 0; i < ARRAY_SIZE(error_names); i++) {
		KUNIT_EXPECT_STREQ(test, sb_image_error_name(i),
				   error_names[i]);
		KUNIT_EXPECT_NOT_NULL(test, sb_image_error_text(i));
	}
	KUNIT_ASSERT_EQ(test, ARRAY_SIZE(kind_names), SB_KIND_OPAQUE + 1);
	for (i = 0; i < ARRAY_SIZE(kind_names); i++)
		KUNIT_EXPECT_STREQ(test, sb_image_kind_name(i), kind_names[i]);
	for (i = 0; i < ARRAY_SIZE(machines); i++)
		KUNIT_EXPECT_STREQ(test,
				   sb_efi_machine_name(machines[i].machine),
				   machines[i].name);
	KUNIT_EXPECT_STREQ(test, sb_efi_subsystem_name(0xa), "application");
	KUNIT_EXPECT_STREQ(test, sb_efi_subsystem_name(0xb),
			   "boot-service-driver");
	KUNIT_EXPECT_STREQ(test, sb_efi_subsystem_name(0xc),
			   "run-time-driver");
	KUNIT_EXPECT_STREQ(test, sb_efi_subsystem_name(0xd), "unknown");
}

static struct kunit_case rom_image_cases[] = {
	KUNIT_CASE_PARAM(chain_test, chain_gen_params),
	KUNIT_CASE_PARAM(chain_pieces_test, chain_gen_params),
	KUNIT_CASE(windows_test),
	KUNIT_CASE(bytes_test),
	KUNIT_CASE_PARAM(image_test, image_gen_params),
	KUNIT_CASE(steps_test),
	KUNIT_CASE(stale_chain_test),
	KUNIT_CASE(broken_test),
	KUNIT_CASE(ids_test),
	KUNIT_CASE(atom_test),
	KUNIT_CASE(names_test),
	{}
};

static struct kunit_suite rom_image_suite = {
	.name = "shadowbar_rom_image",
	.test_cases = rom_image_cases,
};

kunit_test_suite(rom_image_suite);
