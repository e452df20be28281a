// SPDX-License-Identifier: GPL-2.0-only
/*
 * read: read a ROM that decodes its address.
 */
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/pci.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include "bus/use.h"
#include "rom/program.h"
#include "rom/read.h"
#include "rom/opts.h"

/*
 * The size of images and of ROM BARs is a multiple of this (section 6.3.1.2,
 * 6.2.5.2)
 */
#define UNIT			512

/* How much is read between two checks of what was programmed */
#define BYTES_BETWEEN_LOOKS	SZ_64K

/*
 * All-ones dwords in a row between two checks whether the function responds
 */
#define ONES_BETWEEN_LOOKS	64

/*
 * A function that is gone reads as all ones. Each such read may take tens of
 * milliseconds until the bus gives up, so check early. So does one that the VGA
 * arbiter has switched off, maybe only for a moment.
 */
static enum sb_why check_ones(struct sb_attempt *attempt, u32 dword)
{
	if (dword != U32_MAX) {
		attempt->ones = 0;
		return SB_WHY_CAPTURED;
	}
	if (attempt->ones++ % ONES_BETWEEN_LOOKS)
		return SB_WHY_CAPTURED;

	if (!pci_device_is_present(attempt->pdev))
		return SB_WHY_VANISHED;
	return sb_is_programmed(attempt) ? SB_WHY_CAPTURED : SB_WHY_DISTURBED;
}

/* If nobody waits for the ROM, limit the time. */
static bool is_out_of_time(struct sb_attempt *attempt)
{
	if (sb_use_is_shut_down())
		return true;
	if (READ_ONCE(*attempt->opts->waiting))
		return false;

	return attempt->asked || time_after(jiffies, attempt->until);
}

/* 32 bits at a time: vfio-pci had to disable wider reads. */
static enum sb_why read_up_to(struct sb_attempt *attempt, void __iomem *base,
			      u32 want)
{
	struct sb_rom *rom = attempt->rom;
	enum sb_why why;

	if (sb_rom_grow(rom, want))
		return SB_WHY_NO_MEMORY;

	while (rom->size < want) {
		__le32 *place = (__le32 *)(rom->data + rom->size);
		u32 dword = ioread32(base + rom->size);

		attempt->bus_reads++;
		why = check_ones(attempt, dword);
		if (why != SB_WHY_CAPTURED)
			return why;
		if (is_out_of_time(attempt))
			return SB_WHY_TOO_SLOW;

		*place = cpu_to_le32(dword);
		rom->size += sizeof(*place);
		if (IS_ALIGNED(rom->size, BYTES_BETWEEN_LOOKS) &&
		    !sb_is_programmed(attempt))
			return SB_WHY_DISTURBED;
		if (IS_ALIGNED(rom->size, SZ_4K))
			cond_resched();
	}

	return SB_WHY_CAPTURED;
}

static enum sb_why read_images(struct sb_attempt *attempt, void __iomem *base)
{
	struct sb_rom_walk *walk = &attempt->walk;
	enum sb_why why;

	sb_rom_walk_start(walk, attempt->gathered.facts.rom_size);
	while (sb_rom_walk_needs_more(walk, attempt->rom->data,
				      attempt->rom->size)) {
		/* An image that follows another has at least one unit. */
		why = read_up_to(attempt, base, ALIGN(walk->need, walk->images ?
						      UNIT : sizeof(u32)));
		if (why != SB_WHY_CAPTURED)
			return why;
	}

	if (!walk->images)
		return SB_WHY_BROKEN;
	if (!attempt->opts->whole)
		return SB_WHY_CAPTURED;
	return read_up_to(attempt, base, attempt->gathered.facts.rom_size);
}

/**
 * sb_read_rom() - read a ROM as far as its images reach, or all of it
 * @attempt: the capture; the ROM decodes its address
 *
 * Context: may sleep.
 * Return: SB_WHY_CAPTURED if there is an image, or why there is none.
 */
enum sb_why sb_read_rom(struct sb_attempt *attempt)
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
