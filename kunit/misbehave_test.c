// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hardware that lies, hangs and vanishes: for each a status, a reason, and
 * config space as it was.
 */
#include <kunit/test.h>
#include <linux/pci.h>
#include <linux/sizes.h>

#include "cases.h"
#include "rig.h"
#include "store.h"

#define GOOD	(RIG_WINDOW + SZ_4M)

/* More accesses than any capture makes. */
#define ENOUGH	400

static struct ehost_fn *usual(struct kunit *test,
			      const struct ehost_fn_desc *desc)
{
	struct ehost_fn *fn;

	rig_host(test, EHOST_FIRMWARE, 1);
	fn = rig_add(test, PCI_DEVFN(4, 0), desc);
	rig_scan(test);
	return fn;
}

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
	fn = usual(test, &desc);
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

/* A register that goes, but does not come back: said once, never again. */
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
	fn = usual(test, &desc);
	ehost_refuse_restore(fn, c->where);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_FALSE(test, outcome.restored);
	KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome), SB_STATUS_FAILED);
	rig_expect_no_rom(test, fn);

	/* From then on it is left alone, even if somebody asks. */
	writes = rig_writes_to(test, fn);
	KUNIT_EXPECT_NE(test, writes, 0);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EIO);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), writes);
	KUNIT_EXPECT_NE(test, ehost_changed(rig->before, NULL, NULL), 0);
}

CASES(restore);

/* Registers that ignore writes: nothing may move while it decodes. */
static void stuck_command_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_outcome outcome;
	struct ehost_fn *fn;

	fn = usual(test, &desc);
	ehost_set_bits(fn, PCI_COMMAND, 0, 0);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_TRUE(test, outcome.restored);
	rig_expect_clean(test, "stuck COMMAND");
}

static void stuck_lender_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_outcome outcome;
	struct ehost_fn *fn;

	fn = usual(test, &desc);
	ehost_set_bits(fn, PCI_BASE_ADDRESS_0, 0, 0);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_TRUE(test, outcome.restored);
	KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome), SB_STATUS_FAILED);
	rig_expect_no_rom(test, fn);
	rig_expect_clean(test, "stuck lender");
}

/* Not in D0, and nobody to wake it up: it is not touched. */
static void powered_down_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_outcome outcome;
	struct ehost_fn *fn;
	int pos;

	desc.caps = EHOST_CAP_PM | EHOST_CAP_PM_RESET;
	fn = usual(test, &desc);
	pos = ehost_dev(fn)->pm_cap + PCI_PM_CTRL;
	ehost_poke(fn, pos, ehost_peek(fn, pos) | 3);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_POWERED_DOWN);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	rig_expect_clean(test, "D3");

	/* Once somebody has woken it up, it can be read. */
	ehost_poke(fn, pos, ehost_peek(fn, pos) & ~3);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	ehost_poke(fn, pos, ehost_peek(fn, pos) | 3);
	rig_expect_clean(test, "D0");
}

/* Other content each time: the older shadow stays until the new one is there. */
static void changing_rom_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct sb_shadow *first;
	struct ehost_fn *fn;
	u8 sha256[SHA256_DIGEST_SIZE];

	/* Only the images: the last byte is what changes. */
	desc.rom.image_len = RIG_IMAGES_SIZE;
	desc.quirks = EHOST_ROM_CHANGES;
	fn = usual(test, &desc);
	rig_start(test);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	first = rig_shadow(test, fn);
	KUNIT_ASSERT_NOT_NULL(test, first);
	memcpy(sha256, first->sha256, sizeof(sha256));
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	KUNIT_ASSERT_NOT_NULL(test, rig_shadow(test, fn));
	KUNIT_EXPECT_NE(test, memcmp(rig_shadow(test, fn)->sha256, sha256,
				     sizeof(sha256)), 0);

	/* A capture that fails takes nothing away. */
	memcpy(sha256, rig_shadow(test, fn)->sha256, sizeof(sha256));
	ehost_set_rom(fn, NULL, 0, 0xff);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EIO);
	KUNIT_ASSERT_NOT_NULL(test, rig_shadow(test, fn));
	KUNIT_EXPECT_EQ(test, memcmp(rig_shadow(test, fn)->sha256, sha256,
				     sizeof(sha256)), 0);
	/* The new one may have another length. */
	ehost_set_quirks(fn, 0);
	ehost_set_rom(fn, rig->rom, RIG_ROM_SIZE, 0xff);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "changing ROM");
}

/*
 * It vanishes after the n-th access, for every n there is, and comes back
 * when the capture has ended. It has failed, said so and kept nothing, until n
 * is beyond the last access.
 */
static void vanish_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct ehost_counters c;
	struct ehost_fn *fn;
	unsigned int n;
	int ret = -1;

	fn = usual(test, &desc);
	rig_start_with(test, "manual", "on", "");
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_MANUAL);
	for (n = 0; n < ENOUGH && ret; n++) {
		struct sb_outcome outcome;
		unsigned int i;

		ehost_vanish_after(fn, n);
		ret = rig_capture(test, fn);
		outcome = rig_outcome(test, fn);
		ehost_return(fn);
		if (!ret)
			break;
		KUNIT_EXPECT_EQ_MSG(test, sb_outcome_status(&outcome),
				    SB_STATUS_FAILED, "access %u", n);
		KUNIT_EXPECT_EQ_MSG(test, outcome.why, SB_WHY_VANISHED,
				    "access %u", n);
		/* What is gone cannot have been left in a bad state. */
		KUNIT_EXPECT_TRUE_MSG(test, outcome.restored, "access %u", n);
		rig_expect_no_rom(test, fn);
		/* It comes back as after a reset, and is set up again. */
		ehost_poke(fn, PCI_COMMAND, 0);
		ehost_poke(fn, PCI_ROM_ADDRESS, 0);
		for (i = 0; i < 2; i++)
			ehost_poke(fn, PCI_BASE_ADDRESS_0 + 4 * i,
				   desc.bar[i].addr);
		ehost_poke(fn, PCI_COMMAND, desc.command);
	}
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_GT(test, n, 20);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	ehost_counters(rig->host, &c);
	KUNIT_EXPECT_EQ(test, c.overlaps, 0);
	KUNIT_EXPECT_EQ(test, ehost_changed(rig->before, NULL, NULL), 0);
}

/* Config reads fail from the n-th on. Writes still work: all is put back. */
static void failing_reads_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	unsigned int n, failed = 0;
	struct ehost_fn *fn;
	int ret = -1;

	for (n = 0; n < ENOUGH && ret; n += 3) {
		struct sb_outcome outcome;

		fn = usual(test, &desc);
		rig_start_with(test, "manual", "on", "");
		KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why,
				SB_WHY_MANUAL);
		ehost_fail_reads_after(fn, n);
		ret = rig_capture(test, fn);
		outcome = rig_outcome(test, fn);
		if (ret) {
			failed++;
			KUNIT_EXPECT_EQ_MSG(test, sb_outcome_status(&outcome),
					    SB_STATUS_FAILED, "read %u", n);
			rig_expect_no_rom(test, fn);
		}
		ehost_return(fn);
		rig_expect_clean(test, "reads that fail");
		rig_stop(test);
		rig_drop_host(test);
	}
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_GT(test, failed, 5);
}

static struct kunit_case misbehave_cases[] = {
	KUNIT_CASE_PARAM(quirk_test, quirk_gen_params),
	KUNIT_CASE_PARAM(restore_test, restore_gen_params),
	KUNIT_CASE(stuck_command_test),
	KUNIT_CASE(stuck_lender_test),
	KUNIT_CASE(powered_down_test),
	KUNIT_CASE(changing_rom_test),
	KUNIT_CASE(vanish_test),
	KUNIT_CASE(failing_reads_test),
	{}
};

static struct kunit_suite misbehave_suite = {
	.name = "shadowbar_misbehave",
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = misbehave_cases,
};

kunit_test_suite(misbehave_suite);
