/*
 * clearing.c
 *		What parties can pay each other: the greatest clearing vector of Eisenberg and
 *		Noe (2001), with the losses of default of Rogers and Veraart (2013). Everybody
 *		pays in full at first; those who cannot are in default, and pay to each
 *		creditor alike
 *
 *			p = alpha e + beta (what they are paid)
 *
 *		which may be less than others need, who then default too: a round each, at most
 *		as many as there are parties. Payments come down to the first that clear, which
 *		makes them the greatest; where debts run in a ring without any means there are
 *		smaller ones too.
 *
 *		A round solves (I - beta Pi') p = x among those in default, where Pi[i][j] is the
 *		part of i's obligations that it owes to j: the system has Pi for its rows.
 */
#include "funding_parties.h"
#include "sparse_system.h"

#include <math.h>

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(funding_graph_clearing);

/* Who lacks less than this part of what it owes pays in full: sums of doubles are no closer. */
#define ROUNDING 1e-12

typedef struct Clearing
{
	FundingPairs *pairs; /* payer owes payee */
	FundingParties *parties;
	int nodes; /* parties beyond them owe nothing and are owed nothing */
	double alpha;
	double beta;
	PartyNumber *means; /* by party; exact */
	int128 *owed;       /* by node, without what a party owes itself; exact */
	double *paid;
	double *received;
	int32 *round; /* in which a node defaulted; 0: it has not */
} Clearing;

static inline bool
is_obligation(const Clearing *c, int64 e)
{
	return c->pairs->payer[e] != c->pairs->payee[e];
}

/* The part of a debtor's obligations that one of them is. */
static inline double
obligation_part(const Clearing *c, int64 e)
{
	return (double) c->pairs->weight[e] / (double) c->owed[c->pairs->payer[e]];
}

static void
add_up_owed(Clearing *c)
{
	int64 e;

	c->owed = palloc0(Max(c->nodes, 1) * sizeof(int128));
	for (e = 0; e < c->pairs->edges; e++)
		if (is_obligation(c, e))
			c->owed[c->pairs->payer[e]] += c->pairs->weight[e];
}

/* Who owes must have known means; nothing is taken for 0. */
static void
check_means(Clearing *c)
{
	int i;

	for (i = 0; i < c->nodes; i++)
		if (c->owed[i] > 0 && !c->means[i].known)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the means of %s are not stated", funding_party_shown(c->parties, i)),
					 errdetail("It owes %s.",
							   numeric_shown(scaled_to_numeric(c->owed[i], MONETARY_SCALE))),
					 errhint("State 0 for a party that has nothing.")));
}

static void
add_up_received(Clearing *c)
{
	int64 e;

	memset(c->received, 0, c->nodes * sizeof(double));
	for (e = 0; e < c->pairs->edges; e++)
		if (is_obligation(c, e))
			c->received[c->pairs->payee[e]] += obligation_part(c, e) * c->paid[c->pairs->payer[e]];
}

/* Those that cannot pay in full what they owe, given what is paid now; true when there are more. */
static bool
find_defaults(Clearing *c, int round)
{
	bool found = false;
	int i;

	for (i = 0; i < c->nodes; i++)
	{
		double owed = funding_units_double(c->owed[i]);

		if (c->round[i] == 0 && c->owed[i] > 0 &&
			owed - funding_units_double(c->means[i].units) - c->received[i] > ROUNDING * owed)
		{
			c->round[i] = round;
			found = true;
		}
	}
	return found;
}

/* The parties in default, numbered: place[] of each, -1 for others. */
static int
number_defaults(const Clearing *c, int32 *place)
{
	int count = 0;
	int i;

	for (i = 0; i < c->nodes; i++)
		place[i] = c->round[i] > 0 ? count++ : -1;
	return count;
}

/* What one in default owes to others in default, and what that leaves of 1. */
static int32
default_row(const Clearing *c, int debtor, const int32 *place, int32 *column, double *weight,
			int32 used, double *slack)
{
	int128 elsewhere = 0;
	int32 e;

	for (e = c->pairs->first[debtor]; e < c->pairs->first[debtor + 1]; e++)
	{
		if (!is_obligation(c, e))
			continue;
		if (place[c->pairs->payee[e]] < 0 || c->beta == 0)
		{
			elsewhere += c->pairs->weight[e];
			continue;
		}
		column[used] = place[c->pairs->payee[e]];
		weight[used++] = c->beta * obligation_part(c, e);
	}
	*slack = (1 - c->beta) + c->beta * ((double) elsewhere / (double) c->owed[debtor]);
	return used;
}

/* What those in default pay, when all others pay in full. */
static void
pay_in_default(Clearing *c)
{
	int32 *place = palloc(Max(c->nodes, 1) * sizeof(int32));
	int count = number_defaults(c, place);
	int32 *first = palloc(((Size) count + 1) * sizeof(int32));
	int32 *column = palloc(Max(c->pairs->edges, 1) * sizeof(int32));
	double *weight = palloc(Max(c->pairs->edges, 1) * sizeof(double));
	double *slack = palloc(count * sizeof(double));
	double *x = palloc(count * sizeof(double));
	int32 used = 0;
	int64 e;
	int i;

	for (i = 0; i < c->nodes; i++)
	{
		if (place[i] < 0)
			continue;
		first[place[i]] = used;
		used = default_row(c, i, place, column, weight, used, &slack[place[i]]);
		x[place[i]] = c->alpha * funding_units_double(c->means[i].units);
	}
	first[count] = used;
	for (e = 0; e < c->pairs->edges; e++)
		if (is_obligation(c, e) && place[c->pairs->payer[e]] < 0 && place[c->pairs->payee[e]] >= 0)
			x[place[c->pairs->payee[e]]] += c->beta * funding_units_double(c->pairs->weight[e]);
	sparse_solve_transposed(sparse_system_make(count, first, column, weight, slack), x);
	for (i = 0; i < c->nodes; i++)
		if (place[i] >= 0)
			c->paid[i] = Min(x[place[i]], c->paid[i]);
}

/* The fictitious sequence of defaults. */
static void
clear(Clearing *c)
{
	MemoryContext of_round =
		AllocSetContextCreate(CurrentMemoryContext, "clearing", ALLOCSET_DEFAULT_SIZES);
	int round;
	int i;

	c->paid = palloc(Max(c->nodes, 1) * sizeof(double));
	c->received = palloc(Max(c->nodes, 1) * sizeof(double));
	c->round = palloc0(Max(c->nodes, 1) * sizeof(int32));
	for (i = 0; i < c->nodes; i++)
		c->paid[i] = funding_units_double(c->owed[i]);
	add_up_received(c);
	for (round = 1; find_defaults(c, round); round++)
	{
		MemoryContext old = MemoryContextSwitchTo(of_round);

		CHECK_FOR_INTERRUPTS();
		pay_in_default(c);
		MemoryContextSwitchTo(old);
		MemoryContextReset(of_round);
		add_up_received(c);
	}
	MemoryContextDelete(of_round);
}

/*
 * The rows of the result
 */

enum
{
	PARTY,
	MEANS,
	OWED,
	PAID,
	RECEIVED,
	RECOVERY,
	EQUITY,
	DEFAULT_COST,
	IS_DEFAULT,
	DEFAULT_ROUND,
	COLUMNS
};

/* What is left of means and receipts after payments; rounding is nothing. */
static double
left_over(double means, double received, double paid)
{
	double left = means + received - paid;

	return left > ROUNDING * (means + received) ? left : 0;
}

static void
put_party(Clearing *c, int party, ReturnSetInfo *result)
{
	bool in_graph = party < c->nodes;
	int128 owed = in_graph ? c->owed[party] : 0;
	double paid = in_graph ? c->paid[party] : 0;
	double received = in_graph ? c->received[party] : 0;
	bool is_default = in_graph && c->round[party] > 0;
	const PartyNumber *means = &c->means[party];
	double left = left_over(funding_units_double(means->units), received, paid);
	Datum values[COLUMNS];
	bool nulls[COLUMNS] = {false};

	nulls[MEANS] = nulls[EQUITY] = !means->known;
	nulls[RECOVERY] = owed == 0;
	nulls[DEFAULT_ROUND] = !is_default;
	values[PARTY] = funding_party_name(c->parties, party);
	values[MEANS] = NumericGetDatum(scaled_to_numeric(means->units, MONETARY_SCALE));
	values[OWED] = NumericGetDatum(scaled_to_numeric(owed, MONETARY_SCALE));
	values[PAID] = Float8GetDatum(paid);
	values[RECEIVED] = Float8GetDatum(received);
	values[RECOVERY] = Float8GetDatum(owed == 0 ? 0 : paid / funding_units_double(owed));
	values[EQUITY] = Float8GetDatum(is_default ? 0 : left);
	values[DEFAULT_COST] = Float8GetDatum(is_default ? left : 0);
	values[IS_DEFAULT] = BoolGetDatum(is_default);
	values[DEFAULT_ROUND] = Int32GetDatum(is_default ? c->round[party] : 0);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static double
fraction_argument(FunctionCallInfo fcinfo, int argument, const char *name)
{
	double fraction = PG_ARGISNULL(argument) ? 1 : PG_GETARG_FLOAT8(argument);

	if (!(fraction >= 0 && fraction <= 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be from 0 to 1, not %g", name, fraction)));
	return fraction;
}

/* clearing(obligations, parties, means, alpha, beta) */
Datum
funding_graph_clearing(PG_FUNCTION_ARGS)
{
	Clearing c;
	FundingGraph *g;
	int i;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	c.alpha = fraction_argument(fcinfo, 3, "alpha");
	c.beta = fraction_argument(fcinfo, 4, "beta");
	g = funding_graph_read(PG_GETARG_DATUM(0));
	c.pairs = funding_graph_pairs(g);
	c.nodes = g->nodes;
	c.parties = funding_parties_read(g, PG_ARGISNULL(1) ? NULL : PG_GETARG_ARRAYTYPE_P(1));
	c.means = funding_parties_numbers(c.parties, PG_ARGISNULL(2) ? NULL : PG_GETARG_ARRAYTYPE_P(2),
									  "means", false);
	add_up_owed(&c);
	check_means(&c);
	clear(&c);
	for (i = 0; i < c.parties->parties; i++)
		put_party(&c, i, (ReturnSetInfo *) fcinfo->resultinfo);
	return (Datum) 0;
}
