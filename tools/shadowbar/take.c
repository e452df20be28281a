// SPDX-License-Identifier: GPL-2.0-only
/*
 * take: the bytes of a shadow, ready for a file.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "images.h"
#include "take.h"

/* Keep only whole images, which is what firmware expects in a romfile. */
static enum sb_exit keep_images(const struct sb_function *function,
				const struct sb_source *source,
				struct sb_bytes *bytes)
{
	struct sb_rom_summary summary;

	sb_rom_summarize(bytes->data, bytes->size, &summary);
	if (!summary.images) {
		char *verdict = sb_images_verdict(&summary);

		warnx("%s: the shadow from %s is %s; --raw writes it anyway",
		      function->address, source->name, verdict);
		free(verdict);
		return SB_EXIT_NO_ROM;
	}
	memmove(bytes->data, bytes->data + summary.header, summary.length);
	bytes->size = summary.length;
	return SB_EXIT_OK;
}

/**
 * sb_take() - get the bytes of one of a function's shadows
 * @function: the function
 * @name: the source; NULL for the best one
 * @raw: all bytes that the module has, not only whole images
 * @source: set to the shadow that was taken
 * @bytes: filled; @bytes->data is to be freed, also after an error
 *
 * Return: SB_EXIT_OK, or another code after a message.
 */
enum sb_exit sb_take(const struct sb_function *function, const char *name,
		     bool raw, const struct sb_source **source,
		     struct sb_bytes *bytes)
{
	int error;

	*bytes = (struct sb_bytes){ 0 };
	*source = sb_function_source(function, name);
	if (!*source) {
		warnx("%s: there is no shadow%s%s; shadowbar explain %s says more",
		      function->address, name ? " from " : "",
		      name ? name : "", function->address);
		return SB_EXIT_NO_ROM;
	}

	error = sb_source_read(*source, bytes);
	if (error == -EBADMSG) {
		warnx("%s: its bytes do not match the module's hash",
		      (*source)->path);
		return SB_EXIT_ERROR;
	}
	if (error) {
		warnx("%s: %s%s", (*source)->path, strerror(-error),
		      error == -EACCES ? "; only root can read it" : "");
		return SB_EXIT_ERROR;
	}
	return raw ? SB_EXIT_OK : keep_images(function, *source, bytes);
}
