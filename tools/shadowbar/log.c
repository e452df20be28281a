// SPDX-License-Identifier: GPL-2.0-only
/*
 * log: which images in ROMs firmware started, according to the TPM's event log,
 * and what it started that is in no ROM.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "baseline.h"
#include "efi_image.h"
#include "eventlog.h"
#include "tool.h"

#define LOG_FILE	"kernel/security/tpm0/binary_bios_measurements"
#define PATH_WORDS	1024
#define HASH_DIGITS	12	/* enough to distinguish images */

/**
 * struct known - an EFI image in a copy of a function's ROM
 * @function: the function
 * @path: that function's slot
 * @source: where the copy was read
 * @nr: number of the image in the ROM, from 1
 * @error: why firmware does not load it, or NULL
 * @digest: its Authenticode hash, in the chosen bank
 * @ran: an event is about it
 */
struct known {
	const struct sb_function *function;
	const char *path;
	const char *source;
	u32 nr;
	const char *error;
	struct sb_digest digest;
	bool ran;
};

/**
 * enum verdict - verdict on an event
 * @RAN: it is an image in the ROM of the function that it names
 * @REPLACED: firmware kept a copy of the image, but it is no longer in the
 *	      function's ROM
 * @MOVED: it is an image in the ROM of another function
 * @UNREAD: the ROM of the function that it names was not read
 * @UNKNOWN: it is in no ROM of this machine
 */
enum verdict { RAN, REPLACED, MOVED, UNREAD, UNKNOWN };

static const char * const verdict_name[] = {
	"ran", "replaced", "moved", "unread", "unknown",
};

/**
 * struct started - an event about a driver
 * @event: the event
 * @verdict: the verdict
 * @known: the image that it is about, or NULL
 * @function: the function that its device path leads to, or NULL
 * @path: that function's slot, or NULL if the path leads to no PCI device
 * @words: its device path, as text
 */
struct started {
	struct sb_log_event event;
	enum verdict verdict;
	struct known *known;
	const struct sb_function *function;
	char *path;
	char *words;
};

/**
 * enum agrees - do the log and the TPM agree?
 * @AGREES_UNKNOWN: the TPM's registers cannot be seen
 * @AGREES: they do
 * @DIFFERS: they do not
 */
enum agrees { AGREES_UNKNOWN, AGREES, DIFFERS };

/**
 * struct view - the log, matched with the ROMs
 * @log: the log
 * @bank: the chosen one of its banks
 * @all: the functions
 * @paths: their slots
 * @known: the images in their ROMs
 * @nr_known: number of @known
 * @started: events about drivers
 * @nr_started: number of @started
 * @events: number of events in the log
 * @agrees: whether the TPM agrees with the log
 */
struct view {
	struct sb_log log;
	u32 bank;
	struct sb_functions all;
	char **paths;
	struct known *known;
	size_t nr_known;
	struct started *started;
	size_t nr_started;
	u32 events;
	enum agrees agrees;
};

static void *more(void *list, size_t nr, size_t size)
{
	list = reallocarray(list, nr + 1, size);
	if (!list)
		err(SB_EXIT_ERROR, NULL);
	return list;
}

/* Choose SHA-256 if present, else the first bank with a known name. */
static bool choose_bank(struct view *view)
{
	const struct sb_log *log = &view->log;
	u32 i;

	for (view->bank = log->nr_banks, i = 0; i < log->nr_banks; i++) {
		const char *name = sb_log_alg_name(log->banks[i].id);

		if (name && (view->bank == log->nr_banks ||
			     !strcmp(name, "sha256")))
			view->bank = i;
	}
	return view->bank < log->nr_banks;
}

static const char *bank_name(const struct view *view)
{
	return sb_log_alg_name(view->log.banks[view->bank].id);
}

static void add_images(struct view *view, size_t nr,
		       const struct sb_source *source)
{
	struct sb_efi_images images;
	struct sb_bytes bytes;
	size_t i;

	if (sb_source_read(source, &bytes))
		return;
	sb_efi_images_read(bytes.data, bytes.size, &images);
	for (i = 0; i < images.nr; i++) {
		const struct sb_efi_image *image = &images.list[i];
		struct known known = {
			.function = &view->all.list[nr],
			.path = view->paths[nr],
			.source = source->name,
			.nr = image->nr,
			.error = image->error,
		};

		if (!image->sha256.size ||
		    !sb_pe_digest(image->pe.data, &image->layout,
				  bank_name(view), &known.digest))
			continue;
		view->known = more(view->known, view->nr_known,
				   sizeof(*view->known));
		view->known[view->nr_known++] = known;
	}
	sb_efi_images_free(&images);
	free(bytes.data);
}

static void add_all_images(struct view *view)
{
	size_t i, j;

	view->paths = calloc(view->all.nr + 1, sizeof(*view->paths));
	if (!view->paths)
		err(SB_EXIT_ERROR, NULL);
	for (i = 0; i < view->all.nr; i++) {
		const struct sb_function *function = &view->all.list[i];

		view->paths[i] = sb_slot_path(function->path);
		for (j = 0; j < function->nr_sources; j++)
			add_images(view, i, &function->sources[j]);
	}
}

/*
 * Find the bus of a host bridge by its _UID. If sysfs does not tell, assume
 * that the two numbers are the same, as they often are.
 */
static char *bus_of(u32 uid)
{
	char *dir = sb_format("%s/devices", sb_options.sysfs);
	char *bus = NULL;
	DIR *devices = opendir(dir);
	struct dirent *entry;

	while (devices && !bus && (entry = readdir(devices))) {
		char *node, *text;

		if (strncmp(entry->d_name, "pci", 3))
			continue;
		node = sb_format("%s/%s/firmware_node", dir, entry->d_name);
		text = sb_attr_read(node, "uid");
		if (text && strtoul(text, NULL, 0) == uid)
			bus = sb_format("%s", entry->d_name + 3);
		free(text);
		free(node);
	}
	if (devices)
		closedir(devices);
	free(dir);
	return bus ? bus : sb_format("0000:%02x", uid & 0xff);
}

/* A slot in the form of sb_slot_path(). */
static char *slot_of(const struct sb_log_image *image)
{
	char *slot, *longer;
	u32 i;

	if (!image->hops)
		return NULL;
	slot = bus_of(image->root);
	for (i = 0; i < image->hops; i++) {
		longer = sb_format("%s%s%02x.%x", slot, i ? "/" : ":",
				   image->hop[i] >> 3, image->hop[i] & 7);
		free(slot);
		slot = longer;
	}
	return slot;
}

static bool is_same_image(const struct view *view, const struct known *known,
			  const struct sb_log_event *event)
{
	const u8 *digest = event->digest[view->bank];

	return digest && known->digest.size == view->log.banks[view->bank].size &&
	       !memcmp(known->digest.bytes, digest, known->digest.size);
}

/* Was it read from the device itself, not from a copy that firmware kept? */
static bool is_from_device(const char *source)
{
	return !strcmp(source, "in-place") || !strcmp(source, "borrowed") ||
	       !strcmp(source, "hole");
}

static bool has_device_rom(const struct sb_function *function)
{
	size_t i;

	for (i = 0; i < function->nr_sources; i++)
		if (is_from_device(function->sources[i].name))
			return true;
	return false;
}

/*
 * Find the image that an event is about, preferably in the slot that it names,
 * and there in the device's own ROM.
 */
static struct known *find_known(struct view *view,
				const struct sb_log_event *event,
				const char *path)
{
	struct known *found = NULL;
	size_t i;

	for (i = 0; i < view->nr_known; i++) {
		struct known *known = &view->known[i];

		if (!is_same_image(view, known, event))
			continue;
		if (path && !strcmp(known->path, path) &&
		    is_from_device(known->source))
			return known;
		if (!found || (path && strcmp(found->path, path) &&
			       !strcmp(known->path, path)))
			found = known;
	}
	return found;
}

static const struct sb_function *find_function(const struct view *view,
					       const char *path)
{
	size_t i;

	for (i = 0; path && i < view->all.nr; i++)
		if (!strcmp(view->paths[i], path))
			return &view->all.list[i];
	return NULL;
}

static enum verdict judge(const struct started *one)
{
	if (one->known && one->path && strcmp(one->known->path, one->path))
		return MOVED;
	if (one->known)
		return is_from_device(one->known->source) ||
		       !has_device_rom(one->known->function) ? RAN : REPLACED;
	if (one->function && !one->function->nr_sources)
		return UNREAD;
	return UNKNOWN;
}

/* Mark all copies of the same image in the same function. */
static void note_ran(struct view *view, const struct started *one)
{
	size_t i;

	for (i = 0; one->known && i < view->nr_known; i++)
		if (view->known[i].function == one->known->function &&
		    is_same_image(view, &view->known[i], &one->event))
			view->known[i].ran = true;
}

static void add_event(struct view *view, const struct sb_log_event *event)
{
	struct started one = { .event = *event };
	struct sb_log_image image;
	char words[PATH_WORDS];

	if (sb_log_image(event, &image))
		one.path = slot_of(&image);
	sb_log_path_words(&image, words, sizeof(words));
	one.words = sb_format("%s", words);
	one.function = find_function(view, one.path);
	one.known = find_known(view, event, one.path);
	one.verdict = judge(&one);
	note_ran(view, &one);
	view->started = more(view->started, view->nr_started,
			     sizeof(*view->started));
	view->started[view->nr_started++] = one;
}

/* Compute the value of the TPM's register after these events. */
static bool extend(const struct view *view, const u8 *digest, u8 *value,
		   unsigned int *size)
{
	u32 length = view->log.banks[view->bank].size;
	u8 both[2 * SB_LOG_DIGEST];

	memcpy(both, value, length);
	memcpy(both + length, digest, length);
	return EVP_Digest(both, 2 * length, value, size,
			  EVP_get_digestbyname(bank_name(view)), NULL);
}

static void compare_register(struct view *view, const u8 *value)
{
	char *dir = sb_format("%s/class/tpm/tpm0/pcr-%s", sb_options.sysfs,
			      bank_name(view));
	char *said = sb_attr_read(dir, "2");
	char text[2 * SB_LOG_DIGEST + 1] = "";
	u32 i;

	for (i = 0; i < view->log.banks[view->bank].size; i++)
		sprintf(text + 2 * i, "%02X", value[i]);
	if (said)
		view->agrees = strcasecmp(said, text) ? DIFFERS : AGREES;
	free(said);
	free(dir);
}

/* Return: false, after a message, if the log is damaged. */
static bool read_events(struct view *view, const char *name, bool own)
{
	u8 value[EVP_MAX_MD_SIZE] = { 0 };
	struct sb_log_event event;
	bool whole = own;
	unsigned int size;

	while (sb_log_next(&view->log, &event)) {
		if (event.pcr != SB_DRIVER_PCR)
			continue;
		if (sb_log_is_image(&event))
			add_event(view, &event);
		if (event.type != SB_EV_NO_ACTION)
			whole = whole && event.digest[view->bank] &&
				extend(view, event.digest[view->bank], value,
				       &size);
	}
	view->events = view->log.nr;
	if (view->log.error) {
		warnx("%s: event %u: %s", name, view->log.nr + 1,
		      view->log.error);
		return false;
	}
	if (whole)
		compare_register(view, value);
	return true;
}

static char *hash_of(const struct view *view, const u8 *digest)
{
	char text[2 * SB_LOG_DIGEST + 1] = "";
	u32 i;

	for (i = 0; digest && i < view->log.banks[view->bank].size; i++)
		sprintf(text + 2 * i, "%02x", digest[i]);
	return sb_format("%s", text);
}

static char *words_of(const struct started *one)
{
	switch (one->verdict) {
	case RAN:
		return sb_format("image %u of %s", one->known->nr,
				 one->known->function->address);
	case REPLACED:
		return sb_format("image %u of the copy of %s that firmware has kept (%s), and not in its ROM now",
				 one->known->nr, one->known->function->address,
				 one->known->source);
	case MOVED:
		return sb_format("image %u of %s, but it was started from %s",
				 one->known->nr, one->known->function->address,
				 one->function ? one->function->address :
				 "a slot where nothing is now");
	case UNREAD:
		return sb_format("from %s, whose ROM was not read",
				 one->function->address);
	default:
		break;
	}
	if (one->function)
		return sb_format("started from %s, and not in its ROM now",
				 one->function->address);
	if (one->path)
		return sb_format("started from a slot where nothing is now");
	return sb_format("not from a PCI device");
}

static void add_cell(struct sb_table *table, char *text)
{
	sb_table_add(table, text);
	free(text);
}

static void print_events(const struct view *view)
{
	static const char * const heading[] = {
		"EVENT", "DIGEST", "FUNCTION", "VERDICT", "WHAT",
	};
	struct sb_table *table = sb_table_new(5);
	size_t i;

	for (i = 0; i < 5; i++)
		sb_table_add(table, heading[i]);
	for (i = 0; i < view->nr_started; i++) {
		const struct started *one = &view->started[i];
		char *hash = hash_of(view, one->event.digest[view->bank]);

		add_cell(table, sb_format("%u", one->event.nr));
		add_cell(table, sb_format("%.*s", HASH_DIGITS,
					  sb_or_dash(hash)));
		sb_table_add(table, one->function ? one->function->address :
			     "-");
		sb_table_add(table, verdict_name[one->verdict]);
		add_cell(table, words_of(one));
		free(hash);
	}
	sb_table_print(table);
	sb_table_free(table);
}

/* Count each image once, in the first copy of the ROM that has it. */
static bool is_idle(const struct view *view, size_t nr)
{
	const struct known *one = &view->known[nr];
	size_t i;

	for (i = 0; i < nr; i++)
		if (view->known[i].function == one->function &&
		    !memcmp(view->known[i].digest.bytes, one->digest.bytes,
			    one->digest.size))
			return false;
	return !one->ran;
}

static void print_idle(const struct view *view)
{
	bool some = false;
	size_t i;

	for (i = 0; i < view->nr_known; i++) {
		const struct known *one = &view->known[i];

		if (!is_idle(view, i))
			continue;
		printf("%s", some ? "" : "\nNot started:\n");
		some = true;
		printf("  %s image %u (%s)%s%s\n", one->function->address,
		       one->nr, one->source, one->error ? ": it " : "",
		       one->error ? one->error : "");
	}
}

static size_t count(const struct view *view, enum verdict verdict)
{
	size_t i, nr = 0;

	for (i = 0; i < view->nr_started; i++)
		nr += view->started[i].verdict == verdict;
	return nr;
}

static void print_text(const struct view *view)
{
	static const char * const agrees[] = {
		[AGREES_UNKNOWN] = "The TPM's own register could not be seen, so the log proves nothing by itself.",
		[AGREES] = "The log agrees with PCR 2 of the TPM.",
		[DIFFERS] = "The log does NOT agree with PCR 2 of the TPM: one of them was changed, or something was measured after the log was closed.",
	};

	print_events(view);
	print_idle(view);
	printf("\n%zu drivers started, %zu of them from the ROMs of this machine, %zu from none of these, %zu from a ROM that was not read\n%s\n",
	       view->nr_started, count(view, RAN),
	       count(view, UNKNOWN) + count(view, MOVED) +
	       count(view, REPLACED), count(view, UNREAD),
	       agrees[view->agrees]);
}

/* Format the digests of an event as systemd-pcrlock reads them. */
static struct json_object *digests(const struct view *view,
				   const struct sb_log_event *event)
{
	struct json_object *array = json_object_new_array();
	u32 i, j;

	for (i = 0; i < view->log.nr_banks; i++) {
		const char *name = sb_log_alg_name(view->log.banks[i].id);
		char text[2 * SB_LOG_DIGEST + 1] = "";
		struct json_object *one;

		if (!name || !event->digest[i])
			continue;
		for (j = 0; j < view->log.banks[i].size; j++)
			sprintf(text + 2 * j, "%02x", event->digest[i][j]);
		one = json_object_new_object();
		json_object_object_add(one, "hashAlg", sb_json_text(name));
		json_object_object_add(one, "digest", sb_json_text(text));
		json_object_array_add(array, one);
	}
	return array;
}

static struct json_object *event_json(const struct view *view,
				      const struct started *one)
{
	struct json_object *json = json_object_new_object();
	char *words = words_of(one);

	json_object_object_add(json, "event",
			       json_object_new_int64(one->event.nr));
	json_object_object_add(json, "verdict",
			       sb_json_text(verdict_name[one->verdict]));
	json_object_object_add(json, "runtime",
			       json_object_new_boolean(one->event.type ==
						       SB_EV_RUNTIME_DRIVER));
	json_object_object_add(json, "address", one->function ?
			       sb_json_text(one->function->address) : NULL);
	json_object_object_add(json, "path", sb_json_text(one->path));
	json_object_object_add(json, "device_path", sb_json_text(one->words));
	json_object_object_add(json, "found_in", one->known ?
			       sb_json_text(one->known->function->address) :
			       NULL);
	json_object_object_add(json, "source", one->known ?
			       sb_json_text(one->known->source) : NULL);
	json_object_object_add(json, "image", one->known ?
			       json_object_new_int64(one->known->nr) : NULL);
	json_object_object_add(json, "digests", digests(view, &one->event));
	json_object_object_add(json, "words", sb_json_text(words));
	free(words);
	return json;
}

static struct json_object *idle_json(const struct view *view)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < view->nr_known; i++) {
		const struct known *one = &view->known[i];
		struct json_object *json;
		char *hash;

		if (!is_idle(view, i))
			continue;
		json = json_object_new_object();
		hash = hash_of(view, one->digest.bytes);
		json_object_object_add(json, "address",
				       sb_json_text(one->function->address));
		json_object_object_add(json, "source",
				       sb_json_text(one->source));
		json_object_object_add(json, "image",
				       json_object_new_int64(one->nr));
		json_object_object_add(json, "digest", sb_json_text(hash));
		json_object_object_add(json, "error", sb_json_text(one->error));
		json_object_array_add(array, json);
		free(hash);
	}
	return array;
}

static void print_json(const struct view *view)
{
	struct json_object *json = sb_json_start("log");
	struct json_object *events = json_object_new_array();
	size_t i;

	for (i = 0; i < view->nr_started; i++)
		json_object_array_add(events,
				      event_json(view, &view->started[i]));
	json_object_object_add(json, "bank", sb_json_text(bank_name(view)));
	json_object_object_add(json, "agrees",
			       view->agrees == AGREES_UNKNOWN ? NULL :
			       json_object_new_boolean(view->agrees == AGREES));
	json_object_object_add(json, "events", events);
	json_object_object_add(json, "not_started", idle_json(view));
	sb_json_print(json);
}

/* Expect at the next boot all that came from a ROM still present. */
static enum sb_exit write_pcrlock(const struct view *view, const char *path)
{
	struct json_object *json = json_object_new_object();
	struct json_object *records = json_object_new_array();
	const char *printed;
	char *text;
	size_t i;
	int error;

	for (i = 0; i < view->nr_started; i++) {
		const struct started *one = &view->started[i];
		struct json_object *record;

		if (one->verdict != RAN)
			continue;
		record = json_object_new_object();
		json_object_object_add(record, "pcr",
				       json_object_new_int(SB_DRIVER_PCR));
		json_object_object_add(record, "digests",
				       digests(view, &one->event));
		json_object_array_add(records, record);
	}
	json_object_object_add(json, "records", records);
	printed = json_object_to_json_string_ext(json,
						 JSON_C_TO_STRING_PLAIN);
	text = sb_format("%s\n", printed);
	error = sb_file_write(path, text, strlen(text));
	if (error)
		warnx("%s: %s", path, strerror(-error));
	free(text);
	json_object_put(json);
	return error ? SB_EXIT_ERROR : SB_EXIT_OK;
}

static enum sb_exit look(struct view *view, const char *name,
			 const struct sb_bytes *bytes, bool own)
{
	enum sb_exit ret;

	if (!sb_log_open(bytes->data, bytes->size, &view->log)) {
		warnx("%s: %s", name, view->log.error);
		return SB_EXIT_ERROR;
	}
	if (!choose_bank(view)) {
		warnx("%s: it has digests of unknown algorithms only", name);
		return SB_EXIT_ERROR;
	}
	ret = sb_module_needed();
	if (ret)
		return ret;
	ret = sb_functions_load(NULL, &view->all);
	if (ret)
		return ret;
	add_all_images(view);
	return read_events(view, name, own) ? SB_EXIT_OK : SB_EXIT_ERROR;
}

static void free_view(struct view *view)
{
	size_t i;

	for (i = 0; i < view->nr_started; i++) {
		free(view->started[i].path);
		free(view->started[i].words);
	}
	free(view->started);
	free(view->known);
	for (i = 0; view->paths && i < view->all.nr; i++)
		free(view->paths[i]);
	free(view->paths);
	sb_functions_free(&view->all);
}

static enum sb_exit show_log(const char *file, const char *pcrlock)
{
	char *own = sb_format("%s/" LOG_FILE, sb_options.sysfs);
	const char *name = file ? file : own;
	struct view view = { 0 };
	struct sb_bytes bytes;
	int error = sb_file_read(name, &bytes);
	enum sb_exit ret = SB_EXIT_ERROR;

	if (error == -ENOENT && !file)
		warnx("%s: this machine has no TPM event log, or securityfs is not mounted: mount -t securityfs none /sys/kernel/security",
		      name);
	else if (error)
		warnx("%s: %s", name, strerror(-error));
	else
		ret = look(&view, name, &bytes, !file);
	if (!ret && pcrlock)
		ret = write_pcrlock(&view, pcrlock);
	if (!ret && sb_options.json)
		print_json(&view);
	else if (!ret && !(pcrlock && !strcmp(pcrlock, "-")))
		print_text(&view);
	if (!ret && (count(&view, UNKNOWN) || count(&view, MOVED) ||
		     count(&view, REPLACED) || view.agrees == DIFFERS))
		ret = SB_EXIT_FOUND;
	free_view(&view);
	free(bytes.data);
	free(own);
	return ret;
}

/**
 * sb_log_command() - the command "log"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: SB_EXIT_FOUND if firmware started something that is in no ROM.
 */
enum sb_exit sb_log_command(int argc, char **argv)
{
	static const struct option options[] = {
		{ "pcrlock", required_argument, NULL, 'l' },
		SB_OPTIONS
	};
	const char *pcrlock = NULL;
	int option;

	while ((option = sb_option(argc, argv, "l:" SB_LETTERS, options)) !=
	       -1) {
		if (option != 'l')
			return sb_usage("log", option);
		pcrlock = optarg;
	}
	if (optind < argc - 1)
		return sb_usage("log", '?');
	if (pcrlock && !strcmp(pcrlock, "-") && sb_options.json) {
		warnx("a component file and JSON cannot both go to standard output");
		return SB_EXIT_USAGE;
	}
	return show_log(argv[optind], pcrlock);
}
