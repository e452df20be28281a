/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * efi_decompress: what an option ROM is compressed with (UEFI 2.10, 19).
 *
 * Logic: bytes in, bytes out. LZ77 with a window of 8 KiB, whose literals,
 * lengths and distances are in Huffman codes, block by block. Reads and writes
 * nothing but what it is given, and does no more steps than there are bytes to
 * write.
 */
#ifndef SHADOWBAR_EFI_DECOMPRESS_H
#define SHADOWBAR_EFI_DECOMPRESS_H

#include <shadowbar/compat.h>

/* As much as the largest ROM BAR decodes; a few bytes can ask for 4 GiB. */
#define SB_EFI_DECOMPRESS_MAX	0x1000000

/**
 * enum sb_unpack - what came of decompressing
 * @SB_UNPACK_OK: all bytes are there
 * @SB_UNPACK_HEADER: the sizes at the start are missing, or speak of more
 *		      compressed bytes than there are
 * @SB_UNPACK_SIZE: it says that it is larger than SB_EFI_DECOMPRESS_MAX, or
 *		    than the room for it
 * @SB_UNPACK_CODE: a Huffman code that is none
 * @SB_UNPACK_DISTANCE: a copy of bytes from before the first one
 *
 * Words for these are in sb_unpack_text().
 */
enum sb_unpack {
	SB_UNPACK_OK,
	SB_UNPACK_HEADER,
	SB_UNPACK_SIZE,
	SB_UNPACK_CODE,
	SB_UNPACK_DISTANCE,
};

enum sb_unpack sb_efi_unpacked_size(const u8 *packed, u32 size, u32 *length);
enum sb_unpack sb_efi_unpack(const u8 *packed, u32 size, u8 *out, u32 room);
const char *sb_unpack_text(enum sb_unpack error);

#endif /* SHADOWBAR_EFI_DECOMPRESS_H */
