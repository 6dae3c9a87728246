-- Report versions: what each close published is what the views showed at that time, row by row,
-- whatever becomes known, is reopened or closed later.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'Asia/Kolkata';
SET client_min_messages = warning;
SET track_functions = 'pl';
SELECT no_plan();

CREATE FUNCTION pg_temp.straight(life interval) RETURNS amortisation_policy LANGUAGE sql
RETURN amortisation_policy(method => 'straight_line', life => life, convention => 'full_month');
CREATE FUNCTION pg_temp.invoice(amount monetary, posting_date date) RETURNS void LANGUAGE sql
RETURN approve_entry('r', post_entry('r', 'main', 'ifrs', ARRAY[posting_line('6200', amount), posting_line('3300', - amount)], 'invoice',
                                     posting_date => posting_date, prepared_by => 'alice'));

-- ---------------------------------------------------------------------------
-- A ledger with two bases, and an entity with years of weeks
-- ---------------------------------------------------------------------------
SELECT create_ledger('r');
INSERT INTO r.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('r', 'accounts and assets', 't') AS load \gset
INSERT INTO r.account (account_id, name, kind) VALUES
    ('0190', 'accumulated depreciation', 'asset'), ('3000', 'accrued cost', 'liability'), ('3300', 'payables', 'liability'),
    ('3500', 'retirement obligations', 'liability'), ('6100', 'depreciation', 'expense'), ('6200', 'cloud', 'expense'), ('7300', 'accretion', 'expense');
INSERT INTO r.posting_rule (rule_id, event, debit_account_id, credit_account_id) VALUES
    ('d', 'depreciation', '6100', '0190'), ('a', 'accretion', '7300', '3500'), ('rent', 'rent_accrual', '6200', '3000');
INSERT INTO r.fiscal_calendar (calendar_id, name) VALUES ('weeks', 'weeks');
SELECT add_fiscal_year('r', 'weeks', 2026, '2025-01-27', 'weeks_52_53', adjustment_period => true);
INSERT INTO r.entity (entity_id, name, functional_currency, calendar_id) VALUES ('weekly', 'by weeks', 'USD', 'weeks');
INSERT INTO r.entity_rate (entity_id, kind, rate, valid_from) VALUES ('main', 'capitalisation', 0.06, '2025-01-01');
INSERT INTO r.cost_centre (cost_centre_id, name) VALUES ('R', 'research');
INSERT INTO r.chip_model (chip_model_id, name, tdp_watts) VALUES ('H', 'chip', 700);
INSERT INTO r.pool (pool_id, name, cost_centre_id, ownership, chip_model_id) VALUES ('P', 'owned', 'R', 'owned', 'H'), ('C', 'cloud', 'R', 'rented', 'H');
INSERT INTO r.asset (asset_id, entity_id, name, component, chips, chip_model_id, cost, acquired_on, available_for_use_on) VALUES
    ('chips', 'main', 'chips', 'chip', 1000, 'H', '20000000 USD', '2025-01-01', '2025-01-01'),
    ('servers', 'main', 'servers', 'server', NULL, NULL, '10000000 USD', '2025-01-01', '2025-01-01'),
    ('hall', 'main', 'hall', 'building', NULL, NULL, '3000000 USD', '2025-01-01', NULL),
    ('weekly', 'weekly', 'servers', 'server', NULL, NULL, '600 USD', '2025-01-01', '2025-01-01');
INSERT INTO r.asset_policy (asset_id, basis, policy)
SELECT a, b, pg_temp.straight(CASE b WHEN 'hgb' THEN interval '7 years' ELSE '5 years' END) FROM unnest('{chips,servers,hall,weekly}'::text[]) a, unnest('{ifrs,hgb}'::text[]) b;
INSERT INTO r.retirement_obligation (obligation_id, asset_id, recognised_on, liability, rate, settles_on) VALUES ('o', 'servers', '2025-07-01', '100 USD', 0.12, '2035-07-01');
INSERT INTO r.pool_asset (pool_id, asset_id) VALUES ('P', 'chips'), ('P', 'servers');
INSERT INTO r.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to) VALUES ('r', 'C', 1, '1.25 USD', '2025-10-01', '2025-12-31');
INSERT INTO r.gl_balance (entity_id, basis, fiscal_year, period_number, account_id, currency, balance) VALUES ('main', 'ifrs', 2025, 10, '6100', 'USD', '500000 USD');
SELECT publish_load('r', :load);

SELECT is_empty('SELECT * FROM r_report.report_versions', 'nothing was closed, nothing is reported');
SELECT is_empty('SELECT * FROM r_report.trial_balance_as_reported');

-- What the views show of a period right after its close, without its version's columns.
CREATE TEMPORARY TABLE shown (report_version bigint, view_name text, figures jsonb);
CREATE FUNCTION pg_temp.keep() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    closed record;
    reported record;
BEGIN
    SELECT v.version, v.entity_id, v.basis, v.fiscal_year, v.period_number, p.starts_on INTO closed
    FROM r.report_version v JOIN r.period_state p USING (entity_id, basis, fiscal_year, period_number) ORDER BY v.version DESC LIMIT 1;
    FOR reported IN SELECT * FROM chipbook.reported_views() LOOP
        EXECUTE format('INSERT INTO shown SELECT $1, %L, to_jsonb(v) - ''{entity_id,basis,fiscal_year,period_number,fiscal_period}''::text[] FROM r_report.%I v
                        WHERE v.entity_id = $2 AND v.basis = $3 AND %s%s', reported.view_name, reported.of_view,
                       CASE WHEN 'period_month' = ANY (reported.key_columns) THEN 'v.period_month = $6' ELSE 'v.fiscal_year = $4 AND v.period_number = $5' END,
                       ' AND ' || reported.condition)
        USING closed.version, closed.entity_id, closed.basis, closed.fiscal_year, closed.period_number, closed.starts_on;
    END LOOP;
END
$$;
CREATE FUNCTION pg_temp.answered() RETURNS TABLE (report_version bigint, view_name text, figures jsonb) LANGUAGE plpgsql AS $$
DECLARE
    reported record;
BEGIN
    FOR reported IN SELECT * FROM chipbook.reported_views() LOOP
        RETURN QUERY EXECUTE format('SELECT v.report_version, %L::text, to_jsonb(v) - ''{report_version,published_at,is_latest,entity_id,basis,fiscal_year,period_number,fiscal_period}''::text[]
                                     FROM r_report.%I v WHERE v.report_version IN (SELECT s.report_version FROM shown s)',
                                    reported.view_name, reported.view_name || '_as_reported');
    END LOOP;
END
$$;
CREATE FUNCTION pg_temp.unchanged(description text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMPORARY TABLE answer ON COMMIT DROP AS SELECT * FROM pg_temp.answered();
    RETURN NEXT is_empty('(TABLE answer EXCEPT ALL TABLE shown) UNION ALL (TABLE shown EXCEPT ALL TABLE answer)', description);
    DROP TABLE answer;
END
$$;

-- ---------------------------------------------------------------------------
-- Closes, and what comes between them
-- ---------------------------------------------------------------------------
SELECT close_period('r', 'main', 'ifrs', 2025, 10);
SELECT pg_temp.keep();
SELECT is_empty($$SELECT view_name FROM reported_views() EXCEPT SELECT view_name FROM shown$$ || $$ EXCEPT SELECT 'basis_difference'$$, 'October shows something in every view but that of other bases');
SELECT pg_temp.unchanged('October, ifrs: the version is what the views show');
SELECT close_period('r', 'main', 'hgb', 2025, 10);
SELECT pg_temp.keep();
SELECT is_empty($$SELECT view_name FROM reported_views() EXCEPT SELECT view_name FROM shown WHERE report_version = (SELECT max(version) FROM r.report_version)
    EXCEPT SELECT 'subledger_to_gl'$$, 'and so does October under another basis than the primary one');
SELECT pg_temp.unchanged('October, hgb');
SELECT last_recorded_at AS october FROM r.ledger \gset

SELECT open_load('r', 'late', 't', prepared_by => 'alice') AS late \gset
INSERT INTO r.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES
    ('servers', 'servers', 'server', '11000000 USD', '2025-01-01', '2025-01-01'), ('found', 'found', 'other', '1200 USD', '2025-10-01', '2025-10-01');
INSERT INTO r.asset_policy (asset_id, basis, policy) SELECT 'found', b, pg_temp.straight('1 year') FROM unnest('{ifrs,hgb}'::text[]) b;
INSERT INTO r.account (account_id, name, kind) VALUES ('6100', 'amortisation', 'expense');
INSERT INTO r.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to) VALUES ('r', 'C', 2, '1.25 USD', '2025-10-01', '2025-12-31');
INSERT INTO r.gl_balance (entity_id, basis, fiscal_year, period_number, account_id, currency, balance) VALUES ('main', 'ifrs', 2025, 10, '6100', 'USD', '500001 USD');
SELECT publish_load('r', :late);
SELECT pg_temp.unchanged('late facts change no version');
SELECT isnt((SELECT charge FROM r_report.fixed_asset_register WHERE basis = 'ifrs' AND asset_class = 'server' AND entity_id = 'main' AND period_month = '2025-10-01'),
    (SELECT charge FROM r_report.fixed_asset_register_as_reported WHERE basis = 'ifrs' AND asset_class = 'server' AND entity_id = 'main' AND period_month = '2025-10-01'),
    'though October is another in the books since');
SELECT pg_temp.invoice('950 USD', '2025-11-12');
SELECT close_period('r', 'main', 'ifrs', 2025, 11);
SELECT pg_temp.keep();
SELECT pg_temp.unchanged('November, with corrections of October');
SELECT close_period('r', 'main', 'hgb', 2025, 11);
SELECT pg_temp.keep();

SELECT reopen_period('r', 'main', 'ifrs', 2025, 11, 'a bill came late', 'alice');
SELECT pg_temp.invoice('7 USD', '2025-11-30');
SELECT pg_temp.unchanged('a reopened period keeps its version, with what is posted in it');
SELECT close_period('r', 'main', 'ifrs', 2025, 11);
SELECT pg_temp.keep();
SELECT pg_temp.unchanged('closed again it has another');
SELECT results_eq($$SELECT fiscal_period, is_latest FROM r_report.report_versions WHERE basis = 'ifrs' ORDER BY report_version$$,
    $$VALUES ('FY25-P10', true), ('FY25-P11', false), ('FY25-P11', true)$$, 'which is the latest');
SELECT results_eq($$SELECT debit FROM r_report.trial_balance_as_reported WHERE basis = 'ifrs' AND fiscal_period = 'FY25-P11' AND account_id = '6200' ORDER BY report_version$$,
    $$SELECT (d + n)::numeric FROM (SELECT debit - 7 AS d FROM r_report.trial_balance WHERE fiscal_period = 'FY25-P11' AND account_id = '6200') t, (VALUES (0), (7)) v (n)$$,
    'without the bill, and with it');

SELECT retract_load('r', :late, 'a mistake');
SELECT open_load('r', 'back, and all is called otherwise', 't') AS load \gset
INSERT INTO r.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES ('servers', 'servers', 'server', '10000000 USD', '2025-01-01', '2025-01-01');
INSERT INTO r.account (account_id, name, kind) VALUES ('6100', 'other', 'expense'), ('6200', 'other', 'expense');
INSERT INTO r.entity (entity_id, name, functional_currency) VALUES ('main', 'other', 'EUR');
INSERT INTO r.pool (pool_id, name, ownership) VALUES ('P', 'other', 'owned'), ('C', 'other', 'rented');
SELECT publish_load('r', :load);
SELECT pg_temp.unchanged('facts withdrawn and renamed change no version');
SELECT close_period('r', 'main', 'ifrs', 2025, 12);
SELECT pg_temp.keep();
SELECT close_period('r', 'main', 'ifrs', 2026, 1);
SELECT pg_temp.keep();
SELECT pg_temp.unchanged('two more closes, into another year');

-- Weeks: the months that end in the period; a thirteenth period has entries alone.
SELECT close_period('r', 'weekly', 'ifrs', 2026, 9);
SELECT results_eq($$SELECT period_month, charge FROM r_report.chip_book_value_as_reported WHERE entity_id = 'weekly'$$, $$VALUES (date '2025-09-01', 10.0)$$,
    'September ended in the period from 2025-09-22 to 2025-10-26');
SELECT results_eq($$SELECT fiscal_period, account_id, debit FROM r_report.trial_balance_as_reported WHERE entity_id = 'weekly' AND debit > 0$$,
    $$SELECT 'FY26-P09', '6100', amount(charge) FROM r.asset_charge WHERE asset_id = 'weekly' AND entry_id IS NOT NULL$$, 'the journal has its days');
SELECT approve_entry('r', post_entry('r', 'weekly', 'ifrs', ARRAY[posting_line('6200', '3 USD'), posting_line('3300', '-3 USD')], 'year end', fiscal_year => 2026, period_number => 13, prepared_by => 'alice'));
SELECT close_period('r', 'weekly', 'ifrs', 2026, p) FROM generate_series(10, 13) p;
SELECT results_eq($$SELECT account_id, amount FROM r_report.general_ledger_as_reported WHERE fiscal_period = 'FY26-P13' ORDER BY line_number$$, $$VALUES ('6200', 3.0), ('3300', -3.0)$$);
SELECT is_empty($$SELECT * FROM r_report.chip_book_value_as_reported WHERE fiscal_period = 'FY26-P13'$$, 'an adjustment period has no month');

-- ---------------------------------------------------------------------------
-- Keys, columns, plans
-- ---------------------------------------------------------------------------
CREATE FUNCTION pg_temp.repeated(view_name text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    key_columns text := substring(obj_description(format('r_report.%I', view_name)::regclass) FROM 'Key: \(([a-z_, ]+)\)');
    repeated bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM (SELECT FROM r_report.%I GROUP BY %s HAVING count(*) > 1) n', view_name, key_columns) INTO repeated;
    RETURN repeated;
END
$$;
SELECT is(pg_temp.repeated(view_name), 0::bigint, view_name || ': its key is one')
FROM (SELECT 'report_versions' AS view_name UNION ALL SELECT view_name || '_as_reported' FROM reported_views()) v;
SELECT is_empty($$
    SELECT v.view_name, b.attname, format_type(b.atttypid, b.atttypmod), format_type(a.atttypid, a.atttypmod)
    FROM reported_views() v JOIN pg_attribute b ON b.attrelid = format('r_report.%I', v.of_view)::regclass AND b.attnum > 0
    LEFT JOIN pg_attribute a ON a.attrelid = format('r_report.%I', v.view_name || '_as_reported')::regclass AND a.attname = b.attname
    WHERE (a.atttypid, a.atttypmod) IS DISTINCT FROM (b.atttypid, b.atttypmod)
       -- What adds up there does so within one version.
       OR replace(col_description(a.attrelid, a.attnum), 'one report_version, ', 'one ') IS DISTINCT FROM col_description(b.attrelid, b.attnum)
          AND b.attname NOT IN ('entity_id', 'basis', 'fiscal_year', 'period_number', 'fiscal_period')$$, 'each has the columns of its view, and what is said of them');
SELECT is(published_at, (SELECT max(recorded_at) FROM r.period_event e WHERE e.action = 'closed' AND (e.entity_id, e.basis, e.fiscal_year, e.period_number) = (v.entity_id, v.basis, v.fiscal_year, v.period_number)),
    'version ' || fiscal_period || ' ' || basis || ' was published by its close') FROM r_report.report_versions v WHERE is_latest ORDER BY report_version;

-- Of the versions only those are computed that are asked for.
CREATE FUNCTION pg_temp.computed(question text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    asked regprocedure := 'chipbook.as_reported(anyelement,timestamptz,text,text,integer,integer,date,date)'::regprocedure;
    before bigint := coalesce(pg_stat_get_xact_function_calls(asked), 0);
BEGIN
    EXECUTE question;
    RETURN coalesce(pg_stat_get_xact_function_calls(asked), 0) - before;
END
$$;
SELECT is(pg_temp.computed('SELECT count(*) FROM r_report.trial_balance_as_reported WHERE ' || filter), calls::bigint, 'computed: ' || filter)
FROM (VALUES ('true', 12), ('report_version = (SELECT min(version) FROM r.report_version)', 1), ('report_version = -1', 0), ($$basis = 'hgb'$$, 2),
             ($$fiscal_period = 'FY25-P11' AND basis = 'ifrs'$$, 2), ($$entity_id = 'main' AND basis = 'ifrs' AND fiscal_year = 2025 AND period_number = 11 AND is_latest$$, 1)) v (filter, calls);

-- ---------------------------------------------------------------------------
-- The setting: it hides later versions, and is as it was
-- ---------------------------------------------------------------------------
SELECT set_config('chipbook.as_of', to_char(timestamptz :'october' AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.USZ'), true) AS then \gset
SELECT results_eq('SELECT basis, fiscal_period, is_latest FROM r_report.report_versions ORDER BY report_version', $$VALUES ('ifrs', 'FY25-P10', true), ('hgb', 'FY25-P10', true)$$,
    'as of then there were two versions');
SELECT is_empty($$SELECT * FROM pg_temp.answered() EXCEPT ALL SELECT * FROM shown WHERE report_version IN (SELECT report_version FROM r_report.report_versions)$$, 'the same as ever');
SELECT is_empty($$SELECT * FROM shown WHERE report_version IN (SELECT report_version FROM r_report.report_versions) EXCEPT ALL SELECT * FROM pg_temp.answered()$$);
SELECT is(current_setting('chipbook.as_of'), :'then', 'and the setting is what it was');
-- Asked in one query with another view, that one is asked as of the setting.
SELECT results_eq($$SELECT count(DISTINCT v.report_version), count(DISTINCT p.fiscal_period) FILTER (WHERE p.state = 'closed')
    FROM r_report.trial_balance_as_reported v CROSS JOIN r_report.period_status p$$, 'VALUES (2::bigint, 1::bigint)', 'also within one query');
CREATE VIEW r_report.broken AS SELECT 'main'::text AS entity_id, 'ifrs'::text AS basis, date '2025-10-01' AS period_month, 1 / (length(current_setting('chipbook.as_of')) - 27) AS nothing;
CREATE VIEW r_report.periodless AS SELECT 'main'::text AS entity_id, 'ifrs'::text AS basis;
CREATE VIEW public.elsewhere AS SELECT 'main'::text AS entity_id, 'ifrs'::text AS basis, date '2025-10-01' AS period_month;
SELECT throws_ok(format('SELECT * FROM as_reported(NULL::r_report.broken, %L, %L, %L, 2025, 10, %L, %L)', :'october', 'main', 'ifrs', '2025-10-01', '2025-11-01'), '22012', NULL, 'an error in it, with the setting made');
SELECT is(current_setting('chipbook.as_of'), :'then', 'gives it back too');
RESET chipbook.as_of;
SELECT throws_ok(format('SELECT * FROM as_reported(NULL::r_report.broken, %L, %L, %L, 2025, 10, %L, %L)', :'october', 'main', 'ifrs', '2025-10-01', '2025-11-01'), '22012', NULL);
SELECT is(current_setting('chipbook.as_of'), '', 'and when there was none');
SELECT throws_ok(format('SELECT * FROM as_reported(NULL::%s, now(), %L, %L, 2025, 10, %L, %L)', given, 'main', 'ifrs', '2025-10-01', '2025-11-01'), '42809', NULL, given || ' is no published view of periods')
FROM unnest('{text,r.period_state,r.asset_stay,r_report.periodless,public.elsewhere,r_report.data_status,pg_catalog.pg_user}'::text[]) given;
SELECT throws_ok(format('SELECT * FROM as_reported(NULL::r_report.trial_balance, %s, %L, %L, 2025, 10, %L, %L)', published, 'main', 'ifrs', '2025-10-01', '2025-11-01'), '22023', NULL, published || ' is no moment')
FROM unnest(ARRAY['NULL', $$'infinity'$$, $$'-infinity'$$]) published;
-- A month that the period's days are given for, whatever the view.
SELECT results_eq($$SELECT DISTINCT period_month FROM as_reported(NULL::r_report.chip_book_value, clock_timestamp(), 'main', 'ifrs', NULL, NULL, '2025-10-01', '2026-01-01') ORDER BY 1$$,
    $$VALUES (date '2025-10-01'), ('2025-11-01'), ('2025-12-01')$$, 'asked by days, three months');
SELECT is_empty($$SELECT * FROM as_reported(NULL::r_report.chip_book_value, clock_timestamp(), 'x'' OR true --', 'ifrs', NULL, NULL, '2025-10-01', '2026-01-01')$$, 'arguments are no SQL');

-- ---------------------------------------------------------------------------
-- A reader
-- ---------------------------------------------------------------------------
CREATE ROLE as_reported_reader;
SELECT grant_ledger('r', 'reader', 'as_reported_reader');
GRANT SELECT ON shown TO as_reported_reader;
SET ROLE as_reported_reader;
SELECT is_empty('SELECT * FROM pg_temp.answered() EXCEPT ALL SELECT * FROM shown', 'a reader is answered the same');
SELECT cmp_ok((SELECT count(*) FROM r_report.report_versions), '=', 12::bigint);
RESET ROLE;
CREATE ROLE as_reported_stranger;
SET ROLE as_reported_stranger;
SELECT throws_ok('SELECT * FROM r_report.trial_balance_as_reported', '42501', NULL, 'a stranger is not');
RESET ROLE;
REVOKE SELECT ON r.journal_entry FROM as_reported_reader;
SET ROLE as_reported_reader;
SELECT throws_ok('SELECT * FROM r_report.trial_balance_as_reported', '42501', NULL, 'nor does the function read what its caller may not');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
