/*
 * amortisation_exponential.c
 *		The economic decline of price-performance: value = cost x 10^(-rate x years),
 *		in years of 365.25 days, as Epoch AI has it (Cottier et al. 2024, arXiv
 *		2405.21015). Worked in fixed point of 128 bits, not in floating point: the
 *		same digits everywhere.
 */
#include "chipbook.h"

#include "amortisation_method.h"

/* The economic year of 365.25 days: 4 * days / 1461 years, 8766 hours. */
#define QUARTER_DAYS_A_YEAR 1461
#define HOURS_AN_ECONOMIC_YEAR 8766

/* ln 10 in units of 1e-33, and its quarter in units of 2^-128. */
#define LN10_E33                                                                                   \
	(((int128) INT64CONST(2302585092994045684)) * 1000000000000000 + INT64CONST(17991454684364))
#define LN10_QUARTER_HIGH UINT64CONST(0x935d8dddaaa8ac16)
#define LN10_QUARTER_LOW UINT64CONST(0xea56d62b82d30a2a)

/*
 * 10^-f for 0 <= f < 1 (f in units of 2^-128) in units of 2^-127. With z = f ln 10
 * it is exp(-z / 128) by Taylor's series, squared seven times: 17 terms leave
 * 2^-130, and seven squarings of an error of a few 2^-127 stay below 2^-117, a
 * hundredth of 1e-15 of the largest amount.
 */
static uint128
power_of_tenth(uint128 f)
{
	uint128 one = ((uint128) 1) << 127;
	uint128 ln10_quarter = (((uint128) LN10_QUARTER_HIGH) << 64) | LN10_QUARTER_LOW;
	uint128 z = mul_high_u128(f, ln10_quarter) >> 5;
	uint128 result = one;
	int k;

	/* Horner's rule: 1 - z/1 (1 - z/2 (1 - z/3 (...))) */
	for (k = 17; k > 0; k--)
		result = one - mul_high_u128(result, z) / (unsigned) k;
	for (k = 0; k < 7; k++)
		result = mul_high_u128(result, result) << 1;
	return result;
}

/* cost x 10^(-rate x days / 365.25) */
int128
exponential_value(const Asset *asset, int64 days)
{
	uint128 n = (uint128) asset->policy->rate * (uint128) (4 * days);
	uint128 d = (uint128) MONETARY_ONE * QUARTER_DAYS_A_YEAR;
	uint128 tens = n / d;
	uint128 power;
	uint128 value;
	uint128 divisor;

	if (tens > 36)
		return 0; /* below half of 1e-15 of the largest amount */
	if (n % d == 0)
		value = (uint128) asset->cost << 1;
	else
	{
		/* One bit below the unit is kept: the division rounds. */
		power = power_of_tenth(fraction_u128(n % d, d));
		value = mul_high_u128((uint128) asset->cost << 2, power);
	}
	divisor = (uint128) pow10_s128((int) tens) * 2;
	return (int128) ((value + divisor / 2) / divisor);
}

/* value x rate x ln 10 / 8766 */
int128
exponential_hour_rate(const Asset *asset, DateADT date)
{
	int128 value;

	if (date < asset->in_service || date >= asset->end)
		return 0;
	value = exponential_value(asset, (int64) date - asset->in_service);
	value = scale_amount(value << GUARD_BITS, asset->policy->rate,
						 (int128) MONETARY_ONE * HOURS_AN_ECONOMIC_YEAR);
	return scale_amount(value, LN10_E33, pow10_s128(33));
}
