-- Assets whose life is in their events rather than in their dates: findings, indicators, tests of
-- units and effects of estimates follow the events.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'Asia/Kolkata';
SELECT no_plan();

SELECT create_ledger('h', 'EUR', 1, 'Europe/Berlin', 'ifrs');
INSERT INTO h.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('h', 'assets', 't') AS load \gset
INSERT INTO h.cash_generating_unit (cash_generating_unit_id, name) VALUES ('U', 'unit');
INSERT INTO h.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on, retired_on, cash_generating_unit_id) VALUES
    ('sold', 'dollars, sold by an event', 'server', NULL, '1000 USD', '2023-01-01', '2023-01-01', NULL, 'U'),
    ('brought', 'dollars, brought forward', 'server', NULL, '1000 USD', '2020-01-01', '2020-01-01', '2023-12-31', NULL),
    ('bare', 'retired, without a policy', 'server', NULL, '1000 EUR', '2023-01-01', '2023-01-01', '2023-06-01', 'U'),
    ('a1', 'two thirds of the unit', 'server', NULL, '1000 EUR', '2023-01-01', '2023-01-01', NULL, 'U'),
    ('a2', 'a third of it', 'server', NULL, '500 EUR', '2023-01-01', '2023-01-01', NULL, 'U'),
    ('land', 'land', 'land', NULL, '500 EUR', '2023-01-01', '2023-01-01', NULL, NULL),
    ('campus', 'placed in service in part, no policy', 'building', NULL, '3000 EUR', '2023-01-01', NULL, NULL, NULL),
    ('placed', 'chips placed in service by an event', 'chip', 100, '3000 EUR', '2023-01-01', NULL, NULL, NULL),
    ('scrapped', 'chips sold by an event', 'chip', 100, '3000 EUR', '2023-01-01', '2023-01-01', NULL, NULL),
    ('staged', 'half in 2024, the rest in 2027', 'building', NULL, '12000 EUR', '2023-01-01', '2027-01-01', NULL, NULL),
    ('site', 'construction brought forward', 'building', NULL, '5000 EUR', '2022-01-01', NULL, NULL, NULL);
-- Another entity counts in dollars, and has what was bought in them.
INSERT INTO h.entity (entity_id, name, functional_currency) VALUES ('america', 'America', 'USD');
UPDATE h.asset SET entity_id = 'america' WHERE currency(cost) = 'USD';
INSERT INTO h.asset_policy (asset_id, basis, policy)
SELECT a.asset_id, 'ifrs', amortisation_policy(method => 'straight_line', life => CASE a.asset_id WHEN 'staged' THEN interval '4 years' ELSE '5 years' END,
                                               convention => 'full_month')
FROM h.asset a WHERE a.asset_id NOT IN ('bare', 'campus', 'land');
INSERT INTO h.asset_event (event_id, asset_id, basis, kind, happened_on, share, amount, policy) VALUES
    ('sale', 'sold', NULL, 'disposal', '2023-04-10', NULL, NULL, NULL),
    ('books', 'brought', 'ifrs', 'opening', '2023-11-15', NULL, '700 USD', NULL),
    ('half the campus', 'campus', NULL, 'placed_in_service', '2023-04-10', 0.5, NULL, NULL),
    ('chips live', 'placed', NULL, 'placed_in_service', '2023-04-10', NULL, NULL, NULL),
    ('chips gone', 'scrapped', NULL, 'disposal', '2023-04-10', NULL, NULL, NULL),
    ('half', 'staged', NULL, 'placed_in_service', '2024-01-01', 0.5, NULL, NULL),
    ('shorter', 'staged', 'ifrs', 'change_of_estimate', '2025-01-01', NULL, NULL, 'straight_line(life=3 years, convention=full_month)'),
    ('site books', 'site', 'ifrs', 'opening', '2024-01-01', NULL, '0 EUR', NULL),
    ('lost', 'a1', 'us_gaap', 'impairment', '2023-04-10', NULL, '10 EUR', NULL);
INSERT INTO h.retirement_obligation (obligation_id, asset_id, basis, recognised_on, liability, rate, settles_on)
VALUES ('clear', 'a1', 'hgb', '2023-04-20', '10 EUR', 0.05, '2030-01-01');
SELECT publish_load('h', :load, recorded_at => '2024-06-01 09:00Z');
SET chipbook.as_of = '2024-06-15';

-- ---------------------------------------------------------------------------
-- Findings
-- ---------------------------------------------------------------------------
SELECT results_eq($$SELECT subject_id, detail FROM h_report.data_quality WHERE finding = 'missing_policy' ORDER BY 1$$,
    $$VALUES ('bare', 'in service since 2023-01-01 without a policy for ifrs'), ('campus', 'in service since 2023-04-10 without a policy for ifrs')$$,
    'what an event places in service without a policy is a finding; land needs none');
SELECT results_eq($$SELECT subject_id, detail FROM h_report.data_quality WHERE finding = 'chips_in_no_pool' ORDER BY 1$$,
    $$VALUES ('placed', '100 chips in service are in no pool: their cost is in no pool''s spend')$$,
    'chips in no pool: those events placed in service, not those they disposed of');
SELECT results_eq($$SELECT period_month, row_count FROM h_report.data_quality WHERE finding = 'register_rate_missing' ORDER BY 1$$,
    $$VALUES (date '2023-01-01', 1::bigint), ('2023-02-01', 1), ('2023-03-01', 1), ('2023-04-01', 1), ('2023-11-01', 1), ('2023-12-01', 1)$$,
    'no rate is missed before a cutover, nor after a disposal');
SELECT set_eq($$SELECT DISTINCT period_month FROM h_report.fixed_asset_register_reporting WHERE currency = 'USD'$$,
    $$SELECT period_month FROM h_report.data_quality WHERE finding = 'register_rate_missing'$$, 'but in the months that the register has');
SELECT results_eq($$SELECT subject_id, period_month, row_count, detail FROM h_report.data_quality WHERE finding = 'asset_event_left_out'$$,
    $$VALUES ('a1', date '2023-04-01', 2::bigint, 'impairment lost on 2023-04-10: no asset has a policy under us_gaap; retirement_obligation clear on 2023-04-20: no asset has a policy under hgb')$$,
    'what is recorded under a basis that no view shows is a finding');
SELECT is_empty($$SELECT finding, subject, subject_id, period_month FROM h_report.data_quality GROUP BY 1, 2, 3, 4 HAVING count(*) > 1$$, 'the key of data_quality is one');
SELECT results_eq($$SELECT subject_id FROM h_report.impairment_indicator WHERE indicator = 'construction_stopped'$$, $$VALUES ('campus')$$,
    'construction has not stopped where its books begin within the year');
SELECT is_empty('SELECT * FROM h_report.ledger_check WHERE NOT ok', 'it adds up');

-- ---------------------------------------------------------------------------
-- Effects of an estimate reach the end of what enters service last: 6,000 over 2024-2027 and
-- 6,000 over 2027-2030, of which 1,500 were charged before the change.
-- ---------------------------------------------------------------------------
SELECT results_eq($$SELECT fiscal_year, charge_before, charge_after, effect FROM h_report.estimate_change_effect ORDER BY 1$$,
    $$VALUES (2025::bigint, 1500.0, 2250.0, 750.0), (2026, 1500.0, 2250.0, 750.0), (2027, 3000.0, 2000.0, -1000.0),
             (2028, 1500.0, 2000.0, 500.0), (2029, 1500.0, 2000.0, 500.0), (2030, 1500.0, 0.0, -1500.0)$$,
    'a stage still to come is in the effects');
RESET chipbook.as_of;

-- ---------------------------------------------------------------------------
-- Tests of a unit: what has left the books is no part of it, nor is a load that was given up.
-- ---------------------------------------------------------------------------
SELECT open_load('h', 'given up', 't') AS load \gset
SELECT results_eq($$SELECT asset_id, carrying_amount, carrying_amount_after FROM impair_cash_generating_unit('h', 'U', 'ifrs', '2024-07-01', '525 EUR')$$,
    $$VALUES ('a1', '700 EUR'::monetary, '350 EUR'::monetary), ('a2', '350 EUR', '175 EUR')$$,
    'an asset in another currency and one without a policy, both gone, do not stand in the way');
SELECT throws_ok($$SELECT impair_cash_generating_unit('h', 'U', 'ifrs', '2023-04-10', '525 EUR')$$, '22000', NULL, 'on the day of its disposal it was there');
SELECT open_load('h', 'another attempt', 't') AS load \gset
SELECT lives_ok($$SELECT impair_cash_generating_unit('h', 'U', 'ifrs', '2024-07-01', '525 EUR')$$, 'what was never published stops no test');
SELECT throws_ok($$SELECT impair_cash_generating_unit('h', 'U', 'ifrs', '2024-07-01', '525 EUR')$$, '55000', NULL, 'what this load says does');
SELECT publish_load('h', :load);
SELECT open_load('h', 'again', 't') AS load \gset
SELECT throws_ok($$SELECT impair_cash_generating_unit('h', 'U', 'ifrs', '2024-07-01', '525 EUR')$$, '55000', NULL, 'and what is published');
SELECT is_empty('SELECT * FROM h_report.ledger_check WHERE NOT ok', 'it adds up after the test');

-- ---------------------------------------------------------------------------
-- By use: what is read in a month is charged in it, whatever was not read before, and until the
-- asset is sold. 100 hours of 60,000 for 6,000 are 10.
-- ---------------------------------------------------------------------------
SELECT open_load('h', 'use', 't') AS load \gset
INSERT INTO h.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on, retired_on) VALUES
    ('used', 'by use, sold in March', 'server', NULL, '6000 EUR', '2025-01-10', '2025-01-10', '2025-03-16'),
    ('unread', 'by use, not read for a year', 'server', NULL, '6000 EUR', '2024-01-01', '2024-01-01', NULL),
    ('both', 'sold chip by chip, and retired', 'chip', 100, '1000 EUR', '2024-01-01', '2024-01-01', '2025-01-15'),
    ('share', 'sold by a share of all, and retired', 'server', NULL, '1000 EUR', '2024-01-01', '2024-01-01', '2025-01-15');
INSERT INTO h.asset_policy (asset_id, basis, policy) VALUES
    ('used', 'ifrs', 'units_of_production(total_use=60000)'), ('unread', 'ifrs', 'units_of_production(total_use=60000)'),
    ('both', 'ifrs', 'straight_line(life=5 years, convention=full_month)'), ('share', 'ifrs', 'straight_line(life=5 years, convention=full_month)');
INSERT INTO h.asset_event (event_id, asset_id, kind, happened_on, share, chips, proceeds) VALUES
    ('some', 'both', 'disposal', '2025-01-10', NULL, 40, '4 EUR'), ('others', 'both', 'disposal', '2025-01-15', NULL, 60, '6 EUR'),
    ('all', 'share', 'disposal', '2025-01-15', 1, NULL, '5 EUR');
INSERT INTO h.pool (pool_id, name) VALUES ('p', 'pool'), ('u', 'pool');
INSERT INTO h.pool_asset (pool_id, asset_id) VALUES ('p', 'used'), ('u', 'unread');
SELECT add_reading_partitions('h', '2025-01-01', '2025-03-01');
INSERT INTO h.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
SELECT p.pool_id, d, d + interval '1 hour', p.month, 360000000, 360000000, 360000000, 360000000, 'sm_active'
FROM (VALUES ('p', date '2025-01-01'), ('p', '2025-03-01'), ('u', '2025-02-01')) p (pool_id, month), LATERAL (SELECT (p.month + 14)::timestamp AT TIME ZONE 'UTC' AS d) v;
SELECT publish_load('h', :load);
SELECT results_eq($$SELECT asset_id, period_month, charge, book_value, derecognised FROM h_report.chip_book_value
                    WHERE asset_id IN ('used', 'unread') AND (charge <> 0 OR derecognised <> 0) ORDER BY 1, 2$$,
    $$VALUES ('unread', date '2025-02-01', 10.0, 5990.0, 0.0), ('used', '2025-01-01', 10.0, 5990.0, 0.0), ('used', '2025-03-01', 10.0, 0.0, 5980.0)$$,
    'use is charged in the month it was read in');
SELECT is_empty($$SELECT * FROM h_report.data_quality WHERE finding = 'asset_event_cut'$$, 'retired_on beside the disposal of all the chips, or of a share of all, is one disposal');
SELECT results_eq($$SELECT asset_id, sum(proceeds), sum(disposal_gain) FROM h_report.chip_book_value WHERE asset_id IN ('both', 'share') GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('both', 10.0, -790.0), ('share', 5.0, -795.0)$$, 'with its proceeds');
SELECT is_empty('SELECT * FROM h_report.ledger_check WHERE NOT ok', 'it adds up still');

-- ---------------------------------------------------------------------------
-- The checks see what is wrong: each figure of the register doubled in turn.
-- ---------------------------------------------------------------------------
CREATE FUNCTION pg_temp.failing(figure text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    body text;
    checks text[];
BEGIN
    SET LOCAL search_path = h_report, h, chipbook, pg_catalog;
    body := pg_get_viewdef('h.asset_register'::regclass);
    -- Up to 15, columns are shown with their table's name also where there is but one table.
    ASSERT body ~ format('sum\(amount\((l\.)?%s\)\)', figure);
    EXECUTE 'CREATE OR REPLACE VIEW h.asset_register AS ' || regexp_replace(body, format('sum\(amount\((l\.)?%s\)\)', figure), '(2 * \&)', 'g');
    checks := array(SELECT DISTINCT c.check_name FROM h_report.ledger_check c WHERE NOT c.ok ORDER BY 1);
    EXECUTE 'CREATE OR REPLACE VIEW h.asset_register AS ' || body;
    SET LOCAL search_path = chipbook, public, pg_catalog;
    RETURN checks;
END
$$;
SELECT is(pg_temp.failing('proceeds'), '{register_proceeds}', 'proceeds doubled are found');
SELECT is(pg_temp.failing('disposal_gain'), '{register_disposal_gain}', 'so is a gain');
SELECT is(pg_temp.failing('charge'), '{register_adds_up,register_charge}', 'so are charges');
SELECT is(pg_temp.failing('accumulated_disposals'), '{register_adds_up}', 'so is what leaves');
SELECT is_empty('SELECT * FROM h_report.ledger_check WHERE NOT ok', 'and none of it is left');

SELECT * FROM finish();
ROLLBACK;
