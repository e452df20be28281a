// SPDX-License-Identifier: GPL-2.0-only
/*
 * report: the facts about a machine needed to understand it, as JSON.
 *
 * Only what is listed here gets in. That is the only way to be sure that
 * nothing identifies the owner: capabilities contain serial numbers, other
 * files in a device's directory contain MAC addresses and UUIDs, and the hash
 * of a ROM that contains a serial number identifies the device just as well.
 */
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "report.h"
#include "tool.h"

#define CONFIG_SIZE	4096
#define HEADER_SIZE	64

/* Capabilities that matter, and how many bytes of each. */
static const struct {
	u16 id;
	u8 bytes;
	bool extended;
} wanted[] = {
	{ PCI_CAP_ID_PM, 8, false },
	{ PCI_CAP_ID_EXP, 20, false },
	{ PCI_CAP_ID_MSIX, 12, false },
	{ PCI_CAP_ID_EA, 60, false },
	{ PCI_EXT_CAP_ID_SRIOV, 64, true },
	{ PCI_EXT_CAP_ID_REBAR, 56, true },
};

static void add_text(struct json_object *to, const char *key, char *text)
{
	if (text && *text)
		json_object_object_add(to, key, json_object_new_string(text));
	free(text);
}

static void add_flag(struct json_object *to, const char *key, bool flag)
{
	json_object_object_add(to, key, json_object_new_boolean(flag));
}

static struct json_object *hex(const u8 *bytes, unsigned int size)
{
	struct json_object *json;
	char *text = malloc(2 * size + 1);
	unsigned int i;

	if (!text)
		err(SB_EXIT_ERROR, NULL);
	for (i = 0; i < size; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
	text[2 * size] = '\0';
	json = json_object_new_string(text);
	free(text);
	return json;
}

static unsigned int word_at(const u8 *config, unsigned int at)
{
	return config[at] | config[at + 1] << 8;
}

static void add_capability(struct json_object *list, const u8 *config,
			   unsigned int size, unsigned int at, unsigned int id,
			   bool extended)
{
	struct json_object *json;
	unsigned int i;

	for (i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		if (wanted[i].id != id || wanted[i].extended != extended ||
		    at + wanted[i].bytes > size)
			continue;
		json = json_object_new_object();
		json_object_object_add(json, "id", json_object_new_int(id));
		json_object_object_add(json, "extended",
				       json_object_new_boolean(extended));
		json_object_object_add(json, "at", json_object_new_int(at));
		json_object_object_add(json, "bytes",
				       hex(config + at, wanted[i].bytes));
		json_object_array_add(list, json);
	}
}

/* Capability lists may be circular, so the number of steps is limited. */
static struct json_object *capabilities(const u8 *config, unsigned int size)
{
	struct json_object *list = json_object_new_array();
	unsigned int at, left;

	if (size < 256 ||
	    !(word_at(config, PCI_STATUS) & PCI_STATUS_CAP_LIST))
		return list;

	at = config[PCI_CAPABILITY_LIST] & ~3u;
	for (left = 48; at >= HEADER_SIZE && left; left--) {
		add_capability(list, config, 256, at, config[at], false);
		at = config[at + 1] & ~3u;
	}
	at = 256;
	for (left = 480; at >= 256 && at + 4 <= size && left; left--) {
		add_capability(list, config, size, at, word_at(config, at),
			       true);
		at = word_at(config, at + 2) >> 4 & ~3u;
	}

	return list;
}

static void add_config(struct json_object *to, const char *dir)
{
	char *path = sb_format("%s/config", dir);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	u8 config[CONFIG_SIZE];
	ssize_t size = -1;

	free(path);
	if (fd >= 0) {
		size = read(fd, config, sizeof(config));
		close(fd);
	}
	if (size < HEADER_SIZE)
		return;

	/* The interrupt's number and pin do not matter and are left out. */
	json_object_object_add(to, "header", hex(config, HEADER_SIZE));
	json_object_object_add(to, "capabilities", capabilities(config, size));
}

static void add_resources(struct json_object *to, const char *dir)
{
	struct json_object *list = json_object_new_array();
	char *text = sb_attr_read(dir, "resource");
	unsigned long long start, end, flags;
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n"))) {
		struct json_object *json;

		if (sscanf(line, "%llx %llx %llx", &start, &end, &flags) != 3)
			continue;
		json = json_object_new_array();
		json_object_array_add(json, json_object_new_uint64(start));
		json_object_array_add(json, json_object_new_uint64(end));
		json_object_array_add(json, json_object_new_uint64(flags));
		json_object_array_add(list, json);
	}
	free(text);
	json_object_object_add(to, "resources", list);
}

/* The module's files for a function, except hashes. */
static struct json_object *module_files(const char *dir)
{
	static const char * const name[] = {
		"rom_status", "rom_reason", "rom_bar", "rom_source",
		"rom_served", "rom_changed", "decode",
		"bar0_page", "bar0_reason", "bar1_page", "bar1_reason",
		"bar2_page", "bar2_reason", "bar3_page", "bar3_reason",
		"bar4_page", "bar4_reason", "bar5_page", "bar5_reason",
		"igd_stolen", "igd_stolen_state", "igd_reason",
	};
	char *path = sb_format("%s/shadowbar", dir);
	struct json_object *json = NULL;
	size_t i;

	if (!access(path, F_OK)) {
		json = json_object_new_object();
		for (i = 0; i < sizeof(name) / sizeof(*name); i++)
			add_text(json, name[i], sb_attr_read(path, name[i]));
	}
	free(path);
	return json;
}

static bool has_file(const char *dir, const char *name)
{
	char *path = sb_format("%s/%s", dir, name);
	bool found = !access(path, F_OK);

	free(path);
	return found;
}

static struct json_object *function(const char *address)
{
	static const char * const name[] = {
		"enable", "power_state", "boot_vga", "d3cold_allowed",
		"sriov_numvfs", "sriov_totalvfs", "removable", "numa_node",
	};
	struct json_object *json = json_object_new_object();
	char *dir = sb_format("%s/bus/pci/devices/%s", sb_options.sysfs,
			      address);
	size_t i;

	json_object_object_add(json, "address",
			       json_object_new_string(address));
	add_text(json, "driver", sb_driver_of(dir));
	for (i = 0; i < sizeof(name) / sizeof(*name); i++)
		add_text(json, name[i], sb_attr_read(dir, name[i]));
	add_flag(json, "rom_file", has_file(dir, "rom"));
	add_flag(json, "virtual_function", has_file(dir, "physfn"));
	add_config(json, dir);
	add_resources(json, dir);
	json_object_object_add(json, "module", module_files(dir));
	free(dir);
	return json;
}

/* dddd:bb:dd.f and nothing else: file names are untrusted, too. */
static int is_address(const struct dirent *entry)
{
	unsigned int domain, bus, slot, fn;
	char end;

	return sscanf(entry->d_name, "%x:%x:%x.%x%c", &domain, &bus, &slot,
		      &fn, &end) == 4 && strlen(entry->d_name) < 20;
}

static void add_functions(struct json_object *json)
{
	char *dir = sb_format("%s/bus/pci/devices", sb_options.sysfs);
	struct dirent **entry;
	int i, nr;

	nr = scandir(dir, &entry, is_address, versionsort);
	for (i = 0; i < nr; i++) {
		sb_json_append(json, "functions", function(entry[i]->d_name));
		free(entry[i]);
	}
	if (nr >= 0)
		free(entry);
	free(dir);
}

/*
 * Select the parts of the memory map that are about PCI: "PCI Bus 0000:00",
 * "0000:01:00.0", "PCI MMCONFIG ...", and a boot console in a BAR.
 */
static bool is_of_pci(const char *name)
{
	static const char * const word[] = {
		"PCI Bus ", "PCI MMCONFIG", "PCI ECAM", "efifb", "BOOTFB",
		"simple-framebuffer", "simplefb", "vesafb", "vga+", "shadowbar",
		"vfio",
	};
	unsigned int domain, bus, slot, fn;
	size_t i;

	for (i = 0; i < sizeof(word) / sizeof(*word); i++)
		if (!strncmp(name, word[i], strlen(word[i])))
			return true;

	return sscanf(name, "%x:%x:%x.%x", &domain, &bus, &slot, &fn) == 4;
}

/* Two spaces per level */
static int name_depth(const char *line)
{
	return strspn(line, " ") / 2;
}

static struct json_object *memory_map(void)
{
	struct json_object *list = json_object_new_array();
	char *path = sb_format("%s/iomem", sb_options.proc);
	FILE *file = fopen(path, "re");
	unsigned long long start, end;
	char line[256];
	int name;

	free(path);
	while (file && fgets(line, sizeof(line), file)) {
		struct json_object *json;

		line[strcspn(line, "\n")] = '\0';
		/* Without root privileges all addresses are zero. */
		if (sscanf(line, " %llx-%llx : %n", &start, &end, &name) < 2 ||
		    !end || !is_of_pci(line + name))
			continue;
		json = json_object_new_object();
		json_object_object_add(json, "depth",
				       json_object_new_int(name_depth(line)));
		json_object_object_add(json, "start",
				       json_object_new_uint64(start));
		json_object_object_add(json, "end",
				       json_object_new_uint64(end));
		json_object_object_add(json, "name",
				       json_object_new_string(line + name));
		json_object_array_add(list, json);
	}
	if (file)
		fclose(file);
	return list;
}

static struct json_object *module_words(void)
{
	struct json_object *json = json_object_new_object();
	char *dir = sb_format("%s/module/shadowbar/parameters",
			      sb_options.sysfs);
	struct dirent **entry;
	int i, nr;

	nr = scandir(dir, &entry, NULL, alphasort);
	for (i = 0; i < nr; i++) {
		if (entry[i]->d_name[0] != '.')
			add_text(json, entry[i]->d_name,
				 sb_attr_read(dir, entry[i]->d_name));
		free(entry[i]);
	}
	if (nr >= 0)
		free(entry);
	free(dir);
	return json;
}

/* The model of the machine, without serial number, tag or UUID. */
static struct json_object *model(void)
{
	static const char * const name[] = {
		"sys_vendor", "product_name", "board_vendor", "board_name",
		"bios_vendor", "bios_version", "bios_date",
	};
	struct json_object *json = json_object_new_object();
	char *dir = sb_format("%s/class/dmi/id", sb_options.sysfs);
	size_t i;

	for (i = 0; i < sizeof(name) / sizeof(*name); i++)
		add_text(json, name[i], sb_attr_read(dir, name[i]));
	free(dir);
	return json;
}

static const char *boot_kind(void)
{
	if (has_file(sb_options.sysfs, "firmware/efi"))
		return "uefi";
	if (has_file(sb_options.sysfs, "firmware/devicetree"))
		return "devicetree";
	return has_file(sb_options.sysfs, "firmware/acpi") ? "bios" : "unknown";
}

static struct json_object *kernel(void)
{
	struct json_object *json = json_object_new_object();
	struct utsname name;

	/* Not nodename, and not version, which may name the builder. */
	if (!uname(&name)) {
		json_object_object_add(json, "release",
				       json_object_new_string(name.release));
		json_object_object_add(json, "machine",
				       json_object_new_string(name.machine));
	}
	return json;
}

/**
 * sb_report_make() - collect the facts about this machine
 *
 * Return: the report, an object as printed by every command.
 */
struct json_object *sb_report_make(void)
{
	struct json_object *json = sb_json_start("report");
	long page = sysconf(_SC_PAGESIZE);

	json_object_object_add(json, "kernel", kernel());
	json_object_object_add(json, "firmware",
			       json_object_new_string(boot_kind()));
	json_object_object_add(json, "model", model());
	json_object_object_add(json, "page_size", json_object_new_int64(page));
	add_flag(json, "root", !geteuid());
	add_flag(json, "loaded", sb_module_loaded());
	json_object_object_add(json, "parameters", module_words());
	json_object_object_add(json, "memory_map", memory_map());
	add_functions(json);
	return json;
}

/**
 * sb_report() - the command "report"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: the exit code.
 */
enum sb_exit sb_report(int argc, char **argv)
{
	static const struct option options[] = {
		{ "output", required_argument, NULL, 'o' },
		SB_OPTIONS
	};
	const int flags = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
			  JSON_C_TO_STRING_NOSLASHESCAPE;
	struct json_object *report;
	const char *path = NULL;
	enum sb_exit ret = SB_EXIT_OK;
	char *text;
	int option, error;

	while ((option = sb_option(argc, argv, "o:" SB_LETTERS, options)) !=
	       -1) {
		if (option != 'o')
			return sb_usage("report", option);
		path = optarg;
	}
	if (optind != argc)
		return sb_usage("report", '?');

	report = sb_report_make();
	if (!path) {
		/* People are to read it before they send it. */
		sb_options.pretty = true;
		sb_json_print(report);
		return SB_EXIT_OK;
	}
	text = sb_format("%s\n", json_object_to_json_string_ext(report, flags));
	json_object_put(report);
	error = sb_file_write(path, text, strlen(text));
	if (error) {
		warnx("%s: %s", path, strerror(-error));
		ret = SB_EXIT_ERROR;
	}
	free(text);
	return ret;
}
