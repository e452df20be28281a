// SPDX-License-Identifier: GPL-2.0-only
/*
 * authenticode: the hash of a PE image that is signed, and who signed it.
 *
 * Like firmware, this asks libcrypto to accept a chain that ends at any trusted
 * certificate, not only at a root, and to ignore expiry: anyone can set the
 * clock.
 */
#include <err.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "authenticode.h"
#include "tool.h"

#define CERTS_MAX	32	/* more than any real chain has */

/* SPC_INDIRECT_DATA_OBJID, 1.3.6.1.4.1.311.2.1.4 */
static const u8 indirect_data[] = {
	0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x04,
};

/* SHA-256 of the public key, and the name that issued certificates give. */
static const struct {
	const char *name;
	u8 key[32];
	u8 id[20];
} cas[SB_CAS] = {
	[SB_CA_NONE] = { .name = "none" },
	[SB_CA_UEFI_2011] = {
		"Microsoft Corporation UEFI CA 2011",
		{
			0x2c, 0x62, 0x7c, 0xcb, 0xb6, 0x90, 0x40, 0x95,
			0x50, 0xad, 0x6e, 0x2d, 0x46, 0xa0, 0x3e, 0xb1,
			0x0a, 0xa6, 0xd6, 0x2d, 0x27, 0x2a, 0x5d, 0xc3,
			0xc8, 0x6a, 0x88, 0x63, 0xae, 0x19, 0xb2, 0xbb,
		},
		{
			0x13, 0xad, 0xbf, 0x43, 0x09, 0xbd, 0x82, 0x70,
			0x9c, 0x8c, 0xd5, 0x4f, 0x31, 0x6e, 0xd5, 0x22,
			0x98, 0x8a, 0x1b, 0xd4,
		},
	},
	[SB_CA_UEFI_2023] = {
		"Microsoft UEFI CA 2023",
		{
			0xf0, 0xf6, 0xd2, 0x3f, 0x74, 0x45, 0x74, 0x73,
			0x74, 0x9a, 0x72, 0xd5, 0xaa, 0x55, 0xb9, 0xef,
			0xe4, 0x91, 0xdd, 0x0b, 0xc3, 0x06, 0x89, 0x05,
			0xb0, 0x19, 0x94, 0x0a, 0xbe, 0x8b, 0x5c, 0xc3,
		},
		{
			0x81, 0xaa, 0x6b, 0x32, 0x44, 0xc9, 0x35, 0xbc,
			0xe0, 0xd6, 0x62, 0x8a, 0xf3, 0x98, 0x27, 0x42,
			0x1e, 0x32, 0x49, 0x7d,
		},
	},
	[SB_CA_OPTION_ROM_2023] = {
		"Microsoft Option ROM UEFI CA 2023",
		{
			0x70, 0xb0, 0x50, 0x22, 0xad, 0xf8, 0xde, 0x30,
			0x61, 0x98, 0x38, 0x94, 0xf3, 0xbe, 0x91, 0x40,
			0x20, 0x5f, 0x84, 0xaa, 0xa4, 0x9a, 0x86, 0x07,
			0x34, 0x33, 0x7a, 0x45, 0xd9, 0xd9, 0x3d, 0x4a,
		},
		{
			0x51, 0x4f, 0xbf, 0x93, 0x7f, 0xa4, 0x6f, 0xb5,
			0x7b, 0xf0, 0x7a, 0xf8, 0xbe, 0xd8, 0x4b, 0x3b,
			0x86, 0x4b, 0x17, 0x11,
		},
	},
	[SB_CA_WINDOWS_2011] = {
		"Microsoft Windows Production PCA 2011",
		{
			0x96, 0xfc, 0xf4, 0x44, 0x01, 0x2a, 0x77, 0xea,
			0x14, 0xf3, 0x4f, 0x34, 0x9c, 0x46, 0x9c, 0x85,
			0xe2, 0x74, 0x9f, 0xce, 0x70, 0x9e, 0x0b, 0xcd,
			0xf2, 0xe5, 0xea, 0xb4, 0x31, 0xcd, 0xcc, 0xae,
		},
		{
			0xa9, 0x29, 0x02, 0x39, 0x8e, 0x16, 0xc4, 0x97,
			0x78, 0xcd, 0x90, 0xf9, 0x9e, 0x4f, 0x9a, 0xe1,
			0x7c, 0x55, 0xaf, 0x53,
		},
	},
	[SB_CA_WINDOWS_2023] = {
		"Windows UEFI CA 2023",
		{
			0xb4, 0x5b, 0xbd, 0xd9, 0x4c, 0x9b, 0xf2, 0x31,
			0xbb, 0x8d, 0x9d, 0xbf, 0x47, 0xf6, 0xdc, 0x91,
			0x7f, 0xe7, 0xeb, 0xea, 0x7e, 0xf9, 0x5a, 0xee,
			0xde, 0x21, 0x8d, 0x7e, 0x9d, 0x39, 0x5f, 0x9a,
		},
		{
			0xae, 0xfc, 0x5f, 0xbb, 0xbe, 0x05, 0x5d, 0x8f,
			0x8d, 0xaa, 0x58, 0x54, 0x73, 0x49, 0x94, 0x17,
			0xab, 0x5a, 0x52, 0x72,
		},
	},
};

#define OID_AT		32	/* of the digest, in PKCS #7 data */
#define TWO_BYTES	0x82	/* a two-byte length, which all of these have */

static const struct {
	const char *name;
	size_t size;
	u8 oid[9];
} digests[] = {
	{ "sha1", 5, { 0x2b, 0x0e, 0x03, 0x02, 0x1a } },
	{ "sha256", 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 } },
	{ "sha384", 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02 } },
	{ "sha512", 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03 } },
};

/**
 * sb_ca_name() - the name of one of Microsoft's certificate authorities
 * @ca: the authority
 *
 * Return: its common name, or "none".
 */
const char *sb_ca_name(enum sb_ca ca)
{
	return cas[ca].name;
}

/**
 * sb_digest_of() - the hash of some bytes
 * @bytes: the bytes
 * @size: number of bytes
 * @name: the algorithm
 * @digest: filled
 *
 * Return: false if libcrypto does not have it.
 */
bool sb_digest_of(const u8 *bytes, size_t size, const char *name,
		  struct sb_digest *digest)
{
	const EVP_MD *md = EVP_get_digestbyname(name);
	unsigned int length = 0;

	*digest = (struct sb_digest){ .name = name };
	if (!md || !EVP_Digest(bytes, size, digest->bytes, &length, md, NULL))
		return false;
	digest->size = length;
	return true;
}

/**
 * sb_pe_digest() - the Authenticode hash of an image
 * @file: its bytes
 * @pe: the result of sb_pe_parse()
 * @name: the algorithm
 * @digest: filled
 *
 * Return: false if libcrypto does not have it.
 */
bool sb_pe_digest(const u8 *file, const struct sb_pe *pe, const char *name,
		  struct sb_digest *digest)
{
	const EVP_MD *md = EVP_get_digestbyname(name);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	unsigned int length = 0;
	bool good;
	u32 nr;

	*digest = (struct sb_digest){ .name = name };
	good = context && md && EVP_DigestInit_ex(context, md, NULL);
	for (nr = 0; good && nr < pe->nr_hashed; nr++)
		good = EVP_DigestUpdate(context, file + pe->hashed[nr].from,
					pe->hashed[nr].length);
	good = good && EVP_DigestFinal_ex(context, digest->bytes, &length);
	digest->size = length;
	EVP_MD_CTX_free(context);
	return good;
}

/* Get a name as text that is safe on a terminal: libcrypto escapes the rest. */
static char *name_text(const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *bytes, *text;
	long length;

	if (!bio || X509_NAME_print_ex(bio, name, 0, XN_FLAG_ONELINE) < 0) {
		BIO_free(bio);
		return sb_format("?");
	}
	length = BIO_get_mem_data(bio, &bytes);
	text = sb_format("%.*s", (int)length, bytes);
	BIO_free(bio);
	return text;
}

static char *time_text(const ASN1_TIME *when)
{
	struct tm tm;

	if (!when || !ASN1_TIME_to_tm(when, &tm))
		return sb_format("?");
	return sb_format("%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
			 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
			 tm.tm_sec);
}

static char *serial_text(const ASN1_INTEGER *serial)
{
	BIGNUM *number = ASN1_INTEGER_to_BN(serial, NULL);
	char *hex = number ? BN_bn2hex(number) : NULL;
	char *text = sb_format("%s", hex ? hex : "?");

	OPENSSL_free(hex);
	BN_free(number);
	return text;
}

static enum sb_ca ca_with_key(X509 *x509)
{
	struct sb_digest digest;
	enum sb_ca ca;
	u8 *der = NULL;
	int size;

	size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &der);
	if (size <= 0 || !sb_digest_of(der, size, "sha256", &digest))
		size = 0;
	OPENSSL_free(der);
	for (ca = SB_CA_NONE + 1; size > 0 && ca < SB_CAS; ca++)
		if (!memcmp(digest.bytes, cas[ca].key, sizeof(cas[ca].key)))
			return ca;
	return SB_CA_NONE;
}

static enum sb_ca ca_that_issued(X509 *x509)
{
	const ASN1_OCTET_STRING *id = X509_get0_authority_key_id(x509);
	enum sb_ca ca;

	for (ca = SB_CA_NONE + 1; id && ca < SB_CAS; ca++)
		if (ASN1_STRING_length(id) == (int)sizeof(cas[ca].id) &&
		    !memcmp(ASN1_STRING_get0_data(id), cas[ca].id,
			    sizeof(cas[ca].id)))
			return ca;
	return SB_CA_NONE;
}

static void describe(X509 *x509, struct sb_x509 *to)
{
	int size;

	*to = (struct sb_x509){
		.subject = name_text(X509_get_subject_name(x509)),
		.issuer = name_text(X509_get_issuer_name(x509)),
		.not_before = time_text(X509_get0_notBefore(x509)),
		.not_after = time_text(X509_get0_notAfter(x509)),
		.serial = serial_text(X509_get0_serialNumber(x509)),
		.ca = ca_with_key(x509),
		.issued_by = ca_that_issued(x509),
	};
	size = i2d_X509(x509, &to->der);
	to->size = size > 0 ? size : 0;
	sb_digest_of(to->der, to->size, "sha256", &to->sha256);
}

static X509 *read_x509(const u8 *der, size_t size)
{
	X509 *x509 = size <= INT_MAX ? d2i_X509(NULL, &der, size) : NULL;

	ERR_clear_error();
	return x509;
}

/**
 * sb_x509_read() - parse a certificate
 * @der: its bytes
 * @size: number of bytes; trailing bytes are allowed
 * @x509: filled; to be freed with sb_x509_free()
 *
 * Return: false if it is not a certificate.
 */
bool sb_x509_read(const u8 *der, size_t size, struct sb_x509 *x509)
{
	X509 *cert = read_x509(der, size);

	*x509 = (struct sb_x509){ 0 };
	if (!cert)
		return false;
	describe(cert, x509);
	X509_free(cert);
	return true;
}

/**
 * sb_x509_free() - free a certificate
 * @x509: the certificate
 */
void sb_x509_free(struct sb_x509 *x509)
{
	free(x509->subject);
	free(x509->issuer);
	free(x509->not_before);
	free(x509->not_after);
	free(x509->serial);
	OPENSSL_free(x509->der);
}

/**
 * sb_x509_tbs_digest() - the hash of the signed part of a certificate
 * @der: the certificate
 * @size: its size, in bytes
 * @name: the algorithm
 * @digest: filled
 *
 * Return: false if it is not a certificate.
 */
bool sb_x509_tbs_digest(const u8 *der, size_t size, const char *name,
			struct sb_digest *digest)
{
	X509 *x509 = read_x509(der, size);
	u8 *tbs = NULL;
	bool good;
	int length;

	*digest = (struct sb_digest){ .name = name };
	if (!x509)
		return false;
	length = i2d_re_X509_tbs(x509, &tbs);
	good = length > 0 && sb_digest_of(tbs, length, name, digest);
	OPENSSL_free(tbs);
	X509_free(x509);
	return good;
}

/*
 * The hash algorithm that firmware uses for the image. Firmware does not parse
 * the signature for that, but expects the algorithm's OID at a fixed place, and
 * ignores a signature that has none there.
 */
static const char *digest_name(const u8 *pkcs7, size_t size)
{
	size_t i;

	if (size < 2 || (pkcs7[1] & TWO_BYTES) != TWO_BYTES)
		return NULL;
	for (i = 0; i < sizeof(digests) / sizeof(*digests); i++)
		if (size >= OID_AT + digests[i].size &&
		    !memcmp(pkcs7 + OID_AT, digests[i].oid, digests[i].size))
			return digests[i].name;
	return NULL;
}

/* Get the signed content without tag and length: SpcIndirectDataContent. */
static bool signed_content(const PKCS7 *pkcs7, const u8 **content, long *size)
{
	const PKCS7 *inside = pkcs7->d.sign->contents;
	const ASN1_STRING *string;
	int tag, class, flags;

	if (!inside || OBJ_length(inside->type) != sizeof(indirect_data) ||
	    memcmp(OBJ_get0_data(inside->type), indirect_data,
		   sizeof(indirect_data)) ||
	    !inside->d.other || inside->d.other->type != V_ASN1_SEQUENCE)
		return false;
	string = inside->d.other->value.asn1_string;
	*content = ASN1_STRING_get0_data(string);
	flags = ASN1_get_object(content, size, &tag, &class,
				ASN1_STRING_length(string));
	ERR_clear_error();
	return !(flags & 0x80) && tag == V_ASN1_SEQUENCE;
}

static int verify(PKCS7 *pkcs7, X509_STORE *store, int flags)
{
	const u8 *content;
	long size;
	BIO *bio;
	int good;

	if (!signed_content(pkcs7, &content, &size))
		return 0;
	bio = BIO_new_mem_buf(content, size);
	if (!bio)
		err(SB_EXIT_ERROR, NULL);
	good = PKCS7_verify(pkcs7, NULL, store, bio, NULL,
			    PKCS7_BINARY | flags);
	ERR_clear_error();
	BIO_free(bio);
	return good == 1;
}

static bool leads_to(const struct sb_signature *signature, X509 *anchor)
{
	X509_STORE *store = X509_STORE_new();
	bool good;

	if (!store || !X509_STORE_add_cert(store, anchor))
		err(SB_EXIT_ERROR, NULL);
	X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN |
			     X509_V_FLAG_NO_CHECK_TIME);
	X509_STORE_set_purpose(store, X509_PURPOSE_ANY);
	good = verify(signature->pkcs7, store, 0);
	X509_STORE_free(store);
	return good;
}

/**
 * sb_signature_leads_to() - is it good, and does it chain to a certificate?
 * @signature: the signature
 * @cert: the certificate, as it is in db or dbx
 * @size: bytes in @cert
 *
 * Return: true if trusting @cert means trusting the image.
 */
bool sb_signature_leads_to(const struct sb_signature *signature,
			   const u8 *cert, size_t size)
{
	X509 *anchor;
	bool good;

	if (signature->state != SB_SIGNED_GOOD)
		return false;
	anchor = read_x509(cert, size);
	good = anchor && leads_to(signature, anchor);
	X509_free(anchor);
	return good;
}

/* Signers first. Only certificates that the signature carries can be listed. */
static void list_certs(struct sb_signature *signature)
{
	PKCS7 *pkcs7 = signature->pkcs7;
	struct stack_st_X509 *signers = PKCS7_get0_signers(pkcs7, NULL, 0);
	struct stack_st_X509 *all = pkcs7->d.sign->cert;
	int nr_signers = signers ? sk_X509_num(signers) : 0;
	int nr_all = all ? sk_X509_num(all) : 0;
	int i, j;

	ERR_clear_error();
	signature->certs = calloc(CERTS_MAX, sizeof(*signature->certs));
	if (!signature->certs)
		err(SB_EXIT_ERROR, NULL);
	for (i = 0; i < nr_signers && signature->nr_certs < CERTS_MAX; i++)
		describe(sk_X509_value(signers, i),
			 &signature->certs[signature->nr_certs++]);
	signature->nr_signers = signature->nr_certs;
	for (i = 0; i < nr_all && signature->nr_certs < CERTS_MAX; i++) {
		X509 *x509 = sk_X509_value(all, i);
		bool is_signer = false;

		for (j = 0; j < nr_signers; j++)
			is_signer |= sk_X509_value(signers, j) == x509;
		if (!is_signer)
			describe(x509,
				 &signature->certs[signature->nr_certs++]);
	}
	sk_X509_free(signers);
}

/* Use the authority's own certificate if present, else the issuer names. */
static void find_ca(struct sb_signature *signature)
{
	size_t i;

	for (i = 0; i < signature->nr_certs; i++) {
		const struct sb_x509 *cert = &signature->certs[i];

		if (cert->ca && sb_signature_leads_to(signature, cert->der,
						      cert->size)) {
			signature->ca = cert->ca;
			signature->ca_proved = true;
			return;
		}
	}
	for (i = 0; i < signature->nr_certs && !signature->ca; i++)
		signature->ca = signature->certs[i].issued_by;
}

static enum sb_signed judge(const struct sb_signature *signature)
{
	const struct sb_digest *digest = &signature->digest;
	const u8 *content;
	long size;

	if (!digest->size)
		return SB_SIGNED_DIGEST;
	if (!signed_content(signature->pkcs7, &content, &size))
		return SB_SIGNED_DAMAGED;
	if (size < (long)digest->size ||
	    memcmp(content + size - digest->size, digest->bytes, digest->size))
		return SB_SIGNED_OTHER;
	return verify(signature->pkcs7, NULL, PKCS7_NOVERIFY) ?
	       SB_SIGNED_GOOD : SB_SIGNED_BAD;
}

/**
 * sb_signature_read() - parse a signature
 * @file: the bytes of the image
 * @pe: the result of sb_pe_parse()
 * @pkcs7: where the signature is in @file
 * @signature: filled; to be freed with sb_signature_free()
 */
void sb_signature_read(const u8 *file, const struct sb_pe *pe,
		       const struct sb_span *pkcs7,
		       struct sb_signature *signature)
{
	const u8 *bytes = file + pkcs7->from;
	const char *name = digest_name(bytes, pkcs7->length);

	*signature = (struct sb_signature){ .state = SB_SIGNED_DAMAGED };
	if (name)
		sb_pe_digest(file, pe, name, &signature->digest);
	if (pkcs7->length > INT_MAX)
		return;
	signature->pkcs7 = d2i_PKCS7(NULL, &bytes, pkcs7->length);
	ERR_clear_error();
	if (!signature->pkcs7 || !PKCS7_type_is_signed(signature->pkcs7) ||
	    !signature->pkcs7->d.sign) {
		PKCS7_free(signature->pkcs7);
		signature->pkcs7 = NULL;
		return;
	}
	signature->state = judge(signature);
	list_certs(signature);
	find_ca(signature);
}

/**
 * sb_signature_free() - free a signature
 * @signature: the signature
 */
void sb_signature_free(struct sb_signature *signature)
{
	while (signature->nr_certs)
		sb_x509_free(&signature->certs[--signature->nr_certs]);
	free(signature->certs);
	PKCS7_free(signature->pkcs7);
}

/**
 * sb_signed_name() - a word for the state of a signature
 * @state: the state
 *
 * Return: a word.
 */
const char *sb_signed_name(enum sb_signed state)
{
	switch (state) {
	case SB_SIGNED_GOOD:
		return "good";
	case SB_SIGNED_DAMAGED:
		return "damaged";
	case SB_SIGNED_DIGEST:
		return "unknown-digest";
	case SB_SIGNED_OTHER:
		return "other-image";
	case SB_SIGNED_BAD:
		return "bad";
	}
	return "";
}

/**
 * sb_signed_text() - a description of the state of a signature
 * @state: the state
 *
 * Return: the rest of a sentence that begins with "the signature".
 */
const char *sb_signed_text(enum sb_signed state)
{
	switch (state) {
	case SB_SIGNED_GOOD:
		return "is intact";
	case SB_SIGNED_DAMAGED:
		return "is damaged, or not one of an EFI program";
	case SB_SIGNED_DIGEST:
		return "uses a hash that firmware does not know";
	case SB_SIGNED_OTHER:
		return "does not fit: the image was changed after it was signed";
	case SB_SIGNED_BAD:
		return "was not made with the key of its certificate";
	}
	return "";
}
