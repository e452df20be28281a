// SPDX-License-Identifier: GPL-2.0-only
/*
 * output: text for people, and JSON for programs.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <shadowbar/version.h>

#include "tool.h"

#define SB_JSON_FORMAT	1	/* grows when a key goes or changes */
#define PAGE_WIDTH	78

/**
 * sb_format() - text that is put together
 * @format: as for printf()
 *
 * Return: the text, to be freed. Without memory for it, the tool ends.
 */
char *sb_format(const char *format, ...)
{
	va_list args;
	char *text;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		err(SB_EXIT_ERROR, NULL);
	return text;
}

/**
 * sb_colours() - whether the output goes to somebody who sees colours
 *
 * Return: true on a terminal, unless NO_COLOR is set.
 */
bool sb_colours(void)
{
	const char *no = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && *no) &&
	       !(terminal && !strcmp(terminal, "dumb"));
}

/**
 * sb_or_dash() - text, or what stands for none
 * @text: the text, or NULL
 *
 * Return: @text, or "-" if there is none or it is empty.
 */
const char *sb_or_dash(const char *text)
{
	return text && *text ? text : "-";
}

/* Words of text, folded: the first line starts with first, others with rest. */
static void fold(const char *first, const char *rest, const char *text)
{
	size_t column = printf("%s", first);

	while (*text) {
		size_t word = strcspn(text, " ");

		if (column > strlen(rest) && column + 1 + word > PAGE_WIDTH) {
			printf("\n%s", rest);
			column = strlen(rest);
		} else if (column > strlen(rest)) {
			column += printf(" ");
		}
		column += printf("%.*s", (int)word, text);
		text += word;
		text += strspn(text, " ");
	}
	printf("\n");
}

/**
 * sb_paragraph() - print a paragraph
 * @format: as for printf()
 */
void sb_paragraph(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		err(SB_EXIT_ERROR, NULL);
	va_end(args);
	fold("", "", text);
	free(text);
}

/**
 * sb_bullet() - print an item of a list
 * @format: as for printf()
 */
void sb_bullet(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		err(SB_EXIT_ERROR, NULL);
	va_end(args);
	fold("  * ", "    ", text);
	free(text);
}

struct sb_table {
	size_t columns;
	size_t cells;
	char **cell;
};

/**
 * sb_table_new() - start a table
 * @columns: how many columns it has
 *
 * Return: the table, to be freed with sb_table_free().
 */
struct sb_table *sb_table_new(size_t columns)
{
	struct sb_table *table = calloc(1, sizeof(*table));

	if (!table)
		err(SB_EXIT_ERROR, NULL);
	table->columns = columns;
	return table;
}

/**
 * sb_table_add() - fill the next cell
 * @table: the table
 * @text: what goes into it
 */
void sb_table_add(struct sb_table *table, const char *text)
{
	table->cell = reallocarray(table->cell, table->cells + 1,
				   sizeof(*table->cell));
	if (!table->cell)
		err(SB_EXIT_ERROR, NULL);
	table->cell[table->cells++] = sb_format("%s", text);
}

static const char *colour_of(const char *word)
{
	static const struct {
		const char *word;
		const char *colour;
	} colour[] = {
		{ "captured", "\033[32m" },
		{ "deferred", "\033[33m" },
		{ "pending", "\033[33m" },
		{ "skipped", "\033[33m" },
		{ "failed", "\033[31m" },
	};
	size_t i;

	for (i = 0; i < sizeof(colour) / sizeof(*colour); i++)
		if (!strcmp(word, colour[i].word))
			return colour[i].colour;

	return NULL;
}

static void print_cell(const char *text, size_t width, bool colours)
{
	const char *colour = colours ? colour_of(text) : NULL;

	printf("%s%s%s%*s", colour ? colour : "", text,
	       colour ? "\033[0m" : "",
	       (int)(width > strlen(text) ? width - strlen(text) : 0), "");
}

/**
 * sb_table_print() - print a table, its columns as wide as they need be
 * @table: the table
 */
void sb_table_print(const struct sb_table *table)
{
	bool colours = sb_colours();
	size_t *width = calloc(table->columns, sizeof(*width));
	size_t i;

	if (!width)
		err(SB_EXIT_ERROR, NULL);
	for (i = 0; i < table->cells; i++) {
		size_t length = strlen(table->cell[i]);
		size_t *column = &width[i % table->columns];

		if (length > *column)
			*column = length;
	}
	for (i = 0; i < table->cells; i++) {
		size_t column = i % table->columns;
		bool last = column == table->columns - 1;

		print_cell(table->cell[i], last ? 0 : width[column], colours);
		printf(last ? "\n" : "  ");
	}
	free(width);
}

/**
 * sb_table_free() - free a table
 * @table: the table
 */
void sb_table_free(struct sb_table *table)
{
	while (table->cells)
		free(table->cell[--table->cells]);
	free(table->cell);
	free(table);
}

/**
 * sb_json_text() - text as a value
 * @text: the text, or NULL
 *
 * Return: a string, or null where there is none.
 */
struct json_object *sb_json_text(const char *text)
{
	return text && *text ? json_object_new_string(text) : NULL;
}

/**
 * sb_json_start() - begin the one object that a command prints
 * @command: the command
 *
 * All commands print the same: a program finds each key everywhere, with an
 * empty list where the command has nothing to put there.
 *
 * Return: the object, for sb_json_append() and sb_json_print().
 */
struct json_object *sb_json_start(const char *command)
{
	struct json_object *json = json_object_new_object();
	char *module = sb_module_version();

	json_object_object_add(json, "format",
			       json_object_new_int(SB_JSON_FORMAT));
	json_object_object_add(json, "tool",
			       json_object_new_string(SHADOWBAR_VERSION));
	json_object_object_add(json, "module", sb_json_text(module));
	json_object_object_add(json, "command",
			       json_object_new_string(command));
	json_object_object_add(json, "functions", json_object_new_array());
	json_object_object_add(json, "files", json_object_new_array());
	free(module);
	return json;
}

/**
 * sb_json_append() - add to one of the lists of such an object
 * @json: the object
 * @key: the list: "functions" or "files"
 * @value: what is added; it belongs to @json then
 */
void sb_json_append(struct json_object *json, const char *key,
		    struct json_object *value)
{
	json_object_array_add(json_object_object_get(json, key), value);
}

/**
 * sb_json_print() - print a value and let go of it
 * @json: the value
 */
void sb_json_print(struct json_object *json)
{
	int pretty = sb_options.pretty ?
		JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED : 0;

	puts(json_object_to_json_string_ext(json, pretty |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(json);
}
