// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue: the queue of captures, and requests for them.
 *
 * A capture completes every request that was made before it began. Requests are
 * numbered: a capture remembers the number of the last request when it begins,
 * and completes all up to that one when it ends.
 */
#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/pci.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "bus/decoders.h"
#include "bus/gather.h"
#include "function.h"
#include "queue.h"

/* How long captures may hold the rescan lock at a time, in jiffies */
#define RESCAN_HOLD	HZ

/*
 * When to retry functions that cannot be captured yet: soon, then less often;
 * in jiffies
 */
#define FIRST_RETRY	(HZ / 50 + 1)
#define LAST_RETRY	HZ

/* How long a shutdown waits for captures, in jiffies */
#define LAST_PATIENCE	HZ

static struct workqueue_struct *queue;
static sb_prepare_t prepare;
static sb_capture_t capture;

/* Functions that wait for their capture, in order; under queued_lock */
static LIST_HEAD(queued);
static DEFINE_SPINLOCK(queued_lock);

/* Woken when a capture ends, and when a function is removed. */
static DECLARE_WAIT_QUEUE_HEAD(done);

/* Captures that are running, from the queue or before a probe */
static atomic_t running = ATOMIC_INIT(0);

static void capture_queued(struct work_struct *work);
static DECLARE_DELAYED_WORK(captures, capture_queued);

/**
 * sb_queue_add() - queue a function for a capture, if it is not queued yet
 * @function: the function; the queue takes a reference, unless it was removed
 *
 * Context: any in which work can be queued.
 */
void sb_queue_add(struct sb_function *function)
{
	spin_lock(&queued_lock);
	if (list_empty(&function->queued) && !READ_ONCE(function->gone)) {
		kobject_get(&function->kobj);
		list_add_tail(&function->queued, &queued);
	}
	spin_unlock(&queued_lock);

	mod_delayed_work(queue, &captures, 0);
}

/* Takes over the reference that first_of() returned. */
static void put_on(struct sb_function *function, struct list_head *list)
{
	bool drop;

	spin_lock(&queued_lock);
	drop = !list_empty(&function->queued) || READ_ONCE(function->gone);
	if (!drop)
		list_add_tail(&function->queued, list);
	spin_unlock(&queued_lock);

	if (drop)
		sb_function_put(function);
}

/* Passes the list's reference to the caller; NULL if the list is empty. */
static struct sb_function *first_of(struct list_head *list)
{
	struct sb_function *function;

	spin_lock(&queued_lock);
	function = list_first_entry_or_null(list, struct sb_function, queued);
	if (function)
		list_del_init(&function->queued);
	spin_unlock(&queued_lock);

	return function;
}

/**
 * sb_queue_request() - request a capture
 * @function: the function
 *
 * Context: any in which work can be queued.
 * Return: the number of the request.
 */
unsigned int sb_queue_request(struct sb_function *function)
{
	unsigned int number;

	spin_lock(&function->state_lock);
	number = ++function->request.requested;
	spin_unlock(&function->state_lock);

	sb_queue_add(function);
	return number;
}

/**
 * sb_queue_begin() - begin a capture, if there is a request
 * @function: the function
 * @number: set to the number of the last request, for sb_queue_complete()
 * @outcome: set to the outcome of the previous capture
 * @by_hand: set to whether there ever was a request through sysfs
 *
 * Context: may sleep; the function's mutex is held.
 * Return: true if there is a request that is not completed.
 */
bool sb_queue_begin(struct sb_function *function, unsigned int *number,
		    struct sb_outcome *outcome, bool *by_hand)
{
	bool wanted;

	spin_lock(&function->state_lock);
	*outcome = function->outcome;
	*number = function->request.requested;
	*by_hand = function->request.by_hand;
	wanted = *number != function->request.completed;
	spin_unlock(&function->state_lock);
	if (wanted)
		atomic_inc(&running);

	return wanted;
}

/**
 * sb_queue_complete() - a capture has ended
 * @function: the function
 * @number: complete all requests up to this one, from sb_queue_begin()
 * @outcome: the outcome of the capture
 * @keep: keep showing the outcome of the previous capture
 *
 * Context: any that may take a spinlock.
 */
void sb_queue_complete(struct sb_function *function, unsigned int number,
		       const struct sb_outcome *outcome, bool keep)
{
	spin_lock(&function->state_lock);
	function->request.error = sb_outcome_error(outcome);
	if (!keep)
		function->outcome = *outcome;
	function->request.completed = number;
	spin_unlock(&function->state_lock);
	atomic_dec(&running);
	wake_up_all(&done);
}

static bool is_completed(struct sb_function *function, unsigned int number)
{
	bool completed;

	spin_lock(&function->state_lock);
	completed = (int)(function->request.completed - number) >= 0;
	spin_unlock(&function->state_lock);

	return completed || READ_ONCE(function->gone);
}

/**
 * sb_queue_is_pending() - is there a request that is not completed?
 * @function: the function
 *
 * Context: any that may take a spinlock.
 * Return: true if there is.
 */
bool sb_queue_is_pending(struct sb_function *function)
{
	bool pending;

	spin_lock(&function->state_lock);
	pending = function->request.requested != function->request.completed;
	spin_unlock(&function->state_lock);

	return pending;
}

/*
 * Returns whether the function is done with. A driver's probe may want the
 * rescan lock, so do not wait for the device lock while holding it.
 */
static bool capture_now(struct sb_function *function,
			struct sb_decoders *found)
{
	struct device *dev = &function->pdev->dev;

	/*
	 * If a driver was bound in the meantime, the function was captured
	 * there. Once removed, it is no longer enumerated, either.
	 */
	if (!sb_queue_is_pending(function) || READ_ONCE(function->gone))
		return true;
	/* A new host bridge assigns addresses without the rescan lock. */
	if (!sb_gather_is_enumerated(function->pdev))
		return false;
	/*
	 * To reset a function, vfio-pci only tries its device lock. It is not
	 * needed here if the driver's probe is over: nothing is written, and
	 * once the driver is unbound, there is another request.
	 */
	if (READ_ONCE(function->binding) == SB_BINDING_DONE)
		return !sb_gather_is_off_limits(function->pdev) &&
		       capture(function, false, found);
	if (!device_trylock(dev))
		return false;

	capture(function, true, found);
	device_unlock(dev);
	return true;
}

/*
 * Captures run one after another, several of them each time the rescan lock is
 * taken: everything that decodes on a bus is the same for all of them.
 */
static void capture_queued(struct work_struct *work)
{
	static unsigned long retry = FIRST_RETRY;
	bool more, none = true;
	struct sb_decoders found = {};
	struct sb_function *function;
	unsigned long until;
	LIST_HEAD(round);

	while ((function = first_of(&queued))) {
		prepare(function);
		put_on(function, &round);
	}

	pci_lock_rescan_remove();
	until = jiffies + RESCAN_HOLD;
	while (time_before(jiffies, until) && (function = first_of(&round))) {
		if (capture_now(function, &found)) {
			none = false;
			sb_function_put(function);
		} else {
			put_on(function, &queued);
		}
	}
	pci_unlock_rescan_remove();
	sb_decoders_free(&found);

	spin_lock(&queued_lock);
	none &= list_empty(&round);
	list_splice(&round, &queued);
	more = !list_empty(&queued);
	spin_unlock(&queued_lock);
	if (more)
		queue_delayed_work(queue, &captures, none ? retry : 0);
	retry = none && more ? min(2 * retry, LAST_RETRY) : FIRST_RETRY;
}

/**
 * sb_queue_capture() - capture now, and wait for it
 * @function: the function
 * @whole: also read what follows the last image, see &struct sb_opts; stays in
 *	   effect for later captures of this function
 *
 * Context: process context, interruptible; no lock held.
 * Return: 0, -EBUSY while a driver is bound, -EPERM for a denied function,
 * -ENODEV for a function without a ROM or one that is removed meanwhile,
 * -ENOMEM if out of memory, -ERESTARTSYS if interrupted, else -EIO.
 */
int sb_queue_capture(struct sb_function *function, bool whole)
{
	struct sb_request *request = &function->request;
	unsigned int number;
	int ret;

	spin_lock(&function->state_lock);
	WRITE_ONCE(request->by_hand, true);
	WRITE_ONCE(request->whole, whole);
	WRITE_ONCE(request->waiting, request->waiting + 1);
	spin_unlock(&function->state_lock);

	number = sb_queue_request(function);
	/*
	 * A suspend interrupts this, and the write() starts again afterwards. A
	 * writer who is frozen here would still count as waiting, and a slow
	 * capture, which the suspend waits for, would not end in time.
	 */
	ret = wait_event_interruptible(done, is_completed(function, number));
	spin_lock(&function->state_lock);
	WRITE_ONCE(request->waiting, request->waiting - 1);
	if (!ret)
		ret = READ_ONCE(function->gone) ? -ENODEV : request->error;
	spin_unlock(&function->state_lock);

	return ret;
}

/**
 * sb_queue_gone() - a function was removed: wake up whoever waits for it
 * @function: the function, with gone set; the caller has a reference
 *
 * The queue does not keep it until its next round: error recovery on POWER removes
 * a function and adds it again, and the platform's data for the new one goes when
 * the old one is freed.
 *
 * Context: any that may take a spinlock.
 */
void sb_queue_gone(struct sb_function *function)
{
	bool was_queued;

	spin_lock(&queued_lock);
	was_queued = !list_empty(&function->queued);
	list_del_init(&function->queued);
	spin_unlock(&queued_lock);

	if (was_queued)
		sb_function_put(function);
	wake_up_all(&done);
}

/**
 * sb_queue_work() - run other work in the queue's workqueue
 * @work: the work
 *
 * Context: any in which work can be queued.
 */
void sb_queue_work(struct work_struct *work)
{
	queue_work(queue, work);
}

/**
 * sb_queue_start() - create the queue
 * @before: prepares one function
 * @with: captures one function
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int sb_queue_start(sb_prepare_t before, sb_capture_t with)
{
	prepare = before;
	capture = with;
	queue = alloc_workqueue("shadowbar", WQ_UNBOUND | WQ_FREEZABLE, 0);

	return queue ? 0 : -ENOMEM;
}

/**
 * sb_queue_finish() - wait for running captures, which end soon
 *
 * No other capture begins. This does not wait for the workqueue: it may be
 * frozen, as when a hibernated machine is switched off, and its worker may wait
 * for a lock that is never released.
 *
 * Context: may sleep; nothing may be reprogrammed any more.
 */
void sb_queue_finish(void)
{
	cancel_delayed_work(&captures);
	wait_event_timeout(done, !atomic_read(&running), LAST_PATIENCE);
}

/**
 * sb_queue_stop() - undo sb_queue_start()
 *
 * Context: may sleep, for running captures; the rescan lock is not held, and all
 * functions are gone, so nothing is queued.
 */
void sb_queue_stop(void)
{
	cancel_delayed_work_sync(&captures);
	destroy_workqueue(queue);
}
