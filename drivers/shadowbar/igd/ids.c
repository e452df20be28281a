// SPDX-License-Identifier: GPL-2.0-only
/*
 * ids: the generation of Intel graphics.
 *
 * With few exceptions, the upper byte of a device ID is enough: Intel numbers
 * the devices of a generation consecutively. So a module recognises processors
 * that were sold after it was built, if they belong to a family listed here;
 * the lists in a kernel's headers would end with that kernel.
 */
#include <shadowbar/igd.h>

/* The first match counts. */
static const struct {
	u16 mask;
	u16 device;
	u8 gen;
} families[] = {
	/* Exceptions: Ironlake, Broxton's first IDs, Cedarview, 845G, 865G */
	{ 0xfffb, 0x0042, SB_IGD_GEN3 },
	{ 0xffff, 0x0a84, SB_IGD_GEN9 },
	{ 0xfff0, 0x0be0, SB_IGD_UNKNOWN },
	{ 0xffff, 0x2562, SB_IGD_GEN2 },
	{ 0xffff, 0x2572, SB_IGD_GEN2 },
	{ 0xff00, 0x7100, SB_IGD_GEN2 },	/* 810 */
	{ 0xffff, 0x1132, SB_IGD_GEN2 },	/* 815 */
	{ 0xff00, 0x3500, SB_IGD_GEN2 },	/* 830, 85x */
	{ 0xff00, 0x2500, SB_IGD_GEN3 },	/* 915 */
	{ 0xff00, 0x2700, SB_IGD_GEN3 },	/* 945 */
	{ 0xff00, 0x2900, SB_IGD_GEN3 },	/* 965, G33 */
	{ 0xff00, 0x2a00, SB_IGD_GEN3 },	/* 965 mobile, GM45 */
	{ 0xff00, 0x2e00, SB_IGD_GEN3 },	/* G45 */
	{ 0xff00, 0xa000, SB_IGD_GEN3 },	/* Pineview */
	{ 0xff00, 0x0100, SB_IGD_GEN6 },	/* Sandy and Ivy Bridge */
	{ 0xff00, 0x0400, SB_IGD_GEN6 },	/* Haswell, four times */
	{ 0xff00, 0x0a00, SB_IGD_GEN6 },
	{ 0xff00, 0x0c00, SB_IGD_GEN6 },
	{ 0xff00, 0x0d00, SB_IGD_GEN6 },
	{ 0xff00, 0x0f00, SB_IGD_GEN6 },	/* Valleyview */
	{ 0xff00, 0x1600, SB_IGD_GEN8 },	/* Broadwell */
	{ 0xff00, 0x2200, SB_IGD_CHV },		/* Cherryview */
	{ 0xff00, 0x1900, SB_IGD_GEN9 },	/* Skylake */
	{ 0xff00, 0x1a00, SB_IGD_GEN9 },	/* Broxton */
	{ 0xff00, 0x5a00, SB_IGD_GEN9 },	/* Broxton, Cannon Lake */
	{ 0xff00, 0x3100, SB_IGD_GEN9 },	/* Gemini Lake */
	{ 0xff00, 0x5900, SB_IGD_GEN9 },	/* Kaby Lake */
	{ 0xff00, 0x8700, SB_IGD_GEN9 },	/* Amber Lake */
	{ 0xff00, 0x3e00, SB_IGD_GEN9 },	/* Coffee, Whiskey Lake */
	{ 0xff00, 0x9b00, SB_IGD_GEN9 },	/* Comet Lake */
	{ 0xff00, 0x8a00, SB_IGD_GEN11 },	/* Ice Lake */
	{ 0xff00, 0x4500, SB_IGD_GEN11 },	/* Elkhart Lake */
	{ 0xff00, 0x4e00, SB_IGD_GEN11 },	/* Jasper Lake */
	{ 0xff00, 0x9a00, SB_IGD_GEN11 },	/* Tiger Lake */
	{ 0xff00, 0x4c00, SB_IGD_GEN11 },	/* Rocket Lake */
	{ 0xff00, 0x4600, SB_IGD_GEN11 },	/* Alder Lake */
	{ 0xff00, 0xa700, SB_IGD_GEN11 },	/* Raptor Lake */
	{ 0xff00, 0x7d00, SB_IGD_MMIO },	/* Meteor, Arrow Lake */
	{ 0xff00, 0xb600, SB_IGD_MMIO },	/* Arrow Lake */
	{ 0xff00, 0x6400, SB_IGD_MMIO },	/* Lunar Lake */
	{ 0xff00, 0xb000, SB_IGD_MMIO },	/* Panther Lake */
	{ 0xff00, 0xfd00, SB_IGD_MMIO },	/* Wildcat Lake */
	{ 0xff00, 0xd700, SB_IGD_MMIO },	/* Nova Lake */
	{ 0xff00, 0x4900, SB_IGD_DISCRETE },	/* DG1 */
	{ 0xff00, 0x4f00, SB_IGD_DISCRETE },	/* DG2 */
	{ 0xff00, 0x5600, SB_IGD_DISCRETE },	/* DG2, ATS-M */
	{ 0xff00, 0x0b00, SB_IGD_DISCRETE },	/* Ponte Vecchio */
	{ 0xff00, 0xe200, SB_IGD_DISCRETE },	/* Battlemage */
	{ 0xff00, 0x6700, SB_IGD_DISCRETE },	/* Crescent Island */
};

/**
 * sb_igd_generation() - the generation of Intel graphics
 * @device: device ID
 *
 * Return: the generation, or SB_IGD_UNKNOWN.
 */
enum sb_igd_gen sb_igd_generation(u16 device)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(families); i++)
		if ((device & families[i].mask) == families[i].device)
			return families[i].gen;

	return SB_IGD_UNKNOWN;
}
