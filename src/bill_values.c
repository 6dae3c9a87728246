/*
 * bill_values.c
 *		Reading the values of bills: numbers and times as text, many to a row and
 *		millions of rows to a file. What is not as it should be is NULL, never an
 *		error: whoever calls says what is wrong with which row.
 */
#include "bill_values.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "common/cryptohash.h"
#include "common/sha2.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "pgtime.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(chipbook_read_decimal);
PG_FUNCTION_INFO_V1(chipbook_read_moment);
PG_FUNCTION_INFO_V1(chipbook_row_sha256);

/* No amount has more digits, and numeric_in is not asked to hold a bomb. */
#define MAX_DECIMAL_LENGTH 80
#define MAX_WHOLE_DIGITS 20

/* Sign, digits, one point, an exponent of one or two digits; blanks around. */
bool
bill_decimal(const char *at, const char *end, Datum *number)
{
	char copy[MAX_DECIMAL_LENGTH + 1];
	int length;
	int digits = 0;
	int whole = 0; /* digits before the point, from the first that is not 0 */
	int power = 0;
	bool negative = false;
	const char *c;

	while (at < end && *at == ' ')
		at++;
	while (end > at && end[-1] == ' ')
		end--;
	length = end - at;
	if (length == 0 || length > MAX_DECIMAL_LENGTH)
		return false;
	c = at;
	if (*c == '+' || *c == '-')
		c++;
	for (; c < end && *c >= '0' && *c <= '9'; c++)
	{
		digits++;
		if (whole > 0 || *c != '0')
			whole++;
	}
	if (c < end && *c == '.')
		for (c++; c < end && *c >= '0' && *c <= '9'; c++)
			digits++;
	if (digits == 0)
		return false;
	if (c < end && (*c == 'e' || *c == 'E'))
	{
		int exponent = 0;

		c++;
		if (c < end && (*c == '+' || *c == '-'))
			negative = *c++ == '-';
		for (; c < end && *c >= '0' && *c <= '9'; c++)
		{
			power = power * 10 + *c - '0';
			if (++exponent > 2)
				return false;
		}
		if (exponent < 1)
			return false;
	}
	if (c != end)
		return false;
	/* Digits behind the point may come before it by the exponent: then it is one digit less at most. */
	if (whole + (negative ? -power : power) > MAX_WHOLE_DIGITS)
		return false;
	memcpy(copy, at, length);
	copy[length] = '\0';
	*number = DirectFunctionCall3(numeric_in, CStringGetDatum(copy), ObjectIdGetDatum(InvalidOid),
								  Int32GetDatum(-1));
	return true;
}

/* read_decimal(text) returns numeric */
Datum
chipbook_read_decimal(PG_FUNCTION_ARGS)
{
	text *value = PG_GETARG_TEXT_PP(0);
	const char *at = VARDATA_ANY(value);
	Datum number;

	if (!bill_decimal(at, at + VARSIZE_ANY_EXHDR(value), &number))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(number);
}

/* At least min and at most max digits; how many there were, 0 for none. */
static int
read_digits(const char **at, const char *end, int min, int max, int *value)
{
	const char *start = *at;
	int number = 0;

	while (*at < end && *at - start < max && **at >= '0' && **at <= '9')
		number = number * 10 + *(*at)++ - '0';
	*value = number;
	return *at - start >= min ? *at - start : 0;
}

/* [T| ]hh:mm[:ss[.fraction]][ AM| PM], or nothing. */
static bool
read_clock(const char **at, const char *end, struct pg_tm *tm, fsec_t *fsec)
{
	*fsec = 0;
	tm->tm_hour = tm->tm_min = tm->tm_sec = 0;
	if (*at == end)
		return true;
	if (**at != 'T' && **at != ' ')
		return false;
	(*at)++;
	if (!read_digits(at, end, 1, 2, &tm->tm_hour) || *at == end || *(*at)++ != ':' ||
		read_digits(at, end, 2, 2, &tm->tm_min) != 2)
		return false;
	if (*at < end && **at == ':')
	{
		(*at)++;
		if (read_digits(at, end, 2, 2, &tm->tm_sec) != 2)
			return false;
		if (*at < end && **at == '.')
		{
			int fraction = 0;
			int digits = 0;

			/* Beyond microseconds there is nothing to keep. */
			for ((*at)++; *at < end && **at >= '0' && **at <= '9'; (*at)++)
			{
				if (digits < 6)
					fraction = fraction * 10 + **at - '0';
				digits++;
			}
			if (digits == 0 || digits > 9)
				return false;
			for (; digits < 6; digits++)
				fraction *= 10;
			*fsec = fraction;
		}
	}
	if (end - *at >= 3 && **at == ' ' && ((*at)[1] == 'A' || (*at)[1] == 'P') && (*at)[2] == 'M')
	{
		if (tm->tm_hour < 1 || tm->tm_hour > 12)
			return false;
		tm->tm_hour = tm->tm_hour % 12 + ((*at)[1] == 'P' ? 12 : 0);
		*at += 3;
	}
	return tm->tm_hour <= 23 && tm->tm_min <= 59 && tm->tm_sec <= 59;
}

/* Z, UTC, +hh, +hhmm or +hh:mm; seconds west of UTC, as PostgreSQL counts. */
static bool
read_offset(const char **at, const char *end, int *offset)
{
	int hours;
	int minutes = 0;
	int sign;

	if (**at == 'Z')
	{
		(*at)++;
		*offset = 0;
		return true;
	}
	if (end - *at == 4 && memcmp(*at, " UTC", 4) == 0)
	{
		*at += 4;
		*offset = 0;
		return true;
	}
	if (**at != '+' && **at != '-')
		return false;
	sign = *(*at)++ == '+' ? -1 : 1;
	if (read_digits(at, end, 2, 2, &hours) != 2)
		return false;
	if (*at < end && **at == ':')
		(*at)++;
	if (*at < end && read_digits(at, end, 2, 2, &minutes) != 2)
		return false;
	*offset = sign * (hours * 3600 + minutes * 60);
	return hours <= 14 && minutes <= 59;
}

pg_tz *
bill_zone(text *name)
{
	char zone[TZ_STRLEN_MAX + 1];
	int length = VARSIZE_ANY_EXHDR(name);
	pg_tz *found;

	if (length > TZ_STRLEN_MAX)
		length = TZ_STRLEN_MAX;
	memcpy(zone, VARDATA_ANY(name), length);
	zone[length] = '\0';
	found = pg_tzset(zone);
	if (found == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("time zone \"%s\" not recognized", zone)));
	return found;
}

/* ISO 8601, or, where day_order says m or d, a date with slashes in that order. */
bool
bill_moment(const char *at, const char *end, char day_order, pg_tz *zone, TimestampTz *moment,
			bool *zone_assumed)
{
	struct pg_tm tm = {0};
	fsec_t fsec;
	int offset;
	int digits;

	while (at < end && *at == ' ')
		at++;
	while (end > at && end[-1] == ' ')
		end--;
	if (end - at >= 10 && at[4] == '-')
	{
		if (read_digits(&at, end, 4, 4, &tm.tm_year) != 4 || *at++ != '-' ||
			read_digits(&at, end, 2, 2, &tm.tm_mon) != 2 || at == end || *at++ != '-' ||
			read_digits(&at, end, 2, 2, &tm.tm_mday) != 2)
			return false;
	}
	else if (day_order == 'm' || day_order == 'd')
	{
		if (!read_digits(&at, end, 1, 2, day_order == 'm' ? &tm.tm_mon : &tm.tm_mday) ||
			at == end || *at++ != '/' ||
			!read_digits(&at, end, 1, 2, day_order == 'm' ? &tm.tm_mday : &tm.tm_mon) ||
			at == end || *at++ != '/')
			return false;
		digits = read_digits(&at, end, 2, 4, &tm.tm_year);
		if (digits == 2)
			tm.tm_year += 2000;
		else if (digits != 4)
			return false;
	}
	else
		return false;
	/* Tables of charges take times after 1900 began, whatever the offset. */
	if (tm.tm_year < 1901 || tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 ||
		tm.tm_mday > day_tab[isleap(tm.tm_year)][tm.tm_mon - 1])
		return false;
	if (!read_clock(&at, end, &tm, &fsec))
		return false;
	*zone_assumed = at == end;
	if (*zone_assumed)
		offset = DetermineTimeZoneOffset(&tm, zone);
	else if (!read_offset(&at, end, &offset) || at != end)
		return false;
	return tm2timestamp(&tm, fsec, &offset, moment) == 0;
}

/* read_moment(value text, zone text, day_order text) returns timestamptz */
Datum
chipbook_read_moment(PG_FUNCTION_ARGS)
{
	text *value = PG_GETARG_TEXT_PP(0);
	text *name = PG_GETARG_TEXT_PP(1);
	text *order = PG_GETARG_TEXT_PP(2);
	const char *at = VARDATA_ANY(value);
	pg_tz *zone = (pg_tz *) fcinfo->flinfo->fn_extra;
	bool zone_assumed;
	TimestampTz moment;

	/* Looked up once in a query where it is the same throughout. */
	if (zone == NULL || strlen(pg_get_timezone_name(zone)) != VARSIZE_ANY_EXHDR(name) ||
		memcmp(pg_get_timezone_name(zone), VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)) != 0)
		fcinfo->flinfo->fn_extra = zone = bill_zone(name);
	if (!bill_moment(at, at + VARSIZE_ANY_EXHDR(value),
					 VARSIZE_ANY_EXHDR(order) > 0 ? *VARDATA_ANY(order) : 'y', zone, &moment,
					 &zone_assumed))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(moment);
}

/*
 * row_sha256(record) returns bytea
 *		SHA-256 of a row of texts: of each its length in bytes and the bytes, so
 *		that no two rows run together. NULL is as good as nothing: whether COPY or
 *		csv_records read a file, its rows have one hash.
 */
Datum
chipbook_row_sha256(PG_FUNCTION_ARGS)
{
	HeapTupleHeader record = PG_GETARG_HEAPTUPLEHEADER(0);
	TupleDesc desc =
		lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(record), HeapTupleHeaderGetTypMod(record));
	bytea *result = palloc(VARHDRSZ + PG_SHA256_DIGEST_LENGTH);
	Datum *values = palloc(desc->natts * sizeof(Datum));
	bool *nulls = palloc(desc->natts * sizeof(bool));
	HeapTupleData tuple;
	StringInfoData line;
	pg_cryptohash_ctx *hash;

	tuple.t_len = HeapTupleHeaderGetDatumLength(record);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = InvalidOid;
	tuple.t_data = record;
	heap_deform_tuple(&tuple, desc, values, nulls);
	initStringInfo(&line);
	for (int i = 0; i < desc->natts; i++)
	{
		text *value = NULL;
		int32 length = 0;
		uint32 head;

		if (TupleDescAttr(desc, i)->attisdropped)
			continue;
		if (TupleDescAttr(desc, i)->atttypid != TEXTOID)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("row_sha256 takes a row of texts, not one with a column of type %s",
							format_type_be(TupleDescAttr(desc, i)->atttypid))));
		if (!nulls[i])
		{
			value = DatumGetTextPP(values[i]);
			length = VARSIZE_ANY_EXHDR(value);
		}
		head = pg_hton32((uint32) length);
		appendBinaryStringInfo(&line, (const char *) &head, sizeof(head));
		if (value != NULL)
			appendBinaryStringInfo(&line, VARDATA_ANY(value), length);
	}
	ReleaseTupleDesc(desc);
	/* At once: a call for each value costs more than the hash. */
	hash = pg_cryptohash_create(PG_SHA256);
	if (pg_cryptohash_init(hash) < 0 ||
		pg_cryptohash_update(hash, (const uint8 *) line.data, line.len) < 0 ||
		pg_cryptohash_final(hash, (uint8 *) VARDATA(result), PG_SHA256_DIGEST_LENGTH) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not compute SHA-256 of a row")));
	pg_cryptohash_free(hash);
	SET_VARSIZE(result, VARHDRSZ + PG_SHA256_DIGEST_LENGTH);
	PG_RETURN_BYTEA_P(result);
}
