// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_vfct: the VFCT parser on any table.
 */
#include <shadowbar/vfct.h>

#include "fuzz.h"

static bool is_for(const struct sb_vfct_image *image,
		   const struct sb_vfct_key *key)
{
	return image->length && image->bus == key->bus &&
	       image->device < 32 && image->function < 8 &&
	       (image->device << 3 | image->function) == key->devfn &&
	       image->vendor == key->vendor &&
	       image->device_id == key->device_id;
}

static void check_find(const u8 *table, u32 size, u32 from, u32 end,
		       const struct sb_vfct_image *wanted)
{
	const struct sb_vfct_key key = {
		.bus = wanted->bus,
		.devfn = wanted->device << 3 | (wanted->function & 7),
		.vendor = wanted->vendor,
		.device_id = wanted->device_id,
	};
	struct sb_vfct_image found;

	if (sb_vfct_find(table, size, &key, &found) == SB_VFCT_OK) {
		must(is_for(&found, &key));
		must(found.offset <= wanted->offset || !is_for(wanted, &key));
		must(found.offset > from && found.offset <= end);
	} else {
		must(!is_for(wanted, &key));
	}
}

int fuzz_one(const uint8_t *data, size_t size)
{
	static const struct sb_vfct_key nobody = { .vendor = 0xffff };
	struct sb_vfct_image image;
	struct sb_vfct_walk walk;
	u32 at, from, entries = 0;

	sb_vfct_start(&walk, data, size);
	must(sb_vfct_error_name(walk.error) && sb_vfct_error_text(walk.error));
	must(walk.error != SB_VFCT_OK || walk.size <= size);
	from = walk.next;
	at = from;
	while (sb_vfct_next(&walk, data, &image)) {
		must(image.offset == at + 28);
		must(image.offset <= walk.size);
		must(image.length <= walk.size - image.offset);
		at = image.offset + image.length;
		must(walk.next == at);
		if (entries++ < 16)
			check_find(data, size, from, walk.size, &image);
	}
	must(walk.error != SB_VFCT_OK || at == walk.size);
	must(!sb_vfct_next(&walk, data, &image));
	sb_vfct_find(data, size, &nobody, &image);
	return 0;
}
