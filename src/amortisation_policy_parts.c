/*
 * amortisation_policy_parts.c
 *		What a policy says, part by part, and how policies compare: a total order
 *		for grouping, joins, sorting and indexes.
 */
#include "chipbook.h"

#include "common/hashfn.h"
#include "utils/builtins.h"

#include "amortisation_policy_draft.h"

PG_FUNCTION_INFO_V1(amortisation_policy_eq);
PG_FUNCTION_INFO_V1(amortisation_policy_ne);
PG_FUNCTION_INFO_V1(amortisation_policy_lt);
PG_FUNCTION_INFO_V1(amortisation_policy_le);
PG_FUNCTION_INFO_V1(amortisation_policy_gt);
PG_FUNCTION_INFO_V1(amortisation_policy_ge);
PG_FUNCTION_INFO_V1(amortisation_policy_cmp);
PG_FUNCTION_INFO_V1(amortisation_policy_hash);
PG_FUNCTION_INFO_V1(amortisation_policy_hash_extended);
PG_FUNCTION_INFO_V1(amortisation_policy_method);
PG_FUNCTION_INFO_V1(amortisation_policy_life);
PG_FUNCTION_INFO_V1(amortisation_policy_salvage);
PG_FUNCTION_INFO_V1(amortisation_policy_salvage_amount);
PG_FUNCTION_INFO_V1(amortisation_policy_convention);
PG_FUNCTION_INFO_V1(amortisation_policy_day_count);
PG_FUNCTION_INFO_V1(amortisation_policy_factor);
PG_FUNCTION_INFO_V1(amortisation_policy_rate);
PG_FUNCTION_INFO_V1(amortisation_policy_rate_cap);
PG_FUNCTION_INFO_V1(amortisation_policy_total_use);
PG_FUNCTION_INFO_V1(amortisation_policy_section_179);
PG_FUNCTION_INFO_V1(amortisation_policy_bonus);
PG_FUNCTION_INFO_V1(amortisation_policy_switch);
PG_FUNCTION_INFO_V1(amortisation_policy_charge_disposal_month);

/*
 * Order: by method, life, then the rest; a total order, so that policies group,
 * join and sort
 */

#define COMPARE(a, b)                                                                              \
	do                                                                                             \
	{                                                                                              \
		if ((a) != (b))                                                                            \
			return (a) < (b) ? -1 : 1;                                                             \
	} while (0)

static int
policy_compare(const AmortisationPolicy *a, const AmortisationPolicy *b)
{
	COMPARE(a->method, b->method);
	COMPARE(a->life_months, b->life_months);
	COMPARE(a->life_days, b->life_days);
	COMPARE(a->salvage, b->salvage);
	COMPARE(policy_salvage_amount(a), policy_salvage_amount(b));
	COMPARE(a->factor, b->factor);
	COMPARE(a->rate, b->rate);
	COMPARE(a->rate_cap, b->rate_cap);
	COMPARE(a->total_use, b->total_use);
	COMPARE(policy_section_179(a), policy_section_179(b));
	COMPARE(a->bonus, b->bonus);
	COMPARE(a->convention, b->convention);
	COMPARE(a->day_count, b->day_count);
	COMPARE(a->flags, b->flags);
	return 0;
}

static int
policy_compare_args(FunctionCallInfo fcinfo)
{
	return policy_compare(PG_GETARG_POLICY_P(0), PG_GETARG_POLICY_P(1));
}

Datum
amortisation_policy_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(policy_compare_args(fcinfo) == 0);
}

Datum
amortisation_policy_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(policy_compare_args(fcinfo) != 0);
}

Datum
amortisation_policy_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(policy_compare_args(fcinfo) < 0);
}

Datum
amortisation_policy_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(policy_compare_args(fcinfo) <= 0);
}

Datum
amortisation_policy_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(policy_compare_args(fcinfo) > 0);
}

Datum
amortisation_policy_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(policy_compare_args(fcinfo) >= 0);
}

Datum
amortisation_policy_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(policy_compare_args(fcinfo));
}

/* Equal policies are equal bytes after the length word. */
Datum
amortisation_policy_hash(PG_FUNCTION_ARGS)
{
	const AmortisationPolicy *policy = PG_GETARG_POLICY_P(0);

	return hash_any((const unsigned char *) policy + VARHDRSZ,
					sizeof(AmortisationPolicy) - VARHDRSZ);
}

Datum
amortisation_policy_hash_extended(PG_FUNCTION_ARGS)
{
	const AmortisationPolicy *policy = PG_GETARG_POLICY_P(0);

	return hash_any_extended((const unsigned char *) policy + VARHDRSZ,
							 sizeof(AmortisationPolicy) - VARHDRSZ, PG_GETARG_INT64(1));
}

/*
 * What a policy says; NULL where it says nothing
 */

Datum
amortisation_policy_method(PG_FUNCTION_ARGS)
{
	const AmortisationPolicy *policy = PG_GETARG_POLICY_P(0);

	PG_RETURN_TEXT_P(cstring_to_text(policy_method_name(policy)));
}

Datum
amortisation_policy_life(PG_FUNCTION_ARGS)
{
	const AmortisationPolicy *policy = PG_GETARG_POLICY_P(0);
	Interval *life;

	if (policy->life_months == 0 && policy->life_days == 0)
		PG_RETURN_NULL();
	life = palloc0(sizeof(Interval));
	life->month = policy->life_months;
	life->day = policy->life_days;
	PG_RETURN_INTERVAL_P(life);
}

static Datum
number_datum(int128 value)
{
	return DirectFunctionCall1(numeric_trim_scale,
							   NumericGetDatum(scaled_to_numeric(value, MONETARY_SCALE)));
}

/* The fraction, 0 by default; NULL where the salvage is an amount, the rest or none by law. */
Datum
amortisation_policy_salvage(PG_FUNCTION_ARGS)
{
	const AmortisationPolicy *policy = PG_GETARG_POLICY_P(0);

	if (policy_salvage_amount(policy) != 0 || policy->method == METHOD_EXPONENTIAL ||
		policy->method == METHOD_MACRS)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(number_datum(policy->salvage));
}

/* NULL for zero, which says nothing. */
static Datum
number_or_null(FunctionCallInfo fcinfo, int128 value)
{
	if (value == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(number_datum(value));
}

Datum
amortisation_policy_salvage_amount(PG_FUNCTION_ARGS)
{
	return number_or_null(fcinfo, policy_salvage_amount(PG_GETARG_POLICY_P(0)));
}

Datum
amortisation_policy_convention(PG_FUNCTION_ARGS)
{
	const AmortisationPolicy *policy = PG_GETARG_POLICY_P(0);

	if (policy->convention == CONVENTION_NONE)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(policy_convention_name(policy)));
}

Datum
amortisation_policy_day_count(PG_FUNCTION_ARGS)
{
	const AmortisationPolicy *policy = PG_GETARG_POLICY_P(0);

	if (policy->day_count == DAY_COUNT_NONE)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(policy_day_count_name(policy)));
}

Datum
amortisation_policy_factor(PG_FUNCTION_ARGS)
{
	return number_or_null(fcinfo, PG_GETARG_POLICY_P(0)->factor);
}

Datum
amortisation_policy_rate(PG_FUNCTION_ARGS)
{
	return number_or_null(fcinfo, PG_GETARG_POLICY_P(0)->rate);
}

Datum
amortisation_policy_rate_cap(PG_FUNCTION_ARGS)
{
	return number_or_null(fcinfo, PG_GETARG_POLICY_P(0)->rate_cap);
}

/* In chip-hours. */
Datum
amortisation_policy_total_use(PG_FUNCTION_ARGS)
{
	return number_or_null(fcinfo, policy_use_in_hours(PG_GETARG_POLICY_P(0)->total_use));
}

Datum
amortisation_policy_section_179(PG_FUNCTION_ARGS)
{
	return number_or_null(fcinfo, policy_section_179(PG_GETARG_POLICY_P(0)));
}

Datum
amortisation_policy_bonus(PG_FUNCTION_ARGS)
{
	return number_or_null(fcinfo, PG_GETARG_POLICY_P(0)->bonus);
}

Datum
amortisation_policy_switch(PG_FUNCTION_ARGS)
{
	const AmortisationPolicy *policy = PG_GETARG_POLICY_P(0);

	if (policy->method != METHOD_DECLINING_BALANCE)
		PG_RETURN_NULL();
	PG_RETURN_BOOL((policy->flags & POLICY_FLAG_SWITCH) != 0);
}

Datum
amortisation_policy_charge_disposal_month(PG_FUNCTION_ARGS)
{
	const AmortisationPolicy *policy = PG_GETARG_POLICY_P(0);

	if (policy->convention != CONVENTION_FULL_MONTH)
		PG_RETURN_NULL();
	PG_RETURN_BOOL((policy->flags & POLICY_FLAG_CHARGE_DISPOSAL_MONTH) != 0);
}
