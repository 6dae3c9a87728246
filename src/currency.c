/*
 * currency.c
 *		An ISO 4217 alphabetic code in two bytes. Input takes any three capitals, so
 *		that no restore fails over a code that was withdrawn or is not yet listed
 *		here; what ISO says about a code (its minor unit above all) is in the dated
 *		table of iso4217.h, because ICU's differs from ISO's and changes with its
 *		version.
 */
#include "chipbook.h"

#include "common/hashfn.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "parser/scansup.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/sortsupport.h"

#include "iso4217.h"

PG_FUNCTION_INFO_V1(currency_in);
PG_FUNCTION_INFO_V1(currency_out);
PG_FUNCTION_INFO_V1(currency_recv);
PG_FUNCTION_INFO_V1(currency_send);
PG_FUNCTION_INFO_V1(currency_eq);
PG_FUNCTION_INFO_V1(currency_ne);
PG_FUNCTION_INFO_V1(currency_lt);
PG_FUNCTION_INFO_V1(currency_le);
PG_FUNCTION_INFO_V1(currency_gt);
PG_FUNCTION_INFO_V1(currency_ge);
PG_FUNCTION_INFO_V1(currency_cmp);
PG_FUNCTION_INFO_V1(currency_sortsupport);
PG_FUNCTION_INFO_V1(currency_hash);
PG_FUNCTION_INFO_V1(currency_hash_extended);
PG_FUNCTION_INFO_V1(currency_minor_unit);
PG_FUNCTION_INFO_V1(currency_iso_list);

#define LETTER_BITS 5
#define LETTER_MASK 0x1F
#define LETTER_COUNT 26

static inline int
letter_number(Currency currency, int position)
{
	return (currency >> ((2 - position) * LETTER_BITS)) & LETTER_MASK;
}

/* The one check of a currency that comes from outside: three letters and nothing else. */
bool
currency_is_valid(Currency currency)
{
	if (currency >> (3 * LETTER_BITS))
		return false;
	for (int i = 0; i < 3; i++)
	{
		int n = letter_number(currency, i);

		if (n < 1 || n > LETTER_COUNT)
			return false;
	}
	return true;
}

/* The first three characters as a currency; CURRENCY_INVALID unless all are capitals A to Z. */
Currency
currency_from_letters(const char *letters)
{
	Currency currency = 0;

	for (int i = 0; i < 3; i++)
	{
		if (letters[i] < 'A' || letters[i] > 'Z')
			return CURRENCY_INVALID;
		currency = (currency << LETTER_BITS) | (letters[i] - 'A' + 1);
	}
	return currency;
}

const char *
currency_to_text(Currency currency, char buf[CURRENCY_TEXT_SIZE])
{
	for (int i = 0; i < 3; i++)
		buf[i] = 'A' + letter_number(currency, i) - 1;
	buf[3] = '\0';
	return buf;
}

/*
 * Input and output
 */

Datum
currency_in(PG_FUNCTION_ARGS)
{
	char *text = PG_GETARG_CSTRING(0);
	const char *start = text;
	const char *end = text + strlen(text);
	Currency currency = CURRENCY_INVALID;

	while (scanner_isspace(*start))
		start++;
	while (end > start && scanner_isspace(end[-1]))
		end--;
	if (end - start == 3)
		currency = currency_from_letters(start);
	if (currency == CURRENCY_INVALID)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"", "currency", text),
				 errhint("Use the three capital letters of an ISO 4217 code, such as USD.")));
	PG_RETURN_CURRENCY(currency);
}

Datum
currency_out(PG_FUNCTION_ARGS)
{
	char *buf = palloc(CURRENCY_TEXT_SIZE);

	currency_to_text(PG_GETARG_CURRENCY(0), buf);
	PG_RETURN_CSTRING(buf);
}

Datum
currency_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	Currency currency = (Currency) pq_getmsgint(buf, 2);

	if (!currency_is_valid(currency))
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("invalid binary value for type %s: 0x%04X", "currency", currency),
						errdetail("A currency is three letters of five bits, A = 1 to Z = 26.")));
	PG_RETURN_CURRENCY(currency);
}

Datum
currency_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint16(&buf, PG_GETARG_CURRENCY(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/*
 * Comparison: by letters, which is the order of the integers
 */

Datum
currency_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_CURRENCY(0) == PG_GETARG_CURRENCY(1));
}

Datum
currency_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_CURRENCY(0) != PG_GETARG_CURRENCY(1));
}

Datum
currency_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_CURRENCY(0) < PG_GETARG_CURRENCY(1));
}

Datum
currency_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_CURRENCY(0) <= PG_GETARG_CURRENCY(1));
}

Datum
currency_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_CURRENCY(0) > PG_GETARG_CURRENCY(1));
}

Datum
currency_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_CURRENCY(0) >= PG_GETARG_CURRENCY(1));
}

Datum
currency_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) PG_GETARG_CURRENCY(0) - (int32) PG_GETARG_CURRENCY(1));
}

static int
currency_sort_compare(Datum a, Datum b, SortSupport ssup)
{
	return (int) DatumGetCurrency(a) - (int) DatumGetCurrency(b);
}

Datum
currency_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport ssup = (SortSupport) PG_GETARG_POINTER(0);

	ssup->comparator = currency_sort_compare;
	PG_RETURN_VOID();
}

Datum
currency_hash(PG_FUNCTION_ARGS)
{
	return hash_uint32(PG_GETARG_CURRENCY(0));
}

Datum
currency_hash_extended(PG_FUNCTION_ARGS)
{
	return hash_uint32_extended(PG_GETARG_CURRENCY(0), PG_GETARG_INT64(1));
}

/*
 * What ISO 4217 says
 */

/* A date of the table, 20070101, as a DateADT. */
static DateADT
table_date(int32 yyyymmdd)
{
	return date2j(yyyymmdd / 10000, yyyymmdd / 100 % 100, yyyymmdd % 100) - POSTGRES_EPOCH_JDATE;
}

/* The first entry of a currency; NULL when the table does not know it. */
static const IsoCurrency *
find_currency(Currency currency)
{
	char code[CURRENCY_TEXT_SIZE];
	int low = 0;
	int high = iso_currency_count;

	currency_to_text(currency, code);
	while (low < high)
	{
		int middle = (low + high) / 2;

		if (strcmp(iso_currencies[middle].code, code) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < iso_currency_count && strcmp(iso_currencies[low].code, code) == 0)
		return &iso_currencies[low];
	return NULL;
}

/*
 * The decimals of a currency's smallest unit on a date, DATEVAL_NOEND for the
 * latest known; -1 when ISO 4217 states none. A withdrawn code keeps its last
 * minor unit and a date before the table's first entry gets the first: an old
 * amount must still be rounded somehow, and that is how it was counted.
 */
int
currency_minor_unit_at(Currency currency, DateADT date)
{
	const IsoCurrency *entry = find_currency(currency);

	if (entry == NULL)
		return -1;
	while (entry + 1 < iso_currencies + iso_currency_count &&
		   strcmp(entry[1].code, entry->code) == 0 && table_date(entry[1].valid_from) <= date)
		entry++;
	return entry->minor_unit;
}

/* minor_unit(code currency, at_date date) returns smallint */
Datum
currency_minor_unit(PG_FUNCTION_ARGS)
{
	DateADT date = PG_ARGISNULL(1) ? DATEVAL_NOEND : PG_GETARG_DATEADT(1);
	int minor_unit;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	minor_unit = currency_minor_unit_at(PG_GETARG_CURRENCY(0), date);
	if (minor_unit < 0)
		PG_RETURN_NULL();
	PG_RETURN_INT16(minor_unit);
}

/* iso_currencies(): the table as rows */
Datum
currency_iso_list(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < iso_currency_count; i++)
	{
		const IsoCurrency *entry = &iso_currencies[i];
		Datum values[6];
		bool nulls[6] = {false};

		values[0] = CurrencyGetDatum(currency_from_letters(entry->code));
		values[1] = Int16GetDatum(entry->numeric_code);
		nulls[1] = entry->numeric_code == 0;
		values[2] = Int16GetDatum(entry->minor_unit);
		nulls[2] = entry->minor_unit == NO_MINOR_UNIT;
		values[3] = CStringGetTextDatum(entry->name);
		nulls[4] = entry->valid_from == 0;
		values[4] = nulls[4] ? (Datum) 0 : DateADTGetDatum(table_date(entry->valid_from));
		nulls[5] = entry->valid_to == 0;
		values[5] = nulls[5] ? (Datum) 0 : DateADTGetDatum(table_date(entry->valid_to));
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
