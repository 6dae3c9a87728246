-- What happens to assets in a ledger: events under each basis, the register of fixed assets, its
-- translation, and what the bases make of the same asset differently.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'Asia/Kolkata';
SELECT no_plan();

CREATE FUNCTION pg_temp.straight(life interval, convention text DEFAULT 'full_month') RETURNS amortisation_policy LANGUAGE sql
RETURN amortisation_policy(method => 'straight_line', life => life, convention => convention);

-- ---------------------------------------------------------------------------
-- accounting.md section 5: the register
-- ---------------------------------------------------------------------------
SELECT create_ledger('f', 'EUR', 1, 'Europe/Berlin', 'ifrs');
INSERT INTO f.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('f', 'assets', 't') AS load \gset
INSERT INTO f.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES
    ('kept', 'servers kept', 'server', '750 EUR', '2026-08-01', '2026-08-01'),
    ('sold', 'servers sold', 'server', '250 EUR', '2026-07-01', '2026-07-01'),
    ('built', 'servers being built', 'server', '500 EUR', '2026-06-01', NULL);
INSERT INTO f.asset_policy (asset_id, basis, policy) VALUES
    ('kept', 'ifrs', pg_temp.straight('6 months')), ('sold', 'ifrs', pg_temp.straight('5 months')), ('built', 'ifrs', pg_temp.straight('5 years'));
INSERT INTO f.asset_event (event_id, asset_id, kind, happened_on, amount, proceeds) VALUES
    ('more', 'kept', 'addition', '2026-10-01', '200 EUR', NULL),
    ('sale', 'sold', 'disposal', '2026-10-15', NULL, '80 EUR'),
    ('work', 'built', 'addition', '2026-10-05', '100 EUR', NULL),
    ('live', 'built', 'placed_in_service', '2026-10-20', '300 EUR', NULL);
SELECT publish_load('f', :load, recorded_at => '2026-11-02 00:00Z');
SET chipbook.as_of = '2026-11-15';

SELECT results_eq($$SELECT asset_class, cost_opening, additions, transfers, disposals, cost_closing, book_value FROM f_report.fixed_asset_register
                    WHERE basis = 'ifrs' AND fiscal_period = 'FY26-P10' ORDER BY asset_class DESC$$,
    $$VALUES ('server', 1000.0, 200.0, 300.0, 250.0, 1250.0, 820.0), ('construction', 500.0, 100.0, -300.0, 0.0, 300.0, 300.0)$$,
    'servers 1,000 + 200 + 300 from construction - 250 = 1,250; construction 500 + 100 - 300 = 300');
SELECT results_eq($$SELECT accumulated_opening, charge, accumulated_disposals, accumulated_closing, book_value, proceeds, disposal_gain
                    FROM f_report.fixed_asset_register WHERE fiscal_period = 'FY26-P10' AND asset_class = 'server'$$,
    $$VALUES (400.0, 180.0, 150.0, 430.0, 820.0, 80.0, -20.0)$$, 'accumulated 400 + 180 - 150 = 430; book value 820; proceeds 80, loss 20');
SELECT results_eq($$SELECT entity_id, currency, period_month, fiscal_year, scenario, ownership, last_recorded_at FROM f_report.fixed_asset_register
                    WHERE fiscal_period = 'FY26-P10' AND asset_class = 'server'$$,
    $$VALUES ('main', 'EUR', date '2026-10-01', 2026::bigint, 'actual', 'owned', '2026-11-02 00:00Z'::timestamptz)$$, 'with its grain');
SELECT results_eq($$SELECT asset_id, state, cost, charge, accumulated, book_value, derecognised, additions, proceeds, disposal_gain
                    FROM f_report.chip_book_value WHERE period_month = '2026-10-01' ORDER BY 1$$,
    $$VALUES ('built', 'in_service', 600.0, 5.0, 5.0, 595.0, 0.0, 100.0, 0.0, 0.0),
             ('kept', 'in_service', 950.0, 175.0, 425.0, 525.0, 0.0, 200.0, 0.0, 0.0),
             ('sold', 'retired', 250.0, 0.0, 150.0, 0.0, 100.0, 0.0, 80.0, -20.0)$$, 'asset by asset');
SELECT is_empty('SELECT * FROM f_report.ledger_check WHERE NOT ok', 'it adds up');
SELECT is_empty('SELECT * FROM f_report.data_quality', 'and nothing is odd');
-- An answer about an earlier time knows none of it.
SET chipbook.as_of = '2026-11-01';
SELECT is_empty('SELECT * FROM f_report.fixed_asset_register', 'before the facts were published there is no register');
SET chipbook.as_of = '2026-11-15';

-- Fiscal periods.
SELECT results_eq($$SELECT fiscal_year(d, s), fiscal_period_name(d, s) FROM (VALUES (date '2026-10-31', 1), ('2026-10-01', 10), ('2026-09-30', 10), ('2025-12-31', 1), ('2026-01-01', 2), ('2099-12-01', 7)) v (d, s)$$,
    $$VALUES (2026::bigint, 'FY26-P10'), (2027, 'FY27-P01'), (2026, 'FY26-P12'), (2025, 'FY25-P12'), (2026, 'FY26-P12'), (2100, 'FY00-P06')$$,
    'fiscal years are named by the year they end in');

-- ---------------------------------------------------------------------------
-- accounting.md section 7: translation of an entity's book value
-- ---------------------------------------------------------------------------
RESET chipbook.as_of;
SELECT create_ledger('x', 'EUR');
INSERT INTO x.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('x', 'assets', 't') AS load \gset
INSERT INTO x.entity (entity_id, name, functional_currency) VALUES ('us', 'counts in dollars', 'USD');
INSERT INTO x.asset (asset_id, entity_id, name, component, cost, acquired_on, available_for_use_on) VALUES
    ('dollars', 'us', 'bought in dollars', 'server', '1000 USD', '2026-09-30', '2026-09-30'),
    ('euros', 'main', 'bought in euros', 'server', '600 EUR', '2026-09-30', '2026-09-30');
INSERT INTO x.asset_policy (asset_id, basis, policy)
VALUES ('dollars', 'ifrs', pg_temp.straight('10 months', 'following_month')), ('euros', 'ifrs', pg_temp.straight('10 months', 'following_month'));
INSERT INTO x.fx_rate (from_currency, to_currency, rate_type, rate_date, rate) VALUES
    ('USD', 'EUR', 'closing', '2026-09-15', 9), ('USD', 'EUR', 'closing', '2026-09-30', 1 / 1.25),
    ('USD', 'EUR', 'average', '2026-10-31', 1 / 1.20), ('USD', 'EUR', 'closing', '2026-10-31', 1.00);
SELECT publish_load('x', :load, recorded_at => '2026-11-02 00:00Z');
SET chipbook.as_of = '2026-11-15';
SELECT results_eq($$SELECT currency, round(book_value_opening, 2), round(charge, 2), round(book_value, 2), round(exchange_difference, 2), reporting_currency
                    FROM x_report.fixed_asset_register_reporting WHERE period_month = '2026-10-01' ORDER BY 1$$,
    $$VALUES ('EUR', 600.00, 60.00, 540.00, 0.00, 'EUR'), ('USD', 800.00, 83.33, 900.00, 183.33, 'EUR')$$,
    '1,000 at 1.25 = 800; 100 at 1.20 = 83.33; 900 at 1.00 = 900; difference 183.33');
SELECT results_eq($$SELECT fx, round(accumulated_fx, 2), impairment_fx, exchange_difference = fx - accumulated_fx - impairment_fx,
                           cost_opening + cost_brought_forward + additions + transfers - disposals + fx = cost_closing,
                           accumulated_opening + charge + accumulated_fx = accumulated_closing
                    FROM x_report.fixed_asset_register_reporting WHERE period_month = '2026-10-01' AND currency = 'USD'$$,
    $$VALUES (200.0, 16.67, 0.0, true, true, true)$$, 'the identities hold with fx');
SELECT results_eq($$SELECT cost_opening, additions, cost_closing, fx, average_rate FROM x_report.fixed_asset_register_reporting WHERE period_month = '2026-09-01' AND currency = 'USD'$$,
    $$VALUES (0.0, NULL::numeric, 800.0, NULL::numeric, NULL::numeric)$$, 'without an average rate movements are unknown, never at 1');
SELECT is_empty($$SELECT * FROM x_report.fixed_asset_register WHERE num_nulls(fx, cost_closing) > 0 OR fx <> 0$$, 'in the currency it was bought in there is no difference');
SELECT results_eq($$SELECT finding, period_month FROM x_report.data_quality$$,
    $$VALUES ('register_rate_missing', date '2026-09-01')$$, 'a missing rate is a finding');
RESET chipbook.as_of;

-- ---------------------------------------------------------------------------
-- Every kind of event
-- ---------------------------------------------------------------------------
SELECT create_ledger('e', 'USD', 10, 'UTC', 'ifrs');
INSERT INTO e.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('e', 'assets', 't') AS load \gset
INSERT INTO e.entity (entity_id, name, functional_currency) VALUES ('second', 'Second', 'USD');
INSERT INTO e.site (site_id, name) VALUES ('S1', 'One'), ('S2', 'Two');
INSERT INTO e.pool (pool_id, name) VALUES ('P', 'P'), ('U', 'U');
INSERT INTO e.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on, site_id, retired_on) VALUES
    ('lot', '1,000 chips', 'chip', 1000, '30000000 USD', '2025-01-01', '2025-01-01', 'S1', NULL),
    ('campus', '30 buildings', 'building', NULL, '300000000 USD', '2025-01-01', NULL, 'S1', NULL),
    ('staged', '300 chips in stages', 'chip', 300, '3000 USD', '2025-01-01', NULL, 'S1', NULL),
    ('tested', 'impaired', 'server', NULL, '1000 USD', '2021-01-01', '2021-01-01', NULL, NULL),
    ('idle', 'held for sale', 'server', NULL, '1200 USD', '2025-01-01', '2025-01-01', NULL, NULL),
    ('longer', 'change of life', 'server', NULL, '12000 USD', '2023-01-01', '2023-01-01', NULL, NULL),
    ('old', 'brought forward', 'server', NULL, '1000 USD', '2022-01-01', '2022-01-01', NULL, NULL),
    ('away', 'moved', 'server', NULL, '3650 USD', '2025-01-01', '2025-01-01', 'S1', NULL),
    ('owed', 'to be dismantled', 'building', NULL, '1000 USD', '2025-01-01', '2025-01-01', NULL, NULL),
    ('worn', 'charged by use', 'chip', 2, '7440 USD', '2025-01-01', '2025-01-01', NULL, NULL),
    ('other', 'the rest of the pool', 'chip', 2, '1 USD', '2025-01-01', '2025-01-01', NULL, NULL),
    ('twice', 'retired and sold on a day', 'server', NULL, '600 USD', '2025-01-01', '2025-01-01', NULL, '2025-07-01');
INSERT INTO e.asset_policy (asset_id, basis, policy)
SELECT a, b, pg_temp.straight(l, c)
FROM (VALUES ('lot', 'ifrs', interval '5 years', 'full_month'), ('campus', 'ifrs', '20 years', 'full_month'), ('staged', 'ifrs', '5 years', 'full_month'),
             ('tested', 'ifrs', '5 years', 'full_month'), ('tested', 'us_gaap', '5 years', 'full_month'), ('idle', 'ifrs', '1 year', 'full_month'),
             ('idle', 'us_gaap', '1 year', 'full_month'), ('idle', 'us_tax', '1 year', 'full_month'), ('longer', 'ifrs', '6 years', 'full_month'),
             ('old', 'ifrs', '5 years', 'full_month'), ('away', 'ifrs', '10 years', 'actual_days'), ('owed', 'ifrs', '10 years', 'full_month'),
             ('other', 'ifrs', '1 month', 'full_month'), ('twice', 'ifrs', '1 year', 'full_month'), ('lot', 'us_tax', '3 years', 'full_month')) v (a, b, l, c);
INSERT INTO e.asset_policy (asset_id, basis, policy) VALUES ('worn', 'ifrs', 'units_of_production(total_use=2976)');
INSERT INTO e.asset_event (event_id, asset_id, basis, kind, happened_on, amount, share, chips, proceeds, impairment, policy, to_entity_id, to_site_id) VALUES
    ('sale', 'lot', NULL, 'disposal', '2026-07-15', NULL, NULL, 100, '1200000 USD', NULL, NULL, NULL, NULL),
    ('seven', 'campus', NULL, 'placed_in_service', '2025-10-01', NULL, 7 / 30.0, NULL, NULL, NULL, NULL, NULL, NULL),
    ('interest', 'campus', NULL, 'capitalised_interest', '2025-06-30', '30000000 USD', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    ('first', 'staged', NULL, 'placed_in_service', '2025-02-01', NULL, NULL, 70, NULL, NULL, NULL, NULL, NULL),
    ('rest', 'staged', NULL, 'placed_in_service', '2025-04-16', NULL, NULL, 230, NULL, NULL, NULL, NULL, NULL),
    ('extra', 'staged', NULL, 'addition', '2025-06-01', '1000 USD', NULL, 100, NULL, NULL, NULL, NULL, NULL),
    ('down', 'tested', 'ifrs', 'impairment', '2023-01-01', '300 USD', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    ('down_us', 'tested', 'us_gaap', 'impairment', '2023-01-01', '300 USD', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    ('up', 'tested', 'ifrs', 'impairment_reversal', '2024-01-01', '500 USD', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    ('hold', 'idle', NULL, 'held_for_sale', '2025-07-01', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    ('shorter', 'longer', 'ifrs', 'change_of_estimate', '2025-01-01', NULL, NULL, NULL, NULL, NULL, pg_temp.straight('5 years'), NULL, NULL),
    ('cutover', 'old', 'ifrs', 'opening', '2025-01-01', '650 USD', NULL, NULL, NULL, '50 USD', NULL, NULL, NULL),
    ('move', 'away', NULL, 'transfer', '2025-05-11', NULL, NULL, NULL, NULL, NULL, NULL, 'second', 'S2'),
    ('back', 'away', NULL, 'transfer', '2025-09-01', NULL, NULL, NULL, NULL, NULL, NULL, 'main', NULL),
    ('end', 'twice', NULL, 'disposal', '2025-07-01', NULL, NULL, NULL, '400 USD', NULL, NULL, NULL, NULL);
INSERT INTO e.retirement_obligation (obligation_id, asset_id, recognised_on, liability, rate, settles_on)
VALUES ('site', 'owed', '2025-07-01', '114 USD', 0.05, '2035-01-01');
INSERT INTO e.pool_asset (pool_id, asset_id) VALUES ('P', 'lot'), ('P', 'staged'), ('U', 'worn'), ('U', 'other');
INSERT INTO e.entity_rate (entity_id, kind, rate) VALUES ('main', 'income_tax', 0.25);
SELECT add_reading_partitions('e', '2025-01-01', '2025-04-01');
INSERT INTO e.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis) VALUES
    ('U', '2025-01-01 00:00Z', '2025-02-01 00:00Z', '2025-01-01', 4 * 744 * 3600000::bigint, 4 * 744 * 3600000::bigint, 4 * 744 * 3600000::bigint, 2 * 744 * 3600000::bigint, 'sm_active'),
    ('U', '2025-02-01 00:00Z', '2025-03-01 00:00Z', '2025-02-01', 4 * 672 * 3600000::bigint, 4 * 672 * 3600000::bigint, 4 * 672 * 3600000::bigint, 0, 'sm_active');
SELECT publish_load('e', :load, recorded_at => '2026-11-02 00:00Z');
SET chipbook.as_of = '2026-11-15';

-- accounting.md section 5: 100 of 1,000 chips (30 m, 5 years, from 2025-01-01) sold 2026-07-15 for 1.2 m
SELECT results_eq($$SELECT period_month, cost, charge, book_value, derecognised, proceeds, disposal_gain, chips FROM e_report.chip_book_value
                    WHERE asset_id = 'lot' AND period_month BETWEEN '2026-06-01' AND '2026-08-01' ORDER BY 1$$,
    $$VALUES (date '2026-06-01', 30000000.0, 500000.0, 21000000.0, 0.0, 0.0, 0.0, 1000::bigint),
             ('2026-07-01', 27000000.0, 450000.0, 18450000.0, 2100000.0, 1200000.0, -900000.0, 900),
             ('2026-08-01', 27000000.0, 450000.0, 18000000.0, 0.0, 0.0, 0.0, 900)$$, 'a loss of 900,000; the disposal month is not charged for what was sold');
SELECT results_eq($$SELECT capacity_ms / 3600000 FROM e.pool_month_capacity WHERE pool_id = 'P' AND period_month IN ('2026-06-01', '2026-07-01', '2026-08-01') ORDER BY period_month$$,
    $$VALUES ((1000 + 400) * 720.0), ((1000 + 400) * 14 * 24.0 + (900 + 400) * 17 * 24.0), ((900 + 400) * 744.0)$$, 'the chips sold leave the capacity of their pool on the day');
SELECT results_eq($$SELECT from_day, to_day, chips FROM e.asset_chips WHERE asset_id = 'staged' ORDER BY 1$$,
    $$VALUES (date '2025-02-01', date '2025-04-16', 70.0), ('2025-04-16', '2025-06-01', 300), ('2025-06-01', 'infinity', 400)$$, 'chips in stages, and 100 more');
SELECT results_eq($$SELECT period_month, state, charge, book_value, chips FROM e_report.chip_book_value WHERE asset_id = 'staged' AND period_month < '2025-07-01' ORDER BY 1$$,
    $$VALUES (date '2025-01-01', 'under_construction', 0.0, 3000.0, 0::bigint), ('2025-02-01', 'in_service', 11.67, 2988.33, 70), ('2025-03-01', 'in_service', 11.66, 2976.67, 70),
             ('2025-04-01', 'in_service', 50.0, 2926.67, 300), ('2025-05-01', 'in_service', 50.0, 2876.67, 300),
             ('2025-06-01', 'in_service', 67.39, 3809.28, 400)$$, 'each stage by its own clock');
SELECT results_eq($$SELECT asset_class, cost_opening, additions, interest, transfers, cost_closing, charge FROM e_report.fixed_asset_register
                    WHERE basis = 'ifrs' AND period_month = '2025-10-01' AND (cost_opening = 330000000 OR transfers > 0) ORDER BY 1$$,
    $$VALUES ('building', 1114.0, 0.0, 0.0, 77000000.0, 77001114.0, 320842.66), ('construction', 330000000.0, 0.0, 0.0, -77000000.0, 253000000.0, 0.0)$$,
    'a campus of 30 buildings of which 7 are live: the rest is under construction, interest and all');
SELECT results_eq($$SELECT additions, interest FROM e_report.fixed_asset_register WHERE basis = 'ifrs' AND period_month = '2025-06-01' AND asset_class = 'construction'$$,
    $$VALUES (30000000.0, 30000000.0)$$, 'capitalised interest is an addition');
SELECT results_eq($$SELECT additions, retirement_obligations FROM e_report.fixed_asset_register WHERE basis = 'ifrs' AND period_month = '2025-07-01' AND asset_class = 'building'$$,
    $$VALUES (114.0, 114.0)$$, 'so is a retirement obligation');
SELECT results_eq($$SELECT period_month, charge, book_value FROM e_report.chip_book_value WHERE asset_id = 'owed' AND period_month BETWEEN '2025-06-01' AND '2025-07-01' ORDER BY 1$$,
    $$VALUES (date '2025-06-01', 8.33, 950.0), ('2025-07-01', 9.33, 1054.67)$$, 'depreciated over the rest of the life');
-- accounting.md section 5: impairment and its ceiling
SELECT results_eq($$SELECT basis, period_month, book_value, impairment, reversal, accumulated_impairment FROM e_report.chip_book_value_all_bases
                    WHERE asset_id = 'tested' AND period_month IN ('2023-01-01', '2023-12-01', '2024-01-01') AND state = 'in_service' ORDER BY 1, 2$$,
    $$VALUES ('ifrs', date '2023-01-01', 291.67, 300.0, 0.0, 300.0), ('ifrs', '2023-12-01', 200.0, 0.0, 0.0, 300.0), ('ifrs', '2024-01-01', 383.33, 0.0, 200.0, 100.0),
             ('us_gaap', '2023-01-01', 291.67, 300.0, 0.0, 300.0), ('us_gaap', '2023-12-01', 200.0, 0.0, 0.0, 300.0), ('us_gaap', '2024-01-01', 191.67, 0.0, 0.0, 300.0)$$,
    'impaired 600 to 300, 200 a year later; a reversal of at most 200, to 400, under IFRS alone');
SELECT results_eq($$SELECT finding, severity, subject_id, period_month, row_count FROM e_report.data_quality WHERE finding LIKE 'asset%'$$,
    $$VALUES ('asset_event_cut', 'error', 'tested', date '2024-01-01', 1::bigint)$$, 'what the reversal asked too much is a finding');
SELECT results_eq($$SELECT basis, state, book_value FROM e_report.chip_book_value_all_bases WHERE asset_id = 'idle' AND period_month = '2025-12-01' ORDER BY 1$$,
    $$VALUES ('ifrs', 'held_for_sale', 600.0), ('us_gaap', 'held_for_sale', 600.0), ('us_tax', 'in_service', 0.0)$$, 'held for sale stops the charge under IFRS and US GAAP only');
-- accounting.md section 5: 12,000, 6 years, from 2023-01-01, to 5 from 2025-01-01: 2,666.67 a year
SELECT results_eq($$SELECT sum(charge) FROM e_report.chip_book_value WHERE asset_id = 'longer' AND period_month >= '2025-01-01' AND period_month < '2026-01-01'$$,
    $$VALUES (2666.67)$$, 'a change of life is prospective');
SELECT results_eq($$SELECT DISTINCT period_month < '2025-01-01', policy FROM e.asset_month WHERE asset_id = 'longer' AND basis = 'ifrs' ORDER BY 1 DESC$$,
    $$VALUES (true, pg_temp.straight('6 years')), (false, pg_temp.straight('5 years'))$$, 'asset_month has the policy in force');
SELECT results_eq($$SELECT period_month, cost, charge, accumulated, accumulated_impairment, book_value, brought_forward FROM e_report.chip_book_value WHERE asset_id = 'old' ORDER BY 1 LIMIT 2$$,
    $$VALUES (date '2025-01-01', 1000.0, 12.5, 662.5, 50.0, 287.5, 300.0), ('2025-02-01', 1000.0, 12.5, 675.0, 50.0, 275.0, 0.0)$$, 'nothing is in the books before the cutover');
SELECT results_eq($$SELECT cost_brought_forward, accumulated_brought_forward, impairment_brought_forward FROM e_report.fixed_asset_register
                    WHERE basis = 'ifrs' AND period_month = '2025-01-01' AND asset_class = 'server'$$, $$VALUES (1000.0, 650.0, 50.0)$$, 'the register says so');
SELECT results_eq($$SELECT period_month, entity_id, site_id, charge FROM e_report.chip_book_value WHERE asset_id = 'away' AND period_month BETWEEN '2025-04-01' AND '2025-10-01' ORDER BY 1$$,
    $$VALUES (date '2025-04-01', 'main', 'S1', 29.98), ('2025-05-01', 'second', 'S2', 30.99), ('2025-06-01', 'second', 'S2', 29.98), ('2025-07-01', 'second', 'S2', 30.98),
             ('2025-08-01', 'second', 'S2', 30.99), ('2025-09-01', 'main', 'S2', 29.98), ('2025-10-01', 'main', 'S2', 30.98)$$, 'an asset is where it is at the end of the month');
SELECT results_eq($$SELECT period_month, cost_opening, transfers, cost_closing, accumulated_opening, accumulated_transfers, charge, accumulated_closing
                    FROM e_report.fixed_asset_register WHERE entity_id = 'second' AND basis = 'ifrs' ORDER BY 1$$,
    $$VALUES (date '2025-05-01', 0.0, 3650.0, 3650.0, 0.0, 129.93, 20.99, 150.92), ('2025-06-01', 3650.0, 0.0, 3650.0, 150.92, 0.0, 29.98, 180.90),
             ('2025-07-01', 3650.0, 0.0, 3650.0, 180.90, 0.0, 30.98, 211.88), ('2025-08-01', 3650.0, 0.0, 3650.0, 211.88, 0.0, 30.99, 242.87),
             ('2025-09-01', 3650.0, -3650.0, 0.0, 242.87, -242.87, 0.0, 0.0)$$, 'the register has it in both, each with the charge of its days');
SELECT results_eq($$SELECT period_month, charge, accumulated FROM e_report.chip_book_value WHERE asset_id = 'worn' AND period_month <= '2025-03-01' ORDER BY 1$$,
    $$VALUES (date '2025-01-01', 1860.0, 1860.0), ('2025-02-01', 0.0, 1860.0), ('2025-03-01', 0.0, 1860.0)$$, 'by use: half of the pool''s used chip-hours are of its chips, 744 of 2,976');
SELECT results_eq($$SELECT state, derecognised, proceeds, disposal_gain FROM e_report.chip_book_value WHERE asset_id = 'twice' AND period_month = '2025-07-01'$$,
    $$VALUES ('retired', 300.0, 400.0, 100.0)$$, 'an event that disposes of everything stands for retired_on');
SELECT results_eq($$SELECT book_value, primary_book_value, temporary_difference, income_tax_rate, deferred_tax FROM e_report.basis_difference
                    WHERE asset_id = 'lot' AND basis = 'us_tax' AND period_month = '2025-12-01'$$,
    $$VALUES (20000000.0, 24000000.0, 4000000.0, 0.25, 1000000.0)$$, 'depreciated faster for tax: a deferred tax liability, positive');
SELECT results_eq($$SELECT book_value, temporary_difference, deferred_tax FROM e_report.basis_difference WHERE asset_id = 'tested' AND basis = 'us_gaap' AND period_month = '2024-01-01'$$,
    $$VALUES (191.67, 191.66, NULL::numeric)$$, 'between books there is a difference, and no deferred tax');
SELECT is_empty('SELECT * FROM e_report.ledger_check WHERE NOT ok', 'all of it adds up');

-- Keys are unique.
SELECT is_empty($$SELECT entity_id, basis, asset_class, currency, period_month FROM e_report.fixed_asset_register GROUP BY 1, 2, 3, 4, 5 HAVING count(*) > 1$$, 'the register''s key');
SELECT is_empty($$SELECT asset_id, basis, period_month, from_day, asset_class FROM e.asset_register_line GROUP BY 1, 2, 3, 4, 5 HAVING count(*) > 1$$, 'the key of its lines');
SELECT is_empty($$SELECT asset_id, basis, period_month FROM e_report.basis_difference GROUP BY 1, 2, 3 HAVING count(*) > 1$$, 'the key of differences');
SELECT is_empty($$SELECT asset_id, basis FROM e.asset_basis GROUP BY 1, 2 HAVING count(*) > 1$$, 'the key of assets by basis');
SELECT is_empty($$SELECT asset_id, basis, period_month FROM e_report.chip_book_value_all_bases GROUP BY 1, 2, 3 HAVING count(*) > 1$$, 'the key of book values');
SET chipbook.as_of = '2026-10-31';
SELECT is_empty($$SELECT * FROM e_report.fixed_asset_register$$, 'as of a time before, nothing is known');
RESET chipbook.as_of;

-- A reader of the published views needs nothing else.
CREATE ROLE register_reader;
SELECT grant_ledger('e', 'reader', 'register_reader');
SET LOCAL ROLE register_reader;
SELECT isnt_empty('SELECT * FROM e_report.fixed_asset_register', 'a reader sees the register');
SELECT isnt_empty($$SELECT * FROM e_report.chip_book_value_now WHERE asset_id = 'staged' AND chips = 400$$, 'and chips that events changed');
RESET ROLE;

-- ---------------------------------------------------------------------------
-- What publication refuses, and what it cannot know
-- ---------------------------------------------------------------------------
SELECT open_load('e', 'bad events', 't') AS load \gset
INSERT INTO e.asset_event (event_id, asset_id, kind, happened_on, amount, chips, proceeds) VALUES
    ('euros', 'lot', 'addition', '2026-08-01', '1 EUR', NULL, NULL),
    ('paid_in_euros', 'lot', 'disposal', '2026-08-01', NULL, 1, '1 EUR'),
    ('early', 'lot', 'addition', '2024-12-31', '1 USD', NULL, NULL),
    ('chips', 'campus', 'disposal', '2026-08-01', NULL, 1, NULL),
    ('fine', 'lot', 'addition', '2026-08-01', '1 USD', NULL, NULL);
INSERT INTO e.retirement_obligation (obligation_id, asset_id, recognised_on, liability, rate, settles_on) VALUES ('yen', 'owed', '2025-07-01', '1 JPY', 0.05, '2035-01-01');
SELECT results_eq(format('SELECT * FROM check_load(%L, %s)', 'e', :load),
    $$VALUES ('asset_event', 'chips', 'counts chips, asset "campus" is a building'),
             ('asset_event', 'early', 'on 2024-12-31, before asset "lot" was acquired on 2025-01-01'),
             ('asset_event', 'euros', 'not in USD, the currency of asset "lot"'),
             ('asset_event', 'paid_in_euros', 'not in USD, the currency of asset "lot"'),
             ('retirement_obligation', 'yen', 'not in USD, the currency of asset "owed"')$$, 'events that contradict their asset are refused');
SELECT throws_ok(format('SELECT publish_load(%L, %s)', 'e', :load), '23000', NULL, 'so that they are not published');
SELECT throws_ok($$INSERT INTO e.asset_event (event_id, asset_id, basis, kind, happened_on, chips) VALUES ('n', 'lot', 'ifrs', 'disposal', '2026-08-01', 1)$$,
    '23514', NULL, 'chips go under all bases or none');

-- An asset may change under its events: nothing fails, and it is said.
SELECT create_ledger('h', 'USD', 1, 'UTC', 'ifrs');
INSERT INTO h.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('h', 'first', 't') AS load \gset
INSERT INTO h.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on, retired_on) VALUES
    ('turned', 'bought in dollars', 'server', NULL, '100 USD', '2025-01-01', '2025-01-01', NULL),
    ('few', '10 chips', 'chip', 10, '100 USD', '2025-01-01', '2025-01-01', NULL),
    ('split', '10 chips by amount', 'chip', 10, '100 USD', '2025-01-01', NULL, NULL),
    ('gone', 'events after the end', 'server', NULL, '100 USD', '2025-01-01', '2025-01-01', '2025-03-01'),
    ('large', 'large', 'server', NULL, '2400000000000000000 USD', '2025-01-01', '2025-01-01', NULL),
    ('bare', 'no policy', 'server', NULL, '100 USD', '2025-01-01', '2025-02-01', NULL),
    ('land', 'land', 'land', NULL, '100 USD', '2025-01-01', '2025-01-01', NULL),
    ('ancient', 'in service before the calendar', 'server', NULL, '100 USD', '0044-03-15 BC', '0044-03-15 BC', NULL);
INSERT INTO h.asset_policy (asset_id, basis, policy)
SELECT a, b, pg_temp.straight('1 year') FROM unnest('{turned,few,split,gone,large,ancient}'::text[]) a, unnest('{ifrs,hgb}'::text[]) b;
INSERT INTO h.asset_event (event_id, asset_id, kind, happened_on, amount, share, chips, proceeds) VALUES
    ('t1', 'turned', 'addition', '2025-02-01', '50 USD', NULL, NULL, NULL),
    ('f1', 'few', 'disposal', '2025-02-01', NULL, NULL, 4, NULL),
    ('f2', 'few', 'disposal', '2025-03-01', NULL, NULL, 7, '5 USD'),
    ('s1', 'split', 'placed_in_service', '2025-02-01', '40 USD', NULL, NULL, NULL),
    ('g1', 'gone', 'addition', '2025-04-01', '1 USD', NULL, NULL, NULL),
    ('l1', 'large', 'addition', '2025-04-01', '200000000000000000 USD', NULL, NULL, NULL),
    ('b1', 'bare', 'disposal', '2025-04-01', NULL, 0.5, NULL, '10 USD'),
    ('w1', 'land', 'disposal', '2025-04-01', NULL, 0.5, NULL, '80 USD'),
    ('y1', 'bare', 'addition', '15000-01-01', '1 USD', NULL, NULL, NULL);
SELECT publish_load('h', :load, recorded_at => '2026-01-02 00:00Z');
SELECT open_load('h', 'second', 't') AS load \gset
INSERT INTO h.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on)
VALUES ('turned', 'after all in euros', 'server', NULL, '100 EUR', '2025-01-01', '2025-01-01');
SELECT publish_load('h', :load, recorded_at => '2026-01-03 00:00Z');
SET chipbook.as_of = '2026-01-15';
SELECT results_eq($$SELECT finding, subject_id, period_month, detail FROM h_report.data_quality
                    WHERE finding IN ('asset_event_cut', 'asset_event_left_out', 'asset_not_computable', 'event_without_chips') ORDER BY 1, 2$$,
    $$VALUES ('asset_event_cut', 'gone', date '2025-04-01', 'addition on 2025-04-01 under hgb: after the disposal of the whole: ignored; addition on 2025-04-01 under ifrs: after the disposal of the whole: ignored'),
             ('asset_event_left_out', 'bare', NULL, 'addition y1 on 15000-01-01: outside the years 1 to 9999'),
             ('asset_event_left_out', 'few', '2025-03-01', 'disposal f2 on 2025-03-01: of 7 chips, more than there are'),
             ('asset_event_left_out', 'turned', '2025-02-01', 'addition t1 on 2025-02-01: in another currency than the asset'),
             ('asset_not_computable', 'ancient', NULL, 'with its events beyond 2.5e18, more than 10,000 events, or in service before the year 1: its depreciation is unknown'),
             ('asset_not_computable', 'large', NULL, 'with its events beyond 2.5e18, more than 10,000 events, or in service before the year 1: its depreciation is unknown'),
             ('event_without_chips', 'split', NULL, 'an amount placed in service or disposed of without chips: chips in service are what they were')$$,
    'each oddity is a finding');
SELECT results_eq($$SELECT asset_id, state, cost, book_value, disposal_gain IS NULL FROM h_report.chip_book_value WHERE period_month = '2025-04-01' AND asset_id <> 'ancient' ORDER BY 1$$,
    $$VALUES ('bare', 'no_policy', 50.0, NULL::numeric, true), ('few', 'in_service', 60.0, 40.0, false), ('land', 'not_depreciated', 50.0, 50.0, false),
             ('large', 'in_service', 2400000000000000000.0, NULL, true), ('split', 'in_service', 100.0, 90.0, false), ('turned', 'in_service', 100.0, 66.67, false)$$,
    'and the rest is computed');
SELECT is_empty('SELECT * FROM h_report.ledger_check WHERE NOT ok', 'nothing of it breaks a proof');
SELECT is((SELECT sum(disposal_gain) FROM h_report.chip_book_value WHERE asset_id = 'land'), 30.0, 'land is sold at a gain');
SELECT lives_ok('SELECT * FROM h_report.fixed_asset_register; SELECT * FROM h_report.fixed_asset_register_reporting; SELECT * FROM h_report.basis_difference; SELECT * FROM h_report.chip_book_value_now_all_bases',
                'no view fails');
SELECT results_eq($$SELECT count(*) = count(charge), sum(unknown_charges) > 0 FROM h_report.fixed_asset_register WHERE asset_class = 'server' AND basis = 'ifrs'$$,
    $$VALUES (false, true)$$, 'what is not known is NULL and counted');
RESET chipbook.as_of;

-- ---------------------------------------------------------------------------
-- Random histories of 100 assets under four bases: everything adds up, nothing fails
-- ---------------------------------------------------------------------------
SELECT setseed(0.2026);
SELECT create_ledger('r', 'USD', 7, 'America/New_York', 'us_gaap');
INSERT INTO r.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('r', 'random', 't') AS load \gset
INSERT INTO r.entity (entity_id, name, functional_currency) VALUES ('E0', 'E0', 'USD'), ('E1', 'E1', 'EUR'), ('E2', 'E2', 'JPY');
INSERT INTO r.asset (asset_id, entity_id, name, component, chips, cost, acquired_on, available_for_use_on, retired_on)
SELECT 'A' || i, 'E' || i % 3, 'a', CASE i % 4 WHEN 0 THEN 'chip' WHEN 1 THEN 'server' WHEN 2 THEN 'building' ELSE 'land' END,
       CASE i % 4 WHEN 0 THEN 1 + (random() * 1000)::bigint END,
       monetary(round((random() * 1e6)::numeric, CASE i % 3 WHEN 2 THEN 0 ELSE 2 END), (ARRAY['USD', 'EUR', 'JPY']::currency[])[1 + i % 3]),
       d.day, CASE WHEN random() < 0.7 THEN d.day + (random() * 90)::integer END, CASE WHEN random() < 0.2 THEN d.day + 100 + (random() * 500)::integer END
FROM generate_series(1, 100) i, LATERAL (SELECT date '2024-01-01' + (random() * 300)::integer + i * 0 AS day) d;
INSERT INTO r.asset_policy (asset_id, basis, policy)
SELECT a.asset_id, b, CASE (random() * 3)::integer
           WHEN 0 THEN amortisation_policy(method => 'declining_balance', life => '3 years', switch_to_straight_line => true)
           WHEN 1 THEN amortisation_policy(method => 'straight_line', life => '2 years', salvage => 0.1, convention => 'full_month')
           WHEN 2 THEN amortisation_policy(method => 'sum_of_years_digits', life => '4 years', convention => 'full_month')
           ELSE amortisation_policy(method => 'straight_line', life => '500 days') END
FROM r.asset a, unnest('{us_gaap,ifrs,us_tax,hgb}'::text[]) b WHERE random() < 0.9;
INSERT INTO r.asset_event (event_id, asset_id, basis, kind, happened_on, amount, share, chips, proceeds, impairment, policy, to_entity_id)
SELECT 'V' || v.n, v.asset_id, CASE WHEN k.kind IN ('opening', 'change_of_estimate', 'impairment') THEN (ARRAY['us_gaap', 'ifrs', 'hgb'])[1 + v.n % 3]
                                    WHEN k.kind = 'impairment_reversal' THEN (ARRAY['ifrs', 'hgb'])[1 + v.n % 2] END,
       k.kind, v.acquired_on + (random() * 600)::integer,
       CASE WHEN k.kind IN ('opening', 'addition', 'capitalised_interest', 'impairment', 'impairment_reversal') OR k.kind IN ('placed_in_service', 'disposal') AND v.how = 1
            THEN round(v.cost * random()::numeric, CASE WHEN currency(v.cost) = 'JPY' THEN 0 ELSE 2 END) END,
       CASE WHEN k.kind IN ('placed_in_service', 'disposal') AND v.how = 2 THEN (0.01 + random() * 0.9)::numeric END,
       CASE WHEN k.kind IN ('placed_in_service', 'disposal') AND v.how = 3 AND v.chips IS NOT NULL THEN 1 + (random() * 300)::bigint END,
       CASE WHEN k.kind = 'disposal' THEN round(v.cost * 0.1) END, CASE WHEN k.kind = 'opening' THEN round(v.cost * 0.05) END,
       CASE WHEN k.kind = 'change_of_estimate' THEN amortisation_policy(method => 'straight_line', life => '6 years', convention => 'full_month') END,
       CASE WHEN k.kind = 'transfer' THEN 'E' || v.n % 3 END
FROM (SELECT a.*, n, (random() * 3)::integer AS how FROM generate_series(1, 400) n JOIN r.asset a ON a.asset_id = 'A' || 1 + n % 100) v,
     LATERAL (SELECT (ARRAY['opening', 'addition', 'capitalised_interest', 'placed_in_service', 'placed_in_service', 'change_of_estimate', 'impairment', 'impairment_reversal',
                            'held_for_sale', 'held_for_sale_ended', 'transfer', 'transfer', 'disposal', 'disposal'])[1 + (v.n * 0 + random() * 13)::integer] AS kind) k
WHERE k.kind <> 'opening' OR random() < 0.3;
SELECT publish_load('r', :load, recorded_at => '2026-11-02 00:00Z');
ANALYZE r.asset, r.asset_event, r.asset_policy;
SET chipbook.as_of = '2026-11-15';
SELECT is_empty('SELECT * FROM r_report.ledger_check WHERE NOT ok', 'in 100 random histories everything adds up');
SELECT cmp_ok((SELECT count(*) FROM r_report.ledger_check WHERE check_name LIKE '%carries_over'), '>', 1000::bigint, 'in many months');
SELECT is_empty($$SELECT n.asset_id, n.basis, n.accumulated, n.book_value, n.entity_id, n.site_id, n.chips FROM r_report.chip_book_value_now_all_bases n
                  WHERE NOT EXISTS (SELECT FROM r_report.chip_book_value_all_bases b WHERE b.period_month = '2026-10-01' AND b.asset_id = n.asset_id)$$,
    'what is held now was held in the last month');
SET chipbook.as_of = '2026-10-31 12:00-04';
SELECT is_empty($$SELECT * FROM r_report.chip_book_value_now$$, 'of what was not known then, nothing is shown');
RESET chipbook.as_of;

SELECT * FROM finish();
ROLLBACK;
