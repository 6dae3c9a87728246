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
             ($$SELECT us_bonus_rate('2025-06-01', 'infinity')$$, 'no us bonus rate is known for property acquired on 2025-06-01 and placed in service on infinity'),
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

SELECT * FROM finish();
ROLLBACK;
