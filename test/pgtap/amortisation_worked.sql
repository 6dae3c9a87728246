-- Amortisation: published and worked figures, each with its source beside it.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();

-- ---------------------------------------------------------------------------
-- The month of pool P: 1,000 chips in service 2025-01-01, October 2025
-- ---------------------------------------------------------------------------
CREATE TABLE public.component AS
SELECT name, cost::monetary, amortisation_policy('straight_line', life::interval, convention => 'full_month') AS policy
FROM (VALUES ('chip', '20000000 USD', '5 years'), ('server', '10000000 USD', '5 years'), ('network', '5000000 USD', '6 years'), ('building', '6000000 USD', '20 years')) v (name, cost, life);
SELECT results_eq($$SELECT name, round(amortised(cost, policy, '2025-01-01', '2025-10-01', '2025-11-01')) FROM component ORDER BY cost DESC$$,
    $$VALUES ('chip', '333333.33 USD'::monetary), ('server', '166666.67 USD'), ('building', '25000.00 USD'), ('network', '69444.44 USD')
      ORDER BY array_position(ARRAY['chip', 'server', 'building', 'network'], column1)$$, 'each component''s charge');
SELECT is(round(sum(amortised(cost, policy, '2025-01-01', '2025-10-01', '2025-11-01'))), '594444.44 USD'::monetary, '594,444.44 in all') FROM component;
SELECT is(sum(charge), '594444.44 USD'::monetary, 'and as the schedules of October post it')
FROM component, LATERAL amortisation_schedule(cost, policy, '2025-01-01') WHERE period_start = '2025-10-01';
SELECT is(round(sum(chip_hour_rate(cost, policy, '2025-01-01', '2025-10-15', 1000)), 5), '0.79898 USD'::monetary, '0.79898 per installed hour') FROM component;
SELECT is(round(sum(chip_hour_rate_used(cost, policy, '2025-01-01', '2025-10-15', 0.6, 1000)), 5), '1.33164 USD'::monetary, '1.33164 per used hour') FROM component;
SELECT is(round(sum(amortised(cost, policy, '2025-01-01', '2025-10-31', '2025-11-01')), 2), '19175.63 USD'::monetary, '19,175.63 on 31 October') FROM component;
SELECT is(round(sum(amortised(cost, policy, '2025-01-01', '2025-01-01', '2026-01-01'))), '7133333.33 USD'::monetary, 'a year: 7,133,333.33') FROM component;
SELECT is(round(sum(amortised(cost, policy, '2025-01-01', '2025-01-01', '2026-01-01')) / 8760000, 4), '0.8143 USD'::monetary, '0.8143 per installed hour over it') FROM component;
SELECT is(round(chip_hour_rate(cost, policy, '2025-01-01', '2025-02-15'), 2), '496.03 USD'::monetary, '496.03 an hour in February') FROM component WHERE name = 'chip';
SELECT is(round(chip_hour_rate(cost, policy, '2025-01-01', '2025-03-15'), 2), '448.03 USD'::monetary, '448.03 an hour in March') FROM component WHERE name = 'chip';

-- 100,000 over 36 months
SELECT results_eq($$SELECT charge FROM amortisation_schedule('100000 USD', 'straight_line(life=3 years, convention=full_month)', '2025-01-01') LIMIT 3$$,
    $$VALUES ('2777.78 USD'::monetary), ('2777.78 USD'), ('2777.77 USD')$$, '2,777.78, 2,777.78, 2,777.77');
SELECT is(sum(charge), '100000 USD'::monetary, 'adding up to 100,000.00') FROM amortisation_schedule('100000 USD', 'straight_line(life=3 years, convention=full_month)', '2025-01-01');

-- ---------------------------------------------------------------------------
-- Exponential, 30,000 at 0.14 orders of magnitude a year of 365.25 days
-- ---------------------------------------------------------------------------
SELECT is(round(amortised_within('30000 USD', 'exponential(rate=0.14)', '2025-01-01', '[2025-01-01 00:00Z,2026-01-01 06:00Z)')), '8266.92 USD'::monetary, 'a year costs 8,266.92');
SELECT is(round('30000 USD' - amortised_within('30000 USD', 'exponential(rate=0.14)', '2025-01-01', '[2025-01-01 00:00Z,2030-01-01 06:00Z)')), '5985.79 USD'::monetary, 'after five years 5,985.79 is left');
SELECT is(book_value('30000 USD', 'exponential(rate=0.14)', '2025-01-01', '2025-01-01'::date + 1461), '8262.686110014499346 USD'::monetary, 'four years are 1,461 days: 30,000 x 10^-0.56');
SELECT is(book_value('30000 USD', 'exponential(rate=0.25)', '2025-01-01', '2025-01-01'::date + 1461), '3000 USD'::monetary, 'a whole order of magnitude is exact');
SELECT is(book_value('30000 USD', 'exponential(rate=0.14, life=1461 days)', '2025-01-01', '2099-01-01'), '8262.686110014499346 USD'::monetary, 'it ends at a stated life with the rest as salvage');
SELECT is(book_value('30000 USD', 'exponential(rate=0.14)', '2025-01-01', '9999-12-31'), '0 USD'::monetary, 'or runs until nothing is left');

-- Epoch AI, training-cost-trends, Apache-2.0: server price per chip, acquired, training started, r = 0.14; the published rate per chip-hour and
-- chip-hours give the hardware cost. test/t/020_epoch.pl reads the whole table where it is.
CREATE TABLE public.epoch AS
SELECT model, monetary(price, 'USD') AS price, acquired::date, started::date, rate, chip_hours, hardware
FROM (VALUES ('Inflection-2', 44489.88, '2022-12-19', '2023-08-20', 1.3191023970223121, 7497284.949256637, 6030296.675441302 + 3859389.8722824324),
             ('Falcon-180B', 24875.0, '2020-08-12', '2023-01-09', 0.420728692333024, 17694720.0, 4484744.823372896 + 2959931.5834261104),
             ('GPT-3.5 (text-davinci-003)', 24875.0, '2020-08-12', '2022-03-14', 0.5487507953032258, 6120607.787274454, 2023306.2596421528 + 1335382.1313638205),
             ('GLaM', 8473.88, '2021-05-20', '2021-08-18', 0.28782442633224264, 1398784.0, 245490.3672943413 + 157113.8350683784),
             ('Megatron-LM (8.3B)', 17250.0, '2018-06-25', '2019-07-05', 0.45561098978640624, 167424.0, 45136.22151124218 + 31143.9928427571),
             ('GNMT', 8200.0, '2015-02-15', '2016-06-24', 0.19481529519746502, 655730.0, 77894.04482916692 + 49852.18869066682)) v (model, price, acquired, started, rate, chip_hours, hardware);
SELECT ok(abs(amount(chip_hour_rate(price, 'exponential(rate=0.14)', acquired, started)) / rate - 1) < 1e-9
          AND abs(amount(chip_hour_rate(price, 'exponential(rate=0.14)', acquired, started) * chip_hours) / hardware - 1) < 1e-9, 'Epoch AI: ' || model)
FROM epoch;

-- ---------------------------------------------------------------------------
-- Spreadsheets: ExcelFinancialFunctions test data, Apache-2.0. A year is a calendar year.
-- ---------------------------------------------------------------------------
CREATE FUNCTION pg_temp.sheet(cost numeric, salvage numeric, life integer, from_year integer, to_year integer, factor numeric, switch boolean) RETURNS numeric LANGUAGE sql AS $$
    SELECT amount(amortised(monetary(cost, 'USD'),
                            CASE WHEN factor IS NULL THEN amortisation_policy('straight_line', make_interval(years => life), salvage_amount => salvage, convention => 'full_month')
                                 ELSE amortisation_policy('declining_balance', make_interval(years => life), salvage_amount => salvage, factor => factor, convention => 'full_month',
                                                          switch_to_straight_line => switch) END,
                            '2025-01-01', make_date(2025 + from_year, 1, 1), make_date(2025 + to_year, 1, 1)))
$$;
SELECT is(round(pg_temp.sheet(cost, salvage, life, 0, 1, NULL, NULL), 10), round(result, 10), format('SLN(%s, %s, %s)', cost, salvage, life))
FROM (VALUES (100, 10, 40, 2.25), (100, 50, 13, 3.846153846154), (200, 10, 1, 190), (200, 10, 13, 14.61538461538), (122, 20, 12, 8.5)) v (cost, salvage, life, result);
SELECT is(round(pg_temp.sheet(cost, salvage, life, period - 1, period, factor, false), 10), round(result, 10), format('DDB(%s, %s, %s, %s, %s)', cost, salvage, life, period, factor))
FROM (VALUES (100, 10, 13, 1, 1, 7.692307692308), (100, 10, 13, 2, 3, 17.75147928994), (100, 10, 13, 10, 4.5, 0), (100, 10, 40, 13, 3, 2.942808869112), (100, 50, 40, 1, 4.5, 11.25),
             (100, 50, 40, 2, 3, 6.9375), (100, 0, 13, 11, 4.5, 0.4943390237174), (100, 50, 40, 1, 50.3, 50)) v (cost, salvage, life, period, factor, result);
SELECT is(round(pg_temp.sheet(cost, salvage, life, start, until, factor, no_switch = 0), 9), round(result, 9), format('VDB(%s, %s, %s, %s, %s, %s, %s)', cost, salvage, life, start, until, factor, no_switch = 1))
FROM (VALUES (100, 10, 13, 0, 3, 1, 0, 21.62990855299), (100, 10, 13, 1, 3, 3, 1, 31.40646335913), (100, 10, 40, 1, 13, 1, 0, 27.24404651228), (100, 0, 13, 2, 3, 4.5, 0, 14.79858898498),
             (100, 0, 40, 13, 20, 3, 0, 15.26486633238), (200, 50, 13, 10, 13, 1, 0, 31.51326917017), (200, 10, 40, 0, 20, 4.5, 0, 181.6178108674), (100, 0, 40, 0, 20, 3, 1, 78.97022361334))
     v (cost, salvage, life, start, until, factor, no_switch, result);
SELECT is(pg_temp.sheet(100, 0, 13, 12, 13, 1, false) > 2.943820820593, true,
    'DDB(100, 0, 13, 13, 1) is 2.94 and leaves 35.33 for ever; here the last year takes the rest');

-- ---------------------------------------------------------------------------
-- Other systems' schedules, where no rounding quirk is in the way
-- ---------------------------------------------------------------------------
-- erpnext/assets/doctype/asset/test_asset.py @0083699 (figures only): 30 January 2030, three years, 365-day years
SELECT results_eq($$SELECT charge FROM amortisation_schedule('100000 USD', 'straight_line(life=3 years, salvage_amount=10000, day_count=no_leap_365)', '2030-01-30', '1 year')$$,
    $$VALUES ('27616.44 USD'::monetary), ('30000 USD'), ('30000 USD'), ('2383.56 USD')$$, 'ERPNext: pro rata by days');
-- The same file: 731 on 731 days, 1.00 a day
SELECT is(bool_and(amount(charge) = period_end - period_start), true, 'ERPNext: a day''s charge over all days of the life')
FROM amortisation_schedule('731 USD', 'straight_line(life=2 years)', '2023-10-10');
-- Tryton account_asset (figures only): 1,000 less 100 over 24 months
SELECT results_eq($$SELECT charge, closing FROM amortisation_schedule('1000 USD', 'straight_line(life=2 years, salvage_amount=100, convention=full_month)', '2025-01-01') WHERE period_end IN ('2025-02-01', '2026-01-01', '2027-01-01')$$,
    $$VALUES ('37.50 USD'::monetary, '962.50 USD'::monetary), ('37.50 USD', '550 USD'), ('37.50 USD', '100 USD')$$, 'Tryton: 37.50 a month');
-- German § 7 (2) EStG as published by tax guides: 30 % of 100,000 from July 2025, months counted whole; and § 7 (1) beside it
SELECT results_eq($$SELECT charge FROM amortisation_schedule('100000 EUR', 'declining_balance(life=5 years, factor=1.5, convention=full_month)', '2025-07-01', '1 year') LIMIT 5$$,
    $$VALUES ('15000 EUR'::monetary), ('25500 EUR'), ('17850 EUR'), ('12495 EUR'), ('8746.50 EUR')$$, 'declining by 30 % from July 2025');
SELECT results_eq($$SELECT charge FROM amortisation_schedule('100000 EUR', 'straight_line(life=5 years, convention=full_month)', '2025-07-01', '1 year')$$,
    $$VALUES ('10000 EUR'::monetary), ('20000 EUR'), ('20000 EUR'), ('20000 EUR'), ('20000 EUR'), ('10000 EUR')$$, 'and straight');
-- 20 % of 100,000 over 10 years, straight from the sixth: 6,553.60 either way
SELECT results_eq($$SELECT charge FROM amortisation_schedule('100000 EUR', 'declining_balance(life=10 years, convention=full_month, switch_to_straight_line=true)', '2025-01-01', '1 year')$$,
    $$VALUES ('20000 EUR'::monetary), ('16000 EUR'), ('12800 EUR'), ('10240 EUR'), ('8192 EUR'), ('6553.60 EUR'), ('6553.60 EUR'), ('6553.60 EUR'), ('6553.60 EUR'), ('6553.60 EUR')$$,
    'declining by 20 %, straight from the sixth year');

-- ---------------------------------------------------------------------------
-- The other methods
-- ---------------------------------------------------------------------------
-- Annuity: 30,000 at 10 % over five years; PMT(0.1, 5, -30000) = 7,913.92, and PPMT year by year.
SELECT results_eq($$SELECT charge FROM amortisation_schedule('30000 USD', 'annuity(life=5 years, rate=0.1, convention=full_month)', '2025-01-01', '1 year')$$,
    $$VALUES ('4913.92 USD'::monetary), ('5405.32 USD'), ('5945.85 USD'), ('6540.43 USD'), ('7194.48 USD')$$, 'annuity: 4,913.92, 5,405.32, 5,945.85, 6,540.43, 7,194.48');
SELECT is(round(amortised('30000 USD', 'annuity(life=5 years, rate=0.1)', '2025-01-01', '2025-01-01', '2026-01-01') + '3000 USD'), '7913.92 USD'::monetary, 'with the year''s interest, the payment of 7,913.92');
SELECT is(amortised('30000 USD', 'annuity(life=5 years, rate=0.1, convention=full_month)', '2025-01-01', '2025-01-01', '2025-07-01') * 2,
          amortised('30000 USD', 'annuity(life=5 years, rate=0.1, convention=full_month)', '2025-01-01', '2025-01-01', '2026-01-01'), 'straight within a year');
-- A rate of next to nothing is the straight line; one of 100 % leaves nearly all to the end.
SELECT ok(abs(amount(book_value('1000000000000 USD', 'annuity(life=200 years, rate=0.000000000000001, convention=full_month)', '2025-01-01', '2125-01-01')) - 500000000000) < 0.1, 'a rate of 1e-15 is still a rate');
SELECT is(book_value('1000000 USD', 'annuity(life=200 years, rate=1, convention=full_month)', '2025-01-01', '2224-01-01'), '500000 USD'::monetary, 'at 100 % the last of 200 years has half');

-- Sum of the years' digits. A textbook's table, to the dollar: 26,667, 21,333, 16,000, 10,667, 5,333; from October, a quarter of each layer with three quarters of the one before.
SELECT results_eq($$SELECT round(charge, 0) FROM amortisation_schedule('90000 USD', 'sum_of_years_digits(life=5 years, salvage_amount=10000, convention=full_month)', '2025-01-01', '1 year')$$,
    $$VALUES ('26667 USD'::monetary), ('21333 USD'), ('16000 USD'), ('10667 USD'), ('5333 USD')$$, 'sum of the years'' digits of 90,000');
SELECT results_eq($$SELECT amount(charge) FROM amortisation_schedule('90000 XXX', 'sum_of_years_digits(life=5 years, salvage_amount=15000, convention=full_month)', '2025-10-01', '1 year')$$,
    $$VALUES (6250::numeric), (0.75 * 25000 + 0.25 * 20000), (0.75 * 20000 + 0.25 * 15000), (0.75 * 15000 + 0.25 * 10000), (0.75 * 10000 + 0.25 * 5000), (0.75 * 5000)$$, 'a quarter of layer 1, then the rest of it and a quarter of layer 2 ...');
SELECT results_eq($$SELECT amount(charge) FROM amortisation_schedule('17.875 XXX', 'sum_of_years_digits(life=66 months, convention=full_month)', '2025-01-01', '1 year')$$,
    $$VALUES (5.5), (4.5), (3.5), (2.5), (1.5), (0.375)$$, 'five and a half years: 5.5, 4.5 ... of 17.875, and 0.375');

-- Fixed rate: the example of Excel's DB page, 1,000,000 to 100,000 in 6 years, 7 months in the first: 31.9 %. The last year takes the rest, where DB's is 15,845.10.
SELECT results_eq($$SELECT charge FROM amortisation_schedule('1000000 USD', 'fixed_rate(life=6 years, salvage_amount=100000, convention=full_month)', '2025-06-01', '1 year')$$,
    $$VALUES ('186083.33 USD'::monetary), ('259639.42 USD'), ('176814.44 USD'), ('120410.64 USD'), ('81999.64 USD'), ('55841.76 USD'), ('19210.77 USD')$$, 'DB(1000000, 100000, 6, ..., 7), ending on the salvage value');
-- erpnext/assets/doctype/asset/test_asset.py @0083699 (figures only): 1 - (12500 / 100000)^(1/3) is 50 %
SELECT results_eq($$SELECT charge FROM amortisation_schedule('100000 USD', 'fixed_rate(life=3 years, salvage_amount=12500)', '2030-01-01', '1 year')$$,
    $$VALUES ('50000 USD'::monetary), ('25000 USD'), ('12500 USD')$$, 'ERPNext: written down by half');
SELECT results_eq($$SELECT charge FROM amortisation_schedule('100000 USD', 'fixed_rate(life=3 years, salvage_amount=12500)', '2030-06-06', '1 year')$$,
    $$VALUES ('28630.14 USD'::monetary), ('35684.93 USD'), ('17842.46 USD'), ('5342.47 USD')$$, 'the first year by days, the last to the salvage value (ERPNext rounds each row: 17,842.47, 5,342.46)');

CREATE TABLE public.macrs_case AS
SELECT life, convention, quarter, year, amortisation_policy('macrs', make_interval(years => life), convention => convention) AS p,
       (date '2025-01-17' + make_interval(months => 3 * quarter))::date AS in_service
FROM unnest('{3,5,7,10,15,20}'::integer[]) life, unnest('{half_year,mid_quarter}'::text[]) convention, generate_series(1, 4) quarter, generate_series(1, 21) year
WHERE year <= life + 1;
-- MACRS. IRS Publication 946, table A-1 and A-5; the disposal of its chapter 4: property of 7 years, 40,000, placed in service in the fourth quarter, sold in the first of the fourth year: 40,000 x 14.06 % x 12.5 % = 703.
SELECT results_eq($$SELECT amount(charge) FROM amortisation_schedule('100 XXX', 'macrs(life=5 years)', '2025-04-30', '1 year')$$, $$VALUES (20::numeric), (32), (19.2), (11.52), (11.52), (5.76)$$, 'five years, half-year');
SELECT results_eq($$SELECT amount(charge) FROM amortisation_schedule('100 XXX', 'macrs(life=7 years, convention=mid_quarter)', '2025-12-31', '1 year')$$,
    $$VALUES (3.57), (27.55), (19.68), (14.06), (10.04), (8.73), (8.73), (7.64)$$, 'seven years, fourth quarter');
SELECT is(amortised('40000 USD', p, '2022-11-20', '2025-01-01', charged_until(p, '2022-11-20', d)), '703 USD'::monetary, '703 in the year of its disposal, on ' || d::text)
FROM (SELECT 'macrs(life=7 years, convention=mid_quarter)'::amortisation_policy AS p) p, unnest('{2025-01-01,2025-03-31}'::date[]) d;
SELECT is(amortised('40000 USD', p, '2022-11-20', '2025-01-01', charged_until(p, '2022-11-20', make_date(2025, 3 * q, 5))), monetary(40000 * 0.1406 * (0.25 * q - 0.125), 'USD'), 'of quarter ' || q)
FROM (SELECT 'macrs(life=7 years, convention=mid_quarter)'::amortisation_policy AS p) p, generate_series(1, 4) q;
SELECT is(amortised('40000 USD', p, '2022-05-20', '2025-01-01', charged_until(p, '2022-05-20', d)), monetary(40000 * 0.1249 / 2, 'USD'), 'half a year under half-year, whenever: ' || d)
FROM (SELECT 'macrs(life=7 years)'::amortisation_policy AS p) p, unnest('{2025-01-01,2025-12-31}'::date[]) d;
SELECT is(charged_until(p::amortisation_policy, '2022-05-20', '2022-12-31'), '2022-05-20', 'nothing in the year of going into service: ' || p) FROM unnest('{"macrs(life=7 years)","macrs(life=7 years, convention=mid_quarter)"}'::text[]) p;
SELECT results_eq($$SELECT life, convention, quarter, year, amount(amortised('100 XXX', p, in_service, make_date(2024 + year, 4, 1), make_date(2025 + year, 4, 1), 4)) FROM macrs_case$$,
    $$SELECT life, convention, quarter, year, macrs_percentage(life, year, CASE convention WHEN 'mid_quarter' THEN quarter END) FROM macrs_case$$, 'every printed percentage, in fiscal years from April');

-- Section 179, then bonus, then MACRS on the rest: 100,000, 10,000, 40 %.
SELECT results_eq($$SELECT charge FROM amortisation_schedule('100000 USD', 'macrs(life=5 years, section_179=10000, bonus=0.4)', '2025-01-15', '1 year')$$,
    $$VALUES ('56800 USD'::monetary), ('17280 USD'), ('10368 USD'), ('6220.80 USD'), ('6220.80 USD'), ('3110.40 USD')$$, '10,000 + 36,000 + 20 % of 54,000 ...');
SELECT is(book_value('100000 USD', 'macrs(life=5 years, bonus=1)', '2025-07-01', d), m, 'bonus of 100 %, by days of the first fiscal year: ' || d)
FROM (VALUES ('2025-07-01'::date, '100000 USD'::monetary), ('2025-10-01', '50000 USD'), ('2026-01-01', '0 USD'), ('2027-01-01', '0 USD')) v (d, m);
SELECT is(book_value('100 USD', 'straight_line(life=5 years, salvage=0.2, section_179=1000, bonus=0.5)', '2025-01-01', '2026-01-01'), '20 USD'::monetary, 'no layer passes the salvage value');

-- Rate caps. § 7 (2) EStG: 2.5 times and 25 %, 2 times and 20 %, 3 times and 30 %; over 10 years 2.5 times is 25 % exactly, over 8 it is cut.
SELECT is(amortised('100000 EUR', amortisation_policy('declining_balance', make_interval(years => years), factor => factor, rate_cap => cap), '2025-01-01', '2025-01-01', '2026-01-01'), charge,
          format('%s times over %s years, at most %s', factor, years, cap))
FROM (VALUES (2.5, 10, 0.25, '25000 EUR'::monetary), (2.5, 8, 0.25, '25000 EUR'), (2.5, 20, 0.25, '12500 EUR'), (2, 8, 0.2, '20000 EUR'), (2, 20, 0.2, '10000 EUR'), (3, 5, 0.3, '30000 EUR'), (3, 15, 0.3, '20000 EUR')) v (factor, years, cap, charge);
SELECT results_eq($$SELECT charge FROM amortisation_schedule('100000 EUR', 'declining_balance(life=5 years, factor=3, rate_cap=0.3, convention=full_month)', '2025-07-01', '1 year') LIMIT 5$$,
    $$VALUES ('15000 EUR'::monetary), ('25500 EUR'), ('17850 EUR'), ('12495 EUR'), ('8746.50 EUR')$$, 'declining by 30 % from July 2025, from the law''s own numbers');
SELECT results_eq($$SELECT charge FROM amortisation_schedule('100000 EUR', 'declining_balance(life=10 years, factor=2.5, rate_cap=0.2, convention=full_month, switch_to_straight_line=true)', '2025-01-01', '1 year')$$,
    $$VALUES ('20000 EUR'::monetary), ('16000 EUR'), ('12800 EUR'), ('10240 EUR'), ('8192 EUR'), ('6553.60 EUR'), ('6553.60 EUR'), ('6553.60 EUR'), ('6553.60 EUR'), ('6553.60 EUR')$$,
    'capped at 20 %, straight from the sixth year');

-- Units of production. A teaching sheet: 260,000 less 20,000 over 60,000 hours: 24,000 for 6,000, 48,000 for 12,000, 12,000 for 3,000.
SELECT is(amortised_by_use('260000 USD', 'units_of_production(total_use=60000, salvage_amount=20000)', 0, hours * 3600000::bigint), charge, hours || ' hours')
FROM (VALUES (6000, '24000 USD'::monetary), (12000, '48000 USD'), (3000, '12000 USD'), (60000, '240000 USD'), (70000, '240000 USD')) v (hours, charge);
SELECT is(amortised_by_use('1000 USD', p, 0, 1000000) + amortised_by_use('1000 USD', p, 1000000, 3600000), '500 USD'::monetary, 'charges of any parts of the use add up')
FROM (SELECT 'units_of_production(total_use=2)'::amortisation_policy AS p) p;
SELECT is(book_value_by_use('-1000 USD', 'units_of_production(total_use=2, salvage=0.1)', 9223372036854775807), '-100 USD'::monetary, 'a credit, to its end');
SELECT is(rate, expected, name)
FROM (SELECT 'units_of_production(total_use=60000, salvage_amount=20000)'::amortisation_policy AS p) p,
LATERAL (VALUES (chip_hour_rate('260000 USD', p, '2025-01-01', '2025-06-30', 8), '4 USD'::monetary, 'a used hour costs 4, of how many chips it may be'),
                (chip_hour_rate_used('260000 USD', p, '2025-01-01', '2025-06-30', 0.6, 8), '4 USD', 'and at any utilisation'),
                (chip_hour_rate('260000 USD', p, '2025-01-01', '2024-12-31'), '0 USD', 'but nothing before it is in service'),
                (amortised_posted('260000 USD', p, '2025-01-01', '2025-06-30'), NULL, 'nothing is known to be posted by time')) v (rate, expected, name);

-- ---------------------------------------------------------------------------
-- Conventions: what the first year of 12,000 a year has, from each month
-- ---------------------------------------------------------------------------
SELECT is(amount(amortised('36000 USD', amortisation_policy('straight_line', '3 years', convention => convention), make_date(2025, m, 28), '2025-01-01', '2026-01-01')) / 12000,
          CASE convention WHEN 'full_month' THEN 13 - m WHEN 'following_month' THEN 12 - m WHEN 'mid_month' THEN 12.5 - m WHEN 'half_year' THEN 6
                          ELSE (ARRAY[0.875, 0.625, 0.375, 0.125])[(m + 2) / 3] * 12 END / 12, format('%s, from month %s', convention, m))
FROM unnest('{full_month,following_month,mid_month,half_year,mid_quarter}'::text[]) convention, generate_series(1, 12) m;
-- Disposal: 100 of 1,000 chips (30 m, 5 years, from 2025-01-01) sold 2026-07-15 for 1.2 m: a loss of 900,000, or 850,000 when the month is charged.
SELECT is('1200000 USD' - book_value('3000000 USD', p::amortisation_policy, '2025-01-01', charged_until(p::amortisation_policy, '2025-01-01', '2026-07-15')), loss, p)
FROM (VALUES ('straight_line(life=5 years, convention=full_month)', '-900000 USD'::monetary), ('straight_line(life=5 years, convention=full_month, charge_disposal_month=true)', '-850000 USD')) v (p, loss);

-- ---------------------------------------------------------------------------
-- Soft errors, where the server has them
-- ---------------------------------------------------------------------------
SELECT CASE WHEN current_setting('server_version_num')::integer >= 160000
    THEN results_eq($$SELECT pg_input_is_valid(t, 'amortisation_policy') FROM unnest('{straight_line(life=5 years),straight_line(),macrs(life=4 years),"straight_line(life=5 years, salvage=2)"}'::text[]) t$$,
                    $$VALUES (true), (false), (false), (false)$$, 'bad text is a soft error')
    ELSE skip('soft errors came with PostgreSQL 16') END;
-- An unexpected text is cut between two characters, not inside one.
CREATE FUNCTION pg_temp.policy_error_detail(policy text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    PERFORM policy::amortisation_policy;
    RETURN NULL;
EXCEPTION WHEN invalid_text_representation THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN detail;
END $$;
SELECT CASE WHEN current_setting('server_encoding') = 'UTF8'
    THEN is(pg_temp.policy_error_detail('straight_line(life=5 years) x' || repeat(U&'\00E9', 20)), 'unexpected text at "x' || repeat(U&'\00E9', 9) || '".', 'text is cut between characters')
    ELSE skip('of one byte a character') END;
-- The SQLSTATE of every error.
SELECT throws_ok(query, state, NULL, state || ': ' || query)
FROM (VALUES ('22P02', $$SELECT 'straight_line(life=5 years, salvage=2)'::amortisation_policy$$), ('22P02', $$SELECT 'x'::amortisation_policy$$),
             ('22P02', $$SELECT 'macrs(life=4 years)'::amortisation_policy$$), ('22023', $$SELECT amortisation_policy('annuity', '5 years')$$),
             ('22023', $$SELECT amortisation_policy('macrs', '5 years', convention => 'mid_month')$$),
             ('22023', $$SELECT amortisation_policy('declining_balance', '5 years', rate_cap => 2)$$),
             ('22023', $$SELECT amortisation_policy('units_of_production', total_use => 0)$$),
             ('22023', $$SELECT book_value('1 USD', 'units_of_production(total_use=1)', '2025-01-01', '2024-01-01')$$),
             ('22023', $$SELECT amortised('1 USD', 'units_of_production(total_use=1)', '2025-01-01', '2024-01-01', '2024-01-02')$$),
             ('22023', $$SELECT amortised_within('1 USD', 'units_of_production(total_use=1)', '2025-01-01', 'empty')$$),
             ('22023', $$SELECT amortisation_schedule('1 USD', 'units_of_production(total_use=1)', '2025-01-01')$$),
             ('22023', $$SELECT book_value_by_use('1 USD', 'straight_line(life=1 year)', 0)$$),
             ('22023', $$SELECT book_value_by_use('1 USD', 'units_of_production(total_use=1)', -1)$$),
             ('22023', $$SELECT amortised_by_use('1 USD', 'units_of_production(total_use=1)', 2, 1)$$),
             ('22008', $$SELECT charged_until('straight_line(life=1 year)', '2025-01-01', 'infinity')$$),
             ('22004', $$SELECT amortisation_policy(NULL::text, '5 years')$$), ('22023', $$SELECT amortisation_policy('linear', '5 years')$$),
             ('22023', $$SELECT amortisation_policy('straight_line', '5 years', salvage => 2)$$), ('22003', $$SELECT amortisation_policy('straight_line', '5 years', salvage => 'NaN')$$),
             ('22023', $$SELECT amortisation_policy('straight_line', '5 years', factor => 2)$$),
             ('22008', $$SELECT book_value('1 USD', 'straight_line(life=1 year)', 'infinity', '2025-01-01')$$),
             ('22008', $$SELECT book_value('1 USD', 'straight_line(life=1 year)', '2025-01-01', 'infinity')$$),
             ('22008', $$SELECT book_value('1 USD', 'straight_line(life=1 year)', '20000-01-01', '2025-01-01')$$),
             ('22023', $$SELECT book_value('1 USD', 'straight_line(life=1 year)', '2025-01-01', '2025-01-01', 0)$$),
             ('22023', $$SELECT amortised('1 USD', 'straight_line(life=1 year)', '2025-01-01', '2025-01-02', '2025-01-01')$$),
             ('22008', $$SELECT amortised_within('1 USD', 'straight_line(life=1 year)', '2025-01-01', '(,)')$$),
             ('22012', $$SELECT chip_hour_rate('1 USD', 'straight_line(life=1 year)', '2025-01-01', '2025-01-01', 0)$$),
             ('22023', $$SELECT chip_hour_rate('1 USD', 'straight_line(life=1 year)', '2025-01-01', '2025-01-01', -5)$$),
             ('22012', $$SELECT chip_hour_rate_used('1 USD', 'straight_line(life=1 year)', '2025-01-01', '2025-01-01', 0)$$),
             ('22023', $$SELECT chip_hour_rate_used('1 USD', 'straight_line(life=1 year)', '2025-01-01', '2025-01-01', 1.01)$$),
             ('22003', $$SELECT chip_hour_rate_used('1 USD', 'straight_line(life=1 year)', '2025-01-01', '2025-01-01', 'NaN')$$),
             ('22003', $$SELECT chip_hour_rate_used('2e18 USD', 'straight_line(life=1 day)', '2025-01-01', '2025-01-01', 0.000001)$$),
             ('22023', $$SELECT amortisation_schedule('1 USD', 'straight_line(life=1 year)', '2025-01-01', '7 months')$$),
             ('22023', $$SELECT amortisation_schedule('1 USD', 'exponential(rate=0.14)', '2025-01-01')$$)) e (state, query);
-- In the select list too.
SELECT is(count(*), 12::bigint, 'a schedule in the select list') FROM (SELECT amortisation_schedule('1 USD', 'straight_line(life=1 year)', '2025-01-01')) s;

SELECT * FROM finish();
ROLLBACK;
