-- Handing the journal over: batches, their view and CSV, and text for hledger as far as it can
-- be judged without hledger (test/t/051_export.pl has hledger read it).
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'Asia/Kolkata';
SET client_min_messages = warning;
SELECT no_plan();

SELECT create_ledger('x', 'USD', 1, 'UTC', 'ifrs');
INSERT INTO x.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('x', 'accounts', 't') AS load \gset
INSERT INTO x.account (account_id, name, kind) VALUES ('0190', 'accumulated depreciation', 'asset'), ('3000', 'accrued cost', 'liability'), ('3300', 'payables', 'liability'),
    ('6100', 'depreciation', 'expense'), ('6200', 'cloud', 'expense'), ('6201', 'cloud', 'expense');
INSERT INTO x.cost_centre (cost_centre_id, name) VALUES ('R', 'research');
INSERT INTO x.entity (entity_id, name, functional_currency) VALUES ('jp', 'in yen', 'JPY');
INSERT INTO x.posting_rule (rule_id, event, debit_account_id, credit_account_id, external_account, tax_code) VALUES
    ('d', 'depreciation', '6100', '0190', 'ERP-6100', 'V0'), ('r', 'rent_accrual', '6200', '3000', NULL, NULL);
INSERT INTO x.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES ('S', 'servers', 'server', '6000 USD', '2025-01-01', '2025-01-01');
INSERT INTO x.asset_policy (asset_id, basis, policy)
SELECT 'S', b, amortisation_policy(method => 'straight_line', life => '5 years', convention => 'full_month') FROM unnest('{ifrs,hgb}'::text[]) b;
INSERT INTO x.pool (pool_id, name, cost_centre_id, ownership) VALUES ('P', 'owned', 'R', 'owned'), ('C', 'cloud', NULL, 'rented');
INSERT INTO x.pool_asset (pool_id, asset_id) VALUES ('P', 'S');
INSERT INTO x.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to) VALUES ('r', 'C', 1, '1.25 USD', '2025-10-01', '2025-10-31');
SELECT publish_load('x', :load);

CREATE FUNCTION pg_temp.post(amount monetary, description text, posting_date date DEFAULT '2025-11-12', basis text DEFAULT 'ifrs', entity text DEFAULT 'main',
                             text_of_line text DEFAULT NULL, reference text DEFAULT NULL, journal text DEFAULT 'financial') RETURNS bigint LANGUAGE sql
RETURN post_entry('x', entity, basis, ARRAY[posting_line('6200', amount, description => text_of_line), posting_line('3300', - amount)], description,
                  posting_date => posting_date, reference => reference, journal => journal, prepared_by => 'alice');

-- ---------------------------------------------------------------------------
-- Each entry once
-- ---------------------------------------------------------------------------
SELECT is(export_journal('x'), NULL, 'nothing was posted, nothing is exported');
SELECT is_empty('SELECT * FROM x.journal_batch', 'and no number is used');
SELECT close_period('x', 'main', 'ifrs', 2025, 10);
SELECT close_period('x', 'main', 'hgb', 2025, 10);
SELECT pg_temp.post('1 USD', 'waits') AS waits \gset
SELECT pg_temp.post('2 USD', 'rejected') AS rejected \gset
SELECT reject_entry('x', :rejected, 'no');
SELECT is(export_journal('x'), 1::bigint, 'the first batch');
SELECT results_eq($$SELECT DISTINCT entry_id, kind, book, fiscal_period FROM x_report.journal_export ORDER BY 1$$,
    $$SELECT entry_id, kind, 'ifrs', fiscal_period_name(fiscal_year, period_number) FROM x.journal_entry
      WHERE journal = 'financial' AND NOT needs_approval AND basis = 'ifrs' ORDER BY 1$$,
    'has what the close posted under the primary basis, accruals and their reversal, and neither allocations nor what waits or was rejected');
SELECT results_eq($$SELECT DISTINCT kind FROM x_report.journal_export ORDER BY 1$$, $$VALUES ('accrual'), ('accrual_reversal'), ('depreciation')$$, 'three kinds of entries');
SELECT results_eq($$SELECT account_id, external_account, tax_code, debit, credit FROM x_report.journal_export WHERE kind = 'depreciation' ORDER BY line_number$$,
    $$VALUES ('6100', 'ERP-6100', 'V0', 100.0, 0.0), ('0190', NULL, 'V0', 0.0, 100.0)$$, 'with the external account of the posting rule');
SELECT results_eq($$SELECT x.reverses_entry_id FROM x_report.journal_export x WHERE kind = 'accrual_reversal' AND line_number = 1$$,
    $$SELECT entry_id FROM x.journal_entry WHERE kind = 'accrual' AND basis = 'ifrs'$$, 'a reversal says of what');
SELECT is(export_journal('x'), NULL, 'a second export finds nothing new');
SELECT approve_entry('x', :waits);
SELECT is(export_journal('x', description => 'for the ERP'), 2::bigint, 'once approved, it goes with the next');
SELECT results_eq('SELECT DISTINCT entry_id FROM x_report.journal_export WHERE batch_id = 2', format('VALUES (%s::bigint)', :waits), 'alone');
SELECT results_eq('SELECT description, made_by = session_user FROM x.journal_batch ORDER BY batch_id', $$VALUES ('basis ifrs', true), ('for the ERP', true)$$, 'a batch says what it is');
SELECT is(export_journal('x', basis => 'hgb', entity_id => 'main', fiscal_year => 2025, period_number => 10), 3::bigint, 'another book is another batch');
SELECT results_eq('SELECT batch_id, count(DISTINCT book), min(book), min(fiscal_period), max(fiscal_period) FROM x_report.journal_export GROUP BY 1 ORDER BY 1',
    $$VALUES (1::bigint, 1::bigint, 'ifrs', 'FY25-P10', 'FY25-P11'), (2, 1, 'ifrs', 'FY25-P11', 'FY25-P11'), (3, 1, 'hgb', 'FY25-P10', 'FY25-P10')$$, 'one book a batch; of one period if so asked');
SELECT is(export_journal('x', entity_id => 'jp'), NULL, 'of an entity that posted nothing, nothing');
SELECT approve_entry('x', pg_temp.post('1000 JPY', 'yen', entity => 'jp'));
SELECT approve_entry('x', pg_temp.post('3 USD', 'dollars', '2025-12-01'));
SELECT is(export_journal('x', 'jp'), 4::bigint);
SELECT results_eq('SELECT DISTINCT entity_id, functional_currency FROM x_report.journal_export WHERE batch_id = 4', $$VALUES ('jp', 'JPY')$$, 'one entity if so asked');
SELECT is(export_journal('x', fiscal_year => 2026), NULL, 'of a year in which nothing was posted, nothing');
SELECT is(export_journal('x', fiscal_year => 2025), 5::bigint, 'a year');
SELECT approve_entry('x', post_entry('x', 'main', 'ifrs', ARRAY[posting_line('6200', '7 USD', asset_class => 'chip'), posting_line('6200', '-7 USD')], 'moved', '2025-11-20', journal => 'management', prepared_by => 'alice'));
SELECT is(export_journal('x'), NULL, 'the management journal is never exported');

-- What changes in a closed period is corrected later, and goes with a later batch.
SELECT close_period('x', 'main', 'ifrs', 2025, 11);
SELECT is(export_journal('x'), 6::bigint, 'November');
SELECT open_load('x', 'late', 't') AS load \gset
INSERT INTO x.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES ('S', 'servers', 'server', '12000 USD', '2025-01-01', '2025-01-01');
SELECT publish_load('x', :load);
SELECT is(export_journal('x'), NULL, 'a late fact by itself is no entry');
SELECT close_period('x', 'main', 'ifrs', 2025, 12);
SELECT is(export_journal('x'), 7::bigint, 'December');
SELECT results_eq($$SELECT kind, fiscal_period, sum(debit) FROM x_report.journal_export WHERE batch_id = 7 GROUP BY 1, 2 ORDER BY 1$$,
    $$VALUES ('correction', 'FY25-P12', 1100.0), ('depreciation', 'FY25-P12', 200.0)$$, 'with corrections of October, November and what was before');
SELECT is_empty('SELECT entry_id FROM x_report.journal_export GROUP BY 1 HAVING count(DISTINCT batch_id) > 1', 'no entry is in two batches');
SELECT is_empty('SELECT batch_id, entry_id, line_number FROM x_report.journal_export GROUP BY 1, 2, 3 HAVING count(*) > 1', 'the key is one');
SELECT is_empty('SELECT entry_id, currency FROM x_report.journal_export GROUP BY 1, 2 HAVING sum(debit) <> sum(credit)', 'each entry balances in each currency');
SELECT results_eq('SELECT entry_id, line_number, debit, credit, functional_amount FROM x_report.journal_export ORDER BY 1, 2',
    $$SELECT entry_id, line_number, debit, credit, functional_amount FROM x_report.general_ledger_all_bases
      WHERE journal = 'financial' AND (basis = 'ifrs' OR basis = 'hgb' AND fiscal_period = 'FY25-P10') ORDER BY 1, 2$$, 'exported is exactly what is posted');

-- ---------------------------------------------------------------------------
-- Errors, rights, and answers as of then
-- ---------------------------------------------------------------------------
SELECT throws_ok($$SELECT export_journal('x', basis => 'cash')$$, '22023', 'invalid accounting basis: "cash"', 'an unknown basis');
SELECT throws_ok($$SELECT export_journal('x', period_number => 1)$$, '22004', NULL, 'a period without its year');
SELECT throws_ok($$SELECT export_journal('x', 'nobody')$$, 'P0002', 'there is no entity "nobody"', 'an unknown entity');
SELECT throws_ok($$SELECT export_journal('nowhere')$$, '3F000', NULL, 'an unknown ledger');
SELECT throws_ok($$SELECT * FROM journal_export_csv('x', 99)$$, 'P0002', 'there is no batch 99 in ledger "x"', 'an unknown batch');
SELECT throws_ok($$SELECT * FROM journal_export_csv('x', NULL)$$, 'P0002', NULL, 'NULL is none either');
SELECT throws_ok($$SELECT * FROM journal_export_hledger('x', 99)$$, 'P0002', NULL, 'nor for hledger');
SELECT throws_ok($$SELECT * FROM journal_hledger('x', basis => 'cash')$$, '22023', NULL);
SELECT throws_ok($$SELECT * FROM journal_hledger('x', journal => 'all')$$, '22023', NULL);
SELECT throws_ok($$SELECT * FROM journal_hledger('x', journal => NULL)$$, '22023', NULL);
SELECT throws_ok($$SELECT * FROM journal_hledger('x', 'nobody')$$, 'P0002', NULL);
SELECT throws_ok($$UPDATE x.journal_batch_entry SET batch_id = 1$$, '55000', NULL, 'a batch is kept as it is');

SELECT to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS then FROM x.journal_batch WHERE batch_id = 2 \gset
SELECT set_config('chipbook.as_of', :'then', true);
SELECT results_eq('SELECT DISTINCT batch_id FROM x_report.journal_export ORDER BY 1', 'VALUES (1::bigint), (2)', 'as of then there were two batches');
SELECT lives_ok($$SELECT * FROM journal_export_csv('x', 2)$$);
SELECT throws_ok($$SELECT * FROM journal_export_csv('x', 3)$$, 'P0002', NULL, 'and no third');
SELECT throws_ok($$SELECT * FROM journal_export_hledger('x', 3)$$, 'P0002', NULL);
SELECT throws_ok($$SELECT export_journal('x')$$, '55000', NULL, 'nor is one made');
SELECT is((SELECT count(*) FROM journal_hledger('x') t WHERE t LIKE '    %'), (SELECT count(*) FROM x_report.general_ledger), 'hledger gets the journal as it was known');
RESET chipbook.as_of;
SELECT is((SELECT count(*) FROM journal_hledger('x') t WHERE t LIKE '    %'), (SELECT count(*) FROM x_report.general_ledger), 'and as it is');
SELECT is((SELECT count(*) FROM journal_hledger('x', 'main', 'hgb', 'management') t WHERE t LIKE '    %'),
    (SELECT count(*) FROM x_report.general_ledger_all_bases WHERE basis = 'hgb' AND journal = 'management'), 'or another basis and journal');

CREATE ROLE chipbook_test_reader;
CREATE ROLE chipbook_test_loader;
CREATE ROLE chipbook_test_approver;
GRANT USAGE ON SCHEMA public TO chipbook_test_reader, chipbook_test_loader, chipbook_test_approver;
SELECT grant_ledger('x', 'reader', 'chipbook_test_reader');
SELECT grant_ledger('x', 'loader', 'chipbook_test_loader');
SELECT grant_ledger('x', 'approver', 'chipbook_test_approver');
SELECT approve_entry('x', pg_temp.post('4 USD', 'one more', '2026-01-02'));
SET ROLE chipbook_test_reader;
SELECT lives_ok('SELECT * FROM x_report.journal_export', 'a reader sees what was exported');
SELECT throws_ok($$SELECT export_journal('x')$$, '42501', NULL, 'and exports nothing');
SELECT throws_ok($$SELECT * FROM journal_export_csv('x', 1)$$, '42501', NULL);
SET ROLE chipbook_test_loader;
SELECT throws_ok($$SELECT export_journal('x')$$, '42501', NULL, 'nor does a loader');
SELECT throws_ok($$INSERT INTO x.journal_batch (description, recorded_at) VALUES ('forged', now())$$, '42501', NULL, 'nor past the function');
SELECT lives_ok($$SELECT * FROM journal_export_csv('x', 1)$$, 'who reads the batches as text');
SELECT lives_ok($$SELECT * FROM journal_export_hledger('x', 1)$$);
SELECT lives_ok($$SELECT * FROM journal_hledger('x')$$);
SET ROLE chipbook_test_approver;
SELECT is(export_journal('x'), 8::bigint, 'an approver exports');
SELECT throws_ok($$INSERT INTO x.journal_batch_entry VALUES (1, 1)$$, '42501', NULL, 'by the function alone');
RESET ROLE;

-- ---------------------------------------------------------------------------
-- CSV
-- ---------------------------------------------------------------------------
SELECT open_load('x', 'hostile names', 't') AS load \gset
INSERT INTO x.account (account_id, name, kind) VALUES ('62:00', E'a:b;  c\t\n(d)', 'expense'), ('62%3A00', '', 'expense'), ('62 00', U&'\00a0 * !\3000x', 'income'),
    (E'a\nb', 'b', 'equity'), ('a%20b', 'b', 'asset'), ('a b', 'b', 'liability');
SELECT publish_load('x', :load);
SELECT post_entry('x', 'main', 'ifrs', ARRAY[
        posting_line('6200', '1234567.5 USD', 'R', tax_code => 'V1', external_account => 'E,1', description => 'one, "two"'),
        posting_line('62:00', '0.000000000000001 USD', description => ''),
        posting_line('3300', '-1234567.500000000000001 USD', description => ' date:2020-01-01, [2020-01-02] '),
        posting_line(E'a\nb', '1000 JPY', description => E'two\nlines'), posting_line('3300', '-1000 JPY', description => E'two\r\nlines'),
        posting_line('a b', '1.5 KWD', description => '\.'), posting_line('62 00', '-1.5 KWD', description => 'it''s; a\b'),
        posting_line('a%20b', '0 XAU'), posting_line('62%3A00', '0.00 XAU')],
    '=HYPERLINK("http://x"); * a|b', '2026-01-03', document_date => '2025-12-31', reference => 'A" B', prepared_by => 'alice') AS entry \gset
SELECT approve_entry('x', :entry);
SELECT export_journal('x') AS batch \gset
SELECT is((SELECT string_agg(t, E'\n') FROM journal_export_csv('x', :batch) t), replace(replace(replace(
'batch_id,entity_id,book,document_date,posting_date,fiscal_period,account_id,external_account,cost_centre_id,tax_code,description,currency,debit,credit,functional_amount,functional_currency,reference,entry_id,line_number,kind,reverses_entry_id
~6200,"E,1",R,V1,"one, ""two""",USD,1234567.50,0.00,1234567.50,USD#1,manual,
~62:00,,,,"",USD,0.000000000000001,0.00,0.000000000000001,USD#2,manual,
~3300,,,," date:2020-01-01, [2020-01-02] ",USD,0.00,1234567.500000000000001,-1234567.500000000000001,USD#3,manual,
~"a
b",,,,"two
lines",JPY,1000,0,,#4,manual,
~3300,,,,"two&
lines",JPY,0,1000,,#5,manual,
~a b,,,,\.,KWD,1.500,0.000,,#6,manual,
~62 00,,,,it''s; a\b,KWD,0.000,1.500,,#7,manual,
~a%20b,,,,"=HYPERLINK(""http://x""); * a|b",XAU,0.00,0.00,,#8,manual,
~62%3A00,,,,"=HYPERLINK(""http://x""); * a|b",XAU,0.00,0.00,,#9,manual,',
    '~', format('%s,main,ifrs,2025-12-31,2026-01-03,FY26-P01,', :batch)), '#', format(',"A"" B",%s,', :entry)), '&', E'\r'),
    'quotes, commas and line ends are quoted and nothing is altered; amounts have all their decimals, and those of the minor unit at least');
CREATE TEMPORARY TABLE asked AS SELECT * FROM journal_export_csv('x', :batch) WITH ORDINALITY t (line, place);
SET datestyle = 'German, DMY';
SELECT results_eq(format('SELECT * FROM journal_export_csv(%L, %s) WITH ORDINALITY t', 'x', :batch), 'SELECT * FROM asked', 'whatever the session''s settings');
RESET datestyle;

-- ---------------------------------------------------------------------------
-- hledger
-- ---------------------------------------------------------------------------
SELECT is((SELECT string_agg(t, E'\n') FROM journal_export_hledger('x', :batch) t), replace(replace(
'; ledger x, batch #
decimal-mark .
commodity 1000. JPY
commodity 1000.000 KWD
commodity 1000.000000000000000 USD
commodity 1000.00 XAU
account assets:a%2520b b  ; type: A
account equity:a%0Ab b  ; type: E
account expenses:62%253A00  ; type: X
account expenses:62%3A00 a.b, c (d)  ; type: X
account expenses:6200 cloud  ; type: X
account income:62%2000 * ! x  ; type: R
account liabilities:3300 payables  ; type: L
account liabilities:a%20b b  ; type: L

2026-01-03=2025-12-31 (~) =HYPERLINK("http://x"), * a/b  ; entity:main, basis:ifrs, period:FY26-P01, kind:manual, reference:A%22%20B
    expenses:6200 cloud  1234567.50 USD  ; line:1, cost_centre:R, text:one, "two"
    expenses:62%3A00 a.b, c (d)  0.000000000000001 USD  ; line:2
    liabilities:3300 payables  -1234567.500000000000001 USD  ; line:3, text:date.2020-01-01, (2020-01-02)
    equity:a%0Ab b  1000 JPY  ; line:4, text:two lines
    liabilities:3300 payables  -1000 JPY  ; line:5, text:two lines
    liabilities:a%20b b  1.500 KWD  ; line:6, text:\.
    income:62%2000 * ! x  -1.500 KWD  ; line:7, text:it''s, a\b
    assets:a%2520b b  0.00 XAU  ; line:8
    expenses:62%253A00  0.00 XAU  ; line:9', '#', :'batch'), '~', :'entry'),
    'currencies, accounts, and transactions: an account for each account_id, and nothing hledger takes for more than text');
SELECT is((SELECT count(*) FROM journal_export_hledger('x', :batch) t WHERE t ~ '\n'), 0::bigint, 'a row for each line of text');
SELECT results_eq($$SELECT t FROM journal_hledger('x', 'jp') t WHERE t NOT LIKE ';%'$$, $$SELECT t FROM journal_export_hledger('x', 4) t WHERE t NOT LIKE ';%'$$,
    'what an entity posted is what was exported of it');
SELECT results_eq($$SELECT * FROM journal_hledger('x', basis => 'us_tax')$$, $$VALUES ('; ledger x, basis us_tax, financial journal'), ('decimal-mark .')$$, 'an empty journal');
-- Known no more, an account keeps its balances.
SELECT retract_load('x', :load, 'no such accounts');
SELECT ok('account unknown:62%3A00' IN (SELECT * FROM journal_export_hledger('x', :batch)), 'an account that was withdrawn is unknown, without type');

SELECT * FROM finish();
ROLLBACK;
