// SPDX-License-Identifier: GPL-2.0-only
/*
 * rom_file: where a file contains a ROM, and what else it contains.
 */
#include <kunit/test.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <shadowbar/rom_file.h>

#include "cases.h"
#include "rom_build.h"

#define X86(n, ...)	{ .units = (n), ##__VA_ARGS__ }
#define EFI(n, ...)	{ .units = (n), .code = 3, ##__VA_ARGS__ }
#define NVIDIA(n, ...)	{ .units = (n), .code = 0xe0, ##__VA_ARGS__ }
#define OPAQUE(n, ...)	{ .units = (n), .code = 0xff, ##__VA_ARGS__ }

/* A file: the data before and after the ROM, and the verdict */
struct file_case {
	const char *name;
	u32 size;
	u32 header;		/* noise before the images */
	struct rom_build image[3];
	unsigned int put;
	u32 fill_from;		/* from here on: @fill */
	u8 fill;
	struct sb_rom_summary summary;
	u8 noise;		/* value of all other bytes */
};

static const struct file_case file_cases[] = {
	{ "whole", SZ_1K, 0, { X86(2, .last = true) }, 1,
	  .summary = { .length = SZ_1K, .images = 1 } },
	{ "header", SZ_2K, 512, { X86(2), EFI(1, .last = true) }, 2,
	  .summary = { .header = 512, .length = 1536, .images = 2 },
	  .noise = 0x5a },
	{ "header of an odd size", SZ_2K, 0x123, { X86(2, .last = true) }, 1,
	  SZ_2K, .summary = { .header = 0x123, .length = SZ_1K, .images = 1,
			      .trailing = SZ_1K - 0x123,
			      .trailing_data = SZ_1K - 0x123 },
	  .noise = 0x5a },
	{ "header of one byte", SZ_1K + 1, 1, { X86(2, .last = true) }, 1,
	  .summary = { .header = 1, .length = SZ_1K, .images = 1 },
	  .noise = 0x5a },
	{ "header and a broken image", SZ_2K, 512, { X86(2), EFI(0) }, 2,
	  SZ_2K, .summary = { .header = 512, .length = SZ_1K, .images = 1,
			      .trailing = 512, .trailing_data = 512,
			      .verdict = SB_IMAGE_LENGTH_ZERO, .fault = 2 } },
	{ "nothing but a header", SZ_2K, SZ_2K, {}, 0, SZ_2K,
	  .summary = { .trailing = SZ_2K, .trailing_data = SZ_2K,
		       .verdict = SB_IMAGE_NO_SIGNATURE, .fault = 1 },
	  .noise = 0x5a },
	{ "header and an image that is cut", SZ_1K, 512,
	  { X86(2, .last = true) }, 1, SZ_1K,
	  .summary = { .header = 512, .trailing = 512, .trailing_data = 512,
		       .verdict = SB_IMAGE_LENGTH_BEYOND, .fault = 1,
		       .missing = 512 } },
	{ "a whole image is better than one that is cut", SZ_4K, 512,
	  { X86(2, .pcir_lies = 9), X86(2, .last = true) }, 2, SZ_4K,
	  .summary = { .header = 1536, .length = SZ_1K, .images = 1,
		       .trailing = 1536, .trailing_data = 0 },
	  .noise = 0 },
	{ "cut", SZ_1K - 100, 0, { X86(2, .last = true) }, 1,
	  SZ_1K - 100, .summary = { .trailing = 924, .trailing_data = 924,
				    .verdict = SB_IMAGE_LENGTH_BEYOND,
				    .fault = 1, .missing = 100 } },
	{ "cut in the second image", SZ_2K, 0,
	  { X86(2), EFI(3, .last = true) }, 2, SZ_2K,
	  .summary = { .length = SZ_1K, .images = 1, .trailing = SZ_1K,
		       .trailing_data = SZ_1K,
		       .verdict = SB_IMAGE_LENGTH_BEYOND, .fault = 2,
		       .missing = 512 } },
	/* Images that the card itself loads */
	{ "images after the last one", SZ_4K, 0,
	  { X86(2, .last = true), OPAQUE(1), OPAQUE(3) }, 3, 3 * SZ_1K, 0xff,
	  { .length = SZ_1K, .images = 1, .after = SZ_2K, .after_images = 2,
	    .trailing = SZ_1K } },
	{ "NVIDIA's after the last one", SZ_2K, 0,
	  { X86(2, .last = true), NVIDIA(1) }, 2, 1536, 0xff,
	  { .length = SZ_1K, .images = 1, .after = 512, .after_images = 1,
	    .trailing = 512 } },
	{ "another ROM after the last one", SZ_2K, 0,
	  { X86(2, .last = true), EFI(1, .last = true) }, 2, 1536, 0xff,
	  { .length = SZ_1K, .images = 1, .trailing = SZ_1K,
	    .trailing_data = 512 } },
	{ "after no last one there is none", SZ_2K, 0,
	  { X86(2), OPAQUE(1) }, 2, 1536, 0xff,
	  { .length = 1536, .images = 2, .trailing = 512,
	    .verdict = SB_IMAGE_ALL_ONES, .fault = 3 } },
	/* A ROM does not begin with NVIDIA's private images. */
	{ "NVIDIA's before the first one", SZ_4K, 512,
	  { NVIDIA(1), NVIDIA(2), X86(2, .last = true) }, 3, 3 * SZ_1K, 0xff,
	  { .header = SZ_2K, .length = SZ_1K, .images = 1, .trailing = SZ_1K },
	  .noise = 0x5a },
	{ "nothing but NVIDIA's", SZ_1K, 0, { NVIDIA(2, .last = true) }, 1,
	  SZ_1K, .summary = { .length = SZ_1K, .images = 1 } },
	{ "55 AA at the start is what it starts with", SZ_2K, 0,
	  { X86(1, .no_pcir = true), X86(1, .last = true) }, 2, SZ_2K,
	  .summary = { .trailing = SZ_2K, .trailing_data = SZ_2K,
		       .verdict = SB_IMAGE_NO_PCIR, .fault = 1 },
	  .noise = 0x5a },
	{ "padded with ones", SZ_2K, 0, { X86(2, .last = true) }, 1,
	  SZ_1K, 0xff, { .length = SZ_1K, .images = 1, .trailing = SZ_1K } },
	{ "padded with zeroes", SZ_2K, 0, { X86(2, .last = true) }, 1,
	  SZ_1K, 0, { .length = SZ_1K, .images = 1, .trailing = SZ_1K } },
	{ "padded with something else", SZ_2K, 0, { X86(2, .last = true) }, 1,
	  SZ_1K, 0x11, { .length = SZ_1K, .images = 1, .trailing = SZ_1K,
			 .trailing_data = SZ_1K } },
	{ "data and padding", SZ_2K, 0, { X86(2, .last = true) }, 1,
	  SZ_1K + 99, 0xff, { .length = SZ_1K, .images = 1, .trailing = SZ_1K,
			      .trailing_data = 99 } },
	{ "a wrong sum", SZ_2K, 0,
	  { X86(2), X86(2, .bad_sum = true, .last = true) }, 2, SZ_2K,
	  .summary = { .length = SZ_2K, .images = 2, .bad_sums = 1,
		       .verdict = SB_IMAGE_BAD_SUM, .fault = 2 } },
	{ "two wrong sums", SZ_2K, 0,
	  { X86(2, .bad_sum = true), X86(2, .bad_sum = true, .last = true) },
	  2, SZ_2K,
	  .summary = { .length = SZ_2K, .images = 2, .bad_sums = 2,
		       .verdict = SB_IMAGE_BAD_SUM, .fault = 1 } },
	{ "a wrong sum, and worse", SZ_2K, 0,
	  { X86(2, .bad_sum = true), EFI(2) }, 2, SZ_2K,
	  .summary = { .length = SZ_2K, .images = 2, .bad_sums = 1,
		       .verdict = SB_IMAGE_NO_LAST, .fault = 3 } },
	{ "all ones", SZ_1K, 0, {}, 0, 0, 0xff,
	  { .trailing = SZ_1K, .verdict = SB_IMAGE_ALL_ONES, .fault = 1 } },
	{ "all zeroes", SZ_1K, 0, {}, 0, 0, 0,
	  { .trailing = SZ_1K, .verdict = SB_IMAGE_ALL_ZEROES, .fault = 1 } },
	{ "an image, then zeroes", SZ_2K, 0, { X86(2) }, 1, SZ_1K, 0,
	  { .length = SZ_1K, .images = 1, .trailing = SZ_1K,
	    .verdict = SB_IMAGE_ALL_ZEROES, .fault = 2 } },
	{ "an image, then zeroes and data", SZ_2K, 0, { X86(2) }, 1,
	  SZ_2K - 1, 1, { .length = SZ_1K, .images = 1, .trailing = SZ_1K,
			  .trailing_data = SZ_1K,
			  .verdict = SB_IMAGE_NO_SIGNATURE,
			  .fault = 2 } },
	{ "ones, then data", SZ_1K, 0, {}, 0, 512, 0x11,
	  { .trailing = SZ_1K, .trailing_data = SZ_1K,
	    .verdict = SB_IMAGE_NO_SIGNATURE, .fault = 1 }, .noise = 0xff },
	{ "one byte", 1, 1, {}, 0, 1,
	  .summary = { .trailing = 1, .trailing_data = 1,
		       .verdict = SB_IMAGE_NO_LAST, .fault = 1 },
	  .noise = 0x5a },
	{ "empty", 0, 0, {}, 0, 0,
	  .summary = { .verdict = SB_IMAGE_NO_LAST, .fault = 1 } },
};

static void file_test(struct kunit *test)
{
	const struct file_case *c = test->param_value;
	const struct sb_rom_summary *want = &c->summary, *found;
	u8 *file = kunit_kzalloc(test, max(c->size, 1u), GFP_KERNEL);
	struct sb_rom_summary summary;
	u32 at = c->header;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, file);
	memset(file, c->noise, c->size);
	for (i = 0; i < c->put; i++)
		at = c->header + rom_build(file + c->header,
					   c->size - c->header,
					   at - c->header, &c->image[i]);
	if (c->fill_from || !c->put)
		memset(file + c->fill_from, c->fill, c->size - c->fill_from);

	sb_rom_summarize(file, c->size, &summary);
	found = &summary;
	KUNIT_EXPECT_EQ(test, found->header, want->header);
	KUNIT_EXPECT_EQ(test, found->length, want->length);
	KUNIT_EXPECT_EQ(test, found->images, want->images);
	KUNIT_EXPECT_EQ(test, found->after, want->after);
	KUNIT_EXPECT_EQ(test, found->after_images, want->after_images);
	KUNIT_EXPECT_EQ(test, found->missing, want->missing);
	KUNIT_EXPECT_EQ(test, found->trailing, want->trailing);
	KUNIT_EXPECT_EQ(test, found->trailing_data, want->trailing_data);
	KUNIT_EXPECT_EQ(test, found->bad_sums, want->bad_sums);
	KUNIT_EXPECT_EQ(test, found->verdict, want->verdict);
	KUNIT_EXPECT_EQ(test, found->fault, want->fault);
	KUNIT_EXPECT_EQ(test, sb_rom_header(file, c->size), want->header);
}

CASES(file);

/* A flash whose directory gives the ROM's offset, which is not the first one */
struct flash_case {
	const char *name;
	u8 version;		/* of NVGI; 0 for NVFW */
	u32 base;		/* of the flash in the file */
	u32 says;		/* offset of the ROM from there */
	bool no_directory;
	u32 header;
};

#define FLASH_FIRST	SZ_8K		/* another ROM */
#define FLASH_ROM	(SZ_8K + SZ_1K)
#define FLASH_SIZE	SZ_16K
#define FLASH_FIXED	0x20
#define FLASH_TOTAL	0x100
#define FLASH_STATUS	0x400

static const struct flash_case flash_cases[] = {
	{ "version 1", 1, 0, FLASH_ROM, false, FLASH_ROM },
	{ "version 2", 2, 0, FLASH_ROM, false, FLASH_ROM },
	{ "version 3", 3, 0, FLASH_ROM, false, FLASH_ROM },
	{ "version 3 without a directory", 3, 0, FLASH_ROM, true, FLASH_FIRST },
	{ "version 4 is not known", 4, 0, FLASH_ROM, false, FLASH_FIRST },
	{ "version 1, after padding", 1, SZ_2K, FLASH_ROM - SZ_2K, false,
	  FLASH_ROM },
	{ "version 3, after padding", 3, SZ_2K, FLASH_ROM - SZ_2K, false,
	  FLASH_ROM },
	{ "no ROM where version 1 says", 1, 0, FLASH_ROM + 4, false,
	  FLASH_FIRST },
	{ "no ROM where version 3 says", 3, 0, U32_MAX, false, FLASH_FIRST },
	{ "Blackwell", 0, SZ_2K, FLASH_ROM - SZ_2K, false, FLASH_ROM },
	{ "Blackwell without a directory", 0, SZ_2K, FLASH_ROM - SZ_2K, true,
	  FLASH_FIRST },
};

static void put_le32(u8 *to, u32 val)
{
	to[0] = val;
	to[1] = val >> 8;
	to[2] = val >> 16;
	to[3] = val >> 24;
}

static void flash_test(struct kunit *test)
{
	const struct rom_build rom = X86(2, .last = true);
	const struct flash_case *c = test->param_value;
	u8 *file = kunit_kzalloc(test, FLASH_SIZE, GFP_KERNEL);
	u8 *base = file + c->base;
	u8 *directory = base + FLASH_STATUS + SZ_4K;

	KUNIT_ASSERT_NOT_NULL(test, file);
	memset(file, 0xff, FLASH_SIZE);
	rom_build(file + FLASH_FIRST, SZ_1K, 0, &rom);
	rom_build(file + FLASH_ROM, SZ_1K, 0, &rom);
	if (c->version) {
		memcpy(base, "NVGI", 4);
		put_le32(base + 4, c->version << 8 | FLASH_FIXED << 16);
		put_le32(base + 8, 0xabc00000 | FLASH_TOTAL);
		put_le32(base + FLASH_FIXED + 4, c->says);
		put_le32(base + FLASH_TOTAL, FLASH_STATUS);
	} else {
		memcpy(base, "NVFW", 4);
	}
	if (!c->no_directory) {
		memcpy(directory, "RFRD", 4);
		put_le32(directory + 8, c->says);
	}
	KUNIT_EXPECT_EQ(test, sb_rom_header(file, FLASH_SIZE), c->header);
	KUNIT_EXPECT_EQ(test, sb_content_of(file, FLASH_SIZE),
			SB_CONTENT_NVIDIA);
}

CASES(flash);

/* Several ROMs: each is found, one after the other. */
static void several_test(struct kunit *test)
{
	const struct rom_build rom = X86(2, .last = true);
	u8 *file = kunit_kzalloc(test, SZ_8K, GFP_KERNEL);
	struct sb_rom_summary summary;
	u32 at;

	KUNIT_ASSERT_NOT_NULL(test, file);
	rom_build(file + 0x123, SZ_1K, 0, &rom);
	rom_build(file + SZ_2K, SZ_1K, 0, &rom);
	rom_build(file + 3 * SZ_1K, SZ_1K, 0, &rom);
	KUNIT_EXPECT_EQ(test, sb_rom_header(file, SZ_8K), 0x123);
	KUNIT_ASSERT_TRUE(test, sb_rom_next(file, SZ_8K, 0x123 + SZ_1K, &at));
	KUNIT_EXPECT_EQ(test, at, SZ_2K);
	sb_rom_summarize_at(file, SZ_8K, at, &summary);
	KUNIT_EXPECT_EQ(test, summary.header, SZ_2K);
	KUNIT_EXPECT_EQ(test, summary.length, SZ_1K);
	KUNIT_ASSERT_TRUE(test, sb_rom_next(file, SZ_8K, 3 * SZ_1K, &at));
	KUNIT_EXPECT_EQ(test, at, 3 * SZ_1K);
	KUNIT_EXPECT_FALSE(test, sb_rom_next(file, SZ_8K, SZ_4K, &at));
	KUNIT_EXPECT_FALSE(test, sb_rom_next(file, SZ_8K, SZ_8K, &at));
	KUNIT_EXPECT_FALSE(test, sb_rom_next(file, 0, 0, &at));
}

/* The type of a file by its first bytes, for any number of them */
struct content_case {
	const char *name;
	u32 size;
	u32 at;			/* offset of @bytes */
	const char *bytes;
	u32 nr;
	enum sb_content content;
};

static const struct content_case content_cases[] = {
	{ "nothing", 0, 0, "", 0, SB_CONTENT_EMPTY },
	{ "zeroes", 100, 0, "", 0, SB_CONTENT_UNKNOWN },
	{ "ROM", 2, 0, "\x55\xaa", 2, SB_CONTENT_ROM },
	{ "VFCT", 4, 0, "VFCT", 4, SB_CONTENT_VFCT },
	{ "half of VFCT", 3, 0, "VFC", 3, SB_CONTENT_TEXT },
	{ "PE", 64, 0, "MZ", 2, SB_CONTENT_PE },
	{ "VBT", 64, 0, "$VBT", 4, SB_CONTENT_VBT },
	{ "OpRegion", 64, 0, "IntelGraphicsMem", 16, SB_CONTENT_OPREGION },
	{ "gzip", 64, 0, "\x1f\x8b", 2, SB_CONTENT_GZIP },
	{ "zip", 64, 0, "PK\x03\x04", 4, SB_CONTENT_ARCHIVE },
	{ "xz", 64, 0, "\xfd\x37zXZ", 5, SB_CONTENT_ARCHIVE },
	{ "text", 10, 0, "0000: 55aa", 10, SB_CONTENT_TEXT },
	{ "firmware volume", SZ_4K, 0x28, "_FVH", 4, SB_CONTENT_MAINBOARD },
	{ "firmware volume, later", SZ_16K, SZ_8K + 0x28, "_FVH", 4,
	  SB_CONTENT_MAINBOARD },
	{ "firmware volume, cut", 0x2b, 0x28, "_FV", 3, SB_CONTENT_UNKNOWN },
	{ "Intel's flash", SZ_4K, 0x10, "\x5a\xa5\xf0\x0f", 4,
	  SB_CONTENT_MAINBOARD },
	{ "BIOS", SZ_64K, SZ_64K - 16, "\xea\x5b\xe0\x00\xf0", 5,
	  SB_CONTENT_MAINBOARD },
};

static void content_test(struct kunit *test)
{
	const struct content_case *c = test->param_value;
	u8 *file = kunit_kzalloc(test, max(c->size, 1u), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, file);
	memcpy(file + c->at, c->bytes, c->nr);
	KUNIT_EXPECT_EQ(test, sb_content_of(file, c->size), c->content);
}

CASES(content);

/* Names are for programs: they differ, and never change. */
static void names_test(struct kunit *test)
{
	static const char * const names[] = {
		"rom", "empty", "nvidia-flash", "vfct", "mainboard", "pe",
		"vbt", "opregion", "gzip", "archive", "text", "unknown",
	};
	unsigned int i;

	KUNIT_ASSERT_EQ(test, ARRAY_SIZE(names), SB_CONTENT_UNKNOWN + 1);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		KUNIT_EXPECT_STREQ(test, sb_content_name(i), names[i]);
		KUNIT_EXPECT_NOT_NULL(test, sb_content_text(i));
		KUNIT_EXPECT_NOT_NULL(test, sb_content_advice(i));
	}
}

static struct kunit_case rom_file_cases[] = {
	KUNIT_CASE_PARAM(file_test, file_gen_params),
	KUNIT_CASE_PARAM(flash_test, flash_gen_params),
	KUNIT_CASE(several_test),
	KUNIT_CASE_PARAM(content_test, content_gen_params),
	KUNIT_CASE(names_test),
	{}
};

static struct kunit_suite rom_file_suite = {
	.name = "shadowbar_rom_file",
	.test_cases = rom_file_cases,
};

kunit_test_suite(rom_file_suite);
