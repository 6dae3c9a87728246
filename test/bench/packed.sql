-- Packed readings (meter_day) against their rows: bytes, packing, and the split of spend at a rate.
--
-- 500 pools of a thousand chips, read every minute. Nodes of 8 chips are out of service for hours (0 to 24 chips); jobs
-- of a node come and go at any millisecond, every 17 minutes, larger ones every 3 hours (0 to 56 chips are not
-- allocated); use follows the hour of the day (45 % of what is allocated, 15 more or less) and the minute (1 more or
-- less, to the millisecond); a chip draws 100 W and 600 more by its use, 0.3 % more or less each minute. Nodes of 8 chips,
-- for their size alone, are as restless as 125 of them make such a pool: 10 and 3 % each minute; a chip of them comes and goes where a node does
-- above. Readings are stored by pool and time; those of five minutes are sums of five.
CREATE FUNCTION bench_meter(chips bigint, use_noise float8, power_noise float8, readings bigint)
RETURNS TABLE (pool_id integer, starts_at timestamptz, ends_at timestamptz, installed bigint, available bigint, allocated bigint, used bigint, joules bigint)
LANGUAGE sql VOLATILE AS $$
    SELECT p, t, t + interval '1 minute', i, v, l, u, (60 * (100 * chips + 600.0 * u / 60000) * (1 + power_noise * (2 * random() - 1)))::bigint
    FROM generate_series(1, 500) p, generate_series(0, (readings / 500 - 1)::integer) m,
    LATERAL (SELECT '2025-10-01 00:00+00'::timestamptz + m * interval '1 minute' AS t, 60000 * chips AS i, 60000 * greatest(chips / 125, 1) AS part) b,
    LATERAL (SELECT i - part * least(pg_catalog.hashint4(p * 1000 + m / 240) & 3, chips / 8) AS v) c,
    LATERAL (SELECT v - part * least(((pg_catalog.hashint4(p * 7000 + m / 17) & 1) + 2 * (pg_catalog.hashint4(p * 9000 + m / 170) & 3)), chips / 2)
                    + CASE WHEN m % 17 = 0 THEN (pg_catalog.hashint4(p + m) & 1048575) % (part / 2) ELSE 0 END AS l0) d,
    LATERAL (SELECT least(l0, v) AS l) e,
    LATERAL (SELECT least(l, (l * (0.45 + 0.15 * sin(p + m * 2 * pi() / 1440) + use_noise * (2 * random() - 1)))::bigint) AS u) f
$$;
SELECT setseed(0.25) \g /dev/null
CREATE UNLOGGED TABLE meter AS SELECT * FROM bench_meter(1000, 0.01, 0.003, :rows);
VACUUM (FREEZE, ANALYZE) meter;
CREATE UNLOGGED TABLE meter_node AS SELECT * FROM bench_meter(8, 0.1, 0.03, :rows / 5);

-- A value holds a day of a pool.
CREATE TABLE meter_packed AS
SELECT pool_id, starts_at::date AS reading_day, pack_readings(starts_at, ends_at, installed, available, allocated, used, joules) AS readings
FROM meter GROUP BY 1, 2;
CREATE TABLE meter_size AS
SELECT 'pools of 1000 chips, 1 minute' AS shape, readings FROM meter_packed
UNION ALL
SELECT 'nodes of 8 chips, 1 minute', pack_readings(starts_at, ends_at, installed, available, allocated, used, joules)
FROM meter_node GROUP BY pool_id, starts_at::date
UNION ALL
SELECT shape, pack_readings(starts_at, ends_at, installed, available, allocated, used, joules)
FROM (SELECT shape, pool_id, min(starts_at) AS starts_at, max(ends_at) AS ends_at, sum(installed)::bigint AS installed, sum(available)::bigint AS available,
             sum(allocated)::bigint AS allocated, sum(used)::bigint AS used, sum(joules)::bigint AS joules
      FROM (SELECT 'pools of 1000 chips, 5 minutes' AS shape, * FROM meter UNION ALL SELECT 'nodes of 8 chips, 5 minutes', * FROM meter_node) m
      GROUP BY shape, pool_id, date_bin('5 minutes', starts_at, '2025-10-01 00:00+00')) five
GROUP BY shape, pool_id, starts_at::date;
DROP TABLE meter_node;
VACUUM (FREEZE, ANALYZE) meter_packed;

\pset footer off
\echo
SELECT shape, sum(readings(readings)) AS readings, count(*) AS "values", pg_catalog.round(sum(pg_column_size(readings))::numeric / sum(readings(readings)), 2) AS "bytes a reading",
       CASE WHEN shape ~ '1 minute' THEN 6 ELSE 8 END AS target,
       CASE WHEN sum(pg_column_size(readings))::numeric / sum(readings(readings)) <= CASE WHEN shape ~ '1 minute' THEN 6 ELSE 8 END THEN 'yes' ELSE 'no' END AS met
FROM meter_size GROUP BY shape ORDER BY shape DESC;
SELECT pg_catalog.pg_size_pretty(pg_total_relation_size('meter')) AS "rows on disk", pg_catalog.pg_size_pretty(pg_total_relation_size('meter_packed')) AS "packed on disk",
       pg_catalog.round(pg_total_relation_size('meter_packed')::numeric / (SELECT count(*) FROM meter), 2) AS "bytes a reading, pages and all";
DROP TABLE meter_size;

-- The very rows, and the very figures.
DO $$
BEGIN
    IF EXISTS (SELECT pool_id, starts_at, ends_at, installed, available, allocated, used, joules FROM meter WHERE pool_id <= 20
               EXCEPT ALL SELECT pool_id, u.starts_at, u.ends_at, u.installed, u.available, u.allocated, u.used, u.joules
                          FROM meter_packed, unpack_readings(readings) u WHERE pool_id <= 20) THEN
        RAISE EXCEPTION 'unpacking gives other readings';
    END IF;
    IF EXISTS (SELECT FROM (SELECT pool_id, spend_packed_agg(readings, '2.50 USD') AS s FROM meter_packed GROUP BY 1) a
               FULL JOIN (SELECT pool_id, spend_rate_agg('2.50 USD', installed, available, allocated, used) AS s FROM meter GROUP BY 1) b USING (pool_id)
               WHERE (a.s = b.s) IS NOT TRUE) THEN
        RAISE EXCEPTION 'packed readings and their rows have other figures';
    END IF;
END
$$;

INSERT INTO bench_query (name, query) VALUES
('packed: spend_packed_agg by pool', $$SELECT pool_id, spend_packed_agg(readings, '2.50 USD') FROM meter_packed GROUP BY pool_id$$),
('packed: spend_packed_agg, all', $$SELECT spend_packed_agg(readings, '2.50 USD') FROM meter_packed$$),
('packed: spend_rate_agg by pool', $$SELECT pool_id, spend_rate_agg('2.50 USD', installed, available, allocated, used) FROM meter GROUP BY pool_id$$),
('packed: float8 SQL', 'SELECT pool_id, count(*), sum(installed), sum(available), sum(allocated), sum(used),
    sum(2.5::float8 * used / 3600000), sum(2.5::float8 * (allocated - used) / 3600000),
    sum(2.5::float8 * (available - allocated) / 3600000), sum(2.5::float8 * (installed - available) / 3600000)
FROM meter GROUP BY pool_id'),
('packed: count(*)', 'SELECT count(*) FROM meter'),
('packed: packing all by pool', 'SELECT readings(pack_readings(starts_at, ends_at, installed, available, allocated, used, joules)) FROM meter WHERE pool_id < 100000 GROUP BY pool_id, pg_catalog.date_trunc(''day'', starts_at)'),
('packed: unpacking', 'SELECT count(*) FROM meter_packed, unpack_readings(readings)');
INSERT INTO bench_comparison (work, ours, baseline, target) VALUES
('spend_packed_agg by pool : spend_rate_agg over rows', 'packed: spend_packed_agg by pool', 'packed: spend_rate_agg by pool', NULL),
('spend_packed_agg by pool : float8 SQL over rows', 'packed: spend_packed_agg by pool', 'packed: float8 SQL', NULL);
