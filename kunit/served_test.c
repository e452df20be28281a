// SPDX-License-Identifier: GPL-2.0-only
/*
 * served: the kernel's ROM is the shadow, from memory on x86, and elsewhere at
 * an address that is assigned to the ROM BAR.
 */
#include <kunit/test.h>
#include <linux/io.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "function.h"
#include "rig.h"
#include "rom/serve.h"
#include "rom/store.h"
#include "rom_build.h"

static struct sb_served served(struct kunit *test, struct ehost_fn *fn)
{
	rig_wait(test, rig_function(test, fn));
	return sb_function_served(rig_function(test, fn));
}

/* As a driver or vfio-pci does */
static void expect_mapped(struct kunit *test, struct ehost_fn *fn)
{
	struct rig *rig = test->priv;
	void __iomem *rom;
	unsigned int i;
	size_t size;

	rom = pci_map_rom(ehost_dev(fn), &size);
	KUNIT_ASSERT_TRUE(test, !!rom);
	KUNIT_EXPECT_EQ(test, size, RIG_IMAGES_SIZE);
	for (i = 0; i < RIG_IMAGES_SIZE; i++)
		if (readb(rom + i) != rig->rom[i])
			break;
	KUNIT_EXPECT_EQ(test, i, RIG_IMAGES_SIZE);
	pci_unmap_rom(ehost_dev(fn), rom);
}

/* One that nothing can read: the core has forgotten its ROM. */
static struct ehost_fn *lost_one(struct kunit *test,
				 const struct ehost_fn_desc *desc)
{
	struct ehost_fn *fn = rig_one(test, desc);
	struct resource *res;

	res = &ehost_dev(fn)->resource[PCI_ROM_RESOURCE];
	KUNIT_ASSERT_NULL(test, res->parent);
	res->start = 0;
	res->end = 0;
	res->flags = 0;
	return fn;
}

static struct ehost_fn *lost(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);

	desc.device = RIG_DRIVEN;
	return lost_one(test, &desc);
}

/* A newer shadow replaces the one that was served. */
static void newer_test(struct kunit *test)
{
	struct ehost_fn *fn = lost(test);
	struct rig *rig = test->priv;

	rig_start(test);
	KUNIT_EXPECT_NE(test, served(test, fn).way, SB_SERVE_NO);
	expect_mapped(test, fn);
	rig->rom[RIG_IMAGES_SIZE - 1] ^= 0xff;
	ehost_set_rom(fn, rig->rom, RIG_ROM_SIZE, 0);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	KUNIT_EXPECT_NE(test, served(test, fn).way, SB_SERVE_NO);
	expect_mapped(test, fn);
}

/* A bridge forwards 8 MiB, half of which is the BAR. */
static void leave_no_room(struct ehost_fn_desc *desc)
{
	desc->bar[0].size = SZ_4M;
	desc->bar[0].addr = RIG_WINDOW + SZ_4M;
	desc->bar[1].size = 0;
	desc->rom.size = SZ_4M;
}

#ifdef CONFIG_X86

/* A ROM of several pages, which have to be in one piece */
#define LARGE	SZ_64K

static struct ehost_fn_desc large(struct kunit *test)
{
	const struct rom_build image = { .units = LARGE / 512, .last = true };
	struct ehost_fn_desc desc = rig_desc(test);
	u8 *rom = kunit_kmalloc(test, LARGE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, rom);
	rom_build(rom, LARGE, 0, &image);
	desc.rom.size = LARGE;
	desc.rom.image = rom;
	desc.rom.image_len = LARGE;
	return desc;
}

static void expect_served(struct kunit *test, struct ehost_fn *fn,
			  enum sb_serve_way way, enum sb_serve_why why)
{
	struct sb_served now = served(test, fn);
	struct sb_shadow *shadow = rig_shadow(test, fn);

	KUNIT_EXPECT_EQ(test, now.way, way);
	KUNIT_EXPECT_EQ(test, now.why, why);
	KUNIT_ASSERT_NOT_NULL(test, shadow);
	KUNIT_EXPECT_EQ(test, shadow->size, LARGE);
}

/*
 * The ROM gets an address, or none and the advice to use a file. As soon as
 * there is memory, it is served from there.
 */
static void no_piece_test(struct kunit *test)
{
	struct ehost_fn_desc desc = large(test);
	struct ehost_fn *fn = lost_one(test, &desc);

	if (!rig_refuse_pieces(LARGE))
		kunit_skip(test, "cannot set up fail_page_alloc in debugfs");
	rig_start(test);
	expect_served(test, fn, SB_SERVE_ADDRESS, SB_SERVE_WHY_SERVED);
	rig_stop(test);
	rig_drop_host(test);

	leave_no_room(&desc);
	fn = lost_one(test, &desc);
	rig_start(test);
	expect_served(test, fn, SB_SERVE_NO, SB_SERVE_WHY_NO_MEMORY);
	KUNIT_EXPECT_FALSE(test, sb_serve_is_ours(ehost_dev(fn)));
	KUNIT_EXPECT_NOT_NULL(test, strstr(sb_serve_text(SB_SERVE_WHY_NO_MEMORY),
					   "romfile="));

	KUNIT_ASSERT_TRUE(test, rig_refuse_pieces(0));
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	expect_served(test, fn, SB_SERVE_MEMORY, SB_SERVE_WHY_SERVED);
	KUNIT_EXPECT_TRUE(test, sb_serve_is_ours(ehost_dev(fn)));
}

static void served_test_exit(struct kunit *test)
{
	rig_refuse_pieces(0);
	rig_exit(test);
}

#else

#define served_test_exit	rig_exit

/* The kernel's resource for the ROM, without its links */
static struct resource rom_of(struct ehost_fn *fn)
{
	return ehost_dev(fn)->resource[PCI_ROM_RESOURCE];
}

static void expect_same(struct kunit *test, struct ehost_fn *fn,
			const struct resource *before)
{
	struct resource now = rom_of(fn);

	KUNIT_EXPECT_EQ(test, now.start, before->start);
	KUNIT_EXPECT_EQ(test, now.end, before->end);
	KUNIT_EXPECT_EQ(test, now.flags, before->flags);
	KUNIT_EXPECT_PTR_EQ(test, now.parent, before->parent);
}

/* While the module is loaded, the ROM can be read, and not before or after. */
static void given_test(struct kunit *test)
{
	struct ehost_fn *fn = lost(test);
	struct resource before = rom_of(fn);
	struct rig *rig = test->priv;
	unsigned int claims = ehost_claims(rig->host);

	rig_start(test);
	KUNIT_EXPECT_EQ(test, served(test, fn).way, SB_SERVE_ADDRESS);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).source, SB_SOURCE_BORROWED);
	KUNIT_ASSERT_NOT_NULL(test, rom_of(fn).parent);
	KUNIT_EXPECT_EQ(test, pci_resource_len(ehost_dev(fn), PCI_ROM_RESOURCE),
			RIG_ROM_SIZE);
	rig_expect_clean(test, "given");
	/* The next capture reads the ROM there. */
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).source, SB_SOURCE_IN_PLACE);
	KUNIT_EXPECT_EQ(test, served(test, fn).way, SB_SERVE_ADDRESS);
	rig_expect_clean(test, "captured again");
	expect_mapped(test, fn);
	rig_stop(test);
	expect_same(test, fn, &before);
	KUNIT_EXPECT_EQ(test, ehost_claims(rig->host), claims);
}

/* If the core remembers the size, assigning the ROM is up to the core. */
static void size_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn = rig_one(test, &desc);
	struct resource before = rom_of(fn);

	KUNIT_ASSERT_NULL(test, before.parent);
	KUNIT_ASSERT_EQ(test, resource_size(&before), RIG_ROM_SIZE);
	rig_start(test);
	KUNIT_EXPECT_EQ(test, served(test, fn).why, SB_SERVE_WHY_NO_ROOM);
	expect_same(test, fn, &before);
}

/* A bound driver keeps it, and the next load finds it. */
static void bound_test(struct kunit *test)
{
	struct ehost_fn *fn = lost(test);
	struct resource given;

	rig_start(test);
	KUNIT_EXPECT_EQ(test, served(test, fn).way, SB_SERVE_ADDRESS);
	given = rom_of(fn);
	rig_driver(test, true);
	rig_stop(test);
	expect_same(test, fn, &given);
	rig_start(test);
	KUNIT_EXPECT_EQ(test, served(test, fn).way, SB_SERVE_NO);
	rig_driver(test, false);
	rig_wait(test, rig_function(test, fn));
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).source, SB_SOURCE_IN_PLACE);
	rig_stop(test);
	expect_same(test, fn, &given);
}

/* So does a reader of the kernel's own file. */
static void being_read_test(struct kunit *test)
{
	struct ehost_fn *fn = lost(test);
	struct resource given;
	void __iomem *rom;
	size_t size;

	rig_start(test);
	KUNIT_EXPECT_EQ(test, served(test, fn).way, SB_SERVE_ADDRESS);
	given = rom_of(fn);
	rom = pci_map_rom(ehost_dev(fn), &size);
	KUNIT_ASSERT_TRUE(test, !!rom);
	rig_stop(test);
	KUNIT_EXPECT_PTR_EQ(test, rom_of(fn).parent, given.parent);
	KUNIT_EXPECT_EQ(test, rom_of(fn).start, given.start);
	pci_unmap_rom(ehost_dev(fn), rom);
}

/* The core resizes a window and empties it: then the ROM is the core's. */
static void taken_away_test(struct kunit *test)
{
	struct ehost_fn *fn = lost(test);
	struct resource taken;

	rig_start(test);
	KUNIT_EXPECT_EQ(test, served(test, fn).way, SB_SERVE_ADDRESS);
	release_resource(&ehost_dev(fn)->resource[PCI_ROM_RESOURCE]);
	taken = rom_of(fn);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	KUNIT_EXPECT_EQ(test, served(test, fn).way, SB_SERVE_NO);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_stop(test);
	expect_same(test, fn, &taken);
}

/* The window is full, the function is in use, or the feature is off. */
static void not_given_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct resource before;
	struct ehost_fn *fn;

	leave_no_room(&desc);
	fn = lost_one(test, &desc);
	before = rom_of(fn);
	rig_start(test);
	KUNIT_EXPECT_EQ(test, served(test, fn).way, SB_SERVE_NO);
	KUNIT_EXPECT_EQ(test, served(test, fn).why, SB_SERVE_WHY_NO_ROOM);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	expect_same(test, fn, &before);
	rig_stop(test);
	rig_drop_host(test);

	rig->serve = "off";
	fn = lost(test);
	before = rom_of(fn);
	rig_start(test);
	KUNIT_EXPECT_EQ(test, served(test, fn).way, SB_SERVE_NO);
	expect_same(test, fn, &before);
}

#endif /* CONFIG_X86 */

static struct kunit_case served_cases[] = {
	KUNIT_CASE(newer_test),
#ifdef CONFIG_X86
	KUNIT_CASE(no_piece_test),
#else
	KUNIT_CASE(given_test),
	KUNIT_CASE(size_test),
	KUNIT_CASE(bound_test),
	KUNIT_CASE(being_read_test),
	KUNIT_CASE(taken_away_test),
	KUNIT_CASE(not_given_test),
#endif
	{}
};

static struct kunit_suite served_suite = {
	.name = "shadowbar_served",
	.init = rig_init,
	.exit = served_test_exit,
	.test_cases = served_cases,
};

kunit_test_suite(served_suite);
