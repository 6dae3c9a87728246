/*
 * newsvendor.c
 *		How much to build when demand is uncertain: the quantity that balances the cost
 *		of one unit too few (underage) against one too many (overage), what it costs on
 *		average, and the ratio of the two that makes a given build the right one (Arrow,
 *		Harris and Marschak 1951). Floats: distributions are.
 */
#include "chipbook.h"
#include "normal.h"
#include "wide.h"

#include <math.h>

#include "utils/float.h"

PG_FUNCTION_INFO_V1(critical_ratio_money);
PG_FUNCTION_INFO_V1(critical_ratio_float);
PG_FUNCTION_INFO_V1(newsvendor_quantity);
PG_FUNCTION_INFO_V1(newsvendor_quantity_uniform);
PG_FUNCTION_INFO_V1(newsvendor_quantity_lognormal);
PG_FUNCTION_INFO_V1(newsvendor_cost);
PG_FUNCTION_INFO_V1(implied_fear_ratio);

static double
finite_argument(FunctionCallInfo fcinfo, int n, const char *what)
{
	double value = PG_GETARG_FLOAT8(n);

	if (!isfinite(value))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be a finite number: %g", what, value)));
	return value;
}

static double
positive_argument(FunctionCallInfo fcinfo, int n, const char *what)
{
	double value = finite_argument(fcinfo, n, what);

	if (value <= 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be positive: %g", what, value)));
	return value;
}

static double
in_range(double value)
{
	if (!isfinite(value))
		float_overflow_error();
	return value;
}

/* The first two arguments of most: the costs as parts of their sum. */
typedef struct CostParts
{
	double under; /* the critical ratio */
	double over;  /* 1 - under, without its rounding */
} CostParts;

static CostParts
cost_parts(FunctionCallInfo fcinfo)
{
	double under = positive_argument(fcinfo, 0, "underage cost");
	double over = positive_argument(fcinfo, 1, "overage cost");

	if (isinf(under + over))
	{
		under /= 2;
		over /= 2;
	}
	return (CostParts){under / (under + over), over / (under + over)};
}

static double
critical_z(CostParts parts)
{
	if (parts.under <= 0 || parts.over <= 0)
		float_underflow_error();
	return normal_quantile(parts.under, parts.over);
}

/* critical_ratio(underage, overage) = underage / (underage + overage) */
Datum
critical_ratio_float(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(cost_parts(fcinfo).under);
}

Datum
critical_ratio_money(PG_FUNCTION_ARGS)
{
	Monetary *under = PG_GETARG_MONETARY_P(0);
	Monetary *over = PG_GETARG_MONETARY_P(1);
	Int192 n;
	Int192 d;
	Wide wide_n;
	Wide wide_d;

	monetary_check_same_currency(under, over, "compare");
	if (monetary_amount(under) <= 0 || monetary_amount(over) <= 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("costs of a critical ratio must be positive: %s and %s",
							   monetary_to_text(under), monetary_to_text(over))));
	n = int192_from_s128(monetary_amount(under));
	d = int192_from_s128(monetary_amount(under) + monetary_amount(over));
	wide_n = wide_from_int192(&n);
	wide_d = wide_from_int192(&d);
	PG_RETURN_NUMERIC(wide_ratio(&wide_n, &wide_d));
}

/* newsvendor_quantity(underage, overage, mean, sd): demand is normal */
Datum
newsvendor_quantity(PG_FUNCTION_ARGS)
{
	double z = critical_z(cost_parts(fcinfo));
	double mean = finite_argument(fcinfo, 2, "mean of the demand");
	double sd = positive_argument(fcinfo, 3, "standard deviation of the demand");

	PG_RETURN_FLOAT8(in_range(mean + z * sd));
}

/* newsvendor_quantity_uniform(underage, overage, low, high): demand is anywhere between */
Datum
newsvendor_quantity_uniform(PG_FUNCTION_ARGS)
{
	CostParts parts = cost_parts(fcinfo);
	double low = finite_argument(fcinfo, 2, "lowest demand");
	double high = finite_argument(fcinfo, 3, "highest demand");

	if (low > high)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("lowest demand %g is above the highest, %g", low, high)));
	PG_RETURN_FLOAT8(in_range(low * parts.over + high * parts.under));
}

/* newsvendor_quantity_lognormal(underage, overage, median, sigma): ln demand is normal */
Datum
newsvendor_quantity_lognormal(PG_FUNCTION_ARGS)
{
	double z = critical_z(cost_parts(fcinfo));
	double median = positive_argument(fcinfo, 2, "median of the demand");
	double sigma = positive_argument(fcinfo, 3, "sigma of the demand");

	PG_RETURN_FLOAT8(in_range(median * exp(sigma * z)));
}

/* newsvendor_cost(underage, overage, mean, sd, quantity): expected, demand being normal */
Datum
newsvendor_cost(PG_FUNCTION_ARGS)
{
	double under = positive_argument(fcinfo, 0, "underage cost");
	double over = positive_argument(fcinfo, 1, "overage cost");
	double mean = finite_argument(fcinfo, 2, "mean of the demand");
	double sd = positive_argument(fcinfo, 3, "standard deviation of the demand");
	double z = in_range((finite_argument(fcinfo, 4, "quantity") - mean) / sd);
	/* Expected units missing and left over, in standard deviations. */
	double missing = fmax(normal_density(z) - z * normal_above(z), 0);
	double left_over = fmax(normal_density(z) + z * normal_below(z), 0);

	PG_RETURN_FLOAT8(in_range(sd * (under * missing + over * left_over)));
}

/* implied_fear_ratio(quantity, mean, sd): underage / overage that would make it the best quantity */
Datum
implied_fear_ratio(PG_FUNCTION_ARGS)
{
	double quantity = finite_argument(fcinfo, 0, "quantity");
	double mean = finite_argument(fcinfo, 1, "mean of the demand");
	double sd = positive_argument(fcinfo, 2, "standard deviation of the demand");
	double z = in_range((quantity - mean) / sd);
	double below = normal_below(z);

	if (below == 0)
		float_underflow_error();
	PG_RETURN_FLOAT8(in_range(below / normal_above(z)));
}
