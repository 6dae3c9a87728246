/*
 * funding_graph_build.c
 *		How a funding graph grows, as the state of an aggregate or step by step,
 *		and how it takes its one stored form. Weights are integers that are never
 *		negative: no order of rows changes a digit or decides whether the total is
 *		out of range.
 */
#include "funding_graph_build.h"

#include "common/hashfn.h"
#include "common/int.h"
#include "miscadmin.h"
#include "utils/expandeddatum.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(funding_graph_add);

#define FIRST_CAPACITY 8
#define FUNDING_GRAPH_MAX_EDGES ((int32) (MaxAllocSize / sizeof(FundingEdge)))

/*
 * Slots
 */

static void
slots_init(FundingSlots *slots, MemoryContext context, uint32 size)
{
	slots->number = MemoryContextAllocHuge(context, sizeof(int32) * (Size) size);
	memset(slots->number, -1, sizeof(int32) * (Size) size);
	slots->mask = size - 1;
}

static void
slots_put(FundingSlots *slots, uint32 hash, int32 number)
{
	uint32 at = hash & slots->mask;

	while (slots->number[at] >= 0)
		at = (at + 1) & slots->mask;
	slots->number[at] = number;
}

static inline bool
slots_are_full(const FundingSlots *slots, int32 count)
{
	return (uint32) count >= slots->mask / 2;
}

/* Twice the slots, empty: the caller puts everything in again. */
static void
slots_double(FundingSlots *slots, MemoryContext context)
{
	FundingSlots larger;

	slots_init(&larger, context, (slots->mask + 1) * 2);
	pfree(slots->number);
	*slots = larger;
}

/*
 * Names
 */

static void
names_init(FundingNames *names, MemoryContext context)
{
	names->capacity = FIRST_CAPACITY;
	names->name = MemoryContextAlloc(context, sizeof(char *) * names->capacity);
	names->len = MemoryContextAlloc(context, sizeof(int32) * names->capacity);
	names->hash = MemoryContextAlloc(context, sizeof(uint32) * names->capacity);
	slots_init(&names->slots, context, FIRST_CAPACITY * 2);
}

static void
names_make_room(FundingNames *names, MemoryContext context)
{
	if (names->count == names->capacity)
	{
		Size capacity = (Size) names->capacity * 2;

		names->name = repalloc_huge(names->name, sizeof(char *) * capacity);
		names->len = repalloc_huge(names->len, sizeof(int32) * capacity);
		names->hash = repalloc_huge(names->hash, sizeof(uint32) * capacity);
		names->capacity = (int32) capacity;
	}
	if (slots_are_full(&names->slots, names->count))
	{
		slots_double(&names->slots, context);
		for (int32 i = 0; i < names->count; i++)
			slots_put(&names->slots, names->hash[i], i);
	}
}

int32
funding_builder_name(FundingBuilder *b, FundingNames *names, const char *name, int len)
{
	uint32 hash = hash_bytes((const unsigned char *) name, len);
	uint32 at = hash & names->slots.mask;
	int32 number;
	char *copy;

	for (; (number = names->slots.number[at]) >= 0; at = (at + 1) & names->slots.mask)
		if (names->hash[number] == hash && names->len[number] == len &&
			memcmp(names->name[number], name, len) == 0)
			return number;
	names_make_room(names, b->context);
	copy = MemoryContextAlloc(b->context, len);
	memcpy(copy, name, len);
	number = names->count;
	names->name[number] = copy;
	names->len[number] = len;
	names->hash[number] = hash;
	slots_put(&names->slots, hash, number);
	return names->count++;
}

/*
 * Edges
 */

FundingBuilder *
funding_builder_new(MemoryContext context, bool indexed)
{
	FundingBuilder *b = MemoryContextAllocZero(context, sizeof(FundingBuilder));

	b->context = context;
	names_init(&b->parties, context);
	names_init(&b->kinds, context);
	b->capacity = FIRST_CAPACITY;
	b->edge = MemoryContextAlloc(context, sizeof(FundingEdge) * b->capacity);
	b->indexed = indexed;
	if (indexed)
		slots_init(&b->slots, context, FIRST_CAPACITY * 2);
	return b;
}

static inline uint32
edge_hash(int32 payer, int32 payee, int32 kind)
{
	return hash_combine(hash_combine(murmurhash32((uint32) payer), murmurhash32((uint32) payee)),
						(uint32) kind);
}

static FundingEdge *
find_edge(const FundingBuilder *b, int32 payer, int32 payee, int32 kind)
{
	uint32 at = edge_hash(payer, payee, kind) & b->slots.mask;
	int32 number;

	for (; (number = b->slots.number[at]) >= 0; at = (at + 1) & b->slots.mask)
	{
		FundingEdge *edge = &b->edge[number];

		if (edge->payer == payer && edge->payee == payee && edge->kind == kind)
			return edge;
	}
	return NULL;
}

static void
too_many_edges(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("funding_graph cannot hold more than %d edges", FUNDING_GRAPH_MAX_EDGES)));
}

static void
make_room(FundingBuilder *b)
{
	if (b->sums.edges == b->capacity)
	{
		int32 capacity = (int32) Min((int64) b->capacity * 2, FUNDING_GRAPH_MAX_EDGES);

		if (b->capacity >= FUNDING_GRAPH_MAX_EDGES)
			too_many_edges();
		b->edge = repalloc_huge(b->edge, sizeof(FundingEdge) * (Size) capacity);
		b->capacity = capacity;
	}
	if (b->indexed && slots_are_full(&b->slots, b->sums.edges))
	{
		slots_double(&b->slots, b->context);
		for (int32 i = 0; i < b->sums.edges; i++)
		{
			const FundingEdge *edge = &b->edge[i];

			slots_put(&b->slots, edge_hash(edge->payer, edge->payee, edge->kind), i);
		}
	}
}

/* A graph is one of numbers or of one currency, that of its first edge. */
static void
currency_mismatch(Currency ours, Currency theirs)
{
	char a[CURRENCY_TEXT_SIZE];
	char b[CURRENCY_TEXT_SIZE];

	ereport(ERROR,
			(errcode(ERRCODE_DATA_EXCEPTION),
			 errmsg("cannot add %s to a funding_graph %s",
					theirs == CURRENCY_INVALID ? "plain numbers" : currency_to_text(theirs, b),
					ours == CURRENCY_INVALID ? "of plain numbers"
											 : psprintf("in %s", currency_to_text(ours, a))),
			 errhint("Convert the amounts to one currency first, or add currency(weight) to GROUP "
					 "BY.")));
}

static inline int128
sums_total(const FundingSums *sums)
{
	return (int128) (((uint128) (uint64) sums->total_high << 64) | sums->total_low);
}

static void
sums_add(FundingSums *sums, int128 weight)
{
	int128 total;

	if (add_s128_overflow(sums_total(sums), weight, &total) || total > FUNDING_WEIGHT_MAX)
		sums->overflow = true;
	else
	{
		sums->total_low = (uint64) total;
		sums->total_high = (int64) (total >> 64);
	}
}

bool
funding_sums_in_range(const FundingSums *sums)
{
	return !sums->overflow;
}

static void
funding_sums_check(const FundingSums *sums)
{
	if (!funding_sums_in_range(sums))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("the weights of a funding_graph add up to more than it can hold"),
						errdetail("Their total must be below 2.59e18.")));
}

void
funding_builder_add(FundingBuilder *b, int32 payer, int32 payee, int32 kind, int128 weight,
					Currency currency)
{
	FundingSums *sums = &b->sums;
	FundingEdge *edge;

	if (sums->edges == 0)
		sums->currency = currency;
	else if (unlikely(sums->currency != currency))
		currency_mismatch(sums->currency, currency);
	sums_add(sums, weight);
	/* Nothing will come of it, and sums of its edges would overflow. */
	if (unlikely(sums->overflow))
		weight = 0;
	edge = b->indexed ? find_edge(b, payer, payee, kind) : NULL;
	if (edge != NULL)
	{
		funding_weight_set(edge, funding_weight(edge) + weight);
		return;
	}
	make_room(b);
	edge = &b->edge[sums->edges];
	edge->payer = payer;
	edge->payee = payee;
	edge->kind = kind;
	edge->unused = 0;
	funding_weight_set(edge, weight);
	if (b->indexed)
		slots_put(&b->slots, edge_hash(payer, payee, kind), sums->edges);
	sums->edges++;
}

void
funding_builder_add_unknown(FundingBuilder *b, int64 rows)
{
	if (pg_add_s64_overflow(b->sums.unknown, rows, &b->sums.unknown))
		b->sums.overflow = true;
}

void
funding_builder_add_graph(FundingBuilder *b, const FundingGraph *g)
{
	int32 *party = funding_alloc(sizeof(int32), g->nodes);
	int32 *kind = funding_alloc(sizeof(int32), g->kinds);

	for (int i = 0; i < g->nodes; i++)
		party[i] = funding_builder_name(b, &b->parties, g->name[i], g->name_len[i]);
	for (int i = 0; i < g->kinds; i++)
		kind[i] = funding_builder_name(b, &b->kinds, g->kind_name[i], g->kind_len[i]);
	funding_builder_add_unknown(b, g->unknown);
	for (int64 i = 0; i < g->edges; i++)
	{
		const FundingEdge *edge = &g->edge[i];

		CHECK_FOR_INTERRUPTS();
		funding_builder_add(b, party[edge->payer], party[edge->payee],
							edge->kind == FUNDING_NO_KIND ? FUNDING_NO_KIND : kind[edge->kind],
							funding_weight(edge), g->currency);
	}
	pfree(party);
	pfree(kind);
}

/*
 * The stored form
 */

/* Where each name that is used stands among those, by their bytes. */
typedef struct RankedNames
{
	int32 *rank;  /* by number; -1: not used */
	int32 *order; /* numbers in their order */
	int32 count;
	Size size; /* bytes of all */
} RankedNames;

static int
compare_names(const void *a, const void *b, void *arg)
{
	const FundingNames *names = arg;
	int32 x = *(const int32 *) a;
	int32 y = *(const int32 *) b;
	int order = memcmp(names->name[x], names->name[y], Min(names->len[x], names->len[y]));

	if (order != 0)
		return order;
	return (names->len[x] > names->len[y]) - (names->len[x] < names->len[y]);
}

static void
rank_begin(RankedNames *ranked, const FundingNames *names)
{
	ranked->rank = funding_alloc(sizeof(int32), names->count);
	ranked->order = funding_alloc(sizeof(int32), names->count);
	memset(ranked->rank, -1, sizeof(int32) * (Size) names->count);
	ranked->count = 0;
	ranked->size = 0;
}

static inline void
rank_use(RankedNames *ranked, int32 number)
{
	if (ranked->rank[number] >= 0)
		return;
	ranked->rank[number] = 0;
	ranked->order[ranked->count++] = number;
}

static void
rank_end(RankedNames *ranked, const FundingNames *names)
{
	qsort_arg(ranked->order, ranked->count, sizeof(int32), compare_names, (void *) names);
	for (int32 i = 0; i < ranked->count; i++)
	{
		ranked->rank[ranked->order[i]] = i;
		ranked->size += names->len[ranked->order[i]];
	}
}

static int
compare_edges(const void *a, const void *b)
{
	const FundingEdge *x = a;
	const FundingEdge *y = b;

	if (x->payee != y->payee)
		return x->payee < y->payee ? -1 : 1;
	return (x->kind > y->kind) - (x->kind < y->kind);
}

/* Edges of one payer in order, those of the same payee and kind as one; returns how many. */
static int32
merge_edges(FundingEdge *to, FundingEdge *edge, int32 count)
{
	int32 kept = 0;

	qsort(edge, count, sizeof(FundingEdge), compare_edges);
	for (int32 i = 0; i < count; i++)
	{
		FundingEdge *last = kept > 0 ? &to[kept - 1] : NULL;

		if (last != NULL && compare_edges(last, &edge[i]) == 0)
			funding_weight_set(last, funding_weight(last) + funding_weight(&edge[i]));
		else
			to[kept++] = edge[i];
	}
	return kept;
}

/* The edges by rank, in order; returns how many there are after merging. */
static int32
sort_edges(const FundingBuilder *b, int32 edges, const RankedNames *parties,
		   const RankedNames *kinds, FundingEdge *sorted)
{
	int32 *first = funding_alloc(sizeof(int32), (Size) parties->count + 1);
	int32 kept = 0;

	memset(first, 0, sizeof(int32) * ((Size) parties->count + 1));
	for (int32 i = 0; i < edges; i++)
		first[parties->rank[b->edge[i].payer] + 1]++;
	for (int32 i = 0; i < parties->count; i++)
		first[i + 1] += first[i];
	for (int32 i = 0; i < edges; i++)
	{
		FundingEdge edge = b->edge[i];

		edge.payer = parties->rank[edge.payer];
		edge.payee = parties->rank[edge.payee];
		if (edge.kind != FUNDING_NO_KIND)
			edge.kind = kinds->rank[edge.kind];
		sorted[first[edge.payer]++] = edge;
	}
	/* Now first[i] is where the edges of i end, which is where those of i + 1 began. */
	for (int32 i = 0; i < parties->count; i++)
	{
		int32 start = i > 0 ? first[i - 1] : 0;

		CHECK_FOR_INTERRUPTS();
		kept += merge_edges(&sorted[kept], &sorted[start], first[i] - start);
	}
	pfree(first);
	return kept;
}

static char *
put_names(int32 *len, char *text, const RankedNames *ranked, const FundingNames *names)
{
	for (int32 i = 0; i < ranked->count; i++)
	{
		int32 number = ranked->order[i];

		len[i] = names->len[number];
		memcpy(text, names->name[number], len[i]);
		text += len[i];
	}
	return text;
}

FundingGraphData *
funding_builder_graph(const FundingBuilder *b, const FundingSums *sums)
{
	FundingEdge *sorted = funding_alloc(sizeof(FundingEdge), sums->edges);
	FundingGraphData *g;
	RankedNames parties;
	RankedNames kinds;
	int32 edges;
	int32 *len;
	char *text;
	Size size;

	funding_sums_check(sums);
	rank_begin(&parties, &b->parties);
	rank_begin(&kinds, &b->kinds);
	for (int32 i = 0; i < sums->edges; i++)
	{
		rank_use(&parties, b->edge[i].payer);
		rank_use(&parties, b->edge[i].payee);
		if (b->edge[i].kind != FUNDING_NO_KIND)
			rank_use(&kinds, b->edge[i].kind);
	}
	rank_end(&parties, &b->parties);
	rank_end(&kinds, &b->kinds);
	edges = sort_edges(b, sums->edges, &parties, &kinds, sorted);
	size = offsetof(FundingGraphData, edge) + sizeof(FundingEdge) * (Size) edges +
		   sizeof(int32) * ((Size) parties.count + kinds.count) + parties.size + kinds.size;
	if (!AllocSizeIsValid(size))
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("funding_graph of %zu bytes exceeds the largest that can be stored",
							   size)));
	g = palloc(size);
	memset(g, 0, offsetof(FundingGraphData, edge));
	SET_VARSIZE(g, size);
	g->version = FUNDING_GRAPH_VERSION;
	g->currency = edges > 0 ? sums->currency : CURRENCY_INVALID;
	g->nodes = parties.count;
	g->kinds = kinds.count;
	g->edges = edges;
	g->text_size = (int32) (parties.size + kinds.size);
	g->unknown = sums->unknown;
	memcpy(g->edge, sorted, sizeof(FundingEdge) * (Size) edges);
	len = (int32 *) &g->edge[edges];
	text = (char *) (len + parties.count + kinds.count);
	text = put_names(len, text, &parties, &b->parties);
	(void) put_names(len + parties.count, text, &kinds, &b->kinds);
	pfree(sorted);
	pfree(parties.rank);
	pfree(parties.order);
	pfree(kinds.rank);
	pfree(kinds.order);
	return g;
}

/*
 * Growing graphs, which are expanded objects: the states of aggregates, and sums. The
 * state of an aggregate is its own, and its edges are found by hash. But in a loop,
 * g := g + more would copy all of g each time, so that a sum holds the first so many
 * edges of a list that it shares with what it was made from, and that only grows. The
 * one that holds the whole list adds at its end. A list whose edges may be merged to
 * half is copied, so that it stays within twice the size of the graph.
 */

typedef struct SharedEdges
{
	MemoryContext context; /* NULL: that of the one graph that holds it */
	int holders;
	int32 merged; /* edges it had when no two of them were of one payer, payee and kind */
	FundingBuilder *builder;
} SharedEdges;

typedef struct GrowingGraph
{
	ExpandedObjectHeader header;
	MemoryContextCallback release;
	SharedEdges *shared;
	FundingSums sums;       /* of a sum; those of a state are the builder's */
	FundingGraphData *flat; /* the stored form, once asked for */
} GrowingGraph;

/* Edges that a list may have more than when it was merged, however few those were. */
#define SPARE_EDGES 1024

static FundingGraphData *
growing_graph_flat(GrowingGraph *g)
{
	if (g->flat == NULL)
	{
		const FundingBuilder *b = g->shared->builder;
		MemoryContext old = MemoryContextSwitchTo(g->header.eoh_context);

		g->flat = funding_builder_graph(b, b->indexed ? &b->sums : &g->sums);
		MemoryContextSwitchTo(old);
	}
	return g->flat;
}

static Size
growing_graph_flat_size(ExpandedObjectHeader *header)
{
	return VARSIZE(growing_graph_flat((GrowingGraph *) header));
}

static void
growing_graph_flatten_into(ExpandedObjectHeader *header, void *result, Size allocated_size)
{
	FundingGraphData *flat = growing_graph_flat((GrowingGraph *) header);

	Assert(allocated_size == VARSIZE(flat));
	memcpy(result, flat, VARSIZE(flat));
}

static const ExpandedObjectMethods growing_graph_methods = {growing_graph_flat_size,
															growing_graph_flatten_into};

static void
let_go(void *arg)
{
	GrowingGraph *g = arg;

	if (g->shared != NULL && g->shared->context != NULL && --g->shared->holders == 0)
		MemoryContextDelete(g->shared->context);
	g->shared = NULL;
}

/* An empty one, which has no edges to share yet. */
static GrowingGraph *
growing_graph_new(MemoryContext parent)
{
	MemoryContext context =
		AllocSetContextCreate(parent, "funding_graph", ALLOCSET_START_SMALL_SIZES);
	GrowingGraph *g = MemoryContextAllocZero(context, sizeof(GrowingGraph));

	EOH_init_header(&g->header, &growing_graph_methods, context);
	g->release.func = let_go;
	g->release.arg = g;
	MemoryContextRegisterResetCallback(context, &g->release);
	return g;
}

/* A list of its own with the edges of a graph. */
static void
growing_graph_share(GrowingGraph *g, const FundingGraph *from)
{
	/* It may outlive whoever makes it; the callback above ends it. */
	MemoryContext context =
		AllocSetContextCreate(TopMemoryContext, "funding_graph edges", ALLOCSET_DEFAULT_SIZES);

	g->shared = MemoryContextAllocZero(context, sizeof(SharedEdges));
	g->shared->context = context;
	g->shared->holders = 1;
	g->shared->builder = funding_builder_new(context, false);
	funding_builder_add_graph(g->shared->builder, from);
	g->shared->merged = g->shared->builder->sums.edges;
}

static GrowingGraph *
growing_graph_of(Datum value)
{
	ExpandedObjectHeader *header;

	if (!VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(value)))
		return NULL;
	header = DatumGetEOHP(value);
	return header->eoh_methods == &growing_graph_methods ? (GrowingGraph *) header : NULL;
}

/*
 * States
 */

static GrowingGraph *
state_new(MemoryContext parent)
{
	GrowingGraph *g = growing_graph_new(parent);
	MemoryContext context = g->header.eoh_context;

	g->shared = MemoryContextAllocZero(context, sizeof(SharedEdges));
	g->shared->builder = funding_builder_new(context, true);
	return g;
}

FundingState
funding_state_begin(FunctionCallInfo fcinfo)
{
	FundingState state = {0};
	MemoryContext context;
	GrowingGraph *g;

	state.in_aggregate = AggCheckCallContext(fcinfo, &context) != 0;
	if (!state.in_aggregate)
		state.builder = funding_builder_new(CurrentMemoryContext, true);
	else if (!PG_ARGISNULL(0) &&
			 VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(PG_GETARG_DATUM(0))) &&
			 (g = growing_graph_of(PG_GETARG_DATUM(0))) != NULL && g->shared->builder->indexed)
	{
		if (g->flat != NULL)
			pfree(g->flat);
		g->flat = NULL;
		state.builder = g->shared->builder;
		state.graph = PG_GETARG_DATUM(0);
		return state;
	}
	else
	{
		g = state_new(context);
		state.builder = g->shared->builder;
		state.graph = EOHPGetRWDatum(&g->header);
	}
	if (!PG_ARGISNULL(0))
		funding_builder_add_graph(state.builder, funding_graph_read(PG_GETARG_DATUM(0)));
	return state;
}

Datum
funding_state_end(FundingState *state)
{
	if (state->in_aggregate)
		return state->graph;
	return PointerGetDatum(funding_builder_graph(state->builder, &state->builder->sums));
}

/*
 * Sums
 */

/* Whether more edges may be added behind those of g. */
static bool
may_grow(const GrowingGraph *g, int64 more)
{
	const SharedEdges *shared = g->shared;

	return shared->context != NULL && shared->builder->sums.edges == g->sums.edges &&
		   g->sums.edges + more <= (int64) shared->merged * 2 + SPARE_EDGES;
}

Datum
funding_graph_add(PG_FUNCTION_ARGS)
{
	GrowingGraph *left = growing_graph_of(PG_GETARG_DATUM(0));
	FundingGraph *right = funding_graph_read(PG_GETARG_DATUM(1));
	GrowingGraph *sum = growing_graph_new(CurrentMemoryContext);

	if (left != NULL && may_grow(left, right->edges))
	{
		sum->shared = left->shared;
		sum->shared->holders++;
		sum->shared->builder->sums = left->sums;
	}
	else
		growing_graph_share(sum, funding_graph_read(PG_GETARG_DATUM(0)));
	funding_builder_add_graph(sum->shared->builder, right);
	sum->sums = sum->shared->builder->sums;
	funding_sums_check(&sum->sums);
	PG_RETURN_DATUM(EOHPGetRWDatum(&sum->header));
}
