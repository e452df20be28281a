/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * record: functions and files as JSON, the same for every command.
 */
#ifndef SHADOWBAR_RECORD_H
#define SHADOWBAR_RECORD_H

#include "tool.h"

struct json_object *sb_record(const struct sb_function *function,
			      const struct sb_bytes *best);
enum sb_exit sb_record_add(struct json_object *json, const char *address);
enum sb_exit sb_record_print(const char *command, const char *address);
struct json_object *sb_record_file(const char *path,
				   const struct sb_bytes *bytes,
				   const struct sb_function *function,
				   const struct sb_source *source);

#endif /* SHADOWBAR_RECORD_H */
