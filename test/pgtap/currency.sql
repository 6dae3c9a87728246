-- currency: every code there can be, the ISO table, and who may see what.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();

-- All 17,576 codes: text out and in again, order as text in the C collation.
CREATE TEMPORARY TABLE code AS
SELECT (chr(a) || chr(b) || chr(c)) AS letters, (chr(a) || chr(b) || chr(c))::currency AS code
FROM generate_series(65, 90) a, generate_series(65, 90) b, generate_series(65, 90) c;
SELECT is(count(*), 17576::bigint, 'every three capitals make a currency') FROM code;
SELECT is(count(*), 0::bigint, 'text round-trips') FROM code WHERE code::text <> letters;
SELECT is(count(*), 0::bigint, 'ordered as the letters are')
FROM (SELECT row_number() OVER (ORDER BY code) AS by_code, row_number() OVER (ORDER BY letters COLLATE "C") AS by_letters FROM code) s
WHERE by_code <> by_letters;
SELECT is(count(DISTINCT currency_send(code)), 17576::bigint, 'each has a binary form of its own') FROM code;
SELECT is(octet_length(currency_send('USD')), 2, 'of two bytes');
SELECT is(pg_column_size('USD'::currency), 2, 'and is stored in two');
SELECT is(count(DISTINCT currency_hash_extended(code, 1)), 17576::bigint, 'the extended hash tells them apart') FROM code;
SELECT is(count(*), 0::bigint, 'with seed 0 it agrees with the plain hash')
FROM code WHERE (currency_hash_extended(code, 0) & 4294967295) <> (currency_hash(code)::bigint & 4294967295);

SELECT throws_ok(format('SELECT %L::currency', input), '22P02', format('invalid input syntax for type currency: "%s"', input),
                 format('%L is no currency', input))
FROM unnest('{usd,US,USDX,U D,"",1SD,USÐ}'::text[]) input;
CREATE FUNCTION pg_temp.input_is_valid(input text, type_name text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE valid boolean;
BEGIN
    EXECUTE 'SELECT pg_input_is_valid($1, $2)' INTO valid USING input, type_name;
    RETURN valid;
END
$$;
SELECT CASE WHEN current_setting('server_version_num')::integer >= 160000
    THEN is(pg_temp.input_is_valid('usd', 'currency'), false, 'input errors are soft')
    ELSE skip('soft input errors exist from PostgreSQL 16 on', 1) END;

-- ISO 4217, list one of January 2026 (SIX): minor units as published there.
SELECT results_eq(
    $$SELECT minor_unit, count(*) FROM iso_currencies() WHERE valid_to IS NULL GROUP BY 1 ORDER BY 1$$,
    $$VALUES (0::smallint, 17::bigint), (2::smallint, 139::bigint), (3::smallint, 7::bigint), (4::smallint, 2::bigint), (NULL, 13::bigint)$$,
    'codes in use by minor unit');
SELECT results_eq(
    $$SELECT code::text FROM iso_currencies() WHERE valid_to IS NULL AND minor_unit = 0 ORDER BY 1$$,
    $$SELECT unnest('{BIF,CLP,DJF,GNF,ISK,JPY,KMF,KRW,PYG,RWF,UGX,UYI,VND,VUV,XAF,XOF,XPF}'::text[])$$, 'codes without decimals');
SELECT results_eq(
    $$SELECT code::text FROM iso_currencies() WHERE valid_to IS NULL AND minor_unit = 3 ORDER BY 1$$,
    $$SELECT unnest('{BHD,IQD,JOD,KWD,LYD,OMR,TND}'::text[])$$, 'codes with three');
SELECT is(count(*), 0::bigint, 'minor_unit() agrees with the table on the first and the last day of every row')
FROM iso_currencies() c
WHERE chipbook.minor_unit(c.code, c.valid_from) IS DISTINCT FROM c.minor_unit AND c.valid_from IS NOT NULL
   OR chipbook.minor_unit(c.code, c.valid_to) IS DISTINCT FROM c.minor_unit AND c.valid_to IS NOT NULL;
SELECT is(count(*), 0::bigint, 'the rows of a code follow each other without gap or overlap')
FROM (SELECT valid_from, lag(valid_to) OVER w AS previous_end, count(*) OVER (PARTITION BY code) AS n, row_number() OVER w AS i
      FROM iso_currencies() WINDOW w AS (PARTITION BY code ORDER BY valid_to NULLS LAST)) s
WHERE i > 1 AND valid_from IS DISTINCT FROM previous_end + 1;

SELECT * FROM finish();
ROLLBACK;
