-- The journal: posting, approval, reversal, the close of periods and its corrections, and what
-- the views make of it. Each posting here is prepared by a name given and approved by the session.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'Asia/Kolkata';
SET client_min_messages = warning;
SELECT no_plan();

CREATE FUNCTION pg_temp.straight(life interval) RETURNS amortisation_policy LANGUAGE sql
RETURN amortisation_policy(method => 'straight_line', life => life, convention => 'full_month');

-- A ledger with accounts and, but for disposals, all rules.
CREATE FUNCTION pg_temp.books(ledger text, calendar_start integer DEFAULT 1) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM chipbook.create_ledger(ledger, 'USD', calendar_start, 'UTC', 'ifrs');
    EXECUTE format('INSERT INTO %I.source (source_id, kind, reference, confidence) VALUES (''t'', ''test'', ''test'', ''high'')', ledger);
    PERFORM chipbook.open_load(ledger, 'accounts', 't');
    EXECUTE format($f$
        INSERT INTO %1$I.account (account_id, name, kind) VALUES
            ('0100', 'cost of chips', 'asset'), ('0190', 'accumulated depreciation', 'asset'), ('0195', 'accumulated impairment', 'asset'),
            ('1200', 'receivables', 'asset'), ('1999', 'clearing of disposals', 'asset'), ('3000', 'accrued cost', 'liability'), ('3300', 'payables', 'liability'),
            ('3500', 'retirement obligations', 'liability'), ('4900', 'gains on disposal', 'income'), ('6100', 'depreciation', 'expense'),
            ('6150', 'impairment', 'expense'), ('6200', 'cloud', 'expense'), ('6900', 'losses on disposal', 'expense'), ('7300', 'accretion', 'expense');
        INSERT INTO %1$I.cost_centre (cost_centre_id, name) VALUES ('R', 'research');
        INSERT INTO %1$I.posting_rule (rule_id, event, debit_account_id, credit_account_id) VALUES
            ('d', 'depreciation', '6100', '0190'), ('i', 'impairment', '6150', '0195'), ('r', 'impairment_reversal', '0195', '6150'),
            ('a', 'accretion', '7300', '3500'), ('rent', 'rent_accrual', '6200', '3000')$f$, ledger);
    EXECUTE format('SELECT chipbook.publish_load(%L, currval(%L))', ledger, ledger || '.load_load_id_seq');
END
$$;
CREATE FUNCTION pg_temp.invoice(ledger text, amount monetary, posting_date date, key text DEFAULT NULL) RETURNS bigint LANGUAGE sql
RETURN post_entry(ledger, 'main', 'ifrs', ARRAY[posting_line('6200', amount), posting_line('3300', - amount)], 'invoice', posting_date => posting_date,
                  reference => 'INV', idempotency_source => CASE WHEN key IS NOT NULL THEN 'erp' END, idempotency_key => key, prepared_by => 'alice');

-- ---------------------------------------------------------------------------
-- Fiscal calendars
-- ---------------------------------------------------------------------------
SELECT pg_temp.books('j', 10);
SELECT results_eq($$SELECT fiscal_year, period_number, starts_on, ends_on FROM j.calendar_year('ledger', 2026) WHERE period_number IN (1, 4, 12)$$,
    $$VALUES (2026, 1::smallint, date '2025-10-01', date '2025-11-01'), (2026, 4::smallint, '2026-01-01', '2026-02-01'), (2026, 12::smallint, '2026-09-01', '2026-10-01')$$,
    'a ledger has months from its fiscal_year_start without further ado');
SELECT results_eq($$SELECT fiscal_year, period_number FROM j.calendar_period_on('ledger', '2025-12-31')$$, $$VALUES (2026, 3::smallint)$$, 'found by day');
SELECT open_load('j', 'calendar', 't') AS load \gset
INSERT INTO j.fiscal_calendar (calendar_id, name) VALUES ('nvidia', 'last Sunday of January');
-- Nvidia, Form 10-Q for the quarterly period ended October 26, 2025: fiscal year 2026 has 52 weeks and began on January 27, 2025.
SELECT is(add_fiscal_year('j', 'nvidia', 2026, '2025-01-27', 'weeks_52_53', adjustment_period => true), 13, 'twelve periods of weeks and a thirteenth');
SELECT is(add_fiscal_year('j', 'nvidia', 2001, '2000-01-31', 'weeks_52_53', 53, '5-4-4'), 12, 'or a year of 53 weeks');
SELECT is(add_fiscal_year('j', 'ledger', 2030, '2029-10-01', adjustment_period => true), 13, 'a stored year takes the place of the months');
INSERT INTO j.entity (entity_id, name, functional_currency, calendar_id) VALUES ('weeks', 'by weeks', 'EUR', 'nvidia');
SELECT publish_load('j', :load);
SELECT results_eq($$SELECT period_number, starts_on, ends_on, kind FROM j.calendar_year('nvidia', 2026) WHERE period_number IN (9, 12, 13)$$,
    $$VALUES (9::smallint, date '2025-09-22', date '2025-10-27', 'regular'), (12::smallint, '2025-12-22', '2026-01-26', 'regular'), (13::smallint, '2026-01-25', '2026-01-26', 'adjustment')$$,
    'Nvidia''s third quarter of fiscal 2026 ended on 2025-10-26');
SELECT results_eq($$SELECT max(ends_on) - min(starts_on), max(ends_on - starts_on) FILTER (WHERE period_number = 12) FROM j.calendar_year('nvidia', 2001)$$,
    'VALUES (53 * 7, 35)', 'the 53rd week goes to the last period');
SELECT results_eq($$SELECT fiscal_year, period_number FROM j.calendar_period_on('nvidia', '2026-01-25')$$, $$VALUES (2026, 12::smallint)$$, 'no date leads to the adjustment period');
SELECT is((SELECT count(*) FROM j.calendar_year('ledger', 2030)), 13::bigint);
SELECT throws_ok($$SELECT add_fiscal_year('j', 'nvidia', 2027, '2026-01-26', 'weeks_52_53', 51)$$, '22023', NULL, 'a year has 52 or 53 weeks');
SELECT throws_ok($$SELECT add_fiscal_year('j', 'nvidia', 2027, '2026-01-26')$$, '22023', NULL, 'months begin on the first');

-- ---------------------------------------------------------------------------
-- Posting
-- ---------------------------------------------------------------------------
SELECT pg_temp.invoice('j', '950 USD', '2025-11-05', '4711') AS entry \gset
SELECT is(pg_temp.invoice('j', '950 USD', '2025-11-05', '4711'), :entry::bigint, 'the same again is the same entry');
SELECT throws_like($$SELECT pg_temp.invoice('j', '951 USD', '2025-11-05', '4711')$$, 'idempotency key "4711" of source "erp" was used for another entry, %', 'another under the same key is an error that names both');
SET datestyle = 'German, DMY';
SELECT is(pg_temp.invoice('j', '950 USD', '2025-11-05', '4711'), :entry::bigint, 'whatever the session''s settings');
RESET datestyle;
SELECT is((SELECT count(*) FROM j.journal_entry), 1::bigint, 'posted once');
SELECT results_eq('SELECT line_number, account_id, amount, functional_amount FROM j.journal_line ORDER BY 1',
    $$VALUES (1, '6200', '950 USD'::monetary, '950 USD'::monetary), (2, '3300', '-950 USD', '-950 USD')$$, 'debit positive');
SELECT results_eq('SELECT source_table, source_key, amount FROM j.journal_line_source ORDER BY line_number',
    $$VALUES ('document', 'INV', '950 USD'::monetary), ('document', 'INV', '-950 USD')$$, 'every line has its source');
SELECT throws_ok($$SELECT post_entry('j', 'main', 'ifrs', ARRAY[posting_line('6200', '1 USD'), posting_line('3300', '-0.999999999999999 USD')], 'x', '2025-11-05')$$,
    '23000', 'entry does not balance: 0.000000000000001 USD too much on debit', 'it balances to the last digit');
SELECT throws_ok($$SELECT post_entry('j', 'main', 'ifrs', ARRAY[posting_line('6200', '1 USD'), posting_line('3300', '-1 EUR')], 'x', '2025-11-05')$$,
    '23000', NULL, 'in each currency');
SELECT throws_ok($$SELECT post_entry('j', 'main', 'ifrs', ARRAY[posting_line('6200', '0 USD')], 'x', '2025-11-05')$$, '22023', NULL, 'one line is no entry');
SELECT throws_ok($$SELECT post_entry('j', 'main', 'ifrs', ARRAY[posting_line('9', '1 USD', cost_centre_id => 'nobody'), posting_line('3300', '-1 USD')], 'x', '2025-11-05')$$,
    '23000', 'entry cannot be posted (problems: 2)', 'what is named must be known');
SELECT throws_ok($$SELECT post_entry('j', 'main', 'ifrs', ARRAY[posting_line('6200', '2 USD', sources => ARRAY[ROW('invoice', 'a', NULL, NULL, NULL, '1 USD')::posting_source]),
    posting_line('3300', '-2 USD')], 'x', '2025-11-05')$$, '23000', NULL, 'the sources of a line add up to it');
SELECT lives_ok($$SELECT post_entry('j', 'main', 'ifrs', ARRAY[posting_line('6200', '2 USD', sources => ARRAY[ROW('invoice', 'a', 1, 'f.csv', 7, '1.50 USD')::posting_source,
    ROW('invoice', 'b', 1, 'f.csv', 8, '0.50 USD')::posting_source]), posting_line('3300', '-2 USD')], 'x', '2025-11-05')$$, 'and may be several');
SELECT throws_ok($$SELECT post_entry('j', 'main', 'ifrs', ARRAY[posting_line('6200', '1 USD'), posting_line('3300', '-1 USD')], 'x', '2025-12-05', 2026, 2)$$,
    '22023', 'posting date 2025-12-05 is not in period FY26-P02, 2025-11-01 to 2025-11-30', 'the date lies in the period');
SELECT throws_ok($$SELECT post_entry('j', 'weeks', 'ifrs', ARRAY[posting_line('6200', '1 USD'), posting_line('3300', '-1 USD')], 'x', '2031-12-05')$$, 'P0002', NULL, 'and the calendar knows it');
SELECT throws_ok($$SELECT post_entry('j', 'main', 'cash', ARRAY[posting_line('6200', '1 USD'), posting_line('3300', '-1 USD')], 'x', '2025-11-05')$$, '22023', NULL, 'an unknown basis');
SELECT throws_ok($$SELECT post_entry('j', 'nobody', 'ifrs', ARRAY[posting_line('6200', '1 USD'), posting_line('3300', '-1 USD')], 'x', '2025-11-05')$$, 'P0002', NULL, 'an unknown entity');
SELECT lives_ok($$SELECT post_entry('j', 'weeks', 'ifrs', ARRAY[posting_line('6200', '3 USD', functional_amount => '2 EUR'), posting_line('3300', '-3 USD', functional_amount => '-2 EUR')],
    'year end', fiscal_year => 2026, period_number => 13)$$, 'an entry in another currency than the entity''s');
SELECT results_eq($$SELECT posting_date, period_number FROM j.journal_entry WHERE entity_id = 'weeks'$$, $$VALUES (date '2026-01-25', 13::smallint)$$, 'the thirteenth period by its number, on the last day');
SELECT throws_ok($$SELECT post_entry('j', 'weeks', 'ifrs', ARRAY[posting_line('6200', '3 USD', functional_amount => '2 EUR'), posting_line('3300', '-3 USD', functional_amount => '-2.01 EUR')],
    'x', fiscal_year => 2026, period_number => 13)$$, '23000', NULL, 'functional amounts balance too');

-- Approval and reversal.
SELECT is_empty('SELECT * FROM j_report.general_ledger', 'what nobody approved does not count');
SELECT throws_ok(format('SELECT approve_entry(%L, %s, %L)', 'j', :entry, 'alice'), '42501', NULL, 'who prepared it cannot approve it');
SELECT throws_ok(format('SELECT reverse_entry(%L, %s, %L)', 'j', :entry, '2025-11-06'), '55000', NULL, 'nor can it be reversed yet');
SELECT lives_ok(format('SELECT approve_entry(%L, %s)', 'j', :entry), 'another can');
SELECT results_eq($$SELECT sum(debit), sum(credit), sum(amount), bool_and(approved_by = session_user) FROM j_report.general_ledger$$, $$VALUES (950.0, 950.0, 0.0, true)$$, 'and it counts');
SELECT reverse_entry('j', :entry, '2025-11-06', prepared_by => 'alice') AS reversal \gset
SELECT results_eq(format('SELECT reverses_entry_id, kind FROM j.journal_entry WHERE entry_id = %s', :reversal), format('VALUES (%s::bigint, %L)', :entry, 'reversal'), 'a reversal is linked');
SELECT throws_ok(format('SELECT reverse_entry(%L, %s, %L)', 'j', :entry, '2025-11-07'), '23505', NULL, 'there is one');
SELECT throws_ok(format('SELECT reverse_entry(%L, %s, %L)', 'j', :reversal, '2025-11-05'), '22023', NULL, 'none before its entry');
SELECT reject_entry('j', :reversal, 'the invoice stands');
SELECT reverse_entry('j', :entry, '2025-11-07', prepared_by => 'alice') AS reversal \gset
SELECT approve_entry('j', :reversal);
SELECT is((SELECT sum(amount) FROM j_report.general_ledger WHERE account_id = '6200'), 0.0, 'after a rejected one, another; then nothing is left');
SELECT throws_ok(format('SELECT reject_entry(%L, %s, %L)', 'j', :reversal, 'no'), '55000', NULL, 'what is approved is not rejected');

-- Nothing is changed.
SELECT throws_ok(format('UPDATE j.%I SET %I = %I', t, c, c), '55000', NULL, t || ' is not updated')
FROM (VALUES ('journal_entry', 'description'), ('journal_line', 'amount'), ('journal_line_source', 'amount'), ('journal_decision', 'decision'), ('asset_charge', 'charge'),
             ('period_event', 'action'), ('report_version', 'basis'), ('journal_batch', 'description'), ('journal_batch_entry', 'batch_id'), ('period_state', 'starts_on')) v (t, c);
SELECT throws_ok(format('DELETE FROM j.%I', t), '55000', NULL, t || ' is not emptied') FROM journal_tables() t;
SELECT throws_ok(format('TRUNCATE j.%I CASCADE', t), '55000', NULL, t || ' is not truncated') FROM journal_tables() t;
SET chipbook.as_of = '2025-11-01';
SELECT throws_ok($$SELECT pg_temp.invoice('j', '1 USD', '2025-11-05')$$, '55000', NULL, 'nothing is posted while chipbook.as_of is set');
RESET chipbook.as_of;

-- ---------------------------------------------------------------------------
-- The close: accounting.md section 1, the month of pool P, and section 6, unbilled cloud
-- ---------------------------------------------------------------------------
SELECT pg_temp.books('k');
SELECT open_load('k', 'assets', 't') AS load \gset
INSERT INTO k.pool (pool_id, name, cost_centre_id, ownership) VALUES ('P', 'owned', 'R', 'owned'), ('C', 'cloud', 'R', 'rented');
INSERT INTO k.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on) VALUES
    ('chips', 'chips', 'chip', 1000, '20000000 USD', '2025-01-01', '2025-01-01'), ('servers', 'servers', 'server', NULL, '10000000 USD', '2025-01-01', '2025-01-01'),
    ('network', 'network', 'network', NULL, '5000000 USD', '2025-01-01', '2025-01-01'), ('building', 'building', 'building', NULL, '6000000 USD', '2025-01-01', '2025-01-01');
INSERT INTO k.asset_policy (asset_id, basis, policy)
SELECT a, 'ifrs', pg_temp.straight(l) FROM (VALUES ('chips', interval '5 years'), ('servers', '5 years'), ('network', '6 years'), ('building', '20 years')) v (a, l);
INSERT INTO k.pool_asset (pool_id, asset_id) SELECT 'P', a FROM unnest('{chips,servers,network,building}'::text[]) a;
-- 720 hours of a chip at 1.25: 900.
INSERT INTO k.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to) VALUES ('r', 'C', 1, '1.25 USD', '2025-10-01', '2025-10-31');
SELECT publish_load('k', :load);
SELECT throws_ok($$SELECT close_period('k', 'main', 'ifrs', 2150, 1)$$, '55000', NULL, 'what is still to come cannot be closed');
SELECT is(close_period('k', 'main', 'ifrs', 2025, 10), 3::bigint, 'October: depreciation, accrual, allocation');
SELECT is((SELECT sum(amount) FROM k_report.general_ledger WHERE account_id = '6100' AND fiscal_period = 'FY25-P10'), 594444.44, '594,444.44 of depreciation');
SELECT results_eq($$SELECT asset_class, -amount FROM k_report.general_ledger WHERE account_id = '0190' ORDER BY 1$$,
    $$VALUES ('building', 25000.00), ('chip', 333333.33), ('network', 69444.44), ('server', 166666.67)$$, 'by class');
SELECT results_eq($$SELECT cost_centre_id, sum(amount) FROM k_report.general_ledger_all_bases WHERE journal = 'management' GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('R', 594444.44), (NULL, -594444.44)$$, 'the management journal takes it to the cost centre');
SELECT is_empty($$SELECT account_id FROM k_report.general_ledger_all_bases WHERE journal = 'management' GROUP BY entity_id, account_id HAVING sum(amount) <> 0$$, 'and nets to 0 on each account');
SELECT results_eq($$SELECT fiscal_period, amount, posting_date, kind FROM k_report.general_ledger WHERE account_id = '6200' ORDER BY posting_date$$,
    $$VALUES ('FY25-P10', 900.0, date '2025-10-31', 'accrual'), ('FY25-P11', -900.0, '2025-11-01', 'accrual_reversal')$$, 'unbilled cloud 900, reversed on the first of November');
SELECT pg_temp.invoice('k', '950 USD', '2025-11-12') AS entry \gset
SELECT throws_ok($$SELECT close_period('k', 'main', 'ifrs', 2025, 11)$$, '55000', NULL, 'an entry that waits stops the close');
SELECT approve_entry('k', :entry);
SELECT is((SELECT debit - credit FROM k_report.trial_balance WHERE fiscal_period = 'FY25-P11' AND account_id = '6200'), 50.0, 'invoice 950: November bears 50');
SELECT is_empty($$SELECT fiscal_period, currency FROM k_report.trial_balance GROUP BY 1, 2 HAVING sum(closing_balance) <> 0$$, 'the trial balance balances');
SELECT is_empty($$SELECT fiscal_period FROM k_report.trial_balance WHERE account_id IN ('6100', '0190') AND abs(closing_balance) <> 594444.44 AND fiscal_period = 'FY25-P10'$$);
-- Repeated.
SELECT is(close_period('k', 'main', 'ifrs', 2025, 10), 0::bigint, 'closing again posts nothing');
SELECT throws_ok($$SELECT pg_temp.invoice('k', '1 USD', '2025-10-12')$$, '55000', NULL, 'nor does anybody');
SELECT throws_ok($$SELECT close_period('k', 'main', 'ifrs', 2025, 12)$$, '55000', NULL, 'periods are closed in their order');
SELECT is_empty($$SELECT l.entry_id, l.line_number FROM k.journal_line l LEFT JOIN k.journal_line_source s USING (entry_id, line_number)
    GROUP BY l.entry_id, l.line_number, l.amount HAVING sum(s.amount) IS DISTINCT FROM l.amount$$, 'every line is the sum of its sources');
SELECT is_empty($$SELECT c.entry_id FROM k.asset_charge c JOIN k.journal_line l USING (entry_id, line_number) GROUP BY 1, l.line_number, l.amount HAVING sum(c.charge) <> l.amount$$,
    'and of its assets');

-- Late facts: a rise of cost, an asset nobody knew of, one withdrawn.
SELECT results_eq($$SELECT sum(debit) FROM k_report.trial_balance WHERE fiscal_period = 'FY25-P10'$$, 'VALUES (595344.44)', 'before');
SELECT last_recorded_at AS then FROM k.ledger \gset
SELECT open_load('k', 'late', 't', prepared_by => 'alice') AS late \gset
INSERT INTO k.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES
    ('servers', 'servers', 'server', '11000000 USD', '2025-01-01', '2025-01-01'), ('late', 'found', 'other', '1200 USD', '2025-10-01', '2025-10-01');
INSERT INTO k.asset_policy (asset_id, basis, policy) VALUES ('late', 'ifrs', pg_temp.straight('1 year'));
SELECT publish_load('k', :late);
SELECT is(close_period('k', 'main', 'ifrs', 2025, 11, soft => true), 4::bigint, 'November softly: depreciation, allocation, and a correction of October and of what was before');
SELECT results_eq($$SELECT relates_to_period, reason, sum(amount) FROM k_report.restated_after_close WHERE currency = 'USD' GROUP BY 1, 2 ORDER BY 1$$,
    $$VALUES ('FY25-P09', 'late_fact', 150000.0), ('FY25-P10', 'late_fact', 16766.66)$$, 'a million more over 60 months: 16,666.66 of October, and 100 of an asset found; 150,000 before the books began');
SELECT results_eq($$SELECT c.relates_to_period, o.kind, o.period_number FROM k.journal_entry c LEFT JOIN k.journal_entry o ON o.entry_id = c.corrects_entry_id
    WHERE c.kind = 'correction' ORDER BY 1$$, $$VALUES (9::smallint, NULL, NULL), (10::smallint, 'depreciation', 10::smallint)$$, 'each names the entry it corrects; before the books began there is none');
SELECT results_eq($$SELECT posted_period, kind, bool_and(amount = 0 OR line_amount = amount) FROM k_report.restated_after_close GROUP BY 1, 2$$, $$VALUES ('FY25-P11', 'correction', true)$$, 'in the open period');
SELECT is((SELECT sum(debit) FROM k_report.trial_balance WHERE fiscal_period = 'FY25-P10'), 595344.44, 'the closed period is as it was');
SELECT results_eq($$SELECT asset_id, posted_total FROM k.asset_charge c WHERE charge_id = (SELECT max(charge_id) FROM k.asset_charge n WHERE n.asset_id = c.asset_id) ORDER BY 1$$,
    $$SELECT asset_id, monetary(sum(charge), 'USD') FROM k_report.chip_book_value WHERE period_month <= '2025-11-01' GROUP BY 1 ORDER BY 1$$, 'what is posted is what the register has');
SELECT throws_ok($$SELECT pg_temp.invoice('k', '1 USD', '2025-11-12')$$, '55000', NULL, 'soft closed, it takes no invoice');
SELECT lives_ok($$SELECT approve_entry('k', post_entry('k', 'main', 'ifrs', ARRAY[posting_line('6200', '5 USD'), posting_line('3300', '-5 USD')], 'adjustment', '2025-11-30', kind => 'adjustment', prepared_by => 'alice'))$$,
    'but an adjustment');
SELECT is(close_period('k', 'main', 'ifrs', 2025, 11), 0::bigint, 'closing it then posts nothing more');
SELECT retract_load('k', :late, 'a mistake');
SELECT open_load('k', 'back', 't') AS load \gset
INSERT INTO k.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES ('servers', 'servers', 'server', '10000000 USD', '2025-01-01', '2025-01-01');
SELECT publish_load('k', :load);
SELECT close_period('k', 'main', 'ifrs', 2025, 12);
SELECT results_eq($$SELECT relates_to_period, sum(amount) FROM k_report.restated_after_close WHERE posted_period = 'FY25-P12' GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('FY25-P09', -150000.0), ('FY25-P10', -16766.66), ('FY25-P11', -16766.68)$$, 'what was withdrawn is taken back, of each period');
SELECT results_eq($$SELECT sum(amount) FROM k_report.general_ledger WHERE account_id = '6100'$$,
    $$SELECT sum(charge) FROM k_report.chip_book_value WHERE period_month BETWEEN '2025-10-01' AND '2025-12-01'$$, 'three months of pool P remain, to the cent');

-- Reopened.
SELECT throws_ok($$SELECT reopen_period('k', 'main', 'ifrs', 2025, 12, '', 'alice')$$, '22004', NULL, 'reopening needs a reason');
SELECT throws_ok(format('SELECT reopen_period(%L, %L, %L, 2025, 12, %L, %L)', 'k', 'main', 'ifrs', 'why', session_user), '42501', NULL, 'and two');
SELECT throws_ok($$SELECT reopen_period('k', 'main', 'ifrs', 2025, 11, 'why', 'alice')$$, '55000', NULL, 'the last one only');
SELECT lives_ok($$SELECT reopen_period('k', 'main', 'ifrs', 2025, 12, 'a bill came late', 'alice')$$);
SELECT results_eq($$SELECT state, reason FROM k_report.period_status WHERE fiscal_period = 'FY25-P12'$$, $$VALUES ('open', 'a bill came late')$$, 'the status says why');
SELECT approve_entry('k', pg_temp.invoice('k', '7 USD', '2025-12-31'));
SELECT is(close_period('k', 'main', 'ifrs', 2025, 12), 0::bigint, 'closed again, nothing is posted twice');
SELECT results_eq($$SELECT action FROM k.period_event WHERE fiscal_year = 2025 AND period_number = 12 ORDER BY event_id$$, $$VALUES ('closed'), ('reopened'), ('closed')$$, 'history is kept');

-- A later year, and answers as of then.
SELECT close_period('k', 'main', 'ifrs', 2026, 1);
SELECT results_eq($$SELECT account_name, closing_balance FROM k_report.trial_balance WHERE fiscal_period = 'FY26-P01' AND (account_id IS NULL OR account_id = '6100') ORDER BY account_id$$,
    $$SELECT 'depreciation', 594444.45 UNION ALL SELECT 'result of earlier years', sum(amount) FROM k_report.general_ledger WHERE fiscal_year = 2025 AND account_kind = 'expense'$$,
    'a year starts with the result of those before');
SELECT is_empty($$SELECT fiscal_period FROM k_report.trial_balance GROUP BY 1 HAVING sum(closing_balance) <> 0 OR sum(opening_balance) <> 0$$, 'in balance');
SELECT set_config('chipbook.as_of', to_char(timestamptz :'then' AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.USZ'), true);
SELECT results_eq($$SELECT fiscal_period, sum(debit) FROM k_report.trial_balance GROUP BY 1 ORDER BY 1$$, $$VALUES ('FY25-P10', 595344.44), ('FY25-P11', 1850.0)$$, 'as of then it answers as it did');
SELECT results_eq($$SELECT fiscal_period, state FROM k_report.period_status ORDER BY 1$$, $$VALUES ('FY25-P10', 'closed'), ('FY25-P11', 'open')$$);
SELECT is_empty('SELECT * FROM k_report.restated_after_close');
RESET chipbook.as_of;

-- A material error restates what is compared; the general ledger agrees, or not.
SELECT approve_entry('k', post_entry('k', 'main', 'ifrs', ARRAY[posting_line('6200', '40 USD'), posting_line('3300', '-40 USD')], 'error', '2026-02-10', kind => 'correction', prepared_by => 'alice',
    relates_to_fiscal_year => 2025, relates_to_period => 12, reason => 'error_material'));
SELECT results_eq($$SELECT fiscal_period, as_reported, restatement, as_restated FROM k_report.comparatives WHERE account_id = '6200' AND fiscal_period IN ('FY25-P12', 'FY26-P02') ORDER BY 1$$,
    $$VALUES ('FY25-P12', 7.0, 40.0, 47.0), ('FY26-P02', 40.0, -40.0, 0.0)$$, 'as reported, restatement, as restated');
SELECT open_load('k', 'erp', 't') AS load \gset
INSERT INTO k.gl_balance (entity_id, basis, fiscal_year, period_number, account_id, currency, balance) VALUES
    ('main', 'ifrs', 2025, 10, '6100', 'USD', '594444.44 USD'), ('main', 'ifrs', 2025, 10, '0190', 'USD', '-594444.40 USD'), ('main', 'ifrs', 2025, 10, '1200', 'USD', '3 USD');
SELECT publish_load('k', :load);
SELECT results_eq($$SELECT account_id, difference, finding FROM k_report.subledger_to_gl WHERE finding IS NOT NULL AND account_id IN ('0190', '1200', '6100', '3000') ORDER BY 1$$,
    $$VALUES ('0190', 0.04, 'amounts differ'), ('1200', 3.0, 'not in the subledger'), ('3000', 900.0, 'not in the general ledger')$$, 'the subledger against the general ledger');

-- ---------------------------------------------------------------------------
-- accounting.md section 5: disposal at a loss of 900,000; impairment and reversal; accretion
-- ---------------------------------------------------------------------------
SELECT pg_temp.books('d');
SELECT open_load('d', 'assets', 't') AS load \gset
INSERT INTO d.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on) VALUES ('lot', 'chips', 'chip', 1000, '30000000 USD', '2025-01-01', '2025-01-01');
INSERT INTO d.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES
    ('tested', 'impaired', 'server', '1000 USD', '2022-01-01', '2022-01-01'), ('owed', 'hall', 'building', '1000 USD', '2025-07-01', '2025-07-01'), ('bare', 'no policy', 'server', '5 USD', '2025-01-01', '2025-01-01');
INSERT INTO d.asset_policy (asset_id, basis, policy) VALUES ('lot', 'ifrs', pg_temp.straight('5 years')), ('tested', 'ifrs', pg_temp.straight('5 years')), ('owed', 'ifrs', pg_temp.straight('10 years'));
INSERT INTO d.asset_event (event_id, asset_id, basis, kind, happened_on, chips, proceeds) VALUES ('sale', 'lot', NULL, 'disposal', '2026-07-15', 100, '1200000 USD');
INSERT INTO d.asset_event (event_id, asset_id, basis, kind, happened_on, amount) VALUES
    ('loss', 'tested', 'ifrs', 'impairment', '2026-07-01', '40 USD'), ('back', 'tested', 'ifrs', 'impairment_reversal', '2026-07-31', '10 USD');
INSERT INTO d.retirement_obligation (obligation_id, asset_id, recognised_on, liability, rate, settles_on) VALUES ('o', 'owed', '2025-07-01', '100 USD', 0.12, '2035-07-01');
SELECT publish_load('d', :load);
SELECT throws_like($$SELECT close_period('d', 'main', 'ifrs', 2026, 7)$$, '%depreciation is not known (assets: 1)', 'an asset without a policy stops the close');
SELECT open_load('d', 'policy', 't') AS load \gset
INSERT INTO d.asset_policy (asset_id, basis, policy) VALUES ('bare', 'ifrs', pg_temp.straight('1 month'));
SELECT publish_load('d', :load);
SELECT throws_like($$SELECT close_period('d', 'main', 'ifrs', 2026, 7)$$, '%no posting rule (missing: 4)', 'and so do rules that are missing');
SELECT is_empty('SELECT * FROM d.journal_entry', 'then nothing is posted');
SELECT open_load('d', 'rules', 't') AS load \gset
INSERT INTO d.posting_rule (rule_id, event, asset_class, debit_account_id, credit_account_id) VALUES
    ('dc', 'disposal_cost', NULL, '1999', '0100'), ('da', 'disposal_accumulated', NULL, '0190', '1999'), ('dp', 'disposal_proceeds', NULL, '1200', '1999'),
    ('dg', 'disposal_gain', NULL, '1999', '4900'), ('dl', 'disposal_loss', NULL, '6900', '1999'), ('ds', 'depreciation', 'server', '6150', '0190');
SELECT publish_load('d', :load);
SELECT is(close_period('d', 'main', 'ifrs', 2026, 7), 4::bigint, 'depreciation, impairment, disposal, accretion');
SELECT results_eq($$SELECT account_id, sum(amount) FROM d_report.general_ledger WHERE kind = 'disposal' GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('0100', -3000000.0), ('0190', 900000.0), ('1200', 1200000.0), ('1999', 0.0), ('6900', 900000.0)$$, 'cost 3 m and accumulated 0.9 m leave, 1.2 m comes, the loss is 900,000, nothing is left in clearing');
SELECT results_eq($$SELECT account_id, sum(amount) FROM d_report.general_ledger WHERE kind = 'impairment' GROUP BY 1 ORDER BY 1$$, $$VALUES ('0195', -30.0), ('6150', 30.0)$$, 'impairment 40, reversal 10');
SELECT results_eq($$SELECT account_id, amount FROM d_report.general_ledger WHERE kind = 'accretion' ORDER BY amount DESC$$,
    $$SELECT a, s * amount(round(retirement_obligation_value('100 USD', 0.12, '2025-07-01', '2026-08-01')) - round(retirement_obligation_value('100 USD', 0.12, '2025-07-01', '2026-07-01')))
      FROM (VALUES ('7300', 1), ('3500', -1)) v (a, s)$$, 'accretion of the obligation');
SELECT results_eq($$SELECT account_id FROM d_report.general_ledger WHERE kind = 'depreciation' AND amount > 0 AND asset_class = 'server'$$, $$VALUES ('6150')$$, 'the rule that names the class wins');
SELECT close_period('d', 'main', 'ifrs', 2026, 8);
SELECT open_load('d', 'late sale', 't') AS load \gset
INSERT INTO d.asset_event (event_id, asset_id, basis, kind, happened_on, chips, proceeds) VALUES ('sale', 'lot', NULL, 'disposal', '2026-07-15', 100, '2300000 USD');
SELECT publish_load('d', :load);
SELECT close_period('d', 'main', 'ifrs', 2026, 9);
SELECT results_eq($$SELECT relates_to_period, account_id, line_amount FROM d_report.restated_after_close ORDER BY 2, 3$$,
    $$VALUES ('FY26-P07', '1200', 1100000.0), ('FY26-P07', '1999', -1100000.0), ('FY26-P07', '1999', 200000.0), ('FY26-P07', '1999', 900000.0),
             ('FY26-P07', '4900', -200000.0), ('FY26-P07', '6900', -900000.0)$$, 'a sale for more, known late: no loss of 900,000, a gain of 200,000');
SELECT results_eq($$SELECT o.kind, o.period_number, c.description FROM d.journal_entry c JOIN d.journal_entry o ON o.entry_id = c.corrects_entry_id WHERE c.kind = 'correction'$$,
    $$VALUES ('disposal', 7::smallint, 'correction FY26-P09 of disposal FY26-P07')$$, 'it corrects the disposal');
SELECT is_empty($$SELECT asset_id, event FROM d.asset_charge c WHERE event = 'disposal_gain' GROUP BY 1, 2 HAVING sum(charge) <> '200000 USD'$$, 'in the end a gain of 200,000');
SELECT open_load('d', 'late cost and loss', 't', prepared_by => 'alice') AS load \gset
INSERT INTO d.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES ('tested', 'impaired', 'server', '1300 USD', '2022-01-01', '2022-01-01');
INSERT INTO d.asset_event (event_id, asset_id, basis, kind, happened_on, amount) VALUES ('loss', 'tested', 'ifrs', 'impairment', '2026-07-01', '50 USD');
SELECT approve_load('d', :load);
SELECT publish_load('d', :load);
-- From 9 months before the end 52 less is charged as the loss is 10 more: 1.11 or 1.12 a month.
SELECT is(close_period('d', 'main', 'ifrs', 2026, 10), 7::bigint, 'depreciation and accretion; of depreciation a correction of July, August, September and before, of the impairment one of July');
SELECT results_eq($$SELECT c.relates_to_period, o.kind, o.period_number, o.entry_id = (SELECT max(n.entry_id) FROM d.journal_entry n WHERE n.period_number = c.relates_to_period AND n.kind = o.kind)
    FROM d.journal_entry c LEFT JOIN d.journal_entry o ON o.entry_id = c.corrects_entry_id WHERE c.kind = 'correction' AND c.period_number = 10 ORDER BY 1, 2$$,
    $$VALUES (6::smallint, NULL, NULL::smallint, NULL::boolean), (7::smallint, 'depreciation', 7::smallint, true), (7::smallint, 'impairment', 7::smallint, true),
             (8::smallint, 'depreciation', 8::smallint, true), (9::smallint, 'depreciation', 9::smallint, true)$$, 'each kind its own');
SELECT is_empty($$SELECT l.entry_id FROM d.journal_line l GROUP BY 1 HAVING sum(amount(l.amount)) <> 0$$, 'all balance');
SELECT is_empty($$SELECT asset_id, event, p.posted_total, c.posted_total FROM d.asset_posted p
    FULL JOIN (SELECT DISTINCT ON (asset_id, event) asset_id, event, posted_total FROM d.asset_charge ORDER BY asset_id, event, charge_id DESC) c USING (asset_id, event)
    WHERE p.posted_total IS DISTINCT FROM c.posted_total$$, 'asset_posted is what the last rows of asset_charge say');
SELECT is_empty($$SELECT p.asset_id, p.event FROM d.asset_posted p JOIN d.asset_charge c USING (asset_id, event) GROUP BY 1, 2, p.posted_total HAVING sum(c.charge) <> p.posted_total$$, 'and their sum');

-- ---------------------------------------------------------------------------
-- Accruals and allocations are what the views of cost have, to the cent
-- ---------------------------------------------------------------------------
SELECT pg_temp.books('v');
SELECT open_load('v', 'pools', 't') AS load \gset
INSERT INTO v.posting_rule (rule_id, event, debit_account_id, credit_account_id) VALUES
    ('e', 'energy_accrual', '6200', '3000'), ('f', 'facility_accrual', '6200', '3000'), ('n', 'interconnect_accrual', '6200', '3000'), ('o', 'operations_accrual', '6200', '3000'),
    ('dc', 'disposal_cost', '1999', '0100'), ('da', 'disposal_accumulated', '0190', '1999'), ('dl', 'disposal_loss', '6900', '1999');
INSERT INTO v.site (site_id, name, pue) VALUES ('S', 'site', 1.2), ('T', 'another', 1.3);
INSERT INTO v.energy_tariff (site_id, price_per_kwh, valid_from) VALUES ('S', '0.071 USD', '2020-01-01');
INSERT INTO v.chip_model (chip_model_id, name, vendor_id, tdp_watts, average_load, server_power_factor) VALUES ('m', 'model', NULL, 700, 0.6, 1.3);
INSERT INTO v.entity (entity_id, name, functional_currency) VALUES ('other', 'another entity', 'EUR');
INSERT INTO v.cost_centre (cost_centre_id, name, entity_id) VALUES ('O', 'theirs', 'other');
INSERT INTO v.pool (pool_id, name, site_id, chip_model_id, cost_centre_id, ownership, entity_id) VALUES
    ('A', 'metered', 'S', 'm', 'R', 'owned', 'main'), ('B', 'by factor', 'S', 'm', 'R', 'owned', 'main'), ('C', 'rented', 'T', 'm', NULL, 'rented', 'main'),
    ('D', 'theirs', 'S', 'm', 'O', 'owned', 'other'), ('E', 'theirs, our cost centre', 'S', 'm', 'R', 'owned', 'other');
INSERT INTO v.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on, retired_on, entity_id)
SELECT a, a, c, CASE c WHEN 'chip' THEN 7 END, p, d, d, r, e FROM (VALUES
    ('whole', 'chip', monetary '1000.01 USD', date '2025-03-05', NULL::date, 'main'), ('shared', 'chip', '777.77 USD', '2025-03-05', NULL, 'main'),
    ('part', 'server', '999.99 USD', '2025-03-05', NULL, 'main'), ('leaves', 'server', '500 USD', '2025-03-05', '2026-02-11', 'main'), ('euro', 'network', '300 EUR', '2025-03-05', NULL, 'main'),
    ('theirs', 'chip', '640 USD', '2025-03-05', NULL, 'other'), ('moves', 'server', '1234.56 USD', '2025-03-05', NULL, 'main'), ('comes', 'server', '432.10 USD', '2025-03-05', NULL, 'other'),
    ('idle', 'server', '50 USD', '2025-03-05', NULL, 'main')) v (a, c, p, d, r, e);
INSERT INTO v.asset_policy (asset_id, basis, policy) SELECT asset_id, 'ifrs', amortisation_policy('straight_line', '3 years') FROM v.asset;
INSERT INTO v.pool_asset (pool_id, asset_id, share, valid_from, valid_to) VALUES
    ('A', 'whole', 1, '-infinity', 'infinity'), ('A', 'shared', 0.4, '-infinity', '2026-02-10'), ('B', 'shared', 0.3, '-infinity', 'infinity'), ('B', 'part', 0.333333333333333, '2026-01-20', 'infinity'),
    ('A', 'leaves', 1, '-infinity', 'infinity'), ('A', 'euro', 1, '-infinity', '2026-02-15'), ('B', 'euro', 1, '2026-02-15', 'infinity'), ('B', 'theirs', 1, '-infinity', 'infinity'), ('D', 'part', 0.5, '-infinity', 'infinity'),
    ('E', 'shared', 0.1, '-infinity', 'infinity'), ('A', 'moves', 1, '-infinity', 'infinity'), ('B', 'comes', 1, '-infinity', 'infinity');
INSERT INTO v.asset_event (event_id, asset_id, kind, happened_on, to_entity_id) VALUES ('t', 'moves', 'transfer', '2026-02-20', 'other'), ('u', 'comes', 'transfer', '2026-02-17', 'main');
INSERT INTO v.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to) VALUES ('r', 'C', 3, '1.2345 USD', '2026-01-10', '2026-02-20'), ('s', 'C', 5, '0.77 EUR', '2026-01-01', 'infinity');
INSERT INTO v.cost_rate (cost_rate_id, pool_id, component, unit, price, factor, valid_from, valid_to) VALUES
    ('1', 'A', 'facility', 'month', '100.01 USD', NULL, '2025-06-01', '2026-02-11'), ('2', 'B', 'interconnect', 'depreciation', NULL, 0.19, '2025-06-01', 'infinity'),
    ('3', 'B', 'facility', 'kw_month', '130 USD', NULL, '2026-02-03', 'infinity'), ('4', 'A', 'operations', 'chip_hour', '0.013 EUR', NULL, '2025-01-01', 'infinity'),
    ('5', 'B', 'interconnect', 'month', '3.33 USD', NULL, '2025-01-01', 'infinity'), ('6', 'D', 'operations', 'depreciation', NULL, 0.5, '2025-01-01', 'infinity');
SELECT add_reading_partitions('v', '2026-01-01', '2026-02-01');
INSERT INTO v.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, joules, use_basis, energy_basis)
SELECT p, t, t + interval '1 day', date_trunc('month', t AT TIME ZONE 'UTC')::date, 7 * 86400000, 7 * 86400000, 5 * 86400000, 86400000 * n, CASE p WHEN 'A' THEN 123456789 END, 'sm_active', CASE p WHEN 'A' THEN 'server' END
FROM unnest('{A,B,D}'::text[]) p, generate_series(timestamptz '2026-01-05 00:00+00', '2026-02-20 00:00+00', '1 day') t, generate_series(2, 2) n;
SELECT publish_load('v', :load);
SELECT close_period('v', e, 'ifrs', 2026, m) FROM (VALUES ('main', 1), ('other', 1), ('main', 2), ('other', 2)) v (e, m);
SELECT results_eq($$SELECT j.entity_id, j.period_number, s.source_key, s.amount FROM v.journal_entry j JOIN v.journal_line_source s USING (entry_id)
    WHERE j.kind = 'accrual' AND s.line_number % 2 = 1 ORDER BY 1, 2, 3, currency(s.amount)::text$$,
    $$SELECT s.entity_id, extract(month FROM s.period_month)::smallint, concat(x.event, ' ', s.pool_id), round(monetary(x.cost, s.currency::currency)) FROM v.pool_month_split s
      CROSS JOIN LATERAL (VALUES ('energy_accrual', s.energy), ('rent_accrual', s.rent), ('facility_accrual', s.facility), ('interconnect_accrual', s.interconnect), ('operations_accrual', s.operations)) x (event, cost)
      WHERE s.basis = 'ifrs' AND s.period_month IN ('2026-01-01', '2026-02-01') AND s.pool_id IS NOT NULL AND x.cost <> 0 ORDER BY 1, 2, 3, s.currency$$, 'accruals are what pool_month_split has');
SELECT results_eq($$SELECT j.entity_id, j.period_number, s.source_key, s.amount FROM v.journal_entry j JOIN v.journal_line_source s USING (entry_id)
    WHERE j.kind = 'allocation' AND s.line_number % 2 = 1 ORDER BY 1, 2, 3, currency(s.amount)::text$$,
    $$SELECT d.entity_id, extract(month FROM d.period_month)::smallint, concat(d.component, ' ', d.pool_id), round(monetary(sum(d.charge), d.currency::currency)) FROM v.pool_month_charge d
      JOIN v.pool_known p ON p.pool_id = d.pool_id JOIN v.cost_centre_known c ON c.cost_centre_id = p.cost_centre_id AND c.entity_id = d.entity_id
      WHERE d.basis = 'ifrs' AND d.period_month IN ('2026-01-01', '2026-02-01') AND d.charge <> 0
      GROUP BY d.entity_id, d.period_month, d.component, d.pool_id, d.currency ORDER BY 1, 2, 3, d.currency$$, 'allocations are what pool_month_charge has');
SELECT cmp_ok((SELECT count(DISTINCT split_part(s.source_key, ' ', 1)) FROM v.journal_entry j JOIN v.journal_line_source s USING (entry_id) WHERE j.kind = 'accrual'), '=', 5::bigint, 'of all five kinds');

-- A transaction that closes shows how far it is, to itself too.
SELECT results_eq($$SELECT process_id, user_name, step_number, step, started_at FROM v_report.close_progress$$,
    $$SELECT pg_backend_pid()::bigint, session_user::text COLLATE "default", max(step_number)::bigint + 1, 'close_post', now() FROM close_steps()$$, 'the last step of the close that is not committed');

SELECT * FROM finish();
ROLLBACK;
