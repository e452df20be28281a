/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * images: what is in a ROM, for people and for programs.
 */
#ifndef SHADOWBAR_IMAGES_H
#define SHADOWBAR_IMAGES_H

#include <shadowbar/rom_image.h>

#include "tool.h"

char *sb_images_verdict(const struct sb_rom_summary *summary);
void sb_images_print(const struct sb_bytes *rom);
struct json_object *sb_images_json(const struct sb_bytes *rom);

#endif /* SHADOWBAR_IMAGES_H */
