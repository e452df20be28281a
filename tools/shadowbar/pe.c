// SPDX-License-Identifier: GPL-2.0-only
/*
 * pe: EFI programs, as far as their signatures are concerned.
 */
#include <shadowbar/bytes.h>

#include "pe.h"

#define DOS_HEADER	64
#define DOS_MAGIC	0x5a4d		/* MZ */
#define DOS_PE		60		/* offset of PE_MAGIC */
#define PE_MAGIC	0x4550		/* PE */
#define TE_MAGIC	0x5a56		/* VZ */
#define COFF_HEADER	24		/* including the signature before it */
#define OPTIONAL_32	0x10b
#define OPTIONAL_64	0x20b
#define CHECKSUM	64		/* in the optional header, of both kinds */
#define DIRECTORY	8
#define DIRECTORIES	16
#define SECURITY	4		/* the directory with the signatures */
#define SECTION		40
#define CERT_HEADER	8
#define CERT_GUID	(CERT_HEADER + 16)

#define CERT_PKCS	0x0002
#define CERT_EFI_GUID	0x0ef1

/* EFI_CERT_TYPE_PKCS7_GUID */
static const u8 pkcs7_guid[] = {
	0x9d, 0xd2, 0xaf, 0x4a, 0xdf, 0x68, 0xee, 0x49,
	0x8a, 0xa9, 0x34, 0x7d, 0x37, 0x56, 0x65, 0xa7,
};

/* The headers: offsets in the file. */
struct headers {
	u32 coff;		/* "PE" */
	u32 optional;		/* the optional header */
	u32 directories;	/* the first data directory */
	u32 nr_directories;
	u32 sections;		/* the first section header */
	u32 nr_sections;
	u32 size;		/* of all headers, as they say */
};

static enum sb_pe_error read_headers(const u8 *file, u32 size,
				     struct headers *headers)
{
	u32 room, fixed, optional_size;
	const u8 *optional;
	u16 magic;

	*headers = (struct headers){ 0 };
	if (size < DOS_HEADER)
		return SB_PE_NO_HEADER;
	if (sb_le16(file) == DOS_MAGIC)
		headers->coff = sb_le32(file + DOS_PE);
	if (headers->coff > size || size - headers->coff < COFF_HEADER)
		return SB_PE_NO_HEADER;
	if (sb_le16(file + headers->coff) == TE_MAGIC)
		return SB_PE_TERSE;
	if (sb_le32(file + headers->coff) != PE_MAGIC)
		return SB_PE_NO_HEADER;

	headers->optional = headers->coff + COFF_HEADER;
	room = size - headers->optional;
	if (room < 2)
		return SB_PE_NO_HEADER;
	optional = file + headers->optional;
	magic = sb_le16(optional);
	if (magic != OPTIONAL_32 && magic != OPTIONAL_64)
		return SB_PE_MAGIC;

	/* The part before the directories; it ends in their number. */
	fixed = magic == OPTIONAL_32 ? 96 : 112;
	optional_size = sb_le16(file + headers->coff + 20);
	if (room < fixed || optional_size < fixed)
		return SB_PE_DIRECTORIES;
	headers->directories = headers->optional + fixed;
	headers->nr_directories = sb_le32(optional + fixed - 4);
	if (headers->nr_directories > DIRECTORIES ||
	    optional_size - fixed != headers->nr_directories * DIRECTORY)
		return SB_PE_DIRECTORIES;

	headers->size = sb_le32(optional + 60);
	headers->nr_sections = sb_le16(file + headers->coff + 6);
	if (headers->size >= size || room < optional_size)
		return SB_PE_HEADERS;
	headers->sections = headers->optional + optional_size;
	if (headers->size < headers->sections ||
	    (headers->size - headers->sections) / SECTION <
	    headers->nr_sections)
		return SB_PE_HEADERS;
	return headers->nr_sections > SB_PE_SECTIONS ? SB_PE_MANY : SB_PE_OK;
}

static void add_range(struct sb_pe *pe, u32 from, u32 end)
{
	pe->hashed[pe->nr_hashed++] = (struct sb_span){ from, end - from };
}

/* Leave out the checksum and the place of the signatures, set after signing. */
static void hash_headers(struct sb_pe *pe, const struct headers *headers)
{
	u32 checksum = headers->optional + CHECKSUM;
	u32 security = headers->directories + SECURITY * DIRECTORY;

	add_range(pe, 0, checksum);
	if (headers->nr_directories > SECURITY) {
		add_range(pe, checksum + 4, security);
		add_range(pe, security + DIRECTORY, headers->size);
	} else {
		add_range(pe, checksum + 4, headers->size);
	}
}

static struct sb_span section(const u8 *file, const struct headers *headers,
			      u32 nr)
{
	const u8 *header = file + headers->sections + nr * SECTION;

	return (struct sb_span){
		.from = sb_le32(header + 20),
		.length = sb_le32(header + 16),
	};
}

static bool is_inside(const struct sb_span *range, u32 size)
{
	return range->from <= size && range->length <= size - range->from;
}

static bool is_named(const u8 *header, const char *name)
{
	u32 i;

	for (i = 0; i < 8 && name[i]; i++)
		if (header[i] != name[i])
			return false;
	return i == 8 || !header[i];
}

static void find_sbat(const u8 *file, u32 nr, const struct headers *headers,
		      struct sb_pe *pe)
{
	struct sb_span sbat = section(file, headers, nr);

	if (!is_named(file + headers->sections + nr * SECTION, ".sbat"))
		return;
	while (sbat.length && !file[sbat.from + sbat.length - 1])
		sbat.length--;
	pe->sbat = sbat;
}

/*
 * Sort sections by position in the file, not by the order of their headers,
 * unless they start at the same position.
 */
static enum sb_pe_error hash_sections(const u8 *file, u32 size,
				      const struct headers *headers,
				      struct sb_pe *pe, u64 *sum)
{
	u32 first = pe->nr_hashed, nr;

	for (nr = 0; nr < headers->nr_sections; nr++) {
		struct sb_span range = section(file, headers, nr);
		u32 at = pe->nr_hashed;

		if (!range.length)
			continue;
		if (!is_inside(&range, size))
			return SB_PE_SECTION;
		*sum += range.length;
		find_sbat(file, nr, headers, pe);
		for (; at > first && pe->hashed[at - 1].from > range.from; at--)
			pe->hashed[at] = pe->hashed[at - 1];
		pe->hashed[at] = range;
		pe->nr_hashed++;
	}
	return SB_PE_OK;
}

/*
 * Hash the rest, by number and not by position: as many bytes as the file has
 * in addition to those hashed and the certificate table. If padding follows the
 * table, this includes bytes of the table, and the hash is different.
 */
static enum sb_pe_error hash_rest(u32 size, u64 sum, struct sb_pe *pe)
{
	u32 signatures = pe->certificates.length;

	if (sum >= size)
		return SB_PE_OK;
	if (sum + signatures > size)
		return SB_PE_HASH;
	if (sum + signatures < size)
		add_range(pe, sum, size - signatures);
	return SB_PE_OK;
}

/**
 * sb_pe_parse() - parse a PE image
 * @file: its bytes
 * @size: number of bytes
 * @pe: filled as far as possible, also if it is not one
 *
 * Return: SB_PE_OK, or what is wrong.
 */
enum sb_pe_error sb_pe_parse(const u8 *file, u32 size, struct sb_pe *pe)
{
	struct headers headers;
	enum sb_pe_error ret;
	const u8 *security;
	u64 sum;

	*pe = (struct sb_pe){ 0 };
	ret = read_headers(file, size, &headers);
	if (ret)
		return ret;
	pe->machine = sb_le16(file + headers.coff + 4);
	pe->subsystem = sb_le16(file + headers.optional + 68);

	if (headers.nr_directories > SECURITY) {
		security = file + headers.directories + SECURITY * DIRECTORY;
		pe->certificates.from = sb_le32(security);
		pe->certificates.length = sb_le32(security + 4);
		if (pe->certificates.length &&
		    !is_inside(&pe->certificates, size))
			return SB_PE_CERTIFICATES;
		if (pe->certificates.length)
			pe->behind = size - pe->certificates.from -
				     pe->certificates.length;
	}
	hash_headers(pe, &headers);
	sum = headers.size;
	ret = hash_sections(file, size, &headers, pe, &sum);
	if (ret)
		return ret;
	return hash_rest(size, sum, pe);
}

/**
 * sb_pe_text() - why firmware does not accept a PE image
 * @error: what sb_pe_parse() returned
 *
 * Return: the rest of a sentence that begins with "it".
 */
const char *sb_pe_text(enum sb_pe_error error)
{
	switch (error) {
	case SB_PE_OK:
		return "is a PE image";
	case SB_PE_NO_HEADER:
		return "is not a PE image: its header is missing";
	case SB_PE_TERSE:
		return "is a Terse Executable, which cannot be signed";
	case SB_PE_MAGIC:
		return "is neither PE32 nor PE32+";
	case SB_PE_DIRECTORIES:
		return "has a damaged PE header: its data directories do not fit";
	case SB_PE_HEADERS:
		return "has a damaged PE header: its section headers do not fit";
	case SB_PE_SECTION:
		return "has a section that ends beyond its end";
	case SB_PE_MANY:
		return "has more sections than any driver has";
	case SB_PE_CERTIFICATES:
		return "has a certificate table that ends beyond its end";
	case SB_PE_HASH:
		return "has sections that overlap: it cannot be hashed";
	}
	return "";
}

/**
 * sb_cert_walk_start() - start at the first entry of a certificate table
 * @walk: set up
 * @pe: the image; sb_pe_parse() accepted it
 */
void sb_cert_walk_start(struct sb_cert_walk *walk, const struct sb_pe *pe)
{
	*walk = (struct sb_cert_walk){
		.at = pe->certificates.from,
		.end = (u64)pe->certificates.from + pe->certificates.length,
	};
}

static bool is_pkcs7_guid(const u8 *guid)
{
	u32 i;

	for (i = 0; i < sizeof(pkcs7_guid); i++)
		if (guid[i] != pkcs7_guid[i])
			return false;
	return true;
}

/**
 * sb_cert_walk_step() - the next entry of a certificate table
 * @walk: its state
 * @file: the bytes of the image
 * @cert: filled
 *
 * Entries begin at multiples of 8 from the first one. If there is none left,
 * &sb_cert_walk.damaged says whether the table is damaged there.
 *
 * Return: true if there is one.
 */
bool sb_cert_walk_step(struct sb_cert_walk *walk, const u8 *file,
		       struct sb_cert *cert)
{
	u32 left, length, header;
	u16 type;

	if (walk->damaged || walk->at >= walk->end) {
		walk->damaged |= walk->at != walk->end;
		return false;
	}
	left = walk->end - walk->at;
	walk->damaged = true;
	if (left <= CERT_HEADER)
		return false;
	length = sb_le32(file + walk->at);
	type = sb_le16(file + walk->at + 6);
	if (length > left || length < CERT_HEADER)
		return false;

	*cert = (struct sb_cert){ .kind = SB_CERT_OTHER };
	header = CERT_HEADER;
	if (type == CERT_PKCS) {
		if (length == CERT_HEADER)
			return false;
		cert->kind = SB_CERT_PKCS7;
	} else if (type == CERT_EFI_GUID) {
		if (length <= CERT_GUID)
			return false;
		if (is_pkcs7_guid(file + walk->at + CERT_HEADER)) {
			header = CERT_GUID;
			cert->kind = SB_CERT_PKCS7;
		}
	}
	cert->data.from = walk->at + header;
	cert->data.length = length - header;
	walk->at += ((u64)length + 7) & ~7ULL;
	walk->damaged = false;
	return true;
}
