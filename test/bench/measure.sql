-- Runs the queries that have not been run yet in turn, and again.

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
        FOR q IN SELECT * FROM bench_query
                 WHERE NOT EXISTS (SELECT FROM bench_time t WHERE t.name = bench_query.name AND t.run = current_setting('bench.runs')::integer)
                 ORDER BY ordinal LOOP
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
