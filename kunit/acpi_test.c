// SPDX-License-Identifier: GPL-2.0-only
/*
 * acpi: ROMs that firmware provides through ACPI.
 *
 * scripts/kunit gives the machine a VFCT and a _ROM for its ivshmem function:
 * no ACPI table can describe the segment of an emulated host.
 */
#include <kunit/test.h>
#include <linux/acpi.h>
#include <linux/mm.h>
#include <linux/pci.h>

#include "rom/acpi.h"
#include "rom/capture.h"
#include "rom/sources.h"

/* The sizes that scripts/kunit uses for VFCT and _ROM */
#define VFCT_ROM	2048
#define METHOD_ROM	12800

static int acpi_test_init(struct kunit *test)
{
	struct pci_dev *pdev = pci_get_device(0x1af4, 0x1110, NULL);
	struct acpi_table_header *table;

	if (!pdev || ACPI_FAILURE(acpi_get_table("VFCT", 0, &table))) {
		pci_dev_put(pdev);
		kunit_skip(test, "no VFCT, or no function that is in it");
	}
	acpi_put_table(table);
	test->priv = pdev;
	return 0;
}

static void acpi_test_exit(struct kunit *test)
{
	pci_dev_put(test->priv);
}

static void found_test(struct kunit *test)
{
	static const struct {
		enum sb_source source;
		u32 size;
		u32 images;
	} found[] = {
		{ SB_SOURCE_VFCT, VFCT_ROM, 1 },
		{ SB_SOURCE_ACPI_ROM, METHOD_ROM, 2 },
	};
	struct pci_dev *pdev = test->priv;
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(found); i++) {
		struct sb_finding finding;
		struct sb_rom rom;

		if (found[i].source == SB_SOURCE_ACPI_ROM)
			ret = sb_source_ask(pdev, sb_acpi_method(pdev), &rom,
					    &finding);
		else
			ret = sb_source_read(pdev, found[i].source, &rom,
					     &finding);
		KUNIT_ASSERT_EQ(test, ret, 0);
		KUNIT_EXPECT_EQ(test, rom.size, found[i].size);
		KUNIT_EXPECT_EQ(test, finding.length, found[i].size);
		KUNIT_EXPECT_EQ(test, finding.images, found[i].images);
		KUNIT_EXPECT_TRUE(test, finding.intact);
		kvfree(rom.data);
	}
}

/* All other functions have neither. */
static void others_test(struct kunit *test)
{
	struct pci_dev *pdev = NULL;
	unsigned int others = 0;

	for_each_pci_dev(pdev) {
		struct sb_rom rom = {};

		if (pdev == test->priv)
			continue;
		others++;
		KUNIT_EXPECT_EQ(test, sb_acpi_vfct(pdev, &rom), -ENOENT);
		KUNIT_EXPECT_NULL(test, sb_acpi_method(pdev));
		KUNIT_EXPECT_NULL(test, rom.data);
	}
	KUNIT_EXPECT_GT(test, others, 0);
}

/* The IDs must match the table, too. */
static void other_ids_test(struct kunit *test)
{
	struct pci_dev *pdev = test->priv;
	struct sb_rom rom = {};

	pdev->device++;
	KUNIT_EXPECT_EQ(test, sb_acpi_vfct(pdev, &rom), -ENOENT);
	pdev->device--;
	KUNIT_EXPECT_NULL(test, rom.data);
}

static struct kunit_case acpi_cases[] = {
	KUNIT_CASE(found_test),
	KUNIT_CASE(others_test),
	KUNIT_CASE(other_ids_test),
	{}
};

static struct kunit_suite acpi_suite = {
	.name = "shadowbar_acpi",
	.init = acpi_test_init,
	.exit = acpi_test_exit,
	.test_cases = acpi_cases,
};

kunit_test_suite(acpi_suite);
