/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * esl: EFI signature lists, the contents of db and dbx (UEFI 2.10, 32.4.1).
 *
 * Logic: bytes in, entries out.
 */
#ifndef SHADOWBAR_ESL_H
#define SHADOWBAR_ESL_H

#include <shadowbar/compat.h>

#define SB_GUID		16
#define SB_ESL_HEADER	28	/* of a list */

/**
 * enum sb_esl_kind - kind of an entry
 * @SB_ESL_X509: a certificate: matches what it signed, directly or through
 *		 another certificate
 * @SB_ESL_SHA256: the Authenticode hash of an image; so are the next two
 * @SB_ESL_SHA384: see @SB_ESL_SHA256
 * @SB_ESL_SHA512: see @SB_ESL_SHA256
 * @SB_ESL_X509_SHA256: the hash of the signed part of a certificate, and a
 *			time; so are the next two
 * @SB_ESL_X509_SHA384: see @SB_ESL_X509_SHA256
 * @SB_ESL_X509_SHA512: see @SB_ESL_X509_SHA256
 * @SB_ESL_OTHER: firmware ignores it when it judges an image
 *
 * Names are in sb_esl_kind_name().
 */
enum sb_esl_kind {
	SB_ESL_X509,
	SB_ESL_SHA256,
	SB_ESL_SHA384,
	SB_ESL_SHA512,
	SB_ESL_X509_SHA256,
	SB_ESL_X509_SHA384,
	SB_ESL_X509_SHA512,
	SB_ESL_OTHER,
};

/**
 * struct sb_esl_entry - an entry
 * @kind: its kind
 * @owner: the GUID of its owner
 * @data: a certificate, or a hash and what follows it
 * @size: bytes in @data
 * @nr: its number in the variable, from 1
 */
struct sb_esl_entry {
	enum sb_esl_kind kind;
	const u8 *owner;
	const u8 *data;
	u32 size;
	u32 nr;
};

/**
 * struct sb_esl_walk - a walk along the entries of a variable
 * @bytes: the lists, one after the other
 * @size: number of bytes
 * @at: where the next entry begins
 * @end: where the current list ends
 * @entry_size: size of an entry of this list, in bytes
 * @kind: kind of the entries of this list
 * @nr: number of entries so far
 * @damaged: the remaining bytes are not a list; firmware stops here, too
 */
struct sb_esl_walk {
	const u8 *bytes;
	u32 size;
	u32 at;
	u32 end;
	u32 entry_size;
	enum sb_esl_kind kind;
	u32 nr;
	bool damaged;
};

bool sb_esl_find(const u8 *file, u32 size, u32 *from);
void sb_esl_walk_start(struct sb_esl_walk *walk, const u8 *bytes, u32 size);
bool sb_esl_walk_step(struct sb_esl_walk *walk, struct sb_esl_entry *entry);
u32 sb_esl_hash_size(enum sb_esl_kind kind);
const char *sb_esl_kind_name(enum sb_esl_kind kind);
u32 sb_esl_sha256(u8 *list, const u8 *hashes, u32 nr);

/* Size of a list of nr SHA-256 hashes, in bytes */
#define SB_ESL_SHA256_SIZE(nr)	(SB_ESL_HEADER + (nr) * (SB_GUID + 32))

#endif /* SHADOWBAR_ESL_H */
