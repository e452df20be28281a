// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain: in plain words, why things are as they are and what to do next.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diff.h"
#include "images.h"
#include "tool.h"

#define VENDOR_INTEL		0x8086
#define CLASS_DISPLAY		0x03
#define UEFI_DIR		"firmware/efi"

static bool is(const char *value, const char *word)
{
	return value && !strcmp(value, word);
}

static bool keeps_for_a_guest(const char *driver)
{
	return is(driver, "vfio-pci") || is(driver, "pci-stub");
}

static bool under_uefi(void)
{
	char *path = sb_format("%s/" UEFI_DIR, sb_options.sysfs);
	bool yes = !access(path, F_OK);

	free(path);
	return yes;
}

/* What the ROM BAR held, as one meets it in the messages of the kernel. */
static const char *found(const char *rom_bar)
{
	static const struct {
		const char *word;
		const char *text;
	} meaning[] = {
		{ "absent", "The function has no ROM BAR." },
		{ "programmed",
		  "Firmware had put the ROM at an address of its own." },
		{ "zero",
		  "Firmware had given the ROM BAR no address, so that a read "
		  "of the kernel's own rom file may fail." },
		{ "all-ones",
		  "Firmware had sized the ROM BAR and left all ones in it, as "
		  "UEFI does; it is no address, so that a read of the "
		  "kernel's own rom file may fail." },
		{ "outside-window",
		  "Firmware had left an address in the ROM BAR that no bridge "
		  "above it forwards." },
		{ "overlap",
		  "Firmware had left an address in the ROM BAR that another "
		  "BAR has, too." },
	};
	size_t i;

	for (i = 0; i < sizeof(meaning) / sizeof(*meaning); i++)
		if (is(rom_bar, meaning[i].word))
			return meaning[i].text;

	return NULL;
}

static const char *how(const char *source)
{
	static const struct {
		const char *word;
		const char *text;
	} meaning[] = {
		{ "in-place", "read at the address that it has" },
		{ "borrowed",
		  "read at the address of another BAR of the function, which "
		  "was moved away for some milliseconds" },
		{ "hole", "read at a free address below its bridges" },
		{ "vga-shadow",
		  "taken from 0xC0000, where the BIOS had copied it and has "
		  "run it; it may have been changed since" },
		{ "platform",
		  "taken from what UEFI had kept of it before it started the "
		  "kernel, or the module when it was unloaded" },
		{ "vfct", "taken from the ACPI table VFCT" },
		{ "acpi-rom", "taken from the ACPI method _ROM" },
	};
	size_t i;

	for (i = 0; i < sizeof(meaning) / sizeof(*meaning); i++)
		if (is(source, meaning[i].word))
			return meaning[i].text;

	return source;
}

/* Integrated graphics: the one that people ask about most. */
static void explain_intel(const struct sb_function *function)
{
	const char *address = function->address;

	sb_paragraph("Integrated Intel graphics has no ROM of its own: what "
		     "drives it before the operating system does is part of "
		     "the machine's firmware.%s",
		     under_uefi() ?
		     " This machine was started by UEFI, which makes no copy "
		     "of it at 0xC0000 either." :
		     "");
	sb_paragraph("What its owner can do:");
	sb_bullet("Do without. A guest's own driver needs no ROM, but an "
		  "OpRegion: -device vfio-pci,host=%s,x-igd-opregion=on. The "
		  "screen stays dark until the driver starts.",
		  address);
	sb_bullet("If the machine can be started in legacy (CSM) mode with "
		  "this graphics as the first display, do so once: then there "
		  "is a ROM at 0xC0000, and the module keeps it as vga-shadow.");
	sb_bullet("For a UEFI guest, take the graphics driver (GOP) and the "
		  "VBT out of the machine's own firmware image, as its maker "
		  "publishes it, and give them as romfile=. The VBT must be "
		  "this machine's.");
}

static void explain_images(const struct sb_function *function,
			   const struct sb_bytes *rom)
{
	struct sb_rom_summary summary;
	bool efi = false, x86 = false;
	struct sb_rom_walk walk;
	struct sb_image image;
	char *verdict;

	sb_rom_summarize(rom->data, rom->size, &summary);
	sb_rom_walk_start(&walk, rom->size);
	while (sb_rom_walk_step(&walk, rom->data, rom->size, &image) ==
	       SB_STEP_IMAGE) {
		efi |= image.kind == SB_KIND_EFI;
		x86 |= image.kind == SB_KIND_X86;
	}
	verdict = sb_images_verdict(&summary);
	sb_paragraph("It is %s.", verdict);
	free(verdict);
	if (!summary.images)
		return;
	if (!efi)
		sb_paragraph("It has no EFI image: a guest with UEFI (OVMF) "
			     "does not start the device from it, one with "
			     "SeaBIOS can.");
	else if (!x86)
		sb_paragraph("It has no x86 image: a guest with SeaBIOS does "
			     "not start the device from it, one with UEFI "
			     "(OVMF) can.");
	if (!sb_rom_is_for(rom->data, rom->size, function->vendor,
			   function->device))
		sb_paragraph("No image names this function's ids, %04x:%04x. "
			     "Firmware may refuse it; shadowbar fix makes a "
			     "copy that it takes.",
			     function->vendor,
			     function->device);
}

static void explain_sources(const struct sb_function *function,
			    const struct sb_bytes *best)
{
	size_t i;

	for (i = 1; i < function->nr_sources; i++) {
		const struct sb_source *source = &function->sources[i];
		struct sb_bytes other;
		struct sb_diff diff;
		char *words;

		sb_paragraph("Another shadow of %lld bytes was %s.",
			     (long long)source->size, how(source->name));
		if (!best->data || sb_source_read(source, &other))
			continue;
		sb_diff(best, &other, &diff);
		words = sb_diff_words(&diff);
		sb_paragraph("Compared with the best: %s.", words);
		if (diff.nr)
			sb_paragraph("Somebody has changed one of them; for a "
				     "guest take the best, which is what dump "
				     "and install do.");
		free(words);
		sb_diff_free(&diff);
		free(other.data);
	}
}

static void explain_shadow(const struct sb_function *function)
{
	const struct sb_source *source = sb_function_source(function, NULL);
	struct sb_bytes best = { 0 };

	sb_paragraph("There is a shadow of its ROM: %lld bytes, %s.",
		     (long long)source->size, how(source->name));
	if (sb_source_read(source, &best))
		sb_paragraph("What is in it only root can see.");
	else
		explain_images(function, &best);
	explain_sources(function, &best);
	free(best.data);
	sb_paragraph("To give it to a guest: shadowbar install %s",
		     function->address);
}

static void explain_deferred(const struct sb_function *function)
{
	const char *address = function->address;
	const char *driver = sb_or_dash(function->driver);

	sb_paragraph("The driver %s has the function, and a bound function is "
		     "never touched.",
		     driver);
	if (keeps_for_a_guest(function->driver)) {
		sb_paragraph("%s only keeps it for a guest. While no guest "
			     "runs, this reads the ROM and gives the function "
			     "back: shadowbar capture %s",
			     driver, address);
		return;
	}
	sb_paragraph("Either:");
	sb_bullet("let the driver go, and the ROM is read at once: echo %s > "
		  "%s/driver/unbind",
		  address, function->path);
	sb_bullet("or have the module loaded before the driver, and the ROM "
		  "is read before the driver sees the function: put \"softdep "
		  "%s pre: shadowbar\" into /etc/modprobe.d/shadowbar.conf, "
		  "and into the initramfs if the driver is there.",
		  driver);
}

static void explain_rom(const struct sb_function *function)
{
	bool graphics = function->vendor == VENDOR_INTEL &&
			function->class >> 8 == CLASS_DISPLAY;
	const char *text = found(function->rom_bar);

	printf("ROM\n");
	if (text)
		sb_paragraph("%s", text);
	if (is(function->decode, "off"))
		sb_paragraph("Memory decoding was off when the function was "
			     "first seen: firmware did not use it, and no "
			     "address in its BARs was believed unless the "
			     "kernel had given it.");
	if (function->reason && *function->reason)
		sb_paragraph("The module says: %s.", function->reason);

	if (function->nr_sources)
		explain_shadow(function);
	if (is(function->status, "deferred"))
		explain_deferred(function);
	else if (is(function->status, "pending"))
		sb_paragraph("It waits to be read. Ask again in a moment.");
	else if (is(function->status, "skipped") && !function->nr_sources)
		sb_paragraph("Nothing was read. Once what the module says is "
			     "seen to: shadowbar capture %s",
			     function->address);
	else if (is(function->status, "failed") && !function->nr_sources)
		sb_paragraph("To try again: shadowbar capture %s. If it fails "
			     "again, take the ROM from a file: from the "
			     "maker, or dumped on a machine where it can be "
			     "read; shadowbar verify and shadowbar fix look "
			     "after it.",
			     function->address);
	if (graphics && !function->nr_sources)
		explain_intel(function);
	else if (is(function->status, "none") && !function->nr_sources)
		sb_paragraph("A guest needs none: its own driver does without.");
}

static void explain_bar(const struct sb_function *function, int number)
{
	const struct sb_bar *bar = &function->bar[number];

	printf("\nBAR %d: %s\n", number, bar->page);
	if (is(bar->page, "whole"))
		sb_paragraph("It fills whole pages, so vfio-pci maps it into "
			     "a guest.");
	else if (is(bar->page, "exclusive"))
		sb_paragraph("It is smaller than a page, but alone in its "
			     "page, and the rest is kept free: vfio-pci maps "
			     "it into a guest.");
	else if (is(bar->page, "unpadded"))
		sb_paragraph("It is smaller than a page and alone in its page, "
			     "so vfio-pci maps it into a guest. But nothing "
			     "keeps the rest of the page free: what is plugged "
			     "in later may be put there.");
	else if (is(bar->page, "shared"))
		sb_paragraph("Something else answers in its page. To map the "
			     "page would give that to the guest as well, so "
			     "vfio-pci does not: each access goes through the "
			     "hypervisor, which is slow.");
	else if (is(bar->page, "unaligned"))
		sb_paragraph("It does not begin where its page begins, so "
			     "vfio-pci does not map it: each access goes "
			     "through the hypervisor, which is slow.");
	else if (is(bar->page, "unassigned"))
		sb_paragraph("The kernel has given it no address: there was "
			     "no room in the windows above it. Neither the "
			     "host nor a guest can use it. Booting with "
			     "pci=realloc may make room.");
	/* Of a whole page there is no more to say. */
	if (bar->reason && *bar->reason && !is(bar->page, "whole"))
		sb_paragraph("The module says: %s.", bar->reason);
	if (!is(bar->page, "shared") && !is(bar->page, "unaligned"))
		return;
	if (bar->isolate && !function->driver)
		sb_paragraph("To move it to a page of its own: shadowbar "
			     "isolate %s %d",
			     function->address, number);
	else if (bar->isolate)
		sb_paragraph("To move it to a page of its own, unbind %s "
			     "first, then: shadowbar isolate %s %d",
			     function->driver, function->address, number);
}

static void explain_opregion(const struct sb_function *function)
{
	if (function->graphics.opregion < 0) {
		sb_paragraph("There is no OpRegion to give to a guest: its "
			     "driver has to guess which outputs the machine "
			     "has.");
		return;
	}
	sb_paragraph("There is a copy of its OpRegion, from before a driver "
		     "wrote into it%s.",
		     function->graphics.vbt < 0 ?
		     ", but it has no VBT, which tells a driver which outputs "
		     "the machine has" :
		     ", and with it the VBT, which tells a driver which "
		     "outputs the machine has");
	sb_paragraph("A guest gets it with -device vfio-pci,host=%s,"
		     "x-igd-opregion=on or, where that is refused, with "
		     "-fw_cfg name=etc/igd-opregion,file=%s/shadowbar/"
		     "igd_opregion",
		     function->address, function->path);
}

static const char *whose_memory(const char *state)
{
	static const struct {
		const char *word;
		const char *text;
	} meaning[] = {
		{ "reserved",
		  "Its stolen memory is out of everybody's way: firmware "
		  "reports it as reserved." },
		{ "guarded",
		  "Firmware does not report its stolen memory, so the module "
		  "has reserved it: see /proc/iomem." },
		{ "conflict",
		  "Its stolen memory is somebody else's, too. The device "
		  "writes there without asking. Do not assign it before that "
		  "is mended: update the firmware, or change how much memory "
		  "it sets aside for graphics." },
		{ "unset",
		  "Nobody has set aside stolen memory. On a host that is an "
		  "error of the firmware. In a guest it means that the guest's "
		  "firmware has not done it (SeaBIOS does): its video BIOS "
		  "would write to the host's addresses. Load the module in the "
		  "guest with igd_stolen=allocate, before i915." },
		{ "allocated",
		  "The module has allocated stolen memory for it, because "
		  "firmware had set none aside. It stays allocated until "
		  "reboot, whatever becomes of the module." },
	};
	size_t i;

	for (i = 0; i < sizeof(meaning) / sizeof(*meaning); i++)
		if (is(state, meaning[i].word))
			return meaning[i].text;

	return "Its stolen memory could not be judged.";
}

static void explain_graphics(const struct sb_function *function)
{
	printf("\nOpRegion and stolen memory\n");
	explain_opregion(function);
	sb_paragraph("%s", whose_memory(function->graphics.state));
	sb_paragraph("The module says: %s.", function->graphics.reason);
}

static enum sb_exit explain(const struct sb_function *function)
{
	int i;

	sb_paragraph("%s %s: %s", function->address, function->class_name,
		     function->name);
	printf("\n");
	if (!function->known) {
		if (sb_module_loaded())
			sb_paragraph("It has no memory BAR and no ROM BAR: "
				     "there is no ROM to keep and nothing "
				     "that could be mapped.");
		else
			sb_paragraph("The module is not loaded, so nothing is "
				     "known of its ROM. As root: modprobe "
				     "shadowbar. Best before the drivers, so "
				     "that it sees ROMs as firmware left them.");
		return sb_module_loaded() ? SB_EXIT_OK : SB_EXIT_UNKNOWN;
	}

	explain_rom(function);
	for (i = 0; i < SB_BARS; i++)
		if (function->bar[i].page)
			explain_bar(function, i);
	if (function->graphics.reason)
		explain_graphics(function);
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
	struct sb_functions one;
	enum sb_exit ret;
	int option;

	option = sb_no_option(argc, argv);
	if (option != -1 || optind != argc - 1)
		return sb_usage("explain", option);

	ret = sb_functions_load_one(argv[optind], &one);
	if (!ret)
		ret = explain(&one.list[0]);
	sb_functions_free(&one);
	return ret;
}
