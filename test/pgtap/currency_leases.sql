-- What leases leave to be paid in another currency than their entity's is money: revalued by the close,
-- with interest at average rates and payments at those of their days; the right of use is not.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET client_min_messages = warning;
SELECT no_plan();
SELECT setseed(0.16);

SELECT create_ledger('l', 'EUR');
INSERT INTO l.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('l', 'leases', 't') AS load \gset
INSERT INTO l.party (party_id, name, kind) VALUES ('we', 'we', 'company'), ('lessor', 'lessor', 'company');
INSERT INTO l.deal (deal_id, customer_id, supplier_id, kind, currency, legal_status, evidence)
SELECT d, 'we', 'lessor', 'lease', 'USD', 'signed', 'contract' FROM unnest('{d1,d2,d3,d4}'::text[]) d;
-- Two payments of 1,000 at the ends of two months, at no interest: 2,000 USD recognised at 0.80 = 1,600 EUR.
INSERT INTO l.lease (lease_id, deal_id, entity_id, commences_on, payments, rate) VALUES
    ('plain', 'd1', 'main', '2026-01-01', ARRAY['1000 USD', '1000 USD']::monetary[], 0),
    ('at home', 'd2', 'main', '2026-01-01', ARRAY['1000 EUR', '1000 EUR']::monetary[], 0),
    ('by item', 'd3', 'main', '2026-01-01', ARRAY['1000 USD', '1000 USD']::monetary[], 0),
    ('not ours', 'd4', NULL, '2026-01-01', ARRAY['1000 USD', '1000 USD']::monetary[], 0);
INSERT INTO l.monetary_item (item_id, kind, amount, recognised_on, reference) VALUES ('lease by hand', 'lease_liability', '2000 USD', '2026-01-01', 'by item');
INSERT INTO l.fx_rate (from_currency, to_currency, rate_type, rate_date, rate) VALUES
    ('USD', 'EUR', 'spot', '2026-01-01', 0.80), ('USD', 'EUR', 'spot', '2026-01-31', 0.85), ('USD', 'EUR', 'closing', '2026-01-31', 0.86),
    ('USD', 'EUR', 'spot', '2026-02-28', 0.70), ('USD', 'EUR', 'closing', '2026-02-28', 0.71);
INSERT INTO l.account (account_id, name, kind) VALUES ('3400', 'lease liabilities', 'liability'), ('7800', 'exchange', 'expense');
INSERT INTO l.posting_rule (rule_id, event, asset_class, debit_account_id, credit_account_id)
SELECT e, concat('fx_', e), 'lease_liability', CASE WHEN e LIKE '%gain' THEN '3400' ELSE '7800' END, CASE WHEN e LIKE '%gain' THEN '7800' ELSE '3400' END
FROM unnest('{realised_gain,realised_loss,unrealised_gain,unrealised_loss}'::text[]) e;
SELECT publish_load('l', :load);

-- January: 1,000 paid at 0.85 release 800: 50 lost. 1,000 left, carried at 800, are worth 860: 60 lost. February: 1,000 paid at 0.70 release 800: 100 gained, and the 60 go.
SELECT results_eq($$SELECT lease_id, basis, period_month, remaining, carried, value, unrealised, unrealised_change, realised FROM l_report.lease_liability_value ORDER BY 1, 2, 3$$,
    $$SELECT 'plain', b, v.* FROM unnest('{ifrs,us_gaap}'::text[]) b, (VALUES (date '2026-01-01', 1000.0, 800.0, 860.0, -60.0, -60.0, -50.0), ('2026-02-01', 0, 0, 0, 0, 60, 100)) v$$,
    'recognised at 0.80, paid at 0.85 and at 0.70');
SELECT is(close_period('l', 'main', 'ifrs', 2026, 1), 1::bigint, 'January is closed');
SELECT results_eq($$SELECT account_id, sum(amount) FROM l_report.general_ledger WHERE kind = 'revaluation' AND party_id = 'lessor' GROUP BY 1 ORDER BY 1$$, $$VALUES ('3400', -110.0), ('7800', 110.0)$$, 'what it lost is posted');
SELECT is((SELECT sum(amount) FROM l_report.general_ledger WHERE kind = 'revaluation' AND party_id IS NULL AND account_id = '3400'), -120.0, 'an item that stands for a lease is revalued in its stead, once');
SELECT is(close_period('l', 'main', 'ifrs', 2026, 2), 1::bigint, 'and February');
SELECT is((SELECT sum(amount) FROM l_report.general_ledger WHERE kind = 'revaluation' AND party_id = 'lessor' AND account_id = '7800'), 1000 * 0.85 + 1000 * 0.70 - 1600, 'over the life: paid less recognised');
SELECT is(close_period('l', 'main', 'ifrs', 2026, 2), 0::bigint, 'closed again, nothing is posted');
SELECT results_eq($$SELECT DISTINCT s.source_table FROM l.journal_line_source s ORDER BY 1$$, $$VALUES ('lease'), ('monetary_item')$$, 'the lines name the lease');
SELECT is(close_period('l', 'main', 'hgb', 2026, 1) + close_period('l', 'main', 'hgb', 2026, 2), 2::bigint, 'under HGB only the item: it has no lease liability');
SELECT is_empty($$SELECT * FROM l_report.general_ledger_all_bases WHERE basis = 'hgb' AND party_id = 'lessor'$$, 'which a basis that measures none does not revalue');
SELECT is_empty($$SELECT * FROM verify_ledger('l') WHERE finding <> 'owner_can_log_in'$$, 'and the ledger verifies');

-- Interest, in advance and in arrears, a decrease in scope and another plan, random rates: nothing is lost.
SELECT create_ledger('r', 'CHF');
INSERT INTO r.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('r', 'leases', 't') AS load \gset
INSERT INTO r.party (party_id, name, kind) VALUES ('we', 'we', 'company'), ('lessor', 'lessor', 'company');
INSERT INTO r.deal (deal_id, customer_id, supplier_id, kind, currency, legal_status, evidence) VALUES ('d', 'we', 'lessor', 'lease', 'USD', 'signed', 'contract');
INSERT INTO r.fx_rate (from_currency, to_currency, rate_type, rate_date, rate)
SELECT c::currency, 'CHF', k, d::date, round((0.2 + random() * 2)::numeric, 3 + (random() * 5)::integer)
FROM unnest('{USD,JPY}'::text[]) c, unnest('{spot,closing,average}'::text[]) k, generate_series(timestamp '2024-12-01', '2026-03-31', '1 day') d WHERE k = 'spot' OR extract(day FROM d + interval '1 day') = 1;
INSERT INTO r.lease (lease_id, deal_id, entity_id, commences_on, period_months, payments, in_advance, rate)
SELECT 'lease ' || i, 'd', 'main', date '2025-01-01' + (random() * 40)::integer, (ARRAY[1, 3, 6])[1 + i % 3],
       (SELECT array_agg(monetary(round((n * 0 + 100 + random() * 900)::numeric, 2), c.code)) FROM generate_series(1, (ARRAY[12, 4, 2])[1 + i % 3]) n), i % 2 = 0, round((random() * 0.2)::numeric, 4)
FROM generate_series(1, 24) i, LATERAL (SELECT (ARRAY['USD', 'JPY'])[1 + i % 2]::currency AS code) c;
INSERT INTO r.lease_modification (lease_id, effective_on, kind, payments, scope_kept)
SELECT l.lease_id, '2025-05-01', CASE WHEN l.lease_id < 'lease 5' THEN 'decrease_in_scope' ELSE 'modification' END, l.payments[1:2], CASE WHEN l.lease_id < 'lease 5' THEN 0.5 ELSE 1 END
FROM r.lease l WHERE l.period_months = 1 AND l.lease_id > 'lease 2';
SELECT publish_load('r', :load);
CREATE TEMPORARY TABLE value AS SELECT * FROM r_report.lease_liability_value;
SELECT is((SELECT count(DISTINCT lease_id) FROM value), 24::bigint, 'of every lease');
-- By the flows of lease_row: what came in less what was paid, each at its own rate, is what was gained; by days of months for interest.
CREATE TEMPORARY TABLE life AS
SELECT r.lease_id, r.basis, sum(coalesce(CASE WHEN r.period_number = 1 THEN round(amount(r.liability_opening) * o.rate, 2) END, 0) + round(amount(r.liability_change) * o.rate, 2) + i.interest - round(amount(r.payment) * p.rate, 2)) AS gain, count(*) AS periods
FROM r.lease_row r
JOIN r.lease l USING (lease_id)
JOIN r.fx_rate o ON o.rate_type = 'spot' AND o.from_currency = currency(r.payment) AND o.rate_date = r.period_from
JOIN r.fx_rate p ON p.rate_type = 'spot' AND p.from_currency = currency(r.payment) AND p.rate_date = CASE WHEN l.in_advance THEN r.period_from ELSE r.period_to - 1 END
CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount(r.interest) * n.days * a.rate / (r.period_to - r.period_from)), 0) AS interest
    FROM (SELECT date_trunc('month', d)::date AS month, count(*) AS days FROM generate_series(r.period_from::timestamp, (r.period_to - 1)::timestamp, '1 day') d GROUP BY 1) n
    JOIN r.fx_rate a ON a.rate_type = 'average' AND a.from_currency = currency(r.payment) AND date_trunc('month', a.rate_date::timestamp) = n.month) i
GROUP BY r.lease_id, r.basis;
SELECT is_empty('SELECT * FROM (SELECT lease_id, basis, sum(realised + unrealised_change) AS gain FROM value GROUP BY 1, 2) v FULL JOIN life USING (lease_id, basis) WHERE (abs(v.gain - life.gain) <= 0.01 * 2 * life.periods * 7) IS NOT TRUE',
    'what is gained over the life is what came in less what was paid, each at the rate of its day, but for the rounding of each');
SELECT is_empty($$SELECT lease_id FROM value GROUP BY lease_id, basis HAVING (array_agg(remaining ORDER BY period_month DESC))[1] <> 0 OR (array_agg(unrealised ORDER BY period_month DESC))[1] <> 0 OR sum(unrealised_change) <> 0$$,
    'in the end nothing is left, and all of it is realised');
SELECT is_empty('SELECT * FROM value WHERE remaining > 0 AND unrealised <> carried - value', 'what is not realised is what is carried less its value');
SELECT is_empty($$SELECT v.lease_id FROM value v JOIN r_report.lease_liability d ON d.lease_id = v.lease_id AND d.basis = v.basis AND d.as_at = (v.period_month + interval '1 month')::date - 1 WHERE d.liability <> v.remaining$$,
    'what is left is what lease_liability says');
SELECT open_load('r', 'rules', 't') AS load \gset
INSERT INTO r.account (account_id, name, kind) VALUES ('1', 'items', 'liability'), ('7', 'exchange', 'expense');
INSERT INTO r.posting_rule (rule_id, event, debit_account_id, credit_account_id)
SELECT e, concat('fx_', e), CASE WHEN e LIKE '%gain' THEN '1' ELSE '7' END, CASE WHEN e LIKE '%gain' THEN '7' ELSE '1' END FROM unnest('{realised_gain,realised_loss,unrealised_gain,unrealised_loss}'::text[]) e;
SELECT publish_load('r', :load);
SELECT count(close_period('r', 'main', 'ifrs', 2025, p)) FROM generate_series(1, 4) p;
SELECT results_eq($$SELECT period_number::integer, - sum(amount) FROM r_report.general_ledger WHERE account_id = '7' GROUP BY 1 ORDER BY 1$$,
    $$SELECT extract(month FROM period_month)::integer, sum(realised + unrealised_change) FROM value WHERE basis = 'ifrs' AND period_month < '2025-05-01' GROUP BY 1 ORDER BY 1$$, 'the books have the same, month by month');

-- Without a rate of a day it is paid: NULL, a finding, and no close.
SELECT open_load('l', 'no rate', 't') AS load \gset
INSERT INTO l.lease (lease_id, deal_id, entity_id, commences_on, payments, rate) VALUES ('blind', 'd1', 'main', '2026-02-28', ARRAY['10 USD', '10 USD']::monetary[], 0);
SELECT publish_load('l', :load);
SELECT results_eq($$SELECT finding, subject_id, period_month FROM l_report.data_quality WHERE finding = 'lease_rate_missing' ORDER BY 3 LIMIT 1$$, $$VALUES ('lease_rate_missing', 'blind', date '2026-03-01')$$, 'a finding');
SELECT results_eq($$SELECT period_month, carried, value, realised FROM l_report.lease_liability_value WHERE lease_id = 'blind' AND basis = 'ifrs' ORDER BY 1 LIMIT 2$$,
    $$VALUES (date '2026-02-01', 14.0, 14.2, 0.0), ('2026-03-01', 7.0, NULL::numeric, NULL::numeric)$$, 'and unknown, never at 1');
SELECT throws_like($$SELECT close_period('l', 'main', 'ifrs', 2026, 3)$$, '%rates of exchange are missing (monetary items: 2)', 'and no close');

SELECT * FROM finish();
ROLLBACK;
