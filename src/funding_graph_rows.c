/*
 * funding_graph_rows.c
 *		What a funding graph says as rows and totals: its edges, who pays whom back,
 *		and how much of its payments or receipts a party owes to another.
 */
#include "funding_graph.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(funding_graph_edges);
PG_FUNCTION_INFO_V1(funding_graph_round_trip);
PG_FUNCTION_INFO_V1(funding_graph_dependence);
PG_FUNCTION_INFO_V1(funding_graph_currency);
PG_FUNCTION_INFO_V1(funding_graph_unknown);
PG_FUNCTION_INFO_V1(funding_graph_total);
PG_FUNCTION_INFO_V1(funding_graph_party_count);
PG_FUNCTION_INFO_V1(funding_graph_edge_count);

/*
 * Rows. Between begin and end the memory context is one that is emptied after each row.
 */

void
funding_rows_begin(FundingRows *rows, FunctionCallInfo fcinfo)
{
	InitMaterializedSRF(fcinfo, 0);
	rows->result = (ReturnSetInfo *) fcinfo->resultinfo;
	rows->columns = 0;
	rows->row_context =
		AllocSetContextCreate(CurrentMemoryContext, "funding_graph row", ALLOCSET_DEFAULT_SIZES);
	rows->old_context = MemoryContextSwitchTo(rows->row_context);
}

void
funding_rows_next(FundingRows *rows)
{
	CHECK_FOR_INTERRUPTS();
	Assert(rows->columns == rows->result->setDesc->natts);
	tuplestore_putvalues(rows->result->setResult, rows->result->setDesc, rows->value,
						 rows->is_null);
	rows->columns = 0;
	MemoryContextReset(rows->row_context);
}

Datum
funding_rows_end(FundingRows *rows)
{
	MemoryContextSwitchTo(rows->old_context);
	MemoryContextDelete(rows->row_context);
	return (Datum) 0;
}

/* part / whole at 15 decimals, for 0 <= part <= whole and whole > 0. */
static Datum
share_datum(int128 part, int128 whole)
{
	int128 share;

	(void) mul_div_s128_overflow(part, MONETARY_ONE, whole, &share);
	return funding_amount(share);
}

/* edges(g) -> payer, payee, kind, weight, to_itself */
Datum
funding_graph_edges(PG_FUNCTION_ARGS)
{
	const FundingGraph *g = funding_graph_read(PG_GETARG_DATUM(0));
	FundingRows rows;

	funding_rows_begin(&rows, fcinfo);
	for (int64 i = 0; i < g->edges; i++)
	{
		const FundingEdge *edge = &g->edge[i];

		funding_rows_put(&rows, funding_graph_party(g, edge->payer));
		funding_rows_put(&rows, funding_graph_party(g, edge->payee));
		if (edge->kind == FUNDING_NO_KIND)
			funding_rows_put_null(&rows);
		else
			funding_rows_put(&rows, PointerGetDatum(cstring_to_text_with_len(
										g->kind_name[edge->kind], g->kind_len[edge->kind])));
		funding_rows_put(&rows, funding_amount(funding_weight(edge)));
		funding_rows_put(&rows, BoolGetDatum(edge->payer == edge->payee));
		funding_rows_next(&rows);
	}
	return funding_rows_end(&rows);
}

/* What a pays b, or 0. */
static int128
pair_weight(const FundingPairs *pairs, int32 a, int32 b)
{
	int32 low = pairs->first[a];
	int32 high = pairs->first[a + 1];

	while (low < high)
	{
		int32 middle = low + (high - low) / 2;

		if (pairs->payee[middle] < b)
			low = middle + 1;
		else
			high = middle;
	}
	return low < pairs->first[a + 1] && pairs->payee[low] == b ? pairs->weight[low] : 0;
}

/* round_trip(g) -> party, counterparty, paid, received, amount, share_of_paid, share_of_received */
Datum
funding_graph_round_trip(PG_FUNCTION_ARGS)
{
	const FundingGraph *g = funding_graph_read(PG_GETARG_DATUM(0));
	const FundingPairs *pairs = funding_graph_pairs(g);
	FundingRows rows;

	funding_rows_begin(&rows, fcinfo);
	for (int64 i = 0; i < pairs->edges; i++)
	{
		int128 paid = pairs->weight[i];
		int128 received;

		CHECK_FOR_INTERRUPTS();
		if (pairs->payer[i] >= pairs->payee[i])
			continue;
		received = pair_weight(pairs, pairs->payee[i], pairs->payer[i]);
		if (received == 0)
			continue;
		funding_rows_put(&rows, funding_graph_party(g, pairs->payer[i]));
		funding_rows_put(&rows, funding_graph_party(g, pairs->payee[i]));
		funding_rows_put(&rows, funding_amount(paid));
		funding_rows_put(&rows, funding_amount(received));
		funding_rows_put(&rows, funding_amount(Min(paid, received)));
		funding_rows_put(&rows, share_datum(Min(paid, received), paid));
		funding_rows_put(&rows, share_datum(Min(paid, received), received));
		funding_rows_next(&rows);
	}
	return funding_rows_end(&rows);
}

/* dependence(g) -> payer, payee, weight, share_of_payments, share_of_receipts */
Datum
funding_graph_dependence(PG_FUNCTION_ARGS)
{
	const FundingGraph *g = funding_graph_read(PG_GETARG_DATUM(0));
	const FundingPairs *pairs = funding_graph_pairs(g);
	int128 *paid = funding_alloc_zero(sizeof(int128), g->nodes);
	int128 *received = funding_alloc_zero(sizeof(int128), g->nodes);
	FundingRows rows;

	for (int64 i = 0; i < pairs->edges; i++)
		if (pairs->payer[i] != pairs->payee[i])
		{
			paid[pairs->payer[i]] += pairs->weight[i];
			received[pairs->payee[i]] += pairs->weight[i];
		}
	funding_rows_begin(&rows, fcinfo);
	for (int64 i = 0; i < pairs->edges; i++)
	{
		int32 payer = pairs->payer[i];
		int32 payee = pairs->payee[i];

		if (payer == payee)
			continue;
		funding_rows_put(&rows, funding_graph_party(g, payer));
		funding_rows_put(&rows, funding_graph_party(g, payee));
		funding_rows_put(&rows, funding_amount(pairs->weight[i]));
		funding_rows_put(&rows, share_datum(pairs->weight[i], paid[payer]));
		funding_rows_put(&rows, share_datum(pairs->weight[i], received[payee]));
		funding_rows_next(&rows);
	}
	return funding_rows_end(&rows);
}

Datum
funding_graph_currency(PG_FUNCTION_ARGS)
{
	const FundingGraph *g = funding_graph_read(PG_GETARG_DATUM(0));

	if (g->currency == CURRENCY_INVALID)
		PG_RETURN_NULL();
	PG_RETURN_CURRENCY(g->currency);
}

Datum
funding_graph_unknown(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(funding_graph_read(PG_GETARG_DATUM(0))->unknown);
}

Datum
funding_graph_total(PG_FUNCTION_ARGS)
{
	const FundingGraph *g = funding_graph_read(PG_GETARG_DATUM(0));
	int128 total = 0;

	for (int64 i = 0; i < g->edges; i++)
		total += funding_weight(&g->edge[i]);
	PG_RETURN_DATUM(funding_amount(total));
}

Datum
funding_graph_party_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(funding_graph_read(PG_GETARG_DATUM(0))->nodes);
}

Datum
funding_graph_edge_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(funding_graph_read(PG_GETARG_DATUM(0))->edges);
}
