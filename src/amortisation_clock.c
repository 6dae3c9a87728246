/*
 * amortisation_clock.c
 *		How much of a life is over at a date: the conventions and day counts of
 *		accounting, as one clock. Where days are counted its unit is the day, as the
 *		day count counts days. Where months are, the unit is a month or half of one:
 *		the period that the asset went into service in has what the convention
 *		charges in it, straight from that day to the period's end, and every unit
 *		after it is straight from its start to its end.
 */
#include "chipbook.h"

#include "miscadmin.h"

#include "amortisation_clock.h"

PG_FUNCTION_INFO_V1(amortisation_charged_until);

/* The second half of a month starts on the 16th, however long the month is. */
#define HALF_MONTH_DAYS 15
#define MONTHS_PER_QUARTER 3

/*
 * Days and months
 */

DateADT
month_start(int64 month)
{
	return date_from_civil((int) (month / MONTHS_PER_YEAR), (int) (month % MONTHS_PER_YEAR) + 1, 1);
}

void
clock_check_date(DateADT date, const char *what)
{
	if (DATE_NOT_FINITE(date))
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
						errmsg("%s must not be infinite", what)));
}

/*
 * Units of life between two dates, as the day count counts days. A 365-day year
 * need not be whole days a month, so its unit is a twelfth of a day.
 */
static int64
count_units(const AmortisationPolicy *policy, DateADT from, DateADT to)
{
	int64 days = (int64) to - from;

	switch (policy->day_count)
	{
		case DAY_COUNT_ACTUAL_365_FIXED:
			return days * MONTHS_PER_YEAR;
		case DAY_COUNT_NO_LEAP_365:
			/* 29 February itself is day 366: its end, 1 March, counts it out. */
			return days - (leap_days_before(to) - leap_days_before(from));
		case DAY_COUNT_THIRTY_360:
			return days_30e_360(civil_date(from), civil_date(to));
		default:
			return days;
	}
}

/* in_service plus months, the day clamped to the month's end as intervals do. */
static DateADT
months_after_service(const Asset *asset, int months)
{
	int month = asset->service_month + months;
	CivilDate civil = {month / MONTHS_PER_YEAR, month % MONTHS_PER_YEAR + 1, 1};

	civil.day = Min(asset->service_date.day, days_in_month(civil));
	return date_from_civil(civil.year, civil.month, civil.day);
}

/* Months of the fiscal year before a month. */
static inline int
months_into_fiscal_year(const Asset *asset, int month)
{
	return (month - (asset->fiscal_year_start - 1) + MONTHS_PER_YEAR) % MONTHS_PER_YEAR;
}

int
clock_service_quarter(const Asset *asset)
{
	return months_into_fiscal_year(asset, asset->service_month) / MONTHS_PER_QUARTER + 1;
}

/*
 * Preparing
 */

/* The life in days: to its anniversary, or until 365 days a year are used up. */
static void
prepare_days(Asset *asset)
{
	const AmortisationPolicy *policy = asset->policy;

	if (policy->life_months == 0 && policy->life_days == 0)
		return;
	if (policy->day_count == DAY_COUNT_ACTUAL_365_FIXED)
	{
		asset->life_units =
			INT64CONST(365) * policy->life_months + MONTHS_PER_YEAR * policy->life_days;
		asset->end =
			asset->in_service + (int) ((asset->life_units + MONTHS_PER_YEAR - 1) / MONTHS_PER_YEAR);
		return;
	}
	asset->end = months_after_service(asset, policy->life_months) + policy->life_days;
	/* 30 January to 31 January is no day of 30/360, but it is a life. */
	asset->life_units = Max(count_units(policy, asset->in_service, asset->end), 1);
}

/* The first period of a convention that counts months, and the end of the life. */
static void
prepare_months(Asset *asset)
{
	int to_fiscal_end = MONTHS_PER_YEAR - months_into_fiscal_year(asset, asset->service_month);
	int first_months = 1;
	int64 rest;

	asset->month_units = 1;
	switch (asset->policy->convention)
	{
		case CONVENTION_FULL_MONTH:
			asset->first_units = 1;
			break;
		case CONVENTION_FOLLOWING_MONTH:
			asset->first_units = 0;
			break;
		case CONVENTION_MID_MONTH:
			asset->month_units = 2;
			asset->first_units = 1;
			break;
		case CONVENTION_HALF_YEAR:
			first_months = to_fiscal_end;
			asset->first_units = MONTHS_PER_YEAR / 2;
			break;
		case CONVENTION_MID_QUARTER:
			/* From the middle of the quarter: 10.5, 7.5, 4.5 or 1.5 months. */
			first_months = to_fiscal_end;
			asset->month_units = 2;
			asset->first_units =
				2 * MONTHS_PER_YEAR + MONTHS_PER_QUARTER - 6 * clock_service_quarter(asset);
			break;
	}
	asset->first_month = asset->service_month + first_months;
	asset->first_end = month_start(asset->first_month);
	asset->life_units = (int64) asset->policy->life_months * asset->month_units;
	rest = asset->life_units - asset->first_units;
	asset->end = month_start(asset->first_month + rest / asset->month_units);
	if (rest % asset->month_units != 0)
		asset->end += HALF_MONTH_DAYS;
}

void
clock_prepare(Asset *asset, const AmortisationPolicy *policy, DateADT in_service,
			  int fiscal_year_start)
{
	clock_check_date(in_service, "in_service");
	asset->service_date = civil_date(in_service);
	if (asset->service_date.year < 1 || asset->service_date.year > 9999)
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
						errmsg("in_service must be in the years 1 to 9999, not %s",
							   date_shown(in_service))));
	if (fiscal_year_start < 1 || fiscal_year_start > MONTHS_PER_YEAR)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("fiscal_year_start must be a month from 1 to 12, not %d",
							   fiscal_year_start)));
	asset->policy = policy;
	asset->in_service = in_service;
	asset->fiscal_year_start = fiscal_year_start;
	asset->service_month = month_number(asset->service_date);
	asset->month_units = 0;
	asset->end = DATEVAL_NOEND;
	if (policy_counts_months(policy))
		prepare_months(asset);
	else
		prepare_days(asset);
}

/*
 * Reading the clock
 */

/* Units over at a date after the first period: whole ones, and day / days of the next. */
static inline int64
units_over(const Asset *asset, DateADT date, int *day, int *days)
{
	CivilDate civil = civil_date(date);
	int64 units = month_number(civil) - asset->first_month;

	*day = civil.day - 1;
	*days = days_in_month(civil);
	if (asset->month_units == 2)
	{
		units *= 2;
		if (*day >= HALF_MONTH_DAYS)
		{
			units++;
			*day -= HALF_MONTH_DAYS;
			*days -= HALF_MONTH_DAYS;
		}
		else
			*days = HALF_MONTH_DAYS;
	}
	return asset->first_units + units;
}

void
clock_elapsed(const Asset *asset, DateADT date, int64 *n, int64 *d)
{
	int day;
	int days;

	if (asset->month_units == 0)
	{
		*n = Min(count_units(asset->policy, asset->in_service, date), asset->life_units);
		*d = 1;
	}
	else if (date < asset->first_end)
	{
		*n = (int64) asset->first_units * (date - asset->in_service);
		*d = asset->first_end - asset->in_service;
	}
	else
	{
		*n = units_over(asset, date, &day, &days) * days;
		*n += day;
		*d = days;
	}
}

int
clock_fiscal_end_month(const Asset *asset, int number)
{
	return asset->service_month - months_into_fiscal_year(asset, asset->service_month) +
		   number * MONTHS_PER_YEAR;
}

int
clock_fiscal_year_number(const Asset *asset, DateADT date)
{
	int months = month_number(civil_date(date)) - clock_fiscal_end_month(asset, 0);

	return months / MONTHS_PER_YEAR + 1;
}

int64
clock_units_at(const Asset *asset, int month)
{
	if (asset->month_units == 0)
		return Min(count_units(asset->policy, asset->in_service, month_start(month)),
				   asset->life_units);
	return asset->first_units + (int64) (month - asset->first_month) * asset->month_units;
}

int64
clock_year_units(const Asset *asset, int end_month)
{
	if (asset->month_units != 0)
		return MONTHS_PER_YEAR * asset->month_units;
	if (asset->policy->day_count == DAY_COUNT_ACTUAL_365_FIXED)
		return 365 * MONTHS_PER_YEAR;
	return count_units(asset->policy, month_start(end_month - MONTHS_PER_YEAR),
					   month_start(end_month));
}

/* Sets the year of life, from anniversary to anniversary, that a date is in. */
static void
set_life_year(Asset *asset, DateADT date)
{
	CivilDate civil = civil_date(date);
	int months = month_number(civil) - asset->service_month;
	AssetYear *year = &asset->year;

	if (civil.day < Min(asset->service_date.day, days_in_month(civil)))
		months--;
	year->number = months / MONTHS_PER_YEAR + 1;
	year->start = months_after_service(asset, (year->number - 1) * MONTHS_PER_YEAR);
	year->end = Min(months_after_service(asset, year->number * MONTHS_PER_YEAR), asset->end);
	year->units = count_units(asset->policy, year->start, year->end);
}

static LifeYear
life_year_by_anniversary(Asset *asset, DateADT date)
{
	AssetYear *year = &asset->year;

	if (year->number == 0 || date < year->start || date >= year->end)
		set_life_year(asset, date);
	return (LifeYear){year->number - 1,
					  Min(count_units(asset->policy, year->start, date), year->units), year->units};
}

LifeYear
clock_life_year(Asset *asset, DateADT date)
{
	LifeYear year;
	int64 year_units;

	if (asset->month_units == 0 && asset->policy->day_count != DAY_COUNT_ACTUAL_365_FIXED)
		return life_year_by_anniversary(asset, date);
	year_units =
		asset->month_units != 0 ? MONTHS_PER_YEAR * asset->month_units : 365 * MONTHS_PER_YEAR;
	clock_elapsed(asset, date, &year.n, &year.d);
	year.years = (int) (year.n / (year_units * year.d));
	year.n -= year.years * year_units * year.d;
	year.d *= Min(year_units, asset->life_units - year.years * year_units);
	return year;
}

/*
 * Disposal
 */

/* The middle of a period of months, given its first and what it is long; nothing in the first one. */
static DateADT
period_middle(const Asset *asset, int first_month, int months)
{
	DateADT middle = month_start(first_month + months / 2);

	if (month_start(first_month) <= asset->in_service)
		return asset->in_service;
	return months % 2 == 0 ? middle : middle + HALF_MONTH_DAYS;
}

DateADT
asset_charged_until(const Asset *asset, DateADT disposed)
{
	int month;
	int into_year;

	if (disposed <= asset->in_service || disposed >= asset->end || asset->month_units == 0)
		return disposed;
	month = month_number(civil_date(disposed));
	into_year = months_into_fiscal_year(asset, month);
	switch (asset->policy->convention)
	{
		case CONVENTION_FULL_MONTH:
			if (asset->policy->flags & POLICY_FLAG_CHARGE_DISPOSAL_MONTH)
				month++;
			return Max(month_start(month), asset->in_service);
		case CONVENTION_FOLLOWING_MONTH:
			return month_start(month + 1);
		case CONVENTION_MID_MONTH:
			return period_middle(asset, month, 1);
		case CONVENTION_HALF_YEAR:
			return period_middle(asset, month - into_year, MONTHS_PER_YEAR);
		default:
			/* No middle of a quarter in the year it went into service in: MACRS deducts nothing. */
			if (month - into_year <= asset->service_month)
				return asset->in_service;
			return period_middle(asset, month - into_year % MONTHS_PER_QUARTER, MONTHS_PER_QUARTER);
	}
}

/* charged_until(policy, in_service, disposed_on, fiscal_year_start) returns date */
Datum
amortisation_charged_until(PG_FUNCTION_ARGS)
{
	DateADT disposed_on = PG_GETARG_DATEADT(2);
	Asset asset;

	clock_check_date(disposed_on, "disposed_on");
	clock_prepare(&asset, PG_GETARG_POLICY_P(0), PG_GETARG_DATEADT(1), PG_GETARG_INT32(3));
	PG_RETURN_DATEADT(asset_charged_until(&asset, disposed_on));
}
