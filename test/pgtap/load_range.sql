-- Index access method load_range: what it finds is what is there, wherever rows were put and whatever became of them.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();
SELECT setseed(0.5);

CREATE TABLE r (load_id bigint, n integer, filler text) WITH (fillfactor = 50);
CREATE INDEX r_load ON r USING load_range (load_id);

-- Rows of each load by the index and without it.
CREATE FUNCTION pg_temp.differences() RETURNS TABLE (load bigint, by_index bigint, by_reading bigint) LANGUAGE plpgsql AS $$
DECLARE
    l bigint;
BEGIN
    FOR l IN SELECT DISTINCT x.load_id FROM r x WHERE x.load_id IS NOT NULL UNION VALUES (-1::bigint), (0), (999), (9223372036854775807), (-9223372036854775808) LOOP
        load := l;
        SET LOCAL enable_seqscan = off;
        EXECUTE 'SELECT count(*) FROM r WHERE load_id = $1' INTO by_index USING l;
        SET LOCAL enable_seqscan = on;
        SET LOCAL enable_bitmapscan = off;
        EXECUTE 'SELECT count(*) FROM r WHERE load_id = $1' INTO by_reading USING l;
        SET LOCAL enable_bitmapscan = on;
        IF by_index <> by_reading THEN
            RETURN NEXT;
        END IF;
    END LOOP;
END
$$;
CREATE FUNCTION pg_temp.plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query;
END
$$;
SELECT is_empty($$SELECT * FROM pg_temp.differences()$$, 'an empty table');
INSERT INTO r SELECT i / 500, i, repeat('x', 100) FROM generate_series(1, 20000) i;
SELECT is_empty($$SELECT * FROM pg_temp.differences()$$, 'loads one after the other');
ANALYZE r;
SELECT matches((SELECT string_agg(p, E'\n') FROM pg_temp.plan_of('SELECT * FROM r WHERE load_id = 7') p), 'Bitmap Index Scan on r_load', 'the planner takes it, for an integer too');
INSERT INTO r SELECT floor(random() * 100) - 10, i, repeat('y', floor(random() * 500)::integer) FROM generate_series(1, 5000) i;
INSERT INTO r VALUES (9223372036854775807, 1), (-9223372036854775808, 2), (NULL, 3);
SELECT is_empty($$SELECT * FROM pg_temp.differences()$$, 'loads among each other, the largest, the least, and none');
SELECT is((SELECT count(*) FROM r WHERE load_id IS NULL), 1::bigint, 'NULL is found by reading');
SAVEPOINT undone;
INSERT INTO r SELECT 77, i FROM generate_series(1, 3000) i;
ROLLBACK TO undone;
INSERT INTO r SELECT 78, i FROM generate_series(1, 3000) i;
UPDATE r SET filler = repeat('z', 200) WHERE n % 3 = 0;
UPDATE r SET load_id = load_id + 1000 WHERE n % 17 = 0 AND load_id BETWEEN 0 AND 1000;
DELETE FROM r WHERE n % 5 = 0;
SELECT is_empty($$SELECT * FROM pg_temp.differences()$$, 'after rows were updated, moved and deleted, and insertions undone');
REINDEX INDEX r_load;
SELECT is_empty($$SELECT * FROM pg_temp.differences()$$, 'and made anew');
SELECT is((SELECT count(*) FROM r WHERE load_id = 3 AND load_id = 4), 0::bigint, 'two conditions');
SELECT results_eq($$SELECT load_id, count(*) FROM r WHERE load_id = ANY ('{3,5}'::bigint[]) GROUP BY 1 ORDER BY 1$$, $$SELECT load_id, count(*) FROM r WHERE load_id + 0 IN (3, 5) GROUP BY 1 ORDER BY 1$$, 'one of several');
TRUNCATE r;
INSERT INTO r VALUES (5, 1);
SELECT is_empty($$SELECT * FROM pg_temp.differences()$$, 'emptied and begun again');

-- More ranges than a page of the index has: 510 of 32 pages each.
CREATE TABLE long (load_id bigint, filler char(3500)) WITH (fillfactor = 10, autovacuum_enabled = off);
ALTER TABLE long ALTER filler SET STORAGE PLAIN;
CREATE INDEX long_load ON long USING load_range (load_id);
INSERT INTO long SELECT i / 100, 'x' FROM generate_series(1, 17000) i;
SET LOCAL enable_seqscan = off;
SELECT results_eq($$SELECT count(*) FROM long WHERE load_id = 169$$, ARRAY[100::bigint], 'found on the second page of the index');
SELECT cmp_ok(pg_relation_size('long_load'), '>=', 2 * current_setting('block_size')::bigint, 'which there is');
DROP INDEX long_load;
CREATE INDEX long_load ON long USING load_range (load_id);
SELECT results_eq($$SELECT count(*) FROM long WHERE load_id = 169$$, ARRAY[100::bigint], 'and when it was made of rows that are there');
SELECT results_eq($$SELECT count(*) FROM long WHERE load_id = 3$$, ARRAY[100::bigint], 'on the first one too');

SELECT throws_ok($$CREATE INDEX ON r USING load_range (load_id, n)$$, '0A000', NULL, 'of one column');
SELECT throws_ok($$CREATE UNIQUE INDEX ON r USING load_range (load_id)$$, '0A000', NULL, 'not unique');

SELECT * FROM finish();
ROLLBACK;
