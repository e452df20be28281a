// SPDX-License-Identifier: GPL-2.0-only
/*
 * capture: read one function's ROM and leave no trace.
 *
 * The order is always the same: look, size, plan, write (everything in a
 * journal), read, undo in reverse, compare. Nothing is printed in between: with
 * its decoding off, the function may be the console.
 *
 * The kernel's own file "rom" writes to the ROM BAR under no lock. So what was
 * programmed is read back while the ROM is read, and again before it is undone.
 * If it has changed, everything that was read is discarded.
 *
 * Section numbers refer to the PCI Local Bus Specification 3.0.
 */
#define dev_fmt(fmt) "shadowbar: " fmt

#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <shadowbar/deny.h>

#include "bus/gather.h"
#include "bus/use.h"
#include "rom/capture.h"
#include "rom/program.h"
#include "rom/read.h"

/* How often a ROM is read if there is interference */
#define READ_TRIES	2

/*
 * The only proof that there is no ROM BAR is to write to it. If that is not
 * allowed, ask the core, or guess: nobody should unbind a bridge in use or the
 * graphics in a CPU for that, so such advice would do harm.
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

/* The copy at 0xC0000 has no BAR either, but does not count. */
static bool has_fixed_rom(struct pci_dev *pdev)
{
	unsigned long flags = pdev->resource[PCI_ROM_RESOURCE].flags;

	return flags & IORESOURCE_PCI_FIXED && !(flags & IORESOURCE_ROM_SHADOW);
}

/* Nobody has asked for the ROM by hand. */
static bool is_automatic(const struct sb_opts *opts)
{
	return opts->wanted && !READ_ONCE(*opts->waiting);
}

static bool may_touch(struct pci_dev *pdev, const struct sb_first *first,
		      const struct sb_opts *opts, bool powered_down,
		      struct sb_outcome *outcome)
{
	enum sb_busy busy = sb_use_of(pdev, opts->bound);
	struct sb_standing standing = {
		.virtual_function = pdev->is_virtfn,
		.no_register = has_no_rom(pdev, first, busy),
		.fixed = has_fixed_rom(pdev),
		.denied = opts->denied,
		.not_restored = !outcome->restored,
		.untrusted = is_automatic(opts) && sb_gather_is_untrusted(pdev),
		.busy = busy,
		.powered_down = powered_down,
	};
	enum sb_why why;

	standing.sibling = !standing.no_register && is_automatic(opts) &&
			   opts->sibling_is_driven &&
			   opts->sibling_is_driven(pdev);

	outcome->known_bad = sb_deny_builtin(pdev->vendor, pdev->device);
	outcome->busy = busy;
	standing.known_bad = outcome->known_bad;

	if (sb_may_touch(&standing, &why))
		return true;

	outcome->why = why;
	return false;
}

/* Find out where the ROM can be read. Whatever is written is undone. */
static enum sb_why make_plan(struct sb_attempt *attempt, struct sb_first *first)
{
	struct sb_gathered *gathered = &attempt->gathered;
	struct pci_dev *pdev = attempt->pdev;
	enum sb_why why;
	int ret;

	if (sb_gather_registers(pdev, &gathered->facts))
		return SB_WHY_CONFIG_ERROR;
	gathered->facts.decode_at_first = first->decode;
	gathered->facts.borrow = attempt->opts->borrow;

	why = sb_program_size_rom(attempt);
	if (why == SB_WHY_NO_ROM_BAR) {
		first->rom_bar = SB_ROM_BAR_ABSENT;
		first->judged = true;
	}
	if (why != SB_WHY_CAPTURED)
		return why;

	if (sb_around_look(pdev, gathered, attempt->found))
		return SB_WHY_NO_MEMORY;
	if (!gathered->facts.decode && !gathered->facts.pinned) {
		why = sb_program_size_bars(attempt);
		if (why != SB_WHY_CAPTURED)
			return why;
	}

	if (sb_around_hold(pdev, gathered))
		return SB_WHY_NO_MEMORY;
	if (!first->judged) {
		sb_first_judge(first, &gathered->facts);
		first->judged = true;
	}

	sb_plan_make(&gathered->facts, &attempt->plan);
	if (attempt->plan.source != SB_SOURCE_HOLE)
		return attempt->plan.why;

	ret = sb_around_hole(pdev, gathered, &attempt->plan.addr);
	if (!ret)
		return attempt->plan.why;
	attempt->plan.source = SB_SOURCE_NONE;
	return ret == -ENOMEM ? SB_WHY_NO_MEMORY : SB_WHY_NO_ADDRESS;
}

static enum sb_why program_and_read(struct sb_attempt *attempt)
{
	enum sb_why why;

	why = sb_program(attempt);
	if (why != SB_WHY_CAPTURED)
		return why;

	why = sb_read_rom(attempt);
	/* Interference may be the reason why it does not look like a ROM. */
	if (!sb_is_programmed(attempt) ||
	    !sb_around_still_reaches(attempt->pdev, &attempt->gathered,
				     attempt->plan.addr))
		return SB_WHY_DISTURBED;
	return why;
}

/*
 * A reset, or a link that went down and came back, clears the addresses of all
 * BARs. The capture does not restore those that it did not write. Until they
 * are restored, the function must not decode what they hold.
 */
static u16 off_until_put_right(struct sb_attempt *attempt)
{
	struct pci_dev *pdev = attempt->pdev;
	unsigned long parked = attempt->plan.parked, changes;
	unsigned int first = PCI_BASE_ADDRESS_0 / 4, i;
	u32 now[SB_HEADER_DWORDS];

	if (sb_header_read(pdev, now))
		return 0;
	changes = sb_header_difference(pdev, attempt->header, now);
	for_each_set_bit(i, &parked, SB_MAX_BARS) {
		changes &= ~BIT(first + i);
		if (attempt->gathered.facts.bar[i].is_64)
			changes &= ~BIT(first + i + 1);
	}
	if (!(changes & GENMASK(first + sb_nr_bars(pdev) - 1, first)))
		return 0;

	return PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
}

/* All writes are in here, and so is the check of the result. */
static enum sb_why capture_locked(struct sb_attempt *attempt,
				  struct sb_first *first, struct sb_owed *owed,
				  struct sb_outcome *outcome)
{
	struct pci_dev *pdev = attempt->pdev;
	bool said, undone;
	enum sb_why why;

	if (!pci_device_is_present(pdev))
		return SB_WHY_VANISHED;
	sb_restore_wait(pdev);
	if (sb_header_read(pdev, attempt->header))
		return SB_WHY_CONFIG_ERROR;
	if (sb_restore_is_read(pdev, attempt->header[pdev->rom_base_reg / 4],
			       first->rom_raw))
		return SB_WHY_DISTURBED;
	attempt->journal.rom_off = !(attempt->header[pdev->rom_base_reg / 4] &
				     PCI_ROM_ADDRESS_ENABLE);

	why = make_plan(attempt, first);
	if (why == SB_WHY_CAPTURED) {
		said = sb_program_say(attempt);
		why = program_and_read(attempt);
		if (said)
			sb_program_unsay(attempt);
	}

	if (why != SB_WHY_CAPTURED)
		attempt->journal.off = off_until_put_right(attempt);
	undone = !sb_journal_undo(&attempt->journal);
	if (attempt->plan.source != SB_SOURCE_NONE)
		sb_restore_note(pdev, attempt->plan.addr,
				attempt->header[pdev->rom_base_reg / 4], owed);
	/* Any other difference is due to whoever enabled the function. */
	if (undone && sb_use_let_decode(pdev)) {
		outcome->busy = SB_BUSY_ENABLED;
		return SB_WHY_IN_USE;
	}
	if (sb_header_is_restored(pdev, attempt->header,
				  attempt->journal.theirs)) {
		/*
		 * What it returned last may have been all ones for lack of a
		 * response.
		 */
		if (why != SB_WHY_CAPTURED && !pci_device_is_present(pdev))
			return SB_WHY_VANISHED;
		return why;
	}
	why = pci_device_is_present(pdev) ? SB_WHY_NOT_RESTORED :
					    SB_WHY_VANISHED;
	/* If it is gone, its registers are unknown should it come back. */
	if (why == SB_WHY_VANISHED && !attempt->journal.writes)
		return why;

	outcome->restored = false;
	owed->header = attempt->header;
	attempt->header = NULL;
	return why;
}

static void fill_outcome(struct sb_attempt *attempt, enum sb_why why,
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
		sb_rom_free(attempt->rom);
		return;
	}
	if (!attempt->opts->whole)
		attempt->rom->size = walk->length;
	attempt->rom->bar_size = attempt->gathered.facts.rom_size;
	sb_rom_fit(attempt->rom);
}

/* Start again, and discard what was read. */
static void forget_attempt(struct sb_attempt *attempt)
{
	sb_around_release(&attempt->gathered);
	attempt->gathered = (struct sb_gathered){};
	attempt->plan = (struct sb_plan){};
	attempt->walk = (struct sb_rom_walk){};
	attempt->journal.off = 0;
	attempt->rom->size = 0;
	attempt->ones = 0;
	attempt->validation = 0;
}

/* A register that somebody else has just written to seems to be stuck. */
static bool may_be_interference(enum sb_why why)
{
	return why == SB_WHY_DISTURBED || why == SB_WHY_STUCK ||
	       why == SB_WHY_CANNOT_PARK;
}

static enum sb_why capture_in_tries(struct sb_attempt *attempt,
				    struct sb_first *first,
				    struct sb_owed *owed,
				    struct sb_outcome *outcome)
{
	enum sb_why why = SB_WHY_DISTURBED;
	unsigned int i;

	for (i = 0; i < READ_TRIES && may_be_interference(why); i++) {
		if (i)
			forget_attempt(attempt);
		why = capture_locked(attempt, first, owed, outcome);
	}
	if (why == SB_WHY_VANISHED && outcome->restored &&
	    sb_gather_is_unreachable(attempt->pdev))
		why = SB_WHY_POWERED_DOWN;

	return why;
}

static void say(struct pci_dev *pdev, const struct sb_outcome *outcome)
{
	if (outcome->why == SB_WHY_VANISHED && !outcome->restored)
		pci_warn(pdev, "it stopped answering while its ROM was read; if it comes back, it is left alone until its registers read as before\n");
	else if (!outcome->restored)
		pci_err(pdev, "its registers could NOT be restored after reading its ROM; it is left alone until they read as before\n");
	else if (outcome->why == SB_WHY_CAPTURED)
		pci_info(pdev, "ROM of %u bytes captured (%s)\n",
			 outcome->length, sb_source_name(outcome->source));
	else
		pci_dbg(pdev, "no ROM captured, see rom_reason\n");
}

/**
 * sb_capture() - read a function's ROM, if that is possible
 * @pdev: the function
 * @opts: its options
 * @found: see sb_around_look()
 * @first: the function as first seen; judged here if it has not been
 * @owed: what captures left to be done; updated
 * @outcome: the outcome of the last capture; replaced by that of this one
 * @rom: set to the ROM if there is one, for the caller to keep or to free
 *
 * Config space is bit for bit what it was when this returns. Otherwise,
 * @outcome->restored is false, and stays so until it is.
 *
 * Context: may sleep. Unless one is bound, no driver binds meanwhile.
 */
void sb_capture(struct pci_dev *pdev, const struct sb_opts *opts,
		struct sb_decoders *found, struct sb_first *first,
		struct sb_owed *owed, struct sb_outcome *outcome,
		struct sb_rom *rom)
{
	struct sb_attempt *attempt = NULL;
	u64 start;

	*rom = (struct sb_rom){};
	if (!outcome->restored)
		outcome->restored = sb_restore_check(pdev, owed);
	/* If no driver is bound, a capture finds out more. */
	if (opts->bound)
		sb_first_look(pdev, first, found);

	if (!may_touch(pdev, first, opts, false, outcome))
		goto out;
	outcome->why = SB_WHY_MANUAL;
	if (!opts->wanted)
		goto out;

	outcome->why = SB_WHY_NO_MEMORY;
	attempt = kzalloc(sizeof(*attempt), GFP_KERNEL);
	if (!attempt)
		goto out;
	/* If it cannot be restored, this is needed later. */
	attempt->header = kmalloc_array(SB_HEADER_DWORDS,
					sizeof(*attempt->header), GFP_KERNEL);
	if (!attempt->header) {
		kfree(attempt);
		goto out;
	}
	attempt->pdev = pdev;
	sb_journal_open(&attempt->journal, pdev);
	attempt->rom = rom;
	attempt->opts = opts;
	attempt->found = found;
	attempt->asked = READ_ONCE(*opts->waiting);

	sb_slot_enter(&attempt->slot, pdev);
	attempt->until = jiffies + opts->patience;
	/* If reading it hangs the machine, this is the last line of the log. */
	pci_info(pdev, "reading its ROM\n");
	if (opts->watch)
		opts->watch->begin(pdev);
	start = ktime_get_ns();

	/*
	 * An error means that runtime PM is not used: the power state is
	 * checked later.
	 */
	pm_runtime_get_sync(&pdev->dev);
	pci_cfg_access_lock(pdev);
	/* It may have been asleep before. */
	if (!first->seen)
		sb_first_see(pdev, first);
	if (may_touch(pdev, first, opts, sb_gather_is_asleep(pdev), outcome))
		fill_outcome(attempt, capture_in_tries(attempt, first, owed,
						       outcome), outcome);
	pci_cfg_access_unlock(pdev);
	pm_runtime_put(&pdev->dev);
	sb_slot_leave(&attempt->slot);
	sb_around_release(&attempt->gathered);
	sb_journal_close(&attempt->journal);

	sb_first_look(pdev, first, found);
	outcome->rom_bar = first->rom_bar;
	outcome->decode = first->decode;
	if (opts->watch)
		opts->watch->end(pdev, outcome, attempt->journal.writes,
				 attempt->bus_reads, ktime_get_ns() - start);
	say(pdev, outcome);
	kfree(attempt->header);
	kfree(attempt);
	return;

out:
	if (!opts->bound)
		sb_first_look(pdev, first, found);
	if (outcome->why == SB_WHY_NO_ROM_BAR)
		first->rom_bar = SB_ROM_BAR_ABSENT;
	outcome->rom_bar = first->rom_bar;
	outcome->decode = first->decode;
}
