// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysfs: what the kernel and the module report about a function.
 *
 * A missing file is not an error: an older module has fewer of them, and
 * without the module there are none.
 */
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pci/pci.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool.h"

#define VALUE_SIZE	4096	/* a sysfs file holds at most a page */
#define NAME_SIZE	1024

/**
 * sb_attr_read() - read the value of a file
 * @dir: its directory
 * @name: its name
 *
 * Return: the value without the newline, to be freed; NULL if there is none.
 */
char *sb_attr_read(const char *dir, const char *name)
{
	char *path = sb_format("%s/%s", dir, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char value[VALUE_SIZE + 1];
	ssize_t length = -1;

	free(path);
	if (fd >= 0) {
		length = read(fd, value, VALUE_SIZE);
		close(fd);
	}
	if (length < 0)
		return NULL;

	while (length && isspace((unsigned char)value[length - 1]))
		length--;
	return sb_format("%.*s", (int)length, value);
}

/**
 * sb_attr_write() - write a value to a file
 * @dir: its directory
 * @name: its name
 * @text: the value
 *
 * Return: 0 or a negative error.
 */
int sb_attr_write(const char *dir, const char *name, const char *text)
{
	char *path = sb_format("%s/%s", dir, name);
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	int ret = fd < 0 ? -errno : 0;

	free(path);
	if (ret)
		return ret;

	if (write(fd, text, strlen(text)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

/* The last component of a link's target; NULL if there is none. */
static char *link_of(const char *path, const char *name)
{
	char *link = sb_format("%s/%s", path, name);
	char target[PATH_MAX];
	ssize_t length = readlink(link, target, sizeof(target) - 1);

	free(link);
	if (length <= 0)
		return NULL;

	target[length] = '\0';
	name = strrchr(target, '/');
	return sb_format("%s", name ? name + 1 : target);
}

/**
 * sb_driver_of() - the driver that is bound to a function
 * @path: the function's directory
 *
 * Return: its name, to be freed; NULL if there is none.
 */
char *sb_driver_of(const char *path)
{
	return link_of(path, "driver");
}

/**
 * sb_module_loaded() - is the module loaded?
 *
 * Return: true if so.
 */
bool sb_module_loaded(void)
{
	char *path = sb_format("%s/module/shadowbar", sb_options.sysfs);
	bool loaded = !access(path, F_OK);

	free(path);
	return loaded;
}

/**
 * sb_module_needed() - a command can do nothing without the module
 *
 * Return: SB_EXIT_OK if it is loaded, or another code after a message.
 */
enum sb_exit sb_module_needed(void)
{
	if (sb_module_loaded())
		return SB_EXIT_OK;

	warnx("the module is not loaded: modprobe shadowbar");
	return SB_EXIT_UNKNOWN;
}

/**
 * sb_module_version() - the version of the module
 *
 * Return: its version, to be freed; NULL if it is not loaded.
 */
char *sb_module_version(void)
{
	char *dir = sb_format("%s/module/shadowbar", sb_options.sysfs);
	char *version = sb_attr_read(dir, "version");

	free(dir);
	return version;
}

static off_t size_of(const char *path)
{
	struct stat status;

	return stat(path, &status) ? -1 : status.st_size;
}

static void add_source(struct sb_function *function, const char *name,
		       const char *dir, const char *file, const char *sha256)
{
	struct sb_source *source;

	function->sources = reallocarray(function->sources,
					 function->nr_sources + 1,
					 sizeof(*function->sources));
	if (!function->sources)
		err(SB_EXIT_ERROR, NULL);

	source = &function->sources[function->nr_sources++];
	source->name = sb_format("%s", name);
	source->path = sb_format("%s/%s", dir, file);
	source->sha256 = sb_attr_read(dir, sha256);
	source->size = size_of(source->path);
}

static int no_hash(const struct dirent *entry)
{
	const char *end = strrchr(entry->d_name, '_');

	return entry->d_name[0] != '.' && !(end && !strcmp(end, "_sha256"));
}

/*
 * Read the shadows of a function: "rom" is the best one, sources/<source> are
 * all of them. An older module has only "rom".
 */
static void read_sources(struct sb_function *function, const char *dir)
{
	char *sources = sb_format("%s/sources", dir);
	struct dirent **entry;
	int i, nr;

	if (function->size >= 0)
		add_source(function, sb_or_dash(function->source), dir, "rom",
			   "rom_sha256");

	nr = scandir(sources, &entry, no_hash, alphasort);
	for (i = 0; i < nr; i++) {
		const char *name = entry[i]->d_name;

		if (!sb_function_source(function, name)) {
			char *hash = sb_format("%s_sha256", name);

			add_source(function, name, sources, name, hash);
			free(hash);
		}
		free(entry[i]);
	}
	if (nr >= 0)
		free(entry);
	free(sources);
}

/*
 * Read addresses and sizes from the file that every PCI tool reads, with a line
 * for each BAR. A BAR without an address has a range that starts at zero.
 */
static void read_resources(struct sb_function *function)
{
	char *text = sb_attr_read(function->path, "resource");
	const char *line = text;
	int i;

	for (i = 0; i < SB_BARS && line; i++) {
		struct sb_bar *bar = &function->bar[i];
		char *name = sb_format("%s/resource%d_resize", function->path,
				       i);
		unsigned long long start, end, flags;

		if (sscanf(line, "%llx %llx %llx", &start, &end, &flags) == 3 &&
		    flags & (SB_RESOURCE_IO | SB_RESOURCE_MEM)) {
			bar->start = flags & SB_RESOURCE_UNSET ? 0 : start;
			bar->size = end - start + 1;
			bar->flags = flags;
		}
		bar->resizable = !access(name, F_OK);
		free(name);
		line = strchr(line, '\n');
		line += !!line;
	}
	free(text);
}

/**
 * sb_bar_words() - a BAR's kind, size and address
 * @bar: the BAR; it has a size
 *
 * Return: the text, to be freed.
 */
char *sb_bar_words(const struct sb_bar *bar)
{
	static const char unit[] = "KMGTPE";
	unsigned long long size = bar->size;
	char *bytes, *where, *all;
	int i = -1;

	while (size >= 1024 && !(size % 1024) && i < 5) {
		size /= 1024;
		i++;
	}
	bytes = i < 0 ? sb_format("%llu bytes", size) :
			sb_format("%llu %ciB", size, unit[i]);
	where = bar->start ? sb_format("at %#llx", bar->start) :
			     sb_format("no address");
	all = sb_format("%s%s, %s, %s",
			bar->flags & SB_RESOURCE_IO ? "I/O" :
			bar->flags & SB_RESOURCE_64 ? "64-bit" : "32-bit",
			bar->flags & SB_RESOURCE_PREFETCH ? " prefetchable" :
			"", bytes, where);
	free(where);
	free(bytes);
	return all;
}

/* A Thunderbolt dock is removable, and so is everything in it. */
static char *read_removable(const char *path)
{
	char *real = realpath(path, NULL), *value = NULL, *slash;

	while (real && (slash = strrchr(real, '/')) && strstr(slash, ":")) {
		free(value);
		value = sb_attr_read(real, "removable");
		if (value && !strcmp(value, "removable"))
			break;
		*slash = '\0';
	}
	free(real);
	return value;
}

static void read_bar(struct sb_bar *bar, const char *dir, int number)
{
	char *page = sb_format("bar%d_page", number);
	char *reason = sb_format("bar%d_reason", number);
	char *isolate = sb_format("%s/bar%d_isolate", dir, number);

	bar->page = sb_attr_read(dir, page);
	bar->reason = sb_attr_read(dir, reason);
	bar->isolate = !access(isolate, F_OK);
	free(page);
	free(reason);
	free(isolate);
}

static void read_graphics(struct sb_graphics *graphics, const char *dir)
{
	char *opregion = sb_format("%s/igd_opregion", dir);
	char *vbt = sb_format("%s/igd_vbt", dir);

	graphics->stolen = sb_attr_read(dir, "igd_stolen");
	graphics->state = sb_attr_read(dir, "igd_stolen_state");
	graphics->reason = sb_attr_read(dir, "igd_reason");
	graphics->opregion = size_of(opregion);
	graphics->vbt = size_of(vbt);
	free(opregion);
	free(vbt);
}

static char *name_of(struct pci_access *pci, int what, int first, int second)
{
	char buf[NAME_SIZE];

	return sb_format("%s", pci_lookup_name(pci, buf, sizeof(buf), what,
					       first, second));
}

static void read_ids(struct sb_function *function, struct pci_dev *dev)
{
	pci_fill_info(dev, PCI_FILL_IDENT | PCI_FILL_CLASS);
	function->domain = dev->domain;
	function->bus = dev->bus;
	function->dev = dev->dev;
	function->func = dev->func;
	function->vendor = dev->vendor_id;
	function->device = dev->device_id;
	function->class = dev->device_class;
	function->name = name_of(dev->access,
				 PCI_LOOKUP_VENDOR | PCI_LOOKUP_DEVICE,
				 dev->vendor_id, dev->device_id);
	function->class_name = name_of(dev->access, PCI_LOOKUP_CLASS,
				       dev->device_class, 0);
}

static void read_function(struct sb_function *function, struct pci_dev *dev)
{
	char *dir, *rom, *boot;
	int i;

	*function = (struct sb_function){ .size = -1 };
	read_ids(function, dev);
	function->address = sb_format("%04x:%02x:%02x.%d", dev->domain,
				      dev->bus, dev->dev, dev->func);
	function->path = sb_format("%s/bus/pci/devices/%s", sb_options.sysfs,
				   function->address);
	function->driver = sb_driver_of(function->path);
	function->group = link_of(function->path, "iommu_group");
	function->power = sb_attr_read(function->path, "power_state");
	function->removable = read_removable(function->path);
	boot = sb_attr_read(function->path, "boot_vga");
	function->boot_vga = boot && !strcmp(boot, "1");
	free(boot);
	read_resources(function);

	dir = sb_format("%s/shadowbar", function->path);
	rom = sb_format("%s/rom", dir);
	function->known = !access(dir, F_OK);
	function->status = sb_attr_read(dir, "rom_status");
	function->reason = sb_attr_read(dir, "rom_reason");
	function->rom_bar = sb_attr_read(dir, "rom_bar");
	function->source = sb_attr_read(dir, "rom_source");
	function->served = sb_attr_read(dir, "rom_served");
	function->sha256 = sb_attr_read(dir, "rom_sha256");
	function->changed = sb_attr_read(dir, "rom_changed");
	function->decode = sb_attr_read(dir, "decode");
	function->size = size_of(rom);
	for (i = 0; i < SB_BARS; i++)
		read_bar(&function->bar[i], dir, i);
	read_graphics(&function->graphics, dir);
	read_sources(function, dir);
	free(rom);
	free(dir);
}

static void free_function(struct sb_function *function)
{
	size_t i;

	for (i = 0; i < function->nr_sources; i++) {
		free(function->sources[i].name);
		free(function->sources[i].path);
		free(function->sources[i].sha256);
	}
	free(function->sources);
	for (i = 0; i < SB_BARS; i++) {
		free(function->bar[i].page);
		free(function->bar[i].reason);
	}
	free(function->graphics.stolen);
	free(function->graphics.state);
	free(function->graphics.reason);
	free(function->name);
	free(function->class_name);
	free(function->address);
	free(function->path);
	free(function->driver);
	free(function->group);
	free(function->power);
	free(function->removable);
	free(function->status);
	free(function->reason);
	free(function->rom_bar);
	free(function->source);
	free(function->served);
	free(function->sha256);
	free(function->changed);
	free(function->decode);
}

/* libpci calls this on fatal errors; it must not return. */
static void pci_error(char *format, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

static void pci_error(char *format, ...)
{
	va_list args;

	va_start(args, format);
	vwarnx(format, args);
	va_end(args);
	exit(SB_EXIT_ERROR);
}

static struct pci_access *pci_start(void)
{
	char *bus = sb_format("%s/bus/pci", sb_options.sysfs);
	struct pci_access *pci = pci_alloc();

	pci->error = pci_error;
	pci->method = PCI_ACCESS_SYS_BUS_PCI;
	pci_set_param(pci, "sysfs.path", bus);
	free(bus);
	pci_init(pci);
	pci_scan_bus(pci);
	return pci;
}

static int by_address(const void *left, const void *right)
{
	const struct sb_function *a = left, *b = right;

	if (a->domain != b->domain)
		return a->domain - b->domain;
	if (a->bus != b->bus)
		return a->bus - b->bus;
	if (a->dev != b->dev)
		return a->dev - b->dev;
	return a->func - b->func;
}

/**
 * sb_functions_load() - find functions and read what is known about them
 * @words: an address, as for lspci -s, or NULL for all
 * @all: filled; to be freed with sb_functions_free(), also after an error
 *
 * Return: SB_EXIT_OK, or another code after a message.
 */
enum sb_exit sb_functions_load(const char *words, struct sb_functions *all)
{
	struct pci_access *pci = pci_start();
	struct pci_filter filter;
	struct pci_dev *dev;
	const char *wrong;
	size_t nr = 0;
	char *copy;

	*all = (struct sb_functions){ 0 };
	pci_filter_init(pci, &filter);
	copy = sb_format("%s", words ? words : "");
	wrong = pci_filter_parse_slot(&filter, copy);
	if (wrong) {
		warnx("%s: %s", words, wrong);
	} else {
		for (dev = pci->devices; dev; dev = dev->next)
			nr += pci_filter_match(&filter, dev);
		all->list = calloc(nr, sizeof(*all->list));
		if (nr && !all->list)
			err(SB_EXIT_ERROR, NULL);
		for (dev = pci->devices; dev; dev = dev->next)
			if (pci_filter_match(&filter, dev))
				read_function(&all->list[all->nr++], dev);
		if (nr)
			qsort(all->list, nr, sizeof(*all->list), by_address);
	}
	free(copy);
	pci_cleanup(pci);
	return wrong ? SB_EXIT_USAGE : SB_EXIT_OK;
}

/**
 * sb_functions_load_one() - find one function
 * @words: its address, as for lspci -s
 * @one: filled with exactly one; to be freed, also after an error
 *
 * Return: SB_EXIT_OK, or another code after a message.
 */
enum sb_exit sb_functions_load_one(const char *words, struct sb_functions *one)
{
	enum sb_exit ret = sb_functions_load(words, one);
	size_t i;

	if (ret)
		return ret;
	if (!one->nr) {
		warnx("%s: there is no such function", words);
		return SB_EXIT_UNKNOWN;
	}
	if (one->nr == 1)
		return SB_EXIT_OK;

	warnx("%s: which of these %zu?", words, one->nr);
	for (i = 0; i < one->nr; i++)
		fprintf(stderr, "  %s %s\n", one->list[i].address,
			one->list[i].name);
	return SB_EXIT_USAGE;
}

/**
 * sb_functions_free() - free what sb_functions_load() filled
 * @all: the functions
 */
void sb_functions_free(struct sb_functions *all)
{
	size_t i;

	for (i = 0; i < all->nr; i++)
		free_function(&all->list[i]);
	free(all->list);
}

/**
 * sb_function_known() - does the module know a function?
 * @function: the function
 *
 * Return: SB_EXIT_OK, or another code after a message.
 */
enum sb_exit sb_function_known(const struct sb_function *function)
{
	if (function->known)
		return SB_EXIT_OK;

	if (!sb_module_needed())
		warnx("%s: it has no memory BAR and no ROM BAR",
		      function->address);
	return SB_EXIT_UNKNOWN;
}

/**
 * sb_function_source() - one of the shadows of a function
 * @function: the function
 * @name: its source; NULL for the best one
 *
 * Return: the shadow; NULL if there is none.
 */
const struct sb_source *sb_function_source(const struct sb_function *function,
					   const char *name)
{
	size_t i;

	for (i = 0; i < function->nr_sources; i++)
		if (!name || !strcmp(function->sources[i].name, name))
			return &function->sources[i];

	return NULL;
}

static bool hash_matches(const struct sb_source *source, const char *hash)
{
	const char *file = strrchr(source->path, '/') + 1;
	char *dir = sb_format("%.*s", (int)(file - source->path - 1),
			      source->path);
	char *name = sb_format("%s_sha256", file);
	char *said = sb_attr_read(dir, name);
	bool matches = !said || !*said || !strcmp(said, hash);

	free(said);
	free(name);
	free(dir);
	return matches;
}

/**
 * sb_source_read() - read the bytes of a shadow, all from one capture
 * @source: the shadow
 * @bytes: filled; @bytes->data is to be freed
 *
 * A capture may replace the shadow while it is read. The hash then changes, and
 * the shadow is read again.
 *
 * Return: 0 or a negative error.
 */
int sb_source_read(const struct sb_source *source, struct sb_bytes *bytes)
{
	char hash[SB_SHA256_TEXT];
	int tries;

	for (tries = 3; tries; tries--) {
		int ret = sb_file_read(source->path, bytes);

		if (ret)
			return ret;
		sb_sha256(bytes, hash);
		if (hash_matches(source, hash))
			return 0;
		free(bytes->data);
	}

	*bytes = (struct sb_bytes){ 0 };
	return -EBADMSG;
}
