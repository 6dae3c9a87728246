-- What the other files of this folder share: readings of 500 pools, and the lists of what to time and compare.

SET client_min_messages = warning;
CREATE EXTENSION chipbook;
ALTER DATABASE :DBNAME SET search_path = chipbook, public;
ALTER DATABASE :DBNAME SET jit = off;
ALTER DATABASE :DBNAME SET work_mem = '64MB';
SET search_path = chipbook, public;

-- A thousand chips in each pool, read every hour; 94-100 % available, 70-94 % allocated, 0-70 % used.
-- Costs are 10.00 to 295.57 USD with as many decimals as the type holds (sevenths). Pools come in no order.
CREATE UNLOGGED TABLE reading AS
SELECT (pg_catalog.hashint4(i::integer) & 2147483647) % 500 AS pool_id,
       monetary((70 + i * 7919 % 2000)::numeric / 7, 'USD') AS cost,
       3600000::bigint * 1000 AS installed,
       3600000::bigint * (1000 - i * 31 % 60) AS available,
       3600000::bigint * (700 + i * 17 % 240) AS allocated,
       3600000::bigint * (i * 13 % 700) + i % 1000 AS used
FROM generate_series(1::bigint, :rows) i;
-- The same readings for plain SQL, the cost as float8, as numeric, and as numeric in whole cents, which is
-- faster by far, while monetary takes the same time whatever its decimals.
CREATE UNLOGGED TABLE reading_float8 AS
SELECT pool_id, amount(cost)::float8 AS cost, installed, available, allocated, used FROM reading;
CREATE UNLOGGED TABLE reading_numeric AS
SELECT pool_id, amount(cost) AS cost, installed, available, allocated, used FROM reading;
CREATE UNLOGGED TABLE reading_cents AS
SELECT pool_id, pg_catalog.round(cost, 2) AS cost, installed, available, allocated, used FROM reading_numeric;
VACUUM (FREEZE, ANALYZE) reading, reading_float8, reading_numeric, reading_cents;

-- A query, and the processes it may use beside its own.
CREATE TABLE bench_query (
    ordinal integer GENERATED ALWAYS AS IDENTITY,
    name    text PRIMARY KEY,
    query   text NOT NULL,
    workers integer NOT NULL DEFAULT 0,
    leader  boolean NOT NULL DEFAULT true
);
-- How long a run of it took; run 0 is not counted.
CREATE TABLE bench_time (name text NOT NULL REFERENCES bench_query, run integer NOT NULL, ms numeric NOT NULL);
-- Two of them compared; scan is what both do anyway, to be taken off both.
CREATE TABLE bench_comparison (
    ordinal       integer GENERATED ALWAYS AS IDENTITY,
    work          text NOT NULL,
    ours          text NOT NULL REFERENCES bench_query,
    baseline      text NOT NULL REFERENCES bench_query,
    ours_scan     text REFERENCES bench_query,
    baseline_scan text REFERENCES bench_query,
    target        numeric
);
