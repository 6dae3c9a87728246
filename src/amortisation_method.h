/*
 * amortisation_method.h
 *		What the methods of amortisation share, and the doors between their files:
 *		amortisation_method.c picks the method of an asset and has those in closed
 *		form; amortisation_years.c has those that go from fiscal year to fiscal year,
 *		amortisation_annuity.c and amortisation_exponential.c one each.
 */
#ifndef CHIPBOOK_AMORTISATION_METHOD_H
#define CHIPBOOK_AMORTISATION_METHOD_H

#include "amortisation_clock.h"

/*
 * Digits carried below 1e-15 through a chain of years and into a rate: 14 bits
 * are what 112-bit amounts leave free.
 */
#define GUARD_BITS 14
#define GUARD (((int128) 1) << GUARD_BITS)

/* a * n / d, rounded half away from zero. */
static inline int128
scale_amount(int128 a, int128 n, int128 d)
{
	int128 product;

	if (!mul_s128_overflow(a, n, &product))
		return div_round_s128(product, d);
	if (mul_div_s128_overflow(a, n, d, &product))
		amortisation_out_of_range();
	return product;
}

static inline int128
drop_guard(int128 guarded)
{
	return (guarded + GUARD / 2) >> GUARD_BITS;
}

/* (n << 128) / d for n < d < 2^64. */
static inline uint128
fraction_u128(uint128 n, uint128 d)
{
	uint128 high = (n << 64) / d;
	uint128 low = (((n << 64) % d) << 64) / d;

	return (high << 64) | low;
}

/* The amount amortised before a date that lies within the life, with GUARD_BITS. */
extern int128 asset_amortised_guarded(Asset *asset, DateADT date);

/* 22023 for units of production, which know no time. */
extern void asset_check_by_time(const Asset *asset);

/* amortisation_years.c: declining_balance, fixed_rate and macrs. */
extern void years_set_rate(Asset *asset);
/* The value that is left of asset->base, with GUARD_BITS. */
extern int128 years_value(Asset *asset, DateADT date);

/* amortisation_fixed_rate.c: the rate in thousandths. */
#define THOUSANDTHS 1000
extern int fixed_rate_thousandths(int128 cost, int128 salvage, int life_months);

/* amortisation_annuity.c: with GUARD_BITS. */
extern int128 annuity_amortised(Asset *asset, DateADT date);

/* amortisation_exponential.c */
extern int128 exponential_value(const Asset *asset, int64 days);
/* The instantaneous rate an hour, with GUARD_BITS; 0 outside the life. */
extern int128 exponential_hour_rate(const Asset *asset, DateADT date);

#endif /* CHIPBOOK_AMORTISATION_METHOD_H */
