// SPDX-License-Identifier: GPL-2.0-only
/*
 * shadowbar: inspect, save and repair PCI expansion ROMs; manage sub-page BARs.
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <shadowbar/version.h>

#include "tool.h"

struct sb_options sb_options = {
	.sysfs = "/sys", .dev = "/dev", .proc = "/proc",
};

static enum sb_exit help(int argc, char **argv);
static enum sb_exit version(int argc, char **argv);

/*
 * A new command needs a line here, a prototype in tool.h, a section in
 * shadowbar.8, and a word in each of the completions; make tooltest reports
 * missing ones. Every command takes -j, -p and -h.
 */
static const struct command {
	const char *name;
	enum sb_exit (*run)(int argc, char **argv);
	const char *words;
	const char *summary;
	const char *help;
} commands[] = {
	{
		"list", sb_list,
		"[<address>] [--class C] [--status S] [--problems]",
		"list functions: ROM, source, hash, pages",
		"An address may be partial, as for lspci -s.\n"
		"\n"
		"  -c, --class C   only this class: two or four hexadecimal"
		" digits\n"
		"  -s, --status S  only this status: pending, none, captured,"
		" deferred,\n"
		"                  skipped or failed\n"
		"  -P, --problems  only what needs attention: a ROM that was not"
		" read, a BAR\n"
		"                  that VFIO cannot map, stolen memory that is"
		" unset or in use\n",
	}, {
		"show", sb_show, "<address>",
		"show one function in full, including the images in its ROM",
		"Run as root to see the images, and where copies of the ROM"
		" differ.\n",
	}, {
		"explain", sb_explain, "<address>",
		"explain why there is a ROM or none, and what to do next",
		"",
	}, {
		"dump", sb_dump,
		"<address> -o FILE [--source S] [--raw] | --all DIR [--raw]",
		"write a ROM to a file, or every ROM to a directory",
		"  -o, --output FILE  the file to write, replaced atomically;"
		" - is stdout\n"
		"  -s, --source S     the copy from S instead of the best one\n"
		"  -r, --raw          include what follows the last image, and"
		" write the ROM\n"
		"                     even if no image is intact\n"
		"  -a, --all DIR      every copy of every ROM, and"
		" manifest.json\n",
	}, {
		"install", sb_install,
		"<address> [--source S] [--for HYPERVISOR] [--root DIR]",
		"copy a ROM to where the hypervisor reads it; print what to add",
		"  -s, --source S        the copy from S instead of the best"
		" one\n"
		"  -f, --for HYPERVISOR  proxmox, libvirt or qemu; by default"
		" those that\n"
		"                        are installed\n"
		"  -R, --root DIR        use DIR instead of /\n",
	}, {
		"parse", sb_parse, "FILE [--rom N]",
		"show the images in any ROM file; does not need the module",
		"  -n, --rom N  the Nth ROM in the file, such as a second bank\n",
	}, {
		"verify", sb_verify, "FILE [--rom N] [--for <address>]",
		"check whether a ROM file is intact; exits with 4 if not",
		"An NVIDIA ROM may lack its last, private images.\n"
		"\n"
		"  -n, --rom N          the Nth ROM in the file\n"
		"  -f, --for <address>  the card it is for: compare the IDs and"
		" the shadow\n",
	}, {
		"fix", sb_fix, "FILE -o OUT|--in-place [--vendor V --device D] [--rom N] [--raw]",
		"write a trimmed copy of a ROM with corrected checksums (and IDs)",
		"Drops what precedes the first image, as in GPU-Z dumps, and"
		" what follows the\nlast one; images there, for the card"
		" itself, are kept. Without IDs, only\nchecksums are corrected.\n"
		"\n"
		"  -o, --output OUT  the file to write, replaced atomically;"
		" - is stdout\n"
		"  -i, --in-place    replace FILE itself\n"
		"  -V, --vendor V    vendor ID for the images, hexadecimal\n"
		"  -D, --device D    device ID for the images, hexadecimal\n"
		"  -n, --rom N       the Nth ROM in the file\n"
		"  -r, --raw         keep all that follows the last image\n",
	}, {
		"capture", sb_capture, "[--whole] <address>",
		"read the ROM now",
		"  -w, --whole  also read what follows the last image; dump -r"
		" writes it\n"
		"\n"
		"An idle vfio-pci or pci-stub is unbound for a moment and always"
		" bound again.\nNo other driver is touched.\n",
	}, {
		"isolate", sb_isolate, "[-n] <address> [<bar>]|--all",
		"move BARs to pages of their own",
		"Without <bar>, moves every BAR that shares a page or does not"
		" start at a page\nboundary. An idle vfio-pci or pci-stub is"
		" unbound for a moment and always bound\nagain.\n"
		"\n"
		"  -a, --all      all functions, except those with another"
		" driver\n"
		"  -n, --dry-run  only say what would be done, and whether there"
		" is room\n",
	}, {
		"check-host", sb_check_host, "",
		"check whether this host is ready for passthrough",
		"Exits with 1 if a check fails; warnings do not count.\n",
	}, {
		"baseline", sb_baseline_command, "[--file FILE]",
		"record the state of this machine's ROMs, for check",
		"  -f, --file FILE  the file to write, replaced atomically,"
		" instead of\n"
		"                   /var/lib/shadowbar/baseline.json\n",
	}, {
		"check", sb_check, "[--file FILE]",
		"compare the ROMs with the baseline; exits with 6 if they differ",
		"Says what is new, gone, changed, hidden from the kernel or"
		" unreadable, and\nwrites it to the system log.\n"
		"\n"
		"  -f, --file FILE  the baseline, if not"
		" /var/lib/shadowbar/baseline.json\n",
	}, {
		"log", sb_log_command, "[FILE] [--pcrlock OUT]",
		"match the TPM's event log with the ROMs: what ran, what is new",
		"Without FILE, reads the log of the current boot. Exits with 6 if"
		" a driver was\nstarted that is in no ROM of this machine.\n"
		"\n"
		"  -l, --pcrlock OUT  write the expected contents of PCR 2 to a"
		" file for\n"
		"                     systemd-pcrlock; - is stdout\n",
	}, {
		"export", sb_export,
		"--prometheus|--nfd [-o OUT] [--file FILE]",
		"print metrics for Prometheus, or labels for Kubernetes",
		"  -m, --prometheus   for node_exporter's textfile collector\n"
		"  -n, --nfd          for node-feature-discovery\n"
		"  -o, --output OUT   the file to write, replaced atomically,"
		" instead of stdout\n"
		"  -f, --file FILE    the baseline to compare with, if not\n"
		"                     /var/lib/shadowbar/baseline.json\n",
	}, {
		"igd-rom", sb_igd_rom, "<address> -o FILE",
		"write a romfile for Intel's integrated graphics, or say why not",
		"  -o, --output FILE  the file to write, replaced atomically;"
		" - is stdout\n",
	}, {
		"plan", sb_plan_command,
		"[<address>] [--from FILE] [--page-size SIZE]",
		"say what the module would do, without touching anything",
		"For each function: whether its ROM would be read, how, and which"
		" registers would\nbe written in which order; for each BAR below a"
		" page, who owns its page.\n"
		"Does not need the module. Run as root"
		" to have the memory map taken into account.\n"
		"\n"
		"  -f, --from FILE       plan for the machine that FILE describes:"
		" a report, or\n"
		"                        the output of lspci -vvnn, better with"
		" -xxxx and as root\n"
		"  -P, --page-size SIZE  plan for pages of this size, such as"
		" 64K\n",
	}, {
		"trust", sb_trust,
		"[<address>|FILE ...] [--db FILE] [--dbx FILE] [--emit hash|esl]",
		"say who signed the EFI images of a ROM, and where they run",
		"Without arguments, checks all functions that have a ROM. Exits"
		" with 0 if\nfirmware with Secure Boot runs every image, with 6"
		" if it refuses one, with 4 if\nthere is none.\n"
		"\n"
		"  -d, --db FILE    db of another machine: a copy of the"
		" variable, an .esl or\n"
		"                   an .auth file; this machine's is then"
		" ignored\n"
		"  -x, --dbx FILE   dbx of another machine\n"
		"  -e, --emit WHAT  write the hashes to the standard output"
		" instead: hash is a\n"
		"                   line for each image, esl a signature list"
		" for db\n",
	}, {
		"report", sb_report, "[-o FILE]",
		"describe this machine for a bug report",
		"Writes JSON with what is needed to understand a problem, and"
		" nothing that\nidentifies you: no serial numbers, MAC addresses,"
		" UUIDs or host name. Does not\nneed the module; run as root to"
		" include capabilities and the memory map.\n"
		"\n"
		"  -o, --output FILE  the file to write, replaced atomically\n",
	}, {
		"help", help, "[<command>]",
		"print this help, or help on one command",
		"",
	}, {
		"version", version, "",
		"print the version of the tool",
		"",
	},
};

#define COMMANDS	(sizeof(commands) / sizeof(*commands))

static void print_help(FILE *to)
{
	size_t i;

	fprintf(to, "usage: shadowbar [options] <command> ...\n"
		    "\nInspect, save and repair PCI expansion ROMs; manage"
		    " sub-page BARs.\n\n");
	for (i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-10s  %s\n", commands[i].name,
			commands[i].summary);
	fprintf(to, "\n  -j, --json     print JSON\n"
		    "  -p, --pretty   print JSON with line breaks; implies -j\n"
		    "  -V, --version  print the version\n"
		    "  -h, --help     print this help\n"
		    "  --sysfs DIR    where sysfs is mounted, if not at /sys\n"
		    "  --dev DIR      where device nodes are, if not in /dev\n"
		    "  --proc DIR     where procfs is mounted, if not at /proc\n"
		    "\nFor more, see shadowbar help <command>, and"
		    " shadowbar(8).\n");
}

static const struct command *find(const char *name)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];

	warnx("%s: no such command; see shadowbar help", name);
	return NULL;
}

/**
 * sb_usage() - print the usage of a command
 * @name: the command
 * @option: what sb_option() returned; 'h' if help was asked for
 *
 * Return: the exit code.
 */
enum sb_exit sb_usage(const char *name, int option)
{
	FILE *to = option == 'h' ? stdout : stderr;
	const struct command *command = find(name);

	if (!command)
		return SB_EXIT_USAGE;
	fprintf(to, "usage: shadowbar %s%s%s\n", command->name,
		*command->words ? " " : "", command->words);
	if (option != 'h')
		return SB_EXIT_USAGE;

	printf("\n%s\n%s%s\n"
	       "  -j, --json    print JSON\n"
	       "  -p, --pretty  print JSON with line breaks; implies -j\n"
	       "  -h, --help    print this help\n",
	       command->summary, *command->help ? "\n" : "", command->help);
	return SB_EXIT_OK;
}

/**
 * sb_option() - the next option of a command
 * @argc: number of words
 * @argv: the words, the command first
 * @letters: as for getopt_long(); ends with SB_LETTERS
 * @options: as for getopt_long(); ends with SB_OPTIONS
 *
 * Handles -j and -p, which every command has.
 *
 * Return: an option of the command, 'h', '?' after a message, or -1 at the end.
 */
int sb_option(int argc, char **argv, const char *letters,
	      const struct option *options)
{
	int option;

	for (;;) {
		option = getopt_long(argc, argv, letters, options, NULL);
		if (option != 'j' && option != 'p')
			return option;
		sb_options.json = true;
		sb_options.pretty |= option == 'p';
	}
}

/**
 * sb_no_option() - read the options of a command that has none of its own
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: as sb_option().
 */
int sb_no_option(int argc, char **argv)
{
	static const struct option options[] = { SB_OPTIONS };

	return sb_option(argc, argv, SB_LETTERS, options);
}

static enum sb_exit help(int argc, char **argv)
{
	int option = sb_no_option(argc, argv);

	if (option != -1 || argc - optind > 1)
		return sb_usage("help", option);
	if (optind < argc)
		return sb_usage(argv[optind], 'h');
	print_help(stdout);
	return SB_EXIT_OK;
}

static enum sb_exit version(int argc, char **argv)
{
	int option = sb_no_option(argc, argv);

	if (option != -1 || optind != argc)
		return sb_usage("version", option);
	if (sb_options.json)
		sb_json_print(sb_json_start("version"));
	else
		printf("shadowbar %s\n", SHADOWBAR_VERSION);
	return SB_EXIT_OK;
}

static enum sb_exit run(int argc, char **argv)
{
	const struct command *command = find(argv[0]);
	enum sb_exit ret;
	char *name;

	if (!command)
		return SB_EXIT_USAGE;
	/* The prefix of getopt_long()'s messages. */
	name = sb_format("shadowbar %s", command->name);
	argv[0] = name;
	optind = 0;
	ret = command->run(argc, argv);
	free(name);
	return ret;
}

/* A full disk or a closed pipe shows only on flushing. */
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
		{ "proc", required_argument, NULL, 'P' },
		{ "version", no_argument, NULL, 'V' },
		SB_OPTIONS
	};
	char *version_words[2] = { "version", NULL };
	int option;

	if (argc)
		argv[0] = program_invocation_short_name;
	while ((option = sb_option(argc, argv, "+V" SB_LETTERS, options)) !=
	       -1) {
		switch (option) {
		case 's':
			sb_options.sysfs = optarg;
			break;
		case 'd':
			sb_options.dev = optarg;
			break;
		case 'P':
			sb_options.proc = optarg;
			break;
		case 'h':
			print_help(stdout);
			return flushed(SB_EXIT_OK);
		case 'V':
			return flushed(run(1, version_words));
		default:
			fprintf(stderr, "see shadowbar help\n");
			return SB_EXIT_USAGE;
		}
	}
	if (optind >= argc) {
		print_help(stderr);
		return SB_EXIT_USAGE;
	}
	return flushed(run(argc - optind, argv + optind));
}
