// SPDX-License-Identifier: GPL-2.0-only
/*
 * page: decides whether a BAR has its page to itself.
 *
 * What matters is what decodes, not what the resource tree says. vfio-pci only
 * looks at the tree, and would give a guest its neighbour's registers if
 * firmware programmed a BAR that the kernel did not claim.
 */
#include <shadowbar/page.h>

/*
 * Bus and CPU addresses might differ by less than a page, although no such host
 * is known. A BAR that is moved starts at a page boundary on the bus, and is
 * reported as unaligned if that is not one for the CPU.
 */
static u64 offset_in_page(const struct sb_page_bar *bar)
{
	return bar->cpu & (bar->page_size - 1);
}

/**
 * sb_page_range() - the page in which a BAR starts
 * @bar: the BAR, which is assigned
 *
 * Return: its bus addresses.
 */
struct sb_range sb_page_range(const struct sb_page_bar *bar)
{
	u64 start = bar->start - offset_in_page(bar);

	return (struct sb_range){ start, start + bar->page_size - 1 };
}

/**
 * sb_page_is_partial() - is a BAR smaller than a page, and aligned to one?
 * @bar: the BAR
 *
 * Return: true if so, and if it has an address.
 */
bool sb_page_is_partial(const struct sb_page_bar *bar)
{
	return bar->assigned && bar->size < bar->page_size &&
	       !offset_in_page(bar);
}

static bool is_same_function(const struct sb_owner *a, const struct sb_owner *b)
{
	return a->domain == b->domain && a->bus == b->bus &&
	       a->devfn == b->devfn;
}

/* Is this the BAR itself, as it is in the tree and in its register? */
static bool is_itself(const struct sb_page_bar *bar,
		      const struct sb_decoder *decoder)
{
	return is_same_function(&bar->owner, &decoder->owner) &&
	       decoder->owner.kind == SB_DECODER_BAR &&
	       decoder->owner.nr == bar->owner.nr;
}

/*
 * Which of two decoders to name. One that decodes and is not in the tree is the
 * worst. One in the tree keeps VFIO away. One that is disabled may never
 * decode, and nothing is known about one that cannot be read.
 */
static unsigned int badness(const struct sb_decoder *decoder)
{
	if (decoder->owner.kind == SB_DECODER_UNKNOWN)
		return 0;
	if (decoder->claimed)
		return 2;
	return decoder->enabled ? 3 : 1;
}

/**
 * sb_page_judge() - does a BAR have its page to itself?
 * @bar: the BAR
 * @decoder: everything that may decode near it, including the BAR itself
 * @nr: number of entries in @decoder
 * @verdict: filled
 */
void sb_page_judge(const struct sb_page_bar *bar,
		   const struct sb_decoder *decoder, unsigned int nr,
		   struct sb_page_verdict *verdict)
{
	const struct sb_decoder *worst = NULL;
	struct sb_range page;
	unsigned int i;

	*verdict = (struct sb_page_verdict){ .page = SB_PAGE_UNASSIGNED };
	if (!bar->assigned)
		return;

	verdict->page = SB_PAGE_WHOLE;
	if (bar->size >= bar->page_size)
		return;

	verdict->page = SB_PAGE_UNALIGNED;
	if (!sb_page_is_partial(bar))
		return;

	page = sb_page_range(bar);
	for (i = 0; i < nr; i++) {
		if (is_itself(bar, &decoder[i]) ||
		    !sb_range_overlaps(&page, &decoder[i].range))
			continue;
		verdict->hidden |= !decoder[i].claimed;
		verdict->shown |= decoder[i].claimed;
		if (!worst || badness(&decoder[i]) > badness(worst))
			worst = &decoder[i];
	}

	verdict->page = SB_PAGE_UNPADDED;
	if (!worst)
		return;

	verdict->page = SB_PAGE_SHARED;
	verdict->with = worst->owner;
	verdict->enabled = worst->enabled;
}

/* The end of the first decoder in a range */
static bool page_is_taken(const struct sb_decoder *decoder, unsigned int nr,
			  const struct sb_range *page, u64 *end)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (sb_range_overlaps(page, &decoder[i].range)) {
			*end = decoder[i].range.end;
			return true;
		}
	}

	return false;
}

/**
 * sb_page_hole() - the first page in a free part of a window
 * @decoder: everything that may decode on the bus
 * @nr: number of entries in @decoder
 * @page_size: bytes of a page, a power of two
 * @start: first free address
 * @end: last free address
 *
 * Free means free in the kernel's resource tree. Decoders that are not in the
 * tree are skipped, and so is everything below 1 MiB, where the legacy VGA
 * range is.
 *
 * Return: the address, a multiple of @page_size, or U64_MAX if there is none.
 */
u64 sb_page_hole(const struct sb_decoder *decoder, unsigned int nr,
		 u64 page_size, u64 start, u64 end)
{
	struct sb_range page;
	u64 taken_to;

	if (start < SZ_1M)
		start = SZ_1M;

	/* Each round skips at least one decoder, so this ends. */
	for (;;) {
		page.start = ALIGN_DOWN(start + page_size - 1, page_size);
		page.end = page.start + page_size - 1;
		if (page.start < start || page.end < page.start ||
		    page.end > end)
			return U64_MAX;
		if (!page_is_taken(decoder, nr, &page, &taken_to))
			return page.start;
		if (taken_to >= end)
			return U64_MAX;
		start = taken_to + 1;
	}
}

/* The largest naturally aligned power-of-two block in a range */
static u64 largest_block(u64 start, u64 end, u64 *at)
{
	u64 size;

	for (size = 1ULL << 63; size; size >>= 1) {
		*at = ALIGN_DOWN(start + size - 1, size);
		if (*at >= start && *at <= end && end - *at >= size - 1)
			return size;
	}

	return 0;
}

/**
 * sb_room_add() - count a free part of a window
 * @room: zeroed, or the result of earlier calls
 * @page_size: bytes of a page, a power of two
 * @start: first free address
 * @end: last free address
 *
 * What is below 1 MiB does not count.
 */
void sb_room_add(struct sb_room *room, u64 page_size, u64 start, u64 end)
{
	u64 block, at, first, last;

	if (start < SZ_1M)
		start = SZ_1M;
	if (start > end)
		return;

	/* The rest of a page that is partly in use does not count. */
	first = ALIGN_DOWN(start + page_size - 1, page_size);
	last = ALIGN_DOWN(end + 1, page_size);
	if (first >= start && first < last)
		room->free += last - first;

	block = largest_block(start, end, &at);
	if (block > room->block)
		room->blocks = 0;
	if (block >= room->block) {
		room->block = block;
		room->blocks++;
	}
}

/**
 * sb_room_spares() - may one more page be taken without a request?
 * @room: what is free in the window
 * @page_size: bytes of a page
 * @taken: bytes taken earlier on the same occasion
 *
 * Later devices need room, too: half of what was free is left to them.
 *
 * Return: true if it may.
 */
bool sb_room_spares(const struct sb_room *room, u64 page_size, u64 taken)
{
	return taken + page_size <= (room->free + taken) / 2;
}

/**
 * sb_room_page() - find a page in a free part of a window
 * @room: what is free in the whole window
 * @decoder: everything that may decode on the bus
 * @nr: number of entries in @decoder
 * @page_size: bytes of a page, a power of two
 * @start: first free address
 * @end: last free address
 * @may_split: the page may be cut from the last block that is as large as any
 *	       in the window
 *
 * Return: the address, or U64_MAX if there is none.
 */
u64 sb_room_page(const struct sb_room *room, const struct sb_decoder *decoder,
		 unsigned int nr, u64 page_size, u64 start, u64 end,
		 bool may_split)
{
	u64 at, block, page = U64_MAX;

	if (start < SZ_1M)
		start = SZ_1M;
	if (start > end)
		return U64_MAX;

	block = largest_block(start, end, &at);
	if (block < room->block || room->blocks > 1)
		return sb_page_hole(decoder, nr, page_size, start, end);

	if (at > start)
		page = sb_page_hole(decoder, nr, page_size, start, at - 1);
	if (page == U64_MAX && at + (block - 1) < end)
		page = sb_page_hole(decoder, nr, page_size, at + block, end);
	/* Try to keep half of the block whole. */
	if (page == U64_MAX && may_split)
		page = sb_page_hole(decoder, nr, page_size, at + block / 2,
				    end);
	if (page == U64_MAX && may_split)
		page = sb_page_hole(decoder, nr, page_size, start, end);

	return page;
}

/**
 * sb_page_reads_alike() - is this the same register after a move?
 * @before: two reads before the move
 * @after: a read at the new address
 *
 * A register that counts cannot be compared. But it does not read as all ones,
 * as it would if nothing responded.
 *
 * Return: true if it may be.
 */
bool sb_page_reads_alike(const u32 before[2], u32 after)
{
	if (before[0] == before[1])
		return after == before[0];

	return after != U32_MAX;
}

/* The result of a write to "bar<N>_isolate", and what bar<N>_reason adds */
static const struct {
	int error;
	const char *text;
} moves[] = {
	[SB_MOVE_NONE] = { 0, "" },
	[SB_MOVE_DONE] = { 0, "" },
	[SB_MOVE_BOUND] = {
		-EBUSY,
		"; not moved: a driver is bound; unbind it first, if nothing needs the device",
	},
	[SB_MOVE_IN_USE] = {
		-EBUSY,
		"; not moved: something uses it without a driver; stop that first",
	},
	[SB_MOVE_BUSY] = {
		-EAGAIN,
		"; not moved: the function was busy for a moment, try again",
	},
	[SB_MOVE_DENIED] = {
		-EPERM,
		"; not moved: the function is denied",
	},
	[SB_MOVE_PINNED] = {
		-EBUSY,
		"; not moved: a boot console or firmware may use it where it is",
	},
	[SB_MOVE_VIRTUAL] = {
		-EBUSY,
		"; not moved: a virtual function's BARs belong to its physical function",
	},
	[SB_MOVE_ASLEEP] = {
		-EBUSY,
		"; not moved: the function is not in D0, wake it first",
	},
	[SB_MOVE_UNASSIGNED] = {
		-EBUSY,
		"; not moved: it has no address to be moved from",
	},
	[SB_MOVE_ELSEWHERE] = {
		-EBUSY,
		"; not moved: the device does not hold the address that the kernel has for it; remove it and rescan its bus, or reboot",
	},
	[SB_MOVE_OTHERS] = {
		-EBUSY,
		"; not moved: decoding is off and other BARs' addresses cannot be trusted",
	},
	[SB_MOVE_MAPPED] = {
		-EBUSY,
		"; not moved: a program has mapped its page or another BAR, or may have, which kernels before 5.15 do not tell",
	},
	[SB_MOVE_NO_ROOM] = {
		-ENOSPC,
		"; not moved: no window above the function has a free page",
	},
	[SB_MOVE_SCARCE] = {
		-ENOSPC,
		"; not moved: too few pages are free; unbind it and isolate by hand",
	},
	[SB_MOVE_STUCK] = {
		-EIO,
		"; not moved: a register did not take its new value",
	},
	[SB_MOVE_DIFFERS] = {
		-EIO,
		"; not moved: it read differently at its new address, so it was put back",
	},
	[SB_MOVE_VANISHED] = {
		-EIO,
		"; not moved: the function stopped answering",
	},
	[SB_MOVE_NOT_RESTORED] = {
		-EIO,
		"; its registers could NOT be restored, it is left alone from now on",
	},
	[SB_MOVE_NO_MEMORY] = {
		-ENOMEM,
		"; not moved: the kernel had no memory",
	},
};

static_assert(ARRAY_SIZE(moves) == SB_MOVE_NO_MEMORY + 1, "a move has no words");

/**
 * sb_move_error() - the result of a write to "bar<N>_isolate"
 * @move: the result of the move
 *
 * Return: 0 or a negative error.
 */
int sb_move_error(enum sb_move move)
{
	return moves[move].error;
}

/**
 * sb_move_text() - why a BAR was not moved
 * @move: the result of the move
 *
 * Return: a constant string, empty if there is nothing to say.
 */
const char *sb_move_text(enum sb_move move)
{
	return moves[move].text;
}

/**
 * sb_page_name() - the word for a state, as in sysfs
 * @page: the state
 *
 * Return: a constant string.
 */
const char *sb_page_name(enum sb_page page)
{
	static const char * const name[] = {
		[SB_PAGE_UNASSIGNED] = "unassigned",
		[SB_PAGE_WHOLE] = "whole",
		[SB_PAGE_UNALIGNED] = "unaligned",
		[SB_PAGE_SHARED] = "shared",
		[SB_PAGE_UNPADDED] = "unpadded",
		[SB_PAGE_EXCLUSIVE] = "exclusive",
	};

	return name[page];
}

/* Longer than any of the names below */
#define OWNER_LENGTH	48

static void owner_name(const struct sb_owner *owner, char name[OWNER_LENGTH])
{
	int length;

	if (owner->kind == SB_DECODER_UNKNOWN)
		length = 0;
	else if (owner->kind == SB_DECODER_ROM)
		length = scnprintf(name, OWNER_LENGTH, "the ROM BAR of ");
	else if (owner->kind == SB_DECODER_WINDOW)
		length = scnprintf(name, OWNER_LENGTH, "window %u of bridge ",
				   owner->nr);
	else
		length = scnprintf(name, OWNER_LENGTH, "BAR %u of ", owner->nr);

	scnprintf(name + length, OWNER_LENGTH - length, "%04x:%02x:%02x.%x",
		  owner->domain, owner->bus, owner->devfn >> 3,
		  owner->devfn & 7);
}

static int reason_of(const struct sb_page_verdict *verdict, char *buf,
		     size_t size)
{
	char name[OWNER_LENGTH];

	switch ((enum sb_page)verdict->page) {
	case SB_PAGE_UNASSIGNED:
		return scnprintf(buf, size,
				 "the kernel found no address for it; remove the function and rescan the bus once there is room");
	case SB_PAGE_WHOLE:
		return scnprintf(buf, size,
				 "it fills its pages, so VFIO maps it");
	case SB_PAGE_UNALIGNED:
		return scnprintf(buf, size,
				 "it does not start at a page boundary, so VFIO does not map it; isolate it to give it a page of its own");
	case SB_PAGE_UNPADDED:
		return scnprintf(buf, size,
				 "it is alone in its page and VFIO maps it, but nothing keeps it so");
	case SB_PAGE_EXCLUSIVE:
		return scnprintf(buf, size,
				 "it is alone in its page, which is kept free, so VFIO maps it");
	case SB_PAGE_SHARED:
		break;
	}

	if (verdict->with.kind == SB_DECODER_OTHER)
		return scnprintf(buf, size,
				 "something other than a PCI BAR is in its page, or the page ends outside the window, so VFIO does not map it; isolate it to give it a page of its own");

	owner_name(&verdict->with, name);
	if (verdict->with.kind == SB_DECODER_UNKNOWN)
		return scnprintf(buf, size,
				 "%s cannot be read and may be in its page, so VFIO is kept from mapping it; wake that function, or reset it if it does not respond",
				 name);

	return scnprintf(buf, size,
			 "%s is in its page%s%s, so VFIO does not map it; isolate it to give it a page of its own",
			 name, verdict->hidden ? ", unclaimed" : "",
			 verdict->enabled ? "" : ", disabled for now");
}

/**
 * sb_page_reason() - describe the state of a page in one line for a person
 * @verdict: the state
 * @buf: filled with the text
 * @size: bytes in @buf, at least one
 *
 * Return: characters written, without a newline and the NUL at the end.
 */
int sb_page_reason(const struct sb_page_verdict *verdict, char *buf,
		   size_t size)
{
	int length = reason_of(verdict, buf, size);

	if (verdict->msix)
		length += scnprintf(buf + length, size - length,
				    "; it holds MSI-X vectors, which hypervisors always trap; QEMU's x-msix-relocation= moves them");

	return length;
}
