/*
 * sparse_system.h
 *		Linear systems whose matrix is the identity less a matrix of weights that are
 *		not negative and add up to at most 1 in each row, as ownership and payments
 *		make them: solved block by block along the strongly connected components of
 *		the weights, each block of more than one variable by its LU factors, with
 *		CXSparse.
 */
#ifndef CHIPBOOK_SPARSE_SYSTEM_H
#define CHIPBOOK_SPARSE_SYSTEM_H

#include "postgres.h"

/* Beyond these a system is refused, 54000: see sparse_system.c. */
#define SPARSE_MAX_BLOCK 100000
#define SPARSE_MAX_FACTOR_ENTRIES (INT64CONST(1) << 25)

typedef struct BlockFactors BlockFactors;

typedef struct SparseSystem
{
	/* The weights W by row; the matrix is I - W. No entry on the diagonal, no two of one place. */
	int variables;
	const int32 *first; /* entries of row i: from first[i] to before first[i + 1] */
	const int32 *column;
	const double *weight;
	const double *slack; /* what the weights of row i leave of 1 */

	/* A variable depends on variables of its own block and of blocks before it. */
	int blocks;
	int32 *block;       /* of each variable */
	int32 *block_first; /* its variables are member[block_first[b]] to before that of b + 1 */
	int32 *member;

	/* Made when they are needed, in the context the system was made in. */
	MemoryContext context;
	BlockFactors **factors;
	int64 factor_entries;
	double *diagonal;
	int32 *by_column_first; /* the same entries by column; their rows alone */
	int32 *by_column_row;

	/* Where a right-hand side of one entry leads: blocks in the order they are solved in. */
	int reached;
	int32 *reach;
	bool *is_reached;
} SparseSystem;

extern SparseSystem *sparse_system_make(int variables, const int32 *first, const int32 *column,
										const double *weight, const double *slack);
/* A block that leaves nothing, whose matrix has no inverse; -1: there is none. */
extern int sparse_closed_block(const SparseSystem *s);
/* (I - W) y = x and (I - W)' y = x; y takes the place of x. */
extern void sparse_solve(SparseSystem *s, double *x);
extern void sparse_solve_transposed(SparseSystem *s, double *x);
/*
 * A column or a row of the inverse: x, all zeros before, becomes the solution for a
 * right-hand side that is 1 at a variable. Only members of the blocks reach[] are not zero.
 */
extern void sparse_column_of_inverse(SparseSystem *s, int variable, double *x);
extern void sparse_row_of_inverse(SparseSystem *s, int variable, double *x);
/* Zeros again where the last of these has left something. */
extern void sparse_clear_reached(SparseSystem *s, double *x);
/* The element of the inverse on the diagonal. */
extern double sparse_inverse_diagonal(SparseSystem *s, int variable);

#endif /* CHIPBOOK_SPARSE_SYSTEM_H */
