// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_fix: run `shadowbar fix` on any file.
 *
 * The first five bytes of the input are the options.
 */
#include "fix.h"
#include "fuzz.h"

#define WISH	5

/* Nothing but IDs, checksums and a wrong NPDE may have changed. */
static void check_bytes(const u8 *before, const u8 *after,
			const struct sb_image *image, bool ours)
{
	u8 *expected = exact_copy(before, image->length);
	u32 last = image->length - 1;

	if (ours)
		memcpy(expected + image->pcir + 4, after + image->pcir + 4, 4);
	if (image->kind == SB_KIND_X86) {
		if (last < image->pcir + 0x1c ||
		    (image->npde && last < image->npde + 0xb))
			last = image->pcir - 1;
		expected[6] = after[6];
		expected[last] = after[last];
		if (image->npde_stale)
			memcpy(expected + image->npde + 8,
			       after + image->npde + 8, 3);
	}
	must(!memcmp(expected, after, image->length));
	free(expected);
}

/* Compare both chains, image by image: those fixed, and those left alone. */
static void compare(const u8 *before, const u8 *after, u32 size,
		    const struct fix_opts *opts, const struct fix_done *done)
{
	struct sb_rom_walk old_walk, new_walk;
	struct sb_rom_summary summary;
	struct sb_image was, is;
	u32 images = 0;

	sb_rom_walk_start(&old_walk, size);
	sb_rom_walk_start(&new_walk, done->size);
	while (sb_rom_walk_step(&old_walk, before, size, &was) ==
	       SB_STEP_IMAGE) {
		bool ours = was.signature == 0xaa55 &&
			    was.kind != SB_KIND_NVIDIA && opts->set_ids;

		must(sb_rom_walk_step(&new_walk, after, done->size, &is) ==
		     SB_STEP_IMAGE);
		images++;
		must(is.offset == was.offset && is.length == was.length);
		must(is.kind == was.kind && is.last == was.last);
		must(is.vendor == (ours ? opts->vendor : was.vendor));
		must(is.device == (ours ? opts->device : was.device));
		must(is.sum_ok);
		must(is.init_sum_ok || !is.init_size ||
		     is.init_size > is.length);
		check_bytes(before + was.offset, after + was.offset, &was,
			    ours);
	}
	must(images == done->images);
	must(done->ids <= images && done->sums <= images);
	must(done->error == old_walk.error);
	must(old_walk.length <= done->size);
	sb_rom_summarize_at(before, size, 0, &summary);
	must(done->after == summary.after_images);
	must(opts->keep_trailing ? done->size == size :
	     done->size == old_walk.length + summary.after);
	must(!memcmp(before + old_walk.length, after + old_walk.length,
		     done->size - old_walk.length));
}

int fuzz_one(const uint8_t *data, size_t size)
{
	struct fix_done done, again;
	struct fix_opts opts;
	u8 *file, *once;

	if (size < WISH)
		return 0;
	opts = (struct fix_opts){
		.set_ids = data[0] & 1,
		.keep_trailing = data[0] & 2,
		.vendor = data[1] | data[2] << 8,
		.device = data[3] | data[4] << 8,
	};
	data += WISH;
	size -= WISH;

	opts.at = sb_rom_header(data, size);
	file = exact_copy(data, size);
	if (!fix_rom(file, size, &opts, &done)) {
		must(!done.images && !memcmp(file, data, size));
		free(file);
		return 0;
	}
	must(done.offset <= size && done.size <= size - done.offset);
	must(!memcmp(file, data, done.offset));
	compare(data + done.offset, file + done.offset, size - done.offset,
		&opts, &done);

	/* A second fix changes nothing. */
	once = exact_copy(file + done.offset, done.size);
	opts.at = 0;
	must(fix_rom(file + done.offset, done.size, &opts, &again));
	must(!again.offset && again.size == done.size && !again.ids);
	must(!again.sums && !memcmp(once, file + done.offset, done.size));
	free(once);
	free(file);
	return 0;
}
