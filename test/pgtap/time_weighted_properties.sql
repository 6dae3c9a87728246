-- time_weighted against plain numeric over the rows themselves: averages, gaps, bounds, any
-- order, plan, partition and frame; months and days as calendars have them.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET LOCAL TimeZone = 'UTC';
SELECT no_plan();

SELECT setseed(0.4202);
CREATE FUNCTION pg_temp.us(t timestamptz) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT extract(epoch FROM t) * 1000000 $$;
-- n / d at 15 decimals, rounded half away from zero once.
CREATE FUNCTION pg_temp.ratio(n numeric, d numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN d > 0 THEN sign(n) * div(2 * abs(n) * 1000000000000000 + d, 2 * d) / 1000000000000000.000000000000000 END
$$;

-- Twenty series of a thousand steps each: of one microsecond to some days, a tenth of them gaps
-- (half of those as rows without a value), values of every magnitude, some the largest there are.
CREATE TABLE step (series integer, n integer, value numeric, money monetary, s timestamptz, e timestamptz);
INSERT INTO step (series, n, value, s)
SELECT d.series, d.n, d.value, timestamptz '2020-01-01' + sum(d.microseconds) OVER (PARTITION BY d.series ORDER BY d.n) * interval '1 microsecond'
FROM (SELECT series, n, CASE WHEN random() < 0.05 THEN 2596148429267413814.265248164610047
                             WHEN random() < 0.05 THEN -2596148429267413814.265248164610048
                             ELSE round((10 ^ (random() * 30 - 15))::numeric - 3, 15) END AS value,
             CASE WHEN random() < 0.2 THEN 1 ELSE (10 ^ (random() * 11))::bigint + 1 END AS microseconds
      FROM generate_series(1, 20) series, generate_series(1, 1001) n OFFSET 0) d;
UPDATE step SET money = monetary(step.value, 'USD'), e = f.e FROM (SELECT series, n, lead(s) OVER (PARTITION BY series ORDER BY n) AS e FROM step) f
WHERE f.series = step.series AND f.n = step.n;
DELETE FROM step WHERE e IS NULL;
UPDATE step SET value = NULL, money = NULL WHERE (series * 7919 + n * 104729) % 100 < 5 AND series > 2;
DELETE FROM step WHERE (series * 7919 + n * 104729) % 100 BETWEEN 95 AND 99 AND series > 2;
CREATE INDEX ON step (series, s);
ANALYZE step;
SELECT is(count(*), 0::bigint, 'every step ends after it starts') FROM step WHERE s >= e;
SELECT cmp_ok(count(*) FILTER (WHERE value IS NULL), '>', 500::bigint, 'there are rows without a value') FROM step;

-- ---------------------------------------------------------------------------
-- The definition
-- ---------------------------------------------------------------------------
CREATE TEMP TABLE plain AS
SELECT series, sum(value * (pg_temp.us(e) - pg_temp.us(s))) AS area, sum(pg_temp.us(e) - pg_temp.us(s)) FILTER (WHERE value IS NOT NULL) AS covered,
       pg_temp.us(max(e)) - pg_temp.us(min(s)) AS span,
       -- Carried: each value holds until the next one begins, the last to the end.
       (SELECT sum(c.value * (pg_temp.us(coalesce(c.next, z.to_at)) - pg_temp.us(c.s)))
        FROM (SELECT v.value, v.s, lead(v.s) OVER (ORDER BY v.s) AS next FROM step v WHERE v.series = t.series AND v.value IS NOT NULL) c,
             (SELECT max(v.e) AS to_at FROM step v WHERE v.series = t.series) z) AS carried,
       pg_temp.us(max(e)) - pg_temp.us(min(s) FILTER (WHERE value IS NOT NULL)) AS carried_span
FROM step t GROUP BY series;
CREATE TEMP TABLE serial AS SELECT series, time_weighted_agg(value, s, e) AS w, time_weighted_agg(money, s, e) AS m FROM step GROUP BY series;
SELECT is(count(*), 20::bigint, 'ignore: value x duration over the time with a value')
FROM serial JOIN plain USING (series) WHERE time_weighted_average(w) = pg_temp.ratio(area, covered) AND covered_seconds(w) = covered / 1000000;
SELECT is(count(*), 20::bigint, 'zero: over all of the time')
FROM serial JOIN plain USING (series) WHERE time_weighted_average(w, 'zero') = pg_temp.ratio(area, span) AND gap_seconds(w) = (span - covered) / 1000000;
SELECT is(count(*), 20::bigint, 'carry: each value until the next begins')
FROM serial JOIN plain USING (series)
WHERE time_weighted_average(w, 'carry') = pg_temp.ratio(carried, carried_span) AND averaged_seconds(w, 'carry') = carried_span / 1000000;
SELECT is(count(*), 20::bigint, 'value x hours is the area') FROM serial JOIN plain USING (series) WHERE value_hours(w) = pg_temp.ratio(area, 3600000000);
SELECT is(count(*), 20::bigint, 'money gives the same figures') FROM serial
WHERE time_weighted_average(m, 'carry') = time_weighted_average(w, 'carry') AND value_hours(m) = value_hours(w) AND currency(m) = 'USD' AND currency(w) IS NULL;
SELECT is(count(*), 20::bigint, 'in one step as in two') FROM serial
JOIN (SELECT series, time_weighted_avg(value, s, e) AS a, time_weighted_avg(money, s, e) AS b FROM step GROUP BY series) o USING (series)
WHERE o.a = time_weighted_average(w) AND o.b = monetary(time_weighted_average(m), currency(m));
SELECT throws_ok($$SELECT time_weighted_average(w, 'error') FROM serial$$, '22004', NULL, 'error: gaps are an error');
SELECT is(count(*), 2::bigint, 'and none where there are none') FROM serial WHERE series <= 2 AND time_weighted_average(w, 'error') = time_weighted_average(w) AND gap_seconds(w) = 0;

-- ---------------------------------------------------------------------------
-- Any order, partition, text, plan
-- ---------------------------------------------------------------------------
SELECT is(count(*), 20::bigint, 'reversed') FROM serial
JOIN (SELECT series, time_weighted_agg(value, s, e) AS w FROM (SELECT * FROM step ORDER BY s DESC) x GROUP BY series) o USING (series) WHERE o.w = serial.w;
SELECT is(count(*), 20::bigint, 'shuffled') FROM serial
JOIN (SELECT series, time_weighted_agg(value, s, e) AS w FROM (SELECT * FROM step ORDER BY hashint4(n * 31)) x GROUP BY series) o USING (series) WHERE o.w = serial.w;
SELECT is(count(*), 20::bigint, 'rolled up from odd parts, through text') FROM serial
JOIN (SELECT series, rollup(w::text::time_weighted) AS w FROM (SELECT series, n % 7 AS part, time_weighted_agg(value, s, e) AS w FROM step GROUP BY 1, 2 OFFSET 0) x GROUP BY series) o USING (series)
WHERE o.w = serial.w;
CREATE TEMP TABLE bounds AS SELECT timestamptz '2019-12-31 18:00' AS a, timestamptz '2020-02-03 04:05:06.7' AS b, timestamptz '2020-06-30 01:00:00.000001' AS c;
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
CREATE TABLE bounded AS
SELECT series, time_weighted_agg(value, s, e, a, b) AS ab, time_weighted_agg(value, s, e, b, c) AS bc, time_weighted_agg(value, s, e, a, c) AS ac
FROM step, bounds GROUP BY series;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL parallel_leader_participation = off;
SELECT alike(pg_temp.plan_of('SELECT series, time_weighted_agg(value, s, e) FROM step GROUP BY series'), '%Finalize%Gather%Partial%', 'the aggregate runs in parallel');
CREATE TEMP TABLE parallel_answer AS SELECT series, time_weighted_agg(value, s, e) AS w FROM step GROUP BY series;
CREATE TEMP TABLE parallel_bounded AS
SELECT series, time_weighted_agg(value, s, e, '2020-02-03 04:05:06.7', '2020-06-30 01:00:00.000001') AS bc,
       time_weighted_avg(value, s, e, '2020-02-03 04:05:06.7', '2020-06-30 01:00:00.000001', 'carry') AS carried FROM step GROUP BY series;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT is(count(*), 20::bigint, 'parallel: the same values') FROM serial JOIN parallel_answer p USING (series) WHERE p.w = serial.w;
SELECT is(count(*), 20::bigint, 'and with bounds') FROM bounded JOIN parallel_bounded p USING (series) WHERE p.bc = bounded.bc AND p.carried = time_weighted_average(bounded.bc, 'carry');

-- ---------------------------------------------------------------------------
-- Bounds: [a,b) and [b,c) make [a,c), exactly
-- ---------------------------------------------------------------------------
SELECT is(count(*), 20::bigint, 'the two halves rolled up are the whole')
FROM bounded CROSS JOIN LATERAL (SELECT rollup(h) AS h FROM (VALUES (bc), (ab)) v (h)) r WHERE r.h = ac;
-- The averages are rounded, each by half of the last digit at most.
SELECT is(count(*), 20::bigint, format('its average is their average, weighted by time: gaps %s', g))
FROM bounded, unnest('{ignore,zero,carry}'::text[]) g
CROSS JOIN LATERAL (SELECT averaged_seconds(ab, g) AS p, averaged_seconds(bc, g) AS q) d
WHERE averaged_seconds(ac, g) = p + q
  AND abs(time_weighted_average(ac, g) * (p + q) - coalesce(time_weighted_average(ab, g), 0) * p - coalesce(time_weighted_average(bc, g), 0) * q) <= 0.000000000000001 * (p + q)
GROUP BY g;
SELECT is(count(*), 20::bigint, 'cut to bounds by hand: the same')
FROM bounded LEFT JOIN (SELECT series, sum(value * (pg_temp.us(least(e, c)) - pg_temp.us(greatest(s, b)))) AS area FROM step, bounds WHERE e > b AND s < c GROUP BY series) h USING (series)
WHERE coalesce(value_hours(bc), 0) = coalesce(pg_temp.ratio(h.area, 3600000000), 0);
SELECT is(count(*), 20::bigint, 'what ended before the bounds is carried into them')
FROM (SELECT series, time_weighted_avg(value, s, e, '2030-01-01', '2030-01-02', 'carry') AS a FROM step GROUP BY series) x
JOIN (SELECT DISTINCT ON (series) series, value FROM step WHERE value IS NOT NULL ORDER BY series, s DESC) l USING (series) WHERE x.a = l.value;
SELECT is(count(*), 20::bigint, 'where nothing holds: zero is 0, ignore is not known')
FROM (SELECT series, time_weighted_avg(value, s, e, '2030-01-01', '2030-01-02', 'zero') AS z, time_weighted_avg(value, s, e, '2030-01-01', '2030-01-02', 'ignore') AS i FROM step GROUP BY series) x
WHERE z = 0 AND i IS NULL;

-- ---------------------------------------------------------------------------
-- Window frames: the way back is exact
-- ---------------------------------------------------------------------------
CREATE TEMP TABLE moving AS
SELECT series, n, time_weighted_agg(value, s, e) OVER ten AS w, time_weighted_avg(money, s, e, '2020-01-05', '2020-03-05', 'carry') OVER ten AS bounded,
       time_weighted_agg(value, s, e) OVER back AS backwards, first_value(s) OVER ten AS first_s
FROM step WHERE series <= 5
WINDOW ten AS (PARTITION BY series ORDER BY s ROWS BETWEEN 9 PRECEDING AND 2 FOLLOWING), back AS (PARTITION BY series ORDER BY s DESC ROWS 3 PRECEDING);
SELECT is(count(*), 0::bigint, 'every frame is what its rows alone give')
FROM moving m
CROSS JOIN LATERAL (SELECT time_weighted_agg(x.value, x.s, x.e) AS w, time_weighted_avg(x.money, x.s, x.e, '2020-01-05', '2020-03-05', 'carry') AS bounded
                    FROM (SELECT t.* FROM (SELECT t.*, row_number() OVER (ORDER BY t.s) AS k, max(t.s) FILTER (WHERE t.n = m.n) OVER () AS here FROM step t WHERE t.series = m.series) t
                          WHERE t.k BETWEEN (SELECT count(*) FROM step c WHERE c.series = m.series AND c.n <= m.n) - 9
                                        AND (SELECT count(*) FROM step c WHERE c.series = m.series AND c.n <= m.n) + 2) x) r
WHERE m.n % 25 = 0 AND (record_image_ne(ROW(m.w::text), ROW(r.w::text)) OR record_image_ne(ROW(m.bounded::text), ROW(r.bounded::text)));
SELECT is(count(*), 0::bigint, 'also when rows leave it at its end')
FROM moving m CROSS JOIN LATERAL (SELECT time_weighted_agg(x.value, x.s, x.e) AS w FROM (SELECT * FROM step t WHERE t.series = m.series AND t.n >= m.n ORDER BY t.s LIMIT 4) x) r
WHERE m.n % 25 = 0 AND m.backwards <> r.w;

-- rolling(spend_summary): the days of a year, 28 at a time.
CREATE TEMP TABLE day_summary AS
SELECT d, spend_agg(monetary(round((10 ^ (random() * 18))::numeric, 15), 'USD'), 86400000, 86400000 - x * 7, 80000000 - x * 9, x * 3) AS s
FROM (SELECT d, floor(random() * 1e6)::bigint AS x FROM generate_series(date '2024-01-01', date '2024-12-31', '1 day') d, generate_series(1, 5) OFFSET 0) r GROUP BY d;
SELECT is(count(*), 366::bigint, 'rolling spend: each frame is the rollup of its days')
FROM (SELECT d, rolling(s) OVER (ORDER BY d ROWS 27 PRECEDING) AS moved FROM day_summary) m
WHERE m.moved = (SELECT rollup(x.s) FROM day_summary x WHERE x.d BETWEEN m.d - interval '27 days' AND m.d);

-- ---------------------------------------------------------------------------
-- Calendars: months of a ledger's time zone, days of 23, 24 and 25 hours, leap days
-- ---------------------------------------------------------------------------
CREATE FUNCTION pg_temp.local_day(d date, zone text, OUT a timestamptz, OUT b timestamptz) LANGUAGE sql STABLE AS $$
    SELECT d::timestamp AT TIME ZONE zone, (d + 1)::timestamp AT TIME ZONE zone
$$;
-- A rate of 1 until local noon and 3 from then on, known from midnight to midnight.
SELECT is(ROW(averaged_seconds(w, 'error') / 3600, time_weighted_average(w, 'error')), ROW(hours::numeric, pg_temp.ratio(before * 1 + (hours - before) * 3, hours)),
          format('%s in %s has %s hours, and its average', d, zone, hours))
FROM (VALUES (date '2026-03-29', 'Europe/Berlin', 23, 11), (date '2026-10-25', 'Europe/Berlin', 25, 13), (date '2026-07-01', 'Europe/Berlin', 24, 12),
             (date '2026-03-08', 'America/New_York', 23, 11), (date '2026-11-01', 'America/New_York', 25, 13), (date '2028-02-29', 'UTC', 24, 12)) v (d, zone, hours, before)
CROSS JOIN LATERAL pg_temp.local_day(d, zone) day
CROSS JOIN LATERAL (SELECT time_weighted_agg(x.v, x.s, x.e, day.a, day.b) AS w
                    FROM (VALUES (1::numeric, timestamptz '-infinity', (d + time '12:00') AT TIME ZONE zone), (3, (d + time '12:00') AT TIME ZONE zone, 'infinity')) x (v, s, e)) r;
SELECT is(ROW(averaged_seconds(w, 'error') / 3600, value_hours(w), w = days), ROW(hours::numeric, 8.0 * hours, true),
          format('%s in %s has %s hours, 8 chips %s chip-hours, and is the sum of its days', m, zone, hours, 8 * hours))
FROM (VALUES (date '2026-03-01', 'Europe/Berlin', 743), (date '2026-10-01', 'Europe/Berlin', 745), (date '2026-03-01', 'America/New_York', 743), (date '2026-11-01', 'America/New_York', 721),
             (date '2026-03-01', 'UTC', 744), (date '2028-02-01', 'Europe/Berlin', 696), (date '2026-02-01', 'Europe/Berlin', 672), (date '2100-02-01', 'UTC', 672)) v (m, zone, hours)
CROSS JOIN LATERAL (SELECT time_weighted_agg(c.chips, '2020-01-01', 'infinity', m::timestamp AT TIME ZONE zone, (m + interval '1 month') AT TIME ZONE zone) AS w FROM (VALUES (8::numeric)) c (chips)) r
CROSS JOIN LATERAL (SELECT rollup(x.w) AS days
                    FROM (SELECT time_weighted_agg(8, '2020-01-01', 'infinity', day.a, day.b) AS w
                          FROM generate_series(m::timestamp, m + interval '1 month' - interval '1 day', '1 day') d
                          CROSS JOIN LATERAL pg_temp.local_day(d::date, zone) day GROUP BY d) x) y;

-- ---------------------------------------------------------------------------
-- Refusals
-- ---------------------------------------------------------------------------
SELECT throws_ok(format('SELECT %s FROM (VALUES %s) v (v, s, e)', call, rows), state, NULL, says)
FROM (VALUES
    ('time_weighted_agg(v, s, e)', $$(1::numeric, timestamptz '2026-01-01', timestamptz '2026-01-03'), (2, '2026-01-02', '2026-01-04')$$, '23P01', 'overlap'),
    ('time_weighted_agg(v, s, e)', $$(1::numeric, timestamptz '2026-01-01', timestamptz '2026-01-03'), (1, '2026-01-01', '2026-01-03')$$, '23P01', 'the same row twice'),
    ('time_weighted_agg(v, s, e)', $$(1::numeric, timestamptz '2026-01-03', timestamptz '2026-01-04'), (1, '2026-01-01', '2026-01-02'), (1, '2026-01-01 12:00', '2026-01-01 13:00')$$, '23P01', 'one inside another, out of order'),
    ('time_weighted_agg(v, s, e)', $$(1::numeric, timestamptz '2026-01-02', timestamptz '2026-01-01')$$, '22023', 'ends before it starts'),
    ('time_weighted_agg(v, s, e)', $$(1::numeric, timestamptz '2026-01-01', timestamptz 'infinity')$$, '22023', 'infinite without bounds'),
    ('time_weighted_agg(v, s, e)', $$(NULL::numeric, timestamptz '-infinity', timestamptz '2026-01-01')$$, '22023', 'so also without a value'),
    ('time_weighted_agg(v, s, e)', $$(1::numeric, timestamptz '2026-01-01', NULL::timestamptz)$$, '22004', 'no end'),
    ('time_weighted_agg(v, s, e, ''2026-01-01'', ''infinity'')', $$(1::numeric, timestamptz '2026-01-01', timestamptz '2026-01-02')$$, '22023', 'infinite bounds'),
    ('time_weighted_agg(v, s, e, ''2026-01-01'', NULL)', $$(1::numeric, timestamptz '2026-01-01', timestamptz '2026-01-02')$$, '22004', 'no bounds'),
    ('time_weighted_agg(v, s, e, ''2026-01-02'', ''2026-01-02'')', $$(1::numeric, timestamptz '2026-01-01', timestamptz '2026-01-02')$$, '22023', 'bounds without time'),
    ('time_weighted_agg(v, s, e, s, e)', $$(1::numeric, timestamptz '2026-01-01', timestamptz '2026-01-02'), (1, '2026-01-02', '2026-01-03')$$, '22023', 'bounds that change'),
    ('time_weighted_avg(v, s, e, ''2026-01-01'', ''2026-01-05'', ''locf'')', $$(1::numeric, timestamptz '2026-01-01', timestamptz '2026-01-02')$$, '22023', 'no such policy'),
    ('time_weighted_avg(v, s, e, ''2026-01-01'', ''2026-01-05'', NULL)', $$(1::numeric, timestamptz '2026-01-01', timestamptz '2026-01-02')$$, '22004', 'no policy'),
    ('time_weighted_avg(v, s, e, ''2026-01-01'', ''2026-01-05'', ''error'')', $$(1::numeric, timestamptz '2026-01-01', timestamptz '2026-01-02')$$, '22004', 'gaps that are an error'),
    ('time_weighted_agg(v, s, e)', $$(2596148429267413814.265248164610048, timestamptz '2026-01-01', timestamptz '2026-01-02')$$, '22003', 'too large'),
    ('time_weighted_agg(v, s, e)', $$('NaN'::numeric, timestamptz '2026-01-01', timestamptz '2026-01-02')$$, '22003', 'not a number'),
    ('value_hours(time_weighted_agg(v, s, e))', $$(2e18, timestamptz '0001-01-01', timestamptz '9999-12-31')$$, '22003', 'more than 38 digits hold'),
    ('time_weighted_agg(v, s, e)', $$('1 USD'::monetary, timestamptz '2026-01-01', timestamptz '2026-01-02'), ('1 EUR', '2026-01-02', '2026-01-03')$$, '22000', 'two currencies'),
    ('time_weighted_agg(v, s, e)', $$(1.5::float8, timestamptz '2026-01-01', timestamptz '2026-01-02')$$, '42883', 'no inexact numbers')) c (call, rows, state, says);
SELECT throws_ok($$SELECT rollup(w) FROM (SELECT w FROM serial WHERE series = 1 UNION ALL SELECT w FROM serial WHERE series = 1) x$$, '23P01', NULL, 'rolling up the same time twice');
SELECT is(time_weighted_avg(v, s, e), 5::numeric, 'whole numbers and rows without any time')
FROM (VALUES (5::bigint, timestamptz '2026-01-01', timestamptz '2026-01-02'), (9, '2026-01-01 12:00', '2026-01-01 12:00'), (NULL, NULL, NULL)) v (v, s, e);
SELECT is(time_weighted_avg(NULL::numeric, s, s), NULL, 'no value at all') FROM step;
SELECT is(time_weighted_avg(value, s, e), NULL, 'no rows') FROM step WHERE false;

-- All the time there is takes more than 63 bits of microseconds, in one interval or in several that meet.
SELECT is(ROW(covered_seconds(w), gap_seconds(w), time_weighted_average(w), time_weighted_average(w, 'carry'), w::text::time_weighted = w), ROW(9435184732800::numeric, 0::numeric, 2::numeric, 2::numeric, true), says)
FROM (SELECT says, time_weighted_agg(2, s, e) AS w
      FROM (VALUES ('one interval', timestamptz '4714-11-24 BC', timestamptz '294276-12-31'), ('two that meet', '4714-11-24 BC', '2000-01-01'), ('two that meet', '2000-01-01', '294276-12-31')) v (says, s, e) GROUP BY says) w;

-- Rows outside the bounds, in every order: those after say nothing, of those before the last counts.
SELECT results_eq($$SELECT DISTINCT time_weighted_agg(v, s, e, '2026-01-01', '2026-01-05' ORDER BY n)::text
    FROM (VALUES (1, '1 USD'::monetary, timestamptz '2026-01-05', timestamptz '2026-01-06'), (2, '2 EUR', '2026-01-02', '2026-01-03')) v (m, v, s, e), LATERAL (VALUES (1, m), (2, -m)) o (direction, n) GROUP BY direction$$,
    $$SELECT time_weighted_agg('2 EUR'::monetary, '2026-01-02', '2026-01-03', '2026-01-01', '2026-01-05')::text$$, 'another currency after the bounds');
CREATE TABLE outside (n integer, v numeric, s timestamptz, e timestamptz);
INSERT INTO outside VALUES (1, 1, '2025-01-01', '2025-02-01'), (2, 2, '2025-01-02', '2025-02-01'), (3, 7, '2025-02-01', '2025-03-01');
SELECT is(time_weighted_avg(v, s, e, '2026-01-01', '2026-01-05', 'carry' ORDER BY (n + turn) % 3), 7::numeric, 'two that end at once before the last, turned by ' || turn)
FROM outside, generate_series(0, 2) turn GROUP BY turn;
SELECT throws_ok(format($$SELECT time_weighted_avg(v, s, e, '2026-01-01', '2026-01-05', 'carry' ORDER BY n %s) FROM outside WHERE n < 3$$, way), '23P01', NULL, 'two that end at once and are the last: ' || way) FROM unnest('{ASC,DESC}'::text[]) way;
SELECT throws_ok($$SELECT time_weighted_add(time_weighted_add(NULL, 1, '2025-01-01', '2025-02-01', '2026-01-01', '2026-01-05'), 2, '2025-01-01', '2025-02-01', '2026-01-01', '2026-01-05')$$, '23P01', NULL, 'and by hand');

-- Bytes that were stored and changed since: each function answers or refuses, and the server lives.
CREATE TYPE raw_steps;
CREATE FUNCTION raw_steps_in(cstring) RETURNS raw_steps LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
CREATE FUNCTION raw_steps_out(raw_steps) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
CREATE TYPE raw_steps (INPUT = raw_steps_in, OUTPUT = raw_steps_out, ALIGNMENT = double, STORAGE = extended);
CREATE CAST (time_weighted AS raw_steps) WITHOUT FUNCTION;
CREATE CAST (raw_steps AS time_weighted) WITHOUT FUNCTION;
CREATE FUNCTION pg_temp.reading_of(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    w time_weighted := bytes::text::raw_steps::time_weighted;
    answer text := '';
    form text;
    n bigint;
BEGIN
    FOREACH form IN ARRAY ARRAY['$1', 'time_weighted_send($1)', 'time_weighted_average($1, ''carry'')', 'gap_seconds($1)', 'time_weighted_avg_money($1)', '$1 = $1', 'time_weighted_rollup($1, $1)',
                                'time_weighted_combine(''number'', $1)', 'time_weighted_add($1, 1::numeric, ''2026-01-01'', ''2026-01-02'')', 'time_weighted_remove($1, 1::numeric, ''2026-01-01'', ''2026-01-02'')'] LOOP
        BEGIN
            EXECUTE 'SELECT length((' || form || ')::text)' INTO n USING w;
            answer := answer || ' ok';
        EXCEPTION WHEN OTHERS THEN
            answer := answer || ' ' || SQLSTATE;
        END;
    END LOOP;
    RETURN answer;
END
$$;
CREATE TABLE tampered AS
SELECT at, byte, pg_temp.reading_of(CASE WHEN byte >= 0 THEN set_byte(b, at, byte) ELSE substr(b, 1, at) END) AS answer
FROM (SELECT 'USD gaps=carry bounds=0..10 before=-3/7 2..4=6/3 5..6=-1/-1'::time_weighted::raw_steps::text::bytea AS b) w, LATERAL generate_series(0, length(b) - 1) at, unnest('{-1,0,1,2,127,128,255}'::integer[]) byte;
SELECT is_empty($$SELECT * FROM tampered WHERE answer !~ '^( (ok|XX001|0A000|22000|22003|22008|22023|22004|23P01))+$'$$, 'a byte changed, or cut short: read, or refused');
SELECT is(count(DISTINCT answer), 1::bigint, 'an unknown gap policy is refused by all') FROM tampered WHERE at = 1 AND byte > 4 AND answer ~ '^( XX001)+$';

-- Binary form, trusted no more than text.
SELECT is(count(*), 20::bigint, 'every value reads back from its own text') FROM serial WHERE m::text::time_weighted = m;
SELECT throws_ok(format('SELECT %L::time_weighted', v), '22P02', NULL, format('no time_weighted: %s', v))
FROM unnest(ARRAY['', 'USD', 'number 0..1=1/1', 'number seen=0..1 0..2=2/1', 'number seen=0..10 0..2=2/1 2..3=1/1', 'number seen=0..10 4..5=1/1 0..1=1/1', 'number seen=0..10 0..0=0/1',
                  'number seen=0..1 0..1=99999999999999999999999999999999999999999999/1', 'number seen=0..1 before=0/1', 'number bounds=0..1 before=1/1', 'number gaps=locf seen=0..1 0..1=1/1',
                  'number seen=1..0', 'number seen=0..1 0..1=1/99999999999999999999999999999999999999', 'numbers', 'number seen=0..1 0..1=1/1x']) v;

-- A row that it does not hold, taken out by hand, leaves nothing that could not be read again: the greatest value throughout
-- seen, less a small one for the first half, would be twice the greatest for the second.
SELECT is(time_weighted_remove(time_weighted_agg(2596148429267413814.265248164610047, '2025-01-01', '2025-01-03'), 12::numeric, '2025-01-01'::timestamptz, '2025-01-02'::timestamptz), NULL,
          'what was never there is not taken out');

SELECT * FROM finish();
ROLLBACK;
