// SPDX-License-Identifier: GPL-2.0-only
/*
 * capture: read one function's ROM and leave no trace.
 *
 * The order is always the same: look, size, plan, write (all of it in a
 * journal), read, undo in reverse, compare. Nothing is printed before all is
 * undone: with its decoding off, the function may be the console.
 *
 * Section numbers are those of the PCI Local Bus Specification 3.0.
 */
#define dev_fmt(fmt) "shadowbar: " fmt

#include <linux/io.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "capture.h"
#include "device.h"
#include "gather.h"
#include "journal.h"
#include "trace.h"
#include "use.h"

/* The type 0 and type 1 headers, in dwords. */
#define HEADER_DWORDS	(PCI_STD_HEADER_SIZEOF / 4)

/* All-ones dwords in a row between two looks at whether the function is there */
#define ONES_BETWEEN_LOOKS	64

/**
 * struct attempt - one capture on its way
 * @pdev: the function
 * @settings: the settings
 * @gathered: the facts
 * @plan: what to do
 * @journal: what was written
 * @walk: how far the images reach
 * @rom: what was read
 * @capacity: bytes allocated for it
 * @have: bytes of it that were read
 * @ones: how many dwords in a row were all ones
 * @bus_reads: dwords read from the ROM
 * @header: config header before anything was written
 */
struct attempt {
	struct pci_dev *pdev;
	const struct sb_settings *settings;
	struct sb_gathered gathered;
	struct sb_plan plan;
	struct sb_journal journal;
	struct sb_rom_walk walk;
	struct sb_rom *rom;
	u32 capacity;
	u32 have;
	unsigned int ones;
	unsigned int bus_reads;
	u32 header[HEADER_DWORDS];
};

/**
 * sb_capture_first() - note how a function looks before anything is done to it
 * @pdev: the function
 * @first: filled; not judged yet
 *
 * Loading the module waits for this, once a function: two reads, no more.
 *
 * Context: any in which config space may be read.
 */
void sb_capture_first(struct pci_dev *pdev, struct sb_first *first)
{
	*first = (struct sb_first){};
	/* What cannot be read is nothing to be believed later. */
	first->seen = !sb_gather_decode(pdev, &first->decode);
	if (first->seen)
		sb_gather_rom_bar(pdev, &first->rom_raw);
}

/* Judge the ROM BAR as it was first seen, by what is around the function. */
static void judge_first(struct sb_first *first, const struct sb_facts *facts)
{
	struct sb_facts as_first = *facts;

	as_first.rom_raw = first->rom_raw;
	/* Nobody knows the size: what matters is whether there is an address. */
	if (!as_first.rom_size && first->rom_raw)
		as_first.rom_size = SZ_2K;
	first->rom_bar = sb_facts_rom_bar(&as_first);
}

static void look_only(struct pci_dev *pdev, struct sb_first *first)
{
	struct sb_gathered gathered = {};

	if (!first->seen)
		sb_capture_first(pdev, first);
	if (!first->seen || first->judged)
		return;

	if (sb_gather_registers(pdev, &gathered.facts))
		return;
	/* Only an address is judged by what is around it. */
	if (first->rom_raw & (u32)PCI_ROM_ADDRESS_MASK)
		sb_gather_around(pdev, &gathered);
	judge_first(first, &gathered.facts);
	sb_gather_release(&gathered);
}

/*
 * To be sure that there is no ROM BAR it must be written to. But a bridge that
 * is in use is not to be unbound for that, nor is graphics in a CPU, and the
 * advice would do harm.
 */
static bool has_no_rom(struct pci_dev *pdev, const struct sb_first *first,
		       bool bound)
{
	if (!pdev->rom_base_reg || pdev->non_compliant_bars)
		return true;

	return bound && first->seen &&
	       (pdev->hdr_type == PCI_HEADER_TYPE_BRIDGE ||
		sb_gather_is_integrated(pdev)) &&
	       !first->rom_raw && first->rom_bar == SB_ROM_BAR_ABSENT;
}

static bool may_touch(struct pci_dev *pdev, const struct sb_settings *settings,
		      const struct sb_first *first, bool bound,
		      bool powered_down, struct sb_outcome *outcome)
{
	const struct sb_identity identity = sb_gather_identity(pdev);
	struct sb_standing standing = {
		.virtual_function = pdev->is_virtfn,
		.no_register = has_no_rom(pdev, first, bound),
		.denied = sb_deny_matches(settings->deny, settings->nr_deny,
					  &identity),
		.not_restored = !outcome->restored,
		.busy = sb_use_of(pdev, bound),
		.powered_down = powered_down,
	};
	enum sb_why why;

	outcome->known_bad = sb_deny_builtin(pdev->vendor, pdev->device);
	outcome->busy = standing.busy;
	standing.known_bad = outcome->known_bad;

	if (sb_may_touch(&standing, &why))
		return true;

	outcome->why = why;
	return false;
}

static int header_read(struct attempt *attempt, u32 *header)
{
	unsigned int i;

	for (i = 0; i < HEADER_DWORDS; i++)
		if (pci_read_config_dword(attempt->pdev, 4 * i, &header[i]))
			return -EIO;

	return 0;
}

/* The upper half is STATUS, which hardware sets as it likes. */
static u32 header_mask(struct pci_dev *pdev, unsigned int reg)
{
	if (reg == PCI_COMMAND ||
	    (reg == PCI_IO_BASE && pdev->hdr_type == PCI_HEADER_TYPE_BRIDGE))
		return 0xffff;
	return U32_MAX;
}

static bool header_is_as_before(struct attempt *attempt)
{
	u32 now[HEADER_DWORDS];
	unsigned int i;

	if (header_read(attempt, now))
		return false;

	for (i = 0; i < HEADER_DWORDS; i++)
		if ((now[i] ^ attempt->header[i]) &
		    header_mask(attempt->pdev, 4 * i))
			return false;

	return true;
}

/*
 * Section 6.2.5.2. The enable bit stays clear, so that the ROM decodes nothing
 * while its BAR holds all ones, whatever COMMAND says.
 */
static enum sb_why size_rom(struct attempt *attempt)
{
	struct pci_dev *pdev = attempt->pdev;
	struct sb_facts *facts = &attempt->gathered.facts;
	u32 readback;

	if (sb_journal_write32(&attempt->journal, pdev->rom_base_reg,
			       (u32)PCI_ROM_ADDRESS_MASK) ||
	    pci_read_config_dword(pdev, pdev->rom_base_reg, &readback) ||
	    sb_journal_undo(&attempt->journal))
		return SB_WHY_CONFIG_ERROR;

	switch (sb_rom_bar_size(facts->rom_raw, readback, &facts->rom_size)) {
	case SB_SIZING_ABSENT:
		return SB_WHY_NO_ROM_BAR;
	case SB_SIZING_STUCK:
		return SB_WHY_STUCK;
	case SB_SIZING_OK:
		break;
	}

	return SB_WHY_CAPTURED;
}

static int write_bar(struct attempt *attempt, unsigned int nr, bool is_64,
		     u64 addr)
{
	int ret;

	ret = sb_journal_write32(&attempt->journal, sb_bar_register(nr),
				 lower_32_bits(addr));
	if (!ret && is_64)
		ret = sb_journal_write32(&attempt->journal,
					 sb_bar_register(nr + 1),
					 upper_32_bits(addr));
	return ret;
}

/*
 * Section 6.2.5.1. The core forgets a BAR that it could not assign, but the
 * BAR still decodes once decoding is on. Only done while it is off.
 */
static enum sb_why size_forgotten_bars(struct attempt *attempt)
{
	struct sb_facts *facts = &attempt->gathered.facts;
	struct pci_dev *pdev = attempt->pdev;
	unsigned int i;

	for (i = 0; i < SB_MAX_BARS; i++) {
		struct sb_bar *bar = &facts->bar[i];
		u64 before, readback;

		if (bar->size) {
			i += bar->is_64;
			continue;
		}
		if (sb_gather_bar(pdev, i, false, &before))
			return SB_WHY_CONFIG_ERROR;
		if ((before & PCI_BASE_ADDRESS_SPACE) ==
		    PCI_BASE_ADDRESS_SPACE_IO)
			continue;

		bar->is_64 = (before & PCI_BASE_ADDRESS_MEM_TYPE_MASK) ==
			     PCI_BASE_ADDRESS_MEM_TYPE_64 &&
			     i + 1 < SB_MAX_BARS;
		if (sb_gather_bar(pdev, i, bar->is_64, &before) ||
		    write_bar(attempt, i, bar->is_64, U64_MAX) ||
		    sb_gather_bar(pdev, i, bar->is_64, &readback) ||
		    sb_journal_undo(&attempt->journal))
			return SB_WHY_CONFIG_ERROR;
		if (sb_mem_bar_size(before, readback, bar->is_64,
				    &bar->size) == SB_SIZING_STUCK)
			return SB_WHY_CANNOT_PARK;
		bar->addr = before & ~SB_BAR_KIND;
		i += bar->is_64;
	}

	return SB_WHY_CAPTURED;
}

/* A BAR that does not go where it is sent would answer beside the ROM. */
static enum sb_why park_bars(struct attempt *attempt)
{
	const struct sb_plan *plan = &attempt->plan;
	unsigned int i;

	for_each_set_bit(i, &plan->parked, SB_MAX_BARS) {
		const struct sb_bar *bar = &attempt->gathered.facts.bar[i];
		u64 addr;

		if (write_bar(attempt, i, bar->is_64, sb_park_addr(bar)) ||
		    sb_gather_bar(attempt->pdev, i, bar->is_64, &addr))
			return SB_WHY_CONFIG_ERROR;
		if ((addr & ~SB_BAR_KIND) != sb_park_addr(bar))
			return SB_WHY_STUCK;
	}

	return SB_WHY_CAPTURED;
}

static enum sb_why enable_rom(struct attempt *attempt)
{
	struct pci_dev *pdev = attempt->pdev;
	u32 wanted = attempt->plan.addr | PCI_ROM_ADDRESS_ENABLE;
	u32 found;

	if (sb_journal_write32(&attempt->journal, pdev->rom_base_reg, wanted) ||
	    pci_read_config_dword(pdev, pdev->rom_base_reg, &found))
		return SB_WHY_CONFIG_ERROR;

	if ((found ^ wanted) & ((u32)PCI_ROM_ADDRESS_MASK |
				PCI_ROM_ADDRESS_ENABLE))
		return SB_WHY_STUCK;

	return SB_WHY_CAPTURED;
}

/* BARs move only once the bits are seen to be what they were set to. */
static enum sb_why write_command(struct attempt *attempt, u16 *command,
				 u16 value)
{
	u16 found;

	if (value == *command)
		return SB_WHY_CAPTURED;

	*command = value;
	if (sb_journal_write16(&attempt->journal, PCI_COMMAND, value) ||
	    pci_read_config_word(attempt->pdev, PCI_COMMAND, &found))
		return SB_WHY_CONFIG_ERROR;
	if ((found ^ value) & (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER))
		return SB_WHY_STUCK;

	return SB_WHY_CAPTURED;
}

/*
 * Make the ROM answer. The journal takes it all back in reverse: decoding off,
 * ROM BAR, BARs, and COMMAND as it was, so that the ROM BAR and the BAR it
 * borrows from never hold the same address, not even while nothing decodes.
 */
static enum sb_why program(struct attempt *attempt)
{
	const struct sb_facts *facts = &attempt->gathered.facts;
	enum sb_why why;
	u16 command, value;

	if (pci_read_config_word(attempt->pdev, PCI_COMMAND, &command))
		return SB_WHY_CONFIG_ERROR;

	value = command;
	if (!facts->pinned)
		value &= ~PCI_COMMAND_MASTER;
	if (attempt->plan.parked)
		value &= ~PCI_COMMAND_MEMORY;
	why = write_command(attempt, &command, value);
	if (why != SB_WHY_CAPTURED)
		return why;

	why = park_bars(attempt);
	if (why != SB_WHY_CAPTURED)
		return why;

	why = enable_rom(attempt);
	if (why != SB_WHY_CAPTURED)
		return why;

	return write_command(attempt, &command, command | PCI_COMMAND_MEMORY);
}

/**
 * sb_rom_grow() - make room for more of a ROM
 * @rom: its bytes may move
 * @have: how many of them to keep
 * @want: how many there is to be room for, no fewer than @have
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM, and then nothing has changed.
 */
int sb_rom_grow(struct sb_rom *rom, u32 have, u32 want)
{
	u8 *more = kvmalloc(want, GFP_KERNEL);

	if (!more)
		return -ENOMEM;

	if (have)
		memcpy(more, rom->data, have);
	kvfree(rom->data);
	rom->data = more;
	return 0;
}

/*
 * All ones is what a function answers that is no longer there. Each read of
 * one may take the bus tens of milliseconds to give up on, so look early.
 */
static bool vanished(struct attempt *attempt, u32 dword)
{
	if (dword != U32_MAX) {
		attempt->ones = 0;
		return false;
	}

	return attempt->ones++ % ONES_BETWEEN_LOOKS == 0 &&
	       !pci_device_is_present(attempt->pdev);
}

/* 32 bits at a time: vfio-pci turned wider reads off for good reason. */
static enum sb_why read_up_to(struct attempt *attempt, void __iomem *base,
			      u32 want)
{
	if (want > attempt->capacity) {
		if (sb_rom_grow(attempt->rom, attempt->have, want))
			return SB_WHY_NO_MEMORY;
		attempt->capacity = want;
	}

	while (attempt->have < want) {
		__le32 *place = (__le32 *)(attempt->rom->data + attempt->have);
		u32 dword = ioread32(base + attempt->have);

		attempt->bus_reads++;
		if (vanished(attempt, dword))
			return SB_WHY_VANISHED;

		*place = cpu_to_le32(dword);
		attempt->have += sizeof(*place);
		if (IS_ALIGNED(attempt->have, SZ_4K))
			cond_resched();
	}

	return SB_WHY_CAPTURED;
}

static enum sb_why read_images(struct attempt *attempt, void __iomem *base)
{
	struct sb_rom_walk *walk = &attempt->walk;
	enum sb_why why;

	sb_rom_walk_start(walk, attempt->gathered.facts.rom_size);
	while (sb_rom_walk_needs_more(walk, attempt->rom->data,
				      attempt->have)) {
		why = read_up_to(attempt, base, ALIGN(walk->need, 4));
		if (why != SB_WHY_CAPTURED)
			return why;
	}

	return walk->images ? SB_WHY_CAPTURED : SB_WHY_BROKEN;
}

static enum sb_why read_rom(struct attempt *attempt)
{
	u64 size = attempt->gathered.facts.rom_size;
	struct pci_bus_region region = {
		.start = attempt->plan.addr,
		.end = attempt->plan.addr + size - 1,
	};
	struct resource res = { .flags = IORESOURCE_MEM };
	void __iomem *base;
	enum sb_why why;

	pcibios_bus_to_resource(attempt->pdev->bus, &res, &region);
	base = ioremap(res.start, size);
	if (!base)
		return SB_WHY_NO_MEMORY;

	why = read_images(attempt, base);

	iounmap(base);
	return why;
}

/* Find out where the ROM can be read. Nothing stays written. */
static enum sb_why make_plan(struct attempt *attempt, struct sb_first *first)
{
	struct sb_gathered *gathered = &attempt->gathered;
	struct pci_dev *pdev = attempt->pdev;
	enum sb_why why;

	if (sb_gather_registers(pdev, &gathered->facts))
		return SB_WHY_CONFIG_ERROR;
	gathered->facts.decode_at_first = first->decode;
	gathered->facts.borrow = attempt->settings->borrow;

	why = size_rom(attempt);
	if (why == SB_WHY_NO_ROM_BAR) {
		first->rom_bar = SB_ROM_BAR_ABSENT;
		first->judged = true;
	}
	if (why != SB_WHY_CAPTURED)
		return why;

	if (sb_gather_around(pdev, gathered))
		return SB_WHY_NO_MEMORY;
	if (!gathered->facts.decode && !gathered->facts.pinned) {
		why = size_forgotten_bars(attempt);
		if (why != SB_WHY_CAPTURED)
			return why;
	}

	sb_gather_hold(pdev, gathered);
	if (!first->judged) {
		judge_first(first, &gathered->facts);
		first->judged = true;
	}

	sb_plan_make(&gathered->facts, &attempt->plan);
	if (attempt->plan.source == SB_SOURCE_HOLE &&
	    sb_gather_hole(pdev, gathered, &attempt->plan.addr)) {
		attempt->plan.source = SB_SOURCE_NONE;
		return SB_WHY_NO_ADDRESS;
	}

	return attempt->plan.why;
}

static enum sb_why plan_and_read(struct attempt *attempt,
				 struct sb_first *first)
{
	enum sb_why why;

	why = make_plan(attempt, first);
	if (why != SB_WHY_CAPTURED)
		return why;

	why = program(attempt);
	if (why != SB_WHY_CAPTURED)
		return why;

	return read_rom(attempt);
}

/* Everything that writes is in here, and so is the check of what it left. */
static enum sb_why capture_locked(struct attempt *attempt,
				  struct sb_first *first,
				  struct sb_outcome *outcome)
{
	struct pci_dev *pdev = attempt->pdev;
	enum sb_why why;
	int undone;

	if (!pci_device_is_present(pdev))
		return SB_WHY_VANISHED;
	if (header_read(attempt, attempt->header))
		return SB_WHY_CONFIG_ERROR;

	why = plan_and_read(attempt, first);

	undone = sb_journal_undo(&attempt->journal);
	if (!undone && header_is_as_before(attempt)) {
		/* Its last answers may not have been answers at all. */
		if (why != SB_WHY_CAPTURED && !pci_device_is_present(pdev))
			return SB_WHY_VANISHED;
		return why;
	}
	if (!pci_device_is_present(pdev))
		return SB_WHY_VANISHED;

	outcome->restored = false;
	return SB_WHY_NOT_RESTORED;
}

static void drop_rom(struct sb_rom *rom)
{
	kvfree(rom->data);
	*rom = (struct sb_rom){};
}

static void fill_outcome(struct attempt *attempt, enum sb_why why,
			 struct sb_outcome *outcome)
{
	const struct sb_rom_walk *walk = &attempt->walk;

	outcome->why = why;
	outcome->source = attempt->plan.source;
	outcome->addr = attempt->plan.addr;
	outcome->lender = attempt->plan.lender;
	outcome->length = walk->length;
	outcome->images = walk->images;
	outcome->bad_sums = walk->bad_sums;
	outcome->image_error = walk->error;

	if (why == SB_WHY_CAPTURED)
		attempt->rom->size = walk->length;
	else
		drop_rom(attempt->rom);
}

static void say(struct pci_dev *pdev, const struct sb_outcome *outcome)
{
	if (!outcome->restored)
		pci_err(pdev, "its registers could NOT be restored after its ROM was read; it is left alone from now on\n");
	else if (outcome->why == SB_WHY_CAPTURED)
		pci_info(pdev, "ROM of %u bytes captured (%s)\n",
			 outcome->length, sb_source_name(outcome->source));
	else
		pci_dbg(pdev, "no ROM captured, see rom_reason\n");
}

/**
 * sb_capture() - read a function's ROM, if that can be done
 * @pdev: the function
 * @settings: the settings
 * @bound: a driver is bound
 * @wanted: the ROM is to be read; false: only look at what is there
 * @first: how the function was first seen; judged here if it was not yet
 * @outcome: that of the last capture; replaced by what became of this one
 * @rom: set to the ROM if there is one, for the caller to keep or to free
 *
 * Config space is bit for bit what it was when this returns, or
 * @outcome->restored is false and stays so.
 *
 * Context: may sleep. No driver binds or unbinds meanwhile.
 */
void sb_capture(struct pci_dev *pdev, const struct sb_settings *settings,
		bool bound, bool wanted, struct sb_first *first,
		struct sb_outcome *outcome, struct sb_rom *rom)
{
	struct attempt *attempt = NULL;
	enum sb_why why;
	u64 start;

	*rom = (struct sb_rom){};
	/* Of one that is not bound a capture finds out more. */
	if (bound)
		look_only(pdev, first);

	if (!may_touch(pdev, settings, first, bound, false, outcome))
		goto out;
	outcome->why = SB_WHY_MANUAL;
	if (!wanted)
		goto out;

	outcome->why = SB_WHY_NO_MEMORY;
	attempt = kzalloc(sizeof(*attempt), GFP_KERNEL);
	if (!attempt)
		goto out;
	attempt->pdev = pdev;
	sb_journal_open(&attempt->journal, pdev);
	attempt->rom = rom;
	attempt->settings = settings;

	trace_shadowbar_capture_begin(pdev);
	start = ktime_get_ns();

	/* An error means that runtime PM is not used: the state is looked at. */
	pm_runtime_get_sync(&pdev->dev);
	pci_cfg_access_lock(pdev);
	/* Before this it may have been asleep. */
	if (!first->seen)
		sb_capture_first(pdev, first);
	if (may_touch(pdev, settings, first, bound, sb_gather_is_asleep(pdev),
		      outcome)) {
		why = capture_locked(attempt, first, outcome);
		fill_outcome(attempt, why, outcome);
	}
	pci_cfg_access_unlock(pdev);
	pm_runtime_put(&pdev->dev);
	sb_gather_release(&attempt->gathered);
	sb_journal_close(&attempt->journal);

	look_only(pdev, first);
	outcome->rom_bar = first->rom_bar;
	outcome->decode = first->decode;
	trace_shadowbar_capture_end(pdev, outcome, attempt->journal.writes,
				    attempt->bus_reads,
				    ktime_get_ns() - start);
	say(pdev, outcome);
	kfree(attempt);
	return;

out:
	if (!bound)
		look_only(pdev, first);
	if (outcome->why == SB_WHY_NO_ROM_BAR)
		first->rom_bar = SB_ROM_BAR_ABSENT;
	outcome->rom_bar = first->rom_bar;
	outcome->decode = first->decode;
}
