/*
 * funding_parties.c
 *		Reads the arrays that stand beside a funding graph: names of parties, and a
 *		number for each. What is not known is not in them: a NULL is refused rather
 *		than taken for 0.
 */
#include "funding_parties.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"

/* A name of the array that is no party of the graph. */
typedef struct OtherName
{
	const char *name;
	int len;
	int element;
} OtherName;

static int
compare_names(const void *a, const void *b)
{
	const OtherName *left = a;
	const OtherName *right = b;
	int order = memcmp(left->name, right->name, Min(left->len, right->len));

	CHECK_FOR_INTERRUPTS();
	return order != 0 ? order : left->len - right->len;
}

pg_noreturn static void
refuse_twice(const char *name, int len)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("party %s is named twice", funding_name_shown(name, len)),
					errhint("Add up its numbers first.")));
}

static Datum *
elements(ArrayType *array, Oid type, bool by_value, int length, char align, const char *what,
		 int *count)
{
	Datum *element;
	bool *is_null;
	int i;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be an array of one dimension", what)));
	deconstruct_array(array, type, length, by_value, align, &element, &is_null, count);
	for (i = 0; i < *count; i++)
		if (is_null[i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("%s must not contain NULL", what),
							errhint("Leave a party out of which nothing is known.")));
	return element;
}

/* Names that the graph does not have, in the order of their bytes. */
static void
number_others(FundingParties *p, OtherName *other, int others)
{
	int i;

	qsort(other, others, sizeof(OtherName), compare_names);
	for (i = 0; i < others; i++)
	{
		if (i > 0 && compare_names(&other[i - 1], &other[i]) == 0)
			refuse_twice(other[i].name, other[i].len);
		p->party[other[i].element] = p->parties + i;
	}
	p->parties += others;
}

FundingParties *
funding_parties_read(const FundingGraph *g, ArrayType *names)
{
	FundingParties *p = palloc0(sizeof(FundingParties));
	bool *seen = palloc0(Max(g->nodes, 1) * sizeof(bool));
	Datum *element = NULL;
	OtherName *other;
	int others = 0;
	int i;

	p->graph = g;
	p->parties = g->nodes;
	if (names != NULL)
		element = elements(names, TEXTOID, false, -1, TYPALIGN_INT, "parties", &p->named);
	p->party = palloc(Max(p->named, 1) * sizeof(int32));
	other = palloc(Max(p->named, 1) * sizeof(OtherName));
	for (i = 0; i < p->named; i++)
	{
		const char *name = VARDATA_ANY(DatumGetPointer(element[i]));
		int len = VARSIZE_ANY_EXHDR(DatumGetPointer(element[i]));
		int node = funding_graph_find(g, name, len);

		CHECK_FOR_INTERRUPTS();
		p->party[i] = node;
		if (node < 0)
			other[others++] = (OtherName){name, len, i};
		else if (seen[node])
			refuse_twice(name, len);
		else
			seen[node] = true;
	}
	number_others(p, other, others);
	p->name = palloc0(Max(p->parties, 1) * sizeof(Datum));
	for (i = 0; i < p->named; i++)
		if (p->party[i] >= g->nodes)
			p->name[p->party[i]] = element[i];
	pfree(other);
	pfree(seen);
	return p;
}

PartyNumber *
funding_parties_numbers(FundingParties *p, ArrayType *numbers, const char *what,
						bool may_be_negative)
{
	PartyNumber *result = palloc0(Max(p->parties, 1) * sizeof(PartyNumber));
	Datum *element;
	int count;
	int i;

	if (numbers == NULL)
		return result;
	element = elements(numbers, NUMERICOID, false, -1, TYPALIGN_INT, what, &count);
	if (count != p->named)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must have a number for each party", what),
						errdetail("There are %d parties and %d numbers.", p->named, count)));
	for (i = 0; i < count; i++)
	{
		PartyNumber *number = &result[p->party[i]];

		number->known = true;
		number->units = numeric_to_scaled(DatumGetNumeric(element[i]), MONETARY_SCALE, what);
		if (number->units < 0 && !may_be_negative)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("%s must not be negative, but that of %s is %s", what,
								   funding_party_shown(p, p->party[i]),
								   numeric_shown(DatumGetNumeric(element[i])))));
	}
	return result;
}

Datum
funding_party_name(FundingParties *p, int party)
{
	if (p->name[party] == (Datum) 0)
		p->name[party] = funding_graph_party(p->graph, party);
	return p->name[party];
}

char *
funding_party_shown(FundingParties *p, int party)
{
	Datum name = funding_party_name(p, party);

	return funding_name_shown(VARDATA_ANY(DatumGetPointer(name)),
							  VARSIZE_ANY_EXHDR(DatumGetPointer(name)));
}
