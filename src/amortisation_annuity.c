/*
 * amortisation_annuity.c
 *		Capital recovery: equal yearly payments pay for the cost less salvage with
 *		interest, and a year of life is charged the principal in its payment, which
 *		grows with the rate from year to year. Worked in fixed point with v = 1 / (1 +
 *		rate), whose powers are below 1: after k of n years
 *		v^(n - k) (1 + v + ... + v^(k - 1)) / (1 + v + ... + v^(n - 1)) is amortised.
 */
#include "chipbook.h"

#include "amortisation_method.h"

/* Bits after the point of sums of at most 200 terms up to 1; v is below 1 and has 128. */
#define SUM_BITS 119

/*
 * What is amortised after a number of years, as a share of the whole, both in
 * fixed point. A life of m years and a part f of one is charged f of what its last
 * year would be: in powers of v, year k of m has weight v^(m - k + 1) and the part
 * has f. Powers and sums are built by one rounding down after the other, so that
 * shares never fall from year to year.
 */
static uint128
share_after(const Asset *asset, int years, uint128 *all)
{
	uint128 one = ((uint128) 1) << SUM_BITS;
	uint128 v = fraction_u128(MONETARY_ONE, (uint128) MONETARY_ONE + (uint128) asset->policy->rate);
	int whole_years = asset->policy->life_months / MONTHS_PER_YEAR;
	int part = asset->policy->life_months % MONTHS_PER_YEAR;
	uint128 sum = 0; /* 1 + v + ... */
	uint128 share = 0;
	int i;

	for (i = 1; i <= whole_years; i++)
	{
		sum = one + mul_high_u128(sum, v);
		if (i <= years)
			share = sum;
		else
			share = mul_high_u128(share, v);
	}
	share = mul_high_u128(share, v);
	*all = mul_high_u128(sum, v) + one / MONTHS_PER_YEAR * part;
	return years > whole_years ? *all : share;
}

static int128
amortised_after(const Asset *asset, int years)
{
	uint128 all;
	uint128 share = share_after(asset, years, &all);

	return scale_amount((asset->base - asset->salvage) << GUARD_BITS, (int128) share, (int128) all);
}

/* Keeps the year of life last asked about: its number, and what it starts and ends with. */
int128
annuity_amortised(Asset *asset, DateADT date)
{
	AssetYear *year = &asset->year;
	int known = year->number;
	LifeYear life_year = clock_life_year(asset, date);

	if (known != life_year.years + 1)
	{
		year->number = life_year.years + 1;
		year->opening = amortised_after(asset, life_year.years);
		year->charge = amortised_after(asset, life_year.years + 1) - year->opening;
	}
	return year->opening + scale_amount(year->charge, life_year.n, life_year.d);
}
