/*
 * funding_graph.h
 *		Who pays, owns or owes whom how much: a directed graph whose weights are
 *		exact. Parties and kinds of payment stand in the order of their bytes, and
 *		edges in the order of payer, payee and kind, so that a graph has one form,
 *		whatever order its rows came in.
 */
#ifndef CHIPBOOK_FUNDING_GRAPH_H
#define CHIPBOOK_FUNDING_GRAPH_H

#include "chipbook.h"

#include "nodes/execnodes.h"
#include "utils/memutils.h"

/* An edge without a kind. */
#define FUNDING_NO_KIND (-1)

/* Weights are units of 1e-15, as money is, and never negative: 128 bits in two halves. */
typedef struct FundingEdge
{
	int32 payer;
	int32 payee;
	int32 kind;   /* FUNDING_NO_KIND: none */
	int32 unused; /* always zero */
	uint64 weight_low;
	int64 weight_high;
} FundingEdge;

/*
 * A stored graph: this, the edges, int32 lengths of the names of parties and then of
 * kinds, and their bytes, end to end. Every party has an edge, every kind is used.
 */
typedef struct FundingGraphData
{
	int32 vl_len_; /* varlena header: do not touch directly */
	uint8 version;
	uint8 unused;      /* always zero */
	Currency currency; /* CURRENCY_INVALID: plain numbers, or no edge yet */
	int32 nodes;
	int32 kinds;
	int32 edges;
	int32 text_size;
	int64 unknown; /* rows whose weight was NULL */
	FundingEdge edge[FLEXIBLE_ARRAY_MEMBER];
} FundingGraphData;

#define FUNDING_GRAPH_VERSION 1

/* A graph in memory, as every accessor reads it. Nothing in it may be changed. */
typedef struct FundingGraph
{
	const FundingGraphData *data;
	Currency currency; /* CURRENCY_INVALID: plain numbers, or no edge */
	int64 unknown;     /* rows whose weight was NULL; they are no edges */
	int nodes;
	const char **name; /* not terminated by a zero byte */
	int *name_len;
	int kinds;
	const char **kind_name;
	int *kind_len;
	int64 edges;
	const FundingEdge *edge; /* by payer, payee, kind; payer = payee is possible */
	int32 *first;            /* edges of payer i: from first[i] to before first[i + 1] */
} FundingGraph;

/* What parties pay each other, kinds added up: no two edges of one pair, none of weight 0. */
typedef struct FundingPairs
{
	int nodes;
	int64 edges;
	int32 *first; /* as above, nodes + 1 of them */
	int32 *payer;
	int32 *payee; /* ascending within a payer */
	int128 *weight;
} FundingPairs;

/* Sums over any edges of a graph stay below this: it is checked of their total. */
#define FUNDING_WEIGHT_MAX MONETARY_MAX

static inline int128
funding_weight(const FundingEdge *edge)
{
	return (int128) (((uint128) (uint64) edge->weight_high << 64) | edge->weight_low);
}

static inline void
funding_weight_set(FundingEdge *edge, int128 weight)
{
	edge->weight_low = (uint64) weight;
	edge->weight_high = (int64) (weight >> 64);
}

/* The weight in whole units (a share of 1, an amount of currency): the double next to it. */
static inline double
funding_weight_double(const FundingEdge *edge)
{
	return (double) funding_weight(edge) / 1e15;
}

/* Detoasted, checked and with its arrays, all in the current memory context. */
extern FundingGraph *funding_graph_read(Datum value);
/* A node by its name, or -1. */
extern int funding_graph_find(const FundingGraph *g, const char *name, int len);
/* The name of a party, palloc'd as a text datum. */
extern Datum funding_graph_party(const FundingGraph *g, int node);
/* A name in an error message, palloc'd: quoted, and cut where it is long. */
extern char *funding_name_shown(const char *name, int len);
/* A weight or a sum of some, never negative, as numeric without zeros at its end. */
static inline Datum
funding_amount(int128 amount)
{
	uint64 fraction = (uint64) ((uint128) amount % MONETARY_ONE);
	int64 zeros = 1;
	int scale = MONETARY_SCALE;

	for (; scale > 0 && fraction % 10 == 0; fraction /= 10, zeros *= 10)
		scale--;
	return NumericGetDatum(scaled_to_numeric(amount / zeros, scale));
}

/* Room for that many, which may be none and may be more than 1 GB. */
static inline void *
funding_alloc(Size element, Size count)
{
	return palloc_extended(element * Max(count, 1), MCXT_ALLOC_HUGE);
}

static inline void *
funding_alloc_zero(Size element, Size count)
{
	return palloc_extended(element * Max(count, 1), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

extern FundingPairs *funding_graph_pairs(const FundingGraph *g);

/* Rows of a set-returning function, column by column; what is put into a row is gone after it. */
#define FUNDING_ROW_COLUMNS 8

typedef struct FundingRows
{
	ReturnSetInfo *result;
	MemoryContext row_context;
	MemoryContext old_context;
	int columns;
	Datum value[FUNDING_ROW_COLUMNS];
	bool is_null[FUNDING_ROW_COLUMNS];
} FundingRows;

extern void funding_rows_begin(FundingRows *rows, FunctionCallInfo fcinfo);
extern void funding_rows_next(FundingRows *rows);
extern Datum funding_rows_end(FundingRows *rows);

static inline void
funding_rows_put(FundingRows *rows, Datum value)
{
	Assert(rows->columns < FUNDING_ROW_COLUMNS);
	rows->is_null[rows->columns] = false;
	rows->value[rows->columns++] = value;
}

static inline void
funding_rows_put_null(FundingRows *rows)
{
	Assert(rows->columns < FUNDING_ROW_COLUMNS);
	rows->is_null[rows->columns] = true;
	rows->value[rows->columns++] = (Datum) 0;
}

/*
 * funding_graph_components.c: strongly connected components. component[] is filled with
 * the number of each node's, from 0, in the order of their first parties; returns how many.
 */
extern int funding_components(int nodes, const int32 *first, const int32 *payee, int32 *component);

#endif /* CHIPBOOK_FUNDING_GRAPH_H */
