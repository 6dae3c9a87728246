/*
 * amortisation_policy.h
 *		The policy value: everything about how an asset is amortised but its cost
 *		and its date. Built and checked in amortisation_policy.c, applied in
 *		amortisation_method.c.
 */
#ifndef CHIPBOOK_AMORTISATION_POLICY_H
#define CHIPBOOK_AMORTISATION_POLICY_H

#include "chipbook.h"

/* The numbers below are stored: never renumber. */
typedef enum AmortisationMethod
{
	METHOD_STRAIGHT_LINE = 1,
	METHOD_DECLINING_BALANCE = 2,
	METHOD_SUM_OF_YEARS_DIGITS = 3,
	METHOD_FIXED_RATE = 4,
	METHOD_MACRS = 5,
	METHOD_ANNUITY = 6,
	METHOD_UNITS_OF_PRODUCTION = 7,
	METHOD_EXPONENTIAL = 8
} AmortisationMethod;

/* None: units of production, which know no time. */
typedef enum AmortisationConvention
{
	CONVENTION_NONE = 0,
	CONVENTION_ACTUAL_DAYS = 1,
	CONVENTION_FULL_MONTH = 2,
	CONVENTION_FOLLOWING_MONTH = 3,
	CONVENTION_MID_MONTH = 4,
	CONVENTION_HALF_YEAR = 5,
	CONVENTION_MID_QUARTER = 6
} AmortisationConvention;

/* None where days are not counted: month conventions, exponential and units of production. */
typedef enum AmortisationDayCount
{
	DAY_COUNT_NONE = 0,
	DAY_COUNT_ACTUAL_ACTUAL = 1,
	DAY_COUNT_ACTUAL_365_FIXED = 2,
	DAY_COUNT_NO_LEAP_365 = 3,
	DAY_COUNT_THIRTY_360 = 4
} AmortisationDayCount;

#define POLICY_VERSION 1
#define POLICY_FLAG_SWITCH 0x01
#define POLICY_FLAG_CHARGE_DISPOSAL_MONTH 0x02
#define POLICY_FLAGS (POLICY_FLAG_SWITCH | POLICY_FLAG_CHARGE_DISPOSAL_MONTH)

/*
 * 104 bytes, STORAGE plain, so that no call has to unpack it. Numbers are integers
 * in units of 1e-15, chip-time apart, and zero where they do not apply: equal
 * policies are equal bytes. A later version appends and raises version.
 */
typedef struct AmortisationPolicy
{
	char vl_len_[4];
	uint8 version;
	uint8 method;
	uint8 convention;
	uint8 day_count;
	uint8 flags;
	uint8 reserved[3]; /* zero */
	int32 life_months; /* both zero: no life of its own */
	int32 life_days;
	int32 reserved_32;         /* zero */
	int64 salvage;             /* fraction of the cost */
	int64 salvage_amount_high; /* in the cost's currency, an int128 in two halves */
	uint64 salvage_amount_low;
	int64 factor;    /* declining_balance: times the straight line's rate */
	int64 rate;      /* exponential: orders of magnitude a year; annuity: a year's interest */
	int64 rate_cap;  /* declining_balance: the most a year's rate may be; 0: any */
	int64 total_use; /* units_of_production: chip-milliseconds */
	int64 section_179_high; /* written off first, in the cost's currency; two halves */
	uint64 section_179_low;
	int64 bonus; /* written off next: fraction of the cost less section_179 */
} AmortisationPolicy;

StaticAssertDecl(sizeof(AmortisationPolicy) == 104, "amortisation_policy has no padding");

/* Longest life, so that sums over years stay short and dates in range. */
#define POLICY_MAX_MONTHS 2400
#define POLICY_MAX_DAYS 73050

static inline int128
policy_salvage_amount(const AmortisationPolicy *policy)
{
	return (((int128) policy->salvage_amount_high) << 64) | (int128) policy->salvage_amount_low;
}

static inline int128
policy_section_179(const AmortisationPolicy *policy)
{
	return (((int128) policy->section_179_high) << 64) | (int128) policy->section_179_low;
}

/* Months are counted, not days: the life is whole months. */
static inline bool
policy_counts_months(const AmortisationPolicy *policy)
{
	return policy->convention >= CONVENTION_FULL_MONTH;
}

extern const AmortisationPolicy *policy_from_datum(Datum datum);
extern const char *policy_method_name(const AmortisationPolicy *policy);
/* Only of a policy that has a convention. */
extern const char *policy_convention_name(const AmortisationPolicy *policy);
/* Only of a policy that counts days. */
extern const char *policy_day_count_name(const AmortisationPolicy *policy);
#define PG_GETARG_POLICY_P(n) policy_from_datum(PG_GETARG_DATUM(n))

#endif /* CHIPBOOK_AMORTISATION_POLICY_H */
