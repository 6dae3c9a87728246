-- The close: a ledger of its own whose months are closed one after the other, each timed. Assets of four classes
-- at eight sites, in service over the five years before the books begin, charged to the end; one in a hundred has
-- an event while the books are kept, and every month ten in 100,000 have something added that became known late, so that
-- corrections are looked for in all closed months. A close cannot be run again: months stand in for runs.

\if :{?assets} \else \set assets 100000 \endif
\if :{?pools} \else \set pools 10000 \endif
\if :{?months} \else \set months 120 \endif

SET client_min_messages = warning;
SET search_path = chipbook, public;
SET max_parallel_workers_per_gather = 0;
-- What plpgsql functions take, as the server counts it: the steps of the close.
SET track_functions = 'pl';

SELECT create_ledger('closing') \g /dev/null
INSERT INTO closing.source VALUES ('bench', 'synthetic', 'made for the benchmark', NULL, 'low');
SELECT open_load('closing', 'benchmark', 'bench') AS load_id \gset
INSERT INTO closing.site (site_id, name) SELECT 'site ' || s, 'site ' || s FROM generate_series(1, 8) s;
INSERT INTO closing.account (account_id, name, kind)
VALUES ('0100', 'cost', 'asset'), ('0190', 'accumulated depreciation', 'asset'), ('0195', 'accumulated impairment', 'asset'),
       ('1200', 'receivables', 'asset'), ('1999', 'clearing of disposals', 'asset'), ('3000', 'accrued cost', 'liability'),
       ('4900', 'gains on disposal', 'income'), ('6100', 'depreciation', 'expense'), ('6150', 'impairment', 'expense'),
       ('6200', 'cloud and colocation', 'expense'), ('6900', 'losses on disposal', 'expense');
INSERT INTO closing.posting_rule (rule_id, event, debit_account_id, credit_account_id)
VALUES ('d', 'depreciation', '6100', '0190'), ('i', 'impairment', '6150', '0195'), ('r', 'rent_accrual', '6200', '3000'),
       ('f', 'facility_accrual', '6200', '3000'), ('dc', 'disposal_cost', '1999', '0100'), ('da', 'disposal_accumulated', '0190', '1999'),
       ('di', 'disposal_impairment', '0195', '1999'), ('dp', 'disposal_proceeds', '1200', '1999'), ('dg', 'disposal_gain', '1999', '4900'),
       ('dl', 'disposal_loss', '6900', '1999');
INSERT INTO closing.cost_centre (cost_centre_id, name) SELECT 'centre ' || c, 'centre ' || c FROM generate_series(1, 100) c;
INSERT INTO closing.asset (asset_id, name, component, chips, site_id, cost, acquired_on, available_for_use_on)
SELECT 'asset ' || lpad(i::text, 8, '0'), 'asset', c.component, CASE c.component WHEN 'chip' THEN 8 END, 'site ' || 1 + i % 8,
       monetary((1000000 + i * 7919 % 100000000)::numeric / 100, 'USD'), s.in_service - 30, s.in_service
FROM generate_series(1::bigint, :assets) i
CROSS JOIN LATERAL (SELECT (ARRAY['chip', 'chip', 'server', 'network', 'building'])[1 + i % 5] AS component) c
CROSS JOIN LATERAL (SELECT date '2009-02-01' + (i * 31 % 1800)::integer AS in_service) s;
INSERT INTO closing.asset_policy (asset_id, basis, policy)
SELECT a.asset_id, 'ifrs',
       CASE WHEN i % 20 = 0 THEN amortisation_policy('sum_of_years_digits', l.life, convention => 'full_month')
            WHEN i % 20 = 1 THEN amortisation_policy('declining_balance', l.life, convention => 'full_month', switch_to_straight_line => true)
            WHEN i % 2 = 0 THEN amortisation_policy('straight_line', l.life, salvage => 0.1)
            ELSE amortisation_policy('straight_line', l.life, convention => 'full_month') END
FROM (SELECT asset_id, row_number() OVER (ORDER BY asset_id) AS i FROM closing.asset) a
CROSS JOIN LATERAL (SELECT make_interval(years => (20 + i % 11)::integer) AS life) l;
INSERT INTO closing.asset_event (event_id, asset_id, basis, kind, happened_on, amount, share, proceeds)
SELECT 'event ' || i, a.asset_id, CASE e.kind WHEN 'impairment' THEN 'ifrs' END, e.kind, date '2014-01-01' + (i * 37 % 3650)::integer,
       CASE WHEN e.kind <> 'disposal' THEN '100 USD'::monetary END, CASE e.kind WHEN 'disposal' THEN 0.5 END, CASE e.kind WHEN 'disposal' THEN '500 USD'::monetary END
FROM (SELECT asset_id, row_number() OVER (ORDER BY asset_id) AS i FROM closing.asset) a
CROSS JOIN LATERAL (SELECT (ARRAY['addition', 'impairment', 'disposal'])[1 + i / 100 % 3] AS kind) e
WHERE i % 100 = 0;
-- Eight in ten pools are owned and have the assets, two are rented; some pay for a hall.
INSERT INTO closing.pool (pool_id, name, site_id, cost_centre_id, ownership)
SELECT 'pool ' || i, 'pool', 'site ' || 1 + i % 8, 'centre ' || 1 + i % 100, CASE WHEN i % 5 = 0 THEN 'rented' ELSE 'owned' END
FROM generate_series(1, :pools) i;
INSERT INTO closing.pool_asset (pool_id, asset_id)
SELECT o.pool_id, a.asset_id
FROM (SELECT asset_id, row_number() OVER (ORDER BY asset_id) AS i FROM closing.asset) a
JOIN (SELECT pool_id, row_number() OVER (ORDER BY pool_id) AS n, count(*) OVER () AS pools FROM closing.pool WHERE ownership = 'owned') o
     ON o.n = 1 + a.i % o.pools;
INSERT INTO closing.rented_capacity (rental_id, pool_id, chips, rate, valid_from)
SELECT 'rental ' || pool_id, pool_id, 64, '1.25 USD', '2013-06-01' FROM closing.pool WHERE ownership = 'rented';
INSERT INTO closing.cost_rate (cost_rate_id, pool_id, component, unit, price, valid_from)
SELECT 'hall ' || pool_id, pool_id, 'facility', 'month', '1000 USD', '2013-06-01' FROM closing.pool WHERE ownership = 'owned' AND right(pool_id, 1) = '1';
SELECT publish_load('closing', :load_id) \g /dev/null
VACUUM (ANALYZE) closing.asset, closing.asset_policy, closing.asset_event, closing.pool, closing.pool_asset, closing.rented_capacity,
    closing.cost_rate, closing.cost_centre, closing.posting_rule;

CREATE TABLE bench_close (closed_months integer PRIMARY KEY, close_ms numeric, depreciation_ms numeric, accruals_ms numeric, allocations_ms numeric,
                          post_ms numeric, entries bigint);
SELECT set_config('bench.assets', :'assets', false), set_config('bench.months', :'months', false) \g /dev/null

DO $$
DECLARE
    first_day date;
    started timestamptz;
    posted bigint;
    late bigint;
    steps CONSTANT name[] := '{close_assets,close_accruals,close_allocations,close_post}';
    before float8[];
    after float8[];
BEGIN
    FOR closed IN 0 .. current_setting('bench.months')::integer LOOP
        first_day := (date '2014-01-01' + make_interval(months => closed))::date;
        IF closed > 0 THEN
            late := open_load('closing', 'late', 'bench');
            INSERT INTO closing.asset_event (event_id, asset_id, kind, happened_on, amount)
            SELECT format('late %s %s', closed, n), 'asset ' || lpad((1 + (closed * 1009 + n * 7919) % current_setting('bench.assets')::integer)::text, 8, '0'),
                   'addition', first_day - 20, '10 USD'
            FROM generate_series(1, greatest(current_setting('bench.assets')::integer / 10000, 1)) n;
            PERFORM publish_load('closing', late);
            COMMIT;
        END IF;
        -- Counted since the session last told the server, so before it and after.
        SELECT array_agg(coalesce(f.total_time, 0) ORDER BY s.step) INTO before
        FROM unnest(steps) WITH ORDINALITY s (name, step) LEFT JOIN pg_stat_xact_user_functions f ON f.schemaname = 'closing' AND f.funcname = s.name;
        started := clock_timestamp();
        posted := close_period('closing', 'main', 'ifrs', extract(year FROM first_day)::integer, extract(month FROM first_day)::integer);
        SELECT array_agg(coalesce(f.total_time, 0) ORDER BY s.step) INTO after
        FROM unnest(steps) WITH ORDINALITY s (name, step) LEFT JOIN pg_stat_xact_user_functions f ON f.schemaname = 'closing' AND f.funcname = s.name;
        INSERT INTO bench_close (closed_months, depreciation_ms, accruals_ms, allocations_ms, post_ms, entries)
        VALUES (closed, after[1] - before[1], after[2] - before[2], after[3] - before[3], after[4] - before[4], posted);
        COMMIT;
        UPDATE bench_close SET close_ms = 1000 * extract(epoch FROM clock_timestamp() - started) WHERE closed_months = closed;
        COMMIT;
    END LOOP;
END
$$;

-- Every month was closed, and what was posted of each asset is what the register has.
DO $$
BEGIN
    IF (SELECT count(*) FROM closing_report.period_status WHERE state = 'closed') <> current_setting('bench.months')::integer + 1 THEN
        RAISE EXCEPTION 'not every month was closed';
    END IF;
END
$$;

\pset footer off
\echo
WITH shown AS (
    SELECT m.closed_months, c.depreciation_ms, c.close_ms, n.depreciation_ms AS depreciation_median, n.close_ms AS close_median
    FROM (SELECT DISTINCT least(12, :months) AS closed_months UNION SELECT :months) m
    JOIN bench_close c USING (closed_months)
    CROSS JOIN LATERAL (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY b.depreciation_ms::float8)::numeric AS depreciation_ms,
                               percentile_cont(0.5) WITHIN GROUP (ORDER BY b.close_ms::float8)::numeric AS close_ms
                        FROM bench_close b WHERE b.closed_months BETWEEN m.closed_months - 4 AND m.closed_months) n)
SELECT s.closed_months AS "closed months", pg_catalog.round(s.depreciation_ms) AS "depreciation ms", pg_catalog.round(1000 * :assets / s.depreciation_ms) AS "assets a second",
       pg_catalog.round(s.close_ms) AS "whole close ms", pg_catalog.round(1000 * :assets / s.close_ms) AS "assets a second ",
       pg_catalog.round(s.depreciation_median) AS "depreciation, median of 5", pg_catalog.round(s.close_median) AS "close, median of 5",
       50000 AS target, CASE WHEN 1000 * :assets / s.depreciation_median >= 50000 THEN 'yes' ELSE 'no' END AS met
FROM shown s ORDER BY 1;
SELECT pg_catalog.round(max(s.depreciation_ms) FILTER (WHERE closed_months = :months) / max(s.depreciation_ms) FILTER (WHERE closed_months = least(12, :months)), 3) AS "depreciation, last : 13th",
       pg_catalog.round(max(s.close_ms) FILTER (WHERE closed_months = :months) / max(s.close_ms) FILTER (WHERE closed_months = least(12, :months)), 3) AS "close, last : 13th"
FROM bench_close s;
SELECT closed_months AS "closed months", pg_catalog.round(depreciation_ms) AS "depreciation ms", pg_catalog.round(accruals_ms) AS "accruals ms", pg_catalog.round(allocations_ms) AS "allocations ms",
       pg_catalog.round(post_ms) AS "posting ms", pg_catalog.round(close_ms) AS "whole close ms", entries
FROM bench_close WHERE closed_months % 12 = 0 ORDER BY 1;
