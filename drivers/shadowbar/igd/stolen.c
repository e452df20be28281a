// SPDX-License-Identifier: GPL-2.0-only
/*
 * stolen: the location of the memory that Intel graphics has for itself.
 *
 * Its address is in BDSM, "Base of Data Stolen Memory". Its size is a code in
 * GGC, "Graphics Control", whose meaning depends on the generation. See Intel's
 * datasheets, volume 2, device 2; the host bridge for generation 3. On Meteor
 * Lake and later, both are behind BAR 0.
 */
#include <shadowbar/igd.h>

#define MIB(x)		((u64)(x) << 20)
#define BAD_SIZE	U64_MAX

/**
 * sb_igd_bdsm_register() - the register with the address of stolen memory
 * @gen: the generation
 *
 * Return: an offset in config space, 0 if it is not there.
 */
u8 sb_igd_bdsm_register(enum sb_igd_gen gen)
{
	switch (gen) {
	case SB_IGD_GEN3:
	case SB_IGD_GEN6:
	case SB_IGD_GEN8:
	case SB_IGD_CHV:
	case SB_IGD_GEN9:
		return SB_IGD_BDSM;
	case SB_IGD_GEN11:
		return SB_IGD_BDSM_64;
	case SB_IGD_UNKNOWN:
	case SB_IGD_GEN2:
	case SB_IGD_MMIO:
	case SB_IGD_DISCRETE:
		break;
	}

	return 0;
}

/**
 * sb_igd_bdsm_is_64() - is that register 64 bits wide?
 * @gen: the generation
 *
 * Return: true if it takes two dwords, the lower one first.
 */
bool sb_igd_bdsm_is_64(enum sb_igd_gen gen)
{
	return gen == SB_IGD_GEN11 || gen == SB_IGD_MMIO;
}

/**
 * sb_igd_ggc_is_in_bridge() - does a generation use the host bridge's GGC?
 * @gen: the generation
 *
 * Return: true if so, false if the device has its own.
 */
bool sb_igd_ggc_is_in_bridge(enum sb_igd_gen gen)
{
	return gen == SB_IGD_GEN3;
}

/* Bits 6:4 of the upper word, and one more since the G33. */
static u64 gen3_size(u32 ggc)
{
	static const u16 mib[16] = {
		0, 1, 4, 8, 16, 32, 48, 64, 128, 256, 96, 160, 224, 352,
	};
	unsigned int gms = (ggc >> 20) & 0xf;

	return gms && !mib[gms] ? BAD_SIZE : MIB(mib[gms]);
}

/* Bits 7:3, up to 512 MiB. */
static u64 gen6_size(u32 ggc)
{
	unsigned int gms = (ggc >> 3) & 0x1f;

	return gms > 0x10 ? BAD_SIZE : MIB(gms * 32);
}

/* Bits 15:8 */
static u64 gen8_size(u32 ggc)
{
	unsigned int gms = (ggc >> 8) & 0xff;

	return gms == 0xff ? BAD_SIZE : MIB(gms * 32);
}

/* The bits of generation 6, and finer steps above them. */
static u64 chv_size(u32 ggc)
{
	unsigned int gms = (ggc >> 3) & 0x1f;

	if (gms <= 0x10)
		return MIB(gms * 32);
	if (gms <= 0x16)
		return MIB(8 + (gms - 0x11) * 4);
	if (gms <= 0x1d)
		return MIB(36 + (gms - 0x17) * 4);

	return BAD_SIZE;
}

/* The bits of generation 8, with finer steps at their end. */
static u64 gen9_size(u32 ggc)
{
	unsigned int gms = (ggc >> 8) & 0xff;

	if (gms < 0xf0)
		return MIB(gms * 32);

	return gms == 0xff ? BAD_SIZE : MIB((gms - 0xf0 + 1) * 4);
}

/* The same, with fewer steps; bits 7:6 are both set. */
static u64 mmio_size(u32 ggc)
{
	unsigned int gms = (ggc >> 8) & 0xff;

	if ((ggc & 0xc0) != 0xc0 || (gms > 4 && gms < 0xf0))
		return BAD_SIZE;

	return gen9_size(ggc);
}

static u64 size_of(enum sb_igd_gen gen, u32 ggc)
{
	switch (gen) {
	case SB_IGD_GEN3:
		return gen3_size(ggc);
	case SB_IGD_GEN6:
		return gen6_size(ggc);
	case SB_IGD_GEN8:
		return gen8_size(ggc);
	case SB_IGD_CHV:
		return chv_size(ggc);
	case SB_IGD_MMIO:
		return mmio_size(ggc);
	default:
		return gen9_size(ggc);
	}
}

static bool is_all_ones(enum sb_igd_gen gen, u64 bdsm)
{
	return bdsm == (sb_igd_bdsm_is_64(gen) ? U64_MAX : U32_MAX);
}

/**
 * sb_igd_stolen_read() - interpret the registers of stolen memory
 * @gen: the generation
 * @bdsm: the register at sb_igd_bdsm_register() or behind BAR 0, all of its 32
 *	  or 64 bits
 * @ggc: the dword at SB_IGD_GGC, of the device or of the host bridge, or the
 *	 one behind BAR 0
 * @stolen: filled
 */
void sb_igd_stolen_read(enum sb_igd_gen gen, u64 bdsm, u32 ggc,
			struct sb_igd_stolen *stolen)
{
	u64 size;

	*stolen = (struct sb_igd_stolen){ .range = SB_IGD_RANGE_NO_REGISTER };
	if (!sb_igd_bdsm_register(gen) && gen != SB_IGD_MMIO)
		return;

	stolen->range = SB_IGD_RANGE_UNREADABLE;
	if (is_all_ones(gen, bdsm) || ggc == U32_MAX)
		return;

	stolen->start = bdsm & SB_IGD_BDSM_MASK;
	stolen->locked = bdsm & SB_IGD_BDSM_LOCK;
	size = size_of(gen, ggc);
	stolen->size = size == BAD_SIZE ? 0 : size;

	if (!stolen->start)
		stolen->range = SB_IGD_RANGE_UNSET;
	else if (size == BAD_SIZE)
		stolen->range = SB_IGD_RANGE_BAD_SIZE;
	else if (!size)
		stolen->range = SB_IGD_RANGE_EMPTY;
	else if (stolen->start > U64_MAX - size ||
		 (!sb_igd_bdsm_is_64(gen) && stolen->start + size > SZ_4G))
		stolen->range = SB_IGD_RANGE_WRAPS;
	else
		stolen->range = SB_IGD_RANGE_OK;
}

/**
 * sb_igd_stolen_to_allocate() - how much memory to allocate
 * @size: the size in GGC, which may be zero
 * @most: the maximum that can be allocated as one block
 *
 * The video BIOS needs 1 MiB, even if GGC says that there is none.
 *
 * Return: bytes, a power of two, at least 1 MiB.
 */
u64 sb_igd_stolen_to_allocate(u64 size, u64 most)
{
	u64 bytes = SZ_1M;

	while (bytes < size && bytes * 2 <= most)
		bytes *= 2;

	return bytes;
}
