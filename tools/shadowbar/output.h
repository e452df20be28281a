/* SPDX-License-Identifier: GPL-2.0-only */
/* output: how the tool prints; it knows nothing about functions. */
#ifndef SHADOWBAR_OUTPUT_H
#define SHADOWBAR_OUTPUT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

/* output.c: text for people */

bool sb_colours(void);
const char *sb_or_dash(const char *text);
void sb_topic(const char *format, ...) __attribute__((format(printf, 1, 2)));
void sb_paragraph(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
void sb_bullet(const char *format, ...) __attribute__((format(printf, 1, 2)));
void sb_command(const char *format, ...) __attribute__((format(printf, 1, 2)));
void sb_config(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool sb_prints_bytes(const char *path);
char *sb_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

struct sb_table *sb_table_new(size_t columns);
void sb_table_right(struct sb_table *table, size_t column);
void sb_table_spare(struct sb_table *table, size_t column);
void sb_table_add(struct sb_table *table, const char *text);
void sb_table_print(struct sb_table *table);
void sb_table_free(struct sb_table *table);

/* output.c: JSON for programs; Documentation/json.md describes the format */

struct json_object *sb_json_text(const char *text);
struct json_object *sb_json_start(const char *command);
void sb_json_append(struct json_object *json, const char *key,
		    struct json_object *value);
void sb_json_print(struct json_object *json);

#endif /* SHADOWBAR_OUTPUT_H */
