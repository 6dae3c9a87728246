/*
 * chip_time.c
 *		Chip-time is counted in whole chip-milliseconds: with readings every 15
 *		seconds whole seconds would lose a tenth of a lightly used chip's time, and
 *		a seventh of a chip has no whole number of them. Hours are for people, and
 *		numeric.
 */
#include "chip_time.h"

#include "common/int.h"
#include "utils/rangetypes.h"

PG_FUNCTION_INFO_V1(chip_time_of_range);
PG_FUNCTION_INFO_V1(chip_hours);

/* Decimals of hours and ratios: those of monetary and of the published views. */
#define RATIO_SCALE 15

#define USECS_PER_MSEC INT64CONST(1000)

/* A moment in whole milliseconds, towards the past: intervals that meet keep meeting. */
static int64
floor_to_msec(TimestampTz time)
{
	int64 msec = time / USECS_PER_MSEC;

	return msec * USECS_PER_MSEC > time ? msec - 1 : msec;
}

static int64
finite_bound(const RangeBound *bound, const char *which)
{
	TimestampTz time = DatumGetTimestampTz(bound->val);

	if (bound->infinite || TIMESTAMP_NOT_FINITE(time))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("chip_time needs a finite range: its %s bound is infinite", which),
						errhint("Cut the range to the period of interest first, for example with "
								"the * operator of ranges.")));
	return floor_to_msec(time);
}

/* chip_time(chips bigint, during tstzrange) returns bigint */
Datum
chip_time_of_range(PG_FUNCTION_ARGS)
{
	int64 chips = PG_GETARG_INT64(0);
	RangeType *during = PG_GETARG_RANGE_P(1);
	RangeBound lower;
	RangeBound upper;
	bool empty;
	int64 result;

	if (chips < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("number of chips must not be negative: %lld", (long long) chips)));
	range_deserialize(range_get_typcache(fcinfo, RangeTypeGetOid(during)), during, &lower, &upper,
					  &empty);
	if (empty)
		PG_RETURN_INT64(0);
	result = finite_bound(&upper, "upper") - finite_bound(&lower, "lower");
	if (pg_mul_s64_overflow(chips, result, &result))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("chip-time of %lld chips out of range for type bigint",
							   (long long) chips)));
	PG_RETURN_INT64(result);
}

Numeric
chip_ratio_numeric(int128 a, int128 b)
{
	int scale = RATIO_SCALE;
	int128 value;

	if (mul_div_s128_overflow(a, pow10_s128(RATIO_SCALE), b, &value))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("ratio of a spend_summary out of range")));
	for (; scale > 0 && value % 10 == 0; scale--)
		value /= 10;
	return scaled_to_numeric(value, scale);
}

/* chip_hours(chip_time bigint) returns numeric */
Datum
chip_hours(PG_FUNCTION_ARGS)
{
	PG_RETURN_NUMERIC(chip_ratio_numeric(PG_GETARG_INT64(0), CHIP_MS_PER_HOUR));
}
