-- What holds of cash flows whatever they are: no order, plan, frame or scale changes them, and every rate found is one.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();

CREATE FUNCTION pg_temp.near(a double precision, b double precision, tolerance double precision) RETURNS boolean LANGUAGE sql
    RETURN (a IS NULL AND b IS NULL) OR abs(a - b) <= tolerance * greatest(abs(a), abs(b), 1e-3);

-- 600 investments of 1 to 80 flows, many on one day, some of zero.
CREATE TEMPORARY TABLE flow AS
SELECT s AS series, n, monetary(round(((hashint8(s * 1000 + n) % 1000000) / 7.0 * (CASE WHEN n % 11 = 3 THEN 0 ELSE 1 END))::numeric, 15), 'USD') AS amount,
       date '2010-01-01' + (abs(hashint8(s * 77777 + n)) % (30 + s * 7))::integer AS day
FROM generate_series(1::bigint, 320) s, generate_series(1, 1 + (s % 80)::integer) n;
CREATE TEMPORARY TABLE series AS SELECT series, cash_flow_agg(amount, day) AS f FROM flow GROUP BY series;

-- ---------------------------------------------------------------------------
-- What it adds up to
-- ---------------------------------------------------------------------------
SELECT is_empty($$
    SELECT series FROM series JOIN (SELECT series, sum(amount) AS total, min(day), max(day), currency(min(amount)) FROM flow GROUP BY series) t USING (series)
    WHERE (net(f), first_date(f), last_date(f)) IS DISTINCT FROM (total, min, max) OR net(f) <> distributions(f) - paid_in(f)$$, 'net is the sum, and the dates are the first and the last');
SELECT is_empty($$
    SELECT series FROM series JOIN (SELECT series, coalesce(sum(-amount) FILTER (WHERE amount < '0 USD'), '0 USD') AS paid, coalesce(sum(amount) FILTER (WHERE amount > '0 USD'), '0 USD') AS got FROM flow GROUP BY series) t USING (series)
    WHERE paid_in(f) <> paid OR distributions(f) <> got$$, 'paid in and distributed before days are netted');
SELECT set_eq($$SELECT series, flow_date, amount FROM series, flows(f)$$, $$SELECT series, day, sum(amount) FROM flow GROUP BY series, day$$, 'days are netted, zeros are kept');
SELECT is_empty($$SELECT series FROM series WHERE f::text::cash_flows <> f OR f::text <> f::text::cash_flows::text$$, 'text comes back');

-- ---------------------------------------------------------------------------
-- No order, worker, part or frame
-- ---------------------------------------------------------------------------
SELECT is_empty($$SELECT series FROM series JOIN (SELECT series, cash_flow_agg(amount, day ORDER BY hashint8(n * 31), n) AS g FROM flow GROUP BY series) t USING (series) WHERE f <> g OR f::text <> g::text$$, 'shuffled rows');
SELECT is_empty($$SELECT series FROM series JOIN (SELECT series, cash_flow_agg(amount, day ORDER BY day DESC) AS g FROM flow GROUP BY series) t USING (series) WHERE f <> g$$, 'rows backwards');
SELECT is((SELECT rollup(f) FROM series), (SELECT cash_flow_agg(amount, day) FROM flow), 'merged is the union');
SELECT is((SELECT rollup(f ORDER BY -series) FROM series), (SELECT cash_flow_agg(amount, day) FROM flow), 'in any order');
SELECT ok((SELECT f FROM series WHERE series = 71) + (SELECT f FROM series WHERE series = 79) = (SELECT cash_flow_agg(amount, day) FROM flow WHERE series IN (71, 79)), 'so is +');
SELECT ok((SELECT f FROM series WHERE series = 79) + (SELECT f FROM series WHERE series = 71) = (SELECT cash_flow_agg(amount, day) FROM flow WHERE series IN (71, 79)), 'which commutes');
SELECT is((SELECT count(*) FROM (SELECT series, n, cash_flow_agg(amount, day) OVER (PARTITION BY series ORDER BY n ROWS 5 PRECEDING) AS w FROM flow WHERE series < 90) t
           JOIN LATERAL (SELECT cash_flow_agg(amount, day) AS g FROM flow WHERE flow.series = t.series AND flow.n BETWEEN t.n - 5 AND t.n) u ON w = g), (SELECT count(*) FROM flow WHERE series < 90), 'window frames');
SELECT is((SELECT count(*) FROM (SELECT series, n, cash_flow_agg(amount, day) OVER (PARTITION BY series ORDER BY n) AS w FROM flow WHERE series < 90) t
           JOIN LATERAL (SELECT cash_flow_agg(amount, day) AS g FROM flow WHERE flow.series = t.series AND flow.n <= t.n) u ON w = g), (SELECT count(*) FROM flow WHERE series < 90), 'growing frames: reading a state leaves it as it is');

CREATE TABLE shared_flow AS SELECT * FROM flow;
ANALYZE shared_flow;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL parallel_leader_participation = off;
CREATE FUNCTION pg_temp.plan(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
    plan text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        plan := plan || line || E'\n';
    END LOOP;
    RETURN plan;
END
$$;
SELECT matches(pg_temp.plan('SELECT cash_flow_agg(amount, day) FROM shared_flow'), 'Partial Aggregate', 'the plan is parallel');
SELECT is((SELECT cash_flow_agg(amount, day) FROM shared_flow)::text, (SELECT cash_flow_agg(amount, day) FROM flow)::text, 'in parallel');

-- ---------------------------------------------------------------------------
-- Rates
-- ---------------------------------------------------------------------------
SELECT is_empty($$
    SELECT series FROM series JOIN (SELECT series, cash_flow_agg(amount * 7, day) AS g FROM flow GROUP BY series) t USING (series)
    WHERE NOT pg_temp.near(xirr(f), xirr(g), 1e-9) OR cardinality(xirr_all(f)) <> cardinality(xirr_all(g)) OR xirr_status(f) <> xirr_status(g)$$, 'scaled flows');
SELECT is_empty($$
    SELECT series FROM series JOIN (SELECT series, cash_flow_agg(-amount, day) AS g FROM flow GROUP BY series) t USING (series)
    WHERE xirr(f) IS DISTINCT FROM xirr(g) AND NOT pg_temp.near(xirr(f), xirr(g), 1e-12)$$, 'the other side of the deal has the same rate');
SELECT is_empty($$
    SELECT series, r, xnpv(f, r), size FROM series, unnest(xirr_all(f)) r, LATERAL (SELECT sum(abs(monetary_amount.a) * exp(-(flow_date - first_date(f)) / 365.0 * ln(1 + r))) AS size
        FROM flows(f), LATERAL (SELECT amount::numeric::float8 AS a) monetary_amount) x
    WHERE r > -0.999999 AND r < 1e12 AND abs(xnpv(f, r)) > 1e-7 * size$$, 'at every rate the present value is zero');
SELECT is_empty($$
    SELECT series FROM series WHERE xirr(f) IS DISTINCT FROM (SELECT r FROM unnest(xirr_all(f)) r ORDER BY abs(r), r DESC LIMIT 1)
        AND NOT pg_temp.near(xirr(f), (SELECT r FROM unnest(xirr_all(f)) r ORDER BY abs(r), r DESC LIMIT 1), 1e-11)$$, 'xirr is the one nearest to zero');
SELECT is_empty($$
    SELECT series FROM series WHERE (xirr(f) IS NULL) <> (cardinality(xirr_all(f)) = 0) OR (xirr(f) IS NULL) <> (xirr_status(f) LIKE 'no rate: %')$$, 'NULL, an empty list and the reason go together');
-- Simulated: every crossing that a fine scan sees is one of the rates.
SELECT is_empty($$
    SELECT series, count(*) FROM series, generate_series(-400, 600) n, LATERAL (SELECT exp(n / 200.0) - 1 AS a, exp((n + 1) / 200.0) - 1 AS b) x
    WHERE series % 8 = 0 AND sign(xnpv(f, a)) * sign(xnpv(f, b)) < 0 AND NOT EXISTS (SELECT FROM unnest(xirr_all(f)) r WHERE r BETWEEN a AND b) GROUP BY series$$, 'no crossing of a scan is missed');

-- Flows made of the rates they are to have: the coefficients of the product of (v - 1 / (1 + r)).
CREATE FUNCTION pg_temp.flows_of(rates numeric[]) RETURNS cash_flows LANGUAGE plpgsql AS $$
DECLARE
    a numeric[] := '{1}';
    r numeric;
BEGIN
    FOREACH r IN ARRAY rates LOOP
        a := ARRAY(SELECT coalesce(a[i - 1] * (1 + r), 0) - coalesce(a[i], 0) FROM generate_subscripts(a || 0::numeric, 1) i);
    END LOOP;
    RETURN (SELECT cash_flow_agg(monetary(x, 'USD'), date '2001-01-01' + 365 * (n::integer - 1)) FROM unnest(a) WITH ORDINALITY u (x, n));
END
$$;
SELECT ok(cardinality(xirr_all(f)) = cardinality(roots) AND NOT EXISTS (SELECT FROM unnest(xirr_all(f), roots) u (ours, theirs) WHERE NOT pg_temp.near(ours, theirs::float8, 1e-6)), format('rates of %s: %s', rates, xirr_all(f)))
FROM (SELECT rates, pg_temp.flows_of(rates) AS f, ARRAY(SELECT DISTINCT r FROM unnest(rates) r ORDER BY r) AS roots
      FROM (VALUES ('{0.1}'::numeric[]), ('{0}'), ('{-0.5,0.2}'), ('{0.1,0.2,0.4}'), ('{-0.9,-0.5,0,0.5,3}'), ('{0,0.25}'), ('{-0.25,0}'), ('{0.1,0.11}'), ('{-0.99,99}'),
                   -- Double ones, where the present value touches zero.
                   ('{0.25,0.25}'), ('{-0.5,-0.5}'), ('{0,0}'), ('{0.5,0.5,-0.2}'), ('{-0.5,-0.5,0.5,0.5}')) v (rates)) t;
SELECT is(xirr_status(pg_temp.flows_of('{0.1,0.2,0.4}')), '3 rates', 'the status counts them');
SELECT is(round(xirr(pg_temp.flows_of('{0.1,0.2,0.4}'), guess => 0.22)::numeric, 9), 0.2, 'the guess picks one');
SELECT is(round(xirr(pg_temp.flows_of('{-0.2,0.2}'))::numeric, 9), 0.2, 'of two as near, the higher');
SELECT is(round((xirr_all(pg_temp.flows_of('{0.1,0.2,0.4}')))[1]::numeric, 9), 0.1, 'and the list has the lowest');

-- One change of sign: a guess never makes it fail.
SELECT is_empty($$
    SELECT g FROM generate_series(-0.99, 20, 0.01) g WHERE xirr('USD 2009-01-01=-10000 2010-01-01=-10000 2011-01-01=10000 2012-01-01=10000 2013-01-01=1000', guess => g::float8) IS DISTINCT FROM
        xirr('USD 2009-01-01=-10000 2010-01-01=-10000 2011-01-01=10000 2012-01-01=10000 2013-01-01=1000', guess => 1)$$, 'no guess fails');
SELECT is_empty($$
    SELECT a, b, n FROM unnest('{0.000001,1,123456.78,2000000000000000000}'::numeric[]) a, unnest('{0.000001,1,99.99,2000000000000000000}'::numeric[]) b, unnest('{1,30,365,3650,365000}'::integer[]) n
    WHERE 365.0 / n * ln(b / a) < 709 AND xirr(cash_flow(monetary(-a, 'USD'), '1000-01-01') + cash_flow(monetary(b, 'USD'), '1000-01-01'::date + n)) IS NULL$$, 'two flows always have a rate');

-- ---------------------------------------------------------------------------
-- The edges
-- ---------------------------------------------------------------------------
SELECT ok(xirr_status(f::cash_flows) = status AND xirr(f::cash_flows) IS NULL AND xirr_all(f::cash_flows) = '{}', status || ': ' || f)
FROM (VALUES ('USD 2024-01-01=0', 'no rate: every day nets to zero'), ('USD paid_in=100 2024-01-01=0', 'no rate: every day nets to zero'), ('USD 2024-01-01=-100', 'no rate: all flows are at one time'),
             ('USD 2024-01-01=10 2025-01-01=0', 'no rate: all flows are at one time'), ('USD 2024-01-01=-1 2025-01-01=-2', 'no rate: nothing was distributed'),
             ('USD 2024-01-01=1 2025-01-01=2', 'no rate: nothing was paid in'), ('USD 2024-01-01=1 2025-01-01=-1 2026-01-01=1', 'no rate: the present value is zero at none')) v (f, status);
SELECT throws_ok($$SELECT xirr_strict('USD 2024-01-01=-1 2025-01-01=-2')$$, '22000', 'cash_flows have no internal rate of return', 'the strict one says so');
SELECT is(xirr_strict('USD 2023-01-01=-1 2024-01-01=2'), 1::float8, 'or gives the rate');
SELECT is(xirr_status('USD 2024-01-30=-1 2024-01-31=2', '30E/360'), 'no rate: all flows are at one time', 'a count of days may make two days one');
SELECT is(xirr('USD 2024-01-01=-100 2025-01-01=60 2026-01-01=40'), 0::float8, 'nothing gained is 0 exactly');
SELECT throws_ok($$SELECT xirr('USD 2024-01-01=-0.000001 2024-01-02=1000000')$$, '22003', NULL, 'a rate beyond double precision');
SELECT is(xirr_all('USD 2024-01-01=-0.000001 2024-01-02=1000000'), '{Infinity}', 'which the list calls infinite');
SELECT is(xirr('USD 2024-01-01=-1000000 2024-01-02=0.000001'), -1::float8, 'nearer to -1 than double precision tells');
SELECT is(xirr(cash_flow_agg(a, d)), NULL, 'NULLs are passed over') FROM (VALUES ('-100 USD'::monetary, NULL::date), (NULL, '2024-01-01')) v (a, d);
SELECT throws_ok($$SELECT cash_flow_agg(a, '2024-01-01') FROM unnest('{1 USD,1 EUR}'::monetary[]) a$$, '22000', NULL, 'one currency');
SELECT throws_ok($$SELECT 'USD 2024-01-01=1'::cash_flows + 'EUR 2024-01-01=1'$$, '22000', NULL, 'in + too');
SELECT throws_ok($$SELECT tvpi('USD 2024-01-01=-1', '1 EUR')$$, '22000', NULL, 'and of a residual value');
SELECT throws_ok($$SELECT cash_flow('1 USD', 'infinity')$$, '22008', NULL, 'a finite date');
SELECT throws_ok($$SELECT xnpv('USD 2024-01-01=1', -1)$$, '22023', NULL, 'a rate above -1');
SELECT throws_ok($$SELECT xnpv('USD 2024-01-01=1', 'NaN')$$, '22023', NULL, 'a finite rate');
SELECT throws_ok($$SELECT xirr('USD 2024-01-01=1', 'ACT/366')$$, '22023', NULL, 'a day count by its name');
SELECT is(dpi('USD 2024-01-01=5'), NULL, 'no multiple of nothing');
SELECT is((SELECT distributions(f) || ' ' || (dpi(f))::text FROM (SELECT cash_flow_agg(a, '2024-01-01') AS f FROM unnest('{-3 USD,1 USD}'::monetary[]) a) s), '1.00 USD 0.333333333333333', 'rows of one day count for what they are');
-- A million rows of few days, in no order, are no work to speak of; nor is a state that only grows.
SELECT is((SELECT net(cash_flow_agg('1 USD', date '2000-01-01' + (n * 7919 % 400)::integer)) FROM generate_series(1::bigint, 300000) n), '300000 USD', 'rows of few days');
SELECT is((SELECT last_date(cash_flow_agg('1 USD', date '2000-01-01' + ((n * 7919) % 200003)::integer)) FROM generate_series(1::bigint, 200003) n), '2000-01-01'::date + 200002, 'rows of many days');
-- Doubled again and again, it says so in the end.
SELECT throws_ok($$SELECT rollup(f) FROM (SELECT cash_flow('2000000000000000000 USD', '2024-01-01') AS f FROM generate_series(1, 100000)) s$$, '22003', NULL, 'sums have an end');

SELECT * FROM finish();
ROLLBACK;
