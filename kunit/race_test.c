// SPDX-License-Identifier: GPL-2.0-only
/*
 * race: KCSAN sees what this module's code does.
 *
 * On a kernel with KCSAN, the other suites and the VM tests count on its reports. If
 * it did not watch modules, they would pass whatever races. So here two tasks race on
 * purpose until it says so.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <trace/events/printk.h>

/* KCSAN watches one access in thousands, for microseconds. */
#define PATIENCE	(120 * HZ)

/**
 * struct race - two tasks and what they race for
 * @value: written by both
 * @over: they must end
 * @ended: one of them has ended
 */
struct race {
	unsigned long value;
	bool over;
	struct completion ended;
};

static struct completion reported;

/* scripts/kernel-reports knows this name, and does not count its report. */
static noinline void race_on_purpose(struct race *race)
{
	race->value++;
}

static int race_until_over(void *arg)
{
	struct race *race = arg;

	while (!READ_ONCE(race->over)) {
		race_on_purpose(race);
		cond_resched();
	}
	complete(&race->ended);
	return 0;
}

/* Each line of the console, before it is printed */
static void look_at_line(void *data, const char *text, size_t length)
{
	if (strnstr(text, "BUG: KCSAN: data-race in race_on_purpose", length))
		complete(&reported);
}

static void race_test(struct kunit *test)
{
	struct race race = {};
	unsigned int tasks;

	init_completion(&reported);
	init_completion(&race.ended);
	KUNIT_ASSERT_EQ(test, register_trace_console(look_at_line, NULL), 0);
	for (tasks = 0; tasks < 2; tasks++)
		if (IS_ERR(kthread_run(race_until_over, &race, "race")))
			break;
	KUNIT_EXPECT_EQ(test, tasks, 2);
	KUNIT_EXPECT_NE(test,
			wait_for_completion_timeout(&reported, PATIENCE), 0);
	WRITE_ONCE(race.over, true);
	while (tasks--)
		wait_for_completion(&race.ended);
	unregister_trace_console(look_at_line, NULL);
	tracepoint_synchronize_unregister();
}

static struct kunit_case race_cases[] = {
	KUNIT_CASE(race_test),
	{}
};

static struct kunit_suite race_suite = {
	.name = "shadowbar_race",
	.test_cases = race_cases,
};

kunit_test_suite(race_suite);
