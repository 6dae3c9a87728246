/*
 * amortisation_policy.c
 *		How an asset is amortised: method, life, salvage, first-year layers,
 *		convention, day count and the method's own numbers. Text and binary
 *		(amortisation_policy_io.c) and the constructor all fill one draft, and one
 *		checker turns a draft into a stored policy or says what is wrong with it: no
 *		policy exists that cannot be computed.
 */
#include "chipbook.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "amortisation_policy_draft.h"
#include "chip_time.h"
#include "macrs.h"

PG_FUNCTION_INFO_V1(amortisation_policy_make);

#define ONE ((int128) MONETARY_ONE)
#define MAX_FACTOR (1000 * ONE)
#define MAX_RATE (1000 * ONE)

const char *const policy_parameters[NUM_PARAMS] = {"life",
												   "total_use",
												   "salvage",
												   "salvage_amount",
												   "factor",
												   "rate",
												   "rate_cap",
												   "section_179",
												   "bonus",
												   "convention",
												   "day_count",
												   "switch_to_straight_line",
												   "charge_disposal_month"};

const PolicyName policy_methods[] = {{"straight_line", METHOD_STRAIGHT_LINE},
									 {"declining_balance", METHOD_DECLINING_BALANCE},
									 {"sum_of_years_digits", METHOD_SUM_OF_YEARS_DIGITS},
									 {"fixed_rate", METHOD_FIXED_RATE},
									 {"macrs", METHOD_MACRS},
									 {"annuity", METHOD_ANNUITY},
									 {"units_of_production", METHOD_UNITS_OF_PRODUCTION},
									 {"exponential", METHOD_EXPONENTIAL},
									 {NULL, 0}};

const PolicyName policy_conventions[] = {{"actual_days", CONVENTION_ACTUAL_DAYS},
										 {"full_month", CONVENTION_FULL_MONTH},
										 {"following_month", CONVENTION_FOLLOWING_MONTH},
										 {"mid_month", CONVENTION_MID_MONTH},
										 {"half_year", CONVENTION_HALF_YEAR},
										 {"mid_quarter", CONVENTION_MID_QUARTER},
										 {NULL, 0}};

const PolicyName policy_day_counts[] = {{"actual_actual", DAY_COUNT_ACTUAL_ACTUAL},
										{"actual_365_fixed", DAY_COUNT_ACTUAL_365_FIXED},
										{"no_leap_365", DAY_COUNT_NO_LEAP_365},
										{"thirty_360", DAY_COUNT_THIRTY_360},
										{NULL, 0}};

/* What each method makes sense with. */
#define P(param) (1U << PARAM_##param)
#define TIME_PARAMS (P(LIFE) | P(CONVENTION) | P(DAY_COUNT) | P(CHARGE_DISPOSAL_MONTH))
#define SALVAGE_PARAMS (P(SALVAGE) | P(SALVAGE_AMOUNT))
#define LAYER_PARAMS (P(SECTION_179) | P(BONUS))

static const uint32 method_parameters[] = {
	[METHOD_STRAIGHT_LINE] = TIME_PARAMS | SALVAGE_PARAMS | LAYER_PARAMS,
	[METHOD_DECLINING_BALANCE] =
		TIME_PARAMS | SALVAGE_PARAMS | LAYER_PARAMS | P(FACTOR) | P(RATE_CAP) | P(SWITCH),
	[METHOD_SUM_OF_YEARS_DIGITS] = TIME_PARAMS | SALVAGE_PARAMS | LAYER_PARAMS,
	[METHOD_FIXED_RATE] = TIME_PARAMS | SALVAGE_PARAMS | LAYER_PARAMS,
	[METHOD_MACRS] = P(LIFE) | P(CONVENTION) | LAYER_PARAMS,
	[METHOD_ANNUITY] = TIME_PARAMS | SALVAGE_PARAMS | P(RATE),
	[METHOD_UNITS_OF_PRODUCTION] = SALVAGE_PARAMS | P(TOTAL_USE),
	[METHOD_EXPONENTIAL] = P(LIFE) | P(RATE) | P(CONVENTION)};

/* Why a parameter is refused: which methods it belongs to. */
static const char *const parameter_hints[NUM_PARAMS] = {
	[PARAM_LIFE] = "It ends when total_use is used up.",
	[PARAM_TOTAL_USE] = "It belongs to method units_of_production.",
	[PARAM_FACTOR] = "It belongs to method declining_balance.",
	[PARAM_RATE] = "It belongs to methods exponential and annuity.",
	[PARAM_RATE_CAP] = "It belongs to method declining_balance.",
	[PARAM_SECTION_179] = "It belongs to methods of tax books.",
	[PARAM_BONUS] = "It belongs to methods of tax books.",
	[PARAM_CONVENTION] = "It is amortised by use, not by time.",
	[PARAM_SWITCH] = "It belongs to method declining_balance.",
	[PARAM_CHARGE_DISPOSAL_MONTH] = "It belongs to convention full_month."};

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

/* "a, b, c" */
static char *
name_list(const PolicyName *list)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (; list->name != NULL; list++)
		appendStringInfo(&buf, "%s%s", buf.len > 0 ? ", " : "", list->name);
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

bool
policy_use_from_hours_overflow(int128 hours, int128 *chip_ms)
{
	return mul_div_s128_overflow(hours, CHIP_MS_PER_HOUR, ONE, chip_ms);
}

int128
policy_use_in_hours(int64 chip_ms)
{
	return div_round_s128(chip_ms * ONE, CHIP_MS_PER_HOUR);
}

int
policy_default_convention(int method)
{
	switch (method)
	{
		case METHOD_MACRS:
			return CONVENTION_HALF_YEAR;
		case METHOD_UNITS_OF_PRODUCTION:
			return CONVENTION_NONE;
		default:
			return CONVENTION_ACTUAL_DAYS;
	}
}

/*
 * The checker
 */

bool
policy_problem(PolicyProblem *why, char *message, const char *hint)
{
	why->message = message;
	why->hint = hint;
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

/* Parameters that say nothing under the method; exponential and macrs say why. */
static bool
check_method_parameters(const PolicyDraft *draft, const char *method, PolicyProblem *why)
{
	int param;

	for (param = 0; param < NUM_PARAMS; param++)
	{
		const char *hint = parameter_hints[param];

		if ((method_parameters[draft->method] & (1U << param)) != 0)
			continue;
		if (param == PARAM_SALVAGE || param == PARAM_SALVAGE_AMOUNT)
			hint = draft->method == METHOD_MACRS
					   ? "The tables write off the whole cost."
					   : "What is left at the end of its life is its salvage value.";
		else if (param == PARAM_DAY_COUNT && draft->method == METHOD_EXPONENTIAL)
			hint = "It runs by the day, in years of 365.25 days.";
		else if (param == PARAM_DAY_COUNT)
			hint = "Day counts belong to convention actual_days.";
		if (!refuse(draft, param, "method", method, hint, why))
			return false;
	}
	return true;
}

/* Conventions, and what says nothing under them. */
static bool
check_convention(const PolicyDraft *draft, const char *method, PolicyProblem *why)
{
	const char *name;

	if (draft->convention == CONVENTION_NONE)
		return true;
	name = policy_name_of(policy_conventions, draft->convention)->name;
	if (draft->method == METHOD_EXPONENTIAL && draft->convention != CONVENTION_ACTUAL_DAYS)
		return policy_problem(why, psprintf("convention has no meaning with method %s", method),
							  "It runs by the day, in years of 365.25 days.");
	if (draft->method == METHOD_MACRS && draft->convention != CONVENTION_HALF_YEAR &&
		draft->convention != CONVENTION_MID_QUARTER)
		return policy_problem(why,
							  psprintf("convention %s has no meaning with method %s", name, method),
							  "The printed tables are half_year and mid_quarter.");
	if (draft->convention != CONVENTION_ACTUAL_DAYS &&
		!refuse(draft, PARAM_DAY_COUNT, "convention", name,
				"Day counts belong to convention actual_days.", why))
		return false;
	return draft->convention == CONVENTION_FULL_MONTH ||
		   refuse(draft, PARAM_CHARGE_DISPOSAL_MONTH, "convention", name,
				  parameter_hints[PARAM_CHARGE_DISPOSAL_MONTH], why);
}

static bool
check_meaning(const PolicyDraft *draft, PolicyProblem *why)
{
	const char *method = policy_name_of(policy_methods, draft->method)->name;

	if (!check_method_parameters(draft, method, why) || !check_convention(draft, method, why))
		return false;
	if (POLICY_GIVEN(draft, PARAM_SALVAGE) && POLICY_GIVEN(draft, PARAM_SALVAGE_AMOUNT))
		return policy_problem(
			why, "salvage and salvage_amount exclude each other",
			"salvage is a fraction of the cost, salvage_amount is in its currency.");
	if (draft->method == METHOD_FIXED_RATE && draft->salvage == 0 && draft->salvage_amount == 0)
		return policy_problem(why, "method fixed_rate needs a salvage value",
							  "It is reached by the same rate every year, which for nothing "
							  "would be 100 %; 1 is a usual salvage_amount.");
	return true;
}

/* A life's length under the method and convention. */
static bool
check_life_unit(const PolicyDraft *draft, const char *life, PolicyProblem *why)
{
	const char *method = policy_name_of(policy_methods, draft->method)->name;
	bool by_year =
		draft->convention == CONVENTION_HALF_YEAR || draft->convention == CONVENTION_MID_QUARTER;

	if (draft->method == METHOD_MACRS && (draft->life_days != 0 || draft->life_months % 12 != 0 ||
										  macrs_tax_years((int) (draft->life_months / 12)) == 0))
		return policy_problem(
			why,
			psprintf("life must be 3, 5, 7, 10, 15 or 20 years with method macrs, not %s", life),
			"Computers are 5-year property.");
	if (draft->life_days != 0 && draft->convention != CONVENTION_ACTUAL_DAYS)
		return policy_problem(why,
							  psprintf("life must be whole months with convention %s, not %s",
									   policy_name_of(policy_conventions, draft->convention)->name,
									   life),
							  "A life in days belongs to convention actual_days.");
	if (draft->life_days != 0 && draft->method != METHOD_STRAIGHT_LINE &&
		draft->method != METHOD_EXPONENTIAL)
		return policy_problem(
			why, psprintf("life must be whole months with method %s, not %s", method, life),
			"Its charges change from year to year of the life.");
	if (by_year && draft->life_months < 12)
		return policy_problem(
			why,
			psprintf("life must be at least a year with convention %s, not %s",
					 policy_name_of(policy_conventions, draft->convention)->name, life),
			"The first year is charged a part of a year, whatever the day in service.");
	return true;
}

static bool
check_life(const PolicyDraft *draft, PolicyProblem *why)
{
	char *life;

	if (!POLICY_GIVEN(draft, PARAM_LIFE))
	{
		if (draft->method == METHOD_EXPONENTIAL || draft->method == METHOD_UNITS_OF_PRODUCTION)
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
	return check_life_unit(draft, life, why);
}

static bool
check_from_0(PolicyParameter param, int128 value, int128 most, const char *hint, PolicyProblem *why)
{
	if (value >= 0 && value <= most)
		return true;
	return policy_problem(why,
						  psprintf("%s must be between 0 and %s, not %s", policy_parameters[param],
								   policy_decimal_text(most), policy_decimal_text(value)),
						  hint);
}

static bool
check_above_0(PolicyParameter param, int128 value, int128 most, const char *hint,
			  PolicyProblem *why)
{
	if (value > 0 && value <= most)
		return true;
	return policy_problem(why,
						  psprintf("%s must be above 0 and at most %s, not %s",
								   policy_parameters[param], policy_decimal_text(most),
								   policy_decimal_text(value)),
						  hint);
}

/* The number without which a method does nothing. */
static bool
check_needed(const PolicyDraft *draft, PolicyParameter param, int128 value, int128 most,
			 const char *hint, PolicyProblem *why)
{
	if (POLICY_GIVEN(draft, param))
		return check_above_0(param, value, most, hint, why);
	return policy_problem(why,
						  psprintf("method %s needs a %s",
								   policy_name_of(policy_methods, draft->method)->name,
								   policy_parameters[param]),
						  hint);
}

static bool
check_total_use(const PolicyDraft *draft, PolicyProblem *why)
{
	const char *hint = "It is in chip-hours, of all the chips that the cost bought.";

	if (POLICY_GIVEN(draft, PARAM_TOTAL_USE) &&
		(draft->total_use < 1 || draft->total_use > PG_INT64_MAX))
		return policy_problem(
			why, "total_use must be from 1 to 9223372036854775807 chip-milliseconds", hint);
	return check_needed(draft, PARAM_TOTAL_USE, draft->total_use, PG_INT64_MAX, hint, why);
}

static bool
check_numbers(const PolicyDraft *draft, PolicyProblem *why)
{
	if (!check_from_0(PARAM_SALVAGE, draft->salvage, ONE,
					  "salvage is a fraction of the cost; an amount is given as salvage_amount.",
					  why) ||
		!check_from_0(PARAM_SALVAGE_AMOUNT, draft->salvage_amount, MONETARY_MAX, NULL, why) ||
		!check_from_0(PARAM_SECTION_179, draft->section_179, MONETARY_MAX,
					  "section_179 is an amount in the cost's currency.", why) ||
		!check_from_0(PARAM_BONUS, draft->bonus, ONE,
					  "bonus is a fraction of the cost less section_179: 60 % is 0.6.", why))
		return false;
	switch (draft->method)
	{
		case METHOD_DECLINING_BALANCE:
			return check_above_0(PARAM_FACTOR, draft->factor, MAX_FACTOR,
								 "The factor times the straight line's rate is a year's rate: 2 is "
								 "double declining.",
								 why) &&
				   (!POLICY_GIVEN(draft, PARAM_RATE_CAP) ||
					check_above_0(PARAM_RATE_CAP, draft->rate_cap, ONE,
								  "rate_cap is the most a year's rate may be: 30 % is 0.3.", why));
		case METHOD_ANNUITY:
			return check_needed(draft, PARAM_RATE, draft->rate, ONE,
								"The rate is a year's interest: 10 % is 0.1.", why);
		case METHOD_EXPONENTIAL:
			return check_needed(
				draft, PARAM_RATE, draft->rate, MAX_RATE,
				"The rate is in orders of magnitude a year: 0.14 loses 27.6 % a year.", why);
		case METHOD_UNITS_OF_PRODUCTION:
			return check_total_use(draft, why);
		default:
			return true;
	}
}

void
policy_draft_init(PolicyDraft *draft, int method)
{
	memset(draft, 0, sizeof(*draft));
	draft->method = method;
	draft->convention = policy_default_convention(method);
	draft->day_count = DAY_COUNT_ACTUAL_ACTUAL;
	if (method == METHOD_DECLINING_BALANCE)
		draft->factor = POLICY_DEFAULT_FACTOR;
}

/* The one way to a stored policy; NULL and *why when the draft is none. */
AmortisationPolicy *
policy_from_draft(const PolicyDraft *draft, PolicyProblem *why)
{
	AmortisationPolicy *policy;

	if (!check_meaning(draft, why) || !check_life(draft, why) || !check_numbers(draft, why))
		return NULL;

	policy = palloc0(sizeof(AmortisationPolicy));
	SET_VARSIZE(policy, sizeof(AmortisationPolicy));
	policy->version = POLICY_VERSION;
	policy->method = draft->method;
	policy->convention = draft->convention;
	if (draft->method != METHOD_EXPONENTIAL && draft->convention == CONVENTION_ACTUAL_DAYS)
		policy->day_count = draft->day_count;
	policy->flags = (draft->switch_to_straight_line ? POLICY_FLAG_SWITCH : 0) |
					(draft->charge_disposal_month ? POLICY_FLAG_CHARGE_DISPOSAL_MONTH : 0);
	policy->life_months = (int32) draft->life_months;
	policy->life_days = (int32) draft->life_days;
	policy->salvage = (int64) draft->salvage;
	policy->salvage_amount_high = (int64) (draft->salvage_amount >> 64);
	policy->salvage_amount_low = (uint64) draft->salvage_amount;
	policy->factor = (int64) draft->factor;
	policy->rate = (int64) draft->rate;
	policy->rate_cap = (int64) draft->rate_cap;
	policy->total_use = (int64) draft->total_use;
	policy->section_179_high = (int64) (draft->section_179 >> 64);
	policy->section_179_low = (uint64) draft->section_179;
	policy->bonus = (int64) draft->bonus;
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
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s", why->message),
					why->hint != NULL ? errhint("%s", why->hint) : 0));
}

/* total_use: numeric chip-hours. */
static int128
use_argument(FunctionCallInfo fcinfo, int n, PolicyDraft *draft)
{
	int128 chip_ms;

	if (policy_use_from_hours_overflow(numeric_argument(fcinfo, n, draft, PARAM_TOTAL_USE, 0),
									   &chip_ms))
		return -1; /* what the checker refuses */
	return chip_ms;
}

static int
name_argument(FunctionCallInfo fcinfo, int n, PolicyDraft *draft, PolicyParameter param,
			  const PolicyName *list, int none)
{
	PolicyProblem why;
	int value;

	if (PG_ARGISNULL(n))
		return none;
	draft->given |= 1U << param;
	if (!policy_set_name(list, policy_parameters[param], text_argument(fcinfo, n), &value, &why))
		policy_invalid(&why);
	return value;
}

static bool
boolean_argument(FunctionCallInfo fcinfo, int n, PolicyDraft *draft, PolicyParameter param)
{
	if (PG_ARGISNULL(n))
		return false;
	draft->given |= 1U << param;
	return PG_GETARG_BOOL(n);
}

/*
 * amortisation_policy(method, life, salvage, salvage_amount, convention,
 * day_count, factor, rate, rate_cap, switch_to_straight_line, total_use,
 * section_179, bonus, charge_disposal_month)
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
	draft.convention =
		name_argument(fcinfo, 4, &draft, PARAM_CONVENTION, policy_conventions, draft.convention);
	draft.day_count =
		name_argument(fcinfo, 5, &draft, PARAM_DAY_COUNT, policy_day_counts, draft.day_count);
	draft.factor = numeric_argument(fcinfo, 6, &draft, PARAM_FACTOR, draft.factor);
	draft.rate = numeric_argument(fcinfo, 7, &draft, PARAM_RATE, 0);
	draft.rate_cap = numeric_argument(fcinfo, 8, &draft, PARAM_RATE_CAP, 0);
	draft.switch_to_straight_line = boolean_argument(fcinfo, 9, &draft, PARAM_SWITCH);
	draft.total_use = use_argument(fcinfo, 10, &draft);
	draft.section_179 = numeric_argument(fcinfo, 11, &draft, PARAM_SECTION_179, 0);
	draft.bonus = numeric_argument(fcinfo, 12, &draft, PARAM_BONUS, 0);
	draft.charge_disposal_month = boolean_argument(fcinfo, 13, &draft, PARAM_CHARGE_DISPOSAL_MONTH);

	policy = policy_from_draft(&draft, &why);
	if (policy == NULL)
		policy_invalid(&why);
	PG_RETURN_POINTER(policy);
}
