/*
 * meter_day_rows.c
 *		Readings in memory, by column, and how they become the bytes of a meter_day
 *		and come back. The order of the data is told in meter_day.h.
 */
#include "meter_day.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* How model_flops stand in the data. */
#define FLOPS_DECIMAL 0 /* a scale, and integers of two parts */
#define FLOPS_TEXT 1    /* lengths, and digits */
/* The decimal form takes what two integers of 18 digits hold. */
#define FLOPS_MAX_SCALE 18
#define FLOPS_PART_DIGITS 18
/* Digits of the largest numeric, and its point. */
#define FLOPS_MAX_TEXT (131072 + 16383 + 1)

/* Room for a few rows, then for a day of minutes, then twice as much each time. */
#define ROWS_AT_FIRST 32
#define ROWS_OF_A_DAY 1440

/*
 * Rows
 */

void
meter_rows_init(MeterRows *rows, MemoryContext context)
{
	memset(rows, 0, sizeof(MeterRows));
	rows->context = context;
	rows->sorted = true;
}

static void *
resized(MeterRows *rows, void *array, int64 room, Size size)
{
	if (array == NULL)
		return MemoryContextAllocHuge(rows->context, room * size);
	return repalloc_huge(array, room * size);
}

static void
make_room(MeterRows *rows, int64 count)
{
	int64 room = count <= ROWS_AT_FIRST ? ROWS_AT_FIRST : Max(ROWS_OF_A_DAY, rows->room);
	int i;

	if (count > METER_DAY_MAX_READINGS)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("too many readings for one meter_day"),
						errdetail("It holds at most %d.", METER_DAY_MAX_READINGS),
						errhint("Pack a pool's readings by day, or by hour.")));
	while (room < count)
		room *= 2;
	if (room <= rows->room)
		return;
	for (i = 0; i < METER_COLUMNS; i++)
		if (i < METER_OPTIONAL || rows->column[i] != NULL)
			rows->column[i] = resized(rows, rows->column[i], room, sizeof(int64));
	if (rows->model_flops != NULL)
		rows->model_flops = resized(rows, rows->model_flops, room, sizeof(Numeric));
	rows->room = room;
}

/* A column that had no value yet: no row so far has one. */
static void
begin_column(MeterRows *rows, int column)
{
	int64 i;

	rows->column[column] = resized(rows, NULL, rows->room, sizeof(int64));
	for (i = 0; i < rows->count; i++)
		rows->column[column][i] = METER_NULL;
}

static void
begin_flops(MeterRows *rows)
{
	rows->model_flops = resized(rows, NULL, rows->room, sizeof(Numeric));
	memset(rows->model_flops, 0, rows->count * sizeof(Numeric));
}

static int
flops_scale(Numeric value)
{
	return DatumGetInt32(DirectFunctionCall1(numeric_scale, NumericGetDatum(value)));
}

/* By value, then by the decimals written; NULL last. */
static int
compare_flops(Numeric a, Numeric b)
{
	int order;

	if (a == NULL || b == NULL)
		return (a == NULL) - (b == NULL);
	order = DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(a), NumericGetDatum(b)));
	return order != 0 ? order : flops_scale(a) - flops_scale(b);
}

/* The order of readings: every column counts; as an unsigned number NULL is the last. */
static int
compare_rows(const MeterRows *rows, int64 a, int64 b)
{
	int i;

	for (i = 0; i < METER_OPTIONAL; i++)
		if (rows->column[i][a] != rows->column[i][b])
			return rows->column[i][a] < rows->column[i][b] ? -1 : 1;
	for (; i < METER_COLUMNS; i++)
		if (rows->column[i] != NULL && rows->column[i][a] != rows->column[i][b])
			return (uint64) rows->column[i][a] < (uint64) rows->column[i][b] ? -1 : 1;
	return rows->model_flops == NULL ? 0
									 : compare_flops(rows->model_flops[a], rows->model_flops[b]);
}

pg_noreturn static void
flops_too_long(void)
{
	ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					errmsg("model_flops are too long for one meter_day")));
}

void
meter_rows_append(MeterRows *rows, const int64 value[METER_COLUMNS], Numeric model_flops)
{
	int64 n = rows->count;
	int i;

	if (unlikely(n >= rows->room))
		make_room(rows, n + 1);
	for (i = 0; i < METER_OPTIONAL; i++)
		rows->column[i][n] = value[i];
	for (; i < METER_COLUMNS; i++)
	{
		if (unlikely(rows->column[i] == NULL && value[i] != METER_NULL))
			begin_column(rows, i);
		if (rows->column[i] != NULL)
			rows->column[i][n] = value[i];
	}
	if (model_flops != NULL && rows->model_flops == NULL)
		begin_flops(rows);
	if (rows->model_flops != NULL)
	{
		rows->model_flops[n] = model_flops;
		if (model_flops != NULL)
		{
			rows->flops_size += VARSIZE(model_flops);
			if (rows->flops_size > MaxAllocSize)
				flops_too_long();
			rows->model_flops[n] = MemoryContextAlloc(rows->context, VARSIZE(model_flops));
			memcpy(rows->model_flops[n], model_flops, VARSIZE(model_flops));
		}
	}
	rows->count = n + 1;
	if (n > 0 && rows->sorted && value[METER_STARTS_AT] <= rows->column[METER_STARTS_AT][n - 1])
		rows->sorted = compare_rows(rows, n - 1, n) <= 0;
}

void
meter_rows_append_all(MeterRows *rows, const MeterRows *others)
{
	int64 value[METER_COLUMNS];
	int64 row;
	int i;

	make_room(rows, rows->count + others->count);
	for (row = 0; row < others->count; row++)
	{
		for (i = 0; i < METER_COLUMNS; i++)
			value[i] = others->column[i] != NULL ? others->column[i][row] : METER_NULL;
		meter_rows_append(rows, value,
						  others->model_flops != NULL ? others->model_flops[row] : NULL);
	}
}

static int
compare_row_numbers(const void *a, const void *b, void *rows)
{
	CHECK_FOR_INTERRUPTS();
	return compare_rows(rows, *(const uint32 *) a, *(const uint32 *) b);
}

/* The numbers of the rows are sorted, and then each column is put in their order. */
static void
sort_rows(MeterRows *rows)
{
	uint32 *order;
	int64 row;
	int i;

	if (rows->sorted)
		return;
	order = palloc(rows->count * sizeof(uint32));
	for (row = 0; row < rows->count; row++)
		order[row] = (uint32) row;
	qsort_arg(order, rows->count, sizeof(uint32), compare_row_numbers, rows);
	for (i = 0; i < METER_COLUMNS; i++)
	{
		int64 *column = rows->column[i];

		if (column == NULL)
			continue;
		rows->column[i] = resized(rows, NULL, rows->room, sizeof(int64));
		for (row = 0; row < rows->count; row++)
			rows->column[i][row] = column[order[row]];
		pfree(column);
	}
	if (rows->model_flops != NULL)
	{
		Numeric *flops = rows->model_flops;

		rows->model_flops = resized(rows, NULL, rows->room, sizeof(Numeric));
		for (row = 0; row < rows->count; row++)
			rows->model_flops[row] = flops[order[row]];
		pfree(flops);
	}
	pfree(order);
	rows->sorted = true;
}

/*
 * Packing
 */

typedef struct ByteWriter
{
	uint8 *bytes;
	Size used;
	Size room;
} ByteWriter;

/* Where the next bytes go, of which there are at most size. */
static uint8 *
next_bytes(ByteWriter *writer, Size size)
{
	if (writer->used + size > writer->room)
	{
		writer->room = Max(writer->room * 2, writer->used + size);
		writer->bytes = repalloc_huge(writer->bytes, writer->room);
	}
	return writer->bytes + writer->used;
}

/* A block of a column whose last one had this least. */
static inline void
put_block(ByteWriter *writer, const int64 *values, int count, int64 *least)
{
	uint8 *to = next_bytes(writer, BIT_BLOCK_MAX_SIZE + BIT_BLOCK_SLACK);

	writer->used += bit_block_write(to, values, count, least) - to;
}

/* The rows of the block that begins with row, where each has size of them. */
static inline int
block_rows(int64 count, int64 row, int size)
{
	return (int) Min(size, count - row);
}

static void
put_column(ByteWriter *writer, const int64 *values, int64 count)
{
	int size = bit_block_rows(count);
	int64 least = 0;
	int64 row;

	for (row = 0; row < count; row += size)
		put_block(writer, values + row, block_rows(count, row, size), &least);
}

/* The same in blocks that follow others. */
static void
put_following_column(ByteWriter *writer, const int64 *values, const int64 *others, int64 count)
{
	int size = bit_block_rows(count);
	BitFollower before = {0};
	int64 row;

	for (row = 0; row < count; row += size)
	{
		uint8 *to = next_bytes(writer, BIT_FOLLOWER_MAX_SIZE + BIT_BLOCK_SLACK);

		writer->used += bit_follower_write(to, values + row, others + row,
										   block_rows(count, row, size), &before) -
						to;
	}
}

/* a - b, which may need a 65th bit in times, and wraps back when it is added again. */
static inline void
put_differences(ByteWriter *writer, const int64 *a, const int64 *b, int count, int64 *least)
{
	int64 difference[BIT_BLOCK_VALUES];
	int i;

	for (i = 0; i < count; i++)
		difference[i] = (int64) ((uint64) a[i] - (uint64) b[i]);
	put_block(writer, difference, count, least);
}

static void
put_counts(ByteWriter *writer, const MeterRows *rows)
{
	int size = bit_block_rows(rows->count);
	int64 least[METER_COUNTS] = {0};
	int64 row;
	int i;

	for (row = 0; row < rows->count; row += size)
	{
		int count = block_rows(rows->count, row, size);

		put_block(writer, rows->column[METER_INSTALLED] + row, count, &least[0]);
		for (i = METER_AVAILABLE; i <= METER_USED; i++)
			put_differences(writer, rows->column[i - 1] + row, rows->column[i] + row, count,
							&least[i - METER_INSTALLED]);
	}
}

static void
put_times(ByteWriter *writer, const MeterRows *rows)
{
	const int64 *starts = rows->column[METER_STARTS_AT];
	const int64 *ends = rows->column[METER_ENDS_AT];
	int size = bit_block_rows(rows->count - 1);
	int64 least = 0;
	int64 row;

	for (row = 1; row < rows->count; row += size)
		put_differences(writer, starts + row, starts + row - 1, block_rows(rows->count, row, size),
						&least);
	size = bit_block_rows(rows->count);
	least = 0;
	for (row = 0; row < rows->count; row += size)
		put_differences(writer, ends + row, starts + row, block_rows(rows->count, row, size),
						&least);
}

/* Writes which rows have a value, if only some have; leaves those that there are in values. */
static MeterKnown
put_known(ByteWriter *writer, int64 *values, int64 count, int64 *known)
{
	int64 flag[BIT_BLOCK_VALUES];
	int size = bit_block_rows(count);
	int64 least = 0;
	int64 row;
	int i;

	for (*known = 0, row = 0; row < count; row++)
		*known += values[row] != METER_NULL;
	if (*known == count || *known == 0)
		return *known == 0 ? METER_KNOWN_NONE : METER_KNOWN_ALL;
	for (row = 0; row < count; row += size)
	{
		for (i = 0; i < block_rows(count, row, size); i++)
			flag[i] = values[row + i] != METER_NULL;
		put_block(writer, flag, block_rows(count, row, size), &least);
	}
	for (*known = 0, row = 0; row < count; row++)
		if (values[row] != METER_NULL)
			values[(*known)++] = values[row];
	return METER_KNOWN_SOME;
}

static bool
all_known(const int64 *values, int64 count)
{
	int64 row = 0;

	while (row < count && values[row] != METER_NULL)
		row++;
	return row == count;
}

static MeterKnown
put_optional(ByteWriter *writer, const MeterRows *rows, int column, int version, int64 *values,
			 int64 *used)
{
	bool follows = METER_FOLLOWS(version, column);
	MeterKnown known;
	int64 count;
	int64 row;
	int64 i = 0;

	if (rows->column[column] == NULL)
		return METER_KNOWN_NONE;
	if (follows && all_known(rows->column[column], rows->count))
	{
		put_following_column(writer, rows->column[column], rows->column[METER_USED], rows->count);
		return METER_KNOWN_ALL;
	}
	memcpy(values, rows->column[column], rows->count * sizeof(int64));
	known = put_known(writer, values, rows->count, &count);
	for (row = 0; row < rows->count; row++)
		if (rows->column[column][row] != METER_NULL)
			used[i++] = rows->column[METER_USED][row];
	/* What is kept is nearly always what was used. */
	if (column == METER_KEPT)
		for (i = 0; i < count; i++)
			values[i] = used[i] - values[i];
	if (follows)
		put_following_column(writer, values, used, count);
	else
		put_column(writer, values, count);
	return known;
}

/* All of them as decimals of one scale, in two parts; false when they do not fit. */
static bool
split_flops(Numeric *flops, int64 count, int scale, int64 *high, int64 *low)
{
	int128 part = pow10_s128(FLOPS_PART_DIGITS);
	int64 i;

	if (scale > FLOPS_MAX_SCALE)
		return false;
	for (i = 0; i < count; i++)
	{
		int128 units;

		if (flops_scale(flops[i]) != scale || numeric_to_scaled_overflow(flops[i], scale, &units) ||
			units / part >= part)
			return false;
		high[i] = (int64) (units / part);
		low[i] = (int64) (units % part);
	}
	return true;
}

/*
 * model_flops: which rows have some, as in any column; then a byte that says how they
 * stand. Decimals of one scale below 10^36 are that scale and two columns, what is
 * above 10^18 and what below; anything else is a column of lengths, and the digits.
 */
static MeterKnown
put_flops(ByteWriter *writer, const MeterRows *rows, int64 *values, int64 *more_values)
{
	ByteWriter digits = {.bytes = palloc(1024), .room = 1024};
	Numeric *flops;
	int64 count;
	int64 row;
	int scale;
	MeterKnown known;

	if (rows->model_flops == NULL)
		return METER_KNOWN_NONE;
	for (row = 0; row < rows->count; row++)
		values[row] = rows->model_flops[row] == NULL ? METER_NULL : 0;
	known = put_known(writer, values, rows->count, &count);
	if (count == 0)
		return known;
	flops = MemoryContextAllocHuge(CurrentMemoryContext, count * sizeof(Numeric));
	for (count = 0, row = 0; row < rows->count; row++)
		if (rows->model_flops[row] != NULL)
			flops[count++] = rows->model_flops[row];

	scale = flops_scale(flops[0]);
	if (split_flops(flops, count, scale, values, more_values))
	{
		uint8 *to = next_bytes(writer, 2);

		to[0] = FLOPS_DECIMAL;
		to[1] = (uint8) scale;
		writer->used += 2;
		put_column(writer, values, count);
		put_column(writer, more_values, count);
		return known;
	}
	*next_bytes(writer, 1) = FLOPS_TEXT;
	writer->used++;
	for (row = 0; row < count; row++)
	{
		char *number =
			DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(flops[row])));

		CHECK_FOR_INTERRUPTS();
		values[row] = strlen(number);
		/* A few bytes in memory may be 131,072 digits. */
		if (digits.used + values[row] > MaxAllocSize)
			flops_too_long();
		memcpy(next_bytes(&digits, values[row]), number, values[row]);
		digits.used += values[row];
		pfree(number);
	}
	put_column(writer, values, count);
	memcpy(next_bytes(writer, digits.used), digits.bytes, digits.used);
	writer->used += digits.used;
	return known;
}

/* The value, in rows' own memory. Sorts the rows, which are the same afterwards. */
MeterDay *
meter_rows_pack(MeterRows *rows, int version)
{
	MemoryContext work =
		AllocSetContextCreate(CurrentMemoryContext, "meter_day packing", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(work);
	ByteWriter writer = {.used = METER_DAY_HEADER_SIZE};
	int64 *values;
	MeterDay header = {.version = (uint8) version};
	int64 row;
	int i;

	sort_rows(rows);
	writer.room = METER_DAY_HEADER_SIZE + rows->count * 8 + BIT_BLOCK_MAX_SIZE;
	writer.bytes = MemoryContextAllocHuge(rows->context, writer.room);
	values = MemoryContextAllocHuge(work, 2 * rows->count * sizeof(int64));
	header.readings = (uint32) rows->count;
	header.starts_at = rows->column[METER_STARTS_AT][0];
	header.ends_at = rows->column[METER_ENDS_AT][0];
	for (row = 1; row < rows->count; row++)
		header.ends_at = Max(header.ends_at, rows->column[METER_ENDS_AT][row]);

	put_counts(&writer, rows);
	put_times(&writer, rows);
	for (i = METER_OPTIONAL; i < METER_COLUMNS; i++)
		header.known |= put_optional(&writer, rows, i, version, values, values + rows->count)
						<< (2 * (i - METER_OPTIONAL));
	header.known |= put_flops(&writer, rows, values, values + rows->count)
					<< (2 * METER_FLOPS_FIELD);
	memset(next_bytes(&writer, BIT_BLOCK_SLACK), 0, BIT_BLOCK_SLACK);
	writer.used += BIT_BLOCK_SLACK;
	if (writer.used > MaxAllocSize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("readings of %zu bytes are too many for one meter_day", writer.used)));
	MemoryContextSwitchTo(old);
	MemoryContextDelete(work);

	memcpy(writer.bytes, &header, METER_DAY_HEADER_SIZE);
	SET_VARSIZE(writer.bytes, writer.used);
	return (MeterDay *) repalloc_huge(writer.bytes, writer.used);
}

/*
 * Unpacking. Whatever the bytes, nothing is read beyond them and no more rows are made
 * than the header says, which is bounded by the bytes that there are.
 */

static const char cut_short[] = "a block of numbers is cut short or is none";

const char *
meter_day_fault(const MeterDay *day)
{
	Size blocks;

	if (VARSIZE(day) < METER_DAY_HEADER_SIZE + BIT_BLOCK_SLACK)
		return "it is too short";
	if (day->readings == 0 || day->readings > METER_DAY_MAX_READINGS)
		return "its count of readings is out of range";
	blocks = (day->readings + BIT_BLOCK_VALUES - 1) / BIT_BLOCK_VALUES;
	if (METER_DAY_DATA_SIZE(day) - BIT_BLOCK_SLACK <
		blocks * (METER_COUNTS + 1) * BIT_BLOCK_MIN_SIZE)
		return "it is too short for its count of readings";
	return NULL;
}

BitReader
meter_day_reader(const MeterDay *day)
{
	return (BitReader){day->data, day->data + METER_DAY_DATA_SIZE(day) - BIT_BLOCK_SLACK};
}

static bool
get_column(BitReader *reader, int64 *values, int64 count)
{
	BitBlock block = {0};
	int size = bit_block_rows(count);
	int64 row;

	for (row = 0; row < count; row += size)
	{
		if (!bit_block_next(reader, block_rows(count, row, size), &block))
			return false;
		bit_block_values(&block, block_rows(count, row, size), values + row);
	}
	return true;
}

static bool
get_following_column(BitReader *reader, const int64 *others, int64 *values, int64 count)
{
	BitFollower before = {0};
	int size = bit_block_rows(count);
	int64 row;

	for (row = 0; row < count; row += size)
		if (!bit_follower_read(reader, others + row, block_rows(count, row, size), &before,
							   values + row))
			return false;
	return true;
}

static bool
get_counts(BitReader *reader, MeterRows *rows)
{
	BitBlock blocks[METER_COUNTS] = {{0}};
	int size = bit_block_rows(rows->count);
	int64 row;
	int column;
	int i;

	for (row = 0; row < rows->count; row += size)
	{
		int count = block_rows(rows->count, row, size);

		for (column = METER_INSTALLED; column <= METER_USED; column++)
		{
			int64 *values = rows->column[column] + row;
			BitBlock *block = &blocks[column - METER_INSTALLED];

			if (!bit_block_next(reader, count, block))
				return false;
			bit_block_values(block, count, values);
			if (column == METER_INSTALLED)
				continue;
			for (i = 0; i < count; i++)
				values[i] =
					(int64) ((uint64) rows->column[column - 1][row + i] - (uint64) values[i]);
		}
	}
	return true;
}

static bool
get_times(BitReader *reader, MeterRows *rows, Timestamp first)
{
	int64 *starts = rows->column[METER_STARTS_AT];
	int64 *ends = rows->column[METER_ENDS_AT];
	int64 row;

	starts[0] = first;
	if (!get_column(reader, starts + 1, rows->count - 1) || !get_column(reader, ends, rows->count))
		return false;
	for (row = 1; row < rows->count; row++)
		starts[row] = (int64) ((uint64) starts[row - 1] + (uint64) starts[row]);
	for (row = 0; row < rows->count; row++)
		ends[row] = (int64) ((uint64) starts[row] + (uint64) ends[row]);
	return true;
}

/* Which rows have a value: 0, or METER_NULL; and how many. */
static bool
get_known(BitReader *reader, MeterKnown known, int64 *values, int64 count, int64 *known_count)
{
	int64 row;

	*known_count = count;
	if (known == METER_KNOWN_ALL)
	{
		memset(values, 0, count * sizeof(int64));
		return true;
	}
	if (!get_column(reader, values, count))
		return false;
	for (row = 0; row < count; row++)
	{
		if (values[row] != 0 && values[row] != 1)
			return false;
		*known_count -= values[row] == 0;
		values[row] = values[row] == 1 ? 0 : METER_NULL;
	}
	return true;
}

static const char *
get_optional(BitReader *reader, MeterRows *rows, int column, int version, MeterKnown known)
{
	int64 *values = resized(rows, NULL, rows->room, sizeof(int64));
	int64 *packed;
	int64 *used;
	int64 count;
	int64 row;
	int64 i = 0;
	bool sound;

	rows->column[column] = values;
	if (!get_known(reader, known, values, rows->count, &count))
		return cut_short;
	packed = MemoryContextAllocHuge(CurrentMemoryContext, Max(count, 1) * sizeof(int64));
	used = MemoryContextAllocHuge(CurrentMemoryContext, Max(count, 1) * sizeof(int64));
	for (row = 0; row < rows->count; row++)
		if (values[row] != METER_NULL)
			used[i++] = rows->column[METER_USED][row];
	if (METER_FOLLOWS(version, column))
		sound = get_following_column(reader, used, packed, count);
	else
		sound = get_column(reader, packed, count);
	if (!sound)
		return cut_short;
	for (row = 0, i = 0; row < rows->count; row++)
	{
		if (values[row] == METER_NULL)
			continue;
		values[row] = packed[i];
		if (column == METER_KEPT)
			values[row] = (int64) ((uint64) used[i] - (uint64) values[row]);
		i++;
		if (values[row] < 0)
			return "a count is negative";
	}
	pfree(packed);
	pfree(used);
	return NULL;
}

static const char *
get_decimal_flops(BitReader *reader, MeterRows *rows, const int64 *known, int64 count)
{
	int64 *high = MemoryContextAllocHuge(CurrentMemoryContext, Max(count, 1) * sizeof(int64));
	int64 *low = MemoryContextAllocHuge(CurrentMemoryContext, Max(count, 1) * sizeof(int64));
	int128 part = pow10_s128(FLOPS_PART_DIGITS);
	int64 row;
	int64 i = 0;
	int scale;

	if (reader->p >= reader->end)
		return cut_short;
	scale = *reader->p++;
	if (scale > FLOPS_MAX_SCALE || !get_column(reader, high, count) ||
		!get_column(reader, low, count))
		return cut_short;
	for (row = 0; row < rows->count; row++)
	{
		if (known[row] == METER_NULL)
			continue;
		if (high[i] < 0 || high[i] >= part || low[i] < 0 || low[i] >= part)
			return "a number of FLOPs is out of range";
		rows->model_flops[row] = scaled_to_numeric(high[i] * part + low[i], scale);
		i++;
	}
	return NULL;
}

static const char *
get_text_flops(BitReader *reader, MeterRows *rows, const int64 *known, int64 count)
{
	int64 *length = MemoryContextAllocHuge(CurrentMemoryContext, Max(count, 1) * sizeof(int64));
	int64 row;
	int64 i = 0;

	if (!get_column(reader, length, count))
		return cut_short;
	for (row = 0; row < rows->count; row++)
	{
		char *digits;

		if (known[row] == METER_NULL)
			continue;
		if (length[i] < 1 || length[i] > FLOPS_MAX_TEXT || length[i] > reader->end - reader->p)
			return cut_short;
		digits = pnstrdup((const char *) reader->p, length[i]);
		reader->p += length[i++];
		rows->model_flops[row] = meter_flops_from_text(digits);
		if (rows->model_flops[row] == NULL)
			return "a number of FLOPs is none";
		pfree(digits);
	}
	return NULL;
}

static const char *
get_flops(BitReader *reader, MeterRows *rows, MeterKnown known)
{
	int64 *values = MemoryContextAllocHuge(CurrentMemoryContext, rows->count * sizeof(int64));
	int64 count;

	if (!get_known(reader, known, values, rows->count, &count) || reader->p >= reader->end)
		return cut_short;
	rows->model_flops = resized(rows, NULL, rows->room, sizeof(Numeric));
	memset(rows->model_flops, 0, rows->count * sizeof(Numeric));
	switch (*reader->p++)
	{
		case FLOPS_DECIMAL:
			return get_decimal_flops(reader, rows, values, count);
		case FLOPS_TEXT:
			return get_text_flops(reader, rows, values, count);
		default:
			return "its model_flops are in an unknown form";
	}
}

/* Digits with a point among them, and no more of them than a numeric takes. */
Numeric
meter_flops_from_text(const char *text)
{
	size_t whole = strspn(text, "0123456789");
	size_t decimals = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;

	if (whole == 0 || whole > 131072 || decimals > 16383 ||
		text[whole + (text[whole] == '.') + decimals] != '\0' ||
		(text[whole] == '.' && decimals == 0))
		return NULL;
	return DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum(text),
											   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
}

/* Into rows that have none yet, and whose context is the current one. */
const char *
meter_rows_unpack(MeterRows *rows, const MeterDay *day)
{
	BitReader reader = meter_day_reader(day);
	const char *fault = NULL;
	int i;

	make_room(rows, day->readings);
	rows->count = day->readings;
	if (!get_counts(&reader, rows) || !get_times(&reader, rows, day->starts_at))
		return cut_short;
	for (i = 0; i < METER_KNOWN_FIELDS && fault == NULL; i++)
	{
		MeterKnown known = METER_KNOWN(day->known, i);

		if (known == METER_KNOWN_NONE)
			continue;
		if (known > METER_KNOWN_SOME)
			return "it says neither that a column has values nor that it has none";
		fault = i == METER_FLOPS_FIELD
					? get_flops(&reader, rows, known)
					: get_optional(&reader, rows, METER_OPTIONAL + i, day->version, known);
	}
	if (fault == NULL && reader.p != reader.end)
		fault = "bytes are left over";
	return fault;
}
