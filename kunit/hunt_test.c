// SPDX-License-Identifier: GPL-2.0-only
/*
 * hunt: find what nobody has thought of.
 *
 * A seed determines a host, or a real machine is taken, with functions that
 * misbehave in changing ways. Then things happen to it, step by step, while
 * tasks write to and read from all sysfs files of these functions, and some of
 * their allocations fail. scripts/hunt runs this for hours.
 *
 * A quiet step does nothing that may change config space, so all of it must be
 * as before. A loud step may; the state after it is the start of the next one.
 * After each step the tasks pause, and every shadow must contain that
 * function's ROM. Also after a loud step, no ROM may stay enabled, and no BAR of
 * a function that a hypervisor has open may have moved.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/iopoll.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>
#include <linux/pm.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/swap.h>

#include "function.h"
#include "machines.h"
#include "pages/pages.h"
#include "rig.h"
#include "rom/store.h"
#include "rom_build.h"

static unsigned int hunt_seconds = 20;
module_param(hunt_seconds, uint, 0444);
MODULE_PARM_DESC(hunt_seconds, "for how long hosts are made up");

static unsigned int hunt_seed = 1;
module_param(hunt_seed, uint, 0444);
MODULE_PARM_DESC(hunt_seed, "the first of them; each report follows its own");

#define MOST		24
#define TASKS		3
#define STEPS		24
#define HEADER		16	/* dwords */
#define ROM_LENGTH	(2 * 512)
#define PATIENCE	(60 * USEC_PER_SEC)
#define UNPLACED	U64_MAX

/**
 * struct prey - a function, and what is known about it
 * @fn: the function
 * @bridge: it is a bridge
 * @hostile: it may misbehave: its registers and its ROM are not checked
 * @rom: contents of its ROM
 * @before: its header at the beginning of a quiet step
 * @opened: the function while a hypervisor has it open, with a reference
 * @rest: what that has claimed of the pages of its BARs
 * @at: where its BARs were when it was opened, or UNPLACED
 * @saved: its registers then
 */
struct prey {
	struct ehost_fn *fn;
	bool bridge;
	bool hostile;
	u8 rom[ROM_LENGTH];
	u32 before[HEADER];
	struct pci_dev *opened;
	struct resource rest[EHOST_NUM_BARS];
	u64 at[EHOST_NUM_BARS];
	struct pci_saved_state *saved;
};

/**
 * struct hunter - one task
 * @hunt: the hunt
 * @random: state of its random numbers
 * @nr: its number
 */
struct hunter {
	struct hunt *hunt;
	u32 random;
	unsigned int nr;
};

/**
 * struct hunt - a host and what happens to it
 * @test: the test
 * @rig: its rig
 * @seed: the seed that determines everything
 * @step: the current step
 * @random: state of the random numbers of the task that takes the steps
 * @prey: functions and bridges
 * @nr: how many
 * @name: their addresses, for the tasks
 * @named: how many of these there are
 * @tasks: the tasks that use sysfs
 * @ended: how many of these have ended
 * @still: held for writing while the tasks pause
 * @loud: they may do what changes config space
 * @resets: they may reset functions; else read the kernel's "rom" files
 * @over: they must end
 * @hunters: data of the tasks
 * @ops: number of their operations
 */
struct hunt {
	struct kunit *test;
	struct rig *rig;
	u32 seed;
	unsigned int step;
	u32 random;
	struct prey *prey;
	unsigned int nr;
	char name[MOST][16];
	unsigned int named;
	struct task_struct *tasks[TASKS];
	struct completion ended[TASKS];
	struct hunter hunters[TASKS];
	struct rw_semaphore still;
	bool loud;
	bool resets;
	bool over;
	atomic_t ops;
};

/* For when an assertion ends the test; the tasks continue until told to end. */
static struct hunt *hunting;

/* Numerical Recipes: the same numbers each time, on any kernel */
static u32 below(u32 *random, u32 limit)
{
	*random = *random * 1664525 + 1013904223;
	return (u64)*random * limit >> 32;
}

/* Files whose reads and writes change no function's config space */
static const char * const quiet_files[] = {
	"shadowbar/capture", "shadowbar/rom_status", "shadowbar/rom_reason",
	"shadowbar/rom", "shadowbar/rom_sha256", "shadowbar/bar0_page",
	"shadowbar/bar0_reason", "shadowbar/bar1_page", "shadowbar/decode",
	"shadowbar/rom_bar", "config", "resource", "modalias",
};

/*
 * Not "remove": with two removals at the same time, the core of 6.12 alone uses
 * a freed function. loud_step() removes. Nor "power/control": when the core
 * resumes a function that has no driver, it restores the registers that it saved
 * before, and with them a COMMAND that others have changed since.
 */
static const char * const loud_files[] = {
	"shadowbar/bar0_isolate", "shadowbar/bar1_isolate",
	"shadowbar/bar2_isolate", "enable", "rom", "rescan", "reset", "command",
	"driver/unbind", "drivers_probe", "d3cold_allowed",
};

/* Let an allocation of this task fail, now or soon. */
static void starve(u32 *random, unsigned int most)
{
#ifdef CONFIG_FAULT_INJECTION
	if (!below(random, 3))
		WRITE_ONCE(current->fail_nth, 1 + below(random, most));
#endif
}

static void feed(void)
{
#ifdef CONFIG_FAULT_INJECTION
	WRITE_ONCE(current->fail_nth, 0);
#endif
}

/*
 * A function's own "rescan" deadlocks with "remove", in the core alone: use the
 * file of the bus.
 */
static void write_file(u32 *random, const char *name, const char *file)
{
	char value = below(random, 3) ? '1' : '0', path[80];
	const char *bytes = &value;
	struct file *opened;
	size_t length = 1;
	loff_t at = 0;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", name, file);
	if (!strcmp(file, "rescan") || !strcmp(file, "drivers_probe"))
		snprintf(path, sizeof(path), "/sys/bus/pci/%s", file);
	if (!strcmp(file, "drivers_probe") || !strcmp(file, "driver/unbind")) {
		bytes = name;
		length = strlen(name);
	} else if (!strcmp(file, "command")) {
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config",
			 name);
		/*
		 * Only "enable" switches decoding on: until a rescan, it
		 * refuses if a BAR has no address.
		 */
		value = below(random, 2) ? PCI_COMMAND_MASTER : 0;
		at = PCI_COMMAND;
	}

	opened = rig_open(path, O_WRONLY);
	if (IS_ERR(opened))
		return;
	/* Only for our own files */
	if (!strncmp(file, "shadowbar/", 10))
		starve(random, 30);
	kernel_write(opened, bytes, length, &at);
	feed();
	filp_close(opened, NULL);
}

static void read_file(u32 *random, const char *name, const char *file)
{
	char path[80], buf[256];
	struct file *opened;
	loff_t at = 0;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", name, file);
	opened = rig_open(path, O_RDONLY);
	if (IS_ERR(opened))
		return;
	if (!strncmp(file, "shadowbar/", 10))
		starve(random, 30);
	while (kernel_read(opened, buf, sizeof(buf), &at) > 0 && at < SZ_4K)
		;
	feed();
	filp_close(opened, NULL);
}

static void use_file(struct hunt *hunt, u32 *random)
{
	unsigned int nr = below(random, hunt->named);
	const char *name = hunt->name[nr], *file;

	if (!hunt->loud || below(random, 2)) {
		file = quiet_files[below(random, ARRAY_SIZE(quiet_files))];
		if (strcmp(file, "shadowbar/capture"))
			read_file(random, name, file);
		else
			write_file(random, name, file);
		return;
	}

	file = loud_files[below(random, ARRAY_SIZE(loud_files))];
	/* A bridge that forwards nothing hides the ROMs behind it. */
	if (hunt->prey[nr].bridge && !strcmp(file, "command"))
		return;
	/*
	 * A reset saves and restores the ROM BAR while another task reads the
	 * kernel's file "rom": without any module, the ROM may stay enabled.
	 */
	if (!strcmp(file, hunt->resets ? "rom" : "reset"))
		return;
	/* The kernel's own file gives the ROM only after a write enables it. */
	if (!strcmp(file, "rom") && below(random, 2))
		read_file(random, name, file);
	else
		write_file(random, name, file);
}

static int roam(void *arg)
{
	struct hunter *hunter = arg;
	struct hunt *hunt = hunter->hunt;
	u32 *random = &hunter->random;

	while (!READ_ONCE(hunt->over)) {
		/* An assertion that ends the test may leave it held. */
		if (!down_read_trylock(&hunt->still)) {
			schedule_timeout_uninterruptible(1);
			continue;
		}
		use_file(hunt, random);
		atomic_inc(&hunt->ops);
		up_read(&hunt->still);
		cond_resched();
		/*
		 * A file that a kernel thread closes is freed by a timer, and
		 * on User Mode Linux time goes on only when all tasks sleep.
		 */
		if (!below(random, 16))
			schedule_timeout_uninterruptible(1);
	}
	complete(&hunt->ended[hunter->nr]);
	return 0;
}

static u64 any_size(u32 *random)
{
	return below(random, 3) ? 16ULL << below(random, 9) :
				  SZ_4K << below(random, 6);
}

static void make_rom(struct prey *prey, unsigned int nr)
{
	const struct rom_build image = {
		.units = ROM_LENGTH / 512,
		.device = nr + 1,
		.code = 1,
		.last = true,
	};
	unsigned int i;

	for (i = 0; i < ROM_LENGTH; i++)
		prey->rom[i] = i * 7 + nr;
	rom_build(prey->rom, ROM_LENGTH, 0, &image);
}

static struct ehost_fn_desc made_up(struct hunt *hunt)
{
	static const u16 device[] = { RIG_DEVICE, RIG_DRIVEN, RIG_HELD };
	struct ehost_fn_desc desc = rig_desc(hunt->test);
	u32 *random = &hunt->random;
	unsigned int i;

	memset(desc.bar, 0, sizeof(desc.bar));
	desc.device = device[below(random, ARRAY_SIZE(device))];
	for (i = below(random, 4); i < EHOST_NUM_BARS; i += 1 + below(random, 4)) {
		desc.bar[i].size = any_size(random);
		if (i + 1 < EHOST_NUM_BARS && !below(random, 4))
			desc.bar[i++].flags = EHOST_64;
	}
	desc.rom.size = below(random, 4) ? SZ_2K << below(random, 6) : 0;
	switch (below(random, 6)) {
	case 0:
		desc.caps = EHOST_CAP_PM;
		break;
	case 1:
	case 2:
		/* It can be reset. */
		desc.caps = EHOST_CAP_PM | EHOST_CAP_PM_RESET;
		break;
	case 3:
		desc.caps = EHOST_CAP_PCIE | EHOST_CAP_REBAR;
		desc.bar[0] = (struct ehost_bar_desc){ .size = SZ_1M };
		break;
	}
	desc.shared_bar = below(random, 2);
	if (!below(random, 16))
		desc.quirks = EHOST_ROM_STUCK;
	if (below(random, 2))
		desc.command = below(random, 2) ? PCI_COMMAND_MEMORY : 0;
	return desc;
}

/* As in a real machine, at any address that the core assigns here */
static struct ehost_fn_desc real(struct hunt *hunt,
				 const struct sb_machine_fn *fn)
{
	static const u16 device[] = { RIG_DEVICE, RIG_DRIVEN, RIG_HELD };
	struct ehost_fn_desc desc = rig_desc(hunt->test);
	unsigned int i;

	memset(desc.bar, 0, sizeof(desc.bar));
	desc.device = device[below(&hunt->random, ARRAY_SIZE(device))];
	desc.rom.size = min_t(u64, fn->bar[SB_MACHINE_ROM].size, SZ_64K);
	for (i = 0; i < EHOST_NUM_BARS; i++) {
		if (fn->bar[i].io || !fn->bar[i].size)
			continue;
		/* Small enough for most of them to fit */
		desc.bar[i].size = min_t(u64, fn->bar[i].size, SZ_128K);
		if (fn->bar[i].is_64 && i + 1 < EHOST_NUM_BARS)
			desc.bar[i++].flags = EHOST_64;
	}
	return desc;
}

static void add(struct hunt *hunt, const struct sb_machine_fn *like)
{
	struct ehost_fn_desc desc = {
		.device = 0x2001,
		.class = 0x060400,
		.bridge = true,
		.command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER,
	};
	struct prey *prey = &hunt->prey[hunt->nr];
	struct rig *rig = hunt->rig;
	unsigned int i;

	if (hunt->nr == MOST)
		return;
	*prey = (struct prey){
		.bridge = like ? like->bridge : !below(&hunt->random, 6),
	};
	make_rom(prey, hunt->nr);
	/* Bridges are on the root bus only; see differential_test.c */
	rig->above = NULL;
	for (i = 0; i < hunt->nr && !prey->bridge && !rig->above; i++)
		if (hunt->prey[i].bridge && below(&hunt->random, 2))
			rig->above = hunt->prey[i].fn;
	if (!prey->bridge) {
		desc = like ? real(hunt, like) : made_up(hunt);
		desc.rom.image = prey->rom;
		desc.rom.image_len = ROM_LENGTH;
	}
	prey->hostile = desc.quirks;
	prey->fn = rig_add(hunt->test, PCI_DEVFN(1 + hunt->nr, 0), &desc);
	WRITE_ONCE(hunt->nr, hunt->nr + 1);
}

static void populate(struct hunt *hunt)
{
	const struct replayed_machine *machine;
	unsigned int i, from;

	if (below(&hunt->random, 2)) {
		for (i = 3 + below(&hunt->random, 6); i--; )
			add(hunt, NULL);
		return;
	}

	machine = &replayed_machines[below(&hunt->random,
					   ARRAY_SIZE(replayed_machines))];
	from = below(&hunt->random, machine->nr);
	for (i = from; i < machine->nr && i < from + MOST / 2; i++)
		if (!machine->fn[i].virtual_function &&
		    !machine->fn[i].other_header)
			add(hunt, &machine->fn[i]);
	if (!hunt->nr)
		add(hunt, NULL);
	kunit_info(hunt->test, "seed %u: %s\n", hunt->seed, machine->name);
}

/* The tasks pause: set the names to the functions' current addresses. */
static void name_all(struct hunt *hunt)
{
	unsigned int i;

	for (i = 0; i < hunt->nr; i++) {
		struct pci_dev *pdev = ehost_dev(hunt->prey[i].fn);

		if (pdev)
			strscpy(hunt->name[i], pci_name(pdev),
				sizeof(hunt->name[i]));
		else
			hunt->name[i][0] = 0;
	}
	hunt->named = hunt->nr;
}

static void start(struct hunt *hunt)
{
	u32 *random = &hunt->random;
	struct rig *rig = hunt->rig;

	if (rig->started)
		return;
	rig->pad = below(random, 4) ? "on" : "off";
	rig->isolate = below(random, 4) ? "vfio" : "off";
	rig->serve = below(random, 4) ? "on" : "off";
	/* Without memory, it may not start, or ignore a function. */
	starve(random, 300);
	rig_try(hunt->test, below(random, 4) ? "auto" : "manual",
		below(random, 4) ? "on" : "off", "");
	feed();
}

static void misbehave(struct hunt *hunt)
{
	static const u32 quirks[] = {
		EHOST_ROM_REFUSES, EHOST_ROM_CHANGES, EHOST_ROM_SHARED,
		EHOST_ROM_NO_OVERLAP, EHOST_BAR_STAYS, 0,
	};
	u32 *random = &hunt->random;
	struct prey *prey = &hunt->prey[below(random, hunt->nr)];
	u32 chosen;

	if (prey->bridge)
		return;
	switch (below(random, 9)) {
	case 0:
		ehost_vanish_after(prey->fn, below(random, 40));
		break;
	case 1:
		ehost_vanish_after_mmio(prey->fn, below(random, 300));
		break;
	case 2:
		ehost_fail_reads_after(prey->fn, below(random, 60));
		break;
	case 3:
		ehost_fail_one_read(prey->fn, below(random, 60));
		break;
	case 4:
		ehost_fail_one_write(prey->fn, below(random, 20));
		break;
	case 5:
		ehost_change_after_mmio(prey->fn);
		break;
	case 6:
		/* The header: COMMAND, BARs, ROM BAR */
		ehost_refuse_restore(prey->fn, 4 * below(random, HEADER));
		break;
	default:
		chosen = quirks[below(random, ARRAY_SIZE(quirks))];
		chosen |= quirks[below(random, ARRAY_SIZE(quirks))];
		ehost_set_quirks(prey->fn, chosen);
		break;
	}
	prey->hostile = true;
}

/*
 * The core takes no lock here that keeps out captures, or a rescan; see
 * differential_test.c. Lockdep takes this file for the one that rescans, whose
 * writers take the same locks in the other order.
 */
static void resize(struct hunt *hunt, struct prey *prey)
{
	struct pci_dev *pdev = ehost_dev(prey->fn);
	char bit = '0' + below(&hunt->random, 4), path[80];
	struct file *file;
	loff_t at = 0;

	if (!pdev || !pci_find_ext_capability(pdev, PCI_EXT_CAP_ID_REBAR))
		return;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource0_resize",
		 pci_name(pdev));
	file = rig_open(path, O_WRONLY);
	if (IS_ERR(file))
		return;
	pci_lock_rescan_remove();
	lockdep_off();
	kernel_write(file, &bit, 1, &at);
	lockdep_on();
	pci_unlock_rescan_remove();
	filp_close(file, NULL);
}

static bool is_settled(struct hunt *hunt)
{
	unsigned int i;

	for (i = 0; i < hunt->nr; i++) {
		struct pci_dev *pdev = ehost_dev(hunt->prey[i].fn);
		struct sb_outcome outcome;

		if (!pdev || !rig_has_directory(hunt->prey[i].fn))
			continue;
		sb_function_outcome(rig_function_of(hunt->test, pdev), &outcome);
		if (sb_outcome_status(&outcome) == SB_STATUS_PENDING)
			return false;
	}
	return true;
}

static void settle(struct hunt *hunt)
{
	bool settled;

	if (!hunt->rig->started)
		return;
	KUNIT_EXPECT_EQ_MSG(hunt->test,
			    read_poll_timeout(is_settled, settled, settled,
					      USEC_PER_MSEC, PATIENCE, false,
					      hunt), 0,
			    "seed %u, step %u: a capture does not end",
			    hunt->seed, hunt->step);
	/* A new function may still have to move out of the page of another. */
	sb_pages_look_now();
}

/* As vfio-pci does */
static void close_vfio(struct prey *prey)
{
	struct pci_dev *pdev = prey->opened;
	unsigned int i;

	if (!pdev)
		return;
	for (i = 0; i < EHOST_NUM_BARS; i++)
		if (prey->rest[i].parent)
			release_resource(&prey->rest[i]);
	pci_load_and_free_saved_state(pdev, &prey->saved);
	pci_restore_state(pdev);
	pci_disable_device(pdev);
	pci_dev_put(pdev);
	WRITE_ONCE(prey->opened, NULL);
}

/* Before a driver is unbound, vfio-pci waits until whoever has it open closes it. */
static void close_before_unbind(struct pci_dev *pdev)
{
	unsigned int i;

	for (i = 0; hunting && i < READ_ONCE(hunting->nr); i++)
		if (READ_ONCE(hunting->prey[i].opened) == pdev)
			close_vfio(&hunting->prey[i]);
}

/* What the module says of the page behind a BAR */
static enum sb_page page_of(struct hunt *hunt, struct prey *prey,
			    unsigned int nr)
{
	struct sb_page_verdict verdict = {};
	struct sb_function *function;

	if (!hunt->rig->started || !rig_has_directory(prey->fn))
		return SB_PAGE_UNASSIGNED;
	function = rig_function(hunt->test, prey->fn);
	if (function->pages)
		sb_pages_verdict(function->pages, nr, &verdict);
	return verdict.page;
}

/*
 * As vfio-pci does, with all tasks paused. If a page is said to be exclusive, its
 * rest can be claimed.
 */
static void open_vfio(struct hunt *hunt, struct prey *prey)
{
	struct pci_dev *pdev = ehost_dev(prey->fn);
	unsigned int i;

	if (!pdev || prey->opened || !rig_is_held(pdev) ||
	    pci_enable_device(pdev))
		return;
	pci_try_reset_function(pdev);
	pci_save_state(pdev);
	prey->saved = pci_store_saved_state(pdev);
	WRITE_ONCE(prey->opened, pci_dev_get(pdev));
	for (i = 0; i < EHOST_NUM_BARS; i++) {
		struct resource *res = &pdev->resource[i];
		bool is_exclusive = page_of(hunt, prey, i) == SB_PAGE_EXCLUSIVE;

		prey->at[i] = res->parent ? res->start : UNPLACED;
		prey->rest[i].parent = NULL;
		if (!(res->flags & IORESOURCE_MEM) ||
		    resource_size(res) >= PAGE_SIZE)
			continue;
		if (!rig_vfio_claim(res, &prey->rest[i]))
			KUNIT_EXPECT_FALSE_MSG(hunt->test, is_exclusive,
					       "seed %u, step %u: function %zu: BAR %u is exclusive, and vfio-pci cannot map it",
					       hunt->seed, hunt->step,
					       prey - hunt->prey, i);
	}
}

/* Open a function that can be, from a random one on; or close it. */
static const char *open_or_close(struct hunt *hunt)
{
	unsigned int from = below(&hunt->random, hunt->nr), i;
	const char *what = "others";

	down_write(&hunt->still);
	settle(hunt);
	for (i = 0; i < hunt->nr; i++) {
		struct prey *prey = &hunt->prey[(from + i) % hunt->nr];

		if (prey->opened) {
			close_vfio(prey);
			what = "close";
			break;
		}
		open_vfio(hunt, prey);
		if (prey->opened) {
			what = "open";
			break;
		}
	}
	up_write(&hunt->still);
	return what;
}

/* No BAR of a function that is open moves. */
static void expect_open_ones_stay(struct hunt *hunt)
{
	unsigned int i, j;

	for (i = 0; i < hunt->nr; i++) {
		struct prey *prey = &hunt->prey[i];

		for (j = 0; j < EHOST_NUM_BARS && prey->opened; j++)
			KUNIT_EXPECT_TRUE_MSG(hunt->test,
					      prey->at[j] == UNPLACED ||
					      prey->at[j] ==
					      prey->opened->resource[j].start,
					      "seed %u, step %u: function %u is open, and its BAR %u moves",
					      hunt->seed, hunt->step, i, j);
	}
}

/* How often all devices were suspended, which others can prevent */
static unsigned int suspends;

#ifdef CONFIG_PM_SLEEP
/* The BARs' registers, after a suspend as before it */
static void expect_bars_stay(struct hunt *hunt, struct prey *prey,
			     const u32 *before)
{
	unsigned int i;

	/* The core restores what it knows. */
	if (prey->hostile || !ehost_dev(prey->fn))
		return;
	for (i = 0; i < EHOST_NUM_BARS; i++)
		KUNIT_EXPECT_EQ_MSG(hunt->test, before[i],
				    ehost_peek(prey->fn,
					       PCI_BASE_ADDRESS_0 + i * 4),
				    "seed %u, step %u: function %u moves its BAR %u in a suspend",
				    hunt->seed, hunt->step,
				    (unsigned int)(prey - hunt->prey), i);
}

/*
 * What a suspend does to devices, while the tasks pause: the kernel freezes them.
 * No driver here has power management, so the core saves the registers, which
 * then lose their values, restores them, and enables what a driver or a program
 * has enabled.
 */
static const char *suspend(struct hunt *hunt)
{
	u32 (*before)[EHOST_NUM_BARS];
	unsigned int i, j;

	before = kunit_kcalloc(hunt->test, MOST, sizeof(*before), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(hunt->test, before);
	down_write(&hunt->still);
	settle(hunt);
	for (i = 0; i < hunt->nr; i++)
		for (j = 0; j < EHOST_NUM_BARS; j++)
			before[i][j] = ehost_peek(hunt->prey[i].fn,
						  PCI_BASE_ADDRESS_0 + j * 4);
	if (!dpm_suspend_start(PMSG_SUSPEND) &&
	    !dpm_suspend_end(PMSG_SUSPEND)) {
		suspends++;
		for (i = 0; i < hunt->nr; i++)
			ehost_lose_power(hunt->prey[i].fn);
		dpm_resume_start(PMSG_RESUME);
	}
	dpm_resume_end(PMSG_RESUME);
	for (i = 0; i < hunt->nr; i++)
		expect_bars_stay(hunt, &hunt->prey[i], before[i]);
	up_write(&hunt->still);
	kunit_kfree(hunt->test, before);
	return "suspend";
}
#else
static const char *suspend(struct hunt *hunt)
{
	return "others";
}
#endif

/*
 * Take nearly all memory for a moment. What is left is enough for everything
 * else: if it were not, the kernel would kill the program that loaded the suites.
 */
#define LEFT	SZ_32M

static const char *squeeze(struct hunt *hunt)
{
	struct page *page, *next;
	LIST_HEAD(taken);

	while (nr_free_pages() > LEFT >> PAGE_SHIFT) {
		page = alloc_page(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN);
		if (!page)
			break;
		list_add(&page->lru, &taken);
	}
	schedule_timeout_uninterruptible(2);
	list_for_each_entry_safe(page, next, &taken, lru)
		__free_page(page);
	return "squeeze";
}

static void pages_look(struct hunt *hunt)
{
	if (hunt->rig->started)
		sb_pages_look_now();
}

/* A step that may change the registers of functions */
static const char *loud_step(struct hunt *hunt)
{
	u32 *random = &hunt->random;
	struct rig *rig = hunt->rig;
	struct prey *prey = &hunt->prey[below(random, hunt->nr)];

	switch (below(random, 13)) {
	case 0:
		add(hunt, NULL);
		ehost_rescan(rig->host);
		return "add";
	case 1:
		/* Found again, a bridge may have another one's bus number. */
		if (!prey->bridge)
			ehost_remove(prey->fn);
		return "remove";
	case 2:
		ehost_rescan(rig->host);
		return "rescan";
	case 3:
		misbehave(hunt);
		return "misbehave";
	case 4:
		ehost_return(prey->fn);
		return "return";
	case 5:
		rig_driver(hunt->test, !rig->driver);
		return "driver";
	case 6:
		rig_holder(hunt->test, !rig->holder);
		return "holder";
	case 7:
		pages_look(hunt);
		return "look";
	case 8:
		resize(hunt, prey);
		return "resize";
	case 9:
	case 10:
		return open_or_close(hunt);
	case 11:
		return suspend(hunt);
	default:
		return "others";
	}
}

/* A step that may not */
static const char *quiet_step(struct hunt *hunt)
{
	switch (below(&hunt->random, 8)) {
	case 0:
	case 1:
		if (hunt->rig->started)
			rig_stop(hunt->test);
		else
			start(hunt);
		return "load or unload";
	case 2:
	case 3:
		pages_look(hunt);
		return "look";
	case 4:
		/* It takes as long as many other steps. */
		return below(&hunt->random, 16) ? "others" : squeeze(hunt);
	default:
		return "others";
	}
}

static u32 header_dword(struct prey *prey, unsigned int i)
{
	u32 value = ehost_peek(prey->fn, i * 4);

	/* The hardware changes STATUS. */
	return i == PCI_COMMAND / 4 ? value & 0xffff : value;
}

static void remember(struct hunt *hunt)
{
	unsigned int i, j;

	for (i = 0; i < hunt->nr; i++)
		for (j = 0; j < HEADER; j++)
			hunt->prey[i].before[j] =
				header_dword(&hunt->prey[i], j);
}

/*
 * The driver looks once more at a ROM BAR that a capture of an earlier step has
 * moved, and undoes an address that the kernel's "rom" file has left since. It
 * is not enabled.
 */
static bool is_second_look(const struct prey *prey, unsigned int i, u32 now)
{
	unsigned int rom = prey->bridge ? PCI_ROM_ADDRESS1 : PCI_ROM_ADDRESS;

	return i == rom / 4 &&
	       !((prey->before[i] | now) & PCI_ROM_ADDRESS_ENABLE);
}

static void expect_as_before(struct hunt *hunt)
{
	unsigned int i, j;

	for (i = 0; i < hunt->nr; i++) {
		struct prey *prey = &hunt->prey[i];

		for (j = 0; j < HEADER && !prey->hostile; j++) {
			u32 now = header_dword(prey, j);

			if (is_second_look(prey, j, now))
				continue;
			KUNIT_EXPECT_EQ_MSG(hunt->test, prey->before[j], now,
					    "seed %u, step %u: function %u, register %02x",
					    hunt->seed, hunt->step, i, j * 4);
		}
	}
}

static void expect_shadows_right(struct hunt *hunt)
{
	unsigned int i;

	if (!hunt->rig->started)
		return;
	for (i = 0; i < hunt->nr; i++) {
		struct prey *prey = &hunt->prey[i];
		struct sb_shadow *shadow;

		if (prey->hostile || prey->bridge || !ehost_dev(prey->fn) ||
		    !rig_has_directory(prey->fn))
			continue;
		shadow = sb_function_shadow(rig_function(hunt->test, prey->fn),
					    SB_SOURCE_NONE);
		if (!shadow)
			continue;
		KUNIT_EXPECT_EQ_MSG(hunt->test, shadow->size, ROM_LENGTH,
				    "seed %u, step %u: function %u",
				    hunt->seed, hunt->step, i);
		if (shadow->size == ROM_LENGTH)
			KUNIT_EXPECT_EQ_MSG(hunt->test,
					    memcmp(shadow->data, prey->rom,
						   ROM_LENGTH), 0,
					    "seed %u, step %u: function %u has another's ROM",
					    hunt->seed, hunt->step, i);
		sb_shadow_put(shadow);
	}
}

/*
 * Firmware has enabled no ROM here. Whoever reads the kernel's "rom" file
 * disables it, and so does a capture.
 */
static void expect_put_right(struct hunt *hunt)
{
	unsigned int i;

	for (i = 0; i < hunt->nr; i++) {
		struct prey *prey = &hunt->prey[i];
		struct sb_outcome outcome;

		if (prey->hostile || prey->bridge || !ehost_dev(prey->fn))
			continue;
		KUNIT_EXPECT_EQ_MSG(hunt->test,
				    ehost_peek(prey->fn, PCI_ROM_ADDRESS) &
				    PCI_ROM_ADDRESS_ENABLE, 0,
				    "seed %u, step %u: function %u: its ROM stays enabled",
				    hunt->seed, hunt->step, i);
		if (!hunt->rig->started || !rig_has_directory(prey->fn))
			continue;
		sb_function_outcome(rig_function(hunt->test, prey->fn),
				    &outcome);
		KUNIT_EXPECT_TRUE_MSG(hunt->test, outcome.restored,
				      "seed %u, step %u: function %u is not restored",
				      hunt->seed, hunt->step, i);
	}
}

static void expect_no_pads(struct hunt *hunt, struct resource *res)
{
	for (; res; res = res->sibling) {
		KUNIT_EXPECT_NULL_MSG(hunt->test, strstr(res->name, "shadowbar"),
				      "seed %u, step %u: %pR", hunt->seed,
				      hunt->step, res);
		expect_no_pads(hunt, res->child);
	}
}

static void look_at_all(struct hunt *hunt, bool quiet)
{
	struct ehost_counters counters;

	if (quiet)
		expect_as_before(hunt);
	expect_open_ones_stay(hunt);
	expect_shadows_right(hunt);
	expect_put_right(hunt);
	if (!hunt->rig->started)
		expect_no_pads(hunt, ehost_window(hunt->rig->host, 0)->child);
	ehost_counters(hunt->rig->host, &counters);
	KUNIT_EXPECT_EQ_MSG(hunt->test, counters.sick, 0,
			    "seed %u, step %u: a ROM BAR was on a BAR",
			    hunt->seed, hunt->step);
}

static void step(struct hunt *hunt)
{
	bool quiet = below(&hunt->random, 2);
	const char *what;

	down_write(&hunt->still);
	settle(hunt);
	hunt->loud = !quiet;
	hunt->resets = hunt->step % 2;
	name_all(hunt);
	if (quiet)
		remember(hunt);
	up_write(&hunt->still);

	what = quiet ? quiet_step(hunt) : loud_step(hunt);
	pr_info("hunt: seed %u at %u: %s\n", hunt->seed, hunt->step, what);
	/* The other tasks do as much as they like. */
	schedule_timeout_uninterruptible(1 + below(&hunt->random, 4));

	down_write(&hunt->still);
	settle(hunt);
	look_at_all(hunt, quiet);
	up_write(&hunt->still);
}

static void end_tasks(struct hunt *hunt)
{
	unsigned int i;

	WRITE_ONCE(hunt->over, true);
	for (i = 0; i < TASKS; i++)
		if (hunt->tasks[i])
			wait_for_completion_timeout(&hunt->ended[i],
						    usecs_to_jiffies(PATIENCE));
	for (i = 0; i < hunt->nr; i++)
		close_vfio(&hunt->prey[i]);
	hunting = NULL;
}

static void hunt_one(struct kunit *test, u32 seed)
{
	struct ehost_desc host = {
		.windows = { { .bus = RIG_WINDOW } },
		.mode = EHOST_ASSIGN,
	};
	struct rig *rig = test->priv;
	struct hunt *hunt;
	unsigned int i;

	hunt = kunit_kzalloc(test, sizeof(*hunt), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, hunt);
	hunt->prey = kunit_kcalloc(test, MOST, sizeof(*hunt->prey), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, hunt->prey);
	hunt->test = test;
	hunt->rig = rig;
	rig->unbinding = close_before_unbind;
	hunt->seed = seed;
	hunt->random = seed;
	init_rwsem(&hunt->still);

	host.windows[0].size = SZ_1M << below(&hunt->random, 4);
	rig->host = ehost_create(&host);
	KUNIT_ASSERT_NOT_NULL(test, rig->host);
	populate(hunt);
	rig_scan(test);
	start(hunt);
	name_all(hunt);

	for (i = 0; i < TASKS; i++) {
		hunt->hunters[i] = (struct hunter){ hunt, seed * TASKS + i, i };
		init_completion(&hunt->ended[i]);
		hunt->tasks[i] = kthread_run(roam, &hunt->hunters[i],
					     "hunter%u", i);
		if (IS_ERR(hunt->tasks[i]))
			hunt->tasks[i] = NULL;
	}
	hunting = hunt;
	for (hunt->step = 0; hunt->step < STEPS; hunt->step++)
		step(hunt);
	end_tasks(hunt);

	rig_stop(test);
	expect_no_pads(hunt, ehost_window(rig->host, 0)->child);
	rig_driver(test, false);
	rig_holder(test, false);
	KUNIT_EXPECT_GT(test, atomic_read(&hunt->ops), 0);
	rig_drop_host(test);
	kunit_kfree(test, hunt->prey);
	kunit_kfree(test, hunt);
}

static void seeds_test(struct kunit *test)
{
	time64_t end = ktime_get_seconds() + hunt_seconds;
	u32 seed = hunt_seed;

	if (!rig_can_starve())
		kunit_skip(test, "cannot set up failslab in debugfs");
	do {
		hunt_one(test, seed++);
	} while (ktime_get_seconds() < end && test->status == KUNIT_SUCCESS);
	kunit_info(test, "hunted: %u hosts from seed %u on, %u suspends\n",
		   seed - hunt_seed, hunt_seed, suspends);
}

static void hunt_exit(struct kunit *test)
{
	if (hunting)
		end_tasks(hunting);
	rig_exit(test);
}

static struct kunit_case hunt_tests[] = {
	KUNIT_CASE(seeds_test),
	{}
};

static struct kunit_suite hunt_suite = {
	.name = "shadowbar_hunt",
	.init = rig_init,
	.exit = hunt_exit,
	.test_cases = hunt_tests,
};

kunit_test_suite(hunt_suite);
