// SPDX-License-Identifier: GPL-2.0-only
/*
 * facts: a description of a machine as an initializer for the KUnit suites.
 *
 * usage: facts FILE NAME >NAME.h
 *
 * FILE is a report of shadowbar or the output of lspci -vvnn. The header gets
 * what the replay needs: numbers, and no text from FILE.
 */
#include <ctype.h>
#include <stdlib.h>

#include "report.h"

#define LARGEST_FILE	(64 << 20)

static void print_bar(unsigned int nr, const struct sb_machine_bar *bar)
{
	unsigned long long claim = bar->claim, reg = bar->reg;

	if (!bar->present || (!bar->size && !bar->shadowed && !bar->reg &&
			      bar->known))
		return;
	printf("\t\t.bar[%u] = { ", nr);
	if (bar->claimed && bar->known && bar->reg == bar->claim)
		printf("HAS(%#llx)", claim);
	else if (bar->claimed && bar->known)
		printf("CLAIM(%#llx)", claim);
	else if (bar->known)
		printf("REG(%#llx)", reg);
	else
		printf("UNKNOWN");
	if (bar->claimed && bar->reg && bar->reg != bar->claim)
		printf(", .reg = %#llx", reg);
	if (bar->size)
		printf(", .size = %#llx", (unsigned long long)bar->size);
	if (bar->io)
		printf(", .io = true");
	if (bar->pref && nr != SB_MACHINE_ROM)
		printf(", .pref = true");
	if (bar->is_64)
		printf(", .is_64 = true");
	if (bar->shadowed)
		printf(", .shadowed = true");
	if (bar->enabled)
		printf(", .enabled = true");
	printf(" },\n");
}

static void print_function(const struct sb_machine_fn *fn)
{
	unsigned int nr;

	printf("\t{\n\t\tAT(0x%x, 0x%02x, 0x%02x, %u), ID(0x%04x, 0x%04x, 0x%06x),\n",
	       fn->domain, fn->bus, fn->devfn >> 3, fn->devfn & 7, fn->vendor,
	       fn->device, fn->class);
	printf("\t\t.command = %u, .parent = %d, .root = %u,\n", fn->command,
	       fn->parent, fn->root);
	if (fn->bridge)
		printf("\t\t.bridge = true, .secondary = 0x%02x, .subordinate = 0x%02x,\n",
		       fn->secondary, fn->subordinate);
	if (fn->other_header)
		printf("\t\t.other_header = true,\n");
	if (fn->virtual_function)
		printf("\t\t.virtual_function = true,\n");
	if (fn->vga_below)
		printf("\t\t.vga_below = true,\n");
	if (fn->boot_vga)
		printf("\t\t.boot_vga = true,\n");
	if (fn->msix)
		printf("\t\t.msix = 0x%02x,\n", fn->msix);
	for (nr = 0; nr < 2; nr++)
		if (fn->open[nr])
			printf("\t\t%s(%u, %#llx, %#llx),\n",
			       fn->window_claimed[nr] ? "OPEN" : "STRAY", nr,
			       (unsigned long long)fn->window[nr].start,
			       (unsigned long long)fn->window[nr].end);
	for (nr = 0; nr < SB_MACHINE_DECODERS; nr++)
		print_bar(nr, &fn->bar[nr]);
	printf("\t},\n");
}

static void print_machine(const struct sb_machine *machine, const char *name)
{
	char word[64];
	unsigned int i, j;

	snprintf(word, sizeof(word), "%s", name);
	for (i = 0; word[i]; i++)
		if (!isalnum((unsigned char)word[i]))
			word[i] = '_';

	printf("%s SPDX-%s: GPL-2.0-only */\n"
	       "/* Made by scripts/machine; see Documentation/development.md. */\n"
	       "static const struct sb_machine_root %s_root[] = {\n",
	       "/*", "License-Identifier", word);
	for (i = 0; i < machine->nr_roots; i++) {
		const struct sb_machine_root *root = &machine->root[i];

		printf("\t{\n\t\t.domain = 0x%x, .bus = 0x%02x, .nr_windows = %u,%s\n",
		       root->domain, root->bus, root->nr_windows,
		       root->guessed ? " .guessed = true," : "");
		printf("\t\t.window = {\n");
		for (j = 0; j < root->nr_windows; j++)
			printf("\t\t\t{ %#llx, %#llx },\n",
			       (unsigned long long)root->window[j].start,
			       (unsigned long long)root->window[j].end);
		printf("\t\t},\n\t},\n");
	}
	printf("};\n\nstatic const struct sb_machine_fn %s_fn[] = {\n", word);
	for (i = 0; i < machine->nr; i++)
		print_function(&machine->fn[i]);
	printf("};\n");
}

static int import_file(struct sb_import *import, const char *path)
{
	char *text = malloc(LARGEST_FILE);
	struct json_object *json;
	size_t size;
	FILE *file;
	int ret;

	file = fopen(path, "re");
	if (!file || !text) {
		perror(path);
		exit(1);
	}
	size = fread(text, 1, LARGEST_FILE - 1, file);
	fclose(file);
	text[size] = '\0';
	json = *text == '{' ? json_tokener_parse(text) : NULL;
	ret = json ? sb_import_report(import, json) :
		     sb_import_lspci(import, text, size);
	json_object_put(json);
	free(text);
	return ret;
}

int main(int argc, char **argv)
{
	struct sb_import import;
	unsigned int i;

	if (argc != 3) {
		fprintf(stderr, "usage: facts FILE NAME\n");
		return 2;
	}
	if (import_file(&import, argv[1])) {
		fprintf(stderr, "%s: neither a report of shadowbar nor the output of lspci -vvnn\n",
			argv[1]);
		return 1;
	}
	for (i = 0; i < import.nr_notes; i++)
		fprintf(stderr, "%s: %s\n", argv[1], import.note[i]);
	print_machine(&import.machine, argv[2]);
	sb_import_free(&import);
	return 0;
}
