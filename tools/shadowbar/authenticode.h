/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * authenticode: the hash of a PE image that is signed, and who signed it.
 *
 * Wraps libcrypto; knows nothing about files, EFI variables and devices.
 */
#ifndef SHADOWBAR_AUTHENTICODE_H
#define SHADOWBAR_AUTHENTICODE_H

#include <stdbool.h>
#include <stddef.h>

#include "pe.h"

#define SB_DIGEST_MAX	64	/* bytes, of SHA-512 */

/**
 * enum sb_ca - Microsoft's certificate authorities, by their keys
 * @SB_CA_NONE: none of these
 * @SB_CA_UEFI_2011: Microsoft Corporation UEFI CA 2011: third-party option ROMs
 *		     and boot loaders, until June 2026
 * @SB_CA_UEFI_2023: Microsoft UEFI CA 2023: third-party boot loaders
 * @SB_CA_OPTION_ROM_2023: Microsoft Option ROM UEFI CA 2023
 * @SB_CA_WINDOWS_2011: Microsoft Windows Production PCA 2011
 * @SB_CA_WINDOWS_2023: Windows UEFI CA 2023
 * @SB_CAS: their number
 *
 * Names are in sb_ca_name().
 */
enum sb_ca {
	SB_CA_NONE,
	SB_CA_UEFI_2011,
	SB_CA_UEFI_2023,
	SB_CA_OPTION_ROM_2023,
	SB_CA_WINDOWS_2011,
	SB_CA_WINDOWS_2023,
	SB_CAS,
};

/**
 * struct sb_digest - a hash
 * @name: the algorithm: "sha1", "sha256", "sha384" or "sha512"
 * @size: bytes
 * @bytes: the hash
 */
struct sb_digest {
	const char *name;
	size_t size;
	u8 bytes[SB_DIGEST_MAX];
};

/**
 * struct sb_x509 - a certificate
 * @subject: its subject
 * @issuer: its issuer
 * @not_before: valid from, such as 2011-06-27T21:22:45Z
 * @not_after: valid to
 * @serial: its serial number, hexadecimal
 * @der: the certificate
 * @size: bytes in @der
 * @sha256: the hash of @der
 * @ca: the Microsoft authority that has its key
 * @issued_by: the one that it names as its issuer
 */
struct sb_x509 {
	char *subject;
	char *issuer;
	char *not_before;
	char *not_after;
	char *serial;
	u8 *der;
	size_t size;
	struct sb_digest sha256;
	enum sb_ca ca;
	enum sb_ca issued_by;
};

/**
 * enum sb_signed - the state of a signature, regardless of whom to trust
 * @SB_SIGNED_GOOD: it is valid for this image and made with the signer's key
 * @SB_SIGNED_DAMAGED: it is not a PKCS #7 signature of a PE image
 * @SB_SIGNED_DIGEST: it uses a hash that firmware does not know
 * @SB_SIGNED_OTHER: it belongs to another image, or this one was modified
 * @SB_SIGNED_BAD: it was not made with the key of the signer
 *
 * Names are in sb_signed_name(), descriptions in sb_signed_text().
 */
enum sb_signed {
	SB_SIGNED_GOOD,
	SB_SIGNED_DAMAGED,
	SB_SIGNED_DIGEST,
	SB_SIGNED_OTHER,
	SB_SIGNED_BAD,
};

/**
 * struct sb_signature - a signature of an image
 * @state: its state
 * @digest: the hash of the image as it is, which firmware compares with the
 *	    signed one; no bytes if firmware ignores the signature
 * @certs: the signers, then the other certificates that it carries
 * @nr_certs: number of @certs
 * @nr_signers: number of signers
 * @ca: the Microsoft authority that it leads to
 * @ca_proved: @ca was verified; otherwise it only follows from issuer names
 * @pkcs7: libcrypto's; NULL with SB_SIGNED_DAMAGED
 */
struct sb_signature {
	enum sb_signed state;
	struct sb_digest digest;
	struct sb_x509 *certs;
	size_t nr_certs;
	size_t nr_signers;
	enum sb_ca ca;
	bool ca_proved;
	struct pkcs7_st *pkcs7;
};

bool sb_pe_digest(const u8 *file, const struct sb_pe *pe, const char *name,
		  struct sb_digest *digest);
bool sb_digest_of(const u8 *bytes, size_t size, const char *name,
		  struct sb_digest *digest);

void sb_signature_read(const u8 *file, const struct sb_pe *pe,
		       const struct sb_span *pkcs7,
		       struct sb_signature *signature);
bool sb_signature_leads_to(const struct sb_signature *signature,
			   const u8 *cert, size_t size);
void sb_signature_free(struct sb_signature *signature);

bool sb_x509_read(const u8 *der, size_t size, struct sb_x509 *x509);
bool sb_x509_tbs_digest(const u8 *der, size_t size, const char *name,
			struct sb_digest *digest);
void sb_x509_free(struct sb_x509 *x509);

const char *sb_ca_name(enum sb_ca ca);
const char *sb_signed_name(enum sb_signed state);
const char *sb_signed_text(enum sb_signed state);

#endif /* SHADOWBAR_AUTHENTICODE_H */
