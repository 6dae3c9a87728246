-- What follows from a funding graph as a whole: who owns whom through others, what
-- parties can pay each other, and how a loss travels. Linear systems, solved in
-- double precision; docs/funding_graph_solvers.md

CREATE FUNCTION chipbook.look_through(
    shares chipbook.funding_graph,
    keep_loops boolean DEFAULT false,
    owner text DEFAULT NULL,
    owned text DEFAULT NULL)
RETURNS TABLE (owner text, owned text, share double precision)
    AS 'MODULE_PATHNAME', 'funding_graph_look_through' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 1000 COST 1000;
COMMENT ON FUNCTION chipbook.look_through(chipbook.funding_graph, boolean, text, text) IS
    'Integrated ownership: the share of owned that owner holds, directly and through others, from a graph whose payer holds of payee the share (0 to 1) that is the weight. A loop through the owner is taken out, v_ij / v_ii of V = (I - C)^-1, or with keep_loops left in, V - I. Rows whose owner is owned are what a party has of itself through a loop: 1 - 1/v_ii, or v_ii - 1. Key: (owner, owned); no row for a share of 0. Of one owner, one owned, or all. Not additive over owners: outside owners of final_owners are. Double precision, each share relative to itself. 22023 when more than all of a party is owned, when a set of parties has no owner outside it; 22000 for a graph of money; 54000 beyond 100000 parties in a loop, or 33554432 entries of factors; 22003 when loops leave too little outside. NULL graph: no rows.';

CREATE FUNCTION chipbook.final_owners(
    shares chipbook.funding_graph,
    owner text DEFAULT NULL,
    owned text DEFAULT NULL)
RETURNS TABLE (owner text, owned text, share double precision)
    AS 'MODULE_PATHNAME', 'funding_graph_final_owners' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 1000 COST 1000;
COMMENT ON FUNCTION chipbook.final_owners(chipbook.funding_graph, text, text) IS
    'Who bears the value of owned in the end: owner itself where no party holds it, else those who hold it outside the graph. Their share, (1 - what parties hold of owner) x v, adds up to 1 over the owners of one owned. Key: (owner, owned); no row for a share of 0. Of one owner, one owned, or all. Double precision. Errors as look_through. NULL graph: no rows.';

CREATE FUNCTION chipbook.look_through_value(
    shares chipbook.funding_graph,
    parties text[],
    amounts numeric[])
RETURNS TABLE (party text, direct numeric, look_through double precision, borne double precision)
    AS 'MODULE_PATHNAME', 'funding_graph_look_through_value' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 1000 COST 1000;
COMMENT ON FUNCTION chipbook.look_through_value(chipbook.funding_graph, text[], numeric[]) IS
    'Amounts looked through ownership. direct: what a party has itself, exact, NULL where parties does not name it, which adds nothing. look_through: that and its shares of what it owns, x = direct + C x; counts an amount once for each that owns it, so not additive over parties. borne: what those who hold the party outside the graph, or the party itself where no one holds it, have of look_through; additive, the sum of direct. Unit of amounts; negative ones are allowed. Key: (party), of the graph or of parties. Double precision. 22004 for NULL in an array, 22023 for arrays of different length, 22003 for NaN and infinity, 22023 for a party named twice; other errors as look_through. NULL graph: no rows.';

CREATE FUNCTION chipbook.clearing(
    obligations chipbook.funding_graph,
    parties text[],
    means numeric[],
    alpha double precision DEFAULT 1,
    beta double precision DEFAULT 1)
RETURNS TABLE (party text, means numeric, owed numeric, paid double precision, received double precision, recovery double precision, equity double precision, default_cost double precision, is_default boolean, default_round integer)
    AS 'MODULE_PATHNAME', 'funding_graph_clearing' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 1000 COST 1000;
COMMENT ON FUNCTION chipbook.clearing(chipbook.funding_graph, text[], numeric[], double precision, double precision) IS
    'What parties pay when each pays its obligations (payer owes payee the weight) out of its means and what it is paid: the greatest clearing vector of Eisenberg and Noe, where a party in default pays every creditor alike. With alpha and beta it pays alpha of its means and beta of what it is paid (Rogers and Veraart). means and owed exact, the rest double precision, all in the unit of the weights. recovery: paid / owed, NULL where nothing is owed. equity: what is left, 0 in default; default_cost: what a default destroys; equity and default_cost add up to means. default_round: the round of defaults the party falls in, NULL: none. A party that owes nothing need not be named; its means and equity are NULL then. Key: (party). 22023 when the means of a debtor are not stated or negative, for a party named twice, and alpha or beta outside 0 to 1; 22004 for NULL in an array, 22023 for arrays of different length, 22003 for NaN and infinity, 54000 as look_through. NULL graph: no rows.';

CREATE FUNCTION chipbook.debtrank(
    obligations chipbook.funding_graph,
    parties text[],
    equity numeric[],
    shock numeric[],
    weights numeric[] DEFAULT NULL,
    method text DEFAULT 'linear')
RETURNS TABLE (party text, weight double precision, initial_stress double precision, stress double precision, additional_stress double precision, contribution double precision, initial_loss double precision, additional_loss double precision, is_default boolean, default_round integer)
    AS 'MODULE_PATHNAME', 'funding_graph_debtrank' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 1000 COST 1000;
COMMENT ON FUNCTION chipbook.debtrank(chipbook.funding_graph, text[], numeric[], numeric[], numeric[], text) IS
    'Losses passed on along obligations (payer owes payee the weight). shock: the part of its equity that a party loses at first. A creditor loses what its debtor passes on of what it owes; method linear: every increase of stress, single_hit: the first, threshold: all, once stress is 1. stress: the part of equity lost, above 1 where the loss exceeds it; no more than 1 is passed on. additional_stress: of that, what came after the shock, both at most 1; contribution: additional_stress x weight / all weights, additive: the sum is the DebtRank of the shock. weights: NULL takes what a party is owed. Losses in the unit of equity, NULL where it is not stated. default_round: in which stress reached 1, 0: by the shock, NULL: not. Key: (party). Double precision. 22023 when a creditor has no equity above 0, for numbers below 0, a party named twice and another method; 22004 for NULL in an array, 22023 for arrays of different length, 22003 for NaN and infinity; 54000 when losses still go round after 1000000 rounds. NULL graph: no rows.';
