// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_unpack: decompress images of an option ROM.
 */
#include "efi_decompress.h"
#include "fuzz.h"

/* Larger output takes long without covering more. */
#define LARGEST		0x40000

int fuzz_one(const uint8_t *data, size_t size)
{
	enum sb_unpack ret;
	u8 *packed, *out, *again;
	u32 length;

	packed = exact_copy(data, size);
	ret = sb_efi_unpacked_size(packed, size, &length);
	must(ret || length <= SB_EFI_DECOMPRESS_MAX);
	must(!ret || !length);
	if (ret || length > LARGEST) {
		free(packed);
		return 0;
	}

	out = malloc(length);
	again = malloc(length);
	must(out && again);
	memset(out, 0x5a, length);
	memset(again, 0xa5, length);
	ret = sb_efi_unpack(packed, size, out, length);
	must(sb_efi_unpack(packed, size, again, length) == ret);
	/* All bytes are written, and none keeps its old value. */
	must(ret || !memcmp(out, again, length));
	must(ret == SB_UNPACK_OK || ret == SB_UNPACK_CODE ||
	     ret == SB_UNPACK_DISTANCE);
	if (length)
		must(sb_efi_unpack(packed, size, out, length - 1) ==
		     SB_UNPACK_SIZE);
	must(*sb_unpack_text(ret));
	free(again);
	free(out);
	free(packed);
	return 0;
}
