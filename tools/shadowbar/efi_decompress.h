/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * efi_decompress: the compression of option ROMs (UEFI 2.10, 19).
 *
 * Logic: bytes in, bytes out. LZ77 with a window of 8 KiB, whose literals,
 * lengths and distances are Huffman-coded, block by block. Accesses only the
 * buffers that it is given, and takes no more steps than there are bytes to
 * write.
 */
#ifndef SHADOWBAR_EFI_DECOMPRESS_H
#define SHADOWBAR_EFI_DECOMPRESS_H

#include <shadowbar/compat.h>

/* What the largest ROM BAR decodes; a few bytes could demand 4 GiB. */
#define SB_EFI_DECOMPRESS_MAX	0x1000000

/**
 * enum sb_unpack - the result of decompressing
 * @SB_UNPACK_OK: all bytes are there
 * @SB_UNPACK_HEADER: the sizes at the start are missing, or announce more
 *		      compressed bytes than there are
 * @SB_UNPACK_SIZE: the original size is above SB_EFI_DECOMPRESS_MAX, or larger
 *		    than the output buffer
 * @SB_UNPACK_CODE: a Huffman code is invalid
 * @SB_UNPACK_DISTANCE: a copy starts before the first byte
 *
 * Descriptions are in sb_unpack_text().
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
