// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmio: the registers of stolen memory on Meteor Lake and later.
 *
 * They have moved from config space to the device's registers, behind BAR 0
 * (GTTMMADR). Three dwords are read and nothing is written.
 */
#include <linux/device.h>
#include <linux/io.h>
#include <linux/pci.h>

#include "bus/gather.h"
#include "igd/mmio.h"

/* The page with Graphics Control and the base of data stolen memory */
#define PAGE_AT		0x108000
#define PAGE_BYTES	0x1000
#define GGC		0x40
#define DSMBASE		0xc0

static enum sb_igd_range can_read(struct pci_dev *pdev)
{
	const struct resource *bar = &pdev->resource[0];
	bool decode;

	if (pdev->dev.driver || pci_is_enabled(pdev))
		return SB_IGD_RANGE_BOUND;
	if (sb_gather_decode(pdev, &decode))
		return SB_IGD_RANGE_UNREADABLE;
	if (!decode || sb_gather_is_asleep(pdev))
		return SB_IGD_RANGE_OFF;
	if (!(bar->flags & IORESOURCE_MEM) || !bar->parent ||
	    resource_size(bar) < PAGE_AT + PAGE_BYTES)
		return SB_IGD_RANGE_NO_BAR;
	return SB_IGD_RANGE_OK;
}

/**
 * sb_igd_read_mmio() - read the registers of stolen memory behind BAR 0
 * @pdev: the function
 * @bdsm: set to DSMBASE
 * @ggc: set to GGC
 *
 * Only reads an idle function that decodes memory as firmware left it.
 *
 * Context: may sleep; does not wait for the device lock.
 * Return: SB_IGD_RANGE_OK, or why they were not read.
 */
enum sb_igd_range sb_igd_read_mmio(struct pci_dev *pdev, u64 *bdsm, u32 *ggc)
{
	enum sb_igd_range ret;
	void __iomem *map;

	/*
	 * Whoever holds this lock is binding a driver, or may want the rescan
	 * lock.
	 */
	if (!device_trylock(&pdev->dev))
		return SB_IGD_RANGE_BOUND;

	ret = can_read(pdev);
	if (ret == SB_IGD_RANGE_OK) {
		map = ioremap(pci_resource_start(pdev, 0) + PAGE_AT,
			      PAGE_BYTES);
		if (map) {
			*ggc = ioread32(map + GGC);
			*bdsm = ioread32(map + DSMBASE) |
				(u64)ioread32(map + DSMBASE + 4) << 32;
			iounmap(map);
		} else {
			ret = SB_IGD_RANGE_UNREADABLE;
		}
	}
	device_unlock(&pdev->dev);
	return ret;
}
