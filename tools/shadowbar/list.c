// SPDX-License-Identifier: GPL-2.0-only
/*
 * list: one line for each function.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "record.h"
#include "tool.h"

#define HASH_DIGITS	12	/* enough to tell ROMs apart */

/* The states of all pages of a function, as "0:whole 2:shared". */
static char *pages(const struct sb_function *function)
{
	char *all = sb_format("%s", "");
	int i;

	for (i = 0; i < SB_BARS; i++) {
		const char *page = function->bar[i].page;
		char *longer;

		if (!page)
			continue;
		longer = sb_format("%s%s%d:%s", all, *all ? " " : "", i, page);
		free(all);
		all = longer;
	}
	return all;
}

static void add_row(struct sb_table *table, const struct sb_function *function)
{
	char *size = function->size < 0 ? sb_format("-") :
		     sb_format("%lld", (long long)function->size);
	char *hash = sb_format("%.*s", HASH_DIGITS,
			       sb_or_dash(function->sha256));
	char *page = pages(function);

	sb_table_add(table, function->address);
	sb_table_add(table, sb_or_dash(function->status));
	sb_table_add(table, sb_or_dash(function->rom_bar));
	sb_table_add(table, sb_or_dash(function->source));
	sb_table_add(table, size);
	sb_table_add(table, hash);
	sb_table_add(table, sb_or_dash(page));
	sb_table_add(table, function->name);
	free(page);
	free(hash);
	free(size);
}

static void print_table(const struct sb_functions *all)
{
	static const char * const heading[] = {
		"ADDRESS", "ROM", "ROM BAR", "SOURCE", "BYTES", "SHA-256",
		"PAGES", "NAME",
	};
	struct sb_table *table;
	size_t i;

	table = sb_table_new(sizeof(heading) / sizeof(*heading));
	for (i = 0; i < sizeof(heading) / sizeof(*heading); i++)
		sb_table_add(table, heading[i]);
	for (i = 0; i < all->nr; i++)
		add_row(table, &all->list[i]);
	sb_table_print(table);
	sb_table_free(table);
}

static void print_json(const struct sb_functions *all)
{
	struct json_object *json = sb_json_start("list");
	size_t i;

	for (i = 0; i < all->nr; i++)
		sb_json_append(json, "functions",
			       sb_record(&all->list[i], NULL));
	sb_json_print(json);
}

/**
 * sb_list() - the command "list"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: the exit code.
 */
enum sb_exit sb_list(int argc, char **argv)
{
	struct sb_functions all;
	enum sb_exit ret;
	int option;

	option = sb_no_option(argc, argv);
	if (option != -1 || optind != argc)
		return sb_usage("list", option);

	ret = sb_functions_load(NULL, &all);
	if (!ret) {
		if (sb_options.json)
			print_json(&all);
		else
			print_table(&all);
		if (!sb_module_loaded()) {
			warnx("the module is not loaded: modprobe shadowbar");
			ret = SB_EXIT_UNKNOWN;
		}
	}
	sb_functions_free(&all);
	return ret;
}
