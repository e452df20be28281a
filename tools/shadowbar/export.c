// SPDX-License-Identifier: GPL-2.0-only
/*
 * export: data for fleet management: Prometheus metrics, for node_exporter's
 * textfile collector, and Kubernetes labels, for node-feature-discovery.
 */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <shadowbar/version.h>

#include "baseline.h"
#include "tool.h"

#define LABEL_MAX	63	/* Kubernetes: of a name, and of a value */

/**
 * struct opts - what to write
 * @prometheus: metrics
 * @nfd: labels
 * @output: the file
 * @baseline: the baseline, or NULL for the default one
 */
struct opts {
	bool prometheus;
	bool nfd;
	const char *output;
	const char *baseline;
};

/**
 * struct export - an export in progress
 * @text: the output
 * @now: the functions as a baseline records them
 * @all: the functions
 * @findings: number of findings of each kind
 * @compared: there is a baseline, and a comparison was made
 * @written: when the baseline was made, in seconds since 1970
 */
struct export {
	FILE *text;
	struct sb_baseline now;
	struct sb_functions all;
	size_t findings[SB_FINDING_UNREAD + 1];
	bool compared;
	long long written;
};

static void metric(struct export *export, const char *name, const char *help)
{
	fprintf(export->text, "# HELP %s %s\n# TYPE %s gauge\n", name, help,
		name);
}

/* Write the value of a label, with special characters escaped. */
static void label(struct export *export, const char *name, const char *value,
		  const char *after)
{
	fprintf(export->text, "%s=\"", name);
	for (; value && *value; value++) {
		if (*value == '\n')
			fprintf(export->text, "\\n");
		else if (*value == '"' || *value == '\\')
			fprintf(export->text, "\\%c", *value);
		else
			fputc(*value, export->text);
	}
	fprintf(export->text, "\"%s", after);
}

static bool matters(const struct sb_kept *kept)
{
	return kept->sha256 || (kept->bar && strcmp(kept->bar, "absent"));
}

static void write_roms(struct export *export)
{
	size_t i;

	metric(export, "shadowbar_rom_info",
	       "Expansion ROM of a PCI function, and what became of it.");
	for (i = 0; i < export->now.nr; i++) {
		const struct sb_kept *kept = &export->now.list[i];

		if (!matters(kept))
			continue;
		fprintf(export->text, "shadowbar_rom_info{");
		label(export, "address", kept->address, ",");
		label(export, "path", kept->path, ",");
		label(export, "vendor", kept->vendor, ",");
		label(export, "device", kept->device, ",");
		label(export, "class", kept->class, ",");
		label(export, "status", kept->status, ",");
		label(export, "bar", kept->bar, ",");
		label(export, "source", kept->source, ",");
		label(export, "sha256", kept->sha256, "} 1\n");
	}
	metric(export, "shadowbar_rom_size_bytes", "Size of the shadow.");
	for (i = 0; i < export->now.nr; i++) {
		const struct sb_kept *kept = &export->now.list[i];

		if (kept->size < 0)
			continue;
		fprintf(export->text, "shadowbar_rom_size_bytes{");
		label(export, "address", kept->address, "} ");
		fprintf(export->text, "%lld\n", kept->size);
	}
}

static bool was_reread(const struct sb_function *function)
{
	return function->changed && strcmp(function->changed, "unknown");
}

static bool is_changed(const struct sb_function *function)
{
	return was_reread(function) && strcmp(function->changed, "no");
}

static void write_changed(struct export *export)
{
	size_t i;

	metric(export, "shadowbar_rom_changed",
	       "Whether the device had another ROM, or none, when it was read again after a guest.");
	for (i = 0; i < export->all.nr; i++) {
		const struct sb_function *function = &export->all.list[i];

		if (!was_reread(function))
			continue;
		fprintf(export->text, "shadowbar_rom_changed{");
		label(export, "address", function->address, "} ");
		fprintf(export->text, "%d\n", is_changed(function));
	}
}

static size_t count_bars(const struct export *export, const char *page)
{
	size_t i, nr = 0;
	int bar;

	for (i = 0; i < export->all.nr; i++)
		for (bar = 0; bar < SB_BARS; bar++) {
			const char *is = export->all.list[i].bar[bar].page;

			nr += is && !strcmp(is, page);
		}
	return nr;
}

static void write_pages(struct export *export)
{
	static const char * const page[] = {
		"whole", "exclusive", "unpadded", "shared", "unaligned",
		"unassigned",
	};
	size_t i;

	metric(export, "shadowbar_bars",
	       "Memory BARs, by who owns the page behind them.");
	for (i = 0; i < sizeof(page) / sizeof(*page); i++) {
		fprintf(export->text, "shadowbar_bars{");
		label(export, "page", page[i], "} ");
		fprintf(export->text, "%zu\n", count_bars(export, page[i]));
	}
}

static void write_findings(struct export *export)
{
	unsigned int kind;

	if (!export->compared)
		return;
	metric(export, "shadowbar_findings",
	       "Differences between the ROMs and the baseline.");
	for (kind = SB_FINDING_NEW; kind <= SB_FINDING_UNREAD; kind++) {
		fprintf(export->text, "shadowbar_findings{");
		label(export, "finding", sb_finding_kind_name(kind), "} ");
		fprintf(export->text, "%zu\n", export->findings[kind]);
	}
	if (!export->written)
		return;
	metric(export, "shadowbar_baseline_timestamp_seconds",
	       "When the baseline was made.");
	fprintf(export->text, "shadowbar_baseline_timestamp_seconds %lld\n",
		export->written);
}

static void write_metrics(struct export *export)
{
	char *module = sb_module_version();

	metric(export, "shadowbar_build_info", "Versions of tool and module.");
	fprintf(export->text, "shadowbar_build_info{");
	label(export, "tool", SHADOWBAR_VERSION, ",");
	label(export, "module", module, "} 1\n");
	free(module);
	write_roms(export);
	write_changed(export);
	write_pages(export);
	write_findings(export);
}

/*
 * Replace every character by a dash unless Kubernetes allows it in names and
 * values, which must begin and end with a letter or digit.
 */
static char *kubernetes(const char *text)
{
	char *value = sb_format("%.*s", LABEL_MAX, sb_or_dash(text));
	size_t length = strlen(value), i, start = 0;

	for (i = 0; i < length; i++)
		if (!isalnum((unsigned char)value[i]) && value[i] != '.' &&
		    value[i] != '_')
			value[i] = '-';
	while (length && !isalnum((unsigned char)value[length - 1]))
		value[--length] = '\0';
	while (start < length && !isalnum((unsigned char)value[start]))
		start++;
	memmove(value, value + start, length - start + 1);
	return value;
}

/* Write each kind of card once, as in "pci-0300_10de.present". */
static void write_cards(struct export *export)
{
	size_t i, j;

	for (i = 0; i < export->now.nr; i++) {
		const struct sb_kept *kept = &export->now.list[i];

		if (!kept->sha256)
			continue;
		for (j = 0; j < i; j++)
			if (export->now.list[j].sha256 &&
			    !strcmp(export->now.list[j].class, kept->class) &&
			    !strcmp(export->now.list[j].vendor, kept->vendor) &&
			    !strcmp(export->now.list[j].device, kept->device))
				break;
		if (j == i)
			fprintf(export->text,
				"shadowbar-rom-%s_%s_%s.present=true\n",
				kept->class, kept->vendor, kept->device);
	}
}

static size_t count_findings(const struct export *export)
{
	size_t i, nr = 0;

	for (i = 0; i <= SB_FINDING_UNREAD; i++)
		nr += export->findings[i];
	return nr;
}

static void write_labels(struct export *export)
{
	char *module = sb_module_version();
	char *version = kubernetes(module);
	size_t i, changed = 0;

	for (i = 0; i < export->all.nr; i++)
		changed += is_changed(&export->all.list[i]);
	fprintf(export->text, "shadowbar-module.version=%s\n", version);
	write_cards(export);
	fprintf(export->text, "shadowbar-rom.changed=%s\n",
		changed ? "true" : "false");
	fprintf(export->text, "shadowbar-bar.unmappable=%zu\n",
		count_bars(export, "shared") + count_bars(export, "unaligned"));
	if (export->compared)
		fprintf(export->text, "shadowbar-baseline.findings=%zu\n",
			count_findings(export));
	free(version);
	free(module);
}

/* Without a baseline there is nothing to compare, which is not an error. */
static enum sb_exit compare(struct export *export, const char *path)
{
	struct sb_baseline before;
	struct sb_finding *found;
	struct tm when = { 0 };
	enum sb_exit ret;
	size_t i, nr;

	ret = sb_baseline_read(path ? path : SB_BASELINE_FILE, !path, &before);
	if (!ret && before.list) {
		nr = before.nr + export->now.nr + 1;
		found = calloc(nr, SB_FINDINGS_EACH * sizeof(*found));
		if (!found)
			err(SB_EXIT_ERROR, NULL);
		nr = sb_baseline_compare(&before, &export->now,
					 sb_baseline_norom(), found);
		for (i = 0; i < nr; i++)
			export->findings[found[i].kind]++;
		export->compared = true;
		if (before.written &&
		    strptime(before.written, "%Y-%m-%dT%H:%M:%SZ", &when))
			export->written = timegm(&when);
		free(found);
	}
	sb_baseline_free(&before);
	return ret;
}

static enum sb_exit write_out(const char *text, size_t size, const char *path)
{
	int error = sb_file_write(path, text, size);

	if (!error)
		return SB_EXIT_OK;
	warnx("%s: %s", path, strerror(-error));
	return SB_EXIT_ERROR;
}

static enum sb_exit export_all(const struct opts *opts)
{
	struct export export = { 0 };
	enum sb_exit ret;
	size_t size;
	char *text;

	ret = sb_baseline_look(&export.now, false);
	if (!ret)
		ret = sb_functions_load(NULL, &export.all);
	if (!ret)
		ret = compare(&export, opts->baseline);
	if (!ret) {
		export.text = open_memstream(&text, &size);
		if (!export.text)
			err(SB_EXIT_ERROR, NULL);
		if (opts->prometheus)
			write_metrics(&export);
		else
			write_labels(&export);
		if (fclose(export.text))
			err(SB_EXIT_ERROR, NULL);
		ret = write_out(text, size, opts->output);
		free(text);
	}
	if (!ret && sb_options.json)
		sb_json_print(sb_json_start("export"));
	sb_functions_free(&export.all);
	sb_baseline_free(&export.now);
	return ret;
}

/**
 * sb_export() - the command "export"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: the exit code.
 */
enum sb_exit sb_export(int argc, char **argv)
{
	static const struct option options[] = {
		{ "prometheus", no_argument, NULL, 'm' },
		{ "nfd", no_argument, NULL, 'n' },
		{ "output", required_argument, NULL, 'o' },
		{ "file", required_argument, NULL, 'f' },
		SB_OPTIONS
	};
	struct opts opts = { .output = "-" };
	int option;

	while ((option = sb_option(argc, argv, "mno:f:" SB_LETTERS,
				   options)) != -1) {
		switch (option) {
		case 'm':
			opts.prometheus = true;
			break;
		case 'n':
			opts.nfd = true;
			break;
		case 'o':
			opts.output = optarg;
			break;
		case 'f':
			opts.baseline = optarg;
			break;
		default:
			return sb_usage("export", option);
		}
	}
	if (optind != argc || opts.prometheus == opts.nfd)
		return sb_usage("export", '?');
	if (sb_options.json && !strcmp(opts.output, "-")) {
		warnx("metrics or labels and JSON cannot both go to standard output");
		return SB_EXIT_USAGE;
	}
	return export_all(&opts);
}
