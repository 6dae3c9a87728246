-- format_monetary: an amount of money as people of a place write it.
SET search_path = chipbook, public;

-- Which blank a locale puts before a symbol differs between releases of ICU: any is shown as one.
CREATE FUNCTION pg_temp.shown(text) RETURNS text IMMUTABLE LANGUAGE sql RETURN translate($1, U&'\00A0\202F\2009', '   ');

-- Languages and countries, in ICU's, BCP 47's and POSIX's words.
SELECT l AS locale, pg_temp.shown(format_monetary('1234567.891 EUR', l)) AS eur, pg_temp.shown(format_monetary('-1234.5 USD', l)) AS usd
FROM unnest('{en,en_US,en-US,en_US.UTF-8,de_DE,de-DE,de,en_IN,ja-JP}'::text[]) l;
SELECT pg_temp.shown(format_monetary('1234567.891 EUR', 'en-u-nu-latn')) AS keyword;

-- The minor unit is the currency's, and rounding is half away from zero, not half to even.
SELECT pg_temp.shown(format_monetary(m::monetary, 'en_US'))
FROM unnest('{7.5 JPY,1.2345 BHD,1.00005 CLF,0.125 USD,0.135 USD,-0.125 USD,-0.004 USD,0.004 USD,1.5 XAU,1 XAU,0.000000000000001 XAU,2 XXX}'::text[]) m;
SELECT d, pg_temp.shown(format_monetary('1234.5678905 EUR', 'de', d)) FROM unnest('{0,1,2,3,6,15}'::int[]) d;

-- The ends of the range, to the last digit: a double would have sixteen of these thirty-four.
SELECT pg_temp.shown(format_monetary('2596148429267413814.265248164610047 USD', 'de_DE', 15)),
       pg_temp.shown(format_monetary('-2596148429267413814.265248164610048 USD', 'en_US', 15)),
       pg_temp.shown(format_monetary('0.000000000000001 USD', 'en_US', 15));
SELECT pg_temp.shown(format_monetary('2596148429267413814.265248164610047 JPY', 'en_US'));

-- The digits are those of round(m), whatever ICU's own table says of a currency.
SELECT count(*) > 150 AS many, count(*) FILTER (WHERE replace(regexp_replace(format_monetary(m, 'en_US'), '^-[^0-9]*', ''), ',', '') <> abs(amount(round(m)))::numeric(38, 15)::text
                                                 AND replace(regexp_replace(format_monetary(m, 'en_US'), '^-[^0-9]*', ''), ',', '')
                                                     <> split_part(substr(round(m)::text, 2), ' ', 1)) AS otherwise
FROM iso_currencies() c CROSS JOIN LATERAL (SELECT monetary(-1234.56755, c.code) AS m) a
WHERE c.minor_unit IS NOT NULL;

-- Formats made in turn do not mix.
SELECT array_agg(pg_temp.shown(format_monetary(m, l)) ORDER BY i)
FROM (VALUES (1, 'de', '1.5 EUR'::monetary), (2, 'en', '1.5 EUR'), (3, 'en', '1.5 JPY'), (4, 'de', '1.5 EUR'), (5, 'de', '1.5 BHD'), (6, 'en', '1.5 USD')) v (i, l, m);

-- NULL is NULL.
SELECT format_monetary(NULL, 'en') IS NULL, format_monetary('1 USD', NULL) IS NULL, format_monetary('1 USD', 'en', NULL) IS NULL;

-- ICU takes any word for a locale and answers in another one; this does not.
SELECT format_monetary('1 USD', '');
SELECT format_monetary('1 USD', 'klingon');
SELECT format_monetary('1 USD', 'xx_US');
SELECT format_monetary('1 USD', 'de_XX');
SELECT format_monetary('1 USD', 'C');
SELECT format_monetary('1 USD', 'de DE');
SELECT format_monetary('1 USD', 'de-DE-');
SELECT format_monetary('1 USD', U&'d\00EB');
SELECT format_monetary('1 USD', repeat('e', 101)) ~ 'never';
SELECT format_monetary('1 USD', 'en', -1);
SELECT format_monetary('1 USD', 'en', 16);
-- An error leaves the next answer as it was.
SELECT pg_temp.shown(format_monetary('1.5 EUR', 'de'));

SELECT proname, provolatile, proparallel, proisstrict FROM pg_proc WHERE proname = 'format_monetary' ORDER BY pronargs;
