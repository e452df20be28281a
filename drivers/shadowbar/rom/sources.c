// SPDX-License-Identifier: GPL-2.0-only
/*
 * sources: copies of a ROM that exist without reading the ROM BAR.
 *
 * Firmware left them in memory, or provides them. Nothing here reads or writes
 * the function itself, so a bound driver does not matter. Neither does
 * lockdown: users cannot choose the addresses, and the kernel itself shows the
 * same bytes, in its file "rom" and in /sys/firmware/acpi/tables.
 */
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "rom/acpi.h"
#include "rom/buffer.h"
#include "rom/serve.h"
#include "rom/sources.h"

/* Memory that firmware has reserved, or RAM that the kernel owns. */
static int copy_memory(phys_addr_t start, size_t size, struct sb_rom *rom)
{
	void *bytes;
	int ret;

	size = min_t(size_t, size, SB_ROM_MAX);
	/* memremap() warns about memory that is only partly RAM. */
	if (!size || region_intersects(start, size, IORESOURCE_SYSTEM_RAM,
				       IORES_DESC_NONE) == REGION_MIXED)
		return -ENOENT;

	/* It may be mapped differently now, but not later. */
	bytes = memremap(start, size, MEMREMAP_WB);
	if (!bytes)
		return -ENOMEM;

	ret = sb_rom_copy(bytes, size, rom);
	memunmap(bytes);
	return ret;
}

/*
 * The core has replaced the ROM resource by the copy, on x86 all of
 * C0000-DFFFF. It does not know that UEFI leaves nothing there.
 */
static int copy_vga_shadow(struct pci_dev *pdev, struct sb_rom *rom)
{
	const struct resource *res = &pdev->resource[PCI_ROM_RESOURCE];

	if (!(res->flags & IORESOURCE_ROM_SHADOW) ||
	    sb_serve_owns_resource(pdev))
		return -ENOENT;

	return copy_memory(res->start, resource_size(res), rom);
}

static int read_all(struct pci_dev *pdev, enum sb_source source,
		    struct sb_rom *rom)
{
	switch (source) {
	case SB_SOURCE_PLATFORM:
		return copy_memory(pdev->rom, pdev->romlen, rom);
	case SB_SOURCE_VFCT:
		return sb_acpi_vfct(pdev, rom);
	case SB_SOURCE_VGA_SHADOW:
		return copy_vga_shadow(pdev, rom);
	case SB_SOURCE_ACPI_ROM:
	case SB_SOURCE_NONE:
	case SB_SOURCE_IN_PLACE:
	case SB_SOURCE_BORROWED:
	case SB_SOURCE_HOLE:
	case SB_SOURCES:
		break;
	}

	return -ENOENT;
}

/*
 * Memory may change while it is read, so judge the copy. Most of that may not
 * be a ROM.
 */
static int keep_images(struct sb_rom *rom, enum sb_source source,
		       struct sb_finding *finding)
{
	struct sb_rom all = *rom;
	int ret;

	sb_finding_judge(all.data, all.size, source, finding);
	if (!finding->length)
		return -ENOENT;
	if (finding->length == all.size) {
		sb_rom_fit(rom);
		return 0;
	}

	ret = sb_rom_copy(all.data, finding->length, rom);
	sb_rom_free(&all);
	return ret;
}

/* Keep the images of a ROM, or return why there is none. */
static int finish(int ret, enum sb_source source, struct sb_rom *rom,
		  struct sb_finding *finding)
{
	if (!ret)
		ret = keep_images(rom, source, finding);
	if (ret)
		sb_rom_free(rom);
	return ret;
}

/**
 * sb_source_ask() - get a function's ROM from firmware's method _ROM
 * @pdev: the function
 * @method: its method, from sb_acpi_method()
 * @rom: set to the ROM if there is one, for the caller to keep or to free
 * @finding: filled with facts about it
 *
 * Context: may sleep for any time; no lock is held.
 * Return: 0, -ENOENT if there is none, or -ENOMEM.
 */
int sb_source_ask(struct pci_dev *pdev, void *method, struct sb_rom *rom,
		  struct sb_finding *finding)
{
	*rom = (struct sb_rom){};
	*finding = (struct sb_finding){};
	return finish(sb_acpi_rom(pdev, method, rom), SB_SOURCE_ACPI_ROM, rom,
		      finding);
}

/**
 * sb_source_read() - copy a function's ROM from a source
 * @pdev: the function
 * @source: the source, not one that uses the ROM BAR or sb_source_ask()
 * @rom: set to the ROM if there is one, for the caller to keep or to free
 * @finding: filled with facts about it
 *
 * Context: may sleep; a driver may be bound.
 * Return: 0, -ENOENT if there is none, or -ENOMEM.
 */
int sb_source_read(struct pci_dev *pdev, enum sb_source source,
		   struct sb_rom *rom, struct sb_finding *finding)
{
	*rom = (struct sb_rom){};
	*finding = (struct sb_finding){};
	return finish(read_all(pdev, source, rom), source, rom, finding);
}
