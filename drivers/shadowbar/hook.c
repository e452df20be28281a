// SPDX-License-Identifier: GPL-2.0-only
/*
 * hook: the events of the PCI core.
 *
 * A module cannot have PCI fixups, but bus notifiers report everything that
 * happens to functions, which is enough.
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
 * Called with the device lock held when drivers are bound and unbound, and with
 * the rescan lock held when functions are added and removed. Nothing here may
 * wait for either.
 */
static int bus_event(struct notifier_block *nb, unsigned long event, void *arg)
{
	struct pci_dev *pdev = to_pci_dev(arg);
	int ret;

	switch (event) {
	case BUS_NOTIFY_ADD_DEVICE:
		/* If out of memory, the function has no shadow. */
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
	/* Again, for a function that the first walk found in between */
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
 * Called before drivers shut their functions down, and before kexec. Nothing is
 * reprogrammed from then on.
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
 * sb_hook_start() - start handling all functions, present and future
 * @settings: the settings, valid until sb_hook_stop()
 *
 * Queues captures, and does not wait for them. One function that cannot be
 * handled does not affect the others.
 *
 * Context: may sleep; takes the rescan lock.
 * Return: 0, or a negative error with everything undone.
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

	/* Functions that exist already send no event. */
	pci_lock_rescan_remove();
	sb_device_add_all();
	pci_unlock_rescan_remove();

	return 0;
}

/**
 * sb_hook_stop() - release everything
 *
 * Waits for running captures, and drops queued ones.
 *
 * Context: may sleep; takes the rescan lock.
 */
void sb_hook_stop(void)
{
	unregister_reboot_notifier(&reboot_notifier);
	/* The functions are still known here. */
	sb_device_settle();

	/*
	 * Under the lock, so that no function is removed without an event. Only
	 * the driver of a physical function can still remove its virtual ones.
	 */
	pci_lock_rescan_remove();
	bus_unregister_notifier(&pci_bus_type, &bus_notifier);
	sb_device_retire_all();
	pci_unlock_rescan_remove();

	sb_device_stop();
}
