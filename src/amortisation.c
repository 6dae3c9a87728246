/*
 * amortisation.c
 *		What an asset is worth at a date, what it was charged between two moments,
 *		and what an hour of its chips costs, in closed form: no schedule is built.
 *		One function, asset_amortised(), knows every method; charges are differences
 *		of it, so that any partition of time adds up. All of it is integers of
 *		1e-15, the exponential through fixed point: the same digits everywhere.
 */
#include "chipbook.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/rangetypes.h"

#include "amortisation.h"

PG_FUNCTION_INFO_V1(amortisation_book_value);
PG_FUNCTION_INFO_V1(amortisation_amortised);
PG_FUNCTION_INFO_V1(amortisation_amortised_within);
PG_FUNCTION_INFO_V1(amortisation_chip_hour_rate);
PG_FUNCTION_INFO_V1(amortisation_chip_hour_rate_used);

/*
 * Digits carried below 1e-15 through a chain of years and into a rate: 14 bits
 * are what 112-bit amounts leave free.
 */
#define GUARD_BITS 14
#define GUARD (((int128) 1) << GUARD_BITS)

/* The economic year of 365.25 days: 4 * days / 1461 years, 8766 hours. */
#define QUARTER_DAYS_A_YEAR 1461
#define HOURS_AN_ECONOMIC_YEAR 8766

/* ln 10 in units of 1e-33, and its quarter in units of 2^-128. */
#define LN10_E33                                                                                   \
	(((int128) INT64CONST(2302585092994045684)) * 1000000000000000 + INT64CONST(17991454684364))
#define LN10_QUARTER_HIGH UINT64CONST(0x935d8dddaaa8ac16)
#define LN10_QUARTER_LOW UINT64CONST(0xea56d62b82d30a2a)

/*
 * Arithmetic
 */

void
amortisation_out_of_range(void)
{
	ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					errmsg("amortised amount is out of range for monetary")));
}

/* a * n / d, rounded half away from zero. */
static inline int128
scale_amount(int128 a, int128 n, int128 d)
{
	int128 product;

	if (!mul_s128_overflow(a, n, &product))
		return div_round_s128(product, d);
	if (mul_div_s128_overflow(a, n, d, &product))
		amortisation_out_of_range();
	return product;
}

static inline int128
drop_guard(int128 guarded)
{
	return (guarded + GUARD / 2) >> GUARD_BITS;
}

/*
 * Days and months
 */

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

/* The first day of a month by its number, counted from January of the year 0. */
DateADT
month_start(int64 month)
{
	return date_from_civil((int) (month / MONTHS_PER_YEAR), (int) (month % MONTHS_PER_YEAR) + 1, 1);
}

/* 29 Februaries before a date, counted from a fixed one. */
static int
leap_days_before(DateADT date)
{
	CivilDate civil = civil_date(date);
	int years = civil.month > 2 ? civil.year : civil.year - 1;

	return years / 4 - years / 100 + years / 400;
}

/* 30E/360: the 31st is a 30th. */
static int64
days_30e_360(DateADT from, DateADT to)
{
	CivilDate a = civil_date(from);
	CivilDate b = civil_date(to);

	return (month_number(b) - month_number(a)) * 30 + Min(b.day, 30) - Min(a.day, 30);
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
			return days_30e_360(from, to);
		default:
			return days;
	}
}

/* A finite date for an error message: ISO 8601, whatever DateStyle says. */
static char *
date_shown(DateADT date)
{
	struct pg_tm tm = {0};
	char buf[MAXDATELEN + 1];

	j2date(date + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	EncodeDateOnly(&tm, USE_ISO_DATES, buf);
	return pstrdup(buf);
}

static void
check_date(DateADT date, const char *what)
{
	if (DATE_NOT_FINITE(date))
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
						errmsg("%s must not be infinite", what)));
}

/* in_service plus the life, the day clamped to the month's end as intervals do. */
static DateADT
life_end(const Asset *asset)
{
	const AmortisationPolicy *policy = asset->policy;
	int64 end = asset->in_service;

	if (policy_counts_months(policy))
		end = month_start(asset->service_month + policy->life_months);
	else if (policy->day_count == DAY_COUNT_ACTUAL_365_FIXED)
		end += (asset->life_units + MONTHS_PER_YEAR - 1) / MONTHS_PER_YEAR;
	else
	{
		int month = asset->service_month + policy->life_months;
		CivilDate civil = {month / MONTHS_PER_YEAR, month % MONTHS_PER_YEAR + 1, 1};

		civil.day = Min(asset->service_date.day, days_in_month(civil));
		end = (int64) date_from_civil(civil.year, civil.month, civil.day) + policy->life_days;
	}
	return (DateADT) end;
}

/*
 * Methods. Each says what is amortised before a date that lies within the life.
 */

/* The part of the first or a later month that is over at a date: whole months and a fraction. */
static inline int64
months_elapsed(const Asset *asset, DateADT date, int *day, int *days)
{
	CivilDate civil = civil_date(date);
	int64 months = month_number(civil) - asset->service_month;

	*day = civil.day - 1;
	*days = days_in_month(civil);
	if (months == 0)
	{
		/* The first month's charge is whole, and accrues from the day in service. */
		*day -= asset->service_date.day - 1;
		*days -= asset->service_date.day - 1;
	}
	return months;
}

/* Units from a year's (or the life's) start to a date, as a fraction n / d of them. */
static inline void
life_elapsed(const Asset *asset, DateADT start, int64 used, int64 units, DateADT date, int64 *n,
			 int64 *d)
{
	if (policy_counts_months(asset->policy))
	{
		int day;
		int days;
		int64 months = months_elapsed(asset, date, &day, &days) - used;

		*n = months * days + day;
		*d = units * days;
	}
	else
	{
		*n = Min(count_units(asset->policy, start, date), units);
		*d = units;
	}
}

static int128
straight_line_amortised(const Asset *asset, DateADT date)
{
	int64 n;
	int64 d;

	life_elapsed(asset, asset->in_service, 0, asset->life_units, date, &n, &d);
	return scale_amount(asset->cost - asset->salvage, n, d);
}

/* The start of the fiscal year after the one a date is in. */
static DateADT
next_fiscal_year(const Asset *asset, DateADT date)
{
	CivilDate civil = civil_date(date);

	return date_from_civil(civil.year + (civil.month >= asset->fiscal_year_start ? 1 : 0),
						   asset->fiscal_year_start, 1);
}

/* The units of a whole year that ends at a date. */
static int64
whole_year_units(const Asset *asset, DateADT end)
{
	CivilDate civil = civil_date(end);

	if (policy_counts_months(asset->policy))
		return MONTHS_PER_YEAR;
	if (asset->policy->day_count == DAY_COUNT_ACTUAL_365_FIXED)
		return 365 * MONTHS_PER_YEAR;
	return count_units(asset->policy, date_from_civil(civil.year - 1, civil.month, civil.day), end);
}

/* A year's rate, factor / life in years, in lower terms: products stay within 128 bits. */
static void
asset_set_rate(Asset *asset)
{
	int64 a = asset->policy->factor;
	int64 b = MONETARY_ONE;

	while (b != 0)
	{
		int64 rest = a % b;

		a = b;
		b = rest;
	}
	asset->rate_numerator = (int128) (asset->policy->factor / a) * MONTHS_PER_YEAR;
	asset->rate_denominator = (int128) (MONETARY_ONE / a) * asset->policy->life_months;
}

/*
 * Fills in a year whose start, used and opening are set. A year is a fiscal year,
 * cut by the days in service and the end of life. Its charge is factor / life in
 * years of its opening value, for the part of a whole year that it is; with the
 * switch, the straight line over what is left of the life where that is more; the
 * last year takes the rest. Never below salvage.
 */
static void
declining_year_fill(const Asset *asset, DecliningYear *year)
{
	const AmortisationPolicy *policy = asset->policy;
	DateADT fiscal_end = next_fiscal_year(asset, year->start);
	int64 remaining = asset->life_units - year->used;
	int128 rest = year->opening - (asset->salvage << GUARD_BITS);
	int128 rate_numerator;
	int128 rate_denominator;

	year->end = Min(fiscal_end, asset->end);
	if (policy_counts_months(policy))
		year->units = month_number(civil_date(year->end)) - asset->service_month - year->used;
	else
		year->units = count_units(policy, year->start, year->end);
	year->units = Min(year->units, remaining);
	if (year->end == asset->end)
	{
		year->units = remaining;
		year->charge = rest;
		return;
	}
	rate_numerator = asset->rate_numerator * year->units;
	rate_denominator = asset->rate_denominator * whole_year_units(asset, fiscal_end);
	if (rate_numerator >= rate_denominator)
	{
		/* All of it, and no product beyond 128 bits. */
		year->charge = rest;
		return;
	}
	year->charge = scale_amount(year->opening, rate_numerator, rate_denominator);
	if (policy->flags & POLICY_FLAG_SWITCH)
		year->charge = Max(year->charge, scale_amount(rest, year->units, remaining));
	year->charge = Min(year->charge, rest);
}

/* The declining-balance year a date is in, going on from the year last asked about. */
static const DecliningYear *
declining_year_of(Asset *asset, DateADT date)
{
	DecliningYear *year = &asset->year;

	if (!year->is_set || date < year->start)
	{
		year->is_set = true;
		year->start = asset->in_service;
		year->used = 0;
		year->opening = asset->cost << GUARD_BITS;
		declining_year_fill(asset, year);
	}
	while (date >= year->end && year->end < asset->end)
	{
		year->start = year->end;
		year->used += year->units;
		year->opening -= year->charge;
		declining_year_fill(asset, year);
	}
	return year;
}

static int128
declining_balance_amortised(Asset *asset, DateADT date)
{
	const DecliningYear *year = declining_year_of(asset, date);
	int64 n;
	int64 d;

	life_elapsed(asset, year->start, year->used, year->units, date, &n, &d);
	return asset->cost - drop_guard(year->opening - scale_amount(year->charge, n, d));
}

/*
 * 10^-f for 0 <= f < 1 (f in units of 2^-128) in units of 2^-127. With z = f ln 10
 * it is exp(-z / 128) by Taylor's series, squared seven times: 17 terms leave
 * 2^-130, and seven squarings of an error of a few 2^-127 stay below 2^-117, a
 * hundredth of 1e-15 of the largest amount.
 */
static uint128
power_of_tenth(uint128 f)
{
	uint128 one = ((uint128) 1) << 127;
	uint128 ln10_quarter = (((uint128) LN10_QUARTER_HIGH) << 64) | LN10_QUARTER_LOW;
	uint128 z = mul_high_u128(f, ln10_quarter) >> 5;
	uint128 result = one;
	int k;

	/* Horner's rule: 1 - z/1 (1 - z/2 (1 - z/3 (...))) */
	for (k = 17; k > 0; k--)
		result = one - mul_high_u128(result, z) / (unsigned) k;
	for (k = 0; k < 7; k++)
		result = mul_high_u128(result, result) << 1;
	return result;
}

/* (n << 128) / d for n < d < 2^64. */
static inline uint128
fraction_of(uint128 n, uint128 d)
{
	uint128 high = (n << 64) / d;
	uint128 low = (((n << 64) % d) << 64) / d;

	return (high << 64) | low;
}

/* cost x 10^(-rate x days / 365.25) */
static int128
exponential_value(const Asset *asset, int64 days)
{
	uint128 n = (uint128) asset->policy->rate * (uint128) (4 * days);
	uint128 d = (uint128) MONETARY_ONE * QUARTER_DAYS_A_YEAR;
	uint128 tens = n / d;
	uint128 power;
	uint128 value;
	uint128 divisor;

	if (tens > 36)
		return 0; /* below half of 1e-15 of the largest amount */
	if (n % d == 0)
		value = (uint128) asset->cost << 1;
	else
	{
		/* One bit below the unit is kept: the division rounds. */
		power = power_of_tenth(fraction_of(n % d, d));
		value = mul_high_u128((uint128) asset->cost << 2, power);
	}
	divisor = (uint128) pow10_s128((int) tens) * 2;
	return (int128) ((value + divisor / 2) / divisor);
}

/* Amortised before the start of a date: from 0 to cost - salvage, never falling. */
int128
asset_amortised(Asset *asset, DateADT date)
{
	if (date <= asset->in_service)
		return 0;
	if (date >= asset->end)
		return asset->cost - asset->salvage;
	switch (asset->policy->method)
	{
		case METHOD_STRAIGHT_LINE:
			return straight_line_amortised(asset, date);
		case METHOD_DECLINING_BALANCE:
			return declining_balance_amortised(asset, date);
		case METHOD_EXPONENTIAL:
			return asset->cost - exponential_value(asset, (int64) date - asset->in_service);
	}
	elog(ERROR, "unexpected amortisation method %d", asset->policy->method);
}

static void
asset_set_salvage(Asset *asset)
{
	const AmortisationPolicy *policy = asset->policy;

	asset->salvage = 0;
	if (policy->method == METHOD_EXPONENTIAL)
	{
		if (asset->end != DATEVAL_NOEND)
			asset->salvage = exponential_value(asset, (int64) asset->end - asset->in_service);
	}
	else if (policy->salvage != 0)
		asset->salvage = scale_amount(asset->cost, policy->salvage, MONETARY_ONE);
	else if (policy->salvage_amount_low != 0 || policy->salvage_amount_high != 0)
		/* A salvage amount above the cost leaves nothing to amortise. */
		asset->salvage = Min(policy_salvage_amount(policy), asset->cost);
}

void
asset_prepare(Asset *asset, const Monetary *cost, const AmortisationPolicy *policy,
			  DateADT in_service, int fiscal_year_start)
{
	int128 amount = monetary_amount(cost);

	check_date(in_service, "in_service");
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
	asset->currency = monetary_currency(cost);
	asset->is_credit = amount < 0;
	asset->cost = amount < 0 ? -amount : amount;
	asset->in_service = in_service;
	asset->fiscal_year_start = fiscal_year_start;
	asset->service_month = month_number(asset->service_date);
	asset->year.is_set = false;

	asset->end = DATEVAL_NOEND;
	if (policy->life_months != 0 || policy->life_days != 0)
	{
		if (policy_counts_months(policy))
			asset->life_units = policy->life_months;
		else if (policy->day_count == DAY_COUNT_ACTUAL_365_FIXED)
			asset->life_units =
				INT64CONST(365) * policy->life_months + MONTHS_PER_YEAR * policy->life_days;
		asset->end = life_end(asset);
		if (policy->day_count != DAY_COUNT_ACTUAL_365_FIXED && !policy_counts_months(policy))
			/* 30 January to 31 January is no day of 30/360, but it is a life. */
			asset->life_units = Max(count_units(policy, in_service, asset->end), 1);
	}
	asset_set_salvage(asset);
	if (policy->method == METHOD_DECLINING_BALANCE)
		asset_set_rate(asset);
}

/*
 * SQL: arguments (cost, policy, in_service, ...) and fiscal_year_start
 */

static void
asset_from_args(FunctionCallInfo fcinfo, Asset *asset, int fiscal_year_arg)
{
	asset_prepare(asset, PG_GETARG_MONETARY_P(0), PG_GETARG_POLICY_P(1), PG_GETARG_DATEADT(2),
				  PG_GETARG_INT32(fiscal_year_arg));
}

/* A magnitude with the cost's sign and currency. */
static Datum
asset_result(const Asset *asset, int128 amount)
{
	return MonetaryPGetDatum(monetary_make(asset->is_credit ? -amount : amount, asset->currency));
}

/* book_value(cost, policy, in_service, at_date, fiscal_year_start) returns monetary */
Datum
amortisation_book_value(PG_FUNCTION_ARGS)
{
	DateADT at_date = PG_GETARG_DATEADT(3);
	Asset asset;

	check_date(at_date, "at_date");
	asset_from_args(fcinfo, &asset, 4);
	PG_RETURN_DATUM(asset_result(&asset, asset.cost - asset_amortised(&asset, at_date)));
}

static void
check_order(DateADT from_date, DateADT to_date)
{
	if (from_date > to_date)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("from_date must not be after to_date"),
						errdetail("from_date is %s, to_date is %s.", date_shown(from_date),
								  date_shown(to_date))));
}

/* amortised(cost, policy, in_service, from_date, to_date, fiscal_year_start) returns monetary */
Datum
amortisation_amortised(PG_FUNCTION_ARGS)
{
	DateADT from_date = PG_GETARG_DATEADT(3);
	DateADT to_date = PG_GETARG_DATEADT(4);
	Asset asset;
	int128 before;

	check_date(from_date, "from_date");
	check_date(to_date, "to_date");
	check_order(from_date, to_date);
	asset_from_args(fcinfo, &asset, 5);
	before = asset_amortised(&asset, from_date);
	PG_RETURN_DATUM(asset_result(&asset, asset_amortised(&asset, to_date) - before));
}

/* Amortised before a moment: straight in time from one UTC midnight to the next. */
static int128
asset_amortised_at(Asset *asset, TimestampTz time)
{
	int64 day = time / USECS_PER_DAY;
	int64 rest = time % USECS_PER_DAY;
	int128 before;

	if (rest < 0)
	{
		day--;
		rest += USECS_PER_DAY;
	}
	before = asset_amortised(asset, (DateADT) day);
	if (rest == 0)
		return before;
	return before +
		   scale_amount(asset_amortised(asset, (DateADT) day + 1) - before, rest, USECS_PER_DAY);
}

/* A bound of the interval; 22008 when there is none. */
static TimestampTz
finite_bound(const RangeBound *bound)
{
	TimestampTz time = DatumGetTimestampTz(bound->val);

	if (bound->infinite || TIMESTAMP_NOT_FINITE(time))
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
						errmsg("during must have two finite bounds")));
	return time;
}

/* amortised_within(cost, policy, in_service, during, fiscal_year_start) returns monetary */
Datum
amortisation_amortised_within(PG_FUNCTION_ARGS)
{
	RangeType *during = PG_GETARG_RANGE_P(3);
	RangeBound lower;
	RangeBound upper;
	bool empty;
	Asset asset;
	int128 before;
	TimestampTz from;
	TimestampTz to;

	range_deserialize(range_get_typcache(fcinfo, RangeTypeGetOid(during)), during, &lower, &upper,
					  &empty);
	asset_from_args(fcinfo, &asset, 4);
	if (empty)
		PG_RETURN_DATUM(asset_result(&asset, 0));
	from = finite_bound(&lower);
	to = finite_bound(&upper);
	before = asset_amortised_at(&asset, from);
	PG_RETURN_DATUM(asset_result(&asset, asset_amortised_at(&asset, to) - before));
}

/*
 * The charge of the day that starts at a date, as a share n / d of an amount
 * carried with GUARD_BITS: month conventions spread a month evenly over its days.
 */
static int128
day_charge_share(Asset *asset, DateADT date, int64 *n, int64 *d)
{
	DateADT start = asset->in_service;
	DateADT end = asset->end;
	int64 used = 0;
	int64 units = asset->life_units;
	int128 amount = (asset->cost - asset->salvage) << GUARD_BITS;
	int64 next_n;
	int64 next_d;

	*n = 0;
	*d = 1;
	if (date < asset->in_service || date >= asset->end)
		return 0;
	if (asset->policy->method == METHOD_DECLINING_BALANCE)
	{
		const DecliningYear *year = declining_year_of(asset, date);

		start = year->start;
		end = year->end;
		used = year->used;
		units = year->units;
		amount = year->charge;
		if (units == 0)
			return 0; /* in service on 29 February, never counted, the fiscal year's last day */
	}
	life_elapsed(asset, start, used, units, date, n, d);
	if (policy_counts_months(asset->policy))
	{
		*n = 1;
		return amount;
	}
	if (date + 1 >= end)
		*n = units - *n;
	else
	{
		life_elapsed(asset, start, used, units, date + 1, &next_n, &next_d);
		*n = next_n - *n;
	}
	return amount;
}

/* The instantaneous rate of an exponential decline an hour: value x rate x ln 10 / 8766. */
static int128
exponential_hour_rate(const Asset *asset, DateADT date)
{
	int128 value;

	if (date < asset->in_service || date >= asset->end)
		return 0;
	value = exponential_value(asset, (int64) date - asset->in_service);
	value = scale_amount(value << GUARD_BITS, asset->policy->rate,
						 (int128) MONETARY_ONE * HOURS_AN_ECONOMIC_YEAR);
	return scale_amount(value, LN10_E33, pow10_s128(33));
}

/* An hour's charge of the whole asset at a date, with GUARD_BITS. */
static int128
asset_hour_rate(Asset *asset, DateADT date)
{
	int64 n;
	int64 d;
	int128 amount;

	if (asset->policy->method == METHOD_EXPONENTIAL)
		return exponential_hour_rate(asset, date);
	amount = day_charge_share(asset, date, &n, &d);
	return scale_amount(amount, n, (int128) d * HOURS_PER_DAY);
}

static void
check_chips(int64 chips)
{
	if (chips == 0)
		ereport(ERROR, (errcode(ERRCODE_DIVISION_BY_ZERO),
						errmsg("division by zero: chips must be above 0")));
	if (chips < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("chips must be above 0, not " INT64_FORMAT, chips)));
}

/*
 * chip_hour_rate(cost, policy, in_service, at_date, chips, fiscal_year_start)
 * returns monetary
 */
Datum
amortisation_chip_hour_rate(PG_FUNCTION_ARGS)
{
	DateADT at_date = PG_GETARG_DATEADT(3);
	int64 chips = PG_GETARG_INT64(4);
	Asset asset;

	check_date(at_date, "at_date");
	check_chips(chips);
	asset_from_args(fcinfo, &asset, 5);
	PG_RETURN_DATUM(
		asset_result(&asset, scale_amount(asset_hour_rate(&asset, at_date), 1, chips * GUARD)));
}

/* A utilisation in units of 1e-15. */
static int128
utilisation_argument(FunctionCallInfo fcinfo, int n)
{
	int128 utilisation = numeric_to_scaled(PG_GETARG_NUMERIC(n), MONETARY_SCALE, "utilisation");

	if (utilisation == 0)
		ereport(ERROR, (errcode(ERRCODE_DIVISION_BY_ZERO),
						errmsg("division by zero: utilisation must be above 0"),
						errhint("An unused chip has no cost per used hour.")));
	if (utilisation < 0 || utilisation > MONETARY_ONE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("utilisation must be above 0 and at most 1, not %s",
						DatumGetCString(DirectFunctionCall1(numeric_out, PG_GETARG_DATUM(n)))),
				 errhint("60 %% is 0.6.")));
	return utilisation;
}

/*
 * chip_hour_rate_used(cost, policy, in_service, at_date, utilisation, chips,
 * fiscal_year_start) returns monetary
 */
Datum
amortisation_chip_hour_rate_used(PG_FUNCTION_ARGS)
{
	DateADT at_date = PG_GETARG_DATEADT(3);
	int128 utilisation = utilisation_argument(fcinfo, 4);
	int64 chips = PG_GETARG_INT64(5);
	Asset asset;

	check_date(at_date, "at_date");
	check_chips(chips);
	asset_from_args(fcinfo, &asset, 6);
	PG_RETURN_DATUM(asset_result(&asset, scale_amount(asset_hour_rate(&asset, at_date),
													  MONETARY_ONE, utilisation * chips * GUARD)));
}
