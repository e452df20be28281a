/* SPDX-License-Identifier: GPL-2.0-only */
/* firmware: ROMs that firmware has to be asked for. */
#ifndef SHADOWBAR_FIRMWARE_H
#define SHADOWBAR_FIRMWARE_H

#include <linux/types.h>

struct sb_function;

void sb_firmware_ask(struct sb_function *function, bool measure);

#endif /* SHADOWBAR_FIRMWARE_H */
