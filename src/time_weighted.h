/*
 * time_weighted.h
 *		A value that holds from one moment to the next, such as a rate or a head
 *		count, added up over time: the state of its aggregates and the SQL type at
 *		once.
 */
#ifndef CHIPBOOK_TIME_WEIGHTED_H
#define CHIPBOOK_TIME_WEIGHTED_H

#include "chipbook.h"
#include "int192.h"

#include "utils/memutils.h"

/* What a gap, time without a value, counts as. GAPS_UNSTATED: left to who reads the value. */
typedef enum GapPolicy
{
	GAPS_UNSTATED,
	GAPS_IGNORE,
	GAPS_ZERO,
	GAPS_ERROR,
	GAPS_CARRY
} GapPolicy;

#define GAP_POLICIES 5

extern const char *const gap_policy_names[GAP_POLICIES];

/* Values are units of 1e-15, as money is: 128 bits in two halves, for the alignment of the disk. */
typedef struct StepValue
{
	uint64 low;
	int64 high;
} StepValue;

/*
 * Time without a gap, [start, end): what value x microseconds came to in it, and the
 * value at its end, which gaps => 'carry' carries on. Intervals that meet become one
 * run, so that a series without gaps is one run however many rows it has; two that
 * overlap are found because their runs do.
 */
typedef struct StepRun
{
	TimestampTz start;
	TimestampTz end;
	Int192 sum;
	StepValue last;
} StepRun;

/*
 * Everything in it is fixed by the set of rows, not by their order: from and to are
 * the bounds given, or the hull of the rows, NULL values included.
 */
typedef struct TimeWeighted
{
	int32 vl_len_; /* varlena header: do not touch directly */
	uint8 version;
	uint8 gaps;        /* GapPolicy */
	Currency currency; /* CURRENCY_INVALID: plain numbers, or nothing yet */
	uint8 bounded;     /* from and to were given */
	uint8 has_before;  /* a value ended before from: BEFORE_ONE, the last of them is in before */
	uint16 unused;     /* always zero */
	int32 runs;        /* in order, apart from each other */
	int32 pending;     /* more of them behind, in no order: never in a stored value */
	int32 unused2;     /* always zero */
	TimestampTz from;  /* DT_NOEND while there was no row */
	TimestampTz to;    /* DT_NOBEGIN while there was no row */
	TimestampTz before_end;
	StepValue before;
	StepRun run[FLEXIBLE_ARRAY_MEMBER];
} TimeWeighted;

/*
 * Of has_before. Two values that end at once are two at one time, which is an error
 * unless a later one makes both of no account: only who reads the value can tell.
 */
#define BEFORE_ONE 1
#define BEFORE_CONTESTED 2

#define TIME_WEIGHTED_VERSION 1
#define TIME_WEIGHTED_SIZE(n) (offsetof(TimeWeighted, run) + sizeof(StepRun) * (Size) (n))
#define TIME_WEIGHTED_MAX_RUNS                                                                     \
	((int) ((MaxAllocSize - offsetof(TimeWeighted, run)) / sizeof(StepRun)))

static inline int128
step_value(const StepValue *value)
{
	return (int128) (((uint128) (uint64) value->high << 64) | value->low);
}

static inline StepValue
step_value_make(int128 value)
{
	return (StepValue){(uint64) value, (int64) (value >> 64)};
}

static inline bool
time_weighted_is_empty(const TimeWeighted *s)
{
	return s->from > s->to;
}

/* Whether numbers or money were added yet, so that the other cannot be. */
static inline bool
time_weighted_has_values(const TimeWeighted *s)
{
	return s->runs + s->pending > 0 || s->has_before;
}

/* A new value without rows and with room for so many runs, palloc'd. */
extern TimeWeighted *time_weighted_new(int capacity);
/* The value with all its runs in order; a copy where it was not stored so. 23P01 when it is contested. */
extern const TimeWeighted *time_weighted_read(Datum value);
/* The same of what may yet be added to. */
extern const TimeWeighted *time_weighted_read_state(Datum value);
/* 23P01 when the value before the bounds is contested. */
extern void time_weighted_check_before(const TimeWeighted *s);
/* value x the microseconds from one moment to a later one, which may be more than 2^63. */
extern Int192 time_weighted_product(int128 value, TimestampTz from, TimestampTz to);
/* Whether the sum of a run is one that values in range come to. */
extern bool time_weighted_sum_is_possible(const StepRun *run);
/* A palloc'd copy without spare room. */
extern TimeWeighted *time_weighted_trimmed(const TimeWeighted *s);
/* Puts pending runs in their place; 23P01 when two overlap. */
extern void time_weighted_settle(TimeWeighted *s);
/* time_weighted_figures.c: 22023 for a name that is none, 22004 for NULL. */
extern GapPolicy gap_policy_from_name(const char *name);

#endif /* CHIPBOOK_TIME_WEIGHTED_H */
