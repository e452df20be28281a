// SPDX-License-Identifier: GPL-2.0-only
/* line: a line of text that is put together piece by piece. */
#include <shadowbar/line.h>

/**
 * sb_line_add() - add to a line
 * @line: the line
 * @format: what, as for printf(); cut where the line is full
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
