/*
 * amortisation_policy.c
 *		How an asset is amortised: method, life, salvage, convention, day count and
 *		the method's own numbers. Text and binary (amortisation_policy_io.c) and the
 *		constructor all fill one draft, and one checker turns a draft into a stored
 *		policy or says what is wrong with it: no policy exists that cannot be
 *		computed.
 */
#include "chipbook.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "amortisation_policy_draft.h"

PG_FUNCTION_INFO_V1(amortisation_policy_make);

#define ONE ((int128) MONETARY_ONE)
#define MAX_FACTOR (1000 * ONE)
#define MAX_RATE (1000 * ONE)

const char *const policy_parameters[NUM_PARAMS] = {
	"life",       "salvage",   "salvage_amount",         "factor", "rate", "rate_cap",
	"convention", "day_count", "switch_to_straight_line"};

const PolicyName policy_methods[] = {{"straight_line", METHOD_STRAIGHT_LINE, true},
									 {"declining_balance", METHOD_DECLINING_BALANCE, true},
									 {"sum_of_years_digits", METHOD_SUM_OF_YEARS_DIGITS, false},
									 {"fixed_rate", METHOD_FIXED_RATE, false},
									 {"macrs", METHOD_MACRS, false},
									 {"annuity", METHOD_ANNUITY, false},
									 {"units_of_production", METHOD_UNITS_OF_PRODUCTION, false},
									 {"exponential", METHOD_EXPONENTIAL, true},
									 {NULL, 0, false}};

const PolicyName policy_conventions[] = {{"actual_days", CONVENTION_ACTUAL_DAYS, true},
										 {"full_month", CONVENTION_FULL_MONTH, true},
										 {"following_month", CONVENTION_FOLLOWING_MONTH, false},
										 {"mid_month", CONVENTION_MID_MONTH, false},
										 {"half_year", CONVENTION_HALF_YEAR, false},
										 {"mid_quarter", CONVENTION_MID_QUARTER, false},
										 {NULL, 0, false}};

const PolicyName policy_day_counts[] = {{"actual_actual", DAY_COUNT_ACTUAL_ACTUAL, true},
										{"actual_365_fixed", DAY_COUNT_ACTUAL_365_FIXED, true},
										{"no_leap_365", DAY_COUNT_NO_LEAP_365, true},
										{"thirty_360", DAY_COUNT_THIRTY_360, true},
										{NULL, 0, false}};

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

const PolicyName *
policy_name_of(const PolicyName *list, int value)
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
	return policy_name_of(policy_methods, policy->method)->name;
}

const char *
policy_convention_name(const AmortisationPolicy *policy)
{
	return policy_name_of(policy_conventions, policy->convention)->name;
}

const char *
policy_day_count_name(const AmortisationPolicy *policy)
{
	return policy_name_of(policy_day_counts, policy->day_count)->name;
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
char *
policy_decimal_text(int128 value)
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

char *
policy_life_text(int64 months, int64 days)
{
	StringInfoData buf;

	initStringInfo(&buf);
	append_life(&buf, months, days);
	return buf.len > 0 ? buf.data : "0 days";
}

/*
 * The checker
 */

bool
policy_problem(PolicyProblem *why, char *message, const char *hint)
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

static bool
unknown_name(PolicyProblem *why, const char *what, const char *name, const PolicyName *list)
{
	return policy_problem(why, psprintf("unknown %s \"%s\"", what, name),
						  psprintf("One of: %s.", name_list(list)));
}

bool
policy_set_name(const PolicyName *list, const char *what, const char *name, int *value,
				PolicyProblem *why)
{
	const PolicyName *found = name_find(list, name);

	if (found == NULL)
		return unknown_name(why, what, name, list);
	*value = found->value;
	return true;
}

/* A parameter that says nothing under this method or convention. */
static bool
refuse(const PolicyDraft *draft, PolicyParameter param, const char *what, const char *name,
	   const char *hint, PolicyProblem *why)
{
	if (!POLICY_GIVEN(draft, param))
		return true;
	return policy_problem(
		why, psprintf("%s has no meaning with %s %s", policy_parameters[param], what, name), hint);
}

static bool
check_names(const PolicyDraft *draft, PolicyProblem *why)
{
	const PolicyName *method = policy_name_of(policy_methods, draft->method);
	const PolicyName *convention = policy_name_of(policy_conventions, draft->convention);

	if (!method->built)
		return not_built(why, "amortisation method", method->name, policy_methods);
	if (!convention->built)
		return not_built(why, "amortisation convention", convention->name, policy_conventions);
	if (POLICY_GIVEN(draft, PARAM_RATE_CAP))
	{
		policy_problem(why, "rate_cap is not yet built", NULL);
		why->not_built = true;
		return false;
	}
	return true;
}

static bool
check_meaning(const PolicyDraft *draft, PolicyProblem *why)
{
	const char *method = policy_name_of(policy_methods, draft->method)->name;
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
		!refuse(draft, PARAM_DAY_COUNT, "convention",
				policy_name_of(policy_conventions, draft->convention)->name,
				"Day counts belong to convention actual_days.", why))
		return false;
	if (POLICY_GIVEN(draft, PARAM_SALVAGE) && POLICY_GIVEN(draft, PARAM_SALVAGE_AMOUNT))
		return policy_problem(
			why, "salvage and salvage_amount exclude each other",
			"salvage is a fraction of the cost, salvage_amount is in its currency.");
	return refuse(draft, PARAM_RATE, "method", method, "It belongs to method exponential.", why);
}

static bool
check_life(const PolicyDraft *draft, PolicyProblem *why)
{
	char *life;

	if (!POLICY_GIVEN(draft, PARAM_LIFE))
	{
		if (draft->method == METHOD_EXPONENTIAL)
			return true;
		return policy_problem(
			why,
			psprintf("method %s needs a life", policy_name_of(policy_methods, draft->method)->name),
			NULL);
	}
	life = policy_life_text(draft->life_months, draft->life_days);
	if (draft->life_months < 0 || draft->life_days < 0 ||
		(draft->life_months == 0 && draft->life_days == 0))
		return policy_problem(why, psprintf("life must be above 0, not %s", life), NULL);
	if (draft->life_months * POLICY_MAX_DAYS + draft->life_days * POLICY_MAX_MONTHS >
		(int64) POLICY_MAX_MONTHS * POLICY_MAX_DAYS)
		return policy_problem(why, psprintf("life must be at most 200 years, not %s", life), NULL);
	if (draft->life_days == 0)
		return true;
	if (draft->convention != CONVENTION_ACTUAL_DAYS)
		return policy_problem(why,
							  psprintf("life must be whole months with convention %s, not %s",
									   policy_name_of(policy_conventions, draft->convention)->name,
									   life),
							  "A life in days belongs to convention actual_days.");
	if (draft->method == METHOD_DECLINING_BALANCE)
		return policy_problem(
			why, psprintf("life must be whole months with method declining_balance, not %s", life),
			"A year's rate is the factor over the life in years.");
	return true;
}

static bool
check_numbers(const PolicyDraft *draft, PolicyProblem *why)
{
	if (draft->salvage < 0 || draft->salvage > ONE)
		return policy_problem(
			why,
			psprintf("salvage must be between 0 and 1, not %s",
					 policy_decimal_text(draft->salvage)),
			"salvage is a fraction of the cost; an amount is given as salvage_amount.");
	if (draft->salvage_amount < 0 || draft->salvage_amount > MONETARY_MAX)
		return policy_problem(why,
							  psprintf("salvage_amount must be between 0 and %s, not %s",
									   policy_decimal_text(MONETARY_MAX),
									   policy_decimal_text(draft->salvage_amount)),
							  NULL);
	if (draft->method == METHOD_DECLINING_BALANCE &&
		(draft->factor <= 0 || draft->factor > MAX_FACTOR))
		return policy_problem(
			why,
			psprintf("factor must be above 0 and at most 1000, not %s",
					 policy_decimal_text(draft->factor)),
			"The factor times the straight line's rate is a year's rate: 2 is double "
			"declining.");
	if (draft->method != METHOD_EXPONENTIAL)
		return true;
	if (!POLICY_GIVEN(draft, PARAM_RATE))
		return policy_problem(
			why, "method exponential needs a rate",
			"The rate is in orders of magnitude a year: 0.14 loses 27.6 % a year.");
	if (draft->rate <= 0 || draft->rate > MAX_RATE)
		return policy_problem(
			why,
			psprintf("rate must be above 0 and at most 1000, not %s",
					 policy_decimal_text(draft->rate)),
			"The rate is in orders of magnitude a year: 0.14 loses 27.6 % a year.");
	return true;
}

void
policy_draft_init(PolicyDraft *draft, int method)
{
	memset(draft, 0, sizeof(*draft));
	draft->method = method;
	draft->convention = CONVENTION_ACTUAL_DAYS;
	draft->day_count = DAY_COUNT_ACTUAL_ACTUAL;
	if (method == METHOD_DECLINING_BALANCE)
		draft->factor = POLICY_DEFAULT_FACTOR;
}

/* The one way to a stored policy; NULL and *why when the draft is none. */
AmortisationPolicy *
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
numeric_argument(FunctionCallInfo fcinfo, int n, PolicyDraft *draft, PolicyParameter param,
				 int128 none)
{
	if (PG_ARGISNULL(n))
		return none;
	draft->given |= 1U << param;
	return numeric_to_scaled(PG_GETARG_NUMERIC(n), MONETARY_SCALE, policy_parameters[param]);
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
						errhint("One of: %s.", name_list(policy_methods))));
	if (!policy_set_name(policy_methods, "method", text_argument(fcinfo, 0), &method, &why))
		policy_invalid(&why);
	policy_draft_init(&draft, method);
	if (!PG_ARGISNULL(1))
		draft_set_life(&draft, PG_GETARG_INTERVAL_P(1));
	draft.salvage = numeric_argument(fcinfo, 2, &draft, PARAM_SALVAGE, 0);
	draft.salvage_amount = numeric_argument(fcinfo, 3, &draft, PARAM_SALVAGE_AMOUNT, 0);
	if (!PG_ARGISNULL(4))
	{
		draft.given |= 1U << PARAM_CONVENTION;
		if (!policy_set_name(policy_conventions, "convention", text_argument(fcinfo, 4),
							 &draft.convention, &why))
			policy_invalid(&why);
	}
	if (!PG_ARGISNULL(5))
	{
		draft.given |= 1U << PARAM_DAY_COUNT;
		if (!policy_set_name(policy_day_counts, "day_count", text_argument(fcinfo, 5),
							 &draft.day_count, &why))
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
