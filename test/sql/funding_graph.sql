-- funding_graph: who pays whom, its text form, what is read from it and refusals.
SET search_path = chipbook, public;

CREATE TABLE payment (payer text, payee text, kind text, amount monetary);
INSERT INTO payment VALUES
    ('Lender', 'Lab', 'equity', '100 USD'), ('Lab', 'Cloud', 'compute', '300 USD'), ('Cloud', 'Lender', 'chips', '40 USD'),
    ('Cloud', 'Lab', 'equity', '13 USD'), ('Cloud', 'Lab', 'note', '2.50 USD'), ('Lab', 'Lab', 'treasury', '1 USD'), ('Lab', 'Utility', NULL, NULL);
CREATE TABLE funding AS SELECT funding_agg(payer, payee, kind, amount) AS g, funding_agg(payer, payee, amount) AS plain FROM payment;
SELECT g FROM funding;
SELECT plain FROM funding;
SELECT e.* FROM funding, edges(g) e;
SELECT currency(g), total_weight(g), unknown_weights(g), party_count(g), edge_count(g), g = plain AS same, g <> plain AS other FROM funding;
SELECT c.* FROM funding, components(g) c;
SELECT c.* FROM funding, cycles(g) c;
SELECT c.* FROM funding, cycles(g, max_length => 2, max_count => 1) c;
SELECT r.* FROM funding, round_trip(g) r;
SELECT c.* FROM funding, max_circulation(g) c;
SELECT c.* FROM funding, party_circulation(g) c;
SELECT circulation_edge_sum(g) FROM funding;
SELECT d.* FROM funding, dependence(g) d;
SELECT * FROM connected_groups(funding_graph('A', 'B', 0.6), funding_graph('B', 'C', 0.5));
SELECT * FROM connected_groups(funding_graph('A', 'B', 0.6), NULL, control_above => 0.6);

-- Adding up
SELECT rollup(g) FROM (VALUES (funding_graph('a', 'b', 1)), (NULL), (funding_graph('a', 'b', 0.25))) v (g);
SELECT funding_graph('a', 'b', 1) + funding_graph('b', 'a', 'loan', 2) AS sum;
SELECT funding_graph('a', 'b', '1 USD'::monetary) + funding_graph('a', 'b', 'loan', '2 USD'::monetary) AS sum;
SELECT funding_graph_add_row(NULL, 'a', 'b', 1) AS by_hand;
SELECT funding_graph_add_row(funding_graph('a', 'b', 1), 'a', 'b', 'x', 1) AS by_hand;
SELECT funding_graph_rollup(NULL, NULL) IS NULL AS nothing;
SELECT funding_agg(payer, payee, 1) OVER (ORDER BY payer COLLATE "C", payee COLLATE "C" ROWS UNBOUNDED PRECEDING) FROM payment WHERE payer = 'Lab';

-- Text
SELECT $$ number   "a"">"">"b"/"c/=d"=007.50
  "b">"a"">"=.5 $$::funding_graph;
SELECT $$number "a"">">"b"/"c/=d"=007.50
  "b">"a"">"=0.500$$::funding_graph;
SELECT v::funding_graph FROM unnest(ARRAY['number', ' USD unknown=2 "b">"a"=1 ', 'number "a">"b"=0', 'number "a">"b"=2596148429267413814.265248164610047']) v;
SELECT ''::funding_graph;
SELECT 'USD'::funding_graph;
SELECT 'usd "a">"b"=1'::funding_graph;
SELECT 'number "a">"b"'::funding_graph;
SELECT 'number "">"b"=1'::funding_graph;
SELECT 'number "a">"b"=-1'::funding_graph;
SELECT 'number "a">"b"=1"a">"b"=1'::funding_graph;
SELECT 'number "a">"b"=1.0000000000000001'::funding_graph;
SELECT 'number "a">"b"=2596148429267413814.265248164610048'::funding_graph;
SELECT 'number "a">"b"=2e18'::funding_graph;
SELECT 'number "a">"b"=2000000000000000000 "a">"c"=2000000000000000000'::funding_graph;
SELECT 'number unknown=9223372036854775808'::funding_graph;

-- Refusals
SELECT funding_agg(payer, payee, -amount) FROM payment;
SELECT funding_agg(NULL, payee, amount) FROM payment;
SELECT funding_agg('', payee, amount) FROM payment;
SELECT funding_agg('a', 'b', amount) FROM unnest('{1 USD,1 EUR}'::monetary[]) amount;
SELECT funding_graph('a', 'b', 1) + funding_graph('a', 'b', '1 USD'::monetary);
SELECT funding_agg('a', 'b', 1e30);
SELECT cycles(g, 0) FROM funding;
SELECT connected_groups(g, NULL) FROM funding;
SELECT connected_groups(NULL, NULL, dependence_from => -0.1);
DROP TABLE payment, funding;
