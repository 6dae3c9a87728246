/*
 * funding_graph_agg.c
 *		The aggregates that make funding graphs: rows of payer, payee and weight, and
 *		whole graphs.
 */
#include "funding_graph.h"
#include "funding_graph_build.h"

#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(funding_graph_add_row_number);
PG_FUNCTION_INFO_V1(funding_graph_add_row_money);
PG_FUNCTION_INFO_V1(funding_graph_rollup);
PG_FUNCTION_INFO_V1(funding_graph_final);
PG_FUNCTION_INFO_V1(funding_graph_make_number);
PG_FUNCTION_INFO_V1(funding_graph_make_money);

/*
 * One row
 */

/* The arguments from there on: payer, payee, kind if there are four, weight. */
typedef struct RowArgs
{
	int payer;
	int payee;
	int kind; /* -1: none */
	int weight;
} RowArgs;

static RowArgs
row_args(FunctionCallInfo fcinfo, int first)
{
	bool with_kind = PG_NARGS() - first == 4;

	return (RowArgs){first, first + 1, with_kind ? first + 2 : -1,
					 with_kind ? first + 3 : first + 2};
}

static int32
name_arg(FunctionCallInfo fcinfo, FundingBuilder *b, FundingNames *names, int arg, const char *what)
{
	text *name;
	int32 len;

	if (PG_ARGISNULL(arg))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("the %s of an edge of a funding_graph must not be NULL", what),
						errhint("Name it, as \"unknown\" if need be, or leave the row out.")));
	name = PG_GETARG_TEXT_PP(arg);
	len = VARSIZE_ANY_EXHDR(name);
	if (len == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the %s of an edge of a funding_graph must not be empty", what)));
	return funding_builder_name(b, names, VARDATA_ANY(name), len);
}

static void
check_weight(FundingBuilder *b, int128 weight, Currency currency, int32 payer, int32 payee)
{
	const FundingNames *names = &b->parties;

	if (likely(weight >= 0 && weight <= FUNDING_WEIGHT_MAX))
		return;
	if (weight < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the weight of an edge of a funding_graph must not be negative"),
				 errdetail(
					 "%s pays %s %s%s.", funding_name_shown(names->name[payer], names->len[payer]),
					 funding_name_shown(names->name[payee], names->len[payee]),
					 numeric_shown(DatumGetNumeric(DirectFunctionCall1(
						 numeric_trim_scale,
						 NumericGetDatum(scaled_to_numeric(weight, MONETARY_SCALE))))),
					 currency == CURRENCY_INVALID
						 ? ""
						 : psprintf(" %s", currency_to_text(currency, palloc(CURRENCY_TEXT_SIZE)))),
				 errhint("A payment back is an edge the other way.")));
	ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					errmsg("weight out of range for type funding_graph"),
					errdetail("It must be below 2.59e18.")));
}

static void
add_row(FunctionCallInfo fcinfo, FundingBuilder *b, int first, bool is_money)
{
	RowArgs args = row_args(fcinfo, first);
	int32 payer = name_arg(fcinfo, b, &b->parties, args.payer, "payer");
	int32 payee = name_arg(fcinfo, b, &b->parties, args.payee, "payee");
	int32 kind = FUNDING_NO_KIND;
	Currency currency = CURRENCY_INVALID;
	int128 weight;

	if (args.kind >= 0 && !PG_ARGISNULL(args.kind))
		kind = name_arg(fcinfo, b, &b->kinds, args.kind, "kind");
	if (PG_ARGISNULL(args.weight))
	{
		funding_builder_add_unknown(b, 1);
		return;
	}
	if (is_money)
	{
		const Monetary *money = PG_GETARG_MONETARY_P(args.weight);

		weight = monetary_amount(money);
		currency = monetary_currency(money);
	}
	else
		weight = numeric_to_scaled(PG_GETARG_NUMERIC(args.weight), MONETARY_SCALE,
								   "a weight of a funding_graph");
	check_weight(b, weight, currency, payer, payee);
	funding_builder_add(b, payer, payee, kind, weight, currency);
}

Datum
funding_graph_add_row_number(PG_FUNCTION_ARGS)
{
	FundingState state = funding_state_begin(fcinfo);

	add_row(fcinfo, state.builder, 1, false);
	return funding_state_end(&state);
}

Datum
funding_graph_add_row_money(PG_FUNCTION_ARGS)
{
	FundingState state = funding_state_begin(fcinfo);

	add_row(fcinfo, state.builder, 1, true);
	return funding_state_end(&state);
}

/* A graph of one edge, for adding step by step. */
static Datum
make_graph(FunctionCallInfo fcinfo, bool is_money)
{
	FundingBuilder *b = funding_builder_new(CurrentMemoryContext, true);

	add_row(fcinfo, b, 0, is_money);
	PG_RETURN_POINTER(funding_builder_graph(b, &b->sums));
}

Datum
funding_graph_make_number(PG_FUNCTION_ARGS)
{
	return make_graph(fcinfo, false);
}

Datum
funding_graph_make_money(PG_FUNCTION_ARGS)
{
	return make_graph(fcinfo, true);
}

/*
 * Whole graphs
 */

/* Adds a graph to one, either of which may be NULL: of rollup, and of what workers have. */
Datum
funding_graph_rollup(PG_FUNCTION_ARGS)
{
	FundingState state;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	state = funding_state_begin(fcinfo);
	funding_builder_add_graph(state.builder, funding_graph_read(PG_GETARG_DATUM(1)));
	return funding_state_end(&state);
}

/* The stored form: a state goes on growing in window frames. */
Datum
funding_graph_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(funding_graph_read(PG_GETARG_DATUM(0))->data);
}
