// SPDX-License-Identifier: GPL-2.0-only
/*
 * guard: whether anything else can use the stolen memory.
 *
 * The device writes there no matter what the kernel does with that memory. If
 * nothing keeps the kernel away, the module reserves it. The reservation is not
 * busy, so the device's driver can still make its own inside.
 */
#include <linux/pci.h>

#include "bus/kept.h"
#include "igd/guard.h"
#include "igd/map.h"
#include "igd/memory.h"
#include "igd/mmio.h"

/* All ones mean that it cannot be read. */
static u64 read_bdsm(struct pci_dev *pdev, enum sb_igd_gen gen)
{
	u8 where = sb_igd_bdsm_register(gen);
	u32 low, high = 0;

	if (pci_read_config_dword(pdev, where, &low))
		low = U32_MAX;
	if (sb_igd_bdsm_is_64(gen) &&
	    pci_read_config_dword(pdev, where + 4, &high))
		high = U32_MAX;

	return low | (u64)high << 32;
}

static u32 read_ggc(struct pci_dev *pdev, enum sb_igd_gen gen)
{
	struct pci_dev *from = pci_dev_get(pdev);
	u32 ggc;

	if (sb_igd_ggc_is_in_bridge(gen)) {
		pci_dev_put(from);
		from = pci_get_domain_bus_and_slot(pci_domain_nr(pdev->bus), 0,
						   PCI_DEVFN(0, 0));
	}
	if (!from || pci_read_config_dword(from, SB_IGD_GGC, &ggc))
		ggc = U32_MAX;
	pci_dev_put(from);

	return ggc;
}

static bool is_in_use(const struct resource *res, const struct resource *range)
{
	return res && res->parent && res->start <= range->end &&
	       range->start <= res->end;
}

static bool is_in_function(struct pci_dev *pdev, struct sb_igd *igd)
{
	struct sb_igd_report *report = &igd->report;
	int i;

	for (i = 0; i < PCI_NUM_RESOURCES; i++) {
		if (!is_in_use(&pdev->resource[i], &igd->guard))
			continue;
		if (i < PCI_STD_NUM_BARS)
			scnprintf(report->who, sizeof(report->who),
				  "BAR %d of %s", i, pci_name(pdev));
		else
			scnprintf(report->who, sizeof(report->who),
				  "a window or ROM of %s", pci_name(pdev));
		return true;
	}

	return false;
}

static bool is_in_root_window(struct pci_bus *bus, struct sb_igd *igd)
{
	struct sb_igd_report *report = &igd->report;
	struct resource *res;
	int i;

	pci_bus_for_each_resource(bus, res, i)
		if (is_in_use(res, &igd->guard)) {
			scnprintf(report->who, sizeof(report->who),
				  "a window of PCI bus %04x:%02x",
				  pci_domain_nr(bus), bus->number);
			return true;
		}

	return false;
}

static bool is_in_any_function(struct sb_igd *igd)
{
	struct pci_dev *pdev = NULL;

	for_each_pci_dev(pdev)
		if (is_in_function(pdev, igd)) {
			pci_dev_put(pdev);
			return true;
		}

	return false;
}

/* The core may place a device there later. */
static bool is_in_any_root_window(struct sb_igd *igd)
{
	struct pci_dev *pdev = NULL;

	/* A bus may be removed meanwhile, but a function keeps its own. */
	for_each_pci_dev(pdev) {
		if (pci_is_root_bus(pdev->bus) &&
		    is_in_root_window(pdev->bus, igd)) {
			pci_dev_put(pdev);
			return true;
		}
	}

	return false;
}

static enum sb_igd_state conflict(struct sb_igd_report *report, const char *who)
{
	strscpy(report->who, who, sizeof(report->who));
	return SB_IGD_STATE_CONFLICT;
}

/* The memory map does not mention it. */
static enum sb_igd_state put_guard(struct sb_igd *igd)
{
	if (insert_resource(&iomem_resource, &igd->guard))
		return conflict(&igd->report, "another entry of /proc/iomem");
	if (igd->guard.parent == &iomem_resource)
		return SB_IGD_STATE_GUARDED;

	/* Something that is not a device encloses it, which is just as good. */
	remove_resource(&igd->guard);
	return SB_IGD_STATE_RESERVED;
}

static enum sb_igd_state judge(struct pci_dev *pdev, struct sb_igd *igd)
{
	struct sb_igd_report *report = &igd->report;
	u64 allocated = sb_kept_size(report->start);

	if (!sb_igd_is_addressable(report->start, report->size)) {
		report->range = SB_IGD_RANGE_WRAPS;
		return SB_IGD_STATE_NONE;
	}
	if (allocated) {
		report->size = allocated;
		return SB_IGD_STATE_ALLOCATED;
	}
	if (sb_igd_is_in_ram(report->start, report->size))
		return conflict(report, "usable memory");

	scnprintf(igd->name, sizeof(igd->name), "shadowbar %s stolen memory",
		  pci_name(pdev));
	igd->guard = (struct resource){
		.name = igd->name,
		.start = report->start,
		.end = report->start + report->size - 1,
		.flags = IORESOURCE_MEM,
	};
	if (is_in_any_function(igd))
		return SB_IGD_STATE_CONFLICT;
	if (sb_igd_is_reported(report->start, report->size, SZ_1M))
		return SB_IGD_STATE_RESERVED;
	if (is_in_any_root_window(igd))
		return SB_IGD_STATE_CONFLICT;

	return put_guard(igd);
}

/*
 * GGC says that there is none, but firmware may have reserved some
 * nevertheless: QEMU tells a guest so, and the video BIOS uses 1 MiB all the
 * same. On a host without stolen memory, BDSM is where it would be.
 */
static enum sb_igd_state judge_empty(struct sb_igd_report *report)
{
	u64 allocated = sb_kept_size(report->start);

	report->size = allocated ?: SZ_1M;
	if (allocated)
		return SB_IGD_STATE_ALLOCATED;
	if (!sb_igd_is_addressable(report->start, report->size))
		return SB_IGD_STATE_NONE;
	if (sb_igd_is_in_ram(report->start, report->size))
		return conflict(report, "usable memory");
	if (sb_igd_is_reported(report->start, report->size, SZ_1M))
		return SB_IGD_STATE_RESERVED;

	return SB_IGD_STATE_NONE;
}

static enum sb_igd_refusal allocate(struct pci_dev *pdev,
				    const struct sb_igd_opts *opts,
				    bool locked, struct sb_igd_report *report)
{
	enum sb_igd_refusal refusal;

	if (!opts->allocate)
		return SB_IGD_REFUSAL_NOT_ASKED;
	/* On a host, firmware has locked its decision, or has a bug. */
	if (!sb_igd_in_guest())
		return SB_IGD_REFUSAL_NO_GUEST;
	if (!sb_igd_bdsm_register(report->gen))
		return SB_IGD_REFUSAL_NO_REGISTER;
	if (locked)
		return SB_IGD_REFUSAL_LOCKED;
	if (opts->denied)
		return SB_IGD_REFUSAL_DENIED;

	/*
	 * Whoever holds this lock is binding a driver, or may want the rescan
	 * lock.
	 */
	if (!device_trylock(&pdev->dev))
		return SB_IGD_REFUSAL_BOUND;
	refusal = pdev->dev.driver ? SB_IGD_REFUSAL_BOUND :
				     sb_igd_allocate(pdev, report);
	device_unlock(&pdev->dev);
	return refusal;
}

/**
 * sb_igd_guard() - find the stolen memory, and keep it free
 * @pdev: the function
 * @opts: its options
 * @igd: its report is filled, and its guard may be inserted into the resource
 *	 tree
 *
 * With igd_stolen=allocate, allocates some if there is none yet.
 *
 * Context: may sleep; the rescan lock may be held, the device lock is not.
 */
void sb_igd_guard(struct pci_dev *pdev, const struct sb_igd_opts *opts,
		  struct sb_igd *igd)
{
	struct sb_igd_report *report = &igd->report;
	struct sb_igd_stolen stolen;
	enum sb_igd_range read = SB_IGD_RANGE_OK;
	u64 bdsm = U64_MAX;
	u32 ggc = U32_MAX;

	if (report->gen == SB_IGD_MMIO) {
		read = sb_igd_read_mmio(pdev, &bdsm, &ggc);
	} else if (sb_igd_bdsm_register(report->gen)) {
		bdsm = read_bdsm(pdev, report->gen);
		ggc = read_ggc(pdev, report->gen);
	}
	sb_igd_stolen_read(report->gen, bdsm, ggc, &stolen);
	if (read != SB_IGD_RANGE_OK)
		stolen.range = read;
	report->range = stolen.range;
	report->start = stolen.start;
	report->size = stolen.size;
	report->said = stolen.size;

	switch ((enum sb_igd_range)stolen.range) {
	case SB_IGD_RANGE_OK:
		report->state = judge(pdev, igd);
		break;
	case SB_IGD_RANGE_EMPTY:
		report->state = judge_empty(report);
		break;
	case SB_IGD_RANGE_UNSET:
		report->state = SB_IGD_STATE_UNSET;
		report->refusal = allocate(pdev, opts, stolen.locked,
					   report);
		if (report->refusal == SB_IGD_REFUSAL_NONE)
			report->state = SB_IGD_STATE_ALLOCATED;
		break;
	case SB_IGD_RANGE_NO_REGISTER:
	case SB_IGD_RANGE_UNREADABLE:
	case SB_IGD_RANGE_BAD_SIZE:
	case SB_IGD_RANGE_WRAPS:
	case SB_IGD_RANGE_BOUND:
	case SB_IGD_RANGE_OFF:
	case SB_IGD_RANGE_NO_BAR:
		break;
	}
}
