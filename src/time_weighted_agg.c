/*
 * time_weighted_agg.c
 *		How step functions add up: intervals with a value, whole values of the
 *		type, and the way back for window frames. A value x microseconds is exact
 *		and runs are disjoint, so that neither the order of rows, nor the number of
 *		workers, nor a frame changes a digit, and no sum can overflow.
 */
#include "time_weighted.h"

#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(time_weighted_add_number);
PG_FUNCTION_INFO_V1(time_weighted_add_money);
PG_FUNCTION_INFO_V1(time_weighted_remove_number);
PG_FUNCTION_INFO_V1(time_weighted_remove_money);
PG_FUNCTION_INFO_V1(time_weighted_combine);
PG_FUNCTION_INFO_V1(time_weighted_rollup);
PG_FUNCTION_INFO_V1(time_weighted_final);

/* Room for runs to begin with; a series without gaps needs one. */
#define FIRST_CAPACITY 4

/* The arguments of a row; the bounds and the policy are left off by the shorter forms. */
enum
{
	ARG_STATE,
	ARG_VALUE,
	ARG_STARTS_AT,
	ARG_ENDS_AT,
	ARG_FROM_AT,
	ARG_TO_AT,
	ARG_GAPS
};

/* One row, cut to the bounds. */
typedef struct StepRow
{
	bool has_value;
	int128 value;
	Currency currency;
	TimestampTz start;
	TimestampTz end;
} StepRow;

/*
 * The state to change: ours inside an aggregate, else a copy of what others can see.
 */
static TimeWeighted *
state_for_update(FunctionCallInfo fcinfo)
{
	TimeWeighted *s;
	const TimeWeighted *given;

	if (PG_ARGISNULL(ARG_STATE))
		return time_weighted_new(FIRST_CAPACITY);
	s = (TimeWeighted *) PG_GETARG_POINTER(ARG_STATE);
	if (likely(VARATT_IS_4B_U(s) && s->version == TIME_WEIGHTED_VERSION &&
			   AggCheckCallContext(fcinfo, NULL)))
		return s;
	given = time_weighted_read(PG_GETARG_DATUM(ARG_STATE));
	return time_weighted_trimmed(given);
}

/* Outside an aggregate the value is anybody's: settled, and without spare room. */
static Datum
state_result(FunctionCallInfo fcinfo, TimeWeighted *s)
{
	if (AggCheckCallContext(fcinfo, NULL))
		PG_RETURN_POINTER(s);
	time_weighted_settle(s);
	time_weighted_check_before(s);
	PG_RETURN_POINTER(time_weighted_trimmed(s));
}

static int
state_capacity(const TimeWeighted *s)
{
	return (VARSIZE(s) - TIME_WEIGHTED_SIZE(0)) / sizeof(StepRun);
}

/* Twice the room, unless settling what is pending made enough. */
static TimeWeighted *
make_room(TimeWeighted *s)
{
	int capacity = state_capacity(s);
	int wanted = Min(Max(FIRST_CAPACITY, (int64) capacity * 2), TIME_WEIGHTED_MAX_RUNS);
	TimeWeighted *larger;

	time_weighted_settle(s);
	if (s->runs < capacity - capacity / 4)
		return s;
	if (s->runs >= TIME_WEIGHTED_MAX_RUNS)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("time_weighted cannot hold more than %d intervals apart from each "
							   "other",
							   TIME_WEIGHTED_MAX_RUNS)));
	larger = time_weighted_new(wanted);
	memcpy((char *) larger + VARHDRSZ, (char *) s + VARHDRSZ,
		   TIME_WEIGHTED_SIZE(s->runs) - VARHDRSZ);
	return larger;
}

/* Rows mostly come in order: those extend the last run, or come after it. */
static bool
extends_last(TimeWeighted *s, const StepRun *run)
{
	StepRun *last = &s->run[s->runs - 1];

	if (s->pending > 0 || s->runs == 0 || run->start != last->end)
		return false;
	last->end = run->end;
	(void) int192_add_overflow(&last->sum, &run->sum);
	last->last = run->last;
	return true;
}

static TimeWeighted *
add_run(TimeWeighted *s, const StepRun *run)
{
	if (extends_last(s, run))
		return s;
	if (s->runs + s->pending >= state_capacity(s))
	{
		s = make_room(s);
		if (extends_last(s, run))
			return s;
	}
	s->run[s->runs + s->pending] = *run;
	if (s->pending == 0 && (s->runs == 0 || run->start > s->run[s->runs - 1].end))
		s->runs++;
	else
		s->pending++;
	return s;
}

/*
 * What all rows of a value have in common
 */

static void
take_currency(TimeWeighted *s, Currency currency)
{
	char ours[CURRENCY_TEXT_SIZE];
	char theirs[CURRENCY_TEXT_SIZE];

	if (time_weighted_has_values(s) && s->currency != currency)
		ereport(
			ERROR,
			(errcode(ERRCODE_DATA_EXCEPTION),
			 errmsg("cannot add %s to a time_weighted of %s",
					currency == CURRENCY_INVALID ? "numbers" : currency_to_text(currency, theirs),
					s->currency == CURRENCY_INVALID ? "numbers"
													: currency_to_text(s->currency, ours)),
			 errhint("Add currency(value) to GROUP BY, or convert the values to one currency "
					 "first.")));
	s->currency = currency;
}

static TimestampTz
finite_moment(FunctionCallInfo fcinfo, int arg, const char *name)
{
	TimestampTz at;

	if (PG_ARGISNULL(arg))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("%s of a time_weighted must not be null", name)));
	at = PG_GETARG_TIMESTAMPTZ(arg);
	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s of a time_weighted must be finite: %s", name, timestamptz_to_str(at)),
				 errhint("Give bounds, [from_at, to_at): intervals are cut to them, infinite ones "
						 "too.")));
	return at;
}

static void
take_bounds(TimeWeighted *s, FunctionCallInfo fcinfo)
{
	TimestampTz from = finite_moment(fcinfo, ARG_FROM_AT, "from_at");
	TimestampTz to = finite_moment(fcinfo, ARG_TO_AT, "to_at");

	if (from >= to)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("bounds of a time_weighted must end after they start")));
	if (!time_weighted_is_empty(s) && (!s->bounded || s->from != from || s->to != to))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the rows of a time_weighted must have the same from_at and to_at"),
						errhint("Add the bounds to GROUP BY.")));
	s->bounded = 1;
	s->from = from;
	s->to = to;
}

static void
take_gaps(TimeWeighted *s, FunctionCallInfo fcinfo)
{
	char *name = PG_ARGISNULL(ARG_GAPS) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(ARG_GAPS));
	GapPolicy gaps = gap_policy_from_name(name);

	if (s->gaps != GAPS_UNSTATED && s->gaps != gaps)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the rows of a time_weighted must have the same gaps: \"%s\" and "
							   "\"%s\"",
							   gap_policy_names[s->gaps], name)));
	s->gaps = gaps;
}

/*
 * Rows
 */

static void
read_interval(StepRow *row, FunctionCallInfo fcinfo, bool bounded)
{
	if (bounded && !PG_ARGISNULL(ARG_STARTS_AT) && !PG_ARGISNULL(ARG_ENDS_AT))
	{
		row->start = PG_GETARG_TIMESTAMPTZ(ARG_STARTS_AT);
		row->end = PG_GETARG_TIMESTAMPTZ(ARG_ENDS_AT);
	}
	else
	{
		row->start = finite_moment(fcinfo, ARG_STARTS_AT, "starts_at");
		row->end = finite_moment(fcinfo, ARG_ENDS_AT, "ends_at");
	}
	if (row->start > row->end)
	{
		char *start = pstrdup(timestamptz_to_str(row->start));

		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("interval of a time_weighted ends before it starts: [%s, %s)", start,
							   timestamptz_to_str(row->end))));
	}
}

/* The row of this call; false when it says nothing. */
static bool
read_row(StepRow *row, FunctionCallInfo fcinfo, bool money)
{
	bool bounded = PG_NARGS() > ARG_FROM_AT;

	row->has_value = !PG_ARGISNULL(ARG_VALUE);
	if (!row->has_value && (PG_ARGISNULL(ARG_STARTS_AT) || PG_ARGISNULL(ARG_ENDS_AT)))
		return false;
	read_interval(row, fcinfo, bounded);
	row->value = 0;
	row->currency = CURRENCY_INVALID;
	if (row->has_value && money)
	{
		Monetary *value = PG_GETARG_MONETARY_P(ARG_VALUE);

		row->value = monetary_amount(value);
		row->currency = monetary_currency(value);
	}
	else if (row->has_value)
	{
		row->value = numeric_to_scaled(PG_GETARG_NUMERIC(ARG_VALUE), MONETARY_SCALE,
									   "a value of time_weighted");
		if (!monetary_in_range(row->value))
			ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
							errmsg("value out of range for type time_weighted: %s",
								   numeric_shown(PG_GETARG_NUMERIC(ARG_VALUE)))));
	}
	return row->start < row->end;
}

static StepRun
run_of_row(const StepRow *row)
{
	return (StepRun){row->start, row->end, time_weighted_product(row->value, row->start, row->end),
					 step_value_make(row->value)};
}

/* The last value that ended before the bounds. */
static void
take_before(TimeWeighted *s, TimestampTz end, int128 value, uint8 has_before)
{
	if (s->has_before && s->before_end > end)
		return;
	if (s->has_before && s->before_end == end)
	{
		if (has_before == BEFORE_CONTESTED || step_value(&s->before) != value)
			s->has_before = BEFORE_CONTESTED;
		return;
	}
	s->has_before = has_before;
	s->before_end = end;
	s->before = step_value_make(value);
}

static Datum
add_row(FunctionCallInfo fcinfo, bool money)
{
	TimeWeighted *s = state_for_update(fcinfo);
	StepRow row;
	bool says_something = read_row(&row, fcinfo, money);

	if (PG_NARGS() > ARG_GAPS)
		take_gaps(s, fcinfo);
	if (PG_NARGS() > ARG_FROM_AT)
		take_bounds(s, fcinfo);
	else if (s->bounded)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot add a row without bounds to a time_weighted with bounds")));
	if (!says_something)
		return state_result(fcinfo, s);
	if (!s->bounded)
	{
		s->from = Min(s->from, row.start);
		s->to = Max(s->to, row.end);
	}
	/* What begins after the bounds says nothing, not even a currency. */
	if (!row.has_value || row.start >= s->to)
		return state_result(fcinfo, s);
	take_currency(s, row.currency);
	if (row.end <= s->from)
		take_before(s, row.end, row.value, BEFORE_ONE);
	else
	{
		StepRun run;

		row.start = Max(row.start, s->from);
		row.end = Min(row.end, s->to);
		run = run_of_row(&row);
		s = add_run(s, &run);
	}
	return state_result(fcinfo, s);
}

Datum
time_weighted_add_number(PG_FUNCTION_ARGS)
{
	return add_row(fcinfo, false);
}

Datum
time_weighted_add_money(PG_FUNCTION_ARGS)
{
	return add_row(fcinfo, true);
}

/*
 * The way back. Rows leave a frame at its start, which a run can lose without being
 * seen from inside. Anything else is answered with NULL: the executor then adds the
 * frame up anew, with the same result.
 */

/* The run that starts there, or -1. */
static int
find_run(const TimeWeighted *s, TimestampTz start)
{
	int low = 0;
	int high = s->runs;

	while (low < high)
	{
		int middle = low + (high - low) / 2;

		if (s->run[middle].start < start)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->runs && s->run[low].start == start ? low : -1;
}

static bool
remove_run(TimeWeighted *s, const StepRun *gone)
{
	int i = find_run(s, gone->start);
	StepRun rest;
	StepRun *run;

	if (i < 0)
		return false;
	run = &s->run[i];
	if (gone->end > run->end)
		return false;
	if (gone->end < run->end)
	{
		if (!s->bounded && (i > 0 || s->from != run->start))
			return false;
		rest = *run;
		rest.start = gone->end;
		/* Called by hand, with a row that it does not hold, it may leave what no values come to. */
		if (int192_sub_overflow(&rest.sum, &gone->sum) || !time_weighted_sum_is_possible(&rest))
			return false;
		*run = rest;
		if (!s->bounded)
			s->from = run->start;
		return true;
	}
	/* Rows without a value may stand in the gap behind it: without bounds, its start is not known. */
	if (!s->bounded)
		return false;
	memmove(run, run + 1, sizeof(StepRun) * (s->runs - i - 1));
	s->runs--;
	if (!time_weighted_has_values(s))
		s->currency = CURRENCY_INVALID;
	return true;
}

static bool
remove_row_from(TimeWeighted *s, StepRow *row)
{
	StepRun gone;

	if (!s->bounded && !row->has_value)
		return false;
	if (!row->has_value || row->start >= s->to)
		return true;
	if (s->currency != row->currency)
		return false;
	if (row->end <= s->from)
		return s->has_before && row->end < s->before_end;
	row->start = Max(row->start, s->from);
	row->end = Min(row->end, s->to);
	gone = run_of_row(row);
	return remove_run(s, &gone);
}

static Datum
remove_row(FunctionCallInfo fcinfo, bool money)
{
	TimeWeighted *s = state_for_update(fcinfo);
	StepRow row;

	time_weighted_settle(s);
	if (read_row(&row, fcinfo, money) && !remove_row_from(s, &row))
		PG_RETURN_NULL();
	return state_result(fcinfo, s);
}

Datum
time_weighted_remove_number(PG_FUNCTION_ARGS)
{
	return remove_row(fcinfo, false);
}

Datum
time_weighted_remove_money(PG_FUNCTION_ARGS)
{
	return remove_row(fcinfo, true);
}

/*
 * Whole values. Partial states of one aggregate have one pair of bounds; values that are
 * rolled up have each their own, and their sum the hull of them.
 */
static TimeWeighted *
merge(TimeWeighted *s, const TimeWeighted *other, bool same_bounds)
{
	if (s->gaps != other->gaps)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot add up values of time_weighted with different gaps")));
	if (same_bounds && (s->bounded || other->bounded) && !time_weighted_is_empty(s) &&
		!time_weighted_is_empty(other) &&
		(s->bounded != other->bounded || s->from != other->from || s->to != other->to))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the rows of a time_weighted must have the same from_at and to_at"),
						errhint("Add the bounds to GROUP BY.")));
	if (time_weighted_has_values(other))
		take_currency(s, other->currency);
	/* What ended before the bounds goes with the first of them. */
	if (other->from < s->from)
	{
		s->has_before = other->has_before;
		s->before_end = other->before_end;
		s->before = other->before;
	}
	else if (other->from == s->from && other->has_before)
		take_before(s, other->before_end, step_value(&other->before), other->has_before);
	s->bounded |= other->bounded;
	s->from = Min(s->from, other->from);
	s->to = Max(s->to, other->to);
	for (int i = 0; i < other->runs; i++)
		s = add_run(s, &other->run[i]);
	/* Its only value may have been before bounds that are no longer the first. */
	if (!time_weighted_has_values(s))
		s->currency = CURRENCY_INVALID;
	return s;
}

static Datum
add_value(FunctionCallInfo fcinfo, bool same_bounds)
{
	const TimeWeighted *other;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		return state_result(fcinfo, state_for_update(fcinfo));
	}
	other = time_weighted_read_state(PG_GETARG_DATUM(1));
	if (PG_ARGISNULL(0))
		PG_RETURN_POINTER(time_weighted_trimmed(other));
	return state_result(fcinfo, merge(state_for_update(fcinfo), other, same_bounds));
}

Datum
time_weighted_combine(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, true);
}

Datum
time_weighted_rollup(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, false);
}

Datum
time_weighted_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(time_weighted_trimmed(time_weighted_read(PG_GETARG_DATUM(0))));
}
