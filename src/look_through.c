/*
 * look_through.c
 *		Who owns whom through others. C[i][j] is the share of j that i holds, and
 *		V = (I - C)^-1 = I + C + C^2 + ... what i holds of j along all ways:
 *
 *		V - I			integrated ownership, loops left in
 *		v_ij / v_ii		with the loops through the owner taken out (Brioschi, Buzzacchi and
 *						Colombo 1989; Vitali, Glattfelder and Battiston 2011)
 *		V b				values looked through: x = b + C x
 *		(1 - c_i) v_ij	what those who hold i outside the graph finally bear of j, where c_i
 *						is what parties hold of i (Elliott, Golub and Jackson 2014)
 *
 *		Shares that a company holds of itself give no one anything: its other shares are
 *		taken to be all there are. The system that is solved has a row for each party
 *		that is owned, whose weights are the shares of its owners: I - C'.
 */
#include "funding_parties.h"
#include "sparse_system.h"

#include <math.h>

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(funding_graph_look_through);
PG_FUNCTION_INFO_V1(funding_graph_final_owners);
PG_FUNCTION_INFO_V1(funding_graph_look_through_value);

/* Shares that add up to 1 within this, in units of 1e-15, are rounded and leave nothing. */
#define ROUNDING 1000

/* Members of a closed set that an error names. */
#define NAMES_SHOWN 10

typedef struct Ownership
{
	FundingGraph *graph;
	FundingParties *parties;
	SparseSystem *system; /* of I - C' */
	double *outside;      /* what parties of the graph do not hold of each */
	double *x;            /* zeros, between two owners */
	ReturnSetInfo *result;
} Ownership;

/*
 * Reading shares
 */

static int128 *
shares_held(const FundingGraph *g, const FundingPairs *pairs, int128 *own)
{
	int128 *held = palloc0(Max(g->nodes, 1) * sizeof(int128));
	int64 e;
	int j;

	for (e = 0; e < pairs->edges; e++)
	{
		held[pairs->payee[e]] += pairs->weight[e];
		if (pairs->payer[e] == pairs->payee[e])
			own[pairs->payee[e]] = pairs->weight[e];
	}
	for (j = 0; j < g->nodes; j++)
		if (held[j] > MONETARY_ONE + ROUNDING)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("more than all of %s is owned",
								   funding_name_shown(g->name[j], g->name_len[j])),
							errdetail("The shares of its owners add up to %s; all of it is 1.",
									  numeric_shown(scaled_to_numeric(held[j], MONETARY_SCALE)))));
	return held;
}

pg_noreturn static void
refuse_closed(const FundingGraph *g, const int32 *member, int members)
{
	StringInfoData names;
	int i;

	initStringInfo(&names);
	for (i = 0; i < members && i < NAMES_SHOWN; i++)
		appendStringInfo(&names, "%s%s", i > 0 ? ", " : "",
						 funding_name_shown(g->name[member[i]], g->name_len[member[i]]));
	if (members > NAMES_SHOWN)
		appendStringInfo(&names, " and %d more", members - NAMES_SHOWN);
	ereport(
		ERROR,
		(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("nobody outside owns %s", names.data),
		 errdetail("All shares of each are held among them, so that nobody bears their value.")));
}

/* Rows of parties owned, with the shares of their owners, out of the pairs by owner. */
static SparseSystem *
ownership_system(const FundingGraph *g, const FundingPairs *pairs, const int128 *own,
				 const double *outside)
{
	int32 *first = palloc0(((Size) g->nodes + 2) * sizeof(int32));
	int32 *column = palloc(Max(pairs->edges, 1) * sizeof(int32));
	double *weight = palloc(Max(pairs->edges, 1) * sizeof(double));
	int64 e;
	int j;

	/* first[j + 1] is where the next entry of row j goes, and so in the end where row j + 1 begins. */
	for (e = 0; e < pairs->edges; e++)
		first[pairs->payee[e] + 2] += pairs->payer[e] != pairs->payee[e];
	for (j = 2; j < g->nodes + 2; j++)
		first[j] += first[j - 1];
	for (e = 0; e < pairs->edges; e++)
	{
		int32 owned = pairs->payee[e];
		int32 to;

		if (pairs->payer[e] == owned)
			continue;
		to = first[owned + 1]++;
		column[to] = pairs->payer[e];
		weight[to] = (double) pairs->weight[e] / (double) (MONETARY_ONE - own[owned]);
	}
	return sparse_system_make(g->nodes, first, column, weight, outside);
}

static void
read_ownership(Ownership *o, Datum graph, ArrayType *parties)
{
	FundingGraph *g = funding_graph_read(graph);
	FundingPairs *pairs;
	int128 *own = palloc0(Max(g->nodes, 1) * sizeof(int128));
	int128 *held;
	int closed;
	int j;

	if (g->currency != CURRENCY_INVALID)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_EXCEPTION),
				 errmsg("the weights of funding_graph must be shares of ownership, not money"),
				 errhint("A share is a number from 0 to 1.")));
	pairs = funding_graph_pairs(g);
	held = shares_held(g, pairs, own);
	o->graph = g;
	o->parties = funding_parties_read(g, parties);
	o->outside = palloc(Max(g->nodes, 1) * sizeof(double));
	o->x = palloc0(Max(o->parties->parties, 1) * sizeof(double));
	for (j = 0; j < g->nodes; j++)
	{
		if (own[j] >= MONETARY_ONE - ROUNDING)
			refuse_closed(g, &j, 1);
		o->outside[j] = held[j] >= MONETARY_ONE - ROUNDING
							? 0
							: (double) (MONETARY_ONE - held[j]) / (double) (MONETARY_ONE - own[j]);
	}
	o->system = ownership_system(g, pairs, own, o->outside);
	closed = sparse_closed_block(o->system);
	if (closed >= 0)
		refuse_closed(g, o->system->member + o->system->block_first[closed],
					  o->system->block_first[closed + 1] - o->system->block_first[closed]);
}

/*
 * Owner, owned, share
 */

static void
put_share(Ownership *o, int owner, int owned, double share)
{
	Datum values[3];
	bool nulls[3] = {false, false, false};

	if (!(share > 0))
		return;
	if (isinf(share))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("the loops of funding_graph leave too little outside them")));
	values[0] = funding_party_name(o->parties, owner);
	values[1] = funding_party_name(o->parties, owned);
	values[2] = Float8GetDatum(share);
	tuplestore_putvalues(o->result->setResult, o->result->setDesc, values, nulls);
}

/* What an owner and an owned party have of each other, given their element of V and v_ii. */
typedef double (*ShareOf)(const Ownership *o, int owner, int owned, double v, double v_owner);

static double
share_with_loops(const Ownership *o, int owner, int owned, double v, double v_owner)
{
	return owner == owned ? v - 1 : v;
}

static double
share_without_loops(const Ownership *o, int owner, int owned, double v, double v_owner)
{
	return owner == owned ? 1 - 1 / v : v / v_owner;
}

static double
share_outside(const Ownership *o, int owner, int owned, double v, double v_owner)
{
	return o->outside[owner] * v;
}

/* All that one party owns, or one party of it. */
static void
put_row(Ownership *o, int owner, int owned, ShareOf share_of)
{
	SparseSystem *s = o->system;
	int at;
	int m;

	sparse_column_of_inverse(s, owner, o->x);
	if (owned >= 0)
		put_share(o, owner, owned, share_of(o, owner, owned, o->x[owned], o->x[owner]));
	else
		for (at = 0; at < s->reached; at++)
			for (m = s->block_first[s->reach[at]]; m < s->block_first[s->reach[at] + 1]; m++)
				put_share(o, owner, s->member[m],
						  share_of(o, owner, s->member[m], o->x[s->member[m]], o->x[owner]));
	sparse_clear_reached(s, o->x);
}

/* All that own one party. What an owner has of itself, v_ii, is asked of its own loop. */
static void
put_column(Ownership *o, int owned, ShareOf share_of)
{
	SparseSystem *s = o->system;
	int at;
	int m;

	sparse_row_of_inverse(s, owned, o->x);
	for (at = 0; at < s->reached; at++)
		for (m = s->block_first[s->reach[at]]; m < s->block_first[s->reach[at] + 1]; m++)
		{
			int owner = s->member[m];
			double v_owner =
				share_of == share_without_loops ? sparse_inverse_diagonal(s, owner) : 1;

			put_share(o, owner, owned, share_of(o, owner, owned, o->x[owner], v_owner));
		}
	sparse_clear_reached(s, o->x);
}

/* A party by the text of an argument: true when it is given; -1 when the graph has none of its name. */
static bool
party_argument(FunctionCallInfo fcinfo, int argument, const FundingGraph *g, int *party)
{
	text *name;

	*party = -1;
	if (PG_ARGISNULL(argument))
		return false;
	name = PG_GETARG_TEXT_PP(argument);
	*party = funding_graph_find(g, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
	return true;
}

/* For one owner, one owned party, or all there are. A party that is not there owns nothing. */
static void
put_shares(FunctionCallInfo fcinfo, int first_party, ShareOf share_of)
{
	Ownership o;
	int owner;
	int owned;
	bool one_owner;
	bool one_owned;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return;
	o.result = (ReturnSetInfo *) fcinfo->resultinfo;
	read_ownership(&o, PG_GETARG_DATUM(0), NULL);
	one_owner = party_argument(fcinfo, first_party, o.graph, &owner);
	one_owned = party_argument(fcinfo, first_party + 1, o.graph, &owned);
	if ((one_owner && owner < 0) || (one_owned && owned < 0))
		return;
	if (one_owner)
		put_row(&o, owner, one_owned ? owned : -1, share_of);
	else if (one_owned)
		put_column(&o, owned, share_of);
	else
		for (owner = 0; owner < o.graph->nodes; owner++)
			put_row(&o, owner, -1, share_of);
}

/* look_through(shares, keep_loops, owner, owned) */
Datum
funding_graph_look_through(PG_FUNCTION_ARGS)
{
	bool keep_loops = !PG_ARGISNULL(1) && PG_GETARG_BOOL(1);

	put_shares(fcinfo, 2, keep_loops ? share_with_loops : share_without_loops);
	return (Datum) 0;
}

/* final_owners(shares, owner, owned) */
Datum
funding_graph_final_owners(PG_FUNCTION_ARGS)
{
	put_shares(fcinfo, 1, share_outside);
	return (Datum) 0;
}

/*
 * Values
 */

static void
put_value(Ownership *o, int party, const PartyNumber *direct)
{
	bool in_graph = party < o->graph->nodes;
	Datum values[4];
	bool nulls[4] = {false, false, false, false};

	if (isinf(o->x[party]) || isnan(o->x[party]))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("the loops of funding_graph leave too little outside them")));
	values[0] = funding_party_name(o->parties, party);
	nulls[1] = !direct->known;
	if (direct->known)
		values[1] = NumericGetDatum(scaled_to_numeric(direct->units, MONETARY_SCALE));
	values[2] = Float8GetDatum(o->x[party]);
	values[3] = Float8GetDatum(in_graph ? o->outside[party] * o->x[party] : o->x[party]);
	tuplestore_putvalues(o->result->setResult, o->result->setDesc, values, nulls);
}

/* look_through_value(shares, parties, amounts) */
Datum
funding_graph_look_through_value(PG_FUNCTION_ARGS)
{
	Ownership o;
	PartyNumber *direct;
	int i;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	o.result = (ReturnSetInfo *) fcinfo->resultinfo;
	read_ownership(&o, PG_GETARG_DATUM(0), PG_ARGISNULL(1) ? NULL : PG_GETARG_ARRAYTYPE_P(1));
	direct = funding_parties_numbers(o.parties, PG_ARGISNULL(2) ? NULL : PG_GETARG_ARRAYTYPE_P(2),
									 "amounts", true);
	for (i = 0; i < o.parties->parties; i++)
		o.x[i] = funding_units_double(direct[i].units);
	sparse_solve_transposed(o.system, o.x);
	for (i = 0; i < o.parties->parties; i++)
		put_value(&o, i, &direct[i]);
	return (Datum) 0;
}
