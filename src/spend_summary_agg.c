/*
 * spend_summary_agg.c
 *		How spend_summary adds up: rows of cost and chip-time, rows of rate and
 *		chip-time, costs already split, whole summaries, and the way back. Each
 *		row's cost is split by cumulative rounding at 1e-15, so that its parts add
 *		up to it; everything after that is integer addition, which no order,
 *		number of workers or window frame can change.
 */
#include "spend_summary.h"

#include "common/int.h"

PG_FUNCTION_INFO_V1(spend_summary_add_cost);
PG_FUNCTION_INFO_V1(spend_summary_remove_cost);
PG_FUNCTION_INFO_V1(spend_summary_add_cost_available);
PG_FUNCTION_INFO_V1(spend_summary_remove_cost_available);
PG_FUNCTION_INFO_V1(spend_summary_add_rate);
PG_FUNCTION_INFO_V1(spend_summary_remove_rate);
PG_FUNCTION_INFO_V1(spend_summary_combine);
PG_FUNCTION_INFO_V1(spend_summary_subtract);
PG_FUNCTION_INFO_V1(spend_summary_final);
PG_FUNCTION_INFO_V1(spend_summary_split);
PG_FUNCTION_INFO_V1(spend_summary_counted);

/* One row: its counts as given, and clamped so that each holds the one before it. */
typedef struct SpendRow
{
	int64 time[SPEND_LEVELS];
	int64 clamped[SPEND_LEVELS]; /* filled for a disordered row only */
	const int64 *ordered;        /* one of the two */
} SpendRow;

static void
summary_overflow(void)
{
	ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					errmsg("value out of range for type spend_summary")));
}

/* A copy of a value that is not ours to change, in full; the executor takes it over. */
static SpendSummary *
copy_for_update(Datum value)
{
	SpendSummary *state = palloc(sizeof(SpendSummary));
	SpendSummary buffer;

	memcpy(state, spend_summary_read(value, &buffer), sizeof(SpendSummary));
	SET_VARSIZE(state, sizeof(SpendSummary));
	return state;
}

/*
 * The state to add to. Inside an aggregate argument 0 is ours and is changed in
 * place; a value that anybody else can see is copied, and so is one that was stored
 * without its end.
 */
static inline SpendSummary *
state_for_update(FunctionCallInfo fcinfo)
{
	SpendSummary *state;

	if (unlikely(PG_ARGISNULL(0)))
		return spend_summary_new();
	state = (SpendSummary *) PG_GETARG_POINTER(0);
	if (likely(VARATT_IS_4B_U(state) && VARSIZE(state) == sizeof(SpendSummary) &&
			   state->version == SPEND_SUMMARY_VERSION && AggCheckCallContext(fcinfo, NULL)))
		return state;
	return copy_for_update(PG_GETARG_DATUM(0));
}

/* A summary has one currency, that of its first cost. */
static void
currency_mismatch(Currency ours, Currency theirs)
{
	char a[CURRENCY_TEXT_SIZE];
	char b[CURRENCY_TEXT_SIZE];

	ereport(ERROR,
			(errcode(ERRCODE_DATA_EXCEPTION),
			 errmsg("cannot add %s to a spend_summary in %s", currency_to_text(theirs, b),
					currency_to_text(ours, a)),
			 errhint("Convert the costs to one currency first, or add currency(cost) to GROUP "
					 "BY.")));
}

static inline void
take_currency(SpendSummary *state, Currency currency)
{
	if (likely(state->currency == currency))
		return;
	if (state->currency != CURRENCY_INVALID && currency != CURRENCY_INVALID)
		currency_mismatch(state->currency, currency);
	if (currency != CURRENCY_INVALID)
		state->currency = currency;
}

/* After removing rows: one that has no cost left has no currency either, as if new. */
static void
check_remainder(SpendSummary *state)
{
	const char *fault;

	if (state->readings == 0 && state->plain_costs == 0)
		state->currency = CURRENCY_INVALID;
	fault = spend_summary_fault(state);
	if (fault != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot remove from a spend_summary what it does not hold"),
						errdetail("The remainder is contradictory: %s.", fault)));
}

/*
 * Signed addition of a row's or summary's fields: sign is 1 to add, -1 to remove.
 * Inlined with a constant, so that adding costs no multiplication.
 */
static inline void
add_count(int64 *sum, int64 count, int sign)
{
	if (unlikely(sign > 0 ? pg_add_s64_overflow(*sum, count, sum)
						  : pg_sub_s64_overflow(*sum, count, sum)))
		summary_overflow();
}

static inline void
add_time(ChipTimeSum *sum, int128 time, int sign)
{
	int128 result;

	if (unlikely(sign > 0 ? add_s128_overflow(chip_time_sum(sum), time, &result)
						  : sub_s128_overflow(chip_time_sum(sum), time, &result)))
		summary_overflow();
	*sum = chip_time_sum_make(result);
}

/* A row's time, not negative: such sums cannot overflow before the count of readings does. */
static pg_attribute_always_inline void
add_row_time(ChipTimeSum *sum, uint64 time, int sign)
{
	if (sign > 0)
		sum->high += __builtin_add_overflow(sum->low, time, &sum->low);
	else
		sum->high -= __builtin_sub_overflow(sum->low, time, &sum->low);
}

static inline void
add_money(Int192 *sum, Int192 money, int sign)
{
	if (unlikely(sign > 0 ? int192_add_overflow(sum, &money) : int192_sub_overflow(sum, &money)))
		summary_overflow();
}

/* The same for a product of two numbers of 64 bits, which is what nearly every row has. */
static pg_attribute_always_inline void
add_product(Int192 *sum, uint64 a, uint64 b, int sign)
{
	uint128 product = (uint128) a * b;

	if (unlikely(sign > 0 ? int192_add_u128_overflow(sum, product)
						  : int192_sub_u128_overflow(sum, product)))
		summary_overflow();
}

/* A cost in units of 1e-15 as units of the sums. */
static inline Int192
cost_units(int128 cost)
{
	if (likely(cost == (int64) cost))
		return int192_from_s128(cost * SPEND_COST_SCALE);
	return int192_product(cost, SPEND_COST_SCALE);
}

/* cost * part / whole rounded half away from zero, for 0 <= part <= whole, whole > 0. */
static inline uint64
small_share(uint64 cost, uint64 part, uint64 whole)
{
	if (part == whole)
		return cost;
	return (uint64) (((uint128) cost * part + whole / 2) / whole);
}

/* The same for any cost, by two steps of long division; the first quotient is below 2^48. */
static uint128
large_share(uint128 cost, uint64 part, uint64 whole)
{
	uint128 low = (uint128) (uint64) cost * part + whole / 2;
	uint128 high = (cost >> 64) * part + (uint64) (low >> 64);

	low = ((high % whole) << 64) | (uint64) low;
	return ((high / whole) << 64) + low / whole;
}

pg_noreturn static void
negative_count(const int64 time[SPEND_LEVELS])
{
	static const char *const names[SPEND_LEVELS] = {"used", "allocated", "available", "installed"};
	int i = SPEND_INSTALLED;

	while (time[i] >= 0)
		i--;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s chip-time must not be negative: %lld", names[i], (long long) time[i])));
}

/* Counts that contradict each other: money follows the nearest order that holds. */
static void
put_in_order(SpendRow *row)
{
	int64 installed = row->time[SPEND_INSTALLED];
	int i;

	for (i = 0; i < SPEND_LEVELS; i++)
		if (row->time[i] < 0)
			negative_count(row->time);
	row->ordered = row->clamped;
	row->clamped[SPEND_INSTALLED] = installed;
	row->clamped[SPEND_USED] = Min(row->time[SPEND_USED], installed);
	row->clamped[SPEND_ALLOCATED] =
		Min(Max(row->time[SPEND_ALLOCATED], row->clamped[SPEND_USED]), installed);
	row->clamped[SPEND_AVAILABLE] =
		Min(Max(row->time[SPEND_AVAILABLE], row->clamped[SPEND_ALLOCATED]), installed);
}

static pg_attribute_always_inline void
read_counts(SpendRow *row, int64 installed, int64 available, int64 allocated, int64 used)
{
	row->time[SPEND_INSTALLED] = installed;
	row->time[SPEND_AVAILABLE] = available;
	row->time[SPEND_ALLOCATED] = allocated;
	row->time[SPEND_USED] = used;
	row->ordered = row->time;
	if (unlikely(used < 0 || used > allocated || allocated > available || available > installed))
		put_in_order(row);
}

static void
count_disorder(int64 *disordered, int64 disorder[SPEND_DISORDERS], const SpendRow *row, int sign)
{
	const int64 *t = row->time;

	add_count(disordered, 1, sign);
	if (t[SPEND_USED] > t[SPEND_ALLOCATED])
		add_count(&disorder[SPEND_USED_OVER_ALLOCATED], 1, sign);
	if (t[SPEND_ALLOCATED] > t[SPEND_AVAILABLE])
		add_count(&disorder[SPEND_ALLOCATED_OVER_AVAILABLE], 1, sign);
	if (t[SPEND_AVAILABLE] > t[SPEND_INSTALLED])
		add_count(&disorder[SPEND_AVAILABLE_OVER_INSTALLED], 1, sign);
	if (t[SPEND_USED] > t[SPEND_INSTALLED])
		add_count(&disorder[SPEND_USED_OVER_INSTALLED], 1, sign);
}

static pg_attribute_always_inline void
count_reading(SpendSummary *state, const SpendRow *row, int sign)
{
	int i;

	add_count(&state->readings, 1, sign);
	for (i = 0; i < SPEND_LEVELS; i++)
		add_row_time(&state->time[i], row->time[i], sign);
	if (unlikely(row->ordered != row->time))
		count_disorder(&state->disordered, state->disorder, row, sign);
}

static void
apply_large_cost(SpendSummary *state, int128 amount, const SpendRow *row, int sign)
{
	int i;

	for (i = 0; i < SPEND_LEVELS; i++)
	{
		int128 share =
			(int128) large_share(abs_s128(amount), row->ordered[i], row->ordered[SPEND_INSTALLED]);

		add_money(&state->cost[i], cost_units(amount < 0 ? -share : share), sign);
	}
}

static pg_attribute_always_inline void
apply_cost(SpendSummary *state, const Monetary *cost, const SpendRow *row, int sign)
{
	int128 amount = monetary_amount(cost);
	uint64 small = (uint64) amount;
	int64 installed = row->ordered[SPEND_INSTALLED];
	int i;

	take_currency(state, monetary_currency(cost));
	count_reading(state, row, sign);
	if (unlikely(installed == 0))
		add_money(&state->unmetered, cost_units(amount), sign);
	else if (unlikely((amount >> 64) != 0))
		apply_large_cost(state, amount, row, sign);
	else
	{
		for (i = 0; i < SPEND_INSTALLED; i++)
			add_product(&state->cost[i], small_share(small, row->ordered[i], installed),
						SPEND_COST_SCALE, sign);
		add_product(&state->cost[SPEND_INSTALLED], small, SPEND_COST_SCALE, sign);
	}
}

static pg_attribute_always_inline void
apply_rate(SpendSummary *state, const Monetary *rate, const SpendRow *row, int sign)
{
	int128 amount = monetary_amount(rate);
	uint64 small = (uint64) amount;
	int i;

	take_currency(state, monetary_currency(rate));
	count_reading(state, row, sign);
	if (likely((amount >> 64) == 0))
		for (i = 0; i < SPEND_LEVELS; i++)
			add_product(&state->cost[i], small, row->ordered[i], sign);
	else
		for (i = 0; i < SPEND_LEVELS; i++)
			add_money(&state->cost[i], int192_product(amount, row->ordered[i]), sign);
}

/* A cost in the sums' units must be one that monetary can hold, whatever the order of rows. */
static void
check_rate_cost(const Monetary *rate, int64 installed)
{
	Int192 units = int192_product(monetary_amount(rate), installed);
	Int192 cost = int192_div_round(&units, SPEND_COST_SCALE);
	int128 amount;

	if (int192_to_s128_overflow(&cost, &amount) || !monetary_in_range(amount))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("cost out of range for type monetary: %s per chip-hour for %lld "
							   "chip-milliseconds",
							   monetary_to_text(rate), (long long) installed)));
}

/* A cost that no reading goes with. */
static void
apply_plain_cost(SpendSummary *state, Currency currency, Int192 unmetered, int sign)
{
	take_currency(state, currency);
	add_count(&state->plain_costs, 1, sign);
	add_money(&state->unmetered, unmetered, sign);
}

/* A row that lacks something: the counts that it has must not be negative either. */
static void
check_known_counts(int64 installed, int64 available, int64 allocated, int64 used)
{
	const int64 time[SPEND_LEVELS] = {used, allocated, available, installed};

	if (installed < 0 || available < 0 || allocated < 0 || used < 0)
		negative_count(time);
}

#define COUNT_OR_ZERO(n) (PG_ARGISNULL(n) ? 0 : PG_GETARG_INT64(n))

/* Rows that lack something are counted, and a cost among them is unmetered, never lost. */
static void
apply_incomplete_cost(SpendSummary *state, FunctionCallInfo fcinfo, int sign)
{
	add_count(&state->skipped, 1, sign);
	if (!PG_ARGISNULL(1))
	{
		Monetary *cost = PG_GETARG_MONETARY_P(1);

		apply_plain_cost(state, monetary_currency(cost), cost_units(monetary_amount(cost)), sign);
	}
}

static void
apply_incomplete_rate(SpendSummary *state, FunctionCallInfo fcinfo, int sign)
{
	add_count(&state->skipped, 1, sign);
	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
	{
		Monetary *rate = PG_GETARG_MONETARY_P(1);
		int64 installed = PG_GETARG_INT64(2);

		check_rate_cost(rate, installed);
		apply_plain_cost(state, monetary_currency(rate),
						 int192_product(monetary_amount(rate), installed), sign);
	}
}

static inline bool
lacks_argument(FunctionCallInfo fcinfo, int last)
{
	bool lacks = false;
	int i;

	for (i = 1; i <= last; i++)
		lacks |= PG_ARGISNULL(i);
	return lacks;
}

/* The row forms: state, cost or rate, installed, available, allocated, used. */
static pg_attribute_always_inline Datum
cost_row(FunctionCallInfo fcinfo, int sign)
{
	SpendSummary *state = state_for_update(fcinfo);

	if (unlikely(lacks_argument(fcinfo, 5)))
	{
		check_known_counts(COUNT_OR_ZERO(2), COUNT_OR_ZERO(3), COUNT_OR_ZERO(4), COUNT_OR_ZERO(5));
		apply_incomplete_cost(state, fcinfo, sign);
	}
	else
	{
		SpendRow row;

		read_counts(&row, PG_GETARG_INT64(2), PG_GETARG_INT64(3), PG_GETARG_INT64(4),
					PG_GETARG_INT64(5));
		apply_cost(state, PG_GETARG_MONETARY_P(1), &row, sign);
	}
	if (sign < 0)
		check_remainder(state);
	PG_RETURN_POINTER(state);
}

/* The same where all that is installed is available. */
static pg_attribute_always_inline Datum
cost_row_available(FunctionCallInfo fcinfo, int sign)
{
	SpendSummary *state = state_for_update(fcinfo);

	if (unlikely(lacks_argument(fcinfo, 4)))
	{
		check_known_counts(COUNT_OR_ZERO(2), 0, COUNT_OR_ZERO(3), COUNT_OR_ZERO(4));
		apply_incomplete_cost(state, fcinfo, sign);
	}
	else
	{
		SpendRow row;

		read_counts(&row, PG_GETARG_INT64(2), PG_GETARG_INT64(2), PG_GETARG_INT64(3),
					PG_GETARG_INT64(4));
		apply_cost(state, PG_GETARG_MONETARY_P(1), &row, sign);
	}
	if (sign < 0)
		check_remainder(state);
	PG_RETURN_POINTER(state);
}

static pg_attribute_always_inline Datum
rate_row(FunctionCallInfo fcinfo, int sign)
{
	SpendSummary *state = state_for_update(fcinfo);

	if (unlikely(lacks_argument(fcinfo, 5)))
	{
		check_known_counts(COUNT_OR_ZERO(2), COUNT_OR_ZERO(3), COUNT_OR_ZERO(4), COUNT_OR_ZERO(5));
		apply_incomplete_rate(state, fcinfo, sign);
	}
	else
	{
		Monetary *rate = PG_GETARG_MONETARY_P(1);
		int128 amount = monetary_amount(rate);
		SpendRow row;

		read_counts(&row, PG_GETARG_INT64(2), PG_GETARG_INT64(3), PG_GETARG_INT64(4),
					PG_GETARG_INT64(5));
		if (unlikely((amount >> 64) != 0))
			check_rate_cost(rate, row.time[SPEND_INSTALLED]);
		apply_rate(state, rate, &row, sign);
	}
	if (sign < 0)
		check_remainder(state);
	PG_RETURN_POINTER(state);
}

Datum
spend_summary_add_cost(PG_FUNCTION_ARGS)
{
	return cost_row(fcinfo, 1);
}

Datum
spend_summary_remove_cost(PG_FUNCTION_ARGS)
{
	return cost_row(fcinfo, -1);
}

Datum
spend_summary_add_cost_available(PG_FUNCTION_ARGS)
{
	return cost_row_available(fcinfo, 1);
}

Datum
spend_summary_remove_cost_available(PG_FUNCTION_ARGS)
{
	return cost_row_available(fcinfo, -1);
}

Datum
spend_summary_add_rate(PG_FUNCTION_ARGS)
{
	return rate_row(fcinfo, 1);
}

Datum
spend_summary_remove_rate(PG_FUNCTION_ARGS)
{
	return rate_row(fcinfo, -1);
}

static inline void
apply_summary(SpendSummary *state, const SpendSummary *other, int sign)
{
	int i;

	take_currency(state, other->currency);
	add_count(&state->readings, other->readings, sign);
	for (i = 0; i < SPEND_LEVELS; i++)
	{
		add_time(&state->time[i], chip_time_sum(&other->time[i]), sign);
		add_money(&state->cost[i], other->cost[i], sign);
	}
	add_money(&state->unmetered, other->unmetered, sign);
	add_count(&state->plain_costs, other->plain_costs, sign);
	add_count(&state->skipped, other->skipped, sign);
	add_count(&state->disordered, other->disordered, sign);
	for (i = 0; i < SPEND_DISORDERS; i++)
		add_count(&state->disorder[i], other->disorder[i], sign);
	add_time(&state->lost, chip_time_sum(&other->lost), sign);
	add_money(&state->lost_cost, other->lost_cost, sign);
}

/* spend_summary + spend_summary: also the combine function and rollup's transition. */
Datum
spend_summary_combine(PG_FUNCTION_ARGS)
{
	SpendSummary *state = state_for_update(fcinfo);
	SpendSummary buffer;

	apply_summary(state, spend_summary_read(PG_GETARG_DATUM(1), &buffer), 1);
	PG_RETURN_POINTER(state);
}

/* The inverse, for moving window frames. */
Datum
spend_summary_subtract(PG_FUNCTION_ARGS)
{
	SpendSummary *state = state_for_update(fcinfo);
	SpendSummary buffer;

	apply_summary(state, spend_summary_read(PG_GETARG_DATUM(1), &buffer), -1);
	check_remainder(state);
	PG_RETURN_POINTER(state);
}

/* The finished value, without the zero words at its end; the state stays as it is. */
Datum
spend_summary_final(PG_FUNCTION_ARGS)
{
	SpendSummary buffer;
	const SpendSummary *state = spend_summary_read(PG_GETARG_DATUM(0), &buffer);

	PG_RETURN_POINTER(spend_summary_trimmed(state));
}

/*
 * Readings that were added up elsewhere: see SpendReadings.
 */

SpendSummary *
spend_summary_for_update(FunctionCallInfo fcinfo)
{
	return state_for_update(fcinfo);
}

void
spend_readings_add(SpendReadings *sums, int64 installed, int64 available, int64 allocated,
				   int64 used)
{
	SpendRow row;
	int i;

	read_counts(&row, installed, available, allocated, used);
	sums->readings++;
	sums->most_installed = Max(sums->most_installed, installed);
	for (i = 0; i < SPEND_LEVELS; i++)
	{
		sums->time[i] += row.time[i];
		sums->ordered[i] += row.ordered[i];
	}
	if (row.ordered != row.time)
		count_disorder(&sums->disordered, sums->disorder, &row, 1);
}

bool
spend_rate_is_large(const Monetary *rate)
{
	return (monetary_amount(rate) >> 64) != 0;
}

/* amount x time, which fits: a reading's cost does, and there are less than 2^57 readings. */
static Int192
rate_times_sum(int128 amount, int128 time)
{
	Int192 product = int192_product(amount, (int64) (time >> 32));
	Int192 low = int192_product(amount, (int64) (time & PG_UINT32_MAX));
	bool overflow;

	product = int192_magnitude(&product);
	overflow = int192_multiply_add_overflow(&product, UINT64CONST(1) << 32, 0);
	overflow |= int192_apply_sign_overflow(&product, amount < 0);
	if (overflow || int192_is_too_large(&product) || int192_add_overflow(&product, &low))
		summary_overflow();
	return product;
}

void
spend_summary_add_readings(SpendSummary *state, const Monetary *rate, const SpendReadings *sums)
{
	int i;

	if (rate == NULL)
	{
		add_count(&state->skipped, sums->readings, 1);
		return;
	}
	if (spend_rate_is_large(rate))
		check_rate_cost(rate, sums->most_installed);
	take_currency(state, monetary_currency(rate));
	add_count(&state->readings, sums->readings, 1);
	add_count(&state->disordered, sums->disordered, 1);
	for (i = 0; i < SPEND_DISORDERS; i++)
		add_count(&state->disorder[i], sums->disorder[i], 1);
	for (i = 0; i < SPEND_LEVELS; i++)
	{
		add_time(&state->time[i], sums->time[i], 1);
		add_money(&state->cost[i], rate_times_sum(monetary_amount(rate), sums->ordered[i]), 1);
	}
}

/*
 * The five parts of a split cost from the arguments from first on, into cumulative
 * cost; false when all of them are NULL.
 */
static bool
take_parts(SpendSummary *summary, FunctionCallInfo fcinfo, int first)
{
	bool any = false;
	int i;

	for (i = 0; i <= SPEND_LEVELS; i++)
	{
		Int192 part = {{0}};

		if (!PG_ARGISNULL(first + i))
		{
			Monetary *m = PG_GETARG_MONETARY_P(first + i);

			any = true;
			take_currency(summary, monetary_currency(m));
			part = cost_units(monetary_amount(m));
		}
		if (i == SPEND_LEVELS)
			summary->unmetered = part;
		else
		{
			if (i > 0)
				summary->cost[i] = summary->cost[i - 1];
			add_money(&summary->cost[i], part, 1);
		}
	}
	summary->plain_costs = 1;
	return any;
}

/*
 * spend_split(productive, allocated_idle, unallocated, unavailable, unmetered)
 *		A cost that is split already, such as energy by the state that drew it.
 */
Datum
spend_summary_split(PG_FUNCTION_ARGS)
{
	SpendSummary *summary = spend_summary_new();

	if (!take_parts(summary, fcinfo, 0))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(spend_summary_trimmed(summary));
}

/* The arguments of spend_split() that are counts, in their order. */
typedef enum CountArgument
{
	ARG_READINGS,
	ARG_DISORDERED,
	ARG_INSTALLED,
	ARG_AVAILABLE,
	ARG_ALLOCATED,
	ARG_USED,
	ARG_KEPT,
	ARG_PARTS
} CountArgument;

static const char *const count_names[ARG_PARTS] = {
	"readings", "disordered", "installed", "available", "allocated", "used", "kept"};

/* A sum of chip-time, which may be beyond 64 bits; NULL is none. */
static int128
summed_time(FunctionCallInfo fcinfo, CountArgument n)
{
	int128 time;

	if (PG_ARGISNULL(n))
		return 0;
	if (numeric_to_scaled_overflow(PG_GETARG_NUMERIC(n), 0, &time) || time > SPEND_MAX_SPLIT_TIME)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("%s chip-time out of range for type spend_summary: %s",
							   count_names[n], numeric_shown(PG_GETARG_NUMERIC(n)))));
	if (time < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s chip-time must not be negative: %s", count_names[n],
							   numeric_shown(PG_GETARG_NUMERIC(n)))));
	return time;
}

static int64
summed_count(FunctionCallInfo fcinfo, CountArgument n)
{
	int64 count = COUNT_OR_ZERO(n);

	if (count < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("number of %s must not be negative: %lld", count_names[n],
							   (long long) count)));
	return count;
}

/*
 * spend_split(readings, disordered, installed, available, allocated, used, kept, parts...)
 *		The same with the sums of the readings that the cost was split by. What was
 *		used and not kept bore its part of the productive cost.
 */
Datum
spend_summary_counted(PG_FUNCTION_ARGS)
{
	SpendSummary *summary = spend_summary_new();
	int128 used = summed_time(fcinfo, ARG_USED);
	int128 kept = PG_ARGISNULL(ARG_KEPT) ? used : summed_time(fcinfo, ARG_KEPT);
	int128 lost_cost;

	summary->readings = summed_count(fcinfo, ARG_READINGS);
	summary->disordered = summed_count(fcinfo, ARG_DISORDERED);
	if (summary->disordered > summary->readings)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("more disordered readings than readings: %lld of %lld",
							   (long long) summary->disordered, (long long) summary->readings)));
	if (kept > used)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("more chip-time kept than used: %s of %s",
					numeric_shown(PG_GETARG_NUMERIC(ARG_KEPT)),
					PG_ARGISNULL(ARG_USED) ? "0" : numeric_shown(PG_GETARG_NUMERIC(ARG_USED)))));
	summary->time[SPEND_INSTALLED] = chip_time_sum_make(summed_time(fcinfo, ARG_INSTALLED));
	summary->time[SPEND_AVAILABLE] = chip_time_sum_make(summed_time(fcinfo, ARG_AVAILABLE));
	summary->time[SPEND_ALLOCATED] = chip_time_sum_make(summed_time(fcinfo, ARG_ALLOCATED));
	summary->time[SPEND_USED] = chip_time_sum_make(used);
	summary->lost = chip_time_sum_make(used - kept);
	if (!take_parts(summary, fcinfo, ARG_PARTS))
		PG_RETURN_NULL();
	if (kept < used && !PG_ARGISNULL(ARG_PARTS))
	{
		/* No more than the productive cost, which fits. */
		if (mul_div_s128_overflow(monetary_amount(PG_GETARG_MONETARY_P(ARG_PARTS)), used - kept,
								  used, &lost_cost))
			summary_overflow();
		summary->lost_cost = cost_units(lost_cost);
	}
	PG_RETURN_POINTER(spend_summary_trimmed(summary));
}
