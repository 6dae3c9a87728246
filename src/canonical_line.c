/*
 * canonical_line.c
 *		A row as text that is hashed: the line that COPY would write of it, with
 *		ISO dates and times in UTC, whatever the session's settings are. What was
 *		sealed can so be checked without chipbook, by COPY and sha256sum.
 */
#include "chipbook.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "canonical_line.h"

PG_FUNCTION_INFO_V1(canonical_line);

/* As COPY in text format escapes; the delimiter is the tab. */
static void
append_escaped(StringInfo line, const char *text, int length)
{
	const char *written = text;
	const char *end = text + length;

	for (const char *p = text; p < end; p++)
	{
		char letter;

		switch (*p)
		{
			case '\b':
				letter = 'b';
				break;
			case '\f':
				letter = 'f';
				break;
			case '\n':
				letter = 'n';
				break;
			case '\r':
				letter = 'r';
				break;
			case '\t':
				letter = 't';
				break;
			case '\v':
				letter = 'v';
				break;
			case '\\':
				letter = '\\';
				break;
			default:
				continue;
		}
		appendBinaryStringInfo(line, written, p - written);
		appendStringInfoChar(line, '\\');
		appendStringInfoChar(line, letter);
		written = p + 1;
	}
	appendBinaryStringInfo(line, written, end - written);
}

static void
append_date(StringInfo line, DateADT date)
{
	char text[MAXDATELEN + 1];
	struct pg_tm tm = {0};

	if (DATE_NOT_FINITE(date))
		EncodeSpecialDate(date, text);
	else
	{
		j2date(date + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
		EncodeDateOnly(&tm, USE_ISO_DATES, text);
	}
	appendStringInfoString(line, text);
}

static void
append_timestamptz(StringInfo line, TimestampTz time)
{
	char text[MAXDATELEN + 1];
	struct pg_tm tm;
	fsec_t fsec;

	if (TIMESTAMP_NOT_FINITE(time))
		EncodeSpecialTimestamp(time, text);
	else if (timestamp2tm(time, NULL, &tm, &fsec, NULL, NULL) == 0)
	{
		tm.tm_isdst = 0; /* below, the offset would not be written */
		EncodeDateTime(&tm, fsec, true, 0, NULL, USE_ISO_DATES, text);
	}
	else
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("timestamp out of range")));
	appendStringInfoString(line, text);
}

/* A base type of this extension: their texts are the same in every session. */
static bool
is_ours(Oid type)
{
	HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	bool ours = false;

	if (HeapTupleIsValid(tuple))
	{
		Form_pg_type form = (Form_pg_type) GETSTRUCT(tuple);
		char *schema = get_namespace_name(form->typnamespace);

		ours = form->typtype == TYPTYPE_BASE && schema != NULL && strcmp(schema, "chipbook") == 0;
		ReleaseSysCache(tuple);
	}
	return ours;
}

/* Only types whose text no setting changes, and those written here. */
void
canonical_field_init(CanonicalField *field, Oid type, MemoryContext context)
{
	Oid output;
	bool is_varlena;

	field->type = type;
	switch (type)
	{
		case BOOLOID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case TEXTOID:
		case VARCHAROID:
		case DATEOID:
		case TIMESTAMPTZOID:
		case BYTEAOID:
			return;
		case NUMERICOID:
		case NAMEOID:
		case TEXTARRAYOID:
		case JSONBOID:
		case NUMERICARRAYOID:
			break;
		case UNKNOWNOID:
			ereport(ERROR, (errcode(ERRCODE_INDETERMINATE_DATATYPE),
							errmsg("canonical_line cannot tell the type of a value"),
							errhint("Cast it, for instance to text.")));
			break;
		default:
			if (!OidIsValid(type) || !is_ours(type))
				ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
								errmsg("canonical_line cannot write values of type %s",
									   OidIsValid(type) ? format_type_be(type) : "unknown"),
								errdetail("Their text may depend on settings of the session.")));
	}
	getTypeOutputInfo(type, &output, &is_varlena);
	fmgr_info_cxt(output, &field->output, context);
}

/* One field; the caller writes what stands between fields. */
void
canonical_append(StringInfo line, CanonicalField *field, Datum value, bool is_null)
{
	char number[MAXINT8LEN + 1];

	if (is_null)
	{
		appendBinaryStringInfo(line, "\\N", 2);
		return;
	}
	switch (field->type)
	{
		case BOOLOID:
			appendStringInfoChar(line, DatumGetBool(value) ? 't' : 'f');
			break;
		case INT2OID:
			appendBinaryStringInfo(line, number, pg_ltoa(DatumGetInt16(value), number));
			break;
		case INT4OID:
			appendBinaryStringInfo(line, number, pg_ltoa(DatumGetInt32(value), number));
			break;
		case INT8OID:
			appendBinaryStringInfo(line, number, pg_lltoa(DatumGetInt64(value), number));
			break;
		case DATEOID:
			append_date(line, DatumGetDateADT(value));
			break;
		case TIMESTAMPTZOID:
			append_timestamptz(line, DatumGetTimestampTz(value));
			break;
		case TEXTOID:
		case VARCHAROID:
		{
			text *t = DatumGetTextPP(value);

			append_escaped(line, VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t));
			break;
		}
		case BYTEAOID:
		{
			bytea *b = DatumGetByteaPP(value);
			int length = VARSIZE_ANY_EXHDR(b);

			appendStringInfoString(line, "\\\\x");
			enlargeStringInfo(line, 2 * length + 1);
			line->len += hex_encode(VARDATA_ANY(b), length, line->data + line->len);
			line->data[line->len] = '\0';
			break;
		}
		default:
		{
			char *text = OutputFunctionCall(&field->output, value);

			append_escaped(line, text, strlen(text));
			pfree(text);
		}
	}
}

/*
 * canonical_line(VARIADIC "any") returns text
 *		Fields are separated by tabs, null is \N, a newline ends the line.
 */
Datum
canonical_line(PG_FUNCTION_ARGS)
{
	CanonicalField *fields = (CanonicalField *) fcinfo->flinfo->fn_extra;
	StringInfoData line;
	text *result;

	if (fields == NULL)
	{
		MemoryContext context = fcinfo->flinfo->fn_mcxt;

		if (get_fn_expr_variadic(fcinfo->flinfo))
			ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
							errmsg("canonical_line takes its values one by one, not as an array")));
		fields =
			(CanonicalField *) MemoryContextAllocZero(context, PG_NARGS() * sizeof(CanonicalField));
		for (int i = 0; i < PG_NARGS(); i++)
			canonical_field_init(&fields[i], get_fn_expr_argtype(fcinfo->flinfo, i), context);
		fcinfo->flinfo->fn_extra = fields;
	}

	initStringInfo(&line);
	/* Room for the header of the result, so that it is made where it stands. */
	appendBinaryStringInfo(&line, "\0\0\0\0", VARHDRSZ);
	for (int i = 0; i < PG_NARGS(); i++)
	{
		if (i > 0)
			appendStringInfoChar(&line, '\t');
		canonical_append(&line, &fields[i], PG_GETARG_DATUM(i), PG_ARGISNULL(i));
	}
	appendStringInfoChar(&line, '\n');
	result = (text *) line.data;
	SET_VARSIZE(result, line.len);
	PG_RETURN_TEXT_P(result);
}
