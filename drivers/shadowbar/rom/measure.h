/* SPDX-License-Identifier: GPL-2.0-only */
/* measure: have IMA measure each shadow. */
#ifndef SHADOWBAR_MEASURE_H
#define SHADOWBAR_MEASURE_H

#include <shadowbar/plan.h>

struct pci_dev;
struct sb_shadow;

bool sb_measure_can(void);
void sb_measure(struct pci_dev *pdev, enum sb_source source,
		const struct sb_shadow *shadow);

#endif /* SHADOWBAR_MEASURE_H */
