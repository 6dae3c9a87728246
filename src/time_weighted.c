/*
 * time_weighted.c
 *		Step functions over time as an SQL type: its text and binary form, its
 *		consistency and equality. How rows get into it is in time_weighted_agg.c,
 *		what is read from it in time_weighted_figures.c.
 */
#include "time_weighted.h"

#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "parser/scansup.h"

PG_FUNCTION_INFO_V1(time_weighted_in);
PG_FUNCTION_INFO_V1(time_weighted_out);
PG_FUNCTION_INFO_V1(time_weighted_recv);
PG_FUNCTION_INFO_V1(time_weighted_send);
PG_FUNCTION_INFO_V1(time_weighted_eq);
PG_FUNCTION_INFO_V1(time_weighted_ne);
PG_FUNCTION_INFO_V1(time_weighted_hash);
PG_FUNCTION_INFO_V1(time_weighted_hash_extended);

/* Room for the digits of 192 bits and a sign. */
#define INT192_DIGITS 60

const char *const gap_policy_names[GAP_POLICIES] = {"", "ignore", "zero", "error", "carry"};

/*
 * Values in memory
 */

TimeWeighted *
time_weighted_new(int capacity)
{
	TimeWeighted *s = palloc0(TIME_WEIGHTED_SIZE(capacity));

	SET_VARSIZE(s, TIME_WEIGHTED_SIZE(capacity));
	s->version = TIME_WEIGHTED_VERSION;
	s->from = DT_NOEND;
	s->to = DT_NOBEGIN;
	return s;
}

TimeWeighted *
time_weighted_trimmed(const TimeWeighted *s)
{
	Size size = TIME_WEIGHTED_SIZE(s->runs + s->pending);
	TimeWeighted *result = palloc(size);

	memcpy(result, s, size);
	SET_VARSIZE(result, size);
	return result;
}

Int192
time_weighted_product(int128 value, TimestampTz from, TimestampTz to)
{
	TimestampTz middle = (TimestampTz) (((int128) from + to) / 2);
	Int192 sum = int192_product(value, middle - from);
	Int192 rest = int192_product(value, to - middle);

	(void) int192_add_overflow(&sum, &rest);
	return sum;
}

void
time_weighted_check_before(const TimeWeighted *s)
{
	if (s->has_before == BEFORE_CONTESTED)
		ereport(ERROR, (errcode(ERRCODE_EXCLUSION_VIOLATION),
						errmsg("intervals of a time_weighted overlap: two values end at %s",
							   timestamptz_to_str(s->before_end))));
}

const TimeWeighted *
time_weighted_read(Datum value)
{
	const TimeWeighted *s = time_weighted_read_state(value);

	time_weighted_check_before(s);
	return s;
}

const TimeWeighted *
time_weighted_read_state(Datum value)
{
	const TimeWeighted *s = (const TimeWeighted *) PG_DETOAST_DATUM(value);
	Size size = VARSIZE(s);
	TimeWeighted *copy;

	if (size < TIME_WEIGHTED_SIZE(0))
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("time_weighted of %zu bytes is not valid", size)));
	if (s->version != TIME_WEIGHTED_VERSION)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("time_weighted has version %d, which this chipbook cannot read",
							   s->version),
						errhint("It was written by a newer chipbook: update the extension.")));
	if (s->gaps >= GAP_POLICIES || s->runs < 0 || s->pending < 0 ||
		s->runs > TIME_WEIGHTED_MAX_RUNS - s->pending ||
		size < TIME_WEIGHTED_SIZE(s->runs + s->pending))
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("time_weighted of %zu bytes is not valid", size)));
	if (likely(s->pending == 0))
		return s;
	copy = time_weighted_trimmed(s);
	time_weighted_settle(copy);
	return copy;
}

static int
compare_runs(const void *a, const void *b)
{
	TimestampTz x = ((const StepRun *) a)->start;
	TimestampTz y = ((const StepRun *) b)->start;

	return (x > y) - (x < y);
}

pg_noreturn static void
runs_overlap(const StepRun *a, const StepRun *b)
{
	char *shown[4];
	const TimestampTz at[4] = {a->start, a->end, b->start, b->end};

	for (int i = 0; i < 4; i++)
		shown[i] = pstrdup(timestamptz_to_str(at[i]));
	ereport(ERROR,
			(errcode(ERRCODE_EXCLUSION_VIOLATION),
			 errmsg("intervals of a time_weighted overlap: [%s, %s) and [%s, %s)", shown[0],
					shown[1], shown[2], shown[3]),
			 errdetail("Intervals that meet are shown as one."),
			 errhint("A value that steps has one value at a time: add what each series belongs to "
					 "to GROUP BY, or cut the intervals where the next begins.")));
}

void
time_weighted_settle(TimeWeighted *s)
{
	int n = s->runs + s->pending;
	int kept = 0;

	if (s->pending == 0)
		return;
	qsort(s->run, n, sizeof(StepRun), compare_runs);
	for (int i = 1; i < n; i++)
	{
		StepRun *before = &s->run[kept];
		const StepRun *next = &s->run[i];

		if (next->start < before->end)
			runs_overlap(before, next);
		if (next->start == before->end)
		{
			before->end = next->end;
			/* Runs are apart, so that all of them together stay below 2^111 x 2^64. */
			(void) int192_add_overflow(&before->sum, &next->sum);
			before->last = next->last;
		}
		else
			s->run[++kept] = *next;
	}
	s->runs = kept + 1;
	s->pending = 0;
}

/*
 * What contradicts itself in a value, or NULL: the one checker of in and recv.
 */

static bool
moment_is_valid(TimestampTz at)
{
	return !TIMESTAMP_NOT_FINITE(at) && IS_VALID_TIMESTAMP(at);
}

/* |sum| is no more than the largest value throughout the run. */
bool
time_weighted_sum_is_possible(const StepRun *run)
{
	Int192 most = time_weighted_product(MONETARY_MIN, run->start, run->end);
	Int192 sum = int192_magnitude(&run->sum);

	most = int192_magnitude(&most);
	if (int192_is_too_large(&sum) || int192_sub_overflow(&most, &sum))
		return false;
	return !int192_is_negative(&most);
}

static const char *
run_fault(const TimeWeighted *s, int i)
{
	const StepRun *run = &s->run[i];

	if (!moment_is_valid(run->start) || !moment_is_valid(run->end) || run->start >= run->end)
		return "a run of values does not end after it starts";
	if (run->start < s->from || run->end > s->to)
		return "a run of values lies outside the bounds";
	if (i > 0 && run->start <= s->run[i - 1].end)
		return "runs of values are not in order and apart";
	if (!monetary_in_range(step_value(&run->last)) || !time_weighted_sum_is_possible(run))
		return "a value is out of range";
	return NULL;
}

static const char *
time_weighted_fault(const TimeWeighted *s)
{
	const char *fault = NULL;

	if (s->gaps >= GAP_POLICIES || s->bounded > 1 || s->has_before > BEFORE_ONE)
		return "a field is out of range";
	if (s->from == DT_NOEND && s->to == DT_NOBEGIN)
	{
		if (s->runs > 0 || s->bounded || s->has_before)
			return "values without bounds";
	}
	else if (!moment_is_valid(s->from) || !moment_is_valid(s->to) || s->from >= s->to)
		return "the bounds do not end after they start";
	if (!s->has_before && (s->before_end != 0 || step_value(&s->before) != 0))
		return "a value before that is none";
	if (s->has_before && (!s->bounded || !moment_is_valid(s->before_end) ||
						  s->before_end > s->from || !monetary_in_range(step_value(&s->before))))
		return "the value before is not before the bounds, or out of range";
	if (s->currency != CURRENCY_INVALID && !time_weighted_has_values(s))
		return "a currency without a value";
	for (int i = 0; i < s->runs && fault == NULL; i++)
		fault = run_fault(s, i);
	return fault;
}

/*
 * Text form: "USD gaps=carry bounds=A..B before=T/V S..E=SUM/LAST ...". Moments are
 * microseconds since 2000-01-01 00:00 UTC, values units of 1e-15, sums such units x
 * microseconds, all whole numbers: exact, and the same in every session. "seen=A..B"
 * in place of bounds where none were given.
 */

static void
put_integer(StringInfo out, Int192 value)
{
	bool negative = int192_is_negative(&value);
	char buf[INT192_DIGITS + 1];
	char *p = buf + INT192_DIGITS;

	value = int192_magnitude(&value);
	*p = '\0';
	do
		*--p = '0' + (char) int192_divide_u64(&value, 10);
	while (!int192_is_zero(&value));
	if (negative)
		*--p = '-';
	appendStringInfoString(out, p);
}

static void
put_span(StringInfo out, TimestampTz from, TimestampTz to)
{
	appendStringInfo(out, INT64_FORMAT ".." INT64_FORMAT, from, to);
}

Datum
time_weighted_out(PG_FUNCTION_ARGS)
{
	const TimeWeighted *s = time_weighted_read(PG_GETARG_DATUM(0));
	StringInfoData out;
	char code[CURRENCY_TEXT_SIZE];

	initStringInfo(&out);
	appendStringInfoString(
		&out, s->currency == CURRENCY_INVALID ? "number" : currency_to_text(s->currency, code));
	if (s->gaps != GAPS_UNSTATED)
		appendStringInfo(&out, " gaps=%s", gap_policy_names[s->gaps]);
	if (!time_weighted_is_empty(s))
	{
		appendStringInfoString(&out, s->bounded ? " bounds=" : " seen=");
		put_span(&out, s->from, s->to);
	}
	if (s->has_before)
	{
		appendStringInfo(&out, " before=" INT64_FORMAT "/", s->before_end);
		put_integer(&out, int192_from_s128(step_value(&s->before)));
	}
	for (int i = 0; i < s->runs; i++)
	{
		const StepRun *run = &s->run[i];

		CHECK_FOR_INTERRUPTS();
		appendStringInfoChar(&out, ' ');
		put_span(&out, run->start, run->end);
		appendStringInfoChar(&out, '=');
		put_integer(&out, run->sum);
		appendStringInfoChar(&out, '/');
		put_integer(&out, int192_from_s128(step_value(&run->last)));
	}
	PG_RETURN_CSTRING(out.data);
}

static bool
read_word(const char **p, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(*p, word, length) != 0)
		return false;
	*p += length;
	return true;
}

static bool
read_integer(const char **p, Int192 *value)
{
	bool negative = read_word(p, "-");
	const char *digits = *p;

	*value = (Int192){{0}};
	while (**p >= '0' && **p <= '9')
		if (*p - digits >= INT192_DIGITS || int192_multiply_add_overflow(value, 10, *(*p)++ - '0'))
			return false;
	return *p > digits && !int192_apply_sign_overflow(value, negative);
}

static bool
read_value(const char **p, StepValue *value)
{
	Int192 wide;
	int128 narrow;

	if (!read_integer(p, &wide) || int192_to_s128_overflow(&wide, &narrow))
		return false;
	*value = step_value_make(narrow);
	return true;
}

static bool
read_moment(const char **p, TimestampTz *at)
{
	StepValue value;

	if (!read_value(p, &value) || step_value(&value) != (int64) value.low)
		return false;
	*at = (int64) value.low;
	return true;
}

static bool
read_span(const char **p, TimestampTz *from, TimestampTz *to)
{
	return read_moment(p, from) && read_word(p, "..") && read_moment(p, to);
}

static bool
read_run(const char **p, StepRun *run)
{
	return read_span(p, &run->start, &run->end) && read_word(p, "=") &&
		   read_integer(p, &run->sum) && read_word(p, "/") && read_value(p, &run->last);
}

static bool
read_gaps(const char **p, uint8 *gaps)
{
	for (int i = GAPS_IGNORE; i < GAP_POLICIES; i++)
		if (read_word(p, gap_policy_names[i]))
		{
			*gaps = i;
			return true;
		}
	return false;
}

/* Whether the number before it may end here; steps over the blanks that end it. */
static bool
read_end(const char **p)
{
	if (**p != '\0' && !scanner_isspace(**p))
		return false;
	while (scanner_isspace(**p))
		(*p)++;
	return true;
}

/* The text as a value, its fields in the order in which they are written; else NULL. */
static TimeWeighted *
read_text(const char *p)
{
	/* A run takes at least eight characters. */
	TimeWeighted *s = time_weighted_new(Min(strlen(p) / 8 + 1, TIME_WEIGHTED_MAX_RUNS));

	(void) (scanner_isspace(*p) && read_end(&p));
	if (!read_word(&p, "number"))
	{
		s->currency = currency_from_letters(p);
		if (s->currency == CURRENCY_INVALID)
			return NULL;
		p += 3;
	}
	if (!read_end(&p))
		return NULL;
	if (read_word(&p, "gaps=") && !(read_gaps(&p, &s->gaps) && read_end(&p)))
		return NULL;
	s->bounded = read_word(&p, "bounds=");
	if ((s->bounded || read_word(&p, "seen=")) &&
		!(read_span(&p, &s->from, &s->to) && read_end(&p)))
		return NULL;
	s->has_before = read_word(&p, "before=");
	if (s->has_before && !(read_moment(&p, &s->before_end) && read_word(&p, "/") &&
						   read_value(&p, &s->before) && read_end(&p)))
		return NULL;
	while (*p != '\0')
	{
		if (s->runs >= TIME_WEIGHTED_MAX_RUNS || !read_run(&p, &s->run[s->runs]) || !read_end(&p))
			return NULL;
		s->runs++;
	}
	return s;
}

Datum
time_weighted_in(PG_FUNCTION_ARGS)
{
	char *text = PG_GETARG_CSTRING(0);
	TimeWeighted *s = read_text(text);
	const char *fault;

	if (s == NULL)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"", "time_weighted", text),
				 errhint("Values of this type are made by time_weighted_agg().")));
	fault = time_weighted_fault(s);
	if (fault != NULL)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid value for type %s: \"%s\"", "time_weighted", text),
				 errdetail("The value contradicts itself: %s.", fault)));
	PG_RETURN_POINTER(time_weighted_trimmed(s));
}

/*
 * Binary form: a version byte, policy, currency, flags, bounds, the value before, the
 * number of runs and the runs, most significant word first.
 */

static void
send_value(StringInfo out, const StepValue *value)
{
	pq_sendint64(out, value->high);
	pq_sendint64(out, value->low);
}

static StepValue
receive_value(StringInfo in)
{
	StepValue value;

	value.high = pq_getmsgint64(in);
	value.low = (uint64) pq_getmsgint64(in);
	return value;
}

Datum
time_weighted_send(PG_FUNCTION_ARGS)
{
	const TimeWeighted *s = time_weighted_read(PG_GETARG_DATUM(0));
	StringInfoData out;

	pq_begintypsend(&out);
	pq_sendint8(&out, TIME_WEIGHTED_VERSION);
	pq_sendint8(&out, s->gaps);
	pq_sendint16(&out, s->currency);
	pq_sendint8(&out, s->bounded);
	pq_sendint8(&out, s->has_before);
	pq_sendint64(&out, s->from);
	pq_sendint64(&out, s->to);
	pq_sendint64(&out, s->before_end);
	send_value(&out, &s->before);
	pq_sendint32(&out, s->runs);
	for (int i = 0; i < s->runs; i++)
	{
		const StepRun *run = &s->run[i];

		pq_sendint64(&out, run->start);
		pq_sendint64(&out, run->end);
		for (int word = 2; word >= 0; word--)
			pq_sendint64(&out, run->sum.limb[word]);
		send_value(&out, &run->last);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

Datum
time_weighted_recv(PG_FUNCTION_ARGS)
{
	StringInfo in = (StringInfo) PG_GETARG_POINTER(0);
	int version = pq_getmsgbyte(in);
	TimeWeighted head = {.version = TIME_WEIGHTED_VERSION};
	TimeWeighted *s;
	const char *fault;

	if (version != TIME_WEIGHTED_VERSION)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("unsupported version of binary %s: %d", "time_weighted", version)));
	head.gaps = pq_getmsgbyte(in);
	head.currency = (Currency) pq_getmsgint(in, 2);
	head.bounded = pq_getmsgbyte(in);
	head.has_before = pq_getmsgbyte(in);
	head.from = pq_getmsgint64(in);
	head.to = pq_getmsgint64(in);
	head.before_end = pq_getmsgint64(in);
	head.before = receive_value(in);
	head.runs = (int32) pq_getmsgint(in, 4);
	if (head.currency != CURRENCY_INVALID && !currency_is_valid(head.currency))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid currency in binary %s: 0x%04X", "time_weighted", head.currency)));
	/* Believed only as far as the message reaches. */
	if (head.runs < 0 || (Size) head.runs * sizeof(StepRun) != (Size) (in->len - in->cursor))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid number of runs in binary %s: %d", "time_weighted", head.runs)));
	s = time_weighted_new(head.runs);
	memcpy((char *) s + VARHDRSZ, (char *) &head + VARHDRSZ, TIME_WEIGHTED_SIZE(0) - VARHDRSZ);
	for (int i = 0; i < s->runs; i++)
	{
		StepRun *run = &s->run[i];

		run->start = pq_getmsgint64(in);
		run->end = pq_getmsgint64(in);
		for (int word = 2; word >= 0; word--)
			run->sum.limb[word] = (uint64) pq_getmsgint64(in);
		run->last = receive_value(in);
	}
	fault = time_weighted_fault(s);
	if (fault != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("invalid binary value for type %s", "time_weighted"),
						errdetail("The value contradicts itself: %s.", fault)));
	PG_RETURN_POINTER(s);
}

/*
 * Equality: a value has one form, whatever order its rows came in
 */

#define TIME_WEIGHTED_DATA(s) ((const unsigned char *) (s) + VARHDRSZ)
#define TIME_WEIGHTED_DATA_SIZE(s) (TIME_WEIGHTED_SIZE((s)->runs) - VARHDRSZ)

static bool
values_equal(FunctionCallInfo fcinfo)
{
	const TimeWeighted *a = time_weighted_read(PG_GETARG_DATUM(0));
	const TimeWeighted *b = time_weighted_read(PG_GETARG_DATUM(1));

	return a->runs == b->runs &&
		   memcmp(TIME_WEIGHTED_DATA(a), TIME_WEIGHTED_DATA(b), TIME_WEIGHTED_DATA_SIZE(a)) == 0;
}

Datum
time_weighted_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(values_equal(fcinfo));
}

Datum
time_weighted_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!values_equal(fcinfo));
}

Datum
time_weighted_hash(PG_FUNCTION_ARGS)
{
	const TimeWeighted *s = time_weighted_read(PG_GETARG_DATUM(0));

	return UInt32GetDatum(hash_bytes(TIME_WEIGHTED_DATA(s), TIME_WEIGHTED_DATA_SIZE(s)));
}

Datum
time_weighted_hash_extended(PG_FUNCTION_ARGS)
{
	const TimeWeighted *s = time_weighted_read(PG_GETARG_DATUM(0));

	return UInt64GetDatum(hash_bytes_extended(TIME_WEIGHTED_DATA(s), TIME_WEIGHTED_DATA_SIZE(s),
											  (uint64) PG_GETARG_INT64(1)));
}
