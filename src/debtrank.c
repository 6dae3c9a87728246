/*
 * debtrank.c
 *		How a loss of some travels through what parties owe each other. Stress is the
 *		part of its equity that a party has lost; what it owes is worth less by the
 *		stress it passes on, at most 1, and its creditors lose that part of it:
 *
 *			h_i = h_i(1) + sum over debtors j of (owed to i by j) / equity_i x (passed on by j)
 *
 *		linear		each increase is passed on, in rounds, until a party has lost all of
 *					its equity (Bardoscia, Battiston, Caccioli and Caldarelli 2015)
 *		single_hit	the first increase alone (Battiston, Puliga, Kaushik, Tasca and Caldarelli 2012)
 *		threshold	nothing before all equity is lost, then all: a cascade of defaults
 *
 *		Stress beyond 1 says that a loss exceeds the equity; no more than 1 is passed on.
 *		Rounds end when all that they can still add, were they to shrink as the last two
 *		did, is below STOP of what was passed on: a relative rule, since no absolute one
 *		fits small and large graphs alike.
 */
#include "funding_parties.h"

#include <math.h>

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(funding_graph_debtrank);

#define STOP 1e-12
/* Where impacts go round undiminished a small shock may need any number of rounds. */
#define MAX_ROUNDS 1000000
/* Stress this close to 1 is 1: sums of doubles are no closer. */
#define ROUNDING 1e-12

typedef enum Method
{
	LINEAR,
	SINGLE_HIT,
	THRESHOLD
} Method;

typedef struct Contagion
{
	FundingPairs *pairs; /* payer owes payee */
	FundingParties *parties;
	int nodes; /* parties beyond them pass nothing on */
	Method method;
	PartyNumber *equity;
	PartyNumber *shock;
	double *weight;  /* by party */
	double *initial; /* stress by party, before anything is passed on */
	double *stress;
	double
		*gained; /* of it, in the last round: kept apart, so that small gains keep their digits */
	double *passed; /* by node, what it has passed on */
	int32 *round;   /* by party, in which all equity was lost; -1: it was not */
} Contagion;

static Method
method_argument(FunctionCallInfo fcinfo, int argument)
{
	char *name;

	if (PG_ARGISNULL(argument))
		return LINEAR;
	name = text_to_cstring(PG_GETARG_TEXT_PP(argument));
	if (strcmp(name, "linear") == 0)
		return LINEAR;
	if (strcmp(name, "single_hit") == 0)
		return SINGLE_HIT;
	if (strcmp(name, "threshold") == 0)
		return THRESHOLD;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("no method of debtrank is called \"%s\"", name),
					errhint("Say linear, single_hit or threshold.")));
}

/* Who is owed something can lose it, and must have an equity to lose it from. */
static void
check_equity(Contagion *c)
{
	int64 e;

	for (e = 0; e < c->pairs->edges; e++)
	{
		int creditor = c->pairs->payee[e];

		if (c->pairs->payer[e] == creditor || c->equity[creditor].units > 0)
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 c->equity[creditor].known ? errmsg("the equity of %s must be more than 0",
													funding_party_shown(c->parties, creditor))
										   : errmsg("the equity of %s is not stated",
													funding_party_shown(c->parties, creditor)),
				 errdetail("Others owe to it, and its losses are parts of its equity.")));
	}
}

/* Weights as given, else what a party is owed. */
static void
set_weights(Contagion *c, ArrayType *given)
{
	PartyNumber *weight;
	int64 e;
	int i;

	c->weight = palloc0(Max(c->parties->parties, 1) * sizeof(double));
	if (given == NULL)
	{
		for (e = 0; e < c->pairs->edges; e++)
			if (c->pairs->payer[e] != c->pairs->payee[e])
				c->weight[c->pairs->payee[e]] += funding_units_double(c->pairs->weight[e]);
		return;
	}
	weight = funding_parties_numbers(c->parties, given, "weights", false);
	for (i = 0; i < c->parties->parties; i++)
		c->weight[i] = funding_units_double(weight[i].units);
}

static inline bool
is_default(double stress)
{
	return stress >= 1 - ROUNDING;
}

static inline double
capped(double stress)
{
	return Min(stress, 1);
}

/* What a party passes on in this round, beyond what it has. */
static double
next_pass(const Contagion *c, int node)
{
	switch (c->method)
	{
		case LINEAR:
			return Max(0, Min(c->gained[node], 1 - c->passed[node]));
		case SINGLE_HIT:
			return c->passed[node] > 0 ? 0 : capped(c->gained[node]);
		case THRESHOLD:
			return is_default(c->stress[node]) ? 1 - c->passed[node] : 0;
	}
	return 0;
}

static void
note_defaults(Contagion *c, int round)
{
	int i;

	for (i = 0; i < c->parties->parties; i++)
		if (c->round[i] < 0 && is_default(c->stress[i]))
			c->round[i] = round;
}

/* Everybody passes on what it has at the beginning of the round. */
static void
spread(Contagion *c)
{
	double *pass = palloc(Max(c->nodes, 1) * sizeof(double));
	double passed = 0;
	double before = 0; /* of it, in the round before */
	double now;
	int round;
	int i;
	int32 e;

	note_defaults(c, 0);
	for (round = 1;; round++)
	{
		now = 0;
		for (i = 0; i < c->nodes; i++)
		{
			pass[i] = next_pass(c, i);
			now += pass[i];
		}
		if (now == 0 || now * now < STOP * passed * (before - now))
			break;
		if (round > MAX_ROUNDS)
			ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
							errmsg("debtrank has not come to rest after %d rounds", MAX_ROUNDS),
							errdetail("Losses go round among parties almost undiminished.")));
		passed += now;
		before = now;
		memset(c->gained, 0, c->nodes * sizeof(double));
		for (i = 0; i < c->nodes; i++)
		{
			CHECK_FOR_INTERRUPTS();
			if (pass[i] <= 0)
				continue;
			c->passed[i] += pass[i];
			for (e = c->pairs->first[i]; e < c->pairs->first[i + 1]; e++)
				if (c->pairs->payee[e] != i)
					c->gained[c->pairs->payee[e]] += pass[i] * (double) c->pairs->weight[e] /
													 (double) c->equity[c->pairs->payee[e]].units;
		}
		for (i = 0; i < c->nodes; i++)
			c->stress[i] += c->gained[i];
		note_defaults(c, round);
	}
	pfree(pass);
}

/*
 * The rows of the result
 */

enum
{
	PARTY,
	WEIGHT,
	INITIAL_STRESS,
	STRESS,
	ADDITIONAL_STRESS,
	CONTRIBUTION,
	INITIAL_LOSS,
	ADDITIONAL_LOSS,
	IS_DEFAULT,
	DEFAULT_ROUND,
	COLUMNS
};

static void
put_party(Contagion *c, int party, double weights, ReturnSetInfo *result)
{
	double initial = c->initial[party];
	double stress = c->stress[party];
	double additional = capped(stress) - capped(initial);
	double equity = funding_units_double(c->equity[party].units);
	Datum values[COLUMNS];
	bool nulls[COLUMNS] = {false};

	nulls[INITIAL_LOSS] = nulls[ADDITIONAL_LOSS] = !c->equity[party].known;
	nulls[CONTRIBUTION] = weights == 0;
	nulls[DEFAULT_ROUND] = c->round[party] < 0;
	values[PARTY] = funding_party_name(c->parties, party);
	values[WEIGHT] = Float8GetDatum(c->weight[party]);
	values[INITIAL_STRESS] = Float8GetDatum(initial);
	values[STRESS] = Float8GetDatum(stress);
	values[ADDITIONAL_STRESS] = Float8GetDatum(additional);
	values[CONTRIBUTION] =
		Float8GetDatum(weights == 0 ? 0 : c->weight[party] / weights * additional);
	values[INITIAL_LOSS] = Float8GetDatum(equity * initial);
	values[ADDITIONAL_LOSS] = Float8GetDatum(equity * (stress - initial));
	values[IS_DEFAULT] = BoolGetDatum(c->round[party] >= 0);
	values[DEFAULT_ROUND] = Int32GetDatum(c->round[party]);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* debtrank(obligations, parties, equity, shock, weights, method) */
Datum
funding_graph_debtrank(PG_FUNCTION_ARGS)
{
	Contagion c;
	FundingGraph *g;
	double weights = 0;
	int parties;
	int i;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	c.method = method_argument(fcinfo, 5);
	g = funding_graph_read(PG_GETARG_DATUM(0));
	c.pairs = funding_graph_pairs(g);
	c.nodes = g->nodes;
	c.parties = funding_parties_read(g, PG_ARGISNULL(1) ? NULL : PG_GETARG_ARRAYTYPE_P(1));
	parties = c.parties->parties;
	c.equity = funding_parties_numbers(c.parties, PG_ARGISNULL(2) ? NULL : PG_GETARG_ARRAYTYPE_P(2),
									   "equity", false);
	c.shock = funding_parties_numbers(c.parties, PG_ARGISNULL(3) ? NULL : PG_GETARG_ARRAYTYPE_P(3),
									  "shock", false);
	check_equity(&c);
	set_weights(&c, PG_ARGISNULL(4) ? NULL : PG_GETARG_ARRAYTYPE_P(4));
	c.initial = palloc(Max(parties, 1) * sizeof(double));
	c.stress = palloc(Max(parties, 1) * sizeof(double));
	c.gained = palloc(Max(parties, 1) * sizeof(double));
	c.passed = palloc0(Max(c.nodes, 1) * sizeof(double));
	c.round = palloc(Max(parties, 1) * sizeof(int32));
	for (i = 0; i < parties; i++)
	{
		c.initial[i] = c.stress[i] = c.gained[i] = funding_units_double(c.shock[i].units);
		c.round[i] = -1;
		weights += c.weight[i];
	}
	spread(&c);
	for (i = 0; i < parties; i++)
		put_party(&c, i, weights, (ReturnSetInfo *) fcinfo->resultinfo);
	return (Datum) 0;
}
