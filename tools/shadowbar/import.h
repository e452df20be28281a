/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * import: a machine from a description that people send.
 *
 * Bug reports are untrusted input: everything is bounded, and anything that
 * contradicts the rest is discarded.
 */
#ifndef SHADOWBAR_IMPORT_H
#define SHADOWBAR_IMPORT_H

#include <stdio.h>

#include "machine.h"

#define SB_IMPORT_NOTE		160
#define SB_IMPORT_NOTES		1000

/**
 * struct sb_import - a machine, and remarks on its description
 * @machine: the machine
 * @note: problems, one line each
 * @nr_notes: number of lines
 * @left_out: number of further problems
 * @has_registers: the description has config space, so registers are known
 */
struct sb_import {
	struct sb_machine machine;
	char (*note)[SB_IMPORT_NOTE];
	unsigned int nr_notes;
	unsigned int left_out;
	bool has_registers;
};

int sb_import_start(struct sb_import *import);
void sb_import_note(struct sb_import *import, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
struct sb_machine_fn *sb_import_add(struct sb_import *import);
void sb_import_config(struct sb_machine_fn *fn, const u8 *config,
		      unsigned int size);
void sb_import_sort(struct sb_import *import);
void sb_import_settle(struct sb_import *import);
void sb_import_free(struct sb_import *import);
void sb_import_name(const struct sb_machine_fn *fn, char *name, size_t size);

int sb_import_lspci(struct sb_import *import, const char *text, size_t size);

#endif /* SHADOWBAR_IMPORT_H */
