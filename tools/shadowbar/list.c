// SPDX-License-Identifier: GPL-2.0-only
/*
 * list: one line for each function.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "tool.h"

#define HASH_DIGITS	12	/* enough to distinguish ROMs */

enum column {
	ADDRESS, ROM, ROM_BAR, SOURCE, SERVED, BYTES, HASH, PAGES, NAME, COLUMNS
};

/**
 * struct opts - which functions to list
 * @address: an address as lspci -s takes it, or NULL
 * @class: base class, and sub-class if @subclass
 * @by_class: only this class
 * @subclass: @class has a sub-class
 * @status: a "rom_status", or NULL
 * @problems: only functions that need attention
 */
struct opts {
	const char *address;
	unsigned int class;
	bool by_class;
	bool subclass;
	const char *status;
	bool problems;
};

static bool is_one_of(const char *value, const char * const *word, size_t nr)
{
	while (value && nr--)
		if (!strcmp(value, word[nr]))
			return true;
	return false;
}

static bool has_problem(const struct sb_function *function)
{
	static const char * const status[] = { "deferred", "skipped", "failed" };
	static const char * const page[] = {
		"shared", "unaligned", "unassigned",
	};
	static const char * const stolen[] = { "conflict", "unset" };
	int i;

	for (i = 0; i < SB_BARS; i++)
		if (is_one_of(function->bar[i].page, page, 3))
			return true;
	return is_one_of(function->status, status, 3) ||
	       is_one_of(function->graphics.state, stolen, 2);
}

static bool is_wanted(const struct sb_function *function,
		      const struct opts *opts)
{
	unsigned int class = opts->subclass ? function->class :
					      function->class >> 8;

	if (opts->by_class && class != opts->class)
		return false;
	if (opts->status && !is_one_of(function->status, &opts->status, 1))
		return false;
	return !opts->problems || has_problem(function);
}

/* List the states of all pages of a function, as "0:whole 2:shared". */
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
	sb_table_add(table, sb_or_dash(function->served));
	sb_table_add(table, size);
	sb_table_add(table, hash);
	sb_table_add(table, sb_or_dash(page));
	sb_table_add(table, function->name);
	free(page);
	free(hash);
	free(size);
}

static void print_summary(const struct sb_functions *all)
{
	size_t i, roms = 0, problems = 0;

	for (i = 0; i < all->nr; i++) {
		roms += all->list[i].nr_sources > 0;
		problems += has_problem(&all->list[i]);
	}
	printf("\n%zu function%s, %zu with a ROM, ", all->nr,
	       all->nr == 1 ? "" : "s", roms);
	if (problems)
		printf("%zu need%s attention: shadowbar list --problems\n",
		       problems, problems == 1 ? "s" : "");
	else
		printf("nothing needs attention\n");
}

static void print_table(const struct sb_functions *all)
{
	static const char * const heading[COLUMNS] = {
		"ADDRESS", "ROM", "ROM BAR", "SOURCE", "SERVED", "BYTES",
		"SHA-256", "PAGES", "NAME",
	};
	struct sb_table *table;
	size_t i;

	table = sb_table_new(COLUMNS);
	sb_table_right(table, BYTES);
	sb_table_spare(table, HASH);
	sb_table_spare(table, SERVED);
	sb_table_spare(table, ROM_BAR);
	sb_table_spare(table, BYTES);
	sb_table_spare(table, SOURCE);
	for (i = 0; i < COLUMNS; i++)
		sb_table_add(table, heading[i]);
	for (i = 0; i < all->nr; i++)
		add_row(table, &all->list[i]);
	sb_table_print(table);
	sb_table_free(table);
	print_summary(all);
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

/* Parse two or four digits, as for lspci -d ::class. */
static bool parse_class(const char *text, struct opts *opts)
{
	size_t length = strlen(text);

	if ((length != 2 && length != 4) ||
	    strspn(text, "0123456789abcdefABCDEF") != length) {
		warnx("%s: a class has two or four hexadecimal digits", text);
		return false;
	}
	opts->class = strtoul(text, NULL, 16);
	opts->by_class = true;
	opts->subclass = length == 4;
	return true;
}

static bool parse_status(const char *text, struct opts *opts)
{
	static const char * const status[] = {
		"pending", "none", "captured", "deferred", "skipped", "failed",
	};

	if (!is_one_of(text, status, sizeof(status) / sizeof(*status))) {
		warnx("%s: a status is pending, none, captured, deferred, skipped or failed",
		      text);
		return false;
	}
	opts->status = text;
	return true;
}

/* Move what is not wanted to the end, where it will be freed. */
static size_t keep_wanted(struct sb_functions *all, const struct opts *opts)
{
	size_t i, kept = 0;

	for (i = 0; i < all->nr; i++) {
		struct sb_function one = all->list[i];

		if (!is_wanted(&one, opts))
			continue;
		all->list[i] = all->list[kept];
		all->list[kept++] = one;
	}
	return kept;
}

static enum sb_exit list(const struct opts *opts)
{
	struct sb_functions all, wanted;
	enum sb_exit ret = sb_functions_load(opts->address, &all);

	if (!ret && opts->address && !all.nr) {
		warnx("%s: no such function", opts->address);
		ret = SB_EXIT_UNKNOWN;
	}
	if (!ret) {
		wanted = all;
		wanted.nr = keep_wanted(&all, opts);
		if (sb_options.json)
			print_json(&wanted);
		else
			print_table(&wanted);
		ret = sb_module_needed();
	}
	sb_functions_free(&all);
	return ret;
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
	static const struct option options[] = {
		{ "class", required_argument, NULL, 'c' },
		{ "status", required_argument, NULL, 's' },
		{ "problems", no_argument, NULL, 'P' },
		SB_OPTIONS
	};
	struct opts opts = { 0 };
	int option;

	while ((option = sb_option(argc, argv, "c:s:P" SB_LETTERS,
				   options)) != -1) {
		switch (option) {
		case 'c':
			if (!parse_class(optarg, &opts))
				return SB_EXIT_USAGE;
			break;
		case 's':
			if (!parse_status(optarg, &opts))
				return SB_EXIT_USAGE;
			break;
		case 'P':
			opts.problems = true;
			break;
		default:
			return sb_usage("list", option);
		}
	}
	if (optind < argc - 1)
		return sb_usage("list", '?');
	opts.address = argv[optind];
	return list(&opts);
}
