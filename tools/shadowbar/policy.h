/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * policy: what firmware with Secure Boot allows and what it does not.
 */
#ifndef SHADOWBAR_POLICY_H
#define SHADOWBAR_POLICY_H

#include "efi_image.h"
#include "esl.h"

/**
 * enum sb_secure_boot - what firmware says of Secure Boot
 * @SB_SECURE_BOOT_UNKNOWN: nothing: not UEFI, or not this machine is asked about
 * @SB_SECURE_BOOT_OFF: firmware runs everything
 * @SB_SECURE_BOOT_ON: firmware looks at db and dbx
 */
enum sb_secure_boot {
	SB_SECURE_BOOT_UNKNOWN,
	SB_SECURE_BOOT_OFF,
	SB_SECURE_BOOT_ON,
};

/**
 * struct sb_lists - db or dbx
 * @path: the file it was read from; NULL if there is none
 * @file: the bytes of that
 * @from: where the signature lists begin in it
 */
struct sb_lists {
	char *path;
	struct sb_bytes file;
	size_t from;
};

/**
 * struct sb_policy - what a machine trusts
 * @secure_boot: whether it looks at that
 * @db: what it allows
 * @dbx: what it revoked
 * @trusts: which of Microsoft's certificate authorities are in @db
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
 * @SB_VERDICT_ALLOWED: it runs it, for an entry of db
 * @SB_VERDICT_REVOKED: it refuses it, for an entry of dbx
 * @SB_VERDICT_NOT_KNOWN: it refuses it: it is signed, by nobody in db
 * @SB_VERDICT_UNSIGNED: it refuses it: it is not signed, and its hash is not in
 *			 db
 * @SB_VERDICT_DAMAGED: it refuses it: it, a signature or the certificate table
 *			is damaged
 * @SB_VERDICT_NO_DB: nobody can say: there is no db to look at
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
 * @has_entry: @entry is what it does so for
 * @entry: an entry of db if it is allowed, else of dbx
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
