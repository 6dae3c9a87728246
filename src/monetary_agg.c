/*
 * monetary_agg.c
 *		sum, avg, min and max of monetary. The state of sum and avg is a SQL type
 *		of its own, so that it travels between processes and servers; it is wider
 *		than any possible sum, so that only a final result can be out of range; and
 *		it is mutated in place, but only inside an aggregate.
 */
#include "chipbook.h"
#include "monetary_sum_state.h"

#include "common/int.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(monetary_sum_state_in);
PG_FUNCTION_INFO_V1(monetary_sum_state_out);
PG_FUNCTION_INFO_V1(monetary_sum_state_recv);
PG_FUNCTION_INFO_V1(monetary_sum_state_send);
PG_FUNCTION_INFO_V1(monetary_accum);
PG_FUNCTION_INFO_V1(monetary_accum_inv);
PG_FUNCTION_INFO_V1(monetary_sum_state_combine);
PG_FUNCTION_INFO_V1(monetary_sum_final);
PG_FUNCTION_INFO_V1(monetary_avg_final);
PG_FUNCTION_INFO_V1(monetary_smaller);
PG_FUNCTION_INFO_V1(monetary_larger);

/* An amount's magnitude: MONETARY_MAX is 2^111 - 1. */
#define MONETARY_BITS 111

#define SUM_STATE_SIZE 40
StaticAssertDecl(sizeof(MonetarySumState) == SUM_STATE_SIZE,
				 "monetary_sum_state must be as long as its SQL declaration says");

#define PG_GETARG_SUM_STATE_P(n) ((MonetarySumState *) PG_GETARG_POINTER(n))

static inline void
state_set_rest(MonetarySumState *state, int128 rest)
{
	state->high = (int64) (rest >> 64);
	state->low = (uint64) rest;
}

/*
 * The one check of a state that comes from outside, or that a row was taken out
 * of: all zeros without rows, else a total that so many amounts can come to. Exact,
 * so that no addition to a valid state makes an invalid one.
 */
bool
monetary_sum_state_is_valid(const MonetarySumState *state)
{
	int128 rest = monetary_sum_state_rest(state);
	int128 units;
	uint128 below;

	if (state->count == 0)
		return state->wraps == 0 && state->high == 0 && state->low == 0 && state->currency == 0;
	if (state->count < 0)
		return false;
	/* The total as units * 2^111 + below, between count * -2^111 and count * (2^111 - 1). */
	units = (int128) state->wraps * (1 << (128 - MONETARY_BITS)) + (rest >> MONETARY_BITS);
	below = (uint128) rest & (uint128) MONETARY_MAX;
	if (units < -(int128) state->count ||
		units + (int128) ((below + (uint64) state->count - 1) >> MONETARY_BITS) >= state->count)
		return false;
	return state->currency <= PG_UINT16_MAX && currency_is_valid((Currency) state->currency);
}

/* A number and the comma after it. */
static bool
read_signed(const char **p, int64 *value)
{
	char *end;

	errno = 0;
	*value = strtoll(*p, &end, 10);
	if (end == *p || errno != 0 || *end != ',')
		return false;
	*p = end + 1;
	return true;
}

static bool
read_unsigned(const char **p, uint64 *value)
{
	char *end;

	/* strtoull would take a minus sign and wrap. */
	if (**p < '0' || **p > '9')
		return false;
	errno = 0;
	*value = strtoull(*p, &end, 10);
	if (errno != 0 || *end != ',')
		return false;
	*p = end + 1;
	return true;
}

/* "(count,wraps,high,low,currency)", the currency empty in an empty state. */
static bool
read_state(const char *p, MonetarySumState *state)
{
	if (*p++ != '(' || !read_signed(&p, &state->count) || !read_signed(&p, &state->wraps) ||
		!read_signed(&p, &state->high) || !read_unsigned(&p, &state->low))
		return false;
	if (strcmp(p, ")") != 0)
	{
		state->currency = currency_from_letters(p);
		if (state->currency == CURRENCY_INVALID || strcmp(p + 3, ")") != 0)
			return false;
	}
	return monetary_sum_state_is_valid(state);
}

Datum
monetary_sum_state_in(PG_FUNCTION_ARGS)
{
	char *text = PG_GETARG_CSTRING(0);
	MonetarySumState *state = palloc0(sizeof(MonetarySumState));

	if (!read_state(text, state))
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"", "monetary_sum_state", text),
				 errhint("This type is the running state of sum and avg over monetary; read it "
						 "back only as it was written.")));
	PG_RETURN_POINTER(state);
}

Datum
monetary_sum_state_out(PG_FUNCTION_ARGS)
{
	MonetarySumState *state = PG_GETARG_SUM_STATE_P(0);
	char code[CURRENCY_TEXT_SIZE] = "";

	if (state->count != 0)
		currency_to_text((Currency) state->currency, code);
	PG_RETURN_CSTRING(psprintf("(" INT64_FORMAT "," INT64_FORMAT "," INT64_FORMAT "," UINT64_FORMAT
							   ",%s)",
							   state->count, state->wraps, state->high, state->low, code));
}

Datum
monetary_sum_state_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	MonetarySumState *state = palloc(sizeof(MonetarySumState));

	state->count = pq_getmsgint64(buf);
	state->wraps = pq_getmsgint64(buf);
	state->high = pq_getmsgint64(buf);
	state->low = (uint64) pq_getmsgint64(buf);
	state->currency = (uint64) pq_getmsgint64(buf);
	if (!monetary_sum_state_is_valid(state))
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("invalid binary value for type %s", "monetary_sum_state")));
	PG_RETURN_POINTER(state);
}

Datum
monetary_sum_state_send(PG_FUNCTION_ARGS)
{
	MonetarySumState *state = PG_GETARG_SUM_STATE_P(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint64(&buf, state->count);
	pq_sendint64(&buf, state->wraps);
	pq_sendint64(&buf, state->high);
	pq_sendint64(&buf, state->low);
	pq_sendint64(&buf, state->currency);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* The state to change: the aggregate's own, or a copy when called from SQL. */
static inline MonetarySumState *
state_to_change(FunctionCallInfo fcinfo)
{
	MonetarySumState *state = PG_GETARG_SUM_STATE_P(0);
	MonetarySumState *copy;

	if (likely(AggCheckCallContext(fcinfo, NULL)))
		return state;
	copy = palloc(sizeof(MonetarySumState));
	*copy = *state;
	return copy;
}

static void
state_out_of_range(void)
{
	ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					errmsg("value out of range for type %s", "monetary_sum_state")));
}

pg_noreturn static void
mixed_currencies(Currency a, Currency b)
{
	char text_a[CURRENCY_TEXT_SIZE];
	char text_b[CURRENCY_TEXT_SIZE];

	ereport(ERROR,
			(errcode(ERRCODE_DATA_EXCEPTION),
			 errmsg("cannot aggregate monetary values of different currencies: %s and %s",
					currency_to_text(a, text_a), currency_to_text(b, text_b)),
			 errhint("Add currency(m) to GROUP BY, or convert the values to one currency first.")));
}

/* Adds rows, wraps and rest to the state; all three may be negative. */
void
monetary_sum_state_add(MonetarySumState *state, int64 rows, int64 wraps, int128 rest)
{
	int128 sum;

	if (unlikely(add_s128_overflow(monetary_sum_state_rest(state), rest, &sum)))
		wraps += rest < 0 ? -1 : 1;
	state_set_rest(state, sum);
	if (unlikely(pg_add_s64_overflow(state->count, rows, &state->count)))
		state_out_of_range();
	if (unlikely(wraps != 0) && pg_add_s64_overflow(state->wraps, wraps, &state->wraps))
		state_out_of_range();
}

/* monetary_accum(state, m): one row more */
Datum
monetary_accum(PG_FUNCTION_ARGS)
{
	MonetarySumState *state = state_to_change(fcinfo);
	Monetary *m = PG_GETARG_MONETARY_P(1);

	if (unlikely(state->currency != monetary_currency(m)))
	{
		if (state->count != 0)
			mixed_currencies((Currency) state->currency, monetary_currency(m));
		state->currency = monetary_currency(m);
	}
	monetary_sum_state_add(state, 1, 0, monetary_amount(m));
	PG_RETURN_POINTER(state);
}

/* monetary_accum_inv(state, m): the row leaves the window frame again */
Datum
monetary_accum_inv(PG_FUNCTION_ARGS)
{
	MonetarySumState *state = state_to_change(fcinfo);
	Monetary *m = PG_GETARG_MONETARY_P(1);

	if (state->count == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot take %s out of an empty monetary_sum_state", monetary_to_text(m))));
	if (state->currency != monetary_currency(m))
		mixed_currencies((Currency) state->currency, monetary_currency(m));
	monetary_sum_state_add(state, -1, 0, -monetary_amount(m));
	/* The next row may open another currency. */
	if (state->count == 0)
		state->currency = CURRENCY_INVALID;
	if (unlikely(!monetary_sum_state_is_valid(state)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot take %s out of a monetary_sum_state that never held it",
							   monetary_to_text(m))));
	PG_RETURN_POINTER(state);
}

/* monetary_sum_state_combine(a, b): as if all rows had come to one state */
Datum
monetary_sum_state_combine(PG_FUNCTION_ARGS)
{
	MonetarySumState *state = state_to_change(fcinfo);
	MonetarySumState *other = PG_GETARG_SUM_STATE_P(1);

	if (other->count == 0)
		PG_RETURN_POINTER(state);
	if (state->count != 0 && state->currency != other->currency)
		mixed_currencies((Currency) state->currency, (Currency) other->currency);
	state->currency = other->currency;
	monetary_sum_state_add(state, other->count, other->wraps, monetary_sum_state_rest(other));
	PG_RETURN_POINTER(state);
}

Monetary *
monetary_sum_state_total(const MonetarySumState *state)
{
	if (state->wraps != 0 || !monetary_in_range(monetary_sum_state_rest(state)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("sum of " INT64_FORMAT " monetary values is out of range", state->count),
				 errdetail("An amount of money must be within about 2.59e18 either side of zero."),
				 errhint("Add the amounts up as numeric: sum(amount(m)).")));
	return monetary_make(monetary_sum_state_rest(state), (Currency) state->currency);
}

/* sum(m): NULL for no rows, 22003 when the total does not fit. */
Datum
monetary_sum_final(PG_FUNCTION_ARGS)
{
	MonetarySumState *state = PG_GETARG_SUM_STATE_P(0);

	if (state->count == 0)
		PG_RETURN_NULL();
	PG_RETURN_MONETARY_P(monetary_sum_state_total(state));
}

/* |sum| / count rounded half away from zero, digit by digit in base 2^64. */
static uint128
mean_magnitude(uint64 top, uint128 rest, uint64 count)
{
	uint64 limbs[3] = {top, (uint64) (rest >> 64), (uint64) rest};
	uint128 remainder = 0;
	uint128 quotient = 0;

	for (int i = 0; i < 3; i++)
	{
		uint128 part = (remainder << 64) | limbs[i];

		quotient = (quotient << 64) | (part / count);
		remainder = part % count;
	}
	if (remainder >= count - remainder)
		quotient++;
	return quotient;
}

/* avg(m): rounded once, half away from zero at 1e-15. */
Datum
monetary_avg_final(PG_FUNCTION_ARGS)
{
	MonetarySumState *state = PG_GETARG_SUM_STATE_P(0);
	uint64 wraps = (uint64) state->wraps;
	uint128 rest = (uint128) monetary_sum_state_rest(state);
	bool negative;
	uint128 mean;

	if (state->count == 0)
		PG_RETURN_NULL();
	/* As one number of 192 bits: rest is signed, so it borrows from the wraps. */
	if (monetary_sum_state_rest(state) < 0)
		wraps--;
	negative = (int64) wraps < 0;
	if (negative)
	{
		rest = -rest;
		wraps = ~wraps + (rest == 0 ? 1 : 0);
	}
	/* Otherwise the mean could not fit, and its digits would not either. */
	if (wraps >= (uint64) state->count)
		state_out_of_range();
	mean = mean_magnitude(wraps, rest, (uint64) state->count);
	if (mean > (uint128) MONETARY_MAX + 1)
		state_out_of_range();
	PG_RETURN_MONETARY_P(
		monetary_make(negative ? -(int128) mean : (int128) mean, (Currency) state->currency));
}

/*
 * min and max, and their transition functions. The type's order would put EUR
 * before USD whatever the amounts: not an answer to "the smallest", so refused.
 */

static inline Monetary *
choose(FunctionCallInfo fcinfo, bool larger)
{
	Monetary *a = PG_GETARG_MONETARY_P(0);
	Monetary *b = PG_GETARG_MONETARY_P(1);

	if (unlikely(monetary_currency(a) != monetary_currency(b)))
		mixed_currencies(monetary_currency(a), monetary_currency(b));
	return (monetary_amount(a) > monetary_amount(b)) == larger ? a : b;
}

Datum
monetary_smaller(PG_FUNCTION_ARGS)
{
	PG_RETURN_MONETARY_P(choose(fcinfo, false));
}

Datum
monetary_larger(PG_FUNCTION_ARGS)
{
	PG_RETURN_MONETARY_P(choose(fcinfo, true));
}
