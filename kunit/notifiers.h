/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a test says instead of the kernel where a notifier is registered
 *
 * The file of the driver that registers them is compiled for the suites with this
 * header in front of it.
 */
#ifndef SHADOWBAR_KUNIT_NOTIFIERS_H
#define SHADOWBAR_KUNIT_NOTIFIERS_H

#include <linux/device.h>
#include <linux/notifier.h>
#include <linux/reboot.h>

bool notifier_is_refused(void);

#ifdef NOTIFIERS_ASK_TEST
#define bus_register_notifier(bus, nb) \
	(notifier_is_refused() ? -ENOMEM : bus_register_notifier(bus, nb))
#define register_reboot_notifier(nb) \
	(notifier_is_refused() ? -ENOMEM : register_reboot_notifier(nb))
#endif

#endif /* SHADOWBAR_KUNIT_NOTIFIERS_H */
