/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * efi_image: the EFI images of a ROM, as firmware loads them.
 *
 *	sb_efi_images_read(rom, size, &images);
 *	for (i = 0; i < images.nr; i++)
 *		if (!images.list[i].error)
 *			compare(images.list[i].sha256.bytes);
 *	sb_efi_images_free(&images);
 */
#ifndef SHADOWBAR_EFI_IMAGE_H
#define SHADOWBAR_EFI_IMAGE_H

#include "authenticode.h"
#include "tool.h"

#define SB_EFI_IMAGES_MAX	64	/* of a ROM; any more is an error */
#define SB_SIGNATURES_MAX	16	/* of an image; any more is an error */

/**
 * struct sb_efi_image - an EFI image
 * @nr: number of the image in the ROM, from 1; 0 for a program outside a ROM
 * @offset: where it begins, in bytes from the start of the ROM
 * @length: its size in the ROM, in bytes
 * @machine: what it runs on; sb_efi_machine_name()
 * @subsystem: 0xb boot service driver, 0xc run-time driver
 * @compressed: it is compressed in the ROM
 * @error: why firmware does not load it, or why that is unknown, as the rest of
 *	   a sentence that begins with "it"; NULL if there is no reason
 * @pe: the bytes that firmware's loader gets and measures: decompressed, or
 *	including the padding of the image in the ROM; no data if @error is
 *	about these
 * @layout: its parts; nothing hashed if it is not a PE image
 * @sha256: its Authenticode hash, as in TPM event logs, db and dbx; its size is
 *	    0 if there is none
 * @signatures: its signatures
 * @nr_signatures: number of @signatures
 * @table_damaged: its certificate table is damaged; firmware with Secure Boot
 *		   refuses it for that reason
 * @sbat: its SBAT, a table of text; NULL if it has none
 */
struct sb_efi_image {
	u32 nr;
	u32 offset;
	u32 length;
	u16 machine;
	u16 subsystem;
	bool compressed;
	const char *error;
	struct sb_bytes pe;
	struct sb_pe layout;
	struct sb_digest sha256;
	struct sb_signature *signatures;
	size_t nr_signatures;
	bool table_damaged;
	char *sbat;
};

/**
 * struct sb_efi_images - the EFI images of a ROM, in order
 * @list: the images
 * @nr: number of images
 * @others: number of other images in the ROM, such as those for a BIOS
 */
struct sb_efi_images {
	struct sb_efi_image *list;
	size_t nr;
	size_t others;
};

void sb_efi_images_read(const u8 *rom, u32 size, struct sb_efi_images *images);
void sb_efi_images_free(struct sb_efi_images *images);

#endif /* SHADOWBAR_EFI_IMAGE_H */
