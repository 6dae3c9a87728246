-- Runs every query in turn, and again, and prints what came out.

CREATE TABLE bench_time (name text, run integer, ms numeric);

-- Small costs, so that a few megabytes (BENCH_ROWS) are planned as many are.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT set_config('bench.runs', :'runs', false) \g /dev/null

DO $$
DECLARE
    q record;
    plan text;
    line text;
    started timestamptz;
BEGIN
    FOR run IN 0 .. current_setting('bench.runs')::integer LOOP
        FOR q IN SELECT * FROM bench_query ORDER BY ordinal LOOP
            PERFORM set_config('max_parallel_workers_per_gather', q.workers::text, true),
                    set_config('parallel_leader_participation', q.leader::text, true);
            IF run = 0 THEN
                plan := '';
                FOR line IN EXECUTE 'EXPLAIN ' || q.query LOOP
                    plan := plan || line || E'\n';
                END LOOP;
                IF (plan ~ 'Gather') <> (q.workers > 0) THEN
                    RAISE EXCEPTION '% has the wrong plan: %', q.name, plan;
                END IF;
            END IF;
            started := clock_timestamp();
            EXECUTE q.query;
            INSERT INTO bench_time VALUES (q.name, run, 1000 * extract(epoch FROM clock_timestamp() - started));
        END LOOP;
    END LOOP;
END
$$;

CREATE VIEW bench_median AS
SELECT name, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms::float8) AS ms, min(ms) AS least, max(ms) AS most
FROM bench_time WHERE run > 0 GROUP BY name;

\pset footer off
\echo
SELECT c.work, pg_catalog.round((o.ms - coalesce(os.ms, 0))::numeric) AS "ours ms", pg_catalog.round((b.ms - coalesce(bs.ms, 0))::numeric) AS "baseline ms",
       pg_catalog.round(ratio::numeric, 3) AS ratio, c.target, CASE WHEN ratio <= c.target THEN 'yes' WHEN ratio > c.target THEN 'no' END AS met
FROM bench_comparison c
JOIN bench_median o ON o.name = c.ours
JOIN bench_median b ON b.name = c.baseline
LEFT JOIN bench_median os ON os.name = c.ours_scan
LEFT JOIN bench_median bs ON bs.name = c.baseline_scan,
LATERAL (SELECT (o.ms - coalesce(os.ms, 0)) / nullif(b.ms - coalesce(bs.ms, 0), 0) AS ratio) r
ORDER BY c.ordinal;

SELECT q.name AS query, pg_catalog.round(least) AS "least ms", pg_catalog.round(ms::numeric) AS "median ms", pg_catalog.round(most) AS "most ms"
FROM bench_query q JOIN bench_median m USING (name) ORDER BY q.ordinal;
