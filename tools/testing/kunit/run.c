// SPDX-License-Identifier: GPL-2.0-only
/* Run all suites; see kunit/test.h here. */
#include <kunit/test.h>

#define MOST	32

static const struct kunit_suite *suites[MOST];
static int nr_suites;

void kunit_register(const struct kunit_suite *suite)
{
	if (nr_suites == MOST)
		abort();
	suites[nr_suites++] = suite;
}

/* Answers in place of the effects */
bool sb_measure_can(void);
bool sb_measure_can(void)
{
	return false;
}

static int run_one(const struct kunit_suite *suite, const struct kunit_case *one,
		   const void *param)
{
	struct kunit test = { .param_value = param };

	if (!setjmp(test.abort)) {
		if (suite->init && suite->init(&test))
			return 1;
		one->run(&test);
	}
	if (suite->exit)
		suite->exit(&test);
	return test.failed;
}

static int run(const struct kunit_suite *suite)
{
	char text[KUNIT_PARAM_DESC_SIZE];
	const struct kunit_case *one;
	int failed = 0, cases = 0;

	for (one = suite->test_cases; one->run; one++) {
		const void *param = NULL;

		do {
			if (one->next) {
				param = one->next(param, text);
				if (!param)
					break;
			}
			failed += run_one(suite, one, param);
			cases++;
		} while (one->next);
	}
	printf("%s: %d cases, %d failed\n", suite->name, cases, failed);
	return failed || !cases;
}

int main(void)
{
	int i, failed = 0;

	for (i = 0; i < nr_suites; i++)
		failed += run(suites[i]);
	return failed || !nr_suites;
}
