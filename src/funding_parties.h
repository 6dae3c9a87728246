/*
 * funding_parties.h
 *		The parties of a funding graph and of arrays beside it, which say what each
 *		party has: its means, equity, or value. Parties of the graph have the numbers
 *		of its nodes; those that only an array names come after them.
 */
#ifndef CHIPBOOK_FUNDING_PARTIES_H
#define CHIPBOOK_FUNDING_PARTIES_H

#include "funding_graph.h"

#include "utils/array.h"

typedef struct FundingParties
{
	const FundingGraph *graph;
	int parties;  /* of the graph and others */
	int named;    /* elements of the array of names */
	int32 *party; /* whom each of them names */
	Datum *name;  /* by party, as text; made when first asked for */
} FundingParties;

/* What is known of a party in units of 1e-15, as weights are; without it nothing is. */
typedef struct PartyNumber
{
	bool known;
	int128 units;
} PartyNumber;

/* An array of names, NULL: none. Refuses NULL and names that stand in it twice. */
extern FundingParties *funding_parties_read(const FundingGraph *g, ArrayType *names);
/* A number for each name, by party; refuses NULL, NaN, and negative ones unless they may be. */
extern PartyNumber *funding_parties_numbers(FundingParties *p, ArrayType *numbers, const char *what,
											bool may_be_negative);
extern Datum funding_party_name(FundingParties *p, int party);
/* For error messages. */
extern char *funding_party_shown(FundingParties *p, int party);

static inline double
funding_units_double(int128 units)
{
	return (double) units / 1e15;
}

#endif /* CHIPBOOK_FUNDING_PARTIES_H */
