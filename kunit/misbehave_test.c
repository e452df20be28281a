// SPDX-License-Identifier: GPL-2.0-only
/*
 * misbehave: hardware that lies, hangs and vanishes. Each case has a status and
 * a reason, and config space stays as it was.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/sizes.h>

#include "cases.h"
#include "queue.h"
#include "rig.h"
#include "rom/store.h"

#define GOOD	(RIG_WINDOW + SZ_4M)

/* Part of the first image that is neither header nor PCIR */
#define ONES_FROM	128
#define ONES_TO		1024

/* More accesses than any capture makes */
#define ENOUGH	400

struct quirk_case {
	const char *name;
	u32 quirks;
	u32 rom;
	u8 shared_bar;
	enum sb_why why;
	enum sb_source source;
};

static const struct quirk_case quirk_cases[] = {
	{ "ROM BAR ignores writes", EHOST_ROM_STUCK, GOOD, 0, SB_WHY_STUCK },
	{ "ROM BAR ignores writes, zero", EHOST_ROM_STUCK, 0, 0,
	  SB_WHY_NO_ROM_BAR },
	{ "ROM BAR takes no address", EHOST_ROM_REFUSES, 0, 0, SB_WHY_STUCK },
	{ "ROM shares the lender's decoder", EHOST_ROM_SHARED, 0, 0,
	  SB_WHY_CAPTURED, SB_SOURCE_BORROWED },
	{ "ROM shares another decoder", EHOST_ROM_SHARED, 0, 1,
	  SB_WHY_CAPTURED, SB_SOURCE_BORROWED },
	{ "ROM shares a decoder, in place", EHOST_ROM_SHARED, GOOD, 0,
	  SB_WHY_CAPTURED, SB_SOURCE_IN_PLACE },
	{ "breaks where the ROM BAR is on a BAR", EHOST_ROM_NO_OVERLAP, 0, 0,
	  SB_WHY_CAPTURED, SB_SOURCE_BORROWED },
	{ "the same, all ones", EHOST_ROM_NO_OVERLAP, 0xffffc000, 0,
	  SB_WHY_CAPTURED, SB_SOURCE_BORROWED },
};

static void quirk_test(struct kunit *test)
{
	const struct quirk_case *c = test->param_value;
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct sb_outcome outcome;
	struct ehost_fn *fn;
	u64 addr;

	desc.quirks = c->quirks;
	desc.rom.bar = c->rom;
	desc.shared_bar = c->shared_bar;
	fn = rig_one(test, &desc);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, c->why);
	KUNIT_EXPECT_TRUE(test, outcome.restored);
	if (c->why == SB_WHY_CAPTURED) {
		KUNIT_EXPECT_EQ(test, outcome.source, c->source);
		rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	} else {
		rig_expect_no_rom(test, fn);
	}
	rig_expect_clean(test, c->name);
	KUNIT_ASSERT_TRUE(test, ehost_decodes(fn, 0, &addr));
	KUNIT_EXPECT_EQ(test, ehost_read_bus(rig->host, addr),
			ehost_bar_pattern(fn, 0));
}

CASES(quirk);

/* A register that changes, but not back: reported once, then left alone */
struct restore_case {
	const char *name;
	unsigned int where;
	u16 command;
};

static const struct restore_case restore_cases[] = {
	{ "ROM BAR", PCI_ROM_ADDRESS, PCI_COMMAND_MEMORY },
	{ "the lender", PCI_BASE_ADDRESS_0, PCI_COMMAND_MEMORY },
	{ "COMMAND, memory on", PCI_COMMAND, PCI_COMMAND_MEMORY },
	{ "COMMAND, memory off", PCI_COMMAND, 0 },
	{ "COMMAND, bus mastering", PCI_COMMAND,
	  PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER },
};

static void restore_test(struct kunit *test)
{
	const struct restore_case *c = test->param_value;
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct sb_outcome outcome;
	struct ehost_fn *fn;
	unsigned int writes;

	desc.command = c->command;
	fn = rig_one(test, &desc);
	ehost_refuse_restore(fn, c->where);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_FALSE(test, outcome.restored);
	KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome), SB_STATUS_FAILED);
	rig_expect_no_rom(test, fn);

	/* From then on it is left alone, even on request. */
	writes = rig_writes_to(test, fn);
	KUNIT_EXPECT_NE(test, writes, 0);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EIO);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), writes);
	KUNIT_EXPECT_NE(test, ehost_changed(rig->before, NULL, NULL), 0);
}

CASES(restore);

/*
 * Writing one register changes another one. The journal does not notice; only a
 * check of the whole header does. STATUS may change.
 */
struct side_case {
	const char *name;
	unsigned int where;
	u32 change;
	bool bridge;
	bool fine;
};

static const struct side_case side_cases[] = {
	{ "cache line size", PCI_CACHE_LINE_SIZE, 0x10 },
	{ "interrupt line", PCI_INTERRUPT_LINE, 1 },
	{ "subsystem vendor", PCI_SUBSYSTEM_VENDOR_ID, 1 },
	{ "a BAR that is not moved", PCI_BASE_ADDRESS_1, SZ_1M },
	{ "a bit of COMMAND", PCI_COMMAND, PCI_COMMAND_SERR },
	{ "STATUS", PCI_COMMAND, (u32)PCI_STATUS_DETECTED_PARITY << 16,
	  .fine = true },
	{ "a bridge's I/O window", PCI_IO_BASE, 0x1000, .bridge = true },
	{ "a bridge's secondary STATUS", PCI_IO_BASE,
	  (u32)PCI_STATUS_DETECTED_PARITY << 16, .bridge = true, .fine = true },
};

static void side_hook(struct ehost_fn *fn, const struct ehost_write *w,
		      void *arg)
{
	const struct side_case *c = arg;

	ehost_poke(fn, c->where, ehost_peek(fn, c->where) ^ c->change);
}

static void side_effect_test(struct kunit *test)
{
	const struct side_case *c = test->param_value;
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct sb_outcome outcome;
	struct ehost_fn *fn;
	unsigned int writes;

	if (c->bridge) {
		memset(desc.bar, 0, sizeof(desc.bar));
		desc.bridge = true;
		desc.class = 0x060400;
		desc.rom.bar = GOOD;
	}
	fn = rig_one(test, &desc);
	rig_start_with(test, "manual", "on", "");
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_MANUAL);
	/* While sizing the ROM BAR: before COMMAND or any BAR is written */
	ehost_hook(rig->host, 1, side_hook, (void *)c);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), c->fine ? 0 : -EIO);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.restored, c->fine);
	if (c->fine) {
		rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
		side_hook(fn, NULL, (void *)c);
		rig_expect_clean(test, c->name);
		return;
	}
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_NOT_RESTORED);
	KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome), SB_STATUS_FAILED);
	rig_expect_no_rom(test, fn);
	writes = rig_writes_to(test, fn);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EIO);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), writes);
}

CASES(side);

/* Bits of COMMAND that ignore writes: nothing may move while it decodes. */
struct command_case {
	const char *name;
	u16 command;
	u32 takes;
	u32 rom;
};

static const struct command_case command_cases[] = {
	{ "all of it", PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, 0 },
	{ "decoding stays on", PCI_COMMAND_MEMORY, PCI_COMMAND_MASTER },
	{ "bus mastering stays on", PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER,
	  PCI_COMMAND_MEMORY },
	{ "decoding stays off", PCI_COMMAND_MASTER, PCI_COMMAND_MASTER, GOOD },
};

static void stuck_command_test(struct kunit *test)
{
	const struct command_case *c = test->param_value;
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_outcome outcome;
	struct ehost_fn *fn;

	desc.command = c->command;
	desc.rom.bar = c->rom;
	fn = rig_one(test, &desc);
	ehost_set_bits(fn, PCI_COMMAND, c->takes, 0);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_STUCK);
	KUNIT_EXPECT_TRUE(test, outcome.restored);
	rig_expect_no_rom(test, fn);
	rig_expect_clean(test, c->name);
}

CASES(command);

static void stuck_lender_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_outcome outcome;
	struct ehost_fn *fn;

	fn = rig_one(test, &desc);
	ehost_set_bits(fn, PCI_BASE_ADDRESS_0, 0, 0);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_TRUE(test, outcome.restored);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_STUCK);
	KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome), SB_STATUS_FAILED);
	rig_expect_no_rom(test, fn);
	rig_expect_clean(test, "stuck lender");
}

/* Not in D0, with nothing to wake it up: it is not touched. */
static void powered_down_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_outcome outcome;
	struct ehost_fn *fn;
	int pos;

	desc.caps = EHOST_CAP_PM | EHOST_CAP_PM_RESET;
	fn = rig_one(test, &desc);
	pos = ehost_dev(fn)->pm_cap + PCI_PM_CTRL;
	ehost_poke(fn, pos, ehost_peek(fn, pos) | 3);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_POWERED_DOWN);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	rig_expect_clean(test, "D3");

	/* Once it is woken up, it can be read. */
	ehost_poke(fn, pos, ehost_peek(fn, pos) & ~3);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	ehost_poke(fn, pos, ehost_peek(fn, pos) | 3);
	rig_expect_clean(test, "D0");
}

/* Different contents each time: the old shadow stays until it is replaced. */
static void changing_rom_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct sb_shadow *first;
	struct ehost_fn *fn;
	u8 sha256[SHA256_DIGEST_SIZE];

	/* Only the images: the last byte is the one that changes. */
	desc.rom.image_len = RIG_IMAGES_SIZE;
	desc.quirks = EHOST_ROM_CHANGES;
	fn = rig_one(test, &desc);
	rig_start(test);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	first = rig_shadow(test, fn);
	KUNIT_ASSERT_NOT_NULL(test, first);
	memcpy(sha256, first->sha256, sizeof(sha256));
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	KUNIT_ASSERT_NOT_NULL(test, rig_shadow(test, fn));
	KUNIT_EXPECT_NE(test, memcmp(rig_shadow(test, fn)->sha256, sha256,
				     sizeof(sha256)), 0);

	/* A failed capture removes nothing. */
	memcpy(sha256, rig_shadow(test, fn)->sha256, sizeof(sha256));
	ehost_set_rom(fn, NULL, 0, 0xff);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EIO);
	KUNIT_ASSERT_NOT_NULL(test, rig_shadow(test, fn));
	KUNIT_EXPECT_EQ(test, memcmp(rig_shadow(test, fn)->sha256, sha256,
				     sizeof(sha256)), 0);
	/* The new ROM may have another length. */
	ehost_set_quirks(fn, 0);
	ehost_set_rom(fn, rig->rom, RIG_ROM_SIZE, 0xff);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "changing ROM");
}

/*
 * Nothing reads the same twice: keep and hash the bytes in which the images
 * were found.
 */
static void restless_rom_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct sb_shadow *same;
	struct ehost_fn *fn;
	u8 *bytes;

	fn = rig_one(test, &desc);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	ehost_change_after_mmio(fn);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	ehost_return(fn);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).images, 2);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).bad_sums, 0);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);

	/* The same bytes with the same hash are stored once. */
	bytes = kvmalloc(RIG_IMAGES_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, bytes);
	memcpy(bytes, rig->rom, RIG_IMAGES_SIZE);
	same = sb_store_add(bytes, RIG_IMAGES_SIZE, false);
	KUNIT_ASSERT_FALSE(test, IS_ERR(same));
	KUNIT_EXPECT_PTR_EQ(test, same, rig_shadow(test, fn));
	sb_shadow_put(same);
	rig_expect_clean(test, "restless ROM");
}

/* It returns as after a reset, and firmware writes the same values again. */
static void set_up_again(struct ehost_fn *fn, const struct ehost_fn_desc *desc)
{
	unsigned int i;

	ehost_poke(fn, PCI_COMMAND, 0);
	ehost_poke(fn, PCI_ROM_ADDRESS, 0);
	for (i = 0; i < 2; i++)
		ehost_poke(fn, PCI_BASE_ADDRESS_0 + 4 * i, desc->bar[i].addr);
	ehost_poke(fn, PCI_COMMAND, desc->command);
}

/*
 * It vanishes after the n-th access, for every n, and returns after the
 * capture. The capture fails, reports that and keeps nothing, until n exceeds
 * the last access.
 */
static void vanish_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct ehost_counters c;
	struct ehost_fn *fn;
	unsigned int n;
	int ret = -1;
	u32 before;

	fn = rig_one(test, &desc);
	rig_start_with(test, "manual", "on", "");
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_MANUAL);
	for (n = 0; n < ENOUGH && ret; n++) {
		struct sb_outcome outcome;

		ehost_counters(rig->host, &c);
		before = c.config_writes;
		ehost_vanish_after(fn, n);
		ret = rig_capture(test, fn);
		outcome = rig_outcome(test, fn);
		/* If it is gone from the start, nothing is written to it. */
		ehost_counters(rig->host, &c);
		if (!n)
			KUNIT_EXPECT_EQ(test, c.config_writes, before);
		ehost_return(fn);
		if (!ret)
			break;
		KUNIT_EXPECT_EQ_MSG(test, sb_outcome_status(&outcome),
				    SB_STATUS_FAILED, "access %u", n);
		KUNIT_EXPECT_EQ_MSG(test, outcome.why, SB_WHY_VANISHED,
				    "access %u", n);
		/* A function that was written to may return in that state. */
		if (c.config_writes != before)
			KUNIT_EXPECT_FALSE_MSG(test, outcome.restored,
					       "access %u", n);
		rig_expect_no_rom(test, fn);
		set_up_again(fn, &desc);
	}
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_GT(test, n, 20);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	ehost_counters(rig->host, &c);
	KUNIT_EXPECT_EQ(test, c.overlaps, 0);
	KUNIT_EXPECT_EQ(test, ehost_changed(rig->before, NULL, NULL), 0);
}

/*
 * It returns as the capture left it: it is not touched again, and the status
 * says why, until its registers read as before.
 */
static void back_as_it_was_left_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct sb_outcome outcome;
	struct ehost_fn *fn;
	unsigned int writes;
	char line[512];

	fn = rig_one(test, &desc);
	rig_start_with(test, "manual", "on", "");
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_MANUAL);
	ehost_vanish_after_mmio(fn, 100);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EIO);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_VANISHED);
	KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome), SB_STATUS_FAILED);
	sb_outcome_reason(&outcome, line, sizeof(line));
	KUNIT_EXPECT_NOT_NULL(test, strstr(line, "before its registers were restored"));

	ehost_return(fn);
	KUNIT_ASSERT_NE(test, ehost_changed(rig->before, NULL, NULL), 0);
	writes = rig_writes_to(test, fn);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EIO);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_NOT_RESTORED);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), writes);

	set_up_again(fn, &desc);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	KUNIT_EXPECT_TRUE(test, rig_outcome(test, fn).restored);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	KUNIT_EXPECT_EQ(test, ehost_changed(rig->before, NULL, NULL), 0);
}

/* A ROM with a long part of all ones, like an erased flash */
static void fill_with_ones(struct rig *rig)
{
	memset(rig->rom + ONES_FROM, 0xff, ONES_TO - ONES_FROM);
}

/*
 * It vanishes at the n-th dword read from its ROM. That is noticed at once, or
 * soon if the ROM is all ones anyway: each read of a function that is gone may
 * block the bus for tens of milliseconds.
 */
static void vanish_mmio(struct kunit *test, unsigned int patience)
{
	const unsigned int dwords = RIG_IMAGES_SIZE / sizeof(u32);
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct ehost_counters c;
	struct ehost_fn *fn;
	unsigned int n;

	fn = rig_one(test, &desc);
	rig_start_with(test, "manual", "on", "");
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_MANUAL);
	for (n = 0; n < dwords; n += n < 10 ? 1 : 37) {
		struct sb_outcome outcome;

		ehost_vanish_after_mmio(fn, n);
		KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EIO);
		outcome = rig_outcome(test, fn);
		ehost_counters(rig->host, &c);
		ehost_return(fn);
		KUNIT_EXPECT_EQ_MSG(test, outcome.why, SB_WHY_VANISHED,
				    "dword %u", n);
		KUNIT_EXPECT_FALSE(test, outcome.restored);
		KUNIT_EXPECT_GT(test, c.mmio_reads, n);
		KUNIT_EXPECT_LE_MSG(test, c.mmio_reads, n + patience,
				    "dword %u", n);
		KUNIT_EXPECT_EQ(test, c.overlaps, 0);
		rig_expect_no_rom(test, fn);
		set_up_again(fn, &desc);
	}
	/* Each dword is read once, and nothing after the last one. */
	ehost_vanish_after_mmio(fn, dwords);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	ehost_counters(rig->host, &c);
	KUNIT_EXPECT_EQ(test, c.mmio_reads, dwords);
	ehost_return(fn);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	KUNIT_EXPECT_EQ(test, ehost_changed(rig->before, NULL, NULL), 0);
}

/* It vanishes after its last image, during a capture of the whole BAR. */
static void vanish_whole_test(struct kunit *test)
{
	const unsigned int dwords = RIG_ROM_SIZE / sizeof(u32);
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct sb_function *function;
	struct ehost_counters c;
	struct ehost_fn *fn;

	fn = rig_one(test, &desc);
	rig_start_with(test, "manual", "on", "");
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_MANUAL);
	function = rig_function(test, fn);
	ehost_vanish_after_mmio(fn, RIG_IMAGES_SIZE / sizeof(u32) + 5);
	KUNIT_EXPECT_EQ(test, sb_queue_capture(function, true), -EIO);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_VANISHED);
	rig_expect_no_rom(test, fn);
	ehost_return(fn);
	set_up_again(fn, &desc);

	ehost_vanish_after_mmio(fn, dwords);
	KUNIT_EXPECT_EQ(test, sb_queue_capture(function, true), 0);
	ehost_counters(rig->host, &c);
	KUNIT_EXPECT_EQ(test, c.mmio_reads, dwords);
	ehost_return(fn);
	rig_expect_rom(test, fn, RIG_ROM_SIZE);
}

static void vanish_mmio_test(struct kunit *test)
{
	vanish_mmio(test, 1);
}

static void vanish_in_ones_test(struct kunit *test)
{
	fill_with_ones(test->priv);
	vanish_mmio(test, 64);
}

/*
 * Config accesses that fail: all from the n-th on or only that one, for every
 * n. Either the ROM is read or the failure is reported, and everything is as
 * before: what cannot be read is not written, and a failed restore is retried.
 */
struct failing_case {
	const char *name;
	void (*arm)(struct ehost_fn *fn, unsigned int accesses);
	u16 command;
	bool writes;
};

static const struct failing_case failing_cases[] = {
	{ "all reads", ehost_fail_reads_after, PCI_COMMAND_MEMORY },
	{ "one read", ehost_fail_one_read, PCI_COMMAND_MEMORY },
	{ "one read, decoding off", ehost_fail_one_read, PCI_COMMAND_MASTER },
	{ "one write", ehost_fail_one_write, PCI_COMMAND_MEMORY, true },
	{ "one write, decoding off", ehost_fail_one_write, PCI_COMMAND_MASTER,
	  true },
};

static void failing_capture(struct kunit *test, const struct failing_case *c,
			    struct ehost_fn *fn, unsigned int n, bool *failed)
{
	struct sb_outcome outcome;
	int ret;

	rig_start_with(test, "manual", "on", "");
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_MANUAL);
	c->arm(fn, n);
	ret = rig_capture(test, fn);
	outcome = rig_outcome(test, fn);
	ehost_return(fn);

	*failed = ret;
	if (ret) {
		KUNIT_EXPECT_EQ_MSG(test, sb_outcome_status(&outcome),
				    SB_STATUS_FAILED, "access %u", n);
		rig_expect_no_rom(test, fn);
	} else {
		rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	}
	rig_expect_clean(test, c->name);
	rig_stop(test);
}

static void failing_test(struct kunit *test)
{
	const struct failing_case *c = test->param_value;
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_counters before, after;
	unsigned int n, total, failures = 0;
	struct rig *rig = test->priv;
	struct ehost_fn *fn;

	desc.command = c->command;
	/* A range that is not forwarded, so the BAR must be parked */
	if (!(c->command & PCI_COMMAND_MEMORY))
		desc.bar[1].addr = 0x10000000;
	fn = rig_one(test, &desc);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	ehost_counters(rig->host, &before);
	KUNIT_ASSERT_EQ(test, rig_capture(test, fn), 0);
	ehost_counters(rig->host, &after);
	rig_stop(test);
	total = c->writes ? after.config_writes - before.config_writes :
			    after.config_reads - before.config_reads;
	KUNIT_ASSERT_GE(test, total, 10);

	for (n = 0; n < total; n++) {
		bool failed;

		failing_capture(test, c, fn, n, &failed);
		failures += failed;
	}
	/*
	 * Some accesses go to bridges, and the driver survives some failures.
	 */
	KUNIT_EXPECT_GT(test, failures, total / 3);
}

CASES(failing);

static struct kunit_case misbehave_cases[] = {
	KUNIT_CASE_PARAM(quirk_test, quirk_gen_params),
	KUNIT_CASE_PARAM(restore_test, restore_gen_params),
	KUNIT_CASE_PARAM(side_effect_test, side_gen_params),
	KUNIT_CASE_PARAM(stuck_command_test, command_gen_params),
	KUNIT_CASE(stuck_lender_test),
	KUNIT_CASE(powered_down_test),
	KUNIT_CASE(changing_rom_test),
	KUNIT_CASE(restless_rom_test),
	KUNIT_CASE(vanish_test),
	KUNIT_CASE(back_as_it_was_left_test),
	KUNIT_CASE(vanish_mmio_test),
	KUNIT_CASE(vanish_in_ones_test),
	KUNIT_CASE(vanish_whole_test),
	KUNIT_CASE_PARAM(failing_test, failing_gen_params),
	{}
};

static struct kunit_suite misbehave_suite = {
	.name = "shadowbar_misbehave",
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = misbehave_cases,
};

kunit_test_suite(misbehave_suite);
