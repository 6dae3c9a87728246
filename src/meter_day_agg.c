/*
 * meter_day_agg.c
 *		Packing readings, merging values, giving the readings back as rows, and what
 *		they cost at a rate, which is added up by column without making rows.
 *
 * The state of pack_readings is a meter_day that grows (OpenMeterDay): between
 * processes it travels as the packed value, so parallel plans give the same bytes.
 */
#include "meter_day.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "spend_summary.h"

PG_FUNCTION_INFO_V1(meter_day_add);
PG_FUNCTION_INFO_V1(meter_day_add_joules);
PG_FUNCTION_INFO_V1(meter_day_combine);
PG_FUNCTION_INFO_V1(meter_day_final);
PG_FUNCTION_INFO_V1(meter_day_unpack);
PG_FUNCTION_INFO_V1(spend_summary_add_packed);

/*
 * Packing
 */

/* The state to add to: argument 0, in the memory of the aggregate if there is one. */
static inline OpenMeterDay *
open_for_update(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		context = CurrentMemoryContext;
	return meter_day_open(fcinfo->args[0], context);
}

pg_noreturn static void
negative_number(int column, int64 number)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("%s of a reading must not be negative: %lld", meter_column_names[column],
						   (long long) number)));
}

/* A reading whose times or counts are none. */
pg_noreturn static void
invalid_reading(const int64 value[METER_COLUMNS])
{
	int i = METER_INSTALLED;

	if (TIMESTAMP_NOT_FINITE(value[METER_STARTS_AT]) || TIMESTAMP_NOT_FINITE(value[METER_ENDS_AT]))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a reading must start and end at a finite time")));
	if (value[METER_ENDS_AT] <= value[METER_STARTS_AT])
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a reading must end after its start"),
						errdetail("It starts at %s and ends at %s.",
								  pstrdup(timestamptz_to_str(value[METER_STARTS_AT])),
								  pstrdup(timestamptz_to_str(value[METER_ENDS_AT])))));
	while (i < METER_USED && value[i] >= 0)
		i++;
	negative_number(i, value[i]);
}

pg_noreturn static void
lacking_reading(int column)
{
	ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					errmsg("%s of a reading must not be NULL", meter_column_names[column])));
}

/* The argument that holds a column, whose NULL is METER_NULL. */
static inline void
take_optional(FunctionCallInfo fcinfo, int argument, int column, int64 value[METER_COLUMNS])
{
	if (PG_ARGISNULL(argument))
	{
		value[column] = METER_NULL;
		return;
	}
	value[column] = PG_GETARG_INT64(argument);
	if (unlikely(value[column] < 0))
		negative_number(column, value[column]);
}

static inline void
take_mandatory(FunctionCallInfo fcinfo, int64 value[METER_COLUMNS])
{
	bool wrong;
	int i;

	for (i = 0; i < METER_OPTIONAL; i++)
	{
		if (unlikely(PG_ARGISNULL(i + 1)))
			lacking_reading(i);
		value[i] = PG_GETARG_INT64(i + 1);
	}
	wrong = value[METER_STARTS_AT] == DT_NOBEGIN || value[METER_ENDS_AT] == DT_NOEND ||
			value[METER_ENDS_AT] <= value[METER_STARTS_AT] ||
			(value[METER_INSTALLED] | value[METER_AVAILABLE] | value[METER_ALLOCATED] |
			 value[METER_USED]) < 0;
	if (unlikely(wrong))
		invalid_reading(value);
}

static Numeric
checked_flops(Numeric flops)
{
	Numeric zero = int64_to_numeric(0);

	if (numeric_is_nan(flops) || numeric_is_inf(flops) ||
		DatumGetInt32(
			DirectFunctionCall2(numeric_cmp, NumericGetDatum(flops), NumericGetDatum(zero))) < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("model_flops of a reading must be a number that is not negative: %s",
							   numeric_shown(flops))));
	return flops;
}

/* state, starts_at, ends_at, the four counts, and all that may be NULL */
Datum
meter_day_add(PG_FUNCTION_ARGS)
{
	int64 value[METER_COLUMNS];
	OpenMeterDay *open;
	Numeric flops = NULL;
	int i;

	take_mandatory(fcinfo, value);
	for (i = METER_OPTIONAL; i < METER_COLUMNS; i++)
		take_optional(fcinfo, i + 1, i, value);
	if (!PG_ARGISNULL(METER_COLUMNS + 1))
		flops = checked_flops(PG_GETARG_NUMERIC(METER_COLUMNS + 1));
	open = open_for_update(fcinfo);
	meter_rows_append(&open->rows, value, flops);
	meter_day_grown(open);
	return EOHPGetRWDatum(&open->header);
}

/* The same with joules alone of what may be NULL. */
Datum
meter_day_add_joules(PG_FUNCTION_ARGS)
{
	int64 value[METER_COLUMNS];
	OpenMeterDay *open;
	int i;

	take_mandatory(fcinfo, value);
	for (i = METER_OPTIONAL; i < METER_COLUMNS; i++)
		value[i] = METER_NULL;
	take_optional(fcinfo, METER_OPTIONAL + 1, METER_JOULES, value);
	open = open_for_update(fcinfo);
	meter_rows_append(&open->rows, value, NULL);
	meter_day_grown(open);
	return EOHPGetRWDatum(&open->header);
}

/* All readings of two values: also the transition of rollup. */
Datum
meter_day_combine(PG_FUNCTION_ARGS)
{
	OpenMeterDay *open = open_for_update(fcinfo);
	MeterRows rows;

	meter_day_read_rows(PG_GETARG_DATUM(1), &rows);
	meter_rows_append_all(&open->rows, &rows);
	meter_day_grown(open);
	return EOHPGetRWDatum(&open->header);
}

/* The packed value of a state, which is a stored one where nothing was merged with it. */
Datum
meter_day_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(meter_day_current(PG_GETARG_DATUM(0)));
}

/*
 * Unpacking
 */

Datum
meter_day_unpack(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum values[METER_COLUMNS + 1];
	bool nulls[METER_COLUMNS + 1];
	MeterRows rows;
	int64 row;
	int i;

	meter_day_read_rows(PG_GETARG_DATUM(0), &rows);
	InitMaterializedSRF(fcinfo, 0);
	for (row = 0; row < rows.count; row++)
	{
		CHECK_FOR_INTERRUPTS();
		for (i = 0; i < METER_COLUMNS; i++)
		{
			int64 value = rows.column[i] != NULL ? rows.column[i][row] : METER_NULL;

			nulls[i] = i >= METER_OPTIONAL && value == METER_NULL;
			values[i] = Int64GetDatum(value);
		}
		nulls[i] = rows.model_flops == NULL || rows.model_flops[row] == NULL;
		values[i] = nulls[i] ? (Datum) 0 : NumericGetDatum(rows.model_flops[row]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/*
 * What the readings cost
 */

/* Rows whose counts may contradict each other: one by one. */
static void
add_disordered_block(SpendReadings *sums, const BitBlock block[METER_COUNTS], int count)
{
	int64 difference[METER_COUNTS][BIT_BLOCK_VALUES];
	int i;

	for (i = 0; i < METER_COUNTS; i++)
		bit_block_values(&block[i], count, difference[i]);
	for (i = 0; i < count; i++)
	{
		int64 installed = difference[0][i];
		int64 available = (int64) ((uint64) installed - (uint64) difference[1][i]);
		int64 allocated = (int64) ((uint64) available - (uint64) difference[2][i]);
		int64 used = (int64) ((uint64) allocated - (uint64) difference[3][i]);

		spend_readings_add(sums, installed, available, allocated, used);
	}
}

/*
 * The counts added up from their packed differences. Where no difference of
 * a block can be negative, no row of it is out of order, and sums are all that is
 * needed.
 */
static void
add_up_counts(const MeterDay *day, bool want_most, SpendReadings *sums)
{
	BitReader reader = meter_day_reader(day);
	BitBlock block[METER_COUNTS] = {{0}};
	int size = bit_block_rows(day->readings);
	int128 sum[METER_COUNTS] = {0};
	int64 ordered = 0;
	int64 row;
	int i;

	for (row = 0; row < day->readings; row += size)
	{
		int count = (int) Min(size, day->readings - row);
		bool disordered = false;

		for (i = 0; i < METER_COUNTS; i++)
		{
			if (!bit_block_next(&reader, count, &block[i]))
				meter_day_corrupted("a block of numbers is cut short or is none");
			disordered |= bit_block_floor(&block[i]) < 0;
		}
		if (unlikely(disordered))
		{
			add_disordered_block(sums, block, count);
			continue;
		}
		for (i = 0; i < METER_COUNTS; i++)
			sum[i] += bit_block_sum(&block[i], count);
		if (want_most)
			sums->most_installed = Max(sums->most_installed, bit_block_most(&block[0]));
		ordered += count;
	}
	sums->readings += ordered;
	for (i = 0; i < METER_COUNTS; i++)
	{
		int level = SPEND_INSTALLED - i;

		/* The differences are from one level to the next. */
		if (i > 0)
			sum[i] = sum[i - 1] - sum[i];
		if (sum[i] < 0)
			meter_day_corrupted("its counts add up to less than nothing");
		sums->time[level] += sum[i];
		sums->ordered[level] += sum[i];
	}
}

/* state, readings, rate: the transition of spend_packed_agg */
Datum
spend_summary_add_packed(PG_FUNCTION_ARGS)
{
	const Monetary *rate = PG_ARGISNULL(2) ? NULL : PG_GETARG_MONETARY_P(2);
	SpendReadings sums = {0};
	const MeterDay *day;
	SpendSummary *state;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	day = meter_day_read(PG_GETARG_DATUM(1));
	if (rate == NULL)
		sums.readings = day->readings;
	else
		add_up_counts(day, spend_rate_is_large(rate), &sums);
	state = spend_summary_for_update(fcinfo);
	spend_summary_add_readings(state, rate, &sums);
	PG_RETURN_POINTER(state);
}
