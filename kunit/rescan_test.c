// SPDX-License-Identifier: GPL-2.0-only
/*
 * rescan: one hold of the PCI rescan lock for all captures that run.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/pci.h>

#include "rescan.h"

#define WAIT	(20 * HZ)

/**
 * struct visitor - a task inside sb_rescan_enter() and sb_rescan_leave()
 * @leads: it took the lock
 * @inside: it is inside
 * @go: it may leave
 * @done: it has left
 */
struct visitor {
	bool leads;
	struct completion inside;
	struct completion go;
	struct completion done;
};

static int visit(void *arg)
{
	struct visitor *visitor = arg;

	visitor->leads = sb_rescan_enter();
	complete(&visitor->inside);
	wait_for_completion(&visitor->go);
	sb_rescan_leave(visitor->leads);
	complete(&visitor->done);
	return 0;
}

static void start_visit(struct kunit *test, struct visitor *visitor)
{
	struct task_struct *task;

	*visitor = (struct visitor){};
	init_completion(&visitor->inside);
	init_completion(&visitor->go);
	init_completion(&visitor->done);
	task = kthread_run(visit, visitor, "visit");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
}

static void wait_for(struct kunit *test, struct completion *what)
{
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(what, WAIT), 0);
}

/* Whoever comes while the lock is held joins, and waits for nobody. */
static void join_test(struct kunit *test)
{
	struct visitor leader, other;

	start_visit(test, &leader);
	wait_for(test, &leader.inside);
	KUNIT_EXPECT_TRUE(test, leader.leads);
	start_visit(test, &other);
	wait_for(test, &other.inside);
	KUNIT_EXPECT_FALSE(test, other.leads);
	/* The one that leads stays for as long as the other is inside. */
	complete(&leader.go);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&leader.done, HZ / 5),
			0);
	complete(&other.go);
	wait_for(test, &other.done);
	wait_for(test, &leader.done);
}

/* Whoever comes late waits, so that others get the lock for once. */
static void late_test(struct kunit *test)
{
	struct visitor leader, other, late;

	start_visit(test, &leader);
	wait_for(test, &leader.inside);
	start_visit(test, &other);
	wait_for(test, &other.inside);
	KUNIT_EXPECT_EQ(test,
			wait_for_completion_timeout(&leader.done,
						    SB_RESCAN_HOLD + 1), 0);
	start_visit(test, &late);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&late.inside, HZ / 5),
			0);
	complete(&leader.go);
	complete(&other.go);
	wait_for(test, &leader.done);
	wait_for(test, &other.done);
	/* The lock has been given back, and this one has it now. */
	wait_for(test, &late.inside);
	KUNIT_EXPECT_TRUE(test, late.leads);
	complete(&late.go);
	wait_for(test, &late.done);
}

/* Somebody else has the lock: all wait, and then one of them leads. */
static void wait_test(struct kunit *test)
{
	struct visitor visitor[3];
	unsigned int i, leading = 0;

	pci_lock_rescan_remove();
	for (i = 0; i < ARRAY_SIZE(visitor); i++)
		start_visit(test, &visitor[i]);
	for (i = 0; i < ARRAY_SIZE(visitor); i++)
		KUNIT_EXPECT_EQ(test, wait_for_completion_timeout
				(&visitor[i].inside, HZ / 10), 0);
	pci_unlock_rescan_remove();
	for (i = 0; i < ARRAY_SIZE(visitor); i++) {
		wait_for(test, &visitor[i].inside);
		leading += visitor[i].leads;
	}
	KUNIT_EXPECT_EQ(test, leading, 1);
	for (i = 0; i < ARRAY_SIZE(visitor); i++)
		complete(&visitor[i].go);
	for (i = 0; i < ARRAY_SIZE(visitor); i++)
		wait_for(test, &visitor[i].done);

	/* It is free again. */
	pci_lock_rescan_remove();
	pci_unlock_rescan_remove();
}

static struct kunit_case rescan_cases[] = {
	KUNIT_CASE(join_test),
	KUNIT_CASE(late_test),
	KUNIT_CASE(wait_test),
	{}
};

static struct kunit_suite rescan_suite = {
	.name = "shadowbar_rescan",
	.test_cases = rescan_cases,
};

kunit_test_suite(rescan_suite);
