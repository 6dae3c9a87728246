/*
 * exposure_loss.c
 *		What stands to be lost: exposure at default of a commitment (Basel CRE20), expected
 *		loss, and the risk weight that Basel's IRB formula (CRE31.5) puts on unexpected
 *		loss. Money times fractions is exact and rounded once; the risk weight is a float.
 */
#include "chipbook.h"
#include "normal.h"

#include <float.h>
#include <math.h>

#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(exposure_at_default);
PG_FUNCTION_INFO_V1(exposure_expected_loss);
PG_FUNCTION_INFO_V1(irb_risk_weight);

/* monetary.c */
extern Datum monetary_add(PG_FUNCTION_ARGS);
extern Datum monetary_mul_numeric(PG_FUNCTION_ARGS);

static void
check_fraction(Numeric value, const char *what)
{
	Datum zero = NumericGetDatum(int64_to_numeric(0));
	Datum one = NumericGetDatum(int64_to_numeric(1));

	if (DatumGetBool(DirectFunctionCall2(numeric_lt, NumericGetDatum(value), zero)) ||
		DatumGetBool(DirectFunctionCall2(numeric_gt, NumericGetDatum(value), one)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be between 0 and 1: %s", what, numeric_shown(value)),
						errhint("Write 40 %% as 0.4.")));
}

static void
check_not_negative(const Monetary *m, const char *what)
{
	if (monetary_amount(m) < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must not be negative: %s", what, monetary_to_text(m))));
}

/* ead(drawn, undrawn, ccf) = drawn + ccf x undrawn */
Datum
exposure_at_default(PG_FUNCTION_ARGS)
{
	Monetary *drawn = PG_GETARG_MONETARY_P(0);
	Monetary *undrawn = PG_GETARG_MONETARY_P(1);
	Numeric ccf = PG_GETARG_NUMERIC(2);
	Datum converted;

	check_not_negative(drawn, "drawn amount");
	check_not_negative(undrawn, "undrawn amount");
	check_fraction(ccf, "credit conversion factor");
	converted =
		DirectFunctionCall2(monetary_mul_numeric, MonetaryPGetDatum(undrawn), NumericGetDatum(ccf));
	return DirectFunctionCall2(monetary_add, MonetaryPGetDatum(drawn), converted);
}

/* expected_loss(ead, pd, lgd) = ead x pd x lgd */
Datum
exposure_expected_loss(PG_FUNCTION_ARGS)
{
	Monetary *ead = PG_GETARG_MONETARY_P(0);
	Numeric pd = PG_GETARG_NUMERIC(1);
	Numeric lgd = PG_GETARG_NUMERIC(2);

	check_not_negative(ead, "exposure at default");
	check_fraction(pd, "probability of default");
	check_fraction(lgd, "loss given default");
	return DirectFunctionCall2(
		monetary_mul_numeric, MonetaryPGetDatum(ead),
		DirectFunctionCall2(numeric_mul, NumericGetDatum(pd), NumericGetDatum(lgd)));
}

/* The confidence that the formula asks for, and what capital is multiplied with. */
#define IRB_CONFIDENCE 0.999
#define IRB_MULTIPLIER 12.5

static void
check_range(double value, double least, double most, const char *what)
{
	if (!(value >= least && value <= most))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be between %g and %g: %g", what, least, most, value)));
}

/* irb_risk_weight(pd, lgd, maturity), CRE31.5: corporate exposures, without a firm-size adjustment */
Datum
irb_risk_weight(PG_FUNCTION_ARGS)
{
	double pd = PG_GETARG_FLOAT8(0);
	double lgd = PG_GETARG_FLOAT8(1);
	double maturity = PG_GETARG_FLOAT8(2);
	double between;
	double correlation;
	double b;
	double z;
	double capital;

	check_range(pd, 0, 1, "probability of default");
	check_range(lgd, 0, 1, "loss given default");
	check_range(maturity, 1, 5, "maturity in years");
	/* What is certain, either way, is expected: nothing is left to be unexpected. */
	if (pd < DBL_MIN || pd >= 1)
		PG_RETURN_FLOAT8(0);
	between = (1 - exp(-50 * pd)) / (1 - exp(-50));
	correlation = 0.12 * between + 0.24 * (1 - between);
	b = pow(0.11852 - 0.05478 * log(pd), 2);
	/* A PD so small that the adjustment has no meaning: CRE31.4 has a floor of 0.05 %. */
	if (1 - 1.5 * b <= 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("probability of default is too small for the IRB formula: %g", pd),
						errhint("Basel has a floor of 0.0005.")));
	z = (normal_quantile(pd, 1 - pd) +
		 sqrt(correlation) * normal_quantile(IRB_CONFIDENCE, 1 - IRB_CONFIDENCE)) /
		sqrt(1 - correlation);
	capital = lgd * (normal_below(z) - pd) * (1 + (maturity - 2.5) * b) / (1 - 1.5 * b);
	PG_RETURN_FLOAT8(fmax(capital, 0) * IRB_MULTIPLIER);
}
