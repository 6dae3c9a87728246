/*
 * int192.h
 *		Signed 192-bit sums, for what money times time adds up to: a cost that
 *		monetary can hold is 133 bits of them, which leaves room for 2^57 such rows. Three 64-bit
 *		limbs in two's complement, least significant first, so that a value can
 *		stand on disk as it is.
 */
#ifndef CHIPBOOK_INT192_H
#define CHIPBOOK_INT192_H

#include "exact.h"

typedef struct Int192
{
	uint64 limb[3];
} Int192;

static inline bool
int192_is_negative(const Int192 *a)
{
	return (int64) a->limb[2] < 0;
}

static inline bool
int192_is_zero(const Int192 *a)
{
	return (a->limb[0] | a->limb[1] | a->limb[2]) == 0;
}

static inline Int192
int192_from_s128(int128 a)
{
	return (Int192){{(uint64) a, (uint64) (a >> 64), a < 0 ? PG_UINT64_MAX : 0}};
}

/*
 * Sums are kept within 190 bits and a sign, so that two of them can still be added
 * or subtracted; that is what overflow means to the functions that add.
 */
static inline bool
int192_is_too_large(const Int192 *a)
{
	return a->limb[2] + (UINT64CONST(1) << 62) > PG_INT64_MAX;
}

/* a += b for two sums; true means overflow. */
static inline bool
int192_add_overflow(Int192 *a, const Int192 *b)
{
	uint128 low = ((uint128) a->limb[1] << 64) | a->limb[0];
	uint128 add = ((uint128) b->limb[1] << 64) | b->limb[0];

	low += add;
	a->limb[0] = (uint64) low;
	a->limb[1] = (uint64) (low >> 64);
	a->limb[2] += b->limb[2] + (low < add);
	return int192_is_too_large(a);
}

/* a -= b for two sums; true means overflow. */
static inline bool
int192_sub_overflow(Int192 *a, const Int192 *b)
{
	uint128 low = ((uint128) a->limb[1] << 64) | a->limb[0];
	uint128 sub = ((uint128) b->limb[1] << 64) | b->limb[0];
	bool borrow = low < sub;

	low -= sub;
	a->limb[0] = (uint64) low;
	a->limb[1] = (uint64) (low >> 64);
	a->limb[2] -= b->limb[2] + borrow;
	return int192_is_too_large(a);
}

/* a += b for 128 unsigned bits; true means overflow. The top limb is seldom touched. */
static inline bool
int192_add_u128_overflow(Int192 *a, uint128 b)
{
	uint128 low = (((uint128) a->limb[1] << 64) | a->limb[0]) + b;

	a->limb[0] = (uint64) low;
	a->limb[1] = (uint64) (low >> 64);
	if (likely(low >= b))
		return false;
	a->limb[2]++;
	return int192_is_too_large(a);
}

/* a -= b for 128 unsigned bits; true means overflow. */
static inline bool
int192_sub_u128_overflow(Int192 *a, uint128 b)
{
	uint128 low = ((uint128) a->limb[1] << 64) | a->limb[0];
	uint128 result = low - b;

	a->limb[0] = (uint64) result;
	a->limb[1] = (uint64) (result >> 64);
	if (likely(low >= b))
		return false;
	a->limb[2]--;
	return int192_is_too_large(a);
}

/* int192.c: a * b, which always fits. */
extern Int192 int192_product(int128 a, int64 b);
/* int192.c: |a|, as an unsigned number in the same limbs. */
extern Int192 int192_magnitude(const Int192 *a);
/* int192.c: -a when negative is set; true means overflow. */
extern bool int192_apply_sign_overflow(Int192 *magnitude, bool negative);
/* int192.c: magnitude /= d, giving the remainder; d must not be zero. */
extern uint64 int192_divide_u64(Int192 *magnitude, uint64 d);
/* int192.c: magnitude = magnitude * b + c, unsigned; true means overflow. */
extern bool int192_multiply_add_overflow(Int192 *magnitude, uint64 b, uint64 c);
/* int192.c: a / d rounded half away from zero; d must not be zero. */
extern Int192 int192_div_round(const Int192 *a, uint128 d);
/* int192.c: the value as 128 bits; true means it does not fit. */
extern bool int192_to_s128_overflow(const Int192 *a, int128 *result);

#endif /* CHIPBOOK_INT192_H */
