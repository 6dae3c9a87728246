-- Utilisation-weighted spend of 10 million readings of 500 pools, grouped by pool, in one
-- process: spend_agg against a grouped count(*), and against plain SQL for the same figures
-- over float8 and numeric costs (without spend_agg's clamping and counting, so in their
-- favour). Each query runs three times; the best time counts.
--
--   psql -X -v rows=10000000 -f test/bench/spend_agg.sql

\if :{?rows}
\else
\set rows 10000000
\endif
\pset format unaligned
\pset tuples_only on
\set QUIET on
SET client_min_messages = warning;
SET search_path = chipbook, public;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET work_mem = '64MB';

CREATE UNLOGGED TABLE bench_reading AS
SELECT (pg_catalog.hashint4(i::integer) & 2147483647) % 500 AS pool_id,
       monetary((70 + i * 7919 % 2000)::numeric / 7, 'USD') AS cost,
       3600000::bigint * 1000 AS installed,
       3600000::bigint * (1000 - i * 31 % 60) AS available,
       3600000::bigint * (700 + i * 17 % 240) AS allocated,
       3600000::bigint * (i * 13 % 700) + i % 1000 AS used
FROM generate_series(1::bigint, :rows) i;
CREATE UNLOGGED TABLE bench_reading_float8 AS
SELECT pool_id, amount(cost)::float8 AS cost, installed, available, allocated, used FROM bench_reading;
CREATE UNLOGGED TABLE bench_reading_numeric AS
SELECT pool_id, amount(cost) AS cost, installed, available, allocated, used FROM bench_reading;
VACUUM ANALYZE bench_reading, bench_reading_float8, bench_reading_numeric;

CREATE TEMP TABLE bench_query (name text, ordinal integer, query text);
INSERT INTO bench_query VALUES
('count(*)', 1, 'SELECT pool_id, count(*) FROM bench_reading GROUP BY pool_id'),
('spend_agg, five arguments', 2,
 'SELECT pool_id, spend_agg(cost, installed, available, allocated, used) FROM bench_reading GROUP BY pool_id'),
('spend_agg, four arguments', 3,
 'SELECT pool_id, spend_agg(cost, installed, allocated, used) FROM bench_reading GROUP BY pool_id'),
('spend_rate_agg', 4,
 'SELECT pool_id, spend_rate_agg(cost, installed, available, allocated, used) FROM bench_reading GROUP BY pool_id'),
('float8 SQL', 5,
 'SELECT pool_id, count(*), sum(installed), sum(available), sum(allocated), sum(used), sum(cost),
         sum(cost * used / installed), sum(cost * (allocated - used) / installed),
         sum(cost * (available - allocated) / installed), sum(cost * (installed - available) / installed)
  FROM bench_reading_float8 GROUP BY pool_id'),
('numeric SQL', 6,
 'SELECT pool_id, count(*), sum(installed), sum(available), sum(allocated), sum(used), sum(cost),
         sum(cost * used / installed), sum(cost * (allocated - used) / installed),
         sum(cost * (available - allocated) / installed), sum(cost * (installed - available) / installed)
  FROM bench_reading_numeric GROUP BY pool_id');

CREATE TEMP TABLE bench_time (name text, ms numeric);
DO $$
DECLARE
    q record;
    started timestamptz;
BEGIN
    FOR q IN SELECT name, query FROM bench_query, generate_series(1, 3) run ORDER BY run, ordinal LOOP
        started := clock_timestamp();
        EXECUTE q.query;
        INSERT INTO bench_time VALUES (q.name, 1000 * extract(epoch FROM clock_timestamp() - started));
    END LOOP;
END
$$;

\pset format aligned
\pset tuples_only off
WITH best AS (
    SELECT name, ordinal, min(ms) AS ms FROM bench_query JOIN bench_time USING (name) GROUP BY name, ordinal
), ours AS (
    SELECT ms FROM best WHERE name = 'spend_agg, five arguments'
)
SELECT name AS query, pg_catalog.round(best.ms) AS ms, pg_catalog.round(ours.ms / best.ms, 2) AS "spend_agg / this"
FROM best, ours
ORDER BY ordinal;

DROP TABLE bench_reading, bench_reading_float8, bench_reading_numeric;
