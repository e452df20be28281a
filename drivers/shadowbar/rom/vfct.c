// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfct: the ACPI table in which firmware provides the ROMs of AMD graphics.
 *
 * The layout is taken from AMD's open drivers, the only description there is.
 */
#include <shadowbar/bytes.h>
#include <shadowbar/vfct.h>

/* The ACPI header, the table's UUID, and the offset of the list. */
#define TABLE_SIGNATURE		"VFCT"
#define TABLE_LENGTH		4
#define TABLE_LIST		52
#define TABLE_SIZE		56

/* The header of each image. */
#define ENTRY_BUS		0
#define ENTRY_DEVICE		4
#define ENTRY_FUNCTION		8
#define ENTRY_VENDOR_ID		12
#define ENTRY_DEVICE_ID		14
#define ENTRY_SUBVENDOR		16
#define ENTRY_SUBSYSTEM		18
#define ENTRY_REVISION		20
#define ENTRY_LENGTH		24
#define ENTRY_SIZE		28

/**
 * sb_vfct_start() - begin before the first image of a table
 * @walk: the walk
 * @table: the table, with its ACPI header
 * @size: bytes that can be read; the length in the table is used only if it is
 *	  not larger
 */
void sb_vfct_start(struct sb_vfct_walk *walk, const u8 *table, u32 size)
{
	*walk = (struct sb_vfct_walk){ .error = SB_VFCT_NO_TABLE };
	if (size < TABLE_SIZE || memcmp(table, TABLE_SIGNATURE, 4))
		return;

	walk->size = sb_le32(table + TABLE_LENGTH);
	walk->error = SB_VFCT_CUT;
	if (walk->size > size)
		return;

	walk->next = sb_le32(table + TABLE_LIST);
	walk->error = SB_VFCT_LIST_OUTSIDE;
	if (walk->next < TABLE_SIZE || walk->next > walk->size)
		return;

	walk->error = SB_VFCT_OK;
}

/**
 * sb_vfct_next() - go on to the next image
 * @walk: the walk
 * @table: the table
 * @image: filled with what the entry says
 *
 * Return: true if there is one; false if the walk is over, and @walk->error
 * says why.
 */
bool sb_vfct_next(struct sb_vfct_walk *walk, const u8 *table,
		  struct sb_vfct_image *image)
{
	const u8 *entry = table + walk->next;
	u32 left = walk->size - walk->next;

	*image = (struct sb_vfct_image){};
	if (walk->error != SB_VFCT_OK || !left)
		return false;
	if (left < ENTRY_SIZE) {
		walk->error = SB_VFCT_HEADER_CUT;
		return false;
	}

	*image = (struct sb_vfct_image){
		.offset = walk->next + ENTRY_SIZE,
		.length = sb_le32(entry + ENTRY_LENGTH),
		.bus = sb_le32(entry + ENTRY_BUS),
		.device = sb_le32(entry + ENTRY_DEVICE),
		.function = sb_le32(entry + ENTRY_FUNCTION),
		.revision = sb_le32(entry + ENTRY_REVISION),
		.vendor = sb_le16(entry + ENTRY_VENDOR_ID),
		.device_id = sb_le16(entry + ENTRY_DEVICE_ID),
		.subvendor = sb_le16(entry + ENTRY_SUBVENDOR),
		.subsystem = sb_le16(entry + ENTRY_SUBSYSTEM),
	};
	if (image->length > left - ENTRY_SIZE) {
		walk->error = SB_VFCT_IMAGE_CUT;
		return false;
	}

	walk->next = image->offset + image->length;
	return true;
}

static bool is_for(const struct sb_vfct_image *image,
		   const struct sb_vfct_key *key)
{
	return image->length && image->bus == key->bus &&
	       image->device == (u32)key->devfn >> 3 &&
	       image->function == (key->devfn & 7u) &&
	       image->vendor == key->vendor &&
	       image->device_id == key->device_id;
}

/**
 * sb_vfct_find() - find the image of a function
 * @table: the table, with its ACPI header
 * @size: bytes that can be read
 * @key: the function; in segment 0
 * @image: filled with the first image for it, by address and IDs
 *
 * Return: SB_VFCT_OK if there is one, else why not.
 */
enum sb_vfct_error sb_vfct_find(const u8 *table, u32 size,
				const struct sb_vfct_key *key,
				struct sb_vfct_image *image)
{
	struct sb_vfct_walk walk;

	sb_vfct_start(&walk, table, size);
	while (sb_vfct_next(&walk, table, image))
		if (is_for(image, key))
			return SB_VFCT_OK;

	return walk.error == SB_VFCT_OK ? SB_VFCT_NO_MATCH : walk.error;
}

static const struct {
	const char *name;
	const char *text;
} errors[] = {
	[SB_VFCT_OK] = { "ok", "is whole" },
	[SB_VFCT_NO_TABLE] = { "no-table", "is not a VFCT table" },
	[SB_VFCT_CUT] = { "cut", "is shorter than it says" },
	[SB_VFCT_LIST_OUTSIDE] = {
		"list-outside", "has no list of images where it says"
	},
	[SB_VFCT_HEADER_CUT] = {
		"header-cut", "ends within the header of an image"
	},
	[SB_VFCT_IMAGE_CUT] = { "image-cut", "ends within an image" },
	[SB_VFCT_NO_MATCH] = {
		"no-match", "has no image for this address with these IDs"
	},
};

/**
 * sb_vfct_error_name() - the word for an error, for programs
 * @error: the error
 *
 * Return: a constant string that does not change between releases.
 */
const char *sb_vfct_error_name(enum sb_vfct_error error)
{
	return errors[error].name;
}

/**
 * sb_vfct_error_text() - describe what is wrong with a table
 * @error: the error
 *
 * Return: a constant string that goes after "the VFCT table ".
 */
const char *sb_vfct_error_text(enum sb_vfct_error error)
{
	return errors[error].text;
}
