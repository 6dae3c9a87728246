/*
 * spreadsheet_payment.c
 *		PMT, IPMT and PPMT as Excel computes them: the level payment of an annuity,
 *		and what of it is interest and principal in one period. With g = (1 + rate) ^
 *		nper and payments at the end of a period,
 *			pv * g + pmt * (g - 1) / rate + fv = 0.
 *		Money received is positive, money paid negative.
 */
#include "spreadsheet.h"

#include <math.h>

PG_FUNCTION_INFO_V1(pmt_numeric);
PG_FUNCTION_INFO_V1(pmt_float8);
PG_FUNCTION_INFO_V1(ipmt_numeric);
PG_FUNCTION_INFO_V1(ipmt_float8);
PG_FUNCTION_INFO_V1(ppmt_numeric);
PG_FUNCTION_INFO_V1(ppmt_float8);

/* A growth (1 + rate) ^ nper beyond a spreadsheet's numbers is an overflow here too. */
#define MAX_GROWTH_DIGITS 308
/* Decimals that a computation starts with: 30 before the point twice, 15 after it, and some to lose. */
#define BASE_SCALE 90
/* What g - 1 can lose at most: rate and nper have 30 decimals each. */
#define MAX_LOST_DIGITS 60

/* ---------------------------------------------------------------------------
 * Checks that both kinds of arguments share
 * ------------------------------------------------------------------------- */

pg_noreturn static void
refuse_no_periods(void)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("nper cannot be zero")));
}

pg_noreturn static void
refuse_growth(const char *rate, const char *nper)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("(1 + rate) ^ nper is out of range for rate %s and nper %s", rate, nper),
			 errdetail("It must be less than 10^%d, as in a spreadsheet.", MAX_GROWTH_DIGITS)));
}

pg_noreturn static void
refuse_division(const char *rate, const char *nper)
{
	ereport(ERROR,
			(errcode(ERRCODE_DIVISION_BY_ZERO),
			 errmsg("no payment is defined for rate %s and nper %s", rate, nper),
			 errdetail("Its formula divides by zero: the spreadsheet's answer is an error too.")));
}

/* ---------------------------------------------------------------------------
 * numeric
 * ------------------------------------------------------------------------- */

/* The terms of an annuity. */
typedef struct NumericTerms
{
	Numeric rate;
	Numeric nper;
	Numeric pv;
	Numeric fv;
	bool in_advance; /* payments at the beginning of a period */
	int scale;       /* decimals of the computation */
	Numeric growth;  /* (1 + rate) ^ nper, when rate is not zero */
} NumericTerms;

static bool
is_whole(Numeric value)
{
	return sheet_cmp(value, sheet_floor(value)) == 0;
}

/*
 * Decimals for a computation: as many more as the growth has digits before the
 * point, and twice those that g - 1 cancels. An estimate in floating point does.
 */
static int
terms_scale(const NumericTerms *terms)
{
	double rate = sheet_to_double(terms->rate);
	double base = sheet_to_double(sheet_add(terms->rate, sheet_number(1)));
	double exponent = sheet_to_double(terms->nper);
	double log_growth = exponent * (fabs(rate) < 0.5 ? log1p(rate) : log(fabs(base)));
	double lost;

	if (log_growth > MAX_GROWTH_DIGITS * M_LN10)
		refuse_growth(numeric_shown(terms->rate), numeric_shown(terms->nper));
	lost = -log10(fabs(expm1(log_growth)));
	lost = Min(Max(ceil(lost), 0), MAX_LOST_DIGITS);
	return BASE_SCALE + 2 * (int) lost + (int) Max(ceil(log_growth / M_LN10), 0);
}

static void
get_numeric_terms(NumericTerms *terms, Numeric rate, Numeric nper, Numeric pv, Numeric fv,
				  Numeric payment_type)
{
	Numeric base = sheet_add(rate, sheet_number(1));

	terms->rate = rate;
	terms->nper = nper;
	terms->pv = pv;
	terms->fv = fv;
	terms->in_advance = sheet_sign(payment_type) != 0;
	terms->scale = BASE_SCALE;
	terms->growth = NULL;

	if (sheet_sign(nper) == 0)
		refuse_no_periods();
	if (sheet_sign(rate) == 0)
		return;
	if (sheet_sign(base) < 0 && !is_whole(nper))
		spreadsheet_refuse("nper", "a whole number where rate is less than -1",
						   numeric_shown(nper));
	if (sheet_sign(base) == 0 && (sheet_sign(nper) < 0 || terms->in_advance))
		refuse_division(numeric_shown(rate), numeric_shown(nper));
	terms->scale = terms_scale(terms);
	terms->growth = sheet_power(base, nper, terms->scale);
	if (sheet_cmp(terms->growth, sheet_number(1)) == 0)
		refuse_division(numeric_shown(rate), numeric_shown(nper));
}

/* A payment at the end of a period; one in advance is worth 1 + rate times as much. */
static Numeric
numeric_payment_in_arrears(const NumericTerms *terms)
{
	int scale = terms->scale;
	Numeric due;

	if (terms->growth == NULL)
	{
		due = sheet_div(sheet_add(terms->pv, terms->fv), terms->nper, scale);
		return sheet_sub(sheet_number(0), due);
	}
	due = sheet_add(sheet_mul(terms->pv, terms->growth, scale), terms->fv);
	due = sheet_mul(due, terms->rate, scale);
	return sheet_div(due, sheet_sub(sheet_number(1), terms->growth), scale);
}

static Numeric
numeric_in_advance(const NumericTerms *terms, Numeric amount)
{
	if (!terms->in_advance)
		return amount;
	return sheet_div(amount, sheet_add(sheet_number(1), terms->rate), terms->scale);
}

/* Interest on what is owed after per - 1 payments; none yet where the first is paid in advance. */
static Numeric
numeric_interest(const NumericTerms *terms, Numeric per)
{
	int scale = terms->scale;
	Numeric elapsed = sheet_sub(per, sheet_number(1));
	Numeric growth;
	Numeric owed;
	Numeric paid;

	if (terms->growth == NULL || (terms->in_advance && sheet_sign(elapsed) == 0))
		return sheet_number(0);
	growth = sheet_power(sheet_add(terms->rate, sheet_number(1)), elapsed, scale);
	owed = sheet_mul(sheet_mul(terms->pv, growth, scale), terms->rate, scale);
	paid = sheet_mul(numeric_payment_in_arrears(terms), sheet_sub(growth, sheet_number(1)), scale);
	return numeric_in_advance(terms, sheet_sub(sheet_number(0), sheet_add(owed, paid)));
}

Datum
pmt_numeric(PG_FUNCTION_ARGS)
{
	NumericTerms terms;

	get_numeric_terms(&terms, SPREADSHEET_NUMERIC(0, "rate"), SPREADSHEET_NUMERIC(1, "nper"),
					  SPREADSHEET_NUMERIC(2, "pv"), SPREADSHEET_NUMERIC(3, "fv"),
					  SPREADSHEET_NUMERIC(4, "payment_type"));
	return spreadsheet_numeric_result(
		numeric_in_advance(&terms, numeric_payment_in_arrears(&terms)));
}

/* The six arguments of IPMT and PPMT. */
static Numeric
get_numeric_period(FunctionCallInfo fcinfo, NumericTerms *terms)
{
	Numeric rate = SPREADSHEET_NUMERIC(0, "rate");
	Numeric per = SPREADSHEET_NUMERIC(1, "per");
	Numeric nper = SPREADSHEET_NUMERIC(2, "nper");

	if (sheet_cmp(rate, sheet_number(-1)) <= 0)
		spreadsheet_refuse("rate", "more than -1", numeric_shown(rate));
	if (sheet_cmp(per, sheet_number(1)) < 0)
		spreadsheet_refuse("per", "1 or more", numeric_shown(per));
	get_numeric_terms(terms, rate, nper, SPREADSHEET_NUMERIC(3, "pv"), SPREADSHEET_NUMERIC(4, "fv"),
					  SPREADSHEET_NUMERIC(5, "payment_type"));
	return per;
}

Datum
ipmt_numeric(PG_FUNCTION_ARGS)
{
	NumericTerms terms;
	Numeric per = get_numeric_period(fcinfo, &terms);

	if (sheet_cmp(per, sheet_add(terms.nper, sheet_number(1))) >= 0)
		spreadsheet_refuse("per",
						   psprintf("less than nper + 1, nper being %s", numeric_shown(terms.nper)),
						   numeric_shown(per));
	return spreadsheet_numeric_result(numeric_interest(&terms, per));
}

/* Both parts are rounded as they are shown, so that they add up to the payment. */
Datum
ppmt_numeric(PG_FUNCTION_ARGS)
{
	NumericTerms terms;
	Numeric per = get_numeric_period(fcinfo, &terms);
	Numeric payment;
	Numeric interest;

	if (sheet_cmp(per, terms.nper) > 0)
		spreadsheet_refuse("per", psprintf("at most nper, %s", numeric_shown(terms.nper)),
						   numeric_shown(per));
	payment = sheet_round(numeric_in_advance(&terms, numeric_payment_in_arrears(&terms)),
						  SPREADSHEET_SCALE);
	interest = sheet_round(numeric_interest(&terms, per), SPREADSHEET_SCALE);
	return spreadsheet_numeric_result(sheet_sub(payment, interest));
}

/* ---------------------------------------------------------------------------
 * double precision
 * ------------------------------------------------------------------------- */

typedef struct Float8Terms
{
	double rate;
	double nper;
	double pv;
	double fv;
	bool in_advance;
	double gain; /* (1 + rate) ^ nper - 1 */
} Float8Terms;

/* (1 + rate) ^ nper - 1, without losing the digits of a small rate. */
static double
float8_gain(double rate, double nper)
{
	return rate > -1 ? expm1(nper * log1p(rate)) : pow(1 + rate, nper) - 1;
}

static void
get_float8_terms(Float8Terms *terms, double rate, double nper, double pv, double fv,
				 double payment_type)
{
	terms->rate = rate;
	terms->nper = nper;
	terms->pv = pv;
	terms->fv = fv;
	terms->in_advance = payment_type != 0;
	terms->gain = 0;

	if (nper == 0)
		refuse_no_periods();
	if (rate == 0)
		return;
	if (rate < -1 && nper != floor(nper))
		spreadsheet_refuse("nper", "a whole number where rate is less than -1", float8_shown(nper));
	if (rate == -1 && (nper < 0 || terms->in_advance))
		refuse_division(float8_shown(rate), float8_shown(nper));
	terms->gain = float8_gain(rate, nper);
	if (isinf(terms->gain))
		refuse_growth(float8_shown(rate), float8_shown(nper));
	if (terms->gain == 0)
		refuse_division(float8_shown(rate), float8_shown(nper));
}

static double
float8_payment_in_arrears(const Float8Terms *terms)
{
	if (terms->rate == 0)
		return -(terms->pv + terms->fv) / terms->nper;
	return -(terms->pv * (terms->gain + 1) + terms->fv) * (terms->rate / terms->gain);
}

static double
float8_in_advance(const Float8Terms *terms, double amount)
{
	return terms->in_advance ? amount / (1 + terms->rate) : amount;
}

/*
 * pmt, ipmt and ppmt with g = (1 + rate) ^ nper and k = (1 + rate) ^ (per - 1):
 *		ipmt = (fv * (k - 1) - pv * k * (g / k - 1)) * rate / (g - 1)
 *		ppmt = -(pv + fv) * k * rate / (g - 1)
 * say the same as numeric_interest(), with nothing large to cancel.
 */
static double
float8_interest(const Float8Terms *terms, double per)
{
	double elapsed = per - 1;
	double gain;
	double owed;

	if (terms->rate == 0 || (terms->in_advance && elapsed == 0))
		return 0;
	gain = float8_gain(terms->rate, elapsed);
	owed = terms->pv * (gain + 1) * float8_gain(terms->rate, terms->nper - elapsed);
	return float8_in_advance(terms, (terms->fv * gain - owed) * (terms->rate / terms->gain));
}

static double
float8_principal(const Float8Terms *terms, double per)
{
	double repaid = -(terms->pv + terms->fv);

	if (terms->rate == 0)
		return repaid / terms->nper;
	if (terms->in_advance && per == 1)
		return float8_in_advance(terms, float8_payment_in_arrears(terms));
	repaid *= terms->rate / terms->gain;
	return float8_in_advance(terms, repaid * (float8_gain(terms->rate, per - 1) + 1));
}

Datum
pmt_float8(PG_FUNCTION_ARGS)
{
	Float8Terms terms;

	get_float8_terms(&terms, SPREADSHEET_FLOAT8(0, "rate"), SPREADSHEET_FLOAT8(1, "nper"),
					 SPREADSHEET_FLOAT8(2, "pv"), SPREADSHEET_FLOAT8(3, "fv"),
					 SPREADSHEET_FLOAT8(4, "payment_type"));
	return spreadsheet_float8_result(float8_in_advance(&terms, float8_payment_in_arrears(&terms)),
									 "pmt");
}

static double
get_float8_period(FunctionCallInfo fcinfo, Float8Terms *terms)
{
	double rate = SPREADSHEET_FLOAT8(0, "rate");
	double per = SPREADSHEET_FLOAT8(1, "per");
	double nper = SPREADSHEET_FLOAT8(2, "nper");

	if (rate <= -1)
		spreadsheet_refuse("rate", "more than -1", float8_shown(rate));
	if (per < 1)
		spreadsheet_refuse("per", "1 or more", float8_shown(per));
	get_float8_terms(terms, rate, nper, SPREADSHEET_FLOAT8(3, "pv"), SPREADSHEET_FLOAT8(4, "fv"),
					 SPREADSHEET_FLOAT8(5, "payment_type"));
	return per;
}

Datum
ipmt_float8(PG_FUNCTION_ARGS)
{
	Float8Terms terms;
	double per = get_float8_period(fcinfo, &terms);

	if (per >= terms.nper + 1)
		spreadsheet_refuse("per",
						   psprintf("less than nper + 1, nper being %s", float8_shown(terms.nper)),
						   float8_shown(per));
	return spreadsheet_float8_result(float8_interest(&terms, per), "ipmt");
}

Datum
ppmt_float8(PG_FUNCTION_ARGS)
{
	Float8Terms terms;
	double per = get_float8_period(fcinfo, &terms);

	if (per > terms.nper)
		spreadsheet_refuse("per", psprintf("at most nper, %s", float8_shown(terms.nper)),
						   float8_shown(per));
	return spreadsheet_float8_result(float8_principal(&terms, per), "ppmt");
}
