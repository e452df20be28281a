/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Real machines, as lists of numbers
 *
 * Programs also include this, so they see the same machines.
 */
#ifndef SHADOWBAR_KUNIT_MACHINES_H
#define SHADOWBAR_KUNIT_MACHINES_H

#include "machine.h"

/**
 * struct replayed_machine - a machine
 * @name: name of the machine
 * @root: its root buses
 * @fn: its functions
 * @nr_roots: how many root buses
 * @nr: how many functions
 */
struct replayed_machine {
	const char *name;
	const struct sb_machine_root *root;
	const struct sb_machine_fn *fn;
	unsigned int nr_roots;
	unsigned int nr;
};

#define REPLAYED(_name, _word)						\
	{								\
		.name = (_name),					\
		.root = _word##_root,					\
		.fn = _word##_fn,					\
		.nr_roots = ARRAY_SIZE(_word##_root),			\
		.nr = ARRAY_SIZE(_word##_fn),				\
	}

/* Building blocks of the descriptions; each is part of an initializer. */
#define AT(_domain, _bus, _slot, _fn)					\
	.domain = (_domain), .bus = (_bus), .devfn = (_slot) << 3 | (_fn)
#define ID(_vendor, _device, _class)					\
	.vendor = (_vendor), .device = (_device), .class = (_class)
#define OPEN(_nr, _start, _end)						\
	.open[_nr] = true, .window_claimed[_nr] = true,			\
	.window[_nr] = { (_start), (_end) }
/* Open, but without a resource in the kernel */
#define STRAY(_nr, _start, _end)					\
	.open[_nr] = true, .window[_nr] = { (_start), (_end) }
/* Register and kernel agree; only the kernel; only the register; neither */
#define HAS(_addr)							\
	REG(_addr), .said = true, .claimed = true, .claim = (_addr)
#define CLAIM(_addr)							\
	.present = true, .known = true, .said = true, .claimed = true,	\
	.claim = (_addr)
#define REG(_addr)							\
	.present = true, .known = true, .reg = (_addr)
#define UNKNOWN								\
	.present = true

#include "machines/all.h"

#undef AT
#undef ID
#undef OPEN
#undef STRAY
#undef HAS
#undef CLAIM
#undef REG
#undef UNKNOWN

#endif /* SHADOWBAR_KUNIT_MACHINES_H */
