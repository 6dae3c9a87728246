-- Impairment: indicators, tests of cash-generating units, their losses and reversals.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'Asia/Kolkata';      -- no figure may depend on the session's zone
SET DateStyle = 'SQL, DMY';
SELECT no_plan();

SELECT create_ledger('i', 'USD', 1, 'UTC', 'ifrs');
INSERT INTO i.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('i', 'assets', 't') AS first_load \gset
INSERT INTO i.cash_generating_unit (cash_generating_unit_id, name) VALUES
    ('one', 'one asset'), ('three', 'three alike'), ('mixed', 'chips, land, construction'), ('empty', 'nothing'), ('currencies', 'two currencies'), ('unknown', 'no policy');
INSERT INTO i.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on, cash_generating_unit_id) VALUES
    ('a', '1,000 over 5 years', 'server', NULL, '1000 USD', '2023-01-01', '2023-01-01', 'one'),
    ('t1', 'a third', 'server', NULL, '100 USD', '2024-01-01', NULL, 'three'),
    ('t2', 'a third', 'server', NULL, '100 USD', '2024-01-01', NULL, 'three'),
    ('t3', 'a third', 'server', NULL, '100 USD', '2024-01-01', NULL, 'three'),
    ('chips', 'chips', 'chip', 8, '6000 USD', '2024-01-01', '2024-01-01', 'mixed'),
    ('land', 'land', 'land', NULL, '2500 USD', '2024-01-01', '2024-01-01', 'mixed'),
    ('hall', 'hall under construction', 'building', NULL, '500 USD', '2024-01-01', NULL, 'mixed'),
    ('gone', 'sold before', 'server', NULL, '500 USD', '2024-01-01', '2024-01-01', 'mixed'),
    ('usd', 'dollars', 'server', NULL, '100 USD', '2024-01-01', '2024-01-01', 'currencies'),
    ('eur', 'euros', 'server', NULL, '100 EUR', '2024-01-01', '2024-01-01', 'currencies'),
    ('bare', 'no policy', 'server', NULL, '100 USD', '2024-01-01', '2024-01-01', 'unknown');
UPDATE i.asset SET retired_on = '2024-06-01' WHERE asset_id = 'gone';
INSERT INTO i.asset_policy (asset_id, basis, policy)
SELECT a.asset_id, b, amortisation_policy(method => 'straight_line', life => CASE a.asset_id WHEN 'chips' THEN interval '6 years' ELSE '5 years' END, convention => 'full_month')
FROM i.asset a, unnest(ARRAY['ifrs', 'us_gaap']) b WHERE a.component <> 'land' AND a.asset_id <> 'bare';
SELECT publish_load('i', :first_load);

-- ---------------------------------------------------------------------------
-- 1,000 over 5 years, impaired from 600 to 300 after year 2; after year 3 carried at 200, and at
-- most 200 may be reversed, to the 400 it would be carried at (IAS 36.117).
-- ---------------------------------------------------------------------------
SELECT throws_ok($$SELECT impair_cash_generating_unit('i', 'one', 'ifrs', '2025-01-01', '300 USD')$$, '55000', NULL, 'the load before is published: there is none to write to');
SELECT open_load('i', 'test of 2025', 't') AS test_load \gset
SELECT results_eq($$SELECT * FROM impair_cash_generating_unit('i', 'one', 'ifrs', '2025-01-01', '300 USD')$$,
    $$VALUES ('impairment one ifrs 2025-01-01 a', 'a', '600 USD'::monetary, '300 USD'::monetary, '300 USD'::monetary)$$, '600 is written down to 300');
SELECT results_eq($$SELECT kind, happened_on, amount, cash_generating_unit_id, reason, load_id FROM i.asset_event WHERE asset_id = 'a'$$,
    format($$VALUES ('impairment', date '2025-01-01', '300 USD'::monetary, 'one', 'unit carried at 600.00 USD, recoverable 300.00 USD', %s::bigint)$$, :test_load),
    'by an event in the open load');
SELECT throws_ok($$SELECT impair_cash_generating_unit('i', 'one', 'ifrs', '2025-01-01', '200 USD')$$, '55000',
    'cash-generating unit "one" has been tested on 2025-01-01 under ifrs already', 'no unit is tested twice on a day');
SELECT lives_ok($$SELECT impair_cash_generating_unit('i', 'one', 'us_gaap', '2025-01-01', '300 USD', 'us-')$$, 'under another basis it is another test');
SELECT is((SELECT count(*) FROM i_report.impairment_test), 0::bigint, 'nothing holds before it is published');
SELECT publish_load('i', :test_load);
SELECT results_eq($$SELECT basis, currency, assets, carrying_amount_before, loss, reversal, carrying_amount_after FROM i_report.impairment_test ORDER BY 1$$,
    $$VALUES ('ifrs', 'USD', 1::bigint, 600.0::numeric(38,15), 300.0::numeric(38,15), 0::numeric(38,15), 300.0::numeric(38,15)),
             ('us_gaap', 'USD', 1, 600.0, 300.0, 0, 300.0)$$, 'the tests');
SELECT open_load('i', 'test of 2026', 't') AS test_load \gset
SELECT results_eq($$SELECT * FROM reverse_cash_generating_unit('i', 'one', 'ifrs', '2026-01-01', '1000 USD', 'back-')$$,
    $$VALUES ('back-a', 'a', '200 USD'::monetary, '200 USD'::monetary, '400 USD'::monetary)$$, 'at most 200 is reversed, to 400');
SELECT throws_ok($$SELECT reverse_cash_generating_unit('i', 'one', 'us_gaap', '2026-01-01', '1000 USD')$$, '22023',
    'an impairment is never reversed under us_gaap', 'under US GAAP nothing is');
SELECT publish_load('i', :test_load);
SELECT results_eq($$SELECT tested_on, carrying_amount_before, loss, reversal, carrying_amount_after FROM i_report.impairment_test WHERE basis = 'ifrs' ORDER BY 1$$,
    $$VALUES (date '2025-01-01', 600.0::numeric(38,15), 300.0::numeric(38,15), 0::numeric(38,15), 300.0::numeric(38,15)), ('2026-01-01', 200.0, 0, 200.0, 400.0)$$,
    'and the test of the year after');

-- Pro rata, to the cent; construction and land take their part, what was sold does not.
SELECT open_load('i', 'more tests', 't') AS test_load \gset
SELECT results_eq($$SELECT asset_id, loss FROM impair_cash_generating_unit('i', 'three', 'ifrs', '2025-01-01', '200 USD')$$,
    $$VALUES ('t1', '33.34 USD'::monetary), ('t2', '33.33 USD'::monetary), ('t3', '33.33 USD'::monetary)$$, '100 over three alike, by largest remainder');
SELECT results_eq($$SELECT asset_id, carrying_amount, loss, carrying_amount_after FROM impair_cash_generating_unit('i', 'mixed', 'ifrs', '2025-01-01', '6400 USD')$$,
    $$VALUES ('chips', '5000 USD'::monetary, '1000 USD'::monetary, '4000 USD'::monetary), ('hall', '500 USD', '100 USD', '400 USD'), ('land', '2500 USD', '500 USD', '2000 USD')$$,
    'a loss of 1,600 on 8,000: a fifth of each (IAS 36.104)');
SELECT publish_load('i', :test_load);
SELECT open_load('i', 'yet more', 't') AS test_load \gset
-- A year later the chips are carried at 3,200, 4,000 had they not been impaired; land and hall did not move.
SELECT results_eq($$SELECT asset_id, carrying_amount, reversal, carrying_amount_after FROM reverse_cash_generating_unit('i', 'mixed', 'ifrs', '2026-01-01', '7000 USD')$$,
    $$VALUES ('chips', '3200 USD'::monetary, '800 USD'::monetary, '4000 USD'::monetary), ('hall', '400 USD', '100 USD', '500 USD'), ('land', '2000 USD', '500 USD', '2500 USD')$$,
    'all that may be reversed, each up to where it would be');
SELECT results_eq($$SELECT asset_id, loss FROM impair_cash_generating_unit('i', 'mixed', 'ifrs', '2026-02-01', '0 USD')$$,
    $$SELECT asset_id, loss FROM (VALUES ('chips', '3133.33 USD'::monetary), ('hall', '400 USD'), ('land', '2000 USD')) v (asset_id, loss)$$,
    'down to nothing; what is not published yet is not known');

-- What cannot be tested says why.
SELECT throws_ok($$SELECT impair_cash_generating_unit('i', 'nobody', 'ifrs', '2025-01-01', '1 USD')$$, 'P0002', 'there is no cash-generating unit "nobody" in ledger "i"', 'no unit');
SELECT throws_ok($$SELECT impair_cash_generating_unit('i', 'empty', 'ifrs', '2025-01-01', '1 USD')$$, '55000',
    'cash-generating unit "empty" has no asset in the books on 2025-01-01 under ifrs', 'no asset');
SELECT throws_ok($$SELECT impair_cash_generating_unit('i', 'one', 'ifrs', '2025-06-01', '5000 USD')$$, '22023', NULL, 'not impaired');
SELECT throws_ok($$SELECT impair_cash_generating_unit('i', 'one', 'ifrs', '2025-06-01', '-1 USD')$$, '22023', 'a recoverable amount cannot be negative: -1.00 USD', 'less than nothing');
SELECT throws_ok($$SELECT impair_cash_generating_unit('i', 'one', 'us_tax', '2025-06-01', '1 USD')$$, '22023', 'basis "us_tax" knows no impairment', 'no impairment for tax');
SELECT throws_ok($$SELECT impair_cash_generating_unit('i', 'one', 'ifrs', '2025-06-01', '1 EUR')$$, '22000', NULL, 'another currency');
SELECT throws_ok($$SELECT impair_cash_generating_unit('i', 'currencies', 'ifrs', '2025-06-01', '1 USD')$$, '22000', NULL, 'two currencies');
SELECT throws_ok($$SELECT impair_cash_generating_unit('i', 'unknown', 'ifrs', '2025-06-01', '1 USD')$$, '55000',
    'what asset "bare" of cash-generating unit "unknown" is carried at is not known', 'no policy');
SELECT throws_ok($$SELECT impair_cash_generating_unit('i', 'one', 'ifrs', 'infinity', '1 USD')$$, '22023', NULL, 'no date');
SELECT throws_ok($$SELECT impair_cash_generating_unit('i', 'one', 'ifrs', NULL, '1 USD')$$, '22004', NULL, 'nothing');
SELECT throws_ok($$SELECT reverse_cash_generating_unit('i', 'currencies', 'ifrs', '2025-06-01', '1 USD')$$, '22000', NULL, 'two currencies, back');
SELECT throws_ok($$SELECT reverse_cash_generating_unit('i', 'three', 'ifrs', '2025-06-01', '150 USD')$$, '22023', NULL, 'nothing is recoverable that is not carried');
SELECT throws_ok($$SELECT reverse_cash_generating_unit('i', 'one', 'ifrs', '2024-06-01', '1000 USD')$$, '22023', NULL, 'what was never impaired');
SET chipbook.as_of = '2026-01-01';
SELECT throws_ok($$SELECT impair_cash_generating_unit('i', 'one', 'ifrs', '2026-06-01', '1 USD')$$, '55000', NULL, 'the past is not written to');
RESET chipbook.as_of;

-- A loader tests what he may load; a reader does not.
CREATE ROLE chipbook_loader;
CREATE ROLE chipbook_analyst;
SELECT grant_ledger('i', 'loader', 'chipbook_loader');
SELECT grant_ledger('i', 'reader', 'chipbook_analyst');
GRANT USAGE ON SCHEMA chipbook TO chipbook_loader, chipbook_analyst;
SET LOCAL ROLE chipbook_loader;
SELECT lives_ok($$SELECT open_load('i', 'by the loader', 't')$$, 'a loader opens a load');
SELECT lives_ok($$SELECT impair_cash_generating_unit('i', 'three', 'us_gaap', '2025-03-01', '1 USD')$$, 'and impairs a unit');
SET LOCAL ROLE chipbook_analyst;
SELECT throws_ok($$SELECT impair_cash_generating_unit('i', 'three', 'us_gaap', '2025-04-01', '1 USD')$$, '42501', NULL, 'a reader does not');
SELECT lives_ok('SELECT * FROM i_report.impairment_indicator; SELECT * FROM i_report.impairment_test; SELECT * FROM i_report.depreciation_forecast;
                 SELECT * FROM i_report.useful_life_sensitivity; SELECT * FROM i_report.estimate_change_effect; SELECT * FROM i_report.construction_interest;
                 SELECT * FROM i_report.retirement_obligation_month', 'but reads all of it');
RESET ROLE;

-- ---------------------------------------------------------------------------
-- Properties: parts add up to the loss exactly, none is above its asset, each is pro rata to a
-- cent; a reversal fills no asset above its limit and places all that it can.
-- ---------------------------------------------------------------------------
SELECT setseed(0.36);
SELECT open_load('i', 'random', 't') AS random_load \gset
INSERT INTO i.cash_generating_unit (cash_generating_unit_id, name) SELECT 'r' || n, 'random' FROM generate_series(1, 60) n;
INSERT INTO i.asset (asset_id, name, component, cost, acquired_on, available_for_use_on, cash_generating_unit_id)
SELECT format('r%s-%s', n, k), 'random', 'server', monetary(round((10 ^ (6 * random()))::numeric, 2), 'USD'), '2023-01-01',
       CASE WHEN random() < 0.8 THEN date '2023-01-01' + (random() * 300)::integer END, 'r' || n
FROM generate_series(1, 60) n, generate_series(1, 1 + n % 7) k;
INSERT INTO i.asset_policy (asset_id, basis, policy)
SELECT a.asset_id, 'ifrs', amortisation_policy(method => 'straight_line', life => make_interval(months => 30 + (random() * 40)::integer),
                                               convention => (ARRAY['full_month', 'actual_days'])[1 + (random())::integer])
FROM i.asset a WHERE a.asset_id ~ '^r[0-9]';
SELECT publish_load('i', :random_load);
SELECT open_load('i', 'random losses', 't') AS random_load \gset
CREATE TEMPORARY TABLE lost AS
SELECT u.unit, u.recoverable, u.carried, l.*
FROM (SELECT a.cash_generating_unit_id AS unit, sum(n.book_value) AS carried,
             monetary(round(amount(sum(n.book_value)) * (random() * 0.98)::numeric, 2), 'USD') AS recoverable
      FROM i.asset a JOIN i.asset_basis b ON b.asset_id = a.asset_id AND b.basis = 'ifrs'
      CROSS JOIN LATERAL asset_balance(b.computable_cost, b.held_from, b.in_service, b.policy, b.events, '2024-05-17') n
      WHERE a.asset_id ~ '^r[0-9]' GROUP BY 1) u
CROSS JOIN LATERAL impair_cash_generating_unit('i', u.unit, 'ifrs', '2024-05-17', u.recoverable) l;
SELECT publish_load('i', :random_load);
SELECT is((SELECT count(DISTINCT unit) FROM lost), 60::bigint, 'sixty units are impaired');
SELECT is_empty($$SELECT unit FROM lost GROUP BY unit, carried, recoverable HAVING sum(loss) <> carried - recoverable$$, 'parts add up to the loss, to the cent');
SELECT is_empty($$SELECT * FROM lost WHERE loss > carrying_amount OR amount(loss) <= 0 OR loss <> round(loss)$$, 'none is above its asset, and all are whole cents');
SELECT is_empty($$SELECT * FROM lost WHERE abs(amount(loss) - amount(carrying_amount) * amount(carried - recoverable) / amount(carried)) >= 0.01$$, 'each is pro rata to a cent');
SELECT is_empty($$SELECT t.* FROM i_report.impairment_test t JOIN (SELECT DISTINCT unit, carried, recoverable FROM lost) l ON l.unit = t.cash_generating_unit_id
                  WHERE (t.carrying_amount_before, t.carrying_amount_after) <> (amount(l.carried), amount(l.recoverable))$$, 'the report says the same');
SELECT open_load('i', 'random reversals', 't') AS random_load \gset
CREATE TEMPORARY TABLE won AS
SELECT u.unit, u.recoverable, u.carried, u.room, l.*
FROM (SELECT a.cash_generating_unit_id AS unit, sum(n.book_value) AS carried, sum(n.reversal_limit) AS room,
             sum(n.book_value) + monetary(0.01 + round(amount(sum(n.reversal_limit)) * (random() * 1.3)::numeric, 2), 'USD') AS recoverable
      FROM i.asset a JOIN i.asset_basis b ON b.asset_id = a.asset_id AND b.basis = 'ifrs'
      CROSS JOIN LATERAL asset_balance(b.computable_cost, b.held_from, b.in_service, b.policy, b.events, '2025-02-01') n
      WHERE a.asset_id ~ '^r[0-9]' GROUP BY 1 HAVING amount(sum(n.reversal_limit)) > 0) u
CROSS JOIN LATERAL reverse_cash_generating_unit('i', u.unit, 'ifrs', '2025-02-01', u.recoverable) l;
SELECT publish_load('i', :random_load);
SELECT cmp_ok((SELECT count(DISTINCT unit) FROM won), '>', 50::bigint, 'most may be reversed');
SELECT is_empty($$SELECT unit FROM won GROUP BY unit, carried, recoverable, room HAVING sum(reversal) <> least(recoverable - carried, room)$$, 'all is reversed that may be, to the cent');
SELECT is_empty($$SELECT p.* FROM i.asset a JOIN i.asset_basis b ON b.asset_id = a.asset_id AND b.basis = 'ifrs'
                  CROSS JOIN LATERAL asset_event_problems(b.computable_cost, b.held_from, b.in_service, b.policy, b.events) p WHERE a.asset_id ~ '^r[0-9]'$$,
    'no loss or reversal is more than its asset takes');

-- ---------------------------------------------------------------------------
-- Indicators
-- ---------------------------------------------------------------------------
SELECT create_ledger('n', 'USD', 1, 'UTC', 'ifrs');
INSERT INTO n.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('n', 'assets', 't') AS first_load \gset
INSERT INTO n.cash_generating_unit (cash_generating_unit_id, name) VALUES ('U', 'unit');
INSERT INTO n.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on, cash_generating_unit_id) VALUES
    ('worth', 'worth less than it is carried at', 'chip', 8, '6000 USD', '2024-01-01', '2024-01-01', 'U'),
    ('slow', 'idle, worth more', 'chip', 10, '900 USD', '2024-01-01', '2024-01-01', NULL),
    ('shorter', 'its life was cut', 'server', NULL, '1000 USD', '2024-01-01', '2024-01-01', NULL),
    ('longer', 'its life was prolonged', 'server', NULL, '1000 USD', '2024-01-01', '2024-01-01', NULL),
    ('before', 'its life was cut over a year ago', 'server', NULL, '1000 USD', '2024-01-01', '2024-01-01', NULL),
    ('sale', 'held for sale', 'server', NULL, '1000 USD', '2024-01-01', '2024-01-01', NULL),
    ('still', 'nothing is built', 'building', NULL, '500 USD', '2024-01-01', NULL, NULL),
    ('going', 'something is built', 'building', NULL, '500 USD', '2024-01-01', NULL, NULL),
    ('fresh', 'begun of late', 'building', NULL, '500 USD', '2024-08-01', NULL, NULL),
    ('bare', 'no policy', 'server', NULL, '100 USD', '2024-01-01', '2024-01-01', NULL);
INSERT INTO n.asset_policy (asset_id, basis, policy)
SELECT a.asset_id, 'ifrs', amortisation_policy(method => 'straight_line', life => CASE a.asset_id WHEN 'slow' THEN interval '2 years' ELSE '6 years' END, convention => 'full_month')
FROM n.asset a WHERE a.asset_id <> 'bare';
INSERT INTO n.asset_policy (asset_id, basis, policy)
SELECT a, 'economic', amortisation_policy(method => 'exponential', rate => 0.14) FROM unnest(ARRAY['worth', 'slow']) a;
INSERT INTO n.asset_event (event_id, asset_id, basis, kind, happened_on, policy) VALUES
    ('cut', 'shorter', 'ifrs', 'change_of_estimate', '2024-10-01', 'straight_line(life=5 years, convention=full_month)'),
    ('prolonged', 'longer', 'ifrs', 'change_of_estimate', '2024-10-01', 'straight_line(life=7 years, convention=full_month)'),
    ('cut before', 'before', 'ifrs', 'change_of_estimate', '2024-06-30', 'straight_line(life=5 years, convention=full_month)');
INSERT INTO n.asset_event (event_id, asset_id, kind, happened_on) VALUES ('sale', 'sale', 'held_for_sale', '2025-06-10');
INSERT INTO n.asset_event (event_id, asset_id, kind, happened_on, amount) VALUES ('bricks', 'going', 'addition', '2024-07-01', '10 USD');
INSERT INTO n.pool (pool_id, name) VALUES ('busy', 'half used'), ('slow', 'less than half used'), ('rented', 'rented');
INSERT INTO n.pool_asset (pool_id, asset_id, share) VALUES ('busy', 'worth', 1), ('slow', 'slow', 0.5);
SELECT add_reading_partitions('n', '2025-01-01', '2025-12-01');
INSERT INTO n.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
SELECT p.pool_id, d, d + interval '1 hour', date_trunc('month', d AT TIME ZONE 'UTC')::date, 3600000, 3600000, 3600000,
       CASE WHEN d < '2025-04-01 00:00Z' THEN 0 ELSE 3600000 * p.used END, 'sm_active'
FROM (VALUES ('busy', 0.5), ('slow', 0.49), ('rented', 0.1)) p (pool_id, used),
     unnest(ARRAY['2025-03-05 00:00Z', '2025-04-05 00:00Z', '2025-05-05 00:00Z', '2025-06-05 00:00Z', '2025-06-06 00:00Z']::timestamptz[]) d;
SELECT publish_load('n', :first_load, recorded_at => '2025-06-29 00:00Z');
SET chipbook.as_of = '2025-06-30';
SELECT results_eq($$SELECT indicator, subject, subject_id, cash_generating_unit_id, currency, numerator, denominator, round(ratio, 6), threshold, unit, carrying_amount
                    FROM n_report.impairment_indicator ORDER BY 1, 3$$,
    $$SELECT v.* FROM (VALUES
        ('book_value_above_economic_value', 'asset', 'worth', 'U', 'USD', 4500.0, amount(round(book_value('6000 USD', 'exponential(rate=0.14)', '2024-01-01', '2025-07-01'))), 1.215418, 1.0, 'money', 4500.0),
        ('construction_stopped', 'asset', 'still', NULL, 'USD', 0.0, 500.0, 0.0, 0.0, 'money', 500.0),
        ('held_for_sale', 'asset', 'sale', NULL, 'USD', NULL, NULL, NULL, NULL, NULL, 759.72),
        ('idle', 'pool', 'slow', NULL, 'USD', 2.04, 4.0, 0.51, 0.5, 'chip-hours', 112.5),
        ('life_shortened', 'asset', 'shorter', NULL, 'USD', 5.0, 6.0, 0.833333, 1.0, 'years', 720.59)) v$$,
    'what is idle, worth less, held for sale, stopped or had its life cut; and nothing else');
SELECT is_empty($$SELECT indicator, subject, subject_id, currency, count(*) FROM n_report.impairment_indicator GROUP BY 1, 2, 3, 4 HAVING count(*) > 1$$, 'the key of impairment_indicator is one');
SELECT is_empty($$SELECT indicator FROM n_report.impairment_indicator EXCEPT SELECT indicator FROM n.impairment_threshold$$, 'every indicator has its threshold in one place');
RESET chipbook.as_of;
SELECT is_empty($$SELECT cash_generating_unit_id, basis, tested_on, currency, count(*) FROM i_report.impairment_test GROUP BY 1, 2, 3, 4 HAVING count(*) > 1$$, 'the key of impairment_test is one');
SELECT lives_ok('SELECT * FROM i_report.impairment_indicator; SELECT * FROM i_report.impairment_test; SELECT * FROM i_report.depreciation_forecast; SELECT * FROM i_report.useful_life_sensitivity', 'no view fails');

SELECT * FROM finish();
ROLLBACK;
