-- Who may do what to a ledger that is closed: approval of estimates, history no longer imported, an owner
-- that nobody logs in as; and what readers see: the last version that a close published.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET client_min_messages = warning;
SELECT no_plan();

CREATE ROLE chipbook_test_owner NOLOGIN;
CREATE ROLE chipbook_test_person LOGIN;
CREATE ROLE chipbook_test_reader;
CREATE ROLE chipbook_test_loader;
CREATE ROLE chipbook_test_approver;

-- ---------------------------------------------------------------------------
-- The owner
-- ---------------------------------------------------------------------------
SELECT throws_ok($$SELECT create_ledger('c', owner => 'chipbook_test_person')$$, '22023', 'role "chipbook_test_person" cannot own a ledger: it can log in, or is a superuser', 'nobody logs in as the owner');
SELECT throws_ok($$SELECT create_ledger('c', owner => 'chipbook_test_nobody')$$, '22023', 'role "chipbook_test_nobody" cannot own a ledger: it does not exist', 'roles are not made behind anybody''s back');
SELECT lives_ok($$SELECT create_ledger('c', owner => 'chipbook_test_owner')$$);
SELECT is(current_setting('role'), 'none', 'the caller is who he was');
SELECT is_empty($$SELECT c.relname FROM pg_class c WHERE c.relnamespace IN ('c'::regnamespace, 'c_report'::regnamespace) AND pg_get_userbyid(c.relowner) <> 'chipbook_test_owner'
    UNION ALL SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'c'::regnamespace AND pg_get_userbyid(p.proowner) <> 'chipbook_test_owner'$$, 'all of the ledger is the owner''s');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'c'::regnamespace AND p.prosecdef AND has_function_privilege('chipbook_test_person', p.oid, 'EXECUTE')$$,
    'and what runs as the owner is nobody''s');
SELECT grant_ledger('c', 'reader', 'chipbook_test_reader'), grant_ledger('c', 'loader', 'chipbook_test_loader'), grant_ledger('c', 'approver', 'chipbook_test_approver');

INSERT INTO c.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('c', 'accounts', 't') AS load \gset
INSERT INTO c.account (account_id, name, kind) VALUES ('0190', 'accumulated', 'asset'), ('6100', 'depreciation', 'expense'), ('6150', 'impairment', 'expense'), ('0195', 'impaired', 'asset');
INSERT INTO c.posting_rule (rule_id, event, debit_account_id, credit_account_id) VALUES ('d', 'depreciation', '6100', '0190'), ('i', 'impairment', '6150', '0195');
INSERT INTO c.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES ('a', 'a', 'server', '1200 USD', '2025-01-01', '2025-01-01');
INSERT INTO c.asset_policy (asset_id, basis, policy) VALUES ('a', 'ifrs', 'straight_line(life=10 years, convention=full_month)');
INSERT INTO c.party (party_id, name, kind) VALUES ('S', 's', 'company'), ('K', 'k', 'company');
INSERT INTO c.fx_rate (from_currency, to_currency, rate_type, rate_date, rate) VALUES ('EUR', 'USD', 'closing', '2025-01-31', 1.04);
SELECT is(publish_load('c', :load, recorded_at => '2025-01-05 12:00Z'), 11::bigint, 'history is imported before the first close');
SELECT results_eq($$SELECT imported, hash IS NOT NULL FROM c.load WHERE description = 'accounts'$$, 'VALUES (true, true)', 'flagged and sealed');
SELECT open_load('c', 'earlier', 't') AS load \gset
INSERT INTO c.party (party_id, name, kind) VALUES ('E', 'e', 'company');
SELECT throws_ok(format('SELECT publish_load(%L, %s, recorded_at => %L)', 'c', :load, '2025-01-05 12:00Z'), '22023', NULL, 'in its order');
SELECT throws_ok(format('SELECT publish_load(%L, %s, recorded_at => %L)', 'c', :load, '2999-01-05 12:00Z'), '22023', NULL, 'not ahead of the clock');
SELECT publish_load('c', :load, recorded_at => '2025-02-01 12:00Z');
-- Before the first close a ledger is being set up: nobody needs to approve.
SELECT open_load('c', 'a view of a deal', 't') AS load \gset
INSERT INTO c.deal (deal_id, supplier_id, customer_id, kind, currency, legal_status, evidence, probability) VALUES ('D', 'S', 'K', 'cloud', 'USD', 'signed', 'press', 0.5);
SELECT results_eq(format('SELECT table_name, fact, matter FROM check_approval(%L, %s)', 'c', :load), $$VALUES ('deal', 'D', 'probability 0.5')$$, 'what is an estimate is known');
SELECT lives_ok(format('SELECT publish_load(%L, %s)', 'c', :load), 'and published');

-- What readers see before there is a version: the ledger as it is.
SET ROLE chipbook_test_reader;
SELECT is((SELECT as_of FROM c_report.data_status), 'infinity', 'before the first close a reader sees what is known');
RESET ROLE;
SELECT close_period('c', 'main', 'ifrs', 2025, 1);

-- ---------------------------------------------------------------------------
-- After the first close
-- ---------------------------------------------------------------------------
SELECT open_load('c', 'history', 't') AS load \gset
INSERT INTO c.party (party_id, name, kind) VALUES ('H', 'h', 'company');
SELECT throws_like(format('SELECT publish_load(%L, %s, recorded_at => clock_timestamp())', 'c', :load), '%cannot be imported with a recorded_at of its own: a period was closed', 'history is no longer imported');
SELECT lives_ok(format('SELECT publish_load(%L, %s)', 'c', :load), 'but recorded now');

SELECT open_load('c', 'estimates', 't', prepared_by => 'alice') AS load \gset
INSERT INTO c.asset_event (event_id, asset_id, basis, kind, happened_on, policy) VALUES ('e', 'a', 'ifrs', 'change_of_estimate', '2025-02-01', 'straight_line(life=5 years, convention=full_month)');
INSERT INTO c.asset_event (event_id, asset_id, basis, kind, happened_on, amount) VALUES ('i', 'a', 'ifrs', 'impairment', '2025-02-01', '10 USD');
INSERT INTO c.asset_policy (asset_id, basis, policy) VALUES ('a', 'ifrs', 'straight_line(life=12 years, convention=full_month)');
INSERT INTO c.fx_rate (from_currency, to_currency, rate_type, rate_date, rate) VALUES ('EUR', 'USD', 'closing', '2025-01-31', 1.05), ('EUR', 'USD', 'closing', '2025-02-28', 1.04);
INSERT INTO c.deal (deal_id, supplier_id, customer_id, kind, currency, legal_status, evidence, probability) VALUES ('D', 'S', 'K', 'cloud', 'USD', 'signed', 'press', 0.9);
SELECT results_eq(format('SELECT table_name, fact, matter FROM check_approval(%L, %s)', 'c', :load), $$VALUES
    ('asset_event', 'e', 'change of estimate'), ('asset_event', 'i', 'impairment'),
    ('asset_policy', 'a, ifrs', 'policy straight_line(life=12 years, convention=full_month) for straight_line(life=10 years, convention=full_month)'),
    ('deal', 'D', 'probability 0.9 for 0.5'), ('fx_rate', 'EUR, USD, closing, 2025-01-31', 'rate 1.05 for 1.04')$$, 'life changes, impairments, policies, probabilities and rates that take the place of known ones');
SELECT throws_ok(format('SELECT publish_load(%L, %s)', 'c', :load), '55000', format('load %s of ledger "c" is not approved (estimates: 5)', :load), 'are not published on one''s own');
SELECT throws_ok(format('SELECT approve_load(%L, %s, %L)', 'c', :load, 'alice'), '42501', NULL, 'nor approved by who prepared them');
SET ROLE chipbook_test_loader;
SELECT throws_ok(format('SELECT approve_load(%L, %s, %L)', 'c', :load, 'bob'), '42501', NULL, 'or by a loader');
RESET ROLE;
SET ROLE chipbook_test_approver;
SELECT lives_ok(format('SELECT approve_load(%L, %s, %L)', 'c', :load, 'bob'), 'an approver approves');
RESET ROLE;
UPDATE c.fx_rate SET rate = 9 WHERE load_id = :load AND rate = 1.05;
SELECT throws_ok(format('SELECT publish_load(%L, %s)', 'c', :load), '55000', format('load %s of ledger "c" changed since "bob" approved it', :load), 'what he saw, and nothing else');
UPDATE c.fx_rate SET rate = 1.05 WHERE load_id = :load AND rate = 9;
SELECT is(publish_load('c', :load), 6::bigint, 'is published');
SELECT throws_ok(format('SELECT approve_load(%L, %s, %L)', 'c', :load, 'carol'), '55000', NULL, 'once');
SELECT throws_ok($$SELECT approve_load('c', 999999)$$, 'P0002', NULL, 'an unknown load');
SELECT results_eq(format('SELECT prepared_by, approved_by FROM c.load WHERE load_id = %s', :load), $$VALUES ('alice', 'bob')$$, 'both are kept');
SELECT open_load('c', 'my own', 't') AS load \gset
INSERT INTO c.fx_rate (from_currency, to_currency, rate_type, rate_date, rate) VALUES ('EUR', 'USD', 'closing', '2025-02-28', 1.05);
SELECT throws_ok(format('SELECT approve_load(%L, %s, %L)', 'c', :load, 'somebody else'), '42501', NULL, 'the session that prepared it approves it under no name');
SELECT discard_load('c', :load);
SELECT lives_ok(format('SELECT publish_load(%L, %s)', 'c', :load), 'without the estimate nobody has to');

-- Nor does withdrawing first, or putting something else in its place, go around it.
SET ROLE chipbook_test_loader;
SELECT throws_ok(format('SELECT retract_load(%L, %s, %L)', 'c', (SELECT load_id FROM c.load WHERE description = 'estimates'), 'wrong'), '42501', NULL, 'a loader withdraws no estimate');
RESET ROLE;
SELECT lives_ok(format('SELECT retract_load(%L, %s, %L)', 'c', (SELECT load_id FROM c.load WHERE description = 'estimates'), 'wrong'), 'an approver who did not prepare it does');
SELECT open_load('c', 'again', 't') AS load \gset
INSERT INTO c.asset_policy (asset_id, basis, policy) VALUES ('a', 'ifrs', 'straight_line(life=20 years, convention=full_month)');
INSERT INTO c.asset_event (event_id, asset_id, kind, happened_on, share) VALUES ('i', 'a', 'disposal', '2025-03-01', 0.5);
INSERT INTO c.deal (deal_id, supplier_id, customer_id, kind, currency, legal_status, evidence) VALUES ('D', 'S', 'K', 'cloud', 'USD', 'signed', 'press');
SELECT results_eq(format('SELECT table_name, matter FROM check_approval(%L, %s)', 'c', :load), $$VALUES ('asset_event', 'disposal in place of impairment'),
    ('asset_policy', 'policy straight_line(life=20 years, convention=full_month) for straight_line(life=12 years, convention=full_month)'), ('deal', 'probability none for 0.9')$$, 'what is withdrawn is still what it is compared with');
SELECT throws_ok(format('SELECT publish_load(%L, %s)', 'c', :load), '55000', NULL, 'and has to be approved');
SELECT discard_load('c', :load);
SELECT open_load('c', 'back', 't', prepared_by => 'alice') AS load \gset
INSERT INTO c.asset_policy (asset_id, basis, policy) VALUES ('a', 'ifrs', 'straight_line(life=10 years, convention=full_month)');
SELECT approve_load('c', :load, 'bob');
SELECT publish_load('c', :load);
SELECT open_load('c', 'other money', 't') AS load \gset
INSERT INTO c.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES ('a', 'a', 'server', '1200 EUR', '2025-01-01', '2025-01-01');
SELECT results_eq(format('SELECT fact, problem FROM check_load(%L, %s)', 'c', :load), $$VALUES ('a', 'in EUR, what is posted of it is in USD')$$, 'an asset keeps the currency it was posted in');
SELECT discard_load('c', :load);

-- ---------------------------------------------------------------------------
-- What is published
-- ---------------------------------------------------------------------------
CREATE FUNCTION pg_temp.seen() RETURNS text LANGUAGE sql AS $$
    SELECT format('%s %s', (SELECT count(*) FROM c_report.general_ledger), (SELECT d.as_of = (SELECT max(changed_at) FROM c_report.period_status WHERE state = 'closed') FROM c_report.data_status d)) $$;
GRANT USAGE ON SCHEMA public TO chipbook_test_reader;
SET ROLE chipbook_test_reader;
SELECT is(pg_temp.seen(), '2 t', 'a reader sees the last version');
SELECT is((SELECT count(*) FROM c_report.data_status WHERE last_recorded_at > as_of), 1::bigint, 'though more is recorded');
SELECT is((SELECT effective_date FROM c_report.data_status), (now() AT TIME ZONE 'UTC')::date, 'today is the day of the close');
SET chipbook.as_of = 'now';
SELECT is((SELECT as_of FROM c_report.data_status), 'infinity', 'or what is known now, when he says so');
SET chipbook.as_of = '2025-01-10';
SELECT is((SELECT count(*) FROM c_report.data_status WHERE as_of = '2025-01-10 23:59:59.999999Z'), 1::bigint, 'or any other day');
RESET chipbook.as_of;
RESET ROLE;
SELECT is((SELECT as_of FROM c_report.data_status), 'infinity', 'who works on the ledger sees what is known now');
SET chipbook.as_of = 'published';
SELECT is(pg_temp.seen(), '2 t', 'or the last version, when he says so');
SELECT throws_ok($$SELECT open_load('c', 'x')$$, '55000', NULL, 'nothing is written meanwhile');
SELECT throws_ok($$SELECT add_reading_partitions('c', '2031-01-01')$$, '55000', NULL, 'not even a partition');
SET chipbook.as_of = 'now';
SELECT lives_ok($$SELECT add_reading_partitions('c', '2031-01-01')$$, 'now is no other moment');
RESET chipbook.as_of;
SELECT close_period('c', 'main', 'ifrs', 2025, 2, soft => true);
SET ROLE chipbook_test_reader;
SELECT is((SELECT count(*) FROM c_report.general_ledger), 2::bigint, 'a soft close publishes nothing');
RESET ROLE;
SELECT close_period('c', 'main', 'ifrs', 2025, 2);
SET ROLE chipbook_test_reader;
SELECT cmp_ok((SELECT count(*) FROM c_report.general_ledger), '>', 2::bigint, 'the next version, at once for all views');
RESET ROLE;
SELECT results_eq($$SELECT finding FROM verify_ledger('c')$$, $$SELECT ''::text WHERE false$$, 'and the books are whole');
SELECT is((SELECT last_published_at FROM c.ledger), (SELECT max(published_at) FROM c.report_version));
SELECT throws_ok($$UPDATE c.ledger SET last_published_at = '2025-01-01'$$, '55000', NULL, 'what was published stays so');

SELECT * FROM finish();
ROLLBACK;
