// SPDX-License-Identifier: GPL-2.0-only
/*
 * show: everything about one function.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diff.h"
#include "images.h"
#include "record.h"
#include "tool.h"

static void line(const char *key, const char *value)
{
	printf("  %-9s %s\n", key, sb_or_dash(value));
}

static void print_bars(const struct sb_function *function)
{
	int i;

	for (i = 0; i < SB_BARS; i++) {
		const struct sb_bar *bar = &function->bar[i];
		bool why = bar->reason && *bar->reason;

		if (bar->size) {
			char *words = sb_bar_words(bar);

			printf("  BAR %d     %s\n", i, words);
			free(words);
		}
		if (bar->page && !bar->size)
			printf("  BAR %d     ", i);
		else if (bar->page)
			printf("  %-9s ", "");
		if (bar->page)
			printf("%s%s%s\n", bar->page, why ? ": " : "",
			       why ? bar->reason : "");
	}
	printf("  %-9s %ld bytes\n", "page size", sysconf(_SC_PAGESIZE));
}

static void print_graphics(const struct sb_graphics *graphics)
{
	if (!graphics->reason)
		return;

	if (graphics->opregion < 0)
		line("OpRegion", NULL);
	else if (graphics->vbt < 0)
		printf("  %-9s %lld bytes, no VBT\n", "OpRegion",
		       (long long)graphics->opregion);
	else
		printf("  %-9s %lld bytes, VBT of %lld bytes\n", "OpRegion",
		       (long long)graphics->opregion, (long long)graphics->vbt);
	line("stolen", graphics->stolen);
	line("state", graphics->state);
	line("why", graphics->reason);
}

static void print_difference(const struct sb_source *source,
			     const struct sb_bytes *best)
{
	struct sb_bytes other;
	struct sb_diff diff;
	char *words;

	if (sb_source_read(source, &other))
		return;
	sb_diff(best, &other, &diff);
	words = sb_diff_words(&diff);
	printf("  %-9s   compared with the best copy: %s\n", "", words);
	free(words);
	sb_diff_free(&diff);
	free(other.data);
}

static void print_sources(const struct sb_function *function,
			  const struct sb_bytes *best)
{
	size_t i;

	for (i = 0; i < function->nr_sources; i++) {
		const struct sb_source *source = &function->sources[i];

		printf("  %-9s %s, %lld bytes, SHA-256 %s\n", i ? "" : "copies",
		       source->name, (long long)source->size,
		       sb_or_dash(source->sha256));
		if (i && best->data)
			print_difference(source, best);
	}
}

static void print_text(const struct sb_function *function,
		       const struct sb_bytes *best, int error)
{
	printf("%s %s: %s [%04x:%04x]\n", function->address,
	       function->class_name, function->name, function->vendor,
	       function->device);
	line("driver", function->driver);
	line("IOMMU", function->group);
	line("decode", function->decode);
	line("ROM", function->status);
	line("ROM BAR", function->rom_bar);
	line("served", function->served);
		line("reason", function->reason);
	print_sources(function, best);
	print_bars(function);
	print_graphics(&function->graphics);
	if (best->data) {
		const struct sb_card card = {
			.vendor = function->vendor,
			.device = function->device,
		};

		printf("\n");
		sb_images_print(best, 0, &card);
	} else if (error) {
		printf("\nThe images are not shown: %s.\n", strerror(-error));
	}
}

static void print_json(const struct sb_function *function,
		       const struct sb_bytes *best)
{
	struct json_object *json = sb_json_start("show");

	sb_json_append(json, "functions", sb_record(function, best));
	sb_json_print(json);
}

/**
 * sb_show() - the command "show"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: the exit code.
 */
enum sb_exit sb_show(int argc, char **argv)
{
	const struct sb_source *source;
	struct sb_functions one;
	struct sb_bytes best = { 0 };
	enum sb_exit ret;
	int option, error = 0;

	option = sb_no_option(argc, argv);
	if (option != -1 || optind != argc - 1)
		return sb_usage("show", option);

	ret = sb_functions_load_one(argv[optind], &one);
	if (!ret) {
		source = sb_function_source(&one.list[0], NULL);
		if (source)
			error = sb_source_read(source, &best);
		if (sb_options.json)
			print_json(&one.list[0], &best);
		else
			print_text(&one.list[0], &best, error);
		free(best.data);
		ret = sb_function_known(&one.list[0]);
	}
	sb_functions_free(&one);
	return ret;
}
