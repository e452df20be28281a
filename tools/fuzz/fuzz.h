/* SPDX-License-Identifier: GPL-2.0-only */
/* Common code of the fuzz targets. */
#ifndef SHADOWBAR_FUZZ_H
#define SHADOWBAR_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Handle one input. libFuzzer has its own name for it. */
int fuzz_one(const uint8_t *data, size_t size)
	__asm__("LLVMFuzzerTestOneInput");

/* Must hold for any input. If not, the sanitizers report where. */
#define must(condition)							\
	do {								\
		if (!(condition)) {					\
			fprintf(stderr, "%s:%d: not so: %s\n",		\
				__FILE__, __LINE__, #condition);	\
			abort();					\
		}							\
	} while (0)

/* Make a copy with nothing behind it, to detect accesses beyond it. */
static inline uint8_t *exact_copy(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size);

	must(copy);
	memcpy(copy, data, size);
	return copy;
}

#endif /* SHADOWBAR_FUZZ_H */
