-- What DuckDB found in the month's readings and how long it took (see packed_duckdb.sql): the report from days has the
-- same figures, to the last digit.

CREATE TABLE fleet_figure (
    pool_id integer, readings bigint, installed numeric, available numeric, allocated numeric, used numeric, disordered bigint,
    used_cost numeric, allocated_cost numeric, available_cost numeric, installed_cost numeric
);
CREATE TABLE fleet_time (name text, run integer, ms numeric);
\set figures :folder /figures.csv
\set times :folder /times.csv
COPY fleet_figure FROM :'figures' (FORMAT csv);
COPY fleet_time FROM :'times' (FORMAT csv);
\echo

DO $$
DECLARE
    same bigint;
BEGIN
    SELECT count(*) INTO same
    FROM fleet_figure d
    JOIN (SELECT substr(pool_id, 6)::integer AS pool_id, sum(readings) AS readings,
                 spend_rate_agg('2.50 USD', installed_ms::bigint, ordered_available_ms::bigint, ordered_allocated_ms::bigint, ordered_used_ms::bigint) AS s
          FROM fleet.usage_day_known WHERE month = '2025-01-01' GROUP BY 1) o USING (pool_id)
    WHERE d.readings = o.readings
      AND (pg_catalog.round(used_cost / 3600000) * 1e-15, pg_catalog.round(allocated_cost / 3600000) * 1e-15,
           pg_catalog.round(available_cost / 3600000) * 1e-15, pg_catalog.round(installed_cost / 3600000) * 1e-15)
          = (amount(productive_cost(s)), amount(productive_cost(s) + allocated_idle_cost(s)),
             amount(total_cost(s) - unavailable_cost(s)), amount(total_cost(s)));
    IF same <> fleet_pools() THEN
        RAISE EXCEPTION 'DuckDB and the report from days have the same figures for % pools only', same;
    END IF;
    RAISE NOTICE 'DuckDB''s figures are those of the report from days, to the last digit, for all % pools', same;
END
$$;

INSERT INTO bench_query (name, query) SELECT DISTINCT 'fleet, ' || name, 'in DuckDB' FROM fleet_time;
INSERT INTO bench_time SELECT 'fleet, ' || name, run, ms FROM fleet_time;
INSERT INTO bench_comparison (work, ours, baseline, target) VALUES
('month''s report from days : DuckDB over readings, exact, one thread', 'report: from days', 'fleet, DuckDB: exact, HUGEINT products', 0.01),
('month''s report from days : DuckDB over readings, sums and the rate once', 'report: from days', 'fleet, DuckDB: sums, the rate once', 0.01),
('month''s published view : DuckDB over readings, exact, one thread', 'report: the published view', 'fleet, DuckDB: exact, HUGEINT products', NULL);
