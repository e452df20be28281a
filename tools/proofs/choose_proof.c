// SPDX-License-Identifier: GPL-2.0-only
/* Proofs about choose.c */
#include "prove.h"
#include "rom/choose.c"

/*
 * proof: choose
 * If there is a source, one is chosen; an intact one takes precedence over
 * others; and among equals the least touched one is chosen.
 * unwind: 9
 * broken: rom/choose.c s/ \&\& findings\[source\].intact//
 */
void choose(void)
{
	struct sb_finding findings[SB_SOURCES];
	enum sb_source chosen;
	unsigned int i = nondet_u32();

	assume(i > SB_SOURCE_NONE && i < SB_SOURCES);
	chosen = sb_choose(findings);
	prove(chosen < SB_SOURCES, "a source");
	if (chosen == SB_SOURCE_NONE) {
		prove(!findings[i].length, "there is none");
		reached("none");
		return;
	}
	prove(findings[chosen].length, "it is there");
	if (findings[i].length && findings[i].intact) {
		prove(findings[chosen].intact, "what is intact goes first");
		prove(chosen <= i, "and the least touched of these");
	}
	reached("one");
}

/* In place of a walk, which has its own proofs: any result of a walk. */
enum sb_step any_step(struct sb_rom_walk *walk, const u8 *rom, u32 have,
		      struct sb_image *image)
{
	*image = (struct sb_image){
		.length = nondet_u32(),
		.class = nondet_u32(),
		.init_size = nondet_u32(),
		.sum_ok = nondet_bool(),
	};
	prove(have <= walk->window, "has no more than there is");
	if (nondet_bool())
		return SB_STEP_END;
	assume(image->length >= SZ_512 && image->length <= have - walk->length);
	walk->length += image->length;
	walk->images++;
	walk->bad_sums += !image->sum_ok;
	walk->over = nondet_bool();
	return SB_STEP_IMAGE;
}

bool any_walk(struct sb_rom_walk *walk, const u8 *rom, u32 have)
{
	prove(have <= walk->window, "has no more than there is");
	walk->length = nondet_u32();
	walk->images = nondet_u32();
	walk->bad_sums = nondet_u32();
	walk->error = nondet_u8();
	walk->over = 1;
	assume(walk->length <= have && !walk->length == !walk->images);
	return false;
}

void sb_rom_walk_start_chain(struct sb_rom_walk *walk, u32 window, enum sb_chain chain)
{
	*walk = (struct sb_rom_walk){ .window = window, .chain = chain };
}

void sb_rom_walk_start(struct sb_rom_walk *walk, u32 window)
{
	sb_rom_walk_start_chain(walk, window, SB_CHAIN_VENDOR);
}

/*
 * proof: finding_judge
 * A ROM is never longer than the data, and an intact one is consistent.
 * instead: sb_rom_walk_step any_step
 * instead: sb_rom_walk_needs_more any_walk
 * broken: rom/choose.c s/image.init_size < image.length/1/
 */
void finding_judge(void)
{
	u32 size = nondet_u32();
	struct sb_finding finding;

	sb_finding_judge(NULL, size, nondet_u8(), &finding);
	prove(finding.length <= size, "no more than was found");
	prove(!finding.length || finding.images, "images are what it is made of");
	if (finding.length)
		reached("a ROM");
	else
		reached("none");
}
