/*
 * amortisation_clock.h
 *		The life clock of an asset: how much of its life is over at a date, under
 *		its convention and day count. Counted in whole units and fractions of one,
 *		so that the methods need not know how time is counted.
 */
#ifndef CHIPBOOK_AMORTISATION_CLOCK_H
#define CHIPBOOK_AMORTISATION_CLOCK_H

#include "amortisation.h"

/* Where in the years of its life an asset is: after whole years, n / d of the next. */
typedef struct LifeYear
{
	int years;
	int64 n;
	int64 d;
} LifeYear;

/* Sets everything of an asset that does not depend on its cost. */
extern void clock_prepare(Asset *asset, const AmortisationPolicy *policy, DateADT in_service,
						  int fiscal_year_start);
/* Units of life over at a date within the life, n / d of them. */
extern void clock_elapsed(const Asset *asset, DateADT date, int64 *n, int64 *d);
/* The same where it is whole: at the start of a month, not before the first fiscal year's end. */
extern int64 clock_units_at(const Asset *asset, int month);
/* Which fiscal year of the asset a date from in_service on is in; 1 is the one it went into service in. */
extern int clock_fiscal_year_number(const Asset *asset, DateADT date);
/* The month that starts when a fiscal year of the asset is over. */
extern int clock_fiscal_end_month(const Asset *asset, int number);
/* The units of a whole year that ends when a month starts. */
extern int64 clock_year_units(const Asset *asset, int end_month);
/* The year of life that a date within the life is in; may keep it in asset->year. */
extern LifeYear clock_life_year(Asset *asset, DateADT date);
/* The quarter of the fiscal year that the asset went into service in, 1 to 4. */
extern int clock_service_quarter(const Asset *asset);

/* 22008 */
extern void clock_check_date(DateADT date, const char *what);

#endif /* CHIPBOOK_AMORTISATION_CLOCK_H */
