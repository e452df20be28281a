/* SPDX-License-Identifier: GPL-2.0-only */
/* shadows: all shadows of a function, and the best of them. */
#ifndef SHADOWBAR_SHADOWS_H
#define SHADOWBAR_SHADOWS_H

#include <linux/spinlock.h>
#include <shadowbar/choose.h>
#include <shadowbar/outcome.h>

#include "rom/buffer.h"
#include "rom/serve.h"

struct bin_attribute;
struct kobject;
struct pci_dev;
struct sb_shadow;

/**
 * struct sb_shown - a shadow and its file
 * @shadow: the shadow, or NULL; under the lock of struct sb_shadows
 * @file: the file, or NULL; for the keeper
 */
struct sb_shown {
	struct sb_shadow *shadow;
	struct bin_attribute *file;
};

/**
 * struct sb_shadows - all shadows of a function
 * @lock: never held for long
 * @dir: the directory "sources", or NULL; for the keeper
 * @shown: all of them, by source, in sources/<source>; that of SB_SOURCE_NONE
 *	   is the best one, in "rom"
 * @findings: facts about each; under @lock
 * @rom_size: bytes that the ROM BAR decodes, 0 if it was not read
 * @best: source of the best one, an enum sb_source; under @lock
 * @served: how the best one is served; under @lock
 * @changed: has the ROM changed since its shadow was read, an enum sb_changed;
 *	     under @lock
 * @held: a guest may have had the function since then; under @lock
 * @reread: the ROM is to be read again, and compared; under @lock
 *
 * Changed under the function's mutex and, where it says so, @lock as well.
 */
struct sb_shadows {
	spinlock_t lock; /* what others see of them */
	struct kobject *dir;
	struct sb_shown shown[SB_SOURCES];
	struct sb_finding findings[SB_SOURCES];
	u32 rom_size;
	u8 best;
	struct sb_served served;
	u8 changed;
	bool held;
	bool reread;
};

/**
 * struct sb_keeper - the owner of shadows
 * @pdev: the function
 * @shadows: where they are kept: NULL there until there is one, then set once
 * @looked: bit n: source n (not the ROM BAR) has been copied
 * @measure: have IMA measure each
 * @add_file: creates the file of a shadow with the given size; returns 0 or a
 *	      negative error
 * @remove_file: removes it, if it exists
 */
struct sb_keeper {
	struct pci_dev *pdev;
	struct sb_shadows **shadows;
	u8 *looked;
	bool measure;
	int (*add_file)(const struct sb_keeper *keeper, enum sb_source source,
			size_t size);
	void (*remove_file)(const struct sb_keeper *keeper,
			    enum sb_source source);
};

int sb_shadows_found(const struct sb_keeper *keeper, enum sb_source source,
		     int error, struct sb_rom *rom,
		     const struct sb_finding *finding, bool over);
int sb_shadows_look(const struct sb_keeper *keeper, bool over);
int sb_shadows_keep(const struct sb_keeper *keeper, struct sb_rom *rom,
		    const struct sb_outcome *outcome, bool over);
bool sb_shadows_compare(const struct sb_keeper *keeper,
			const struct sb_rom *rom,
			const struct sb_outcome *outcome,
			enum sb_changed *changed);
void sb_shadows_hide(const struct sb_keeper *keeper, enum sb_source source);
int sb_shadows_choose(const struct sb_keeper *keeper, bool captured);
void sb_shadows_serve(const struct sb_keeper *keeper,
		      struct sb_serving *serving);
void sb_shadows_free(struct sb_shadows *shadows);

void sb_shadows_note_held(struct sb_shadows *shadows);
bool sb_shadows_was_held(struct sb_shadows *shadows, bool reread);
bool sb_shadows_take_reread(struct sb_shadows *shadows, bool waited_for);
bool sb_shadows_are_whole(struct sb_shadows *shadows);

enum sb_source sb_shadows_bar(struct sb_shadows *shadows);
void sb_shadows_tell(struct sb_shadows *shadows, struct sb_outcome *outcome);
struct sb_shadow *sb_shadows_get(struct sb_shadows *shadows,
				 enum sb_source source);
struct sb_served sb_shadows_served(struct sb_shadows *shadows);
enum sb_changed sb_shadows_changed(struct sb_shadows *shadows);

#endif /* SHADOWBAR_SHADOWS_H */
