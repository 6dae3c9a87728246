/*
 * int192.c
 *		The rarer operations on 192-bit sums: products, rounding division and
 *		the digit-by-digit steps of a text form. Adding, which aggregates do for
 *		every row, is inline in int192.h.
 */
#include "postgres.h"

#include "int192.h"

static void
negate(Int192 *a)
{
	Int192 zero = {{0}};

	(void) int192_sub_overflow(&zero, a);
	*a = zero;
}

Int192
int192_product(int128 a, int64 b)
{
	uint128 ua = abs_s128(a);
	uint64 ub = b < 0 ? -(uint64) b : (uint64) b;
	uint128 low = (uint128) (uint64) ua * ub;
	uint128 high = (uint128) (uint64) (ua >> 64) * ub + (uint64) (low >> 64);
	Int192 result = {{(uint64) low, (uint64) high, (uint64) (high >> 64)}};

	if ((a < 0) != (b < 0))
		negate(&result);
	return result;
}

Int192
int192_magnitude(const Int192 *a)
{
	Int192 result = *a;

	if (int192_is_negative(a))
		negate(&result);
	return result;
}

bool
int192_apply_sign_overflow(Int192 *magnitude, bool negative)
{
	if (negative)
		negate(magnitude);
	return !int192_is_zero(magnitude) && int192_is_negative(magnitude) != negative;
}

uint64
int192_divide_u64(Int192 *magnitude, uint64 d)
{
	uint64 remainder = 0;
	int i;

	for (i = 2; i >= 0; i--)
	{
		uint128 n = ((uint128) remainder << 64) | magnitude->limb[i];

		magnitude->limb[i] = (uint64) (n / d);
		remainder = (uint64) (n % d);
	}
	return remainder;
}

bool
int192_multiply_add_overflow(Int192 *magnitude, uint64 b, uint64 c)
{
	uint64 carry = c;
	int i;

	for (i = 0; i < 3; i++)
	{
		uint128 n = (uint128) magnitude->limb[i] * b + carry;

		magnitude->limb[i] = (uint64) n;
		carry = (uint64) (n >> 64);
	}
	return carry != 0;
}

/* magnitude /= d, giving the remainder, bit by bit: for divisors of more than 64 bits. */
static uint128
divide_u128(Int192 *magnitude, uint128 d)
{
	uint128 remainder = 0;
	int i;

	for (i = 191; i >= 0; i--)
	{
		uint64 bit = UINT64CONST(1) << (i % 64);
		bool carry = (remainder >> 127) != 0;

		remainder = (remainder << 1) | ((magnitude->limb[i / 64] & bit) != 0);
		magnitude->limb[i / 64] &= ~bit;
		if (carry || remainder >= d)
		{
			remainder -= d;
			magnitude->limb[i / 64] |= bit;
		}
	}
	return remainder;
}

Int192
int192_div_round(const Int192 *a, uint128 d)
{
	Int192 one = {{1, 0, 0}};
	Int192 result = int192_magnitude(a);
	uint128 remainder;

	if (d <= PG_UINT64_MAX)
		remainder = int192_divide_u64(&result, (uint64) d);
	else
		remainder = divide_u128(&result, d);
	if (remainder >= d - remainder)
		(void) int192_add_overflow(&result, &one);
	if (int192_is_negative(a))
		negate(&result);
	return result;
}

bool
int192_to_s128_overflow(const Int192 *a, int128 *result)
{
	*result = (int128) (((uint128) a->limb[1] << 64) | a->limb[0]);
	return a->limb[2] != (*result < 0 ? PG_UINT64_MAX : 0);
}
