/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pe: EFI programs, as far as their signatures are concerned.
 *
 * Logic: bytes in, numbers out. Determines which bytes of a PE image its
 * Authenticode hash covers (Microsoft: Windows Authenticode Portable Executable
 * Signature Format), and where its signatures are. Whatever this rejects, so
 * does EDK II, on which most firmware is based; firmware with Secure Boot
 * therefore does not run it.
 */
#ifndef SHADOWBAR_PE_H
#define SHADOWBAR_PE_H

#include <shadowbar/compat.h>

#define SB_PE_SECTIONS	96	/* Windows does not accept more, either */
#define SB_PE_RANGES	(SB_PE_SECTIONS + 4)

/**
 * enum sb_pe_error - why firmware does not accept a PE image
 * @SB_PE_OK: it does
 * @SB_PE_NO_HEADER: it is too short, or has no "PE" at the required place
 * @SB_PE_TERSE: it is a Terse Executable, which cannot be signed
 * @SB_PE_MAGIC: it is neither PE32 nor PE32+
 * @SB_PE_DIRECTORIES: the number of data directories does not match the size of
 *		       its optional header, or is more than 16
 * @SB_PE_HEADERS: its headers are larger than the size that they declare, or
 *		   that size is larger than the file
 * @SB_PE_SECTION: a section extends beyond the file
 * @SB_PE_MANY: it has more sections than SB_PE_SECTIONS
 * @SB_PE_CERTIFICATES: the certificate table extends beyond the file
 * @SB_PE_HASH: there are more bytes to hash than the file has
 *
 * Descriptions are in sb_pe_text().
 */
enum sb_pe_error {
	SB_PE_OK,
	SB_PE_NO_HEADER,
	SB_PE_TERSE,
	SB_PE_MAGIC,
	SB_PE_DIRECTORIES,
	SB_PE_HEADERS,
	SB_PE_SECTION,
	SB_PE_MANY,
	SB_PE_CERTIFICATES,
	SB_PE_HASH,
};

/**
 * struct sb_span - a range of bytes in a file
 * @from: offset of the first one
 * @length: number of bytes
 */
struct sb_span {
	u32 from;
	u32 length;
};

/**
 * struct sb_pe - a PE image
 * @machine: what it runs on; sb_efi_machine_name()
 * @subsystem: 0xa application, 0xb boot service driver, 0xc run-time driver
 * @hashed: the ranges to hash, in this order
 * @nr_hashed: number of @hashed
 * @certificates: its certificate table; length 0 if it is not signed
 * @behind: bytes after the certificate table
 * @sbat: its section .sbat, without padding; length 0 if there is none
 */
struct sb_pe {
	u16 machine;
	u16 subsystem;
	struct sb_span hashed[SB_PE_RANGES];
	u32 nr_hashed;
	struct sb_span certificates;
	u32 behind;
	struct sb_span sbat;
};

/**
 * enum sb_cert_kind - content of an entry of a certificate table
 * @SB_CERT_PKCS7: a signature
 * @SB_CERT_OTHER: something that firmware ignores
 */
enum sb_cert_kind {
	SB_CERT_PKCS7,
	SB_CERT_OTHER,
};

/**
 * struct sb_cert - an entry of a certificate table
 * @kind: its content
 * @data: the PKCS #7 data, or everything after the header
 */
struct sb_cert {
	enum sb_cert_kind kind;
	struct sb_span data;
};

/**
 * struct sb_cert_walk - a walk along a certificate table
 * @at: where the next entry begins
 * @end: where the table ends
 * @damaged: an entry does not fit: firmware then rejects the image, whatever
 *	     the others say
 */
struct sb_cert_walk {
	u64 at;
	u64 end;
	bool damaged;
};

enum sb_pe_error sb_pe_parse(const u8 *file, u32 size, struct sb_pe *pe);
const char *sb_pe_text(enum sb_pe_error error);

void sb_cert_walk_start(struct sb_cert_walk *walk, const struct sb_pe *pe);
bool sb_cert_walk_step(struct sb_cert_walk *walk, const u8 *file,
		       struct sb_cert *cert);

#endif /* SHADOWBAR_PE_H */
