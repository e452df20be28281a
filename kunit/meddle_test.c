// SPDX-License-Identifier: GPL-2.0-only
/*
 * meddle: others write to a function while its ROM is read, or use up all the
 * time and memory.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#include "bus/decoders.h"
#include "bus/gather.h"
#include "cases.h"
#include "device.h"
#include "function.h"
#include "queue.h"
#include "rig.h"
#include "rom/capture.h"
#include "rom/store.h"
#include "rom_build.h"

#define GOOD	(RIG_WINDOW + SZ_4M)	/* free in every window */
#define BAR0	(RIG_WINDOW + SZ_2M)

/* What a read() of the kernel's file "rom" does */
static void read_core_rom(void *arg)
{
	struct pci_dev *pdev = arg;
	void __iomem *rom;
	size_t size;

	rom = pci_map_rom(pdev, &size);
	if (rom)
		pci_unmap_rom(pdev, rom);
}

/* The same, repeatedly */
static void read_core_rom_always(void *arg)
{
	read_core_rom(arg);
	ehost_hook_mmio(100, read_core_rom_always, arg);
}

/* The link went down and up: registers as after a reset */
static void reset(void *arg)
{
	struct ehost_fn *fn = arg;
	unsigned int i;

	ehost_poke(fn, PCI_COMMAND, 0);
	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		ehost_poke(fn, PCI_BASE_ADDRESS_0 + 4 * i, 0);
	ehost_poke(fn, PCI_ROM_ADDRESS, 0);
}

/* setpci; it takes no lock, and neither does the kernel's own code. */
static void write_command(void *arg)
{
	struct ehost_fn *fn = arg;

	ehost_poke(fn, PCI_COMMAND, 0);
}

static void write_command_always(void *arg)
{
	write_command(arg);
	ehost_hook_mmio(100, write_command_always, arg);
}

struct middle_case {
	const char *name;
	u32 rom;
	void (*what)(void *arg);
	bool core;	/* @what gets the core's device */
	enum sb_why why;
};

static const struct middle_case middle_cases[] = {
	/* Once: the ROM is read again. In place, nothing disables it. */
	{ "the core's rom is read, in place", GOOD, read_core_rom, true,
	  SB_WHY_CAPTURED },
	{ "the core's rom is read, borrowed", 0, read_core_rom, true,
	  SB_WHY_CAPTURED },
	{ "always, in place", GOOD, read_core_rom_always, true,
	  SB_WHY_CAPTURED },
	/* The first time, the core assigns the ROM a permanent address. */
	{ "always, borrowed", 0, read_core_rom_always, true,
	  SB_WHY_CAPTURED },
	{ "COMMAND is written, in place", GOOD, write_command, false,
	  SB_WHY_CAPTURED },
	{ "COMMAND is always written, in place", GOOD, write_command_always,
	  false, SB_WHY_DISTURBED },
	{ "COMMAND is always written, borrowed", 0, write_command_always,
	  false, SB_WHY_DISTURBED },
	/* A capture does not restore BARs that it does not write. */
	{ "reset, in place", GOOD, reset, false, SB_WHY_NOT_RESTORED },
	{ "reset, borrowed", 0, reset, false, SB_WHY_NOT_RESTORED },
};

/* The right bytes, or none */
static void expect_right_or_none(struct kunit *test, struct ehost_fn *fn,
				 u32 length)
{
	struct sb_shadow *shadow = rig_shadow(test, fn);
	struct rig *rig = test->priv;

	if (!shadow)
		return;
	KUNIT_ASSERT_EQ(test, shadow->size, length);
	KUNIT_EXPECT_EQ(test, memcmp(shadow->data, rig->rom, length), 0);
}

/* An EFI image has no sum that would show wrong bytes. Returns its length. */
static u32 rom_without_sum(struct rig *rig)
{
	const struct rom_build only = { .units = 24, .code = 3, .last = true };

	memset(rig->rom, 0x5e, RIG_ROM_SIZE);
	return rom_build(rig->rom, RIG_ROM_SIZE, 0, &only);
}

static void middle_test(struct kunit *test)
{
	const struct middle_case *c = test->param_value;
	struct ehost_fn_desc desc = rig_desc(test);
	u32 length = rom_without_sum(test->priv);
	struct sb_outcome outcome;
	struct ehost_fn *fn;

	desc.rom.bar = c->rom;
	fn = rig_one(test, &desc);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);

	ehost_hook_mmio(100, c->what, c->core ? (void *)ehost_dev(fn) : fn);
	rig_capture(test, fn);
	ehost_hook_mmio(0, NULL, NULL);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, c->why);
	expect_right_or_none(test, fn, length);
	KUNIT_EXPECT_EQ(test, !!rig_shadow(test, fn),
			c->why == SB_WHY_CAPTURED);
	KUNIT_EXPECT_EQ(test, ehost_dev(fn)->resource[PCI_ROM_RESOURCE].flags &
			      IORESOURCE_ROM_ENABLE, 0);
}

CASES(middle);

/*
 * BARs that a reset has cleared decode nothing: the addresses in them are not
 * theirs. Once all registers are as before, the ROM may be captured again.
 */
static void as_before_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct ehost_counters counters;
	struct sb_outcome outcome;
	u32 before[16];
	struct ehost_fn *fn;
	unsigned int i;

	fn = rig_one(test, &desc);
	for (i = 0; i < ARRAY_SIZE(before); i++)
		before[i] = ehost_peek(fn, 4 * i);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	ehost_hook_mmio(100, reset, fn);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EIO);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_FALSE(test, outcome.restored);
	ehost_counters(rig->host, &counters);
	KUNIT_EXPECT_EQ(test, counters.outside, 0);
	KUNIT_EXPECT_EQ(test, ehost_peek(fn, PCI_COMMAND) &
			      (PCI_COMMAND_IO | PCI_COMMAND_MEMORY |
			       PCI_COMMAND_MASTER), 0);
	KUNIT_EXPECT_EQ(test, ehost_peek(fn, PCI_BASE_ADDRESS_0),
			before[PCI_BASE_ADDRESS_0 / 4]);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EIO);

	/* As the core does in error recovery, with what it saved earlier */
	for (i = 0; i < ARRAY_SIZE(before); i++)
		ehost_poke(fn, 4 * i, before[i]);
	ehost_reset_oracles(rig->host);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_TRUE(test, outcome.restored);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "as before");
}

/*
 * The same where there was a shadow before, and a driver is bound when the
 * registers are as before: its outcome tells so.
 */
static void as_before_while_bound_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_outcome outcome;
	u32 before[16];
	struct ehost_fn *fn;
	unsigned int i;

	desc.device = RIG_DRIVEN;
	fn = rig_one(test, &desc);
	for (i = 0; i < ARRAY_SIZE(before); i++)
		before[i] = ehost_peek(fn, 4 * i);
	rig_start(test);
	KUNIT_ASSERT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	ehost_hook_mmio(100, reset, fn);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EIO);
	KUNIT_EXPECT_FALSE(test, rig_outcome(test, fn).restored);

	for (i = 0; i < ARRAY_SIZE(before); i++)
		ehost_poke(fn, 4 * i, before[i]);
	rig_driver(test, true);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EBUSY);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_TRUE(test, outcome.restored);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_DRIVER_BOUND);
	rig_driver(test, false);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
}

/* A reset that only hits registers that the capture restores is harmless. */
static void all_put_back_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn;

	desc.bar[1].size = 0;
	fn = rig_one(test, &desc);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	ehost_hook_mmio(100, reset, fn);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	KUNIT_EXPECT_TRUE(test, rig_outcome(test, fn).restored);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "all put back");
}

/**
 * struct reader - an interrupted reader of the core's file "rom"
 * @fn: the function
 * @seen: the value it has read from the ROM BAR
 */
struct reader {
	struct ehost_fn *fn;
	u32 seen;
};

/* Kernel code that has found the function, and does not take its lock */
static void enable(void *arg)
{
	struct pci_dev *pdev = arg;

	if (!pci_enable_device(pdev))
		pci_set_master(pdev);
}

/*
 * It finds decoding enabled by the capture and leaves it on; the capture must
 * not disable it.
 */
static void enabled_test(struct kunit *test)
{
	const u16 wanted = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	struct ehost_fn_desc desc = rig_desc(test);
	struct pci_dev *pdev;
	struct ehost_fn *fn;

	fn = rig_one(test, &desc);
	pdev = ehost_dev(fn);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	ehost_poke(fn, PCI_COMMAND, 0);

	ehost_hook_mmio(100, enable, pdev);
	KUNIT_EXPECT_NE(test, rig_capture(test, fn), 0);
	ehost_hook_mmio(0, NULL, NULL);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_IN_USE);
	KUNIT_EXPECT_TRUE(test, rig_outcome(test, fn).restored);
	KUNIT_EXPECT_EQ(test, ehost_peek(fn, PCI_COMMAND) & wanted, wanted);
	rig_expect_no_rom(test, fn);

	/* Disabled again, it is idle. */
	pci_disable_device(pdev);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
}

/* As pci_set_vga_state() does */
static void switch_off(void *arg)
{
	struct ehost_fn *fn = arg;

	ehost_poke(fn, PCI_COMMAND, ehost_peek(fn, PCI_COMMAND) &
		   (u16)~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
}

static void switch_on(void *arg)
{
	struct ehost_fn *fn = arg;

	ehost_poke(fn, PCI_COMMAND, ehost_peek(fn, PCI_COMMAND) |
		   PCI_COMMAND_MEMORY);
}

static void switch_off_for_a_moment(void *arg)
{
	switch_off(arg);
	ehost_hook_mmio(10, switch_on, arg);
}

/*
 * The VGA arbiter switches a card off and on again between two looks at its
 * registers.
 */
static void off_for_a_moment_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	u32 length = rom_without_sum(test->priv);
	struct ehost_fn *fn;

	desc.class = PCI_CLASS_DISPLAY_VGA << 8;
	fn = rig_one(test, &desc);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	ehost_hook_mmio(100, switch_off_for_a_moment, fn);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	rig_expect_rom(test, fn, length);
}

struct arbiter_case {
	const char *name;
	u32 class;
	bool boot;	/* another one is the boot VGA device */
	u16 after;
};

static const struct arbiter_case arbiter_cases[] = {
	{ "the boot VGA device", 0x030000, false, 0 },
	{ "another VGA device", 0x030000, true, 0 },
	{ "no VGA device", EHOST_CLASS, true, PCI_COMMAND_MEMORY },
};

/*
 * The VGA arbiter switches a card off because another one has the legacy range:
 * it stays off.
 */
static void arbiter_test(struct kunit *test)
{
	const struct arbiter_case *c = test->param_value;
	struct ehost_fn_desc desc = rig_desc(test), boot = desc;
	struct ehost_fn *fn;

	rig_host(test, EHOST_FIRMWARE, 1);
	memset(boot.bar, 0, sizeof(boot.bar));
	boot.rom.size = 0;
	boot.class = 0x030000;
	if (c->boot)
		rig_add(test, PCI_DEVFN(3, 0), &boot);
	desc.class = c->class;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	ehost_hook_mmio(100, switch_off, fn);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	KUNIT_EXPECT_TRUE(test, rig_outcome(test, fn).restored);
	KUNIT_EXPECT_EQ(test, ehost_peek(fn, PCI_COMMAND) & PCI_COMMAND_MEMORY,
			c->after);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	/* Its next capture begins with that. */
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	KUNIT_EXPECT_EQ(test, ehost_peek(fn, PCI_COMMAND) & PCI_COMMAND_MEMORY,
			c->after);
}

CASES(arbiter);

/**
 * struct slow_reader - a reader of the core's file "rom" that takes long
 * @pdev: the function
 * @rom: where it has the ROM mapped; NULL once it is done
 * @end: when it will be done
 * @ended_first: it was done before a capture read anything
 */
struct slow_reader {
	struct pci_dev *pdev;
	void __iomem *rom;
	struct delayed_work end;
	bool ended_first;
};

static void end_read(void *arg)
{
	struct slow_reader *reader = arg;
	void __iomem *rom = reader->rom;

	/* First, as a capture may begin as soon as the ROM is off. */
	WRITE_ONCE(reader->rom, NULL);
	pci_unmap_rom(reader->pdev, rom);
}

/*
 * It has the ROM enabled longer than a capture waits, and would be done in the
 * middle of it.
 */
static void slow_reader_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct slow_reader reader = {};
	struct ehost_fn *fn;
	size_t size;

	desc.rom.bar = GOOD;
	fn = rig_one(test, &desc);
	reader.pdev = ehost_dev(fn);
	KUNIT_ASSERT_NOT_NULL(test,
			      reader.pdev->resource[PCI_ROM_RESOURCE].parent);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	reader.rom = pci_map_rom(reader.pdev, &size);
	KUNIT_ASSERT_TRUE(test, !!reader.rom);
	ehost_hook_mmio(100, end_read, &reader);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EIO);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_DISTURBED);
	ehost_hook_mmio(0, NULL, NULL);
	if (reader.rom)
		end_read(&reader);
	KUNIT_EXPECT_EQ(test, ehost_peek(fn, PCI_ROM_ADDRESS) &
			PCI_ROM_ADDRESS_ENABLE, 0);
	rig_expect_clean(test, "a slow reader");
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).source, SB_SOURCE_IN_PLACE);
	rig_expect_clean(test, "after a slow reader");
}

static void end_soon(struct work_struct *work)
{
	struct slow_reader *reader = container_of(to_delayed_work(work),
						  struct slow_reader, end);

	end_read(reader);
}

/* At the first read of a capture */
static void see_reader(void *arg)
{
	struct slow_reader *reader = arg;

	reader->ended_first = !READ_ONCE(reader->rom);
}

/*
 * A capture waits for one that ends soon, and is not disturbed by it. It ends
 * late if the machine stands still, so this has three tries.
 */
static void quick_reader_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct slow_reader reader = {};
	struct ehost_fn *fn;
	unsigned int tries;
	size_t size;
	int ret = -1;

	desc.rom.bar = GOOD;
	fn = rig_one(test, &desc);
	reader.pdev = ehost_dev(fn);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	INIT_DELAYED_WORK_ONSTACK(&reader.end, end_soon);
	for (tries = 0; ret && tries < 3; tries++) {
		reader.rom = pci_map_rom(reader.pdev, &size);
		if (!reader.rom)
			break;
		ehost_hook_mmio(1, see_reader, &reader);
		schedule_delayed_work(&reader.end, 2);
		ret = rig_capture(test, fn);
		flush_delayed_work(&reader.end);
		ehost_hook_mmio(0, NULL, NULL);
	}
	destroy_delayed_work_on_stack(&reader.end);
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_TRUE(test, reader.ended_first);
	KUNIT_EXPECT_EQ(test, ehost_peek(fn, PCI_ROM_ADDRESS), GOOD);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
}

/* The longest capture in place, in config writes */
#define STEPS	20

/**
 * struct step_reader - a reader of the core's file "rom"
 * @pdev: the function
 * @began: it has mapped the ROM
 * @ended: it has unmapped it
 */
struct step_reader {
	struct pci_dev *pdev;
	bool began;
	bool ended;
};

/* pci_map_rom(), at a config write of the capture */
static void map_rom(struct ehost_fn *fn, const struct ehost_write *w, void *arg)
{
	struct step_reader *reader = arg;

	reader->began = true;
	ehost_poke(fn, PCI_ROM_ADDRESS, GOOD | PCI_ROM_ADDRESS_ENABLE);
}

/* pci_unmap_rom() */
static void unmap_rom(void *arg)
{
	struct step_reader *reader = arg;
	struct pci_dev *pdev = reader->pdev;

	if (!reader->began || reader->ended)
		return;
	reader->ended = true;
	if (!(pdev->resource[PCI_ROM_RESOURCE].flags & IORESOURCE_ROM_ENABLE))
		pci_disable_rom(pdev);
}

/*
 * A reader maps the ROM at each step of a capture in place, and unmaps it in the
 * middle of the capture or after it. The ROM must not stay enabled.
 */
static void reader_at_every_step_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct step_reader reader = { .began = true };
	struct rig *rig = test->priv;
	struct ehost_fn *fn;
	unsigned int step;

	desc.rom.bar = GOOD;
	fn = rig_one(test, &desc);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	for (step = 1; reader.began && step < STEPS; step++) {
		reader = (struct step_reader){ .pdev = ehost_dev(fn) };
		ehost_hook(rig->host, step, map_rom, &reader);
		ehost_hook_mmio(100, unmap_rom, &reader);
		KUNIT_EXPECT_EQ_MSG(test, rig_capture(test, fn), 0, "%u", step);
		ehost_hook(rig->host, 0, NULL, NULL);
		ehost_hook_mmio(0, NULL, NULL);
		unmap_rom(&reader);
		KUNIT_EXPECT_EQ_MSG(test, ehost_peek(fn, PCI_ROM_ADDRESS), GOOD,
				    "%u", step);
		expect_right_or_none(test, fn, RIG_IMAGES_SIZE);
	}
	KUNIT_EXPECT_GT(test, step, 5);
	KUNIT_EXPECT_LT(test, step, STEPS);
}

static void begin_disable(void *arg)
{
	struct reader *reader = arg;

	reader->seen = ehost_peek(reader->fn, PCI_ROM_ADDRESS);
}

/*
 * pci_disable_rom() has read the ROM BAR during a capture and writes it
 * afterwards, with the address of BAR 0.
 */
static void interrupted_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct reader reader = {};
	struct sb_owed owed = {};
	struct pci_dev *pdev;

	reader.fn = rig_one(test, &desc);
	pdev = ehost_dev(reader.fn);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, reader.fn);
	ehost_hook_mmio(100, begin_disable, &reader);
	KUNIT_EXPECT_EQ(test, rig_capture(test, reader.fn), 0);
	KUNIT_ASSERT_EQ(test, reader.seen, BAR0 | PCI_ROM_ADDRESS_ENABLE);
	rig_expect_clean(test, "interrupted");

	ehost_poke(reader.fn, PCI_ROM_ADDRESS,
		   reader.seen & ~PCI_ROM_ADDRESS_ENABLE);
	owed.lent = BAR0;
	KUNIT_EXPECT_TRUE(test, sb_restore_look_again(pdev, &owed));
	rig_expect_clean(test, "looked again");
	/* For one that does not respond, the second look is still due. */
	ehost_poke(reader.fn, PCI_ROM_ADDRESS,
		   reader.seen & ~PCI_ROM_ADDRESS_ENABLE);
	owed.lent = BAR0;
	ehost_vanish_after(reader.fn, 0);
	KUNIT_EXPECT_FALSE(test, sb_restore_look_again(pdev, &owed));
	ehost_return(reader.fn);
	KUNIT_EXPECT_TRUE(test, sb_restore_look_again(pdev, &owed));
	rig_expect_clean(test, "looked again when it was back");
	/* Look once, and do not write what is in order. */
	ehost_reset_oracles(((struct rig *)test->priv)->host);
	KUNIT_EXPECT_FALSE(test, sb_restore_look_again(pdev, &owed));
	owed.lent = BAR0;
	KUNIT_EXPECT_FALSE(test, sb_restore_look_again(pdev, &owed));
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, reader.fn), 0);
}

/* The same, and nobody but the capture sees to it that it is put right. */
static void second_look_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_function *function;
	struct ehost_fn *fn;
	u32 before;

	fn = rig_one(test, &desc);
	before = ehost_peek(fn, PCI_ROM_ADDRESS);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	function = rig_function(test, fn);
	function->owed.lent = BAR0;
	function->owed.rest = before;
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	/* All tasks have to run before the second look, which takes this, too. */
	mutex_lock(&function->lock);
	KUNIT_EXPECT_EQ(test, function->owed.lent, BAR0);
	ehost_poke(fn, PCI_ROM_ADDRESS, BAR0);
	mutex_unlock(&function->lock);
	sb_device_settle();
	KUNIT_EXPECT_EQ(test, ehost_peek(fn, PCI_ROM_ADDRESS), before);
	KUNIT_EXPECT_EQ(test, function->owed.lent, 0);
}

/*
 * The ROM was read in a hole, which the core then assigns to it and releases.
 * The core's address stays in the ROM BAR, even after the captures' second
 * look.
 */
static void left_by_the_core_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_owed owed = {};
	struct resource *res;
	struct pci_dev *pdev;
	void __iomem *mapped;
	struct ehost_fn *fn;
	size_t size;
	u32 hole;

	/* No BAR is large enough to borrow. */
	desc.bar[0].size = SZ_4K;
	desc.bar[1].size = 0;
	fn = rig_one(test, &desc);
	pdev = ehost_dev(fn);
	res = &pdev->resource[PCI_ROM_RESOURCE];
	if (res->parent)
		release_resource(res);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	KUNIT_ASSERT_EQ(test, rig_outcome(test, fn).source, SB_SOURCE_HOLE);
	hole = rig_outcome(test, fn).addr;

	mapped = pci_map_rom(pdev, &size);
	KUNIT_ASSERT_TRUE(test, !!mapped);
	pci_unmap_rom(pdev, mapped);
	KUNIT_ASSERT_EQ(test, ehost_peek(fn, PCI_ROM_ADDRESS), hole);
	KUNIT_EXPECT_EQ(test, release_resource(res), 0);
	/* Stopping waits for it. */
	rig_stop(test);
	KUNIT_EXPECT_EQ(test, ehost_peek(fn, PCI_ROM_ADDRESS), hole);

	/* Others may only be reading while the core's address is claimed. */
	sb_restore_note(pdev, BAR0, 0, &owed);
	KUNIT_EXPECT_EQ(test, owed.lent, 0);
	KUNIT_ASSERT_EQ(test, pci_assign_resource(pdev, PCI_ROM_RESOURCE), 0);
	sb_restore_note(pdev, BAR0, 0, &owed);
	KUNIT_EXPECT_EQ(test, owed.lent, BAR0);
}

static void reached(void *arg)
{
	*(bool *)arg = true;
}

/**
 * struct enabler - kernel code that enables a function during a capture
 * @pdev: the function
 * @read_on: the capture went on for long after that
 */
struct enabler {
	struct pci_dev *pdev;
	bool read_on;
};

static void enable_and_see(void *arg)
{
	struct enabler *user = arg;

	/* Decoding is on, so this writes nothing. */
	if (pci_enable_device_mem(user->pdev))
		return;
	ehost_hook_mmio(SZ_64K / sizeof(u32), reached, &user->read_on);
}

/* It wants its BARs back, and does not get them before a long read ends. */
static void enabled_early_test(struct kunit *test)
{
	const struct rom_build image = { .units = SZ_256K / 512, .last = true };
	struct ehost_fn_desc desc = rig_desc(test);
	struct enabler user = {};
	struct ehost_fn *fn;
	u8 *rom;

	rom = kunit_kzalloc(test, SZ_256K, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, rom);
	rom_build(rom, SZ_256K, 0, &image);
	desc.rom.size = SZ_256K;
	desc.rom.image = rom;
	desc.rom.image_len = SZ_256K;
	desc.rom.bar = GOOD;
	fn = rig_one(test, &desc);
	user.pdev = ehost_dev(fn);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	ehost_hook_mmio(100, enable_and_see, &user);
	KUNIT_EXPECT_NE(test, rig_capture(test, fn), 0);
	ehost_hook_mmio(0, NULL, NULL);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_IN_USE);
	KUNIT_EXPECT_FALSE(test, user.read_on);
	rig_expect_no_rom(test, fn);
	pci_disable_device(user.pdev);
	rig_stop(test);
	rig_drop_host(test);
}

/**
 * struct mover - the core moves what is above a function
 * @bridge: the bridge above it, if any
 * @host: the host
 * @again: the ROM is read again afterwards
 */
struct mover {
	struct ehost_fn *bridge;
	struct ehost *host;
	bool again;
};

static void close_bridge(void *arg)
{
	struct mover *mover = arg;

	ehost_poke(mover->bridge, PCI_MEMORY_BASE, 0x0000fff0);
}

static void detach(void *arg)
{
	struct mover *mover = arg;
	struct resource *res = ehost_window(mover->host, 0)->child;

	while (res && strcmp(res->name, "shadowbar"))
		res = res->sibling;
	if (res)
		release_resource(res);
	ehost_hook_mmio(RIG_IMAGES_SIZE / sizeof(u32), reached, &mover->again);
}

struct moved_case {
	const char *name;
	unsigned int depth;
	void (*move)(void *arg);
};

static const struct moved_case moved_cases[] = {
	{ "a bridge's window", 1, close_bridge },
	{ "the reservation", 0, detach },
};

/* The address of the ROM belongs to something else by the time it is read. */
static void moved_test(struct kunit *test)
{
	const struct moved_case *c = test->param_value;
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct mover mover = {};
	struct ehost_fn *fn;
	u32 window = 0;

	rig_host(test, EHOST_FIRMWARE, c->depth);
	memset(desc.bar, 0, sizeof(desc.bar));
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	mover.host = rig->host;
	mover.bridge = rig->above;
	if (mover.bridge)
		window = ehost_peek(mover.bridge, PCI_MEMORY_BASE);
	rig_start_with(test, "manual", "off", "");
	rig_outcome(test, fn);
	ehost_hook_mmio(RIG_IMAGES_SIZE / sizeof(u32) - 1, c->move, &mover);
	if (c->depth) {
		KUNIT_EXPECT_NE(test, rig_capture(test, fn), 0);
		rig_expect_no_rom(test, fn);
		ehost_poke(mover.bridge, PCI_MEMORY_BASE, window);
	} else {
		/* There is another place. */
		KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
		KUNIT_EXPECT_TRUE(test, mover.again);
	}
	KUNIT_EXPECT_TRUE(test, rig_outcome(test, fn).restored);
	rig_stop(test);
	rig_drop_host(test);
}

CASES(moved);

/* PCIe 5.0, 7.5.1.2.4: validation ends while the ROM is read. */
static void validated(void *arg)
{
	struct ehost_fn *fn = arg;

	ehost_poke(fn, PCI_ROM_ADDRESS,
		   (ehost_peek(fn, PCI_ROM_ADDRESS) & ~0xeU) | 5 << 1);
}

static void validation_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_outcome outcome;
	char line[512];
	struct ehost_fn *fn;

	desc.rom.bar = GOOD | 1 << 1;
	fn = rig_one(test, &desc);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	ehost_hook_mmio(100, validated, fn);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_TRUE(test, outcome.restored);
	KUNIT_EXPECT_EQ(test, outcome.validation, 5);
	sb_outcome_reason(&outcome, line, sizeof(line));
	KUNIT_EXPECT_NOT_NULL(test, strstr(line, "not trusted"));
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
}

/* A driver has the function: is there a ROM worth unbinding it for? */
struct bound_case {
	const char *name;
	u32 size;
	enum sb_why why;
};

static const struct bound_case bound_cases[] = {
	{ "no ROM BAR", 0, SB_WHY_NO_ROM_BAR },
	{ "a ROM", SZ_16K, SB_WHY_DRIVER_BOUND },
	{ "a ROM that the core could not place", SZ_16M, SB_WHY_DRIVER_BOUND },
};

static void bound_test(struct kunit *test)
{
	const struct bound_case *c = test->param_value;
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn;

	if (!SB_HAS_STATIC_ROM_FILE)
		kunit_skip(test, "this kernel's file rom says nothing");
	desc.device = RIG_DRIVEN;
	if (c->size)
		desc.rom.size = c->size;
	else
		memset(&desc.rom, 0, sizeof(desc.rom));
	rig_driver(test, true);
	fn = rig_one(test, &desc);
	rig_start(test);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, c->why);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
}

CASES(bound);

/* External devices are not captured automatically, only on request. */
static void untrusted_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct rig *rig = test->priv;
	struct sb_outcome outcome;
	struct ehost_fn *fn;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		fn = rig_one(test, &desc);
		if (i)
			ehost_dev(rig->above)->external_facing = true;
		else
			ehost_dev(fn)->untrusted = true;
		rig_start(test);
		outcome = rig_outcome(test, fn);
		KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_UNTRUSTED);
		KUNIT_EXPECT_EQ(test, sb_outcome_status(&outcome),
				SB_STATUS_SKIPPED);
		KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
		KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
		rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
		rig_expect_clean(test, "untrusted");
		rig_stop(test);
		rig_drop_host(test);
	}
}

/* Enhanced Allocation: the core has an address for the ROM, but no BAR. */
static void fixed_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn = rig_one(test, &desc);
	struct resource *rom = &ehost_dev(fn)->resource[PCI_ROM_RESOURCE];

	rom->flags |= IORESOURCE_PCI_FIXED;
	rig_start(test);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_FIXED);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	rig_stop(test);
	rom->flags &= ~IORESOURCE_PCI_FIXED;
}

static void capture(struct kunit *test, struct ehost_fn *fn,
		    const struct sb_opts *opts, struct sb_outcome *outcome,
		    struct sb_rom *rom)
{
	struct sb_decoders found = {};
	struct sb_opts with = *opts;
	struct sb_first first = {};
	struct sb_owed owed = {};
	struct rig *rig = test->priv;

	with.borrow = rig->settings.borrow;
	sb_capture(ehost_dev(fn), &with, &found, &first, &owed, outcome, rom);
	sb_decoders_free(&found);
}

/* Nobody waits, and time is up: nothing is kept, everything is restored. */
static void patience_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	unsigned int waiting = 0;
	struct sb_opts opts = { .wanted = true, .waiting = &waiting };
	struct sb_outcome outcome;
	struct ehost_fn *fn;
	struct sb_rom rom;

	fn = rig_one(test, &desc);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	opts.patience = -1UL;
	outcome = (struct sb_outcome){ .restored = true };
	capture(test, fn, &opts, &outcome, &rom);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_TOO_SLOW);
	KUNIT_EXPECT_NULL(test, rom.data);
	rig_expect_clean(test, "too slow");

	/* Somebody waits: it may take any time. */
	waiting = 1;
	capture(test, fn, &opts, &outcome, &rom);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_CAPTURED);
	kvfree(rom.data);
	rig_expect_clean(test, "waited for");
}

static void stop_waiting(void *arg)
{
	*(unsigned int *)arg = 0;
}

/* The waiting task was killed. */
static void killed_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	unsigned int waiting = 1;
	const struct sb_opts opts = {
		.wanted = true,
		.waiting = &waiting,
		.patience = SB_CAPTURE_PATIENCE,
	};
	struct sb_outcome outcome = { .restored = true };
	struct ehost_fn *fn;
	struct sb_rom rom;

	fn = rig_one(test, &desc);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	ehost_hook_mmio(100, stop_waiting, &waiting);
	capture(test, fn, &opts, &outcome, &rom);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_TOO_SLOW);
	KUNIT_EXPECT_NULL(test, rom.data);
	rig_expect_clean(test, "killed");
}

/**
 * struct other - a capture by another task, as before a driver's probe
 * @test: test
 * @fn: the function
 * @patience: how long the first one waits for it, in jiffies
 * @in_time: it ended before that
 * @done: it has ended
 */
struct other {
	struct kunit *test;
	struct ehost_fn *fn;
	unsigned long patience;
	bool in_time;
	struct completion done;
};

static int capture_other(void *arg)
{
	unsigned int waiting = 1;
	const struct sb_opts opts = { .wanted = true, .waiting = &waiting };
	struct sb_outcome outcome = { .restored = true };
	struct other *other = arg;
	struct sb_rom rom;

	capture(other->test, other->fn, &opts, &outcome, &rom);
	KUNIT_EXPECT_EQ(other->test, outcome.why, SB_WHY_CAPTURED);
	kvfree(rom.data);
	complete(&other->done);
	return 0;
}

static void start_other(void *arg)
{
	struct other *other = arg;

	kthread_run(capture_other, other, "capture_other");
	other->in_time = wait_for_completion_timeout(&other->done,
						     other->patience);
}

/**
 * struct onlooker - a task that reads config space as user space does
 * @pdev: the function
 * @rom: its ROM BAR
 * @command: its COMMAND
 * @done: both have been read
 */
struct onlooker {
	struct pci_dev *pdev;
	u32 rom;
	u16 command;
	struct completion done;
};

static int look_on(void *arg)
{
	struct onlooker *onlooker = arg;

	pci_user_read_config_dword(onlooker->pdev, PCI_ROM_ADDRESS,
				   &onlooker->rom);
	pci_user_read_config_word(onlooker->pdev, PCI_COMMAND,
				  &onlooker->command);
	complete_all(&onlooker->done);
	return 0;
}

static void start_looking(void *arg)
{
	struct onlooker *onlooker = arg;

	kthread_run(look_on, onlooker, "look_on");
	wait_for_completion_timeout(&onlooker->done, HZ / 5);
}

/* Whoever reads config space during a capture waits until it is as before. */
static void onlooker_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct onlooker onlooker = {};
	struct ehost_fn *fn;
	u32 rom, command;

	fn = rig_one(test, &desc);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	rom = ehost_peek(fn, PCI_ROM_ADDRESS);
	command = ehost_peek(fn, PCI_COMMAND);
	onlooker.pdev = ehost_dev(fn);
	init_completion(&onlooker.done);
	ehost_hook_mmio(100, start_looking, &onlooker);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&onlooker.done,
							  20 * HZ), 0);
	KUNIT_EXPECT_EQ(test, onlooker.rom, rom);
	KUNIT_EXPECT_EQ(test, onlooker.command, (u16)command);
	rig_expect_clean(test, "looked at");
}

struct slot_case {
	const char *name;
	unsigned int devfn;
	bool in_time;
};

static const struct slot_case slot_cases[] = {
	{ "the same slot", PCI_DEVFN(4, 1), false },
	{ "another slot", PCI_DEVFN(5, 0), true },
};

/* Functions of one slot may share a flash chip; others need not wait. */
static void slot_test(struct kunit *test)
{
	const struct slot_case *c = test->param_value;
	struct ehost_fn_desc desc = rig_desc(test);
	struct other other = { .test = test };
	struct ehost_fn *fn;

	rig_host(test, EHOST_FIRMWARE, 0);
	memset(desc.bar, 0, sizeof(desc.bar));
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	other.fn = rig_add(test, c->devfn, &desc);
	other.patience = c->in_time ? 20 * HZ : HZ / 5;
	init_completion(&other.done);
	rig_scan(test);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, other.fn);
	ehost_hook_mmio(100, start_other, &other);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	KUNIT_EXPECT_EQ(test, other.in_time, c->in_time);
	if (!other.in_time)
		KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&other.done,
								  20 * HZ), 0);
	rig_expect_clean(test, c->name);
}

CASES(slot);

struct sibling_case {
	const char *name;
	unsigned int devfn;
	bool rom;
	bool skipped;
};

static const struct sibling_case sibling_cases[] = {
	{ "of the same slot, with a ROM", PCI_DEVFN(4, 1), true, true },
	{ "of the same slot, without a ROM", PCI_DEVFN(4, 1), false, false },
	{ "of another slot", PCI_DEVFN(5, 0), true, false },
};

/* One with a driver, and one without, which is returned */
static struct ehost_fn *beside_driven(struct kunit *test, unsigned int devfn,
				      bool rom, struct ehost_fn **other)
{
	struct ehost_fn_desc desc = rig_desc(test), driven = desc;
	struct ehost_fn *fn;

	rig_host(test, EHOST_FIRMWARE, 0);
	memset(desc.bar, 0, sizeof(desc.bar));
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	driven.device = RIG_DRIVEN;
	if (!rom)
		memset(&driven.rom, 0, sizeof(driven.rom));
	*other = rig_add(test, devfn, &driven);
	rig_driver(test, true);
	rig_scan(test);
	return fn;
}

/* A driver may be using the chip that contains the ROMs of all ports. */
static void sibling_test(struct kunit *test)
{
	const struct sibling_case *c = test->param_value;
	struct ehost_fn *driven, *fn;

	fn = beside_driven(test, c->devfn, c->rom, &driven);
	rig_start(test);
	if (c->skipped) {
		KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why,
				SB_WHY_SIBLING);
		KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
		KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
		/* This does not discard what is known. */
		rig_driver(test, false);
		rig_driver(test, true);
	}
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, c->name);
}

CASES(sibling);

/* Once the driver is unbound, the ROM is read. */
static void sibling_goes_test(struct kunit *test)
{
	struct ehost_fn *driven, *fn;

	fn = beside_driven(test, PCI_DEVFN(4, 1), true, &driven);
	rig_start(test);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_SIBLING);
	rig_driver(test, false);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, driven).why, SB_WHY_CAPTURED);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "the driver goes");
}

/* All ports of a card are read before their first driver is probed. */
static void sibling_first_test(struct kunit *test)
{
	struct ehost_fn *driven, *fn;

	fn = beside_driven(test, PCI_DEVFN(4, 1), true, &driven);
	rig_start(test);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_SIBLING);
	/* Queued captures wait for this lock. */
	pci_lock_rescan_remove();
	rig_driver(test, false);
	rig_driver(test, true);
	pci_unlock_rescan_remove();
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "before the driver");
}

/*
 * A probe does not wait for the rescan lock, so a queued capture runs there. But a
 * driver already has a sibling.
 */
static void sibling_probe_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_function *function;
	struct ehost_fn *fn;

	rig_host(test, EHOST_FIRMWARE, 0);
	memset(desc.bar, 0, sizeof(desc.bar));
	desc.device = RIG_HELD;
	rig_add(test, PCI_DEVFN(4, 0), &desc);
	desc.device = RIG_DRIVEN;
	fn = rig_add(test, PCI_DEVFN(4, 1), &desc);
	rig_holder(test, true);
	rig_scan(test);
	rig_start(test);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_SIBLING);
	function = rig_function(test, fn);
	pci_lock_rescan_remove();
	sb_queue_request(function);
	rig_driver(test, true);
	pci_unlock_rescan_remove();
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_SIBLING);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	rig_expect_no_rom(test, fn);
}

/* Removed while it is queued: nothing keeps it, not even until the next round. */
static void queued_and_removed_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_function *function;
	unsigned long end;
	struct ehost_fn *fn;

	fn = rig_one(test, &desc);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	function = rig_function(test, fn);
	kobject_get(&function->kobj);
	pci_lock_rescan_remove();
	sb_queue_request(function);
	pci_stop_and_remove_bus_device(function->pdev);
	end = jiffies + 20 * HZ;
	while (kref_read(&function->kobj.kref) > 1 && time_before(jiffies, end))
		msleep(20);
	KUNIT_EXPECT_EQ(test, kref_read(&function->kobj.kref), 1);
	pci_unlock_rescan_remove();
	kobject_put(&function->kobj);
	rig_stop(test);
	rig_drop_host(test);
}

/* A bridge's own ROM is not put into a range that the bridge forwards. */
static void own_window_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_outcome outcome;
	struct ehost_fn *fn;

	rig_host(test, EHOST_FIRMWARE, 0);
	memset(desc.bar, 0, sizeof(desc.bar));
	desc.bridge = true;
	desc.class = 0x060400;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	/* A window at the start of the host's window, unknown to the core */
	ehost_poke(fn, PCI_MEMORY_BASE, RIG_WINDOW >> 16 |
					(u32)RIG_WINDOW);
	rig_start(test);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_CAPTURED);
	KUNIT_EXPECT_EQ(test, outcome.source, SB_SOURCE_HOLE);
	KUNIT_EXPECT_GE(test, outcome.addr, RIG_WINDOW + SZ_1M);
	rig_expect_clean(test, "own window");
}

/* Something above it is asleep, so it does not respond: not its fault. */
static void asleep_above_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_outcome outcome;
	struct ehost_fn *fn;

	fn = rig_one(test, &desc);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	ehost_dev(fn)->current_state = PCI_D3cold;
	ehost_vanish_after(fn, 0);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), -EIO);
	outcome = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, outcome.why, SB_WHY_POWERED_DOWN);
	ehost_return(fn);
	ehost_dev(fn)->current_state = PCI_D0;
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
}

/* The smallest images request a few bytes each; the buffer rarely moves. */
static void grow_test(struct kunit *test)
{
	struct sb_rom rom = {};
	unsigned int moves = 0;

	for (; rom.size < SZ_16M; rom.size += 512) {
		u32 room = rom.room;

		KUNIT_ASSERT_EQ(test, sb_rom_grow(&rom, rom.size + 512), 0);
		KUNIT_ASSERT_GE(test, rom.room, rom.size + 512);
		moves += rom.room != room;
		/* From 4 KiB on it doubles. */
		KUNIT_ASSERT_LE(test, moves, 13);
	}
	KUNIT_EXPECT_EQ(test, rom.room, SZ_16M);
	kvfree(rom.data);
}

/*
 * A chain of the smallest images costs little more than one large image. The
 * largest sizes are for VMs, where reads are faster.
 */
static void chain_test(struct kunit *test)
{
	const u32 size = SZ_1M;
	struct ehost_fn_desc desc = rig_desc(test);
	u64 ns[2] = { U64_MAX, U64_MAX }, begun;
	unsigned int round;
	struct ehost_fn *fn;
	u32 at = 0;
	u8 *rom;

	rom = kvzalloc(size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, rom);
	desc.rom.size = size;
	desc.rom.image = rom;
	desc.rom.image_len = size;
	desc.rom.bar = GOOD;
	fn = rig_one(test, &desc);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	/* The shorter of two times each: others use the machine, too. */
	for (round = 0; round < 4; round++) {
		const unsigned int kind = round % 2;
		struct rom_build image = {
			.units = kind ? 1 : size / 512,
			.code = 3,
		};

		for (at = 0; at < size; ) {
			image.last = at + 512 * image.units >= size;
			at = rom_build(rom, size, at, &image);
		}
		ehost_set_rom(fn, rom, size, 0);
		begun = ktime_get_ns();
		KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
		ns[kind] = min(ns[kind], ktime_get_ns() - begun);
		KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).length, size);
	}
	kunit_info(test, "%u bytes: one image %llu ms, many %llu ms", size,
		   ns[0] / NSEC_PER_MSEC, ns[1] / NSEC_PER_MSEC);
	KUNIT_EXPECT_LT(test, ns[1], 3 * ns[0]);
	rig_stop(test);
	rig_drop_host(test);
	kvfree(rom);
}

static void meddle_exit(struct kunit *test)
{
	ehost_hook_mmio(0, NULL, NULL);
	rig_exit(test);
}

static struct kunit_case meddle_cases[] = {
	KUNIT_CASE_PARAM(middle_test, middle_gen_params),
	KUNIT_CASE(as_before_test),
	KUNIT_CASE(as_before_while_bound_test),
	KUNIT_CASE(all_put_back_test),
	KUNIT_CASE(enabled_test),
	KUNIT_CASE(enabled_early_test),
	KUNIT_CASE_PARAM(moved_test, moved_gen_params),
	KUNIT_CASE_PARAM(arbiter_test, arbiter_gen_params),
	KUNIT_CASE(off_for_a_moment_test),
	KUNIT_CASE(slow_reader_test),
	KUNIT_CASE(quick_reader_test),
	KUNIT_CASE(reader_at_every_step_test),
	KUNIT_CASE(interrupted_test),
	KUNIT_CASE(second_look_test),
	KUNIT_CASE(left_by_the_core_test),
	KUNIT_CASE(validation_test),
	KUNIT_CASE_PARAM(bound_test, bound_gen_params),
	KUNIT_CASE(untrusted_test),
	KUNIT_CASE(fixed_test),
	KUNIT_CASE(patience_test),
	KUNIT_CASE(killed_test),
	KUNIT_CASE(grow_test),
	KUNIT_CASE(chain_test),
	KUNIT_CASE(onlooker_test),
	KUNIT_CASE_PARAM(slot_test, slot_gen_params),
	KUNIT_CASE_PARAM(sibling_test, sibling_gen_params),
	KUNIT_CASE(sibling_goes_test),
	KUNIT_CASE(sibling_first_test),
	KUNIT_CASE(sibling_probe_test),
	KUNIT_CASE(queued_and_removed_test),
	KUNIT_CASE(own_window_test),
	KUNIT_CASE(asleep_above_test),
	{}
};

static struct kunit_suite meddle_suite = {
	.name = "shadowbar_meddle",
	.init = rig_init,
	.exit = meddle_exit,
	.test_cases = meddle_cases,
};

kunit_test_suite(meddle_suite);
