-- meter_day loses nothing, is the same bytes for the same readings, and spend_packed_agg is spend_rate_agg of its rows:
-- for readings of every shape, in any order, in parallel, and through text.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'UTC';
SELECT no_plan();
SELECT setseed(0.1972);

CREATE TABLE reading (shape text, part integer, starts_at timestamptz, ends_at timestamptz, installed bigint, available bigint, allocated bigint, used bigint,
                      kept bigint, joules bigint, idle_joules bigint, tokens bigint, billing_ms bigint, model_flops numeric);

-- Days as they are: every minute, constant but for use; with gaps, overlaps, jitter and the same reading twice.
INSERT INTO reading
SELECT 'day ' || p, p, t, t + interval '1 minute', 480000, 480000 - 60000 * (n / 400), 480000 - 60000 * (n / 200), (random() * 60000)::bigint,
       NULL, 20000 + (random() * 100000)::bigint, NULL, NULL, NULL, NULL
FROM generate_series(1, 4) p, generate_series(0, 1439) n, LATERAL (SELECT '2025-10-26 00:00+00'::timestamptz + n * interval '1 minute' AS t) x;
INSERT INTO reading
SELECT 'irregular ' || p, p, t, t + (1 + random() * 1e9)::bigint * interval '1 microsecond', i, (i * random())::bigint, (i * random())::bigint, (i * random())::bigint,
       CASE WHEN random() < 0.5 THEN (i * random())::bigint END, CASE WHEN random() < 0.9 THEN (random() * 1e6)::bigint END, CASE WHEN random() < 0.1 THEN (random() * 1e6)::bigint END,
       CASE WHEN random() < 0.5 THEN (random() * 1e15)::bigint END, CASE WHEN n = 7 THEN 7 END,
       CASE WHEN random() < 0.5 THEN (random() * 1e9)::numeric(20, 3) END
FROM generate_series(1, 4) p, generate_series(1, 400) n,
     LATERAL (SELECT '2025-10-26 00:00+00'::timestamptz + (random() * 86400e6)::bigint * interval '1 microsecond' AS t, (random() * 10 ^ (random() * 15 + n * 0))::bigint AS i) x;
INSERT INTO reading SELECT * FROM reading WHERE shape = 'irregular 1';
INSERT INTO reading SELECT 'twice', 1, starts_at, ends_at, installed, available, allocated, used, kept, joules, idle_joules, tokens, billing_ms, model_flops FROM reading WHERE shape = 'irregular 2' LIMIT 1;
INSERT INTO reading SELECT r.* FROM reading r, generate_series(1, 300) WHERE shape = 'twice';
-- Numbers of every width, beside the ends of their range, in blocks of every kind: noise, trends up and down, few, runs, one stray.
INSERT INTO reading
SELECT format('width %s %s', w, kind), w, t, t + interval '1 minute', v, v, v, v, v, v, NULLIF(v, 0), top - v, v, v
FROM generate_series(0, 63) w, unnest('{noise,up,down,few,runs,stray}'::text[]) kind, generate_series(0, 299) n,
     LATERAL (SELECT (2::numeric ^ w - 1)::bigint AS top, '2025-01-01 00:00+00'::timestamptz + n * interval '1 minute' AS t) x,
     LATERAL (SELECT CASE kind WHEN 'noise' THEN trunc(random()::numeric * top) WHEN 'up' THEN trunc(top::numeric * n / 299) WHEN 'down' THEN trunc(top::numeric * (299 - n) / 299)
                             WHEN 'few' THEN trunc(top::numeric * (hashint4(n) & 7) / 7) WHEN 'runs' THEN trunc(top::numeric * (n / 40 % 3) / 2) ELSE CASE WHEN n = 150 THEN top ELSE 0 END END::bigint AS v) y;
-- Counts at both ends of bigint, in no order; times at both ends of theirs.
INSERT INTO reading
SELECT 'extreme ' || p, p, CASE WHEN random() < 0.3 THEN '4714-11-24 00:00:00+00 BC' ELSE '2025-10-26 00:00+00' END::timestamptz + n * interval '1 microsecond',
       CASE WHEN random() < 0.3 THEN '294276-12-31 23:59:59.999999+00' ELSE '2025-10-27 00:00+00' END::timestamptz,
       b[1 + (random() * 3)::integer], b[1 + (random() * 3)::integer], b[1 + (random() * 3)::integer], b[1 + (random() * 3)::integer],
       b[1 + (random() * 5)::integer], b[1 + (random() * 5)::integer], b[1 + (random() * 5)::integer], b[1 + (random() * 5)::integer], b[1 + (random() * 5)::integer], NULL
FROM generate_series(1, 3) p, generate_series(1, 300) n, (SELECT '{0,1,9223372036854775807,9223372036854775806,NULL,NULL}'::bigint[] AS b) x;
-- As many rows as fill blocks, and one more or less; each optional column here and there.
INSERT INTO reading
SELECT 'rows ' || c, c, t, t + interval '5 minutes', 60000, 60000, 60000, n % 60000, CASE WHEN c % 2 = 0 THEN n % 60000 END, CASE WHEN n % 2 = c % 2 THEN n END,
       CASE WHEN n = 0 THEN 5 END, CASE WHEN n = c - 1 THEN 5 END, CASE WHEN c % 3 = 0 THEN n END, CASE WHEN c % 5 = 0 THEN n * 1000000000000000 END
FROM unnest('{1,2,3,7,8,9,10,63,64,65,119,120,127,128,129,130,255,256,257,288,383,384,385,1023,1024,1025}'::integer[]) c, generate_series(0, c - 1) n,
     LATERAL (SELECT '2025-01-01 00:00+00'::timestamptz + n * interval '5 minutes' AS t) x;
-- FLOPs of any size and scale.
INSERT INTO reading
SELECT 'flops ' || name, 1, t, t + interval '1 minute', 1, 1, 1, 1, NULL, NULL, NULL, NULL, NULL, f
FROM (VALUES ('whole', '{0,1,999999999999999999,1000000000000000000,999999999999999999999999999999999999}'), ('decimal', '{0.000,1.500,NULL,123456789012345678901234567890.123}'),
             ('zeros', '{0,0.0,0.00,1,1.0,1.00}'), ('large', '{1e36,1e100,1e1000,NULL,0.5}'), ('tiny', '{1e-19,1e-300,NULL}'), ('huge', '{1e131071,1e-16383}')) v(name, list),
     unnest(list::numeric[]) WITH ORDINALITY u(f, n), LATERAL (SELECT '2025-01-01 00:00+00'::timestamptz + n % 3 * interval '1 minute' AS t) x;
-- Small and full of NULLs: 500 values of up to 20 readings.
INSERT INTO reading
SELECT 'small ' || p, p, t, t + interval '1 hour', 10 ^ (p % 9), 5, 3, 2, CASE WHEN random() < 0.5 THEN p END, CASE WHEN random() < 0.5 THEN p END, CASE WHEN random() < 0.5 THEN p END,
       CASE WHEN random() < 0.5 THEN p END, CASE WHEN random() < 0.5 THEN p END, CASE WHEN random() < 0.5 THEN p END
FROM generate_series(1, 500) p, generate_series(1, 1 + p % 20) n, LATERAL (SELECT '2025-01-01 00:00+00'::timestamptz + (n + p) % 4 * interval '1 hour' AS t) x;
ANALYZE reading;
SELECT cmp_ok(count(DISTINCT shape), '>', 900::bigint, 'nine hundred shapes of readings') FROM reading;

SET LOCAL max_parallel_workers_per_gather = 0;
CREATE FUNCTION pg_temp.plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
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
CREATE TABLE packed AS
SELECT shape, pack_readings(starts_at, ends_at, installed, available, allocated, used, kept, joules, idle_joules, tokens, billing_ms, model_flops) AS m, count(*) AS n,
       min(starts_at) AS first, max(ends_at) AS last
FROM reading GROUP BY shape;

-- ---------------------------------------------------------------------------
-- Lossless
-- ---------------------------------------------------------------------------
CREATE TABLE unpacked AS SELECT shape, u.* FROM packed, unpack_readings(m) WITH ORDINALITY u;
CREATE INDEX ON unpacked (shape);
CREATE INDEX ON packed (shape);
SELECT is_empty($$
    SELECT shape, starts_at, ends_at, installed, available, allocated, used, kept, joules, idle_joules, tokens, billing_ms, model_flops::text FROM reading
    EXCEPT ALL SELECT shape, starts_at, ends_at, installed, available, allocated, used, kept, joules, idle_joules, tokens, billing_ms, model_flops::text FROM unpacked$$,
    'every reading comes back, to the last decimal written');
SELECT is((SELECT count(*) FROM unpacked), (SELECT count(*) FROM reading), 'and no other');
SELECT is_empty($$
    SELECT FROM (SELECT *, row_number() OVER (PARTITION BY shape ORDER BY starts_at, ends_at, installed, available, allocated, used, kept, joules, idle_joules, tokens, billing_ms,
                                              model_flops, scale(model_flops), ordinality) AS place FROM unpacked) u
    WHERE place <> ordinality$$, 'in order of their columns, NULLs last');
SELECT is_empty($$SELECT shape FROM packed WHERE (readings(m), first_start(m), last_end(m)) IS DISTINCT FROM (n, first, last)$$, 'count, first start and last end are those of the rows');
SELECT is_empty($$SELECT shape FROM packed WHERE m::text::meter_day <> m OR m::text::meter_day::text <> m::text$$, 'the text form reads back as the same value');
SELECT lives_ok($$SET LOCAL DateStyle = 'SQL, DMY'; SET LOCAL TimeZone = 'Asia/Kathmandu'; SET LOCAL extra_float_digits = 0; SET LOCAL IntervalStyle = 'iso_8601'$$, 'settings change');
SELECT is((SELECT md5(string_agg(m::text, '' ORDER BY shape COLLATE "C")) FROM packed), (SELECT md5(string_agg(t, '' ORDER BY shape COLLATE "C")) FROM (SELECT shape, m::text::meter_day::text AS t FROM packed) x),
    'and they change nothing in it');
SET LOCAL DateStyle = 'ISO, YMD';
SET LOCAL TimeZone = 'UTC';

-- ---------------------------------------------------------------------------
-- The same readings are the same bytes
-- ---------------------------------------------------------------------------
CREATE TABLE again (way text, shape text, m meter_day);
INSERT INTO again SELECT 'shuffled', shape, pack_readings(starts_at, ends_at, installed, available, allocated, used, kept, joules, idle_joules, tokens, billing_ms, model_flops)
FROM (SELECT * FROM reading ORDER BY random()) r GROUP BY shape;
INSERT INTO again SELECT 'backwards', shape, pack_readings(starts_at, ends_at, installed, available, allocated, used, kept, joules, idle_joules, tokens, billing_ms, model_flops ORDER BY starts_at DESC, used DESC)
FROM reading GROUP BY shape;
INSERT INTO again SELECT 'unpacked and packed', shape, pack_readings(starts_at, ends_at, installed, available, allocated, used, kept, joules, idle_joules, tokens, billing_ms, model_flops) FROM unpacked GROUP BY shape;
INSERT INTO again SELECT 'merged', shape, rollup(m) FROM (
    SELECT shape, pack_readings(starts_at, ends_at, installed, available, allocated, used, kept, joules, idle_joules, tokens, billing_ms, model_flops) AS m
    FROM (SELECT *, (random() * 4)::integer AS piece FROM reading OFFSET 0) r GROUP BY shape, piece) pieces GROUP BY shape;
INSERT INTO again SELECT 'combined by hand', a.shape, meter_day_combine(a.m, b.m)
FROM (SELECT shape, pack_readings(starts_at, ends_at, installed, available, allocated, used, kept, joules, idle_joules, tokens, billing_ms, model_flops) AS m FROM reading
      WHERE shape LIKE 'irregular%' AND used % 2 = 0 GROUP BY shape) a
JOIN (SELECT shape, pack_readings(starts_at, ends_at, installed, available, allocated, used, kept, joules, idle_joules, tokens, billing_ms, model_flops) AS m FROM reading
      WHERE shape LIKE 'irregular%' AND used % 2 = 1 GROUP BY shape) b USING (shape);
INSERT INTO again SELECT 'through text', shape, m::text::meter_day FROM packed;

-- Parallel, without the leader: the plan is what it should be, and the value the same.
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL parallel_leader_participation = off;
SELECT alike(pg_temp.plan_of('SELECT part % 3, pack_readings(starts_at, ends_at, installed, available, allocated, used, kept, joules, idle_joules, tokens, billing_ms, model_flops) FROM reading GROUP BY 1'),
             '%Finalize%Gather%Partial%', 'pack_readings runs in parallel');
CREATE TEMP TABLE parallel_packed AS
SELECT part % 3 AS part, pack_readings(starts_at, ends_at, installed, available, allocated, used, kept, joules, idle_joules, tokens, billing_ms, model_flops) AS m FROM reading GROUP BY 1;
SELECT alike(pg_temp.plan_of('SELECT length(shape), rollup(m) FROM packed GROUP BY 1'), '%Finalize%Gather%Partial%', 'and so does rollup');
CREATE TEMP TABLE parallel_rollup AS SELECT length(shape) AS part, rollup(m) AS m FROM packed GROUP BY 1;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT is_empty($$
    SELECT part FROM parallel_packed p FULL JOIN (
        SELECT part % 3 AS part, pack_readings(starts_at, ends_at, installed, available, allocated, used, kept, joules, idle_joules, tokens, billing_ms, model_flops) AS m FROM reading GROUP BY 1) s USING (part)
    WHERE (p.m = s.m) IS NOT TRUE$$, 'to the same value');
SELECT is_empty($$
    SELECT part FROM parallel_rollup p FULL JOIN (
        SELECT length(shape) AS part, pack_readings(starts_at, ends_at, installed, available, allocated, used, kept, joules, idle_joules, tokens, billing_ms, model_flops) AS m FROM reading GROUP BY 1) s USING (part)
    WHERE (p.m = s.m) IS NOT TRUE$$, 'which is that of all its rows at once');

SELECT is(count(*) FILTER (WHERE (a.m = p.m) IS NOT TRUE OR meter_day_send(a.m) <> meter_day_send(p.m) OR meter_day_hash(a.m) <> meter_day_hash(p.m)), 0::bigint, way || ': the same bytes')
FROM again a JOIN packed p USING (shape) GROUP BY way;
SELECT is(count(DISTINCT way), 6::bigint, 'each way was gone') FROM again;
SELECT is((SELECT count(*) FROM packed a JOIN packed b USING (m)), (SELECT sum(c * c)::bigint FROM (SELECT count(*) AS c FROM packed GROUP BY m::text) x), 'other readings are another value');
SELECT is_empty($$
    SELECT a.shape FROM (SELECT shape, pack_readings(starts_at, ends_at, installed, available, allocated, used, joules) AS m FROM reading GROUP BY 1) a
    JOIN (SELECT shape, pack_readings(starts_at, ends_at, installed, available, allocated, used, NULL, joules, NULL, NULL, NULL, NULL) AS m FROM reading GROUP BY 1) b USING (shape)
    WHERE a.m <> b.m$$, 'the short form is the long one with NULLs');

-- One more reading is one more, in a state that somebody holds as well.
SELECT is(pg_catalog.array_agg(n ORDER BY i), '{1,2,3,4,5}'::bigint[], 'a frame that grows has one reading more in each row')
FROM (SELECT i, readings(pack_readings(t, t + interval '1 hour', 1, 1, 1, 1, i) OVER (ORDER BY i)) AS n
      FROM generate_series(1, 5) i, LATERAL (SELECT '2025-01-01 00:00+00'::timestamptz - i * interval '1 hour' AS t) x) w;
SELECT is(readings(meter_day_add(meter_day_add(NULL, '2025-01-02', '2025-01-03', 1, 1, 1, 1, 1), '2025-01-01', '2025-01-02', 1, 1, 1, 1, 1)), 2::bigint, 'readings can be added by hand');
SELECT is(pack_readings('2025-01-01', '2025-01-02', 1, 1, 1, 1, 1) FILTER (WHERE false), NULL, 'no rows are NULL');

-- ---------------------------------------------------------------------------
-- What the readings cost
-- ---------------------------------------------------------------------------
CREATE TABLE rate (rate monetary);
INSERT INTO rate VALUES ('2.50 USD'), ('0.000000000000001 USD'), ('0.00 USD'), ('-3.333333333333333 USD'), ('18446.744073709551615 USD'), ('18446.744073709551616 USD'),
    ('2500000 EUR'), ('-250000.000000000000001 JPY'), (NULL);
CREATE FUNCTION pg_temp.outcome(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE query INTO answer;
    RETURN answer;
EXCEPTION WHEN numeric_value_out_of_range THEN
    RETURN SQLSTATE;
END
$$;
CREATE TABLE spent AS
SELECT shape, rate, pg_temp.outcome(format('SELECT spend_packed_agg(m, %L) FROM packed WHERE shape = %L', rate, shape)) AS packed,
       pg_temp.outcome(format('SELECT spend_rate_agg(%L, installed, available, allocated, used) FROM unpacked WHERE shape = %L', rate, shape)) AS plain
FROM (SELECT shape FROM packed WHERE shape !~ '^(small|width)' UNION ALL (SELECT shape FROM packed WHERE shape ~ '^(small|width)' ORDER BY random() LIMIT 120)) p, rate;
SELECT is_empty('SELECT * FROM spent WHERE packed IS DISTINCT FROM plain', 'spend_packed_agg is spend_rate_agg of the rows, at every rate');
SELECT cmp_ok(count(*) FILTER (WHERE packed ~ 'disordered='), '>', 50::bigint, 'among them rows that contradict themselves') FROM spent;
SELECT cmp_ok(count(*) FILTER (WHERE packed = '22003'), '>', 3::bigint, 'and costs that no amount can hold') FROM spent;
SELECT is(spend_packed_agg(m, '2.50 USD'), (SELECT spend_rate_agg('2.50 USD', installed, available, allocated, used) FROM reading), 'and of all readings there are') FROM packed;
SELECT is((SELECT rollup(s) FROM (SELECT spend_packed_agg(m, '2.50 USD') AS s FROM packed GROUP BY length(shape)) x), spend_packed_agg(m, '2.50 USD'), 'parts of them roll up') FROM packed;
SET LOCAL max_parallel_workers_per_gather = 2;
SELECT alike(pg_temp.plan_of($$SELECT spend_packed_agg(m, '2.50 USD') FROM packed$$), '%Finalize%Gather%Partial%', 'spend_packed_agg runs in parallel');
CREATE TEMP TABLE parallel_spent AS SELECT spend_packed_agg(m, '2.50 USD') AS s FROM packed;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT is(spend_packed_agg(m, '2.50 USD'), (SELECT s FROM parallel_spent), 'to the same value') FROM packed;
SELECT is((SELECT skipped_readings(spend_packed_agg(m, NULL)) FROM packed), (SELECT count(*) FROM reading), 'without a rate all readings are skipped, and counted');
SELECT is((SELECT spend_packed_agg(CASE WHEN shape <> 'day 1' THEN m END, NULLIF(rate, '0.00 USD')) FROM packed, rate WHERE rate = '2.50 USD' AND shape LIKE 'day%'),
          (SELECT spend_rate_agg('2.50 USD', installed, available, allocated, used) FROM reading WHERE shape LIKE 'day%' AND shape <> 'day 1'), 'a value that is NULL is passed over');
SELECT is(spend_packed_agg(NULL, '2.50 USD'), NULL, 'and nothing but NULLs is NULL') FROM packed;
SELECT throws_ok($$SELECT spend_packed_agg(m, rate) FROM packed, rate WHERE shape = 'day 1' AND rate > '0.00 EUR' AND currency(rate) IN ('EUR', 'USD')$$, '22000', NULL, 'a second currency is refused');

-- Numbers of a few bytes in memory and of 130,001 digits: refused while they are written, not when they are.
SELECT throws_ok($$SELECT pack_readings('2025-10-01', '2025-10-02', 1, 1, 1, 1, 1, 1, 1, 1, 1, '1e130000'::numeric) FROM generate_series(1, 8300)$$, '54000', 'model_flops are too long for one meter_day', 'more digits than a value holds');

-- ---------------------------------------------------------------------------
-- Bytes that were stored and changed since: what reads them answers or refuses, and the server lives
-- ---------------------------------------------------------------------------
CREATE TYPE raw_day;
CREATE FUNCTION raw_day_in(cstring) RETURNS raw_day LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
CREATE FUNCTION raw_day_out(raw_day) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
CREATE TYPE raw_day (INPUT = raw_day_in, OUTPUT = raw_day_out, ALIGNMENT = double, STORAGE = external);
CREATE CAST (meter_day AS raw_day) WITHOUT FUNCTION;
CREATE CAST (raw_day AS meter_day) WITHOUT FUNCTION;
CREATE FUNCTION pg_temp.reading_of(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    r meter_day := bytes::text::raw_day::meter_day;
    answer text := '';
    form text;
    n bigint;
BEGIN
    FOREACH form IN ARRAY ARRAY['$1::text', '(SELECT count(*) FROM unpack_readings($1))', 'spend_packed_agg($1, ''2.50 USD'')', 'spend_packed_agg($1, ''250000 USD'')', 'meter_day_combine($1, $1)::text',
                                'meter_day_send($1)', '$1 = $1', 'meter_day_hash($1)', 'readings($1)'] LOOP
        BEGIN
            EXECUTE 'SELECT length((' || form || ')::text)' INTO n USING r;
            answer := answer || ' ok';
        EXCEPTION WHEN OTHERS THEN
            answer := answer || ' ' || SQLSTATE;
        END;
    END LOOP;
    RETURN answer;
END
$$;
CREATE TABLE tampered AS
SELECT shape, at, byte, pg_temp.reading_of(CASE WHEN byte >= 0 THEN set_byte(b, at, byte) ELSE substr(b, 1, at) END) AS answer
FROM (SELECT shape, m::raw_day::text::bytea AS b FROM packed WHERE shape IN ('irregular 2', 'extreme 1', 'flops large', 'flops decimal', 'rows 130', 'width 20 few', 'width 40 up', 'width 30 runs', 'small 20')) p,
     LATERAL (SELECT * FROM generate_series(0, length(b) - 1) at WHERE at < 200 OR at % 97 = 0) a, unnest('{-1,0,1,63,64,127,128,192,255}'::integer[]) byte;
SELECT cmp_ok(count(*), '>', 9000::bigint, 'nine thousand values with a byte changed, or cut short') FROM tampered;
SELECT is_empty($$SELECT * FROM tampered WHERE answer !~ '^( (ok|XX001|0A000|22003|22023|22P02|54000))+$'$$, 'each is read, or refused as corrupted');
SELECT cmp_ok(count(*) FILTER (WHERE answer ~ 'XX001'), '>', 500::bigint, 'many are refused') FROM tampered;

SELECT * FROM finish();
ROLLBACK;
