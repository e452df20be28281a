// SPDX-License-Identifier: GPL-2.0-only
/* main: bring the parts up in order and take them down in reverse. */
#include <linux/module.h>

#include "hook.h"
#include "settings.h"

static char *capture = "auto";
module_param(capture, charp, 0444);
MODULE_PARM_DESC(capture, "when to read ROMs: auto (default), or manual (only when 1 is written to a function's capture file)");

static char *borrow = "on";
module_param(borrow, charp, 0444);
MODULE_PARM_DESC(borrow, "whether a ROM may be read at the address of another BAR of its function: on (default) or off");

static char *deny = "";
module_param(deny, charp, 0444);
MODULE_PARM_DESC(deny, "functions never to touch: vendor:device or domain:bus:dev.fn, separated by commas");

static struct sb_settings settings;

static int __init shadowbar_init(void)
{
	int ret;

	ret = sb_settings_parse(&settings, capture, borrow, deny);
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
MODULE_DESCRIPTION("Pristine copies of PCI expansion ROMs, also where firmware gave them no address");
MODULE_LICENSE("GPL");
