// SPDX-License-Identifier: GPL-2.0-only
/*
 * opregion: the OpRegion of Intel graphics, and the VBT.
 *
 * An OpRegion is 8 KiB: a header and five mailboxes, the fourth of which is the
 * VBT. A VBT that does not fit there is elsewhere, and since version 2.0 the
 * third mailbox says where: RVDA is an address in version 2.0 and an offset
 * from the start of the OpRegion since 2.1, RVDS is a size. See Intel's "IGD
 * OpRegion Specification"; the layout of the VBT is published in drivers only.
 */
#include <shadowbar/bytes.h>
#include <shadowbar/igd.h>

#define SIGNATURE		"IntelGraphicsMem"
#define SIGNATURE_LENGTH	16
#define HEADER_KIB		0x10
#define HEADER_VERSION		0x16
#define HEADER_MAILBOXES	0x58
#define MAILBOX_5		BIT(4)
#define RVDA			0x3ba
#define RVDS			0x3c2
#define MAILBOX_4_AT		0x400
#define MAILBOX_5_AT		0x1c00

#define VERSION_2_0		0x0200
#define VERSION_2_1		0x0201

/* The VBT has a header, and so have its data blocks. */
#define VBT_SIGNATURE		"$VBT"
#define VBT_LENGTH		0x18
#define VBT_BLOCKS		0x1c
#define VBT_HEADER		0x30
#define BLOCKS_SIGNATURE	"BIOS_DATA_BLOCK "
#define BLOCKS_LENGTH		0x14
#define BLOCKS_HEADER		0x16

static u64 le64(const u8 *p)
{
	return sb_le32(p) | (u64)sb_le32(p + 4) << 32;
}

static void put_le(u8 *p, u64 value, unsigned int bytes)
{
	while (bytes--) {
		*p++ = value;
		value >>= 8;
	}
}

/* The location of an external VBT, if it is possible. */
static void read_outside(const u8 *data, u64 start,
			 struct sb_igd_opregion *opregion)
{
	u64 rvda = le64(data + RVDA);

	opregion->rvds = sb_le32(data + RVDS);
	opregion->outside = opregion->version >= VERSION_2_0 && rvda &&
			    opregion->rvds;
	if (!opregion->outside)
		return;

	if (opregion->rvds > SB_IGD_VBT_MAX) {
		opregion->error = SB_IGD_TOO_LARGE;
		return;
	}
	if (opregion->version > VERSION_2_0) {
		if (rvda < SB_IGD_OPREGION_SIZE) {
			opregion->error = SB_IGD_INSIDE;
			return;
		}
		if (rvda > U64_MAX - start) {
			opregion->error = SB_IGD_WRAPS;
			return;
		}
		rvda += start;
	}
	if (rvda > U64_MAX - opregion->rvds) {
		opregion->error = SB_IGD_WRAPS;
		return;
	}
	opregion->rvda = rvda;
}

/**
 * sb_igd_opregion_read() - parse an OpRegion
 * @data: its bytes
 * @size: number of bytes; those after an OpRegion are ignored
 * @start: its address, or 0 if it is in a file, where everything is relative
 * @opregion: filled, unless there is an error
 *
 * Return: SB_IGD_OK, SB_IGD_CUT, SB_IGD_NO_SIGNATURE or SB_IGD_SIZE.
 */
enum sb_igd_error sb_igd_opregion_read(const u8 *data, u32 size, u64 start,
				       struct sb_igd_opregion *opregion)
{
	*opregion = (struct sb_igd_opregion){};
	if (size < SB_IGD_OPREGION_SIZE)
		return SB_IGD_CUT;
	if (memcmp(data, SIGNATURE, SIGNATURE_LENGTH))
		return SB_IGD_NO_SIGNATURE;
	if (sb_le32(data + HEADER_KIB) != SB_IGD_OPREGION_SIZE >> 10)
		return SB_IGD_SIZE;

	opregion->version = sb_le16(data + HEADER_VERSION);
	opregion->mailbox = SB_IGD_OPREGION_SIZE - MAILBOX_4_AT;
	if (sb_le32(data + HEADER_MAILBOXES) & MAILBOX_5)
		opregion->mailbox = MAILBOX_5_AT - MAILBOX_4_AT;
	read_outside(data, start, opregion);

	return SB_IGD_OK;
}

static enum sb_igd_error check_blocks(const u8 *data, u32 length)
{
	u32 offset = sb_le32(data + VBT_BLOCKS);

	if (offset > length || length - offset < BLOCKS_HEADER ||
	    memcmp(data + offset, BLOCKS_SIGNATURE,
		   sizeof(BLOCKS_SIGNATURE) - 1) ||
	    sb_le16(data + offset + BLOCKS_LENGTH) > length - offset)
		return SB_IGD_NO_BLOCKS;

	return SB_IGD_OK;
}

static bool sums_to_zero(const u8 *data, u32 length)
{
	u8 sum = 0;

	while (length--)
		sum += *data++;

	return !sum;
}

/**
 * sb_igd_vbt_read() - parse a VBT
 * @data: where one should be
 * @size: number of bytes
 * @vbt: filled; its offset is 0
 */
void sb_igd_vbt_read(const u8 *data, u32 size, struct sb_igd_vbt *vbt)
{
	u32 length;

	*vbt = (struct sb_igd_vbt){ .error = SB_IGD_NO_SIGNATURE };
	if (size < VBT_HEADER ||
	    memcmp(data, VBT_SIGNATURE, sizeof(VBT_SIGNATURE) - 1))
		return;

	length = sb_le16(data + VBT_LENGTH);
	if (length < VBT_HEADER) {
		vbt->error = SB_IGD_LENGTH;
		return;
	}
	if (length > size) {
		vbt->error = SB_IGD_CUT;
		return;
	}
	vbt->error = check_blocks(data, length);
	if (vbt->error != SB_IGD_OK)
		return;

	/* Drivers ignore the checksum, because their own changes break it. */
	vbt->length = length;
	if (!sums_to_zero(data, length))
		vbt->error = SB_IGD_SUM;
}

/**
 * sb_igd_vbt_find() - find the VBT that belongs to an OpRegion
 * @data: the OpRegion and what follows it, as in "igd_opregion"
 * @size: number of bytes, at least an OpRegion
 * @opregion: from sb_igd_opregion_read() with a start of 0
 * @vbt: filled; its offset is from @data
 *
 * A valid external VBT takes precedence over the one in mailbox 4.
 */
void sb_igd_vbt_find(const u8 *data, u32 size,
		     const struct sb_igd_opregion *opregion,
		     struct sb_igd_vbt *vbt)
{
	if (opregion->outside && opregion->error == SB_IGD_OK &&
	    opregion->rvda <= size && opregion->rvds <= size - opregion->rvda) {
		sb_igd_vbt_read(data + opregion->rvda, opregion->rvds, vbt);
		vbt->offset = opregion->rvda;
		if (vbt->length)
			return;
	}

	sb_igd_vbt_read(data + MAILBOX_4_AT, opregion->mailbox, vbt);
	vbt->offset = MAILBOX_4_AT;
}

/**
 * sb_igd_opregion_relocate() - prepare a copy of an OpRegion for a guest
 * @data: the copy, a valid one
 * @rvds: bytes of a VBT that were appended to it, 0 if none were
 *
 * Addresses of the host mean nothing there, so the external VBT follows the
 * OpRegion, which describes that as in version 2.1.
 */
void sb_igd_opregion_relocate(u8 *data, u32 rvds)
{
	u16 version = sb_le16(data + HEADER_VERSION);

	if (version < VERSION_2_0)
		return;

	if (rvds && version == VERSION_2_0)
		put_le(data + HEADER_VERSION, VERSION_2_1, 2);
	put_le(data + RVDA, rvds ? SB_IGD_OPREGION_SIZE : 0, 8);
	put_le(data + RVDS, rvds, 4);
}

/**
 * sb_igd_error_text() - describe an error
 * @error: the error
 *
 * Return: a constant string that goes after "the OpRegion " or "the VBT ".
 */
const char *sb_igd_error_text(enum sb_igd_error error)
{
	static const char * const text[] = {
		[SB_IGD_OK] = "is good",
		[SB_IGD_ABSENT] = "is not there, register fc is empty",
		[SB_IGD_IN_RAM] = "is said to be in usable memory",
		[SB_IGD_NOWHERE] = "is said to be where firmware reports no memory",
		[SB_IGD_NOT_MAPPED] = "could not be mapped",
		[SB_IGD_NO_MEMORY] = "was not read, the kernel had no memory",
		[SB_IGD_CUT] = "is longer than its place",
		[SB_IGD_NO_SIGNATURE] = "has no signature",
		[SB_IGD_SIZE] = "says that its size is not 8 KiB",
		[SB_IGD_INSIDE] = "is said to be within the OpRegion's mailboxes",
		[SB_IGD_WRAPS] = "is said to be beyond the end of memory",
		[SB_IGD_TOO_LARGE] = "is said to be larger than 1 MiB",
		[SB_IGD_LENGTH] = "is shorter than its header",
		[SB_IGD_NO_BLOCKS] = "has no data blocks where it says",
		[SB_IGD_SUM] = "does not sum to zero",
	};

	return text[error];
}
