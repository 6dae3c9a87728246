-- exposure_book trusts nobody: binary values, text, direct calls of support functions, overflow, cancellation.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();

-- Binary input of any bytes: a COPY file of one row, its bytes written by printf.
CREATE TABLE received (b exposure_book);
CREATE FUNCTION pg_temp.receive(value bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    file bytea := '\x5047434f50590aff0d0a00' || int4send(0) || int4send(0) || int2send(1::smallint)
                  || int4send(length(value)) || value || int2send(-1::smallint);
    octal text := (SELECT string_agg('\' || lpad(to_char(b / 64 * 100 + b / 8 % 8 * 10 + b % 8, 'FM000'), 3, '0'), '' ORDER BY i)
                   FROM (SELECT i, get_byte(file, i) AS b FROM generate_series(0, length(file) - 1) i) bytes);
BEGIN
    DELETE FROM received;
    EXECUTE format('COPY received FROM PROGRAM %L (FORMAT binary)', 'printf ''' || octal || '''');
    RETURN (SELECT b::text FROM received);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END
$$;
CREATE TEMP TABLE sample AS
SELECT row_number() OVER () AS id, v.b::exposure_book AS b FROM (VALUES
    ('USD "A"=80-20/3 "B":"equity"=0.000000000000001/1?2'),
    ('EUR "é \"quoted\" \\":"a=b/c?d"=2596148429267413814.265248164610047-5192296858534827628.530496329220096/3'),
    ('none "X"=0/0?1'), ('none')) v(b);
SELECT is(pg_temp.receive(exposure_book_send(b)), b::text, 'binary form round-trips: ' || left(b::text, 30)) FROM sample;
SELECT is(length(exposure_book_send(b)), 1 + 2 + 4 + 2 * (4 + 4 + 8 + 8 + 24 + 24) + length('ABequity'), 'its length') FROM sample WHERE id = 1;
SELECT is(pg_temp.receive(set_byte(exposure_book_send(b), 0, 2)), '22P03', 'another version') FROM sample WHERE id = 1;
SELECT is(pg_temp.receive(set_byte(exposure_book_send(b), 1, 255)), '22P03', 'no currency') FROM sample WHERE id = 1;
SELECT is(pg_temp.receive(set_byte(exposure_book_send(b), 3, 255)), '22P03', 'four billion lines') FROM sample WHERE id = 1;
SELECT is(pg_temp.receive(set_byte(exposure_book_send(b), 6, 3)), '22P03', 'a line more than there is') FROM sample WHERE id = 1;
SELECT is(pg_temp.receive(set_byte(exposure_book_send(b), 6, 1)), '22P03', 'a line less') FROM sample WHERE id = 1;
SELECT is(pg_temp.receive(set_byte(exposure_book_send(b), 7, 255)), '22P03', 'a name of less than nothing') FROM sample WHERE id = 1;
SELECT is(pg_temp.receive(set_byte(exposure_book_send(b), 7, 127)), '22P03', 'a name of two gigabytes') FROM sample WHERE id = 1;
SELECT is(pg_temp.receive(set_byte(exposure_book_send(b), 10, 0)), '22P03', 'an empty name') FROM sample WHERE id = 1;
SELECT is(pg_temp.receive(set_byte(exposure_book_send(b), 11, 0)), '22021', 'a zero byte in a name') FROM sample WHERE id = 1;
SELECT is(pg_temp.receive(set_byte(exposure_book_send(b), 11, 255)), '22021', 'no character') FROM sample WHERE id = 1;
SELECT is(pg_temp.receive(exposure_book_send(b) || '\x00'::bytea), '22P03', 'a byte too many') FROM sample WHERE id = 1;
SELECT matches(pg_temp.receive(substr(exposure_book_send(b), 1, n)), '^(08P01|22P03)$', 'cut off after ' || n)
FROM sample, (VALUES (0), (1), (2), (6), (7), (50), (100), (150)) cut(n) WHERE id = 1;
-- Lines in another order, as another encoding may sort them, are put in order; twice the same line is refused.
SELECT is(pg_temp.receive(substr(w, 1, 7) || substr(w, 81, 73) || substr(w, 8, 73)), 'USD "A"=1/1 "B"=2/1', 'lines in another order')
FROM (SELECT exposure_book_send('USD "A"=1/1 "B"=2/1') AS w) s;
SELECT is(pg_temp.receive(set_byte(exposure_book_send('USD "A"=1/1 "B"=2/1'), 7 + 73 + 4, 65)), '22P03', 'a counterparty twice');
-- Every byte of the first sample, changed: refused, or read as a value that text input accepts.
SELECT is(count(*) FILTER (WHERE answer !~ '^(22P03|08P01|22021)$' AND answer::exposure_book::text <> answer), 0::bigint, 'no changed byte makes a value that contradicts itself')
FROM (SELECT pg_temp.receive(set_byte(exposure_book_send(b), n, (get_byte(exposure_book_send(b), n) + d) % 256)) AS answer
      FROM sample, generate_series(0, 158) n, (VALUES (129), (1)) change(d) WHERE id = 1 OFFSET 0) changed;

-- Text: what is refused, and what it is put in order from.
SELECT throws_ok(format('SELECT %L::exposure_book', t), '22P02', NULL, 'refused: ' || t)
FROM unnest(ARRAY['', 'USD "A"', 'USD "A"=1', 'USD A=1/1', 'USD ""=1/1', 'USD "A":""=1/1', 'USD "A"=1/0', 'USD "A"=0/0', 'USD "A"=-1/1', 'USD "A"=1/-1', 'USD "A"=1/1?-1', 'USD "A"=1./1',
    'USD "A"=.5/1', 'USD "A"=1.0000000000000001/1', 'USD "A"=1/1 "A"=2/1', 'USD "A"=1/1"B"=1/1', 'USD "A"=2596148429267413814.265248164610048/1', 'USD "A"=5e3/1', 'USD "A"=1/1?',
    'USD "A"=0-2596148429267413814.265248164610049/1', 'none "A"=1/1', 'USD "A"=0/0?1', 'USD', 'usd "A"=1/1', 'USDX "A"=1/1', 'USD "A\', 'USD "A', 'USD "A"=1/9223372036854775808',
    'USD "A"=1/9223372036854775807?1', 'USD "A"=1/9223372036854775807 "B"=1/1', 'USD "A"=1' || repeat('0', 70) || '/9223372036854775807', 'USD "A"=1/1 x']) t;
SELECT is('  USD   "B"=001.50/1  "A"=1-0/2 '::exposure_book::text, 'USD "A"=1/2 "B"=1.5/1', 'any order, zeros and blanks are put right');
SELECT is('USD "A"=0-2596148429267413814.265248164610048/1'::exposure_book::text, 'USD "A"=0-2596148429267413814.265248164610048/1', 'the lowest amount');
-- Text of 10,000 random mutations: refused with 22P02, or read and written as itself.
CREATE FUNCTION pg_temp.read_back(value text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN CASE WHEN value::exposure_book::text::exposure_book = value::exposure_book THEN 'same' ELSE 'differs' END;
EXCEPTION WHEN invalid_text_representation THEN
    RETURN '22P02';
END
$$;
SELECT setseed(0.77);
CREATE TEMP TABLE mutation AS
SELECT pg_temp.read_back(overlay(b::text PLACING substr('0123456789=.:-?/ "\aUz_~', 1 + (random() * 23)::integer, 1)
                                 FROM 1 + (random() * length(b::text))::integer FOR (random() * 2)::integer)) AS answer
FROM sample, generate_series(1, 2500);
SELECT is(count(*) FILTER (WHERE answer = 'differs'), 0::bigint, 'mutated text is refused, or round-trips') FROM mutation;
SELECT cmp_ok(count(*) FILTER (WHERE answer = '22P02'), '>', 4000::bigint, 'and much of it is refused') FROM mutation;

-- Random books through COPY BINARY.
CREATE TABLE random_book AS
SELECT n, exposure_agg(substr(md5((n * 100 + i)::text), 1, 1 + (random() * 30)::integer), CASE WHEN random() < 0.5 THEN 'é' || i % 3 END,
                       CASE WHEN random() < 0.9 THEN monetary(((random() - 0.5) * 10 ^ (random() * 18))::numeric, 'USD') END) AS b
FROM generate_series(1, 2000) n, generate_series(1, 20) i WHERE i <= 1 + n % 20 GROUP BY n;
COPY random_book TO PROGRAM 'cat > /tmp/chipbook_exposure_book.$PPID' (FORMAT binary);
CREATE TABLE copied (LIKE random_book);
COPY copied FROM PROGRAM 'cat /tmp/chipbook_exposure_book.$PPID; rm /tmp/chipbook_exposure_book.$PPID' (FORMAT binary);
SELECT is(count(*), 2000::bigint, 'binary round-trips') FROM random_book JOIN copied USING (n, b);
SELECT is(count(*) FILTER (WHERE b::text::exposure_book <> b), 0::bigint, 'text round-trips') FROM random_book;

-- Support functions called by hand
SELECT is(exposure_book_add(NULL, 'A', '5 USD')::text, 'USD "A"=5/1', 'add makes a book');
SELECT is(exposure_book_add(NULL, NULL, NULL)::text, 'none', 'of nothing an empty one');
SELECT is(exposure_book_add(b, 'A', '5 USD'), b + 'USD "A"=5/1', 'a given book is not changed') FROM (SELECT 'USD "A"=1/1'::exposure_book AS b) s;
SELECT is(exposure_book_final('none'), NULL, 'an empty book is no result');
SELECT is(exposure_book_combine(NULL, NULL), NULL, 'nothing and nothing');
SELECT is(exposure_book_combine('USD "A"=1/1', NULL)::text, 'USD "A"=1/1', 'something and nothing');
SELECT is(exposure_book_remove('USD "A"=5/1', 'A', '5 USD')::text, 'none', 'the last amount takes the currency along');
SELECT is(exposure_book_remove('USD "A"=5/1 "B"=0/0?1', 'A', '5 USD')::text, 'none "B"=0/0?1', 'also where unknown ones stay');
SELECT is(exposure_book_remove('USD "A"=5/1 "B"=0/0?1', 'B', NULL)::text, 'USD "A"=5/1', 'an unknown one goes');
SELECT throws_ok(format('SELECT exposure_book_remove(%s)', a), '22023', NULL, 'never in: ' || a)
FROM unnest(ARRAY[$$'USD "A"=5/1', 'B', '5 USD'$$, $$'USD "A"=5/1', 'A', '6 USD'$$, $$'USD "A"=5/1', 'A', '-5 USD'$$, $$'USD "A"=5/1', 'A', '4 USD'$$, $$'USD "A"=5/1', 'A', NULL$$, $$'USD "A"=5/1', 'A', 'x', '5 USD'$$,
    $$NULL, 'A', '5 USD'$$, $$'USD "A"=0/0?1 "B"=1/1', 'A', '0 USD'$$]) a;
SELECT throws_ok($$SELECT exposure_book_remove('USD "A"=5/1', 'A', '5 EUR')$$, '22000', NULL, 'another currency was never in');
SELECT throws_ok(format('SELECT exposure_book_subtract(%L, %L)', a, b), '22023', NULL, format('%s less %s', a, b))
FROM (VALUES ('USD "A"=5/1', 'USD "A"=5/2'), ('USD "A"=5/1', 'USD "B"=5/1'), ('USD "A"=5/1', 'USD "A"=6/1'), ('USD "A"=5-1/2', 'USD "A"=5-1/1?1')) v (a, b);
SELECT is(exposure_book_subtract('USD "A"=5/1 "B"=1-2/2', 'USD "B"=1/1')::text, 'USD "A"=5/1 "B"=0-2/1', 'part of a line');
SELECT throws_ok($$SELECT exposure_book_add('USD "A"=1/9223372036854775807', 'A', '1 USD')$$, '22003', NULL, 'more entries than can be counted');
SELECT throws_ok($$SELECT exposure_book_add('USD "A"=1/9223372036854775807', 'B', NULL)$$, '22003', NULL, 'unknown ones too');
SELECT throws_ok($$SELECT 'USD "A"=1/9223372036854775807'::exposure_book + 'USD "B"=1/1'$$, '22003', NULL, 'of two books');
SELECT throws_ok($$SELECT rollup(b) FROM unnest(ARRAY['USD "A"=1/9223372036854775807', 'USD "B"=1/1']::exposure_book[]) b$$, '22003', NULL, 'rolled up');
-- An aggregate of somebody else's, without a final function: the state is read as it is.
CREATE AGGREGATE pg_temp.bare(text, monetary) (SFUNC = chipbook.exposure_book_add, STYPE = chipbook.exposure_book);
SELECT results_eq($$SELECT b::text, gross(b), hhi(b), b = exposure_book_add(NULL, 'A', '5 USD') FROM (SELECT pg_temp.bare('A', '5 USD') AS b) s$$, $$VALUES ('USD "A"=5/1', '5 USD'::monetary, 1.0, true)$$, 'a state without a final function');
SELECT is((SELECT pg_temp.bare(p, '1 USD')::text FROM unnest('{B,A,B}'::text[]) p), 'USD "A"=1/1 "B"=2/2', 'in order all the same');
CREATE TABLE kept AS SELECT pg_temp.bare('p' || i % 50, monetary(i, 'USD')) AS b, exposure_agg('p' || i % 50, monetary(i, 'USD')) AS c FROM generate_series(1, 1000) i;
SELECT is(b, c, 'and stored') FROM kept;

-- A long name, names alike but for their case, their blanks or their normal form.
SELECT is(length(counterparty), 100000, 'a name of 100,000 letters') FROM (SELECT exposure_agg(repeat('x', 100000), '1 USD'::monetary) AS b) s, exposures(b);
SELECT is(parties(exposure_agg(p, '1 USD'::monetary)), 5::bigint, 'names are bytes') FROM unnest(ARRAY['Meta', 'meta', 'Meta ', U&'M\00E9ta', U&'Me\0301ta']) p;
-- Counterparty and kind do not run into each other.
SELECT is((SELECT exposure_agg(c, k, '1 USD'::monetary)::text FROM (VALUES ('AB', 'C'), ('A', 'BC'), ('ABC', NULL)) v (c, k)), 'USD "A":"BC"=1/1 "AB":"C"=1/1 "ABC"=1/1', 'counterparty and kind do not run into each other');

-- A long query can be stopped.
CREATE FUNCTION pg_temp.stopped(query text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE query;
    RETURN false;
EXCEPTION WHEN query_canceled THEN
    RETURN true;
END
$$;
SET LOCAL statement_timeout = '300ms';
SELECT ok(pg_temp.stopped($$SELECT hhi(exposure_agg('p' || i, '1 USD'::monetary)) FROM (SELECT generate_series(1, 100000000) AS i) s$$), 'stopped');
RESET statement_timeout;

SELECT * FROM finish();
ROLLBACK;
