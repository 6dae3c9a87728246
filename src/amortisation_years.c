/*
 * amortisation_years.c
 *		Methods that go from fiscal year to fiscal year: declining_balance,
 *		fixed_rate and macrs. What a year is charged depends on the value it begins
 *		with or on its number; within a year the charge is straight on the life
 *		clock. The year last asked about is kept, so that a schedule goes on from it.
 */
#include "chipbook.h"

#include "amortisation_method.h"
#include "macrs.h"

/* A rate n / d in lower terms: products stay within 128 bits. */
static void
set_rate(Asset *asset, int64 n, int64 d, int64 n_times, int64 d_times)
{
	int64 a = n;
	int64 b = d;

	while (b != 0)
	{
		int64 rest = a % b;

		a = b;
		b = rest;
	}
	asset->rate_numerator = (int128) (n / a) * n_times;
	asset->rate_denominator = (int128) (d / a) * d_times;
}

/* A year's rate: of declining balance, factor / life in years, but at most the cap. */
void
years_set_rate(Asset *asset)
{
	const AmortisationPolicy *policy = asset->policy;

	if (policy->method == METHOD_FIXED_RATE)
	{
		asset->rate_numerator =
			fixed_rate_thousandths(asset->base, asset->salvage, policy->life_months);
		asset->rate_denominator = THOUSANDTHS;
	}
	else if (policy->rate_cap != 0 && (int128) policy->rate_cap * policy->life_months <
										  (int128) policy->factor * MONTHS_PER_YEAR)
		set_rate(asset, policy->rate_cap, MONETARY_ONE, 1, 1);
	else
		set_rate(asset, policy->factor, MONETARY_ONE, MONTHS_PER_YEAR, policy->life_months);
}

/*
 * A year's charge by its rate, for the part of a whole year that it is; with the
 * switch, the straight line over what is left of the life where that is more.
 * Never below salvage.
 */
static int128
rate_charge(const Asset *asset, const AssetYear *year, int64 whole_year_units)
{
	int128 rest = year->opening - (asset->salvage << GUARD_BITS);
	int128 rate_numerator = asset->rate_numerator * year->units;
	int128 rate_denominator = asset->rate_denominator * whole_year_units;
	int128 charge;

	if (rate_numerator >= rate_denominator)
		return rest; /* all of it, and no product beyond 128 bits */
	charge = scale_amount(year->opening, rate_numerator, rate_denominator);
	if (asset->policy->flags & POLICY_FLAG_SWITCH)
		charge = Max(charge, scale_amount(rest, year->units, asset->life_units - year->used));
	return Min(charge, rest);
}

/* What the tables leave of the unadjusted basis after a tax year: cumulative, so that nothing drifts. */
static int128
macrs_value_after(const Asset *asset, int tax_year)
{
	int quarter =
		asset->policy->convention == CONVENTION_MID_QUARTER ? clock_service_quarter(asset) : 0;

	return scale_amount(asset->base << GUARD_BITS,
						macrs_left(asset->policy->life_months / MONTHS_PER_YEAR, quarter, tax_year),
						MACRS_ALL);
}

/*
 * Fills in a year whose number, start, used and opening are set: a fiscal year, cut
 * by the day in service and the end of life. The last one takes the rest.
 */
static void
year_fill(const Asset *asset, AssetYear *year)
{
	int end_month = clock_fiscal_end_month(asset, year->number);

	year->end = month_start(end_month);
	if (year->end >= asset->end)
	{
		year->end = asset->end;
		year->units = asset->life_units - year->used;
		year->charge = year->opening - (asset->salvage << GUARD_BITS);
		return;
	}
	year->units = clock_units_at(asset, end_month) - year->used;
	if (asset->policy->method == METHOD_MACRS)
		year->charge = year->opening - macrs_value_after(asset, year->number);
	else
		year->charge = rate_charge(asset, year, clock_year_units(asset, end_month));
}

static void
first_year(const Asset *asset, AssetYear *year)
{
	year->number = 1;
	year->start = asset->in_service;
	year->used = 0;
	year->opening = asset->base << GUARD_BITS;
	year_fill(asset, year);
}

/* A tax year of the tables needs none before it. */
static void
macrs_year(const Asset *asset, AssetYear *year, int number)
{
	int month = clock_fiscal_end_month(asset, number - 1);

	if (number == 1)
	{
		first_year(asset, year);
		return;
	}
	year->number = number;
	year->start = month_start(month);
	year->used = clock_units_at(asset, month);
	year->opening = macrs_value_after(asset, number - 1);
	year_fill(asset, year);
}

/* The fiscal year that a date is in; of the rates, going on from the year last asked about. */
static const AssetYear *
year_of(Asset *asset, DateADT date)
{
	AssetYear *year = &asset->year;

	if (year->number != 0 && date >= year->start && (date < year->end || year->end == asset->end))
		return year;
	if (asset->policy->method == METHOD_MACRS)
	{
		macrs_year(asset, year, clock_fiscal_year_number(asset, date));
		return year;
	}
	if (year->number == 0 || date < year->start)
		first_year(asset, year);
	while (date >= year->end && year->end < asset->end)
	{
		year->number++;
		year->start = year->end;
		year->used += year->units;
		year->opening -= year->charge;
		year_fill(asset, year);
	}
	return year;
}

int128
years_value(Asset *asset, DateADT date)
{
	const AssetYear *year = year_of(asset, date);
	int64 n;
	int64 d;

	if (year->units == 0)
		return year->opening; /* following_month, in service in the last month of a fiscal year */
	clock_elapsed(asset, date, &n, &d);
	return year->opening - scale_amount(year->charge, n - year->used * d, year->units * d);
}
