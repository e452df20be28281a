// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory behind the windows of the emulated PCI host: a BAR of QEMU's ivshmem
 * device, which nothing else maps
 */
#include <linux/io.h>
#include <linux/mutex.h>
#include <linux/pci.h>

#include "host_priv.h"

#define EHOST_IVSHMEM_VENDOR	0x1af4
#define EHOST_IVSHMEM_DEVICE	0x1110
#define EHOST_IVSHMEM_BAR	2

/* The backing memory, shared by all hosts */
static DEFINE_MUTEX(ehost_mem_lock);
static struct {
	unsigned int users;
	bool wiped;
	struct pci_dev *pdev;
	void __iomem *base;
} ehost_mem;

/**
 * ehost_mem_res - the memory's resource
 *
 * Return: the parent of the windows
 */
struct resource *ehost_mem_res(void)
{
	return &ehost_mem.pdev->resource[EHOST_IVSHMEM_BAR];
}

/**
 * ehost_available - is there memory for the windows?
 *
 * Return: true if this machine has an ivshmem device
 */
bool ehost_available(void)
{
	struct pci_dev *pdev = pci_get_device(EHOST_IVSHMEM_VENDOR,
					      EHOST_IVSHMEM_DEVICE, NULL);

	pci_dev_put(pdev);
	return pdev;
}

/**
 * ehost_mem_get - map the backing memory
 *
 * Return: 0 or a negative error
 */
int ehost_mem_get(void)
{
	struct pci_dev *pdev;
	int ret = 0;

	mutex_lock(&ehost_mem_lock);
	if (ehost_mem.users++)
		goto unlock;

	pdev = pci_get_device(EHOST_IVSHMEM_VENDOR, EHOST_IVSHMEM_DEVICE,
			      NULL);
	if (!pdev) {
		ret = -ENODEV;
		goto users;
	}
	ret = pci_enable_device_mem(pdev);
	if (ret)
		goto put;
	ehost_mem.base = pci_ioremap_bar(pdev, EHOST_IVSHMEM_BAR);
	if (!ehost_mem.base) {
		ret = -ENOMEM;
		goto disable;
	}
	ehost_mem.pdev = pdev;
	/* Once is enough: memory is wiped when it is no longer decoded. */
	if (!ehost_mem.wiped)
		memset_io(ehost_mem.base, 0xff, resource_size(ehost_mem_res()));
	ehost_mem.wiped = true;
	goto unlock;

disable:
	pci_disable_device(pdev);
put:
	pci_dev_put(pdev);
users:
	ehost_mem.users--;
unlock:
	mutex_unlock(&ehost_mem_lock);
	return ret;
}

/**
 * ehost_mem_put - unmap the backing memory after the last user
 */
void ehost_mem_put(void)
{
	mutex_lock(&ehost_mem_lock);
	if (!--ehost_mem.users) {
		iounmap(ehost_mem.base);
		pci_disable_device(ehost_mem.pdev);
		pci_dev_put(ehost_mem.pdev);
	}
	mutex_unlock(&ehost_mem_lock);
}

/**
 * ehost_mem_at - the memory at a CPU address
 * @cpu: address
 *
 * Return: its mapping
 */
void __iomem *ehost_mem_at(resource_size_t cpu)
{
	return ehost_mem.base + (cpu - ehost_mem_res()->start);
}
