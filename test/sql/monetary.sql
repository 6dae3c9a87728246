-- monetary: an exact amount in one currency.
SET search_path = chipbook, public;

-- Text: at least the minor unit's decimals, no more zeros than that.
SELECT m::monetary FROM unnest('{1234.56 USD,1234.5 USD,1234 USD,0 USD,-0 USD,-0.01 USD,+.5 USD,1. USD,1.5e9 EUR,1E-15 EUR,12E+2 EUR,
  "  7  JPY  ",7.25 JPY,1.2 BHD,1 CLF,1 XAU,1 QQQ,100.10000 USD,0.000000000000001 USD}'::text[]) m;
-- More than fifteen decimals round half away from zero, as numeric's typmod does.
SELECT m::monetary, monetary(split_part(m, ' ', 1)::numeric, 'USD') = m::monetary AS as_numeric, split_part(m, ' ', 1)::numeric(38, 15)
FROM unnest('{0.0000000000000005 USD,0.00000000000000049999999999999999999999999999999999 USD,-0.0000000000000005 USD,0.0000000000000015 USD,
  1.23456789012345649999999999999999999999999999 USD,99999999999999999999999999999999999999e-38 USD,1e-40 USD}'::text[]) m;
-- The ends of the range, and one unit beyond.
SELECT '2596148429267413.814265248164610047 USD'::monetary, '2596148429267413814.265248164610047 USD'::monetary,
       '-2596148429267413814.265248164610048 USD'::monetary;
SELECT '2596148429267413814.265248164610048 USD'::monetary;
SELECT '-2596148429267413814.265248164610049 USD'::monetary;
SELECT '2596148429267413814.2652481646100475 USD'::monetary;
SELECT '1e19 USD'::monetary;
SELECT '1e999999999999 USD'::monetary;
SELECT '0e999999999999 USD'::monetary, '1e-999999999999 USD'::monetary;

-- Anything else is one clear error.
SELECT 'USD 12.30'::monetary;
SELECT '12.30'::monetary;
SELECT '12.30USD'::monetary;
SELECT '12,345.00 USD'::monetary;
SELECT '12.30 usd'::monetary;
SELECT '12.30 USDX'::monetary;
SELECT '1.2.3 USD'::monetary;
SELECT '. USD'::monetary;
SELECT '1e USD'::monetary;
SELECT '- 1 USD'::monetary;
SELECT 'NaN USD'::monetary;
SELECT 'Infinity USD'::monetary;
SELECT ''::monetary;

-- From and to numeric.
SELECT monetary(1234.56, 'USD'), monetary(7, 'JPY'), monetary(10::bigint, 'EUR'), monetary(NULL, 'USD'), monetary(1, NULL);
SELECT amount('1234.5 USD'), amount('7 JPY'), amount('0.000000000000001 USD'), '-12.30 EUR'::monetary::numeric, currency('1 USD'::monetary), monetary('5 USD');
SELECT monetary('NaN', 'USD');
SELECT monetary('-Infinity', 'USD');
SELECT monetary(1e20, 'USD');
SELECT monetary(1e100, 'USD');
-- A numeric of more than 2^15 base 10000 digits.
SELECT monetary(('1' || repeat('0', 131071) || '.000000000000001')::numeric, 'USD');
-- No way around the currency: neither into it nor out of it by accident.
SELECT 1.5::float8 + '1 USD'::monetary;
SELECT 1::monetary;
CREATE TEMPORARY TABLE t (n numeric, m monetary);
INSERT INTO t (n) VALUES ('1 USD'::monetary);
DROP TABLE t;

-- Arithmetic stays within one currency.
SELECT '1.10 USD'::monetary + '2.205 USD', '1 USD'::monetary - '2.5 USD', - '3 USD'::monetary;
SELECT '1 USD'::monetary + '2 EUR';
SELECT '1 USD'::monetary - '2 EUR';
SELECT '1 USD'::monetary / '2 EUR'::monetary;
SELECT '2e18 USD'::monetary + '2e18 USD';
SELECT - '-2596148429267413814.265248164610048 USD'::monetary;

-- Every kind of number, on either side.
SELECT '10 USD'::monetary * 3::smallint, '10 USD'::monetary * 3, '10 USD'::monetary * 3::bigint, '10 USD'::monetary * 0.3, '10 USD'::monetary * 0.3::float8;
SELECT 3::smallint * '10 USD'::monetary, 3 * '10 USD'::monetary, 3::bigint * '10 USD'::monetary, 0.3 * '10 USD'::monetary, 0.3::float8 * '10 USD'::monetary;
SELECT '10 USD'::monetary / 3::smallint, '10 USD'::monetary / 3, '10 USD'::monetary / 3::bigint, '10 USD'::monetary / 0.3, '10 USD'::monetary / 0.3::float8;
SELECT pg_typeof('10 USD'::monetary / '3 USD'::monetary), '10 USD'::monetary / '3 USD'::monetary, '10 USD'::monetary / '4 USD'::monetary;
-- Half away from zero at 1e-15, once.
SELECT '0.000000000000001 USD'::monetary / 2, '-0.000000000000001 USD'::monetary / 2, '0.000000000000001 USD'::monetary / 2.0000000000000000000000001,
       '0.000000000000001 USD'::monetary * 0.5, '0.000000000000001 USD'::monetary * -0.4999999999999999999999999, '0.000000000000003 USD'::monetary / -2;
-- A float is its shortest decimal form: seventeen digits, whatever extra_float_digits says.
SET extra_float_digits = -10;
SELECT '1 USD'::monetary * 0.1::float8, '1000 USD'::monetary * 0.12345678901234567::float8;
RESET extra_float_digits;
SELECT '0 USD'::monetary / 1e-300::float8, '1 USD'::monetary * 1e-300::float8, '1 USD'::monetary / 1e300::float8;
SELECT '1 USD'::monetary * 'NaN'::float8;
SELECT 'Infinity'::float8 * '1 USD'::monetary;
SELECT '1 USD'::monetary / 'Infinity'::float8;
SELECT '1 USD'::monetary * 'NaN'::numeric;
SELECT '1 USD'::monetary / '-Infinity'::numeric;
SELECT '1 USD'::monetary / 0::smallint;
SELECT '1 USD'::monetary / 0;
SELECT '1 USD'::monetary / 0::bigint;
SELECT '1 USD'::monetary / 0.0;
SELECT '1 USD'::monetary / 0::float8;
SELECT '1 USD'::monetary / '0 USD'::monetary;
SELECT '2e18 USD'::monetary * 2;
SELECT '2e18 USD'::monetary * 9223372036854775807;
SELECT '2e18 USD'::monetary * 1e100;
SELECT '2e18 USD'::monetary / 0.1;
SELECT '-2596148429267413814.265248164610048 USD'::monetary / -1;

-- Comparison is total: currency, then amount.
SELECT m FROM unnest('{2 USD,1 USD,-1 USD,5 EUR,0 USD,1000 AED,1.00 USD}'::monetary[]) m ORDER BY m;
SELECT m, count(*) FROM unnest('{1 USD,1.0 USD,1 EUR,1.000000000000001 USD}'::monetary[]) m GROUP BY m ORDER BY m;
SELECT '1 USD'::monetary < '2 USD', '1 USD'::monetary <= '1 USD', '1.0 USD'::monetary = '1.00 USD', '1 USD'::monetary <> '1 EUR',
       '1 USD'::monetary >= '2 EUR', '-1 USD'::monetary > '-2 USD', monetary_cmp('1 USD', '-1 USD');
CREATE TEMPORARY TABLE bill (id integer, m monetary);
INSERT INTO bill SELECT i, monetary(i % 50, CASE i % 2 WHEN 0 THEN 'USD' ELSE 'EUR' END::currency) FROM generate_series(1, 1000) i;
CREATE INDEX bill_btree ON bill (m);
CREATE INDEX bill_hash ON bill USING hash (m);
ANALYZE bill;
SET enable_seqscan = off;
SELECT count(*) FROM bill WHERE m BETWEEN '10 USD' AND '12 USD';
SELECT count(*) FROM bill WHERE m = '11 EUR';
RESET enable_seqscan;
SELECT count(*) FROM bill a JOIN bill b USING (m);
DROP TABLE bill;

-- Aggregates: NULLs skipped, nothing is NULL, one currency only.
SELECT sum(m), avg(m), min(m), max(m), count(m) FROM unnest('{1 USD,2.5 USD,NULL,-7 USD}'::monetary[]) m;
SELECT sum(m), avg(m), min(m), max(m), count(m) FROM unnest('{}'::monetary[]) m;
SELECT sum(m), avg(m), min(m), max(m) FROM unnest('{NULL}'::monetary[]) m;
SELECT currency(m), sum(m), avg(m), min(m), max(m) FROM unnest('{1 USD,2 EUR,3 USD}'::monetary[]) m GROUP BY 1 ORDER BY 1;
SELECT sum(m) FROM unnest('{1 USD,2 EUR}'::monetary[]) m;
SELECT avg(m) FROM unnest('{1 USD,2 EUR}'::monetary[]) m;
SELECT min(m) FROM unnest('{1 USD,2 EUR}'::monetary[]) m;
SELECT max(m) FROM unnest('{1 USD,2 EUR}'::monetary[]) m;
-- The mean rounds once, half away from zero.
SELECT avg(m) FROM unnest('{1 USD,1 USD,0 USD}'::monetary[]) m;
SELECT avg(m) FROM unnest('{-0.000000000000001 USD,0 USD}'::monetary[]) m;
-- Only the end result can be out of range, however far the way there goes: 140,000 of
-- the largest amounts pass 2^128, and come back.
SELECT sum(m), avg(m) FROM (SELECT monetary(sign * 2596148429267413814.265248164610047, 'USD') AS m
                            FROM unnest('{1,-1}'::numeric[]) sign, generate_series(1, 140000)) s;
SELECT avg(m) FROM (SELECT '2596148429267413814.265248164610047 USD'::monetary AS m FROM generate_series(1, 140000)) s;
SELECT avg(m) FROM (SELECT '-2596148429267413814.265248164610048 USD'::monetary AS m FROM generate_series(1, 140000)) s;
SELECT sum(m) FROM (SELECT '2596148429267413814.265248164610047 USD'::monetary AS m FROM generate_series(1, 140000)) s;
SELECT sum(m) FROM unnest('{2e18 USD,2e18 USD}'::monetary[]) m;
-- Moving windows, the frame's currency changing where it empties.
SELECT i, m, sum(m) OVER w, avg(m) OVER w, min(m) OVER w
FROM (VALUES (1, '1 USD'::monetary), (2, '2 USD'), (3, NULL), (4, NULL), (5, '7 EUR'), (6, '8 EUR')) v(i, m)
WINDOW w AS (ORDER BY i ROWS 1 PRECEDING);

-- The state is a type, and trusts nobody.
SELECT '(0,0,0,0,)'::monetary_sum_state, '(2,0,0,3000000000000000,USD)'::monetary_sum_state;
SELECT monetary_sum_final('(2,0,0,3000000000000000,USD)'), monetary_avg_final('(2,0,0,3000000000000000,USD)'), monetary_sum_final('(0,0,0,0,)');
SELECT monetary_accum('(2,0,0,3000000000000000,USD)', '1 USD'), monetary_accum_inv('(2,0,0,3000000000000000,USD)', '1 USD'),
       monetary_accum_inv('(1,0,0,1000000000000000,USD)', '1 USD'), monetary_sum_state_combine('(0,0,0,0,)', '(1,0,-1,0,USD)');
SELECT '(1,0,0,0,)'::monetary_sum_state;
SELECT '(0,0,0,0,USD)'::monetary_sum_state;
SELECT '(-1,0,0,0,USD)'::monetary_sum_state;
SELECT '(1,1,0,0,USD)'::monetary_sum_state;
SELECT '(1,0,9223372036854775807,0,USD)'::monetary_sum_state;
SELECT '(1,0,0,-1,USD)'::monetary_sum_state;
SELECT '(99999999999999999999,0,0,0,USD)'::monetary_sum_state;
SELECT '(1,0,0,0,USD) '::monetary_sum_state;
SELECT monetary_accum('(9223372036854775807,0,0,0,USD)', '1 USD');
SELECT monetary_sum_state_combine('(9223372036854775807,0,0,0,USD)', '(1,0,0,0,USD)');
-- a row that never was in the state: no rows with a rest, more than the rows left can come to
SELECT monetary_accum_inv('(1,0,0,1000000000000000,USD)', '5 USD');
SELECT monetary_accum_inv('(2,0,140737488355327,0,USD)', '-1000000 USD');
-- the most and the least that rows can come to, and 1e-15 beyond
SELECT '(65536,0,9223372036854775807,18446744073709486080,USD)'::monetary_sum_state, '(131072,-1,0,0,USD)'::monetary_sum_state;
SELECT '(65536,0,9223372036854775807,18446744073709486081,USD)'::monetary_sum_state;
SELECT '(131072,-2,-1,18446744073709551615,USD)'::monetary_sum_state;
SELECT monetary_accum('(1,0,0,0,USD)', '1 EUR');
SELECT monetary_accum_inv('(0,0,0,0,)', '1 USD');
SELECT monetary_accum_inv('(1,0,0,0,EUR)', '1 USD');
SELECT monetary_sum_state_combine('(1,0,0,0,EUR)', '(1,0,0,0,USD)');

-- Rounding: to the minor unit, to any decimals.
SELECT round(m) FROM unnest('{1.005 USD,-1.005 USD,1.004999999999999 USD,2.5 JPY,-2.5 JPY,1.0005 BHD,1.00005 CLF}'::monetary[]) m;
SELECT n, round('1234567.891234567890125 USD'::monetary, n) FROM unnest('{15,14,2,0,-3,-6,-7,-18}'::integer[]) n;
SELECT round('1 XAU'::monetary);
SELECT round('1 QQQ'::monetary);
SELECT round('1.555 QQQ'::monetary, 2);
SELECT round('1 USD'::monetary, 16);
SELECT round('1 USD'::monetary, -19);
SELECT round('2.55e18 USD'::monetary, -17);

-- Allocation: the parts always add up.
SELECT allocate('100 USD', '{1,1,1}'), allocate('100 USD', '{1,1,1}', 2), allocate('-100 USD', '{1,1,1}', 2);
SELECT allocate('0.05 USD', '{3,7}', 2), allocate('0.05 USD', '{1,1}', 2), allocate('0 USD', '{1,2}', 2), allocate('10 USD', '{5}', 2);
-- Less than a unit goes where rounding took most, and never to a part without weight.
SELECT allocate('10.001 USD', '{0,1}', 2), allocate('0.001 USD', '{0,1,2}', 2), allocate('100.001 USD', '{1,1,1}', 2), allocate('1234567 USD', '{1,2}', -3);
-- Weights of any size are exact: as integers, or as numeric where 128 bits do not hold them.
SELECT allocate('10 USD', '{0.1,0.3}'), allocate('10 USD', '{1e100,3e100}'), allocate('1 USD', '{1e-100,1e-100,1}', 2), allocate('-10 USD', '{1e-50,2e50}');
SELECT allocate('2596148429267413814.265248164610047 USD', '{99999999999999999999,1,1}'), allocate('-2596148429267413814.265248164610048 USD', '{1,1}');
-- A month of a pool (594,444.44) by productive, allocated idle, unallocated and unavailable chip-hours.
SELECT allocate('594444.44 USD', '{446400,148800,111600,37200}', 2);
SELECT allocate('100 USD', '{0,0}');
SELECT allocate('100 USD', '{}');
SELECT allocate('100 USD', '{{1,2},{3,4}}');
SELECT allocate('100 USD', '{1,NULL}');
SELECT allocate('100 USD', '{1,-1}');
SELECT allocate('100 USD', '{1,NaN}');
SELECT allocate('100 USD', '{1,Infinity}');
SELECT allocate('100 USD', '{1,2}', 16);
SELECT allocate(NULL, '{1,2}'), allocate('1 USD', NULL);

-- A waterfall: capacities in their order, and a last part for what is left.
SELECT allocate_waterfall('100 USD', '{30 USD,50 USD,40 USD}'), allocate_waterfall('100 USD', '{30 USD,50 USD}'), allocate_waterfall('-100 USD', '{30 USD,50 USD,40 USD}');
SELECT allocate_waterfall('0 USD', '{1 USD,0 USD}'), allocate_waterfall('10 USD', '{}'), allocate_waterfall('10 USD', '{10 USD,1 USD}'), allocate_waterfall('0.000000000000001 USD', '{0 USD,1 USD}');
SELECT allocate_waterfall('2596148429267413814.265248164610047 USD', '{1 USD,2596148429267413814.265248164610047 USD}'),
       allocate_waterfall('-2596148429267413814.265248164610048 USD', '{2596148429267413814.265248164610047 USD}');
SELECT allocate_waterfall('100 USD', '{30 USD,50 EUR}');
SELECT allocate_waterfall('100 USD', '{30 USD,-0.01 USD}');
SELECT allocate_waterfall('100 USD', '{30 USD,NULL}');
SELECT allocate_waterfall('100 USD', '{{30 USD},{50 USD}}');
SELECT allocate_waterfall(NULL, '{1 USD}'), allocate_waterfall('1 USD', NULL);

-- Another currency, at so many of it for one.
SELECT exchange('1000000 USD', 0.8, 'EUR'), exchange('1 USD', 149.5, 'JPY'), exchange('-2.50 EUR', 1.25, 'USD'), exchange('7 USD', 1, 'USD'), exchange('5 USD', 1e4, 'JPY');
-- Rounded once, half away from zero at 1e-15, whatever the digits of the rate; not to a minor unit.
SELECT exchange('0.000000000000001 USD', 0.5, 'EUR'), exchange('-0.000000000000001 USD', 0.5, 'EUR'), exchange('0.000000000000001 USD', 0.4999999999999999999999999999999999999999, 'EUR'),
       exchange('3 USD', 0.333333333333333333333333333333333333333333333333333333, 'EUR'), exchange('100 USD', 1e-300, 'EUR'), exchange('0.000000000000001 USD', 1e30, 'EUR');
SELECT exchange(NULL, 1, 'EUR'), exchange('1 USD', NULL, 'EUR'), exchange('1 USD', 1, NULL);
SELECT exchange('1 USD', 0, 'EUR');
SELECT exchange('0 USD', -1.5, 'EUR');
SELECT exchange('1 USD', -1.5, 'EUR');
SELECT exchange('1 USD', 1.1, 'USD');
SELECT exchange('1 USD', 'NaN', 'EUR');
SELECT exchange('1 USD', 'Infinity', 'EUR');
SELECT exchange('2e18 USD', 2, 'EUR');
SELECT exchange('1 USD', 1e300, 'EUR');
SELECT exchange('2596148429267413814.265248164610047 USD', 1.0000000000000000000000000000000001, 'EUR');

-- A sum for each currency.
SELECT sum_by_currency(m) FROM unnest('{1 USD,2.50 EUR,-1 USD,NULL,100 JPY,2.50 EUR}'::monetary[]) m;
SELECT sum_by_currency(m) FROM unnest('{NULL}'::monetary[]) m;
SELECT sum_by_currency(m) FROM unnest('{2e18 USD,2e18 USD,-2e18 USD,1 EUR}'::monetary[]) m;
SELECT sum_by_currency(m) FROM unnest('{2e18 USD,2e18 USD,1 EUR}'::monetary[]) m;
SELECT n, sum_by_currency(m) OVER (ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
FROM unnest('{1 USD,2 EUR,3 EUR,NULL,NULL,4 USD,5 JPY}'::monetary[]) WITH ORDINALITY x (m, n);
SELECT monetary_sums_accum('{}', '1 USD'), monetary_sums_combine('{"(1,0,0,5,USD)"}', '{"(1,0,0,5,EUR)","(2,0,0,7,USD)"}'),
       monetary_sums_accum_inv('{"(1,0,0,5,EUR)","(1,0,0,5,USD)"}', '0.000000000000005 EUR'), monetary_sums_final('{}');
SELECT monetary_sums_accum('{NULL}', '1 USD');
SELECT monetary_sums_accum('{{"(1,0,0,5,USD)"},{"(1,0,0,5,EUR)"}}', '1 USD');
SELECT monetary_sums_accum('{"(1,0,0,5,USD)","(1,0,0,5,EUR)"}', '1 USD');
SELECT monetary_sums_accum('{"(0,0,0,0,)"}', '1 USD');
SELECT monetary_sums_combine('{}', '{"(1,0,0,5,USD)","(1,0,0,5,USD)"}');
SELECT monetary_sums_accum_inv('{"(1,0,0,5,USD)"}', '1 EUR');
SELECT monetary_sums_accum_inv('{"(1,0,0,5,USD)"}', '1 USD');
