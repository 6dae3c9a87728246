-- What DuckDB found and how long it took (figures.csv and times.csv of duckdb/scan.js, in :folder). Its figures must be
-- ours to the last digit: costs in units of 1e-15 / 3,600,000, which are rounded cumulatively.

CREATE TABLE duckdb_figure (
    pool_id integer, readings bigint, installed numeric, available numeric, allocated numeric, used numeric, disordered bigint,
    used_cost numeric, allocated_cost numeric, available_cost numeric, installed_cost numeric
);
CREATE TABLE duckdb_time (name text, run integer, ms numeric);
\set figures :folder /figures.csv
\set times :folder /times.csv
COPY duckdb_figure FROM :'figures' (FORMAT csv);
COPY duckdb_time FROM :'times' (FORMAT csv);
\echo

DO $$
DECLARE
    same bigint;
BEGIN
    SELECT count(*) INTO same
    FROM duckdb_figure d
    JOIN (SELECT pool_id, spend_packed_agg(readings, '2.50 USD') AS s FROM meter_packed GROUP BY 1) o USING (pool_id)
    WHERE d.readings = readings(s) AND d.disordered = disordered_readings(s)
      AND (pg_catalog.round(d.installed / 3600000.00000000000000000000, 15), pg_catalog.round(d.available / 3600000.00000000000000000000, 15), pg_catalog.round(d.allocated / 3600000.00000000000000000000, 15), pg_catalog.round(d.used / 3600000.00000000000000000000, 15))
          = (installed_hours(s), available_hours(s), allocated_hours(s), used_hours(s))
      AND (pg_catalog.round(used_cost / 3600000) * 1e-15, pg_catalog.round(allocated_cost / 3600000) * 1e-15,
           pg_catalog.round(available_cost / 3600000) * 1e-15, pg_catalog.round(installed_cost / 3600000) * 1e-15)
          = (amount(productive_cost(s)), amount(productive_cost(s) + allocated_idle_cost(s)),
             amount(total_cost(s) - unavailable_cost(s)), amount(total_cost(s)));
    IF same <> (SELECT count(DISTINCT pool_id) FROM meter_packed) THEN
        RAISE EXCEPTION 'DuckDB and spend_packed_agg have the same figures for % pools only', same;
    END IF;
    RAISE NOTICE 'DuckDB''s figures are those of spend_packed_agg, to the last digit, for all % pools', same;
END
$$;

INSERT INTO bench_query (name, query) SELECT DISTINCT name, 'in DuckDB' FROM duckdb_time;
INSERT INTO bench_time SELECT * FROM duckdb_time;
INSERT INTO bench_comparison (work, ours, baseline, target) VALUES
('spend_packed_agg by pool : DuckDB, exact, one thread', 'packed: spend_packed_agg by pool', 'DuckDB: exact, HUGEINT products', 0.333),
('spend_packed_agg by pool : DuckDB in DOUBLE, one thread', 'packed: spend_packed_agg by pool', 'DuckDB: DOUBLE products', 0.333),
('spend_packed_agg by pool : DuckDB, sums and the rate once', 'packed: spend_packed_agg by pool', 'DuckDB: sums, the rate once', 0.333),
('spend_packed_agg by pool : DuckDB, sums without clamping', 'packed: spend_packed_agg by pool', 'DuckDB: sums, no clamping', NULL);
