/*
 * bit_block.h
 *		Up to 128 integers in as few bits as the widest of them needs above the
 *		least. A block is a byte with the width of its values in bits, and its kind;
 *		the least value, as a varint of its difference to that of the block before; and
 *		the values less the least, bit after bit, from the low end of each byte on.
 *		Its kind is one of these:
 *
 *	 plain	no more than that
 *	 runs	their number and the length of each come before the values, one for a run
 *	 trend	a slope, as a varint, comes before the values, from each of which its place
 *			in the block times the slope is taken first
 *	 few	the number of different values comes before them, and each only once, in
 *			order; then, for each place, which of them it has
 *
 * A block may follow a column beside its own, as energy follows use: before it comes a
 * share, as a varint of its difference to that of the block before, and from each value
 * so many 65,536ths of the other column's value are taken first. A share of 0 is none.
 *
 * The same integers are always the same bytes. Widths of 57 to 63 bits become 64, so
 * that a value can be read with one load of eight bytes, wherever it begins. What
 * reads needs BIT_BLOCK_SLACK readable bytes after the last block. Bytes are in one
 * order on every machine.
 */
#ifndef CHIPBOOK_BIT_BLOCK_H
#define CHIPBOOK_BIT_BLOCK_H

#include "postgres.h"

#include "port/pg_bswap.h"

#include "exact.h"

#define BIT_BLOCK_VALUES 128
#define BIT_BLOCK_SLACK 8
/* The most bytes that a block takes, and the fewest. */
#define BIT_BLOCK_MAX_SIZE (21 + BIT_BLOCK_VALUES * 9)
#define BIT_BLOCK_MIN_SIZE 2

/* Bytes from the outside: p never passes end, which is followed by the slack. */
typedef struct BitReader
{
	const uint8 *p;
	const uint8 *end;
} BitReader;

/* A block as it stands in the bytes. */
typedef struct BitBlock
{
	int64 least;
	int64 slope;
	const uint8 *lengths; /* of the runs; NULL when every value stands for itself */
	const uint8 *packed;
	const uint8 *choices; /* among the few; NULL when every value is there */
	int count;            /* of what is packed: values, runs or the few */
	int width;
	int choice_width;
} BitBlock;

/*
 * How many of count values each block of a column takes but the last: as few blocks as
 * there can be, and about as long as each other.
 */
static inline int
bit_block_rows(int64 count)
{
	int64 blocks = (count + BIT_BLOCK_VALUES - 1) / BIT_BLOCK_VALUES;

	return blocks == 0 ? BIT_BLOCK_VALUES : (int) ((count + 8 * blocks - 1) / (8 * blocks)) * 8;
}

static inline uint64
bit_load(const uint8 *p)
{
	uint64 word;

	memcpy(&word, p, sizeof(word));
#ifdef WORDS_BIGENDIAN
	word = pg_bswap64(word);
#endif
	return word;
}

static inline int64
bit_value(const BitBlock *block, int i)
{
	unsigned bit = (unsigned) i * block->width;
	uint64 mask = block->width == 64 ? PG_UINT64_MAX : (UINT64CONST(1) << block->width) - 1;

	return (int64) ((uint64) block->least + (uint64) block->slope * i +
					((bit_load(block->packed + bit / 8) >> bit % 8) & mask));
}

/*
 * bit_block.c: writes count values, 1 to BIT_BLOCK_VALUES, after a block of the same
 * column whose least was *least, 0 before the first; to has room for BIT_BLOCK_MAX_SIZE
 * and slack.
 */
extern uint8 *bit_block_write(uint8 *to, const int64 *values, int count, int64 *least);
/*
 * bit_block.c: the block of count values that comes next. *block is the one before it in
 * its column, all zero before the first. False when the bytes are none.
 */
extern bool bit_block_next(BitReader *reader, int count, BitBlock *block);
/* bit_block.c: its values. */
extern void bit_block_values(const BitBlock *block, int count, int64 *values);

/* A column of blocks that follow another: as of the block before, zero before the first. */
typedef struct BitFollower
{
	int64 share;
	BitBlock block;
} BitFollower;

/* The most bytes that a block takes with its share. */
#define BIT_FOLLOWER_MAX_SIZE (10 + BIT_BLOCK_MAX_SIZE)

/* bit_block.c: writes a block of values that may follow others; room as above. */
extern uint8 *bit_follower_write(uint8 *to, const int64 *values, const int64 *others, int count,
								 BitFollower *before);
/* bit_block.c: the values of the block that comes next. False when the bytes are none. */
extern bool bit_follower_read(BitReader *reader, const int64 *others, int count,
							  BitFollower *before, int64 *values);

/* No value is less than this. */
static inline int128
bit_block_floor(const BitBlock *block)
{
	return block->slope >= 0 ? block->least
							 : block->least + (int128) block->slope * (BIT_BLOCK_VALUES - 1);
}

/* bit_block.c: their sum, and the largest. */
extern int128 bit_block_sum(const BitBlock *block, int count);
extern int64 bit_block_most(const BitBlock *block);

#endif /* CHIPBOOK_BIT_BLOCK_H */
