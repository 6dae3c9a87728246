/*
 * amortisation.h
 *		One asset under one policy, prepared once and asked many times: what has
 *		been amortised at a date. amortisation.c computes it; the schedule asks it
 *		row by row.
 */
#ifndef CHIPBOOK_AMORTISATION_H
#define CHIPBOOK_AMORTISATION_H

#include "chipbook.h"

#include "amortisation_policy.h"

/* A calendar date taken apart. */
typedef struct CivilDate
{
	int year;
	int month;
	int day;
} CivilDate;

/* A year of declining balance: straight in time between two values. */
typedef struct DecliningYear
{
	bool is_set;
	DateADT start;
	DateADT end;    /* the first day after */
	int64 used;     /* units of life before start */
	int64 units;    /* units of life within */
	int128 opening; /* value at start, with GUARD_BITS */
	int128 charge;  /* of the whole year, with GUARD_BITS */
} DecliningYear;

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
	DateADT in_service;
	DateADT end;           /* the first day after the life; DATEVAL_NOEND without one */
	int fiscal_year_start; /* month, 1 to 12 */
	CivilDate service_date;
	int service_month;     /* months since year 0 */
	int64 life_units;      /* months, or days as the day count counts them */
	int128 rate_numerator; /* declining balance: a year's rate */
	int128 rate_denominator;
	DecliningYear year; /* declining balance: the year last asked about */
} Asset;

/* 22003 */
pg_noreturn extern void amortisation_out_of_range(void);
/* The first day of a month by its number, counted from January of the year 0. */
extern DateADT month_start(int64 month);
extern void asset_prepare(Asset *asset, const Monetary *cost, const AmortisationPolicy *policy,
						  DateADT in_service, int fiscal_year_start);
/* Amortised before the start of a date: from 0 to cost - salvage, never falling. */
extern int128 asset_amortised(Asset *asset, DateADT date);

/*
 * amortisation_schedule.c: a period in months that divides the fiscal year, 22023 for
 * any other; and the month number after a month where the period it is in ends.
 */
extern int period_months(const Interval *period);
extern int period_end_month(int month, int months, int fiscal_year_start);

#endif /* CHIPBOOK_AMORTISATION_H */
