// SPDX-License-Identifier: GPL-2.0-only
/*
 * shadows: all shadows of a function, and the best of them.
 *
 * Each has a file, which the caller creates: see struct sb_keeper. They change
 * only under the function's mutex.
 */
#define dev_fmt(fmt) "shadowbar: " fmt

#include <linux/bits.h>
#include <linux/err.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "rom/measure.h"
#include "rom/shadows.h"
#include "rom/sources.h"
#include "rom/store.h"

/* One bit each in the mask of those that have been looked at */
static_assert(SB_SOURCES <= 8, "more sources than bits in the mask");

static void set_shadow(struct sb_shadows *shadows, enum sb_source source,
		       struct sb_shadow *shadow)
{
	spin_lock(&shadows->lock);
	shadows->shown[source].shadow = shadow;
	spin_unlock(&shadows->lock);
}

static void set_changed(struct sb_shadows *shadows, enum sb_changed changed)
{
	spin_lock(&shadows->lock);
	shadows->changed = changed;
	spin_unlock(&shadows->lock);
}

static void set_finding(struct sb_shadows *shadows, enum sb_source source,
			const struct sb_finding *finding)
{
	spin_lock(&shadows->lock);
	shadows->findings[source] = *finding;
	spin_unlock(&shadows->lock);
}

/*
 * Replace a shadow by a newer one, whose reference is taken over. The size of a
 * file is fixed when it is created, so another size needs another file.
 */
static int show(const struct sb_keeper *keeper, enum sb_source source,
		struct sb_shadow *shadow)
{
	struct sb_shadows *shadows = *keeper->shadows;
	struct sb_shadow *before = shadows->shown[source].shadow;
	int ret = 0;

	if (before && before->size != shadow->size)
		keeper->remove_file(keeper, source);

	set_shadow(shadows, source, shadow);
	if (!before || before->size != shadow->size)
		ret = keeper->add_file(keeper, source, shadow->size);
	if (!ret) {
		sb_shadow_put(before);
		return 0;
	}

	/*
	 * Back to the older one, unless there is no memory for its file either.
	 */
	if (before && keeper->add_file(keeper, source, before->size)) {
		sb_shadow_put(before);
		before = NULL;
	}
	set_shadow(shadows, source, before);
	sb_shadow_put(shadow);
	return ret;
}

/**
 * sb_shadows_hide() - remove the shadow of a source
 * @keeper: whose shadows
 * @source: the source; it may have no shadow
 *
 * Context: may sleep; the function's mutex is held.
 */
void sb_shadows_hide(const struct sb_keeper *keeper, enum sb_source source)
{
	struct sb_shadows *shadows = *keeper->shadows;
	struct sb_shadow *before;

	if (!shadows)
		return;

	before = shadows->shown[source].shadow;
	keeper->remove_file(keeper, source);
	set_shadow(shadows, source, NULL);
	set_finding(shadows, source, &(struct sb_finding){});
	sb_shadow_put(before);
}

static int need_shadows(const struct sb_keeper *keeper)
{
	struct sb_shadows *shadows;

	if (*keeper->shadows)
		return 0;

	shadows = kzalloc(sizeof(*shadows), GFP_KERNEL);
	if (!shadows)
		return -ENOMEM;
	spin_lock_init(&shadows->lock);
	/* A reader who sees the pointer sees it initialised. */
	smp_store_release(keeper->shadows, shadows);
	return 0;
}

/* Takes over the bytes. */
static int keep(const struct sb_keeper *keeper, enum sb_source source,
		struct sb_rom *rom, const struct sb_finding *finding, bool over)
{
	struct sb_shadow *shadow = sb_store_add(rom->data, rom->size, over);
	struct sb_shadows *shadows;
	int ret;

	if (IS_ERR(shadow))
		return PTR_ERR(shadow);
	ret = need_shadows(keeper);
	if (ret) {
		sb_shadow_put(shadow);
		return ret;
	}

	shadows = *keeper->shadows;
	ret = show(keeper, source, shadow);
	if (!ret && keeper->measure)
		sb_measure(keeper->pdev, source, shadow);
	if (!ret)
		set_finding(shadows, source, finding);
	else if (!shadows->shown[source].shadow)
		set_finding(shadows, source, &(struct sb_finding){});
	return ret;
}

/* What the kernel provides may be a copy of a shadow that we have already. */
static bool may_look_at(const struct sb_keeper *keeper, enum sb_source source)
{
	const struct sb_shadows *shadows = *keeper->shadows;

	if (*keeper->looked & BIT(source) || source == SB_SOURCE_ACPI_ROM)
		return false;

	return source != SB_SOURCE_PLATFORM || !shadows ||
	       shadows->served.way != SB_SERVE_MEMORY;
}

/**
 * sb_shadows_found() - keep what a source other than the ROM BAR has
 * @keeper: whose shadows
 * @source: the source
 * @error: why there is nothing, or 0
 * @rom: the ROM, which is taken over, or nothing
 * @finding: facts about it
 * @over: see sb_store_add()
 *
 * Context: may sleep; the function's mutex is held.
 * Return: 0, -ENOMEM or -ENOSPC; on error, the source has to be read again.
 */
int sb_shadows_found(const struct sb_keeper *keeper, enum sb_source source,
		     int error, struct sb_rom *rom,
		     const struct sb_finding *finding, bool over)
{
	if (!error)
		error = keep(keeper, source, rom, finding, over);
	if (error && error != -ENOENT)
		return error;

	*keeper->looked |= BIT(source);
	return 0;
}

/**
 * sb_shadows_look() - copy the ROM from all sources except the ROM BAR
 * @keeper: whose shadows
 * @over: see sb_store_add()
 *
 * Each source is copied once, before a driver can change it; if out of memory,
 * again at the next capture. This does not include firmware's method _ROM,
 * which runs while nothing waits for it.
 *
 * Context: may sleep; the function's mutex is held.
 * Return: 0, -ENOMEM or -ENOSPC.
 */
int sb_shadows_look(const struct sb_keeper *keeper, bool over)
{
	enum sb_source source;
	int ret = 0;

	for (source = SB_SOURCE_NONE + 1; source < SB_SOURCES; source++) {
		struct sb_finding finding;
		struct sb_rom rom;
		int error;

		if (sb_source_is_bar(source) || !may_look_at(keeper, source))
			continue;
		error = sb_source_read(keeper->pdev, source, &rom, &finding);
		error = sb_shadows_found(keeper, source, error, &rom, &finding,
					 over);
		if (error)
			ret = error;
	}

	return ret;
}

/**
 * sb_shadows_keep() - keep what a capture has read
 * @keeper: whose shadows
 * @rom: the ROM, which is taken over, or nothing
 * @outcome: the outcome of the capture
 * @over: see sb_store_add()
 *
 * The ROM BAR has one shadow, no matter at which address it was read.
 *
 * Context: may sleep; the function's mutex is held.
 * Return: 0, -ENOMEM or -ENOSPC.
 */
int sb_shadows_keep(const struct sb_keeper *keeper, struct sb_rom *rom,
		    const struct sb_outcome *outcome, bool over)
{
	const struct sb_finding finding = {
		.length = outcome->length,
		.images = outcome->images,
		.intact = outcome->image_error == SB_IMAGE_OK &&
			  !outcome->bad_sums,
	};
	enum sb_source other;
	int ret;

	if (!rom->data)
		return 0;

	ret = keep(keeper, outcome->source, rom, &finding, over);
	if (ret)
		return ret;

	(*keeper->shadows)->rom_size = rom->bar_size;
	set_changed(*keeper->shadows, SB_CHANGED_UNKNOWN);
	for (other = SB_SOURCE_NONE; other < SB_SOURCES; other++)
		if (other != outcome->source && sb_source_is_bar(other))
			sb_shadows_hide(keeper, other);
	return 0;
}

/**
 * sb_shadows_compare() - compare what was read again with the shadow
 * @keeper: whose shadows; there is one from the ROM BAR
 * @rom: what was read, or nothing
 * @outcome: the outcome of the read
 * @changed: set to the result
 *
 * The shadow is not replaced by what a guest may have left.
 *
 * Context: may sleep; the function's mutex is held.
 * Return: true if the result differs from the previous one.
 */
bool sb_shadows_compare(const struct sb_keeper *keeper,
			const struct sb_rom *rom,
			const struct sb_outcome *outcome,
			enum sb_changed *changed)
{
	struct sb_shadows *shadows = *keeper->shadows;
	enum sb_changed before = shadows->changed;
	const struct sb_shadow *shadow;

	shadow = shadows->shown[sb_shadows_bar(shadows)].shadow;
	*changed = sb_changed_by(before, outcome->why, outcome->image_error,
				 rom->data && rom->size == shadow->size &&
				 !memcmp(rom->data, shadow->data, rom->size));
	set_changed(shadows, *changed);
	return *changed != before;
}

/**
 * sb_shadows_note_held() - a guest may have the function from now on
 * @shadows: its shadows, or NULL
 *
 * Context: any that may take a spinlock.
 */
void sb_shadows_note_held(struct sb_shadows *shadows)
{
	if (!shadows)
		return;

	spin_lock(&shadows->lock);
	shadows->held = true;
	spin_unlock(&shadows->lock);
}

/**
 * sb_shadows_was_held() - may a guest have rewritten the ROM?
 * @shadows: the function's shadows, or NULL
 * @reread: if so, have it read again, provided there is a shadow to compare
 *	    with
 *
 * Context: any that may take a spinlock.
 * Return: true if it will be read again.
 */
bool sb_shadows_was_held(struct sb_shadows *shadows, bool reread)
{
	bool has_bar = sb_shadows_bar(shadows) != SB_SOURCE_NONE;

	if (!shadows)
		return false;

	spin_lock(&shadows->lock);
	reread = reread && shadows->held && has_bar;
	shadows->reread |= reread;
	shadows->held = false;
	spin_unlock(&shadows->lock);

	return reread;
}

/**
 * sb_shadows_take_reread() - should the ROM only be compared?
 * @shadows: the function's shadows, or NULL
 * @waited_for: somebody waits for the capture, and wants a new shadow
 *
 * Context: any that may take a spinlock; the function's mutex is held.
 * Return: true if so; false from the next call on.
 */
bool sb_shadows_take_reread(struct sb_shadows *shadows, bool waited_for)
{
	bool reread = sb_shadows_bar(shadows) != SB_SOURCE_NONE && !waited_for;

	if (!shadows)
		return false;

	spin_lock(&shadows->lock);
	reread = reread && shadows->reread;
	shadows->reread = false;
	spin_unlock(&shadows->lock);

	return reread;
}

/**
 * sb_shadows_are_whole() - is there data after the last image in the ROM BAR's
 * shadow?
 * @shadows: the function's shadows, or NULL
 *
 * Context: any that may take a spinlock; the function's mutex is held.
 * Return: true if so: what it is compared with has to include that, too.
 */
bool sb_shadows_are_whole(struct sb_shadows *shadows)
{
	enum sb_source source = sb_shadows_bar(shadows);

	if (source == SB_SOURCE_NONE)
		return false;

	return shadows->shown[source].shadow->size !=
	       shadows->findings[source].length;
}

/**
 * sb_shadows_choose() - show the best shadow as the function's ROM
 * @keeper: whose shadows
 * @captured: the ROM BAR has just been read, which has been logged
 *
 * Context: may sleep; the function's mutex is held.
 * Return: 0, or a negative error with the previous one shown, or none.
 */
int sb_shadows_choose(const struct sb_keeper *keeper, bool captured)
{
	struct sb_shadows *shadows = *keeper->shadows;
	struct sb_shadow *best;
	enum sb_source source;
	int ret = 0;

	if (!shadows)
		return 0;

	source = sb_choose(shadows->findings);
	best = shadows->shown[source].shadow;
	if (best != shadows->shown[SB_SOURCE_NONE].shadow)
		ret = show(keeper, SB_SOURCE_NONE, sb_shadow_get(best));
	if (!shadows->shown[SB_SOURCE_NONE].shadow)
		source = SB_SOURCE_NONE;
	else if (ret)
		source = shadows->best;

	if (source != shadows->best && !sb_source_is_bar(source) && !captured)
		pci_info(keeper->pdev, "ROM of %u bytes kept (%s)\n",
			 best->size, sb_source_name(source));
	spin_lock(&shadows->lock);
	shadows->best = source;
	spin_unlock(&shadows->lock);
	return ret;
}

/**
 * sb_shadows_serve() - serve the best shadow to drivers and guests
 * @keeper: whose shadows
 * @serving: what the caller knows; the rest is filled in
 *
 * Context: may sleep; the function's mutex is held and, unless a driver is
 * bound, the device lock.
 */
void sb_shadows_serve(const struct sb_keeper *keeper,
		      struct sb_serving *serving)
{
	struct sb_shadows *shadows = *keeper->shadows;
	struct sb_served served;

	if (!shadows)
		return;

	served = shadows->served;
	serving->pdev = keeper->pdev;
	serving->best = shadows->shown[SB_SOURCE_NONE].shadow;
	serving->rom_size = shadows->rom_size;
	serving->from_bar = sb_source_is_bar(shadows->best);
	/* It has not been looked at, so assume that there is one. */
	serving->copy = !(*keeper->looked & BIT(SB_SOURCE_VGA_SHADOW)) ||
			shadows->findings[SB_SOURCE_VGA_SHADOW].length;
	sb_serve_look(serving, &served);

	spin_lock(&shadows->lock);
	shadows->served = served;
	spin_unlock(&shadows->lock);
}

/**
 * sb_shadows_free() - free all shadows of a function
 * @shadows: the shadows, or NULL; their files have been removed
 *
 * Context: may sleep.
 */
void sb_shadows_free(struct sb_shadows *shadows)
{
	enum sb_source source;

	if (!shadows)
		return;

	for (source = SB_SOURCE_NONE; source < SB_SOURCES; source++)
		sb_shadow_put(shadows->shown[source].shadow);
	kfree(shadows);
}

/**
 * sb_shadows_bar() - the source of the ROM BAR's shadow
 * @shadows: the shadows, or NULL
 *
 * Context: any that may take a spinlock.
 * Return: one of the sources that use the ROM BAR; SB_SOURCE_NONE if there is
 * none.
 */
enum sb_source sb_shadows_bar(struct sb_shadows *shadows)
{
	enum sb_source source, bar = SB_SOURCE_NONE;

	if (!shadows)
		return bar;

	spin_lock(&shadows->lock);
	for (source = SB_SOURCE_NONE; source < SB_SOURCES; source++)
		if (sb_source_is_bar(source) && shadows->findings[source].length)
			bar = source;
	spin_unlock(&shadows->lock);

	return bar;
}

/**
 * sb_shadows_tell() - describe all shadows in an outcome
 * @shadows: the shadows, or NULL
 * @outcome: the fields about them are filled
 *
 * Context: any that may take a spinlock.
 */
void sb_shadows_tell(struct sb_shadows *shadows, struct sb_outcome *outcome)
{
	outcome->source = sb_shadows_bar(shadows);
	if (!shadows)
		return;

	spin_lock(&shadows->lock);
	outcome->best = shadows->best;
	outcome->best_length = shadows->findings[shadows->best].length;
	outcome->best_images = shadows->findings[shadows->best].images;
	spin_unlock(&shadows->lock);
}

/**
 * sb_shadows_get() - get one of a function's shadows
 * @shadows: all of them, or NULL
 * @source: its source; SB_SOURCE_NONE for the best shadow
 *
 * Context: any that may take a spinlock.
 * Return: the shadow, with a reference, or NULL.
 */
struct sb_shadow *sb_shadows_get(struct sb_shadows *shadows,
				 enum sb_source source)
{
	struct sb_shadow *shadow;

	if (!shadows)
		return NULL;

	spin_lock(&shadows->lock);
	shadow = sb_shadow_get(shadows->shown[source].shadow);
	spin_unlock(&shadows->lock);

	return shadow;
}

/**
 * sb_shadows_served() - how the best shadow is served
 * @shadows: the shadows, or NULL
 *
 * Context: any that may take a spinlock.
 * Return: that; zero-initialised if there is no shadow.
 */
struct sb_served sb_shadows_served(struct sb_shadows *shadows)
{
	struct sb_served served = {};

	if (!shadows)
		return served;

	spin_lock(&shadows->lock);
	served = shadows->served;
	spin_unlock(&shadows->lock);

	return served;
}

/**
 * sb_shadows_changed() - has the ROM changed since the shadow was read?
 * @shadows: the function's shadows, or NULL
 *
 * Context: any that may take a spinlock.
 * Return: whether it has; unknown if there is no shadow.
 */
enum sb_changed sb_shadows_changed(struct sb_shadows *shadows)
{
	enum sb_changed changed;

	if (!shadows)
		return SB_CHANGED_UNKNOWN;

	spin_lock(&shadows->lock);
	changed = shadows->changed;
	spin_unlock(&shadows->lock);

	return changed;
}
