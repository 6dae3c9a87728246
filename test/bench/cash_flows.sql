-- Rates of return: 100,000 investments of 60 monthly flows. Money goes in for one to three years, then comes back; every
-- fourth pays in now and then later on. Each has one rate near 30 %.
--
-- Compared with Newton's method in PL/pgSQL on stored arrays (a tenth of the investments), which is what SQL offers, and with
-- the aggregate xirr of pg_financial (https://github.com/intgr/pg_financial, C), where the server has it: it is not installed here.
CREATE UNLOGGED TABLE rate_flow AS
SELECT s AS series_id, monetary(amount, 'USD') AS amount, d AS flow_date, amount::float8 AS amount8, d::timestamptz AS flow_at
FROM generate_series(1, least(100000, :rows / 60)) s, generate_series(0, 59) m, LATERAL (SELECT '2020-01-15'::date + (m * 30.4375)::integer AS d) a,
LATERAL (SELECT pg_catalog.round((CASE WHEN m < 12 + s % 24 THEN -1 WHEN s % 4 = 0 AND m % 7 = 3 THEN -0.3 ELSE 1.1 END
                                  * (1000 + (pg_catalog.hashint8(s * 61::bigint + m) & 65535)))::numeric, 2) AS amount) b
ORDER BY s, m;
VACUUM (FREEZE, ANALYZE) rate_flow;
CREATE UNLOGGED TABLE rate_series AS
SELECT series_id, cash_flow_agg(amount, flow_date) AS f FROM rate_flow GROUP BY series_id;
CREATE UNLOGGED TABLE rate_array AS
SELECT series_id, array_agg(amount8 ORDER BY flow_date) AS amounts, array_agg(flow_date ORDER BY flow_date) AS days FROM rate_flow GROUP BY series_id;
VACUUM (FREEZE, ANALYZE) rate_series, rate_array;
CREATE FUNCTION bench_xirr(amounts float8[], days date[]) RETURNS float8 LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    rate float8 := 0.1;
    value float8;
    slope float8;
    years float8;
    part float8;
BEGIN
    FOR step IN 1 .. 50 LOOP
        value := 0;
        slope := 0;
        FOR i IN 1 .. cardinality(amounts) LOOP
            years := (days[i] - days[1]) / 365.0::float8;
            part := amounts[i] * (1 + rate) ^ (-years);
            value := value + part;
            slope := slope - years * part / (1 + rate);
        END LOOP;
        rate := rate - value / slope;
        IF rate <= -1 THEN
            -- As Newton's method may: it finds none.
            RETURN NULL;
        END IF;
        EXIT WHEN abs(value / slope) < 1e-10;
    END LOOP;
    RETURN rate;
END
$$;
DO $$
BEGIN
    IF EXISTS (SELECT FROM rate_series JOIN rate_array USING (series_id) WHERE series_id % 100 = 1 AND abs(xirr(f) - bench_xirr(amounts, days)) > 1e-9) THEN
        RAISE EXCEPTION 'the rates that are compared are not the same';
    END IF;
END
$$;
INSERT INTO bench_query (name, query) VALUES
('xirr of stored cash_flows', 'SELECT sum(xirr(f)) FROM rate_series'),
('last_date of them', 'SELECT max(last_date(f)) FROM rate_series'),
('xirr of a tenth of them', 'SELECT sum(xirr(f)) FROM rate_series WHERE series_id % 10 = 0'),
('Newton in PL/pgSQL of that tenth', 'SELECT sum(bench_xirr(amounts, days)) FROM rate_array WHERE series_id % 10 = 0'),
('xirr(cash_flow_agg) by series, from rows', 'SELECT sum(r) FROM (SELECT xirr(cash_flow_agg(amount, flow_date)) AS r FROM rate_flow GROUP BY series_id) s'),
('sum(float8) by series, from rows', 'SELECT sum(r) FROM (SELECT sum(amount8) AS r FROM rate_flow GROUP BY series_id) s');
INSERT INTO bench_comparison (work, ours, baseline, ours_scan, baseline_scan, target) VALUES
('xirr of stored cash_flows : Newton in PL/pgSQL of stored arrays, whole queries', 'xirr of a tenth of them', 'Newton in PL/pgSQL of that tenth', NULL, NULL, 0.1);
SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'financial') AS financial \gset
\if :financial
CREATE SCHEMA financial;
CREATE EXTENSION financial SCHEMA financial;
INSERT INTO bench_query (name, query) VALUES
('xirr of pg_financial by series, from rows', 'SELECT sum(r) FROM (SELECT financial.xirr(amount8, flow_at) AS r FROM rate_flow GROUP BY series_id) s');
INSERT INTO bench_comparison (work, ours, baseline, ours_scan, baseline_scan, target) VALUES
('xirr of stored cash_flows : pg_financial from rows, whole queries', 'xirr of stored cash_flows', 'xirr of pg_financial by series, from rows', NULL, NULL, 0.1),
('the same, solving alone: less last_date, less sum(float8) by series', 'xirr of stored cash_flows', 'xirr of pg_financial by series, from rows', 'last_date of them', 'sum(float8) by series, from rows', NULL),
('xirr(cash_flow_agg) : pg_financial, both from rows, whole queries', 'xirr(cash_flow_agg) by series, from rows', 'xirr of pg_financial by series, from rows', NULL, NULL, NULL);
\else
\echo 'PG_FINANCIAL NOT COMPARED: the server does not have it'
\endif
