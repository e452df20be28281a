/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * source: where a shadow came from.
 *
 * Logic: a source in, what the table says of it out.
 */
#ifndef SHADOWBAR_SOURCE_H
#define SHADOWBAR_SOURCE_H

#include <shadowbar/compat.h>

/*
 * SB_SOURCE_NONE: from nowhere, there is none. SB_SOURCES: how many there are,
 * that one included.
 */
#define SB_SOURCE(id, ...)	SB_SOURCE_##id,
enum sb_source {
	SB_SOURCE_NONE,
#include <shadowbar/source_table.h>
	SB_SOURCES,
};

const char *sb_source_name(enum sb_source source);
bool sb_source_is_bar(enum sb_source source);
const char *sb_source_words(enum sb_source source);

#endif /* SHADOWBAR_SOURCE_H */
