/*
 * spreadsheet.c
 *		The ground that the spreadsheet functions stand on. Each of them exists for
 *		numeric, exact to a stated decimal, and for double precision, as a spreadsheet
 *		computes. Arguments are checked and named in one place; arithmetic with
 *		numerics always says to how many decimals.
 */
#include "spreadsheet.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/float.h"

pg_noreturn static void
refuse_out_of_range(const char *name, const char *shown)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("%s out of range: %s", name, shown),
			 errdetail("A number must be less than 10^%d in size.", SPREADSHEET_ARGUMENT_DIGITS)));
}

pg_noreturn static void
refuse_not_finite(const char *name, const char *shown)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("%s cannot be %s", name, shown)));
}

void
spreadsheet_refuse(const char *name, const char *rule, const char *shown)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("%s must be %s, not %s", name, rule, shown)));
}

char *
float8_shown(double value)
{
	return float8out_internal(value);
}

/* 10 ^ SPREADSHEET_ARGUMENT_DIGITS. */
static Numeric
argument_limit(void)
{
	Numeric root = sheet_number(INT64CONST(1000000000000000));

	StaticAssertStmt(SPREADSHEET_ARGUMENT_DIGITS == 30, "the root has half as many zeros");
	return sheet_mul(root, root, 0);
}

Numeric
spreadsheet_numeric(Numeric value, const char *name)
{
	Numeric size;

	if (numeric_is_nan(value) || numeric_is_inf(value))
		refuse_not_finite(name, numeric_shown(value));
	size = DatumGetNumeric(DirectFunctionCall1(numeric_abs, NumericGetDatum(value)));
	if (sheet_cmp(size, argument_limit()) >= 0)
		refuse_out_of_range(name, numeric_shown(value));
	value = sheet_round(value, SPREADSHEET_ARGUMENT_DIGITS);
	return DatumGetNumeric(DirectFunctionCall1(numeric_trim_scale, NumericGetDatum(value)));
}

double
spreadsheet_float8(double value, const char *name)
{
	if (isnan(value) || isinf(value))
		refuse_not_finite(name, float8_shown(value));
	return value;
}

Datum
spreadsheet_numeric_result(Numeric value)
{
	return NumericGetDatum(sheet_round(value, SPREADSHEET_SCALE));
}

Datum
spreadsheet_float8_result(double value, const char *function)
{
	/* Arguments are finite: what is not came of an overflow on the way. */
	if (isnan(value) || isinf(value))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("result of %s is out of range for type double precision", function)));
	/* A spreadsheet shows no negative zero. */
	return Float8GetDatum(value == 0 ? 0.0 : value);
}

Numeric
sheet_number(int64 value)
{
	return int64_to_numeric(value);
}

Numeric
sheet_add(Numeric a, Numeric b)
{
	return numeric_add_opt_error(a, b, NULL);
}

Numeric
sheet_sub(Numeric a, Numeric b)
{
	return numeric_sub_opt_error(a, b, NULL);
}

Numeric
sheet_mul(Numeric a, Numeric b, int scale)
{
	return sheet_round(numeric_mul_opt_error(a, b, NULL), scale);
}

/* Division is carried to as many decimals as its operands show. */
Numeric
sheet_div(Numeric a, Numeric b, int scale)
{
	return sheet_round(numeric_div_opt_error(sheet_round(a, scale), b, NULL), scale);
}

/* So is a power: the base shows a few more than asked for, which the last rounding takes. */
Numeric
sheet_power(Numeric base, Numeric exponent, int scale)
{
	Datum power = DirectFunctionCall2(numeric_power, NumericGetDatum(sheet_round(base, scale + 5)),
									  NumericGetDatum(exponent));

	return sheet_round(DatumGetNumeric(power), scale);
}

Numeric
sheet_round(Numeric a, int scale)
{
	return DatumGetNumeric(
		DirectFunctionCall2(numeric_round, NumericGetDatum(a), Int32GetDatum(scale)));
}

Numeric
sheet_floor(Numeric a)
{
	return DatumGetNumeric(DirectFunctionCall1(numeric_floor, NumericGetDatum(a)));
}

double
sheet_to_double(Numeric a)
{
	return DatumGetFloat8(DirectFunctionCall1(numeric_float8, NumericGetDatum(a)));
}

int
sheet_cmp(Numeric a, Numeric b)
{
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(a), NumericGetDatum(b)));
}
