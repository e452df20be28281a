// SPDX-License-Identifier: GPL-2.0-only
/*
 * record: what is known of a function, as JSON.
 *
 * What has no file is null, so that a program finds each key everywhere.
 */
#include <stdlib.h>

#include "record.h"

static struct json_object *id(unsigned int value)
{
	char *text = sb_format("%04x", value);
	struct json_object *json = json_object_new_string(text);

	free(text);
	return json;
}

static struct json_object *size(off_t bytes)
{
	return bytes < 0 ? NULL : json_object_new_int64(bytes);
}

static struct json_object *rom(const struct sb_function *function)
{
	struct json_object *json = json_object_new_object();

	json_object_object_add(json, "status", sb_json_text(function->status));
	json_object_object_add(json, "reason", sb_json_text(function->reason));
	json_object_object_add(json, "bar", sb_json_text(function->rom_bar));
	json_object_object_add(json, "source", sb_json_text(function->source));
	json_object_object_add(json, "size", size(function->size));
	json_object_object_add(json, "sha256", sb_json_text(function->sha256));
	return json;
}

static struct json_object *sources(const struct sb_function *function)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < function->nr_sources; i++) {
		const struct sb_source *source = &function->sources[i];
		struct json_object *json = json_object_new_object();

		json_object_object_add(json, "source",
				       sb_json_text(source->name));
		json_object_object_add(json, "size", size(source->size));
		json_object_object_add(json, "sha256",
				       sb_json_text(source->sha256));
		json_object_array_add(array, json);
	}
	return array;
}

static struct json_object *bars(const struct sb_function *function)
{
	struct json_object *array = json_object_new_array();
	int i;

	for (i = 0; i < SB_BARS; i++) {
		const struct sb_bar *bar = &function->bar[i];
		struct json_object *json;

		if (!bar->page)
			continue;
		json = json_object_new_object();
		json_object_object_add(json, "bar", json_object_new_int(i));
		json_object_object_add(json, "page", sb_json_text(bar->page));
		json_object_object_add(json, "reason",
				       sb_json_text(bar->reason));
		json_object_object_add(json, "isolate",
				       json_object_new_boolean(bar->isolate));
		json_object_array_add(array, json);
	}
	return array;
}

static struct json_object *graphics(const struct sb_graphics *graphics)
{
	struct json_object *json;

	if (!graphics->reason)
		return NULL;

	json = json_object_new_object();
	json_object_object_add(json, "stolen", sb_json_text(graphics->stolen));
	json_object_object_add(json, "state", sb_json_text(graphics->state));
	json_object_object_add(json, "reason", sb_json_text(graphics->reason));
	json_object_object_add(json, "opregion", size(graphics->opregion));
	json_object_object_add(json, "vbt", size(graphics->vbt));
	return json;
}

/**
 * sb_record() - what is known of a function
 * @function: the function
 *
 * Return: an object, to be let go of.
 */
struct json_object *sb_record(const struct sb_function *function)
{
	struct json_object *json = json_object_new_object();

	json_object_object_add(json, "address",
			       json_object_new_string(function->address));
	json_object_object_add(json, "vendor", id(function->vendor));
	json_object_object_add(json, "device", id(function->device));
	json_object_object_add(json, "class", id(function->class));
	json_object_object_add(json, "name", sb_json_text(function->name));
	json_object_object_add(json, "driver", sb_json_text(function->driver));
	json_object_object_add(json, "decode", sb_json_text(function->decode));
	json_object_object_add(json, "rom", rom(function));
	json_object_object_add(json, "sources", sources(function));
	json_object_object_add(json, "bars", bars(function));
	json_object_object_add(json, "graphics", graphics(&function->graphics));
	return json;
}
