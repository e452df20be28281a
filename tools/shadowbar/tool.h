/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Common to all files of the tool. Each command has a file; it gets the
 * arguments after its name and returns an exit code.
 */
#ifndef SHADOWBAR_TOOL_H
#define SHADOWBAR_TOOL_H

#include <getopt.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "output.h"

/**
 * enum sb_exit - exit codes; shadowbar(8) lists them
 * @SB_EXIT_OK: done
 * @SB_EXIT_ERROR: failed
 * @SB_EXIT_USAGE: invalid command line
 * @SB_EXIT_UNKNOWN: no such function, or the module is not loaded
 * @SB_EXIT_NO_ROM: there is no ROM, or a file is not an intact one
 * @SB_EXIT_BUSY: refused, because the function is in use
 * @SB_EXIT_FOUND: done, and something needs attention
 */
enum sb_exit {
	SB_EXIT_OK = 0,
	SB_EXIT_ERROR = 1,
	SB_EXIT_USAGE = 2,
	SB_EXIT_UNKNOWN = 3,
	SB_EXIT_NO_ROM = 4,
	SB_EXIT_BUSY = 5,
	SB_EXIT_FOUND = 6,
};

#define SB_SHA256_TEXT	65	/* 64 digits and a terminating zero */
#define SB_BARS		6

/* IORESOURCE_*, as the kernel writes them into the file "resource" */
#define SB_RESOURCE_IO		0x00000100ULL
#define SB_RESOURCE_MEM		0x00000200ULL
#define SB_RESOURCE_PREFETCH	0x00002000ULL
#define SB_RESOURCE_64		0x00100000ULL
#define SB_RESOURCE_UNSET	0x20000000ULL

/* main.c: options before the command */

/**
 * struct sb_options - options that hold for every command
 * @sysfs: where sysfs is mounted
 * @dev: where device nodes are
 * @proc: where procfs is mounted
 * @json: print JSON and no text
 * @pretty: print JSON with line breaks
 */
struct sb_options {
	const char *sysfs;
	const char *dev;
	const char *proc;
	bool json;
	bool pretty;
};

extern struct sb_options sb_options;

/* The end of every command's options; see sb_option() */
#define SB_LETTERS	"jph"
#define SB_OPTIONS					\
	{ "json", no_argument, NULL, 'j' },		\
	{ "pretty", no_argument, NULL, 'p' },		\
	{ "help", no_argument, NULL, 'h' },		\
	{ }

int sb_option(int argc, char **argv, const char *letters,
	      const struct option *options);
int sb_no_option(int argc, char **argv);
enum sb_exit sb_usage(const char *name, int option);

/* The commands, each in a file of its own */

enum sb_exit sb_list(int argc, char **argv);
enum sb_exit sb_show(int argc, char **argv);
enum sb_exit sb_explain(int argc, char **argv);
enum sb_exit sb_dump(int argc, char **argv);
enum sb_exit sb_install(int argc, char **argv);
enum sb_exit sb_parse(int argc, char **argv);
enum sb_exit sb_verify(int argc, char **argv);
enum sb_exit sb_fix(int argc, char **argv);
enum sb_exit sb_capture(int argc, char **argv);
enum sb_exit sb_isolate(int argc, char **argv);
enum sb_exit sb_check_host(int argc, char **argv);
enum sb_exit sb_baseline_command(int argc, char **argv);
enum sb_exit sb_check(int argc, char **argv);
enum sb_exit sb_log_command(int argc, char **argv);
enum sb_exit sb_export(int argc, char **argv);
enum sb_exit sb_igd_rom(int argc, char **argv);
enum sb_exit sb_plan_command(int argc, char **argv);
enum sb_exit sb_report(int argc, char **argv);
enum sb_exit sb_trust(int argc, char **argv);

/* file.c: whole files */

/**
 * struct sb_bytes - the bytes of a file
 * @data: the bytes, to be freed
 * @size: number of bytes
 */
struct sb_bytes {
	unsigned char *data;
	size_t size;
};

int sb_file_read(const char *path, struct sb_bytes *bytes);
int sb_file_write(const char *path, const void *data, size_t size);
int sb_file_mkdir(const char *path);
void sb_sha256(const struct sb_bytes *bytes, char text[SB_SHA256_TEXT]);

/* users.c: processes that have a device node open */

pid_t sb_user_of(const char *path);

/* sysfs.c: what the kernel and the module report about a function */

/**
 * struct sb_source - one shadow of a function
 * @name: where it was read; a word from the sysfs ABI
 * @path: the file with its bytes
 * @sha256: its hash, or NULL
 * @size: its size in bytes
 */
struct sb_source {
	char *name;
	char *path;
	char *sha256;
	off_t size;
};

/**
 * struct sb_bar - what is known about a BAR
 * @start: its address according to the kernel; 0 if it has none
 * @size: its size in bytes, 0 if there is no such BAR
 * @flags: IORESOURCE_*, as in the file "resource"
 * @resizable: the kernel can change its size
 * @page: the state of its page, or NULL
 * @reason: why, or NULL
 * @isolate: the module can move it to a page of its own
 */
struct sb_bar {
	unsigned long long start;
	unsigned long long size;
	unsigned long long flags;
	bool resizable;
	char *page;
	char *reason;
	bool isolate;
};

/**
 * struct sb_graphics - what is known about Intel integrated graphics; NULL or
 *			-1 if there is no file
 * @stolen: "igd_stolen"
 * @state: "igd_stolen_state"
 * @reason: "igd_reason"; NULL for all other devices
 * @opregion: size of "igd_opregion"
 * @vbt: size of "igd_vbt"
 */
struct sb_graphics {
	char *stolen;
	char *state;
	char *reason;
	off_t opregion;
	off_t vbt;
};

/**
 * struct sb_function - what is known about a function; NULL if there is no file
 * @domain: its address
 * @bus: its address
 * @dev: its address
 * @func: its address
 * @vendor: vendor ID
 * @device: device ID
 * @class: base class and sub-class
 * @name: vendor and device, in lspci's words
 * @class_name: kind of device, in lspci's words
 * @address: its address, as the kernel writes it
 * @path: its directory
 * @driver: the driver that is bound
 * @group: its IOMMU group
 * @power: "power_state"
 * @removable: "removable", for itself or a bridge above it
 * @boot_vga: it was the display at boot
 * @known: the module has files for it
 * @status: "rom_status"
 * @reason: "rom_reason"
 * @rom_bar: "rom_bar"
 * @source: "rom_source"
 * @served: "rom_served", or NULL
 * @sha256: "rom_sha256"
 * @changed: "rom_changed", or NULL
 * @decode: "decode"
 * @size: size of "rom", or -1
 * @bar: its BARs
 * @graphics: data about Intel integrated graphics
 * @sources: its shadows, best first
 * @nr_sources: number of @sources
 */
struct sb_function {
	int domain;
	int bus;
	int dev;
	int func;
	unsigned int vendor;
	unsigned int device;
	unsigned int class;
	char *name;
	char *class_name;
	char *address;
	char *path;
	char *driver;
	char *group;
	char *power;
	char *removable;
	bool boot_vga;
	bool known;
	char *status;
	char *reason;
	char *rom_bar;
	char *source;
	char *served;
	char *sha256;
	char *changed;
	char *decode;
	off_t size;
	struct sb_bar bar[SB_BARS];
	struct sb_graphics graphics;
	struct sb_source *sources;
	size_t nr_sources;
};

/**
 * struct sb_functions - functions, sorted by address
 * @list: the functions
 * @nr: number of functions
 */
struct sb_functions {
	struct sb_function *list;
	size_t nr;
};

enum sb_exit sb_functions_load(const char *words, struct sb_functions *all);
enum sb_exit sb_functions_load_one(const char *words, struct sb_functions *one);
void sb_functions_free(struct sb_functions *all);
enum sb_exit sb_function_known(const struct sb_function *function);
const struct sb_source *sb_function_source(const struct sb_function *function,
					   const char *name);
int sb_source_read(const struct sb_source *source, struct sb_bytes *bytes);
bool sb_module_loaded(void);
enum sb_exit sb_module_needed(void);
char *sb_module_version(void);
char *sb_attr_read(const char *dir, const char *name);
int sb_attr_write(const char *dir, const char *name, const char *text);
char *sb_driver_of(const char *path);
char *sb_bar_words(const struct sb_bar *bar);

#endif /* SHADOWBAR_TOOL_H */
