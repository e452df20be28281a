// SPDX-License-Identifier: GPL-2.0-only
/*
 * parse: inspect a ROM file, and check whether it is intact.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "images.h"
#include "record.h"
#include "tool.h"

static enum sb_exit read_file(const char *path, struct sb_bytes *bytes)
{
	int error = sb_file_read(path, bytes);

	if (!error)
		return SB_EXIT_OK;
	warnx("%s: %s", path, strerror(-error));
	return SB_EXIT_ERROR;
}

/* A ROM in a file, and the function that it is for. */
struct question {
	const char *path;
	struct sb_bytes bytes;
	u32 at;
	unsigned int number;
	const struct sb_function *function;
	struct sb_card card;
};

static const struct sb_card *card_of(const struct question *question)
{
	return question->function ? &question->card : NULL;
}

static enum sb_exit read_rom(struct question *question)
{
	enum sb_exit ret = read_file(question->path, &question->bytes);

	if (ret)
		return ret;
	if (sb_images_find(&question->bytes, question->number, &question->at))
		return SB_EXIT_OK;
	warnx("%s: there is no ROM %u in it; shadowbar parse lists them",
	      question->path, question->number);
	free(question->bytes.data);
	return SB_EXIT_NO_ROM;
}

/* Is a file the same as what was read from the card? */
struct likeness {
	const struct sb_source *source;
	char *words;
	bool same;
};

static void compare(const struct question *question, struct likeness *likeness)
{
	const struct sb_function *function = question->function;
	struct sb_bytes shadow, rom = {
		.data = question->bytes.data + question->at,
		.size = question->bytes.size - question->at,
	};
	struct sb_rom_summary summary;
	struct sb_diff diff;

	*likeness = (struct likeness){
		.source = function ? sb_function_source(function, NULL) : NULL,
	};
	if (!likeness->source || sb_source_read(likeness->source, &shadow)) {
		likeness->words = sb_format("not compared: %s",
					    likeness->source ?
					    "its shadow cannot be read" :
					    "there is no shadow of it");
		return;
	}

	/* Ignore padding at the end of the file. */
	sb_rom_summarize_at(question->bytes.data, question->bytes.size,
			    question->at, &summary);
	if (rom.size > shadow.size && !summary.trailing_data)
		rom.size = summary.length + summary.after;
	sb_diff(&shadow, &rom, &diff);
	likeness->same = !diff.nr && !diff.longer;
	likeness->words = sb_diff_words(&diff);
	sb_diff_free(&diff);
	free(shadow.data);
}

static bool has_ids(const struct question *question)
{
	return sb_rom_is_for(question->bytes.data + question->at,
			     question->bytes.size - question->at,
			     question->card.vendor, question->card.device);
}

static struct json_object *card_json(const struct question *question)
{
	struct json_object *json, *same = NULL;
	struct likeness likeness;
	const char *address;
	bool ids;

	if (!question->function)
		return NULL;

	json = json_object_new_object();
	address = question->function->address;
	ids = has_ids(question);
	compare(question, &likeness);
	if (likeness.source)
		same = json_object_new_boolean(likeness.same);
	json_object_object_add(json, "address", sb_json_text(address));
	json_object_object_add(json, "ids", json_object_new_boolean(ids));
	json_object_object_add(json, "same", same);
	json_object_object_add(json, "words", sb_json_text(likeness.words));
	free(likeness.words);
	return json;
}

static void print_json(const char *command, const struct question *question)
{
	struct json_object *json = sb_json_start(command);
	struct json_object *file = sb_record_file(question->path,
						  &question->bytes, NULL,
						  NULL);

	json_object_object_add(file, "contents",
			       sb_images_json(&question->bytes, question->at,
					      card_of(question)));
	json_object_object_add(file, "for", card_json(question));
	sb_json_append(json, "files", file);
	sb_json_print(json);
}

static const struct option rom_options[] = {
	{ "rom", required_argument, NULL, 'n' },
	SB_OPTIONS
};

/**
 * sb_parse() - the command "parse"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: the exit code.
 */
enum sb_exit sb_parse(int argc, char **argv)
{
	struct question question = { 0 };
	enum sb_exit ret;
	int option;

	while ((option = sb_option(argc, argv, "n:" SB_LETTERS,
				   rom_options)) != -1) {
		if (option != 'n')
			return sb_usage("parse", option);
		if (!sb_rom_number(optarg, &question.number))
			return SB_EXIT_USAGE;
	}
	if (optind != argc - 1)
		return sb_usage("parse", '?');

	question.path = argv[optind];
	ret = read_rom(&question);
	if (ret)
		return ret;
	if (sb_options.json)
		print_json("parse", &question);
	else
		sb_images_print(&question.bytes, question.at, NULL);
	free(question.bytes.data);
	return SB_EXIT_OK;
}

static void print_verdict(const struct question *question)
{
	const struct sb_function *function = question->function;
	struct sb_rom_summary summary;
	struct likeness likeness;
	char *verdict;

	sb_rom_summarize_at(question->bytes.data, question->bytes.size,
			    question->at, &summary);
	verdict = sb_images_words(&question->bytes, &summary);
	printf("%s: %s\n", question->path, verdict);
	free(verdict);
	if (summary.images)
		sb_images_print_good(&question->bytes, question->at,
				     card_of(question));
	if (!function || !summary.images)
		return;

	printf("for %s (%04x:%04x): %s\n", function->address,
	       function->vendor, function->device,
	       has_ids(question) ?
	       "yes, by its ids" : "no, it has the ids of another device");
	compare(question, &likeness);
	printf("compared with its shadow: %s\n", likeness.words);
	free(likeness.words);
}

static bool is_fit(const struct question *question)
{
	enum sb_good good[SB_FORS];

	if (!sb_good_whole(question->bytes.data, question->bytes.size,
			   question->at))
		return false;
	if (!question->function)
		return true;

	sb_good_judge_at(question->bytes.data, question->bytes.size,
			 question->at, &question->card, good);
	return has_ids(question) &&
	       (sb_good_is(good[SB_FOR_SEABIOS]) ||
		sb_good_is(good[SB_FOR_OVMF]));
}

static enum sb_exit verify(struct question *question)
{
	enum sb_exit ret = read_rom(question);

	if (ret)
		return ret;
	if (sb_options.json)
		print_json("verify", question);
	else
		print_verdict(question);
	ret = is_fit(question) ? SB_EXIT_OK : SB_EXIT_NO_ROM;
	free(question->bytes.data);
	return ret;
}

/**
 * sb_verify() - the command "verify"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: the exit code.
 */
enum sb_exit sb_verify(int argc, char **argv)
{
	static const struct option options[] = {
		{ "rom", required_argument, NULL, 'n' },
		{ "for", required_argument, NULL, 'f' },
		SB_OPTIONS
	};
	struct question question = { 0 };
	struct sb_functions one = { 0 };
	const char *address = NULL;
	enum sb_exit ret;
	int option;

	while ((option = sb_option(argc, argv, "n:f:" SB_LETTERS,
				   options)) != -1) {
		switch (option) {
		case 'n':
			if (!sb_rom_number(optarg, &question.number))
				return SB_EXIT_USAGE;
			break;
		case 'f':
			address = optarg;
			break;
		default:
			return sb_usage("verify", option);
		}
	}
	if (optind != argc - 1)
		return sb_usage("verify", '?');

	question.path = argv[optind];
	if (!address)
		return verify(&question);

	ret = sb_functions_load_one(address, &one);
	if (!ret) {
		question.function = &one.list[0];
		question.card.vendor = one.list[0].vendor;
		question.card.device = one.list[0].device;
		ret = verify(&question);
	}
	sb_functions_free(&one);
	return ret;
}
