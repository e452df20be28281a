/* SPDX-License-Identifier: GPL-2.0-only */
/* Read a file into memory of exactly its size. */
#ifndef SHADOWBAR_HOST_FILE_H
#define SHADOWBAR_HOST_FILE_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <shadowbar/compat.h>

static inline u8 *read_file(const char *path, u32 *size)
{
	FILE *stream = fopen(path, "rb");
	struct stat stat;
	u8 *bytes = NULL;

	if (stream && !fstat(fileno(stream), &stat)) {
		*size = stat.st_size;
		bytes = malloc(*size);
		if (bytes && fread(bytes, 1, *size, stream) != *size) {
			free(bytes);
			bytes = NULL;
		}
	}
	if (!bytes)
		perror(path);
	if (stream)
		fclose(stream);
	return bytes;
}

#endif /* SHADOWBAR_HOST_FILE_H */
