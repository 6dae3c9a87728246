/*
 * meter_day.c
 *		Packed readings as an SQL type: values that are stored and values that grow,
 *		the binary form, equality. How rows become a value is in meter_day_rows.c,
 *		the text form in meter_day_text.c, the aggregates in meter_day_agg.c.
 */
#include "meter_day.h"

#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(meter_day_recv);
PG_FUNCTION_INFO_V1(meter_day_send);
PG_FUNCTION_INFO_V1(meter_day_eq);
PG_FUNCTION_INFO_V1(meter_day_ne);
PG_FUNCTION_INFO_V1(meter_day_hash);
PG_FUNCTION_INFO_V1(meter_day_hash_extended);
PG_FUNCTION_INFO_V1(meter_day_readings);
PG_FUNCTION_INFO_V1(meter_day_first_start);
PG_FUNCTION_INFO_V1(meter_day_last_end);

const char *const meter_column_names[METER_COLUMNS + 1] = {
	"starts_at", "ends_at", "installed",   "available", "allocated",  "used",
	"kept",      "joules",  "idle_joules", "tokens",    "billing_ms", "model_flops"};

/*
 * Values that are stored
 */

void
meter_day_corrupted(const char *fault)
{
	ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("meter_day is not valid: %s", fault)));
	pg_unreachable();
}

const MeterDay *
meter_day_read(Datum value)
{
	const MeterDay *day = (const MeterDay *) PG_DETOAST_DATUM(value);
	const char *fault = meter_day_fault(day);

	if (fault != NULL)
		meter_day_corrupted(fault);
	if (day->version < METER_DAY_OLDEST_VERSION || day->version > METER_DAY_VERSION ||
		day->unused != 0)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("meter_day has version %d, which this chipbook cannot read", day->version),
				 errhint("It was written by a newer chipbook: update the extension.")));
	return day;
}

void
meter_day_read_rows(Datum value, MeterRows *rows)
{
	const char *fault;

	meter_rows_init(rows, CurrentMemoryContext);
	fault = meter_rows_unpack(rows, meter_day_read(value));
	if (fault != NULL)
		meter_day_corrupted(fault);
}

const MeterDay *
meter_day_current(Datum value)
{
	const MeterDay *day = meter_day_read(value);
	MeterRows rows;

	if (day->version == METER_DAY_VERSION)
		return day;
	meter_day_read_rows(PointerGetDatum(day), &rows);
	return meter_rows_pack(&rows, METER_DAY_VERSION);
}

const char *
meter_reading_fault(const int64 value[METER_COLUMNS])
{
	int i;

	if (!IS_VALID_TIMESTAMP(value[METER_STARTS_AT]) || !IS_VALID_TIMESTAMP(value[METER_ENDS_AT]))
		return "a time is infinite or out of range";
	if (value[METER_ENDS_AT] <= value[METER_STARTS_AT])
		return "a reading does not end after its start";
	for (i = METER_INSTALLED; i < METER_OPTIONAL; i++)
		if (value[i] < 0)
			return "a count is negative";
	for (; i < METER_COLUMNS; i++)
		if (value[i] < METER_NULL)
			return "a count is negative";
	return NULL;
}

/*
 * Values that grow
 */

#define OPEN_METER_DAY_MAGIC 1836213606

static Size
open_flat_size(ExpandedObjectHeader *header)
{
	OpenMeterDay *open = (OpenMeterDay *) header;

	Assert(open->magic == OPEN_METER_DAY_MAGIC);
	if (open->packed == NULL)
		open->packed = meter_rows_pack(&open->rows, METER_DAY_VERSION);
	return VARSIZE(open->packed);
}

static void
open_flatten_into(ExpandedObjectHeader *header, void *result, Size size)
{
	OpenMeterDay *open = (OpenMeterDay *) header;

	Assert(open->packed != NULL && size == VARSIZE(open->packed));
	memcpy(result, open->packed, size);
}

static const ExpandedObjectMethods open_methods = {open_flat_size, open_flatten_into};

OpenMeterDay *
meter_day_open(NullableDatum value, MemoryContext context)
{
	MemoryContext own;
	OpenMeterDay *open;

	if (!value.isnull && VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(value.value)))
	{
		open = (OpenMeterDay *) DatumGetEOHP(value.value);
		Assert(open->magic == OPEN_METER_DAY_MAGIC);
		return open;
	}
	own = AllocSetContextCreate(context, "meter_day", ALLOCSET_START_SMALL_SIZES);
	open = MemoryContextAllocZero(own, sizeof(OpenMeterDay));
	EOH_init_header(&open->header, &open_methods, own);
	open->magic = OPEN_METER_DAY_MAGIC;
	meter_rows_init(&open->rows, own);
	if (!value.isnull)
	{
		MeterRows rows;

		meter_day_read_rows(value.value, &rows);
		meter_rows_append_all(&open->rows, &rows);
	}
	return open;
}

void
meter_day_grown(OpenMeterDay *open)
{
	if (open->packed != NULL)
		pfree(open->packed);
	open->packed = NULL;
}

/*
 * Binary form: version, which columns have values, the count, the earliest start and
 * the latest end, in network order, and the data, whose bytes are in one order on every
 * machine. What is received, of any version, is unpacked, checked and packed again as
 * that version, and must be the same: so it is in order, and takes no bytes that it
 * needs not take. What is sent is of the last version.
 */

Datum
meter_day_send(PG_FUNCTION_ARGS)
{
	const MeterDay *day = meter_day_current(PG_GETARG_DATUM(0));
	StringInfoData out;

	pq_begintypsend(&out);
	pq_sendint8(&out, METER_DAY_VERSION);
	pq_sendint16(&out, day->known);
	pq_sendint32(&out, day->readings);
	pq_sendint64(&out, day->starts_at);
	pq_sendint64(&out, day->ends_at);
	pq_sendbytes(&out, (const char *) day->data, METER_DAY_DATA_SIZE(day) - BIT_BLOCK_SLACK);
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

/* Leaves the rows of the value, in order, in rows. */
static const char *
received_fault(const MeterDay *day, MeterRows *rows)
{
	const char *fault = meter_day_fault(day);
	int64 value[METER_COLUMNS];
	MeterDay *packed;
	int64 row;
	int i;

	if (fault != NULL)
		return fault;
	meter_rows_init(rows, CurrentMemoryContext);
	fault = meter_rows_unpack(rows, day);
	for (row = 0; fault == NULL && row < rows->count; row++)
	{
		for (i = 0; i < METER_COLUMNS; i++)
			value[i] = rows->column[i] != NULL ? rows->column[i][row] : METER_NULL;
		fault = meter_reading_fault(value);
	}
	if (fault != NULL)
		return fault;
	rows->sorted = false;
	packed = meter_rows_pack(rows, day->version);
	if (VARSIZE(packed) != VARSIZE(day) || memcmp(packed, day, VARSIZE(day)) != 0)
		return "its readings are out of order, or packed otherwise than they would be";
	return NULL;
}

Datum
meter_day_recv(PG_FUNCTION_ARGS)
{
	StringInfo in = (StringInfo) PG_GETARG_POINTER(0);
	int version = pq_getmsgbyte(in);
	const char *fault;
	MeterDay header = {.version = (uint8) version};
	MeterRows rows;
	MeterDay *day;
	Size size;

	if (version < METER_DAY_OLDEST_VERSION || version > METER_DAY_VERSION)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("unsupported version of binary %s: %d", "meter_day", version)));
	header.known = (uint16) pq_getmsgint(in, 2);
	header.readings = pq_getmsgint(in, 4);
	header.starts_at = pq_getmsgint64(in);
	header.ends_at = pq_getmsgint64(in);
	size = in->len - in->cursor;

	day = palloc0(METER_DAY_HEADER_SIZE + size + BIT_BLOCK_SLACK);
	memcpy(day, &header, METER_DAY_HEADER_SIZE);
	SET_VARSIZE(day, METER_DAY_HEADER_SIZE + size + BIT_BLOCK_SLACK);
	pq_copymsgbytes(in, (char *) day->data, size);
	fault = received_fault(day, &rows);
	if (fault != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("invalid binary value for type %s", "meter_day"),
						errdetail("The value is not one: %s.", fault)));
	if (day->version != METER_DAY_VERSION)
		day = meter_rows_pack(&rows, METER_DAY_VERSION);
	PG_RETURN_POINTER(day);
}

/*
 * Equality: the same readings are the same bytes, of one version
 */

static bool
meter_days_equal(FunctionCallInfo fcinfo)
{
	const MeterDay *a = meter_day_current(PG_GETARG_DATUM(0));
	const MeterDay *b = meter_day_current(PG_GETARG_DATUM(1));

	return VARSIZE(a) == VARSIZE(b) && memcmp(a, b, VARSIZE(a)) == 0;
}

Datum
meter_day_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(meter_days_equal(fcinfo));
}

Datum
meter_day_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!meter_days_equal(fcinfo));
}

Datum
meter_day_hash(PG_FUNCTION_ARGS)
{
	const MeterDay *day = meter_day_current(PG_GETARG_DATUM(0));

	return UInt32GetDatum(
		hash_bytes((const unsigned char *) VARDATA(day), (int) (VARSIZE(day) - VARHDRSZ)));
}

Datum
meter_day_hash_extended(PG_FUNCTION_ARGS)
{
	const MeterDay *day = meter_day_current(PG_GETARG_DATUM(0));

	return UInt64GetDatum(hash_bytes_extended((const unsigned char *) VARDATA(day),
											  (int) (VARSIZE(day) - VARHDRSZ),
											  (uint64) PG_GETARG_INT64(1)));
}

/*
 * What the header says
 */

Datum
meter_day_readings(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(meter_day_read(PG_GETARG_DATUM(0))->readings);
}

Datum
meter_day_first_start(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(meter_day_read(PG_GETARG_DATUM(0))->starts_at);
}

Datum
meter_day_last_end(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(meter_day_read(PG_GETARG_DATUM(0))->ends_at);
}
