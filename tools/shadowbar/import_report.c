// SPDX-License-Identifier: GPL-2.0-only
/*
 * import_report: a machine from the output of "shadowbar report".
 */
#include <limits.h>
#include <linux/pci_regs.h>
#include <stdlib.h>
#include <shadowbar/bytes.h>

#include "report.h"

/* From include/linux/ioport.h, which programs cannot include */
#define RESOURCE_IO		0x00000100
#define RESOURCE_PREFETCH	0x00002000
#define RESOURCE_ROM_SHADOW	0x00000002
#define RESOURCE_MEM_64		0x00100000
#define RESOURCE_UNSET		0x20000000

#define CONFIG_SIZE		256

static struct json_object *member(struct json_object *json, const char *key,
				  enum json_type type)
{
	struct json_object *value;

	if (!json_object_object_get_ex(json, key, &value) ||
	    !json_object_is_type(value, type))
		return NULL;
	return value;
}

static const char *text_of(struct json_object *json, const char *key)
{
	struct json_object *value = member(json, key, json_type_string);

	return value ? json_object_get_string(value) : "";
}

/* Convert hexadecimal digits, as many as fit. */
static unsigned int bytes_of(const char *text, u8 *bytes, unsigned int room)
{
	unsigned int nr = 0;

	for (; nr < room && sb_hex_digit(text[0]) >= 0 && sb_hex_digit(text[1]) >= 0;
	     text += 2)
		bytes[nr++] = sb_hex_digit(text[0]) << 4 | sb_hex_digit(text[1]);

	return nr;
}

static bool take_address(const char *text, struct sb_machine_fn *fn)
{
	unsigned int domain, bus, slot, function;
	char end;

	if (sscanf(text, "%x:%x:%x.%x%c", &domain, &bus, &slot, &function,
		   &end) != 4 || bus > 0xff || slot > 0x1f || function > 7)
		return false;
	fn->domain = domain;
	fn->bus = bus;
	fn->devfn = slot << 3 | function;
	return true;
}

/* Read the header, and the capabilities in the report. */
static void read_config(struct sb_machine_fn *fn, struct json_object *json)
{
	struct json_object *list = member(json, "capabilities",
					  json_type_array);
	u8 config[CONFIG_SIZE] = { 0 };
	size_t i;

	if (bytes_of(text_of(json, "header"), config, 64) != 64)
		return;
	for (i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *one = json_object_array_get_idx(list, i);
		struct json_object *at = member(one, "at", json_type_int);
		int offset = at ? json_object_get_int(at) : 0;

		if (offset >= 64 && offset < CONFIG_SIZE)
			bytes_of(text_of(one, "bytes"), config + offset,
				 CONFIG_SIZE - offset);
	}
	sb_import_config(fn, config, sizeof(config));
}

static u64 number_at(struct json_object *list, size_t nr)
{
	return json_object_get_uint64(json_object_array_get_idx(list, nr));
}

static bool take_resource(struct json_object *list, size_t nr, u64 value[3])
{
	struct json_object *one;
	size_t i;

	if (!list || nr >= json_object_array_length(list))
		return false;
	one = json_object_array_get_idx(list, nr);
	if (!json_object_is_type(one, json_type_array) ||
	    json_object_array_length(one) != 3)
		return false;
	for (i = 0; i < 3; i++)
		value[i] = number_at(one, i);

	return value[2] && value[1] >= value[0];
}

static void read_resource(struct sb_machine_fn *fn, unsigned int nr,
			  const u64 value[3])
{
	struct sb_machine_bar *bar = &fn->bar[nr];
	u64 flags = value[2];

	bar->present = true;
	bar->size = value[1] - value[0] + 1;
	bar->io = flags & RESOURCE_IO;
	bar->pref = flags & RESOURCE_PREFETCH;
	bar->is_64 = flags & RESOURCE_MEM_64;
	if (nr == SB_MACHINE_ROM && flags & RESOURCE_ROM_SHADOW) {
		bar->shadowed = true;
		bar->size = 0;
		return;
	}
	/* Address zero means none, whatever the flags say. */
	bar->said = value[0] && !(flags & RESOURCE_UNSET);
	bar->claim = value[0];
}

static void read_function(struct sb_import *import, struct json_object *json)
{
	struct json_object *resources = member(json, "resources",
					       json_type_array);
	struct json_object *virtual = member(json, "virtual_function",
					     json_type_boolean);
	struct sb_machine_fn fn = { 0 }, *added;
	const char *power;
	u64 value[3];
	unsigned int nr;

	if (!take_address(text_of(json, "address"), &fn)) {
		sb_import_note(import, "a function has no address");
		return;
	}
	/* Without config space nothing can be said about it. */
	if (!*text_of(json, "header")) {
		sb_import_note(import, "%.20s has no config header",
			       text_of(json, "address"));
		return;
	}
	for (nr = 0; nr < SB_MACHINE_DECODERS; nr++)
		if (take_resource(resources, nr, value))
			read_resource(&fn, nr, value);
	read_config(&fn, json);

	snprintf(fn.driver, sizeof(fn.driver), "%s", text_of(json, "driver"));
	/* The core itself enables bridges, for devices below. */
	fn.enabled = !*fn.driver && !fn.bridge &&
		     atoi(text_of(json, "enable")) > 0;
	fn.has_vfs = atoi(text_of(json, "sriov_numvfs")) > 0;
	fn.boot_vga = !strcmp(text_of(json, "boot_vga"), "1");
	fn.virtual_function = virtual && json_object_get_boolean(virtual);
	power = text_of(json, "power_state");
	if (power[0] == 'D' && power[1] >= '0' && power[1] <= '3')
		fn.power = power[1] - '0';

	added = sb_import_add(import);
	if (added)
		*added = fn;
}

/*
 * The offset between CPU and bus addresses is the same for a whole host bridge,
 * and at least 1 MiB.
 */
static u64 offset_of(const struct sb_machine *machine, u32 domain)
{
	u64 offset = 0;
	unsigned int i, nr;

	for (i = 0; i < machine->nr; i++) {
		const struct sb_machine_fn *fn = &machine->fn[i];

		if (fn->domain != domain)
			continue;
		for (nr = 0; nr < sb_machine_nr_bars(fn); nr++) {
			const struct sb_machine_bar *bar = &fn->bar[nr];

			if (!sb_machine_has_size(bar) || !bar->said ||
			    !bar->known || !bar->reg)
				continue;
			if (bar->reg == bar->claim)
				return 0;
			if (!offset && IS_ALIGNED(bar->claim - bar->reg, SZ_1M))
				offset = bar->claim - bar->reg;
		}
	}

	return offset;
}

static void take_off_offsets(struct sb_machine *machine)
{
	unsigned int i, nr;
	u64 offset = 0;

	for (i = 0; i < machine->nr; i++) {
		struct sb_machine_fn *fn = &machine->fn[i];

		/* The first function of a domain determines it. */
		if (!i || machine->fn[i - 1].domain != fn->domain)
			offset = offset_of(machine, fn->domain);
		for (nr = 0; offset && nr < SB_MACHINE_DECODERS; nr++)
			if (fn->bar[nr].said && !fn->bar[nr].io)
				fn->bar[nr].claim -= offset;
	}
}

/* "PCI Bus 0000:00" at the top of the memory map is a host bridge's window. */
static void read_root_window(struct sb_import *import, struct json_object *json)
{
	struct sb_machine *machine = &import->machine;
	struct sb_machine_root *root = NULL;
	struct json_object *start = member(json, "start", json_type_int);
	struct json_object *end = member(json, "end", json_type_int);
	unsigned int domain, bus, i;
	u64 offset;
	char last;

	if (!start || !end ||
	    sscanf(text_of(json, "name"), "PCI Bus %x:%x%c", &domain, &bus,
		   &last) != 2 || bus > 0xff)
		return;
	/* The map also has buses below bridges. */
	for (i = 0; i < machine->nr; i++)
		if (machine->fn[i].bridge && machine->fn[i].domain == domain &&
		    machine->fn[i].secondary == bus)
			return;

	for (i = 0; i < machine->nr_roots; i++)
		if (machine->root[i].domain == domain &&
		    machine->root[i].bus == bus)
			root = &machine->root[i];
	offset = offset_of(machine, domain);
	if (!root) {
		if (machine->nr_roots == SB_MACHINE_ROOTS)
			return;
		root = &machine->root[machine->nr_roots++];
		*root = (struct sb_machine_root){
			.domain = domain,
			.bus = bus,
			.offset = offset,
		};
	}
	if (root->nr_windows < SB_MACHINE_WINDOWS)
		root->window[root->nr_windows++] = (struct sb_range){
			json_object_get_uint64(start) - offset,
			json_object_get_uint64(end) - offset,
		};
}

/* Something other than a driver uses a BAR, such as a boot console. */
static void read_user(struct sb_import *import, struct json_object *json)
{
	static const char * const console[] = {
		"efifb", "BOOTFB", "simple-framebuffer", "simplefb", "vesafb",
		"vga+",
	};
	struct sb_machine *machine = &import->machine;
	struct json_object *start = member(json, "start", json_type_int);
	const char *name = text_of(json, "name");
	unsigned int i, nr;
	size_t word;

	for (word = 0; word < sizeof(console) / sizeof(*console); word++)
		if (!strncmp(name, console[word], strlen(console[word])))
			break;
	if (!start || word == sizeof(console) / sizeof(*console))
		return;

	for (i = 0; i < machine->nr; i++) {
		struct sb_machine_fn *fn = &machine->fn[i];

		for (nr = 0; nr < sb_machine_nr_bars(fn); nr++) {
			const struct sb_machine_bar *bar = &fn->bar[nr];

			if (sb_machine_has_size(bar) && bar->said &&
			    json_object_get_uint64(start) - bar->claim <
			    bar->size)
				fn->in_use = true;
		}
	}
}

/**
 * sb_import_report() - a machine from a report
 * @import: filled; to be freed with sb_import_free() on success
 * @report: the report
 *
 * Return: 0, -ENOMEM, or -EINVAL if it is not a report, or has no functions.
 */
int sb_import_report(struct sb_import *import, struct json_object *report)
{
	struct json_object *functions, *map, *page;
	size_t i;
	int ret;

	if (strcmp(text_of(report, "command"), "report"))
		return -EINVAL;
	functions = member(report, "functions", json_type_array);
	map = member(report, "memory_map", json_type_array);
	page = member(report, "page_size", json_type_int);
	ret = sb_import_start(import);
	if (ret)
		return ret;

	for (i = 0; functions && i < json_object_array_length(functions); i++)
		read_function(import, json_object_array_get_idx(functions, i));
	if (!import->machine.nr) {
		sb_import_free(import);
		return -EINVAL;
	}
	import->has_registers = true;
	if (page) {
		u64 size = json_object_get_uint64(page);

		if (size >= 4096 && size <= 0x100000 && !(size & (size - 1)))
			import->machine.page_size = size;
	}
	for (i = 0; map && i < json_object_array_length(map); i++)
		read_user(import, json_object_array_get_idx(map, i));
	for (i = 0; map && i < json_object_array_length(map); i++)
		read_root_window(import, json_object_array_get_idx(map, i));
	sb_import_sort(import);
	take_off_offsets(&import->machine);
	sb_import_settle(import);
	return 0;
}
