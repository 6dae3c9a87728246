/*
 * amortisation_fixed_rate.c
 *		The rate of fixed-rate declining balance, 1 - (salvage / cost)^(1 / years)
 *		rounded to three decimals, as a spreadsheet's DB() has it. No root is taken:
 *		the rounded rate is the largest t / 1000 with
 *		salvage x 2000^years <= cost x (2001 - 2t)^years, and whole numbers decide,
 *		so that the third decimal is right also where the root ends in a five.
 */
#include "chipbook.h"

#include "utils/builtins.h"

#include "amortisation_method.h"

#define HALVES (2 * THOUSANDTHS)

/*
 * A positive number m x 2^e, its top bit set. A product is within 2^-126 of the
 * exact one, and a power of at most 2400 within 2^-112.
 */
typedef struct Scaled
{
	uint128 m;
	int e;
} Scaled;

/* Two numbers this close (of 2^128) could be equal. */
#define DOUBT (((uint128) 1) << 28)

static Scaled
scaled_from(uint128 value)
{
	uint64 high = (uint64) (value >> 64);
	int shift = high != 0 ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64) value);

	return (Scaled){value << shift, -shift};
}

static Scaled
scaled_multiply(Scaled a, Scaled b)
{
	Scaled result = {mul_high_u128(a.m, b.m), a.e + b.e + 128};

	if ((result.m >> 127) == 0)
	{
		result.m <<= 1;
		result.e--;
	}
	return result;
}

static Scaled
scaled_power(Scaled a, int n)
{
	Scaled result = a;
	int bit = 1;

	while (bit * 2 <= n)
		bit *= 2;
	for (bit /= 2; bit > 0; bit /= 2)
	{
		result = scaled_multiply(result, result);
		if (n & bit)
			result = scaled_multiply(result, a);
	}
	return result;
}

/* Just above a power of two, and just below one: neighbours of unlike exponents. */
static inline bool
scaled_touch(Scaled above, Scaled below)
{
	return above.e == below.e + 1 && above.m - (((uint128) 1) << 127) < DOUBT && -below.m < DOUBT;
}

/* -1, 1, or 0 when they are too close to tell. */
static int
scaled_compare(Scaled a, Scaled b)
{
	if (scaled_touch(a, b) || scaled_touch(b, a))
		return 0;
	if (a.e != b.e)
		return a.e < b.e ? -1 : 1;
	if (Max(a.m, b.m) - Min(a.m, b.m) < DOUBT)
		return 0;
	return a.m < b.m ? -1 : 1;
}

/* base^n in numeric, exactly. */
static Datum
numeric_whole_power(Datum base, int n)
{
	Datum result = base;
	int bit = 1;

	while (bit * 2 <= n)
		bit *= 2;
	for (bit /= 2; bit > 0; bit /= 2)
	{
		result = DirectFunctionCall2(numeric_mul, result, result);
		if (n & bit)
			result = DirectFunctionCall2(numeric_mul, result, base);
	}
	return result;
}

/* a^n x x^k <= b^n x y^k, in whole numbers. */
static bool
products_ordered_exactly(int128 a, int x, int128 b, int y, int n, int k)
{
	Datum left = DirectFunctionCall2(
		numeric_mul, numeric_whole_power(NumericGetDatum(scaled_to_numeric(a, 0)), n),
		numeric_whole_power(NumericGetDatum(scaled_to_numeric(x, 0)), k));
	Datum right = DirectFunctionCall2(
		numeric_mul, numeric_whole_power(NumericGetDatum(scaled_to_numeric(b, 0)), n),
		numeric_whole_power(NumericGetDatum(scaled_to_numeric(y, 0)), k));

	return DatumGetBool(DirectFunctionCall2(numeric_le, left, right));
}

/*
 * For 0 <= salvage <= cost. The power of life_months / 12 years is taken as
 * whole ones, n and k in lowest terms: (salvage / cost)^n <= ((2001 - 2t) / 2000)^k.
 */
int
fixed_rate_thousandths(int128 cost, int128 salvage, int life_months)
{
	int n = MONTHS_PER_YEAR;
	int k = life_months;
	Scaled left;
	Scaled right;
	int rate = 0; /* one that holds, as salvage <= cost */
	int beyond = THOUSANDTHS + 1;

	if (salvage >= cost)
		return 0;
	if (salvage == 0)
		return THOUSANDTHS;
	while (n % 2 == 0 && k % 2 == 0)
	{
		n /= 2;
		k /= 2;
	}
	if (n % 3 == 0 && k % 3 == 0)
	{
		n /= 3;
		k /= 3;
	}
	left = scaled_multiply(scaled_power(scaled_from((uint128) salvage), n),
						   scaled_power(scaled_from(HALVES), k));
	right = scaled_power(scaled_from((uint128) cost), n);
	while (beyond - rate > 1)
	{
		int middle = (rate + beyond) / 2;
		int rest = HALVES + 1 - 2 * middle;
		int order =
			scaled_compare(left, scaled_multiply(right, scaled_power(scaled_from(rest), k)));

		if (order < 0 ||
			(order == 0 && products_ordered_exactly(salvage, HALVES, cost, rest, n, k)))
			rate = middle;
		else
			beyond = middle;
	}
	return rate;
}
