/*
 * cash_flows_rate.h
 *		The rates at which cash flows are worth nothing: how many there are, which
 *		they are, and why there is none.
 */
#ifndef CHIPBOOK_CASH_FLOWS_RATE_H
#define CHIPBOOK_CASH_FLOWS_RATE_H

#include "cash_flows.h"

/* Why no rate is one, told before any is looked for. */
typedef enum RateProspect
{
	RATES_POSSIBLE,
	RATES_NO_FLOW,       /* every day comes to zero: any rate would do */
	RATES_ONE_DAY,       /* only one moment has flows */
	RATES_ONLY_POSITIVE, /* nothing was paid in */
	RATES_ONLY_NEGATIVE  /* nothing came back */
} RateProspect;

/* A net flow at a time in years since the first day. */
typedef struct RateTerm
{
	double time;
	double amount;
} RateTerm;

/* What rates are looked for in: days without their zeros, in the order of time, each time once. */
typedef struct RateProblem
{
	RateProspect prospect;
	int terms;
	RateTerm *term;
	double total;      /* of all amounts, from their exact sum */
	bool sums_to_zero; /* exactly */
	/* Sign changes of the exact running totals, from the first term on and from the last one back. */
	int changes_forward;
	int changes_backward;
} RateProblem;

/* Growing, in order: ln(1 + r) of each rate. */
typedef struct RateRoots
{
	int count;
	int capacity;
	double *root;
} RateRoots;

/* The time of each day counts as its day count says, or, for periods, as its place. */
extern void rate_problem_prepare(RateProblem *problem, const CashFlows *flows, DayCount day_count,
								 bool periods);
/* Every rate, as ln(1 + r), in order. */
extern void rate_find_all(RateRoots *roots, const RateProblem *problem);
/* The rate nearest to zero, as ln(1 + r); false when there is none. */
extern bool rate_find_nearest_zero(double *root, const RateProblem *problem);
/* r of ln(1 + r); infinite beyond double precision. */
extern double rate_of_log(double log_rate, const RateProblem *problem);

#endif /* CHIPBOOK_CASH_FLOWS_RATE_H */
