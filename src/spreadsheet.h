/*
 * spreadsheet.h
 *		What the spreadsheet functions share: the checks of their arguments, in the
 *		words of the person who typed the formula, and arithmetic with numerics.
 */
#ifndef CHIPBOOK_SPREADSHEET_H
#define CHIPBOOK_SPREADSHEET_H

#include "chipbook.h"

/* Decimals of a numeric result: those of monetary and of the published views. */
#define SPREADSHEET_SCALE 15
/* Decimals of a numeric argument that count, and the power of ten that it stays below. */
#define SPREADSHEET_ARGUMENT_DIGITS 30
/* Depreciation may be asked for period by period, so a life has an end. */
#define SPREADSHEET_MAX_LIFE 100000

/* An argument, called as in its formula; 22003 for what is no number, or too large to be exact. */
extern Numeric spreadsheet_numeric(Numeric value, const char *name);
extern double spreadsheet_float8(double value, const char *name);
/* A result: rounded to SPREADSHEET_SCALE; 22003 for an overflow. */
extern Datum spreadsheet_numeric_result(Numeric value);
extern Datum spreadsheet_float8_result(double value, const char *function);

/* 22023: "name must be rule, not shown". */
pg_noreturn extern void spreadsheet_refuse(const char *name, const char *rule, const char *shown);
extern char *float8_shown(double value);

#define SPREADSHEET_NUMERIC(n, name) spreadsheet_numeric(PG_GETARG_NUMERIC(n), name)
#define SPREADSHEET_FLOAT8(n, name) spreadsheet_float8(PG_GETARG_FLOAT8(n), name)

/*
 * Arithmetic with numerics. Sums and differences are exact; products, quotients
 * and powers are rounded to the scale, and exact to its last place or so.
 */
extern Numeric sheet_number(int64 value);
extern Numeric sheet_add(Numeric a, Numeric b);
extern Numeric sheet_sub(Numeric a, Numeric b);
extern Numeric sheet_mul(Numeric a, Numeric b, int scale);
extern Numeric sheet_div(Numeric a, Numeric b, int scale);
extern Numeric sheet_power(Numeric base, Numeric exponent, int scale);
extern Numeric sheet_round(Numeric a, int scale);
extern Numeric sheet_floor(Numeric a);
extern double sheet_to_double(Numeric a);
/* Negative, zero or positive, as a is less than, equal to or more than b. */
extern int sheet_cmp(Numeric a, Numeric b);

static inline Numeric
sheet_min(Numeric a, Numeric b)
{
	return sheet_cmp(a, b) <= 0 ? a : b;
}

static inline Numeric
sheet_max(Numeric a, Numeric b)
{
	return sheet_cmp(a, b) >= 0 ? a : b;
}

static inline int
sheet_sign(Numeric a)
{
	return sheet_cmp(a, sheet_number(0));
}

#endif /* CHIPBOOK_SPREADSHEET_H */
