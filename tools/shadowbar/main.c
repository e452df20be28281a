// SPDX-License-Identifier: GPL-2.0-only
/*
 * shadowbar: the ROMs and BAR pages of PCI functions, for those who give them
 * to virtual machines.
 */
#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include <shadowbar/version.h>

#include "tool.h"

struct sb_options sb_options = { .sysfs = "/sys", .dev = "/dev" };

const struct option sb_json_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

const struct option sb_no_options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static const struct command {
	const char *name;
	enum sb_exit (*run)(int argc, char **argv);
	const char *words;
	const char *summary;
	const char *help;
} commands[] = {
	{
		"list", sb_list, "[-j]",
		"all functions: ROM, source, hash, pages",
		"  -j, --json  print JSON\n",
	}, {
		"show", sb_show, "<address> [-j]",
		"everything about one function, the images of its ROM included",
		"As root, the images are shown, and where its shadows differ.\n"
		"\n"
		"  -j, --json  print JSON\n",
	}, {
		"explain", sb_explain, "<address>",
		"in plain words: why there is a ROM or none, and what to do",
		"",
	}, {
		"dump", sb_dump,
		"<address> -o FILE [--source S] [--raw] | --all DIR [--raw]",
		"write a ROM to a file, or all of them into a directory",
		"  -o, --output FILE  the file, which is replaced in one piece;"
		" - is stdout\n"
		"  -s, --source S     not the best shadow, but the one from S\n"
		"  -r, --raw          with what comes after the last image, and"
		" also if\n"
		"                     no image is whole\n"
		"  -a, --all DIR      every shadow of every function, and"
		" manifest.json\n",
	}, {
		"install", sb_install,
		"<address> [--source S] [--for HYPERVISOR] [--root DIR]",
		"put a ROM where the hypervisor reads it, and print what to add",
		"  -s, --source S        not the best shadow, but the one from"
		" S\n"
		"  -f, --for HYPERVISOR  proxmox, libvirt or qemu; without it"
		" those\n"
		"                        that are there\n"
		"  -R, --root DIR        a directory that stands for /\n",
	}, {
		"parse", sb_parse, "FILE [-j]",
		"show the images in any ROM file; needs no module",
		"  -j, --json  print JSON\n",
	}, {
		"verify", sb_verify, "FILE",
		"say whether a ROM file is intact; exits with 4 if it is not",
		"",
	}, {
		"fix", sb_fix, "FILE -o OUT [--vendor V --device D] [--raw]",
		"copy a ROM with ids and checksums set, and trimmed",
		"What is before the first image, as GPU-Z writes it, and after"
		" the last is\ndropped. Without ids only the checksums are"
		" set.\n"
		"\n"
		"  -o, --output OUT  the copy, which is replaced in one piece;"
		" - is stdout\n"
		"  -V, --vendor V    vendor id for the images, hexadecimal\n"
		"  -D, --device D    device id for the images, hexadecimal\n"
		"  -r, --raw         keep what comes after the last image\n",
	}, {
		"capture", sb_capture, "<address>",
		"read the ROM now",
		"An idle vfio-pci or pci-stub is unbound meanwhile, and bound"
		" again\nwhatever happens. No other driver is touched.\n",
	}, {
		"isolate", sb_isolate, "<address> <bar>",
		"move a BAR to a page of its own",
		"",
	},
};

#define COMMANDS	(sizeof(commands) / sizeof(*commands))

static void print_help(FILE *to)
{
	size_t i;

	fprintf(to, "usage: shadowbar [--sysfs DIR] [--dev DIR] <command> ...\n"
		    "\nThe expansion ROMs and BAR pages of PCI functions.\n\n");
	for (i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-8s  %s\n", commands[i].name,
			commands[i].summary);
	fprintf(to, "\n  --sysfs DIR  where sysfs is, if not at /sys\n"
		    "  --dev DIR    where device nodes are, if not in /dev\n"
		    "  --version    print the version\n"
		    "\nshadowbar <command> --help says more, and so does"
		    " shadowbar(8).\n");
}

/**
 * sb_usage() - say how a command is used
 * @name: the command
 * @option: what getopt_long() found; 'h' if help was asked for
 *
 * Return: the exit code.
 */
enum sb_exit sb_usage(const char *name, int option)
{
	FILE *to = option == 'h' ? stdout : stderr;
	const struct command *command = commands;

	while (strcmp(command->name, name))
		command++;
	fprintf(to, "usage: shadowbar %s %s\n", command->name, command->words);
	if (option != 'h')
		return SB_EXIT_USAGE;

	printf("\n%s\n%s%s", command->summary, *command->help ? "\n" : "",
	       command->help);
	return SB_EXIT_OK;
}

static enum sb_exit run(int argc, char **argv)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++) {
		if (strcmp(argv[0], commands[i].name))
			continue;
		optind = 0;
		return commands[i].run(argc, argv);
	}
	warnx("%s: there is no such command; see shadowbar --help", argv[0]);
	return SB_EXIT_USAGE;
}

/* A full disk or a closed pipe shows only when the buffer is written. */
static enum sb_exit flushed(enum sb_exit ret)
{
	if (!fflush(stdout) && !ferror(stdout))
		return ret;
	warn("standard output");
	return ret ? ret : SB_EXIT_ERROR;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "sysfs", required_argument, NULL, 's' },
		{ "dev", required_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ }
	};
	int option;

	while ((option = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
		switch (option) {
		case 's':
			sb_options.sysfs = optarg;
			break;
		case 'd':
			sb_options.dev = optarg;
			break;
		case 'h':
			print_help(stdout);
			return flushed(SB_EXIT_OK);
		case 'V':
			printf("shadowbar %s\n", SHADOWBAR_VERSION);
			return flushed(SB_EXIT_OK);
		default:
			print_help(stderr);
			return SB_EXIT_USAGE;
		}
	}
	if (optind == argc) {
		print_help(stderr);
		return SB_EXIT_USAGE;
	}
	return flushed(run(argc - optind, argv + optind));
}
