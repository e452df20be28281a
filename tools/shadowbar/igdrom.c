// SPDX-License-Identifier: GPL-2.0-only
/*
 * igdrom: a romfile for Intel integrated graphics.
 *
 * A UEFI guest needs Intel's graphics driver (GOP). It is part of the system
 * firmware, and no longer in memory when Linux runs, unless the firmware
 * exposed it as an option ROM: then there is a copy with an EFI image.
 * The driver asks for the VBT through a protocol that the PlatformGopPolicy of
 * VfioIgdPkg provides, which takes the VBT from the OpRegion. The romfile
 * therefore need not contain one.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "images.h"
#include "record.h"
#include "take.h"

static bool has_image(const struct sb_bytes *rom, enum sb_image_kind kind)
{
	struct sb_rom_walk walk;
	struct sb_image image;

	sb_rom_walk_start(&walk, rom->size);
	while (sb_rom_walk_step(&walk, rom->data, rom->size, &image) ==
	       SB_STEP_IMAGE)
		if (image.kind == kind)
			return true;
	return false;
}

/* Find the first readable copy with the driver. */
static const struct sb_source *find(const struct sb_function *function,
				    struct sb_bytes *bytes)
{
	size_t i;

	for (i = 0; i < function->nr_sources; i++) {
		const struct sb_source *source = &function->sources[i];

		if (sb_source_read(source, bytes))
			continue;
		if (has_image(bytes, SB_KIND_EFI))
			return source;
		free(bytes->data);
		*bytes = (struct sb_bytes){ 0 };
	}
	return NULL;
}

static void say_why_not(const struct sb_function *function)
{
	const struct sb_source *source = sb_function_source(function, NULL);
	const char *vbt = function->graphics.vbt < 0 ?
		"There is no VBT either, so a guest's driver"
		" has to guess which outputs the machine has." :
		"The VBT is there; the guest gets it with the OpRegion, not with the romfile.";

	warnx("%s: no romfile can be made here: %s", function->address,
	      source ?
	      "its ROM has a video BIOS, but no graphics driver for UEFI (GOP)" :
	      "the graphics driver (GOP) is inside the machine's firmware, which left no copy");
	if (sb_options.json)
		return;
	sb_paragraph("%s", vbt);
	if (source) {
		sb_paragraph("A SeaBIOS guest can use the video BIOS:");
		sb_command("shadowbar install %s", function->address);
	}
	sb_paragraph("For a UEFI guest, download the vendor's firmware update for this machine, extract IntelGopDriver from it with UEFIExtract (from UEFITool), and build the romfile with VfioIgdPkg (https://github.com/tomitamoeko/VfioIgdPkg), in its directory:");
	sb_command("./build.sh --gop IntelGopDriver.efi igd.rom");
}

static enum sb_exit write_rom(const struct sb_function *function,
			      const struct sb_source *source,
			      struct sb_bytes *bytes, const char *output)
{
	struct json_object *json;
	int error;

	error = sb_file_write(output, bytes->data, bytes->size);
	if (error) {
		warnx("%s: %s", output, strerror(-error));
		return SB_EXIT_ERROR;
	}
	if (sb_options.json) {
		json = sb_json_start("igd-rom");
		sb_json_append(json, "functions", sb_record(function, NULL));
		sb_json_append(json, "files",
			       sb_record_file(output, bytes, function, source));
		sb_json_print(json);
	} else if (strcmp(output, "-")) {
		printf("%s: %zu bytes from %s to %s\n", function->address,
		       bytes->size, source->name, output);
		sb_paragraph("It has the graphics driver (GOP), but not the drivers that prepare a guest for it. Put those in front with VfioIgdPkg (https://github.com/tomitamoeko/VfioIgdPkg) if the guest's screen stays dark.");
	}
	return SB_EXIT_OK;
}

/**
 * sb_igd_rom() - the command "igd-rom"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: the exit code.
 */
enum sb_exit sb_igd_rom(int argc, char **argv)
{
	static const struct option options[] = {
		{ "output", required_argument, NULL, 'o' },
		SB_OPTIONS
	};
	const struct sb_source *source = NULL;
	struct sb_bytes bytes = { 0 };
	const char *output = NULL;
	struct sb_functions one;
	enum sb_exit ret;
	int option;

	while ((option = sb_option(argc, argv, "o:" SB_LETTERS, options)) !=
	       -1) {
		if (option != 'o')
			return sb_usage("igd-rom", option);
		output = optarg;
	}
	if (optind != argc - 1 || !output)
		return sb_usage("igd-rom", '?');
	if (!sb_prints_bytes(output))
		return SB_EXIT_USAGE;

	ret = sb_functions_load_one(argv[optind], &one);
	if (!ret && (one.list[0].vendor != SB_VENDOR_INTEL ||
		     !sb_is_display(&one.list[0]))) {
		warnx("%s: not Intel graphics; use shadowbar install",
		      one.list[0].address);
		ret = SB_EXIT_USAGE;
	}
	if (!ret)
		ret = sb_function_known(&one.list[0]);
	if (!ret) {
		source = find(&one.list[0], &bytes);
		if (source) {
			free(bytes.data);
			ret = sb_take(&one.list[0], source->name, false,
				      &source, &bytes);
			if (!ret)
				ret = write_rom(&one.list[0], source, &bytes,
						output);
		} else {
			say_why_not(&one.list[0]);
			ret = SB_EXIT_NO_ROM;
		}
	}
	free(bytes.data);
	sb_functions_free(&one);
	return ret;
}
