/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * eventlog: what firmware measured into the TPM, event by event.
 *
 * Reads the crypto-agile log of the TCG PC Client Platform Firmware Profile and
 * in it the events about images that were started: UEFI_IMAGE_LOAD_EVENT.
 *
 * Logic: bytes in, events out. Nothing is copied: pointers point into the log.
 *
 *	sb_log_open(bytes, size, &log);
 *	while (sb_log_next(&log, &event))
 *		look_at(&event);
 *	if (log.error)
 *		complain(log.error);
 */
#ifndef SHADOWBAR_EVENTLOG_H
#define SHADOWBAR_EVENTLOG_H

#include <shadowbar/compat.h>

#define SB_LOG_BANKS	8	/* hash algorithms; real logs have up to four */
#define SB_LOG_DIGEST	64	/* bytes, of SHA-512 */
#define SB_LOG_HOPS	16	/* functions in a device path, with the last */
#define SB_DRIVER_PCR	2	/* option ROM drivers are measured into it */

/* TCG event types */
#define SB_EV_NO_ACTION		0x00000003
#define SB_EV_SEPARATOR		0x00000004
#define SB_EV_APPLICATION	0x80000003
#define SB_EV_BOOT_DRIVER	0x80000004
#define SB_EV_RUNTIME_DRIVER	0x80000005

/**
 * struct sb_log_bank - a hash algorithm used in a log
 * @id: its TPM_ALG_ID
 * @size: bytes of a digest
 */
struct sb_log_bank {
	u16 id;
	u16 size;
};

/**
 * struct sb_log - a log that is being read
 * @bytes: the whole log
 * @size: its size in bytes
 * @at: where the next event begins
 * @nr: number of events read so far
 * @banks: the hash algorithms of its digests
 * @nr_banks: number of @banks
 * @error: why reading stopped before the end, or NULL
 */
struct sb_log {
	const u8 *bytes;
	size_t size;
	size_t at;
	u32 nr;
	struct sb_log_bank banks[SB_LOG_BANKS];
	u32 nr_banks;
	const char *error;
};

/**
 * struct sb_log_event - an event
 * @nr: its number in the log, from 1; the first is about the log itself
 * @pcr: the PCR that it was measured into
 * @type: its type, SB_EV_...
 * @digest: its digest for each of the log's banks, or NULL
 * @data: its data
 * @size: bytes in @data
 */
struct sb_log_event {
	u32 nr;
	u32 pcr;
	u32 type;
	const u8 *digest[SB_LOG_BANKS];
	const u8 *data;
	u32 size;
};

/**
 * struct sb_log_image - an image that was loaded, as its event describes it
 * @root: the _UID of the PCI host bridge at the start of its device path
 * @hops: number of functions in the path, including the device itself; 0 if the
 *	  path does not lead to a PCI device
 * @hop: device and function of each: device << 3 | function
 * @part: the path ends in a range of bytes: it is an image in the ROM
 * @start: where that range begins
 * @end: its last byte
 * @path: the device path
 * @size: its size in bytes
 */
struct sb_log_image {
	u32 root;
	u32 hops;
	u8 hop[SB_LOG_HOPS];
	bool part;
	u64 start;
	u64 end;
	const u8 *path;
	u32 size;
};

bool sb_log_open(const u8 *bytes, size_t size, struct sb_log *log);
bool sb_log_next(struct sb_log *log, struct sb_log_event *event);
bool sb_log_is_image(const struct sb_log_event *event);
bool sb_log_image(const struct sb_log_event *event, struct sb_log_image *image);
u32 sb_log_path_words(const struct sb_log_image *image, char *text, u32 size);
const char *sb_log_alg_name(u16 id);

#endif /* SHADOWBAR_EVENTLOG_H */
