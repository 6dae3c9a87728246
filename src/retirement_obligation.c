/*
 * retirement_obligation.c
 *		What an asset retirement obligation has grown to: its present value at
 *		recognition accretes at one rate a year (ASC 410-20-35-5, IAS 37.60), compounded
 *		on the anniversaries of its recognition and straight in time between them.
 *		The asset's side of it is an asset_event.
 */
#include "chipbook.h"

#include "miscadmin.h"
#include "utils/datetime.h"

#include "amortisation.h"

PG_FUNCTION_INFO_V1(retirement_obligation_value);

/* Digits carried below 1e-15 from year to year. */
#define GUARD_BITS 14

/* The same day some years later; 29 February falls on the 28th where there is none. */
static DateADT
anniversary(DateADT date, int years)
{
	int year;
	int month;
	int day;

	j2date(date + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	year += years;
	return date2j(year, month, Min(day, day_tab[isleap(year)][month - 1])) - POSTGRES_EPOCH_JDATE;
}

static int128
accretion(int128 value, int128 n, int128 d)
{
	int128 result;

	if (mul_div_s128_overflow(value, n, d, &result))
		amortisation_out_of_range();
	return result;
}

/* value grown by a year's accretion, or by its share n / d. */
static int128
accrete(int128 value, int128 rate, int64 n, int64 d)
{
	int128 year = accretion(value, rate, MONETARY_ONE);

	if (add_s128_overflow(value, accretion(year, n, d), &value) ||
		!monetary_in_range(value >> GUARD_BITS))
		amortisation_out_of_range();
	return value;
}

static void
check_date(DateADT date, const char *what)
{
	if (DATE_NOT_FINITE(date))
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
						errmsg("%s must not be infinite", what)));
}

static int128
rate_argument(Numeric rate)
{
	int128 scaled = numeric_to_scaled(rate, MONETARY_SCALE, "rate");

	if (scaled < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("rate must not be below 0, but is %s", numeric_shown(rate)),
						errhint("8.5 %% a year is 0.085.")));
	return scaled;
}

/* retirement_obligation_value(liability, rate, recognised_on, at_date) returns monetary */
Datum
retirement_obligation_value(PG_FUNCTION_ARGS)
{
	const Monetary *liability = PG_GETARG_MONETARY_P(0);
	int128 rate = rate_argument(PG_GETARG_NUMERIC(1));
	DateADT recognised_on = PG_GETARG_DATEADT(2);
	DateADT at_date = PG_GETARG_DATEADT(3);
	int128 value = monetary_amount(liability) << GUARD_BITS;
	DateADT start = recognised_on;
	DateADT end;
	int years;

	check_date(recognised_on, "recognised_on");
	check_date(at_date, "at_date");
	if (at_date < recognised_on)
		PG_RETURN_MONETARY_P(monetary_make(0, monetary_currency(liability)));
	for (years = 1; (end = anniversary(recognised_on, years)) <= at_date; years++)
	{
		CHECK_FOR_INTERRUPTS();
		value = accrete(value, rate, 1, 1);
		start = end;
	}
	value = accrete(value, rate, (int64) at_date - start, (int64) end - start);
	PG_RETURN_MONETARY_P(
		monetary_make(div_round_s128(value, 1 << GUARD_BITS), monetary_currency(liability)));
}
