// SPDX-License-Identifier: GPL-2.0-only
/*
 * reason: each outcome has a status, an error and a clear line.
 */
#include <kunit/test.h>
#include <shadowbar/reason.h>

#include "cases.h"

#define FINE	.restored = true, .decode = true

struct outcome_case {
	const char *name;
	struct sb_outcome outcome;
	enum sb_status status;
	int error;
	const char *says[4];	/* each must be in the line */
	const char *not;	/* must not be */
};

static const struct outcome_case outcome_cases[] = {
	{ "queued", { FINE, .why = SB_WHY_QUEUED, .rom_bar = SB_ROM_BAR_ZERO },
	  SB_STATUS_PENDING, -EIO, { "waiting" } },
	{ "in place",
	  { FINE, .why = SB_WHY_CAPTURED, .rom_bar = SB_ROM_BAR_PROGRAMMED,
	    .source = SB_SOURCE_IN_PLACE, .addr = 0x80100000, .length = 512,
	    .images = 1 },
	  SB_STATUS_CAPTURED, 0,
	  { "good address", "512 bytes", "1 image,", "in place at 0x80100000" },
	  "decoding was off" },
	{ "borrowed",
	  { FINE, .why = SB_WHY_CAPTURED, .rom_bar = SB_ROM_BAR_ZERO,
	    .source = SB_SOURCE_BORROWED, .addr = 0x80200000, .lender = 3,
	    .length = 2048, .images = 2 },
	  SB_STATUS_CAPTURED, 0,
	  { "no address", "2 images,", "BAR 3's address 0x80200000" } },
	{ "in a hole, decoding off",
	  { .restored = true, .why = SB_WHY_CAPTURED,
	    .rom_bar = SB_ROM_BAR_ALL_ONES, .source = SB_SOURCE_HOLE,
	    .addr = 0x80300000, .length = 512, .images = 1 },
	  SB_STATUS_CAPTURED, 0,
	  { "all ones", "decoding was off", "hole at 0x80300000" } },
	{ "one wrong sum",
	  { FINE, .why = SB_WHY_CAPTURED, .rom_bar = SB_ROM_BAR_OVERLAP,
	    .source = SB_SOURCE_HOLE, .length = 512, .images = 1,
	    .bad_sums = 1 },
	  SB_STATUS_CAPTURED, 0, { "overlapped", "does not sum to zero" } },
	{ "a PCIR that newer kernels refuse",
	  { FINE, .why = SB_WHY_CAPTURED, .rom_bar = SB_ROM_BAR_PROGRAMMED,
	    .source = SB_SOURCE_IN_PLACE, .length = 512, .images = 1,
	    .odd_pcir = 1 },
	  SB_STATUS_CAPTURED, 0,
	  { "newer kernels may refuse image 1: its PCIR" } },
	{ "a later image is broken",
	  { FINE, .why = SB_WHY_CAPTURED, .rom_bar = SB_ROM_BAR_OUTSIDE,
	    .source = SB_SOURCE_HOLE, .length = 512, .images = 1,
	    .image_error = SB_IMAGE_LENGTH_ZERO },
	  SB_STATUS_CAPTURED, 0,
	  { "outside", "image 2", "length is zero", "kept" } },
	{ "no image",
	  { FINE, .why = SB_WHY_BROKEN, .rom_bar = SB_ROM_BAR_ZERO,
	    .source = SB_SOURCE_HOLE, .addr = 0x80300000,
	    .image_error = SB_IMAGE_ALL_ONES },
	  SB_STATUS_FAILED, -EIO,
	  { "reads as all ones", "no ROM chip is fitted" }, "damaged" },
	{ "no whole image",
	  { FINE, .why = SB_WHY_BROKEN, .rom_bar = SB_ROM_BAR_ZERO,
	    .source = SB_SOURCE_HOLE, .addr = 0x80300000,
	    .image_error = SB_IMAGE_NO_PCIR },
	  SB_STATUS_FAILED, -EIO, { "has no PCIR", "damaged" }, "fitted" },
	{ "no ROM BAR", { FINE, .why = SB_WHY_NO_ROM_BAR }, SB_STATUS_NONE,
	  -ENODEV, { "no ROM BAR" } },
	{ "virtual", { FINE, .why = SB_WHY_VIRTUAL }, SB_STATUS_NONE, -ENODEV,
	  { "virtual function", "physical function" } },
	{ "manual", { FINE, .why = SB_WHY_MANUAL }, SB_STATUS_SKIPPED, -EIO,
	  { "capture=manual", "write 1" } },
	{ "bound", { FINE, .why = SB_WHY_DRIVER_BOUND }, SB_STATUS_DEFERRED,
	  -EBUSY, { "driver is bound", "unbind" } },
	{ "enabled", { FINE, .why = SB_WHY_IN_USE, .busy = SB_BUSY_ENABLED },
	  SB_STATUS_SKIPPED, -EBUSY,
	  { "not touched, because somebody has enabled it", "write 0 there" } },
	{ "virtual functions", { FINE, .why = SB_WHY_IN_USE, .busy = SB_BUSY_VFS },
	  SB_STATUS_SKIPPED, -EBUSY,
	  { "its virtual functions are enabled", "sriov_numvfs" } },
	{ "denied", { FINE, .why = SB_WHY_DENIED }, SB_STATUS_SKIPPED, -EPERM,
	  { "deny parameter" } },
	{ "known bad",
	  { FINE, .why = SB_WHY_KNOWN_BAD, .known_bad = "it bites" },
	  SB_STATUS_SKIPPED, -EPERM, { "it bites" } },
	{ "powered down", { FINE, .why = SB_WHY_POWERED_DOWN },
	  SB_STATUS_SKIPPED, -EIO, { "not in D0", "0 to its enable file, which wakes it" } },
	{ "pinned off", { FINE, .why = SB_WHY_PINNED_OFF }, SB_STATUS_SKIPPED,
	  -EIO, { "decoding is off" } },
	{ "bridge closed", { FINE, .why = SB_WHY_BRIDGE_CLOSED },
	  SB_STATUS_SKIPPED, -EIO, { "bridge" } },
	{ "VGA", { FINE, .why = SB_WHY_VGA }, SB_STATUS_SKIPPED, -EIO,
	  { "boot VGA device" } },
	{ "cannot park", { FINE, .why = SB_WHY_CANNOT_PARK }, SB_STATUS_SKIPPED,
	  -EIO, { "cannot be moved out of the way" } },
	{ "no address", { FINE, .why = SB_WHY_NO_ADDRESS }, SB_STATUS_SKIPPED,
	  -EIO, { "no BAR can lend", "hole" } },
	{ "stuck", { FINE, .why = SB_WHY_STUCK }, SB_STATUS_FAILED, -EIO,
	  { "ignores what is written" } },
	{ "vanished", { FINE, .why = SB_WHY_VANISHED }, SB_STATUS_FAILED, -EIO,
	  { "stopped answering; check" } },
	{ "vanished in the middle",
	  { .rom_bar = SB_ROM_BAR_ZERO, .decode = true, .why = SB_WHY_VANISHED },
	  SB_STATUS_FAILED, -EIO,
	  { "stopped answering before its registers were restored; check" } },
	{ "disturbed", { FINE, .why = SB_WHY_DISTURBED }, SB_STATUS_FAILED,
	  -EIO, { "something else wrote", "then write 1 to capture" } },
	{ "too slow", { FINE, .why = SB_WHY_TOO_SLOW }, SB_STATUS_FAILED, -EIO,
	  { "took too long", "write 1 to capture" } },
	{ "full", { FINE, .why = SB_WHY_FULL }, SB_STATUS_SKIPPED, -ENOMEM,
	  { "1/32 of memory", "write 1 to capture" } },
	{ "untrusted", { FINE, .why = SB_WHY_UNTRUSTED }, SB_STATUS_SKIPPED,
	  -EIO, { "anybody could plug", "write 1 to capture" } },
	{ "beside a driver", { FINE, .why = SB_WHY_SIBLING }, SB_STATUS_SKIPPED,
	  -EIO, { "same flash chip", "unbind that driver", "write 1 to capture" } },
	{ "fixed", { FINE, .why = SB_WHY_FIXED }, SB_STATUS_SKIPPED, -EIO,
	  { "Enhanced Allocation", "rom file" } },
	{ "not valid", { FINE, .why = SB_WHY_BROKEN, .validation = 4,
			 .source = SB_SOURCE_HOLE, .addr = 0x80000000,
			 .image_error = SB_IMAGE_NO_PCIR }, SB_STATUS_FAILED,
	  -EIO, { "read it in a hole at 0x80000000", "damaged", "own validation", "not valid" } },
	{ "not trusted", { FINE, .why = SB_WHY_BROKEN, .validation = 5,
			   .image_error = SB_IMAGE_NO_PCIR }, SB_STATUS_FAILED,
	  -EIO, { "damaged", "own validation", "valid, but not trusted" } },
	{ "config error", { FINE, .why = SB_WHY_CONFIG_ERROR },
	  SB_STATUS_FAILED, -EIO, { "config space failed" } },
	{ "no memory", { FINE, .why = SB_WHY_NO_MEMORY }, SB_STATUS_FAILED,
	  -ENOMEM, { "no memory" } },
	{ "not restored, later",
	  { .restored = false, .decode = true, .why = SB_WHY_NOT_RESTORED },
	  SB_STATUS_FAILED, -EIO, { "could not be restored", "power-cycle" } },
	{ "captured, but not restored",
	  { .restored = false, .decode = true, .why = SB_WHY_CAPTURED,
	    .source = SB_SOURCE_HOLE, .length = 512, .images = 1 },
	  SB_STATUS_FAILED, -EIO },
	{ "none, but in VFCT",
	  { FINE, .why = SB_WHY_NO_ROM_BAR, .best = SB_SOURCE_VFCT,
	    .best_length = 512, .best_images = 1 },
	  SB_STATUS_CAPTURED, -ENODEV,
	  { "no ROM BAR; took 512 bytes, 1 image, from", "table VFCT" } },
	{ "bound, but from _ROM",
	  { FINE, .why = SB_WHY_DRIVER_BOUND, .best = SB_SOURCE_ACPI_ROM,
	    .best_length = 1024, .best_images = 2 },
	  SB_STATUS_DEFERRED, -EBUSY,
	  { "unbind it", "took 1024 bytes, 2 images,", "method _ROM" } },
	{ "failed, but UEFI had it",
	  { FINE, .why = SB_WHY_BROKEN, .best = SB_SOURCE_PLATFORM,
	    .image_error = SB_IMAGE_ALL_ONES, .best_length = 512,
	    .best_images = 1 },
	  SB_STATUS_CAPTURED, -EIO, { "reads as all ones", "from a copy that UEFI or" } },
	{ "denied, but at 0xC0000",
	  { FINE, .why = SB_WHY_DENIED, .best = SB_SOURCE_VGA_SHADOW,
	    .best_length = 512, .best_images = 1 },
	  SB_STATUS_SKIPPED, -EPERM, { "deny parameter", "the BIOS's copy" } },
	{ "queued again, with another",
	  { FINE, .why = SB_WHY_QUEUED, .best = SB_SOURCE_VFCT,
	    .best_length = 512, .best_images = 1 },
	  SB_STATUS_PENDING, -EIO, { "waiting" } },
	{ "not restored, with another",
	  { .restored = false, .decode = true, .why = SB_WHY_NOT_RESTORED,
	    .best = SB_SOURCE_VFCT, .best_length = 512, .best_images = 1 },
	  SB_STATUS_FAILED, -EIO, { "power-cycle", "table VFCT" } },
	{ "Intel graphics", { FINE, .why = SB_WHY_NO_ROM_BAR,
			      .place = SB_PLACE_INTEL },
	  SB_STATUS_NONE, -ENODEV,
	  { "no ROM BAR", "in the machine's firmware", "OpRegion",
	    "legacy (CSM) mode" } },
	{ "Intel graphics, with a ROM",
	  { FINE, .why = SB_WHY_NO_ROM_BAR, .place = SB_PLACE_INTEL,
	    .best = SB_SOURCE_VGA_SHADOW, .best_length = 512,
	    .best_images = 1 },
	  SB_STATUS_CAPTURED, -ENODEV, { "took 512 bytes" }, "OpRegion" },
	{ "Intel graphics, not looked at yet",
	  { FINE, .why = SB_WHY_QUEUED, .place = SB_PLACE_INTEL },
	  SB_STATUS_PENDING, -EIO, { "waiting" }, "OpRegion" },
	{ "boot VGA under UEFI",
	  { FINE, .why = SB_WHY_NO_ROM_BAR, .place = SB_PLACE_EMPTY_SHADOW },
	  SB_STATUS_NONE, -ENODEV, { "does not exist either" } },
	{ "boot VGA under UEFI, captured",
	  { FINE, .why = SB_WHY_CAPTURED, .source = SB_SOURCE_HOLE,
	    .length = 512, .images = 1, .best = SB_SOURCE_HOLE,
	    .place = SB_PLACE_EMPTY_SHADOW },
	  SB_STATUS_CAPTURED, 0, { "512 bytes" }, "copy" },
	{ "denied, and not restored once",
	  { .restored = false, .decode = true, .why = SB_WHY_DENIED },
	  SB_STATUS_FAILED, -EPERM },
};

static void outcome_test(struct kunit *test)
{
	const struct outcome_case *c = test->param_value;
	char line[PAGE_SIZE > 1024 ? 1024 : PAGE_SIZE];
	unsigned int i;
	int length;

	KUNIT_EXPECT_EQ(test, sb_outcome_status(&c->outcome), c->status);
	KUNIT_EXPECT_EQ(test, sb_outcome_error(&c->outcome), c->error);

	length = sb_outcome_reason(&c->outcome, line, sizeof(line));
	KUNIT_EXPECT_GT(test, length, 0);
	KUNIT_EXPECT_EQ(test, length, strlen(line));
	/* One complete line */
	KUNIT_EXPECT_LT(test, length, sizeof(line) - 1);
	KUNIT_EXPECT_NULL(test, strchr(line, '\n'));
	for (i = 0; i < ARRAY_SIZE(c->says) && c->says[i]; i++)
		KUNIT_EXPECT_TRUE_MSG(test, strstr(line, c->says[i]),
				      "\"%s\" is not in \"%s\"", c->says[i],
				      line);
	/* It was read in one place. */
	KUNIT_EXPECT_LE(test, !!strstr(line, " in place at 0x") +
			!!strstr(line, "'s address 0x") +
			!!strstr(line, " in a hole at 0x"), 1);
	if (c->outcome.image_error == SB_IMAGE_OK)
		KUNIT_EXPECT_NULL(test, strstr(line, "before it were kept"));
	if (!c->outcome.bad_sums)
		KUNIT_EXPECT_NULL(test, strstr(line, "not sum to zero"));
	if (c->not)
		KUNIT_EXPECT_FALSE_MSG(test, strstr(line, c->not),
				       "\"%s\" is in \"%s\"", c->not, line);
}

CASES(outcome);

/* Lack of memory is reported only if nothing else prevented the capture. */
static void starve_test(struct kunit *test)
{
	struct sb_outcome outcome = { FINE };
	enum sb_why why;

	for (why = SB_WHY_QUEUED; why <= SB_WHY_BROKEN; why++) {
		bool told = why == SB_WHY_CAPTURED || why == SB_WHY_MANUAL ||
			    why == SB_WHY_NO_ROM_BAR;

		outcome.why = why;
		sb_outcome_not_kept(&outcome, SB_WHY_NO_MEMORY);
		KUNIT_EXPECT_EQ(test, outcome.why,
				told ? SB_WHY_NO_MEMORY : why);
	}
}

/* For any buffer size: cut, terminated, and not written past its end */
static void room_test(struct kunit *test)
{
	const struct sb_outcome outcome = {
		.why = SB_WHY_NO_ADDRESS, .rom_bar = SB_ROM_BAR_OUTSIDE,
	};
	char line[512], whole[512];
	size_t size;
	int length;

	length = sb_outcome_reason(&outcome, whole, sizeof(whole));
	for (size = 1; size < length + 3; size++) {
		memset(line, 'x', sizeof(line));
		KUNIT_EXPECT_EQ(test, sb_outcome_reason(&outcome, line, size),
				min_t(int, length, size - 1));
		KUNIT_EXPECT_EQ(test, strlen(line), min_t(size_t, length,
							  size - 1));
		KUNIT_EXPECT_EQ(test, strncmp(line, whole, size - 1), 0);
		KUNIT_EXPECT_EQ(test, line[size], 'x');
	}
}

/* Every reason has its own text. */
static void every_why_test(struct kunit *test)
{
	struct sb_outcome a = { FINE, .known_bad = "" };
	struct sb_outcome b = a;
	char line_a[512], line_b[512];

	for (a.why = SB_WHY_QUEUED; a.why <= SB_WHY_BROKEN; a.why++) {
		sb_outcome_reason(&a, line_a, sizeof(line_a));
		for (b.why = SB_WHY_QUEUED; b.why < a.why; b.why++) {
			/* Both describe a read, with the same text. */
			if (a.why == SB_WHY_BROKEN && b.why == SB_WHY_CAPTURED)
				continue;
			sb_outcome_reason(&b, line_b, sizeof(line_b));
			KUNIT_EXPECT_STRNEQ(test, line_a, line_b);
		}
	}
}

static void status_names_test(struct kunit *test)
{
	static const char * const names[] = {
		"pending", "none", "captured", "deferred", "skipped", "failed",
	};
	enum sb_status status;

	for (status = SB_STATUS_PENDING; status <= SB_STATUS_FAILED; status++)
		KUNIT_EXPECT_STREQ(test, sb_status_name(status), names[status]);
}

static struct kunit_case reason_cases[] = {
	KUNIT_CASE_PARAM(outcome_test, outcome_gen_params),
	KUNIT_CASE(starve_test),
	KUNIT_CASE(room_test),
	KUNIT_CASE(every_why_test),
	KUNIT_CASE(status_names_test),
	{}
};

static struct kunit_suite reason_suite = {
	.name = "shadowbar_reason",
	.test_cases = reason_cases,
};

kunit_test_suite(reason_suite);
