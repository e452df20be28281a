/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The vocabulary of proofs; see Documentation/proofs.md.
 *
 * A nondet_*() function returns any value of its type. assume() states what a
 * caller guarantees, prove() what a function promises, and reached() what must
 * be possible at all: a proof whose end cannot be reached would hold for
 * anything.
 */
#ifndef SHADOWBAR_PROVE_H
#define SHADOWBAR_PROVE_H

#include <shadowbar/compat.h>

#define assume(what)		__CPROVER_assume(what)
#define prove(what, text)	__CPROVER_assert(what, text)
#define reached(text)		__CPROVER_assert(0, "reached: " text)
#define can_be_read(p, bytes)	__CPROVER_r_ok(p, bytes)

u8 nondet_u8(void);
u16 nondet_u16(void);
u32 nondet_u32(void);
u64 nondet_u64(void);
_Bool nondet_bool(void);

/* Any answer, but always the same one to the same question */
_Bool __CPROVER_uninterpreted_taken(u64 start, u64 size);
_Bool __CPROVER_uninterpreted_window(u64 start, u64 size);
_Bool __CPROVER_uninterpreted_led_to(u64 start, u64 size);
_Bool __CPROVER_uninterpreted_blocked(u64 addr);
_Bool __CPROVER_uninterpreted_own(u64 start, u64 size, u64 except);

void *malloc(__CPROVER_size_t bytes);

/* A number of bytes with any contents: reading one more is a failure. */
static inline u8 *any_bytes(u32 size)
{
	u8 *bytes = malloc(size);

	assume(bytes);
	return bytes;
}

static inline _Bool is_power_of_two(u64 value)
{
	return value && !(value & (value - 1));
}

#endif /* SHADOWBAR_PROVE_H */
