-- Book values of assets by month and now: charges, states, retirement, bases, what is not known.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'America/Los_Angeles';       -- no figure may depend on the session's zone
SELECT no_plan();

SELECT create_ledger('v', 'EUR', 1, 'Europe/Berlin', 'ifrs');
INSERT INTO v.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('v', 'assets', 't') AS first_load \gset
INSERT INTO v.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on, retired_on) VALUES
    ('third', '100,000 over 36 months', 'server', NULL, '100000 USD', '2023-01-01', '2023-01-01', NULL),
    ('sold', '100 chips sold', 'chip', 100, '3000000 USD', '2025-01-01', '2025-01-01', '2026-07-15'),
    ('sold_days', 'sold, days counted', 'chip', 1, '365 EUR', '2025-01-01', '2025-01-01', '2025-03-11'),
    ('sold_first', 'sold on the first of a month', 'server', NULL, '1200 EUR', '2025-01-01', '2025-01-01', '2025-04-01'),
    ('building', 'not yet available', 'building', NULL, '500 EUR', '2025-02-10', NULL, NULL),
    ('waiting', 'delivered, then energised', 'chip', 1, '1200 EUR', '2025-02-10', '2025-04-15', NULL),
    ('leap', 'a leap year by days', 'server', NULL, '366 EUR', '2024-01-01', '2024-01-01', NULL),
    ('yen', 'no minor unit', 'server', NULL, '1000 JPY', '2025-01-01', '2025-01-01', NULL),
    ('odd', 'a currency ISO does not list', 'server', NULL, '100 ZZZ', '2025-01-01', '2025-01-01', NULL),
    ('gold', 'a currency without minor unit', 'server', NULL, '1 XAU', '2025-01-01', '2025-01-01', NULL),
    ('land', 'land', 'land', NULL, '777 EUR', '2025-01-01', '2025-01-01', NULL),
    ('bare', 'no policy', 'server', NULL, '900 EUR', '2025-01-01', '2025-01-01', NULL),
    ('future', 'in service in a year no calendar has', 'server', NULL, '900 EUR', '2025-01-01', '20000-01-01', NULL),
    ('scrapped', 'retired before it was available', 'server', NULL, '50 EUR', '2025-01-05', NULL, '2025-02-20'),
    ('largest', 'the most money there is', 'server', NULL, '2500000000000000000 EUR', '2025-01-01', '2025-01-01', NULL),
    ('beyond', 'rounded to the cent it is more money than there is', 'server', NULL, '2596148429267413814.265248164610047 EUR', '2025-01-01', '2025-01-01', NULL);
INSERT INTO v.asset_policy (asset_id, basis, policy)
SELECT a, 'ifrs', amortisation_policy(method => 'straight_line', life => l, convention => c)
FROM (VALUES ('third', interval '36 months', 'full_month'), ('sold', '5 years', 'full_month'), ('sold_days', '1 year', 'actual_days'),
             ('sold_first', '1 year', 'actual_days'), ('building', '10 years', 'full_month'), ('waiting', '1 year', 'full_month'),
             ('leap', '1 year', 'actual_days'), ('yen', '3 months', 'full_month'), ('odd', '3 months', 'full_month'), ('gold', '3 months', 'full_month'),
             ('future', '1 year', 'full_month'), ('scrapped', '1 year', 'full_month'), ('largest', '3 years', 'full_month'),
             ('beyond', '1 month', 'full_month')) v (a, l, c);
INSERT INTO v.asset_policy (asset_id, basis, policy)
VALUES ('third', 'economic', amortisation_policy(method => 'exponential', rate => 0.14)),
       ('third', 'us_tax', amortisation_policy(method => 'declining_balance', life => '5 years', factor => 2, switch_to_straight_line => true));
SELECT publish_load('v', :first_load, recorded_at => '2026-08-10 00:00+00');
SET chipbook.as_of = '2026-08-15';

-- accounting.md section 4
SELECT results_eq($$SELECT charge FROM v_report.chip_book_value WHERE asset_id = 'third' ORDER BY period_month LIMIT 3$$,
    $$VALUES (2777.78), (2777.78), (2777.77)$$, '100,000 over 36 months: 2,777.78, 2,777.78, 2,777.77');
SELECT results_eq($$SELECT sum(charge), min(book_value), count(*) FROM v_report.chip_book_value WHERE asset_id = 'third'$$,
    $$VALUES (100000.00, 0.0, 43::bigint)$$, 'and 100,000.00 in all; fully depreciated it stays on the books');
SELECT results_eq($$SELECT v.charge, v.accumulated, v.book_value FROM v_report.chip_book_value v WHERE asset_id = 'third' AND period_month < '2026-01-01' ORDER BY period_month$$,
    $$SELECT amount(s.charge), amount(s.accumulated), amount(s.closing)
      FROM amortisation_schedule('100000 USD', amortisation_policy(method => 'straight_line', life => '36 months', convention => 'full_month'), '2023-01-01') s ORDER BY s.period_start$$,
    'the same as its schedule');
SELECT results_eq($$SELECT v.basis, v.book_value FROM v_report.chip_book_value_all_bases v WHERE asset_id = 'third' AND period_month = '2025-06-01' AND state = 'in_service' ORDER BY 1$$,
    $$SELECT b, amount('100000 USD' - round('100000 USD' - book_value('100000 USD', p, '2023-01-01', '2025-07-01')))
      FROM (VALUES ('economic', amortisation_policy(method => 'exponential', rate => 0.14)),
                   ('ifrs', amortisation_policy(method => 'straight_line', life => '36 months', convention => 'full_month')),
                   ('us_tax', amortisation_policy(method => 'declining_balance', life => '5 years', factor => 2, switch_to_straight_line => true))) v (b, p) ORDER BY 1$$,
    'each basis by its own policy');

-- accounting.md section 5: the disposal month is not charged; 1.2 m of proceeds would make a loss of 900,000.
SELECT results_eq($$SELECT period_month, state, charge, book_value, derecognised FROM v_report.chip_book_value WHERE asset_id = 'sold' AND period_month >= '2026-06-01' ORDER BY 1$$,
    $$VALUES (date '2026-06-01', 'in_service', 50000.0, 2100000.0, 0.0), ('2026-07-01', 'retired', 0.0, 0.0, 2100000.0)$$,
    'under full_month the month of disposal is not charged; then there are no more rows');
SELECT results_eq($$SELECT period_month, state, charge, book_value, derecognised FROM v_report.chip_book_value WHERE asset_id = 'sold_days' ORDER BY 1$$,
    $$VALUES (date '2025-01-01', 'in_service', 31.0, 334.0, 0.0), ('2025-02-01', 'in_service', 28.0, 306.0, 0.0), ('2025-03-01', 'retired', 10.0, 0.0, 296.0)$$,
    'under actual_days it is charged up to the day');
SELECT results_eq($$SELECT period_month, state, charge, derecognised FROM v_report.chip_book_value WHERE asset_id = 'sold_first' AND period_month >= '2025-03-01' ORDER BY 1$$,
    $$VALUES (date '2025-03-01', 'in_service', round(1200 * 90 / 365.0, 2) - round(1200 * 59 / 365.0, 2), 0.0), ('2025-04-01', 'retired', 0.0, 1200 - round(1200 * 90 / 365.0, 2))$$,
    'retired on a first, it leaves in that month');
SELECT results_eq($$SELECT period_month, state, charge, book_value, derecognised FROM v_report.chip_book_value WHERE asset_id = 'scrapped' ORDER BY 1$$,
    $$VALUES (date '2025-01-01', 'under_construction', 0.0, 50.0, 0.0), ('2025-02-01', 'retired', 0.0, 0.0, 50.0)$$,
    'what was never available leaves at cost');

SELECT results_eq($$SELECT DISTINCT state, charge, book_value, min(period_month) OVER () FROM v_report.chip_book_value WHERE asset_id = 'building'$$,
    $$VALUES ('under_construction', 0.0, 500.0, date '2025-02-01')$$, 'under construction: at cost, without charge');
SELECT results_eq($$SELECT period_month, state, charge FROM v_report.chip_book_value WHERE asset_id = 'waiting' ORDER BY 1 LIMIT 4$$,
    $$VALUES (date '2025-02-01', 'under_construction', 0.0), ('2025-03-01', 'under_construction', 0.0), ('2025-04-01', 'in_service', 100.0), ('2025-05-01', 'in_service', 100.0)$$,
    'full_month: the first month is charged whole, whichever day it was available');
SELECT results_eq($$SELECT period_month, charge FROM v_report.chip_book_value WHERE asset_id = 'leap' AND period_month IN ('2024-02-01', '2024-12-01', '2025-01-01') ORDER BY 1$$,
    $$VALUES (date '2024-02-01', 29.0), ('2024-12-01', 31.0), ('2025-01-01', 0.0)$$, 'a leap year has 366 days of charges');
SELECT results_eq($$SELECT asset_id, charge FROM v_report.chip_book_value WHERE asset_id IN ('yen', 'odd', 'gold') AND period_month <= '2025-02-01' ORDER BY 1, period_month$$,
    $$VALUES ('gold', 0.333333333333333), ('gold', 0.333333333333334), ('odd', 33.333333333333333), ('odd', 33.333333333333334), ('yen', 333.0), ('yen', 334.0)$$,
    'rounded to whole yen, and not at all where there is no minor unit');
SELECT results_eq($$SELECT state, charge, accumulated, book_value FROM v_report.chip_book_value WHERE asset_id = 'land' AND period_month = '2025-06-01'$$,
    $$VALUES ('not_depreciated', 0.0, 0.0, 777.0)$$, 'land is not depreciated');
SELECT results_eq($$SELECT state, cost, charge IS NULL, accumulated IS NULL, book_value IS NULL FROM v_report.chip_book_value WHERE asset_id = 'bare' AND period_month = '2025-06-01'$$,
    $$VALUES ('no_policy', 900.0, true, true, true)$$, 'without a policy nothing is known but the cost');
SELECT results_eq($$SELECT DISTINCT state, book_value FROM v_report.chip_book_value WHERE asset_id = 'future'$$,
    $$VALUES ('under_construction', 900.0)$$, 'a date of service beyond calendars fails nothing');
SELECT results_eq($$SELECT accumulated, book_value FROM v_report.chip_book_value WHERE asset_id = 'largest' AND period_month = '2025-03-01'$$,
    $$VALUES (208333333333333333.33, 2291666666666666666.67)$$, 'the largest amounts are exact to the cent');

SELECT results_eq($$SELECT DISTINCT cost, accumulated, book_value FROM v_report.chip_book_value WHERE asset_id = 'beyond'$$,
    $$VALUES (2596148429267413814.265248164610047, NULL::numeric, NULL::numeric)$$, 'what cannot be rounded within money''s range is unknown, and fails nothing');

-- The calendar is Berlin's; the last complete month is July 2026.
SELECT results_eq($$SELECT min(period_month), max(period_month) FROM v_report.chip_book_value$$,
    $$VALUES (date '2023-01-01', date '2026-07-01')$$, 'from the first asset to the last complete month');
SELECT results_eq($$SELECT extract(epoch FROM ends_at - starts_at) / 3600 FROM v.month_calendar WHERE period_month IN ('2025-03-01', '2025-10-01', '2024-02-01') ORDER BY period_month$$,
    $$VALUES (696.0), (743.0), (745.0)$$, 'March has 743 hours, October 745, a leap February 696');
SET chipbook.as_of = '2026-08-31';
SELECT is((SELECT max(period_month) FROM v_report.chip_book_value), date '2026-08-01', 'a month is complete on its last day');

-- Now: at the end of the effective date.
SET chipbook.as_of = '2026-08-15';
SELECT set_eq($$SELECT asset_id FROM v_report.chip_book_value_now$$,
    $$SELECT asset_id FROM v.asset WHERE retired_on IS NULL$$, 'now shows what is not retired');
SELECT results_eq($$SELECT as_at, accumulated, book_value FROM v_report.chip_book_value_now WHERE asset_id = 'largest'$$,
    $$SELECT date '2026-08-15', amount(c - b), amount(b) FROM (SELECT '2500000000000000000 EUR'::monetary AS c,
        '2500000000000000000 EUR' - round('2500000000000000000 EUR' - book_value('2500000000000000000 EUR',
            amortisation_policy(method => 'straight_line', life => '3 years', convention => 'full_month'), '2025-01-01', '2026-08-16')) AS b) x$$,
    'inside a month it is linear in time');
SELECT results_eq($$SELECT asset_id, state, book_value IS NULL FROM v_report.chip_book_value_now WHERE asset_id IN ('bare', 'land', 'building', 'waiting') ORDER BY 1$$,
    $$VALUES ('bare', 'no_policy', true), ('building', 'under_construction', false), ('land', 'not_depreciated', false), ('waiting', 'in_service', false)$$,
    'with its state');
SELECT results_eq($$SELECT n.asset_id, n.book_value FROM v_report.chip_book_value_now n WHERE n.book_value IS NOT NULL ORDER BY 1$$,
    $$SELECT n.asset_id, n.cost - n.accumulated FROM v_report.chip_book_value_now n WHERE n.book_value IS NOT NULL ORDER BY 1$$,
    'book value and accumulated are the cost');
-- At the end of a month both views say the same.
SET chipbook.as_of = '2026-07-31';
SELECT is_empty($$SELECT asset_id, basis, accumulated, book_value, state FROM v_report.chip_book_value_now_all_bases
                  EXCEPT SELECT asset_id, basis, accumulated, book_value, state FROM v_report.chip_book_value_all_bases WHERE period_month = '2026-07-01'$$,
    'now, on the last of a month, is that month''s end');
SET chipbook.as_of = '2026-08-15';
SELECT is_empty('SELECT * FROM v_report.ledger_check WHERE NOT ok', 'charges add up for every asset and basis');
SELECT is((SELECT count(*) FROM v_report.ledger_check WHERE check_name = 'charges_of_asset'), 16 * 3::bigint, 'sixteen assets, three bases');
SELECT lives_ok('SELECT * FROM v_report.utilisation_weighted_spend_all_bases; SELECT * FROM v_report.chip_hour_cost_all_bases; SELECT * FROM v_report.data_quality',
                'no view fails over any of it');

SELECT * FROM finish();
ROLLBACK;
