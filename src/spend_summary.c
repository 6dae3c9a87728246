/*
 * spend_summary.c
 *		What utilisation-weighted spend came to, as an SQL type: its text and binary
 *		form, its consistency and equality. How rows get into a summary is in
 *		spend_summary_agg.c, what is read from it in spend_summary_figures.c.
 */
#include "spend_summary.h"

#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "parser/scansup.h"

PG_FUNCTION_INFO_V1(spend_summary_in);
PG_FUNCTION_INFO_V1(spend_summary_out);
PG_FUNCTION_INFO_V1(spend_summary_recv);
PG_FUNCTION_INFO_V1(spend_summary_send);
PG_FUNCTION_INFO_V1(spend_summary_eq);
PG_FUNCTION_INFO_V1(spend_summary_ne);
PG_FUNCTION_INFO_V1(spend_summary_hash);
PG_FUNCTION_INFO_V1(spend_summary_hash_extended);

/* Room for the digits of 192 bits. */
#define INT192_DIGITS 59

/*
 * The value as it is written: one number per field, money in parts, not cumulative.
 * Names and order are the text form, order and width the binary one.
 */
typedef enum SpendField
{
	FIELD_READINGS,
	FIELD_INSTALLED,
	FIELD_AVAILABLE,
	FIELD_ALLOCATED,
	FIELD_USED,
	FIELD_LOST,
	FIELD_TOTAL,
	FIELD_PRODUCTIVE,
	FIELD_ALLOCATED_IDLE,
	FIELD_UNALLOCATED,
	FIELD_UNAVAILABLE,
	FIELD_UNMETERED,
	FIELD_LOST_COST,
	FIELD_PLAIN_COSTS,
	FIELD_SKIPPED,
	FIELD_DISORDERED,
	FIELD_DISORDER,
	FIELD_COUNT = FIELD_DISORDER + SPEND_DISORDERS
} SpendField;

static const char *const field_names[FIELD_DISORDER] = {
	"readings",  "installed",   "available",      "allocated",   "used",        "lost",
	"total",     "productive",  "allocated_idle", "unallocated", "unavailable", "unmetered",
	"lost_cost", "plain_costs", "skipped",        "disordered"};

const char *const spend_disorder_names[SPEND_DISORDERS] = {
	"used_over_allocated", "allocated_over_available", "available_over_installed",
	"used_over_installed"};

static inline const char *
field_name(int field)
{
	return field < FIELD_DISORDER ? field_names[field]
								  : spend_disorder_names[field - FIELD_DISORDER];
}

typedef struct SpendFields
{
	Currency currency;
	Int192 value[FIELD_COUNT];
} SpendFields;

static inline bool
field_is_time(int field)
{
	return field >= FIELD_INSTALLED && field <= FIELD_LOST;
}

static inline bool
field_is_money(int field)
{
	return field >= FIELD_TOTAL && field <= FIELD_LOST_COST;
}

/*
 * Values in memory
 */

SpendSummary *
spend_summary_new(void)
{
	SpendSummary *summary = palloc0(sizeof(SpendSummary));

	SET_VARSIZE(summary, sizeof(SpendSummary));
	summary->version = SPEND_SUMMARY_VERSION;
	return summary;
}

const SpendSummary *
spend_summary_read(Datum value, SpendSummary *buffer)
{
	const SpendSummary *summary = (const SpendSummary *) PG_DETOAST_DATUM(value);
	Size size = VARSIZE(summary);

	if (size < SPEND_SUMMARY_MIN_SIZE || size % sizeof(int64) != 0)
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("spend_summary of %zu bytes is not valid", size)));
	if (size > sizeof(SpendSummary) || summary->version != SPEND_SUMMARY_VERSION)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("spend_summary has version %d and %zu bytes, which this chipbook "
							   "cannot read",
							   summary->version, size),
						errhint("It was written by a newer chipbook: update the extension.")));
	if (size == sizeof(SpendSummary))
		return summary;
	memset(buffer, 0, sizeof(SpendSummary));
	memcpy(buffer, summary, size);
	SET_VARSIZE(buffer, sizeof(SpendSummary));
	return buffer;
}

SpendSummary *
spend_summary_trimmed(const SpendSummary *summary)
{
	const char *bytes = (const char *) summary;
	Size size = sizeof(SpendSummary);
	SpendSummary *result;
	int64 word;

	for (; size > SPEND_SUMMARY_MIN_SIZE; size -= sizeof(word))
	{
		memcpy(&word, bytes + size - sizeof(word), sizeof(word));
		if (word != 0)
			break;
	}
	result = palloc(size);
	memcpy(result, summary, size);
	SET_VARSIZE(result, size);
	return result;
}

/* How far the counts of readings contradict each other or their times. */
static const char *
count_fault(const SpendSummary *s)
{
	int64 kinds = 0;
	int i;

	if (s->readings < 0 || s->plain_costs < 0 || s->skipped < 0 || s->disordered < 0)
		return "a count is negative";
	if (s->disordered > s->readings)
		return "more disordered readings than readings";
	for (i = 0; i < SPEND_DISORDERS; i++)
	{
		if (s->disorder[i] < 0 || s->disorder[i] > s->disordered)
			return "a kind of disorder counts more readings than are disordered";
		kinds |= s->disorder[i];
	}
	/* Sums of readings that came with a split cost say how many, not which. */
	if (s->disordered > 0 && kinds == 0 && s->plain_costs == 0)
		return "disordered readings without a kind of disorder";
	return NULL;
}

static const char *
time_fault(const SpendSummary *s)
{
	/* A split cost may come with the time of readings that are counted elsewhere. */
	bool summed = s->plain_costs > 0;
	int128 most = summed ? SPEND_MAX_TIME : (int128) s->readings * PG_INT64_MAX;
	int128 lost = chip_time_sum(&s->lost);
	int i;

	for (i = 0; i < SPEND_LEVELS; i++)
	{
		int128 time = chip_time_sum(&s->time[i]);

		if (time < 0 || time > most)
			return "a chip-time is negative or more than its readings can hold";
		if (s->disordered == 0 && !summed && i > 0 && time < chip_time_sum(&s->time[i - 1]))
			return "chip-times are out of order without a disordered reading";
	}
	if (lost < 0 || lost > chip_time_sum(&s->time[SPEND_USED]))
		return "more chip-time lost than used";
	return NULL;
}

/* Credits make any amount possible where there is a cost; where there is none, none is. */
static const char *
cost_fault(const SpendSummary *s)
{
	bool metered = !int192_is_zero(&s->lost_cost);
	int i;

	for (i = 0; i < SPEND_LEVELS; i++)
		metered |= !int192_is_zero(&s->cost[i]);
	if ((s->currency != CURRENCY_INVALID) != (s->readings > 0 || s->plain_costs > 0))
		return "a currency goes with readings or costs, and they with a currency";
	if (metered && s->plain_costs == 0 && chip_time_sum(&s->time[SPEND_INSTALLED]) == 0)
		return "metered cost without installed chip-time";
	if (!int192_is_zero(&s->unmetered) && s->readings == 0 && s->plain_costs == 0)
		return "unmetered cost without a cost counted";
	return NULL;
}

const char *
spend_summary_fault(const SpendSummary *summary)
{
	const char *fault = count_fault(summary);

	if (fault == NULL)
		fault = time_fault(summary);
	if (fault == NULL)
		fault = cost_fault(summary);
	return fault;
}

/* The differences of sums cannot wrap, however large: see int192_is_too_large(). */
static SpendFields
fields_of_summary(const SpendSummary *s)
{
	SpendFields f = {.currency = s->currency};
	Int192 *v = f.value;
	int i;

	v[FIELD_READINGS] = int192_from_s128(s->readings);
	for (i = 0; i < SPEND_LEVELS; i++)
		v[FIELD_USED - i] = int192_from_s128(chip_time_sum(&s->time[i]));
	v[FIELD_LOST] = int192_from_s128(chip_time_sum(&s->lost));
	for (i = 0; i < SPEND_LEVELS; i++)
	{
		v[FIELD_PRODUCTIVE + i] = s->cost[i];
		if (i > 0)
			(void) int192_sub_overflow(&v[FIELD_PRODUCTIVE + i], &s->cost[i - 1]);
	}
	v[FIELD_UNMETERED] = s->unmetered;
	v[FIELD_TOTAL] = s->cost[SPEND_INSTALLED];
	(void) int192_add_overflow(&v[FIELD_TOTAL], &s->unmetered);
	v[FIELD_LOST_COST] = s->lost_cost;
	v[FIELD_PLAIN_COSTS] = int192_from_s128(s->plain_costs);
	v[FIELD_SKIPPED] = int192_from_s128(s->skipped);
	v[FIELD_DISORDERED] = int192_from_s128(s->disordered);
	for (i = 0; i < SPEND_DISORDERS; i++)
		v[FIELD_DISORDER + i] = int192_from_s128(s->disorder[i]);
	return f;
}

static bool
field_to_count(const Int192 *value, int64 *count)
{
	int128 wide;
	bool overflow = int192_to_s128_overflow(value, &wide);

	*count = (int64) wide;
	return !overflow && wide == *count;
}

static bool
field_to_time(const Int192 *value, ChipTimeSum *time)
{
	int128 wide;
	bool overflow = int192_to_s128_overflow(value, &wide);

	*time = chip_time_sum_make(wide);
	return !overflow;
}

/* The fields as a value; else NULL and what is wrong with them. */
static SpendSummary *
summary_of_fields(const SpendFields *f, const char **fault)
{
	SpendSummary *s = spend_summary_new();
	const Int192 *v = f->value;
	Int192 total;
	bool fits;
	int i;

	s->currency = f->currency;
	fits = field_to_count(&v[FIELD_READINGS], &s->readings) &&
		   field_to_count(&v[FIELD_PLAIN_COSTS], &s->plain_costs) &&
		   field_to_count(&v[FIELD_SKIPPED], &s->skipped) &&
		   field_to_count(&v[FIELD_DISORDERED], &s->disordered) &&
		   field_to_time(&v[FIELD_LOST], &s->lost);
	for (i = 0; i < SPEND_DISORDERS; i++)
		fits &= field_to_count(&v[FIELD_DISORDER + i], &s->disorder[i]);
	for (i = 0; i < SPEND_LEVELS; i++)
	{
		fits &= field_to_time(&v[FIELD_USED - i], &s->time[i]);
		s->cost[i] = v[FIELD_PRODUCTIVE + i];
		if (i > 0)
			fits &= !int192_add_overflow(&s->cost[i], &s->cost[i - 1]);
	}
	s->unmetered = v[FIELD_UNMETERED];
	s->lost_cost = v[FIELD_LOST_COST];
	fits &= !int192_is_too_large(&s->cost[SPEND_USED]) && !int192_is_too_large(&s->unmetered) &&
			!int192_is_too_large(&s->lost_cost);
	total = s->cost[SPEND_INSTALLED];
	(void) int192_add_overflow(&total, &s->unmetered);

	*fault = spend_summary_fault(s);
	if (!fits)
		*fault = "a number is out of range";
	else if (*fault == NULL && memcmp(&total, &v[FIELD_TOTAL], sizeof(total)) != 0)
		*fault = "the parts of the cost do not add up to the total";
	return *fault == NULL ? spend_summary_trimmed(s) : NULL;
}

/*
 * Text form: "USD readings=1 installed=100 ... total=100 productive=70 ...", fields
 * that are zero left out. Times are chip-milliseconds. Money is decimal, and what a
 * rate leaves below 1e-15 follows as ":n", n / 3,600,000 of that last unit.
 */

/* The digits of an unsigned number, at least min of them; the end of the buffer. */
static char *
put_digits(Int192 magnitude, int min, char buf[INT192_DIGITS + 1])
{
	char *p = buf + INT192_DIGITS;

	*p = '\0';
	while (!int192_is_zero(&magnitude) || min > 0)
	{
		*--p = '0' + (char) int192_divide_u64(&magnitude, 10);
		min--;
	}
	return p;
}

static void
put_money(StringInfo out, const Int192 *money)
{
	Int192 magnitude = int192_magnitude(money);
	uint64 rest = int192_divide_u64(&magnitude, SPEND_COST_SCALE);
	char buf[INT192_DIGITS + 1];
	char *digits = put_digits(magnitude, MONETARY_SCALE + 1, buf);
	int whole = strlen(digits) - MONETARY_SCALE;
	int decimals = MONETARY_SCALE;

	while (decimals > 0 && digits[whole + decimals - 1] == '0')
		decimals--;
	if (int192_is_negative(money))
		appendStringInfoChar(out, '-');
	appendBinaryStringInfo(out, digits, whole);
	if (decimals > 0)
	{
		appendStringInfoChar(out, '.');
		appendBinaryStringInfo(out, digits + whole, decimals);
	}
	if (rest != 0)
		appendStringInfo(out, ":" UINT64_FORMAT, rest);
}

Datum
spend_summary_out(PG_FUNCTION_ARGS)
{
	SpendSummary buffer;
	SpendFields f = fields_of_summary(spend_summary_read(PG_GETARG_DATUM(0), &buffer));
	StringInfoData out;
	int i;

	initStringInfo(&out);
	if (f.currency != CURRENCY_INVALID)
	{
		char code[CURRENCY_TEXT_SIZE];

		appendStringInfo(&out, "%s ", currency_to_text(f.currency, code));
	}
	for (i = 0; i < FIELD_COUNT; i++)
	{
		char buf[INT192_DIGITS + 1];

		if (i != FIELD_READINGS && int192_is_zero(&f.value[i]))
			continue;
		appendStringInfo(&out, "%s%s=", i == FIELD_READINGS ? "" : " ", field_name(i));
		if (field_is_money(i))
			put_money(&out, &f.value[i]);
		else
			appendStringInfoString(&out, put_digits(f.value[i], 1, buf));
	}
	PG_RETURN_CSTRING(out.data);
}

/* Digits onto a number, at least one and at most max of them; false when they do not fit. */
static bool
read_digits_into(const char **p, int max, int *count, Int192 *magnitude)
{
	*count = 0;
	while (**p >= '0' && **p <= '9')
	{
		if (++*count > max || int192_multiply_add_overflow(magnitude, 10, *(*p)++ - '0'))
			return false;
	}
	return *count > 0;
}

static bool
read_integer(const char **p, Int192 *value)
{
	int count;

	return read_digits_into(p, INT192_DIGITS, &count, value) &&
		   !int192_apply_sign_overflow(value, false);
}

static bool
read_money(const char **p, Int192 *value)
{
	bool negative = **p == '-';
	int count = 0;
	Int192 rest = {{0}};

	if (negative)
		(*p)++;
	if (!read_digits_into(p, INT192_DIGITS, &count, value))
		return false;
	count = 0;
	if (**p == '.')
	{
		(*p)++;
		if (!read_digits_into(p, MONETARY_SCALE, &count, value))
			return false;
	}
	for (; count < MONETARY_SCALE; count++)
		if (int192_multiply_add_overflow(value, 10, 0))
			return false;
	if (**p == ':')
	{
		(*p)++;
		if (!read_digits_into(p, 7, &count, &rest) || rest.limb[0] >= SPEND_COST_SCALE)
			return false;
	}
	return !int192_multiply_add_overflow(value, SPEND_COST_SCALE, rest.limb[0]) &&
		   !int192_apply_sign_overflow(value, negative);
}

/* "name=" as a field; -1 when there is no such field. */
static int
read_field_name(const char **p)
{
	int i;

	for (i = 0; i < FIELD_COUNT; i++)
	{
		const char *name = field_name(i);
		size_t length = strlen(name);

		if (strncmp(*p, name, length) == 0 && (*p)[length] == '=')
		{
			*p += length + 1;
			return i;
		}
	}
	return -1;
}

static const char *
skip_blanks(const char *p)
{
	while (scanner_isspace(*p))
		p++;
	return p;
}

/* The text's fields; else false. Each may stand once, in any order, or be left out. */
static bool
read_fields(const char *text, SpendFields *f)
{
	const char *p = skip_blanks(text);
	uint32 seen = 0;

	f->currency = currency_from_letters(p);
	if (f->currency != CURRENCY_INVALID)
		p += 3;
	if (*p == '\0' || (f->currency != CURRENCY_INVALID && !scanner_isspace(*p)))
		return false;
	for (p = skip_blanks(p); *p != '\0'; p = skip_blanks(p))
	{
		int i = read_field_name(&p);

		if (i < 0 || (seen & (1u << i)) != 0)
			return false;
		seen |= 1u << i;
		if (!(field_is_money(i) ? read_money : read_integer)(&p, &f->value[i]))
			return false;
		if (*p != '\0' && !scanner_isspace(*p))
			return false;
	}
	return true;
}

Datum
spend_summary_in(PG_FUNCTION_ARGS)
{
	char *text = PG_GETARG_CSTRING(0);
	SpendFields f = {.currency = CURRENCY_INVALID};
	const char *fault;
	SpendSummary *summary;

	if (!read_fields(text, &f))
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"", "spend_summary", text),
				 errhint("Write a currency and fields, such as \"USD readings=1 installed=100 "
						 "available=100 allocated=60 used=60 total=5 productive=3 "
						 "unallocated=2\".")));
	summary = summary_of_fields(&f, &fault);
	if (summary == NULL)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid value for type %s: \"%s\"", "spend_summary", text),
				 errdetail("The value contradicts itself: %s.", fault)));
	PG_RETURN_POINTER(summary);
}

/*
 * Binary form: a version byte, the currency, then the fields in order, counts in 64
 * bits, times in 128 and money in 192, most significant word first.
 */

static int
field_words(int field)
{
	return field_is_money(field) ? 3 : field_is_time(field) ? 2 : 1;
}

Datum
spend_summary_send(PG_FUNCTION_ARGS)
{
	SpendSummary buffer;
	SpendFields f = fields_of_summary(spend_summary_read(PG_GETARG_DATUM(0), &buffer));
	StringInfoData out;
	int i;
	int word;

	pq_begintypsend(&out);
	pq_sendint8(&out, SPEND_SUMMARY_VERSION);
	pq_sendint16(&out, f.currency);
	for (i = 0; i < FIELD_COUNT; i++)
		for (word = field_words(i) - 1; word >= 0; word--)
			pq_sendint64(&out, f.value[i].limb[word]);
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

/* A field of the binary form, its sign carried into the words that were not sent. */
static Int192
receive_field(StringInfo in, int words)
{
	Int192 value = {{0}};
	int word = words - 1;

	value.limb[word] = (uint64) pq_getmsgint64(in);
	if ((int64) value.limb[word] < 0)
		for (int i = word + 1; i < 3; i++)
			value.limb[i] = PG_UINT64_MAX;
	while (--word >= 0)
		value.limb[word] = (uint64) pq_getmsgint64(in);
	return value;
}

Datum
spend_summary_recv(PG_FUNCTION_ARGS)
{
	StringInfo in = (StringInfo) PG_GETARG_POINTER(0);
	int version = pq_getmsgbyte(in);
	SpendFields f;
	const char *fault;
	SpendSummary *summary;
	int i;

	if (version != SPEND_SUMMARY_VERSION)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("unsupported version of binary %s: %d", "spend_summary", version)));
	f.currency = (Currency) pq_getmsgint(in, 2);
	if (f.currency != CURRENCY_INVALID && !currency_is_valid(f.currency))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid currency in binary %s: 0x%04X", "spend_summary", f.currency)));
	for (i = 0; i < FIELD_COUNT; i++)
		f.value[i] = receive_field(in, field_words(i));
	summary = summary_of_fields(&f, &fault);
	if (summary == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("invalid binary value for type %s", "spend_summary"),
						errdetail("The value contradicts itself: %s.", fault)));
	PG_RETURN_POINTER(summary);
}

/*
 * Equality: every field, whether stored or left off
 */

#define SPEND_SUMMARY_DATA(s) ((const unsigned char *) (s) + VARHDRSZ)
#define SPEND_SUMMARY_DATA_SIZE (sizeof(SpendSummary) - VARHDRSZ)

static bool
summaries_equal(FunctionCallInfo fcinfo)
{
	SpendSummary buffers[2];
	const SpendSummary *a = spend_summary_read(PG_GETARG_DATUM(0), &buffers[0]);
	const SpendSummary *b = spend_summary_read(PG_GETARG_DATUM(1), &buffers[1]);

	return memcmp(SPEND_SUMMARY_DATA(a), SPEND_SUMMARY_DATA(b), SPEND_SUMMARY_DATA_SIZE) == 0;
}

Datum
spend_summary_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(summaries_equal(fcinfo));
}

Datum
spend_summary_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!summaries_equal(fcinfo));
}

Datum
spend_summary_hash(PG_FUNCTION_ARGS)
{
	SpendSummary buffer;
	const SpendSummary *s = spend_summary_read(PG_GETARG_DATUM(0), &buffer);

	return UInt32GetDatum(hash_bytes(SPEND_SUMMARY_DATA(s), SPEND_SUMMARY_DATA_SIZE));
}

Datum
spend_summary_hash_extended(PG_FUNCTION_ARGS)
{
	SpendSummary buffer;
	const SpendSummary *s = spend_summary_read(PG_GETARG_DATUM(0), &buffer);

	return UInt64GetDatum(hash_bytes_extended(SPEND_SUMMARY_DATA(s), SPEND_SUMMARY_DATA_SIZE,
											  (uint64) PG_GETARG_INT64(1)));
}
