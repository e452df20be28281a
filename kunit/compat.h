/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between kernels and architectures that matter to the emulated PCI
 * host and the suites
 *
 * Nothing here tests a version number: a distribution's kernel is what its
 * headers say, not what it is called.
 */
#ifndef SHADOWBAR_KUNIT_COMPAT_H
#define SHADOWBAR_KUNIT_COMPAT_H

#include <linux/iommu.h>
#include <linux/numa.h>
#include <linux/pci.h>
#if defined(CONFIG_X86)
#include <asm/pci.h>
#elif defined(CONFIG_PPC64)
#include <asm/pci-bridge.h>
#else
#include <linux/pci-ecam.h>
#endif

/*
 * bus->sysdata belongs to the architecture: x86 finds the domain there, arm64
 * the ACPI companion of an ECAM host (there is none), and powerpc everything it
 * knows about a host.
 */
struct ehost_sysdata {
#if defined(CONFIG_X86)
	struct pci_sysdata arch;
#elif defined(CONFIG_PPC64)
	struct pci_controller arch;
#else
	struct pci_config_window arch;
#endif
};

static inline int ehost_sysdata_init(struct ehost_sysdata *sysdata,
				     struct pci_host_bridge *bridge,
				     int domain)
{
	int ret = 0;

#if defined(CONFIG_X86)
	/* In 7.2, a number in the bridge is one that the core allocated. */
	sysdata->arch.domain = domain;
	sysdata->arch.node = NUMA_NO_NODE;
#elif defined(CONFIG_PPC64)
	/* pSeries removes it from its list when the bridge is released. */
	INIT_LIST_HEAD(&sysdata->arch.list_node);
	sysdata->arch.global_number = domain;
	PHB_SET_NODE(&sysdata->arch, NUMA_NO_NODE);
	/* The core adds each function to the host's IOMMU, even in vain. */
	ret = iommu_device_sysfs_add(&sysdata->arch.iommu, NULL, NULL,
				     "ehost%x", domain);
#else
	bridge->domain_nr = domain;
#endif
	return ret;
}

static inline void ehost_sysdata_exit(struct ehost_sysdata *sysdata)
{
#if defined(CONFIG_PPC64)
	iommu_device_sysfs_remove(&sysdata->arch.iommu);
#endif
}

#endif /* SHADOWBAR_KUNIT_COMPAT_H */
