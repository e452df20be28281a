// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_machine: any text as the description of a machine, and a prediction for
 * the machine.
 */
#include "foresee.h"
#include "fuzz.h"
#include "import.h"

/* With thousands, looking at all of them takes too long. */
#define MOST	12

static void check_machine(const struct sb_import *import)
{
	const struct sb_machine *machine = &import->machine;
	unsigned int i, nr;

	must(machine->nr && machine->nr <= SB_MACHINE_FUNCTIONS);
	must(machine->nr_roots && machine->nr_roots <= SB_MACHINE_ROOTS);
	must(import->nr_notes <= SB_IMPORT_NOTES);
	for (i = 0; i < machine->nr; i++) {
		const struct sb_machine_fn *fn = &machine->fn[i];

		must(fn->parent < (int)i);
		must(fn->root < machine->nr_roots);
		must(memchr(fn->driver, 0, sizeof(fn->driver)));
		for (nr = 0; nr < SB_MACHINE_DECODERS; nr++) {
			const struct sb_machine_bar *bar = &fn->bar[nr];

			must(!(bar->size & (bar->size - 1)) || bar->io);
			must(!bar->claimed || (bar->said && bar->size));
		}
	}
}

static void check_rom(const struct sb_machine_fn *fn, u64 size,
		      const struct sb_foreseen_rom *rom)
{
	must(rom->nr_writes <= SB_FORESIGHT_WRITES);
	if (rom->why != SB_WHY_CAPTURED) {
		must(!rom->nr_writes);
		return;
	}
	must(!fn->virtual_function && !fn->other_header && size);
	must(rom->plan.addr && !(rom->plan.addr & (size - 1)));
	must(rom->plan.addr + size <= SZ_4G);
	if (rom->plan.source == SB_SOURCE_BORROWED) {
		must(rom->plan.lender < SB_MAX_BARS);
		must(fn->bar[rom->plan.lender].claimed);
		must(fn->bar[rom->plan.lender].claim == rom->plan.addr);
	}
}

static void foresee(struct sb_foresight *foresight,
		    const struct sb_machine_fn *fn)
{
	struct sb_foreseen_page page[SB_MAX_BARS];
	struct sb_foreseen_rom rom;
	unsigned int nr, asked;
	u64 size;

	for (size = SZ_2K; size <= SZ_16M; size <<= 4) {
		sb_foresee_rom(foresight, fn, size, false, &rom);
		check_rom(fn, size, &rom);
	}
	for (asked = 0; asked < 2; asked++) {
		sb_foresee_pages(foresight, fn, false, asked, page);
		for (nr = 0; nr < sb_machine_nr_bars(fn); nr++)
			must(!sb_machine_has_size(&fn->bar[nr]) ||
			     page[nr].move != SB_MOVE_DONE ||
			     !(page[nr].addr &
			       (foresight->machine->page_size - 1)));
	}
}

int fuzz_one(const uint8_t *data, size_t size)
{
	struct sb_foresight foresight = { .borrow = true };
	struct sb_import import;
	char *text;
	unsigned int i;
	int ret;

	text = (char *)exact_copy(data, size ? size : 1);
	ret = sb_import_lspci(&import, text, size);
	free(text);
	if (ret) {
		must(ret == -EINVAL);
		return 0;
	}

	check_machine(&import);
	foresight.machine = &import.machine;
	foresight.room = sb_foresight_room(&import.machine);
	foresight.decoder = calloc(foresight.room, sizeof(*foresight.decoder));
	foresight.decoded = calloc(foresight.room, sizeof(*foresight.decoded));
	foresight.bridge = calloc(import.machine.nr + 1,
				  sizeof(*foresight.bridge));
	must(foresight.decoder && foresight.decoded && foresight.bridge);
	for (i = 0; i < import.machine.nr && i < MOST; i++)
		foresee(&foresight, &import.machine.fn[i]);
	free(foresight.decoder);
	free(foresight.decoded);
	free(foresight.bridge);
	sb_import_free(&import);
	return 0;
}
