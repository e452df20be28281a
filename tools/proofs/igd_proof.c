// SPDX-License-Identifier: GPL-2.0-only
/* Proofs about igd_opregion.c and igd_stolen.c */
#include "prove.h"
#include "igd/opregion.c"
#include "igd/stolen.c"

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

bool any_sum(const u8 *p, u32 length)
{
	prove(!length || can_be_read(p, length), "sums what is there");
	return nondet_bool();
}

static enum sb_igd_gen any_generation(void)
{
	u8 gen = nondet_u8();

	assume(gen <= SB_IGD_DISCRETE);
	return gen;
}

/*
 * proof: igd_opregion
 * For any bytes of any number: a VBT outside does not wrap around, does not
 * overlap the mailboxes, and is at most 1 MiB large.
 * instead: sb_le16 any_le16
 * instead: sb_le32 any_le32
 * instead: memcmp any_memcmp
 * broken: igd/opregion.c s/rvda > U64_MAX - start/0/
 */
void igd_opregion(void)
{
	u32 size = nondet_u32();
	u64 start = nondet_u64();
	u8 *data = any_bytes(size);
	struct sb_igd_opregion opregion;

	if (sb_igd_opregion_read(data, size, start, &opregion) != SB_IGD_OK) {
		prove(!opregion.outside, "nothing is known");
		reached("none");
		return;
	}
	prove(size >= SB_IGD_OPREGION_SIZE, "all of it is there");
	prove(opregion.mailbox <= SB_IGD_OPREGION_SIZE - MAILBOX_4_AT, "within");
	if (!opregion.outside || opregion.error != SB_IGD_OK)
		return;
	prove(opregion.rvds && opregion.rvds <= SB_IGD_VBT_MAX, "not too large");
	prove(opregion.rvda <= U64_MAX - opregion.rvds, "does not wrap");
	if (opregion.version > VERSION_2_0)
		prove(opregion.rvda - start >= SB_IGD_OPREGION_SIZE &&
		      opregion.rvda >= start, "is not within the OpRegion");
	reached("outside");
}

/*
 * proof: igd_vbt
 * For any bytes of any number: the VBT is within them.
 * instead: sb_le16 any_le16
 * instead: sb_le32 any_le32
 * instead: memcmp any_memcmp
 * instead: sums_to_zero any_sum
 * broken: igd/opregion.c s/length - offset < BLOCKS_HEADER/0/
 */
void igd_vbt(void)
{
	u32 size = nondet_u32();
	u8 *data = any_bytes(size);
	struct sb_igd_vbt vbt;

	sb_igd_vbt_read(data, size, &vbt);
	prove(vbt.length <= size, "is within");
	if (vbt.length) {
		prove(vbt.length >= VBT_HEADER, "has a header");
		reached("one");
	} else {
		prove(vbt.error != SB_IGD_OK, "says why");
		reached("none");
	}
}

/*
 * proof: igd_vbt_find
 * For any OpRegion: the VBT that is found is within the available bytes.
 * instead: sb_le16 any_le16
 * instead: sb_le32 any_le32
 * instead: memcmp any_memcmp
 * instead: sums_to_zero any_sum
 * broken: igd/opregion.c s/opregion->rvds <= size - opregion->rvda/1/
 */
void igd_vbt_find(void)
{
	u32 size = nondet_u32();
	u8 *data = any_bytes(size);
	struct sb_igd_opregion opregion = {
		.version = nondet_u16(),
		.mailbox = nondet_u16(),
		.outside = nondet_bool(),
		.error = nondet_u8(),
		.rvda = nondet_u64(),
		.rvds = nondet_u32(),
	};
	struct sb_igd_vbt vbt;

	assume(size >= SB_IGD_OPREGION_SIZE);
	assume(opregion.mailbox <= SB_IGD_OPREGION_SIZE - MAILBOX_4_AT);
	sb_igd_vbt_find(data, size, &opregion, &vbt);
	prove(vbt.offset <= size && vbt.length <= size - vbt.offset, "is within");
	if (vbt.length)
		reached("one");
}

/*
 * proof: igd_relocate
 * A copy prepared for a guest says what was appended to it, and has none of the
 * host's addresses.
 * unwind: 9
 * broken: igd/opregion.c s/SB_IGD_OPREGION_SIZE : 0, 8/SB_IGD_OPREGION_SIZE : 0, 4/
 */
void igd_relocate(void)
{
	static u8 data[SB_IGD_OPREGION_SIZE];
	u32 rvds = nondet_u32();
	unsigned int i;

	data[HEADER_VERSION] = nondet_u8();
	data[HEADER_VERSION + 1] = nondet_u8();
	for (i = 0; i < 8; i++)
		data[RVDA + i] = nondet_u8();
	assume(sb_le16(data + HEADER_VERSION) >= VERSION_2_0);
	sb_igd_opregion_relocate(data, rvds);
	prove(sb_le32(data + RVDS) == rvds, "so many bytes");
	prove(le64(data + RVDA) == (rvds ? SB_IGD_OPREGION_SIZE : 0), "right after it");
	prove(!rvds || sb_le16(data + HEADER_VERSION) > VERSION_2_0, "relative");
	reached("end");
}

/*
 * proof: igd_stolen
 * For any register values: a range that is accepted has a size, starts on a MiB
 * boundary, does not wrap around, and ends below 4 GiB if its register has 32
 * bits.
 * broken: igd/stolen.c s/stolen->start > U64_MAX - size/0/
 */
void igd_stolen(void)
{
	enum sb_igd_gen gen = any_generation();
	u64 bdsm = nondet_u64();
	u32 ggc = nondet_u32();
	struct sb_igd_stolen stolen;

	sb_igd_stolen_read(gen, bdsm, ggc, &stolen);
	prove(stolen.size <= MIB(8160), "no more than any has");
	if (stolen.range != SB_IGD_RANGE_OK) {
		reached("none");
		return;
	}
	prove(stolen.size && stolen.size % SZ_1M == 0, "has a size");
	prove(stolen.start && stolen.start % SZ_1M == 0, "has an address");
	prove(stolen.size - 1 <= U64_MAX - stolen.start, "does not wrap");
	prove(sb_igd_bdsm_is_64(gen) || stolen.start + stolen.size <= SZ_4G, "32 bits");
	reached("one");
}

/*
 * proof: igd_allocate
 * The size to look for is a power of two, at least 1 MiB, and otherwise at most
 * what is available; the search ends. For sizes from sb_igd_stolen_read().
 * unwind: 15
 * broken: igd/stolen.c s/bytes \* 2 <= most/bytes <= most/
 */
void igd_allocate(void)
{
	u64 size = nondet_u64(), most = nondet_u64(), bytes;

	assume(size <= MIB(8160));
	bytes = sb_igd_stolen_to_allocate(size, most);
	prove(is_power_of_two(bytes) && bytes >= SZ_1M, "a power of two");
	prove(bytes == SZ_1M || bytes <= most, "can be had");
	prove(bytes == SZ_1M || bytes / 2 < size, "no more than it takes");
	reached("end");
}
