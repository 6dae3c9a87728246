-- Exposure of 10,000 counterparties from one row an amount, beside what GROUP BY makes of whole cents. Counterparties
-- come in no order; amounts have two decimals and both signs.

CREATE UNLOGGED TABLE exposure_flow AS
SELECT 'counterparty-' || (pg_catalog.hashint8(i) & 2147483647) % 10000 AS counterparty,
       CASE i % 3 WHEN 0 THEN 'equity' WHEN 1 THEN 'receivable' ELSE 'guarantee' END AS kind,
       monetary((i * 7919 % 1000000 - 100000)::numeric / 100, 'USD') AS amount,
       i * 7919 % 1000000 - 100000 AS cents
FROM generate_series(1::bigint, :rows) i;
VACUUM (FREEZE, ANALYZE) exposure_flow;

-- The same sums, or the times mean nothing.
DO $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT counterparty, sum(cents) AS cents FROM exposure_flow GROUP BY 1) g
               FULL JOIN (SELECT (exposures(exposure_agg(counterparty, amount))).* FROM exposure_flow) e USING (counterparty)
               WHERE g.cents IS DISTINCT FROM amount(e.net) * 100) THEN
        RAISE EXCEPTION 'exposure_agg and GROUP BY differ';
    END IF;
END
$$;

INSERT INTO bench_query (name, query, workers) VALUES
('exposure_agg(counterparty, amount)', 'SELECT exposure_agg(counterparty, amount) FROM exposure_flow', 0),
('GROUP BY counterparty, sum(bigint)', 'SELECT count(s) FROM (SELECT sum(cents) AS s FROM exposure_flow GROUP BY counterparty) g', 0),
('exposure_agg(counterparty, kind, amount)', 'SELECT exposure_agg(counterparty, kind, amount) FROM exposure_flow', 0),
('GROUP BY counterparty, kind, sum(bigint)', 'SELECT count(s) FROM (SELECT sum(cents) AS s FROM exposure_flow GROUP BY counterparty, kind) g', 0),
('exposure_agg(counterparty, amount), two workers', 'SELECT exposure_agg(counterparty, amount) FROM exposure_flow', 2),
('GROUP BY counterparty, sum(bigint), two workers', 'SELECT count(s) FROM (SELECT sum(cents) AS s FROM exposure_flow GROUP BY counterparty) g', 2);
INSERT INTO bench_comparison (work, ours, baseline, target) VALUES
('exposure_agg : GROUP BY with sum(bigint), 10,000 counterparties', 'exposure_agg(counterparty, amount)', 'GROUP BY counterparty, sum(bigint)', 1.5),
('the same with a kind', 'exposure_agg(counterparty, kind, amount)', 'GROUP BY counterparty, kind, sum(bigint)', NULL),
('the first in parallel', 'exposure_agg(counterparty, amount), two workers', 'GROUP BY counterparty, sum(bigint), two workers', NULL);
