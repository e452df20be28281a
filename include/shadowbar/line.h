/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * line: builds a line of text piece by piece.
 *
 * Logic.
 */
#ifndef SHADOWBAR_LINE_H
#define SHADOWBAR_LINE_H

#include <shadowbar/compat.h>

/**
 * struct sb_line - a line of text under construction
 * @buf: the text
 * @size: bytes in @buf, at least one
 * @length: characters in it so far
 */
struct sb_line {
	char *buf;
	size_t size;
	int length;
};

void sb_line_add(struct sb_line *line, const char *format, ...)
	__printf(2, 3);

#endif /* SHADOWBAR_LINE_H */
