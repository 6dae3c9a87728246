/*
 * time_weighted_figures.c
 *		What is read from a step function: its average over time, value x hours, and
 *		how much of the time had a value. Division happens here, once.
 */
#include "time_weighted.h"

#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(time_weighted_average);
PG_FUNCTION_INFO_V1(time_weighted_avg_number);
PG_FUNCTION_INFO_V1(time_weighted_avg_money);
PG_FUNCTION_INFO_V1(time_weighted_value_hours);
PG_FUNCTION_INFO_V1(time_weighted_averaged_seconds);
PG_FUNCTION_INFO_V1(time_weighted_covered_seconds);
PG_FUNCTION_INFO_V1(time_weighted_gap_seconds);
PG_FUNCTION_INFO_V1(time_weighted_starts_at);
PG_FUNCTION_INFO_V1(time_weighted_ends_at);
PG_FUNCTION_INFO_V1(time_weighted_currency);

#define SECONDS_SCALE 6

GapPolicy
gap_policy_from_name(const char *name)
{
	if (name == NULL)
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("gaps of a time_weighted must not be null")));
	for (int i = GAPS_IGNORE; i < GAP_POLICIES; i++)
		if (strcmp(name, gap_policy_names[i]) == 0)
			return i;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("invalid gaps for time_weighted: \"%s\"", name),
					errhint("Use ignore, zero, error or carry.")));
	return GAPS_UNSTATED;
}

/* What an average is made of. */
typedef struct StepTotal
{
	Int192 sum;
	uint128 duration;
} StepTotal;

static uint128
covered_duration(const TimeWeighted *s)
{
	uint128 duration = 0;

	for (int i = 0; i < s->runs; i++)
		duration += (uint128) ((int128) s->run[i].end - s->run[i].start);
	return duration;
}

static uint128
span_duration(const TimeWeighted *s)
{
	return time_weighted_is_empty(s) ? 0 : (uint128) ((int128) s->to - s->from);
}

/* A value carried over a gap. */
static void
carry(StepTotal *total, const StepValue *value, TimestampTz from, TimestampTz to)
{
	Int192 sum = time_weighted_product(step_value(value), from, to);

	(void) int192_add_overflow(&total->sum, &sum);
	total->duration += (uint128) ((int128) to - from);
}

static void
carry_over_gaps(StepTotal *total, const TimeWeighted *s)
{
	TimestampTz first = s->runs > 0 ? s->run[0].start : s->to;

	if (s->has_before && first > s->from)
		carry(total, &s->before, s->from, first);
	for (int i = 0; i < s->runs; i++)
	{
		TimestampTz next = i + 1 < s->runs ? s->run[i + 1].start : s->to;

		if (next > s->run[i].end)
			carry(total, &s->run[i].last, s->run[i].end, next);
	}
}

/* Without zeros at the end. */
static Numeric
plain_numeric(int128 value, int scale)
{
	Datum numeric = NumericGetDatum(scaled_to_numeric(value, scale));

	return DatumGetNumeric(DirectFunctionCall1(numeric_trim_scale, numeric));
}

static Numeric
seconds_numeric(uint128 duration)
{
	return plain_numeric((int128) duration, SECONDS_SCALE);
}

static StepTotal
step_total(const TimeWeighted *s, GapPolicy gaps)
{
	StepTotal total = {{{0}}, covered_duration(s)};
	uint128 span = span_duration(s);

	for (int i = 0; i < s->runs; i++)
		(void) int192_add_overflow(&total.sum, &s->run[i].sum);
	if (gaps == GAPS_ZERO)
		total.duration = span;
	else if (gaps == GAPS_CARRY)
		carry_over_gaps(&total, s);
	else if (gaps == GAPS_ERROR && total.duration != span)
	{
		char *from = pstrdup(timestamptz_to_str(s->from));

		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("time_weighted has gaps: %s s of [%s, %s) are without a value",
							   numeric_shown(seconds_numeric(span - total.duration)), from,
							   timestamptz_to_str(s->to)),
						errhint("Say what they count as: gaps => 'ignore', 'zero' or 'carry'.")));
	}
	return total;
}

static StepTotal
total_of_call(FunctionCallInfo fcinfo)
{
	char *name = text_to_cstring(PG_GETARG_TEXT_PP(1));

	return step_total(time_weighted_read(PG_GETARG_DATUM(0)), gap_policy_from_name(name));
}

/* sum / divisor in units of 1e-15. */
static int128
divide(const Int192 *sum, uint128 divisor)
{
	Int192 quotient = int192_div_round(sum, divisor);
	int128 result;

	if (int192_to_s128_overflow(&quotient, &result))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("value out of range: a time_weighted comes to more than numbers "
							   "of 38 digits hold")));
	return result;
}

Datum
time_weighted_average(PG_FUNCTION_ARGS)
{
	StepTotal total = total_of_call(fcinfo);

	if (total.duration == 0)
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(plain_numeric(divide(&total.sum, total.duration), MONETARY_SCALE));
}

/* The final functions of time_weighted_avg: gaps are what its rows said. */
Datum
time_weighted_avg_number(PG_FUNCTION_ARGS)
{
	const TimeWeighted *s = time_weighted_read(PG_GETARG_DATUM(0));
	StepTotal total = step_total(s, s->gaps);

	if (total.duration == 0)
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(plain_numeric(divide(&total.sum, total.duration), MONETARY_SCALE));
}

Datum
time_weighted_avg_money(PG_FUNCTION_ARGS)
{
	const TimeWeighted *s = time_weighted_read(PG_GETARG_DATUM(0));
	StepTotal total = step_total(s, s->gaps);

	/* Without a value there is no currency to be zero in. */
	if (total.duration == 0 || s->currency == CURRENCY_INVALID)
		PG_RETURN_NULL();
	PG_RETURN_MONETARY_P(monetary_make(divide(&total.sum, total.duration), s->currency));
}

Datum
time_weighted_value_hours(PG_FUNCTION_ARGS)
{
	StepTotal total = total_of_call(fcinfo);

	if (total.duration == 0)
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(plain_numeric(divide(&total.sum, USECS_PER_HOUR), MONETARY_SCALE));
}

Datum
time_weighted_averaged_seconds(PG_FUNCTION_ARGS)
{
	PG_RETURN_NUMERIC(seconds_numeric(total_of_call(fcinfo).duration));
}

Datum
time_weighted_covered_seconds(PG_FUNCTION_ARGS)
{
	PG_RETURN_NUMERIC(seconds_numeric(covered_duration(time_weighted_read(PG_GETARG_DATUM(0)))));
}

Datum
time_weighted_gap_seconds(PG_FUNCTION_ARGS)
{
	const TimeWeighted *s = time_weighted_read(PG_GETARG_DATUM(0));

	PG_RETURN_NUMERIC(seconds_numeric(span_duration(s) - covered_duration(s)));
}

Datum
time_weighted_starts_at(PG_FUNCTION_ARGS)
{
	const TimeWeighted *s = time_weighted_read(PG_GETARG_DATUM(0));

	if (time_weighted_is_empty(s))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(s->from);
}

Datum
time_weighted_ends_at(PG_FUNCTION_ARGS)
{
	const TimeWeighted *s = time_weighted_read(PG_GETARG_DATUM(0));

	if (time_weighted_is_empty(s))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(s->to);
}

Datum
time_weighted_currency(PG_FUNCTION_ARGS)
{
	const TimeWeighted *s = time_weighted_read(PG_GETARG_DATUM(0));

	if (s->currency == CURRENCY_INVALID)
		PG_RETURN_NULL();
	PG_RETURN_CURRENCY(s->currency);
}
