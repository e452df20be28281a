// SPDX-License-Identifier: GPL-2.0-only
/* Proofs about rom_image.c */
#include "prove.h"
#include "rom/rom_image.c"

/*
 * In place of the code that reads bytes: checks that they exist, and returns
 * any value. So neither the size of a ROM matters, nor whether it reads the
 * same twice.
 */
u8 any_sum(const u8 *p, u32 length)
{
	prove(!length || can_be_read(p, length), "sums what is there");
	return nondet_u8();
}

u16 any_le16(const u8 *p)
{
	prove(can_be_read(p, 2), "reads a word that is there");
	return nondet_u16();
}

u32 any_le32(const u8 *p)
{
	prove(can_be_read(p, 4), "reads a dword that is there");
	return nondet_u32();
}

int any_memcmp(const void *a, const void *b, size_t bytes)
{
	prove(can_be_read(a, bytes), "compares what is there");
	return nondet_u8();
}

static _Bool list_is_within(const struct sb_image *image)
{
	return image->device_list <= image->length &&
	       image->devices <= (image->length - image->device_list) / 2;
}

/* In place of read_pcir_3(), which has its own proof. */
void any_pcir_3(const u8 *bytes, struct sb_image *image)
{
	prove(can_be_read(bytes, image->length), "all of the image is there");
	prove(image->pcir + PCIR_SIZE <= image->length, "PCIR is in the image");
	image->device_list = nondet_u32();
	image->devices = nondet_u32();
	assume(list_is_within(image));
}

static enum sb_chain any_chain(void)
{
	u8 chain = nondet_u8();

	assume(chain <= SB_CHAIN_COPY);
	return chain;
}

/* Any state of a walk that sb_rom_walk_start() and each step may leave. */
static struct sb_rom_walk any_walk(u32 have)
{
	struct sb_rom_walk walk = {
		.window = nondet_u32(),
		.need = nondet_u32(),
		.length = nondet_u32(),
		.images = nondet_u32(),
		.chain = any_chain(),
		.pcir_said_last = nondet_bool(),
		.over = nondet_bool(),
	};

	assume(have <= walk.window);
	assume(walk.length <= have);
	return walk;
}

/*
 * proof: walk_step
 * From any state of a walk, with any bytes of any window: only existing bytes
 * are read; an image has at least 512 bytes, all of them present; and a request
 * for more is within the window, and larger than what is present.
 * instead: sum_of any_sum
 * instead: sb_le16 any_le16
 * instead: sb_le32 any_le32
 * instead: memcmp any_memcmp
 * instead: read_pcir_3 any_pcir_3
 * broken: rom/rom_image.c s/if (image->length > left)/if (image->length > left + 512)/
 */
void walk_step(void)
{
	u32 have = nondet_u32();
	u8 *rom = any_bytes(have);
	struct sb_rom_walk walk = any_walk(have), before = walk;
	struct sb_image image;
	enum sb_step step;

	step = sb_rom_walk_step(&walk, rom, have, &image);

	prove(walk.window == before.window && walk.chain == before.chain,
	      "stays at its ROM");
	prove(walk.length <= have, "is not beyond what is there");
	switch (step) {
	case SB_STEP_IMAGE:
		prove(!before.over, "ends where it ended");
		prove(image.offset == before.length, "is the next");
		prove(image.length >= SZ_512, "goes on");
		prove(walk.length == before.length + image.length, "is counted");
		prove(list_is_within(&image), "its list is within it");
		reached("an image");
		break;
	case SB_STEP_MORE:
		prove(!before.over, "ends where it ended");
		prove(walk.need > have, "asks for what is not there");
		prove(walk.need <= walk.window, "asks for no more than the window");
		prove(walk.length == before.length, "stays");
		reached("more");
		break;
	case SB_STEP_END:
		prove(walk.over, "is over");
		prove(walk.length == before.length, "stays");
		reached("the end");
		break;
	}
}

/*
 * proof: walk_start
 * A walk starts in a state that walk_step accepts.
 * broken: rom/rom_image.c s/.window = window, .chain/.length = 1, .chain/
 */
void walk_start(void)
{
	u32 window = nondet_u32();
	struct sb_rom_walk walk;

	sb_rom_walk_start_chain(&walk, window, any_chain());
	prove(walk.window == window, "at its ROM");
	prove(!walk.length && !walk.over && !walk.images, "at its start");
	reached("the start");
}

/*
 * proof: device_list
 * For an image of any length and contents: its list of devices is within it,
 * and the search for the end of the list ends.
 * instead: sb_le16 any_le16
 * loop: read_pcir_3 at *image
 * assigns: at, image->devices
 * invariant: at >= image->device_list && at <= image->length
 * invariant: image->devices <= 0x1000000
 * invariant: at - image->device_list == 2 * image->devices
 * decreases: image->length - at
 * broken: rom/rom_image.c s/at + 2 <= image->length; at/at + 1 <= image->length; at/
 */
void device_list(void)
{
	struct sb_image image = {
		.pcir = nondet_u16(),
		.length = nondet_u32(),
		.pcir_size = nondet_u16(),
		.pcir_revision = nondet_u8(),
	};
	u8 *bytes = any_bytes(image.length);

	assume(image.length <= 0xffff * IMAGE_UNIT);
	assume(image.pcir + PCIR_SIZE <= image.length);
	read_pcir_3(bytes, &image);
	prove(list_is_within(&image), "the list is within the image");
	if (image.devices > 1)
		reached("a list");
}

/*
 * proof: image_device
 * Each entry of a list that walk_step found to be within its image can be read.
 * instead: sb_le16 any_le16
 * slow: yes
 * broken: rom/rom_image.c s/if (nr >= image->devices)/if (nr > image->devices)/
 */
void image_device(void)
{
	u32 size = nondet_u32();
	u8 *rom = any_bytes(size);
	struct sb_image image = {
		.offset = nondet_u32(),
		.length = nondet_u32(),
		.device_list = nondet_u32(),
		.devices = nondet_u32(),
	};

	assume(image.length <= 0xffff * IMAGE_UNIT);
	assume(image.offset <= size && image.length <= size - image.offset);
	assume(list_is_within(&image));
	sb_image_device(&image, rom, nondet_u32());
	reached("the end");
}

/*
 * proof: image_begins
 * For any bytes of any number: only existing bytes are read, and an image that
 * is said to begin is present as a whole.
 * instead: sum_of any_sum
 * instead: sb_le16 any_le16
 * instead: sb_le32 any_le32
 * broken: rom/rom_image.c s/if (end > left)/if (end > left + 1)/
 */
void image_begins(void)
{
	u32 size = nondet_u32();
	u8 *bytes = any_bytes(size);
	struct sb_image image;

	if (sb_image_begins(bytes, size, &image) != SB_IMAGE_OK) {
		reached("none");
		return;
	}
	prove(image.length && image.length <= size, "is all there");
	reached("one");
}
