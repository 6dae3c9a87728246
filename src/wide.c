/*
 * wide.c
 *		Sums of 512 bits and their ratios. A square of the largest sum of money takes
 *		350 bits, its 1e15-fold 400, so that nothing here overflows.
 */
#include "wide.h"

#include "utils/builtins.h"

#define INT192_LIMBS 3

Wide
wide_from_int192(const Int192 *a)
{
	Wide result = {{a->limb[0], a->limb[1], a->limb[2]}};

	Assert(!int192_is_negative(a));
	return result;
}

bool
wide_is_zero(const Wide *a)
{
	for (int i = 0; i < WIDE_LIMBS; i++)
		if (a->limb[i] != 0)
			return false;
	return true;
}

void
wide_add_product(Wide *sum, const Int192 *a, const Int192 *b)
{
	for (int i = 0; i < INT192_LIMBS; i++)
	{
		uint64 carry = 0;

		if (a->limb[i] == 0)
			continue;
		for (int j = 0; j < WIDE_LIMBS - i; j++)
		{
			uint64 factor = j < INT192_LIMBS ? b->limb[j] : 0;
			uint128 part = (uint128) a->limb[i] * factor + sum->limb[i + j] + carry;

			sum->limb[i + j] = (uint64) part;
			carry = (uint64) (part >> 64);
			if (carry == 0 && j >= INT192_LIMBS)
				break;
		}
	}
}

/* a -= b, modulo 2^512; true when it borrowed. */
static bool
subtract(Wide *a, const Wide *b)
{
	uint64 borrow = 0;

	for (int i = 0; i < WIDE_LIMBS; i++)
	{
		uint128 part = (uint128) a->limb[i] - b->limb[i] - borrow;

		a->limb[i] = (uint64) part;
		borrow = (part >> 64) != 0;
	}
	return borrow != 0;
}

Wide
wide_difference(const Wide *a, const Wide *b)
{
	Wide result = *a;

	if (subtract(&result, b))
		elog(ERROR, "difference of two sums is negative");
	return result;
}

Wide
wide_times(const Wide *a, uint64 factor)
{
	Wide result;
	uint64 carry = 0;

	for (int i = 0; i < WIDE_LIMBS; i++)
	{
		uint128 part = (uint128) a->limb[i] * factor + carry;

		result.limb[i] = (uint64) part;
		carry = (uint64) (part >> 64);
	}
	if (carry != 0)
		elog(ERROR, "sum of more than 512 bits");
	return result;
}

static int
bits(const Wide *a)
{
	for (int i = WIDE_LIMBS - 1; i >= 0; i--)
		if (a->limb[i] != 0)
			return 64 * i + 64 - __builtin_clzll(a->limb[i]);
	return 0;
}

static Wide
shifted_left(const Wide *a, int places)
{
	Wide result = {{0}};
	int limbs = places / 64;
	int rest = places % 64;

	for (int i = WIDE_LIMBS - 1; i >= limbs; i--)
	{
		result.limb[i] = a->limb[i - limbs] << rest;
		if (rest > 0 && i > limbs)
			result.limb[i] |= a->limb[i - limbs - 1] >> (64 - rest);
	}
	return result;
}

static void
halve(Wide *a)
{
	for (int i = 0; i < WIDE_LIMBS; i++)
		a->limb[i] = (a->limb[i] >> 1) | (i + 1 < WIDE_LIMBS ? a->limb[i + 1] << 63 : 0);
}

/* n / d rounded half up, bit by bit from the first that can be set. */
static uint128
divide_round(Wide n, const Wide *d)
{
	int places = bits(&n) - bits(d);
	uint128 quotient = 0;
	Wide divisor;

	if (places >= 126)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("value out of range: a ratio has more than 38 digits")));
	if (places >= 0)
	{
		divisor = shifted_left(d, places);
		for (; places >= 0; places--, halve(&divisor))
		{
			Wide rest = n;

			quotient <<= 1;
			if (!subtract(&rest, &divisor))
			{
				n = rest;
				quotient |= 1;
			}
		}
	}
	/* Half of the divisor or more left over. */
	n = wide_times(&n, 2);
	if (!subtract(&n, d))
		quotient++;
	return quotient;
}

Numeric
wide_ratio(const Wide *n, const Wide *d)
{
	uint128 quotient = divide_round(wide_times(n, MONETARY_ONE), d);
	Datum result = NumericGetDatum(scaled_to_numeric((int128) quotient, MONETARY_SCALE));

	return DatumGetNumeric(DirectFunctionCall1(numeric_trim_scale, result));
}
