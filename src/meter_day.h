/*
 * meter_day.h
 *		The readings of a pool, a day of them or so, as one value: packed by column,
 *		losing nothing. Every count of a reading can be read again, and the columns
 *		can be added up without making rows.
 */
#ifndef CHIPBOOK_METER_DAY_H
#define CHIPBOOK_METER_DAY_H

#include "chipbook.h"

#include "utils/expandeddatum.h"

#include "bit_block.h"

/* The columns of a reading that are integers, in the order in which readings are sorted. */
typedef enum MeterColumn
{
	METER_STARTS_AT, /* microseconds */
	METER_ENDS_AT,
	METER_INSTALLED, /* chip-milliseconds */
	METER_AVAILABLE,
	METER_ALLOCATED,
	METER_USED,
	METER_KEPT, /* this and what follows may be NULL */
	METER_JOULES,
	METER_IDLE_JOULES,
	METER_TOKENS,
	METER_BILLING_MS
} MeterColumn;

#define METER_COLUMNS (METER_BILLING_MS + 1)
#define METER_OPTIONAL METER_KEPT
#define METER_COUNTS (METER_OPTIONAL - METER_INSTALLED)
/* No count is negative, so this is none. */
#define METER_NULL INT64CONST(-1)

/* meter_day.c: the names of the columns, model_flops last. */
extern const char *const meter_column_names[METER_COLUMNS + 1];

/* The most readings in a value: a day of 6,944 meters at one-minute steps. */
#define METER_DAY_MAX_READINGS 10000000

/* Which of an optional column's rows have a value: two bits of MeterDay.known. */
typedef enum MeterKnown
{
	METER_KNOWN_NONE,
	METER_KNOWN_ALL,
	METER_KNOWN_SOME
} MeterKnown;

/* model_flops comes after the integer columns. */
#define METER_KNOWN_FIELDS (METER_COLUMNS - METER_OPTIONAL + 1)
#define METER_FLOPS_FIELD (METER_COLUMNS - METER_OPTIONAL)
#define METER_KNOWN(known, field) ((MeterKnown) (((known) >> (2 * (field))) & 3))

/*
 * The value. data are blocks of integers (bit_block.h), each column up to 128 rows at a time:
 *
 *	 installed, installed - available, available - allocated, allocated - used: a block
 *	 of each, then the next rows, so that whoever adds up reads in one direction
 *	 starts_at as differences to the row before; ends_at - starts_at
 *	 kept as used - kept, then joules, idle_joules, tokens, billing_ms: whether each row
 *	 has one, if some have, and then those that there are, the last four in blocks that
 *	 follow used
 *	 model_flops: see put_flops() in meter_day_rows.c
 *	 BIT_BLOCK_SLACK zero bytes
 *
 * In version 1 no block follows another column; the rest is the same. What is written
 * is of the last version.
 *
 * Rows are sorted by all their columns, so the same rows are always the same bytes.
 */
typedef struct MeterDay
{
	int32 vl_len_; /* varlena header: do not touch directly */
	uint8 version;
	uint8 unused; /* always zero */
	uint16 known; /* MeterKnown of each optional column */
	Timestamp starts_at;
	Timestamp ends_at; /* the latest */
	uint32 readings;
	uint8 data[FLEXIBLE_ARRAY_MEMBER];
} MeterDay;

#define METER_DAY_VERSION 2
#define METER_DAY_OLDEST_VERSION 1
/* Whether a column of a version follows used. */
#define METER_FOLLOWS(version, column) ((version) > 1 && (column) >= METER_JOULES)
#define METER_DAY_HEADER_SIZE offsetof(MeterDay, data)
#define METER_DAY_DATA_SIZE(day) (VARSIZE(day) - METER_DAY_HEADER_SIZE)

/* The same readings in memory, by column. An optional column is NULL while it has no value. */
typedef struct MeterRows
{
	MemoryContext context;
	int64 count;
	int64 room;
	bool sorted;
	int64 *column[METER_COLUMNS];
	Numeric *model_flops;
	Size flops_size; /* of those that were appended */
} MeterRows;

/*
 * meter_day_rows.c: rows and values. What is wrong with a value is returned as a
 * text, NULL for nothing; an error is the caller's to raise.
 */
extern void meter_rows_init(MeterRows *rows, MemoryContext context);
extern void
meter_rows_append(MeterRows *rows, const int64 value[METER_COLUMNS], Numeric model_flops);
extern void meter_rows_append_all(MeterRows *rows, const MeterRows *others);
/* The value, of METER_DAY_VERSION or, to compare, an older one. */
extern MeterDay *meter_rows_pack(MeterRows *rows, int version);
extern const char *meter_rows_unpack(MeterRows *rows, const MeterDay *day);
/* A number of FLOPs from its digits; NULL when they are none. */
extern Numeric meter_flops_from_text(const char *text);
/* What is wrong with the header of a value. */
extern const char *meter_day_fault(const MeterDay *day);
/* The first block of data. */
extern BitReader meter_day_reader(const MeterDay *day);

/* meter_day.c: the value; XX001 when it is none, 0A000 for one of a later version. */
extern const MeterDay *meter_day_read(Datum value);
/* meter_day.c: the same as it would be written now, in the current memory context. */
extern const MeterDay *meter_day_current(Datum value);
pg_noreturn extern void meter_day_corrupted(const char *fault);
/* Its rows, in the current memory context. */
extern void meter_day_read_rows(Datum value, MeterRows *rows);
/* meter_day.c: what is wrong with a row, which says the same in every form. */
extern const char *meter_reading_fault(const int64 value[METER_COLUMNS]);

/*
 * A value that grows: an expanded object, which becomes the packed value when it is
 * stored or sent to another process.
 */
typedef struct OpenMeterDay
{
	ExpandedObjectHeader header;
	int magic;
	MeterRows rows;
	MeterDay *packed; /* the rows as they are now, once someone has asked */
} OpenMeterDay;

/* meter_day.c: one that may be added to, from a value or, NULL, from nothing; in context. */
extern OpenMeterDay *meter_day_open(NullableDatum value, MemoryContext context);
/* meter_day.c: after adding to it. */
extern void meter_day_grown(OpenMeterDay *open);

#endif /* CHIPBOOK_METER_DAY_H */
