/*
 * spend_summary_figures.c
 *		What can be read from a spend_summary: costs, hours, ratios and counts. Sums
 *		in, figures out: here stands the only division of money by time.
 */
#include "spend_summary.h"

#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(spend_summary_currency);
PG_FUNCTION_INFO_V1(spend_summary_total_cost);
PG_FUNCTION_INFO_V1(spend_summary_productive_cost);
PG_FUNCTION_INFO_V1(spend_summary_idle_cost);
PG_FUNCTION_INFO_V1(spend_summary_allocated_idle_cost);
PG_FUNCTION_INFO_V1(spend_summary_unallocated_cost);
PG_FUNCTION_INFO_V1(spend_summary_unavailable_cost);
PG_FUNCTION_INFO_V1(spend_summary_unmetered_cost);
PG_FUNCTION_INFO_V1(spend_summary_cost_per_installed_hour);
PG_FUNCTION_INFO_V1(spend_summary_cost_per_available_hour);
PG_FUNCTION_INFO_V1(spend_summary_cost_per_allocated_hour);
PG_FUNCTION_INFO_V1(spend_summary_cost_per_used_hour);
PG_FUNCTION_INFO_V1(spend_summary_installed_hours);
PG_FUNCTION_INFO_V1(spend_summary_available_hours);
PG_FUNCTION_INFO_V1(spend_summary_allocated_hours);
PG_FUNCTION_INFO_V1(spend_summary_used_hours);
PG_FUNCTION_INFO_V1(spend_summary_utilisation);
PG_FUNCTION_INFO_V1(spend_summary_spend_utilisation);
PG_FUNCTION_INFO_V1(spend_summary_allocation_rate);
PG_FUNCTION_INFO_V1(spend_summary_readings);
PG_FUNCTION_INFO_V1(spend_summary_skipped_readings);
PG_FUNCTION_INFO_V1(spend_summary_disordered_readings);
PG_FUNCTION_INFO_V1(spend_summary_disordered_readings_of);

/*
 * Costs: differences of rounded cumulative sums, so that the parts, rounded, add up
 * to the total, rounded. NULL while no cost has set a currency.
 */

/* Cumulative costs: nothing, the four levels, and with them the unmetered. */
#define CUMULATIVE_NONE (-1)
#define CUMULATIVE_TOTAL SPEND_LEVELS

static Int192
cumulative_units(const SpendSummary *s, int upto)
{
	Int192 units = {{0}};

	if (upto == CUMULATIVE_TOTAL)
	{
		units = s->cost[SPEND_INSTALLED];
		(void) int192_add_overflow(&units, &s->unmetered);
	}
	else if (upto != CUMULATIVE_NONE)
		units = s->cost[upto];
	return units;
}

/* 22003 when a figure of the summary is not one that monetary can hold. */
static int128
monetary_amount_of(const Int192 *value, const char *what)
{
	int128 amount;

	if (int192_to_s128_overflow(value, &amount) || !monetary_in_range(amount))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("%s of a spend_summary out of range for type monetary", what)));
	return amount;
}

static int128
cost_between(const SpendSummary *s, int from, int upto)
{
	Int192 high = cumulative_units(s, upto);
	Int192 low = cumulative_units(s, from);

	high = int192_div_round(&high, SPEND_COST_SCALE);
	low = int192_div_round(&low, SPEND_COST_SCALE);
	(void) int192_sub_overflow(&high, &low); /* both far below the limit */
	return monetary_amount_of(&high, "a cost");
}

static Datum
cost_result(FunctionCallInfo fcinfo, int from, int upto)
{
	SpendSummary buffer;
	const SpendSummary *s = spend_summary_read(PG_GETARG_DATUM(0), &buffer);

	if (s->currency == CURRENCY_INVALID)
		PG_RETURN_NULL();
	PG_RETURN_MONETARY_P(monetary_make(cost_between(s, from, upto), s->currency));
}

Datum
spend_summary_total_cost(PG_FUNCTION_ARGS)
{
	return cost_result(fcinfo, CUMULATIVE_NONE, CUMULATIVE_TOTAL);
}

Datum
spend_summary_productive_cost(PG_FUNCTION_ARGS)
{
	return cost_result(fcinfo, CUMULATIVE_NONE, SPEND_USED);
}

Datum
spend_summary_idle_cost(PG_FUNCTION_ARGS)
{
	return cost_result(fcinfo, SPEND_USED, SPEND_INSTALLED);
}

Datum
spend_summary_allocated_idle_cost(PG_FUNCTION_ARGS)
{
	return cost_result(fcinfo, SPEND_USED, SPEND_ALLOCATED);
}

Datum
spend_summary_unallocated_cost(PG_FUNCTION_ARGS)
{
	return cost_result(fcinfo, SPEND_ALLOCATED, SPEND_AVAILABLE);
}

Datum
spend_summary_unavailable_cost(PG_FUNCTION_ARGS)
{
	return cost_result(fcinfo, SPEND_AVAILABLE, SPEND_INSTALLED);
}

Datum
spend_summary_unmetered_cost(PG_FUNCTION_ARGS)
{
	return cost_result(fcinfo, SPEND_INSTALLED, CUMULATIVE_TOTAL);
}

/* currency(s spend_summary) */
Datum
spend_summary_currency(PG_FUNCTION_ARGS)
{
	SpendSummary buffer;
	const SpendSummary *s = spend_summary_read(PG_GETARG_DATUM(0), &buffer);

	if (s->currency == CURRENCY_INVALID)
		PG_RETURN_NULL();
	PG_RETURN_CURRENCY(s->currency);
}

/*
 * Cost per chip-hour: the units of the sums are those of a rate in a millisecond, so
 * the total over the milliseconds is the rate, rounded once.
 */
static Datum
cost_per_hour(FunctionCallInfo fcinfo, SpendLevel level)
{
	SpendSummary buffer;
	const SpendSummary *s = spend_summary_read(PG_GETARG_DATUM(0), &buffer);
	int128 time = chip_time_sum(&s->time[level]);
	Int192 total;

	if (time == 0 || s->currency == CURRENCY_INVALID)
		PG_RETURN_NULL();
	total = cumulative_units(s, CUMULATIVE_TOTAL);
	total = int192_div_round(&total, (uint128) time);
	PG_RETURN_MONETARY_P(monetary_make(monetary_amount_of(&total, "cost per hour"), s->currency));
}

Datum
spend_summary_cost_per_installed_hour(PG_FUNCTION_ARGS)
{
	return cost_per_hour(fcinfo, SPEND_INSTALLED);
}

Datum
spend_summary_cost_per_available_hour(PG_FUNCTION_ARGS)
{
	return cost_per_hour(fcinfo, SPEND_AVAILABLE);
}

Datum
spend_summary_cost_per_allocated_hour(PG_FUNCTION_ARGS)
{
	return cost_per_hour(fcinfo, SPEND_ALLOCATED);
}

Datum
spend_summary_cost_per_used_hour(PG_FUNCTION_ARGS)
{
	return cost_per_hour(fcinfo, SPEND_USED);
}

/*
 * Hours and ratios: numeric, rounded half away from zero at the 15th decimal
 */

static Datum
ratio_result(FunctionCallInfo fcinfo, int128 a, int128 b)
{
	if (b == 0)
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(chip_ratio_numeric(a, b));
}

static Datum
hours_result(FunctionCallInfo fcinfo, SpendLevel level)
{
	SpendSummary buffer;
	const SpendSummary *s = spend_summary_read(PG_GETARG_DATUM(0), &buffer);

	return ratio_result(fcinfo, chip_time_sum(&s->time[level]), CHIP_MS_PER_HOUR);
}

Datum
spend_summary_installed_hours(PG_FUNCTION_ARGS)
{
	return hours_result(fcinfo, SPEND_INSTALLED);
}

Datum
spend_summary_available_hours(PG_FUNCTION_ARGS)
{
	return hours_result(fcinfo, SPEND_AVAILABLE);
}

Datum
spend_summary_allocated_hours(PG_FUNCTION_ARGS)
{
	return hours_result(fcinfo, SPEND_ALLOCATED);
}

Datum
spend_summary_used_hours(PG_FUNCTION_ARGS)
{
	return hours_result(fcinfo, SPEND_USED);
}

static Datum
share_of_installed(FunctionCallInfo fcinfo, SpendLevel level)
{
	SpendSummary buffer;
	const SpendSummary *s = spend_summary_read(PG_GETARG_DATUM(0), &buffer);

	return ratio_result(fcinfo, chip_time_sum(&s->time[level]),
						chip_time_sum(&s->time[SPEND_INSTALLED]));
}

/* utilisation(s): weighted by capacity, above 1 where more was used than installed. */
Datum
spend_summary_utilisation(PG_FUNCTION_ARGS)
{
	return share_of_installed(fcinfo, SPEND_USED);
}

Datum
spend_summary_allocation_rate(PG_FUNCTION_ARGS)
{
	return share_of_installed(fcinfo, SPEND_ALLOCATED);
}

/* spend_utilisation(s): weighted by cost, over the cost that was metered. */
Datum
spend_summary_spend_utilisation(PG_FUNCTION_ARGS)
{
	SpendSummary buffer;
	const SpendSummary *s = spend_summary_read(PG_GETARG_DATUM(0), &buffer);

	return ratio_result(fcinfo, cost_between(s, CUMULATIVE_NONE, SPEND_USED),
						cost_between(s, CUMULATIVE_NONE, SPEND_INSTALLED));
}

/*
 * Counts of rows
 */

Datum
spend_summary_readings(PG_FUNCTION_ARGS)
{
	SpendSummary buffer;

	PG_RETURN_INT64(spend_summary_read(PG_GETARG_DATUM(0), &buffer)->readings);
}

Datum
spend_summary_skipped_readings(PG_FUNCTION_ARGS)
{
	SpendSummary buffer;

	PG_RETURN_INT64(spend_summary_read(PG_GETARG_DATUM(0), &buffer)->skipped);
}

Datum
spend_summary_disordered_readings(PG_FUNCTION_ARGS)
{
	SpendSummary buffer;

	PG_RETURN_INT64(spend_summary_read(PG_GETARG_DATUM(0), &buffer)->disordered);
}

/* disordered_readings(s, kind text): the kinds have the names of the text form's fields. */
Datum
spend_summary_disordered_readings_of(PG_FUNCTION_ARGS)
{
	SpendSummary buffer;
	const SpendSummary *s = spend_summary_read(PG_GETARG_DATUM(0), &buffer);
	char *kind = text_to_cstring(PG_GETARG_TEXT_PP(1));
	int i;

	for (i = 0; i < SPEND_DISORDERS; i++)
		if (strcmp(kind, spend_disorder_names[i]) == 0)
			PG_RETURN_INT64(s->disorder[i]);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown kind of disordered readings: \"%s\"", kind),
			 errhint("The kinds are %s, %s, %s and %s.", spend_disorder_names[0],
					 spend_disorder_names[1], spend_disorder_names[2], spend_disorder_names[3])));
}
