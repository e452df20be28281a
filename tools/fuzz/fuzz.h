/* SPDX-License-Identifier: GPL-2.0-only */
/* What the fuzz targets share. */
#ifndef SHADOWBAR_FUZZ_H
#define SHADOWBAR_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One input. libFuzzer has a name of its own for it. */
int fuzz_one(const uint8_t *data, size_t size)
	__asm__("LLVMFuzzerTestOneInput");

/* What must hold for any input. The sanitizers then say where it did not. */
#define must(condition)							\
	do {								\
		if (!(condition)) {					\
			fprintf(stderr, "%s:%d: not so: %s\n",		\
				__FILE__, __LINE__, #condition);	\
			abort();					\
		}							\
	} while (0)

/* A copy with nothing behind it, so that a look beyond is seen. */
static inline uint8_t *exact_copy(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size);

	must(copy);
	memcpy(copy, data, size);
	return copy;
}

#endif /* SHADOWBAR_FUZZ_H */
