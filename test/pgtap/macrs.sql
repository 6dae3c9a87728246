-- The printed MACRS tables. Figures: IRS Publication 946 (public domain), appendix A, tables A-1 to A-5.
-- test/t/022_schedule_cases.pl compares the 114 that a collected data set has, where that is to be had. The others were compared
-- with three independent public transcriptions that agree to the last figure (one says: of the PDF's own text); in transcriptions
-- that differ from these, a column misses 100 % or has its last digits in another order than the others.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();

-- ---------------------------------------------------------------------------
-- Every column is there, whole, and adds up
-- ---------------------------------------------------------------------------
SELECT set_eq('SELECT DISTINCT life_years, quarter FROM macrs_table()', $$SELECT l, q FROM unnest('{3,5,7,10,15,20}'::integer[]) l, unnest('{NULL,1,2,3,4}'::integer[]) q$$, 'six classes, five conventions each');
SELECT is_empty('SELECT life_years, quarter FROM macrs_table() GROUP BY 1, 2 HAVING sum(percentage) <> 100', 'each column adds up to exactly 100 %');
SELECT is_empty('SELECT life_years, quarter FROM macrs_table() GROUP BY 1, 2 HAVING array_agg(tax_year ORDER BY tax_year) <> array(SELECT generate_series(1, life_years + 1))', 'a tax year more than the life has years, in each');
SELECT is_empty('SELECT * FROM macrs_table() WHERE percentage <> macrs_percentage(life_years, tax_year, quarter) OR percentage <= 0', 'the table is the function''s');
SELECT set_eq('SELECT DISTINCT publication_table, quarter FROM macrs_table()', $$VALUES ('A-1', NULL), ('A-2', 1), ('A-3', 2), ('A-4', 3), ('A-5', 4)$$, 'by the publication''s names');
SELECT is_empty($$SELECT * FROM macrs_table() WHERE life_years < 20 AND percentage <> pg_catalog.round(percentage, 2)$$, 'only 20-year columns print three decimals');

-- ---------------------------------------------------------------------------
-- The law's formula (200 % or 150 %, switching to straight line) is never far from what is printed
-- ---------------------------------------------------------------------------
SELECT cmp_ok((
    WITH RECURSIVE class AS (
        SELECT l AS life, q AS quarter, CASE WHEN l <= 10 THEN 2.0 ELSE 1.5 END / l AS rate, coalesce(1 - (q - 0.5) / 4, 0.5) AS first_part
        FROM unnest('{3,5,7,10,15,20}'::numeric[]) l, unnest('{NULL,1,2,3,4}'::numeric[]) q
    ), formula AS (
        SELECT life, quarter, rate, first_part, 1 AS tax_year, 100 * rate * first_part AS charge, 100 * (1 - rate * first_part) AS rest, life - first_part AS remaining FROM class
        UNION ALL
        SELECT life, quarter, rate, first_part, tax_year + 1, charge_now, rest - charge_now, remaining - 1
        FROM formula, LATERAL (SELECT CASE WHEN tax_year = life THEN rest ELSE greatest(rest * rate, rest / remaining) END AS charge_now) c
        WHERE tax_year <= life
    )
    SELECT max(abs(charge - percentage)) FROM formula f JOIN macrs_table() m ON m.life_years = f.life AND m.quarter IS NOT DISTINCT FROM f.quarter AND m.tax_year = f.tax_year),
    '<', 0.0139, 'within 0.014 points: no figure is misprinted here');
-- ---------------------------------------------------------------------------
-- Printed figures, and what they are used for
-- ---------------------------------------------------------------------------
SELECT results_eq('SELECT percentage FROM macrs_table() WHERE life_years = 5 AND quarter IS NULL', 'VALUES (20.000), (32.000), (19.200), (11.520), (11.520), (5.760)', 'A-1, computers');
SELECT results_eq('SELECT percentage FROM macrs_table() WHERE life_years = 5 AND quarter = 4', 'VALUES (5.000), (38.000), (22.800), (13.680), (10.940), (9.580)', 'A-5, computers placed in service in the last quarter');
SELECT results_eq('SELECT percentage FROM macrs_table() WHERE life_years = 7 AND quarter = 2', 'VALUES (17.850), (23.470), (16.760), (11.970), (8.870), (8.870), (8.870), (3.340)', 'A-3, 7 years: balanced in the first and the last year');
SELECT is(macrs_percentage(20, 21, 1), 0.565, 'A-2, 20 years, the last year: not the formula''s 0.557');
-- Publication 946, chapter 4, a 7-year machine of the fourth quarter: 40,000 x 14.06 % x 12.5 % = 703 in its fourth year, when sold in the first quarter.
SELECT is(pg_catalog.round(40000 * macrs_percentage(7, 4, 4) / 100 * 0.125), 703::numeric, 'sold in the first quarter of its fourth year');

-- ---------------------------------------------------------------------------
-- What no table has
-- ---------------------------------------------------------------------------
SELECT is(macrs_percentage(NULL, 1), NULL, 'no life, no percentage');
SELECT is(macrs_percentage(5, NULL), NULL, 'no year, no percentage');
SELECT is(macrs_percentage(5, 2, NULL), macrs_percentage(5, 2), 'no quarter: the half-year convention');
SELECT throws_ok(query, '22023', message, message)
FROM (VALUES ('SELECT macrs_percentage(6, 1)', 'there is no macrs table for a life of 6 years'), ('SELECT macrs_percentage(0, 1)', 'there is no macrs table for a life of 0 years'),
             ('SELECT macrs_percentage(39, 1)', 'there is no macrs table for a life of 39 years'), ('SELECT macrs_percentage(2147483647, 1)', 'there is no macrs table for a life of 2147483647 years'),
             ('SELECT macrs_percentage(5, 0)', 'tax_year must be 1 to 6 for a life of 5 years, not 0'), ('SELECT macrs_percentage(5, 7)', 'tax_year must be 1 to 6 for a life of 5 years, not 7'),
             ('SELECT macrs_percentage(20, 22, 4)', 'tax_year must be 1 to 21 for a life of 20 years, not 22'),
             ('SELECT macrs_percentage(5, 1, 0)', 'quarter must be 1 to 4, not 0'), ('SELECT macrs_percentage(5, 1, 5)', 'quarter must be 1 to 4, not 5')) e (query, message);

-- ---------------------------------------------------------------------------
-- The year of a disposal, in 3,000 random cases of every class, quarter and fiscal year: half of the table's figure, or by the
-- quarter of the disposal 12.5, 37.5, 62.5 or 87.5 % of it (IRS Publication 946, chapter 4); nothing in the first tax year.
-- ---------------------------------------------------------------------------
SELECT setseed(0.946);
CREATE TABLE public.disposal AS
SELECT y.*, 1 + extract(year FROM age(tax_year_start, first_year_start))::integer AS tax_year, charged_until(policy, in_service, disposed, fiscal_year_start) AS until
FROM (SELECT m.*, date_trunc('month', in_service::timestamp)::date - make_interval(months => service_month) AS first_year_start,
             (date_trunc('month', disposed::timestamp) - make_interval(months => disposal_month))::date AS tax_year_start
      FROM (SELECT c.*, amortisation_policy('macrs', make_interval(years => life), convention => CASE WHEN mid_quarter THEN 'mid_quarter' ELSE 'half_year' END) AS policy,
                   (extract(month FROM in_service)::integer - fiscal_year_start + 12) % 12 AS service_month, (extract(month FROM disposed)::integer - fiscal_year_start + 12) % 12 AS disposal_month
            FROM (SELECT i, (ARRAY[3, 5, 7, 10, 15, 20])[1 + i % 6] AS life, i / 6 % 2 = 0 AS mid_quarter, in_service, in_service + floor(random() * 365 * ((ARRAY[3, 5, 7, 10, 15, 20])[1 + i % 6] - 0.6))::integer AS disposed,
                         1 + floor(random() * 12)::integer AS fiscal_year_start
                  FROM (SELECT i, '2010-01-01'::date + floor(random() * 5000)::integer AS in_service FROM generate_series(1, 3000) i) a) c) m) y;
SELECT is_empty($$
    SELECT * FROM (SELECT d.*, amount(amortised('100000 USD', policy, in_service, tax_year_start, until, fiscal_year_start)) AS charged,
                          1000 * macrs_percentage(life, tax_year, CASE WHEN mid_quarter THEN service_month / 3 + 1 END) * CASE WHEN mid_quarter THEN 0.125 + 0.25 * (disposal_month / 3) ELSE 0.5 END AS allowed
                   FROM disposal d WHERE tax_year BETWEEN 2 AND life) c WHERE abs(charged - allowed) > 1e-14 LIMIT 5$$, 'the year of a disposal is charged its part of the table''s figure');
SELECT is_empty('SELECT * FROM disposal WHERE tax_year = 1 AND until <> in_service', 'the first tax year nothing');
SELECT ok(min(n) > 20, 'every class, convention and quarter of disposal: ' || min(n)) FROM (SELECT count(*) AS n FROM disposal WHERE tax_year BETWEEN 2 AND life GROUP BY life, mid_quarter, disposal_month / 3) g;

SELECT * FROM finish();
ROLLBACK;
