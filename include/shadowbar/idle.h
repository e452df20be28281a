/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * idle: may this function be reprogrammed now?
 *
 * That no driver is bound does not mean that nobody uses it.
 *
 * Logic: what is known of a function in, the first thing in the way out.
 */
#ifndef SHADOWBAR_IDLE_H
#define SHADOWBAR_IDLE_H

#include <shadowbar/compat.h>

/**
 * enum sb_busy - what keeps a function from being reprogrammed
 * @SB_IDLE: nothing
 * @SB_BUSY_CXL: it is memory: the CPU may use it at any moment
 * @SB_BUSY_TSM: a TEE security manager has connected or locked it
 * @SB_BUSY_LIVE_UPDATE: it does DMA for whoever had it before a live update
 * @SB_BUSY_DRIVER: a driver is bound, idle vfio-pci included
 * @SB_BUSY_ENABLED: somebody has enabled it without a driver
 * @SB_BUSY_SHUTDOWN: the machine shuts down
 * @SB_BUSY_RESOURCE: a busy resource lies in one of its BARs. That keeps its
 *		      BARs and its decoding as they are; its ROM may be read
 *		      without touching either
 * @SB_BUSY_REASONS: how many there are, the first included
 *
 * What cannot change comes first.
 */
enum sb_busy {
	SB_IDLE,
	SB_BUSY_CXL,
	SB_BUSY_TSM,
	SB_BUSY_LIVE_UPDATE,
	SB_BUSY_DRIVER,
	SB_BUSY_ENABLED,
	SB_BUSY_SHUTDOWN,
	SB_BUSY_RESOURCE,
	SB_BUSY_REASONS,
};

/**
 * struct sb_use - who uses a function
 * @by: by[n]: what enum sb_busy calls n is the case; @by[SB_IDLE] is not used
 */
struct sb_use {
	bool by[SB_BUSY_REASONS];
};

enum sb_busy sb_is_busy(const struct sb_use *use);
const char *sb_busy_what(enum sb_busy busy);
const char *sb_busy_next(enum sb_busy busy);

#endif /* SHADOWBAR_IDLE_H */
