/*
 * exposure_book_agg.c
 *		How exposure adds up: rows of counterparty, kind and amount, whole books, and
 *		the way back for window frames. While rows come in, a book is an expanded
 *		object: a hash table in the aggregate's memory, flattened, and put in order,
 *		when it travels or is done. Sums are integers, so that neither the order of rows
 *		nor the number of workers changes a digit.
 */
#include "exposure_book.h"

#include "common/hashfn.h"
#include "common/int.h"
#include "miscadmin.h"
#include "utils/expandeddatum.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(exposure_book_add);
PG_FUNCTION_INFO_V1(exposure_book_add_kind);
PG_FUNCTION_INFO_V1(exposure_book_remove);
PG_FUNCTION_INFO_V1(exposure_book_remove_kind);
PG_FUNCTION_INFO_V1(exposure_book_combine);
PG_FUNCTION_INFO_V1(exposure_book_subtract);
PG_FUNCTION_INFO_V1(exposure_book_final);
PG_FUNCTION_INFO_V1(exposure_book_sum);

/* Room in the table of a new state. */
#define FIRST_CAPACITY 8

/* A line in memory, its text behind it. As a key one has text and lengths alone. */
typedef struct StateLine
{
	ExposureItem item;
	char text[FLEXIBLE_ARRAY_MEMBER];
} StateLine;

typedef struct LineSlot
{
	const ExposureItem *key; /* the item of a StateLine */
	uint32 hash;
	char status;
} LineSlot;

static inline uint32
hash_of(const ExposureItem *key)
{
	return hash_bytes((const unsigned char *) key->text, exposure_text_length(key));
}

static inline bool
keys_equal(const ExposureItem *a, const ExposureItem *b)
{
	return a->name_length == b->name_length && a->kind_length == b->kind_length &&
		   memcmp(a->text, b->text, exposure_text_length(a)) == 0;
}

#define SH_PREFIX lines
#define SH_ELEMENT_TYPE LineSlot
#define SH_KEY_TYPE const ExposureItem *
#define SH_KEY key
#define SH_HASH_KEY(table, key) hash_of(key)
#define SH_EQUAL(table, a, b) keys_equal(a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(table, slot) ((slot)->hash)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

typedef struct ExposureState
{
	ExpandedObjectHeader head;
	Currency currency; /* CURRENCY_INVALID while no amount is known */
	int64 rows;        /* entries and unknowns of all lines */
	int64 known_lines; /* lines with an entry */
	uint64 text_size;
	lines_hash *table;
	StateLine *last; /* of the row before, which the next one is often for */
} ExposureState;

/*
 * The state as an expanded object
 */

static const ExposureItem **
items_in_order(const ExposureState *state)
{
	int64 count = state->table->members;
	const ExposureItem **items =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(ExposureItem *) * count + 1);
	lines_iterator iterator;
	LineSlot *slot;
	int64 n = 0;

	lines_start_iterate(state->table, &iterator);
	while ((slot = lines_iterate(state->table, &iterator)) != NULL)
		items[n++] = slot->key;
	exposure_sort(items, count);
	return items;
}

static Size
state_flat_size(ExpandedObjectHeader *head)
{
	const ExposureState *state = (const ExposureState *) head;

	return exposure_book_size(state->table->members, state->text_size);
}

/*
 * The caller's memory may be that of a sort, in which nothing can be freed: what is
 * needed meanwhile is taken from the state's.
 */
static void
state_flatten_into(ExpandedObjectHeader *head, void *result, Size allocated_size)
{
	const ExposureState *state = (const ExposureState *) head;
	MemoryContext caller = MemoryContextSwitchTo(head->eoh_context);
	const ExposureItem **items = items_in_order(state);

	Assert(allocated_size == state_flat_size(head));
	exposure_book_fill(result, items, (int) state->table->members, state->currency);
	pfree(items);
	MemoryContextSwitchTo(caller);
}

static const ExpandedObjectMethods state_methods = {state_flat_size, state_flatten_into};

static ExposureState *
state_new(MemoryContext parent)
{
	MemoryContext context =
		AllocSetContextCreate(parent, "exposure_book", ALLOCSET_START_SMALL_SIZES);
	ExposureState *state = MemoryContextAllocZero(context, sizeof(ExposureState));

	EOH_init_header(&state->head, &state_methods, context);
	state->table = lines_create(context, FIRST_CAPACITY, NULL);
	return state;
}

/*
 * Lines
 */

static StateLine *
new_line(ExposureState *state, const ExposureItem *key)
{
	Size text_size = exposure_text_length(key);
	StateLine *line =
		MemoryContextAlloc(state->head.eoh_context, offsetof(StateLine, text) + text_size);

	memset(line, 0, sizeof(StateLine));
	memcpy(line->text, key->text, text_size);
	line->item.text = line->text;
	line->item.name_length = key->name_length;
	line->item.kind_length = key->kind_length;
	state->text_size += text_size;
	return line;
}

static inline StateLine *
line_of_slot(LineSlot *slot)
{
	return (StateLine *) unconstify(ExposureItem *, slot->key);
}

/* The line of a key, made when there is none. */
static inline StateLine *
line_of(ExposureState *state, const ExposureItem *key)
{
	LineSlot *slot;
	bool found;

	if (state->last != NULL && keys_equal(&state->last->item, key))
		return state->last;
	slot = lines_insert(state->table, key, &found);
	if (!found)
		slot->key = &new_line(state, key)->item;
	state->last = line_of_slot(slot);
	return state->last;
}

/* The line of a key that must be there; 22023 when it is not. */
static StateLine *
line_held(ExposureState *state, const ExposureItem *key)
{
	LineSlot *slot = lines_lookup(state->table, key);

	if (slot == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot take \"%s\" out of an exposure_book that does not hold it",
							   pnstrdup(key->text, key->name_length))));
	return line_of_slot(slot);
}

/* After something was taken out of a line: it must be possible, and goes when nothing is left. */
static void
check_line_left(ExposureState *state, StateLine *line, bool was_known)
{
	const ExposureSums *sums = &line->item.sums;

	if (!exposure_sums_possible(sums))
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("cannot take an amount of \"%s\" out of an exposure_book that never held it",
					pnstrdup(line->text, line->item.name_length))));
	if (was_known && sums->entries == 0)
		state->known_lines--;
	if (state->known_lines == 0)
		state->currency = CURRENCY_INVALID;
	if (sums->entries == 0 && sums->unknowns == 0)
	{
		lines_delete(state->table, &line->item);
		state->text_size -= exposure_text_length(&line->item);
		state->last = NULL;
		pfree(line);
	}
}

/*
 * Whole books into a state, and out of it
 */

static void
add_book(ExposureState *state, const ExposureBook *book)
{
	state->currency = exposure_one_currency(state->currency, book->currency);
	for (int i = 0; i < book->lines; i++)
	{
		ExposureItem item = exposure_item(book, i);
		StateLine *line = line_of(state, &item);

		CHECK_FOR_INTERRUPTS();
		if (pg_add_s64_overflow(state->rows, item.sums.entries, &state->rows) ||
			pg_add_s64_overflow(state->rows, item.sums.unknowns, &state->rows))
			exposure_too_many_entries();
		state->known_lines += line->item.sums.entries == 0 && item.sums.entries > 0;
		exposure_sums_add(&line->item.sums, &item.sums);
	}
}

static void
remove_book(ExposureState *state, const ExposureBook *book)
{
	(void) exposure_one_currency(state->currency, book->currency);
	for (int i = 0; i < book->lines; i++)
	{
		ExposureItem item = exposure_item(book, i);
		StateLine *line = line_held(state, &item);
		ExposureSums *sums = &line->item.sums;
		bool was_known = sums->entries > 0;

		CHECK_FOR_INTERRUPTS();
		/* All are within their limits: what is too much is negative afterwards. */
		sums->entries -= item.sums.entries;
		sums->unknowns -= item.sums.unknowns;
		state->rows -= item.sums.entries + item.sums.unknowns;
		(void) int192_sub_overflow(&sums->positive, &item.sums.positive);
		(void) int192_sub_overflow(&sums->negative, &item.sums.negative);
		check_line_left(state, line, was_known);
	}
}

/*
 * The state to change. In an aggregate argument 0 is ours and is changed in place; of
 * a value that anybody else can see a copy is made.
 */
static inline ExposureState *
state_for_update(FunctionCallInfo fcinfo)
{
	MemoryContext context = CurrentMemoryContext;
	bool in_aggregate = AggCheckCallContext(fcinfo, &context) != 0;
	ExposureState *state;

	if (likely(in_aggregate && !PG_ARGISNULL(0) &&
			   VARATT_IS_EXTERNAL_EXPANDED_RW(PG_GETARG_POINTER(0))))
	{
		ExpandedObjectHeader *head = DatumGetEOHP(PG_GETARG_DATUM(0));

		if (likely(head->eoh_methods == &state_methods))
			return (ExposureState *) head;
	}
	state = state_new(in_aggregate ? context : CurrentMemoryContext);
	if (!PG_ARGISNULL(0))
		add_book(state, exposure_book_read(PG_GETARG_DATUM(0)));
	return state;
}

/* Outside an aggregate the value is anybody's: in order, and one piece of memory. */
static inline Datum
state_result(FunctionCallInfo fcinfo, ExposureState *state)
{
	Size size;
	void *flat;

	if (likely(AggCheckCallContext(fcinfo, NULL)))
		return EOHPGetRWDatum(&state->head);
	size = EOH_get_flat_size(&state->head);
	flat = palloc(size);
	EOH_flatten_into(&state->head, flat, size);
	MemoryContextDelete(state->head.eoh_context);
	PG_RETURN_POINTER(flat);
}

/*
 * Rows
 */

/* Counterparty and kind as one text, as lines have it; the memory is that of a row. */
static void
append_kind(ExposureItem *key, text *kind)
{
	char *text;

	key->kind_length = VARSIZE_ANY_EXHDR(kind);
	if (key->kind_length == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("kind of an exposure must not be empty"),
						errhint("Use NULL for an exposure without a kind.")));
	text = palloc((Size) key->name_length + key->kind_length);
	memcpy(text, key->text, key->name_length);
	memcpy(text + key->name_length, VARDATA_ANY(kind), key->kind_length);
	key->text = text;
}

/* Reads the arguments of a row; false when they say nothing, which an outer join may leave. */
static inline bool
read_row(FunctionCallInfo fcinfo, int kind_argument, ExposureItem *key, const Monetary **amount)
{
	int amount_argument = kind_argument + 1;
	text *name;

	*amount = PG_ARGISNULL(amount_argument) ? NULL : PG_GETARG_MONETARY_P(amount_argument);
	if (unlikely(PG_ARGISNULL(1)))
	{
		if (*amount == NULL)
			return false;
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("counterparty of an exposure must not be null: %s",
							   monetary_to_text(*amount)),
						errhint("Name what is not known, such as coalesce(counterparty, "
								"'unknown client').")));
	}
	name = PG_GETARG_TEXT_PP(1);
	key->text = VARDATA_ANY(name);
	key->name_length = VARSIZE_ANY_EXHDR(name);
	key->kind_length = 0;
	if (kind_argument > 1 && !PG_ARGISNULL(kind_argument))
		append_kind(key, PG_GETARG_TEXT_PP(kind_argument));
	if (unlikely(key->name_length == 0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("counterparty of an exposure must not be empty")));
	return true;
}

/* An amount onto a sum, or off it. */
static inline void
change_sum(ExposureSums *sums, int128 amount, bool remove)
{
	Int192 *sum = amount < 0 ? &sums->negative : &sums->positive;

	if (remove)
		(void) int192_sub_u128_overflow(sum, abs_s128(amount));
	else
		(void) int192_add_u128_overflow(sum, abs_s128(amount));
}

static Datum
add_row(FunctionCallInfo fcinfo, int kind_argument)
{
	ExposureState *state = state_for_update(fcinfo);
	const Monetary *amount;
	ExposureSums *sums;
	ExposureItem key;

	if (!read_row(fcinfo, kind_argument, &key, &amount))
		return state_result(fcinfo, state);
	if (amount != NULL && unlikely(state->currency != monetary_currency(amount)))
		state->currency = exposure_one_currency(state->currency, monetary_currency(amount));
	sums = &line_of(state, &key)->item.sums;
	if (unlikely(pg_add_s64_overflow(state->rows, 1, &state->rows)))
		exposure_too_many_entries();
	if (amount == NULL)
		sums->unknowns++;
	else
	{
		if (unlikely(sums->entries++ == 0))
			state->known_lines++;
		change_sum(sums, monetary_amount(amount), false);
	}
	return state_result(fcinfo, state);
}

static Datum
remove_row(FunctionCallInfo fcinfo, int kind_argument)
{
	ExposureState *state = state_for_update(fcinfo);
	const Monetary *amount;
	StateLine *line;
	bool was_known;
	ExposureItem key;

	if (!read_row(fcinfo, kind_argument, &key, &amount))
		return state_result(fcinfo, state);
	if (amount != NULL)
		(void) exposure_one_currency(state->currency, monetary_currency(amount));
	line = line_held(state, &key);
	was_known = line->item.sums.entries > 0;
	state->rows--;
	if (amount == NULL)
		line->item.sums.unknowns--;
	else
	{
		line->item.sums.entries--;
		change_sum(&line->item.sums, monetary_amount(amount), true);
	}
	check_line_left(state, line, was_known);
	return state_result(fcinfo, state);
}

/* exposure_book_add(state, counterparty, amount) */
Datum
exposure_book_add(PG_FUNCTION_ARGS)
{
	return add_row(fcinfo, 1);
}

/* exposure_book_add(state, counterparty, kind, amount) */
Datum
exposure_book_add_kind(PG_FUNCTION_ARGS)
{
	return add_row(fcinfo, 2);
}

Datum
exposure_book_remove(PG_FUNCTION_ARGS)
{
	return remove_row(fcinfo, 1);
}

Datum
exposure_book_remove_kind(PG_FUNCTION_ARGS)
{
	return remove_row(fcinfo, 2);
}

/*
 * Whole books
 */

static Datum
change_by_book(FunctionCallInfo fcinfo, bool remove)
{
	ExposureState *state;

	/* In an aggregate over NULLs alone the state is empty: that of a moving one must not be NULL. */
	if (PG_ARGISNULL(0) && PG_ARGISNULL(1) && !AggCheckCallContext(fcinfo, NULL))
		PG_RETURN_NULL();
	state = state_for_update(fcinfo);
	if (!PG_ARGISNULL(1))
	{
		const ExposureBook *book = exposure_book_read(PG_GETARG_DATUM(1));

		if (remove)
			remove_book(state, book);
		else
			add_book(state, book);
	}
	return state_result(fcinfo, state);
}

/* The combine function, and the transition function of rollup. */
Datum
exposure_book_combine(PG_FUNCTION_ARGS)
{
	return change_by_book(fcinfo, false);
}

Datum
exposure_book_subtract(PG_FUNCTION_ARGS)
{
	return change_by_book(fcinfo, true);
}

/* The value of an aggregate; NULL when no row said anything. */
Datum
exposure_book_final(PG_FUNCTION_ARGS)
{
	const ExposureBook *book = exposure_book_read(PG_GETARG_DATUM(0));

	if (book->lines == 0)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(book);
}

/* a + b: two values in order are merged as they are. */
Datum
exposure_book_sum(PG_FUNCTION_ARGS)
{
	const ExposureBook *a = exposure_book_read(PG_GETARG_DATUM(0));
	const ExposureBook *b = exposure_book_read(PG_GETARG_DATUM(1));
	Currency currency = exposure_one_currency(a->currency, b->currency);
	Size room = (Size) a->lines + b->lines + 1;
	ExposureItem *items = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(ExposureItem) * room);
	const ExposureItem **order =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(ExposureItem *) * room);
	int64 rows = 0;
	int lines = 0;
	int i = 0;
	int j = 0;

	while (i < a->lines || j < b->lines)
	{
		ExposureItem *item = &items[lines];
		ExposureItem other;
		int first;

		if (i < a->lines)
			*item = exposure_item(a, i);
		if (j < b->lines)
			other = exposure_item(b, j);
		first = i >= a->lines ? 1 : j >= b->lines ? -1 : exposure_compare(item, &other);
		if (first > 0)
			*item = other;
		else if (first == 0)
			exposure_sums_add(&item->sums, &other.sums);
		i += first <= 0;
		j += first >= 0;
		if (pg_add_s64_overflow(rows, item->sums.entries, &rows) ||
			pg_add_s64_overflow(rows, item->sums.unknowns, &rows))
			exposure_too_many_entries();
		order[lines++] = item;
	}
	PG_RETURN_POINTER(exposure_book_make(order, lines, currency));
}
