// SPDX-License-Identifier: GPL-2.0-only
/*
 * idle: may a function be reprogrammed now?
 */
#include <shadowbar/idle.h>

/* Clauses: what prevents it, and what to do about it. */
static const struct {
	const char *what;
	const char *next;
} reason[SB_BUSY_REASONS] = {
	[SB_IDLE] = { "it is idle", "" },
	[SB_BUSY_CXL] = {
		"it is CXL memory, which is in use whenever the machine runs",
		"take the ROM from a file",
	},
	[SB_BUSY_TSM] = {
		"a TEE security manager holds it",
		"disconnect it in tsm/, then write 1 to capture",
	},
	[SB_BUSY_LIVE_UPDATE] = {
		"it was preserved across a live update and may be doing DMA",
		"finish the live update, then write 1 to capture",
	},
	[SB_BUSY_DRIVER] = {
		"a driver is bound",
		"if nothing needs the device, unbind it and the ROM is read; else load the module before its driver",
	},
	[SB_BUSY_ENABLED] = {
		"somebody has enabled it without a driver",
		"find out why; if somebody wrote 1 to its enable file, write 0 there, then 1 to capture",
	},
	[SB_BUSY_VFS] = {
		"its virtual functions are enabled, and may be in use",
		"bind the driver that enabled them, write 0 to sriov_numvfs, unbind the driver, then write 1 to capture",
	},
	[SB_BUSY_SHUTDOWN] = {
		"the machine is shutting down",
		"read this again after the next boot",
	},
	[SB_BUSY_MAPPED] = {
		"a program has mapped one of its BARs",
		"let it finish (/proc/*/maps names its resource file or /dev/mem), then write 1 to capture",
	},
	[SB_BUSY_RESOURCE] = {
		"something else uses one of its BARs, see /proc/iomem",
		"stop what uses it",
	},
};

/**
 * sb_is_busy() - is a function in use?
 * @use: the facts
 *
 * Return: SB_IDLE, or the first thing that prevents it from being touched.
 */
enum sb_busy sb_is_busy(const struct sb_use *use)
{
	unsigned int busy;

	for (busy = SB_IDLE + 1; busy < SB_BUSY_REASONS; busy++)
		if (use->by[busy])
			return busy;

	return SB_IDLE;
}

/**
 * sb_busy_what() - what prevents a function from being touched
 * @busy: that
 *
 * Return: a constant string, a clause without a full stop.
 */
const char *sb_busy_what(enum sb_busy busy)
{
	return reason[busy].what;
}

/**
 * sb_busy_next() - what to do about it
 * @busy: what prevents the function from being touched
 *
 * Return: a constant string, an imperative clause without a full stop.
 */
const char *sb_busy_next(enum sb_busy busy)
{
	return reason[busy].next;
}
