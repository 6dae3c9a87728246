-- Funding graphs against published and worked cases.
--
-- "sample" is the graph of twelve commitments among AI companies as announced to November 2025, in USD bn;
-- its cycles, their smallest edges and the circulation were worked out independently with exact fractions.
-- "networkx" are inputs and results of networkx's own tests (test_strongly_connected.py, test_cycles.py; BSD 3-clause).
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();

CREATE TEMP TABLE sample (payer text, payee text, kind text, bn numeric);
INSERT INTO sample VALUES
    ('Nvidia', 'OpenAI', 'equity', 100), ('OpenAI', 'Oracle', 'cloud', 300), ('Oracle', 'Nvidia', 'chips', 40),
    ('Microsoft', 'OpenAI', 'equity', 13), ('OpenAI', 'Microsoft', 'cloud', 250), ('Nvidia', 'Anthropic', 'equity', 10),
    ('Microsoft', 'Anthropic', 'equity', 5), ('Anthropic', 'Microsoft', 'cloud', 30), ('OpenAI', 'AWS', 'cloud', 38),
    ('OpenAI', 'CoreWeave', 'cloud', 22.4), ('Nvidia', 'CoreWeave', 'backstop', 6.3), ('Amazon', 'Anthropic', 'notes', 8.0);
CREATE TEMP TABLE g AS
SELECT funding_agg(payer, payee, kind, bn) AS n, funding_agg(payer, payee, monetary(bn, 'USD')) AS m FROM sample;

SELECT results_eq($$ SELECT array_agg(party ORDER BY party COLLATE "C") FROM g, components(n) WHERE size > 1 GROUP BY component $$,
    $$ VALUES ('{Anthropic,Microsoft,Nvidia,OpenAI,Oracle}'::text[]) $$, 'sample: one component has more than one party');
SELECT results_eq($$ SELECT parties, length, amount, largest, complete FROM g, cycles(n) ORDER BY amount DESC $$,
    $$ VALUES ('{Nvidia,OpenAI,Oracle}'::text[], 3, 40::numeric, 300::numeric, true), ('{Microsoft,OpenAI}', 2, 13, 250, true),
              ('{Anthropic,Microsoft,OpenAI,Oracle,Nvidia}', 5, 10, 300, true), ('{Anthropic,Microsoft}', 2, 5, 30, true) $$, 'sample: its four cycles');
SELECT is(sum(amount), 68::numeric, 'sample: the sum of their smallest edges, which counts money twice') FROM g, cycles(m);
-- Every set of cycles of which no two share an edge.
SELECT is(max(total), 58::numeric, 'sample: and of cycles that share no edge, at most 58') FROM (
    SELECT (SELECT sum(c.amount) FROM g, cycles(n) c WHERE pick >> (c.cycle - 1) & 1 = 1) AS total,
           (SELECT count(*) = count(DISTINCT (c.parties[place], c.parties[place % c.length + 1])) FROM g, cycles(n) c, generate_series(1, c.length) place WHERE pick >> (c.cycle - 1) & 1 = 1) AS apart
    FROM generate_series(1, 15) pick) p WHERE apart;
SELECT is(circulation_edge_sum(n), 156::numeric, 'sample: what goes round, edge by edge') FROM g;
SELECT is(circulation_edge_sum(m), 156::numeric, 'sample: as money too') FROM g;
SELECT results_eq($$ SELECT party, circulating FROM g, party_circulation(m) WHERE circulating > 0 ORDER BY circulating DESC, party $$,
    $$ VALUES ('OpenAI', 53::numeric), ('Nvidia', 40), ('Oracle', 40), ('Microsoft', 18), ('Anthropic', 5) $$, 'sample: what goes round through each party');
SELECT results_eq($$ SELECT payer || '->' || payee, circulating FROM g, max_circulation(n) WHERE circulating > 0 ORDER BY payer COLLATE "C", payee COLLATE "C" $$,
    $$ VALUES ('Anthropic->Microsoft', 5::numeric), ('Microsoft->Anthropic', 5), ('Microsoft->OpenAI', 13), ('Nvidia->OpenAI', 40),
              ('OpenAI->Microsoft', 13), ('OpenAI->Oracle', 40), ('Oracle->Nvidia', 40) $$, 'sample: on which payments');
SELECT is(total_weight(m), 822.7, 'sample: all payments') FROM g;
SELECT is(currency(m)::text || ' ' || party_count(m) || ' ' || edge_count(m) || ' ' || unknown_weights(m), 'USD 8 12 0', 'sample: what it is made of') FROM g;

-- Microsoft had put 11.6 into OpenAI; OpenAI paid Microsoft 12.4333 for Azure, as leaked: of that, 93.3 percent was Microsoft's own.
SELECT results_eq($$ SELECT party, counterparty, paid, received, amount, share_of_paid, round(share_of_received, 6) FROM round_trip(
        (SELECT funding_agg(payer, payee, bn) FROM (VALUES ('Microsoft', 'OpenAI', 11.6), ('OpenAI', 'Microsoft', 12.4333)) v (payer, payee, bn))) $$,
    $$ VALUES ('Microsoft', 'OpenAI', 11.6, 12.4333, 11.6, 1::numeric, 0.932978) $$, 'a supplier that funds its customer');

-- Large exposures: 67 percent of CoreWeave's revenue of 2025 came from Microsoft. Tier 1 capital is 100.
CREATE TEMP TABLE exposure (party text, amount numeric);
INSERT INTO exposure VALUES ('MSFT', 9), ('CRWV', 7), ('ORCL', 11), ('OAI', 6), ('AMZN', 12);
CREATE FUNCTION pg_temp.groups(dependence funding_graph) RETURNS TABLE (parties text, amount numeric) LANGUAGE sql AS $$
    SELECT string_agg(e.party, '+' ORDER BY e.party), sum(e.amount)
    FROM exposure e LEFT JOIN connected_groups(NULL, $1) c ON c.party = e.party GROUP BY coalesce(c.group_number::text, e.party) ORDER BY 2 DESC, 1 $$;
SELECT results_eq($$ SELECT * FROM pg_temp.groups(funding_graph('MSFT', 'CRWV', 0.67)) $$,
    $$ VALUES ('CRWV+MSFT', 16::numeric), ('AMZN', 12), ('ORCL', 11), ('OAI', 6) $$, 'economic dependence joins MSFT and CRWV: 16');
SELECT results_eq($$ SELECT * FROM pg_temp.groups(funding_graph('MSFT', 'CRWV', 0.67) + funding_graph('OAI', 'ORCL', 1) + funding_graph('OAI', 'CRWV', 1)) $$,
    $$ VALUES ('CRWV+MSFT+OAI+ORCL', 33::numeric), ('AMZN', 12) $$, 'a common source of repayment joins four: 33, above 25');
SELECT results_eq($$ SELECT group_number, party, size FROM connected_groups(
        funding_graph('A', 'B', 0.5) + funding_graph('A', 'C', 0.500000000000001) + funding_graph('D', 'E', 'votes', 0.3) + funding_graph('D', 'E', 'options', 0.3),
        funding_graph('E', 'F', 0.5) + funding_graph('B', 'G', 0.499999999999999)) $$,
    $$ VALUES (1, 'A', 2), (1, 'C', 2), (2, 'B', 1), (3, 'D', 3), (3, 'E', 3), (3, 'F', 3), (4, 'G', 1) $$,
    'control is above its threshold, dependence from it on; kinds are added up');
SELECT is(count(*), 0::bigint, 'no graph, no group') FROM connected_groups(NULL, NULL);
SELECT results_eq($$ SELECT payer, share_of_payments, share_of_receipts FROM dependence(funding_graph('a', 'c', 2) + funding_graph('b', 'c', 1) + funding_graph('b', 'd', 3) + funding_graph('c', 'c', 9)) ORDER BY 1, 2 $$,
    $$ VALUES ('a', 1::numeric, 0.666666666666667), ('b', 0.25, 0.333333333333333), ('b', 0.75, 1) $$, 'shares of payments and receipts, payments to oneself aside');

-- networkx
CREATE TEMP TABLE networkx_components (edges text, components text);
INSERT INTO networkx_components VALUES
    ('1>2 2>3 2>8 3>4 3>7 4>5 5>3 5>6 7>4 7>6 8>1 8>7', '{1,2,8} {3,4,5,7} {6}'), ('1>2 1>3 1>4 4>2 3>4 2>3', '{1} {2,3,4}'), ('1>2 2>3 3>2 2>1', '{1,2,3}'),
    ('0>1 1>2 1>3 2>4 2>5 3>4 3>5 4>6', '{0} {1} {2} {3} {4} {5} {6}'), ('0>1 1>2 1>3 1>4 2>0 2>3 3>4 4>3', '{0,1,2} {3,4}');
CREATE FUNCTION pg_temp.graph(edges text) RETURNS funding_graph LANGUAGE sql AS $$
    SELECT funding_agg(split_part(e, '>', 1), split_part(e, '>', 2), 1) FROM unnest(string_to_array(nullif(edges, ''), ' ')) e $$;
SELECT is((SELECT string_agg('{' || parties || '}', ' ' ORDER BY component)
           FROM (SELECT component, string_agg(party, ',' ORDER BY party) AS parties FROM components(pg_temp.graph(edges)) GROUP BY component) c), components, 'networkx: components of ' || edges)
FROM networkx_components;
CREATE TEMP TABLE networkx_cycles (edges text, cycles text);
INSERT INTO networkx_cycles VALUES
    ('0>0 0>1 0>2 1>2 2>0 2>1 2>2', '{0,1,2} {0,2} {0} {1,2} {2}'), ('1>2 2>3 3>1', '{1,2,3}'), ('a1>a2 a2>a3 a3>a1 b1>b2 b2>b3 b3>b1', '{a1,a2,a3} {b1,b2,b3}'), ('', NULL);
SELECT is((SELECT string_agg(parties::text, ' ' ORDER BY parties::text COLLATE "C") FROM cycles(pg_temp.graph(edges), NULL, NULL)), cycles, 'networkx: cycles of "' || edges || '"')
FROM networkx_cycles;
SELECT is((SELECT count(*) FROM cycles(pg_temp.graph('0>2 0>3 1>0 1>3 2>1 2>4 3>2 3>4 4>0 4>1 4>5 5>0 5>1 5>2 5>3'), NULL, NULL)), 26::bigint, 'networkx: 26 cycles');
-- Johnson's worst case: 3 k cycles, on each of which the algorithm of Tiernan backtracks exponentially.
SELECT is((SELECT count(*) FROM cycles(pg_temp.graph(edges), NULL, NULL)), 3 * k, 'networkx: Johnson''s worst case for k = ' || k)
FROM (VALUES (3::bigint, '01>02 02>05 01>03 03>05 01>04 04>05 07>01 05>08 05>06 06>08 06>07 07>08 09>05 08>09 09>12 08>10 10>12 08>11 11>12 12>08'),
             (4, '01>02 02>06 01>03 03>06 01>04 04>06 01>05 05>06 09>01 06>10 06>07 07>10 07>08 08>10 08>09 09>10 11>06 10>11 11>15 10>12 12>15 10>13 13>15 10>14 14>15 15>10')) j (k, edges);
-- networkx 8737: a chain of t diamonds closed to a ring has 2^t cycles of 2 t parties.
CREATE FUNCTION pg_temp.diamonds(t integer) RETURNS funding_graph LANGUAGE sql AS $$
    SELECT funding_agg(e.payer, e.payee, 1) FROM generate_series(0, t - 1) i,
        LATERAL (VALUES ('d' || i, 'a' || i), ('d' || i, 'b' || i), ('a' || i, 'd' || (i + 1) % t), ('b' || i, 'd' || (i + 1) % t)) e (payer, payee) $$;
SELECT is((SELECT count(*) FROM cycles(pg_temp.diamonds(10), NULL, NULL) WHERE length = 20 AND complete), 1024::bigint, 'ten diamonds: 1024 cycles');
SELECT is((SELECT count(*) FROM cycles(pg_temp.diamonds(10), 19, NULL)), 0::bigint, 'ten diamonds: none is shorter');
SELECT is((SELECT count(*) || ' ' || bool_or(complete) FROM cycles(pg_temp.diamonds(300), 600)), '1000 false', 'three hundred diamonds: the first thousand, and that there are more');
SELECT is((SELECT count(*) FROM cycles(pg_temp.diamonds(300), 599)), 0::bigint, 'three hundred diamonds: that there is no shorter one is found at once');
SELECT is(circulation_edge_sum(pg_temp.diamonds(300)), 1200::numeric, 'three hundred diamonds circulate whole');
SELECT * FROM finish();
ROLLBACK;
