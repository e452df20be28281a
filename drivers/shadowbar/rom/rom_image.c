// SPDX-License-Identifier: GPL-2.0-only
/*
 * rom_image: walk the chain of images in an expansion ROM.
 *
 * Section numbers refer to the PCI Firmware Specification 3.3, "PCI Expansion
 * ROMs"; the layout has not changed since the PCI Local Bus Specification 2.0.
 * NVIDIA's and AMD's extensions follow their open drivers.
 */
#include <shadowbar/bytes.h>
#include <shadowbar/rom_image.h>

/* Section 5.1.1: the header. Its last field is the pointer to PCIR. */
#define IMAGE_SIGNATURE		0xaa55
#define IMAGE_INIT_SIZE		0x02
#define IMAGE_PCIR_POINTER	0x18
#define IMAGE_HEADER_SIZE	0x1a

/* Section 5.1.2: the PCI Data Structure. */
#define PCIR_SIGNATURE		0x52494350	/* "PCIR" */
#define PCIR_VENDOR		0x04
#define PCIR_DEVICE		0x06
#define PCIR_VPD		0x08	/* before revision 3 */
#define PCIR_DEVICE_LIST	0x08	/* since revision 3 */
#define PCIR_OWN_SIZE		0x0a
#define PCIR_OWN_SIZE_NONE	0xffff
#define PCIR_REVISION		0x0c
#define PCIR_CLASS		0x0d
#define PCIR_IMAGE_LENGTH	0x10
#define PCIR_CODE_REVISION	0x12
#define PCIR_CODE_TYPE		0x14
#define PCIR_INDICATOR		0x15
#define PCIR_INDICATOR_LAST	0x80
#define PCIR_MAX_RUNTIME	0x16	/* since revision 3 */
#define PCIR_ALIGNMENT		4
#define PCIR_SIZE		0x18
#define PCIR_CONFIG_UTILITY	0x18	/* since revision 3, as is what follows */
#define PCIR_CLP_ENTRY		0x1a
#define PCIR_SIZE_3		0x1c

/* UEFI Specification 2.10, 14.4.2: the header of an EFI image. */
#define EFI_SIGNATURE		0x00000ef1
#define EFI_SIGNATURE_AT	0x04
#define EFI_SUBSYSTEM		0x08
#define EFI_MACHINE		0x0a
#define EFI_COMPRESSION		0x0c
#define EFI_PE_OFFSET		0x16

/*
 * NVIDIA: an image after the first may have other signatures. The drivers read
 * 0xbb77 as a little-endian number, others document its bytes in the opposite
 * order; nothing else uses either of them.
 */
#define NVIDIA_SIGNATURE_1	0xbb77
#define NVIDIA_SIGNATURE_2	0x77bb
#define NVIDIA_SIGNATURE_3	0x4e56
#define NVIDIA_PCIR_SIGNATURE_1	0x5344504e	/* "NPDS" */
#define NVIDIA_PCIR_SIGNATURE_2	0x53494752	/* "RGIS" */

/* NVIDIA's extension of PCIR, at the next 16-byte boundary after it. */
#define NPDE_SIGNATURE		0x4544504e	/* "NPDE" */
#define NPDE_ALIGNMENT		16
#define NPDE_IMAGE_LENGTH	0x08
#define NPDE_INDICATOR		0x0a
#define NPDE_SIZE		0x0b

/* AMD: a string, and a pointer to a table. */
#define ATOM_STRING		" 761295520"
#define ATOM_STRING_AT		0x30
#define ATOM_POINTER		0x48
#define ATOM_SIGNATURE		0x4d4f5441	/* "ATOM" */
#define ATOM_SIGNATURE_AT	0x04

#define IMAGE_UNIT		SZ_512

/* Only the first get sums, which may be of all the rest, for a stale NPDE. */
#define IMAGES_SUMMED		4

static u8 sum_of(const u8 *p, u32 length)
{
	u8 sum = 0;

	while (length--)
		sum += *p++;

	return sum;
}

/**
 * sb_rom_walk_start() - begin at the start of a ROM
 * @walk: the walk
 * @window: bytes that the ROM BAR decodes, or the size of a file
 */
void sb_rom_walk_start(struct sb_rom_walk *walk, u32 window)
{
	sb_rom_walk_start_chain(walk, window, SB_CHAIN_VENDOR);
}

/**
 * sb_rom_walk_start_chain() - begin at the start of one of a ROM's chains
 * @walk: the walk
 * @window: bytes that the ROM BAR decodes, or the size of a file
 * @chain: which chain
 */
void sb_rom_walk_start_chain(struct sb_rom_walk *walk, u32 window,
			     enum sb_chain chain)
{
	*walk = (struct sb_rom_walk){ .window = window, .chain = chain };
}

/* Only NVIDIA's chain has its signatures, and only in later images. */
static bool knows_nvidia(const struct sb_rom_walk *walk)
{
	return walk->images && walk->chain != SB_CHAIN_FIRMWARE;
}

static bool is_signature(u16 found, bool nvidia)
{
	if (found == IMAGE_SIGNATURE)
		return true;

	return nvidia && (found == NVIDIA_SIGNATURE_1 ||
			  found == NVIDIA_SIGNATURE_2 ||
			  found == NVIDIA_SIGNATURE_3);
}

static bool is_pcir(u32 found, bool nvidia)
{
	if (found == PCIR_SIGNATURE)
		return true;

	return nvidia && (found == NVIDIA_PCIR_SIGNATURE_1 ||
			  found == NVIDIA_PCIR_SIGNATURE_2);
}

static enum sb_image_error not_a_signature(u16 found)
{
	switch (found) {
	case 0xffff:
		return SB_IMAGE_ALL_ONES;
	case 0:
		return SB_IMAGE_ALL_ZEROES;
	default:
		return SB_IMAGE_NO_SIGNATURE;
	}
}

static enum sb_image_kind kind_of(u8 code_type)
{
	switch (code_type) {
	case 0x00:
		return SB_KIND_X86;
	case 0x01:
		return SB_KIND_OPEN_FIRMWARE;
	case 0x02:
		return SB_KIND_PA_RISC;
	case 0x03:
		return SB_KIND_EFI;
	case 0x70:
	case 0xe0:
		return SB_KIND_NVIDIA;
	default:
		return SB_KIND_OPAQUE;
	}
}

/* The whole PCIR is there. */
static void read_pcir(const u8 *pcir, struct sb_image *image)
{
	image->vendor = sb_le16(pcir + PCIR_VENDOR);
	image->device = sb_le16(pcir + PCIR_DEVICE);
	image->pcir_size = sb_le16(pcir + PCIR_OWN_SIZE);
	image->pcir_revision = pcir[PCIR_REVISION];
	image->class = sb_le16(pcir + PCIR_CLASS) |
		       (u32)pcir[PCIR_CLASS + 2] << 16;
	image->pcir_length = sb_le16(pcir + PCIR_IMAGE_LENGTH) * IMAGE_UNIT;
	image->code_revision = sb_le16(pcir + PCIR_CODE_REVISION);
	image->code_type = pcir[PCIR_CODE_TYPE];
	image->kind = kind_of(image->code_type);
	image->pcir_last = pcir[PCIR_INDICATOR] & PCIR_INDICATOR_LAST;

	image->odd_pcir = sb_le32(pcir) == PCIR_SIGNATURE &&
			  (image->pcir % PCIR_ALIGNMENT ||
			   image->pcir_size < PCIR_SIZE ||
			   image->pcir_size == PCIR_OWN_SIZE_NONE);
	image->length = image->pcir_length;
	image->last = image->pcir_last;
}

/* Where NPDE would be; 0 if the image has no room for it. */
static u32 npde_place(const struct sb_image *image, u32 left)
{
	u32 end = image->pcir + image->pcir_size;
	u32 place = (end + NPDE_ALIGNMENT - 1) / NPDE_ALIGNMENT *
		    NPDE_ALIGNMENT;

	if (image->pcir_size < PCIR_SIZE || left < NPDE_SIZE ||
	    place > left - NPDE_SIZE || place + NPDE_SIZE > image->pcir_length)
		return 0;

	return place;
}

/* Can an image whose headers end at @end have this length? */
static bool is_possible(u32 length, u32 end, u32 left)
{
	return length >= end && length <= left;
}

/*
 * Which of two possible lengths does an x86 image have? NPDE's, unless the
 * bytes sum to zero over PCIR's length and not over NPDE's. In a copy that has
 * run, they must sum to zero over the longer one. Both need to be there
 * completely only if the shorter one does not decide.
 */
static bool is_npde_stale(const struct sb_rom_walk *walk, const u8 *bytes,
			  u32 have, const struct sb_image *image, u32 *need)
{
	u32 pcir = image->pcir_length, npde = image->npde_length;
	bool npde_is_shorter = npde < pcir, adds_up;

	if (image->kind != SB_KIND_X86 || pcir == npde ||
	    walk->images >= IMAGES_SUMMED)
		return false;

	*need = npde_is_shorter ? npde : pcir;
	if (*need > have)
		return false;
	adds_up = !sum_of(bytes, *need);
	if (npde_is_shorter ? adds_up :
	    !adds_up && walk->chain != SB_CHAIN_COPY)
		return false;
	if (adds_up && walk->chain == SB_CHAIN_COPY)
		return true;

	*need = npde_is_shorter ? pcir : npde;
	return *need <= have && npde_is_shorter == !sum_of(bytes, *need);
}

/* NPDE is there. It overrides PCIR, unless it cannot be right. */
static void read_npde(const struct sb_rom_walk *walk, const u8 *bytes,
		      u32 place, u32 left, u32 have, struct sb_image *image,
		      u32 *need)
{
	u32 end = image->pcir + PCIR_SIZE;

	image->npde = place;
	image->npde_length = sb_le16(bytes + place + NPDE_IMAGE_LENGTH) *
			     IMAGE_UNIT;

	/*
	 * Only an image that has run can have shrunk; others may be truncated.
	 */
	if (image->kind == SB_KIND_X86 &&
	    is_possible(image->pcir_length, end, left))
		image->npde_stale =
			!is_possible(image->npde_length, place + NPDE_SIZE,
				     left) ||
			is_npde_stale(walk, bytes, have, image, need);
	if (image->npde_stale)
		return;

	image->length = image->npde_length;
	image->last = bytes[place + NPDE_INDICATOR] & PCIR_INDICATOR_LAST;
}

/*
 * Find the length of the next image from the @have bytes of it that are there.
 * If @need is set to more than that, so many are needed to decide.
 */
static enum sb_image_error read_head(const struct sb_rom_walk *walk,
				     const u8 *bytes, u32 left, u32 have,
				     struct sb_image *image, u32 *need)
{
	bool nvidia = knows_nvidia(walk);
	u32 end, npde;

	if (left < IMAGE_HEADER_SIZE)
		return SB_IMAGE_NO_LAST;

	*need = IMAGE_HEADER_SIZE;
	if (*need > have)
		return SB_IMAGE_OK;

	image->signature = sb_le16(bytes);
	if (!is_signature(image->signature, nvidia))
		return not_a_signature(image->signature);

	image->pcir = sb_le16(bytes + IMAGE_PCIR_POINTER);
	end = image->pcir + PCIR_SIZE;
	if (image->pcir < IMAGE_HEADER_SIZE)
		return SB_IMAGE_NO_PCIR;
	if (end > left)
		return SB_IMAGE_PCIR_OUTSIDE;

	*need = end;
	if (*need > have)
		return SB_IMAGE_OK;

	if (!is_pcir(sb_le32(bytes + image->pcir), nvidia))
		return SB_IMAGE_NO_PCIR;

	read_pcir(bytes + image->pcir, image);
	npde = walk->chain == SB_CHAIN_FIRMWARE ? 0 : npde_place(image, left);
	if (npde) {
		*need = npde + NPDE_SIZE;
		if (*need > have)
			return SB_IMAGE_OK;

		if (sb_le32(bytes + npde) == NPDE_SIGNATURE)
			read_npde(walk, bytes, npde, left, have, image, need);
		if (*need > have)
			return SB_IMAGE_OK;
		if (image->npde && !image->npde_stale)
			end = npde + NPDE_SIZE;
	}

	*need = image->length;
	if (!image->length)
		return SB_IMAGE_LENGTH_ZERO;
	if (image->length > left)
		return SB_IMAGE_LENGTH_BEYOND;
	if (end > image->length)
		return SB_IMAGE_PCIR_OUTSIDE;

	return SB_IMAGE_OK;
}

/* PCIR's fields since revision 3; before that, there is a pointer to VPD. */
static void read_pcir_3(const u8 *bytes, struct sb_image *image)
{
	const u8 *pcir = bytes + image->pcir;
	u32 at;

	if (image->pcir_revision < 3) {
		image->vpd = sb_le16(pcir + PCIR_VPD);
		return;
	}

	image->max_runtime = sb_le16(pcir + PCIR_MAX_RUNTIME) * IMAGE_UNIT;
	if (image->pcir_size >= PCIR_SIZE_3 &&
	    image->pcir + PCIR_SIZE_3 <= image->length) {
		image->config_utility = sb_le16(pcir + PCIR_CONFIG_UTILITY);
		image->clp_entry = sb_le16(pcir + PCIR_CLP_ENTRY);
	}

	/* The list ends with a zero, or else with the image. */
	at = sb_le16(pcir + PCIR_DEVICE_LIST);
	if (!at || image->pcir + at + 2 > image->length)
		return;
	image->device_list = image->pcir + at;
	for (at = image->device_list; at + 2 <= image->length; at += 2) {
		if (!sb_le16(bytes + at))
			break;
		image->devices++;
	}
}

/* Section 5.1.1.1: an x86 image has a checksum that makes its sum 0. */
static void read_x86(const u8 *bytes, struct sb_image *image)
{
	u32 table = sb_le16(bytes + ATOM_POINTER);
	u32 at_init;
	u8 sum;

	image->init_size = bytes[IMAGE_INIT_SIZE] * IMAGE_UNIT;
	at_init = image->init_size <= image->length ? image->init_size : 0;
	sum = sum_of(bytes, at_init);
	image->init_sum_ok = at_init && !sum;
	sum += sum_of(bytes + at_init, image->length - at_init);
	image->sum_ok = !sum;

	image->atom = table + ATOM_SIGNATURE_AT + 4 <= image->length &&
		      sb_le32(bytes + table + ATOM_SIGNATURE_AT) ==
		      ATOM_SIGNATURE;
	image->atom_string = !memcmp(bytes + ATOM_STRING_AT, ATOM_STRING,
				     sizeof(ATOM_STRING) - 1);
}

static void read_efi(const u8 *bytes, struct sb_image *image)
{
	if (sb_le32(bytes + EFI_SIGNATURE_AT) != EFI_SIGNATURE)
		return;

	image->init_size = sb_le16(bytes + IMAGE_INIT_SIZE) * IMAGE_UNIT;
	image->efi = (struct sb_efi_header){
		.valid = true,
		.subsystem = sb_le16(bytes + EFI_SUBSYSTEM),
		.machine = sb_le16(bytes + EFI_MACHINE),
		.compression = sb_le16(bytes + EFI_COMPRESSION),
		.pe_offset = sb_le16(bytes + EFI_PE_OFFSET),
	};
}

/* The whole image is there, which is at least one unit. */
static void read_rest(const u8 *bytes, struct sb_image *image)
{
	image->sum_ok = true;
	image->init_sum_ok = true;
	read_pcir_3(bytes, image);
	if (image->kind == SB_KIND_X86)
		read_x86(bytes, image);
	else if (image->kind == SB_KIND_EFI)
		read_efi(bytes, image);
}

static enum sb_step end_of_walk(struct sb_rom_walk *walk,
				enum sb_image_error error)
{
	/* Only NPDE has announced this image. */
	if (walk->pcir_said_last &&
	    (error == SB_IMAGE_NO_LAST || error == SB_IMAGE_ALL_ONES ||
	     error == SB_IMAGE_ALL_ZEROES || error == SB_IMAGE_NO_SIGNATURE))
		error = SB_IMAGE_NPDE_ONLY;

	walk->error = error;
	walk->over = true;
	return SB_STEP_END;
}

/**
 * sb_rom_walk_step() - go on to the next image
 * @walk: the walk
 * @rom: the ROM from its start; may have moved since the last call
 * @have: number of its bytes that are there; not fewer than at the last call,
 *	  and no more than the window
 * @image: filled with the next image; if the walk ends at a broken one, with
 *	   what could be parsed of that
 *
 * Each image is at least one unit of 512 bytes long, so the walk ends. An image
 * counts when it is completely there; a broken one ends the walk and leaves the
 * complete ones before it in @walk->length.
 *
 * Return: the result of the step. With SB_STEP_MORE, @walk->need is more than
 * @have and no more than the window.
 */
enum sb_step sb_rom_walk_step(struct sb_rom_walk *walk, const u8 *rom, u32 have,
			      struct sb_image *image)
{
	enum sb_image_error error;
	u32 need = 0;

	*image = (struct sb_image){ .offset = walk->length };
	if (walk->over)
		return SB_STEP_END;

	error = read_head(walk, rom + walk->length,
			  walk->window - walk->length, have - walk->length,
			  image, &need);
	if (error != SB_IMAGE_OK)
		return end_of_walk(walk, error);

	walk->need = walk->length + need;
	if (walk->need > have)
		return SB_STEP_MORE;

	read_rest(rom + walk->length, image);
	walk->images++;
	walk->length += image->length;
	walk->pcir_said_last = image->pcir_last;
	if (!image->sum_ok && !walk->bad_sums++)
		walk->first_bad_sum = walk->images;
	if (image->odd_pcir && !walk->odd_pcirs++)
		walk->first_odd_pcir = walk->images;
	walk->over = image->last;
	return SB_STEP_IMAGE;
}

/**
 * sb_rom_walk_needs_more() - go on along the chain as far as the bytes reach
 * @walk: the walk
 * @rom: the ROM from its start; may have moved since the last call
 * @have: number of its bytes that are there; not fewer than at the last call,
 *	  and no more than the window
 *
 * Return: true if @walk->need bytes are needed to go on, which is more than
 * @have and no more than the window; false if the walk is over.
 */
bool sb_rom_walk_needs_more(struct sb_rom_walk *walk, const u8 *rom, u32 have)
{
	struct sb_image image;
	enum sb_step step;

	do {
		step = sb_rom_walk_step(walk, rom, have, &image);
	} while (step == SB_STEP_IMAGE);

	return step == SB_STEP_MORE;
}

/**
 * sb_image_begins() - does a complete image begin here?
 * @bytes: what is there
 * @size: number of bytes left
 * @image: filled with what its headers say, as firmware reads them, as far as
 *	   they could be parsed
 *
 * This only reads headers, so it can be called for every position.
 *
 * Return: SB_IMAGE_OK if so, else why not.
 */
enum sb_image_error sb_image_begins(const u8 *bytes, u32 size,
				    struct sb_image *image)
{
	const struct sb_rom_walk walk = { .chain = SB_CHAIN_FIRMWARE };
	u32 need;

	*image = (struct sb_image){};
	return read_head(&walk, bytes, size, size, image, &need);
}

/**
 * sb_image_device() - one of the further devices that an image is for
 * @image: the image
 * @rom: the ROM that it is in, from its start
 * @nr: which one, below @image->devices
 *
 * Return: the device ID; 0 if @nr is too large
 */
u16 sb_image_device(const struct sb_image *image, const u8 *rom, u32 nr)
{
	if (nr >= image->devices)
		return 0;

	return sb_le16(rom + image->offset + image->device_list + 2 * nr);
}

/**
 * sb_image_is_for() - is an image for a function, by its IDs?
 * @image: the image
 * @rom: the ROM that it is in, from its start
 * @vendor: vendor ID of the function
 * @device: its device ID
 *
 * Return: true if the vendor is the same, and the device is or is in the list.
 */
bool sb_image_is_for(const struct sb_image *image, const u8 *rom, u16 vendor,
		     u16 device)
{
	u32 nr;

	if (image->vendor != vendor)
		return false;
	if (image->device == device)
		return true;

	for (nr = 0; nr < image->devices; nr++)
		if (sb_image_device(image, rom, nr) == device)
			return true;

	return false;
}

/**
 * sb_rom_is_for() - is a ROM for a function, by the IDs in it?
 * @rom: the ROM
 * @size: number of bytes
 * @vendor: vendor ID of the function
 * @device: its device ID
 *
 * Return: true if one of its complete images is.
 */
bool sb_rom_is_for(const u8 *rom, u32 size, u16 vendor, u16 device)
{
	struct sb_rom_walk walk;
	struct sb_image image;

	sb_rom_walk_start(&walk, size);
	while (sb_rom_walk_step(&walk, rom, size, &image) == SB_STEP_IMAGE)
		if (sb_image_is_for(&image, rom, vendor, device))
			return true;

	return false;
}

static const struct {
	const char *name;
	const char *text;
} errors[] = {
	[SB_IMAGE_OK] = { "ok", "is whole" },
	[SB_IMAGE_ALL_ONES] = { "all-ones", "reads as all ones" },
	[SB_IMAGE_ALL_ZEROES] = { "all-zeroes", "reads as zeroes" },
	[SB_IMAGE_NO_SIGNATURE] = {
		"no-signature", "does not start with 55 AA"
	},
	[SB_IMAGE_PCIR_OUTSIDE] = {
		"pcir-outside", "has a PCIR pointer that leads out of it"
	},
	[SB_IMAGE_NO_PCIR] = {
		"no-pcir", "has no PCIR where its pointer leads"
	},
	[SB_IMAGE_LENGTH_ZERO] = {
		"length-zero", "says that its length is zero"
	},
	[SB_IMAGE_LENGTH_BEYOND] = {
		"length-beyond",
		"says that it is longer than what is left of the ROM"
	},
	[SB_IMAGE_NO_LAST] = {
		"no-last", "is missing: the ROM ends before a last image"
	},
	[SB_IMAGE_NPDE_ONLY] = {
		"npde-only",
		"is missing: NVIDIA's NPDE structure announces it, but PCIR does not"
	},
	[SB_IMAGE_BAD_SUM] = { "bad-sum", "does not add up to zero" },
};

/**
 * sb_image_error_name() - the word for an error, for programs
 * @error: the error
 *
 * Return: a constant string that does not change between releases.
 */
const char *sb_image_error_name(enum sb_image_error error)
{
	return errors[error].name;
}

/**
 * sb_image_error_text() - describe an error
 * @error: the error
 *
 * Return: a constant string that goes after "image N ".
 */
const char *sb_image_error_text(enum sb_image_error error)
{
	return errors[error].text;
}

/**
 * sb_image_kind_name() - the word for a kind of image, for programs
 * @kind: the kind
 *
 * Return: a constant string that does not change between releases.
 */
const char *sb_image_kind_name(enum sb_image_kind kind)
{
	static const char * const name[] = {
		[SB_KIND_X86] = "x86",
		[SB_KIND_OPEN_FIRMWARE] = "open-firmware",
		[SB_KIND_PA_RISC] = "pa-risc",
		[SB_KIND_EFI] = "efi",
		[SB_KIND_NVIDIA] = "nvidia",
		[SB_KIND_OPAQUE] = "opaque",
	};

	return name[kind];
}

/**
 * sb_efi_machine_name() - the machine type of an EFI image
 * @machine: as in its header
 *
 * Return: a constant string, or "unknown".
 */
const char *sb_efi_machine_name(u16 machine)
{
	switch (machine) {
	case 0x014c:
		return "ia32";
	case 0x0200:
		return "ia64";
	case 0x0ebc:
		return "ebc";
	case 0x01c2:
		return "arm";
	case 0x5064:
		return "riscv64";
	case 0x6264:
		return "loongarch64";
	case 0x8664:
		return "x64";
	case 0xaa64:
		return "aa64";
	default:
		return "unknown";
	}
}

/**
 * sb_efi_subsystem_name() - the subsystem of an EFI image
 * @subsystem: as in its header
 *
 * Return: a constant string, or "unknown".
 */
const char *sb_efi_subsystem_name(u16 subsystem)
{
	switch (subsystem) {
	case 0x0a:
		return "application";
	case 0x0b:
		return "boot-service-driver";
	case 0x0c:
		return "run-time-driver";
	default:
		return "unknown";
	}
}
