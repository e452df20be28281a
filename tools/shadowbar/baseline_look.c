// SPDX-License-Identifier: GPL-2.0-only
/*
 * baseline_look: the ROMs of this machine, as a baseline records them.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "baseline.h"
#include "efi_image.h"
#include "images.h"
#include "tool.h"

#define LOOK_AGAIN_USEC	100000
#define PATIENCE	600	/* times LOOK_AGAIN_USEC: a minute */

/* DDDD:BB:DD.F; a domain may have more digits. */
static bool is_address(const char *name)
{
	const char *colon = strchr(name, ':');

	return colon && colon - name >= 4 &&
	       strspn(name, "0123456789abcdef:.") == strlen(name) &&
	       strlen(colon) == strlen(":00:00.0");
}

/**
 * sb_slot_path() - where a function is plugged in
 * @dir: its directory in sysfs
 *
 * /sys/devices/pci0000:00/0000:00:1c.0/0000:03:00.0 gives 0000:00:1c.0/00.0.
 * Anything above the last host bridge, such as a VMD, is left out.
 *
 * Return: the path, to be freed; empty if there is no such directory.
 */
char *sb_slot_path(const char *dir)
{
	char *real = realpath(dir, NULL), *path = sb_format("%s", "");
	char *part, *rest = real, *longer;

	while (rest && (part = strsep(&rest, "/"))) {
		if (!strncmp(part, "pci", 3) && *path) {
			*path = '\0';
		} else if (is_address(part)) {
			longer = *path ? sb_format("%s/%s", path,
						   part + strlen(part) - 4) :
					 sb_format("%s", part);
			free(path);
			path = longer;
		}
	}
	free(real);
	return path;
}

static char *subsystem(const char *dir)
{
	char *vendor = sb_attr_read(dir, "subsystem_vendor");
	char *device = sb_attr_read(dir, "subsystem_device");
	char *both = NULL;

	if (vendor && device && strlen(vendor) == 6 && strlen(device) == 6)
		both = sb_format("%s:%s", vendor + 2, device + 2);
	free(vendor);
	free(device);
	return both;
}

static char *copy(const char *text)
{
	return text && *text ? sb_format("%s", text) : NULL;
}

static char *hex(const u8 *bytes, size_t size)
{
	char *text = sb_format("%*s", (int)(2 * size), "");
	size_t i;

	for (i = 0; i < size; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
	return text;
}

static void add_image(struct sb_kept *kept, const u8 *rom,
		      const struct sb_image *image)
{
	const struct sb_bytes bytes = {
		.data = (unsigned char *)rom + image->offset,
		.size = image->length,
	};
	char hash[SB_SHA256_TEXT];

	kept->images = reallocarray(kept->images, kept->nr_images + 1,
				    sizeof(*kept->images));
	if (!kept->images)
		err(SB_EXIT_ERROR, NULL);
	sb_sha256(&bytes, hash);
	kept->images[kept->nr_images++] = (struct sb_kept_image){
		.type = sb_format("%s", sb_image_kind_name(image->kind)),
		.vendor = sb_format("%04x", image->vendor),
		.device = sb_format("%04x", image->device),
		.length = image->length,
		.sha256 = sb_format("%s", hash),
	};
}

static void add_signers(struct sb_kept_image *image,
			const struct sb_signature *signature)
{
	size_t i, nr;

	if (signature->state != SB_SIGNED_GOOD)
		return;
	nr = image->nr_signers + signature->nr_signers;
	if (nr > SB_KEPT_SIGNERS_MAX)
		nr = SB_KEPT_SIGNERS_MAX;
	image->signers = reallocarray(image->signers, nr,
				      sizeof(*image->signers));
	if (!image->signers && nr)
		err(SB_EXIT_ERROR, NULL);
	for (i = 0; image->nr_signers < nr; i++)
		image->signers[image->nr_signers++] =
			sb_format("%.*s", SB_KEPT_TEXT_MAX,
				  signature->certs[i].subject);
}

static void add_efi(struct sb_kept_image *image, const struct sb_efi_image *efi)
{
	size_t i;

	if (efi->sha256.size)
		image->authenticode = hex(efi->sha256.bytes,
					  efi->sha256.size);
	for (i = 0; i < efi->nr_signatures; i++)
		add_signers(image, &efi->signatures[i]);
}

/* Firmware's walk may differ from the card's own, so match by offset. */
static void look_at_efi(const struct sb_bytes *rom, struct sb_kept *kept,
			const u32 *offset)
{
	struct sb_efi_images efi;
	size_t i, j;

	sb_efi_images_read(rom->data, rom->size, &efi);
	for (i = 0; i < efi.nr; i++)
		for (j = 0; j < kept->nr_images; j++)
			if (offset[j] == efi.list[i].offset)
				add_efi(&kept->images[j], &efi.list[i]);
	sb_efi_images_free(&efi);
}

/* Return: 0 or a negative error, also if root privileges are needed. */
static int look_at_images(const struct sb_source *source, struct sb_kept *kept)
{
	struct sb_rom_walk walk;
	struct sb_image image;
	struct sb_bytes bytes;
	u32 *offset = NULL;
	int ret;

	ret = sb_source_read(source, &bytes);
	if (ret)
		return ret;
	sb_rom_walk_start(&walk, bytes.size);
	while (sb_rom_walk_step(&walk, bytes.data, bytes.size, &image) ==
	       SB_STEP_IMAGE) {
		add_image(kept, bytes.data, &image);
		offset = reallocarray(offset, kept->nr_images, sizeof(*offset));
		if (!offset)
			err(SB_EXIT_ERROR, NULL);
		offset[kept->nr_images - 1] = image.offset;
	}
	look_at_efi(&bytes, kept, offset);
	free(offset);
	free(bytes.data);
	return 0;
}

static bool is(const char *text, const char *word)
{
	return text && !strcmp(text, word);
}

static void look_at(const struct sb_function *function, struct sb_kept *kept)
{
	const struct sb_source *source = sb_function_source(function, NULL);

	*kept = (struct sb_kept){
		.address = copy(function->address),
		.path = sb_slot_path(function->path),
		.vendor = sb_format("%04x", function->vendor),
		.device = sb_format("%04x", function->device),
		.subsystem = subsystem(function->path),
		.class = sb_format("%04x", function->class),
		.status = copy(function->status),
		.bar = copy(function->rom_bar),
		.source = source ? copy(source->name) : NULL,
		.sha256 = source ? copy(source->sha256) : NULL,
		.size = source ? source->size : -1,
		.reread = is(function->changed, "yes"),
		.erased = is(function->changed, "gone"),
	};
}

static bool is_pending(const struct sb_functions *all)
{
	size_t i;

	for (i = 0; i < all->nr; i++)
		if (is(all->list[i].status, "pending"))
			return true;
	return false;
}

/* Wait while the module is still reading ROMs: their status is not final. */
static enum sb_exit load(struct sb_functions *all)
{
	int tries = PATIENCE;
	enum sb_exit ret;

	for (;;) {
		ret = sb_functions_load(NULL, all);
		if (ret || !is_pending(all) || !tries--)
			return ret;
		sb_functions_free(all);
		usleep(LOOK_AGAIN_USEC);
	}
}

static char *now(void)
{
	time_t seconds = time(NULL);
	char when[32];

	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", gmtime(&seconds));
	return sb_format("%s", when);
}

/**
 * sb_baseline_look() - record the ROMs of this machine now
 * @baseline: filled; to be freed with sb_baseline_free(), also after an error
 * @images: failing to read the bytes of a ROM is an error; otherwise that ROM
 *	    is recorded without images
 *
 * Waits up to a minute for ROMs that are being read.
 *
 * Return: an exit code, after a message if it is not SB_EXIT_OK.
 */
int sb_baseline_look(struct sb_baseline *baseline, bool images)
{
	struct sb_functions all;
	enum sb_exit ret;
	size_t i;
	int error;

	*baseline = (struct sb_baseline){ 0 };
	ret = sb_module_needed();
	if (ret)
		return ret;
	ret = load(&all);
	baseline->list = calloc(all.nr ? all.nr : 1, sizeof(*baseline->list));
	if (!baseline->list)
		err(SB_EXIT_ERROR, NULL);
	baseline->written = now();
	for (i = 0; i < all.nr && !ret; i++) {
		const struct sb_source *source;

		look_at(&all.list[i], &baseline->list[baseline->nr++]);
		source = sb_function_source(&all.list[i], NULL);
		error = source ? look_at_images(source, &baseline->list[i]) : 0;
		if (error && images) {
			warnx("%s: the ROM cannot be read: %s",
			      all.list[i].address, strerror(-error));
			ret = SB_EXIT_ERROR;
		}
	}
	sb_functions_free(&all);
	return ret;
}

/**
 * sb_baseline_norom() - was this kernel told to ignore ROMs?
 *
 * Return: true if it was started with pci=norom.
 */
bool sb_baseline_norom(void)
{
	char *cmdline = sb_attr_read(sb_options.proc, "cmdline");
	bool norom = cmdline && sb_cmdline_norom(cmdline);

	free(cmdline);
	return norom;
}
