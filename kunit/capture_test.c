// SPDX-License-Identifier: GPL-2.0-only
/*
 * capture: every way to read a ROM, on well-behaved hardware.
 */
#include <kunit/test.h>
#include <linux/ioport.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/vgaarb.h>

#include "cases.h"
#include "queue.h"
#include "rig.h"
#include "rom/store.h"
#include "rom_build.h"

#define ON	(PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER)
#define OFF	PCI_COMMAND_MASTER
#define GOOD	(RIG_WINDOW + SZ_4M)	/* free in every window */
#define BAR0	(RIG_WINDOW + SZ_2M)
#define BESIDE	(RIG_WINDOW + SZ_1M)	/* address of the neighbour's BAR */

/**
 * struct path_case - one way to reach a ROM
 * @name: name of the case
 * @rom: value of the ROM BAR
 * @command: value of COMMAND
 * @bar: if not empty, BARs other than the usual ones
 * @no_bars: no BARs at all
 * @no_borrow: borrow=off
 * @rom_bar: expected state of the ROM BAR
 * @source: expected source of the ROM
 * @addr: expected address of the read, 0 for any
 */
struct path_case {
	const char *name;
	u32 rom;
	u16 command;
	struct ehost_bar_desc bar[3];
	bool no_bars;
	bool no_borrow;
	enum sb_rom_bar rom_bar;
	enum sb_source source;
	u64 addr;
};

static const struct path_case path_cases[] = {
	{ "programmed", GOOD, ON, .rom_bar = SB_ROM_BAR_PROGRAMMED,
	  .source = SB_SOURCE_IN_PLACE, .addr = GOOD },
	{ "programmed and enabled", GOOD | 1, ON,
	  .rom_bar = SB_ROM_BAR_PROGRAMMED, .source = SB_SOURCE_IN_PLACE,
	  .addr = GOOD },
	{ "programmed, no BARs", GOOD, ON, .no_bars = true,
	  .rom_bar = SB_ROM_BAR_PROGRAMMED, .source = SB_SOURCE_IN_PLACE,
	  .addr = GOOD },
	{ "zero", 0, ON, .rom_bar = SB_ROM_BAR_ZERO,
	  .source = SB_SOURCE_BORROWED, .addr = BAR0 },
	{ "all ones", 0xffffc000, ON, .rom_bar = SB_ROM_BAR_ALL_ONES,
	  .source = SB_SOURCE_BORROWED, .addr = BAR0 },
	{ "outside", 0x70000000, ON, .rom_bar = SB_ROM_BAR_OUTSIDE,
	  .source = SB_SOURCE_BORROWED, .addr = BAR0 },
	{ "on an own BAR", BAR0, ON, .rom_bar = SB_ROM_BAR_OVERLAP,
	  .source = SB_SOURCE_BORROWED, .addr = BAR0 },
	{ "on a neighbour", BESIDE, ON, .rom_bar = SB_ROM_BAR_OVERLAP,
	  .source = SB_SOURCE_BORROWED, .addr = BAR0 },
	/* The kernel has claimed it: nothing else can be there. */
	{ "decoding off, programmed", GOOD, OFF,
	  .rom_bar = SB_ROM_BAR_PROGRAMMED, .source = SB_SOURCE_IN_PLACE,
	  .addr = GOOD },
	{ "decoding off, zero", 0, OFF, .rom_bar = SB_ROM_BAR_ZERO,
	  .source = SB_SOURCE_BORROWED, .addr = BAR0 },
	{ "decoding off, no borrowing", 0, OFF, .no_borrow = true,
	  .rom_bar = SB_ROM_BAR_ZERO, .source = SB_SOURCE_HOLE },
	{ "no borrowing", 0, ON, .no_borrow = true,
	  .rom_bar = SB_ROM_BAR_ZERO, .source = SB_SOURCE_HOLE },
	{ "no BARs", 0, ON, .no_bars = true,
	  .rom_bar = SB_ROM_BAR_ZERO, .source = SB_SOURCE_HOLE },
	{ "no BARs, decoding off", 0, OFF, .no_bars = true,
	  .rom_bar = SB_ROM_BAR_ZERO, .source = SB_SOURCE_HOLE },
	{ "BAR too small", 0, ON, { { SZ_8K, BAR0 } },
	  .rom_bar = SB_ROM_BAR_ZERO, .source = SB_SOURCE_HOLE },
	{ "BAR just large enough", 0, ON, { { SZ_16K, BAR0 } },
	  .rom_bar = SB_ROM_BAR_ZERO, .source = SB_SOURCE_BORROWED,
	  .addr = BAR0 },
	{ "the smaller of two", 0, ON, { { SZ_1M, BAR0 },
					 { SZ_16K, GOOD } },
	  .rom_bar = SB_ROM_BAR_ZERO, .source = SB_SOURCE_BORROWED,
	  .addr = GOOD },
	{ "64-bit BAR below 4 GiB", 0, ON,
	  { { SZ_64K, BAR0, EHOST_64 } },
	  .rom_bar = SB_ROM_BAR_ZERO, .source = SB_SOURCE_BORROWED,
	  .addr = BAR0 },
	{ "64-bit BAR above 4 GiB", 0, ON,
	  { { SZ_64K, RIG_PREF, EHOST_64 | EHOST_PREF } },
	  .rom_bar = SB_ROM_BAR_ZERO, .source = SB_SOURCE_HOLE },
	{ "64-bit BAR above, 32-bit BAR below", 0, ON,
	  { { SZ_64K, RIG_PREF, EHOST_64 | EHOST_PREF }, {},
	    { SZ_64K, BAR0 } },
	  .rom_bar = SB_ROM_BAR_ZERO, .source = SB_SOURCE_BORROWED,
	  .addr = BAR0 },
	{ "a stale BAR, decoding off", 0, OFF,
	  { { SZ_64K, BAR0 }, { SZ_4K, 0x10000000 } },
	  .rom_bar = SB_ROM_BAR_ZERO, .source = SB_SOURCE_BORROWED,
	  .addr = BAR0 },
	{ "all BARs stale, decoding off", 0, OFF,
	  { { SZ_64K, 0x10000000 }, { SZ_64K, 0x1010000000, EHOST_64 } },
	  .rom_bar = SB_ROM_BAR_ZERO, .source = SB_SOURCE_HOLE },
	{ "a stale BAR on a neighbour, decoding off", 0, OFF,
	  { { SZ_64K, BESIDE } },
	  .rom_bar = SB_ROM_BAR_ZERO, .source = SB_SOURCE_HOLE },
	{ "BARs at zero, decoding off", 0, OFF,
	  { { SZ_64K, 0 }, { SZ_4K, 0, EHOST_64 } },
	  .rom_bar = SB_ROM_BAR_ZERO, .source = SB_SOURCE_HOLE },
	{ "a stale BAR, decoding on", 0, ON,
	  { { SZ_64K, BAR0 }, { SZ_4K, 0x10000000 } },
	  .rom_bar = SB_ROM_BAR_ZERO, .source = SB_SOURCE_BORROWED,
	  .addr = BAR0 },
	{ "I/O BARs only", 0, ON, { { 32, 0x4000, EHOST_IO } },
	  .rom_bar = SB_ROM_BAR_ZERO, .source = SB_SOURCE_HOLE },
};

static struct ehost_fn *path_function(struct kunit *test,
				      const struct path_case *c)
{
	struct ehost_fn_desc desc = rig_desc(test), neighbour = desc;
	struct ehost_fn *fn;
	unsigned int i;

	desc.rom.bar = c->rom;
	desc.command = c->command;
	if (c->no_bars || c->bar[0].size) {
		memset(desc.bar, 0, sizeof(desc.bar));
		for (i = 0; i < ARRAY_SIZE(c->bar); i++)
			desc.bar[i] = c->bar[i];
	}
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);

	/* An active neighbour, which must stay so. */
	memset(neighbour.bar, 0, sizeof(neighbour.bar));
	neighbour.bar[0].size = SZ_64K;
	neighbour.bar[0].addr = BESIDE;
	neighbour.rom.size = 0;
	rig_add(test, PCI_DEVFN(5, 0), &neighbour);
	return fn;
}

static void path_at_depth(struct kunit *test, const struct path_case *c,
			  unsigned int depth)
{
	struct sb_outcome outcome;
	bool decodes[EHOST_NUM_BARS];
	struct ehost_fn *fn;
	unsigned int i;
	u64 addr;

	rig_host(test, EHOST_FIRMWARE, depth);
	fn = path_function(test, c);
	rig_scan(test);
	for (i = 0; i < EHOST_NUM_BARS; i++)
		decodes[i] = ehost_decodes(fn, i, NULL);
	rig_start_with(test, "auto", c->no_borrow ? "off" : "on", "");

	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ_MSG(test, outcome.why, SB_WHY_CAPTURED,
			    "below %u bridges", depth);
	KUNIT_EXPECT_TRUE(test, outcome.restored);
	KUNIT_EXPECT_EQ(test, outcome.rom_bar, c->rom_bar);
	KUNIT_EXPECT_EQ(test, outcome.decode, !!(c->command &
						 PCI_COMMAND_MEMORY));
	KUNIT_EXPECT_EQ_MSG(test, outcome.source, c->source,
			    "below %u bridges", depth);
	if (c->addr)
		KUNIT_EXPECT_EQ(test, outcome.addr, c->addr);
	KUNIT_EXPECT_EQ(test, outcome.images, 2);
	KUNIT_EXPECT_EQ(test, outcome.bad_sums, 0);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, c->name);
	/* Everything is restored. */
	for (i = 0; i < EHOST_NUM_BARS; i++) {
		struct rig *rig = test->priv;

		KUNIT_EXPECT_EQ(test, ehost_decodes(fn, i, &addr), decodes[i]);
		if (decodes[i])
			KUNIT_EXPECT_EQ(test, ehost_read_bus(rig->host, addr),
					ehost_bar_pattern(fn, i));
	}
	rig_stop(test);
	rig_expect_clean(test, "after unload");
	rig_drop_host(test);
}

/* On the root bus, below one bridge and below three */
static void path_test(struct kunit *test)
{
	const struct path_case *c = test->param_value;

	path_at_depth(test, c, 0);
	path_at_depth(test, c, 1);
	path_at_depth(test, c, 3);
}

CASES(path);

/* Core assigns addresses: the ROM resource has one, the register does not. */
static void assigned_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_outcome outcome;
	struct ehost_fn *fn;

	rig_host(test, EHOST_ASSIGN, 1);
	desc.command = 0;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	KUNIT_ASSERT_EQ(test, ehost_peek(fn, PCI_ROM_ADDRESS), 0);
	KUNIT_ASSERT_NOT_NULL(test,
			      ehost_dev(fn)->resource[PCI_ROM_RESOURCE].parent);
	/* The core opens a bridge when a driver enables a device below it. */
	KUNIT_ASSERT_EQ(test, pci_enable_device(ehost_dev(fn)), 0);
	pci_disable_device(ehost_dev(fn));
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_CAPTURED);
	KUNIT_EXPECT_EQ(test, outcome.source, SB_SOURCE_IN_PLACE);
	KUNIT_EXPECT_EQ(test, outcome.rom_bar, SB_ROM_BAR_ZERO);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "assigned");
}

/* No BAR to borrow from, and no room for a ROM as large as a window */
static void no_address_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_outcome outcome;
	struct ehost_fn *fn;

	desc.rom.size = SZ_8M;
	fn = rig_one(test, &desc);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_NO_ADDRESS);
	KUNIT_EXPECT_TRUE(test, outcome.restored);
	rig_expect_no_rom(test, fn);
	rig_expect_clean(test, "no address");
}

/* A disabled bridge hides what is below: nothing is written. */
static void closed_bridge_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct sb_outcome outcome;
	struct ehost_fn *fn;

	rig_host(test, EHOST_FIRMWARE, 2);
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	ehost_poke(rig->above, PCI_COMMAND, 0);
	rig_scan(test);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome), SB_STATUS_SKIPPED);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_BRIDGE_CLOSED);
	rig_expect_no_rom(test, fn);
	rig_expect_clean(test, "closed bridge");
}

/* No write to COMMAND ever changed the decoding. */
static void expect_decoding_stays(struct kunit *test, struct ehost *host,
				  struct ehost_fn *fn)
{
	const unsigned int max = 256;
	struct ehost_write *journal;
	unsigned int i, nr;

	journal = kunit_kcalloc(test, max, sizeof(*journal), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, journal);
	nr = ehost_journal(host, journal, max);
	KUNIT_ASSERT_LE(test, nr, max);
	for (i = 0; i < nr; i++)
		if (journal[i].fn == fn && journal[i].where == PCI_COMMAND)
			KUNIT_EXPECT_EQ(test, (journal[i].before ^
					       journal[i].after) &
					      PCI_COMMAND_MEMORY, 0);
}

/* A boot console uses a BAR: decoding stays on, nothing is borrowed. */
static void busy_bar_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct sb_outcome outcome;
	struct resource *busy;
	struct ehost_fn *fn;

	rig_host(test, EHOST_FIRMWARE, 0);
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	busy = request_mem_region(pci_resource_start(ehost_dev(fn), 1), 256,
				  "console");
	KUNIT_ASSERT_NOT_NULL(test, busy);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_CAPTURED);
	KUNIT_EXPECT_EQ(test, outcome.source, SB_SOURCE_HOLE);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "busy BAR");
	expect_decoding_stays(test, rig->host, fn);
	rig_stop(test);
	release_mem_region(pci_resource_start(ehost_dev(fn), 1), 256);
}

/* A platform device's console as large as the BAR becomes its parent. */
static void busy_around_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct resource *bar, console;
	struct ehost_fn *fn;

	rig_host(test, EHOST_FIRMWARE, 0);
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	bar = &ehost_dev(fn)->resource[1];
	console = (struct resource){
		.name = "console",
		.start = bar->start,
		.end = bar->end,
		.flags = IORESOURCE_MEM | IORESOURCE_BUSY,
	};
	KUNIT_ASSERT_EQ(test, insert_resource(bar->parent, &console), 0);
	KUNIT_EXPECT_PTR_EQ(test, bar->parent, &console);
	rig_start(test);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).source, SB_SOURCE_HOLE);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "console around a BAR");
	expect_decoding_stays(test, rig->host, fn);
	rig_stop(test);
	KUNIT_EXPECT_EQ(test, remove_resource(&console), 0);
}

/*
 * The same with decoding off: then nothing can be read, and nothing may be
 * enabled while the BAR is in use.
 */
static void busy_and_off_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct sb_outcome outcome;
	struct resource *busy;
	struct ehost_fn *fn;

	desc.command = OFF;
	fn = rig_one(test, &desc);
	busy = request_mem_region(pci_resource_start(ehost_dev(fn), 1), 256,
				  "console");
	KUNIT_ASSERT_NOT_NULL(test, busy);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_PINNED_OFF);
	rig_expect_no_rom(test, fn);
	rig_expect_clean(test, "busy BAR, decoding off");
	expect_decoding_stays(test, rig->host, fn);
	rig_stop(test);
	release_mem_region(pci_resource_start(ehost_dev(fn), 1), 256);
}

/* Type 1 headers have the ROM BAR elsewhere; decoding is never switched off. */
static void bridge_rom_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_outcome outcome;
	struct ehost_fn *fn;

	rig_host(test, EHOST_FIRMWARE, 0);
	memset(desc.bar, 0, sizeof(desc.bar));
	desc.bridge = true;
	desc.class = 0x060400;
	desc.rom.bar = GOOD;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_CAPTURED);
	KUNIT_EXPECT_EQ(test, outcome.source, SB_SOURCE_IN_PLACE);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "bridge");
}

/* Data after the last image: the card may load it by itself. */
static void whole_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_function *function;
	struct ehost_fn *fn;

	fn = rig_one(test, &desc);
	rig_start(test);
	function = rig_function(test, fn);
	rig_outcome(test, fn);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);

	KUNIT_EXPECT_EQ(test, sb_queue_capture(function, true), 0);
	rig_expect_rom(test, fn, RIG_ROM_SIZE);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).length, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "all of the ROM BAR");

	KUNIT_EXPECT_EQ(test, sb_queue_capture(function, false), 0);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "its images");
}

/* The whole ROM BAR without an image is not a ROM. */
static void whole_broken_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn;

	desc.rom.image = NULL;
	desc.rom.fill = 0x5a;
	fn = rig_one(test, &desc);
	rig_start_with(test, "manual", "on", "");
	KUNIT_EXPECT_EQ(test, sb_queue_capture(rig_function(test, fn), true),
			-EIO);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_BROKEN);
	rig_expect_no_rom(test, fn);
	rig_expect_clean(test, "all of nothing");
}

/* The ROM's contents decide the status, and how much is kept. */
struct content_case {
	const char *name;
	struct rom_build image[2];
	unsigned int put;
	u8 fill;
	enum sb_why why;
	enum sb_image_error error;
	u32 kept;
	u32 bad_sums;
	u8 odd_pcir;
};

static const struct content_case content_cases[] = {
	{ "all ones", {}, 0, 0xff, SB_WHY_BROKEN, SB_IMAGE_ALL_ONES },
	{ "all zeroes", {}, 0, 0, SB_WHY_BROKEN, SB_IMAGE_ALL_ZEROES },
	{ "noise", {}, 0, 0x89, SB_WHY_BROKEN, SB_IMAGE_NO_SIGNATURE },
	{ "PCIR past the end", { { .units = 1, .pcir = 0x8dcb } }, 1, 0,
	  SB_WHY_BROKEN, SB_IMAGE_PCIR_OUTSIDE },
	{ "length zero", { { .units = 0 } }, 1, 0, SB_WHY_BROKEN,
	  SB_IMAGE_LENGTH_ZERO },
	{ "length beyond the BAR", { { .units = 33, .last = true } }, 1, 0,
	  SB_WHY_BROKEN, SB_IMAGE_LENGTH_BEYOND },
	{ "all of the BAR", { { .units = 32, .last = true } }, 1, 0,
	  SB_WHY_CAPTURED, SB_IMAGE_OK, SZ_16K },
	{ "a wrong sum", { { .units = 2, .last = true, .bad_sum = true } }, 1,
	  0, SB_WHY_CAPTURED, SB_IMAGE_OK, 1024, 1 },
	{ "a PCIR at no multiple of 4",
	  { { .units = 2 }, { .units = 1, .last = true, .pcir = 0x1e } }, 2, 0,
	  SB_WHY_CAPTURED, SB_IMAGE_OK, 3 * 512, .odd_pcir = 2 },
	{ "NVIDIA's, longer than PCIR says",
	  { { .units = 2, .last = true, .npde = { 3 } },
	    { .units = 1, .code = 0xe0, .signature = 0x4e56,
	      .pcir_signature = "NPDS", .npde = { 2, true } } }, 2, 0xff,
	  SB_WHY_CAPTURED, SB_IMAGE_OK, 5 * 512 },
	{ "NVIDIA's, but what NPDE speaks of is not there",
	  { { .units = 2, .last = true, .npde = { 2 } } }, 1, 0xff,
	  SB_WHY_CAPTURED, SB_IMAGE_NPDE_ONLY, 1024 },
	{ "good, then all ones", { { .units = 2 } }, 1, 0xff, SB_WHY_CAPTURED,
	  SB_IMAGE_ALL_ONES, 1024 },
	{ "good, then length zero", { { .units = 2 }, { .units = 0 } }, 2, 0,
	  SB_WHY_CAPTURED, SB_IMAGE_LENGTH_ZERO, 1024 },
};

static void content_test(struct kunit *test)
{
	const struct content_case *c = test->param_value;
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct sb_outcome outcome;
	struct ehost_fn *fn;
	unsigned int i;
	u32 at = 0;

	memset(rig->rom, c->fill, RIG_ROM_SIZE);
	for (i = 0; i < c->put; i++)
		at = rom_build(rig->rom, RIG_ROM_SIZE, at, &c->image[i]);

	fn = rig_one(test, &desc);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, c->why);
	KUNIT_EXPECT_EQ(test, outcome.image_error, c->error);
	KUNIT_EXPECT_EQ(test, outcome.bad_sums, c->bad_sums);
	KUNIT_EXPECT_EQ(test, outcome.odd_pcir, c->odd_pcir);
	if (c->kept)
		rig_expect_rom(test, fn, c->kept);
	else
		rig_expect_no_rom(test, fn);
	rig_expect_clean(test, c->name);
}

CASES(content);

/*
 * The kernel's resource tree may not contain what a neighbour decodes: the ROM
 * was claimed first and the neighbour's claim failed. Its registers decode all
 * the same.
 */
struct neighbour_case {
	const char *name;
	struct ehost_bar_desc bar;
	u32 rom;
	u16 command;
	bool bridge;
	enum sb_rom_bar rom_bar;
};

static const struct neighbour_case neighbour_cases[] = {
	{ "a BAR", { SZ_1M, GOOD }, 0, ON, .rom_bar = SB_ROM_BAR_OVERLAP },
	{ "a BAR, decoding off", { SZ_1M, GOOD }, 0, OFF,
	  .rom_bar = SB_ROM_BAR_PROGRAMMED },
	{ "a 64-bit BAR", { SZ_1M, GOOD, EHOST_64 }, 0, ON,
	  .rom_bar = SB_ROM_BAR_OVERLAP },
	{ "a 64-bit BAR, 4 GiB further", { SZ_1M, GOOD + SZ_4G, EHOST_64 }, 0,
	  ON, .rom_bar = SB_ROM_BAR_PROGRAMMED },
	{ "a ROM", {}, GOOD | 1, ON, .rom_bar = SB_ROM_BAR_OVERLAP },
	{ "a ROM, disabled", {}, GOOD, ON, .rom_bar = SB_ROM_BAR_PROGRAMMED },
	{ "a ROM, decoding off", {}, GOOD | 1, OFF,
	  .rom_bar = SB_ROM_BAR_PROGRAMMED },
	{ "a bridge's window", {}, 0, ON, .bridge = true,
	  .rom_bar = SB_ROM_BAR_OVERLAP },
	/* The core claims windows first: the ROM comes too late. */
	{ "a bridge's window, switched off", {}, 0, OFF, .bridge = true,
	  .rom_bar = SB_ROM_BAR_OVERLAP },
};

static void neighbour_test(struct kunit *test)
{
	const struct neighbour_case *c = test->param_value;
	struct ehost_fn_desc desc = rig_desc(test), other = desc;
	struct sb_outcome outcome;
	struct ehost_fn *fn;

	rig_host(test, EHOST_FIRMWARE, 1);
	desc.rom.bar = GOOD;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	memset(other.bar, 0, sizeof(other.bar));
	other.bar[0] = c->bar;
	other.rom.size = c->rom ? SZ_1M : 0;
	other.rom.bar = c->rom;
	other.command = c->command;
	if (c->bridge) {
		other.bridge = true;
		other.class = 0x060400;
		other.mem.base = GOOD;
		other.mem.size = SZ_1M;
	}
	rig_add(test, PCI_DEVFN(5, 0), &other);
	rig_scan(test);
	KUNIT_ASSERT_EQ(test, !ehost_dev(fn)->resource[PCI_ROM_RESOURCE].parent,
			c->bridge);
	/* The neighbour is never written to. */
	rig_start_with(test, "auto", "on", "10000:01:05.0");
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_CAPTURED);
	KUNIT_EXPECT_EQ(test, outcome.rom_bar, c->rom_bar);
	KUNIT_EXPECT_EQ(test, outcome.source,
			c->rom_bar == SB_ROM_BAR_OVERLAP ?
			SB_SOURCE_BORROWED : SB_SOURCE_IN_PLACE);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, c->name);
}

CASES(neighbour);

/*
 * Others may decode a range that is free in the kernel's resource tree: the
 * core has forgotten a BAR, or somebody has moved one since. They may also be
 * on a bus above.
 */
struct hidden_case {
	const char *name;
	bool above;
	bool moved;
};

static const struct hidden_case hidden_cases[] = {
	{ "beside it, forgotten", false, false },
	{ "beside it, moved", false, true },
	{ "above it, forgotten", true, false },
	{ "above it, moved", true, true },
};

/* The state in which the core leaves a BAR that it could not claim or assign */
static void forget_bar(struct ehost_fn *fn)
{
	struct resource *res = &ehost_dev(fn)->resource[0];

	if (res->parent)
		release_resource(res);
	res->start = 0;
	res->end = 0;
	res->flags = 0;
}

static void hidden_test(struct kunit *test)
{
	const struct hidden_case *c = test->param_value;
	const u64 first_free = RIG_FORWARD + SZ_64K;
	struct ehost_fn_desc desc = rig_desc(test), other = desc;
	struct rig *rig = test->priv;
	struct ehost_fn *fn, *hidden;
	struct sb_outcome outcome;

	rig_host(test, EHOST_FIRMWARE, 1);
	desc.bar[0].addr = RIG_FORWARD;
	desc.bar[1].size = 0;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	memset(other.bar, 0, sizeof(other.bar));
	other.rom.size = 0;
	other.bar[0].size = SZ_64K;
	other.bar[0].addr = !c->moved ? first_free :
			    c->above ? RIG_WINDOW : GOOD;
	hidden = ehost_add(rig->host, c->above ? NULL : rig->above,
			   PCI_DEVFN(5, 0), &other);
	KUNIT_ASSERT_NOT_NULL(test, hidden);
	rig_scan(test);
	if (c->moved)
		ehost_poke(hidden, PCI_BASE_ADDRESS_0, first_free);
	else
		forget_bar(hidden);
	rig_start_with(test, "auto", "off", "");
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_CAPTURED);
	KUNIT_EXPECT_EQ(test, outcome.source, SB_SOURCE_HOLE);
	KUNIT_EXPECT_EQ(test, outcome.addr, first_free + SZ_64K);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, c->name);

	/* The result is discarded if somebody else held the lock meanwhile. */
	pci_lock_rescan_remove();
	ehost_poke(hidden, PCI_BASE_ADDRESS_0, first_free + SZ_64K);
	pci_unlock_rescan_remove();
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).addr, first_free);
}

CASES(hidden);

/*
 * The core could not assign a BAR and has forgotten it, but the BAR decodes the
 * address in its register once decoding is on.
 */
struct forgotten_case {
	const char *name;
	struct ehost_bar_desc bar;
	bool stuck;
	enum sb_why why;
};

static const struct forgotten_case forgotten_cases[] = {
	{ "32 bits", { SZ_16M, 0x10000000 }, false, SB_WHY_CAPTURED },
	{ "64 bits", { SZ_64M, 0x1010000000, EHOST_64 }, false,
	  SB_WHY_CAPTURED },
	{ "too large to be parked", { SZ_32M, 0x10000000 }, false,
	  SB_WHY_CANNOT_PARK },
	{ "ignores writes", { SZ_16M, 0x10000000 }, true, SB_WHY_CANNOT_PARK },
};

static void forgotten_bar_test(struct kunit *test)
{
	const struct forgotten_case *c = test->param_value;
	const struct ehost_desc small = {
		.windows = { { .size = SZ_8M, .bus = RIG_WINDOW } },
		.mode = EHOST_ASSIGN,
	};
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct sb_outcome outcome;
	struct ehost_fn *fn;

	rig->host = ehost_create(&small);
	KUNIT_ASSERT_NOT_NULL(test, rig->host);
	desc.command = 0;
	desc.bar[2] = c->bar;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	if (pci_resource_flags(ehost_dev(fn), 2))
		kunit_skip(test, "this kernel forgets no BAR");
	KUNIT_ASSERT_EQ(test, ehost_peek(fn, PCI_BASE_ADDRESS_2) & ~0xf,
			0x10000000);
	if (c->stuck)
		ehost_set_bits(fn, PCI_BASE_ADDRESS_2, 0, 0);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, c->why);
	KUNIT_EXPECT_TRUE(test, outcome.restored);
	if (c->why == SB_WHY_CAPTURED)
		rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	else
		rig_expect_no_rom(test, fn);
	rig_expect_clean(test, c->name);
}

CASES(forgotten);

/*
 * An address appeared in the ROM BAR after the core had looked. With decoding
 * off nothing confirms it, so it is not used; nor is it if something other than
 * a PCI function is there.
 */
struct unclaimed_case {
	const char *name;
	u16 command;
	bool taken;
	enum sb_rom_bar rom_bar;
	enum sb_source source;
	u64 addr;
};

static const struct unclaimed_case unclaimed_cases[] = {
	{ "decoding on", ON, false, SB_ROM_BAR_PROGRAMMED, SB_SOURCE_IN_PLACE,
	  GOOD },
	{ "decoding off", OFF, false, SB_ROM_BAR_PROGRAMMED, SB_SOURCE_HOLE },
	{ "taken", ON, true, SB_ROM_BAR_OVERLAP, SB_SOURCE_HOLE },
};

static void unclaimed_test(struct kunit *test)
{
	const struct unclaimed_case *c = test->param_value;
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct resource *taken = NULL;
	struct sb_outcome outcome;
	resource_size_t cpu;
	struct ehost_fn *fn;

	rig_host(test, EHOST_FIRMWARE, 0);
	desc.command = c->command;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	ehost_poke(fn, PCI_ROM_ADDRESS, GOOD);
	cpu = ehost_window(rig->host, 0)->start + (GOOD - RIG_WINDOW);
	if (c->taken) {
		taken = request_mem_region(cpu, SZ_4K, "somebody");
		KUNIT_ASSERT_NOT_NULL(test, taken);
	}
	rig_start_with(test, "auto", "off", "");
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_CAPTURED);
	KUNIT_EXPECT_EQ(test, outcome.rom_bar, c->rom_bar);
	KUNIT_EXPECT_EQ(test, outcome.source, c->source);
	if (c->addr)
		KUNIT_EXPECT_EQ(test, outcome.addr, c->addr);
	else if (c->taken)
		KUNIT_EXPECT_NE(test, outcome.addr, GOOD);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, c->name);
	if (taken)
		release_mem_region(cpu, SZ_4K);
}

CASES(unclaimed);

/*
 * The function and everything above it are asleep when the module is loaded, so
 * it reads all ones, unlike at enumeration. With decoding off nothing confirms
 * the address in the ROM BAR.
 */
static void asleep_at_first_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_outcome outcome;
	struct ehost_fn *fn;

	desc.command = OFF;
	fn = rig_one(test, &desc);
	ehost_poke(fn, PCI_ROM_ADDRESS, GOOD);
	ehost_vanish_after(fn, 0);
	rig_start_with(test, "manual", "off", "");
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_MANUAL);
	KUNIT_EXPECT_EQ(test, outcome.rom_bar, SB_ROM_BAR_ABSENT);
	KUNIT_EXPECT_FALSE(test, outcome.decode);

	ehost_return(fn);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.rom_bar, SB_ROM_BAR_PROGRAMMED);
	KUNIT_EXPECT_FALSE(test, outcome.decode);
	KUNIT_EXPECT_EQ(test, outcome.source, SB_SOURCE_HOLE);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "asleep at first");
}

/* If a host forwards the parking space, nothing is parked there. */
static void no_parking_test(struct kunit *test)
{
	const struct ehost_desc host = {
		.windows = { { .size = SZ_16M, .bus = 0xff000000 } },
		.mode = EHOST_FIRMWARE,
	};
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct sb_outcome outcome;
	struct ehost_fn *fn, *off;

	rig->host = ehost_create(&host);
	KUNIT_ASSERT_NOT_NULL(test, rig->host);
	desc.bar[0].addr = 0xff100000;
	desc.bar[1].size = 0;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	/* It would have to be parked before its decoding is switched on. */
	desc.bar[0].addr = 0x10000000;
	desc.command = OFF;
	off = rig_add(test, PCI_DEVFN(5, 0), &desc);
	rig_scan(test);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_CAPTURED);
	KUNIT_EXPECT_EQ(test, outcome.source, SB_SOURCE_HOLE);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	outcome = rig_outcome(test, off);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_CANNOT_PARK);
	KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome), SB_STATUS_SKIPPED);
	rig_expect_no_rom(test, off);
	rig_expect_clean(test, "no parking");
}

/*
 * The boot VGA device shows the console, so its decoding does not change. On
 * x86 the core has replaced its ROM with the copy at 0xC0000.
 */
static struct ehost_fn *add_boot_vga(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct ehost_fn *vga;

	if (vga_default_device())
		kunit_skip(test, "this machine has a boot VGA device");
	desc.device = 0x3005;
	desc.class = PCI_CLASS_DISPLAY_VGA << 8;
	desc.command = ON | PCI_COMMAND_IO;
	desc.bar[0].addr = RIG_WINDOW + SZ_8M + SZ_2M;
	desc.bar[1].addr = RIG_WINDOW + SZ_8M + SZ_4M;
	vga = ehost_add(rig->host, NULL, PCI_DEVFN(7, 0), &desc);
	KUNIT_ASSERT_NOT_NULL(test, vga);
	return vga;
}

static void is_boot_vga(struct kunit *test, struct ehost_fn *vga)
{
	if (vga_default_device() != ehost_dev(vga))
		kunit_skip(test, "no VGA arbiter");
}

static void boot_vga_test(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct sb_outcome outcome;
	struct ehost_fn *vga;

	rig_host(test, EHOST_FIRMWARE, 0);
	vga = add_boot_vga(test);
	rig_scan(test);
	is_boot_vga(test, vga);
	rig_start(test);
	outcome = rig_outcome(test, vga);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_CAPTURED);
	/* It has BARs to borrow, but they must not move. */
	KUNIT_EXPECT_EQ(test, outcome.source, SB_SOURCE_HOLE);
	KUNIT_EXPECT_EQ(test, outcome.rom_bar, SB_ROM_BAR_ZERO);
	rig_expect_rom(test, vga, RIG_IMAGES_SIZE);
	expect_decoding_stays(test, rig->host, vga);
	rig_expect_clean(test, "boot VGA");
}

/* Its own ROM, enabled by firmware, is elsewhere than the copy. */
static void beside_boot_vga_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_outcome outcome;
	struct ehost_fn *fn, *vga;

	rig_host(test, EHOST_FIRMWARE, 0);
	desc.rom.bar = GOOD;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	vga = add_boot_vga(test);
	rig_scan(test);
	is_boot_vga(test, vga);
	ehost_poke(vga, PCI_ROM_ADDRESS, GOOD | 1);
	rig_start_with(test, "auto", "on", "5b5b:3005");
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_CAPTURED);
	KUNIT_EXPECT_EQ(test, outcome.rom_bar, SB_ROM_BAR_OVERLAP);
	KUNIT_EXPECT_EQ(test, outcome.source, SB_SOURCE_BORROWED);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "beside the boot VGA device");
}

/*
 * Another VGA device with its decoding off: once on, it would also decode the
 * legacy range if the bridges above it forward that.
 */
struct vga_case {
	const char *name;
	u16 command;
	bool forwards_vga;
	enum sb_why why;
};

static const struct vga_case vga_cases[] = {
	{ "decoding off, no VGA forwarded", OFF, false, SB_WHY_CAPTURED },
	{ "decoding off, VGA forwarded", OFF, true, SB_WHY_VGA },
	{ "decoding on, VGA forwarded", ON, true, SB_WHY_CAPTURED },
};

static void second_vga_test(struct kunit *test)
{
	const struct vga_case *c = test->param_value;
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct sb_outcome outcome;
	struct ehost_fn *fn, *vga;

	rig_host(test, EHOST_FIRMWARE, 1);
	vga = add_boot_vga(test);
	desc.class = PCI_CLASS_DISPLAY_VGA << 8;
	desc.command = c->command;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	if (c->forwards_vga)
		ehost_poke(rig->above, PCI_INTERRUPT_LINE,
			   PCI_BRIDGE_CTL_VGA << 16);
	/* The core scans the root bus first. */
	rig_scan(test);
	is_boot_vga(test, vga);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, c->why);
	if (c->why == SB_WHY_CAPTURED) {
		rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	} else {
		rig_expect_no_rom(test, fn);
		expect_decoding_stays(test, rig->host, fn);
	}
	/* The other one is captured at the same time. */
	rig_outcome(test, vga);
	rig_expect_clean(test, c->name);
}

CASES(vga);

/* Every size that a ROM BAR can have */
static void sizes_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct ehost_fn *fn[8];
	unsigned int i;

	rig_host(test, EHOST_FIRMWARE, 0);
	memset(desc.bar, 0, sizeof(desc.bar));
	for (i = 0; i < ARRAY_SIZE(fn); i++) {
		/* 4 KiB is the smallest size that holds the images. */
		desc.rom.size = SZ_4K << i;
		desc.rom.image_len = min_t(u32, desc.rom.size, RIG_ROM_SIZE);
		fn[i] = rig_add(test, PCI_DEVFN(i + 1, 0), &desc);
	}
	rig_scan(test);
	rig_start(test);
	for (i = 0; i < ARRAY_SIZE(fn); i++) {
		struct sb_outcome outcome = rig_outcome(test, fn[i]);

		KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_CAPTURED);
		rig_expect_rom(test, fn[i], RIG_IMAGES_SIZE);
		/* Identical ROMs are stored once. */
		KUNIT_EXPECT_PTR_EQ(test, rig_shadow(test, fn[i]),
				    rig_shadow(test, fn[0]));
	}
	/* Each function holds it twice: by its source, and as its best. */
	KUNIT_EXPECT_EQ(test, refcount_read(&rig_shadow(test, fn[0])->users),
			2 * ARRAY_SIZE(fn));
	rig_expect_clean(test, "sizes");
	KUNIT_EXPECT_EQ(test, ehost_claims(rig->host), 0);
}

static struct kunit_case capture_cases[] = {
	KUNIT_CASE_PARAM(path_test, path_gen_params),
	KUNIT_CASE(assigned_test),
	KUNIT_CASE(no_address_test),
	KUNIT_CASE(closed_bridge_test),
	KUNIT_CASE(busy_bar_test),
	KUNIT_CASE(busy_around_test),
	KUNIT_CASE(busy_and_off_test),
	KUNIT_CASE(bridge_rom_test),
	KUNIT_CASE(whole_test),
	KUNIT_CASE(whole_broken_test),
	KUNIT_CASE_PARAM(content_test, content_gen_params),
	KUNIT_CASE_PARAM(neighbour_test, neighbour_gen_params),
	KUNIT_CASE_PARAM(hidden_test, hidden_gen_params),
	KUNIT_CASE_PARAM(forgotten_bar_test, forgotten_gen_params),
	KUNIT_CASE_PARAM(unclaimed_test, unclaimed_gen_params),
	KUNIT_CASE(asleep_at_first_test),
	KUNIT_CASE(no_parking_test),
	KUNIT_CASE(boot_vga_test),
	KUNIT_CASE(beside_boot_vga_test),
	KUNIT_CASE_PARAM(second_vga_test, vga_gen_params),
	KUNIT_CASE(sizes_test),
	{}
};

static struct kunit_suite capture_suite = {
	.name = "shadowbar_capture",
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = capture_cases,
};

kunit_test_suite(capture_suite);
