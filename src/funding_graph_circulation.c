/*
 * funding_graph_circulation.c
 *		How much of the payments of a funding graph only goes round: the circulation
 *		0 <= f <= w, with as much into each party as out of it, whose sum over all edges
 *		is largest. What is left, w - f, has no cycle: money from outside.
 *
 *		Found from the other side, as the least that must be taken off all edges for
 *		the rest to go round: a flow of cost one an edge from parties that pay more than
 *		they receive to those that receive more. Successive shortest paths with
 *		potentials (Ahuja, Magnanti and Orlin 1993, section 9.7), shortest in arcs among
 *		those of one cost, which bounds their number whatever the weights (Edmonds and
 *		Karp 1972). Edges between components cannot circulate and take no part. Integers
 *		throughout. Searches end at the first party that lacks, so that all but the
 *		last look at a few edges only: on sparse graphs the time is about that of
 *		sorting the edges, though the worst case is a search over all edges for each path.
 */
#include "funding_graph.h"

#include "miscadmin.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(funding_graph_max_circulation);
PG_FUNCTION_INFO_V1(funding_graph_party_circulation);
PG_FUNCTION_INFO_V1(funding_graph_circulation_edge_sum);

#define UNREACHED PG_INT32_MAX

/* A node that waits to be looked at, at a distance. */
typedef struct Waiting
{
	int32 node;
	int32 distance;
	int32 next; /* the one after it at that distance, -1: none */
} Waiting;

/*
 * Residual arcs are numbered by edge: 2 i takes more off edge i, from its payer to its
 * payee at the cost of the edge; 2 i + 1 puts some back, the other way at minus that cost.
 * Those of a node are its edges out and then its edges in.
 */
typedef struct Circulation
{
	int32 nodes;
	int32 edges;
	int32 *index; /* which of the pairs each edge is */
	int32 *first;
	int32 *payer;
	int32 *payee;
	int128 *weight;
	int128 *taken;
	uint8 *cost;
	int32 *first_in;
	int32 *edge_in;
	int128 *excess;   /* what must yet be taken off more out of a node than into it */
	int32 *potential; /* not above 0; arc costs reduced by it are never below 0 */
	/* The search from one node. */
	int32 *distance;
	int32 *parent; /* the arc by which a node was reached */
	Waiting *waiting;
	int64 waiting_room;
	int32 waits;
	int32 *head; /* of who waits at a distance, and the last of them; -1: none */
	int32 *tail;
	int32 distance_room;
	int32 furthest;
} Circulation;

/*
 * Arcs
 */

static inline int32
arc_count(const Circulation *c, int32 node)
{
	return c->first[node + 1] - c->first[node] + c->first_in[node + 1] - c->first_in[node];
}

static inline int32
node_arc(const Circulation *c, int32 node, int32 i)
{
	int32 out = c->first[node + 1] - c->first[node];

	if (i < out)
		return (c->first[node] + i) * 2;
	return c->edge_in[c->first_in[node] + i - out] * 2 + 1;
}

static inline int32
arc_to(const Circulation *c, int32 arc)
{
	return (arc & 1) ? c->payer[arc >> 1] : c->payee[arc >> 1];
}

static inline int32
arc_from(const Circulation *c, int32 arc)
{
	return (arc & 1) ? c->payee[arc >> 1] : c->payer[arc >> 1];
}

static inline int128
arc_room(const Circulation *c, int32 arc)
{
	return (arc & 1) ? c->taken[arc >> 1] : c->weight[arc >> 1] - c->taken[arc >> 1];
}

static inline int32
arc_cost(const Circulation *c, int32 arc)
{
	int32 cost = c->cost[arc >> 1];

	return ((arc & 1) ? -cost : cost) + c->potential[arc_from(c, arc)] -
		   c->potential[arc_to(c, arc)];
}

/*
 * The node nearest to one with excess that lacks, by arcs of reduced cost: whole numbers,
 * so that nodes wait by distance, first come, first served.
 */

static void
make_distance_room(Circulation *c, int32 distance)
{
	int32 room = c->distance_room;

	if (distance < room)
		return;
	while (room <= distance)
		room = room < PG_INT32_MAX / 2 ? room * 2 : PG_INT32_MAX;
	c->head = repalloc_huge(c->head, sizeof(int32) * (Size) room);
	c->tail = repalloc_huge(c->tail, sizeof(int32) * (Size) room);
	memset(c->head + c->distance_room, -1, sizeof(int32) * (Size) (room - c->distance_room));
	c->distance_room = room;
}

static void
wait_at(Circulation *c, int32 node, int32 distance, int32 arc)
{
	make_distance_room(c, distance);
	if (c->waits == c->waiting_room)
	{
		c->waiting_room *= 2;
		c->waiting = repalloc_huge(c->waiting, sizeof(Waiting) * (Size) c->waiting_room);
	}
	c->distance[node] = distance;
	c->parent[node] = arc;
	c->waiting[c->waits] = (Waiting){node, distance, -1};
	if (c->head[distance] < 0)
		c->head[distance] = c->waits;
	else
		c->waiting[c->tail[distance]].next = c->waits;
	c->tail[distance] = c->waits++;
	c->furthest = Max(c->furthest, distance);
}

/* Looks at all arcs of a node; returns who lacks and is no further than it, or -1. */
static int32
look_around(Circulation *c, int32 node)
{
	int32 distance = c->distance[node];
	int32 arcs = arc_count(c, node);

	for (int32 i = 0; i < arcs; i++)
	{
		int32 arc = node_arc(c, node, i);
		int32 to = arc_to(c, arc);
		int32 further;

		if (c->distance[to] <= distance || arc_room(c, arc) == 0)
			continue;
		further = distance + arc_cost(c, arc);
		if (further >= c->distance[to])
			continue;
		wait_at(c, to, further, arc);
		if (further == distance && c->excess[to] < 0)
			return to;
	}
	return -1;
}

static int32
find_nearest(Circulation *c, int32 source)
{
	c->waits = 0;
	c->furthest = 0;
	wait_at(c, source, 0, -1);
	for (int32 distance = 0; distance <= c->furthest; distance++)
		for (int32 i = c->head[distance]; i >= 0; i = c->waiting[i].next)
		{
			int32 node = c->waiting[i].node;
			int32 found;

			CHECK_FOR_INTERRUPTS();
			if (c->distance[node] != distance)
				continue; /* it was nearer */
			if (c->excess[node] < 0)
				return node;
			found = look_around(c, node);
			if (found >= 0)
				return found;
		}
	elog(ERROR, "a circulation of a funding_graph was not found");
}

/* Potentials by the distances of a search, which it leaves without any. */
static void
lower_potentials(Circulation *c, int32 nearest)
{
	for (int32 i = 0; i < c->waits; i++)
	{
		const Waiting *w = &c->waiting[i];

		if (c->distance[w->node] < nearest)
			c->potential[w->node] -= nearest - c->distance[w->node];
		c->distance[w->node] = UNREACHED;
		c->head[w->distance] = -1;
	}
}

/* From the source to the node found by the way it was found: as much as fits. */
static void
push_along(Circulation *c, int32 source, int32 found)
{
	int128 amount = Min(c->excess[source], -c->excess[found]);

	for (int32 node = found; node != source; node = arc_from(c, c->parent[node]))
		amount = Min(amount, arc_room(c, c->parent[node]));
	for (int32 node = found; node != source; node = arc_from(c, c->parent[node]))
	{
		int32 arc = c->parent[node];

		c->taken[arc >> 1] += (arc & 1) ? -amount : amount;
	}
	c->excess[source] -= amount;
	c->excess[found] += amount;
}

static void
take_least(Circulation *c)
{
	for (int32 source = 0; source < c->nodes; source++)
		while (c->excess[source] > 0)
		{
			int32 found = find_nearest(c, source);

			lower_potentials(c, c->distance[found]);
			push_along(c, source, found);
		}
}

/*
 * Setting up
 */

static void
circulation_init(Circulation *c, int32 nodes, int64 edges)
{
	memset(c, 0, sizeof(Circulation));
	c->nodes = nodes;
	c->index = funding_alloc(sizeof(int32), edges);
	c->first = funding_alloc_zero(sizeof(int32), (Size) nodes + 1);
	c->first_in = funding_alloc_zero(sizeof(int32), (Size) nodes + 2);
	c->payer = funding_alloc(sizeof(int32), edges);
	c->payee = funding_alloc(sizeof(int32), edges);
	c->weight = funding_alloc(sizeof(int128), edges);
	c->taken = funding_alloc_zero(sizeof(int128), edges);
	c->cost = funding_alloc(sizeof(uint8), edges);
	c->edge_in = funding_alloc(sizeof(int32), edges);
	c->excess = funding_alloc_zero(sizeof(int128), nodes);
	c->potential = funding_alloc_zero(sizeof(int32), nodes);
	c->distance = funding_alloc(sizeof(int32), nodes);
	c->parent = funding_alloc(sizeof(int32), nodes);
	c->waiting_room = 1024;
	c->waiting = funding_alloc(sizeof(Waiting), c->waiting_room);
	c->distance_room = 1024;
	c->head = funding_alloc(sizeof(int32), c->distance_room);
	c->tail = funding_alloc(sizeof(int32), c->distance_room);
	memset(c->head, -1, sizeof(int32) * c->distance_room);
	for (int32 i = 0; i < nodes; i++)
		c->distance[i] = UNREACHED;
}

static void
circulation_free(Circulation *c)
{
	void *all[] = {c->index,   c->first,   c->first_in,  c->payer,    c->payee,
				   c->weight,  c->taken,   c->cost,      c->edge_in,  c->excess,
				   c->potential, c->distance, c->parent, c->waiting, c->head, c->tail};

	for (int i = 0; i < (int) lengthof(all); i++)
		pfree(all[i]);
}

/* An edge, in the order of payers. */
static void
put_edge(Circulation *c, int32 payer, int32 payee, int128 weight, uint8 cost, int32 index)
{
	c->payer[c->edges] = payer;
	c->payee[c->edges] = payee;
	c->weight[c->edges] = weight;
	c->cost[c->edges] = cost;
	c->index[c->edges++] = index;
	c->first[payer + 1]++;
	c->first_in[payee + 2]++;
}

static void
index_edges(Circulation *c)
{
	for (int32 i = 0; i < c->nodes; i++)
	{
		c->first[i + 1] += c->first[i];
		c->first_in[i + 2] += c->first_in[i + 1];
	}
	for (int32 i = 0; i < c->edges; i++)
		c->edge_in[c->first_in[c->payee[i] + 1]++] = i;
}

/* The edges that may circulate: inside components, at cost one. */
static void
take_edges(Circulation *c, const FundingPairs *pairs)
{
	int32 *component = funding_alloc(sizeof(int32), pairs->nodes);

	(void) funding_components(pairs->nodes, pairs->first, pairs->payee, component);
	circulation_init(c, pairs->nodes, pairs->edges);
	for (int32 i = 0; i < pairs->edges; i++)
	{
		int32 payer = pairs->payer[i];
		int32 payee = pairs->payee[i];

		if (payer == payee || component[payer] != component[payee])
			continue;
		put_edge(c, payer, payee, pairs->weight[i], 1, i);
		c->excess[payer] += pairs->weight[i];
		c->excess[payee] -= pairs->weight[i];
	}
	index_edges(c);
	pfree(component);
}

static int
count_digits(int128 weight)
{
	int digits = 1;

	while (digits < 38 && weight >= pow10_s128(digits))
		digits++;
	return digits;
}

/*
 * Where several circulations have the largest sum, as is common, that one is taken which
 * leaves most in payments of many digits: edges whose reduced cost is zero are all that
 * may differ between them, and on those as little as may be is taken off anew, at a cost
 * of one for each digit more than the smallest has.
 */
static void
settle_ties(Circulation *c)
{
	Circulation tied;
	int fewest = 38;
	int most = 0;

	for (int32 i = 0; i < c->edges; i++)
	{
		int digits = count_digits(c->weight[i]);

		c->cost[i] = (uint8) digits;
		fewest = Min(fewest, digits);
		most = Max(most, digits);
	}
	if (fewest >= most)
		return;
	circulation_init(&tied, c->nodes, c->edges);
	for (int32 i = 0; i < c->edges; i++)
	{
		int32 payer = c->payer[i];
		int32 payee = c->payee[i];

		if (1 + c->potential[payer] - c->potential[payee] != 0)
			continue;
		put_edge(&tied, payer, payee, c->weight[i], (uint8) (c->cost[i] - fewest + 1), i);
		tied.excess[payer] += c->taken[i];
		tied.excess[payee] -= c->taken[i];
	}
	index_edges(&tied);
	take_least(&tied);
	for (int32 i = 0; i < tied.edges; i++)
		c->taken[tied.index[i]] = tied.taken[i];
	circulation_free(&tied);
}

/* What circulates on each pair. */
static int128 *
max_circulation(const FundingPairs *pairs)
{
	int128 *flow = funding_alloc_zero(sizeof(int128), pairs->edges);
	Circulation c;

	take_edges(&c, pairs);
	take_least(&c);
	settle_ties(&c);
	for (int32 i = 0; i < c.edges; i++)
		flow[c.index[i]] = c.weight[i] - c.taken[i];
	/* What a party pays itself goes round by itself. */
	for (int32 i = 0; i < pairs->edges; i++)
		if (pairs->payer[i] == pairs->payee[i])
			flow[i] = pairs->weight[i];
	circulation_free(&c);
	return flow;
}

/*
 * As rows
 */

/* max_circulation(g) -> payer, payee, weight, circulating, outside */
Datum
funding_graph_max_circulation(PG_FUNCTION_ARGS)
{
	const FundingGraph *g = funding_graph_read(PG_GETARG_DATUM(0));
	const FundingPairs *pairs = funding_graph_pairs(g);
	const int128 *flow = max_circulation(pairs);
	FundingRows rows;

	funding_rows_begin(&rows, fcinfo);
	for (int64 i = 0; i < pairs->edges; i++)
	{
		funding_rows_put(&rows, funding_graph_party(g, pairs->payer[i]));
		funding_rows_put(&rows, funding_graph_party(g, pairs->payee[i]));
		funding_rows_put(&rows, funding_amount(pairs->weight[i]));
		funding_rows_put(&rows, funding_amount(flow[i]));
		funding_rows_put(&rows, funding_amount(pairs->weight[i] - flow[i]));
		funding_rows_next(&rows);
	}
	return funding_rows_end(&rows);
}

/* party_circulation(g) -> party, circulating, paid, received */
Datum
funding_graph_party_circulation(PG_FUNCTION_ARGS)
{
	const FundingGraph *g = funding_graph_read(PG_GETARG_DATUM(0));
	const FundingPairs *pairs = funding_graph_pairs(g);
	const int128 *flow = max_circulation(pairs);
	int128 *through = funding_alloc_zero(sizeof(int128), g->nodes);
	int128 *paid = funding_alloc_zero(sizeof(int128), g->nodes);
	int128 *received = funding_alloc_zero(sizeof(int128), g->nodes);
	FundingRows rows;

	for (int64 i = 0; i < pairs->edges; i++)
	{
		through[pairs->payer[i]] += flow[i];
		paid[pairs->payer[i]] += pairs->weight[i];
		received[pairs->payee[i]] += pairs->weight[i];
	}
	funding_rows_begin(&rows, fcinfo);
	for (int32 i = 0; i < g->nodes; i++)
	{
		funding_rows_put(&rows, funding_graph_party(g, i));
		funding_rows_put(&rows, funding_amount(through[i]));
		funding_rows_put(&rows, funding_amount(paid[i]));
		funding_rows_put(&rows, funding_amount(received[i]));
		funding_rows_next(&rows);
	}
	return funding_rows_end(&rows);
}

Datum
funding_graph_circulation_edge_sum(PG_FUNCTION_ARGS)
{
	const FundingPairs *pairs = funding_graph_pairs(funding_graph_read(PG_GETARG_DATUM(0)));
	const int128 *flow = max_circulation(pairs);
	int128 sum = 0;

	for (int64 i = 0; i < pairs->edges; i++)
		sum += flow[i];
	PG_RETURN_DATUM(funding_amount(sum));
}
