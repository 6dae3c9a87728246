/*
 * exposure_book.h
 *		Who has how much at stake with whom: exact sums of positive and of negative
 *		amounts in one currency for each counterparty and kind, both the value of the
 *		SQL type and what its aggregates keep while they add up.
 */
#ifndef CHIPBOOK_EXPOSURE_BOOK_H
#define CHIPBOOK_EXPOSURE_BOOK_H

#include "chipbook.h"
#include "int192.h"

/*
 * Amounts are units of 1e-15, as money is, added up by sign. 190 bits hold 2^63 of the
 * largest ones, so that sums are never out of range; only a figure can be.
 */
typedef struct ExposureSums
{
	Int192 positive;
	Int192 negative; /* without its sign */
	int64 entries;   /* amounts added */
	int64 unknowns;  /* rows whose amount was NULL */
} ExposureSums;

/* A line as it is worked with; counterparty and kind stand one after the other. */
typedef struct ExposureItem
{
	const char *text;
	int32 name_length; /* of the counterparty, at least 1 */
	int32 kind_length; /* 0: without a kind */
	ExposureSums sums;
} ExposureItem;

/* A line as it is stored. */
typedef struct ExposureLine
{
	ExposureSums sums;
	int32 text_at; /* from the start of the value's text */
	int32 name_length;
	int32 kind_length;
	int32 unused; /* always zero */
} ExposureLine;

/*
 * The value: lines in order of the bytes of counterparty and kind, one without a kind
 * first, and behind them their text. The same set of rows is always the same bytes.
 */
typedef struct ExposureBook
{
	int32 vl_len_; /* varlena header: do not touch directly */
	uint8 version;
	uint8 unused;      /* always zero */
	Currency currency; /* CURRENCY_INVALID while no amount is known */
	int32 lines;
	int32 text_size;
	ExposureLine line[FLEXIBLE_ARRAY_MEMBER];
} ExposureBook;

#define EXPOSURE_BOOK_VERSION 1
#define EXPOSURE_BOOK_HEAD offsetof(ExposureBook, line)
#define EXPOSURE_BOOK_SIZE(lines, text)                                                            \
	(EXPOSURE_BOOK_HEAD + sizeof(ExposureLine) * (Size) (lines) + (Size) (text))

#define EXPOSURE_TEXT(book) ((const char *) (book) + EXPOSURE_BOOK_SIZE((book)->lines, 0))

static inline ExposureItem
exposure_item(const ExposureBook *book, int i)
{
	const ExposureLine *line = &book->line[i];

	return (ExposureItem){EXPOSURE_TEXT(book) + line->text_at, line->name_length, line->kind_length,
						  line->sums};
}

static inline int32
exposure_text_length(const ExposureItem *item)
{
	return item->name_length + item->kind_length;
}

/* Positive less negative amounts. */
static inline Int192
exposure_net(const ExposureSums *sums)
{
	Int192 net = sums->positive;

	(void) int192_sub_overflow(&net, &sums->negative);
	return net;
}

/* A value read from an argument, whole and checked for its version. */
extern const ExposureBook *exposure_book_read(Datum value);
/* By counterparty, then kind. */
extern int exposure_compare(const ExposureItem *a, const ExposureItem *b);
/* Puts items in order; the array is one of pointers. */
extern void exposure_sort(const ExposureItem **items, int64 count);
/* The size of a value of such lines; 54000 when it is too large. */
extern Size exposure_book_size(int64 lines, uint64 text_size);
/* Writes a value of items that are in order into space of its size. */
extern void
exposure_book_fill(ExposureBook *book, const ExposureItem **items, int lines, Currency currency);
/* The same into space of its own. */
extern ExposureBook *exposure_book_make(const ExposureItem **items, int lines, Currency currency);
/* Adds sums to sums; 22003 when there are more than 2^63 entries. */
extern void exposure_sums_add(ExposureSums *sums, const ExposureSums *more);
/* Whether so many entries can have come to such sums. */
extern bool exposure_sums_possible(const ExposureSums *sums);
/* The currency of both; 22000 when they differ. */
extern Currency exposure_one_currency(Currency a, Currency b);
/* 22003. */
pg_noreturn extern void exposure_too_many_entries(void);

#endif /* CHIPBOOK_EXPOSURE_BOOK_H */
