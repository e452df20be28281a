// SPDX-License-Identifier: GPL-2.0-only
/*
 * output: text for people, and JSON for programs.
 */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <shadowbar/version.h>

#include "tool.h"

#define SB_JSON_FORMAT	1	/* increases when a key goes or changes */
#define PAGE_WIDTH	78
#define GAP		2	/* between columns */
#define LAST_MIN	12	/* visible part of the last column */

#define RED		"\033[31m"
#define GREEN		"\033[32m"
#define YELLOW		"\033[33m"
#define PLAIN		"\033[0m"

/**
 * sb_format() - format text
 * @format: as for printf()
 *
 * Return: the text, to be freed. The tool exits if it is out of memory.
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
 * sb_colours() - does the output support colours?
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
 * sb_or_dash() - text, or a dash for none
 * @text: the text, or NULL
 *
 * Return: @text, or "-" if there is none or it is empty.
 */
const char *sb_or_dash(const char *text)
{
	return text && *text ? text : "-";
}

/* Wrap text: the first line starts with first, others with rest. */
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

/*
 * Text for people, collected for sb_json_start() with -j: topics, and lines of
 * different kinds in each.
 */
static struct json_object *advice, *lines;
static bool said;

static bool collect(const char *kind, const char *text)
{
	struct json_object *line;

	said = true;
	if (!sb_options.json)
		return false;
	if (!lines)
		sb_topic("summary");
	line = json_object_new_object();
	json_object_object_add(line, "kind", json_object_new_string(kind));
	json_object_object_add(line, "text", json_object_new_string(text));
	json_object_array_add(lines, line);
	return true;
}

/**
 * sb_topic() - start a new topic
 * @format: as for printf(); the topic
 */
void sb_topic(const char *format, ...)
{
	struct json_object *topic;
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		err(SB_EXIT_ERROR, NULL);
	va_end(args);
	if (sb_options.json) {
		topic = json_object_new_object();
		lines = json_object_new_array();
		if (!advice)
			advice = json_object_new_array();
		json_object_object_add(topic, "topic",
				       json_object_new_string(text));
		json_object_object_add(topic, "lines", lines);
		json_object_array_add(advice, topic);
	} else {
		printf("%s%s\n", said ? "\n" : "", text);
	}
	said = true;
	free(text);
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
	if (!collect("text", text))
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
	if (!collect("text", text))
		fold("  * ", "    ", text);
	free(text);
}

/**
 * sb_command() - print a command that can be pasted into a shell
 * @format: as for printf()
 *
 * It is on a line of its own, and never wrapped.
 */
void sb_command(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		err(SB_EXIT_ERROR, NULL);
	va_end(args);
	if (!collect("command", text))
		printf("    %s\n", text);
	free(text);
}

/**
 * sb_config() - print a line that can be pasted into a file
 * @format: as for printf()
 *
 * The same as for a command, but for another reader.
 */
void sb_config(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		err(SB_EXIT_ERROR, NULL);
	va_end(args);
	if (!collect("config", text))
		printf("    %s\n", text);
	free(text);
}

/**
 * struct sb_table - rows of text
 * @columns: number of columns; at most 32
 * @cells: number of cells
 * @cell: the cells, row by row
 * @right: a bit for each column that is aligned to the right
 * @left_out: a bit for each column that is left out
 * @spare: columns to leave out on a narrow terminal, in this order
 * @spares: number of @spare
 */
struct sb_table {
	size_t columns;
	size_t cells;
	char **cell;
	unsigned int right;
	unsigned int left_out;
	unsigned char spare[32];
	size_t spares;
};

/**
 * sb_table_new() - start a table
 * @columns: number of columns
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
 * sb_table_right() - right-align a column, for numbers
 * @table: the table
 * @column: the column, from 0
 */
void sb_table_right(struct sb_table *table, size_t column)
{
	table->right |= 1U << column;
}

/**
 * sb_table_spare() - name a column to leave out on a narrow terminal
 * @table: the table
 * @column: the column, from 0; the first one named goes first
 */
void sb_table_spare(struct sb_table *table, size_t column)
{
	table->spare[table->spares++] = column;
}

/**
 * sb_table_add() - fill the next cell
 * @table: the table
 * @text: the content
 */
void sb_table_add(struct sb_table *table, const char *text)
{
	table->cell = reallocarray(table->cell, table->cells + 1,
				   sizeof(*table->cell));
	if (!table->cell)
		err(SB_EXIT_ERROR, NULL);
	table->cell[table->cells++] = sb_format("%s", text);
}

static const char *colour_of(const char *word, size_t length)
{
	static const struct {
		const char *word;
		const char *colour;
	} colour[] = {
		{ "captured", GREEN }, { "deferred", YELLOW },
		{ "pending", YELLOW }, { "skipped", YELLOW },
		{ "failed", RED },
		{ "whole", GREEN }, { "exclusive", GREEN },
		{ "unpadded", YELLOW }, { "shared", RED },
		{ "unaligned", RED }, { "unassigned", RED },
		{ "pass", GREEN }, { "warn", YELLOW }, { "fail", RED },
	};
	size_t i;

	for (i = 0; i < sizeof(colour) / sizeof(*colour); i++)
		if (strlen(colour[i].word) == length &&
		    !strncmp(word, colour[i].word, length))
			return colour[i].colour;

	return NULL;
}

/* Words end at spaces and at the colon after the number of a BAR. */
static void print_words(const char *text)
{
	while (*text) {
		size_t length = strcspn(text, " :");
		const char *colour = colour_of(text, length);

		if (colour)
			printf("%s%.*s" PLAIN, colour, (int)length, text);
		else
			printf("%.*s", (int)length, text);
		text += length;
		if (*text)
			putchar(*text++);
	}
}

static void print_cell(const char *text, size_t width, bool right, bool colours)
{
	size_t length = strlen(text);
	int room = width > length ? width - length : 0;

	if (right)
		printf("%*s", room, "");
	if (colours)
		print_words(text);
	else
		printf("%s", text);
	if (!right)
		printf("%*s", room, "");
}

/* Columns of the terminal; 0 if there is none: lines have no limit. */
static size_t terminal_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		return 0;
	return size.ws_col;
}

/* Width of all columns before the last one. */
static size_t width_before_last(const struct sb_table *table,
				const size_t *width)
{
	size_t all = 0, i;

	for (i = 0; i + 1 < table->columns; i++)
		if (!(table->left_out & 1U << i))
			all += width[i] + GAP;
	return all;
}

/* Return: maximum width of the last column. */
static size_t fit(struct sb_table *table, const size_t *width)
{
	size_t terminal = terminal_width(), before, i;

	if (!terminal)
		return SIZE_MAX;
	before = width_before_last(table, width);
	for (i = 0; i < table->spares && before + LAST_MIN > terminal; i++) {
		table->left_out |= 1U << table->spare[i];
		before = width_before_last(table, width);
	}
	return before + LAST_MIN > terminal ? LAST_MIN : terminal - before;
}

static void print_last(const char *text, size_t most)
{
	if (strlen(text) <= most)
		printf("%s\n", text);
	else
		printf("%.*s...\n", (int)(most - strlen("...")), text);
}

/**
 * sb_table_print() - print a table, its columns as wide as needed
 * @table: the table
 *
 * On a terminal the last column is cut so that a row fits into a line. If that
 * is not enough, columns that sb_table_spare() named are left out.
 */
void sb_table_print(struct sb_table *table)
{
	bool colours = sb_colours();
	size_t *width = calloc(table->columns, sizeof(*width));
	size_t i, most;

	if (!width)
		err(SB_EXIT_ERROR, NULL);
	for (i = 0; i < table->cells; i++) {
		size_t length = strlen(table->cell[i]);
		size_t *column = &width[i % table->columns];

		if (length > *column)
			*column = length;
	}
	most = fit(table, width);
	for (i = 0; i < table->cells; i++) {
		size_t column = i % table->columns;

		if (column == table->columns - 1) {
			print_last(table->cell[i], most);
			continue;
		}
		if (table->left_out & 1U << column)
			continue;
		print_cell(table->cell[i], width[column],
			   table->right & 1U << column, colours);
		printf("%*s", GAP, "");
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
 * sb_prints_bytes() - may the bytes of a ROM be written there?
 * @path: the file; "-" is the standard output
 *
 * Not to a terminal, and not to the standard output together with JSON.
 *
 * Return: true if so; false after a message.
 */
bool sb_prints_bytes(const char *path)
{
	bool standard = !strcmp(path, "-");
	struct stat status;
	bool terminal;
	int fd;

	if (standard && sb_options.json) {
		warnx("a ROM and JSON cannot both go to standard output");
		return false;
	}
	if (!standard && (stat(path, &status) || !S_ISCHR(status.st_mode)))
		return true;
	fd = standard ? dup(STDOUT_FILENO) :
			open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return true;
	terminal = isatty(fd);
	close(fd);
	if (terminal)
		warnx("a ROM is not text: not written to a terminal; redirect it to a file");
	return !terminal;
}

/**
 * sb_json_text() - text as a value
 * @text: the text, or NULL
 *
 * Return: a string, or null if there is none.
 */
struct json_object *sb_json_text(const char *text)
{
	return text && *text ? json_object_new_string(text) : NULL;
}

/**
 * sb_json_start() - start the object that a command prints
 * @command: the command
 *
 * All commands print the same form: a program finds each key everywhere, with
 * an empty list if the command has nothing to put there. The text from
 * sb_paragraph() and similar functions is part of it.
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
	json_object_object_add(json, "checks", json_object_new_array());
	json_object_object_add(json, "advice", advice ? advice :
			       json_object_new_array());
	advice = NULL;
	lines = NULL;
	free(module);
	return json;
}

/**
 * sb_json_append() - add to one of the lists of such an object
 * @json: the object
 * @key: the list: "functions", "files" or "checks"
 * @value: the new element; @json takes ownership
 */
void sb_json_append(struct json_object *json, const char *key,
		    struct json_object *value)
{
	json_object_array_add(json_object_object_get(json, key), value);
}

/**
 * sb_json_print() - print a value and release it
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
