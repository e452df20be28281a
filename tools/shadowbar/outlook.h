/* SPDX-License-Identifier: GPL-2.0-only */
/* outlook: what the module would do with a machine. */
#ifndef SHADOWBAR_OUTLOOK_H
#define SHADOWBAR_OUTLOOK_H

#include "import.h"

bool sb_outlook_has(const struct sb_import *import, const char *words);
void sb_outlook(const struct sb_import *import, const char *words,
		bool from_file, bool json);

#endif /* SHADOWBAR_OUTLOOK_H */
