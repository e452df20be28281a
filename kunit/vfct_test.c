// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfct: the ROMs in AMD's ACPI table.
 */
#include <kunit/test.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <shadowbar/vfct.h>

#include "cases.h"

#define TABLE_HEADER	76	/* as AMD's firmware has it */
#define ENTRY_HEADER	28
#define MAX_ENTRIES	3

struct entry {
	u32 bus;
	u32 device;
	u32 function;
	u16 vendor;
	u16 device_id;
	u32 length;	/* announced */
	u32 bytes;	/* actual, if not 0 */
};

struct find_case {
	const char *name;
	const char *signature;
	struct entry entry[MAX_ENTRIES];
	unsigned int entries;
	u32 list;	/* announced offset of the list, if not 0 */
	s32 more;	/* the table announces this many bytes more */
	s32 cut;	/* bytes cut off its end without telling it */
	u32 tail;	/* bytes after the last entry, included in its length */
	struct sb_vfct_key key;
	enum sb_vfct_error error;
	unsigned int found;	/* index of the entry */
};

#define KEY(dev, fn, ...)						\
	{ .bus = 3, .devfn = (dev) << 3 | (fn), .vendor = 0x1002,	\
	  .device_id = 0x744c, ##__VA_ARGS__ }
#define ENTRY(...)							\
	{ .bus = 3, .vendor = 0x1002, .device_id = 0x744c,		\
	  .length = 40, ##__VA_ARGS__ }

static const struct find_case find_cases[] = {
	{ "the only one", "VFCT", { ENTRY() }, 1, .key = KEY(0, 0) },
	{ "the second", "VFCT", { ENTRY(.bus = 4), ENTRY() }, 2,
	  .key = KEY(0, 0), .found = 1 },
	{ "the third, by device and function", "VFCT",
	  { ENTRY(.device = 0x1f), ENTRY(.function = 7),
	    ENTRY(.device = 0x1f, .function = 7) }, 3,
	  .key = KEY(0x1f, 7), .found = 2 },
	{ "the first of two", "VFCT", { ENTRY(), ENTRY() }, 2,
	  .key = KEY(0, 0) },
	{ "an entry that is not used", "VFCT",
	  { ENTRY(.length = 0), ENTRY() }, 2, .key = KEY(0, 0), .found = 1 },
	{ "only one that is not used", "VFCT", { ENTRY(.length = 0) }, 1,
	  .key = KEY(0, 0), .error = SB_VFCT_NO_MATCH },
	{ "another bus", "VFCT", { ENTRY(.bus = 2) }, 1, .key = KEY(0, 0),
	  .error = SB_VFCT_NO_MATCH },
	{ "a bus that is none", "VFCT", { ENTRY(.bus = 0x103) }, 1,
	  .key = KEY(0, 0), .error = SB_VFCT_NO_MATCH },
	{ "another device", "VFCT", { ENTRY(.device = 1) }, 1,
	  .key = KEY(0, 0), .error = SB_VFCT_NO_MATCH },
	{ "another function", "VFCT", { ENTRY(.function = 1) }, 1,
	  .key = KEY(0, 0), .error = SB_VFCT_NO_MATCH },
	{ "a function that is none", "VFCT", { ENTRY(.function = 8) }, 1,
	  .key = KEY(1, 0), .error = SB_VFCT_NO_MATCH },
	{ "another vendor", "VFCT", { ENTRY(.vendor = 0x10de) }, 1,
	  .key = KEY(0, 0), .error = SB_VFCT_NO_MATCH },
	{ "another device ID", "VFCT", { ENTRY(.device_id = 0x744d) }, 1,
	  .key = KEY(0, 0), .error = SB_VFCT_NO_MATCH },
	{ "no entries", "VFCT", {}, 0, .key = KEY(0, 0),
	  .error = SB_VFCT_NO_MATCH },
	{ "the list is longer than its header", "VFCT", { ENTRY() }, 1,
	  .list = TABLE_HEADER, .key = KEY(0, 0) },
	{ "another table", "VFCS", { ENTRY() }, 1, .key = KEY(0, 0),
	  .error = SB_VFCT_NO_TABLE },
	{ "a table without a list", "VFCT", {}, 0,
	  .cut = TABLE_HEADER - 55, .more = -(TABLE_HEADER - 55),
	  .key = KEY(0, 0), .error = SB_VFCT_NO_TABLE },
	{ "a table of nothing but the offset", "VFCT", {}, 0, .list = 56,
	  .cut = TABLE_HEADER - 56, .more = -(TABLE_HEADER - 56),
	  .key = KEY(0, 0), .error = SB_VFCT_NO_MATCH },
	{ "it says one byte more than there is", "VFCT", { ENTRY() }, 1,
	  .more = 1, .key = KEY(0, 0), .error = SB_VFCT_CUT },
	{ "it says less than there is", "VFCT", { ENTRY(.bus = 1), ENTRY() },
	  2, .more = -(ENTRY_HEADER + 40), .key = KEY(0, 0),
	  .error = SB_VFCT_NO_MATCH },
	{ "it says less than its header", "VFCT", { ENTRY() }, 1,
	  .more = 8 - (TABLE_HEADER + ENTRY_HEADER + 40), .key = KEY(0, 0),
	  .error = SB_VFCT_LIST_OUTSIDE },
	{ "the list is in the header", "VFCT", { ENTRY() }, 1, .list = 55,
	  .key = KEY(0, 0), .error = SB_VFCT_LIST_OUTSIDE },
	{ "the list begins at the end", "VFCT", { ENTRY() }, 1,
	  .list = TABLE_HEADER + ENTRY_HEADER + 40, .key = KEY(0, 0),
	  .error = SB_VFCT_NO_MATCH },
	{ "the list begins after the end", "VFCT", { ENTRY() }, 1,
	  .list = TABLE_HEADER + ENTRY_HEADER + 41, .key = KEY(0, 0),
	  .error = SB_VFCT_LIST_OUTSIDE },
	{ "the list begins nowhere", "VFCT", { ENTRY() }, 1, .list = U32_MAX,
	  .key = KEY(0, 0), .error = SB_VFCT_LIST_OUTSIDE },
	{ "one byte after the last entry", "VFCT", { ENTRY(.bus = 1) }, 1,
	  .tail = 1, .key = KEY(0, 0), .error = SB_VFCT_HEADER_CUT },
	{ "a header that is cut", "VFCT", { ENTRY(.bus = 1) }, 1,
	  .tail = ENTRY_HEADER - 1, .key = KEY(0, 0),
	  .error = SB_VFCT_HEADER_CUT },
	{ "an image that is cut", "VFCT", { ENTRY(.length = 41, .bytes = 40) },
	  1, .key = KEY(0, 0), .error = SB_VFCT_IMAGE_CUT },
	{ "an image without an end", "VFCT",
	  { ENTRY(.length = U32_MAX, .bytes = 40) }, 1, .key = KEY(0, 0),
	  .error = SB_VFCT_IMAGE_CUT },
	{ "an image that leads back", "VFCT",
	  { ENTRY(.length = -ENTRY_HEADER, .bytes = 40) }, 1,
	  .key = KEY(0, 0), .error = SB_VFCT_IMAGE_CUT },
	{ "one for us before one that is cut", "VFCT",
	  { ENTRY(), ENTRY(.length = 41, .bytes = 40) }, 2,
	  .key = KEY(0, 0) },
};

static void put_le16(u8 *to, u16 val)
{
	to[0] = val;
	to[1] = val >> 8;
}

static void put_le32(u8 *to, u32 val)
{
	put_le16(to, val);
	put_le16(to + 2, val >> 16);
}

static u32 bytes_of(const struct entry *entry)
{
	return entry->bytes ?: entry->length;
}

static u32 entry_at(const struct find_case *c, unsigned int nr)
{
	u32 at = TABLE_HEADER;
	unsigned int i;

	for (i = 0; i < nr; i++)
		at += ENTRY_HEADER + bytes_of(&c->entry[i]);
	return at;
}

static void put_entry(u8 *p, const struct entry *entry)
{
	put_le32(p, entry->bus);
	put_le32(p + 4, entry->device);
	put_le32(p + 8, entry->function);
	put_le16(p + 12, entry->vendor);
	put_le16(p + 14, entry->device_id);
	put_le16(p + 16, 0x1111);
	put_le16(p + 18, 0x2222);
	put_le32(p + 20, 0x33333333);
	put_le32(p + 24, entry->length);
	memset(p + ENTRY_HEADER, 0xa5, bytes_of(entry));
}

/* In memory of exactly its size: KASAN catches one byte too many. */
static u8 *build(struct kunit *test, const struct find_case *c, u32 *size)
{
	u32 end = entry_at(c, c->entries) + c->tail;
	u8 *all = kunit_kzalloc(test, end, GFP_KERNEL), *table;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, all);
	memcpy(all, c->signature, 4);
	put_le32(all + 4, end + c->more);
	put_le32(all + 52, c->list ?: TABLE_HEADER);
	for (i = 0; i < c->entries; i++)
		put_entry(all + entry_at(c, i), &c->entry[i]);

	*size = end - c->cut;
	table = kunit_kzalloc(test, *size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, table);
	memcpy(table, all, *size);
	return table;
}

static void find_test(struct kunit *test)
{
	const struct find_case *c = test->param_value;
	struct sb_vfct_image image;
	u32 size;
	u8 *table = build(test, c, &size);

	KUNIT_ASSERT_EQ(test, sb_vfct_find(table, size, &c->key, &image),
			c->error);
	if (c->error != SB_VFCT_OK)
		return;

	KUNIT_EXPECT_EQ(test, image.offset,
			entry_at(c, c->found) + ENTRY_HEADER);
	KUNIT_EXPECT_EQ(test, image.length, 40);
	KUNIT_EXPECT_EQ(test, image.bus, 3);
	KUNIT_EXPECT_EQ(test, image.device, c->key.devfn >> 3);
	KUNIT_EXPECT_EQ(test, image.function, c->key.devfn & 7);
	KUNIT_EXPECT_EQ(test, image.vendor, 0x1002);
	KUNIT_EXPECT_EQ(test, image.device_id, 0x744c);
	KUNIT_EXPECT_EQ(test, image.subvendor, 0x1111);
	KUNIT_EXPECT_EQ(test, image.subsystem, 0x2222);
	KUNIT_EXPECT_EQ(test, image.revision, 0x33333333);
}

CASES(find);

/* The walk returns all of them, used or not, and then stays at the end. */
static void walk_test(struct kunit *test)
{
	const struct find_case c = {
		"three", "VFCT",
		{ ENTRY(), ENTRY(.length = 0), ENTRY(.length = 1) }, 3,
	};
	static const u32 length[] = { 40, 0, 1 };
	struct sb_vfct_image image;
	struct sb_vfct_walk walk;
	unsigned int i;
	u32 size;
	u8 *table = build(test, &c, &size);

	sb_vfct_start(&walk, table, size);
	for (i = 0; i < 3; i++) {
		KUNIT_ASSERT_TRUE(test, sb_vfct_next(&walk, table, &image));
		KUNIT_EXPECT_EQ(test, image.length, length[i]);
		KUNIT_EXPECT_EQ(test, image.offset,
				entry_at(&c, i) + ENTRY_HEADER);
	}
	KUNIT_EXPECT_FALSE(test, sb_vfct_next(&walk, table, &image));
	KUNIT_EXPECT_FALSE(test, sb_vfct_next(&walk, table, &image));
	KUNIT_EXPECT_EQ(test, walk.error, SB_VFCT_OK);
}

/* For any size: no access beyond, and no image that is not there */
static void sizes_test(struct kunit *test)
{
	const struct find_case c = {
		"two", "VFCT", { ENTRY(.bus = 1), ENTRY() }, 2,
		.key = KEY(0, 0),
	};
	struct sb_vfct_image image;
	u32 size, whole;
	u8 *table = build(test, &c, &whole);

	for (size = 0; size <= whole; size++) {
		u8 *exact = kmemdup(table, size, GFP_KERNEL);
		enum sb_vfct_error error;

		KUNIT_ASSERT_NOT_NULL(test, exact);
		error = sb_vfct_find(exact, size, &c.key, &image);
		KUNIT_EXPECT_EQ(test, error, size < 56 ? SB_VFCT_NO_TABLE :
				size < whole ? SB_VFCT_CUT : SB_VFCT_OK);
		if (size >= 56) {
			/* Now the table has the right length. */
			put_le32(exact + 4, size);
			error = sb_vfct_find(exact, size, &c.key, &image);
			KUNIT_EXPECT_EQ(test, error == SB_VFCT_OK,
					size == whole);
		}
		kfree(exact);
	}
}

static void names_test(struct kunit *test)
{
	static const char * const names[] = {
		"ok", "no-table", "cut", "list-outside", "header-cut",
		"image-cut", "no-match",
	};
	unsigned int i;

	KUNIT_ASSERT_EQ(test, ARRAY_SIZE(names), SB_VFCT_NO_MATCH + 1);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		KUNIT_EXPECT_STREQ(test, sb_vfct_error_name(i), names[i]);
		KUNIT_EXPECT_NOT_NULL(test, sb_vfct_error_text(i));
	}
}

static struct kunit_case vfct_cases[] = {
	KUNIT_CASE_PARAM(find_test, find_gen_params),
	KUNIT_CASE(walk_test),
	KUNIT_CASE(sizes_test),
	KUNIT_CASE(names_test),
	{}
};

static struct kunit_suite vfct_suite = {
	.name = "shadowbar_vfct",
	.test_cases = vfct_cases,
};

kunit_test_suite(vfct_suite);
