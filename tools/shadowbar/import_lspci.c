// SPDX-License-Identifier: GPL-2.0-only
/*
 * import_lspci: a machine from the output of "lspci -vvnn", also with the
 * registers of -x to -xxxx, with or without -D.
 */
#include <ctype.h>
#include <linux/pci_regs.h>
#include <shadowbar/bytes.h>

#include "import.h"

#define LINE_SIZE	1024	/* longer lines are cut */
#define CONFIG_SIZE	256
#define OFFSETS		16	/* domains whose CPU addresses differ */

/**
 * struct reader - the state of the reader
 * @import: where the machine goes
 * @fn: the current function, or NULL
 * @config: its registers, as far as listed
 * @listed: number of bytes in @config
 * @domain: domains in which CPU addresses differ from bus addresses
 * @offset: CPU address minus bus address
 * @nr_offsets: number of @domain
 */
struct reader {
	struct sb_import *import;
	struct sb_machine_fn *fn;
	u8 config[CONFIG_SIZE];
	unsigned int listed;
	u32 domain[OFFSETS];
	u64 offset[OFFSETS];
	unsigned int nr_offsets;
};

static bool take_hex(const char **text, unsigned int min, unsigned int max,
		     u64 *value)
{
	unsigned int digits = 0;

	*value = 0;
	for (; digits < max && sb_hex_digit(**text) >= 0; digits++, (*text)++)
		*value = *value << 4 | sb_hex_digit(**text);

	return digits >= min && sb_hex_digit(**text) < 0;
}

static bool take(const char **text, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(*text, word, length))
		return false;
	*text += length;
	return true;
}

/* [dddd:]bb:dd.f, and a space */
static bool take_address(const char **text, struct sb_machine_fn *fn)
{
	u64 part[3], function;
	unsigned int nr = 0;

	while (nr < 3 && take_hex(text, 2, 8, &part[nr])) {
		nr++;
		if (!take(text, ":"))
			break;
	}
	if (nr < 2 || !take(text, ".") || !take_hex(text, 1, 1, &function) ||
	    !take(text, " "))
		return false;
	if (nr == 2) {
		part[2] = part[1];
		part[1] = part[0];
		part[0] = 0;
	}
	if (part[0] > U32_MAX || part[1] > 0xff || part[2] > 0x1f ||
	    function > 7)
		return false;

	fn->domain = part[0];
	fn->bus = part[1];
	fn->devfn = part[2] << 3 | function;
	return true;
}

/* "[cccc]:" after the name, or just "cccc:" if lspci printed numbers only */
static bool find_class(const char *text, u64 *class)
{
	const char *p = text;

	if (take_hex(&p, 4, 4, class) && *p == ':')
		return true;
	for (p = strchr(text, '['); p; p = strchr(p, '[')) {
		p++;
		if (take_hex(&p, 4, 4, class) && p[0] == ']' && p[1] == ':')
			return true;
	}

	return false;
}

/* Use the last "vvvv:dddd", because a name may contain anything. */
static bool find_ids(const char *text, struct sb_machine_fn *fn)
{
	bool found = false;
	const char *p;

	for (p = text; *p; p++) {
		const char *q = p;
		u64 vendor, device;

		if (p != text && sb_hex_digit(p[-1]) >= 0)
			continue;
		if (take_hex(&q, 4, 4, &vendor) && take(&q, ":") &&
		    take_hex(&q, 4, 4, &device)) {
			fn->vendor = vendor;
			fn->device = device;
			found = true;
		}
	}

	return found;
}

static void finish(struct reader *reader)
{
	if (reader->fn && reader->listed >= 64) {
		sb_import_config(reader->fn, reader->config, reader->listed);
		reader->import->has_registers = true;
	}
	reader->fn = NULL;
	reader->listed = 0;
}

static void read_header(struct reader *reader, const char *line)
{
	struct sb_machine_fn fn = { 0 };
	const char *p = line, *interface;
	u64 value;

	if (!take_address(&p, &fn))
		return;
	finish(reader);
	if (!find_class(p, &value) || !find_ids(p, &fn)) {
		sb_import_note(reader->import,
			       "%.40s: no class and IDs, use lspci -nn", line);
		return;
	}
	fn.class = value << 8;
	interface = strstr(p, "(prog-if ");
	if (interface) {
		interface += strlen("(prog-if ");
		if (take_hex(&interface, 2, 2, &value))
			fn.class |= value;
	}
	fn.bridge = fn.class >> 8 == 0x0604 || fn.class >> 8 == 0x0609;
	fn.other_header = fn.class >> 8 == 0x0607;

	reader->fn = sb_import_add(reader->import);
	if (reader->fn)
		*reader->fn = fn;
}

static bool has_flag(const char *text, const char *flag)
{
	const char *p = strstr(text, flag);

	return p && p[strlen(flag)] == '+';
}

static void read_control(struct sb_machine_fn *fn, const char *text)
{
	fn->command = 0;
	if (has_flag(text, "I/O"))
		fn->command |= PCI_COMMAND_IO;
	if (has_flag(text, " Mem"))
		fn->command |= PCI_COMMAND_MEMORY;
	if (has_flag(text, "BusMaster"))
		fn->command |= PCI_COMMAND_MASTER;
}

/* "[size=128K]" */
static u64 read_size(const char *text)
{
	static const char units[] = "KMGT";
	const char *p = strstr(text, "[size="), *unit;
	unsigned int digits;
	u64 size = 0;

	if (!p)
		return 0;
	p += strlen("[size=");
	for (digits = 0; digits < 9 && *p >= '0' && *p <= '9'; digits++, p++)
		size = size * 10 + (*p - '0');

	unit = *p ? strchr(units, *p) : NULL;
	if (unit) {
		size <<= 10 * (unit - units + 1);
		p++;
	}
	return *p == ']' ? size : 0;
}

static u64 offset_of(const struct reader *reader)
{
	unsigned int i;

	for (i = 0; i < reader->nr_offsets; i++)
		if (reader->domain[i] == reader->fn->domain)
			return reader->offset[i];

	return 0;
}

/*
 * lspci prints the kernel's address. "[virtual]" means that the register is
 * zero, "<ignored>" that only the register has a value, and "<unassigned>" that
 * neither the register nor the kernel has one.
 */
static void read_address(const struct reader *reader, const char *text,
			 struct sb_machine_bar *bar)
{
	u64 addr, offset = offset_of(reader);

	bar->present = true;
	bar->size = read_size(text);
	if (take_hex(&text, 1, 16, &addr)) {
		if (!bar->io)
			addr -= offset;
		bar->claim = addr;
		bar->said = true;
		bar->known = true;
		bar->reg = strstr(text, "[virtual]") ? 0 : addr;
	} else {
		bar->known = !strncmp(text, "<unassigned>", 12);
	}
}

/* "Region 0: Memory at f6d00000 (32-bit, non-prefetchable) [size=16K]" */
static void read_region(struct reader *reader, const char *text)
{
	struct sb_machine_fn *fn = reader->fn;
	struct sb_machine_bar bar = { 0 };
	unsigned int nr = *text - '0';

	if (nr >= SB_MACHINE_BARS || text[1] != ':' || text[2] != ' ')
		return;
	text += 3;
	if (take(&text, "I/O ports at "))
		bar.io = true;
	else if (!take(&text, "Memory at "))
		return;
	bar.is_64 = strstr(text, "(64-bit");
	bar.pref = strstr(text, " prefetchable)");
	read_address(reader, text, &bar);

	/* Ports that the kernel gave a legacy IDE controller, not memory */
	if (!bar.io && !bar.reg && bar.said && bar.claim < SZ_1M) {
		bar.io = true;
		bar.is_64 = false;
	}
	fn->bar[nr] = bar;
}

static void read_rom(struct reader *reader, const char *text)
{
	struct sb_machine_bar rom = { .pref = true };

	read_address(reader, text, &rom);
	rom.enabled = rom.known && rom.reg && !strstr(text, "[disabled");
	if (rom.said && rom.claim == SB_MACHINE_SHADOW) {
		/* Address and size are those of the copy in memory. */
		rom.shadowed = true;
		rom.known = strstr(text, "[virtual]");
		rom.reg = 0;
		rom.said = false;
		rom.claim = 0;
		rom.size = 0;
	}
	reader->fn->bar[SB_MACHINE_ROM] = rom;
}

static bool read_number(const char *text, const char *name, u8 *number)
{
	const char *p = strstr(text, name);
	u64 value;

	if (!p)
		return false;
	p += strlen(name);
	if (!take_hex(&p, 2, 2, &value))
		return false;
	*number = value;
	return true;
}

static void read_buses(struct reader *reader, const char *text)
{
	struct sb_machine_fn *fn = reader->fn;
	char name[32];
	u8 primary;

	/* A CardBus bridge has such a line, but different registers. */
	if (fn->other_header)
		return;
	if (!read_number(text, "primary=", &primary) ||
	    !read_number(text, "secondary=", &fn->secondary) ||
	    !read_number(text, "subordinate=", &fn->subordinate))
		return;
	fn->bridge = true;
	if (primary != fn->bus) {
		sb_import_name(fn, name, sizeof(name));
		sb_import_note(reader->import,
			       "%s is on bus %02x but says that it is on %02x",
			       name, fn->bus, primary);
	}
}

/* "f6b00000-f6dfffff [size=3M]"; closed: "[disabled]", "None" */
static void read_window(struct reader *reader, const char *text,
			unsigned int nr)
{
	struct sb_machine_fn *fn = reader->fn;
	u64 start, end, size;
	char name[32];

	fn->open[nr] = false;
	if (strstr(text, "[disabled]") || !take_hex(&text, 1, 16, &start) ||
	    !take(&text, "-") || !take_hex(&text, 1, 16, &end) || start > end)
		return;
	fn->open[nr] = true;
	fn->window[nr] = (struct sb_range){ start, end };

	size = read_size(text);
	if (size && size != end - start + 1) {
		sb_import_name(fn, name, sizeof(name));
		sb_import_note(reader->import,
			       "%s has a window %llx-%llx of another size than it says",
			       name, (unsigned long long)start,
			       (unsigned long long)end);
	}
}

static void read_driver(struct sb_machine_fn *fn, const char *text)
{
	size_t length = 0;

	while (length < sizeof(fn->driver) - 1 &&
	       (isalnum((unsigned char)text[length]) || text[length] == '_' ||
		text[length] == '-'))
		length++;
	memcpy(fn->driver, text, length);
	fn->driver[length] = '\0';
}

/* "BAR=3 offset=00002000" */
static void read_vectors(struct sb_machine_fn *fn, const char *text)
{
	if (*text >= '0' && *text < '0' + SB_MACHINE_BARS)
		fn->msix |= BIT(*text - '0');
}

/* "40: 01 48 c3 ..." */
static bool read_registers(struct reader *reader, const char *line)
{
	u64 at, byte;
	const char *p = line;
	unsigned int i;

	if (!take_hex(&p, 2, 3, &at) || !take(&p, ": "))
		return false;
	for (i = 0; i < 16; i++) {
		if (!take_hex(&p, 2, 2, &byte))
			break;
		/* No gaps, or config would have bytes that were not listed. */
		if (reader->fn && at + i == reader->listed &&
		    at + i < CONFIG_SIZE)
			reader->config[reader->listed++] = byte;
		if (!take(&p, " "))
			break;
	}

	return true;
}

/* "# domain 0001: CPU address = bus address + 0x2068000000" */
static void read_remark(struct reader *reader, const char *text)
{
	u64 domain, offset;

	if (reader->nr_offsets == OFFSETS || !take(&text, "# domain ") ||
	    !take_hex(&text, 4, 8, &domain) ||
	    !take(&text, ": CPU address = bus address + 0x") ||
	    !take_hex(&text, 1, 16, &offset))
		return;
	reader->domain[reader->nr_offsets] = domain;
	reader->offset[reader->nr_offsets++] = offset;
}

static void read_line(struct reader *reader, const char *line)
{
	const char *p = line;

	if (*p == '#') {
		read_remark(reader, p);
		return;
	}
	if (*p != '\t') {
		if (!read_registers(reader, p))
			read_header(reader, p);
		return;
	}
	if (!reader->fn)
		return;

	p++;
	/* Deeper indentation belongs to a capability. */
	if (take(&p, "\tStatus: D")) {
		if (*p >= '0' && *p <= '3')
			reader->fn->power = *p - '0';
	} else if (take(&p, "\tVector table: BAR=") ||
		   take(&p, "\tPBA: BAR=")) {
		read_vectors(reader->fn, p);
	} else if (take(&p, "Control: ")) {
		read_control(reader->fn, p - 1);
	} else if (take(&p, "Region ")) {
		read_region(reader, p);
	} else if (take(&p, "Expansion ROM at ")) {
		read_rom(reader, p);
	} else if (take(&p, "Bus: ")) {
		read_buses(reader, p);
	} else if (take(&p, "Memory behind bridge: ")) {
		read_window(reader, p, 0);
	} else if (take(&p, "Prefetchable memory behind bridge: ")) {
		read_window(reader, p, 1);
	} else if (take(&p, "BridgeCtl: ")) {
		reader->fn->vga_below = has_flag(p - 1, " VGA");
	} else if (take(&p, "Kernel driver in use: ")) {
		read_driver(reader->fn, p);
	}
}

static void note_offsets(struct reader *reader)
{
	struct sb_machine *machine = &reader->import->machine;
	unsigned int i, j;

	for (i = 0; i < machine->nr_roots; i++)
		for (j = 0; j < reader->nr_offsets; j++)
			if (machine->root[i].domain == reader->domain[j])
				machine->root[i].offset = reader->offset[j];
}

/**
 * sb_import_lspci() - a machine from the output of lspci
 * @import: filled; to be freed with sb_import_free() on success
 * @text: the text
 * @size: its size in bytes
 *
 * Return: 0, -ENOMEM, or -EINVAL if it has no functions.
 */
int sb_import_lspci(struct sb_import *import, const char *text, size_t size)
{
	struct reader reader = { .import = import };
	const char *end = text + size;
	char line[LINE_SIZE];
	int ret;

	ret = sb_import_start(import);
	if (ret)
		return ret;

	while (text < end) {
		const char *stop = memchr(text, '\n', end - text);
		size_t length = (stop ? stop : end) - text;
		size_t kept = length < LINE_SIZE ? length : LINE_SIZE - 1;

		memcpy(line, text, kept);
		line[kept] = '\0';
		line[strcspn(line, "\r")] = '\0';
		read_line(&reader, line);
		text += length + 1;
	}
	finish(&reader);
	if (!import->machine.nr) {
		sb_import_free(import);
		return -EINVAL;
	}

	sb_import_settle(import);
	note_offsets(&reader);
	return 0;
}
