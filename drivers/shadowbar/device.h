/* SPDX-License-Identifier: GPL-2.0-only */
/* device: one object a function. */
#ifndef SHADOWBAR_DEVICE_H
#define SHADOWBAR_DEVICE_H

#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>
#include <shadowbar/choose.h>
#include <shadowbar/page.h>
#include <shadowbar/reason.h>

#include "rom/serve.h"
#include "settings.h"

struct pci_bus;
struct pci_dev;
struct sb_igd;
struct sb_pages;
struct sb_shadow;

/**
 * struct sb_first - a function as it was first seen
 * @rom_raw: its ROM BAR
 * @rom_bar: what to think of that; an enum sb_rom_bar
 * @decode: COMMAND had memory decoding on
 * @seen: it was seen; false: it was asleep, or something above it was
 * @judged: @rom_bar was judged with the size of the ROM known, and is final
 * @due: it is time to look at @lent
 * @lent: where the ROM BAR was during the last capture, until somebody has
 *	  looked whether it is there again; 0 if it needs no look
 * @rest: what it held before that
 * @header: config header before a capture that could not restore it, or NULL
 */
struct sb_first {
	u32 *header;
	u32 lent;
	u32 rest;
	u32 rom_raw;
	u8 rom_bar;
	bool decode;
	bool seen:1;
	bool judged:1;
	bool due:1;
};

/**
 * struct sb_shown - a shadow and the file that it is in
 * @shadow: the shadow, or NULL; under the function's state_lock
 * @file: the file, or NULL; under the function's lock
 */
struct sb_shown {
	struct sb_shadow *shadow;
	struct bin_attribute *file;
};

/**
 * struct sb_shadows - all shadows of a function
 * @dir: the directory "sources", or NULL; under the function's lock
 * @shown: all of them, by their source, in sources/<source>; that of
 *	   SB_SOURCE_NONE is the best of them, in "rom"
 * @findings: what is known of each; changed under the function's lock and
 *	      state_lock
 * @rom_size: bytes that the ROM BAR decodes, 0 if it was not read; under the
 *	      function's lock
 * @best: which is the best, an enum sb_source; likewise
 * @served: how that is given to others; likewise
 * @changed: whether the function still has the ROM that its shadow is of, an
 *	     enum sb_changed; likewise
 * @held: a guest may have had the function since that was read; under
 *	  state_lock
 * @reread: it is to be read again, and compared; under state_lock
 */
struct sb_shadows {
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
 * struct sb_function - one function and its shadows
 * @kobj: its "shadowbar" directory, and the reference count of the object
 * @node: in the table of all functions
 * @pdev: the function, with a reference
 * @queued: in the queue of captures, with a reference to the object meanwhile
 * @shadows: its shadows, NULL until there is one; set once, under @lock and
 *	     @state_lock
 * @pages: the pages behind its BARs, NULL if it has none; under @lock, and
 *	   the verdicts in it also under @state_lock
 * @igd: what Intel's graphics has beside its BARs, NULL for anything else; set
 *	 before the function can be seen
 * @lock: held over a capture; taken under the device lock, or under nothing
 * @first: how it was first seen; under @lock
 * @has_files: all files are there, not only "rom_status"; under @lock
 * @gone: the function was removed, or the module goes; set under @lock
 * @by_hand: somebody has asked for a capture through sysfs; under @state_lock
 * @looked: bit n: source n beside the ROM BAR was looked at; under @lock
 * @state_lock: never held for long
 * @outcome: what became of it; under @state_lock
 * @asked: captures asked for; under @state_lock
 * @waiting: tasks that wait for a capture; changed under @state_lock
 * @answered: how many of these have ended; under @state_lock
 * @answer: what the last one returns to who asked for it; under @state_lock
 *
 * Every function on the host has one, so it fits in 256 bytes.
 */
struct sb_function {
	struct kobject kobj;
	struct hlist_node node;
	struct pci_dev *pdev;
	struct list_head queued;
	struct sb_shadows *shadows;
	struct sb_pages *pages;
	struct sb_igd *igd;
	struct mutex lock; /* one capture at a time */
	struct sb_first first;
	bool has_files;
	bool gone;
	bool by_hand;
	u8 looked;
	spinlock_t state_lock; /* what others see of a capture */
	struct sb_outcome outcome;
	unsigned int asked;
	unsigned int answered;
	unsigned int waiting;
	int answer;
};

int sb_device_start(const struct sb_settings *settings);
void sb_device_retire_all(void);
void sb_device_stop(void);
void sb_device_finish(void);

int sb_device_add(struct pci_dev *pdev);
int sb_device_add_all(void);
void sb_device_remove(struct pci_dev *pdev);
void sb_device_about_to_bind(struct pci_dev *pdev);
void sb_device_bound(struct pci_dev *pdev);
void sb_device_unbound(struct pci_dev *pdev);
void sb_device_each(void (*call)(struct sb_function *function, void *arg),
		    void *arg);

int sb_device_capture(struct sb_function *function);
void sb_device_outcome(struct sb_function *function,
		       struct sb_outcome *outcome);
struct sb_shadow *sb_device_shadow(struct sb_function *function,
				   enum sb_source source);
struct sb_served sb_device_served(struct sb_function *function);
enum sb_changed sb_device_changed(struct sb_function *function);

#endif /* SHADOWBAR_DEVICE_H */
