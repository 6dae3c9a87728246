-- Rates by a named policy, the books of an entity in another currency, and monetary items: the
-- worked numbers of IAS 21, and laws over random rates.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET client_min_messages = warning;
SELECT no_plan();
SELECT setseed(0.21);

-- ---------------------------------------------------------------------------
-- A rate on a day
-- ---------------------------------------------------------------------------
SELECT create_ledger('f', 'EUR');
INSERT INTO f.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('f', 'rates', 't') AS load \gset
INSERT INTO f.fx_rate (from_currency, to_currency, rate_type, rate_date, rate, rate_source) VALUES
    ('USD', 'EUR', 'closing', '2026-01-30', 0.80, 'ledger'), ('USD', 'EUR', 'closing', '2026-01-30', 0.81, 'ECB'), ('USD', 'EUR', 'spot', '2026-01-30', 0.82, 'ledger'),
    ('EUR', 'JPY', 'closing', '2026-01-29', 160, 'ledger'), ('EUR', 'GBP', 'closing', '2026-01-28', 0.875, 'ledger'),
    ('USD', 'EUR', 'budget', '2026-01-01', 0.9, 'ledger');
SELECT publish_load('f', :load);

SELECT results_eq($$SELECT original, converted, rate, rate_date, source, path FROM exchange_at('f', '100 USD', 'EUR', '2026-01-30')$$,
    $$VALUES ('100 USD'::monetary, '80 EUR'::monetary, 0.80, date '2026-01-30', 'ledger', 'USD>EUR')$$, 'the rate of the day, with all it was made of');
SELECT results_eq($$SELECT original, converted, rate, rate_date, source, path FROM exchange_at('f', '100 USD', 'EUR', '2026-01-31')$$,
    $$VALUES ('100 USD'::monetary, NULL::monetary, NULL::numeric, NULL::date, NULL, NULL)$$, 'without one: NULL, never 1');
SELECT results_eq($$SELECT n, x.converted, x.rate_date FROM unnest('{0,1,2,30}'::integer[]) n, exchange_at('f', '100 USD', 'EUR', '2026-02-01', policy => 'last_before', max_age => n) x$$,
    $$VALUES (0, NULL::monetary, NULL::date), (1, NULL, NULL), (2, '80 EUR', '2026-01-30'), (30, '80 EUR', '2026-01-30')$$, 'the last before, not older than asked');
SELECT results_eq($$SELECT t, x.converted FROM unnest('{spot,closing,average,historical,budget}'::text[]) t, exchange_at('f', '100 USD', 'EUR', '2026-01-30', rate_type => t) x$$,
    $$VALUES ('spot', '82 EUR'::monetary), ('closing', '80 EUR'), ('average', NULL), ('historical', NULL), ('budget', NULL)$$, 'of the type asked for');
SELECT results_eq($$SELECT converted, source FROM exchange_at('f', '100 USD', 'EUR', '2026-01-30', rate_source => 'ECB')$$, $$VALUES ('81 EUR'::monetary, 'ECB')$$, 'of the source asked for');
SELECT is((SELECT converted FROM exchange_at('f', '100 USD', 'EUR', '2026-01-30', rate_source => 'SNB')), NULL, 'and of no other');
SELECT is((SELECT converted FROM exchange_at('f', '100 EUR', 'USD', '2026-01-30')), NULL, 'the other way round is no rate');
SELECT results_eq($$SELECT converted, rate, path FROM exchange_at('f', '100 EUR', 'USD', '2026-01-30', or_inverse => true)$$, $$VALUES ('125 USD'::monetary, 1.25, 'EUR<USD')$$, 'unless asked');
SELECT is((SELECT converted FROM exchange_at('f', '100 USD', 'JPY', '2026-01-30', policy => 'last_before', max_age => 5, or_inverse => true)), NULL, 'nor is one made of two');
SELECT results_eq($$SELECT converted, rate, rate_date, path FROM exchange_at('f', '100 USD', 'JPY', '2026-01-30', policy => 'last_before', max_age => 5, through => 'EUR')$$,
    $$VALUES ('12800 JPY'::monetary, 128.00, date '2026-01-29', 'USD>EUR>JPY')$$, 'unless asked, dated by the older one');
SELECT results_eq($$SELECT converted, rate, path FROM exchange_at('f', '100 GBP', 'JPY', '2026-01-30', policy => 'last_before', max_age => 5, through => 'EUR', or_inverse => true)$$,
    $$VALUES ('18285.714285714285714 JPY'::monetary, 182.857142857142857142857142857143, 'GBP<EUR>JPY')$$, 'both, rounded once');
SELECT results_eq($$SELECT converted, rate, rate_date, path FROM exchange_at('f', '100 USD', 'USD', '2026-01-31')$$, $$VALUES ('100 USD'::monetary, 1::numeric, date '2026-01-31', 'USD')$$, 'into itself at 1');
SELECT results_eq($$SELECT original, converted FROM exchange_at('f', NULL, 'EUR', '2026-01-30')$$, $$VALUES (NULL::monetary, NULL::monetary)$$, 'nothing of nothing');
SELECT throws_ok(format($$SELECT exchange_at('f', '1 USD', 'EUR', '2026-01-30', %s)$$, a), '22023', NULL, 'refused: ' || a)
FROM unnest(ARRAY['rate_type => ''mid''', 'policy => ''nearest''', 'policy => ''last_before''', 'max_age => 3', 'policy => ''last_before'', max_age => -1', 'through => ''EUR''', 'through => ''USD''']) a;
SELECT throws_ok($$SELECT exchange_at('none', '1 USD', 'EUR', '2026-01-30')$$, '3F000', NULL, 'of a ledger that is');
SELECT throws_ok($$SELECT exchange_at('f', '2.5e18 EUR', 'JPY', '2026-01-29')$$, '22003', NULL, 'what does not fit is said');
SET LOCAL chipbook.as_of = '2000-01-01';
SELECT is((SELECT converted FROM exchange_at('f', '100 USD', 'EUR', '2026-01-30')), NULL, 'as known then');
RESET chipbook.as_of;
SELECT results_eq($$SELECT rate FROM f_report.exchange_rate WHERE from_currency = 'USD' AND rate_type = 'closing' ORDER BY rate_source$$, $$VALUES (0.81::numeric(38,15)), (0.80)$$, 'rates are published');

-- Exact, whatever the rates: as numeric says with digits to spare.
SELECT is(count(*), 0::bigint, 'm x n / d is rounded once, half away from zero')
FROM (SELECT monetary(round((random() - 0.5)::numeric * 10::numeric ^ (i % 16), 15), 'USD') AS m, round((0.01 + random() * 100)::numeric, i % 12 + 2) AS n,
             round((0.01 + random() * 100)::numeric, i % 7 + 2) AS d FROM generate_series(1, 5000) i) c
WHERE amount(exchanged(m, n, d, 'EUR')) IS DISTINCT FROM round(amount(m) * n * (1 + 1e-60 - 1e-60) / d, 15)
  AND abs(amount(exchanged(m, n, d, 'EUR')) * d - amount(m) * n) > 0.5e-15 * d;
SELECT results_eq($$SELECT exchanged('0.000000000000001 USD', 1, 2, 'EUR'), exchanged('-0.000000000000001 USD', 1, 2, 'EUR'), exchanged('0.000000000000001 USD', 1, 2.0001, 'EUR')$$,
    $$VALUES ('0.000000000000001 EUR'::monetary, '-0.000000000000001 EUR'::monetary, '0 EUR'::monetary)$$, 'a half away from zero');

-- ---------------------------------------------------------------------------
-- Translation of an entity: 1,000 at 1.25 = 800; 100 at 1.20 = 83.33; 900 at 1.00 = 900; 183.33
-- ---------------------------------------------------------------------------
CREATE FUNCTION pg_temp.post(of_ledger text, on_day date, debit text, credit text, m monetary, of_entity text DEFAULT 'us') RETURNS void LANGUAGE sql AS $$
    SELECT approve_entry(of_ledger, post_entry(of_ledger, of_entity, 'ifrs', ARRAY[posting_line(debit, m), posting_line(credit, - m)], 'test', posting_date => on_day, prepared_by => 'someone'), 'another')
$$;
SELECT open_load('f', 'books', 't') AS load \gset
INSERT INTO f.entity (entity_id, name, functional_currency) VALUES ('us', 'counts in dollars', 'USD'), ('nowhere', 'counts in pounds', 'GBP');
INSERT INTO f.account (account_id, name, kind) VALUES ('0100', 'chips', 'asset'), ('0190', 'accumulated', 'asset'), ('2000', 'capital', 'equity'), ('6100', 'depreciation', 'expense'), ('4000', 'income', 'income'), ('3000', 'payables', 'liability');
INSERT INTO f.fx_rate (from_currency, to_currency, rate_type, rate_date, rate) VALUES
    ('USD', 'EUR', 'historical', '2026-09-30', 1 / 1.25), ('USD', 'EUR', 'average', '2026-09-30', 0.79), ('USD', 'EUR', 'closing', '2026-09-30', 1 / 1.25),
    ('USD', 'EUR', 'average', '2026-10-31', 1 / 1.20), ('USD', 'EUR', 'closing', '2026-10-15', 0.7), ('USD', 'EUR', 'closing', '2026-10-31', 1.00);
SELECT publish_load('f', :load);
SELECT pg_temp.post('f', '2026-09-30', '0100', '2000', '1000 USD');
SELECT pg_temp.post('f', '2026-10-31', '6100', '0190', '100 USD');
SELECT pg_temp.post('f', '2026-10-31', '6100', '0190', '1 GBP', 'nowhere');
SELECT results_eq($$SELECT functional_net_assets, round(net_assets_opening, 2), round(result, 2), round(exchange_difference, 2), round(net_assets_closing, 2), round(cumulative_adjustment, 2)
                    FROM f_report.translation_adjustment WHERE entity_id = 'us' ORDER BY fiscal_year, period_number$$,
    $$VALUES (1000.0, 0.00, 0.00, 0.00, 800.00, 0.00), (900, 800.00, -83.33, 183.33, 900.00, 183.33)$$,
    '1,000 at 1.25 = 800; 100 at 1.20 = 83.33; 900 at 1.00 = 900; exchange difference in equity 183.33');
SELECT results_eq($$SELECT line, account_id, functional_balance, round(translated_balance, 2) FROM f_report.entity_translation WHERE entity_id = 'us' AND period_number = 10 ORDER BY line, account_id$$,
    $$VALUES ('account', '0100', 1000.0, 1000.00), ('account', '0190', -100, -100.00), ('account', '2000', -1000, -800.00), ('account', '6100', 100, 83.33), ('exchange_difference', NULL, 0, -183.33)$$,
    'account by account');
SELECT is_empty($$SELECT entity_id, period_number FROM f_report.entity_translation WHERE entity_id = 'us' GROUP BY 1, 2 HAVING sum(functional_balance) <> 0 OR sum(translated_balance) <> 0$$, 'balances add up to nothing in both currencies');
SELECT results_eq($$SELECT line, account_id, functional_balance, translated_balance FROM f_report.entity_translation WHERE entity_id = 'nowhere' ORDER BY line, account_id$$,
    $$VALUES ('account', '0190', -1.0, NULL::numeric), ('account', '6100', 1, NULL), ('exchange_difference', NULL, 0, NULL)$$, 'without rates nothing is known');
SELECT results_eq($$SELECT finding, subject_id, period_month FROM f_report.data_quality WHERE finding LIKE '%rate_missing'$$,
    $$VALUES ('translation_rate_missing', 'nowhere', date '2026-10-01')$$, 'which is a finding');

-- Random books: net assets roll forward to the last digit, whatever the rates, over years.
SELECT open_load('f', 'random', 't') AS load \gset
INSERT INTO f.entity (entity_id, name, functional_currency) VALUES ('random', 'random', 'SEK');
INSERT INTO f.fx_rate (from_currency, to_currency, rate_type, rate_date, rate)
SELECT 'SEK', 'EUR', k.rate_type, (m + interval '1 month')::date - 1, round((0.05 + random() * 0.1)::numeric, 6)
FROM generate_series(timestamp '2024-11-01', '2026-09-01', '1 month') m, unnest('{closing,average,historical}'::text[]) k (rate_type);
SELECT publish_load('f', :load);
SELECT count(pg_temp.post('f', (m + interval '1 month')::date - 1, (ARRAY['0100', '6100', '2000'])[1 + floor(random() * 3)::integer], (ARRAY['0190', '3000', '4000'])[1 + floor(random() * 3)::integer],
                          monetary(round((random() * 1e6)::numeric, 2), 'SEK'), 'random'))
FROM generate_series(timestamp '2024-11-01', '2026-09-01', '1 month') m, generate_series(1, 2);
SELECT is_empty($$SELECT * FROM f_report.translation_adjustment WHERE entity_id = 'random'
                  AND (net_assets_opening + result + equity_movement + exchange_difference = net_assets_closing) IS NOT TRUE$$, 'net assets roll forward');
SELECT is_empty($$SELECT fiscal_year, period_number FROM f_report.entity_translation WHERE entity_id = 'random' GROUP BY 1, 2
                  HAVING sum(functional_balance) <> 0 OR sum(translated_balance) IS DISTINCT FROM 0$$, 'and balances add up to nothing');
SELECT isnt_empty($$SELECT * FROM f_report.entity_translation WHERE entity_id = 'random' AND line = 'result_of_earlier_years' AND translated_balance <> 0$$, 'with results of earlier years');

-- ---------------------------------------------------------------------------
-- Monetary items: 1,000,000 USD bought at 1.25 USD per EUR stay 800,000 EUR; the unpaid payable at 1.00 loses 200,000
-- ---------------------------------------------------------------------------
SELECT open_load('f', 'items', 't') AS load \gset
INSERT INTO f.entity (entity_id, name, functional_currency) VALUES ('de', 'counts in euros', 'EUR');
INSERT INTO f.party (party_id, name, kind) VALUES ('vendor', 'vendor of chips', 'company');
INSERT INTO f.account (account_id, name, kind) VALUES
    ('3300', 'payables', 'liability'), ('1200', 'receivables', 'asset'), ('7800', 'exchange losses', 'expense'), ('4800', 'exchange gains', 'income'), ('0195', 'accumulated in euros', 'asset');
INSERT INTO f.posting_rule (rule_id, event, asset_class, debit_account_id, credit_account_id)
SELECT concat(e, k), concat('fx_', e), k, CASE WHEN e LIKE '%gain' THEN a ELSE '7800' END, CASE WHEN e LIKE '%gain' THEN '4800' ELSE a END
FROM unnest('{realised_gain,realised_loss,unrealised_gain,unrealised_loss}'::text[]) e,
     (VALUES ('payable', '3300'), ('loan_payable', '3300'), ('lease_liability', '3300'), ('receivable', '1200'), ('loan_receivable', '1200'), ('cash', '1200')) v (k, a);
INSERT INTO f.posting_rule (rule_id, event, debit_account_id, credit_account_id) VALUES ('d', 'depreciation', '6100', '0195');
-- The chips are bought in euros at the rate of the day: there is nothing about them that a rate could change.
INSERT INTO f.asset (asset_id, entity_id, name, component, chips, cost, acquired_on, available_for_use_on)
SELECT 'chips', 'de', 'bought in dollars', 'chip', 10, exchange('1000000 USD', 1 / 1.25, 'EUR'), '2026-06-10', '2026-07-01';
INSERT INTO f.asset_policy (asset_id, basis, policy) VALUES ('chips', 'ifrs', 'straight_line(life=5 years, convention=full_month)');
INSERT INTO f.monetary_item (item_id, entity_id, kind, counterparty_id, amount, recognised_on, inverse_rates) VALUES ('invoice', 'de', 'payable', 'vendor', '1000000 USD', '2026-06-10', true);
INSERT INTO f.fx_rate (from_currency, to_currency, rate_type, rate_date, rate) VALUES
    ('EUR', 'USD', 'spot', '2026-06-10', 1.25), ('EUR', 'USD', 'closing', '2026-06-30', 1.25), ('EUR', 'USD', 'closing', '2026-07-31', 1.00);
SELECT publish_load('f', :load);
SELECT is(close_period('f', 'de', 'ifrs', 2026, 6), 0::bigint, 'at the same rate there is nothing to post');
SELECT is(close_period('f', 'de', 'ifrs', 2026, 7), 2::bigint, 'depreciation and revaluation');
SELECT results_eq($$SELECT kind, account_id, amount, asset_class, party_id, currency FROM f_report.general_ledger WHERE entity_id = 'de' ORDER BY kind, account_id$$,
    $$VALUES ('depreciation', '0195', -13333.33, 'chip', NULL, 'EUR'), ('depreciation', '6100', 13333.33, 'chip', NULL, 'EUR'),
             ('revaluation', '3300', -200000, 'payable', 'vendor', 'EUR'), ('revaluation', '7800', 200000, 'payable', 'vendor', 'EUR')$$,
    'the unpaid payable at 1.00 loses 200,000, the chips are depreciated from 800,000');
SELECT results_eq($$SELECT cost, book_value FROM f_report.chip_book_value WHERE asset_id = 'chips' AND period_month = '2026-07-01'$$, $$VALUES (800000.0, 786666.67)$$, 'which they stay at');
SELECT results_eq($$SELECT recognised, carried, value, unrealised, unrealised_change, realised, recognised_rate, closing_rate FROM f_report.monetary_item_value WHERE item_id = 'invoice' AND period_month = '2026-07-01'$$,
    $$VALUES (800000.0, 800000.0, 1000000.0, -200000.0, -200000.0, 0.0, 0.8, 1.0)$$, 'and the view says so');
SELECT results_eq($$SELECT finding, period_month FROM f.currency_finding WHERE subject_id = 'invoice' ORDER BY 2$$,
    $$VALUES ('item_closing_rate_missing', date '2026-08-01')$$, 'a month without a rate is a finding');
SELECT throws_like($$SELECT close_period('f', 'de', 'ifrs', 2026, 8)$$, 'period FY26-P08 of entity "de", basis ifrs, cannot be closed: rates of exchange are missing (monetary items: 1)', 'and stops the close');

-- Half is paid in August at 1.10: realised 454,545.45 - 400,000; what is left is at 1.20. The rest in September.
SELECT open_load('f', 'paid', 't') AS load \gset
INSERT INTO f.monetary_settlement (settlement_id, item_id, amount, settled_on, settled_rate) VALUES ('half', 'invoice', '500000 USD', '2026-08-20', 1 / 1.10), ('rest', 'invoice', '500000 USD', '2026-09-05', NULL);
INSERT INTO f.fx_rate (from_currency, to_currency, rate_type, rate_date, rate) VALUES ('EUR', 'USD', 'closing', '2026-08-31', 1.20), ('EUR', 'USD', 'spot', '2026-09-05', 1.30);
SELECT publish_load('f', :load);
SELECT is(close_period('f', 'de', 'ifrs', 2026, 8), 2::bigint, 'August is closed');
SELECT is(close_period('f', 'de', 'ifrs', 2026, 9), 2::bigint, 'and September, which needs no closing rate: nothing is left');
SELECT results_eq($$SELECT period_month, remaining, carried, value, unrealised, unrealised_change, realised FROM f_report.monetary_item_value WHERE item_id = 'invoice' AND period_month > '2026-07-01'$$,
    $$VALUES (date '2026-08-01', 500000.0, 400000.0, 416666.67, -16666.67, 183333.33, -54545.45), ('2026-09-01', 0, 0, 0, 0, 16666.67, 15384.62)$$, 'realised as it is paid, unrealised while it is not');
SELECT results_eq($$SELECT fiscal_period, account_id, sum(amount) FROM f_report.general_ledger WHERE entity_id = 'de' AND kind = 'revaluation' AND account_id = '3300' GROUP BY 1, 2 ORDER BY 1$$,
    $$VALUES ('FY26-P07', '3300', -200000.0), ('FY26-P08', '3300', 128787.88), ('FY26-P09', '3300', 32051.29)$$, 'the journal has the same');
SELECT is((SELECT - sum(amount) FROM f_report.general_ledger WHERE entity_id = 'de' AND kind = 'revaluation' AND account_id IN ('7800', '4800')),
    800000 - round(500000 / 1.10, 2) - round(500000 / 1.30, 2), 'over the life: recognised less settled');
SELECT is(close_period('f', 'de', 'ifrs', 2026, 9), 0::bigint, 'closed again, nothing is posted');

-- A rate that turns out to have been another is corrected in the period that finds it.
SELECT open_load('f', 'late', 't', prepared_by => 'someone') AS load \gset
INSERT INTO f.monetary_settlement (settlement_id, item_id, amount, settled_on, settled_rate) VALUES ('half', 'invoice', '500000 USD', '2026-08-20', 1 / 1.25);
INSERT INTO f.fx_rate (from_currency, to_currency, rate_type, rate_date, rate) VALUES ('USD', 'EUR', 'closing', '2026-10-31', 0.9);
SELECT approve_load('f', :load);
SELECT publish_load('f', :load);
SELECT is(close_period('f', 'de', 'ifrs', 2026, 10), 2::bigint, 'the next close');
SELECT results_eq($$SELECT account_id, amount FROM f_report.general_ledger WHERE entity_id = 'de' AND kind = 'revaluation' AND fiscal_period = 'FY26-P10' ORDER BY 1$$,
    $$VALUES ('3300', 54545.45), ('4800', -54545.45)$$, 'takes back what was posted too much');
SELECT is_empty($$SELECT * FROM verify_ledger('f') WHERE finding <> 'owner_can_log_in'$$, 'and the ledger verifies');

-- ---------------------------------------------------------------------------
-- Random items: what is gained over the life is what was settled less what was recognised
-- ---------------------------------------------------------------------------
SELECT create_ledger('g', 'CHF');
INSERT INTO g.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('g', 'random', 't') AS load \gset
INSERT INTO g.fx_rate (from_currency, to_currency, rate_type, rate_date, rate)
SELECT c::currency, 'CHF', k, d::date, round((0.2 + random() * 2)::numeric, 3 + (random() * 5)::integer)
FROM unnest('{USD,JPY,BHD}'::text[]) c, (VALUES ('spot', '1 day'::interval), ('closing', '1 day')) t (k, s), generate_series(timestamp '2026-01-01', '2026-06-30', '1 day') d;
INSERT INTO g.monetary_item (item_id, kind, amount, recognised_on, recognised_rate, due_on)
SELECT 'i' || i, (ARRAY['receivable', 'loan_receivable', 'cash', 'payable', 'loan_payable', 'lease_liability'])[1 + i % 6],
       monetary(round((0.01 + random() * 10 ^ (i % 9))::numeric, 2), (ARRAY['USD', 'JPY', 'BHD'])[1 + i % 3]::currency), date '2026-01-01' + (random() * 60)::integer,
       CASE WHEN i % 4 = 0 THEN round((0.3 + random())::numeric, 9) END, CASE WHEN i % 5 = 0 THEN date '2028-01-01' END
FROM generate_series(1, 120) i;
-- Paid in three parts of any size, the last of which is the rest.
INSERT INTO g.monetary_settlement (settlement_id, item_id, amount, settled_on, settled_rate)
SELECT format('%s/%s', i.item_id, p.n), i.item_id, p.m, i.recognised_on + (p.n * 25)::integer, CASE WHEN p.n = 2 THEN round((0.3 + random())::numeric, 7) END
FROM g.monetary_item i, unnest(allocate(i.amount, ARRAY[ceil(random() * 100), ceil(random() * 100), 50]::numeric[])) WITH ORDINALITY p (m, n) WHERE amount(p.m) > 0;
SELECT publish_load('g', :load);
CREATE TEMPORARY TABLE life AS
SELECT i.item_id, CASE WHEN i.kind IN ('receivable', 'loan_receivable', 'cash') THEN 1 ELSE -1 END
       * (sum(amount(round(exchange(s.amount, coalesce(s.settled_rate, r.rate), 'CHF')))) - amount(round(exchange(i.amount, coalesce(i.recognised_rate, o.rate), 'CHF')))) AS gain
FROM g.monetary_item i JOIN g.monetary_settlement s USING (item_id)
LEFT JOIN g.fx_rate r ON r.rate_type = 'spot' AND r.from_currency = currency(s.amount) AND r.rate_date = s.settled_on
LEFT JOIN g.fx_rate o ON o.rate_type = 'spot' AND o.from_currency = currency(i.amount) AND o.rate_date = i.recognised_on
GROUP BY i.item_id, i.kind, i.amount, i.recognised_rate, o.rate;
CREATE TEMPORARY TABLE value AS SELECT * FROM g_report.monetary_item_value;
SELECT results_eq('SELECT item_id, sum(realised + unrealised_change) FROM value GROUP BY 1 ORDER BY 1', 'SELECT item_id, gain FROM life ORDER BY 1',
    'realised and unrealised differences of an item add up to what it was settled at less what it was recognised at');
SELECT is_empty('SELECT item_id FROM value GROUP BY 1 HAVING sum(realised) IS DISTINCT FROM (SELECT gain FROM life l WHERE l.item_id = value.item_id)', 'all of it is realised in the end');
SELECT isnt_empty('SELECT * FROM value WHERE unrealised <> 0 AND realised <> 0', 'with months of both');
SELECT is_empty($$SELECT * FROM value WHERE remaining > 0 AND unrealised <> CASE WHEN kind IN ('receivable', 'loan_receivable', 'cash') THEN value - carried ELSE carried - value END$$, 'unrealised is the value less what it is carried at');
SELECT open_load('g', 'rules', 't') AS load \gset
INSERT INTO g.account (account_id, name, kind) VALUES ('1000', 'items', 'asset'), ('7000', 'exchange', 'expense');
INSERT INTO g.posting_rule (rule_id, event, debit_account_id, credit_account_id)
SELECT e, concat('fx_', e), CASE WHEN e LIKE '%gain' THEN '1000' ELSE '7000' END, CASE WHEN e LIKE '%gain' THEN '7000' ELSE '1000' END
FROM unnest('{realised_gain,realised_loss,unrealised_gain,unrealised_loss}'::text[]) e;
SELECT publish_load('g', :load);
SELECT count(close_period('g', 'main', b, 2026, p)) FROM (VALUES ('ifrs'), ('hgb'), ('us_tax')) b (b), generate_series(1, 6) p;
SELECT results_eq($$SELECT g.basis, - sum(g.amount) FROM g_report.general_ledger_all_bases g WHERE g.account_id = '7000' GROUP BY 1 ORDER BY 1$$,
    $$SELECT b, (SELECT sum(gain) FROM life) FROM unnest('{hgb,ifrs,us_tax}'::text[]) b$$, 'and so do the books, under every basis');
SELECT results_eq($$SELECT g.period_number::integer, - sum(g.amount) FROM g_report.general_ledger g WHERE g.account_id = '7000' GROUP BY 1 ORDER BY 1$$,
    $$SELECT extract(month FROM period_month)::integer, sum(realised + unrealised_change) FROM value GROUP BY 1 HAVING sum(realised + unrealised_change) <> 0 ORDER BY 1$$, 'month by month');
SELECT is_empty($$SELECT g.entry_id, l.line_number FROM g.journal_entry g JOIN g.journal_line l USING (entry_id) LEFT JOIN g.journal_line_source s USING (entry_id, line_number)
                  WHERE g.kind = 'revaluation' GROUP BY 1, 2, l.amount HAVING sum(s.amount) IS NULL OR sum(s.amount) <> l.amount$$, 'every line is made of items');
SELECT is_empty($$SELECT * FROM g.journal_entry j JOIN g.journal_line_source s USING (entry_id) WHERE j.basis = 'us_tax' AND s.source_key LIKE 'fx_unrealised%'$$, 'nothing unrealised for tax');

-- What a basis recognises while an item is open.
SELECT results_eq($$SELECT b, recognised_difference('5 EUR', b, '2027-06-30', '2026-06-01'), recognised_difference('5 EUR', b, '2027-06-01', '2026-06-01'), recognised_difference('-5 EUR', b, '2027-06-30', '2026-06-01'),
                           recognised_difference('5 EUR', b, NULL, '2026-06-01') FROM unnest('{ifrs,us_gaap,hgb,us_tax}'::text[]) b$$,
    $$VALUES ('ifrs', '5 EUR'::monetary, '5 EUR'::monetary, '-5 EUR'::monetary, '5 EUR'::monetary), ('us_gaap', '5 EUR', '5 EUR', '-5 EUR', '5 EUR'),
             ('hgb', '0 EUR', '5 EUR', '-5 EUR', '5 EUR'), ('us_tax', '0 EUR', '0 EUR', '0 EUR', '0 EUR')$$, 'HGB 256a: no gain on what is due later than in a year');

SELECT * FROM finish();
ROLLBACK;
