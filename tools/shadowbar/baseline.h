/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * baseline: a record of the ROMs of a machine, to compare later states with.
 *
 * baseline_diff.c is logic: two lists in, findings out. baseline_file.c turns a
 * list into JSON and back. baseline_look.c creates one from the machine.
 */
#ifndef SHADOWBAR_BASELINE_H
#define SHADOWBAR_BASELINE_H

#include <stdbool.h>
#include <stddef.h>

#define SB_BASELINE_FILE	"/var/lib/shadowbar/baseline.json"

/* Limits for one ROM in a baseline; who signs it controls how much there is. */
#define SB_KEPT_SIGNERS_MAX	0x100
#define SB_KEPT_TEXT_MAX	0x1000

/**
 * struct sb_kept_image - what a baseline has of an image; text is to be freed
 * @type: x86, efi and so on
 * @vendor: vendor ID, as four hexadecimal digits
 * @device: device ID, as four hexadecimal digits
 * @length: bytes in it
 * @sha256: SHA-256 of its bytes, as text
 * @authenticode: the hash of an EFI image, as in signatures, db, dbx and TPM
 *		  event logs; NULL for other images
 * @signers: subjects of the certificates that signed it
 * @nr_signers: number of @signers
 */
struct sb_kept_image {
	char *type;
	char *vendor;
	char *device;
	long long length;
	char *sha256;
	char *authenticode;
	char **signers;
	size_t nr_signers;
};

/**
 * struct sb_kept - what a baseline has of a function; text is to be freed, NULL
 *		    means unknown
 * @address: as in sysfs
 * @path: where it is plugged in, independent of bus numbers: the address below
 *	  the host bridge, then, for each bridge, a slash and the device and
 *	  function behind it, as the kernel parameter pci= takes it
 * @vendor: vendor ID, as four hexadecimal digits
 * @device: device ID, as four hexadecimal digits
 * @subsystem: both subsystem IDs, such as 1af4:1100
 * @class: as four hexadecimal digits
 * @status: "rom_status"
 * @bar: "rom_bar", the value of the ROM BAR at hand-off
 * @source: "rom_source"
 * @sha256: "rom_sha256"; NULL without a ROM
 * @size: bytes in the ROM; -1 without one
 * @reread: "rom_changed": the device's ROM now differs from its shadow; only
 *	    set when looking at the machine, never in a file
 * @erased: likewise, but the device has no readable ROM now
 * @images: the images in the ROM
 * @nr_images: number of @images; 0 if they could not be inspected
 */
struct sb_kept {
	char *address;
	char *path;
	char *vendor;
	char *device;
	char *subsystem;
	char *class;
	char *status;
	char *bar;
	char *source;
	char *sha256;
	long long size;
	bool reread;
	bool erased;
	struct sb_kept_image *images;
	size_t nr_images;
};

/**
 * struct sb_baseline - the functions of a machine at one time
 * @written: when it was made, in UTC; NULL for now
 * @list: the functions
 * @nr: number of functions
 */
struct sb_baseline {
	char *written;
	struct sb_kept *list;
	size_t nr;
};

/**
 * enum sb_finding_kind - kind of a finding
 * @SB_FINDING_NEW: it is in the machine only
 * @SB_FINDING_GONE: it is in the baseline only
 * @SB_FINDING_CHANGED: it has changed
 * @SB_FINDING_HIDDEN: there is a ROM, but it is hidden from the kernel
 * @SB_FINDING_UNREAD: there was a ROM, but it could not be read this time
 */
enum sb_finding_kind {
	SB_FINDING_NEW,
	SB_FINDING_GONE,
	SB_FINDING_CHANGED,
	SB_FINDING_HIDDEN,
	SB_FINDING_UNREAD,
};

/**
 * enum sb_finding_what - the subject of a finding
 * @SB_ABOUT_FUNCTION: the whole function
 * @SB_ABOUT_IDS: its IDs: the slot holds another device
 * @SB_ABOUT_ROM: the bytes of its ROM
 * @SB_ABOUT_BAR: its ROM BAR had an address or all ones, and now has none
 * @SB_ABOUT_NOROM: the kernel was told to ignore ROMs without an address
 * @SB_ABOUT_REREAD: its ROM was read again and differs from the shadow
 */
enum sb_finding_what {
	SB_ABOUT_FUNCTION,
	SB_ABOUT_IDS,
	SB_ABOUT_ROM,
	SB_ABOUT_BAR,
	SB_ABOUT_NOROM,
	SB_ABOUT_REREAD,
};

/**
 * struct sb_finding - one difference
 * @kind: its kind
 * @what: its subject
 * @before: the function in the baseline, or NULL
 * @after: the function now, or NULL
 */
struct sb_finding {
	enum sb_finding_kind kind;
	enum sb_finding_what what;
	const struct sb_kept *before;
	const struct sb_kept *after;
};

/* Maximum number of findings for one function */
#define SB_FINDINGS_EACH	3

size_t sb_baseline_compare(const struct sb_baseline *before,
			   const struct sb_baseline *after, bool norom,
			   struct sb_finding *found);
size_t sb_kept_images_differ(const struct sb_kept *before,
			     const struct sb_kept *after);
bool sb_cmdline_norom(const char *cmdline);
const char *sb_finding_kind_name(enum sb_finding_kind kind);
const char *sb_finding_what_name(enum sb_finding_what what);

/* baseline_file.c */
struct json_object;
struct json_object *sb_kept_json(const struct sb_kept *kept);
char *sb_baseline_text(const struct sb_baseline *baseline);
const char *sb_baseline_parse(const char *text, size_t size,
			      struct sb_baseline *baseline);
int sb_baseline_read(const char *path, bool optional,
		     struct sb_baseline *baseline);
void sb_baseline_free(struct sb_baseline *baseline);

/* baseline_look.c */
int sb_baseline_look(struct sb_baseline *baseline, bool images);
bool sb_baseline_norom(void);
char *sb_slot_path(const char *dir);

#endif /* SHADOWBAR_BASELINE_H */
