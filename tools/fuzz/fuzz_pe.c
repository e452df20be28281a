// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_pe: the hashed ranges of an EFI program, and its signatures.
 */
#include "fuzz.h"
#include "pe.h"

static void check_range(const struct sb_span *range, size_t size)
{
	must(range->from <= size && range->length <= size - range->from);
}

/* No range of the headers includes what may be written after signing. */
static void check_headers(const u8 *file, const struct sb_pe *pe)
{
	u32 coff = file[0] == 'M' && file[1] == 'Z' ?
		   file[60] | file[61] << 8 | file[62] << 16 |
		   (u32)file[63] << 24 : 0;
	u32 checksum = coff + 24 + 64;

	must(pe->nr_hashed >= 2);
	must(!pe->hashed[0].from && pe->hashed[0].length == checksum);
	must(pe->hashed[1].from == checksum + 4);
	if (pe->certificates.length) {
		must(pe->nr_hashed >= 3);
		must(pe->hashed[2].from == pe->hashed[1].from +
					   pe->hashed[1].length + 8);
	}
}

static void check_certificates(const u8 *file, size_t size,
			       const struct sb_pe *pe)
{
	u64 end = (u64)pe->certificates.from + pe->certificates.length;
	struct sb_cert_walk walk;
	struct sb_cert cert;
	u64 before;

	sb_cert_walk_start(&walk, pe);
	for (;;) {
		before = walk.at;
		if (!sb_cert_walk_step(&walk, file, &cert))
			break;
		must(walk.at >= before + 8);
		check_range(&cert.data, size);
		must(cert.data.from >= pe->certificates.from);
		must(cert.data.from + cert.data.length <= end);
		must(cert.kind != SB_CERT_PKCS7 || cert.data.length);
	}
	must(walk.damaged || walk.at == end);
	must(!sb_cert_walk_step(&walk, file, &cert));
}

int fuzz_one(const uint8_t *data, size_t size)
{
	enum sb_pe_error error;
	struct sb_pe pe;
	u8 *file;
	u32 i;

	file = exact_copy(data, size);
	error = sb_pe_parse(file, size, &pe);
	must(*sb_pe_text(error));
	must(pe.nr_hashed <= SB_PE_RANGES);
	if (!error) {
		for (i = 0; i < pe.nr_hashed; i++)
			check_range(&pe.hashed[i], size);
		check_headers(file, &pe);
		if (pe.certificates.length)
			check_range(&pe.certificates, size);
		check_range(&pe.sbat, size);
		check_certificates(file, size, &pe);
	}
	free(file);
	return 0;
}
