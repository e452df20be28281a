// SPDX-License-Identifier: GPL-2.0-only
/*
 * acpi: placeholder on kernels without ACPI, to show that the suite is missing.
 */
#include <kunit/test.h>

static void no_acpi_test(struct kunit *test)
{
	kunit_skip(test, "no ACPI in this kernel; scripts/kunit 6.12 has it");
}

static struct kunit_case no_acpi_cases[] = {
	KUNIT_CASE(no_acpi_test),
	{}
};

static struct kunit_suite no_acpi_suite = {
	.name = "shadowbar_acpi",
	.test_cases = no_acpi_cases,
};

kunit_test_suite(no_acpi_suite);
