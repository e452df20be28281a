/* SPDX-License-Identifier: GPL-2.0-only */
/* Made-up expansion ROMs. */
#ifndef SHADOWBAR_KUNIT_ROM_BUILD_H
#define SHADOWBAR_KUNIT_ROM_BUILD_H

#include <linux/types.h>

/**
 * struct rom_build - one image
 * @units: length that the image says it has, in 512-byte units
 * @pcir: where its PCI Data Structure is; 0 for the usual place
 * @code: code type, 0 for x86
 * @last: it says that it is the last one
 * @bad_sum: an x86 image whose sum is not 0
 * @no_pcir: no "PCIR" where the pointer leads
 */
struct rom_build {
	u16 units;
	u16 pcir;
	u8 code;
	bool last;
	bool bad_sum;
	bool no_pcir;
};

u32 rom_build(u8 *rom, u32 room, u32 at, const struct rom_build *image);

#endif /* SHADOWBAR_KUNIT_ROM_BUILD_H */
