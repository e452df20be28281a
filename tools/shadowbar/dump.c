// SPDX-License-Identifier: GPL-2.0-only
/*
 * dump: write shadows to files.
 *
 * A dump of the whole machine goes into one directory, with a manifest that
 * describes each file and its source. The manifest is written last: if it
 * exists, so does everything that it lists.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "record.h"
#include "take.h"

#define MANIFEST	"manifest.json"
#define BAR_WIDTH	30

struct opts {
	const char *output;
	const char *all;
	const char *source;
	bool raw;
};

static enum sb_exit write_rom(const char *path, const struct sb_bytes *bytes)
{
	int error = sb_file_write(path, bytes->data, bytes->size);

	if (!error)
		return SB_EXIT_OK;
	warnx("%s: %s", path, strerror(-error));
	return SB_EXIT_ERROR;
}

static enum sb_exit dump_one(const char *words, const struct opts *opts)
{
	const struct sb_source *source;
	struct json_object *json;
	struct sb_functions one;
	struct sb_bytes bytes = { 0 };
	enum sb_exit ret;

	ret = sb_functions_load_one(words, &one);
	if (!ret)
		ret = sb_function_known(&one.list[0]);
	if (!ret)
		ret = sb_take(&one.list[0], opts->source, opts->raw, &source,
			      &bytes);
	if (!ret)
		ret = write_rom(opts->output, &bytes);
	if (!ret && sb_options.json) {
		json = sb_json_start("dump");
		sb_json_append(json, "functions", sb_record(&one.list[0],
							    NULL));
		sb_json_append(json, "files",
			       sb_record_file(opts->output, &bytes,
					      &one.list[0], source));
		sb_json_print(json);
	} else if (!ret && strcmp(opts->output, "-")) {
		printf("%s: %zu bytes from %s to %s\n", one.list[0].address,
		       bytes.size, source->name, opts->output);
	}
	free(bytes.data);
	sb_functions_free(&one);
	return ret;
}

/* Show a progress bar on a terminal, and nothing in a log. */
static void progress(size_t done, size_t all, const char *what)
{
	int width = all ? (int)(BAR_WIDTH * done / all) : BAR_WIDTH;

	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r[%.*s%*s] %zu/%zu %-16s", width,
		"##############################", BAR_WIDTH - width, "", done,
		all, what);
	if (done == all)
		fprintf(stderr, "\n");
}

static enum sb_exit dump_source(const struct sb_function *function,
				const struct sb_source *source,
				const struct opts *opts,
				struct json_object *manifest)
{
	bool best = source == &function->sources[0];
	const struct sb_source *taken;
	struct sb_bytes bytes = { 0 };
	enum sb_exit ret;
	char *file, *path;

	file = best ? sb_format("%s.rom", function->address) :
		      sb_format("%s.%s.rom", function->address, source->name);
	path = sb_format("%s/%s", opts->all, file);
	ret = sb_take(function, source->name, opts->raw, &taken, &bytes);
	if (!ret)
		ret = write_rom(path, &bytes);
	if (!ret)
		sb_json_append(manifest, "files",
			       sb_record_file(file, &bytes, function, source));
	free(bytes.data);
	free(path);
	free(file);
	return ret;
}

/* UEFI's copy usually is; the manifest has all hashes anyway. */
static bool is_like_best(const struct sb_source *source,
			 const struct sb_source *best)
{
	return source != best && source->sha256 && best->sha256 &&
	       *source->sha256 && !strcmp(source->sha256, best->sha256);
}

static struct json_object *manifest_start(void)
{
	struct json_object *json = sb_json_start("dump");
	time_t now = time(NULL);
	struct utsname kernel;
	char when[32];

	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	json_object_object_add(json, "written", json_object_new_string(when));
	json_object_object_add(json, "kernel", uname(&kernel) ? NULL :
			       json_object_new_string(kernel.release));
	return json;
}

static enum sb_exit write_manifest(const char *dir, struct json_object *json)
{
	char *path = sb_format("%s/" MANIFEST, dir);
	char *text = sb_format("%s\n", json_object_to_json_string_ext(json,
				JSON_C_TO_STRING_PRETTY |
				JSON_C_TO_STRING_SPACED |
				JSON_C_TO_STRING_NOSLASHESCAPE));
	struct sb_bytes bytes = {
		.data = (unsigned char *)text,
		.size = strlen(text),
	};
	enum sb_exit ret = write_rom(path, &bytes);

	free(text);
	free(path);
	return ret;
}

static enum sb_exit prepare_dir(const char *dir)
{
	char *manifest = sb_format("%s/" MANIFEST, dir);
	int error = sb_file_mkdir(dir);

	/* An old manifest does not describe the new files. */
	if (!error && unlink(manifest) && errno != ENOENT)
		error = -errno;
	if (error)
		warnx("%s: %s", dir, strerror(-error));
	free(manifest);
	return error ? SB_EXIT_ERROR : SB_EXIT_OK;
}

static enum sb_exit dump_all(const struct opts *opts)
{
	struct json_object *manifest;
	enum sb_exit ret, worst = SB_EXIT_OK;
	struct sb_functions all;
	size_t i, j, roms;

	ret = sb_functions_load(NULL, &all);
	if (!ret)
		ret = sb_module_needed();
	if (!ret)
		ret = prepare_dir(opts->all);
	if (ret) {
		sb_functions_free(&all);
		return ret;
	}

	manifest = manifest_start();
	for (i = 0; i < all.nr; i++) {
		const struct sb_function *function = &all.list[i];

		progress(i, all.nr, function->address);
		sb_json_append(manifest, "functions",
			       sb_record(function, NULL));
		for (j = 0; j < function->nr_sources; j++) {
			if (is_like_best(&function->sources[j],
					 &function->sources[0]))
				continue;
			ret = dump_source(function, &function->sources[j],
					  opts, manifest);
			if (ret)
				worst = ret;
		}
	}
	progress(all.nr, all.nr, "");

	roms = json_object_array_length(json_object_object_get(manifest,
							       "files"));
	ret = write_manifest(opts->all, manifest);
	if (!ret && sb_options.json)
		sb_json_print(json_object_get(manifest));
	else if (!ret)
		printf("%zu ROMs of %zu functions in %s\n", roms, all.nr,
		       opts->all);
	json_object_put(manifest);
	sb_functions_free(&all);
	return ret ? ret : worst;
}

/**
 * sb_dump() - the command "dump"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: the exit code.
 */
enum sb_exit sb_dump(int argc, char **argv)
{
	static const struct option options[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "source", required_argument, NULL, 's' },
		{ "raw", no_argument, NULL, 'r' },
		{ "all", required_argument, NULL, 'a' },
		SB_OPTIONS
	};
	struct opts opts = { 0 };
	int option;

	while ((option = sb_option(argc, argv, "o:s:ra:" SB_LETTERS,
				   options)) != -1) {
		switch (option) {
		case 'o':
			opts.output = optarg;
			break;
		case 's':
			opts.source = optarg;
			break;
		case 'r':
			opts.raw = true;
			break;
		case 'a':
			opts.all = optarg;
			break;
		default:
			return sb_usage("dump", option);
		}
	}
	if (opts.output && !sb_prints_bytes(opts.output))
		return SB_EXIT_USAGE;
	if (opts.all && !opts.output && !opts.source && optind == argc)
		return dump_all(&opts);
	if (!opts.all && opts.output && optind == argc - 1)
		return dump_one(argv[optind], &opts);
	return sb_usage("dump", '?');
}
