/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * images: the contents of a ROM, for people and for programs.
 */
#ifndef SHADOWBAR_IMAGES_H
#define SHADOWBAR_IMAGES_H

#include <shadowbar/rom_file.h>

#include "good.h"
#include "tool.h"

bool sb_rom_number(const char *text, unsigned int *number);
bool sb_images_find(const struct sb_bytes *file, unsigned int number, u32 *at);
char *sb_images_verdict(const struct sb_rom_summary *summary);
char *sb_images_words(const struct sb_bytes *file,
		      const struct sb_rom_summary *summary);
void sb_images_print(const struct sb_bytes *file, u32 at,
		     const struct sb_card *card);
void sb_images_print_good(const struct sb_bytes *file, u32 at,
			  const struct sb_card *card);
struct json_object *sb_images_json(const struct sb_bytes *file, u32 at,
				   const struct sb_card *card);

#endif /* SHADOWBAR_IMAGES_H */
