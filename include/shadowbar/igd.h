/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * igd: Intel integrated graphics, and what it needs besides its BARs.
 *
 * Logic: register values and bytes in, ranges and errors out. The device's
 * stolen memory is described in its config space. Its OpRegion is a piece of
 * memory that firmware sets up. The VBT, which describes the outputs, is in the
 * OpRegion or elsewhere.
 */
#ifndef SHADOWBAR_IGD_H
#define SHADOWBAR_IGD_H

#include <shadowbar/compat.h>

/* Its slot, on every machine, and its registers in config space */
#define SB_IGD_SLOT		2
#define SB_IGD_GGC		0x50
#define SB_IGD_BDSM		0x5c
#define SB_IGD_BDSM_64		0xc0	/* from generation 11 */
#define SB_IGD_ASLS		0xfc	/* where the OpRegion is */

/* BDSM: a bit that is not part of the address, and locks the register */
#define SB_IGD_BDSM_LOCK	1ULL
#define SB_IGD_BDSM_MASK	(~0xfffffULL)

/* The size of an OpRegion, in every version */
#define SB_IGD_OPREGION_SIZE	0x2000
/* A VBT stores its size in 16 bits; some fields for it are larger. */
#define SB_IGD_VBT_MAX		SZ_1M

/**
 * enum sb_igd_gen - generations, as far as stolen memory is concerned
 * @SB_IGD_UNKNOWN: not known
 * @SB_IGD_GEN2: up to the 865: its config space has nothing about it
 * @SB_IGD_GEN3: 915 to Ironlake: the size is in the host bridge
 * @SB_IGD_GEN6: Sandy Bridge, Ivy Bridge, Haswell, Valleyview
 * @SB_IGD_GEN8: Broadwell
 * @SB_IGD_CHV: Cherryview
 * @SB_IGD_GEN9: Skylake to Cannon Lake
 * @SB_IGD_GEN11: Ice Lake to Raptor Lake: the address has 64 bits
 * @SB_IGD_MMIO: Meteor Lake and later: the registers are behind BAR 0
 * @SB_IGD_DISCRETE: a card, which has its own memory
 */
enum sb_igd_gen {
	SB_IGD_UNKNOWN,
	SB_IGD_GEN2,
	SB_IGD_GEN3,
	SB_IGD_GEN6,
	SB_IGD_GEN8,
	SB_IGD_CHV,
	SB_IGD_GEN9,
	SB_IGD_GEN11,
	SB_IGD_MMIO,
	SB_IGD_DISCRETE,
};

/**
 * enum sb_igd_range - do registers describe stolen memory?
 * @SB_IGD_RANGE_OK: they do
 * @SB_IGD_RANGE_NO_REGISTER: not in config space, in this generation
 * @SB_IGD_RANGE_UNREADABLE: a register cannot be read, or reads as all ones
 * @SB_IGD_RANGE_UNSET: firmware has not written an address
 * @SB_IGD_RANGE_EMPTY: there is an address, and a size of zero
 * @SB_IGD_RANGE_BAD_SIZE: the generation does not have this size
 * @SB_IGD_RANGE_WRAPS: it exceeds the end of memory
 * @SB_IGD_RANGE_BOUND: not read, because a driver is bound or being bound
 * @SB_IGD_RANGE_OFF: not read, because the device does not decode memory
 * @SB_IGD_RANGE_NO_BAR: not read, because its BAR 0 has no address
 */
enum sb_igd_range {
	SB_IGD_RANGE_OK,
	SB_IGD_RANGE_NO_REGISTER,
	SB_IGD_RANGE_UNREADABLE,
	SB_IGD_RANGE_UNSET,
	SB_IGD_RANGE_EMPTY,
	SB_IGD_RANGE_BAD_SIZE,
	SB_IGD_RANGE_WRAPS,
	SB_IGD_RANGE_BOUND,
	SB_IGD_RANGE_OFF,
	SB_IGD_RANGE_NO_BAR,
};

/**
 * struct sb_igd_stolen - stolen memory, as described by registers
 * @range: whether they describe it; an enum sb_igd_range
 * @locked: the address cannot be changed any more
 * @start: its physical address; 0 if unset
 * @size: bytes, even if the address is unset
 */
struct sb_igd_stolen {
	u8 range;
	bool locked;
	u64 start;
	u64 size;
};

enum sb_igd_gen sb_igd_generation(u16 device);
u8 sb_igd_bdsm_register(enum sb_igd_gen gen);
bool sb_igd_bdsm_is_64(enum sb_igd_gen gen);
bool sb_igd_ggc_is_in_bridge(enum sb_igd_gen gen);
void sb_igd_stolen_read(enum sb_igd_gen gen, u64 bdsm, u32 ggc,
			struct sb_igd_stolen *stolen);
u64 sb_igd_stolen_to_allocate(u64 size, u64 most);

/**
 * enum sb_igd_error - what is wrong with an OpRegion, or with a VBT
 * @SB_IGD_OK: nothing
 * @SB_IGD_ABSENT: nothing says that there is one
 * @SB_IGD_IN_RAM: its address is in memory that the kernel uses
 * @SB_IGD_NOWHERE: its address is where firmware reports nothing
 * @SB_IGD_NOT_MAPPED: the kernel could not map it
 * @SB_IGD_NO_MEMORY: out of memory for a copy
 * @SB_IGD_CUT: it is truncated
 * @SB_IGD_NO_SIGNATURE: it has a wrong signature
 * @SB_IGD_SIZE: the size in the OpRegion is not 8 KiB
 * @SB_IGD_INSIDE: RVDA points into the OpRegion
 * @SB_IGD_WRAPS: RVDA and RVDS exceed the end of memory
 * @SB_IGD_TOO_LARGE: RVDS is more than any VBT needs
 * @SB_IGD_LENGTH: the length in a VBT is shorter than its header
 * @SB_IGD_NO_BLOCKS: a VBT's data blocks are not within it
 * @SB_IGD_SUM: a VBT's bytes do not sum to zero
 */
enum sb_igd_error {
	SB_IGD_OK,
	SB_IGD_ABSENT,
	SB_IGD_IN_RAM,
	SB_IGD_NOWHERE,
	SB_IGD_NOT_MAPPED,
	SB_IGD_NO_MEMORY,
	SB_IGD_CUT,
	SB_IGD_NO_SIGNATURE,
	SB_IGD_SIZE,
	SB_IGD_INSIDE,
	SB_IGD_WRAPS,
	SB_IGD_TOO_LARGE,
	SB_IGD_LENGTH,
	SB_IGD_NO_BLOCKS,
	SB_IGD_SUM,
};

/**
 * struct sb_igd_opregion - a parsed OpRegion
 * @version: its version: major in the upper byte, minor in the lower
 * @mailbox: bytes from the start of mailbox 4 to the next mailbox
 * @outside: its VBT is external
 * @error: what is wrong with that, if anything; an enum sb_igd_error
 * @rvda: the address of that VBT, whether or not it was stored as relative
 * @rvds: its size in bytes
 */
struct sb_igd_opregion {
	u16 version;
	u16 mailbox;
	bool outside;
	u8 error;
	u64 rvda;
	u32 rvds;
};

/**
 * struct sb_igd_vbt - a parsed VBT
 * @error: what is wrong with it; an enum sb_igd_error. With SB_IGD_SUM, it
 *	   exists nevertheless
 * @offset: from the start of the OpRegion
 * @length: bytes; 0 if there is none
 */
struct sb_igd_vbt {
	u8 error;
	u32 offset;
	u32 length;
};

enum sb_igd_error sb_igd_opregion_read(const u8 *data, u32 size, u64 start,
				       struct sb_igd_opregion *opregion);
void sb_igd_vbt_read(const u8 *data, u32 size, struct sb_igd_vbt *vbt);
void sb_igd_vbt_find(const u8 *data, u32 size,
		     const struct sb_igd_opregion *opregion,
		     struct sb_igd_vbt *vbt);
void sb_igd_opregion_relocate(u8 *data, u32 rvds);
const char *sb_igd_error_text(enum sb_igd_error error);

/**
 * enum sb_igd_state - the state of stolen memory, see Documentation/ABI
 * @SB_IGD_STATE_NONE: there is none, or its registers are not known
 * @SB_IGD_STATE_UNSET: BDSM is zero
 * @SB_IGD_STATE_RESERVED: the memory map keeps it free
 * @SB_IGD_STATE_GUARDED: the module keeps it free
 * @SB_IGD_STATE_CONFLICT: something else uses it
 * @SB_IGD_STATE_ALLOCATED: the module has allocated it
 */
enum sb_igd_state {
	SB_IGD_STATE_NONE,
	SB_IGD_STATE_UNSET,
	SB_IGD_STATE_RESERVED,
	SB_IGD_STATE_GUARDED,
	SB_IGD_STATE_CONFLICT,
	SB_IGD_STATE_ALLOCATED,
};

/**
 * enum sb_igd_refusal - why stolen memory was not allocated
 * @SB_IGD_REFUSAL_NONE: it was, or it was not necessary
 * @SB_IGD_REFUSAL_NOT_ASKED: igd_stolen=check
 * @SB_IGD_REFUSAL_DENIED: the function must not be touched
 * @SB_IGD_REFUSAL_BOUND: a driver is bound or being bound
 * @SB_IGD_REFUSAL_LOCKED: BDSM is locked
 * @SB_IGD_REFUSAL_NO_MEMORY: no contiguous 1 MiB is free below 4 GiB
 * @SB_IGD_REFUSAL_STUCK: BDSM ignores what is written to it
 * @SB_IGD_REFUSAL_NO_GUEST: this is not a virtual machine
 * @SB_IGD_REFUSAL_NO_REGISTER: BDSM is not in config space
 */
enum sb_igd_refusal {
	SB_IGD_REFUSAL_NONE,
	SB_IGD_REFUSAL_NOT_ASKED,
	SB_IGD_REFUSAL_DENIED,
	SB_IGD_REFUSAL_BOUND,
	SB_IGD_REFUSAL_LOCKED,
	SB_IGD_REFUSAL_NO_MEMORY,
	SB_IGD_REFUSAL_STUCK,
	SB_IGD_REFUSAL_NO_GUEST,
	SB_IGD_REFUSAL_NO_REGISTER,
};

/**
 * struct sb_igd_report - everything that was found and done
 * @start: first byte of stolen memory
 * @size: its size in bytes; less than @said if no more could be allocated
 * @said: the size in GGC
 * @asls: the address of the OpRegion, according to the register
 * @opregion: the parsed OpRegion, if there is one
 * @found: whether there is one; an enum sb_igd_error
 * @outside: what is wrong with an external VBT; an enum sb_igd_error
 * @vbt: the VBT, as an offset into the snapshot
 * @gen: generation; an enum sb_igd_gen
 * @range: whether registers describe stolen memory; an enum sb_igd_range
 * @state: the state of stolen memory; an enum sb_igd_state
 * @refusal: why none was allocated; an enum sb_igd_refusal
 * @bound: a driver was bound when the snapshot was taken
 * @who: with SB_IGD_STATE_CONFLICT, what else uses it
 */
struct sb_igd_report {
	u64 start;
	u64 size;
	u64 said;
	u32 asls;
	struct sb_igd_opregion opregion;
	struct sb_igd_vbt vbt;
	u8 found;
	u8 outside;
	u8 gen;
	u8 range;
	u8 state;
	u8 refusal;
	bool bound;
	char who[40];
};

const char *sb_igd_state_name(enum sb_igd_state state);
int sb_igd_reason(const struct sb_igd_report *report, char *buf, size_t size);

#endif /* SHADOWBAR_IGD_H */
