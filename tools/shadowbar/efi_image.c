// SPDX-License-Identifier: GPL-2.0-only
/*
 * efi_image: the EFI images of a ROM, as firmware loads them.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <shadowbar/rom_image.h>

#include "efi_decompress.h"
#include "efi_image.h"

#define DRIVER		0xb
#define RUNTIME_DRIVER	0xc
#define UNPACKED_MAX	0x4000000	/* bytes, for all images of a ROM */

static u8 *copy_of(const u8 *from, size_t size)
{
	u8 *copy = malloc(size ? size : 1);

	if (!copy)
		err(SB_EXIT_ERROR, NULL);
	memcpy(copy, from, size);
	return copy;
}

/* left: how many more bytes all images of a ROM may unpack to. */
static const char *unpack(const u8 *packed, u32 size, u32 *left,
			  struct sb_bytes *pe)
{
	enum sb_unpack ret;
	u32 length;

	ret = sb_efi_unpacked_size(packed, size, &length);
	if (ret)
		return sb_unpack_text(ret);
	if (length > *left)
		return "decompresses, with those before it, to more than any ROM does";
	*left -= length;
	pe->data = calloc(1, length ? length : 1);
	if (!pe->data)
		err(SB_EXIT_ERROR, NULL);
	ret = sb_efi_unpack(packed, size, pe->data, length);
	if (ret) {
		free(pe->data);
		pe->data = NULL;
		return sb_unpack_text(ret);
	}
	pe->size = length;
	return NULL;
}

/* Get what firmware's loader sees of an image, or why it sees nothing. */
static const char *load(const struct sb_image *image, const u8 *bytes,
			u32 *left, struct sb_bytes *pe)
{
	const struct sb_efi_header *efi = &image->efi;

	if (!efi->valid)
		return "is marked as an EFI image, and has no EFI header";
	if (efi->subsystem != DRIVER && efi->subsystem != RUNTIME_DRIVER)
		return "is not a driver";
	if (efi->compression > 1)
		return "is compressed in a way that firmware does not know";
	if (image->init_size > image->length)
		return "says that its initialization size is larger than itself";
	if (efi->pe_offset >= image->init_size)
		return "says that its program begins behind its end";
	bytes += efi->pe_offset;
	if (efi->compression)
		return unpack(bytes, image->init_size - efi->pe_offset, left,
			      pe);
	pe->size = image->init_size - efi->pe_offset;
	pe->data = copy_of(bytes, pe->size);
	return NULL;
}

static void read_signatures(struct sb_efi_image *image)
{
	struct sb_cert_walk walk;
	struct sb_cert cert;

	image->signatures = calloc(SB_SIGNATURES_MAX,
				   sizeof(*image->signatures));
	if (!image->signatures)
		err(SB_EXIT_ERROR, NULL);
	sb_cert_walk_start(&walk, &image->layout);
	while (sb_cert_walk_step(&walk, image->pe.data, &cert)) {
		if (cert.kind != SB_CERT_PKCS7)
			continue;
		if (image->nr_signatures == SB_SIGNATURES_MAX) {
			image->error = "has more signatures than any driver has";
			return;
		}
		sb_signature_read(image->pe.data, &image->layout, &cert.data,
				  &image->signatures[image->nr_signatures++]);
	}
	image->table_damaged = walk.damaged;
}

static char *text_of(const u8 *bytes, size_t size)
{
	char *text = sb_format("%.*s", (int)size, (const char *)bytes);
	char *at;

	for (at = text; *at; at++)
		if ((*at < ' ' && *at != '\n') || *at > '~')
			*at = '?';
	return text;
}

static void look_into(struct sb_efi_image *image)
{
	enum sb_pe_error error;

	error = sb_pe_parse(image->pe.data, image->pe.size, &image->layout);
	if (error) {
		image->error = sb_pe_text(error);
		image->layout = (struct sb_pe){ 0 };
		return;
	}
	if (!sb_pe_digest(image->pe.data, &image->layout, "sha256",
			  &image->sha256))
		errx(SB_EXIT_ERROR, "libcrypto has no SHA-256");
	if (image->layout.sbat.length)
		image->sbat = text_of(image->pe.data +
				      image->layout.sbat.from,
				      image->layout.sbat.length);
	read_signatures(image);
}

static struct sb_efi_image *add(struct sb_efi_images *images)
{
	images->list = reallocarray(images->list, images->nr + 1,
				    sizeof(*images->list));
	if (!images->list)
		err(SB_EXIT_ERROR, NULL);
	images->list[images->nr] = (struct sb_efi_image){ 0 };
	return &images->list[images->nr++];
}

static void add_program(const u8 *file, u32 size, struct sb_efi_images *images)
{
	struct sb_efi_image *image = add(images);

	image->length = size;
	image->pe.data = copy_of(file, size);
	image->pe.size = size;
	look_into(image);
	image->machine = image->layout.machine;
	image->subsystem = image->layout.subsystem;
}

/**
 * sb_efi_images_read() - parse the EFI images of a ROM
 * @rom: the bytes of the ROM, from its first image, or of an EFI program
 * @size: number of bytes
 * @images: filled; to be freed with sb_efi_images_free()
 *
 * Looks at the images that firmware sees, which are those of PCIR's chain.
 */
void sb_efi_images_read(const u8 *rom, u32 size, struct sb_efi_images *images)
{
	u32 left = UNPACKED_MAX;
	struct sb_rom_walk walk;
	struct sb_image one;

	*images = (struct sb_efi_images){ 0 };
	if (size > 1 && rom[0] == 'M' && rom[1] == 'Z') {
		add_program(rom, size, images);
		return;
	}
	sb_rom_walk_start_chain(&walk, size, SB_CHAIN_FIRMWARE);
	while (sb_rom_walk_step(&walk, rom, size, &one) == SB_STEP_IMAGE) {
		struct sb_efi_image *image;

		if (one.kind != SB_KIND_EFI) {
			images->others++;
			continue;
		}
		image = add(images);
		image->nr = walk.images;
		image->offset = one.offset;
		image->length = one.length;
		image->machine = one.efi.machine;
		image->subsystem = one.efi.subsystem;
		image->compressed = one.efi.compression;
		if (images->nr > SB_EFI_IMAGES_MAX)
			image->error = "is one of more than any ROM has";
		else
			image->error = load(&one, rom + one.offset, &left,
					    &image->pe);
		if (!image->error)
			look_into(image);
	}
}

/**
 * sb_efi_images_free() - free what sb_efi_images_read() found
 * @images: the images
 */
void sb_efi_images_free(struct sb_efi_images *images)
{
	size_t i;

	for (i = 0; i < images->nr; i++) {
		struct sb_efi_image *image = &images->list[i];

		while (image->nr_signatures)
			sb_signature_free(&image->signatures[--image->nr_signatures]);
		free(image->signatures);
		free(image->pe.data);
		free(image->sbat);
	}
	free(images->list);
	*images = (struct sb_efi_images){ 0 };
}
