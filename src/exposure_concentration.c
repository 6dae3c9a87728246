/*
 * exposure_concentration.c
 *		How exposure is spread over counterparties: shares, HHI and its kin, Gini, entropy,
 *		the largest. A counterparty's exposure is what is left after netting each of its
 *		lines, never negative; one with unknown amounts alone has none and is not counted.
 *		Sums and their squares are integers; each figure is one division, rounded once, but
 *		for entropy, which is a float because logarithms are.
 */
#include "exposure_concentration.h"
#include "wide.h"

#include <math.h>

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(exposure_book_share);
PG_FUNCTION_INFO_V1(exposure_book_top);
PG_FUNCTION_INFO_V1(exposure_book_concentration_ratio);
PG_FUNCTION_INFO_V1(exposure_book_hhi);
PG_FUNCTION_INFO_V1(exposure_book_hhi_points);
PG_FUNCTION_INFO_V1(exposure_book_hhi_normalised);
PG_FUNCTION_INFO_V1(exposure_book_effective_number);
PG_FUNCTION_INFO_V1(exposure_book_entropy);
PG_FUNCTION_INFO_V1(exposure_book_gini);
PG_FUNCTION_INFO_V1(exposure_book_gini_unbiased);
PG_FUNCTION_INFO_V1(exposure_book_merger_delta);

/* HHI of percentages in place of fractions. */
#define HHI_POINTS 10000

/* A counterparty with a known exposure. */
typedef struct Party
{
	const char *name;
	int32 name_length;
	Int192 exposure;
} Party;

/* All of them, in the order of the book. */
typedef struct Parties
{
	int n;
	Party *party;
	Int192 total;
	Wide squares; /* sum of exposure^2 */
	Wide square;  /* total^2 */
} Parties;

static Parties
read_parties(const ExposureBook *book)
{
	Parties all = {0};

	all.party =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Party) * ((Size) book->lines + 1));
	for (int i = 0; i < book->lines;)
	{
		Party party = {
			EXPOSURE_TEXT(book) + book->line[i].text_at, book->line[i].name_length, {{0}}};
		bool known = false;

		do
		{
			Int192 current = exposure_current(&book->line[i].sums);

			known |= book->line[i].sums.entries > 0;
			(void) int192_add_overflow(&party.exposure, &current);
			i++;
		} while (i < book->lines && exposure_same_party(book, i));
		if (!known)
			continue;
		(void) int192_add_overflow(&all.total, &party.exposure);
		wide_add_product(&all.squares, &party.exposure, &party.exposure);
		all.party[all.n++] = party;
	}
	wide_add_product(&all.square, &all.total, &all.total);
	return all;
}

static Parties
parties_of_call(FunctionCallInfo fcinfo)
{
	return read_parties(exposure_book_read(PG_GETARG_DATUM(0)));
}

static int
compare_magnitudes(const Int192 *a, const Int192 *b)
{
	for (int i = 2; i >= 0; i--)
		if (a->limb[i] != b->limb[i])
			return a->limb[i] < b->limb[i] ? -1 : 1;
	return 0;
}

static int
compare_parties(const void *a, const void *b)
{
	const Party *x = a;
	const Party *y = b;
	int order = compare_magnitudes(&y->exposure, &x->exposure);

	/* Of equals the one that the book names first. */
	return order != 0 ? order : (x->name > y->name) - (x->name < y->name);
}

static void
largest_first(Parties *all)
{
	CHECK_FOR_INTERRUPTS();
	qsort(all->party, all->n, sizeof(Party), compare_parties);
}

static Numeric
ratio_of_sums(const Int192 *n, const Int192 *d)
{
	Wide wide_n = wide_from_int192(n);
	Wide wide_d = wide_from_int192(d);

	return wide_ratio(&wide_n, &wide_d);
}

/* The counterparty of an argument; NULL when it has no known exposure. */
static const Party *
party_of_argument(const Parties *all, FunctionCallInfo fcinfo, int argument)
{
	text *name = PG_GETARG_TEXT_PP(argument);
	int32 length = VARSIZE_ANY_EXHDR(name);

	for (int i = 0; i < all->n; i++)
		if (all->party[i].name_length == length &&
			memcmp(all->party[i].name, VARDATA_ANY(name), length) == 0)
			return &all->party[i];
	return NULL;
}

/* share(book, counterparty) */
Datum
exposure_book_share(PG_FUNCTION_ARGS)
{
	Parties all = parties_of_call(fcinfo);
	const Party *party = party_of_argument(&all, fcinfo, 1);

	if (party == NULL || int192_is_zero(&all.total))
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(ratio_of_sums(&party->exposure, &all.total));
}

/*
 * The largest
 */

/* The columns of top(). */
enum
{
	COLUMN_RANK,
	COLUMN_COUNTERPARTY,
	COLUMN_EXPOSURE,
	COLUMN_SHARE,
	COLUMNS
};

/* top(book, n) */
Datum
exposure_book_top(PG_FUNCTION_ARGS)
{
	const ExposureBook *book = exposure_book_read(PG_GETARG_DATUM(0));
	int32 wanted = PG_GETARG_INT32(1);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Parties all = read_parties(book);

	if (wanted < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("number of counterparties must not be negative: %d", wanted)));
	InitMaterializedSRF(fcinfo, 0);
	largest_first(&all);
	for (int i = 0; i < Min(wanted, all.n); i++)
	{
		const Party *party = &all.party[i];
		Datum values[COLUMNS];
		bool nulls[COLUMNS] = {false};

		CHECK_FOR_INTERRUPTS();
		values[COLUMN_RANK] = Int32GetDatum(i + 1);
		values[COLUMN_COUNTERPARTY] =
			PointerGetDatum(cstring_to_text_with_len(party->name, party->name_length));
		values[COLUMN_EXPOSURE] =
			exposure_money(&party->exposure, book->currency, "current_exposure");
		nulls[COLUMN_SHARE] = int192_is_zero(&all.total);
		values[COLUMN_SHARE] = nulls[COLUMN_SHARE]
								   ? (Datum) 0
								   : NumericGetDatum(ratio_of_sums(&party->exposure, &all.total));
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	PG_RETURN_NULL();
}

/* concentration_ratio(book, k) */
Datum
exposure_book_concentration_ratio(PG_FUNCTION_ARGS)
{
	Parties all = parties_of_call(fcinfo);
	int32 k = PG_GETARG_INT32(1);
	Int192 largest = {{0}};

	if (k < 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("number of counterparties of a concentration ratio must be at least "
							   "1: %d",
							   k)));
	if (int192_is_zero(&all.total))
		PG_RETURN_NULL();
	largest_first(&all);
	for (int i = 0; i < Min(k, all.n); i++)
		(void) int192_add_overflow(&largest, &all.party[i].exposure);
	PG_RETURN_NUMERIC(ratio_of_sums(&largest, &all.total));
}

/*
 * Herfindahl and Hirschman: the sum of the squares of the shares
 */

Datum
exposure_book_hhi(PG_FUNCTION_ARGS)
{
	Parties all = parties_of_call(fcinfo);

	if (int192_is_zero(&all.total))
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(wide_ratio(&all.squares, &all.square));
}

Datum
exposure_book_hhi_points(PG_FUNCTION_ARGS)
{
	Parties all = parties_of_call(fcinfo);
	Wide n = wide_times(&all.squares, HHI_POINTS);

	if (int192_is_zero(&all.total))
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(wide_ratio(&n, &all.square));
}

/* (HHI - 1/n) / (1 - 1/n) */
Datum
exposure_book_hhi_normalised(PG_FUNCTION_ARGS)
{
	Parties all = parties_of_call(fcinfo);
	Wide n;
	Wide d;

	if (all.n < 2 || int192_is_zero(&all.total))
		PG_RETURN_NULL();
	n = wide_times(&all.squares, all.n);
	n = wide_difference(&n, &all.square);
	d = wide_times(&all.square, all.n - 1);
	PG_RETURN_NUMERIC(wide_ratio(&n, &d));
}

/* 1 / HHI: as many equal counterparties would have it */
Datum
exposure_book_effective_number(PG_FUNCTION_ARGS)
{
	Parties all = parties_of_call(fcinfo);

	if (int192_is_zero(&all.total))
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(wide_ratio(&all.square, &all.squares));
}

/* What HHI x 10,000 grows by when two become one: 2 x 10,000 times the product of their shares. */
Datum
exposure_book_merger_delta(PG_FUNCTION_ARGS)
{
	Parties all = parties_of_call(fcinfo);
	const Party *a = party_of_argument(&all, fcinfo, 1);
	const Party *b = party_of_argument(&all, fcinfo, 2);
	Wide n = {{0}};

	if (a == NULL || b == NULL || int192_is_zero(&all.total))
		PG_RETURN_NULL();
	if (a == b)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a counterparty cannot merge with itself: \"%s\"",
							   pnstrdup(a->name, a->name_length))));
	wide_add_product(&n, &a->exposure, &b->exposure);
	n = wide_times(&n, 2 * HHI_POINTS);
	PG_RETURN_NUMERIC(wide_ratio(&n, &all.square));
}

/*
 * Gini: sum((2i - n - 1) x_i) / (n sum(x)) over exposures in rising order, and the same
 * over n - 1 for a sample
 */
static Datum
gini(FunctionCallInfo fcinfo, bool unbiased)
{
	Parties all = parties_of_call(fcinfo);
	Wide weighted = {{0}};
	Wide total = wide_from_int192(&all.total);
	Wide n;
	Wide d;

	if (int192_is_zero(&all.total) || (unbiased && all.n < 2))
		PG_RETURN_NULL();
	largest_first(&all);
	for (int i = 0; i < all.n; i++)
	{
		Int192 weight = int192_from_s128(2 * (int128) (all.n - i));

		wide_add_product(&weighted, &weight, &all.party[i].exposure);
	}
	n = wide_times(&total, (uint64) all.n + 1);
	n = wide_difference(&weighted, &n);
	d = wide_times(&total, unbiased ? all.n - 1 : all.n);
	PG_RETURN_NUMERIC(wide_ratio(&n, &d));
}

Datum
exposure_book_gini(PG_FUNCTION_ARGS)
{
	return gini(fcinfo, false);
}

Datum
exposure_book_gini_unbiased(PG_FUNCTION_ARGS)
{
	return gini(fcinfo, true);
}

static double
magnitude_to_float(const Int192 *a)
{
	return ldexp((double) a->limb[2], 128) + ldexp((double) a->limb[1], 64) + (double) a->limb[0];
}

/* -sum(s ln s) in the order of the book, so that equal books have the same; errors added up by Kahan. */
Datum
exposure_book_entropy(PG_FUNCTION_ARGS)
{
	Parties all = parties_of_call(fcinfo);
	double total = magnitude_to_float(&all.total);
	double sum = 0;
	double error = 0;

	if (int192_is_zero(&all.total))
		PG_RETURN_NULL();
	for (int i = 0; i < all.n; i++)
	{
		double share = magnitude_to_float(&all.party[i].exposure) / total;
		double part;
		double next;

		if (share <= 0)
			continue;
		part = -share * log(share) - error;
		next = sum + part;
		error = (next - sum) - part;
		sum = next;
	}
	/* A single counterparty has no spread: 0, not -0. */
	PG_RETURN_FLOAT8(sum + 0.0);
}
