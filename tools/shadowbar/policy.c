// SPDX-License-Identifier: GPL-2.0-only
/*
 * policy: what firmware with Secure Boot allows and what it does not.
 *
 * The checks are in the order of EDK II, which scripts/firmware compares them
 * with: the first signature that leads to a revoked certificate decides, and a
 * hash counts for a signed image, too.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"

/* EFI_GLOBAL_VARIABLE, EFI_IMAGE_SECURITY_DATABASE_GUID */
#define GLOBAL		"8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define SECURITY	"d719b2cb-3d3a-4596-a3bc-dad00e67656f"
#define EFIVARFS	"firmware/efi/efivars"

static char *variable(const char *name, const char *guid)
{
	return sb_format("%s/" EFIVARFS "/%s-%s", sb_options.sysfs, name, guid);
}

/*
 * A file may be the value of the variable, the same as efivarfs shows it, or a
 * signed update of the variable.
 */
static enum sb_exit read_lists(const char *path, struct sb_lists *lists)
{
	int error = sb_file_read(path, &lists->file);
	u32 from;

	if (error) {
		warnx("%s: %s", path, strerror(-error));
		return SB_EXIT_ERROR;
	}
	if (!sb_esl_find(lists->file.data, lists->file.size, &from)) {
		warnx("%s: not a file of EFI signature lists, as db and dbx are; it may be a copy of the variable, an .esl or an .auth file",
		      path);
		free(lists->file.data);
		lists->file = (struct sb_bytes){ 0 };
		return SB_EXIT_ERROR;
	}
	lists->path = sb_format("%s", path);
	lists->from = from;
	return SB_EXIT_OK;
}

static enum sb_exit read_variable(const char *name, struct sb_lists *lists)
{
	char *path = variable(name, SECURITY);
	struct sb_bytes probe;
	enum sb_exit ret = SB_EXIT_OK;
	int error = sb_file_read(path, &probe);

	free(probe.data);
	if (error != -ENOENT)
		ret = read_lists(path, lists);
	free(path);
	return ret;
}

static enum sb_secure_boot secure_boot(void)
{
	char *path = variable("SecureBoot", GLOBAL);
	enum sb_secure_boot state = SB_SECURE_BOOT_UNKNOWN;
	struct sb_bytes value;

	if (!sb_file_read(path, &value) && value.size == 5)
		state = value.data[4] ? SB_SECURE_BOOT_ON :
					SB_SECURE_BOOT_OFF;
	free(value.data);
	free(path);
	return state;
}

/**
 * sb_lists_walk() - start at the first entry of db or dbx
 * @lists: db or dbx
 * @walk: set up; there are no entries if it was not read
 */
void sb_lists_walk(const struct sb_lists *lists, struct sb_esl_walk *walk)
{
	if (lists->path)
		sb_esl_walk_start(walk, lists->file.data + lists->from,
				  lists->file.size - lists->from);
	else
		sb_esl_walk_start(walk, NULL, 0);
}

static void find_authorities(struct sb_policy *policy)
{
	struct sb_esl_entry entry;
	struct sb_esl_walk walk;
	struct sb_x509 x509;

	sb_lists_walk(&policy->db, &walk);
	while (sb_esl_walk_step(&walk, &entry)) {
		if (entry.kind != SB_ESL_X509)
			continue;
		if (sb_x509_read(entry.data, entry.size, &x509))
			policy->trusts[x509.ca] = true;
		sb_x509_free(&x509);
	}
}

/**
 * sb_policy_read() - read what a machine trusts
 * @db: a file to use instead of this machine's db; NULL for its own
 * @dbx: a file to use instead of its dbx, or NULL; with either, both of the
 *	 machine's own are ignored
 * @policy: filled; to be freed with sb_policy_free(), also after an error
 *
 * Their absence is not an error.
 *
 * Return: SB_EXIT_OK, or another code after a message.
 */
enum sb_exit sb_policy_read(const char *db, const char *dbx,
			    struct sb_policy *policy)
{
	enum sb_exit ret = SB_EXIT_OK;

	*policy = (struct sb_policy){ .own = !db && !dbx };
	if (policy->own) {
		policy->secure_boot = secure_boot();
		ret = read_variable("db", &policy->db);
		if (!ret)
			ret = read_variable("dbx", &policy->dbx);
	}
	if (db)
		ret = read_lists(db, &policy->db);
	if (!ret && dbx)
		ret = read_lists(dbx, &policy->dbx);
	find_authorities(policy);
	return ret;
}

/**
 * sb_policy_free() - free what sb_policy_read() filled
 * @policy: the policy
 */
void sb_policy_free(struct sb_policy *policy)
{
	free(policy->db.path);
	free(policy->db.file.data);
	free(policy->dbx.path);
	free(policy->dbx.file.data);
}

/* Find an entry of a kind that begins with a digest. */
static bool has(const struct sb_lists *lists, enum sb_esl_kind kind,
		const struct sb_digest *digest, struct sb_esl_entry *entry)
{
	struct sb_esl_walk walk;

	sb_lists_walk(lists, &walk);
	while (sb_esl_walk_step(&walk, entry))
		if (entry->kind == kind && digest->size &&
		    entry->size >= digest->size &&
		    !memcmp(entry->data, digest->bytes, digest->size))
			return true;
	return false;
}

static bool has_image(const struct sb_lists *lists,
		      const struct sb_digest *digest,
		      struct sb_esl_entry *entry)
{
	enum sb_esl_kind kind;

	for (kind = SB_ESL_SHA256; kind <= SB_ESL_SHA512; kind++)
		if (sb_esl_hash_size(kind) == digest->size)
			return has(lists, kind, digest, entry);
	return false;
}

/* Find a certificate by the hash of its signed part. */
static bool has_cert(const struct sb_lists *lists, const u8 *cert, size_t size,
		     struct sb_esl_entry *entry)
{
	static const char * const name[] = { "sha256", "sha384", "sha512" };
	struct sb_digest digest;
	int i;

	for (i = 0; i < 3; i++)
		if (sb_x509_tbs_digest(cert, size, name[i], &digest) &&
		    has(lists, SB_ESL_X509_SHA256 + i, &digest, entry))
			return true;
	return false;
}

static bool leads_to(const struct sb_lists *lists,
		     const struct sb_signature *signature,
		     struct sb_esl_entry *entry)
{
	struct sb_esl_walk walk;

	sb_lists_walk(lists, &walk);
	while (sb_esl_walk_step(&walk, entry))
		if (entry->kind == SB_ESL_X509 &&
		    sb_signature_leads_to(signature, entry->data, entry->size))
			return true;
	return false;
}

static bool is_revoked(const struct sb_policy *policy,
		       const struct sb_signature *signature,
		       struct sb_esl_entry *entry)
{
	size_t i;

	if (leads_to(&policy->dbx, signature, entry))
		return true;
	for (i = 0; i < signature->nr_signers; i++)
		if (has_cert(&policy->dbx, signature->certs[i].der,
			     signature->certs[i].size, entry))
			return true;
	return false;
}

/* The first certificate that it leads to decides, even if it is revoked. */
static bool is_allowed(const struct sb_policy *policy,
		       const struct sb_signature *signature,
		       struct sb_esl_entry *entry)
{
	struct sb_esl_entry revoked;

	return leads_to(&policy->db, signature, entry) &&
	       !has_cert(&policy->dbx, entry->data, entry->size, &revoked);
}

/*
 * Support for longer hashes of an unsigned image varies: EDK II checks them
 * since 2023. So they may count against an image, but not for it.
 */
static void judge_unsigned(const struct sb_policy *policy,
			   const struct sb_efi_image *image,
			   struct sb_verdict *verdict)
{
	static const char * const name[] = { "sha256", "sha384", "sha512" };
	struct sb_digest digest;
	int i;

	verdict->has_entry = true;
	for (i = 0; i < 3; i++) {
		sb_pe_digest(image->pe.data, &image->layout, name[i], &digest);
		if (has_image(&policy->dbx, &digest, &verdict->entry)) {
			verdict->kind = SB_VERDICT_REVOKED;
			return;
		}
	}
	if (has_image(&policy->db, &image->sha256, &verdict->entry)) {
		verdict->kind = SB_VERDICT_ALLOWED;
	} else {
		verdict->kind = SB_VERDICT_UNSIGNED;
		verdict->has_entry = false;
	}
}

/* Return: true if no other signature can change the verdict. */
static bool judge_signature(const struct sb_policy *policy,
			    const struct sb_signature *signature,
			    struct sb_verdict *verdict)
{
	struct sb_esl_entry entry;

	if (!signature->digest.size)
		return false;
	if (is_revoked(policy, signature, &entry) ||
	    has_image(&policy->dbx, &signature->digest, &entry)) {
		*verdict = (struct sb_verdict){
			SB_VERDICT_REVOKED, true, entry
		};
		return true;
	}
	/* If signers cannot be read, they cannot be looked up in dbx. */
	if (!signature->nr_signers &&
	    policy->dbx.file.size > policy->dbx.from) {
		verdict->kind = SB_VERDICT_DAMAGED;
		verdict->has_entry = false;
		return true;
	}
	if (verdict->kind != SB_VERDICT_ALLOWED &&
	    (is_allowed(policy, signature, &entry) ||
	     has_image(&policy->db, &signature->digest, &entry)))
		*verdict = (struct sb_verdict){
			SB_VERDICT_ALLOWED, true, entry
		};
	return false;
}

/* An image that differs from the signed one is damaged, not unknown. */
static bool is_sound(const struct sb_efi_image *image)
{
	size_t i;

	for (i = 0; i < image->nr_signatures; i++)
		if (image->signatures[i].state == SB_SIGNED_GOOD)
			return true;
	return false;
}

/**
 * sb_policy_judge() - what firmware with Secure Boot does with an image
 * @policy: what the machine trusts
 * @image: the image
 * @verdict: filled
 */
void sb_policy_judge(const struct sb_policy *policy,
		     const struct sb_efi_image *image,
		     struct sb_verdict *verdict)
{
	size_t i;

	*verdict = (struct sb_verdict){ .kind = SB_VERDICT_NOT_KNOWN };
	if (image->error) {
		verdict->kind = SB_VERDICT_DAMAGED;
		return;
	}
	if (!policy->db.path && !policy->dbx.path) {
		verdict->kind = SB_VERDICT_NO_DB;
		return;
	}
	if (!image->layout.certificates.length) {
		judge_unsigned(policy, image, verdict);
		return;
	}

	for (i = 0; i < image->nr_signatures; i++)
		if (judge_signature(policy, &image->signatures[i], verdict))
			break;
	if (verdict->kind == SB_VERDICT_REVOKED)
		return;
	if (image->table_damaged ||
	    (verdict->kind == SB_VERDICT_NOT_KNOWN && !is_sound(image))) {
		verdict->kind = SB_VERDICT_DAMAGED;
		verdict->has_entry = false;
	}
}

/**
 * sb_verdict_name() - the name of a verdict
 * @kind: the kind
 *
 * Return: a word.
 */
const char *sb_verdict_name(enum sb_verdict_kind kind)
{
	switch (kind) {
	case SB_VERDICT_ALLOWED:
		return "allowed";
	case SB_VERDICT_REVOKED:
		return "revoked";
	case SB_VERDICT_NOT_KNOWN:
		return "not-known";
	case SB_VERDICT_UNSIGNED:
		return "unsigned";
	case SB_VERDICT_DAMAGED:
		return "damaged";
	case SB_VERDICT_NO_DB:
		return "no-db";
	}
	return "";
}
