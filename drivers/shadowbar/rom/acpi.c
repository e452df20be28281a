// SPDX-License-Identifier: GPL-2.0-only
/*
 * acpi: ROMs that firmware provides through ACPI.
 *
 * Firmware is not trusted: neither the lengths in a table nor the results of a
 * method.
 */
#define dev_fmt(fmt) "shadowbar: " fmt

#include <linux/acpi.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <shadowbar/vfct.h>

#include "rom/acpi.h"
#include "rom/buffer.h"
#include "rom/opts.h"

#define METHOD	"_ROM"

static int copy_from_table(const struct acpi_table_header *table,
			   const struct sb_vfct_key *key, struct sb_rom *rom)
{
	const u8 *bytes = (const u8 *)table;
	struct sb_vfct_image image;

	if (sb_vfct_find(bytes, table->length, key, &image) != SB_VFCT_OK)
		return -ENOENT;

	return sb_rom_copy(bytes + image.offset, image.length, rom);
}

/**
 * sb_acpi_vfct() - get the ROM of a function from the ACPI table VFCT
 * @pdev: the function
 * @rom: filled, if there is one
 *
 * Context: may sleep; does not touch the function.
 * Return: 0, -ENOENT if there is none, or -ENOMEM.
 */
int sb_acpi_vfct(struct pci_dev *pdev, struct sb_rom *rom)
{
	const struct sb_vfct_key key = {
		.bus = pdev->bus->number,
		.devfn = pdev->devfn,
		.vendor = pdev->vendor,
		.device_id = pdev->device,
	};
	struct acpi_table_header *table;
	int ret;

	/* Addresses in the table have no segment. */
	if (pci_domain_nr(pdev->bus) ||
	    ACPI_FAILURE(acpi_get_table("VFCT", 0, &table)))
		return -ENOENT;

	ret = copy_from_table(table, &key, rom);
	acpi_put_table(table);
	return ret;
}

/*
 * ACPI Specification 6.5, section B.3.3 "_ROM (Get ROM Data)": the arguments
 * are an offset and a length of up to 4 KiB, the result is a buffer.
 */
static int evaluate(void *handle, u32 offset, u8 *bytes, u32 size)
{
	union acpi_object arguments[] = {
		{ .integer = { ACPI_TYPE_INTEGER, offset } },
		{ .integer = { ACPI_TYPE_INTEGER, size } },
	};
	struct acpi_object_list list = { ARRAY_SIZE(arguments), arguments };
	struct acpi_buffer answer = { ACPI_ALLOCATE_BUFFER, NULL };
	union acpi_object *object;
	u32 length;

	if (ACPI_FAILURE(acpi_evaluate_object_typed(handle, METHOD, &list,
						    &answer,
						    ACPI_TYPE_BUFFER)))
		return -EIO;

	object = answer.pointer;
	length = min(object->buffer.length, size);
	memcpy(bytes, object->buffer.pointer, length);
	ACPI_FREE(answer.pointer);
	return length;
}

/**
 * sb_acpi_method() - find a function's ACPI method _ROM
 * @pdev: the function
 *
 * Context: may sleep. The function is not removed meanwhile.
 * Return: the method, for sb_acpi_rom(), or NULL if there is none.
 */
void *sb_acpi_method(struct pci_dev *pdev)
{
	acpi_handle handle = ACPI_HANDLE(&pdev->dev);

	return handle && acpi_has_method(handle, METHOD) ? handle : NULL;
}

/**
 * sb_acpi_rom() - get a function's ROM from its ACPI method _ROM
 * @pdev: the function
 * @method: from sb_acpi_method()
 * @rom: filled, if there is one
 *
 * Runs firmware code, which may do anything and take any time, so this is not
 * for functions that must not be touched, and no lock may be held. The method
 * is not called again once it has taken too long.
 *
 * Context: may sleep.
 * Return: 0, -ENOENT if there is none, or -ENOMEM.
 */
int sb_acpi_rom(struct pci_dev *pdev, void *method, struct sb_rom *rom)
{
	int ret = sb_rom_pull(evaluate, method, SB_CAPTURE_PATIENCE, rom);

	if (ret != -ETIME)
		return ret;

	pci_warn(pdev, "firmware's method _ROM takes too long, and is not asked again\n");
	return -ENOENT;
}
