/*
 * amortisation_policy_draft.h
 *		A policy on its way in: the draft that text, binary and the constructor
 *		fill, and the one checker that makes a policy of it.
 */
#ifndef CHIPBOOK_AMORTISATION_POLICY_DRAFT_H
#define CHIPBOOK_AMORTISATION_POLICY_DRAFT_H

#include "amortisation_policy.h"

/* Declining balance is double declining unless it says otherwise. */
#define POLICY_DEFAULT_FACTOR (2 * (int128) MONETARY_ONE)

/* The parameters of a policy, in the order of its text form. */
typedef enum PolicyParameter
{
	PARAM_LIFE,
	PARAM_TOTAL_USE,
	PARAM_SALVAGE,
	PARAM_SALVAGE_AMOUNT,
	PARAM_FACTOR,
	PARAM_RATE,
	PARAM_RATE_CAP,
	PARAM_SECTION_179,
	PARAM_BONUS,
	PARAM_CONVENTION,
	PARAM_DAY_COUNT,
	PARAM_SWITCH,
	PARAM_CHARGE_DISPOSAL_MONTH,
	NUM_PARAMS
} PolicyParameter;

/* A name of the text form. */
typedef struct PolicyName
{
	const char *name;
	int value;
} PolicyName;

/* A policy before it is checked: wide numbers, and what was given at all. */
typedef struct PolicyDraft
{
	uint32 given; /* bit n: parameter n */
	int method;
	int convention;
	int day_count;
	int64 life_months;
	int64 life_days;
	int128 total_use; /* chip-milliseconds */
	int128 salvage;
	int128 salvage_amount;
	int128 factor;
	int128 rate;
	int128 rate_cap;
	int128 section_179;
	int128 bonus;
	bool switch_to_straight_line;
	bool charge_disposal_month;
} PolicyDraft;

#define POLICY_GIVEN(draft, param) (((draft)->given & (1U << (param))) != 0)

/* What is wrong with a draft; each door reports it with its own SQLSTATE. */
typedef struct PolicyProblem
{
	char *message;
	const char *hint; /* may be NULL */
} PolicyProblem;

/* The names that the text form knows; lists end with a NULL name. */
extern const char *const policy_parameters[NUM_PARAMS];
extern const PolicyName policy_methods[];
extern const PolicyName policy_conventions[];
extern const PolicyName policy_day_counts[];

extern const PolicyName *policy_name_of(const PolicyName *list, int value);
/* The value of a name, or false and what is wrong with it. */
extern bool policy_set_name(const PolicyName *list, const char *what, const char *name, int *value,
							PolicyProblem *why);

/* The convention that a method has when none is given. */
extern int policy_default_convention(int method);

/* Chip-hours in 1e-15 as chip-milliseconds, and back, each rounded half away from zero. */
extern bool policy_use_from_hours_overflow(int128 hours, int128 *chip_ms);
extern int128 policy_use_in_hours(int64 chip_ms);

/* Text of a count of 1e-15, and of a life; palloc'd. */
extern char *policy_decimal_text(int128 value);
extern char *policy_life_text(int64 months, int64 days);

/* Says what is wrong, and returns false. */
extern bool policy_problem(PolicyProblem *why, char *message, const char *hint);

extern void policy_draft_init(PolicyDraft *draft, int method);
/* The one way to a stored policy; NULL and *why when the draft is none. */
extern AmortisationPolicy *policy_from_draft(const PolicyDraft *draft, PolicyProblem *why);

#endif /* CHIPBOOK_AMORTISATION_POLICY_DRAFT_H */
