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
FROM unnest(ARRAY['yesterday', 'now', 'infinity', '31.03.2026', '03/31/2026', '2026-3-31', '2026-02-29', '2026-13-01', '2026-00-10',
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

SELECT throws_ok('SET chipbook.as_off = 1', '42602', NULL, 'a misspelt setting is refused');

SELECT * FROM finish();
ROLLBACK;
