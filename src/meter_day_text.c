/*
 * meter_day_text.c
 *		The text form of meter_day, by column:
 *
 *	 readings=3 starts_at=2025-10-01T00:00:00Z steps=60000000*2 lengths=60000000*3
 *	 installed=480000*3 available=480000*3 allocated=480000,360000*2 used=1,2,3
 *
 *		A row for each reading would be several times as long, in every dump. steps are the
 *		microseconds from each start to the next, lengths those from start to end;
 *		"n*3" is three times n. An optional column is there when a row has a value,
 *		and "null" where one has none. No setting changes it.
 */
#include "meter_day.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "parser/scansup.h"
#include "utils/builtins.h"
#include "utils/datetime.h"

PG_FUNCTION_INFO_V1(meter_day_in);
PG_FUNCTION_INFO_V1(meter_day_out);

/* The fields in their order; the first three stand for starts_at. */
typedef enum TextField
{
	TEXT_READINGS,
	TEXT_STARTS_AT,
	TEXT_STEPS,
	TEXT_LENGTHS, /* ends_at */
	TEXT_INSTALLED,
	TEXT_FLOPS = TEXT_INSTALLED + METER_COLUMNS - METER_INSTALLED,
	TEXT_FIELDS
} TextField;

#define TEXT_COLUMN(field) ((field) -TEXT_INSTALLED + METER_INSTALLED)

static const char *const time_fields[TEXT_INSTALLED] = {"readings", "starts_at", "steps",
														"lengths"};

static inline const char *
field_name(int field)
{
	return field < TEXT_INSTALLED ? time_fields[field] : meter_column_names[TEXT_COLUMN(field)];
}

/*
 * Output
 */

/* A time in UTC, years as astronomers count them: 0 is 1 BC. */
static void
put_time(StringInfo out, Timestamp time)
{
	struct pg_tm tm;
	fsec_t fraction;

	if (timestamp2tm(time, NULL, &tm, &fraction, NULL, NULL) != 0)
		meter_day_corrupted("a time is out of range");
	appendStringInfo(out, "%s%04d-%02d-%02dT%02d:%02d:%02d", tm.tm_year < 0 ? "-" : "",
					 abs(tm.tm_year), tm.tm_mon, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	if (fraction != 0)
		appendStringInfo(out, ".%06d", (int) fraction);
	appendStringInfoChar(out, 'Z');
}

/* count of the numbers a - b, or of the numbers a where b is NULL. */
static void
put_numbers(StringInfo out, const char *name, const int64 *a, const int64 *b, int64 count)
{
	int64 i;
	int64 next;

	appendStringInfo(out, " %s=", name);
	for (i = 0; i < count; i = next)
	{
		uint64 number = (uint64) a[i] - (b == NULL ? 0 : (uint64) b[i]);

		CHECK_FOR_INTERRUPTS();
		for (next = i + 1; next < count; next++)
			if ((uint64) a[next] - (b == NULL ? 0 : (uint64) b[next]) != number)
				break;
		if (i > 0)
			appendStringInfoChar(out, ',');
		if (b == NULL && a[i] == METER_NULL)
			appendStringInfoString(out, "null");
		else
			appendStringInfo(out, UINT64_FORMAT, number);
		if (next - i > 1)
			appendStringInfo(out, "*" INT64_FORMAT, next - i);
	}
}

static void
put_flops(StringInfo out, Numeric *flops, int64 count)
{
	int64 i;

	appendStringInfo(out, " %s=", field_name(TEXT_FLOPS));
	for (i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (i > 0)
			appendStringInfoChar(out, ',');
		if (flops[i] == NULL)
			appendStringInfoString(out, "null");
		else
		{
			char *digits =
				DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(flops[i])));

			appendStringInfoString(out, digits);
			pfree(digits);
		}
	}
}

Datum
meter_day_out(PG_FUNCTION_ARGS)
{
	StringInfoData out;
	MeterRows rows;
	int i;

	meter_day_read_rows(PG_GETARG_DATUM(0), &rows);
	initStringInfo(&out);
	appendStringInfo(&out, "readings=" INT64_FORMAT " starts_at=", rows.count);
	put_time(&out, rows.column[METER_STARTS_AT][0]);
	if (rows.count > 1)
		put_numbers(&out, field_name(TEXT_STEPS), rows.column[METER_STARTS_AT] + 1,
					rows.column[METER_STARTS_AT], rows.count - 1);
	put_numbers(&out, field_name(TEXT_LENGTHS), rows.column[METER_ENDS_AT],
				rows.column[METER_STARTS_AT], rows.count);
	for (i = METER_INSTALLED; i < METER_COLUMNS; i++)
		if (rows.column[i] != NULL)
			put_numbers(&out, meter_column_names[i], rows.column[i], NULL, rows.count);
	if (rows.model_flops != NULL)
		put_flops(&out, rows.model_flops, rows.count);
	PG_RETURN_CSTRING(out.data);
}

/*
 * Input. The readings may come in any order of starts that steps can express, which
 * is every one but backwards; the value is put in order.
 */

static const char *
skip_blanks(const char *p)
{
	while (scanner_isspace(*p))
		p++;
	return p;
}

static bool
read_number(const char **p, uint64 most, uint64 *number)
{
	uint64 n = 0;

	if (**p < '0' || **p > '9')
		return false;
	for (; **p >= '0' && **p <= '9'; (*p)++)
	{
		unsigned digit = **p - '0';

		if (digit > most || n > (most - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*number = n;
	return true;
}

/* Exactly so many digits, and what stands after them; 0 for nothing in particular. */
static bool
read_digits(const char **p, int count, char after, int *number)
{
	for (*number = 0; count > 0; count--, (*p)++)
	{
		if (**p < '0' || **p > '9')
			return false;
		*number = *number * 10 + (**p - '0');
	}
	return after == 0 || *(*p)++ == after;
}

static bool
read_time(const char **p, Timestamp *time)
{
	bool negative = **p == '-';
	uint64 year;
	int month;
	int day;
	int hour;
	int minute;
	int second;
	int fraction = 0;
	int64 date;

	*p += negative;
	if (!read_number(p, 294276, &year) || *(*p)++ != '-' || !read_digits(p, 2, '-', &month) ||
		!read_digits(p, 2, 'T', &day) || !read_digits(p, 2, ':', &hour) ||
		!read_digits(p, 2, ':', &minute) || !read_digits(p, 2, 0, &second))
		return false;
	if (**p == '.')
	{
		(*p)++;
		if (!read_digits(p, 6, 0, &fraction))
			return false;
	}
	if (*(*p)++ != 'Z' || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 ||
		second > 59)
		return false;
	if (negative)
		year = -year;
	if (!IS_VALID_JULIAN((int) year, month, day) || day > day_tab[isleap((int) year)][month - 1])
		return false;
	date = date2j((int) year, month, day) - POSTGRES_EPOCH_JDATE;
	*time = date * USECS_PER_DAY +
			(((hour * MINS_PER_HOUR + minute) * SECS_PER_MINUTE) + second) * USECS_PER_SEC +
			fraction;
	return IS_VALID_TIMESTAMP(*time);
}

/* How often the value before it stands: 1, or what follows a star. */
static bool
read_times(const char **p, int64 most, int64 *times)
{
	uint64 number = 1;

	if (**p == '*')
	{
		(*p)++;
		if (!read_number(p, most, &number))
			return false;
	}
	*times = (int64) number;
	return number >= 1 && *times <= most;
}

static bool
read_null(const char **p)
{
	if (strncmp(*p, "null", 4) != 0)
		return false;
	*p += 4;
	return true;
}

/* Exactly count numbers. */
static bool
read_numbers(const char **p, uint64 most, bool nulls, int64 *values, int64 count)
{
	int64 i = 0;

	for (;;)
	{
		uint64 number;
		int64 times;

		if (nulls && read_null(p))
			number = (uint64) METER_NULL;
		else if (!read_number(p, most, &number))
			return false;
		if (!read_times(p, count - i, &times))
			return false;
		while (times-- > 0)
			values[i++] = (int64) number;
		if (i == count)
			return true;
		if (*(*p)++ != ',')
			return false;
	}
}

static bool
read_flops(const char **p, Numeric *flops, int64 count)
{
	int64 i = 0;

	for (;;)
	{
		Numeric number = NULL;
		int64 times;

		if (!read_null(p))
		{
			size_t length = strspn(*p, "0123456789.");
			char *digits = pnstrdup(*p, length);

			number = meter_flops_from_text(digits);
			pfree(digits);
			if (number == NULL)
				return false;
			*p += length;
		}
		if (!read_times(p, count - i, &times))
			return false;
		while (times-- > 0)
			flops[i++] = number;
		if (i == count)
			return true;
		if (*(*p)++ != ',')
			return false;
	}
}

/* "name=" as a field; -1 when there is no such field. */
static int
read_field_name(const char **p)
{
	int i;

	for (i = 0; i < TEXT_FIELDS; i++)
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

static void *
allocate(int64 count, Size size)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, count * size);
}

/* One field's values into the columns, whose count and first start are known. */
static bool
read_field(const char **p, int field, int64 count, int64 **columns, Numeric **flops)
{
	int column;

	if (field == TEXT_FLOPS)
		return read_flops(p, *flops = allocate(count, sizeof(Numeric)), count);
	if (field == TEXT_STEPS)
		return count > 1 &&
			   read_numbers(p, PG_UINT64_MAX, false, columns[METER_STARTS_AT] + 1, count - 1);
	column = field == TEXT_LENGTHS ? METER_ENDS_AT : TEXT_COLUMN(field);
	columns[column] = allocate(count, sizeof(int64));
	return read_numbers(p, field == TEXT_LENGTHS ? PG_UINT64_MAX : PG_INT64_MAX,
						column >= METER_OPTIONAL, columns[column], count);
}

/* Fields in any order after readings and starts_at, each once; else false. */
static bool
read_fields(const char *p, int64 *count, int64 **columns, Numeric **flops)
{
	uint64 number;
	uint32 seen = 0;
	uint32 needed = (1u << (TEXT_INSTALLED + METER_COUNTS)) - 1;

	p = skip_blanks(p);
	if (read_field_name(&p) != TEXT_READINGS || !read_number(&p, METER_DAY_MAX_READINGS, &number) ||
		number == 0 || !scanner_isspace(*p))
		return false;
	*count = (int64) number;
	p = skip_blanks(p);
	columns[METER_STARTS_AT] = allocate(*count, sizeof(int64));
	if (read_field_name(&p) != TEXT_STARTS_AT || !read_time(&p, columns[METER_STARTS_AT]))
		return false;
	seen = 1u << TEXT_READINGS | 1u << TEXT_STARTS_AT;
	while (*p != '\0')
	{
		int field;

		if (!scanner_isspace(*p))
			return false;
		p = skip_blanks(p);
		if (*p == '\0')
			break;
		field = read_field_name(&p);
		if (field < 0 || (seen & (1u << field)) != 0 ||
			!read_field(&p, field, *count, columns, flops))
			return false;
		seen |= 1u << field;
	}
	if (*count == 1)
		seen |= 1u << TEXT_STEPS;
	return (seen & needed) == needed;
}

/* Steps and lengths into times; false when they leave the range of times. */
static bool
add_up_times(int64 *starts, int64 *ends, int64 count)
{
	int64 i;

	for (i = 0; i < count; i++)
	{
		if (i > 0)
		{
			/* Steps are unsigned, and two times may be more than 2^63 apart. */
			if ((uint64) starts[i] > (uint64) END_TIMESTAMP - (uint64) starts[i - 1])
				return false;
			starts[i] = (int64) ((uint64) starts[i - 1] + (uint64) starts[i]);
		}
		if ((uint64) ends[i] > (uint64) END_TIMESTAMP - (uint64) starts[i])
			return false;
		ends[i] = (int64) ((uint64) starts[i] + (uint64) ends[i]);
	}
	return true;
}

static const char *
gather_rows(MeterRows *rows, int64 count, int64 **columns, Numeric *flops)
{
	int64 value[METER_COLUMNS];
	const char *fault;
	int64 row;
	int i;

	if (!add_up_times(columns[METER_STARTS_AT], columns[METER_ENDS_AT], count))
		return "a time is infinite or out of range";
	for (row = 0; row < count; row++)
	{
		CHECK_FOR_INTERRUPTS();
		for (i = 0; i < METER_COLUMNS; i++)
			value[i] = columns[i] != NULL ? columns[i][row] : METER_NULL;
		fault = meter_reading_fault(value);
		if (fault != NULL)
			return fault;
		meter_rows_append(rows, value, flops != NULL ? flops[row] : NULL);
	}
	return NULL;
}

/* The start of a text, for a message about it. */
static const char *
shown(const char *text)
{
	return strlen(text) <= 200 ? text
							   : psprintf("%.*s...", pg_mbcliplen(text, strlen(text), 200), text);
}

Datum
meter_day_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);
	int64 *columns[METER_COLUMNS] = {NULL};
	Numeric *flops = NULL;
	MeterRows rows;
	const char *fault;
	int64 count;

	if (!read_fields(text, &count, columns, &flops))
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"", "meter_day", shown(text)),
				 errhint("Write columns, such as \"readings=2 starts_at=2025-10-01T00:00:00Z "
						 "steps=60000000 lengths=60000000*2 installed=480000*2 "
						 "available=480000*2 allocated=480000*2 used=310000,290000\".")));
	meter_rows_init(&rows, CurrentMemoryContext);
	fault = gather_rows(&rows, count, columns, flops);
	if (fault != NULL)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid value for type %s: \"%s\"", "meter_day", shown(text)),
				 errdetail("The value contradicts itself: %s.", fault)));
	PG_RETURN_POINTER(meter_rows_pack(&rows, METER_DAY_VERSION));
}
