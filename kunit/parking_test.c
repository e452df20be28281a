// SPDX-License-Identifier: GPL-2.0-only
/*
 * parking: each capture has places of its own.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/minmax.h>
#include <linux/sizes.h>

#include "parking.h"

#define WAIT	(20 * HZ)

/* A 32-bit and a 64-bit BAR, parked as a plan does it for a lone function. */
static void two_bars(struct sb_facts *facts, struct sb_plan *plan, u64 size)
{
	*facts = (struct sb_facts){
		.bar = { { .size = size }, { .size = size, .is_64 = true } },
	};
	*plan = (struct sb_plan){
		.parked = BIT(0) | BIT(1),
		.park = { SB_PARK_END - (size - 1), U64_MAX - (size - 1) },
	};
}

static void own_places_test(struct kunit *test)
{
	struct sb_parking parking[4] = {};
	struct sb_facts facts;
	struct sb_plan plan[4];
	unsigned int i, j, nr;

	for (i = 0; i < ARRAY_SIZE(parking); i++) {
		two_bars(&facts, &plan[i], SZ_1M);
		sb_parking_take(&parking[i], &facts, &plan[i]);
		KUNIT_EXPECT_GE(test, plan[i].park[0], SB_PARK_START);
		KUNIT_EXPECT_LE(test, plan[i].park[0] + SZ_1M - 1, SB_PARK_END);
		/* Where a sizing write puts a 64-bit BAR for a moment. */
		KUNIT_EXPECT_GE(test, plan[i].park[1], 0xff00000000000000);
		for (nr = 0; nr < 2; nr++) {
			KUNIT_EXPECT_TRUE(test, IS_ALIGNED(plan[i].park[nr],
							   SZ_1M));
			for (j = 0; j < i; j++)
				KUNIT_EXPECT_NE(test, plan[i].park[nr],
						plan[j].park[nr]);
		}
	}
	for (i = 0; i < ARRAY_SIZE(parking); i++)
		sb_parking_leave(&parking[i]);
}

/* Distances are kept, so that BARs of one capture do not meet either. */
static void distances_test(struct kunit *test)
{
	struct sb_facts facts = {
		.bar = { { .size = SZ_1M }, { .size = SZ_4K },
			 { .size = SZ_64K } },
	};
	struct sb_plan plan = {
		.parked = BIT(0) | BIT(1) | BIT(2),
		.park = { 0xfff00000, 0xffeff000, 0xffee0000 },
	};
	struct sb_parking first = {}, second = {};
	struct sb_plan other = plan;

	sb_parking_take(&first, &facts, &plan);
	sb_parking_take(&second, &facts, &other);
	KUNIT_EXPECT_EQ(test, plan.park[0] - plan.park[1], 0x1000);
	KUNIT_EXPECT_EQ(test, plan.park[0] - plan.park[2], 0x20000);
	KUNIT_EXPECT_EQ(test, other.park[0] - other.park[1], 0x1000);
	/* All of one is below all of the other. */
	KUNIT_EXPECT_GE(test, max(plan.park[2], other.park[2]),
			min(plan.park[0], other.park[0]) + SZ_1M);
	sb_parking_leave(&first);
	sb_parking_leave(&second);
}

/* Nothing is parked, nothing is taken. */
static void nothing_test(struct kunit *test)
{
	const struct sb_facts facts = {};
	struct sb_parking parking = {};
	struct sb_plan plan = {};

	sb_parking_take(&parking, &facts, &plan);
	KUNIT_EXPECT_NULL(test, parking.low.parent);
	KUNIT_EXPECT_NULL(test, parking.high.parent);
	sb_parking_leave(&parking);
}

/**
 * struct guest - a task that wants a place
 * @first_left: whoever was there before has left
 * @after: it had, when the task got its place
 * @placed: the task got one
 * @done: it has left
 */
struct guest {
	bool first_left;
	bool after;
	bool placed;
	struct completion done;
};

static int want_place(void *arg)
{
	struct sb_parking parking = {};
	struct guest *guest = arg;
	struct sb_facts facts;
	struct sb_plan plan;

	two_bars(&facts, &plan, SZ_4K);
	sb_parking_take(&parking, &facts, &plan);
	guest->after = READ_ONCE(guest->first_left);
	guest->placed = parking.low.parent && parking.high.parent;
	sb_parking_leave(&parking);
	complete(&guest->done);
	return 0;
}

/* The space is full: the next one waits until there is room. */
static void full_test(struct kunit *test)
{
	struct sb_parking parking = {};
	struct guest guest = {};
	struct task_struct *task;
	struct sb_facts facts;
	struct sb_plan plan;

	init_completion(&guest.done);
	two_bars(&facts, &plan, SZ_16M);
	sb_parking_take(&parking, &facts, &plan);
	KUNIT_EXPECT_EQ(test, plan.park[0], SB_PARK_START);
	task = kthread_run(want_place, &guest, "want_place");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	/* It does not get a place, however long this takes. */
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&guest.done, HZ / 5),
			0);
	WRITE_ONCE(guest.first_left, true);
	sb_parking_leave(&parking);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&guest.done, WAIT),
			0);
	KUNIT_EXPECT_TRUE(test, guest.after);
	KUNIT_EXPECT_TRUE(test, guest.placed);
}

static struct kunit_case parking_cases[] = {
	KUNIT_CASE(own_places_test),
	KUNIT_CASE(distances_test),
	KUNIT_CASE(nothing_test),
	KUNIT_CASE(full_test),
	{}
};

static struct kunit_suite parking_suite = {
	.name = "shadowbar_parking",
	.test_cases = parking_cases,
};

kunit_test_suite(parking_suite);
