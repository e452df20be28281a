// SPDX-License-Identifier: GPL-2.0-only
/* Proofs about the tool's efi_decompress.c */
#include "prove.h"
#include "efi_decompress.c"

/* In place of the code that reads bytes: see rom_image_proof.c */
u32 any_le32(const u8 *p)
{
	prove(can_be_read(p, 4), "reads a dword that is there");
	return nondet_u32();
}

/* In place of take(), as justified by its proof */
u32 any_bits(struct stream *in, u32 count)
{
	u32 value = nondet_u32();

	prove(count <= LONGEST, "takes no more bits at once than it can");
	assume(value < 1 << count);
	return value;
}

static u32 symbols_of_code;

/* In place of decode(): any symbol of the code, as justified by its proof */
u32 any_symbol(struct stream *in, const struct code *code)
{
	u32 symbol = nondet_u32();

	assume(symbol < symbols_of_code);
	return symbol;
}

/* In place of make_code() */
bool any_code(struct code *code, const u8 *length, u32 symbols)
{
	u32 i = nondet_u32();

	prove(symbols <= MAIN, "no more than there is room for");
	assume(i < symbols);
	prove(length[i] <= LONGEST, "no word is longer than any can be");
	return nondet_bool();
}

/*
 * proof: efi_take
 * For a stream of any size in any state: no byte after its end is read, and the
 * result has as many bits as requested.
 * instead: sb_le32 any_le32
 * unwind: 4
 * broken: efi_decompress.c s/in->at < in->size ?/in->at <= in->size ?/
 */
void efi_take(void)
{
	u32 size = nondet_u32(), count = nondet_u32(), value;
	struct stream in = {
		.bytes = any_bytes(size),
		.size = size,
		.at = nondet_u32(),
		.bits = nondet_u32(),
		.count = nondet_u32(),
	};

	assume(in.at <= size && in.count < 24 && count <= LONGEST);
	value = take(&in, count);
	prove(value < 1 << count, "so many bits");
	prove(in.at <= size && in.count < 24, "as it was found");
	reached("the end");
}

/*
 * proof: efi_make_code
 * For any lengths of 2 symbols: the resulting code has no more words than
 * symbols, and names only existing symbols.
 * apart: yes
 * unwind: 18
 * slow: yes
 * broken: efi_decompress.c s/if (length\[symbol\])$/if (1)/
 */
void efi_make_code(void)
{
	u8 length[3];
	struct code code;
	u32 symbols = nondet_u32(), words = 0, bits, i;

	assume(symbols == 2);
	for (i = 0; i < 3; i++)
		assume(length[i] <= LONGEST);
	if (!make_code(&code, length, symbols)) {
		reached("none");
		return;
	}
	for (bits = 1; bits <= LONGEST; bits++)
		words += code.words[bits];
	prove(words <= symbols, "a word for a symbol");
	i = nondet_u32();
	assume(i < words);
	prove(code.symbol[i] < symbols, "a symbol that there is");
	reached("one");
}

/*
 * proof: efi_decode
 * For any code with as many words as symbols: only existing symbols are looked
 * up.
 * instead: take any_bits
 * unwind: 17
 * slow: yes
 * broken: efi_decompress.c s/index += code->words\[bits\];/index += code->words[bits] + 1;/
 */
void efi_decode(void)
{
	struct stream in;
	struct code code;
	u32 words = 0, bits;

	for (bits = 1; bits <= LONGEST; bits++)
		words += code.words[bits];
	assume(words <= MAIN);
	decode(&in, &code);
	reached("the end");
}

/*
 * proof: efi_read_small
 * For any bits: the lengths of a small code stay within its table, and reading
 * them ends.
 * instead: take any_bits
 * instead: make_code any_code
 * unwind: 20
 * slow: yes
 * broken: efi_decompress.c s/if (value > LONGEST)/if (value > LONGEST + 1)/
 */
void efi_read_small(void)
{
	struct stream in;
	struct code code;

	if (nondet_bool())
		read_small(&in, &code, LENGTHS, LENGTHS_BITS, true);
	else
		read_small(&in, &code, DISTANCES, DISTANCES_BITS, false);
	reached("the end");
}

/* In place of make_code(), for a table too long to check each length */
bool any_long_code(struct code *code, const u8 *length, u32 symbols)
{
	prove(symbols <= MAIN, "no more than there is room for");
	return nondet_bool();
}

/*
 * proof: efi_read_main
 * For any bits: the lengths of the main code stay within its table, and reading
 * them ends.
 * instead: take any_bits
 * instead: decode any_symbol
 * instead: make_code any_long_code
 * loop: read_main at length
 * assigns: at, __CPROVER_object_whole(length)
 * invariant: at <= 2000
 * decreases: 4000 - at
 * broken: efi_decompress.c s/while (at < number)/while (at <= number)/
 */
void efi_read_main(void)
{
	struct stream in;
	struct code code, lengths;

	symbols_of_code = LENGTHS;
	read_main(&in, &code, &lengths);
	reached("the end");
}

/* In place of read_block() and read_distance() */
bool any_block(struct state *state)
{
	state->left = nondet_u32();
	assume(state->left);
	return nondet_bool();
}

u32 any_distance(struct state *state)
{
	u32 distance = nondet_u32();

	assume(distance);
	return distance;
}

/*
 * proof: efi_distance
 * For any bits: a distance is from 1 to 16384, and never needs more bits than
 * can be taken.
 * instead: take any_bits
 * instead: decode any_symbol
 * broken: efi_decompress.c s/return symbol + 1;/return symbol;/
 */
void efi_distance(void)
{
	struct state state;
	u32 distance;

	symbols_of_code = DISTANCES;
	distance = read_distance(&state);
	prove(distance >= 1 && distance <= 1 << 14, "a distance");
	reached("the end");
}

/*
 * proof: efi_unpack
 * For any bytes of any number and up to 5 bytes of output: only the output
 * buffer is written to, copies never start before the first byte, and
 * decompression ends.
 * instead: sb_le32 any_le32
 * instead: read_block any_block
 * instead: read_distance any_distance
 * instead: decode any_symbol
 * unwind: 7
 * slow: yes
 * broken: efi_decompress.c s/if (distance > at)/if (distance > at + 1)/
 */
void efi_unpack(void)
{
	u32 size = nondet_u32(), room = nondet_u32();
	u8 *packed = any_bytes(size);
	u8 out[5];

	assume(room <= sizeof(out));
	symbols_of_code = MAIN;
	if (sb_efi_unpack(packed, size, out, room) == SB_UNPACK_OK)
		reached("all of it");
	else
		reached("an error");
}
