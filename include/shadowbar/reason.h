/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reason: explain the outcome of a capture.
 *
 * Logic: an outcome in, one line for a person out.
 */
#ifndef SHADOWBAR_REASON_H
#define SHADOWBAR_REASON_H

#include <shadowbar/outcome.h>

int sb_outcome_reason(const struct sb_outcome *outcome, char *buf, size_t size);
const char *sb_status_name(enum sb_status status);

#endif /* SHADOWBAR_REASON_H */
