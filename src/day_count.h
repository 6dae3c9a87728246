/*
 * day_count.h
 *		Calendar dates taken apart, and the day count conventions of finance: what
 *		part of a year lies between two dates.
 */
#ifndef CHIPBOOK_DAY_COUNT_H
#define CHIPBOOK_DAY_COUNT_H

#include "chipbook.h"

#include "utils/datetime.h"

/* A calendar date taken apart. */
typedef struct CivilDate
{
	int year;
	int month;
	int day;
} CivilDate;

static inline CivilDate
civil_date(DateADT date)
{
	int year;
	int month;
	int day;

	/* Not into the struct: read back in one piece, three small stores stall the processor. */
	j2date(date + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	return (CivilDate){year, month, day};
}

static inline DateADT
date_from_civil(int year, int month, int day)
{
	return date2j(year, month, day) - POSTGRES_EPOCH_JDATE;
}

static inline int
month_number(CivilDate civil)
{
	return civil.year * MONTHS_PER_YEAR + civil.month - 1;
}

static inline int
days_in_month(CivilDate civil)
{
	return day_tab[isleap(civil.year)][civil.month - 1];
}

/* 29 Februaries before a date, counted from a fixed one. */
static inline int
leap_days_before(DateADT date)
{
	CivilDate civil = civil_date(date);
	int years = civil.month > 2 ? civil.year : civil.year - 1;

	return years / 4 - years / 100 + years / 400;
}

/* Days where each month has 30, given the days of both months. */
static inline int64
days_360(CivilDate from, int from_day, CivilDate to, int to_day)
{
	return (month_number(to) - month_number(from)) * 30 + to_day - from_day;
}

/* 30E/360: the 31st is a 30th. */
static inline int64
days_30e_360(CivilDate from, CivilDate to)
{
	return days_360(from, Min(from.day, 30), to, Min(to.day, 30));
}

/* The conventions, in the order of their names in day_count.c. */
typedef enum DayCount
{
	DC_ACT_365F, /* the default: what spreadsheets count */
	DC_ACT_ACT_ISDA,
	DC_ACT_365_25,
	DC_ACT_364,
	DC_ACT_360,
	DC_30_360_ISDA,
	DC_30E_360,
	DC_30E_PLUS_360,
	DC_30E_360_ISDA,
	DC_30U_360,
	DC_NL_365,
	DC_NL_360
} DayCount;

#define DAY_COUNTS 12

/* 22023 for a name that is none. */
extern DayCount day_count_from_name(const text *name);
/* The years from one date to one not before it; both in the years 1 to 9999. Never less for a later date. */
extern double day_count_years(DayCount day_count, DateADT from, DateADT to);
/* Whether a date is in the years 1 to 9999. */
extern bool date_is_counted(DateADT date);
/* A date for an error message in ISO 8601, whatever DateStyle says; palloc'd. */
extern char *date_shown(DateADT date);

#endif /* CHIPBOOK_DAY_COUNT_H */
