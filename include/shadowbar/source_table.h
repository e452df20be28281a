/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * source_table: where a shadow can come from, one row each.
 *
 * SB_SOURCE(id, name, is_bar, words): define it before including this file. The
 * enum is SB_SOURCE_<id>, the name is that of the files in sysfs, and
 * rom_reason uses the words for a copy. The rows are in order of rank: the
 * first intact one is the best, because fewer parties have handled it.
 */

/*
 * Read at the address in the ROM BAR, or at the one that the kernel reserved
 * for it
 */
SB_SOURCE(IN_PLACE, "in-place", true, "")

/* Read at the address of another BAR of the function */
SB_SOURCE(BORROWED, "borrowed", true, "")

/* Read at a free address in a window above the function */
SB_SOURCE(HOLE, "hole", true, "")

/* Read by UEFI before it started the kernel, and before any of it ran */
SB_SOURCE(PLATFORM, "platform", false,
	  "from a copy that UEFI or an earlier load of this module made")

/* Firmware's own image, in an ACPI table; it may be patched */
SB_SOURCE(VFCT, "vfct", false, "from the ACPI table VFCT")

/* The result of an ACPI method; likewise */
SB_SOURCE(ACPI_ROM, "acpi-rom", false, "from the ACPI method _ROM")

/*
 * A BIOS's copy of the boot VGA device's ROM, which stores variables inside
 * itself
 */
SB_SOURCE(VGA_SHADOW, "vga-shadow", false,
	  "from the BIOS's copy at 0xC0000, which may have changed since")

#undef SB_SOURCE
