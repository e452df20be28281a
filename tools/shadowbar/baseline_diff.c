// SPDX-License-Identifier: GPL-2.0-only
/*
 * baseline_diff: differences between two records of the ROMs of a machine.
 *
 * Logic: two lists in, findings out.
 */
#include <string.h>

#include "baseline.h"

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool is_one_of(const char *word, const char * const *list, size_t nr)
{
	while (word && nr--)
		if (!strcmp(word, list[nr]))
			return true;
	return false;
}

static bool has_rom(const struct sb_kept *kept)
{
	return kept->sha256;
}

/* Ignore functions that have neither a ROM BAR nor a ROM. */
static bool matters(const struct sb_kept *kept)
{
	return has_rom(kept) || (kept->bar && strcmp(kept->bar, "absent"));
}

/* Did the module look and find no ROM? A failure to look does not count. */
static bool was_looked_for(const struct sb_kept *kept)
{
	static const char * const word[] = { "none", "failed" };

	return is_one_of(kept->status, word, 2);
}

/* Was there an address, valid or not? */
static bool had_address(const struct sb_kept *kept)
{
	static const char * const word[] = {
		"programmed", "outside-window", "overlap",
	};

	return is_one_of(kept->bar, word, 3);
}

static bool has_no_address(const struct sb_kept *kept)
{
	static const char * const word[] = { "zero", "all-ones" };

	return is_one_of(kept->bar, word, 2);
}

static bool same_ids(const struct sb_kept *before, const struct sb_kept *after)
{
	return same(before->vendor, after->vendor) &&
	       same(before->device, after->device) &&
	       same(before->subsystem, after->subsystem) &&
	       same(before->class, after->class);
}

static struct sb_finding *add(struct sb_finding *found,
			      enum sb_finding_kind kind,
			      enum sb_finding_what what,
			      const struct sb_kept *before,
			      const struct sb_kept *after)
{
	*found = (struct sb_finding){ kind, what, before, after };
	return found + 1;
}

/*
 * If the kernel was told to ignore a ROM BAR, it does not show the ROM.
 * Otherwise, only a comparison with what firmware did before tells whether the
 * BAR was tampered with.
 */
static struct sb_finding *compare_bar(const struct sb_kept *before,
				      const struct sb_kept *after, bool norom,
				      struct sb_finding *found)
{
	bool zeroed;

	if (!has_rom(after) || !has_no_address(after))
		return found;
	if (before && had_address(before))
		return add(found, SB_FINDING_HIDDEN, SB_ABOUT_BAR, before,
			   after);
	/* OVMF leaves all ones in each, so something else wrote a zero. */
	zeroed = before && same(before->bar, "all-ones") &&
		 same(after->bar, "zero");
	if (zeroed)
		return add(found, norom ? SB_FINDING_HIDDEN :
			   SB_FINDING_CHANGED, SB_ABOUT_BAR, before, after);
	if (norom)
		return add(found, SB_FINDING_HIDDEN, SB_ABOUT_NOROM, before,
			   after);
	return found;
}

static struct sb_finding *compare_rom(const struct sb_kept *before,
				      const struct sb_kept *after,
				      struct sb_finding *found)
{
	if (has_rom(before) && has_rom(after))
		return same(before->sha256, after->sha256) ? found :
			add(found, SB_FINDING_CHANGED, SB_ABOUT_ROM, before,
			    after);
	if (has_rom(after))
		return add(found, SB_FINDING_NEW, SB_ABOUT_ROM, before, after);
	if (has_rom(before))
		return add(found, was_looked_for(after) ? SB_FINDING_GONE :
			   SB_FINDING_UNREAD, SB_ABOUT_ROM, before, after);
	return found;
}

static struct sb_finding *compare_one(const struct sb_kept *before,
				      const struct sb_kept *after, bool norom,
				      struct sb_finding *found)
{
	if (!before && !matters(after))
		return found;
	if (!before)
		found = add(found, SB_FINDING_NEW, SB_ABOUT_FUNCTION, NULL,
			    after);
	else if (!same_ids(before, after) && (matters(before) || matters(after)))
		found = add(found, SB_FINDING_CHANGED, SB_ABOUT_IDS, before,
			    after);
	else
		found = compare_rom(before, after, found);
	/* Another device in the slot says nothing about this one. */
	if (before && !same_ids(before, after))
		before = NULL;
	found = compare_bar(before, after, norom, found);
	if (after->reread || after->erased)
		found = add(found, after->erased ? SB_FINDING_GONE :
			    SB_FINDING_CHANGED, SB_ABOUT_REREAD, before, after);
	return found;
}

static const struct sb_kept *find(const struct sb_baseline *in,
				  const struct sb_kept *kept)
{
	size_t i;

	for (i = 0; i < in->nr; i++)
		if (same(in->list[i].path, kept->path))
			return &in->list[i];
	return NULL;
}

/**
 * sb_baseline_compare() - find the differences
 * @before: the baseline
 * @after: the machine now
 * @norom: the kernel was started with pci=norom
 * @found: filled; has room for SB_FINDINGS_EACH per function of both
 *
 * Functions are matched by slot, whatever the bus numbers are now.
 *
 * Return: number of findings.
 */
size_t sb_baseline_compare(const struct sb_baseline *before,
			   const struct sb_baseline *after, bool norom,
			   struct sb_finding *found)
{
	struct sb_finding *next = found;
	size_t i;

	for (i = 0; i < after->nr; i++)
		next = compare_one(find(before, &after->list[i]),
				   &after->list[i], norom, next);
	for (i = 0; i < before->nr; i++)
		if (matters(&before->list[i]) && !find(after, &before->list[i]))
			next = add(next, SB_FINDING_GONE, SB_ABOUT_FUNCTION,
				   &before->list[i], NULL);
	return next - found;
}

/**
 * sb_kept_images_differ() - count the images of a ROM that have changed
 * @before: the function in the baseline
 * @after: the function now
 *
 * Return: how many differ at the same position or exist on one side only; 0 if
 * the images of either side are not known.
 */
size_t sb_kept_images_differ(const struct sb_kept *before,
			     const struct sb_kept *after)
{
	size_t most = before->nr_images > after->nr_images ?
		      before->nr_images : after->nr_images;
	size_t i, nr = 0;

	if (!before->nr_images || !after->nr_images)
		return 0;
	for (i = 0; i < most; i++)
		nr += i >= before->nr_images || i >= after->nr_images ||
		      !same(before->images[i].sha256, after->images[i].sha256);
	return nr;
}

/* Parse "pci=realloc,norom": options after the sign, separated by commas. */
static bool has_norom(const char *words, size_t length)
{
	static const char norom[] = "norom";
	const char *end = words + length;

	while (words < end) {
		size_t word = 0;

		while (words + word < end && words[word] != ',')
			word++;
		if (word == strlen(norom) && !strncmp(words, norom, word))
			return true;
		words += word + 1;
	}
	return false;
}

/**
 * sb_cmdline_norom() - was the kernel told to ignore ROMs?
 * @cmdline: its command line
 *
 * Options after "--" are for init.
 *
 * Return: true if it contains pci=norom.
 */
bool sb_cmdline_norom(const char *cmdline)
{
	static const char pci[] = "pci=", spaces[] = " \t\n";
	bool found = false;

	while (*(cmdline += strspn(cmdline, spaces)) && !found) {
		size_t length = strcspn(cmdline, spaces);

		if (length == 2 && !strncmp(cmdline, "--", length))
			break;
		if (!strncmp(cmdline, pci, strlen(pci)))
			found = has_norom(cmdline + strlen(pci),
					  length - strlen(pci));
		cmdline += length;
	}
	return found;
}

/**
 * sb_finding_kind_name() - the name of a kind of finding
 * @kind: the kind
 *
 * Return: a word that programs may rely on.
 */
const char *sb_finding_kind_name(enum sb_finding_kind kind)
{
	static const char * const name[] = {
		[SB_FINDING_NEW] = "new",
		[SB_FINDING_GONE] = "gone",
		[SB_FINDING_CHANGED] = "changed",
		[SB_FINDING_HIDDEN] = "hidden",
		[SB_FINDING_UNREAD] = "unread",
	};

	return name[kind];
}

/**
 * sb_finding_what_name() - the name of the subject of a finding
 * @what: the subject
 *
 * Return: a word that programs may rely on.
 */
const char *sb_finding_what_name(enum sb_finding_what what)
{
	static const char * const name[] = {
		[SB_ABOUT_FUNCTION] = "function",
		[SB_ABOUT_IDS] = "ids",
		[SB_ABOUT_ROM] = "rom",
		[SB_ABOUT_BAR] = "bar",
		[SB_ABOUT_NOROM] = "norom",
		[SB_ABOUT_REREAD] = "device",
	};

	return name[what];
}
