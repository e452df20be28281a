// SPDX-License-Identifier: GPL-2.0-only
/* Proofs about vfct.c */
#include "prove.h"
#include "rom/vfct.c"

/* In place of sb_le16() and sb_le32(): see rom_image_proof.c */
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

/*
 * proof: vfct_start
 * A walk starts within the table, and a table of any size is read within its
 * bounds.
 * instead: sb_le16 any_le16
 * instead: sb_le32 any_le32
 * instead: memcmp any_memcmp
 * broken: rom/vfct.c s/if (walk->size > size)/if (walk->size > size + 1)/
 */
void vfct_start(void)
{
	u32 size = nondet_u32();
	u8 *table = any_bytes(size);
	struct sb_vfct_walk walk;

	sb_vfct_start(&walk, table, size);
	if (walk.error != SB_VFCT_OK) {
		reached("none");
		return;
	}
	prove(walk.size <= size, "no more than there is");
	prove(walk.next >= TABLE_SIZE && walk.next <= walk.size, "starts within");
	reached("one");
}

/*
 * proof: vfct_next
 * From any state of a walk, the next image is within the table, and the walk
 * gets closer to its end.
 * instead: sb_le16 any_le16
 * instead: sb_le32 any_le32
 * instead: memcmp any_memcmp
 * broken: rom/vfct.c s/image->length > left - ENTRY_SIZE/image->length > left/
 */
void vfct_next(void)
{
	u32 size = nondet_u32();
	u8 *table = any_bytes(size);
	struct sb_vfct_walk walk = {
		.size = nondet_u32(),
		.next = nondet_u32(),
		.error = nondet_u8(),
	}, before;
	struct sb_vfct_image image;

	assume(walk.error != SB_VFCT_OK || (walk.size <= size && walk.next <= walk.size));
	before = walk;
	if (!sb_vfct_next(&walk, table, &image)) {
		reached("end");
		return;
	}
	prove(before.error == SB_VFCT_OK, "ends where it ended");
	prove(walk.next > before.next, "goes on");
	prove(walk.next <= walk.size && walk.size == before.size, "stays within");
	prove(image.offset <= size && image.length <= size - image.offset, "is within");
	prove(image.offset == before.next + ENTRY_SIZE, "is the next");
	reached("one");
}
