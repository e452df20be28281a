// SPDX-License-Identifier: GPL-2.0-only
/*
 * journal: writes are undone, and others see the previous values.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/pci.h>
#include <linux/sched/task.h>

#include "bus/decoders.h"
#include "bus/journal.h"
#include "rig.h"

static struct ehost_fn *journal_function(struct kunit *test,
					 struct sb_journal *journal)
{
	const struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn = rig_one(test, &desc);
	struct rig *rig = test->priv;

	rig->before = ehost_save(rig->host);
	KUNIT_ASSERT_NOT_NULL(test, rig->before);
	ehost_reset_oracles(rig->host);
	sb_journal_open(journal, ehost_dev(fn));
	return fn;
}

/* Undo in reverse order, each register separately */
static void undo_test(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct sb_journal journal;
	struct ehost_write w[8];
	struct ehost_fn *fn;

	fn = journal_function(test, &journal);
	KUNIT_EXPECT_EQ(test, sb_journal_write16(&journal, PCI_COMMAND, 0), 0);
	KUNIT_EXPECT_EQ(test, sb_journal_write32(&journal, PCI_BASE_ADDRESS_0,
						 0xffff0000), 0);
	KUNIT_EXPECT_EQ(test, sb_journal_write16(&journal, PCI_COMMAND,
						 PCI_COMMAND_MEMORY), 0);
	KUNIT_EXPECT_EQ(test, journal.writes, 3);
	KUNIT_EXPECT_EQ(test, ehost_changed(rig->before, NULL, NULL), 2);
	KUNIT_EXPECT_EQ(test, sb_journal_undo(&journal), 0);
	KUNIT_EXPECT_EQ(test, journal.writes, 6);
	KUNIT_EXPECT_EQ(test, ehost_changed(rig->before, NULL, NULL), 0);
	KUNIT_ASSERT_EQ(test, ehost_journal(rig->host, w, ARRAY_SIZE(w)), 6);
	KUNIT_EXPECT_EQ(test, w[3].where, PCI_COMMAND);
	KUNIT_EXPECT_EQ(test, w[3].val, 0);
	KUNIT_EXPECT_EQ(test, w[3].size, 2);
	KUNIT_EXPECT_EQ(test, w[4].where, PCI_BASE_ADDRESS_0);
	KUNIT_EXPECT_EQ(test, w[5].val, PCI_COMMAND_MEMORY |
					PCI_COMMAND_MASTER);
	/* Nothing is undone twice. */
	KUNIT_EXPECT_EQ(test, sb_journal_undo(&journal), 0);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 6);
	sb_journal_close(&journal);
}

/* If one register refuses, the others are still undone. */
static void undo_goes_on_test(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct sb_journal journal;
	unsigned int where = 0;
	struct ehost_fn *fn;

	fn = journal_function(test, &journal);
	ehost_refuse_restore(fn, PCI_BASE_ADDRESS_1);
	KUNIT_EXPECT_EQ(test, sb_journal_write16(&journal, PCI_COMMAND, 0), 0);
	KUNIT_EXPECT_EQ(test, sb_journal_write32(&journal, PCI_BASE_ADDRESS_1,
						 0xffff0000), 0);
	KUNIT_EXPECT_EQ(test, sb_journal_write32(&journal, PCI_ROM_ADDRESS,
						 RIG_WINDOW), 0);
	KUNIT_EXPECT_EQ(test, sb_journal_undo(&journal), -EIO);
	KUNIT_EXPECT_EQ(test, ehost_changed(rig->before, NULL, &where), 1);
	KUNIT_EXPECT_EQ(test, where, PCI_BASE_ADDRESS_1);
	sb_journal_close(&journal);
}

/* A register that cannot be read is not written: it could not be restored. */
static void unreadable_test(struct kunit *test)
{
	struct sb_journal journal;
	struct ehost_fn *fn;

	fn = journal_function(test, &journal);
	ehost_fail_one_read(fn, 0);
	KUNIT_EXPECT_EQ(test, sb_journal_write32(&journal, PCI_ROM_ADDRESS, 1),
			-EIO);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	KUNIT_EXPECT_EQ(test, sb_journal_undo(&journal), 0);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	sb_journal_close(&journal);
}

/* Config reads to find what decodes on the bus of a function */
static u32 reads_to_find(struct kunit *test, struct ehost_fn *fn,
			 struct sb_decoders *found)
{
	struct ehost_counters counters;
	struct rig *rig = test->priv;

	ehost_reset_oracles(rig->host);
	sb_decoders_find(found, ehost_dev(fn)->bus);
	ehost_counters(rig->host, &counters);
	return counters.config_reads;
}

/* While somebody resets a function, nothing is read from it. */
static void off_limits_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	bool unknown = false, claimed = false;
	struct sb_journal journal;
	struct sb_decoders found = {};
	struct ehost_fn *fn;
	unsigned long start;
	unsigned int i;

	desc.caps = EHOST_CAP_PCIE;
	rig_host(test, EHOST_ASSIGN, 0);
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	pci_cfg_access_lock(ehost_dev(fn));
	KUNIT_EXPECT_EQ(test, reads_to_find(test, fn, &found), 0);
	/* What the core has claimed for it stays its own. */
	for (i = 0; i < found.nr; i++) {
		unknown |= found.decoder[i].owner.kind == SB_DECODER_UNKNOWN;
		claimed |= found.decoder[i].owner.kind == SB_DECODER_BAR &&
			   found.decoder[i].claimed;
	}
	KUNIT_EXPECT_TRUE(test, unknown);
	KUNIT_EXPECT_TRUE(test, claimed);
	sb_decoders_free(&found);
	/* Another bus does not wait once more. */
	start = jiffies;
	KUNIT_EXPECT_EQ(test, reads_to_find(test, fn, &found), 0);
	KUNIT_EXPECT_TRUE(test, time_before(jiffies, start + HZ / 2));
	sb_decoders_free(&found);

	/* It is locked for a capture. */
	sb_journal_open(&journal, ehost_dev(fn));
	KUNIT_EXPECT_GT(test, reads_to_find(test, fn, &found), 0);
	sb_decoders_free(&found);
	sb_journal_close(&journal);
	pci_cfg_access_unlock(ehost_dev(fn));
}

static int end_reset(void *pdev)
{
	/* It may take half a second, or until a machine that stalls goes on. */
	msleep(20);
	pci_cfg_access_unlock(pdev);
	return 0;
}

/* A reset is over soon, and what the function decodes is then known. */
static void wait_for_reset_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct sb_decoders found = {};
	struct task_struct *task;
	struct ehost_fn *fn;
	unsigned int i;

	rig_host(test, EHOST_ASSIGN, 0);
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	pci_cfg_access_lock(ehost_dev(fn));
	task = kthread_create(end_reset, ehost_dev(fn), "reset");
	if (IS_ERR(task))
		pci_cfg_access_unlock(ehost_dev(fn));
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	wake_up_process(task);
	KUNIT_EXPECT_GT(test, reads_to_find(test, fn, &found), 0);
	/* It may be over only now. */
	kthread_stop(task);
	put_task_struct(task);
	for (i = 0; i < found.nr; i++)
		KUNIT_EXPECT_NE(test, found.decoder[i].owner.kind,
				SB_DECODER_UNKNOWN);
	sb_decoders_free(&found);
}

/* A neighbour's capture sees the previous values of the registers. */
static void peek_test(struct kunit *test)
{
	struct sb_journal journal, other;
	struct pci_dev *pdev, *above;
	struct rig *rig = test->priv;
	struct ehost_fn *fn;
	u32 bar0;

	fn = journal_function(test, &journal);
	pdev = ehost_dev(fn);
	above = ehost_dev(rig->above);
	bar0 = ehost_peek(fn, PCI_BASE_ADDRESS_0);
	sb_journal_open(&other, above);
	KUNIT_EXPECT_EQ(test, sb_journal_peek(pdev, PCI_BASE_ADDRESS_0, 4),
			bar0);
	sb_journal_write16(&journal, PCI_COMMAND, 0);
	sb_journal_write32(&journal, PCI_BASE_ADDRESS_0, 0xffff0000);
	sb_journal_write32(&journal, PCI_BASE_ADDRESS_0, 0xfff00000);
	KUNIT_EXPECT_EQ(test, sb_journal_peek(pdev, PCI_BASE_ADDRESS_0, 4),
			bar0);
	KUNIT_EXPECT_EQ(test, sb_journal_peek(pdev, PCI_COMMAND, 2),
			PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	/* Not written, or of another function: the present value */
	KUNIT_EXPECT_EQ(test, sb_journal_peek(pdev, PCI_BASE_ADDRESS_1, 4),
			ehost_peek(fn, PCI_BASE_ADDRESS_1));
	KUNIT_EXPECT_EQ(test, sb_journal_peek(above, PCI_BASE_ADDRESS_0, 4), 0);
	KUNIT_EXPECT_EQ(test, sb_journal_undo(&journal), 0);
	sb_journal_close(&journal);
	/* Closed: the present value counts again. */
	ehost_poke(fn, PCI_BASE_ADDRESS_0, 0x12340000);
	KUNIT_EXPECT_EQ(test, sb_journal_peek(pdev, PCI_BASE_ADDRESS_0, 4),
			0x12340000);
	sb_journal_close(&other);
}

static struct kunit_case journal_cases[] = {
	KUNIT_CASE(undo_test),
	KUNIT_CASE(undo_goes_on_test),
	KUNIT_CASE(unreadable_test),
	KUNIT_CASE(off_limits_test),
	KUNIT_CASE(wait_for_reset_test),
	KUNIT_CASE(peek_test),
	{}
};

static struct kunit_suite journal_suite = {
	.name = "shadowbar_journal",
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = journal_cases,
};

kunit_test_suite(journal_suite);
