/*
 * exposure_book.c
 *		Exposure by counterparty as an SQL type: its text and binary form, its
 *		consistency and equality. How rows get into it is in exposure_book_agg.c, what
 *		is read from it in exposure_book_figures.c and exposure_concentration.c.
 */
#include "exposure_book.h"

#include "common/hashfn.h"
#include "common/int.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "parser/scansup.h"
#include "port/pg_bswap.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(exposure_book_in);
PG_FUNCTION_INFO_V1(exposure_book_out);
PG_FUNCTION_INFO_V1(exposure_book_recv);
PG_FUNCTION_INFO_V1(exposure_book_send);
PG_FUNCTION_INFO_V1(exposure_book_eq);
PG_FUNCTION_INFO_V1(exposure_book_ne);
PG_FUNCTION_INFO_V1(exposure_book_hash);
PG_FUNCTION_INFO_V1(exposure_book_hash_extended);

/* Room for the digits of 192 bits and a point. */
#define SUM_DIGITS 62

/* What a book without an amount has in place of a currency. */
#define NO_CURRENCY "none"

/* The least that a line takes in a message: lengths, a letter, counts and sums. */
#define WIRE_LINE_SIZE (4 + 1 + 4 + 8 + 8 + 24 + 24)

/*
 * Order
 */

static int
compare_bytes(const char *a, int32 a_length, const char *b, int32 b_length)
{
	int order = memcmp(a, b, Min(a_length, b_length));

	return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

int
exposure_compare(const ExposureItem *a, const ExposureItem *b)
{
	int order = compare_bytes(a->text, a->name_length, b->text, b->name_length);

	if (order != 0)
		return order;
	return compare_bytes(a->text + a->name_length, a->kind_length, b->text + b->name_length,
						 b->kind_length);
}

/* An item and the first bytes of its counterparty as a number, which mostly decides. */
typedef struct SortItem
{
	uint64 prefix;
	const ExposureItem *item;
} SortItem;

static int
compare_sort_items(const void *a, const void *b)
{
	const SortItem *x = a;
	const SortItem *y = b;

	if (x->prefix != y->prefix)
		return x->prefix < y->prefix ? -1 : 1;
	return exposure_compare(x->item, y->item);
}

void
exposure_sort(const ExposureItem **items, int64 count)
{
	SortItem *sorted = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(SortItem) * count + 1);

	for (int64 i = 0; i < count; i++)
	{
		uint64 prefix = 0;

		memcpy(&prefix, items[i]->text, Min(items[i]->name_length, (int32) sizeof(prefix)));
		sorted[i] = (SortItem){pg_ntoh64(prefix), items[i]};
	}
	CHECK_FOR_INTERRUPTS();
	qsort(sorted, count, sizeof(SortItem), compare_sort_items);
	CHECK_FOR_INTERRUPTS();
	for (int64 i = 0; i < count; i++)
		items[i] = sorted[i].item;
	pfree(sorted);
}

/*
 * Values in memory
 */

const ExposureBook *
exposure_book_read(Datum value)
{
	const ExposureBook *book = (const ExposureBook *) PG_DETOAST_DATUM(value);
	Size size = VARSIZE(book);

	if (size < EXPOSURE_BOOK_HEAD)
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("exposure_book of %zu bytes is not valid", size)));
	if (book->version != EXPOSURE_BOOK_VERSION)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("exposure_book has version %d, which this chipbook cannot read",
							   book->version),
						errhint("It was written by a newer chipbook: update the extension.")));
	if (book->lines < 0 || book->text_size < 0 ||
		size != EXPOSURE_BOOK_SIZE(book->lines, book->text_size))
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("exposure_book of %zu bytes is not valid", size)));
	return book;
}

Size
exposure_book_size(int64 lines, uint64 text_size)
{
	/* Both are bounded by memory, so that the sum does not wrap. */
	Size size = EXPOSURE_BOOK_SIZE(lines, text_size);

	if (size > MaxAllocSize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("exposure_book of %lld lines is too large", (long long) lines),
				 errdetail("It would take %zu bytes, and a value must be below 1 GB.", size)));
	return size;
}

void
exposure_book_fill(ExposureBook *book, const ExposureItem **items, int lines, Currency currency)
{
	int32 text_at = 0;
	char *text;

	memset(book, 0, EXPOSURE_BOOK_HEAD);
	book->version = EXPOSURE_BOOK_VERSION;
	book->currency = currency;
	book->lines = lines;
	text = (char *) book + EXPOSURE_BOOK_SIZE(lines, 0);
	for (int i = 0; i < lines; i++)
	{
		const ExposureItem *item = items[i];
		int32 length = exposure_text_length(item);

		book->line[i] =
			(ExposureLine){item->sums, text_at, item->name_length, item->kind_length, 0};
		memcpy(text + text_at, item->text, length);
		text_at += length;
	}
	book->text_size = text_at;
	SET_VARSIZE(book, EXPOSURE_BOOK_SIZE(lines, text_at));
}

ExposureBook *
exposure_book_make(const ExposureItem **items, int lines, Currency currency)
{
	uint64 text_size = 0;
	ExposureBook *book;

	for (int i = 0; i < lines; i++)
		text_size += exposure_text_length(items[i]);
	book = palloc(exposure_book_size(lines, text_size));
	exposure_book_fill(book, items, lines, currency);
	return book;
}

/*
 * Sums
 */

void
exposure_too_many_entries(void)
{
	ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					errmsg("value out of range for type exposure_book: more than 2^63 entries")));
}

void
exposure_sums_add(ExposureSums *sums, const ExposureSums *more)
{
	if (pg_add_s64_overflow(sums->entries, more->entries, &sums->entries) ||
		pg_add_s64_overflow(sums->unknowns, more->unknowns, &sums->unknowns))
		exposure_too_many_entries();
	/* So many entries are below the limit of a sum. */
	(void) int192_add_overflow(&sums->positive, &more->positive);
	(void) int192_add_overflow(&sums->negative, &more->negative);
}

Currency
exposure_one_currency(Currency a, Currency b)
{
	char text_a[CURRENCY_TEXT_SIZE];
	char text_b[CURRENCY_TEXT_SIZE];

	if (a != b && a != CURRENCY_INVALID && b != CURRENCY_INVALID)
		ereport(ERROR, (errcode(ERRCODE_DATA_EXCEPTION),
						errmsg("an exposure_book has one currency, and cannot hold %s and %s",
							   currency_to_text(a, text_a), currency_to_text(b, text_b)),
						errhint("Add currency(m) to GROUP BY, or convert the values to one "
								"currency first.")));
	return a != CURRENCY_INVALID ? a : b;
}

/*
 * What contradicts itself in a value, or NULL: the one checker of in and recv, and of
 * sums that something was taken out of. Nothing that is added to a value in order
 * makes one that is not.
 */

/* Within entries of -2^111 to 2^111 - 1 each. */
bool
exposure_sums_possible(const ExposureSums *sums)
{
	Int192 room;

	if (sums->entries < 0 || sums->unknowns < 0 || int192_is_negative(&sums->positive) ||
		int192_is_negative(&sums->negative) || int192_is_too_large(&sums->positive) ||
		int192_is_too_large(&sums->negative))
		return false;
	room = int192_product(((int128) 1) << 111, sums->entries);
	(void) int192_sub_overflow(&room, &sums->negative);
	if (int192_is_negative(&room))
		return false;
	if (int192_is_zero(&sums->positive))
		return true;
	(void) int192_sub_overflow(&room, &sums->positive);
	return !int192_is_negative(&room) && !int192_is_zero(&room);
}

/* Of items in order. */
static const char *
items_fault(const ExposureItem **items, int lines, Currency currency)
{
	bool known = false;
	int64 rows = 0;

	for (int i = 0; i < lines; i++)
	{
		const ExposureSums *sums = &items[i]->sums;

		if (i > 0 && exposure_compare(items[i - 1], items[i]) == 0)
			return "a counterparty has two lines of one kind";
		if (!exposure_sums_possible(sums))
			return "a sum is more than its entries can come to";
		if (sums->entries == 0 && sums->unknowns == 0)
			return "a line without an entry";
		if (pg_add_s64_overflow(rows, sums->entries, &rows) ||
			pg_add_s64_overflow(rows, sums->unknowns, &rows))
			return "more than 2^63 entries";
		known |= sums->entries > 0;
	}
	if (known != (currency != CURRENCY_INVALID))
		return known ? "amounts without a currency" : "a currency without an amount";
	return NULL;
}

/*
 * Text form: the currency and a line for each counterparty and kind, such as
 *
 *		USD "Anthropic":"equity"=8.5-0.25/4?1 "Oracle"=300/1
 *
 * the sum of the positive amounts, that of the negative ones, how many there are of
 * both, and how many are unknown. Plain decimals, whatever the session's settings.
 */

static void
put_quoted(StringInfo out, const char *text, int32 length)
{
	appendStringInfoChar(out, '"');
	for (int32 i = 0; i < length; i++)
	{
		if (text[i] == '"' || text[i] == '\\')
			appendStringInfoChar(out, '\\');
		appendStringInfoChar(out, text[i]);
	}
	appendStringInfoChar(out, '"');
}

static void
put_sum(StringInfo out, Int192 magnitude)
{
	char buf[SUM_DIGITS + 1];
	char *p = buf + SUM_DIGITS;
	int decimals = 0;
	bool shown = false;

	*p = '\0';
	do
	{
		char digit = '0' + (char) int192_divide_u64(&magnitude, 10);

		if (decimals == MONETARY_SCALE && shown)
			*--p = '.';
		shown |= digit != '0';
		if (shown || decimals >= MONETARY_SCALE)
			*--p = digit;
	} while (++decimals <= MONETARY_SCALE || !int192_is_zero(&magnitude));
	appendStringInfoString(out, p);
}

Datum
exposure_book_out(PG_FUNCTION_ARGS)
{
	const ExposureBook *book = exposure_book_read(PG_GETARG_DATUM(0));
	StringInfoData out;
	char code[CURRENCY_TEXT_SIZE];

	initStringInfo(&out);
	appendStringInfoString(&out, book->currency == CURRENCY_INVALID
									 ? NO_CURRENCY
									 : currency_to_text(book->currency, code));
	for (int i = 0; i < book->lines; i++)
	{
		ExposureItem item = exposure_item(book, i);

		CHECK_FOR_INTERRUPTS();
		appendStringInfoChar(&out, ' ');
		put_quoted(&out, item.text, item.name_length);
		if (item.kind_length > 0)
		{
			appendStringInfoChar(&out, ':');
			put_quoted(&out, item.text + item.name_length, item.kind_length);
		}
		appendStringInfoChar(&out, '=');
		put_sum(&out, item.sums.positive);
		if (!int192_is_zero(&item.sums.negative))
		{
			appendStringInfoChar(&out, '-');
			put_sum(&out, item.sums.negative);
		}
		appendStringInfo(&out, "/" INT64_FORMAT, item.sums.entries);
		if (item.sums.unknowns != 0)
			appendStringInfo(&out, "?" INT64_FORMAT, item.sums.unknowns);
	}
	PG_RETURN_CSTRING(out.data);
}

/* What a text or a message is read into. */
typedef struct ExposureDraft
{
	Currency currency;
	int lines;
	int capacity;
	ExposureItem *item;
	const ExposureItem **order;
} ExposureDraft;

static ExposureItem *
draft_line(ExposureDraft *draft)
{
	if (draft->lines == draft->capacity)
	{
		draft->capacity = Max(8, draft->capacity * 2);
		draft->item = draft->item == NULL
						  ? palloc(sizeof(ExposureItem) * draft->capacity)
						  : repalloc_huge(draft->item, sizeof(ExposureItem) * draft->capacity);
	}
	return memset(&draft->item[draft->lines++], 0, sizeof(ExposureItem));
}

/* Puts the lines in order, which that of another encoding may not have been. */
static const char *
draft_fault(ExposureDraft *draft)
{
	draft->order = MemoryContextAllocHuge(CurrentMemoryContext,
										  sizeof(ExposureItem *) * (Size) draft->lines + 1);
	for (int i = 0; i < draft->lines; i++)
		draft->order[i] = &draft->item[i];
	exposure_sort(draft->order, draft->lines);
	return items_fault(draft->order, draft->lines, draft->currency);
}

/* Adds a quoted text to what is at to; its length, or -1 when it is none. */
static int32
read_quoted(const char **p, char **to)
{
	char *from = *to;

	if (*(*p)++ != '"')
		return -1;
	for (; **p != '"'; (*p)++)
	{
		if (**p == '\\')
			(*p)++;
		if (**p == '\0')
			return -1;
		*(*to)++ = **p;
	}
	(*p)++;
	return (int32) (*to - from);
}

static bool
read_sum(const char **p, Int192 *sum)
{
	const char *digits = *p;
	int decimals = -1;

	*sum = (Int192){{0}};
	for (; (**p >= '0' && **p <= '9') || (**p == '.' && decimals < 0 && *p > digits); (*p)++)
	{
		if (*p - digits >= SUM_DIGITS)
			return false;
		if (decimals >= 0)
			decimals++;
		if (**p == '.')
			decimals = 0;
		else if (int192_multiply_add_overflow(sum, 10, **p - '0'))
			return false;
	}
	if (*p == digits || decimals == 0 || decimals > MONETARY_SCALE)
		return false;
	for (int i = Max(decimals, 0); i < MONETARY_SCALE; i++)
		if (int192_multiply_add_overflow(sum, 10, 0))
			return false;
	return true;
}

static bool
read_count(const char **p, int64 *count)
{
	char *end;

	if (**p < '0' || **p > '9')
		return false;
	errno = 0;
	*count = strtoll(*p, &end, 10);
	*p = end;
	return errno == 0;
}

static bool
read_line(const char **p, char **text, ExposureItem *item)
{
	item->text = *text;
	item->name_length = read_quoted(p, text);
	if (item->name_length <= 0)
		return false;
	if (**p == ':')
	{
		(*p)++;
		item->kind_length = read_quoted(p, text);
		if (item->kind_length <= 0)
			return false;
	}
	if (*(*p)++ != '=' || !read_sum(p, &item->sums.positive))
		return false;
	if (**p == '-')
	{
		(*p)++;
		if (!read_sum(p, &item->sums.negative))
			return false;
	}
	if (*(*p)++ != '/' || !read_count(p, &item->sums.entries))
		return false;
	if (**p == '?')
	{
		(*p)++;
		if (!read_count(p, &item->sums.unknowns))
			return false;
	}
	return **p == '\0' || scanner_isspace(**p);
}

static void
skip_blanks(const char **p)
{
	while (scanner_isspace(**p))
		(*p)++;
}

static bool
read_book(const char *p, ExposureDraft *draft)
{
	/* Names are shorter without their quotes than with them. */
	char *text = palloc(strlen(p) + 1);

	skip_blanks(&p);
	if (strncmp(p, NO_CURRENCY, strlen(NO_CURRENCY)) == 0)
		p += strlen(NO_CURRENCY);
	else
	{
		draft->currency = currency_from_letters(p);
		if (draft->currency == CURRENCY_INVALID)
			return false;
		p += 3;
	}
	if (*p != '\0' && !scanner_isspace(*p))
		return false;
	for (skip_blanks(&p); *p != '\0'; skip_blanks(&p))
	{
		CHECK_FOR_INTERRUPTS();
		if (!read_line(&p, &text, draft_line(draft)))
			return false;
	}
	return true;
}

Datum
exposure_book_in(PG_FUNCTION_ARGS)
{
	char *text = PG_GETARG_CSTRING(0);
	ExposureDraft draft = {0};
	const char *fault;

	if (!read_book(text, &draft))
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"", "exposure_book", text),
				 errhint("Write the currency and each counterparty's sums and number of amounts, "
						 "such as 'USD \"Oracle\"=300/1 \"Anthropic\":\"equity\"=8.5-0.25/4?1'.")));
	fault = draft_fault(&draft);
	if (fault != NULL)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid value for type %s: \"%s\"", "exposure_book", text),
				 errdetail("The value contradicts itself: %s.", fault)));
	PG_RETURN_POINTER(exposure_book_make(draft.order, draft.lines, draft.currency));
}

/*
 * Binary form: a version byte, the currency, the number of lines, and each line: the
 * lengths and text of counterparty and kind, the counts, and the sums, most
 * significant word first.
 */

/* A length and a text in the client's encoding: pq_sendcountedtext has other arguments since PostgreSQL 17. */
static void
send_text(StringInfo out, const char *text, int32 length)
{
	char *sent = pg_server_to_client(text, length);

	if (sent != text)
		length = (int32) strlen(sent);
	pq_sendint32(out, length);
	pq_sendbytes(out, sent, length);
}

static void
send_sum(StringInfo out, const Int192 *sum)
{
	for (int word = 2; word >= 0; word--)
		pq_sendint64(out, sum->limb[word]);
}

Datum
exposure_book_send(PG_FUNCTION_ARGS)
{
	const ExposureBook *book = exposure_book_read(PG_GETARG_DATUM(0));
	StringInfoData out;

	pq_begintypsend(&out);
	pq_sendint8(&out, EXPOSURE_BOOK_VERSION);
	pq_sendint16(&out, book->currency);
	pq_sendint32(&out, book->lines);
	for (int i = 0; i < book->lines; i++)
	{
		ExposureItem item = exposure_item(book, i);

		send_text(&out, item.text, item.name_length);
		send_text(&out, item.text + item.name_length, item.kind_length);
		pq_sendint64(&out, item.sums.entries);
		pq_sendint64(&out, item.sums.unknowns);
		send_sum(&out, &item.sums.positive);
		send_sum(&out, &item.sums.negative);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

pg_noreturn static void
invalid_binary(const char *fault)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					errmsg("invalid binary value for type %s", "exposure_book"),
					errdetail("The value contradicts itself: %s.", fault)));
}

/* A text in the server's encoding, checked to be one. */
static char *
receive_text(StringInfo in, int32 least, int *length)
{
	int32 sent = (int32) pq_getmsgint(in, 4);

	if (sent < least || sent > in->len - in->cursor)
		invalid_binary("a text has an impossible length");
	if (sent == 0)
	{
		*length = 0;
		return "";
	}
	return pq_getmsgtext(in, sent, length);
}

static Int192
receive_sum(StringInfo in)
{
	Int192 sum;

	for (int word = 2; word >= 0; word--)
		sum.limb[word] = (uint64) pq_getmsgint64(in);
	return sum;
}

static void
receive_line(StringInfo in, ExposureItem *item)
{
	int name_length;
	int kind_length;
	char *name = receive_text(in, 1, &name_length);
	char *kind = receive_text(in, 0, &kind_length);
	char *text = palloc((Size) name_length + kind_length + 1);

	memcpy(text, name, name_length);
	memcpy(text + name_length, kind, kind_length);
	item->text = text;
	item->name_length = name_length;
	item->kind_length = kind_length;
	item->sums.entries = pq_getmsgint64(in);
	item->sums.unknowns = pq_getmsgint64(in);
	item->sums.positive = receive_sum(in);
	item->sums.negative = receive_sum(in);
	pfree(name);
	if (kind_length > 0)
		pfree(kind);
}

Datum
exposure_book_recv(PG_FUNCTION_ARGS)
{
	StringInfo in = (StringInfo) PG_GETARG_POINTER(0);
	int version = pq_getmsgbyte(in);
	ExposureDraft draft = {0};
	uint32 lines;
	const char *fault;

	if (version != EXPOSURE_BOOK_VERSION)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("unsupported version of binary %s: %d", "exposure_book", version)));
	draft.currency = (Currency) pq_getmsgint(in, 2);
	if (draft.currency != CURRENCY_INVALID && !currency_is_valid(draft.currency))
		invalid_binary("its currency is none");
	lines = (uint32) pq_getmsgint(in, 4);
	/* Believed only as far as the message reaches. */
	if (lines > (uint32) (in->len - in->cursor) / WIRE_LINE_SIZE)
		invalid_binary("it has more lines than bytes for them");
	while (lines-- > 0)
	{
		CHECK_FOR_INTERRUPTS();
		receive_line(in, draft_line(&draft));
	}
	fault = draft_fault(&draft);
	if (fault != NULL)
		invalid_binary(fault);
	PG_RETURN_POINTER(exposure_book_make(draft.order, draft.lines, draft.currency));
}

/*
 * Equality: a value has one form, whatever order its rows came in
 */

#define BOOK_DATA(book) ((const unsigned char *) (book) + VARHDRSZ)
#define BOOK_DATA_SIZE(book) (VARSIZE(book) - VARHDRSZ)

static bool
books_equal(FunctionCallInfo fcinfo)
{
	const ExposureBook *a = exposure_book_read(PG_GETARG_DATUM(0));
	const ExposureBook *b = exposure_book_read(PG_GETARG_DATUM(1));

	return VARSIZE(a) == VARSIZE(b) && memcmp(BOOK_DATA(a), BOOK_DATA(b), BOOK_DATA_SIZE(a)) == 0;
}

Datum
exposure_book_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(books_equal(fcinfo));
}

Datum
exposure_book_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!books_equal(fcinfo));
}

Datum
exposure_book_hash(PG_FUNCTION_ARGS)
{
	const ExposureBook *book = exposure_book_read(PG_GETARG_DATUM(0));

	return UInt32GetDatum(hash_bytes(BOOK_DATA(book), BOOK_DATA_SIZE(book)));
}

Datum
exposure_book_hash_extended(PG_FUNCTION_ARGS)
{
	const ExposureBook *book = exposure_book_read(PG_GETARG_DATUM(0));

	return UInt64GetDatum(
		hash_bytes_extended(BOOK_DATA(book), BOOK_DATA_SIZE(book), (uint64) PG_GETARG_INT64(1)));
}
