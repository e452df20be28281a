// SPDX-License-Identifier: GPL-2.0-only
/*
 * measure: have IMA measure each shadow.
 *
 * The hash of a shadow becomes critical data in IMA's log, and so extends a PCR
 * of the TPM, if IMA's policy says so.
 */
#include <linux/ima.h>
#include <linux/kconfig.h>
#include <linux/pci.h>
#include <shadowbar/compat.h>

#include "rom/measure.h"
#include "rom/store.h"

/* The label in a policy: "measure func=CRITICAL_DATA label=..." */
#define LABEL	"shadowbar"

/**
 * sb_measure_can() - can this kernel measure critical data of modules?
 *
 * Return: true if so.
 */
bool sb_measure_can(void)
{
	return SB_HAS_IMA_CRITICAL && IS_ENABLED(CONFIG_IMA);
}

/**
 * sb_measure() - have IMA measure a shadow
 * @pdev: the function
 * @source: the shadow's source
 * @shadow: the shadow
 *
 * IMA records the SHA-256 that rom_sha256 shows, under the name
 * "<address>/<source>".
 *
 * Context: may sleep.
 */
void sb_measure(struct pci_dev *pdev, enum sb_source source,
		const struct sb_shadow *shadow)
{
#if SB_HAS_IMA_CRITICAL
	char name[sizeof("ffffffff:ff:1f.7/") + SB_SOURCE_NAME_SIZE];
	int ret;

	scnprintf(name, sizeof(name), "%s/%s", pci_name(pdev),
		  sb_source_name(source));
	ret = ima_measure_critical_data(LABEL, name, shadow->sha256,
					sizeof(shadow->sha256), false, NULL, 0);
	if (ret < 0 && ret != -ENOENT)
		pci_warn(pdev, "shadowbar: IMA did not take the hash of its ROM: error %d\n",
			 ret);
#endif
}
