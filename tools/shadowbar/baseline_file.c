// SPDX-License-Identifier: GPL-2.0-only
/*
 * baseline_file: a baseline as JSON, and back.
 */
#include <err.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include <shadowbar/version.h>

#include "baseline.h"
#include "tool.h"

#define BASELINE_FORMAT	1
#define FUNCTIONS_MAX	0x10000
#define IMAGES_MAX	0x8000	/* as many as fit into 16 MiB */
#define DEPTH_MAX	8

/* Text members of a function, with the names of their keys. */
#define KEPT(name)	{ #name, offsetof(struct sb_kept, name) }

static const struct {
	const char *key;
	size_t at;
} texts[] = {
	KEPT(address), KEPT(path), KEPT(vendor), KEPT(device), KEPT(subsystem),
	KEPT(class), KEPT(status), KEPT(bar), KEPT(source), KEPT(sha256),
};

#define IMAGE(name)	{ #name, offsetof(struct sb_kept_image, name) }

static const struct {
	const char *key;
	size_t at;
} image_texts[] = {
	IMAGE(type), IMAGE(vendor), IMAGE(device), IMAGE(sha256),
	IMAGE(authenticode),
};

#define NR(array)	(sizeof(array) / sizeof(*(array)))

static char **text_of(void *from, size_t at)
{
	return (char **)((char *)from + at);
}

static struct json_object *image_json(const struct sb_kept_image *image)
{
	struct json_object *json = json_object_new_object();
	struct json_object *signers = json_object_new_array();
	size_t i;

	for (i = 0; i < NR(image_texts); i++)
		json_object_object_add(json, image_texts[i].key,
				       sb_json_text(*text_of((void *)image,
							     image_texts[i].at)));
	json_object_object_add(json, "length",
			       json_object_new_int64(image->length));
	for (i = 0; i < image->nr_signers; i++)
		json_object_array_add(signers,
				      sb_json_text(image->signers[i]));
	json_object_object_add(json, "signers", signers);
	return json;
}

/**
 * sb_kept_json() - a function as JSON, as in the file
 * @kept: the function, or NULL
 *
 * Return: the object, to be released; NULL for NULL.
 */
struct json_object *sb_kept_json(const struct sb_kept *kept)
{
	struct json_object *json, *images;
	size_t i;

	if (!kept)
		return NULL;
	json = json_object_new_object();
	images = json_object_new_array();
	for (i = 0; i < NR(texts); i++)
		json_object_object_add(json, texts[i].key,
				       sb_json_text(*text_of((void *)kept,
							     texts[i].at)));
	json_object_object_add(json, "size", kept->size < 0 ? NULL :
			       json_object_new_int64(kept->size));
	for (i = 0; i < kept->nr_images; i++)
		json_object_array_add(images, image_json(&kept->images[i]));
	json_object_object_add(json, "images", images);
	return json;
}

/**
 * sb_baseline_text() - a baseline as text for a file
 * @baseline: the baseline
 *
 * Return: the text, to be freed.
 */
char *sb_baseline_text(const struct sb_baseline *baseline)
{
	struct json_object *json = json_object_new_object();
	struct json_object *functions = json_object_new_array();
	const char *printed;
	char *text;
	size_t i;

	json_object_object_add(json, "format",
			       json_object_new_int(BASELINE_FORMAT));
	json_object_object_add(json, "tool",
			       json_object_new_string(SHADOWBAR_VERSION));
	json_object_object_add(json, "written",
			       sb_json_text(baseline->written));
	for (i = 0; i < baseline->nr; i++)
		json_object_array_add(functions,
				      sb_kept_json(&baseline->list[i]));
	json_object_object_add(json, "functions", functions);
	printed = json_object_to_json_string_ext(json,
						 JSON_C_TO_STRING_PRETTY |
						 JSON_C_TO_STRING_SPACED |
						 JSON_C_TO_STRING_NOSLASHESCAPE);
	text = sb_format("%s\n", printed);
	json_object_put(json);
	return text;
}

static struct json_object *get(struct json_object *from, const char *key,
			       enum json_type type)
{
	struct json_object *value = NULL;

	if (!json_object_is_type(from, json_type_object) ||
	    !json_object_object_get_ex(from, key, &value) ||
	    !json_object_is_type(value, type))
		return NULL;
	return value;
}

/* Reject text that is too long or has control characters: it is not ours. */
static char *text_in(struct json_object *value)
{
	const char *text, *at;

	if (!json_object_is_type(value, json_type_string))
		return NULL;
	text = json_object_get_string(value);
	if (strlen(text) > SB_KEPT_TEXT_MAX)
		return NULL;
	for (at = text; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			return NULL;
	return sb_format("%s", text);
}

static char *get_text(struct json_object *from, const char *key)
{
	return text_in(get(from, key, json_type_string));
}

static void *room_for(size_t nr, size_t size)
{
	void *room = calloc(nr ? nr : 1, size);

	if (!room)
		err(SB_EXIT_ERROR, NULL);
	return room;
}

static const char *parse_signers(struct json_object *array,
				 struct sb_kept_image *image)
{
	size_t nr = array ? json_object_array_length(array) : 0;
	size_t i;

	if (nr > SB_KEPT_SIGNERS_MAX)
		return "an image has too many signers";
	image->signers = room_for(nr, sizeof(*image->signers));
	for (i = 0; i < nr; i++) {
		char *text = text_in(json_object_array_get_idx(array, i));

		if (!text)
			return "a signer is no text";
		image->signers[image->nr_signers++] = text;
	}
	return NULL;
}

static const char *parse_images(struct json_object *array, struct sb_kept *kept)
{
	size_t nr = array ? json_object_array_length(array) : 0;
	const char *wrong;
	size_t i, j;

	if (nr > IMAGES_MAX)
		return "a function has too many images";
	kept->images = room_for(nr, sizeof(*kept->images));
	for (i = 0; i < nr; i++) {
		struct json_object *one = json_object_array_get_idx(array, i);
		struct sb_kept_image *image = &kept->images[i];
		struct json_object *length = get(one, "length", json_type_int);

		kept->nr_images++;
		for (j = 0; j < NR(image_texts); j++)
			*text_of(image, image_texts[j].at) =
				get_text(one, image_texts[j].key);
		image->length = length ? json_object_get_int64(length) : -1;
		if (!image->sha256)
			return "an image has no sha256";
		wrong = parse_signers(get(one, "signers", json_type_array),
				      image);
		if (wrong)
			return wrong;
	}
	return NULL;
}

static const char *parse_function(struct json_object *json,
				  struct sb_kept *kept)
{
	struct json_object *size = get(json, "size", json_type_int);
	size_t i;

	for (i = 0; i < NR(texts); i++)
		*text_of(kept, texts[i].at) = get_text(json, texts[i].key);
	kept->size = size ? json_object_get_int64(size) : -1;
	if (!kept->address || !kept->path)
		return "a function has no address or no path";
	return parse_images(get(json, "images", json_type_array), kept);
}

static const char *parse_functions(struct json_object *array,
				   struct sb_baseline *baseline)
{
	size_t nr = json_object_array_length(array), i;
	const char *wrong = NULL;

	if (nr > FUNCTIONS_MAX)
		return "it has too many functions";
	baseline->list = room_for(nr, sizeof(*baseline->list));
	for (i = 0; i < nr && !wrong; i++) {
		baseline->nr++;
		wrong = parse_function(json_object_array_get_idx(array, i),
				       &baseline->list[i]);
	}
	return wrong;
}

static const char *parse(struct json_object *json, struct sb_baseline *baseline)
{
	struct json_object *format = get(json, "format", json_type_int);
	struct json_object *functions = get(json, "functions",
					    json_type_array);

	if (!format || !functions)
		return "it is not a baseline: no format, or no list of functions";
	if (json_object_get_int(format) != BASELINE_FORMAT)
		return "its format is one that this version does not know";
	baseline->written = get_text(json, "written");
	return parse_functions(functions, baseline);
}

/**
 * sb_baseline_parse() - read the text of a file
 * @text: the text
 * @size: its length
 * @baseline: filled; to be freed with sb_baseline_free(), also after an error
 *
 * Return: NULL, or a description of the error.
 */
const char *sb_baseline_parse(const char *text, size_t size,
			      struct sb_baseline *baseline)
{
	struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
	struct json_object *json;
	const char *wrong;

	*baseline = (struct sb_baseline){ 0 };
	if (!tokener)
		err(SB_EXIT_ERROR, NULL);
	json = json_tokener_parse_ex(tokener, text, size);
	if (json_tokener_get_error(tokener) != json_tokener_success)
		wrong = "it is not JSON, or cut off";
	else
		wrong = parse(json, baseline);
	json_object_put(json);
	json_tokener_free(tokener);
	return wrong;
}

static void free_image(struct sb_kept_image *image)
{
	size_t i;

	for (i = 0; i < NR(image_texts); i++)
		free(*text_of(image, image_texts[i].at));
	for (i = 0; i < image->nr_signers; i++)
		free(image->signers[i]);
	free(image->signers);
}

static void free_kept(struct sb_kept *kept)
{
	size_t i;

	for (i = 0; i < kept->nr_images; i++)
		free_image(&kept->images[i]);
	free(kept->images);
	for (i = 0; i < NR(texts); i++)
		free(*text_of(kept, texts[i].at));
}

/**
 * sb_baseline_read() - read a baseline from its file
 * @path: the file
 * @optional: a missing file is not an error; @baseline is then empty
 * @baseline: filled; to be freed with sb_baseline_free(), also after an error
 *
 * Return: an exit code, after a message if it is not SB_EXIT_OK.
 */
int sb_baseline_read(const char *path, bool optional,
		     struct sb_baseline *baseline)
{
	struct sb_bytes bytes;
	const char *wrong;
	int error = sb_file_read(path, &bytes);

	*baseline = (struct sb_baseline){ 0 };
	if (error == -ENOENT && optional)
		return SB_EXIT_OK;
	if (error == -ENOENT) {
		warnx("%s: there is no baseline yet: shadowbar baseline", path);
		return SB_EXIT_ERROR;
	}
	if (error) {
		warnx("%s: %s", path, strerror(-error));
		return SB_EXIT_ERROR;
	}
	wrong = sb_baseline_parse((char *)bytes.data, bytes.size, baseline);
	free(bytes.data);
	if (!wrong)
		return SB_EXIT_OK;
	warnx("%s: %s; make a new one with shadowbar baseline", path, wrong);
	return SB_EXIT_ERROR;
}

/**
 * sb_baseline_free() - free what is in a baseline
 * @baseline: the baseline
 */
void sb_baseline_free(struct sb_baseline *baseline)
{
	size_t i;

	for (i = 0; i < baseline->nr; i++)
		free_kept(&baseline->list[i]);
	free(baseline->list);
	free(baseline->written);
}
