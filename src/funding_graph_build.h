/*
 * funding_graph_build.h
 *		A funding graph while it grows: names and edges in the order in which they
 *		come, found again by hash.
 */
#ifndef CHIPBOOK_FUNDING_GRAPH_BUILD_H
#define CHIPBOOK_FUNDING_GRAPH_BUILD_H

#include "funding_graph.h"

/* Open addressing: numbers of what is kept elsewhere, -1 where there is none. */
typedef struct FundingSlots
{
	int32 *number;
	uint32 mask; /* one less than a power of two */
} FundingSlots;

typedef struct FundingNames
{
	int32 count;
	int32 capacity;
	const char **name;
	int32 *len;
	uint32 *hash;
	FundingSlots slots;
} FundingNames;

/* What a graph has beside names and edges. */
typedef struct FundingSums
{
	Currency currency;
	bool overflow; /* the total is out of range, or the count of unknowns */
	int32 edges;
	int64 unknown;
	uint64 total_low; /* of the weights */
	int64 total_high;
} FundingSums;

typedef struct FundingBuilder
{
	MemoryContext context;
	FundingSums sums;
	FundingNames parties;
	FundingNames kinds;
	FundingEdge *edge; /* numbers of names, not their rank */
	int32 capacity;
	bool indexed; /* slots lead to edges, and none is there twice */
	FundingSlots slots;
} FundingBuilder;

extern FundingBuilder *funding_builder_new(MemoryContext context, bool indexed);
/* The number of a name, which is copied where it is new. */
extern int32
funding_builder_name(FundingBuilder *b, FundingNames *names, const char *name, int len);
/* A weight >= 0; the currency is taken over, or must be the graph's (22000). */
extern void funding_builder_add(FundingBuilder *b, int32 payer, int32 payee, int32 kind,
								int128 weight, Currency currency);
extern void funding_builder_add_unknown(FundingBuilder *b, int64 rows);
extern void funding_builder_add_graph(FundingBuilder *b, const FundingGraph *g);
/* The graph of the first sums->edges edges, palloc'd; 22003 when its total is out of range. */
extern FundingGraphData *funding_builder_graph(const FundingBuilder *b, const FundingSums *sums);
extern bool funding_sums_in_range(const FundingSums *sums);

/* The state of an aggregate, or of its support functions called by hand. */
typedef struct FundingState
{
	FundingBuilder *builder;
	Datum graph; /* what the builder is of, in an aggregate */
	bool in_aggregate;
} FundingState;

/* The graph of argument 0, ours to add to; then what to return. */
extern FundingState funding_state_begin(FunctionCallInfo fcinfo);
extern Datum funding_state_end(FundingState *state);

#endif /* CHIPBOOK_FUNDING_GRAPH_BUILD_H */
