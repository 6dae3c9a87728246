/*
 * monetary_split.c
 *		Where one amount becomes another or several: rounding to the minor unit or
 *		to a number of decimals, and allocation by largest remainder (Hamilton's
 *		method), whose parts always add up to the whole. Weights are exact: scaled
 *		to integers where 128 bits hold them, else through numeric; never floats.
 *		Or by filling capacities one after the other, which leaves a rest.
 */
#include "chipbook.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(monetary_round);
PG_FUNCTION_INFO_V1(monetary_round_decimals);
PG_FUNCTION_INFO_V1(monetary_allocate);
PG_FUNCTION_INFO_V1(monetary_allocate_waterfall);

/* Decimals one may round to; below the lowest nothing is left of any amount. */
#define MIN_DECIMALS (-18)

/*
 * Rounding
 */

/* 10 to the -decimals in units of 1e-15; 22023 when that is no sensible unit. */
static int128
decimals_to_unit(int decimals)
{
	if (decimals < MIN_DECIMALS || decimals > MONETARY_SCALE)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("number of decimals of a monetary value out of range: %d", decimals),
						errdetail("It must be between %d and %d.", MIN_DECIMALS, MONETARY_SCALE)));
	return pow10_s128(MONETARY_SCALE - decimals);
}

static Datum
round_to_unit(const Monetary *m, int128 unit)
{
	PG_RETURN_MONETARY_P(
		monetary_make(div_round_s128(monetary_amount(m), unit) * unit, monetary_currency(m)));
}

/* round(m): to the minor unit of its currency, half away from zero */
Datum
monetary_round(PG_FUNCTION_ARGS)
{
	Monetary *m = PG_GETARG_MONETARY_P(0);
	int minor_unit = currency_minor_unit_at(monetary_currency(m), DATEVAL_NOEND);

	if (minor_unit < 0)
	{
		char code[CURRENCY_TEXT_SIZE];

		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("ISO 4217 states no minor unit for currency %s",
							   currency_to_text(monetary_currency(m), code)),
						errhint("Say to how many decimals: round(m, 2).")));
	}
	return round_to_unit(m, decimals_to_unit(minor_unit));
}

/* round(m, decimals): half away from zero; negative decimals round to tens, hundreds */
Datum
monetary_round_decimals(PG_FUNCTION_ARGS)
{
	return round_to_unit(PG_GETARG_MONETARY_P(0), decimals_to_unit(PG_GETARG_INT32(1)));
}

/*
 * Allocation
 *
 * The share of part i is |total| * weight[i] / sum of weights. Each part gets
 * its share rounded down to the unit; whole units left over go, one each, to
 * the parts that lost most in rounding, the earlier of equals first; what is
 * left below one unit goes to the next in that order. A part without weight has
 * lost nothing, and so comes after all that could still receive something.
 */

typedef struct Part
{
	int index;
	int128 amount;         /* in 1e-15 */
	uint128 remainder;     /* what rounding down lost, all parts over one denominator */
	Numeric big_remainder; /* the same when 128 bits did not hold the weights, else NULL */
} Part;

/* What one palloc holds. */
#define MAX_WEIGHTS ((int) (MaxAllocSize / sizeof(Part)))

static int
compare_remainders(const void *pa, const void *pb)
{
	const Part *a = pa;
	const Part *b = pb;
	int order;

	if (a->big_remainder != NULL)
		order = DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(b->big_remainder),
												  NumericGetDatum(a->big_remainder)));
	else
		order = (b->remainder > a->remainder) - (b->remainder < a->remainder);
	return order != 0 ? order : a->index - b->index;
}

static int
compare_indexes(const void *pa, const void *pb)
{
	return ((const Part *) pa)->index - ((const Part *) pb)->index;
}

/* The one check of weights: one dimension, at least one, none NULL or negative or not finite. */
static Datum *
read_weights(ArrayType *array, int *count)
{
	Datum zero = NumericGetDatum(int64_to_numeric(0));
	bool any_positive = false;
	Datum *weights;
	bool *nulls;

	if (ARR_NDIM(array) != 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("weights of an allocation must be a one-dimensional array with at "
							   "least one element")));
	if (ArrayGetNItems(1, ARR_DIMS(array)) > MAX_WEIGHTS)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("too many weights for an allocation: %d",
							   ArrayGetNItems(1, ARR_DIMS(array))),
						errdetail("There can be at most %d.", MAX_WEIGHTS)));
	deconstruct_array(array, NUMERICOID, -1, false, TYPALIGN_INT, &weights, &nulls, count);
	for (int i = 0; i < *count; i++)
	{
		int sign;

		CHECK_FOR_INTERRUPTS();
		if (nulls[i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("weight %d of an allocation is NULL", i + 1)));
		sign = DatumGetInt32(DirectFunctionCall2(numeric_cmp, weights[i], zero));
		if (sign < 0 || numeric_is_nan(DatumGetNumeric(weights[i])) ||
			numeric_is_inf(DatumGetNumeric(weights[i])))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("weight %d of an allocation must be finite and not negative: %s",
								   i + 1, numeric_shown(DatumGetNumeric(weights[i])))));
		any_positive |= sign > 0;
	}
	if (!any_positive)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot allocate by weights that are all zero"),
				 errhint("Keep the amount as a line of its own, such as idle cost, when nothing "
						 "was used.")));
	return weights;
}

/*
 * The weights as integers in the same proportions, and their sum times the
 * unit; false when 128 bits do not hold them.
 */
static bool
weights_to_integers(Datum *weights, int count, int128 unit, int128 *integers, int128 *denominator)
{
	int scale = 0;
	int128 sum = 0;

	for (int i = 0; i < count; i++)
		scale = Max(scale, DatumGetInt32(DirectFunctionCall1(numeric_min_scale, weights[i])));
	for (int i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (numeric_to_scaled_overflow(DatumGetNumeric(weights[i]), scale, &integers[i]) ||
			add_s128_overflow(sum, integers[i], &sum))
			return false;
	}
	return !mul_s128_overflow(sum, unit, denominator);
}

static void
split_by_integers(uint128 total, int128 unit, const int128 *weights, int128 denominator,
				  Part *parts, int count)
{
	for (int i = 0; i < count; i++)
	{
		int128 units;

		CHECK_FOR_INTERRUPTS();
		if (mul_div_floor_s128_overflow((int128) total, weights[i], denominator, &units,
										&parts[i].remainder))
			elog(ERROR, "share of an allocation exceeds the whole");
		parts[i].amount = units * unit;
	}
}

static void
split_by_numerics(uint128 total, int128 unit, Datum *weights, Part *parts, int count)
{
	Datum whole = NumericGetDatum(scaled_to_numeric((int128) total, 0));
	Datum denominator = NumericGetDatum(int64_to_numeric(0));

	for (int i = 0; i < count; i++)
		denominator = DirectFunctionCall2(numeric_add, denominator, weights[i]);
	denominator =
		DirectFunctionCall2(numeric_mul, denominator, NumericGetDatum(scaled_to_numeric(unit, 0)));
	for (int i = 0; i < count; i++)
	{
		Datum product = DirectFunctionCall2(numeric_mul, whole, weights[i]);
		Datum units = DirectFunctionCall2(numeric_div_trunc, product, denominator);
		Datum rest = DirectFunctionCall2(numeric_sub, product,
										 DirectFunctionCall2(numeric_mul, units, denominator));

		CHECK_FOR_INTERRUPTS();
		parts[i].amount =
			numeric_to_scaled(DatumGetNumeric(units), 0, "share of an allocation") * unit;
		parts[i].big_remainder = DatumGetNumeric(rest);
	}
}

/* What rounding down left over goes to the largest remainders. */
static void
hand_out_rest(uint128 total, int128 unit, Part *parts, int count)
{
	int128 rest = (int128) total;

	for (int i = 0; i < count; i++)
		rest -= parts[i].amount;
	qsort(parts, count, sizeof(Part), compare_remainders);
	for (int i = 0; rest > 0; i++)
	{
		int128 given = Min(rest, unit);

		Assert(i < count);
		parts[i].amount += given;
		rest -= given;
	}
	qsort(parts, count, sizeof(Part), compare_indexes);
}

/* allocate(m monetary, weights numeric[], decimals integer) returns monetary[] */
Datum
monetary_allocate(PG_FUNCTION_ARGS)
{
	Monetary *m = PG_GETARG_MONETARY_P(0);
	int count;
	Datum *weights = read_weights(PG_GETARG_ARRAYTYPE_P(1), &count);
	int128 unit = decimals_to_unit(PG_GETARG_INT32(2));
	uint128 total = abs_s128(monetary_amount(m));
	int128 *integers = palloc(count * sizeof(int128));
	int128 denominator;
	Part *parts = palloc0(count * sizeof(Part));
	Monetary *values = palloc(count * sizeof(Monetary));
	Datum *result = palloc(count * sizeof(Datum));
	Oid element_type = get_element_type(get_func_rettype(fcinfo->flinfo->fn_oid));

	for (int i = 0; i < count; i++)
		parts[i].index = i;
	if (weights_to_integers(weights, count, unit, integers, &denominator))
		split_by_integers(total, unit, integers, denominator, parts, count);
	else
		split_by_numerics(total, unit, weights, parts, count);
	hand_out_rest(total, unit, parts, count);

	/* A negative amount is split as its mirror. */
	for (int i = 0; i < count; i++)
	{
		monetary_set(&values[i], monetary_amount(m) < 0 ? -parts[i].amount : parts[i].amount,
					 monetary_currency(m));
		result[i] = MonetaryPGetDatum(&values[i]);
	}
	PG_RETURN_ARRAYTYPE_P(
		construct_array(result, count, element_type, sizeof(Monetary), false, TYPALIGN_DOUBLE));
}

/*
 * Waterfall
 *
 * Each capacity takes what is left before it, up to itself; what is left after
 * the last is the last part. Nothing is rounded.
 */

/* The one check of capacities: one dimension or none at all, none NULL, negative or in another
 * currency than what is allocated. */
static Datum *
read_capacities(ArrayType *array, const Monetary *m, int *count)
{
	Datum *capacities;
	bool *nulls;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("capacities of an allocation must be a one-dimensional array")));
	/* One less than what fits, for the rest. */
	if (ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)) >= MAX_WEIGHTS)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("too many capacities for an allocation: %d",
							   ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array))),
						errdetail("There can be at most %d.", MAX_WEIGHTS - 1)));
	deconstruct_array(array, ARR_ELEMTYPE(array), sizeof(Monetary), false, TYPALIGN_DOUBLE,
					  &capacities, &nulls, count);
	for (int i = 0; i < *count; i++)
	{
		Monetary *capacity = DatumGetMonetaryP(capacities[i]);
		char of_amount[CURRENCY_TEXT_SIZE];
		char of_capacity[CURRENCY_TEXT_SIZE];

		CHECK_FOR_INTERRUPTS();
		if (nulls[i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("capacity %d of an allocation is NULL", i + 1)));
		if (monetary_currency(capacity) != monetary_currency(m))
			ereport(ERROR,
					(errcode(ERRCODE_DATA_EXCEPTION),
					 errmsg("cannot allocate %s to capacities in %s: capacity %d of an allocation "
							"is %s",
							currency_to_text(monetary_currency(m), of_amount),
							currency_to_text(monetary_currency(capacity), of_capacity), i + 1,
							monetary_to_text(capacity)),
					 errhint("Convert the capacities to %s first.", of_amount)));
		if (monetary_amount(capacity) < 0)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("capacity %d of an allocation must not be negative: %s", i + 1,
								   monetary_to_text(capacity)),
							errhint("A negative amount fills capacities as its mirror would.")));
	}
	return capacities;
}

/* allocate_waterfall(m monetary, capacities monetary[]) returns monetary[] */
Datum
monetary_allocate_waterfall(PG_FUNCTION_ARGS)
{
	Monetary *m = PG_GETARG_MONETARY_P(0);
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(1);
	int count;
	Datum *capacities = read_capacities(array, m, &count);
	Monetary *values = palloc((count + 1) * sizeof(Monetary));
	Datum *result = palloc((count + 1) * sizeof(Datum));
	int128 left = monetary_amount(m);

	for (int i = 0; i <= count; i++)
	{
		int128 part = left;

		if (i < count)
		{
			int128 capacity = monetary_amount(DatumGetMonetaryP(capacities[i]));

			part = left < 0 ? Max(left, -capacity) : Min(left, capacity);
		}
		left -= part;
		monetary_set(&values[i], part, monetary_currency(m));
		result[i] = MonetaryPGetDatum(&values[i]);
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(result, count + 1, ARR_ELEMTYPE(array), sizeof(Monetary),
										  false, TYPALIGN_DOUBLE));
}
