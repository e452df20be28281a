// SPDX-License-Identifier: GPL-2.0-only
/* main: bring the parts up in order and take them down in reverse. */
#define pr_fmt(fmt) "shadowbar: " fmt

#include <linux/crash_dump.h>
#include <linux/module.h>

#include <shadowbar/version.h>

#include "hook.h"
#include "settings.h"

static struct sb_words words = {
	.capture = "auto",
	.borrow = "on",
	.pad = "on",
	.isolate = "vfio",
	.align = "",
	.serve = "on",
	.measure = "off",
	.igd_stolen = "check",
	.deny = "",
};

module_param_named(capture, words.capture, charp, 0444);
MODULE_PARM_DESC(capture, "when to read ROMs: auto (default) or manual (only when 1 is written to a function's capture file)");

module_param_named(borrow, words.borrow, charp, 0444);
MODULE_PARM_DESC(borrow, "whether a ROM may be read at the address of another BAR of its function: on (default) or off");

module_param_named(pad, words.pad, charp, 0444);
MODULE_PARM_DESC(pad, "whether the rest of a page behind a sub-page BAR is kept free: on (default) or off");

module_param_named(isolate, words.isolate, charp, 0444);
MODULE_PARM_DESC(isolate, "which sub-page BARs get a page each: vfio (default; those of a function to which vfio-pci or a similar driver binds) or off");

module_param_named(align, words.align, charp, 0444);
MODULE_PARM_DESC(align, "ignored; see isolate");

module_param_named(serve, words.serve, charp, 0444);
MODULE_PARM_DESC(serve, "whether vfio-pci, drivers and the kernel's rom file get the shadow of a ROM that the kernel cannot reach: on (default) or off");

module_param_named(measure, words.measure, charp, 0444);
MODULE_PARM_DESC(measure, "where to record the hash of each shadow: off (default) or ima (as critical data, if IMA's policy says so)");

module_param_named(igd_stolen, words.igd_stolen, charp, 0444);
MODULE_PARM_DESC(igd_stolen, "stolen memory of Intel graphics: check (default) or allocate (in a guest whose firmware reserved none)");

module_param_named(deny, words.deny, charp, 0444);
MODULE_PARM_DESC(deny, "functions that are never touched: vendor:device, class:cc[ss] or domain:bus:dev.fn, separated by commas");

static struct sb_settings settings;

static int __init shadowbar_init(void)
{
	int ret;

	/* Devices still do DMA for the kernel that crashed. */
	if (is_kdump_kernel()) {
		pr_info("not loading in a crash kernel\n");
		return -ENODEV;
	}

	ret = sb_settings_parse(&settings, &words);
	if (ret)
		return ret;

	ret = sb_hook_start(&settings);
	if (ret)
		sb_settings_free(&settings);
	return ret;
}

static void __exit shadowbar_exit(void)
{
	sb_hook_stop();
	sb_settings_free(&settings);
}

module_init(shadowbar_init);
module_exit(shadowbar_exit);

MODULE_AUTHOR("The shadowbar developers");
MODULE_DESCRIPTION("Keeps pristine copies of PCI option ROMs (vBIOS), and small BARs mappable by VFIO");
MODULE_LICENSE("GPL");
MODULE_VERSION(SHADOWBAR_VERSION);
