// SPDX-License-Identifier: GPL-2.0-only
/*
 * sources: copies of a ROM beside the ROM BAR, and which one is the best.
 *
 * The test's own memory replaces what firmware leaves: the function gets a
 * pointer to it, as from the core.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "bus/kept.h"
#include "bus/use.h"
#include "cases.h"
#include "function.h"
#include "rig.h"
#include "rom/capture.h"
#include "rom/serve.h"
#include "rom/sources.h"
#include "rom/store.h"
#include "rom_build.h"

#ifdef CONFIG_X86
#include <asm/set_memory.h>
#endif

#define COPY_SIZE	SZ_8K

/* Memory that contains a ROM of that many units, and no ROM after it */
static u8 *copy_of(struct kunit *test, const struct rom_build *image)
{
	u8 *copy = kunit_kmalloc(test, COPY_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	memset(copy, 0xff, COPY_SIZE);
	if (image)
		rom_build(copy, COPY_SIZE, 0, image);
	return copy;
}

static const struct rom_build display = {
	.units = 4, .class = 0x030000, .last = true,
};

static void set_platform(struct ehost_fn *fn, u8 *copy)
{
	ehost_dev(fn)->rom = virt_to_phys(copy);
	ehost_dev(fn)->romlen = COPY_SIZE;
}

/* As the core marks the boot VGA device */
static void set_vga_shadow(struct ehost_fn *fn, u8 *copy)
{
	struct resource *res = &ehost_dev(fn)->resource[PCI_ROM_RESOURCE];

	if (res->parent)
		release_resource(res);
	res->start = virt_to_phys(copy);
	res->end = res->start + COPY_SIZE - 1;
	res->flags = IORESOURCE_MEM | IORESOURCE_ROM_SHADOW |
		     IORESOURCE_PCI_FIXED;
}

static struct ehost_fn *without_rom(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);

	desc.rom.size = 0;
	return rig_one(test, &desc);
}

static struct sb_shadow *shadow_from(struct kunit *test, struct ehost_fn *fn,
				     enum sb_source source)
{
	struct sb_shadow *shadow = sb_function_shadow(rig_function(test, fn),
						    source);

	sb_shadow_put(shadow);
	return shadow;
}

static void expect_shadow(struct kunit *test, struct ehost_fn *fn,
			  enum sb_source source, const u8 *bytes, u32 size)
{
	struct sb_shadow *shadow = shadow_from(test, fn, source);

	KUNIT_ASSERT_NOT_NULL(test, shadow);
	KUNIT_ASSERT_EQ(test, shadow->size, size);
	KUNIT_EXPECT_EQ(test, memcmp(shadow->data, bytes, size), 0);
}

static bool reason_has(struct kunit *test, const struct sb_outcome *outcome,
		       const char *words)
{
	char *line = kunit_kmalloc(test, SZ_1K, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, line);
	sb_outcome_reason(outcome, line, SZ_1K);
	return strstr(line, words);
}

/* No ROM BAR, and still a ROM */
static void only_source_test(struct kunit *test)
{
	struct ehost_fn *fn = without_rom(test);
	u8 *copy = copy_of(test, &display);
	struct sb_outcome outcome;

	set_platform(fn, copy);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome), SB_STATUS_CAPTURED);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_NO_ROM_BAR);
	KUNIT_EXPECT_EQ(test, outcome.best, SB_SOURCE_PLATFORM);
	KUNIT_EXPECT_TRUE(test, reason_has(test, &outcome,
					   "2048 bytes, 1 image, from a copy that UEFI"));
	expect_shadow(test, fn, SB_SOURCE_PLATFORM, copy, 4 * 512);
	expect_shadow(test, fn, SB_SOURCE_NONE, copy, 4 * 512);
	/* There is nothing to capture. */
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -ENODEV);
	expect_shadow(test, fn, SB_SOURCE_NONE, copy, 4 * 512);
	rig_expect_clean(test, "only source");
}

/* The ROM itself is better; identical bytes are stored once. */
static void beside_test(struct kunit *test)
{
	const struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn = rig_one(test, &desc);
	struct rig *rig = test->priv;
	u8 *changed = copy_of(test, &display);
	struct sb_outcome outcome;
	u8 *same;

	same = kunit_kmalloc(test, COPY_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, same);
	memcpy(same, rig->rom, COPY_SIZE);
	set_platform(fn, same);
	set_vga_shadow(fn, changed);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_CAPTURED);
	KUNIT_EXPECT_TRUE(test, sb_source_is_bar(outcome.best));
	KUNIT_EXPECT_EQ(test, outcome.best, outcome.source);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	KUNIT_EXPECT_PTR_EQ(test, shadow_from(test, fn, outcome.best),
			    shadow_from(test, fn, SB_SOURCE_PLATFORM));
	expect_shadow(test, fn, SB_SOURCE_VGA_SHADOW, changed, 4 * 512);

	/* Copied when the function was added: later writes do not count. */
	changed[0x100] ^= 1;
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	changed[0x100] ^= 1;
	expect_shadow(test, fn, SB_SOURCE_VGA_SHADOW, changed, 4 * 512);
	rig_expect_clean(test, "beside");
}

/* The checksum of the device's ROM is wrong, that of another copy is right. */
static void damaged_test(struct kunit *test)
{
	const struct rom_build bad = { .units = 4, .last = true,
				       .bad_sum = true };
	struct ehost_fn_desc desc = rig_desc(test);
	u8 *damaged = copy_of(test, &bad);
	u8 *copy = copy_of(test, &display);
	struct sb_outcome outcome;
	struct ehost_fn *fn;

	desc.rom.image = damaged;
	desc.rom.image_len = COPY_SIZE;
	fn = rig_one(test, &desc);
	set_platform(fn, copy);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_CAPTURED);
	KUNIT_EXPECT_EQ(test, outcome.best, SB_SOURCE_PLATFORM);
	KUNIT_EXPECT_TRUE(test, sb_source_is_bar(outcome.source));
	KUNIT_EXPECT_TRUE(test, reason_has(test, &outcome, "not sum to zero"));
	KUNIT_EXPECT_TRUE(test, reason_has(test, &outcome, "took 2048 bytes"));
	expect_shadow(test, fn, SB_SOURCE_NONE, copy, 4 * 512);
	expect_shadow(test, fn, outcome.source, damaged, 4 * 512);
	rig_expect_clean(test, "damaged");
}

/* A ROM without a single image, and a copy */
static void broken_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	u8 *copy = copy_of(test, &display);
	struct sb_outcome outcome;
	struct ehost_fn *fn;

	desc.rom.image = NULL;
	desc.rom.fill = 0xff;
	fn = rig_one(test, &desc);
	set_platform(fn, copy);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_BROKEN);
	KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome), SB_STATUS_CAPTURED);
	KUNIT_EXPECT_EQ(test, outcome.source, SB_SOURCE_NONE);
	expect_shadow(test, fn, SB_SOURCE_NONE, copy, 4 * 512);
	/* A requested capture reports its failure. */
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EIO);
	rig_expect_clean(test, "broken");
}

/* A bound function is not touched, and need not be. */
static void bound_test(struct kunit *test)
{
	static const char advice[] =
		"a driver is bound; if nothing needs the device, unbind it";
	struct ehost_fn_desc desc = rig_desc(test);
	u8 *copy = copy_of(test, &display);
	struct rig *rig = test->priv;
	struct sb_outcome outcome;
	struct ehost_fn *fn;

	rig_driver(test, true);
	desc.device = RIG_DRIVEN;
	fn = rig_one(test, &desc);
	set_platform(fn, copy);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome), SB_STATUS_DEFERRED);
	KUNIT_EXPECT_EQ(test, outcome.best, SB_SOURCE_PLATFORM);
	KUNIT_EXPECT_TRUE(test, reason_has(test, &outcome, advice));
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EBUSY);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	expect_shadow(test, fn, SB_SOURCE_NONE, copy, 4 * 512);

	/* Once it is unbound, the ROM itself is read. */
	rig_driver(test, false);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_CAPTURED);
	KUNIT_EXPECT_TRUE(test, sb_source_is_bar(outcome.best));
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	expect_shadow(test, fn, SB_SOURCE_PLATFORM, copy, 4 * 512);
	KUNIT_EXPECT_EQ(test, rig->probes, 1);
	rig_expect_clean(test, "bound");
}

/*
 * What the module has left for a function with a driver, 0 if that is not done
 * here
 */
static phys_addr_t what_is_left(struct kunit *test, struct ehost_fn *fn)
{
	phys_addr_t left = ehost_dev(fn)->rom;

	KUNIT_EXPECT_EQ(test, left != 0, sb_kept_can_be_mapped());
	return left;
}

/*
 * The module is reloaded while a driver is bound: the ROM, which cannot be read
 * now, is still there, and its memory is freed once it can be read.
 */
static void left_behind_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct sb_outcome outcome;
	struct ehost_fn *fn;
	struct pci_dev *pdev;
	phys_addr_t left;
	unsigned int i;

	rig->serve = "off";
	desc.device = RIG_DRIVEN;
	fn = rig_one(test, &desc);
	pdev = ehost_dev(fn);
	rig_unload_bound(test, fn);
	left = what_is_left(test, fn);
	if (!left)
		return;
	KUNIT_ASSERT_EQ(test, pdev->romlen, RIG_IMAGES_SIZE);
	KUNIT_EXPECT_EQ(test, memcmp(phys_to_virt(left), rig->rom,
				     RIG_IMAGES_SIZE), 0);

	for (i = 0; i < 2; i++) {
		rig_start(test);
		outcome = rig_outcome(test, fn);
		KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome),
				SB_STATUS_DEFERRED);
		KUNIT_EXPECT_EQ(test, outcome.best, SB_SOURCE_PLATFORM);
		expect_shadow(test, fn, SB_SOURCE_NONE, rig->rom,
			      RIG_IMAGES_SIZE);
		KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
		rig_stop(test);
		KUNIT_EXPECT_EQ(test, pdev->rom, left);
	}

	rig_start(test);
	rig_driver(test, false);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_CAPTURED);
	KUNIT_EXPECT_TRUE(test, sb_source_is_bar(outcome.best));
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	KUNIT_EXPECT_NULL(test, shadow_from(test, fn, SB_SOURCE_PLATFORM));
	KUNIT_EXPECT_EQ(test, pdev->rom, 0);
	KUNIT_EXPECT_EQ(test, pdev->romlen, 0);
	KUNIT_EXPECT_EQ(test, sb_kept_size(left), 0);
	rig_expect_clean(test, "left behind");
	rig_stop(test);
	KUNIT_EXPECT_EQ(test, pdev->rom, 0);
}

/* When a function is removed, so is the ROM that was left for it. */
static void left_and_gone_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn;
	phys_addr_t left;

	desc.device = RIG_DRIVEN;
	fn = rig_one(test, &desc);
	rig_unload_bound(test, fn);
	left = what_is_left(test, fn);
	if (!left)
		return;
	KUNIT_ASSERT_EQ(test, sb_kept_size(left), (u64)PAGE_SIZE << get_order(RIG_IMAGES_SIZE));
	/* The private word of other users' pages may contain anything. */
	ClearPageReserved(pfn_to_page(PHYS_PFN(left)));
	KUNIT_EXPECT_EQ(test, sb_kept_size(left), 0);
	SetPageReserved(pfn_to_page(PHYS_PFN(left)));

	rig_start_with(test, "manual", "on", "");
	ehost_remove(fn);
	KUNIT_EXPECT_EQ(test, sb_kept_size(left), 0);
}

/* The module must not replace or free what firmware left. */
static void left_by_firmware_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	u8 *copy = copy_of(test, &display);
	struct ehost_fn *fn;

	desc.device = RIG_DRIVEN;
	fn = rig_one(test, &desc);
	set_platform(fn, copy);
	rig_unload_bound(test, fn);
	KUNIT_EXPECT_EQ(test, ehost_dev(fn)->rom, virt_to_phys(copy));
	rig_start(test);
	rig_driver(test, false);
	rig_wait(test, rig_function(test, fn));
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	KUNIT_EXPECT_EQ(test, ehost_dev(fn)->rom, virt_to_phys(copy));
	KUNIT_EXPECT_EQ(test, ehost_dev(fn)->romlen, COPY_SIZE);
	expect_shadow(test, fn, SB_SOURCE_PLATFORM, copy, 4 * 512);
}

/*
 * Only the copy from the ROM BAR is left, even if it is not the best: the next
 * load finds the others in the same places.
 */
static void left_of_several_test(struct kunit *test)
{
	const struct rom_build bad = { .units = 4, .last = true,
				       .bad_sum = true };
	struct ehost_fn_desc desc = rig_desc(test);
	u8 *damaged = copy_of(test, &bad);
	u8 *copy = copy_of(test, &display);
	struct ehost_fn *fn, *alone;
	phys_addr_t left;

	rig_host(test, EHOST_FIRMWARE, 0);
	((struct rig *)test->priv)->serve = "off";
	desc.device = RIG_DRIVEN;
	desc.rom.image = damaged;
	desc.rom.image_len = COPY_SIZE;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	desc.bar[0].addr += SZ_1M;
	desc.bar[1].addr += SZ_1M;
	desc.rom.size = 0;
	alone = rig_add(test, PCI_DEVFN(5, 0), &desc);
	rig_scan(test);
	set_vga_shadow(fn, copy);
	set_vga_shadow(alone, copy);
	rig_start(test);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).best,
			SB_SOURCE_VGA_SHADOW);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, alone).best,
			SB_SOURCE_VGA_SHADOW);
	rig_driver(test, true);
	rig_stop(test);

	KUNIT_EXPECT_EQ(test, ehost_dev(alone)->rom, 0);
	left = what_is_left(test, fn);
	if (!left)
		return;
	KUNIT_EXPECT_EQ(test, ehost_dev(fn)->romlen, 4 * 512);
	KUNIT_EXPECT_EQ(test, memcmp(phys_to_virt(left), damaged, 4 * 512), 0);

	rig_start(test);
	rig_driver(test, false);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	KUNIT_EXPECT_EQ(test, ehost_dev(fn)->rom, 0);
}

#ifdef CONFIG_X86
static bool is_cached(phys_addr_t start)
{
	unsigned int level;
	pte_t *pte = lookup_address((unsigned long)phys_to_virt(start), &level);

	return pte && !(pte_flags(*pte) & (_PAGE_PCD | _PAGE_PWT));
}

/*
 * Drivers map a ROM in RAM like a ROM BAR, which makes the kernel's own mapping
 * uncached. That is reverted before the memory is freed.
 */
static void left_and_mapped_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct ehost_fn *fn;
	void __iomem *rom;
	phys_addr_t left;

	if (!sb_kept_can_be_mapped())
		kunit_skip(test, "no PAT in this kernel: nothing is left in memory");
	desc.device = RIG_DRIVEN;
	fn = rig_one(test, &desc);
	rig_unload_bound(test, fn);
	left = what_is_left(test, fn);
	KUNIT_ASSERT_NE(test, left, 0);
	rom = ioremap(left, ehost_dev(fn)->romlen);
	KUNIT_ASSERT_NOT_NULL(test, (__force void *)rom);
	KUNIT_EXPECT_EQ(test, readl(rom), *(u32 *)rig->rom);
	iounmap(rom);
	KUNIT_EXPECT_FALSE(test, is_cached(left));

	/* It still has no address: the next load serves this memory. */
	rig_start(test);
	rig_driver(test, false);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	KUNIT_EXPECT_NE(test, sb_kept_size(left), 0);

	rig_stop(test);
	KUNIT_EXPECT_EQ(test, sb_kept_size(left), 0);
	KUNIT_EXPECT_TRUE(test, is_cached(left));
}

#define MANY	31

static void take_all_back(struct ehost_fn **fn)
{
	struct sb_served none = {};
	unsigned int i;

	for (i = 0; i < MANY; i++)
		sb_serve_take_back(ehost_dev(fn[i]), &none);
}

static unsigned int leave_all(struct ehost_fn **fn,
			      const struct sb_shadow *shadow)
{
	unsigned int i, left = 0;

	for (i = 0; i < MANY; i++) {
		sb_serve_leave(ehost_dev(fn[i]), shadow);
		left += sb_serve_is_ours(ehost_dev(fn[i]));
	}
	return left;
}

/* Copies of many large ROMs take a part of memory, however often. */
static void left_of_many_test(struct kunit *test)
{
	struct sb_shadow shadow = { .size = SB_SERVE_MAX };
	unsigned int most = sb_store_limit() / shadow.size, i, k;
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn[MANY];

	if (!sb_kept_can_be_mapped() || most >= MANY)
		kunit_skip(test, "no PAT in this kernel, or too much memory");
	shadow.data = kvzalloc(shadow.size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, shadow.data);
	memset(desc.bar, 0, sizeof(desc.bar));
	desc.rom.size = 0;
	rig_host(test, EHOST_ASSIGN, 0);
	for (i = 0; i < MANY; i++)
		fn[i] = rig_add(test, PCI_DEVFN(i, 0), &desc);
	rig_scan(test);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, leave_all(fn, &shadow), most);
		/* Those of an earlier load count, too. */
		sb_serve_start();
		for (k = 0; k < MANY; k++)
			sb_serve_count(ehost_dev(fn[k]));
		KUNIT_EXPECT_EQ(test, leave_all(fn, &shadow), most);
		take_all_back(fn);
	}
	kvfree(shadow.data);
}
#endif

struct left_alone_case {
	const char *name;
	char *capture;
	char *deny;
	int error;
};

static const struct left_alone_case left_alone_cases[] = {
	{ "capture=manual", "manual", "", 0 },
	{ "denied", "auto", "5b5b:3001", -EPERM },
};

static void left_alone_test(struct kunit *test)
{
	const struct left_alone_case *c = test->param_value;
	const struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn = rig_one(test, &desc);
	u8 *copy = copy_of(test, &display);
	struct sb_outcome outcome;

	set_platform(fn, copy);
	rig_start_with(test, c->capture, "on", c->deny);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome), SB_STATUS_SKIPPED);
	KUNIT_EXPECT_EQ(test, outcome.best, SB_SOURCE_PLATFORM);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	expect_shadow(test, fn, SB_SOURCE_NONE, copy, 4 * 512);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), c->error);
	rig_expect_clean(test, c->name);
}

CASES(left_alone);

/* UEFI leaves nothing at 0xC0000, or something of another device. */
static void no_shadow_test(struct kunit *test)
{
	const struct rom_build network = { .units = 2, .class = 0x020000,
					   .last = true };
	struct sb_outcome outcome;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		u8 *copy = copy_of(test, i ? &network : NULL);
		struct ehost_fn *fn = without_rom(test);

		set_vga_shadow(fn, copy);
		rig_start(test);
		outcome = rig_outcome(test, fn);
		KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome),
				SB_STATUS_NONE);
		KUNIT_EXPECT_EQ(test, outcome.best, SB_SOURCE_NONE);
		KUNIT_EXPECT_TRUE(test, reason_has(test, &outcome,
						   "does not exist either"));
		rig_expect_no_rom(test, fn);
		rig_expect_clean(test, "no shadow");
		rig_stop(test);
		rig_drop_host(test);
	}
}

/* The user is told what to do, and not to unbind the driver. */
static void integrated_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_outcome outcome;
	struct ehost_fn *fn;

	rig_driver(test, true);
	rig_host(test, EHOST_FIRMWARE, 0);
	desc.device = RIG_DRIVEN;
	desc.class = PCI_CLASS_DISPLAY_VGA << 8;
	desc.rom.size = 0;
	fn = rig_add(test, PCI_DEVFN(2, 0), &desc);
	rig_scan(test);
	ehost_dev(fn)->vendor = PCI_VENDOR_ID_INTEL;
	set_vga_shadow(fn, copy_of(test, NULL));
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome), SB_STATUS_NONE);
	KUNIT_EXPECT_TRUE(test, reason_has(test, &outcome, "OpRegion"));
	KUNIT_EXPECT_FALSE(test, reason_has(test, &outcome, "unbind"));
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	rig_expect_no_rom(test, fn);
	rig_expect_clean(test, "integrated");
	/* As its driver knows it */
	ehost_dev(fn)->vendor = EHOST_VENDOR;
}

/* Firmware gives a nonsensical address for its copy. */
static void nowhere_test(struct kunit *test)
{
	struct ehost_fn *fn = without_rom(test);
	struct sb_finding finding;
	struct sb_outcome outcome;
	struct sb_rom rom;

	ehost_dev(fn)->rom = virt_to_phys(copy_of(test, &display));
	ehost_dev(fn)->romlen = 0;
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome), SB_STATUS_NONE);
	rig_expect_no_rom(test, fn);

	/* This function does not read the ROM BAR. */
	KUNIT_EXPECT_EQ(test, sb_source_read(ehost_dev(fn), SB_SOURCE_HOLE,
					     &rom, &finding), -ENOENT);
	KUNIT_EXPECT_NULL(test, rom.data);
}

/* The ROM BAR is read at another place: it still has one shadow. */
static void one_of_the_bar_test(struct kunit *test)
{
	const struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn = rig_one(test, &desc);
	struct rig *rig = test->priv;
	enum sb_source before, after;

	rig_start(test);
	before = rig_outcome(test, fn).best;
	KUNIT_EXPECT_EQ(test, before, SB_SOURCE_BORROWED);
	rig->settings.borrow = false;
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	after = rig_outcome(test, fn).best;
	KUNIT_EXPECT_EQ(test, after, SB_SOURCE_HOLE);
	KUNIT_EXPECT_NULL(test, shadow_from(test, fn, before));
	KUNIT_EXPECT_NOT_NULL(test, shadow_from(test, fn, after));
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "one of the BAR");
}

/**
 * struct method - an ACPI method that returns a ROM, with peculiarities
 * @rom: the ROM
 * @size: bytes in the ROM
 * @at_most: most bytes that it returns at a time
 * @lies: it always returns @at_most bytes
 * @fails_at: the call that fails, counted from 1; 0 for none
 * @calls: number of calls
 * @wrong: calls that requested more than allowed
 */
struct method {
	const u8 *rom;
	u32 size;
	u32 at_most;
	bool lies;
	unsigned int fails_at;
	unsigned int calls;
	unsigned int wrong;
};

static int call_method(void *context, u32 offset, u8 *bytes, u32 size)
{
	struct method *method = context;
	u32 there = offset < method->size ? method->size - offset : 0;

	method->calls++;
	method->wrong += size > SZ_4K;
	if (method->calls == method->fails_at)
		return -EIO;

	memset(bytes, 0x5e, size);
	memcpy(bytes, method->rom + min(offset, method->size),
	       min(there, size));
	if (!method->lies)
		size = min(there, size);
	return min(size, method->at_most);
}

struct pull_case {
	const char *name;
	u32 units;
	u32 size;
	u32 at_most;
	bool lies;
	unsigned int fails_at;
	u32 got;
	unsigned int calls;
};

static const struct pull_case pull_cases[] = {
	{ "one piece", 2, 1024, SZ_4K, false, 0, 1024, 1 },
	{ "three pieces", 24, 24 * 512, SZ_4K, false, 0, 24 * 512, 3 },
	{ "more than the headers say", 2, SZ_16K, SZ_4K, false, 0, SZ_4K, 1 },
	{ "less than the headers say", 24, SZ_8K, SZ_4K, false, 0, SZ_8K, 3 },
	{ "a byte at a time", 24, 24 * 512, 1, false, 0, 1, 1 },
	{ "nothing", 24, 24 * 512, 0, false, 0, 0, 1 },
	{ "fails at once", 24, 24 * 512, SZ_4K, false, 1, 0, 1 },
	{ "fails at last", 24, 24 * 512, SZ_4K, false, 3, SZ_8K, 3 },
	/* 65535 units are more than any ROM: the first piece is enough. */
	{ "endless", 0xffff, SZ_4K, SZ_4K, true, 0, SZ_4K, 1 },
	{ "16 MiB of nonsense", 0x8000, SZ_4K, SZ_4K, true, 0, SZ_16M, 4096 },
};

static void pull_test(struct kunit *test)
{
	const struct pull_case *c = test->param_value;
	const struct rom_build image = { .units = c->units, .last = true };
	struct method method = {
		.size = c->size,
		.at_most = c->at_most,
		.lies = c->lies,
		.fails_at = c->fails_at,
	};
	struct sb_rom rom = {};
	u8 *bytes;

	bytes = kunit_kzalloc(test, c->size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, bytes);
	rom_build(bytes, c->size, 0, &image);
	method.rom = bytes;

	KUNIT_EXPECT_EQ(test, sb_rom_pull(call_method, &method, 20 * HZ, &rom),
			0);
	KUNIT_EXPECT_EQ(test, rom.size, c->got);
	KUNIT_EXPECT_EQ(test, method.calls, c->calls);
	KUNIT_EXPECT_EQ(test, method.wrong, 0);
	KUNIT_EXPECT_EQ(test, memcmp(rom.data, bytes, min(c->got, c->size)), 0);
	kvfree(rom.data);
}

CASES(pull);

/* It sleeps, then returns what was requested: the reader soon gives up. */
static int call_slowly(void *context, u32 offset, u8 *bytes, u32 size)
{
	msleep(20);
	return call_method(context, offset, bytes, size);
}

static void pull_slowly_test(struct kunit *test)
{
	const struct rom_build image = { .units = 0x8000, .last = true };
	struct method method = { .size = SZ_4K, .at_most = SZ_4K, .lies = true };
	struct sb_rom rom = {};
	u8 *bytes;

	bytes = kunit_kzalloc(test, SZ_4K, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, bytes);
	rom_build(bytes, SZ_4K, 0, &image);
	method.rom = bytes;
	KUNIT_EXPECT_EQ(test, sb_rom_pull(call_slowly, &method, HZ / 5, &rom),
			-ETIME);
	KUNIT_EXPECT_GE(test, method.calls, 1);
	KUNIT_EXPECT_LE(test, method.calls, 12);
	kvfree(rom.data);
}

/* At shutdown, it is not called again. */
static void pull_at_shutdown_test(struct kunit *test)
{
	struct method method = { .at_most = SZ_4K };
	struct sb_rom rom = {};

	sb_use_shut_down(true);
	KUNIT_EXPECT_EQ(test, sb_rom_pull(call_method, &method, HZ, &rom),
			-ENOENT);
	sb_use_shut_down(false);
	KUNIT_EXPECT_EQ(test, method.calls, 0);
	kvfree(rom.data);
}

static struct kunit_case sources_cases[] = {
	KUNIT_CASE(only_source_test),
	KUNIT_CASE(beside_test),
	KUNIT_CASE(damaged_test),
	KUNIT_CASE(broken_test),
	KUNIT_CASE(bound_test),
	KUNIT_CASE(left_behind_test),
	KUNIT_CASE(left_and_gone_test),
	KUNIT_CASE(left_by_firmware_test),
	KUNIT_CASE(left_of_several_test),
#ifdef CONFIG_X86
	KUNIT_CASE(left_and_mapped_test),
	KUNIT_CASE(left_of_many_test),
#endif
	KUNIT_CASE_PARAM(left_alone_test, left_alone_gen_params),
	KUNIT_CASE(no_shadow_test),
	KUNIT_CASE(integrated_test),
	KUNIT_CASE(nowhere_test),
	KUNIT_CASE(one_of_the_bar_test),
	KUNIT_CASE_PARAM(pull_test, pull_gen_params),
	KUNIT_CASE(pull_slowly_test),
	KUNIT_CASE(pull_at_shutdown_test),
	{}
};

static struct kunit_suite sources_suite = {
	.name = "shadowbar_sources",
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = sources_cases,
};

kunit_test_suite(sources_suite);
