/*
 * funding_graph_circulation.c
 *		How much of the payments of a funding graph only goes round: the circulation
 *		0 <= f <= w, with as much into each party as out of it, whose sum over all edges
 *		is largest. What is left, w - f, has no cycle: money from outside.
 *
 *		Found from the other side, as the least that must be taken off all edges for
 *		the rest to go round: a flow of cost one an edge from parties that pay more than
 *		they receive to those that receive more. Successive shortest distances with
 *		potentials, all shortest paths of one distance at once (a primal-dual method, Ahuja,
 *		Magnanti and Orlin 1993, section 9.8; blocking flows of Dinic 1970). Edges between
 *		components cannot circulate and take no part. Integers throughout. There are at
 *		most as many distances as parties, each a search over the edges and a maximum
 *		flow between them; in practice there are about as many as the longest detour has edges.
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
	int32 *source;    /* nodes with excess, those that may yet be rid of some first */
	int32 sources;
	int32 active;
	/* Distances from the sources. */
	int32 *distance;
	Waiting *waiting;
	int64 waiting_room;
	int32 waits;
	int32 *head; /* of who waits at a distance, and the last of them; -1: none */
	int32 *tail;
	int32 distance_room;
	int32 furthest;
	/* Layers of a blocking flow, by round, along arcs of reduced cost zero. */
	int32 *first_tight;
	int32 *tight; /* those of a node */
	int32 *seen;  /* the last round in which a source reached a node */
	int32 *alive; /* and in which it reached one that lacks as well */
	int32 *level; /* arcs to that */
	int32 *at;    /* where in tight[] a node is */
	int32 *queue;
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
	int32 cost = c->cost[arc >> 1];

	return ((arc & 1) ? -cost : cost) + c->potential[arc_from(c, arc)] -
		   c->potential[arc_to(c, arc)];
}

/*
 * Distances by arcs of reduced cost: whole numbers, so that nodes wait by distance.
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
wait_at(Circulation *c, int32 node, int32 distance)
{
	make_distance_room(c, distance);
	if (c->waits == c->waiting_room)
	{
		c->waiting_room *= 2;
		c->waiting = repalloc_huge(c->waiting, sizeof(Waiting) * (Size) c->waiting_room);
	}
	c->distance[node] = distance;
	c->waiting[c->waits] = (Waiting){node, distance, -1};
	if (c->head[distance] < 0)
		c->head[distance] = c->waits;
	else
		c->waiting[c->tail[distance]].next = c->waits;
	c->tail[distance] = c->waits++;
	c->furthest = Max(c->furthest, distance);
}

static void
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
		if (further < c->distance[to])
			wait_at(c, to, further);
	}
}

/* The distance from all sources to the nearest node that lacks; all nearer nodes have theirs. */
static int32
find_nearest(Circulation *c)
{
	c->waits = 0;
	c->furthest = 0;
	for (int32 i = 0; i < c->sources; i++)
		wait_at(c, c->source[i], 0);
	for (int32 distance = 0; distance <= c->furthest; distance++)
		for (int32 i = c->head[distance]; i >= 0; i = c->waiting[i].next)
		{
			int32 node = c->waiting[i].node;

			CHECK_FOR_INTERRUPTS();
			if (c->distance[node] != distance)
				continue; /* it was nearer */
			if (c->excess[node] < 0)
				return distance;
			look_around(c, node);
		}
	elog(ERROR, "a circulation of a funding_graph was not found");
}

/* Potentials by the distances, which are forgotten. */
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

/*
 * All that goes by arcs of reduced cost zero: one blocking flow through layers after
 * another. A node that no source reaches any more, or that reaches none that lacks, never
 * does again before costs change, so that each round looks only at what is left of the
 * one before.
 */

static void
index_tight(Circulation *c)
{
	int32 *first = c->first_tight;

	memset(first, 0, sizeof(int32) * ((Size) c->nodes + 2));
	for (int32 i = 0; i < c->edges; i++)
		if (arc_cost(c, i * 2) == 0)
		{
			first[c->payer[i] + 2]++;
			first[c->payee[i] + 2]++;
		}
	for (int32 i = 0; i < c->nodes; i++)
		first[i + 2] += first[i + 1];
	for (int32 i = 0; i < c->edges; i++)
		if (arc_cost(c, i * 2) == 0)
		{
			c->tight[first[c->payer[i] + 1]++] = i * 2;
			c->tight[first[c->payee[i] + 1]++] = i * 2 + 1;
		}
}

/* The nodes that sources reach, in queue[]; seen[] says the round. Returns how many. */
static int32
find_reached(Circulation *c, int32 round)
{
	int32 count = 0;

	for (int32 i = 0; i < c->active; i++)
	{
		c->seen[c->source[i]] = round;
		c->queue[count++] = c->source[i];
	}
	for (int32 done = 0; done < count; done++)
	{
		int32 node = c->queue[done];

		CHECK_FOR_INTERRUPTS();
		for (int32 i = c->first_tight[node]; i < c->first_tight[node + 1]; i++)
		{
			int32 arc = c->tight[i];
			int32 to = arc_to(c, arc);

			if (c->seen[to] == round || c->alive[to] < round - 1 || arc_room(c, arc) == 0)
				continue;
			c->seen[to] = round;
			c->queue[count++] = to;
		}
	}
	return count;
}

/* Layers of those from the nodes that lack, the level of which is 0. */
static void
find_layers(Circulation *c, int32 round, int32 reached)
{
	int32 count = 0;

	for (int32 i = 0; i < reached; i++)
		if (c->excess[c->queue[i]] < 0)
		{
			int32 node = c->queue[i];

			/* What stands there is not needed any more: this comes after it at the latest. */
			c->queue[count++] = node;
			c->alive[node] = round;
			c->level[node] = 0;
			c->at[node] = c->first_tight[node];
		}
	for (int32 done = 0; done < count; done++)
	{
		int32 node = c->queue[done];

		CHECK_FOR_INTERRUPTS();
		for (int32 i = c->first_tight[node]; i < c->first_tight[node + 1]; i++)
		{
			int32 arc = c->tight[i] ^ 1; /* the same edge, towards the node */
			int32 from = arc_from(c, arc);

			if (c->seen[from] != round || c->alive[from] == round || arc_room(c, arc) == 0)
				continue;
			c->alive[from] = round;
			c->level[from] = c->level[node] + 1;
			c->at[from] = c->first_tight[from];
			c->queue[count++] = from;
		}
	}
}

/* The next arc of a node into the layer after it, or -1. */
static int32
next_arc(Circulation *c, int32 node, int32 round)
{
	for (; c->at[node] < c->first_tight[node + 1]; c->at[node]++)
	{
		int32 arc = c->tight[c->at[node]];
		int32 to = arc_to(c, arc);

		if (c->alive[to] == round && c->level[to] == c->level[node] - 1 && arc_room(c, arc) > 0)
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
		int32 arc = c->path[i];

		c->taken[arc >> 1] += (arc & 1) ? -amount : amount;
		if (arc_room(c, arc) == 0)
			kept = i;
	}
	c->excess[source] -= amount;
	c->excess[node] += amount;
	return kept;
}

static void
block_source(Circulation *c, int32 source, int32 round)
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
		arc = next_arc(c, node, round);
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

/* Sources that still reach a node that lacks come first; those without excess are dropped. */
static void
sort_sources(Circulation *c, int32 round)
{
	int32 active = 0;
	int32 kept = 0;

	for (int32 i = 0; i < c->sources; i++)
		if (c->excess[c->source[i]] > 0)
			c->source[kept++] = c->source[i];
	c->sources = kept;
	for (int32 i = 0; i < c->sources; i++)
		if (c->alive[c->source[i]] == round)
		{
			int32 source = c->source[i];

			c->source[i] = c->source[active];
			c->source[active++] = source;
		}
	c->active = active;
}

static void
push_all(Circulation *c)
{
	int32 round = 1;

	memset(c->alive, 0, sizeof(int32) * (Size) c->nodes);
	memset(c->seen, 0, sizeof(int32) * (Size) c->nodes);
	index_tight(c);
	for (c->active = c->sources; c->active > 0; round++)
	{
		find_layers(c, round, find_reached(c, round));
		sort_sources(c, round);
		for (int32 i = 0; i < c->active; i++)
			block_source(c, c->source[i], round);
		sort_sources(c, round);
	}
}

static void
take_least(Circulation *c)
{
	for (int32 i = 0; i < c->nodes; i++)
		if (c->excess[i] > 0)
			c->source[c->sources++] = i;
	while (c->sources > 0)
	{
		lower_potentials(c, find_nearest(c));
		push_all(c);
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
	c->source = funding_alloc(sizeof(int32), nodes);
	c->first_tight = funding_alloc(sizeof(int32), (Size) nodes + 2);
	c->tight = funding_alloc(sizeof(int32), edges * 2);
	c->seen = funding_alloc(sizeof(int32), nodes);
	c->alive = funding_alloc(sizeof(int32), nodes);
	c->level = funding_alloc(sizeof(int32), nodes);
	c->at = funding_alloc(sizeof(int32), nodes);
	c->queue = funding_alloc(sizeof(int32), nodes);
	c->path = funding_alloc(sizeof(int32), nodes);
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
	void *all[] = {c->index,    c->first,    c->payer,   c->payee,  c->weight,      c->taken,
				   c->cost,     c->first_in, c->edge_in, c->excess, c->potential,   c->source,
				   c->distance, c->waiting,  c->head,    c->tail,   c->seen,        c->alive,
				   c->level,    c->at,       c->queue,   c->path,   c->first_tight, c->tight};

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
