-- The setting chipbook.as_of: strict ISO 8601, the same in every session.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();

CREATE FUNCTION pg_temp.as_of_in(setting text, zone text) RETURNS timestamptz LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('chipbook.as_of', setting, true);
    RETURN chipbook.as_of(zone);
END
$$;

SELECT is(pg_temp.as_of_in('', 'UTC'), 'infinity', 'unset means as known now');
SELECT is(effective_date(), (now() AT TIME ZONE 'UTC')::date, 'and today');
SELECT is(pg_temp.as_of_in(v, 'UTC'), 'infinity', format('%s means the same', v)) FROM unnest('{now,NOW}'::text[]) v;
SELECT throws_ok($$SELECT pg_temp.as_of_in('published', 'UTC')$$, '22023', NULL, 'what was published only a ledger can answer');
SELECT set_config('chipbook.as_of', 'published', true);
SELECT throws_ok($$SELECT effective_date()$$, '22023', NULL, 'nor on which day');
SELECT set_config('chipbook.as_of', '', true);

-- A date is the end of that day where the ledger lives, DST or not.
SELECT is(pg_temp.as_of_in('2026-03-31', 'UTC'), '2026-03-31T23:59:59.999999Z', 'the end of the day in UTC');
SELECT is(pg_temp.as_of_in('2025-03-30', 'Europe/Berlin'), '2025-03-30T21:59:59.999999Z', 'the day the clocks go forward');
SELECT is(pg_temp.as_of_in('2025-10-26', 'Europe/Berlin'), '2025-10-26T22:59:59.999999Z', 'the day they go back');
SELECT is(pg_temp.as_of_in('2024-02-29', 'Asia/Tokyo'), '2024-02-29T14:59:59.999999Z', 'a leap day');
SELECT is(pg_temp.as_of_in('0001-01-01', 'UTC'), '0001-01-01T23:59:59.999999Z', 'the first date there is');
SELECT is(pg_temp.as_of_in('9999-12-31', 'UTC'), '9999-12-31T23:59:59.999999Z', 'the last');

SELECT is(pg_temp.as_of_in('2026-03-31T18:00:00+02:00', 'UTC'), '2026-03-31T16:00:00Z', 'a timestamp with offset');
SELECT is(pg_temp.as_of_in('2026-03-31 18:00-0130', 'UTC'), '2026-03-31T19:30:00Z', 'a blank, no seconds, an offset without colon');
SELECT is(pg_temp.as_of_in('2026-03-31T18:00:00.5Z', 'UTC'), '2026-03-31T18:00:00.5Z', 'a fraction of a second');
SELECT is(pg_temp.as_of_in('2026-03-31T18:00:00.123456-08', 'UTC'), '2026-04-01T02:00:00.123456Z', 'microseconds');
SELECT is(pg_temp.as_of_in('2026-03-31T23:30:00Z', 'Asia/Tokyo'), '2026-03-31T23:30:00Z', 'the zone does not move a timestamp');
SELECT is(effective_date('Asia/Tokyo'), '2026-04-01'::date, 'but says which day it is');

SELECT throws_ok(format('SELECT pg_temp.as_of_in(%L, %L)', bad, 'UTC'), '22007',
                 format('invalid value for chipbook.as_of: "%s"', bad), format('"%s" is refused', bad))
FROM unnest(ARRAY['yesterday', 'now()', 'publish', 'infinity', '31.03.2026', '03/31/2026', '2026-3-31', '2026-02-29', '2026-13-01', '2026-00-10',
                  '2026-04-31', '0000-01-01', '20260331', '2026-03-31T', '2026-03-31T18', '2026-03-31T18:00', '2026-03-31T18:00:00',
                  '2026-03-31T24:00:00Z', '2026-03-31T18:60:00Z', '2026-03-31T18:00:60Z', '2026-03-31T18:00:00.Z',
                  '2026-03-31T18:00:00.1234567Z', '2026-03-31T18:00:00+2', '2026-03-31T18:00:00+16:00', '2026-03-31T18:00:00Z ',
                  ' 2026-03-31', '2026-03-31x', '12026-03-31', '-2026-03-31', '2026-03-31T18:00:00 Europe/Berlin', '2026-W14-2']) bad;

SELECT set_config('chipbook.as_of', '2026-03-31', true);
SELECT throws_ok($$SELECT as_of('Europe/Atlantis')$$, '22023', NULL, 'an unknown zone is refused');
SELECT ok(as_of(NULL) IS NULL, 'null in, null out');

-- The same whatever the session's habits.
SET LOCAL DateStyle = 'SQL, DMY';
SET LOCAL IntervalStyle = 'sql_standard';
SET LOCAL TimeZone = 'Pacific/Auckland';
SELECT is(pg_temp.as_of_in('2026-01-02', 'UTC'), timestamptz 'epoch' + 1767398399.999999 * interval '1 second', 'DateStyle and TimeZone do not matter');

CREATE FUNCTION pg_temp.escaped(t text) RETURNS text LANGUAGE sql
RETURN replace(replace(replace(replace(replace(replace(replace(t, E'\\', E'\\\\'), E'\t', E'\\t'), E'\n', E'\\n'), E'\r', E'\\r'), E'\x08', E'\\b'), E'\x0c', E'\\f'), E'\x0b', E'\\v');
CREATE FUNCTION pg_temp.iso(x anyelement) RETURNS text LANGUAGE plpgsql SET datestyle = 'ISO' SET timezone = 'UTC' AS $$ BEGIN RETURN x::text; END $$;
-- The canonical line of a row: what COPY writes with ISO dates and UTC, whatever the session's habits.
SET LOCAL chipbook.as_of = '';
CREATE TEMPORARY TABLE row_of (id integer, b boolean, i2 smallint, i8 bigint, t text, v varchar, d date, z timestamptz, n numeric, y bytea, m monetary, c currency, p amortisation_policy, ta text[]);
INSERT INTO row_of VALUES
    (1, true, -32768, 9223372036854775807, E'tab\tnew\nline\\back\rret\x08bs\x0cff\x0bvt', 'plain', '2025-10-31', '2025-10-31 12:34:56.789+02', 1.500, '\xdeadbeef', '-1234.56 USD', 'JPY',
     amortisation_policy(method => 'straight_line', life => '5 years'), ARRAY['a,b', NULL, 'q"']),
    (2, false, 0, 0, '', NULL, '0044-03-15 BC', '-infinity', 'NaN', '', '0.000000000000001 EUR', NULL, NULL, '{}'),
    (3, NULL, NULL, NULL, '\N', 'ü€', 'infinity', '9999-12-31 23:59:59.999999Z', -0.0001, NULL, NULL, 'USD', NULL, NULL),
    (4, NULL, NULL, -1, NULL, '', '-infinity', 'infinity', 123456789012345678901234567890, '\x00', '2000000000000000000 JPY', NULL, NULL, NULL);
SELECT results_eq($$SELECT id, canonical_line(id, b, i2, i8, t, v, d, z, n, y, m, c, p, ta) FROM row_of ORDER BY id$$,
    $$SELECT id, concat_ws(E'\t', id, coalesce(left(b::text, 1), '\N'), coalesce(i2::text, '\N'), coalesce(i8::text, '\N'), coalesce(pg_temp.escaped(t), '\N'), coalesce(pg_temp.escaped(v), '\N'),
             coalesce(pg_temp.iso(d), '\N'), coalesce(pg_temp.iso(z), '\N'), coalesce(n::text, '\N'), coalesce('\\x' || encode(y, 'hex'), '\N'), coalesce(m::text, '\N'), coalesce(c::text, '\N'),
             coalesce(p::text, '\N'), coalesce(pg_temp.escaped(ta::text), '\N')) || E'\n' FROM row_of ORDER BY id$$, 'as COPY writes it');
SELECT is(canonical_line('{"b":[1.50,null], "a":"x\ty"}'::jsonb), E'{"a": "x\\\\ty", "b": [1.50, null]}\n', 'JSON as jsonb writes it');
SELECT throws_ok('SELECT canonical_line(1.5::float8)', '42804', NULL, 'no floating point');
SELECT throws_ok($$SELECT canonical_line(interval '1 day')$$, '42804', NULL, 'no intervals');
SELECT throws_ok($$SELECT canonical_line(timestamp '2025-01-01')$$, '42804', NULL, 'no times without zone');
SELECT throws_ok($$SELECT canonical_line('x')$$, '42P18', NULL, 'nothing untyped');
SELECT throws_ok($$SELECT canonical_line(VARIADIC ARRAY[1, 2])$$, '0A000', NULL, 'nothing as an array');
SELECT is(encode(seal_of(canonical_line(1, 'a'::text)), 'hex'), encode(sha256(convert_to(E'1\ta\n', 'UTF8')), 'hex'), 'sealed with SHA-256');

-- A ledger's moment, asked of what is none.
SET LOCAL chipbook.as_of = '2026-01-01';
SELECT throws_ok(format('SELECT ledger_moment(%s, %L, %L, %L)', o, 'UTC', '-infinity', 'infinity'), '22023', NULL, o || ' is no ledger')
FROM unnest(ARRAY[0, 4294967295, 'pg_class'::regclass::oid, 'pg_locks'::regclass::oid, 'pg_class_oid_index'::regclass::oid]) o;
SELECT is(ledger_moment(0, 'UTC', '2026-01-03', 'infinity'), '2026-01-01 23:59:59.999999Z', 'up to what is known nothing is looked up');
SET LOCAL chipbook.as_of = '';
SELECT is(ledger_moment(0, 'UTC', '-infinity', 'infinity'), 'infinity');
SELECT is(ledger_date(0, 'UTC', 'infinity'), (now() AT TIME ZONE 'UTC')::date);

SELECT throws_ok('SET chipbook.as_off = 1', '42602', NULL, 'a misspelt setting is refused');

SELECT * FROM finish();
ROLLBACK;
