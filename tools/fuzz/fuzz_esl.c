// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_esl: the contents of db and dbx, and files with these.
 */
#include "esl.h"
#include "fuzz.h"

#define SHA256	32

static void walk_all(const u8 *bytes, size_t size)
{
	struct sb_esl_entry entry;
	struct sb_esl_walk walk;
	u32 nr = 0;

	sb_esl_walk_start(&walk, bytes, size);
	while (sb_esl_walk_step(&walk, &entry)) {
		must(entry.nr == ++nr && nr <= size / SB_GUID);
		must(entry.owner >= bytes + SB_ESL_HEADER);
		must(entry.data == entry.owner + SB_GUID && entry.size);
		must(entry.size <= bytes + size - entry.data);
		must(entry.size >= sb_esl_hash_size(entry.kind));
		must(*sb_esl_kind_name(entry.kind));
	}
	must(walk.nr == nr);
	must(walk.damaged || walk.end == size);
	must(!sb_esl_walk_step(&walk, &entry));
}

/* A list of hashes reads back as it was made. */
static void make(const u8 *hashes, size_t nr)
{
	u8 *list = malloc(SB_ESL_SHA256_SIZE(nr));
	struct sb_esl_entry entry;
	struct sb_esl_walk walk;
	u32 i, from;

	must(list);
	must(sb_esl_sha256(list, hashes, nr) == SB_ESL_SHA256_SIZE(nr));
	must(sb_esl_find(list, SB_ESL_SHA256_SIZE(nr), &from) && !from);
	sb_esl_walk_start(&walk, list, SB_ESL_SHA256_SIZE(nr));
	for (i = 0; i < nr; i++) {
		must(sb_esl_walk_step(&walk, &entry));
		must(entry.kind == SB_ESL_SHA256 && entry.size == SHA256);
		must(!memcmp(entry.data, hashes + i * SHA256, SHA256));
	}
	must(!sb_esl_walk_step(&walk, &entry) && !walk.damaged);
	free(list);
}

int fuzz_one(const uint8_t *data, size_t size)
{
	u8 *file = exact_copy(data, size);
	u32 from;

	walk_all(file, size);
	if (sb_esl_find(file, size, &from)) {
		must(from <= size);
		walk_all(file + from, size - from);
	}
	make(file, size / SHA256);
	free(file);
	return 0;
}
