// SPDX-License-Identifier: GPL-2.0-only
/*
 * igd_ids: the generation of Intel's graphics, from the kernel's own lists.
 *
 * The lists belong to Intel's drivers and come with each kernel's headers, so
 * a newer kernel knows newer devices without a change here. Names of lists
 * have changed once, at the same time as their first argument became a macro.
 */
#include <linux/kernel.h>
#include <linux/types.h>
#include <shadowbar/compat.h>

#include "igd.h"

#ifdef SB_INTEL_IDS_HEADER
#include SB_INTEL_IDS_HEADER

/* What they expand to is up to who uses them. */
#undef INTEL_VGA_DEVICE
#define INTEL_VGA_DEVICE(id, gen)	{ id, gen }

#ifdef INTEL_PNV_IDS
#define IDS(list, gen)	INTEL_##list##_IDS(INTEL_VGA_DEVICE, gen)
#else
#define IDS(list, gen)	INTEL_##list##_IDS(gen)
#endif
#endif

static const struct {
	u16 device;
	u8 gen;
} ids[] = {
#ifdef SB_INTEL_IDS_HEADER
	IDS(I810, SB_IGD_GEN2),
	IDS(I815, SB_IGD_GEN2),
	IDS(I830, SB_IGD_GEN2),
	IDS(I845G, SB_IGD_GEN2),
	IDS(I85X, SB_IGD_GEN2),
	IDS(I865G, SB_IGD_GEN2),
	IDS(I915G, SB_IGD_GEN3),
	IDS(I915GM, SB_IGD_GEN3),
	IDS(I945G, SB_IGD_GEN3),
	IDS(I945GM, SB_IGD_GEN3),
	IDS(I965G, SB_IGD_GEN3),
	IDS(I965GM, SB_IGD_GEN3),
	IDS(G33, SB_IGD_GEN3),
	IDS(GM45, SB_IGD_GEN3),
	IDS(G45, SB_IGD_GEN3),
#ifdef INTEL_PNV_IDS
	IDS(PNV, SB_IGD_GEN3),
	IDS(ILK, SB_IGD_GEN3),
#else
	IDS(PINEVIEW_G, SB_IGD_GEN3),
	IDS(PINEVIEW_M, SB_IGD_GEN3),
	IDS(IRONLAKE_D, SB_IGD_GEN3),
	IDS(IRONLAKE_M, SB_IGD_GEN3),
#endif
	IDS(SNB_D, SB_IGD_GEN6),
	IDS(SNB_M, SB_IGD_GEN6),
	IDS(IVB_D, SB_IGD_GEN6),
	IDS(IVB_M, SB_IGD_GEN6),
	IDS(HSW, SB_IGD_GEN6),
	IDS(VLV, SB_IGD_GEN6),
	IDS(BDW, SB_IGD_GEN8),
	IDS(CHV, SB_IGD_CHV),
	IDS(SKL, SB_IGD_GEN9),
	IDS(BXT, SB_IGD_GEN9),
	IDS(GLK, SB_IGD_GEN9),
	IDS(KBL, SB_IGD_GEN9),
	IDS(CFL, SB_IGD_GEN9),
#ifdef INTEL_WHL_IDS
	IDS(WHL, SB_IGD_GEN9),
#endif
#ifdef INTEL_CML_IDS
	IDS(CML, SB_IGD_GEN9),
#endif
	IDS(CNL, SB_IGD_GEN9),
#ifdef INTEL_ICL_IDS
	IDS(ICL, SB_IGD_GEN11),
	IDS(TGL, SB_IGD_GEN11),
#else
	IDS(ICL_11, SB_IGD_GEN11),
	IDS(TGL_12, SB_IGD_GEN11),
#endif
	IDS(EHL, SB_IGD_GEN11),
#ifdef INTEL_JSL_IDS
	IDS(JSL, SB_IGD_GEN11),
#endif
	IDS(RKL, SB_IGD_GEN11),
#ifdef INTEL_ADLS_IDS
	IDS(ADLS, SB_IGD_GEN11),
#endif
#ifdef INTEL_ADLP_IDS
	IDS(ADLP, SB_IGD_GEN11),
#endif
#ifdef INTEL_ADLN_IDS
	IDS(ADLN, SB_IGD_GEN11),
#endif
#ifdef INTEL_RPLS_IDS
	IDS(RPLS, SB_IGD_GEN11),
#endif
#ifdef INTEL_RPLU_IDS
	IDS(RPLU, SB_IGD_GEN11),
#endif
#ifdef INTEL_RPLP_IDS
	IDS(RPLP, SB_IGD_GEN11),
#endif
#ifdef INTEL_MTL_IDS
	IDS(MTL, SB_IGD_MMIO),
#endif
#ifdef INTEL_ARL_IDS
	IDS(ARL, SB_IGD_MMIO),
#endif
#ifdef INTEL_LNL_IDS
	IDS(LNL, SB_IGD_MMIO),
#endif
#ifdef INTEL_PTL_IDS
	IDS(PTL, SB_IGD_MMIO),
#endif
#ifdef INTEL_WCL_IDS
	IDS(WCL, SB_IGD_MMIO),
#endif
#ifdef INTEL_NVLS_IDS
	IDS(NVLS, SB_IGD_MMIO),
#endif
#ifdef INTEL_NVLP_IDS
	IDS(NVLP, SB_IGD_MMIO),
#endif
#ifdef INTEL_DG1_IDS
	IDS(DG1, SB_IGD_DISCRETE),
#endif
#ifdef INTEL_DG2_IDS
	IDS(DG2, SB_IGD_DISCRETE),
#endif
#ifdef INTEL_ATS_M_IDS
	IDS(ATS_M, SB_IGD_DISCRETE),
#endif
#ifdef INTEL_BMG_IDS
	IDS(BMG, SB_IGD_DISCRETE),
#endif
#ifdef INTEL_CRI_IDS
	IDS(CRI, SB_IGD_DISCRETE),
#endif
#endif
};

/**
 * sb_igd_generation() - the generation of Intel's graphics
 * @device: device ID
 *
 * Return: the generation, SB_IGD_UNKNOWN if the kernel that the module was
 * built for does not know the ID.
 */
enum sb_igd_gen sb_igd_generation(u16 device)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ids); i++)
		if (ids[i].device == device)
			return ids[i].gen;

	return SB_IGD_UNKNOWN;
}
