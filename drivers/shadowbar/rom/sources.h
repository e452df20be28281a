/* SPDX-License-Identifier: GPL-2.0-only */
/* sources: copies of a ROM that exist without reading the ROM BAR. */
#ifndef SHADOWBAR_SOURCES_H
#define SHADOWBAR_SOURCES_H

#include <linux/types.h>
#include <shadowbar/choose.h>

struct pci_dev;
struct sb_rom;

int sb_source_ask(struct pci_dev *pdev, void *method, struct sb_rom *rom,
		  struct sb_finding *finding);
int sb_source_read(struct pci_dev *pdev, enum sb_source source,
		   struct sb_rom *rom, struct sb_finding *finding);

#endif /* SHADOWBAR_SOURCES_H */
