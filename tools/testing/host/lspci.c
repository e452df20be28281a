// SPDX-License-Identifier: GPL-2.0-only
/*
 * lspci: print "lspci -vvnn" output for the machines of kunit/machines.
 *
 * usage: lspci        the names of the machines
 *        lspci NAME   one of them
 */
#include <linux/pci_regs.h>
#include <stdlib.h>

#define EVERY_MACHINE
#include "machines.h"

static void print_size(u64 size)
{
	static const char unit[] = "KMGT";
	int i = -1;

	for (; size >= 1024 && !(size & 1023) && i < 3; i++)
		size >>= 10;
	printf(" [size=%llu", (unsigned long long)size);
	if (i >= 0)
		putchar(unit[i]);
	putchar(']');
}

static void print_address(const struct sb_machine_bar *bar, bool on)
{
	unsigned long long addr = bar->said ? bar->claim : bar->reg;

	if (!bar->known)
		printf("<ignored>");
	else if (addr)
		printf("%08llx", addr);
	else
		printf("<unassigned>");
	if (!bar->io)
		printf(" (%s, %sprefetchable)", bar->is_64 ? "64-bit" :
		       "32-bit", bar->pref ? "" : "non-");
	if (bar->said && !bar->reg)
		printf(" [virtual]");
	else if (!on)
		printf(" [disabled]");
	if (bar->size)
		print_size(bar->size);
	putchar('\n');
}

static void print_rom(const struct sb_machine_fn *fn)
{
	const struct sb_machine_bar *rom = &fn->bar[SB_MACHINE_ROM];

	if (!rom->present)
		return;
	printf("\tExpansion ROM at ");
	if (rom->shadowed) {
		printf("000c0000%s [disabled] [size=128K]\n",
		       rom->known ? " [virtual]" : "");
		return;
	}
	if (!rom->known)
		printf("<ignored>");
	else if (rom->said)
		printf("%08llx%s", (unsigned long long)rom->claim,
		       rom->reg ? "" : " [virtual]");
	else
		printf("<unassigned>");
	if (!rom->enabled)
		printf(" [disabled]");
	if (rom->size)
		print_size(rom->size);
	putchar('\n');
}

static void print_window(const char *name, const struct sb_machine_fn *fn,
			 unsigned int nr)
{
	const struct sb_range *window = &fn->window[nr];

	printf("\t%s behind bridge: ", name);
	if (!fn->open[nr]) {
		printf("[disabled]\n");
		return;
	}
	printf("%08llx-%08llx", (unsigned long long)window->start,
	       (unsigned long long)window->end);
	print_size(window->end - window->start + 1);
	putchar('\n');
}

/* At most two bits are set, and which one is which does not matter. */
static void print_vectors(const struct sb_machine_fn *fn)
{
	unsigned int nr;

	if (!fn->msix)
		return;
	printf("\tCapabilities: [70] MSI-X: Enable- Count=4 Masked-\n");
	for (nr = 0; nr < SB_MACHINE_BARS; nr++)
		if (fn->msix & BIT(nr))
			printf("\t\t%s: BAR=%u offset=00000000\n",
			       fn->msix & (BIT(nr) - 1) ? "PBA" :
			       "Vector table", nr);
}

static void print_function(const struct sb_machine_fn *fn)
{
	unsigned int nr;

	printf("%04x:%02x:%02x.%x Class [%04x]: Vendor [A/B] Device [%04x:%04x] (prog-if %02x)\n",
	       fn->domain, fn->bus, fn->devfn >> 3, fn->devfn & 7,
	       fn->class >> 8, fn->vendor, fn->device, fn->class & 0xff);
	printf("\tControl: I/O%c Mem%c BusMaster%c SpecCycle-\n",
	       fn->command & PCI_COMMAND_IO ? '+' : '-',
	       fn->command & PCI_COMMAND_MEMORY ? '+' : '-',
	       fn->command & PCI_COMMAND_MASTER ? '+' : '-');
	for (nr = 0; nr < SB_MACHINE_BARS; nr++) {
		const struct sb_machine_bar *bar = &fn->bar[nr];

		if (!bar->present)
			continue;
		printf("\tRegion %u: %s at ", nr, bar->io ? "I/O ports" :
							    "Memory");
		print_address(bar, fn->command & (bar->io ? PCI_COMMAND_IO :
						  PCI_COMMAND_MEMORY));
	}
	if (fn->bridge) {
		printf("\tBus: primary=%02x, secondary=%02x, subordinate=%02x, sec-latency=0\n",
		       fn->bus, fn->secondary, fn->subordinate);
		printf("\tI/O behind bridge: [disabled]\n");
		print_window("Memory", fn, 0);
		print_window("Prefetchable memory", fn, 1);
		printf("\tBridgeCtl: Parity- SERR+ NoISA- VGA%c VGA16-\n",
		       fn->vga_below ? '+' : '-');
	}
	print_rom(fn);
	print_vectors(fn);
	putchar('\n');
}

int main(int argc, char **argv)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(replayed_machines); i++) {
		const struct replayed_machine *machine = &replayed_machines[i];

		if (argc < 2)
			printf("%s\n", machine->name);
		else if (!strcmp(argv[1], machine->name))
			for (j = 0; j < machine->nr; j++)
				print_function(&machine->fn[j]);
	}

	return 0;
}
