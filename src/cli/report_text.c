/*
 * report_text.c
 *		Numbers and dates as people write them. A figure comes from the server in decimal digits and is
 *		rounded here in decimal digits, half away from zero: no double comes near it.
 */
#include <stdlib.h>
#include <string.h>

#include "report.h"

/* Above this a column of money is shown without cents. */
#define LARGE_DIGITS 6

static const char *const month_names[LANGUAGES][12] = {
	{"January", "February", "March", "April", "May", "June", "July", "August", "September",
	 "October", "November", "December"},
	{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
	 "November", "Dezember"}};

/* 2026-10-01: October 2026 */
const char *
month_in_words(const char *date)
{
	int month = strlen(date) >= 7 ? atoi(date + 5) : 0;

	if (month < 1 || month > 12)
		return date;
	return format_text("%s %.4s", month_names[report.language][month - 1], date);
}

/* 2026-10-31: 31 October 2026 */
const char *
day_in_words(const char *date)
{
	int month = strlen(date) >= 10 && date[4] == '-' ? atoi(date + 5) : 0;

	if (month < 1 || month > 12)
		return date;
	return format_text("%d%s %s %.4s", atoi(date + 8), SAY_IN("", "."),
					   month_names[report.language][month - 1], date);
}

/* What kind of name a column's keys have, as report.names and the JSON document call it; NULL: none. */
const char *
names_of(ColumnKind kind)
{
	return kind == COLUMN_PARTY || kind == COLUMN_CIRCLE ? "parties"
		   : kind == COLUMN_COMPANY                      ? "companies"
		   : kind == COLUMN_CHIP                         ? "chips"
		   : kind == COLUMN_SITE                         ? "sites"
														 : NULL;
}

/* The name of what a key stands for; the key where it has none. */
const char *
name_of(ColumnKind kind, const char *id)
{
	for (int i = 0; i < PQntuples(report.names); i++)
	{
		if (strcmp(PQgetvalue(report.names, i, 0), names_of(kind)) == 0 &&
			strcmp(PQgetvalue(report.names, i, 1), id) == 0)
			return PQgetvalue(report.names, i, 2);
	}
	return id;
}

/* ----------------------------------------------------------------------
 * Decimal numbers
 * ---------------------------------------------------------------------- */

/* Digits before and after the point, of a number that the server wrote; false for NaN and its like. */
static bool
split_number(const char *digits, bool *negative, const char **whole, size_t *whole_length,
			 const char **fraction, size_t *fraction_length)
{
	*negative = *digits == '-';
	*whole = digits + (*negative ? 1 : 0);
	*whole_length = strspn(*whole, "0123456789");
	*fraction = *whole + *whole_length;
	if (**fraction == '.')
		(*fraction)++;
	*fraction_length = strspn(*fraction, "0123456789");
	return *whole_length > 0 && (*fraction)[*fraction_length] == '\0';
}

/* The number times ten to the power of shift, to so many decimals; -1: as many as it needs. */
void
append_decimal(Text *buffer, const char *digits, int shift, int decimals)
{
	bool negative;
	const char *whole;
	const char *fraction;
	size_t whole_length;
	size_t fraction_length;
	char *all;
	int point; /* digits of all before the point */
	int length;
	int first = 0;
	bool is_zero = true;

	if (!split_number(digits, &negative, &whole, &whole_length, &fraction, &fraction_length))
	{
		text_add(buffer, digits);
		return;
	}
	/* A nought in front for what rounding carries, noughts around for what the shift needs. */
	length = (int) (whole_length + fraction_length) + 1 + 2 * abs(shift) +
			 (decimals > 0 ? decimals : 0) + 2;
	all = must_have(malloc((size_t) length + 1));
	memset(all, '0', (size_t) length);
	point = 1 + abs(shift);
	memcpy(all + point, whole, whole_length);
	memcpy(all + point + whole_length, fraction, fraction_length);
	point += (int) whole_length + shift;

	if (decimals < 0)
	{
		decimals = length - point;
		while (decimals > 0 && all[point + decimals - 1] == '0')
			decimals--;
	}
	if (point + decimals < length && all[point + decimals] >= '5')
	{
		int at = point + decimals - 1;

		while (all[at] == '9')
			all[at--] = '0';
		all[at]++;
	}
	while (first < point - 1 && all[first] == '0')
		first++;
	for (int i = first; i < point + decimals; i++)
		is_zero = is_zero && all[i] == '0';
	if (negative && !is_zero)
		text_add(buffer, "\342\210\222"); /* a minus sign, as wide as a plus */
	for (int i = first; i < point; i++)
	{
		text_add_char(buffer, all[i]);
		if ((point - i - 1) % 3 == 0 && i < point - 1)
			text_add(buffer, SAY_IN(",", "."));
	}
	if (decimals > 0)
	{
		text_add(buffer, SAY_IN(".", ","));
		text_add_bytes(buffer, all + point, (size_t) decimals);
	}
	free(all);
}

/* 69500000000: 69.5 bn */
void
append_compact(Text *buffer, const char *digits)
{
	static const struct
	{
		size_t digits;
		const char *name[LANGUAGES];
	} scales[] = {{12, {"tn", "Bio."}}, {9, {"bn", "Mrd."}}, {6, {"m", "Mio."}}};
	bool negative;
	const char *whole;
	const char *fraction;
	size_t whole_length;
	size_t fraction_length;

	if (split_number(digits, &negative, &whole, &whole_length, &fraction, &fraction_length))
	{
		for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++)
		{
			if (whole_length > scales[i].digits)
			{
				append_decimal(buffer, digits, -(int) scales[i].digits, 1);
				text_addf(buffer, "\302\240%s", in_language(scales[i].name));
				return;
			}
		}
	}
	append_decimal(buffer, digits, 0, 0);
}

/* One number of decimals for a column, so that its points stand below each other. */
int
column_decimals(const PGresult *rows, int column, ColumnKind kind)
{
	if (kind == COLUMN_RATE)
		return 4;
	if (kind == COLUMN_SHARE)
		return 1;
	if (kind == COLUMN_NUMBER)
		return -1;
	if (kind != COLUMN_MONEY)
		return 0;
	for (int i = 0; i < PQntuples(rows); i++)
	{
		const char *digits = PQgetvalue(rows, i, column);

		if (strspn(digits + (*digits == '-' ? 1 : 0), "0123456789") >= LARGE_DIGITS)
			return 0;
	}
	return 2;
}

/* A > B: their names, in the order in which the money goes. */
static void
append_circle(Text *buffer, const char *value)
{
	for (;;)
	{
		const char *end = strstr(value, " > ");

		text_add(buffer,
				 name_of(COLUMN_CIRCLE,
						 end != NULL ? format_text("%.*s", (int) (end - value), value) : value));
		if (end == NULL)
			return;
		text_add(buffer, " → ");
		value = end + 3;
	}
}

/* What a cell says, as plain text. */
void
append_shown(Text *buffer, const char *value, ColumnKind kind, int decimals)
{
	switch (kind)
	{
		case COLUMN_MONEY:
		case COLUMN_RATE:
		case COLUMN_WHOLE:
		case COLUMN_NUMBER:
			append_decimal(buffer, value, 0, decimals);
			return;
		case COLUMN_SHARE:
			append_decimal(buffer, value, 2, decimals);
			text_add(buffer, SAY_IN("%", "\302\240%"));
			return;
		case COLUMN_MONTH:
			text_addf(buffer, "%.7s", value);
			return;
		case COLUMN_DAY:
			if (report.language == GERMAN && strlen(value) == 10 && value[4] == '-')
				text_addf(buffer, "%.2s.%.2s.%.4s", value + 8, value + 5, value);
			else
				text_add(buffer, value);
			return;
		case COLUMN_SWITCH:
			text_add(buffer, *value == 't' ? SAY_IN("yes", "ja") : SAY_IN("no", "nein"));
			return;
		case COLUMN_PARTY:
		case COLUMN_COMPANY:
		case COLUMN_CHIP:
		case COLUMN_SITE:
			text_add(buffer, name_of(kind, value));
			return;
		case COLUMN_CIRCLE:
			append_circle(buffer, value);
			return;
		case COLUMN_WORD:
			if (report_word(value) != NULL)
			{
				text_add(buffer, report_word(value));
				return;
			}
			for (; *value != '\0'; value++)
				text_add_char(buffer, *value == '_' ? ' ' : *value);
			return;
		case COLUMN_TEXT:
		case COLUMN_CODE:
		case COLUMN_MOMENT:
		case COLUMN_ORDER:
			text_add(buffer, value);
			return;
	}
}
