// SPDX-License-Identifier: GPL-2.0-only
/*
 * parking: places for BARs that have to be out of the way.
 *
 * A plan parks the BARs of its function as if it were the only one. Captures
 * run in parallel, and two functions of one bus must not decode the same
 * address even where nobody ever reads. So each capture gets a part of the
 * parking space to itself, and its BARs are moved there with their distances
 * kept. Both spaces are trees of their own: nothing of this shows in
 * /proc/iomem.
 */
#include <linux/build_bug.h>
#include <linux/log2.h>
#include <linux/sched.h>
#include <linux/wait.h>

#include "parking.h"

/* A 64-bit BAR can be parked where no memory and no window ever is. */
static_assert(sizeof(resource_size_t) == sizeof(u64));

/*
 * Not memory, as far as allocate_resource() knows: of that x86 gives away
 * nothing in the last 2 MiB below 4 GiB, and a BAR of 16 MiB would wait for
 * its place forever.
 */
#define PARKING_TYPE	IORESOURCE_BUS

static struct resource low_space = {
	.name = "shadowbar",
	.start = SB_PARK_START,
	.end = SB_PARK_END,
	.flags = PARKING_TYPE,
};

static struct resource high_space = {
	.name = "shadowbar",
	.start = 0xff00000000000000,
	.end = 0xff7fffffffffffff,
	.flags = PARKING_TYPE,
};

static DECLARE_WAIT_QUEUE_HEAD(left);

/*
 * Everything parked in one space lies between @lowest and @last. The part has
 * the next power of two as its size and alignment, so that each BAR stays
 * naturally aligned when all are moved by the same distance.
 */
static u64 take_part(struct resource *space, struct resource *part, u64 lowest,
		     u64 last)
{
	u64 size = roundup_pow_of_two(last - lowest + 1);

	*part = (struct resource){
		.name = space->name,
		.flags = PARKING_TYPE,
	};
	/* Who has the rest is reading a ROM and waits for nobody. */
	wait_event(left, !allocate_resource(space, part, size, space->start,
					    space->end, size, NULL, NULL));

	return last - (size - 1) - part->start;
}

/**
 * sb_parking_take() - get places of its own for a capture
 * @parking: filled; to be given to sb_parking_leave()
 * @facts: the function
 * @plan: its plan; the addresses where BARs are parked are changed
 *
 * Context: may sleep, for as long as other captures that park run. The caller
 * holds no places yet.
 */
void sb_parking_take(struct sb_parking *parking, const struct sb_facts *facts,
		     struct sb_plan *plan)
{
	u64 low = U64_MAX, high = U64_MAX, low_shift = 0, high_shift = 0;
	unsigned int i;

	for_each_set_bit(i, &plan->parked, SB_MAX_BARS) {
		if (facts->bar[i].is_64)
			high = min(high, plan->park[i]);
		else
			low = min(low, plan->park[i]);
	}

	if (low != U64_MAX)
		low_shift = take_part(&low_space, &parking->low, low,
				      SB_PARK_END);
	if (high != U64_MAX)
		high_shift = take_part(&high_space, &parking->high, high,
				       U64_MAX);

	for_each_set_bit(i, &plan->parked, SB_MAX_BARS)
		plan->park[i] -= facts->bar[i].is_64 ? high_shift : low_shift;
}

/**
 * sb_parking_leave() - give places back
 * @parking: the places; may hold none
 *
 * Context: may sleep.
 */
void sb_parking_leave(struct sb_parking *parking)
{
	if (parking->low.parent)
		release_resource(&parking->low);
	if (parking->high.parent)
		release_resource(&parking->high);
	wake_up_all(&left);
}
