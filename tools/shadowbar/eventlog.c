// SPDX-License-Identifier: GPL-2.0-only
/*
 * eventlog: what firmware measured into the TPM, event by event.
 *
 * Logic: bytes in, events out. The log comes from firmware; lengths in it are
 * trusted only as far as there are bytes.
 */
#include "eventlog.h"

#define SHA1_SIZE	20
#define SPEC_ID		"Spec ID Event03"	/* with the terminating zero */
#define SPEC_ID_HEAD	28	/* bytes before the list of algorithms */
#define LOAD_HEAD	32	/* bytes before the device path */

/* Device path nodes: UEFI specification, 10.3 */
#define NODE_HEAD	4
#define HARDWARE	1
#define HARDWARE_PCI	1
#define ACPI		2
#define ACPI_SHORT	1
#define ACPI_EXPANDED	2
#define MEDIA		4
#define MEDIA_RANGE	8
#define PATH_END	0x7f
#define PNP0A03		0x0a0341d0
#define PNP0A08		0x0a0841d0

static u16 get_u16(const u8 *from)
{
	return from[0] | from[1] << 8;
}

static u32 get_u32(const u8 *from)
{
	return get_u16(from) | (u32)get_u16(from + 2) << 16;
}

static u64 get_u64(const u8 *from)
{
	return get_u32(from) | (u64)get_u32(from + 4) << 32;
}

static size_t left(const struct sb_log *log)
{
	return log->size - log->at;
}

static bool fail(struct sb_log *log, const char *error)
{
	log->error = error;
	log->at = log->size;
	return false;
}

/* Read the first event: it lists the algorithms of the log's digests. */
static bool read_banks(struct sb_log *log, const u8 *data, u32 size)
{
	u32 nr, i;

	if (size < SPEC_ID_HEAD || memcmp(data, SPEC_ID, sizeof(SPEC_ID)))
		return fail(log, "it is not in the format of TPM 2.0");
	nr = get_u32(data + SPEC_ID_HEAD - 4);
	if (!nr || nr > SB_LOG_BANKS || nr * 4 > size - SPEC_ID_HEAD)
		return fail(log, "its list of hash algorithms is damaged");
	for (i = 0; i < nr; i++) {
		struct sb_log_bank *bank = &log->banks[i];

		bank->id = get_u16(data + SPEC_ID_HEAD + 4 * i);
		bank->size = get_u16(data + SPEC_ID_HEAD + 4 * i + 2);
		if (!bank->size || bank->size > SB_LOG_DIGEST)
			return fail(log, "its list of hash algorithms is damaged");
	}
	log->nr_banks = nr;
	return true;
}

/**
 * sb_log_open() - start reading a log
 * @bytes: the log
 * @size: number of bytes
 * @log: filled
 *
 * Return: false if it is not a readable log; @log->error says why.
 */
bool sb_log_open(const u8 *bytes, size_t size, struct sb_log *log)
{
	/* The first event has the TPM 1.2 format. */
	const u32 head = 8 + SHA1_SIZE + 4;
	u32 length;

	*log = (struct sb_log){ .bytes = bytes, .size = size };
	if (!size)
		return fail(log, "it is empty");
	if (size < head)
		return fail(log, "it is cut off");
	if (get_u32(bytes) || get_u32(bytes + 4) != SB_EV_NO_ACTION)
		return fail(log, "it is not in the format of TPM 2.0");
	length = get_u32(bytes + head - 4);
	if (length > size - head)
		return fail(log, "it is cut off");
	if (!read_banks(log, bytes + head, length))
		return false;
	log->at = head + length;
	log->nr = 1;
	return true;
}

static u32 find_bank(const struct sb_log *log, u16 id)
{
	u32 i;

	for (i = 0; i < log->nr_banks; i++)
		if (log->banks[i].id == id)
			break;
	return i;
}

static bool read_digests(struct sb_log *log, u32 nr, struct sb_log_event *event)
{
	u32 i, bank;

	/* An event has one digest for each algorithm of the log. */
	if (nr > log->nr_banks)
		return fail(log, "an event has more digests than the log has algorithms");
	for (i = 0; i < nr; i++) {
		if (left(log) < 2)
			return fail(log, "it is cut off");
		bank = find_bank(log, get_u16(log->bytes + log->at));
		if (bank == log->nr_banks)
			return fail(log, "an event has a digest of an unknown algorithm");
		log->at += 2;
		if (left(log) < log->banks[bank].size)
			return fail(log, "it is cut off");
		event->digest[bank] = log->bytes + log->at;
		log->at += log->banks[bank].size;
	}
	return true;
}

/**
 * sb_log_next() - the next event
 * @log: the log
 * @event: filled
 *
 * After the last event there is nothing, or only zeroes.
 *
 * Return: false at the end, and if the log is damaged; @log->error tells them
 * apart.
 */
bool sb_log_next(struct sb_log *log, struct sb_log_event *event)
{
	u32 nr;

	*event = (struct sb_log_event){ 0 };
	if (!left(log))
		return false;
	if (left(log) < 12)
		return fail(log, "it is cut off");
	event->pcr = get_u32(log->bytes + log->at);
	event->type = get_u32(log->bytes + log->at + 4);
	nr = get_u32(log->bytes + log->at + 8);
	if (!event->pcr && !event->type && !nr) {
		log->at = log->size;
		return false;
	}
	log->at += 12;
	if (!read_digests(log, nr, event))
		return false;
	if (left(log) < 4)
		return fail(log, "it is cut off");
	event->size = get_u32(log->bytes + log->at);
	log->at += 4;
	if (event->size > left(log))
		return fail(log, "it is cut off");
	event->data = log->bytes + log->at;
	log->at += event->size;
	event->nr = ++log->nr;
	return true;
}

/**
 * sb_log_is_image() - is an event about a driver that was started?
 * @event: the event
 *
 * Return: true if it is.
 */
bool sb_log_is_image(const struct sb_log_event *event)
{
	return event->type == SB_EV_BOOT_DRIVER ||
	       event->type == SB_EV_RUNTIME_DRIVER;
}

/* Get the _UID of an ACPI node, if that is a PCI host bridge. */
static bool is_root(const u8 *node, u32 length, u32 *uid)
{
	u32 hid, cid;

	if (node[0] != ACPI)
		return false;
	if (node[1] == ACPI_SHORT && length >= NODE_HEAD + 8) {
		hid = get_u32(node + NODE_HEAD);
		cid = 0;
		*uid = get_u32(node + NODE_HEAD + 4);
	} else if (node[1] == ACPI_EXPANDED && length >= NODE_HEAD + 12) {
		hid = get_u32(node + NODE_HEAD);
		*uid = get_u32(node + NODE_HEAD + 4);
		cid = get_u32(node + NODE_HEAD + 8);
	} else {
		return false;
	}
	return hid == PNP0A03 || hid == PNP0A08 || cid == PNP0A03 ||
	       cid == PNP0A08;
}

/* Get the next node of a device path, NULL at its end; false if damaged. */
static bool next_node(const struct sb_log_image *image, u32 *at,
		      const u8 **node, u32 *length)
{
	*node = NULL;
	if (*at == image->size)
		return true;
	if (image->size - *at < NODE_HEAD)
		return false;
	*length = get_u16(image->path + *at + 2);
	if (*length < NODE_HEAD || *length > image->size - *at)
		return false;
	if (image->path[*at] == PATH_END)
		return true;
	*node = image->path + *at;
	*at += *length;
	return true;
}

static bool read_path(struct sb_log_image *image)
{
	bool rooted = false;
	const u8 *node;
	u32 at = 0, length;

	for (;;) {
		if (!next_node(image, &at, &node, &length))
			return false;
		if (!node)
			return true;
		if (is_root(node, length, &image->root)) {
			rooted = true;
			image->hops = 0;
		} else if (rooted && node[0] == HARDWARE &&
			   node[1] == HARDWARE_PCI && length == NODE_HEAD + 2) {
			if (image->hops == SB_LOG_HOPS)
				return false;
			image->hop[image->hops++] = (node[5] & 0x1f) << 3 |
						    (node[4] & 7);
		} else if (node[0] == MEDIA && node[1] == MEDIA_RANGE &&
			   length >= NODE_HEAD + 20) {
			image->part = true;
			image->start = get_u64(node + NODE_HEAD + 4);
			image->end = get_u64(node + NODE_HEAD + 12);
		} else {
			/* A partition or a file: it is not from the ROM. */
			rooted = false;
			image->hops = 0;
		}
	}
}

/**
 * sb_log_image() - find out which image an event is about
 * @event: an event for which sb_log_is_image() is true
 * @image: filled; its path may not lead to a PCI device
 *
 * Return: false if the event is damaged.
 */
bool sb_log_image(const struct sb_log_event *event, struct sb_log_image *image)
{
	u64 length;

	*image = (struct sb_log_image){ 0 };
	if (event->size < LOAD_HEAD)
		return false;
	length = get_u64(event->data + LOAD_HEAD - 8);
	if (length > event->size - LOAD_HEAD)
		return false;
	image->path = event->data + LOAD_HEAD;
	image->size = length;
	if (read_path(image))
		return true;
	image->hops = 0;
	image->part = false;
	return false;
}

static u32 node_words(const u8 *node, u32 length, char *text, u32 size)
{
	u32 uid;

	if (is_root(node, length, &uid))
		return scnprintf(text, size, "PciRoot(0x%x)", uid);
	if (node[0] == HARDWARE && node[1] == HARDWARE_PCI &&
	    length == NODE_HEAD + 2)
		return scnprintf(text, size, "Pci(0x%x,0x%x)", node[5], node[4]);
	if (node[0] == MEDIA && node[1] == MEDIA_RANGE &&
	    length >= NODE_HEAD + 20)
		return scnprintf(text, size, "Offset(0x%llx,0x%llx)",
				 (unsigned long long)get_u64(node + NODE_HEAD + 4),
				 (unsigned long long)get_u64(node + NODE_HEAD + 12));
	return scnprintf(text, size, "Path(%u,%u)", node[0], node[1]);
}

/**
 * sb_log_path_words() - a device path as text, in the syntax of the UEFI shell
 * @image: the image
 * @text: filled, with a terminating zero; empty if there is no path
 * @size: bytes there, at least one; longer text is cut off
 *
 * Nodes that are not about PCI become Path(type,subtype).
 *
 * Return: the length of the text.
 */
u32 sb_log_path_words(const struct sb_log_image *image, char *text, u32 size)
{
	u32 at = 0, have = 0, length;
	const u8 *node;

	text[0] = '\0';
	while (next_node(image, &at, &node, &length) && node) {
		if (have)
			have += scnprintf(text + have, size - have, "/");
		have += node_words(node, length, text + have, size - have);
	}
	return have;
}

/**
 * sb_log_alg_name() - the name of a hash algorithm
 * @id: its TPM_ALG_ID
 *
 * Return: the name that libcrypto and systemd use; NULL if it is not known.
 */
const char *sb_log_alg_name(u16 id)
{
	switch (id) {
	case 0x4:
		return "sha1";
	case 0xb:
		return "sha256";
	case 0xc:
		return "sha384";
	case 0xd:
		return "sha512";
	}
	return NULL;
}
