// SPDX-License-Identifier: GPL-2.0-only
/*
 * machines: real topologies on emulated hardware, and what happens to them.
 *
 * Each root bus is built as firmware left it, the PCI core finds it, and the
 * driver acts. It must do what the tool predicts.
 */
#include <kunit/test.h>
#include <linux/ioport.h>
#include <linux/iopoll.h>
#include <linux/pci.h>
#include <linux/prandom.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vgaarb.h>

#include "function.h"
#include "foresee.h"
#include "machines.h"
#include "pages/pages.h"
#include "rig.h"
#include "rom/store.h"
#include "rom_build.h"

/* ROMs whose size the kernel hides behind its copy at 0xC0000 */
#define HIDDEN_SIZE	SZ_128K
/* The smallest possible ROM; no machine has a smaller one */
#define ROM_LENGTH	(3 * 512)

/* Position of the capability in emulated functions */
#define MSIX		0x40

#define MIX_PARTS	12
#define MIX_FUNCTIONS	160

/**
 * struct replay - a root bus that is replayed
 * @machine: the part of the machine on this root bus
 * @root: its root bus
 * @fn: its functions, with made-up sizes where they are unknown
 * @at: the same on the emulated host
 * @rom: contents of their ROMs
 * @foresight: the tool's state for its predictions
 */
struct replay {
	struct sb_machine machine;
	struct sb_machine_root root;
	struct sb_machine_fn *fn;
	struct ehost_fn **at;
	u8 (*rom)[ROM_LENGTH];
	struct sb_foresight foresight;
};

static bool is_bar(const struct sb_machine_fn *fn, unsigned int nr)
{
	return nr == SB_MACHINE_ROM || nr < sb_machine_nr_bars(fn);
}

/* No list shows where vectors are: put them into the last BAR of some. */
static void add_vectors(struct sb_machine_fn *fn)
{
	unsigned int nr;

	if (fn->msix || fn->bridge || fn->other_header || fn->device % 2)
		return;
	for (nr = 0; nr < sb_machine_nr_bars(fn); nr++)
		if (sb_machine_has_size(&fn->bar[nr]))
			fn->msix = BIT(nr);
}

/* Make up what the facts do not contain. */
static void fill_gaps(struct sb_machine_fn *fn)
{
	struct sb_machine_bar *rom = &fn->bar[SB_MACHINE_ROM];
	unsigned int nr;

	if (rom->shadowed) {
		rom->size = HIDDEN_SIZE;
		if (!rom->known)
			rom->reg = (u32)~(HIDDEN_SIZE - 1);
	}
	for (nr = 0; nr < SB_MACHINE_DECODERS; nr++) {
		struct sb_machine_bar *bar = &fn->bar[nr];

		bar->known = true;
		if (!bar->size)
			*bar = (struct sb_machine_bar){};
		if (bar->io)
			bar->reg = 0;
	}
	add_vectors(fn);
	/* Functions that sleep are woken; their drivers are not there yet. */
	fn->power = 0;
	fn->virtual_function = false;
}

/*
 * In a list that was cut, a slot may lack function 0; the core then does not
 * look for the others.
 */
static void lead_slots(struct replay *replay)
{
	unsigned int i, j;

	for (i = 0; i < replay->machine.nr; i++) {
		struct sb_machine_fn *fn = &replay->fn[i];
		u8 first = PCI_DEVFN(PCI_SLOT(fn->devfn), 0);

		for (j = 0; j < replay->machine.nr; j++)
			if (sb_machine_same_bus(fn, &replay->fn[j]) &&
			    replay->fn[j].devfn == first)
				break;
		if (j == replay->machine.nr)
			fn->devfn = first;
	}
}

static struct replay *new_replay(struct kunit *test, unsigned int nr)
{
	struct replay *replay = kunit_kzalloc(test, sizeof(*replay),
					      GFP_KERNEL);
	struct sb_foresight *foresight;
	unsigned int room;

	KUNIT_ASSERT_NOT_NULL(test, replay);
	replay->fn = kunit_kcalloc(test, nr + 1, sizeof(*replay->fn),
				   GFP_KERNEL);
	replay->at = kunit_kcalloc(test, nr + 1, sizeof(*replay->at),
				   GFP_KERNEL);
	replay->rom = kunit_kcalloc(test, nr + 1, sizeof(*replay->rom),
				    GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, replay->fn);
	KUNIT_ASSERT_NOT_NULL(test, replay->at);
	KUNIT_ASSERT_NOT_NULL(test, replay->rom);
	replay->machine = (struct sb_machine){
		.fn = replay->fn,
		.root = &replay->root,
		.nr = nr,
		.nr_roots = 1,
		.page_size = PAGE_SIZE,
	};

	foresight = &replay->foresight;
	foresight->machine = &replay->machine;
	foresight->borrow = true;
	room = sb_foresight_room(&replay->machine);
	foresight->room = room;
	foresight->decoder = kunit_kcalloc(test, room,
					   sizeof(*foresight->decoder),
					   GFP_KERNEL);
	foresight->decoded = kunit_kcalloc(test, room,
					   sizeof(*foresight->decoded),
					   GFP_KERNEL);
	foresight->bridge = kunit_kcalloc(test, nr + 1,
					  sizeof(*foresight->bridge),
					  GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, foresight->decoder);
	KUNIT_ASSERT_NOT_NULL(test, foresight->decoded);
	KUNIT_ASSERT_NOT_NULL(test, foresight->bridge);
	return replay;
}

/* One root bus of a machine, and what is below it */
static struct replay *replay_of(struct kunit *test,
				const struct replayed_machine *machine,
				unsigned int root)
{
	struct replay *replay;
	unsigned int i, nr = 0;
	int *place;

	for (i = 0; i < machine->nr; i++)
		nr += machine->fn[i].root == root;
	replay = new_replay(test, nr);
	replay->root = machine->root[root];
	place = kunit_kcalloc(test, machine->nr, sizeof(*place), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, place);

	for (nr = 0, i = 0; i < machine->nr; i++) {
		struct sb_machine_fn *fn = &replay->fn[nr];

		if (machine->fn[i].root != root)
			continue;
		*fn = machine->fn[i];
		fn->root = 0;
		if (fn->parent != SB_MACHINE_NO_PARENT)
			fn->parent = place[fn->parent];
		fill_gaps(fn);
		place[i] = nr++;
	}

	return replay;
}

static void build_rom(struct replay *replay, unsigned int i)
{
	const struct rom_build image = {
		.units = ROM_LENGTH / 512,
		.device = i + 1,
		.code = 1,
		.last = true,
	};
	unsigned int at;

	for (at = 0; at < ROM_LENGTH; at++)
		replay->rom[i][at] = at * 7 + i;
	rom_build(replay->rom[i], ROM_LENGTH, 0, &image);
}

static void describe_bar(const struct sb_machine_bar *bar,
			 struct ehost_bar_desc *desc)
{
	desc->size = bar->size;
	desc->addr = bar->reg;
	if (bar->io)
		desc->flags |= EHOST_IO;
	if (bar->pref)
		desc->flags |= EHOST_PREF;
	if (bar->is_64)
		desc->flags |= EHOST_64;
}

static struct ehost_fn_desc describe(struct replay *replay, unsigned int i)
{
	const struct sb_machine_fn *fn = &replay->fn[i];
	const struct sb_machine_bar *rom = &fn->bar[SB_MACHINE_ROM];
	struct ehost_fn_desc desc = {
		/* No driver or quirk may match it. */
		.device = i + 1,
		.class = fn->class,
		.bridge = fn->bridge,
		.command = fn->command,
	};
	unsigned int nr;

	/* The core assigns nothing to host bridges and the like. */
	for (nr = 0; nr < sb_machine_nr_bars(fn); nr++)
		describe_bar(&fn->bar[nr], &desc.bar[nr]);
	if (fn->open[0])
		desc.mem = (struct ehost_forward_desc){
			.base = fn->window[0].start,
			.size = fn->window[0].end - fn->window[0].start + 1,
		};
	if (fn->open[1])
		desc.pref = (struct ehost_forward_desc){
			.base = fn->window[1].start,
			.size = fn->window[1].end - fn->window[1].start + 1,
		};
	if (!rom->size)
		return desc;

	build_rom(replay, i);
	desc.rom = (struct ehost_rom_desc){
		.size = rom->size,
		.bar = rom->reg | (rom->enabled ? PCI_ROM_ADDRESS_ENABLE : 0),
		.image = replay->rom[i],
		.image_len = ROM_LENGTH,
		.fill = 0xff,
	};
	return desc;
}

static void add_msix(const struct sb_machine_fn *fn, struct ehost_fn *at)
{
	ehost_poke(at, PCI_COMMAND, fn->command | PCI_STATUS_CAP_LIST << 16);
	ehost_poke(at, PCI_CAPABILITY_LIST, MSIX);
	ehost_poke(at, MSIX, PCI_CAP_ID_MSIX);
	ehost_poke(at, MSIX + PCI_MSIX_TABLE, __ffs(fn->msix));
	ehost_poke(at, MSIX + PCI_MSIX_PBA, __fls(fn->msix));
}

static void build_host(struct kunit *test, struct replay *replay)
{
	struct ehost_desc desc = { .mode = EHOST_FIRMWARE };
	struct rig *rig = test->priv;
	unsigned int i;

	for (i = 0; i < replay->root.nr_windows; i++) {
		const struct sb_range *window = &replay->root.window[i];

		desc.windows[i] = (struct ehost_window_desc){
			.size = window->end - window->start + 1,
			.bus = window->start,
			.flags = EHOST_UNBACKED,
		};
	}
	rig->host = ehost_create(&desc);
	KUNIT_ASSERT_NOT_NULL(test, rig->host);
	for (i = 0; i < replay->machine.nr; i++) {
		const struct sb_machine_fn *fn = &replay->fn[i];
		struct ehost_fn_desc function = describe(replay, i);
		struct ehost_fn *above = NULL;

		if (fn->parent != SB_MACHINE_NO_PARENT)
			above = replay->at[fn->parent];
		replay->at[i] = ehost_add(rig->host, above, fn->devfn,
					  &function);
		KUNIT_ASSERT_NOT_NULL(test, replay->at[i]);
		if (fn->msix)
			add_msix(fn, replay->at[i]);
		if (fn->vga_below)
			ehost_poke(replay->at[i], PCI_INTERRUPT_LINE,
				   PCI_BRIDGE_CTL_VGA << 16);
	}
	rig_scan(test);
}

/* Claim the address that the kernel had, without writing the register. */
static void claim(struct kunit *test, struct pci_dev *pdev, unsigned int nr,
		  const struct sb_machine_bar *bar)
{
	struct resource *res = &pdev->resource[nr];
	struct pci_bus_region region = {
		.start = bar->claim,
		.end = bar->claim + bar->size - 1,
	};

	pcibios_bus_to_resource(pdev->bus, res, &region);
	res->flags &= ~IORESOURCE_UNSET;
	KUNIT_EXPECT_EQ_MSG(test, pci_claim_resource(pdev, nr), 0,
			    "%s BAR %u", pci_name(pdev), nr);
}

/* The copy at 0xC0000, on x86 and where the machine was an x86 one */
static void hide_rom(struct pci_dev *pdev)
{
	struct resource *res = &pdev->resource[PCI_ROM_RESOURCE];

	if (res->parent)
		release_resource(res);
	res->start = SB_MACHINE_SHADOW;
	res->end = SB_MACHINE_SHADOW + SZ_128K - 1;
	res->flags = IORESOURCE_MEM | IORESOURCE_ROM_SHADOW |
		     IORESOURCE_PCI_FIXED;
}

/*
 * The core has claimed what it could. Claims that are only in the resource tree
 * follow; then core and facts must agree.
 */
static void settle(struct kunit *test, struct replay *replay)
{
	unsigned int i, nr;

	for (i = 0; i < replay->machine.nr; i++) {
		struct pci_dev *pdev = ehost_dev(replay->at[i]);
		struct sb_machine_fn *fn = &replay->fn[i];
		struct sb_machine_bar *rom = &fn->bar[SB_MACHINE_ROM];

		KUNIT_ASSERT_NOT_NULL(test, pdev);
		if (rom->shadowed)
			hide_rom(pdev);
		/* The core decides by itself which one is the boot device. */
		rom->shadowed = pdev->resource[PCI_ROM_RESOURCE].flags &
				IORESOURCE_ROM_SHADOW;
		if (rom->shadowed)
			rom->claimed = false;
		fn->boot_vga = pdev == vga_default_device();

		for (nr = 0; nr < SB_MACHINE_DECODERS; nr++) {
			struct sb_machine_bar *bar = &fn->bar[nr];

			if (!is_bar(fn, nr) || bar->io || !bar->size)
				continue;
			if (bar->claimed && bar->reg != bar->claim)
				claim(test, pdev, nr, bar);
			KUNIT_EXPECT_EQ_MSG(test, bar->claimed,
					    !!pdev->resource[nr].parent,
					    "%02x:%02x.%x BAR %u at %llx",
					    fn->bus, PCI_SLOT(fn->devfn),
					    PCI_FUNC(fn->devfn), nr,
					    bar->claim);
		}
	}
}

/* Exactly the predicted writes, in this order */
static void expect_writes(struct kunit *test, const struct replay *replay,
			  unsigned int i, const struct sb_foreseen_rom *rom)
{
	const struct rig *rig = test->priv;
	struct ehost_write *journal;
	unsigned int nr, from, at;

	nr = ehost_journal(rig->host, NULL, 0);
	journal = kcalloc(nr + 1, sizeof(*journal), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, journal);
	nr = min(nr, ehost_journal(rig->host, journal, nr));
	for (from = 0; from + rom->nr_writes <= nr; from++) {
		for (at = 0; at < rom->nr_writes; at++) {
			const struct ehost_write *done = &journal[from + at];
			const struct sb_foreseen_write *write =
				&rom->write[at];

			if (done->fn != replay->at[i] ||
			    done->where != write->where ||
			    done->size != write->size ||
			    done->val != write->value)
				break;
		}
		if (at == rom->nr_writes)
			break;
	}
	KUNIT_EXPECT_TRUE_MSG(test, from + rom->nr_writes <= nr,
			      "other writes than foreseen, %u in all", nr);
	for (at = 0; at < nr; at++)
		KUNIT_EXPECT_PTR_EQ(test, journal[at].fn, replay->at[i]);
	kfree(journal);
}

static void expect_bytes(struct kunit *test, const struct replay *replay,
			 unsigned int i)
{
	struct sb_shadow *shadow = rig_shadow(test, replay->at[i]);

	KUNIT_ASSERT_NOT_NULL(test, shadow);
	KUNIT_ASSERT_EQ(test, shadow->size, ROM_LENGTH);
	KUNIT_EXPECT_EQ(test, memcmp(shadow->data, replay->rom[i], ROM_LENGTH),
			0);
}

/* One function: predict, then capture. */
static void capture_one(struct kunit *test, struct replay *replay,
			unsigned int i)
{
	const struct sb_machine_fn *fn = &replay->fn[i];
	struct rig *rig = test->priv;
	struct sb_foreseen_rom rom;
	struct sb_outcome outcome;

	sb_foresee_rom(&replay->foresight, fn, fn->bar[SB_MACHINE_ROM].size,
		       false, &rom);
	ehost_reset_oracles(rig->host);
	rig_capture(test, replay->at[i]);
	outcome = rig_outcome(test, replay->at[i]);

	KUNIT_EXPECT_EQ_MSG(test, outcome.why, rom.why, "%02x:%02x.%x",
			    fn->bus, PCI_SLOT(fn->devfn), PCI_FUNC(fn->devfn));
	KUNIT_EXPECT_EQ_MSG(test, outcome.rom_bar, rom.rom_bar, "%02x:%02x.%x",
			    fn->bus, PCI_SLOT(fn->devfn), PCI_FUNC(fn->devfn));
	rig_expect_clean(test, "a capture");
	if (outcome.why != SB_WHY_CAPTURED || rom.why != SB_WHY_CAPTURED)
		return;

	KUNIT_EXPECT_EQ(test, outcome.source, rom.plan.source);
	KUNIT_EXPECT_EQ_MSG(test, outcome.addr, rom.plan.addr,
			    "%02x:%02x.%x, source %u", fn->bus,
			    PCI_SLOT(fn->devfn), PCI_FUNC(fn->devfn),
			    outcome.source);
	if (rom.plan.source == SB_SOURCE_BORROWED)
		KUNIT_EXPECT_EQ(test, outcome.lender, rom.plan.lender);
	expect_bytes(test, replay, i);
	expect_writes(test, replay, i, &rom);
}

/* Each ROM by itself, and nothing else in the windows */
static void capture_all(struct kunit *test, struct replay *replay)
{
	struct rig *rig = test->priv;
	unsigned int i;

	rig->pad = "off";
	rig_start_with(test, "manual", "on", "");
	for (i = 0; i < replay->machine.nr; i++)
		if (rig_has_directory(replay->at[i]))
			capture_one(test, replay, i);
	rig_stop(test);
	rig_expect_clean(test, "the end");
}

static bool is_settled(struct sb_function *function, unsigned int nr,
		       enum sb_page page)
{
	struct sb_page_verdict verdict;

	sb_pages_verdict(function->pages, nr, &verdict);
	return verdict.page == page;
}

static void expect_page(struct kunit *test, struct replay *replay,
			unsigned int i, unsigned int nr,
			const struct sb_foreseen_page *page)
{
	const struct sb_machine_fn *fn = &replay->fn[i];
	struct sb_function *function = rig_function(test, replay->at[i]);
	struct sb_page_verdict verdict;
	enum sb_page expected = page->verdict.page;
	bool settled;

	/* No pad is in the way of an unpadded page. */
	if (expected == SB_PAGE_UNPADDED)
		expected = SB_PAGE_EXCLUSIVE;
	read_poll_timeout(is_settled, settled, settled, USEC_PER_MSEC,
			  10 * USEC_PER_SEC, false, function, nr, expected);
	sb_pages_verdict(function->pages, nr, &verdict);
	KUNIT_EXPECT_STREQ_MSG(test, sb_page_name(verdict.page),
			       sb_page_name(expected),
			       "%02x:%02x.%x BAR %u at %llx", fn->bus,
			       PCI_SLOT(fn->devfn), PCI_FUNC(fn->devfn), nr,
			       fn->bar[nr].claim);
	KUNIT_EXPECT_EQ_MSG(test, (bool)verdict.msix, (bool)page->verdict.msix,
			    "%02x:%02x.%x BAR %u", fn->bus, PCI_SLOT(fn->devfn),
			    PCI_FUNC(fn->devfn), nr);
}

/* Contents of each resource, for comparison */
struct held {
	u64 start;
	u64 size;
	bool claimed;
};

static struct held *look(struct kunit *test, struct replay *replay)
{
	struct held *held;
	unsigned int i, nr;

	held = kunit_kcalloc(test, (replay->machine.nr + 1) *
				   PCI_NUM_RESOURCES, sizeof(*held),
			     GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, held);
	for (i = 0; i < replay->machine.nr; i++) {
		struct pci_dev *pdev = ehost_dev(replay->at[i]);

		for (nr = 0; nr < PCI_NUM_RESOURCES; nr++) {
			struct resource *res = &pdev->resource[nr];

			held[i * PCI_NUM_RESOURCES + nr] = (struct held){
				.start = res->start,
				.size = res->flags ? resource_size(res) : 0,
				.claimed = res->parent,
			};
		}
	}

	return held;
}

/* What had an address still has one, or another with as much room. */
static void expect_no_worse(struct kunit *test, struct replay *replay,
			    const struct held *before, const struct held *now,
			    const char *when)
{
	unsigned int i, nr;

	for (i = 0; i < replay->machine.nr; i++) {
		const struct sb_machine_fn *fn = &replay->fn[i];

		for (nr = 0; nr < PCI_NUM_RESOURCES; nr++) {
			unsigned int at = i * PCI_NUM_RESOURCES + nr;

			if (!before[at].claimed)
				continue;
			KUNIT_EXPECT_TRUE_MSG(test, now[at].claimed &&
					      now[at].size >= before[at].size,
					      "%s: %02x:%02x.%x lost resource %u",
					      when, fn->bus,
					      PCI_SLOT(fn->devfn),
					      PCI_FUNC(fn->devfn), nr);
		}
	}
}

static void wait_for_all(struct kunit *test, struct replay *replay)
{
	unsigned int i;

	for (i = 0; i < replay->machine.nr; i++)
		if (rig_has_directory(replay->at[i]))
			rig_wait(test, rig_function(test, replay->at[i]));
}

/* Does a rescan assign the same as without the module? */
static void rescan_all(struct kunit *test, struct replay *replay)
{
	struct held *alone, *after;
	struct rig *rig = test->priv;

	build_host(test, replay);
	settle(test, replay);
	ehost_rescan(rig->host);
	alone = look(test, replay);
	rig_drop_host(test);

	build_host(test, replay);
	settle(test, replay);
	rig_start(test);
	wait_for_all(test, replay);
	ehost_rescan(rig->host);
	after = look(test, replay);
	expect_no_worse(test, replay, alone, after, "after a rescan");
	rig_stop(test);
	after = look(test, replay);
	expect_no_worse(test, replay, alone, after, "unloaded");
	rig_drop_host(test);
}

/* Which page belongs to which function, as long as nothing has moved */
static void expect_pages(struct kunit *test, struct replay *replay)
{
	struct sb_foreseen_page page[SB_MAX_BARS];
	unsigned int i, nr;

	for (i = 0; i < replay->machine.nr; i++) {
		if (!rig_has_directory(replay->at[i]))
			continue;
		sb_foresee_pages(&replay->foresight, &replay->fn[i], false,
				 false, page);
		for (nr = 0; nr < sb_machine_nr_bars(&replay->fn[i]); nr++)
			if (sb_machine_has_size(&replay->fn[i].bar[nr]) &&
			    !replay->fn[i].virtual_function)
				expect_page(test, replay, i, nr, &page[nr]);
	}
}

/* The expected address of each BAR when vfio-pci is probed */
static void expect_moved(struct kunit *test, struct replay *replay,
			 unsigned int i, unsigned int nr,
			 const struct sb_foreseen_page *page)
{
	struct pci_dev *pdev = ehost_dev(replay->at[i]);
	struct sb_machine_bar *bar = &replay->fn[i].bar[nr];
	u64 expected = page->move == SB_MOVE_DONE ? page->addr : bar->claim;

	if (!bar->claimed)
		return;
	KUNIT_EXPECT_EQ_MSG(test, pci_bus_address(pdev, nr), expected,
			    "%s BAR %u of %llx bytes, was at %llx; %s",
			    pci_name(pdev), nr, bar->size, bar->claim,
			    page->move == SB_MOVE_DONE ? "was to move" :
			    sb_move_text(page->move));
	/* This is known from now on. */
	bar->claim = pci_bus_address(pdev, nr);
	bar->reg = bar->claim;
}

/* Pass one function after the other through to a guest, for good. */
static void give_away(struct kunit *test, struct replay *replay)
{
	struct sb_foreseen_page page[SB_MAX_BARS];
	struct ehost_counters counters;
	struct rig *rig = test->priv;
	unsigned int i, nr;

	rig_holder(test, true);
	ehost_reset_oracles(rig->host);
	for (i = 0; i < replay->machine.nr; i++) {
		struct sb_machine_fn *fn = &replay->fn[i];

		if (fn->bridge || fn->other_header ||
		    !rig_has_directory(replay->at[i]))
			continue;
		sb_foresee_pages(&replay->foresight, fn, false, false, page);
		rig_hold(test, replay->at[i]);
		for (nr = 0; nr < sb_machine_nr_bars(fn); nr++)
			if (sb_machine_has_size(&fn->bar[nr]))
				expect_moved(test, replay, i, nr, &page[nr]);
	}
	ehost_counters(rig->host, &counters);
	KUNIT_EXPECT_EQ(test, counters.overlaps, 0);
	KUNIT_EXPECT_EQ(test, counters.outside, 0);
	rig_holder(test, false);
}

/*
 * Finding and removing a host with many functions takes long, so build it as
 * rarely as possible.
 */
static void replay_all(struct kunit *test, struct replay *replay)
{
	struct rig *rig = test->priv;
	struct held *before;

	lead_slots(replay);
	rig->serve = "off";
	rig->pad = "on";
	rescan_all(test, replay);

	build_host(test, replay);
	settle(test, replay);
	capture_all(test, replay);

	before = look(test, replay);
	rig->pad = "on";
	/* The ROMs have already been read. */
	rig_start_with(test, "manual", "on", "");
	wait_for_all(test, replay);
	expect_pages(test, replay);
	expect_no_worse(test, replay, before, look(test, replay), "loaded");
	give_away(test, replay);
	rig_stop(test);
	rig_drop_host(test);
}

static void machine_test(struct kunit *test)
{
	const struct replayed_machine *machine = test->param_value;
	unsigned int root;

	for (root = 0; root < machine->nr_roots; root++)
		replay_all(test, replay_of(test, machine, root));
}

/**
 * struct mixer - a machine that consists of parts of others
 * @replay: the machine
 * @random: state of the random numbers
 * @slot: the next free slot of the root bus
 * @bus: the next free bus number
 * @low: the next free address below 4 GiB
 * @high: the next free address above
 */
struct mixer {
	struct replay *replay;
	struct rnd_state random;
	unsigned int slot;
	unsigned int bus;
	u64 low;
	u64 high;
};

/**
 * struct span - the addresses of a part of a machine
 * @start: first
 * @end: last
 * @align: granularity by which all of them may be moved
 */
struct span {
	u64 start;
	u64 end;
	u64 align;
};

static void reach(struct span *span, u64 start, u64 end, u64 align)
{
	span->start = min(span->start, start);
	span->end = max(span->end, end);
	span->align = max(span->align, align);
}

static bool is_below(const struct replayed_machine *machine, unsigned int i,
		     unsigned int top)
{
	int at = i;

	while (at != (int)top && at != SB_MACHINE_NO_PARENT)
		at = machine->fn[at].parent;
	return at == (int)top;
}

static u64 moved(const struct span *low, const struct span *high, u64 low_at,
		 u64 high_at, u64 addr)
{
	if (!addr)
		return 0;
	if (addr >= low->start && addr <= low->end)
		return addr - ALIGN_DOWN(low->start, low->align) + low_at;
	if (addr >= high->start && addr <= high->end)
		return addr - ALIGN_DOWN(high->start, high->align) + high_at;
	/* An address that nothing had claimed stays unclaimed. */
	return 0;
}

static void measure(const struct replayed_machine *machine, unsigned int top,
		    struct span *low, struct span *high, unsigned int *nr)
{
	unsigned int i, at;

	*low = (struct span){ .start = U64_MAX, .align = SZ_1M };
	*high = *low;
	*nr = 0;
	for (i = 0; i < machine->nr; i++) {
		const struct sb_machine_fn *fn = &machine->fn[i];

		if (!is_below(machine, i, top))
			continue;
		(*nr)++;
		for (at = 0; at < 2; at++)
			if (fn->open[at])
				reach(fn->window[at].start < SZ_4G ? low : high,
				      fn->window[at].start,
				      fn->window[at].end, SZ_1M);
		for (at = 0; at < SB_MACHINE_DECODERS; at++) {
			const struct sb_machine_bar *bar = &fn->bar[at];

			if (bar->claimed && !bar->io)
				reach(bar->claim < SZ_4G ? low : high,
				      bar->claim, bar->claim + bar->size - 1,
				      bar->size);
		}
	}
}

static void move_part(struct mixer *mixer,
		      const struct replayed_machine *machine, unsigned int top,
		      const struct span *low, const struct span *high)
{
	u64 low_at = ALIGN(mixer->low, low->align);
	u64 high_at = ALIGN(mixer->high, high->align);
	struct sb_machine *to = &mixer->replay->machine;
	unsigned int first = to->nr, i, at;
	int place[256];

	for (i = 0; i < machine->nr && i < ARRAY_SIZE(place); i++) {
		struct sb_machine_fn *fn = &to->fn[to->nr];

		if (!is_below(machine, i, top))
			continue;
		*fn = machine->fn[i];
		place[i] = to->nr;
		if (i == top) {
			fn->parent = SB_MACHINE_NO_PARENT;
			fn->devfn = mixer->slot << 3;
			fn->bus = 0;
		} else {
			fn->parent = place[fn->parent];
			fn->bus = to->fn[fn->parent].secondary;
		}
		if (fn->bridge)
			fn->secondary = mixer->bus++;
		fn->domain = 0;
		fn->root = 0;
		for (at = 0; at < 2; at++) {
			if (!fn->open[at])
				continue;
			/* An unclaimed window cannot be used. */
			if (!fn->window_claimed[at])
				fn->open[at] = false;
			fn->window[at].start = moved(low, high, low_at, high_at,
						     fn->window[at].start);
			fn->window[at].end = moved(low, high, low_at, high_at,
						   fn->window[at].end);
		}
		for (at = 0; at < SB_MACHINE_DECODERS; at++) {
			struct sb_machine_bar *bar = &fn->bar[at];

			if (bar->io)
				continue;
			bar->reg = moved(low, high, low_at, high_at, bar->reg);
			bar->claim = moved(low, high, low_at, high_at,
					   bar->claim);
		}
		fill_gaps(fn);
		to->nr++;
	}
	if (first == to->nr)
		return;

	if (low->end)
		mixer->low = low_at + (low->end - ALIGN_DOWN(low->start,
							     low->align)) + 1;
	if (high->end)
		mixer->high = high_at + (high->end - ALIGN_DOWN(high->start,
								high->align)) + 1;
	/* Sometimes leave room between two parts. */
	if (prandom_u32_state(&mixer->random) % 3 == 0)
		mixer->low = ALIGN(mixer->low, SZ_1M) + SZ_1M;
	mixer->slot++;
}

/* A part is a function of a root bus, with everything below it. */
static void add_part(struct mixer *mixer)
{
	const struct replayed_machine *machine;
	struct span low, high;
	unsigned int top, nr;

	machine = &replayed_machines[prandom_u32_state(&mixer->random) %
				     ARRAY_SIZE(replayed_machines)];
	top = prandom_u32_state(&mixer->random) % machine->nr;
	while (machine->fn[top].parent != SB_MACHINE_NO_PARENT)
		top = machine->fn[top].parent;
	measure(machine, top, &low, &high, &nr);
	/* Leave out what does not fit below the MSI range, or into the host. */
	if (mixer->replay->machine.nr + nr > MIX_FUNCTIONS ||
	    mixer->bus + nr > 0xff ||
	    (low.end && ALIGN(mixer->low, low.align) + (low.end - low.start) +
			low.align > 0xf0000000ULL) ||
	    (high.end && high.end - high.start > 16ULL * SZ_1G))
		return;
	move_part(mixer, machine, top, &low, &high);
}

/* Parts of several machines behind one host bridge, selected by the seed */
static void mix_test(struct kunit *test)
{
	const unsigned int seed = *(const unsigned int *)test->param_value;
	struct mixer mixer = {
		.bus = 1,
		.low = 0x20000000ULL,
		.high = 0x1000000000ULL,
	};
	struct replay *replay = new_replay(test, MIX_FUNCTIONS);
	unsigned int i;

	mixer.replay = replay;
	replay->machine.nr = 0;
	prandom_seed_state(&mixer.random, seed);
	for (i = 0; i < 4 * MIX_PARTS && mixer.slot < MIX_PARTS; i++)
		add_part(&mixer);
	replay->root = (struct sb_machine_root){
		.nr_windows = 2,
		.window = {
			{ 0x20000000ULL, ALIGN(mixer.low, SZ_1M) + SZ_2M - 1 },
			{ 0x1000000000ULL, ALIGN(mixer.high, SZ_1M) +
					   SZ_2M - 1 },
		},
	};
	kunit_info(test, "seed %u: %u parts, %u functions\n", seed,
		   mixer.slot, replay->machine.nr);
	replay_all(test, replay);
}

static void machine_describe(const struct replayed_machine *machine,
			     char *description)
{
	strscpy(description, machine->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(machine, replayed_machines, machine_describe);

static const unsigned int mix_seeds[] = {
	1, 2, 3, 4, 5, 6, 7,
#ifdef EVERY_MACHINE
	8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
#endif
};

static void mix_describe(const unsigned int *seed, char *description)
{
	snprintf(description, KUNIT_PARAM_DESC_SIZE, "seed %u", *seed);
}

KUNIT_ARRAY_PARAM(mix, mix_seeds, mix_describe);

static struct kunit_case machines_cases[] = {
	KUNIT_CASE_PARAM(machine_test, machine_gen_params),
	KUNIT_CASE_PARAM(mix_test, mix_gen_params),
	{}
};

static struct kunit_suite machines_suite = {
	.name = "shadowbar_machines",
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = machines_cases,
};

kunit_test_suite(machines_suite);
