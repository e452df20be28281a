// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_igd: OpRegions with anything in them, VBTs inside, outside or nowhere.
 */
#include <shadowbar/igd.h>

#include "fuzz.h"

/* OpRegions are below 4 GiB. */
#define START	0x7a000000ULL

static void check_vbt(const u8 *data, size_t size, const struct sb_igd_vbt *vbt)
{
	struct sb_igd_vbt again;
	u8 *exact;

	must(sb_igd_error_text(vbt->error));
	must(!vbt->length ==
	     (vbt->error != SB_IGD_OK && vbt->error != SB_IGD_SUM));
	if (!vbt->length)
		return;

	must(vbt->offset >= 1024 && vbt->offset <= size);
	must(vbt->length <= size - vbt->offset);
	/* All of it is in the bytes of "igd_vbt". */
	exact = exact_copy(data + vbt->offset, vbt->length);
	sb_igd_vbt_read(exact, vbt->length, &again);
	must(again.length == vbt->length && again.error == vbt->error);
	if (vbt->length > 48) {
		sb_igd_vbt_read(exact, vbt->length - 1, &again);
		must(!again.length);
	}
	free(exact);
}

/* A guest's copy is valid, and has none of the host's addresses. */
static void check_relocated(const u8 *data, size_t size)
{
	struct sb_igd_opregion before, after;
	u32 appended = size - SB_IGD_OPREGION_SIZE;
	u8 *copy = exact_copy(data, size);
	struct sb_igd_vbt vbt;

	sb_igd_opregion_read(data, size, START, &before);
	if (!before.outside || appended > SB_IGD_VBT_MAX)
		appended = 0;
	sb_igd_opregion_relocate(copy, appended);
	must(sb_igd_opregion_read(copy, size, 0, &after) == SB_IGD_OK);
	must(after.outside == (appended && before.version >= 0x200));
	must(after.error == SB_IGD_OK);
	if (after.outside) {
		must(after.version > 0x200);
		must(after.rvda == SB_IGD_OPREGION_SIZE);
		must(after.rvds == appended);
	}
	sb_igd_vbt_find(copy, size, &after, &vbt);
	check_vbt(copy, size, &vbt);
	free(copy);
}

int fuzz_one(const uint8_t *data, size_t size)
{
	struct sb_igd_opregion opregion;
	enum sb_igd_error error;
	struct sb_igd_vbt vbt;

	/* If it is not an OpRegion, it may be a VBT. */
	sb_igd_vbt_read(data, size, &vbt);
	must(!vbt.offset && vbt.length <= size);

	error = sb_igd_opregion_read(data, size, 0, &opregion);
	must(sb_igd_error_text(error));
	must((error == SB_IGD_CUT) == (size < SB_IGD_OPREGION_SIZE));
	if (error != SB_IGD_OK)
		return 0;

	sb_igd_vbt_find(data, size, &opregion, &vbt);
	check_vbt(data, size, &vbt);

	sb_igd_opregion_read(data, size, START, &opregion);
	if (opregion.outside && opregion.error == SB_IGD_OK) {
		must(opregion.rvds && opregion.rvds <= SB_IGD_VBT_MAX);
		must(opregion.rvda <= UINT64_MAX - opregion.rvds);
		must(opregion.version == 0x200 ||
		     opregion.rvda >= START + SB_IGD_OPREGION_SIZE);
	} else {
		must(!opregion.rvda);
	}
	check_relocated(data, size);
	return 0;
}
