// SPDX-License-Identifier: GPL-2.0-only
/*
 * outcome: the outcome of a capture.
 */
#include <shadowbar/outcome.h>

static const struct {
	const char *done;
	const char *next;
	enum sb_status status;
} rows[] = {
#define SB_REASON(id, done, next, status)	\
	[SB_WHY_##id] = { done, next, SB_STATUS_##status },
#include <shadowbar/why_table.h>
};

/**
 * sb_why_done() - what was done with a function that was not read
 * @why: why it was not
 *
 * Return: a constant string, empty if the table does not cover it.
 */
const char *sb_why_done(enum sb_why why)
{
	return rows[why].done;
}

/**
 * sb_why_next() - what to do next about a function that was not read
 * @why: why it was not
 *
 * Return: a constant string, likewise.
 */
const char *sb_why_next(enum sb_why why)
{
	return rows[why].next;
}

/* The status with regard to the ROM BAR alone. */
static enum sb_status bar_status(const struct sb_outcome *outcome)
{
	return outcome->restored ? rows[outcome->why].status : SB_STATUS_FAILED;
}

/**
 * sb_outcome_not_kept() - record that something could not be kept or shown
 * @outcome: the outcome for the ROM BAR; changed if that was the only problem
 * @why: SB_WHY_NO_MEMORY, or SB_WHY_FULL
 *
 * What prevented the function from being read, or made reading it fail, says
 * more about what to do next than the lack of memory.
 */
void sb_outcome_not_kept(struct sb_outcome *outcome, enum sb_why why)
{
	switch (outcome->why) {
	case SB_WHY_CAPTURED:
	case SB_WHY_MANUAL:
	case SB_WHY_NO_ROM_BAR:
		outcome->why = why;
	}
}

/**
 * sb_outcome_has_another() - is the best shadow not from the ROM BAR?
 * @outcome: the outcome
 *
 * Return: true if so; false also if there is none.
 */
bool sb_outcome_has_another(const struct sb_outcome *outcome)
{
	return outcome->best != SB_SOURCE_NONE &&
	       !sb_source_is_bar(outcome->best);
}

/**
 * sb_outcome_status() - the status that follows from an outcome
 * @outcome: the outcome
 *
 * If the ROM BAR has no ROM, one from another source is just as good, unless
 * the attempt did harm. A function that was left alone is reported as such,
 * whatever there is: its own ROM may still be readable later.
 *
 * Return: the status.
 */
enum sb_status sb_outcome_status(const struct sb_outcome *outcome)
{
	enum sb_status status = bar_status(outcome);

	if ((status == SB_STATUS_NONE || status == SB_STATUS_FAILED) &&
	    outcome->restored && sb_outcome_has_another(outcome))
		return SB_STATUS_CAPTURED;

	return status;
}

/**
 * sb_outcome_error() - the result of a write to "capture"
 * @outcome: the outcome
 *
 * A capture is about the ROM BAR, whatever other sources there are.
 *
 * Return: 0, -EBUSY while the function is in use, -EPERM for a denied one,
 * -ENODEV for one without a ROM, -ENOMEM if out of memory, else -EIO.
 */
int sb_outcome_error(const struct sb_outcome *outcome)
{
	switch (bar_status(outcome)) {
	case SB_STATUS_CAPTURED:
		return 0;
	case SB_STATUS_DEFERRED:
		return -EBUSY;
	case SB_STATUS_NONE:
		return -ENODEV;
	case SB_STATUS_PENDING:
	case SB_STATUS_SKIPPED:
	case SB_STATUS_FAILED:
		break;
	}

	switch (outcome->why) {
	case SB_WHY_DENIED:
	case SB_WHY_KNOWN_BAD:
		return -EPERM;
	case SB_WHY_IN_USE:
		return -EBUSY;
	case SB_WHY_FULL:
	case SB_WHY_NO_MEMORY:
		return -ENOMEM;
	default:
		return -EIO;
	}
}
