/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * source_table: where a shadow can come from, one row each.
 *
 * SB_SOURCE(id, name, is_bar, words), for whoever defines that before this is
 * included: the enum is SB_SOURCE_<id>, the name is that of its files in sysfs,
 * and rom_reason says the words of a copy. Among those that are intact the first
 * is the best: the one that fewer hands have been on.
 */

/* Read at the address in the ROM BAR, or at the one that the kernel holds for it */
SB_SOURCE(IN_PLACE, "in-place", true, "")

/* Read at the address of another BAR of the function */
SB_SOURCE(BORROWED, "borrowed", true, "")

/* Read at a free address in a window above the function */
SB_SOURCE(HOLE, "hole", true, "")

/* What UEFI had read before it started the kernel, and before any of it ran */
SB_SOURCE(PLATFORM, "platform", false,
	  "from a copy that UEFI or an earlier load of this module made")

/* Firmware's own in an ACPI table; it may be patched */
SB_SOURCE(VFCT, "vfct", false, "from the ACPI table VFCT")

/* What an ACPI method hands out; likewise */
SB_SOURCE(ACPI_ROM, "acpi-rom", false, "from the ACPI method _ROM")

/* Where a BIOS copied the boot VGA device's ROM to, which keeps variables there */
SB_SOURCE(VGA_SHADOW, "vga-shadow", false,
	  "from the BIOS's copy at 0xC0000, which may have changed since")

#undef SB_SOURCE
