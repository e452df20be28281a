/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the emulated PCI host and the suites need to be told about kernels and
 * architectures
 *
 * Nothing here asks for a version number: a distribution's kernel is what its
 * headers say, not what it is called.
 */
#ifndef SHADOWBAR_KUNIT_COMPAT_H
#define SHADOWBAR_KUNIT_COMPAT_H

#include <linux/numa.h>
#include <linux/pci.h>
#ifdef CONFIG_X86
#include <asm/pci.h>
#else
#include <linux/pci-ecam.h>
#endif

/*
 * What bus->sysdata points to is the architecture's own: x86 finds the domain
 * there, arm64 the ACPI companion of an ECAM host, of which there is none.
 */
struct ehost_sysdata {
#ifdef CONFIG_X86
	struct pci_sysdata arch;
#else
	struct pci_config_window arch;
#endif
};

static inline void ehost_sysdata_init(struct ehost_sysdata *sysdata,
				      struct pci_host_bridge *bridge,
				      int domain)
{
#ifdef CONFIG_X86
	/* A number in the bridge is one that the core gave out, in 7.2. */
	sysdata->arch.domain = domain;
	sysdata->arch.node = NUMA_NO_NODE;
#else
	bridge->domain_nr = domain;
#endif
}

#endif /* SHADOWBAR_KUNIT_COMPAT_H */
