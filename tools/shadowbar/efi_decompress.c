// SPDX-License-Identifier: GPL-2.0-only
/*
 * efi_decompress: the compression of option ROMs (UEFI 2.10, 19).
 *
 * A stream is two sizes, then blocks: the number of symbols, three Huffman
 * codes given by their word lengths, and the symbols. Words of equal length
 * count upwards in the order of their symbols, shorter ones first, so the
 * number of words of each length is enough to decode a code.
 *
 * Reading past the end yields zeroes, as in the implementation that most
 * firmware is based on. Incomplete codes, some of which that implementation
 * tolerates, are rejected.
 */
#include <shadowbar/bytes.h>

#include "efi_decompress.h"

#define HEADER		8	/* compressed size, original size */
#define LONGEST		16	/* bits in a word of a code */

#define LENGTHS		19	/* symbols of the code for the main code's lengths */
#define LENGTHS_BITS	5
#define MAIN		510	/* 256 literals, 254 lengths from 3 */
#define MAIN_BITS	9
#define DISTANCES	15	/* all that a field of four bits can number */
#define DISTANCES_BITS	4

#define LITERALS	256
#define LEAST_MATCH	3

struct stream {
	const u8 *bytes;
	u32 size;
	u32 at;		/* the next byte to read */
	u32 bits;	/* read but not consumed yet, the next one on top */
	u32 count;	/* number of these bits */
};

/* words[n] have length n; only: no words, this symbol takes no bits. */
struct code {
	u16 words[LONGEST + 1];
	u16 symbol[MAIN];
	bool single;
};

struct state {
	struct stream in;
	struct code lengths;
	struct code main;
	struct code distances;
	u32 left;	/* symbols left in this block */
};

static u32 take(struct stream *in, u32 count)
{
	u32 value;

	while (in->count < count) {
		u8 byte = in->at < in->size ? in->bytes[in->at++] : 0;

		in->bits |= (u32)byte << (24 - in->count);
		in->count += 8;
	}
	if (!count)
		return 0;
	value = in->bits >> (32 - count);
	in->bits <<= count;
	in->count -= count;
	return value;
}

/* A code of one symbol and no words. */
static bool make_single(struct code *code, u32 symbol, u32 symbols)
{
	code->single = true;
	code->symbol[0] = symbol;
	return symbol < symbols;
}

/* Return: false if these lengths do not make a complete code. */
static bool make_code(struct code *code, const u8 *length, u32 symbols)
{
	u32 start[LONGEST + 2], left = 1 << LONGEST, symbol, bits;

	code->single = false;
	for (bits = 0; bits <= LONGEST; bits++)
		code->words[bits] = 0;
	for (symbol = 0; symbol < symbols; symbol++)
		code->words[length[symbol]]++;
	code->words[0] = 0;

	start[1] = 0;
	for (bits = 1; bits <= LONGEST; bits++) {
		u32 share = (u32)code->words[bits] << (LONGEST - bits);

		if (share > left)
			return false;
		left -= share;
		start[bits + 1] = start[bits] + code->words[bits];
	}
	for (symbol = 0; symbol < symbols; symbol++)
		if (length[symbol])
			code->symbol[start[length[symbol]]++] = symbol;
	return !left;
}

static u32 decode(struct stream *in, const struct code *code)
{
	u32 word = 0, first = 0, index = 0, bits;

	if (code->single)
		return code->symbol[0];

	for (bits = 1; bits <= LONGEST; bits++) {
		word |= take(in, 1);
		if (word - first < code->words[bits])
			return code->symbol[index + word - first];
		index += code->words[bits];
		first = (first + code->words[bits]) << 1;
		word <<= 1;
	}
	/* Unreachable with a complete code. */
	return 0;
}

/*
 * Read a small code: lengths of three bits; those from 7 on continue in unary.
 * A number of zeroes may follow the third one.
 */
static bool read_small(struct stream *in, struct code *code, u32 symbols,
		       u32 width, bool has_gap)
{
	u32 number = take(in, width), at = 0;
	u8 length[LENGTHS] = { 0 };

	if (!number)
		return make_single(code, take(in, width), symbols);
	if (number > symbols)
		return false;

	while (at < number) {
		u32 value = take(in, 3);

		if (value == 7)
			while (value <= LONGEST && take(in, 1))
				value++;
		if (value > LONGEST)
			return false;
		length[at++] = value;
		if (has_gap && at == 3)
			at += take(in, 2);
	}
	return make_code(code, length, symbols);
}

static bool read_main(struct stream *in, struct code *code,
		      const struct code *lengths)
{
	u32 number = take(in, MAIN_BITS), at = 0;
	u8 length[MAIN] = { 0 };

	if (!number)
		return make_single(code, take(in, MAIN_BITS), MAIN);
	if (number > MAIN)
		return false;

	while (at < number) {
		u32 symbol = decode(in, lengths);

		if (symbol > 2)
			length[at++] = symbol - 2;
		else if (symbol == 2)
			at += take(in, MAIN_BITS) + 20;
		else if (symbol == 1)
			at += take(in, 4) + 3;
		else
			at++;
	}
	return at <= MAIN && make_code(code, length, MAIN);
}

static bool read_block(struct state *state)
{
	state->left = take(&state->in, 16);
	/* The original counts down in 16 bits. */
	if (!state->left)
		state->left = 1 << 16;
	return read_small(&state->in, &state->lengths, LENGTHS, LENGTHS_BITS,
			  true) &&
	       read_main(&state->in, &state->main, &state->lengths) &&
	       read_small(&state->in, &state->distances, DISTANCES,
			  DISTANCES_BITS, false);
}

static u32 read_distance(struct state *state)
{
	u32 symbol = decode(&state->in, &state->distances);

	if (symbol < 2)
		return symbol + 1;
	return (1 << (symbol - 1)) + take(&state->in, symbol - 1) + 1;
}

/**
 * sb_efi_unpacked_size() - the size of an image after decompression
 * @packed: the compressed bytes
 * @size: number of bytes; trailing bytes are allowed
 * @length: set to the number of bytes
 *
 * Return: SB_UNPACK_OK, SB_UNPACK_HEADER or SB_UNPACK_SIZE.
 */
enum sb_unpack sb_efi_unpacked_size(const u8 *packed, u32 size, u32 *length)
{
	*length = 0;
	if (size < HEADER || sb_le32(packed) > size - HEADER)
		return SB_UNPACK_HEADER;
	if (sb_le32(packed + 4) > SB_EFI_DECOMPRESS_MAX)
		return SB_UNPACK_SIZE;
	*length = sb_le32(packed + 4);
	return SB_UNPACK_OK;
}

/**
 * sb_efi_unpack() - decompress an image
 * @packed: the compressed bytes
 * @size: number of bytes
 * @out: gets the bytes; on error, those before the error
 * @room: room at @out, at least what sb_efi_unpacked_size() said
 *
 * Return: SB_UNPACK_OK, or what is wrong.
 */
enum sb_unpack sb_efi_unpack(const u8 *packed, u32 size, u8 *out, u32 room)
{
	struct state state = { .left = 0 };
	u32 length, at = 0;
	enum sb_unpack ret;

	ret = sb_efi_unpacked_size(packed, size, &length);
	if (ret)
		return ret;
	if (length > room)
		return SB_UNPACK_SIZE;

	state.in.bytes = packed + HEADER;
	state.in.size = sb_le32(packed);
	while (at < length) {
		u32 symbol, count, distance;

		if (!state.left && !read_block(&state))
			return SB_UNPACK_CODE;
		state.left--;
		symbol = decode(&state.in, &state.main);
		if (symbol < LITERALS) {
			out[at++] = symbol;
			continue;
		}

		count = symbol - LITERALS + LEAST_MATCH;
		distance = read_distance(&state);
		if (distance > at)
			return SB_UNPACK_DISTANCE;
		for (; count && at < length; count--, at++)
			out[at] = out[at - distance];
	}
	return SB_UNPACK_OK;
}

/**
 * sb_unpack_text() - why an image cannot be decompressed
 * @error: what sb_efi_unpack() returned
 *
 * Return: the rest of a sentence that begins with "it".
 */
const char *sb_unpack_text(enum sb_unpack error)
{
	switch (error) {
	case SB_UNPACK_OK:
		return "decompresses";
	case SB_UNPACK_HEADER:
		return "says that it has more compressed bytes than there are";
	case SB_UNPACK_SIZE:
		return "says that it decompresses to more than 16 MiB";
	case SB_UNPACK_CODE:
		return "has a damaged Huffman code";
	case SB_UNPACK_DISTANCE:
		return "repeats bytes from before its start";
	}
	return "";
}
