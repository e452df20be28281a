// SPDX-License-Identifier: GPL-2.0-only
/*
 * how: say how a copy of a ROM was made.
 *
 * Describes copies in the module's terms: see source_table.h.
 */
#include <string.h>

#include <shadowbar/source.h>

#include "how.h"

/**
 * sb_how() - how a copy of a ROM was made
 * @name: its source, as in sysfs
 *
 * Return: a clause to follow "N bytes, ".
 */
const char *sb_how(const char *name)
{
	static const char * const bar[] = {
		[SB_SOURCE_IN_PLACE] = "read at its own address",
		[SB_SOURCE_BORROWED] =
			"read at the address of another BAR of the function,"
			" which was moved away for a few milliseconds",
		[SB_SOURCE_HOLE] = "read at a free address below its bridges",
	};
	enum sb_source source;

	for (source = SB_SOURCE_NONE + 1; source < SB_SOURCES; source++)
		if (!strcmp(name, sb_source_name(source)))
			return sb_source_is_bar(source) ? bar[source] :
							  sb_source_words(source);

	return name;
}
