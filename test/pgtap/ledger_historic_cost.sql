-- Chips bought in a currency that their entity does not count in: carried there at the rate of the day
-- they came in, whatever rates do later, and translated from there (IAS 21.21, 21.23(b), 21.39).
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET client_min_messages = warning;
SELECT no_plan();

SELECT create_ledger('c', 'EUR');
INSERT INTO c.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('c', 'assets', 't') AS load \gset
INSERT INTO c.entity (entity_id, name, functional_currency) VALUES ('us', 'counts in dollars', 'USD'), ('jp', 'counts in yen', 'JPY');
INSERT INTO c.site (site_id, name) VALUES ('S', 'site');
INSERT INTO c.asset (asset_id, entity_id, name, component, chips, cost, acquired_on, available_for_use_on) VALUES
    ('paid in dollars', 'main', 'by an entity that counts in euros', 'chip', 10, '1000000 USD', '2026-06-10', '2026-07-01'),
    ('paid in yen', 'us', 'by one that counts in dollars', 'chip', 10, '120000000 JPY', '2026-06-10', '2026-07-01'),
    ('grows', 'main', 'with an addition, half of it sold', 'server', NULL, '1200 USD', '2026-06-10', '2026-07-01'),
    ('salvaged', 'main', 'with an amount that is left', 'network', NULL, '1200 USD', '2026-06-10', '2026-07-01'),
    ('moves', 'main', 'goes to America', 'power', NULL, '600 USD', '2026-06-10', '2026-07-01'),
    ('no rate', 'main', 'of a day without one', 'building', NULL, '600 USD', '2026-06-11', '2026-07-01'),
    ('no later rate', 'main', 'of a day with one, added to on one without', 'other', NULL, '600 USD', '2026-06-10', '2026-07-01');
INSERT INTO c.asset_policy (asset_id, basis, policy)
SELECT a.asset_id, 'ifrs', CASE a.asset_id WHEN 'salvaged' THEN 'straight_line(life=1 year, salvage_amount=240, convention=full_month)'
                                           WHEN 'paid in dollars' THEN 'straight_line(life=5 years, convention=full_month)' ELSE 'straight_line(life=1 year, convention=full_month)' END::amortisation_policy
FROM c.asset a;
INSERT INTO c.asset_event (event_id, asset_id, kind, happened_on, amount, share, proceeds, to_entity_id, to_site_id) VALUES
    ('more', 'grows', 'addition', '2026-08-01', '1100 USD', NULL, NULL, NULL, NULL), ('sold', 'grows', 'disposal', '2026-09-01', NULL, 0.5, '700 USD', NULL, NULL),
    ('moved', 'moves', 'transfer', '2026-09-01', NULL, NULL, NULL, 'us', 'S'), ('late', 'no later rate', 'addition', '2026-08-02', '100 USD', NULL, NULL, NULL, NULL);
INSERT INTO c.fx_rate (from_currency, to_currency, rate_type, rate_date, rate) VALUES
    -- 1.25 USD for a euro on the day they were bought; 1.00, 1.10 and 1.40 at the ends of months.
    ('USD', 'EUR', 'spot', '2026-06-10', 0.80), ('USD', 'EUR', 'historical', '2026-08-01', 0.90), ('USD', 'EUR', 'spot', '2026-08-01', 9), ('USD', 'EUR', 'spot', '2026-09-01', 0.75),
    ('JPY', 'USD', 'historical', '2026-06-10', 0.0068), ('JPY', 'EUR', 'spot', '2026-06-10', 99),
    ('USD', 'EUR', 'closing', '2026-06-30', 0.81), ('USD', 'EUR', 'closing', '2026-07-31', 1.00), ('USD', 'EUR', 'closing', '2026-08-31', 0.90), ('USD', 'EUR', 'closing', '2026-09-30', 0.70),
    ('USD', 'EUR', 'average', '2026-06-30', 0.805), ('USD', 'EUR', 'average', '2026-07-31', 0.95), ('USD', 'EUR', 'average', '2026-08-31', 0.92), ('USD', 'EUR', 'average', '2026-09-30', 0.76);
SELECT publish_load('c', :load, recorded_at => '2026-10-02 00:00Z');
SET LOCAL chipbook.as_of = '2026-10-05';

-- 1,000,000 USD at 1.25 are 800,000 EUR, and stay that whatever a dollar is worth; a month of five years is 13,333.33.
SELECT results_eq($$SELECT period_month, functional_currency, cost_closing, charge, book_value, exchange_difference FROM c_report.fixed_asset_register_reporting
                    WHERE entity_id = 'main' AND asset_class = 'chip' ORDER BY 1$$,
    $$VALUES (date '2026-07-01', 'EUR', 800000.0, 13333.33, 786666.67, 0.0), ('2026-08-01', 'EUR', 800000, 13333.34, 773333.33, 0),
             ('2026-09-01', 'EUR', 800000, 13333.33, 760000, 0)$$, 'bought at 1.25, 1,000,000 USD stay 800,000 EUR at 1.00 and at any rate');
SELECT results_eq($$SELECT cost_closing, book_value, currency FROM c_report.fixed_asset_register WHERE entity_id = 'main' AND asset_class = 'chip' AND period_month = '2026-09-01'$$,
    $$VALUES (1000000.0, 950000.0, 'USD')$$, 'what it was bought for is in the other register');
-- 120,000,000 JPY at 0.0068 are 816,000 USD; these are translated, at the rates of dollars and never those of yen.
SELECT results_eq($$SELECT functional_currency, cost_opening, cost_closing, charge, book_value_opening, book_value, exchange_difference FROM c_report.fixed_asset_register_reporting
                    WHERE entity_id = 'us' AND currency = 'JPY' AND period_month = '2026-08-01'$$,
    $$VALUES ('USD', 816000.0, 816000 * 0.9, 68000 * 0.92, 748000.0, 680000 * 0.9, 680000 * 0.9 - 748000 + 68000 * 0.92)$$, 'bought in a third currency: at the historic rate first, then translated');
SELECT results_eq($$SELECT sum(fx), sum(accumulated_fx), sum(exchange_difference) FROM c_report.fixed_asset_register_reporting WHERE functional_currency = 'EUR' AND asset_class NOT IN ('building', 'other') AND fx IS NOT NULL$$,
    $$VALUES (0.0, 0.0, 0.0)$$, 'no exchange difference where the entity counts in the reporting currency');
-- 1,200 USD at 0.80 = 960 EUR, of which two months are charged: 80 and 80 (the second with 1,100 at 0.90 = 990 over eleven months: 90). Half of the sum is sold for 700 at 0.75 = 525.
SELECT results_eq($$SELECT period_month, additions, charge, cost_closing, disposals, proceeds, disposal_gain, book_value FROM c_report.fixed_asset_register_reporting WHERE asset_class = 'server' AND period_month >= '2026-07-01' ORDER BY 1$$,
    $$VALUES (date '2026-07-01', 0.0, 80.0, 960.0, 0.0, 0.0, 0.0, 880.0), ('2026-08-01', 990, 170, 1950, 0, 0, 0, 1700), ('2026-09-01', 0, 85, 975, 975, 525, 525 - 850.0, 765)$$,
    'what is added is at the rate of its day, and so are proceeds; the rest at the first');
-- 240 USD that are left are 192 EUR: (960 - 192) / 12 = 64.
SELECT results_eq($$SELECT charge, book_value FROM c_report.fixed_asset_register_reporting WHERE asset_class = 'network' AND period_month = '2026-09-01'$$, $$VALUES (64.0, 960 - 3 * 64.0)$$, 'an amount that is left is at the historic rate, too');
-- 600 USD are 480 EUR; to the entity that counts in dollars it comes with the 600 USD it cost, less two months.
SELECT results_eq($$SELECT entity_id, period_month, functional_currency, cost_closing, charge, book_value FROM c_report.fixed_asset_register_reporting WHERE asset_class = 'power' AND period_month >= '2026-08-01' ORDER BY 2, 1$$,
    $$VALUES ('main', date '2026-08-01', 'EUR', 480.0, 40.0, 400.0), ('main', '2026-09-01', 'EUR', 0, 0, 0), ('us', '2026-09-01', 'USD', 420, 38, 450 * 0.7)$$, 'it is measured by each entity that has it');
SELECT results_eq($$SELECT DISTINCT asset_class, num_nonnulls(cost_closing, book_value, additions, exchange_difference) FROM c_report.fixed_asset_register_reporting WHERE asset_class IN ('building', 'other') AND period_month = '2026-09-01' ORDER BY 1$$,
    $$VALUES ('building', 0), ('other', 0)$$, 'without the rate of the day nothing is known, never at 1 or at another day''s');
SELECT results_eq($$SELECT finding, subject_id FROM c_report.data_quality WHERE finding IN ('asset_rate_missing', 'register_rate_missing') ORDER BY 2$$,
    $$VALUES ('asset_rate_missing', 'no later rate'), ('asset_rate_missing', 'no rate')$$, 'which is a finding, and no other rate is missed');
SELECT is_empty($$SELECT * FROM c_report.fixed_asset_register_reporting WHERE asset_class NOT IN ('building', 'other') AND (
        cost_opening + cost_brought_forward + additions + transfers - disposals + fx = cost_closing AND accumulated_opening + accumulated_brought_forward + charge + accumulated_transfers - accumulated_disposals + accumulated_fx = accumulated_closing
        AND exchange_difference = fx - accumulated_fx - impairment_fx AND book_value = cost_closing - accumulated_closing - impairment_closing) IS NOT TRUE$$, 'the identities hold');
SELECT is_empty($$SELECT entity_id, basis, asset_class, currency, period_month FROM c_report.fixed_asset_register_reporting GROUP BY 1, 2, 3, 4, 5 HAVING count(*) > 1$$, 'and the key');
SELECT is_empty('SELECT * FROM c_report.ledger_check WHERE NOT ok', 'everything adds up');
SELECT is_empty($$SELECT asset_id, basis, is_purchase, period_month, from_day, asset_class FROM c.asset_register_line GROUP BY 1, 2, 3, 4, 5, 6 HAVING count(*) > 1$$, 'the key of the lines');

-- Amounts in a policy, whatever it is.
SELECT results_eq($$SELECT exchanged_policy(p::amortisation_policy, 3, 2, 'USD', 'JPY')::text FROM unnest(ARRAY['macrs(life=5 years, section_179=100, bonus=0.5)', 'straight_line(life=5 years, salvage_amount=10.5)', 'straight_line(life=5 years, salvage=0.1)']) p$$,
    $$VALUES ('macrs(life=5 years, section_179=150, bonus=0.5)'), ('straight_line(life=5 years, salvage_amount=16)'), ('straight_line(life=5 years, salvage=0.1)')$$, 'amounts of a policy are exchanged, and nothing else of it');
SELECT is(exchanged_policy('straight_line(life=5 years, salvage_amount=2000000000000000000)'::amortisation_policy, 1000, 1, 'USD', 'JPY'), NULL, 'what does not fit is not known');
SELECT is(exchanged_policy('fixed_rate(life=6 years, salvage_amount=1)'::amortisation_policy, 1, 1000, 'USD', 'EUR'), NULL, 'nor what is nothing and must not be');

SELECT * FROM finish();
ROLLBACK;
