// SPDX-License-Identifier: GPL-2.0-only
/*
 * igd: generations, stolen memory, OpRegions and VBTs.
 */
#include <kunit/test.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <shadowbar/igd.h>

#include "cases.h"
#include "igd/igd.h"
#include "igd_build.h"

#define MIB(x)	((u64)(x) * SZ_1M)

struct generation_case {
	const char *name;
	u16 device;
	enum sb_igd_gen gen;
};

/* One device of each family */
static const struct generation_case generation_cases[] = {
	{ "nobody", 0x0000, SB_IGD_UNKNOWN },
	{ "a network card", 0x100e, SB_IGD_UNKNOWN },
	{ "all ones", 0xffff, SB_IGD_UNKNOWN },
	{ "810", 0x7121, SB_IGD_GEN2 },
	{ "815", 0x1132, SB_IGD_GEN2 },
	{ "830", 0x3577, SB_IGD_GEN2 },
	{ "845", 0x2562, SB_IGD_GEN2 },
	{ "855", 0x3582, SB_IGD_GEN2 },
	{ "865", 0x2572, SB_IGD_GEN2 },
	{ "915", 0x2582, SB_IGD_GEN3 },
	{ "915 mobile", 0x2592, SB_IGD_GEN3 },
	{ "945", 0x2772, SB_IGD_GEN3 },
	{ "945 mobile", 0x27ae, SB_IGD_GEN3 },
	{ "965", 0x29a2, SB_IGD_GEN3 },
	{ "965 mobile", 0x2a02, SB_IGD_GEN3 },
	{ "G33", 0x29c2, SB_IGD_GEN3 },
	{ "GM45", 0x2a42, SB_IGD_GEN3 },
	{ "G45", 0x2e22, SB_IGD_GEN3 },
	{ "Pineview", 0xa001, SB_IGD_GEN3 },
	{ "Pineview mobile", 0xa011, SB_IGD_GEN3 },
	{ "Ironlake", 0x0042, SB_IGD_GEN3 },
	{ "Ironlake mobile", 0x0046, SB_IGD_GEN3 },
	{ "Sandy Bridge", 0x0102, SB_IGD_GEN6 },
	{ "Sandy Bridge mobile", 0x0126, SB_IGD_GEN6 },
	{ "Ivy Bridge", 0x0162, SB_IGD_GEN6 },
	{ "Ivy Bridge mobile", 0x0166, SB_IGD_GEN6 },
	{ "Haswell", 0x0412, SB_IGD_GEN6 },
	{ "Valleyview", 0x0f31, SB_IGD_GEN6 },
	{ "Broadwell", 0x1616, SB_IGD_GEN8 },
	{ "Cherryview", 0x22b0, SB_IGD_CHV },
	{ "Skylake", 0x1912, SB_IGD_GEN9 },
	{ "Broxton", 0x5a85, SB_IGD_GEN9 },
	{ "Gemini Lake", 0x3184, SB_IGD_GEN9 },
	{ "Kaby Lake", 0x5912, SB_IGD_GEN9 },
	{ "Coffee Lake", 0x3e92, SB_IGD_GEN9 },
	{ "Whiskey Lake", 0x3ea0, SB_IGD_GEN9 },
	{ "Comet Lake", 0x9bc5, SB_IGD_GEN9 },
	{ "Cannon Lake", 0x5a52, SB_IGD_GEN9 },
	{ "Ice Lake", 0x8a52, SB_IGD_GEN11 },
	{ "Elkhart Lake", 0x4541, SB_IGD_GEN11 },
	{ "Tiger Lake", 0x9a49, SB_IGD_GEN11 },
	{ "Rocket Lake", 0x4c8a, SB_IGD_GEN11 },
	{ "Jasper Lake", 0x4e55, SB_IGD_GEN11 },
	{ "Alder Lake S", 0x4680, SB_IGD_GEN11 },
	{ "Alder Lake P", 0x46a6, SB_IGD_GEN11 },
	{ "Alder Lake N", 0x46d1, SB_IGD_GEN11 },
	{ "Raptor Lake S", 0xa780, SB_IGD_GEN11 },
	{ "Raptor Lake U", 0xa7a1, SB_IGD_GEN11 },
	{ "Raptor Lake P", 0xa7a0, SB_IGD_GEN11 },
	{ "Meteor Lake", 0x7d55, SB_IGD_MMIO },
	{ "Arrow Lake", 0x7d67, SB_IGD_MMIO },
	{ "Lunar Lake", 0x64a0, SB_IGD_MMIO },
	{ "Panther Lake", 0xb080, SB_IGD_MMIO },
	{ "Wildcat Lake", 0xfd80, SB_IGD_MMIO },
	{ "Nova Lake S", 0xd740, SB_IGD_MMIO },
	{ "Nova Lake P", 0xd750, SB_IGD_MMIO },
	{ "Arrow Lake S", 0x7d67, SB_IGD_MMIO },
	{ "one of Meteor Lake that no list has", 0x7dff, SB_IGD_MMIO },
	{ "Cedarview", 0x0be1, SB_IGD_UNKNOWN },
	{ "Broxton, beside Haswell", 0x0a84, SB_IGD_GEN9 },
	{ "Ponte Vecchio", 0x0bd5, SB_IGD_DISCRETE },
	{ "DG1", 0x4905, SB_IGD_DISCRETE },
	{ "DG2", 0x56a0, SB_IGD_DISCRETE },
	{ "ATS-M", 0x56c0, SB_IGD_DISCRETE },
	{ "Battlemage", 0xe20b, SB_IGD_DISCRETE },
	{ "Crescent Island", 0x674c, SB_IGD_DISCRETE },
};

static void generation_test(struct kunit *test)
{
	const struct generation_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, sb_igd_generation(c->device), c->gen);
}

CASES(generation);

/*
 * The kernel's own lists, as far as the headers have them. The names of the
 * lists changed once, when their first argument became a macro.
 */
#ifdef SB_INTEL_IDS_HEADER
#include SB_INTEL_IDS_HEADER

/* The user of the lists decides what they expand to. */
#undef INTEL_VGA_DEVICE
#define INTEL_VGA_DEVICE(id, gen)	{ id, gen }

#ifdef INTEL_PNV_IDS
#define IDS(list, gen)	INTEL_##list##_IDS(INTEL_VGA_DEVICE, gen)
#else
#define IDS(list, gen)	INTEL_##list##_IDS(gen)
#endif
#endif

static const struct {
	u16 device;
	u8 gen;
} kernel_ids[] = {
#ifdef SB_INTEL_IDS_HEADER
	IDS(I810, SB_IGD_GEN2),
	IDS(I815, SB_IGD_GEN2),
	IDS(I830, SB_IGD_GEN2),
	IDS(I845G, SB_IGD_GEN2),
	IDS(I85X, SB_IGD_GEN2),
	IDS(I865G, SB_IGD_GEN2),
	IDS(I915G, SB_IGD_GEN3),
	IDS(I915GM, SB_IGD_GEN3),
	IDS(I945G, SB_IGD_GEN3),
	IDS(I945GM, SB_IGD_GEN3),
	IDS(I965G, SB_IGD_GEN3),
	IDS(I965GM, SB_IGD_GEN3),
	IDS(G33, SB_IGD_GEN3),
	IDS(GM45, SB_IGD_GEN3),
	IDS(G45, SB_IGD_GEN3),
#ifdef INTEL_PNV_IDS
	IDS(PNV, SB_IGD_GEN3),
	IDS(ILK, SB_IGD_GEN3),
#else
	IDS(PINEVIEW_G, SB_IGD_GEN3),
	IDS(PINEVIEW_M, SB_IGD_GEN3),
	IDS(IRONLAKE_D, SB_IGD_GEN3),
	IDS(IRONLAKE_M, SB_IGD_GEN3),
#endif
	IDS(SNB_D, SB_IGD_GEN6),
	IDS(SNB_M, SB_IGD_GEN6),
	IDS(IVB_D, SB_IGD_GEN6),
	IDS(IVB_M, SB_IGD_GEN6),
	IDS(HSW, SB_IGD_GEN6),
	IDS(VLV, SB_IGD_GEN6),
	IDS(BDW, SB_IGD_GEN8),
	IDS(CHV, SB_IGD_CHV),
	IDS(SKL, SB_IGD_GEN9),
	IDS(BXT, SB_IGD_GEN9),
	IDS(GLK, SB_IGD_GEN9),
	IDS(KBL, SB_IGD_GEN9),
	IDS(CFL, SB_IGD_GEN9),
#ifdef INTEL_WHL_IDS
	IDS(WHL, SB_IGD_GEN9),
#endif
#ifdef INTEL_CML_IDS
	IDS(CML, SB_IGD_GEN9),
#endif
	IDS(CNL, SB_IGD_GEN9),
#ifdef INTEL_ICL_IDS
	IDS(ICL, SB_IGD_GEN11),
	IDS(TGL, SB_IGD_GEN11),
#else
	IDS(ICL_11, SB_IGD_GEN11),
	IDS(TGL_12, SB_IGD_GEN11),
#endif
	IDS(EHL, SB_IGD_GEN11),
#ifdef INTEL_JSL_IDS
	IDS(JSL, SB_IGD_GEN11),
#endif
	IDS(RKL, SB_IGD_GEN11),
#ifdef INTEL_ADLS_IDS
	IDS(ADLS, SB_IGD_GEN11),
#endif
#ifdef INTEL_ADLP_IDS
	IDS(ADLP, SB_IGD_GEN11),
#endif
#ifdef INTEL_ADLN_IDS
	IDS(ADLN, SB_IGD_GEN11),
#endif
#ifdef INTEL_RPLS_IDS
	IDS(RPLS, SB_IGD_GEN11),
#endif
#ifdef INTEL_RPLU_IDS
	IDS(RPLU, SB_IGD_GEN11),
#endif
#ifdef INTEL_RPLP_IDS
	IDS(RPLP, SB_IGD_GEN11),
#endif
#ifdef INTEL_MTL_IDS
	IDS(MTL, SB_IGD_MMIO),
#endif
#ifdef INTEL_ARL_IDS
	IDS(ARL, SB_IGD_MMIO),
#endif
#ifdef INTEL_LNL_IDS
	IDS(LNL, SB_IGD_MMIO),
#endif
#ifdef INTEL_PTL_IDS
	IDS(PTL, SB_IGD_MMIO),
#endif
#ifdef INTEL_WCL_IDS
	IDS(WCL, SB_IGD_MMIO),
#endif
#ifdef INTEL_NVLS_IDS
	IDS(NVLS, SB_IGD_MMIO),
#endif
#ifdef INTEL_NVLP_IDS
	IDS(NVLP, SB_IGD_MMIO),
#endif
#ifdef INTEL_DG1_IDS
	IDS(DG1, SB_IGD_DISCRETE),
#endif
#ifdef INTEL_DG2_IDS
	IDS(DG2, SB_IGD_DISCRETE),
#endif
#ifdef INTEL_ATS_M_IDS
	IDS(ATS_M, SB_IGD_DISCRETE),
#endif
#ifdef INTEL_BMG_IDS
	IDS(BMG, SB_IGD_DISCRETE),
#endif
#ifdef INTEL_CRI_IDS
	IDS(CRI, SB_IGD_DISCRETE),
#endif
#endif
};

static void kernel_lists_test(struct kunit *test)
{
	unsigned int i;

	if (!ARRAY_SIZE(kernel_ids))
		kunit_skip(test, "the headers have no lists");
	for (i = 0; i < ARRAY_SIZE(kernel_ids); i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    sb_igd_generation(kernel_ids[i].device),
				    kernel_ids[i].gen, "%04x",
				    kernel_ids[i].device);
}

struct stolen_case {
	const char *name;
	enum sb_igd_gen gen;
	u64 bdsm;
	u32 ggc;
	enum sb_igd_range range;
	u64 start;
	u64 size;
	bool locked;
};

#define OK		SB_IGD_RANGE_OK
#define UNSET		SB_IGD_RANGE_UNSET
#define EMPTY		SB_IGD_RANGE_EMPTY
#define BAD		SB_IGD_RANGE_BAD_SIZE
#define NO		SB_IGD_RANGE_NO_REGISTER
#define AT		0x7c000000

/* First, last and odd lines of the tables in the datasheets */
static const struct stolen_case stolen_cases[] = {
	{ "unknown", SB_IGD_UNKNOWN, AT, 0x0108, NO },
	{ "generation 2", SB_IGD_GEN2, AT, 0x0108, NO },
	{ "a card", SB_IGD_DISCRETE, AT, 0x0108, NO },

	{ "3: none", SB_IGD_GEN3, AT, 0x00000000, EMPTY, AT },
	{ "3: 1", SB_IGD_GEN3, AT, 0x00100000, OK, AT, MIB(1) },
	{ "3: 4", SB_IGD_GEN3, AT, 0x00200000, OK, AT, MIB(4) },
	{ "3: 8", SB_IGD_GEN3, AT, 0x00300000, OK, AT, MIB(8) },
	{ "3: 16", SB_IGD_GEN3, AT, 0x00400000, OK, AT, MIB(16) },
	{ "3: 32", SB_IGD_GEN3, AT, 0x0050ffff, OK, AT, MIB(32) },
	{ "3: 48", SB_IGD_GEN3, AT, 0x00600000, OK, AT, MIB(48) },
	{ "3: 64", SB_IGD_GEN3, AT, 0x00700000, OK, AT, MIB(64) },
	{ "3: 128", SB_IGD_GEN3, AT, 0x00800000, OK, AT, MIB(128) },
	{ "3: 256", SB_IGD_GEN3, AT, 0x00900000, OK, AT, MIB(256) },
	{ "3: 96", SB_IGD_GEN3, AT, 0x00a00000, OK, AT, MIB(96) },
	{ "3: 160", SB_IGD_GEN3, AT, 0x00b00000, OK, AT, MIB(160) },
	{ "3: 224", SB_IGD_GEN3, AT, 0x00c00000, OK, AT, MIB(224) },
	{ "3: 352", SB_IGD_GEN3, 0x60000000, 0x00d00000, OK, 0x60000000,
	  MIB(352) },
	{ "3: 14", SB_IGD_GEN3, AT, 0x00e00000, BAD, AT },
	{ "3: 15", SB_IGD_GEN3, AT, 0x00f00000, BAD, AT },

	{ "6: none", SB_IGD_GEN6, AT, 0xff07, EMPTY, AT },
	{ "6: 32", SB_IGD_GEN6, AT, 0x0008, OK, AT, MIB(32) },
	{ "6: 64", SB_IGD_GEN6, AT, 0x0211, OK, AT, MIB(64) },
	{ "6: 512", SB_IGD_GEN6, AT, 0x0080, OK, AT, MIB(512) },
	{ "6: 544", SB_IGD_GEN6, AT, 0x0088, BAD, AT },
	{ "6: the last", SB_IGD_GEN6, AT, 0x00f8, BAD, AT },

	{ "8: none", SB_IGD_GEN8, AT, 0x00ff, EMPTY, AT },
	{ "8: 32", SB_IGD_GEN8, AT, 0x0100, OK, AT, MIB(32) },
	{ "8: 1024", SB_IGD_GEN8, AT, 0x20c8, OK, AT, MIB(1024) },
	{ "8: 2016", SB_IGD_GEN8, AT, 0x3f00, OK, AT, MIB(2016) },
	{ "8: the last", SB_IGD_GEN8, AT, 0xff00, BAD, AT },

	{ "Cherryview: 512", SB_IGD_CHV, AT, 0x0080, OK, AT, MIB(512) },
	{ "Cherryview: 8", SB_IGD_CHV, AT, 0x0088, OK, AT, MIB(8) },
	{ "Cherryview: 28", SB_IGD_CHV, AT, 0x00b0, OK, AT, MIB(28) },
	{ "Cherryview: 36", SB_IGD_CHV, AT, 0x00b8, OK, AT, MIB(36) },
	{ "Cherryview: 60", SB_IGD_CHV, AT, 0x00e8, OK, AT, MIB(60) },
	{ "Cherryview: 1e", SB_IGD_CHV, AT, 0x00f0, BAD, AT },

	{ "9: none", SB_IGD_GEN9, AT, 0x00ff, EMPTY, AT },
	{ "9: 64", SB_IGD_GEN9, AT, 0x02c1, OK, AT, MIB(64) },
	{ "9: 2016", SB_IGD_GEN9, AT, 0x3f00, OK, AT, MIB(2016) },
	{ "9: 4", SB_IGD_GEN9, AT, 0xf000, OK, AT, MIB(4) },
	{ "9: 60", SB_IGD_GEN9, AT, 0xfe00, OK, AT, MIB(60) },
	{ "9: the last", SB_IGD_GEN9, AT, 0xff00, BAD, AT },

	{ "11: 64", SB_IGD_GEN11, AT, 0x02c1, OK, AT, MIB(64) },
	{ "11: 4", SB_IGD_GEN11, AT, 0xf000, OK, AT, MIB(4) },
	{ "11: above 4 GiB", SB_IGD_GEN11, 0x27c000001, 0x0200, OK,
	  0x27c000000, MIB(64), true },
	{ "11: the lower half is ones", SB_IGD_GEN11, 0x2ffffffff, 0xf000, OK,
	  0x2fff00000, MIB(4), true },

	{ "locked", SB_IGD_GEN9, AT | 1, 0x0200, OK, AT, MIB(64), true },
	{ "low bits", SB_IGD_GEN9, AT | 0xffffe, 0x0200, OK, AT, MIB(64) },
	{ "nobody has set it", SB_IGD_GEN9, 0, 0x0200, UNSET, 0, MIB(64) },
	{ "only locked", SB_IGD_GEN9, 1, 0x0200, UNSET, 0, MIB(64), true },
	{ "nobody, nothing", SB_IGD_GEN9, 0, 0, UNSET },
	{ "nobody, a bad size", SB_IGD_GEN9, 0, 0xff00, UNSET },
	{ "nobody, in 64 bits", SB_IGD_GEN11, 0, 0xf000, UNSET, 0, MIB(4) },

	{ "to the end of 32 bits", SB_IGD_GEN9, 0xffc00000, 0xf000, OK,
	  0xffc00000, MIB(4) },
	{ "beyond the end of 32 bits", SB_IGD_GEN9, 0xffd00000, 0xf000,
	  SB_IGD_RANGE_WRAPS, 0xffd00000, MIB(4) },
	{ "beyond 32 bits, of 64", SB_IGD_GEN11, 0xffd00000, 0xf000, OK,
	  0xffd00000, MIB(4) },
	{ "beyond the end of 64 bits", SB_IGD_GEN11, 0xffffffffffd00000ULL,
	  0xf000, SB_IGD_RANGE_WRAPS, 0xffffffffffd00000ULL, MIB(4) },
	{ "all ones", SB_IGD_GEN9, U32_MAX, 0x0200,
	  SB_IGD_RANGE_UNREADABLE },
	{ "all ones, of 64 bits", SB_IGD_GEN11, U64_MAX, 0x0200,
	  SB_IGD_RANGE_UNREADABLE },
	{ "no size", SB_IGD_GEN9, AT, U32_MAX, SB_IGD_RANGE_UNREADABLE },
	{ "behind a BAR", SB_IGD_MMIO, AT, 0x02c0, SB_IGD_RANGE_OK, AT,
	  MIB(64) },
	{ "behind a BAR, locked", SB_IGD_MMIO, AT, 0x02c1, SB_IGD_RANGE_OK, AT,
	  MIB(64) },
	{ "behind a BAR, the finest step", SB_IGD_MMIO, AT, 0xf0c0,
	  SB_IGD_RANGE_OK, AT, MIB(4) },
	{ "behind a BAR, fine steps", SB_IGD_MMIO, AT, 0xfec0,
	  SB_IGD_RANGE_OK, AT, MIB(60) },
	{ "behind a BAR, above 4 GiB", SB_IGD_MMIO, SZ_4G, 0x04c0,
	  SB_IGD_RANGE_OK, SZ_4G, MIB(128) },
	{ "behind a BAR, no such size", SB_IGD_MMIO, AT, 0x05c0,
	  SB_IGD_RANGE_BAD_SIZE, AT },
	{ "behind a BAR, another GTT", SB_IGD_MMIO, AT, 0x0280,
	  SB_IGD_RANGE_BAD_SIZE, AT },
	{ "behind a BAR, nobody answers", SB_IGD_MMIO, U64_MAX, U32_MAX,
	  SB_IGD_RANGE_UNREADABLE },
	{ "behind a BAR, unset", SB_IGD_MMIO, 0, 0x02c0, SB_IGD_RANGE_UNSET, 0,
	  MIB(64) },
};

static void stolen_test(struct kunit *test)
{
	const struct stolen_case *c = test->param_value;
	struct sb_igd_stolen stolen;

	sb_igd_stolen_read(c->gen, c->bdsm, c->ggc, &stolen);
	KUNIT_EXPECT_EQ(test, stolen.range, c->range);
	KUNIT_EXPECT_EQ(test, stolen.start, c->start);
	KUNIT_EXPECT_EQ(test, stolen.size, c->size);
	KUNIT_EXPECT_EQ(test, stolen.locked, c->locked);
}

CASES(stolen);

static void registers_test(struct kunit *test)
{
	enum sb_igd_gen gen;

	for (gen = SB_IGD_UNKNOWN; gen <= SB_IGD_DISCRETE; gen++) {
		bool none = gen == SB_IGD_UNKNOWN || gen == SB_IGD_GEN2 ||
			    gen >= SB_IGD_MMIO;

		KUNIT_EXPECT_EQ(test, sb_igd_bdsm_register(gen),
				none ? 0 : gen == SB_IGD_GEN11 ? 0xc0 : 0x5c);
		KUNIT_EXPECT_EQ(test, sb_igd_bdsm_is_64(gen),
				gen == SB_IGD_GEN11 || gen == SB_IGD_MMIO);
		KUNIT_EXPECT_EQ(test, sb_igd_ggc_is_in_bridge(gen),
				gen == SB_IGD_GEN3);
	}
}

static void to_allocate_test(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sb_igd_stolen_to_allocate(0, SZ_1G), MIB(1));
	KUNIT_EXPECT_EQ(test, sb_igd_stolen_to_allocate(MIB(1), SZ_1G), MIB(1));
	KUNIT_EXPECT_EQ(test, sb_igd_stolen_to_allocate(MIB(64), SZ_1G),
			MIB(64));
	KUNIT_EXPECT_EQ(test, sb_igd_stolen_to_allocate(MIB(48), SZ_1G),
			MIB(64));
	KUNIT_EXPECT_EQ(test, sb_igd_stolen_to_allocate(MIB(48), SZ_4M),
			MIB(4));
	KUNIT_EXPECT_EQ(test, sb_igd_stolen_to_allocate(U64_MAX, SZ_1G), SZ_1G);
	KUNIT_EXPECT_EQ(test, sb_igd_stolen_to_allocate(MIB(4), 0), MIB(1));
}

/* An OpRegion, its address, and the expected verdict */
struct opregion_case {
	const char *name;
	struct igd_build build;
	u64 start;
	u32 size;		/* 0 for 8 KiB */
	unsigned int spoil;	/* a byte to change, from 1 */
	enum sb_igd_error want;
	bool outside;
	enum sb_igd_error error;
	u64 rvda;
};

#define START	0x7a000000ULL
#define RVDS	SZ_4K

static const struct opregion_case opregion_cases[] = {
	{ "1.0", { .version = 0x100 }, START },
	{ "2.0", { .version = 0x200 }, START },
	{ "2.1", {}, START },
	{ "more than 8 KiB of bytes", {}, START, SZ_64K },
	{ "one byte too few", {}, START, SZ_8K - 1, .want = SB_IGD_CUT },
	{ "the first byte", {}, START, .spoil = 1,
	  .want = SB_IGD_NO_SIGNATURE },
	{ "the last byte of the signature", {}, START, .spoil = 16,
	  .want = SB_IGD_NO_SIGNATURE },
	{ "a size of 0", {}, START, .spoil = 17, .want = SB_IGD_SIZE },
	{ "a size of 4 GiB", { .kib = 0x400000 }, START,
	  .want = SB_IGD_SIZE },
	{ "the largest size", { .kib = U32_MAX }, START, .want = SB_IGD_SIZE },
	{ "4 KiB", { .kib = 4 }, START, .want = SB_IGD_SIZE },

	{ "1.0 knows no RVDA", { .version = 0x100, .rvda = START + SZ_8K,
	  .rvds = RVDS }, START },
	{ "an address", { .version = 0x200, .rvda = 0x70000000, .rvds = RVDS },
	  START, .outside = true, .rvda = 0x70000000 },
	{ "an address below 8 KiB", { .version = 0x200, .rvda = 16,
	  .rvds = RVDS }, START, .outside = true, .rvda = 16 },
	{ "an offset", { .rvda = SZ_8K, .rvds = RVDS }, START,
	  .outside = true, .rvda = START + SZ_8K },
	{ "an offset, of 3.0", { .version = 0x300, .rvda = SZ_8K,
	  .rvds = RVDS }, START, .outside = true, .rvda = START + SZ_8K },
	{ "an offset in a file", { .rvda = SZ_8K, .rvds = RVDS }, 0,
	  .outside = true, .rvda = SZ_8K },
	{ "no RVDS", { .rvda = SZ_8K }, START },
	{ "no RVDA", { .rvds = RVDS }, START },
	{ "the mailboxes", { .rvda = SZ_8K - 1, .rvds = RVDS }, START,
	  .outside = true, .error = SB_IGD_INSIDE },
	{ "1 MiB", { .rvda = SZ_8K, .rvds = SZ_1M }, START,
	  .outside = true, .rvda = START + SZ_8K },
	{ "more than 1 MiB", { .rvda = SZ_8K, .rvds = SZ_1M + 1 }, START,
	  .outside = true, .error = SB_IGD_TOO_LARGE },
	{ "4 GiB less one", { .rvda = SZ_8K, .rvds = U32_MAX }, START,
	  .outside = true, .error = SB_IGD_TOO_LARGE },
	{ "an offset that wraps", { .rvda = U64_MAX - SZ_4K, .rvds = RVDS },
	  START, .outside = true, .error = SB_IGD_WRAPS },
	{ "an offset whose end wraps", { .rvda = U64_MAX - START - RVDS + 1,
	  .rvds = RVDS }, START, .outside = true, .error = SB_IGD_WRAPS },
	{ "an offset that just fits", { .rvda = U64_MAX - START - RVDS,
	  .rvds = RVDS }, START, .outside = true, .rvda = U64_MAX - RVDS },
	{ "an address that wraps", { .version = 0x200,
	  .rvda = U64_MAX - RVDS + 1, .rvds = RVDS }, START, .outside = true,
	  .error = SB_IGD_WRAPS },
};

static void opregion_test(struct kunit *test)
{
	const struct opregion_case *c = test->param_value;
	u32 size = c->size ?: SZ_8K;
	struct sb_igd_opregion seen;
	u8 *data;

	data = kunit_kzalloc(test, max_t(u32, size, SZ_8K), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, data);
	igd_build_opregion(data, &c->build);
	if (c->spoil)
		data[c->spoil - 1] ^= 8;

	KUNIT_ASSERT_EQ(test, sb_igd_opregion_read(data, size, c->start, &seen),
			c->want);
	if (c->want == SB_IGD_OK)
		KUNIT_EXPECT_EQ(test, seen.version,
				c->build.version ?: 0x201);
	KUNIT_EXPECT_EQ(test, seen.outside, c->outside);
	KUNIT_EXPECT_EQ(test, seen.error, c->error);
	KUNIT_EXPECT_EQ(test, seen.rvda, c->rvda);
}

CASES(opregion);

struct vbt_case {
	const char *name;
	u32 room;		/* 0 for exactly its length */
	u16 blocks;		/* length of the blocks, if not 0 */
	u16 at;			/* a word to write, if not 0 */
	u16 value;
	bool mend;		/* then correct its checksum */
	u32 length;
	enum sb_igd_error error;
};

#define LENGTH	IGD_VBT_LENGTH

static const struct vbt_case vbt_cases[] = {
	{ "a good one", .length = LENGTH },
	{ "with room after it", SZ_4K, .length = LENGTH },
	{ "no room for its end", LENGTH - 1, .error = SB_IGD_CUT },
	{ "no room for its header", 47, .error = SB_IGD_NO_SIGNATURE },
	{ "room for its header", 48, .error = SB_IGD_CUT },
	{ "another signature", .at = 2, .value = 0x5858,
	  .error = SB_IGD_NO_SIGNATURE },
	{ "another name", .at = 6, .value = 0x5858, .mend = true,
	  .length = LENGTH },
	{ "no length", .at = 24, .value = 0, .error = SB_IGD_LENGTH },
	{ "a length within its header", .at = 24, .value = 47,
	  .error = SB_IGD_LENGTH },
	{ "longer than its place", .at = 24, .value = LENGTH + 1,
	  .error = SB_IGD_CUT },
	{ "the longest", .at = 24, .value = U16_MAX, .error = SB_IGD_CUT },
	{ "only a header", .at = 24, .value = 48,
	  .error = SB_IGD_NO_BLOCKS },
	{ "blocks at its end", .at = 28, .value = LENGTH,
	  .error = SB_IGD_NO_BLOCKS },
	{ "blocks beyond its end", .at = 28, .value = LENGTH + 1,
	  .error = SB_IGD_NO_BLOCKS },
	{ "blocks far beyond its end", .at = 30, .value = U16_MAX,
	  .error = SB_IGD_NO_BLOCKS },
	{ "the blocks' header is cut", .at = 28, .value = LENGTH - 21,
	  .error = SB_IGD_NO_BLOCKS },
	{ "the blocks have another signature", .at = 48 + 14, .value = 0,
	  .error = SB_IGD_NO_BLOCKS },
	{ "the blocks are longer", .at = 48 + 20, .value = LENGTH - 48 + 1,
	  .error = SB_IGD_NO_BLOCKS },
	{ "the blocks are shorter", .at = 48 + 20, .value = 22, .mend = true,
	  .length = LENGTH },
	{ "nothing but the blocks' header", .at = 24, .value = 48 + 22,
	  .blocks = 22, .length = 48 + 22, .error = SB_IGD_SUM },
	{ "a wrong sum", .at = LENGTH - 2, .value = 0x1234, .length = LENGTH,
	  .error = SB_IGD_SUM },
};

static void vbt_test(struct kunit *test)
{
	const struct vbt_case *c = test->param_value;
	u32 room = c->room ?: LENGTH;
	struct sb_igd_vbt seen;
	u8 *data, *exact;

	data = kunit_kzalloc(test, SZ_4K, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, data);
	igd_build_vbt(data, LENGTH);
	if (c->at)
		igd_put(data + c->at, c->value, 2);
	if (c->blocks)
		igd_put(data + 48 + 20, c->blocks, 2);
	if (c->mend)
		igd_mend_sum(data, LENGTH);
	/* Nothing follows it, for KASAN. */
	exact = kunit_kmalloc(test, room, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, exact);
	memcpy(exact, data, room);

	sb_igd_vbt_read(exact, room, &seen);
	KUNIT_EXPECT_EQ(test, seen.error, c->error);
	KUNIT_EXPECT_EQ(test, seen.length, c->length);
	KUNIT_EXPECT_EQ(test, seen.offset, 0);
}

CASES(vbt);

/* What a guest gets, and where its VBT is found */
struct relocate_case {
	const char *name;
	struct igd_build build;
	u32 appended;		/* bytes after the OpRegion */
	bool bad;		/* the VBT there is invalid */
	u16 version;
	u64 rvda;
	u32 rvds;
	u32 vbt;		/* its offset */
	enum sb_igd_error error;
};

static const struct relocate_case relocate_cases[] = {
	{ "1.0", { .version = 0x100, .rvda = 5, .rvds = 6 }, 0,
	  .version = 0x100, .rvda = 5, .rvds = 6, .vbt = 1024 },
	{ "2.0, inside", { .version = 0x200 }, 0, .version = 0x200,
	  .vbt = 1024 },
	{ "2.0, outside", { .version = 0x200, .rvda = 0x70000000,
	  .rvds = RVDS }, RVDS, .version = 0x201, .rvda = SZ_8K, .rvds = RVDS,
	  .vbt = SZ_8K },
	{ "2.0, outside and bad", { .version = 0x200, .rvda = 0x70000000,
	  .rvds = RVDS }, 0, .version = 0x200, .vbt = 1024 },
	{ "2.1, outside", { .rvda = SZ_64K, .rvds = RVDS }, RVDS,
	  .version = 0x201, .rvda = SZ_8K, .rvds = RVDS, .vbt = SZ_8K },
	{ "3.0, outside", { .version = 0x300, .rvda = SZ_64K, .rvds = RVDS },
	  RVDS, .version = 0x300, .rvda = SZ_8K, .rvds = RVDS, .vbt = SZ_8K },
	{ "what is outside is none", { .rvda = SZ_64K, .rvds = RVDS }, RVDS,
	  .bad = true, .version = 0x201, .rvda = SZ_8K, .rvds = RVDS,
	  .vbt = 1024 },
	{ "neither", { .no_vbt = true }, 0, .version = 0x201, .vbt = 1024,
	  .error = SB_IGD_NO_SIGNATURE },
};

static void relocate_test(struct kunit *test)
{
	const struct relocate_case *c = test->param_value;
	u32 size = SZ_8K + c->appended, i, other = 0;
	struct sb_igd_opregion seen;
	struct sb_igd_vbt vbt;
	u8 *data, *before;

	data = kunit_kzalloc(test, size, GFP_KERNEL);
	before = kunit_kzalloc(test, size, GFP_KERNEL);
	KUNIT_ASSERT_TRUE(test, data && before);
	igd_build_opregion(data, &c->build);
	if (c->appended && !c->bad)
		igd_build_vbt(data + SZ_8K, LENGTH + 1);
	memcpy(before, data, size);

	sb_igd_opregion_relocate(data, c->appended);
	KUNIT_EXPECT_EQ(test, igd_get(data + 22, 2), c->version);
	KUNIT_EXPECT_EQ(test, igd_get(data + 0x3ba, 8), c->rvda);
	KUNIT_EXPECT_EQ(test, igd_get(data + 0x3c2, 4), c->rvds);
	for (i = 0; i < size; i++)
		if (data[i] != before[i] && i != 22 &&
		    (i < 0x3ba || i >= 0x3c6))
			other++;
	KUNIT_EXPECT_EQ(test, other, 0);

	KUNIT_ASSERT_EQ(test, sb_igd_opregion_read(data, size, 0, &seen),
			SB_IGD_OK);
	sb_igd_vbt_find(data, size, &seen, &vbt);
	KUNIT_EXPECT_EQ(test, vbt.error, c->error);
	KUNIT_EXPECT_EQ(test, vbt.offset, c->vbt);
	if (c->error == SB_IGD_OK)
		KUNIT_EXPECT_EQ(test, vbt.length,
				c->vbt == 1024 ? LENGTH : LENGTH + 1);
}

CASES(relocate);

/* The file ends before the end of the data after the OpRegion. */
static void cut_file_test(struct kunit *test)
{
	const struct igd_build build = { .rvda = SZ_8K, .rvds = RVDS };
	struct sb_igd_opregion seen;
	struct sb_igd_vbt vbt;
	u8 *data;

	data = kunit_kzalloc(test, SZ_8K + RVDS - 1, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, data);
	igd_build_opregion(data, &build);
	igd_build_vbt(data + SZ_8K, LENGTH);
	KUNIT_ASSERT_EQ(test, sb_igd_opregion_read(data, SZ_8K + RVDS - 1, 0,
						   &seen), SB_IGD_OK);
	sb_igd_vbt_find(data, SZ_8K + RVDS - 1, &seen, &vbt);
	KUNIT_EXPECT_EQ(test, vbt.offset, 1024);
	KUNIT_EXPECT_EQ(test, vbt.length, LENGTH);
}

/* With a fifth mailbox the fourth has 6 KiB, without it 7. */
static void mailbox_test(struct kunit *test)
{
	struct igd_build build = { .no_vbt = true };
	struct sb_igd_opregion seen;
	struct sb_igd_vbt vbt;
	u8 *data;

	data = kunit_kzalloc(test, SZ_8K, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, data);
	igd_build_opregion(data, &build);
	igd_build_vbt(data + 1024, 7 * 1024);
	sb_igd_opregion_read(data, SZ_8K, START, &seen);
	sb_igd_vbt_find(data, SZ_8K, &seen, &vbt);
	KUNIT_EXPECT_EQ(test, vbt.error, SB_IGD_OK);
	KUNIT_EXPECT_EQ(test, vbt.length, 7 * 1024);

	build.mailboxes = BIT(4);
	igd_build_opregion(data, &build);
	igd_build_vbt(data + 1024, 7 * 1024);
	sb_igd_opregion_read(data, SZ_8K, START, &seen);
	sb_igd_vbt_find(data, SZ_8K, &seen, &vbt);
	KUNIT_EXPECT_EQ(test, vbt.error, SB_IGD_CUT);
	KUNIT_EXPECT_EQ(test, vbt.length, 0);
}

/* Each error has its own text and line. */
struct reason_case {
	const char *name;
	struct sb_igd_report report;
	const char *has[3];
};

#define GOOD								\
	.asls = START, .opregion = { .version = 0x201 },		\
	.vbt = { .offset = 1024, .length = LENGTH }
#define RANGE	.start = AT, .size = MIB(64), .said = MIB(64)

static const struct reason_case reason_cases[] = {
	{ "all is well",
	  { GOOD, RANGE, .state = SB_IGD_STATE_RESERVED },
	  { "OpRegion 2.1 at 0x7a000000, VBT of 700 bytes in it; ",
	    "stolen memory of 64 MiB at 0x7c000000 is kept free" } },
	{ "outside",
	  { GOOD, .vbt = { .offset = SZ_8K, .length = LENGTH }, RANGE,
	    .state = SB_IGD_STATE_GUARDED },
	  { "VBT of 700 bytes outside it;", "the module keeps it free" } },
	{ "nothing is right",
	  { .found = SB_IGD_ABSENT, .range = SB_IGD_RANGE_NO_REGISTER },
	  { "the OpRegion is not there", "does not know this device" } },
	{ "a generation without registers",
	  { .found = SB_IGD_NOWHERE, .asls = 0x1000, .gen = SB_IGD_MMIO,
	    .range = SB_IGD_RANGE_NO_REGISTER },
	  { "the OpRegion is said to be where firmware reports no memory (0x1000)",
	    "not described by this generation" } },
	{ "behind a BAR of a bound device",
	  { GOOD, .range = SB_IGD_RANGE_BOUND },
	  { "behind BAR 0, not read because a driver is bound" } },
	{ "behind a BAR that is off",
	  { GOOD, .range = SB_IGD_RANGE_OFF }, { "does not decode memory" } },
	{ "behind a BAR without an address",
	  { GOOD, .range = SB_IGD_RANGE_NO_BAR }, { "has no address" } },
	{ "in usable memory",
	  { .found = SB_IGD_IN_RAM, .asls = 0x1000, RANGE,
	    .state = SB_IGD_STATE_CONFLICT, .who = "BAR 2 of 0000:01:00.0" },
	  { "in usable memory (0x1000)", "overlaps BAR 2 of 0000:01:00.0",
	    "do not assign" } },
	{ "a bad VBT outside",
	  { GOOD, .outside = SB_IGD_WRAPS, .range = SB_IGD_RANGE_WRAPS },
	  { "the VBT outside of it is said to be beyond the end of memory, VBT of 700 bytes in it",
	    "stolen memory would go beyond" } },
	{ "no VBT at all",
	  { GOOD, .vbt = { .error = SB_IGD_LENGTH },
	    .range = SB_IGD_RANGE_BAD_SIZE },
	  { "the VBT in it is shorter than its header", "GGC has a size" } },
	{ "a wrong sum",
	  { GOOD, .vbt = { .error = SB_IGD_SUM, .offset = 1024,
			   .length = LENGTH },
	    .range = SB_IGD_RANGE_UNREADABLE },
	  { "VBT of 700 bytes in it that does not sum to zero",
	    "cannot be read" } },
	{ "a driver was first",
	  { GOOD, .bound = true, .range = SB_IGD_RANGE_EMPTY },
	  { "load the module before it", "there is no stolen memory" } },
	{ "empty, but an address",
	  { GOOD, .start = AT, .size = SZ_1M, .range = SB_IGD_RANGE_EMPTY,
	    .state = SB_IGD_STATE_RESERVED },
	  { "no stolen memory, but BDSM has an address: stolen memory of 1 MiB" } },
	{ "allocated",
	  { GOOD, .start = AT, .size = SZ_1M, .range = SB_IGD_RANGE_UNSET,
	    .state = SB_IGD_STATE_ALLOCATED },
	  { "of 1 MiB at 0x7c000000 was allocated by the module" } },
	{ "as much was allocated as it says",
	  { GOOD, .start = AT, .size = SZ_4M, .said = SZ_4M,
	    .range = SB_IGD_RANGE_UNSET, .state = SB_IGD_STATE_ALLOCATED },
	  { "of 4 MiB at" } },
	{ "less was allocated than it says",
	  { GOOD, .start = AT, .size = SZ_4M, .said = MIB(64),
	    .range = SB_IGD_RANGE_UNSET, .state = SB_IGD_STATE_ALLOCATED },
	  { "of 4 MiB at", "GGC says 64 MiB" } },
#define UNSET_CASE(name, why, text)					\
	{ name, { GOOD, .range = SB_IGD_RANGE_UNSET,			\
		  .state = SB_IGD_STATE_UNSET, .refusal = why },	\
	  { "BDSM is zero", text } }
	UNSET_CASE("check", SB_IGD_REFUSAL_NOT_ASKED, "igd_stolen=allocate"),
	UNSET_CASE("denied", SB_IGD_REFUSAL_DENIED, "deny parameter"),
	UNSET_CASE("bound", SB_IGD_REFUSAL_BOUND, "a driver is bound"),
	UNSET_CASE("locked", SB_IGD_REFUSAL_LOCKED, "BDSM is locked"),
	UNSET_CASE("no memory", SB_IGD_REFUSAL_NO_MEMORY, "1 MiB in one piece"),
	UNSET_CASE("host", SB_IGD_REFUSAL_NO_GUEST, "not a virtual machine"),
	UNSET_CASE("no register", SB_IGD_REFUSAL_NO_REGISTER, "no BDSM"),
	UNSET_CASE("stuck", SB_IGD_REFUSAL_STUCK, "does not take"),
};

static void reason_test(struct kunit *test)
{
	const struct reason_case *c = test->param_value;
	char text[512], small[16];
	unsigned int i;
	int length;

	length = sb_igd_reason(&c->report, text, sizeof(text));
	KUNIT_EXPECT_EQ(test, length, strlen(text));
	KUNIT_EXPECT_NULL(test, strchr(text, '\n'));
	/* One sentence about the registers */
	KUNIT_EXPECT_LE(test, !!strstr(text, "does not know this device") +
			!!strstr(text, "not described by") +
			!!strstr(text, "stolen memory cannot be read") +
			!!strstr(text, "says that there is no stolen") +
			!!strstr(text, "would go beyond") +
			!!strstr(text, "GGC has a size"), 1);
	KUNIT_EXPECT_EQ(test, !!strstr(text, "lower x-igd-gms"),
			c->report.state == SB_IGD_STATE_ALLOCATED &&
			c->report.size < c->report.said);
	KUNIT_EXPECT_EQ(test, !!strstr(text, "but BDSM has an address"),
			c->report.range == SB_IGD_RANGE_EMPTY &&
			c->report.state != SB_IGD_STATE_NONE);
	for (i = 0; i < ARRAY_SIZE(c->has) && c->has[i]; i++)
		KUNIT_EXPECT_TRUE_MSG(test, strstr(text, c->has[i]),
				      "no '%s' in '%s'", c->has[i], text);

	length = sb_igd_reason(&c->report, small, sizeof(small));
	KUNIT_EXPECT_EQ(test, length, sizeof(small) - 1);
	KUNIT_EXPECT_EQ(test, memcmp(small, text, length), 0);
}

CASES(reason);

static void words_test(struct kunit *test)
{
	static const char * const state[] = {
		"", "unset", "reserved", "guarded", "conflict", "allocated",
	};
	enum sb_igd_error error, other;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(state); i++)
		KUNIT_EXPECT_STREQ(test, sb_igd_state_name(i), state[i]);
	for (error = SB_IGD_OK; error <= SB_IGD_SUM; error++) {
		KUNIT_ASSERT_NOT_NULL(test, sb_igd_error_text(error));
		for (other = SB_IGD_OK; other < error; other++)
			KUNIT_EXPECT_STRNEQ(test, sb_igd_error_text(error),
					    sb_igd_error_text(other));
	}
}

static struct kunit_case igd_cases[] = {
	KUNIT_CASE_PARAM(generation_test, generation_gen_params),
	KUNIT_CASE(kernel_lists_test),
	KUNIT_CASE_PARAM(stolen_test, stolen_gen_params),
	KUNIT_CASE(registers_test),
	KUNIT_CASE(to_allocate_test),
	KUNIT_CASE_PARAM(opregion_test, opregion_gen_params),
	KUNIT_CASE_PARAM(vbt_test, vbt_gen_params),
	KUNIT_CASE_PARAM(relocate_test, relocate_gen_params),
	KUNIT_CASE(cut_file_test),
	KUNIT_CASE(mailbox_test),
	KUNIT_CASE_PARAM(reason_test, reason_gen_params),
	KUNIT_CASE(words_test),
	{}
};

static struct kunit_suite igd_suite = {
	.name = "shadowbar_igd",
	.test_cases = igd_cases,
};

kunit_test_suite(igd_suite);
