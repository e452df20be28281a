// SPDX-License-Identifier: GPL-2.0-only
/*
 * firmware: ROMs that firmware has to be asked for.
 *
 * An ACPI method is firmware code: it may loop, sleep or never end, and nothing
 * but ACPI itself can stop it. So no lock is held while it runs, and a probe, a
 * rescan or a removal do not wait for it.
 */
#define dev_fmt(fmt) "shadowbar: " fmt

#include <linux/bits.h>
#include <linux/mutex.h>
#include <linux/pci.h>

#include "bus/use.h"
#include "firmware.h"
#include "function.h"
#include "queue.h"
#include "rom/acpi.h"
#include "rom/buffer.h"
#include "rom/shadows.h"
#include "rom/sources.h"
#include "sysfs.h"

/* Under the function's mutex, so that it is not removed meanwhile. */
static int keep(struct sb_function *function, bool measure, int ret,
		struct sb_rom *rom, const struct sb_finding *finding)
{
	struct sb_keeper keeper = sb_sysfs_keeper(function);

	keeper.measure = measure;
	ret = sb_shadows_found(&keeper, SB_SOURCE_ACPI_ROM, ret, rom, finding,
			       READ_ONCE(function->request.waiting));
	/* Otherwise, a later capture shows the best one. */
	if (!ret && !sb_queue_is_pending(function))
		ret = sb_shadows_choose(&keeper, false) ?:
		      sb_sysfs_add_files(function);

	return ret;
}

/**
 * sb_firmware_ask() - keep the result of the method _ROM, unless it has run
 * before or the function is in use
 * @function: the function
 * @measure: have IMA measure it
 *
 * Context: may sleep for any time; no lock is held.
 */
void sb_firmware_ask(struct sb_function *function, bool measure)
{
	struct pci_dev *pdev = function->pdev;
	struct sb_finding finding;
	void *method = NULL;
	struct sb_rom rom;
	int ret;

	mutex_lock(&function->lock);
	if (!function->gone && !(function->looked & BIT(SB_SOURCE_ACPI_ROM)) &&
	    sb_use_lets_firmware(pdev))
		method = sb_acpi_method(pdev);
	mutex_unlock(&function->lock);
	if (!method)
		return;

	ret = sb_source_ask(pdev, method, &rom, &finding);

	mutex_lock(&function->lock);
	if (function->gone)
		sb_rom_free(&rom);
	else if (keep(function, measure, ret, &rom, &finding))
		pci_warn(pdev, "no memory to keep what its method _ROM gives out; write 1 to capture to try again\n");
	mutex_unlock(&function->lock);
}
