/*
 * funding_graph_circulation.c
 *		How much of the payments of a funding graph only goes round: the circulation
 *		0 <= f <= w, with as much into each party as out of it, whose sum over all edges
 *		is largest. What is left, w - f, has no cycle: money from outside.
 *
 *		Found from the other side, as the least that must be taken off all edges for
 *		the rest to go round: a flow of cost one an edge from parties that pay more than
 *		they receive to those that receive more. Successive shortest distances with
 *		potentials, all shortest paths of one distance at once (a primal-dual method,
 *		Ahuja, Magnanti and Orlin 1993, section 9.8; blocking flows of Dinic 1970). Edges
 *		between components cannot circulate and take no part. Integers throughout. At most
 *		one round of distances a party, each a search over the edges and a
 *		maximum flow between them; rounds in practice are as many as the longest detour.
 */
#include "funding_graph.h"

#include "miscadmin.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(funding_graph_max_circulation);
PG_FUNCTION_INFO_V1(funding_graph_party_circulation);
PG_FUNCTION_INFO_V1(funding_graph_circulation_edge_sum);

#define UNREACHED PG_INT32_MAX

/*
 * Residual arcs are numbered by edge: 2 i takes more off edge i, from its payer to its
 * payee at cost one; 2 i + 1 puts some back, the other way at cost minus one. Those of a
 * node are its edges out and then its edges in.
 */
typedef struct Circulation
{
	int32 nodes;
	int32 edges; /* inside components, none from a party to itself */
	int32 *first;
	int32 *payer;
	int32 *payee;
	int128 *weight;
	int128 *taken;
	int32 *first_in;
	int32 *edge_in;
	int128 *excess;   /* what must yet be taken off more out of a node than into it */
	int32 *potential; /* not above 0; arc costs reduced by it are never below 0 */
	int32 *source;    /* nodes with excess */
	int32 sources;
	/* Distances of a round. */
	int32 *distance;
	int32 *touched; /* nodes with a distance */
	int32 touches;
	int32 *head;       /* by distance, the first of its entries */
	int32 *entry_node; /* nodes waiting, and what comes after them at their distance */
	int32 *entry_next;
	int64 entry_room;
	int32 entries;
	/* Layers of a blocking flow. */
	int32 *level; /* 0: none */
	int32 *queue;
	int32 *at; /* the arc at which a node is, counted from its first */
	int32 *path;
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
	return ((arc & 1) ? -1 : 1) + c->potential[arc_from(c, arc)] - c->potential[arc_to(c, arc)];
}

static inline void
arc_push(Circulation *c, int32 arc, int128 amount)
{
	c->taken[arc >> 1] += (arc & 1) ? -amount : amount;
}

/*
 * Distances from all sources to the nearest node that lacks, by arcs of reduced cost. Nodes
 * wait by distance, a whole number that is never more than there are nodes.
 */

static void
wait_at(Circulation *c, int32 node, int32 distance)
{
	if (c->distance[node] == UNREACHED)
		c->touched[c->touches++] = node;
	c->distance[node] = distance;
	if (c->entries == c->entry_room)
	{
		c->entry_room *= 2;
		c->entry_node = repalloc_huge(c->entry_node, sizeof(int32) * (Size) c->entry_room);
		c->entry_next = repalloc_huge(c->entry_next, sizeof(int32) * (Size) c->entry_room);
	}
	c->entry_node[c->entries] = node;
	c->entry_next[c->entries] = c->head[distance];
	c->head[distance] = c->entries++;
}

/* Returns the distance; all nodes nearer than that have theirs. UNREACHED: there is none. */
static int32
find_distances(Circulation *c)
{
	int32 nearest = c->nodes + 1;

	c->touches = 0;
	c->entries = 0;
	for (int32 i = 0; i < c->sources; i++)
		wait_at(c, c->source[i], 0);
	for (int32 distance = 0; distance < nearest; distance++)
	{
		while (c->head[distance] >= 0)
		{
			int32 entry = c->head[distance];
			int32 node = c->entry_node[entry];
			int32 arcs = arc_count(c, node);

			CHECK_FOR_INTERRUPTS();
			c->head[distance] = c->entry_next[entry];
			if (c->distance[node] != distance)
				continue; /* it was nearer */
			for (int32 i = 0; i < arcs; i++)
			{
				int32 arc = node_arc(c, node, i);
				int32 to = arc_to(c, arc);
				int32 further;

				if (c->distance[to] <= distance || arc_room(c, arc) == 0)
					continue;
				further = distance + arc_cost(c, arc);
				if (further >= c->distance[to] || further > nearest)
					continue;
				if (c->excess[to] < 0)
					nearest = Min(nearest, further);
				wait_at(c, to, further);
			}
		}
	}
	return nearest <= c->nodes ? nearest : UNREACHED;
}

/* Potentials by the distances, which are forgotten. */
static void
lower_potentials(Circulation *c, int32 nearest)
{
	for (int32 i = 0; i < c->touches; i++)
	{
		int32 node = c->touched[i];

		if (c->distance[node] < nearest)
			c->potential[node] -= nearest - c->distance[node];
		c->distance[node] = UNREACHED;
	}
	/* Entries further away than was looked at wait no more. */
	memset(c->head, -1, sizeof(int32) * ((Size) c->nodes + 2));
}

/*
 * All that goes by arcs of reduced cost zero: a blocking flow through layers after another
 */

/* Layers from the sources; whether any node that lacks is in one. */
static bool
find_layers(Circulation *c)
{
	int32 count = 0;
	bool found = false;

	memset(c->level, 0, sizeof(int32) * (Size) c->nodes);
	for (int32 i = 0; i < c->sources; i++)
	{
		c->level[c->source[i]] = 1;
		c->queue[count++] = c->source[i];
	}
	for (int32 done = 0; done < count; done++)
	{
		int32 node = c->queue[done];
		int32 arcs = arc_count(c, node);

		CHECK_FOR_INTERRUPTS();
		c->at[node] = 0;
		found |= c->excess[node] < 0;
		for (int32 i = 0; i < arcs; i++)
		{
			int32 arc = node_arc(c, node, i);
			int32 to = arc_to(c, arc);

			if (c->level[to] != 0 || arc_room(c, arc) == 0 || arc_cost(c, arc) != 0)
				continue;
			c->level[to] = c->level[node] + 1;
			c->queue[count++] = to;
		}
	}
	return found;
}

/* The next arc of a node into the layer after it, or -1. */
static int32
next_arc(Circulation *c, int32 node)
{
	int32 arcs = arc_count(c, node);

	for (; c->at[node] < arcs; c->at[node]++)
	{
		int32 arc = node_arc(c, node, c->at[node]);

		if (c->level[arc_to(c, arc)] == c->level[node] + 1 && arc_room(c, arc) > 0 &&
			arc_cost(c, arc) == 0)
			return arc;
	}
	return -1;
}

/* Pushes what fits along the path; returns how far along it there is still room. */
static int32
push_along(Circulation *c, int32 source, int32 length, int32 node)
{
	int128 amount = Min(c->excess[source], -c->excess[node]);
	int32 kept = length;

	for (int32 i = 0; i < length; i++)
		amount = Min(amount, arc_room(c, c->path[i]));
	for (int32 i = length - 1; i >= 0; i--)
	{
		arc_push(c, c->path[i], amount);
		if (arc_room(c, c->path[i]) == 0)
			kept = i;
	}
	c->excess[source] -= amount;
	c->excess[node] += amount;
	return kept;
}

static void
block_source(Circulation *c, int32 source)
{
	int32 node = source;
	int32 length = 0;

	while (c->excess[source] > 0)
	{
		int32 arc;

		CHECK_FOR_INTERRUPTS();
		if (c->excess[node] < 0)
		{
			length = push_along(c, source, length, node);
			node = length > 0 ? arc_to(c, c->path[length - 1]) : source;
			continue;
		}
		arc = next_arc(c, node);
		if (arc >= 0)
		{
			c->path[length++] = arc;
			node = arc_to(c, arc);
			continue;
		}
		if (length == 0)
			return;
		node = arc_from(c, c->path[--length]);
		c->at[node]++;
	}
}

static void
forget_spent_sources(Circulation *c)
{
	int32 kept = 0;

	for (int32 i = 0; i < c->sources; i++)
		if (c->excess[c->source[i]] > 0)
			c->source[kept++] = c->source[i];
	c->sources = kept;
}

static void
take_least(Circulation *c)
{
	while (c->sources > 0)
	{
		int32 nearest = find_distances(c);

		if (nearest == UNREACHED)
			elog(ERROR, "a circulation of a funding_graph was not found");
		lower_potentials(c, nearest);
		while (c->sources > 0 && find_layers(c))
		{
			for (int32 i = 0; i < c->sources; i++)
				block_source(c, c->source[i]);
			forget_spent_sources(c);
		}
	}
}

/*
 * Setting up
 */

/* The edges that may circulate; index[] says which of the pairs each is. */
static void
take_edges(Circulation *c, const FundingPairs *pairs, const int32 *component, int32 *index)
{
	for (int32 node = 0; node < pairs->nodes; node++)
	{
		c->first[node] = c->edges;
		for (int32 i = pairs->first[node]; i < pairs->first[node + 1]; i++)
		{
			int32 payee = pairs->payee[i];

			if (payee == node || component[payee] != component[node])
				continue;
			c->payer[c->edges] = node;
			c->payee[c->edges] = payee;
			c->weight[c->edges] = pairs->weight[i];
			c->excess[node] += pairs->weight[i];
			c->excess[payee] -= pairs->weight[i];
			c->first_in[payee + 2]++;
			index[c->edges++] = i;
		}
	}
	c->first[pairs->nodes] = c->edges;
}

static void
index_incoming(Circulation *c)
{
	for (int32 i = 0; i < c->nodes; i++)
		c->first_in[i + 2] += c->first_in[i + 1];
	for (int32 i = 0; i < c->edges; i++)
		c->edge_in[c->first_in[c->payee[i] + 1]++] = i;
}

/* What circulates on each pair. */
static int128 *
max_circulation(const FundingPairs *pairs)
{
	int128 *flow = funding_alloc_zero(sizeof(int128), pairs->edges);
	int32 *component = funding_alloc(sizeof(int32), pairs->nodes);
	int32 *index = funding_alloc(sizeof(int32), pairs->edges);
	int32 nodes = pairs->nodes;
	Circulation c = {.nodes = nodes};

	(void) funding_components(nodes, pairs->first, pairs->payee, component);
	c.first = funding_alloc(sizeof(int32), (Size) nodes + 1);
	c.first_in = funding_alloc_zero(sizeof(int32), (Size) nodes + 2);
	c.payer = funding_alloc(sizeof(int32), pairs->edges);
	c.payee = funding_alloc(sizeof(int32), pairs->edges);
	c.weight = funding_alloc(sizeof(int128), pairs->edges);
	c.excess = funding_alloc_zero(sizeof(int128), nodes);
	take_edges(&c, pairs, component, index);
	c.taken = funding_alloc_zero(sizeof(int128), c.edges);
	c.edge_in = funding_alloc(sizeof(int32), c.edges);
	index_incoming(&c);
	c.potential = funding_alloc_zero(sizeof(int32), nodes);
	c.source = funding_alloc(sizeof(int32), nodes);
	c.distance = funding_alloc(sizeof(int32), nodes);
	c.touched = funding_alloc(sizeof(int32), nodes);
	c.head = funding_alloc(sizeof(int32), (Size) nodes + 2);
	memset(c.head, -1, sizeof(int32) * ((Size) nodes + 2));
	c.entry_room = Max(nodes, 1);
	c.entry_node = funding_alloc(sizeof(int32), c.entry_room);
	c.entry_next = funding_alloc(sizeof(int32), c.entry_room);
	c.level = funding_alloc(sizeof(int32), nodes);
	c.queue = funding_alloc(sizeof(int32), nodes);
	c.at = funding_alloc(sizeof(int32), nodes);
	c.path = funding_alloc(sizeof(int32), nodes);
	for (int32 i = 0; i < nodes; i++)
	{
		c.distance[i] = UNREACHED;
		if (c.excess[i] > 0)
			c.source[c.sources++] = i;
	}
	take_least(&c);
	for (int32 i = 0; i < c.edges; i++)
		flow[index[i]] = c.weight[i] - c.taken[i];
	/* What a party pays itself goes round by itself. */
	for (int32 i = 0; i < pairs->edges; i++)
		if (pairs->payer[i] == pairs->payee[i])
			flow[i] = pairs->weight[i];
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
