/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * idle: may a function be reprogrammed now?
 *
 * A function without a driver may be in use nevertheless.
 *
 * Logic: facts about a function in, the first obstacle out.
 */
#ifndef SHADOWBAR_IDLE_H
#define SHADOWBAR_IDLE_H

#include <shadowbar/compat.h>

/**
 * enum sb_busy - why a function must not be reprogrammed
 * @SB_IDLE: it may be
 * @SB_BUSY_CXL: it is memory: the CPU may use it at any time
 * @SB_BUSY_TSM: a TEE security manager has connected or locked it
 * @SB_BUSY_LIVE_UPDATE: it may be doing DMA for its user from before a live
 *			 update
 * @SB_BUSY_DRIVER: a driver is bound, an idle vfio-pci included
 * @SB_BUSY_ENABLED: it has been enabled without a driver
 * @SB_BUSY_VFS: its driver is gone, but has left virtual functions enabled
 * @SB_BUSY_SHUTDOWN: the machine is shutting down
 * @SB_BUSY_MAPPED: a program has mapped one of its BARs
 * @SB_BUSY_RESOURCE: a busy resource is in one of its BARs. That pins its BARs
 *		      and its decoding; its ROM may be read without touching
 *		      either
 * @SB_BUSY_REASONS: number of values, including the first
 *
 * Reasons that cannot change come first.
 */
enum sb_busy {
	SB_IDLE,
	SB_BUSY_CXL,
	SB_BUSY_TSM,
	SB_BUSY_LIVE_UPDATE,
	SB_BUSY_DRIVER,
	SB_BUSY_ENABLED,
	SB_BUSY_VFS,
	SB_BUSY_SHUTDOWN,
	SB_BUSY_MAPPED,
	SB_BUSY_RESOURCE,
	SB_BUSY_REASONS,
};

/**
 * struct sb_use - how a function is used
 * @by: by[n] is true if what enum sb_busy calls n applies; @by[SB_IDLE] is not
 *	used
 */
struct sb_use {
	bool by[SB_BUSY_REASONS];
};

enum sb_busy sb_is_busy(const struct sb_use *use);
const char *sb_busy_what(enum sb_busy busy);
const char *sb_busy_next(enum sb_busy busy);

#endif /* SHADOWBAR_IDLE_H */
