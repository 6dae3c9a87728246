/*
 * amortisation_method.c
 *		What an asset has been amortised at a date: its first-year layers, and the
 *		method on what they leave. One function, asset_amortised(), knows every
 *		method; charges, rates, schedules and postings are differences of it. All of
 *		it is integers of 1e-15.
 */
#include "chipbook.h"

#include "amortisation_method.h"

void
amortisation_out_of_range(void)
{
	ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					errmsg("amortised amount is out of range for monetary")));
}

void
asset_check_by_time(const Asset *asset)
{
	if (asset->policy->method == METHOD_UNITS_OF_PRODUCTION)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("method units_of_production is amortised by use, not by time"),
						errhint("Ask book_value_by_use() and amortised_by_use() for a use in "
								"chip-milliseconds.")));
}

/*
 * Preparing
 */

static void
set_salvage(Asset *asset)
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

/* section_179 first, then bonus on the rest; together never below salvage. */
static void
set_layer(Asset *asset)
{
	const AmortisationPolicy *policy = asset->policy;

	asset->layer = 0;
	if (policy->section_179_low != 0 || policy->section_179_high != 0)
		asset->layer = Min(policy_section_179(policy), asset->cost);
	if (policy->bonus != 0)
		asset->layer += scale_amount(asset->cost - asset->layer, policy->bonus, MONETARY_ONE);
	asset->layer = Min(asset->layer, asset->cost - asset->salvage);
	asset->base = asset->cost - asset->layer;
}

void
asset_prepare(Asset *asset, const Monetary *cost, const AmortisationPolicy *policy,
			  DateADT in_service, int fiscal_year_start)
{
	int128 amount = monetary_amount(cost);

	clock_prepare(asset, policy, in_service, fiscal_year_start);
	asset->currency = monetary_currency(cost);
	asset->is_credit = amount < 0;
	asset->cost = amount < 0 ? -amount : amount;
	asset->year.number = 0;
	set_salvage(asset);
	set_layer(asset);
	if (policy->method == METHOD_DECLINING_BALANCE || policy->method == METHOD_FIXED_RATE)
		years_set_rate(asset);
}

/*
 * Methods. Each says what is amortised before a date that lies within the life;
 * shift scales the amount, for those that want its GUARD_BITS.
 */

static inline int128
straight_line_amortised(const Asset *asset, DateADT date, int shift)
{
	int64 n;
	int64 d;

	clock_elapsed(asset, date, &n, &d);
	return scale_amount((asset->base - asset->salvage) << shift, n, asset->life_units * d);
}

/*
 * Sum of the years' digits: a year of life is charged 2 x (what was left of the
 * life in years when it began) / (n (n + 1)) of the whole. A life that is not whole
 * years, n = m + f, leaves f (f + 1) of it for its last part of a year: what SYD()
 * of a spreadsheet with such an n has not yet charged after m years. Here in
 * months, both times 144.
 */
static int128
years_digits_amortised(Asset *asset, DateADT date, int shift)
{
	LifeYear year = clock_life_year(asset, date);
	int64 life = asset->policy->life_months;
	int64 rest = life - year.years * MONTHS_PER_YEAR;
	int64 all = life * (life + MONTHS_PER_YEAR);
	int64 before = all - rest * (rest + MONTHS_PER_YEAR);
	int64 layer =
		rest < MONTHS_PER_YEAR ? rest * (rest + MONTHS_PER_YEAR) : 2 * MONTHS_PER_YEAR * rest;

	return scale_amount((asset->base - asset->salvage) << shift, before * year.d + layer * year.n,
						all * year.d);
}

static int128
method_amortised(Asset *asset, DateADT date, int shift)
{
	switch (asset->policy->method)
	{
		case METHOD_STRAIGHT_LINE:
			return straight_line_amortised(asset, date, shift);
		case METHOD_SUM_OF_YEARS_DIGITS:
			return years_digits_amortised(asset, date, shift);
		case METHOD_DECLINING_BALANCE:
		case METHOD_FIXED_RATE:
		case METHOD_MACRS:
			if (shift != 0)
				return (asset->base << GUARD_BITS) - years_value(asset, date);
			return asset->base - drop_guard(years_value(asset, date));
		case METHOD_ANNUITY:
			return shift != 0 ? annuity_amortised(asset, date)
							  : drop_guard(annuity_amortised(asset, date));
		case METHOD_EXPONENTIAL:
			return (asset->cost - exponential_value(asset, (int64) date - asset->in_service))
				   << shift;
		case METHOD_UNITS_OF_PRODUCTION:
			asset_check_by_time(asset);
	}
	elog(ERROR, "unexpected amortisation method %d", asset->policy->method);
}

/* The first-year layers, straight from the day in service to the end of the fiscal year. */
static int128
layer_amortised(const Asset *asset, DateADT date, int shift)
{
	DateADT layer_end = Min(month_start(clock_fiscal_end_month(asset, 1)), asset->end);

	if (date >= layer_end)
		return asset->layer << shift;
	return scale_amount(asset->layer << shift, (int64) date - asset->in_service,
						(int64) layer_end - asset->in_service);
}

static inline int128
amortised_shifted(Asset *asset, DateADT date, int shift)
{
	int128 result;

	if (date <= asset->in_service)
		return 0;
	if (date >= asset->end)
		return (asset->cost - asset->salvage) << shift;
	result = method_amortised(asset, date, shift);
	if (asset->layer != 0)
		result += layer_amortised(asset, date, shift);
	return result;
}

int128
asset_amortised(Asset *asset, DateADT date)
{
	return amortised_shifted(asset, date, 0);
}

int128
asset_amortised_guarded(Asset *asset, DateADT date)
{
	return amortised_shifted(asset, date, GUARD_BITS);
}

int128
asset_amortised_by_use(const Asset *asset, int64 used_chip_ms)
{
	if (asset->policy->method != METHOD_UNITS_OF_PRODUCTION)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("method %s is amortised by time, not by use",
							   policy_method_name(asset->policy)),
						errhint("Ask book_value() and amortised() for dates.")));
	if (used_chip_ms < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a use in chip-milliseconds must not be negative, as " INT64_FORMAT " is",
						used_chip_ms)));
	return scale_amount(asset->cost - asset->salvage, Min(used_chip_ms, asset->policy->total_use),
						asset->policy->total_use);
}

/*
 * Posting
 */

int128
amortisation_posting_unit(Currency currency)
{
	int decimals = currency_minor_unit_at(currency, DATEVAL_NOEND);

	return decimals < 0 ? 1 : pow10_s128(MONETARY_SCALE - decimals);
}

int128
amortisation_postable(int128 cost, int128 salvage, int128 unit)
{
	if (salvage >= cost)
		return 0; /* also where the cost has digits below the unit */
	return Max(cost - (2 * salvage + unit - 1) / (2 * unit) * unit, 0);
}

int128
asset_posted(Asset *asset, DateADT date, int128 unit)
{
	int128 most;
	int128 rounded;

	if (date >= asset->end)
		return amortisation_postable(asset->cost, asset->salvage, unit);
	rounded = div_round_s128(asset_amortised(asset, date), unit) * unit;
	if (rounded <= asset->cost - asset->salvage - unit)
		return rounded; /* as most are, and the postable amount is no further off than half a unit */
	most = amortisation_postable(asset->cost, asset->salvage, unit);
	return Min(rounded, most - most % unit);
}
