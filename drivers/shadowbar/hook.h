/* SPDX-License-Identifier: GPL-2.0-only */
/* hook: the events of the PCI core. */
#ifndef SHADOWBAR_HOOK_H
#define SHADOWBAR_HOOK_H

struct sb_settings;

int sb_hook_start(const struct sb_settings *settings);
void sb_hook_stop(void);

#endif /* SHADOWBAR_HOOK_H */
