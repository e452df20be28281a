/* SPDX-License-Identifier: GPL-2.0-only */
/* gather: the facts about one function that a plan is made from. */
#ifndef SHADOWBAR_GATHER_H
#define SHADOWBAR_GATHER_H

#include <linux/ioport.h>
#include <linux/pci_regs.h>
#include <shadowbar/deny.h>
#include <shadowbar/plan.h>

struct pci_dev;
struct sb_decoders;

/**
 * struct sb_gathered - facts, and what they stand on
 * @facts: the facts; the lists in them point into the members below
 * @windows: windows of the function's bus
 * @decoders: what others on its bus and on those above it decode
 * @bridges: the bridges above it
 * @hold: a reservation of the address that the ROM is read at, so that
 *	  nothing else gets it meanwhile; held if it has a parent
 */
struct sb_gathered {
	struct sb_facts facts;
	struct sb_range *windows;
	struct sb_range *decoders;
	struct sb_bridge *bridges;
	struct resource hold;
};

/**
 * typedef sb_place_t - find a place in a free part of a window
 * @context: what it is to be found with
 * @start: first bus address
 * @end: last bus address
 *
 * Return: where the place starts, or U64_MAX if there is none.
 */
typedef u64 (*sb_place_t)(void *context, u64 start, u64 end);

/* The bits of a memory BAR that are not part of its address */
#define SB_BAR_KIND	0xfULL

static inline int sb_bar_register(unsigned int nr)
{
	return PCI_BASE_ADDRESS_0 + 4 * nr;
}

struct sb_identity sb_gather_identity(struct pci_dev *pdev);
unsigned int sb_nr_bars(struct pci_dev *pdev);
bool sb_resource_is_bar(struct pci_dev *pdev, unsigned int nr);
void sb_gather_bridge(struct pci_dev *pdev, struct sb_bridge *bridge);
int sb_gather_bar(struct pci_dev *pdev, unsigned int nr, bool is_64,
		  u64 *value);
int sb_gather_rom_bar(struct pci_dev *pdev, u32 *raw);
int sb_gather_decode(struct pci_dev *pdev, bool *decode);
bool sb_gather_is_asleep(struct pci_dev *pdev);
bool sb_gather_is_unreachable(struct pci_dev *pdev);
bool sb_gather_is_untrusted(struct pci_dev *pdev);
bool sb_gather_knows_no_rom(struct pci_dev *pdev);
unsigned int sb_gather_slot_size(struct pci_dev *pdev);
struct pci_dev *sb_gather_sibling(struct pci_dev *pdev, unsigned int nr);
bool sb_gather_has_rom(struct pci_dev *pdev);
bool sb_gather_has_driven_sibling(struct pci_dev *pdev);
bool sb_gather_is_integrated(struct pci_dev *pdev);
bool sb_gather_has_busy_bar(struct pci_dev *pdev);
bool sb_gather_is_pinned(struct pci_dev *pdev, bool decode);
bool sb_gather_vga_conflict(struct pci_dev *pdev);
int sb_gather_registers(struct pci_dev *pdev, struct sb_facts *facts);
int sb_gather_around(struct pci_dev *pdev, struct sb_gathered *gathered,
		     struct sb_decoders *found);
int sb_gather_place(struct pci_dev *pdev, struct resource *res, u64 size,
		    sb_place_t place, void *context);
void sb_gather_hold(struct pci_dev *pdev, struct sb_gathered *gathered);
int sb_gather_hole(struct pci_dev *pdev, struct sb_gathered *gathered,
		   u64 *addr);
void sb_gather_release(struct sb_gathered *gathered);

#endif /* SHADOWBAR_GATHER_H */
