/*
 * sparse_system.c
 *		(I - W) y = x, where W is not negative and a row of it leaves 0 or more of 1, its
 *		slack. Blocks are the strongly connected components of W (Tarjan 1972), in an
 *		order in which each needs only those before it, so that what is not part of a
 *		loop costs one pass over its entries. A block of a loop is factored once, when
 *		it is first needed.
 *
 *		I - W is an M-matrix, diagonally dominant by rows: pivots may be taken from the
 *		diagonal, in any order. So the order keeps the factors sparse: approximate
 *		minimum degree of W + W' (cs_amd). Each column of the factors is one sparse
 *		triangular solve (cs_spsolve; Gilbert and Peierls 1988), and between two columns
 *		the query may be cancelled.
 *
 *		No digit is lost to loops that nearly close: a pivot is not what subtractions
 *		leave on the diagonal but the sum of what is off it and of the slack, carried
 *		along as one more row (Grassmann, Taksar and Heyman 1985; Alfa, Xue and Ye
 *		2002). Everything then is a sum of terms of one sign, and each element of a
 *		solution is precise relative to itself.
 *
 *		All memory is PostgreSQL's but for the result of cs_amd, which is copied and
 *		freed before anything that can fail. cs_amd alone cannot be interrupted, and
 *		its time grows with the block: SPARSE_MAX_BLOCK bounds it. The entries of all
 *		factors together are bounded by SPARSE_MAX_FACTOR_ENTRIES, 16 bytes each.
 */
#include "sparse_system.h"

#include "miscadmin.h"
#include "utils/memutils.h"

/* The library in its form for 64-bit integers and real numbers, in SuiteSparse 5 and 7 alike. */
#define CS_LONG
#define NCOMPLEX
#include <suitesparse/cs.h>

/* B = (I - W)' of a block, its variables renumbered: B = L U. */
struct BlockFactors
{
	int32 *position; /* the number of the block's k-th member */
	cs lower;        /* unit diagonal, first in its column */
	cs upper;        /* diagonal last in its column */
	double *work;    /* as many as the block has variables */
};

/*
 * Blocks
 */

/* A variable on the way of the depth-first search, and the entry that comes next. */
typedef struct SearchStep
{
	int32 variable;
	int32 next;
} SearchStep;

/*
 * Tarjan's algorithm without recursion. A component is complete, and gets its number,
 * after all that it leads to have theirs: the order in which systems are solved.
 */
static void
find_blocks(SparseSystem *s)
{
	int n = s->variables;
	int32 *found = palloc0(Max(n, 1) * sizeof(int32)); /* when, from 1; 0: not yet */
	int32 *low = palloc(Max(n, 1) * sizeof(int32));
	int32 *open = palloc(Max(n, 1) * sizeof(int32));
	SearchStep *path = palloc(Max(n, 1) * sizeof(SearchStep));
	int opened = 0;
	int placed = 0;
	int32 clock = 0;
	int start;

	for (start = 0; start < n; start++)
	{
		int depth = 0;

		if (found[start] != 0)
			continue;
		path[0] = (SearchStep){start, s->first[start]};
		found[start] = low[start] = ++clock;
		open[opened++] = start;
		while (depth >= 0)
		{
			SearchStep *step = &path[depth];
			int32 v = step->variable;

			if (step->next < s->first[v + 1])
			{
				int32 w = s->column[step->next++];

				if (found[w] == 0)
				{
					CHECK_FOR_INTERRUPTS();
					found[w] = low[w] = ++clock;
					open[opened++] = w;
					path[++depth] = (SearchStep){w, s->first[w]};
				}
				else if (s->block[w] < 0)
					low[v] = Min(low[v], found[w]);
				continue;
			}
			if (low[v] == found[v])
			{
				s->block_first[s->blocks] = placed;
				do
				{
					s->member[placed] = open[--opened];
					s->block[s->member[placed]] = s->blocks;
				} while (s->member[placed++] != v);
				s->blocks++;
			}
			if (--depth >= 0)
				low[path[depth].variable] = Min(low[path[depth].variable], low[v]);
		}
	}
	s->block_first[s->blocks] = placed;
	pfree(found);
	pfree(low);
	pfree(open);
	pfree(path);
}

SparseSystem *
sparse_system_make(int variables, const int32 *first, const int32 *column, const double *weight,
				   const double *slack)
{
	SparseSystem *s = palloc0(sizeof(SparseSystem));
	int i;

	s->variables = variables;
	s->first = first;
	s->column = column;
	s->weight = weight;
	s->slack = slack;
	s->context = CurrentMemoryContext;
	s->block = palloc(Max(variables, 1) * sizeof(int32));
	for (i = 0; i < variables; i++)
		s->block[i] = -1;
	s->block_first = palloc(((Size) variables + 1) * sizeof(int32));
	s->member = palloc(Max(variables, 1) * sizeof(int32));
	find_blocks(s);
	s->factors = palloc0(Max(s->blocks, 1) * sizeof(BlockFactors *));
	return s;
}

static inline int
block_size(const SparseSystem *s, int block)
{
	return s->block_first[block + 1] - s->block_first[block];
}

int
sparse_closed_block(const SparseSystem *s)
{
	int block;

	for (block = 0; block < s->blocks; block++)
	{
		bool closed = true;
		int m;
		int32 e;

		for (m = s->block_first[block]; closed && m < s->block_first[block + 1]; m++)
		{
			closed = s->slack[s->member[m]] <= 0;
			for (e = s->first[s->member[m]]; closed && e < s->first[s->member[m] + 1]; e++)
				closed = s->block[s->column[e]] == block;
		}
		if (closed)
			return block;
	}
	return -1;
}

/*
 * Factors
 */

static void
refuse_block(int size)
{
	if (size > SPARSE_MAX_BLOCK)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("funding_graph has a loop of too many parties to be solved"),
						errdetail("%d parties lead to each other; the limit is %d.", size,
								  SPARSE_MAX_BLOCK)));
}

static void
refuse_fill(int64 entries)
{
	if (entries > SPARSE_MAX_FACTOR_ENTRIES)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("the loops of funding_graph are too dense to be solved"),
						errdetail("Their LU factors have more than " INT64_FORMAT " entries.",
								  SPARSE_MAX_FACTOR_ENTRIES)));
}

/* Room for a column that may have as many entries as there are variables. */
static void
make_room(cs *factor, int64 used)
{
	int64 room = used + factor->n;

	if (room <= factor->nzmax)
		return;
	room = Max(room, 2 * (int64) factor->nzmax);
	factor->i = repalloc_huge(factor->i, room * sizeof(CS_INT));
	factor->x = repalloc_huge(factor->x, room * sizeof(double));
	factor->nzmax = room;
}

static void
begin_factor(cs *factor, int size, int64 room)
{
	factor->m = factor->n = size;
	factor->nz = -1;
	factor->nzmax = room;
	factor->p = palloc0(((Size) size + 1) * sizeof(CS_INT));
	factor->i = MemoryContextAllocHuge(CurrentMemoryContext, room * sizeof(CS_INT));
	factor->x = MemoryContextAllocHuge(CurrentMemoryContext, room * sizeof(double));
}

/*
 * (I - W)' of a block, column by column: the rows of I - W. local[] says where a variable of
 * the system stands in the block; slack[] is what a row leaves, also to other blocks.
 */
static void
block_matrix(const SparseSystem *s, int block, const int32 *local, cs *matrix, double *slack)
{
	int size = block_size(s, block);
	const int32 *member = s->member + s->block_first[block];
	int64 entries = size;
	int64 used = 0;
	int k;
	int32 e;

	for (k = 0; k < size; k++)
		for (e = s->first[member[k]]; e < s->first[member[k] + 1]; e++)
			entries += s->block[s->column[e]] == block;
	begin_factor(matrix, size, entries);
	for (k = 0; k < size; k++)
	{
		matrix->p[k] = used;
		matrix->i[used] = k;
		matrix->x[used++] = 1.0;
		slack[k] = s->slack[member[k]];
		for (e = s->first[member[k]]; e < s->first[member[k] + 1]; e++)
			if (s->block[s->column[e]] == block)
			{
				matrix->i[used] = local[s->column[e]];
				matrix->x[used++] = -s->weight[e];
			}
			else
				slack[k] += s->weight[e];
	}
	matrix->p[size] = used;
}

/* The order of elimination: order[k] is the variable that comes k-th. */
static void
find_order(const cs *matrix, int32 *order)
{
	CS_INT *found = cs_amd(1, matrix);
	CS_INT k;

	/* Nothing here may fail before the library's memory is free again. */
	if (found != NULL)
	{
		for (k = 0; k < matrix->n; k++)
			order[k] = (int32) found[k];
		cs_free(found);
		return;
	}
	ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"),
					errdetail("Failed while ordering %d parties of a loop.", (int) matrix->n)));
}

/* The matrix with rows and columns in the order of elimination. */
static void
put_in_order(const cs *matrix, const int32 *order, const int32 *position, cs *ordered)
{
	CS_INT used = 0;
	CS_INT k;
	CS_INT e;

	begin_factor(ordered, (int) matrix->n, matrix->p[matrix->n]);
	for (k = 0; k < matrix->n; k++)
	{
		ordered->p[k] = used;
		for (e = matrix->p[order[k]]; e < matrix->p[order[k] + 1]; e++)
		{
			ordered->i[used] = position[matrix->i[e]];
			ordered->x[used++] = matrix->x[e];
		}
	}
	ordered->p[matrix->n] = used;
}

/*
 * L and U, column by column. slack[k], what column k leaves, becomes what it leaves when
 * those before it are eliminated, divided by its pivot: the row that is carried along.
 */
static void
eliminate(SparseSystem *s, const cs *ordered, double *slack, cs *lower, cs *upper)
{
	CS_INT n = ordered->n;
	CS_INT *pattern = palloc(2 * n * sizeof(CS_INT)); /* what cs_spsolve needs to work */
	CS_INT *pivoted = palloc(n * sizeof(CS_INT));     /* a row's column of L, -1: none yet */
	double *x = palloc0(n * sizeof(double));
	CS_INT in_lower = 0;
	CS_INT in_upper = 0;
	CS_INT k;

	begin_factor(lower, (int) n, 2 * ordered->p[n] + n);
	begin_factor(upper, (int) n, 2 * ordered->p[n] + n);
	for (k = 0; k < n; k++)
		pivoted[k] = -1;
	for (k = 0; k < n; k++)
	{
		CS_INT top;
		CS_INT e;
		double pivot;

		CHECK_FOR_INTERRUPTS();
		refuse_fill(s->factor_entries + in_lower + in_upper);
		make_room(lower, in_lower);
		make_room(upper, in_upper);
		lower->p[k] = in_lower;
		upper->p[k] = in_upper;
		top = cs_spsolve(lower, ordered, k, pattern, x, pivoted, 1);
		for (e = top; e < n; e++)
			if (pattern[e] < k)
				slack[k] -= slack[pattern[e]] * x[pattern[e]];
		pivot = slack[k];
		for (e = top; e < n; e++)
			if (pattern[e] > k)
				pivot -= x[pattern[e]];
		if (!(pivot > 0))
			elog(ERROR, "a loop of funding_graph has no inverse: pivot %d is %g", (int) k, pivot);
		slack[k] /= pivot;
		lower->i[in_lower] = k;
		lower->x[in_lower++] = 1.0;
		for (e = top; e < n; e++)
		{
			CS_INT row = pattern[e];

			if (row < k)
			{
				upper->i[in_upper] = row;
				upper->x[in_upper++] = x[row];
			}
			else if (row > k)
			{
				lower->i[in_lower] = row;
				lower->x[in_lower++] = x[row] / pivot;
			}
		}
		upper->i[in_upper] = k;
		upper->x[in_upper++] = pivot;
		pivoted[k] = k;
	}
	lower->p[n] = in_lower;
	upper->p[n] = in_upper;
	pfree(pattern);
	pfree(pivoted);
	pfree(x);
}

static void
free_matrix(cs *matrix)
{
	pfree(matrix->p);
	pfree(matrix->i);
	pfree(matrix->x);
}

static BlockFactors *
block_factors(SparseSystem *s, int block)
{
	int size = block_size(s, block);
	const int32 *member = s->member + s->block_first[block];
	MemoryContext old;
	BlockFactors *f;
	int32 *order;
	int32 *local;
	double *slack;
	double *ordered_slack;
	cs matrix;
	cs ordered;
	int k;

	if (s->factors[block] != NULL)
		return s->factors[block];
	refuse_block(size);
	old = MemoryContextSwitchTo(s->context);
	f = palloc(sizeof(BlockFactors));
	f->position = palloc(size * sizeof(int32));
	f->work = palloc(size * sizeof(double));
	order = palloc(size * sizeof(int32));
	local = palloc(s->variables * sizeof(int32));
	for (k = 0; k < size; k++)
		local[member[k]] = k;
	slack = palloc(size * sizeof(double));
	ordered_slack = palloc(size * sizeof(double));
	block_matrix(s, block, local, &matrix, slack);
	find_order(&matrix, order);
	for (k = 0; k < size; k++)
	{
		f->position[order[k]] = k;
		ordered_slack[k] = slack[order[k]];
	}
	put_in_order(&matrix, order, f->position, &ordered);
	eliminate(s, &ordered, ordered_slack, &f->lower, &f->upper);
	s->factor_entries += f->lower.p[size] + f->upper.p[size];
	free_matrix(&matrix);
	free_matrix(&ordered);
	pfree(order);
	pfree(local);
	pfree(slack);
	pfree(ordered_slack);
	s->factors[block] = f;
	MemoryContextSwitchTo(old);
	return f;
}

/*
 * Solving
 */

/* What the variables of blocks before this one add to row i. */
static inline double
from_other_blocks(const SparseSystem *s, int block, int i, const double *x)
{
	double sum = 0;
	int32 e;

	for (e = s->first[i]; e < s->first[i + 1]; e++)
		if (s->block[s->column[e]] != block)
			sum += s->weight[e] * x[s->column[e]];
	return sum;
}

/* (I - W) y = x for a block, given the solution of those before it. */
static void
solve_block(SparseSystem *s, int block, double *x)
{
	int size = block_size(s, block);
	const int32 *member = s->member + s->block_first[block];
	BlockFactors *f;
	int k;

	CHECK_FOR_INTERRUPTS();
	if (size == 1)
	{
		x[member[0]] += from_other_blocks(s, block, member[0], x);
		return;
	}
	f = block_factors(s, block);
	for (k = 0; k < size; k++)
		f->work[f->position[k]] = x[member[k]] + from_other_blocks(s, block, member[k], x);
	cs_utsolve(&f->upper, f->work);
	cs_ltsolve(&f->lower, f->work);
	for (k = 0; k < size; k++)
		x[member[k]] = f->work[f->position[k]];
}

/* (I - W)' y = x for a block, which then adds to the right-hand sides of those before it. */
static void
solve_block_transposed(SparseSystem *s, int block, double *x)
{
	int size = block_size(s, block);
	const int32 *member = s->member + s->block_first[block];
	int k;
	int32 e;

	CHECK_FOR_INTERRUPTS();
	if (size > 1)
	{
		BlockFactors *f = block_factors(s, block);

		for (k = 0; k < size; k++)
			f->work[f->position[k]] = x[member[k]];
		cs_lsolve(&f->lower, f->work);
		cs_usolve(&f->upper, f->work);
		for (k = 0; k < size; k++)
			x[member[k]] = f->work[f->position[k]];
	}
	for (k = 0; k < size; k++)
		for (e = s->first[member[k]]; e < s->first[member[k] + 1]; e++)
			if (s->block[s->column[e]] != block)
				x[s->column[e]] += s->weight[e] * x[member[k]];
}

void
sparse_solve(SparseSystem *s, double *x)
{
	int block;

	for (block = 0; block < s->blocks; block++)
		solve_block(s, block, x);
}

void
sparse_solve_transposed(SparseSystem *s, double *x)
{
	int block;

	for (block = s->blocks - 1; block >= 0; block--)
		solve_block_transposed(s, block, x);
}

/*
 * One column or row of the inverse, in the time that what it reaches takes
 */

static void
index_columns(SparseSystem *s)
{
	int32 *next;
	int32 e;
	int i;

	if (s->by_column_first != NULL)
		return;
	s->by_column_first = MemoryContextAllocZero(s->context, (s->variables + 1) * sizeof(int32));
	s->by_column_row =
		MemoryContextAlloc(s->context, Max(s->first[s->variables], 1) * sizeof(int32));
	for (e = 0; e < s->first[s->variables]; e++)
		s->by_column_first[s->column[e] + 1]++;
	for (i = 0; i < s->variables; i++)
		s->by_column_first[i + 1] += s->by_column_first[i];
	next = palloc(s->variables * sizeof(int32));
	memcpy(next, s->by_column_first, s->variables * sizeof(int32));
	for (i = 0; i < s->variables; i++)
		for (e = s->first[i]; e < s->first[i + 1]; e++)
			s->by_column_row[next[s->column[e]]++] = i;
	pfree(next);
}

static void
reach_block(SparseSystem *s, int block)
{
	if (s->is_reached[block])
		return;
	s->is_reached[block] = true;
	s->reach[s->reached++] = block;
}

static int
compare_blocks(const void *a, const void *b)
{
	int32 left = *(const int32 *) a;
	int32 right = *(const int32 *) b;

	return (left > right) - (left < right);
}

/* The blocks that entries, by row or by column, lead to from a variable, in ascending order. */
static void
find_reached(SparseSystem *s, int variable, const int32 *first, const int32 *other)
{
	int at;

	if (s->reach == NULL)
	{
		s->reach = MemoryContextAlloc(s->context, s->blocks * sizeof(int32));
		s->is_reached = MemoryContextAllocZero(s->context, s->blocks * sizeof(bool));
	}
	while (s->reached > 0)
		s->is_reached[s->reach[--s->reached]] = false;
	reach_block(s, s->block[variable]);
	for (at = 0; at < s->reached; at++)
	{
		int block = s->reach[at];
		int m;
		int32 e;

		CHECK_FOR_INTERRUPTS();
		for (m = s->block_first[block]; m < s->block_first[block + 1]; m++)
			for (e = first[s->member[m]]; e < first[s->member[m] + 1]; e++)
				reach_block(s, s->block[other[e]]);
	}
	qsort(s->reach, s->reached, sizeof(int32), compare_blocks);
}

void
sparse_column_of_inverse(SparseSystem *s, int variable, double *x)
{
	int at;

	index_columns(s);
	find_reached(s, variable, s->by_column_first, s->by_column_row);
	x[variable] = 1.0;
	for (at = 0; at < s->reached; at++)
		solve_block(s, s->reach[at], x);
}

void
sparse_row_of_inverse(SparseSystem *s, int variable, double *x)
{
	int at;

	find_reached(s, variable, s->first, s->column);
	x[variable] = 1.0;
	for (at = s->reached - 1; at >= 0; at--)
		solve_block_transposed(s, s->reach[at], x);
}

void
sparse_clear_reached(SparseSystem *s, double *x)
{
	int at;
	int m;

	for (at = 0; at < s->reached; at++)
		for (m = s->block_first[s->reach[at]]; m < s->block_first[s->reach[at] + 1]; m++)
			x[s->member[m]] = 0;
}

/* Of all variables of a block at once: outside it nothing leads back to them. */
static void
find_block_diagonal(SparseSystem *s, int block)
{
	int size = block_size(s, block);
	const int32 *member = s->member + s->block_first[block];
	BlockFactors *f = block_factors(s, block);
	int k;

	for (k = 0; k < size; k++)
	{
		CHECK_FOR_INTERRUPTS();
		memset(f->work, 0, size * sizeof(double));
		f->work[f->position[k]] = 1.0;
		cs_lsolve(&f->lower, f->work);
		cs_usolve(&f->upper, f->work);
		s->diagonal[member[k]] = f->work[f->position[k]];
	}
}

double
sparse_inverse_diagonal(SparseSystem *s, int variable)
{
	int block = s->block[variable];

	if (block_size(s, block) == 1)
		return 1.0;
	if (s->diagonal == NULL)
		s->diagonal = MemoryContextAllocZero(s->context, s->variables * sizeof(double));
	if (s->diagonal[variable] == 0)
		find_block_diagonal(s, block);
	return s->diagonal[variable];
}
