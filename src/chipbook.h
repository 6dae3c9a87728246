/*
 * chipbook.h
 *		What every concept of chipbook shares: the two value types that travel
 *		between files (currency and monetary), and the version glue between the
 *		PostgreSQL releases we support.
 */
#ifndef CHIPBOOK_H
#define CHIPBOOK_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/date.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#if PG_VERSION_NUM < 150000
#error "chipbook needs PostgreSQL 15 or later"
#endif
#ifndef HAVE_INT128
#error "chipbook needs a compiler and platform with 128-bit integers"
#endif

#include "exact.h"

/* One version string everywhere: control file, META.json and module. */
#define CHIPBOOK_VERSION "0.1.0"

/* PostgreSQL 18's spelling, which replaces pg_attribute_noreturn(). */
#if PG_VERSION_NUM < 180000
#define pg_noreturn pg_attribute_noreturn()
#endif

/* Soft errors exist from PostgreSQL 16; before, an input error is a hard error. */
#if PG_VERSION_NUM < 160000
#define ereturn(context, dummy, ...)                                                               \
	do                                                                                             \
	{                                                                                              \
		(void) (context);                                                                          \
		ereport(ERROR, __VA_ARGS__);                                                               \
		return dummy;                                                                              \
	} while (0)
#endif

/*
 * currency: an ISO 4217 alphabetic code. Three letters, five bits each (A = 1
 * ... Z = 26), so that integers order as the letters do and zero is no code.
 */
typedef uint16 Currency;

#define CURRENCY_INVALID ((Currency) 0)
#define DatumGetCurrency(d) ((Currency) DatumGetUInt16(d))
#define CurrencyGetDatum(c) UInt16GetDatum(c)
#define PG_GETARG_CURRENCY(n) DatumGetCurrency(PG_GETARG_DATUM(n))
#define PG_RETURN_CURRENCY(c) return CurrencyGetDatum(c)

/* Room for a currency's text form. */
#define CURRENCY_TEXT_SIZE 4

extern bool currency_is_valid(Currency currency);
extern Currency currency_from_letters(const char *letters);
extern const char *currency_to_text(Currency currency, char buf[CURRENCY_TEXT_SIZE]);
/* currency.c: decimals by ISO 4217 (DATEVAL_NOEND: latest known); -1 when it states none. */
extern int currency_minor_unit_at(Currency currency, DateADT date);

/*
 * monetary: an exact amount in one currency, 16 bytes. The amount is a signed
 * 112-bit count of units of 1e-15; together with the 16-bit currency it makes
 * one 128-bit number, amount * 65536 + currency, stored as two halves (never a
 * raw __int128, whose alignment PostgreSQL does not promise).
 */
typedef struct Monetary
{
	int64 high;
	uint64 low;
} Monetary;

#define MONETARY_SCALE 15
#define MONETARY_ONE INT64CONST(1000000000000000)
#define MONETARY_MAX ((((int128) 1) << 111) - 1)
#define MONETARY_MIN (-(((int128) 1) << 111))

#define DatumGetMonetaryP(d) ((Monetary *) DatumGetPointer(d))
#define MonetaryPGetDatum(m) PointerGetDatum(m)
#define PG_GETARG_MONETARY_P(n) DatumGetMonetaryP(PG_GETARG_DATUM(n))
#define PG_RETURN_MONETARY_P(m) return MonetaryPGetDatum(m)

static inline int128
monetary_amount(const Monetary *m)
{
	return (((int128) m->high) << 48) | (int128) (m->low >> 16);
}

static inline Currency
monetary_currency(const Monetary *m)
{
	return (Currency) (m->low & 0xFFFF);
}

/* Amounts from outside this process go through monetary_make(), which checks. */
static inline void
monetary_set(Monetary *m, int128 amount, Currency currency)
{
	m->high = (int64) (amount >> 48);
	m->low = (((uint64) amount) << 16) | currency;
}

static inline bool
monetary_in_range(int128 amount)
{
	return amount >= MONETARY_MIN && amount <= MONETARY_MAX;
}

/* monetary.c: a palloc'd value; 22003 when the amount does not fit. */
extern Monetary *monetary_make(int128 amount, Currency currency);
/* monetary.c: the text form, palloc'd: "1234.56 USD". */
extern char *monetary_to_text(const Monetary *m);
/* monetary.c: 22000 naming both when the currencies differ. */
extern void
monetary_check_same_currency(const Monetary *a, const Monetary *b, const char *operation);

/*
 * numeric <-> scaled integers. numeric_to_scaled rounds half away from zero at
 * the given number of decimals, as numeric's typmod does; NaN, infinities and
 * values outside int128 are refused (22003) naming what is being read.
 */
extern int128 numeric_to_scaled(Numeric value, int scale, const char *what);
/* The same without an error: true means that the value cannot be held. */
extern bool numeric_to_scaled_overflow(Numeric value, int scale, int128 *result);
extern Numeric scaled_to_numeric(int128 value, int scale);
/* A numeric as an error message should show it, palloc'd. */
extern char *numeric_shown(Numeric value);

#endif /* CHIPBOOK_H */
