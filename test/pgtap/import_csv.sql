-- Files of readings in general, and as CSV: staging, good, bad and hostile rows, months, fractions of
-- chips, the same file again, and who may do it.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'America/St_Johns';
SET DateStyle = 'German';
SET client_min_messages = warning;
SELECT no_plan();

-- ---------------------------------------------------------------------------
-- Records
-- ---------------------------------------------------------------------------
SELECT results_eq($$SELECT line_number, fields, problem FROM csv_records(E'a,b\r\n1,"x ""y""\nz",3\n\n ,\n"",""\n')$$,
    $$VALUES (1::bigint, '{a,b}'::text[], NULL::text), (2, ARRAY['1', E'x "y"\nz', '3'], NULL), (5, '{" ",""}', NULL), (6, '{"",""}', NULL)$$,
    'quotes, quoted line ends, mixed line ends, blank lines');
SELECT results_eq($$SELECT line_number, record, problem FROM csv_records(E'1,2\n"open,3\n4,5\n6,"7"8\n9,a"b\n10,11\n"last\n12')$$,
    $$VALUES (1::bigint, '1,2', NULL::text), (2, '"open,3', 'a closing quote is followed by more than a delimiter'), (3, '4,5', NULL),
             (4, '6,"7"8', 'a closing quote is followed by more than a delimiter'), (5, '9,a"b', 'a quote stands inside a field that does not begin with one'),
             (6, '10,11', NULL), (7, '"last', 'a quote is not closed'), (8, '12', NULL)$$, 'a quote too many costs its line alone');
SELECT is((SELECT count(*) FROM csv_records('')), 0::bigint, 'nothing has no records');
SELECT results_eq($$SELECT fields FROM csv_records(E'a;"b;c"\n', ';')$$, $$VALUES ('{a,b;c}'::text[])$$, 'another delimiter');
SELECT throws_ok($$SELECT csv_records('a', '"')$$, '22023', NULL, 'a quote is no delimiter');
SELECT throws_ok($$SELECT csv_records('a', 'ab')$$, '22023', NULL, 'nor are two characters');
SELECT results_eq($$SELECT problem, length(record) FROM csv_records(repeat(',', 10000000) || E'\n1')$$, $$VALUES ('it has more than 4096 fields'::text, 10000000), (NULL, 1)$$,
    'ten million fields are a problem, not a crash');
-- Lines made to be looked at again and again: two hundred thousand of each.
SELECT results_eq(format($$SELECT count(*), count(problem) FROM csv_records(repeat(%L, 200000))$$, x || E'\n'), format('VALUES (%s::bigint, %s::bigint)', a, b), 'in a moment: ' || x)
FROM (VALUES ('"', 100000, 0), ('a,"', 100000, 0), ('"a', 200000, 200000), ('"""', 100000, 0), ('"",x"', 200000, 200000), ('"a""', 200000, 200000)) v (x, a, b);
-- Whatever is written by the rules is read back.
CREATE FUNCTION pg_temp.quoted(v text) RETURNS text LANGUAGE sql RETURN CASE WHEN v ~ '[",\n\r]' OR random() < 0.2 THEN '"' || replace(v, '"', '""') || '"' ELSE v END;
SELECT setseed(0.5);
CREATE TEMP TABLE written AS
SELECT r, array_agg(v ORDER BY f) AS fields, string_agg(pg_temp.quoted(v), ',' ORDER BY f) AS text
FROM (SELECT r, f, (SELECT coalesce(string_agg((ARRAY['a', 'ü', '"', ',', E'\n', E'\r\n', ' ', '\', '|'])[1 + floor(random() * 9)::integer], ''), '') || 'x'
                    FROM generate_series(1, floor(random() * 5)::integer + r * 0)) AS v FROM generate_series(1, 300) r, generate_series(1, 4) f) s GROUP BY r;
SELECT results_eq($$SELECT fields FROM csv_records((SELECT string_agg(text, CASE r % 2 WHEN 0 THEN E'\n' ELSE E'\r\n' END ORDER BY r) FROM written))$$,
    $$SELECT fields FROM written ORDER BY r$$, 'three hundred random records, read back');

-- ---------------------------------------------------------------------------
-- A ledger in Berlin
-- ---------------------------------------------------------------------------
CREATE ROLE chipbook_test_owner NOLOGIN;
CREATE ROLE chipbook_test_loader;
CREATE ROLE chipbook_test_reader;
SELECT create_ledger('c', 'EUR', 1, 'Europe/Berlin', 'hgb', 'chipbook_test_owner');
SELECT grant_ledger('c', 'loader', 'chipbook_test_loader'), grant_ledger('c', 'reader', 'chipbook_test_reader');
INSERT INTO c.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('c', 'pools', 't') AS load \gset
INSERT INTO c.pool (pool_id, name) VALUES ('P', 'P'), ('Q', 'Q');
INSERT INTO c.rented_capacity (rental_id, pool_id, chips, rate, valid_from) VALUES ('r', 'P', 4, '1 EUR', '2025-01-01');
SELECT publish_load('c', :load);

-- One call, with the text in hand; the result without what differs from run to run.
CREATE FUNCTION pg_temp.import(content text, options jsonb DEFAULT '{}', format text DEFAULT 'csv') RETURNS text LANGUAGE sql
RETURN (SELECT concat_ws(' ', i.accepted, i.rejected, i.skipped, i.readings, i.already_imported) FROM import_text('c', format, 'f', content, options, 't') i);
CREATE FUNCTION pg_temp.last_load() RETURNS bigint LANGUAGE sql RETURN (SELECT max(load_id) FROM c.load);
CREATE FUNCTION pg_temp.reasons() RETURNS SETOF text LANGUAGE sql BEGIN ATOMIC
    SELECT format('%s: %s', line_number, reason) FROM c_report.import_rejected WHERE file_id = (SELECT max(file_id) FROM c.import_file) ORDER BY row_number; END;

SELECT is(pg_temp.import(E'pool_id,starts_at,ends_at,installed_chip_ms,available_chip_ms,allocated_chip_ms,used_chip_ms,kept_chip_ms,joules,idle_joules,energy_basis,tokens,billing_ms,use_basis,tenant_id\n'
    'P,2025-03-31T20:00:00Z,2025-04-01T04:00:00Z,115200007,115200006,100000001,99999999,99999998,1001,500,chip,77,13,sm_active,a'), '1 0 0 2 f', 'a row over the end of a month is two readings');
SELECT results_eq($$SELECT month, starts_at, ends_at FROM c.meter_reading WHERE load_id = pg_temp.last_load() ORDER BY 2$$,
    $$VALUES ('2025-03-01'::date, timestamptz '2025-03-31 20:00Z', timestamptz '2025-03-31 22:00Z'), ('2025-04-01', '2025-03-31 22:00Z', '2025-04-01 04:00Z')$$, 'cut at midnight of the ledger''s zone');
SELECT results_eq($$SELECT sum(installed_chip_ms), sum(available_chip_ms), sum(allocated_chip_ms), sum(used_chip_ms), sum(kept_chip_ms), sum(joules), sum(idle_joules), sum(tokens), sum(billing_ms)
                    FROM c.meter_reading WHERE load_id = pg_temp.last_load()$$,
    $$VALUES (115200007::numeric, 115200006::numeric, 100000001::numeric, 99999999::numeric, 99999998::numeric, 1001::numeric, 500::numeric, 77::numeric, 13::numeric)$$, 'whose parts add up to what was given');
SELECT is_empty($$SELECT * FROM c.meter_reading WHERE load_id = pg_temp.last_load()
                  AND NOT (installed_chip_ms >= available_chip_ms AND available_chip_ms >= allocated_chip_ms AND allocated_chip_ms >= used_chip_ms AND used_chip_ms >= kept_chip_ms AND joules >= idle_joules)$$,
    'and stay in order');
SELECT lives_ok($$SELECT publish_load('c', pg_temp.last_load())$$, 'what was imported can be published');

-- Random rows over up to three months: parts add up, whatever the numbers.
SELECT setseed(0.25);
CREATE TEMP TABLE given AS
SELECT n, timestamptz '2025-01-01 00:00Z' + make_interval(secs => floor(random() * 8e6)) AS s, make_interval(secs => 1 + floor(random() * 4e6)) AS d, k, k + floor(random() * 3)::int AS u, k + 3 + floor(random() * 3)::int AS a, k + 7 AS v, k + 7 + floor(random() * 2)::int AS i
FROM (SELECT n, floor(random() * 10 ^ floor(random() * 12))::bigint AS k FROM generate_series(1, 300) n) x;
SELECT matches(pg_temp.import(E'job_id,pool_id,starts_at,ends_at,installed_chip_ms,available_chip_ms,allocated_chip_ms,used_chip_ms,kept_chip_ms,tokens,use_basis\n' ||
    (SELECT string_agg(concat_ws(',', n, 'Q', to_char(s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), to_char((s + d) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), i, v, a, u, k, n, 'sm_active'), E'\n' ORDER BY n) FROM given)),
    '^300 0 0 [4-9][0-9][0-9] f$', 'three hundred random rows');
SELECT results_eq($$SELECT job_id::int, sum(installed_chip_ms), sum(available_chip_ms), sum(allocated_chip_ms), sum(used_chip_ms), sum(kept_chip_ms), sum(tokens), min(starts_at), max(ends_at), bool_and(installed_chip_ms >= available_chip_ms AND available_chip_ms >= allocated_chip_ms AND allocated_chip_ms >= used_chip_ms)
                    FROM c.meter_reading WHERE load_id = pg_temp.last_load() GROUP BY 1 ORDER BY 1$$,
    $$SELECT n, i::numeric, v::numeric, a::numeric, u::numeric, k::numeric, n::numeric, s, s + d, true FROM given ORDER BY 1$$, 'add up, each, in order, from first to last');
SELECT cmp_ok((SELECT count(*) FROM c.meter_reading WHERE load_id = pg_temp.last_load()), '>', 400::bigint, 'many of them over several months');

-- ---------------------------------------------------------------------------
-- Fractions: sevenths and quarters make one chip
-- ---------------------------------------------------------------------------
CREATE FUNCTION pg_temp.slices(hours text, n integer, pool text) RETURNS text LANGUAGE sql
RETURN E'pool_id,meter_id,starts_at,ends_at,installed_chip_hours,used_chip_hours,use_basis\n'
    || (SELECT string_agg(format('%s,slice %s,2025-05-01T10:00:00Z,2025-05-01T11:00:00Z,%s,%s,sm_active', pool, i, hours, hours), E'\n') FROM generate_series(1, n) i);
SELECT is(pg_temp.import(pg_temp.slices('0.142857142857142857', 7, 'P')), '7 0 0 7 f', 'seven sevenths of a chip, an hour each');
SELECT results_eq($$SELECT sum(installed_chip_ms), sum(used_chip_ms), max(installed_chip_ms) - min(installed_chip_ms) FROM c.meter_reading WHERE load_id = pg_temp.last_load()$$, $$VALUES (3600000::numeric, 3600000::numeric, 1::bigint)$$,
    'make one chip-hour to the millisecond');
SELECT is(pg_temp.import(pg_temp.slices('0.25', 4, 'Q')), '4 0 0 4 f', 'four quarters');
SELECT results_eq($$SELECT sum(installed_chip_ms), max(installed_chip_ms) - min(installed_chip_ms) FROM c.meter_reading WHERE load_id = pg_temp.last_load()$$, $$VALUES (3600000::numeric, 0::bigint)$$, 'too');
SELECT open_load('c', 'by hand', 't') AS plain \gset
INSERT INTO c.meter_reading (pool_id, meter_id, month, starts_at, ends_at, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
SELECT 'P', 'slice ' || i, '2025-05-01', '2025-05-01 12:00Z', '2025-05-01 13:00Z', n, n, n, n, 'sm_active'
FROM generate_series(1, 7) i, LATERAL (SELECT (3600000 * i / 7 - 3600000 * (i - 1) / 7)::bigint AS n) s;
INSERT INTO c.meter_reading (pool_id, meter_id, month, starts_at, ends_at, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
SELECT 'P', 'quarter ' || i, '2025-05-01', '2025-05-01 13:00Z', '2025-05-01 14:00Z', 900000, 900000, 900000, 900000, 'sm_active' FROM generate_series(1, 4) i;
SELECT is((SELECT sum(installed_chip_ms) FROM c.meter_reading WHERE load_id = :plain), 7200000::numeric, 'as they do when they are inserted by hand');
SELECT is_empty(format('SELECT * FROM check_load(''c'', %s)', :plain), 'and slices of one chip do not overlap');

-- ---------------------------------------------------------------------------
-- Headers, options, nulls
-- ---------------------------------------------------------------------------
SELECT is(pg_temp.import(E'\uFEFF"Pool";Von;Bis;Belegt;Stunden;Art;Bemerkung\r\nP;2025-06-01 00:00;2025-06-01 01:00;3,0;4;sm_active;x\r\nP;2025-06-01 01:00;2025-06-01 02:00;3;n.v.;sm_active;x\r\nP;2025-06-01 02:00;2025-06-01 03:00;3;4;;"zwei\r\nZeilen"\r\n',
    '{"columns": {"pool_id": "pool", "starts_at": "VON", "ends_at": "bis", "used_chip_hours": "belegt", "installed_chip_hours": "stunden", "use_basis": "art"}, "time_zone": "Europe/Berlin",
      "defaults": {"use_basis": "goodput"}, "null_words": ["n.v."]}'), '1 2 0 1 f', 'their names in any case, a BOM, semicolons, local times, defaults, words for nothing');
SELECT set_eq('SELECT pg_temp.reasons()', ARRAY['2: belegt "3,0" is not a number', '3: installed chip-time is missing'], 'what is wrong with the others');
SELECT results_eq($$SELECT starts_at, used_chip_ms, use_basis FROM c.meter_reading WHERE load_id = pg_temp.last_load()$$, $$VALUES (timestamptz '2025-06-01 00:00Z', 10800000::bigint, 'goodput')$$, 'and the good one');
SELECT is((SELECT notes FROM c.import_file ORDER BY file_id DESC LIMIT 1), '{"assumed": ["available = installed", "allocated = available"], "unknown_columns": ["Bemerkung"]}', 'what was assumed or left out is noted');
SELECT is(pg_temp.import(E'pool_id,starts_at,ends_at,installed_chip_ms,used_chip_ms,use_basis\nNIX,2025-06-02T00:00Z,2025-06-02T01:00Z,1,1,sm_active'), '1 0 0 1 f', 'a pool that is not there yet');
SELECT is((SELECT notes -> 'unknown_pools' FROM c.import_file ORDER BY file_id DESC LIMIT 1), '["NIX"]', 'is noted, and is check_load''s to refuse');
SELECT is(pg_temp.import(x), '0 1 0 0 f', 'a header that cannot be: ' || y)
FROM (VALUES (E'pool_id,starts_at\nP,2025-06-02T00:00Z', 'columns missing'), (E'pool_id,Pool_ID,starts_at,ends_at,installed_chip_ms,used_chip_ms,use_basis\nP,P,,,,,', 'one twice'),
             (E'pool_id,starts_at,ends_at,installed_chip_ms,installed_chip_hours,used_chip_ms,use_basis\nP,,,,,,', 'two for one'), (E'"pool_id,starts_at', 'a quote not closed')) v (x, y);
SELECT set_eq('SELECT pg_temp.reasons()', ARRAY['1: a quote is not closed'], 'says why');
SELECT is(pg_temp.import(x, o), '0 1 0 0 f', 'columns that are none of ours') FROM (VALUES (E'a\n1', '{"columns": {"colour": "a"}}'::jsonb), (E'a\n2', '{"defaults": {"x": 1}}')) v (x, o);
SELECT is(pg_temp.import(''), '0 0 0 0 f', 'an empty file');
SELECT is(pg_temp.import(E'pool_id,starts_at,ends_at,installed_chip_ms,used_chip_ms,use_basis\n'), '0 0 0 0 f', 'a header alone');

-- ---------------------------------------------------------------------------
-- Hostile rows: each is refused by itself, and the one good one among them goes in
-- ---------------------------------------------------------------------------
CREATE TEMP TABLE hostile (n serial, line text, why text);
INSERT INTO hostile (line, why) VALUES
    ('P,2025-07-01T00:00Z,2025-07-01T01:00Z,NaN,1,sm_active,', 'installed_chip_ms "NaN" is not a number'),
    ('P,2025-07-01T00:00Z,2025-07-01T01:00Z,1,Infinity,sm_active,', 'used_chip_ms "Infinity" is not a number'),
    ('P,2025-07-01T00:00Z,2025-07-01T01:00Z,1e99,1,sm_active,', 'a count is too large'),
    ('P,2025-07-01T00:00Z,2025-07-01T01:00Z,1e999999,1,sm_active,', 'installed_chip_ms "1e999999" is not a number'),
    ('P,2025-07-01T00:00Z,2025-07-01T01:00Z,9223372036854775808,1,sm_active,', 'a count is too large'),
    ('P,2025-07-01T00:00Z,2025-07-01T01:00Z,-1,1,sm_active,', 'a count is negative'),
    ('P,2025-07-01T00:00Z,2025-07-01T01:00Z,1.5,1,sm_active,', 'installed_chip_ms "1.5" is not a whole number'),
    ('P,2025-07-01T00:00Z,2025-07-01T01:00Z,0x10,1,sm_active,', 'installed_chip_ms "0x10" is not a number'),
    ('P,2025-07-01T00:00Z,2025-07-01T01:00Z,1_000,1,sm_active,', 'installed_chip_ms "1_000" is not a number'),
    ('P,2025-07-01T00:00Z,2025-07-01T01:00Z,' || U&'\0661' || ',1,sm_active,', 'installed_chip_ms "' || U&'\0661' || '" is not a number'),
    ('P,2025-07-01T00:00Z,2025-07-01T00:00Z,1,1,sm_active,', 'it does not end after it starts'),
    ('P,2025-07-01T01:00Z,2025-07-01T00:00Z,1,1,sm_active,', 'it does not end after it starts'),
    ('P,infinity,2025-07-01T00:00Z,1,1,sm_active,', 'starts_at "infinity" is not an ISO 8601 time with its zone'),
    ('P,now,2025-07-01T00:00Z,1,1,sm_active,', 'starts_at "now" is not an ISO 8601 time with its zone'),
    ('P,07/01/2025 00:00,2025-07-01T00:00Z,1,1,sm_active,', 'starts_at "07/01/2025 00:00" is not an ISO 8601 time with its zone'),
    ('P,2025-06-31T00:00Z,2025-07-01T00:00Z,1,1,sm_active,', 'starts_at "2025-06-31T00:00Z" is not an ISO 8601 time with its zone'),
    ('P,0001-01-01T00:00Z,2025-07-01T00:00Z,1,1,sm_active,', 'starts_at "0001-01-01T00:00Z" is not an ISO 8601 time with its zone'),
    ('P,1001-01-01T00:00Z,2025-07-01T00:00Z,1,1,sm_active,', 'its time lies before 2000 or more than ten years ahead'),
    ('P,2025-07-01T00:00Z,9999-07-01T00:00Z,1,1,sm_active,', 'its time lies before 2000 or more than ten years ahead'),
    ('P,2020-07-01T00:00Z,2025-07-01T00:00Z,1,1,sm_active,', 'it lasts more than 400 days'),
    ('P,2025-07-01T00:00Z,2025-07-01T01:00Z,1,1,guessed,', 'use_basis "guessed" is none of sm_active, gr_engine_active, gpu_util, allocated, goodput'),
    ('P,2025-07-01T00:00Z,2025-07-01T01:00Z,1,1,,', 'use_basis is missing'),
    (',2025-07-01T00:00Z,2025-07-01T01:00Z,1,1,sm_active,', 'pool_id is missing'),
    ('P,2025-07-01T00:00Z,2025-07-01T01:00Z,1,1,sm_active', 'it has 6 fields, the header has 7'),
    ('P,2025-07-01T00:00Z,2025-07-01T01:00Z,1,1,sm_active,x,y', 'it has 8 fields, the header has 7'),
    ('"P,2025-07-01T00:00Z,2025-07-01T01:00Z,1,1,sm_active,', 'a closing quote is followed by more than a delimiter'),
    ('P,2025-07-01T00:00Z,2025-07-01T01:00Z,1,1,sm_active,"5""', 'a quote is not closed'),
    (repeat('P', 10000000) || ',2025-07-01T00:00Z,2025-07-01T01:00Z,1,1,sm_active,', 'a name is longer than 300 bytes'),
    ('P,2025-07-01T00:00Z,2025-07-01T01:00Z,' || repeat('9', 1000000) || ',1,sm_active,', 'installed_chip_ms "' || repeat('9', 80) || '" is not a number');
-- The line with the quote that nothing closes stands after that which its like would close.
INSERT INTO hostile (line, why) VALUES ('P,2025-07-01T02:00Z,2025-07-01T03:00Z,1,1,sm_active,good', NULL);
SELECT is(pg_temp.import(E'pool_id,starts_at,ends_at,installed_chip_ms,used_chip_ms,use_basis,tenant_id\n' || string_agg(line, E'\n' ORDER BY n)), '1 29 0 1 f', 'one of thirty is good') FROM hostile;
SELECT results_eq('SELECT * FROM pg_temp.reasons()', $$SELECT format('%s: %s', n + 1, why) FROM hostile WHERE why IS NOT NULL ORDER BY n$$, 'each of the others is told what is wrong with it');
SELECT results_eq($$SELECT line FROM c_report.import_rejected WHERE file_id = (SELECT max(file_id) FROM c.import_file) ORDER BY row_number$$, $$SELECT line FROM hostile WHERE why IS NOT NULL ORDER BY n$$, 'and its text is kept');
SELECT is(pg_temp.import(E'pool_id,starts_at,ends_at,installed_chip_ms,used_chip_ms,kept_chip_ms,joules,idle_joules,energy_basis,tokens,use_basis,source_id\nP,2025-07-01T00:00Z,2025-07-01T01:00Z,5,5,6,,,,,sm_active,\n'
    'P,2025-07-01T00:00Z,2025-07-01T01:00Z,5,5,,1,2,chip,,sm_active,\nP,2025-07-01T00:00Z,2025-07-01T01:00Z,5,5,,,2,,,sm_active,\nP,2025-07-01T00:00Z,2025-07-01T01:00Z,5,5,,1,,,,sm_active,\n'
    'P,2025-07-01T00:00Z,2025-07-01T01:00Z,5,5,,1,,wall,,sm_active,\nP,2025-07-01T00:00Z,2025-07-01T01:00Z,5,5,,,,,1.5,sm_active,\nP,2025-07-01T00:00Z,2025-07-01T01:00Z,5,5,,,,,,sm_active,nobody'), '0 7 0 0 f', 'what the table would refuse is refused by row');
SELECT results_eq('SELECT * FROM pg_temp.reasons()', ARRAY['2: kept is more than used', '3: idle energy is more than all energy', '4: idle energy is more than all energy', '5: energy_basis is missing',
    '6: energy_basis "wall" is none of chip, server, facility, in_rent', '7: tokens "1.5" is not a whole number', '8: source_id "nobody" is not known'], 'for its reason');

-- Clocks: what they show twice is not guessed, what they skip is nothing.
SELECT is(pg_temp.import(E'pool_id,starts_at,ends_at,installed_chip_ms,used_chip_ms,use_basis\nP,2025-10-26 02:30,2025-10-26 03:30,1,1,sm_active\nP,2025-03-30 02:30,2025-03-30 03:30,1,1,sm_active\n'
    'P,2025-10-26T02:30+02:00,2025-10-26T02:30+01,3600000,1,sm_active', '{"time_zone": "Europe/Berlin"}'), '1 2 0 1 f', 'an offset says which');

-- ---------------------------------------------------------------------------
-- The same file again
-- ---------------------------------------------------------------------------
SELECT is(pg_temp.import(E'pool_id,starts_at,ends_at,installed_chip_ms,used_chip_ms,use_basis\nP,2025-08-01T00:00Z,2025-08-01T01:00Z,1,1,sm_active\nP,x,x,1,1,sm_active'), '1 1 0 1 f', 'a file');
SELECT pg_temp.last_load() AS once \gset
SELECT is(pg_temp.import(E'pool_id,starts_at,ends_at,installed_chip_ms,used_chip_ms,use_basis\r\nP,2025-08-01T00:00Z,2025-08-01T01:00Z,1,1,sm_active\r\nP,x,x,1,1,sm_active\r\n'), '1 1 0 1 t', 'again, with other line ends: nothing is done, the first result');
SELECT is(pg_temp.last_load(), :once::bigint, 'there is no other load');
SELECT results_eq($$SELECT status, repeats_file_id, load_id FROM c_report.import_status ORDER BY file_id DESC LIMIT 1$$,
    $$SELECT 'repeated', file_id, NULL::bigint FROM c.import_file WHERE load_id = (SELECT max(load_id) FROM c.load)$$, 'the log says so');
SELECT is((SELECT encode(sha256, 'hex') FROM c.import_file ORDER BY file_id DESC LIMIT 1),
    encode(sha256(E'pool_id,starts_at,ends_at,installed_chip_ms,used_chip_ms,use_basis\nP,2025-08-01T00:00Z,2025-08-01T01:00Z,1,1,sm_active\nP,x,x,1,1,sm_active\n'), 'hex'), 'the hash is that of the lines');
SELECT is(pg_temp.import(E'pool_id,starts_at,ends_at,installed_chip_ms,used_chip_ms,use_basis\nP,2025-08-01T00:00Z,2025-08-01T01:00Z,1,1,sm_active\nP,x,x,1,1,sm_active', '{"time_zone": "UTC"}'), '1 1 0 1 f', 'with other options it is another');
SELECT is((SELECT already_imported FROM import_text('c', 'csv', 'f', E'pool_id,starts_at,ends_at,installed_chip_ms,used_chip_ms,use_basis\nP,2025-08-01T00:00Z,2025-08-01T01:00Z,1,1,sm_active\nP,x,x,1,1,sm_active', '{}', 't', 'elsewhere')), false, 'so it is with another scope');
SELECT discard_load('c', :once);
SELECT is(pg_temp.import(E'pool_id,starts_at,ends_at,installed_chip_ms,used_chip_ms,use_basis\nP,2025-08-01T00:00Z,2025-08-01T01:00Z,1,1,sm_active\nP,x,x,1,1,sm_active'), '1 1 0 1 f', 'what was discarded may come again');
SELECT publish_load('c', pg_temp.last_load());
SELECT retract_load('c', pg_temp.last_load(), 'a test');
SELECT is(pg_temp.import(E'pool_id,starts_at,ends_at,installed_chip_ms,used_chip_ms,use_basis\nP,2025-08-01T00:00Z,2025-08-01T01:00Z,1,1,sm_active\nP,x,x,1,1,sm_active'), '1 1 0 1 f', 'and what was withdrawn');
SELECT is(pg_temp.import('a' || chr(10) || 'b'), '0 1 0 0 f', 'a file of which nothing is good');
SELECT is(pg_temp.import('a' || chr(10) || 'b'), '0 1 0 0 t', 'is not read twice either');

-- ---------------------------------------------------------------------------
-- Staging line by line; what is refused whole; who may
-- ---------------------------------------------------------------------------
SELECT throws_ok($$SELECT open_import('c', 'xls', 'f')$$, '22023', 'invalid format of an import: "xls"', 'another format');
SELECT throws_ok($$SELECT open_import('c', 'csv', '')$$, '22004', NULL, 'no name');
SELECT throws_ok($$SELECT open_import('c', 'csv', 'f', '{"delimeter": ";"}')$$, '22023', 'format csv has no option "delimeter"', 'an option misspelt');
SELECT throws_ok($$SELECT open_import('c', 'csv', 'f', '{"columns": ["a"]}')$$, '22023', NULL, 'an option of another shape');
SELECT throws_ok($$SELECT open_import('c', 'csv', 'f', '[]')$$, '22023', NULL, 'options that are a list');
SELECT throws_ok($$SELECT open_import('c', 'csv', 'f', '{"time_zone": "Europe/Atlantis"}')$$, '22023', NULL, 'a zone that is none');
SELECT throws_ok(format('SELECT open_import(''c'', ''dcgm'', ''f'', %L)', o), '22023', NULL, 'no option: ' || o)
FROM unnest(ARRAY['{"step": "0"}', '{"step": "soon"}', '{"bucket": "1 month"}', '{"bucket": "2 days"}', '{"sample_at": "middle"}', '{"max_gap_steps": "-1"}', '{"max_gap_steps": 1.5}', '{"sevenths": {"1g": 8}}', '{"sevenths": {"1g": "x"}}', '{"energy_basis": "wall"}']) o;
SELECT throws_ok($$SELECT open_import('c', 'csv', 'f', source_id => 'nobody')$$, '23503', NULL, 'no such source');
SELECT throws_ok($$SELECT open_import('nope', 'csv', 'f')$$, '3F000', NULL, 'no such ledger');
SELECT throws_ok($$SELECT run_import('c', 99999)$$, 'P0002', NULL, 'no such file');

SET ROLE chipbook_test_loader;
SELECT open_import('c', 'csv', 'by lines', source_id => 't') AS file \gset
INSERT INTO c.import_line (line) VALUES ('pool_id,starts_at,ends_at,installed_chip_ms,used_chip_ms,use_basis'), (E'P,2025-09-01T00:00Z,2025-09-01T01:00Z,1,1,sm_active\r'),
    (E'P,2025-09-01T01:00Z,2025-09-01T02:00Z,1,1,sm_active\nP,2025-09-01T02:00Z,2025-09-01T03:00Z,1,1,sm_active\n'), ('bad');
SELECT results_eq(format('SELECT lines, accepted, rejected, readings FROM run_import(''c'', %s)', :file), $$VALUES (5::bigint, 3::bigint, 1::bigint, 3::bigint)$$, 'a loader stages lines, one or several at a time, and imports them');
SELECT results_eq(format('SELECT already_imported, readings FROM run_import(''c'', %s)', :file), $$VALUES (true, 3::bigint)$$, 'once');
SELECT lives_ok($$SELECT publish_load('c', currval('c.load_load_id_seq'))$$, 'and publishes the load, which is the session''s last');
SELECT is(clear_import('c', :file), 4::bigint, 'staged text is removed');
SELECT open_import('c', 'csv', 'given up') AS gone \gset
SELECT is(clear_import('c', :gone), 0::bigint, 'a file is given up');
SELECT throws_ok(format('SELECT run_import(''c'', %s)', :gone), '55000', NULL, 'and is not run any more');
SELECT throws_ok($$INSERT INTO c.import_file (format, name) VALUES ('csv', 'x')$$, '42501', NULL, 'the log is not the loader''s');
SELECT throws_ok($$UPDATE c.import_line SET line = ''$$, '42501', NULL, 'nor is staged text, once there');
SELECT throws_ok($$INSERT INTO c.import_rejection VALUES (1, 1, 99, '', '')$$, '42501', NULL, 'nor are the rejections');
-- A table of the session's own by the name of the import's takes nothing from it.
CREATE TEMP TABLE import_row (x text);
SELECT throws_ok($$SELECT import_text('c', 'csv', 'f', E'a\nz')$$, '42P07', NULL, 'a temporary table in the way is refused');
DROP TABLE import_row;
RESET ROLE;
SET ROLE chipbook_test_reader;
SELECT throws_ok($$SELECT open_import('c', 'csv', 'f')$$, '42501', NULL, 'a reader imports nothing');
SELECT cmp_ok((SELECT count(*) FROM c_report.import_status), '>', 20::bigint, 'but reads the log');
SELECT cmp_ok((SELECT count(*) FROM c_report.import_rejected), '>', 40::bigint, 'and the rejections');
RESET ROLE;
SET chipbook.as_of = '2025-01-01';
SELECT throws_ok($$SELECT open_import('c', 'csv', 'f')$$, '55000', NULL, 'nothing is imported as of another day');
RESET chipbook.as_of;
SELECT is_empty($$SELECT file_id FROM c_report.import_status WHERE status IN ('imported', 'rejected') AND accepted + rejected + skipped <>
                  (SELECT count(*) FROM c.import_rejection r WHERE r.file_id = import_status.file_id) + accepted + skipped$$, 'every rejected row is kept');
SELECT is_empty(format($$SELECT f.file_id, f.readings, f.installed_chip_hours FROM c_report.import_status f WHERE f.load_id <> %s
                          EXCEPT SELECT f.file_id, count(*), (sum(m.installed_chip_ms) / 3600000)::numeric(38,15) FROM c.import_file f JOIN c.meter_reading m ON m.load_id = f.load_id GROUP BY f.file_id$$, :once),
    'control totals are those of the load');

SELECT * FROM finish();
ROLLBACK;
