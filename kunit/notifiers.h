/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test replacement for the registration of notifiers
 *
 * The driver's file that registers them is compiled for the suites with this
 * header included first.
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
