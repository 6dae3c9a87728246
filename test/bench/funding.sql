-- A funding graph of BENCH_EDGES rows between BENCH_PARTIES parties, at random: its aggregate, its components, against
-- CXSparse on the same matrix (funding_cxsparse.sql), and what else is read from it.

SELECT setseed(0.6) \g /dev/null
CREATE UNLOGGED TABLE funding_row AS
SELECT (random() * (:parties - 1))::integer AS payer_id, (random() * (:parties - 1))::integer AS payee_id, NULL::text AS payer, NULL::text AS payee,
       pg_catalog.round((random() * 1000)::numeric, 2) + 0.01 AS amount
FROM generate_series(1, :edges);
UPDATE funding_row SET payer = 'party ' || payer_id, payee = 'party ' || payee_id;
VACUUM (FREEZE, ANALYZE) funding_row;
CREATE TABLE funding_value AS SELECT funding_agg(payer, payee, amount) AS g FROM funding_row;
-- As large as companies that publish contracts: a few thousand.
CREATE TABLE funding_small AS SELECT funding_agg('p' || payer_id % 1000, 'p' || payee_id % 1000, amount) AS g FROM (SELECT * FROM funding_row LIMIT 5000) s;
SELECT edge_count(g) AS edges, party_count(g) AS parties, pg_column_size(g) AS bytes_stored FROM funding_value;

INSERT INTO bench_query (name, query) VALUES
('funding: funding_agg', 'SELECT funding_agg(payer, payee, amount) IS NULL FROM funding_row'),
('funding: sum by pair', 'SELECT count(*) FROM (SELECT sum(amount) FROM funding_row GROUP BY payer, payee) s'),
('funding: components', 'SELECT count(*) FROM funding_value, components(g)'),
('funding: round_trip', 'SELECT count(*) FROM funding_value, round_trip(g)'),
('funding: cycles up to 4', 'SELECT count(*) FROM funding_value, cycles(g, 4, 10000)'),
('funding: max_circulation of 5,000 edges', 'SELECT circulation_edge_sum(g) FROM funding_small');
INSERT INTO bench_comparison (work, ours, baseline, target) VALUES
('funding_agg : sum(numeric) by payer and payee', 'funding: funding_agg', 'funding: sum by pair', NULL);
