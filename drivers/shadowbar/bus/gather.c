// SPDX-License-Identifier: GPL-2.0-only
/*
 * gather: facts from a function's registers, and from the core.
 *
 * Everything here only reads, and only registers of that function.
 */
#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/sysfs.h>
#include <linux/vgaarb.h>

#include "bus/gather.h"
#include "bus/journal.h"

/**
 * sb_gather_bar() - the contents of a BAR
 * @pdev: the function
 * @nr: number of the BAR
 * @is_64: it is 64 bits wide
 * @value: set to the register, both halves if it is 64 bits wide, including the
 *	   type bits
 *
 * Context: any in which config space may be read.
 * Return: 0, or -EIO if the access failed.
 */
int sb_gather_bar(struct pci_dev *pdev, unsigned int nr, bool is_64,
		  u64 *value)
{
	u32 low, high = 0;

	if (pci_read_config_dword(pdev, sb_bar_register(nr), &low) ||
	    (is_64 && pci_read_config_dword(pdev, sb_bar_register(nr + 1),
					    &high)))
		return -EIO;

	*value = (u64)high << 32 | low;
	return 0;
}

/**
 * sb_gather_identity() - the identity of a function, as deny lists name it
 * @pdev: the function
 *
 * Return: its address and its IDs.
 */
struct sb_identity sb_gather_identity(struct pci_dev *pdev)
{
	return (struct sb_identity){
		.domain = pci_domain_nr(pdev->bus),
		.bus = pdev->bus->number,
		.devfn = pdev->devfn,
		.vendor = pdev->vendor,
		.device = pdev->device,
		.class = pdev->class >> 8,
	};
}

/**
 * sb_nr_bars() - the number of BAR registers in a function's header
 * @pdev: the function
 *
 * Return: 6, 2 for a bridge, 0 for anything else.
 */
unsigned int sb_nr_bars(struct pci_dev *pdev)
{
	switch (pdev->hdr_type) {
	case PCI_HEADER_TYPE_NORMAL:
		return PCI_STD_NUM_BARS;
	case PCI_HEADER_TYPE_BRIDGE:
		return 2;
	default:
		return 0;
	}
}

/**
 * sb_resource_is_bar() - does the core know of a memory BAR here?
 * @pdev: the function
 * @nr: number of the resource: a BAR, or PCI_ROM_RESOURCE
 *
 * Return: true if it does; the BAR may have no address.
 */
bool sb_resource_is_bar(struct pci_dev *pdev, unsigned int nr)
{
	struct resource *res = &pdev->resource[nr];

	return (res->flags & IORESOURCE_MEM) && resource_size(res);
}

/**
 * sb_resource_is_placed() - is a resource in the tree of all addresses?
 * @res: a BAR or a window
 *
 * A bridge window that loses its address, or gets another one, keeps what is in
 * it. The core of 6.12 even assigns windows and BARs in such a window, starting at
 * 0: these are not addresses.
 *
 * Context: any. No bridge above is removed meanwhile.
 * Return: true if it is.
 */
bool sb_resource_is_placed(const struct resource *res)
{
	const struct resource *above;

	while ((above = READ_ONCE(res->parent))) {
		if (res->start < above->start || res->end > above->end)
			return false;
		res = above;
	}

	return res == &iomem_resource;
}

static int gather_bars(struct pci_dev *pdev, struct sb_facts *facts)
{
	unsigned int i;

	for (i = 0; i < sb_nr_bars(pdev); i++) {
		struct resource *res = &pdev->resource[i];
		struct sb_bar *bar = &facts->bar[i];
		struct pci_bus_region region;

		if (!sb_resource_is_bar(pdev, i))
			continue;

		bar->size = resource_size(res);
		bar->is_64 = res->flags & IORESOURCE_MEM_64;
		if (sb_gather_bar(pdev, i, bar->is_64, &bar->addr))
			return -EIO;
		bar->addr &= ~SB_BAR_KIND;
		bar->claimed = sb_resource_is_placed(res);
		if (bar->claimed) {
			pcibios_resource_to_bus(pdev->bus, &region, res);
			bar->claim = region.start;
		}
		i += bar->is_64;
	}

	return 0;
}

/**
 * sb_gather_rom_bar() - read the ROM BAR register
 * @pdev: the function
 * @raw: set to its value, 0 if the header has none
 *
 * Context: any in which config space may be read.
 * Return: 0, or -EIO if the access failed; then @raw is 0.
 */
int sb_gather_rom_bar(struct pci_dev *pdev, u32 *raw)
{
	*raw = 0;
	if (pdev->rom_base_reg &&
	    pci_read_config_dword(pdev, pdev->rom_base_reg, raw)) {
		*raw = 0;
		return -EIO;
	}

	return 0;
}

/**
 * sb_gather_decode() - does a function decode memory?
 * @pdev: the function
 * @decode: set to true if COMMAND says so, or for virtual functions, where the
 *	    bit is hard-wired to 0 (PCIe 6.0, 9.3.4.1.3)
 *
 * Context: any in which config space may be read.
 * Return: 0, or -EIO if the access failed or nothing responded; then @decode is
 * false.
 */
int sb_gather_decode(struct pci_dev *pdev, bool *decode)
{
	u16 command;

	*decode = false;
	/* All ones is not a valid COMMAND: some bits are always 0. */
	if (pci_read_config_word(pdev, PCI_COMMAND, &command) ||
	    command == U16_MAX)
		return -EIO;

	*decode = command & PCI_COMMAND_MEMORY || pdev->no_command_memory;
	return 0;
}

/**
 * sb_gather_is_asleep() - is a function in a state other than D0?
 * @pdev: the function
 *
 * It then decodes nothing (PCI Power Management 1.2, 3.2.4).
 *
 * Context: any in which config space may be read.
 * Return: true if so.
 */
bool sb_gather_is_asleep(struct pci_dev *pdev)
{
	u16 pmcsr = 0;

	if (pdev->pm_cap)
		pci_read_config_word(pdev, pdev->pm_cap + PCI_PM_CTRL, &pmcsr);

	return FIELD_GET(PCI_PM_CTRL_STATE_MASK, pmcsr);
}

/**
 * sb_gather_is_off_limits() - has somebody else locked config space?
 * @pdev: the function
 *
 * Then it is being reset or tests itself (BIST), and must not be accessed.
 *
 * Context: any.
 * Return: true if so; false during a capture or a move of the module.
 */
bool sb_gather_is_off_limits(struct pci_dev *pdev)
{
	/* It may be locked right afterwards, too. */
	return data_race(!!pdev->block_cfg_access) && !sb_journal_is_open(pdev);
}

/* Most resets take a tenth of a second (PCIe 6.0, 6.6.2). */
#define RESET_POLL_MS	10

/**
 * sb_gather_wait() - wait for the end of a reset
 * @pdev: the function
 * @until: the time to give up, in jiffies
 *
 * Context: may sleep.
 */
void sb_gather_wait(struct pci_dev *pdev, unsigned long until)
{
	while (sb_gather_is_off_limits(pdev) && time_before(jiffies, until))
		msleep(RESET_POLL_MS);
}

/**
 * sb_gather_is_unreachable() - is something above a function asleep?
 * @pdev: the function, which does not respond
 *
 * Context: any in which config space may be read.
 * Return: true if so, or if its own power is off.
 */
bool sb_gather_is_unreachable(struct pci_dev *pdev)
{
	struct pci_bus *bus;

	if (pdev->current_state == PCI_D3cold)
		return true;
	for (bus = pdev->bus; bus->self; bus = bus->self->bus)
		if (sb_gather_is_asleep(bus->self))
			return true;

	return false;
}

/**
 * sb_gather_is_enumerated() - has the core finished with a function?
 * @pdev: the function
 *
 * A new host bridge is scanned under the rescan lock, but its resources are
 * assigned without it, and then its config space is saved. There is no flag for
 * that, so look at what is set last: the file in /proc, and up to 7.2 whether
 * drivers may match, which is never true of what the device tree disables.
 *
 * Context: any.
 * Return: true once its BARs have been assigned.
 */
bool sb_gather_is_enumerated(const struct pci_dev *pdev)
{
#if SB_HAS_MATCH_DRIVER
	if (pdev->match_driver || !pdev->dev.of_node)
		return pdev->match_driver;
#endif
	return pdev->procent ||
	       (!SB_HAS_MATCH_DRIVER && !IS_ENABLED(CONFIG_PROC_FS));
}

/**
 * sb_gather_is_untrusted() - may anybody have plugged a function in?
 * @pdev: the function
 *
 * Context: any.
 * Return: true if firmware says so of it, or of a port above it.
 */
bool sb_gather_is_untrusted(struct pci_dev *pdev)
{
	struct pci_bus *bus;

	if (pdev->untrusted)
		return true;
	for (bus = pdev->bus; bus->self; bus = bus->self->bus)
		if (bus->self->external_facing)
			return true;

	return false;
}

/**
 * sb_gather_knows_no_rom() - does the core know that there is no ROM BAR?
 * @pdev: the function
 *
 * The core creates its file "rom" exactly if it found a ROM BAR, before
 * anything is assigned; in older kernels only if it could assign it.
 *
 * Context: may sleep.
 * Return: true if there certainly is none; nothing was read from the function.
 */
bool sb_gather_knows_no_rom(struct pci_dev *pdev)
{
	struct kernfs_node *dir = pdev->dev.kobj.sd, *file;

	if (!SB_HAS_STATIC_ROM_FILE || !dir)
		return false;

	file = sysfs_get_dirent(dir, "rom");
	sysfs_put(file);
	return !file;
}

static int is_device(struct device *dev, const void *data)
{
	return dev == data;
}

/**
 * sb_gather_is_on_bus() - is a function still in the core's list?
 * @pdev: the function
 *
 * Context: may sleep.
 * Return: true if a walk over all functions finds it.
 */
bool sb_gather_is_on_bus(struct pci_dev *pdev)
{
	struct device *dev = bus_find_device(&pci_bus_type, NULL, &pdev->dev,
					     is_device);

	put_device(dev);
	return dev;
}

/**
 * sb_gather_has_rom() - may a function have a ROM?
 * @pdev: the function
 *
 * On kernels that do not show a ROM that they could not assign, that one does
 * not count.
 *
 * Context: may sleep; nothing is read from the function.
 * Return: true if it may; ROMs of bridges are ignored.
 */
bool sb_gather_has_rom(struct pci_dev *pdev)
{
	if (pdev->is_virtfn || pdev->hdr_type != PCI_HEADER_TYPE_NORMAL)
		return false;

	return SB_HAS_STATIC_ROM_FILE ? !sb_gather_knows_no_rom(pdev) :
					pci_resource_len(pdev, PCI_ROM_RESOURCE);
}

/**
 * sb_gather_is_integrated() - is a function Intel integrated graphics?
 * @pdev: the function
 *
 * These never have a ROM BAR: their ROM is part of the system firmware.
 *
 * Context: any.
 * Return: true if it is.
 */
bool sb_gather_is_integrated(struct pci_dev *pdev)
{
	return pdev->vendor == PCI_VENDOR_ID_INTEL &&
	       pdev->class >> 16 == PCI_BASE_CLASS_DISPLAY &&
	       pci_is_root_bus(pdev->bus);
}

static void gather_rom(struct pci_dev *pdev, struct sb_facts *facts)
{
	struct resource *res = &pdev->resource[PCI_ROM_RESOURCE];
	struct pci_bus_region region;

	/*
	 * For the boot VGA device, the core replaces the ROM with the copy at
	 * 0xC0000, so the resource says nothing about the ROM BAR.
	 */
	if (!(res->flags & IORESOURCE_MEM) ||
	    (res->flags & IORESOURCE_ROM_SHADOW))
		return;

	facts->rom_size = resource_size(res);
	facts->rom_claimed = sb_resource_is_placed(res);
	if (facts->rom_claimed) {
		pcibios_resource_to_bus(pdev->bus, &region, res);
		facts->rom_claim = region.start;
	}
}

/**
 * sb_gather_registers() - gather facts from the function itself
 * @pdev: the function
 * @facts: filled as far as its own registers and resources go
 *
 * @facts->rom_size is what the PCI core remembers, which may be nothing: it
 * forgets the size of a ROM that it could not assign.
 *
 * Context: any in which config space may be read.
 * Return: 0, or -EIO if an access failed.
 */
int sb_gather_registers(struct pci_dev *pdev, struct sb_facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	if (sb_gather_decode(pdev, &facts->decode) ||
	    sb_gather_rom_bar(pdev, &facts->rom_raw) ||
	    gather_bars(pdev, facts))
		return -EIO;

	gather_rom(pdev, facts);
	facts->page_size = PAGE_SIZE;
	return 0;
}

/**
 * sb_gather_bridge() - gather what a bridge forwards
 * @pdev: the bridge
 * @bridge: set to what its registers say
 *
 * Context: any in which config space may be read.
 */
void sb_gather_bridge(struct pci_dev *pdev, struct sb_bridge *bridge)
{
	pci_read_config_word(pdev, PCI_COMMAND, &bridge->command);
	pci_read_config_dword(pdev, PCI_MEMORY_BASE, &bridge->memory);
	pci_read_config_dword(pdev, PCI_PREF_MEMORY_BASE, &bridge->prefetch);
	pci_read_config_dword(pdev, PCI_PREF_BASE_UPPER32,
			      &bridge->prefetch_base_high);
	pci_read_config_dword(pdev, PCI_PREF_LIMIT_UPPER32,
			      &bridge->prefetch_limit_high);
	bridge->subtractive = pdev->transparent;
}

static int is_busy(struct resource *res, void *arg)
{
	return 1;
}

/*
 * Is there a busy resource in a BAR: a boot console, a VFIO user? One that is as
 * large as the BAR may also be around it. To find out, the core walks everything
 * in a window, so it is asked only if there can be one.
 */
static bool bar_is_busy(struct pci_dev *pdev, unsigned int nr)
{
	struct resource *res = &pdev->resource[nr];

	if (!sb_resource_is_bar(pdev, nr) || !res->parent)
		return false;
	if (!READ_ONCE(res->child) &&
	    res->parent == pci_find_parent_resource(pdev, res))
		return false;

	return walk_iomem_res_desc(IORES_DESC_NONE,
				   IORESOURCE_MEM | IORESOURCE_BUSY,
				   res->start, res->end, NULL, is_busy) == 1;
}

/**
 * sb_gather_has_busy_bar() - is a BAR of a function in use?
 * @pdev: the function
 *
 * Context: may sleep.
 * Return: true if one contains a busy resource.
 */
bool sb_gather_has_busy_bar(struct pci_dev *pdev)
{
	unsigned int i;

	for (i = 0; i < sb_nr_bars(pdev); i++)
		if (bar_is_busy(pdev, i))
			return true;

	return false;
}

/**
 * sb_gather_is_pinned() - must a function's decoding stay as it is?
 * @pdev: the function
 * @decode: it decodes memory now
 *
 * The text console of a BIOS host has no resource in a BAR of the boot VGA
 * device, but disappears while that device does not decode.
 *
 * Context: may sleep.
 * Return: true if so.
 */
bool sb_gather_is_pinned(struct pci_dev *pdev, bool decode)
{
	return pdev->hdr_type == PCI_HEADER_TYPE_BRIDGE ||
	       pdev->mmio_always_on ||
	       (decode && pdev == vga_default_device()) ||
	       sb_gather_has_busy_bar(pdev);
}

/**
 * sb_gather_vga_conflict() - would a function decode the boot VGA device's
 * range?
 * @pdev: the function, which does not decode memory now
 *
 * A VGA device that decodes memory also decodes the legacy range, if accesses
 * to it reach its bus.
 *
 * Context: any. Nothing is added or removed meanwhile.
 * Return: true if it would once it decodes memory.
 */
bool sb_gather_vga_conflict(struct pci_dev *pdev)
{
	struct pci_dev *boot_vga = vga_default_device();
	struct pci_bus *bus;

	if (pdev->class >> 8 != PCI_CLASS_DISPLAY_VGA || !boot_vga ||
	    boot_vga == pdev)
		return false;

	/* The VGA arbiter writes to the register, not to any variable. */
	for (bus = pdev->bus; bus->self; bus = bus->self->bus) {
		u16 control = 0;

		pci_read_config_word(bus->self, PCI_BRIDGE_CONTROL, &control);
		if (!(control & PCI_BRIDGE_CTL_VGA))
			return false;
	}

	return true;
}
