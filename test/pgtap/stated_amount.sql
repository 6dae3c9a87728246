-- Amounts as people write them, in German and English: the forms that occur, what a text must not be read
-- as, and that any number written in either notation comes back exactly.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET client_min_messages = warning;
SELECT no_plan();

-- The German article of November 2025 about Google's talks with Anthropic, and what its words stand for
-- ([20, 99], [200, 999], half-open, and a Billion of 10^12).
CREATE TEMP TABLE said (words text, language text, qualifier text, modality text, amount_low numeric, amount numeric, amount_high numeric, unit text, rest text);
INSERT INTO said VALUES
    ('38 Milliarden', 'de', 'exactly', 'actual', 38e9, 38e9, 38e9, NULL, NULL),
    ('1 Billion', 'de', 'exactly', 'actual', 1e12, 1e12, 1e12, NULL, NULL),
    ('1 billion', 'en', 'exactly', 'actual', 1e9, 1e9, 1e9, NULL, NULL),
    ('500.000', 'de', 'exactly', 'actual', 500000, 500000, 500000, NULL, NULL),
    ('500,000', 'en', 'exactly', 'actual', 500000, 500000, 500000, NULL, NULL),
    ('über 350 Milliarden US-Dollar', 'de', 'more_than', 'actual', 350e9, NULL, NULL, 'USD', NULL),
    ('mehr als 350 Milliarden US-Dollar', 'de', 'more_than', 'actual', 350e9, NULL, NULL, 'USD', NULL),
    ('im Wert von mehreren zehn Milliarden', 'de', 'about', 'actual', 20e9, NULL, 99e9, NULL, NULL),
    ('im Wert von mehreren Hundert Milliarden Dollar', 'de', 'about', 'actual', 200e9, NULL, 999e9, 'USD', NULL),
    ('derzeit über 500.000 Trainium 2-Chips', 'de', 'more_than', 'actual', 500000, NULL, NULL, NULL, 'Trainium 2-Chips'),
    ('eine Million', 'de', 'exactly', 'actual', 1e6, 1e6, 1e6, NULL, NULL),
    ('2-Gigawatt-Hyperion-Standort', 'de', 'exactly', 'actual', 2, 2, 2, 'gigawatts', '-Hyperion-Standort'),
    ('2000 MW', 'de', 'exactly', 'actual', 2000, 2000, 2000, 'megawatts', NULL),
    ('bis zu 40 Milliarden Dollar', 'de', 'up_to', 'actual', 0, NULL, 40e9, 'USD', NULL),
    ('könnte mehr als 20 Mrd. € betragen', 'de', 'more_than', 'conditional', 20e9, NULL, NULL, 'EUR', 'betragen'),
    ('soll rund 1,5 Mio. Chips', 'de', 'about', 'forecast', NULL, 1.5e6, NULL, 'chips', NULL),
    ('eine halbe Million', 'de', 'exactly', 'actual', 500000, 500000, 500000, NULL, NULL),
    ('anderthalb Billionen', 'de', 'exactly', 'actual', 1.5e12, 1.5e12, 1.5e12, NULL, NULL),
    ('10 bis 15 Milliarden Euro', 'de', 'exactly', 'actual', 10e9, NULL, 15e9, 'EUR', NULL),
    ('zwischen 10 und 15 Milliarden Euro', 'de', 'exactly', 'actual', 10e9, NULL, 15e9, 'EUR', NULL),
    ('hundert Milliarden', 'de', 'exactly', 'actual', 100e9, 100e9, 100e9, NULL, NULL),
    ('UEBER 5 MILLIONEN', 'de', 'more_than', 'actual', 5e6, NULL, NULL, NULL, NULL),
    ('mindestens 3 Mrd', 'de', 'at_least', 'actual', 3e9, NULL, NULL, NULL, NULL),
    ('unbekannt', 'de', 'unknown', 'actual', NULL, NULL, NULL, NULL, NULL),
    ('0,5 %', 'de', 'exactly', 'actual', 0.5, 0.5, 0.5, 'percent', NULL),
    ('nearly half a million Trainium2 chips', 'en', 'nearly', 'actual', NULL, NULL, 500000, NULL, 'Trainium2 chips'),
    ('several tens of billions', 'en', 'about', 'actual', 20e9, NULL, 99e9, NULL, NULL),
    ('tens of billions of dollars', 'en', 'about', 'actual', 20e9, NULL, 99e9, 'USD', NULL),
    ('hundreds of thousands of chips', 'en', 'about', 'actual', 200e3, NULL, 999e3, 'chips', NULL),
    ('a few million', 'en', 'about', 'actual', 2e6, NULL, 9e6, NULL, NULL),
    ('up to $40bn', 'en', 'up_to', 'actual', 0, NULL, 40e9, 'USD', NULL),
    ('US$ 11 billion', 'en', 'exactly', 'actual', 11e9, 11e9, 11e9, 'USD', NULL),
    ('$10-15 bn', 'en', 'exactly', 'actual', 10e9, NULL, 15e9, 'USD', NULL),
    ('€900 million to €1.2 billion', 'en', 'exactly', 'actual', 900e6, NULL, 1.2e9, 'EUR', NULL),
    ('>= 5 m EUR', 'en', 'at_least', 'actual', 5e6, NULL, NULL, 'EUR', NULL),
    ('≥ 5 m EUR', 'en', 'at_least', 'actual', 5e6, NULL, NULL, 'EUR', NULL),
    ('~6.3 bn USD', 'en', 'about', 'actual', NULL, 6.3e9, NULL, 'USD', NULL),
    ('could be worth more than 20 billion dollars', 'en', 'more_than', 'conditional', 20e9, NULL, NULL, 'USD', NULL),
    ('38 billion over seven years', 'en', 'exactly', 'actual', 38e9, 38e9, 38e9, NULL, 'over seven years'),
    ('1''234''567.50 CHF', 'en', 'exactly', 'actual', 1234567.5, 1234567.5, 1234567.5, 'CHF', NULL),
    ('one million Trillium TPUs', 'en', 'exactly', 'actual', 1e6, 1e6, 1e6, NULL, 'Trillium TPUs'),
    ('10 billion USD to 15 billion USD', 'en', 'exactly', 'actual', 10e9, NULL, 15e9, 'USD', NULL),
    ('38 billion over ten years', 'en', 'exactly', 'actual', 38e9, 38e9, 38e9, NULL, 'over ten years'),
    ('5 billion a year', 'en', 'exactly', 'actual', 5e9, 5e9, 5e9, NULL, 'a year'),
    ('$0.500', 'en', 'exactly', 'actual', 0.5, 0.5, 0.5, 'USD', NULL),
    ('undisclosed', 'en', 'unknown', 'actual', NULL, NULL, NULL, NULL, NULL);
SELECT ok((p.qualifier, p.modality, p.unit, p.rest) IS NOT DISTINCT FROM (s.qualifier, s.modality, s.unit, s.rest)
          AND p.amount_low IS NOT DISTINCT FROM s.amount_low AND p.amount IS NOT DISTINCT FROM s.amount AND p.amount_high IS NOT DISTINCT FROM s.amount_high,
          format('%s (%s): %s', s.words, s.language, p))
FROM said s CROSS JOIN LATERAL parse_amount(s.words, s.language) p;
-- Intervals add up: several tens of billions and 38 are between 58 and 137.
SELECT results_eq($$SELECT sum(p.amount_low) / 1e9, sum(p.amount_high) / 1e9 FROM (VALUES ('tens of billions'), ('38 billion')) v (w), parse_amount(w, 'en') p$$,
    $$VALUES (58::numeric, 137::numeric)$$, 'and add up');

SELECT throws_ok(format('SELECT parse_amount(%L, %L)', words, language), '22P02', NULL, format('not a %s amount: %s', language, words))
FROM (VALUES ('500.00', 'de'), ('1.23,5', 'de'), ('1,23', 'en'), ('1,2345', 'en'), ('1.234.567', 'en'), ('', 'de'), ('   ', 'en'), ('viele', 'de'), ('Milliarden von', 'en'),
             ('12 Fantastillionen', 'de'), ('$10 to €15 billion', 'en'), ('$5 EUR', 'en'), ('5 Milliarden', 'en'), ('5 thousand', 'de'), ('3 crore', 'en'), ('5 kleine Millionen', 'de'), ('mehr als mehrere Milliarden', 'de'), ('up to over 5', 'en'), ('15 to 10 billion', 'en'), ('more than 10 to 15', 'en'),
             ('eine Billion Billionen Billionen', 'de'), (repeat('x ', 100), 'en'), ('--', 'en'), ('5 6', 'en'), ('$', 'en'), ('über', 'de'),
             -- Of these a part would be another number.
             ('.5 billion USD', 'en'), ('$.5 billion', 'en'), (',5 Milliarden', 'de'), ('1e9 USD', 'en'), ('1/2 billion USD', 'en'), ('10^9', 'en'), ('3 point 5 billion USD', 'en'), ('3 Komma 5 Milliarden Euro', 'de'),
             ('twenty five thousand dollars', 'en'), ('twenty one chips', 'en'), ('one hundred fifty dollars', 'en'), ('two hundred fifty thousand USD', 'en'), ('a couple thousand dollars', 'en'),
             ('0,500 million', 'en'), ('0.500 Milliarden', 'de'), ('hundert fünfzig Euro', 'de')) v (words, language);
SELECT throws_ok($$SELECT parse_amount('1', 'fr')$$, '22023', 'language of amounts not known: "fr"', 'a language that is not known');
SELECT throws_like($$SELECT parse_amount('500.00', 'de')$$, 'invalid stated_amount: "500.00"', 'the error shows the text');
SELECT is(parse_amount(NULL, 'de'), NULL, 'NULL for NULL');
SELECT is((parse_amount(repeat('9', 5000), 'en')).amount, repeat('9', 5000)::numeric, 'five thousand digits are as many');

-- Any number in both notations, with any scale.
SELECT is_empty($$
    SELECT n, e, g.words, h.words FROM (SELECT i, round((random() * 10 ^ (random() * 12))::numeric, (i % 4)) AS n, i % 5 AS e FROM generate_series(1, 2000) i) r
    CROSS JOIN LATERAL (SELECT translate(to_char(n, 'FM999,999,999,999,990.' || repeat('0', i % 4)), ',.', '.,') || ' ' || ('{"",Tausend,Millionen,Mrd.,Billionen}'::text[])[1 + e]) g (words)
    CROSS JOIN LATERAL (SELECT to_char(n, 'FM999,999,999,999,990.' || repeat('0', i % 4)) || ' ' || ('{"",thousand,m,bn,trillion}'::text[])[1 + e]) h (words)
    WHERE (parse_amount(g.words, 'de')).amount IS DISTINCT FROM n * 10::numeric ^ (3 * e) OR (parse_amount(h.words, 'en')).amount IS DISTINCT FROM n * 10::numeric ^ (3 * e)$$,
    'every number comes back exactly, in both languages');
SELECT * FROM finish();
ROLLBACK;
