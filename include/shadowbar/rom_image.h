/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rom_image: walk the chain of images in an expansion ROM.
 *
 * Logic: bytes in, a verdict out. The walk says how many bytes it needs, so that
 * a reader reads what the headers describe and not one dword more.
 *
 * A reader that has all bytes goes image by image:
 *
 *	sb_rom_walk_start(&walk, size);
 *	while (sb_rom_walk_step(&walk, rom, size, &image) == SB_STEP_IMAGE)
 *		show(&image);
 *
 * rom_file finds the ROM in a file.
 *
 * NVIDIA's ROMs contain two chains: NPDE's is for NVIDIA's driver, PCIR's for
 * firmware and kernels. Mostly they are the same; if not, an image may be in one
 * of them only. enum sb_chain selects one.
 */
#ifndef SHADOWBAR_ROM_IMAGE_H
#define SHADOWBAR_ROM_IMAGE_H

#include <shadowbar/compat.h>

/**
 * enum sb_image_error - what is wrong with an image, or with a ROM
 * @SB_IMAGE_OK: nothing
 * @SB_IMAGE_ALL_ONES: all ones instead of a header: nothing responds there
 * @SB_IMAGE_ALL_ZEROES: zeroes instead of a header
 * @SB_IMAGE_NO_SIGNATURE: no 55 AA at the start of a header
 * @SB_IMAGE_PCIR_OUTSIDE: the pointer to the PCI Data Structure leads out of
 *			   the ROM or out of its own image
 * @SB_IMAGE_NO_PCIR: no "PCIR" where the pointer leads
 * @SB_IMAGE_LENGTH_ZERO: the length in the image is zero
 * @SB_IMAGE_LENGTH_BEYOND: the length in the image is more than what is left of
 *			    the ROM
 * @SB_IMAGE_NO_LAST: the ROM ends before an image is marked as the last
 * @SB_IMAGE_NPDE_ONLY: there is no image where NVIDIA's NPDE announces one;
 *			according to PCIR, the one before is the last, and the
 *			kernel and firmware stop there
 * @SB_IMAGE_BAD_SUM: all images are complete and marked, but the bytes of an
 *		      x86 one do not sum to zero; never ends a walk
 *
 * All but the last end a walk. Names are in sb_image_error_name().
 */
enum sb_image_error {
	SB_IMAGE_OK,
	SB_IMAGE_ALL_ONES,
	SB_IMAGE_ALL_ZEROES,
	SB_IMAGE_NO_SIGNATURE,
	SB_IMAGE_PCIR_OUTSIDE,
	SB_IMAGE_NO_PCIR,
	SB_IMAGE_LENGTH_ZERO,
	SB_IMAGE_LENGTH_BEYOND,
	SB_IMAGE_NO_LAST,
	SB_IMAGE_NPDE_ONLY,
	SB_IMAGE_BAD_SUM,
};

/**
 * enum sb_image_kind - what an image is for
 * @SB_KIND_X86: code type 0, for a PC's BIOS
 * @SB_KIND_OPEN_FIRMWARE: code type 1
 * @SB_KIND_PA_RISC: code type 2
 * @SB_KIND_EFI: code type 3
 * @SB_KIND_NVIDIA: code types 0x70 and 0xe0, for NVIDIA's driver only
 * @SB_KIND_OPAQUE: any other code type
 *
 * Names are in sb_image_kind_name().
 */
enum sb_image_kind {
	SB_KIND_X86,
	SB_KIND_OPEN_FIRMWARE,
	SB_KIND_PA_RISC,
	SB_KIND_EFI,
	SB_KIND_NVIDIA,
	SB_KIND_OPAQUE,
};

/**
 * enum sb_chain - which chain of images is walked
 * @SB_CHAIN_VENDOR: the card's own: NPDE overrides PCIR, unless it cannot be
 *		     right, and NVIDIA's signatures are accepted
 * @SB_CHAIN_FIRMWARE: what firmware and kernels see: only 55 AA and PCIR
 * @SB_CHAIN_COPY: the card's own, in a copy in memory that has run. The image
 *		   may have released what it no longer needs, and other data
 *		   follows: a longer NPDE is used only if PCIR's bytes do not
 *		   sum to zero and NPDE's do
 */
enum sb_chain {
	SB_CHAIN_VENDOR,
	SB_CHAIN_FIRMWARE,
	SB_CHAIN_COPY,
};

/**
 * struct sb_efi_header - the header of an EFI image
 * @valid: the image is of kind SB_KIND_EFI and its header has the EFI
 *	   signature; otherwise, all other members are 0
 * @subsystem: 0xb boot service driver, 0xc run-time driver
 * @machine: as in the header of a PE image
 * @compression: 0 none, 1 as in the UEFI specification
 * @pe_offset: where the PE image begins, from the start of this image; not
 *	       checked
 */
struct sb_efi_header {
	bool valid;
	u16 subsystem;
	u16 machine;
	u16 compression;
	u16 pe_offset;
};

/**
 * struct sb_image - one image
 * @offset: where it begins, from the start of the ROM
 * @length: its bytes: according to NPDE if there is one that can be right, else
 *	    to PCIR
 * @pcir_length: its bytes according to PCIR
 * @npde_length: its bytes according to NPDE; 0 if there is none
 * @init_size: bytes that firmware takes at initialisation, of an x86 or an EFI
 *	       image; else 0
 * @max_runtime: the most bytes that it keeps at run time, with @pcir_revision 3
 *		 and later; else 0
 * @class: class code: base class, sub-class, programming interface
 * @kind: what it is for
 * @signature: first two bytes, 0xaa55 except for some of NVIDIA's
 * @pcir: where the PCI Data Structure begins, from the start of the image
 * @pcir_size: the length of that structure
 * @vendor: vendor ID
 * @device: device ID
 * @vpd: pointer to vital product data, with @pcir_revision 0; else 0
 * @device_list: where the list of further device IDs begins, from the start of
 *		 the image; 0 if there is none or it is outside
 * @devices: number of entries in the list; see sb_image_device()
 * @code_revision: revision of the code
 * @config_utility: pointer to the configuration utility's header, or 0
 * @clp_entry: pointer to the DMTF CLP entry point, or 0
 * @npde: where NVIDIA's extension of PCIR begins, from the start of the image;
 *	  0 if there is none
 * @npde_stale: there is an NPDE, but it cannot be right, so PCIR is used: the
 *		image is x86, and NPDE's length exceeds the ROM, or it is one of
 *		the first four and the bytes sum to zero over PCIR's length and
 *		not over NPDE's. An NVIDIA ROM that has run is like that: it
 *		shrinks PCIR and leaves NPDE alone
 * @odd_pcir: PCIR is not at a multiple of 4, or its own length is too short or
 *	      FFFF. Kernels of 2026 and later reject it (7.2, 6.12.117), OVMF
 *	      the first of these
 * @pcir_revision: revision of the PCI Data Structure
 * @code_type: code type
 * @last: it is the last one: according to NPDE if there is one, else to PCIR
 * @pcir_last: it is the last one according to PCIR
 * @sum_ok: its bytes sum to zero, or it is not SB_KIND_X86, which alone
 *	    requires that
 * @init_sum_ok: the first @init_size bytes sum to zero, which is what the BIOS
 *		 of a virtual machine checks, or it is not SB_KIND_X86
 * @atom: it is an AMD image: there is an ATOM table
 * @atom_string: it also has the string that AMD's drivers look for
 * @efi: more about an EFI image
 */
struct sb_image {
	u32 offset;
	u32 length;
	u32 pcir_length;
	u32 npde_length;
	u32 init_size;
	u32 max_runtime;
	u32 class;
	u32 pcir;
	u32 npde;
	u32 device_list;
	u32 devices;
	enum sb_image_kind kind;
	u16 signature;
	u16 pcir_size;
	u16 vendor;
	u16 device;
	u16 vpd;
	u16 code_revision;
	u16 config_utility;
	u16 clp_entry;
	u8 pcir_revision;
	u8 code_type;
	bool npde_stale;
	bool odd_pcir;
	bool last;
	bool pcir_last;
	bool sum_ok;
	bool init_sum_ok;
	bool atom;
	bool atom_string;
	struct sb_efi_header efi;
};

/**
 * struct sb_rom_walk - a walk along the chain of images
 * @window: bytes that the ROM BAR decodes, or the size of a file; the walk
 *	    never goes beyond
 * @need: bytes, from the start of the ROM, that must be there to go on
 * @length: bytes of the complete images found so far
 * @images: number of these images
 * @bad_sums: number of x86 images among them that do not sum to zero
 * @first_bad_sum: the first of these, counted from 1; 0 if there is none
 * @odd_pcirs: number of images among them with a PCIR that OVMF or newer
 *	       kernels reject
 * @first_odd_pcir: the first of these, counted from 1; 0 if there is none
 * @chain: which chain it is
 * @pcir_said_last: PCIR marked the one before as the last, NPDE did not
 * @over: the walk is over
 * @error: why the walk ended, if it did before a last image
 */
struct sb_rom_walk {
	u32 window;
	u32 need;
	u32 length;
	u32 images;
	u32 bad_sums;
	u32 first_bad_sum;
	u32 odd_pcirs;
	u32 first_odd_pcir;
	enum sb_chain chain;
	bool pcir_said_last;
	bool over;
	enum sb_image_error error;
};

/**
 * enum sb_step - the result of a step of a walk
 * @SB_STEP_IMAGE: a complete image
 * @SB_STEP_MORE: more bytes are needed: &sb_rom_walk.need of them
 * @SB_STEP_END: the walk is over, &sb_rom_walk.error says why
 */
enum sb_step {
	SB_STEP_IMAGE,
	SB_STEP_MORE,
	SB_STEP_END,
};

void sb_rom_walk_start(struct sb_rom_walk *walk, u32 window);
void sb_rom_walk_start_chain(struct sb_rom_walk *walk, u32 window,
			     enum sb_chain chain);
enum sb_step sb_rom_walk_step(struct sb_rom_walk *walk, const u8 *rom, u32 have,
			      struct sb_image *image);
bool sb_rom_walk_needs_more(struct sb_rom_walk *walk, const u8 *rom, u32 have);

enum sb_image_error sb_image_begins(const u8 *bytes, u32 size,
				    struct sb_image *image);
bool sb_rom_is_for(const u8 *rom, u32 size, u16 vendor, u16 device);

u16 sb_image_device(const struct sb_image *image, const u8 *rom, u32 nr);
bool sb_image_is_for(const struct sb_image *image, const u8 *rom, u16 vendor,
		     u16 device);

const char *sb_image_error_name(enum sb_image_error error);
const char *sb_image_error_text(enum sb_image_error error);
const char *sb_image_kind_name(enum sb_image_kind kind);
const char *sb_efi_machine_name(u16 machine);
const char *sb_efi_subsystem_name(u16 subsystem);

#endif /* SHADOWBAR_ROM_IMAGE_H */
