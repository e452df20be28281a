/* SPDX-License-Identifier: GPL-2.0-only */
/* report: the facts about a machine needed to understand it, as JSON. */
#ifndef SHADOWBAR_REPORT_H
#define SHADOWBAR_REPORT_H

#include <json-c/json.h>

#include "import.h"

struct json_object *sb_report_make(void);
int sb_import_report(struct sb_import *import, struct json_object *report);

#endif /* SHADOWBAR_REPORT_H */
