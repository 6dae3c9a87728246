/*
 * bit_block.c
 *		Writing, reading and adding up blocks of integers: see bit_block.h. Reading
 *		trusts nothing; the sum of a block is taken from its bits, without making
 *		its values first.
 */
#include "postgres.h"

#include "lib/qunique.h"
#include "port/pg_bitutils.h"

#include "bit_block.h"

/* The first byte of a block: its kind, and its width. */
#define KIND_MASK 0xC0
#define KIND_PLAIN 0x00
#define KIND_TREND 0x40
#define KIND_RUNS 0x80
#define KIND_FEW 0xC0
#define MAX_NARROW_WIDTH 56 /* with up to seven bits before it, eight bytes hold it */
#define WIDE_CODE 57        /* stands for a width of 64 */

static inline int
width_of(uint64 range)
{
	int width = range == 0 ? 0 : pg_leftmost_one_pos64(range) + 1;

	return width > MAX_NARROW_WIDTH ? 64 : width;
}

static inline size_t
packed_size(int count, int width)
{
	return ((size_t) count * width + 7) / 8;
}

/*
 * Writing
 */

/* Signed numbers as unsigned ones, small ones small, seven bits a byte. */
static uint8 *
put_varint(uint8 *to, int64 value)
{
	uint64 rest = ((uint64) value << 1) ^ (value < 0 ? PG_UINT64_MAX : 0);

	for (; rest >= 0x80; rest >>= 7)
		*to++ = (uint8) rest | 0x80;
	*to++ = (uint8) rest;
	return to;
}

static inline void
put_word(uint8 *to, uint64 word)
{
#ifdef WORDS_BIGENDIAN
	word = pg_bswap64(word);
#endif
	memcpy(to, &word, sizeof(word));
}

static uint8 *
put_head(uint8 *to, int width, int kind, int64 least, int64 *before)
{
	int64 difference = (int64) ((uint64) least - (uint64) *before);

	*before = least;
	*to++ = (uint8) ((width == 64 ? WIDE_CODE : width) | kind);
	return put_varint(to, difference);
}

static uint8 *
put_bits(uint8 *to, const int64 *values, int count, int64 least, int width)
{
	uint64 word = 0;
	int filled = 0;
	int i;

	for (i = 0; i < count; i++)
	{
		uint64 value = (uint64) values[i] - (uint64) least;

		word |= value << filled;
		filled += width;
		if (filled >= 64)
		{
			put_word(to, word);
			to += sizeof(word);
			filled -= 64;
			word = filled == 0 ? 0 : value >> (width - filled);
		}
	}
	/* Up to eight bytes beyond the end are written, which the caller has room for. */
	put_word(to, word);
	return to + (filled + 7) / 8;
}

/*
 * How much the values rise from one to the next: the difference of the means of the
 * block's halves. 0 when none is worth trying, or the numbers are so large that the
 * arithmetic might wrap.
 */
static int64
slope_of(const int64 *values, int count, int64 least, int64 most)
{
	int half = count / 2;
	int64 rise = 0;
	int i;

	if (half < 4 || least < PG_INT64_MIN / 1024 || most > PG_INT64_MAX / 1024)
		return 0;
	for (i = 0; i < half; i++)
		rise += values[i + count - half] - values[i];
	return rise / (half * (count - half));
}

/* The block with its trend taken out, if that saves a bit of each value; else NULL. */
static uint8 *
write_trend(uint8 *to, const int64 *values, int count, int width, int64 slope, int64 *before)
{
	int64 rest[BIT_BLOCK_VALUES];
	int64 least = PG_INT64_MAX;
	int64 most = PG_INT64_MIN;
	int i;

	for (i = 0; i < count; i++)
	{
		rest[i] = values[i] - slope * i;
		least = Min(least, rest[i]);
		most = Max(most, rest[i]);
	}
	if (width_of((uint64) most - (uint64) least) >= width)
		return NULL;
	width = width_of((uint64) most - (uint64) least);
	to = put_varint(put_head(to, width, KIND_TREND, least, before), slope);
	return put_bits(to, rest, count, least, width);
}

static uint8 *
write_runs(uint8 *to, const int64 *values, int count, int64 least, int width, int64 *before)
{
	int64 run_values[BIT_BLOCK_VALUES];
	uint8 lengths[BIT_BLOCK_VALUES];
	int runs = 0;
	int i;

	for (i = 0; i < count; i++)
	{
		if (i == 0 || values[i] != values[i - 1])
		{
			lengths[runs] = 0;
			run_values[runs++] = values[i];
		}
		lengths[runs - 1]++;
	}
	to = put_head(to, width, KIND_RUNS, least, before);
	*to++ = (uint8) runs;
	memcpy(to, lengths, runs);
	return put_bits(to + runs, run_values, runs, least, width);
}

static int
compare_values(const void *a, const void *b)
{
	int64 x = *(const int64 *) a;
	int64 y = *(const int64 *) b;

	return (x > y) - (x < y);
}

/* The few different values and the choices among them, if that is below size; else NULL. */
static uint8 *
write_few(uint8 *to, const int64 *values, int count, int64 least, int width, size_t size,
		  int64 *before)
{
	int64 few[BIT_BLOCK_VALUES];
	int64 choices[BIT_BLOCK_VALUES];
	int different;
	int i;

	memcpy(few, values, count * sizeof(int64));
	qsort(few, count, sizeof(int64), compare_values);
	different = (int) qunique(few, count, sizeof(int64), compare_values);
	if (1 + packed_size(different, width) + packed_size(count, width_of(different - 1)) >= size)
		return NULL;
	for (i = 0; i < count; i++)
		choices[i] =
			(int64 *) bsearch(&values[i], few, different, sizeof(int64), compare_values) - few;
	to = put_head(to, width, KIND_FEW, least, before);
	*to++ = (uint8) different;
	to = put_bits(to, few, different, least, width);
	return put_bits(to, choices, count, 0, width_of(different - 1));
}

uint8 *
bit_block_write(uint8 *to, const int64 *values, int count, int64 *before)
{
	int64 least = values[0];
	int64 most = values[0];
	int runs = 1;
	int width;
	int64 slope;
	size_t size;
	uint8 *end = NULL;
	int i;

	for (i = 1; i < count; i++)
	{
		least = Min(least, values[i]);
		most = Max(most, values[i]);
		runs += values[i] != values[i - 1];
	}
	width = width_of((uint64) most - (uint64) least);
	size = packed_size(count, width);
	if (1 + runs + packed_size(runs, width) < size)
		size = 1 + runs + packed_size(runs, width);
	/* Neighbours that are the same at times tell of few values; where most are, runs do. */
	if (width > 1 && runs > count / 8 && runs < count * 7 / 8)
		end = write_few(to, values, count, least, width, size, before);
	if (end != NULL)
		return end;
	if (size < packed_size(count, width))
		return write_runs(to, values, count, least, width, before);
	slope = width == 0 ? 0 : slope_of(values, count, least, most);
	if (slope != 0)
		end = write_trend(to, values, count, width, slope, before);
	if (end != NULL)
		return end;
	return put_bits(put_head(to, width, KIND_PLAIN, least, before), values, count, least, width);
}

/*
 * Reading
 */

static bool
get_varint(BitReader *reader, int64 *value)
{
	uint64 number = 0;
	int shift;

	for (shift = 0; shift < 64; shift += 7)
	{
		uint8 byte;

		if (reader->p >= reader->end)
			return false;
		byte = *reader->p++;
		number |= (uint64) (byte & 0x7F) << shift;
		if ((byte & 0x80) == 0)
		{
			*value = (int64) ((number >> 1) ^ (0 - (number & 1)));
			return shift < 63 || byte <= 1;
		}
	}
	return false;
}

/* The lengths of runs must add up to the values that the block is to have. */
static bool
get_runs(BitReader *reader, int count, BitBlock *block)
{
	int values = 0;
	int i;

	if (reader->p >= reader->end)
		return false;
	block->count = *reader->p++;
	if (block->count > count || reader->end - reader->p < block->count)
		return false;
	block->lengths = reader->p;
	reader->p += block->count;
	for (i = 0; i < block->count; i++)
	{
		if (block->lengths[i] == 0)
			return false;
		values += block->lengths[i];
	}
	return values == count;
}

/* The few different values, and the choices among them; a choice is below 128 whatever its bits. */
static bool
get_few(BitReader *reader, int count, BitBlock *block)
{
	size_t size;

	if (reader->p >= reader->end)
		return false;
	block->count = *reader->p++;
	if (block->count < 1 || block->count > BIT_BLOCK_VALUES)
		return false;
	block->choice_width = width_of(block->count - 1);
	size = packed_size(block->count, block->width);
	if ((size_t) (reader->end - reader->p) < size + packed_size(count, block->choice_width))
		return false;
	block->packed = reader->p;
	block->choices = reader->p + size;
	reader->p += size + packed_size(count, block->choice_width);
	return true;
}

bool
bit_block_next(BitReader *reader, int count, BitBlock *block)
{
	int kind;
	int64 difference;

	if (reader->p >= reader->end)
		return false;
	kind = *reader->p & KIND_MASK;
	block->width = *reader->p++ & ~KIND_MASK;
	if (block->width == WIDE_CODE)
		block->width = 64;
	block->slope = 0;
	block->lengths = NULL;
	block->choices = NULL;
	block->count = count;
	if ((block->width > MAX_NARROW_WIDTH && block->width != 64) || !get_varint(reader, &difference))
		return false;
	block->least = (int64) ((uint64) block->least + (uint64) difference);
	if (kind == KIND_FEW)
		return get_few(reader, count, block);
	if ((kind == KIND_RUNS && !get_runs(reader, count, block)) ||
		(kind == KIND_TREND && !get_varint(reader, &block->slope)) ||
		(size_t) (reader->end - reader->p) < packed_size(block->count, block->width))
		return false;
	block->packed = reader->p;
	reader->p += packed_size(block->count, block->width);
	return true;
}

/* The few values, and zeros, which no choice of a sound block leads to. */
static void
few_values(const BitBlock *block, int64 few[BIT_BLOCK_VALUES])
{
	int i;

	for (i = 0; i < block->count; i++)
		few[i] = bit_value(block, i);
	for (; i < BIT_BLOCK_VALUES; i++)
		few[i] = 0;
}

static inline int
choice(const BitBlock *block, int i)
{
	int bit = i * block->choice_width;

	return (int) (bit_load(block->choices + bit / 8) >> bit % 8) & ((1 << block->choice_width) - 1);
}

/*
 * One case for each width, whose shifts are then constants: eight values are as many
 * bytes as one has bits.
 */
#define FIELD(p, j, width)                                                                         \
	((bit_load((p) + (j) * (width) / 8) >> (j) * (width) % 8) & ((UINT64CONST(1) << (width)) - 1))

static pg_attribute_always_inline void
unpack_width(const uint8 *p, int count, int width, uint64 least, int64 *values)
{
	int i;
	int j;

	for (i = 0; i + 8 <= count; i += 8, p += width)
	{
		values[i] = (int64) (least + FIELD(p, 0, width));
		values[i + 1] = (int64) (least + FIELD(p, 1, width));
		values[i + 2] = (int64) (least + FIELD(p, 2, width));
		values[i + 3] = (int64) (least + FIELD(p, 3, width));
		values[i + 4] = (int64) (least + FIELD(p, 4, width));
		values[i + 5] = (int64) (least + FIELD(p, 5, width));
		values[i + 6] = (int64) (least + FIELD(p, 6, width));
		values[i + 7] = (int64) (least + FIELD(p, 7, width));
	}
	for (j = 0; i + j < count; j++)
		values[i + j] = (int64) (least + FIELD(p, j, width));
}

/* At most 128 values of 56 bits, which 64 hold. */
static pg_attribute_always_inline uint64
sum_width(const uint8 *p, int count, int width)
{
	uint64 even = 0;
	uint64 odd = 0;
	int i;
	int j;

	for (i = 0; i + 8 <= count; i += 8, p += width)
	{
		even += FIELD(p, 0, width) + FIELD(p, 2, width) + FIELD(p, 4, width) + FIELD(p, 6, width);
		odd += FIELD(p, 1, width) + FIELD(p, 3, width) + FIELD(p, 5, width) + FIELD(p, 7, width);
	}
	for (j = 0; i + j < count; j++)
		even += FIELD(p, j, width);
	return even + odd;
}

#define EIGHT_WIDTHS(DO, w)                                                                        \
	DO((w) + 1) DO((w) + 2) DO((w) + 3) DO((w) + 4) DO((w) + 5) DO((w) + 6) DO((w) + 7) DO((w) + 8)
#define EACH_WIDTH(DO)                                                                             \
	EIGHT_WIDTHS(DO, 0)                                                                            \
	EIGHT_WIDTHS(DO, 8)                                                                            \
	EIGHT_WIDTHS(DO, 16)                                                                           \
	EIGHT_WIDTHS(DO, 24)                                                                           \
	EIGHT_WIDTHS(DO, 32)                                                                           \
	EIGHT_WIDTHS(DO, 40)                                                                           \
	EIGHT_WIDTHS(DO, 48)

void
bit_block_values(const BitBlock *block, int count, int64 *values)
{
	int i;

	if (block->lengths != NULL)
	{
		for (i = 0; i < block->count; i++)
		{
			int64 value = bit_value(block, i);
			int length = block->lengths[i];

			while (length-- > 0)
				*values++ = value;
		}
		return;
	}
	if (block->choices != NULL)
	{
		int64 few[BIT_BLOCK_VALUES];

		few_values(block, few);
		for (i = 0; i < count; i++)
			values[i] = few[choice(block, i)];
		return;
	}
	switch (block->width)
	{
		case 0:
			for (i = 0; i < count; i++)
				values[i] = block->least;
			break;
#define UNPACK_CASE(w)                                                                             \
	case w:                                                                                        \
		unpack_width(block->packed, count, w, (uint64) block->least, values);                      \
		break;
			EACH_WIDTH(UNPACK_CASE)
		default:
			for (i = 0; i < count; i++)
				values[i] =
					(int64) ((uint64) block->least + bit_load(block->packed + i * sizeof(uint64)));
	}
	if (block->slope != 0)
		for (i = 1; i < count; i++)
			values[i] = (int64) ((uint64) values[i] + (uint64) block->slope * i);
}

static int128
sum_of_wide(const BitBlock *block)
{
	uint128 sum = 0;
	int i;

	for (i = 0; i < block->count; i++)
		sum += bit_load(block->packed + i * sizeof(uint64));
	return (int128) sum;
}

int128
bit_block_sum(const BitBlock *block, int count)
{
	int128 sum = (int128) block->least * count + (int128) block->slope * (count * (count - 1) / 2);
	int i;

	if (block->lengths != NULL)
	{
		sum = 0;
		for (i = 0; i < block->count; i++)
			sum += (int128) bit_value(block, i) * block->lengths[i];
		return sum;
	}
	if (block->choices != NULL)
	{
		int64 few[BIT_BLOCK_VALUES];

		sum = 0;
		few_values(block, few);
		for (i = 0; i < count; i++)
			sum += few[choice(block, i)];
		return sum;
	}
	switch (block->width)
	{
		case 0:
			return sum;
#define SUM_CASE(w)                                                                                \
	case w:                                                                                        \
		return sum + sum_width(block->packed, count, w);
			EACH_WIDTH(SUM_CASE)
		default:
			return sum + sum_of_wide(block);
	}
}

int64
bit_block_most(const BitBlock *block)
{
	int64 most = bit_value(block, 0);
	int i;

	for (i = 1; i < block->count; i++)
		most = Max(most, bit_value(block, i));
	return most;
}

/*
 * Blocks that follow another column
 */

/*
 * A share of another column's value, rounded down. Numbers too large for it wrap, on
 * both sides alike: then nothing is gained, and nothing lost.
 */
static inline uint64
share_of(int64 share, int64 other)
{
	return (((uint64) share * (uint64) other + (UINT64CONST(1) << 63)) >> 16) -
		   (UINT64CONST(1) << 47);
}

/* Differences below this leave room for 128 squares of them, times 128 and 65,536. */
#define FOLLOWED_RANGE (INT64CONST(1) << 46)

static inline bool
is_near(int64 difference)
{
	return difference > -FOLLOWED_RANGE && difference < FOLLOWED_RANGE;
}

/*
 * The share that leaves least, by least squares; 0 when there is none worth trying. In
 * integers, so that every machine finds the same.
 */
static int64
share_between(const int64 *values, const int64 *others, int count)
{
	int64 sum_x = 0;
	int64 sum_y = 0;
	int128 sum_xx = 0;
	int128 sum_xy = 0;
	int128 spread;
	int128 together;
	int i;

	for (i = 1; i < count; i++)
	{
		int64 x = (int64) ((uint64) others[i] - (uint64) others[0]);
		int64 y = (int64) ((uint64) values[i] - (uint64) values[0]);

		if (!is_near(x) || !is_near(y))
			return 0;
		sum_x += x;
		sum_y += y;
		sum_xx += (int128) x * x;
		sum_xy += (int128) x * y;
	}
	spread = sum_xx * count - (int128) sum_x * sum_x;
	together = sum_xy * count - (int128) sum_x * sum_y;
	if (spread == 0)
		return 0;
	together = together * 65536 / spread;
	return is_near((int64) together) && together == (int64) together ? (int64) together : 0;
}

static uint8 *
write_share(uint8 *to, int64 share, BitFollower *before)
{
	int64 difference = (int64) ((uint64) share - (uint64) before->share);

	before->share = share;
	return put_varint(to, difference);
}

/* With the share taken out, if that is shorter. */
uint8 *
bit_follower_write(uint8 *to, const int64 *values, const int64 *others, int count,
				   BitFollower *before)
{
	int64 share = share_between(values, others, count);
	BitFollower following = *before;
	uint8 bytes[BIT_FOLLOWER_MAX_SIZE + BIT_BLOCK_SLACK];
	int64 rest[BIT_BLOCK_VALUES];
	uint8 *end;
	size_t size;
	int i;

	end = write_share(to, 0, before);
	end = bit_block_write(end, values, count, &before->block.least);
	if (share == 0)
		return end;
	for (i = 0; i < count; i++)
		rest[i] = (int64) ((uint64) values[i] - share_of(share, others[i]));
	size = write_share(bytes, share, &following) - bytes;
	size = bit_block_write(bytes + size, rest, count, &following.block.least) - bytes;
	if (size >= (size_t) (end - to))
		return end;
	*before = following;
	memcpy(to, bytes, size);
	return to + size;
}

bool
bit_follower_read(BitReader *reader, const int64 *others, int count, BitFollower *before,
				  int64 *values)
{
	int64 difference;
	int i;

	if (!get_varint(reader, &difference) || !bit_block_next(reader, count, &before->block))
		return false;
	before->share = (int64) ((uint64) before->share + (uint64) difference);
	bit_block_values(&before->block, count, values);
	if (before->share != 0)
		for (i = 0; i < count; i++)
			values[i] = (int64) ((uint64) values[i] + share_of(before->share, others[i]));
	return true;
}
