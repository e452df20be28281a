/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables of cases: each entry of <name>_cases, an array of a struct whose first
 * member is the case's name, becomes a parameter of <name>_test().
 */
#ifndef SHADOWBAR_KUNIT_CASES_H
#define SHADOWBAR_KUNIT_CASES_H

#include <kunit/test.h>
#include <linux/string.h>

#define CASES(table)							\
	static void table##_describe(const struct table##_case *c,	\
				     char *text)			\
	{								\
		strscpy(text, c->name, KUNIT_PARAM_DESC_SIZE);		\
	}								\
	KUNIT_ARRAY_PARAM(table, table##_cases, table##_describe)

#endif /* SHADOWBAR_KUNIT_CASES_H */
