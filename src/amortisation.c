/*
 * amortisation.c
 *		The SQL functions of amortisation in closed form: what an asset is worth at a
 *		date, what it was charged between two moments or for a use, and what an hour
 *		of its chips costs. No schedule is built. Charges are differences of what
 *		asset_amortised() says, so that any partition of time adds up.
 */
#include "chipbook.h"

#include "utils/builtins.h"
#include "utils/rangetypes.h"

#include "amortisation_method.h"
#include "chip_time.h"

PG_FUNCTION_INFO_V1(amortisation_book_value);
PG_FUNCTION_INFO_V1(amortisation_amortised);
PG_FUNCTION_INFO_V1(amortisation_amortised_within);
PG_FUNCTION_INFO_V1(amortisation_amortised_posted);
PG_FUNCTION_INFO_V1(amortisation_book_value_by_use);
PG_FUNCTION_INFO_V1(amortisation_amortised_by_use);
PG_FUNCTION_INFO_V1(amortisation_chip_hour_rate);
PG_FUNCTION_INFO_V1(amortisation_chip_hour_rate_used);

/*
 * SQL: arguments (cost, policy, in_service, ...) and fiscal_year_start
 */

static void
asset_from_args(FunctionCallInfo fcinfo, Asset *asset, int fiscal_year_arg)
{
	asset_prepare(asset, PG_GETARG_MONETARY_P(0), PG_GETARG_POLICY_P(1), PG_GETARG_DATEADT(2),
				  PG_GETARG_INT32(fiscal_year_arg));
}

/* The same where time is asked about: 22023 for a policy that knows none. */
static void
asset_from_time_args(FunctionCallInfo fcinfo, Asset *asset, int fiscal_year_arg)
{
	asset_from_args(fcinfo, asset, fiscal_year_arg);
	asset_check_by_time(asset);
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

	clock_check_date(at_date, "at_date");
	asset_from_time_args(fcinfo, &asset, 4);
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

	clock_check_date(from_date, "from_date");
	clock_check_date(to_date, "to_date");
	check_order(from_date, to_date);
	asset_from_time_args(fcinfo, &asset, 5);
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
	asset_from_time_args(fcinfo, &asset, 4);
	if (empty)
		PG_RETURN_DATUM(asset_result(&asset, 0));
	from = finite_bound(&lower);
	to = finite_bound(&upper);
	before = asset_amortised_at(&asset, from);
	PG_RETURN_DATUM(asset_result(&asset, asset_amortised_at(&asset, to) - before));
}

/*
 * amortised_posted(cost, policy, in_service, at_date, fiscal_year_start) returns
 * monetary: NULL for units of production, so that no view fails over one.
 */
Datum
amortisation_amortised_posted(PG_FUNCTION_ARGS)
{
	DateADT at_date = PG_GETARG_DATEADT(3);
	Asset asset;

	clock_check_date(at_date, "at_date");
	asset_from_args(fcinfo, &asset, 4);
	if (asset.policy->method == METHOD_UNITS_OF_PRODUCTION)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(asset_result(
		&asset, asset_posted(&asset, at_date, amortisation_posting_unit(asset.currency))));
}

/*
 * By use: arguments (cost, policy, ...). A date in service is no part of the question.
 */

static void
asset_from_use_args(FunctionCallInfo fcinfo, Asset *asset)
{
	asset_prepare(asset, PG_GETARG_MONETARY_P(0), PG_GETARG_POLICY_P(1), 0, 1);
}

/* book_value_by_use(cost, policy, used_chip_ms) returns monetary */
Datum
amortisation_book_value_by_use(PG_FUNCTION_ARGS)
{
	Asset asset;

	asset_from_use_args(fcinfo, &asset);
	PG_RETURN_DATUM(
		asset_result(&asset, asset.cost - asset_amortised_by_use(&asset, PG_GETARG_INT64(2))));
}

/* amortised_by_use(cost, policy, from_chip_ms, to_chip_ms) returns monetary */
Datum
amortisation_amortised_by_use(PG_FUNCTION_ARGS)
{
	int64 from_chip_ms = PG_GETARG_INT64(2);
	int64 to_chip_ms = PG_GETARG_INT64(3);
	Asset asset;
	int128 before;

	if (from_chip_ms > to_chip_ms)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("from_chip_ms must not be above to_chip_ms"),
				 errdetail("from_chip_ms is " INT64_FORMAT ", to_chip_ms is " INT64_FORMAT ".",
						   from_chip_ms, to_chip_ms)));
	asset_from_use_args(fcinfo, &asset);
	before = asset_amortised_by_use(&asset, from_chip_ms);
	PG_RETURN_DATUM(asset_result(&asset, asset_amortised_by_use(&asset, to_chip_ms) - before));
}

/*
 * Rates
 */

/* Amortised by use, a used chip-hour costs the cost less salvage over the total use. */
static int128
use_hour_rate(const Asset *asset, DateADT date)
{
	if (date < asset->in_service)
		return 0;
	return scale_amount(asset->cost - asset->salvage, CHIP_MS_PER_HOUR, asset->policy->total_use);
}

/* An hour's charge of the whole asset at a date, with GUARD_BITS. */
static int128
asset_hour_rate(Asset *asset, DateADT date)
{
	if (asset->policy->method == METHOD_EXPONENTIAL)
		return exponential_hour_rate(asset, date);
	if (date < asset->in_service || date >= asset->end)
		return 0;
	return div_round_s128(asset_amortised_guarded(asset, date + 1) -
							  asset_amortised_guarded(asset, date),
						  HOURS_PER_DAY);
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

	clock_check_date(at_date, "at_date");
	check_chips(chips);
	asset_from_args(fcinfo, &asset, 5);
	if (asset.policy->method == METHOD_UNITS_OF_PRODUCTION)
		PG_RETURN_DATUM(asset_result(&asset, use_hour_rate(&asset, at_date)));
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

	clock_check_date(at_date, "at_date");
	check_chips(chips);
	asset_from_args(fcinfo, &asset, 6);
	if (asset.policy->method == METHOD_UNITS_OF_PRODUCTION)
		PG_RETURN_DATUM(asset_result(&asset, use_hour_rate(&asset, at_date)));
	PG_RETURN_DATUM(asset_result(&asset, scale_amount(asset_hour_rate(&asset, at_date),
													  MONETARY_ONE, utilisation * chips * GUARD)));
}
