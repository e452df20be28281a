// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory behind the windows of the emulated PCI host, on User Mode Linux
 *
 * There, MMIO calls the functions registered for a region of addresses.
 */
#include <linux/io.h>
#include <linux/logic_iomem.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pfn.h>
#include <linux/sizes.h>
#include <linux/vmalloc.h>

#include "host_priv.h"

#define EHOST_IOMEM_SIZE	SZ_64M
/* The most that is mapped at once */
#define EHOST_IOMEM_AREA	SZ_16M
#define EHOST_IOMEM_AREAS	(EHOST_IOMEM_SIZE / EHOST_IOMEM_AREA)

static DEFINE_MUTEX(ehost_iomem_lock);
static void __iomem *ehost_iomem_base[EHOST_IOMEM_AREAS];
static u8 *ehost_iomem;

static struct resource ehost_iomem_res =
	DEFINE_RES_MEM_NAMED(SZ_2G, EHOST_IOMEM_SIZE, "ehost memory");

/* Without this, memremap() takes the process's memory for device memory. */
static struct resource ehost_iomem_ram = {
	.name = "System RAM",
	.flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY,
};

static unsigned long ehost_iomem_read(void *area, unsigned int offset, int size)
{
	unsigned long val = 0;

	memcpy(&val, area + offset, size);
	return val;
}

static void ehost_iomem_write(void *area, unsigned int offset, int size,
			      unsigned long val)
{
	memcpy(area + offset, &val, size);
}

static void ehost_iomem_set(void *area, unsigned int offset, u8 val, int size)
{
	memset(area + offset, val, size);
}

static void ehost_iomem_from(void *area, void *to, unsigned int offset,
			     int size)
{
	memcpy(to, area + offset, size);
}

static void ehost_iomem_to(void *area, unsigned int offset, const void *from,
			   int size)
{
	memcpy(area + offset, from, size);
}

static const struct logic_iomem_ops ehost_iomem_ops = {
	.read = ehost_iomem_read,
	.write = ehost_iomem_write,
	.set = ehost_iomem_set,
	.copy_from = ehost_iomem_from,
	.copy_to = ehost_iomem_to,
};

static long ehost_iomem_map(unsigned long offset, size_t size,
			    const struct logic_iomem_ops **ops, void **area)
{
	if (size > EHOST_IOMEM_AREA)
		return -EINVAL;
	*ops = &ehost_iomem_ops;
	*area = ehost_iomem + offset;
	return 0;
}

static const struct logic_iomem_region_ops ehost_iomem_region = {
	.map = ehost_iomem_map,
};

/**
 * ehost_available - is there memory for the windows?
 *
 * Return: true
 */
bool ehost_available(void)
{
	return true;
}

static int ehost_iomem_init(void)
{
	unsigned int i;
	int ret;

	/* Permanent: a region cannot be unregistered. */
	__module_get(THIS_MODULE);
	ehost_iomem = vmalloc(EHOST_IOMEM_SIZE);
	if (!ehost_iomem)
		return -ENOMEM;
	memset(ehost_iomem, 0xff, EHOST_IOMEM_SIZE);
	ehost_iomem_ram.end = PFN_PHYS(max_mapnr) - 1;
	/* It contains "platform" of virt-pci, which is never used. */
	ret = insert_resource(&iomem_resource, &ehost_iomem_ram);
	if (ret)
		return ret;
	ret = logic_iomem_add_region(&ehost_iomem_res, &ehost_iomem_region);
	if (ret)
		return ret;
	for (i = 0; i < EHOST_IOMEM_AREAS; i++) {
		ehost_iomem_base[i] = ioremap(ehost_iomem_res.start +
					      i * EHOST_IOMEM_AREA,
					      EHOST_IOMEM_AREA);
		if (!ehost_iomem_base[i])
			return -ENOMEM;
	}
	return 0;
}

/**
 * ehost_mem_get - get the memory
 *
 * Return: 0 or a negative error
 */
int ehost_mem_get(void)
{
	static int ret = 1;

	mutex_lock(&ehost_iomem_lock);
	if (ret > 0) {
		ret = ehost_iomem_init();
		WARN(ret, "no memory behind the windows: %d\n", ret);
	}
	mutex_unlock(&ehost_iomem_lock);
	return ret;
}

/**
 * ehost_mem_put - does nothing: the memory stays
 */
void ehost_mem_put(void)
{
}

/**
 * ehost_mem_res - the memory's resource
 *
 * Return: the parent of the windows
 */
struct resource *ehost_mem_res(void)
{
	return &ehost_iomem_res;
}

/**
 * ehost_mem_at - the memory at a CPU address
 * @cpu: address
 *
 * Return: its mapping
 */
void __iomem *ehost_mem_at(resource_size_t cpu)
{
	cpu -= ehost_iomem_res.start;
	return ehost_iomem_base[cpu / EHOST_IOMEM_AREA] +
	       cpu % EHOST_IOMEM_AREA;
}
