/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * source: where shadows come from.
 *
 * Logic: a source in, its row in the table out.
 */
#ifndef SHADOWBAR_SOURCE_H
#define SHADOWBAR_SOURCE_H

#include <shadowbar/compat.h>

/*
 * SB_SOURCE_NONE: there is no shadow. SB_SOURCES: number of values, including
 * that one.
 */
#define SB_SOURCE(id, ...)	SB_SOURCE_##id,
enum sb_source {
	SB_SOURCE_NONE,
#include <shadowbar/source_table.h>
	SB_SOURCES,
};

/* Room for the longest name */
#define SB_SOURCE_NAME_SIZE	sizeof("vga-shadow")

const char *sb_source_name(enum sb_source source);
bool sb_source_is_bar(enum sb_source source);
const char *sb_source_words(enum sb_source source);

#endif /* SHADOWBAR_SOURCE_H */
