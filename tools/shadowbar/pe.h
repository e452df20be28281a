/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pe: programs for EFI, as their signatures see them.
 *
 * Logic: bytes in, numbers out. Which bytes of a PE image its Authenticode hash
 * is made of (Microsoft: Windows Authenticode Portable Executable Signature
 * Format), and where its signatures are. What is refused here, EDK II refuses,
 * too, from which most firmware is made, and so firmware with Secure Boot runs
 * none of it.
 */
#ifndef SHADOWBAR_PE_H
#define SHADOWBAR_PE_H

#include <shadowbar/compat.h>

#define SB_PE_SECTIONS	96	/* more, Windows does not take, either */
#define SB_PE_RANGES	(SB_PE_SECTIONS + 4)

/**
 * enum sb_pe_error - why something is no PE image that firmware takes
 * @SB_PE_OK: it is one
 * @SB_PE_NO_HEADER: too short, or no "PE" where it has to be
 * @SB_PE_TERSE: a Terse Executable, which cannot be signed
 * @SB_PE_MAGIC: neither PE32 nor PE32+
 * @SB_PE_DIRECTORIES: a number of data directories that does not fit the size
 *		       of its optional header, or more than 16
 * @SB_PE_HEADERS: its headers do not fit into what it says their size is, or
 *		   that not into the file
 * @SB_PE_SECTION: a section that is not all in the file
 * @SB_PE_MANY: more sections than SB_PE_SECTIONS
 * @SB_PE_CERTIFICATES: a certificate table that is not all in the file
 * @SB_PE_HASH: more bytes to hash than there are
 *
 * Words for these are in sb_pe_text().
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
 * struct sb_span - bytes of a file
 * @from: the first one
 * @length: how many
 */
struct sb_span {
	u32 from;
	u32 length;
};

/**
 * struct sb_pe - a PE image
 * @machine: what it runs on; sb_efi_machine_name()
 * @subsystem: 0xa application, 0xb boot service driver, 0xc run-time driver
 * @hashed: what is hashed, in this order
 * @nr_hashed: how many ranges these are
 * @certificates: its certificate table; no length if it is not signed
 * @behind: bytes behind the certificate table
 * @sbat: its section .sbat, without what pads it; no length if there is none
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
 * enum sb_cert_kind - what is in an entry of a certificate table
 * @SB_CERT_PKCS7: a signature
 * @SB_CERT_OTHER: something that firmware passes over
 */
enum sb_cert_kind {
	SB_CERT_PKCS7,
	SB_CERT_OTHER,
};

/**
 * struct sb_cert - an entry of a certificate table
 * @kind: what is in it
 * @data: the PKCS #7 data, or all that is behind the header
 */
struct sb_cert {
	enum sb_cert_kind kind;
	struct sb_span data;
};

/**
 * struct sb_cert_walk - a walk along a certificate table
 * @at: where the next entry begins
 * @end: where the table ends
 * @damaged: an entry does not fit: firmware then refuses the image whatever the
 *	     others say
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
