-- What scipy found and how long it took (solution.csv and times.csv of scipy/spsolve.py, in :folder): the same values.

CREATE TABLE scipy_solution (party integer, x double precision);
CREATE TABLE scipy_time (name text, run integer, ms numeric);
\set solution :folder /solution.csv
\set times :folder /times.csv
COPY scipy_solution FROM :'solution' (FORMAT csv);
COPY scipy_time FROM :'times' (FORMAT csv);
\echo

DO $$
DECLARE
    same bigint;
BEGIN
    SELECT count(*) INTO same
    FROM scipy_solution s
    JOIN (SELECT v.* FROM ownership_graph, look_through_value(g, (SELECT array_agg('p' || party) FROM scipy_solution), (SELECT array_agg(1::numeric) FROM scipy_solution)) v) v ON v.party = 'p' || s.party
    WHERE abs(v.look_through - s.x) <= 1e-9 * abs(s.x);
    IF same <> (SELECT count(*) FROM scipy_solution) THEN
        RAISE EXCEPTION 'scipy and look_through_value have the same value for % parties only', same;
    END IF;
    RAISE NOTICE 'scipy''s values are those of look_through_value, to 1e-9 of each, for all % parties', same;
END
$$;

INSERT INTO bench_query (name, query) SELECT DISTINCT name, 'in scipy' FROM scipy_time;
INSERT INTO bench_time SELECT * FROM scipy_time;
INSERT INTO bench_comparison (work, ours, baseline, target) VALUES
('look_through_value : scipy''s spsolve', 'look_through_value, all parties', 'scipy: spsolve', 2);
