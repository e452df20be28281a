// SPDX-License-Identifier: GPL-2.0-only
/*
 * reread: a ROM that a guest has changed is reported, and the shadow stays.
 */
#include <kunit/test.h>
#include <linux/device.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <shadowbar/choose.h>

#include "cases.h"
#include "function.h"
#include "queue.h"
#include "rig.h"
#include "rom/store.h"
#include "trace.h"

struct changed_case {
	const char *name;
	enum sb_changed before;
	enum sb_why why;
	enum sb_image_error error;
	bool same;
	enum sb_changed after;
};

static const struct changed_case changed_cases[] = {
	{ "same", SB_CHANGED_UNKNOWN, SB_WHY_CAPTURED, SB_IMAGE_OK, true,
	  SB_CHANGED_NO },
	{ "same again", SB_CHANGED_YES, SB_WHY_CAPTURED, SB_IMAGE_OK, true,
	  SB_CHANGED_NO },
	{ "other bytes", SB_CHANGED_NO, SB_WHY_CAPTURED, SB_IMAGE_OK, false,
	  SB_CHANGED_YES },
	{ "no ROM, but something", SB_CHANGED_NO, SB_WHY_BROKEN,
	  SB_IMAGE_NO_SIGNATURE, false, SB_CHANGED_YES },
	{ "all ones", SB_CHANGED_NO, SB_WHY_BROKEN, SB_IMAGE_ALL_ONES, false,
	  SB_CHANGED_GONE },
	{ "all zeroes", SB_CHANGED_NO, SB_WHY_BROKEN, SB_IMAGE_ALL_ZEROES,
	  false, SB_CHANGED_GONE },
	{ "in use", SB_CHANGED_YES, SB_WHY_IN_USE, SB_IMAGE_OK, false,
	  SB_CHANGED_YES },
	{ "bound", SB_CHANGED_UNKNOWN, SB_WHY_DRIVER_BOUND, SB_IMAGE_OK, false,
	  SB_CHANGED_UNKNOWN },
	{ "too slow", SB_CHANGED_NO, SB_WHY_TOO_SLOW, SB_IMAGE_OK, false,
	  SB_CHANGED_NO },
	{ "vanished", SB_CHANGED_UNKNOWN, SB_WHY_VANISHED, SB_IMAGE_ALL_ONES,
	  false, SB_CHANGED_UNKNOWN },
};

CASES(changed);

static void changed_test(struct kunit *test)
{
	const struct changed_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, sb_changed_by(c->before, c->why, c->error,
					    c->same), c->after);
}

static void names_test(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, sb_changed_name(SB_CHANGED_UNKNOWN),
			   "unknown");
	KUNIT_EXPECT_STREQ(test, sb_changed_name(SB_CHANGED_NO), "no");
	KUNIT_EXPECT_STREQ(test, sb_changed_name(SB_CHANGED_YES), "yes");
	KUNIT_EXPECT_STREQ(test, sb_changed_name(SB_CHANGED_GONE), "gone");
}

/**
 * struct listener - what the tracepoint reported about one function
 * @pdev: the function
 * @told: how often
 * @changed: the last report
 */
struct listener {
	struct pci_dev *pdev;
	unsigned int told;
	u8 changed;
};

static void hear(void *data, struct pci_dev *pdev, u8 changed)
{
	struct listener *listener = data;

	if (pdev != listener->pdev)
		return;
	listener->told++;
	listener->changed = changed;
}

/* A function whose ROM was read, for the driver of DEVICE */
static struct ehost_fn *captured(struct kunit *test, u16 device, char *capture)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn;

	/* Only the images: EHOST_ROM_CHANGES changes the last byte. */
	desc.rom.image_len = RIG_IMAGES_SIZE;
	desc.device = device;
	fn = rig_one(test, &desc);
	rig_start_with(test, capture, "on", "");
	if (!strcmp(capture, "manual")) {
		rig_outcome(test, fn);
		KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	}
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	return fn;
}

static enum sb_changed changed(struct kunit *test, struct ehost_fn *fn)
{
	struct sb_function *function = rig_function(test, fn);

	rig_wait(test, function);
	return sb_function_changed(function);
}

/* A guest has it for a while, and changes its ROM. */
static void lend(struct kunit *test, struct ehost_fn *fn,
		 void (*misdeed)(struct kunit *test, struct ehost_fn *fn))
{
	struct rig *rig = test->priv;
	unsigned int probes = rig->probes;

	rig_holder(test, true);
	KUNIT_ASSERT_EQ(test, rig->probes, probes + 1);
	if (misdeed)
		misdeed(test, fn);
	rig_holder(test, false);
}

static void rewrite(struct kunit *test, struct ehost_fn *fn)
{
	ehost_set_quirks(fn, EHOST_ROM_CHANGES);
}

static void erase(struct kunit *test, struct ehost_fn *fn)
{
	ehost_set_rom(fn, NULL, 0, 0xff);
}

static void scramble(struct kunit *test, struct ehost_fn *fn)
{
	ehost_set_rom(fn, NULL, 0, 0x5a);
}

static void put_back(struct kunit *test, struct ehost_fn *fn)
{
	struct rig *rig = test->priv;

	ehost_set_quirks(fn, 0);
	ehost_set_rom(fn, rig->rom, RIG_IMAGES_SIZE, 0xff);
}

/* The guest leaves the ROM unchanged; it is read again all the same. */
static void same_test(struct kunit *test)
{
	struct ehost_fn *fn = captured(test, RIG_HELD, "auto");
	struct rig *rig = test->priv;

	KUNIT_EXPECT_EQ(test, changed(test, fn), SB_CHANGED_UNKNOWN);
	ehost_reset_oracles(rig->host);
	lend(test, fn, NULL);
	KUNIT_EXPECT_EQ(test, changed(test, fn), SB_CHANGED_NO);
	KUNIT_EXPECT_GT(test, rig_writes_to(test, fn), 0);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "same");
}

/* Rewritten, erased, scrambled and restored: the shadow does not change. */
static void rewritten_test(struct kunit *test)
{
	struct ehost_fn *fn = captured(test, RIG_HELD, "auto");
	struct listener listener = { .pdev = ehost_dev(fn) };
	struct sb_outcome before = rig_outcome(test, fn), after;

	KUNIT_ASSERT_EQ(test, register_trace_shadowbar_reread(hear, &listener),
			0);
	lend(test, fn, rewrite);
	KUNIT_EXPECT_EQ(test, changed(test, fn), SB_CHANGED_YES);
	KUNIT_EXPECT_EQ(test, listener.told, 1);
	KUNIT_EXPECT_EQ(test, listener.changed, SB_CHANGED_YES);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	lend(test, fn, erase);
	KUNIT_EXPECT_EQ(test, changed(test, fn), SB_CHANGED_GONE);
	/* The second look does not change the outcome of the capture. */
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	lend(test, fn, scramble);
	KUNIT_EXPECT_EQ(test, changed(test, fn), SB_CHANGED_YES);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	lend(test, fn, put_back);
	KUNIT_EXPECT_EQ(test, changed(test, fn), SB_CHANGED_NO);
	KUNIT_EXPECT_EQ(test, listener.told, 4);
	unregister_trace_shadowbar_reread(hear, &listener);
	tracepoint_synchronize_unregister();

	after = rig_outcome(test, fn);
	KUNIT_EXPECT_EQ(test, after.why, before.why);
	KUNIT_EXPECT_EQ(test, after.length, before.length);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "rewritten");
}

static void change_tail(struct kunit *test, struct ehost_fn *fn)
{
	struct rig *rig = test->priv;

	ehost_set_rom(fn, rig->rom, RIG_IMAGES_SIZE, 0xee);
}

/* Data after the last image is compared if it was captured. */
static void whole_test(struct kunit *test)
{
	struct ehost_fn *fn = captured(test, RIG_HELD, "auto");
	struct sb_function *function = rig_function(test, fn);

	lend(test, fn, change_tail);
	KUNIT_EXPECT_EQ(test, changed(test, fn), SB_CHANGED_NO);
	put_back(test, fn);
	KUNIT_EXPECT_EQ(test, sb_queue_capture(function, true), 0);
	KUNIT_EXPECT_EQ(test, rig_shadow(test, fn)->size, RIG_ROM_SIZE);
	lend(test, fn, NULL);
	KUNIT_EXPECT_EQ(test, changed(test, fn), SB_CHANGED_NO);
	lend(test, fn, change_tail);
	KUNIT_EXPECT_EQ(test, changed(test, fn), SB_CHANGED_YES);
	KUNIT_EXPECT_EQ(test, rig_shadow(test, fn)->size, RIG_ROM_SIZE);
	rig_expect_clean(test, "all of it");
}

static void refuse_whole(struct kunit *test, struct ehost_fn *fn)
{
	KUNIT_EXPECT_EQ(test, sb_queue_capture(rig_function(test, fn), true),
			-EBUSY);
}

static void refuse_images(struct kunit *test, struct ehost_fn *fn)
{
	KUNIT_EXPECT_EQ(test, sb_queue_capture(rig_function(test, fn), false),
			-EBUSY);
}

/* What is compared is what the shadow has, whatever was refused since. */
static void refused_test(struct kunit *test)
{
	struct ehost_fn *fn = captured(test, RIG_HELD, "auto");
	struct sb_function *function = rig_function(test, fn);

	lend(test, fn, refuse_whole);
	KUNIT_EXPECT_EQ(test, changed(test, fn), SB_CHANGED_NO);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	KUNIT_EXPECT_EQ(test, sb_queue_capture(function, true), 0);
	KUNIT_EXPECT_EQ(test, rig_shadow(test, fn)->size, RIG_ROM_SIZE);
	lend(test, fn, refuse_images);
	KUNIT_EXPECT_EQ(test, changed(test, fn), SB_CHANGED_NO);
	KUNIT_EXPECT_EQ(test, rig_shadow(test, fn)->size, RIG_ROM_SIZE);
	rig_expect_clean(test, "refused");
}

/* A requested capture reads the ROM as it is now, which is then the shadow. */
static void by_hand_test(struct kunit *test)
{
	struct ehost_fn *fn = captured(test, RIG_HELD, "auto");
	u8 first[SHA256_DIGEST_SIZE];

	memcpy(first, rig_shadow(test, fn)->sha256, sizeof(first));
	lend(test, fn, rewrite);
	KUNIT_EXPECT_EQ(test, changed(test, fn), SB_CHANGED_YES);
	KUNIT_EXPECT_EQ(test, rig_capture(test, fn), 0);
	KUNIT_EXPECT_NE(test, memcmp(rig_shadow(test, fn)->sha256, first,
				     sizeof(first)), 0);
	KUNIT_EXPECT_EQ(test, changed(test, fn), SB_CHANGED_UNKNOWN);
	rig_expect_clean(test, "by hand");
}

static void expect_untouched(struct kunit *test, struct ehost_fn *fn,
			     const char *why)
{
	KUNIT_EXPECT_EQ(test, changed(test, fn), SB_CHANGED_UNKNOWN);
	KUNIT_EXPECT_EQ_MSG(test, rig_writes_to(test, fn), 0, "%s", why);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, why);
}

/* capture=manual: nothing is ever read without a request. */
static void manual_test(struct kunit *test)
{
	struct ehost_fn *fn = captured(test, RIG_HELD, "manual");
	struct rig *rig = test->priv;

	ehost_reset_oracles(rig->host);
	lend(test, fn, rewrite);
	expect_untouched(test, fn, "manual");
}

/* Any other driver is the host's own, and trusted with the device. */
static void other_driver_test(struct kunit *test)
{
	struct ehost_fn *fn = captured(test, RIG_DRIVEN, "auto");
	struct rig *rig = test->priv;

	ehost_reset_oracles(rig->host);
	rig_driver(test, true);
	rewrite(test, fn);
	rig_driver(test, false);
	expect_untouched(test, fn, "another driver");
}

static void leave_enabled(struct kunit *test, struct ehost_fn *fn)
{
	struct rig *rig = test->priv;

	KUNIT_EXPECT_EQ(test, pci_enable_device(ehost_dev(fn)), 0);
	rewrite(test, fn);
	ehost_reset_oracles(rig->host);
}

/* Still in use when the guest's driver is unbound: it is left alone. */
static void in_use_test(struct kunit *test)
{
	struct ehost_fn *fn = captured(test, RIG_HELD, "auto");

	lend(test, fn, leave_enabled);
	KUNIT_EXPECT_EQ(test, changed(test, fn), SB_CHANGED_UNKNOWN);
	KUNIT_EXPECT_EQ(test, rig_writes_to(test, fn), 0);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	pci_disable_device(ehost_dev(fn));
	lend(test, fn, NULL);
	KUNIT_EXPECT_EQ(test, changed(test, fn), SB_CHANGED_YES);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
}

/* The next driver binds at once: the ROM is read before its probe. */
static void next_driver_test(struct kunit *test)
{
	struct ehost_fn *fn = captured(test, RIG_HELD, "auto");
	struct rig *rig = test->priv;

	rig_holder(test, true);
	rewrite(test, fn);
	device_release_driver(&ehost_dev(fn)->dev);
	KUNIT_EXPECT_GE(test, device_attach(&ehost_dev(fn)->dev), 0);
	KUNIT_EXPECT_EQ(test, rig->probes, 2);
	KUNIT_EXPECT_EQ(test, changed(test, fn), SB_CHANGED_YES);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "the next driver");
}

/* Without a shadow from before the guest, a change cannot be detected. */
static void no_shadow_test(struct kunit *test)
{
	struct ehost_fn_desc desc = rig_desc(test);
	struct ehost_fn *fn;

	desc.device = RIG_HELD;
	rig_holder(test, true);
	fn = rig_one(test, &desc);
	rig_start(test);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_DRIVER_BOUND);
	rig_holder(test, false);
	KUNIT_EXPECT_EQ(test, rig_outcome(test, fn).why, SB_WHY_CAPTURED);
	KUNIT_EXPECT_EQ(test, changed(test, fn), SB_CHANGED_UNKNOWN);
	rig_expect_rom(test, fn, RIG_IMAGES_SIZE);
	rig_expect_clean(test, "no shadow");
}

static struct kunit_case reread_suite_cases[] = {
	KUNIT_CASE_PARAM(changed_test, changed_gen_params),
	KUNIT_CASE(names_test),
	KUNIT_CASE(same_test),
	KUNIT_CASE(rewritten_test),
	KUNIT_CASE(whole_test),
	KUNIT_CASE(refused_test),
	KUNIT_CASE(by_hand_test),
	KUNIT_CASE(manual_test),
	KUNIT_CASE(other_driver_test),
	KUNIT_CASE(in_use_test),
	KUNIT_CASE(next_driver_test),
	KUNIT_CASE(no_shadow_test),
	{}
};

static struct kunit_suite reread_suite = {
	.name = "shadowbar_reread",
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = reread_suite_cases,
};

kunit_test_suite(reread_suite);
