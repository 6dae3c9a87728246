/*
 * amortisation_schedule.c
 *		The schedule of an asset: one row a period, whose charges are differences of
 *		accumulations rounded to the currency's minor unit, so that they add up to
 *		the cost less salvage and every balance is the rounded exact one.
 */
#include "chipbook.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "amortisation_method.h"

PG_FUNCTION_INFO_V1(amortisation_schedule);

#define SCHEDULE_COLUMNS 6

int
period_months(const Interval *period)
{
	if (period->time != 0 || period->day != 0 || period->month <= 0 ||
		period->month > MONTHS_PER_YEAR || MONTHS_PER_YEAR % period->month != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("period must be 1, 2, 3, 4, 6 or 12 months, not %s",
							   DatumGetCString(DirectFunctionCall1(
								   interval_out, PointerGetDatum(unconstify(Interval *, period))))),
						errdetail("Periods end where a fiscal year can be cut evenly.")));
	return period->month;
}

/* Only a method that ends has a schedule. */
static void
check_has_end(const Asset *asset)
{
	if (asset->end == DATEVAL_NOEND)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a policy without a life has no amortisation schedule"),
						errhint("Give the policy a life, or ask book_value() and amortised() for "
								"the dates you need.")));
}

int
period_end_month(int month, int months, int fiscal_year_start)
{
	int into = (month - (fiscal_year_start - 1) + MONTHS_PER_YEAR) % months;

	return month + months - into;
}

static Tuplestorestate *
begin_result(FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext old;
	Tuplestorestate *store;

	if (rsinfo == NULL || !IsA(rsinfo, ReturnSetInfo) ||
		(rsinfo->allowedModes & SFRM_Materialize) == 0 || rsinfo->expectedDesc == NULL)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("amortisation_schedule called where no set of rows is accepted")));
	/* The columns are the function's own: looking them up again costs more than the rows. */
	old = MemoryContextSwitchTo(rsinfo->econtext->ecxt_per_query_memory);
	rsinfo->setDesc = CreateTupleDescCopy(rsinfo->expectedDesc);
	store = tuplestore_begin_heap((rsinfo->allowedModes & SFRM_Materialize_Random) != 0, false,
								  work_mem);
	rsinfo->returnMode = SFRM_Materialize;
	rsinfo->setResult = store;
	MemoryContextSwitchTo(old);
	return store;
}

/* What the rows of one schedule share, and the balance so far. */
typedef struct Schedule
{
	Tuplestorestate *store;
	TupleDesc columns;
	int128 unit;        /* the minor unit in 1e-15 */
	int128 accumulated; /* rounded */
} Schedule;

static void
put_money(const Asset *asset, int128 amount, Monetary *money, Datum *value)
{
	monetary_set(money, asset->is_credit ? -amount : amount, asset->currency);
	*value = MonetaryPGetDatum(money);
}

/* period_start, period_end, opening, charge, accumulated, closing */
static void
put_period(Schedule *schedule, Asset *asset, DateADT start, DateADT end)
{
	Monetary money[4];
	Datum values[SCHEDULE_COLUMNS];
	bool nulls[SCHEDULE_COLUMNS] = {false};
	int128 accumulated = asset_posted(asset, end, schedule->unit);

	values[0] = DateADTGetDatum(start);
	values[1] = DateADTGetDatum(end);
	put_money(asset, asset->cost - schedule->accumulated, &money[0], &values[2]);
	put_money(asset, accumulated - schedule->accumulated, &money[1], &values[3]);
	put_money(asset, accumulated, &money[2], &values[4]);
	put_money(asset, asset->cost - accumulated, &money[3], &values[5]);
	tuplestore_putvalues(schedule->store, schedule->columns, values, nulls);
	schedule->accumulated = accumulated;
}

/* amortisation_schedule(cost, policy, in_service, period, fiscal_year_start) */
Datum
amortisation_schedule(PG_FUNCTION_ARGS)
{
	int months = period_months(PG_GETARG_INTERVAL_P(3));
	Schedule schedule = {0};
	Asset asset;
	DateADT start;
	int month;

	asset_prepare(&asset, PG_GETARG_MONETARY_P(0), PG_GETARG_POLICY_P(1), PG_GETARG_DATEADT(2),
				  PG_GETARG_INT32(4));
	asset_check_by_time(&asset);
	check_has_end(&asset);
	schedule.unit = amortisation_posting_unit(asset.currency);
	schedule.store = begin_result(fcinfo);
	schedule.columns = ((ReturnSetInfo *) fcinfo->resultinfo)->setDesc;

	month = asset.service_month;
	for (start = asset.in_service; start < asset.end;)
	{
		DateADT end;

		CHECK_FOR_INTERRUPTS();
		month = period_end_month(month, months, asset.fiscal_year_start);
		end = Min(month_start(month), asset.end);
		put_period(&schedule, &asset, start, end);
		start = end;
	}
	return (Datum) 0;
}
