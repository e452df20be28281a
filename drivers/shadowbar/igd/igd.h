/* SPDX-License-Identifier: GPL-2.0-only */
/* igd: Intel's integrated graphics, and what it needs beside its BARs. */
#ifndef SHADOWBAR_DRIVER_IGD_H
#define SHADOWBAR_DRIVER_IGD_H

#include <linux/ioport.h>
#include <linux/sysfs.h>
#include <shadowbar/igd.h>

struct pci_dev;
struct sb_settings;

/**
 * struct sb_igd - what was found when the function was first seen
 * @report: that; constant
 * @snapshot: the OpRegion, and after it the VBT if that was outside, or NULL
 * @size: bytes in it
 * @guard: a reservation of stolen memory; in the resource tree if it has a
 *	   parent
 * @name: of that, for /proc/iomem
 * @opregion_file: the file "igd_opregion"; there if @snapshot is
 * @vbt_file: the file "igd_vbt"; there if the snapshot has a VBT
 */
struct sb_igd {
	struct sb_igd_report report;
	u8 *snapshot;
	size_t size;
	struct resource guard;
	char name[40];
	struct bin_attribute opregion_file;
	struct bin_attribute vbt_file;
};

/* igd.c */
int sb_igd_attach(struct pci_dev *pdev, const struct sb_settings *settings,
		  struct sb_igd **igd);
void sb_igd_retire(struct sb_igd *igd);
void sb_igd_free(struct sb_igd *igd);
bool sb_igd_is_addressable(u64 start, u64 size);
bool sb_igd_is_reported(u64 start, u64 size, u64 step);
bool sb_igd_is_in_ram(u64 start, u64 size);
bool sb_igd_in_guest(void);

/* mmio.c */
enum sb_igd_range sb_igd_read_mmio(struct pci_dev *pdev, u64 *bdsm, u32 *ggc);

/* snapshot.c */
void sb_igd_snapshot(struct pci_dev *pdev, struct sb_igd *igd);

/* guard.c */
void sb_igd_guard(struct pci_dev *pdev, const struct sb_settings *settings,
		  struct sb_igd *igd);

/* memory.c */
enum sb_igd_refusal sb_igd_allocate(struct pci_dev *pdev,
				    struct sb_igd_report *report);

/* files.c */
int sb_igd_add_files(struct kobject *kobj, struct sb_igd *igd);

#endif /* SHADOWBAR_DRIVER_IGD_H */
