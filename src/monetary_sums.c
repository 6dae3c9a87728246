/*
 * monetary_sums.c
 *		sum_by_currency: the totals of a mixture of currencies, one for each, in the
 *		order of their letters. The state is an array of sum's own state, sorted by
 *		currency, so that it is as exact, travels, is merged and is taken back as
 *		that is.
 */
#include "chipbook.h"
#include "monetary_sum_state.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(monetary_sums_accum);
PG_FUNCTION_INFO_V1(monetary_sums_accum_inv);
PG_FUNCTION_INFO_V1(monetary_sums_combine);
PG_FUNCTION_INFO_V1(monetary_sums_final);

/* Where the elements of an array without NULLs are: ARR_DATA_PTR warns of signs under -Wextra. */
static inline MonetarySumState *
sums_data(ArrayType *sums)
{
	return (MonetarySumState *) ((char *) sums + ARR_OVERHEAD_NONULLS(ARR_NDIM(sums)));
}

/*
 * The states in an array. Their type checked each of them when it was read; that they are a
 * list without NULLs, sorted, is looked at here, since anybody can write an array.
 */
static MonetarySumState *
sums_states(ArrayType *sums, int *count)
{
	MonetarySumState *states = sums_data(sums);

	*count = ARR_NDIM(sums) == 0 ? 0 : ARR_DIMS(sums)[0];
	if (ARR_NDIM(sums) > 1 || ARR_HASNULL(sums))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("sums by currency must be a list of states without NULLs")));
	for (int i = 0; i < *count; i++)
		if (states[i].count == 0 || (i > 0 && states[i - 1].currency >= states[i].currency))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("sums by currency must be of some rows each, and in the order of "
							"their currencies")));
	return states;
}

/* The place of a currency, or where it would come. */
static int
place_of(const MonetarySumState *states, int count, uint64 currency)
{
	int i = 0;

	while (i < count && states[i].currency < currency)
		i++;
	return i;
}

static inline bool
holds_at(const MonetarySumState *states, int count, int place, uint64 currency)
{
	return place < count && states[place].currency == currency;
}

/* An array of so many states, of the kind that model is. */
static ArrayType *
sums_make(const MonetarySumState *states, int count, const ArrayType *model)
{
	Size size = ARR_OVERHEAD_NONULLS(1) + (Size) count * sizeof(MonetarySumState);
	ArrayType *result;

	if (count == 0)
		return construct_empty_array(ARR_ELEMTYPE(model));
	result = palloc0(size);
	SET_VARSIZE(result, size);
	result->ndim = 1;
	result->elemtype = ARR_ELEMTYPE(model);
	ARR_DIMS(result)[0] = count;
	ARR_LBOUND(result)[0] = 1;
	memcpy(sums_data(result), states, (Size) count * sizeof(MonetarySumState));
	return result;
}

/* The array with a state more at place; there are fewer than 65,536 currencies. */
static ArrayType *
sums_with(const MonetarySumState *states, int count, int place, const MonetarySumState *more,
		  const ArrayType *model)
{
	MonetarySumState *all = palloc((count + 1) * sizeof(MonetarySumState));
	ArrayType *result;

	memcpy(all, states, place * sizeof(MonetarySumState));
	all[place] = *more;
	memcpy(all + place + 1, states + place, (count - place) * sizeof(MonetarySumState));
	result = sums_make(all, count + 1, model);
	pfree(all);
	return result;
}

/* The state to change: the aggregate's own, or a copy when called from SQL. */
static inline ArrayType *
sums_to_change(FunctionCallInfo fcinfo)
{
	return AggCheckCallContext(fcinfo, NULL) ? PG_GETARG_ARRAYTYPE_P(0)
											 : PG_GETARG_ARRAYTYPE_P_COPY(0);
}

/* monetary_sums_accum(state, m): one row more */
Datum
monetary_sums_accum(PG_FUNCTION_ARGS)
{
	ArrayType *sums = sums_to_change(fcinfo);
	Monetary *m = PG_GETARG_MONETARY_P(1);
	int count;
	MonetarySumState *states = sums_states(sums, &count);
	int place = place_of(states, count, monetary_currency(m));
	MonetarySumState one = {0};

	if (likely(holds_at(states, count, place, monetary_currency(m))))
	{
		monetary_sum_state_add(&states[place], 1, 0, monetary_amount(m));
		PG_RETURN_ARRAYTYPE_P(sums);
	}
	one.currency = monetary_currency(m);
	monetary_sum_state_add(&one, 1, 0, monetary_amount(m));
	PG_RETURN_ARRAYTYPE_P(sums_with(states, count, place, &one, sums));
}

/* monetary_sums_accum_inv(state, m): the row leaves the window frame again */
Datum
monetary_sums_accum_inv(PG_FUNCTION_ARGS)
{
	ArrayType *sums = sums_to_change(fcinfo);
	Monetary *m = PG_GETARG_MONETARY_P(1);
	int count;
	MonetarySumState *states = sums_states(sums, &count);
	int place = place_of(states, count, monetary_currency(m));

	if (!holds_at(states, count, place, monetary_currency(m)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot take %s out of sums by currency that never held it",
							   monetary_to_text(m))));
	monetary_sum_state_add(&states[place], -1, 0, -monetary_amount(m));
	if (states[place].count == 0)
		states[place].currency = CURRENCY_INVALID;
	if (!monetary_sum_state_is_valid(&states[place]))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot take %s out of sums by currency that never held it",
							   monetary_to_text(m))));
	if (states[place].count > 0)
		PG_RETURN_ARRAYTYPE_P(sums);
	memmove(states + place, states + place + 1, (count - place - 1) * sizeof(MonetarySumState));
	PG_RETURN_ARRAYTYPE_P(sums_make(states, count - 1, sums));
}

/* monetary_sums_combine(a, b): as if all rows had come to one state */
Datum
monetary_sums_combine(PG_FUNCTION_ARGS)
{
	ArrayType *sums = sums_to_change(fcinfo);
	ArrayType *others = PG_GETARG_ARRAYTYPE_P(1);
	int count;
	int other_count;
	MonetarySumState *states = sums_states(sums, &count);
	MonetarySumState *other = sums_states(others, &other_count);
	MonetarySumState *all;
	int missing = 0;
	int place = 0;
	int n = 0;

	for (int i = 0; i < other_count; i++)
	{
		while (place < count && states[place].currency < other[i].currency)
			place++;
		if (holds_at(states, count, place, other[i].currency))
			monetary_sum_state_add(&states[place], other[i].count, other[i].wraps,
								   monetary_sum_state_rest(&other[i]));
		else
			missing++;
	}
	if (missing == 0)
		PG_RETURN_ARRAYTYPE_P(sums);

	/* Merged at once: an array for each currency more would be thousands of them. */
	all = palloc((Size) (count + missing) * sizeof(MonetarySumState));
	place = 0;
	for (int i = 0; i < other_count; i++)
	{
		while (place < count && states[place].currency < other[i].currency)
			all[n++] = states[place++];
		if (!holds_at(states, count, place, other[i].currency))
			all[n++] = other[i];
	}
	while (place < count)
		all[n++] = states[place++];
	Assert(n == count + missing);
	sums = sums_make(all, n, sums);
	pfree(all);
	PG_RETURN_ARRAYTYPE_P(sums);
}

/* sum_by_currency(m): NULL for no rows, 22003 when one of the totals does not fit. */
Datum
monetary_sums_final(PG_FUNCTION_ARGS)
{
	int count;
	MonetarySumState *states = sums_states(PG_GETARG_ARRAYTYPE_P(0), &count);
	Oid element_type = get_element_type(get_func_rettype(fcinfo->flinfo->fn_oid));
	Datum *totals;

	if (count == 0)
		PG_RETURN_NULL();
	totals = palloc(count * sizeof(Datum));
	for (int i = 0; i < count; i++)
		totals[i] = MonetaryPGetDatum(monetary_sum_state_total(&states[i]));
	PG_RETURN_ARRAYTYPE_P(
		construct_array(totals, count, element_type, sizeof(Monetary), false, TYPALIGN_DOUBLE));
}
