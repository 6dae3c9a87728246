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
       "declining_balance(life=2 years, factor=1000)","exponential(rate=1000)","exponential(rate=0.000000000000001)"}'::amortisation_policy[]) p;
-- Digits of the cost beyond the minor unit are in the last charge; nothing is charged past the salvage value.
SELECT opening, charge, accumulated, closing FROM amortisation_schedule('100.006 USD', 'straight_line(life=2 months, convention=full_month)', '2025-01-01');
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
