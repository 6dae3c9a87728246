/*
 * amortisation_clock.h
 *		The life clock of an asset: how much of its life is over at a date, under
 *		its convention and day count. Counted in whole units and fractions of one,
 *		so that the methods need not know how time is counted.
 */
#ifndef CHIPBOOK_AMORTISATION_CLOCK_H
#define CHIPBOOK_AMORTISATION_CLOCK_H

#include "amortisation.h"

#include "utils/datetime.h"

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
extern int64 clock_units_at(const Asset *asset, DateADT date);
/* The start of the fiscal year after the one a date is in. */
extern DateADT clock_next_fiscal_year(const Asset *asset, DateADT date);
/* The units of a whole year that ends at a date. */
extern int64 clock_year_units(const Asset *asset, DateADT end);
/* The year of life that a date within the life is in; may keep it in asset->year. */
extern LifeYear clock_life_year(Asset *asset, DateADT date);
/* The quarter of the fiscal year that the asset went into service in, 1 to 4. */
extern int clock_service_quarter(const Asset *asset);

/* 22008 */
extern void clock_check_date(DateADT date, const char *what);
/* A finite date for an error message, palloc'd. */
extern char *clock_date_shown(DateADT date);

#endif /* CHIPBOOK_AMORTISATION_CLOCK_H */
