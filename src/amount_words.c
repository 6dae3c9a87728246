/*
 * amount_words.c
 *		Amounts as people write them: "mehrere zehn Milliarden Dollar", "more than
 *		$350 billion", "500.000". The language is told, never guessed, for the same
 *		signs mean different things: a German Billion is 10^12 and 500.000 is half a
 *		million, in English 10^9 and five hundred.
 *
 *		A text is cut into numbers, words and signs; then it is read once from left
 *		to right: qualifier, quantity, scale, unit. What is understood is exact (digits
 *		go to numeric as they are), what is not is an error that names the word: a
 *		number is never made up.
 */
#include "chipbook.h"
#include "amount_words.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(chipbook_parse_amount);

#define MAX_TOKENS 64
#define MAX_WORD 32
#define MAX_EXPONENT 30

typedef enum TokenKind
{
	TOKEN_NUMBER,
	TOKEN_WORD,
	TOKEN_SIGN,
	TOKEN_DASH,
} TokenKind;

typedef struct Token
{
	TokenKind kind;
	const char *start; /* as it was written */
	int len;
	char word[MAX_WORD]; /* lower case, umlauts as ae, oe, ue, ss; "" when longer */
} Token;

typedef struct Reader
{
	const char *text;
	bool german;
	Token token[MAX_TOKENS];
	int tokens;
	int at;
	const char *unit; /* that was met, or NULL */
} Reader;

static void
not_understood(const Reader *r, const char *detail)
{
	ereport(
		ERROR,
		(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
		 errmsg("invalid stated_amount: \"%s\"", r->text), errdetail_internal("%s", detail),
		 errhint("Expected are a qualifier, a number in %s notation, a scale and a unit, such as "
				 "\"%s\".",
				 r->german ? "German" : "English",
				 r->german ? "mehr als 1,5 Milliarden US-Dollar" : "more than 1.5 billion USD")));
}

static char *
token_text(const Token *token)
{
	return pnstrdup(token->start, token->len);
}

static bool
look_up(const Words *list, const char *word, int *value)
{
	for (; list->word != NULL; list++)
		if (strcmp(list->word, word) == 0)
		{
			*value = list->value;
			return true;
		}
	return false;
}

/* -- Cutting ------------------------------------------------------------------ */

/* Appends the folded form of the character at s to word; 0 when there is no room. */
static int
fold(const char *s, int len, char *word, int used)
{
	const char *as = NULL;
	char one[2] = {0};

	if (len == 1)
	{
		one[0] = (*s >= 'A' && *s <= 'Z') ? *s + ('a' - 'A') : *s;
		as = one;
	}
	else if (len == 2 && (unsigned char) s[0] == 0xC3)
		switch ((unsigned char) s[1])
		{
			case 0x84:
			case 0xA4:
				as = "ae";
				break;
			case 0x96:
			case 0xB6:
				as = "oe";
				break;
			case 0x9C:
			case 0xBC:
				as = "ue";
				break;
			case 0x9F:
				as = "ss";
				break;
			default:
				break;
		}
	if (as == NULL)
	{
		if (used + len >= MAX_WORD)
			return 0;
		memcpy(word + used, s, len);
		return used + len;
	}
	len = strlen(as);
	if (used + len >= MAX_WORD)
		return 0;
	memcpy(word + used, as, len);
	return used + len;
}

static bool
is_blank(const char *s, int len)
{
	return (len == 1 && strchr(" \t\r\n", *s) != NULL) ||
		   (len == 2 && memcmp(s, "\xC2\xA0", 2) == 0) ||
		   (len == 3 && memcmp(s, "\xE2\x80\xAF", 3) == 0);
}

static bool
is_dash(const char *s, int len)
{
	return (len == 1 && *s == '-') ||
		   (len == 3 && (memcmp(s, "\xE2\x80\x93", 3) == 0 || memcmp(s, "\xE2\x80\x94", 3) == 0));
}

static bool
is_sign(const char *s, int len)
{
	return (len == 1 && strchr("<>=~$%", *s) != NULL) ||
		   (len == 2 && (memcmp(s, "\xC2\xA3", 2) == 0 || memcmp(s, "\xC2\xA5", 2) == 0)) ||
		   (len == 3 && (memcmp(s, "\xE2\x82\xAC", 3) == 0 || memcmp(s, "\xE2\x89\xA5", 3) == 0 ||
						 memcmp(s, "\xE2\x89\xA4", 3) == 0 || memcmp(s, "\xE2\x89\x88", 3) == 0));
}

#define IS_DIGIT(c) ((c) >= '0' && (c) <= '9')

/* Digits with separators between digits. */
static const char *
end_of_number(const char *s)
{
	while (IS_DIGIT(*s) || ((*s == '.' || *s == ',' || *s == '\'') && IS_DIGIT(s[1])))
		s++;
	return s;
}

static void
cut(Reader *r)
{
	const char *s = r->text;

	while (*s != '\0')
	{
		int len = pg_utf_mblen((const unsigned char *) s);
		Token *token;
		int used = 0;

		/* ".5" would be 5 without its point. */
		if ((*s == ',' || *s == '.') && IS_DIGIT(s[1]))
			not_understood(r, "A number begins with its point: a digit is expected before it.");
		if (is_blank(s, len) || (len == 1 && (*s == ',' || *s == '.')))
		{
			s += len;
			continue;
		}
		if (r->tokens == MAX_TOKENS)
			not_understood(r, "It has too many words.");
		token = &r->token[r->tokens++];
		token->start = s;
		token->word[0] = '\0';
		if (IS_DIGIT(*s))
		{
			token->kind = TOKEN_NUMBER;
			s = end_of_number(s);
		}
		else if (is_dash(s, len) || is_sign(s, len))
		{
			token->kind = is_dash(s, len) ? TOKEN_DASH : TOKEN_SIGN;
			memcpy(token->word, s, len);
			token->word[len] = '\0';
			s += len;
		}
		else
		{
			bool fits = true;

			token->kind = TOKEN_WORD;
			/* A full stop ends an abbreviation. */
			while (*s != '\0' && !is_blank(s, len) && !is_dash(s, len) && !is_sign(s, len) &&
				   *s != '.' && *s != ',' && !IS_DIGIT(*s))
			{
				used = fits ? fold(s, len, token->word, used) : 0;
				fits = fits && used > 0;
				s += len;
				len = *s == '\0' ? 1 : pg_utf_mblen((const unsigned char *) s);
			}
			token->word[used] = '\0';
		}
		token->len = s - token->start;
	}
}

/* -- Reading ------------------------------------------------------------------ */

static const Token *
this_token(const Reader *r)
{
	return r->at < r->tokens ? &r->token[r->at] : NULL;
}

/* The value of the word here, of one or two words, in a list; and steps over it. */
static bool
take_word(Reader *r, const Words *list, int *value)
{
	char two[2 * MAX_WORD];

	if (r->at >= r->tokens || r->token[r->at].kind == TOKEN_NUMBER ||
		r->token[r->at].word[0] == '\0')
		return false;
	if (r->at + 1 < r->tokens && r->token[r->at + 1].word[0] != '\0')
	{
		snprintf(two, sizeof two, "%s %s", r->token[r->at].word, r->token[r->at + 1].word);
		if (look_up(list, two, value))
		{
			r->at += 2;
			return true;
		}
	}
	if (!look_up(list, r->token[r->at].word, value))
		return false;
	r->at++;
	return true;
}

static int
take_sign(Reader *r)
{
	const Token *t = this_token(r);
	bool or_equal;

	if (t == NULL || t->kind != TOKEN_SIGN)
		return QUALIFIER_NONE;
	if (strcmp(t->word, "~") == 0 || strcmp(t->word, "\xE2\x89\x88") == 0)
		return r->at++, QUALIFIER_ABOUT;
	if (strcmp(t->word, "\xE2\x89\xA5") == 0)
		return r->at++, QUALIFIER_AT_LEAST;
	if (strcmp(t->word, "\xE2\x89\xA4") == 0)
		return r->at++, QUALIFIER_UP_TO;
	if (strcmp(t->word, ">") != 0 && strcmp(t->word, "<") != 0)
		return QUALIFIER_NONE;
	or_equal = r->at + 1 < r->tokens && strcmp(r->token[r->at + 1].word, "=") == 0;
	r->at += or_equal ? 2 : 1;
	if (t->word[0] == '>')
		return or_equal ? QUALIFIER_AT_LEAST : QUALIFIER_MORE_THAN;
	return or_equal ? QUALIFIER_UP_TO : QUALIFIER_NEARLY;
}

/* Steps over a unit; one that differs from an earlier one is an error. */
static bool
take_unit(Reader *r)
{
	char two[2 * MAX_WORD];
	const Token *t = this_token(r);
	int words;

	if (t == NULL)
		return false;
	/* "US-Dollar": the dash joins. */
	for (words = 3; words >= 1; words--)
	{
		const Unit *unit;

		if (r->at + words > r->tokens || (words == 3 && t[1].kind != TOKEN_DASH))
			continue;
		if (words == 1)
			strlcpy(two, t[0].word, sizeof two);
		else
			snprintf(two, sizeof two, "%s %s", t[0].word, t[words - 1].word);
		for (unit = units; unit->word != NULL; unit++)
			if (strcmp(unit->word, two) == 0)
			{
				if (r->unit != NULL && strcmp(r->unit, unit->unit) != 0)
					not_understood(r,
								   psprintf("It has two units, %s and %s.", r->unit, unit->unit));
				r->unit = unit->unit;
				r->at += words;
				return true;
			}
	}
	return false;
}

/* The digits of a number as numeric reads them; the separators must stand where they belong. */
static char *
take_digits(Reader *r)
{
	const Token *token = this_token(r);
	char thousands = r->german ? '.' : ',';
	char decimal = r->german ? ',' : '.';
	char group_sign = '\0';
	int group = 0;
	bool has_decimal = false;
	StringInfoData digits;
	int i;

	initStringInfo(&digits);
	for (i = 0; i < token->len; i++)
	{
		char c = token->start[i];

		if (IS_DIGIT(c))
		{
			appendStringInfoChar(&digits, c);
			group++;
		}
		else if (c == decimal && !has_decimal)
		{
			if (group_sign != '\0' && group != 3)
				break;
			has_decimal = true;
			appendStringInfoChar(&digits, '.');
			group = 0;
		}
		else if ((c == thousands || c == '\'') && !has_decimal &&
				 (group_sign == '\0' ? group >= 1 && group <= 3 : c == group_sign && group == 3))
		{
			/* 0.500 is the other language's half, not 500. */
			if (group_sign == '\0' && token->start[0] == '0')
				break;
			group_sign = c;
			group = 0;
		}
		else
			break;
	}
	if (i < token->len || (group_sign != '\0' && !has_decimal && group != 3))
		not_understood(r, psprintf("\"%s\" is no number in %s notation: %c stands before each "
								   "three digits, %c before decimals.",
								   token_text(token), r->german ? "German" : "English", thousands,
								   decimal));
	r->at++;
	return digits.data;
}

/* One quantity without its scale, as a numeric's text: digits or a number word. NULL = none. */
static char *
take_number(Reader *r)
{
	const Words *numbers = r->german ? german_numbers : english_numbers;
	int tenths;
	int more;

	if (r->at < r->tokens && r->token[r->at].kind == TOKEN_NUMBER)
		return take_digits(r);
	if (!take_word(r, numbers, &tenths))
		return NULL;
	/* "half a million", "eine halbe Million": the half counts. */
	if (tenths == 5 || tenths == 10)
	{
		int here = r->at;

		if (take_word(r, numbers, &more))
		{
			if (tenths + more == 15)
				tenths = 5;
			else
				r->at = here;
		}
	}
	return psprintf("%d.%d", tenths / 10, tenths % 10);
}

static int
take_scale(Reader *r)
{
	int exponent = 0;
	int power;
	int filler;

	for (;;)
	{
		int here = r->at;

		if (take_word(r, r->german ? german_scales : english_scales, &power))
		{
			exponent += power;
			if (exponent > MAX_EXPONENT)
				not_understood(r, "It is too large.");
			continue;
		}
		/* "tens of billions" */
		if (!r->german && exponent > 0 && take_word(r, english_fillers, &filler) &&
			take_word(r, english_scales, &power))
		{
			exponent += power;
			if (exponent > MAX_EXPONENT)
				not_understood(r, "It is too large.");
			continue;
		}
		r->at = here;
		return exponent;
	}
}

static Datum
as_numeric(const char *digits, int exponent)
{
	return DirectFunctionCall3(numeric_in, CStringGetDatum(psprintf("%se%d", digits, exponent)),
							   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

/* "several", "tens of", "mehrere hundert": the power of ten that is several; -1 = none. */
static int
take_several(Reader *r)
{
	static const Words bare[] = {{"tens", 1},     {"hundreds", 2}, {"thousands", 3},
								 {"hunderte", 2}, {"tausende", 3}, {NULL, 0}};
	static const Words powers[] = {
		{"tens", 1},    {"hundreds", 2}, {"hundred", 2},  {"thousands", 3}, {"zehn", 1},
		{"hundert", 2}, {"tausend", 3},  {"hunderte", 2}, {"tausende", 3},  {NULL, 0}};
	int here = r->at;
	int power;
	int filler;

	if (!r->german)
		(void) take_word(r, (const Words[]){{"a", 1}, {NULL, 0}}, &filler);
	if (take_word(r, r->german ? german_several : english_several, &power))
	{
		if (!take_word(r, powers, &power))
			power = 0;
	}
	else
	{
		r->at = here;
		if (!take_word(r, bare, &power))
			return -1;
	}
	(void) take_word(r, (const Words[]){{"of", 1}, {"von", 1}, {NULL, 0}}, &filler);
	return power;
}

enum
{
	PART_QUALIFIER,
	PART_MODALITY,
	PART_LOW,
	PART_AMOUNT,
	PART_HIGH,
	PART_UNIT,
	PART_REST,
	PART_COUNT,
};

/* What the text says of a quantity, between its qualifier and its unit. */
static void
read_quantity(Reader *r, int *qualifier, Datum *values, bool *nulls)
{
	static const Words to[] = {{"to", 1}, {"and", 1}, {"bis", 1}, {"und", 1}, {NULL, 0}};
	static const Words between[] = {{"between", 1}, {"zwischen", 1}, {"from", 1}, {NULL, 0}};
	char *from;
	char *until = NULL;
	int power = take_several(r);
	int exponent;
	int ignored;

	if (power >= 0)
	{
		int k = power == 0 ? 1 : power == 1 ? 10 : power == 2 ? 100 : 1000;

		if (*qualifier != QUALIFIER_NONE && *qualifier != QUALIFIER_ABOUT)
			not_understood(r, "Several has no bound to qualify.");
		exponent = take_scale(r);
		*qualifier = QUALIFIER_ABOUT;
		values[PART_LOW] = as_numeric(psprintf("%d", 2 * k), exponent);
		values[PART_HIGH] = as_numeric(psprintf("%d", 10 * k - 1), exponent);
		nulls[PART_LOW] = nulls[PART_HIGH] = false;
		return;
	}

	(void) take_word(r, between, &ignored);
	from = take_number(r);
	if (from == NULL)
	{
		/* "hundert Milliarden": the scale alone is once it. */
		int here = r->at;

		exponent = take_scale(r);
		if (r->at == here)
			not_understood(r, r->at < r->tokens ? psprintf("A number was expected at \"%s\".",
														   token_text(&r->token[r->at]))
												: "It has no number.");
		from = "1";
	}
	else
	{
		int from_exponent = take_scale(r);
		int here;

		(void) take_unit(r);
		here = r->at;
		exponent = from_exponent;
		if (this_token(r) != NULL &&
			(r->token[r->at].kind == TOKEN_DASH ? (r->at++, true) : take_word(r, to, &ignored)))
		{
			(void) take_unit(r); /* "$10 to $15 billion" */
			until = take_number(r);
			if (until == NULL)
				r->at = here;
			else
			{
				exponent = take_scale(r);
				/* "10 to 15 billion": the scale is of both. */
				if (from_exponent == 0)
					from_exponent = exponent;
			}
		}
		if (until != NULL)
		{
			values[PART_LOW] = as_numeric(from, from_exponent);
			values[PART_HIGH] = as_numeric(until, exponent);
			nulls[PART_LOW] = nulls[PART_HIGH] = false;
			if (DatumGetBool(DirectFunctionCall2(numeric_gt, values[PART_LOW], values[PART_HIGH])))
				not_understood(r, "The range ends before it begins.");
			if (*qualifier == QUALIFIER_NONE)
				*qualifier = QUALIFIER_EXACTLY;
			else if (*qualifier != QUALIFIER_EXACTLY && *qualifier != QUALIFIER_ABOUT)
				not_understood(r, "A range has both bounds already.");
			return;
		}
	}

	if (*qualifier == QUALIFIER_NONE)
		*qualifier = QUALIFIER_EXACTLY;
	switch (*qualifier)
	{
		case QUALIFIER_EXACTLY:
			values[PART_LOW] = values[PART_HIGH] = values[PART_AMOUNT] = as_numeric(from, exponent);
			nulls[PART_LOW] = nulls[PART_HIGH] = nulls[PART_AMOUNT] = false;
			break;
		case QUALIFIER_ABOUT:
			values[PART_AMOUNT] = as_numeric(from, exponent);
			nulls[PART_AMOUNT] = false;
			break;
		case QUALIFIER_MORE_THAN:
		case QUALIFIER_AT_LEAST:
			values[PART_LOW] = as_numeric(from, exponent);
			nulls[PART_LOW] = false;
			break;
		case QUALIFIER_UP_TO:
			values[PART_LOW] = as_numeric("0", 0);
			nulls[PART_LOW] = false;
			/* FALLTHROUGH */
		case QUALIFIER_NEARLY:
			values[PART_HIGH] = as_numeric(from, exponent);
			nulls[PART_HIGH] = false;
			break;
		default:
			break;
	}
}

/* -illion, -illiarde and their plurals, in either language, whoever invented them. */
static bool
is_power_word(const char *word)
{
	static const char *const ends[] = {"illion",   "illions",  "illionen", "illiard",
									   "illiards", "illiarde", "illiarden"};
	int len = strlen(word);
	int i;

	for (i = 0; i < (int) lengthof(ends); i++)
	{
		int end_len = strlen(ends[i]);

		if (len >= end_len && strcmp(word + len - end_len, ends[i]) == 0)
			return true;
	}
	return false;
}

/*
 * Words that go on with a number and were not understood must not fall among the words
 * behind the unit, where the quantity would be that of the words before them: a number
 * word or a sign of a fraction or power right behind it, a power of ten anywhere before
 * the next number. "Over ten years" is none.
 */
static void
refuse_scale(const Reader *r)
{
	static const Words scales_elsewhere[] = {{"lakh", 5},   {"lakhs", 5},   {"crore", 7},
											 {"crores", 7}, {"dutzend", 1}, {"dozen", 1},
											 {NULL, 0}};
	static const Words more_numbers[] = {
		{"point", 1},     {"komma", 1},    {"quarter", 1},  {"quarters", 1},  {"zero", 1},
		{"null", 1},      {"thirteen", 1}, {"fourteen", 1}, {"fifteen", 1},   {"sixteen", 1},
		{"seventeen", 1}, {"eighteen", 1}, {"nineteen", 1}, {"thirty", 1},    {"forty", 1},
		{"fifty", 1},     {"sixty", 1},    {"seventy", 1},  {"eighty", 1},    {"ninety", 1},
		{"viertel", 1},   {"dreizehn", 1}, {"vierzehn", 1}, {"fuenfzehn", 1}, {"sechzehn", 1},
		{"siebzehn", 1},  {"achtzehn", 1}, {"neunzehn", 1}, {"dreissig", 1},  {"vierzig", 1},
		{"fuenfzig", 1},  {"sechzig", 1},  {"siebzig", 1},  {"achtzig", 1},   {"neunzig", 1},
		{NULL, 0}};
	const Token *next = this_token(r);
	int power;
	int i;

	if (next == NULL || next->kind == TOKEN_NUMBER)
		return;
	/* "a year" is no number; "twenty one" is. */
	if (r->unit == NULL &&
		(look_up(more_numbers, next->word, &power) || strcmp(next->word, "one") == 0 ||
		 ((look_up(german_numbers, next->word, &power) ||
		   look_up(english_numbers, next->word, &power)) &&
		  power != 10)))
		not_understood(r, psprintf("The number goes on with \"%s\".", token_text(next)));
	/* 1e9, 1/2, 10^9: without a blank on either side. */
	if (r->at > 0 && r->at + 1 < r->tokens && next[-1].kind == TOKEN_NUMBER &&
		next[1].kind == TOKEN_NUMBER && next[-1].start + next[-1].len == next->start &&
		next->start + next->len == next[1].start)
		not_understood(r, psprintf("The number goes on with \"%s\".", token_text(next)));
	for (i = r->at; i < r->tokens && r->token[i].kind != TOKEN_NUMBER; i++)
		if (is_power_word(r->token[i].word) ||
			look_up(scales_elsewhere, r->token[i].word, &power) ||
			((look_up(german_scales, r->token[i].word, &power) ||
			  look_up(english_scales, r->token[i].word, &power)) &&
			 (i == r->at || (r->unit == NULL && power >= 3 && strlen(r->token[i].word) > 2))))
			not_understood(r, psprintf("\"%s\" is no scale in %s.", token_text(&r->token[i]),
									   r->german ? "German" : "English"));
}

/* parse_amount(words, language) -> stated_amount. Strict. */
Datum
chipbook_parse_amount(PG_FUNCTION_ARGS)
{
	text *words = PG_GETARG_TEXT_PP(0);
	char *language = text_to_cstring(PG_GETARG_TEXT_PP(1));
	Reader *r = palloc0(sizeof(Reader));
	Datum values[PART_COUNT] = {0};
	bool nulls[PART_COUNT];
	int qualifier = QUALIFIER_NONE;
	int modality = MODALITY_ACTUAL;
	int value;
	TupleDesc tupdesc;
	char *server_text = text_to_cstring(words);

	if (strcmp(language, "de") != 0 && strcmp(language, "en") != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("language of amounts not known: \"%s\"", language),
						errhint("Use de or en.")));
	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE ||
		tupdesc->natts != PART_COUNT)
		elog(ERROR, "return type must be stated_amount");
	memset(nulls, true, sizeof nulls);
	r->text = pg_server_to_any(server_text, strlen(server_text), PG_UTF8);
	r->german = language[0] == 'd';
	cut(r);

	/* Before the quantity, in any order: modal words, what carries nothing, a sign of currency. */
	for (;;)
	{
		int sign = take_sign(r);

		if (sign == QUALIFIER_NONE &&
			!take_word(r, r->german ? german_qualifiers : english_qualifiers, &sign))
		{
			if (take_word(r, r->german ? german_modals : english_modals, &value))
			{
				modality = Max(modality, value);
				continue;
			}
			if (take_word(r, unknown_words, &value))
			{
				qualifier = QUALIFIER_UNKNOWN;
				break;
			}
			if (take_word(r, r->german ? german_fillers : english_fillers, &value))
				continue;
			if (take_unit(r))
				continue;
			break;
		}
		if (qualifier != QUALIFIER_NONE)
			not_understood(r, "It has two qualifiers.");
		qualifier = sign;
	}

	if (qualifier != QUALIFIER_UNKNOWN)
	{
		read_quantity(r, &qualifier, values, nulls);
		if (this_token(r) != NULL && this_token(r)->kind == TOKEN_DASH)
			r->at++;
		/* "billions of dollars" */
		if (!take_unit(r) && r->unit == NULL &&
			take_word(r, (const Words[]){{"of", 1}, {NULL, 0}}, &value) && !take_unit(r))
			r->at--;
		refuse_scale(r);
		if (this_token(r) != NULL && this_token(r)->kind == TOKEN_NUMBER)
			not_understood(r, psprintf("A second number, \"%s\", was not expected.",
									   token_text(this_token(r))));
	}
	values[PART_QUALIFIER] = CStringGetTextDatum(qualifier_names[qualifier]);
	values[PART_MODALITY] = CStringGetTextDatum(modality_names[modality]);
	nulls[PART_QUALIFIER] = nulls[PART_MODALITY] = false;
	if (r->unit != NULL)
	{
		values[PART_UNIT] = CStringGetTextDatum(r->unit);
		nulls[PART_UNIT] = false;
	}
	if (r->at < r->tokens)
	{
		const char *rest = r->token[r->at].start;
		const Token *last = &r->token[r->tokens - 1];
		char *rest_text = pnstrdup(rest, last->start + last->len - rest);

		values[PART_REST] =
			CStringGetTextDatum(pg_any_to_server(rest_text, strlen(rest_text), PG_UTF8));
		nulls[PART_REST] = false;
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), values, nulls)));
}
