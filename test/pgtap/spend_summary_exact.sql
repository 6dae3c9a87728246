-- spend_summary adds up exactly: the parts to the total, and to the same value whatever the
-- plan, the order of rows, the partition or the window frame.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();

SELECT setseed(0.4202);
-- 40,000 readings of 20 pools and 28 days, hostile ones among them: NULLs, nothing installed,
-- disorder, credits, costs and counts of every magnitude up to the largest.
CREATE TABLE reading (pool_id integer, on_day integer, n integer, cost monetary, rate monetary,
                      installed bigint, available bigint, allocated bigint, used bigint)
PARTITION BY HASH (pool_id);
CREATE TABLE reading_0 PARTITION OF reading FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE reading_1 PARTITION OF reading FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO reading
SELECT n % 20, n % 28, n,
       CASE WHEN kind < 0.03 THEN NULL
            WHEN kind < 0.06 THEN '-12345.678901234567891 USD'::monetary * random()
            WHEN kind < 0.10 THEN '2596148429267413814.265248164610047 USD'::monetary
            WHEN kind < 0.12 THEN '-2596148429267413814.265248164610048 USD'::monetary
            ELSE monetary((10 ^ (random() * 30 - 15))::numeric, 'USD') END,
       CASE WHEN kind < 0.03 THEN NULL
            WHEN kind < 0.06 THEN '-0.987654321098765 USD'::monetary
            ELSE monetary((10 ^ (random() * 6 - 3))::numeric, 'USD') END,
       CASE WHEN shape < 0.03 THEN NULL WHEN shape < 0.06 THEN 0 ELSE installed END,
       CASE WHEN shape < 0.02 THEN NULL WHEN shape < 0.10 THEN (installed * random())::bigint ELSE installed - installed / 10 END,
       CASE WHEN shape < 0.04 THEN NULL WHEN shape < 0.14 THEN (installed * random())::bigint ELSE installed / 5 * 4 END,
       CASE WHEN shape < 0.04 THEN NULL WHEN shape < 0.16 THEN (installed * random())::bigint ELSE (installed / 5 * 4 * random())::bigint END
FROM (SELECT n, random() AS kind, random() AS shape,
             CASE WHEN random() < 0.05 THEN 9223372036854774784 ELSE (10 ^ (random() * 13))::bigint END AS installed
      FROM generate_series(1, 40000) n OFFSET 0) draw;
CREATE INDEX ON reading (n);
ANALYZE reading;
SELECT cmp_ok(count(*), '>', 20000::bigint, 'most generated readings are in order')
FROM reading WHERE used <= allocated AND allocated <= available AND available <= installed;

SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL enable_partitionwise_aggregate = off;
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
-- c x p / w at 15 decimals, rounded half away from zero, in numeric and without rounding twice.
CREATE FUNCTION pg_temp.share(c numeric, p numeric, w numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT sign(c) * div(2 * abs(c) * 1000000000000000 * p + w, 2 * w) / 1000000000000000.000000000000000
$$;
CREATE TEMP TABLE form (name text, expression text);
INSERT INTO form VALUES
('spend_agg, five', 'spend_agg(cost, installed, available, allocated, used)'),
('spend_agg, four', 'spend_agg(cost, installed, allocated, used)'),
('spend_rate_agg', 'spend_rate_agg(rate, installed, available, allocated, used)');

CREATE TABLE answer (name text, way text, pool_id integer, s spend_summary);
CREATE FUNCTION pg_temp.answer_by(the_way text, pattern text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE (SELECT string_agg(format('INSERT INTO answer SELECT %L, %L, pool_id, s FROM (%s) x', name, the_way,
                                      replace(pattern, '@', expression)), ';') FROM form);
END
$$;

-- The plain way first: serial, in one go.
SELECT unalike(pg_temp.plan_of('SELECT pool_id, spend_agg(cost, installed, available, allocated, used) FROM reading GROUP BY pool_id'),
               '%Partial%', 'the plain plan is serial');
SELECT pg_temp.answer_by('serial', 'SELECT pool_id, @ AS s FROM reading GROUP BY pool_id');
SELECT is(count(*), 60::bigint, 'twenty pools, three aggregates') FROM answer WHERE way = 'serial';

-- Shuffled, and through a sorted plan.
SELECT pg_temp.answer_by('shuffled', 'SELECT pool_id, @ AS s FROM (SELECT * FROM reading ORDER BY hashint4(n)) shuffled GROUP BY pool_id');
SELECT pg_temp.answer_by('reversed', 'SELECT pool_id, @ AS s FROM (SELECT * FROM reading ORDER BY n DESC) reversed GROUP BY pool_id');
-- By day and merged; merged twice, by the operator.
SELECT pg_temp.answer_by('merged', 'SELECT pool_id, rollup(s) AS s FROM (SELECT pool_id, on_day, @ AS s FROM reading GROUP BY 1, 2) days GROUP BY pool_id');
SELECT pg_temp.answer_by('added', 'SELECT pool_id, a.s + b.s AS s FROM (SELECT pool_id, @ AS s FROM reading WHERE on_day < 9 GROUP BY 1) a
                                   JOIN (SELECT pool_id, @ AS s FROM reading WHERE on_day >= 9 GROUP BY 1) b USING (pool_id)');
-- Stored, as text and as stored values, before merging.
SELECT pg_temp.answer_by('through text', 'SELECT pool_id, rollup(s::text::spend_summary) AS s FROM (SELECT pool_id, on_day, @ AS s FROM reading GROUP BY 1, 2 OFFSET 0) days GROUP BY pool_id');

-- Partition-wise.
SET LOCAL enable_partitionwise_aggregate = on;
SELECT alike(pg_temp.plan_of('SELECT pool_id % 3, spend_agg(cost, installed, available, allocated, used) FROM reading GROUP BY 1'),
             '%Append%Partial%Partial%', 'the partition-wise plan aggregates each partition');
SELECT pg_temp.answer_by('partition-wise', 'SELECT -pool_id % 3 AS pool_id, @ AS s FROM reading GROUP BY 1');
SET LOCAL enable_partitionwise_aggregate = off;
SELECT pg_temp.answer_by('partition-wise, serial', 'SELECT -pool_id % 3 AS pool_id, @ AS s FROM reading GROUP BY 1');

-- Parallel, without the leader.
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL parallel_leader_participation = off;
SELECT alike(pg_temp.plan_of('SELECT pool_id, spend_agg(cost, installed, available, allocated, used) FROM reading GROUP BY pool_id'),
             '%Finalize%Gather%Partial%', 'the parallel plan has a Partial and a Finalize Aggregate');
CREATE TEMP TABLE parallel_answer AS SELECT pool_id, spend_agg(cost, installed, available, allocated, used) AS s FROM reading GROUP BY pool_id;
INSERT INTO answer SELECT 'spend_agg, five', 'parallel', pool_id, s FROM parallel_answer;
CREATE TEMP TABLE parallel_four AS SELECT pool_id, spend_agg(cost, installed, allocated, used) AS s FROM reading GROUP BY pool_id;
INSERT INTO answer SELECT 'spend_agg, four', 'parallel', pool_id, s FROM parallel_four;
CREATE TEMP TABLE parallel_rate AS SELECT pool_id, spend_rate_agg(rate, installed, available, allocated, used) AS s FROM reading GROUP BY pool_id;
INSERT INTO answer SELECT 'spend_rate_agg', 'parallel', pool_id, s FROM parallel_rate;
-- Stored summaries, merged in parallel.
CREATE TABLE hour_summary AS
SELECT pool_id, n / 4 AS hour, spend_agg(cost, installed, available, allocated, used) AS s FROM reading GROUP BY 1, 2;
ANALYZE hour_summary;
SELECT alike(pg_temp.plan_of('SELECT pool_id, rollup(s) FROM hour_summary GROUP BY 1'), '%Finalize%Gather%Partial%', 'rollup runs in parallel');
CREATE TEMP TABLE parallel_rollup AS SELECT pool_id, rollup(s) AS s FROM hour_summary GROUP BY 1;
INSERT INTO answer SELECT 'spend_agg, five', 'parallel rollup', pool_id, s FROM parallel_rollup;
SET LOCAL max_parallel_workers_per_gather = 0;

SELECT is(count(*) FILTER (WHERE (a.s = serial.s) IS NOT TRUE), 0::bigint, format('%s, %s: the same as serial', a.name, a.way))
FROM answer a
LEFT JOIN answer serial ON serial.name = a.name AND serial.pool_id = a.pool_id
          AND serial.way = CASE WHEN a.way = 'partition-wise' THEN 'partition-wise, serial' ELSE 'serial' END
WHERE a.way NOT LIKE '%serial'
GROUP BY a.name, a.way;
SELECT is(count(DISTINCT (name, way)), 22::bigint, 'every aggregate ran every way') FROM answer WHERE way NOT LIKE '%serial';

-- Every summary is one that input accepts, and its parts add up.
SELECT is(count(*), 0::bigint, 'all text forms read back as they were') FROM answer WHERE s::text::spend_summary <> s;
SELECT is(count(*), 0::bigint, 'the parts add up to the total, idle to its parts')
FROM answer a
WHERE name = 'spend_rate_agg'
  AND (total_cost(s) <> productive_cost(s) + allocated_idle_cost(s) + unallocated_cost(s) + unavailable_cost(s) + unmetered_cost(s)
       OR idle_cost(s) <> allocated_idle_cost(s) + unallocated_cost(s) + unavailable_cost(s));
SELECT is(count(*), 0::bigint, 'readings and skipped rows are all rows')
FROM answer a JOIN (SELECT pool_id, count(*) AS n FROM reading GROUP BY 1) r USING (pool_id)
WHERE way = 'serial' AND readings(s) + skipped_readings(s) <> r.n;
SELECT is(count(*), 0::bigint, 'hours are the sum of the counts, as given')
FROM answer a JOIN (SELECT pool_id, sum(installed) AS i, sum(available) AS v, sum(allocated) AS l, sum(used) AS u,
                           count(*) FILTER (WHERE NOT (used <= allocated AND allocated <= available AND available <= installed)) AS disordered
                    FROM reading WHERE cost IS NOT NULL AND installed IS NOT NULL AND available IS NOT NULL AND allocated IS NOT NULL AND used IS NOT NULL
                    GROUP BY 1) r USING (pool_id)
WHERE way = 'serial' AND name = 'spend_agg, five'
  AND (pg_temp.share(r.i, 1, 3600000), pg_temp.share(r.v, 1, 3600000), pg_temp.share(r.l, 1, 3600000), pg_temp.share(r.u, 1, 3600000), r.disordered)
      IS DISTINCT FROM (installed_hours(s), available_hours(s), allocated_hours(s), used_hours(s), disordered_readings(s));

-- Each row's split against numeric: 10,000 readings, each part to the last digit.
SELECT is(count(*), 0::bigint, 'spend_agg agrees with numeric, row by row')
FROM (SELECT n, amount(cost) AS c, installed::numeric AS i,
             least(greatest(available, least(greatest(allocated, least(used, installed)), installed)), installed)::numeric AS v,
             least(greatest(allocated, least(used, installed)), installed)::numeric AS l,
             least(used, installed)::numeric AS u,
             spend_agg(cost, installed, available, allocated, used) AS s
      FROM reading WHERE n <= 10000 AND installed > 0 AND cost IS NOT NULL AND available IS NOT NULL AND allocated IS NOT NULL AND used IS NOT NULL
      GROUP BY n, cost, installed, available, allocated, used) x,
     LATERAL (SELECT pg_temp.share(c, u, i) AS cu, pg_temp.share(c, l, i) AS cl, pg_temp.share(c, v, i) AS cv) y
WHERE (cu, cl - cu, cv - cl, c - cv, c)
      IS DISTINCT FROM (amount(productive_cost(s)), amount(allocated_idle_cost(s)), amount(unallocated_cost(s)), amount(unavailable_cost(s)), amount(total_cost(s)));
SELECT is(count(*), 0::bigint, 'spend_rate_agg agrees with numeric, pool by pool')
FROM (SELECT pool_id, sum(amount(rate) * u) AS cu, sum(amount(rate) * l) AS cl, sum(amount(rate) * v) AS cv, sum(amount(rate) * i) AS ci,
             sum(amount(rate) * i) FILTER (WHERE i = installed) AS all_installed
      FROM (SELECT *, installed::numeric AS i,
                   least(greatest(available, least(greatest(allocated, least(used, installed)), installed)), installed)::numeric AS v,
                   least(greatest(allocated, least(used, installed)), installed)::numeric AS l, least(used, installed)::numeric AS u
            FROM reading WHERE rate IS NOT NULL AND installed IS NOT NULL AND available IS NOT NULL AND allocated IS NOT NULL AND used IS NOT NULL) r
      GROUP BY 1) x JOIN answer a ON a.pool_id = x.pool_id AND a.name = 'spend_rate_agg' AND a.way = 'serial'
WHERE (pg_temp.share(cu, 1, 3600000), pg_temp.share(cl, 1, 3600000), pg_temp.share(cv, 1, 3600000), pg_temp.share(ci, 1, 3600000))
      IS DISTINCT FROM (amount(productive_cost(s)), amount(productive_cost(s) + allocated_idle_cost(s)),
                        amount(productive_cost(s) + allocated_idle_cost(s) + unallocated_cost(s)), amount(total_cost(s) - unmetered_cost(s)));

-- Windows: moving frames by the inverse against frames added up anew, 10,000 of each.
SELECT is(count(*), 0::bigint, 'spend_agg over moving frames is what each frame adds up to')
FROM (SELECT n, spend_agg(cost, installed, available, allocated, used) OVER (ORDER BY n ROWS 6 PRECEDING) AS moved FROM reading WHERE n <= 10000) w
JOIN LATERAL (SELECT spend_agg(cost, installed, available, allocated, used) AS anew FROM reading r WHERE r.n BETWEEN w.n - 6 AND w.n) p ON true
WHERE moved IS DISTINCT FROM anew;
SELECT is(count(*), 0::bigint, 'and so are the four-argument form and spend_rate_agg')
FROM (SELECT n, spend_agg(cost, installed, allocated, used) OVER w AS moved_four,
             spend_rate_agg(rate, installed, available, allocated, used) OVER w AS moved_rate
      FROM reading WHERE n <= 10000 WINDOW w AS (ORDER BY n ROWS 3 PRECEDING)) w
JOIN LATERAL (SELECT spend_agg(cost, installed, allocated, used) AS four, spend_rate_agg(rate, installed, available, allocated, used) AS rate
              FROM reading r WHERE r.n BETWEEN w.n - 3 AND w.n) p ON true
WHERE (moved_four, moved_rate) IS DISTINCT FROM (four, rate);
CREATE TABLE single AS
SELECT n, CASE WHEN n % 17 <> 0 THEN spend_agg(cost, installed, available, allocated, used) END AS s FROM reading WHERE n <= 10000 GROUP BY n;
CREATE INDEX ON single (n);
SELECT is(count(*), 0::bigint, 'rolling over moving frames is rollup of each')
FROM (SELECT n, rolling(s) OVER (ORDER BY n ROWS 6 PRECEDING) AS moved FROM single) w
JOIN LATERAL (SELECT rollup(s) AS anew FROM single d WHERE d.n BETWEEN w.n - 6 AND w.n) p ON true
WHERE moved IS DISTINCT FROM anew;

-- Costs that come split, with the sums of their readings: as if the readings had been added up.
CREATE TEMP TABLE sums AS
SELECT pool_id, spend_agg(cost, installed, available, allocated, used) AS s, count(*) AS readings, sum(installed) AS i, sum(available) AS v, sum(allocated) AS l, sum(used) AS u
FROM reading WHERE cost IS NOT NULL AND installed > 0 AND available IS NOT NULL AND allocated IS NOT NULL AND used IS NOT NULL AND abs(amount(cost)) < 1e15 GROUP BY pool_id;
CREATE TEMP TABLE split AS
SELECT pool_id, s, spend_split(readings, disordered_readings(s), i, v, l, u, NULL, productive_cost(s), allocated_idle_cost(s), unallocated_cost(s), unavailable_cost(s), unmetered_cost(s)) AS p FROM sums;
SELECT is(count(*), 0::bigint, 'a split with its counts reads as what it was made of') FROM split
WHERE (total_cost(p), productive_cost(p), allocated_idle_cost(p), unallocated_cost(p), unavailable_cost(p), unmetered_cost(p), installed_hours(p), available_hours(p), allocated_hours(p),
       used_hours(p), readings(p), disordered_readings(p), utilisation(p), spend_utilisation(p), cost_per_used_hour(p))
      IS DISTINCT FROM
      (total_cost(s), productive_cost(s), allocated_idle_cost(s), unallocated_cost(s), unavailable_cost(s), unmetered_cost(s), installed_hours(s), available_hours(s), allocated_hours(s),
       used_hours(s), readings(s), disordered_readings(s), utilisation(s), spend_utilisation(s), cost_per_used_hour(s));
SELECT is((total_cost(rollup(p)), used_hours(rollup(p)), readings(rollup(p)))::text, (total_cost(rollup(s)), used_hours(rollup(s)), readings(rollup(s)))::text, 'and adds up alike') FROM split;
SELECT is(count(*) FILTER (WHERE p::text::spend_summary <> p OR spend_summary_subtract(p + s, s) <> p OR spend_summary_subtract(p + s, p) <> s), 0::bigint, 'is text and back, and can be taken out again') FROM split;
SELECT is(count(*), 0::bigint, 'a window that moves over splits is each frame added up')
FROM (SELECT pool_id, rolling(p) OVER (ORDER BY pool_id ROWS 2 PRECEDING) AS moved FROM split) w
JOIN LATERAL (SELECT rollup(p) AS anew FROM split d WHERE d.pool_id BETWEEN w.pool_id - 2 AND w.pool_id) x ON true WHERE moved IS DISTINCT FROM anew;
SELECT is(spend_split(2, 1, 100, 90, 60, 70, 49, '10 USD', unmetered => '-3 USD')::text,
          'USD readings=2 installed=100 available=90 allocated=60 used=70 lost=21 total=7 productive=10 unmetered=-3 lost_cost=3 plain_costs=1 disordered=1',
          'out of order as it is; what was lost, 30 %, bore 30 % of the productive cost');
SELECT is(spend_split(0, 0, 79228162514264337593543950336, 5, 4, 3, 0, '-0.000000000000005 USD')::text,
          'USD readings=0 installed=79228162514264337593543950336 available=5 allocated=4 used=3 lost=3 total=-0.000000000000005 productive=-0.000000000000005 lost_cost=-0.000000000000005 plain_costs=1',
          'the time of readings counted elsewhere, 2^96 of it; a credit');
SELECT is(spend_split(NULL, NULL, NULL, NULL, NULL, NULL, NULL, '1 USD'), spend_split('1 USD'), 'no counts: the plain split');
SELECT is(spend_split(1, 0, 1, 1, 1, 1, 1, NULL), NULL, 'no part: NULL');
SELECT is(spend_split(1, 0, 1.5, 1.4, 0.5, 0.4, 0, '1 USD')::text, 'USD readings=1 installed=2 available=1 allocated=1 total=1 productive=1 plain_costs=1', 'whole milliseconds');
SELECT throws_ok(format('SELECT spend_split(%s)', a), e, NULL, a) FROM (VALUES
    ('-1, 0, 1, 1, 1, 1, 1, ''1 USD''', '22023'), ('1, -1, 1, 1, 1, 1, 1, ''1 USD''', '22023'), ('1, 2, 1, 1, 1, 1, 1, ''1 USD''', '22023'),
    ('1, 0, -1, 1, 1, 1, 1, ''1 USD''', '22023'), ('1, 0, 1, -1, 1, 1, 1, ''1 USD''', '22023'), ('1, 0, 1, 1, -1, 1, 1, ''1 USD''', '22023'), ('1, 0, 1, 1, 1, -1, 0, ''1 USD''', '22023'),
    ('1, 0, 1, 1, 1, 1, -1, ''1 USD''', '22023'), ('1, 0, 1, 1, 1, 1, 2, ''1 USD''', '22023'), ('1, 0, 1, 1, 1, NULL, 2, ''1 USD''', '22023'),
    ('1, 0, ''NaN'', 1, 1, 1, 1, ''1 USD''', '22003'), ('1, 0, ''Infinity'', 1, 1, 1, 1, ''1 USD''', '22003'), ('1, 0, 1e29, 1, 1, 1, 1, ''1 USD''', '22003'),
    ('1, 0, 1, 1, 1, 1e1000, 1, ''1 USD''', '22003'), ('1, 0, 1, 1, 1, 1, 1, ''1 USD'', ''1 EUR''', '22000')) v (a, e);
SELECT throws_ok($$SELECT 'USD readings=0 installed=5 total=1 productive=1'::spend_summary$$, '22P02', NULL, 'without the mark of a split, time needs readings still');

SELECT * FROM finish();
ROLLBACK;
