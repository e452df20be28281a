// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysfs: what users see, through the files themselves.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/stat.h>

#include "cases.h"
#include "rig.h"
#include "rom/store.h"
#include "rom_build.h"
#include "small.h"

#define WAIT		(20 * HZ)

static char *path_of(struct kunit *test, struct ehost_fn *fn, const char *name)
{
	struct pci_dev *pdev = ehost_dev(fn);
	char *path = kunit_kmalloc(test, 128, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	KUNIT_ASSERT_NOT_NULL(test, path);
	snprintf(path, 128, "/sys/bus/pci/devices/%s/shadowbar/%s",
		 pci_name(pdev), name);
	return path;
}

static struct file *open_file(struct kunit *test, struct ehost_fn *fn,
			      const char *name, int flags)
{
	return rig_open(path_of(test, fn, name), flags);
}

/* Contents of a text file, without the newline at its end */
static const char *text_of(struct kunit *test, struct ehost_fn *fn,
			   const char *name)
{
	struct file *file = open_file(test, fn, name, O_RDONLY);
	char *text = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	loff_t pos = 0;
	ssize_t len;

	KUNIT_ASSERT_NOT_NULL(test, text);
	if (IS_ERR(file)) {
		snprintf(text, PAGE_SIZE, "error %ld", PTR_ERR(file));
		return text;
	}
	len = kernel_read(file, text, PAGE_SIZE - 1, &pos);
	fput(file);
	KUNIT_ASSERT_GE(test, len, 0);
	if (!len)
		return text;
	/* One complete line */
	KUNIT_EXPECT_EQ(test, text[len - 1], '\n');
	text[len - 1] = '\0';
	KUNIT_EXPECT_NULL(test, strchr(text, '\n'));
	return text;
}

static ssize_t write_file(struct kunit *test, struct ehost_fn *fn,
			  const char *name, const char *text)
{
	struct file *file = open_file(test, fn, name, O_WRONLY);
	loff_t pos = 0;
	ssize_t ret;

	if (IS_ERR(file))
		return PTR_ERR(file);
	ret = kernel_write(file, text, strlen(text), &pos);
	fput(file);
	return ret;
}

static umode_t mode_of(struct kunit *test, struct ehost_fn *fn,
		       const char *name, loff_t *size)
{
	struct file *file = open_file(test, fn, name, O_PATH);
	umode_t mode;

	if (IS_ERR(file))
		return 0;
	mode = file_inode(file)->i_mode & 07777;
	if (size)
		*size = i_size_read(file_inode(file));
	fput(file);
	return mode;
}

static struct ehost_fn *captured(struct kunit *test)
{
	const struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn = rig_one(test, &desc);

	rig_start(test);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	return fn;
}

static void values_test(struct kunit *test)
{
	struct ehost_fn *fn = captured(test);
	char sha256[2 * SHA256_DIGEST_SIZE + 1];

	KUNIT_EXPECT_STREQ(test, text_of(test, fn, "rom_status"), "captured");
	KUNIT_EXPECT_STREQ(test, text_of(test, fn, "rom_bar"), "zero");
	KUNIT_EXPECT_STREQ(test, text_of(test, fn, "rom_source"), "borrowed");
	KUNIT_EXPECT_STREQ(test, text_of(test, fn, "decode"), "on");
	KUNIT_EXPECT_STREQ(test, text_of(test, fn, "rom_changed"), "unknown");
	KUNIT_EXPECT_NOT_NULL(test, strstr(text_of(test, fn, "rom_reason"),
					   "3072 bytes"));
	snprintf(sha256, sizeof(sha256), "%*phN", SHA256_DIGEST_SIZE,
		 rig_shadow(test, fn)->sha256);
	KUNIT_EXPECT_STREQ(test, text_of(test, fn, "rom_sha256"), sha256);
}

static void modes_test(struct kunit *test)
{
	struct ehost_fn *fn = captured(test);
	loff_t size = 0;

	KUNIT_EXPECT_EQ(test, mode_of(test, fn, "rom", &size), 0400);
	KUNIT_EXPECT_EQ(test, size, RIG_IMAGES_SIZE);
	KUNIT_EXPECT_EQ(test, mode_of(test, fn, "rom_status", NULL), 0444);
	KUNIT_EXPECT_EQ(test, mode_of(test, fn, "rom_reason", NULL), 0444);
	KUNIT_EXPECT_EQ(test, mode_of(test, fn, "rom_bar", NULL), 0444);
	KUNIT_EXPECT_EQ(test, mode_of(test, fn, "rom_source", NULL), 0444);
	KUNIT_EXPECT_EQ(test, mode_of(test, fn, "rom_sha256", NULL), 0444);
	KUNIT_EXPECT_EQ(test, mode_of(test, fn, "rom_changed", NULL), 0444);
	KUNIT_EXPECT_EQ(test, mode_of(test, fn, "rom_served", NULL), 0444);
	KUNIT_EXPECT_EQ(test, mode_of(test, fn, "decode", NULL), 0444);
	KUNIT_EXPECT_EQ(test, mode_of(test, fn, "capture", NULL), 0200);
	KUNIT_EXPECT_EQ(test, mode_of(test, fn, "sources/borrowed", &size),
			0400);
	KUNIT_EXPECT_EQ(test, size, RIG_IMAGES_SIZE);
	KUNIT_EXPECT_EQ(test, mode_of(test, fn, "sources/borrowed_sha256",
				      NULL), 0444);
	KUNIT_EXPECT_STREQ(test, text_of(test, fn, "sources/borrowed_sha256"),
			   text_of(test, fn, "rom_sha256"));
}

/* Each source has its own bytes, size and hash; "rom" is one of them. */
static void sources_test(struct kunit *test)
{
	const struct rom_build image = { .units = 4, .last = true };
	struct ehost_fn_desc desc = rig_desc(test);
	u8 *copy = kunit_kzalloc(test, SZ_4K, GFP_KERNEL);
	struct ehost_fn *fn = rig_one(test, &desc);
	struct file *file;
	u8 bytes[512];
	loff_t pos = 0;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	rom_build(copy, SZ_4K, 0, &image);
	ehost_dev(fn)->rom = virt_to_phys(copy);
	ehost_dev(fn)->romlen = SZ_4K;
	rig_start(test);
	rig_outcome(test, fn);
	KUNIT_EXPECT_STREQ(test, text_of(test, fn, "rom_source"), "borrowed");
	KUNIT_EXPECT_EQ(test, mode_of(test, fn, "rom", &pos), 0400);
	KUNIT_EXPECT_EQ(test, pos, RIG_IMAGES_SIZE);
	KUNIT_EXPECT_EQ(test, mode_of(test, fn, "sources/platform", &pos),
			0400);
	KUNIT_EXPECT_EQ(test, pos, 4 * 512);
	KUNIT_EXPECT_STRNEQ(test, text_of(test, fn, "sources/platform_sha256"),
			    text_of(test, fn, "rom_sha256"));
	KUNIT_EXPECT_EQ(test, mode_of(test, fn, "sources/vfct", NULL), 0);

	file = open_file(test, fn, "sources/platform", O_RDONLY);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	pos = 512;
	KUNIT_EXPECT_EQ(test, kernel_read(file, bytes, sizeof(bytes), &pos),
			sizeof(bytes));
	KUNIT_EXPECT_EQ(test, memcmp(bytes, copy + 512, sizeof(bytes)), 0);

	/* An open file does not keep the function. */
	ehost_unplug(fn);
	KUNIT_EXPECT_LT(test, kernel_read(file, bytes, sizeof(bytes), &pos), 0);
	fput(file);
}

/* The shadow, in pieces of any size and from any offset */
static void rom_test(struct kunit *test)
{
	static const struct {
		loff_t from;
		size_t count;
		ssize_t want;
	} reads[] = {
		{ 0, RIG_IMAGES_SIZE, RIG_IMAGES_SIZE },
		{ 0, SZ_8K, RIG_IMAGES_SIZE },
		{ 0, 1, 1 },
		{ 511, 3, 3 },
		{ RIG_IMAGES_SIZE - 1, 100, 1 },
		{ RIG_IMAGES_SIZE, 1, 0 },
		{ RIG_IMAGES_SIZE + 1, 1, 0 },
	};
	struct rig *rig = test->priv;
	struct ehost_fn *fn = captured(test);
	u8 *bytes = kunit_kmalloc(test, SZ_8K, GFP_KERNEL);
	struct file *file;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	file = open_file(test, fn, "rom", O_RDONLY);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	for (i = 0; i < ARRAY_SIZE(reads); i++) {
		loff_t pos = reads[i].from;
		ssize_t done = 0, got;

		/* kernfs returns a page at a time. */
		do {
			got = kernel_read(file, bytes + done,
					  reads[i].count - done, &pos);
			done += max_t(ssize_t, got, 0);
		} while (got > 0 && done < reads[i].count);
		KUNIT_EXPECT_GE(test, got, 0);
		KUNIT_EXPECT_EQ(test, done, reads[i].want);
		KUNIT_EXPECT_EQ(test, memcmp(bytes, rig->rom + reads[i].from,
					     done), 0);
	}
	fput(file);
}

/* No shadow: no file, and the files about it are empty. */
static void no_rom_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn;

	rig_host(test, EHOST_FIRMWARE, 0);
	desc.rom.size = 0;
	desc.command = 0;
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	rig_start(test);
	rig_outcome(test, fn);
	KUNIT_EXPECT_STREQ(test, text_of(test, fn, "rom_status"), "none");
	KUNIT_EXPECT_STREQ(test, text_of(test, fn, "rom_bar"), "absent");
	KUNIT_EXPECT_STREQ(test, text_of(test, fn, "rom_source"), "");
	KUNIT_EXPECT_STREQ(test, text_of(test, fn, "rom_sha256"), "");
	KUNIT_EXPECT_STREQ(test, text_of(test, fn, "decode"), "off");
	KUNIT_EXPECT_EQ(test, mode_of(test, fn, "rom", NULL), 0);
	rig_expect_clean(test, "no ROM");
}

struct write_case {
	const char *name;
	const char *text;
	ssize_t want;
};

static const struct write_case write_cases[] = {
	{ "1", "1", 1 },
	{ "1 and a newline", "1\n", 2 },
	{ "whole", "whole\n", 6 },
	{ "0", "0", -EINVAL },
	{ "2", "2", -EINVAL },
	{ "1 and more", "1x", -EINVAL },
	{ "a letter", "y", -EINVAL },
	{ "a word for yes", "on", -EINVAL },
	{ "a word", "please", -EINVAL },
	{ "whole and more", "wholesome", -EINVAL },
};

/* 1 and whole mean capture; anything else does not touch the function. */
static void write_test(struct kunit *test)
{
	const struct write_case *c = test->param_value;
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn;

	rig_host(test, EHOST_FIRMWARE, 0);
	fn = rig_add(test, PCI_DEVFN(4, 0), &desc);
	rig_scan(test);
	rig_start_with(test, "manual", "on", "");
	rig_outcome(test, fn);
	KUNIT_EXPECT_STREQ(test, text_of(test, fn, "rom_status"), "skipped");
	KUNIT_EXPECT_STREQ(test, text_of(test, fn, "rom_bar"), "zero");
	KUNIT_EXPECT_EQ(test, mode_of(test, fn, "rom", NULL), 0);

	KUNIT_EXPECT_EQ(test, write_file(test, fn, "capture", c->text),
			c->want);
	if (c->want > 0) {
		/* The write returns when the capture is done. */
		KUNIT_EXPECT_STREQ(test, text_of(test, fn, "rom_status"),
				   "captured");
		KUNIT_EXPECT_EQ(test, mode_of(test, fn, "rom", NULL), 0400);
		rig_expect_rom(test, fn, sysfs_streq(c->text, "whole") ?
			       RIG_ROM_SIZE : RIG_IMAGES_SIZE);
	} else {
		KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
		KUNIT_EXPECT_EQ(test, mode_of(test, fn, "rom", NULL), 0);
	}
	rig_expect_clean(test, c->name);
}

CASES(write);

static void errors_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *denied, *bound, *broken;

	rig_driver(test, true);
	rig_host(test, EHOST_FIRMWARE, 0);
	denied = rig_add(test, PCI_DEVFN(4, 0), &desc);
	desc.device = RIG_DRIVEN;
	desc.bar[0].addr += SZ_1M;
	desc.bar[1].addr += SZ_1M;
	bound = rig_add(test, PCI_DEVFN(5, 0), &desc);
	desc.device = 0x3003;
	desc.bar[0].addr += SZ_1M;
	desc.bar[1].addr += SZ_1M;
	desc.rom.image = NULL;
	desc.rom.fill = 0xff;
	broken = rig_add(test, PCI_DEVFN(6, 0), &desc);
	rig_scan(test);
	rig_start_with(test, "auto", "on", "5b5b:3001");
	rig_outcome(test, denied);
	rig_outcome(test, bound);
	rig_outcome(test, broken);

	KUNIT_EXPECT_EQ(test, write_file(test, denied, "capture", "1"), -EPERM);
	KUNIT_EXPECT_EQ(test, write_file(test, bound, "capture", "1"), -EBUSY);
	KUNIT_EXPECT_EQ(test, write_file(test, broken, "capture", "1"), -EIO);
	KUNIT_EXPECT_STREQ(test, text_of(test, denied, "rom_status"),
			   "skipped");
	KUNIT_EXPECT_STREQ(test, text_of(test, bound, "rom_status"),
			   "deferred");
	KUNIT_EXPECT_STREQ(test, text_of(test, broken, "rom_status"), "failed");
	KUNIT_EXPECT_NE(test, text_of(test, broken, "rom_reason")[0], '\0');
	rig_expect_clean(test, "errors");
}

/* The owner of the file may only be root in a container. */
static void capability_test(struct kunit *test)
{
	struct ehost_fn *fn = captured(test);
	struct cred *less = prepare_creds();
	unsigned int before = rig_writes_to(test, fn);
	const struct cred *all;
	ssize_t ret;

	KUNIT_ASSERT_NOT_NULL(test, less);
	cap_lower(less->cap_effective, CAP_SYS_ADMIN);
	all = override_creds(less);
	ret = write_file(test, fn, "capture", "1");
	revert_creds(all);
	put_cred(less);
	KUNIT_EXPECT_EQ(test, ret, -EPERM);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), before);
	KUNIT_EXPECT_EQ(test, write_file(test, fn, "capture", "1"), 1);
}

/* A reader has the file open while its function is removed. */
static void open_while_removed_test(struct kunit *test)
{
	struct ehost_fn *fn = captured(test);
	struct file *rom = open_file(test, fn, "rom", O_RDONLY);
	struct file *status = open_file(test, fn, "rom_status", O_RDONLY);
	u8 bytes[16];
	loff_t pos = 0;

	KUNIT_ASSERT_FALSE(test, IS_ERR(rom));
	KUNIT_ASSERT_FALSE(test, IS_ERR(status));
	ehost_unplug(fn);
	KUNIT_EXPECT_LT(test, kernel_read(rom, bytes, sizeof(bytes), &pos), 0);
	pos = 0;
	KUNIT_EXPECT_LT(test, kernel_read(status, bytes, sizeof(bytes), &pos),
			0);
	fput(rom);
	fput(status);
}

/* A bridge has neither memory nor a ROM: nothing to show */
static void nothing_to_show_test(struct kunit *test)
{
	struct rig *rig = test->priv;

	rig_host(test, EHOST_FIRMWARE, 1);
	rig_scan(test);
	rig_start(test);
	KUNIT_EXPECT_STREQ(test, text_of(test, rig->above, "rom_status"),
			   "error -2");
}

/* Two in a page, and the write that moves one of them */
static void pages_test(struct kunit *test)
{
	struct ehost_fn *first, *second;
	struct rig *rig = test->priv;

	rig_host(test, EHOST_FIRMWARE, 1);
	first = small_add(test, 4, SMALL_AT);
	second = small_add(test, 5, SMALL_AT + SMALL_SIZE);
	rig_scan(test);
	rig_start(test);
	small_expect_page(test, first, SB_PAGE_SHARED);
	small_expect_page(test, second, SB_PAGE_UNALIGNED);
	rig_outcome(test, first);
	rig_outcome(test, second);

	KUNIT_EXPECT_EQ(test, mode_of(test, first, "bar0_page", NULL), 0444);
	KUNIT_EXPECT_EQ(test, mode_of(test, first, "bar0_reason", NULL), 0444);
	KUNIT_EXPECT_EQ(test, mode_of(test, first, "bar0_isolate", NULL), 0200);
	/* There is no such BAR. */
	KUNIT_EXPECT_EQ(test, mode_of(test, first, "bar1_page", NULL), 0);
	KUNIT_EXPECT_STREQ(test, text_of(test, first, "bar0_page"), "shared");
	KUNIT_EXPECT_STREQ(test, text_of(test, second, "bar0_page"),
			   "unaligned");
	KUNIT_EXPECT_NOT_NULL(test, strstr(text_of(test, first, "bar0_reason"),
					   pci_name(ehost_dev(second))));

	KUNIT_EXPECT_EQ(test, write_file(test, second, "bar0_isolate", "0"),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, ehost_changed(rig->before, NULL, NULL), 0);
	KUNIT_EXPECT_EQ(test, write_file(test, second, "bar0_isolate", "1\n"),
			2);
	KUNIT_EXPECT_STREQ(test, text_of(test, second, "bar0_page"),
			   "exclusive");
	small_expect_page(test, first, SB_PAGE_EXCLUSIVE);
	KUNIT_EXPECT_STREQ(test, text_of(test, first, "bar0_page"),
			   "exclusive");
}

/* If a BAR is not moved, the write fails, and the reason can be read later. */
static void page_errors_test(struct kunit *test)
{
	struct ehost_fn_desc desc = small_desc(test, SMALL_AT + SMALL_SIZE);
	struct ehost_fn *bound, *denied;
	struct rig *rig = test->priv;

	rig_driver(test, true);
	rig_host(test, EHOST_FIRMWARE, 1);
	small_add(test, 4, SMALL_AT);
	desc.device = RIG_DRIVEN;
	bound = rig_add(test, PCI_DEVFN(5, 0), &desc);
	desc.device = 0x3003;
	desc.bar[0].addr += SMALL_SIZE;
	denied = rig_add(test, PCI_DEVFN(6, 0), &desc);
	rig_scan(test);
	rig_start_with(test, "auto", "on", "5b5b:3003");
	small_expect_page(test, bound, SB_PAGE_UNALIGNED);
	small_expect_page(test, denied, SB_PAGE_UNALIGNED);
	rig_outcome(test, bound);
	rig_outcome(test, denied);

	KUNIT_EXPECT_EQ(test, write_file(test, bound, "bar0_isolate", "1"),
			-EBUSY);
	KUNIT_EXPECT_EQ(test, write_file(test, denied, "bar0_isolate", "1"),
			-EPERM);
	KUNIT_EXPECT_NOT_NULL(test, strstr(text_of(test, bound, "bar0_reason"),
					   sb_move_text(SB_MOVE_BOUND)));
	KUNIT_EXPECT_NOT_NULL(test, strstr(text_of(test, denied, "bar0_reason"),
					   sb_move_text(SB_MOVE_DENIED)));
	KUNIT_EXPECT_EQ(test, ehost_changed(rig->before, NULL, NULL), 0);
}

/**
 * struct reader - a task that reads a file
 * @file: the file
 * @text: its contents
 * @done: the file has been read
 */
struct reader {
	struct file *file;
	char text[16];
	struct completion done;
};

static int reads(void *arg)
{
	struct reader *reader = arg;
	loff_t pos = 0;

	kernel_read(reader->file, reader->text, sizeof(reader->text) - 1, &pos);
	complete(&reader->done);
	return 0;
}

/* Reading a status never waits, even if something delays a capture. */
static void pending_test(struct kunit *test)
{
	const struct ehost_fn_desc desc = rig_desc(test);
	struct reader reader = {};
	struct rig_asker asker;
	struct ehost_fn *fn;
	bool in_time;

	fn = rig_one(test, &desc);
	rig_start_with(test, "manual", "on", "");
	KUNIT_ASSERT_EQ(test, rig_outcome(test, fn).why, SB_WHY_MANUAL);
	init_completion(&reader.done);
	reader.file = open_file(test, fn, "rom_status", O_RDONLY);
	KUNIT_ASSERT_FALSE(test, IS_ERR(reader.file));

	pci_lock_rescan_remove();
	rig_ask(test, fn, &asker);
	rig_wait_asked(test, &asker);
	KUNIT_EXPECT_FALSE(test, IS_ERR(kthread_run(reads, &reader, "reader")));
	in_time = wait_for_completion_timeout(&reader.done, WAIT);
	pci_unlock_rescan_remove();
	KUNIT_EXPECT_TRUE(test, in_time);
	/* If the reader did wait, it can continue by now. */
	if (!in_time)
		wait_for_completion_timeout(&reader.done, WAIT);
	fput(reader.file);
	KUNIT_EXPECT_STREQ(test, reader.text, "pending\n");

	KUNIT_EXPECT_EQ(test, rig_answer(test, &asker), 0);
	KUNIT_EXPECT_STREQ(test, text_of(test, fn, "rom_status"), "captured");
}

static struct kunit_case sysfs_cases[] = {
	KUNIT_CASE(values_test),
	KUNIT_CASE(pending_test),
	KUNIT_CASE(modes_test),
	KUNIT_CASE(sources_test),
	KUNIT_CASE(rom_test),
	KUNIT_CASE(no_rom_test),
	KUNIT_CASE_PARAM(write_test, write_gen_params),
	KUNIT_CASE(errors_test),
	KUNIT_CASE(capability_test),
	KUNIT_CASE(open_while_removed_test),
	KUNIT_CASE(nothing_to_show_test),
	KUNIT_CASE(pages_test),
	KUNIT_CASE(page_errors_test),
	{}
};

static int sysfs_test_init(struct kunit *test)
{
	struct file *file = rig_open("/sys/bus/pci", O_PATH);

	if (IS_ERR(file))
		kunit_skip(test, "no sysfs mounted at /sys");
	fput(file);
	return rig_init(test);
}

static struct kunit_suite sysfs_suite = {
	.name = "shadowbar_sysfs",
	.init = sysfs_test_init,
	.exit = rig_exit,
	.test_cases = sysfs_cases,
};

kunit_test_suite(sysfs_suite);
