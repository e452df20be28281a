// SPDX-License-Identifier: GPL-2.0-only
/*
 * dump: shadows into files.
 *
 * A whole machine goes into one directory, with a manifest that says what each
 * file is and where it came from. It is written last: where there is one, all
 * that it lists is there.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <shadowbar/version.h>

#include "images.h"
#include "record.h"
#include "take.h"

#define MANIFEST	"manifest.json"
#define BAR_WIDTH	30

struct wish {
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

static enum sb_exit dump_one(const char *words, const struct wish *wish)
{
	const struct sb_source *source;
	struct sb_functions one;
	struct sb_bytes bytes = { 0 };
	enum sb_exit ret;

	ret = sb_functions_load_one(words, &one);
	if (!ret)
		ret = sb_function_known(&one.list[0]);
	if (!ret)
		ret = sb_take(&one.list[0], wish->source, wish->raw, &source,
			      &bytes);
	if (!ret)
		ret = write_rom(wish->output, &bytes);
	if (!ret && strcmp(wish->output, "-"))
		printf("%s: %zu bytes from %s to %s\n", one.list[0].address,
		       bytes.size, source->name, wish->output);
	free(bytes.data);
	sb_functions_free(&one);
	return ret;
}

/* A bar that moves, for whoever watches; nothing in a log. */
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

static struct json_object *entry(const struct sb_function *function,
				 const struct sb_source *source,
				 const char *file, const struct sb_bytes *bytes)
{
	struct json_object *json = json_object_new_object();
	bool best = source == &function->sources[0];
	char hash[SB_SHA256_TEXT];

	sb_sha256(bytes, hash);
	json_object_object_add(json, "file", json_object_new_string(file));
	json_object_object_add(json, "size",
			       json_object_new_int64(bytes->size));
	json_object_object_add(json, "sha256", json_object_new_string(hash));
	json_object_object_add(json, "source", sb_json_text(source->name));
	json_object_object_add(json, "best", json_object_new_boolean(best));
	json_object_object_add(json, "contents", sb_images_json(bytes));
	json_object_object_add(json, "function", sb_record(function));
	return json;
}

static enum sb_exit dump_source(const struct sb_function *function,
				const struct sb_source *source,
				const struct wish *wish,
				struct json_object *roms)
{
	bool best = source == &function->sources[0];
	const struct sb_source *taken;
	struct sb_bytes bytes = { 0 };
	enum sb_exit ret;
	char *file, *path;

	file = best ? sb_format("%s.rom", function->address) :
		      sb_format("%s.%s.rom", function->address, source->name);
	path = sb_format("%s/%s", wish->all, file);
	ret = sb_take(function, source->name, wish->raw, &taken, &bytes);
	if (!ret)
		ret = write_rom(path, &bytes);
	if (!ret)
		json_object_array_add(roms, entry(function, source, file,
						  &bytes));
	free(bytes.data);
	free(path);
	free(file);
	return ret;
}

/* As UEFI's copy mostly is; the manifest has all hashes all the same. */
static bool is_like_best(const struct sb_source *source,
			 const struct sb_source *best)
{
	return source != best && source->sha256 && best->sha256 &&
	       *source->sha256 && !strcmp(source->sha256, best->sha256);
}

static struct json_object *manifest_start(void)
{
	const char *tool = "shadowbar " SHADOWBAR_VERSION;
	struct json_object *json = json_object_new_object();
	time_t now = time(NULL);
	struct utsname kernel;
	char when[32];

	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	json_object_object_add(json, "tool", json_object_new_string(tool));
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

	/* An old one does not speak of what is written now. */
	if (!error && unlink(manifest) && errno != ENOENT)
		error = -errno;
	if (error)
		warnx("%s: %s", dir, strerror(-error));
	free(manifest);
	return error ? SB_EXIT_ERROR : SB_EXIT_OK;
}

static enum sb_exit dump_all(const struct wish *wish)
{
	struct json_object *manifest, *roms, *others;
	enum sb_exit ret, worst = SB_EXIT_OK;
	struct sb_functions all;
	size_t i, j;

	ret = sb_functions_load(NULL, &all);
	if (!ret && !sb_module_loaded()) {
		warnx("the module is not loaded: modprobe shadowbar");
		ret = SB_EXIT_UNKNOWN;
	}
	if (!ret)
		ret = prepare_dir(wish->all);
	if (ret) {
		sb_functions_free(&all);
		return ret;
	}

	manifest = manifest_start();
	roms = json_object_new_array();
	others = json_object_new_array();
	for (i = 0; i < all.nr; i++) {
		const struct sb_function *function = &all.list[i];

		progress(i, all.nr, function->address);
		for (j = 0; j < function->nr_sources; j++) {
			if (is_like_best(&function->sources[j],
					 &function->sources[0]))
				continue;
			ret = dump_source(function, &function->sources[j],
					  wish, roms);
			if (ret)
				worst = ret;
		}
		if (!function->nr_sources)
			json_object_array_add(others, sb_record(function));
	}
	progress(all.nr, all.nr, "");

	i = json_object_array_length(roms);
	json_object_object_add(manifest, "roms", roms);
	json_object_object_add(manifest, "without", others);
	ret = write_manifest(wish->all, manifest);
	if (!ret)
		printf("%zu ROMs of %zu functions in %s\n", i, all.nr,
		       wish->all);
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
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	struct wish wish = { 0 };
	int option;

	while ((option = getopt_long(argc, argv, "o:s:ra:h", options,
				     NULL)) != -1) {
		switch (option) {
		case 'o':
			wish.output = optarg;
			break;
		case 's':
			wish.source = optarg;
			break;
		case 'r':
			wish.raw = true;
			break;
		case 'a':
			wish.all = optarg;
			break;
		default:
			return sb_usage("dump", option);
		}
	}
	if (wish.all && !wish.output && !wish.source && optind == argc)
		return dump_all(&wish);
	if (!wish.all && wish.output && optind == argc - 1)
		return dump_one(argv[optind], &wish);
	return sb_usage("dump", '?');
}
