// SPDX-License-Identifier: GPL-2.0-only
/*
 * plan: where can this ROM be read?
 */
#include <kunit/test.h>
#include <linux/pci_regs.h>
#include <linux/sizes.h>
#include <shadowbar/plan.h>

#include "cases.h"

#define RANGES(...) {							\
	.range = (const struct sb_range []){ __VA_ARGS__ },		\
	.nr = sizeof((const struct sb_range []){ __VA_ARGS__ }) /	\
	      sizeof(struct sb_range),					\
}

/* Which functions may be touched: each reason alone, and which one wins */
struct standing_case {
	const char *name;
	struct sb_standing standing;
	bool want;
	enum sb_why why;
};

static const struct standing_case standing_cases[] = {
	{ "nothing against it", {}, true },
	{ "virtual", { .virtual_function = true }, false, SB_WHY_VIRTUAL },
	{ "no register", { .no_register = true }, false, SB_WHY_NO_ROM_BAR },
	{ "known bad", { .known_bad = true }, false, SB_WHY_KNOWN_BAD },
	{ "denied", { .denied = true }, false, SB_WHY_DENIED },
	{ "not restored", { .not_restored = true }, false,
	  SB_WHY_NOT_RESTORED },
	{ "at a fixed address", { .fixed = true }, false, SB_WHY_FIXED },
	{ "untrusted", { .untrusted = true }, false, SB_WHY_UNTRUSTED },
	{ "bound and untrusted", { .busy = SB_BUSY_DRIVER, .untrusted = true },
	  false, SB_WHY_DRIVER_BOUND },
	{ "bound", { .busy = SB_BUSY_DRIVER }, false, SB_WHY_DRIVER_BOUND },
	{ "powered down", { .powered_down = true }, false,
	  SB_WHY_POWERED_DOWN },
	{ "denied and bound", { .denied = true, .busy = SB_BUSY_DRIVER }, false,
	  SB_WHY_DENIED },
	{ "known bad and denied", { .known_bad = true, .denied = true }, false,
	  SB_WHY_KNOWN_BAD },
	{ "not restored and bound", { .not_restored = true, .busy = SB_BUSY_DRIVER },
	  false, SB_WHY_NOT_RESTORED },
	{ "bound and powered down", { .busy = SB_BUSY_DRIVER, .powered_down = true },
	  false, SB_WHY_DRIVER_BOUND },
	{ "enabled", { .busy = SB_BUSY_ENABLED }, false, SB_WHY_IN_USE },
	{ "denied and enabled", { .denied = true, .busy = SB_BUSY_ENABLED },
	  false, SB_WHY_DENIED },
	{ "a busy resource pins it, no more", { .busy = SB_BUSY_RESOURCE },
	  true },
	{ "everything",
	  { true, true, true, true, true, true, SB_BUSY_DRIVER }, false,
	  SB_WHY_VIRTUAL },
};

static void standing_test(struct kunit *test)
{
	const struct standing_case *c = test->param_value;
	enum sb_why why = SB_WHY_BROKEN;

	KUNIT_EXPECT_EQ(test, sb_may_touch(&c->standing, &why), c->want);
	if (!c->want)
		KUNIT_EXPECT_EQ(test, why, c->why);
}

CASES(standing);

/* A healthy function on the root bus, which each case changes */
#define WINDOWS		.windows = RANGES({ 0x80000000, 0x8fffffff })
#define USUAL		WINDOWS, .can_park = true, .decode = true,	\
			.decode_at_first = true, .borrow = true,	\
			.rom_size = SZ_64K
#define OFF		WINDOWS, .can_park = true, .decode = false,	\
			.decode_at_first = false, .borrow = true,	\
			.rom_size = SZ_64K
/* Claimed at the address in the register; see claim_good() */
#define GOOD(a, s)	{ .addr = (a), .size = (s), .claimed = true }
#define GOOD64(a, s)	{ .addr = (a), .size = (s), .claimed = true,	\
			  .is_64 = true }
#define BAD(a, s)	{ .addr = (a), .size = (s) }
#define BAD64(a, s)	{ .addr = (a), .size = (s), .is_64 = true }
#define OPEN_AT_8	{ PCI_COMMAND_MEMORY, 0x8ff08000, 0x10 }
#define OPEN_AT_9	{ PCI_COMMAND_MEMORY, 0x9ff09000, 0x10 }
#define CLOSED		{ PCI_COMMAND_MEMORY, 0x10, 0x10 }
#define BRIDGES(...)							\
	.bridge = (const struct sb_bridge []){ __VA_ARGS__ },		\
	.nr_bridges = sizeof((const struct sb_bridge []){ __VA_ARGS__ }) / \
		      sizeof(struct sb_bridge)

struct plan_case {
	const char *name;
	struct sb_facts facts;
	enum sb_source source;
	enum sb_why why;
	u64 addr;
	unsigned int lender;
	unsigned long parked;
	u64 park[SB_MAX_BARS];
};

#define IN_PLACE(a)	.source = SB_SOURCE_IN_PLACE,			\
			.why = SB_WHY_CAPTURED, .addr = (a)
#define BORROWED(a, n)	.source = SB_SOURCE_BORROWED,			\
			.why = SB_WHY_CAPTURED, .addr = (a), .lender = (n)
#define A_HOLE		.source = SB_SOURCE_HOLE, .why = SB_WHY_CAPTURED
#define SKIPPED(w)	.source = SB_SOURCE_NONE, .why = (w)

static const struct plan_case plan_cases[] = {
	/* In place */
	{ "in place by the register", { USUAL, .rom_raw = 0x80100000 },
	  IN_PLACE(0x80100000) },
	{ "in place, enabled already", { USUAL, .rom_raw = 0x80100001 },
	  IN_PLACE(0x80100000) },
	{ "in place by the kernel's claim, register zero",
	  { USUAL, .rom_claimed = true, .rom_claim = 0x80200000 },
	  IN_PLACE(0x80200000) },
	{ "the claim counts more than the register",
	  { USUAL, .rom_raw = 0x80100000, .rom_claimed = true,
	    .rom_claim = 0x80200000 }, IN_PLACE(0x80200000) },
	{ "decoding off, but the kernel has claimed it",
	  { OFF, .rom_raw = 0x80100000, .rom_claimed = true,
	    .rom_claim = 0x80100000 }, IN_PLACE(0x80100000) },
	{ "decoding was off: the register is not believed",
	  { OFF, .rom_raw = 0x80100000 }, A_HOLE },
	{ "decoding was off at first and is on now",
	  { USUAL, .decode_at_first = false, .rom_raw = 0x80100000 }, A_HOLE },
	{ "decoding was off: borrow instead",
	  { OFF, .rom_raw = 0x80100000, .bar = { GOOD(0x80200000, SZ_64K) } },
	  BORROWED(0x80200000, 0), .park = { 0xffff0000 } },
	{ "the kernel holds something else there",
	  { USUAL, .rom_raw = 0x80100000, .rom_taken = true }, A_HOLE },
	{ "a claim above 4 GiB is out of reach",
	  { USUAL, .windows = RANGES({ 0x100000000, 0x1ffffffff }),
	    .rom_claimed = true, .rom_claim = 0x100000000 }, A_HOLE },
	{ "a claim that ends at 4 GiB",
	  { USUAL, .windows = RANGES({ 0xf0000000, 0xffffffff }),
	    .rom_claimed = true, .rom_claim = 0xffff0000 },
	  IN_PLACE(0xffff0000) },
	{ "a claim outside every window",
	  { USUAL, .rom_claimed = true, .rom_claim = 0x70000000 }, A_HOLE },
	{ "a claim on an own BAR",
	  { USUAL, .rom_claimed = true, .rom_claim = 0x80200000,
	    .bar = { BAD(0x80200000, SZ_4K) } }, A_HOLE },
	{ "a claim that is not aligned",
	  { USUAL, .rom_claimed = true, .rom_claim = 0x80208000 }, A_HOLE },
	{ "a neighbour decodes there",
	  { USUAL, .rom_raw = 0x80100000,
	    .decoders = RANGES({ 0x8010f000, 0x8010ffff }) }, A_HOLE },
	{ "a neighbour decodes beside it",
	  { USUAL, .rom_raw = 0x80100000,
	    .decoders = RANGES({ 0x80110000, 0x8011ffff }) },
	  IN_PLACE(0x80100000) },
	{ "pinned: in place is still fine",
	  { USUAL, .pinned = true, .rom_raw = 0x80100000 },
	  IN_PLACE(0x80100000) },
	{ "borrowing not allowed: in place is",
	  { USUAL, .borrow = false, .rom_raw = 0x80100000 },
	  IN_PLACE(0x80100000) },

	/* The bridges above */
	{ "one bridge forwards it",
	  { USUAL, .rom_raw = 0x80100000, BRIDGES(OPEN_AT_8) },
	  IN_PLACE(0x80100000) },
	{ "one bridge is closed",
	  { USUAL, .rom_raw = 0x80100000, BRIDGES(CLOSED) }, A_HOLE },
	{ "three bridges forward it",
	  { USUAL, .rom_raw = 0x80100000,
	    BRIDGES(OPEN_AT_8, OPEN_AT_8, OPEN_AT_8) }, IN_PLACE(0x80100000) },
	{ "the first of three does not",
	  { USUAL, .rom_raw = 0x80100000,
	    BRIDGES(OPEN_AT_9, OPEN_AT_8, OPEN_AT_8) }, A_HOLE },
	{ "the last of three does not",
	  { USUAL, .rom_raw = 0x80100000,
	    BRIDGES(OPEN_AT_8, OPEN_AT_8, OPEN_AT_9) }, A_HOLE },
	{ "a bridge is switched off",
	  { USUAL, .rom_raw = 0x80100000, BRIDGES({ 0, 0x8ff08000, 0x10 }) },
	  SKIPPED(SB_WHY_BRIDGE_CLOSED) },
	{ "the last of two bridges is switched off",
	  { USUAL, .bar = { GOOD(0x80200000, SZ_64K) },
	    BRIDGES(OPEN_AT_8, { 0, 0x8ff08000, 0x10 }) },
	  SKIPPED(SB_WHY_BRIDGE_CLOSED) },
	{ "a lender behind a closed bridge",
	  { USUAL, .bar = { GOOD(0x80200000, SZ_64K) }, BRIDGES(CLOSED) },
	  A_HOLE },

	/* Borrowed */
	{ "a BAR of the same size",
	  { USUAL, .bar = { GOOD(0x80200000, SZ_64K) } },
	  BORROWED(0x80200000, 0), .park = { 0xffff0000 } },
	{ "a larger one", { USUAL, .bar = { GOOD(0x80200000, SZ_128K) } },
	  BORROWED(0x80200000, 0), .park = { 0xfffe0000 } },
	{ "a smaller one will not do",
	  { USUAL, .bar = { GOOD(0x80200000, SZ_32K) } }, A_HOLE },
	{ "the smallest that fits",
	  { USUAL, .bar = { GOOD(0x80800000, SZ_1M), GOOD(0x80200000, SZ_128K),
			    GOOD(0x80300000, SZ_32K), GOOD(0x80400000, SZ_256K) } },
	  BORROWED(0x80200000, 1), .park = { 0, 0xfffe0000 } },
	{ "the first of two that are as good",
	  { USUAL, .bar = { [2] = GOOD(0x80200000, SZ_64K),
			    [4] = GOOD(0x80300000, SZ_64K) } },
	  BORROWED(0x80200000, 2), .park = { 0, 0, 0xffff0000 } },
	{ "not where another of its BARs is, too",
	  { USUAL, .bar = { GOOD(0x80200000, SZ_64K),
			    BAD(0x80208000, SZ_4K) } }, A_HOLE },
	{ "another one, then",
	  { USUAL, .bar = { GOOD(0x80200000, SZ_64K),
			    BAD(0x80208000, SZ_4K),
			    GOOD(0x80300000, SZ_128K) } },
	  BORROWED(0x80300000, 2), .park = { 0, 0, 0xfffe0000 } },
	{ "decoding is off: that one is parked",
	  { OFF, .bar = { GOOD(0x80200000, SZ_64K),
			  BAD(0x80208000, SZ_4K) } },
	  BORROWED(0x80200000, 0), .parked = BIT(1),
	  .park = { 0xffff0000, 0xfffff000 } },
	{ "a 64-bit BAR below 4 GiB",
	  { USUAL, .bar = { GOOD64(0x80200000, SZ_64K) } },
	  BORROWED(0x80200000, 0), .park = { 0xffffffffffff0000ULL } },
	{ "a 64-bit BAR above 4 GiB is out of reach",
	  { USUAL, .bar = { GOOD64(0x100000000, SZ_64K) } }, A_HOLE },
	{ "a 64-bit BAR across 4 GiB: its first part is below",
	  { USUAL, .bar = { GOOD64(0xc0000000, SZ_2G) } },
	  BORROWED(0xc0000000, 0), .park = { 0xffffffff80000000ULL } },
	{ "above 4 GiB with a neighbour below",
	  { USUAL, .bar = { GOOD64(0x100000000, SZ_64K), {},
			    GOOD64(0x80200000, SZ_64K) } },
	  BORROWED(0x80200000, 2), .park = { 0, 0, 0xffffffffffff0000ULL } },
	{ "a BAR that is not assigned",
	  { USUAL, .bar = { BAD(0x80200000, SZ_64K) } }, A_HOLE },
	{ "a BAR at another address than the kernel holds",
	  { USUAL, .bar = { { 0x80200000, SZ_64K, 0x80300000, false, true } } },
	  A_HOLE },
	{ "a BAR that is not aligned for the ROM",
	  { USUAL, .bar = { GOOD(0x80208000, SZ_64K) } }, A_HOLE },
	{ "a BAR at zero", { USUAL, .bar = { GOOD(0, SZ_64K) } }, A_HOLE },
	{ "a BAR that a neighbour decodes too",
	  { USUAL, .bar = { GOOD(0x80200000, SZ_64K) },
	    .decoders = RANGES({ 0x80200000, 0x80200fff }) }, A_HOLE },
	{ "borrowing not allowed",
	  { USUAL, .borrow = false, .bar = { GOOD(0x80200000, SZ_64K) } },
	  A_HOLE },
	{ "a BAR in use", { USUAL, .pinned = true,
			    .bar = { GOOD(0x80200000, SZ_64K) } }, A_HOLE },
	{ "nowhere to park a 32-bit BAR",
	  { USUAL, .can_park = false, .bar = { GOOD(0x80200000, SZ_64K) } },
	  A_HOLE },
	{ "nowhere to park: a larger 64-bit BAR instead",
	  { USUAL, .can_park = false,
	    .bar = { GOOD(0x80200000, SZ_64K), GOOD64(0x80300000, SZ_1M) } },
	  BORROWED(0x80300000, 1), .park = { 0, 0xfffffffffff00000ULL } },
	{ "a 32-bit BAR that just fits the parking place",
	  { USUAL, .bar = { GOOD(0x81000000, SZ_16M) } },
	  BORROWED(0x81000000, 0), .park = { 0xff000000 } },
	{ "a 32-bit BAR that is too large to park",
	  { USUAL, .bar = { GOOD(0x82000000, SZ_32M) } }, A_HOLE },

	/* Decoding off: BARs with implausible addresses are parked first. */
	{ "off, all BARs good",
	  { OFF, .bar = { GOOD(0x80200000, SZ_4K), GOOD(0x80300000, SZ_64K) } },
	  BORROWED(0x80300000, 1), .park = { 0, 0xffff0000 } },
	{ "off, one BAR without an address",
	  { OFF, .bar = { BAD(0, SZ_4K), GOOD(0x80300000, SZ_64K) } },
	  .source = SB_SOURCE_BORROWED, .why = SB_WHY_CAPTURED,
	  .addr = 0x80300000, .lender = 1, .parked = 0x1,
	  .park = { 0xfffff000, 0xffff0000 } },
	{ "off, a stale BAR, and the ROM in a hole",
	  { OFF, .bar = { BAD(0x12340000, SZ_64K), {},
			  BAD64(0x1234500000, SZ_1M) } },
	  A_HOLE, .parked = 0x5,
	  .park = { 0xffff0000, 0, 0xfffffffffff00000ULL } },
	{ "off, each BAR gets what sizing leaves in it",
	  { OFF, .bar = { BAD64(0, SZ_1M), {}, BAD64(0, 0x1000000000ULL), {},
			  BAD(0, SZ_16M), BAD(0, SZ_4K) } },
	  A_HOLE, .parked = 0x35,
	  .park = { 0xfffffffffff00000ULL, 0, 0xfffffff000000000ULL, 0,
		    0xff000000, 0xfffff000 } },
	{ "off, one that is too large to park",
	  { OFF, .bar = { BAD(0, SZ_32M), BAD(0, SZ_4K) } },
	  SKIPPED(SB_WHY_CANNOT_PARK) },
	{ "off, and nowhere to park",
	  { OFF, .can_park = false, .bar = { BAD(0, SZ_4K) } },
	  SKIPPED(SB_WHY_CANNOT_PARK) },
	{ "off, nowhere to park, but nothing needs it",
	  { OFF, .can_park = false, .bar = { GOOD(0x80200000, SZ_4K) } },
	  A_HOLE },
	{ "on: what cannot be believed stays",
	  { USUAL, .bar = { BAD(0x12340000, SZ_4K) },
	    .rom_raw = 0x80100000 }, IN_PLACE(0x80100000) },
	{ "off and pinned",
	  { OFF, .pinned = true, .rom_claimed = true,
	    .rom_claim = 0x80100000 }, SKIPPED(SB_WHY_PINNED_OFF) },
	{ "off, a second VGA device",
	  { OFF, .vga_conflict = true, .rom_claimed = true,
	    .rom_claim = 0x80100000 }, SKIPPED(SB_WHY_VGA) },
	{ "on, a second VGA device",
	  { USUAL, .vga_conflict = true, .rom_raw = 0x80100000 },
	  IN_PLACE(0x80100000) },
};

static struct sb_facts claim_good(const struct sb_facts *facts)
{
	struct sb_facts claimed = *facts;
	unsigned int i;

	for (i = 0; i < SB_MAX_BARS; i++)
		if (!claimed.bar[i].claim)
			claimed.bar[i].claim = claimed.bar[i].addr;
	return claimed;
}

static void plan_test(struct kunit *test)
{
	const struct plan_case *c = test->param_value;
	struct sb_facts facts = claim_good(&c->facts);
	unsigned long parked = c->parked;
	struct sb_plan plan;
	unsigned int i;

	memset(&plan, 0xa5, sizeof(plan));
	sb_plan_make(&facts, &plan);
	KUNIT_ASSERT_EQ(test, plan.source, c->source);
	KUNIT_EXPECT_EQ(test, plan.why, c->why);
	if (plan.source == SB_SOURCE_IN_PLACE ||
	    plan.source == SB_SOURCE_BORROWED)
		KUNIT_EXPECT_EQ(test, plan.addr, c->addr);
	if (plan.source == SB_SOURCE_BORROWED) {
		KUNIT_EXPECT_EQ(test, plan.lender, c->lender);
		parked |= BIT(c->lender);
	}
	if (plan.source == SB_SOURCE_NONE)
		return;
	KUNIT_EXPECT_EQ(test, plan.parked, parked);
	for (i = 0; i < SB_MAX_BARS; i++)
		if (parked & BIT(i))
			KUNIT_EXPECT_EQ(test, sb_park_addr(&facts.bar[i]),
					c->park[i]);
}

CASES(plan);

struct facts_bar_case {
	const char *name;
	struct sb_facts facts;
	enum sb_rom_bar want;
};

static const struct facts_bar_case facts_bar_cases[] = {
	{ "good", { USUAL, .rom_raw = 0x80100000 }, SB_ROM_BAR_PROGRAMMED },
	{ "decoding off does not count here", { OFF, .rom_raw = 0x80100000 },
	  SB_ROM_BAR_PROGRAMMED },
	{ "zero", { USUAL }, SB_ROM_BAR_ZERO },
	{ "all ones", { USUAL, .rom_raw = 0xffff0000 }, SB_ROM_BAR_ALL_ONES },
	{ "absent", { WINDOWS, .rom_raw = 0x80100000 }, SB_ROM_BAR_ABSENT },
	{ "outside", { USUAL, .rom_raw = 0x70000000 }, SB_ROM_BAR_OUTSIDE },
	{ "on an own BAR, claimed",
	  { USUAL, .rom_raw = 0x80100000, .bar = { GOOD(0x80100000, 16) } },
	  SB_ROM_BAR_OVERLAP },
	{ "on an own BAR that nobody claimed",
	  { USUAL, .rom_raw = 0x80100000, .bar = { [5] = BAD(0x8010fff0, 16) } },
	  SB_ROM_BAR_OVERLAP },
	{ "beside an own BAR",
	  { USUAL, .rom_raw = 0x80100000, .bar = { BAD(0x800ffff0, 16) } },
	  SB_ROM_BAR_PROGRAMMED },
	{ "on a neighbour",
	  { USUAL, .rom_raw = 0x80100000,
	    .decoders = RANGES({ 0x80100000, 0x80100000 }) },
	  SB_ROM_BAR_OVERLAP },
	{ "taken in the tree",
	  { USUAL, .rom_raw = 0x80100000, .rom_taken = true },
	  SB_ROM_BAR_OVERLAP },
	{ "taken and outside", { USUAL, .rom_raw = 0x70000000,
				 .rom_taken = true }, SB_ROM_BAR_OUTSIDE },
};

static void facts_bar_test(struct kunit *test)
{
	const struct facts_bar_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, sb_facts_rom_bar(&c->facts), c->want);
}

CASES(facts_bar);

/* A ROM that is smaller than a page */
#define SMALL		WINDOWS, .rom_size = SZ_4K, .page_size = SZ_64K

struct hole_case {
	const char *name;
	struct sb_facts facts;
	u64 start;
	u64 end;
	u64 want;
};

static const struct hole_case hole_cases[] = {
	{ "all free", { USUAL }, 0x80000000, 0x8fffffff, 0x80000000 },
	{ "just as large as the ROM", { USUAL }, 0x80000000, 0x8000ffff,
	  0x80000000 },
	{ "one byte too small", { USUAL }, 0x80000000, 0x8000fffe, U64_MAX },
	{ "not aligned", { USUAL }, 0x80000001, 0x8fffffff, 0x80010000 },
	{ "too small when aligned", { USUAL }, 0x80000001, 0x8001fffe,
	  U64_MAX },
	{ "just large enough when aligned", { USUAL }, 0x80000001, 0x8001ffff,
	  0x80010000 },
	{ "the legacy VGA range is none", { USUAL }, 0xa0000, 0xbffff,
	  U64_MAX },
	{ "below 1 MiB is none", { USUAL }, 0, 0xfffff, U64_MAX },
	{ "from below 1 MiB", { USUAL }, 0xa0000, 0x10ffff, 0x100000 },
	{ "up to 4 GiB", { USUAL }, 0xffff0000, 0xffffffff, 0xffff0000 },
	{ "above 4 GiB is none", { USUAL }, 0x100000000, 0x1ffffffff,
	  U64_MAX },
	{ "across 4 GiB, room below", { USUAL }, 0xffff0000, 0x1ffffffff,
	  0xffff0000 },
	{ "across 4 GiB, no room below", { USUAL }, 0xffff8000, 0x1ffffffff,
	  U64_MAX },
	{ "a decoder at the start",
	  { USUAL, .decoders = RANGES({ 0x80000000, 0x80000fff }) },
	  0x80000000, 0x8fffffff, 0x80010000 },
	{ "decoders all the way",
	  { USUAL, .decoders = RANGES({ 0x80000000, 0x8fffffff }) },
	  0x80000000, 0x8fffffff, U64_MAX },
	{ "decoders in no order",
	  { USUAL, .decoders = RANGES({ 0x80010000, 0x8001ffff },
				      { 0x80000000, 0x8000ffff }) },
	  0x80000000, 0x8fffffff, 0x80020000 },
	{ "between two decoders",
	  { USUAL, .decoders = RANGES({ 0x80000000, 0x8000ffff },
				      { 0x80020000, 0x8fffffff }) },
	  0x80000000, 0x8fffffff, 0x80010000 },
	{ "a decoder up to the end of everything",
	  { USUAL, .decoders = RANGES({ 0x80000000, U64_MAX }) },
	  0x80000000, 0x8fffffff, U64_MAX },
	{ "a decoder in the last bytes of the first place",
	  { USUAL, .decoders = RANGES({ 0x8000ffff, 0x8000ffff }) },
	  0x80000000, 0x8fffffff, 0x80010000 },
	{ "an own BAR without an address is not",
	  { USUAL, .bar = { BAD(0, 1ULL << 31), BAD64(0, 1ULL << 40) } },
	  0x70000000, 0x7fffffff, 0x70000000 },
	{ "an own BAR is in the way",
	  { USUAL, .bar = { BAD(0x80000000, SZ_4K) } },
	  0x80000000, 0x8fffffff, 0x80010000 },
	{ "an own 64-bit BAR at the end",
	  { USUAL, .bar = { GOOD64(0x80010000, SZ_64K) } },
	  0x80000000, 0x8fffffff, 0x80000000 },
	{ "a BAR without an address is not in the way",
	  { USUAL, .bar = { BAD(0, SZ_1G) } }, 0x80000000, 0x8fffffff,
	  0x80000000 },
	/* With pages of 64 KiB, a page that something else is in is none. */
	{ "a whole page", { SMALL }, 0x80000000, 0x8000ffff,
	  0x80000000 },
	{ "the rest of a page", { SMALL }, 0x80001000, 0x8002ffff,
	  0x80010000 },
	{ "no whole page", { SMALL }, 0x80001000, 0x8001fffe,
	  U64_MAX },
	{ "a decoder in the last bytes of a page",
	  { SMALL,
	    .decoders = RANGES({ 0x8000ffff, 0x8000ffff }) },
	  0x80000000, 0x8fffffff, 0x80010000 },
	{ "the last page below 4 GiB", { SMALL }, 0xffff0000, 0x1ffffffff,
	  0xffff0000 },
	{ "a ROM larger than a page", { USUAL, .page_size = SZ_4K },
	  0x80001000, 0x8002ffff, 0x80010000 },
	{ "the bridge forwards it", { USUAL, BRIDGES(OPEN_AT_8) },
	  0x80000000, 0x8fffffff, 0x80000000 },
	{ "the bridge does not", { USUAL, BRIDGES(OPEN_AT_9) },
	  0x80000000, 0x8fffffff, U64_MAX },
};

static void hole_test(struct kunit *test)
{
	const struct hole_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, sb_plan_hole(&c->facts, c->start, c->end),
			c->want);
}

CASES(hole);

/* Every size of a ROM: aligned, inside, and with no better hole before it */
static void hole_sizes_test(struct kunit *test)
{
	const struct sb_range taken = { 0x80004000, 0x80004fff };
	struct sb_facts facts = {
		USUAL,
		.decoders = { .range = &taken, .nr = 1 },
	};

	for (facts.rom_size = SZ_2K; facts.rom_size <= SZ_16M;
	     facts.rom_size *= 2) {
		u64 size = facts.rom_size;
		u64 want = size <= SZ_16K ? 0x80000000 : 0x80000000 + size;

		KUNIT_EXPECT_EQ(test, sb_plan_hole(&facts, 0x80000000,
						   0x8fffffff), want);
		KUNIT_EXPECT_EQ(test, sb_plan_hole(&facts, 0x90000000,
						   0x90000000 + size - 1),
				0x90000000);
		KUNIT_EXPECT_EQ(test, sb_plan_hole(&facts, 0x90000000,
						   0x90000000 + size - 2),
				U64_MAX);
	}
}

static void path_test(struct kunit *test)
{
	static const struct sb_bridge bridges[] = {
		OPEN_AT_8, OPEN_AT_8, OPEN_AT_9,
	};
	struct sb_facts facts = { USUAL, .bridge = bridges };

	KUNIT_EXPECT_TRUE(test, sb_path_forwards(&facts, 0x12345678, 1));
	facts.nr_bridges = 2;
	KUNIT_EXPECT_TRUE(test, sb_path_forwards(&facts, 0x80000000, SZ_1M));
	KUNIT_EXPECT_FALSE(test, sb_path_forwards(&facts, 0x90000000, SZ_1M));
	facts.nr_bridges = 3;
	KUNIT_EXPECT_FALSE(test, sb_path_forwards(&facts, 0x80000000, SZ_1M));
}

static void source_names_test(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, sb_source_name(SB_SOURCE_NONE), "");
	KUNIT_EXPECT_STREQ(test, sb_source_name(SB_SOURCE_IN_PLACE),
			   "in-place");
	KUNIT_EXPECT_STREQ(test, sb_source_name(SB_SOURCE_BORROWED),
			   "borrowed");
	KUNIT_EXPECT_STREQ(test, sb_source_name(SB_SOURCE_HOLE), "hole");
}

static struct kunit_case plan_suite_cases[] = {
	KUNIT_CASE_PARAM(standing_test, standing_gen_params),
	KUNIT_CASE_PARAM(plan_test, plan_gen_params),
	KUNIT_CASE_PARAM(facts_bar_test, facts_bar_gen_params),
	KUNIT_CASE_PARAM(hole_test, hole_gen_params),
	KUNIT_CASE(hole_sizes_test),
	KUNIT_CASE(path_test),
	KUNIT_CASE(source_names_test),
	{}
};

static struct kunit_suite plan_suite = {
	.name = "shadowbar_plan",
	.test_cases = plan_suite_cases,
};

kunit_test_suite(plan_suite);
