/*
 * exact.c
 *		a * b / c through a 256-bit product, and powers of ten.
 */
#include "postgres.h"

#include "exact.h"

/*
 * One digit, base 2^64, of a division by a normalised d (its top bit set):
 * (r, next) / d with r < d. Knuth's algorithm D: estimate the digit from d's
 * upper half; the lower half brings it down by at most two.
 */
static uint64
div_digit(uint128 *r, uint64 next, uint128 d)
{
	uint128 upper = d >> 64;
	uint128 lower = (uint64) d;
	uint128 q = *r / upper;
	uint128 rest = *r % upper;

	while ((q >> 64) != 0 || q * lower > ((rest << 64) | next))
	{
		q--;
		rest += upper;
		if ((rest >> 64) != 0)
			break;
	}
	/* Exact in 128 bits although the terms are not: what remains is below d. */
	*r = ((*r << 64) | next) - q * d;
	return (uint64) q;
}

/* (high, low) / d; the caller has checked high < d. */
static uint128
div_u256(uint128 high, uint128 low, uint128 d, uint128 *remainder)
{
	uint64 d_upper = (uint64) (d >> 64);
	int shift = d_upper != 0 ? __builtin_clzll(d_upper) : 64 + __builtin_clzll((uint64) d);
	uint128 q;

	if (shift > 0)
	{
		high = (high << shift) | (low >> (128 - shift));
		low <<= shift;
		d <<= shift;
	}
	q = (uint128) div_digit(&high, (uint64) (low >> 64), d) << 64;
	q |= div_digit(&high, (uint64) low, d);
	*remainder = high >> shift;
	return q;
}

/* |a| * |b| / |c| towards zero; false when the quotient does not fit in 128 bits. */
static bool
mul_div_u128(uint128 a, uint128 b, uint128 c, uint128 *quotient, uint128 *remainder)
{
	uint128 high = mul_high_u128(a, b);
	uint128 low = a * b;

	if (high == 0)
	{
		*quotient = low / c;
		*remainder = low % c;
		return true;
	}
	if (high >= c)
		return false;
	*quotient = div_u256(high, low, c, remainder);
	return true;
}

bool
mul_div_s128_overflow(int128 a, int128 b, int128 c, int128 *result)
{
	bool negative = ((a < 0) != (b < 0)) != (c < 0);
	uint128 limit = (((uint128) 1) << 127) - (negative ? 0 : 1);
	uint128 uc = abs_s128(c);
	uint128 q;
	uint128 r;

	if (c == 0 || !mul_div_u128(abs_s128(a), abs_s128(b), uc, &q, &r))
		return true;
	if (r >= uc - r)
	{
		if (q == limit)
			return true;
		q++;
	}
	if (q > limit)
		return true;
	*result = negative ? (int128) -q : (int128) q;
	return false;
}

bool
mul_div_floor_s128_overflow(int128 a, int128 b, int128 c, int128 *result, uint128 *remainder)
{
	bool negative = (a < 0) != (b < 0);
	uint128 limit = (((uint128) 1) << 127) - (negative ? 0 : 1);
	uint128 q;
	uint128 r;

	if (c <= 0 || !mul_div_u128(abs_s128(a), abs_s128(b), (uint128) c, &q, &r))
		return true;
	if (negative && r != 0)
	{
		if (q == limit)
			return true;
		q++;
		r = (uint128) c - r;
	}
	if (q > limit)
		return true;
	*result = negative ? (int128) -q : (int128) q;
	*remainder = r;
	return false;
}

int128
pow10_s128(int n)
{
	int128 result = 1;

	Assert(n >= 0 && n <= 38);
	while (n-- > 0)
		result *= 10;
	return result;
}
