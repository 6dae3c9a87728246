/*
 * monetary.c
 *		An exact amount of money in one currency: a 112-bit count of 1e-15 units
 *		and the currency, sixteen bytes. Arithmetic is on integers, stays within one
 *		currency and says so when it cannot: mixed currencies are 22000, a result
 *		that does not fit is 22003. The aggregates are in monetary_agg.c, rounding
 *		and allocation in monetary_split.c.
 */
#include "chipbook.h"

#include "common/hashfn.h"
#include "common/shortest_dec.h"
#include "libpq/pqformat.h"
#include "parser/scansup.h"
#include "utils/builtins.h"
#include "utils/sortsupport.h"

PG_FUNCTION_INFO_V1(monetary_in);
PG_FUNCTION_INFO_V1(monetary_out);
PG_FUNCTION_INFO_V1(monetary_recv);
PG_FUNCTION_INFO_V1(monetary_send);
PG_FUNCTION_INFO_V1(monetary_from_numeric);
PG_FUNCTION_INFO_V1(monetary_amount_numeric);
PG_FUNCTION_INFO_V1(monetary_currency_of);
PG_FUNCTION_INFO_V1(monetary_eq);
PG_FUNCTION_INFO_V1(monetary_ne);
PG_FUNCTION_INFO_V1(monetary_lt);
PG_FUNCTION_INFO_V1(monetary_le);
PG_FUNCTION_INFO_V1(monetary_gt);
PG_FUNCTION_INFO_V1(monetary_ge);
PG_FUNCTION_INFO_V1(monetary_cmp);
PG_FUNCTION_INFO_V1(monetary_sortsupport);
PG_FUNCTION_INFO_V1(monetary_hash);
PG_FUNCTION_INFO_V1(monetary_hash_extended);
PG_FUNCTION_INFO_V1(monetary_neg);
PG_FUNCTION_INFO_V1(monetary_add);
PG_FUNCTION_INFO_V1(monetary_sub);
PG_FUNCTION_INFO_V1(monetary_mul_int2);
PG_FUNCTION_INFO_V1(monetary_mul_int4);
PG_FUNCTION_INFO_V1(monetary_mul_int8);
PG_FUNCTION_INFO_V1(monetary_mul_numeric);
PG_FUNCTION_INFO_V1(monetary_mul_float8);
PG_FUNCTION_INFO_V1(int2_mul_monetary);
PG_FUNCTION_INFO_V1(int4_mul_monetary);
PG_FUNCTION_INFO_V1(int8_mul_monetary);
PG_FUNCTION_INFO_V1(numeric_mul_monetary);
PG_FUNCTION_INFO_V1(float8_mul_monetary);
PG_FUNCTION_INFO_V1(monetary_div_int2);
PG_FUNCTION_INFO_V1(monetary_div_int4);
PG_FUNCTION_INFO_V1(monetary_div_int8);
PG_FUNCTION_INFO_V1(monetary_div_numeric);
PG_FUNCTION_INFO_V1(monetary_div_float8);
PG_FUNCTION_INFO_V1(monetary_div);
PG_FUNCTION_INFO_V1(monetary_exchange);

/* Digits read from text before the rest can only matter by their number: 10^36 < 2^120. */
#define MAX_MANTISSA_DIGITS 36

/* Base 10000 digits of numeric's binary form, and the signs it may carry. */
#define NUMERIC_BASE 10000
#define NUMERIC_BASE_DECIMALS 4
#define NUMERIC_SIGN_NEGATIVE 0x4000

/* 128 bits have at most 39 decimal digits, hence 11 base 10000 digits with a split one. */
#define MAX_S128_NUMERIC_DIGITS 11

/* Longer numbers are shown in scientific notation in an error message. */
#define MAX_SHOWN_NUMERIC 40

/*
 * Making and checking
 */

static void
monetary_out_of_range(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("value out of range for type %s", "monetary"),
			 errdetail("An amount of money must be within about 2.59e18 either side of zero.")));
}

Monetary *
monetary_make(int128 amount, Currency currency)
{
	Monetary *result;

	if (!monetary_in_range(amount))
		monetary_out_of_range();
	result = palloc(sizeof(Monetary));
	monetary_set(result, amount, currency);
	return result;
}

void
monetary_check_same_currency(const Monetary *a, const Monetary *b, const char *operation)
{
	if (unlikely(monetary_currency(a) != monetary_currency(b)))
		ereport(ERROR, (errcode(ERRCODE_DATA_EXCEPTION),
						errmsg("cannot %s monetary values of different currencies: %s and %s",
							   operation, monetary_to_text(a), monetary_to_text(b)),
						errhint("Convert one of them first, with a rate of your own: "
								"exchange(m, rate, 'USD').")));
}

/*
 * Text
 */

/*
 * The decimals an amount is written with: as many as it needs, but no fewer
 * than the currency's minor unit has (two when ISO 4217 states none).
 */
static int
decimals_shown(int128 amount, Currency currency)
{
	int minor_unit = currency_minor_unit_at(currency, DATEVAL_NOEND);
	uint64 fraction = (uint64) (abs_s128(amount) % MONETARY_ONE);
	int decimals = MONETARY_SCALE;

	if (minor_unit < 0)
		minor_unit = 2;
	while (decimals > minor_unit && fraction % 10 == 0)
	{
		fraction /= 10;
		decimals--;
	}
	return decimals;
}

/* A sign, 19 digits, a point, 15 decimals, a blank and a code, with room to spare. */
#define MONETARY_TEXT_SIZE 48

/* Written from its end, digit by digit: amounts are written by the million. */
char *
monetary_to_text(const Monetary *m)
{
	int128 amount = monetary_amount(m);
	uint128 magnitude = (uint128) abs_s128(amount);
	uint64 whole = (uint64) (magnitude / MONETARY_ONE);
	uint64 fraction = (uint64) (magnitude % MONETARY_ONE);
	int decimals = decimals_shown(amount, monetary_currency(m));
	char code[CURRENCY_TEXT_SIZE];
	char text[MONETARY_TEXT_SIZE];
	char *p = text + sizeof(text);

	*--p = '\0';
	currency_to_text(monetary_currency(m), code);
	p -= strlen(code);
	memcpy(p, code, strlen(code));
	*--p = ' ';
	if (decimals > 0)
	{
		fraction /= (uint64) pow10_s128(MONETARY_SCALE - decimals);
		for (int i = 0; i < decimals; i++, fraction /= 10)
			*--p = '0' + fraction % 10;
		*--p = '.';
	}
	do
	{
		*--p = '0' + whole % 10;
		whole /= 10;
	} while (whole > 0);
	if (amount < 0)
		*--p = '-';
	return pstrdup(p);
}

/* What reading a text came to. */
typedef enum ReadResult
{
	READ_OK,
	READ_BAD_SYNTAX,
	READ_OUT_OF_RANGE
} ReadResult;

/* A decimal number read from text: mantissa * 10^exponent, and its sign. */
typedef struct Decimal
{
	bool negative;
	uint128 mantissa;
	int exponent;
} Decimal;

/* Digits with an optional fraction; false when there is no digit. */
static bool
read_mantissa(const char **p, Decimal *value)
{
	const char *s = *p;
	int significant = 0;
	bool any = false;
	bool in_fraction = false;

	for (;; s++)
	{
		if (*s == '.' && !in_fraction)
		{
			in_fraction = true;
			continue;
		}
		if (*s < '0' || *s > '9')
			break;
		any = true;
		if (significant < MAX_MANTISSA_DIGITS)
		{
			value->mantissa = value->mantissa * 10 + (*s - '0');
			if (value->mantissa != 0)
				significant++;
			if (in_fraction)
				value->exponent--;
		}
		else if (!in_fraction)
			value->exponent++;
	}
	*p = s;
	return any;
}

/* "e9", "E+9", "e-9" if there is one; false when the e is not followed by digits. */
static bool
read_exponent(const char **p, Decimal *value)
{
	const char *s = *p;
	bool negative;
	int exponent = 0;

	if (*s != 'e' && *s != 'E')
		return true;
	s++;
	negative = *s == '-';
	if (*s == '-' || *s == '+')
		s++;
	if (*s < '0' || *s > '9')
		return false;
	for (; *s >= '0' && *s <= '9'; s++)
		if (exponent < 1000000)
			exponent = exponent * 10 + (*s - '0');
	value->exponent += negative ? -exponent : exponent;
	*p = s;
	return true;
}

/* A decimal in units of 1e-15, rounded half away from zero as numeric's typmod does. */
static bool
decimal_to_amount(const Decimal *value, int128 *amount)
{
	int shift = value->exponent + MONETARY_SCALE;
	uint128 magnitude = value->mantissa;

	/* The digits that read_mantissa left out lie below the last place kept here. */
	if (magnitude == 0 || shift < -MAX_MANTISSA_DIGITS)
		magnitude = 0;
	else if (shift < 0)
		magnitude = (uint128) div_round_s128((int128) magnitude, pow10_s128(-shift));
	else if (shift > MAX_MANTISSA_DIGITS ||
			 __builtin_mul_overflow(magnitude, (uint128) pow10_s128(shift), &magnitude))
		return false;
	if (magnitude > (uint128) MONETARY_MAX + (value->negative ? 1 : 0))
		return false;
	*amount = value->negative ? -(int128) magnitude : (int128) magnitude;
	return true;
}

static inline const char *
skip_blanks(const char *p)
{
	while (scanner_isspace(*p))
		p++;
	return p;
}

/* The amount, blanks, the code: "-1234.56 USD", "1.5e9 EUR". */
static ReadResult
read_monetary(const char *text, Monetary *result)
{
	const char *p = skip_blanks(text);
	const char *code;
	Decimal value = {0};
	Currency currency;
	int128 amount;

	value.negative = *p == '-';
	if (*p == '-' || *p == '+')
		p++;
	if (!read_mantissa(&p, &value) || !read_exponent(&p, &value))
		return READ_BAD_SYNTAX;
	code = skip_blanks(p);
	if (code == p)
		return READ_BAD_SYNTAX;
	currency = currency_from_letters(code);
	if (currency == CURRENCY_INVALID || *skip_blanks(code + 3) != '\0')
		return READ_BAD_SYNTAX;
	if (!decimal_to_amount(&value, &amount))
		return READ_OUT_OF_RANGE;
	monetary_set(result, amount, currency);
	return READ_OK;
}

Datum
monetary_in(PG_FUNCTION_ARGS)
{
	char *text = PG_GETARG_CSTRING(0);
	Monetary *result = palloc(sizeof(Monetary));

	switch (read_monetary(text, result))
	{
		case READ_OK:
			break;
		case READ_BAD_SYNTAX:
			ereturn(fcinfo->context, (Datum) 0,
					(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					 errmsg("invalid input syntax for type %s: \"%s\"", "monetary", text),
					 errhint("Write the amount without thousands separators, a blank and the three "
							 "capitals of the currency, such as \"1234.56 USD\".")));
		case READ_OUT_OF_RANGE:
			ereturn(fcinfo->context, (Datum) 0,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("value \"%s\" is out of range for type %s", text, "monetary"),
					 errdetail(
						 "An amount of money must be within about 2.59e18 either side of zero.")));
	}
	PG_RETURN_MONETARY_P(result);
}

Datum
monetary_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(monetary_to_text(PG_GETARG_MONETARY_P(0)));
}

/*
 * Binary: the two halves in network order. Every amount is legal; the currency
 * must be one.
 */

Datum
monetary_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	Monetary *result = palloc(sizeof(Monetary));

	result->high = pq_getmsgint64(buf);
	result->low = (uint64) pq_getmsgint64(buf);
	if (!currency_is_valid(monetary_currency(result)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("invalid binary value for type %s: 0x%04X is no currency",
							   "monetary", monetary_currency(result))));
	PG_RETURN_MONETARY_P(result);
}

Datum
monetary_send(PG_FUNCTION_ARGS)
{
	Monetary *m = PG_GETARG_MONETARY_P(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint64(&buf, m->high);
	pq_sendint64(&buf, m->low);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/*
 * numeric
 *
 * numeric's inside is private to PostgreSQL; its binary form (weight, sign,
 * scale and base 10000 digits) is public, stable and exact, so values pass
 * through that.
 */

/* A numeric for an error message: as it is, unless it is very long. */
char *
numeric_shown(Numeric value)
{
	char *text = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value)));

	return strlen(text) <= MAX_SHOWN_NUMERIC ? text : numeric_out_sci(value, 5);
}

pg_noreturn static void
numeric_unfit(Numeric value, const char *what)
{
	if (numeric_is_nan(value) || numeric_is_inf(value))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("%s cannot be %s", what, numeric_shown(value))));
	ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					errmsg("%s out of range: %s", what, numeric_shown(value))));
}

/* The digits of numeric's binary form, all of them at or above the result's last place. */
static bool
add_up_digits(StringInfo wire, int digits, int weight, int scale, uint128 *magnitude)
{
	*magnitude = 0;
	for (int i = 0; i < digits; i++)
	{
		/* The power of ten that this digit's last place counts, in result units. */
		int power = (weight - i) * NUMERIC_BASE_DECIMALS + scale;
		uint128 digit = pq_getmsgint(wire, 2);

		if (power > 38)
			return false;
		/* The value is rounded already: the places cut off are zeros. */
		if (power < 0)
			digit /= (uint128) pow10_s128(-power);
		else if (__builtin_mul_overflow(digit, (uint128) pow10_s128(power), &digit))
			return false;
		if (__builtin_add_overflow(*magnitude, digit, magnitude))
			return false;
	}
	return true;
}

bool
numeric_to_scaled_overflow(Numeric value, int scale, int128 *result)
{
	StringInfoData wire;
	bytea *bytes;
	int digits;
	int weight;
	bool negative;
	uint128 magnitude;

	if (scale > 38 || numeric_is_nan(value) || numeric_is_inf(value))
		return true;
	value = DatumGetNumeric(
		DirectFunctionCall2(numeric_round, NumericGetDatum(value), Int32GetDatum(scale)));
	bytes = DatumGetByteaPP(DirectFunctionCall1(numeric_send, NumericGetDatum(value)));
	wire.data = VARDATA_ANY(bytes);
	wire.len = wire.maxlen = VARSIZE_ANY_EXHDR(bytes);
	wire.cursor = 0;
	digits = (uint16) pq_getmsgint(&wire, 2); /* the longest numerics have more than 2^15 */
	weight = (int16) pq_getmsgint(&wire, 2);
	negative = pq_getmsgint(&wire, 2) == NUMERIC_SIGN_NEGATIVE;
	(void) pq_getmsgint(&wire, 2); /* display scale */

	if (!add_up_digits(&wire, digits, weight, scale, &magnitude) ||
		magnitude > (((uint128) 1) << 127) - (negative ? 0 : 1))
		return true;
	*result = negative ? (int128) -magnitude : (int128) magnitude;
	return false;
}

int128
numeric_to_scaled(Numeric value, int scale, const char *what)
{
	int128 result;

	if (numeric_to_scaled_overflow(value, scale, &result))
		numeric_unfit(value, what);
	return result;
}

Numeric
scaled_to_numeric(int128 value, int scale)
{
	uint128 magnitude = abs_s128(value);
	uint16 digits[MAX_S128_NUMERIC_DIGITS];
	int ndigits = 0;
	/* Base 10000 digits needed for the decimals, the last one padded with zeros. */
	int fraction_digits = (scale + NUMERIC_BASE_DECIMALS - 1) / NUMERIC_BASE_DECIMALS;
	int padding = (int) pow10_s128(fraction_digits * NUMERIC_BASE_DECIMALS - scale);
	StringInfoData buf;

	if (magnitude != 0 && padding > 1)
	{
		/* The lowest base 10000 digit takes what the padding leaves room for. */
		uint128 room = NUMERIC_BASE / padding;

		digits[ndigits++] = (uint16) (magnitude % room) * padding;
		magnitude /= room;
	}
	for (; magnitude != 0; magnitude /= NUMERIC_BASE)
		digits[ndigits++] = (uint16) (magnitude % NUMERIC_BASE);

	initStringInfo(&buf);
	pq_sendint16(&buf, ndigits);
	pq_sendint16(&buf, ndigits - fraction_digits - 1);
	pq_sendint16(&buf, value < 0 ? NUMERIC_SIGN_NEGATIVE : 0);
	pq_sendint16(&buf, scale);
	while (ndigits > 0)
		pq_sendint16(&buf, digits[--ndigits]);
	return DatumGetNumeric(DirectFunctionCall3(numeric_recv, PointerGetDatum(&buf),
											   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
}

/* The amount alone, with the decimals its text form shows. */
static Numeric
amount_numeric(const Monetary *m)
{
	int128 amount = monetary_amount(m);
	int decimals = decimals_shown(amount, monetary_currency(m));

	return scaled_to_numeric(amount / pow10_s128(MONETARY_SCALE - decimals), decimals);
}

/* monetary(amount numeric, code currency) */
Datum
monetary_from_numeric(PG_FUNCTION_ARGS)
{
	Numeric value = PG_GETARG_NUMERIC(0);
	int128 amount;

	if (numeric_to_scaled_overflow(value, MONETARY_SCALE, &amount) || !monetary_in_range(amount))
		numeric_unfit(value, "monetary amount");
	PG_RETURN_MONETARY_P(monetary_make(amount, PG_GETARG_CURRENCY(1)));
}

/* amount(m monetary) returns numeric, and the cast */
Datum
monetary_amount_numeric(PG_FUNCTION_ARGS)
{
	PG_RETURN_NUMERIC(amount_numeric(PG_GETARG_MONETARY_P(0)));
}

/* currency(m monetary) returns currency */
Datum
monetary_currency_of(PG_FUNCTION_ARGS)
{
	PG_RETURN_CURRENCY(monetary_currency(PG_GETARG_MONETARY_P(0)));
}

/*
 * Comparison: currency by its letters, then amount. Total, so that ORDER BY,
 * GROUP BY and indexes work over any mixture.
 */

static inline int
monetary_compare(const Monetary *a, const Monetary *b)
{
	if (monetary_currency(a) != monetary_currency(b))
		return monetary_currency(a) < monetary_currency(b) ? -1 : 1;
	if (a->high != b->high)
		return a->high < b->high ? -1 : 1;
	if (a->low != b->low)
		return a->low < b->low ? -1 : 1;
	return 0;
}

Datum
monetary_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(monetary_compare(PG_GETARG_MONETARY_P(0), PG_GETARG_MONETARY_P(1)) == 0);
}

Datum
monetary_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(monetary_compare(PG_GETARG_MONETARY_P(0), PG_GETARG_MONETARY_P(1)) != 0);
}

Datum
monetary_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(monetary_compare(PG_GETARG_MONETARY_P(0), PG_GETARG_MONETARY_P(1)) < 0);
}

Datum
monetary_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(monetary_compare(PG_GETARG_MONETARY_P(0), PG_GETARG_MONETARY_P(1)) <= 0);
}

Datum
monetary_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(monetary_compare(PG_GETARG_MONETARY_P(0), PG_GETARG_MONETARY_P(1)) > 0);
}

Datum
monetary_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(monetary_compare(PG_GETARG_MONETARY_P(0), PG_GETARG_MONETARY_P(1)) >= 0);
}

Datum
monetary_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(monetary_compare(PG_GETARG_MONETARY_P(0), PG_GETARG_MONETARY_P(1)));
}

static int
monetary_sort_compare(Datum a, Datum b, SortSupport ssup)
{
	return monetary_compare(DatumGetMonetaryP(a), DatumGetMonetaryP(b));
}

Datum
monetary_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport ssup = (SortSupport) PG_GETARG_POINTER(0);

	ssup->comparator = monetary_sort_compare;
	PG_RETURN_VOID();
}

Datum
monetary_hash(PG_FUNCTION_ARGS)
{
	return hash_any((unsigned char *) PG_GETARG_MONETARY_P(0), sizeof(Monetary));
}

Datum
monetary_hash_extended(PG_FUNCTION_ARGS)
{
	return hash_any_extended((unsigned char *) PG_GETARG_MONETARY_P(0), sizeof(Monetary),
							 PG_GETARG_INT64(1));
}

/*
 * Addition. Two amounts of 112 bits never overflow 128: one check, in monetary_make.
 */

Datum
monetary_neg(PG_FUNCTION_ARGS)
{
	Monetary *m = PG_GETARG_MONETARY_P(0);

	PG_RETURN_MONETARY_P(monetary_make(-monetary_amount(m), monetary_currency(m)));
}

Datum
monetary_add(PG_FUNCTION_ARGS)
{
	Monetary *a = PG_GETARG_MONETARY_P(0);
	Monetary *b = PG_GETARG_MONETARY_P(1);

	monetary_check_same_currency(a, b, "add");
	PG_RETURN_MONETARY_P(
		monetary_make(monetary_amount(a) + monetary_amount(b), monetary_currency(a)));
}

Datum
monetary_sub(PG_FUNCTION_ARGS)
{
	Monetary *a = PG_GETARG_MONETARY_P(0);
	Monetary *b = PG_GETARG_MONETARY_P(1);

	monetary_check_same_currency(a, b, "subtract");
	PG_RETURN_MONETARY_P(
		monetary_make(monetary_amount(a) - monetary_amount(b), monetary_currency(a)));
}

/*
 * Multiplication and division by a number
 */

static Datum
multiply_by_integer(const Monetary *m, int64 factor)
{
	int128 product;

	if (mul_s128_overflow(monetary_amount(m), factor, &product))
		monetary_out_of_range();
	PG_RETURN_MONETARY_P(monetary_make(product, monetary_currency(m)));
}

static void
division_by_zero(const Monetary *m)
{
	ereport(ERROR, (errcode(ERRCODE_DIVISION_BY_ZERO),
					errmsg("division by zero: %s / 0", monetary_to_text(m)),
					errhint("Use nullif() on the divisor to get NULL instead.")));
}

static Datum
divide_by_integer(const Monetary *m, int64 divisor)
{
	if (divisor == 0)
		division_by_zero(m);
	PG_RETURN_MONETARY_P(
		monetary_make(div_round_s128(monetary_amount(m), divisor), monetary_currency(m)));
}

static void
check_finite(Numeric value, const char *what)
{
	if (numeric_is_nan(value) || numeric_is_inf(value))
		numeric_unfit(value, what);
}

static int
numeric_sign_of(Numeric value)
{
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(value),
											 NumericGetDatum(int64_to_numeric(0))));
}

/* A whole number of 1e-15 units as money. */
static Datum
money_from_units(Datum units, Currency currency)
{
	int128 amount;

	if (numeric_to_scaled_overflow(DatumGetNumeric(units), 0, &amount))
		monetary_out_of_range();
	PG_RETURN_MONETARY_P(monetary_make(amount, currency));
}

/*
 * A finite numeric of up to nine base 10000 digits is a whole number of 128 bits
 * times a power of ten: mantissa * 10^exponent, exactly. False for a longer one.
 */
static bool
numeric_to_decimal(Numeric value, int128 *mantissa, int *exponent)
{
	bytea *bytes = DatumGetByteaPP(DirectFunctionCall1(numeric_send, NumericGetDatum(value)));
	const unsigned char *wire = (const unsigned char *) VARDATA_ANY(bytes);
	int digits = wire[0] << 8 | wire[1];
	int weight = (int16) (wire[2] << 8 | wire[3]);

	if (digits > MAX_MANTISSA_DIGITS / NUMERIC_BASE_DECIMALS)
		return false;
	*mantissa = 0;
	for (int i = 0; i < digits; i++)
		*mantissa = *mantissa * NUMERIC_BASE + (wire[8 + 2 * i] << 8 | wire[9 + 2 * i]);
	if ((wire[4] << 8 | wire[5]) == NUMERIC_SIGN_NEGATIVE)
		*mantissa = -*mantissa;
	*exponent = (weight - digits + 1) * NUMERIC_BASE_DECIMALS;
	if (*exponent > 0)
	{
		if (weight >= MAX_MANTISSA_DIGITS / NUMERIC_BASE_DECIMALS)
			return false;
		*mantissa *= pow10_s128(*exponent);
		*exponent = 0;
	}
	return true;
}

/*
 * The exact product with one rounding, half away from zero: in 256 bits where the factor is short
 * enough, as rates and shares are, else through numeric, which multiplies exactly.
 */
static int128
units_times_numeric(const Monetary *m, Numeric factor, const char *what)
{
	int128 mantissa;
	int exponent;
	int128 result;
	Datum product;

	check_finite(factor, what);
	if (numeric_to_decimal(factor, &mantissa, &exponent) && exponent >= -MAX_MANTISSA_DIGITS)
	{
		bool overflow = exponent == 0 ? mul_s128_overflow(monetary_amount(m), mantissa, &result)
									  : mul_div_s128_overflow(monetary_amount(m), mantissa,
															  pow10_s128(-exponent), &result);

		if (overflow)
			monetary_out_of_range();
		return result;
	}
	product =
		DirectFunctionCall2(numeric_mul, NumericGetDatum(scaled_to_numeric(monetary_amount(m), 0)),
							NumericGetDatum(factor));
	if (numeric_to_scaled_overflow(DatumGetNumeric(product), 0, &result))
		monetary_out_of_range();
	return result;
}

static Datum
multiply_by_numeric(const Monetary *m, Numeric factor)
{
	PG_RETURN_MONETARY_P(monetary_make(units_times_numeric(m, factor, "factor of a monetary value"),
									   monetary_currency(m)));
}

/*
 * numeric's own division keeps a limited number of decimals and would round
 * twice, so divide whole units and look at the remainder.
 */
static Datum
divide_by_numeric(const Monetary *m, Numeric divisor)
{
	Datum d = NumericGetDatum(divisor);
	Datum units = NumericGetDatum(scaled_to_numeric(monetary_amount(m), 0));
	Datum quotient;
	Datum rest;

	check_finite(divisor, "divisor of a monetary value");
	if (numeric_sign_of(divisor) == 0)
		division_by_zero(m);
	quotient = DirectFunctionCall2(numeric_div_trunc, units, d);
	rest = DirectFunctionCall2(numeric_sub, units, DirectFunctionCall2(numeric_mul, quotient, d));
	/* Half or more of the divisor left over: one unit further from zero. */
	rest = DirectFunctionCall1(numeric_abs, DirectFunctionCall2(numeric_add, rest, rest));
	if (DatumGetBool(DirectFunctionCall2(numeric_ge, rest, DirectFunctionCall1(numeric_abs, d))))
	{
		bool negative = (monetary_amount(m) < 0) != (numeric_sign_of(divisor) < 0);

		quotient = DirectFunctionCall2(numeric_add, quotient,
									   NumericGetDatum(int64_to_numeric(negative ? -1 : 1)));
	}
	return money_from_units(quotient, monetary_currency(m));
}

/*
 * A float as the number that its shortest decimal form shows: 0.1 is a tenth.
 * float8's own cast to numeric would drop digits after the fifteenth.
 */
static Numeric
float8_to_numeric(float8 value)
{
	char buf[DOUBLE_SHORTEST_DECIMAL_LEN];

	double_to_shortest_decimal_buf(value, buf);
	return DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum(buf),
											   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
}

#define MONETARY_BY_NUMBER(suffix, getarg, how)                                                    \
	Datum monetary_mul_##suffix(PG_FUNCTION_ARGS)                                                  \
	{                                                                                              \
		return multiply_by_##how(PG_GETARG_MONETARY_P(0), getarg(1));                              \
	}                                                                                              \
	Datum suffix##_mul_monetary(PG_FUNCTION_ARGS)                                                  \
	{                                                                                              \
		return multiply_by_##how(PG_GETARG_MONETARY_P(1), getarg(0));                              \
	}                                                                                              \
	Datum monetary_div_##suffix(PG_FUNCTION_ARGS)                                                  \
	{                                                                                              \
		return divide_by_##how(PG_GETARG_MONETARY_P(0), getarg(1));                                \
	}

#define GETARG_FLOAT8_AS_NUMERIC(n) float8_to_numeric(PG_GETARG_FLOAT8(n))

MONETARY_BY_NUMBER(int2, PG_GETARG_INT16, integer);
MONETARY_BY_NUMBER(int4, PG_GETARG_INT32, integer);
MONETARY_BY_NUMBER(int8, PG_GETARG_INT64, integer);
MONETARY_BY_NUMBER(numeric, PG_GETARG_NUMERIC, numeric);
MONETARY_BY_NUMBER(float8, GETARG_FLOAT8_AS_NUMERIC, numeric);

/* monetary / monetary returns numeric: as amount(a) / amount(b) */
Datum
monetary_div(PG_FUNCTION_ARGS)
{
	Monetary *a = PG_GETARG_MONETARY_P(0);
	Monetary *b = PG_GETARG_MONETARY_P(1);

	monetary_check_same_currency(a, b, "divide");
	if (monetary_amount(b) == 0)
		division_by_zero(a);
	return DirectFunctionCall2(numeric_div, NumericGetDatum(amount_numeric(a)),
							   NumericGetDatum(amount_numeric(b)));
}

/*
 * Another currency
 */

/*
 * exchange(m, rate, code): m at rate units of the other currency for one of its own. A rate that
 * is not above zero is a mistake, and so is one other than 1 into the currency m has.
 */
Datum
monetary_exchange(PG_FUNCTION_ARGS)
{
	Monetary *m = PG_GETARG_MONETARY_P(0);
	Numeric rate = PG_GETARG_NUMERIC(1);
	Currency currency = PG_GETARG_CURRENCY(2);
	int128 units = units_times_numeric(m, rate, "rate of exchange");

	/* The product says what the sign of the rate is, unless it is zero. */
	if (unlikely(units == 0 || (units < 0) != (monetary_amount(m) < 0)) &&
		numeric_sign_of(rate) <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("rate of exchange must be greater than zero, not %s", numeric_shown(rate)),
				 errhint("A rate that is not known is NULL, and so is what is exchanged at it.")));
	if (unlikely(currency == monetary_currency(m)) &&
		!DatumGetBool(DirectFunctionCall2(numeric_eq, NumericGetDatum(rate),
										  NumericGetDatum(int64_to_numeric(1)))))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot exchange %s into its own currency at a rate of %s",
							   monetary_to_text(m), numeric_shown(rate))));
	PG_RETURN_MONETARY_P(monetary_make(units, currency));
}
