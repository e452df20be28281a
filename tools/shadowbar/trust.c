// SPDX-License-Identifier: GPL-2.0-only
/*
 * trust: who signed what firmware runs from a ROM, and whether firmware with
 * Secure Boot runs it.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <shadowbar/rom_file.h>

#include "images.h"
#include "policy.h"
#include "record.h"
#include "take.h"

enum emit { EMIT_NOTHING, EMIT_HASH, EMIT_ESL };

/* The request, and the results so far. */
struct trust {
	struct sb_policy policy;
	enum emit emit;
	u8 *hashes;
	u32 nr_hashes;
	struct json_object *json;
	size_t images;
	bool refused;
	bool failed;
};

static void set_text(struct json_object *json, const char *key,
		     const char *text)
{
	json_object_object_add(json, key, sb_json_text(text));
}

static void set_number(struct json_object *json, const char *key,
		       unsigned long long value)
{
	json_object_object_add(json, key, json_object_new_int64(value));
}

static void set_bool(struct json_object *json, const char *key, bool value)
{
	json_object_object_add(json, key, json_object_new_boolean(value));
}

static char *hex(const u8 *bytes, size_t size)
{
	char *text = calloc(1, 2 * size + 1);
	size_t i;

	if (!text)
		err(SB_EXIT_ERROR, NULL);
	for (i = 0; i < size; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
	return text;
}

static void set_hex(struct json_object *json, const char *key, const u8 *bytes,
		    size_t size)
{
	char *text = hex(bytes, size);

	set_text(json, key, text);
	free(text);
}

static char *guid_text(const u8 *guid)
{
	return sb_format("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
			 guid[3], guid[2], guid[1], guid[0], guid[5], guid[4],
			 guid[7], guid[6], guid[8], guid[9], guid[10], guid[11],
			 guid[12], guid[13], guid[14], guid[15]);
}

/* Get the common name of a subject or an issuer, which people recognise. */
static char *short_name(const char *name)
{
	const char *cn = strstr(name, "CN = ");

	if (!cn)
		return sb_format("%s", name);
	cn += strlen("CN = ");
	return sb_format("%.*s", (int)strcspn(cn, ","), cn);
}

/* Describe an entry of db or dbx, such as the certificate "Example CA". */
static char *entry_text(const struct sb_esl_entry *entry)
{
	u32 size = sb_esl_hash_size(entry->kind);
	struct sb_x509 x509;
	char *name, *text;

	if (entry->kind == SB_ESL_X509 &&
	    sb_x509_read(entry->data, entry->size, &x509)) {
		name = short_name(x509.subject);
		text = sb_format("the certificate \"%s\"", name);
		free(name);
		sb_x509_free(&x509);
		return text;
	}
	name = hex(entry->data, size < entry->size ? size : entry->size);
	text = sb_format("the hash of %s, %.16s...",
			 entry->kind <= SB_ESL_SHA512 ? "this image" :
			 "a certificate that it is signed with", name);
	free(name);
	return text;
}

/* Say what firmware with Secure Boot does, as a sentence. */
static char *verdict_text(const struct trust *trust,
			  const struct sb_efi_image *image,
			  const struct sb_verdict *verdict)
{
	static const char behind[] =
		" Bytes behind the signature are enough for that.";
	const char *whose = trust->policy.own ? "this machine's " : "that ";
	char *entry, *text;
	size_t i;

	if (verdict->has_entry) {
		entry = entry_text(&verdict->entry);
		text = verdict->kind == SB_VERDICT_ALLOWED ?
			sb_format("allowed: %sdb has %s (entry %u).", whose,
				  entry, verdict->entry.nr) :
			sb_format("revoked: %sdbx has %s (entry %u). Firmware with Secure Boot refuses it; look for a newer ROM from the vendor.",
				  whose, entry, verdict->entry.nr);
		free(entry);
		return text;
	}
	switch (verdict->kind) {
	case SB_VERDICT_NOT_KNOWN:
		return sb_format("not known: it is signed, but %sdb has none of its certificates. Firmware with Secure Boot refuses it.",
				 whose);
	case SB_VERDICT_UNSIGNED:
		return sb_format("unsigned, and its hash is not in %sdb. Firmware with Secure Boot refuses it.",
				 whose);
	case SB_VERDICT_NO_DB:
		return sb_format("%s, and there is no db to look into: this machine was not started by UEFI, or shows no variables in /sys/firmware/efi/efivars. Give db and dbx of the one that matters with --db and --dbx.",
				 image->nr_signatures ? "signed" : "unsigned");
	default:
		break;
	}
	if (image->error)
		return sb_format("damaged: it %s.", image->error);
	if (image->table_damaged)
		return sb_format("damaged: its certificate table does not end where it has to. Firmware with Secure Boot refuses it.");
	for (i = 0; i < image->nr_signatures; i++)
		if (image->signatures[i].state != SB_SIGNED_GOOD)
			return sb_format("damaged: the signature %s.%s",
					 sb_signed_text(image->signatures[i].state),
					 image->layout.behind ? behind : "");
	return sb_format("damaged: there is no signature in its certificate table.");
}

/* Which of Microsoft's authorities do the good signatures lead to? */
static void authorities(const struct sb_efi_image *image, bool by[SB_CAS])
{
	size_t i;

	memset(by, 0, SB_CAS * sizeof(*by));
	for (i = 0; i < image->nr_signatures; i++)
		if (image->signatures[i].state == SB_SIGNED_GOOD)
			by[image->signatures[i].ca] = true;
}

/* Say where else it runs: NULL if no authority of Microsoft is involved. */
static char *authority_text(const struct trust *trust,
			    const struct sb_efi_image *image)
{
	const bool *trusts = trust->policy.trusts;
	bool known = trust->policy.db.path;
	const char *here = trust->policy.own ? "this machine" : "that machine";
	bool by[SB_CAS], old_here, new_here;

	authorities(image, by);
	by[SB_CA_UEFI_2023] |= by[SB_CA_OPTION_ROM_2023];
	old_here = trusts[SB_CA_UEFI_2011];
	new_here = trusts[SB_CA_UEFI_2023] || trusts[SB_CA_OPTION_ROM_2023];
	if (!by[SB_CA_UEFI_2011] && !by[SB_CA_UEFI_2023])
		return NULL;
	if (by[SB_CA_UEFI_2011] && by[SB_CA_UEFI_2023])
		return sb_format("Signed by Microsoft's CAs of 2011 and 2023: it runs on machines that have either.");
	if (by[SB_CA_UEFI_2011])
		return sb_format("Signed by Microsoft's CA of 2011 only%s%s%s. On a machine that has only that of 2023 it will not run.",
				 known ? "; " : "", known ? here : "",
				 !known ? "" : old_here && new_here ?
				 " has both" : old_here ?
				 " has no other" : " does not have it");
	return sb_format("Signed by Microsoft's CA of 2023 only%s%s%s. On a machine that has only that of 2011 it will not run.",
			 known ? "; " : "", known ? here : "",
			 !known ? "" : old_here && new_here ? " has both" :
			 new_here ? " has no other" :
			 " does not have it: look for an update of its firmware or of db");
}

static struct json_object *cert_json(const struct sb_x509 *cert)
{
	struct json_object *json = json_object_new_object();

	set_text(json, "subject", cert->subject);
	set_text(json, "issuer", cert->issuer);
	set_text(json, "not_before", cert->not_before);
	set_text(json, "not_after", cert->not_after);
	set_text(json, "serial", cert->serial);
	set_hex(json, "sha256", cert->sha256.bytes, cert->sha256.size);
	return json;
}

static struct json_object *signature_json(const struct sb_signature *signature)
{
	struct json_object *json = json_object_new_object();
	struct json_object *certs = json_object_new_array();
	size_t i;

	set_text(json, "state", sb_signed_name(signature->state));
	set_text(json, "digest", signature->digest.name);
	set_text(json, "authority", signature->ca ?
		 sb_ca_name(signature->ca) : NULL);
	set_bool(json, "authority_proved", signature->ca_proved);
	for (i = 0; i < signature->nr_certs; i++) {
		struct json_object *cert = cert_json(&signature->certs[i]);

		set_bool(cert, "signer", i < signature->nr_signers);
		json_object_array_add(certs, cert);
	}
	json_object_object_add(json, "certificates", certs);
	return json;
}

static struct json_object *entry_json(const struct sb_verdict *verdict)
{
	struct json_object *json;
	char *text;

	if (!verdict->has_entry)
		return NULL;
	json = json_object_new_object();
	set_text(json, "list", verdict->kind == SB_VERDICT_ALLOWED ?
		 "db" : "dbx");
	set_number(json, "entry", verdict->entry.nr);
	set_text(json, "type", sb_esl_kind_name(verdict->entry.kind));
	text = guid_text(verdict->entry.owner);
	set_text(json, "owner", text);
	free(text);
	text = entry_text(&verdict->entry);
	set_text(json, "words", text);
	free(text);
	return json;
}

static struct json_object *image_json(const struct sb_efi_image *image,
				      const struct sb_verdict *verdict,
				      const char *words)
{
	struct json_object *json = json_object_new_object();
	struct json_object *signatures = json_object_new_array();
	char machine[5];
	size_t i;

	snprintf(machine, sizeof(machine), "%04x", image->machine);
	set_number(json, "image", image->nr);
	set_number(json, "offset", image->offset);
	set_number(json, "length", image->length);
	set_text(json, "machine", machine);
	set_text(json, "machine_name", sb_efi_machine_name(image->machine));
	set_number(json, "subsystem", image->subsystem);
	set_bool(json, "compressed", image->compressed);
	set_number(json, "size", image->pe.size);
	set_hex(json, "sha256", image->sha256.bytes, image->sha256.size);
	set_text(json, "verdict", sb_verdict_name(verdict->kind));
	set_text(json, "words", words);
	json_object_object_add(json, "by", entry_json(verdict));
	for (i = 0; i < image->nr_signatures; i++)
		json_object_array_add(signatures,
				      signature_json(&image->signatures[i]));
	json_object_object_add(json, "signatures", signatures);
	set_bool(json, "table_damaged", image->table_damaged);
	set_number(json, "behind", image->layout.behind);
	set_text(json, "sbat", image->sbat);
	return json;
}

static bool is_over(const char *when)
{
	char now[32];
	time_t t = time(NULL);

	strftime(now, sizeof(now), "%Y-%m-%dT%H:%M:%SZ", gmtime(&t));
	return strcmp(when, now) < 0;
}

static void print_signature(const struct sb_signature *signature)
{
	const struct sb_x509 *signer = signature->certs;
	char *subject, *issuer;

	if (!signature->nr_signers) {
		sb_bullet("A signature without a signer: it %s.",
			  sb_signed_text(signature->state));
		return;
	}
	subject = short_name(signer->subject);
	issuer = short_name(signer->issuer);
	sb_bullet("Signed (%s) by \"%s\", whose certificate \"%s\" issued, valid from %.10s to %.10s%s. The signature %s.",
		  signature->digest.name ? signature->digest.name : "?",
		  subject, issuer, signer->not_before, signer->not_after,
		  is_over(signer->not_after) ?
		  ", which is past; firmware does not check this" : "",
		  sb_signed_text(signature->state));
	if (signature->ca && !signature->ca_proved)
		sb_bullet("It names an authority of Microsoft as its issuer. The authority's own certificate, which would prove that, does not come with it.");
	free(subject);
	free(issuer);
}

static void print_sbat(const char *sbat)
{
	while (*sbat) {
		size_t length = strcspn(sbat, "\n");

		if (length)
			sb_bullet("SBAT: %.*s", (int)length, sbat);
		sbat += length;
		sbat += strspn(sbat, "\n");
	}
}

/* Is it for a different kind of machine than this one? */
static bool is_foreign(const struct trust *trust,
		       const struct sb_efi_image *image)
{
	static const struct {
		const char *name;
		u16 machine;
	} own[] = {
		{ "x86_64", 0x8664 }, { "aarch64", 0xaa64 },
		{ "riscv64", 0x5064 }, { "loongarch64", 0x6264 },
	};
	struct utsname name;
	size_t i;

	for (i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (trust->policy.own && !uname(&name) &&
		    !strcmp(name.machine, own[i].name))
			return image->machine != own[i].machine;
	return false;
}

static void print_image(const struct trust *trust,
			const struct sb_efi_image *image, const char *words)
{
	char *hash = hex(image->sha256.bytes, image->sha256.size);
	const char *compressed = image->compressed ? ", compressed" : "";
	char *authority;
	size_t i;

	if (image->nr)
		sb_paragraph("Image %u at %#x, %s %s%s: %s", image->nr,
			     image->offset, sb_efi_machine_name(image->machine),
			     sb_efi_subsystem_name(image->subsystem),
			     compressed, words);
	else
		sb_paragraph("EFI program, %s %s: %s",
			     sb_efi_machine_name(image->machine),
			     sb_efi_subsystem_name(image->subsystem), words);
	if (is_foreign(trust, image))
		sb_bullet("It is for another kind of machine: the firmware of this one does not load it.");
	authority = authority_text(trust, image);
	if (authority)
		sb_bullet("%s", authority);
	free(authority);
	for (i = 0; i < image->nr_signatures; i++)
		print_signature(&image->signatures[i]);
	if (image->layout.behind)
		sb_bullet("%u bytes are behind its signatures, and firmware hashes as many bytes too many.",
			  image->layout.behind);
	if (image->sha256.size)
		sb_bullet("SHA-256 (Authenticode): %s", hash);
	if (image->sbat)
		print_sbat(image->sbat);
	free(hash);
}

/* Collect each hash once: two functions may have the same ROM. */
static void collect(struct trust *trust, const u8 *hash)
{
	u32 i;

	for (i = 0; i < trust->nr_hashes; i++)
		if (!memcmp(trust->hashes + 32 * i, hash, 32))
			return;
	trust->hashes = reallocarray(trust->hashes, trust->nr_hashes + 1, 32);
	if (!trust->hashes)
		err(SB_EXIT_ERROR, NULL);
	memcpy(trust->hashes + 32 * trust->nr_hashes++, hash, 32);
}

static void emit(struct trust *trust, const char *name,
		 const struct sb_efi_image *image,
		 const struct sb_verdict *verdict)
{
	char *text;

	if (image->sha256.size != 32 ||
	    verdict->kind == SB_VERDICT_REVOKED) {
		warnx("%s: image %u is left out: %s", name, image->nr,
		      image->sha256.size ? "it is revoked" :
		      "it has no hash");
		trust->refused = true;
		return;
	}
	collect(trust, image->sha256.bytes);
	if (trust->emit != EMIT_HASH)
		return;
	text = hex(image->sha256.bytes, image->sha256.size);
	printf("%s  %s#%u\n", text, name, image->nr);
	free(text);
}

/* Return: the images of a ROM, for JSON. */
static struct json_object *judge_rom(struct trust *trust, const char *name,
				     const char *title,
				     const struct sb_bytes *rom, u32 at)
{
	struct json_object *array = json_object_new_array();
	struct sb_efi_images images;
	size_t i;

	sb_efi_images_read(rom->data + at, rom->size - at, &images);
	if (!trust->emit)
		sb_topic("%s", title);
	if (!images.nr && !trust->emit)
		sb_paragraph("There is no EFI image in it, and so nothing that Secure Boot looks at: %s",
			     images.others ?
			     "a PC's BIOS runs its images without asking who made them." :
			     "it is not a ROM.");
	for (i = 0; i < images.nr; i++) {
		const struct sb_efi_image *image = &images.list[i];
		struct sb_verdict verdict;
		char *words;

		sb_policy_judge(&trust->policy, image, &verdict);
		trust->images++;
		if (trust->emit) {
			emit(trust, name, image, &verdict);
			continue;
		}
		trust->refused |= verdict.kind != SB_VERDICT_ALLOWED;
		words = verdict_text(trust, image, &verdict);
		print_image(trust, image, words);
		json_object_array_add(array,
				      image_json(image, &verdict, words));
		free(words);
	}
	sb_efi_images_free(&images);
	return array;
}

static void judge_file(struct trust *trust, const char *path)
{
	struct json_object *images, *record;
	struct sb_bytes bytes;
	int error;

	error = sb_file_read(path, &bytes);
	if (error) {
		warnx("%s: %s", path, strerror(-error));
		trust->failed = true;
		return;
	}
	images = judge_rom(trust, path, path, &bytes,
			   sb_rom_header(bytes.data, bytes.size));
	record = sb_record_file(path, &bytes, NULL, NULL);
	json_object_object_add(record, "trust", images);
	json_object_array_add(json_object_object_get(trust->json, "files"),
			      record);
	free(bytes.data);
}

static void judge_function(struct trust *trust,
			   const struct sb_function *function)
{
	struct json_object *record = sb_record(function, NULL);
	struct json_object *images = NULL;
	const struct sb_source *source;
	struct sb_bytes bytes;
	char *title;

	if (sb_take(function, NULL, true, &source, &bytes)) {
		trust->failed = true;
	} else {
		title = sb_format("%s %s", function->address, function->name);
		images = judge_rom(trust, function->address, title, &bytes, 0);
		free(title);
	}
	json_object_object_add(record, "trust", images);
	json_object_array_add(json_object_object_get(trust->json, "functions"),
			      record);
	free(bytes.data);
}

static enum sb_exit judge_address(struct trust *trust, const char *words)
{
	struct sb_functions one;
	enum sb_exit ret = sb_functions_load_one(words, &one);

	if (!ret)
		ret = sb_function_known(&one.list[0]);
	if (!ret)
		judge_function(trust, &one.list[0]);
	sb_functions_free(&one);
	return ret;
}

/* Judge all functions that have a ROM. */
static enum sb_exit judge_all(struct trust *trust)
{
	struct sb_functions all;
	enum sb_exit ret = sb_functions_load(NULL, &all);
	bool known = false;
	size_t i;

	for (i = 0; !ret && i < all.nr; i++) {
		known |= all.list[i].known;
		if (all.list[i].nr_sources)
			judge_function(trust, &all.list[i]);
	}
	if (!ret && !known) {
		warnx("the module is not loaded: modprobe shadowbar");
		ret = SB_EXIT_UNKNOWN;
	}
	sb_functions_free(&all);
	return ret;
}

static struct json_object *lists_json(const struct sb_lists *lists)
{
	struct json_object *json, *certs;
	struct sb_esl_entry entry;
	struct sb_esl_walk walk;
	struct sb_x509 x509;

	if (!lists->path)
		return NULL;
	json = json_object_new_object();
	certs = json_object_new_array();
	sb_lists_walk(lists, &walk);
	while (sb_esl_walk_step(&walk, &entry)) {
		if (entry.kind != SB_ESL_X509 ||
		    !sb_x509_read(entry.data, entry.size, &x509))
			continue;
		json_object_array_add(certs, cert_json(&x509));
		sb_x509_free(&x509);
	}
	set_text(json, "path", lists->path);
	set_number(json, "entries", walk.nr);
	json_object_object_add(json, "certificates", certs);
	return json;
}

static void print_policy(const struct trust *trust)
{
	const struct sb_policy *policy = &trust->policy;

	sb_topic("Secure Boot");
	if (policy->secure_boot == SB_SECURE_BOOT_OFF)
		sb_paragraph("Secure Boot is off on this machine: its firmware runs all of these, whoever signed them.");
	if (policy->secure_boot == SB_SECURE_BOOT_ON)
		sb_paragraph("Secure Boot is on. Some firmware still runs option ROMs without looking at them; its setup may have an option for that.");
	sb_paragraph("In a guest nothing checks them: OVMF runs the option ROMs of assigned devices without verifying them, with Secure Boot too. For a guest, this is the only check there is.");
}

static struct json_object *policy_json(const struct sb_policy *policy)
{
	struct json_object *json = json_object_new_object();

	json_object_object_add(json, "enabled",
			       policy->secure_boot == SB_SECURE_BOOT_UNKNOWN ?
			       NULL :
			       json_object_new_boolean(policy->secure_boot ==
						       SB_SECURE_BOOT_ON));
	json_object_object_add(json, "db", lists_json(&policy->db));
	json_object_object_add(json, "dbx", lists_json(&policy->dbx));
	return json;
}

static void write_esl(const struct trust *trust)
{
	u8 *list = malloc(SB_ESL_SHA256_SIZE(trust->nr_hashes));
	u32 size;

	if (!list)
		err(SB_EXIT_ERROR, NULL);
	size = sb_esl_sha256(list, trust->hashes, trust->nr_hashes);
	if (trust->nr_hashes)
		fwrite(list, 1, size, stdout);
	free(list);
}

static void move(struct json_object *from, struct json_object *to,
		 const char *key)
{
	json_object_object_add(to, key,
			       json_object_get(json_object_object_get(from,
								      key)));
}

static void finish(struct trust *trust)
{
	struct json_object *json;

	if (trust->emit == EMIT_ESL)
		write_esl(trust);
	if (trust->emit)
		return;
	if (trust->images)
		print_policy(trust);
	if (!sb_options.json)
		return;
	/* This includes the text printed so far, which is complete now. */
	json = sb_json_start("trust");
	move(trust->json, json, "functions");
	move(trust->json, json, "files");
	json_object_object_add(json, "secure_boot",
			       policy_json(&trust->policy));
	sb_json_print(json);
}

/* Anything that cannot be an address is a file, which may not exist. */
static bool is_address(const char *word)
{
	return access(word, F_OK) && strcmp(word, "-") &&
	       !word[strspn(word, "0123456789abcdefABCDEF:.*")];
}

static enum sb_exit trust_words(struct trust *trust, int argc, char **argv)
{
	enum sb_exit ret = SB_EXIT_OK, one;
	int i;

	if (!argc)
		ret = judge_all(trust);
	for (i = 0; i < argc; i++) {
		one = SB_EXIT_OK;
		if (is_address(argv[i]))
			one = judge_address(trust, argv[i]);
		else
			judge_file(trust, argv[i]);
		if (!ret)
			ret = one;
	}
	if (ret && !trust->images)
		return ret;
	finish(trust);
	if (ret || trust->failed)
		return ret ? ret : SB_EXIT_ERROR;
	if (!trust->images)
		return SB_EXIT_NO_ROM;
	return trust->refused ? SB_EXIT_FOUND : SB_EXIT_OK;
}

static bool read_emit(const char *word, enum emit *emit)
{
	if (!strcmp(word, "hash"))
		*emit = EMIT_HASH;
	else if (!strcmp(word, "esl"))
		*emit = EMIT_ESL;
	else
		warnx("%s: it is hash or esl", word);
	return *emit != EMIT_NOTHING;
}

/**
 * sb_trust() - the command "trust"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: the exit code.
 */
enum sb_exit sb_trust(int argc, char **argv)
{
	static const struct option options[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "dbx", required_argument, NULL, 'x' },
		{ "emit", required_argument, NULL, 'e' },
		SB_OPTIONS
	};
	const char *db = NULL, *dbx = NULL;
	struct trust trust = { 0 };
	enum sb_exit ret;
	int option;

	while ((option = sb_option(argc, argv, "d:x:e:" SB_LETTERS,
				   options)) != -1) {
		switch (option) {
		case 'd':
			db = optarg;
			break;
		case 'x':
			dbx = optarg;
			break;
		case 'e':
			if (!read_emit(optarg, &trust.emit))
				return SB_EXIT_USAGE;
			break;
		default:
			return sb_usage("trust", option);
		}
	}
	if (trust.emit && sb_options.json)
		return sb_usage("trust", '?');
	if (trust.emit == EMIT_ESL && !sb_prints_bytes("-"))
		return SB_EXIT_USAGE;

	ret = sb_policy_read(db, dbx, &trust.policy);
	if (!ret) {
		trust.json = json_object_new_object();
		json_object_object_add(trust.json, "functions",
				       json_object_new_array());
		json_object_object_add(trust.json, "files",
				       json_object_new_array());
		ret = trust_words(&trust, argc - optind, argv + optind);
		json_object_put(trust.json);
	}
	sb_policy_free(&trust.policy);
	free(trust.hashes);
	return ret;
}
