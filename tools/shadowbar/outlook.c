// SPDX-License-Identifier: GPL-2.0-only
/*
 * outlook: what the module would do with a machine, as text and as JSON.
 */
#include <err.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <shadowbar/deny.h>
#include <shadowbar/reason.h>

#include "foresee.h"
#include "outlook.h"
#include "output.h"

#define ROM_SIZES	14	/* 2 KiB to 16 MiB */

/**
 * struct part - what would happen to a ROM in a range of sizes
 * @from: the smallest size
 * @to: the largest size
 * @rom: what would happen to it
 */
struct part {
	u64 from;
	u64 to;
	struct sb_foreseen_rom rom;
};

/**
 * struct outlook - what would happen to one function
 * @fn: the function
 * @part: its ROM, by size; just one if the size is known
 * @nr_parts: number of @part, 0 if it has no ROM BAR
 * @now: what would happen to the ROM while the driver is bound
 */
struct outlook {
	const struct sb_machine_fn *fn;
	struct part part[ROM_SIZES];
	unsigned int nr_parts;
	struct sb_foreseen_rom now;
};

static bool is_alike(const struct sb_foreseen_rom *a,
		     const struct sb_foreseen_rom *b)
{
	return a->why == b->why && a->plan.source == b->plan.source &&
	       (a->plan.source == SB_SOURCE_HOLE ||
		(a->plan.addr == b->plan.addr &&
		 a->plan.lender == b->plan.lender));
}

static void look(struct sb_foresight *foresight, const struct sb_machine_fn *fn,
		 struct outlook *outlook)
{
	const struct sb_machine_bar *bar = &fn->bar[SB_MACHINE_ROM];
	u64 size = bar->size ? bar->size : SZ_2K;
	u64 last = bar->size ? bar->size : SZ_16M;

	*outlook = (struct outlook){ .fn = fn };
	if (!bar->present || fn->other_header)
		return;

	for (; size <= last; size <<= 1) {
		struct part *part = &outlook->part[outlook->nr_parts];
		struct part *before = part - 1;

		*part = (struct part){ .from = size, .to = size };
		sb_foresee_rom(foresight, fn, size, false, &part->rom);
		if (outlook->nr_parts && is_alike(&before->rom, &part->rom))
			before->to = size;
		else
			outlook->nr_parts++;
	}
	if (*fn->driver)
		sb_foresee_rom(foresight, fn, outlook->part[0].from, true,
			       &outlook->now);
}

/* The module's words for a function that it leaves alone. */
static char *reason(const struct sb_machine_fn *fn,
		    const struct sb_foreseen_rom *rom)
{
	const struct sb_outcome outcome = {
		.why = rom->why,
		.busy = rom->busy,
		.rom_bar = rom->rom_bar,
		.decode = fn->command & PCI_COMMAND_MEMORY,
		.restored = true,
		.known_bad = sb_deny_builtin(fn->vendor, fn->device),
	};
	char line[512];

	sb_outcome_reason(&outcome, line, sizeof(line));
	return sb_format("%s", line);
}

static char *how(const struct sb_foreseen_rom *rom)
{
	unsigned long long addr = rom->plan.addr;

	if (rom->plan.source == SB_SOURCE_IN_PLACE)
		return sb_format("read in place, at %#llx", addr);
	if (rom->plan.source == SB_SOURCE_BORROWED)
		return sb_format("read at BAR %u's address, %#llx, while that is parked elsewhere",
				 rom->plan.lender, addr);
	return sb_format("read in a hole, at %#llx", addr);
}

static char *size_words(u64 size)
{
	static const char unit[] = "\0KMGT";
	size_t i = 0;

	for (; size >= 1024 && !(size & 1023) && i < sizeof(unit) - 2; i++)
		size >>= 10;
	if (!i)
		return sb_format("%llu bytes", (unsigned long long)size);
	return sb_format("%llu %ciB", (unsigned long long)size, unit[i]);
}

static char *register_name(const struct sb_machine_fn *fn, unsigned int where)
{
	unsigned int nr = (where - PCI_BASE_ADDRESS_0) / 4;

	if (where == PCI_COMMAND)
		return sb_format("COMMAND");
	if (where == (fn->bridge ? PCI_ROM_ADDRESS1 : PCI_ROM_ADDRESS))
		return sb_format("ROM BAR");
	if (nr && fn->bar[nr - 1].is_64)
		return sb_format("BAR %u, upper half", nr - 1);
	return sb_format("BAR %u", nr);
}

static void print_writes(const struct sb_machine_fn *fn,
			 const struct sb_foreseen_rom *rom)
{
	unsigned int i;

	printf("      writes:");
	for (i = 0; i < rom->nr_writes; i++) {
		const struct sb_foreseen_write *write = &rom->write[i];
		char *name = register_name(fn, write->where);

		printf("%s %s = %0*x", i ? "," : "", name, 2 * write->size,
		       write->value);
		free(name);
	}
	printf("; then all of it is undone in reverse\n");
}

static void print_part(const struct outlook *outlook, const struct part *part)
{
	const struct sb_machine_fn *fn = outlook->fn;
	bool known = fn->bar[SB_MACHINE_ROM].size;
	char *text = part->rom.why == SB_WHY_CAPTURED ?
		     how(&part->rom) : reason(fn, &part->rom);
	char *from = size_words(part->from), *to = size_words(part->to);
	const char *hole = "";

	if (part->rom.plan.source == SB_SOURCE_HOLE && part->from != part->to)
		hole = " or, if it is larger, where it fits";
	printf("    %s", *fn->driver ? "with no driver bound" :
					"module loaded");
	if (!known && part->from == part->to)
		printf(", if it is %s", from);
	else if (!known)
		printf(", if it is %s to %s", from, to);
	printf(": %s%s\n", text, hole);
	if (part->rom.why == SB_WHY_CAPTURED)
		print_writes(fn, &part->rom);
	free(to);
	free(from);
	free(text);
}

static void print_rom(const struct outlook *outlook)
{
	const struct sb_machine_fn *fn = outlook->fn;
	const struct sb_machine_bar *bar = &fn->bar[SB_MACHINE_ROM];
	char *size = bar->size ? size_words(bar->size) :
		     sb_format("size unknown: only a write to the ROM BAR can tell");
	unsigned int i;

	printf("  ROM: %s", size);
	if (bar->shadowed)
		printf("; the kernel shows a copy at %#x in its place",
		       SB_MACHINE_SHADOW);
	if (bar->known)
		printf("; ROM BAR %s",
		       sb_rom_bar_name(outlook->part[0].rom.rom_bar));
	else
		printf("; what is in the ROM BAR is unknown, lspci -x shows it");
	printf("\n");
	free(size);

	if (*fn->driver) {
		char *text = reason(fn, &outlook->now);

		printf("    now: %s (%s)\n", text, fn->driver);
		free(text);
	}
	for (i = 0; i < outlook->nr_parts; i++)
		print_part(outlook, &outlook->part[i]);
	if (outlook->part[0].rom.unsure)
		printf("    not certain: the description lacks registers or sizes\n");
}

static bool is_small(const struct sb_machine *machine,
		     const struct sb_machine_bar *bar)
{
	return sb_machine_has_size(bar) && bar->size < machine->page_size;
}

static char *page_words(const struct sb_foreseen_page *page)
{
	char line[256];

	/* The module would keep it so, and report exactly that. */
	if (page->verdict.page == SB_PAGE_UNPADDED)
		return sb_format("%s, and the module keeps it so",
				 "it is alone in its page and VFIO maps it");
	sb_page_reason(&page->verdict, line, sizeof(line));
	if (page->move == SB_MOVE_DONE)
		return sb_format("%s; vfio-pci would get it in a page of its own, at %#llx",
				 line, (unsigned long long)page->addr);
	if (page->move == SB_MOVE_NONE && page->verdict.page == SB_PAGE_SHARED)
		return sb_format("%s; it would stay, because the other one moves before vfio-pci binds",
				 line);
	return sb_format("%s%s", line, sb_move_text(page->move));
}

static void print_bars(struct sb_foresight *foresight,
		       const struct sb_machine_fn *fn)
{
	struct sb_foreseen_page page[SB_MAX_BARS];
	unsigned int nr;

	sb_foresee_pages(foresight, fn, false, false, page);
	for (nr = 0; nr < sb_machine_nr_bars(fn); nr++) {
		const struct sb_machine_bar *bar = &fn->bar[nr];
		char *text, *size;

		if (!is_small(foresight->machine, bar))
			continue;
		text = page_words(&page[nr]);
		size = size_words(bar->size);
		printf("  BAR %u, %s", nr, size);
		if (bar->claimed)
			printf(" at %#llx", (unsigned long long)bar->claim);
		printf(": %s: %s\n", sb_page_name(page[nr].verdict.page), text);
		free(size);
		free(text);
	}
}

static bool is_worth_saying(const struct sb_machine *machine,
			    const struct sb_machine_fn *fn)
{
	unsigned int nr;

	if (fn->bar[SB_MACHINE_ROM].present)
		return true;
	for (nr = 0; nr < sb_machine_nr_bars(fn); nr++)
		if (is_small(machine, &fn->bar[nr]))
			return true;

	return false;
}

static void print_function(struct sb_foresight *foresight,
			   const struct sb_machine_fn *fn)
{
	struct outlook outlook;
	char name[32];

	sb_import_name(fn, name, sizeof(name));
	printf("%s [%04x:%04x] class %04x%s%s\n", name, fn->vendor, fn->device,
	       fn->class >> 8, *fn->driver ? ", driver " : "", fn->driver);
	look(foresight, fn, &outlook);
	if (outlook.nr_parts)
		print_rom(&outlook);
	else
		printf("  ROM: none is known\n");
	print_bars(foresight, fn);
}

static struct json_object *json_writes(const struct sb_machine_fn *fn,
				       const struct sb_foreseen_rom *rom)
{
	struct json_object *list = json_object_new_array();
	unsigned int i;

	for (i = 0; i < rom->nr_writes; i++) {
		const struct sb_foreseen_write *write = &rom->write[i];
		struct json_object *json = json_object_new_object();
		char *name = register_name(fn, write->where);

		json_object_object_add(json, "register",
				       json_object_new_string(name));
		json_object_object_add(json, "offset",
				       json_object_new_int(write->where));
		json_object_object_add(json, "size",
				       json_object_new_int(write->size));
		json_object_object_add(json, "value",
				       json_object_new_int64(write->value));
		json_object_array_add(list, json);
		free(name);
	}

	return list;
}

static struct json_object *json_rom(const struct sb_machine_fn *fn,
				    const struct sb_foreseen_rom *rom)
{
	struct json_object *json = json_object_new_object();
	bool read = rom->why == SB_WHY_CAPTURED;
	char *text = read ? how(rom) : reason(fn, rom);

	json_object_object_add(json, "read", json_object_new_boolean(read));
	json_object_object_add(json, "source", read ?
			       sb_json_text(sb_source_name(rom->plan.source)) :
			       NULL);
	json_object_object_add(json, "address", read ?
			       json_object_new_uint64(rom->plan.addr) : NULL);
	json_object_object_add(json, "lender",
			       rom->plan.source == SB_SOURCE_BORROWED ?
			       json_object_new_int(rom->plan.lender) : NULL);
	json_object_object_add(json, "writes", json_writes(fn, rom));
	json_object_object_add(json, "reason", json_object_new_string(text));
	free(text);
	return json;
}

static struct json_object *json_roms(const struct outlook *outlook)
{
	const struct sb_machine_fn *fn = outlook->fn;
	const struct sb_machine_bar *bar = &fn->bar[SB_MACHINE_ROM];
	enum sb_rom_bar rom_bar = outlook->part[0].rom.rom_bar;
	bool certain = !outlook->part[0].rom.unsure;
	struct json_object *json, *list;
	unsigned int i;

	if (!outlook->nr_parts)
		return NULL;
	json = json_object_new_object();
	json_object_object_add(json, "size", bar->size ?
			       json_object_new_uint64(bar->size) : NULL);
	json_object_object_add(json, "bar", bar->known ?
			       sb_json_text(sb_rom_bar_name(rom_bar)) : NULL);
	json_object_object_add(json, "hidden",
			       json_object_new_boolean(bar->shadowed));
	json_object_object_add(json, "certain",
			       json_object_new_boolean(certain));
	json_object_object_add(json, "now", *fn->driver ?
			       json_rom(fn, &outlook->now) : NULL);
	list = json_object_new_array();
	for (i = 0; i < outlook->nr_parts; i++) {
		const struct part *part = &outlook->part[i];
		struct json_object *one = json_rom(fn, &part->rom);

		json_object_object_add(one, "from",
				       json_object_new_uint64(part->from));
		json_object_object_add(one, "to",
				       json_object_new_uint64(part->to));
		json_object_array_add(list, one);
	}
	json_object_object_add(json, "undriven", list);
	return json;
}

static struct json_object *json_bars(struct sb_foresight *foresight,
				     const struct sb_machine_fn *fn)
{
	struct json_object *list = json_object_new_array();
	struct sb_foreseen_page page[SB_MAX_BARS];
	unsigned int nr;

	sb_foresee_pages(foresight, fn, false, false, page);
	for (nr = 0; nr < sb_machine_nr_bars(fn); nr++) {
		const struct sb_machine_bar *bar = &fn->bar[nr];
		struct json_object *json;
		char *text;

		if (!sb_machine_has_size(bar))
			continue;
		text = page_words(&page[nr]);
		json = json_object_new_object();
		json_object_object_add(json, "bar", json_object_new_int(nr));
		json_object_object_add(json, "size",
				       json_object_new_uint64(bar->size));
		json_object_object_add(json, "address", bar->claimed ?
				       json_object_new_uint64(bar->claim) :
				       NULL);
		json_object_object_add(json, "page",
				       sb_json_text(sb_page_name(page[nr].verdict.page)));
		json_object_object_add(json, "mapped",
				       json_object_new_boolean(page[nr].mapped));
		json_object_object_add(json, "room",
				       page[nr].move == SB_MOVE_DONE ?
				       json_object_new_uint64(page[nr].addr) :
				       NULL);
		json_object_object_add(json, "reason",
				       json_object_new_string(text));
		json_object_array_add(list, json);
		free(text);
	}

	return list;
}

static struct json_object *json_function(struct sb_foresight *foresight,
					 const struct sb_machine_fn *fn)
{
	struct json_object *json = json_object_new_object();
	struct outlook outlook;
	char name[32];
	char *ids;

	sb_import_name(fn, name, sizeof(name));
	look(foresight, fn, &outlook);
	json_object_object_add(json, "address", json_object_new_string(name));
	ids = sb_format("%04x:%04x", fn->vendor, fn->device);
	json_object_object_add(json, "ids", json_object_new_string(ids));
	free(ids);
	json_object_object_add(json, "driver", sb_json_text(fn->driver));
	json_object_object_add(json, "rom", json_roms(&outlook));
	json_object_object_add(json, "bars", json_bars(foresight, fn));
	return json;
}

/* Match all or part: "01:00.0", "0000:01:00.0", "01:00" */
static bool is_meant(const struct sb_machine_fn *fn, const char *words)
{
	char name[32];
	const char *brief;

	if (!words)
		return true;
	sb_import_name(fn, name, sizeof(name));
	brief = fn->domain ? name : strchr(name, ':') + 1;
	return !strcmp(name, words) || !strcmp(brief, words) ||
	       (!strchr(words, '.') && strlen(words) > 2 &&
		(!strncmp(name, words, strlen(words)) ||
		 !strncmp(brief, words, strlen(words))));
}

static void print_notes(const struct sb_import *import, bool from_file)
{
	const struct sb_machine *machine = &import->machine;
	unsigned int i;

	for (i = 0; i < import->nr_notes; i++)
		printf("note: %s\n", import->note[i]);
	if (import->left_out)
		printf("note: and %u more\n", import->left_out);
	for (i = 0; i < machine->nr_roots; i++)
		if (machine->root[i].guessed)
			break;
	if (i < machine->nr_roots)
		printf("note: the windows of the host bridge are not known;"
		       " they are taken to be where the BARs are%s\n",
		       from_file ? "" : ", run this as root");
}

static void print_text(struct sb_foresight *foresight,
		       const struct sb_import *import, const char *words,
		       bool from_file)
{
	const struct sb_machine *machine = foresight->machine;
	unsigned int i, others = 0;

	print_notes(import, from_file);
	for (i = 0; i < machine->nr; i++) {
		const struct sb_machine_fn *fn = &machine->fn[i];

		if (!is_meant(fn, words))
			continue;
		if (words || is_worth_saying(machine, fn))
			print_function(foresight, fn);
		else
			others++;
	}
	if (others)
		printf("%u other functions: no ROM BAR, no BAR below a page."
		       " If no driver is bound, the ROM BAR\nregister is"
		       " written once to see whether it is one, and restored.\n",
		       others);
}

static void print_json(struct sb_foresight *foresight,
		       const struct sb_import *import, const char *words)
{
	struct json_object *json = sb_json_start("plan");
	struct json_object *notes = json_object_new_array();
	const struct sb_machine *machine = foresight->machine;
	unsigned int i;

	for (i = 0; i < machine->nr; i++)
		if (is_meant(&machine->fn[i], words))
			sb_json_append(json, "functions",
				       json_function(foresight,
						     &machine->fn[i]));
	for (i = 0; i < import->nr_notes; i++)
		json_object_array_add(notes,
				      json_object_new_string(import->note[i]));
	json_object_object_add(json, "notes", notes);
	json_object_object_add(json, "page_size",
			       json_object_new_int64(machine->page_size));
	sb_json_print(json);
}

/**
 * sb_outlook_has() - is there such a function?
 * @import: the machine
 * @words: its address, or the first part of it; NULL for any
 *
 * Return: true if so.
 */
bool sb_outlook_has(const struct sb_import *import, const char *words)
{
	const struct sb_machine *machine = &import->machine;
	unsigned int i;

	for (i = 0; i < machine->nr; i++)
		if (is_meant(&machine->fn[i], words))
			return true;

	return false;
}

/**
 * sb_outlook() - print what the module would do
 * @import: the machine
 * @words: the address of a function, or the first part of it; NULL for all
 * @from_file: it is another machine
 * @json: as JSON
 */
void sb_outlook(const struct sb_import *import, const char *words,
		bool from_file, bool json)
{
	struct sb_foresight foresight = {
		.machine = &import->machine,
		.room = sb_foresight_room(&import->machine),
		.borrow = true,
	};

	foresight.decoder = calloc(foresight.room, sizeof(*foresight.decoder));
	foresight.decoded = calloc(foresight.room, sizeof(*foresight.decoded));
	foresight.bridge = calloc(import->machine.nr + 1,
				  sizeof(*foresight.bridge));
	if (!foresight.decoder || !foresight.decoded || !foresight.bridge)
		err(EXIT_FAILURE, NULL);
	if (json)
		print_json(&foresight, import, words);
	else
		print_text(&foresight, import, words, from_file);
	free(foresight.decoder);
	free(foresight.decoded);
	free(foresight.bridge);
}
