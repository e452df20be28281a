// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain: say in plain English why things are as they are and what to do next.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "explain.h"
#include "record.h"

#define MIB		0x100000ULL
#define LARGE_BAR	(512 * MIB)

/* Space that a hot-plug bridge should reserve: double, as a power of two. */
static unsigned long long room_for(unsigned long long size)
{
	unsigned long long room = 2 * MIB;

	while (room < 2 * size)
		room *= 2;
	return room / MIB;
}

static void advise_resize(const struct sb_function *function, int number)
{
	if (function->driver)
		sb_advise_unbind(function, "The driver has to be unbound first");
	sb_command("cat %s/resource%d_resize", function->path, number);
	sb_command("echo 8 > %s/resource%d_resize", function->path, number);
}

static void explain_unassigned(const struct sb_function *function, int number)
{
	const struct sb_bar *bar = &function->bar[number];
	bool wide = bar->flags & SB_RESOURCE_64 &&
		    bar->flags & SB_RESOURCE_PREFETCH;

	sb_paragraph("The kernel found no room for it in the windows of the bridges above, so neither the host nor a guest can use it.");
	if (bar->resizable) {
		sb_paragraph("Its size can be changed (Resizable BAR). The first command shows the sizes that it can have, as a bit for each power of two in MiB; the second makes it 256 MiB. Or turn Resizable BAR off in the firmware setup.");
		advise_resize(function, number);
	}
	if (sb_is(function->removable, "removable")) {
		sb_paragraph("It is behind Thunderbolt or another hot-plug port, for which Linux keeps only 2 MiB free unless told otherwise. Boot with this kernel parameter:");
		sb_config("pci=realloc,%s=%lluM",
			  wide ? "hpmmioprefsize" : "hpmmiosize",
			  room_for(bar->size));
		return;
	}
	sb_paragraph("Turn on Above 4G Decoding in the firmware setup, or boot with this kernel parameter:");
	sb_config("pci=realloc");
}

static void explain_resizable(const struct sb_function *function, int number)
{
	const struct sb_bar *bar = &function->bar[number];

	if (!sb_is(bar->page, "whole") || !bar->resizable ||
	    bar->size < LARGE_BAR)
		return;
	sb_paragraph("Its size can be changed (Resizable BAR), and is %llu MiB now. A guest gets the size that it has when the guest starts. If the guest's firmware has no room for it or the guest's driver fails, make it 256 MiB before:",
		     bar->size / MIB);
	advise_resize(function, number);
}

static void explain_bar(const struct sb_function *function, int number)
{
	const struct sb_bar *bar = &function->bar[number];

	sb_topic("BAR %d: %s", number, bar->page);
	if (sb_is(bar->page, "whole"))
		sb_paragraph("It fills whole pages, so vfio-pci maps it into a guest.");
	else if (sb_is(bar->page, "exclusive"))
		sb_paragraph("It is smaller than a page, but alone in its page, and the rest is kept free: vfio-pci maps it into a guest.");
	else if (sb_is(bar->page, "unpadded"))
		sb_paragraph("It is smaller than a page and alone in its page, so vfio-pci maps it into a guest. But nothing keeps the rest of the page free: what is plugged in later may be put there.");
	else if (sb_is(bar->page, "shared"))
		sb_paragraph("Something else is in its page. Mapping the page would expose that to the guest, so vfio-pci does not map it, and each access goes through the hypervisor, which is slow.");
	else if (sb_is(bar->page, "unaligned"))
		sb_paragraph("It does not start at a page boundary, so vfio-pci does not map it, and each access goes through the hypervisor, which is slow.");
	/* There is nothing more to say about a whole page. */
	if (bar->reason && *bar->reason && !sb_is(bar->page, "whole"))
		sb_paragraph("The module says: %s.", bar->reason);
	if (sb_is(bar->page, "unassigned"))
		explain_unassigned(function, number);
	explain_resizable(function, number);
	if ((!sb_is(bar->page, "shared") && !sb_is(bar->page, "unaligned")) ||
	    !bar->isolate)
		return;
	if (function->driver && !sb_is(function->driver, "vfio-pci"))
		sb_advise_unbind(function, "To move it to a page of its own, unbind the driver first");
	else
		sb_paragraph("To move it to a page of its own:");
	sb_command("shadowbar isolate %s %d", function->address, number);
}

static enum sb_exit explain(const struct sb_function *function,
			    const struct sb_functions *all)
{
	int i;

	if (!sb_options.json)
		sb_paragraph("%s %s: %s", function->address,
			     function->class_name, function->name);
	if (!function->known) {
		sb_topic("ROM");
		if (sb_module_loaded()) {
			sb_paragraph("It has no memory BAR and no ROM BAR: there is no ROM to keep and nothing that could be mapped.");
			return SB_EXIT_OK;
		}
		sb_paragraph("The module is not loaded, so nothing is known about its ROM. Load it, preferably before other drivers, so that it sees ROMs as firmware left them:");
		sb_command("modprobe shadowbar");
		return SB_EXIT_UNKNOWN;
	}

	sb_explain_rom(function, all);
	for (i = 0; i < SB_BARS; i++)
		if (function->bar[i].page)
			explain_bar(function, i);
	if (function->graphics.reason)
		sb_explain_igd(function);
	return SB_EXIT_OK;
}

/**
 * sb_explain() - the command "explain"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: the exit code.
 */
enum sb_exit sb_explain(int argc, char **argv)
{
	struct sb_functions one, all;
	struct json_object *json;
	enum sb_exit ret;
	int option;

	option = sb_no_option(argc, argv);
	if (option != -1 || optind != argc - 1)
		return sb_usage("explain", option);

	ret = sb_functions_load_one(argv[optind], &one);
	if (!ret) {
		ret = sb_functions_load(NULL, &all);
		if (!ret)
			ret = explain(&one.list[0], &all);
		sb_functions_free(&all);
	}
	if (one.nr == 1 && sb_options.json) {
		json = sb_json_start("explain");
		sb_json_append(json, "functions",
			       sb_record(&one.list[0], NULL));
		sb_json_print(json);
	}
	sb_functions_free(&one);
	return ret;
}
