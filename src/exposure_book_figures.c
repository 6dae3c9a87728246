/*
 * exposure_book_figures.c
 *		What is read from a book of exposures as money: gross, net, and what is at stake
 *		after netting line by line; the lines themselves; parts of a book.
 */
#include "exposure_book.h"
#include "exposure_concentration.h"
#include "wide.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(exposure_book_gross);
PG_FUNCTION_INFO_V1(exposure_book_gross_absolute);
PG_FUNCTION_INFO_V1(exposure_book_net);
PG_FUNCTION_INFO_V1(exposure_book_current);
PG_FUNCTION_INFO_V1(exposure_book_net_gross_ratio);
PG_FUNCTION_INFO_V1(exposure_book_currency);
PG_FUNCTION_INFO_V1(exposure_book_parties);
PG_FUNCTION_INFO_V1(exposure_book_entries);
PG_FUNCTION_INFO_V1(exposure_book_unknowns);
PG_FUNCTION_INFO_V1(exposure_book_lines);
PG_FUNCTION_INFO_V1(exposure_book_only_counterparty);
PG_FUNCTION_INFO_V1(exposure_book_only_kind);

/* The figures that a line, or a book, has as money. */
typedef enum ExposureFigure
{
	FIGURE_GROSS,
	FIGURE_NEGATIVE,
	FIGURE_GROSS_ABSOLUTE,
	FIGURE_NET,
	FIGURE_CURRENT
} ExposureFigure;

static const char *const figure_names[] = {"gross", "negative", "gross_absolute", "net",
										   "current_exposure"};

Int192
exposure_current(const ExposureSums *sums)
{
	Int192 net = exposure_net(sums);

	return int192_is_negative(&net) ? (Int192){{0}} : net;
}

static Int192
figure_of(const ExposureSums *sums, ExposureFigure figure)
{
	Int192 result = {{0}};

	switch (figure)
	{
		case FIGURE_GROSS:
			return sums->positive;
		case FIGURE_NEGATIVE:
			(void) int192_sub_overflow(&result, &sums->negative);
			return result;
		case FIGURE_GROSS_ABSOLUTE:
			result = sums->positive;
			(void) int192_add_overflow(&result, &sums->negative);
			return result;
		case FIGURE_NET:
			return exposure_net(sums);
		case FIGURE_CURRENT:
			return exposure_current(sums);
	}
	return result;
}

/* Over all lines: sums of 2^63 entries at most, which fit. */
static Int192
total_of(const ExposureBook *book, ExposureFigure figure)
{
	Int192 total = {{0}};

	for (int i = 0; i < book->lines; i++)
	{
		Int192 part = figure_of(&book->line[i].sums, figure);

		(void) int192_add_overflow(&total, &part);
	}
	return total;
}

Datum
exposure_money(const Int192 *units, Currency currency, const char *what)
{
	int128 amount;

	if (int192_to_s128_overflow(units, &amount) || !monetary_in_range(amount))
		ereport(
			ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("%s of an exposure_book out of range for type monetary", what),
			 errdetail("An amount of money must be within about 2.59e18 either side of zero.")));
	return MonetaryPGetDatum(monetary_make(amount, currency));
}

static Datum
book_figure(FunctionCallInfo fcinfo, ExposureFigure figure)
{
	const ExposureBook *book = exposure_book_read(PG_GETARG_DATUM(0));
	Int192 total;

	if (book->currency == CURRENCY_INVALID)
		PG_RETURN_NULL();
	total = total_of(book, figure);
	return exposure_money(&total, book->currency, figure_names[figure]);
}

Datum
exposure_book_gross(PG_FUNCTION_ARGS)
{
	return book_figure(fcinfo, FIGURE_GROSS);
}

Datum
exposure_book_gross_absolute(PG_FUNCTION_ARGS)
{
	return book_figure(fcinfo, FIGURE_GROSS_ABSOLUTE);
}

Datum
exposure_book_net(PG_FUNCTION_ARGS)
{
	return book_figure(fcinfo, FIGURE_NET);
}

Datum
exposure_book_current(PG_FUNCTION_ARGS)
{
	return book_figure(fcinfo, FIGURE_CURRENT);
}

Datum
exposure_book_net_gross_ratio(PG_FUNCTION_ARGS)
{
	const ExposureBook *book = exposure_book_read(PG_GETARG_DATUM(0));
	Int192 current = total_of(book, FIGURE_CURRENT);
	Int192 gross = total_of(book, FIGURE_GROSS);
	Wide n = wide_from_int192(&current);
	Wide d = wide_from_int192(&gross);

	if (int192_is_zero(&gross))
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(wide_ratio(&n, &d));
}

/*
 * What a book says of itself
 */

Datum
exposure_book_currency(PG_FUNCTION_ARGS)
{
	const ExposureBook *book = exposure_book_read(PG_GETARG_DATUM(0));

	if (book->currency == CURRENCY_INVALID)
		PG_RETURN_NULL();
	PG_RETURN_CURRENCY(book->currency);
}

Datum
exposure_book_parties(PG_FUNCTION_ARGS)
{
	const ExposureBook *book = exposure_book_read(PG_GETARG_DATUM(0));
	int64 parties = 0;

	for (int i = 0; i < book->lines; i++)
		parties += !exposure_same_party(book, i);
	PG_RETURN_INT64(parties);
}

Datum
exposure_book_entries(PG_FUNCTION_ARGS)
{
	const ExposureBook *book = exposure_book_read(PG_GETARG_DATUM(0));
	int64 entries = 0;

	for (int i = 0; i < book->lines; i++)
		entries += book->line[i].sums.entries;
	PG_RETURN_INT64(entries);
}

Datum
exposure_book_unknowns(PG_FUNCTION_ARGS)
{
	const ExposureBook *book = exposure_book_read(PG_GETARG_DATUM(0));
	int64 unknowns = 0;

	for (int i = 0; i < book->lines; i++)
		unknowns += book->line[i].sums.unknowns;
	PG_RETURN_INT64(unknowns);
}

/* The columns of exposures(). */
enum
{
	COLUMN_COUNTERPARTY,
	COLUMN_KIND,
	COLUMN_GROSS,
	COLUMN_NEGATIVE,
	COLUMN_GROSS_ABSOLUTE,
	COLUMN_NET,
	COLUMN_CURRENT,
	COLUMN_SHARE,
	COLUMN_ENTRIES,
	COLUMN_UNKNOWNS,
	COLUMNS
};

/* exposures(book): its lines */
Datum
exposure_book_lines(PG_FUNCTION_ARGS)
{
	const ExposureBook *book = exposure_book_read(PG_GETARG_DATUM(0));
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Int192 total = total_of(book, FIGURE_CURRENT);
	Wide d = wide_from_int192(&total);
	MemoryContext per_line =
		AllocSetContextCreate(CurrentMemoryContext, "exposures", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller;

	InitMaterializedSRF(fcinfo, 0);
	caller = MemoryContextSwitchTo(per_line);
	for (int i = 0; i < book->lines; i++)
	{
		ExposureItem item = exposure_item(book, i);
		Datum values[COLUMNS] = {0};
		bool nulls[COLUMNS] = {false};

		CHECK_FOR_INTERRUPTS();
		values[COLUMN_COUNTERPARTY] =
			PointerGetDatum(cstring_to_text_with_len(item.text, item.name_length));
		nulls[COLUMN_KIND] = item.kind_length == 0;
		values[COLUMN_KIND] = PointerGetDatum(
			cstring_to_text_with_len(item.text + item.name_length, item.kind_length));
		for (int figure = FIGURE_GROSS; figure <= FIGURE_CURRENT; figure++)
		{
			Int192 units = figure_of(&item.sums, figure);

			nulls[COLUMN_GROSS + figure] = item.sums.entries == 0;
			if (item.sums.entries > 0)
				values[COLUMN_GROSS + figure] =
					exposure_money(&units, book->currency, figure_names[figure]);
		}
		nulls[COLUMN_SHARE] = item.sums.entries == 0 || int192_is_zero(&total);
		if (!nulls[COLUMN_SHARE])
		{
			Int192 current = exposure_current(&item.sums);
			Wide n = wide_from_int192(&current);

			values[COLUMN_SHARE] = NumericGetDatum(wide_ratio(&n, &d));
		}
		values[COLUMN_ENTRIES] = Int64GetDatum(item.sums.entries);
		values[COLUMN_UNKNOWNS] = Int64GetDatum(item.sums.unknowns);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		MemoryContextReset(per_line);
	}
	MemoryContextSwitchTo(caller);
	PG_RETURN_NULL();
}

/*
 * Parts of a book: lines of one counterparty, or of one kind; NULL when there is none
 */

static Datum
part_of(FunctionCallInfo fcinfo, bool by_kind)
{
	const ExposureBook *book = exposure_book_read(PG_GETARG_DATUM(0));
	text *wanted = PG_GETARG_TEXT_PP(1);
	int32 length = VARSIZE_ANY_EXHDR(wanted);
	Size room = (Size) book->lines + 1;
	ExposureItem *items = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(ExposureItem) * room);
	const ExposureItem **order =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(ExposureItem *) * room);
	bool known = false;
	int lines = 0;

	for (int i = 0; i < book->lines; i++)
	{
		ExposureItem item = exposure_item(book, i);
		const char *text = by_kind ? item.text + item.name_length : item.text;

		if ((by_kind ? item.kind_length : item.name_length) != length ||
			memcmp(text, VARDATA_ANY(wanted), length) != 0)
			continue;
		/* The empty kind is that of lines without one. */
		known |= item.sums.entries > 0;
		items[lines] = item;
		order[lines] = &items[lines];
		lines++;
	}
	if (lines == 0)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(exposure_book_make(order, lines, known ? book->currency : CURRENCY_INVALID));
}

Datum
exposure_book_only_counterparty(PG_FUNCTION_ARGS)
{
	return part_of(fcinfo, false);
}

Datum
exposure_book_only_kind(PG_FUNCTION_ARGS)
{
	return part_of(fcinfo, true);
}
