-- Amortisation: book values, charges, chip-hour rates and schedules.
SET search_path = chipbook, public;
SET datestyle = 'ISO';

-- 100,000 over 36 months: the third charge is a cent less, and they add up.
SELECT * FROM amortisation_schedule('100000 USD', 'straight_line(life=3 years, convention=full_month)', '2025-01-01') LIMIT 4;
SELECT count(*), sum(charge), min(closing), max(period_end) FROM amortisation_schedule('100000 USD', 'straight_line(life=3 years, convention=full_month)', '2025-01-01');
-- Full months count the month of acquisition whole; days cut the first and the last.
SELECT * FROM amortisation_schedule('3000 USD', 'straight_line(life=3 months, convention=full_month)', '2025-01-31');
SELECT * FROM amortisation_schedule('3000 USD', 'straight_line(life=3 months)', '2025-01-31');
-- Fiscal years and quarters.
SELECT * FROM amortisation_schedule('90000 EUR', 'straight_line(life=3 years, salvage=0.1)', '2025-05-15', '1 year', 7);
SELECT * FROM amortisation_schedule('12000 JPY', 'straight_line(life=1 year, convention=full_month)', '2025-03-10', '3 months', 2);
-- Declining balance: by fiscal years; the last takes the rest; with the switch it goes straight when that is more.
SELECT * FROM amortisation_schedule('100000 USD', 'declining_balance(life=5 years, salvage=0.05)', '2025-01-01', '1 year');
SELECT * FROM amortisation_schedule('100000 USD', 'declining_balance(life=5 years, switch_to_straight_line=true)', '2025-01-01', '1 year');
SELECT * FROM amortisation_schedule('100000 USD', 'declining_balance(life=5 years, convention=full_month)', '2025-10-20', '1 year', 4);
-- Exponential, to a stated life: what is left is its salvage value.
SELECT * FROM amortisation_schedule('30000 USD', 'exponential(life=3 years, rate=0.14)', '2025-01-01', '1 year');
-- Where fiscal years start, and when in a month an asset goes into service, under every convention.
SELECT convention, period_start, period_end, charge
FROM unnest('{actual_days,full_month,following_month,mid_month,half_year,mid_quarter}'::text[]) WITH ORDINALITY AS c (convention, n),
     amortisation_schedule('7300 USD', amortisation_policy('straight_line', '2 years', convention => convention), '2025-05-31', '1 year', 7)
ORDER BY n, period_start;
-- In service in the last month of a fiscal year under following_month: a first year without a charge.
SELECT period_start, charge, closing FROM amortisation_schedule('1000 USD', 'declining_balance(life=2 years, convention=following_month)', '2025-12-05', '1 year');
-- Within a month under mid_month: half of its charge to the 15th.
SELECT d, amortised('3100 USD', 'straight_line(life=1 year, convention=mid_month)', '2025-01-10', '2025-03-01', d) * 12 FROM unnest('{2025-03-02,2025-03-16,2025-03-17,2025-04-01}'::date[]) d;
-- First-year layers: section 179, bonus, then the method on the rest.
SELECT period_start, charge, closing FROM amortisation_schedule('100000 USD', 'straight_line(life=2 years, salvage=0.1, section_179=10000, bonus=0.5, convention=full_month)', '2025-07-01', '6 months');
-- Each method on one asset.
SELECT p, period_start, charge, closing
FROM unnest('{"sum_of_years_digits(life=42 months, salvage=0.1, convention=mid_month)","fixed_rate(life=42 months, salvage=0.1, convention=mid_month)","annuity(life=42 months, salvage=0.1, rate=0.1, convention=mid_month)",
  "declining_balance(life=42 months, salvage=0.1, factor=3, rate_cap=0.3, convention=mid_month)","macrs(life=3 years)","macrs(life=3 years, convention=mid_quarter)"}'::amortisation_policy[]) WITH ORDINALITY AS p (p, n),
     amortisation_schedule('100000 USD', p, '2025-02-20', '1 year')
ORDER BY n, period_start;
-- Until when a disposal is charged: within the life, in the first period, before it and after the end.
SELECT p, d AS disposed_on, charged_until(p, '2025-02-20', d), charged_until(p, '2025-02-20', d, 7) AS fiscal_year_from_july
FROM unnest('{"straight_line(life=3 years)","straight_line(life=3 years, convention=full_month)","straight_line(life=3 years, convention=full_month, charge_disposal_month=true)",
  "straight_line(life=3 years, convention=following_month)","straight_line(life=3 years, convention=mid_month)","straight_line(life=3 years, convention=half_year)","macrs(life=3 years, convention=mid_quarter)",
  "units_of_production(total_use=1)","exponential(rate=0.14)"}'::amortisation_policy[]) WITH ORDINALITY AS p (p, n),
     unnest('{2025-02-19,2025-02-28,2026-08-31,2030-01-31}'::date[]) d
ORDER BY n, d;
-- By use.
SELECT used, book_value_by_use('100 USD', 'units_of_production(total_use=0.001, salvage=0.1)', used) FROM unnest('{0,1,1200,3600,9223372036854775807}'::bigint[]) used;
SELECT book_value_by_use('2596148429267413814.265248164610047 USD', 'units_of_production(total_use=2562047788015.215501666666667)', 1), chip_hour_rate('2596148429267413814.265248164610047 USD', 'units_of_production(total_use=1)', '2025-01-01', '2025-01-01');

-- A credit is the mirror image; a salvage amount above the cost leaves nothing to amortise.
SELECT book_value('-3650 USD', 'straight_line(life=1 year, salvage_amount=650)', '2025-01-01', d) FROM unnest('{2025-01-01,2025-01-02,2026-01-01}'::date[]) d;
SELECT book_value('100 USD', 'straight_line(life=1 year, salvage_amount=650)', '2025-01-01', '2025-07-01'), book_value('0 USD', 'straight_line(life=1 year)', '2025-01-01', '2025-07-01');

-- The four day counts on either side of 29 February 2024, for a life from 2024-01-31 to 2025-01-31.
SELECT d AS at_date, v.*
FROM unnest('{2024-01-31,2024-02-28,2024-02-29,2024-03-01,2024-03-31,2025-01-29,2025-01-30,2025-01-31}'::date[]) d,
LATERAL (SELECT book_value('366 USD', 'straight_line(life=1 year)', '2024-01-31', d) AS actual_actual,
                book_value('365 USD', 'straight_line(life=1 year, day_count=actual_365_fixed)', '2024-01-31', d) AS actual_365_fixed,
                book_value('365 USD', 'straight_line(life=1 year, day_count=no_leap_365)', '2024-01-31', d) AS no_leap_365,
                book_value('360 USD', 'straight_line(life=1 year, day_count=thirty_360)', '2024-01-31', d) AS thirty_360) v;
-- In service on 29 February: years end on the 28th, and on the 29th of the next leap year.
SELECT y, book_value('100 USD', amortisation_policy('straight_line', make_interval(years => y)), '2024-02-29', make_date(2024 + y, 2, 28)) = '0 USD' AS ended_on_28,
       book_value('100 USD', amortisation_policy('straight_line', make_interval(years => y)), '2024-02-29', make_date(2024 + y, 2, 28) + 1) = '0 USD' AS ended_a_day_later
FROM generate_series(1, 4) y;
-- Lives without a counted day still end.
SELECT book_value('5 USD', 'straight_line(life=1 day, day_count=thirty_360)', '2025-01-30', d), chip_hour_rate('5 USD', 'straight_line(life=1 day, day_count=thirty_360)', '2025-01-30', d)
FROM unnest('{2025-01-30,2025-01-31}'::date[]) d;
SELECT book_value('5 USD', 'straight_line(life=1 day, day_count=no_leap_365)', '2024-02-29', d), chip_hour_rate('5 USD', 'straight_line(life=1 day, day_count=no_leap_365)', '2024-02-29', d)
FROM unnest('{2024-02-29,2024-03-01}'::date[]) d;
SELECT chip_hour_rate('1000 USD', 'declining_balance(life=5 years, day_count=no_leap_365)', '2024-02-29', '2024-02-29', fiscal_year_start => 3);

-- Inside a month accumulation is straight in time: 333,333.33 a month is 496.03 an hour in February 2025, 448.03 in March.
SELECT d, chip_hour_rate('20000000 USD', 'straight_line(life=5 years, convention=full_month)', '2025-01-01', d)
FROM unnest('{2024-12-31,2025-02-01,2025-02-28,2025-03-01,2029-12-31,2030-01-01}'::date[]) d;
SELECT chip_hour_rate('20000000 USD', 'straight_line(life=5 years, convention=full_month)', '2025-01-01', '2025-02-01', 1000) AS installed,
       chip_hour_rate_used('20000000 USD', 'straight_line(life=5 years, convention=full_month)', '2025-01-01', '2025-02-01', 0.6, 1000) AS used;
-- Inside a day, in UTC.
SELECT amortised_within('8760 USD', 'straight_line(life=1 year)', '2025-01-01', r)
FROM unnest('{"[2025-03-01 10:00Z,2025-03-01 10:00:15Z)","[2025-03-01 10:00Z,2025-03-01 11:00Z)","[2025-03-01 23:00Z,2025-03-02 01:00Z)",
  "[2025-03-01 00:00+01,2025-03-02 00:00+01)","[2024-06-01 00:00Z,2027-01-01 00:00Z)","empty","[1969-12-31 01:00Z,1999-12-31 23:00Z)"}'::tstzrange[]) r;

-- The ends of monetary's range.
SELECT * FROM amortisation_schedule('2596148429267413814.265248164610047 USD', 'straight_line(life=1 month, convention=full_month)', '2025-01-01');
SELECT m AS cost, p AS policy, book_value(m, p, '2025-01-01', '2026-01-01'), chip_hour_rate(m, p, '2025-01-01', '2025-12-31')
FROM unnest('{2596148429267413814.265248164610047 USD,-2596148429267413814.265248164610048 USD,0.000000000000001 USD}'::monetary[]) m,
     unnest('{"straight_line(life=3 years, salvage=0.123456789012345, convention=full_month)","declining_balance(life=200 years, factor=1.23456789012345)",
       "declining_balance(life=2 years, factor=1000)","sum_of_years_digits(life=200 years, salvage=0.123456789012345)","fixed_rate(life=7 months, salvage=0.000000000000001)","annuity(life=200 years, rate=1)",
       "annuity(life=199 years 11 months, rate=0.000000000000001)","macrs(life=20 years, bonus=0.123456789012345)","exponential(rate=1000)","exponential(rate=0.000000000000001)"}'::amortisation_policy[]) p;
-- Digits of the cost beyond the minor unit are in the last charge; the salvage value is rounded as a balance is, half a cent down.
SELECT opening, charge, accumulated, closing FROM amortisation_schedule('100.006 USD', 'straight_line(life=2 months, convention=full_month)', '2025-01-01');
SELECT charge, accumulated, closing FROM amortisation_schedule('100.01 USD', 'straight_line(life=2 months, salvage=0.1, convention=full_month)', '2025-01-01');
SELECT charge, accumulated, closing FROM amortisation_schedule('100.05 USD', 'straight_line(life=2 months, salvage=0.1, convention=full_month)', '2025-01-01');
SELECT opening, charge, accumulated, closing FROM amortisation_schedule('100.004 USD', 'straight_line(life=2 months, convention=full_month)', '2025-01-01');
-- A currency without a minor unit is not rounded, as a ledger does not; one with three decimals, to three.
SELECT opening, charge, closing FROM amortisation_schedule('100 XAU', 'straight_line(life=3 months, convention=full_month)', '2025-01-01');
SELECT opening, charge, closing FROM amortisation_schedule('100 BHD', 'straight_line(life=3 months, convention=full_month)', '2025-01-01');

-- NULL for NULL.
SELECT book_value(NULL, 'straight_line(life=1 year)', '2025-01-01', '2025-07-01'), amortised('1 USD', NULL, '2025-01-01', '2025-01-01', '2025-07-01'),
       chip_hour_rate('1 USD', 'straight_line(life=1 year)', NULL, '2025-07-01'), amortised_within('1 USD', 'straight_line(life=1 year)', '2025-01-01', NULL);
SELECT count(*) FROM amortisation_schedule(NULL, 'straight_line(life=1 year)', '2025-01-01');

-- What is refused.
SELECT book_value('1 USD', 'straight_line(life=1 year)', 'infinity', '2025-07-01');
SELECT book_value('1 USD', 'straight_line(life=1 year)', '2025-01-01', '-infinity');
SELECT book_value('1 USD', 'straight_line(life=1 year)', '0044-03-15 BC', '2025-07-01');
SELECT book_value('1 USD', 'straight_line(life=1 year)', '10000-01-01', '2025-07-01');
SELECT book_value('1 USD', 'straight_line(life=1 year)', '2025-01-01', '2025-07-01', 13);
SELECT amortised('1 USD', 'straight_line(life=1 year)', '2025-01-01', '2025-07-01', '2025-06-30');
SELECT amortised('1 USD', 'straight_line(life=1 year)', '2025-01-01', '2025-07-01', '0044-03-15 BC');
SELECT amortised('1 USD', 'straight_line(life=1 year)', '2025-01-01', '2025-07-01', 'infinity');
SELECT amortised_within('1 USD', 'straight_line(life=1 year)', '2025-01-01', '[2025-07-01,)');
SELECT amortised_within('1 USD', 'straight_line(life=1 year)', '2025-01-01', '[2025-07-01,infinity)');
SELECT chip_hour_rate('1 USD', 'straight_line(life=1 year)', '2025-01-01', '2025-07-01', 0);
SELECT chip_hour_rate('1 USD', 'straight_line(life=1 year)', '2025-01-01', '2025-07-01', -1);
SELECT chip_hour_rate_used('1 USD', 'straight_line(life=1 year)', '2025-01-01', '2025-07-01', 0);
SELECT chip_hour_rate_used('1 USD', 'straight_line(life=1 year)', '2025-01-01', '2025-07-01', 60);
SELECT chip_hour_rate_used('1 USD', 'straight_line(life=1 year)', '2025-01-01', '2025-07-01', -0.6);
SELECT chip_hour_rate_used('2596148429267413814 USD', 'straight_line(life=1 day)', '2025-01-01', '2025-01-01', 0.000000000000001);
SELECT * FROM amortisation_schedule('1 USD', 'straight_line(life=1 year)', '2025-01-01', '5 months');
SELECT * FROM amortisation_schedule('1 USD', 'straight_line(life=1 year)', '2025-01-01', '1 week');
SELECT * FROM amortisation_schedule('1 USD', 'exponential(rate=0.14)', '2025-01-01');
SELECT book_value('1 USD', 'units_of_production(total_use=1)', '2025-01-01', '2025-07-01');
SELECT amortised('1 USD', 'units_of_production(total_use=1)', '2025-01-01', '2025-07-01', '2025-08-01');
SELECT amortised_within('1 USD', 'units_of_production(total_use=1)', '2025-01-01', '[2025-07-01,2025-08-01)');
SELECT * FROM amortisation_schedule('1 USD', 'units_of_production(total_use=1)', '2025-01-01');
SELECT book_value_by_use('1 USD', 'straight_line(life=1 year)', 1);
SELECT book_value_by_use('1 USD', 'units_of_production(total_use=1)', -1);
SELECT amortised_by_use('1 USD', 'units_of_production(total_use=1)', -1, 1);
SELECT amortised_by_use('1 USD', 'units_of_production(total_use=1)', 2, 1);
SELECT charged_until('straight_line(life=1 year)', '2025-01-01', 'infinity');
