/*
 * wide.h
 *		Unsigned sums of 512 bits, for the squares of sums of money: what a ratio of two
 *		of them comes to is found without a rounding before the last. Limbs are least
 *		significant first.
 */
#ifndef CHIPBOOK_WIDE_H
#define CHIPBOOK_WIDE_H

#include "chipbook.h"
#include "int192.h"

#define WIDE_LIMBS 8

typedef struct Wide
{
	uint64 limb[WIDE_LIMBS];
} Wide;

/* A magnitude: one that is not negative. */
extern Wide wide_from_int192(const Int192 *a);
extern bool wide_is_zero(const Wide *a);
/* sum += a * b for two magnitudes. */
extern void wide_add_product(Wide *sum, const Int192 *a, const Int192 *b);
/* a - b, which must not be negative. */
extern Wide wide_difference(const Wide *a, const Wide *b);
/* a * factor, which must fit. */
extern Wide wide_times(const Wide *a, uint64 factor);
/*
 * n / d as a numeric, rounded half away from zero at 15 decimals, without zeros at the
 * end. d must not be zero; 22003 when 128 bits cannot hold it.
 */
extern Numeric wide_ratio(const Wide *n, const Wide *d);

#endif /* CHIPBOOK_WIDE_H */
