// SPDX-License-Identifier: GPL-2.0-only
/*
 * romread: read a function's ROM as drivers do.
 *
 * "map" calls pci_map_rom(), as most drivers do; "rom" maps pdev->rom, as
 * amdgpu does if it finds nothing better. The file romread in debugfs has the
 * data, or is empty if there was none. With hold=1 the mapping lasts as long as
 * the module is loaded, and romread reads through it again.
 */
#include <linux/debugfs.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/vmalloc.h>

static char *function = "";
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "whose ROM, 0000:00:03.0");

static char *by = "map";
module_param(by, charp, 0444);
MODULE_PARM_DESC(by, "how: map or rom");

static bool hold;
module_param(hold, bool, 0444);
MODULE_PARM_DESC(hold, "keep it mapped");

static struct pci_dev *pdev;
static void __iomem *mapped;
static struct debugfs_blob_wrapper blob;
static struct dentry *file;

static bool is_by_map(void)
{
	return !strcmp(by, "map");
}

static void map(size_t *size)
{
	if (is_by_map()) {
		mapped = pci_map_rom(pdev, size);
		return;
	}

	*size = pdev->romlen;
	if (pdev->rom && *size)
		mapped = ioremap(pdev->rom, *size);
}

static void unmap(void)
{
	if (mapped && is_by_map())
		pci_unmap_rom(pdev, mapped);
	else if (mapped)
		iounmap(mapped);
	mapped = NULL;
}

static int __init romread_init(void)
{
	unsigned int domain, bus, slot, fn;
	size_t size = 0;

	if (sscanf(function, "%x:%x:%x.%x", &domain, &bus, &slot, &fn) != 4)
		return -EINVAL;
	pdev = pci_get_domain_bus_and_slot(domain, bus, PCI_DEVFN(slot, fn));
	if (!pdev)
		return -ENODEV;

	map(&size);
	if (mapped) {
		blob.data = vmalloc(size);
		if (blob.data) {
			memcpy_fromio(blob.data, mapped, size);
			blob.size = size;
		}
	}
	if (!hold)
		unmap();
	file = debugfs_create_blob("romread", 0400, NULL, &blob);
	return 0;
}

static void __exit romread_exit(void)
{
	debugfs_remove(file);
	unmap();
	vfree(blob.data);
	pci_dev_put(pdev);
}

module_init(romread_init);
module_exit(romread_exit);
MODULE_DESCRIPTION("Reads a PCI ROM as drivers do");
MODULE_LICENSE("GPL");
