-- funding_graph: who pays, owns or owes whom how much, and what of it only goes round.

-- The type

CREATE TYPE chipbook.funding_graph;

CREATE FUNCTION chipbook.funding_graph_in(cstring) RETURNS chipbook.funding_graph
    AS 'MODULE_PATHNAME', 'funding_graph_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.funding_graph_in(cstring) IS
    'Text input of funding_graph: a currency or "number", and edges such as "payer">"payee"=12.5 or "payer">"payee"/"kind"=1, in any order; those of one payer, payee and kind are added up. 22P02 for other text and more than 15 decimals, 22003 when the weights add up to 2.59e18 or more.';
CREATE FUNCTION chipbook.funding_graph_out(chipbook.funding_graph) RETURNS cstring
    AS 'MODULE_PATHNAME', 'funding_graph_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.funding_graph_out(chipbook.funding_graph) IS
    'Text output of funding_graph: its currency or "number", the count of unknown weights if there are any, and its edges in the order of payer, payee and kind by their bytes. Exact.';
CREATE FUNCTION chipbook.funding_graph_recv(internal) RETURNS chipbook.funding_graph
    AS 'MODULE_PATHNAME', 'funding_graph_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.funding_graph_recv(internal) IS
    'Binary input of funding_graph: a version and the fields, names in the encoding of the client; 22P03 when they contradict each other.';
CREATE FUNCTION chipbook.funding_graph_send(chipbook.funding_graph) RETURNS bytea
    AS 'MODULE_PATHNAME', 'funding_graph_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.funding_graph_send(chipbook.funding_graph) IS
    'Binary output of funding_graph: a version and the fields, in network order, names in the encoding of the client.';

CREATE TYPE chipbook.funding_graph (
    INPUT = chipbook.funding_graph_in,
    OUTPUT = chipbook.funding_graph_out,
    RECEIVE = chipbook.funding_graph_recv,
    SEND = chipbook.funding_graph_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE chipbook.funding_graph IS
    'Who pays, owns or owes whom how much: a directed graph of parties, with edges of one currency or of plain numbers, exact to 1e-15 and never negative. An edge has a payer, a payee and perhaps a kind; rows of the same three are one edge, their weights added up. Made by funding_agg, added up by rollup and +, read by functions such as components(g), cycles(g) and max_circulation(g). Takes 32 bytes an edge and its names. May be stored, and added up again later.';

-- Equality

CREATE FUNCTION chipbook.funding_graph_eq(chipbook.funding_graph, chipbook.funding_graph) RETURNS boolean
    AS 'MODULE_PATHNAME', 'funding_graph_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.funding_graph_eq(chipbook.funding_graph, chipbook.funding_graph) IS
    'Implements funding_graph = funding_graph: the same edges with the same weights, and as many unknown ones.';
CREATE FUNCTION chipbook.funding_graph_ne(chipbook.funding_graph, chipbook.funding_graph) RETURNS boolean
    AS 'MODULE_PATHNAME', 'funding_graph_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.funding_graph_ne(chipbook.funding_graph, chipbook.funding_graph) IS
    'Implements funding_graph <> funding_graph.';
CREATE FUNCTION chipbook.funding_graph_hash(chipbook.funding_graph) RETURNS integer
    AS 'MODULE_PATHNAME', 'funding_graph_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.funding_graph_hash(chipbook.funding_graph) IS
    'Hash of a funding_graph.';
CREATE FUNCTION chipbook.funding_graph_hash_extended(chipbook.funding_graph, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'funding_graph_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.funding_graph_hash_extended(chipbook.funding_graph, bigint) IS
    'Hash of a funding_graph with a seed.';

CREATE OPERATOR chipbook.= (
    FUNCTION = chipbook.funding_graph_eq, LEFTARG = chipbook.funding_graph, RIGHTARG = chipbook.funding_graph,
    COMMUTATOR = OPERATOR(chipbook.=), NEGATOR = OPERATOR(chipbook.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR chipbook.= (chipbook.funding_graph, chipbook.funding_graph) IS 'The same edges with the same weights, and as many unknown ones.';
CREATE OPERATOR chipbook.<> (
    FUNCTION = chipbook.funding_graph_ne, LEFTARG = chipbook.funding_graph, RIGHTARG = chipbook.funding_graph,
    COMMUTATOR = OPERATOR(chipbook.<>), NEGATOR = OPERATOR(chipbook.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR chipbook.<> (chipbook.funding_graph, chipbook.funding_graph) IS 'An edge, a weight or the count of unknown ones differs.';
CREATE OPERATOR CLASS chipbook.funding_graph_hash_ops DEFAULT FOR TYPE chipbook.funding_graph USING hash AS
    OPERATOR 1 chipbook.= (chipbook.funding_graph, chipbook.funding_graph),
    FUNCTION 1 chipbook.funding_graph_hash(chipbook.funding_graph),
    FUNCTION 2 chipbook.funding_graph_hash_extended(chipbook.funding_graph, bigint);
COMMENT ON OPERATOR CLASS chipbook.funding_graph_hash_ops USING hash IS 'Grouping, DISTINCT and hash joins of funding_graph.';
COMMENT ON OPERATOR FAMILY chipbook.funding_graph_hash_ops USING hash IS 'Grouping, DISTINCT and hash joins of funding_graph.';

-- Making one

CREATE FUNCTION chipbook.funding_graph(payer text, payee text, weight numeric) RETURNS chipbook.funding_graph
    AS 'MODULE_PATHNAME', 'funding_graph_make_number' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.funding_graph(text, text, numeric) IS
    'A graph of one edge, to be added to others step by step: g + funding_graph(...). Names are taken by their bytes. A weight is taken at 15 decimals, rounded half away from zero. A NULL weight is unknown: counted in unknown_weights, and no edge. 22004 for a NULL payer or payee, 22023 for an empty name or a negative weight, 22003 when the weights add up to 2.59e18 or more.';
CREATE FUNCTION chipbook.funding_graph(payer text, payee text, kind text, weight numeric) RETURNS chipbook.funding_graph
    AS 'MODULE_PATHNAME', 'funding_graph_make_number' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.funding_graph(text, text, text, numeric) IS
    'A graph of one edge of a kind, which may be NULL, to be added to others step by step: g + funding_graph(...). Names are taken by their bytes. A weight is taken at 15 decimals, rounded half away from zero. A NULL weight is unknown: counted in unknown_weights, and no edge. 22004 for a NULL payer or payee, 22023 for an empty name or a negative weight, 22003 when the weights add up to 2.59e18 or more.';
CREATE FUNCTION chipbook.funding_graph(payer text, payee text, weight chipbook.monetary) RETURNS chipbook.funding_graph
    AS 'MODULE_PATHNAME', 'funding_graph_make_money' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.funding_graph(text, text, chipbook.monetary) IS
    'A graph of one edge, to be added to others step by step: g + funding_graph(...). Names are taken by their bytes. A NULL weight is unknown: counted in unknown_weights, and no edge. 22004 for a NULL payer or payee, 22023 for an empty name or a negative weight, 22003 when the weights add up to 2.59e18 or more, 22000 for a second currency.';
CREATE FUNCTION chipbook.funding_graph(payer text, payee text, kind text, weight chipbook.monetary) RETURNS chipbook.funding_graph
    AS 'MODULE_PATHNAME', 'funding_graph_make_money' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.funding_graph(text, text, text, chipbook.monetary) IS
    'A graph of one edge of a kind, which may be NULL, to be added to others step by step: g + funding_graph(...). Names are taken by their bytes. A NULL weight is unknown: counted in unknown_weights, and no edge. 22004 for a NULL payer or payee, 22023 for an empty name or a negative weight, 22003 when the weights add up to 2.59e18 or more, 22000 for a second currency.';
CREATE FUNCTION chipbook.funding_graph_add(chipbook.funding_graph, chipbook.funding_graph) RETURNS chipbook.funding_graph
    AS 'MODULE_PATHNAME', 'funding_graph_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.funding_graph_add(chipbook.funding_graph, chipbook.funding_graph) IS
    'Implements funding_graph + funding_graph: the edges of both, those of one payer, payee and kind added up. In a loop, g := g + more costs as much as more is large, not g. 22003 when the weights add up to 2.59e18 or more, 22000 when currencies differ.';
CREATE OPERATOR chipbook.+ (
    FUNCTION = chipbook.funding_graph_add, LEFTARG = chipbook.funding_graph, RIGHTARG = chipbook.funding_graph,
    COMMUTATOR = OPERATOR(chipbook.+)
);
COMMENT ON OPERATOR chipbook.+ (chipbook.funding_graph, chipbook.funding_graph) IS 'The edges of both, those of one payer, payee and kind added up. 22003 when the weights add up to 2.59e18 or more, 22000 when currencies differ.';

-- Adding up: the support functions of the aggregates, safe to call by hand

CREATE FUNCTION chipbook.funding_graph_add_row(state chipbook.funding_graph, payer text, payee text, weight numeric) RETURNS chipbook.funding_graph
    AS 'MODULE_PATHNAME', 'funding_graph_add_row_number' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.funding_graph_add_row(chipbook.funding_graph, text, text, numeric) IS
    'Adds an edge: the transition function of funding_agg.';
CREATE FUNCTION chipbook.funding_graph_add_row(state chipbook.funding_graph, payer text, payee text, kind text, weight numeric) RETURNS chipbook.funding_graph
    AS 'MODULE_PATHNAME', 'funding_graph_add_row_number' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.funding_graph_add_row(chipbook.funding_graph, text, text, text, numeric) IS
    'Adds an edge: the transition function of funding_agg.';
CREATE FUNCTION chipbook.funding_graph_add_row(state chipbook.funding_graph, payer text, payee text, weight chipbook.monetary) RETURNS chipbook.funding_graph
    AS 'MODULE_PATHNAME', 'funding_graph_add_row_money' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.funding_graph_add_row(chipbook.funding_graph, text, text, chipbook.monetary) IS
    'Adds an edge: the transition function of funding_agg.';
CREATE FUNCTION chipbook.funding_graph_add_row(state chipbook.funding_graph, payer text, payee text, kind text, weight chipbook.monetary) RETURNS chipbook.funding_graph
    AS 'MODULE_PATHNAME', 'funding_graph_add_row_money' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.funding_graph_add_row(chipbook.funding_graph, text, text, text, chipbook.monetary) IS
    'Adds an edge: the transition function of funding_agg.';
CREATE FUNCTION chipbook.funding_graph_rollup(state chipbook.funding_graph, graph chipbook.funding_graph) RETURNS chipbook.funding_graph
    AS 'MODULE_PATHNAME', 'funding_graph_rollup' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.funding_graph_rollup(chipbook.funding_graph, chipbook.funding_graph) IS
    'Adds the edges of a graph: the transition function of rollup, and the combine function of it and of funding_agg.';
CREATE FUNCTION chipbook.funding_graph_final(state chipbook.funding_graph) RETURNS chipbook.funding_graph
    AS 'MODULE_PATHNAME', 'funding_graph_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.funding_graph_final(chipbook.funding_graph) IS
    'The final function of funding_agg and rollup: the state in its stored form.';

-- Aggregates

CREATE AGGREGATE chipbook.funding_agg(payer text, payee text, weight numeric) (
    SFUNC = chipbook.funding_graph_add_row,
    STYPE = chipbook.funding_graph,
    FINALFUNC = chipbook.funding_graph_final,
    COMBINEFUNC = chipbook.funding_graph_rollup,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.funding_agg(text, text, numeric) IS
    'The graph of who pays whom how much: rows of the same ends are added up. Names are taken by their bytes. A weight is taken at 15 decimals, rounded half away from zero. A NULL weight is unknown: counted in unknown_weights, and no edge. 22004 for a NULL payer or payee, 22023 for an empty name or a negative weight, 22003 when the weights add up to 2.59e18 or more. NULL for no rows. The same in any order and in parallel.';

CREATE AGGREGATE chipbook.funding_agg(payer text, payee text, kind text, weight numeric) (
    SFUNC = chipbook.funding_graph_add_row,
    STYPE = chipbook.funding_graph,
    FINALFUNC = chipbook.funding_graph_final,
    COMBINEFUNC = chipbook.funding_graph_rollup,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.funding_agg(text, text, text, numeric) IS
    'The graph of who pays whom how much, by kind; a NULL kind is a kind of its own: rows of the same ends are added up. Names are taken by their bytes. A weight is taken at 15 decimals, rounded half away from zero. A NULL weight is unknown: counted in unknown_weights, and no edge. 22004 for a NULL payer or payee, 22023 for an empty name or a negative weight, 22003 when the weights add up to 2.59e18 or more. NULL for no rows. The same in any order and in parallel.';

CREATE AGGREGATE chipbook.funding_agg(payer text, payee text, weight chipbook.monetary) (
    SFUNC = chipbook.funding_graph_add_row,
    STYPE = chipbook.funding_graph,
    FINALFUNC = chipbook.funding_graph_final,
    COMBINEFUNC = chipbook.funding_graph_rollup,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.funding_agg(text, text, chipbook.monetary) IS
    'The graph of who pays whom how much: rows of the same ends are added up. Names are taken by their bytes. A NULL weight is unknown: counted in unknown_weights, and no edge. 22004 for a NULL payer or payee, 22023 for an empty name or a negative weight, 22003 when the weights add up to 2.59e18 or more, 22000 for a second currency. NULL for no rows. The same in any order and in parallel.';

CREATE AGGREGATE chipbook.funding_agg(payer text, payee text, kind text, weight chipbook.monetary) (
    SFUNC = chipbook.funding_graph_add_row,
    STYPE = chipbook.funding_graph,
    FINALFUNC = chipbook.funding_graph_final,
    COMBINEFUNC = chipbook.funding_graph_rollup,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.funding_agg(text, text, text, chipbook.monetary) IS
    'The graph of who pays whom how much, by kind; a NULL kind is a kind of its own: rows of the same ends are added up. Names are taken by their bytes. A NULL weight is unknown: counted in unknown_weights, and no edge. 22004 for a NULL payer or payee, 22023 for an empty name or a negative weight, 22003 when the weights add up to 2.59e18 or more, 22000 for a second currency. NULL for no rows. The same in any order and in parallel.';

CREATE AGGREGATE chipbook.rollup(graph chipbook.funding_graph) (
    SFUNC = chipbook.funding_graph_rollup,
    STYPE = chipbook.funding_graph,
    FINALFUNC = chipbook.funding_graph_final,
    COMBINEFUNC = chipbook.funding_graph_rollup,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.rollup(chipbook.funding_graph) IS
    'The sum of graphs: the very graph that all their rows at once would have given. NULLs are passed over; NULL for no rows. 22003 when the weights add up to 2.59e18 or more, 22000 when currencies differ.';

-- Reading it. Amounts are numeric, in currency(g). An edge of weight 0 is kept, but nothing goes along it.

CREATE FUNCTION chipbook.edges(graph chipbook.funding_graph, OUT payer text, OUT payee text, OUT kind text, OUT weight numeric, OUT to_itself boolean) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'funding_graph_edges' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 1000;
COMMENT ON FUNCTION chipbook.edges(chipbook.funding_graph) IS
    'The edges of a graph, in the order of payer, payee and kind by their bytes, those without a kind first. to_itself: payer and payee are one, such as treasury shares. weight is in currency(g), additive.';
CREATE FUNCTION chipbook.currency(graph chipbook.funding_graph) RETURNS chipbook.currency
    AS 'MODULE_PATHNAME', 'funding_graph_currency' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.currency(chipbook.funding_graph) IS
    'The currency of the weights; NULL for plain numbers, and while there is no edge.';
CREATE FUNCTION chipbook.unknown_weights(graph chipbook.funding_graph) RETURNS bigint
    AS 'MODULE_PATHNAME', 'funding_graph_unknown' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.unknown_weights(chipbook.funding_graph) IS
    'Rows whose weight was NULL, and which are no edges: what every figure of the graph leaves out. Additive.';
CREATE FUNCTION chipbook.total_weight(graph chipbook.funding_graph) RETURNS numeric
    AS 'MODULE_PATHNAME', 'funding_graph_total' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.total_weight(chipbook.funding_graph) IS
    'The sum of all weights, in currency(g), exact. Additive.';
CREATE FUNCTION chipbook.party_count(graph chipbook.funding_graph) RETURNS bigint
    AS 'MODULE_PATHNAME', 'funding_graph_party_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.party_count(chipbook.funding_graph) IS
    'How many parties a graph has. Not additive.';
CREATE FUNCTION chipbook.edge_count(graph chipbook.funding_graph) RETURNS bigint
    AS 'MODULE_PATHNAME', 'funding_graph_edge_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.edge_count(chipbook.funding_graph) IS
    'How many edges a graph has, each payer, payee and kind once. Not additive.';
CREATE FUNCTION chipbook.components(graph chipbook.funding_graph, OUT component integer, OUT party text, OUT size integer) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'funding_graph_components' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 1000;
COMMENT ON FUNCTION chipbook.components(chipbook.funding_graph) IS
    'The strongly connected component of each party: from each party of one, money can reach each other one along payments. Numbered from 1 in the order of their first parties. Those with size above 1 are where money may go round. Time and memory in proportion to the edges.';
CREATE FUNCTION chipbook.cycles(graph chipbook.funding_graph, max_length integer DEFAULT 8, max_count integer DEFAULT 1000, OUT cycle integer, OUT parties text[], OUT length integer, OUT amount numeric, OUT largest numeric, OUT complete boolean) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'funding_graph_cycles' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 1000;
COMMENT ON FUNCTION chipbook.cycles(chipbook.funding_graph, integer, integer) IS
    'Ways on which money comes back to who paid it, no party twice: from the first of its parties by their bytes, to whom the last pays. Kinds are added up. amount is the smallest edge of the cycle, what can go all the way round; largest its largest. Not additive: cycles share edges, see max_circulation. At most max_length parties long and max_count of them, NULL for no bound; complete says whether there are no others up to that length. A cycle of one is a party that pays itself. 22023 for bounds below 1, 54000 for more than 100,000,000 parties in all cycles. There may be exponentially many; can be interrupted.';
CREATE FUNCTION chipbook.round_trip(graph chipbook.funding_graph, OUT party text, OUT counterparty text, OUT paid numeric, OUT received numeric, OUT amount numeric, OUT share_of_paid numeric, OUT share_of_received numeric) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'funding_graph_round_trip' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 1000;
COMMENT ON FUNCTION chipbook.round_trip(chipbook.funding_graph) IS
    'Pairs that pay each other, once each, the party that is first by its bytes first. paid is what the party pays the counterparty, received what it gets from it, kinds added up; amount is the lesser of both. share_of_paid: how much of what it paid came back; share_of_received: how much of what it got it had paid itself; at 15 decimals. Amounts may be added up, shares not.';
CREATE FUNCTION chipbook.dependence(graph chipbook.funding_graph, OUT payer text, OUT payee text, OUT weight numeric, OUT share_of_payments numeric, OUT share_of_receipts numeric) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'funding_graph_dependence' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 1000;
COMMENT ON FUNCTION chipbook.dependence(chipbook.funding_graph) IS
    'Each pair of payer and payee, kinds added up, with its share of all that the payer pays and of all that the payee receives in this graph, at 15 decimals. What a party pays itself counts for nothing. Shares are not additive.';
CREATE FUNCTION chipbook.max_circulation(graph chipbook.funding_graph, OUT payer text, OUT payee text, OUT weight numeric, OUT circulating numeric, OUT outside numeric) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'funding_graph_max_circulation' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 1000;
COMMENT ON FUNCTION chipbook.max_circulation(chipbook.funding_graph) IS
    'How much of each payment only goes round: the largest circulation, with as much into each party as out of it and no more on an edge than its weight. Kinds are added up; edges of weight 0 are left out. outside = weight - circulating has no cycle left. Exact. The sum of circulating is the largest there is; where several circulations have it, one of them is shown, the same for the same graph. What a party pays itself circulates whole. Can be interrupted.';
CREATE FUNCTION chipbook.party_circulation(graph chipbook.funding_graph, OUT party text, OUT circulating numeric, OUT paid numeric, OUT received numeric) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'funding_graph_party_circulation' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 1000;
COMMENT ON FUNCTION chipbook.party_circulation(chipbook.funding_graph) IS
    'What of the largest circulation goes through each party, beside all that it pays and receives. Not to be added up over parties: the same money goes through several.';
CREATE FUNCTION chipbook.circulation_edge_sum(graph chipbook.funding_graph) RETURNS numeric
    AS 'MODULE_PATHNAME', 'funding_graph_circulation_edge_sum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.circulation_edge_sum(chipbook.funding_graph) IS
    'The sum over all edges of max_circulation, in currency(g), exact: money that goes round counts on each edge that it passes. Not additive over graphs.';
CREATE FUNCTION chipbook.connected_groups(control chipbook.funding_graph, dependence chipbook.funding_graph, control_above numeric DEFAULT 0.5, dependence_from numeric DEFAULT 0.5, OUT group_number integer, OUT party text, OUT size integer) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'funding_graph_connected_groups' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 1000;
COMMENT ON FUNCTION chipbook.connected_groups(chipbook.funding_graph, chipbook.funding_graph, numeric, numeric) IS
    'Groups of connected parties as large exposures count them: joined where one holds more than control_above of the other (control, edges from owner to owned), or where at least dependence_from of a party hangs on the other (dependence); weights of both graphs are shares from 0 to 1, kinds added up, and either graph may be NULL. Numbered from 1 in the order of their first parties; a party that nothing joins is a group of its own. 22000 for graphs of money, 22023 for a threshold outside 0 to 1, 22004 for NULL. Basel LEX10.8-10.16.';
