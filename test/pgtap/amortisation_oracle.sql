-- Amortisation against the same rules written a second time, in numeric SQL: month conventions by what they charge in the
-- first fiscal year and in every later one, yearly methods year by year, lives in years of the life.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();
SELECT setseed(0.179);

-- ---------------------------------------------------------------------------
-- Month conventions: the months charged in the first fiscal year, whatever the method
-- ---------------------------------------------------------------------------
CREATE TABLE public.month_case AS
SELECT c.*,
       pg_catalog.round(cost * CASE WHEN method = 'macrs' THEN 0 WHEN method = 'fixed_rate' THEN greatest(salvage_any, 0.01) ELSE salvage_any END, 15) AS left_over,
       13 - m + CASE convention WHEN 'full_month' THEN 0 WHEN 'following_month' THEN -1 WHEN 'mid_month' THEN -0.5
                                WHEN 'half_year' THEN 6 - 13 + m ELSE 10.5 - 3 * ((m - 1) / 3) - 13 + m END AS first_months
FROM (SELECT b.*, (extract(month FROM in_service)::integer - fiscal_year_start + 12) % 12 + 1 AS m FROM (
    SELECT i, (ARRAY['straight_line', 'sum_of_years_digits', 'annuity', 'declining_balance', 'fixed_rate'])[1 + i % 5] AS method,
           (ARRAY['full_month', 'following_month', 'mid_month', 'half_year', 'mid_quarter'])[1 + floor(random() * 5)::integer] AS convention,
           12 + floor(random() * 110)::integer AS life, pg_catalog.round((random() * 1e6)::numeric, 2) AS cost,
           CASE WHEN random() < 0.4 THEN 0 ELSE pg_catalog.round((random() * 0.5)::numeric, 2) END AS salvage_any,
           (ARRAY[1.5, 2, 2.5, 3])[1 + floor(random() * 4)::integer] AS factor, (ARRAY[0.2, 0.25, 0.3, NULL])[1 + floor(random() * 4)::integer] AS rate_cap, random() < 0.5 AS switch,
           (ARRAY[0.1, 0.05, 0.0725])[1 + floor(random() * 3)::integer] AS rate,
           '2015-01-01'::date + floor(random() * 5000)::integer AS in_service, 1 + floor(random() * 12)::integer AS fiscal_year_start
    FROM generate_series(1, 3000) i) b) c;
ALTER TABLE month_case ADD policy amortisation_policy;
UPDATE month_case SET policy = amortisation_policy(method, make_interval(months => life), salvage_amount => left_over, convention => convention,
    factor => CASE WHEN method = 'declining_balance' THEN factor END, rate_cap => CASE WHEN method = 'declining_balance' THEN rate_cap END,
    switch_to_straight_line => CASE WHEN method = 'declining_balance' THEN switch END, rate => CASE WHEN method = 'annuity' THEN rate END);

-- What is amortised of 1 after t months of a life: years of life are charged as their method says, parts of one in proportion.
CREATE FUNCTION pg_temp.years_digits(t numeric, life integer) RETURNS numeric LANGUAGE sql AS $$
    SELECT coalesce(sum(CASE WHEN y <= life / 12 THEN 2 * (n - y + 1) / (n * (n + 1))  -- SYD(1, 0, n, y)
                             ELSE 1 - (SELECT coalesce(sum(2 * (n - j + 1) / (n * (n + 1))), 0) FROM generate_series(1, life / 12) j) END
                        * least(greatest(t - 12 * (y - 1), 0) / least(12, life - 12 * (y - 1)), 1)), 0)
    FROM (SELECT life::numeric(60, 40) / 12 AS n) n, generate_series(1, (life + 11) / 12) y
$$;
CREATE FUNCTION pg_temp.annuity(t numeric, life integer, rate numeric) RETURNS numeric LANGUAGE sql AS $$
    SELECT sum(w * least(greatest(t - 12 * (y - 1), 0) / least(12, life - 12 * (y - 1)), 1)) / sum(w)
    FROM (SELECT y, power(1 + rate::numeric(60, 40), y - 1) * least(12, life - 12 * (y - 1)) / 12 AS w FROM generate_series(1, (life + 11) / 12) y) years
$$;
-- Book value at the end of a number of fiscal years.
CREATE FUNCTION pg_temp.value_after(c month_case, years integer) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
    value numeric := c.cost;
    used numeric := 0;
    months numeric := c.first_months::numeric(60, 40);
    year_rate numeric;
    charge numeric;
BEGIN
    used := least(c.first_months + 12 * (years - 1), c.life);
    CASE c.method
        WHEN 'straight_line' THEN RETURN c.cost - (c.cost - c.left_over) * used::numeric(60, 40) / c.life;
        WHEN 'sum_of_years_digits' THEN RETURN c.cost - (c.cost - c.left_over) * pg_temp.years_digits(used::numeric(60, 40), c.life);
        WHEN 'annuity' THEN RETURN c.cost - (c.cost - c.left_over) * pg_temp.annuity(used::numeric(60, 40), c.life, c.rate);
        WHEN 'fixed_rate' THEN year_rate := pg_catalog.round(1 - power((c.left_over / c.cost)::numeric(60, 40), 12::numeric(60, 40) / c.life), 3);
        ELSE year_rate := least(c.factor * 12::numeric(60, 40) / c.life, coalesce(c.rate_cap, 1000));
    END CASE;
    used := 0;
    FOR y IN 1 .. years LOOP
        IF used + months >= c.life THEN
            RETURN c.left_over;
        END IF;
        charge := (value * year_rate * months)::numeric(80, 40) / 12;
        IF c.method = 'declining_balance' AND c.switch THEN
            charge := greatest(charge, (value - c.left_over) * months::numeric(60, 40) / (c.life - used));
        END IF;
        value := greatest(value - charge, c.left_over);
        used := used + months;
        months := 12;
    END LOOP;
    RETURN value;
END $$;
CREATE TABLE public.month_value AS
SELECT c.i, c.method, c.convention, amount(book_value(monetary(c.cost, 'USD'), c.policy, c.in_service, fiscal_end, c.fiscal_year_start)) AS ours, pg_temp.value_after(c, y) AS theirs
FROM month_case c, generate_series(1, 12) y,
     LATERAL (SELECT (date_trunc('month', in_service::timestamp) + make_interval(months => 13 - m + 12 * (y - 1)))::date AS fiscal_end) e;
SELECT is(count(*) FILTER (WHERE abs(ours - theirs) > 1.1e-15), 0::bigint,
          format('%s, %s: %s values at the ends of fiscal years, as numeric has them', method, convention, CASE WHEN count(*) >= 500 THEN count(*) END))
FROM month_value GROUP BY method, convention ORDER BY method, convention;

-- ---------------------------------------------------------------------------
-- Day counts: days of life and of years, counted one by one
-- ---------------------------------------------------------------------------
CREATE FUNCTION pg_temp.days(day_count text, from_date date, to_date date) RETURNS numeric LANGUAGE sql AS $$
    SELECT CASE day_count
        WHEN 'no_leap_365' THEN (SELECT count(*) FROM generate_series(from_date, to_date - 1, interval '1 day') d WHERE to_char(d, 'MMDD') <> '0229')
        WHEN 'thirty_360' THEN 360 * (extract(year FROM to_date) - extract(year FROM from_date)) + 30 * (extract(month FROM to_date) - extract(month FROM from_date))
                               + least(extract(day FROM to_date), 30) - least(extract(day FROM from_date), 30)
        ELSE to_date - from_date END
$$;
CREATE TABLE public.day_case AS
SELECT b.*, amortisation_policy(method, make_interval(years => years), salvage_amount => pg_catalog.round(cost / 10, 2), day_count => day_count,
                                rate => CASE WHEN method = 'annuity' THEN 0.08 END) AS policy,
       pg_catalog.round(cost / 10, 2) AS left_over, (in_service + make_interval(years => years))::date AS ends,
       CASE WHEN to_char(in_service, 'MMDD') < to_char(fiscal_year_start, 'FM00') || '01' THEN make_date(extract(year FROM in_service)::integer, fiscal_year_start, 1)
            ELSE make_date(extract(year FROM in_service)::integer + 1, fiscal_year_start, 1) END AS first_end
FROM (SELECT i, (ARRAY['sum_of_years_digits', 'annuity', 'declining_balance', 'fixed_rate'])[1 + i % 4] AS method,
             (ARRAY['actual_actual', 'no_leap_365', 'thirty_360'])[1 + i / 4 % 3] AS day_count, 2 + floor(random() * 9)::integer AS years,
             pg_catalog.round((1 + random() * 1e6)::numeric, 2) AS cost, CASE WHEN i % 20 = 3 THEN '2024-02-29' ELSE '2015-01-01'::date + floor(random() * 5000)::integer END AS in_service,
             1 + floor(random() * 12)::integer AS fiscal_year_start
      FROM generate_series(1, 600) i) b;
-- Years of life, at a day in each.
SELECT is(count(*) FILTER (WHERE abs(ours - (cost - (cost - left_over) * share)) > 1.1e-15), 0::bigint, 'years of life from anniversary to anniversary, straight within: ' || method)
FROM (SELECT v.*, CASE method WHEN 'annuity' THEN pg_temp.annuity(12 * t, 12 * years, 0.08) ELSE pg_temp.years_digits(12 * t, 12 * years) END AS share FROM (SELECT c.*, y, d.at_date, amount(book_value(monetary(cost, 'USD'), policy, in_service, d.at_date, fiscal_year_start)) AS ours,
             y + pg_temp.days(day_count, birthday, d.at_date)::numeric(60, 40) / pg_temp.days(day_count, birthday, (in_service + make_interval(years => y + 1))::date) AS t
      FROM day_case c, LATERAL generate_series(0, years - 1) y, LATERAL (SELECT (in_service + make_interval(years => y))::date AS birthday) e,
           LATERAL (SELECT birthday + i % 364 AS at_date) d
      WHERE method IN ('sum_of_years_digits', 'annuity')) v) s
GROUP BY method;
-- Fiscal years: the first is a part of a year, by days.
SELECT is(count(*), 0::bigint, 'the first fiscal year by days, the second whole')
FROM (SELECT c.*, CASE method WHEN 'fixed_rate' THEN pg_catalog.round(1 - power((left_over / cost)::numeric(60, 40), 1 / years::numeric(60, 40)), 3) ELSE least(2 / years::numeric(60, 40), 1) END AS year_rate,
             least(pg_temp.days(day_count, in_service, first_end)::numeric(60, 40) / pg_temp.days(day_count, (first_end - interval '1 year')::date, first_end), 1) AS part,
             amount(book_value(monetary(cost, 'USD'), policy, in_service, first_end, fiscal_year_start)) AS first,
             amount(book_value(monetary(cost, 'USD'), policy, in_service, (first_end + interval '1 year')::date, fiscal_year_start)) AS second
      FROM day_case c WHERE method IN ('declining_balance', 'fixed_rate')) v
WHERE abs(first - greatest(cost - cost * year_rate * part, left_over)) > 1.1e-15
   OR ((first_end + interval '1 year')::date < ends
       AND abs(second - greatest(greatest(cost - cost * year_rate * part, left_over) * (1 - year_rate), left_over)) > 1.1e-15);

-- ---------------------------------------------------------------------------
-- The fixed rate's third decimal, also where the root ends in a five
-- ---------------------------------------------------------------------------
CREATE FUNCTION pg_temp.fixed_rate(cost numeric, salvage numeric, months integer) RETURNS numeric LANGUAGE sql AS $$
    -- A whole first year of a life of more than one year charges cost x rate
    SELECT pg_catalog.round(amount(amortised(monetary(cost, 'USD'), amortisation_policy('fixed_rate', make_interval(months => months), salvage_amount => salvage, convention => 'full_month'),
                                             '2025-01-01', '2025-01-01', '2026-01-01')) / cost, 3)
$$;
SELECT is(count(*), 0::bigint, 'the fixed rate of 5,000 random cases')
FROM (SELECT cost, pg_catalog.round(cost * (0.001 + random() * 0.9)::numeric, 2) AS salvage, 13 + floor(random() * 200)::integer AS months
      FROM (SELECT pg_catalog.round((100 + random() * 1e6)::numeric, 2) AS cost FROM generate_series(1, 5000)) c) v
WHERE pg_temp.fixed_rate(cost, salvage, months) <> pg_catalog.round(1 - power((salvage / cost)::numeric(60, 40), 12::numeric(60, 40) / months), 3);
-- Over two years the root of ((2001 - 2t) / 2000)^2 is (2001 - 2t) / 2000: half way between two thousandths, and rounded up.
SELECT is(count(*), 0::bigint, 'a root that ends in a five is rounded up, a hair less is not')
FROM generate_series(1, 999) t, LATERAL (SELECT power((2001 - 2 * t)::numeric, 2) AS p) p
WHERE pg_temp.fixed_rate(4000000, p, 24) <> t / 1000.0 OR pg_temp.fixed_rate(4000000, p + 0.000000000000001, 24) <> (t - 1) / 1000.0;
SELECT is(count(*), 0::bigint, 'also over the third of a year more')
FROM generate_series(1, 399) t, LATERAL (SELECT (2001 - 2 * t)::numeric / 2000 AS root) r
-- 16 months: the fourth power of the root, cubed, is the salvage over the cost to the 4/3
WHERE pg_temp.fixed_rate(power(root, 0), pg_catalog.round(power(root, 16 / 12.0::numeric(60, 40)) + 0.000000000000002, 15), 16) <> (t - 1) / 1000.0
   OR pg_temp.fixed_rate(power(root, 0), pg_catalog.round(power(root, 16 / 12.0::numeric(60, 40)) - 0.000000000000002, 15), 16) <> t / 1000.0;

-- ---------------------------------------------------------------------------
-- Disposal: what each convention has charged in all
-- ---------------------------------------------------------------------------
SELECT is(count(*), 0::bigint, 'disposed of: months charged are those of the convention')
FROM (SELECT c.*, disposed, (extract(month FROM disposed)::integer - fiscal_year_start + 12) % 12 + 1 AS dm,
             (extract(year FROM disposed) - extract(year FROM in_service)) * 12 + extract(month FROM disposed) - extract(month FROM in_service) AS months_between,
             amount(amortised(monetary(cost, 'USD'), policy, in_service, in_service, charged_until(policy, in_service, disposed, fiscal_year_start), fiscal_year_start)) AS ours
      FROM month_case c, LATERAL (SELECT in_service + (random() * life * 28)::integer AS disposed) d WHERE method = 'straight_line') v,
LATERAL (SELECT (months_between + m - dm) / 12 AS fiscal_years) f,
LATERAL (SELECT CASE WHEN convention IN ('full_month', 'following_month') THEN months_between
                     WHEN convention = 'mid_month' THEN months_between
                     WHEN fiscal_years = 0 THEN 0
                     WHEN convention = 'half_year' THEN first_months + 12 * (fiscal_years - 1) + 6
                     ELSE first_months + 12 * (fiscal_years - 1) + 3 * ((dm - 1) / 3) + 1.5 END AS months) x
-- Disposed of after its life it has been charged in full, by any convention.
WHERE abs(ours - (cost - left_over) * CASE WHEN amount(book_value(monetary(cost, 'USD'), policy, in_service, disposed, fiscal_year_start)) = left_over THEN 1
                                           ELSE least(months, life)::numeric(60, 40) / life END) > 1.1e-15;

SELECT * FROM finish();
ROLLBACK;
