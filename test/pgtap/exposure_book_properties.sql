-- exposure_book against plain numeric over the rows themselves, in any order, plan, partition and window frame;
-- the bounds that hold for every book.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();

SELECT setseed(0.1851);
CREATE FUNCTION pg_temp.ratio(n numeric, d numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN d > 0 THEN div(2 * n * 1000000000000000 + d, 2 * d) / 1000000000000000.000000000000000 END
$$;
-- Forty books of 1 to 900 rows and 1 to 60 counterparties; amounts of every magnitude and both signs, some the
-- largest there are, some zero, some unknown; one book in eight has one kind only, and none of some.
CREATE TABLE flow AS
SELECT book, n, 'party ' || chr(65 + (w * 26)::integer % 26) || (random() * (book % 20))::integer || CASE WHEN book % 5 = 0 THEN ' "é\' ELSE '' END AS party,
       CASE WHEN book % 8 > 0 AND random() < 0.7 THEN (ARRAY['equity', 'debt', 'a:b="c"'])[1 + n % 3] END AS kind,
       CASE WHEN random() < 0.05 THEN NULL
            WHEN random() < 0.02 THEN monetary(2596148429267413814.265248164610047, 'USD')
            WHEN random() < 0.02 THEN monetary(-2596148429267413814.265248164610048, 'USD')
            WHEN random() < 0.05 THEN '0 USD'
            ELSE monetary((sign(random() - 0.3) * 10 ^ (random() * 20 - 10))::numeric, 'USD') END AS money
FROM (SELECT book, n, random() AS w FROM generate_series(1, 40) book, generate_series(1, 900) n WHERE n <= 1 + book * book * 0.56 OFFSET 0) d;
-- One with ordinary money, so that figures fit.
UPDATE flow SET money = monetary(pg_catalog.round((random() * 1000 - 300)::numeric, 2), 'USD') WHERE book > 20 AND money IS NOT NULL;
ANALYZE flow;

CREATE TEMP TABLE serial AS SELECT book, exposure_agg(party, kind, money) AS b, exposure_agg(party, money) AS plain FROM flow GROUP BY book;

-- ---------------------------------------------------------------------------
-- The definition, by numeric
-- ---------------------------------------------------------------------------
CREATE TEMP TABLE line AS
SELECT book, party, kind, coalesce(sum(amount(money)) FILTER (WHERE amount(money) > 0), 0) AS pos, coalesce(sum(amount(money)) FILTER (WHERE amount(money) < 0), 0) AS neg,
       count(money) AS entries, count(*) - count(money) AS unknowns
FROM flow GROUP BY 1, 2, 3;
CREATE TEMP TABLE party AS
SELECT book, party, sum(greatest(pos + neg, 0)) AS x FROM line GROUP BY 1, 2 HAVING sum(entries) > 0;
CREATE TEMP TABLE figure AS
SELECT p.*, l.pos, l.neg, l.entries, l.unknowns, l.parties
FROM (SELECT book, count(*) AS n, sum(x) AS total, sum(x * x) AS squares, sum((2 * i - n - 1) * x) AS weighted, max(x) AS largest,
             sum(x) FILTER (WHERE i > n - 3) AS three
      FROM (SELECT *, row_number() OVER (PARTITION BY book ORDER BY x) AS i, count(*) OVER (PARTITION BY book) AS n FROM party) o GROUP BY book) p
JOIN (SELECT book, sum(pos) AS pos, sum(neg) AS neg, sum(entries) AS entries, sum(unknowns) AS unknowns, count(DISTINCT party) AS parties FROM line GROUP BY book) l USING (book);
SELECT cmp_ok(count(*), '>=', 38::bigint, 'most books have a known amount') FROM figure;
SELECT is(count(*), 0::bigint, 'every line is there, with its sums')
FROM (SELECT book, party, kind, pos, neg, entries, unknowns FROM line WHERE book > 20
      EXCEPT ALL SELECT book, counterparty, kind, coalesce(amount(gross), 0), coalesce(amount(negative), 0), entries, unknowns FROM serial, exposures(b) WHERE book > 20) x;
SELECT is(count(*), 20::bigint, 'gross, net and what is left of it') FROM serial JOIN figure USING (book)
WHERE book > 20 AND amount(gross(b)) = pos AND amount(net(b)) = pos + neg AND amount(gross_absolute(b)) = pos - neg AND amount(current_exposure(b)) = total
  AND net_gross_ratio(b) = pg_temp.ratio(total, pos);
SELECT is(count(*), 0::bigint, 'counts') FROM serial JOIN figure USING (book)
WHERE entries(b) <> figure.entries OR unknowns(b) <> figure.unknowns OR parties(b) <> figure.parties;
SELECT is(count(*), 0::bigint, 'HHI and its kin, to the last digit') FROM serial JOIN figure USING (book)
WHERE hhi(b) IS DISTINCT FROM pg_temp.ratio(squares, total * total) OR hhi_points(b) IS DISTINCT FROM pg_temp.ratio(10000 * squares, total * total)
   OR effective_number(b) IS DISTINCT FROM pg_temp.ratio(total * total, squares)
   OR hhi_normalised(b) IS DISTINCT FROM CASE WHEN n > 1 THEN pg_temp.ratio(n * squares - total * total, (n - 1) * total * total) END;
SELECT is(count(*), 0::bigint, 'Gini') FROM serial JOIN figure USING (book)
WHERE gini(b) IS DISTINCT FROM pg_temp.ratio(weighted, n * total) OR gini_unbiased(b) IS DISTINCT FROM CASE WHEN n > 1 THEN pg_temp.ratio(weighted, (n - 1) * total) END;
SELECT is(count(*), 0::bigint, 'concentration ratios') FROM serial JOIN figure USING (book)
WHERE concentration_ratio(b, 1) IS DISTINCT FROM pg_temp.ratio(largest, total) OR concentration_ratio(b, 3) IS DISTINCT FROM pg_temp.ratio(three, total);
SELECT is(count(*), 0::bigint, 'shares') FROM serial JOIN party USING (book) JOIN figure USING (book) WHERE share(b, party) IS DISTINCT FROM pg_temp.ratio(x, total);
SELECT is(count(*), 0::bigint, 'entropy, but for the last digits') FROM serial
JOIN (SELECT book, -sum(CASE WHEN x > 0 THEN x / total * ln(x / total) ELSE 0 END) AS h FROM party JOIN figure USING (book) WHERE total > 0 GROUP BY book) e USING (book)
WHERE abs(entropy(b) - h::float8) > 1e-12;
SELECT is(count(*), 0::bigint, 'the largest come first')
FROM (SELECT book, party, x, row_number() OVER (PARTITION BY book ORDER BY x DESC, party COLLATE "C") AS rank FROM party WHERE book > 20) p
FULL JOIN (SELECT book, counterparty AS party, exposure, rank FROM serial, top(b, 1000) WHERE book > 20) t USING (book, party)
WHERE p.rank IS DISTINCT FROM t.rank OR p.x IS DISTINCT FROM amount(t.exposure);
SELECT is(count(*), 0::bigint, 'the lines of a kind are what its rows alone give') FROM serial
JOIN (SELECT book, coalesce(kind, '') AS kind, exposure_agg(party, kind, money) AS k FROM flow GROUP BY 1, 2) k USING (book) WHERE only_kind(b, kind) IS DISTINCT FROM k;
SELECT is(count(*), 0::bigint, 'those of a counterparty too') FROM serial
JOIN (SELECT book, party, exposure_agg(party, kind, money) AS k FROM flow GROUP BY 1, 2) k USING (book) WHERE only_counterparty(b, party) IS DISTINCT FROM k;

-- ---------------------------------------------------------------------------
-- What holds for every book
-- ---------------------------------------------------------------------------
SELECT is(count(*), 0::bigint, 'HHI is between 1/n and 1, its normal form between 0 and 1') FROM serial JOIN figure USING (book)
WHERE hhi(b) < pg_temp.ratio(1, n) OR hhi(b) > 1 OR hhi_normalised(b) < 0 OR hhi_normalised(b) > 1 OR effective_number(b) > n OR effective_number(b) < 1;
SELECT is(count(*), 0::bigint, 'Gini between 0 and 1 - 1/n, entropy between 0 and ln n, at most as many effective ones') FROM serial JOIN figure USING (book)
WHERE gini(b) < 0 OR gini(b) > pg_temp.ratio(n - 1, n) OR entropy(b) < 0 OR entropy(b) > ln(n) + 1e-12 OR exp(entropy(b)) < effective_number(b)::float8 - 1e-9;
SELECT is(count(*), 0::bigint, 'gross without signs >= |net|, gross >= current exposure >= net') FROM serial
WHERE book > 20 AND (abs(amount(net(b))) > amount(gross_absolute(b)) OR current_exposure(b) > gross(b) OR net(b) > current_exposure(b) OR net_gross_ratio(b) NOT BETWEEN 0 AND 1);
SELECT is(count(*), 0::bigint, 'netting kinds apart leaves no less') FROM serial WHERE book > 20 AND current_exposure(b) < current_exposure(plain);
SELECT is(count(*), 0::bigint, 'a larger k has no less, and all have everything') FROM serial, generate_series(1, 30) k
WHERE concentration_ratio(b, k + 1) < concentration_ratio(b, k) OR concentration_ratio(b, 1000) <> 1;
SELECT is(count(*), 0::bigint, 'the delta of a merger is what HHI grows by') FROM (SELECT *, 'the merger of two' AS merged FROM serial WHERE book > 20) s
CROSS JOIN LATERAL (SELECT min(counterparty) AS p, max(counterparty) AS q FROM top(b, 2)) t
CROSS JOIN LATERAL (SELECT exposure_agg(CASE WHEN x.party IN (p, q) THEN merged ELSE x.party END, monetary(x.x, 'USD')) AS m FROM party x WHERE x.book = s.book) m
WHERE abs(hhi_points(m) - hhi_points(b) - merger_delta(b, p, q)) > 0.000000000000002;
SELECT is(count(*), 0::bigint, 'scaled amounts have the same figures') FROM serial s
JOIN (SELECT book, exposure_agg(party, kind, 1000 * money) AS k FROM flow WHERE book > 20 GROUP BY book) k USING (book)
WHERE hhi(b) <> hhi(k) OR gini(b) <> gini(k) OR abs(entropy(b) - entropy(k)) > 1e-13 OR 1000 * gross(b) <> gross(k);

-- ---------------------------------------------------------------------------
-- Any order, partition, text, plan
-- ---------------------------------------------------------------------------
SELECT is(count(*), 40::bigint, 'shuffled') FROM serial
JOIN (SELECT book, exposure_agg(party, kind, money) AS b FROM (SELECT * FROM flow ORDER BY hashint4(n * 31 + book)) x GROUP BY book) o USING (book) WHERE o.b = serial.b;
SELECT is(count(*), 40::bigint, 'by counterparty') FROM serial
JOIN (SELECT book, exposure_agg(party, kind, money) AS b FROM (SELECT * FROM flow ORDER BY party DESC) x GROUP BY book) o USING (book) WHERE o.b = serial.b;
SELECT is(count(*), 40::bigint, 'in sorted groups') FROM serial
JOIN (SELECT book, exposure_agg(party, kind, money ORDER BY kind, money) AS b FROM flow GROUP BY book) o USING (book) WHERE o.b = serial.b;
SELECT is(count(*), 40::bigint, 'rolled up from odd parts, through text') FROM serial
JOIN (SELECT book, rollup(b::text::exposure_book) AS b FROM (SELECT book, n % 7 AS part, exposure_agg(party, kind, money) AS b FROM flow GROUP BY 1, 2 OFFSET 0) x GROUP BY book) o USING (book)
WHERE o.b = serial.b;
SELECT is(count(*), 40::bigint, 'the halves added') FROM serial
JOIN (SELECT book, exposure_agg(party, kind, money) FILTER (WHERE n % 2 = 0) AS even, exposure_agg(party, kind, money) FILTER (WHERE n % 2 = 1) AS odd FROM flow GROUP BY book) h USING (book)
WHERE coalesce(even + odd, even, odd) = b AND coalesce(odd + even, even, odd) = b;
SELECT is(count(*), 0::bigint, 'addition commutes and associates, and is undone')
FROM serial x, serial y, serial z WHERE x.book % 5 = 0 AND y.book % 7 = 0 AND z.book % 11 = 0
  AND (x.b + y.b <> y.b + x.b OR (x.b + y.b) + z.b <> x.b + (y.b + z.b) OR exposure_book_subtract(x.b + y.b, y.b) <> x.b);
SELECT is(count(*), 0::bigint, 'one row at a time, by hand, as well') FROM serial s
JOIN (WITH RECURSIVE r AS (
        SELECT 1 AS n, exposure_book_add(NULL, party, kind, money) AS b FROM flow WHERE book = 12 AND n = 1
        UNION ALL SELECT f.n, exposure_book_add(r.b, f.party, f.kind, f.money) FROM r JOIN flow f ON f.book = 12 AND f.n = r.n + 1)
      SELECT 12 AS book, b FROM r ORDER BY n DESC LIMIT 1) r USING (book) WHERE r.b <> s.b;
-- Grouping sets: a state for each.
SELECT is(count(*), 40::bigint, 'several grouping sets at once') FROM serial
JOIN (SELECT book, kind, grouping(kind) AS g, exposure_agg(party, kind, money) AS b FROM flow GROUP BY GROUPING SETS ((book), (book, kind), ())) o USING (book)
WHERE g = 1 AND o.b = serial.b;

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
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL parallel_leader_participation = off;
SELECT alike(pg_temp.plan_of('SELECT book, exposure_agg(party, kind, money) FROM flow GROUP BY book'), '%Finalize%Gather%Partial%', 'the aggregate runs in parallel');
CREATE TEMP TABLE parallel_answer AS SELECT book, exposure_agg(party, kind, money) AS b, exposure_agg(party, money) AS plain FROM flow GROUP BY book;
CREATE TABLE stored AS SELECT book, n % 5 AS part, exposure_agg(party, kind, money) AS b FROM flow GROUP BY 1, 2;
ANALYZE stored;
SELECT alike(pg_temp.plan_of('SELECT rollup(b) FROM stored'), '%Finalize%Gather%Partial%', 'rollup too');
CREATE TEMP TABLE parallel_rollup AS SELECT rollup(b) AS b FROM stored;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT is(count(*), 40::bigint, 'parallel: the same values') FROM serial JOIN parallel_answer p USING (book) WHERE p.b = serial.b AND p.plain = serial.plain;
SELECT is(p.b, (SELECT rollup(b) FROM serial), 'rolled up in parallel too') FROM parallel_rollup p;

-- Hash aggregation that spills, and one that has no room for its groups.
SET LOCAL enable_sort = off;
SET LOCAL work_mem = '64kB';
SELECT is(count(*), 0::bigint, 'ten thousand groups in little memory')
FROM (SELECT g, exposure_agg('p' || n, monetary(n, 'USD')) AS b FROM generate_series(1, 10000) g, generate_series(1, 3) n GROUP BY g) x WHERE b <> 'USD "p1"=1/1 "p2"=2/1 "p3"=3/1';
RESET enable_sort;
RESET work_mem;

-- ---------------------------------------------------------------------------
-- Window frames: the way back is exact
-- ---------------------------------------------------------------------------
CREATE TEMP TABLE moving AS
SELECT book, n, exposure_agg(party, kind, money) OVER seven AS b, rollup(one) OVER seven AS rolled, exposure_agg(party, money) OVER seven AS plain
FROM (SELECT *, exposure_book_add(NULL, party, kind, money) AS one FROM flow WHERE book IN (7, 15, 25)) f
WINDOW seven AS (PARTITION BY book ORDER BY n ROWS BETWEEN 4 PRECEDING AND 2 FOLLOWING);
SELECT cmp_ok(count(*), '>', 400::bigint, 'there are frames') FROM moving;
SELECT is(count(*), 0::bigint, 'every frame is what its rows alone give') FROM moving m
CROSS JOIN LATERAL (SELECT exposure_agg(party, kind, money) AS b, exposure_agg(party, money) AS plain FROM flow f WHERE f.book = m.book AND f.n BETWEEN m.n - 4 AND m.n + 2) r
WHERE m.b IS DISTINCT FROM r.b OR m.rolled IS DISTINCT FROM r.b OR m.plain IS DISTINCT FROM r.plain;
-- A frame may become empty, and open another currency then.
SELECT results_eq($$SELECT exposure_agg(p, m::monetary) OVER (ORDER BY n ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING)::text FROM (VALUES (1, 'A', '1 USD'), (2, 'B', '2 EUR'), (3, NULL, NULL), (4, 'C', NULL), (5, 'D', '3 JPY')) v (n, p, m)$$,
    $$VALUES (NULL), ('USD "A"=1/1'), ('EUR "B"=2/1'), (NULL), ('none "C"=0/0?1')$$, 'frames of one row, each in its currency');

-- ---------------------------------------------------------------------------
-- Text and equality
-- ---------------------------------------------------------------------------
SELECT is(count(*), 0::bigint, 'text round-trips') FROM serial WHERE b::text::exposure_book <> b OR (b::text::exposure_book)::text <> b::text;
SELECT is(count(*), 0::bigint, 'equal values have equal hashes') FROM serial s JOIN parallel_answer p USING (book)
WHERE exposure_book_hash(s.b) <> exposure_book_hash(p.b) OR exposure_book_hash_extended(s.b, 7) <> exposure_book_hash_extended(p.b, 7);
SELECT is((SELECT count(*) FROM (SELECT b FROM serial UNION SELECT b FROM parallel_answer) u), (SELECT count(DISTINCT b::text) FROM serial), 'DISTINCT finds each once');
CREATE TABLE stored_whole AS SELECT book, b FROM serial;
SELECT is(count(*), 40::bigint, 'stored, compressed and read again') FROM (SELECT book, b FROM serial) s JOIN stored_whole USING (book) WHERE stored_whole.b = s.b;

SELECT * FROM finish();
ROLLBACK;
