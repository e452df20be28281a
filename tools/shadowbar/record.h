/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * record: what is known of a function, as JSON.
 */
#ifndef SHADOWBAR_RECORD_H
#define SHADOWBAR_RECORD_H

#include "tool.h"

struct json_object *sb_record(const struct sb_function *function);

#endif /* SHADOWBAR_RECORD_H */
