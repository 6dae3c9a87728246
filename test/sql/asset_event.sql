-- An asset through its events: balances, movements, schedules, problems.
SET search_path = chipbook, public;
SET datestyle = 'ISO';

-- A change of estimate, prospective: 8,000 / 3 a year from 2025 on.
SELECT * FROM asset_schedule('12000 USD', '2023-01-01', '2023-01-01', 'straight_line(life=6 years, convention=full_month)',
    ARRAY[asset_event('2025-01-01', 'change_of_estimate', policy => 'straight_line(life=5 years, convention=full_month)')], '1 year');
-- Every column of a movement: a tenth sold, whose month of disposal is not charged.
\x on
SELECT * FROM asset_movement('30000000 USD', '2025-01-01', '2025-01-01', 'straight_line(life=5 years, convention=full_month)',
    ARRAY[asset_event('2026-07-15', 'disposal', share => 0.1, proceeds => '1200000 USD')], '2026-07-01', '2026-08-01');
\x off
-- Stages of a campus: what is placed in service has its own clock.
SELECT d AS at_date, b.* FROM unnest('{2025-01-01,2025-01-02,2025-07-01,2026-01-01,2027-01-01,2031-01-01}'::date[]) d,
    asset_balance('3000 USD', '2025-01-01', '2026-01-01', 'straight_line(life=5 years, convention=full_month)',
        ARRAY[asset_event('2025-07-01', 'placed_in_service', '700 USD'), asset_event('2025-10-01', 'capitalised_interest', '46 USD')], d) b;
-- Impairment, and a reversal cut at what the book value would have been.
SELECT d AS at_date, b.accumulated, b.impairment, b.book_value, b.reversal_limit
FROM unnest('{2027-01-01,2027-01-02,2028-01-01,2028-01-02,2029-01-01,2030-01-01}'::date[]) d,
    asset_balance('1000 USD', '2025-01-01', '2025-01-01', 'straight_line(life=5 years, convention=full_month)',
        ARRAY[asset_event('2028-01-01', 'impairment_reversal', '250 USD'), asset_event('2027-01-01', 'impairment', '300 USD')], d) b;
SELECT * FROM asset_event_problems('1000 USD', '2025-01-01', '2025-01-01', 'straight_line(life=5 years, convention=full_month)',
    ARRAY[asset_event('2028-01-01', 'impairment_reversal', '250 USD'), asset_event('2027-01-01', 'impairment', '300 USD')]);
-- Held for sale: no charge between, the end of life unchanged.
SELECT * FROM asset_schedule('3600 USD', '2025-01-01', '2025-01-01', 'straight_line(life=1 year, convention=full_month)',
    ARRAY[asset_event('2025-03-01', 'held_for_sale'), asset_event('2025-07-01', 'held_for_sale_ended')], '2 months');
-- States.
SELECT d AS at_date, b.state, b.ends_on FROM unnest('{2025-01-01,2025-01-02,2025-03-02,2025-05-02,2025-06-02}'::date[]) d,
    asset_balance('100 EUR', '2025-01-01', '2025-03-01', 'straight_line(life=1 year)',
        ARRAY[asset_event('2025-05-01', 'held_for_sale'), asset_event('2025-06-01', 'disposal')], d) b;
-- An opening: before the cutover nothing is in the books.
SELECT d AS at_date, b.state, b.accumulated, b.impairment, b.book_value, b.reversal_limit FROM unnest('{2026-01-01,2026-01-02,2026-07-01,2028-01-01}'::date[]) d,
    asset_balance('2400 EUR', '2024-01-01', '2024-01-01', 'straight_line(life=4 years, convention=full_month)',
        ARRAY[asset_event('2026-01-01', 'opening', '1300 EUR', impairment => '140 EUR')], d) b;
-- Never depreciated; a credit; no minor unit.
SELECT b.* FROM asset_balance('777 EUR', '2025-01-01', '2025-01-01', NULL, NULL, '2030-01-01') b;
SELECT b.* FROM asset_balance('-1000 EUR', '2025-01-01', '2025-01-01', 'straight_line(life=3 years)', ARRAY[asset_event('2026-01-01', 'disposal', share => 0.3, proceeds => '-1 EUR')], '2026-06-01') b;
SELECT b.* FROM asset_balance('1 XAU', '2025-01-01', '2025-01-01', 'straight_line(life=3 months, convention=full_month)', NULL, '2025-02-01') b;
-- Units of production: revised totals, and use even in time between its events.
SELECT d AS at_date, b.accumulated FROM unnest('{2025-07-02,2026-01-01,2026-07-02,2027-01-01}'::date[]) d,
    asset_balance('1000 USD', '2025-01-01', '2025-01-01', 'units_of_production(total_use=1000)',
        ARRAY[asset_event('2026-01-01', 'use', used_chip_ms => 360000000), asset_event('2027-01-01', 'use', used_chip_ms => 360000000),
              asset_event('2026-01-01', 'change_of_estimate', policy => 'units_of_production(total_use=600)')], d) b;

-- What is cut or ignored is listed.
SELECT * FROM asset_event_problems('1000 USD', '2025-01-01', '2024-06-01', 'straight_line(life=5 years)', ARRAY[
    asset_event('2024-12-31', 'addition', '5 USD'), asset_event('2025-02-01', 'placed_in_service', '10 USD'), asset_event('2025-02-01', 'addition'),
    asset_event('2025-02-01', 'impairment', '-5 USD'), asset_event('2025-02-02', 'impairment', '5000 USD'), asset_event('2025-02-03', 'change_of_estimate'),
    asset_event('2025-02-04', 'held_for_sale_ended'), asset_event('2025-02-05', 'use'), asset_event('2025-02-06', 'disposal', share => 0),
    asset_event('2025-02-06', 'disposal', '4000 USD'), asset_event('2025-03-01', 'addition', '7 USD')]);
SELECT * FROM asset_event_problems('1000 USD', '2025-01-01', '2025-01-01', 'straight_line(life=5 years)', ARRAY[
    asset_event('2025-02-01', 'opening', '1200 USD', impairment => '3 USD'), asset_event('2025-03-01', 'opening', '1 USD'), asset_event('2025-03-01', 'held_for_sale'),
    asset_event('2025-03-02', 'held_for_sale'), asset_event('2025-04-01', 'retirement_obligation', '-3 USD'), asset_event('2025-04-01', 'disposal', share => 2)]);
SELECT * FROM asset_event_problems('1000 USD', '2025-01-01', '2025-01-01', 'straight_line(life=5 years)', ARRAY[
    asset_event('2025-02-01', 'opening', '-12 USD', impairment => '-3 USD'), asset_event('2025-04-01', 'disposal', '0 USD', proceeds => '7 USD')]);
-- Rounding is no problem: the last third of the cost, 333.333..., is impaired to the cent above it.
SELECT count(*) FROM asset_event_problems('1000 USD', '2025-01-01', '2025-01-01', 'straight_line(life=3 years, convention=full_month)', ARRAY[asset_event('2027-01-01', 'impairment', '333.34 USD')]);

-- Interest to capitalise: 1,000 all year, 500 from 2 July (183 of 365 days); the year's own interest is left out.
SELECT average_construction('1000 USD', '2024-12-01', NULL, NULL, ARRAY[asset_event('2025-07-02', 'addition', '500 USD'), asset_event('2025-04-01', 'capitalised_interest', '50 USD')], '2025-01-01', '2026-01-01'),
       average_construction('1000 USD', '2024-12-01', NULL, NULL, ARRAY[asset_event('2024-12-31', 'capitalised_interest', '50 USD')], '2025-01-01', '2026-01-01') AS with_interest_before,
       average_construction('365 USD', '2025-12-31', NULL, NULL, NULL, '2025-01-01', '2026-01-01') AS one_day,
       average_construction('365 USD', '2024-01-01', '2025-01-02', NULL, NULL, '2025-01-01', '2026-01-01') AS until_in_service,
       average_construction('365 USD', '2024-01-01', NULL, NULL, NULL, '2025-01-01', '2025-01-01') AS no_day;
-- A retirement obligation, on and between anniversaries.
SELECT d AS at_date, retirement_obligation_value('1000 USD', 0.1, '2024-02-29', d) FROM unnest('{2024-02-28,2024-02-29,2024-08-30,2025-02-28,2026-02-28,2028-02-29}'::date[]) d;

-- NULL in, NULL out, but for what NULL says.
SELECT asset_balance(NULL, '2025-01-01', '2025-01-01', NULL, NULL, '2025-01-01') IS NULL AS cost, asset_balance('1 USD', NULL, '2025-01-01', NULL, NULL, '2025-01-01') IS NULL AS acquired_on,
       asset_balance('1 USD', '2025-01-01', '2025-01-01', NULL, NULL, NULL) IS NULL AS at_date, asset_movement('1 USD', '2025-01-01', NULL, NULL, NULL, '2025-01-01', NULL) IS NULL AS to_date,
       (SELECT count(*) FROM asset_schedule(NULL, '2025-01-01', '2025-01-01', NULL, NULL)) AS rows, (SELECT count(*) FROM asset_event_problems(NULL, NULL, NULL, NULL, NULL)) AS problems,
       retirement_obligation_value('1 USD', NULL, '2025-01-01', '2025-01-01') IS NULL AS rate;
SELECT (asset_balance('1 USD', '2025-01-01', NULL, NULL, '{}', '2025-02-01')).*;

-- Errors
SELECT asset_balance('1 USD', '2025-01-01', NULL, NULL, ARRAY[NULL::asset_event], '2025-02-01');
SELECT asset_balance('1 USD', '2025-01-01', NULL, NULL, ARRAY[asset_event('2025-01-01', NULL)], '2025-02-01');
SELECT asset_balance('1 USD', '2025-01-01', NULL, NULL, ARRAY[asset_event(NULL, 'use')], '2025-02-01');
SELECT asset_balance('1 USD', '2025-01-01', NULL, NULL, ARRAY[asset_event('2025-01-01', 'sale')], '2025-02-01');
SELECT asset_balance('1 USD', '2025-01-01', NULL, NULL, ARRAY[asset_event('2025-01-01', '')], '2025-02-01');
SELECT asset_balance('1 USD', '2025-01-01', NULL, NULL, ARRAY[asset_event('-infinity', 'use')], '2025-02-01');
SELECT asset_balance('1 USD', '2025-01-01', NULL, NULL, ARRAY[asset_event('2025-01-01', 'addition', '2 EUR')], '2025-02-01');
SELECT asset_balance('1 USD', '2025-01-01', NULL, NULL, ARRAY[asset_event('2025-01-01', 'disposal', proceeds => '2 EUR')], '2025-02-01');
SELECT asset_balance('1 USD', '2025-01-01', NULL, NULL, ARRAY[ARRAY[asset_event('2025-01-01', 'use')], ARRAY[asset_event('2025-01-01', 'use')]], '2025-02-01');
SELECT asset_balance('1 USD', '2025-01-01', NULL, NULL, array_fill(asset_event('2025-01-01', 'use'), ARRAY[10001]), '2025-02-01');
SELECT asset_balance('1 USD', 'infinity', NULL, NULL, NULL, '2025-02-01');
SELECT asset_balance('1 USD', '2025-01-01', '-infinity', NULL, NULL, '2025-02-01');
SELECT asset_balance('1 USD', '2025-01-01', NULL, NULL, NULL, 'infinity');
SELECT asset_balance('1 USD', '2025-01-01', NULL, NULL, NULL, '2025-02-01', 13);
SELECT asset_movement('1 USD', '2025-01-01', NULL, NULL, NULL, '2025-02-01', '2025-01-01');
SELECT asset_balance('2500000000000000000 USD', '2025-01-01', '2025-01-01', NULL, ARRAY[asset_event('2025-01-01', 'addition', '2500000000000000000 USD')], '2025-02-01');
SELECT asset_balance('1 USD', '20000-01-01', '20000-01-01', 'straight_line(life=1 year)', NULL, '20000-02-01');
SELECT * FROM asset_schedule('1 USD', '2025-01-01', NULL, 'straight_line(life=1 year)', NULL);
SELECT * FROM asset_schedule('1 USD', '2025-01-01', '2025-01-01', 'exponential(rate=0.14)', NULL);
SELECT * FROM asset_schedule('1 USD', '2025-01-01', '2025-01-01', NULL, NULL, '5 months');
SELECT average_construction('1 USD', '2025-01-01', NULL, NULL, NULL, '2025-02-01', '2025-01-01');
SELECT retirement_obligation_value('1 USD', -0.01, '2025-01-01', '2026-01-01');
SELECT retirement_obligation_value('1 USD', 0.1, 'infinity', '2026-01-01');
SELECT retirement_obligation_value('1 USD', 0.1, '2025-01-01', '2999-01-01');
