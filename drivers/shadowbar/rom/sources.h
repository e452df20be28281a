/* SPDX-License-Identifier: GPL-2.0-only */
/* sources: copies of a ROM that are there without reading the ROM BAR. */
#ifndef SHADOWBAR_SOURCES_H
#define SHADOWBAR_SOURCES_H

#include <linux/types.h>
#include <shadowbar/choose.h>

struct pci_dev;
struct sb_rom;

/**
 * typedef sb_pull_t - get a piece of a ROM
 * @context: what it is to be got from
 * @offset: where the piece begins
 * @bytes: filled
 * @size: how many are wanted, no more than a page of 4 KiB
 *
 * Return: how many there are, no more than @size, or a negative error.
 */
typedef int (*sb_pull_t)(void *context, u32 offset, u8 *bytes, u32 size);

int sb_rom_copy(const void *bytes, size_t size, struct sb_rom *rom);
int sb_rom_pull(sb_pull_t pull, void *context, struct sb_rom *rom);
int sb_source_read(struct pci_dev *pdev, enum sb_source source,
		   struct sb_rom *rom, struct sb_finding *finding);

#endif /* SHADOWBAR_SOURCES_H */
