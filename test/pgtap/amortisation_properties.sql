-- Amortisation: what holds for every method, in 10,000 random cases.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();
SELECT setseed(0.3110);

-- Costs from a cent to thousands of millions, a few of 1e-15 and of 2e18, some credits, some to fifteen decimals; dates
-- at months' ends and on 29 February more often than chance would have it; every method under every convention and day
-- count that it takes. numeric halves of each policy stand beside it.
CREATE TABLE public.asset_case AS
SELECT s.*,
       CASE kind WHEN 'exponential' THEN amortisation_policy('exponential', CASE WHEN has_life THEN life END, rate => rate)
            ELSE amortisation_policy(kind, life, salvage => salvage, salvage_amount => salvage_amount, convention => convention, day_count => day_count,
                                     factor => CASE WHEN kind = 'declining_balance' THEN factor END,
                                     rate_cap => CASE WHEN kind = 'declining_balance' AND i % 3 = 0 THEN 0.3 END,
                                     switch_to_straight_line => CASE WHEN kind = 'declining_balance' THEN has_life END,
                                     rate => CASE WHEN kind = 'annuity' THEN least(rate, 1) END,
                                     section_179 => CASE WHEN layered AND i % 4 < 2 THEN pg_catalog.round(abs(amount(cost)) / 3, 2) END,
                                     bonus => CASE WHEN layered AND i % 4 > 0 THEN (ARRAY[0.4, 0.6, 1])[1 + i % 3] END,
                                     charge_disposal_month => CASE WHEN convention = 'full_month' THEN has_life END)
       END AS policy,
       in_service + (random() * (life_months * 31 + life_days) * 1.1)::integer - 20 AS d1,
       in_service + (random() * (life_months * 31 + life_days) * 1.1)::integer - 20 AS d2,
       in_service + (random() * (life_months * 31 + life_days) * 1.1)::integer - 20 AS d3,
       (date_trunc('month', in_service::timestamp) - make_interval(months => (extract(month FROM in_service)::integer - fiscal_year_start + 12) % 12))::date AS fiscal_year
FROM (SELECT t.*,
             make_interval(months => life_months, days => life_days) AS life,
             CASE WHEN kind <> 'macrs' AND i % 2 = 0 THEN salvage_drawn END AS salvage,
             CASE WHEN kind <> 'macrs' AND i % 2 = 1 THEN pg_catalog.round(abs(amount(cost)) * salvage_drawn * 1.05, 2) + CASE WHEN kind = 'fixed_rate' THEN 0.01 ELSE 0 END END AS salvage_amount,
             kind NOT IN ('annuity', 'exponential') AND i % 3 = 0 AS layered,
             CASE WHEN convention = 'actual_days' THEN day_count_drawn END AS day_count
      FROM (SELECT u.*,
                   CASE WHEN kind = 'macrs' THEN 12 * (ARRAY[3, 5, 7, 10, 15, 20])[1 + i / 7 % 6]
                        WHEN convention IN ('half_year', 'mid_quarter') THEN greatest(life_months_drawn, 12) ELSE life_months_drawn END AS life_months,
                   CASE WHEN kind = 'fixed_rate' THEN greatest(salvage_any, 0.000000000000001) ELSE salvage_any END AS salvage_drawn
            FROM (SELECT i,
                   (ARRAY['straight_line', 'declining_balance', 'sum_of_years_digits', 'fixed_rate', 'macrs', 'annuity', 'exponential'])[1 + i % 7] AS kind,
                   monetary(CASE i % 97 WHEN 0 THEN 2e18 WHEN 1 THEN 0.000000000000001 WHEN 2 THEN 0
                                 ELSE pg_catalog.round((random() ^ 4 * 5e9 * CASE WHEN random() < 0.1 THEN -1 ELSE 1 END)::numeric + random()::numeric * (i % 4), (ARRAY[2, 2, 2, 15])[1 + i % 4]) END,
                            (ARRAY['USD', 'JPY', 'BHD'])[1 + floor(random() * 3)::integer]::currency) AS cost,
                   CASE i % 7 WHEN 6 THEN 'actual_days' WHEN 4 THEN (ARRAY['half_year', 'mid_quarter'])[1 + floor(random() * 2)::integer]
                        ELSE (ARRAY['actual_days', 'full_month', 'following_month', 'mid_month', 'half_year', 'mid_quarter', 'actual_days'])[1 + floor(random() * 7)::integer] END AS convention,
                   (ARRAY['actual_actual', 'actual_365_fixed', 'no_leap_365', 'thirty_360'])[1 + floor(random() * 4)::integer] AS day_count_drawn,
                   CASE WHEN random() < 0.5 THEN (ARRAY[36, 48, 60, 66, 72])[1 + floor(random() * 5)::integer] ELSE 1 + floor(random() * 120)::integer END AS life_months_drawn,
                   0 AS life_days,
                   CASE WHEN random() < 0.3 THEN 0 ELSE pg_catalog.round(random()::numeric, (ARRAY[1, 2, 15])[1 + floor(random() * 3)::integer]) END AS salvage_any,
                   (ARRAY[1, 1.5, 2, 2.5, 3, 0.123456789012345])[1 + floor(random() * 6)::integer] AS factor,
                   (ARRAY[0.14, 0.3, pg_catalog.round(random()::numeric + 0.000000000000001, 15)])[1 + floor(random() * 3)::integer] AS rate,
                   random() < 0.5 AS has_life,
                   CASE WHEN random() < 0.2 THEN (ARRAY['2024-02-29', '2023-12-31', '2024-01-31', '2025-01-01', '2024-02-28'])[1 + floor(random() * 5)::integer]::date
                        ELSE '2012-01-01'::date + floor(random() * 6000)::integer END AS in_service,
                   1 + floor(random() * 12)::integer AS fiscal_year_start
                  FROM generate_series(1, 10000) i) u) t
      WHERE convention IS NOT NULL) s;
-- A tenth of the straight lines live for days, from one on.
UPDATE asset_case SET life_days = 1 + i % 700, life = make_interval(days => 1 + i % 700), life_months = 0, convention = 'actual_days', day_count = coalesce(day_count, 'thirty_360'), layered = false,
       policy = amortisation_policy('straight_line', make_interval(days => 1 + i % 700), salvage => salvage, salvage_amount => salvage_amount, day_count => coalesce(day_count, 'thirty_360'))
WHERE kind = 'straight_line' AND i % 10 = 0;
-- What is left in the end, and when: worked out beside the extension, in numeric.
ALTER TABLE asset_case ADD left_over numeric, ADD ends date, ADD magnitude numeric, ADD sign_of integer;
UPDATE asset_case SET magnitude = abs(amount(cost)), sign_of = CASE WHEN amount(cost) < 0 THEN -1 ELSE 1 END,
       left_over = CASE WHEN kind = 'macrs' THEN 0 WHEN kind <> 'exponential' THEN coalesce(pg_catalog.round(abs(amount(cost)) * salvage, 15), least(salvage_amount, abs(amount(cost)))) END,
       ends = CASE WHEN kind = 'exponential' THEN CASE WHEN has_life THEN (in_service + life)::date END
                   WHEN convention = 'full_month' THEN (date_trunc('month', in_service::timestamp) + life)::date
                   WHEN convention = 'following_month' THEN (date_trunc('month', in_service::timestamp) + interval '1 month' + life)::date
                   WHEN convention = 'mid_month' THEN (date_trunc('month', in_service::timestamp) + life)::date + 15
                   WHEN convention = 'half_year' THEN (fiscal_year + interval '6 months' + life)::date
                   WHEN convention = 'mid_quarter'
                   THEN (date_trunc('month', in_service::timestamp) - make_interval(months => (extract(month FROM in_service)::integer - fiscal_year_start + 12) % 3) + interval '1 month' + life)::date + 15
                   WHEN day_count = 'actual_365_fixed' THEN in_service + ceil(365 * life_months / 12.0 + life_days)::integer
                   ELSE (in_service + life)::date END;
ANALYZE asset_case;
SELECT is(count(*), 10000::bigint, '10,000 random cases') FROM asset_case;
SELECT is(count(*), 5 * (5 + 4) + 2 + 1::bigint, 'every method under every convention and day count that it takes') FROM (SELECT DISTINCT kind, convention, CASE WHEN kind <> 'exponential' THEN day_count END FROM asset_case) c;
SELECT ok(min(n) >= 30, 'many of each: ' || string_agg(n::text, ' ' ORDER BY n))
FROM (SELECT count(*) AS n FROM asset_case GROUP BY kind, convention, CASE WHEN kind <> 'exponential' THEN day_count END) c;

-- ---------------------------------------------------------------------------
-- Policies
-- ---------------------------------------------------------------------------
SELECT is(count(*), 0::bigint, 'a policy''s text reads back as the same policy, and the same text')
FROM asset_case WHERE policy::text::amortisation_policy <> policy OR policy::text::amortisation_policy::text <> policy::text
   OR amortisation_policy_cmp(policy::text::amortisation_policy, policy) <> 0;
SELECT is(count(*), 0::bigint, 'what a policy says makes the policy again')
FROM asset_case
WHERE amortisation_policy(method(policy), life(policy), CASE WHEN salvage_amount(policy) IS NULL THEN salvage(policy) END, salvage_amount(policy), convention(policy), day_count(policy),
                          factor(policy), rate(policy), rate_cap(policy), switch_to_straight_line(policy), total_use(policy), section_179(policy), bonus(policy), charge_disposal_month(policy)) <> policy;
SELECT is(count(*), 0::bigint, 'the binary form has one length and is the same for equal policies only')
FROM (SELECT amortisation_policy_send(policy) AS bytes, count(DISTINCT policy) AS policies FROM asset_case GROUP BY 1) b
WHERE policies <> 1 OR octet_length(bytes) <> 93;
SELECT is((SELECT count(DISTINCT policy) FROM asset_case), (SELECT count(DISTINCT policy::text) FROM asset_case), 'policies are as many as their texts');

-- ---------------------------------------------------------------------------
-- Book value
-- ---------------------------------------------------------------------------
SELECT is(count(*), 0::bigint, 'the cost until it is in service')
FROM asset_case WHERE book_value(cost, policy, in_service, in_service, fiscal_year_start) <> cost
   OR book_value(cost, policy, in_service, in_service - 1 - i % 1000, fiscal_year_start) <> cost;
SELECT is(count(*), 0::bigint, 'the salvage value from the end of its life')
FROM asset_case WHERE left_over IS NOT NULL
  AND (amount(book_value(cost, policy, in_service, ends, fiscal_year_start)) <> left_over * sign_of
       OR amount(book_value(cost, policy, in_service, ends + i % 1000, fiscal_year_start)) <> left_over * sign_of);
SELECT is(count(*), 0::bigint, 'never rises')
FROM asset_case
WHERE amount(book_value(cost, policy, in_service, least(d1, d2), fiscal_year_start)) * sign_of
      < amount(book_value(cost, policy, in_service, greatest(d1, d2), fiscal_year_start)) * sign_of
   OR amount(book_value(cost, policy, in_service, d1, fiscal_year_start)) * sign_of < amount(book_value(cost, policy, in_service, d1 + 1, fiscal_year_start)) * sign_of;
SELECT is(count(*), 0::bigint, 'never above the cost, nor below the salvage value')
FROM asset_case
WHERE amount(book_value(cost, policy, in_service, d1, fiscal_year_start)) * sign_of NOT BETWEEN coalesce(left_over, 0) AND magnitude;
SELECT is(count(*), 0::bigint, 'a credit is the mirror image')
FROM asset_case
WHERE book_value(- cost, policy, in_service, d1, fiscal_year_start) <> - book_value(cost, policy, in_service, d1, fiscal_year_start)
   OR chip_hour_rate(- cost, policy, in_service, d1, 7, fiscal_year_start) <> - chip_hour_rate(cost, policy, in_service, d1, 7, fiscal_year_start);

-- ---------------------------------------------------------------------------
-- Charges
-- ---------------------------------------------------------------------------
SELECT is(count(*), 0::bigint, 'amortised is the difference of two book values')
FROM asset_case
WHERE amortised(cost, policy, in_service, least(d1, d2), greatest(d1, d2), fiscal_year_start)
      <> book_value(cost, policy, in_service, least(d1, d2), fiscal_year_start) - book_value(cost, policy, in_service, greatest(d1, d2), fiscal_year_start);
SELECT is(count(*), 0::bigint, 'amortised(a, b) + amortised(b, c) = amortised(a, c)')
FROM asset_case, LATERAL (SELECT v[1] AS a, v[2] AS b, v[3] AS c FROM (SELECT array_agg(d ORDER BY d) AS v FROM unnest(ARRAY[d1, d2, d3]) d) o) s
WHERE amortised(cost, policy, in_service, a, b, fiscal_year_start) + amortised(cost, policy, in_service, b, c, fiscal_year_start)
      <> amortised(cost, policy, in_service, a, c, fiscal_year_start);
SELECT is(count(*), 0::bigint, 'any partition of the life adds up to the cost less salvage')
FROM (SELECT i, sum(amount(amortised(cost, policy, in_service, start, next_start, fiscal_year_start))) AS total, min((magnitude - left_over) * sign_of) AS expected
      FROM (SELECT c.*, start, lead(start, 1, ends) OVER (PARTITION BY i ORDER BY start) AS next_start
            FROM asset_case c, LATERAL (SELECT in_service - 3 AS start UNION SELECT d FROM unnest(ARRAY[d1, d2, d3]) d WHERE d BETWEEN in_service AND ends) s
            WHERE left_over IS NOT NULL) p
      GROUP BY i) t
WHERE total <> expected;
SELECT is(count(*), 0::bigint, 'moments inside a day add up to the day, and days to days')
FROM asset_case, LATERAL (SELECT (d1::timestamp AT TIME ZONE 'UTC') AS day, (d1::timestamp AT TIME ZONE 'UTC') + (i % 86400) * interval '1 second' + interval '1 microsecond' AS moment) m
WHERE amortised_within(cost, policy, in_service, tstzrange(day, moment), fiscal_year_start)
      + amortised_within(cost, policy, in_service, tstzrange(moment, day + interval '24 hours'), fiscal_year_start)
      <> amortised(cost, policy, in_service, d1, d1 + 1, fiscal_year_start)
   OR amortised_within(cost, policy, in_service, tstzrange(day, day + i % 500 * interval '24 hours'), fiscal_year_start)
      <> amortised(cost, policy, in_service, d1, d1 + i % 500, fiscal_year_start);

-- ---------------------------------------------------------------------------
-- Chip-hours
-- ---------------------------------------------------------------------------
SELECT is(count(*), 0::bigint, 'a day''s chip-hours at the rate are the day''s charge')
FROM asset_case
WHERE kind <> 'exponential'
  AND abs(amount(chip_hour_rate(cost, policy, in_service, d1, 1 + i % 1000, fiscal_year_start)) * 24 * (1 + i % 1000)
          - amount(amortised(cost, policy, in_service, d1, d1 + 1, fiscal_year_start))) > 1e-15 * (4 + 12 * (1 + i % 1000));
SELECT is(count(*), 0::bigint, 'the exponential rate is value x rate x ln 10 / 8766')
FROM asset_case
WHERE kind = 'exponential' AND d1 >= in_service AND (ends IS NULL OR d1 < ends)
  AND abs(amount(chip_hour_rate(cost, policy, in_service, d1))
          - amount(book_value(cost, policy, in_service, d1)) * rate * 2.302585092994045684017991454684 / 8766) > 1.5e-15;
SELECT is(count(*), 0::bigint, 'no rate outside the life')
FROM asset_case
WHERE amount(chip_hour_rate(cost, policy, in_service, in_service - 1, 1, fiscal_year_start)) <> 0
   OR amount(chip_hour_rate(cost, policy, in_service, ends, 1, fiscal_year_start)) <> 0;
SELECT is(count(*), 0::bigint, 'a used hour costs the installed hour over the utilisation')
FROM asset_case, LATERAL (SELECT 0.05 + i % 95 / 100.0 AS utilisation) u
WHERE abs(amount(chip_hour_rate_used(cost, policy, in_service, d1, utilisation, 3, fiscal_year_start)) * utilisation
          - amount(chip_hour_rate(cost, policy, in_service, d1, 3, fiscal_year_start))) > 1.1e-15;

-- ---------------------------------------------------------------------------
-- Closed form against numeric
-- ---------------------------------------------------------------------------
SELECT is(count(*), 0::bigint, 'straight line over actual days, as numeric has it')
FROM asset_case
WHERE kind = 'straight_line' AND NOT layered AND day_count = 'actual_actual' AND d1 BETWEEN in_service AND ends
  AND abs(amount(book_value(cost, policy, in_service, d1))
          - sign_of * (magnitude - (magnitude - left_over)::numeric(60, 30) * (d1 - in_service) / (ends - in_service))) > 0.51e-15;
SELECT is(count(*), 0::bigint, 'straight line by full months, as numeric has it at each month''s start')
FROM asset_case, LATERAL (SELECT 1 + i % greatest(life_months, 1) AS k) n
WHERE kind = 'straight_line' AND NOT layered AND convention = 'full_month'
  AND abs(amount(book_value(cost, policy, in_service, (date_trunc('month', in_service::timestamp) + make_interval(months => k))::date))
          - sign_of * (magnitude - (magnitude - left_over)::numeric(60, 30) * k / life_months)) > 0.51e-15;
SELECT is(count(*), 0::bigint, 'exponential, as numeric''s power has it')
FROM asset_case
WHERE kind = 'exponential' AND d1 >= in_service AND (ends IS NULL OR d1 < ends)
  AND abs(amount(book_value(cost, policy, in_service, d1))
          - sign_of * magnitude * power(10::numeric, (- rate * (d1 - in_service) * 4 / 1461::numeric(70, 60))::numeric(70, 60))) > 0.6e-15;
-- To the largest amount and the smallest remainder.
SELECT is(count(*), 0::bigint, 'exponential of the largest amount, exact to 1e-15 at every size')
FROM generate_series(0, 60000, 61) days, (VALUES ('2596148429267413814.265248164610047 USD'::monetary)) m (largest)
WHERE abs(amount(book_value(largest, 'exponential(rate=0.301029995663981)', '2025-01-01', '2025-01-01'::date + days))
          - amount(largest) * power(10::numeric, (- 0.301029995663981 * days * 4 / 1461::numeric(100, 80))::numeric(100, 80))) > 0.6e-15;

-- ---------------------------------------------------------------------------
-- Schedules
-- ---------------------------------------------------------------------------
CREATE TABLE public.schedule_row AS
SELECT c.i, r.*
FROM asset_case c, LATERAL amortisation_schedule(cost, policy, in_service, make_interval(months => (ARRAY[1, 3, 12, 12, 6])[1 + i % 5]), fiscal_year_start)
     WITH ORDINALITY AS r (period_start, period_end, opening, charge, accumulated, closing, n)
WHERE ends IS NOT NULL;
ANALYZE schedule_row;
SELECT ok(count(*) > 100000, 'schedules of ' || count(*)::text || ' rows') FROM schedule_row;
-- What can be posted in all: the cost less the salvage value in minor units, half a unit down.
ALTER TABLE asset_case ADD decimals integer, ADD postable numeric;
UPDATE asset_case SET decimals = minor_unit(currency(cost));
UPDATE asset_case SET postable = CASE WHEN abs(amount(book_value(cost, policy, in_service, ends, fiscal_year_start))) < magnitude THEN greatest(magnitude - ceil(abs(amount(book_value(cost, policy, in_service, ends, fiscal_year_start))) * 10::numeric ^ decimals - 0.5) / 10::numeric ^ decimals, 0) ELSE 0 END WHERE ends IS NOT NULL;
SELECT is(count(*), 0::bigint, 'accumulated is the exact amount rounded to the minor unit, at most what can be posted and in the end exactly that; opening and closing are the cost less it')
FROM schedule_row JOIN asset_case c USING (i)
WHERE abs(amount(accumulated)) <> CASE WHEN period_end = ends THEN postable
          ELSE least(pg_catalog.round(magnitude - abs(amount(book_value(cost, policy, in_service, period_end, fiscal_year_start))), decimals), trunc(postable, decimals)) END
   OR accumulated <> amortised_posted(cost, policy, in_service, period_end, fiscal_year_start)
   OR closing <> cost - accumulated OR opening - charge <> closing;
SELECT is(count(*), 0::bigint, 'the last balance is the salvage value, rounded to the minor unit, none is below it, and none is above the one before')
FROM schedule_row JOIN asset_case c USING (i)
WHERE abs(amount(closing)) < magnitude - postable OR sign_of * amount(closing) < 0 OR sign_of * amount(charge) < 0
   OR (period_end = ends AND abs(abs(amount(closing)) - abs(amount(book_value(cost, policy, in_service, ends, fiscal_year_start)))) > 0.5 / 10::numeric ^ decimals)
   OR (period_end = ends AND cost = round(cost) AND closing <> round(closing));
SELECT is(count(*), 0::bigint, 'each period goes on where the last one ended')
FROM (SELECT *, lag(period_end) OVER w AS last_end, lag(closing) OVER w AS last_closing FROM schedule_row WINDOW w AS (PARTITION BY i ORDER BY n)) s
JOIN asset_case c USING (i)
WHERE CASE WHEN n = 1 THEN period_start <> in_service OR opening <> cost ELSE period_start <> last_end OR opening <> last_closing END
   OR period_end <= period_start;
SELECT is(count(*), 0::bigint, 'charges add up to what can be posted at the end of the life, in minor units but for the last')
FROM (SELECT i, sum(charge) AS total, max(period_end) AS last_end, coalesce(bool_and(charge = round(charge)) FILTER (WHERE period_end < ends), true) AS whole
      FROM schedule_row JOIN asset_case USING (i) GROUP BY i) s JOIN asset_case c USING (i)
WHERE amount(total) <> sign_of * postable OR last_end <> ends OR NOT whole;
SELECT is(count(*), 0::bigint, 'periods end with the month, the fiscal quarter, half-year or year')
FROM (SELECT *, max(n) OVER (PARTITION BY i) AS last FROM schedule_row) s JOIN asset_case c USING (i)
WHERE n < last AND (extract(day FROM period_end) <> 1
    OR (extract(month FROM period_end)::integer - fiscal_year_start + 12) % (ARRAY[1, 3, 12, 12, 6])[1 + i % 5] <> 0);

SELECT * FROM finish();
ROLLBACK;
