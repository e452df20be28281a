/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * eventlog: what firmware has measured into the TPM, event by event.
 *
 * The crypto-agile log of the TCG PC Client Platform Firmware Profile, and of its
 * events those of images that were started: UEFI_IMAGE_LOAD_EVENT.
 *
 * Logic: bytes in, events out. Nothing is copied: pointers lead into the log.
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
#define SB_LOG_HOPS	16	/* functions in a device path, the last included */
#define SB_DRIVER_PCR	2	/* where drivers from option ROMs are measured */

/* TCG event types */
#define SB_EV_NO_ACTION		0x00000003
#define SB_EV_SEPARATOR		0x00000004
#define SB_EV_APPLICATION	0x80000003
#define SB_EV_BOOT_DRIVER	0x80000004
#define SB_EV_RUNTIME_DRIVER	0x80000005

/**
 * struct sb_log_bank - a hash algorithm that a log has digests of
 * @id: its TPM_ALG_ID
 * @size: bytes of a digest
 */
struct sb_log_bank {
	u16 id;
	u16 size;
};

/**
 * struct sb_log - a log that is being read
 * @bytes: all of it
 * @size: how many bytes
 * @at: where the next event begins
 * @nr: how many events were read
 * @banks: what it has digests of
 * @nr_banks: how many these are
 * @error: why it ended before its end, or NULL
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
 * @nr: which of the log it is, from 1; the first is about the log itself
 * @pcr: into which PCR it was measured
 * @type: its type, SB_EV_...
 * @digest: of each of the log's banks, its digest, or NULL
 * @data: what is said of it
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
 * @root: the _UID of the PCI host bridge that its device path begins with
 * @hops: how many functions the path leads through, the device itself included;
 *	  0 if it does not lead to a PCI device
 * @hop: device and function of each: device << 3 | function
 * @part: the path goes on to a range of bytes: it is an image in the ROM
 * @start: where that range begins
 * @end: its last byte
 * @path: the device path
 * @size: its bytes
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
