/*
 * amortisation_policy_io.c
 *		How a policy is written and read: the text form that people use, and the
 *		binary form. Both only fill a draft; what makes sense is decided where the
 *		draft is checked (amortisation_policy.c).
 */
#include "chipbook.h"

#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "amortisation_policy_draft.h"

PG_FUNCTION_INFO_V1(amortisation_policy_in);
PG_FUNCTION_INFO_V1(amortisation_policy_out);
PG_FUNCTION_INFO_V1(amortisation_policy_recv);
PG_FUNCTION_INFO_V1(amortisation_policy_send);

/* Bytes of an unexpected text that an error message shows. */
#define MAX_SHOWN_TEXT 20

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
			return policy_problem(reader->why, psprintf("%s has more than 15 decimals", what),
								  NULL);
		}
		if (mul_s128_overflow(*value, 10, value) ||
			add_s128_overflow(*value, *reader->p - '0', value))
			return policy_problem(reader->why, psprintf("%s is out of range", what), NULL);
	}
	if (!digits)
		return policy_problem(reader->why, psprintf("%s is not a number", what), NULL);
	if (mul_s128_overflow(*value, pow10_s128(MONETARY_SCALE - Min(decimals, MONETARY_SCALE)),
						  value))
		return policy_problem(reader->why, psprintf("%s is out of range", what), NULL);
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
		return policy_problem(reader->why, "life must read like 5 years 6 months or 1826 days",
							  NULL);
	return true;
}

static bool
take_boolean(PolicyReader *reader, const char *what, bool *value)
{
	char name[NAME_SIZE];

	take_name(reader, name);
	*value = strcmp(name, "true") == 0;
	if (!*value && strcmp(name, "false") != 0)
		return policy_problem(reader->why, psprintf("%s must be true or false", what), NULL);
	return true;
}

/* Chip-hours, as chip-milliseconds. */
static bool
take_use(PolicyReader *reader)
{
	int128 hours;

	if (!take_decimal(reader, "total_use", &hours))
		return false;
	if (policy_use_from_hours_overflow(hours, &reader->draft->total_use))
		return policy_problem(reader->why, "total_use is out of range", NULL);
	return true;
}

static bool
take_value(PolicyReader *reader, PolicyParameter param)
{
	PolicyDraft *draft = reader->draft;
	char name[NAME_SIZE];

	switch (param)
	{
		case PARAM_LIFE:
			return take_life(reader);
		case PARAM_TOTAL_USE:
			return take_use(reader);
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
		case PARAM_SECTION_179:
			return take_decimal(reader, "section_179", &draft->section_179);
		case PARAM_BONUS:
			return take_decimal(reader, "bonus", &draft->bonus);
		case PARAM_CONVENTION:
			return policy_set_name(policy_conventions, "convention", take_name(reader, name),
								   &draft->convention, reader->why);
		case PARAM_DAY_COUNT:
			return policy_set_name(policy_day_counts, "day_count", take_name(reader, name),
								   &draft->day_count, reader->why);
		case PARAM_SWITCH:
			return take_boolean(reader, policy_parameters[param], &draft->switch_to_straight_line);
		case PARAM_CHARGE_DISPOSAL_MONTH:
			return take_boolean(reader, policy_parameters[param], &draft->charge_disposal_month);
		case NUM_PARAMS:
			break;
	}
	return false;
}

static char *
parameter_list(void)
{
	StringInfoData buf;
	int param;

	initStringInfo(&buf);
	for (param = 0; param < NUM_PARAMS; param++)
		appendStringInfo(&buf, "%s%s", param == 0 ? "One of: " : ", ", policy_parameters[param]);
	appendStringInfoChar(&buf, '.');
	return buf.data;
}

static bool
take_parameter(PolicyReader *reader)
{
	char name[NAME_SIZE];
	int param = 0;

	take_name(reader, name);
	while (param < NUM_PARAMS && strcmp(policy_parameters[param], name) != 0)
		param++;
	if (param == NUM_PARAMS)
		return policy_problem(reader->why, psprintf("unknown parameter \"%s\"", name),
							  parameter_list());
	if (POLICY_GIVEN(reader->draft, param))
		return policy_problem(reader->why, psprintf("%s is given twice", name), NULL);
	if (!take(reader, '='))
		return policy_problem(reader->why, psprintf("%s has no value", name), NULL);
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
	if (!policy_set_name(policy_methods, "method", take_name(&reader, name), &method, why))
		return false;
	policy_draft_init(draft, method);
	if (!take(&reader, '('))
		return policy_problem(why, "the method's parameters are missing",
							  "Write it like straight_line(life=5 years, salvage=0.1).");
	do
	{
		if (!take_parameter(&reader))
			return false;
	} while (take(&reader, ','));
	if (!take(&reader, ')') || *reader.p != '\0')
		return policy_problem(
			why,
			psprintf("unexpected text at \"%.*s\"",
					 pg_mbcliplen(reader.p, (int) strlen(reader.p), MAX_SHOWN_TEXT), reader.p),
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
	ereturn(fcinfo->context, (Datum) 0,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type amortisation_policy: \"%s\"", text),
			 errdetail("%s.", why.message), why.hint != NULL ? errhint("%s", why.hint) : 0));
}

static void
append_parameter(StringInfo buf, PolicyParameter param, const char *value)
{
	appendStringInfo(buf, "%s%s=%s", buf->data[buf->len - 1] == '(' ? "" : ", ",
					 policy_parameters[param], value);
}

/* A number of a policy, left out when it is zero. */
static void
append_number(StringInfo buf, PolicyParameter param, int128 value)
{
	if (value != 0)
		append_parameter(buf, param, policy_decimal_text(value));
}

Datum
amortisation_policy_out(PG_FUNCTION_ARGS)
{
	const AmortisationPolicy *policy = PG_GETARG_POLICY_P(0);
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfo(&buf, "%s(", policy_method_name(policy));
	if (policy->life_months != 0 || policy->life_days != 0)
		append_parameter(&buf, PARAM_LIFE,
						 policy_life_text(policy->life_months, policy->life_days));
	append_number(&buf, PARAM_TOTAL_USE, policy_use_in_hours(policy->total_use));
	append_number(&buf, PARAM_SALVAGE, policy->salvage);
	append_number(&buf, PARAM_SALVAGE_AMOUNT, policy_salvage_amount(policy));
	if (policy->factor != POLICY_DEFAULT_FACTOR)
		append_number(&buf, PARAM_FACTOR, policy->factor);
	append_number(&buf, PARAM_RATE, policy->rate);
	append_number(&buf, PARAM_RATE_CAP, policy->rate_cap);
	append_number(&buf, PARAM_SECTION_179, policy_section_179(policy));
	append_number(&buf, PARAM_BONUS, policy->bonus);
	if (policy->convention != policy_default_convention(policy->method))
		append_parameter(&buf, PARAM_CONVENTION, policy_convention_name(policy));
	if (policy->day_count > DAY_COUNT_ACTUAL_ACTUAL)
		append_parameter(&buf, PARAM_DAY_COUNT, policy_day_count_name(policy));
	if (policy->flags & POLICY_FLAG_SWITCH)
		append_parameter(&buf, PARAM_SWITCH, "true");
	if (policy->flags & POLICY_FLAG_CHARGE_DISPOSAL_MONTH)
		append_parameter(&buf, PARAM_CHARGE_DISPOSAL_MONTH, "true");
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
	pq_sendint64(&buf, policy->section_179_high);
	pq_sendint64(&buf, (int64) policy->section_179_low);
	pq_sendint64(&buf, policy->bonus);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

pg_noreturn static void
binary_invalid(const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					errmsg("invalid binary representation of type amortisation_policy"),
					errdetail("%s.", detail)));
}

static int128
recv_number(StringInfo buf, PolicyDraft *draft, PolicyParameter param)
{
	int64 value = pq_getmsgint64(buf);

	if (value != 0)
		draft->given |= 1U << param;
	return value;
}

/* The same of an amount, which has two halves. */
static int128
recv_amount(StringInfo buf, PolicyDraft *draft, PolicyParameter param)
{
	int64 high = pq_getmsgint64(buf);
	int128 value = (((int128) high) << 64) | (uint64) pq_getmsgint64(buf);

	if (value != 0)
		draft->given |= 1U << param;
	return value;
}

/* The numbers of a draft, as send wrote them: zero is not given. */
static void
recv_numbers(StringInfo buf, PolicyDraft *draft)
{
	draft->life_months = (int32) pq_getmsgint(buf, 4);
	draft->life_days = (int32) pq_getmsgint(buf, 4);
	if (draft->life_months != 0 || draft->life_days != 0)
		draft->given |= 1U << PARAM_LIFE;
	draft->salvage = recv_number(buf, draft, PARAM_SALVAGE);
	draft->salvage_amount = recv_amount(buf, draft, PARAM_SALVAGE_AMOUNT);
	draft->factor = recv_number(buf, draft, PARAM_FACTOR);
	draft->rate = recv_number(buf, draft, PARAM_RATE);
	draft->rate_cap = recv_number(buf, draft, PARAM_RATE_CAP);
	draft->total_use = recv_number(buf, draft, PARAM_TOTAL_USE);
	draft->section_179 = recv_amount(buf, draft, PARAM_SECTION_179);
	draft->bonus = recv_number(buf, draft, PARAM_BONUS);
}

/* Convention and day count: zero is none. */
static void
recv_convention(StringInfo buf, PolicyDraft *draft)
{
	int convention = pq_getmsgbyte(buf);
	int day_count = pq_getmsgbyte(buf);

	if (convention != draft->convention)
	{
		draft->given |= 1U << PARAM_CONVENTION;
		if (policy_name_of(policy_conventions, convention) == NULL)
			binary_invalid(psprintf("unknown convention %d", convention));
	}
	draft->convention = convention;
	if (day_count != DAY_COUNT_NONE)
	{
		draft->given |= 1U << PARAM_DAY_COUNT;
		if (policy_name_of(policy_day_counts, day_count) == NULL)
			binary_invalid(psprintf("unknown day_count %d", day_count));
		draft->day_count = day_count;
	}
	else if (draft->method != METHOD_EXPONENTIAL && convention == CONVENTION_ACTUAL_DAYS)
		binary_invalid("day_count is missing");
}

static void
recv_flags(StringInfo buf, PolicyDraft *draft)
{
	int flags = pq_getmsgbyte(buf);

	if ((flags & ~POLICY_FLAGS) != 0)
		binary_invalid(psprintf("unknown flags %d", flags));
	draft->switch_to_straight_line = (flags & POLICY_FLAG_SWITCH) != 0;
	if (draft->switch_to_straight_line)
		draft->given |= 1U << PARAM_SWITCH;
	draft->charge_disposal_month = (flags & POLICY_FLAG_CHARGE_DISPOSAL_MONTH) != 0;
	if (draft->charge_disposal_month)
		draft->given |= 1U << PARAM_CHARGE_DISPOSAL_MONTH;
}

Datum
amortisation_policy_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	PolicyDraft draft;
	PolicyProblem why;
	AmortisationPolicy *policy;
	int version = pq_getmsgbyte(buf);
	int method;

	if (version != POLICY_VERSION)
		binary_invalid(psprintf("unknown version %d", version));
	method = pq_getmsgbyte(buf);
	if (policy_name_of(policy_methods, method) == NULL)
		binary_invalid(psprintf("unknown method %d", method));
	policy_draft_init(&draft, method);
	recv_convention(buf, &draft);
	recv_flags(buf, &draft);
	recv_numbers(buf, &draft);

	policy = policy_from_draft(&draft, &why);
	if (policy == NULL)
		binary_invalid(why.message);
	PG_RETURN_POINTER(policy);
}
