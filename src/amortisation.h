/*
 * amortisation.h
 *		One asset under one policy, prepared once and asked many times: what has
 *		been amortised at a date, or by a use. amortisation_method.c answers;
 *		amortisation_clock.c tells it how much of the life is over. The SQL
 *		functions, the schedule and the events of an asset all ask here.
 */
#ifndef CHIPBOOK_AMORTISATION_H
#define CHIPBOOK_AMORTISATION_H

#include "chipbook.h"

#include "amortisation_policy.h"
#include "day_count.h"

/*
 * The year a yearly method was last asked about: straight in time between two
 * values. A fiscal year, cut by the day in service and the end of life; for
 * sum_of_years_digits and annuity a year of the life itself, where some is left
 * unset.
 */
typedef struct AssetYear
{
	int number; /* 1 is the first; 0: none yet */
	DateADT start;
	DateADT end;    /* the first day after */
	int64 used;     /* units of life before start */
	int64 units;    /* units of life within */
	int128 opening; /* value at start, with GUARD_BITS */
	int128 charge;  /* of the whole year, with GUARD_BITS */
} AssetYear;

/*
 * Amounts are magnitudes in units of 1e-15: a credit (negative cost) is amortised
 * as its mirror image and the sign put back at the door.
 */
typedef struct Asset
{
	const AmortisationPolicy *policy;
	Currency currency;
	bool is_credit;
	int128 cost;
	int128 salvage; /* what is left at the end */
	int128 layer;   /* section_179 and bonus: written off in the first fiscal year */
	int128 base;    /* cost - layer: what the method runs on */

	/* The life clock: amortisation_clock.c */
	DateADT in_service;
	DateADT end;           /* the first day after the life; DATEVAL_NOEND without one */
	int fiscal_year_start; /* month, 1 to 12 */
	CivilDate service_date;
	int service_month; /* months since year 0 */
	int64 life_units;  /* of the clock: days as the day count counts them, or parts of months */
	int month_units;   /* units in a month, 1 or 2; 0 where days are counted */
	DateADT first_end; /* end of the period of going into service, where months are; */
	int first_month;   /* its month, and */
	int first_units;   /* what the convention charges in it */

	int128 rate_numerator; /* declining_balance, fixed_rate: a year's rate */
	int128 rate_denominator;
	AssetYear year;
} Asset;

/* 22003 */
pg_noreturn extern void amortisation_out_of_range(void);
/* The first day of a month by its number, counted from January of the year 0. */
extern DateADT month_start(int64 month);

/* 22008 for a date in service outside the years 1 to 9999; 22023 for a month outside 1 to 12. */
extern void asset_prepare(Asset *asset, const Monetary *cost, const AmortisationPolicy *policy,
						  DateADT in_service, int fiscal_year_start);
/*
 * Amortised before the start of a date: from 0 until in_service to cost - salvage
 * from end on, never falling. 22023 for units of production, which know no time.
 */
extern int128 asset_amortised(Asset *asset, DateADT date);
/* The same after a use in chip-milliseconds, of units of production; 22023 of anything else. */
extern int128 asset_amortised_by_use(const Asset *asset, int64 used_chip_ms);

/*
 * What has been posted before the start of a date, where the books are kept in
 * whole units (of 1e-15: the currency's minor unit): the amount amortised, rounded
 * half away from zero, but no more than the whole units in amortisation_postable();
 * and from the end of the life on that, exactly. Every charge is a difference of
 * two such amounts: they add up to it to the last digit, and only the last one may
 * have digits below the unit, where the cost has them.
 */
extern int128 asset_posted(Asset *asset, DateADT date, int128 unit);
/*
 * The cost less the salvage value as a balance has it: in whole units, half a unit
 * rounded down, since what is amortised is rounded up. Never below zero.
 */
extern int128 amortisation_postable(int128 cost, int128 salvage, int128 unit);
/* The minor unit of a currency in 1e-15; 1, which rounds nothing, where ISO 4217 states none. */
extern int128 amortisation_posting_unit(Currency currency);

/*
 * The date until which a disposal on a day leaves the asset charged, so that
 * asset_amortised() of it is what the convention charges: the day itself where
 * days are counted; the first of its month (full_month; of the next with
 * charge_disposal_month); the first of the next (following_month); the middle of
 * the month, fiscal year or quarter (mid_month, half_year, mid_quarter), which in
 * the period the asset went into service in charges nothing: in_service.
 */
extern DateADT asset_charged_until(const Asset *asset, DateADT disposed);

/*
 * amortisation_schedule.c: a period in months that divides the fiscal year, 22023 for
 * any other; and the month number after a month where the period it is in ends.
 */
extern int period_months(const Interval *period);
extern int period_end_month(int month, int months, int fiscal_year_start);

#endif /* CHIPBOOK_AMORTISATION_H */
