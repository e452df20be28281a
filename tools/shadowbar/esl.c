// SPDX-License-Identifier: GPL-2.0-only
/*
 * esl: EFI signature lists, the contents of db and dbx (UEFI 2.10, 32.4.1).
 *
 * A list is a type GUID, three sizes, a header (empty in all known types) and
 * entries of equal size, each preceded by its owner's GUID.
 */
#include <shadowbar/bytes.h>

#include "esl.h"

#define SHA256		32
#define ATTRIBUTES	4
#define AUTH_TIME	16
#define AUTH_HEADER	8
#define AUTH_TYPE	0x0ef1	/* WIN_CERT_TYPE_EFI_GUID */

static const struct kind {
	u8 guid[SB_GUID];
	const char *name;
	u32 hash;	/* bytes in it */
} kinds[] = {
	[SB_ESL_X509] = {
		{ 0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a,
		  0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72 },
		"x509", 0,
	},
	[SB_ESL_SHA256] = {
		{ 0x26, 0x16, 0xc4, 0xc1, 0x4c, 0x50, 0x92, 0x40,
		  0xac, 0xa9, 0x41, 0xf9, 0x36, 0x93, 0x43, 0x28 },
		"sha256", 32,
	},
	[SB_ESL_SHA384] = {
		{ 0x07, 0x53, 0x3e, 0xff, 0xd0, 0x9f, 0xc9, 0x48,
		  0x85, 0xf1, 0x8a, 0xd5, 0x6c, 0x70, 0x1e, 0x01 },
		"sha384", 48,
	},
	[SB_ESL_SHA512] = {
		{ 0xae, 0x0f, 0x3e, 0x09, 0xc4, 0xa6, 0x50, 0x4f,
		  0x9f, 0x1b, 0xd4, 0x1e, 0x2b, 0x89, 0xc1, 0x9a },
		"sha512", 64,
	},
	[SB_ESL_X509_SHA256] = {
		{ 0x92, 0xa4, 0xd2, 0x3b, 0xc0, 0x96, 0x79, 0x40,
		  0xb4, 0x20, 0xfc, 0xf9, 0x8e, 0xf1, 0x03, 0xed },
		"x509-sha256", 32,
	},
	[SB_ESL_X509_SHA384] = {
		{ 0x6e, 0x87, 0x76, 0x70, 0xc2, 0x80, 0xe6, 0x4e,
		  0xaa, 0xd2, 0x28, 0xb3, 0x49, 0xa6, 0x86, 0x5b },
		"x509-sha384", 48,
	},
	[SB_ESL_X509_SHA512] = {
		{ 0x63, 0xbf, 0x6d, 0x44, 0x02, 0x25, 0xda, 0x4c,
		  0xbc, 0xfa, 0x24, 0x65, 0xd2, 0xb0, 0xfe, 0x9d },
		"x509-sha512", 64,
	},
};

/* The owner of entries that the tool creates: a GUID of its own */
static const u8 owner[SB_GUID] = {
	0x5b, 0x02, 0x9e, 0x5c, 0x1f, 0x6d, 0x4b, 0x4c,
	0x9a, 0x0e, 0x73, 0x62, 0x61, 0x72, 0x72, 0x6d,
};

static bool same(const u8 *a, const u8 *b, u32 size)
{
	while (size--)
		if (*a++ != *b++)
			return false;
	return true;
}

static enum sb_esl_kind kind_of(const u8 *guid)
{
	enum sb_esl_kind kind;

	for (kind = SB_ESL_X509; kind < SB_ESL_OTHER; kind++)
		if (same(kinds[kind].guid, guid, SB_GUID))
			return kind;
	return SB_ESL_OTHER;
}

/**
 * sb_esl_kind_name() - the name of a kind of entry
 * @kind: its kind
 *
 * Return: a word.
 */
const char *sb_esl_kind_name(enum sb_esl_kind kind)
{
	return kind < SB_ESL_OTHER ? kinds[kind].name : "other";
}

/**
 * sb_esl_hash_size() - the size of the hash in an entry
 * @kind: its kind
 *
 * Return: bytes; 0 if it has no hash.
 */
u32 sb_esl_hash_size(enum sb_esl_kind kind)
{
	return kind < SB_ESL_OTHER ? kinds[kind].hash : 0;
}

/**
 * sb_esl_walk_start() - start at the first entry of a variable
 * @walk: set up
 * @bytes: the variable, without the attributes that efivarfs prepends
 * @size: number of bytes
 */
void sb_esl_walk_start(struct sb_esl_walk *walk, const u8 *bytes, u32 size)
{
	*walk = (struct sb_esl_walk){ .bytes = bytes, .size = size };
}

/* Return: false at the end, and at anything that is not a list. */
static bool next_list(struct sb_esl_walk *walk)
{
	const u8 *list = walk->bytes + walk->end;
	u32 left = walk->size - walk->end, length, header, entry;

	if (!left)
		return false;
	walk->damaged = true;
	if (left < SB_ESL_HEADER)
		return false;
	length = sb_le32(list + 16);
	header = sb_le32(list + 20);
	entry = sb_le32(list + 24);
	if (length > left || length < SB_ESL_HEADER ||
	    header > length - SB_ESL_HEADER || entry <= SB_GUID)
		return false;

	walk->kind = kind_of(list);
	walk->entry_size = entry;
	walk->at = walk->end + SB_ESL_HEADER + header;
	walk->end += length;
	walk->damaged = false;
	return true;
}

/* Firmware ignores an entry that is too short for its kind. */
static bool fits(enum sb_esl_kind kind, u32 size)
{
	u32 hash = sb_esl_hash_size(kind);

	return kind <= SB_ESL_SHA512 ? !hash || size == hash : size >= hash;
}

/**
 * sb_esl_walk_step() - the next entry of a variable
 * @walk: its state
 * @entry: filled; what it points to is in the variable
 *
 * Return: true if there is one.
 */
bool sb_esl_walk_step(struct sb_esl_walk *walk, struct sb_esl_entry *entry)
{
	while (walk->end - walk->at < walk->entry_size || !walk->entry_size)
		if (walk->damaged || !next_list(walk))
			return false;

	entry->kind = walk->kind;
	entry->owner = walk->bytes + walk->at;
	entry->data = entry->owner + SB_GUID;
	entry->size = walk->entry_size - SB_GUID;
	entry->nr = ++walk->nr;
	if (!fits(entry->kind, entry->size))
		entry->kind = SB_ESL_OTHER;
	walk->at += walk->entry_size;
	return true;
}

static bool is_whole(const u8 *bytes, u32 size)
{
	struct sb_esl_entry entry;
	struct sb_esl_walk walk;

	sb_esl_walk_start(&walk, bytes, size);
	while (sb_esl_walk_step(&walk, &entry))
		;
	return !walk.damaged;
}

/**
 * sb_esl_find() - find the start of the signature lists in a file
 * @file: its bytes: the lists, with nothing before them, or the attributes that
 *	  efivarfs prepends, or the header of a signed update of a variable
 *	  (UEFI 2.10, 8.2.2, EFI_VARIABLE_AUTHENTICATION_2)
 * @size: number of bytes
 * @from: set to the offset of the lists
 *
 * Return: false if it contains none of these.
 */
bool sb_esl_find(const u8 *file, u32 size, u32 *from)
{
	*from = 0;
	if (is_whole(file, size))
		return true;
	*from = ATTRIBUTES;
	if (size >= ATTRIBUTES && is_whole(file + ATTRIBUTES, size - ATTRIBUTES))
		return true;
	if (size < AUTH_TIME + AUTH_HEADER ||
	    sb_le16(file + AUTH_TIME + 6) != AUTH_TYPE ||
	    sb_le32(file + AUTH_TIME) > size - AUTH_TIME)
		return false;
	*from = AUTH_TIME + sb_le32(file + AUTH_TIME);
	return is_whole(file + *from, size - *from);
}

static void put_le32(u8 *to, u32 value)
{
	to[0] = value;
	to[1] = value >> 8;
	to[2] = value >> 16;
	to[3] = value >> 24;
}

static void put(u8 *to, const u8 *from, u32 size)
{
	while (size--)
		*to++ = *from++;
}

/**
 * sb_esl_sha256() - make a list of hashes of images
 * @list: gets SB_ESL_SHA256_SIZE(@nr) bytes
 * @hashes: the hashes, one after the other
 * @nr: number of hashes; fewer than a million
 *
 * Return: the size of the list, in bytes.
 */
u32 sb_esl_sha256(u8 *list, const u8 *hashes, u32 nr)
{
	u8 *to = list + SB_ESL_HEADER;
	u32 i;

	put(list, kinds[SB_ESL_SHA256].guid, SB_GUID);
	put_le32(list + 16, SB_ESL_SHA256_SIZE(nr));
	put_le32(list + 20, 0);
	put_le32(list + 24, SB_GUID + SHA256);
	for (i = 0; i < nr; i++) {
		put(to, owner, SB_GUID);
		put(to + SB_GUID, hashes + i * SHA256, SHA256);
		to += SB_GUID + SHA256;
	}
	return to - list;
}
