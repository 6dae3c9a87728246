/*
 * funding_graph_components.c
 *		Which parties can reach each other: strongly connected components along
 *		payments (Tarjan 1972, in the form of Pearce 2016: one number a node, no
 *		recursion, time and memory in proportion to nodes and edges), and groups of
 *		parties connected by control or economic dependence (union-find).
 */
#include "funding_graph.h"

#include "miscadmin.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(funding_graph_components);
PG_FUNCTION_INFO_V1(funding_graph_connected_groups);

/* Component numbers in the order of their first nodes, from any numbers above 0. */
static int
renumber(int nodes, int32 *component, int32 most)
{
	int32 *number = funding_alloc(sizeof(int32), (Size) most + 1);
	int count = 0;

	memset(number, -1, sizeof(int32) * ((Size) most + 1));
	for (int i = 0; i < nodes; i++)
	{
		if (number[component[i]] < 0)
			number[component[i]] = count++;
		component[i] = number[component[i]];
	}
	pfree(number);
	return count;
}

/* A node under way: one visited after it is one that it pays. */
typedef struct Visit
{
	int32 node;
	int32 edge; /* at which it is */
} Visit;

/*
 * A node on its way has a number from 1 in order of visit, lowered to the least that it
 * reaches; one whose component is complete has PG_INT32_MAX less the component's number,
 * which is above all of these. 0: not seen.
 */
int
funding_components(int nodes, const int32 *first, const int32 *payee, int32 *component)
{
	Visit *visit = funding_alloc(sizeof(Visit), nodes);
	int32 *open =
		funding_alloc(sizeof(int32), nodes); /* visited to the end, component not complete */
	bool *leads = funding_alloc(sizeof(bool), nodes); /* reaches none before it */
	int32 seen = 0;
	int32 done = 0;
	int visits = 0;
	int opens = 0;

	memset(component, 0, sizeof(int32) * (Size) nodes);
	for (int32 root = 0; root < nodes; root++)
	{
		int32 enter = component[root] == 0 ? root : -1;

		while (enter >= 0 || visits > 0)
		{
			Visit *now;
			int32 node;
			int32 end;
			int32 lowest;

			if (enter >= 0)
			{
				CHECK_FOR_INTERRUPTS();
				component[enter] = ++seen;
				leads[enter] = true;
				visit[visits++] = (Visit){enter, first[enter]};
				enter = -1;
			}
			now = &visit[visits - 1];
			node = now->node;
			end = first[node + 1];
			lowest = component[node];
			for (; now->edge < end; now->edge++)
			{
				int32 reached = component[payee[now->edge]];

				if (reached == 0)
				{
					enter = payee[now->edge];
					break;
				}
				if (reached < lowest)
				{
					lowest = reached;
					leads[node] = false;
				}
			}
			component[node] = lowest;
			if (enter >= 0)
				continue;
			visits--;
			if (!leads[node])
			{
				open[opens++] = node;
				continue;
			}
			while (opens > 0 && component[open[opens - 1]] >= lowest)
				component[open[--opens]] = PG_INT32_MAX - done;
			component[node] = PG_INT32_MAX - done++;
		}
	}
	for (int i = 0; i < nodes; i++)
		component[i] = PG_INT32_MAX - component[i];
	pfree(visit);
	pfree(open);
	pfree(leads);
	return renumber(nodes, component, done);
}

/* Rows of number, party and size, from a number for each node. */
static Datum
group_rows(FunctionCallInfo fcinfo, int nodes, const char **name, const int *len,
		   const int32 *group, int groups)
{
	FundingRows rows;
	int32 *size = funding_alloc(sizeof(int32), groups);
	int32 *end = funding_alloc(sizeof(int32), (Size) groups + 1);
	int32 *member = funding_alloc(sizeof(int32), nodes);

	memset(size, 0, sizeof(int32) * (Size) groups);
	for (int i = 0; i < nodes; i++)
		size[group[i]]++;
	end[0] = 0;
	for (int i = 0; i < groups; i++)
		end[i + 1] = end[i] + size[i];
	for (int i = 0; i < nodes; i++)
		member[end[group[i]]++] = i;
	funding_rows_begin(&rows, fcinfo);
	for (int i = 0; i < nodes; i++)
	{
		int32 node = member[i];

		funding_rows_put(&rows, Int32GetDatum(group[node] + 1));
		funding_rows_put(&rows, PointerGetDatum(cstring_to_text_with_len(name[node], len[node])));
		funding_rows_put(&rows, Int32GetDatum(size[group[node]]));
		funding_rows_next(&rows);
	}
	return funding_rows_end(&rows);
}

/* components(g) -> component, party, size */
Datum
funding_graph_components(PG_FUNCTION_ARGS)
{
	const FundingGraph *g = funding_graph_read(PG_GETARG_DATUM(0));
	int32 *first = funding_alloc(sizeof(int32), (Size) g->nodes + 1);
	int32 *payee = funding_alloc(sizeof(int32), g->edges);
	int32 *component = funding_alloc(sizeof(int32), g->nodes);
	int32 links = 0;
	int count;

	for (int payer = 0; payer < g->nodes; payer++)
	{
		first[payer] = links;
		for (int32 i = g->first[payer]; i < g->first[payer + 1]; i++)
			if (funding_weight(&g->edge[i]) > 0)
				payee[links++] = g->edge[i].payee;
	}
	first[g->nodes] = links;
	count = funding_components(g->nodes, first, payee, component);
	return group_rows(fcinfo, g->nodes, g->name, g->name_len, component, count);
}

/*
 * Connected groups: parties of two graphs of shares
 */

typedef struct ConnectedParties
{
	int count;
	const char **name; /* in order, none twice */
	int *len;
	int32 *parent; /* union-find: towards the first party of the group */
} ConnectedParties;

static int
compare_bytes(const char *a, int a_len, const char *b, int b_len)
{
	int order = memcmp(a, b, Min(a_len, b_len));

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

/* Merges the parties of a graph into what is there; number[] says where each of them is. */
static void
add_parties(ConnectedParties *parties, const FundingGraph *g, int32 *number)
{
	Size room = Max((Size) parties->count + g->nodes, 1);
	const char **name = palloc_extended(sizeof(char *) * room, MCXT_ALLOC_HUGE);
	int *len = funding_alloc(sizeof(int), room);
	int count = 0;
	int i = 0;
	int j = 0;

	while (i < parties->count || j < g->nodes)
	{
		int order;

		if (i == parties->count)
			order = 1;
		else if (j == g->nodes)
			order = -1;
		else
			order = compare_bytes(parties->name[i], parties->len[i], g->name[j], g->name_len[j]);
		name[count] = order <= 0 ? parties->name[i] : g->name[j];
		len[count] = order <= 0 ? parties->len[i] : g->name_len[j];
		if (order >= 0)
			number[j++] = count;
		if (order <= 0)
			i++;
		count++;
	}
	parties->name = name;
	parties->len = len;
	parties->count = count;
}

static int32
group_of(ConnectedParties *parties, int32 party)
{
	int32 *parent = parties->parent;

	while (parent[party] != party)
	{
		parent[party] = parent[parent[party]];
		party = parent[party];
	}
	return party;
}

/* The smaller number leads, so that a group is numbered by its first party. */
static void
connect_parties(ConnectedParties *parties, int32 a, int32 b)
{
	a = group_of(parties, a);
	b = group_of(parties, b);
	parties->parent[Max(a, b)] = Min(a, b);
}

/* Connects whom a share of at least that much stands between. */
static void
connect_shares(ConnectedParties *parties, const FundingGraph *g, int128 least)
{
	const FundingPairs *pairs = funding_graph_pairs(g);
	int32 *number = funding_alloc(sizeof(int32), g->nodes);

	/* Every party is there by now: this only finds them. */
	add_parties(parties, g, number);
	for (int64 i = 0; i < pairs->edges; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (pairs->weight[i] >= least)
			connect_parties(parties, number[pairs->payer[i]], number[pairs->payee[i]]);
	}
}

static FundingGraph *
shares_arg(FunctionCallInfo fcinfo, int arg)
{
	FundingGraph *g;

	if (PG_ARGISNULL(arg))
		return NULL;
	g = funding_graph_read(PG_GETARG_DATUM(arg));
	if (g->currency != CURRENCY_INVALID)
	{
		char code[CURRENCY_TEXT_SIZE];

		ereport(ERROR,
				(errcode(ERRCODE_DATA_EXCEPTION),
				 errmsg("connected_groups needs graphs of shares, not of amounts in %s",
						currency_to_text(g->currency, code)),
				 errhint("dependence(g) says what share of its payments and receipts each is.")));
	}
	return g;
}

static int128
threshold_arg(FunctionCallInfo fcinfo, int arg, const char *what)
{
	int128 share;

	if (PG_ARGISNULL(arg))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("%s of connected_groups must not be NULL", what)));
	share = numeric_to_scaled(PG_GETARG_NUMERIC(arg), MONETARY_SCALE, what);
	if (share < 0 || share > MONETARY_ONE)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s of connected_groups must be a share from 0 to 1: %s", what,
							   numeric_shown(PG_GETARG_NUMERIC(arg)))));
	return share;
}

/* connected_groups(control, dependence, control_above, dependence_from) -> group_number, party, size */
Datum
funding_graph_connected_groups(PG_FUNCTION_ARGS)
{
	FundingGraph *control = shares_arg(fcinfo, 0);
	FundingGraph *dependence = shares_arg(fcinfo, 1);
	int128 above = threshold_arg(fcinfo, 2, "control_above");
	int128 from = threshold_arg(fcinfo, 3, "dependence_from");
	ConnectedParties parties = {0};
	int32 *group;
	int count;

	if (control != NULL)
		add_parties(&parties, control, funding_alloc(sizeof(int32), control->nodes));
	if (dependence != NULL)
		add_parties(&parties, dependence, funding_alloc(sizeof(int32), dependence->nodes));
	parties.parent = funding_alloc(sizeof(int32), parties.count);
	for (int32 i = 0; i < parties.count; i++)
		parties.parent[i] = i;
	/* Shares are whole units of 1e-15: more than so many are at least one more. */
	if (control != NULL)
		connect_shares(&parties, control, above + 1);
	if (dependence != NULL)
		connect_shares(&parties, dependence, from);
	group = funding_alloc(sizeof(int32), parties.count);
	for (int32 i = 0; i < parties.count; i++)
		group[i] = group_of(&parties, i);
	count = renumber(parties.count, group, parties.count);
	return group_rows(fcinfo, parties.count, parties.name, parties.len, group, count);
}
