// SPDX-License-Identifier: GPL-2.0-only
/*
 * source: where shadows come from.
 */
#include <shadowbar/source.h>

static const struct {
	const char *name;
	const char *words;
	bool is_bar;
} rows[] = {
	[SB_SOURCE_NONE] = { "", "", false },
/* A name that does not fit where names are copied does not compile. */
#define SB_SOURCE(id, name, is_bar, words)				\
	[SB_SOURCE_##id] = {						\
		&(name)[BUILD_BUG_ON_ZERO(sizeof(name) >		\
					  SB_SOURCE_NAME_SIZE)],	\
		words, is_bar						\
	},
#include <shadowbar/source_table.h>
};

/**
 * sb_source_name() - the word for a source, as in sysfs
 * @source: the source
 *
 * Return: a constant string, empty for SB_SOURCE_NONE.
 */
const char *sb_source_name(enum sb_source source)
{
	return rows[source].name;
}

/**
 * sb_source_is_bar() - is a source the function's own ROM BAR?
 * @source: the source
 *
 * Return: true if reading it programs the function.
 */
bool sb_source_is_bar(enum sb_source source)
{
	return rows[source].is_bar;
}

/**
 * sb_source_words() - say where a copy was taken from
 * @source: the source
 *
 * Return: a constant string, empty for those that use the ROM BAR.
 */
const char *sb_source_words(enum sb_source source)
{
	return rows[source].words;
}
