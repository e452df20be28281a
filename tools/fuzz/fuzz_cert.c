// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_cert: a certificate table on its own.
 *
 * The first byte of the input is the offset of the table in the file.
 */
#include "fuzz.h"
#include "pe.h"

int fuzz_one(const uint8_t *data, size_t size)
{
	struct sb_cert_walk walk;
	struct sb_pe pe = { 0 };
	struct sb_cert cert;
	u32 from, steps = 0;
	u64 end;
	u8 *file;

	if (!size)
		return 0;
	from = data[0];
	data++;
	size--;
	if (from > size)
		return 0;
	file = exact_copy(data, size);
	pe.certificates.from = from;
	pe.certificates.length = size - from;
	end = size;

	sb_cert_walk_start(&walk, &pe);
	while (sb_cert_walk_step(&walk, file, &cert)) {
		must(!walk.damaged);
		must(++steps <= size / 8);
		must(cert.data.from >= from + 8);
		must((u64)cert.data.from + cert.data.length <= end);
		must(walk.at >= (u64)cert.data.from + cert.data.length);
		must((walk.at - from) % 8 == 0);
	}
	must(walk.damaged || walk.at == end);
	free(file);
	return 0;
}
