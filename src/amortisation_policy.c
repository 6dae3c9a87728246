/*
 * amortisation_policy.c
 *		How an asset is amortised: method, life, salvage, convention, day count and
 *		the method's own numbers. Text, binary and the constructor all fill one
 *		draft, and one checker turns a draft into a stored policy or says what is
 *		wrong with it: no policy exists that cannot be computed.
 */
#include "chipbook.h"

#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "amortisation_policy.h"

PG_FUNCTION_INFO_V1(amortisation_policy_in);
PG_FUNCTION_INFO_V1(amortisation_policy_out);
PG_FUNCTION_INFO_V1(amortisation_policy_recv);
PG_FUNCTION_INFO_V1(amortisation_policy_send);
PG_FUNCTION_INFO_V1(amortisation_policy_make);

#define ONE ((int128) MONETARY_ONE)

/* Declining balance is double declining unless it says otherwise. */
#define DEFAULT_FACTOR (2 * ONE)
#define MAX_FACTOR (1000 * ONE)
#define MAX_RATE (1000 * ONE)

/* Bytes of an unexpected text that an error message shows. */
#define MAX_SHOWN_TEXT 20

/* The parameters of a policy, in the order of its text form. */
typedef enum Parameter
{
	PARAM_LIFE,
	PARAM_SALVAGE,
	PARAM_SALVAGE_AMOUNT,
	PARAM_FACTOR,
	PARAM_RATE,
	PARAM_RATE_CAP,
	PARAM_CONVENTION,
	PARAM_DAY_COUNT,
	PARAM_SWITCH,
	NUM_PARAMS
} Parameter;

static const char *const param_names[NUM_PARAMS] = {
	"life",       "salvage",   "salvage_amount",         "factor", "rate", "rate_cap",
	"convention", "day_count", "switch_to_straight_line"};

/* A name of the text form, and whether a function computes it. */
typedef struct PolicyName
{
	const char *name;
	int value;
	bool built;
} PolicyName;

static const PolicyName methods[] = {{"straight_line", METHOD_STRAIGHT_LINE, true},
									 {"declining_balance", METHOD_DECLINING_BALANCE, true},
									 {"sum_of_years_digits", METHOD_SUM_OF_YEARS_DIGITS, false},
									 {"fixed_rate", METHOD_FIXED_RATE, false},
									 {"macrs", METHOD_MACRS, false},
									 {"annuity", METHOD_ANNUITY, false},
									 {"units_of_production", METHOD_UNITS_OF_PRODUCTION, false},
									 {"exponential", METHOD_EXPONENTIAL, true},
									 {NULL, 0, false}};

static const PolicyName conventions[] = {{"actual_days", CONVENTION_ACTUAL_DAYS, true},
										 {"full_month", CONVENTION_FULL_MONTH, true},
										 {"following_month", CONVENTION_FOLLOWING_MONTH, false},
										 {"mid_month", CONVENTION_MID_MONTH, false},
										 {"half_year", CONVENTION_HALF_YEAR, false},
										 {"mid_quarter", CONVENTION_MID_QUARTER, false},
										 {NULL, 0, false}};

static const PolicyName day_counts[] = {{"actual_actual", DAY_COUNT_ACTUAL_ACTUAL, true},
										{"actual_365_fixed", DAY_COUNT_ACTUAL_365_FIXED, true},
										{"no_leap_365", DAY_COUNT_NO_LEAP_365, true},
										{"thirty_360", DAY_COUNT_THIRTY_360, true},
										{NULL, 0, false}};

/* A policy before it is checked: wide numbers, and what was given at all. */
typedef struct PolicyDraft
{
	uint32 given; /* bit n: parameter n */
	int method;
	int convention;
	int day_count;
	int64 life_months;
	int64 life_days;
	int128 salvage;
	int128 salvage_amount;
	int128 factor;
	int128 rate;
	int128 rate_cap;
	bool switch_to_straight_line;
} PolicyDraft;

#define GIVEN(draft, param) (((draft)->given & (1U << (param))) != 0)

/* What is wrong with a draft; each door reports it with its own SQLSTATE. */
typedef struct PolicyProblem
{
	bool not_built; /* 0A000 at every door */
	char *message;
	const char *hint; /* may be NULL */
} PolicyProblem;

/*
 * Names and numbers
 */

static const PolicyName *
name_find(const PolicyName *list, const char *name)
{
	for (; list->name != NULL; list++)
	{
		if (strcmp(list->name, name) == 0)
			return list;
	}
	return NULL;
}

static const PolicyName *
name_of(const PolicyName *list, int value)
{
	for (; list->name != NULL; list++)
	{
		if (list->value == value)
			return list;
	}
	return NULL;
}

const char *
policy_method_name(const AmortisationPolicy *policy)
{
	return name_of(methods, policy->method)->name;
}

const char *
policy_convention_name(const AmortisationPolicy *policy)
{
	return name_of(conventions, policy->convention)->name;
}

const char *
policy_day_count_name(const AmortisationPolicy *policy)
{
	return name_of(day_counts, policy->day_count)->name;
}

/* "a, b, c": the names that are built. */
static char *
name_list(const PolicyName *list)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (; list->name != NULL; list++)
	{
		if (list->built)
			appendStringInfo(&buf, "%s%s", buf.len > 0 ? ", " : "", list->name);
	}
	return buf.data;
}

/* A count of 1e-15 as a decimal without trailing zeros. */
static char *
decimal_text(int128 value)
{
	char digits[48];
	char *p = digits + sizeof(digits);
	uint128 rest = abs_s128(value);
	bool significant = false;
	int i;

	*--p = '\0';
	for (i = 0; i < MONETARY_SCALE; i++, rest /= 10)
	{
		if (significant || rest % 10 != 0)
		{
			significant = true;
			*--p = '0' + (int) (rest % 10);
		}
	}
	if (significant)
		*--p = '.';
	do
	{
		*--p = '0' + (int) (rest % 10);
		rest /= 10;
	} while (rest != 0);
	if (value < 0)
		*--p = '-';
	return pstrdup(p);
}

static void
append_unit(StringInfo buf, int64 n, const char *unit)
{
	if (n != 0)
		appendStringInfo(buf, "%s" INT64_FORMAT " %s%s",
						 buf->len > 0 && buf->data[buf->len - 1] != '=' ? " " : "", n, unit,
						 n == 1 || n == -1 ? "" : "s");
}

/* "5 years 6 months 10 days", whatever IntervalStyle says. */
static void
append_life(StringInfo buf, int64 months, int64 days)
{
	append_unit(buf, months / 12, "year");
	append_unit(buf, months % 12, "month");
	append_unit(buf, days, "day");
}

static char *
life_text(int64 months, int64 days)
{
	StringInfoData buf;

	initStringInfo(&buf);
	append_life(&buf, months, days);
	return buf.len > 0 ? buf.data : "0 days";
}

/*
 * The checker
 */

static bool
problem(PolicyProblem *why, char *message, const char *hint)
{
	why->not_built = false;
	why->message = message;
	why->hint = hint;
	return false;
}

static bool
not_built(PolicyProblem *why, const char *what, const char *name, const PolicyName *list)
{
	why->not_built = true;
	why->message = psprintf("%s \"%s\" is not yet built", what, name);
	why->hint = psprintf("Built so far: %s.", name_list(list));
	return false;
}

/* A parameter that says nothing under this method or convention. */
static bool
refuse(const PolicyDraft *draft, Parameter param, const char *what, const char *name,
	   const char *hint, PolicyProblem *why)
{
	if (!GIVEN(draft, param))
		return true;
	return problem(why, psprintf("%s has no meaning with %s %s", param_names[param], what, name),
				   hint);
}

static bool
check_names(const PolicyDraft *draft, PolicyProblem *why)
{
	const PolicyName *method = name_of(methods, draft->method);
	const PolicyName *convention = name_of(conventions, draft->convention);

	if (!method->built)
		return not_built(why, "amortisation method", method->name, methods);
	if (!convention->built)
		return not_built(why, "amortisation convention", convention->name, conventions);
	if (GIVEN(draft, PARAM_RATE_CAP))
	{
		problem(why, "rate_cap is not yet built", NULL);
		why->not_built = true;
		return false;
	}
	return true;
}

static bool
check_meaning(const PolicyDraft *draft, PolicyProblem *why)
{
	const char *method = name_of(methods, draft->method)->name;
	bool declining = draft->method == METHOD_DECLINING_BALANCE;

	if (!declining)
	{
		const char *hint = "It belongs to method declining_balance.";

		if (!refuse(draft, PARAM_FACTOR, "method", method, hint, why) ||
			!refuse(draft, PARAM_SWITCH, "method", method, hint, why))
			return false;
	}
	if (draft->method == METHOD_EXPONENTIAL)
	{
		const char *rest = "What is left at the end of its life is its salvage value.";
		const char *year = "It runs by the day, in years of 365.25 days.";

		return refuse(draft, PARAM_SALVAGE, "method", method, rest, why) &&
			   refuse(draft, PARAM_SALVAGE_AMOUNT, "method", method, rest, why) &&
			   refuse(draft, PARAM_DAY_COUNT, "method", method, year, why) &&
			   (draft->convention == CONVENTION_ACTUAL_DAYS ||
				refuse(draft, PARAM_CONVENTION, "method", method, year, why));
	}
	if (draft->convention != CONVENTION_ACTUAL_DAYS &&
		!refuse(draft, PARAM_DAY_COUNT, "convention", name_of(conventions, draft->convention)->name,
				"Day counts belong to convention actual_days.", why))
		return false;
	if (GIVEN(draft, PARAM_SALVAGE) && GIVEN(draft, PARAM_SALVAGE_AMOUNT))
		return problem(why, "salvage and salvage_amount exclude each other",
					   "salvage is a fraction of the cost, salvage_amount is in its currency.");
	return refuse(draft, PARAM_RATE, "method", method, "It belongs to method exponential.", why);
}

static bool
check_life(const PolicyDraft *draft, PolicyProblem *why)
{
	char *life;

	if (!GIVEN(draft, PARAM_LIFE))
	{
		if (draft->method == METHOD_EXPONENTIAL)
			return true;
		return problem(
			why, psprintf("method %s needs a life", name_of(methods, draft->method)->name), NULL);
	}
	life = life_text(draft->life_months, draft->life_days);
	if (draft->life_months < 0 || draft->life_days < 0 ||
		(draft->life_months == 0 && draft->life_days == 0))
		return problem(why, psprintf("life must be above 0, not %s", life), NULL);
	if (draft->life_months * POLICY_MAX_DAYS + draft->life_days * POLICY_MAX_MONTHS >
		(int64) POLICY_MAX_MONTHS * POLICY_MAX_DAYS)
		return problem(why, psprintf("life must be at most 200 years, not %s", life), NULL);
	if (draft->life_days == 0)
		return true;
	if (draft->convention != CONVENTION_ACTUAL_DAYS)
		return problem(why,
					   psprintf("life must be whole months with convention %s, not %s",
								name_of(conventions, draft->convention)->name, life),
					   "A life in days belongs to convention actual_days.");
	if (draft->method == METHOD_DECLINING_BALANCE)
		return problem(
			why, psprintf("life must be whole months with method declining_balance, not %s", life),
			"A year's rate is the factor over the life in years.");
	return true;
}

static bool
check_numbers(const PolicyDraft *draft, PolicyProblem *why)
{
	if (draft->salvage < 0 || draft->salvage > ONE)
		return problem(
			why, psprintf("salvage must be between 0 and 1, not %s", decimal_text(draft->salvage)),
			"salvage is a fraction of the cost; an amount is given as salvage_amount.");
	if (draft->salvage_amount < 0 || draft->salvage_amount > MONETARY_MAX)
		return problem(why,
					   psprintf("salvage_amount must be between 0 and %s, not %s",
								decimal_text(MONETARY_MAX), decimal_text(draft->salvage_amount)),
					   NULL);
	if (draft->method == METHOD_DECLINING_BALANCE &&
		(draft->factor <= 0 || draft->factor > MAX_FACTOR))
		return problem(why,
					   psprintf("factor must be above 0 and at most 1000, not %s",
								decimal_text(draft->factor)),
					   "The factor times the straight line's rate is a year's rate: 2 is double "
					   "declining.");
	if (draft->method != METHOD_EXPONENTIAL)
		return true;
	if (!GIVEN(draft, PARAM_RATE))
		return problem(why, "method exponential needs a rate",
					   "The rate is in orders of magnitude a year: 0.14 loses 27.6 % a year.");
	if (draft->rate <= 0 || draft->rate > MAX_RATE)
		return problem(
			why,
			psprintf("rate must be above 0 and at most 1000, not %s", decimal_text(draft->rate)),
			"The rate is in orders of magnitude a year: 0.14 loses 27.6 % a year.");
	return true;
}

static void
draft_init(PolicyDraft *draft, int method)
{
	memset(draft, 0, sizeof(*draft));
	draft->method = method;
	draft->convention = CONVENTION_ACTUAL_DAYS;
	draft->day_count = DAY_COUNT_ACTUAL_ACTUAL;
	if (method == METHOD_DECLINING_BALANCE)
		draft->factor = DEFAULT_FACTOR;
}

/* The one way to a stored policy; NULL and *why when the draft is none. */
static AmortisationPolicy *
policy_from_draft(const PolicyDraft *draft, PolicyProblem *why)
{
	AmortisationPolicy *policy;

	if (!check_names(draft, why) || !check_meaning(draft, why) || !check_life(draft, why) ||
		!check_numbers(draft, why))
		return NULL;

	policy = palloc0(sizeof(AmortisationPolicy));
	SET_VARSIZE(policy, sizeof(AmortisationPolicy));
	policy->version = POLICY_VERSION;
	policy->method = draft->method;
	policy->convention = draft->convention;
	if (draft->method != METHOD_EXPONENTIAL && draft->convention == CONVENTION_ACTUAL_DAYS)
		policy->day_count = draft->day_count;
	policy->flags = draft->switch_to_straight_line ? POLICY_FLAG_SWITCH : 0;
	policy->life_months = (int32) draft->life_months;
	policy->life_days = (int32) draft->life_days;
	policy->salvage = (int64) draft->salvage;
	policy->salvage_amount_high = (int64) (draft->salvage_amount >> 64);
	policy->salvage_amount_low = (uint64) draft->salvage_amount;
	policy->factor = (int64) draft->factor;
	policy->rate = (int64) draft->rate;
	return policy;
}

/* Values from disk were checked when they were made; bytes nobody made are refused. */
const AmortisationPolicy *
policy_from_datum(Datum datum)
{
	const AmortisationPolicy *policy = (const AmortisationPolicy *) PG_DETOAST_DATUM(datum);

	if (VARSIZE(policy) < sizeof(AmortisationPolicy) || policy->version != POLICY_VERSION)
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("amortisation_policy of unknown version or length")));
	return policy;
}

/*
 * Text form: method(name=value, ...), canonical order, defaults left out
 */

typedef struct PolicyReader
{
	const char *p;
	PolicyDraft *draft;
	PolicyProblem *why;
} PolicyReader;

static void
skip_space(PolicyReader *reader)
{
	while (*reader->p == ' ' || *reader->p == '\t' || *reader->p == '\n' || *reader->p == '\r')
		reader->p++;
}

/* Takes one punctuation mark, with the space around it. */
static bool
take(PolicyReader *reader, char mark)
{
	skip_space(reader);
	if (*reader->p != mark)
		return false;
	reader->p++;
	skip_space(reader);
	return true;
}

/* A word, empty when there is none; longer than any name is cut, and unknown. */
#define NAME_SIZE 32

static const char *
take_name(PolicyReader *reader, char name[NAME_SIZE])
{
	int n = 0;

	for (; (*reader->p >= 'a' && *reader->p <= 'z') || (*reader->p >= 'A' && *reader->p <= 'Z') ||
		   (*reader->p >= '0' && *reader->p <= '9') || *reader->p == '_';
		 reader->p++)
	{
		if (n < NAME_SIZE - 1)
			name[n++] = *reader->p;
	}
	name[n] = '\0';
	return name;
}

/* [-]digits[.digits] in units of 1e-15, exactly. */
static bool
take_decimal(PolicyReader *reader, const char *what, int128 *value)
{
	bool negative = *reader->p == '-';
	int decimals = 0;
	bool digits = false;
	bool point = false;

	*value = 0;
	if (negative)
		reader->p++;
	for (;; reader->p++)
	{
		if (*reader->p == '.' && !point)
		{
			point = true;
			continue;
		}
		if (*reader->p < '0' || *reader->p > '9')
			break;
		digits = true;
		if (point && ++decimals > MONETARY_SCALE)
		{
			if (*reader->p == '0')
				continue;
			return problem(reader->why, psprintf("%s has more than 15 decimals", what), NULL);
		}
		if (mul_s128_overflow(*value, 10, value) ||
			add_s128_overflow(*value, *reader->p - '0', value))
			return problem(reader->why, psprintf("%s is out of range", what), NULL);
	}
	if (!digits)
		return problem(reader->why, psprintf("%s is not a number", what), NULL);
	if (mul_s128_overflow(*value, pow10_s128(MONETARY_SCALE - Min(decimals, MONETARY_SCALE)),
						  value))
		return problem(reader->why, psprintf("%s is out of range", what), NULL);
	if (negative)
		*value = -*value;
	return true;
}

/* "5 years 6 months 10 days", each unit at most once and in this order. */
static bool
take_life(PolicyReader *reader)
{
	static const struct
	{
		const char *name;
		int months;
		int order;
	} units[] = {{"years", 12, 1}, {"year", 12, 1}, {"months", 1, 2}, {"month", 1, 2},
				 {"mons", 1, 2},   {"mon", 1, 2},   {"days", 0, 3},   {"day", 0, 3}};
	char name[NAME_SIZE];
	int order = 0;

	for (skip_space(reader); *reader->p == '-' || (*reader->p >= '0' && *reader->p <= '9');
		 skip_space(reader))
	{
		bool negative = *reader->p == '-';
		int64 n = 0;
		int i;

		if (negative)
			reader->p++;
		if (*reader->p < '0' || *reader->p > '9')
		{
			order = 0;
			break;
		}
		for (; *reader->p >= '0' && *reader->p <= '9'; reader->p++)
			n = Min(n * 10 + (*reader->p - '0'), PG_INT32_MAX);
		if (negative)
			n = -n;
		skip_space(reader);
		take_name(reader, name);
		for (i = 0; i < (int) lengthof(units) && strcmp(units[i].name, name) != 0; i++)
			;
		if (i == (int) lengthof(units) || units[i].order <= order)
		{
			order = 0;
			break;
		}
		order = units[i].order;
		if (order == 3)
			reader->draft->life_days = n;
		else
			reader->draft->life_months += n * units[i].months;
	}
	if (order == 0 || (*reader->p != ',' && *reader->p != ')'))
		return problem(reader->why, "life must read like 5 years 6 months or 1826 days", NULL);
	return true;
}

static bool
unknown_name(PolicyProblem *why, const char *what, const char *name, const PolicyName *list)
{
	return problem(why, psprintf("unknown %s \"%s\"", what, name),
				   psprintf("One of: %s.", name_list(list)));
}

static bool
set_name(const PolicyName *list, const char *what, const char *name, int *value, PolicyProblem *why)
{
	const PolicyName *found = name_find(list, name);

	if (found == NULL)
		return unknown_name(why, what, name, list);
	*value = found->value;
	return true;
}

static bool
take_boolean(PolicyReader *reader, bool *value)
{
	char name[NAME_SIZE];

	take_name(reader, name);
	*value = strcmp(name, "true") == 0;
	if (!*value && strcmp(name, "false") != 0)
		return problem(reader->why, "switch_to_straight_line must be true or false", NULL);
	return true;
}

static bool
take_value(PolicyReader *reader, Parameter param)
{
	PolicyDraft *draft = reader->draft;
	char name[NAME_SIZE];

	switch (param)
	{
		case PARAM_LIFE:
			return take_life(reader);
		case PARAM_SALVAGE:
			return take_decimal(reader, "salvage", &draft->salvage);
		case PARAM_SALVAGE_AMOUNT:
			return take_decimal(reader, "salvage_amount", &draft->salvage_amount);
		case PARAM_FACTOR:
			return take_decimal(reader, "factor", &draft->factor);
		case PARAM_RATE:
			return take_decimal(reader, "rate", &draft->rate);
		case PARAM_RATE_CAP:
			return take_decimal(reader, "rate_cap", &draft->rate_cap);
		case PARAM_CONVENTION:
			return set_name(conventions, "convention", take_name(reader, name), &draft->convention,
							reader->why);
		case PARAM_DAY_COUNT:
			return set_name(day_counts, "day_count", take_name(reader, name), &draft->day_count,
							reader->why);
		case PARAM_SWITCH:
			return take_boolean(reader, &draft->switch_to_straight_line);
		case NUM_PARAMS:
			break;
	}
	return false;
}

static bool
take_parameter(PolicyReader *reader)
{
	char name[NAME_SIZE];
	int param = 0;

	take_name(reader, name);
	while (param < NUM_PARAMS && strcmp(param_names[param], name) != 0)
		param++;
	if (param == NUM_PARAMS)
		return problem(reader->why, psprintf("unknown parameter \"%s\"", name),
					   "One of: life, salvage, salvage_amount, factor, rate, convention, "
					   "day_count, switch_to_straight_line.");
	if (GIVEN(reader->draft, param))
		return problem(reader->why, psprintf("%s is given twice", name), NULL);
	if (!take(reader, '='))
		return problem(reader->why, psprintf("%s has no value", name), NULL);
	reader->draft->given |= 1U << param;
	return take_value(reader, param);
}

static bool
draft_from_text(const char *text, PolicyDraft *draft, PolicyProblem *why)
{
	PolicyReader reader = {text, draft, why};
	char name[NAME_SIZE];
	int method;

	skip_space(&reader);
	if (!set_name(methods, "method", take_name(&reader, name), &method, why))
		return false;
	draft_init(draft, method);
	if (!take(&reader, '('))
		return problem(why, "the method's parameters are missing",
					   "Write it like straight_line(life=5 years, salvage=0.1).");
	do
	{
		if (!take_parameter(&reader))
			return false;
	} while (take(&reader, ','));
	if (!take(&reader, ')') || *reader.p != '\0')
		return problem(why,
					   psprintf("unexpected text at \"%.*s\"",
								pg_mbcliplen(reader.p, (int) strlen(reader.p), MAX_SHOWN_TEXT),
								reader.p),
					   NULL);
	return true;
}

Datum
amortisation_policy_in(PG_FUNCTION_ARGS)
{
	char *text = PG_GETARG_CSTRING(0);
	PolicyDraft draft;
	PolicyProblem why;
	AmortisationPolicy *policy;

	if (draft_from_text(text, &draft, &why) && (policy = policy_from_draft(&draft, &why)) != NULL)
		PG_RETURN_POINTER(policy);
	if (why.not_built)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("%s", why.message),
				 why.hint != NULL ? errhint("%s", why.hint) : 0));
	ereturn(fcinfo->context, (Datum) 0,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type amortisation_policy: \"%s\"", text),
			 errdetail("%s.", why.message), why.hint != NULL ? errhint("%s", why.hint) : 0));
}

static void
append_parameter(StringInfo buf, Parameter param, const char *value)
{
	appendStringInfo(buf, "%s%s=%s", buf->data[buf->len - 1] == '(' ? "" : ", ", param_names[param],
					 value);
}

Datum
amortisation_policy_out(PG_FUNCTION_ARGS)
{
	const AmortisationPolicy *policy = PG_GETARG_POLICY_P(0);
	int128 salvage_amount = policy_salvage_amount(policy);
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfo(&buf, "%s(", policy_method_name(policy));
	if (policy->life_months != 0 || policy->life_days != 0)
		append_parameter(&buf, PARAM_LIFE, life_text(policy->life_months, policy->life_days));
	if (policy->salvage != 0)
		append_parameter(&buf, PARAM_SALVAGE, decimal_text(policy->salvage));
	if (salvage_amount != 0)
		append_parameter(&buf, PARAM_SALVAGE_AMOUNT, decimal_text(salvage_amount));
	if (policy->factor != 0 && policy->factor != DEFAULT_FACTOR)
		append_parameter(&buf, PARAM_FACTOR, decimal_text(policy->factor));
	if (policy->rate != 0)
		append_parameter(&buf, PARAM_RATE, decimal_text(policy->rate));
	if (policy->convention != CONVENTION_ACTUAL_DAYS)
		append_parameter(&buf, PARAM_CONVENTION, policy_convention_name(policy));
	if (policy->day_count > DAY_COUNT_ACTUAL_ACTUAL)
		append_parameter(&buf, PARAM_DAY_COUNT, policy_day_count_name(policy));
	if (policy->flags & POLICY_FLAG_SWITCH)
		append_parameter(&buf, PARAM_SWITCH, "true");
	appendStringInfoChar(&buf, ')');
	PG_RETURN_CSTRING(buf.data);
}

/*
 * Binary form: the struct's fields in order, network byte order, no padding
 */

Datum
amortisation_policy_send(PG_FUNCTION_ARGS)
{
	const AmortisationPolicy *policy = PG_GETARG_POLICY_P(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, policy->version);
	pq_sendbyte(&buf, policy->method);
	pq_sendbyte(&buf, policy->convention);
	pq_sendbyte(&buf, policy->day_count);
	pq_sendbyte(&buf, policy->flags);
	pq_sendint32(&buf, policy->life_months);
	pq_sendint32(&buf, policy->life_days);
	pq_sendint64(&buf, policy->salvage);
	pq_sendint64(&buf, policy->salvage_amount_high);
	pq_sendint64(&buf, (int64) policy->salvage_amount_low);
	pq_sendint64(&buf, policy->factor);
	pq_sendint64(&buf, policy->rate);
	pq_sendint64(&buf, policy->rate_cap);
	pq_sendint64(&buf, policy->total_use);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

pg_noreturn static void
binary_invalid(const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					errmsg("invalid binary representation of type amortisation_policy"),
					errdetail("%s.", detail)));
}

static int
recv_name(StringInfo buf, const PolicyName *list, const char *what)
{
	int value = pq_getmsgbyte(buf);

	if (name_of(list, value) == NULL)
		binary_invalid(psprintf("unknown %s %d", what, value));
	return value;
}

static int128
recv_number(StringInfo buf, PolicyDraft *draft, Parameter param)
{
	int64 value = pq_getmsgint64(buf);

	if (value != 0)
		draft->given |= 1U << param;
	return value;
}

/* The numbers of a draft, as send wrote them: zero is not given. */
static void
recv_numbers(StringInfo buf, PolicyDraft *draft)
{
	int64 high;

	draft->life_months = (int32) pq_getmsgint(buf, 4);
	draft->life_days = (int32) pq_getmsgint(buf, 4);
	if (draft->life_months != 0 || draft->life_days != 0)
		draft->given |= 1U << PARAM_LIFE;
	draft->salvage = recv_number(buf, draft, PARAM_SALVAGE);
	high = pq_getmsgint64(buf);
	draft->salvage_amount = (((int128) high) << 64) | (uint64) pq_getmsgint64(buf);
	if (draft->salvage_amount != 0)
		draft->given |= 1U << PARAM_SALVAGE_AMOUNT;
	draft->factor = recv_number(buf, draft, PARAM_FACTOR);
	draft->rate = recv_number(buf, draft, PARAM_RATE);
	draft->rate_cap = recv_number(buf, draft, PARAM_RATE_CAP);
	if (pq_getmsgint64(buf) != 0)
		binary_invalid("a total use is not yet built");
}

Datum
amortisation_policy_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	PolicyDraft draft;
	PolicyProblem why;
	AmortisationPolicy *policy;
	int version = pq_getmsgbyte(buf);
	int flags;

	if (version != POLICY_VERSION)
		binary_invalid(psprintf("unknown version %d", version));
	draft_init(&draft, recv_name(buf, methods, "method"));
	draft.convention = recv_name(buf, conventions, "convention");
	if (draft.convention != CONVENTION_ACTUAL_DAYS)
		draft.given |= 1U << PARAM_CONVENTION;
	draft.day_count = pq_getmsgbyte(buf);
	if (draft.day_count != DAY_COUNT_NONE)
	{
		draft.given |= 1U << PARAM_DAY_COUNT;
		if (name_of(day_counts, draft.day_count) == NULL)
			binary_invalid(psprintf("unknown day_count %d", draft.day_count));
	}
	else if (draft.method != METHOD_EXPONENTIAL && draft.convention == CONVENTION_ACTUAL_DAYS)
		binary_invalid("day_count is missing");
	flags = pq_getmsgbyte(buf);
	if ((flags & ~POLICY_FLAG_SWITCH) != 0)
		binary_invalid(psprintf("unknown flags %d", flags));
	if (flags != 0)
		draft.given |= 1U << PARAM_SWITCH;
	draft.switch_to_straight_line = (flags & POLICY_FLAG_SWITCH) != 0;
	recv_numbers(buf, &draft);

	policy = policy_from_draft(&draft, &why);
	if (policy == NULL && why.not_built)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("%s", why.message),
						why.hint != NULL ? errhint("%s", why.hint) : 0));
	if (policy == NULL)
		binary_invalid(why.message);
	PG_RETURN_POINTER(policy);
}

/*
 * The constructor
 */

static void
draft_set_life(PolicyDraft *draft, const Interval *life)
{
	if (life->time != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("life must be whole days, not %s",
							   DatumGetCString(DirectFunctionCall1(
								   interval_out, PointerGetDatum(unconstify(Interval *, life)))))));
	draft->given |= 1U << PARAM_LIFE;
	draft->life_months = life->month;
	draft->life_days = life->day;
}

static char *
text_argument(FunctionCallInfo fcinfo, int n)
{
	return text_to_cstring(PG_GETARG_TEXT_PP(n));
}

static int128
numeric_argument(FunctionCallInfo fcinfo, int n, PolicyDraft *draft, Parameter param, int128 none)
{
	if (PG_ARGISNULL(n))
		return none;
	draft->given |= 1U << param;
	return numeric_to_scaled(PG_GETARG_NUMERIC(n), MONETARY_SCALE, param_names[param]);
}

pg_noreturn static void
policy_invalid(const PolicyProblem *why)
{
	ereport(ERROR, (errcode(why->not_built ? ERRCODE_FEATURE_NOT_SUPPORTED
										   : ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("%s", why->message), why->hint != NULL ? errhint("%s", why->hint) : 0));
}

/*
 * amortisation_policy(method, life, salvage, salvage_amount, convention,
 * day_count, factor, rate, rate_cap, switch_to_straight_line)
 *		NULL: not given.
 */
Datum
amortisation_policy_make(PG_FUNCTION_ARGS)
{
	PolicyDraft draft;
	PolicyProblem why;
	AmortisationPolicy *policy;
	int method;

	if (PG_ARGISNULL(0))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("method must not be null"),
						errhint("One of: %s.", name_list(methods))));
	if (!set_name(methods, "method", text_argument(fcinfo, 0), &method, &why))
		policy_invalid(&why);
	draft_init(&draft, method);
	if (!PG_ARGISNULL(1))
		draft_set_life(&draft, PG_GETARG_INTERVAL_P(1));
	draft.salvage = numeric_argument(fcinfo, 2, &draft, PARAM_SALVAGE, 0);
	draft.salvage_amount = numeric_argument(fcinfo, 3, &draft, PARAM_SALVAGE_AMOUNT, 0);
	if (!PG_ARGISNULL(4))
	{
		draft.given |= 1U << PARAM_CONVENTION;
		if (!set_name(conventions, "convention", text_argument(fcinfo, 4), &draft.convention, &why))
			policy_invalid(&why);
	}
	if (!PG_ARGISNULL(5))
	{
		draft.given |= 1U << PARAM_DAY_COUNT;
		if (!set_name(day_counts, "day_count", text_argument(fcinfo, 5), &draft.day_count, &why))
			policy_invalid(&why);
	}
	draft.factor = numeric_argument(fcinfo, 6, &draft, PARAM_FACTOR, draft.factor);
	draft.rate = numeric_argument(fcinfo, 7, &draft, PARAM_RATE, 0);
	draft.rate_cap = numeric_argument(fcinfo, 8, &draft, PARAM_RATE_CAP, 0);
	if (!PG_ARGISNULL(9))
	{
		draft.given |= 1U << PARAM_SWITCH;
		draft.switch_to_straight_line = PG_GETARG_BOOL(9);
	}

	policy = policy_from_draft(&draft, &why);
	if (policy == NULL)
		policy_invalid(&why);
	PG_RETURN_POINTER(policy);
}
