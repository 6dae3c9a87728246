-- Tax rules by date: each window from the day before to the day of its edge. Facts of law; the functions name
-- their sources row by row.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();

-- ---------------------------------------------------------------------------
-- US bonus depreciation, IRC 168(k): Pub. L. 115-97 section 13201 and Pub. L. 119-21 section 70301
-- ---------------------------------------------------------------------------
SELECT is(us_bonus_rate(acquired, used), rate, format('acquired %s, in service %s: %s', acquired, used, rate))
FROM (VALUES ('2017-09-28'::date, '2017-09-28'::date, 1.0), ('2022-06-01', '2022-12-31', 1.0), ('2022-06-01', '2023-01-01', 0.8), ('2023-03-01', '2023-12-31', 0.8), ('2023-03-01', '2024-01-01', 0.6),
             ('2024-05-01', '2024-12-31', 0.6), ('2024-05-01', '2025-01-01', 0.4), ('2025-01-19', '2025-01-19', 0.4), ('2025-01-19', '2025-12-31', 0.4), ('2025-01-20', '2025-01-20', 1.0), ('2025-01-20', '2031-06-30', 1.0),
             -- A contract that bound before 20 January 2025 keeps the phase-down, whenever the racks arrive.
             ('2025-01-19', '2026-01-01', 0.2), ('2025-01-19', '2026-12-31', 0.2), ('2025-01-19', '2027-01-01', 0.0), ('2025-01-19', '2040-01-01', 0.0)) v (acquired, used, rate);
SELECT throws_ok(query, '22023', message, message)
FROM (VALUES ($$SELECT us_bonus_rate('2017-09-27', '2018-01-01')$$, 'no us bonus rate is known for property acquired on 2017-09-27 and placed in service on 2018-01-01'),
             ($$SELECT us_bonus_rate('2025-06-01', '2025-05-31')$$, 'property cannot be placed in service before it is acquired')) e (query, message);
SELECT is(us_bonus_rate(NULL, '2025-01-01'), NULL, 'no date, no rate');
SELECT is_empty($$SELECT a.* FROM us_bonus_rates() a JOIN us_bonus_rates() b ON (a.acquired_from, a.in_service_from) < (b.acquired_from, b.in_service_from)
    WHERE daterange(a.acquired_from, a.acquired_to, '[]') && daterange(b.acquired_from, b.acquired_to, '[]') AND daterange(a.in_service_from, a.in_service_to, '[]') && daterange(b.in_service_from, b.in_service_to, '[]')$$,
    'no two rates for the same dates');

-- ---------------------------------------------------------------------------
-- Section 179: limit less what is placed in service above the threshold, dollar for dollar
-- ---------------------------------------------------------------------------
SELECT is(us_section_179_limit(tax_year, placed), allowed, format('%s: %s placed in service', tax_year, placed))
FROM (VALUES (2024, 0, 1220000.00), (2024, 3050000, 1220000), (2024, 3050001, 1219999), (2024, 4269999, 1), (2024, 4270000, 0), (2024, 9e12, 0),
             (2025, 4000000, 2500000), (2025, 4300000, 2200000), (2025, 6500000, 0), (2018, 2500000.01, 999999.99), (2019, 0, 1020000), (2020, 0, 1040000), (2021, 0, 1050000),
             (2022, 0, 1080000), (2023, 2890000, 1160000), (2026, 4090000, 2560000), (2026, 6650000, 0)) v (tax_year, placed, allowed);
SELECT throws_ok(query, '22023', message, message)
FROM (VALUES ('SELECT us_section_179_limit(2017, 0)', 'the section 179 limit of tax year 2017 is not known'), ('SELECT us_section_179_limit(2027, 0)', 'the section 179 limit of tax year 2027 is not known'),
             ('SELECT us_section_179_limit(2025, -1)', 'placed_in_service must be a finite amount, not negative: -1'),
             ($$SELECT us_section_179_limit(2025, 'NaN')$$, 'placed_in_service must be a finite amount, not negative: NaN')) e (query, message);

-- ---------------------------------------------------------------------------
-- Mid-quarter: above 40 %, not at it
-- ---------------------------------------------------------------------------
SELECT is(mid_quarter_applies(total, last), applies, format('%s of %s', last, total))
FROM (VALUES (1000.00, 400.00, false), (1000, 400.01, true), (1000, 1000, true), (1000, 0, false), (0, 0, false)) v (total, last, applies);
SELECT throws_ok(query, '22023', 'last_quarter_basis must be from 0 to total_basis', query)
FROM unnest(ARRAY['SELECT mid_quarter_applies(400, 1000)', 'SELECT mid_quarter_applies(400, -1)', $$SELECT mid_quarter_applies('NaN', 1)$$, $$SELECT mid_quarter_applies('Infinity', 'Infinity')$$]) query;

-- ---------------------------------------------------------------------------
-- The policies that follow: United States
-- ---------------------------------------------------------------------------
SELECT is(us_tax_policy(acquired, used, 5), amortisation_policy('macrs', '5 years', bonus => bonus), format('acquired %s, in service %s: bonus %s', acquired, used, bonus))
FROM (VALUES ('2022-06-01'::date, '2022-12-31'::date, 1.0), ('2022-06-01', '2023-01-01', 0.8), ('2025-01-19', '2025-12-31', 0.4), ('2025-01-20', '2025-12-31', 1.0), ('2025-01-19', '2027-01-01', NULL)) v (acquired, used, bonus);
SELECT is(us_tax_policy('2024-05-01', '2024-11-01', 7, true, 500000), amortisation_policy('macrs', '7 years', convention => 'mid_quarter', section_179 => 500000, bonus => 0.6), 'class, convention and section 179');
SELECT is(us_tax_policy('2024-05-01', '2024-11-01', section_179 => 0), us_tax_policy('2024-05-01', '2024-11-01'), 'nothing expensed is no section 179');
SELECT is(us_tax_policy(NULL, '2024-11-01'), NULL, 'no date, no policy');
SELECT throws_ok($$SELECT us_tax_policy('2024-05-01', '2024-11-01', 6)$$, '22023', NULL, 'no table, no policy');
-- Servers contracted in December 2024: 40 % of 100,000 first, then the table on 60,000.
SELECT results_eq($$SELECT amount(charge) FROM amortisation_schedule('100000 USD', us_tax_policy('2024-12-20', '2025-06-30'), '2025-06-30', '1 year')$$,
    'VALUES (52000.00), (19200.00), (11520.00), (6912.00), (6912.00), (3456.00)', 'bonus of 40 %, then MACRS on the rest');
-- 1,000,000 in 2024: 500,000 expensed, 60 % of the other half, 20 % of what is left.
SELECT is(book_value('1000000 USD', us_tax_policy('2024-05-01', '2024-11-01', section_179 => 500000), '2024-11-01', '2025-01-01'), '160000 USD'::monetary, 'section 179, bonus, MACRS: in this order');
SELECT is(book_value('100000 USD', us_tax_policy('2025-01-20', '2025-06-30'), '2025-06-30', '2026-01-01'), '0 USD'::monetary, 'contracted after 19 January 2025: all in the first year');
-- Table A-5: 5 % of what is placed in service in the last quarter, 38 % the next year
SELECT results_eq($$SELECT amount(charge) FROM amortisation_schedule('100000 USD', us_tax_policy('2025-01-19', '2027-11-30', mid_quarter => true), '2027-11-30', '1 year') LIMIT 2$$, 'VALUES (5000.00), (38000.00)', 'mid-quarter, no bonus left');

-- ---------------------------------------------------------------------------
-- Germany: each window's edges
-- ---------------------------------------------------------------------------
SELECT is(de_tax_policy(acquired, '10 years', 'degressive'), amortisation_policy('declining_balance', '10 years', convention => 'full_month', factor => factor, rate_cap => cap, switch_to_straight_line => true),
    format('degressive, acquired %s', acquired))
FROM (VALUES ('2020-01-01'::date, 2.5, 0.25), ('2022-12-31', 2.5, 0.25), ('2024-04-01', 2, 0.20), ('2024-12-31', 2, 0.20), ('2025-07-01', 3, 0.30), ('2027-12-31', 3, 0.30)) v (acquired, factor, cap);
SELECT throws_ok(format('SELECT de_tax_policy(%L, %L, %L)', acquired, '5 years', 'degressive'), '22023', format('section 7 (2) EStG allows no declining balance for what was acquired on %s', acquired), format('not %s', acquired))
FROM unnest('{2019-12-31,2023-01-01,2024-03-31,2025-01-01,2025-06-30,2028-01-01}'::date[]) acquired;
SELECT is(de_tax_policy(acquired, '5 years'), amortisation_policy('straight_line', '5 years', convention => 'full_month'), format('linear, acquired %s', acquired)) FROM unnest('{2019-12-31,2025-03-01,2028-01-01}'::date[]) acquired;
SELECT throws_ok($$SELECT de_tax_policy('2025-07-01', '5 years', 'declining')$$, '22023', 'method must be linear or degressive, not "declining"', 'no other method');
-- 100,000 of July 2025 over five years: 30 %, not three times 20 %; published without the change (test/pgtap/schedule_cases.sql).
SELECT results_eq($$SELECT amount(charge) FROM amortisation_schedule('100000 EUR', de_tax_policy('2025-07-01', '5 years', 'degressive', change_to_linear => false), '2025-07-01', '1 year') LIMIT 5$$,
    'VALUES (15000.00), (25500.00), (17850.00), (12495.00), (8746.50)', 'declining to the end');
-- With it: 2028 has 41,650 left for 2.5 years, 16,660 a year, more than 30 %.
SELECT results_eq($$SELECT amount(charge) FROM amortisation_schedule('100000 EUR', de_tax_policy('2025-07-01', '5 years', 'degressive'), '2025-07-01', '1 year')$$,
    'VALUES (15000.00), (25500.00), (17850.00), (16660.00), (16660.00), (8330.00)', 'straight from 2028');
SELECT results_eq($$SELECT amount(charge) FROM amortisation_schedule('96000 EUR', de_tax_policy('2020-10-15', '8 years', 'degressive', false), '2020-10-15', '1 year') LIMIT 2$$, 'VALUES (6000.00), (22500.00)', 'capped at 25 %, 3/12 of it in the first year');
-- Computers
SELECT is(book_value('12000 EUR', de_computer_policy('2025-10-15'), '2025-10-15', '2026-01-01'), '0 EUR'::monetary, 'computers: all of it in the year of purchase');
SELECT is(book_value('12000 EUR', de_computer_policy('2025-10-15', at_once => false), '2025-10-15', '2026-01-01'), '9000 EUR'::monetary, 'or by months');
SELECT lives_ok($$SELECT de_computer_policy('2021-01-01')$$, 'from 2021');
SELECT throws_ok($$SELECT de_computer_policy('2020-12-31')$$, '22023', 'de_computer_policy is for computers acquired from 2021-01-01, not on 2020-12-31', 'not before: those change their life in 2021');

-- An infinite date is none; dates in messages are ISO, whatever DateStyle says.
SELECT throws_ok(query, '22008', NULL, query)
FROM unnest(ARRAY[$$SELECT us_bonus_rate('2025-06-01', 'infinity')$$, $$SELECT us_bonus_rate('-infinity', '2025-06-01')$$, $$SELECT de_tax_policy('infinity', '5 years')$$, $$SELECT de_computer_policy('infinity')$$]) query;
SET LOCAL datestyle = 'German';
SELECT throws_ok($$SELECT de_tax_policy('2025-01-01', '5 years', 'degressive')$$, '22023', 'section 7 (2) EStG allows no declining balance for what was acquired on 2025-01-01', 'ISO dates');

-- Twelve times 1,073,741,829 is 2^32 x 3 + 60.
SELECT throws_ok(format($$SELECT us_tax_policy('2025-02-01', '2025-03-01', %s)$$, years), '22023', format('there is no macrs table for a life of %s years', years), format('no class of %s years', years))
FROM unnest('{0,-5,4,6,1073741829,2147483647}'::integer[]) years;
-- The day that counts is the contract's or that of building to order in the US, the delivery's in Germany: the comments say so.
SELECT alike(obj_description(f::regprocedure, 'pg_proc'), says, f || ' says which day acquired_on is')
FROM (VALUES ('us_bonus_rate(date, date)', '%built to order%began%'), ('us_tax_policy(date, date, integer, boolean, numeric)', '%not the day of delivery%'),
             ('de_tax_policy(date, interval, text, boolean)', '%day of delivery%section 9a EStDV%'), ('de_computer_policy(date, boolean)', '%day of delivery%')) v (f, says);

SELECT * FROM finish();
ROLLBACK;
