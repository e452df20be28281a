// SPDX-License-Identifier: GPL-2.0-only
/*
 * hook: the events of the PCI core.
 *
 * A module cannot have PCI fixups, but the bus tells of everything that
 * happens to its functions, and that is enough.
 */
#include <linux/device.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/reboot.h>

#include "bus/use.h"
#include "device.h"
#include "hook.h"
#include "queue.h"

/*
 * Called with the device lock held when drivers come and go, and with the
 * rescan lock when functions do. Nothing here may wait for either.
 */
static int bus_event(struct notifier_block *nb, unsigned long event, void *arg)
{
	struct pci_dev *pdev = to_pci_dev(arg);
	int ret;

	switch (event) {
	case BUS_NOTIFY_ADD_DEVICE:
		/* Without memory the function does without a shadow. */
		ret = sb_device_add(pdev);
		if (ret)
			sb_device_ignored(pdev, ret);
		break;
	case BUS_NOTIFY_BIND_DRIVER:
		sb_device_about_to_bind(pdev);
		break;
	case BUS_NOTIFY_BOUND_DRIVER:
		sb_device_bound(pdev);
		break;
	case BUS_NOTIFY_DRIVER_NOT_BOUND:
	case BUS_NOTIFY_UNBOUND_DRIVER:
		sb_device_unbound(pdev);
		break;
	case BUS_NOTIFY_DEL_DEVICE:
	/* Once more for one that the first walk has found in between. */
	case BUS_NOTIFY_REMOVED_DEVICE:
		sb_device_remove(pdev);
		break;
	}

	return NOTIFY_DONE;
}

static struct notifier_block bus_notifier = {
	.notifier_call = bus_event,
};

/*
 * Called before drivers are asked to stop their functions, and by kexec. From
 * then on nothing is reprogrammed.
 */
static int reboot_event(struct notifier_block *nb, unsigned long event,
			void *arg)
{
	sb_use_shut_down(true);
	sb_queue_finish();
	return NOTIFY_DONE;
}

static struct notifier_block reboot_notifier = {
	.notifier_call = reboot_event,
};

/**
 * sb_hook_start() - look after all functions, those to come included
 * @settings: the settings, valid until sb_hook_stop()
 *
 * Captures are queued and not waited for. No function keeps the others from being
 * looked after.
 *
 * Context: may sleep; takes the rescan lock.
 * Return: 0 or a negative error; then nothing is left behind.
 */
int sb_hook_start(const struct sb_settings *settings)
{
	int ret;

	ret = sb_device_start(settings);
	if (ret)
		return ret;

	ret = bus_register_notifier(&pci_bus_type, &bus_notifier);
	if (ret) {
		sb_device_stop();
		return ret;
	}

	ret = register_reboot_notifier(&reboot_notifier);
	if (ret) {
		bus_unregister_notifier(&pci_bus_type, &bus_notifier);
		sb_device_stop();
		return ret;
	}

	/* Those that were there first send no event. */
	pci_lock_rescan_remove();
	sb_device_add_all();
	pci_unlock_rescan_remove();

	return 0;
}

/**
 * sb_hook_stop() - let go of everything
 *
 * Captures that run are waited for, queued ones are dropped.
 *
 * Context: may sleep; takes the rescan lock.
 */
void sb_hook_stop(void)
{
	unregister_reboot_notifier(&reboot_notifier);
	/* Functions are still known. */
	sb_device_settle();

	/*
	 * Under the lock, so that no function goes without an event; virtual
	 * ones still may, with a driver that takes its own along.
	 */
	pci_lock_rescan_remove();
	bus_unregister_notifier(&pci_bus_type, &bus_notifier);
	sb_device_retire_all();
	pci_unlock_rescan_remove();

	sb_device_stop();
}
