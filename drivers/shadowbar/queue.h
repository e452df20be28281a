/* SPDX-License-Identifier: GPL-2.0-only */
/* queue: the queue of captures, and requests for them. */
#ifndef SHADOWBAR_QUEUE_H
#define SHADOWBAR_QUEUE_H

#include <linux/types.h>

struct sb_decoders;
struct sb_function;
struct sb_outcome;
struct work_struct;

/**
 * typedef sb_capture_t - capture a function
 * @function: the function
 * @locked: the device lock is held; if not, only a function with a driver is
 *	    looked at
 * @found: the decoders found so far; replaced if the function is on another bus
 *
 * Called with the rescan lock held.
 *
 * Return: false if nothing was done, because there is no driver any more.
 */
typedef bool (*sb_capture_t)(struct sb_function *function, bool locked,
			     struct sb_decoders *found);

/**
 * typedef sb_prepare_t - do what may take long, before a function is captured
 * @function: the function
 *
 * Called with no lock held.
 */
typedef void (*sb_prepare_t)(struct sb_function *function);

int sb_queue_start(sb_prepare_t prepare, sb_capture_t capture);
void sb_queue_finish(void);
void sb_queue_stop(void);

void sb_queue_add(struct sb_function *function);
unsigned int sb_queue_request(struct sb_function *function);
int sb_queue_capture(struct sb_function *function, bool whole);
void sb_queue_gone(struct sb_function *function);
void sb_queue_work(struct work_struct *work);

bool sb_queue_is_pending(struct sb_function *function);
bool sb_queue_begin(struct sb_function *function, unsigned int *number,
		    struct sb_outcome *outcome, bool *by_hand);
void sb_queue_complete(struct sb_function *function, unsigned int number,
		       const struct sb_outcome *outcome, bool keep);

#endif /* SHADOWBAR_QUEUE_H */
