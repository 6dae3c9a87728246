/*
 * spend_summary.h
 *		The value that utilisation-weighted spend adds up in: how much chip-time
 *		was installed, available, allocated and used, and how much of the cost each
 *		of these bore. It is the state of its aggregates and the SQL type at once.
 */
#ifndef CHIPBOOK_SPEND_SUMMARY_H
#define CHIPBOOK_SPEND_SUMMARY_H

#include "chipbook.h"
#include "chip_time.h"
#include "int192.h"

/* The four counts of a reading; each holds the one before it. */
typedef enum SpendLevel
{
	SPEND_USED,
	SPEND_ALLOCATED,
	SPEND_AVAILABLE,
	SPEND_INSTALLED
} SpendLevel;

#define SPEND_LEVELS 4

/* The ways in which a reading's counts can contradict each other. */
typedef enum SpendDisorder
{
	SPEND_USED_OVER_ALLOCATED,
	SPEND_ALLOCATED_OVER_AVAILABLE,
	SPEND_AVAILABLE_OVER_INSTALLED,
	SPEND_USED_OVER_INSTALLED
} SpendDisorder;

#define SPEND_DISORDERS 4

/* Their names, in the text form and in disordered_readings(). */
extern const char *const spend_disorder_names[SPEND_DISORDERS];

/* Chip-milliseconds: 128 bits in two halves, for the alignment PostgreSQL promises. */
typedef struct ChipTimeSum
{
	uint64 low;
	int64 high;
} ChipTimeSum;

/*
 * Costs are counted in units of 1e-15 / 3,600,000 of the currency: what one unit
 * of a rate per chip-hour comes to in a chip-millisecond. Rates therefore add up
 * exactly, costs too, and division happens once, on the way out.
 *
 * cost[] is cumulative, as time[] is: cost[SPEND_ALLOCATED] is productive cost and
 * allocated idle cost together. Rounding cumulative amounts and taking differences
 * makes the parts add up to the whole; in cost[] itself they do so by construction.
 *
 * Stored values leave off zero words at the end: most never hold what stands after
 * cost[], and a later version may append fields that read as zero in older values.
 */
typedef struct SpendSummary
{
	int32 vl_len_; /* varlena header: do not touch directly */
	uint8 version;
	uint8 unused;                   /* always zero */
	Currency currency;              /* CURRENCY_INVALID while there is no cost */
	int64 readings;                 /* rows with a cost and all their counts */
	ChipTimeSum time[SPEND_LEVELS]; /* as metered, neither clamped nor ordered */
	Int192 cost[SPEND_LEVELS];      /* of the ordered counts */

	Int192 unmetered;                /* cost of no reading, or of one with nothing installed */
	int64 plain_costs;               /* costs that came split, or without a reading */
	int64 skipped;                   /* rows that lacked their cost or a count */
	int64 disordered;                /* readings with any disorder */
	int64 disorder[SPEND_DISORDERS]; /* readings with each kind */
	ChipTimeSum lost;                /* used, but its work was not kept: goodput is used - lost */
	Int192 lost_cost;                /* the part of cost[SPEND_USED] that bought it */
} SpendSummary;

#define SPEND_SUMMARY_VERSION 1
#define SPEND_SUMMARY_MIN_SIZE offsetof(SpendSummary, unmetered)
/* The longest time that may come with a split cost, and what may come of adding them up. */
#define SPEND_MAX_SPLIT_TIME ((int128) 1 << 96)
#define SPEND_MAX_TIME ((int128) 1 << 125)
/* Units of cost in 1e-15 of the currency; the milliseconds of an hour. */
#define SPEND_COST_SCALE CHIP_MS_PER_HOUR

/* The value in full; buffer is used when it was stored without its end. */
extern const SpendSummary *spend_summary_read(Datum value, SpendSummary *buffer);
/* A new value without rows, palloc'd. */
extern SpendSummary *spend_summary_new(void);
/* A palloc'd copy without the zero words at its end. */
extern SpendSummary *spend_summary_trimmed(const SpendSummary *summary);
/*
 * Readings added up before their rate is known: every sum is one of integers, so that
 * rate x sum is what adding rate x reading, one by one, would have come to.
 */
typedef struct SpendReadings
{
	int64 readings;
	int64 most_installed; /* in one reading; asked for by rates that may be too large for it */
	int128 time[SPEND_LEVELS];
	int128 ordered[SPEND_LEVELS]; /* of the counts as clamped */
	int64 disordered;
	int64 disorder[SPEND_DISORDERS];
} SpendReadings;

/* spend_summary_agg.c: the state of an aggregate, argument 0, to add to; a new one for NULL. */
extern SpendSummary *spend_summary_for_update(FunctionCallInfo fcinfo);
/* One reading more, whose counts may contradict each other. */
extern void spend_readings_add(SpendReadings *sums, int64 installed, int64 available,
							   int64 allocated, int64 used);
/* Whether a rate is so large that its cost must be checked, with most_installed. */
extern bool spend_rate_is_large(const Monetary *rate);
/* The readings at their rate; NULL: they are skipped, and counted. */
extern void
spend_summary_add_readings(SpendSummary *state, const Monetary *rate, const SpendReadings *sums);
/* What contradicts itself in a value, or NULL: the one checker of in, recv and subtraction. */
extern const char *spend_summary_fault(const SpendSummary *summary);

static inline int128
chip_time_sum(const ChipTimeSum *sum)
{
	return (int128) (((uint128) (uint64) sum->high << 64) | sum->low);
}

static inline ChipTimeSum
chip_time_sum_make(int128 time)
{
	return (ChipTimeSum){(uint64) time, (int64) (time >> 64)};
}

#endif /* CHIPBOOK_SPEND_SUMMARY_H */
