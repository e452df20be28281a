// SPDX-License-Identifier: GPL-2.0-only
/*
 * The suites of shadowbar, as one module
 */
#include <linux/module.h>

MODULE_DESCRIPTION("KUnit suites of shadowbar, on an emulated PCI host");
MODULE_AUTHOR("The shadowbar authors");
MODULE_LICENSE("GPL");
