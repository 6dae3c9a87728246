/*
 * csv.c
 *		CSV as it arrives: records that may run over several lines, for one pass over
 *		a whole file. RFC 4180, strictly: a field that begins with a quote ends with
 *		one, followed by a delimiter or the end of the line; inside, a quote is two.
 *		What is not so is a problem of the line it begins on, and reading goes on with
 *		the next line: a quote too many loses one record, not the rest of the file.
 *
 *		That takes no more than two looks at any byte: a line whose quote is not
 *		closed by its end is one that, read from inside a quoted field, ends it.
 */
#include "chipbook.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* More columns than any meter has: the line is something else. */
#define MAX_FIELDS 4096

PG_FUNCTION_INFO_V1(chipbook_csv_records);

typedef struct CsvReader
{
	const char *at;
	const char *end;
	char delimiter;
	StringInfoData field;
	int count;
	Datum fields[MAX_FIELDS];
} CsvReader;

static bool
at_line_end(const CsvReader *csv)
{
	return csv->at == csv->end || *csv->at == '\n' ||
		   (*csv->at == '\r' && (csv->at + 1 == csv->end || csv->at[1] == '\n'));
}

/* From behind the opening quote to behind the closing one; what is wrong, or NULL. */
static const char *
read_quoted(CsvReader *csv)
{
	for (;;)
	{
		const char *quote = memchr(csv->at, '"', csv->end - csv->at);

		if (quote == NULL)
			return "a quote is not closed";
		appendBinaryStringInfo(&csv->field, csv->at, quote - csv->at);
		csv->at = quote + 1;
		if (csv->at == csv->end || *csv->at != '"')
			return NULL;
		appendStringInfoChar(&csv->field, '"');
		csv->at++;
	}
}

static const char *
read_plain(CsvReader *csv)
{
	const char *start = csv->at;

	while (!at_line_end(csv) && *csv->at != csv->delimiter)
	{
		if (*csv->at == '"')
			return "a quote stands inside a field that does not begin with one";
		csv->at++;
	}
	appendBinaryStringInfo(&csv->field, start, csv->at - start);
	return NULL;
}

/* One record, up to the end of its last line; what is wrong with it, or NULL. */
static const char *
read_record(CsvReader *csv)
{
	csv->count = 0;
	for (;;)
	{
		const char *problem;
		bool quoted = csv->at < csv->end && *csv->at == '"';

		CHECK_FOR_INTERRUPTS();
		if (csv->count == MAX_FIELDS)
			return "it has more than 4096 fields";
		resetStringInfo(&csv->field);
		csv->at += quoted;
		problem = quoted ? read_quoted(csv) : read_plain(csv);
		if (problem)
			return problem;
		csv->fields[csv->count++] =
			PointerGetDatum(cstring_to_text_with_len(csv->field.data, csv->field.len));
		if (at_line_end(csv))
			return NULL;
		if (*csv->at != csv->delimiter)
			return "a closing quote is followed by more than a delimiter";
		csv->at++;
	}
}

static int64
count_lines(const char *from, const char *to)
{
	int64 lines = 0;

	while ((from = memchr(from, '\n', to - from)) != NULL)
	{
		lines++;
		from++;
	}
	return lines;
}

/* csv_records(content, delimiter) */
Datum
chipbook_csv_records(PG_FUNCTION_ARGS)
{
	text *content = PG_GETARG_TEXT_PP(0);
	text *delimiter = PG_GETARG_TEXT_PP(1);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	CsvReader *csv = palloc(sizeof(CsvReader));
	MemoryContext of_record;
	int64 line = 1;

	csv->delimiter = VARSIZE_ANY_EXHDR(delimiter) == 1 ? *VARDATA_ANY(delimiter) : '"';
	if (strchr("\"\r\n", csv->delimiter) != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("invalid delimiter for CSV: \"%s\"", text_to_cstring(delimiter)),
						errhint("Use a single ASCII character that is neither a quote nor the end "
								"of a line.")));
	csv->at = VARDATA_ANY(content);
	csv->end = csv->at + VARSIZE_ANY_EXHDR(content);
	initStringInfo(&csv->field);
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	of_record = AllocSetContextCreate(CurrentMemoryContext, "CSV record", ALLOCSET_DEFAULT_SIZES);

	while (csv->at < csv->end)
	{
		MemoryContext old = MemoryContextSwitchTo(of_record);
		const char *start = csv->at;
		const char *problem = read_record(csv);
		Datum values[4];
		bool nulls[4] = {false};
		const char *stop;

		/* Whatever is wrong, it costs its first line alone. */
		if (problem)
		{
			csv->at = memchr(start, '\n', csv->end - start);
			if (csv->at == NULL)
				csv->at = csv->end;
		}
		else if (csv->at < csv->end && *csv->at == '\r')
			csv->at++;
		stop = csv->at;
		if (stop > start && stop[-1] == '\r')
			stop--;
		if (stop > start)
		{
			values[0] = Int64GetDatum(line);
			values[1] = PointerGetDatum(cstring_to_text_with_len(start, stop - start));
			values[2] = PointerGetDatum(construct_array(csv->fields, problem ? 0 : csv->count,
														TEXTOID, -1, false, TYPALIGN_INT));
			nulls[2] = problem != NULL;
			values[3] = problem ? CStringGetTextDatum(problem) : (Datum) 0;
			nulls[3] = problem == NULL;
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		}
		if (csv->at < csv->end)
			csv->at++;
		line += count_lines(start, csv->at);
		MemoryContextSwitchTo(old);
		MemoryContextReset(of_record);
	}
	return (Datum) 0;
}
