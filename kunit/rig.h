/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The driver under test on an emulated host
 *
 * A suite with rig_init() and rig_exit() as its init and exit functions has a
 * rig in test->priv: it adds functions, scans, starts the driver, checks, and
 * ends with rig_expect_clean(). rig_exit() cleans up after an aborted test.
 */
#ifndef SHADOWBAR_KUNIT_RIG_H
#define SHADOWBAR_KUNIT_RIG_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <shadowbar/reason.h>

#include "host.h"
#include "settings.h"

struct sb_function;
struct sb_shadow;

/* Bus addresses: the host's windows, and the part that its bridges forward */
#define RIG_WINDOW		0x80000000ULL
#define RIG_WINDOW_SIZE		SZ_16M
#define RIG_PREF		0x2000000000ULL
#define RIG_PREF_SIZE		SZ_8M
#define RIG_FORWARD		(RIG_WINDOW + SZ_1M)
#define RIG_FORWARD_SIZE	SZ_8M
#define RIG_DEVICE		0x3001	/* no driver matches it */
#define RIG_DRIVEN		0x3002	/* the rig's own driver matches */
#define RIG_HELD		0x3003	/* the rig's "vfio-pci" matches */

/* The ROM: two images, and data after them that belongs to neither */
#define RIG_ROM_SIZE		SZ_16K
#define RIG_IMAGES_SIZE		(6 * 512)

/**
 * struct rig - the state of a test of the driver
 * @host: the emulated host
 * @above: the bridge that functions are added below, NULL for the root bus
 * @before: config space when the driver was started
 * @settings: module parameters
 * @pad: module parameter, for the next start
 * @isolate: likewise
 * @serve: likewise
 * @igd_stolen: likewise
 * @started: the driver runs
 * @rom: contents of the functions' ROMs
 * @driver: the rig's own driver is registered
 * @holder: likewise for the one that is like vfio-pci
 * @unbinding: called before one of them is unbound, or NULL
 * @probes: number of probes of that driver
 * @bar_at_probe: BAR 0 of the function at the last probe
 * @maps_at_probe: vfio-pci would have mapped it
 * @at_probe: outcome of the function at the last probe
 * @changed_at_probe: registers that differed at that time
 */
struct rig {
	struct ehost *host;
	struct ehost_fn *above;
	struct ehost_state *before;
	struct sb_settings settings;
	char *pad;
	char *isolate;
	char *serve;
	char *igd_stolen;
	bool started;
	u8 *rom;
	bool driver;
	bool holder;
	void (*unbinding)(struct pci_dev *pdev);
	unsigned int probes;
	struct resource bar_at_probe;
	bool maps_at_probe;
	struct sb_outcome at_probe;
	unsigned int changed_at_probe;
};

/**
 * struct rig_asker - a task that writes to a function's "capture"
 * @function: the function
 * @task: the task, with a reference
 * @ret: return value of the write
 * @done: it has returned
 */
struct rig_asker {
	struct sb_function *function;
	struct task_struct *task;
	int ret;
	struct completion done;
};

struct file *rig_open(const char *path, int flags);
bool rig_can_starve(void);
bool rig_refuse_pieces(size_t size);
int rig_init(struct kunit *test);
void rig_exit(struct kunit *test);

void rig_host(struct kunit *test, enum ehost_mode mode, unsigned int depth);
void rig_drop_host(struct kunit *test);
struct ehost_fn_desc rig_desc(struct kunit *test);
struct ehost_fn *rig_add(struct kunit *test, unsigned int devfn,
			 const struct ehost_fn_desc *desc);
void rig_scan(struct kunit *test);
struct ehost_fn *rig_one(struct kunit *test, const struct ehost_fn_desc *desc);
int rig_try(struct kunit *test, char *capture, char *borrow, char *deny);
void rig_start_with(struct kunit *test, char *capture,
		    char *borrow, char *deny);
void rig_start(struct kunit *test);
void rig_stop(struct kunit *test);
void rig_driver(struct kunit *test, bool registered);
void rig_holder(struct kunit *test, bool registered);
bool rig_is_held(const struct pci_dev *pdev);
void rig_hold(struct kunit *test, struct ehost_fn *fn);
struct resource rig_vfio_rest(const struct resource *res);
bool rig_vfio_claim(const struct resource *res, struct resource *rest);
bool rig_vfio_maps(const struct resource *res);
void rig_unload_bound(struct kunit *test, struct ehost_fn *fn);
void rig_driver_for(struct kunit *test, u16 vendor, u16 device);

struct sb_function *rig_function_of(struct kunit *test, struct pci_dev *pdev);
bool rig_has_directory(struct ehost_fn *fn);
struct sb_function *rig_function(struct kunit *test, struct ehost_fn *fn);
bool rig_has_file(struct kunit *test, struct ehost_fn *fn, const char *name);
void rig_wait(struct kunit *test, struct sb_function *function);
struct sb_outcome rig_outcome(struct kunit *test, struct ehost_fn *fn);
int rig_capture(struct kunit *test, struct ehost_fn *fn);
void rig_ask(struct kunit *test, struct ehost_fn *fn,
	     struct rig_asker *asker);
void rig_wait_asked(struct kunit *test, struct rig_asker *asker);
int rig_answer(struct kunit *test, struct rig_asker *asker);
struct sb_shadow *rig_shadow(struct kunit *test, struct ehost_fn *fn);

void rig_expect_rom(struct kunit *test, struct ehost_fn *fn, u32 size);
void rig_expect_no_rom(struct kunit *test, struct ehost_fn *fn);
void rig_expect_clean(struct kunit *test, const char *when);
unsigned int rig_writes_to(struct kunit *test, struct ehost_fn *fn);

#endif /* SHADOWBAR_KUNIT_RIG_H */
