/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a proof is written with; see Documentation/proofs.md.
 *
 * A value comes from a nondet_*() function: it is any value of its type. What a
 * caller guarantees is assumed, what a function promises is proved, and what has to
 * be possible at all is said by reached(): a proof whose end cannot be reached
 * would hold of anything.
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

/* Any answer, and the same one to the same question */
_Bool __CPROVER_uninterpreted_taken(u64 start, u64 size);
_Bool __CPROVER_uninterpreted_window(u64 start, u64 size);
_Bool __CPROVER_uninterpreted_led_to(u64 start, u64 size);
_Bool __CPROVER_uninterpreted_blocked(u64 addr);
_Bool __CPROVER_uninterpreted_own(u64 start, u64 size, u64 except);

void *malloc(__CPROVER_size_t bytes);

/* So many bytes, whatever is in them: one more that is read is a failure. */
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
