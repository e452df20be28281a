/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * policy: what firmware with Secure Boot allows and what it does not.
 */
#ifndef SHADOWBAR_POLICY_H
#define SHADOWBAR_POLICY_H

#include "efi_image.h"
#include "esl.h"

/**
 * enum sb_secure_boot - the state of Secure Boot, according to firmware
 * @SB_SECURE_BOOT_UNKNOWN: not known: not UEFI, or another machine
 * @SB_SECURE_BOOT_OFF: firmware runs everything
 * @SB_SECURE_BOOT_ON: firmware checks db and dbx
 */
enum sb_secure_boot {
	SB_SECURE_BOOT_UNKNOWN,
	SB_SECURE_BOOT_OFF,
	SB_SECURE_BOOT_ON,
};

/**
 * struct sb_lists - db or dbx
 * @path: the file it was read from; NULL if there is none
 * @file: its bytes
 * @from: where the signature lists begin
 */
struct sb_lists {
	char *path;
	struct sb_bytes file;
	size_t from;
};

/**
 * struct sb_policy - what a machine trusts
 * @secure_boot: whether it checks that
 * @db: what it allows
 * @dbx: what it revoked
 * @trusts: the Microsoft certificate authorities that are in @db
 * @own: it is this machine's
 */
struct sb_policy {
	enum sb_secure_boot secure_boot;
	struct sb_lists db;
	struct sb_lists dbx;
	bool trusts[SB_CAS];
	bool own;
};

/**
 * enum sb_verdict_kind - what firmware with Secure Boot does with an image
 * @SB_VERDICT_ALLOWED: it runs it because of an entry in db
 * @SB_VERDICT_REVOKED: it refuses it because of an entry in dbx
 * @SB_VERDICT_NOT_KNOWN: it refuses it: no signer is in db
 * @SB_VERDICT_UNSIGNED: it refuses it: it is not signed, and its hash is not in
 *			 db
 * @SB_VERDICT_DAMAGED: it refuses it: the image, a signature or the certificate
 *			table is damaged
 * @SB_VERDICT_NO_DB: unknown: there is no db to check
 *
 * Names are in sb_verdict_name().
 */
enum sb_verdict_kind {
	SB_VERDICT_ALLOWED,
	SB_VERDICT_REVOKED,
	SB_VERDICT_NOT_KNOWN,
	SB_VERDICT_UNSIGNED,
	SB_VERDICT_DAMAGED,
	SB_VERDICT_NO_DB,
};

/**
 * struct sb_verdict - what firmware does with an image, and why
 * @kind: what it does
 * @has_entry: there is an @entry that decides
 * @entry: an entry of db if it is allowed, otherwise of dbx
 */
struct sb_verdict {
	enum sb_verdict_kind kind;
	bool has_entry;
	struct sb_esl_entry entry;
};

enum sb_exit sb_policy_read(const char *db, const char *dbx,
			    struct sb_policy *policy);
void sb_policy_free(struct sb_policy *policy);
void sb_lists_walk(const struct sb_lists *lists, struct sb_esl_walk *walk);

void sb_policy_judge(const struct sb_policy *policy,
		     const struct sb_efi_image *image,
		     struct sb_verdict *verdict);
const char *sb_verdict_name(enum sb_verdict_kind kind);

#endif /* SHADOWBAR_POLICY_H */
