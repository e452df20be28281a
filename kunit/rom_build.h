/* SPDX-License-Identifier: GPL-2.0-only */
/* Made-up expansion ROMs. */
#ifndef SHADOWBAR_KUNIT_ROM_BUILD_H
#define SHADOWBAR_KUNIT_ROM_BUILD_H

#include <linux/types.h>

/* Offsets in an image, from PCIR or from the image */
#define ROM_BUILD_PCIR		0x1c
#define ROM_BUILD_DEVICES	0x40	/* from PCIR */
#define ROM_BUILD_ATOM		0x100	/* from the image */
#define ROM_BUILD_VENDOR	0x5b5b

/**
 * struct rom_build_npde - NVIDIA's extension of PCIR
 * @units: length of the image according to it, in 512-byte units
 * @last: it marks the image as the last one
 */
struct rom_build_npde {
	u16 units;
	bool last;
};

/**
 * struct rom_build_efi - the header of an EFI image
 * @units: initialisation size, in 512-byte units
 * @subsystem: subsystem
 * @machine: machine
 * @compression: compression
 * @pe: offset of the PE image
 */
struct rom_build_efi {
	u16 units;
	u16 subsystem;
	u16 machine;
	u16 compression;
	u16 pe;
};

/**
 * struct rom_build - one image
 * @units: length that the image announces, in 512-byte units
 * @pcir_lies: length that PCIR announces instead, in units; 0 for @units
 * @pcir: offset of its PCI Data Structure; 0 for the usual one
 * @signature: its first two bytes; 0 for 55 AA
 * @pcir_signature: first bytes of PCIR; NULL for "PCIR"
 * @pcir_size: length of PCIR; 0 for 0x18
 * @pcir_revision: revision of PCIR
 * @vendor: vendor ID; 0 for ROM_BUILD_VENDOR
 * @device: device ID
 * @devices: further device IDs, without a zero at the end; up to four
 * @no_end: the list has no zero of its own and continues to the image's end
 * @list: pointer to the list; 0 for the usual place if there are @devices
 * @class: class code
 * @runtime: maximum run-time size, in 512-byte units
 * @utility: pointer to the configuration utility's header
 * @clp: pointer to the DMTF CLP entry point
 * @init: initialisation size of an x86 image, in units; 0 for all of it
 * @code: code type, 0 for x86
 * @last: it is marked as the last one
 * @sum_units: an x86 image of which this many units add up to zero, but more do
 *	not; 0 for all of it
 * @zero_rest: zeroes follow these
 * @bad_sum: an x86 image whose sum is not 0
 * @bad_init: an x86 image whose first @init units do not add up to 0
 * @no_pcir: no "PCIR" at the pointer's target
 * @npde: NPDE, if its @units or @last are set
 * @efi: EFI header, if its @machine is set
 * @atom: AMD's table and string
 * @atom_at: offset of that table; 0 for ROM_BUILD_ATOM
 */
struct rom_build {
	u16 units;
	u16 pcir_lies;
	u16 pcir;
	u16 signature;
	const char *pcir_signature;
	u16 pcir_size;
	u8 pcir_revision;
	u16 vendor;
	u16 device;
	u16 devices[4];
	bool no_end;
	u16 list;
	u32 class;
	u16 runtime;
	u16 utility;
	u16 clp;
	u8 init;
	u8 code;
	bool last;
	u16 sum_units;
	bool zero_rest;
	bool bad_sum;
	bool bad_init;
	bool no_pcir;
	struct rom_build_npde npde;
	struct rom_build_efi efi;
	bool atom;
	u16 atom_at;
};

u32 rom_build(u8 *rom, u32 room, u32 at, const struct rom_build *image);

#endif /* SHADOWBAR_KUNIT_ROM_BUILD_H */
