/*
 * exact.h
 *		Integer arithmetic that never wraps: rounding division and a * b / c
 *		through a 256-bit product. Money, chip-time and their splits are built on
 *		these and on nothing else.
 */
#ifndef CHIPBOOK_EXACT_H
#define CHIPBOOK_EXACT_H

#include "postgres.h"

/* 128-bit overflow checks, in the manner of common/int.h: true means overflow. */
static inline bool
add_s128_overflow(int128 a, int128 b, int128 *result)
{
	return __builtin_add_overflow(a, b, result);
}

static inline bool
sub_s128_overflow(int128 a, int128 b, int128 *result)
{
	return __builtin_sub_overflow(a, b, result);
}

static inline bool
mul_s128_overflow(int128 a, int128 b, int128 *result)
{
	return __builtin_mul_overflow(a, b, result);
}

static inline uint128
abs_s128(int128 a)
{
	return a < 0 ? -(uint128) a : (uint128) a;
}

/* n / d rounded half away from zero; d must not be zero. */
static inline int128
div_round_s128(int128 n, int128 d)
{
	uint128 un = abs_s128(n);
	uint128 ud = abs_s128(d);
	uint128 q = un / ud;
	uint128 r = un - q * ud; /* % would divide a second time */

	if (r >= ud - r)
		q++;
	return ((n < 0) != (d < 0)) ? -(int128) q : (int128) q;
}

/* The high half of a 256-bit product. */
static inline uint128
mul_high_u128(uint128 a, uint128 b)
{
	uint128 a0 = (uint64) a;
	uint128 a1 = a >> 64;
	uint128 b0 = (uint64) b;
	uint128 b1 = b >> 64;
	uint128 p01 = a0 * b1;
	uint128 p10 = a1 * b0;
	uint128 middle = ((a0 * b0) >> 64) + (uint64) p01 + (uint64) p10;

	return a1 * b1 + (p01 >> 64) + (p10 >> 64) + (middle >> 64);
}

/* exact.c: a * b / c rounded half away from zero; true means the result does not fit. */
extern bool mul_div_s128_overflow(int128 a, int128 b, int128 c, int128 *result);
/* exact.c: the same towards minus infinity, with the remainder 0 <= r < c (c > 0). */
extern bool
mul_div_floor_s128_overflow(int128 a, int128 b, int128 c, int128 *result, uint128 *remainder);
/* exact.c: 10 to the n, 0 <= n <= 38. */
extern int128 pow10_s128(int n);

#endif /* CHIPBOOK_EXACT_H */
