/*
 * scc.c
 *		Strongly connected components by CXSparse (LGPL; see docs/dependencies.md), timed by
 *		itself: cs_dl_scc on a matrix that is in memory. The benchmark compares
 *		components(funding_graph) with it.
 *
 *		scc EDGES RUNS TIMES: EDGES has a line for each edge, two numbers of nodes from 0;
 *		TIMES gets a line for each run, "run,milliseconds", run 0 not to be counted.
 *		Prints the number of components.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <suitesparse/cs.h>

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

int
main(int argc, char **argv)
{
	FILE *edges = argc == 4 ? fopen(argv[1], "r") : NULL;
	FILE *times = argc == 4 ? fopen(argv[3], "w") : NULL;
	int runs = argc == 4 ? atoi(argv[2]) : 0;
	cs_dl *triplets = cs_dl_spalloc(0, 0, 1024, 1, 1);
	cs_dl *matrix;
	cs_dl *merged;
	long from;
	long to;
	long components = 0;

	if (edges == NULL || times == NULL || triplets == NULL)
	{
		fprintf(stderr, "usage: scc EDGES RUNS TIMES\n");
		return 2;
	}
	while (fscanf(edges, "%ld,%ld", &from, &to) == 2)
		if (!cs_dl_entry(triplets, to, from, 1.0))
			return 1;
	/* Square, whichever nodes have edges. */
	triplets->m = triplets->n = triplets->m > triplets->n ? triplets->m : triplets->n;
	matrix = cs_dl_compress(triplets);
	if (matrix == NULL || !cs_dl_dupl(matrix))
		return 1;
	/* Twice transposed, its columns are in order, as our edges are. */
	merged = cs_dl_transpose(matrix, 1);
	cs_dl_spfree(matrix);
	matrix = cs_dl_transpose(merged, 1);
	if (matrix == NULL)
		return 1;
	for (int run = 0; run <= runs; run++)
	{
		double start = now_ms();
		cs_dld *found = cs_dl_scc(matrix);

		fprintf(times, "%d,%.3f\n", run, now_ms() - start);
		if (found == NULL)
			return 1;
		components = found->nb;
		cs_dl_dfree(found);
	}
	fclose(times);
	printf("%ld\n", components);
	return 0;
}
