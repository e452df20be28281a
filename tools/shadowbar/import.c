// SPDX-License-Identifier: GPL-2.0-only
/*
 * import: common code for readers of machine descriptions.
 */
#include <linux/pci_regs.h>
#include <stdlib.h>

#include "import.h"

/**
 * sb_import_start() - start with a machine without functions
 * @import: to be freed with sb_import_free()
 *
 * Return: 0 or -ENOMEM.
 */
int sb_import_start(struct sb_import *import)
{
	*import = (struct sb_import){ .machine.page_size = 4096 };
	import->machine.fn = calloc(SB_MACHINE_FUNCTIONS,
				    sizeof(*import->machine.fn));
	import->machine.root = calloc(SB_MACHINE_ROOTS,
				      sizeof(*import->machine.root));
	import->note = calloc(SB_IMPORT_NOTES, sizeof(*import->note));
	if (import->machine.fn && import->machine.root && import->note)
		return 0;

	sb_import_free(import);
	return -ENOMEM;
}

/**
 * sb_import_free() - free a machine
 * @import: the machine
 */
void sb_import_free(struct sb_import *import)
{
	free(import->machine.fn);
	free(import->machine.root);
	free(import->note);
	*import = (struct sb_import){ 0 };
}

/**
 * sb_import_note() - note a problem with a description
 * @import: the machine
 * @format: as for printf()
 */
void sb_import_note(struct sb_import *import, const char *format, ...)
{
	va_list args;

	if (import->nr_notes == SB_IMPORT_NOTES) {
		import->left_out++;
		return;
	}
	va_start(args, format);
	vsnprintf(import->note[import->nr_notes++], SB_IMPORT_NOTE, format,
		  args);
	va_end(args);
}

/**
 * sb_import_add() - add a function
 * @import: the machine
 *
 * Return: the function, or NULL if there are too many.
 */
struct sb_machine_fn *sb_import_add(struct sb_import *import)
{
	if (import->machine.nr == SB_MACHINE_FUNCTIONS) {
		sb_import_note(import, "only the first %u functions are used",
			       SB_MACHINE_FUNCTIONS);
		return NULL;
	}
	return &import->machine.fn[import->machine.nr++];
}

/**
 * sb_import_name() - the address of a function, as the kernel writes it
 * @fn: the function
 * @name: filled
 * @size: bytes there
 */
void sb_import_name(const struct sb_machine_fn *fn, char *name, size_t size)
{
	snprintf(name, size, "%04x:%02x:%02x.%x", fn->domain, fn->bus,
		 fn->devfn >> 3, fn->devfn & 7);
}

static u16 word_at(const u8 *config, unsigned int at)
{
	return config[at] | config[at + 1] << 8;
}

static u32 dword_at(const u8 *config, unsigned int at)
{
	return word_at(config, at) | (u32)word_at(config, at + 2) << 16;
}

/* Registers tell the kind of a BAR and its value, but not its size. */
static void read_bars(struct sb_machine_fn *fn, const u8 *config)
{
	unsigned int i, nr = sb_machine_nr_bars(fn);

	for (i = 0; i < nr; i++) {
		struct sb_machine_bar *bar = &fn->bar[i];
		u32 low = dword_at(config, PCI_BASE_ADDRESS_0 + 4 * i);

		bar->known = true;
		if (!low && !bar->present)
			continue;
		/* Zero says nothing about the kind. */
		if (low) {
			bar->io = low & PCI_BASE_ADDRESS_SPACE_IO;
			bar->pref = !bar->io &&
				    low & PCI_BASE_ADDRESS_MEM_PREFETCH;
			bar->is_64 = !bar->io && i + 1 < nr &&
				     (low & PCI_BASE_ADDRESS_MEM_TYPE_MASK) ==
				     PCI_BASE_ADDRESS_MEM_TYPE_64;
		}
		bar->present = true;
		bar->reg = low & (u32)PCI_BASE_ADDRESS_MEM_MASK;
		if (bar->io)
			bar->reg = low & (u32)PCI_BASE_ADDRESS_IO_MASK;
		if (!bar->is_64)
			continue;
		i++;
		bar->reg |= (u64)dword_at(config,
					  PCI_BASE_ADDRESS_0 + 4 * i) << 32;
		fn->bar[i] = (struct sb_machine_bar){ .known = true };
	}
}

static void read_rom(struct sb_machine_fn *fn, const u8 *config)
{
	struct sb_machine_bar *rom = &fn->bar[SB_MACHINE_ROM];
	u32 raw = dword_at(config, fn->bridge ? PCI_ROM_ADDRESS1 :
						PCI_ROM_ADDRESS);

	rom->known = true;
	rom->reg = raw & (u32)PCI_ROM_ADDRESS_MASK;
	rom->enabled = raw & PCI_ROM_ADDRESS_ENABLE;
	rom->present |= rom->reg || rom->enabled;
}

static void read_windows(struct sb_machine_fn *fn, const u8 *config)
{
	const struct sb_bridge bridge = {
		.command = PCI_COMMAND_MEMORY,
		.memory = dword_at(config, PCI_MEMORY_BASE),
		.prefetch = 0xfff0,	/* closed */
	};
	struct sb_bridge pref = {
		.command = PCI_COMMAND_MEMORY,
		.memory = 0xfff0,
		.prefetch = dword_at(config, PCI_PREF_MEMORY_BASE),
		.prefetch_base_high = dword_at(config, PCI_PREF_BASE_UPPER32),
		.prefetch_limit_high = dword_at(config, PCI_PREF_LIMIT_UPPER32),
	};
	struct sb_range window[2];

	fn->secondary = config[PCI_SECONDARY_BUS];
	fn->subordinate = config[PCI_SUBORDINATE_BUS];
	fn->vga_below = config[PCI_BRIDGE_CONTROL] & PCI_BRIDGE_CTL_VGA;
	/* A bridge that lacks a window reads as all zeroes. */
	fn->open[0] = bridge.memory && sb_bridge_windows(&bridge, window);
	if (fn->open[0])
		fn->window[0] = window[0];
	fn->open[1] = pref.prefetch && sb_bridge_windows(&pref, window);
	if (fn->open[1])
		fn->window[1] = window[0];
}

static void read_vectors(struct sb_machine_fn *fn, const u8 *msix)
{
	fn->msix = BIT(dword_at(msix, PCI_MSIX_TABLE) & PCI_MSIX_TABLE_BIR) |
		   BIT(dword_at(msix, PCI_MSIX_PBA) & PCI_MSIX_PBA_BIR);
}

static void read_capabilities(struct sb_machine_fn *fn, const u8 *config,
			      unsigned int size)
{
	unsigned int at = config[PCI_CAPABILITY_LIST] & ~3u, left = 48;

	if (!(word_at(config, PCI_STATUS) & PCI_STATUS_CAP_LIST))
		return;
	for (; at >= 0x40 && at + 8 <= size && left; left--) {
		if (config[at] == PCI_CAP_ID_PM)
			fn->power = word_at(config, at + PCI_PM_CTRL) &
				    PCI_PM_CTRL_STATE_MASK;
		if (config[at] == PCI_CAP_ID_MSIX &&
		    at + PCI_CAP_MSIX_SIZEOF <= size)
			read_vectors(fn, config + at);
		at = config[at + PCI_CAP_LIST_NEXT] & ~3u;
	}
}

/**
 * sb_import_config() - evaluate the registers of a function
 * @fn: the function, with what is known from elsewhere
 * @config: its config space
 * @size: number of bytes in @config
 *
 * A function that is asleep or gone reads as all ones, which says nothing.
 */
void sb_import_config(struct sb_machine_fn *fn, const u8 *config,
		      unsigned int size)
{
	if (size < 64 || dword_at(config, PCI_VENDOR_ID) == U32_MAX)
		return;

	fn->vendor = word_at(config, PCI_VENDOR_ID);
	fn->device = word_at(config, PCI_DEVICE_ID);
	fn->class = dword_at(config, PCI_CLASS_REVISION) >> 8;
	fn->command = word_at(config, PCI_COMMAND) &
		      (PCI_COMMAND_IO | PCI_COMMAND_MEMORY |
		       PCI_COMMAND_MASTER);
	switch (config[PCI_HEADER_TYPE] & 0x7f) {
	case PCI_HEADER_TYPE_NORMAL:
		fn->bridge = false;
		fn->other_header = false;
		break;
	case PCI_HEADER_TYPE_BRIDGE:
		fn->bridge = true;
		fn->other_header = false;
		read_windows(fn, config);
		break;
	default:
		fn->other_header = true;
		fn->bridge = false;
		return;
	}
	read_bars(fn, config);
	read_rom(fn, config);
	read_capabilities(fn, config, size);
}

static int by_address(const void *left, const void *right)
{
	const struct sb_machine_fn *a = left, *b = right;

	if (a->domain != b->domain)
		return a->domain < b->domain ? -1 : 1;
	if (a->bus != b->bus)
		return a->bus - b->bus;
	return a->devfn - b->devfn;
}

static void doubt_noted(void *context, enum sb_doubt doubt,
			const struct sb_machine_fn *fn, int nr)
{
	char name[32], part[16] = "";

	sb_import_name(fn, name, sizeof(name));
	if (nr == SB_MACHINE_ROM)
		snprintf(part, sizeof(part), " ROM BAR");
	else if (nr >= 0)
		snprintf(part, sizeof(part), " BAR %d", nr);
	sb_import_note(context, "%s%s %s", name, part, sb_doubt_text(doubt));
}

/**
 * sb_import_sort() - sort functions by address
 * @import: the machine
 */
void sb_import_sort(struct sb_import *import)
{
	qsort(import->machine.fn, import->machine.nr,
	      sizeof(*import->machine.fn), by_address);
}

/**
 * sb_import_settle() - sort what was read, and find contradictions
 * @import: the machine
 */
void sb_import_settle(struct sb_import *import)
{
	sb_import_sort(import);
	sb_machine_settle(&import->machine, doubt_noted, import);
}
