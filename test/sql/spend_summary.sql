-- spend_summary: the split of a cost by chip-time, its text form, its aggregates and readers.
SET search_path = chipbook, public;
SET TimeZone = 'UTC';

-- Pool P, October 2025: 1,000 chips for 744 hours.
CREATE TABLE pool_p AS
SELECT d AS starts_at, d + interval '1 day' AS ends_at,
       chip_time(1000, tstzrange(d, d + interval '1 day')) AS installed
FROM generate_series('2025-10-01 00:00+00'::timestamptz, '2025-10-31 00:00+00', '1 day') d;
\x on
SELECT total_cost(s), productive_cost(s), allocated_idle_cost(s), unallocated_cost(s),
       unavailable_cost(s), unmetered_cost(s), idle_cost(s), currency(s),
       utilisation(s), spend_utilisation(s), allocation_rate(s),
       cost_per_installed_hour(s), cost_per_available_hour(s),
       cost_per_allocated_hour(s), cost_per_used_hour(s),
       installed_hours(s), available_hours(s), allocated_hours(s), used_hours(s),
       readings(s), skipped_readings(s), disordered_readings(s)
FROM (SELECT spend_agg('594444.44 USD', chips, chips / 100 * 95, chips / 100 * 80, chips / 100 * 60) AS s
      FROM (SELECT sum(installed)::bigint AS chips FROM pool_p) month) october;

-- The same month by its daily readings, those of 31 October missing.
SELECT round(total_cost(s)) AS total, round(unmetered_cost(s)) AS unmetered,
       total_cost(s) = productive_cost(s) + allocated_idle_cost(s) + unallocated_cost(s)
                       + unavailable_cost(s) + unmetered_cost(s) AS adds_up,
       utilisation(s), readings(s), skipped_readings(s)
FROM (SELECT spend_agg(share, metered, metered / 100 * 95, metered / 100 * 80, metered / 100 * 60) AS s
      FROM (SELECT '594444.44 USD'::monetary / 31 AS share,
                   CASE WHEN starts_at < '2025-10-31 00:00+00' THEN installed END AS metered
            FROM pool_p) days) month;
\x off
DROP TABLE pool_p;

-- Clamping: more used than allocated; raw counts are kept, the kind is counted.
SELECT spend_agg('100 USD', 100, 90, 60, 70);
-- Each kind of disorder, and all at once; a cost of nothing installed is unmetered.
SELECT spend_agg('12 USD', 100, 100, 50, 60), spend_agg('12 USD', 100, 90, 95, 60);
SELECT spend_agg('12 USD', 100, 120, 50, 10), spend_agg('12 USD', 10, 5, 8, 20);
SELECT spend_agg('12 USD', 0, 0, 0, 0), spend_agg('12 USD', 0, 1, 2, 3);
SELECT disordered_readings(s), disordered_readings(s, 'used_over_allocated') AS used_over_allocated,
       disordered_readings(s, 'allocated_over_available') AS allocated_over_available,
       disordered_readings(s, 'available_over_installed') AS available_over_installed,
       disordered_readings(s, 'used_over_installed') AS used_over_installed
FROM (SELECT spend_agg('1 USD', i, v, l, u) AS s
      FROM (VALUES (100, 90, 60, 70), (100, 90, 95, 60), (100, 120, 50, 10), (10, 5, 8, 20), (4, 3, 2, 1)) r(i, v, l, u)) x;
SELECT disordered_readings(spend_agg('1 USD', 1, 1, 1), 'used');

-- All that is installed is available; credits mirror costs.
SELECT spend_agg('100 USD', 100, 60, 50), spend_agg('-100 USD', 3, 2, 1);
-- What is missing: no rows, no cost, no counts.
SELECT spend_agg('1 USD', 1, 1, 1) FILTER (WHERE false) IS NULL AS none,
       rollup(NULL::spend_summary) IS NULL AS none_either;
SELECT spend_agg(NULL, 2, 1, 1), spend_agg('7 USD', NULL, NULL, NULL), spend_agg('7 USD', 4, NULL, 1);
SELECT spend_rate_agg(NULL, 2, 1, 1, 1), spend_rate_agg('7 USD', NULL, 1, 1, 1),
       spend_rate_agg('7 USD', 3600000, NULL, 1, 1);
SELECT total_cost(s), currency(s), cost_per_used_hour(s), utilisation(s), spend_utilisation(s), readings(s), skipped_readings(s)
FROM (SELECT spend_agg(NULL, 2, 1, 1) AS s) x;

-- Rates: 2.50 an hour for two chips, a quarter of an hour, a third of it used.
SELECT s, productive_cost(s), allocated_idle_cost(s), total_cost(s), cost_per_installed_hour(s)
FROM (SELECT spend_rate_agg('2.50 USD', 1800000, 1800000, 1800000, 600000) AS s) x;
-- Below 1e-15 the numerators stay exact: three times a third is one.
SELECT n, total_cost(s), s
FROM (SELECT n, spend_rate_agg('0.000000000000001 USD', 1200000, 1200000, 1200000, 400000) AS s
      FROM generate_series(1, 3) n, generate_series(1, n) GROUP BY n) x ORDER BY n;
-- Costs and rates mix in one summary; an hour of one chip at 5 an hour is a cost of 5.
SELECT spend_agg('5 USD', 3600000, 3600000, 1800000) = spend_rate_agg('5 USD', 3600000, 3600000, 3600000, 1800000) AS same,
       spend_agg('5 USD', 3600000, 3600000, 1800000) + spend_rate_agg('5 USD', 3600000, 3600000, 3600000, 1800000) AS both;

-- Energy is split by the state that drew it: capacity 100 at 50 % used, energy 20 of which
-- idle chips draw 5.
SELECT productive_cost(s), idle_cost(s), total_cost(s), utilisation(s)
FROM (SELECT spend_agg('100 USD', 100, 100, 50) + spend_split(productive => '15 USD', allocated_idle => '5 USD') AS s) x;
SELECT spend_split(unmetered => '3 EUR'), spend_split() IS NULL AS none;
SELECT spend_split('1 USD', '1 EUR');

-- rollup is a plain function name, also beside GROUP BY ROLLUP.
SELECT pool, rollup(s) FROM (SELECT pool, n, spend_agg('10 USD', 10, n, 1) AS s
                             FROM (VALUES ('a', 1), ('a', 2), ('b', 3)) v(pool, n) GROUP BY pool, n) days
GROUP BY ROLLUP (pool) ORDER BY pool;
-- Windows: the exact inverse takes out what leaves the frame, currency included.
SELECT n, spend_agg(c::monetary, i, 2, 1) OVER w AS moved
FROM (VALUES (1, '1 USD', 3), (2, NULL, 3), (3, NULL, 1), (4, '1 EUR', 2), (5, '2 EUR', NULL)) v(n, c, i)
WINDOW w AS (ORDER BY n ROWS 1 PRECEDING) ORDER BY n;
SELECT n, rolling(s) OVER (ORDER BY n ROWS 1 PRECEDING)
FROM (SELECT n, CASE WHEN n <> 3 THEN spend_agg('1 USD', 4, n, 1) END AS s FROM generate_series(1, 4) n GROUP BY n) x
ORDER BY n;

-- Grouping, DISTINCT and joins by equality.
SELECT count(*) FROM (SELECT DISTINCT s FROM (VALUES (spend_split('1 USD')), (spend_split('1.0 USD')), (spend_split('2 USD'))) v(s)) d;
SELECT spend_split('1 USD') = spend_split('1 EUR') AS eq, spend_split('1 USD') <> spend_split('2 USD') AS ne;

-- Text form: any order of fields, settings do not matter, what contradicts itself is refused.
SELECT '  USD  total=5 productive=3 unallocated=2 used=60 readings=1 installed=100 available=100 allocated=60  '::spend_summary;
SELECT 'readings=0'::spend_summary, 'EUR readings=0 plain_costs=1 total=-0.5:7 unmetered=-0.5:7'::spend_summary;
SET extra_float_digits = 0;
SELECT 'USD readings=1 installed=3 available=3 allocated=1 used=1 total=0.1 productive=0.1'::spend_summary;
RESET extra_float_digits;
SELECT ''::spend_summary;
SELECT 'USD'::spend_summary;
SELECT 'usd readings=1'::spend_summary;
SELECT 'USD readings=1 readings=1'::spend_summary;
SELECT 'USD readings=x'::spend_summary;
SELECT 'USD readings=1 colour=1'::spend_summary;
SELECT 'USD plain_costs=1 total=1.0000000000000001 unmetered=1'::spend_summary;
SELECT 'USD plain_costs=1 total=1:3600000 unmetered=1:3600000'::spend_summary;
SELECT 'USD plain_costs=1 total=2 unmetered=1'::spend_summary;
SELECT 'USD readings=1 installed=1 available=2'::spend_summary;
SELECT 'USD readings=1 total=1 productive=1'::spend_summary;
SELECT 'readings=1'::spend_summary;
SELECT 'USD skipped=1'::spend_summary;
SELECT 'USD readings=1 installed=9223372036854775808 available=1'::spend_summary;
SELECT 'USD readings=9223372036854775808'::spend_summary;
SELECT 'USD readings=1 disordered=2 used_over_allocated=1'::spend_summary;
SELECT 'USD readings=1 disordered=1'::spend_summary;
SELECT ('USD plain_costs=1 total=' || repeat('9', 60))::spend_summary;

-- Errors name what is wrong.
SELECT spend_agg('1 USD', -1, 1, 1, 1);
SELECT spend_agg('1 USD', 1, 1, 1, -5);
SELECT spend_rate_agg('1 USD', -3, NULL, 1, 1);
SELECT spend_agg(c::monetary, 1, 1, 1) FROM (VALUES ('1 USD'), ('1 EUR')) v(c);
SELECT spend_rate_agg('2000000000000000000 USD', 7200000, 0, 0, 0);
SELECT total_cost(spend_agg('2000000000000000000 USD', 1, 1, 1) + spend_agg('2000000000000000000 USD', 1, 1, 1));
SELECT spend_split('1 USD') + spend_split('1 EUR');

-- The support functions called by hand: the arguments stay as they were, and a value that
-- was never in cannot be taken out.
SELECT a, spend_summary_combine(a, a) AS twice, a AS still FROM (SELECT spend_split('1 USD') AS a) x;
SELECT spend_summary_add_cost(NULL, '1 USD', 2, 2, 1, 1), spend_summary_add_rate(NULL, '1 USD', 2, 2, 1, 1);
SELECT spend_summary_add_cost('USD readings=9223372036854775807', '1 USD', 2, 2, 1, 1);
SELECT spend_summary_remove_cost(NULL, '1 USD', 2, 2, 1, 1);
SELECT spend_summary_subtract(spend_split('1 USD'), spend_split('2 USD'));
SELECT spend_summary_subtract(spend_split('1 USD'), spend_split('1 USD')) AS nothing_left;
SELECT spend_summary_final(NULL) IS NULL AS none;

-- chip_time: whole milliseconds, so that intervals that meet add up.
SELECT chip_time(8, '[2025-10-01 00:00:00+00, 2025-10-01 00:00:15+00)') AS fifteen_seconds,
       chip_time(3, 'empty') AS nothing, chip_time(0, '[2025-01-01 00:00+00, 2026-01-01 00:00+00)') AS no_chips,
       chip_time(1, '[1999-12-31 23:59:59.9995+00, 2000-01-01 00:00:00.0005+00)') AS across_the_epoch;
SELECT chip_time(7, tstzrange(a, c)) = chip_time(7, tstzrange(a, b)) + chip_time(7, tstzrange(b, c)) AS meets
FROM (VALUES ('1999-12-31 23:59:59.9994+00'::timestamptz, '1999-12-31 23:59:59.9999+00'::timestamptz, '2000-01-01 00:00:00.0007+00'::timestamptz)) v(a, b, c);
SELECT chip_hours(3600000) AS one, chip_hours(1) AS one_ms, chip_hours(-5400000) AS negative;
SELECT chip_time(-1, '[2025-10-01 00:00+00, 2025-10-02 00:00+00)');
SELECT chip_time(1, '[2025-10-01 00:00+00,)');
SELECT chip_time(1, '[-infinity, 2025-10-01 00:00+00)');
SELECT chip_time(9223372036854775807, '[2025-10-01 00:00+00, 2025-10-02 00:00+00)');
