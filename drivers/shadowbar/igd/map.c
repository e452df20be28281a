// SPDX-License-Identifier: GPL-2.0-only
/*
 * map: facts about memory ranges, and about the machine.
 */
#include <linux/ioport.h>
#include <linux/mm.h>
#ifdef CONFIG_X86
#include <asm/cpufeature.h>
#endif

#include "igd/map.h"

/**
 * sb_igd_is_addressable() - can this range be addressed at all?
 * @start: first byte of a range that does not overflow
 * @size: its size in bytes
 *
 * Return: true if all of it can be addressed.
 */
bool sb_igd_is_addressable(u64 start, u64 size)
{
	return start + size - 1 <= iomem_resource.end;
}

/**
 * sb_igd_is_in_ram() - does the kernel use this range as memory?
 * @start: first byte of a range that does not overflow
 * @size: its size in bytes
 *
 * Context: any.
 * Return: true if any of it is usable memory.
 */
bool sb_igd_is_in_ram(u64 start, u64 size)
{
	return region_intersects(start, size, IORESOURCE_SYSTEM_RAM,
				 IORES_DESC_NONE) != REGION_DISJOINT;
}

/**
 * sb_igd_is_reported() - does firmware report this range as its own?
 * @start: first byte of a range that does not overflow
 * @size: its size in bytes
 * @step: granularity, a power of two: smaller gaps are missed
 *
 * Context: any.
 * Return: true if all of it is reserved, or in use by ACPI.
 */
bool sb_igd_is_reported(u64 start, u64 size, u64 step)
{
	static const int kinds[] = {
		IORES_DESC_RESERVED,
		IORES_DESC_ACPI_NV_STORAGE,
		IORES_DESC_ACPI_TABLES,
	};
	u64 at = ALIGN_DOWN(start, step), end = start + size;
	unsigned int i;

	for (; at < end; at += step) {
		for (i = 0; i < ARRAY_SIZE(kinds); i++)
			if (region_intersects(at, step, IORESOURCE_MEM,
					      kinds[i]) == REGION_INTERSECTS)
				break;
		if (i == ARRAY_SIZE(kinds))
			return false;
	}

	return true;
}

/**
 * sb_igd_in_guest() - does this kernel run in a virtual machine?
 *
 * Context: any.
 * Return: true if the processor reports a hypervisor.
 */
bool sb_igd_in_guest(void)
{
#ifdef CONFIG_X86
	return boot_cpu_has(X86_FEATURE_HYPERVISOR);
#else
	/* Other architectures have no such device. */
	return false;
#endif
}
