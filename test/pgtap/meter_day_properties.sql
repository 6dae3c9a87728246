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
-- Columns that follow what was used: nearly, exactly, downwards, steeply, by less than rounding tells, with a stray; at numbers up to the largest, some of them missing.
INSERT INTO reading
SELECT format('follows %s %s', w, kind), w, t, t + interval '5 minutes', top, top, top, u, CASE WHEN n % 5 > 0 THEN u - least(n % 2, u) END,
       CASE kind WHEN 'noisy' THEN least(7 + trunc(u::numeric * 6 / 10) + trunc(u::numeric * random()::numeric / 300), 9223372036854775807)
                 WHEN 'exact' THEN 7 + u / 4 * 3 WHEN 'down' THEN top - u WHEN 'steep' THEN least(1000003 * u::numeric, 9223372036854775807) WHEN 'slight' THEN u / 1000000 WHEN 'stray' THEN CASE WHEN n = 77 THEN top ELSE u / 2 END END::bigint,
       CASE WHEN n % 7 < 5 THEN top - u / 2 END, CASE WHEN n % 11 <> 3 THEN trunc(u::numeric / 3) END, CASE WHEN n > 200 THEN u END, NULL
FROM unnest('{0,1,2,7,8,15,20,31,32,40,45,46,47,48,56,57,61,62,63}'::integer[]) w, unnest('{noisy,exact,down,steep,slight,stray}'::text[]) kind, generate_series(0, 287) n,
     LATERAL (SELECT (2::numeric ^ w - 1)::bigint AS top, '2025-01-01 00:00+00'::timestamptz + n * interval '5 minutes' AS t) x, LATERAL (SELECT trunc(random()::numeric * top)::bigint AS u) y;
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
SELECT cmp_ok(octet_length(meter_day_send(m)), '<', 220, 'energy, idle draw and tokens that follow from use take no room to speak of beside it') FROM (
    SELECT pack_readings(t, t + interval '5 minutes', 2400000, 2400000, 2400000, 8 * u, NULL, 240000 + 5 * u, 480000 - 2 * u, 1000 * u, NULL, NULL) AS m
    FROM generate_series(0, 99) n, LATERAL (SELECT '2025-01-01 00:00+00'::timestamptz + n * interval '5 minutes' AS t, (hashint4(n) & 255)::bigint AS u) x) p;
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
-- A value of version 1, as the chipbook that wrote such values stored it: the same readings, whatever is asked
-- ---------------------------------------------------------------------------
CREATE TYPE raw_day;
CREATE FUNCTION raw_day_in(cstring) RETURNS raw_day LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
CREATE FUNCTION raw_day_out(raw_day) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
CREATE TYPE raw_day (INPUT = raw_day_in, OUTPUT = raw_day_out, ALIGNMENT = double, STORAGE = external);
CREATE CAST (meter_day AS raw_day) WITHOUT FUNCTION;
CREATE CAST (raw_day AS meter_day) WITHOUT FUNCTION;
CREATE TABLE old_reading AS
SELECT t AS starts_at, t + interval '5 minutes' AS ends_at, 2400000::bigint AS installed, 2400000 - 300000 * (n / 30)::bigint AS available, 2400000 - 300000 * (n / 20)::bigint AS allocated, u AS used,
       CASE WHEN n % 3 > 0 THEN u - n % 2 END AS kept, 240000 + u * 6 / 10 + n * 104729 % 1009 AS joules, CASE WHEN n % 7 < 5 THEN 200000 - u / 10 + n * 31 % 101 END AS idle_joules,
       CASE WHEN n > 5 THEN 40 * u END AS tokens, NULL::bigint AS billing_ms, CASE WHEN n % 2 = 0 THEN 1.5 * n END AS model_flops
FROM generate_series(0, 59) n, LATERAL (SELECT '2025-10-01 00:00+00'::timestamptz + n * interval '5 minutes' AS t, (900000 + n * 7919 % 100003)::bigint AS u) x;
CREATE TABLE old_value AS
SELECT $$\x0100a60800e081510ce302000014648210e302003c0000000080fca4029300021e1e0000009f24930004140a0a140000009f240000c0270953bea0ac01c3d201415ba187cba961b438d3201be0e3cc75c7643ed90862f4d00f8de49354faa5fdfdb94630ec84143d3c96a21e1a5bfc080080d90a98ad202308cc56f863433582103db44323f724857e89aa4e078bd205559bad4098351d2ec37b714ff23195622ba80802b215f6d8e02288f04b50b6e26818fad868750718416c4195662b0e663d874bf05e350d4317d926ce9c9c0600808c8d9e0200808c8d9e020100b66ddbb66ddbb60d0100999999999910c09b5f0000b11571273239f24aa46064722484e595a5a757bd17cfd7e03608f619a82f68412953e964a9765b8c1b9edcaf9cc15cd30ee96c102d22ed33ae455f5b1f6de07ea09061a212b8d2c993dbf102a318632a243ce44da45f56751687d79897aa57bc09d2c9e3280be81ca92e5a441a56db679b795c8b0da101009fcfe7f3f97c3e0f0ede9e0c0166c208015e74b9591a04d7dc29194708111ea27bef5b249659253150897c912f0000c11db2a676c55178510ab24c4807e925bc189a0d594a531434cf8c0eaa8030991cae791b958894f2302f81000206360216d0feae2268711cb05188c161c2c5abc8c62f08278d179763f504b0120602ba02d6fbe04a521068195a8f072c3162a09f70bd2cb2640c8266e3f5ec580903acf78140cb802546b85e1604cd869600027b9318b4295ca28bec3583d0e0000000563501ab9a20003a605513ae0a0601d0a15587c0aa2606e00a570523abd420003a007380156ac0da2d084c105848856b9f41307b68a123b01d0a010055555555555555050001000040003c0000000000000000$$::raw_day::meter_day AS old,
       pack_readings(starts_at, ends_at, installed, available, allocated, used, kept, joules, idle_joules, tokens, billing_ms, model_flops) AS new FROM old_reading;
SELECT is(get_byte(old::raw_day::text::bytea, 0), 1, 'a value of version 1') FROM old_value;
SELECT is_empty($$(SELECT u.*, u.model_flops::text FROM old_value, unpack_readings(old) u) EXCEPT ALL (SELECT *, model_flops::text FROM old_reading)$$, 'is unpacked to the very rows');
SELECT is((SELECT count(*) FROM old_value, unpack_readings(old)), 60::bigint, 'all of them');
SELECT is(old::text, new::text, 'has the same text') FROM old_value;
SELECT ok(old = new AND NOT old <> new AND new = old AND old = old, 'is equal to what is packed now') FROM old_value;
SELECT is(ARRAY[meter_day_hash(old)::bigint, meter_day_hash_extended(old, 7)], ARRAY[meter_day_hash(new)::bigint, meter_day_hash_extended(new, 7)], 'has its hash') FROM old_value;
SELECT is(meter_day_send(old), meter_day_send(new), 'and is sent as it') FROM old_value;
SELECT cmp_ok(pg_column_size(new), '<', pg_column_size(old), 'which is smaller') FROM old_value;
SELECT results_eq('SELECT readings(old), first_start(old), last_end(old) FROM old_value', 'SELECT readings(new), first_start(new), last_end(new) FROM old_value', 'the header says the same');
SELECT is(spend_packed_agg(old, '2.50 USD'), spend_packed_agg(new, '2.50 USD'), 'it costs the same') FROM old_value;
SELECT is(meter_day_send(meter_day_combine(old, old)), meter_day_send(meter_day_combine(new, new)), 'and is merged to the same bytes') FROM old_value;
SELECT is((SELECT rollup(old)::raw_day::text FROM old_value), new::raw_day::text, 'rollup makes the present version of it') FROM old_value;
SELECT is(count(*), 1::bigint, 'old and new are one group') FROM (SELECT DISTINCT m FROM old_value, unnest(ARRAY[old, new]) m) x;
INSERT INTO packed (shape, m) SELECT 'version 1', old FROM old_value;

-- ---------------------------------------------------------------------------
-- Bytes that were stored and changed since: what reads them answers or refuses, and the server lives
-- ---------------------------------------------------------------------------
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
FROM (SELECT shape, m::raw_day::text::bytea AS b FROM packed WHERE shape IN ('irregular 2', 'extreme 1', 'flops large', 'flops decimal', 'rows 130', 'width 20 few', 'width 40 up', 'width 30 runs', 'small 20', 'follows 20 noisy', 'version 1')) p,
     LATERAL (SELECT * FROM generate_series(0, length(b) - 1) at WHERE at < 200 OR at % 97 = 0) a, unnest('{-1,0,1,63,64,127,128,192,255}'::integer[]) byte;
SELECT cmp_ok(count(*), '>', 9000::bigint, 'nine thousand values with a byte changed, or cut short') FROM tampered;
SELECT is_empty($$SELECT * FROM tampered WHERE answer !~ '^( (ok|XX001|0A000|22003|22023|22P02|54000))+$'$$, 'each is read, or refused as corrupted');
SELECT cmp_ok(count(*) FILTER (WHERE answer ~ 'XX001'), '>', 500::bigint, 'many are refused') FROM tampered;

SELECT * FROM finish();
ROLLBACK;
