-- spend_summary trusts nobody: binary values, direct calls of support functions, overflow.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();

-- Binary input of any bytes: a COPY file of one row, its bytes written by printf.
CREATE TABLE received (s spend_summary);
CREATE FUNCTION pg_temp.receive(value bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    file bytea := '\x5047434f50590aff0d0a00' || int4send(0) || int4send(0) || int2send(1::smallint)
                  || int4send(length(value)) || value || int2send(-1::smallint);
    octal text := (SELECT string_agg('\' || lpad(to_char(b / 64 * 100 + b / 8 % 8 * 10 + b % 8, 'FM000'), 3, '0'), '' ORDER BY i)
                   FROM (SELECT i, get_byte(file, i) AS b FROM generate_series(0, length(file) - 1) i) bytes);
BEGIN
    DELETE FROM received;
    EXECUTE format('COPY received FROM PROGRAM %L (FORMAT binary)', 'printf ''' || octal || '''');
    RETURN (SELECT s::text FROM received);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END
$$;
CREATE TEMP TABLE sample AS
SELECT row_number() OVER () AS id, v.s::spend_summary AS s FROM (VALUES
    ('USD readings=1 installed=100 available=90 allocated=60 used=70 total=100 productive=70 unallocated=20 unavailable=10 disordered=1 used_over_allocated=1'),
    ('EUR readings=2 installed=100 available=90 allocated=60 used=50 lost=5 total=-7.5:3599999 productive=-3 allocated_idle=0:1 unallocated=-5:3 unavailable=1:2 unmetered=-0.5:3599999 lost_cost=1 plain_costs=9 skipped=8'),
    ('skipped=3'), ('readings=0')) v(s);
SELECT is(pg_temp.receive(spend_summary_send(s)), s::text, 'binary form round-trips: ' || left(s::text, 30)) FROM sample;
SELECT is(length(spend_summary_send(s)), 315, 'of constant size') FROM sample WHERE id = 1;

SELECT is(pg_temp.receive(set_byte(spend_summary_send(s), 0, 2)), '22P03', 'another version') FROM sample WHERE id = 1;
SELECT is(pg_temp.receive(set_byte(spend_summary_send(s), 1, 255)), '22P03', 'no currency') FROM sample WHERE id = 1;
SELECT is(pg_temp.receive(spend_summary_send(s) || '\x00'::bytea), '22P03', 'a byte too many') FROM sample WHERE id = 1;
SELECT is(pg_temp.receive(substr(spend_summary_send(s), 1, n)), '08P01', 'cut off after ' || n)
FROM sample, (VALUES (0), (1), (2), (100), (314)) cut(n) WHERE id = 1;
-- Every byte of the first sample's fields, changed: refused, or read as a value that text input accepts.
SELECT is(count(*) FILTER (WHERE answer !~ '^(22P03)$' AND answer::spend_summary::text <> answer), 0::bigint, 'no changed byte makes a value that contradicts itself')
FROM (SELECT pg_temp.receive(set_byte(spend_summary_send(s), n, (get_byte(spend_summary_send(s), n) + 129) % 256)) AS answer
      FROM sample, generate_series(1, 314) n WHERE id = 1 OFFSET 0) changed;

-- Text of 10,000 random mutations: refused with 22P02, or read and written as itself.
CREATE FUNCTION pg_temp.read_back(value text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN CASE WHEN value::spend_summary::text::spend_summary = value::spend_summary THEN 'same' ELSE 'differs' END;
EXCEPTION WHEN invalid_text_representation THEN
    RETURN '22P02';
END
$$;
SELECT setseed(0.77);
CREATE TEMP TABLE mutation AS
SELECT pg_temp.read_back(overlay(s::text PLACING substr('0123456789=.:- aUz_~', 1 + (random() * 19)::integer, 1)
                                 FROM 1 + (random() * length(s::text))::integer FOR (random() * 2)::integer)) AS answer
FROM sample, generate_series(1, 2500);
SELECT is(count(*) FILTER (WHERE answer = 'differs'), 0::bigint, 'mutated text is refused, or round-trips') FROM mutation;
SELECT cmp_ok(count(*) FILTER (WHERE answer = '22P02'), '>', 5000::bigint, 'and most of it is refused') FROM mutation;

-- 10,000 random summaries: text and binary give the value back, equality and hash follow.
CREATE TABLE random_summary AS
SELECT n, spend_agg(monetary(((random() - 0.5) * 10 ^ (random() * 18))::numeric, 'USD'), i, (i * random())::bigint, (i * random())::bigint, (i * random())::bigint)
          + spend_rate_agg(monetary(((random() - 0.5) * 10 ^ (random() * 6))::numeric, 'USD'), i, i, i, (i * random())::bigint)
          + spend_split(unmetered => monetary(random()::numeric, 'USD')) AS s
FROM (SELECT n, (10 ^ (random() * 12))::bigint AS i FROM generate_series(1, 10000) n OFFSET 0) draw GROUP BY n, i;
SELECT is(count(*) FILTER (WHERE s::text::spend_summary <> s), 0::bigint, 'text round-trips') FROM random_summary;
COPY random_summary TO PROGRAM 'cat > /tmp/chipbook_spend_summary.$PPID' (FORMAT binary);
CREATE TABLE copied (LIKE random_summary);
COPY copied FROM PROGRAM 'cat /tmp/chipbook_spend_summary.$PPID; rm /tmp/chipbook_spend_summary.$PPID' (FORMAT binary);
SELECT is(count(*), 10000::bigint, 'binary round-trips') FROM random_summary JOIN copied USING (n, s);
SELECT is(count(*), 0::bigint, 'equal values have equal hashes, stored in full or not')
FROM random_summary r JOIN copied c USING (n)
WHERE spend_summary_hash(r.s) <> spend_summary_hash(c.s) OR spend_summary_hash_extended(r.s, 7) <> spend_summary_hash_extended(c.s, 7)
   OR spend_summary_hash(r.s) <> spend_summary_hash(spend_summary_combine(r.s, 'readings=0'));
SELECT is(count(DISTINCT spend_summary_hash_extended(s, 1)), 10000::bigint, 'the extended hash tells them apart') FROM random_summary;
SELECT is(count(*), 0::bigint, 'addition commutes, and subtraction undoes it')
FROM random_summary a JOIN random_summary b ON b.n = a.n % 10000 + 1
WHERE a.s + b.s <> b.s + a.s OR spend_summary_subtract(a.s + b.s, b.s) <> a.s;
SELECT is(count(*), 0::bigint, 'addition associates')
FROM random_summary a JOIN random_summary b ON b.n = a.n % 10000 + 1 JOIN random_summary c ON c.n = b.n % 10000 + 1
WHERE (a.s + b.s) + c.s <> a.s + (b.s + c.s);
SELECT is(count(*), 0::bigint, 'parts add up to the total, also where rates leave fractions')
FROM random_summary
WHERE total_cost(s) <> productive_cost(s) + allocated_idle_cost(s) + unallocated_cost(s) + unavailable_cost(s) + unmetered_cost(s)
   OR idle_cost(s) <> allocated_idle_cost(s) + unallocated_cost(s) + unavailable_cost(s);

-- Short values: zero words at the end are left off, and come back.
SELECT cmp_ok(pg_column_size(spend_agg('1 USD', 3, 2, 1)), '<', 200, 'a plain summary is small');
SELECT cmp_ok(pg_column_size(spend_agg('1 USD', 3, 2, 1)), '<', pg_column_size(spend_agg('1 USD', 1, 2, 3)), 'one with disorder is larger');
SELECT ok(spend_agg('1 USD', 3, 2, 1) = spend_summary_add_cost(NULL, '1 USD', 3, 2, 1), 'and both compare as they are');

-- Support functions as parts of an aggregate of somebody else's: its initial value is nobody's to change.
CREATE AGGREGATE pg_temp.from_nothing(spend_summary) (SFUNC = spend_summary_combine, STYPE = spend_summary, INITCOND = 'readings=0');
SELECT is(count(*) FILTER (WHERE a <> b), 0::bigint, 'an initial value is copied, not written to')
FROM (SELECT n % 7, pg_temp.from_nothing(s) AS a, rollup(s) AS b FROM random_summary GROUP BY 1) x;
SELECT is(spend_summary_combine(s, s), s + s, 'called by hand, it adds') FROM sample WHERE id = 1;
SELECT is(s::text, 'readings=0 skipped=3', 'and leaves its argument alone')
FROM (SELECT s, spend_summary_combine(s, s), spend_summary_add_cost(s, '1 USD', 1, 1, 1, 1) FROM sample WHERE id = 3) x;
SELECT ok(spend_summary_combine(NULL, s) IS NULL AND spend_summary_subtract(s, NULL) IS NULL, 'NULL gives NULL') FROM sample WHERE id = 1;

-- The largest sums: 22003, never a wrap.
CREATE TEMP TABLE huge AS SELECT 'USD plain_costs=1 total=400000000000000000000000000000000000 unmetered=400000000000000000000000000000000000'::spend_summary AS s;
SELECT is(s::text::spend_summary, s, 'the largest parts, of either sign, can be written and read')
FROM (SELECT a + b AS s FROM (SELECT 'USD readings=1 installed=1 available=1 allocated=1 used=1 total=0 productive=200000000000000000000000000000000000 allocated_idle=-400000000000000000000000000000000000 unallocated=200000000000000000000000000000000000'::spend_summary AS a,
                                     'USD readings=1 installed=1 available=1 allocated=1 used=1 total=400000000000000000000000000000000000 productive=200000000000000000000000000000000000 allocated_idle=-400000000000000000000000000000000000 unallocated=200000000000000000000000000000000000 unmetered=400000000000000000000000000000000000'::spend_summary AS b) x) y;
SELECT throws_ok($$SELECT 'USD plain_costs=1 total=436000000000000000000000000000000000 unmetered=436000000000000000000000000000000000'::spend_summary$$, '22P02', NULL, 'more is refused');
SELECT throws_ok('SELECT s + s FROM huge', '22003', NULL, 'a sum of money');
SELECT throws_ok('SELECT total_cost(s) FROM huge', '22003', NULL, 'a total beyond monetary');
SELECT throws_ok($$SELECT spend_summary_subtract('USD plain_costs=2 total=-400000000000000000000000000000000000 unmetered=-400000000000000000000000000000000000', s) FROM huge$$, '22003', NULL, 'a difference of money');
SELECT throws_ok($$SELECT 'USD readings=9223372036854775807'::spend_summary + 'USD readings=1'$$, '22003', NULL, 'a count of readings');
SELECT throws_ok($$SELECT spend_summary_add_cost('USD readings=9223372036854775807', '1 USD', 1, 1, 1, 1)$$, '22003', NULL, 'one reading more');
SELECT throws_ok($$SELECT installed_hours('USD readings=9223372036854775807 installed=85070591730234615838173535747377725449')$$, '22003', NULL, 'hours beyond numeric scaled integers');
SELECT is(cost_per_installed_hour('USD readings=9223372036854775807 installed=85070591730234615838173535747377725449 total=100000000000000000000 unavailable=100000000000000000000'),
          '0.000000000004232 USD', 'a divisor of more than 64 bits');
SELECT throws_ok($$SELECT spend_rate_agg('2596148429267413814 USD', 3600001, 1, 1, 1)$$, '22003', NULL, 'a rate whose cost is beyond monetary');
SELECT lives_ok($$SELECT spend_rate_agg('2596148429267413814 USD', 3600000, 1, 1, 1)$$, 'and one whose cost is not');
SELECT throws_ok($$SELECT spend_rate_agg('2596148429267413814 USD', 3600001, NULL, 1, 1)$$, '22003', NULL, 'the same without its counts');

-- Values that nothing can take out, and other parameters.
SELECT throws_ok($$SELECT spend_summary_remove_cost('USD readings=1 installed=1', '1 USD', 2, 2, 2, 2)$$, '22023', NULL, 'more time than there is');
SELECT throws_ok($$SELECT spend_summary_remove_rate('USD readings=1 installed=2 available=2 allocated=2 used=2', '1 EUR', 2, 2, 2, 2)$$, '22000', NULL, 'another currency');
SELECT throws_ok($$SELECT spend_summary_remove_cost(NULL, NULL, 2, 2, 2, 2)$$, '22023', NULL, 'a skipped row that was not there');
SELECT is(spend_summary_remove_cost('skipped=1', NULL, 2, 2, 2, 2)::text, 'readings=0', 'and one that was');
SELECT throws_ok($$SELECT spend_agg('1 USD', 1, 1, 1, -1)$$, '22023', NULL, 'a negative count');
SELECT throws_ok($$SELECT spend_agg('1 USD', -9223372036854775808, 1, 1)$$, '22023', NULL, 'the most negative count');
SELECT throws_ok($$SELECT spend_rate_agg('1 USD', -1, 1, 1, NULL)$$, '22023', NULL, 'a negative count beside a NULL');
SELECT throws_ok($$SELECT spend_agg('1 USD', 1, -1, NULL, 1)$$, '22023', 'available chip-time must not be negative: -1', 'the same for a cost');
SELECT throws_ok($$SELECT spend_agg('1 USD', NULL, 1, -1)$$, '22023', 'used chip-time must not be negative: -1', 'in the short form');
SELECT throws_ok($$SELECT spend_rate_agg(NULL, 1, 1, -1, 1)$$, '22023', 'allocated chip-time must not be negative: -1', 'and in a row that is skipped');
SELECT throws_ok($$SELECT spend_agg(c::monetary, 1, 1, 1) FROM (VALUES ('1 USD'), ('1 EUR')) v(c)$$, '22000',
                 'cannot add EUR to a spend_summary in USD', 'two currencies are named');
SELECT throws_ok($$SELECT disordered_readings('readings=0', 'x')$$, '22023', NULL, 'no such kind');
SELECT throws_ok($$SELECT chip_time(1, '[2025-10-01,)')$$, '22023', NULL, 'an unbounded range');
SELECT throws_ok($$SELECT chip_time(1, '[2025-10-01, infinity]')$$, '22023', NULL, 'an infinite bound');
SELECT throws_ok($$SELECT chip_time(9223372036854775807, '[2025-10-01, 2025-10-02)')$$, '22003', NULL, 'chip-time beyond bigint');

-- Soft errors, where the server has them.
SELECT CASE WHEN current_setting('server_version_num')::integer < 160000 THEN skip('soft errors came with PostgreSQL 16', 2)
       ELSE collect_tap(
           is((xpath('//x/text()', query_to_xml($$SELECT pg_input_is_valid('USD readings=x', 'chipbook.spend_summary') AS x$$, false, true, '')))[1]::text, 'false', 'bad text is a soft error'),
           is((xpath('//x/text()', query_to_xml($$SELECT pg_input_is_valid('USD plain_costs=1 total=2', 'chipbook.spend_summary') AS x$$, false, true, '')))[1]::text, 'false', 'so is a contradiction')) END;

SELECT * FROM finish();
ROLLBACK;
