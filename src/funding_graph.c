/*
 * funding_graph.c
 *		Graphs of who funds whom as an SQL type: their text and binary form, how they
 *		are read and checked, and equality. How edges get into one is in
 *		funding_graph_build.c and funding_graph_agg.c; what is read from it is in files of
 *		its own each.
 */
#include "funding_graph.h"
#include "funding_graph_build.h"

#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "parser/scansup.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(funding_graph_in);
PG_FUNCTION_INFO_V1(funding_graph_out);
PG_FUNCTION_INFO_V1(funding_graph_recv);
PG_FUNCTION_INFO_V1(funding_graph_send);
PG_FUNCTION_INFO_V1(funding_graph_eq);
PG_FUNCTION_INFO_V1(funding_graph_ne);
PG_FUNCTION_INFO_V1(funding_graph_hash);
PG_FUNCTION_INFO_V1(funding_graph_hash_extended);

/* Bytes of a name that an error message shows. */
#define NAME_SHOWN 60
/* An edge, and the least a name takes, in the binary form. */
#define WIRE_EDGE_SIZE 28
#define WIRE_NAME_SIZE 5

/*
 * Reading
 */

pg_noreturn static void
graph_corrupted(Size size)
{
	ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
					errmsg("funding_graph of %zu bytes is not valid", size)));
}

/* The names at text, one after the other; where they end, or NULL when they pass the end. */
static const char *
read_names(const char *text, const char *end, const int32 *len, int count, const char **name,
		   int *name_len)
{
	for (int i = 0; i < count; i++)
	{
		if (len[i] <= 0 || len[i] > end - text)
			return NULL;
		name[i] = text;
		name_len[i] = len[i];
		text += len[i];
	}
	return text;
}

/* Fills first[]; false when edges are out of order or lead nowhere. */
static bool
read_edges(FundingGraph *g)
{
	int32 payer = 0;

	g->first[0] = 0;
	for (int32 i = 0; i < g->edges; i++)
	{
		const FundingEdge *edge = &g->edge[i];

		if (edge->payer < payer || edge->payer >= g->nodes || edge->payee < 0 ||
			edge->payee >= g->nodes || edge->kind < FUNDING_NO_KIND || edge->kind >= g->kinds ||
			edge->weight_high < 0)
			return false;
		while (payer < edge->payer)
			g->first[++payer] = i;
	}
	while (payer < g->nodes)
		g->first[++payer] = (int32) g->edges;
	return true;
}

static const FundingGraphData *
read_data(Datum value)
{
	const FundingGraphData *data = (const FundingGraphData *) PG_DETOAST_DATUM(value);
	Size size = VARSIZE(data);

	if (size < offsetof(FundingGraphData, edge))
		graph_corrupted(size);
	if (data->version != FUNDING_GRAPH_VERSION)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("funding_graph has version %d, which this chipbook cannot read",
							   data->version),
						errhint("It was written by a newer chipbook: update the extension.")));
	if (data->nodes < 0 || data->kinds < 0 || data->edges < 0 || data->text_size < 0 ||
		size != offsetof(FundingGraphData, edge) + sizeof(FundingEdge) * (Size) data->edges +
					sizeof(int32) * ((Size) data->nodes + data->kinds) + data->text_size)
		graph_corrupted(size);
	return data;
}

FundingGraph *
funding_graph_read(Datum value)
{
	const FundingGraphData *data = read_data(value);
	FundingGraph *g = palloc0(sizeof(FundingGraph));
	const char *end = (const char *) data + VARSIZE(data);
	const int32 *len = (const int32 *) &data->edge[data->edges];
	const char *text = (const char *) (len + data->nodes + data->kinds);

	g->data = data;
	g->currency = data->currency;
	g->unknown = data->unknown;
	g->nodes = data->nodes;
	g->kinds = data->kinds;
	g->edges = data->edges;
	g->edge = data->edge;
	g->name = funding_alloc(sizeof(char *), g->nodes);
	g->name_len = funding_alloc(sizeof(int), g->nodes);
	g->kind_name = funding_alloc(sizeof(char *), g->kinds);
	g->kind_len = funding_alloc(sizeof(int), g->kinds);
	g->first = funding_alloc(sizeof(int32), (Size) g->nodes + 1);
	text = read_names(text, end, len, g->nodes, g->name, g->name_len);
	if (text != NULL)
		text = read_names(text, end, len + g->nodes, g->kinds, g->kind_name, g->kind_len);
	if (text != end || !read_edges(g))
		graph_corrupted(VARSIZE(data));
	return g;
}

int
funding_graph_find(const FundingGraph *g, const char *name, int len)
{
	int low = 0;
	int high = g->nodes;

	while (low < high)
	{
		int middle = low + (high - low) / 2;
		int order = memcmp(name, g->name[middle], Min(len, g->name_len[middle]));

		if (order == 0 && len == g->name_len[middle])
			return middle;
		if (order < 0 || (order == 0 && len < g->name_len[middle]))
			high = middle;
		else
			low = middle + 1;
	}
	return -1;
}

Datum
funding_graph_party(const FundingGraph *g, int node)
{
	return PointerGetDatum(cstring_to_text_with_len(g->name[node], g->name_len[node]));
}

char *
funding_name_shown(const char *name, int len)
{
	if (len <= NAME_SHOWN)
		return psprintf("\"%.*s\"", len, name);
	return psprintf("\"%.*s...\"", pg_mbcliplen(name, len, NAME_SHOWN), name);
}

FundingPairs *
funding_graph_pairs(const FundingGraph *g)
{
	FundingPairs *pairs = palloc0(sizeof(FundingPairs));
	int32 count = 0;

	pairs->nodes = g->nodes;
	pairs->first = funding_alloc(sizeof(int32), (Size) g->nodes + 1);
	pairs->payer = funding_alloc(sizeof(int32), g->edges);
	pairs->payee = funding_alloc(sizeof(int32), g->edges);
	pairs->weight = funding_alloc(sizeof(int128), g->edges);
	for (int32 payer = 0; payer < g->nodes; payer++)
	{
		pairs->first[payer] = count;
		for (int32 i = g->first[payer]; i < g->first[payer + 1]; i++)
		{
			const FundingEdge *edge = &g->edge[i];
			int128 weight = funding_weight(edge);

			if (weight == 0)
				continue;
			if (count > pairs->first[payer] && pairs->payee[count - 1] == edge->payee)
				pairs->weight[count - 1] += weight;
			else
			{
				pairs->payer[count] = payer;
				pairs->payee[count] = edge->payee;
				pairs->weight[count++] = weight;
			}
		}
	}
	pairs->first[g->nodes] = count;
	pairs->edges = count;
	return pairs;
}

/*
 * Text form: USD unknown=2 "payer">"payee"=12.5 "payer">"payee"/"kind"=1 ..., "number" in
 * place of a currency for plain numbers; a quote in a name stands twice. Edges may come
 * in any order, and those of one payer, payee and kind are added up.
 */

static void
put_name(StringInfo out, const char *name, int len)
{
	appendStringInfoChar(out, '"');
	for (int i = 0; i < len; i++)
	{
		if (name[i] == '"')
			appendStringInfoChar(out, '"');
		appendStringInfoChar(out, name[i]);
	}
	appendStringInfoChar(out, '"');
}

static void
put_weight(StringInfo out, int128 weight)
{
	uint64 fraction = (uint64) (weight % MONETARY_ONE);
	uint64 whole = (uint64) (weight / MONETARY_ONE);
	int decimals = MONETARY_SCALE;

	appendStringInfo(out, UINT64_FORMAT, whole);
	if (fraction == 0)
		return;
	for (; fraction % 10 == 0; fraction /= 10)
		decimals--;
	appendStringInfo(out, ".%0*llu", decimals, (unsigned long long) fraction);
}

Datum
funding_graph_out(PG_FUNCTION_ARGS)
{
	const FundingGraph *g = funding_graph_read(PG_GETARG_DATUM(0));
	StringInfoData out;
	char code[CURRENCY_TEXT_SIZE];

	initStringInfo(&out);
	appendStringInfoString(
		&out, g->currency == CURRENCY_INVALID ? "number" : currency_to_text(g->currency, code));
	if (g->unknown > 0)
		appendStringInfo(&out, " unknown=" INT64_FORMAT, g->unknown);
	for (int64 i = 0; i < g->edges; i++)
	{
		const FundingEdge *edge = &g->edge[i];

		CHECK_FOR_INTERRUPTS();
		appendStringInfoChar(&out, ' ');
		put_name(&out, g->name[edge->payer], g->name_len[edge->payer]);
		appendStringInfoChar(&out, '>');
		put_name(&out, g->name[edge->payee], g->name_len[edge->payee]);
		if (edge->kind != FUNDING_NO_KIND)
		{
			appendStringInfoChar(&out, '/');
			put_name(&out, g->kind_name[edge->kind], g->kind_len[edge->kind]);
		}
		appendStringInfoChar(&out, '=');
		put_weight(&out, funding_weight(edge));
	}
	PG_RETURN_CSTRING(out.data);
}

static bool
read_word(const char **p, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(*p, word, length) != 0)
		return false;
	*p += length;
	return true;
}

/* Digits as value x scale, with up to that many decimals where decimals are allowed. */
static bool
read_digits(const char **p, int decimals, int128 most, int128 *value)
{
	int left = decimals;
	bool any = false;
	bool point = false;

	*value = 0;
	for (;; (*p)++)
	{
		if (**p == '.' && any && !point && decimals > 0)
		{
			point = true;
			any = false;
			continue;
		}
		if (**p < '0' || **p > '9')
			break;
		if (point && left-- == 0)
			return false;
		if (*value > (most - (**p - '0')) / 10)
			return false;
		*value = *value * 10 + (**p - '0');
		any = true;
	}
	if (!any || mul_s128_overflow(*value, pow10_s128(left), value))
		return false;
	return *value <= most;
}

/* A quoted name as its number; buffer has room for all of it. */
static bool
read_name(const char **p, FundingBuilder *b, FundingNames *names, char *buffer, int32 *number)
{
	int len = 0;

	if (*(*p)++ != '"')
		return false;
	for (;; (*p)++)
	{
		if (**p == '\0')
			return false;
		if (**p == '"' && *++(*p) != '"')
			break;
		buffer[len++] = **p;
	}
	if (len == 0)
		return false;
	*number = funding_builder_name(b, names, buffer, len);
	return true;
}

static bool
read_edge(const char **p, FundingBuilder *b, char *buffer, Currency currency)
{
	int32 payer;
	int32 payee;
	int32 kind = FUNDING_NO_KIND;
	int128 weight;

	if (!read_name(p, b, &b->parties, buffer, &payer) || !read_word(p, ">") ||
		!read_name(p, b, &b->parties, buffer, &payee))
		return false;
	if (read_word(p, "/") && !read_name(p, b, &b->kinds, buffer, &kind))
		return false;
	if (!read_word(p, "=") || !read_digits(p, MONETARY_SCALE, FUNDING_WEIGHT_MAX, &weight))
		return false;
	funding_builder_add(b, payer, payee, kind, weight, currency);
	return true;
}

static bool
skip_blanks(const char **p)
{
	const char *start = *p;

	while (scanner_isspace(**p))
		(*p)++;
	return *p > start;
}

static bool
read_currency(const char **p, Currency *currency)
{
	*currency = CURRENCY_INVALID;
	if (read_word(p, "number"))
		return true;
	if (strnlen(*p, CURRENCY_TEXT_SIZE - 1) < CURRENCY_TEXT_SIZE - 1)
		return false;
	*currency = currency_from_letters(*p);
	*p += CURRENCY_TEXT_SIZE - 1;
	return *currency != CURRENCY_INVALID;
}

static bool
read_graph(const char *p, FundingBuilder *b)
{
	char *buffer = funding_alloc(1, strlen(p));
	Currency currency;
	int128 unknown;

	(void) skip_blanks(&p);
	if (!read_currency(&p, &currency))
		return false;
	if (*p != '\0' && !skip_blanks(&p))
		return false;
	if (read_word(&p, "unknown="))
	{
		if (!read_digits(&p, 0, PG_INT64_MAX, &unknown) || (*p != '\0' && !skip_blanks(&p)))
			return false;
		funding_builder_add_unknown(b, (int64) unknown);
	}
	while (*p != '\0')
	{
		CHECK_FOR_INTERRUPTS();
		if (!read_edge(&p, b, buffer, currency) || (*p != '\0' && !skip_blanks(&p)))
			return false;
	}
	return currency == CURRENCY_INVALID || b->sums.edges > 0;
}

Datum
funding_graph_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);
	FundingBuilder *b = funding_builder_new(CurrentMemoryContext, true);

	if (!read_graph(text, b))
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: %s", "funding_graph",
						funding_name_shown(text, (int) strlen(text))),
				 errdetail("Expected a currency or \"number\" and edges such as "
						   "\"payer\">\"payee\"=12.5 or \"payer\">\"payee\"/\"kind\"=1, with "
						   "weights of at most 15 decimals that are not negative.")));
	if (!funding_sums_in_range(&b->sums))
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("value out of range for type %s: the weights add up to more than it can "
						"hold",
						"funding_graph")));
	PG_RETURN_POINTER(funding_builder_graph(b, &b->sums));
}

/*
 * Binary form: a version byte, the currency, the count of unknowns, the numbers of
 * parties, kinds and edges, the names with their lengths in the client's encoding, and
 * the edges, most significant word first. Names of another encoding may stand in
 * another order, so that any is taken; what stands twice or for nothing is not.
 */

static void
send_name(StringInfo out, const char *name, int len)
{
	char *converted = pg_server_to_client(name, len);

	if (converted != name)
		len = (int) strlen(converted);
	pq_sendint32(out, len);
	pq_sendbytes(out, converted, len);
	if (converted != name)
		pfree(converted);
}

Datum
funding_graph_send(PG_FUNCTION_ARGS)
{
	const FundingGraph *g = funding_graph_read(PG_GETARG_DATUM(0));
	StringInfoData out;

	pq_begintypsend(&out);
	pq_sendint8(&out, FUNDING_GRAPH_VERSION);
	pq_sendint16(&out, g->currency);
	pq_sendint64(&out, g->unknown);
	pq_sendint32(&out, g->nodes);
	pq_sendint32(&out, g->kinds);
	pq_sendint32(&out, (int32) g->edges);
	for (int i = 0; i < g->nodes; i++)
		send_name(&out, g->name[i], g->name_len[i]);
	for (int i = 0; i < g->kinds; i++)
		send_name(&out, g->kind_name[i], g->kind_len[i]);
	for (int64 i = 0; i < g->edges; i++)
	{
		const FundingEdge *edge = &g->edge[i];

		CHECK_FOR_INTERRUPTS();
		pq_sendint32(&out, edge->payer);
		pq_sendint32(&out, edge->payee);
		pq_sendint32(&out, edge->kind);
		pq_sendint64(&out, edge->weight_high);
		pq_sendint64(&out, edge->weight_low);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

pg_noreturn static void
invalid_binary(const char *fault)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					errmsg("invalid binary value for type %s: %s", "funding_graph", fault)));
}

static int32
receive_count(StringInfo in, Size least)
{
	int32 count = (int32) pq_getmsgint(in, 4);

	/* Believed only as far as the message reaches. */
	if (count < 0 || (Size) count * least > (Size) (in->len - in->cursor))
		invalid_binary("a count exceeds what follows");
	return count;
}

static void
receive_names(StringInfo in, FundingBuilder *b, FundingNames *names, int32 count)
{
	for (int32 i = 0; i < count; i++)
	{
		int32 len = (int32) pq_getmsgint(in, 4);
		char *name;

		if (len <= 0 || len > in->len - in->cursor)
			invalid_binary("a name is empty or exceeds what follows");
		name = pq_getmsgtext(in, len, &len);
		if (len <= 0 || funding_builder_name(b, names, name, len) != i)
			invalid_binary("a name stands there twice");
		pfree(name);
	}
}

static void
receive_edges(StringInfo in, FundingBuilder *b, int32 count, Currency currency)
{
	for (int32 i = 0; i < count; i++)
	{
		int32 payer = (int32) pq_getmsgint(in, 4);
		int32 payee = (int32) pq_getmsgint(in, 4);
		int32 kind = (int32) pq_getmsgint(in, 4);
		int128 weight = (int128) pq_getmsgint64(in);

		CHECK_FOR_INTERRUPTS();
		weight = (int128) (((uint128) weight << 64) | (uint64) pq_getmsgint64(in));
		if (payer < 0 || payer >= b->parties.count || payee < 0 || payee >= b->parties.count ||
			kind < FUNDING_NO_KIND || kind >= b->kinds.count)
			invalid_binary("an edge has no such party or kind");
		if (weight < 0 || weight > FUNDING_WEIGHT_MAX)
			invalid_binary("a weight is out of range");
		funding_builder_add(b, payer, payee, kind, weight, currency);
		if (b->sums.edges != i + 1)
			invalid_binary("an edge stands there twice");
	}
}

Datum
funding_graph_recv(PG_FUNCTION_ARGS)
{
	StringInfo in = (StringInfo) PG_GETARG_POINTER(0);
	int version = pq_getmsgbyte(in);
	FundingBuilder *b = funding_builder_new(CurrentMemoryContext, true);
	FundingGraphData *g;
	Currency currency;
	int64 unknown;
	int32 nodes;
	int32 kinds;
	int32 edges;

	if (version != FUNDING_GRAPH_VERSION)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("unsupported version of binary %s: %d", "funding_graph", version)));
	currency = (Currency) pq_getmsgint(in, 2);
	unknown = pq_getmsgint64(in);
	nodes = receive_count(in, WIRE_NAME_SIZE);
	kinds = receive_count(in, WIRE_NAME_SIZE);
	edges = receive_count(in, WIRE_EDGE_SIZE);
	if (currency != CURRENCY_INVALID && !currency_is_valid(currency))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid currency in binary %s: 0x%04X", "funding_graph", currency)));
	if (unknown < 0 || (currency != CURRENCY_INVALID && edges == 0))
		invalid_binary("a field is out of range");
	funding_builder_add_unknown(b, unknown);
	receive_names(in, b, &b->parties, nodes);
	receive_names(in, b, &b->kinds, kinds);
	receive_edges(in, b, edges, currency);
	g = funding_builder_graph(b, &b->sums);
	if (g->nodes != nodes || g->kinds != kinds)
		invalid_binary("a party or kind has no edge");
	PG_RETURN_POINTER(g);
}

/*
 * Equality: a graph has one form, whatever order its rows came in
 */

#define GRAPH_BYTES(g) ((const unsigned char *) (g) + VARHDRSZ)
#define GRAPH_BYTES_SIZE(g) (VARSIZE(g) - VARHDRSZ)

static bool
graphs_equal(FunctionCallInfo fcinfo)
{
	const FundingGraphData *a = read_data(PG_GETARG_DATUM(0));
	const FundingGraphData *b = read_data(PG_GETARG_DATUM(1));

	return VARSIZE(a) == VARSIZE(b) &&
		   memcmp(GRAPH_BYTES(a), GRAPH_BYTES(b), GRAPH_BYTES_SIZE(a)) == 0;
}

Datum
funding_graph_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(graphs_equal(fcinfo));
}

Datum
funding_graph_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!graphs_equal(fcinfo));
}

Datum
funding_graph_hash(PG_FUNCTION_ARGS)
{
	const FundingGraphData *g = read_data(PG_GETARG_DATUM(0));

	return UInt32GetDatum(hash_bytes(GRAPH_BYTES(g), (int) GRAPH_BYTES_SIZE(g)));
}

Datum
funding_graph_hash_extended(PG_FUNCTION_ARGS)
{
	const FundingGraphData *g = read_data(PG_GETARG_DATUM(0));

	return UInt64GetDatum(hash_bytes_extended(GRAPH_BYTES(g), (int) GRAPH_BYTES_SIZE(g),
											  (uint64) PG_GETARG_INT64(1)));
}
