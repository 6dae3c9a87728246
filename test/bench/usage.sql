-- Readings of a fleet, from COPY to the month's report: :fleet pools (500), read every minute. COPY into a ledger
-- beside COPY into a bare table of the same columns; the days that publication keeps, brought up to date after late
-- readings and made anew; the month's report from days, and from the readings.

SELECT format('CREATE FUNCTION fleet_pools() RETURNS bigint IMMUTABLE PARALLEL SAFE LANGUAGE sql AS %L', format('SELECT %s::bigint', :fleet)) \gexec
SELECT create_ledger('fleet') \g /dev/null
INSERT INTO fleet.source VALUES ('bench', 'synthetic', 'made for the benchmark', NULL, 'low');
SELECT open_load('fleet', 'pools', 'bench') AS pools \gset
INSERT INTO fleet.pool (pool_id, name) SELECT 'pool ' || p, 'pool' FROM generate_series(1, fleet_pools()) p;
INSERT INTO fleet.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on)
SELECT 'asset ' || p, 'asset', 'chip', 1000, '30000000 USD', '2024-06-01', '2025-01-01' FROM generate_series(1, fleet_pools()) p;
INSERT INTO fleet.asset_policy (asset_id, basis, policy) SELECT 'asset ' || p, 'ifrs', 'straight_line(life=5 years, convention=full_month)' FROM generate_series(1, fleet_pools()) p;
INSERT INTO fleet.pool_asset (pool_id, asset_id) SELECT 'pool ' || p, 'asset ' || p FROM generate_series(1, fleet_pools()) p;
SELECT publish_load('fleet', :pools) \g /dev/null
SELECT add_reading_partitions('fleet', '2025-01-01', (timestamp '2025-01-01' + :rows / :fleet * interval '1 minute')::date) \g /dev/null

-- 94 to 100 % of the chips available, 70 to 94 % allocated, 0 to 70 % used; joules to one in a thousand.
CREATE FUNCTION fleet_reading(first_minute bigint, minutes bigint)
RETURNS TABLE (starts_at timestamptz, ends_at timestamptz, month date, pool_id text, installed bigint, available bigint, allocated bigint, used bigint, joules bigint)
LANGUAGE sql AS $$
    SELECT t, t + interval '1 minute', date_trunc('month', t AT TIME ZONE 'UTC')::date, 'pool ' || p, 60000000::bigint,
           60000::bigint * (1000 - i * 31 % 60), 60000::bigint * (700 + i * 17 % 240), 60000::bigint * (i * 13 % 700) + p, 30000000::bigint + i * 7919 % 30000
    FROM generate_series(first_minute, first_minute + minutes - 1) i, LATERAL (SELECT timestamptz '2025-01-01 00:00+00' + i * interval '1 minute' AS t) s, generate_series(1, fleet_pools()) p
$$;

-- COPY: a tenth of the readings, a million at most, from a file, in turns, none of them published.
SELECT current_setting('data_directory') || '/bench_readings.txt' AS file \gset
COPY (SELECT starts_at, ends_at, month, pool_id, 'sm_active', 'chip', installed, available, allocated, used, joules FROM fleet_reading(0, least(:rows / 10, 1000000) / :fleet)) TO :'file';
-- The same rows, so the same constants.
CREATE TABLE bare_reading AS SELECT * FROM fleet.meter_reading LIMIT 0;
ALTER TABLE bare_reading ALTER superseded_at SET DEFAULT 'infinity', ALTER load_id SET DEFAULT 1;
CREATE FUNCTION copy_readings(into_table text, from_file text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('COPY %s (starts_at, ends_at, month, pool_id, use_basis, energy_basis, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, joules) FROM %L',
                   into_table, from_file);
END
$$;
SELECT open_load('fleet', 'copied', 'bench') AS copied \gset
INSERT INTO bench_query (name, query) VALUES
('copy: into the ledger', format('SELECT copy_readings(''fleet.meter_reading'', %L)', :'file')),
('copy: into a bare table', format('SELECT copy_readings(''bare_reading'', %L)', :'file'));
INSERT INTO bench_comparison (work, ours, baseline, target) VALUES
('COPY into a ledger : into a bare table of the same columns', 'copy: into the ledger', 'copy: into a bare table', 1.25);
\ir measure.sql
SELECT discard_load('fleet', :copied) \g /dev/null
VACUUM fleet.meter_reading;
DROP TABLE bare_reading;

-- Publication, once: checks, stamps, seals, and the days.
CREATE TABLE bench_once (work text, rows bigint, ms float8);
CREATE FUNCTION once(work text, rows bigint, query text) RETURNS void LANGUAGE plpgsql SET search_path = fleet, chipbook, public AS $$
DECLARE
    started timestamptz := clock_timestamp();
BEGIN
    EXECUTE query;
    INSERT INTO bench_once VALUES (work, rows, 1000 * extract(epoch FROM clock_timestamp() - started));
END
$$;
COPY (SELECT starts_at, ends_at, month, pool_id, 'sm_active', 'chip', installed, available, allocated, used, joules FROM fleet_reading(0, :rows / :fleet / 10)) TO :'file';
SELECT open_load('fleet', 'published', 'bench') AS published \gset
SELECT copy_readings('fleet.meter_reading', :'file') \g /dev/null
SELECT once('publish_load of a tenth of the readings', :rows / 10, format('SELECT publish_load(''fleet'', %s)', :published)) \g /dev/null
COPY (SELECT WHERE false) TO :'file';
-- The rest as publication would have left them.
SELECT open_load('fleet', 'the rest', 'bench') AS rest \gset
INSERT INTO fleet.meter_reading (starts_at, ends_at, month, pool_id, use_basis, energy_basis, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, joules, source_id, recorded_at)
SELECT starts_at, ends_at, month, pool_id, 'sm_active', 'chip', installed, available, allocated, used, joules, 'bench', '2030-01-01 00:00Z' FROM fleet_reading(:rows / :fleet / 10, :rows / :fleet - :rows / :fleet / 10);
VACUUM (FREEZE, ANALYZE) fleet.meter_reading;
SELECT once('the days of the rest', :rows - :rows / 10, format('SELECT fleet.usage_day_change(''2030-01-01 00:00Z'', %s, true, false)', :rest)) \g /dev/null
VACUUM (FREEZE, ANALYZE) fleet.usage_day;

-- A hundredth comes late, of all pools and days: what it brings is added to the days. Made anew, all readings are gone through.
CREATE FUNCTION late(of_rows bigint, of_load bigint, at_time timestamptz) RETURNS void LANGUAGE sql AS $$
    INSERT INTO fleet.meter_reading (starts_at, ends_at, month, pool_id, meter_id, use_basis, energy_basis, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, joules, load_id, source_id, recorded_at)
    SELECT r.starts_at, r.ends_at, r.month, r.pool_id, 'late ' || of_load, 'sm_active', 'chip', 60000, 60000, 60000, 30000, 1000, of_load, 'bench', at_time
    FROM generate_series(0, of_rows / fleet_pools() / 100 - 1) n, fleet_reading(n * 100 + of_load % 100, 1) r
$$;
SELECT open_load('fleet', 'late', 'bench') AS late1 \gset
SELECT open_load('fleet', 'late', 'bench') AS late2 \gset
SELECT open_load('fleet', 'late', 'bench') AS late3 \gset
SELECT late(:rows, :late1, '2030-01-02 00:00Z'), late(:rows, :late2, '2030-01-03 00:00Z'), late(:rows, :late3, '2030-01-04 00:00Z') \g /dev/null
VACUUM ANALYZE fleet.meter_reading;
SELECT once('days after 1 % late readings', :rows / 100, format('SELECT fleet.usage_day_change(''2030-01-02 00:00Z'', %s, true, false)', :late1)) \g /dev/null
SELECT once('days after 1 % late readings', :rows / 100, format('SELECT fleet.usage_day_change(''2030-01-03 00:00Z'', %s, true, false)', :late2)) \g /dev/null
SELECT once('days after 1 % late readings', :rows / 100, format('SELECT fleet.usage_day_change(''2030-01-04 00:00Z'', %s, true, false)', :late3)) \g /dev/null
SELECT once('all days made anew', :rows, 'CREATE TABLE anew AS SELECT * FROM fleet.usage_day_due') \g /dev/null
SELECT once('all days made anew', :rows, 'CREATE TABLE anew2 AS SELECT * FROM fleet.usage_day_due') \g /dev/null
-- They are the same.
DO $$
BEGIN
    IF EXISTS (SELECT FROM fleet.verify_usage()) THEN
        RAISE EXCEPTION 'days kept differ from days made anew';
    END IF;
END
$$;
VACUUM (FREEZE, ANALYZE) fleet.meter_reading, fleet.usage_day;

-- The report of the first month, from days and from readings: by pool the split at a rate.
INSERT INTO bench_query (name, query) VALUES
('report: from days', $$SELECT pool_id, spend_rate_agg('2.50 USD', installed_ms::bigint, ordered_available_ms::bigint, ordered_allocated_ms::bigint, ordered_used_ms::bigint)
    FROM fleet.usage_day_known WHERE month = '2025-01-01' GROUP BY pool_id$$),
('report: the published view', $$SELECT * FROM fleet_report.utilisation_weighted_spend WHERE period_month = '2025-01-01'$$),
('report: from readings', $$SELECT pool_id, spend_rate_agg('2.50 USD', installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms)
    FROM fleet.meter_reading_known WHERE month = '2025-01-01' GROUP BY pool_id$$),
('report: from readings, plain SQL', $$SELECT pool_id, count(*), sum(installed_chip_ms), sum(available_chip_ms), sum(allocated_chip_ms), sum(used_chip_ms),
    sum(2.5::numeric * used_chip_ms / 3600000), sum(2.5::numeric * (allocated_chip_ms - used_chip_ms) / 3600000),
    sum(2.5::numeric * (available_chip_ms - allocated_chip_ms) / 3600000), sum(2.5::numeric * (installed_chip_ms - available_chip_ms) / 3600000)
    FROM fleet.meter_reading_known WHERE month = '2025-01-01' GROUP BY pool_id$$);
INSERT INTO bench_comparison (work, ours, baseline, target) VALUES
('month''s report from days : from readings, one process', 'report: from days', 'report: from readings', NULL),
('month''s report from days : plain SQL over readings', 'report: from days', 'report: from readings, plain SQL', NULL),
('month''s published view : plain SQL over readings', 'report: the published view', 'report: from readings, plain SQL', NULL);
DO $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT pool_id, spend_rate_agg('2.50 USD', installed_ms::bigint, ordered_available_ms::bigint, ordered_allocated_ms::bigint, ordered_used_ms::bigint) AS s
                            FROM fleet.usage_day_known WHERE month = '2025-01-01' GROUP BY pool_id) a
               FULL JOIN (SELECT pool_id, spend_rate_agg('2.50 USD', installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms) AS s
                          FROM fleet.meter_reading_known WHERE month = '2025-01-01' GROUP BY pool_id) b USING (pool_id)
               WHERE (total_cost(a.s), productive_cost(a.s), allocated_idle_cost(a.s), unallocated_cost(a.s), unavailable_cost(a.s))
                     IS DISTINCT FROM (total_cost(b.s), productive_cost(b.s), allocated_idle_cost(b.s), unallocated_cost(b.s), unavailable_cost(b.s))) THEN
        RAISE EXCEPTION 'days and readings have other figures';
    END IF;
END
$$;
\ir measure.sql

-- For those who scan the readings of the month elsewhere.
CREATE VIEW fleet_meter AS
SELECT substr(pool_id, 6)::integer AS pool_id, installed_chip_ms AS installed, available_chip_ms AS available, allocated_chip_ms AS allocated, used_chip_ms AS used
FROM fleet.meter_reading_known WHERE month = '2025-01-01';

-- Memory does not grow with the rows: of the same groups, a tenth of the readings and all of them.
CREATE FUNCTION memory_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) ' || query LOOP
        IF line ~ 'Memory Usage' THEN RETURN substring(line FROM 'Memory Usage: (\d+kB)'); END IF;
    END LOOP;
    RETURN 'none';
END
$$;
\echo
SELECT memory_of(q.query || ' LIMIT all') AS "memory, all readings", memory_of(replace(q.query, 'WHERE month', format('WHERE starts_at < timestamptz ''2025-01-01 00:00Z'' + %s * interval ''1 minute'' AND month', :rows / :fleet / 10))) AS "a tenth of them"
FROM bench_query q WHERE q.name = 'report: from readings';
SELECT o.work, o.rows, pg_catalog.round(percentile_cont(0.5) WITHIN GROUP (ORDER BY o.ms)::numeric) AS "median ms", pg_catalog.round((1000 * percentile_cont(0.5) WITHIN GROUP (ORDER BY o.ms) / o.rows)::numeric, 2) AS "us a row"
FROM bench_once o GROUP BY o.work, o.rows ORDER BY min(o.ctid);
-- All anew: as publication made them, in proportion; usage_day_due also computes what they were before.
SELECT pg_catalog.round((l.ms / a.ms)::numeric, 4) AS "late 1 % : all anew", 0.03 AS target, CASE WHEN l.ms / a.ms <= 0.03 THEN 'yes' ELSE 'no' END AS met
FROM (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS ms FROM bench_once WHERE work ~ 'late') l, (SELECT ms * :rows / rows AS ms FROM bench_once WHERE work ~ 'rest') a;
SELECT pg_catalog.pg_size_pretty(sum(pg_total_relation_size(i.inhrelid))) AS "readings on disk", pg_catalog.round(sum(pg_total_relation_size(i.inhrelid)) / :rows, 1) AS "bytes a reading",
       pg_catalog.pg_size_pretty(pg_total_relation_size('fleet.usage_day')) AS "days on disk"
FROM pg_inherits i WHERE i.inhparent = 'fleet.meter_reading'::regclass;
