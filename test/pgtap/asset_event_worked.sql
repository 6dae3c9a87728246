-- An asset through its events: published and worked figures, each with its source beside it.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();

-- ---------------------------------------------------------------------------
-- Change of estimate: prospective (IAS 8.36-38, ASC 250-10-45-17)
-- ---------------------------------------------------------------------------
SELECT results_eq($$SELECT charge FROM asset_schedule('12000 USD', '2023-01-01', '2023-01-01', 'straight_line(life=6 years, convention=full_month)',
        ARRAY[asset_event('2025-01-01', 'change_of_estimate', policy => 'straight_line(life=5 years, convention=full_month)')], '1 year')$$,
    $$VALUES ('2000 USD'::monetary), ('2000 USD'), ('2666.67 USD'), ('2666.66 USD'), ('2666.67 USD')$$, '12,000 over 6 years, then 5: 8,000 / 3 a year, no catch-up');
SELECT is(amount(a.charge - b.charge), 666.67, 'effect of the change: +666.67 a year')
FROM asset_movement('12000 USD', '2023-01-01', '2023-01-01', 'straight_line(life=6 years, convention=full_month)',
         ARRAY[asset_event('2025-01-01', 'change_of_estimate', policy => 'straight_line(life=5 years, convention=full_month)')], '2025-01-01', '2026-01-01') a,
     asset_movement('12000 USD', '2023-01-01', '2023-01-01', 'straight_line(life=6 years, convention=full_month)', NULL, '2025-01-01', '2026-01-01') b;
-- ACCA P2 text, change of estimate: 200,000 - 2 x 30,000 = 140,000; (140,000 - 50,000) / 2
SELECT results_eq($$SELECT charge FROM asset_schedule('200000 USD', '2021-01-01', '2021-01-01', 'straight_line(life=6 years, salvage_amount=20000, convention=full_month)',
        ARRAY[asset_event('2023-01-01', 'change_of_estimate', policy => 'straight_line(life=4 years, salvage_amount=50000, convention=full_month)')], '1 year')$$,
    $$VALUES ('30000 USD'::monetary), ('30000 USD'), ('45000 USD'), ('45000 USD')$$, 'ACCA P2: 45,000 a year');
-- A life that is over under the new estimate: the rest at once.
SELECT results_eq($$SELECT charge FROM asset_schedule('12000 USD', '2023-01-01', '2023-01-01', 'straight_line(life=6 years, convention=full_month)',
        ARRAY[asset_event('2025-01-01', 'change_of_estimate', policy => 'straight_line(life=2 years, convention=full_month)')], '1 year')$$,
    $$VALUES ('2000 USD'::monetary), ('2000 USD'), ('8000 USD')$$, 'a life that is over is charged at once');
-- The remaining digits: 5 years of digits become 4 after the first: 10,000 - 3,333.33, of which 3/6, 2/6, 1/6.
SELECT results_eq($$SELECT round(amount(charge), 2) FROM asset_schedule('10000 USD', '2023-01-01', '2023-01-01', 'sum_of_years_digits(life=5 years, convention=full_month)',
        ARRAY[asset_event('2024-01-01', 'change_of_estimate', policy => 'sum_of_years_digits(life=4 years, convention=full_month)')], '1 year')$$,
    $$VALUES (3333.33), (3333.34), (2222.22), (1111.11)$$, 'sum of years'' digits: the remaining digits of the rest');
-- Tryton account_asset 6.6 (GPL-3.0), scenario_account_asset: 1,000, salvage 100, 24 months, 1,100 after three postings.
-- (1,100 - 112.50 - 100) / 21 = 42.2619. Tryton rounds each row: 42.26 twenty times, then 42.30, 239.28 after six rows;
-- differences of rounded accumulations have 239.29 there, and no row is more than a cent from the exact one.
SELECT results_eq($$SELECT charge FROM asset_schedule('1000 USD', '2025-01-01', '2025-01-01', 'straight_line(life=24 months, salvage_amount=100, convention=full_month)',
        ARRAY[asset_event('2025-04-01', 'addition', '100 USD')]) LIMIT 6$$,
    $$VALUES ('37.50 USD'::monetary), ('37.50 USD'), ('37.50 USD'), ('42.26 USD'), ('42.26 USD'), ('42.27 USD')$$, 'Tryton''s change of value: 42.2619 a month');
SELECT results_eq($$SELECT sum(charge), min(closing), min(charge) FILTER (WHERE period_start >= '2025-04-01'), max(charge) FROM asset_schedule('1000 USD', '2025-01-01', '2025-01-01',
        'straight_line(life=24 months, salvage_amount=100, convention=full_month)', ARRAY[asset_event('2025-04-01', 'addition', '100 USD')])$$,
    $$VALUES ('1000 USD'::monetary, '100 USD'::monetary, '42.26 USD'::monetary, '42.27 USD'::monetary)$$, 'ending on the salvage value');

-- ---------------------------------------------------------------------------
-- Additions: ERPNext (GPL-3.0), test_asset_capitalization: 100 capitalised before the first posting of 500
-- ---------------------------------------------------------------------------
SELECT results_eq($$SELECT DISTINCT charge FROM asset_schedule('500 USD', '2023-01-01', '2023-01-01', 'straight_line(life=12 months, convention=full_month)',
        ARRAY[asset_event('2023-01-01', 'addition', '100 USD')])$$, $$VALUES ('50 USD'::monetary)$$, 'ERPNext: the whole schedule on 600');
-- MACRS: an addition is property of its own. 1,000 and 500 two years later, 5-year property, half-year (Publication 946, table A-1)
SELECT results_eq($$SELECT amount(m.charge) FROM generate_series(2020, 2027) y, asset_movement('1000 USD', '2020-03-10', '2020-03-10', 'macrs(life=5 years)',
        ARRAY[asset_event('2022-02-10', 'addition', '500 USD')], make_date(y, 1, 1), make_date(y + 1, 1, 1)) m ORDER BY y$$,
    $$VALUES (200.0), (320.0), (192 + 100.0), (115.2 + 160), (115.2 + 96), (57.6 + 57.6), (57.6), (28.8)$$, 'MACRS: each layer by its own table');

-- ---------------------------------------------------------------------------
-- Opening balances: ERPNext (GPL-3.0), test_asset.py and test_asset_depreciation_schedule.py
-- ---------------------------------------------------------------------------
-- erpnext-sl-existing. ERPNext counts the last day too: in service a day later, 365-day years.
SELECT results_eq($$SELECT charge, closing FROM asset_schedule('100000 USD', '2030-06-07', '2030-06-07', 'straight_line(life=3 years, salvage_amount=10000, day_count=no_leap_365)',
        ARRAY[asset_event('2032-01-01', 'opening', '47095.89 USD')], '1 year')$$,
    $$VALUES ('30000 USD'::monetary, '22904.11 USD'::monetary), ('12904.11 USD', '10000 USD')$$, 'opening 47,095.89: 30,000, then 12,904.11');
-- erpnext-sl-daily-totaldays-existing: 731 days in all, 1.00 a day
SELECT results_eq($$SELECT period_end, amount(charge), 731 - amount(closing) FROM asset_schedule('731 USD', '2023-10-10', '2023-10-10', 'straight_line(life=2 years)',
        ARRAY[asset_event('2024-07-01', 'opening', '265 USD')])$$,
    $$VALUES (date '2024-08-01', 31.0, 296.0), ('2024-09-01', 31.0, 327.0), ('2024-10-01', 30.0, 357.0), ('2024-11-01', 31.0, 388.0), ('2024-12-01', 30.0, 418.0), ('2025-01-01', 31.0, 449.0),
             ('2025-02-01', 31.0, 480.0), ('2025-03-01', 28.0, 508.0), ('2025-04-01', 31.0, 539.0), ('2025-05-01', 30.0, 569.0), ('2025-06-01', 31.0, 600.0), ('2025-07-01', 30.0, 630.0),
             ('2025-08-01', 31.0, 661.0), ('2025-09-01', 31.0, 692.0), ('2025-10-01', 30.0, 722.0), ('2025-10-10', 9.0, 731.0)$$, 'opening 265 of 731: 1.00 a day to the end');
-- erpnext-sl-monthly-existing goes on with 731 / 24 = 30.46 a month and leaves a stub of 8.80: the opening of 265.30 is not what
-- 30.46 a month would have made. Here the rest, 465.70, is spread over what is left of the life: 465.70 x 31 / 466 in July.
SELECT is(amount(charge), 30.98, 'a rest over the remaining life: 30.98, where ERPNext goes on with 30.46')
FROM asset_schedule('731 USD', '2023-10-10', '2023-10-10', 'straight_line(life=2 years)', ARRAY[asset_event('2024-07-01', 'opening', '265.30 USD')]) LIMIT 1;
-- erpnext-sl-500-existing likewise: 41.67 a month and a stub of 18.78; here 435.48 over the 320 days left.
SELECT is(amount(charge), round(435.48 * 31 / 320, 2), '435.48 over 320 days: 42.19 in March, where ERPNext has 41.67')
FROM asset_schedule('500 USD', '2023-01-15', '2023-01-15', 'straight_line(life=12 months)', ARRAY[asset_event('2023-03-01', 'opening', '64.52 USD')]) LIMIT 1;
SELECT results_eq($$SELECT state, amount(cost_brought_forward), amount(accumulated_brought_forward), amount(impairment_brought_forward), amount(additions), amount(charge), amount(book_value_closing)
        FROM asset_movement('100000 USD', '2030-01-01', '2030-01-01', 'straight_line(life=5 years, convention=full_month)', ARRAY[asset_event('2031-01-01', 'opening', '19000 USD', impairment => '1000 USD')],
                            '2030-01-01', '2031-02-01')$$,
    $$VALUES ('in_service', 100000.0, 19000.0, 1000.0, 0.0, round(80000 / 48.0, 2), 80000 - round(80000 / 48.0, 2))$$, 'brought forward, not added; nothing is charged before');
SELECT results_eq($$SELECT state, amount(cost_closing), amount(accumulated_closing), amount(charge) FROM asset_movement('100000 USD', '2030-01-01', '2030-01-01', 'straight_line(life=5 years)',
        ARRAY[asset_event('2031-01-01', 'opening', '19000 USD')], '2030-01-01', '2031-01-01')$$, $$VALUES ('not_held', 0.0, 0.0, 0.0)$$, 'before the cutover there is nothing');

-- ---------------------------------------------------------------------------
-- Impairment (IAS 36.117): 1,000 over 5 years, 600 -> 300 after year 2; 200 after year 3; up to 400, so 200
-- ---------------------------------------------------------------------------
SELECT results_eq($$SELECT amount(b.book_value), amount(b.reversal_limit) FROM asset_balance('1000 USD', '2025-01-01', '2025-01-01', 'straight_line(life=5 years, convention=full_month)',
        ARRAY[asset_event('2027-01-01', 'impairment', '300 USD')], '2028-01-01') b$$, $$VALUES (200.0, 200.0)$$, 'after year 3: 200, of which 200 more can come back');
SELECT results_eq($$SELECT amount(m.reversal), amount(m.book_value_opening), amount(m.charge), amount(m.book_value_closing)
        FROM asset_movement('1000 USD', '2025-01-01', '2025-01-01', 'straight_line(life=5 years, convention=full_month)',
            ARRAY[asset_event('2027-01-01', 'impairment', '300 USD'), asset_event('2028-01-01', 'impairment_reversal', '250 USD')], '2028-01-01', '2029-01-01') m$$,
    $$VALUES (200.0, 200.0, 200.0, 200.0)$$, 'a reversal of 250 is one of 200, to 400, then 200 a year');
SELECT results_eq($$SELECT kind, amount(amount) FROM asset_event_problems('1000 USD', '2025-01-01', '2025-01-01', 'straight_line(life=5 years, convention=full_month)',
        ARRAY[asset_event('2027-01-01', 'impairment', '300 USD'), asset_event('2028-01-01', 'impairment_reversal', '250 USD')])$$,
    $$VALUES ('impairment_reversal', 50.0)$$, 'and 50 are listed');
-- Two stages with 800 and 400 left: 120 of impairment is 80 and 40, so that each stage charges a tenth less.
SELECT results_eq($$SELECT amount(m.impairment), amount(m.charge) FROM asset_movement('2000 USD', '2024-01-01', '2025-01-01', 'straight_line(life=5 years, convention=full_month)',
        ARRAY[asset_event('2024-01-01', 'placed_in_service', '1000 USD'), asset_event('2026-01-01', 'impairment', '140 USD')], '2026-01-01', '2027-01-01') m$$,
    $$VALUES (140.0, 360.0)$$, 'an impairment in proportion to carrying amounts: 60 of 600, 80 of 800, then 180 a year each');

-- ---------------------------------------------------------------------------
-- Disposal
-- ---------------------------------------------------------------------------
SELECT results_eq($$SELECT amount(m.disposals), amount(m.accumulated_disposals), amount(m.charge), amount(m.disposal_gain)
        FROM (VALUES ('straight_line(life=5 years, convention=full_month)'), ('straight_line(life=5 years, convention=full_month, charge_disposal_month=true)')) v (p),
            asset_movement('30000000 USD', '2025-01-01', '2025-01-01', p::amortisation_policy, ARRAY[asset_event('2026-07-15', 'disposal', share => 0.1, proceeds => '1200000 USD')],
                           '2026-07-01', '2026-08-01') m ORDER BY 2$$,
    $$VALUES (3000000.0, 900000.0, 450000.0, -900000.0), (3000000.0, 950000.0, 500000.0, -850000.0)$$,
    '100 of 1,000 chips, 30 m, sold for 1.2 m: a loss of 900,000, and of 850,000 when the month of disposal is charged');
-- The same by amount, and in two sales of one day.
SELECT results_eq($$SELECT amount(m.disposals), amount(m.disposal_gain) FROM asset_movement('30000000 USD', '2025-01-01', '2025-01-01', 'straight_line(life=5 years, convention=full_month)',
        ARRAY[asset_event('2026-07-15', 'disposal', '1000000 USD', proceeds => '200000 USD'), asset_event('2026-07-15', 'disposal', '2000000 USD', proceeds => '1000000 USD')], '2026-07-01', '2026-08-01') m$$,
    $$VALUES (3000000.0, -900000.0)$$, 'by amount, in two sales');
-- What happened earlier in the month of disposal is not charged either.
SELECT results_eq($$SELECT amount(m.charge), amount(m.accumulated_disposals) FROM asset_movement('1200 USD', '2025-01-01', '2025-01-01', 'straight_line(life=1 year, convention=full_month)',
        ARRAY[asset_event('2025-03-11', 'addition', '310 USD'), asset_event('2025-03-21', 'disposal')], '2025-03-01', '2025-04-01') m$$,
    $$VALUES (0.0, 200.0)$$, 'an addition in the month of disposal does not make it a charged one');
-- IRS Publication 946: 40,000 of 7-year property, mid-quarter, sold in the first quarter of the fourth year: 14.06 % x 12.5 %
SELECT results_eq($$SELECT amount(m.charge) FROM generate_series(2020, 2025) y, asset_movement('40000 USD', '2020-11-10', '2020-11-10', 'macrs(life=7 years, convention=mid_quarter)',
        ARRAY[asset_event('2023-02-10', 'disposal')], make_date(y, 1, 1), make_date(y + 1, 1, 1)) m ORDER BY y$$,
    $$VALUES (1428.0), (11020.0), (7872.0), (703.0), (0.0), (0.0)$$, 'MACRS, mid-quarter: 703 in the year of disposal');
SELECT results_eq($$SELECT DISTINCT amount(m.charge), amount(m.accumulated_disposals) FROM unnest('{2022-01-01,2022-02-10,2022-12-31}'::date[]) d,
        asset_movement('1000 USD', '2020-03-10', '2020-03-10', 'macrs(life=5 years)', ARRAY[asset_event(d, 'disposal')], '2022-01-01', '2023-01-01') m$$,
    $$VALUES (96.0, 616.0)$$, 'MACRS, half-year: half of the year''s 192, whenever in the year');
-- ERPNext (GPL-3.0), test_asset.py: 100,000, salvage 10,000, ten months, two posted: scrapped a loss of 82,000, sold at 25,000 one of 57,000
SELECT results_eq($$SELECT amount(m.accumulated_disposals), amount(m.disposal_gain) FROM (VALUES (NULL), ('25000 USD')) v (p),
        asset_movement('100000 USD', '2025-01-01', '2025-01-01', 'straight_line(life=10 months, salvage=0.1, convention=full_month)',
            ARRAY[asset_event('2025-03-12', 'disposal', proceeds => p::monetary)], '2025-01-01', '2026-01-01') m ORDER BY 2$$,
    $$VALUES (18000.0, -82000.0), (18000.0, -57000.0)$$, 'ERPNext: scrapped, and sold');
-- OCA account_asset_management (AGPL-3.0), early removal on 2019-01-31: 81.46, a quarter's 250 x 29 / 89 days; here thirty of the 1,826 days of the life.
SELECT results_eq($$SELECT amount(charge), amount(disposals) FROM asset_schedule('5000 EUR', '2019-01-01', '2019-01-01', 'straight_line(life=5 years)', ARRAY[asset_event('2019-01-31', 'disposal')], '3 months')$$,
    $$VALUES (round(5000 * 30 / 1826.0, 2), 5000 - round(5000 * 30 / 1826.0, 2))$$, 'removed after 30 days: 82.15 by days of the life');
-- Register: servers 1,000 + 200 + 300 from construction - 250 = 1,250; accumulated 400 + 180 - 150 = 430; 820; proceeds 80, loss 20; construction 500 + 100 - 300 = 300
SELECT results_eq($$SELECT sum(amount(m.cost_opening)), sum(amount(m.additions)), sum(amount(m.placed_in_service)), sum(amount(m.disposals)), sum(amount(m.cost_closing)),
            sum(amount(m.accumulated_opening)), sum(amount(m.charge)), sum(amount(m.accumulated_disposals)), sum(amount(m.accumulated_closing)), sum(amount(m.book_value_closing - m.construction_closing)),
            sum(amount(m.disposal_gain)), sum(amount(m.construction_opening)), sum(amount(m.construction_additions)), sum(amount(m.construction_closing))
        FROM (VALUES ('750 USD', '2022-07-01', date '2022-07-01', 'straight_line(life=90 months, convention=full_month)', NULL),
                     ('250 USD', '2022-01-01', '2022-01-01', 'straight_line(life=5 years, convention=full_month)', ARRAY[asset_event('2025-01-01', 'disposal', proceeds => '80 USD')]),
                     ('200 USD', '2025-01-01', '2025-01-01', 'straight_line(life=5 years, salvage=0.5, convention=full_month)', NULL),
                     ('500 USD', '2024-06-01', NULL, 'straight_line(life=5 years, convention=full_month)',
                        ARRAY[asset_event('2025-03-01', 'addition', '100 USD'), asset_event('2025-01-01', 'placed_in_service', '300 USD')])) v (cost, bought, service, p, e),
            asset_movement(cost::monetary, bought::date, service, p::amortisation_policy, e, '2025-01-01', '2026-01-01') m$$,
    $$VALUES (1000.0, 200.0, 300.0, 250.0, 1250.0, 400.0, 180.0, 150.0, 430.0, 820.0, -20.0, 500.0, 100.0, 300.0)$$, 'the roll-forward of a register adds up');

-- ---------------------------------------------------------------------------
-- Stages: a campus of 30 buildings, 7 of them live; delivered is not energised
-- ---------------------------------------------------------------------------
SELECT results_eq($$SELECT amount(b.construction), amount(b.in_service_cost), amount(b.accumulated) FROM asset_balance('11000000000 USD', '2025-01-01', NULL, 'straight_line(life=20 years, convention=full_month)',
        ARRAY[asset_event('2025-07-01', 'placed_in_service', '2566666666.67 USD')], '2026-01-01') b$$,
    $$VALUES (11000000000 - 2566666666.67, 2566666666.67, round(2566666666.67 / 40, 2))$$, '7 of 30 buildings: theirs is depreciated, the rest is not');
SELECT results_eq($$SELECT DISTINCT b.state, amount(b.accumulated), amount(b.construction) FROM generate_series(1, 12) m, asset_balance('1200 USD', '2025-01-01', NULL, 'straight_line(life=1 year)', NULL, make_date(2025, m, 2)) b$$,
    $$VALUES ('under_construction', 0.0, 1200.0)$$, 'under construction nothing is charged');
-- Interest to capitalise (IAS 23.14, ASC 835-20): 1,000 from January, 600 from 1 July, at 10 %
SELECT is(round(average_construction('1000 USD', '2025-01-01', NULL, NULL, ARRAY[asset_event('2025-07-01', 'addition', '600 USD'), asset_event('2025-06-30', 'capitalised_interest', '49.32 USD')],
    '2025-01-01', '2026-01-01') * 0.1), round('1000 USD'::monetary * 0.1 + '600 USD'::monetary * 0.1 * 184 / 365), 'interest on the average under construction, without interest on the year''s interest');

-- ---------------------------------------------------------------------------
-- Asset retirement obligations (FAS 143, appendix C; ASC 410-20-55): 440,622 in ten years at 8.5 %
-- ---------------------------------------------------------------------------
-- The page rounds the present value to 194,879; exactly it is 194,880.66, whose accretion is what the page prints.
SELECT results_eq($$SELECT round(amount(retirement_obligation_value(l, 0.085, '2003-01-01', make_date(2003 + y, 1, 1)) - retirement_obligation_value(l, 0.085, '2003-01-01', make_date(2002 + y, 1, 1))))
        FROM (SELECT monetary(440622 / 1.085 ^ 10, 'USD')) v (l), generate_series(1, 10) y$$,
    $$VALUES (16565.0), (17973.0), (19501.0), (21158.0), (22957.0), (24908.0), (27025.0), (29322.0), (31815.0), (34519.0)$$, 'accretion of ten years');
SELECT is(round(amount(retirement_obligation_value(monetary(440622 / 1.085 ^ 10, 'USD'), 0.085, '2003-01-01', '2013-01-01'))), 440622.0, 'up to 440,622');
SELECT ok(abs(amount(retirement_obligation_value('194879 USD', 0.085, '2003-01-01', '2013-01-01')) - 440622) < 5, 'the rounded present value comes within 5');
SELECT is(amount(m.charge), 19488.0, 'its cost is depreciated by 19,488 a year') FROM asset_movement('0 USD', '2003-01-01', '2003-01-01', 'straight_line(life=10 years, convention=full_month)',
    ARRAY[asset_event('2003-01-01', 'retirement_obligation', '194880 USD')], '2003-01-01', '2004-01-01') m;

-- ---------------------------------------------------------------------------
-- Units of production: 260,000, salvage 20,000, 60,000 hours: 4.00 an hour
-- ---------------------------------------------------------------------------
SELECT results_eq($$SELECT amount(m.charge) FROM generate_series(2025, 2027) y, asset_movement('260000 USD', '2025-01-01', '2025-01-01', 'units_of_production(total_use=60000, salvage_amount=20000)',
        ARRAY[asset_event('2026-01-01', 'use', used_chip_ms => 6000 * 3600000::bigint), asset_event('2027-01-01', 'use', used_chip_ms => 12000 * 3600000::bigint),
              asset_event('2028-01-01', 'use', used_chip_ms => 3000 * 3600000::bigint)], make_date(y, 1, 1), make_date(y + 1, 1, 1)) m ORDER BY y$$,
    $$VALUES (24000.0), (48000.0), (12000.0)$$, '6,000, 12,000 and 3,000 hours');
-- A revised total: (book value - salvage) x used / remaining = (236,000 - 20,000) x 9,000 / (24,000 - 6,000)
SELECT is(amount(m.charge), 108000.0, 'a revised total') FROM asset_movement('260000 USD', '2025-01-01', '2025-01-01', 'units_of_production(total_use=60000, salvage_amount=20000)',
    ARRAY[asset_event('2026-01-01', 'use', used_chip_ms => 6000 * 3600000::bigint), asset_event('2027-01-01', 'use', used_chip_ms => 9000 * 3600000::bigint),
          asset_event('2026-01-01', 'change_of_estimate', policy => 'units_of_production(total_use=24000, salvage_amount=20000)')], '2026-01-01', '2027-01-01') m;
-- Use is of what is at work: half of the chips, 10 % of all hours in a year, then all of them 10 %; and with half sold, 10 % more of all hours are 20 % of theirs.
SELECT results_eq($$SELECT amount(b.in_service_cost), amount(b.accumulated) FROM unnest('{2026-01-01,2027-01-01}'::date[]) d, asset_balance('1000 USD', '2025-01-01', '2026-01-01', 'units_of_production(total_use=1000)',
        ARRAY[asset_event('2025-01-01', 'placed_in_service', share => 0.5), asset_event('2026-01-01', 'use', used_chip_ms => 360000000), asset_event('2027-01-01', 'use', used_chip_ms => 360000000)], d) b ORDER BY 2$$,
    $$VALUES (500.0, 100.0), (1000.0, 200.0)$$, 'each hour of use costs the same, however much is in service');
SELECT results_eq($$SELECT amount(b.in_service_cost), amount(b.accumulated) FROM unnest('{2026-01-01,2027-01-01}'::date[]) d, asset_balance('1000 USD', '2025-01-01', '2025-01-01', 'units_of_production(total_use=1000)',
        ARRAY[asset_event('2026-01-01', 'disposal', share => 0.5), asset_event('2026-01-01', 'use', used_chip_ms => 360000000), asset_event('2027-01-01', 'use', used_chip_ms => 360000000)], d) b ORDER BY 2$$,
    $$VALUES (1000.0, 100.0), (500.0, 50 + 100.0)$$, 'and however much is left');

-- What is placed in service need not be whole minor units: two thirds of 1,000 are posted as
-- 666.67, and so is all that is ever charged of them.
SELECT results_eq($$SELECT b.in_service_cost, b.accumulated, b.book_value
                    FROM asset_balance('1000 USD', '2020-01-01', NULL, 'straight_line(life=5 years, convention=full_month)',
                                       ARRAY[asset_event('2020-01-01', 'placed_in_service', share => 2 / 3.0)], '2025-01-01') b$$,
    $$VALUES ('666.67 USD'::monetary, '666.67 USD'::monetary, '333.33 USD'::monetary)$$, 'a part of a cost is charged to its last cent');
-- Use that ends on the day of the disposal is counted, and no problem; later use is.
SELECT results_eq($$SELECT p.happened_on, p.problem FROM asset_event_problems('1000 USD', '2025-01-01', '2025-01-01', 'units_of_production(total_use=100)',
                        ARRAY[asset_event('2025-02-10', 'use', used_chip_ms => 36000000), asset_event('2025-02-10', 'disposal'), asset_event('2025-03-01', 'use', used_chip_ms => 1)]) p$$,
    $$VALUES (date '2025-03-01', 'after the disposal of the whole: ignored')$$, 'use until the disposal is no problem');

SELECT * FROM finish();
ROLLBACK;
