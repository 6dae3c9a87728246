/*
 * cash_flows_figures.c
 *		What is read from cash flows: totals and days, exact; rates and present
 *		values, in double precision; multiples of what was paid in, rounded once.
 */
#include "cash_flows.h"

#include <math.h>

#include "cash_flows_rate.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"

PG_FUNCTION_INFO_V1(cash_flows_paid_in);
PG_FUNCTION_INFO_V1(cash_flows_distributions);
PG_FUNCTION_INFO_V1(cash_flows_net);
PG_FUNCTION_INFO_V1(cash_flows_first_date);
PG_FUNCTION_INFO_V1(cash_flows_last_date);
PG_FUNCTION_INFO_V1(cash_flows_currency);
PG_FUNCTION_INFO_V1(cash_flows_rows);
PG_FUNCTION_INFO_V1(cash_flows_dpi);
PG_FUNCTION_INFO_V1(cash_flows_rvpi);
PG_FUNCTION_INFO_V1(cash_flows_tvpi);
PG_FUNCTION_INFO_V1(cash_flows_moic);
PG_FUNCTION_INFO_V1(cash_flows_xirr);
PG_FUNCTION_INFO_V1(cash_flows_xirr_strict);
PG_FUNCTION_INFO_V1(cash_flows_xirr_all);
PG_FUNCTION_INFO_V1(cash_flows_xirr_status);
PG_FUNCTION_INFO_V1(cash_flows_irr);
PG_FUNCTION_INFO_V1(cash_flows_irr_all);
PG_FUNCTION_INFO_V1(cash_flows_mirr);
PG_FUNCTION_INFO_V1(cash_flows_xnpv);
PG_FUNCTION_INFO_V1(cash_flows_xnfv);

/*
 * Totals and days
 */

Datum
cash_flows_paid_in(PG_FUNCTION_ARGS)
{
	const CashFlows *flows = PG_GETARG_CASH_FLOWS_P(0);

	PG_RETURN_MONETARY_P(monetary_make(cash_total(&flows->paid_in), flows->currency));
}

Datum
cash_flows_distributions(PG_FUNCTION_ARGS)
{
	const CashFlows *flows = PG_GETARG_CASH_FLOWS_P(0);

	PG_RETURN_MONETARY_P(monetary_make(cash_total(&flows->distributions), flows->currency));
}

Datum
cash_flows_net(PG_FUNCTION_ARGS)
{
	const CashFlows *flows = PG_GETARG_CASH_FLOWS_P(0);

	PG_RETURN_MONETARY_P(monetary_make(
		cash_total(&flows->distributions) - cash_total(&flows->paid_in), flows->currency));
}

Datum
cash_flows_first_date(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATEADT(PG_GETARG_CASH_FLOWS_P(0)->flow[0].date);
}

Datum
cash_flows_last_date(PG_FUNCTION_ARGS)
{
	const CashFlows *flows = PG_GETARG_CASH_FLOWS_P(0);

	PG_RETURN_DATEADT(flows->flow[flows->days - 1].date);
}

Datum
cash_flows_currency(PG_FUNCTION_ARGS)
{
	PG_RETURN_CURRENCY(PG_GETARG_CASH_FLOWS_P(0)->currency);
}

/* flows(flows) returns setof (flow_date date, amount monetary) */
Datum
cash_flows_rows(PG_FUNCTION_ARGS)
{
	const CashFlows *flows = PG_GETARG_CASH_FLOWS_P(0);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < flows->days; i++)
	{
		Datum values[2];
		bool nulls[2] = {false, false};
		Monetary *amount = monetary_make(cash_flow_net(&flows->flow[i]), flows->currency);

		CHECK_FOR_INTERRUPTS();
		values[0] = DateADTGetDatum(flows->flow[i].date);
		values[1] = MonetaryPGetDatum(amount);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		pfree(amount);
	}
	return (Datum) 0;
}

/*
 * Multiples of what was paid in
 */

/* Both in units of 1e-15; the quotient at 15 decimals, without zeros at the end. */
static Datum
multiple(int128 amount, int128 of)
{
	int128 quotient;
	Datum numeric;

	if (mul_div_s128_overflow(amount, MONETARY_ONE, of, &quotient))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("value out of range: a multiple of cash_flows comes to more than "
							   "numbers of 38 digits hold")));
	numeric = NumericGetDatum(scaled_to_numeric(quotient, MONETARY_SCALE));
	return DirectFunctionCall1(numeric_trim_scale, numeric);
}

/* 22003 when a total is more than money holds, as reading it would be. */
static int128
read_total(const CashFlows *flows, const CashTotal *total)
{
	Monetary *amount = monetary_make(cash_total(total), flows->currency);

	return monetary_amount(amount);
}

/* A residual value, or what was invested. */
static int128
amount_argument(FunctionCallInfo fcinfo, int arg, const CashFlows *flows, const char *name)
{
	const Monetary *amount = PG_GETARG_MONETARY_P(arg);
	char ours[CURRENCY_TEXT_SIZE];

	if (monetary_currency(amount) != flows->currency)
		ereport(ERROR, (errcode(ERRCODE_DATA_EXCEPTION),
						errmsg("%s must be in the currency of the cash_flows, %s, not %s", name,
							   currency_to_text(flows->currency, ours), monetary_to_text(amount))));
	return monetary_amount(amount);
}

Datum
cash_flows_dpi(PG_FUNCTION_ARGS)
{
	const CashFlows *flows = PG_GETARG_CASH_FLOWS_P(0);
	int128 paid_in = read_total(flows, &flows->paid_in);

	if (paid_in == 0)
		PG_RETURN_NULL();
	return multiple(read_total(flows, &flows->distributions), paid_in);
}

Datum
cash_flows_rvpi(PG_FUNCTION_ARGS)
{
	const CashFlows *flows = PG_GETARG_CASH_FLOWS_P(0);
	int128 nav = amount_argument(fcinfo, 1, flows, "nav");
	int128 paid_in = read_total(flows, &flows->paid_in);

	if (paid_in == 0)
		PG_RETURN_NULL();
	return multiple(nav, paid_in);
}

Datum
cash_flows_tvpi(PG_FUNCTION_ARGS)
{
	const CashFlows *flows = PG_GETARG_CASH_FLOWS_P(0);
	int128 nav = amount_argument(fcinfo, 1, flows, "nav");
	int128 paid_in = read_total(flows, &flows->paid_in);

	if (paid_in == 0)
		PG_RETURN_NULL();
	return multiple(read_total(flows, &flows->distributions) + nav, paid_in);
}

/* moic(flows, nav, invested) */
Datum
cash_flows_moic(PG_FUNCTION_ARGS)
{
	const CashFlows *flows = PG_GETARG_CASH_FLOWS_P(0);
	int128 nav = amount_argument(fcinfo, 1, flows, "nav");
	int128 invested = amount_argument(fcinfo, 2, flows, "invested");

	if (invested < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("invested must not be negative: %s",
							   monetary_to_text(PG_GETARG_MONETARY_P(2)))));
	if (invested == 0)
		PG_RETURN_NULL();
	return multiple(read_total(flows, &flows->distributions) + nav, invested);
}

/*
 * Rates of return
 */

static double
finite_argument(FunctionCallInfo fcinfo, int arg, const char *name)
{
	double value = PG_GETARG_FLOAT8(arg);

	if (isnan(value) || isinf(value))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be finite, not %s", name, float8out_internal(value))));
	return value;
}

/* Of several rates, the one nearest to the guess, the higher of two; false when there is none. */
static bool
nearest_rate(const RateProblem *problem, double guess, double *rate)
{
	double log_rate;

	if (guess == 0)
	{
		if (!rate_find_nearest_zero(&log_rate, problem))
			return false;
	}
	else
	{
		RateRoots roots;
		int nearest = 0;

		rate_find_all(&roots, problem);
		if (roots.count == 0)
			return false;
		for (int i = 1; i < roots.count; i++)
			if (fabs(expm1(roots.root[i]) - guess) <= fabs(expm1(roots.root[nearest]) - guess))
				nearest = i;
		log_rate = roots.root[nearest];
	}
	*rate = rate_of_log(log_rate, problem);
	if (isinf(*rate))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("rate out of range for type double precision: its logarithm is %s",
							   float8out_internal(log_rate))));
	return true;
}

static Datum
all_rates(const RateProblem *problem)
{
	RateRoots roots;
	Datum *rates;

	rate_find_all(&roots, problem);
	rates = palloc(sizeof(Datum) * Max(roots.count, 1));
	for (int i = 0; i < roots.count; i++)
		rates[i] = Float8GetDatum(rate_of_log(roots.root[i], problem));
	return PointerGetDatum(construct_array(rates, roots.count, FLOAT8OID, sizeof(float8),
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

static const char *
status_of(const RateProblem *problem)
{
	RateRoots roots;

	switch (problem->prospect)
	{
		case RATES_NO_FLOW:
			return "no rate: every day nets to zero";
		case RATES_ONE_DAY:
			return "no rate: all flows are at one time";
		case RATES_ONLY_POSITIVE:
			return "no rate: nothing was paid in";
		case RATES_ONLY_NEGATIVE:
			return "no rate: nothing was distributed";
		case RATES_POSSIBLE:
			break;
	}
	rate_find_all(&roots, problem);
	if (roots.count == 0)
		return "no rate: the present value is zero at none";
	if (roots.count == 1)
		return "one rate";
	return psprintf("%d rates", roots.count);
}

/* Arguments 0 and 1 of xirr and its kin. */
static void
dated_problem(FunctionCallInfo fcinfo, RateProblem *problem)
{
	DayCount day_count = day_count_from_name(PG_GETARG_TEXT_PP(1));

	rate_problem_prepare(problem, PG_GETARG_CASH_FLOWS_P(0), day_count, false);
}

/* Argument 0 of irr and its kin. */
static void
periodic_problem(FunctionCallInfo fcinfo, RateProblem *problem)
{
	rate_problem_prepare(problem, PG_GETARG_CASH_FLOWS_P(0), DC_ACT_365F, true);
}

/* xirr(flows, day_count, guess) */
Datum
cash_flows_xirr(PG_FUNCTION_ARGS)
{
	double guess = finite_argument(fcinfo, 2, "guess");
	RateProblem problem;
	double rate;

	dated_problem(fcinfo, &problem);
	if (!nearest_rate(&problem, guess, &rate))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(rate);
}

/* xirr_strict(flows, day_count, guess) */
Datum
cash_flows_xirr_strict(PG_FUNCTION_ARGS)
{
	double guess = finite_argument(fcinfo, 2, "guess");
	RateProblem problem;
	double rate;

	dated_problem(fcinfo, &problem);
	if (!nearest_rate(&problem, guess, &rate))
		ereport(ERROR, (errcode(ERRCODE_DATA_EXCEPTION),
						errmsg("cash_flows have no internal rate of return"),
						errdetail("xirr_status says: %s.", status_of(&problem))));
	PG_RETURN_FLOAT8(rate);
}

Datum
cash_flows_xirr_all(PG_FUNCTION_ARGS)
{
	RateProblem problem;

	dated_problem(fcinfo, &problem);
	return all_rates(&problem);
}

Datum
cash_flows_xirr_status(PG_FUNCTION_ARGS)
{
	RateProblem problem;

	dated_problem(fcinfo, &problem);
	PG_RETURN_TEXT_P(cstring_to_text(status_of(&problem)));
}

/* irr(flows, guess) */
Datum
cash_flows_irr(PG_FUNCTION_ARGS)
{
	double guess = finite_argument(fcinfo, 1, "guess");
	RateProblem problem;
	double rate;

	periodic_problem(fcinfo, &problem);
	if (!nearest_rate(&problem, guess, &rate))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(rate);
}

Datum
cash_flows_irr_all(PG_FUNCTION_ARGS)
{
	RateProblem problem;

	periodic_problem(fcinfo, &problem);
	return all_rates(&problem);
}

/*
 * Present and future values
 */

/* ln(1 + rate) of an argument; 22023 when there is no such rate. */
static double
log_rate_argument(FunctionCallInfo fcinfo, int arg, const char *name)
{
	double rate = finite_argument(fcinfo, arg, name);

	if (rate <= -1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be more than -1, not %s", name, float8out_internal(rate))));
	return log1p(rate);
}

static double
flow_to_double(const CashFlow *flow)
{
	return cash_to_double(flow->low, flow->high) / MONETARY_ONE;
}

static Datum
float8_result(double value)
{
	/* Amounts are finite: what is not came of a power out of range. */
	if (isnan(value) || isinf(value))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("value of cash_flows out of range for type double precision")));
	return Float8GetDatum(value == 0 ? 0.0 : value);
}

/* What flows are worth at a time, in years since the first day. */
static Datum
value_at(const CashFlows *flows, DayCount day_count, double log_rate, bool at_last)
{
	DateADT first = flows->flow[0].date;
	double at = at_last ? day_count_years(day_count, first, flows->flow[flows->days - 1].date) : 0;
	double value = 0;

	for (int i = 0; i < flows->days; i++)
	{
		const CashFlow *flow = &flows->flow[i];

		/* A power that overflows would make NaN of nothing. */
		if ((flow->low | (uint64) flow->high) != 0)
			value += flow_to_double(flow) *
					 exp((at - day_count_years(day_count, first, flow->date)) * log_rate);
	}
	return float8_result(value);
}

/* xnpv(flows, rate, day_count) */
Datum
cash_flows_xnpv(PG_FUNCTION_ARGS)
{
	double log_rate = log_rate_argument(fcinfo, 1, "rate");
	DayCount day_count = day_count_from_name(PG_GETARG_TEXT_PP(2));

	return value_at(PG_GETARG_CASH_FLOWS_P(0), day_count, log_rate, false);
}

/* xnfv(flows, rate, day_count) */
Datum
cash_flows_xnfv(PG_FUNCTION_ARGS)
{
	double log_rate = log_rate_argument(fcinfo, 1, "rate");
	DayCount day_count = day_count_from_name(PG_GETARG_TEXT_PP(2));

	return value_at(PG_GETARG_CASH_FLOWS_P(0), day_count, log_rate, true);
}

/* mirr(flows, finance_rate, reinvest_rate) */
Datum
cash_flows_mirr(PG_FUNCTION_ARGS)
{
	const CashFlows *flows = PG_GETARG_CASH_FLOWS_P(0);
	double finance = log_rate_argument(fcinfo, 1, "finance_rate");
	double reinvest = log_rate_argument(fcinfo, 2, "reinvest_rate");
	int last = flows->days - 1;
	double paid = 0;
	double earned = 0;

	for (int i = 0; i <= last; i++)
	{
		double amount = flow_to_double(&flows->flow[i]);

		if (amount < 0)
			paid -= amount * exp(-finance * i);
		else if (amount > 0)
			earned += amount * exp(reinvest * (last - i));
	}
	if (paid == 0 || earned == 0 || last == 0)
		PG_RETURN_NULL();
	return float8_result(expm1((log(earned) - log(paid)) / last));
}
