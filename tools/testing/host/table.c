// SPDX-License-Identifier: GPL-2.0-only
/*
 * table: generate Documentation/machines.md, by predicting what the module
 * would do with each machine.
 *
 * usage: table         the table and its sums, as Markdown
 *        table left    what is left, each with its reason
 */
#include <stdlib.h>

#define EVERY_MACHINE
#include "foresee.h"
#include "machines.h"

/* The kernel hides the true size of a shadowed ROM: assume the usual one. */
#define HIDDEN_SIZE	0x20000

/**
 * struct sums - the counters
 * @roms: ROM BARs
 * @kernel: ROMs that the kernel's own "rom" file leads to
 * @source: ROMs that the module reads, by source
 * @small: BARs below a page, with pages of 4 KiB and of 64 KiB
 * @before: number of those that VFIO maps without the module
 * @after: the same with the module
 */
struct sums {
	unsigned int roms;
	unsigned int kernel;
	unsigned int source[SB_SOURCES];
	unsigned int small[2];
	unsigned int before[2];
	unsigned int after[2];
};

static struct sb_foresight foresight_of(const struct sb_machine *machine)
{
	struct sb_foresight foresight = {
		.machine = machine,
		.room = sb_foresight_room(machine),
		.borrow = true,
	};

	foresight.decoder = calloc(foresight.room, sizeof(*foresight.decoder));
	foresight.decoded = calloc(foresight.room, sizeof(*foresight.decoded));
	foresight.bridge = calloc(machine->nr + 1, sizeof(*foresight.bridge));
	if (!foresight.decoder || !foresight.decoded || !foresight.bridge)
		exit(1);
	return foresight;
}

static void foresight_free(struct sb_foresight *foresight)
{
	free(foresight->decoder);
	free(foresight->decoded);
	free(foresight->bridge);
}

static void say_left(const char *name, const struct sb_machine_fn *fn,
		     const char *what, const char *why)
{
	printf("| %s | %04x:%02x:%02x.%x | %s | %s |\n", name, fn->domain,
	       fn->bus, fn->devfn >> 3, fn->devfn & 7, what, why);
}

static const char *why_not(enum sb_why why)
{
	switch (why) {
	case SB_WHY_NO_ADDRESS:
		return "no BAR can lend an address and no window has a hole";
	case SB_WHY_BRIDGE_CLOSED:
		return "a bridge above does not forward memory";
	case SB_WHY_PINNED_OFF:
		return "its decoding is off and must not be switched";
	case SB_WHY_VGA:
		return "decoding, it would answer beside the boot VGA device";
	case SB_WHY_CANNOT_PARK:
		return "decoding is off, and a BAR has nowhere to go";
	default:
		return "it must not be touched";
	}
}

static void count_rom(const char *name, struct sb_foresight *foresight,
		      const struct sb_machine_fn *fn, struct sums *sums,
		      bool left)
{
	const struct sb_machine_bar *bar = &fn->bar[SB_MACHINE_ROM];
	struct sb_foreseen_rom rom;
	u64 size = bar->shadowed ? HIDDEN_SIZE : bar->size;

	if (!size)
		return;
	sums->roms++;
	/* The kernel can read a ROM that it gave an address. */
	sums->kernel += bar->claimed;
	sb_foresee_rom(foresight, fn, size, false, &rom);
	if (rom.why == SB_WHY_CAPTURED)
		sums->source[rom.plan.source]++;
	else if (left)
		say_left(name, fn, "ROM", why_not(rom.why));
}

static bool is_small(const struct sb_machine *machine,
		     const struct sb_machine_fn *fn, unsigned int nr)
{
	return sb_machine_has_size(&fn->bar[nr]) &&
	       fn->bar[nr].size < machine->page_size;
}

/* Count before anything moves */
static void count_mapped(const struct sb_machine *machine,
			 struct sb_foresight *foresight, struct sums *sums,
			 unsigned int turn)
{
	struct sb_foreseen_page page[SB_MAX_BARS];
	unsigned int i, nr;

	for (i = 0; i < machine->nr; i++) {
		const struct sb_machine_fn *fn = &machine->fn[i];

		if (fn->bridge)
			continue;
		sb_foresee_pages(foresight, fn, false, true, page);
		for (nr = 0; nr < sb_machine_nr_bars(fn); nr++) {
			if (!is_small(machine, fn, nr))
				continue;
			sums->small[turn]++;
			sums->before[turn] += page[nr].mapped;
		}
	}
}

static void count_page(const char *name, const struct sb_machine *machine,
		       const struct sb_machine_fn *fn, unsigned int nr,
		       const struct sb_foreseen_page *page, struct sums *sums,
		       unsigned int turn, bool left)
{
	char what[40];

	if (page->move == SB_MOVE_NONE || page->move == SB_MOVE_DONE) {
		sums->after[turn]++;
	} else if (left) {
		snprintf(what, sizeof(what), "BAR %u, pages of %u KiB", nr,
			 machine->page_size >> 10);
		say_left(name, fn, what,
			 sb_move_text(page->move) + strlen("; not moved: "));
	}
}

/* A BAR that moves takes its new page, and the next one must find another. */
static void count_pages(const char *name, struct sb_machine *machine,
			struct sb_foresight *foresight, struct sums *sums,
			unsigned int turn, bool left)
{
	struct sb_foreseen_page page[SB_MAX_BARS];
	unsigned int i, nr;

	for (i = 0; i < machine->nr; i++) {
		struct sb_machine_fn *fn = &machine->fn[i];

		if (fn->bridge)
			continue;
		sb_foresee_pages(foresight, fn, false, true, page);
		for (nr = 0; nr < sb_machine_nr_bars(fn); nr++) {
			struct sb_machine_bar *bar = &fn->bar[nr];

			if (!is_small(machine, fn, nr))
				continue;
			count_page(name, machine, fn, nr, &page[nr], sums,
				   turn, left);
			if (page[nr].move != SB_MOVE_DONE)
				continue;
			bar->claim = page[nr].addr;
			bar->reg = page[nr].addr;
			bar->size = machine->page_size;
		}
	}
}

static void count(const struct replayed_machine *replayed, struct sums *sums,
		  bool left)
{
	size_t size = replayed->nr * sizeof(struct sb_machine_fn);
	struct sb_machine machine = {
		.fn = malloc(size),
		.root = (struct sb_machine_root *)replayed->root,
		.nr = replayed->nr,
		.nr_roots = replayed->nr_roots,
	};
	struct sb_foresight foresight = foresight_of(&machine);
	unsigned int i, turn;

	if (!machine.fn)
		exit(1);
	for (turn = 0; turn < 2; turn++) {
		memcpy(machine.fn, replayed->fn, size);
		foresight.bus = NULL;
		machine.page_size = turn ? 0x10000 : 0x1000;
		for (i = 0; !turn && i < machine.nr; i++)
			count_rom(replayed->name, &foresight, &machine.fn[i],
				  sums, left);
		count_mapped(&machine, &foresight, sums, turn);
		count_pages(replayed->name, &machine, &foresight, sums, turn,
			    left);
	}
	foresight_free(&foresight);
	free(machine.fn);
}

static void print_row(const char *name, const struct sums *sums)
{
	unsigned int turn;

	printf("| %s | %u | %u | %u | %u | %u |", name, sums->roms,
	       sums->kernel, sums->source[SB_SOURCE_IN_PLACE],
	       sums->source[SB_SOURCE_BORROWED], sums->source[SB_SOURCE_HOLE]);
	for (turn = 0; turn < 2; turn++)
		printf(" %u | %u | %u |", sums->small[turn],
		       sums->before[turn], sums->after[turn]);
	putchar('\n');
}

static void add(struct sums *all, const struct sums *one)
{
	unsigned int *to = (unsigned int *)all;
	const unsigned int *from = (const unsigned int *)one;
	unsigned int i;

	for (i = 0; i < sizeof(*all) / sizeof(*to); i++)
		to[i] += from[i];
}

int main(int argc, char **argv)
{
	bool left = argc > 1 && !strcmp(argv[1], "left");
	struct sums all = { 0 };
	unsigned int i;

	if (left)
		printf("| machine | function | what | why |\n|---|---|---|---|\n");
	else
		printf("| machine | ROM BARs | kernel | in place | borrowed | hole | below 4 KiB | before | after | below 64 KiB | before | after |\n"
		       "|---|---|---|---|---|---|---|---|---|---|---|---|\n");
	for (i = 0; i < ARRAY_SIZE(replayed_machines); i++) {
		struct sums one = { 0 };

		count(&replayed_machines[i], &one, left);
		if (!left)
			print_row(replayed_machines[i].name, &one);
		add(&all, &one);
	}
	if (!left)
		print_row("**all**", &all);

	return 0;
}
