/*
 * journal_digest.c
 *		What the lines and sources of entries come to, in one pass over both: the
 *		digests that an entry's seal is made of, and whether they add up. A ledger's
 *		verification reads every line there ever was; this keeps it at the speed
 *		of reading.
 *
 *		Both queries give their rows in order of entry and line, so that the two
 *		are merged and no more than the lines of one entry are held.
 */
#include "chipbook.h"

#include "catalog/pg_type.h"
#include "common/cryptohash.h"
#include "common/sha2.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "canonical_line.h"

PG_FUNCTION_INFO_V1(journal_digest);

#define FETCH_ROWS 1000
#define HASH_AT 16384   /* bytes of text that are hashed together */
#define MOST_SHOWN 3    /* lines of an entry that its finding names */
#define MOST_COLUMNS 32 /* of either query */

/* Columns of both queries: the entry, the line, and then what is sealed of it. */
enum
{
	ENTRY = 0,
	LINE = 1
};

/* An ordered query, read in batches. */
typedef struct RowStream
{
	const char *name;
	Portal portal;
	SPITupleTable *batch;
	uint64 place;
	int natts;
	int amount;     /* column of the amount */
	int functional; /* column of the functional amount, or -1 */
	CanonicalField fields[MOST_COLUMNS];
	Datum values[MOST_COLUMNS]; /* the row at hand */
	bool nulls[MOST_COLUMNS];
	bool is_done;
	/* What was read of the entry at hand. */
	int64 count;
	StringInfoData text;
	pg_cryptohash_ctx *hash;
} RowStream;

/* Totals of the currencies of an entry. */
typedef struct Total
{
	Currency currency;
	int128 amount;
} Total;

typedef struct Totals
{
	int count;
	int size;
	Total *items;
} Totals;

/* A line of the entry at hand, and what its sources come to so far. */
typedef struct LineState
{
	int32 number;
	bool has_source;
	bool in_another_currency; /* a source is */
	Monetary amount;
	int128 sources;
} LineState;

/* The column of a type after the key, or -1. */
static int
find_column(TupleDesc desc, const char *name, Oid type)
{
	for (int i = LINE + 1; i < desc->natts; i++)
		if (strcmp(NameStr(TupleDescAttr(desc, i)->attname), name) == 0 &&
			TupleDescAttr(desc, i)->atttypid == type)
			return i;
	return -1;
}

static void
next_row(RowStream *stream)
{
	if (stream->batch == NULL || stream->place == stream->batch->numvals)
	{
		if (stream->batch != NULL)
			SPI_freetuptable(stream->batch);
		CHECK_FOR_INTERRUPTS();
		SPI_cursor_fetch(stream->portal, true, FETCH_ROWS);
		stream->batch = SPI_tuptable;
		stream->place = 0;
		if (SPI_processed == 0)
		{
			stream->is_done = true;
			return;
		}
	}
	heap_deform_tuple(stream->batch->vals[stream->place++], stream->batch->tupdesc, stream->values,
					  stream->nulls);
}

static void
open_stream(RowStream *stream, const char *name, text *query, int64 from_entry, int64 to_entry,
			Oid monetary, MemoryContext context)
{
	Oid types[2] = {INT8OID, INT8OID};
	Datum bounds[2] = {Int64GetDatum(from_entry), Int64GetDatum(to_entry)};
	TupleDesc desc;

	stream->name = name;
	stream->portal = SPI_cursor_open_with_args(NULL, text_to_cstring(query), 2, types, bounds, NULL,
											   true, CURSOR_OPT_NO_SCROLL);
	desc = stream->portal->tupDesc;
	stream->natts = desc == NULL ? 0 : desc->natts;
	stream->amount = stream->functional = -1;
	if (stream->natts > LINE + 1 && stream->natts <= MOST_COLUMNS)
	{
		stream->amount = find_column(desc, "amount", monetary);
		stream->functional = find_column(desc, "functional_amount", monetary);
	}
	if (stream->amount < 0 || TupleDescAttr(desc, ENTRY)->atttypid != INT8OID ||
		TupleDescAttr(desc, LINE)->atttypid != INT4OID)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("the query of %s gives not the columns that are sealed", name),
						errdetail("Expected are the entry (bigint), the line (integer), and more "
								  "columns, of which amount is monetary.")));
	for (int i = LINE; i < stream->natts; i++)
		canonical_field_init(&stream->fields[i], TupleDescAttr(desc, i)->atttypid, context);
	initStringInfo(&stream->text);
	stream->hash = pg_cryptohash_create(PG_SHA256);
	if (stream->hash == NULL)
		elog(ERROR, "could not make a SHA-256 context");
	next_row(stream);
}

static int64
entry_of(const RowStream *stream)
{
	if (stream->nulls[ENTRY] || stream->nulls[LINE] || stream->nulls[stream->amount])
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("a row of %s has no entry, line or amount", stream->name)));
	return DatumGetInt64(stream->values[ENTRY]);
}

/* Whole rows, in UTF-8 whatever the database's encoding, as seal_of() has it. */
static void
hash_text(RowStream *stream)
{
	char *text = stream->text.data;
	int length = stream->text.len;

	if (length > 0 && GetDatabaseEncoding() != PG_UTF8)
	{
		text = pg_server_to_any(text, length, PG_UTF8);
		if (text != stream->text.data)
			length = strlen(text);
	}
	if (pg_cryptohash_update(stream->hash, (const uint8 *) text, length) < 0)
		elog(ERROR, "could not compute SHA-256");
	if (text != stream->text.data)
		pfree(text);
	resetStringInfo(&stream->text);
}

static void
begin_entry(RowStream *stream)
{
	stream->count = 0;
	resetStringInfo(&stream->text);
	if (pg_cryptohash_init(stream->hash) < 0)
		elog(ERROR, "could not compute SHA-256");
}

/* The row at hand, as its line. */
static void
seal_row(RowStream *stream)
{
	for (int i = LINE; i < stream->natts; i++)
	{
		if (i > LINE)
			appendStringInfoChar(&stream->text, '\t');
		canonical_append(&stream->text, &stream->fields[i], stream->values[i], stream->nulls[i]);
	}
	appendStringInfoChar(&stream->text, '\n');
	stream->count++;
	if (stream->text.len >= HASH_AT)
		hash_text(stream);
}

/* "count digest", as the view entry_content has it. */
static Datum
end_entry(RowStream *stream)
{
	uint8 digest[PG_SHA256_DIGEST_LENGTH];
	char shown[MAXINT8LEN + 2 + 2 * PG_SHA256_DIGEST_LENGTH];
	int length;

	hash_text(stream);
	if (pg_cryptohash_final(stream->hash, digest, sizeof(digest)) < 0)
		elog(ERROR, "could not compute SHA-256");
	length = pg_lltoa(stream->count, shown);
	shown[length++] = ' ';
	length += hex_encode((const char *) digest, sizeof(digest), shown + length);
	return PointerGetDatum(cstring_to_text_with_len(shown, length));
}

static void
add_to_totals(Totals *totals, const Monetary *m)
{
	Currency currency = monetary_currency(m);
	int i = 0;

	while (i < totals->count && totals->items[i].currency != currency)
		i++;
	if (i == totals->count)
	{
		if (totals->count == totals->size)
		{
			totals->size = totals->size == 0 ? 8 : 2 * totals->size;
			totals->items = totals->items == NULL
								? palloc(totals->size * sizeof(Total))
								: repalloc(totals->items, totals->size * sizeof(Total));
		}
		totals->items[i].currency = currency;
		totals->items[i].amount = 0;
		totals->count++;
	}
	/* 2^16 amounts of the greatest kind fit; what does not is out of balance by far. */
	if (__builtin_add_overflow(totals->items[i].amount, monetary_amount(m),
							   &totals->items[i].amount))
		totals->items[i].amount = MONETARY_MAX;
}

static char *
amount_shown(int128 amount, Currency currency)
{
	Monetary m;

	monetary_set(&m,
				 amount > MONETARY_MAX   ? MONETARY_MAX
				 : amount < MONETARY_MIN ? MONETARY_MIN
										 : amount,
				 currency);
	return monetary_to_text(&m);
}

/* What is not zero, or null. */
static Datum
imbalance(const Totals *totals, bool *is_null)
{
	StringInfoData shown;

	*is_null = true;
	for (int i = 0; i < totals->count; i++)
	{
		if (totals->items[i].amount == 0)
			continue;
		if (*is_null)
			initStringInfo(&shown);
		else
			appendStringInfoString(&shown, ", ");
		appendStringInfoString(&shown,
							   amount_shown(totals->items[i].amount, totals->items[i].currency));
		*is_null = false;
	}
	return *is_null ? (Datum) 0 : PointerGetDatum(cstring_to_text_with_len(shown.data, shown.len));
}

/* Lines that are not what their sources add up to, or null. */
static Datum
lines_without_sources(const LineState *lines, int64 count, int64 stray, bool *is_null)
{
	StringInfoData shown;
	int64 wrong = 0;

	*is_null = true;
	for (int64 i = 0; i < count; i++)
	{
		const LineState *line = &lines[i];

		if (line->has_source && !line->in_another_currency &&
			line->sources == monetary_amount(&line->amount))
			continue;
		if (wrong++ == 0)
			initStringInfo(&shown);
		if (wrong <= MOST_SHOWN)
			appendStringInfo(&shown, "%sline %d: %s, its sources %s", wrong > 1 ? "; " : "",
							 line->number, monetary_to_text(&line->amount),
							 !line->has_source ? "none"
							 : line->in_another_currency
								 ? "in another currency"
								 : amount_shown(line->sources, monetary_currency(&line->amount)));
	}
	if (wrong > MOST_SHOWN)
		appendStringInfo(&shown, "; lines in all: " INT64_FORMAT, wrong);
	if (stray > 0)
	{
		if (wrong == 0)
			initStringInfo(&shown);
		appendStringInfo(&shown, "%ssources of lines that are not there: " INT64_FORMAT,
						 wrong > 0 ? "; " : "", stray);
	}
	*is_null = wrong == 0 && stray == 0;
	return *is_null ? (Datum) 0 : PointerGetDatum(cstring_to_text_with_len(shown.data, shown.len));
}

/*
 * journal_digest(lines_query text, sources_query text, from_entry bigint, to_entry bigint)
 *		returns table (entry_id bigint, lines text, sources text, unbalanced text,
 *					   functional_unbalanced text, sources_differ text)
 */
Datum
journal_digest(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid monetary;
	RowStream lines = {0};
	RowStream sources = {0};
	MemoryContext caller;
	MemoryContext entry_context;
	LineState *states = NULL;
	int64 states_size = 0;

	InitMaterializedSRF(fcinfo, 0);
	monetary = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("monetary"),
							   ObjectIdGetDatum(get_func_namespace(fcinfo->flinfo->fn_oid)));
	caller = CurrentMemoryContext;
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	entry_context =
		AllocSetContextCreate(CurrentMemoryContext, "journal_digest entry", ALLOCSET_DEFAULT_SIZES);
	open_stream(&lines, "lines", PG_GETARG_TEXT_PP(0), PG_GETARG_INT64(2), PG_GETARG_INT64(3),
				monetary, CurrentMemoryContext);
	open_stream(&sources, "sources", PG_GETARG_TEXT_PP(1), PG_GETARG_INT64(2), PG_GETARG_INT64(3),
				monetary, CurrentMemoryContext);

	while (!lines.is_done || !sources.is_done)
	{
		int64 entry = sources.is_done                         ? entry_of(&lines)
					  : lines.is_done                         ? entry_of(&sources)
					  : entry_of(&lines) < entry_of(&sources) ? entry_of(&lines)
															  : entry_of(&sources);
		Totals totals = {0};
		Totals functional = {0};
		bool all_functional = true;
		int64 known = 0;
		int64 place = 0;
		int64 stray = 0;
		Datum values[6];
		bool nulls[6] = {0};
		MemoryContext old;

		begin_entry(&lines);
		begin_entry(&sources);
		old = MemoryContextSwitchTo(entry_context);
		for (; !lines.is_done && entry_of(&lines) == entry; next_row(&lines))
		{
			LineState *line;

			if (known == states_size)
			{
				states_size = states_size == 0 ? 1024 : 2 * states_size;
				MemoryContextSwitchTo(old);
				states = states == NULL
							 ? palloc_extended(states_size * sizeof(LineState), MCXT_ALLOC_HUGE)
							 : repalloc_huge(states, states_size * sizeof(LineState));
				MemoryContextSwitchTo(entry_context);
			}
			line = &states[known++];
			line->number = DatumGetInt32(lines.values[LINE]);
			line->amount = *DatumGetMonetaryP(lines.values[lines.amount]);
			line->has_source = line->in_another_currency = false;
			line->sources = 0;
			add_to_totals(&totals, &line->amount);
			if (lines.functional < 0 || lines.nulls[lines.functional])
				all_functional = false;
			else
				add_to_totals(&functional, DatumGetMonetaryP(lines.values[lines.functional]));
			seal_row(&lines);
		}
		for (; !sources.is_done && entry_of(&sources) == entry; next_row(&sources))
		{
			const Monetary *amount = DatumGetMonetaryP(sources.values[sources.amount]);
			int32 number = DatumGetInt32(sources.values[LINE]);

			seal_row(&sources);
			while (place < known && states[place].number < number)
				place++;
			if (place == known || states[place].number != number)
			{
				stray++;
				continue;
			}
			states[place].has_source = true;
			if (monetary_currency(amount) != monetary_currency(&states[place].amount))
				states[place].in_another_currency = true;
			else if (__builtin_add_overflow(states[place].sources, monetary_amount(amount),
											&states[place].sources))
				states[place].in_another_currency = true;
		}
		values[0] = Int64GetDatum(entry);
		values[1] = end_entry(&lines);
		values[2] = end_entry(&sources);
		values[3] = imbalance(&totals, &nulls[3]);
		values[4] = all_functional ? imbalance(&functional, &nulls[4]) : (Datum) 0;
		nulls[4] = nulls[4] || !all_functional;
		values[5] = lines_without_sources(states, known, stray, &nulls[5]);
		MemoryContextSwitchTo(caller);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		MemoryContextSwitchTo(old);
		MemoryContextReset(entry_context);
	}
	pg_cryptohash_free(lines.hash);
	pg_cryptohash_free(sources.hash);
	SPI_cursor_close(lines.portal);
	SPI_cursor_close(sources.portal);
	SPI_finish();
	return (Datum) 0;
}
