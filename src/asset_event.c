/*
 * asset_event.c
 *		The doors to an asset's life: balances at a date, movements between two, a
 *		schedule, and what is wrong with its events. Events are given with the
 *		question, nothing is stored. asset_life.c computes; here SQL's arguments
 *		are read and rows are formed.
 */
#include "chipbook.h"

#include "access/htup_details.h"
#include "common/int.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/typcache.h"

#include "asset_life.h"

PG_FUNCTION_INFO_V1(asset_event_balance);
PG_FUNCTION_INFO_V1(asset_event_movement);
PG_FUNCTION_INFO_V1(asset_event_schedule);
PG_FUNCTION_INFO_V1(asset_event_problems);
PG_FUNCTION_INFO_V1(asset_event_average_construction);

/* Every event touches every layer, so that work grows with the square of their number. */
#define MAX_EVENTS 10000
#define MAX_SCHEDULE_MONTHS 240000

/* The columns of the SQL type asset_event. */
enum
{
	FIELD_HAPPENED_ON,
	FIELD_KIND,
	FIELD_AMOUNT,
	FIELD_SHARE,
	FIELD_PROCEEDS,
	FIELD_IMPAIRMENT,
	FIELD_USED_CHIP_MS,
	FIELD_POLICY,
	NUM_FIELDS
};

/* in_service is an argument, and no kind of its own. */
static const char *const event_kinds[] = {
	[EVENT_OPENING] = "opening",
	[EVENT_ADDITION] = "addition",
	[EVENT_CAPITALISED_INTEREST] = "capitalised_interest",
	[EVENT_RETIREMENT_OBLIGATION] = "retirement_obligation",
	[EVENT_PLACED_IN_SERVICE] = "placed_in_service",
	[EVENT_IN_SERVICE] = "",
	[EVENT_CHANGE_OF_ESTIMATE] = "change_of_estimate",
	[EVENT_HELD_FOR_SALE_ENDED] = "held_for_sale_ended",
	[EVENT_IMPAIRMENT_REVERSAL] = "impairment_reversal",
	[EVENT_IMPAIRMENT] = "impairment",
	[EVENT_HELD_FOR_SALE] = "held_for_sale",
	[EVENT_DISPOSAL] = "disposal",
	[EVENT_USE] = "use",
};

/*
 * Reading the arguments: cost, acquired_on, in_service, policy, events come first
 */

static void
check_finite(DateADT date, const char *what)
{
	if (DATE_NOT_FINITE(date))
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
						errmsg("%s must not be infinite", what)));
}

static AssetEventKind
event_kind(const text *kind)
{
	const char *name = VARDATA_ANY(kind);
	size_t length = VARSIZE_ANY_EXHDR(kind);
	int i;

	for (i = 0; i < (int) lengthof(event_kinds); i++)
	{
		if (length > 0 && strlen(event_kinds[i]) == length &&
			memcmp(event_kinds[i], name, length) == 0)
			return (AssetEventKind) i;
	}
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("unknown kind of asset_event: \"%s\"", text_to_cstring(kind)),
					errhint("Kinds are opening, addition, capitalised_interest, "
							"retirement_obligation, placed_in_service, change_of_estimate, "
							"held_for_sale, held_for_sale_ended, impairment, impairment_reversal, "
							"disposal and use.")));
}

/* An amount of an event as a magnitude in the direction of the cost. */
static int128
event_money(const AssetHistory *history, const Monetary *cost, Datum datum)
{
	const Monetary *money = DatumGetMonetaryP(datum);

	monetary_check_same_currency(cost, money, "combine in one asset");
	return history->is_credit ? -monetary_amount(money) : monetary_amount(money);
}

/* What is no number of shares is a share of nothing, which asset_life.c reports. */
static int128
event_share(Datum datum)
{
	int128 share;

	if (numeric_to_scaled_overflow(DatumGetNumeric(datum), MONETARY_SCALE, &share))
		return 0;
	return share;
}

static int128
round_to_unit(const AssetHistory *history, int128 amount)
{
	return div_round_s128(amount, history->unit) * history->unit;
}

static void
read_event(const AssetHistory *history, const Monetary *cost, TupleDesc columns, Datum datum,
		   AssetEvent *event)
{
	HeapTupleHeader header = DatumGetHeapTupleHeader(datum);
	HeapTupleData tuple = {.t_len = HeapTupleHeaderGetDatumLength(header), .t_data = header};
	Datum values[NUM_FIELDS];
	bool nulls[NUM_FIELDS];

	heap_deform_tuple(&tuple, columns, values, nulls);
	if (nulls[FIELD_HAPPENED_ON] || nulls[FIELD_KIND])
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("happened_on and kind of an asset_event must not be null")));
	event->happened_on = DatumGetDateADT(values[FIELD_HAPPENED_ON]);
	check_finite(event->happened_on, "happened_on of an asset_event");
	event->kind = event_kind(DatumGetTextPP(values[FIELD_KIND]));
	event->has_amount = !nulls[FIELD_AMOUNT];
	event->has_share = !nulls[FIELD_SHARE];
	event->amount = nulls[FIELD_AMOUNT] ? 0 : event_money(history, cost, values[FIELD_AMOUNT]);
	event->share = nulls[FIELD_SHARE] ? 0 : event_share(values[FIELD_SHARE]);
	event->proceeds =
		nulls[FIELD_PROCEEDS] ? 0 : event_money(history, cost, values[FIELD_PROCEEDS]);
	event->impairment =
		nulls[FIELD_IMPAIRMENT] ? 0 : event_money(history, cost, values[FIELD_IMPAIRMENT]);
	event->used_chip_ms =
		nulls[FIELD_USED_CHIP_MS] ? -1 : DatumGetInt64(values[FIELD_USED_CHIP_MS]);
	event->policy = nulls[FIELD_POLICY] ? NULL : policy_from_datum(values[FIELD_POLICY]);
	if (event->kind == EVENT_OPENING)
	{
		/* Balances of books that were kept in minor units. */
		event->amount = round_to_unit(history, event->amount);
		event->impairment = round_to_unit(history, event->impairment);
	}
}

static int
compare_events(const void *left, const void *right)
{
	const AssetEvent *a = left;
	const AssetEvent *b = right;

	if (a->happened_on != b->happened_on)
		return a->happened_on < b->happened_on ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->position < b->position ? -1 : 1;
}

static void
read_events(AssetHistory *history, const Monetary *cost, ArrayType *array)
{
	TupleDesc columns;
	Datum *elements;
	bool *nulls;
	int count;
	int i;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("events must be an array of one dimension, not of %d", ARR_NDIM(array))));
	count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	if (count == 0)
		return;
	if (count > MAX_EVENTS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("an asset must not have more than %d events, not %d", MAX_EVENTS, count)));
	columns = lookup_rowtype_tupdesc(ARR_ELEMTYPE(array), -1);
	if (columns->natts != NUM_FIELDS)
		elog(ERROR, "asset_event has %d columns, not %d", columns->natts, NUM_FIELDS);
	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_DOUBLE, &elements, &nulls,
					  &count);
	history->events = palloc(count * sizeof(AssetEvent));
	for (i = 0; i < count; i++)
	{
		if (nulls[i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("an asset_event in events must not be null")));
		history->events[i].position = i;
		read_event(history, cost, columns, elements[i], &history->events[i]);
	}
	ReleaseTupleDesc(columns);
	history->event_count = count;
	qsort(history->events, count, sizeof(AssetEvent), compare_events);
}

/* Use is counted from the day the first part of the asset goes into service. */
static DateADT
use_begins(const AssetHistory *history)
{
	DateADT begins = history->in_service;
	int i;

	for (i = 0; i < history->event_count; i++)
	{
		if (history->events[i].kind == EVENT_PLACED_IN_SERVICE &&
			history->events[i].happened_on >= history->acquired_on)
		{
			begins = Min(begins, history->events[i].happened_on);
			break;
		}
	}
	return Max(begins, history->acquired_on);
}

/* Sums up the uses that the events tell. */
static void
read_uses(AssetHistory *history)
{
	AssetUse *use = NULL;
	int i;

	for (i = 0; i < history->event_count; i++)
	{
		const AssetEvent *event = &history->events[i];

		if (event->kind != EVENT_USE || event->used_chip_ms < 0 ||
			event->happened_on < history->acquired_on)
			continue;
		if (use == NULL)
		{
			history->uses = palloc((history->event_count + 1) * sizeof(AssetUse));
			use = history->uses;
			use->date = use_begins(history);
			use->chip_ms = 0;
		}
		use++;
		use->date = Max(event->happened_on, use[-1].date);
		/* More than a policy's total can be is as good as all of it. */
		if (pg_add_s64_overflow(use[-1].chip_ms, event->used_chip_ms, &use->chip_ms))
			use->chip_ms = PG_INT64_MAX;
	}
	history->use_count = use == NULL ? 0 : (int) (use - history->uses) + 1;
}

/* The first opening of an asset that is held takes it into the books. */
static DateADT
find_cutover(const AssetHistory *history)
{
	int i;

	for (i = 0; i < history->event_count; i++)
	{
		if (history->events[i].kind == EVENT_OPENING &&
			history->events[i].happened_on >= history->acquired_on)
			return history->events[i].happened_on;
	}
	return DATEVAL_NOBEGIN;
}

static void
history_from_args(FunctionCallInfo fcinfo, AssetHistory *history, int fiscal_year_arg)
{
	const Monetary *cost = PG_GETARG_MONETARY_P(0);
	int128 amount = monetary_amount(cost);

	history->currency = monetary_currency(cost);
	history->is_credit = amount < 0;
	history->cost = amount < 0 ? -amount : amount;
	history->acquired_on = PG_GETARG_DATEADT(1);
	check_finite(history->acquired_on, "acquired_on");
	history->in_service = DATEVAL_NOEND;
	if (!PG_ARGISNULL(2))
	{
		history->in_service = PG_GETARG_DATEADT(2);
		check_finite(history->in_service, "in_service");
	}
	history->policy = PG_ARGISNULL(3) ? NULL : PG_GETARG_POLICY_P(3);
	history->fiscal_year_start = PG_GETARG_INT32(fiscal_year_arg);
	if (history->fiscal_year_start < 1 || history->fiscal_year_start > MONTHS_PER_YEAR)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("fiscal_year_start must be a month from 1 to 12, not %d",
							   history->fiscal_year_start)));
	history->unit = amortisation_posting_unit(history->currency);
	history->events = NULL;
	history->event_count = 0;
	history->uses = NULL;
	history->use_count = 0;
	history->cutover = DATEVAL_NOBEGIN;
	if (!PG_ARGISNULL(4))
	{
		read_events(history, cost, PG_GETARG_ARRAYTYPE_P(4));
		history->cutover = find_cutover(history);
		read_uses(history);
	}
}

static void
check_order(DateADT from_date, DateADT to_date)
{
	if (from_date > to_date)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("from_date must not be after to_date")));
}

static bool
any_arg_is_null(FunctionCallInfo fcinfo, int a, int b)
{
	return PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(a) || PG_ARGISNULL(b);
}

/*
 * Forming rows
 */

/* The function's own columns, looked up once for all its calls. */
static TupleDesc
result_columns(FunctionCallInfo fcinfo)
{
	TupleDesc columns = fcinfo->flinfo->fn_extra;
	MemoryContext old;

	if (columns != NULL)
		return columns;
	old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	if (get_call_result_type(fcinfo, NULL, &columns) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "asset function called where no row is accepted");
	columns = BlessTupleDesc(columns);
	fcinfo->flinfo->fn_extra = columns;
	MemoryContextSwitchTo(old);
	return columns;
}

#define MAX_COLUMNS 40

/* A row being filled in from left to right. */
typedef struct AssetRow
{
	const AssetHistory *history;
	int count;
	Datum values[MAX_COLUMNS];
	bool nulls[MAX_COLUMNS];
	Monetary money[MAX_COLUMNS];
} AssetRow;

static inline void
row_begin(AssetRow *row, const AssetHistory *history)
{
	row->history = history;
	row->count = 0;
}

static inline void
put_datum(AssetRow *row, Datum value)
{
	row->nulls[row->count] = false;
	row->values[row->count++] = value;
}

static inline void
put_null(AssetRow *row)
{
	row->nulls[row->count] = true;
	row->values[row->count++] = (Datum) 0;
}

static inline void
put_amount(AssetRow *row, int128 amount)
{
	Monetary *money = &row->money[row->count];

	if (!monetary_in_range(amount))
		amortisation_out_of_range();
	monetary_set(money, row->history->is_credit ? -amount : amount, row->history->currency);
	put_datum(row, MonetaryPGetDatum(money));
}

static inline void
put_state(AssetRow *row, AssetState state)
{
	put_datum(row, CStringGetTextDatum(asset_state_name(state)));
}

static Datum
row_datum(FunctionCallInfo fcinfo, AssetRow *row)
{
	TupleDesc columns = result_columns(fcinfo);

	Assert(row->count == columns->natts);
	return HeapTupleGetDatum(heap_form_tuple(columns, row->values, row->nulls));
}

/*
 * asset_balance(cost, acquired_on, in_service, policy, events, at_date,
 * fiscal_year_start)
 */
Datum
asset_event_balance(PG_FUNCTION_ARGS)
{
	AssetHistory history;
	AssetLife life;
	AssetPosting posting;
	AssetRow row;
	DateADT at_date;
	DateADT end;
	bool held;

	if (any_arg_is_null(fcinfo, 5, 6))
		PG_RETURN_NULL();
	at_date = PG_GETARG_DATEADT(5);
	check_finite(at_date, "at_date");
	history_from_args(fcinfo, &history, 6);
	asset_life_begin(&life, &history);
	asset_life_advance(&life, at_date);
	asset_life_post(&life, at_date, &posting);
	held = posting.state != ASSET_NOT_HELD;
	end = held ? asset_life_end(&life) : DATEVAL_NOEND;

	row_begin(&row, &history);
	put_state(&row, posting.state);
	put_amount(&row, posting.construction);
	put_amount(&row, posting.cost);
	put_amount(&row, posting.accumulated);
	put_amount(&row, posting.impairment_held);
	put_amount(&row, posting.book_value);
	/* Cut, not rounded: as much may be reversed. */
	put_amount(&row,
			   held ? asset_life_reversal_limit(&life, at_date) / history.unit * history.unit : 0);
	if (end == DATEVAL_NOEND)
		put_null(&row);
	else
		put_datum(&row, DateADTGetDatum(end));
	PG_RETURN_DATUM(row_datum(fcinfo, &row));
}

/* opening, then the movements between two postings, then closing: one group of columns each */
#define MOVED(what) put_amount(&row, b.flows.what - a.flows.what)

/*
 * asset_movement(cost, acquired_on, in_service, policy, events, from_date,
 * to_date, fiscal_year_start)
 */
Datum
asset_event_movement(PG_FUNCTION_ARGS)
{
	AssetHistory history;
	AssetLife life;
	AssetPosting a;
	AssetPosting b;
	AssetRow row;
	DateADT from_date;
	DateADT to_date;

	if (any_arg_is_null(fcinfo, 5, 6) || PG_ARGISNULL(7))
		PG_RETURN_NULL();
	from_date = PG_GETARG_DATEADT(5);
	to_date = PG_GETARG_DATEADT(6);
	check_finite(from_date, "from_date");
	check_finite(to_date, "to_date");
	check_order(from_date, to_date);
	history_from_args(fcinfo, &history, 7);
	asset_life_begin(&life, &history);
	asset_life_advance(&life, from_date);
	asset_life_post(&life, from_date, &a);
	asset_life_advance(&life, to_date);
	asset_life_post(&life, to_date, &b);

	row_begin(&row, &history);
	put_state(&row, b.state);
	put_amount(&row, a.construction);
	MOVED(construction_brought_forward);
	MOVED(construction_additions);
	MOVED(construction_interest);
	MOVED(placed_in_service);
	MOVED(construction_disposals);
	put_amount(&row, b.construction);
	put_amount(&row, a.cost);
	MOVED(cost_brought_forward);
	MOVED(additions);
	MOVED(interest);
	MOVED(retirement_obligation);
	MOVED(disposals);
	put_amount(&row, b.cost);
	put_amount(&row, a.accumulated);
	MOVED(accumulated_brought_forward);
	put_amount(&row, b.charge - a.charge);
	MOVED(accumulated_disposals);
	put_amount(&row, b.accumulated);
	put_amount(&row, a.impairment_held);
	MOVED(impairment_brought_forward);
	MOVED(impairment);
	MOVED(reversal);
	MOVED(impairment_disposals);
	put_amount(&row, b.impairment_held);
	put_amount(&row, a.book_value);
	put_amount(&row, b.book_value);
	MOVED(proceeds);
	put_amount(&row, b.disposal_gain - a.disposal_gain);
	PG_RETURN_DATUM(row_datum(fcinfo, &row));
}

/*
 * asset_schedule(cost, acquired_on, in_service, policy, events, period,
 * fiscal_year_start)
 */

/* The first day without a charge, or after the disposal of the whole; 22023 when there is none. */
static DateADT
schedule_end(const AssetHistory *history)
{
	AssetLife life;
	DateADT last = history->acquired_on;
	DateADT end;

	if (history->event_count > 0)
		last = Max(last, history->events[history->event_count - 1].happened_on);
	if (history->in_service != DATEVAL_NOEND)
		last = Max(last, history->in_service);
	asset_life_begin(&life, history);
	asset_life_advance(&life, last + 1);
	if (life.disposed)
		return life.disposed_on + 1;
	end = asset_life_end(&life);
	if (end == DATEVAL_NOEND)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("an asset whose amortisation has no known end has no schedule"),
						errdetail("It is under construction, never depreciated, or its policy has "
								  "no life."),
						errhint("Ask asset_balance() and asset_movement() for the dates you "
								"need.")));
	return Max(end, last + 1);
}

/* The number of a date's month, counted from January of the year 0. */
static int
month_of(DateADT date)
{
	int year;
	int month;
	int day;

	j2date(date + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	return year * MONTHS_PER_YEAR + month - 1;
}

/* What left the books with disposals. */
static int128
disposed_book_value(const AssetFlows *flows)
{
	return flows->disposals + flows->construction_disposals - flows->accumulated_disposals -
		   flows->impairment_disposals;
}

static int128
added_cost(const AssetFlows *flows)
{
	return flows->construction_additions + flows->construction_interest + flows->additions +
		   flows->interest + flows->retirement_obligation;
}

/*
 * period_start, period_end, opening, additions, charge, impairment, reversal,
 * disposals, closing. The purchase, or what was brought forward, is there when the
 * first period opens.
 */
static void
put_schedule_row(AssetRow *row, DateADT start, DateADT end, const AssetPosting *a,
				 const AssetPosting *b)
{
	int128 opening = a->book_value;
	int128 additions = added_cost(&b->flows) - added_cost(&a->flows);

	if (a->state == ASSET_NOT_HELD && row->history->cutover != DATEVAL_NOBEGIN)
		opening = b->flows.construction_brought_forward + b->flows.cost_brought_forward -
				  b->flows.accumulated_brought_forward - b->flows.impairment_brought_forward;
	else if (a->state == ASSET_NOT_HELD)
	{
		opening = row->history->cost;
		additions -= opening;
	}
	row->count = 0;
	put_datum(row, DateADTGetDatum(start));
	put_datum(row, DateADTGetDatum(end));
	put_amount(row, opening);
	put_amount(row, additions);
	put_amount(row, b->charge - a->charge);
	put_amount(row, b->flows.impairment - a->flows.impairment);
	put_amount(row, b->flows.reversal - a->flows.reversal);
	put_amount(row, disposed_book_value(&b->flows) - disposed_book_value(&a->flows));
	put_amount(row, b->book_value);
}

Datum
asset_event_schedule(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	AssetHistory history;
	AssetLife life;
	AssetPosting postings[2];
	AssetRow row;
	DateADT start;
	DateADT last;
	int months;
	int month;
	int i;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (any_arg_is_null(fcinfo, 5, 6))
		return (Datum) 0;
	months = period_months(PG_GETARG_INTERVAL_P(5));
	history_from_args(fcinfo, &history, 6);
	last = schedule_end(&history);
	start = Max(history.acquired_on, history.cutover);
	month = month_of(start);
	/* An event may lie in the year 5,874,897: its schedule would fill the disk. */
	if (month_of(last) - month > MAX_SCHEDULE_MONTHS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the schedule of an asset spans more than %d months", MAX_SCHEDULE_MONTHS),
				 errdetail("It runs to its last event, in the year %d.",
						   month_of(last - 1) / MONTHS_PER_YEAR)));
	asset_life_begin(&life, &history);
	asset_life_post(&life, start, &postings[0]);
	row_begin(&row, &history);
	for (i = 0; start < last; i = 1 - i)
	{
		DateADT end;

		CHECK_FOR_INTERRUPTS();
		month = period_end_month(month, months, history.fiscal_year_start);
		end = Min(month_start(month), last);
		asset_life_advance(&life, end);
		asset_life_post(&life, end, &postings[1 - i]);
		put_schedule_row(&row, start, end, &postings[i], &postings[1 - i]);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, row.values, row.nulls);
		start = end;
	}
	return (Datum) 0;
}

/*
 * asset_event_problems(cost, acquired_on, in_service, policy, events,
 * fiscal_year_start)
 */

/* Where the problems go. */
typedef struct ProblemSink
{
	ReturnSetInfo *rsinfo;
	AssetRow row;
} ProblemSink;

static void
put_problem(void *arg, DateADT happened_on, AssetEventKind kind, const char *problem, int128 amount)
{
	ProblemSink *sink = arg;
	AssetRow *row = &sink->row;

	row->count = 0;
	put_datum(row, DateADTGetDatum(happened_on));
	put_datum(row,
			  CStringGetTextDatum(kind == EVENT_IN_SERVICE ? "in_service" : event_kinds[kind]));
	put_datum(row, CStringGetTextDatum(problem));
	if (amount == 0)
		put_null(row);
	else
		put_amount(row, round_to_unit(row->history, amount));
	tuplestore_putvalues(sink->rsinfo->setResult, sink->rsinfo->setDesc, row->values, row->nulls);
}

Datum
asset_event_problems(PG_FUNCTION_ARGS)
{
	AssetHistory history;
	AssetLife life;
	ProblemSink sink;
	DateADT last;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (any_arg_is_null(fcinfo, 5, 5))
		return (Datum) 0;
	history_from_args(fcinfo, &history, 5);
	sink.rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	row_begin(&sink.row, &history);
	last = history.acquired_on;
	if (history.event_count > 0)
		last = Max(last, history.events[history.event_count - 1].happened_on);
	asset_life_begin(&life, &history);
	life.report = put_problem;
	life.report_arg = &sink;
	asset_life_advance(&life, last + 1);
	return (Datum) 0;
}

/*
 * average_construction(cost, acquired_on, in_service, policy, events, from_date,
 * to_date, fiscal_year_start): the sum of each day's balance over the days, every
 * balance times its days divided with remainders kept.
 */
Datum
asset_event_average_construction(PG_FUNCTION_ARGS)
{
	AssetHistory history;
	AssetLife life;
	DateADT from_date;
	DateADT to_date;
	DateADT day;
	int64 days;
	int128 average = 0;
	int128 rest = 0;

	if (any_arg_is_null(fcinfo, 5, 6) || PG_ARGISNULL(7))
		PG_RETURN_NULL();
	from_date = PG_GETARG_DATEADT(5);
	to_date = PG_GETARG_DATEADT(6);
	check_finite(from_date, "from_date");
	check_finite(to_date, "to_date");
	check_order(from_date, to_date);
	history_from_args(fcinfo, &history, 7);
	days = (int64) to_date - from_date;
	if (days == 0)
		PG_RETURN_NULL();
	asset_life_begin(&life, &history);
	life.skip_interest_from = from_date;
	for (day = from_date; day < to_date;)
	{
		DateADT next;
		int128 part;
		uint128 remainder;

		CHECK_FOR_INTERRUPTS();
		/* What happens on a day counts from its start. */
		asset_life_advance(&life, day + 1);
		next = Min(asset_life_next_change(&life), to_date);
		if (day < history.cutover)
			next = Min(history.cutover, to_date);
		else if (mul_div_floor_s128_overflow(life.construction, next - day, days, &part,
											 &remainder))
			amortisation_out_of_range();
		else
		{
			average += part;
			rest += (int128) remainder;
		}
		day = next;
	}
	average += div_round_s128(rest, days);
	PG_RETURN_MONETARY_P(monetary_make(history.is_credit ? -average : average, history.currency));
}
