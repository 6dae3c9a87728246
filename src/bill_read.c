/*
 * bill_read.c
 *		The charges of a staged bill of FOCUS, from the texts of the stage to rows
 *		of the table, in one pass and many rows to a page, as COPY does it; with
 *		what they add up to. Other formats and options go by the query that
 *		chipbook.bill_query writes, which says the same in SQL.
 */
#include "bill_values.h"

#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "common/cryptohash.h"
#include "common/hashfn.h"
#include "common/sha2.h"
#include "executor/executor.h"
#include "executor/nodeHash.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "parser/parser.h"
#include "port/pg_bswap.h"
#include "rewrite/prs2lock.h"
#include "rewrite/rewriteHandler.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/hsearch.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(chipbook_read_charges);

#define BATCH_ROWS 1000
#define BATCH_BYTES (256 * 1024)
#define COSTS 4

/* Groups take so many times the memory of a hash: a query that groups can leave memory, this cannot. */
#define GROUPS_TAKE 16

/* A column of the file. */
typedef struct FileColumn
{
	int target; /* number of the column of the table, 0: it goes to the bag */
	Oid type;
	const char *name; /* in the bag; of a column with allowed words what was received */
	int name_length;
	char **words; /* that FOCUS allows */
	int word_count;
} FileColumn;

/* The columns of the table that are not read from the file, and what groups of charges have of it. */
typedef struct TableColumns
{
	int fact_id, recorded_at, superseded_at, load_id, delivery_id, line_no, findings, row_hash,
		dataset, x;
	int issuer, period, account, day, currency, category;
	int costs[COSTS];
} TableColumns;

typedef struct GroupKey
{
	const char *bytes;
	int length;
} GroupKey;

/* Charges of one issuer, period, account, day, currency, category and findings. */
typedef struct ChargeGroup
{
	GroupKey key;
	Datum values[7];
	bool nulls[7];
	int64 rows;
	int64 first_line;
	Datum costs[COSTS]; /* 0 = none has one */
} ChargeGroup;

typedef struct Reader
{
	Relation stage;
	Relation charge;
	TableColumns at;
	FileColumn *columns;
	int column_count;
	text **null_words;
	int null_word_count;
	pg_tz *zone;
	char day_order;
	int64 *skipped;
	int skipped_count;
	int64 normalised, zone_assumed, not_json; /* the numbers of three findings */
	bool by_account;
	EState *estate;
	ResultRelInfo *target;
	ExprState *fact_id;
	ExprState *findings;
	TupleTableSlot **slots;
	int batch_rows;
	Size batch_bytes;
	BulkInsertState bulk;
	MemoryContext row_context;
	MemoryContext keep_context;
	HTAB *groups;
	StringInfoData line;
	StringInfoData key;
	pg_cryptohash_ctx *row_hash;
	pg_cryptohash_ctx *file_hash;
	Datum load_id, delivery_id, dataset;
} Reader;

/* ---------------------------------------------------------------------------
 * What is read into what
 * ---------------------------------------------------------------------------
 */

/* A column of the table by name and type; the error that it is no table of charges. */
static int
column_of(Relation rel, const char *name, Oid type)
{
	TupleDesc desc = RelationGetDescr(rel);

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		if (!att->attisdropped && att->atttypid == type && strcmp(NameStr(att->attname), name) == 0)
			return i + 1;
	}
	ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
					errmsg("table \"%s\" has no column \"%s\" of type %s",
						   RelationGetRelationName(rel), name, format_type_be(type))));
	return 0;
}

/* The elements of an array without NULL. */
static int
array_elements(ArrayType *array, Oid type, Datum **elements)
{
	int16 length;
	bool by_value;
	char align;
	int count;

	if (ARR_ELEMTYPE(array) != type || ARR_NDIM(array) > 1 || array_contains_nulls(array))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("expected a list of %s without NULL", format_type_be(type))));
	get_typlenbyvalalign(type, &length, &by_value, &align);
	deconstruct_array(array, type, length, by_value, align, elements, NULL, &count);
	return count;
}

static void
find_columns(Reader *r, ArrayType *targets, ArrayType *names, ArrayType *words)
{
	TupleDesc stage = RelationGetDescr(r->stage);
	TupleDesc charge = RelationGetDescr(r->charge);
	TableColumns *at = &r->at;
	Datum *target;
	Datum *name;
	Datum *allowed;
	static const char *const costs[COSTS] = {"billed_cost", "effective_cost", "list_cost",
											 "contracted_cost"};

	r->column_count = stage->natts;
	if (array_elements(targets, INT4OID, &target) != stage->natts ||
		array_elements(names, TEXTOID, &name) != stage->natts ||
		array_elements(words, TEXTOID, &allowed) != stage->natts)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the stage has %d columns, the lists have others", stage->natts)));
	r->columns = palloc0(stage->natts * sizeof(FileColumn));
	for (int i = 0; i < stage->natts; i++)
	{
		FileColumn *column = &r->columns[i];

		if (TupleDescAttr(stage, i)->attisdropped || TupleDescAttr(stage, i)->atttypid != TEXTOID)
			ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
							errmsg("a stage has columns of text, and none is ever dropped")));
		column->target = DatumGetInt32(target[i]);
		column->name = TextDatumGetCString(name[i]);
		column->name_length = strlen(column->name);
		if (column->target < 0 || column->target > charge->natts ||
			(column->target > 0 && TupleDescAttr(charge, column->target - 1)->attisdropped))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("there is no column %d of charges", column->target)));
		if (column->target == 0)
			continue;
		column->type = TupleDescAttr(charge, column->target - 1)->atttypid;
		if (column->type != TEXTOID && column->type != NUMERICOID &&
			column->type != TIMESTAMPTZOID && column->type != JSONBOID)
			ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
							errmsg("a column of type %s is not read from bills",
								   format_type_be(column->type))));
		if (column->type == TEXTOID && VARSIZE_ANY_EXHDR(DatumGetPointer(allowed[i])) > 0)
		{
			char *list = TextDatumGetCString(allowed[i]);
			char *rest = NULL;

			column->words = palloc(strlen(list) * sizeof(char *));
			for (char *word = strtok_r(list, ",", &rest); word != NULL;
				 word = strtok_r(NULL, ",", &rest))
				column->words[column->word_count++] = word;
		}
	}
	at->fact_id = column_of(r->charge, "fact_id", INT8OID);
	at->recorded_at = column_of(r->charge, "recorded_at", TIMESTAMPTZOID);
	at->superseded_at = column_of(r->charge, "superseded_at", TIMESTAMPTZOID);
	at->load_id = column_of(r->charge, "load_id", INT8OID);
	at->delivery_id = column_of(r->charge, "delivery_id", INT8OID);
	at->line_no = column_of(r->charge, "line_no", INT8OID);
	at->findings = column_of(r->charge, "findings", INT8OID);
	at->row_hash = column_of(r->charge, "row_hash", BYTEAOID);
	at->dataset = column_of(r->charge, "dataset", TEXTOID);
	at->x = column_of(r->charge, "x", JSONBOID);
	at->issuer = column_of(r->charge, "invoice_issuer_name", TEXTOID);
	at->period = column_of(r->charge, "billing_period_start", TIMESTAMPTZOID);
	at->account = column_of(r->charge, "billing_account_id", TEXTOID);
	at->day = column_of(r->charge, "charge_period_start", TIMESTAMPTZOID);
	at->currency = column_of(r->charge, "billing_currency", TEXTOID);
	at->category = column_of(r->charge, "charge_category", TEXTOID);
	for (int i = 0; i < COSTS; i++)
		at->costs[i] = column_of(r->charge, costs[i], NUMERICOID);
}

/* An expression over the columns of the table, given as a query of it alone. */
static ExprState *
prepare_findings(Reader *r, char *query_text)
{
	List *statements = raw_parser(query_text, RAW_PARSE_DEFAULT);
	Query *query;

	if (list_length(statements) != 1)
		ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("findings are one query")));
	query =
		parse_analyze_fixedparams(linitial_node(RawStmt, statements), query_text, NULL, 0, NULL);
	if (query->commandType != CMD_SELECT || list_length(query->rtable) != 1 ||
		linitial_node(RangeTblEntry, query->rtable)->relid != RelationGetRelid(r->charge) ||
		query->hasSubLinks || query->hasAggs || query->hasTargetSRFs || query->hasWindowFuncs ||
		list_length(query->targetList) != 1 ||
		exprType((Node *) linitial_node(TargetEntry, query->targetList)->expr) != INT8OID)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("findings are one bigint over the columns of charges")));
	return ExecPrepareExpr(linitial_node(TargetEntry, query->targetList)->expr, r->estate);
}

/* ---------------------------------------------------------------------------
 * A row
 * ---------------------------------------------------------------------------
 */

static bool
is_nothing(const Reader *r, const text *value)
{
	int length = VARSIZE_ANY_EXHDR(value);

	if (length == 0)
		return true;
	for (int i = 0; i < r->null_word_count; i++)
		if ((int) VARSIZE_ANY_EXHDR(r->null_words[i]) == length &&
			memcmp(VARDATA_ANY(r->null_words[i]), VARDATA_ANY(value), length) == 0)
			return true;
	return false;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whether two words have the same letters, capital or small; marks and whatever is not ASCII say nothing. */
static bool
same_word(const char *word, const char *at, const char *end)
{
	for (;; word++, at++)
	{
		while (*word != '\0' && !is_letter(*word))
			word++;
		while (at < end && !is_letter(*at))
			at++;
		if (*word == '\0' || at == end)
			return *word == '\0' && at == end;
		if ((*word | 0x20) != (*at | 0x20))
			return false;
	}
}

/* The word as FOCUS writes it, where it only differs in case and marks. */
static text *
allowed_text(const FileColumn *column, text *value, bool *changed)
{
	const char *at = VARDATA_ANY(value);
	int length = VARSIZE_ANY_EXHDR(value);

	for (int i = 0; i < column->word_count; i++)
		if ((int) strlen(column->words[i]) == length && memcmp(column->words[i], at, length) == 0)
			return value;
	for (int i = 0; i < column->word_count; i++)
		if (same_word(column->words[i], at, at + length))
		{
			*changed = true;
			return cstring_to_text(column->words[i]);
		}
	return value;
}

static void
push_text(JsonbParseState **state, JsonbIteratorToken token, const char *at, int length)
{
	JsonbValue value;

	value.type = jbvString;
	value.val.string.val = unconstify(char *, at);
	value.val.string.len = length;
	(void) pushJsonbValue(state, token, &value);
}

/* Into the bag: what FOCUS has no column for, and words as they were received. */
static void
push_member(JsonbParseState **state, const char *prefix, const FileColumn *column, text *value)
{
	if (*state == NULL)
		(void) pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	if (*prefix == '\0')
		push_text(state, WJB_KEY, column->name, column->name_length);
	else
	{
		char *name = psprintf("%s%s", prefix, column->name);

		push_text(state, WJB_KEY, name, strlen(name));
	}
	push_text(state, WJB_VALUE, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

/* The texts of a row hashed as row_sha256 does it; the file's hash has it too. */
static Datum
hash_row(Reader *r, text **texts)
{
	bytea *result = palloc(VARHDRSZ + PG_SHA256_DIGEST_LENGTH);

	resetStringInfo(&r->line);
	for (int i = 0; i < r->column_count; i++)
	{
		int32 length = texts[i] == NULL ? 0 : VARSIZE_ANY_EXHDR(texts[i]);
		uint32 head = pg_hton32((uint32) length);

		appendBinaryStringInfo(&r->line, (const char *) &head, sizeof(head));
		if (length > 0)
			appendBinaryStringInfo(&r->line, VARDATA_ANY(texts[i]), length);
	}
	if (pg_cryptohash_init(r->row_hash) < 0 ||
		pg_cryptohash_update(r->row_hash, (const uint8 *) r->line.data, r->line.len) < 0 ||
		pg_cryptohash_final(r->row_hash, (uint8 *) VARDATA(result), PG_SHA256_DIGEST_LENGTH) < 0 ||
		pg_cryptohash_update(r->file_hash, (const uint8 *) VARDATA(result),
							 PG_SHA256_DIGEST_LENGTH) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not compute SHA-256 of a row")));
	SET_VARSIZE(result, VARHDRSZ + PG_SHA256_DIGEST_LENGTH);
	return PointerGetDatum(result);
}

/* Reads texts into a slot of the table; false where one cannot be read. */
static bool
read_row(Reader *r, TupleTableSlot *from, int64 line_no, bool wanted, TupleTableSlot *into)
{
	int natts = RelationGetDescr(r->charge)->natts;
	text **texts = palloc(r->column_count * sizeof(text *));
	JsonbParseState *bag = NULL;
	int64 found = 0;
	Datum hash;

	slot_getallattrs(from);
	for (int i = 0; i < r->column_count; i++)
		texts[i] = from->tts_isnull[i] ? NULL : DatumGetTextPP(from->tts_values[i]);
	hash = hash_row(r, texts);
	if (!wanted)
		return false;
	memset(into->tts_isnull, true, natts * sizeof(bool));
	for (int i = 0; i < r->column_count; i++)
	{
		const FileColumn *column = &r->columns[i];
		text *value = texts[i];
		const char *at;
		const char *end;
		Datum *result;

		if (value == NULL || is_nothing(r, value))
			continue;
		at = VARDATA_ANY(value);
		end = at + VARSIZE_ANY_EXHDR(value);
		if (column->target == 0)
		{
			push_member(&bag, "", column, value);
			continue;
		}
		result = &into->tts_values[column->target - 1];
		if (column->type == NUMERICOID)
		{
			if (!bill_decimal(at, end, result))
				return false;
		}
		else if (column->type == TIMESTAMPTZOID)
		{
			TimestampTz moment;
			bool zone_assumed;

			if (!bill_moment(at, end, r->day_order, r->zone, &moment, &zone_assumed))
				return false;
			if (zone_assumed)
				found |= r->zone_assumed;
			*result = TimestampTzGetDatum(moment);
		}
		else if (column->type == JSONBOID)
		{
			/* What is no JSON is an error here: the caller then takes the longer way. */
			*result = DirectFunctionCall1(jsonb_in, CStringGetDatum(text_to_cstring(value)));
			if (JB_ROOT_IS_SCALAR(DatumGetJsonbP(*result)))
				found |= r->not_json;
		}
		else
		{
			bool changed = false;

			*result = PointerGetDatum(allowed_text(column, value, &changed));
			if (changed)
			{
				found |= r->normalised;
				push_member(&bag, "x_Received_", column, value);
			}
		}
		into->tts_isnull[column->target - 1] = false;
	}
#define SET(column, value)                                                                         \
	(into->tts_values[r->at.column - 1] = (value), into->tts_isnull[r->at.column - 1] = false)
	SET(superseded_at, TimestampTzGetDatum(DT_NOEND));
	SET(load_id, r->load_id);
	SET(delivery_id, r->delivery_id);
	SET(line_no, Int64GetDatum(line_no));
	SET(findings, Int64GetDatum(found));
	SET(row_hash, hash);
	SET(dataset, r->dataset);
	if (bag != NULL)
		SET(x, JsonbPGetDatum(JsonbValueToJsonb(pushJsonbValue(&bag, WJB_END_OBJECT, NULL))));
	ExecStoreVirtualTuple(into);
	return true;
}

/* ---------------------------------------------------------------------------
 * Groups
 * ---------------------------------------------------------------------------
 */

static uint32
hash_key(const void *key, Size size)
{
	const GroupKey *k = key;

	return hash_bytes((const unsigned char *) k->bytes, k->length);
}

static int
match_keys(const void *a, const void *b, Size size)
{
	const GroupKey *left = a;
	const GroupKey *right = b;

	return left->length == right->length ? memcmp(left->bytes, right->bytes, left->length) : 1;
}

static void
add_to_group(Reader *r, TupleTableSlot *slot, int64 line_no)
{
	const int from[7] = {r->at.issuer,  r->at.period,   r->by_account ? r->at.account : 0,
						 r->at.day,     r->at.currency, r->at.category,
						 r->at.findings};
	Datum values[7];
	bool nulls[7];
	GroupKey key;
	ChargeGroup *group;
	bool found;

	resetStringInfo(&r->key);
	for (int i = 0; i < 7; i++)
	{
		int32 length = -1;

		nulls[i] = from[i] == 0 || slot->tts_isnull[from[i] - 1];
		if (!nulls[i])
		{
			values[i] = slot->tts_values[from[i] - 1];
			if (i == 3) /* its day, in UTC */
			{
				TimestampTz moment = DatumGetTimestampTz(values[i]);

				int64 day = moment / USECS_PER_DAY - (moment % USECS_PER_DAY < 0);

				values[i] = DateADTGetDatum((DateADT) day);
			}
			length = i == 1 || i == 3 || i == 6
						 ? (int32) sizeof(Datum)
						 : (int32) VARSIZE_ANY_EXHDR(DatumGetPointer(values[i]));
		}
		appendBinaryStringInfo(&r->key, (const char *) &length, sizeof(length));
		if (length >= 0)
			appendBinaryStringInfo(&r->key,
								   i == 1 || i == 3 || i == 6
									   ? (const char *) &values[i]
									   : VARDATA_ANY(DatumGetPointer(values[i])),
								   length);
	}
	key.bytes = r->key.data;
	key.length = r->key.len;
	group = hash_search(r->groups, &key, HASH_ENTER, &found);
	if (!found)
	{
		MemoryContext before = MemoryContextSwitchTo(r->keep_context);

		if (MemoryContextMemAllocated(r->keep_context, true) / GROUPS_TAKE >
			get_hash_memory_limit())
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("the bill has too many groups of charges to be read in one pass"),
					 errdetail("It has " INT64_FORMAT " up to line " INT64_FORMAT ".",
							   (int64) hash_get_num_entries(r->groups), line_no),
					 errhint("A larger work_mem lets them be more.")));
		group->key.bytes = memcpy(palloc(key.length), key.bytes, key.length);
		for (int i = 0; i < 7; i++)
		{
			group->nulls[i] = nulls[i];
			group->values[i] = nulls[i] ? (Datum) 0
							   : i == 1 || i == 3 || i == 6
								   ? values[i]
								   : PointerGetDatum(PG_DETOAST_DATUM_COPY(values[i]));
		}
		memset(group->costs, 0, sizeof(group->costs));
		group->rows = 0;
		group->first_line = line_no;
		MemoryContextSwitchTo(before);
	}
	group->rows++;
	for (int i = 0; i < COSTS; i++)
	{
		int column = r->at.costs[i] - 1;
		Datum sum;

		if (slot->tts_isnull[column])
			continue;
		sum = group->costs[i] == 0
				  ? slot->tts_values[column]
				  : DirectFunctionCall2(numeric_add, group->costs[i], slot->tts_values[column]);
		if (group->costs[i] != 0)
			pfree(DatumGetPointer(group->costs[i]));
		group->costs[i] = PointerGetDatum(
			memcpy(MemoryContextAlloc(r->keep_context, VARSIZE(DatumGetPointer(sum))),
				   DatumGetPointer(sum), VARSIZE(DatumGetPointer(sum))));
	}
}

/* ---------------------------------------------------------------------------
 * The table
 * ---------------------------------------------------------------------------
 */

static void
write_batch(Reader *r)
{
	if (r->batch_rows == 0)
		return;
	table_multi_insert(r->charge, r->slots, r->batch_rows, GetCurrentCommandId(true), 0, r->bulk);
	for (int i = 0; i < r->batch_rows; i++)
	{
		if (r->target->ri_NumIndices > 0)
#if PG_VERSION_NUM >= 160000
			(void) ExecInsertIndexTuples(r->target, r->slots[i], r->estate, false, false, NULL, NIL,
										 false);
#else
			(void) ExecInsertIndexTuples(r->target, r->slots[i], r->estate, false, false, NULL,
										 NIL);
#endif
		ExecClearTuple(r->slots[i]);
		ResetPerTupleExprContext(r->estate);
	}
	r->batch_rows = 0;
	r->batch_bytes = 0;
}

/* What the table gives a row itself, what is found in it, and what no row may break. */
static void
finish_row(Reader *r, TupleTableSlot *slot)
{
	ExprContext *econtext = GetPerTupleExprContext(r->estate);
	bool is_null;
	Datum value;

	econtext->ecxt_scantuple = slot;
	value = ExecEvalExpr(r->fact_id, econtext, &is_null);
	slot->tts_values[r->at.fact_id - 1] = value;
	slot->tts_isnull[r->at.fact_id - 1] = is_null;
	value = ExecEvalExprSwitchContext(r->findings, econtext, &is_null);
	if (!is_null)
		slot->tts_values[r->at.findings - 1] = value;
	if (RelationGetDescr(r->charge)->constr != NULL)
		ExecConstraints(r->target, slot, r->estate);
}

/* What an INSERT would do besides writing rows is not done here: where there is such, the caller inserts. */
static void
check_tables(const Reader *r)
{
	const Form_pg_class stage = r->stage->rd_rel;
	const Form_pg_class charge = r->charge->rd_rel;
	const TriggerDesc *triggers = r->charge->trigdesc;
	const TupleConstr *constr = RelationGetDescr(r->charge)->constr;

	if (stage->relkind != RELKIND_RELATION || charge->relkind != RELKIND_RELATION ||
		stage->relrowsecurity || charge->relrowsecurity || charge->relispartition ||
		(r->charge->rd_rules != NULL && r->charge->rd_rules->numLocks > 0) ||
		(constr != NULL && constr->has_generated_stored))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("stage and charges are tables without row security, charges "
							   "without rules, generated columns and partitions")));
	if (triggers != NULL &&
		(triggers->trig_insert_before_row || triggers->trig_insert_after_row ||
		 triggers->trig_insert_before_statement || triggers->trig_insert_after_statement))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("table \"%s\" has triggers on insert, which read_charges does not run",
						RelationGetRelationName(r->charge))));
}

static void
open_table(Reader *r)
{
	Expr *next;

	r->estate = CreateExecutorState();
	r->target = makeNode(ResultRelInfo);
	InitResultRelInfo(r->target, r->charge, 0, NULL, 0);
	ExecOpenIndices(r->target, false);
	next = (Expr *) build_column_default(r->charge, r->at.fact_id);
	if (next == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("facts of table \"%s\" have no number by themselves",
							   RelationGetRelationName(r->charge))));
	r->fact_id = ExecPrepareExpr(next, r->estate);
	r->slots = palloc(BATCH_ROWS * sizeof(TupleTableSlot *));
	for (int i = 0; i < BATCH_ROWS; i++)
		r->slots[i] = table_slot_create(r->charge, NULL);
	r->bulk = GetBulkInsertState();
}

static void
close_table(Reader *r)
{
	FreeBulkInsertState(r->bulk);
	table_finish_bulk_insert(r->charge, 0);
	for (int i = 0; i < BATCH_ROWS; i++)
		ExecDropSingleTupleTableSlot(r->slots[i]);
	ExecCloseIndices(r->target);
	FreeExecutorState(r->estate);
}

static void
read_stage(Reader *r)
{
	TableScanDesc scan;
	TupleTableSlot *from = table_slot_create(r->stage, NULL);
	int64 line_no = 1; /* the header */
	int next_skipped = 0;
	MemoryContext before = CurrentMemoryContext;

	/* From the first page on: the order is the file's. */
	scan = table_beginscan_strat(r->stage, GetActiveSnapshot(), 0, NULL, true, false);
	while (table_scan_getnextslot(scan, ForwardScanDirection, from))
	{
		TupleTableSlot *into = r->slots[r->batch_rows];
		bool wanted = true;

		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(r->row_context);
		MemoryContextSwitchTo(r->row_context);
		line_no++;
		while (next_skipped < r->skipped_count && r->skipped[next_skipped] < line_no)
			next_skipped++;
		if (next_skipped < r->skipped_count && r->skipped[next_skipped] == line_no)
			wanted = false;
		ExecClearTuple(into);
		if (read_row(r, from, line_no, wanted, into))
		{
			finish_row(r, into);
			add_to_group(r, into, line_no);
			/* Its own memory from here on. */
			ExecMaterializeSlot(into);
			r->batch_bytes += r->line.len;
			if (++r->batch_rows == BATCH_ROWS || r->batch_bytes > BATCH_BYTES)
				write_batch(r);
			else
				ResetPerTupleExprContext(r->estate);
		}
		MemoryContextSwitchTo(before);
	}
	write_batch(r);
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(from);
}

static void
return_groups(Reader *r, ReturnSetInfo *rsinfo)
{
	HASH_SEQ_STATUS status;
	ChargeGroup *group;
	bytea *hash = palloc(VARHDRSZ + PG_SHA256_DIGEST_LENGTH);

	if (pg_cryptohash_final(r->file_hash, (uint8 *) VARDATA(hash), PG_SHA256_DIGEST_LENGTH) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not compute SHA-256 of a file")));
	SET_VARSIZE(hash, VARHDRSZ + PG_SHA256_DIGEST_LENGTH);
	hash_seq_init(&status, r->groups);
	while ((group = hash_seq_search(&status)) != NULL)
	{
		Datum values[14];
		bool nulls[14] = {false};

		memcpy(values, group->values, sizeof(group->values));
		memcpy(nulls, group->nulls, sizeof(group->nulls));
		values[7] = Int64GetDatum(group->rows);
		values[8] = Int64GetDatum(group->first_line);
		for (int i = 0; i < COSTS; i++)
		{
			values[9 + i] = group->costs[i];
			nulls[9 + i] = group->costs[i] == 0;
		}
		values[13] = PointerGetDatum(hash);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
}

/*
 * read_charges(stage, charge, load_id, delivery_id, by_account, targets, names, words, null_words,
 *				zone, day_order, skipped, findings, numbers, header)
 */
Datum
chipbook_read_charges(PG_FUNCTION_ARGS)
{
	Reader *r = palloc0(sizeof(Reader));
	text *day_order = PG_GETARG_TEXT_PP(10);
	bytea *header = PG_GETARG_BYTEA_PP(14);
	Datum *elements;
	HASHCTL info = {0};
	Oid user = GetUserId();

	InitMaterializedSRF(fcinfo, 0);
	r->stage = table_open(PG_GETARG_OID(0), AccessShareLock);
	r->charge = table_open(PG_GETARG_OID(1), RowExclusiveLock);
	check_tables(r);
	if (pg_class_aclcheck(RelationGetRelid(r->stage), user, ACL_SELECT) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, RelationGetRelationName(r->stage));
	if (pg_class_aclcheck(RelationGetRelid(r->charge), user, ACL_SELECT) != ACLCHECK_OK ||
		pg_class_aclcheck(RelationGetRelid(r->charge), user, ACL_INSERT) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, RelationGetRelationName(r->charge));
	PreventCommandIfReadOnly("read_charges()");

	r->load_id = PG_GETARG_DATUM(2);
	r->delivery_id = PG_GETARG_DATUM(3);
	r->dataset = CStringGetTextDatum("cost_and_usage");
	r->by_account = PG_GETARG_BOOL(4);
	find_columns(r, PG_GETARG_ARRAYTYPE_P(5), PG_GETARG_ARRAYTYPE_P(6), PG_GETARG_ARRAYTYPE_P(7));
	r->null_word_count = array_elements(PG_GETARG_ARRAYTYPE_P(8), TEXTOID, &elements);
	r->null_words = palloc((r->null_word_count + 1) * sizeof(text *));
	for (int i = 0; i < r->null_word_count; i++)
		r->null_words[i] = DatumGetTextPP(elements[i]);
	r->zone = bill_zone(PG_GETARG_TEXT_PP(9));
	r->day_order = VARSIZE_ANY_EXHDR(day_order) > 0 ? *VARDATA_ANY(day_order) : 'y';
	r->skipped_count = array_elements(PG_GETARG_ARRAYTYPE_P(11), INT8OID, &elements);
	r->skipped = palloc((r->skipped_count + 1) * sizeof(int64));
	for (int i = 0; i < r->skipped_count; i++)
		r->skipped[i] = DatumGetInt64(elements[i]);
	if (array_elements(PG_GETARG_ARRAYTYPE_P(13), INT8OID, &elements) != 3)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("three findings have numbers here")));
	r->normalised = DatumGetInt64(elements[0]);
	r->zone_assumed = DatumGetInt64(elements[1]);
	r->not_json = DatumGetInt64(elements[2]);

	r->keep_context =
		AllocSetContextCreate(CurrentMemoryContext, "groups of charges", ALLOCSET_DEFAULT_SIZES);
	r->row_context =
		AllocSetContextCreate(CurrentMemoryContext, "row of a bill", ALLOCSET_DEFAULT_SIZES);
	initStringInfo(&r->line);
	initStringInfo(&r->key);
	info.keysize = sizeof(GroupKey);
	info.entrysize = sizeof(ChargeGroup);
	info.hash = hash_key;
	info.match = match_keys;
	info.hcxt = r->keep_context;
	r->groups = hash_create("groups of charges", 1024, &info,
							HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
	r->row_hash = pg_cryptohash_create(PG_SHA256);
	r->file_hash = pg_cryptohash_create(PG_SHA256);
	if (pg_cryptohash_init(r->file_hash) < 0 ||
		pg_cryptohash_update(r->file_hash, (const uint8 *) VARDATA_ANY(header),
							 VARSIZE_ANY_EXHDR(header)) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not compute SHA-256 of a file")));

	open_table(r);
	r->findings = prepare_findings(r, text_to_cstring(PG_GETARG_TEXT_PP(12)));
	read_stage(r);
	close_table(r);
	return_groups(r, (ReturnSetInfo *) fcinfo->resultinfo);
	pg_cryptohash_free(r->row_hash);
	pg_cryptohash_free(r->file_hash);
	table_close(r->stage, AccessShareLock);
	table_close(r->charge, NoLock);
	return (Datum) 0;
}
