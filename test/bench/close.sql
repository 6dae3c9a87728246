-- The close: a ledger of its own whose months are closed one after the other, each timed. Assets of four classes
-- at eight sites, in service over the five years before the books begin, charged to the end; one in a hundred has
-- an event while the books are kept, and every month ten in 100,000 have something added that became known late, so that
-- corrections are looked for in all closed months. A close cannot be run again: months stand in for runs.

SET client_min_messages = warning;
SET search_path = chipbook, public;
SET max_parallel_workers_per_gather = 0;
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

-- Wall-clock time, and the processor time of this process, which says what a core does also where others want it (Linux, by 10 ms).
CREATE FUNCTION public.processor_ms() RETURNS numeric LANGUAGE sql VOLATILE
RETURN (SELECT 10 * (f[12]::numeric + f[13]::numeric) FROM string_to_array(split_part(pg_read_file('/proc/self/stat'), ') ', 2), ' ') f);
CREATE TABLE public.bench_close (closed_months integer, step text, ms numeric, processor_ms numeric, PRIMARY KEY (closed_months, step));
CREATE FUNCTION public.bench_step(of_step text, wall timestamptz, processor numeric) RETURNS void LANGUAGE sql VOLATILE
BEGIN ATOMIC
    INSERT INTO public.bench_close VALUES (current_setting('bench.closed')::integer, of_step, 1000 * extract(epoch FROM clock_timestamp() - wall), processor_ms() - processor);
END;
-- Each step of this ledger's close in a function that times it.
DO $$
DECLARE
    step record;
BEGIN
    FOR step IN SELECT s.function_name FROM close_steps() s LOOP
        EXECUTE format('ALTER FUNCTION closing.%I RENAME TO %I', step.function_name, step.function_name || '_itself');
        EXECUTE format($f$CREATE FUNCTION closing.%I(period closing.period_state, begins_on date) RETURNS void LANGUAGE plpgsql AS $t$
DECLARE
    wall timestamptz := clock_timestamp();
    processor numeric := public.processor_ms();
BEGIN
    PERFORM closing.%I(period, begins_on);
    PERFORM public.bench_step(%L, wall, processor);
END
$t$ $f$, step.function_name, step.function_name || '_itself', step.function_name);
    END LOOP;
END
$$;
SELECT set_config('bench.assets', :'assets', false), set_config('bench.months', :'months', false) \g /dev/null

CREATE PROCEDURE public.bench_month(closed integer) LANGUAGE plpgsql AS $$
DECLARE
    first_day date := (date '2014-01-01' + make_interval(months => closed))::date;
    assets bigint := current_setting('bench.assets')::bigint;
    wall timestamptz;
    processor numeric;
    late bigint;
BEGIN
    IF closed > 0 THEN
        late := open_load('closing', 'late', 'bench');
        INSERT INTO closing.asset_event (event_id, asset_id, kind, happened_on, amount)
        SELECT format('late %s %s', closed, n), 'asset ' || lpad((1 + (closed * 1009 + n * 7919) % assets)::text, 8, '0'), 'addition', first_day - 20, '10 USD'
        FROM generate_series(1, greatest(assets / 10000, 1)) n;
        PERFORM publish_load('closing', late);
        COMMIT;
    END IF;
    PERFORM set_config('bench.closed', closed::text, false);
    wall := clock_timestamp();
    processor := processor_ms();
    PERFORM close_period('closing', 'main', 'ifrs', extract(year FROM first_day)::integer, extract(month FROM first_day)::integer);
    COMMIT;
    PERFORM bench_step('close', wall, processor);
END
$$;
-- A statement for each month: autovacuum learns of one before the next.
SELECT format('CALL bench_month(%s)', n) FROM generate_series(0, :months) n \gexec

-- By hash: the planner takes what is known for a ninth of a table.
SET enable_nestloop = off;
-- Every month was closed, and what is posted of the assets is what they have accumulated.
DO $$
DECLARE
    last_day date := (date '2014-02-01' + make_interval(months => current_setting('bench.months')::integer))::date;
BEGIN
    IF (SELECT count(*) FROM closing_report.period_status WHERE state = 'closed') <> current_setting('bench.months')::integer + 1 THEN
        RAISE EXCEPTION 'not every month was closed';
    END IF;
    IF EXISTS (SELECT FROM closing.asset_basis b
               JOIN closing.asset_posted p ON p.asset_id = b.asset_id AND p.event = 'depreciation'
               CROSS JOIN LATERAL asset_movement(b.computable_cost, b.held_from, b.in_service, b.policy, b.events, '0001-01-01', last_day) m
               WHERE m.charge <> p.posted_total) THEN
        RAISE EXCEPTION 'what was posted is not what was charged';
    END IF;
END
$$;

\pset footer off
\echo
-- A close cannot be run again: the median of those of five months, up to the one named. The rest is posting.
CREATE VIEW public.bench_close_median AS
SELECT n.closed_months, b.step, percentile_cont(0.5) WITHIN GROUP (ORDER BY b.ms::float8)::numeric AS ms,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY b.processor_ms::float8)::numeric AS processor_ms
FROM (SELECT least(12, max(closed_months)) AS closed_months FROM bench_close UNION SELECT max(closed_months) FROM bench_close) n
JOIN bench_close b ON b.closed_months BETWEEN n.closed_months - 4 AND n.closed_months
GROUP BY n.closed_months, b.step;
SELECT w.work, m.closed_months AS "closed months", pg_catalog.round(m.ms) AS ms, pg_catalog.round(1000 * :assets / m.ms) AS "assets a second",
       pg_catalog.round(m.processor_ms) AS "processor ms", pg_catalog.round(1000 * :assets / nullif(m.processor_ms, 0)) AS "assets a second of a processor",
       pg_catalog.round(m.processor_ms / nullif(first_value(m.processor_ms) OVER (PARTITION BY m.step ORDER BY m.closed_months), 0), 3) AS "ratio to the first",
       w.target, CASE WHEN 1000 * :assets / nullif(m.processor_ms, 0) >= w.target THEN 'yes' WHEN w.target IS NOT NULL THEN 'no' END AS met
FROM bench_close_median m
JOIN (SELECT c.step_number AS place, c.function_name::text AS step, pg_catalog.replace(pg_catalog.substr(c.function_name, 7), '_', ' ') AS work,
             CASE c.function_name WHEN 'close_assets' THEN 50000 END AS target FROM close_steps() c
      UNION ALL SELECT 1000, 'close', 'the whole close', NULL) w ON w.step = m.step
ORDER BY w.place, m.closed_months;

SELECT b.closed_months AS "closed months", pg_catalog.round(max(ms) FILTER (WHERE step = 'close_assets')) AS "depreciation ms",
       pg_catalog.round(max(ms) FILTER (WHERE step = 'close_accruals')) AS "accruals ms", pg_catalog.round(max(ms) FILTER (WHERE step = 'close_allocations')) AS "allocations ms",
       pg_catalog.round(max(ms) FILTER (WHERE step = 'close')) AS "whole close ms", pg_catalog.round(max(processor_ms) FILTER (WHERE step = 'close')) AS "of a processor ms",
       (SELECT count(*) FROM closing.journal_entry j WHERE 12 * (j.fiscal_year - 2014) + j.period_number = b.closed_months + 1) AS entries
FROM bench_close b WHERE b.closed_months % 12 = 0 GROUP BY b.closed_months ORDER BY 1;
