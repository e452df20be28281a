// SPDX-License-Identifier: GPL-2.0-only
/*
 * measure: tell IMA of each shadow.
 *
 * The hash of a shadow becomes critical data in IMA's log, and so extends a PCR
 * of the TPM. Whether it does is up to IMA's policy.
 */
#include <linux/ima.h>
#include <linux/kconfig.h>
#include <linux/pci.h>
#include <shadowbar/compat.h>

#include "rom/measure.h"
#include "rom/store.h"

/* How a policy knows this module's data: "measure func=CRITICAL_DATA label=..." */
#define LABEL	"shadowbar"

/**
 * sb_measure_can() - can this kernel be told?
 *
 * Return: true if it has IMA, and that takes critical data of modules.
 */
bool sb_measure_can(void)
{
	return SB_HAS_IMA_CRITICAL && IS_ENABLED(CONFIG_IMA);
}

/**
 * sb_measure() - tell IMA of a shadow
 * @pdev: the function
 * @source: where the shadow was read
 * @shadow: the shadow
 *
 * What IMA records is the SHA-256 that rom_sha256 shows, under the name
 * "<address>/<source>".
 *
 * Context: may sleep.
 */
void sb_measure(struct pci_dev *pdev, enum sb_source source,
		const struct sb_shadow *shadow)
{
#if SB_HAS_IMA_CRITICAL
	char name[sizeof("ffffffff:ff:1f.7/vga-shadow")];
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
