// SPDX-License-Identifier: GPL-2.0-only
/*
 * diff: where two shadows of a function differ.
 *
 * The boot VGA device's copy at 0xC0000 is in RAM, and drivers write to it.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "diff.h"

#define RANGES_SHOWN	8

static void add_byte(struct sb_diff *diff, size_t offset)
{
	diff->bytes++;
	if (diff->nr && diff->end[diff->nr - 1] + 1 == offset) {
		diff->end[diff->nr - 1] = offset;
		return;
	}

	diff->start = reallocarray(diff->start, diff->nr + 1,
				   sizeof(*diff->start));
	diff->end = reallocarray(diff->end, diff->nr + 1, sizeof(*diff->end));
	if (!diff->start || !diff->end)
		err(SB_EXIT_ERROR, NULL);
	diff->start[diff->nr] = offset;
	diff->end[diff->nr++] = offset;
}

/**
 * sb_diff() - compare two shadows
 * @a: one
 * @b: the other
 * @diff: filled; to be freed with sb_diff_free()
 */
void sb_diff(const struct sb_bytes *a, const struct sb_bytes *b,
	     struct sb_diff *diff)
{
	size_t common = a->size < b->size ? a->size : b->size;
	size_t i;

	*diff = (struct sb_diff){
		.longer = a->size + b->size - 2 * common,
	};
	for (i = 0; i < common; i++)
		if (a->data[i] != b->data[i])
			add_byte(diff, i);
}

/**
 * sb_diff_free() - free what sb_diff() filled
 * @diff: the differences
 */
void sb_diff_free(struct sb_diff *diff)
{
	free(diff->start);
	free(diff->end);
}

/**
 * sb_diff_words() - the differences as text
 * @diff: the differences
 *
 * Return: the text, to be freed.
 */
char *sb_diff_words(const struct sb_diff *diff)
{
	char *words = diff->nr ?
		sb_format("%zu byte%s differ%s, at", diff->bytes,
			  diff->bytes == 1 ? "" : "s",
			  diff->bytes == 1 ? "s" : "") :
		sb_format("the same bytes");
	char *longer;
	size_t i;

	for (i = 0; i < diff->nr && i < RANGES_SHOWN; i++) {
		longer = diff->start[i] == diff->end[i] ?
			sb_format("%s%s %#zx", words, i ? "," : "",
				  diff->start[i]) :
			sb_format("%s%s %#zx-%#zx", words, i ? "," : "",
				  diff->start[i], diff->end[i]);
		free(words);
		words = longer;
	}
	if (diff->nr > RANGES_SHOWN) {
		longer = sb_format("%s and %zu more places", words,
				   diff->nr - RANGES_SHOWN);
		free(words);
		words = longer;
	}
	if (diff->longer) {
		longer = sb_format("%s, and one is %zu bytes longer", words,
				   diff->longer);
		free(words);
		words = longer;
	}
	return words;
}

/**
 * sb_diff_json() - the differences as JSON
 * @diff: the differences
 *
 * Return: an object, to be released.
 */
struct json_object *sb_diff_json(const struct sb_diff *diff)
{
	struct json_object *json = json_object_new_object();
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < diff->nr; i++) {
		struct json_object *range = json_object_new_object();

		json_object_object_add(range, "start",
				       json_object_new_int64(diff->start[i]));
		json_object_object_add(range, "end",
				       json_object_new_int64(diff->end[i]));
		json_object_array_add(array, range);
	}
	json_object_object_add(json, "bytes",
			       json_object_new_int64(diff->bytes));
	json_object_object_add(json, "longer",
			       json_object_new_int64(diff->longer));
	json_object_object_add(json, "ranges", array);
	return json;
}
