/* SPDX-License-Identifier: GPL-2.0-only */
/* function: one object for each function, and their table. */
#ifndef SHADOWBAR_FUNCTION_H
#define SHADOWBAR_FUNCTION_H

#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <shadowbar/choose.h>
#include <shadowbar/outcome.h>

#include "rom/first.h"
#include "rom/restore.h"
#include "rom/serve.h"

struct pci_dev;
struct sb_igd;
struct sb_pages;
struct sb_shadow;
struct sb_shadows;

/**
 * struct sb_request - requests for captures
 * @requested: how many there were
 * @completed: how many of these are completed
 * @waiting: tasks that wait for one; also read without a lock
 * @error: the error that the last capture returns to those who requested it
 * @by_hand: at least one came through sysfs; also read without a lock
 * @whole: read what follows the last image, too; also read without a lock
 */
struct sb_request {
	unsigned int requested;
	unsigned int completed;
	unsigned int waiting;
	s16 error;
	bool by_hand;
	bool whole;
};

/**
 * enum sb_binding - what a function's driver does
 * @SB_BINDING_NONE: there is no driver, or its probe has begun
 * @SB_BINDING_SOON: it is about to be probed, and does not use the function yet
 * @SB_BINDING_DONE: it is bound
 */
enum sb_binding {
	SB_BINDING_NONE,
	SB_BINDING_SOON,
	SB_BINDING_DONE,
};

/**
 * struct sb_function - a PCI function and its state
 * @kobj: its "shadowbar" directory, and the reference count of the object
 * @node: in the table of all functions
 * @pdev: the function, with a reference
 * @queued: in the queue of captures, which then holds a reference to the object
 * @shadows: its shadows, NULL until there is one; set once, under @lock; also
 *	     read without it
 * @pages: the pages of its BARs, NULL if it has no memory BARs; under @lock,
 *	   the verdicts in it also under @state_lock
 * @igd: for Intel graphics, the OpRegion and stolen memory, else NULL; set
 *	 before the function is visible
 * @lock: held during a capture; taken under the device lock, or under nothing
 * @first: its state when it was first seen; under @lock
 * @owed: what captures left to be done; under @lock
 * @has_files: all files exist, not only "rom_status"; under @lock
 * @gone: the function was removed, or the module is being unloaded; set under
 *	  @lock
 * @binding: an enum sb_binding; changed under the device lock
 * @look_due: it is time for sb_restore_look_again(); under @lock
 * @looked: bit n: source n (not the ROM BAR) has been copied; under @lock
 * @state_lock: never held for long
 * @outcome: the outcome of its last capture; under @state_lock
 * @request: requests for captures; under @state_lock
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
	struct sb_owed owed;
	bool has_files:1;
	bool look_due:1;
	bool gone;
	u8 binding;
	u8 looked;
	spinlock_t state_lock; /* what others see of a capture */
	struct sb_outcome outcome;
	struct sb_request request;
};

struct sb_function *sb_function_create(struct pci_dev *pdev);
void sb_function_put(struct sb_function *function);
void sb_function_wait_for_all(void);

bool sb_function_insert(struct sb_function *function);
struct sb_function *sb_function_find(struct pci_dev *pdev);
struct sb_function *sb_function_take(struct pci_dev *pdev);
struct sb_function *sb_function_take_any(void);
void sb_function_each(void (*call)(struct sb_function *function, void *arg),
		      void *arg);
bool sb_function_each_sibling(struct pci_dev *pdev,
			      bool (*call)(struct sb_function *function));
bool sb_function_has_driven_sibling(struct pci_dev *pdev);

void sb_function_outcome(struct sb_function *function,
			 struct sb_outcome *outcome);
struct sb_shadow *sb_function_shadow(struct sb_function *function,
				     enum sb_source source);
struct sb_served sb_function_served(struct sb_function *function);
enum sb_changed sb_function_changed(struct sb_function *function);

#endif /* SHADOWBAR_FUNCTION_H */
