// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver under test on an emulated host
 */
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/iopoll.h>
#include <linux/kobject.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/path.h>
#include <linux/pci.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/umh.h>

#include "function.h"
#include "queue.h"
#include "hook.h"
#include "rig.h"
#include "rom/store.h"
#include "rom_build.h"

/* More than any capture takes, even on an emulated machine with KASAN */
#define RIG_PATIENCE	(20 * USEC_PER_SEC)

/* The driver's callbacks have no access to the test. */
static struct rig *rig_of_driver;

int rig_init(struct kunit *test)
{
	const struct rom_build first = { .units = 2 };
	const struct rom_build last = { .units = 4, .code = 3, .last = true };
	struct rig *rig;

	/* The machines of scripts/kunit have one. */
	KUNIT_ASSERT_TRUE_MSG(test, ehost_available(),
			      "no ivshmem device to take memory from");

	rig = kunit_kzalloc(test, sizeof(*rig), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, rig);
	rig->rom = kunit_kmalloc(test, RIG_ROM_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, rig->rom);
	memset(rig->rom, 0x5e, RIG_ROM_SIZE);
	rom_build(rig->rom, RIG_ROM_SIZE,
		  rom_build(rig->rom, RIG_ROM_SIZE, 0, &first), &last);
	rig->pad = "on";
	rig->isolate = "vfio";
	rig->serve = "on";
	rig->igd_stolen = "check";
	test->priv = rig;
	rig_of_driver = rig;
	return 0;
}

/**
 * rig_open - open a file, as the first process would
 * @path: path of the file
 * @flags: as for open()
 *
 * Cases run in kernel threads, which see no files in 7.3.
 *
 * Return: the file, to be released with fput(), or an error
 */
struct file *rig_open(const char *path, int flags)
{
	struct pid *pid = find_get_pid(1);
	struct task_struct *first = get_pid_task(pid, PIDTYPE_PID);
	struct path root;
	struct file *file;

	put_pid(pid);
	if (!first)
		return ERR_PTR(-ESRCH);
	task_lock(first);
	get_fs_root(first->fs, &root);
	task_unlock(first);
	put_task_struct(first);

	file = file_open_root(&root, path, flags, 0);
	path_put(&root);
	return file;
}

/* Files of debugfs only take bytes from user space. */
static bool run_in_shell(const char *command)
{
	char *argv[4] = { "/bin/sh", "-c", (char *)command, NULL };
	char *envp[2] = { "PATH=/bin:/usr/bin", NULL };

	return !call_usermodehelper(argv[0], argv, envp, UMH_WAIT_PROC);
}

/**
 * rig_can_starve - let any allocation of a task be made to fail
 *
 * By default only allocations that cannot wait may fail, and of pages only more
 * than one.
 *
 * Return: true if current->fail_nth now works
 */
bool rig_can_starve(void)
{
	return run_in_shell("cd /sys/kernel/debug/failslab && echo N >ignore-gfp-wait") &&
	       run_in_shell("cd /sys/kernel/debug/fail_page_alloc && echo N >ignore-gfp-wait") &&
	       run_in_shell("cd /sys/kernel/debug/fail_page_alloc && echo 0 >min-order") &&
	       run_in_shell("cd /sys/kernel/debug && for f in fail*/; do echo 0 >$f/verbose; done");
}

/**
 * rig_refuse_pieces - make allocations of contiguous pages fail
 * @size: of at least this size; 0 to make none fail
 *
 * Return: true if they do so from now on
 */
bool rig_refuse_pieces(size_t size)
{
	char command[160];

	/* A smaller size, even for a moment, would leave nothing to a shell. */
	if (!size)
		return run_in_shell("echo 0 >/sys/kernel/debug/fail_page_alloc/probability");

	snprintf(command, sizeof(command),
		 "cd /sys/kernel/debug/fail_page_alloc && echo 0 >verbose && echo N >ignore-gfp-wait && echo %d >min-order && echo 1000000 >times && echo 100 >probability",
		 get_order(size));
	return run_in_shell(command);
}

void rig_exit(struct kunit *test)
{
	struct rig *rig = test->priv;

	if (!rig)
		return;
	rig_driver(test, false);
	rig_holder(test, false);
	rig_stop(test);
	ehost_state_free(rig->before);
	rig->before = NULL;
	ehost_destroy_all();
	rig_of_driver = NULL;
}

/**
 * rig_host - build a host, and a chain of nested bridges
 * @test: test
 * @mode: who decides on addresses
 * @depth: number of bridges
 *
 * Firmware has opened all of them for the same range.
 */
void rig_host(struct kunit *test, enum ehost_mode mode, unsigned int depth)
{
	const struct ehost_desc host = {
		.windows = {
			{ .size = RIG_WINDOW_SIZE, .bus = RIG_WINDOW },
			{ .size = RIG_PREF_SIZE, .bus = RIG_PREF,
			  .flags = EHOST_PREF },
		},
		.mode = mode,
	};
	struct ehost_fn_desc bridge = {
		.device = 0x2001,
		.class = 0x060400,
		.bridge = true,
		.command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER,
		.mem = { RIG_FORWARD, RIG_FORWARD_SIZE },
		.pref = { RIG_PREF, RIG_PREF_SIZE },
	};
	struct rig *rig = test->priv;

	rig->host = ehost_create(&host);
	KUNIT_ASSERT_NOT_NULL(test, rig->host);
	rig->above = NULL;
	while (depth--) {
		rig->above = ehost_add(rig->host, rig->above, PCI_DEVFN(1, 0),
				       &bridge);
		KUNIT_ASSERT_NOT_NULL(test, rig->above);
	}
}

/**
 * rig_drop_host - take the host down, so that another one can be built
 * @test: test; the driver has been stopped
 *
 * Expects its windows to be empty.
 */
void rig_drop_host(struct kunit *test)
{
	struct rig *rig = test->priv;

	ehost_state_free(rig->before);
	rig->before = NULL;
	KUNIT_EXPECT_EQ(test, ehost_destroy(rig->host), 0);
	rig->host = NULL;
	rig->above = NULL;
}

/**
 * rig_desc - describe a function with a ROM, as good firmware leaves it
 * @test: test
 *
 * Return: a description to be changed: the ROM BAR is zero
 */
struct ehost_fn_desc rig_desc(struct kunit *test)
{
	const struct rig *rig = test->priv;

	return (struct ehost_fn_desc){
		.device = RIG_DEVICE,
		.bar = {
			{ .size = SZ_64K, .addr = RIG_WINDOW + SZ_2M },
			{ .size = SZ_4K, .addr = RIG_WINDOW + SZ_2M + SZ_64K },
		},
		.rom = {
			.size = RIG_ROM_SIZE,
			.image = rig->rom,
			.image_len = RIG_ROM_SIZE,
		},
		.command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER,
	};
}

struct ehost_fn *rig_add(struct kunit *test, unsigned int devfn,
			 const struct ehost_fn_desc *desc)
{
	struct rig *rig = test->priv;
	struct ehost_fn *fn = ehost_add(rig->host, rig->above, devfn, desc);

	KUNIT_ASSERT_NOT_NULL(test, fn);
	return fn;
}

void rig_scan(struct kunit *test)
{
	struct rig *rig = test->priv;

	KUNIT_ASSERT_EQ(test, ehost_scan(rig->host), 0);
}

/**
 * rig_one - add one function below one bridge, as firmware left it
 * @test: test
 * @desc: its description
 *
 * Return: the function, which the core has found
 */
struct ehost_fn *rig_one(struct kunit *test, const struct ehost_fn_desc *desc)
{
	struct ehost_fn *fn;

	rig_host(test, EHOST_FIRMWARE, 1);
	fn = rig_add(test, PCI_DEVFN(4, 0), desc);
	rig_scan(test);
	return fn;
}

/**
 * rig_try - load the driver as the module does, which may fail
 * @test: test
 * @capture: module parameter
 * @borrow: module parameter
 * @deny: module parameter
 *
 * Return: 0 or the error of the load; then nothing has to be stopped.
 */
int rig_try(struct kunit *test, char *capture, char *borrow, char *deny)
{
	struct rig *rig = test->priv;
	const struct sb_words words = {
		.capture = capture,
		.borrow = borrow,
		.pad = rig->pad,
		.isolate = rig->isolate,
		.serve = rig->serve,
		.measure = "off",
		.igd_stolen = rig->igd_stolen,
		.deny = deny,
	};
	int ret = sb_settings_parse(&rig->settings, &words);

	if (ret)
		return ret;
	ret = sb_hook_start(&rig->settings);
	if (ret)
		sb_settings_free(&rig->settings);
	rig->started = !ret;
	return ret;
}

/**
 * rig_start_with - start the driver as the module does when it is loaded
 * @test: test
 * @capture: module parameter
 * @borrow: module parameter
 * @deny: module parameter
 *
 * rig_expect_clean() later compares config space with its present state.
 */
void rig_start_with(struct kunit *test, char *capture,
		    char *borrow, char *deny)
{
	struct rig *rig = test->priv;

	ehost_state_free(rig->before);
	rig->before = ehost_save(rig->host);
	KUNIT_ASSERT_NOT_NULL(test, rig->before);
	ehost_reset_oracles(rig->host);
	KUNIT_ASSERT_EQ(test, rig_try(test, capture, borrow, deny), 0);
}

void rig_start(struct kunit *test)
{
	rig_start_with(test, "auto", "on", "");
}

/**
 * rig_stop - stop the driver, as the module does when it is unloaded
 * @test: test
 */
void rig_stop(struct kunit *test)
{
	struct rig *rig = test->priv;

	if (!rig->started)
		return;
	sb_hook_stop();
	sb_settings_free(&rig->settings);
	rig->started = false;
}

bool rig_has_directory(struct ehost_fn *fn)
{
	struct kernfs_node *dir = sysfs_get_dirent(ehost_dev(fn)->dev.kobj.sd,
						   "shadowbar");

	sysfs_put(dir);
	return dir;
}

/**
 * rig_function_of - the driver's object for a function
 * @test: test
 * @pdev: function that has a "shadowbar" directory
 *
 * Return: the object, valid until the function is removed or the driver stops
 */
struct sb_function *rig_function_of(struct kunit *test, struct pci_dev *pdev)
{
	struct sb_function *function;
	struct kernfs_node *dir;

	dir = sysfs_get_dirent(pdev->dev.kobj.sd, "shadowbar");
	KUNIT_ASSERT_NOT_NULL(test, dir);
	function = container_of((struct kobject *)dir->priv, struct sb_function,
				kobj);
	sysfs_put(dir);
	return function;
}

struct sb_function *rig_function(struct kunit *test, struct ehost_fn *fn)
{
	struct pci_dev *pdev = ehost_dev(fn);

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	return rig_function_of(test, pdev);
}

/* Is there such a file in a function's "shadowbar" directory? */
bool rig_has_file(struct kunit *test, struct ehost_fn *fn, const char *name)
{
	struct sb_function *function = rig_function(test, fn);
	struct kernfs_node *file;

	file = sysfs_get_dirent(function->kobj.sd, name);
	sysfs_put(file);
	return file;
}

static bool rig_is_settled(struct sb_function *function)
{
	struct sb_outcome outcome;

	sb_function_outcome(function, &outcome);
	return sb_outcome_status(&outcome) != SB_STATUS_PENDING;
}

/**
 * rig_wait - wait until a function is no longer pending, as a script would
 * @test: test
 * @function: the driver's object
 *
 * rom_status never waits, so this looks again and again.
 */
void rig_wait(struct kunit *test, struct sb_function *function)
{
	bool settled;

	KUNIT_ASSERT_EQ_MSG(test, read_poll_timeout(rig_is_settled, settled,
						    settled, USEC_PER_MSEC,
						    RIG_PATIENCE, false,
						    function), 0,
			    "the capture does not end");
}

/**
 * rig_outcome - the outcome for a function, once it is no longer pending
 * @test: test
 * @fn: function
 *
 * Return: its outcome
 */
struct sb_outcome rig_outcome(struct kunit *test, struct ehost_fn *fn)
{
	struct sb_function *function = rig_function(test, fn);
	struct sb_outcome outcome;

	rig_wait(test, function);
	sb_function_outcome(function, &outcome);
	return outcome;
}

/* Like a write to "capture" */
int rig_capture(struct kunit *test, struct ehost_fn *fn)
{
	return sb_queue_capture(rig_function(test, fn), false);
}

static int rig_asks(void *arg)
{
	struct rig_asker *asker = arg;

	allow_signal(SIGINT);
	asker->ret = sb_queue_capture(asker->function, false);
	complete(&asker->done);
	return 0;
}

/**
 * rig_ask - let another task write to "capture"
 * @test: test
 * @fn: function
 * @asker: the task, until rig_answer()
 *
 * A SIGINT interrupts it.
 */
void rig_ask(struct kunit *test, struct ehost_fn *fn, struct rig_asker *asker)
{
	struct task_struct *task;

	asker->function = rig_function(test, fn);
	init_completion(&asker->done);
	task = kthread_create(rig_asks, asker, "rig_asker");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	asker->task = get_task_struct(task);
	wake_up_process(task);
}

static bool rig_is_pending(struct sb_function *function)
{
	return !rig_is_settled(function);
}

/**
 * rig_wait_asked - wait until a task has written its request
 * @test: test; it prevents the capture
 * @asker: the task
 */
void rig_wait_asked(struct kunit *test, struct rig_asker *asker)
{
	bool pending;

	/* The caller may hold the lock that prevents it. */
	KUNIT_EXPECT_EQ(test, read_poll_timeout(rig_is_pending, pending,
						pending, USEC_PER_MSEC,
						RIG_PATIENCE, false,
						asker->function), 0);
}

/**
 * rig_answer - wait for the return of a task's write
 * @test: test
 * @asker: the task
 *
 * Return: its return value
 */
int rig_answer(struct kunit *test, struct rig_asker *asker)
{
	unsigned long patience = usecs_to_jiffies(RIG_PATIENCE);

	/* The caller may hold the rescan lock. */
	if (!wait_for_completion_timeout(&asker->done, patience)) {
		KUNIT_FAIL(test, "no answer");
		return -ETIMEDOUT;
	}
	put_task_struct(asker->task);
	return asker->ret;
}

/**
 * rig_shadow - the shadow of a function
 * @test: test
 * @fn: function
 *
 * Return: the shadow, without a reference, or NULL
 */
struct sb_shadow *rig_shadow(struct kunit *test, struct ehost_fn *fn)
{
	struct sb_shadow *shadow = sb_function_shadow(rig_function(test, fn),
						    SB_SOURCE_NONE);

	sb_shadow_put(shadow);
	return shadow;
}

void rig_expect_rom(struct kunit *test, struct ehost_fn *fn, u32 size)
{
	struct sb_shadow *shadow = rig_shadow(test, fn);
	const struct rig *rig = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, shadow);
	KUNIT_ASSERT_EQ(test, shadow->size, size);
	KUNIT_EXPECT_EQ(test, memcmp(shadow->data, rig->rom, size), 0);
	KUNIT_EXPECT_TRUE(test, rig_has_file(test, fn, "rom"));
}

void rig_expect_no_rom(struct kunit *test, struct ehost_fn *fn)
{
	KUNIT_EXPECT_NULL(test, rig_shadow(test, fn));
}

/**
 * rig_expect_clean - expect all registers to be as before, and no misdeeds
 * @test: test
 * @when: for the message
 */
void rig_expect_clean(struct kunit *test, const char *when)
{
	struct rig *rig = test->priv;
	struct ehost_counters c;
	unsigned int where = 0;

	KUNIT_EXPECT_EQ_MSG(test, ehost_changed(rig->before, NULL, &where), 0,
			    "%s: register %02x is not as before", when, where);
	ehost_counters(rig->host, &c);
	KUNIT_EXPECT_EQ_MSG(test, c.overlaps, 0, "%s: at %llx", when,
			    c.overlap_at);
	KUNIT_EXPECT_EQ_MSG(test, c.outside, 0, "%s: at %llx", when,
			    c.outside_at);
	KUNIT_EXPECT_EQ_MSG(test, c.bar_writes_live, 0, "%s", when);
	KUNIT_EXPECT_EQ_MSG(test, c.rom_moves_live, 0, "%s", when);
	KUNIT_EXPECT_EQ_MSG(test, c.master_moves, 0, "%s", when);
	KUNIT_EXPECT_EQ_MSG(test, c.sick, 0, "%s", when);
}

/* Number of config writes to a function since the driver was started */
unsigned int rig_writes_to(struct kunit *test, struct ehost_fn *fn)
{
	struct rig *rig = test->priv;
	unsigned int i, nr, writes = 0;
	struct ehost_write *journal;

	nr = ehost_journal(rig->host, NULL, 0);
	journal = kcalloc(nr + 1, sizeof(*journal), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, journal);
	nr = min(nr, ehost_journal(rig->host, journal, nr));
	for (i = 0; i < nr; i++)
		writes += journal[i].fn == fn;
	kfree(journal);
	return writes;
}

/**
 * rig_vfio_rest - what vfio-pci claims beside a BAR
 * @res: the BAR, smaller than a page
 *
 * Return: the rest of its page.
 */
struct resource rig_vfio_rest(const struct resource *res)
{
	return (struct resource){
		.name = "vfio sub-page reserved",
		.start = res->end + 1,
		.end = res->start + PAGE_SIZE - 1,
		.flags = res->flags,
	};
}

/**
 * rig_vfio_claim - claim the rest of a BAR's page
 * @res: the BAR, smaller than a page
 * @rest: set to what is claimed; to be released if it is
 *
 * Makes the same check as vfio-pci before it lets user space map a BAR.
 *
 * Return: true if it is claimed.
 */
bool rig_vfio_claim(const struct resource *res, struct resource *rest)
{
	*rest = rig_vfio_rest(res);
	return res->parent && PAGE_ALIGNED(res->start) &&
	       !request_resource(res->parent, rest);
}

/**
 * rig_vfio_maps - could vfio-pci map a BAR now?
 * @res: the BAR, smaller than a page
 *
 * Return: true if it could.
 */
bool rig_vfio_maps(const struct resource *res)
{
	struct resource rest;

	if (!rig_vfio_claim(res, &rest))
		return false;
	release_resource(&rest);
	return true;
}

/* Two tasks may probe at the same time. */
static DEFINE_MUTEX(rig_probing);

static int rig_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct rig *rig = rig_of_driver;
	struct kernfs_node *dir;

	mutex_lock(&rig_probing);
	rig->probes++;
	rig->bar_at_probe = pdev->resource[0];
	rig->maps_at_probe = rig_vfio_maps(&pdev->resource[0]);
	if (rig->before)
		rig->changed_at_probe = ehost_changed(rig->before, NULL, NULL);
	dir = sysfs_get_dirent(pdev->dev.kobj.sd, "shadowbar");
	if (dir) {
		sb_function_outcome(container_of((struct kobject *)dir->priv,
						 struct sb_function, kobj),
				    &rig->at_probe);
		sysfs_put(dir);
	}
	mutex_unlock(&rig_probing);
	return 0;
}

static void rig_remove(struct pci_dev *pdev)
{
	if (rig_of_driver->unbinding)
		rig_of_driver->unbinding(pdev);
}

static const struct pci_device_id rig_ids[] = {
	{ PCI_DEVICE(EHOST_VENDOR, RIG_DRIVEN) },
	{}
};

static struct pci_driver rig_pci_driver = {
	.name = "shadowbar_kunit",
	.id_table = rig_ids,
	.probe = rig_probe,
	.remove = rig_remove,
};

static const struct pci_device_id rig_held_ids[] = {
	{ PCI_DEVICE(EHOST_VENDOR, RIG_HELD) },
	{}
};

/* On old kernels, the name shows that the driver maps BARs to user space. */
static struct pci_driver rig_holder_driver = {
	.name = "shadowbar-kunit-vfio-pci",
	.id_table = rig_held_ids,
	.probe = rig_probe,
	.remove = rig_remove,
#if SB_HAS_MANAGED_DMA
	.driver_managed_dma = true,
#endif
};

static void rig_register(struct kunit *test, struct pci_driver *driver,
			 bool registered, bool *is_registered)
{
	if (registered == *is_registered)
		return;
	/*
	 * Without a module: some kernels run the suites of a module before its
	 * directory in sysfs exists, which would have to list the driver.
	 */
	if (registered)
		KUNIT_ASSERT_EQ(test, __pci_register_driver(driver, NULL, NULL),
				0);
	else
		pci_unregister_driver(driver);
	*is_registered = registered;
}

/**
 * rig_driver - register or unregister a driver for RIG_DRIVEN
 * @test: test
 * @registered: true to register it
 */
void rig_driver(struct kunit *test, bool registered)
{
	struct rig *rig = test->priv;

	rig_register(test, &rig_pci_driver, registered, &rig->driver);
}

/**
 * rig_holder - register or unregister a driver like vfio-pci for RIG_HELD
 * @test: test
 * @registered: true to register it
 */
void rig_holder(struct kunit *test, bool registered)
{
	struct rig *rig = test->priv;

	rig_register(test, &rig_holder_driver, registered, &rig->holder);
}

/**
 * rig_is_held - is the driver like vfio-pci bound to a function?
 * @pdev: the function
 *
 * Return: true if it is.
 */
bool rig_is_held(const struct pci_dev *pdev)
{
	return READ_ONCE(pdev->dev.driver) == &rig_holder_driver.driver;
}

/**
 * rig_hold - bind the driver like vfio-pci to one more function
 * @test: test; the driver is registered
 * @fn: the function, whose IDs are unique
 */
void rig_hold(struct kunit *test, struct ehost_fn *fn)
{
	struct pci_dev *pdev = ehost_dev(fn);

	KUNIT_ASSERT_EQ(test, pci_add_dynid(&rig_holder_driver, pdev->vendor,
					    pdev->device, PCI_ANY_ID,
					    PCI_ANY_ID, 0, 0, 0), 0);
	KUNIT_EXPECT_PTR_EQ(test, pdev->dev.driver,
			    &rig_holder_driver.driver);
}

/**
 * rig_unload_bound - unload the module while a driver is bound
 * @test: test
 * @fn: a function that is RIG_DRIVEN, with a ROM to capture
 *
 * Before that, loads the module and lets it capture.
 */
void rig_unload_bound(struct kunit *test, struct ehost_fn *fn)
{
	rig_start(test);
	rig_wait(test, rig_function(test, fn));
	rig_driver(test, true);
	rig_stop(test);
}

/**
 * rig_driver_for - let that driver bind to other functions as well
 * @test: test
 * @vendor: their vendor
 * @device: their device
 */
void rig_driver_for(struct kunit *test, u16 vendor, u16 device)
{
	rig_driver(test, true);
	KUNIT_EXPECT_EQ(test, pci_add_dynid(&rig_pci_driver, vendor, device,
					    PCI_ANY_ID, PCI_ANY_ID, 0, 0, 0),
			0);
}
