// SPDX-License-Identifier: GPL-2.0-only
/*
 * capture: read one function's ROM and leave no trace.
 *
 * The order is always the same: look, size, plan, write (all of it in a
 * journal), read, undo in reverse, compare. Nothing is printed in between:
 * with its decoding off, the function may be the console.
 *
 * The kernel's own file "rom" writes to the ROM BAR under no lock. So what was
 * programmed is read back while the ROM is read and once more before it is
 * undone: if somebody has changed it, nothing of what was read is believed.
 *
 * Section numbers are those of the PCI Local Bus Specification 3.0.
 */
#define dev_fmt(fmt) "shadowbar: " fmt

#include <linux/delay.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "bus/gather.h"
#include "bus/journal.h"
#include "bus/use.h"
#include "device.h"
#include "rom/capture.h"
#include "trace.h"

/* The type 0 and type 1 headers, in dwords. */
#define HEADER_DWORDS	(PCI_STD_HEADER_SIZEOF / 4)

/* How much is read between two looks at what was programmed */
#define BYTES_BETWEEN_LOOKS	SZ_64K

/* How often a ROM is read if somebody interferes */
#define READ_TRIES	2

/* How often the header is compared, and what others wrote is written over */
#define SETTLE_TRIES	3

/* How long a reader of the kernel's file "rom" may take, in milliseconds */
#define READER_PATIENCE	100

/* All-ones dwords in a row between two looks at whether the function is there */
#define ONES_BETWEEN_LOOKS	64

/**
 * struct slot - a slot in which a ROM is being read
 * @node: in the list of all of them
 * @bus: the function's bus
 * @nr: the function's number on that, without its own
 */
struct slot {
	struct list_head node;
	struct pci_bus *bus;
	unsigned int nr;
};

/**
 * struct attempt - one capture on its way
 * @slot: the function's slot
 * @pdev: the function
 * @settings: the settings
 * @wish: what is wanted
 * @found: what could answer on its bus
 * @asked: somebody waited for it when it began
 * @until: when to give up if nobody waits, in jiffies
 * @gathered: the facts
 * @plan: what to do
 * @journal: what was written
 * @walk: how far the images reach
 * @rom: what was read
 * @have: bytes of it that were read
 * @ones: how many dwords in a row were all ones
 * @bus_reads: dwords read from the ROM
 * @command: COMMAND while it is read
 * @validation: what the ROM BAR then says of its content
 * @header: config header before anything was written
 */
struct attempt {
	struct slot slot;
	struct pci_dev *pdev;
	const struct sb_settings *settings;
	const struct sb_wish *wish;
	struct sb_decoders *found;
	bool asked;
	unsigned long until;
	struct sb_gathered gathered;
	struct sb_plan plan;
	struct sb_journal journal;
	struct sb_rom_walk walk;
	struct sb_rom *rom;
	u32 have;
	unsigned int ones;
	unsigned int bus_reads;
	u16 command;
	u8 validation;
	u32 header[HEADER_DWORDS];
};

/**
 * sb_capture_first() - note how a function looks before anything is done to it
 * @pdev: the function
 * @first: filled, and empty before; not judged yet
 *
 * Loading the module waits for this, once a function: two reads, no more.
 *
 * Context: any in which config space may be read.
 */
void sb_capture_first(struct pci_dev *pdev, struct sb_first *first)
{
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

static void look_only(struct pci_dev *pdev, struct sb_first *first,
		      struct sb_decoders *found)
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
		sb_gather_around(pdev, &gathered, found);
	judge_first(first, &gathered.facts);
	sb_gather_release(&gathered);
}

/*
 * To be sure that there is no ROM BAR it must be written to. What must not be
 * written to is asked of the core, or guessed: a bridge that is in use is not
 * to be unbound for that, nor is graphics in a CPU, and the advice would do
 * harm.
 */
static bool has_no_rom(struct pci_dev *pdev, const struct sb_first *first,
		       enum sb_busy busy)
{
	if (!pdev->rom_base_reg || pdev->non_compliant_bars)
		return true;
	if (busy == SB_IDLE || busy == SB_BUSY_RESOURCE)
		return false;

	return sb_gather_knows_no_rom(pdev) ||
	       (first->seen && (pdev->hdr_type == PCI_HEADER_TYPE_BRIDGE ||
				sb_gather_is_integrated(pdev)) &&
		!first->rom_raw && first->rom_bar == SB_ROM_BAR_ABSENT);
}

/* Not the copy at 0xC0000, which has no BAR either. */
static bool has_fixed_rom(struct pci_dev *pdev)
{
	unsigned long flags = pdev->resource[PCI_ROM_RESOURCE].flags;

	return flags & IORESOURCE_PCI_FIXED && !(flags & IORESOURCE_ROM_SHADOW);
}

/* Nobody has asked for the ROM, and there is still time. */
static bool is_at_leisure(const struct sb_wish *wish)
{
	return wish->wanted && !READ_ONCE(*wish->waiting) && !wish->probing;
}

static bool may_touch(struct pci_dev *pdev, const struct sb_settings *settings,
		      const struct sb_first *first, const struct sb_wish *wish,
		      bool powered_down, struct sb_outcome *outcome)
{
	const struct sb_identity identity = sb_gather_identity(pdev);
	enum sb_busy busy = sb_use_of(pdev, wish->bound);
	struct sb_standing standing = {
		.virtual_function = pdev->is_virtfn,
		.no_register = has_no_rom(pdev, first, busy),
		.fixed = has_fixed_rom(pdev),
		.denied = sb_deny_matches(settings->deny, settings->nr_deny,
					  &identity),
		.not_restored = !outcome->restored,
		.untrusted = wish->wanted && !READ_ONCE(*wish->waiting) &&
			     sb_gather_is_untrusted(pdev),
		.busy = busy,
		.powered_down = powered_down,
	};
	enum sb_why why;

	standing.sibling = !standing.no_register && is_at_leisure(wish) &&
			   sb_gather_has_driven_sibling(pdev);

	outcome->known_bad = sb_deny_builtin(pdev->vendor, pdev->device);
	outcome->busy = busy;
	standing.known_bad = outcome->known_bad;

	if (sb_may_touch(&standing, &why))
		return true;

	outcome->why = why;
	return false;
}

static int header_read(struct pci_dev *pdev, u32 *header)
{
	unsigned int i;

	for (i = 0; i < HEADER_DWORDS; i++)
		if (pci_read_config_dword(pdev, 4 * i, &header[i]))
			return -EIO;

	return 0;
}

static unsigned long header_difference(struct pci_dev *pdev, const u32 *before,
				       const u32 *now)
{
	unsigned long changes = 0;
	unsigned int i;

	for (i = 0; i < HEADER_DWORDS; i++)
		if ((now[i] ^ before[i]) & sb_register_mask(pdev, 4 * i))
			changes |= BIT(i);

	return changes;
}

/* Returns which dwords differ, or all of them if they cannot be read. */
static unsigned long header_changes(struct pci_dev *pdev, const u32 *before,
				    u32 *now)
{
	if (header_read(pdev, now))
		return ~0UL;

	return header_difference(pdev, before, now);
}

/* Does the ROM BAR hold what the core gives it while the ROM is mapped? */
static bool is_from_core(struct pci_dev *pdev, u32 rom)
{
	struct resource *res = &pdev->resource[PCI_ROM_RESOURCE];
	struct pci_bus_region region;

	if (!res->parent || res->flags & IORESOURCE_ROM_SHADOW)
		return false;

	pcibios_resource_to_bus(pdev->bus, &region, res);
	return (rom & (u32)PCI_ROM_ADDRESS_MASK) == region.start;
}

/*
 * Who reads the kernel's file "rom" may write to the ROM BAR at the same time
 * as the journal is undone. What the core gives it is as good as what was there
 * before, but what a capture gave it must not stay.
 */
static bool is_restored(struct attempt *attempt)
{
	struct pci_dev *pdev = attempt->pdev;
	unsigned int rom = pdev->rom_base_reg / 4, tries;
	u32 now[HEADER_DWORDS];

	for (tries = 0; tries < SETTLE_TRIES; tries++) {
		unsigned long changes = header_changes(pdev, attempt->header,
						       now);

		if (!changes)
			return true;
		if (changes != BIT(rom))
			return false;
		if (is_from_core(pdev, now[rom]))
			return true;
		pci_write_config_dword(pdev, pdev->rom_base_reg,
				       attempt->header[rom]);
	}

	return false;
}

/*
 * Who reads the kernel's file "rom" enables the ROM for a moment. That is not
 * how it is to be left.
 */
static void wait_for_reader(struct pci_dev *pdev)
{
	const struct resource *res = &pdev->resource[PCI_ROM_RESOURCE];
	unsigned int i;
	u32 rom;

	if (!res->flags ||
	    res->flags & (IORESOURCE_ROM_ENABLE | IORESOURCE_ROM_SHADOW))
		return;

	for (i = 0; i < READER_PATIENCE; i++) {
		if (sb_gather_rom_bar(pdev, &rom) || rom == U32_MAX ||
		    !(rom & PCI_ROM_ADDRESS_ENABLE))
			return;
		usleep_range(1000, 2000);
	}
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

	why = write_command(attempt, &command, command | PCI_COMMAND_MEMORY);
	attempt->command = command;
	return why;
}

/* Nobody else has written to what makes the ROM answer. */
static bool is_programmed(struct attempt *attempt)
{
	u32 wanted = attempt->plan.addr | PCI_ROM_ADDRESS_ENABLE, rom;
	struct pci_dev *pdev = attempt->pdev;
	unsigned int i;
	u16 command;

	if (pci_read_config_word(pdev, PCI_COMMAND, &command) ||
	    command != attempt->command ||
	    pci_read_config_dword(pdev, pdev->rom_base_reg, &rom) ||
	    (rom ^ wanted) & sb_register_mask(pdev, pdev->rom_base_reg))
		return false;

	for_each_set_bit(i, &attempt->plan.parked, SB_MAX_BARS) {
		const struct sb_bar *bar = &attempt->gathered.facts.bar[i];
		u64 addr;

		if (sb_gather_bar(pdev, i, bar->is_64, &addr) ||
		    (addr & ~SB_BAR_KIND) != sb_park_addr(bar))
			return false;
	}

	attempt->validation = rom >> 1 & 7;
	return true;
}

/*
 * In place, what was programmed is what a reader of the kernel's file "rom"
 * puts there again after it has switched it off for a moment. With this flag it
 * leaves it on. It stands for just that: the ROM is enabled.
 */
static bool say_enabled(struct attempt *attempt)
{
	struct resource *res = &attempt->pdev->resource[PCI_ROM_RESOURCE];

	if (attempt->plan.source != SB_SOURCE_IN_PLACE ||
	    !attempt->gathered.facts.rom_claimed ||
	    res->flags & IORESOURCE_ROM_ENABLE)
		return false;

	res->flags |= IORESOURCE_ROM_ENABLE;
	return true;
}

static void unsay_enabled(struct attempt *attempt)
{
	attempt->pdev->resource[PCI_ROM_RESOURCE].flags &=
		~IORESOURCE_ROM_ENABLE;
}

static int rom_move(struct sb_rom *rom, u32 have, u32 room)
{
	u8 *data = kvmalloc(room, GFP_KERNEL);

	if (!data)
		return -ENOMEM;

	if (have)
		memcpy(data, rom->data, have);
	kvfree(rom->data);
	rom->data = data;
	rom->room = room;
	return 0;
}

/**
 * sb_rom_grow() - make room for more of a ROM
 * @rom: its bytes may move
 * @have: how many of them to keep
 * @want: how many there is to be room for, no fewer than @have
 *
 * The room at least doubles, up to that of the largest ROM: a chain of small
 * images asks for a few bytes at a time.
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM, and then nothing has changed.
 */
int sb_rom_grow(struct sb_rom *rom, u32 have, u32 want)
{
	u32 room = clamp_t(u32, 2 * rom->room, SZ_4K, SZ_16M);

	if (want <= rom->room)
		return 0;

	return rom_move(rom, have, max(room, want));
}

/**
 * sb_rom_fit() - give back the room that a ROM does not need
 * @rom: all of it was read; its bytes may move
 *
 * Context: may sleep. Without memory it keeps its room.
 */
void sb_rom_fit(struct sb_rom *rom)
{
	if (rom->room - rom->size >= SZ_4K)
		rom_move(rom, rom->size, rom->size);
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

/* A ROM that nobody waits for is not worth any amount of time. */
static bool is_out_of_time(struct attempt *attempt)
{
	if (sb_use_is_shut_down())
		return true;
	if (READ_ONCE(*attempt->wish->waiting))
		return false;

	return attempt->asked || time_after(jiffies, attempt->until);
}

/* 32 bits at a time: vfio-pci turned wider reads off for good reason. */
static enum sb_why read_up_to(struct attempt *attempt, void __iomem *base,
			      u32 want)
{
	if (sb_rom_grow(attempt->rom, attempt->have, want))
		return SB_WHY_NO_MEMORY;

	while (attempt->have < want) {
		__le32 *place = (__le32 *)(attempt->rom->data + attempt->have);
		u32 dword = ioread32(base + attempt->have);

		attempt->bus_reads++;
		if (vanished(attempt, dword))
			return SB_WHY_VANISHED;
		if (is_out_of_time(attempt))
			return SB_WHY_TOO_SLOW;

		*place = cpu_to_le32(dword);
		attempt->have += sizeof(*place);
		if (IS_ALIGNED(attempt->have, BYTES_BETWEEN_LOOKS) &&
		    !is_programmed(attempt))
			return SB_WHY_DISTURBED;
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

	if (sb_gather_around(pdev, gathered, attempt->found))
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

static enum sb_why program_and_read(struct attempt *attempt)
{
	enum sb_why why;

	why = program(attempt);
	if (why != SB_WHY_CAPTURED)
		return why;

	why = read_rom(attempt);
	/* What somebody else has changed may be why it is no ROM. */
	if (!is_programmed(attempt))
		return SB_WHY_DISTURBED;
	return why;
}

/* Where a reader who was interrupted may leave the ROM BAR: see below. */
static void note_lent(struct attempt *attempt, struct sb_first *first)
{
	u32 before = attempt->header[attempt->pdev->rom_base_reg / 4];

	if (attempt->plan.source == SB_SOURCE_NONE ||
	    attempt->plan.addr == (before & (u32)PCI_ROM_ADDRESS_MASK))
		return;

	first->lent = attempt->plan.addr;
	first->rest = before;
}

/**
 * sb_capture_look_again() - see that nobody has put a ROM BAR back where a
 *			     capture had it
 * @pdev: the function
 * @first: how it was first seen; an answer is kept there
 *
 * Who reads the kernel's file "rom" takes the enable bit out of the ROM BAR
 * when done: read, change, write, under no lock. If the read came during a
 * capture and the write after it, the address of another BAR is in it, which
 * the Intel I210 does not tolerate. To be called once all who were in between
 * have got on.
 *
 * Whatever holds the function now, nobody else can mean this address.
 *
 * Context: may sleep; the function's mutex is held.
 * Return: true if it was there, and was put right.
 */
bool sb_capture_look_again(struct pci_dev *pdev, struct sb_first *first)
{
	bool found;
	u32 rom;

	if (!first->lent)
		return false;

	pci_cfg_access_lock(pdev);
	found = !sb_gather_rom_bar(pdev, &rom) &&
		(rom & (u32)PCI_ROM_ADDRESS_MASK) == first->lent;
	if (found)
		pci_write_config_dword(pdev, pdev->rom_base_reg, first->rest);
	pci_cfg_access_unlock(pdev);
	first->lent = 0;

	if (found)
		pci_info(pdev, "ROM BAR restored after a concurrent access\n");
	return found;
}

/*
 * A reset, or a link that went down and came back, takes the addresses of all
 * BARs. Those that the capture did not write to are not its to put back, and
 * until somebody does, the function must not decode what they hold.
 */
static u16 off_until_put_right(struct attempt *attempt)
{
	struct pci_dev *pdev = attempt->pdev;
	unsigned long parked = attempt->plan.parked, changes;
	unsigned int first = PCI_BASE_ADDRESS_0 / 4, i;
	u32 now[HEADER_DWORDS];

	if (header_read(pdev, now))
		return 0;
	changes = header_difference(pdev, attempt->header, now);
	for_each_set_bit(i, &parked, SB_MAX_BARS) {
		changes &= ~BIT(first + i);
		if (attempt->gathered.facts.bar[i].is_64)
			changes &= ~BIT(first + i + 1);
	}
	if (!(changes & GENMASK(first + sb_nr_bars(pdev) - 1, first)))
		return 0;

	return PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
}

/* Everything that writes is in here, and so is the check of what it left. */
static enum sb_why capture_locked(struct attempt *attempt,
				  struct sb_first *first,
				  struct sb_outcome *outcome)
{
	struct pci_dev *pdev = attempt->pdev;
	bool said;
	enum sb_why why;

	if (!pci_device_is_present(pdev))
		return SB_WHY_VANISHED;
	wait_for_reader(pdev);
	if (header_read(pdev, attempt->header))
		return SB_WHY_CONFIG_ERROR;

	why = make_plan(attempt, first);
	if (why == SB_WHY_CAPTURED) {
		said = say_enabled(attempt);
		why = program_and_read(attempt);
		if (said)
			unsay_enabled(attempt);
		note_lent(attempt, first);
	}

	if (why != SB_WHY_CAPTURED)
		attempt->journal.off = off_until_put_right(attempt);
	sb_journal_undo(&attempt->journal);
	if (is_restored(attempt)) {
		/* Its last answers may not have been answers at all. */
		if (why != SB_WHY_CAPTURED && !pci_device_is_present(pdev))
			return SB_WHY_VANISHED;
		return why;
	}
	if (!pci_device_is_present(pdev))
		return SB_WHY_VANISHED;

	outcome->restored = false;
	if (!first->header)
		first->header = kmemdup(attempt->header,
					sizeof(attempt->header), GFP_KERNEL);
	return SB_WHY_NOT_RESTORED;
}

/* What could not be restored may have been since, by a reset say. */
static void check_header(struct pci_dev *pdev, struct sb_first *first,
			 struct sb_outcome *outcome)
{
	u32 now[HEADER_DWORDS];

	if (outcome->restored || !first->header ||
	    header_changes(pdev, first->header, now))
		return;

	kfree(first->header);
	first->header = NULL;
	outcome->restored = true;
	pci_info(pdev, "its registers read as before again\n");
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
	outcome->odd_pcir = min(walk->first_odd_pcir, U8_MAX);
	outcome->image_error = walk->error;
	outcome->validation = attempt->validation;

	if (why != SB_WHY_CAPTURED) {
		drop_rom(attempt->rom);
		return;
	}
	attempt->rom->size = walk->length;
	attempt->rom->bar_size = attempt->gathered.facts.rom_size;
	sb_rom_fit(attempt->rom);
}

/* Begin anew, with nothing of what was read. */
static void forget_attempt(struct attempt *attempt)
{
	sb_gather_release(&attempt->gathered);
	attempt->gathered = (struct sb_gathered){};
	attempt->plan = (struct sb_plan){};
	attempt->walk = (struct sb_rom_walk){};
	attempt->have = 0;
	attempt->ones = 0;
	attempt->validation = 0;
}

static enum sb_why capture_in_tries(struct attempt *attempt,
				    struct sb_first *first,
				    struct sb_outcome *outcome)
{
	enum sb_why why = SB_WHY_DISTURBED;
	unsigned int i;

	for (i = 0; i < READ_TRIES && why == SB_WHY_DISTURBED; i++) {
		if (i)
			forget_attempt(attempt);
		why = capture_locked(attempt, first, outcome);
	}
	if (why == SB_WHY_VANISHED && sb_gather_is_unreachable(attempt->pdev))
		why = SB_WHY_POWERED_DOWN;

	return why;
}

static void say(struct pci_dev *pdev, const struct sb_outcome *outcome)
{
	if (!outcome->restored)
		pci_err(pdev, "its registers could NOT be restored after reading its ROM; it is left alone until they read as before\n");
	else if (outcome->why == SB_WHY_CAPTURED)
		pci_info(pdev, "ROM of %u bytes captured (%s)\n",
			 outcome->length, sb_source_name(outcome->source));
	else
		pci_dbg(pdev, "no ROM captured, see rom_reason\n");
}

/* Slots in which a ROM is being read. */
static LIST_HEAD(slots);
static DEFINE_SPINLOCK(slots_lock);
static DECLARE_WAIT_QUEUE_HEAD(slot_left);

static bool slot_take(struct slot *slot)
{
	struct slot *other;
	bool taken = true;

	spin_lock(&slots_lock);
	list_for_each_entry(other, &slots, node)
		if (other->bus == slot->bus && other->nr == slot->nr)
			taken = false;
	if (taken)
		list_add(&slot->node, &slots);
	spin_unlock(&slots_lock);

	return taken;
}

/*
 * All functions of a card may have one flash chip, so they are read one after
 * the other. Who reads one waits for nobody.
 */
static void slot_enter(struct slot *slot, struct pci_dev *pdev)
{
	slot->bus = pdev->bus;
	slot->nr = pci_ari_enabled(pdev->bus) ? 0 : PCI_SLOT(pdev->devfn);
	wait_event(slot_left, slot_take(slot));
}

static void slot_leave(struct slot *slot)
{
	spin_lock(&slots_lock);
	list_del(&slot->node);
	spin_unlock(&slots_lock);
	wake_up_all(&slot_left);
}

/**
 * sb_capture_wait_for_slot() - wait for whoever reads a ROM in a slot
 * @pdev: a function in the slot
 *
 * Context: may sleep.
 */
void sb_capture_wait_for_slot(struct pci_dev *pdev)
{
	struct slot slot;

	slot_enter(&slot, pdev);
	slot_leave(&slot);
}

/**
 * sb_capture() - read a function's ROM, if that can be done
 * @pdev: the function
 * @settings: the settings
 * @wish: what is wanted
 * @found: see sb_gather_around()
 * @first: how the function was first seen; judged here if it was not yet
 * @outcome: that of the last capture; replaced by what became of this one
 * @rom: set to the ROM if there is one, for the caller to keep or to free
 *
 * Config space is bit for bit what it was when this returns, or
 * @outcome->restored is false and stays so until it is.
 *
 * Context: may sleep. No driver binds or unbinds meanwhile.
 */
void sb_capture(struct pci_dev *pdev, const struct sb_settings *settings,
		const struct sb_wish *wish, struct sb_decoders *found,
		struct sb_first *first, struct sb_outcome *outcome,
		struct sb_rom *rom)
{
	struct attempt *attempt = NULL;
	u64 start;

	*rom = (struct sb_rom){};
	check_header(pdev, first, outcome);
	/* Of one that is not bound a capture finds out more. */
	if (wish->bound)
		look_only(pdev, first, found);

	if (!may_touch(pdev, settings, first, wish, false, outcome))
		goto out;
	outcome->why = SB_WHY_MANUAL;
	if (!wish->wanted)
		goto out;

	outcome->why = SB_WHY_NO_MEMORY;
	attempt = kzalloc(sizeof(*attempt), GFP_KERNEL);
	if (!attempt)
		goto out;
	attempt->pdev = pdev;
	sb_journal_open(&attempt->journal, pdev);
	attempt->rom = rom;
	attempt->settings = settings;
	attempt->wish = wish;
	attempt->found = found;
	attempt->asked = READ_ONCE(*wish->waiting);
	attempt->until = jiffies + wish->patience;

	slot_enter(&attempt->slot, pdev);
	/* If it hangs the machine, this is the last line of the log. */
	pci_info(pdev, "reading its ROM\n");
	trace_shadowbar_capture_begin(pdev);
	start = ktime_get_ns();

	/* An error means that runtime PM is not used: the state is looked at. */
	pm_runtime_get_sync(&pdev->dev);
	pci_cfg_access_lock(pdev);
	/* Before this it may have been asleep. */
	if (!first->seen)
		sb_capture_first(pdev, first);
	if (may_touch(pdev, settings, first, wish, sb_gather_is_asleep(pdev),
		      outcome))
		fill_outcome(attempt, capture_in_tries(attempt, first, outcome),
			     outcome);
	pci_cfg_access_unlock(pdev);
	pm_runtime_put(&pdev->dev);
	slot_leave(&attempt->slot);
	sb_gather_release(&attempt->gathered);
	sb_journal_close(&attempt->journal);

	look_only(pdev, first, found);
	outcome->rom_bar = first->rom_bar;
	outcome->decode = first->decode;
	trace_shadowbar_capture_end(pdev, outcome, attempt->journal.writes,
				    attempt->bus_reads,
				    ktime_get_ns() - start);
	say(pdev, outcome);
	kfree(attempt);
	return;

out:
	if (!wish->bound)
		look_only(pdev, first, found);
	if (outcome->why == SB_WHY_NO_ROM_BAR)
		first->rom_bar = SB_ROM_BAR_ABSENT;
	outcome->rom_bar = first->rom_bar;
	outcome->decode = first->decode;
}
