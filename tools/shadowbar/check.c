// SPDX-License-Identifier: GPL-2.0-only
/*
 * check: is this host ready for device passthrough, as far as ROMs and BARs are
 * concerned? Modelled on virt-host-validate.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

enum verdict { PASS, WARN, FAIL };

static const char * const verdict_name[] = { "pass", "warn", "fail" };

static enum verdict worst;
static struct json_object *checks;

/* Print one line of the report, and the advice below it. */
static void report(const char *name, enum verdict verdict, const char *found,
		   const char *advice)
{
	static const char * const colour[] = {
		"\033[32m", "\033[33m", "\033[31m",
	};
	bool colours = sb_colours();
	struct json_object *json;

	if (verdict > worst)
		worst = verdict;
	if (sb_options.json) {
		json = json_object_new_object();
		json_object_object_add(json, "check",
				       json_object_new_string(name));
		json_object_object_add(json, "verdict",
				       json_object_new_string(verdict_name[verdict]));
		json_object_object_add(json, "found", sb_json_text(found));
		json_object_object_add(json, "advice", verdict == PASS ? NULL :
				       sb_json_text(advice));
		json_object_array_add(checks, json);
		return;
	}
	printf("%-26s %s%s%s: %s\n", name, colours ? colour[verdict] : "",
	       verdict_name[verdict], colours ? "\033[0m" : "", found);
	if (verdict != PASS)
		printf("%-26s       %s\n", "", advice);
}

static bool has_entries(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool some = false;

	while (dir && !some && (entry = readdir(dir)))
		some = entry->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return some;
}

static void check_module(void)
{
	char *version = sb_module_version();
	char *found = sb_format("version %s", sb_or_dash(version));

	if (sb_module_loaded())
		report("module is loaded", PASS, found, NULL);
	else
		report("module is loaded", FAIL, "no", "modprobe shadowbar");
	free(found);
	free(version);
}

/*
 * Devices that were bound before the module was loaded are deferred. Drivers
 * that only hold a function for a guest do not matter: they allow a later read.
 */
static void check_order(const struct sb_functions *all)
{
	char *list = sb_format("%s", "");
	size_t i, late = 0;

	for (i = 0; i < all->nr; i++) {
		const struct sb_function *function = &all->list[i];
		char *longer;

		if (!function->status || strcmp(function->status, "deferred"))
			continue;
		longer = sb_format("%s%s%s (%s)", list, late ? ", " : "",
				   function->address,
				   sb_or_dash(function->driver));
		free(list);
		list = longer;
		late++;
	}
	if (!sb_module_loaded())
		;
	else if (!late)
		report("module came before drivers", PASS, "yes", NULL);
	else
		report("module came before drivers", WARN, list,
		       "shadowbar explain <address>");
	free(list);
}

static void check_iommu(void)
{
	char *path = sb_format("%s/kernel/iommu_groups", sb_options.sysfs);

	if (has_entries(path))
		report("IOMMU is on", PASS, "yes", NULL);
	else
		report("IOMMU is on", FAIL, "no IOMMU groups",
		       "turn on VT-d or AMD-Vi in the firmware setup; on Intel boot with intel_iommu=on");
	free(path);
}

static void check_vfio(void)
{
	char *path = sb_format("%s/bus/pci/drivers/vfio-pci",
			       sb_options.sysfs);

	if (!access(path, F_OK))
		report("vfio-pci is there", PASS, "yes", NULL);
	else
		report("vfio-pci is there", WARN, "not loaded",
		       "modprobe vfio-pci");
	free(path);
}

static void check_page_size(const struct sb_functions *all)
{
	long size = sysconf(_SC_PAGESIZE);
	char *found;
	size_t i, bars = 0;
	int bar;

	for (i = 0; i < all->nr; i++)
		for (bar = 0; bar < SB_BARS; bar++) {
			const char *page = all->list[i].bar[bar].page;

			bars += page && (!strcmp(page, "shared") ||
					 !strcmp(page, "unaligned"));
		}
	found = sb_format("%ld KiB, %zu BAR%s VFIO cannot map", size / 1024,
			  bars, bars == 1 ? " that" : "s that");
	report("pages and small BARs", bars ? WARN : PASS, found,
	       "shadowbar list --problems");
	free(found);
}

/* Find the word in brackets: "none [integrity] confidentiality". */
static void check_lockdown(void)
{
	char *dir = sb_format("%s/kernel/security", sb_options.sysfs);
	char *text = sb_attr_read(dir, "lockdown");
	char *word = text ? strchr(text, '[') : NULL;

	if (word) {
		word++;
		word[strcspn(word, "]")] = '\0';
	}
	if (!word || !strcmp(word, "none"))
		report("kernel is not locked down", PASS,
		       word ? "none" : "no lockdown in this kernel", NULL);
	else
		report("kernel is not locked down", WARN, word,
		       "ROMs are read when the module loads and when devices appear, not on request: load it before the drivers");
	free(text);
	free(dir);
}

static void check_serve(void)
{
	char *dir = sb_format("%s/module/shadowbar/parameters",
			      sb_options.sysfs);
	char *serve = sb_attr_read(dir, "serve");

	if (serve)
		report("vfio-pci serves the copy",
		       strcmp(serve, "off") ? PASS : WARN, serve,
		       "load the module without serve=off, or give the guest a file: shadowbar install <address>");
	free(serve);
	free(dir);
}

/**
 * sb_check_host() - the command "check-host"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: SB_EXIT_OK if nothing failed; warnings do not count.
 */
enum sb_exit sb_check_host(int argc, char **argv)
{
	struct sb_functions all;
	struct json_object *json;
	enum sb_exit ret;
	int option;

	option = sb_no_option(argc, argv);
	if (option != -1 || optind != argc)
		return sb_usage("check-host", option);

	checks = json_object_new_array();
	ret = sb_functions_load(NULL, &all);
	if (!ret) {
		check_module();
		check_order(&all);
		check_iommu();
		check_vfio();
		check_page_size(&all);
		check_lockdown();
		check_serve();
		ret = worst == FAIL ? SB_EXIT_ERROR : SB_EXIT_OK;
	}
	sb_functions_free(&all);
	if (sb_options.json) {
		json = sb_json_start("check-host");
		json_object_object_add(json, "checks", checks);
		sb_json_print(json);
	} else {
		json_object_put(checks);
	}
	return ret;
}
