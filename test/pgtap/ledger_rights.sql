-- Who may do what: each access has its functions and no other, what is granted can be taken back, an admin
-- grants to others, and nothing is everybody's.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET client_min_messages = warning;
SELECT no_plan();

CREATE ROLE rights_owner NOLOGIN;
CREATE ROLE rights_reader;
CREATE ROLE rights_loader;
CREATE ROLE rights_accountant;
CREATE ROLE rights_approver;
CREATE ROLE rights_admin;
CREATE ROLE rights_nobody;
CREATE ROLE rights_member IN ROLE rights_loader;
SELECT create_ledger('g', owner => 'rights_owner');
SELECT grant_ledger('g', a, ('rights_' || a)::name) FROM unnest('{reader,loader,accountant,approver,admin}'::text[]) a;

-- ---------------------------------------------------------------------------
-- The matrix
-- ---------------------------------------------------------------------------
CREATE TEMPORARY TABLE may AS
SELECT r.access, p.proname::text COLLATE "default" AS function_name, has_function_privilege('rights_' || r.access, p.oid, 'EXECUTE') AS may
FROM pg_proc p, unnest('{reader,loader,accountant,approver,admin,nobody}'::text[]) r (access) WHERE p.pronamespace = 'g'::regnamespace AND p.prosecdef;
SELECT results_eq($$SELECT function_name, string_agg(access, ' ' ORDER BY access) FILTER (WHERE may) FROM may GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('allocation_refresh', 'accountant loader'), ('bill_clear', 'accountant loader'), ('bill_open', 'accountant loader'), ('bill_run', 'accountant loader'), ('bill_take', 'accountant loader'),
             ('import_clear', 'accountant loader'), ('import_open', 'accountant loader'), ('import_run', 'accountant loader'), ('journal_decide', 'approver'), ('journal_hand_over', 'approver'),
             ('journal_post', 'accountant'), ('journal_reverse', 'accountant'), ('ledger_upgrade', 'admin'), ('load_approve', 'approver'), ('load_discard', 'accountant loader'),
             ('load_publish', 'accountant loader'), ('load_retract', 'accountant loader'), ('load_retract_estimates', 'approver'), ('month_pack', 'accountant loader'), ('next_recorded_time', NULL),
             ('period_close', 'approver'), ('period_close_softly', 'accountant approver'), ('period_reopen', 'approver'), ('reading_partitions_add', 'accountant loader'),
             ('rights_change', 'admin'), ('tenant_change', 'admin'), ('tenant_rows', NULL), ('usage_refresh', 'accountant loader')$$, 'each access has its functions, and every function that runs as the owner is here');
SELECT is_empty($$SELECT f.signature FROM ledger_functions('g') f WHERE f.access NOT IN ('loader', 'accountant', 'approver', 'admin')$$);
SELECT is_empty($$SELECT c.relname, r FROM pg_class c, unnest('{reader,approver,admin,nobody}'::text[]) r WHERE c.relnamespace = 'g'::regnamespace AND c.relkind IN ('r', 'p')
    AND (has_table_privilege('rights_' || r, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES') OR has_any_column_privilege('rights_' || r, c.oid, 'INSERT, UPDATE'))$$, 'readers, approvers and admins write to no table');
SELECT is_empty($$SELECT c.relname, r FROM pg_class c, unnest('{loader,accountant}'::text[]) r WHERE c.relnamespace = 'g'::regnamespace AND c.relkind IN ('r', 'p')
    AND (has_table_privilege('rights_' || r, c.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES') OR has_any_column_privilege('rights_' || r, c.oid, 'UPDATE'))$$, 'nobody rewrites');
SELECT is_empty($$SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace IN ('g'::regnamespace, 'g_report'::regnamespace, 'g_tenant'::regnamespace) AND c.relkind IN ('r', 'p', 'v', 'S')
    AND has_table_privilege('rights_nobody', c.oid, 'SELECT')$$, 'nothing is everybody''s');
SELECT is_empty($$SELECT finding, subject, detail FROM verify_ledger('g')$$, 'and these rights are not too wide');

-- ---------------------------------------------------------------------------
-- The words, and the roles
-- ---------------------------------------------------------------------------
SELECT throws_ok(format('SELECT %s(%L, %L, %L)', f, 'g', a, 'rights_nobody'), '22023', format('invalid access to a ledger: "%s"', a), format('%s: %s is no access', f, a))
FROM unnest('{grant_ledger,revoke_ledger}'::text[]) f, unnest('{writer,controller,Reader,"",owner}'::text[]) a;
SELECT throws_ok(format('SELECT %s(%L, %L, %L)', f, 'g', 'reader', 'public'), '22023', NULL, f || ': not to everybody, in quotes or without')
FROM unnest('{grant_ledger,revoke_ledger}'::text[]) f;
SELECT throws_ok($$SELECT grant_ledger('g', 'reader', 'rights_ghost')$$, '42704', 'role "rights_ghost" does not exist', 'no role is made');
SELECT throws_ok($$SELECT grant_ledger('g', 'reader', NULL)$$, '22004');
SELECT throws_ok($$SELECT grant_ledger('g', NULL, 'rights_nobody')$$, '22023');
SELECT throws_ok($$SELECT revoke_ledger('g', 'reader', 'rights_owner')$$, '22023', NULL, 'what the owner has is not granted, and not taken');
SELECT throws_ok($$SELECT grant_ledger('nowhere', 'reader', 'rights_nobody')$$, '3F000');
SELECT lives_ok($$CREATE ROLE "rights Some""body"; SELECT grant_ledger('g', 'loader', 'rights Some"body'); SELECT revoke_ledger('g', 'loader', 'rights Some"body'); DROP ROLE "rights Some""body"$$,
    'any name, and nothing is left that would keep the role');

-- ---------------------------------------------------------------------------
-- As those roles
-- ---------------------------------------------------------------------------
INSERT INTO g.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SET ROLE rights_loader;
SELECT open_load('g', 'accounts', 't', prepared_by => 'lisa') AS load \gset
INSERT INTO g.account (account_id, name, kind) VALUES ('1', 'one', 'asset'), ('2', 'two', 'liability');
SELECT is(publish_load('g', :load), 2::bigint, 'a loader loads');
SELECT throws_ok($$SELECT post_entry('g', 'main', 'ifrs', ARRAY[posting_line('1', '1 USD'), posting_line('2', '-1 USD')], 'x', date '2025-01-31')$$, '42501', NULL, 'posts nothing');
SELECT throws_ok($$SELECT close_period('g', 'main', 'ifrs', 2025, 1, soft => true)$$, '42501', NULL, 'closes nothing');
SELECT throws_ok($$SELECT grant_ledger('g', 'loader', 'rights_nobody')$$, '42501', NULL, 'and grants nothing');
SET ROLE rights_member;
SELECT lives_ok($$SELECT open_load('g', 'by a member', 't')$$, 'who is a member of a loader is one');
SET ROLE rights_accountant;
SELECT lives_ok($$SELECT discard_load('g', open_load('g', 'nothing', 't'))$$, 'an accountant loads too');
SELECT post_entry('g', 'main', 'ifrs', ARRAY[posting_line('1', '1 USD'), posting_line('2', '-1 USD')], 'x', date '2025-01-31', prepared_by => 'anna') AS entry \gset
SELECT throws_ok(format('SELECT approve_entry(%L, %s)', 'g', :entry), '42501', NULL, 'posts, and does not approve');
SELECT throws_ok($$SELECT close_period('g', 'main', 'ifrs', 2025, 1)$$, '42501', NULL, 'does not close');
SELECT lives_ok($$SELECT close_period('g', 'main', 'ifrs', 2025, 1, soft => true)$$, 'but softly');
SELECT throws_ok($$SELECT reopen_period('g', 'main', 'ifrs', 2025, 1, 'why', 'somebody')$$, '42501', NULL, 'does not reopen');
SET ROLE rights_approver;
SELECT throws_ok($$SELECT open_load('g', 'x', 't')$$, '42501', NULL, 'an approver loads nothing');
SELECT throws_ok($$SELECT post_entry('g', 'main', 'ifrs', ARRAY[posting_line('1', '1 USD'), posting_line('2', '-1 USD')], 'x', date '2025-01-31')$$, '42501', NULL, 'posts nothing');
SELECT lives_ok(format('SELECT approve_entry(%L, %s, %L)', 'g', :entry, 'paul'), 'approves');
SELECT lives_ok($$SELECT close_period('g', 'main', 'ifrs', 2025, 1)$$, 'closes');
SELECT lives_ok($$SELECT reopen_period('g', 'main', 'ifrs', 2025, 1, 'why', 'somebody')$$, 'and reopens');
SELECT lives_ok($$SELECT export_journal('g')$$, 'hands over');
-- Approver and accountant in one: what he prepared he does not approve.
RESET ROLE;
SELECT grant_ledger('g', 'accountant', 'rights_approver');
SET ROLE rights_approver;
SELECT post_entry('g', 'main', 'ifrs', ARRAY[posting_line('1', '1 USD'), posting_line('2', '-1 USD')], 'x', date '2025-01-31') AS own \gset
SELECT throws_ok(format('SELECT approve_entry(%L, %s)', 'g', :own), '42501', NULL, 'whatever rights one has, another approves');
RESET ROLE;
SELECT is(held_access('g', 'rights_approver'), '{loader,accountant,approver}', 'what a role has can be read');
SELECT revoke_ledger('g', 'accountant', 'rights_approver');
SELECT is(held_access('g', 'rights_approver'), '{approver}', 'and one access taken from it');
SELECT is_empty($$SELECT * FROM may m JOIN pg_proc p ON p.proname = m.function_name AND p.pronamespace = 'g'::regnamespace
    WHERE m.access = 'approver' AND m.may <> has_function_privilege('rights_approver', p.oid, 'EXECUTE')$$, 'the others stay');
SELECT ok(has_table_privilege('rights_approver', 'g_report.general_ledger', 'SELECT'), 'with reading');
SELECT ok(NOT has_any_column_privilege('rights_approver', 'g.account', 'INSERT') AND NOT has_table_privilege('rights_approver', 'g.source', 'INSERT'), 'no column is left to write to');

-- ---------------------------------------------------------------------------
-- Admins
-- ---------------------------------------------------------------------------
SET ROLE rights_admin;
SELECT throws_ok($$SELECT open_load('g', 'x', 't')$$, '42501', NULL, 'an admin loads nothing');
SELECT throws_ok(format('SELECT grant_ledger(%L, %L, %L)', 'g', a, 'rights_admin'), '42501', NULL, format('makes himself no %s', a)) FROM unnest('{loader,accountant,approver,admin}'::text[]) a;
SELECT lives_ok($$SELECT grant_ledger('g', 'approver', 'rights_nobody')$$, 'grants to others');
GRANT UPDATE ON g.ledger TO rights_nobody;
SELECT ok(NOT has_table_privilege('rights_nobody', 'g.ledger', 'UPDATE'), 'and nothing beside');
SELECT is(upgrade_ledger('g'), ledger_schema_version(), 'upgrades');
SELECT throws_ok($$SELECT drop_ledger('g', 'g')$$, '42501', NULL, 'drops nothing');
RESET ROLE;
SELECT is(held_access('g', 'rights_nobody'), '{approver}');
SET ROLE rights_admin;
SELECT lives_ok($$SELECT revoke_ledger('g', 'reader', 'rights_nobody')$$, 'takes it back');
SELECT lives_ok(format('SELECT revoke_ledger(%L, %L, %L)', 'g', a, 'rights_' || a), format('and the %s''s', a)) FROM unnest('{reader,loader,accountant,approver}'::text[]) a;
RESET ROLE;
SELECT revoke_ledger('g', 'admin', 'rights_admin');
SELECT is_empty($$SELECT d.objid::regclass, r.rolname FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid WHERE r.rolname LIKE 'rights\_%' AND d.deptype = 'a'$$, 'nothing is left of any grant');
SELECT lives_ok('DROP ROLE rights_reader, rights_loader, rights_accountant, rights_approver, rights_admin, rights_nobody', 'so the roles can go');

-- ---------------------------------------------------------------------------
-- Readers' settings
-- ---------------------------------------------------------------------------
CREATE ROLE rights_bi;
SELECT grant_ledger('g', 'reader', 'rights_bi');
SELECT results_eq($$SELECT s COLLATE "default" FROM reader_settings('g', 'rights_bi', '90s') s$$, format($$VALUES (%L), (%L), (%L), (%L), (%L)$$,
    format('ALTER ROLE rights_bi IN DATABASE %I SET default_transaction_read_only = on', current_database()), format('ALTER ROLE rights_bi IN DATABASE %I SET statement_timeout = ''90s''', current_database()),
    format('ALTER ROLE rights_bi IN DATABASE %I SET idle_in_transaction_session_timeout = ''90s''', current_database()), format('ALTER ROLE rights_bi IN DATABASE %I SET search_path = g_report, chipbook, pg_catalog', current_database()),
    format('ALTER ROLE rights_bi IN DATABASE %I SET jit = off', current_database())), 'what a reader''s sessions should have');
SELECT throws_ok($$SELECT reader_settings('g', 'rights_bi', '5min''; DROP')$$, '22007', NULL, 'a timeout is one');
SELECT reader_settings('g', 'rights_bi') \gexec
SELECT is((SELECT count(*) FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) WHERE r.rolname = 'rights_bi'), 5::bigint, 'and they run');

SELECT * FROM finish();
ROLLBACK;
