// SPDX-License-Identifier: GPL-2.0-only
/* line: builds a line of text piece by piece. */
#include <shadowbar/line.h>

/**
 * sb_line_add() - append to a line
 * @line: the line
 * @format: as for printf(); the result is truncated if the line is full
 *
 * Context: any.
 */
void sb_line_add(struct sb_line *line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	line->length += vscnprintf(line->buf + line->length,
				   line->size - line->length, format, args);
	va_end(args);
}
