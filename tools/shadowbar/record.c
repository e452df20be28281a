// SPDX-License-Identifier: GPL-2.0-only
/*
 * record: functions and files as JSON, the same for every command.
 *
 * Unknown values are null, so that a program finds each key everywhere.
 */
#include <stdlib.h>

#include "diff.h"
#include "images.h"
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
	json_object_object_add(json, "served", sb_json_text(function->served));
	json_object_object_add(json, "size", size(function->size));
	json_object_object_add(json, "sha256", sb_json_text(function->sha256));
	json_object_object_add(json, "changed",
			       sb_json_text(function->changed));
	return json;
}

/* Add what is in a copy of the ROM, and where it differs from the best one. */
static void add_contents(struct json_object *json,
			 const struct sb_source *source,
			 const struct sb_card *card,
			 const struct sb_bytes *best)
{
	struct json_object *contents = NULL, *difference = NULL;
	struct sb_bytes bytes;
	struct sb_diff diff;

	if (best && !sb_source_read(source, &bytes)) {
		contents = sb_images_json(&bytes, 0, card);
		if (best->data) {
			sb_diff(best, &bytes, &diff);
			difference = sb_diff_json(&diff);
			sb_diff_free(&diff);
		}
		free(bytes.data);
	}
	json_object_object_add(json, "contents", contents);
	json_object_object_add(json, "difference", difference);
}

static struct json_object *sources(const struct sb_function *function,
				   const struct sb_bytes *best)
{
	const struct sb_card card = {
		.vendor = function->vendor,
		.device = function->device,
	};
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
		add_contents(json, source, &card, best);
		json_object_array_add(array, json);
	}
	return array;
}

static struct json_object *type(const struct sb_bar *bar)
{
	if (!bar->size)
		return NULL;
	if (bar->flags & SB_RESOURCE_IO)
		return sb_json_text("io");
	if (bar->flags & SB_RESOURCE_64)
		return sb_json_text(bar->flags & SB_RESOURCE_PREFETCH ?
				    "memory64-prefetchable" : "memory64");
	return sb_json_text(bar->flags & SB_RESOURCE_PREFETCH ?
			    "memory32-prefetchable" : "memory32");
}

static struct json_object *bars(const struct sb_function *function)
{
	struct json_object *array = json_object_new_array();
	int i;

	for (i = 0; i < SB_BARS; i++) {
		const struct sb_bar *bar = &function->bar[i];
		struct json_object *json;

		if (!bar->page && !bar->size)
			continue;
		json = json_object_new_object();
		json_object_object_add(json, "bar", json_object_new_int(i));
		json_object_object_add(json, "type", type(bar));
		json_object_object_add(json, "address", bar->start ?
				       json_object_new_int64(bar->start) :
				       NULL);
		json_object_object_add(json, "size", bar->size ?
				       json_object_new_int64(bar->size) : NULL);
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
 * sb_record() - what is known about a function
 * @function: the function
 * @best: the bytes of the best copy of its ROM, to inspect all copies; NULL to
 *	  inspect none
 *
 * Return: an object, to be released.
 */
struct json_object *sb_record(const struct sb_function *function,
			      const struct sb_bytes *best)
{
	struct json_object *json = json_object_new_object();

	json_object_object_add(json, "address",
			       json_object_new_string(function->address));
	json_object_object_add(json, "vendor", id(function->vendor));
	json_object_object_add(json, "device", id(function->device));
	json_object_object_add(json, "class", id(function->class));
	json_object_object_add(json, "name", sb_json_text(function->name));
	json_object_object_add(json, "driver", sb_json_text(function->driver));
	json_object_object_add(json, "iommu_group", function->group ?
			       json_object_new_int(atoi(function->group)) :
			       NULL);
	json_object_object_add(json, "decode", sb_json_text(function->decode));
	json_object_object_add(json, "rom", rom(function));
	json_object_object_add(json, "sources",
			       sources(function, best));
	json_object_object_add(json, "bars", bars(function));
	json_object_object_add(json, "graphics", graphics(&function->graphics));
	return json;
}

/**
 * sb_record_add() - add what is now known about a function
 * @json: the object that a command prints
 * @address: the function's address
 *
 * Return: SB_EXIT_OK, or another code after a message.
 */
enum sb_exit sb_record_add(struct json_object *json, const char *address)
{
	struct sb_functions one;
	enum sb_exit ret = sb_functions_load_one(address, &one);

	if (!ret)
		sb_json_append(json, "functions",
			       sb_record(&one.list[0], NULL));
	sb_functions_free(&one);
	return ret;
}

/**
 * sb_record_print() - print what is now known about a function
 * @command: the command that changed it
 * @address: its address
 *
 * Return: SB_EXIT_OK, or another code after a message.
 */
enum sb_exit sb_record_print(const char *command, const char *address)
{
	struct json_object *json = sb_json_start(command);
	enum sb_exit ret = sb_record_add(json, address);

	sb_json_print(json);
	return ret;
}

/**
 * sb_record_file() - what is known about a ROM file
 * @path: its name
 * @bytes: its bytes
 * @function: the function it was read from, or NULL
 * @source: the copy that was read, or NULL
 *
 * Return: an object, to be released.
 */
struct json_object *sb_record_file(const char *path,
				   const struct sb_bytes *bytes,
				   const struct sb_function *function,
				   const struct sb_source *source)
{
	const struct sb_card card = {
		.vendor = function ? function->vendor : 0,
		.device = function ? function->device : 0,
	};
	struct json_object *json = json_object_new_object();
	char hash[SB_SHA256_TEXT];

	sb_sha256(bytes, hash);
	json_object_object_add(json, "path", json_object_new_string(path));
	json_object_object_add(json, "size", size(bytes->size));
	json_object_object_add(json, "sha256", json_object_new_string(hash));
	json_object_object_add(json, "function", function ?
			       sb_json_text(function->address) : NULL);
	json_object_object_add(json, "source", source ?
			       sb_json_text(source->name) : NULL);
	json_object_object_add(json, "contents",
			       sb_images_json(bytes,
					      sb_rom_header(bytes->data,
							    bytes->size),
					      function ? &card : NULL));
	json_object_object_add(json, "for", NULL);
	return json;
}
