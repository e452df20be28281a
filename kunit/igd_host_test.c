// SPDX-License-Identifier: GPL-2.0-only
/*
 * igd: Intel's graphics on the emulated host: files, guard and memory.
 */
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "bus/kept.h"
#include "device.h"
#include "function.h"
#include "igd/igd.h"
#include "igd_build.h"
#include "igd_mmio.h"
#include "memory_map.h"
#include "rig.h"

#define SKYLAKE		0x1912
#define TIGER_LAKE	0x9a49
#define METEOR_LAKE	0x7d55
#define G45		0x2e22	/* the kernel has quirks for later ones */
#define SLOT		PCI_DEVFN(2, 0)

/* More than today's processors address */
#define BEYOND		BIT_ULL(60)

/* Memory of the test, and the memory map's description of parts of it */
#define OWN_SIZE	SZ_256K
#define OWN_ORDER	get_order(OWN_SIZE)
#define OPREGION_AT	0
#define VBT_AT		SZ_128K
#define VBT_ROOM	SZ_4K

static struct page *own;

static struct {
	u64 start;
	u64 size;
	int desc;	/* an IORES_DESC_..., or -1 for usable memory */
} told[2];

int memory_map_intersects(resource_size_t start, size_t size,
			  unsigned long flags, unsigned long desc)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(told); i++) {
		bool ram = told[i].desc == -1;

		/* The kernel's map decides on a partly described range. */
		if (start < told[i].start ||
		    start + size > told[i].start + told[i].size)
			continue;
		if (flags == IORESOURCE_SYSTEM_RAM)
			return ram ? REGION_INTERSECTS : REGION_DISJOINT;
		return !ram && desc == told[i].desc ? REGION_INTERSECTS :
						      REGION_DISJOINT;
	}

	return region_intersects(start, size, flags, desc);
}

/* How many mappings succeed before one fails; with a negative number none does */
static int remaps = -1;

void *memory_map_remap(resource_size_t start, size_t size, unsigned long flags)
{
	return remaps-- ? memremap(start, size, flags) : NULL;
}

/* What the processor reports about a hypervisor, and the device behind BAR 0 */
static struct {
	bool in_guest;
	u32 ggc;
	u64 dsmbase;
	unsigned int reads;
	unsigned int maps;
	phys_addr_t start;
} behind;

bool igd_test_in_guest(void)
{
	return behind.in_guest;
}

void __iomem *igd_test_map(phys_addr_t start, size_t size)
{
	behind.maps++;
	behind.start = start;
	return (void __iomem *)&behind;
}

void igd_test_unmap(void __iomem *map)
{
	behind.maps--;
}

u32 igd_test_read(const void __iomem *addr)
{
	unsigned long offset = (unsigned long)addr - (unsigned long)&behind;

	behind.reads++;
	switch (offset) {
	case 0x40:
		return behind.ggc;
	case 0xc0:
		return behind.dsmbase;
	case 0xc4:
		return behind.dsmbase >> 32;
	default:
		return U32_MAX;
	}
}

static void tell(unsigned int nr, u64 start, u64 size, int desc)
{
	told[nr].start = start;
	told[nr].size = size;
	told[nr].desc = desc;
}

static u64 own_phys(void)
{
	return page_to_phys(own);
}

static u8 *own_at(u32 offset)
{
	return (u8 *)page_address(own) + offset;
}

/* A resource that a test inserts into iomem_resource */
static struct resource foreign;

static int igd_host_init(struct kunit *test)
{
	int ret = rig_init(test);

	if (ret)
		return ret;

	memset(told, 0, sizeof(told));
	remaps = -1;
	memset(&behind, 0, sizeof(behind));
	behind.in_guest = true;
	own = alloc_pages(GFP_KERNEL | GFP_DMA32 | __GFP_ZERO, OWN_ORDER);
	KUNIT_ASSERT_NOT_NULL(test, own);
	KUNIT_ASSERT_LE(test, own_phys() + OWN_SIZE, SZ_4G);
	tell(0, own_phys(), OWN_SIZE, IORES_DESC_ACPI_NV_STORAGE);
	return 0;
}

static void igd_host_exit(struct kunit *test)
{
	rig_exit(test);
	if (foreign.parent)
		release_resource(&foreign);
	memset(&foreign, 0, sizeof(foreign));
	if (own)
		__free_pages(own, OWN_ORDER);
	own = NULL;
	remaps = -1;
}

static struct ehost_fn_desc igd_desc(struct kunit *test, u16 device)
{
	struct ehost_fn_desc desc = rig_desc(test);

	desc.vendor = PCI_VENDOR_ID_INTEL;
	desc.device = device;
	desc.class = PCI_CLASS_DISPLAY_VGA << 8;
	desc.rom.size = 0;
	return desc;
}

/* On the root bus, where it always is */
static struct ehost_fn *igd_add(struct kunit *test, u16 device)
{
	const struct ehost_fn_desc desc = igd_desc(test, device);

	rig_host(test, EHOST_FIRMWARE, 0);
	return rig_add(test, SLOT, &desc);
}

static struct ehost_fn *igd_one(struct kunit *test, u16 device)
{
	struct ehost_fn *fn = igd_add(test, device);

	rig_scan(test);
	return fn;
}

static struct sb_igd *igd_of(struct kunit *test, struct ehost_fn *fn)
{
	struct sb_function *function = rig_function(test, fn);

	rig_wait(test, function);
	KUNIT_ASSERT_NOT_NULL(test, function->igd);
	return function->igd;
}

static const struct sb_igd_report *report_of(struct kunit *test,
					     struct ehost_fn *fn)
{
	return &igd_of(test, fn)->report;
}

/* The text in a file; it is short. */
static const char *text_of(struct kunit *test, struct ehost_fn *fn,
			   const char *name)
{
	char path[96], *text = kunit_kzalloc(test, SZ_1K, GFP_KERNEL);
	struct file *file;
	loff_t pos = 0;

	KUNIT_ASSERT_NOT_NULL(test, text);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/shadowbar/%s",
		 pci_name(ehost_dev(fn)), name);
	file = rig_open(path, O_RDONLY);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	KUNIT_EXPECT_GE(test, kernel_read(file, text, SZ_1K - 1, &pos), 0);
	fput(file);
	return text;
}

static void expect_state(struct kunit *test, struct ehost_fn *fn,
			 enum sb_igd_state state)
{
	const struct sb_igd_report *report = report_of(test, fn);
	char want[64];

	KUNIT_EXPECT_STREQ(test, sb_igd_state_name(report->state),
			   sb_igd_state_name(state));

	snprintf(want, sizeof(want), "%s\n", sb_igd_state_name(state));
	KUNIT_EXPECT_STREQ(test, text_of(test, fn, "igd_stolen_state"),
			   state == SB_IGD_STATE_NONE ? "" : want);
	snprintf(want, sizeof(want), "%#llx-%#llx\n", report->start,
		 report->start + report->size - 1);
	KUNIT_EXPECT_STREQ(test, text_of(test, fn, "igd_stolen"),
			   state == SB_IGD_STATE_NONE ||
			   state == SB_IGD_STATE_UNSET ? "" : want);
	KUNIT_EXPECT_GT(test, strlen(text_of(test, fn, "igd_reason")), 1);
}

/* Writes to registers other than the ROM BAR, which a capture sizes */
static unsigned int igd_writes(struct kunit *test, struct ehost_fn *fn)
{
	struct ehost_write *journal;
	struct rig *rig = test->priv;
	unsigned int i, nr, writes = 0;

	nr = ehost_journal(rig->host, NULL, 0);
	journal = kunit_kcalloc(test, nr + 1, sizeof(*journal), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, journal);
	nr = min(nr, ehost_journal(rig->host, journal, nr));
	for (i = 0; i < nr; i++)
		writes += journal[i].fn == fn &&
			  journal[i].where != PCI_ROM_ADDRESS;
	return writes;
}

/* OpRegions */

static struct ehost_fn *igd_with_opregion(struct kunit *test,
					  const struct igd_build *build)
{
	struct ehost_fn *fn = igd_one(test, SKYLAKE);

	igd_build_opregion(own_at(OPREGION_AT), build);
	igd_build_vbt(own_at(VBT_AT), VBT_ROOM - 96);
	ehost_poke(fn, 0xfc, own_phys() + OPREGION_AT);
	return fn;
}

/* The contents of a file, read in pieces as users do */
static void expect_bytes(struct kunit *test, struct ehost_fn *fn,
			 struct bin_attribute *file, const u8 *want, size_t size)
{
	struct kobject *kobj = &rig_function(test, fn)->kobj;
	u8 *seen = kunit_kzalloc(test, size + 1, GFP_KERNEL);
	size_t at = 0;
	ssize_t ret;

	KUNIT_ASSERT_NOT_NULL(test, seen);
	KUNIT_EXPECT_EQ(test, file->size, size);
	KUNIT_EXPECT_EQ(test, file->attr.mode, 0400);
	KUNIT_EXPECT_TRUE(test, rig_has_file(test, fn, file->attr.name));
	while ((ret = file->read(NULL, kobj, file, seen + at, at,
				 min_t(size_t, 1000, size + 1 - at))) > 0)
		at += ret;
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_ASSERT_EQ(test, at, size);
	KUNIT_EXPECT_EQ(test, memcmp(seen, want, size), 0);
}

static void expect_opregion(struct kunit *test, struct ehost_fn *fn,
			    const u8 *want, u32 size, u32 vbt, u32 length)
{
	struct sb_igd *igd = igd_of(test, fn);

	KUNIT_EXPECT_EQ(test, igd->report.found, SB_IGD_OK);
	KUNIT_ASSERT_NOT_NULL(test, igd->snapshot);
	expect_bytes(test, fn, &igd->opregion_file, want, size);
	expect_bytes(test, fn, &igd->vbt_file, want + vbt, length);
}

static void inside_test(struct kunit *test)
{
	static const u16 versions[] = { 0x100, 0x200, 0x201 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(versions); i++) {
		const struct igd_build build = { .version = versions[i] };
		struct ehost_fn *fn = igd_with_opregion(test, &build);

		rig_start(test);
		expect_opregion(test, fn, own_at(OPREGION_AT), SZ_8K, 1024,
				IGD_VBT_LENGTH);
		KUNIT_EXPECT_EQ(test, report_of(test, fn)->outside, SB_IGD_OK);
		rig_expect_clean(test, "inside");
		KUNIT_EXPECT_EQ(test, igd_writes(test, fn), 0);
		rig_stop(test);
		rig_drop_host(test);
	}
}

/* Absolute in 2.0, relative in 2.1: a guest gets the same for both. */
static void outside_test(struct kunit *test)
{
	u8 *want = kunit_kzalloc(test, SZ_8K + VBT_ROOM, GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, want);
	for (i = 0; i < 2; i++) {
		const struct igd_build build = {
			.version = i ? 0x201 : 0x200,
			.rvda = i ? VBT_AT - OPREGION_AT : own_phys() + VBT_AT,
			.rvds = VBT_ROOM,
		};
		struct ehost_fn *fn = igd_with_opregion(test, &build);

		memcpy(want, own_at(OPREGION_AT), SZ_8K);
		memcpy(want + SZ_8K, own_at(VBT_AT), VBT_ROOM);
		igd_put(want + 22, 0x201, 2);
		igd_put(want + 0x3ba, SZ_8K, 8);
		rig_start(test);
		expect_opregion(test, fn, want, SZ_8K + VBT_ROOM, SZ_8K,
				VBT_ROOM - 96);
		rig_stop(test);
		rig_drop_host(test);
	}
}

/* The copy does not contain what i915 writes later. */
static void pristine_test(struct kunit *test)
{
	const struct igd_build build = {};
	struct ehost_fn *fn = igd_with_opregion(test, &build);
	u8 *want = kunit_kzalloc(test, SZ_8K, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, want);
	memcpy(want, own_at(OPREGION_AT), SZ_8K);
	rig_start(test);
	igd_of(test, fn);
	memset(own_at(OPREGION_AT), 0x5a, SZ_8K);
	expect_opregion(test, fn, want, SZ_8K, 1024, IGD_VBT_LENGTH);
	KUNIT_EXPECT_FALSE(test, report_of(test, fn)->bound);
}

struct bad_case {
	const char *name;
	struct igd_build build;
	unsigned int spoil;	/* a byte of the OpRegion to change, from 1 */
	unsigned int spoil_vbt;	/* the same for the VBT outside */
	enum sb_igd_error found;
	enum sb_igd_error outside;
	bool absolute;		/* RVDA counts from the start of the memory */
};

/* A VBT outside is missing, but one inside is present. */
static const struct bad_case bad_cases[] = {
	{ "no signature", {}, .spoil = 3, .found = SB_IGD_NO_SIGNATURE },
	{ "a size of 0", {}, .spoil = 17, .found = SB_IGD_SIZE },
	{ "a size of 4 GiB", { .kib = 0x400000 }, .found = SB_IGD_SIZE },
	{ "RVDA in the mailboxes", { .rvda = 1024, .rvds = VBT_ROOM },
	  .outside = SB_IGD_INSIDE },
	{ "RVDA wraps", { .rvda = U64_MAX, .rvds = VBT_ROOM },
	  .outside = SB_IGD_WRAPS },
	{ "RVDA beyond what firmware reports",
	  { .rvda = OWN_SIZE - SZ_2K, .rvds = VBT_ROOM },
	  .outside = SB_IGD_IN_RAM },
	{ "RVDA that cannot be addressed",
	  { .version = 0x200, .rvda = 1ULL << 60, .rvds = VBT_ROOM },
	  .outside = SB_IGD_NOWHERE },
	{ "RVDA at the end of all",
	  { .version = 0x200, .rvda = U64_MAX - VBT_ROOM, .rvds = VBT_ROOM },
	  .outside = SB_IGD_NOWHERE },
	{ "RVDS of 4 GiB", { .rvda = VBT_AT, .rvds = U32_MAX },
	  .outside = SB_IGD_TOO_LARGE },
	{ "no VBT there", { .rvda = VBT_AT, .rvds = VBT_ROOM },
	  .spoil_vbt = 1, .outside = SB_IGD_NO_SIGNATURE },
	{ "a VBT that is longer", { .rvda = VBT_AT, .rvds = VBT_ROOM / 2 },
	  .outside = SB_IGD_CUT },
};

static void bad_test(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad_cases); i++) {
		const struct bad_case *c = &bad_cases[i];
		struct ehost_fn *fn = igd_with_opregion(test, &c->build);
		const struct sb_igd_report *report;

		if (c->spoil)
			own_at(OPREGION_AT)[c->spoil - 1] ^= 8;
		if (c->spoil_vbt)
			own_at(VBT_AT)[c->spoil_vbt - 1] ^= 8;
		rig_start(test);
		report = report_of(test, fn);
		KUNIT_EXPECT_EQ_MSG(test, report->found, c->found, "%s",
				    c->name);
		KUNIT_EXPECT_EQ_MSG(test, report->outside, c->outside, "%s",
				    c->name);
		KUNIT_EXPECT_EQ_MSG(test, rig_has_file(test, fn,
						       "igd_opregion"),
				    !c->found, "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, rig_has_file(test, fn, "igd_vbt"),
				    !c->found, "%s", c->name);
		KUNIT_EXPECT_TRUE(test, rig_has_file(test, fn, "igd_reason"));
		if (!c->found) {
			u8 *want = own_at(OPREGION_AT);

			igd_put(want + 0x3ba, 0, 8);
			igd_put(want + 0x3c2, 0, 4);
			expect_opregion(test, fn, want, SZ_8K, 1024,
					IGD_VBT_LENGTH);
		}
		rig_stop(test);
		rig_drop_host(test);
	}
}

/* A wrong checksum is reported, but the OpRegion is still provided. */
static void wrong_sum_test(struct kunit *test)
{
	const struct igd_build build = {};
	struct ehost_fn *fn = igd_with_opregion(test, &build);

	own_at(OPREGION_AT)[1024 + 300] ^= 1;
	rig_start(test);
	expect_opregion(test, fn, own_at(OPREGION_AT), SZ_8K, 1024,
			IGD_VBT_LENGTH);
	KUNIT_EXPECT_EQ(test, report_of(test, fn)->vbt.error, SB_IGD_SUM);
}

static void nowhere_test(struct kunit *test)
{
	static const struct igd_build build = {};
	const struct {
		u32 asls;
		enum sb_igd_error found;
	} cases[] = {
		{ 0, SB_IGD_ABSENT },
		{ U32_MAX, SB_IGD_ABSENT },
		/* Partly in the described memory, partly before it */
		{ own_phys() - SZ_4K, SB_IGD_IN_RAM },
		{ own_phys() + OWN_SIZE - SZ_4K, SB_IGD_IN_RAM },
	};
	struct ehost_fn *fn = igd_with_opregion(test, &build);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ehost_poke(fn, 0xfc, cases[i].asls);
		rig_start(test);
		KUNIT_EXPECT_EQ_MSG(test, report_of(test, fn)->found,
				    cases[i].found, "%x", cases[i].asls);
		KUNIT_EXPECT_FALSE(test, rig_has_file(test, fn, "igd_opregion"));
		rig_stop(test);
	}

	/* The memory map decides, whatever is there. */
	ehost_poke(fn, 0xfc, own_phys());
	tell(0, own_phys(), OWN_SIZE, -1);
	rig_start(test);
	KUNIT_EXPECT_EQ(test, report_of(test, fn)->found, SB_IGD_IN_RAM);
	rig_stop(test);
	tell(0, own_phys(), OWN_SIZE, IORES_DESC_NONE + 100);
	rig_start(test);
	KUNIT_EXPECT_EQ(test, report_of(test, fn)->found, SB_IGD_NOWHERE);
}

/* The kernel cannot map it: it is not shown, and the reason says so. */
static void unmapped_test(struct kunit *test)
{
	static const struct igd_build build = {
		.rvda = VBT_AT, .rvds = VBT_ROOM,
	};
	struct ehost_fn *fn = igd_with_opregion(test, &build);
	unsigned int n;

	for (n = 0; n < 50; n++) {
		const struct sb_igd_report *report;
		bool failed;

		remaps = n;
		rig_start(test);
		failed = remaps < 0;
		report = report_of(test, fn);
		if (failed) {
			KUNIT_EXPECT_TRUE_MSG(test, report->found ==
					      SB_IGD_NOT_MAPPED ||
					      report->outside ==
					      SB_IGD_NOT_MAPPED, "n %u", n);
			KUNIT_EXPECT_NOT_NULL_MSG(test,
						  strstr(text_of(test, fn,
								 "igd_reason"),
							 "could not be mapped"),
						  "n %u", n);
		}
		KUNIT_EXPECT_EQ(test, rig_has_file(test, fn, "igd_opregion"),
				!report->found);
		rig_stop(test);
		if (!failed)
			break;
	}
	KUNIT_EXPECT_GT(test, n, 1);
	KUNIT_EXPECT_LT(test, n, 50);
}

/* Which function is examined: one, and no other */
static void others_test(struct kunit *test)
{
	static const struct igd_build build = {};
	struct ehost_fn_desc desc;
	struct ehost_fn *fn[4];
	unsigned int i;

	igd_build_opregion(own_at(OPREGION_AT), &build);
	rig_host(test, EHOST_FIRMWARE, 0);
	desc = igd_desc(test, SKYLAKE);
	desc.class = 0x020000;
	fn[0] = rig_add(test, SLOT, &desc);
	desc = igd_desc(test, SKYLAKE);
	desc.bar[0].addr += SZ_1M;
	desc.bar[1].addr += SZ_1M;
	fn[1] = rig_add(test, PCI_DEVFN(3, 0), &desc);
	desc.bar[0].addr += SZ_1M;
	desc.bar[1].addr += SZ_1M;
	fn[2] = rig_add(test, PCI_DEVFN(2, 1), &desc);
	desc.bar[0].addr += SZ_1M;
	desc.bar[1].addr += SZ_1M;
	desc.vendor = 0;
	fn[3] = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	for (i = 0; i < ARRAY_SIZE(fn); i++)
		ehost_poke(fn[i], 0xfc, own_phys());
	rig_start(test);
	for (i = 0; i < ARRAY_SIZE(fn); i++) {
		rig_wait(test, rig_function(test, fn[i]));
		KUNIT_EXPECT_NULL(test, rig_function(test, fn[i])->igd);
		KUNIT_EXPECT_FALSE(test, rig_has_file(test, fn[i], "igd_reason"));
		KUNIT_EXPECT_FALSE(test, rig_has_file(test, fn[i],
						      "igd_opregion"));
	}
}

/* A card, and one in another slot than Intel's integrated graphics */
static void elsewhere_test(struct kunit *test)
{
	struct ehost_fn_desc desc = igd_desc(test, SKYLAKE);
	struct ehost_fn *fn;

	fn = igd_one(test, 0x56a0);
	rig_start(test);
	rig_wait(test, rig_function(test, fn));
	KUNIT_EXPECT_NULL(test, rig_function(test, fn)->igd);
	rig_stop(test);
	rig_drop_host(test);

	rig_host(test, EHOST_FIRMWARE, 1);
	fn = rig_add(test, SLOT, &desc);
	rig_scan(test);
	rig_start(test);
	rig_wait(test, rig_function(test, fn));
	KUNIT_EXPECT_NULL(test, rig_function(test, fn)->igd);
}

/* Stolen memory */

static struct ehost_fn *igd_with_bdsm(struct kunit *test, u16 device, u64 bdsm,
				      u32 ggc)
{
	struct ehost_fn *fn = igd_one(test, device);
	bool wide = device == TIGER_LAKE;

	ehost_set_bits(fn, 0x5c, wide ? 0 : U32_MAX, 0);
	ehost_set_bits(fn, 0xc0, wide ? U32_MAX : 0, 0);
	ehost_set_bits(fn, 0xc4, wide ? U32_MAX : 0, 0);
	ehost_poke(fn, wide ? 0xc0 : 0x5c, bdsm);
	if (wide)
		ehost_poke(fn, 0xc4, bdsm >> 32);
	ehost_poke(fn, 0x50, ggc);
	return fn;
}

/* A free range above 4 GiB */
static u64 free_range(struct kunit *test, u64 size)
{
	struct resource res = { .flags = IORESOURCE_MEM };
	u64 start;

	KUNIT_ASSERT_EQ(test, allocate_resource(&iomem_resource, &res, size,
						SZ_4G, iomem_resource.end, SZ_1M,
						NULL, NULL), 0);
	start = res.start;
	release_resource(&res);
	return start;
}

static void reserved_test(struct kunit *test)
{
	struct ehost_fn *fn = igd_with_bdsm(test, SKYLAKE, 0x7c000001, 0x0200);

	tell(1, 0x7c000000, SZ_64M, IORES_DESC_RESERVED);
	rig_start(test);
	expect_state(test, fn, SB_IGD_STATE_RESERVED);
	KUNIT_EXPECT_EQ(test, report_of(test, fn)->start, 0x7c000000);
	KUNIT_EXPECT_EQ(test, report_of(test, fn)->size, SZ_64M);
	KUNIT_EXPECT_NULL(test, igd_of(test, fn)->guard.parent);
	KUNIT_EXPECT_EQ(test, igd_writes(test, fn), 0);
	rig_expect_clean(test, "reserved");
}

static void guard_test(struct kunit *test)
{
	u64 start = free_range(test, SZ_64M);
	struct resource other = { .name = "other", .flags = IORESOURCE_MEM };
	struct ehost_fn *fn;

	fn = igd_with_bdsm(test, TIGER_LAKE, start, 0x0200);
	rig_start(test);
	expect_state(test, fn, SB_IGD_STATE_GUARDED);
	KUNIT_EXPECT_PTR_EQ(test, igd_of(test, fn)->guard.parent,
			    &iomem_resource);

	/* Nothing is assigned there, but a driver can claim it. */
	other.start = start + SZ_1M;
	other.end = start + SZ_1M + SZ_4K - 1;
	KUNIT_EXPECT_NE(test, request_resource(&iomem_resource, &other), 0);
	KUNIT_EXPECT_NOT_NULL(test, request_mem_region(start, SZ_64M, "i915"));

	/* The function is removed, and the driver's claim stays. */
	ehost_remove(fn);
	KUNIT_EXPECT_NE(test, request_resource(&iomem_resource, &other), 0);
	release_mem_region(start, SZ_64M);
	KUNIT_EXPECT_EQ(test, request_resource(&iomem_resource, &other), 0);
	release_resource(&other);
	rig_stop(test);
	KUNIT_EXPECT_EQ(test, free_range(test, SZ_64M), start);
}

static void guard_unload_test(struct kunit *test)
{
	u64 start = free_range(test, SZ_64M);

	igd_with_bdsm(test, TIGER_LAKE, start, 0x0200);
	rig_start(test);
	KUNIT_EXPECT_NE(test, free_range(test, SZ_64M), start);
	rig_stop(test);
	KUNIT_EXPECT_EQ(test, free_range(test, SZ_64M), start);
	rig_start(test);
	KUNIT_EXPECT_NE(test, free_range(test, SZ_64M), start);
	rig_stop(test);
}

/* A BAR that the kernel has not claimed does not conflict. */
static void unclaimed_test(struct kunit *test)
{
	u64 start = free_range(test, SZ_64M);
	const struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *other;
	struct resource *res;
	struct ehost_fn *fn;

	fn = igd_add(test, TIGER_LAKE);
	other = rig_add(test, PCI_DEVFN(5, 0), &desc);
	rig_scan(test);
	ehost_poke(fn, 0x50, 0x0200);
	ehost_poke(fn, 0xc0, start);
	ehost_poke(fn, 0xc4, start >> 32);
	res = &ehost_dev(other)->resource[1];
	if (res->parent)
		release_resource(res);
	res->start = start + SZ_1M;
	res->end = start + SZ_1M + SZ_4K - 1;
	rig_start(test);
	expect_state(test, fn, SB_IGD_STATE_GUARDED);
}

/* A resource without a device that reserves more than is needed will do. */
static void kept_by_others_test(struct kunit *test)
{
	u64 start = free_range(test, SZ_128M);
	struct ehost_fn *fn;

	foreign.name = "foreign";
	foreign.flags = IORESOURCE_MEM;
	foreign.start = start;
	foreign.end = start + SZ_128M - 1;
	KUNIT_ASSERT_EQ(test, request_resource(&iomem_resource, &foreign), 0);
	fn = igd_with_bdsm(test, TIGER_LAKE, start + SZ_32M, 0x0200);
	rig_start(test);
	expect_state(test, fn, SB_IGD_STATE_RESERVED);
	KUNIT_EXPECT_NULL(test, foreign.child);
	rig_stop(test);

	/* One half is claimed, the other is not. */
	ehost_poke(fn, 0xc0, start + SZ_128M - SZ_32M);
	rig_start(test);
	expect_state(test, fn, SB_IGD_STATE_CONFLICT);
	KUNIT_EXPECT_STREQ(test, report_of(test, fn)->who,
			   "another entry of /proc/iomem");
}

static void conflict_test(struct kunit *test)
{
	struct resource hole = { .flags = IORESOURCE_MEM };
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct ehost_fn *fn, *neighbour;
	struct pci_dev *memory;
	struct pci_bus *bus;
	char who[40];
	u64 bar;

	fn = igd_add(test, TIGER_LAKE);
	desc.bar[0].addr += SZ_1M;
	desc.bar[1].addr += SZ_1M;
	neighbour = rig_add(test, PCI_DEVFN(5, 0), &desc);
	rig_scan(test);
	bar = pci_resource_start(ehost_dev(neighbour), 0);
	KUNIT_ASSERT_NE(test, bar, 0);

	/* If the host's memory is in a BAR, that device is found first. */
	memory = pci_get_device(0x1af4, 0x1110, NULL);
	pci_dev_put(memory);
	ehost_poke(fn, 0x50, 0xf000);
	ehost_poke(fn, 0xc0, round_down(bar, SZ_1M));
	ehost_poke(fn, 0xc4, bar >> 32);
	rig_start(test);
	expect_state(test, fn, SB_IGD_STATE_CONFLICT);
	scnprintf(who, sizeof(who), "BAR %d of %s", memory ? 2 : 0,
		  pci_name(memory ?: ehost_dev(neighbour)));
	KUNIT_EXPECT_STREQ(test, report_of(test, fn)->who, who);
	rig_stop(test);

	/* There is no device yet. */
	bus = memory ? pci_find_next_bus(NULL) : ehost_bus(rig->host);
	scnprintf(who, sizeof(who), "a window of PCI bus %04x:%02x",
		  pci_domain_nr(bus), bus->number);
	KUNIT_ASSERT_EQ(test, pci_bus_alloc_resource(bus, &hole, SZ_4M, SZ_1M,
						     SZ_1M, 0, NULL, NULL), 0);
	release_resource(&hole);
	ehost_poke(fn, 0xc0, hole.start);
	ehost_poke(fn, 0xc4, (u64)hole.start >> 32);
	rig_start(test);
	expect_state(test, fn, SB_IGD_STATE_CONFLICT);
	KUNIT_EXPECT_STREQ(test, report_of(test, fn)->who, who);
	KUNIT_EXPECT_NULL(test, igd_of(test, fn)->guard.parent);
	rig_stop(test);

	/* RAM, which the kernel uses */
	ehost_poke(fn, 0xc0, SZ_16M);
	ehost_poke(fn, 0xc4, 0);
	tell(1, SZ_16M, SZ_4M, -1);
	rig_start(test);
	expect_state(test, fn, SB_IGD_STATE_CONFLICT);
	KUNIT_EXPECT_STREQ(test, report_of(test, fn)->who, "usable memory");
}

/* Registers that make no sense: no state, and no action */
static void nonsense_test(struct kunit *test)
{
	static const struct {
		u16 device;
		u64 bdsm;
		u32 ggc;
		enum sb_igd_range range;
	} cases[] = {
		{ SKYLAKE, U32_MAX, 0x0200, SB_IGD_RANGE_UNREADABLE },
		{ SKYLAKE, 0x7c000000, 0xff00, SB_IGD_RANGE_BAD_SIZE },
		{ SKYLAKE, 0xfff00000, 0x0200, SB_IGD_RANGE_WRAPS },
		{ TIGER_LAKE, BEYOND, 0x0200, SB_IGD_RANGE_WRAPS },
		{ TIGER_LAKE, U64_MAX - SZ_1M, 0x0200, SB_IGD_RANGE_WRAPS },
		{ 0x100e, 0x7c000000, 0x0200, SB_IGD_RANGE_NO_REGISTER },
		/* The size is in the host bridge, and there is none. */
		{ G45, 0x7c000000, 0x0200, SB_IGD_RANGE_UNREADABLE },
	};
	struct rig *rig = test->priv;
	unsigned int i;

	rig->igd_stolen = "allocate";
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ehost_fn *fn;

		/* On some machines the address space is larger than that. */
		if (cases[i].bdsm == BEYOND && iomem_resource.end > BEYOND)
			continue;
		fn = igd_with_bdsm(test, cases[i].device, cases[i].bdsm,
				   cases[i].ggc);
		rig_start(test);
		KUNIT_EXPECT_EQ_MSG(test, report_of(test, fn)->range,
				    cases[i].range, "%u", i);
		expect_state(test, fn, SB_IGD_STATE_NONE);
		KUNIT_EXPECT_NULL(test, igd_of(test, fn)->guard.parent);
		KUNIT_EXPECT_EQ(test, igd_writes(test, fn), 0);
		rig_stop(test);
		rig_drop_host(test);
	}
}

static void bridge_test(struct kunit *test)
{
	const struct ehost_fn_desc desc = {
		.device = 0x2004,
		.class = PCI_CLASS_BRIDGE_HOST << 8,
	};
	struct ehost_fn *fn = igd_add(test, G45), *bridge;

	bridge = rig_add(test, 0, &desc);
	rig_scan(test);
	ehost_poke(bridge, 0x50, 0x00500000);
	ehost_poke(fn, 0x5c, 0x7c000000);
	tell(1, 0x7c000000, SZ_32M, IORES_DESC_RESERVED);
	rig_start(test);
	expect_state(test, fn, SB_IGD_STATE_RESERVED);
	KUNIT_EXPECT_EQ(test, report_of(test, fn)->size, SZ_32M);
}

static struct ehost_fn *igd_behind_bar(struct kunit *test, u64 dsmbase,
				       u32 ggc, u16 command)
{
	struct ehost_fn_desc desc = igd_desc(test, METEOR_LAKE);
	struct ehost_fn *fn;

	desc.bar[0].size = SZ_2M;
	desc.bar[0].addr = RIG_WINDOW;
	desc.command = command;
	behind.dsmbase = dsmbase;
	behind.ggc = ggc;
	rig_host(test, EHOST_FIRMWARE, 0);
	fn = rig_add(test, SLOT, &desc);
	rig_scan(test);
	return fn;
}

/* From Meteor Lake on, registers behind BAR 0 contain the address. */
static void behind_bar_test(struct kunit *test)
{
	struct ehost_fn *fn = igd_behind_bar(test, 0x7c000001, 0x02c0,
					     PCI_COMMAND_MEMORY);

	tell(1, 0x7c000000, SZ_64M, IORES_DESC_RESERVED);
	rig_start(test);
	expect_state(test, fn, SB_IGD_STATE_RESERVED);
	KUNIT_EXPECT_EQ(test, report_of(test, fn)->start, 0x7c000000);
	KUNIT_EXPECT_EQ(test, report_of(test, fn)->size, SZ_64M);
	KUNIT_EXPECT_EQ(test, behind.start,
			pci_resource_start(ehost_dev(fn), 0) + 0x108000);
	KUNIT_EXPECT_EQ(test, behind.reads, 3);
	KUNIT_EXPECT_EQ(test, behind.maps, 0);
	KUNIT_EXPECT_EQ(test, igd_writes(test, fn), 0);
	rig_expect_clean(test, "behind a BAR");
}

static void expect_unread(struct kunit *test, struct ehost_fn *fn,
			  enum sb_igd_range range)
{
	struct rig *rig = test->priv;

	rig->igd_stolen = "allocate";
	rig_start(test);
	KUNIT_EXPECT_EQ(test, report_of(test, fn)->range, range);
	expect_state(test, fn, SB_IGD_STATE_NONE);
	KUNIT_EXPECT_EQ(test, behind.reads, 0);
	KUNIT_EXPECT_EQ(test, igd_writes(test, fn), 0);
}

static void behind_bar_off_test(struct kunit *test)
{
	expect_unread(test, igd_behind_bar(test, 0x7c000000, 0x02c0, 0),
		      SB_IGD_RANGE_OFF);
}

static void behind_bar_bound_test(struct kunit *test)
{
	struct ehost_fn *fn = igd_behind_bar(test, 0x7c000000, 0x02c0,
					     PCI_COMMAND_MEMORY);

	rig_driver_for(test, PCI_VENDOR_ID_INTEL, METEOR_LAKE);
	expect_unread(test, fn, SB_IGD_RANGE_BOUND);
}

/* Enabled without a driver: in use all the same */
static void behind_bar_enabled_test(struct kunit *test)
{
	struct ehost_fn *fn = igd_behind_bar(test, 0x7c000000, 0x02c0,
					     PCI_COMMAND_MEMORY);

	KUNIT_ASSERT_EQ(test, pci_enable_device(ehost_dev(fn)), 0);
	expect_unread(test, fn, SB_IGD_RANGE_BOUND);
	pci_disable_device(ehost_dev(fn));
}

/* A BAR 0 that does not contain these registers */
static void behind_small_bar_test(struct kunit *test)
{
	struct ehost_fn *fn = igd_add(test, METEOR_LAKE);

	rig_scan(test);
	ehost_poke(fn, PCI_COMMAND, PCI_COMMAND_MEMORY);
	expect_unread(test, fn, SB_IGD_RANGE_NO_BAR);
}

/* There is no register to which the module could write an address. */
static void behind_bar_unset_test(struct kunit *test)
{
	struct ehost_fn *fn = igd_behind_bar(test, 0, 0x02c0,
					     PCI_COMMAND_MEMORY);
	struct rig *rig = test->priv;

	rig->igd_stolen = "allocate";
	rig_start(test);
	expect_state(test, fn, SB_IGD_STATE_UNSET);
	KUNIT_EXPECT_EQ(test, report_of(test, fn)->refusal,
			SB_IGD_REFUSAL_NO_REGISTER);
	KUNIT_EXPECT_EQ(test, igd_writes(test, fn), 0);
}

/* GGC says that there is none: 1 MiB, if the memory map reserves it. */
static void empty_test(struct kunit *test)
{
	struct ehost_fn *fn = igd_with_bdsm(test, SKYLAKE, 0x7c000000, 0);

	tell(1, 0x7c000000, SZ_1M, IORES_DESC_RESERVED);
	rig_start(test);
	expect_state(test, fn, SB_IGD_STATE_RESERVED);
	KUNIT_EXPECT_EQ(test, report_of(test, fn)->size, SZ_1M);
	rig_stop(test);

	tell(1, 0x7c000000, SZ_1M, -1);
	rig_start(test);
	expect_state(test, fn, SB_IGD_STATE_CONFLICT);
	rig_stop(test);

	tell(1, 0x7c000000, SZ_1M, IORES_DESC_NONE + 100);
	rig_start(test);
	expect_state(test, fn, SB_IGD_STATE_NONE);
}

/* Allocation */

static void expect_allocated(struct kunit *test, struct ehost_fn *fn, u64 size)
{
	const struct sb_igd_report *report = report_of(test, fn);
	bool wide = report->gen == SB_IGD_GEN11;
	u8 *memory;

	expect_state(test, fn, SB_IGD_STATE_ALLOCATED);
	KUNIT_EXPECT_EQ(test, report->size, size);
	KUNIT_ASSERT_NE(test, report->start, 0);
	KUNIT_EXPECT_EQ(test, report->start & (SZ_1M - 1), 0);
	KUNIT_EXPECT_LE(test, report->start + size, SZ_4G);
	KUNIT_EXPECT_EQ(test, ehost_peek(fn, wide ? 0xc0 : 0x5c),
			report->start);
	KUNIT_EXPECT_EQ(test, ehost_peek(fn, 0xc4), 0);
	memory = phys_to_virt(report->start);
	KUNIT_EXPECT_NULL(test, memchr_inv(memory, 0, size));
	KUNIT_EXPECT_EQ(test, page_count(virt_to_page(memory)), 1);
}

/* The next allocation of the same size gets these leftovers. */
static void soil_memory(struct kunit *test, u64 size)
{
	struct page *page = alloc_pages(GFP_KERNEL | GFP_DMA32,
					get_order(size));

	KUNIT_ASSERT_NOT_NULL(test, page);
	memset(page_address(page), 0x5a, size);
	__free_pages(page, get_order(size));
}

/* What the tests allocate stays until reboot, so only one allocates much. */
static void allocate_test(struct kunit *test)
{
	struct ehost_fn *fn = igd_with_bdsm(test, SKYLAKE, 0, 0);
	struct rig *rig = test->priv;
	u64 start;

	rig_start(test);
	expect_state(test, fn, SB_IGD_STATE_UNSET);
	KUNIT_EXPECT_EQ(test, report_of(test, fn)->refusal,
			SB_IGD_REFUSAL_NOT_ASKED);
	KUNIT_EXPECT_EQ(test, igd_writes(test, fn), 0);
	rig_stop(test);

	rig->igd_stolen = "allocate";
	soil_memory(test, SZ_1M);
	rig_start(test);
	expect_allocated(test, fn, SZ_1M);
	KUNIT_EXPECT_EQ(test, igd_writes(test, fn), 1);
	KUNIT_EXPECT_EQ(test, ehost_changed(rig->before, NULL, NULL), 1);
	start = report_of(test, fn)->start;

	/* Reloaded, the module recognises the memory and allocates nothing. */
	rig_stop(test);
	KUNIT_EXPECT_EQ(test, ehost_peek(fn, 0x5c), start);
	rig_start(test);
	expect_allocated(test, fn, SZ_1M);
	KUNIT_EXPECT_EQ(test, report_of(test, fn)->start, start);
	KUNIT_EXPECT_EQ(test, igd_writes(test, fn), 0);
	rig_stop(test);

	/* Whatever the parameter, and whatever GGC says by then */
	rig->igd_stolen = "check";
	ehost_poke(fn, 0x50, 0x0200);
	rig_start(test);
	expect_allocated(test, fn, SZ_1M);
	rig_stop(test);

	/* A page in the middle is not the start of marked memory. */
	KUNIT_EXPECT_EQ(test, sb_kept_size(start + PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, sb_kept_size(own_phys()), 0);
	KUNIT_EXPECT_EQ(test, sb_kept_size(SZ_4G + start), 0);
}

/* 64 bits, and the size from GGC */
static void allocate_wide_test(struct kunit *test)
{
	struct ehost_fn *fn = igd_with_bdsm(test, TIGER_LAKE, 0, 0xf000);
	struct rig *rig = test->priv;

	rig->igd_stolen = "allocate";
	rig_start(test);
	expect_allocated(test, fn, SZ_4M);
	KUNIT_EXPECT_EQ(test, report_of(test, fn)->said, SZ_4M);
	KUNIT_EXPECT_EQ(test, igd_writes(test, fn), 1);
}

/* GGC may ask for more than is contiguous: then allocate what there is. */
static void allocate_less_test(struct kunit *test)
{
	struct ehost_fn *fn = igd_with_bdsm(test, SKYLAKE, 0, 0x2000);
	struct rig *rig = test->priv;
	u64 start, size;

	rig->igd_stolen = "allocate";
	rig_start(test);
	size = report_of(test, fn)->size;
	KUNIT_EXPECT_EQ(test, report_of(test, fn)->said, SZ_1G);
	KUNIT_EXPECT_LT(test, size, SZ_1G);
	KUNIT_EXPECT_GE(test, size, SZ_1M);
	expect_allocated(test, fn, size);
	start = report_of(test, fn)->start;
	KUNIT_EXPECT_EQ(test, sb_kept_size(start), size);

	/* Other tests need the memory, and this device will not write there. */
	rig_stop(test);
	ehost_poke(fn, 0x5c, 0);
	sb_kept_free(start);
	KUNIT_EXPECT_EQ(test, sb_kept_size(start), 0);
}

static void expect_refusal(struct kunit *test, struct ehost_fn *fn,
			   enum sb_igd_refusal refusal)
{
	expect_state(test, fn, SB_IGD_STATE_UNSET);
	KUNIT_EXPECT_EQ(test, report_of(test, fn)->refusal, refusal);
}

static void refuse_test(struct kunit *test)
{
	struct ehost_fn *fn = igd_with_bdsm(test, SKYLAKE, 1, 0);
	struct rig *rig = test->priv;
	struct pci_dev *pdev = ehost_dev(fn);

	rig->igd_stolen = "allocate";
	behind.in_guest = false;
	rig_start(test);
	expect_refusal(test, fn, SB_IGD_REFUSAL_NO_GUEST);
	KUNIT_EXPECT_EQ(test, igd_writes(test, fn), 0);
	rig_stop(test);

	behind.in_guest = true;
	rig_start(test);
	expect_refusal(test, fn, SB_IGD_REFUSAL_LOCKED);
	KUNIT_EXPECT_EQ(test, igd_writes(test, fn), 0);
	rig_stop(test);

	ehost_poke(fn, 0x5c, 0);
	rig_start_with(test, "auto", "on", "8086:1912");
	expect_refusal(test, fn, SB_IGD_REFUSAL_DENIED);
	KUNIT_EXPECT_EQ(test, igd_writes(test, fn), 0);
	rig_stop(test);

	/* A driver is being bound, or already is. */
	device_lock(&pdev->dev);
	rig_start(test);
	device_unlock(&pdev->dev);
	expect_refusal(test, fn, SB_IGD_REFUSAL_BOUND);
	KUNIT_EXPECT_EQ(test, igd_writes(test, fn), 0);
	KUNIT_EXPECT_EQ(test, ehost_peek(fn, 0x5c), 0);
}

/* Its driver was there first, and may have changed anything. */
static void bound_test(struct kunit *test)
{
	struct ehost_fn *fn = igd_with_bdsm(test, SKYLAKE, 0, 0);
	struct rig *rig = test->priv;

	rig_driver_for(test, PCI_VENDOR_ID_INTEL, SKYLAKE);
	KUNIT_ASSERT_EQ(test, rig->probes, 1);
	rig->igd_stolen = "allocate";
	rig_start(test);
	expect_refusal(test, fn, SB_IGD_REFUSAL_BOUND);
	KUNIT_EXPECT_TRUE(test, report_of(test, fn)->bound);
	KUNIT_EXPECT_EQ(test, igd_writes(test, fn), 0);
	KUNIT_EXPECT_EQ(test, ehost_peek(fn, 0x5c), 0);
}

/* The last value written to BDSM, other than zero */
static u64 told_start(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct ehost_write *journal;
	unsigned int i, nr;
	u64 start = 0;

	nr = ehost_journal(rig->host, NULL, 0);
	journal = kunit_kcalloc(test, nr + 1, sizeof(*journal), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, journal);
	nr = min(nr, ehost_journal(rig->host, journal, nr));
	for (i = 0; i < nr; i++)
		if (journal[i].where == 0x5c && journal[i].val)
			start = journal[i].val;
	KUNIT_ASSERT_NE(test, start, 0);
	return start;
}

/* A register that ignores writes stays as it was, and has no made-up state. */
static void stuck_test(struct kunit *test)
{
	struct ehost_fn *fn = igd_with_bdsm(test, SKYLAKE, 0, 0);
	struct rig *rig = test->priv;
	u64 start;

	ehost_set_bits(fn, 0x5c, 0x00f00000, 0);
	rig->igd_stolen = "allocate";
	rig_start(test);
	expect_refusal(test, fn, SB_IGD_REFUSAL_STUCK);
	rig_expect_clean(test, "stuck");

	/* The device does not know about the memory, so it has been freed. */
	start = told_start(test);
	KUNIT_EXPECT_EQ(test, sb_kept_size(start), 0);
}

static void take_other(struct ehost_fn *fn, const struct ehost_write *w,
		       void *arg)
{
	ehost_poke(fn, 0x5c, w->val ^ SZ_1M);
}

/* The register keeps the address: the memory stays reserved for the device. */
static void stuck_with_it_test(struct kunit *test)
{
	struct ehost_fn *fn = igd_with_bdsm(test, SKYLAKE, 0, 0);
	struct rig *rig = test->priv;
	u64 start;

	ehost_refuse_restore(fn, 0x5c);
	ehost_hook(rig->host, 1, take_other, NULL);
	rig->igd_stolen = "allocate";
	rig_start(test);
	expect_refusal(test, fn, SB_IGD_REFUSAL_STUCK);
	start = told_start(test);
	KUNIT_EXPECT_NE(test, sb_kept_size(start), 0);

	/* Other tests need the memory, and this device will not write there. */
	rig_stop(test);
	ehost_poke(fn, 0x5c, 0);
	sb_kept_free(start);
}

/* On hot-add, before a driver binds */
static void allocate_on_add_test(struct kunit *test)
{
	struct ehost_fn *fn = igd_with_bdsm(test, SKYLAKE, 0, 0);
	struct pci_dev *pdev = ehost_dev(fn);
	struct rig *rig = test->priv;

	rig->igd_stolen = "allocate";
	/* Found with a driver: not now. Removed and added: now. */
	device_lock(&pdev->dev);
	rig_start(test);
	device_unlock(&pdev->dev);
	rig_outcome(test, fn);
	pci_lock_rescan_remove();
	sb_device_remove(pdev);
	KUNIT_EXPECT_EQ(test, sb_device_add(pdev), 0);
	pci_unlock_rescan_remove();
	expect_allocated(test, fn, SZ_1M);
}

#ifdef CONFIG_FAULT_INJECTION
/* Added while the n-th allocation fails, for every n until nothing fails */
static void nomem_test(struct kunit *test)
{
	const struct igd_build build = {
		.rvda = VBT_AT, .rvds = VBT_ROOM,
	};
	struct ehost_fn *fn = igd_with_opregion(test, &build);
	struct pci_dev *pdev = ehost_dev(fn);
	unsigned int n, failures = 0;

	if (!rig_can_starve())
		kunit_skip(test, "cannot set up failslab in debugfs");
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	for (n = 1; n < 400; n++) {
		bool failed;
		int ret;

		pci_lock_rescan_remove();
		sb_device_remove(pdev);
		WRITE_ONCE(current->fail_nth, n);
		ret = sb_device_add(pdev);
		failed = !READ_ONCE(current->fail_nth);
		WRITE_ONCE(current->fail_nth, 0);
		pci_unlock_rescan_remove();

		if (ret) {
			failures++;
			KUNIT_EXPECT_EQ(test, ret, -ENOMEM);
			KUNIT_EXPECT_FALSE(test, rig_has_directory(fn));
		} else {
			const struct sb_igd_report *report;

			report = report_of(test, fn);
			KUNIT_EXPECT_TRUE(test, rig_has_file(test, fn, "decode"));
			KUNIT_EXPECT_TRUE(test,
					  rig_has_file(test, fn, "igd_reason"));
			KUNIT_EXPECT_EQ(test, rig_has_file(test, fn, "igd_vbt"),
					report->found == SB_IGD_OK);
		}
		if (!failed)
			break;
	}
	KUNIT_EXPECT_LT(test, n, 400);
	KUNIT_EXPECT_GT(test, failures, 5);
	rig_expect_clean(test, "no memory");
}
#endif

/* "rom_reason" tells users what works instead of a ROM. */
static void no_rom_test(struct kunit *test)
{
	struct ehost_fn *fn = igd_one(test, SKYLAKE);
	struct sb_outcome outcome;
	char text[300];

	rig_start(test);
	outcome = rig_outcome(test, fn);
	sb_outcome_reason(&outcome, text, sizeof(text));
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_NO_ROM_BAR);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, "OpRegion"), "%s",
				  text);
}

static struct kunit_case igd_host_cases[] = {
	KUNIT_CASE(inside_test),
	KUNIT_CASE(outside_test),
	KUNIT_CASE(pristine_test),
	KUNIT_CASE(bad_test),
	KUNIT_CASE(wrong_sum_test),
	KUNIT_CASE(nowhere_test),
	KUNIT_CASE(unmapped_test),
	KUNIT_CASE(others_test),
	KUNIT_CASE(elsewhere_test),
	KUNIT_CASE(reserved_test),
	KUNIT_CASE(guard_test),
	KUNIT_CASE(guard_unload_test),
	KUNIT_CASE(unclaimed_test),
	KUNIT_CASE(kept_by_others_test),
	KUNIT_CASE(conflict_test),
	KUNIT_CASE(nonsense_test),
	KUNIT_CASE(bridge_test),
	KUNIT_CASE(behind_bar_test),
	KUNIT_CASE(behind_bar_off_test),
	KUNIT_CASE(behind_bar_bound_test),
	KUNIT_CASE(behind_bar_enabled_test),
	KUNIT_CASE(behind_small_bar_test),
	KUNIT_CASE(behind_bar_unset_test),
	KUNIT_CASE(empty_test),
	KUNIT_CASE(allocate_test),
	KUNIT_CASE(allocate_wide_test),
	KUNIT_CASE(allocate_less_test),
	KUNIT_CASE(refuse_test),
	KUNIT_CASE(bound_test),
	KUNIT_CASE(stuck_test),
	KUNIT_CASE(stuck_with_it_test),
	KUNIT_CASE(allocate_on_add_test),
#ifdef CONFIG_FAULT_INJECTION
	KUNIT_CASE(nomem_test),
#endif
	KUNIT_CASE(no_rom_test),
	{}
};

static struct kunit_suite igd_host_suite = {
	.name = "shadowbar_igd_host",
	.init = igd_host_init,
	.exit = igd_host_exit,
	.test_cases = igd_host_cases,
};

kunit_test_suite(igd_host_suite);
