// SPDX-License-Identifier: GPL-2.0-only
/*
 * move: moves a sub-page BAR to a page of its own.
 *
 * This is like a capture, except that the BAR keeps its new address. All other
 * registers are restored, and if the device does not follow, so is the BAR.
 *
 * Section numbers refer to the PCI Local Bus Specification 3.0.
 */
#define dev_fmt(fmt) "shadowbar: " fmt

#include <linux/acpi.h>
#include <linux/io.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#ifdef CONFIG_EEH
#include <asm/eeh.h>
#endif

#include "bus/decoders.h"
#include "bus/gather.h"
#include "bus/journal.h"
#include "bus/mapped.h"
#include "bus/tree.h"
#include "bus/use.h"
#include "pages/move.h"
#include "pages/pad.h"

/**
 * struct attempt - a move in progress
 * @pdev: the function
 * @nr: the BAR
 * @res: its resource
 * @is_64: it is 64 bits wide
 * @decoders: everything that may decode on the bus
 * @taken: bytes taken on this occasion without a request; NULL if requested
 * @window: the window of the new page
 * @page: reserves it until the BAR is there; inserted if it has a parent
 * @command: writes to COMMAND, always undone
 * @bar: writes to the BAR, undone unless the move succeeds
 */
struct attempt {
	struct pci_dev *pdev;
	unsigned int nr;
	struct resource *res;
	bool is_64;
	const struct sb_decoders *decoders;
	u64 *taken;
	struct resource *window;
	struct resource page;
	struct sb_journal command;
	struct sb_journal bar;
};

/*
 * Firmware, or what runs below this kernel, goes on to use the addresses that it
 * has assigned, and says so (function 5 of its _DSM, "linux,pci-probe-only"). The
 * core moves nothing there.
 */
static bool is_preserved(struct pci_dev *pdev)
{
	const struct pci_bus *bus = pdev->bus;

#ifdef CONFIG_EEH
	/*
	 * To recover from an error, also for a guest, EEH writes the addresses
	 * that it saved when the function was found.
	 */
	if (eeh_dev_to_pe(pci_dev_to_eeh_dev(pdev)))
		return true;
#endif
	while (bus->parent)
		bus = bus->parent;
	return pci_has_flag(PCI_PROBE_ONLY) ||
	       to_pci_host_bridge(bus->bridge)->preserve_config;
}

/* Its ACPI methods and its handlers use addresses that they do not look up. */
static bool is_firmwares(const struct attempt *attempt)
{
	struct resource *res = attempt->res;

	/* What it has reserved is around the BAR, inside the window. */
	return sb_resource_is_placed(res) &&
	       (res->parent != pci_find_parent_resource(attempt->pdev, res) ||
		acpi_check_resource_conflict(res));
}

static enum sb_move may_move(const struct attempt *attempt, bool denied)
{
	struct pci_dev *pdev = attempt->pdev;
	bool decode = true;
	struct sb_mover mover = {
		/*
		 * Without a request, this is before a probe: the driver is not
		 * active yet.
		 */
		.busy = sb_use_of(pdev, !attempt->taken && pdev->dev.driver),
		.virtual_function = pdev->is_virtfn,
		.denied = denied ||
			  sb_deny_builtin(pdev->vendor, pdev->device),
		.asleep = sb_gather_is_asleep(pdev),
		.fixed = attempt->res->flags & IORESOURCE_PCI_FIXED ||
			 is_preserved(pdev) ||
			 (attempt->taken && is_firmwares(attempt)),
		.assigned = sb_resource_is_placed(attempt->res),
	};

	mover.pinned = sb_gather_decode(pdev, &decode) ||
		       sb_gather_is_pinned(pdev, decode);
	mover.vga_conflict = !decode && sb_gather_vga_conflict(pdev);
	return sb_may_move(&mover);
}

/* BARs that the core has forgotten, but whose register is not zero */
static int find_strays(struct pci_dev *pdev, const struct sb_facts *facts,
		       unsigned long *strays)
{
	unsigned int i;
	u64 raw;

	*strays = 0;
	for (i = 0; i < sb_nr_bars(pdev); i++) {
		if (facts->bar[i].size) {
			i += facts->bar[i].is_64;
			continue;
		}
		if (sb_gather_bar(pdev, i, false, &raw))
			return -EIO;
		if (!(raw & PCI_BASE_ADDRESS_SPACE_IO) && raw)
			*strays |= BIT(i);
	}

	return 0;
}

static enum sb_move may_decode(const struct attempt *attempt)
{
	struct pci_dev *pdev = attempt->pdev;
	unsigned long strays;
	struct sb_facts facts;

	if (sb_gather_registers(pdev, &facts) ||
	    find_strays(pdev, &facts, &strays))
		return SB_MOVE_OTHERS;

	return sb_may_decode(&facts, sb_nr_bars(pdev), strays, attempt->nr);
}

static void gaps(void *arg, u64 start, u64 end, sb_gap_t gap, void *context)
{
	struct attempt *attempt = arg;

	sb_pad_gaps(attempt->window, start, end, true, gap, context);
}

/*
 * Before a probe only the device lock is held, so another function's move, or
 * the core, may have taken the page.
 */
static bool take(void *arg, u64 page)
{
	struct attempt *attempt = arg;
	struct pci_bus_region region = { page, page + PAGE_SIZE - 1 };

	attempt->page = (struct resource){
		.name = "shadowbar",
		.flags = IORESOURCE_MEM | IORESOURCE_BUSY,
	};
	pcibios_bus_to_resource(attempt->pdev->bus, &attempt->page, &region);
	return !request_resource(attempt->window, &attempt->page);
}

static enum sb_move take_page(struct attempt *attempt, struct resource *window,
			      bool high)
{
	struct sb_seek seek = {
		.gaps = gaps,
		.take = take,
		.window = attempt,
		.start = window->start,
		.end = window->end,
		.decoder = attempt->decoders->decoder,
		.nr = attempt->decoders->nr,
		.page_size = PAGE_SIZE,
		.high = high,
		.asked = !attempt->taken,
		.taken = attempt->taken ? *attempt->taken : 0,
	};
	struct pci_bus_region region;
	u64 page;

	attempt->window = window;
	pcibios_resource_to_bus(attempt->pdev->bus, &region, window);
	seek.offset = region.start - window->start;
	return sb_seek_page(&seek, &page);
}

/*
 * As the core would choose: only prefetchable BARs go into prefetchable
 * windows.
 */
static bool suits(const struct attempt *attempt, const struct resource *window)
{
	return window && window->flags & IORESOURCE_MEM &&
	       sb_resource_is_placed(window) &&
	       (!(window->flags & IORESOURCE_PREFETCH) ||
		attempt->res->flags & IORESOURCE_PREFETCH);
}

static enum sb_move find_page_at(struct attempt *attempt, bool high)
{
	enum sb_move found, ret = SB_MOVE_NO_ROOM;
	struct resource *window;
	int i;

	pci_bus_for_each_resource(attempt->pdev->bus, window, i) {
		if (!suits(attempt, window))
			continue;
		found = take_page(attempt, window, high);
		if (found == SB_MOVE_DONE)
			return found;
		if (found != SB_MOVE_NO_ROOM)
			ret = found;
	}

	return ret;
}

/* As the core would choose, too: space below 4 GiB is for those who need it. */
static enum sb_move find_page(struct attempt *attempt)
{
	enum sb_move high = SB_MOVE_NO_ROOM, low;

	if (attempt->is_64)
		high = find_page_at(attempt, true);
	if (high == SB_MOVE_DONE)
		return high;

	low = find_page_at(attempt, false);
	return low == SB_MOVE_NO_ROOM ? high : low;
}

static int set_command(struct attempt *attempt, u16 value)
{
	u16 found;

	if (sb_journal_write16(&attempt->command, PCI_COMMAND, value) ||
	    pci_read_config_word(attempt->pdev, PCI_COMMAND, &found))
		return -EIO;

	return (found ^ value) & (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER) ?
	       -EIO : 0;
}

/* Section 6.2.5.1: the low bits of a BAR are read-only. */
static int set_bar(struct attempt *attempt, u64 addr)
{
	unsigned int reg = sb_bar_register(attempt->nr);
	u64 found;

	if (sb_journal_write32(&attempt->bar, reg, lower_32_bits(addr)) ||
	    (attempt->is_64 &&
	     sb_journal_write32(&attempt->bar, reg + 4, upper_32_bits(addr))) ||
	    sb_gather_bar(attempt->pdev, attempt->nr, attempt->is_64, &found))
		return -EIO;

	return (found & ~SB_BAR_KIND) == addr ? 0 : -EIO;
}

static int read_register(const struct resource *res, u32 *value,
			 unsigned int times)
{
	void __iomem *base = ioremap(res->start, sizeof(*value));

	if (!base)
		return -ENOMEM;

	while (times--)
		*value++ = ioread32(base);
	iounmap(base);
	return 0;
}

/* All writes, and no undo */
static enum sb_move reprogram(struct attempt *attempt)
{
	struct pci_bus_region region;
	u32 before[2], after;
	u16 command;

	if (pci_read_config_word(attempt->pdev, PCI_COMMAND, &command))
		return SB_MOVE_STUCK;

	command &= ~PCI_COMMAND_MASTER;
	if (set_command(attempt, command | PCI_COMMAND_MEMORY))
		return SB_MOVE_STUCK;
	if (read_register(attempt->res, before, 2))
		return SB_MOVE_NO_MEMORY;

	pcibios_resource_to_bus(attempt->pdev->bus, &region, &attempt->page);
	if (set_command(attempt, command & ~PCI_COMMAND_MEMORY) ||
	    set_bar(attempt, region.start) ||
	    set_command(attempt, command | PCI_COMMAND_MEMORY))
		return SB_MOVE_STUCK;

	if (read_register(&attempt->page, &after, 1))
		return SB_MOVE_NO_MEMORY;
	if (!sb_page_reads_alike(before, after))
		return SB_MOVE_DIFFERS;

	return SB_MOVE_DONE;
}

/*
 * Otherwise, a reset, a resume or error recovery would restore the old address.
 */
static void save(const struct attempt *attempt, unsigned int reg)
{
	pci_read_config_dword(attempt->pdev, reg,
			      &attempt->pdev->saved_config_space[reg / 4]);
}

/*
 * Update the BAR's resource. The new page is never free meanwhile: the BAR is
 * inserted around the reservation, which is shrunk to the BAR's size.
 *
 * To resize a window, the core releases everything in it. Before a probe,
 * nothing prevents that, and something else may get the page.
 */
static enum sb_move follow(struct attempt *attempt)
{
	unsigned int reg = sb_bar_register(attempt->nr);
	struct resource *page = &attempt->page, *res = attempt->res;
	struct resource *window, before;

	if (adjust_resource(page, page->start, resource_size(res)))
		return SB_MOVE_BUSY;
	/* It may just have waited for the core to empty the window. */
	window = READ_ONCE(res->parent);
	if (!window || READ_ONCE(page->parent) != attempt->window)
		return SB_MOVE_BUSY;

	before = *res;
	release_resource(res);
	res->start = page->start;
	res->end = page->end;
	if (insert_resource(attempt->window, res) || page->parent != res) {
		if (res->parent)
			remove_resource(res);
		*res = before;
		res->parent = NULL;
		res->sibling = NULL;
		/*
		 * If the old address is taken, too, the core has to assign one.
		 */
		request_resource(window, res);
		return SB_MOVE_BUSY;
	}

	res->flags &= ~IORESOURCE_UNSET;
	save(attempt, reg);
	if (attempt->is_64)
		save(attempt, reg + 4);
	if (attempt->taken)
		*attempt->taken += PAGE_SIZE;
	return SB_MOVE_DONE;
}

/*
 * Undo a move. If the core has meanwhile assigned another address to the BAR,
 * that is the one it must have.
 */
static int put_back(struct attempt *attempt, resource_size_t start)
{
	struct pci_dev *pdev = attempt->pdev;
	struct pci_bus_region region;
	u16 command;
	int ret = 0;

	/* A BAR may move only while decoding is off. */
	if (!pci_read_config_word(pdev, PCI_COMMAND, &command) &&
	    command & PCI_COMMAND_MEMORY)
		ret = set_command(attempt, command & ~PCI_COMMAND_MEMORY);
	ret |= sb_journal_undo(&attempt->bar);
	if (attempt->res->parent && attempt->res->start != start) {
		pcibios_resource_to_bus(pdev->bus, &region, attempt->res);
		ret |= set_bar(attempt, region.start);
	}

	return ret;
}

static enum sb_move move_or_undo(struct attempt *attempt)
{
	resource_size_t start = attempt->res->start;
	struct pci_dev *pdev = attempt->pdev;
	enum sb_move move = reprogram(attempt);
	int ret = 0;

	/*
	 * A program that looked up the old address and maps it now finds
	 * nothing there.
	 */
	if (move == SB_MOVE_DONE)
		move = sb_mapped(pdev) ? SB_MOVE_MAPPED : follow(attempt);
	if (move != SB_MOVE_DONE)
		ret = put_back(attempt, start);
	ret |= sb_journal_undo(&attempt->command);
	sb_use_let_decode(pdev);

	if (!ret && move == SB_MOVE_DONE)
		return move;
	if (!pci_device_is_present(pdev))
		return SB_MOVE_VANISHED;

	return ret ? SB_MOVE_NOT_RESTORED : move;
}

static enum sb_move move_locked(struct attempt *attempt, bool denied)
{
	enum sb_move move = may_move(attempt, denied);

	if (move != SB_MOVE_DONE)
		return move;
	move = may_decode(attempt);
	if (move != SB_MOVE_DONE)
		return move;
	if (!SB_HAS_F_MAPPING)
		return SB_MOVE_MAPPED;

	/* A page is free only if everything that may decode it is known. */
	if (attempt->decoders->failed)
		return SB_MOVE_NO_MEMORY;
	move = find_page(attempt);
	if (move != SB_MOVE_DONE)
		return move;

	move = move_or_undo(attempt);
	/* It is in the window or, after a successful move, in the BAR. */
	if (attempt->page.parent)
		release_resource(&attempt->page);
	else
		sb_resource_settle(&attempt->page);

	return move;
}

static void say(struct pci_dev *pdev, unsigned int nr, enum sb_move move)
{
	if (move == SB_MOVE_NOT_RESTORED)
		pci_err(pdev, "its registers could NOT be restored after an attempt to move BAR %u; it is left alone from now on\n",
			nr);
	else if (move == SB_MOVE_DONE)
		pci_info(pdev, "BAR %u moved to a page of its own, %pR\n", nr,
			 &pdev->resource[nr]);
	else
		pci_dbg(pdev, "BAR %u not moved, see bar%u_reason\n", nr, nr);
}

/**
 * sb_move() - move a BAR to a page of its own
 * @pdev: the function
 * @nr: the BAR, smaller than a page
 * @denied: the deny parameter names the function
 * @decoders: everything that may decode on its bus
 * @taken: NULL if a person requested the move. Otherwise a driver is about to
 *	   be probed, and this is what has been taken for the function so far,
 *	   in bytes: enough must be left for others
 *
 * Context: may sleep; the device lock and the function's mutex are held, and
 * also the rescan lock if a person requested it.
 * Return: SB_MOVE_DONE, or why it was not moved. Config space is then as it
 * was, unless that is SB_MOVE_NOT_RESTORED.
 */
enum sb_move sb_move(struct pci_dev *pdev, unsigned int nr, bool denied,
		     const struct sb_decoders *decoders, u64 *taken)
{
	struct attempt attempt = {
		.pdev = pdev,
		.nr = nr,
		.res = &pdev->resource[nr],
		.is_64 = pdev->resource[nr].flags & IORESOURCE_MEM_64,
		.decoders = decoders,
		.taken = taken,
	};
	enum sb_move move;

	sb_journal_open(&attempt.command, pdev);
	sb_journal_open(&attempt.bar, pdev);

	/*
	 * An error means that runtime PM is not used: the power state is
	 * checked later.
	 */
	pm_runtime_get_sync(&pdev->dev);
	pci_cfg_access_lock(pdev);
	move = move_locked(&attempt, denied);
	pci_cfg_access_unlock(pdev);
	pm_runtime_put(&pdev->dev);

	sb_journal_close(&attempt.bar);
	sb_journal_close(&attempt.command);
	say(pdev, nr, move);
	return move;
}
