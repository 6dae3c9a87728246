/*
 * format_monetary.c
 *		An amount of money as people of a place write it: 1.234,56 €. The International
 *		Components for Unicode (ICU) know how; they are handed the amount in decimal
 *		digits, rounded here on integers, so that no double comes near it.
 *
 *		We link to ICU ourselves: it is there whether or not the server uses one.
 */
#include "chipbook.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include <unicode/uloc.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>

PG_FUNCTION_INFO_V1(format_monetary);
PG_FUNCTION_INFO_V1(format_monetary_decimals);

/* A sign, 19 digits, a point and 15 decimals, with room to spare. */
#define PLAIN_SIZE 48

/* Longest answer taken at the first try: in every locale there is, it is shorter. */
#define SHOWN_SIZE 128

/* No name of a locale is longer that means anything. */
#define MAX_LOCALE 100

/* The formatter of the locale asked for last: making one takes far longer than using it. */
typedef struct Formatter
{
	char asked[MAX_LOCALE + 1]; /* the locale as it was asked for; "" for none */
	UNumberFormat *format;
	Currency currency;
	int decimals;
} Formatter;

static Formatter formatter;

/*
 * Locales
 */

static void
check_icu(UErrorCode status, const char *doing, const char *locale)
{
	if (U_FAILURE(status))
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("could not %s for locale \"%s\": %s", doing, locale, u_errorName(status))));
}

static void
unknown_locale(const char *asked, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown locale: \"%s\"", asked),
			 errdetail("%s", what),
			 errhint("Name a language and, where it matters, a country: en_US, de-DE, fr_CH.")));
}

/*
 * ICU takes any word for a locale and answers in its default one. Ours must be a language that
 * ICU has data of, with a country or region, if any, that ISO 3166 or that data knows.
 */
static void
check_locale(const char *asked, const char *id)
{
	char language[ULOC_LANG_CAPACITY];
	char country[ULOC_COUNTRY_CAPACITY];
	UErrorCode status = U_ZERO_ERROR;
	bool language_known = false;
	bool country_known;

	uloc_getLanguage(id, language, sizeof(language), &status);
	uloc_getCountry(id, country, sizeof(country), &status);
	if (U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING)
		unknown_locale(asked, "It does not read as a locale.");
	country_known = country[0] == '\0';

	for (int32 i = 0; i < uloc_countAvailable() && !(language_known && country_known); i++)
	{
		const char *known = uloc_getAvailable(i);
		size_t length = strlen(language);
		char known_country[ULOC_COUNTRY_CAPACITY];

		status = U_ZERO_ERROR;
		if (length > 0 && strncmp(known, language, length) == 0 &&
			(known[length] == '\0' || known[length] == '_'))
			language_known = true;
		uloc_getCountry(known, known_country, sizeof(known_country), &status);
		if (U_SUCCESS(status) && strcmp(known_country, country) == 0)
			country_known = true;
	}
	for (const char *const *iso = uloc_getISOCountries(); *iso != NULL && !country_known; iso++)
		country_known = strcmp(*iso, country) == 0;

	if (!language_known)
		unknown_locale(asked, "ICU has no such language.");
	if (!country_known)
		unknown_locale(asked, "There is no such country or region.");
}

/* The name ICU has for what was asked for: de-DE, de_DE and de_DE.UTF-8 are one. */
static void
locale_id(const char *asked, char id[ULOC_FULLNAME_CAPACITY])
{
	UErrorCode status = U_ZERO_ERROR;
	int32 parsed = (int32) strlen(asked);

	if (parsed > MAX_LOCALE)
		unknown_locale(asked, "It is too long for one.");
	for (const char *p = asked; *p != '\0'; p++)
	{
		if ((unsigned char) *p <= ' ' || (unsigned char) *p >= 127)
			unknown_locale(asked, "It has characters that no locale has.");
	}
	/* A tag of BCP 47 has hyphens and nothing else between its parts. */
	if (strchr(asked, '-') != NULL && strpbrk(asked, "_@.") == NULL)
		uloc_forLanguageTag(asked, id, ULOC_FULLNAME_CAPACITY, &parsed, &status);
	else
		uloc_canonicalize(asked, id, ULOC_FULLNAME_CAPACITY, &status);
	if (U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING ||
		parsed != (int32) strlen(asked))
		unknown_locale(asked, "It does not read as a locale.");
	check_locale(asked, id);
}

/*
 * Formatting
 */

static UNumberFormat *
formatter_for(const char *asked, Currency currency, int decimals)
{
	UErrorCode status = U_ZERO_ERROR;

	if (formatter.format == NULL || strcmp(formatter.asked, asked) != 0)
	{
		char id[ULOC_FULLNAME_CAPACITY];
		UNumberFormat *format;

		locale_id(asked, id);
		format = unum_open(UNUM_CURRENCY, NULL, 0, id, NULL, &status);
		check_icu(status, "make a number format", asked);
		if (formatter.format != NULL)
			unum_close(formatter.format);
		formatter.format = format;
		formatter.currency = CURRENCY_INVALID;
		strlcpy(formatter.asked, asked, sizeof(formatter.asked));
	}
	if (formatter.currency != currency)
	{
		char code[CURRENCY_TEXT_SIZE];
		UChar ucode[CURRENCY_TEXT_SIZE];

		currency_to_text(currency, code);
		u_charsToUChars(code, ucode, CURRENCY_TEXT_SIZE);
		formatter.currency = CURRENCY_INVALID;
		unum_setTextAttribute(formatter.format, UNUM_CURRENCY_CODE, ucode, -1, &status);
		check_icu(status, "set a currency", asked);
		formatter.currency = currency;
		formatter.decimals = -1; /* ICU has set the currency's, by its own table */
	}
	if (formatter.decimals != decimals)
	{
		unum_setAttribute(formatter.format, UNUM_FRACTION_DIGITS, decimals);
		formatter.decimals = decimals;
	}
	return formatter.format;
}

/* The amount to so many decimals, half away from zero, in digits that ICU reads. */
static void
plain_digits(int128 amount, int decimals, char text[PLAIN_SIZE])
{
	int128 rounded = div_round_s128(amount, pow10_s128(MONETARY_SCALE - decimals));
	uint128 magnitude = (uint128) abs_s128(rounded);
	uint128 unit = (uint128) pow10_s128(decimals);

	snprintf(text, PLAIN_SIZE, "%s" UINT64_FORMAT, rounded < 0 ? "-" : "",
			 (uint64) (magnitude / unit));
	if (decimals > 0)
		snprintf(text + strlen(text), PLAIN_SIZE - strlen(text), ".%0*llu", decimals,
				 (unsigned long long) (magnitude % unit));
}

/* What ISO 4217 says, or as many as the amount needs where it says nothing. */
static int
decimals_of(const Monetary *m)
{
	int decimals = currency_minor_unit_at(monetary_currency(m), DATEVAL_NOEND);
	int128 amount = monetary_amount(m);

	if (decimals >= 0)
		return decimals;
	for (decimals = MONETARY_SCALE; decimals > 0; decimals--)
	{
		if (amount % pow10_s128(MONETARY_SCALE - decimals + 1) != 0)
			break;
	}
	return decimals;
}

static text *
format_with(const Monetary *m, text *locale, int decimals)
{
	char *asked = text_to_cstring(locale);
	UNumberFormat *format = formatter_for(asked, monetary_currency(m), decimals);
	UErrorCode status = U_ZERO_ERROR;
	char plain[PLAIN_SIZE];
	UChar shown[SHOWN_SIZE];
	char utf8[SHOWN_SIZE * 3 + 1];
	int32 length;

	plain_digits(monetary_amount(m), decimals, plain);
	length = unum_formatDecimal(format, plain, -1, shown, SHOWN_SIZE, NULL, &status);
	check_icu(status, "format an amount", asked);
	u_strToUTF8(utf8, sizeof(utf8), &length, shown, length, &status);
	check_icu(status, "read an amount formatted", asked);
	return cstring_to_text(pg_any_to_server(utf8, length, PG_UTF8));
}

/* format_monetary(m monetary, locale text): to the minor unit of its currency */
Datum
format_monetary(PG_FUNCTION_ARGS)
{
	Monetary *m = PG_GETARG_MONETARY_P(0);

	PG_RETURN_TEXT_P(format_with(m, PG_GETARG_TEXT_PP(1), decimals_of(m)));
}

/* format_monetary(m monetary, locale text, decimals integer) */
Datum
format_monetary_decimals(PG_FUNCTION_ARGS)
{
	int decimals = PG_GETARG_INT32(2);

	if (decimals < 0 || decimals > MONETARY_SCALE)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot format an amount with %d decimals", decimals),
						errdetail("They must be from 0 to %d.", MONETARY_SCALE)));
	PG_RETURN_TEXT_P(format_with(PG_GETARG_MONETARY_P(0), PG_GETARG_TEXT_PP(1), decimals));
}
