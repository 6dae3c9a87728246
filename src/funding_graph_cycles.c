/*
 * funding_graph_cycles.c
 *		The simple cycles of a funding graph: money that comes back to who paid it.
 *		There may be exponentially many, so that their length and number are bounded
 *		and the search can be interrupted. Depth-first from each party over those
 *		after it, entering a party only when the way back may be short enough yet:
 *		the locks of Gupta and Suzumura 2021 (arXiv:2105.10094), which start as exact distances and
 *		are released to all who pay the party, so that no cycle is missed.
 */
#include "funding_graph.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(funding_graph_cycles);

/* Parties in all cycles that are kept. */
#define MAX_CYCLE_PARTIES 100000000

typedef struct FoundCycle
{
	int64 start; /* where its parties begin */
	int32 length;
	int32 unused;
	int128 least; /* the smallest of its edges, and the largest */
	int128 most;
} FoundCycle;

typedef struct Step
{
	int32 node;
	int32 edge; /* at which it is */
	int32
		nearest; /* edges from here back to the start by the ways tried; more than allowed: none */
	int32 unused;
	int128 least; /* of the edges up to here */
	int128 most;
} Step;

typedef struct CycleSearch
{
	const FundingPairs *pairs;
	int32 *component;
	int32 *first_in; /* edges that lead to a node from its own component */
	int32 *edge_in;
	/* The search from one start. */
	int32 start;
	int32 longest; /* edges a cycle may have */
	int32 *lock;   /* a node is entered only while the path has fewer nodes */
	int32 *queue;  /* nodes that reach the start, nearest first */
	int32 *relax;  /* nodes to release, and their distances */
	Step *path;
	int32 depth;
	int32 steps; /* room for so many */
	/* What it found. */
	FoundCycle *cycle;
	int64 cycles;
	int64 cycle_room;
	int64 max_cycles;
	int32 *party;
	int64 parties;
	int64 party_room;
	bool complete;
} CycleSearch;

/* Room for one more, doubling. */
static void *
grow(void *array, Size element, int64 needed, int64 *room)
{
	if (needed <= *room)
		return array;
	while (*room < needed)
		*room *= 2;
	return repalloc_huge(array, element * (Size) *room);
}

static void
index_incoming(CycleSearch *s)
{
	const FundingPairs *pairs = s->pairs;
	int32 *first = funding_alloc(sizeof(int32), (Size) pairs->nodes + 2);

	memset(first, 0, sizeof(int32) * ((Size) pairs->nodes + 2));
	for (int32 i = 0; i < pairs->edges; i++)
		if (s->component[pairs->payer[i]] == s->component[pairs->payee[i]])
			first[pairs->payee[i] + 2]++;
	for (int32 i = 0; i < pairs->nodes; i++)
		first[i + 2] += first[i + 1];
	s->edge_in = funding_alloc(sizeof(int32), pairs->edges);
	for (int32 i = 0; i < pairs->edges; i++)
		if (s->component[pairs->payer[i]] == s->component[pairs->payee[i]])
			s->edge_in[first[pairs->payee[i] + 1]++] = i;
	s->first_in = first;
}

static inline bool
may_visit(const CycleSearch *s, int32 node)
{
	return node > s->start && s->component[node] == s->component[s->start];
}

/* Locks by distance to the start, breadth first; returns how many nodes got one. */
static int32
lock_by_distance(CycleSearch *s)
{
	int32 count = 0;
	int32 done = 0;
	int32 node = s->start;
	int32 lock = s->longest + 1; /* of the start: distance 0 */

	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		/* One edge further away leaves one node less before it; a path has the start at least. */
		if (lock - 1 > 1)
			for (int32 i = s->first_in[node]; i < s->first_in[node + 1]; i++)
			{
				int32 payer = s->pairs->payer[s->edge_in[i]];

				if (may_visit(s, payer) && s->lock[payer] == 0)
				{
					s->lock[payer] = lock - 1;
					s->queue[count++] = payer;
				}
			}
		if (done == count)
			return count;
		node = s->queue[done++];
		lock = s->lock[node];
	}
}

/* A node left by a path that led back to the start in so many edges: others may enter again. */
static void
release(CycleSearch *s, int32 node, int32 distance, bool *on_path)
{
	int32 count = 0;

	s->relax[count++] = node;
	s->lock[node] = s->longest - distance + 1;
	for (int32 at = 0; at < count; at++)
	{
		int32 lock = s->lock[s->relax[at]] - 1;

		CHECK_FOR_INTERRUPTS();
		/* Those that no path may enter, the start being on all, have no lock and get none. */
		if (lock <= 1)
			break;
		for (int32 i = s->first_in[s->relax[at]]; i < s->first_in[s->relax[at] + 1]; i++)
		{
			int32 payer = s->pairs->payer[s->edge_in[i]];

			if (may_visit(s, payer) && !on_path[payer] && s->lock[payer] < lock)
			{
				s->lock[payer] = lock;
				s->relax[count++] = payer;
			}
		}
	}
}

static void
keep_cycle(CycleSearch *s, int128 closing)
{
	const Step *last = &s->path[s->depth - 1];
	FoundCycle *cycle;

	if (s->cycles == s->max_cycles)
	{
		s->complete = false;
		return;
	}
	if (s->parties + s->depth > MAX_CYCLE_PARTIES)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("the cycles of a funding_graph have more than %d parties in all",
							   MAX_CYCLE_PARTIES),
						errhint("Bound their number with max_count, or their length with "
								"max_length.")));
	s->cycle = grow(s->cycle, sizeof(FoundCycle), s->cycles + 1, &s->cycle_room);
	s->party = grow(s->party, sizeof(int32), s->parties + s->depth, &s->party_room);
	cycle = &s->cycle[s->cycles++];
	cycle->start = s->parties;
	cycle->length = s->depth;
	cycle->unused = 0;
	cycle->least = s->depth == 1 ? closing : Min(last->least, closing);
	cycle->most = s->depth == 1 ? closing : Max(last->most, closing);
	for (int32 i = 0; i < s->depth; i++)
		s->party[s->parties++] = s->path[i].node;
}

static void
step_to(CycleSearch *s, int32 node, int128 weight, bool *on_path)
{
	Step *step;
	int64 room = s->steps;

	s->path = grow(s->path, sizeof(Step), s->depth + 1, &room);
	s->steps = (int32) room;
	step = &s->path[s->depth];
	step->node = node;
	step->edge = s->pairs->first[node];
	step->nearest = s->longest + 1;
	step->unused = 0;
	step->least = s->depth > 1 ? Min(step[-1].least, weight) : weight;
	step->most = s->depth > 1 ? Max(step[-1].most, weight) : weight;
	s->depth++;
	s->lock[node] = s->depth;
	on_path[node] = true;
}

/* Every cycle whose first party is the start. */
static void
search_from_start(CycleSearch *s, bool *on_path)
{
	const FundingPairs *pairs = s->pairs;
	int32 reached = lock_by_distance(s);

	s->depth = 0;
	step_to(s, s->start, 0, on_path);
	while (s->depth > 0 && s->complete)
	{
		Step *step = &s->path[s->depth - 1];

		CHECK_FOR_INTERRUPTS();
		if (step->edge < pairs->first[step->node + 1])
		{
			int32 i = step->edge++;
			int32 payee = pairs->payee[i];

			if (payee == s->start)
			{
				keep_cycle(s, pairs->weight[i]);
				step->nearest = 1;
			}
			else if (may_visit(s, payee) && s->depth < s->lock[payee])
				step_to(s, payee, pairs->weight[i], on_path);
			continue;
		}
		on_path[step->node] = false;
		s->depth--;
		if (s->depth > 0 && step->nearest <= s->longest)
		{
			step[-1].nearest = Min(step[-1].nearest, step->nearest + 1);
			release(s, step->node, step->nearest, on_path);
		}
	}
	while (s->depth > 0)
		on_path[s->path[--s->depth].node] = false;
	for (int32 i = 0; i < reached; i++)
		s->lock[s->queue[i]] = 0;
	s->lock[s->start] = 0;
}

static void
find_cycles(CycleSearch *s, int32 max_length)
{
	const FundingPairs *pairs = s->pairs;
	bool *on_path = funding_alloc_zero(sizeof(bool), pairs->nodes);
	int32 *size = funding_alloc(sizeof(int32), pairs->nodes);

	s->component = funding_alloc(sizeof(int32), pairs->nodes);
	(void) funding_components(pairs->nodes, pairs->first, pairs->payee, s->component);
	index_incoming(s);
	s->lock = funding_alloc_zero(sizeof(int32), pairs->nodes);
	s->queue = funding_alloc(sizeof(int32), pairs->nodes);
	s->relax = funding_alloc(sizeof(int32), pairs->nodes);
	s->steps = 64;
	s->path = funding_alloc(sizeof(Step), s->steps);
	s->cycle_room = 16;
	s->cycle = funding_alloc(sizeof(FoundCycle), s->cycle_room);
	s->party_room = 64;
	s->party = funding_alloc(sizeof(int32), s->party_room);
	s->complete = true;
	memset(size, 0, sizeof(int32) * (Size) pairs->nodes);
	for (int32 i = 0; i < pairs->nodes; i++)
		size[s->component[i]]++;
	for (int32 i = 0; i < pairs->nodes && s->complete; i++)
	{
		CHECK_FOR_INTERRUPTS();
		s->start = i;
		s->longest = Min(max_length, size[s->component[i]]);
		search_from_start(s, on_path);
	}
}

static Datum
parties_datum(const FundingGraph *g, const CycleSearch *s, const FoundCycle *cycle)
{
	Datum *party = palloc(sizeof(Datum) * cycle->length);

	for (int32 i = 0; i < cycle->length; i++)
		party[i] = funding_graph_party(g, s->party[cycle->start + i]);
	return PointerGetDatum(construct_array(party, cycle->length, TEXTOID, -1, false, TYPALIGN_INT));
}

/* An argument from 1; NULL: no bound. */
static int32
bound_arg(FunctionCallInfo fcinfo, int arg, const char *what)
{
	int32 bound = PG_ARGISNULL(arg) ? PG_INT32_MAX : PG_GETARG_INT32(arg);

	if (bound < 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s of cycles must be 1 or more: %d", what, bound)));
	return bound;
}

/* cycles(g, max_length, max_count) -> cycle, parties, length, amount, largest, complete */
Datum
funding_graph_cycles(PG_FUNCTION_ARGS)
{
	CycleSearch s = {0};
	const FundingGraph *g = NULL;
	FundingRows rows;
	int32 max_length = bound_arg(fcinfo, 1, "max_length");

	s.max_cycles = bound_arg(fcinfo, 2, "max_count");
	if (!PG_ARGISNULL(0))
	{
		g = funding_graph_read(PG_GETARG_DATUM(0));
		s.pairs = funding_graph_pairs(g);
		find_cycles(&s, max_length);
	}
	funding_rows_begin(&rows, fcinfo);
	for (int64 i = 0; i < s.cycles; i++)
	{
		const FoundCycle *cycle = &s.cycle[i];

		funding_rows_put(&rows, Int32GetDatum((int32) i + 1));
		funding_rows_put(&rows, parties_datum(g, &s, cycle));
		funding_rows_put(&rows, Int32GetDatum(cycle->length));
		funding_rows_put(&rows, funding_amount(cycle->least));
		funding_rows_put(&rows, funding_amount(cycle->most));
		funding_rows_put(&rows, BoolGetDatum(s.complete));
		funding_rows_next(&rows);
	}
	return funding_rows_end(&rows);
}
