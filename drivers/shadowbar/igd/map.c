// SPDX-License-Identifier: GPL-2.0-only
/*
 * map: what is known of a piece of memory, and of the machine.
 */
#include <linux/ioport.h>
#include <linux/mm.h>
#ifdef CONFIG_X86
#include <asm/cpufeature.h>
#endif

#include "igd/map.h"

/**
 * sb_igd_is_addressable() - whether memory can be there at all
 * @start: first byte of a range that does not wrap
 * @size: its size in bytes
 *
 * Return: true if all of it can be addressed.
 */
bool sb_igd_is_addressable(u64 start, u64 size)
{
	return start + size - 1 <= iomem_resource.end;
}

/**
 * sb_igd_is_in_ram() - whether the kernel uses a piece of memory
 * @start: its first byte, of a range that does not wrap
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
 * sb_igd_is_reported() - whether firmware reports a piece of memory as its own
 * @start: its first byte, of a range that does not wrap
 * @size: its size in bytes
 * @step: how closely to look, a power of two: holes that are smaller are
 *	  overlooked
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
 * sb_igd_in_guest() - whether this kernel runs in a virtual machine
 *
 * Context: any.
 * Return: true if the processor says that there is a hypervisor.
 */
bool sb_igd_in_guest(void)
{
#ifdef CONFIG_X86
	return boot_cpu_has(X86_FEATURE_HYPERVISOR);
#else
	/* There is no such device. */
	return false;
#endif
}
