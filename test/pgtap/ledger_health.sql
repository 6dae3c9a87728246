-- ledger_health: a row for each check, always; each goes to warning or error when what it looks at goes wrong, and comes
-- back; it answers for now. period_due: what is to be closed.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET client_min_messages = warning;
SET timezone = 'Pacific/Auckland';
SELECT no_plan();
SELECT create_ledger('hea', time_zone => 'Pacific/Kiritimati');
CREATE FUNCTION pg_temp.month_ago(months integer) RETURNS date STABLE LANGUAGE sql
RETURN (date_trunc('month', now() AT TIME ZONE 'Pacific/Kiritimati') - make_interval(months => months))::date;
CREATE FUNCTION pg_temp.health(of_check text) RETURNS text STABLE LANGUAGE sql
RETURN (SELECT concat_ws(' ', h.state, trim_scale(h.value), CASE WHEN (h.advice IS NULL) <> (h.state = 'ok') THEN 'and advice' END) FROM hea_report.ledger_health h WHERE h.check_name = of_check);
-- What time does by itself.
CREATE FUNCTION pg_temp.age(statement text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL session_replication_role = replica;
    EXECUTE statement;
    SET LOCAL session_replication_role = origin;
END
$$;

SELECT results_eq('SELECT check_name, state, trim_scale(value), warning_above IS NOT NULL OR error_above IS NOT NULL FROM hea_report.ledger_health', $$VALUES
    ('schema_version', 'ok', 0::numeric, true), ('reading_partitions', 'ok', 0, true), ('reading_age', 'ok', NULL, true), ('load_age', 'ok', NULL, true), ('unpublished_loads', 'ok', 0, true),
    ('unfinished_files', 'ok', 0, true), ('stored_costs', 'ok', NULL, true), ('periods_due', 'ok', NULL, true), ('waiting_entries', 'ok', 0, true), ('running_close', 'ok', 0, true), ('invalid_indexes', 'ok', 0, true)$$,
    'a new ledger has every check, each with a bound, and nothing wrong');
SELECT is_empty('SELECT * FROM hea_report.period_due', 'books that were never begun are never due');

-- Readings.
INSERT INTO hea.source (source_id, kind, reference, confidence) VALUES ('m', 'contract', 'made here', 'high');
SELECT open_load('hea', 'set up', 'm');
INSERT INTO hea.account (account_id, name, kind) VALUES ('6200', 'rent', 'expense'), ('3000', 'accruals', 'liability');
INSERT INTO hea.posting_rule (rule_id, event, debit_account_id, credit_account_id) VALUES ('r', 'rent_accrual', '6200', '3000');
INSERT INTO hea.pool (pool_id, name, ownership) VALUES ('A', 'a', 'rented'), ('B|', 'given back', 'rented');
INSERT INTO hea.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to) VALUES ('a', 'A', 2, '2 USD', pg_temp.month_ago(2), 'infinity'), ('b', 'B|', 2, '2 USD', pg_temp.month_ago(2), pg_temp.month_ago(1) + 3);
SELECT publish_load('hea', currval('hea.load_load_id_seq'));
SELECT is(pg_temp.health('load_age'), 'ok 0', 'a fact was recorded just now');
SELECT add_reading_partitions('hea', pg_temp.month_ago(1));
CREATE FUNCTION pg_temp.add_readings(of_pool text, at timestamp) RETURNS bigint LANGUAGE plpgsql SET search_path = hea, chipbook, public AS $$
BEGIN
    PERFORM open_load('hea', 'readings', 'm');
    INSERT INTO meter_reading (pool_id, tenant_id, month, starts_at, ends_at, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
    SELECT of_pool, 't', date_trunc('month', at)::date, at AT TIME ZONE 'Pacific/Kiritimati', at AT TIME ZONE 'Pacific/Kiritimati' + interval '1 hour', 7200000, 7200000, 7200000, 3600000, 'sm_active';
    RETURN publish_load('hea', currval('load_load_id_seq'));
END
$$;
SELECT pg_temp.add_readings('B|', pg_temp.month_ago(1) + interval '1 day');
SELECT is(pg_temp.health('reading_age'), 'ok', 'a pool that was given back has no more readings to come');
SELECT is(pg_temp.health('reading_partitions'), 'warning 2', 'this month and the next have no room for readings');
SELECT add_reading_partitions('hea');
SELECT is(pg_temp.health('reading_partitions'), 'ok 0', '  and now they do');
SELECT pg_temp.add_readings('A', pg_temp.month_ago(1) + interval '2 days');
SELECT is(pg_temp.health('reading_age'), 'warning ' || (now() AT TIME ZONE 'Pacific/Kiritimati')::date - (pg_temp.month_ago(1) + 2), 'readings are old, counted in days of the ledger');
SELECT matches((SELECT detail FROM hea_report.ledger_health WHERE check_name = 'reading_age'), '^pool A: last readings of \d{4}-\d\d-03; pools older than 3 days: 1$', '  which pool, and how many');
SELECT pg_temp.add_readings('A', date_trunc('day', now() AT TIME ZONE 'Pacific/Kiritimati'));
SELECT is(pg_temp.health('reading_age'), 'ok 0', '  and new again');

-- Loads and files.
SELECT open_load('hea', 'forgotten', 'm');
SELECT is(pg_temp.health('unpublished_loads'), 'ok 0', 'a load that was opened just now is no matter');
SELECT pg_temp.age($$UPDATE hea.load SET opened_at = now() - interval '25 hours' WHERE recorded_at IS NULL$$);
SELECT is(pg_temp.health('unpublished_loads'), 'warning 1', '  after a day it is');
SELECT discard_load('hea', currval('hea.load_load_id_seq')), publish_load('hea', currval('hea.load_load_id_seq'));
SELECT is(pg_temp.health('unpublished_loads'), 'ok 0', '  until it is published, be it empty');
SELECT open_import('hea', 'csv', 'a.csv', source_id => 'm');
SELECT pg_temp.age($$UPDATE hea.import_file SET opened_at = now() - interval '25 hours'$$);
SELECT is(pg_temp.health('unfinished_files'), 'warning 1', 'a file that was opened and never run');
SELECT clear_import('hea', 1);
SELECT is(pg_temp.health('unfinished_files'), 'ok 0');
SAVEPOINT loaded;
SELECT pg_temp.age($$UPDATE hea.load SET recorded_at = now() - interval '10 days' - load_id * interval '1 second' WHERE recorded_at > '-infinity'$$);
SELECT is(pg_temp.health('load_age'), 'warning 10', 'nothing was loaded for ten days');
SELECT pg_temp.age($$UPDATE hea.load SET recorded_at = now() - interval '40 days' - load_id * interval '1 second' WHERE recorded_at > '-infinity'$$);
SELECT is(pg_temp.health('load_age'), 'error 40', '  for forty');
SELECT pg_temp.age($$UPDATE hea.ledger SET schema_version = '0.0.1'$$);
SELECT is(pg_temp.health('schema_version'), 'error 1', 'tables of another version than the extension');
SELECT pg_temp.age($$UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = 'hea.usage_day_of_pool'::regclass$$);
SELECT is(pg_temp.health('invalid_indexes'), 'error 1', 'an index that is not valid');
ROLLBACK TO loaded;

-- Costs.
SELECT ok(refresh_usage('hea') > 0, 'costs are stored');
SELECT is(pg_temp.health('stored_costs'), 'ok 0', '  of every month that is over');
SELECT pg_temp.add_readings('A', pg_temp.month_ago(1) + interval '5 days');
SELECT is(pg_temp.health('stored_costs'), 'ok 0', 'what was loaded just now waits for the night');
SELECT pg_temp.age($$UPDATE hea.usage_day SET recorded_at = now() - interval '25 hours' WHERE month = pg_temp.month_ago(1);
                     UPDATE hea.refreshed_month SET recorded_at = now() - interval '26 hours' WHERE superseded_at = 'infinity'$$);
SELECT is(pg_temp.health('stored_costs'), 'warning 1', '  after a day it should have come');
SELECT pg_temp.age($$DELETE FROM hea.refreshed_month WHERE month >= pg_temp.month_ago(2)$$);
SELECT pg_temp.age($$INSERT INTO hea.refreshed_month (month, recorded_at) VALUES (pg_temp.month_ago(3), now())$$);
SELECT cmp_ok((SELECT value FROM hea_report.ledger_health WHERE check_name = 'stored_costs'), '>=', 1::numeric, 'months that are over and were never stored');
SELECT refresh_usage('hea');
SELECT is(pg_temp.health('stored_costs'), 'ok 0', '  and now are');

-- Periods: those after the one that was closed, in days of the ledger.
CREATE FUNCTION pg_temp.close_month(months integer) RETURNS bigint LANGUAGE sql
RETURN chipbook.close_period('hea', 'main', 'ifrs', extract(year FROM pg_temp.month_ago(months))::integer, extract(month FROM pg_temp.month_ago(months))::integer);
SELECT pg_temp.close_month(3);
SELECT results_eq('SELECT starts_on, last_day, state, days_over FROM hea_report.period_due ORDER BY 1', $$
    SELECT pg_temp.month_ago(n), pg_temp.month_ago(n - 1) - 1, 'open', ((now() AT TIME ZONE 'Pacific/Kiritimati')::date - pg_temp.month_ago(n - 1) + 1)::bigint FROM generate_series(2, 1, -1) n$$, 'two months are due');
SELECT is(pg_temp.health('periods_due'), concat(CASE WHEN value > 31 THEN 'error ' ELSE 'warning ' END, trim_scale(value)), 'the older one is overdue') FROM hea_report.ledger_health WHERE check_name = 'periods_due';
SELECT close_period('hea', 'main', 'ifrs', extract(year FROM pg_temp.month_ago(2))::integer, extract(month FROM pg_temp.month_ago(2))::integer, soft => true);
SELECT is((SELECT string_agg(state, ' ' ORDER BY starts_on) FROM hea_report.period_due), 'soft_closed open', 'closed softly it is still due');
SELECT pg_temp.close_month(2);
SELECT is((SELECT count(*) FROM hea_report.period_due), 1::bigint, 'one is left');
SELECT pg_temp.close_month(1);
SELECT is(pg_temp.health('periods_due'), 'ok 0', 'and none');

-- Under another basis, and by days: what the calendar of the entity says.
SELECT open_load('hea', 'another entity', 'm');
INSERT INTO hea.fiscal_calendar (calendar_id, name) VALUES ('w', 'one day each');
INSERT INTO hea.fiscal_period (calendar_id, fiscal_year, period_number, starts_on, ends_on)
SELECT 'w', 2020, n, d + n - 1, d + n FROM (SELECT (now() AT TIME ZONE 'Pacific/Kiritimati')::date - 4 AS d) t, generate_series(1, 6) n;
INSERT INTO hea.entity (entity_id, name, functional_currency, calendar_id) VALUES ('My "Books"', 'by days', 'USD', 'w');
SELECT publish_load('hea', currval('hea.load_load_id_seq'));
SELECT close_period('hea', 'My "Books"', 'hgb', 2020, 1);
SELECT results_eq('SELECT basis, fiscal_period, days_over FROM hea_report.period_due ORDER BY starts_on', $$VALUES ('hgb', 'FY20-P02', 3::bigint), ('hgb', 'FY20-P03', 2), ('hgb', 'FY20-P04', 1)$$, 'days that are periods are due by the day, today is not');
SELECT is(pg_temp.health('periods_due'), 'ok 3', 'three days are no matter yet');

-- Entries.
SELECT post_entry('hea', 'main', 'ifrs', ARRAY[posting_line('6200', '10 USD'), posting_line('3000', '-10 USD')], 'of this month', (now() AT TIME ZONE 'Pacific/Kiritimati')::date, prepared_by => 'another');
SELECT is(pg_temp.health('waiting_entries'), 'ok 0', 'what waits in a month that lasts is no matter');
SELECT pg_temp.age($$UPDATE hea.period_state SET ends_on = (now() AT TIME ZONE 'Pacific/Kiritimati')::date WHERE starts_on = pg_temp.month_ago(0)$$);
SELECT is(pg_temp.health('waiting_entries'), 'warning 1', '  in one that is over it is');

-- For now, whatever is asked about; by who may read, and nobody else.
CREATE TEMPORARY TABLE health_now AS SELECT * FROM hea_report.ledger_health;
SET chipbook.as_of = '2020-01-01';
SELECT results_eq('SELECT check_name, state, round(value, 1) FROM hea_report.ledger_health', 'SELECT check_name, state, round(value, 1) FROM health_now', 'as of an earlier day health is that of now');
RESET chipbook.as_of;
CREATE ROLE chipbook_test_monitor;
SELECT grant_ledger('hea', 'reader', 'chipbook_test_monitor');
GRANT USAGE ON SCHEMA chipbook TO chipbook_test_monitor;
GRANT SELECT ON health_now TO chipbook_test_monitor;
SET ROLE chipbook_test_monitor;
SELECT is((SELECT array_agg(concat_ws(' ', check_name, state, round(value, 1))) FROM hea_report.ledger_health WHERE check_name <> 'running_close'),
          (SELECT array_agg(concat_ws(' ', check_name, state, round(value, 1))) FROM health_now WHERE check_name <> 'running_close'), 'a reader sees the same');
SELECT is((SELECT array_agg(concat_ws(' ', state, round(value, 1))) FROM hea_report.ledger_health WHERE check_name = 'running_close'), '{ok}', 'but not since when others'' closes run');
SELECT throws_ok($$CALL nightly('hea')$$, '42501', NULL, 'and does nothing');
RESET ROLE;
SELECT revoke_ledger('hea', 'reader', 'chipbook_test_monitor');
SET ROLE chipbook_test_monitor;
SELECT throws_ok('SELECT * FROM hea_report.ledger_health', '42501', NULL, 'who may not read sees nothing');
RESET ROLE;
SELECT throws_ok($$SELECT schedule_nightly('hea', NULL)$$, '22004', NULL, 'no schedule');
SELECT throws_ok($$SELECT schedule_nightly('hea', close_after => -1)$$, '22023', NULL, 'no days');
SELECT throws_ok($$SELECT schedule_nightly('nobody')$$, '3F000', NULL, 'no ledger');
SELECT throws_ok($$CALL nightly('hea', -1)$$, '22023', NULL, 'no days at night either');
SELECT is_empty($$SELECT a.attname FROM pg_attribute a WHERE a.attrelid IN ('hea_report.ledger_health'::regclass, 'hea_report.period_due'::regclass) AND a.attnum > 0 AND col_description(a.attrelid, a.attnum) IS NULL$$, 'every column says what it is');

SELECT * FROM finish();
ROLLBACK;
